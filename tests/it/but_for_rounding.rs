//! Spaces in which distances, means and sums are equal on paper: rounding decides nothing.

use nearmiss::numbers::correlation::pearson;
use nearmiss::numbers::neighbours::{Index, Rows, Similarity};
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::spaces::latent::dendrogram::{Dendrogram, Linkage};
use nearmiss::spaces::latent::groups::{Groups, variance};
use nearmiss::spaces::latent::{Latent, LatentOptions, map, measure, nearest_mean, silhouette};
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;

/// Vectors with lineages from the order down; a blank name leaves the rank out.
fn space(points: &[([f64; 2], [&str; 3])]) -> Embeddings {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "test".into(), line: 0 };
    let ranks = [Rank::Order, Rank::Family, Rank::Species];
    let handles: Vec<_> = points
        .iter()
        .map(|(_, names)| builder.add_lineage(ranks.into_iter().zip(*names).filter(|(_, name)| !name.is_empty()), &place))
        .collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    Embeddings {
        values: points.iter().flat_map(|(vector, _)| *vector).collect(),
        width: 2,
        names: (0..points.len()).map(|index| format!("x{index:02}")).collect(),
        taxa: handles.into_iter().map(|handle| Some(numbers.id(handle))).collect(),
        observations: vec![String::new(); points.len()],
        taxonomy,
        labels: None,
        notes: vec![],
    }
}

fn of(points: &[([f64; 2], [&str; 3])]) -> Latent {
    measure(&space(points), &LatentOptions { permutations: 9, map: false, ..LatentOptions::default() })
}

/// Points by the numbers of their groups.
fn groups(of: &[usize]) -> Groups {
    let taxa = space(&[([0.0; 2], ["o", "f", "a"]), ([0.0; 2], ["o", "f", "b"])]).taxa;
    Groups::of(&of.iter().map(|&group| taxa[group]).collect::<Vec<_>>())
}

#[test]
fn means_that_are_equally_near_go_to_the_own_group() {
    // The third point lies between two means that mirror each other, at an angle that rounds.
    let (cosine, sine) = (0.3_f64.cos(), 0.3_f64.sin());
    let values = [cosine, sine, cosine, sine, 1.0, 0.0, cosine, -sine, cosine, -sine];
    for scale in [1.0, 0.1, 1.0 / 3.0] {
        let values: Vec<f64> = values.iter().map(|value| value * scale).collect();
        let index = Index::of(Rows { values: &values, width: 2 }, Similarity::Cosine);
        for own in [[0, 0, 0, 1, 1], [0, 0, 1, 1, 1]] {
            assert!(nearest_mean::leave_one_out(&index, &groups(&own))[2], "{scale} {own:?}");
        }
    }
    // What is left of the first group without its last point adds up to 0 but for rounding: it has no direction.
    let third = |turn: f64| [(turn * std::f64::consts::TAU / 3.0).cos(), (turn * std::f64::consts::TAU / 3.0).sin()];
    let values = [third(0.0), third(1.0), third(2.0), [1.0, 0.2], [1.0, 0.3]].concat();
    let index = Index::of(Rows { values: &values, width: 2 }, Similarity::Cosine);
    assert!(!nearest_mean::leave_one_out(&index, &groups(&[0, 0, 0, 0, 1]))[3]);
}

#[test]
fn distances_on_a_map_that_are_equal_share_a_rank() {
    // The corners of a square turned by 0.3: four sides and two diagonals, on the map as in space.
    let turned = |x: f64, y: f64| [x * 0.3_f64.cos() - y * 0.3_f64.sin(), x * 0.3_f64.sin() + y * 0.3_f64.cos()];
    let square = [turned(0.1, 0.1), turned(-0.1, 0.1), turned(-0.1, -0.1), turned(0.1, -0.1)];
    let values = square.concat();
    let map =
        map::Map::judged("pca", Rows { values: &values, width: 2 }, vec![[1.0, 1.0], [-1.0, 1.0], [-1.0, -1.0], [1.0, -1.0]], 1);
    assert!(map.shepard.is_some_and(|shepard| (shepard - 1.0).abs() < 1e-12), "{map:?}");
}

#[test]
fn a_dimension_is_not_made_of_rounding() {
    // On a circle each point has two neighbours equally near: no ratio of distances but 1.
    let circle = |n: u32| -> Vec<([f64; 2], [&str; 3])> {
        let angle = |index: u32| std::f64::consts::TAU * f64::from(index) / f64::from(n);
        (0..n)
            .map(|index| ([angle(index).cos(), angle(index).sin()], ["o", "f", if index % 2 == 0 { "a" } else { "b" }]))
            .collect()
    };
    let health = of(&circle(9)).health;
    assert_eq!((health.two_nn, health.two_nn_unbiased, health.two_nn_fit), (None, None, None));
}

