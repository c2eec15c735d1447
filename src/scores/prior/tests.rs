//! A run before and after a prior, against numbers that `tests/parity/prior_parity.py` has written from the definitions.

use super::*;
use crate::answers::prior::TaxonWeights;
use crate::answers::{Answer, Answers, Grouping, Truth};
use crate::scores::{ScoreOptions, Scores};
use crate::taxonomy::Taxonomy;
use serde_json::Value;
use std::path::Path;

fn numbers(value: &Value) -> Vec<f64> {
    value.as_array().unwrap().iter().map(|number| number.as_f64().unwrap()).collect()
}

fn texts(value: &Value) -> Vec<String> {
    value.as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_string()).collect()
}

fn near(found: Option<f64>, expected: &Value) {
    let expected = expected.as_f64().unwrap();
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{found:?}, not {expected}");
}

/// The run of the fixture with its taxonomy and its prior.
fn run(fixture: &Value) -> (Taxonomy, Answers, Priors) {
    let lineages: Vec<Vec<String>> = fixture["lineages"].as_array().unwrap().iter().map(texts).collect();
    let rows: Vec<String> = lineages.iter().map(|lineage| lineage.join(",")).collect();
    let table = format!("kingdom,phylum,class,order,family,genus,species\n{}\n", rows.join("\n"));
    let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("tree.csv")).unwrap();
    let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
    let species: Vec<TaxonId> = lineages.iter().map(|lineage| taxon(&lineage[6])).collect();
    let mut ranked = Ranked::default();
    for row in fixture["probabilities"].as_array().unwrap() {
        ranked.push(species.iter().zip(numbers(row)).map(|(&taxon, p)| (Answer::Taxon(taxon), Some(p))));
    }
    let truths = texts(&fixture["truths"]);
    let answers = Answers {
        images: (0..truths.len()).map(|image| format!("{image}.jpg")).collect(),
        truths: truths.iter().map(|name| Truth::Taxon(taxon(name))).collect(),
        ranked,
        candidates: Some(species),
        groups: vec![Grouping { name: "site".to_string(), values: texts(&fixture["groups"]) }],
        ..Answers::default()
    };
    let groups = fixture["weights"].as_object().unwrap().iter().map(|(group, weights)| {
        let weights = weights.as_object().unwrap().iter().map(|(name, weight)| (taxon(name), weight.as_f64().unwrap()));
        (group.clone(), TaxonWeights::of(&taxonomy, weights.collect()))
    });
    let prior = Prior::of_weights("prior.csv", Some("site"), groups.collect(), false);
    (taxonomy, answers, Priors(vec![prior]))
}

#[test]
fn all_numbers_are_those_of_the_definitions() {
    let fixture: Value = serde_json::from_str(include_str!("../../../tests/fixtures/prior.json")).unwrap();
    let (taxonomy, answers, priors) = run(&fixture);
    let scores = Scores::of(&taxonomy, &answers, &ScoreOptions { priors: Some(&priors), ..ScoreOptions::default() });
    let prior = scores.prior.as_ref().unwrap().as_ref().unwrap();
    let expected = &fixture["expected"];
    let counts = [prior.n, prior.changed, prior.better, prior.worse];
    assert_eq!(counts.map(Some), ["n", "changed", "better", "worse"].map(|name| expected[name].as_u64()));
    for row in &prior.ranks {
        let of_rank = &expected["ranks"][row.name];
        near(row.before, &of_rank["before"]);
        near(row.after, &of_rank["after"]);
        let interval = row.intervals.of("difference").unwrap();
        near(Some(interval.low), &of_rank["interval"][0]);
        near(Some(interval.high), &of_rank["interval"][1]);
        near(Some(row.significance.p), &of_rank["p"]);
        near(row.ece_before, &of_rank["ece"][0]);
        near(row.ece_after, &of_rank["ece"][1]);
    }
    assert_eq!(prior.ranks.len(), 7);
    near(prior.mean_height.before, &expected["height"][0]);
    near(prior.mean_height.after, &expected["height"][1]);
    let [outside, edge, within] = &prior.rarities[..] else { panic!("three kinds of rarity") };
    assert_eq!(Some(outside.n), expected["outside"][0].as_u64());
    near(outside.before, &expected["outside"][1]);
    near(outside.after, &expected["outside"][2]);
    // Edge and within are all that is not outside.
    assert_eq!(Some(edge.n + within.n), expected["inside"][0].as_u64());
    let right = |row: &BeforeAfter| row.after.unwrap_or(0.0) * crate::numbers::statistics::to_f64(row.n);
    near(Some((right(edge) + right(within)) / crate::numbers::statistics::to_f64(edge.n + within.n)), &expected["inside"][2]);
    // The numbers of the report are those without the prior.
    let species = scores.rank(Rank::Species).unwrap();
    assert_eq!(prior.ranks[6].before, species.path_top1);
    assert_eq!(prior.mean_height.before, scores.how_wrong.mean_height);
    let fates = prior.images;
    assert_eq!(fates.weighted + fates.all_forbidden + fates.without_group + fates.unknown_group + fates.unanswered, prior.n);
    assert!(fates.without_group > 0 && fates.unknown_group > 0);
}

#[test]
fn probabilities_become_the_posteriors_of_bayes() {
    let fixture: Value = serde_json::from_str(include_str!("../../../tests/fixtures/prior.json")).unwrap();
    let (taxonomy, answers, priors) = run(&fixture);
    let whole = Distribution::of_answers(&answers).map_err(|error| error.to_string());
    let applied = Applied::of(&taxonomy, &answers, &whole, &priors).unwrap();
    let species = answers.candidates.as_ref().unwrap();
    for (image, row) in fixture["posteriors"].as_array().unwrap().iter().enumerate() {
        let listed = applied.after.ranked.listed(image);
        for (taxon, expected) in species.iter().zip(numbers(row)) {
            let place = listed.iter().position(|answer| *answer == Answer::Taxon(*taxon)).unwrap();
            let found = applied.after.ranked.probability(image, place).unwrap();
            assert!((found - expected).abs() < 1e-12, "{image}: {found}, not {expected}");
        }
    }
}

#[test]
fn a_run_without_probabilities_has_a_sentence_in_place_of_numbers() {
    let table = "genus,species\nFelis,Felis catus\nLynx,Lynx lynx\n";
    let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("cats.csv")).unwrap();
    let cat = taxonomy.resolve("Felis catus").taxon().unwrap();
    let mut ranked = Ranked::default();
    ranked.push([(Answer::Taxon(cat), None)]);
    let answers = Answers { images: vec!["1".to_string()], truths: vec![Truth::Taxon(cat)], ranked, ..Answers::default() };
    let all = TaxonWeights::of(&taxonomy, [(cat, 1.0)].into());
    let priors = Priors(vec![Prior::of_weights("list", None, [(String::new(), all)].into(), true)]);
    let options = ScoreOptions { priors: Some(&priors), ..ScoreOptions::default() };
    let scores = Scores::of(&taxonomy, &answers, &options);
    assert!(scores.prior.is_some_and(|prior| prior.is_err_and(|reason| reason.contains("one answer per image"))));
    assert!(Scores::of(&taxonomy, &answers, &ScoreOptions::default()).prior.is_none());
}
