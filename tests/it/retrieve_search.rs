//! Embeddings searched: the twelve points as queries of each other, and the folder that a table of them becomes.

use crate::folder::folder_with;
use crate::latent::{close, twelve};
use crate::program::{nearmiss, refusal};
use crate::retrieve::one;
use nearmiss::numbers::neighbours::Similarity;
use nearmiss::spaces::retrieval::relevance::Relevance;
use nearmiss::spaces::retrieval::search::{Depth, Search, SearchError, SearchOptions, search};
use nearmiss::taxonomy::rank::Rank;
use std::fs;
use std::path::Path;

/// All measures at all levels over the twelve points.
fn searched(similarity: Similarity, normalise: bool) -> Search {
    let points = twelve();
    let relevance = Relevance::of(&points.taxonomy, points.taxa.iter().flatten().copied());
    let levels: Vec<(String, i32)> = relevance.levels().iter().map(|level| (level.rank.clone(), level.grade)).collect();
    assert_eq!(levels, [("order".to_string(), 1), ("family".to_string(), 2), ("species".to_string(), 3)]);
    let names = [
        "mrr@1",
        "mrr@3",
        "mrr@5",
        "mrr",
        "precision@1",
        "precision@3",
        "precision@5",
        "recall@1",
        "recall@3",
        "recall@5",
        "map",
        "r-precision",
        "ndcg@3",
        "ndcg@5",
        "ndcg",
        "ndcg_burges@5",
        "ndcg_burges",
        "precision@20",
    ];
    let measures = names.iter().flat_map(|name| (1..=3).map(move |level| one(&format!("{name}-l{level}")))).collect();
    let (ks, yellow_from) = (vec![1, 3, 5], Rank::Order);
    let options = SearchOptions { normalise, similarity, measures, ks, yellow_from, draws: 200, ..SearchOptions::default() };
    search(&points, None, &options).unwrap()
}

const FIVE_SIXTHS: f64 = 10.0 / 12.0;

/// Numbers of the twelve points that are fractions.
const FRACTIONS: [(&str, f64); 33] = [
    ("mrr@1-l3", FIVE_SIXTHS),
    ("mrr@3-l3", FIVE_SIXTHS),
    ("mrr@5-l3", FIVE_SIXTHS),
    ("precision@1-l3", FIVE_SIXTHS),
    ("precision@3-l3", 16.0 / 36.0),
    ("precision@5-l3", 16.0 / 60.0),
    ("recall@1-l3", 7.0 / 12.0),
    ("recall@3-l3", FIVE_SIXTHS),
    ("recall@5-l3", FIVE_SIXTHS),
    ("r-precision-l3", FIVE_SIXTHS),
    ("mrr@5-l2", 11.0 / 12.0),
    ("precision@1-l2", 11.0 / 12.0),
    ("precision@3-l2", 0.75),
    ("precision@5-l2", 34.0 / 60.0),
    ("recall@3-l2", 0.6875),
    ("precision@1-l1", 11.0 / 12.0),
    ("precision@3-l1", 29.0 / 36.0),
    ("precision@5-l1", 2.0 / 3.0),
    // Eleven others are ranked, the 18 pairs of one species among them, and k divides all the same.
    ("precision@20-l3", 18.0 / 240.0),
    ("green@1", FIVE_SIXTHS),
    ("yellow@1", 1.0 / 12.0),
    ("red@1", 1.0 / 12.0),
    ("green@3", 16.0 / 36.0),
    ("yellow@3", 13.0 / 36.0),
    ("red@3", 7.0 / 36.0),
    ("queries_with_red@3", 5.0 / 12.0),
    ("mean_height@3", 1.0),
    ("green@5", 16.0 / 60.0),
    ("yellow@5", 0.4),
    ("red@5", 1.0 / 3.0),
    ("queries_with_red@5", 1.0),
    ("mean_height@5", 1.5),
    // Heights of the nearest: ten of 0, one of 1, one of 3.
    ("mean_height@1", 4.0 / 12.0),
];

/// Numbers of the twelve points that are given to nine places.
const ROUNDED: [(&str, f64); 15] = [
    ("map-l3", 0.852_813_853),
    ("recall@1-l2", 0.354_166_667),
    ("recall@5-l2", 0.833_333_333),
    ("map-l2", 0.856_873_046),
    ("r-precision-l2", 0.729_166_667),
    ("recall@1-l1", 0.180_555_556),
    ("recall@3-l1", 0.486_111_111),
    ("recall@5-l1", 0.638_888_889),
    ("map-l1", 0.820_067_49),
    ("r-precision-l1", 0.736_111_111),
    ("ndcg@3-l1", 0.835_405_163),
    ("ndcg@5-l1", 0.799_189_079),
    ("ndcg-l1", 0.906_569_358),
    ("ndcg_burges@5-l1", 0.820_111_901),
    ("ndcg_burges-l1", 0.904_766_637),
];