#[test]
fn zeros_and_near_ones_are_told_apart() {
    // Vectors of zeros have a cosine of 0 with all, and lie at distance 0 from each other.
    let o = ["o", "f", "a"];
    let zeros = of(&[([0.0, 0.0], o), ([0.0, 0.0], o), ([1.0, 0.0], o), ([0.6, 0.8], ["o", "f", "b"])]);
    assert_eq!(zeros.health.duplicates, 2);
    // By cosine, which is coarse near 1, the second and third are equally near to the first; the third is nearer.
    let near = of(&[([1.0, 0.0], o), ([1.0, 4e-7], o), ([1.0, -1e-7], o), ([0.6, 0.8], ["o", "f", "b"])]);
    // Nearest two of each: 1 and 4, 4 and 5, 1 and 5 times 1e-7; of the last, ratio 1 but for 1e-7.
    let expected = 4.0 / (4.0_f64.ln() + 1.25_f64.ln() + 5.0_f64.ln());
    assert!(near.health.two_nn.is_some_and(|two| (two - expected).abs() < 1e-4), "{:?} {expected}", near.health.two_nn);
}

#[test]
fn what_does_not_vary_has_no_share_of_variance() {
    // Three equal vectors: their mean differs in the last bit.
    let equal = [0.1, 0.7];
    let points = [(equal, ["o", "f", "a"]), (equal, ["o", "f", "a"]), (equal, ["o", "g", "b"])];
    let latent = of(&points);
    let species = latent.ranks.last().unwrap();
    assert_eq!((species.variance.between, species.variance.within, species.variance.r2), (0.0, 0.0, None));
    assert!(species.permanova.is_none() && species.silhouette_cosine == Some(0.0), "{species:?}");
    assert!(latent.nested.iter().all(|share| share.share.is_none() && share.squares == 0.0), "{:?}", latent.nested);
    assert_eq!((latent.health.explained[0], latent.health.participation_ratio, latent.health.rank_me_centred), (0.0, None, None));
    assert!(latent.staircase.iter().all(|stair| stair.distance == 0.0), "{:?}", latent.staircase);
    // Taxa that vary between each other only: nothing is within.
    let values = [[0.1, 0.7], [0.1, 0.7], [0.1, 0.7], [0.3, 0.2], [0.3, 0.2], [0.3, 0.2]].concat();
    let apart = variance(Rows { values: &values, width: 2 }, &groups(&[0, 0, 0, 1, 1, 1]));
    assert_eq!((apart.within, apart.f, apart.ratio, apart.r2), (0.0, None, None, Some(1.0)));
    // Equal numbers do not vary, though their mean is another in the last bit.
    assert_eq!(pearson(&[0.1, 0.1, 0.1], &[1.0, 2.0, 3.0]), None);
}

#[test]
fn points_without_a_common_rank_have_no_nested_shares() {
    // Each rank is had by two in three, and none by all.
    let points = [([1.0, 0.0], ["o1", "f1", ""]), ([0.0, 1.0], ["o2", "", "s1"]), ([1.0, 1.0], ["", "f2", "s2"])];
    assert_eq!(of(&points).nested, []);
}

#[test]
fn silhouettes_of_nothing_are_nothing() {
    let values = [[0.1, 0.7]; 4].concat();
    let rows = Rows { values: &values, width: 2 };
    let own = groups(&[0, 0, 1, 1]);
    assert_eq!(silhouette::cosine(rows, &own).mean, Some(0.0));
    assert_eq!(silhouette::simplified(&Index::of(rows, Similarity::Euclidean), &own), [0.0; 4]);
}

#[test]
fn merges_of_one_height_are_one() {
    // Three at one place and one apart: whichever two of the three merge first, all three are one cluster.
    let place = Dendrogram::of(4, &[0.0, 0.0, 1.0, 0.0, 1.0, 1.0], Linkage::Average);
    for taxa in [[0, 0, 1, 1], [0, 1, 0, 1], [1, 0, 0, 1]] {
        // The pair at one place has 2 in 3, the other pair 2 in 4.
        assert!(place.purity(&taxa).is_some_and(|purity| (purity - f64::midpoint(2.0 / 3.0, 0.5)).abs() < 1e-12), "{taxa:?}");
    }
    assert_eq!(place.joined(), [true, false, false]);
    // Heights 0.1, 0.1 but for rounding, 0.3.
    let rounded = Dendrogram::of(4, &[0.1, 0.1, 0.3, 0.1 + 1e-17, 0.3, 0.3], Linkage::Average);
    assert_eq!(rounded.joined(), [true, false, false]);
}
