//! Tables of predictions in every shape, from hand-written fixtures.

#![expect(clippy::unwrap_used, reason = "tests")]

use nearmiss::answers::table::{Built, MissingTruth, TableOptions, Tables, read_manifest, read_tables};
use nearmiss::answers::{Answer, Answers, Truth};
use nearmiss::taxonomy::rank::Rank;
use std::path::PathBuf;
use tempfile::TempDir;

pub(crate) fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

pub(crate) fn read(text: &str, options: &TableOptions) -> Tables<'static> {
    let folder = TempDir::new().unwrap();
    read_tables(file(&folder, "table", text), None, options).unwrap_or_else(|error| panic!("{error}"))
}

pub(crate) fn error(text: &str, options: &TableOptions) -> String {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "table.csv", text);
    let error = read_tables(&path, None, options).map(|_| ()).unwrap_err();
    error.to_string().replace(&folder.path().display().to_string(), "DIR")
}

pub(crate) fn usual() -> TableOptions {
    TableOptions::default()
}

/// `truth: lineage | answers: lineage (probability), ...` of an image; short names for asserts.
fn shown(tables: &Tables, run: &Answers, image: usize) -> String {
    let taxon = |taxon| tables.taxonomy.lineage_string(taxon, ">");
    let truth = match run.truths[image] {
        Truth::Taxon(truth) => taxon(truth),
        other => format!("{other:?}"),
    };
    let answers = run.ranked.answers(image).iter().enumerate().map(|(position, answer)| {
        let name = match answer {
            Answer::Taxon(answer) => taxon(*answer),
            other => format!("{other:?}"),
        };
        run.ranked.probability(image, position).map_or(name.clone(), |probability| format!("{name} {probability}"))
    });
    format!("{truth} | {}", answers.collect::<Vec<_>>().join(", "))
}

pub(crate) fn all_shown(tables: &Tables) -> Vec<String> {
    let run = &tables.runs[0];
    (0..run.images.len()).map(|image| format!("{}: {}", run.images[image], shown(tables, run, image))).collect()
}

#[test]
fn binomials_one_row_per_image() {
    let tables = read("image,truth,predicted\na.jpg,Felis catus L.,Felis_catus\nb.jpg,Lynx lynx,Felis silvestris\n", &usual());
    assert_eq!(tables.built, Built::Binomials { clade: false });
    assert_eq!(
        all_shown(&tables),
        ["a.jpg: Felis>Felis catus | Felis>Felis catus", "b.jpg: Lynx>Lynx lynx | Felis>Felis silvestris"]
    );
    assert!(tables.understood.taxonomy.contains("built from names alone"), "{:?}", tables.understood);
    assert!(tables.runs[0].summed.iter().all(Option::is_none));
}

#[test]
fn semicolons_tabs_byte_order_mark_and_crlf_are_seen_through() {
    let table = "\u{feff}Image-Path;Ground Truth;Prediction\r\n\"a;1.jpg\";Felis catus;Lynx lynx\r\n";
    let expected = ["a;1.jpg: Felis>Felis catus | Lynx>Lynx lynx"];
    assert_eq!(all_shown(&read(table, &usual())), expected);
    let tabs = "Image-Path\tGround Truth\tPrediction\na;1.jpg\tFelis catus\tLynx lynx\n";
    assert_eq!(all_shown(&read(tabs, &usual())), expected);
}

#[test]
fn quoted_commas_and_a_first_column_without_name() {
    let table = ",image,truth,predicted\n0,\"a, b.jpg\",\"Felis catus (Linnaeus, 1758)\",Felis catus\n1,c.jpg,Felis catus,\n";
    assert_eq!(
        all_shown(&read(table, &usual())),
        ["a, b.jpg: Felis>Felis catus | Felis>Felis catus", "c.jpg: Felis>Felis catus | "]
    );
}

