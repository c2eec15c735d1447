//! How far the annotators agree: percent, and Krippendorff's alpha.

use super::panel::Panel;
use crate::numbers::interval::{Found, MetricIntervals};
use crate::numbers::statistics::{ExactSum, Interval, to_f64};
use crate::scores::apart::apart;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;

/// Agreement at a rank.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::annotators, under its own name")]
pub struct AgreementRank {
    pub rank: Rank,
    pub n: u64,
    pub labels: u64,
    pub agreement: Option<f64>,
    pub alpha: Option<f64>,
    pub intervals: MetricIntervals,
}

/// Agreement by how far labels are apart in the tree.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::annotators, under its own name")]
pub struct AgreementTree {
    pub n: u64,
    pub labels: u64,
    pub mean_height: Option<f64>,
    pub alpha: Option<f64>,
    pub alpha_squared: Option<f64>,
    pub intervals: MetricIntervals,
}

/// Agreement at every main rank that a label reaches.
pub(super) fn by_rank(panel: &Panel) -> Vec<AgreementRank> {
    Rank::MAIN.iter().enumerate().filter_map(|(index, &rank)| at_rank(panel, rank, index)).collect()
}

fn at_rank(panel: &Panel, rank: Rank, index: usize) -> Option<AgreementRank> {
    let units = units(panel, |label| panel.taxonomy.main_ancestor(label, index));
    if units.iter().all(Vec::is_empty) {
        return None;
    }
    let alpha = Alpha::of(&units, |one, other| f64::from(u8::from(one != other)));
    let shares: Vec<(usize, f64, f64)> =
        units.iter().enumerate().filter_map(|(image, labels)| Some((image, agreeing(labels)?, 1.0))).collect();
    let agreement = crate::numbers::statistics::mean(shares.iter().map(|(_, share, _)| *share));
    let mut intervals = MetricIntervals::default();
    let noun = panel.sample.noun;
    intervals.add_for("agreement", agreement, panel.sample.mean(shares, Some((0.0, 1.0))), noun);
    intervals.add_for("alpha", alpha.value(), alpha.found(panel, 1.0), noun);
    Some(AgreementRank { rank, n: alpha.units(), labels: alpha.labels, agreement, alpha: alpha.value(), intervals })
}

/// Agreement by the heights at which labels meet.
pub(super) fn by_height(panel: &Panel) -> AgreementTree {
    let taxonomy = &panel.taxonomy;
    let units = units(panel, Some);
    let height = |one: TaxonId, other: TaxonId| f64::from(apart(taxonomy, one, other));
    let (plain, squared) = (Alpha::of(&units, height), Alpha::of(&units, |one, other| height(one, other).powi(2)));
    let most = f64::from(taxonomy.taxa().map(|taxon| apart(taxonomy, taxon, TaxonId::ROOT)).max().unwrap_or(0)).max(1.0);
    let mut intervals = MetricIntervals::default();
    let (mean_height, noun) = (plain.observed(), panel.sample.noun);
    intervals.add_for("mean_height", mean_height, plain.mean(panel, most), noun);
    intervals.add_for("alpha", plain.value(), plain.found(panel, most), noun);
    intervals.add_for("alpha_squared", squared.value(), squared.found(panel, most * most), noun);
    let (n, labels) = (plain.units(), plain.labels);
    AgreementTree { n, labels, mean_height, alpha: plain.value(), alpha_squared: squared.value(), intervals }
}

/// The labels of each image, looked at in some way.
fn units(panel: &Panel, view: impl Fn(TaxonId) -> Option<TaxonId>) -> Vec<Vec<TaxonId>> {
    let of = |image| panel.said(image).into_iter().filter_map(|(_, label)| view(label)).collect();
    (0..panel.images.len()).map(of).collect()
}

/// The share of pairs of labels that are equal; `None` below two labels.
fn agreeing(labels: &[TaxonId]) -> Option<f64> {
    let all = to_f64(labels.len() as u64);
    let equal: f64 = counts(labels).values().map(|count| count * (count - 1.0)).sum();
    (labels.len() > 1).then(|| equal / (all * (all - 1.0)))
}

fn counts(labels: &[TaxonId]) -> BTreeMap<TaxonId, f64> {
    let mut counts = BTreeMap::new();
    for label in labels {
        *counts.entry(*label).or_insert(0.0) += 1.0;
    }
    counts
}

/// Krippendorff's alpha: 1 − observed / expected disagreement, over images with two labels or more.
struct Alpha {
    /// Image, its share of the observed disagreement, its labels.
    disagreements: Vec<(usize, f64, f64)>,
    labels: u64,
    expected: Option<f64>,
}