#[test]
fn every_number_of_the_twelve_points() {
    let found = searched(Similarity::Cosine, true);
    for (name, expected) in FRACTIONS {
        close(found.value(name).unwrap(), expected, name);
    }
    for (name, expected) in ROUNDED {
        let value = found.value(name).unwrap();
        assert!((value - expected).abs() < 6e-10, "{name}: {value} {expected}, given to nine places");
    }
    let triplets = found.triplets.clone().unwrap();
    assert_eq!((triplets.n, triplets.of, triplets.right, triplets.drawn), (168, 168, 152, false));
    close(triplets.accuracy, 152.0 / 168.0, "triplets");
    // Three of a, two of b, c and e, three of d: 3·2 + 2 + 2 + 3·2 + 2 = 18 pairs of one species.
    let top = &found.top_shares[0];
    close(top.positives.unwrap(), 10.0 / 18.0, "positives first");
    close(top.negatives.unwrap(), 2.0 / (132.0 - 18.0), "negatives first");
    // Hard negatives: b for a and a for b, d for e and e for d; c has no sister in its family.
    assert_eq!(found.hard_negatives.len(), 10);
}

#[test]
fn the_nearest_of_the_twelve_points_three_ways() {
    for (similarity, normalise, expected, right) in [
        (Similarity::Cosine, true, [2, 0, 0, 4, 3, 6, 5, 9, 7, 7, 8, 4], 10.0),
        (Similarity::Inner, false, [2, 2, 0, 2, 3, 6, 5, 8, 7, 8, 8, 2], 9.0),
        (Similarity::Euclidean, false, [1, 0, 0, 4, 3, 6, 5, 9, 7, 7, 8, 4], 10.0),
    ] {
        let found = searched(similarity, normalise);
        let first: Vec<usize> = found.first.iter().map(|first| first.unwrap().0).collect();
        assert_eq!(first, expected, "{similarity:?}");
        close(found.value("precision@1-l3").unwrap(), right / 12.0, "right");
    }
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / nearmiss::numbers::statistics::to_f64(values.len() as u64)
}

#[test]
fn mean_cosines_are_those_of_all_pairs() {
    use nearmiss::numbers::vector::cosine;
    let points = twelve();
    let found = searched(Similarity::Cosine, true);
    let rows = points.rows();
    for (row, level) in found.cosines.iter().zip(1..) {
        let relevance = Relevance::of(&points.taxonomy, points.taxa.iter().flatten().copied());
        let (mut same, mut other) = (vec![], vec![]);
        for a in 0..12 {
            for b in (0..12).filter(|b| *b != a) {
                let shared = relevance.grade(points.taxa[a].unwrap(), points.taxa[b].unwrap()) >= level;
                if shared { &mut same } else { &mut other }.push(cosine(rows.row(a), rows.row(b)));
            }
        }
        close(row.same.unwrap(), mean_of(&same), "same");
        close(row.different.unwrap(), mean_of(&other), "different");
    }
    // Species b, of x03 and x04, against c, of x05 and x06.
    let mean = [(3, 5), (3, 6), (4, 5), (4, 6)].iter().map(|&(a, b)| cosine(rows.row(a), rows.row(b))).sum::<f64>() / 4.0;
    let (b, c) = (1, 2);
    close(found.classes.means[b * 5 + c].unwrap(), mean, "b against c");
}

#[test]
fn searches_that_cannot_be_done() {
    let points = twelve();
    let mut wide = twelve();
    wide.width = 4;
    wide.values = vec![1.0; 48];
    let options = SearchOptions { measures: vec![one("map")], ..SearchOptions::default() };
    let width = search(&points, Some(&wide), &options).unwrap_err();
    assert_eq!(width, SearchError::Width { queries: 4, documents: 3 });
    let cut = SearchOptions { depth: Depth::At(5), ..options.clone() };
    let message = search(&points, None, &cut).unwrap_err().to_string();
    assert!(message.contains("'map' looks at whole rankings") && message.contains("--depth all"), "{message}");
    let deep = SearchOptions { depth: Depth::At(5), measures: vec![one("mrr@9")], ..options.clone() };
    assert!(search(&points, None, &deep).unwrap_err().to_string().contains("give --depth 9"));
    let mut unknown = twelve();
    unknown.taxa = vec![None; 12];
    assert!(search(&unknown, None, &options).unwrap_err().to_string().contains("no query has a taxon"));
}

