//! Ranks that a name above the genus tells by itself: by the endings that the Codes (or custom)
//! reserve, and by a list of well-known names.

use crate::taxonomy::rank::Rank;
use std::collections::HashMap;
use std::sync::LazyLock;

/// The code of nomenclature that governs a name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Code {
    /// Animals (ICZN).
    Zoological,
    /// Plants, algae and fungi (ICN).
    Botanical,
    /// Bacteria and archaea (ICNP).
    Bacterial,
    /// Viruses (ICTV).
    Viral,
    /// Protists, which either of the first two governs.
    Protist,
}

/// Ranks that a well-known name above the family has, the usual one first, with its code.
static KNOWN: LazyLock<HashMap<String, Vec<(Rank, Code)>>> = LazyLock::new(|| {
    let mut known: HashMap<String, Vec<(Rank, Code)>> = HashMap::new();
    for line in include_str!("higher_taxa.txt").lines() {
        let Some((head, names)) = line.split_once(':').filter(|(head, _)| !head.starts_with('#')) else { continue };
        let Some((code, rank)) = head.split_once(' ') else { continue };
        let code = match code {
            "zoological" => Code::Zoological,
            "botanical" => Code::Botanical,
            "bacterial" => Code::Bacterial,
            "viral" => Code::Viral,
            _ => Code::Protist,
        };
        let Some(rank) = Rank::from_name(rank) else { continue };
        for name in names.split_whitespace() {
            known.entry(name.to_lowercase()).or_default().push((rank, code));
        }
    }
    known
});

/// Ranks that a well-known name above the family has, the usual one first, with its code; none for
/// any other name.
#[must_use]
pub fn known(word: &str) -> &'static [(Rank, Code)] {
    KNOWN.get(&word.to_lowercase()).map_or(&[], Vec::as_slice)
}

/// Endings of viruses, longest first where one holds another (ICTV Code 3.2 to 3.26).
const VIRAL: &[(&str, Rank)] = &[
    ("viricetidae", Rank::Subclass),
    ("viricotina", Rank::Subphylum),
    ("viricota", Rank::Phylum),
    ("viricetes", Rank::Class),
    ("virineae", Rank::Suborder),
    ("virales", Rank::Order),
    ("viridae", Rank::Family),
    ("virinae", Rank::Subfamily),
    ("virites", Rank::Subkingdom),
    ("viria", Rank::Realm),
    ("virae", Rank::Kingdom),
];

/// Endings of plants, algae and fungi (ICN, Articles 16 to 19).
const BOTANICAL: &[(&str, Rank)] = &[
    ("mycetidae", Rank::Subclass),
    ("phycidae", Rank::Subclass),
    ("mycotina", Rank::Subphylum),
    ("phytina", Rank::Subphylum),
    ("mycetes", Rank::Class),
    ("phyceae", Rank::Class),
    ("opsida", Rank::Class),
    ("mycota", Rank::Phylum),
    ("phyta", Rank::Phylum),
    ("oideae", Rank::Subfamily),
    ("aceae", Rank::Family),
    ("ineae", Rank::Suborder),
    ("ales", Rank::Order),
    ("anae", Rank::Superorder),
    ("idae", Rank::Subclass),
    ("inae", Rank::Subtribe),
    ("eae", Rank::Tribe),
];

/// Endings of bacteria (ICNP, Rules 8 and 9).
const BACTERIAL: &[(&str, Rank)] = &[
    ("phyceae", Rank::Class),
    ("oideae", Rank::Subfamily),
    ("aceae", Rank::Family),
    ("ineae", Rank::Suborder),
    ("ales", Rank::Order),
    ("idae", Rank::Subclass),
    ("inae", Rank::Subtribe),
    ("eae", Rank::Tribe),
    ("ati", Rank::Kingdom),
    ("ota", Rank::Phylum),
];

/// Endings of animals: `-idae`, `-inae` and `-ini` are those of ICZN Article 29.2, `-iformes` that of
/// orders of birds, fishes and mites by custom. `-oidea` is left out: classes of echinoderms have it.
const ZOOLOGICAL: &[(&str, Rank)] =
    &[("iformes", Rank::Order), ("idae", Rank::Family), ("inae", Rank::Subfamily), ("ini", Rank::Tribe)];

/// Endings of protists: those that mean one rank by either code.
const PROTIST: &[(&str, Rank)] = &[
    ("phycidae", Rank::Subclass),
    ("mycetes", Rank::Class),
    ("phyceae", Rank::Class),
    ("opsida", Rank::Class),
    ("mycota", Rank::Phylum),
    ("phyta", Rank::Phylum),
    ("aceae", Rank::Family),
    ("ales", Rank::Order),
    ("idae", Rank::Family),
];

