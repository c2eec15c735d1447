//! One metric is one thing: what a list says is what files hold.

use super::measure::RowValues;
use super::*;
use crate::answers::non_taxon::{BLANK, NonTaxa, Shown};
use crate::answers::prior::{Prior, Priors, TaxonWeights};
use crate::answers::{Answer, Answers, Grouping, Ranked, Truth};
use crate::scores::cost::CostMatrix;
use crate::scores::{ScoreOptions, Scores};
use crate::taxonomy::TaxonId;
use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};
use crate::taxonomy::rank::Rank;
use serde::Serialize;
use serde_json::{Map, Value as Json};
use std::collections::BTreeMap;

const SPECIES: [[&str; 7]; 4] = [
    ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", "Felis catus"],
    ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Lynx", "Lynx lynx"],
    ["Animalia", "Chordata", "Aves", "Passeriformes", "Turdidae", "Turdus", "Turdus merula"],
    ["Plantae", "Tracheophyta", "Magnoliopsida", "Apiales", "Apiaceae", "Daucus", "Daucus carota"],
];

/// The truth and the probabilities of each image.
const IMAGES: [(usize, [f64; 4]); 8] = [
    (0, [0.6, 0.2, 0.15, 0.05]),
    (0, [0.3, 0.5, 0.15, 0.05]),
    (1, [0.1, 0.7, 0.1, 0.1]),
    (2, [0.1, 0.2, 0.65, 0.05]),
    (2, [0.4, 0.1, 0.3, 0.2]),
    (3, [0.05, 0.05, 0.1, 0.8]),
    (3, [0.5, 0.1, 0.1, 0.3]),
    (1, [0.25, 0.45, 0.2, 0.1]),
];

/// A run that has every block.
fn scores() -> Scores {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "test".into(), line: 0 };
    let handles: Vec<_> =
        SPECIES.iter().map(|names| builder.add_lineage(Rank::MAIN.into_iter().zip(names.iter().copied()), &place)).collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    let species: Vec<TaxonId> = handles.into_iter().map(|handle| numbers.id(handle)).collect();
    let mut ranked = Ranked::default();
    let mut summed: [Ranked; 7] = std::array::from_fn(|_| Ranked::default());
    for (_, probabilities) in IMAGES {
        let labels: Vec<(TaxonId, f64)> = species.iter().copied().zip(probabilities).collect();
        ranked.push(labels.iter().map(|&(taxon, probability)| (Answer::Taxon(taxon), Some(probability))));
        for (index, summed) in summed.iter_mut().enumerate() {
            let mut sums: BTreeMap<TaxonId, f64> = BTreeMap::new();
            for &(taxon, probability) in &labels {
                *sums.entry(taxonomy.main_ancestor(taxon, index).unwrap()).or_default() += probability;
            }
            summed.push(sums.into_iter().map(|(taxon, sum)| (Answer::Taxon(taxon), Some(sum))));
        }
    }
    let answers = Answers {
        name: "eight images".to_string(),
        images: (1..=IMAGES.len()).map(|image| format!("{image}.jpg")).collect(),
        truths: IMAGES.iter().map(|(truth, _)| Truth::Taxon(species[*truth])).collect(),
        ranked,
        summed: summed.map(Some),
        candidates: Some(species),
        groups: vec![Grouping { name: "site".to_string(), values: ["a", "b"].repeat(4).into_iter().map(String::from).collect() }],
        non_taxa: Some(NonTaxa {
            names: ["blank", "person", "vehicle", "unknown"].map(String::from).to_vec(),
            truths: [Shown::Animal, Shown::Class(BLANK)].repeat(4),
            answers: Some([Shown::Animal, Shown::Animal, Shown::Class(BLANK), Shown::Class(BLANK)].repeat(2)),
        }),
        ..Answers::default()
    };
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), "Felis catus,Lynx lynx,5\nanimal,blank,3\n").unwrap();
    let costs = CostMatrix::read(file.path(), &taxonomy).unwrap();
    let cats = TaxonWeights::of(&taxonomy, [(taxonomy.resolve("Felidae").taxon().unwrap(), 1.0)].into());
    let priors = Priors(vec![Prior::of_weights("list", None, [(String::new(), cats)].into(), true)]);
    let options = ScoreOptions { costs: Some(&costs), priors: Some(&priors), ..ScoreOptions::default() };
    Scores::of(&taxonomy, &answers, &options)
}

fn object(value: &impl Serialize) -> Map<String, Json> {
    serde_json::to_value(value).unwrap().as_object().unwrap().clone()
}

