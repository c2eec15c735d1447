//! Distributions from unit vectors: softmax of scaled cosines.

use ndarray::{Array2, ArrayView1, ArrayView2};

/// Unit vectors of `N` images and `C` candidates, both of length `D`.
#[derive(Debug)]
pub struct Vectors {
    /// Row of each image in `vectors`; `None` where it has none.
    rows: Vec<Option<usize>>,
    /// One row per image that has a vector.
    images: Vec<f32>,
    /// `C × D`.
    labels: Vec<f32>,
    usable: Vec<bool>,
    width: usize,
    scale: f64,
}

impl Vectors {
    /// Takes image vectors by row (`None` where an image has none), `C × D` label vectors and the
    /// factor on cosines. A label of a zero or non-finite vector gets no probability.
    #[must_use]
    pub fn new(rows: Vec<Option<usize>>, vectors: Vec<f32>, labels: Vec<f32>, width: usize, scale: f64) -> Self {
        let usable = labels.chunks(width.max(1)).map(|label| {
            let length: f32 = label.iter().map(|value| value * value).sum();
            length.is_finite() && length > 0.0
        });
        Self { rows, images: vectors, usable: usable.collect(), labels, width, scale }
    }

    /// The vector of an image; `None` where it has none.
    #[must_use]
    pub fn image(&self, image: usize) -> Option<&[f32]> {
        let row = (*self.rows.get(image)?)?;
        self.images.get(row * self.width..(row + 1) * self.width)
    }

    /// The vector of a candidate.
    #[must_use]
    pub fn label(&self, candidate: usize) -> Option<&[f32]> {
        self.labels.get(candidate * self.width..(candidate + 1) * self.width)
    }

    /// Length of a vector.
    #[must_use]
    pub fn width(&self) -> usize {
        self.width
    }

    /// The factor on cosines.
    #[must_use]
    pub fn scale(&self) -> f64 {
        self.scale
    }

    pub(super) fn images(&self) -> usize {
        self.rows.len()
    }

    /// Cosines of some images with all labels.
    pub(super) fn logits(&self, images: &[usize]) -> Array2<f32> {
        let count = self.usable.len();
        let mut block = vec![0.0_f32; images.len() * self.width];
        for (row, image) in block.chunks_mut(self.width.max(1)).zip(images) {
            if let Some(at) = self.rows[*image] {
                row.copy_from_slice(&self.images[at * self.width..(at + 1) * self.width]);
            }
        }
        let images_block = ArrayView2::from_shape((images.len(), self.width), &block);
        let labels = ArrayView2::from_shape((count, self.width), &self.labels);
        match (images_block, labels) {
            (Ok(images), Ok(labels)) => images.dot(&labels.t()),
            _ => Array2::zeros((images.len(), count)),
        }
    }

    /// Softmax of one row of cosines in f64; false where the image has no vector.
    pub(super) fn softmax(&self, image: usize, cosines: ArrayView1<'_, f32>, probabilities: &mut [f64]) -> bool {
        if self.rows[image].is_none() {
            return false;
        }
        let logits = |(cosine, usable): (&f32, &bool)| if *usable { f64::from(*cosine) * self.scale } else { f64::NEG_INFINITY };
        let largest = cosines.iter().zip(&self.usable).map(logits).fold(f64::NEG_INFINITY, f64::max);
        let mut total = 0.0;
        for (probability, pair) in probabilities.iter_mut().zip(cosines.iter().zip(&self.usable)) {
            *probability = if *pair.1 { (logits(pair) - largest).exp() } else { 0.0 };
            total += *probability;
        }
        if total > 0.0 {
            for probability in probabilities.iter_mut() {
                *probability /= total;
            }
        }
        total > 0.0
    }

    /// Minus the logarithm of the sum of the exponentials of the scaled cosines; `None` where the image has no vector, or no
    /// label a direction.
    pub(super) fn energy(&self, image: usize, cosines: ArrayView1<'_, f32>) -> Option<f64> {
        (*self.rows.get(image)?)?;
        let pairs = || cosines.iter().zip(&self.usable).filter(|(_, usable)| **usable);
        let logits = || pairs().map(|(cosine, _)| f64::from(*cosine) * self.scale);
        let largest = logits().fold(f64::NEG_INFINITY, f64::max);
        let total: f64 = logits().map(|logit| (logit - largest).exp()).sum();
        largest.is_finite().then(|| -(largest + total.ln()))
    }
}