/// Endings that mean one rank whoever is meant, but for `-idae`, which is read as an animal family.
const ANY: &[(&str, Rank)] = &[
    ("mycetes", Rank::Class),
    ("phyceae", Rank::Class),
    ("opsida", Rank::Class),
    ("iformes", Rank::Order),
    ("mycota", Rank::Phylum),
    ("phyta", Rank::Phylum),
    ("aceae", Rank::Family),
    ("ales", Rank::Order),
    ("idae", Rank::Family),
];

/// The rank that the ending of a name above the genus tells, under a code where that is known.
///
/// `None` where the ending tells none. A genus may have such an ending too (`Pales`): ask only about
/// names that are no genera.
#[must_use]
pub fn rank_by_ending(word: &str, code: Option<Code>) -> Option<Rank> {
    let endings = match code {
        Some(Code::Zoological) => ZOOLOGICAL,
        Some(Code::Botanical) => BOTANICAL,
        Some(Code::Bacterial) => BACTERIAL,
        Some(Code::Viral) => VIRAL,
        Some(Code::Protist) => PROTIST,
        None => ANY,
    };
    ending_in(word, VIRAL).filter(|_| matches!(code, None | Some(Code::Viral))).or_else(|| ending_in(word, endings))
}

/// Whether the Codes reserve the ending for families (`-idae` of animals, `-aceae` of plants and fungi).
#[must_use]
pub fn is_family(word: &str) -> bool {
    rank_by_ending(word, None) == Some(Rank::Family)
}

fn ending_in(word: &str, endings: &[(&str, Rank)]) -> Option<Rank> {
    let word = word.to_lowercase();
    let has = |ending: &str| word.strip_suffix(ending).is_some_and(|stem| stem.chars().count() >= 2);
    (!word.contains(' ')).then(|| endings.iter().find(|(ending, _)| has(ending)).map(|&(_, rank)| rank)).flatten()
}

/// The code that a name's ending betrays, where one code alone has the ending.
#[must_use]
pub fn code_by_ending(word: &str) -> Option<Code> {
    const ONE_CODE: &[(&str, Code)] = &[
        ("aceae", Code::Botanical),
        ("opsida", Code::Botanical),
        ("mycetes", Code::Botanical),
        ("phyceae", Code::Botanical),
        ("mycota", Code::Botanical),
        ("phyta", Code::Botanical),
        ("iformes", Code::Zoological),
    ];
    if ending_in(word, VIRAL).is_some() {
        return Some(Code::Viral);
    }
    let word = word.to_lowercase();
    ONE_CODE.iter().find(|(ending, _)| word.ends_with(ending)).map(|&(_, code)| code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_ending_means_other_ranks_under_other_codes() {
        use Code::{Bacterial, Botanical, Viral, Zoological};
        for (word, code, rank) in [
            ("Felidae", Some(Zoological), Some(Rank::Family)),
            ("Rosidae", Some(Botanical), Some(Rank::Subclass)),
            ("Felinae", Some(Zoological), Some(Rank::Subfamily)),
            ("Poinae", Some(Botanical), Some(Rank::Subtribe)),
            ("Felinae", None, None),
            ("Rosales", Some(Botanical), Some(Rank::Order)),
            ("Pales", Some(Zoological), None),
            ("Passeriformes", None, Some(Rank::Order)),
            ("Bacillota", Some(Bacterial), Some(Rank::Phylum)),
            ("Coronaviridae", None, Some(Rank::Family)),
            ("Nidovirales", Some(Viral), Some(Rank::Order)),
            ("Orthornavirae", None, Some(Rank::Kingdom)),
            ("Felis", None, None),
            ("Felidae indet", None, None),
        ] {
            assert_eq!(rank_by_ending(word, code), rank, "{word} {code:?}");
        }
        assert!(is_family("Carabidae") && is_family("Rosaceae") && !is_family("Rosa"));
    }

    #[test]
    fn well_known_names_have_ranks_and_codes() {
        assert_eq!(known("CARNIVORA"), [(Rank::Order, Code::Zoological)]);
        assert_eq!(known("Bacteria").iter().map(|known| known.0).collect::<Vec<_>>(), [Rank::Kingdom, Rank::Domain]);
        assert_eq!(known("Nobody"), []);
        let lines = include_str!("higher_taxa.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let (code, rest) = line.split_once(' ').expect(line);
            assert!(["zoological", "botanical", "bacterial", "viral", "protist"].contains(&code), "{line}");
            assert!(Rank::from_name(rest.split_once(':').expect(line).0).is_some(), "{line}");
        }
    }
}
