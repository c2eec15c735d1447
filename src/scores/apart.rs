//! How far two labels are apart on the ladder.

use crate::taxonomy::{TaxonId, Taxonomy};

/// The rungs from a truth up to where an answer meets it; edges in a tree without ranks.
pub(super) fn height(taxonomy: &Taxonomy, truth: TaxonId, answer: TaxonId) -> u32 {
    let meet = taxonomy.lca(truth, answer);
    if taxonomy.has_ranks() {
        u32::from(taxonomy.rung(meet).saturating_sub(taxonomy.rung(truth)))
    } else {
        taxonomy.depth(truth) - taxonomy.depth(meet)
    }
}

/// The same of two labels neither of which is the truth: the rungs from the finer one up to where they meet. It is 0 for equal
/// labels alone, and the same both ways: a genus beside one of its species is 1 apart.
pub(super) fn apart(taxonomy: &Taxonomy, one: TaxonId, other: TaxonId) -> u32 {
    height(taxonomy, one, other).max(height(taxonomy, other, one))
}

#[cfg(test)]
pub(super) mod tests {
    use super::*;
    use crate::taxonomy::rank::Rank;
    use std::path::Path;

    const TABLE: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis silvestris
Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
Animalia,Chordata,Aves,Passeriformes,Turdidae,Turdus,Turdus merula
";

    /// Five species, and a function from names to taxa.
    pub(in crate::scores) fn five() -> Taxonomy {
        Taxonomy::from_bytes(TABLE.as_bytes(), Path::new("five.csv")).unwrap_or_else(|error| panic!("{error}"))
    }

    pub(in crate::scores) fn taxon(taxonomy: &Taxonomy, name: &str) -> TaxonId {
        taxonomy.resolve(name).taxon().unwrap_or_else(|| panic!("'{name}' is not one taxon"))
    }

    #[test]
    fn labels_are_as_far_apart_as_the_finer_one_is_from_where_they_meet() {
        let taxonomy = five();
        let of = |one, other| apart(&taxonomy, taxon(&taxonomy, one), taxon(&taxonomy, other));
        assert_eq!(of("Felis catus", "Felis catus"), 0);
        assert_eq!([of("Felis catus", "Felis"), of("Felis", "Felis catus")], [1, 1]);
        // Cat and wildcat meet at rung 1, cat and lynx at 2, a genus and a species of another at 2, cat and blackbird at 5.
        assert_eq!([of("Felis catus", "Felis silvestris"), of("Felis catus", "Lynx lynx"), of("Felis", "Lynx lynx")], [1, 2, 2]);
        assert_eq!(of("Felis catus", "Turdus merula"), 5);
        let genus = taxon(&taxonomy, "Felis");
        assert_eq!((taxonomy.rank(genus), height(&taxonomy, genus, taxon(&taxonomy, "Felis catus"))), (Rank::Genus, 0));
    }
}
