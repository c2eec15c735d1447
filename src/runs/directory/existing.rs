//! What is done about what lies in the output folder already.

/// What an unfinished or foreign run directory means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Existing {
    /// A run of the same identity is continued, anything else refused.
    #[default]
    Continued,
    /// What is there is replaced.
    Replaced,
}
