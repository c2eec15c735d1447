//! What must change no number of a space: the order of its rows, names of points and observations, ids of taxa, a kingdom
//! that no point is of. And what two commands call by one name is one number.

use nearmiss::numbers::neighbours::Similarity;
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::spaces::latent::{Latent, LatentOptions, measure};
use nearmiss::spaces::retrieval::Measure;
use nearmiss::spaces::retrieval::relevance::Relevance;
use nearmiss::spaces::retrieval::search::{Search, SearchOptions, search};
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use serde_json::{Value, json};

/// Random spaces that every property is tried on.
const SPACES: u64 = 100;

/// A point before it stands in a taxonomy.
#[derive(Debug, Clone)]
struct Point {
    name: String,
    observation: String,
    lineage: Vec<(Rank, String)>,
    vector: Vec<f64>,
}

/// Points of a random tree of two kingdoms, some named to a higher rank alone, some not at all, some without a genus; small
/// whole coordinates, so that many are equally near, and some are equal, or zero.
fn points(seed: u64) -> Vec<Point> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (n, width) = (random.random_range(4..36_usize), random.random_range(1..5_usize));
    let (fine, observed) = (random.random_bool(0.3), random.random_bool(0.5));
    let point = |point: usize| {
        let [kingdom, family, genus, species] = [0; 4].map(|_| random.random_range(0..2_u8));
        let all = [
            (Rank::Kingdom, format!("K{kingdom}")),
            (Rank::Family, format!("F{kingdom}{family}")),
            (Rank::Genus, format!("G{kingdom}{family}{genus}")),
            (Rank::Species, format!("G{kingdom}{family}{genus} s{species}")),
        ];
        let mut lineage = all.to_vec();
        match random.random_range(0..12_u8) {
            0 => lineage.clear(),
            1 => lineage.truncate(2),
            2 => lineage.truncate(1),
            // Of another species, for one name has one parent.
            3 => lineage = vec![all[0].clone(), all[1].clone(), (Rank::Species, format!("N{kingdom}{family} s{species}"))],
            _ => {}
        }
        let coordinate = |random: &mut ChaCha8Rng| {
            if fine { random.random_range(-1.0..1.0) } else { f64::from(random.random_range(-1..=2_i32)) }
        };
        Point {
            name: format!("p{point:02}"),
            observation: if observed && random.random_bool(0.7) {
                format!("o{}", random.random_range(0..6_u8))
            } else {
                String::new()
            },
            lineage,
            vector: (0..width).map(|_| coordinate(&mut random)).collect(),
        }
    };
    (0..n).map(point).collect()
}

/// The space of points; `ids` gives taxa ids of their own, `kingdom` adds one without points.
fn space(points: &[Point], ids: bool, kingdom: bool) -> Embeddings {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "test".into(), line: 0 };
    if kingdom {
        for (rank, name) in [(Rank::Family, "AA"), (Rank::Family, "ZZ")] {
            let lineage = [(Rank::Kingdom, "A"), (Rank::Order, "Unrelated"), (rank, name), (Rank::Species, "Aa bb")];
            builder.add_lineage(lineage.iter().map(|(rank, name)| (*rank, *name)), &place);
        }
    }
    let handles: Vec<_> = points
        .iter()
        .map(|point| {
            let lineage = point.lineage.iter().map(|(rank, name)| (*rank, name.as_str()));
            (!point.lineage.is_empty()).then(|| builder.add_lineage(lineage, &place))
        })
        .collect();
    if ids {
        let mut given = std::collections::BTreeSet::new();
        for (handle, point) in handles.iter().zip(points) {
            if let (Some(handle), Some((_, name))) = (handle, point.lineage.last())
                && given.insert(name.clone())
            {
                // Another order than that of names.
                let id = name.bytes().map(|byte| 255 - byte).fold(0_u64, |id, byte| (id * 31 + u64::from(byte)) % 1_000_003);
                builder.set_source_id(*handle, &format!("id{id}"), &place);
            }
        }
    }
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    Embeddings {
        values: points.iter().flat_map(|point| point.vector.clone()).collect(),
        width: points[0].vector.len(),
        names: points.iter().map(|point| point.name.clone()).collect(),
        taxa: handles.into_iter().map(|handle| handle.map(|handle| numbers.id(handle))).collect(),
        observations: points.iter().map(|point| point.observation.clone()).collect(),
        taxonomy,
        labels: None,
        notes: vec![],
    }
}

