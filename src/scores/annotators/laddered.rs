//! Dawid and Skene's consensus with the tree for structure: each annotator has a probability for each height of a mistake.

use super::flat::{Said, TOLERANCE, change, shares};
use super::ladder::{Ladder, STEPS};
use crate::numbers::statistics::to_f64;
use rayon::prelude::*;

/// What was fitted.
#[derive(Debug, Clone)]
pub(super) struct Laddered {
    /// Logarithm of the share of each tip.
    prior: Vec<f64>,
    /// For each annotator the probability of each step.
    pub steps: Vec<[f64; STEPS]>,
    /// Logarithm of the likelihood of all labels.
    pub log_likelihood: f64,
    /// Rounds taken.
    pub rounds: u32,
    /// Whether it ended by itself.
    pub converged: bool,
}

/// What is expected of an image: the probability of each tip, the logarithm of the likelihood of its labels, and for each label
/// how much of it is of which step.
struct Expected {
    posterior: Vec<f64>,
    log_likelihood: f64,
    steps: Vec<[f64; STEPS]>,
}

/// Fits steps of annotators by expectation–maximisation, from the votes on, those of a clade spread over its tips. The shares of
/// the tips are those of the votes and stay so: fitted as well, they would explain images of which each shows another species
/// by a few species that everybody gets wrong.
///
/// Labels of images are places in the list of labels. `smoothing` right labels are added to every annotator, and as many that are
/// spread over the steps; to the tips as many, spread evenly. `most` is the number of rounds at most.
pub(super) fn fit(ladder: &Ladder, images: &[Said], annotators: usize, smoothing: f64, most: u32) -> Laddered {
    let mut expected: Vec<Expected> = images.iter().map(|said| votes(ladder, said)).collect();
    let prior = prior(&expected, ladder.tips.len(), smoothing);
    let mut rounds = 0;
    loop {
        rounds += 1;
        let steps = maximise(images, &expected, annotators, smoothing);
        let mut fitted = Laddered { prior: prior.clone(), steps, log_likelihood: 0.0, rounds, converged: false };
        let next: Vec<Expected> = images.par_iter().map(|said| fitted.expected(ladder, said)).collect();
        fitted.log_likelihood = next.iter().map(|image| image.log_likelihood).sum();
        let changes = next.iter().zip(&expected).map(|(now, before)| change(&now.posterior, &before.posterior));
        fitted.converged = changes.fold(0.0, f64::max) <= TOLERANCE;
        if fitted.converged || rounds >= most {
            return fitted;
        }
        expected = next;
    }
}

/// Logarithms of the shares of the tips.
fn prior(expected: &[Expected], tips: usize, smoothing: f64) -> Vec<f64> {
    let mut prior = vec![smoothing / to_f64(tips as u64); tips];
    for image in expected {
        prior.iter_mut().zip(&image.posterior).for_each(|(sum, share)| *sum += share);
    }
    let total: f64 = prior.iter().sum();
    prior.into_iter().map(|count| if count > 0.0 { (count / total).ln() } else { f64::NEG_INFINITY }).collect()
}

/// The share of the votes of each tip, and the steps that these come to.
fn votes(ladder: &Ladder, said: &Said) -> Expected {
    let mut posterior = vec![0.0; ladder.tips.len()];
    for (_, label) in said {
        let holds = |tip: &usize| ladder.weights(*label, *tip)[0] > 0.0;
        let held: Vec<usize> = (0..ladder.tips.len()).filter(holds).collect();
        let share = 1.0 / to_f64((held.len() * said.len()) as u64);
        for tip in held {
            posterior[tip] += share;
        }
    }
    let even = [1.0 / to_f64(STEPS as u64); STEPS];
    let steps = said.iter().map(|(_, label)| steps_of(ladder, *label, &posterior, &even)).collect();
    Expected { posterior, log_likelihood: 0.0, steps }
}

