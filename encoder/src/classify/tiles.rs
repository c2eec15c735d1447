//! Tiles of photographs: how they are cut, and how what is seen of them becomes what is said of a photograph.

use nearmiss::answers::observation::Pool;
use nearmiss::photographs::tiles::TileGrid;
use rayon::prelude::*;
use std::fmt;

/// How photographs are cut into tiles, and how the probabilities of the tiles of one become those of the photograph.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Tiles {
    /// How they are cut.
    pub grid: TileGrid,
    /// What becomes of their probabilities; they always add up to 1.
    pub pool: TilePool,
}

/// How the probabilities of the tiles of a photograph become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum TilePool {
    /// The largest, scaled to add up to 1: what one tile shows is not outvoted by those that do not show it.
    #[default]
    Max,
    /// Their mean.
    Mean,
}

impl TilePool {
    /// `max` or `mean`, which stand for the same in observations.
    fn pool(self) -> Pool {
        match self {
            TilePool::Max => Pool::Max,
            TilePool::Mean => Pool::Mean,
        }
    }
}

impl fmt::Display for Tiles {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}, {}", self.grid, self.pool.pool().name())
    }
}

/// The vector of a photograph: the mean of the unit vectors of its tiles, made of length 1; `None` where there is none.
///
/// # Shapes
///
/// `tiles`: `D` numbers for each; returns `D`. Vectors that cancel each other out have no direction: all is 0 then.
pub(super) fn mean_direction(tiles: &[Vec<f32>]) -> Option<Vec<f32>> {
    let width = tiles.first()?.len();
    let mut sums = vec![0.0_f64; width];
    for tile in tiles {
        sums.iter_mut().zip(tile).for_each(|(sum, &value)| *sum += f64::from(value));
    }
    let length = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    let unit = |sum: f64| if length > 0.0 { sum / length } else { 0.0 };
    Some(sums.into_iter().map(|sum| single(unit(sum))).collect())
}

/// The pooled probabilities of tiles, as logits: the softmax of these is what was pooled.
///
/// # Shapes
///
/// `tiles`: `C` logits for each, `-∞` for a candidate that gets no probability; returns `C`, all finite.
pub(super) fn pooled_logits(tiles: &[Vec<f32>], pool: TilePool) -> Vec<f32> {
    let probabilities: Vec<Vec<f64>> = tiles.par_iter().map(|logits| softmax(logits)).collect();
    pool.pool().pool(&probabilities).into_iter().map(|probability| single(probability.ln())).collect()
}

/// The pooled scores of pairs of tiles and candidates, as logits: the sigmoid of each is the largest, or the mean, of those of
/// the tiles. They were never a distribution, and nothing is scaled.
///
/// # Shapes
///
/// As [`pooled_logits`]; a candidate without a number has none afterwards.
pub(super) fn pooled_pairs(tiles: &[Vec<f32>], pool: TilePool) -> Vec<f32> {
    let width = tiles.first().map_or(0, Vec::len);
    let of = |candidate: usize| tiles.iter().filter_map(move |tile| tile.get(candidate).copied());
    let sum = |candidate: usize, sign: f64| of(candidate).map(|logit| sigmoid(sign * f64::from(logit))).sum::<f64>();
    let pooled = |candidate: usize| match pool {
        // A sigmoid rises with its logit.
        TilePool::Max => of(candidate).fold(f32::NAN, f32::max),
        TilePool::Mean if of(candidate).any(f32::is_nan) => f32::NAN,
        // ln p - ln (1 - p), both by their own sums: one minus a sigmoid near 1 has lost its digits.
        TilePool::Mean => {
            let [yes, no] = [1.0, -1.0].map(|sign| sum(candidate, sign).max(f64::MIN_POSITIVE).ln());
            single(yes - no)
        }
    };
    (0..width).map(pooled).collect()
}

/// Softmax in f64; all 0 where no candidate may get any probability.
fn softmax(logits: &[f32]) -> Vec<f64> {
    let largest = logits.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    if largest == f32::NEG_INFINITY {
        return vec![0.0; logits.len()];
    }
    let exponentials: Vec<f64> = logits.iter().map(|&logit| (f64::from(logit) - f64::from(largest)).exp()).collect();
    let total: f64 = exponentials.iter().sum();
    exponentials.into_iter().map(|exponential| exponential / total).collect()
}

fn sigmoid(logit: f64) -> f64 {
    1.0 / (1.0 + (-logit).exp())
}

