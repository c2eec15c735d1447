//! Where `report`, `compare`, `latent` and `retrieve` may write, and in which language.

use super::cli::LanguageChoice;
use crate::report::Overwrite;
use crate::report::language::Language;

/// What may be written over with or without `--force`.
pub(super) fn overwrite(force: bool) -> Overwrite {
    if force { Overwrite::Anything } else { Overwrite::OwnReport }
}

/// The language of a page.
pub(super) fn language(choice: LanguageChoice) -> Language {
    match choice {
        LanguageChoice::En => Language::English,
        LanguageChoice::Fr => Language::French,
        LanguageChoice::Es => Language::Spanish,
    }
}
