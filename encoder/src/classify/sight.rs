//! What sees photographs: an encoder, which gives vectors, or a classifier, which gives logits and perhaps vectors.

use super::error::ClassifyError;
use crate::encoder::classifier::Classifier;
use crate::encoder::classifier::outputs::Outputs;
use crate::encoder::{BegunImages, Encoder};
use tch::{TchError, Tensor};

/// What sees photographs.
#[derive(Clone, Copy)]
pub enum Sight<'a> {
    /// Vectors from pixels.
    Encoder(&'a Encoder),
    /// Numbers for classes from pixels.
    Classifier(&'a Classifier),
}

/// What is seen and may still be under way on its device.
pub(super) enum BegunSight {
    Vectors(BegunImages),
    /// A classifier's work is done at once.
    Outputs(Outputs),
}

/// What was seen of images, a row each.
#[derive(Default)]
pub(super) struct Rows {
    /// Unit vectors; `None` where there are none of any image.
    pub(super) vectors: Option<Vec<Vec<f32>>>,
    /// Logits of classes; `None` for an encoder.
    pub(super) logits: Option<Vec<Vec<f32>>>,
}

impl Rows {
    /// These, and behind them those of more images.
    fn and(self, more: Rows) -> Rows {
        Rows { vectors: joined(self.vectors, more.vectors), logits: joined(self.logits, more.logits) }
    }

    /// The first `count` of each, taken away.
    pub(super) fn take(&mut self, count: usize) -> Rows {
        let first = |rows: &mut Option<Vec<Vec<f32>>>| {
            let rows = rows.as_mut()?;
            Some(rows.drain(..count.min(rows.len())).collect())
        };
        Rows { vectors: first(&mut self.vectors), logits: first(&mut self.logits) }
    }
}

fn joined<T>(first: Option<Vec<T>>, second: Option<Vec<T>>) -> Option<Vec<T>> {
    match (first, second) {
        (Some(mut first), Some(second)) => {
            first.extend(second);
            Some(first)
        }
        (first, second) => first.or(second),
    }
}

impl Sight<'_> {
    /// Begins with pixels `[B, 3, S, S]`.
    pub(super) fn begin(self, pixels: &Tensor) -> Result<BegunSight, ClassifyError> {
        Ok(match self {
            Sight::Encoder(encoder) => BegunSight::Vectors(encoder.begin_images(pixels)?),
            Sight::Classifier(classifier) => BegunSight::Outputs(classifier.outputs(pixels)?),
        })
    }
}

impl BegunSight {
    /// Waits for the rows.
    fn wait(self) -> Result<Rows, ClassifyError> {
        Ok(match self {
            BegunSight::Vectors(begun) => Rows { vectors: Some(rows_of(&begun.wait()?)?), logits: None },
            BegunSight::Outputs(Outputs { logits, vectors }) => Rows { vectors, logits: Some(logits) },
        })
    }
}

/// Waits for the rows of images that were begun a share at a time.
pub(super) fn wait_for_all(sights: Vec<BegunSight>) -> Result<Rows, ClassifyError> {
    sights.into_iter().try_fold(Rows::default(), |rows, sight| Ok(rows.and(sight.wait()?)))
}

fn rows_of(matrix: &Tensor) -> Result<Vec<Vec<f32>>, TchError> {
    let (_, width) = matrix.size2()?;
    let flat = Vec::<f32>::try_from(matrix.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.chunks(usize::try_from(width).unwrap_or(1).max(1)).map(<[f32]>::to_vec).collect())
}
