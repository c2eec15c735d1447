//! Worked by hand.

use super::*;
use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::scores::{ScoreOptions, Scores};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::path::Path;

const ANIMAL_SHOWN: Shown = Shown::Animal;
const BLANK_SHOWN: Shown = Shown::Class(BLANK);
const PERSON_SHOWN: Shown = Shown::Class(PERSON);
const VEHICLE_SHOWN: Shown = Shown::Class(2);
const UNKNOWN_SHOWN: Shown = Shown::Class(UNKNOWN);

/// Twelve images:
///
/// ```text
///                 answered
/// shown     animal blank person vehicle declined   images
/// animal       4     1      0      0       1          6
/// blank        2     1      0      0       0          3
/// person       1     0      1      0       0          2
/// unknown      1                                      1, not counted
/// ```
const IMAGES: [(Shown, Shown); 12] = [
    (ANIMAL_SHOWN, ANIMAL_SHOWN),
    (ANIMAL_SHOWN, ANIMAL_SHOWN),
    (ANIMAL_SHOWN, ANIMAL_SHOWN),
    (ANIMAL_SHOWN, ANIMAL_SHOWN),
    (ANIMAL_SHOWN, BLANK_SHOWN),
    (ANIMAL_SHOWN, UNKNOWN_SHOWN),
    (BLANK_SHOWN, ANIMAL_SHOWN),
    (BLANK_SHOWN, ANIMAL_SHOWN),
    (BLANK_SHOWN, BLANK_SHOWN),
    (PERSON_SHOWN, ANIMAL_SHOWN),
    (PERSON_SHOWN, PERSON_SHOWN),
    (UNKNOWN_SHOWN, ANIMAL_SHOWN),
];

fn taxonomy() -> Taxonomy {
    let table = "genus,species\nVulpes,Vulpes vulpes\nLynx,Lynx lynx\n";
    Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap()
}

/// Scores of images that show and are answered something; the one taxon is the fox.
fn scores(images: &[(Shown, Shown)], options: &ScoreOptions<'_>, observations: Option<Vec<String>>) -> Scores {
    let taxonomy = taxonomy();
    let fox = taxonomy.resolve("Vulpes vulpes").taxon().unwrap();
    Scores::of(&taxonomy, &answers(fox, images, observations), options)
}

fn answers(fox: TaxonId, images: &[(Shown, Shown)], observations: Option<Vec<String>>) -> Answers {
    let mut ranked = Ranked::default();
    for (_, answer) in images {
        ranked.push([(if *answer == Shown::Animal { Answer::Taxon(fox) } else { Answer::Nothing }, None)]);
    }
    let truth = |(shown, _): &(Shown, Shown)| if *shown == Shown::Animal { Truth::Taxon(fox) } else { Truth::Missing };
    Answers {
        images: (0..images.len()).map(|image| image.to_string()).collect(),
        truths: images.iter().map(truth).collect(),
        ranked,
        observations,
        non_taxa: Some(NonTaxa {
            names: ["blank", "person", "vehicle", "unknown"].map(String::from).to_vec(),
            truths: images.iter().map(|(truth, _)| *truth).collect(),
            answers: Some(images.iter().map(|(_, answer)| *answer).collect()),
        }),
        ..Answers::default()
    }
}

fn class<'s>(scores: &'s NonTaxonScores, name: &str) -> &'s ClassScores {
    scores.classes.iter().find(|class| class.class == name).unwrap()
}

fn near(value: Option<f64>, expected: f64) {
    assert!((value.unwrap() - expected).abs() < 1e-12, "{value:?} {expected}");
}

