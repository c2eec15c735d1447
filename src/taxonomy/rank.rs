//! The named steps of a taxonomy, from the root down to the form.

use serde::{Deserialize, Serialize};
use std::fmt;

/// A named step of a taxonomy, ordered from the root (smallest) to the finest.
///
/// Seven of them are *main ranks* ([`Rank::MAIN`]); tables per rank have a row for each of these.
/// [`Rank::Unranked`] has no place in the order and compares as the finest: use
/// [`Rank::is_unranked`] before comparing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[expect(missing_docs, reason = "the names are the field's own")]
pub enum Rank {
    Root,
    Domain,
    Realm,
    Superkingdom,
    Kingdom,
    Subkingdom,
    Infrakingdom,
    Superphylum,
    Phylum,
    Subphylum,
    Infraphylum,
    Superclass,
    Class,
    Subclass,
    Infraclass,
    Superorder,
    Order,
    Suborder,
    Infraorder,
    Parvorder,
    Superfamily,
    Family,
    Subfamily,
    Supertribe,
    Tribe,
    Subtribe,
    Genus,
    Subgenus,
    Section,
    Series,
    Complex,
    Species,
    Subspecies,
    Variety,
    Subvariety,
    Form,
    Cultivar,
    Unranked,
}

/// Every rank with its English name, one-letter prefix (`g__`) and other spellings.
const SPELLINGS: &[(Rank, &str, &[&str])] = &[
    (Rank::Root, "root", &["life", "biota", "cellular root"]),
    (Rank::Domain, "domain", &["d"]),
    (Rank::Realm, "realm", &[]),
    (Rank::Superkingdom, "superkingdom", &[]),
    (Rank::Kingdom, "kingdom", &["k", "regnum", "regne", "règne", "kd", "reino", "reich"]),
    (Rank::Subkingdom, "subkingdom", &[]),
    (Rank::Infrakingdom, "infrakingdom", &[]),
    (Rank::Superphylum, "superphylum", &[]),
    (Rank::Phylum, "phylum", &["p", "division", "embranchement", "ph", "filo", "stamm"]),
    (Rank::Subphylum, "subphylum", &["subdivision"]),
    (Rank::Infraphylum, "infraphylum", &[]),
    (Rank::Superclass, "superclass", &[]),
    (Rank::Class, "class", &["c", "classis", "classe", "cls", "cl", "clase", "klasse"]),
    (Rank::Subclass, "subclass", &[]),
    (Rank::Infraclass, "infraclass", &[]),
    (Rank::Superorder, "superorder", &[]),
    (Rank::Order, "order", &["o", "ordo", "ordre", "or", "orden", "ordnung"]),
    (Rank::Suborder, "suborder", &[]),
    (Rank::Infraorder, "infraorder", &[]),
    (Rank::Parvorder, "parvorder", &[]),
    (Rank::Superfamily, "superfamily", &[]),
    (Rank::Family, "family", &["f", "familia", "famille", "fm", "familie"]),
    (Rank::Subfamily, "subfamily", &["sous_famille", "subfamilia", "unterfamilie"]),
    (Rank::Supertribe, "supertribe", &[]),
    (Rank::Tribe, "tribe", &["tribus", "tribu"]),
    (Rank::Subtribe, "subtribe", &[]),
    (Rank::Genus, "genus", &["g", "genre", "gn", "genero", "género", "gattung"]),
    (Rank::Subgenus, "subgenus", &[]),
    (Rank::Section, "section", &[]),
    (Rank::Series, "series", &[]),
    (Rank::Complex, "complex", &["species complex", "species group"]),
    (Rank::Species, "species", &["s", "specie", "espece", "espèce", "species_name", "es", "especie", "art"]),
    (Rank::Subspecies, "subspecies", &["subsp", "subsp.", "ssp", "ssp.", "sous_espece", "sses", "subespecie", "unterart"]),
    (Rank::Variety, "variety", &["var", "var.", "varietas", "variete", "variété"]),
    (Rank::Subvariety, "subvariety", &[]),
    (Rank::Form, "form", &["forma", "f."]),
    (Rank::Cultivar, "cultivar", &["cv", "cv."]),
    (Rank::Unranked, "unranked", &["no rank", "clade", "", "other"]),
];