#[test]
fn a_blank_truth_is_missing_and_a_blank_answer_is_none() {
    let table = "image,truth,predicted\na,Unknown,Felis catus\nb,Felis catus,\nc,NA,nan\n";
    let tables = read(table, &usual());
    let run = &tables.runs[0];
    assert_eq!(run.truths.iter().map(|truth| *truth == Truth::Missing).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!((run.ranked.best(1), run.ranked.best(2)), (Answer::Nothing, Answer::Nothing));
    assert!(!run.count_outside_as_wrong);
    let wrong = read(table, &TableOptions { missing_truth: MissingTruth::Wrong, ..usual() });
    assert!(wrong.runs[0].count_outside_as_wrong);
}

#[test]
fn blanks_can_be_a_class_of_their_own() {
    let options = TableOptions { missing_truth: MissingTruth::Taxon, ..usual() };
    let tables = read("image,truth,predicted\na,,\nb,Felis catus,\nc,,Felis catus\n", &options);
    let blank = "(missing)";
    let expected =
        [format!("a: {blank} | {blank}"), format!("b: Felis>Felis catus | {blank}"), format!("c: {blank} | Felis>Felis catus")];
    assert_eq!(all_shown(&tables), expected);
    let Truth::Taxon(taxon) = tables.runs[0].truths[0] else { panic!() };
    assert_eq!(tables.taxonomy.rank(taxon), Rank::Species);
    let genera = read("image,truth,predicted\na,,\nb,Felis,\n", &options);
    let Truth::Taxon(taxon) = genera.runs[0].truths[0] else { panic!() };
    assert_eq!(genera.taxonomy.rank(taxon), Rank::Genus, "no truth is finer");
}

#[test]
fn coarse_truths_trinomials_and_a_clade() {
    let table = "image,truth,predicted\na,Carabus sp.,Carabus nemoralis nemoralis\nb,Carabidae sp.,Carabus\n";
    let options = TableOptions { clade: Some("Animalia;Arthropoda;Insecta;Coleoptera;Carabidae".to_string()), ..usual() };
    let tables = read(table, &options);
    assert_eq!(tables.built, Built::Binomials { clade: true });
    let above = "Animalia>Arthropoda>Insecta>Coleoptera>Carabidae";
    let expected = [
        format!("a: {above}>Carabus | {above}>Carabus>Carabus nemoralis>Carabus nemoralis nemoralis"),
        format!("b: {above} | {above}>Carabus"),
    ];
    assert_eq!(all_shown(&tables), expected);
}

#[test]
fn long_table_of_ranked_labels() {
    // a.jpg: 0.7 before 0.2; b.jpg: a tie goes by the order of the taxonomy, a blank score comes last
    let table = "image,label,score,truth\n\
        a.jpg,Felis catus,0.2,Lynx lynx\nb.jpg,Puma concolor,,Puma concolor\na.jpg,Lynx lynx,0.7,Lynx lynx\n\
        b.jpg,Felis catus,0.3,Puma concolor\nb.jpg,Lynx lynx,0.3,Puma concolor\n";
    let tables = read(table, &usual());
    let expected = [
        "a.jpg: Lynx>Lynx lynx | Lynx>Lynx lynx 0.7, Felis>Felis catus 0.2",
        "b.jpg: Puma>Puma concolor | Felis>Felis catus 0.3, Lynx>Lynx lynx 0.3, Puma>Puma concolor",
    ];
    assert_eq!(all_shown(&tables), expected);
    assert!(tables.runs[0].notes.iter().any(|note| note.contains("1 of 5 scores are missing")), "{:?}", tables.runs[0].notes);
    assert!(tables.runs[0].notes.iter().any(|note| note.contains("add up to as little as 0.600")), "{:?}", tables.runs[0].notes);
}

#[test]
fn scores_rank_before_positions() {
    let table = "image,truth,prediction,position,score\na,Felis catus,Lynx lynx,2,0.9\na,Felis catus,Felis catus,1,0.1\n";
    let tables = read(table, &usual());
    assert_eq!(all_shown(&tables), ["a: Felis>Felis catus | Lynx>Lynx lynx 0.9, Felis>Felis catus 0.1"]);
    let note = "1 of 1 image lists an answer above another one of higher score: the scores order the answers";
    assert!(tables.runs[0].notes.iter().any(|found| found.starts_with(note)), "{:?}", tables.runs[0].notes);
}

#[test]
fn whole_distributions_are_summed_per_rank() {
    // Felis 0.3 + 0.3 beats Lynx 0.4 at the genus, not at the species
    let table =
        "image,label,score,truth\na,Lynx lynx,0.4,Lynx lynx\na,Felis catus,0.3,Lynx lynx\na,Felis silvestris,0.3,Lynx lynx\n";
    let tables = read(table, &usual());
    let run = &tables.runs[0];
    let best = |index: usize| {
        run.summed[index].as_ref().map(|ranked| (tables.taxonomy.name(ranked.best(0).taxon()), ranked.probability(0, 0)))
    };
    assert_eq!(best(5), Some(("Felis", Some(0.6))));
    assert_eq!(best(6), Some(("Lynx lynx", Some(0.4))));
    assert_eq!(run.summed[0].as_ref().map(|ranked| ranked.answers(0).len()), Some(0), "the names have no kingdom");
}

#[test]
fn probabilities_that_add_up_to_more_than_one_are_not_summed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.csv");
    std::fs::write(&path, "image,truth,label,score\na,Apis mellifera,Apis mellifera,0.9\na,Apis mellifera,Apis cerana,0.4\n")
        .unwrap();
    let tables = read_tables(&path, None, &TableOptions::default()).unwrap();
    assert!(tables.runs[0].summed.iter().all(Option::is_none));
    assert!(tables.runs[0].notes.iter().any(|note| note.contains("add up to as much as 1.300")), "{:?}", tables.runs[0].notes);
}

