//! What is listed is what files hold, and the other way round.

use super::latent_ranks::{NEIGHBOURS, RANKS};
use super::retrieval::found::{COSINES, TOP_SHARES, TRIPLETS};
use super::*;
use crate::scores::metric::{Measure, Row};
use crate::spaces::embeddings::{Embeddings, SampleSize, Sampled, Sampling};
use crate::spaces::latent::among_all::{Asked, Searched, among_all};
use crate::spaces::latent::{Latent, LatentOptions, measure};
use crate::spaces::retrieval::search::{Search, SearchOptions, search};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use serde_json::Value as Json;
use std::path::Path;
use std::time::Duration;

const TABLE: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
Animalia,Chordata,Mammalia,Rodentia,Muridae,Mus,Mus musculus
Animalia,Chordata,Mammalia,Rodentia,Muridae,Mus,Mus spretus
";

/// Twelve points.
const POINTS: [(&str, [f64; 3]); 12] = [
    ("Felis catus", [1.0, 0.1, 0.0]),
    ("Felis catus", [0.9, 0.2, 0.1]),
    ("Felis catus", [1.1, 0.0, 0.1]),
    ("Felis silvestris", [0.8, 0.5, 0.0]),
    ("Felis silvestris", [0.7, 0.6, 0.1]),
    ("Vulpes vulpes", [0.5, 0.1, 0.9]),
    ("Vulpes vulpes", [0.4, 0.2, 1.0]),
    ("Mus musculus", [-0.9, 0.3, 0.2]),
    ("Mus musculus", [-1.0, 0.2, 0.1]),
    ("Mus musculus", [-0.8, 0.4, 0.2]),
    ("Mus spretus", [-0.6, -0.5, 0.4]),
    ("Mus spretus", [0.6, 0.4, 0.2]),
];

/// Numbers of a rank in `latent.json` that are no metrics.
const OF_RANK: [(&str, &str); 15] = [
    ("silhouette_euclidean_points", "one per point"),
    ("variance.n", "n again"),
    ("variance.groups", "taxa again"),
    ("permanova.observed", "r2 again"),
    ("permanova.shuffles", "how many were drawn"),
    ("permanova_within_parent.observed", "r2 again"),
    ("permanova_within_parent.shuffles", "how many were drawn"),
    ("agreement_test.observed", "agreement again"),
    ("agreement_test.shuffles", "how many were drawn"),
    ("agreement.k", "which row it is"),
    ("agreement.n", "points that count"),
    ("agreement.short", "points that count less"),
    ("agreement.tied", "points whose last neighbour is as near as the next"),
    ("dendrogram_cut.clusters", "as many as taxa"),
    ("k_means.clusters", "as many as taxa"),
];

/// The same of all of `latent.json` but its ranks.
const OF_SPACE: [(&str, &str); 41] = [
    ("n", "vectors"),
    ("width", "their length"),
    ("options.ks", "what was asked for"),
    ("options.permutations", "what was asked for"),
    ("options.seed", "what was asked for"),
    ("nested.freedom", "degrees of freedom"),
    ("staircase.rung", "which row it is"),
    ("staircase.taxa", "taxa that pairs meet in"),
    ("staircase.interval", "of the distance"),
    ("staircase.interval.low", "of the distance"),
    ("staircase.interval.high", "of the distance"),
    ("similarities.rung", "which row it is"),
    ("similarities.pairs", "as in the staircase"),
    ("similarities.n", "pairs looked at"),
    ("similarities.quantiles", "five numbers of one distribution"),
    ("tree.n", "taxa that are compared"),
    ("tree.mantel.n", "taxa that are compared"),
    ("tree.mantel.permutations", "how many were drawn"),
    ("tree.triplets.n", "triplets that count"),
    ("tree.triplets.agreeing", "those that agree"),
    ("tree.clades.permutations", "how many were drawn"),
    ("pairs.triplets.n", "triplets that count"),
    ("pairs.triplets.agreeing", "those that agree"),
    ("pairs.merges.left", "the dendrogram itself"),
    ("pairs.merges.right", "the dendrogram itself"),
    ("pairs.merges.height", "the dendrogram itself"),
    ("pairs.merges.size", "the dendrogram itself"),
    ("health.norms", "shortest, mean, longest vector"),
    ("health.eigenvalues", "the spectrum itself"),
    ("health.explained", "the spectrum itself"),
    ("health.singular_values", "the spectrum itself"),
    ("health.levina_bickel.k", "which row it is"),
    ("inside_span.k", "which row it is"),
    ("hubness.k", "which row it is"),
    ("hubness.counts", "one per point"),
    ("taxa.n", "points"),
    ("taxa.nearest", "a name, or none"),
    ("taxa.meet", "a name, or none"),
    ("taxa.meet_rank", "a name, or none"),
    ("maps.k", "neighbours looked at"),
    ("maps.judged", "points looked at"),
];

