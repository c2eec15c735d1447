//! What images show and are answered to show, as a detector sees it.

use super::label::{LabelId, Labels};
use super::placed::{Place, Placed};
use super::run_rows::RunRows;
use crate::answers::non_taxon::{NonTaxa, Shown};
use crate::answers::{Answer, Answers, Ranked};
use crate::numbers::ties;

/// What the best answers of a run show; `None` where no label is of a class that is no taxon. Its truths are given later.
pub(super) fn of_run(run: &RunRows, ranked: &Ranked, labels: &Labels, placed: &Placed) -> Option<NonTaxa> {
    if placed.shown.is_empty() {
        return None;
    }
    let shown = |image: usize| best(run, image, ranked, labels, placed).map_or(Shown::Nothing, |id| shown(id, placed));
    let answers = (0..ranked.len()).map(shown).collect();
    Some(NonTaxa { names: placed.classes.clone(), truths: vec![], answers: Some(answers) })
}

/// The label of the best answer of an image.
fn best(run: &RunRows, image: usize, ranked: &Ranked, labels: &Labels, placed: &Placed) -> Option<LabelId> {
    let best = *ranked.answers(image).first()?;
    let is_best = |at: &usize| match placed.places.get(run.labels[*at] as usize) {
        Some(Place::Taxon(taxon)) => best == Answer::Taxon(*taxon),
        Some(Place::Outside) => best == Answer::Outside,
        Some(Place::Missing) | None => best == Answer::Nothing,
    };
    let text = |at: usize| labels.text(run.labels[at]);
    let order = |a: &usize, b: &usize| {
        let (one, other) = (run.scores[*a], run.scores[*b]);
        let by_score = ties::falling(one, other);
        // Where only scores order the labels, the order of the rows must not.
        if run.positioned || one.is_nan() { by_score } else { by_score.then_with(|| text(*a).cmp(text(*b))) }
    };
    (run.starts[image]..run.starts[image + 1]).filter(is_best).min_by(order).map(|at| run.labels[at])
}

fn shown(id: LabelId, placed: &Placed) -> Shown {
    placed.shown.get(id as usize).copied().unwrap_or_default()
}

/// Gives all runs the truths of their images.
pub(super) fn give_truths(runs: &mut [Answers], truths: &[LabelId], placed: &Placed) {
    if placed.shown.is_empty() {
        return;
    }
    let truths: Vec<Shown> = truths.iter().map(|&id| shown(id, placed)).collect();
    for run in runs {
        // Run directories answer taxa alone.
        let of_taxon = |image: usize| match run.ranked.best(image) {
            Answer::Nothing => Shown::Nothing,
            Answer::Taxon(_) | Answer::Outside => Shown::Animal,
        };
        let held = run.non_taxa.take().and_then(|non_taxa| non_taxa.answers);
        let answers = held.unwrap_or_else(|| (0..run.ranked.len()).map(of_taxon).collect());
        run.non_taxa = Some(NonTaxa { names: placed.classes.clone(), truths: truths.clone(), answers: Some(answers) });
    }
}

/// Forgets classes that are no taxa where neither a truth nor an answer of the run says one.
pub(super) fn forget_unsaid(run: &mut Answers) {
    let says_one =
        |non_taxa: &NonTaxa| non_taxa.truths.iter().chain(non_taxa.answers.iter().flatten()).any(|shown| shown.is_not_a_taxon());
    run.non_taxa = run.non_taxa.take().filter(says_one);
}