/// How much of a label is of which step, over the tips that can be true.
fn steps_of(ladder: &Ladder, label: usize, posterior: &[f64], steps: &[f64; STEPS]) -> [f64; STEPS] {
    let mut sums = [0.0; STEPS];
    for (tip, share) in posterior.iter().enumerate().filter(|(_, share)| **share > 0.0) {
        let weights = ladder.weights(label, tip);
        let likelihood = product(steps, weights);
        if likelihood > 0.0 {
            for (sum, (step, weight)) in sums.iter_mut().zip(steps.iter().zip(weights)) {
                *sum += share * step * weight / likelihood;
            }
        }
    }
    sums
}

fn product(steps: &[f64; STEPS], weights: &[f64; STEPS]) -> f64 {
    steps.iter().zip(weights).map(|(step, weight)| step * weight).sum()
}

/// The probability of each step of each annotator.
fn maximise(images: &[Said], expected: &[Expected], annotators: usize, smoothing: f64) -> Vec<[f64; STEPS]> {
    let mut added = [smoothing / to_f64(STEPS as u64); STEPS];
    added[0] += smoothing;
    let mut steps = vec![added; annotators];
    for (said, expected) in images.iter().zip(expected).filter(|(said, _)| !said.is_empty()) {
        for ((annotator, _), of_label) in said.iter().zip(&expected.steps) {
            steps[*annotator].iter_mut().zip(of_label).for_each(|(sum, share)| *sum += share);
        }
    }
    for steps in &mut steps {
        let total: f64 = steps.iter().sum();
        if total > 0.0 {
            for step in steps.iter_mut() {
                *step /= total;
            }
        }
    }
    steps
}

impl Laddered {
    /// The probability of each tip of an image; none without labels.
    pub(super) fn expect(&self, ladder: &Ladder, said: &Said) -> (Vec<f64>, f64) {
        if said.is_empty() {
            return (vec![], 0.0);
        }
        let of_tip = |(tip, prior): (usize, &f64)| {
            let of_label =
                |(annotator, label): &(usize, usize)| product(&self.steps[*annotator], ladder.weights(*label, tip)).ln();
            prior + said.iter().map(of_label).sum::<f64>()
        };
        shares(self.prior.iter().enumerate().map(of_tip).collect())
    }