fn latent_options(seed: u64) -> LatentOptions {
    LatentOptions {
        normalise: !seed.is_multiple_of(3),
        ks: vec![1, 3],
        permutations: 9,
        seed,
        map: seed.is_multiple_of(10),
        across_observations: seed.is_multiple_of(2),
    }
}

fn latent(embeddings: &Embeddings, seed: u64) -> Latent {
    measure(embeddings, &latent_options(seed))
}

/// Every measure at every rank; `None` where no point has a taxon.
fn retrieval(embeddings: &Embeddings, seed: u64) -> Option<Search> {
    let relevance = Relevance::of(&embeddings.taxonomy, embeddings.taxa.iter().flatten().copied());
    let levels: Vec<(&str, i32)> = relevance.levels().iter().map(|level| (level.rank.as_str(), level.grade)).collect();
    let names = ["precision@1", "precision@3", "recall@3", "mrr", "map", "map@r", "r-precision", "ndcg@3", "ndcg", "bpref"];
    let at = |name: &str| -> Vec<Measure> {
        let measure = Measure::parse(name, &levels).unwrap().remove(0);
        levels.iter().map(|(rank, level)| measure.at_level(*level, rank)).collect()
    };
    let options = SearchOptions {
        normalise: !seed.is_multiple_of(3),
        similarity: [Similarity::Cosine, Similarity::Inner, Similarity::Euclidean][usize::try_from(seed % 3).unwrap()],
        across_observations: seed.is_multiple_of(2),
        measures: names.into_iter().flat_map(at).collect(),
        ks: vec![1, 3],
        draws: 2_000,
        seed,
        ..SearchOptions::default()
    };
    search(embeddings, None, &options).ok()
}

/// All numbers, without what images and taxa are called and without what is given point by point.
fn numbers(mut value: Value) -> Value {
    fn strip(value: &mut Value) {
        match value {
            Value::Object(fields) => {
                for name in ["image", "typical", "taxon", "said_id", "looks_like_id", "counts", "silhouette_euclidean_points"] {
                    fields.remove(name);
                }
                for name in ["left", "right"] {
                    fields.remove(name);
                }
                fields.values_mut().for_each(strip);
            }
            Value::Array(items) => items.iter_mut().for_each(strip),
            _ => {}
        }
    }
    strip(&mut value);
    value
}

#[track_caller]
fn same(one: &Value, other: &Value, what: &str) {
    if one != other {
        let (one, other) = (format!("{one:#}"), format!("{other:#}"));
        let apart = one.lines().zip(other.lines()).enumerate().find(|(_, (a, b))| a != b);
        panic!("{what}: {apart:?}");
    }
}

/// A permutation: the row that each place takes.
fn permutation(n: usize, seed: u64) -> Vec<usize> {
    let mut order: Vec<usize> = (0..n).collect();
    nearmiss::spaces::latent::tree::shuffle(&mut order, &mut ChaCha8Rng::seed_from_u64(seed ^ 0xabcd));
    order
}