/// In single precision, and not below the least number of it: tables hold no infinity.
#[expect(clippy::cast_possible_truncation, reason = "tables hold vectors and logits in single precision")]
fn single(value: f64) -> f32 {
    (value as f32).max(f32::MIN)
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        assert!(found.iter().zip(expected).all(|(a, b)| (a - b).abs() < 1e-6), "{found:?} {expected:?}");
    }

    fn logits(probabilities: &[f32]) -> Vec<f32> {
        probabilities.iter().map(|p| p.ln()).collect()
    }

    #[test]
    fn three_tiles_are_pooled_by_hand() {
        // The second tile shows the third candidate clearly; in the sums of logits of a tile 2 are added, which a softmax drops.
        let tiles = [
            logits(&[0.7, 0.2, 0.1]).iter().map(|logit| logit + 2.0).collect(),
            logits(&[0.1, 0.0, 0.9]),
            logits(&[0.5, 0.3, 0.2]),
        ];
        let pooled = |pool| softmax(&pooled_logits(&tiles, pool));
        // 1.3, 0.5 and 1.2 of 3.
        near(&pooled(TilePool::Mean), &[1.3 / 3.0, 0.5 / 3.0, 0.4]);
        // 0.7, 0.3 and 0.9 of 1.9.
        near(&pooled(TilePool::Max), &[0.7 / 1.9, 0.3 / 1.9, 0.9 / 1.9]);
    }

    #[test]
    fn a_candidate_that_no_tile_may_answer_has_the_least_number_and_no_probability() {
        let tiles = [vec![0.0, f32::NEG_INFINITY, 3.0_f32.ln()], vec![0.0, f32::NEG_INFINITY, 0.0]];
        let pooled = pooled_logits(&tiles, TilePool::Mean);
        assert!(pooled[1] <= f32::MIN, "{pooled:?}");
        // 1 of 4 and 1 of 2, 3 of 4 and 1 of 2.
        near(&softmax(&pooled), &[0.375, 0.0, 0.625]);
        let none = pooled_logits(&[vec![f32::NEG_INFINITY; 2]], TilePool::Max);
        assert_eq!(none, [f32::MIN; 2]);
    }

    #[test]
    fn pairs_are_pooled_one_by_one() {
        // Sigmoids 0.75 and 0.5; 0.25 and 0.2; without a number.
        let tiles = [vec![3.0_f32.ln(), -(3.0_f32.ln()), f32::NAN], vec![0.0, -(4.0_f32.ln()), f32::NAN]];
        let pooled = |pool| pooled_pairs(&tiles, pool).into_iter().map(|logit| sigmoid(f64::from(logit))).collect::<Vec<_>>();
        near(&pooled(TilePool::Mean)[..2], &[0.625, 0.225]);
        near(&pooled(TilePool::Max)[..2], &[0.75, 0.25]);
        assert!(pooled(TilePool::Mean)[2].is_nan() && pooled(TilePool::Max)[2].is_nan());
        // Near 1 the logits still differ.
        let sure = pooled_pairs(&[vec![40.0, 60.0], vec![40.0, 60.0]], TilePool::Mean);
        assert!((sure[0] - 40.0).abs() < 1e-4 && (sure[1] - 60.0).abs() < 1e-4, "{sure:?}");
    }

    #[test]
    fn the_vector_of_a_photograph_is_the_direction_of_the_mean_of_its_tiles() {
        // (1, 0) twice and (0.6, 0.8): (2.6, 0.8), of length √7.4.
        let tiles = [vec![1.0, 0.0], vec![0.6, 0.8], vec![1.0, 0.0]];
        let vector: Vec<f64> = mean_direction(&tiles).unwrap().into_iter().map(f64::from).collect();
        near(&vector, &[2.6 / 7.4_f64.sqrt(), 0.8 / 7.4_f64.sqrt()]);
        assert_eq!(mean_direction(&[vec![1.0, 0.0], vec![-1.0, 0.0]]), Some(vec![0.0, 0.0]));
        assert_eq!(mean_direction(&[]), None);
    }

    #[test]
    fn the_record_says_how_it_was_cut_and_pooled() {
        let grid = "3x3".parse::<TileGrid>().unwrap().with_overlap(0.1).unwrap();
        assert_eq!(Tiles { grid, pool: TilePool::Mean }.to_string(), "3x3, overlap 0.1, mean");
    }
}