    fn expected(&self, ladder: &Ladder, said: &Said) -> Expected {
        let (posterior, log_likelihood) = self.expect(ladder, said);
        let of_label = |(annotator, label): &(usize, usize)| steps_of(ladder, *label, &posterior, &self.steps[*annotator]);
        let steps = said.iter().map(of_label).collect();
        Expected { posterior, log_likelihood, steps }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::annotators::flat::ROUNDS;
    use crate::scores::apart::tests::{five, taxon};
    use serde_json::Value;

    /// Images of `(annotator, name)`, with their ladder.
    fn read(images: &[Vec<(usize, String)>]) -> (Ladder, Vec<Said>) {
        let taxonomy = five();
        let labels = images.iter().flatten().map(|(_, name)| taxon(&taxonomy, name));
        let ladder = Ladder::of(&taxonomy, labels);
        let places = ladder.places();
        let said =
            |image: &Vec<(usize, String)>| image.iter().map(|(who, name)| (*who, places[&taxon(&taxonomy, name)])).collect();
        let images = images.iter().map(said).collect();
        (ladder, images)
    }

    #[test]
    fn a_careful_annotator_outvotes_two_careless_ones_worked_by_hand() {
        let (ladder, images) = read(&[vec![(0, "Felis catus".into()), (1, "Lynx lynx".into())]]);
        // Two tips, cat and lynx, apart by 2: step 1 does as step 0, steps 3 to 7 as step 2.
        let fitted = Laddered {
            prior: vec![0.5_f64.ln(); 2],
            steps: vec![[0.8, 0.1, 0.1, 0.0, 0.0, 0.0, 0.0, 0.0], [0.5, 0.0, 0.25, 0.25, 0.0, 0.0, 0.0, 0.0]],
            log_likelihood: 0.0,
            rounds: 0,
            converged: true,
        };
        // The cat: 1/2 · (0.8 + 0.1) · (0.25 + 0.25); the lynx: 1/2 · 0.1 · 0.5: 0.225 and 0.025.
        let (posterior, log_likelihood) = fitted.expect(&ladder, &images[0]);
        let cat = ladder.weights(images[0][0].1, 0)[0];
        let of_cat = if cat > 0.0 { posterior[0] } else { posterior[1] };
        assert!((of_cat - 0.9).abs() < 1e-12 && (log_likelihood - 0.25_f64.ln()).abs() < 1e-12);
        // The cat's label by the first: of the cat at steps 0 and 1 as 8 to 1, of the lynx (0.1) at step 2.
        let steps = steps_of(&ladder, images[0][0].1, &posterior, &fitted.steps[0]);
        for (found, expected) in steps.iter().zip([0.8, 0.1, 0.1]) {
            assert!((found - expected).abs() < 1e-12, "{steps:?}");
        }
    }

    #[test]
    fn who_agrees_is_believed_and_a_genus_is_compatible_with_its_species() {
        let say = |labels: [&str; 3]| -> Vec<(usize, String)> {
            labels
                .into_iter()
                .enumerate()
                .filter(|(_, name)| !name.is_empty())
                .map(|(who, name)| (who, name.to_string()))
                .collect()
        };
        let images: Vec<Vec<(usize, String)>> = [
            ["Felis catus", "Felis catus", "Lynx lynx"],
            ["Felis catus", "Felis", "Felis silvestris"],
            ["Lynx lynx", "Lynx lynx", "Felis catus"],
            ["Vulpes vulpes", "Vulpes vulpes", ""],
            ["Felis silvestris", "", "Lynx lynx"],
            ["Felis silvestris", "Felis silvestris", "Felis catus"],
        ]
        .map(say)
        .to_vec();
        let (ladder, images) = read(&images);
        let fitted = fit(&ladder, &images, 3, 1.0, ROUNDS);
        assert!(fitted.converged && fitted.log_likelihood < 0.0, "{fitted:?}");
        let [first, second, third] = [&fitted.steps[0], &fitted.steps[1], &fitted.steps[2]].map(|steps| steps[0]);
        assert!(first > third + 0.3 && second > third + 0.3, "{:?}", fitted.steps);
        // The second image: the genus speaks neither for the cat nor for the wildcat.
        let (posterior, _) = fitted.expect(&ladder, &images[1]);
        let place = ladder.tips.iter().position(|tip| *tip == taxon(&five(), "Felis catus")).unwrap();
        assert!(posterior[place] > 0.6, "{posterior:?}");
    }

    #[test]
    fn it_is_the_naive_algorithm_of_another_language() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/annotators.json");
        let fixture: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let case = &fixture["tree"];
        let images: Vec<Vec<(usize, String)>> = serde_json::from_value(case["images"].clone()).unwrap();
        let (ladder, images) = read(&images);
        let taxonomy = five();
        let rounds = u32::try_from(case["rounds"].as_u64().unwrap()).unwrap();
        let fitted = fit(&ladder, &images, 4, case["smoothing"].as_f64().unwrap(), rounds);
        let near = |found: f64, expected: &Value| {
            assert!((found - expected.as_f64().unwrap()).abs() < 1e-9, "{found}, not {expected}");
        };
        near(fitted.log_likelihood, &case["log_likelihood"]);
        for (said, expected) in images.iter().zip(case["posterior"].as_array().unwrap()) {
            let (posterior, _) = fitted.expect(&ladder, said);
            for (tip, share) in ladder.tips.iter().zip(posterior) {
                near(share, &expected[taxonomy.name(*tip)]);
            }
        }
        for (steps, expected) in fitted.steps.iter().zip(case["steps"].as_array().unwrap()) {
            steps.iter().zip(expected.as_array().unwrap()).for_each(|(found, expected)| near(*found, expected));
        }
    }
}
