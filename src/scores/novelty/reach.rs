//! How far down each truth could be told from the candidates.

use crate::scores::outcome::reachable;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// Which taxa the candidates reach.
pub(super) struct Reach {
    /// What a truth may be without being novel: see [`reachable`].
    known: Vec<bool>,
    /// The candidates, and all taxa above them.
    held: Vec<bool>,
    candidates: u64,
}

impl Reach {
    /// `None` without candidates. The root is none: to answer it is to decline.
    pub fn of(taxonomy: &Taxonomy, candidates: &[TaxonId]) -> Option<Self> {
        let mut candidates: Vec<TaxonId> = candidates.iter().copied().filter(|taxon| *taxon != TaxonId::ROOT).collect();
        candidates.sort_unstable();
        candidates.dedup();
        if candidates.is_empty() {
            return None;
        }
        let mut held = vec![false; taxonomy.len()];
        for step in candidates.iter().flat_map(|&candidate| taxonomy.lineage(candidate)) {
            held[step.index()] = true;
        }
        Some(Self { known: reachable(taxonomy, &candidates), held, candidates: candidates.len() as u64 })
    }

    /// Number of candidates.
    pub fn candidates(&self) -> u64 {
        self.candidates
    }

    /// Whether a truth can be told from the candidates.
    pub fn is_known(&self, truth: TaxonId) -> bool {
        self.known[truth.index()]
    }

    /// The deepest taxon of a truth's lineage that is a candidate or lies above one.
    pub fn deepest(&self, taxonomy: &Taxonomy, truth: TaxonId) -> TaxonId {
        taxonomy.lineage(truth).find(|step| self.held[step.index()]).unwrap_or(TaxonId::ROOT)
    }
}

/// How new a truth is: the images of one row.
///
/// In the order of the rows: what is known, all that is new, then by what is known of it, the finest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Newness {
    /// The truth can be told from the candidates.
    Known,
    /// All truths that cannot.
    Novel,
    /// The truth cannot, but what lies above it can.
    Below {
        /// The nearest main rank at or above what is known, by its rung; 7 is the root.
        known: u8,
        /// The coarsest main rank of the truth that is new, by its rung; `None` where no main rank lies between.
        new: Option<std::cmp::Reverse<u8>>,
    },
    /// The same in a tree without ranks: edges from the truth up to what is known.
    Edges(u32),
}

impl Newness {
    /// How new a truth is, the deepest taxon known of it given.
    pub(super) fn of(taxonomy: &Taxonomy, truth: TaxonId, deepest: TaxonId) -> Self {
        if !taxonomy.has_ranks() {
            return Newness::Edges(taxonomy.depth(truth) - taxonomy.depth(deepest));
        }
        let new = (0..7).find_map(|index| {
            let taxon = taxonomy.main_ancestor(truth, index)?;
            (taxon != deepest && taxonomy.contains(deepest, taxon)).then(|| taxonomy.rung(taxon))
        });
        Newness::Below { known: taxonomy.rung(deepest), new: new.map(std::cmp::Reverse) }
    }

    /// The main rank at or above what is known; `None` for the root, and where it is no part of a row.
    #[must_use]
    pub fn known_rank(self) -> Option<Rank> {
        if let Newness::Below { known, .. } = self { at_rung(known) } else { None }
    }

    /// The coarsest main rank that is new.
    #[must_use]
    pub fn new_rank(self) -> Option<Rank> {
        if let Newness::Below { new: Some(new), .. } = self { at_rung(new.0) } else { None }
    }

    /// In words: `known`, `novel`, `new species of a known genus`, `new kingdom`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Newness::Known => "known".to_string(),
            Newness::Novel => "novel".to_string(),
            Newness::Below { .. } => {
                let new = self.new_rank().map_or("taxon", Rank::name);
                self.known_rank().map_or_else(|| format!("new {new}"), |known| format!("new {new} of a known {known}"))
            }
            Newness::Edges(1) => "1 edge below what is known".to_string(),
            Newness::Edges(edges) => format!("{edges} edges below what is known"),
        }
    }
}