/// The same of `retrieval.json`.
const OF_SEARCH: [(&str, &str); 23] = [
    ("queries", "vectors"),
    ("documents", "vectors"),
    ("queries_without_taxon", "vectors"),
    ("documents_without_taxon", "vectors"),
    ("width", "their length"),
    ("tied.documents", "documents as near as another one"),
    ("tied.queries", "queries with such"),
    ("depth", "how long rankings are"),
    ("clusters", "what intervals draw"),
    ("levels.grade", "which row it is"),
    ("measured.rank", "which row it is"),
    ("measured.level", "which row it is"),
    ("measured.n", "queries that count"),
    ("measured.low", "of the value"),
    ("measured.high", "of the value"),
    ("triplets.n", "triplets looked at"),
    ("triplets.of", "triplets there are"),
    ("triplets.right", "those that are right"),
    ("triplets.ties", "those that are neither"),
    ("triplets.margin_quantiles", "five numbers of one distribution"),
    ("top_shares.k", "which row it is"),
    ("cosines.n", "documents that count"),
    ("cosines.taxa", "their taxa"),
];

fn points() -> Embeddings {
    let taxonomy = Taxonomy::from_bytes(TABLE.as_bytes(), Path::new("mammals.csv")).unwrap();
    Embeddings {
        values: POINTS.iter().flat_map(|(_, point)| *point).collect(),
        width: 3,
        names: (1..=POINTS.len()).map(|number| format!("{number}.jpg")).collect(),
        taxa: POINTS.iter().map(|(name, _)| taxonomy.resolve(name).taxon()).collect(),
        observations: vec![String::new(); POINTS.len()],
        taxonomy,
        labels: None,
        notes: vec![],
    }
}

fn latent() -> Latent {
    measure(&points(), &LatentOptions { ks: vec![1, 3], permutations: 19, map: false, ..LatentOptions::default() })
}

fn searched() -> Search {
    let names = ["mrr@10", "ndcg@3", "precision@1", "rbp.95", "iprec.0.3", "bpref", "map@r", "hits"];
    let parse = |name: &&str| crate::spaces::retrieval::Measure::parse(name, &[]).unwrap();
    search(&points(), None, &SearchOptions { measures: names.iter().flat_map(parse).collect(), ..SearchOptions::default() })
        .unwrap()
}

/// Paths of all that may be numbers; reasons have none.
fn numbers(value: &Json, path: &str, found: &mut Vec<String>) {
    match value {
        Json::Object(map) => {
            for (key, value) in map.iter().filter(|(key, _)| *key != "no_interval") {
                let below = if path.is_empty() { key.clone() } else { format!("{path}.{key}") };
                numbers(value, &below, found);
            }
        }
        Json::Array(values) if values.iter().any(Json::is_number) => found.push(path.to_string()),
        Json::Array(values) => values.iter().for_each(|value| numbers(value, path, found)),
        Json::Number(_) | Json::Null => found.push(path.to_string()),
        Json::Bool(_) | Json::String(_) => {}
    }
}

