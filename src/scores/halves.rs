//! The two parts of the images: one that thresholds and temperatures are tuned on, one they are tried on.

use super::given::Given;
use crate::answers::Answers;
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;

/// Which images are tuned on (true), and how they were chosen; whatever the order of the images.
pub(super) struct Halves {
    pub tuned: Vec<bool>,
    pub chosen: String,
    /// Whether chance chose.
    pub drawn: bool,
}

/// Names of splits that are there to tune on.
const TUNING: [&str; 6] = ["val", "valid", "validation", "calibration", "calib", "dev"];

impl Halves {
    pub fn of(answers: &Answers, given: &[Given]) -> Self {
        if let Some(splits) = &answers.splits {
            let tuned: Vec<bool> =
                given.iter().map(|given| TUNING.contains(&splits[given.image].trim().to_lowercase().as_str())).collect();
            if tuned.contains(&true) && tuned.contains(&false) {
                return Self { tuned, chosen: "the validation split".to_string(), drawn: false };
            }
        }
        let name = |given: &Given| match &answers.observations {
            Some(observations) => observations[given.image].as_str(),
            None => answers.images[given.image].as_str(),
        };
        let mut names: Vec<&str> = given.iter().map(name).collect::<BTreeSet<_>>().into_iter().collect();
        names.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
        let half: BTreeSet<&str> = names[..names.len() / 2].iter().copied().collect();
        let by = if answers.observations.is_some() { "observations" } else { "images" };
        Self {
            tuned: given.iter().map(|given| half.contains(name(given))).collect(),
            chosen: format!("a random half of the {by}, seed 0"),
            drawn: true,
        }
    }

    /// The images that thresholds and temperatures are tuned on.
    pub fn tuned_on<'g>(&self, given: &'g [Given]) -> Vec<&'g Given> {
        given.iter().zip(&self.tuned).filter(|(_, is_tuned)| **is_tuned).map(|(given, _)| given).collect()
    }

    /// The others, which these are tried on.
    pub fn tried_on<'g>(&self, given: &'g [Given]) -> Vec<&'g Given> {
        given.iter().zip(&self.tuned).filter(|(_, is_tuned)| !**is_tuned).map(|(given, _)| given).collect()
    }
}