#[test]
fn the_order_of_rows_changes_no_number() {
    for seed in 0..SPACES {
        let points = points(seed);
        let order = permutation(points.len(), seed);
        let permuted: Vec<Point> = order.iter().map(|&row| points[row].clone()).collect();
        let (a, b) = (space(&points, false, false), space(&permuted, false, false));
        let (one, other) = (latent(&a, seed), latent(&b, seed));
        same(&numbers(json!(one)), &numbers(json!(other)), &format!("latent {seed}"));
        // Suspects are the same ones, with their names; what is given point by point goes with the points.
        assert_eq!(one.suspects, other.suspects, "{seed}");
        for (left, right) in one.hubness.iter().zip(&other.hubness) {
            let moved: Vec<u32> = order.iter().map(|&row| left.counts[row]).collect();
            assert_eq!(moved, right.counts, "{seed}");
        }
        for (left, right) in one.maps.iter().zip(&other.maps) {
            let moved: Vec<[f64; 2]> = order.iter().map(|&row| left.points[row]).collect();
            assert_eq!(moved, right.points, "{seed} {}", left.kind);
        }
        for (left, right) in one.ranks.iter().zip(&other.ranks) {
            let moved: Vec<Option<f64>> = order.iter().map(|&row| left.shares[row]).collect();
            assert_eq!(moved, right.shares, "{seed} {}", left.rank);
        }
        let (Some(one), Some(other)) = (retrieval(&a, seed), retrieval(&b, seed)) else { continue };
        same(&numbers(json!(one)), &numbers(json!(other)), &format!("retrieval {seed}"));
        let place = |search: &Search, row: usize| search.query_rows.iter().position(|&query| query == row);
        for (to, &from) in order.iter().enumerate() {
            let (Some(left), Some(right)) = (place(&one, from), place(&other, to)) else { continue };
            for (values, others) in one.per_query.iter().zip(&other.per_query) {
                assert_eq!(values[left], others[right], "{seed} {from}");
            }
            let first = |search: &Search, names: &[String], place: usize| {
                search.first[place].map(|(document, near, grade)| (names[search.document_rows[document]].clone(), near, grade))
            };
            assert_eq!(first(&one, &a.names, left), first(&other, &b.names, right), "{seed} {from}");
        }
    }
}

#[test]
fn names_of_points_and_observations_change_no_number() {
    for seed in 0..SPACES {
        let points = points(seed);
        let mut renamed = points.clone();
        for (row, point) in renamed.iter_mut().enumerate() {
            point.name = format!("z{:03}", 500 - row * 7 % 101);
            if !point.observation.is_empty() {
                point.observation = format!("seen {}", 9 - point.observation.as_bytes()[1] % 10);
            }
        }
        let (a, b) = (space(&points, false, false), space(&renamed, false, false));
        same(&numbers(json!(latent(&a, seed))), &numbers(json!(latent(&b, seed))), &format!("latent {seed}"));
        same(&numbers(json!(retrieval(&a, seed))), &numbers(json!(retrieval(&b, seed))), &format!("retrieval {seed}"));
    }
}

#[test]
fn ids_of_taxa_and_a_kingdom_without_points_change_no_number() {
    for seed in 0..SPACES {
        let points = points(seed);
        let plain = space(&points, false, false);
        for (ids, kingdom) in [(true, false), (false, true), (true, true)] {
            let other = space(&points, ids, kingdom);
            let what = format!("{seed}, ids {ids}, kingdom {kingdom}");
            same(&numbers(json!(latent(&plain, seed))), &numbers(json!(latent(&other, seed))), &format!("latent {what}"));
            same(
                &numbers(json!(retrieval(&plain, seed))),
                &numbers(json!(retrieval(&other, seed))),
                &format!("retrieval {what}"),
            );
        }
    }
}

#[test]
fn doubled_points_leave_what_is_of_their_means_and_shares() {
    for seed in 0..SPACES {
        let points = points(seed);
        let again = points.iter().map(|point| Point { name: format!("{} again", point.name), ..point.clone() });
        let doubled: Vec<Point> = points.iter().cloned().chain(again).collect();
        let (one, two) = (latent(&space(&points, false, false), seed), latent(&space(&doubled, false, false), seed));
        let close = |a: Option<f64>, b: Option<f64>, what: &str| match (a, b) {
            (Some(a), Some(b)) => assert!((a - b).abs() < 1e-9, "{seed} {what}: {a} {b}"),
            (a, b) => assert_eq!(a, b, "{seed} {what}"),
        };
        assert_eq!(two.n, 2 * one.n);
        for (a, b) in one.ranks.iter().zip(&two.ranks) {
            close(a.variance.r2, b.variance.r2, "r2");
            close(a.davies_bouldin, b.davies_bouldin, "davies_bouldin");
        }
        for (a, b) in one.nested.iter().zip(&two.nested) {
            close(a.share, b.share, &a.what);
        }
        for (a, b) in one.tree.iter().zip(&two.tree) {
            close(a.mantel.r, b.mantel.r, "mantel");
            close(a.triplets.agreement, b.triplets.agreement, "triplets");
        }
        let (a, b) = (one.health.rank_me.unwrap_or(0.0), two.health.rank_me.unwrap_or(0.0));
        assert!((a - b).abs() < 1e-6, "{seed}: {a} {b}");
    }
}

