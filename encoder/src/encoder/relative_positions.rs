//! What T5 adds to the products of queries and keys by the distance between tokens.

use super::description::transformer::RelativePositions;
use super::weights::{Weights, WeightsError};
use tch::{TchError, Tensor};

/// The table of what is added, by bucket of distance and head.
#[derive(Debug)]
pub struct RelativeTable {
    /// `[buckets, heads]`.
    table: Tensor,
    buckets: i64,
    furthest: i64,
}

impl RelativeTable {
    /// Takes the table.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, names: &RelativePositions) -> Result<RelativeTable, WeightsError> {
        Ok(RelativeTable { table: weights.take(&names.table)?, buckets: names.buckets, furthest: names.furthest })
    }

    /// What is added among so many tokens.
    ///
    /// # Shapes
    ///
    /// Returns `[1, heads, length, length]`, queries in rows.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `transformers` 5, `modeling_t5.py`, `T5Attention.compute_bias`.
    pub fn added(&self, length: i64) -> Result<Tensor, TchError> {
        let pairs = (0..length).flat_map(|query| (0..length).map(move |key| key - query));
        let buckets: Vec<i64> = pairs.map(|distance| bucket(distance, self.buckets, self.furthest)).collect();
        let buckets = Tensor::f_from_slice(&buckets)?.f_to_device(self.table.device())?;
        self.table.f_index_select(0, &buckets)?.f_view([length, length, -1])?.f_permute([2, 0, 1])?.f_unsqueeze(0)?.f_contiguous()
    }
}

/// The bucket of a distance, key less query: half of the buckets for keys that come after; of each half the first half
/// are single distances, and the others grow with the logarithm up to `furthest`.
#[expect(clippy::cast_precision_loss, clippy::cast_possible_truncation, reason = "single precision and cut off, as T5 has it")]
fn bucket(distance: i64, buckets: i64, furthest: i64) -> i64 {
    let half = buckets / 2;
    let after = if distance > 0 { half } else { 0 };
    let distance = distance.abs();
    let exact = half / 2;
    if distance < exact {
        return after + distance;
    }
    let growth = (distance as f32 / exact as f32).ln() / ((furthest as f64 / exact as f64).ln() as f32);
    let grown = exact + (growth * (half - exact) as f32) as i64;
    after + grown.min(half - 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn buckets_are_those_of_t5() {
        // T5Attention._relative_position_bucket(torch.tensor(distances), True, 32, 128)
        let distances = [-200, -128, -64, -20, -9, -8, -7, -1, 0, 1, 7, 8, 11, 12, 16, 50, 127, 1000];
        let expected = [15, 15, 14, 10, 8, 8, 7, 1, 0, 17, 23, 24, 24, 25, 26, 29, 31, 31];
        assert_eq!(distances.map(|distance| bucket(distance, 32, 128)), expected);
    }
}