#[test]
fn classes_are_scored_as_worked_by_hand() {
    let all = scores(&IMAGES, &ScoreOptions::default(), None);
    let found = all.non_taxa.as_ref().unwrap();
    assert_eq!((found.n, found.declined, found.unknown_truth, found.without_truth, found.unreadable), (11, 1, 1, 0, 0));
    // 4 animals, 1 blank and 1 person of 11.
    near(found.accuracy, 6.0 / 11.0);
    near(found.missed_animals, 1.0 / 6.0);
    near(found.false_animals, 2.0 / 3.0);
    near(found.persons_as_animals, 1.0 / 2.0);
    // Animals: answered to 4 + 2 + 1 = 7 of the 11 images, 4 of them rightly; 6 images show one.
    let animal = class(found, "animal");
    assert_eq!((animal.images, animal.answered, animal.right), (6, 7, 4));
    near(animal.precision, 4.0 / 7.0);
    near(animal.recall, 4.0 / 6.0);
    // 2 · 4 / (6 + 7).
    near(animal.f1, 8.0 / 13.0);
    let counts = |name: &str, images: u64| (name.to_string(), images);
    assert_eq!(animal.confusion, [counts("animal", 4), counts("blank", 1), counts("person", 0), counts("unknown", 1)]);
    let (blank, person) = (class(found, "blank"), class(found, "person"));
    near(blank.precision, 1.0 / 2.0);
    near(blank.recall, 1.0 / 3.0);
    near(blank.f1, 2.0 / 5.0);
    near(person.precision, 1.0);
    near(person.recall, 1.0 / 2.0);
    near(person.f1, 2.0 / 3.0);
    near(found.macro_f1, (8.0 / 13.0 + 2.0 / 5.0 + 2.0 / 3.0) / 3.0);
    // Nobody speaks of vehicles.
    assert_eq!(found.classes.len(), 3);
    // Wilson of 1 of 6: z² / n = 0.640243; (0.166667 + 0.320122) / 1.640243 = 0.296778;
    // half = 1.959964 √(0.138889 / 6 + 3.841459 / 144) / 1.640243 = 1.959964 · 0.223215 / 1.640243 = 0.266725.
    let interval = found.intervals.of("missed_animals").unwrap();
    assert!((interval.low - 0.030_053).abs() < 1e-6 && (interval.high - 0.563_503).abs() < 1e-6, "{interval:?}");
    assert!(found.intervals.reason("macro_f1").is_some() && found.intervals.of("macro_f1").is_none());
}

#[test]
fn the_taxonomy_scores_animals_alone_and_every_image_is_accounted_for() {
    let all = scores(&IMAGES, &ScoreOptions::default(), None);
    let accounting = all.accounting;
    assert_eq!((accounting.images, accounting.scored, accounting.not_a_taxon, accounting.without_truth), (12, 6, 5, 1));
    assert_eq!(accounting.images, accounting.scored + accounting.left_out());
    // Of the two without an answer one is answered as a blank.
    assert_eq!((accounting.of_scored.no_answer, accounting.of_scored.answered_non_taxon), (2, 1));
    assert_eq!((all.causes.right, all.causes.no_answer, all.causes.not_a_taxon, all.causes.without_truth), (4, 2, 5, 1));
    let accuracy = all.ranks.iter().find_map(|row| row.path_top1).unwrap();
    assert!((accuracy - 4.0 / 6.0).abs() < 1e-12);
    assert_eq!(accounting.line(), "12 images, 6 scored, 1 without truth, 5 not a taxon");
}

#[test]
fn mistakes_cost_what_the_matrix_says() {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "truth,answer,cost\nanimal,blank,5\nblank,Animal,0.5\nanimal,unknown,2\n").unwrap();
    let matrix = CostMatrix::read(file.path(), &taxonomy()).unwrap();
    let all = scores(&IMAGES, &ScoreOptions { costs: Some(&matrix), ..ScoreOptions::default() }, None);
    let found = all.non_taxa.unwrap();
    // A missed animal 5, two false ones 0.5 each, one declined 2, a person taken for an animal 1: 9 over 11 images.
    near(found.cost_total, 9.0);
    near(found.cost_mean, 9.0 / 11.0);
    assert_eq!((found.costs.iter().map(|cost| cost.images).collect::<Vec<_>>(), found.other), (vec![1, 2, 1], 1));
    assert!(found.intervals.of("cost_mean").is_some());
    // Of taxa it says nothing.
    assert_eq!((all.costs, all.images.costs), (None, None));
    for (rows, part) in [
        ("animal,blank,5\nanimal,blank,4\n", "costs 4 here and 5 above"),
        ("blank,blank,5\n", "is right, and costs nothing"),
        ("animal,blnk,5\n", "is not in the taxonomy"),
    ] {
        std::fs::write(file.path(), rows).unwrap();
        let message = CostMatrix::read(file.path(), &taxonomy()).unwrap_err().to_string();
        assert!(message.contains(part), "{message}");
    }
}

