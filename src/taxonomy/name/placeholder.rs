//! Words that stand where a name would and name no taxon: `uncultured`, `Incertae sedis`, `blank`, `vehicle`.

use super::{is_missing, normalise};

/// Words that begin a text which names no taxon.
const BEGINNINGS: &[&str] = &[
    "uncultured",
    "unidentified",
    "unclassified",
    "unknown",
    "undetermined",
    "unassigned",
    "metagenome",
    "metagenomic",
    "environmental",
];

/// Words that end one.
const ENDINGS: &[&str] = &["unclassified", "uncultured", "unidentified", "unknown", "metagenome"];

/// Words that say nothing of an organism but what kind it is.
const KINDS: &[&str] = &[
    "bacterium",
    "archaeon",
    "eukaryote",
    "prokaryote",
    "organism",
    "fungus",
    "sample",
    "clone",
    "taxon",
    "phy",
    "cls",
    "cl",
    "ord",
    "fam",
    "gen",
    "sp",
    "spp",
];

/// Words for a picture without an organism.
const EMPTY: &[&str] = &[
    "blank",
    "empty",
    "nothing",
    "background",
    "no animal",
    "no animals",
    "no detection",
    "none of the above",
    "ghost",
    "vide",
    "vacío",
    "vacio",
    "leer",
];

/// Words for what is in a picture and is no wild organism.
const NO_ORGANISMS: &[&str] = &[
    "vehicle",
    "vehicles",
    "car",
    "truck",
    "motorcycle",
    "bicycle",
    "bike",
    "boat",
    "human",
    "humans",
    "person",
    "people",
    "man",
    "woman",
    "hiker",
    "hunter",
    "cyclist",
    "staff",
    "camera trapper",
    "setup pickup",
    "setup",
    "véhicule",
    "voiture",
    "humain",
    "personne",
    "vehículo",
    "coche",
    "humano",
    "persona",
    "fahrzeug",
    "mensch",
    "person/people",
];

/// Whether a text says that a picture is empty.
#[must_use]
pub fn is_empty_picture(text: &str) -> bool {
    EMPTY.contains(&normalise(text).to_lowercase().as_str())
}

/// Whether a text names a person or a thing.
#[must_use]
pub fn is_no_organism(text: &str) -> bool {
    NO_ORGANISMS.contains(&normalise(text).to_lowercase().as_str())
}

/// Whether a text says that a place in the classification is unsettled (`Incertae sedis`).
#[must_use]
pub fn is_incertae_sedis(text: &str) -> bool {
    normalise(text).to_lowercase().contains("incertae sedis")
}

/// Whether a text stands where a name would and names no taxon of that rank: `uncultured bacterium`,
/// `Lachnospiraceae_unclassified`, `soil metagenome`, `Incertae sedis`, and words for nothing.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::name::placeholder::is_placeholder;
///
/// assert!(is_placeholder("unclassified_Lachnospiraceae") && is_placeholder("uncultured"));
/// assert!(!is_placeholder("Firmicutes_A") && !is_placeholder("Metagenomus vulgaris"));
/// ```
#[must_use]
pub fn is_placeholder(text: &str) -> bool {
    if is_missing(text) || is_incertae_sedis(text) {
        return true;
    }
    let words = words(text);
    let bare = |word: &String| KINDS.contains(&word.trim_end_matches('.').to_lowercase().as_str());
    let lower = |word: Option<&String>| word.map(|word| word.to_lowercase()).unwrap_or_default();
    BEGINNINGS.contains(&lower(words.first()).as_str())
        || lower(words.first()).starts_with("uncultured")
        || (words.len() > 1 && ENDINGS.contains(&lower(words.last()).as_str()))
        || words.iter().all(bare)
}

/// The one taxon that a placeholder names beside its words for nothing (`unclassified Lachnospiraceae`).
#[must_use]
pub fn taxon_beside(text: &str) -> Option<String> {
    let is_word_for_nothing = |word: &str| {
        let lower = word.trim_end_matches('.').to_lowercase();
        let lower = lower.as_str();
        BEGINNINGS.contains(&lower) || ENDINGS.contains(&lower) || KINDS.contains(&lower) || matches!(lower, "incertae" | "sedis")
    };
    let left: Vec<String> = words(text).into_iter().filter(|word| !is_word_for_nothing(word)).collect();
    match &left[..] {
        [only] if only.chars().next().is_some_and(char::is_uppercase) => Some(only.clone()),
        _ => None,
    }
}

fn words(text: &str) -> Vec<String> {
    normalise(text).split(' ').map(|word| word.trim_matches(['(', ')', '[', ']', '"']).to_string()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_for_nothing_name_no_taxon() {
        for text in [
            "uncultured bacterium",
            "uncultured_fungus",
            "human gut metagenome",
            "Incertae Sedis",
            "Ascomycota_gen_Incertae_sedis",
            "unclassified_Lachnospiraceae",
            "Lachnospiraceae_unclassified",
            "environmental sample",
            "sp.",
            "gen. sp.",
            "unidentified",
        ] {
            assert!(is_placeholder(text), "{text}");
        }
        for text in
            ["Bombus", "Bombus sp.", "Firmicutes_A", "Escherichia-Shigella", "Candidatus Nitrosocosmicus", "Ignotus aenigmaticus"]
        {
            assert!(!is_placeholder(text), "{text}");
        }
        assert_eq!(taxon_beside("unclassified_Lachnospiraceae").as_deref(), Some("Lachnospiraceae"));
        assert_eq!(taxon_beside("Ascomycota_gen_Incertae_sedis").as_deref(), Some("Ascomycota"));
        assert_eq!(taxon_beside("uncultured bacterium"), None);
    }

    #[test]
    fn pictures_may_be_empty_or_show_no_organism() {
        assert!(is_empty_picture("Blank") && is_empty_picture("no_animal") && !is_empty_picture("Emptya"));
        assert!(is_no_organism("vehicle") && is_no_organism("Person") && !is_no_organism("Homo sapiens"));
    }
}
