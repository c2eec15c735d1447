//! Ranks as sources write them: words, codes and numbers.

use crate::taxonomy::rank::Rank;

/// Ranks as checklists write them, beyond the words of [`Rank::parse`].
pub(super) fn known_rank(word: &str) -> Option<Rank> {
    let word = word.trim().to_lowercase().replace('_', " ");
    Some(match word.as_str() {
        "no rank - terminal" | "no rank" | "unranked" | "clade" | "incertae sedis" | "informal" | "other" => Rank::Unranked,
        "varietas" => Rank::Variety,
        "subvarietas" => Rank::Subvariety,
        "forma" | "forma specialis" | "subform" => Rank::Form,
        "species group" | "species subgroup" | "species aggregate" | "aggregate" => Rank::Complex,
        "infraspecific name" | "infrasubspecific name" | "sous-espèce" | "sous-espece" | "sous espèce" => Rank::Subspecies,
        "sous-genre" => Rank::Subgenus,
        "super-famille" | "superfamille" => Rank::Superfamily,
        "sous-ordre" => Rank::Suborder,
        "sous-classe" => Rank::Subclass,
        "phylum (division)" => Rank::Phylum,
        "subphylum (subdivision)" => Rank::Subphylum,
        word => return Rank::parse(word).filter(|rank| *rank != Rank::Root),
    })
}

/// TAXREF's codes of ranks; those between the ranks we know are kept without rank.
pub(super) fn taxref_rank(code: &str) -> Option<Rank> {
    Some(match code.trim() {
        "KD" => Rank::Kingdom,
        "SSRG" => Rank::Subkingdom,
        "IFRG" => Rank::Infrakingdom,
        "PH" => Rank::Phylum,
        "SBPH" | "SBDV" => Rank::Subphylum,
        "IFPH" => Rank::Infraphylum,
        "SPCL" => Rank::Superclass,
        "CL" => Rank::Class,
        "SBCL" => Rank::Subclass,
        "IFCL" => Rank::Infraclass,
        "SPOR" => Rank::Superorder,
        "OR" => Rank::Order,
        "SBOR" => Rank::Suborder,
        "IFOR" => Rank::Infraorder,
        "SPFM" => Rank::Superfamily,
        "FM" => Rank::Family,
        "SBFM" => Rank::Subfamily,
        "SPTR" => Rank::Supertribe,
        "TR" => Rank::Tribe,
        "SSTR" => Rank::Subtribe,
        "GN" => Rank::Genus,
        "SSGN" => Rank::Subgenus,
        "SC" => Rank::Section,
        "SER" => Rank::Series,
        "AGES" => Rank::Complex,
        "ES" => Rank::Species,
        "SSES" => Rank::Subspecies,
        "VAR" => Rank::Variety,
        "SVAR" => Rank::Subvariety,
        "FO" | "SSFO" => Rank::Form,
        "CVAR" => Rank::Cultivar,
        "Dumm" | "SPRG" | "DV" | "CLAD" | "LEG" | "COH" | "PVCL" | "SBSC" | "SSER" | "SMES" | "MES" | "NAT" | "FOES" | "LIN"
        | "CLO" | "RACE" | "CAR" | "MO" | "AB" | "HYB" => Rank::Unranked,
        _ => return None,
    })
}

/// iNaturalist's numbers for ranks.
pub(super) fn rank_of_level(level: &str) -> Rank {
    match level.trim().trim_end_matches(".0") {
        "70" => Rank::Kingdom,
        "67" => Rank::Subkingdom,
        "60" => Rank::Phylum,
        "57" => Rank::Subphylum,
        "53" => Rank::Superclass,
        "50" => Rank::Class,
        "47" => Rank::Subclass,
        "45" => Rank::Infraclass,
        "43" => Rank::Superorder,
        "40" => Rank::Order,
        "37" => Rank::Suborder,
        "35" => Rank::Infraorder,
        "34.5" => Rank::Parvorder,
        "33" => Rank::Superfamily,
        "30" => Rank::Family,
        "27" => Rank::Subfamily,
        "26" => Rank::Supertribe,
        "25" => Rank::Tribe,
        "24" => Rank::Subtribe,
        "20" | "19" => Rank::Genus,
        "15" => Rank::Subgenus,
        "13" => Rank::Section,
        "11" => Rank::Complex,
        "10" => Rank::Species,
        "5" => Rank::Subspecies,
        _ => Rank::Unranked,
    }
}
