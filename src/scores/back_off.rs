//! The answers of the back-off rule to every threshold, image by image: what moves while a threshold is moved.

use super::given::Given;
use crate::taxonomy::TaxonId;

/// Answers by falling threshold for `N` images, in one array.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct BackOffSteps {
    /// Steps of image `i` are `starts[i]..starts[i + 1]`; `N + 1` entries.
    starts: Vec<usize>,
    thresholds: Vec<f32>,
    taxa: Vec<TaxonId>,
}

impl BackOffSteps {
    /// Of the images that are scored, in order, among `images`.
    pub(super) fn of(images: usize, given: &[Given]) -> Self {
        let count = given.iter().map(|given| given.pareto.len()).sum();
        let (mut thresholds, mut taxa) = (Vec::with_capacity(count), Vec::with_capacity(count));
        let mut starts = Vec::with_capacity(images + 1);
        let mut scored = given.iter().peekable();
        for image in 0..images {
            starts.push(taxa.len());
            if let Some(given) = scored.next_if(|given| given.image == image) {
                thresholds.extend(given.pareto.iter().map(|(threshold, _)| single(*threshold)));
                taxa.extend(given.pareto.iter().map(|(_, taxon)| *taxon));
            }
        }
        starts.push(taxa.len());
        Self { starts, thresholds, taxa }
    }

    /// The answers for an image by falling threshold: to a threshold `t` the last whose own is at least `t` is given. None
    /// for an image that is not scored.
    pub fn of_image(&self, image: usize) -> impl Iterator<Item = (f32, TaxonId)> + '_ {
        let range = self.starts[image]..self.starts[image + 1];
        self.thresholds[range.clone()].iter().copied().zip(self.taxa[range].iter().copied())
    }
}

/// In single precision, and never below: an answer that reaches a threshold still does.
fn single(threshold: f64) -> f32 {
    #[expect(clippy::cast_possible_truncation, reason = "the nearest number, and then the one above")]
    let near = threshold as f32;
    if f64::from(near) < threshold { near.next_up() } else { near }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn given(image: usize, pareto: Vec<(f64, TaxonId)>) -> Given {
        Given {
            image,
            truth: None,
            summed: [None; 7],
            top_down: TaxonId::ROOT,
            expected_height: TaxonId::ROOT,
            back_off: TaxonId::ROOT,
            roll_up: None,
            confidences: std::array::from_fn(|_| None),
            pareto,
            climb: vec![],
        }
    }

    #[test]
    fn images_that_are_not_scored_have_no_steps() {
        let steps = [(1.0, TaxonId::ROOT), (0.7, TaxonId(3))];
        let found = BackOffSteps::of(4, &[given(1, steps.to_vec()), given(2, vec![(1.0, TaxonId(2))])]);
        let of = |image: usize| found.of_image(image).map(|(_, taxon)| taxon).collect::<Vec<_>>();
        assert_eq!([0, 1, 2, 3].map(of), [vec![], vec![TaxonId::ROOT, TaxonId(3)], vec![TaxonId(2)], vec![]]);
        let thresholds: Vec<f64> = found.of_image(1).map(|(threshold, _)| f64::from(threshold)).collect();
        // The nearest single number to 0.7 is below it.
        assert!(thresholds[0].total_cmp(&1.0).is_eq() && thresholds[1] >= 0.7 && thresholds[1] < 0.700_000_1);
        assert!(f64::from(single(0.1)) >= 0.1 && single(0.5).total_cmp(&0.5).is_eq());
    }
}
