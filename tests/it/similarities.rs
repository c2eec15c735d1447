//! Similarities by the rank at which two points meet.

use nearmiss::numbers::neighbours::Rows;
use nearmiss::spaces::latent::similarities::{MOST, similarities};
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};

/// Two points of a, one of b, these one genus; two of c, of another; and one that nobody names.
const POINTS: [[f64; 2]; 6] = [[1.0, 0.0], [0.0, 1.0], [0.8, 0.6], [0.3, 0.3], [0.6, 0.8], [-0.8, 0.6]];

fn points() -> (Taxonomy, Vec<Option<TaxonId>>) {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "test".into(), line: 0 };
    let species = [("G1", "a"), ("G2", "c"), ("G1", "a"), ("G1", "b"), ("G2", "c")];
    let handles: Vec<_> = species
        .iter()
        .map(|(genus, species)| {
            builder.add_lineage([(Rank::Family, "F"), (Rank::Genus, *genus), (Rank::Species, *species)], &place)
        })
        .collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    let mut taxa: Vec<Option<TaxonId>> = handles.into_iter().map(|handle| Some(numbers.id(handle))).collect();
    taxa.insert(3, None);
    (taxonomy, taxa)
}

fn close(values: [f64; 5], expected: [f64; 5]) {
    for (value, expected) in values.iter().zip(expected) {
        assert!((value - expected).abs() < 1e-12, "{values:?}");
    }
}

#[test]
fn quantiles_of_five_points_by_hand() {
    let (taxonomy, taxa) = points();
    let values = POINTS.concat();
    let found = similarities(Rows { values: &values, width: 2 }, &taxa, &taxonomy, MOST, 0);
    let ranks: Vec<(&str, u64, u64, bool)> = found.iter().map(|of| (of.rank.as_str(), of.pairs, of.n, of.exact)).collect();
    assert_eq!(ranks, [("species", 2, 2, true), ("genus", 2, 2, true), ("family", 6, 6, true)]);
    // Within a 0.8, within c 0.6.
    close(found[0].quantiles, [0.61, 0.65, 0.7, 0.75, 0.79]);
    // b with a: 0.6 and 0.96.
    close(found[1].quantiles, [0.618, 0.69, 0.78, 0.87, 0.942]);
    // a with c: 0, −0.8, 0.6, −0.28; b with c: 0.8, 0. Sorted: −0.8 −0.28 0 0 0.6 0.8.
    close(found[2].quantiles, [-0.67, -0.21, 0.0, 0.45, 0.75]);
    assert!((found[2].mean - 0.32 / 6.0).abs() < 1e-12);
    assert_eq!(found[2].ends[0].to_bits(), (-0.8_f64).to_bits());
    assert_eq!(found.iter().map(|of| of.bins.iter().sum::<u64>()).collect::<Vec<_>>(), [2, 2, 6]);
}

#[test]
fn drawn_pairs_are_pairs_of_their_rank_each_as_likely_on_any_number_of_threads() {
    let (taxonomy, taxa) = points();
    let values = POINTS.concat();
    let rows = Rows { values: &values, width: 2 };
    // One pair less than the family has: these are drawn, five of them; genus and species are whole.
    let few = similarities(rows, &taxa, &taxonomy, 5, 3);
    assert_eq!((few[2].pairs, few[2].n, few[2].exact, few[1].exact), (6, 5, false, true));
    // Points twenty times over: 100 points of 1 900 + 2 × 190 = more pairs than are drawn.
    let many: Vec<f64> = values.repeat(20);
    let of: Vec<Option<TaxonId>> = taxa.repeat(20);
    let rows = Rows { values: &many, width: 2 };
    let all = similarities(rows, &of, &taxonomy, MOST, 0);
    let threads = |number: usize| rayon::ThreadPoolBuilder::new().num_threads(number).build().unwrap();
    let drawn = threads(1).install(|| similarities(rows, &of, &taxonomy, 700, 7));
    assert_eq!(drawn, threads(4).install(|| similarities(rows, &of, &taxonomy, 700, 7)));
    for (all, drawn) in all.iter().zip(&drawn) {
        assert!(all.exact && !drawn.exact && drawn.n == 700 && drawn.pairs == all.pairs, "{drawn:?}");
        // Values lie within 1.6 of each other: a standard error of 0.03 at most.
        assert!((all.mean - drawn.mean).abs() < 0.1, "{} {}", all.mean, drawn.mean);
    }
    // All pairs of 20 copies of a family's pairs: the same distribution.
    assert!((all[2].mean - 0.32 / 6.0).abs() < 1e-12);
    assert_eq!(all[2].pairs, 6 * 400);
}