/// What stands under a key, of rows in the first.
fn at<'a>(value: &'a Json, key: &str) -> &'a Json {
    let row = |value: &'a Json| if value.is_array() { &value[0] } else { value };
    row(key.split('.').fold(value, |value, key| &row(value)[key]))
}

/// Every number is a metric, an end of its interval, or one of the others.
fn described(value: &Json, metrics: &[Metric], others: &[(&str, &str)]) {
    let mut found = vec![];
    numbers(value, "", &mut found);
    let is_of = |metric: &Metric, key: &str| {
        let ends = ["low", "high"].map(|end| format!("{}_{end}", metric.key));
        metric.key == key
            || (metric.has_interval() && ends.contains(&key.to_string()))
            || metric.key.starts_with(&format!("{key}."))
    };
    let is_known = |key: &str| metrics.iter().any(|metric| is_of(metric, key)) || others.iter().any(|(other, _)| *other == key);
    let unknown: Vec<&String> = found.iter().filter(|key| !is_known(key)).collect();
    assert_eq!(unknown, Vec::<&String>::new());
}

/// What is listed of a row is what is written of it.
fn written<R>(measures: &[Measure<R>], row: &R, value: &Json) {
    for measure in measures {
        let listed = serde_json::to_value((measure.value)(row)).unwrap();
        assert_eq!(*at(value, measure.metric.key), listed, "{}", measure.metric.name);
    }
}

/// So are its intervals.
fn intervals<R: Row>(measures: &[Measure<R>], row: &R, value: &Json) {
    for measure in measures.iter().filter(|measure| measure.metric.has_interval()) {
        let interval = measure.interval(row);
        for (end, listed) in [("low", interval.map(|ends| ends.low)), ("high", interval.map(|ends| ends.high))] {
            assert_eq!(at(value, &format!("{}_{end}", measure.metric.key)).as_f64(), listed, "{}", measure.metric.name);
        }
    }
}

#[test]
fn every_number_of_a_rank_is_a_described_metric() {
    let latent = latent();
    for space in &latent.ranks {
        let value = serde_json::to_value(space).unwrap();
        described(&value, &latent_ranks::all(), &[&OF_RANK[..], &[("clades.permutations", "how many were drawn")]].concat());
        written(&RANKS, space, &value);
        intervals(&RANKS, space, &value);
        written(&NEIGHBOURS, &space.agreement[0], &value);
        intervals(&NEIGHBOURS, &space.agreement[0], &value);
    }
    // At the family everything is defined.
    let family = serde_json::to_value(&latent.ranks[1]).unwrap();
    let missing: Vec<&str> =
        RANKS.iter().filter(|measure| at(&family, measure.metric.key).is_null()).map(|measure| measure.metric.name).collect();
    assert_eq!(missing, Vec::<&str>::new());
}

#[test]
fn every_number_of_a_space_is_a_described_metric() {
    let latent = latent();
    let mut value = serde_json::to_value(&latent).unwrap();
    value.as_object_mut().unwrap().remove("ranks").unwrap();
    described(&value, &latent::all(), &OF_SPACE);
    written(&latent::STAIRCASE, &latent.staircase[0], &value);
    written(&latent::SIMILARITIES, &latent.similarities[0], &value);
    written(&latent::TREE, &latent.tree[0], &value);
    written(&latent::PAIRS, &latent.pairs[0], &value);
    written(&latent::NESTED, &latent.nested[0], &value);
    written(&latent::HEALTH, &latent.health, &value);
    written(&latent::DIMENSIONS, &latent.health.levina_bickel[0], &value);
    written(&latent::SPACE, &latent, &value);
    written(&latent::INSIDE_SPAN, &latent.inside_span[0], &value);
    written(&latent::HUBNESS, &latent.hubness[0], &value);
    written(&latent::TAXA, &latent.taxa[0], &value);
    written(&latent::MAPS, &latent.maps[0], &value);
    for suspect in latent.suspects.iter().take(1) {
        written(&latent::SUSPECTS, suspect, &value);
    }
}

