//! What a page of two sets is made of.

use crate::report::language::Language;
use crate::report::shifting::Shifted;

/// How what was compared is written.
#[derive(Debug, Clone, Copy)]
pub struct ShiftPage<'a> {
    /// What was compared.
    pub shifted: &'a Shifted,
    /// The command that made it.
    pub command_line: &'a str,
    /// The language that the page opens in.
    pub language: Language,
}

impl<'a> ShiftPage<'a> {
    /// Of sets that were compared.
    #[must_use]
    pub fn of(shifted: &'a Shifted, command_line: &'a str) -> ShiftPage<'a> {
        ShiftPage { shifted, command_line, language: Language::default() }
    }
}