/// Metrics of a row change places in its list: so do their keys, and each takes its value with it.
fn swap<R: Row>(row: &R) {
    let listed = object(&RowValues::of(row));
    for place in 1..R::measures().len() {
        let mut swapped = R::measures().to_vec();
        swapped.swap(0, place);
        let written = object(&RowValues::some(row, &swapped));
        assert_eq!(written.keys().next().map(String::as_str), Some(swapped[0].metric.name));
        // Whatever the order of the keys.
        assert_eq!(written, listed);
    }
}

/// What is written of a row is what its list says, and `others`.
fn compare<R: Row + Serialize>(row: &R, others: &[&str]) {
    swap(row);
    let written = object(row);
    let mut known: Vec<String> = others.iter().map(ToString::to_string).collect();
    known.push("no_interval".to_string());
    for measure in R::measures() {
        let name = measure.metric.name;
        assert_eq!(written.get(name), Some(&serde_json::to_value((measure.value)(row)).unwrap()), "{name}");
        known.push(name.to_string());
        let ends = ["low", "high"].map(|end| format!("{name}_{end}"));
        for end in &ends {
            assert_eq!(written.contains_key(end), measure.metric.interval().is_some(), "{end}");
        }
        if let (Value::Number(_), true) = ((measure.value)(row), measure.metric.interval().is_some()) {
            let interval = measure.interval(row);
            let found = ends.each_ref().map(|end| written[end].as_f64());
            assert_eq!(found, [interval.map(|ends| ends.low), interval.map(|ends| ends.high)], "{name}");
            assert!(measure.metric.has_interval() || interval.is_none(), "{name}");
        }
        known.extend(ends);
    }
    let unknown: Vec<&String> = written.keys().filter(|key| !known.contains(key)).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

#[test]
fn every_block_is_written_as_its_list_says() {
    let scores = scores();
    compare(&scores.ranks[6], &["rank"]);
    compare(&scores.how_wrong, &["best_of", "information", "height_unit", "tree", "full_lineages"]);
    compare(&scores.how_wrong.best_of[1], &[]);
    compare(scores.flags.as_ref().unwrap(), &["yellow_from"]);
    compare(scores.costs.as_ref().unwrap(), &["entries", "other", "other_cost"]);
    let non_taxa = scores.non_taxa.as_ref().unwrap();
    compare(non_taxa, &["classes", "unknown_truth", "without_truth", "unreadable", "costs", "other", "other_cost"]);
    compare(&non_taxa.classes[0], &["confusion"]);
    compare(&scores.groups[0], &["by", "group"]);
    compare(scores.consistency.as_ref().unwrap(), &[]);
    swap(&scores.taxa[0]);
    let whole = scores.whole.as_ref().unwrap();
    let rules = ["path", "summed", "top_down", "expected_height", "back_off"];
    compare(&whole.decisions, &[&rules[..], &["back_off_threshold", "differences"][..]].concat());
    compare(&whole.decisions.top_down, &["how_wrong"]);
    compare(&whole.decisions.differences[0], &["rule", "compared", "rank", "n", "method", "standard_error"]);
    compare(&whole.calibration.ranks[6], &["rank", "bins", "why_n"]);
    compare(whole.selective.as_ref().unwrap(), &["curve", "targets"]);
    let prior = scores.prior.as_ref().unwrap().as_ref().unwrap();
    compare(prior, &["applied_to", "why_listed", "images", "lists", "ranks", "mean_height", "rarities"]);
    compare(&prior.ranks[6], &["name", "n", "method", "standard_error"]);
    compare(&prior.mean_height, &["name", "n", "method", "standard_error"]);
}

#[test]
fn a_calibration_alone_has_the_keys_of_its_list() {
    let scores = scores();
    let alone = object(&scores.whole.unwrap().calibration.ranks[6].calibration);
    let names = CALIBRATION.iter().map(|measure| measure.metric.name).chain(["bins"]);
    assert!(alone.keys().map(String::as_str).eq(names), "{alone:?}");
}

#[test]
fn keys_stand_in_the_order_of_the_list() {
    let scores = scores();
    let written = object(&scores.how_wrong);
    let listed = HOW_WRONG.iter().map(|measure| measure.metric.name);
    assert!(written.keys().map(String::as_str).take(HOW_WRONG.len()).eq(listed), "{written:?}");
    assert_eq!(more_of_how_wrong()[0].metric.name, "exact");
}

#[test]
fn every_metric_is_described_and_named_once_in_its_block() {
    let metrics = all();
    for metric in &metrics {
        assert!(metric.sentence.ends_with('.') && !metric.formula.is_empty() && !metric.source.is_empty(), "{}", metric.name);
        let same = metrics.iter().filter(|other| other.block == metric.block && other.name == metric.name).count();
        assert_eq!(same, 1, "{}", metric.name);
        assert_eq!(find(metric.block, metric.name), Some(*metric));
    }
}