#[test]
fn images_of_one_burst_count_together() {
    // Six animals in two bursts, all answered so: Wilson of 2 of 2, not of 6 of 6; a blank by itself.
    let mut images = vec![(ANIMAL_SHOWN, ANIMAL_SHOWN); 6];
    images.push((BLANK_SHOWN, BLANK_SHOWN));
    let bursts = ["a", "a", "a", "b", "b", "b", "c"].map(String::from).to_vec();
    let found = scores(&images, &ScoreOptions::default(), Some(bursts)).non_taxa.unwrap();
    let interval = class(&found, "animal").intervals.of("recall").unwrap();
    assert!((interval.low - 0.342_380).abs() < 1e-5 && (interval.high - 1.0).abs() < 1e-12, "{interval:?}");
}

#[test]
fn classes_that_are_never_true_or_never_answered_have_what_is_defined() {
    let found = |images: &[(Shown, Shown)]| scores(images, &ScoreOptions::default(), None).non_taxa.unwrap();
    // A vehicle that nobody drove past, and blanks that are never answered.
    let some = found(&[(ANIMAL_SHOWN, VEHICLE_SHOWN), (BLANK_SHOWN, ANIMAL_SHOWN)]);
    let (vehicle, blank) = (class(&some, "vehicle"), class(&some, "blank"));
    assert_eq!((vehicle.precision, vehicle.recall, vehicle.f1), (Some(0.0), None, Some(0.0)));
    assert_eq!((blank.precision, blank.recall, blank.f1), (None, Some(0.0), Some(0.0)));
    assert_eq!((some.macro_f1, some.persons_as_animals), (Some(0.0), None));
    // All blank, and all right.
    let blanks = found(&[(BLANK_SHOWN, BLANK_SHOWN); 2]);
    assert_eq!((blanks.n, blanks.accuracy, blanks.macro_f1, blanks.missed_animals), (2, Some(1.0), Some(1.0), None));
    assert_eq!((blanks.false_animals, blanks.classes.len()), (Some(0.0), 1));
    // Nothing known of any.
    let none = found(&[(UNKNOWN_SHOWN, BLANK_SHOWN)]);
    assert_eq!((none.n, none.accuracy, none.macro_f1, none.unknown_truth), (0, None, None, 1));
}

#[test]
fn a_naive_twin_finds_the_same_numbers() {
    use rand::{RngExt, SeedableRng};
    let kinds = [ANIMAL_SHOWN, BLANK_SHOWN, PERSON_SHOWN, VEHICLE_SHOWN, UNKNOWN_SHOWN, Shown::Nothing];
    for seed in 0..20 {
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(seed);
        let images: Vec<(Shown, Shown)> =
            (0..40).map(|_| (kinds[rng.random_range(0..6)], kinds[rng.random_range(0..6)])).collect();
        let found = scores(&images, &ScoreOptions::default(), None).non_taxa.unwrap();
        let known: Vec<_> = images.iter().filter(|(truth, _)| !matches!(*truth, Shown::Nothing | UNKNOWN_SHOWN)).collect();
        assert_eq!(found.n, known.len() as u64);
        for (shown, name) in kinds.into_iter().zip(["animal", "blank", "person", "vehicle"]) {
            let both = known.iter().filter(|(truth, answer)| *truth == shown && *answer == shown).count();
            let shows = known.iter().filter(|(truth, _)| *truth == shown).count();
            let answered = known.iter().filter(|(_, answer)| *answer == shown).count();
            let row = class(&found, name);
            assert_eq!((row.right, row.images, row.answered), (both as u64, shows as u64, answered as u64), "{seed} {name}");
            let confused: u64 = row.confusion.iter().map(|(_, images)| images).sum();
            assert_eq!(confused, row.images);
            let (precision, recall) = (row.precision.unwrap(), row.recall.unwrap());
            if both > 0 {
                near(row.f1, 2.0 * precision * recall / (precision + recall));
            }
        }
    }
}