/// How many truths are known and no taxa.
pub(super) fn not_taxa(truths: &[LabelId], placed: &Placed) -> usize {
    let is_apart =
        |id: &&LabelId| shown(**id, placed).is_not_a_taxon() && matches!(placed.places.get(**id as usize), Some(Place::Missing));
    truths.iter().filter(is_apart).count()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::options::TableOptions;
    use super::super::reading::read_tables;
    use crate::answers::non_taxon::{BLANK, PERSON, Shown, UNKNOWN};
    use crate::answers::{Answer, Answers, Truth};
    use std::io::Write;

    fn read(table: &str) -> Answers {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        file.write_all(table.as_bytes()).unwrap();
        read_tables(file.path(), None, &TableOptions::default()).unwrap().runs.remove(0)
    }

    #[test]
    fn the_best_answer_of_an_image_says_what_it_shows() {
        let table = "image,truth,predicted,score\n\
            a,Vulpes vulpes,blank,0.6\na,Vulpes vulpes,Vulpes vulpes,0.4\n\
            b,blank,Felis catus,0.7\nb,blank,empty,0.3\n\
            c,human,person,0.9\nd,Felis catus,Unknown,0.8\n";
        let run = read(table);
        let non_taxa = run.non_taxa.clone().unwrap();
        let (blank, person) = (Shown::Class(BLANK), Shown::Class(PERSON));
        assert_eq!(non_taxa.truths, [Shown::Animal, blank, person, Shown::Animal]);
        let answers = non_taxa.answers.unwrap();
        assert_eq!(answers[..3], [blank, Shown::Animal, person]);
        assert!(!answers[3].is_not_a_taxon() && answers[3] != Shown::Animal);
        assert_eq!([0, 1, 2, 3].map(|image| run.is_not_a_taxon(image)), [false, true, true, false]);
        assert_eq!((run.truths[1], run.truths[2]), (Truth::Missing, Truth::Missing));
    }

    #[test]
    fn tables_of_taxa_alone_have_no_classes() {
        let table = "image,truth,predicted\na,Homo sapiens,Homo sapiens\nb,Unknown,Felis catus\nc,Felis catus,NA\n";
        assert_eq!(read(table).non_taxa, None);
        // Beside a person, people are persons, whatever they are called.
        let run = read(&format!("{table}d,human,Homo sapiens\n"));
        let non_taxa = run.non_taxa.clone().unwrap();
        let person = Shown::Class(PERSON);
        assert_eq!((non_taxa.truths[0], non_taxa.truths[3], non_taxa.answers.unwrap()[3]), (person, person, person));
        assert!(matches!(run.truths[0], Truth::Taxon(_)) && run.is_not_a_taxon(3) && !run.is_not_a_taxon(0));
    }

    /// Answers of one file with the truths of another: what each image shows, and is answered to show.
    fn with_truths(answers: &str, truths: &str, more: &TableOptions) -> (Answers, Vec<Shown>, Vec<Shown>) {
        let folder = tempfile::tempdir().unwrap();
        let (first, second) = (folder.path().join("answers"), folder.path().join("truths.csv"));
        std::fs::write(&first, answers).unwrap();
        std::fs::write(&second, truths).unwrap();
        let options = TableOptions { truth_file: Some((&second).into()), ..more.clone() };
        let run = read_tables(&first, None, &options).unwrap_or_else(|error| panic!("{error}")).runs.remove(0);
        let non_taxa = run.non_taxa.clone().unwrap();
        (run, non_taxa.truths, non_taxa.answers.unwrap())
    }

    #[test]
    fn detectors_answer_what_they_take_their_surest_box_for() {
        let boxes = r#"{"images": [
            {"file": "a.jpg", "detections": [{"category": "1", "conf": 0.9, "classifications": [["0", 0.8]]}]},
            {"file": "b.jpg", "detections": [{"category": "1", "conf": 0.2}, {"category": "2", "conf": 0.9}]},
            {"file": "c.jpg", "detections": []}],
            "detection_categories": {"1": "animal", "2": "person", "3": "vehicle"},
            "classification_categories": {"0": "Vulpes vulpes"}}"#;
        let truths = "image,truth\na.jpg,Vulpes vulpes\nb.jpg,human\nc.jpg,blank\n";
        let (_, shown, answered) = with_truths(boxes, truths, &TableOptions::default());
        let expected = [Shown::Animal, Shown::Class(PERSON), Shown::Class(BLANK)];
        assert_eq!((&shown[..], &answered[..]), (&expected[..], &expected[..]));
    }

    #[test]
    fn services_write_what_is_no_taxon_in_columns_of_their_own() {
        // Wildlife Insights: ranks, and a common name beside them. People have a lineage, and are a taxon and persons.
        let insights = "image,class,order,family,genus,species,common_name\n\
            a,Mammalia,Carnivora,Canidae,Vulpes,vulpes,Red Fox\nb,,,,,,Blank\n\
            c,No CV Result,No CV Result,No CV Result,No CV Result,No CV Result,No CV Result\n\
            d,Mammalia,Primates,Hominidae,Homo,sapiens,Human-Camera Trapper\n";
        let answers = "image,predicted\na,Vulpes vulpes\nb,blank\nc,Vulpes vulpes\nd,person\n";
        let (run, shown, answered) = with_truths(answers, insights, &TableOptions::default());
        let (blank, person, unknown) = (Shown::Class(BLANK), Shown::Class(PERSON), Shown::Class(UNKNOWN));
        assert_eq!(shown, [Shown::Animal, blank, unknown, person]);
        assert_eq!(answered, [Shown::Animal, blank, Shown::Animal, person]);
        assert!(matches!(run.truths[3], Truth::Taxon(_)), "{:?}", run.truths);
        // Camtrap DP: the type of an observation, where there is no name.
        let observations = "mediaID,observationType,scientificName\na,animal,Vulpes vulpes\nb,blank,\nc,unknown,\nd,human,\n";
        let column = |name: &str| Some(name.to_string());
        let options = TableOptions {
            truth_column: column("scientificName"),
            truth_image_column: column("mediaID"),
            ..TableOptions::default()
        };
        let (run, shown, _) = with_truths(answers, observations, &options);
        assert_eq!(shown, [Shown::Animal, blank, unknown, person]);
        assert_eq!([0, 1, 2, 3].map(|image| run.is_not_a_taxon(image)), [false, true, false, true]);
    }

    #[test]
    fn a_word_in_every_column_of_ranks_is_no_lineage() {
        let ranks = |who: &str| ["family", "genus", "species"].map(|rank| format!("{who}_{rank}")).join(",");
        let run = read(&format!(
            "image,{},{}\na,Canidae,Vulpes,Vulpes vulpes,blank,blank,blank\nb,Human,Human,Human,Canidae,Vulpes,Vulpes vulpes\n\
             c,blank,blank,blank,,,blank\n",
            ranks("truth"),
            ranks("predicted")
        ));
        let non_taxa = run.non_taxa.clone().unwrap();
        let (blank, person) = (Shown::Class(BLANK), Shown::Class(PERSON));
        assert_eq!(non_taxa.truths, [Shown::Animal, person, blank]);
        assert_eq!(non_taxa.answers.unwrap(), [blank, Shown::Animal, blank]);
        assert_eq!(run.truths[1..], [Truth::Missing, Truth::Missing]);
        // Nor in a lineage, alone or again and again.
        let lineage = "Animalia;Chordata;Mammalia;Carnivora;Canidae;Vulpes;Vulpes vulpes";
        let run = read(&format!(
            "image,truth,predicted\na,{lineage},blank;blank;blank\nb,;;;;;;blank,{lineage}\nc,Human;;;;;;,k__blank;p__blank\n"
        ));
        let non_taxa = run.non_taxa.clone().unwrap();
        assert_eq!(non_taxa.truths, [Shown::Animal, blank, person]);
        assert_eq!(non_taxa.answers.unwrap(), [blank, Shown::Animal, blank]);
    }

    #[test]
    fn labels_of_speciesnet_show_what_their_common_names_say() {
        let label = |lineage: &str| format!("f1856211-cfb7-4a5b-9158-c0f72fd09ee6;{lineage}");
        let (fox, human) =
            (label("mammalia;carnivora;canidae;vulpes;vulpes;red fox"), label("mammalia;primates;hominidae;homo;sapiens;human"));
        let (blank, animal) = (label(";;;;;blank"), label(";;;;;animal"));
        let table = format!(
            "image,truth,predicted\na,Vulpes vulpes,{fox}\nb,human,{human}\nc,empty,{blank}\nd,Vulpes vulpes,{animal}\ne,Homo sapiens,{human}\n"
        );
        let run = read(&table);
        let non_taxa = run.non_taxa.clone().unwrap();
        let (blank, person) = (Shown::Class(BLANK), Shown::Class(PERSON));
        assert_eq!(non_taxa.truths, [Shown::Animal, person, blank, Shown::Animal, person]);
        assert_eq!(non_taxa.answers.unwrap(), [Shown::Animal, person, blank, Shown::Animal, person]);
        // The taxonomy of the table has no kingdom: an animal is no answer there. People are a taxon by their lineage.
        assert_eq!(run.ranked.best(3), Answer::Nothing);
        assert_eq!(run.truths[4], Truth::Taxon(run.ranked.best(4).taxon()));
        // A common name makes no picture of a fox a blank one.
        let ghost = label("mammalia;carnivora;canidae;vulpes;vulpes;ghost");
        assert_eq!(read(&format!("image,truth,predicted\na,Vulpes vulpes,{fox}\nb,{fox},{ghost}\n")).non_taxa, None);
    }
}
