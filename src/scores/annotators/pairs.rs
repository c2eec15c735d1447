//! Every two raters held against each other.

use super::panel::{Panel, Rater};
use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::{share, to_f64};
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;

/// Two raters at a rank.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::annotators, under its own name")]
pub struct RaterPair {
    pub first: String,
    pub second: String,
    pub rank: Rank,
    pub n: u64,
    pub agreement: Option<f64>,
    pub kappa: Option<f64>,
    pub intervals: MetricIntervals,
}

/// Every two annotators, and every annotator with every classifier, at every rank that both reach on some image.
pub(super) fn of(panel: &Panel) -> Vec<RaterPair> {
    let raters: Vec<&Rater> = panel.raters().collect();
    let mut pairs = vec![];
    for (place, first) in panel.annotators.iter().enumerate() {
        for second in &raters[place + 1..] {
            let at = |(index, &rank)| pair(panel, (first, second), rank, index);
            pairs.extend(Rank::MAIN.iter().enumerate().filter_map(at));
        }
    }
    pairs
}

fn pair(panel: &Panel, (first, second): (&Rater, &Rater), rank: Rank, index: usize) -> Option<RaterPair> {
    let at = |label: &Option<TaxonId>| panel.taxonomy.main_ancestor((*label)?, index);
    let both = first.labels.iter().zip(&second.labels).enumerate();
    let common: Vec<(usize, TaxonId, TaxonId)> =
        both.filter_map(|(image, (one, other))| Some((image, at(one)?, at(other)?))).collect();
    if common.is_empty() {
        return None;
    }
    let n = common.len() as u64;
    let equal = common.iter().filter(|(_, one, other)| one == other).count() as u64;
    let agreement = share(equal, n);
    let mut intervals = MetricIntervals::default();
    let found = panel.sample.share(common.iter().map(|(image, one, other)| (*image, one == other)));
    intervals.add_for("agreement", agreement, found, panel.sample.noun);
    let (first, second) = (first.name.clone(), second.name.clone());
    Some(RaterPair { first, second, rank, n, agreement, kappa: kappa(&common), intervals })
}

/// Cohen's kappa: agreement above that of chance, each rater keeping the shares of its labels; `None` where both say one thing
/// only.
fn kappa(common: &[(usize, TaxonId, TaxonId)]) -> Option<f64> {
    let n = to_f64(common.len() as u64);
    let mut counts: BTreeMap<TaxonId, (u64, u64)> = BTreeMap::new();
    for (_, one, other) in common {
        counts.entry(*one).or_default().0 += 1;
        counts.entry(*other).or_default().1 += 1;
    }
    let observed = to_f64(common.iter().filter(|(_, one, other)| one == other).count() as u64) / n;
    let by_chance: u64 = counts.values().map(|(one, other)| one * other).sum();
    let by_chance = to_f64(by_chance) / (n * n);
    (by_chance < 1.0).then(|| (observed - by_chance) / (1.0 - by_chance))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::annotators::panel::tests::panel;

    #[test]
    fn kappa_matches_the_definition_worked_by_hand() {
        // Cat/cat, cat/lynx, lynx/lynx, wildcat/cat; the fifth image is not common.
        let panel = panel(
            &[
                ("a", &["Felis catus", "Felis catus", "Lynx lynx", "Felis silvestris", "Felis catus"]),
                ("b", &["Felis catus", "Lynx lynx", "Lynx lynx", "Felis catus", ""]),
            ],
            &[("svm", &["Felis catus", "Felis", "", "", "Felis catus"])],
        );
        let pairs = of(&panel);
        let find = |second: &str, rank| pairs.iter().find(|pair| pair.second == second && pair.rank == rank).unwrap();
        let species = find("b", Rank::Species);
        assert_eq!((species.n, species.agreement), (4, Some(0.5)));
        // By chance: cat 2·2, lynx 1·2, wildcat 1·0: 6/16. Kappa = (8/16 − 6/16)/(10/16) = 0.2.
        assert!((species.kappa.unwrap() - 0.2).abs() < 1e-12);
        // Genera: Felis 3·2, Lynx 1·2: 8/16; equal 3 of 4: (12 − 8)/8 = 0.5.
        assert!((find("b", Rank::Genus).kappa.unwrap() - 0.5).abs() < 1e-12);
        // Both say Animalia alone.
        assert_eq!((find("b", Rank::Kingdom).agreement, find("b", Rank::Kingdom).kappa), (Some(1.0), None));
        // The classifier's genus says nothing of the species.
        assert_eq!((find("svm", Rank::Species).n, find("svm", Rank::Genus).n), (2, 3));
    }
}
