//! The language of pages.

use clap::ValueEnum;

/// The language that a page opens in; it can be changed on the page.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LanguageChoice {
    /// English.
    En,
    /// French.
    Fr,
    /// Spanish.
    Es,
}
