//! Classifiers on frozen embeddings: a few labelled images, no training of the encoder.
//!
//! Vectors come in as rows; every method gives `[Q, C]` scores, the highest the answer. [`probing`] does it with a run
//! directory, from options to a new one.

pub mod config;
pub mod logistic;
pub mod nearest;
pub mod ridge;
pub mod simple_shot;
pub mod tip_adapter;
mod error;
mod split;
pub mod probing;

use crate::numbers::vector::dot_in_order;

/// Labelled vectors: `S` rows of length `D` and the class of each, `0..C`.
#[derive(Debug, Clone, PartialEq)]
pub struct Support {
    /// The vectors.
    pub vectors: Vec<Vec<f64>>,
    /// Their classes.
    pub classes: Vec<usize>,
    /// Number of classes C; each has at least one vector.
    pub count: usize,
}

/// Scores of one query, a number per class.
pub type Scores = Vec<f64>;

fn unit(vector: &[f64]) -> Vec<f64> {
    let length = dot_in_order(vector, vector).sqrt();
    vector.iter().map(|value| if length > 0.0 { value / length } else { 0.0 }).collect()
}

/// The place of the highest score; of equals the first.
#[must_use]
pub fn best(scores: &[f64]) -> usize {
    let better = |best: usize, (place, score): (usize, &f64)| if *score > scores[best] { place } else { best };
    scores.iter().enumerate().fold(0, better)
}

#[cfg(test)]
pub(crate) mod twelve {
    //! Twelve points of three numbers in five classes, on which the references were run.

    use super::{Support, unit};

    /// How long the points' vectors are.
    #[derive(Clone, Copy, PartialEq)]
    pub enum Length {
        /// As they are given.
        Given,
        /// 1.
        Unit,
    }

    pub const POINTS: [[f64; 3]; 12] = [
        [1.0, 0.1, 0.0],
        [0.9, 0.2, 0.1],
        [1.1, 0.0, 0.1],
        [0.8, 0.5, 0.0],
        [0.7, 0.6, 0.1],
        [0.5, 0.1, 0.9],
        [0.4, 0.2, 1.0],
        [-0.9, 0.3, 0.2],
        [-1.0, 0.2, 0.1],
        [-0.8, 0.4, 0.2],
        [-0.6, -0.5, 0.4],
        [0.6, 0.4, 0.2],
    ];
    pub const CLASSES: [usize; 12] = [0, 0, 0, 1, 1, 2, 2, 3, 3, 3, 4, 4];
    /// One of each class, and the others.
    pub const SUPPORT: [usize; 5] = [0, 3, 5, 7, 10];
    pub const QUERIES: [usize; 7] = [1, 2, 4, 6, 8, 9, 11];

    pub fn rows(places: &[usize], length: Length) -> Vec<Vec<f64>> {
        let row = |&place: &usize| if length == Length::Unit { unit(&POINTS[place]) } else { POINTS[place].to_vec() };
        places.iter().map(row).collect()
    }

    pub fn support(places: &[usize], length: Length) -> Support {
        Support { vectors: rows(places, length), classes: places.iter().map(|&place| CLASSES[place]).collect(), count: 5 }
    }

    pub fn all() -> Vec<usize> {
        (0..12).collect()
    }

    pub fn near(found: &[f64], expected: &[f64]) {
        assert_eq!(found.len(), expected.len());
        for (found, expected) in found.iter().zip(expected) {
            assert!((found - expected).abs() < 2e-9, "{found} {expected}");
        }
    }
}
