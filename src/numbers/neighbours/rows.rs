//! Vectors, row by row.

use crate::numbers::vector::norm;
use rayon::prelude::*;

/// Rows of length `D` in double precision.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// `N × D` values, row by row.
    pub values: &'a [f64],
    /// `D`.
    pub width: usize,
}

impl<'a> Rows<'a> {
    /// `N`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One row.
    #[must_use]
    pub fn row(&self, index: usize) -> &'a [f64] {
        &self.values[index * self.width..(index + 1) * self.width]
    }

    /// Length of the longest row.
    #[must_use]
    pub fn longest(&self) -> f64 {
        (0..self.len()).map(|row| norm(self.row(row))).fold(0.0, f64::max)
    }
}

/// Rows divided by their lengths; a row of zeros stays.
#[must_use]
pub fn normalised(rows: Rows<'_>) -> Vec<f64> {
    let mut values = rows.values.to_vec();
    values.par_chunks_mut(rows.width.max(1)).for_each(|row| {
        let length = norm(row);
        if length > 0.0 {
            for value in row {
                *value /= length;
            }
        }
    });
    values
}