impl Alpha {
    fn of(units: &[Vec<TaxonId>], difference: impl Fn(TaxonId, TaxonId) -> f64) -> Alpha {
        let mut all: BTreeMap<TaxonId, f64> = BTreeMap::new();
        let mut disagreements = vec![];
        for (image, labels) in units.iter().enumerate().filter(|(_, labels)| labels.len() > 1) {
            let counts = counts(labels);
            let size = to_f64(labels.len() as u64);
            disagreements.push((image, pairs(&counts, &difference) / (size - 1.0), size));
            for (label, count) in counts {
                *all.entry(label).or_insert(0.0) += count;
            }
        }
        let labels: f64 = all.values().sum();
        let expected = (labels > 1.0).then(|| pairs(&all, &difference) / (labels * (labels - 1.0)));
        let labels = disagreements.iter().map(|(image, ..)| units[*image].len() as u64).sum();
        Alpha { disagreements, labels, expected: expected.filter(|expected| *expected > 0.0) }
    }

    fn units(&self) -> u64 {
        self.disagreements.len() as u64
    }

    /// Observed disagreement: the mean difference of two labels of an image, every label counting once.
    fn observed(&self) -> Option<f64> {
        let mut sum = ExactSum::default();
        self.disagreements.iter().for_each(|(_, disagreement, _)| sum.add(*disagreement));
        (self.labels > 0).then(|| sum.value() / to_f64(self.labels))
    }

    /// `None` where all labels are the same, and nothing could disagree.
    fn value(&self) -> Option<f64> {
        Some(1.0 - self.observed()? / self.expected?)
    }

    /// The interval of the observed disagreement.
    fn mean(&self, panel: &Panel, most: f64) -> Found {
        panel.sample.mean(self.disagreements.iter().copied(), Some((0.0, most)))
    }

    /// That of alpha: images are drawn, and the expected disagreement is held.
    fn found(&self, panel: &Panel, most: f64) -> Found {
        let expected = self.expected.unwrap_or(1.0);
        self.mean(panel, most).map(|Interval { low, high }| Interval { low: 1.0 - high / expected, high: 1.0 - low / expected })
    }
}

