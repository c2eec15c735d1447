//! The deepest taxon that more than half agree on.

use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Rounding of sums of probabilities: as much as this beyond a half is no more than a half.
const ROUNDING: f64 = 1e-9;

/// The deepest taxon whose clade has more than half of the weight, with its share; `None` without weight.
///
/// Two clades that have more than half each overlap, so there is one such taxon at every depth at most: nothing is ever
/// tied. Labels that stop above the taxon count against it, for they do not say it.
pub(super) fn more_than_half(taxonomy: &Taxonomy, labels: &[(TaxonId, f64)]) -> Option<(TaxonId, f64)> {
    let mut weights: BTreeMap<TaxonId, f64> = BTreeMap::new();
    for &(label, weight) in labels {
        taxonomy.lineage(label).for_each(|step| *weights.entry(step).or_insert(0.0) += weight);
    }
    let total = *weights.get(&TaxonId::ROOT)?;
    // A deeper taxon has a greater number than those above it.
    let (&taxon, &weight) = weights.iter().rev().find(|(_, weight)| **weight > total * (0.5 + ROUNDING))?;
    Some((taxon, weight / total))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::apart::tests::{five, taxon};

    #[test]
    fn ties_climb_to_where_a_majority_agrees() {
        let taxonomy = five();
        let of = |labels: &[&str]| {
            let labels: Vec<(TaxonId, f64)> = labels.iter().map(|name| (taxon(&taxonomy, name), 1.0)).collect();
            more_than_half(&taxonomy, &labels).map(|(taxon, share)| (taxonomy.name(taxon).to_string(), share))
        };
        assert_eq!(of(&["Felis catus"]), Some(("Felis catus".to_string(), 1.0)));
        assert_eq!(of(&["Felis catus", "Felis silvestris"]), Some(("Felis".to_string(), 1.0)));
        assert_eq!(of(&["Felis catus", "Felis catus", "Lynx lynx"]), Some(("Felis catus".to_string(), 2.0 / 3.0)));
        // Two of four are no majority: three of four are cats of the family.
        let (name, share) = of(&["Felis catus", "Felis catus", "Lynx lynx", "Turdus merula"]).unwrap();
        assert_eq!((name.as_str(), share), ("Felidae", 0.75));
        // Who says the genus does not say the species.
        assert_eq!(of(&["Felis", "Felis catus"]), Some(("Felis".to_string(), 1.0)));
        assert_eq!(of(&["Felis", "Felis catus", "Felis catus"]), Some(("Felis catus".to_string(), 2.0 / 3.0)));
        assert_eq!(of(&[]), None);
    }

    #[test]
    fn it_is_the_deepest_of_all_taxa_that_hold_more_than_half() {
        let taxonomy = five();
        let taxa: Vec<TaxonId> = taxonomy.taxa().collect();
        let mut state = 11_u64;
        for _ in 0..300 {
            let mut next = |most: u64| {
                state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                usize::try_from((state >> 33) % most).unwrap()
            };
            let size = 1 + next(6);
            let labels: Vec<(TaxonId, f64)> = (0..size).map(|_| (taxa[next(taxa.len() as u64)], 1.0)).collect();
            // Naively: of all taxa those that hold more than half, the deepest of them.
            let held = |taxon: &TaxonId| labels.iter().filter(|(label, _)| taxonomy.contains(*taxon, *label)).count();
            let deepest = taxa.iter().filter(|taxon| 2 * held(taxon) > size).max_by_key(|taxon| taxonomy.depth(**taxon));
            assert_eq!(more_than_half(&taxonomy, &labels).map(|(taxon, _)| taxon), deepest.copied(), "{labels:?}");
        }
    }
}