#[test]
fn logits_rank_and_are_no_probabilities() {
    let table = "image,label,score,truth\na,Lynx lynx,-3,Lynx lynx\na,Felis catus,25,Lynx lynx\n";
    let tables = read(table, &usual());
    assert_eq!(all_shown(&tables), ["a: Lynx>Lynx lynx | Felis>Felis catus, Lynx>Lynx lynx"]);
    assert!(tables.runs[0].notes[0].contains("1 scores are negative and 1 above 1"), "{:?}", tables.runs[0].notes);
}

#[test]
fn rank_columns_for_truth_and_predicted() {
    let table = "image,truth_family,truth_genus,truth_species,predicted_family,predicted_genus,predicted_species,predicted_score\n\
        a,Felidae,Felis,catus,Felidae,Lynx,,0.8\nb,Felidae,,,Felidae,Felis,silvestris,1.5\n";
    let tables = read(table, &usual());
    assert_eq!(tables.built, Built::Lineages);
    let expected = ["a: Felidae>Felis>Felis catus | Felidae>Lynx", "b: Felidae | Felidae>Felis>Felis silvestris"];
    assert_eq!(all_shown(&tables), expected);
}

#[test]
fn wide_columns_hold_the_first_five_answers() {
    let table = "image,true_species,pred1_species,pred1_genus,pred1_conf,pred2_species,pred2_genus,pred2_conf,top1_genus\n\
        a,Mentha × piperita L.,Mentha aquatica L.,Mentha,0.7,Mentha ×piperita L.,Mentha,20%,Mentha\nb,Mentha spicata,Mentha spicata,Mentha,0.9,,,,Mentha\n";
    let tables = read(table, &usual());
    assert_eq!(tables.runs.len(), 1);
    let expected = [
        "a: Mentha>Mentha × piperita | Mentha>Mentha aquatica 0.7, Mentha>Mentha × piperita 0.2",
        "b: Mentha>Mentha spicata | Mentha>Mentha spicata 0.9",
    ];
    assert_eq!(all_shown(&tables), expected);
}

