//! A text as the text tower reads it.

/// A text as the text tower reads it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tokens {
    /// What stands before a text, the text, what stands behind it; at most as many as the context, and no padding.
    pub ids: Vec<i64>,
    /// Whether a part of the text was cut off to fit.
    pub truncated: bool,
}