/// The main rank of a rung; `None` for that of the root.
fn at_rung(rung: u8) -> Option<Rank> {
    6_usize.checked_sub(usize::from(rung)).map(|index| Rank::MAIN[index])
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(in crate::scores) mod tests {
    use super::*;
    use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};

    /// Cats, a fox, a thrush and a carrot, one of them without a genus.
    pub(in crate::scores) fn taxonomy() -> Taxonomy {
        let mut builder = TaxonomyBuilder::new();
        let place = SourceLine { file: "test".into(), line: 0 };
        for names in [
            ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", "Felis catus"],
            ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Felis", "Felis silvestris"],
            ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "Lynx", "Lynx lynx"],
            ["Animalia", "Chordata", "Mammalia", "Carnivora", "Felidae", "", "Pardofelis incerta"],
            ["Animalia", "Chordata", "Mammalia", "Carnivora", "Canidae", "Vulpes", "Vulpes vulpes"],
            ["Animalia", "Chordata", "Aves", "Passeriformes", "Turdidae", "Turdus", "Turdus merula"],
            ["Plantae", "Tracheophyta", "Magnoliopsida", "Apiales", "Apiaceae", "Daucus", "Daucus carota"],
        ] {
            let lineage = Rank::MAIN.into_iter().zip(names).filter(|(_, name)| !name.is_empty());
            builder.add_lineage(lineage, &place);
        }
        builder.freeze().unwrap()
    }

    pub(in crate::scores) fn taxon(taxonomy: &Taxonomy, name: &str) -> TaxonId {
        taxonomy.resolve(name).taxon().unwrap()
    }

    /// What is said of a truth where the candidates are *Felis catus* and *Vulpes vulpes*.
    fn said(truth: &str) -> (bool, String, String) {
        let taxonomy = taxonomy();
        let candidates = ["Felis catus", "Vulpes vulpes"].map(|name| taxon(&taxonomy, name));
        let reach = Reach::of(&taxonomy, &candidates).unwrap();
        let truth = taxon(&taxonomy, truth);
        let deepest = reach.deepest(&taxonomy, truth);
        (reach.is_known(truth), taxonomy.name(deepest).to_string(), Newness::of(&taxonomy, truth, deepest).name())
    }

    #[test]
    fn a_truth_is_known_down_to_the_deepest_taxon_that_a_candidate_shares() {
        let new = |truth: &str, deepest: &str, name: &str| assert_eq!(said(truth), (false, deepest.into(), name.into()));
        new("Felis silvestris", "Felis", "new species of a known genus");
        new("Lynx lynx", "Felidae", "new genus of a known family");
        new("Lynx", "Felidae", "new genus of a known family");
        // There is no genus between.
        new("Pardofelis incerta", "Felidae", "new species of a known family");
        new("Turdus merula", "Chordata", "new class of a known phylum");
        new("Daucus carota", taxonomy().name(TaxonId::ROOT), "new kingdom");
        // What is right down to a coarse truth can be told.
        assert!(said("Felidae").0 && said("Felis catus").0 && said("Animalia").0);
    }

    #[test]
    fn the_root_is_no_candidate() {
        let taxonomy = taxonomy();
        assert!(Reach::of(&taxonomy, &[TaxonId::ROOT]).is_none() && Reach::of(&taxonomy, &[]).is_none());
        let reach = Reach::of(&taxonomy, &[TaxonId::ROOT, taxon(&taxonomy, "Lynx lynx")]).unwrap();
        assert_eq!(reach.candidates(), 1);
    }

    #[test]
    fn rows_stand_by_what_is_known_the_finest_first() {
        let below = |known: u8, new: u8| Newness::Below { known, new: Some(std::cmp::Reverse(new)) };
        let mut rows = vec![below(7, 6), below(2, 0), Newness::Novel, below(1, 0), below(2, 1), Newness::Known];
        rows.sort();
        let names: Vec<String> = rows.into_iter().map(Newness::name).collect();
        let expected = [
            "known",
            "novel",
            "new species of a known genus",
            "new genus of a known family",
            "new species of a known family",
            "new kingdom",
        ];
        assert_eq!(names, expected);
        assert_eq!(Newness::Edges(1).name(), "1 edge below what is known");
    }
}
