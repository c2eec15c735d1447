//! What the intervals of a report are drawn by.

use crate::answers::{Answers, Truth};
use crate::numbers::bootstrap::{Clusters, DRAWS};
use crate::numbers::interval::Sample;
use serde::Serialize;
use std::sync::Arc;

/// What is drawn together for the intervals.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum DrawnBy {
    /// Images of one observation, where observations repeat.
    #[default]
    Observation,
    /// Images of one true taxon: for statements about other taxa of the kind.
    Taxon,
    /// Nothing: as if all images were independent.
    Image,
}

/// How the intervals were made: of shares Wilson's, on the effective number of images; of means BCa where it can be.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(tag = "method", rename_all = "snake_case")]
pub enum Intervals {
    /// Each image counts by itself.
    Images {
        /// Draws of the bootstraps of means.
        draws: usize,
        /// Where chance starts.
        seed: u64,
    },
    /// Images that belong together count together.
    Clusters {
        /// `observation` or `taxon`.
        by: &'static str,
        /// Clusters of all images.
        clusters: usize,
        /// Draws of the bootstraps of means, of whole clusters.
        draws: usize,
        /// Where chance starts.
        seed: u64,
    },
}

impl Intervals {
    /// As a caption says it.
    #[must_use]
    pub fn caption(&self) -> String {
        match self {
            Intervals::Images { .. } => "95 % Wilson intervals".to_string(),
            Intervals::Clusters { by, clusters, .. } => {
                format!("95 % Wilson intervals on the effective number of images, which show {clusters} {}", plural(by))
            }
        }
    }
}

fn plural(by: &str) -> &'static str {
    if by == "taxon" { "taxa" } else { "observations" }
}

const SEED: u64 = 0;

/// The images with what they are drawn by, and how that is said.
pub(super) fn sample(answers: &Answers, by: DrawnBy) -> (Sample, Intervals) {
    let images = Intervals::Images { draws: DRAWS, seed: SEED };
    let times = answers.times.as_deref().map(Arc::from);
    // A row that stands for several images of one observation repeats it.
    let repeat = |clusters: &Clusters| clusters.repeat() || (0..clusters.images()).any(|row| answers.times(row) > 1);
    let Some((by, clusters)) = clusters(answers, by).filter(|(_, clusters)| repeat(clusters)) else {
        return (Sample { times, ..Sample::default() }, images);
    };
    let method = Intervals::Clusters { by, clusters: clusters.len(), draws: DRAWS, seed: SEED };
    (Sample { clusters: Some(clusters), times, noun: plural(by), draws: DRAWS, seed: SEED }, method)
}

fn clusters(answers: &Answers, by: DrawnBy) -> Option<(&'static str, Clusters)> {
    match by {
        DrawnBy::Image => None,
        DrawnBy::Observation => {
            let observations = answers.observations.as_ref()?;
            Some(("observation", Clusters::by_name(observations.iter().map(String::as_str))))
        }
        DrawnBy::Taxon => {
            let name = |truth: &Truth| match truth {
                Truth::Taxon(taxon) => taxon.index().to_string(),
                Truth::Missing | Truth::Outside => String::new(),
            };
            let names: Vec<String> = answers.truths.iter().map(name).collect();
            Some(("taxon", Clusters::by_name(names.iter().map(String::as_str))))
        }
    }
}
