//! What the rows of checklists of sightings are: eBird and Clements list groups, crosses and doubts beside species.

use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

/// What a row is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Category {
    /// A taxon by its name.
    Taxon,
    /// A subspecies, a group of them, a form, a breed or a bridge between two: below the species.
    Below,
    /// A cross of two species.
    Cross,
    /// One of several taxa (`slash`), or one that was not told to the species (`spuh`): no taxon.
    NoTaxon,
}

impl Category {
    /// By the word of a column of categories; `None` for a word that is none of theirs.
    pub(super) fn parse(word: &str) -> Option<Category> {
        Some(match word.trim().to_lowercase().as_str() {
            "species" => Category::Taxon,
            "issf" | "form" | "intergrade" | "domestic" | "subspecies" | "group (monotypic)" | "group (polytypic)" => {
                Category::Below
            }
            "hybrid" => Category::Cross,
            "slash" | "spuh" => Category::NoTaxon,
            _ => return None,
        })
    }
}

/// The taxa that the name of a row below the species tells, the highest first: genus, species and itself. A group
/// (`Rhea americana [americana Group]`), a breed and a form keep their names as they are.
pub(super) fn below_species(text: &str) -> Vec<(Rank, String)> {
    let text = name::normalise(text);
    let words: Vec<&str> = text.split(' ').collect();
    let mut steps = vec![];
    if let Some(genus) = words.first().and_then(|word| name::parse(word)) {
        steps.push((Rank::Genus, genus.canonical));
    }
    let binomial = words.get(..2).and_then(|words| name::parse(&words.join(" "))).filter(|parsed| parsed.rank == Rank::Species);
    if let Some(binomial) = binomial {
        steps.push((Rank::Species, binomial.canonical));
    }
    let parsed = name::parse(&text).filter(|parsed| parsed.rank > Rank::Species && parsed.canonical == text);
    let rank = parsed.map_or(Rank::Unranked, |parsed| parsed.rank);
    if steps.last().is_none_or(|(_, last)| *last != text) {
        steps.push((rank, text));
    }
    steps
}

/// The taxa that the name of a cross tells: the genus that its parents share, and itself as it is written.
pub(super) fn cross(text: &str) -> Vec<(Rank, String)> {
    let text = name::normalise(text);
    let genus = name::hybrid_formula(&text).and_then(|(_, genus)| genus);
    let mut steps: Vec<(Rank, String)> = genus.into_iter().map(|genus| (Rank::Genus, genus)).collect();
    steps.push((Rank::Species, text));
    steps
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(steps: &[(Rank, String)]) -> Vec<String> {
        steps.iter().map(|(rank, name)| format!("{rank} {name}")).collect()
    }

    #[test]
    fn what_lies_below_a_species_keeps_its_name() {
        assert_eq!(
            told(&below_species("Rhea americana albescens")),
            ["genus Rhea", "species Rhea americana", "subspecies Rhea americana albescens"]
        );
        assert_eq!(
            told(&below_species("Rhea americana [americana Group]")),
            ["genus Rhea", "species Rhea americana", "unranked Rhea americana [americana Group]"]
        );
        assert_eq!(told(&below_species("Larus [undescribed form]")), ["genus Larus", "unranked Larus [undescribed form]"]);
        assert_eq!(told(&cross("Anas acuta x crecca")), ["genus Anas", "species Anas acuta x crecca"]);
        assert_eq!(told(&cross("Anas acuta x Mareca strepera")), ["species Anas acuta x Mareca strepera"]);
        assert_eq!(Category::parse("LC"), None);
    }
}
