//! What makes two rows near.

/// What makes two rows near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Similarity {
    /// Cosine of the angle; 0 for a row of zeros.
    Cosine,
    /// Inner product.
    Inner,
    /// Minus the Euclidean distance.
    Euclidean,
}