/// The sum of the differences of all ordered pairs of labels.
fn pairs(counts: &BTreeMap<TaxonId, f64>, difference: impl Fn(TaxonId, TaxonId) -> f64) -> f64 {
    let listed: Vec<(TaxonId, f64)> = counts.iter().map(|(label, count)| (*label, *count)).collect();
    let mut sum = ExactSum::default();
    for (place, (one, count)) in listed.iter().enumerate() {
        for (other, others) in &listed[place + 1..] {
            sum.add(2.0 * count * others * difference(*one, *other));
        }
    }
    sum.value()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::annotators::panel::tests::panel;

    fn near(found: Option<f64>, expected: f64) {
        assert!((found.unwrap() - expected).abs() < 1e-12, "{found:?}, not {expected}");
    }

    #[test]
    fn alpha_matches_the_definition_worked_by_hand() {
        // Image 1: cat, cat, wildcat. Image 2: lynx, fox. Image 3: cat alone, which no pair has. 5 labels: 2 cats, one each of
        // wildcat, lynx, fox.
        let panel = panel(
            &[
                ("a", &["Felis catus", "Lynx lynx", "Felis catus"]),
                ("b", &["Felis catus", "Vulpes vulpes", ""]),
                ("c", &["Felis silvestris", "", ""]),
            ],
            &[],
        );
        let ranks = by_rank(&panel);
        let species = ranks.iter().find(|row| row.rank == Rank::Species).unwrap();
        assert_eq!((species.n, species.labels), (2, 5));
        // Pairs agree 1 of 3 and 0 of 1: mean 1/6.
        near(species.agreement, 1.0 / 6.0);
        // Observed: image 1 has 4 ordered unequal pairs / 2 = 2, image 2 has 2 / 1 = 2: 4/5.
        // Expected: 20 ordered pairs less the 2 of cat with cat: 18/20. Alpha = 1 − 0.8/0.9 = 1/9.
        near(species.alpha, 1.0 / 9.0);
        // Families: image 1 agrees; Felidae 4, Canidae 1: expected 8/20, observed 2/5: alpha 1 − 1 = 0.
        let family = ranks.iter().find(|row| row.rank == Rank::Family).unwrap();
        near(family.alpha, 0.0);
        // All of one order: nothing could disagree.
        let order = ranks.iter().find(|row| row.rank == Rank::Order).unwrap();
        assert_eq!((order.agreement, order.alpha, order.intervals.of("alpha")), (Some(1.0), None, None));
        // Heights. Observed: image 1: cat–wildcat 1, four ordered pairs: 4/2 = 2; image 2: lynx–fox 3: 6/1 = 6; 8/5.
        // Expected, unordered: cat–wildcat 2·1, cat–lynx 2·2, cat–fox 2·3, wildcat–lynx 2, wildcat–fox 3, lynx–fox 3 = 20;
        // 40/20 = 2. Alpha = 1 − 1.6/2 = 0.2. Squares: observed (2 + 18)/5 = 4; expected, unordered 2 + 8 + 18 + 4 + 9 + 9
        // = 50; 100/20 = 5: alpha 0.2, too.
        let tree = by_height(&panel);
        near(tree.mean_height, 1.6);
        near(tree.alpha, 0.2);
        near(tree.alpha_squared, 0.2);
    }

    #[test]
    fn nobody_to_agree_with_is_no_number() {
        let one = panel(&[("a", &["Felis catus", "Lynx lynx"])], &[]);
        let species = by_rank(&one).pop().unwrap();
        assert_eq!((species.n, species.agreement, species.alpha), (0, None, None));
        // Two who share no image.
        let apart = panel(&[("a", &["Felis catus", ""]), ("b", &["", "Lynx lynx"])], &[]);
        let tree = by_height(&apart);
        assert_eq!((tree.n, tree.mean_height, tree.alpha, tree.alpha_squared), (0, None, None, None));
        // A single image on which two differ: observed = expected = 1.
        let single = panel(&[("a", &["Felis catus"]), ("b", &["Lynx lynx"])], &[]);
        assert_eq!(by_rank(&single).pop().unwrap().alpha, Some(0.0));
    }

    /// Alpha by its text-book form: a matrix of coincidences.
    fn naive(units: &[Vec<TaxonId>], difference: impl Fn(TaxonId, TaxonId) -> f64) -> Option<f64> {
        let mut coincidences: BTreeMap<(TaxonId, TaxonId), f64> = BTreeMap::new();
        for labels in units.iter().filter(|labels| labels.len() > 1) {
            for (i, one) in labels.iter().enumerate() {
                for (_, other) in labels.iter().enumerate().filter(|(j, _)| *j != i) {
                    *coincidences.entry((*one, *other)).or_insert(0.0) += 1.0 / to_f64(labels.len() as u64 - 1);
                }
            }
        }
        let mut marginals: BTreeMap<TaxonId, f64> = BTreeMap::new();
        for ((one, _), count) in &coincidences {
            *marginals.entry(*one).or_insert(0.0) += count;
        }
        let n: f64 = marginals.values().sum();
        let observed: f64 = coincidences.iter().map(|((one, other), count)| count * difference(*one, *other)).sum();
        let mut expected = 0.0;
        for (one, count) in &marginals {
            for (other, others) in &marginals {
                let same = if one == other { 1.0 } else { 0.0 };
                expected += count * (others - same) * difference(*one, *other);
            }
        }
        (expected > 0.0).then(|| 1.0 - (n - 1.0) * observed / expected)
    }

    #[test]
    fn alpha_is_that_of_the_coincidence_matrix_on_random_labels() {
        let names = ["Felis catus", "Felis silvestris", "Felis", "Lynx lynx", "Vulpes vulpes", "Turdus merula", ""];
        // A linear congruence is chance enough here.
        let mut state = 7_u64;
        let mut next = || {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            names[usize::try_from(state >> 33).unwrap() % names.len()]
        };
        let columns: Vec<Vec<&str>> = (0..4).map(|_| (0..30).map(|_| next()).collect()).collect();
        let raters: Vec<(&str, &[&str])> = ["a", "b", "c", "d"].into_iter().zip(columns.iter().map(Vec::as_slice)).collect();
        let panel = panel(&raters, &[]);
        let taxonomy = &panel.taxonomy;
        let all = units(&panel, Some);
        let height = |one, other| f64::from(apart(taxonomy, one, other));
        let tree = by_height(&panel);
        near(tree.alpha, naive(&all, height).unwrap());
        near(tree.alpha_squared, naive(&all, |one, other| height(one, other).powi(2)).unwrap());
        let species = units(&panel, |label| taxonomy.main_ancestor(label, 6));
        let equal = |one: TaxonId, other: TaxonId| f64::from(u8::from(one != other));
        near(by_rank(&panel).pop().unwrap().alpha, naive(&species, equal).unwrap());
    }
}
