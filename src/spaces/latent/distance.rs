//! How far apart two vectors of a space are.

use crate::numbers::neighbours::Rows;
use crate::numbers::vector::{cosine, squared_distance};

/// How distance is measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Distance {
    /// Length of the difference.
    Euclidean,
    /// One less the cosine of the angle.
    Cosine,
}

impl Distance {
    /// Both, in the order in which they are reported.
    pub const ALL: [Distance; 2] = [Distance::Euclidean, Distance::Cosine];

    /// Its name in files.
    pub fn name(self) -> &'static str {
        match self {
            Distance::Euclidean => "euclidean",
            Distance::Cosine => "cosine",
        }
    }

    /// How far apart two vectors are.
    pub fn between(self, a: &[f64], b: &[f64]) -> f64 {
        match self {
            Distance::Euclidean => squared_distance(a, b).sqrt(),
            Distance::Cosine => 1.0 - cosine(a, b),
        }
    }

    /// The scale of distances between rows: 1 for cosines, else the length of the longest.
    pub fn scale(self, rows: Rows<'_>) -> f64 {
        match self {
            Distance::Euclidean => rows.longest(),
            Distance::Cosine => 1.0,
        }
    }
}