#[test]
fn several_predicted_columns_are_several_runs() {
    let table = "path,ScientificName,Pred_MLP,Pred_Forest,Conf_MLP\na,Felis catus,Felis catus,Lynx lynx,0.5\n";
    let tables = read(table, &usual());
    assert_eq!(tables.runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["Pred_MLP", "Pred_Forest"]);
    assert_eq!(shown(&tables, &tables.runs[0], 0), "Felis>Felis catus | Felis>Felis catus 0.5");
    assert_eq!(shown(&tables, &tables.runs[1], 0), "Felis>Felis catus | Lynx>Lynx lynx");
    let named = read(table, &TableOptions { predicted_columns: vec!["pred forest".to_string()], ..usual() });
    assert_eq!(named.runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["Pred_Forest"]);
}

#[test]
fn a_classifier_of_genera_is_asked_for_genera() {
    let table = "image,Genus,ScientificName,PredGenus\na,Felis,Felis catus,Felis\nb,,Lynx lynx,Felis\n";
    let tables = read(table, &usual());
    assert_eq!(all_shown(&tables), ["a: Felis | Felis", "b: Lynx | Felis"], "the blank genus is that of the binomial");
}

#[test]
fn blank_lines_are_no_images() {
    let table = "image,truth,predicted\na,Felis catus,Felis catus\n\nb,Felis catus,Lynx lynx\n\n\n";
    assert_eq!(read(table, &usual()).runs[0].images, ["a", "b"]);
    let two = "image\ttruth\tpredicted\na\tFelis catus\t\nb\t\tLynx \"lynx\n\n";
    assert_eq!(all_shown(&read(two, &usual())), ["a: Felis>Felis catus | ", "b: Missing | Lynx"]);
}

#[test]
fn a_table_without_image_names_has_one_image_per_row() {
    let tables = read("truth,predicted\nFelis catus,Felis catus\nFelis catus,Felis catus\n", &usual());
    assert_eq!(tables.runs[0].images, ["row 1", "row 2"]);
    assert!(tables.notes.iter().any(|note| note.contains("each row is one image")));
}

#[test]
fn observations_are_kept() {
    let tables =
        read("image,observation_id,truth,predicted\na,o1,Felis catus,Felis catus\nb,o1,Felis catus,Lynx lynx\n", &usual());
    assert_eq!(tables.runs[0].observations.as_deref(), Some(&["o1".to_string(), "o1".to_string()][..]));
}

#[test]
fn groups_come_from_either_table_and_a_missing_column_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (predictions, truth) = (folder.path().join("predictions.csv"), folder.path().join("truth.csv"));
    std::fs::write(&predictions, "image,predicted,Site\na,Apis mellifera,wood\nb,Apis cerana,barn\n").unwrap();
    std::fs::write(&truth, "image,truth,seen,observation\nb,Apis mellifera,yes,one\nc,Apis cerana,no,\na,Apis mellifera,,one\n")
        .unwrap();
    let options = |columns: &[&str]| TableOptions {
        truth_file: Some(truth.clone().into()),
        group_columns: columns.iter().map(ToString::to_string).collect(),
        ..TableOptions::default()
    };
    let tables = read_tables(&predictions, None, &options(&["site", "seen"])).unwrap();
    let run = &tables.runs[0];
    assert_eq!(run.images, ["a", "b", "c"]);
    let found: Vec<_> = run.groups.iter().map(|group| (group.name.as_str(), group.values.join("|"))).collect();
    assert_eq!(found, [("site", "wood|barn|".to_string()), ("seen", "|yes|no".to_string())]);
    // Observations stand in the second table; an image without one is one of its own.
    assert_eq!(run.observations.as_deref().unwrap(), ["one", "one", "c"]);
    let message = read_tables(&predictions, None, &options(&["seem"])).unwrap_err().to_string();
    assert!(message.contains("no column 'seem' (from --group-column)"), "{message}");
}

#[test]
fn manifests_are_read_as_text() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "manifest.csv", "path,species\na/1.jpg,Felis catus L.\na/2.jpg,\n");
    let expected = [("a/1.jpg", "Felis catus L."), ("a/2.jpg", "")].map(|(image, truth)| (image.to_string(), truth.to_string()));
    assert_eq!(read_manifest(&path, &usual()).unwrap(), expected);
}