/// The numbers of `latent.json` that are no metrics where the vectors are a sample.
const OF_SAMPLE: [(&str, &str); 16] = [
    ("sample.n", "vectors in it"),
    ("sample.of", "vectors that it is of"),
    ("sample.least", "how it was drawn"),
    ("sample.taxa", "how it was drawn"),
    ("sample.taxa_drawn", "how it was drawn"),
    ("sample.without_taxon", "how it was drawn"),
    ("sample.without_taxon_drawn", "how it was drawn"),
    ("sample.weight_least", "how it was drawn"),
    ("sample.weight_most", "how it was drawn"),
    ("sample.seed", "how it was drawn"),
    ("among_all.n", "points that were asked"),
    ("among_all.of", "vectors that they were asked among"),
    ("among_all.ranks.agreement.k", "which row it is"),
    ("among_all.ranks.agreement.n", "points that count"),
    ("among_all.ranks.agreement.short", "points that count less"),
    ("among_all.ranks.agreement.tied", "points whose last neighbour is as near as the next"),
];

#[test]
fn every_number_of_a_sample_is_a_described_metric() {
    let sampled = Sampled::of(points(), Sampling { size: SampleSize::Vectors(10), seed: 0 });
    let sample = sampled.sample().cloned().unwrap();
    let (points, mut population) = (sampled.embeddings, sampled.population.unwrap());
    let options = LatentOptions { ks: vec![1, 3], permutations: 19, map: false, ..LatentOptions::default() };
    let mut latent = measure(&points, &options);
    let ranks: Vec<Rank> = latent.ranks.iter().map(|space| space.rank).collect();
    let mut asked = Asked { points: &points, population: &mut population, sample: &sample, ranks: &ranks, options: &options };
    let Searched::Found(found) = among_all(&mut asked, Duration::from_mins(1), &|_| {}).unwrap() else { panic!() };
    (latent.sample, latent.among_all) = (Some(sample), Some(found));
    let mut value = serde_json::to_value(&latent).unwrap();
    value.as_object_mut().unwrap().remove("ranks").unwrap();
    described(&value, &latent::all(), &[&OF_SPACE[..], &OF_SAMPLE[..]].concat());
    written(&latent::AMONG_ALL, &latent.among_all.as_ref().unwrap().ranks[0].agreement[0], &value);
}

#[test]
fn every_number_of_a_search_is_a_described_metric() {
    let search = searched();
    let value = serde_json::to_value(&search).unwrap();
    described(&value, &of_retrieval(), &OF_SEARCH);
    let triplets = search.triplets.as_ref().unwrap();
    written(&TRIPLETS, triplets, &value);
    intervals(&TRIPLETS, triplets, &value);
    written(&TOP_SHARES, &search.top_shares[0], &value);
    intervals(&TOP_SHARES, &search.top_shares[0], &value);
    written(&COSINES, &search.cosines[0], &value);
    let metrics = of_retrieval();
    for measured in &search.measured {
        let is_named = |metric: &Metric| {
            let name = metric.name;
            let number = name.find('.').map(|point| &name[..=point]).filter(|_| metric.key == "measured.value");
            name.strip_suffix("@k") == Some(measured.measure.as_str())
                || name == measured.measure
                || (1..=10).any(|k| cutoff::at(name, k) == measured.measure)
                || number.is_some_and(|begin| measured.measure.starts_with(begin))
        };
        assert_eq!(metrics.iter().filter(|metric| is_named(metric)).count(), 1, "{}", measured.measure);
    }
}

#[test]
fn every_metric_is_described_and_named_once_in_its_block() {
    for metrics in [of_latent(), of_retrieval()] {
        for metric in &metrics {
            assert!(metric.sentence.ends_with('.') && !metric.formula.is_empty() && !metric.source.is_empty(), "{}", metric.name);
            let same = metrics.iter().filter(|other| other.block == metric.block && other.name == metric.name).count();
            assert_eq!(same, 1, "{}", metric.name);
        }
    }
}
