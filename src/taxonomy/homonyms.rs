//! Which of several taxa of one name is meant: the lineage before the name decides, or nothing does.

use super::search::Found;
use super::{TaxonId, Taxonomy};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

/// The most steps up the tree, times names that are looked for, that the choice among namesakes may take; of
/// more namesakes, or in a deeper tree, none is chosen.
const MOST_STEPS: u64 = 10_000_000;

impl Taxonomy {
    /// Among the taxa of a name those that agree most with a lineage; nothing where none agrees.
    /// The flag: whether a part of the lineage disagrees.
    pub(super) fn choose(&self, taxa: &[TaxonId], above: &[String]) -> (Found, bool) {
        let steps: u64 = taxa.iter().map(|&taxon| u64::from(self.depth(taxon))).sum();
        if above.is_empty() || steps.saturating_mul(above.len() as u64) > MOST_STEPS {
            return (self.homonyms(taxa), false);
        }
        let agreement = |taxon: TaxonId| {
            let lineage: Vec<String> = self.lineage(taxon).map(|step| kingdom_key(name::key(self.name(step)))).collect();
            let own = name::key(self.name(taxon));
            let genus = own.split(' ').next().unwrap_or_default().to_string();
            // The genus of a binomial says nothing that the binomial does not say.
            let said: Vec<String> =
                above.iter().cloned().map(kingdom_key).filter(|step| own == genus || *step != genus).collect();
            let agree = said.iter().filter(|step| lineage.contains(step)).count();
            (agree, said.len())
        };
        let agreements: Vec<(usize, usize)> = taxa.iter().map(|&taxon| agreement(taxon)).collect();
        let most = agreements.iter().map(|&(agree, _)| agree).max().unwrap_or(0);
        let said_nothing =
            agreements.iter().all(|&(_, said)| said == 0 || (said == 1 && above.len() == 1 && self.is_genus_only(taxa, above)));
        if most == 0 && !said_nothing {
            return (Found::Nothing, false);
        }
        let best: Vec<TaxonId> =
            taxa.iter().zip(&agreements).filter(|(_, pair)| pair.0 == most).map(|(&taxon, _)| taxon).collect();
        let differs =
            taxa.iter().zip(&agreements).any(|(taxon, pair)| pair.0 == most && pair.0 < pair.1 && best.first() == Some(taxon));
        (self.homonyms(&best), differs)
    }

    /// Whether the only name above is a genus that the taxa have left since (a synonym's).
    fn is_genus_only(&self, taxa: &[TaxonId], above: &[String]) -> bool {
        let is_species = taxa.iter().all(|&taxon| self.rank(taxon) >= Rank::Species && !self.rank(taxon).is_unranked());
        let is_genus =
            |key: &String| self.of_key(key).is_none_or(|taxa| taxa.iter().all(|&taxon| self.rank(taxon) == Rank::Genus));
        is_species && above.iter().all(is_genus)
    }

    /// One taxon, or homonyms. A monotypic name repeated down one lineage (order and class of one
    /// name) is no homonym.
    fn homonyms(&self, taxa: &[TaxonId]) -> Found {
        match taxa {
            [] => Found::Nothing,
            [one] => Found::One(*one),
            [top, below @ ..] if below.iter().all(|&taxon| self.is_unary_chain(*top, taxon)) => Found::One(*top),
            several => Found::Several(several.to_vec()),
        }
    }

    fn is_unary_chain(&self, top: TaxonId, below: TaxonId) -> bool {
        self.contains(top, below) && self.leaf_range(top) == self.leaf_range(below)
    }
}

/// NCBI's kingdoms and the others' are the same.
fn kingdom_key(key: String) -> String {
    match key.as_str() {
        "metazoa" => "animalia".to_string(),
        "viridiplantae" => "plantae".to_string(),
        _ => key,
    }
}