#[test]
fn observations_are_left_out_before_ranking() {
    // x00 x01 x02 of one observation: across observations nothing of species a is left to find.
    let mut points = twelve();
    for row in 0..3 {
        points.observations[row] = "one".to_string();
    }
    let measures = vec![one("mrr-l3"), one("recall@1-l2")];
    let options = SearchOptions { measures, across_observations: true, draws: 200, ..SearchOptions::default() };
    let found = search(&points, None, &options).unwrap();
    assert_eq!(found.measured[0].n, 9, "the three have no other of their species");
    assert_eq!(found.clusters, 10);
    assert!(found.first[..3].iter().all(|first| first.unwrap().0 > 2));
    // Queries of another file do not leave out the row of the same number.
    let other = search(
        &points,
        Some(&twelve()),
        &SearchOptions { measures: vec![one("mrr-l3")], draws: 200, ..SearchOptions::default() },
    );
    assert_eq!(other.unwrap().value("mrr-l3"), Some(1.0), "each finds itself");
}

/// The twelve points as a Parquet table with lineages.
fn embeddings_file(path: &Path) {
    use polars::prelude::*;
    let points = twelve();
    let vectors: Vec<Series> = (0..12).map(|row| Series::new("".into(), points.rows().row(row).to_vec())).collect();
    let names = |rank: nearmiss::taxonomy::rank::Rank| -> Vec<String> {
        let name = |taxon: &Option<nearmiss::taxonomy::TaxonId>| {
            points.taxonomy.name(points.taxonomy.ancestor_at(taxon.unwrap(), rank).unwrap()).to_string()
        };
        points.taxa.iter().map(name).collect()
    };
    let mut table = df!(
        "image" => points.names.clone(),
        "order" => names(Rank::Order),
        "family" => names(Rank::Family),
        "species" => names(Rank::Species),
        "embedding" => vectors,
    )
    .unwrap();
    ParquetWriter::new(fs::File::create(path).unwrap()).finish(&mut table).unwrap();
}

#[test]
fn a_table_of_embeddings_becomes_a_folder() {
    let folder = folder_with(&[]);
    embeddings_file(&folder.path().join("space.parquet"));
    let run =
        |more: &[&str]| nearmiss(folder.path(), &[&["retrieve", "space.parquet", "-o", "out", "--k", "1,3"], more].concat());
    // The twelve points have no genus: what is acceptable must be said, or yellow and red are left out.
    let without = run(&["--json"]);
    let notes = serde_json::from_str::<serde_json::Value>(&without.stdout).unwrap()["notes"].to_string();
    assert!(notes.contains("no genus occurs: yellow and red are left out"), "{notes}");
    assert!(without.stdout.contains("green@1") && !without.stdout.contains("red@1"), "{without:?}");
    let outcome = run(&[
        "--yellow-from",
        "order",
        "--gate",
        "precision@1-l3>=0.8",
        "--gate",
        "triplets.accuracy>0.9",
        "--gate",
        "red@3<=0.1",
    ]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    for part in [
        "12 queries, 12 documents, a query never its own document",
        "precision@1   0.917   0.917    0.833",
        "triplets: 0.905 of 168 right, 0 equal",
        "gate pass: precision@1-lspecies >= 0.8: it is 0.8333 [",
        "gate pass: triplets.accuracy > 0.9: it is 0.9048",
        "gate FAIL: red@3 <= 0.1: it is 0.1944 [",
    ] {
        assert!(outcome.stdout.contains(part), "'{part}' is not in: {}", outcome.stdout);
    }
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    assert!(read("measures.csv").starts_with("measure,rank,level,n,value,low,high,no_interval\nmrr@10,order,1,12,"));
    assert_eq!(read("queries.csv").lines().count(), 13);
    assert!(read("hard_negatives.csv").lines().nth(1).unwrap().starts_with("x00,x03,"), "{}", read("hard_negatives.csv"));
    let json: serde_json::Value = serde_json::from_str(&read("retrieval.json")).unwrap();
    assert_eq!((json["norm"].as_str(), json["similarity"].as_str()), (Some("l2"), Some("cosine")));
    assert_eq!(json["triplets"]["right"], 152);
    assert!(read("index.html").contains("Every image as a query"));
    #[cfg(feature = "plots")]
    assert!(read("figures/similarity.svg").contains("<svg"));
    assert!(run(&["--json"]).code == 0 && run(&["--per-query"]).stdout.starts_with("image,taxon,nearest,"));
    let says = |more: &[&str], part: &str| {
        let message = refusal(folder.path(), &[&["retrieve", "space.parquet"], more].concat());
        assert!(message.contains(part), "'{part}' is not in: {message}");
    };
    says(&["--gate", "mrr@10>0.3"], "such as mrr@10-lspecies");
    says(&["--gate", "greem@1>0.3"], "did you mean 'green@1'?");
    says(&["--measures", "mrr-lgenus"], "order, family, species");
    says(&["--yellow-from", "genus"], "there are order, family, species");
    says(&["--depth", "deep"], "--depth 'deep'");
    says(&["--depth", "5", "--measures", "map"], "--depth all");
    says(&["--k", "0"], "--k 0");
    says(&["run.json"], "these are embeddings");
    says(&["--fuse", "rrf", "-o", "x"], "embeddings give one run");
}