#[test]
fn latent_and_retrieve_print_one_number_by_one_name() {
    let mut compared = 0;
    for seed in 0..SPACES {
        let embeddings = space(&points(seed), false, false);
        // Nearness by cosine in both.
        let seed = seed - seed % 3 + 3;
        let options = LatentOptions { normalise: true, ..latent_options(seed) };
        let space = measure(&embeddings, &options);
        let levels = Relevance::of(&embeddings.taxonomy, embeddings.taxa.iter().flatten().copied());
        let names = ["precision@1", "r-precision", "map@r"];
        let measures = names.iter().flat_map(|name| {
            let measure = Measure::parse(name, &[]).unwrap().remove(0);
            levels.levels().iter().map(move |level| measure.at_level(level.grade, &level.rank)).collect::<Vec<_>>()
        });
        let asked = SearchOptions {
            measures: measures.collect(),
            across_observations: options.across_observations,
            seed,
            ..SearchOptions::default()
        };
        let Ok(found) = search(&embeddings, None, &asked) else { continue };
        for rank in &space.ranks {
            let ranking = rank.ranking.as_ref().unwrap();
            for (name, value, low, high) in [
                ("precision@1", ranking.precision_at_1, ranking.precision_at_1_low, ranking.precision_at_1_high),
                ("r-precision", ranking.r_precision, ranking.r_precision_low, ranking.r_precision_high),
                ("map@r", ranking.map_at_r, ranking.map_at_r_low, ranking.map_at_r_high),
            ] {
                let name = format!("{name}-l{}", rank.rank.name());
                let of = found.measured.iter().find(|of| of.name == name).unwrap();
                assert_eq!((of.n, of.value, of.low, of.high), (ranking.n, value, low, high), "{seed} {name}");
                compared += usize::from(value.is_some());
            }
        }
    }
    assert!(compared > 500, "{compared}");
}

#[test]
fn every_rate_has_an_interval_or_a_reason() {
    for seed in 0..SPACES {
        let embeddings = space(&points(seed), false, false);
        let value = json!(latent(&embeddings, seed));
        for rank in value["ranks"].as_array().unwrap() {
            let agreements = rank["agreement"].as_array().unwrap().iter();
            let of_rank = [
                "silhouette_cosine",
                "silhouette_cosine_macro",
                "silhouette_euclidean",
                "silhouette_euclidean_macro",
                "silhouette_simplified",
                "nearest_mean",
            ];
            explained(rank, &of_rank, seed);
            explained(&rank["ranking"], &["precision_at_1", "r_precision", "map_at_r"], seed);
            agreements.for_each(|agreement| explained(agreement, &["agreement", "macro_agreement", "lift"], seed));
        }
        for stair in value["staircase"].as_array().unwrap() {
            assert_ne!(stair["interval"].is_null(), stair["no_interval"].is_null(), "{seed} {stair}");
        }
        let Some(found) = retrieval(&embeddings, seed) else { continue };
        for of in &found.measured {
            assert_eq!(of.value.is_some() && of.low.is_none(), of.no_interval.is_some(), "{seed} {of:?}");
        }
        if let Some(triplets) = &found.triplets {
            explained(&json!(triplets), &["accuracy", "margin_mean"], seed);
        }
        for share in &found.top_shares {
            let gaps = [(share.positives, share.positives_low), (share.negatives, share.negatives_low)];
            let gap = gaps.iter().any(|(value, low)| value.is_some() && low.is_none());
            assert!(!gap || share.no_interval.is_some(), "{seed} {share:?}");
        }
    }
}

/// Each value of a block has both ends, in order and around it, or a reason.
#[track_caller]
fn explained(block: &Value, names: &[&str], seed: u64) {
    for name in names {
        let of = |suffix: &str| block[format!("{name}{suffix}").as_str()].as_f64();
        let reason = block["no_interval"][*name].as_str();
        match (of(""), of("_low"), of("_high")) {
            (Some(_), Some(low), Some(high)) => assert!(low < high && reason.is_none(), "{seed} {name} {block}"),
            (Some(_), None, None) => assert!(reason.is_some(), "{seed} {name} {block}"),
            (None, None, None) => assert!(reason.is_none(), "{seed} {name} {block}"),
            other => panic!("{seed} {name}: {other:?}"),
        }
    }
}
