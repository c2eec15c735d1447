//! The languages whose common names are kept.

/// Language of a common name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Language {
    English,
    French,
}

impl Language {
    /// From `en`, `eng`, `English`, `fr`, `fra`, `fre`, `Français`, ...; `None` for any other.
    pub(super) fn parse(word: &str) -> Option<Language> {
        let word = word.trim().to_lowercase();
        if word == "en" || word == "eng" || word.starts_with("en-") || word.starts_with("english") || word == "anglais" {
            Some(Language::English)
        } else if matches!(word.as_str(), "fr" | "fra" | "fre" | "français" | "francais" | "french") || word.starts_with("fr-") {
            Some(Language::French)
        } else {
            None
        }
    }
}
