//! Tip-Adapter: zero-shot logits and a cache of labelled images, without training.

use super::{Scores, Support, unit};
use crate::numbers::vector::dot_in_order;

/// What the parts of a score are multiplied by.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Weights {
    /// The factor on cosines with the texts.
    pub scale: f64,
    /// α: weight of the cache.
    pub alpha: f64,
    /// β: sharpness of the cache.
    pub beta: f64,
}

/// `scale · cosine with the texts + α · Σ exp(−β (1 − cosine with the labelled image))`.
///
/// `texts` are the `C` label vectors, in the order of the classes.
///
/// # Source
///
/// Zhang 2022, equation 5.
#[must_use]
pub fn scores(support: &Support, texts: &[Vec<f64>], queries: &[Vec<f64>], weights: Weights) -> Vec<Scores> {
    let Weights { scale, alpha, beta } = weights;
    let images: Vec<Vec<f64>> = support.vectors.iter().map(|vector| unit(vector)).collect();
    let texts: Vec<Vec<f64>> = texts.iter().map(|vector| unit(vector)).collect();
    let score = |query: &Vec<f64>| {
        let query = unit(query);
        let mut scores: Vec<f64> = texts.iter().map(|text| scale * dot_in_order(text, &query)).collect();
        for (image, &class) in images.iter().zip(&support.classes) {
            scores[class] += alpha * (-beta * (1.0 - dot_in_order(image, &query))).exp();
        }
        scores
    };
    queries.iter().map(score).collect()
}

#[cfg(test)]
mod tests {
    use crate::spaces::probe::best;
    use crate::spaces::probe::twelve::{Length, QUERIES, SUPPORT, near, rows, support};

    #[test]
    fn five_points_and_five_texts_name_seven() {
        let texts = [[1.0, 0.1, 0.1], [0.7, 0.7, 0.0], [0.4, 0.1, 0.9], [-0.9, 0.3, 0.1], [-0.6, -0.6, 0.3]];
        let texts: Vec<Vec<f64>> = texts.iter().map(|text| text.to_vec()).collect();
        let scores = |alpha| {
            let weights = super::Weights { scale: 100.0, alpha, beta: 5.5 };
            super::scores(&support(&SUPPORT, Length::Unit), &texts, &rows(&QUERIES, Length::Unit), weights)
        };
        let of_texts = [87.327_260_464, 94.491_118_252, 62.094_163_423, -56.033_181_468, -80.178_372_574];
        near(&scores(0.0)[6], &of_texts);
        let of_images = [0.440_631_569, 0.816_802_25, 0.164_426_451, 0.000_229_264, 0.000_073_344];
        let both: Vec<f64> = of_texts.iter().zip(of_images).map(|(text, image)| text + image).collect();
        near(&scores(1.0)[6], &both);
        let found: Vec<usize> = scores(1.0).iter().map(|scores| best(scores)).collect();
        assert_eq!(found, [0, 0, 1, 2, 3, 3, 1]);
    }
}
