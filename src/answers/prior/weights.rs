//! What a list says of every taxon of a taxonomy.

use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Weights of taxa, of which some are listed.
///
/// A listed taxon stands for its clade: the weight of a taxon is its own, or that of the nearest listed taxon above it. A
/// taxon that only stands above listed ones has the largest of their weights. Of the others nothing is said: they have
/// weight 0, unless the list is one of what is excluded (all its weights are 0), where they have weight 1.
///
/// # Examples
///
/// ```
/// use nearmiss::answers::prior::TaxonWeights;
/// use nearmiss::taxonomy::Taxonomy;
/// use std::path::Path;
///
/// let table = "family,genus,species\nFelidae,Felis,Felis catus\nFelidae,Lynx,Lynx lynx\nCanidae,Vulpes,Vulpes vulpes\n";
/// let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv"))?;
/// let taxon = |name: &str| taxonomy.resolve(name).taxon().ok_or("there is no such taxon");
/// let weights = TaxonWeights::of(&taxonomy, [(taxon("Felidae")?, 0.5), (taxon("Lynx lynx")?, 0.125)].into());
/// let of = |name: &str| taxon(name).map(|taxon| weights.of_taxon(&taxonomy, taxon));
/// assert_eq!(of("Felis catus")?, 0.5); // of its family
/// assert_eq!(of("Lynx lynx")?, 0.125); // its own
/// assert_eq!(of("Vulpes vulpes")?, 0.0); // not listed
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
pub struct TaxonWeights {
    listed: BTreeMap<TaxonId, f64>,
    /// Taxa above listed ones, with the largest weight below them; none where that is 0.
    above: BTreeMap<TaxonId, f64>,
    /// The weight of a taxon that nothing is said of.
    others: f64,
    /// Whether a listed taxon stands for its clade.
    has_clades: bool,
}

impl TaxonWeights {
    /// Of the weights, 0 or more, of listed taxa.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, listed: BTreeMap<TaxonId, f64>) -> Self {
        let mut above: BTreeMap<TaxonId, f64> = BTreeMap::new();
        for (&taxon, &weight) in listed.iter().filter(|(_, weight)| **weight > 0.0) {
            for step in taxonomy.lineage(taxon).skip(1) {
                let largest = above.entry(step).or_insert(0.0);
                *largest = largest.max(weight);
            }
        }
        let others = f64::from(u8::from(above.is_empty() && listed.values().all(|weight| *weight <= 0.0)));
        Self { listed, above, others, has_clades: true }
    }

    /// Of a list that allows nothing that there is.
    #[must_use]
    pub fn nothing() -> Self {
        Self { listed: BTreeMap::new(), above: BTreeMap::new(), others: 0.0, has_clades: true }
    }

    /// Of a list whose taxa stand for themselves alone, as the rules of `SpeciesNet` do; all others have weight 1.
    #[must_use]
    pub fn exact(listed: BTreeMap<TaxonId, f64>) -> Self {
        Self { listed, above: BTreeMap::new(), others: 1.0, has_clades: false }
    }

    /// The weight of a taxon.
    #[must_use]
    pub fn of_taxon(&self, taxonomy: &Taxonomy, taxon: TaxonId) -> f64 {
        let steps = if self.has_clades { usize::MAX } else { 1 };
        let listed = taxonomy.lineage(taxon).take(steps).find_map(|step| self.listed.get(&step));
        listed.or_else(|| self.above.get(&taxon)).copied().unwrap_or(self.others)
    }

    /// The listed taxa with their weights.
    pub fn listed(&self) -> impl Iterator<Item = (TaxonId, f64)> + '_ {
        self.listed.iter().map(|(taxon, weight)| (*taxon, *weight))
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::path::Path;

    fn taxonomy() -> Taxonomy {
        let table = "order,family,genus,species,subspecies
Carnivora,Felidae,Felis,Felis catus,
Carnivora,Felidae,Felis,Felis silvestris,Felis silvestris lybica
Carnivora,Felidae,Lynx,Lynx lynx,
Carnivora,Canidae,Vulpes,Vulpes vulpes,
";
        Taxonomy::from_bytes(table.as_bytes(), Path::new("carnivores.csv")).unwrap()
    }

    fn weights(taxonomy: &Taxonomy, listed: &[(&str, f64)]) -> TaxonWeights {
        let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
        TaxonWeights::of(taxonomy, listed.iter().map(|(name, weight)| (taxon(name), *weight)).collect())
    }

    fn of(taxonomy: &Taxonomy, weights: &TaxonWeights, name: &str) -> f64 {
        weights.of_taxon(taxonomy, taxonomy.resolve(name).taxon().unwrap())
    }

    #[test]
    fn a_taxon_stands_for_its_clade_and_those_above_have_the_largest_weight_below() {
        let taxonomy = taxonomy();
        let some = weights(&taxonomy, &[("Felis", 0.5), ("Felis catus", 0.0), ("Lynx lynx", 0.2)]);
        // The own weight, even 0; that of the genus, for species and subspecies; what is not listed.
        let found = ["Felis catus", "Felis silvestris", "Felis silvestris lybica", "Vulpes vulpes", "Vulpes"]
            .map(|name| of(&taxonomy, &some, name));
        assert_eq!(format!("{found:?}"), "[0.0, 0.5, 0.5, 0.0, 0.0]");
        // Above: the family has 0.5 of Felis, Lynx 0.2, the order and the root 0.5.
        let above = ["Felidae", "Lynx", "Carnivora"].map(|name| of(&taxonomy, &some, name));
        assert_eq!(format!("{above:?}"), "[0.5, 0.2, 0.5]");
        assert_eq!(some.of_taxon(&taxonomy, TaxonId::ROOT).to_bits(), 0.5_f64.to_bits());
    }

    #[test]
    fn a_list_of_what_is_excluded_allows_everything_else() {
        let taxonomy = taxonomy();
        let none = weights(&taxonomy, &[("Felis catus", 0.0), ("Canidae", 0.0)]);
        let found = ["Felis catus", "Felis", "Felidae", "Lynx lynx", "Vulpes vulpes", "Canidae", "Carnivora"]
            .map(|name| of(&taxonomy, &none, name));
        assert_eq!(format!("{found:?}"), "[0.0, 1.0, 1.0, 1.0, 0.0, 0.0, 1.0]");
    }
}