impl Rank {
    /// The seven main ranks, kingdom first.
    pub const MAIN: [Rank; 7] = [Rank::Kingdom, Rank::Phylum, Rank::Class, Rank::Order, Rank::Family, Rank::Genus, Rank::Species];

    /// The English name, lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        SPELLINGS[self as usize].1
    }

    /// Reads a rank from its English, Latin, French, Spanish or German name, or its one-letter prefix;
    /// case and surrounding space do not matter. `None` if the word names no rank.
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::taxonomy::rank::Rank;
    ///
    /// for word in ["family", " Familia", "famille", "f"] {
    ///     assert_eq!(Rank::parse(word), Some(Rank::Family));
    /// }
    /// assert_eq!(Rank::parse("image"), None);
    /// ```
    #[must_use]
    pub fn parse(word: &str) -> Option<Rank> {
        let word = word.trim().to_lowercase();
        SPELLINGS.iter().find(|(_, name, others)| *name == word || others.contains(&word.as_str())).map(|&(rank, ..)| rank)
    }

    /// Reads only the full English name of a rank (what a column of a table is called).
    #[must_use]
    pub fn from_name(word: &str) -> Option<Rank> {
        let word = word.trim().to_lowercase();
        SPELLINGS.iter().find(|(_, name, _)| *name == word).map(|&(rank, ..)| rank)
    }

    /// Place among the main ranks, kingdom 0 to species 6; `None` for any other rank.
    #[must_use]
    pub fn main_index(self) -> Option<usize> {
        Rank::MAIN.iter().position(|&main| main == self)
    }

    /// Rung on the ladder of error heights: species 0, genus 1, ... kingdom 6, root 7.
    ///
    /// A rank between two rungs takes the nearest main rank above it (tribe: 2, family); ranks
    /// below the species take 0 and `None` is given for [`Rank::Unranked`].
    ///
    /// # Examples
    ///
    /// ```
    /// use nearmiss::taxonomy::rank::Rank;
    ///
    /// let ladder = [Rank::Species, Rank::Genus, Rank::Family, Rank::Kingdom, Rank::Root].map(Rank::rung);
    /// assert_eq!(ladder, [0, 1, 2, 6, 7].map(Some));
    /// // A mistake that meets its truth at the tribe leaves the genus and stays in the family.
    /// assert_eq!(Rank::Tribe.rung(), Rank::Family.rung());
    /// assert_eq!(Rank::Unranked.rung(), None);
    /// ```
    #[must_use]
    pub fn rung(self) -> Option<u8> {
        if self.is_unranked() {
            return None;
        }
        let above = Rank::MAIN.iter().filter(|&&main| main <= self).count();
        u8::try_from(7 - above).ok()
    }

    /// Whether the rank has no place in the order.
    #[must_use]
    pub fn is_unranked(self) -> bool {
        self == Rank::Unranked
    }
}

impl fmt::Display for Rank {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_rank_is_listed_at_its_own_place() {
        for (index, (rank, ..)) in SPELLINGS.iter().enumerate() {
            assert_eq!(*rank as usize, index, "{rank}");
            assert_eq!(Rank::parse(rank.name()), Some(*rank));
        }
    }

    #[test]
    fn rungs_of_the_ladder() {
        let rungs: Vec<_> = Rank::MAIN.iter().map(|rank| rank.rung()).collect();
        assert_eq!(rungs, [6, 5, 4, 3, 2, 1, 0].map(Some));
        assert_eq!(Rank::Root.rung(), Some(7));
        assert_eq!(Rank::Tribe.rung(), Some(2), "a tribe lies in its family");
        assert_eq!(Rank::Subkingdom.rung(), Some(6));
        assert_eq!(Rank::Domain.rung(), Some(7), "above every kingdom");
        assert_eq!(Rank::Cultivar.rung(), Some(0));
        assert_eq!(Rank::Unranked.rung(), None);
    }

    #[test]
    fn words_of_several_languages_name_ranks() {
        for (word, rank) in [
            ("Famille", Rank::Family),
            (" regne ", Rank::Kingdom),
            ("cls", Rank::Class),
            ("género", Rank::Genus),
            ("Gattung", Rank::Genus),
            ("Art", Rank::Species),
        ] {
            assert_eq!(Rank::parse(word), Some(rank));
        }
        assert_eq!(Rank::parse("image"), None);
    }
}
