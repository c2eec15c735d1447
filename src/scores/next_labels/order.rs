//! The order in which images are to be labelled, and what is known of the models so far.

use super::coda::Coda;
use super::disagreement::Disagreement;
use super::error::NextLabelsError;
use super::votes::Votes;
use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::{share, wilson};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use serde::Serialize;
use std::collections::BTreeMap;

/// How images are chosen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// By the information that a label is expected to give on which model is best (Kay et al. 2025).
    #[default]
    Coda,
    /// By the share of pairs of models that disagree.
    Disagreement,
    /// By the mean height at which pairs of models disagree.
    Height,
    /// At random.
    Random,
}

impl Method {
    /// All of them.
    pub const ALL: [Method; 4] = [Method::Coda, Method::Disagreement, Method::Height, Method::Random];

    /// One word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Method::Coda => "coda",
            Method::Disagreement => "disagreement",
            Method::Height => "height",
            Method::Random => "random",
        }
    }
}

/// What is known of a model.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::next_labels, under its own name")]
pub struct ModelEstimate {
    pub name: String,
    pub p_best: f64,
    pub labelled: u64,
    pub accuracy: Option<f64>,
    pub intervals: MetricIntervals,
}

/// An image at its place in the order.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::next_labels, under its own name")]
pub struct OrderedImage {
    /// Place of the image.
    pub image: usize,
    /// What it is ordered by; `None` where the method says nothing of it.
    pub score: Option<f64>,
    pub information: Option<f64>,
    pub disagreement: Disagreement,
}

/// The order of images.
#[derive(Debug, Clone)]
pub struct Order {
    /// How they were chosen.
    pub method: Method,
    /// The images that are not labelled, next one first.
    pub images: Vec<OrderedImage>,
    /// The models, in their order.
    pub models: Vec<ModelEstimate>,
    /// Unlabelled images on which all models agree.
    pub agreed: u64,
}

impl Order {
    /// Orders the images that have no truth, with what the others say of the models.
    ///
    /// # Errors
    ///
    /// [`NextLabelsError::NothingLeft`] where every image has one.
    pub fn of(votes: &Votes, method: Method, seed: u64) -> Result<Order, NextLabelsError> {
        let mut coda = Coda::new(votes);
        let known = votes.truths.iter().enumerate().filter_map(|(image, truth)| Some((image, (*truth)?)));
        let known: Vec<(usize, usize)> = known.collect();
        for (image, truth) in &known {
            coda.label(*image, *truth);
        }
        if coda.unlabelled.is_empty() {
            return Err(NextLabelsError::NothingLeft);
        }
        let p_best = coda.p_best();
        let information: BTreeMap<usize, f64> = coda.information().into_iter().collect();
        let mut images = coda.unlabelled.clone();
        if method == Method::Random {
            images.shuffle(&mut ChaCha8Rng::seed_from_u64(seed));
        }
        let of_image = |image: usize| {
            let (information, disagreement) = (information.get(&image).copied(), Disagreement::of(votes, image));
            let score = match method {
                Method::Coda => information,
                Method::Disagreement => Some(disagreement.pairs_disagree),
                Method::Height => Some(disagreement.pair_height),
                Method::Random => None,
            };
            OrderedImage { image, score, information, disagreement }
        };
        let mut images: Vec<OrderedImage> = images.into_par_iter().map(of_image).collect();
        // Without a score behind those with one; what is equal stays in the order of the table.
        images.sort_by(|one, other| {
            let score = |image: &OrderedImage| image.score.unwrap_or(f64::NEG_INFINITY);
            score(other).total_cmp(&score(one))
        });
        let agreed = images.iter().filter(|image| votes.agree(image.image)).count() as u64;
        Ok(Order { method, images, models: models(votes, &known, &p_best), agreed })
    }
}

/// What the labelled images say of the models.
fn models(votes: &Votes, known: &[(usize, usize)], p_best: &[f64]) -> Vec<ModelEstimate> {
    let of_model = |((name, answers), p_best): ((&String, &Vec<usize>), &f64)| {
        let right = known.iter().filter(|(image, truth)| answers[*image] == *truth).count() as u64;
        let labelled = known.len() as u64;
        let mut intervals = MetricIntervals::default();
        if let Some(interval) = wilson(right, labelled) {
            intervals.add("accuracy", Ok(interval), "images");
        }
        ModelEstimate { name: name.clone(), p_best: *p_best, labelled, accuracy: share(right, labelled), intervals }
    };
    votes.models.iter().zip(&votes.answers).zip(p_best).map(of_model).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::next_labels::votes::tests::votes;
    use polars::prelude::df;

    #[test]
    fn images_that_models_differ_on_come_first_and_labels_are_taken_into_account() {
        let images = ["1", "2", "3", "4"];
        let truth = [None, Some("Felis catus"), None, None::<&str>];
        let a =
            df!("image" => images, "truth" => truth, "predicted" => ["Felis catus", "Felis catus", "Lynx lynx", "Felis catus"])
                .unwrap();
        let b = df!("image" => images, "predicted" => ["Felis catus", "Lynx lynx", "Felis catus", "Vulpes vulpes"]).unwrap();
        let (votes, _) = votes(vec![("a", a), ("b", b)], None).unwrap();
        let order = Order::of(&votes, Method::Coda, 0).unwrap();
        let mut places: Vec<usize> = order.images.iter().map(|image| image.image).collect();
        assert_eq!((places.len(), places[2], order.agreed), (3, 0, 1), "image 2 is labelled, image 1 agreed on");
        assert_eq!(order.images[2].score, None);
        assert_eq!(
            order.models.iter().map(|model| (model.labelled, model.accuracy)).collect::<Vec<_>>(),
            [(1, Some(1.0)), (1, Some(0.0))]
        );
        assert!(order.models[0].p_best > order.models[1].p_best, "{:?}", order.models);
        let random = Order::of(&votes, Method::Random, 3).unwrap();
        places.sort_unstable();
        let mut drawn: Vec<usize> = random.images.iter().map(|image| image.image).collect();
        assert_eq!(random.images, Order::of(&votes, Method::Random, 3).unwrap().images);
        drawn.sort_unstable();
        assert_eq!(drawn, places);
    }
}
