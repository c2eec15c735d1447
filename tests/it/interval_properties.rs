//! The intervals of a report: the same in any order of rows, around their values, and never without width.

use crate::trees::{random as random_tree, seeded};
use nearmiss::answers::{Answer, Answers, Grouping, Ranked, Truth};
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};

/// One image: truth, answers, observation, site.
#[derive(Clone)]
struct Row {
    truth: Truth,
    answers: Vec<(Answer, Option<f64>)>,
    observation: String,
    site: String,
}

fn rows(random: &mut ChaCha8Rng, taxonomy: &Taxonomy) -> Vec<Row> {
    let taxa: Vec<TaxonId> = taxonomy.taxa().filter(|taxon| *taxon != TaxonId::ROOT).collect();
    let any = |random: &mut ChaCha8Rng| taxa[random.random_range(0..taxa.len())];
    let images = random.random_range(1..70);
    let sure = if random.random_bool(0.3) { 1.0 } else { 0.5 };
    let row = |image: usize, random: &mut ChaCha8Rng| {
        let truth = any(random);
        let first = if random.random_bool(sure) { truth } else { any(random) };
        let listed = random.random_range(1..7);
        let answers = (0..listed).map(|place| (Answer::Taxon(if place == 0 { first } else { any(random) }), None)).collect();
        Row {
            truth: if random.random_bool(0.05) { Truth::Outside } else { Truth::Taxon(truth) },
            answers,
            observation: if random.random_bool(0.1) { format!("alone{image}") } else { format!("o{}", image / 3) },
            site: format!("s{}", random.random_range(0..3)),
        }
    };
    (0..images).map(|image| row(image, random)).collect()
}

fn answers(rows: &[Row], observations: bool) -> Answers {
    let mut ranked = Ranked::default();
    for row in rows {
        ranked.push(row.answers.clone());
    }
    Answers {
        images: (0..rows.len()).map(|image| format!("i{image}")).collect(),
        truths: rows.iter().map(|row| row.truth).collect(),
        observations: observations.then(|| rows.iter().map(|row| row.observation.clone()).collect()),
        groups: vec![Grouping { name: "site".to_string(), values: rows.iter().map(|row| row.site.clone()).collect() }],
        count_outside_as_wrong: true,
        ranked,
        ..Answers::default()
    }
}

fn blocks(taxonomy: &Taxonomy, answers: &Answers) -> Value {
    let scores = Scores::of(taxonomy, answers, &ScoreOptions::default());
    json!({ "ranks": scores.ranks, "how_wrong": scores.how_wrong, "flags": scores.flags, "groups": scores.groups })
}

#[test]
fn the_order_of_rows_changes_no_end_of_an_interval() {
    let mut random = seeded(41);
    for _ in 0..60 {
        let taxonomy = random_tree(&mut random, 20);
        let mut rows = rows(&mut random, &taxonomy);
        for observations in [false, true] {
            let expected = blocks(&taxonomy, &answers(&rows, observations));
            rows.shuffle(&mut random);
            let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap();
            let found = one.install(|| blocks(&taxonomy, &answers(&rows, observations)));
            assert_eq!(found.to_string(), expected.to_string());
        }
    }
}

/// Every value with its ends or its reason.
fn check(value: &Value, path: &str) {
    if let Value::Array(list) = value {
        list.iter().enumerate().for_each(|(place, value)| check(value, &format!("{path}[{place}]")));
    }
    let Value::Object(block) = value else { return };
    for (name, value) in block {
        check(value, &format!("{path}.{name}"));
        let (Some(low), Some(high)) = (block.get(&format!("{name}_low")), block.get(&format!("{name}_high"))) else { continue };
        let reason = &block.get("no_interval").map_or(Value::Null, |reasons| reasons[name].clone());
        match (value.as_f64(), low.as_f64(), high.as_f64()) {
            (Some(value), Some(low), Some(high)) => {
                let slack = 1e-12 * value.abs();
                assert!(low < high && low <= value + slack && value <= high + slack, "{path}.{name}: {value} in {low} to {high}");
                assert!(reason.is_null(), "{path}.{name}: an interval and a reason");
            }
            (Some(value), None, None) => assert!(reason.is_string(), "{path}.{name}: {value} without an interval or a reason"),
            (None, ..) => {
                assert!(value.is_object() || (low.is_null() && reason.is_null()), "{path}.{name}: an interval of nothing");
            }
            _ => panic!("{path}.{name}: half an interval"),
        }
    }
}

#[test]
fn every_number_has_an_interval_of_some_width_or_a_reason() {
    let mut random = seeded(42);
    for _ in 0..150 {
        let taxonomy = random_tree(&mut random, 20);
        let rows = rows(&mut random, &taxonomy);
        for observations in [false, true] {
            check(&blocks(&taxonomy, &answers(&rows, observations)), "");
        }
    }
}

#[test]
fn two_observations_that_agree_are_two_and_not_four_images() {
    // The case 01-zero-width: Wilson of 2 of 2 for every share; of the heights, 7 times the same mirrored.
    let mut random = seeded(43);
    let taxonomy = random_tree(&mut random, 5);
    let leaf = taxonomy.taxa().last().unwrap();
    let row = |observation: &str| Row {
        truth: Truth::Taxon(leaf),
        answers: vec![(Answer::Taxon(leaf), None)],
        observation: observation.to_string(),
        site: String::new(),
    };
    let rows = ["A", "A", "B", "B"].map(row);
    let scores = Scores::of(&taxonomy, &answers(&rows, true), &ScoreOptions::default());
    let wilson = nearmiss::numbers::statistics::wilson(2, 2);
    let rank = scores.ranks.iter().find(|row| row.n > 0).unwrap();
    for name in ["path_top1", "path_macro"] {
        assert_eq!(rank.intervals.of(name), wilson, "{name}");
    }
    let how = &scores.how_wrong.intervals;
    assert_eq!((how.of("exact"), how.of("hf"), how.of("jaccard")), (wilson, wilson, wilson));
    assert!((how.high("mean_height").unwrap() - 7.0 * (1.0 - wilson.unwrap().low)).abs() < 1e-12);
    assert_eq!(how.reason("mean_edges"), Some("all 2 observations have the same value, and draws of them would too"));
    assert_eq!(scores.groups[0].intervals.of("right"), wilson);
}
