//! Dawid and Skene's consensus: each annotator has a matrix of confusions, each image a probability of each class.

use crate::numbers::statistics::to_f64;
use rayon::prelude::*;

/// Labels of an image: annotators with the classes they say.
pub(super) type Said = Vec<(usize, usize)>;

/// Rounds of expectation and maximisation at most.
pub(super) const ROUNDS: u32 = 2_000;

/// They end when no probability of an image changes by more than this.
pub(super) const TOLERANCE: f64 = 1e-9;

/// What was fitted.
#[derive(Debug, Clone)]
pub(super) struct Flat {
    /// Logarithm of the share of each class.
    prior: Vec<f64>,
    /// Logarithm of what an annotator says of a class: annotator, truth, label.
    confusions: Vec<f64>,
    classes: usize,
    /// Logarithm of the likelihood of all labels.
    pub log_likelihood: f64,
    /// Rounds taken.
    pub rounds: u32,
    /// Whether it ended by itself.
    pub converged: bool,
}

/// Fits shares of classes and confusions of annotators by expectation–maximisation, from the shares of votes on.
///
/// To every row of a matrix `smoothing` right labels are added, and as many that are spread evenly; to the classes as many,
/// spread evenly (the mode under Dirichlet priors). Without them few labels are explained best by annotators who confuse
/// everything. `most` is the number of rounds at most.
pub(super) fn fit(images: &[Said], (annotators, classes): (usize, usize), smoothing: f64, most: u32) -> Flat {
    let mut posterior: Vec<Vec<f64>> = images.iter().map(|said| votes(said, classes)).collect();
    let mut rounds = 0;
    loop {
        rounds += 1;
        let mut fitted = maximise(images, &posterior, (annotators, classes), smoothing);
        let expected: Vec<(Vec<f64>, f64)> = images.par_iter().map(|said| fitted.expect(said)).collect();
        fitted.log_likelihood = expected.iter().map(|(_, log_likelihood)| log_likelihood).sum();
        fitted.rounds = rounds;
        let change = expected.iter().zip(&posterior).map(|((now, _), before)| change(now, before)).fold(0.0, f64::max);
        fitted.converged = change <= TOLERANCE;
        if fitted.converged || rounds >= most {
            return fitted;
        }
        posterior = expected.into_iter().map(|(posterior, _)| posterior).collect();
    }
}

/// The most that a probability of an image changes.
pub(super) fn change(now: &[f64], before: &[f64]) -> f64 {
    now.iter().zip(before).map(|(now, before)| (now - before).abs()).fold(0.0, f64::max)
}

/// The share of the votes of each class.
fn votes(said: &Said, classes: usize) -> Vec<f64> {
    let mut votes = vec![0.0; classes];
    for (_, class) in said {
        votes[*class] += 1.0 / to_f64(said.len() as u64);
    }
    votes
}

fn maximise(images: &[Said], posterior: &[Vec<f64>], (annotators, classes): (usize, usize), smoothing: f64) -> Flat {
    let even = smoothing / to_f64(classes as u64);
    let mut prior = vec![even; classes];
    let mut confusions = vec![even; annotators * classes * classes];
    for (row, confusions) in confusions.chunks_mut(classes).enumerate() {
        confusions[row % classes] += smoothing;
    }
    for (said, posterior) in images.iter().zip(posterior).filter(|(said, _)| !said.is_empty()) {
        for (truth, share) in posterior.iter().enumerate() {
            prior[truth] += share;
            for (annotator, label) in said {
                confusions[(annotator * classes + truth) * classes + label] += share;
            }
        }
    }
    logarithms_of_shares(&mut prior);
    confusions.chunks_mut(classes).for_each(logarithms_of_shares);
    Flat { prior, confusions, classes, log_likelihood: 0.0, rounds: 0, converged: false }
}

/// Counts into logarithms of their shares; what was never counted is impossible.
fn logarithms_of_shares(counts: &mut [f64]) {
    let total: f64 = counts.iter().sum();
    for count in counts {
        *count = if *count > 0.0 { (*count / total).ln() } else { f64::NEG_INFINITY };
    }
}

impl Flat {
    /// The probability of each class of an image, and the logarithm of the likelihood of its labels; no classes without labels.
    pub(super) fn expect(&self, said: &Said) -> (Vec<f64>, f64) {
        if said.is_empty() {
            return (vec![], 0.0);
        }
        let row = |annotator: usize, truth: usize| (annotator * self.classes + truth) * self.classes;
        let of_truth = |(truth, prior): (usize, &f64)| {
            prior + said.iter().map(|(annotator, label)| self.confusions[row(*annotator, truth) + label]).sum::<f64>()
        };
        shares(self.prior.iter().enumerate().map(of_truth).collect())
    }
}

/// Logarithms into shares that add up to 1, and the logarithm of their sum.
pub(super) fn shares(mut logarithms: Vec<f64>) -> (Vec<f64>, f64) {
    let most = logarithms.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !most.is_finite() {
        return (vec![0.0; logarithms.len()], 0.0);
    }
    for logarithm in &mut logarithms {
        *logarithm = (*logarithm - most).exp();
    }
    let total: f64 = logarithms.iter().sum();
    for share in &mut logarithms {
        *share /= total;
    }
    (logarithms, most + total.ln())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::Value;

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
    }

    #[test]
    fn one_round_matches_the_definition_worked_by_hand() {
        // Two classes; a says 0, 0, 1; b says 0, 1 and nothing. Votes: (1, 0), (1/2, 1/2), (0, 1).
        let images = [vec![(0, 0), (1, 0)], vec![(0, 0), (1, 1)], vec![(0, 1)]];
        let posterior: Vec<Vec<f64>> = images.iter().map(|said| votes(said, 2)).collect();
        let fitted = maximise(&images, &posterior, (2, 2), 0.0);
        // Classes: 1.5 and 1.5 of 3. a: of class 0: says 0 in 1.5 of 1.5; of class 1: says 0 in 0.5, 1 in 1 of 1.5.
        // b: of class 0: 0 in 1, 1 in 0.5 of 1.5; of class 1: 1 in 0.5 of 0.5.
        let shares: Vec<f64> = fitted.confusions.iter().map(|logarithm| logarithm.exp()).collect();
        let expected = [1.0, 0.0, 1.0 / 3.0, 2.0 / 3.0, 2.0 / 3.0, 1.0 / 3.0, 0.0, 1.0];
        shares.iter().zip(expected).for_each(|(found, expected)| near(*found, expected));
        // Image 2: class 0: 1/2 · 1 · 1/3 = 1/6; class 1: 1/2 · 1/3 · 1 = 1/6: likelihood 1/3, undecided.
        let (posterior, log_likelihood) = fitted.expect(&images[1]);
        near(posterior[0], 0.5);
        near(log_likelihood, (1.0_f64 / 3.0).ln());
    }

    #[test]
    fn it_is_the_naive_algorithm_of_another_language() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/annotators.json");
        let fixture: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        let case = &fixture["flat"];
        let whole = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
        let mut images = vec![vec![]; whole(&case["images"])];
        for row in case["labels"].as_array().unwrap() {
            images[whole(&row[0])].push((whole(&row[1]), whole(&row[2])));
        }
        for fit_of in case["fits"].as_array().unwrap() {
            let smoothing = fit_of["smoothing"].as_f64().unwrap();
            let sizes = (whole(&case["annotators"]), whole(&case["classes"]));
            let fitted = fit(&images, sizes, smoothing, u32::try_from(whole(&fit_of["rounds"])).unwrap());
            near(fitted.log_likelihood, fit_of["log_likelihood"].as_f64().unwrap());
            for (said, expected) in images.iter().zip(fit_of["posterior"].as_array().unwrap()) {
                let (posterior, _) = fitted.expect(said);
                for (found, expected) in posterior.iter().zip(expected.as_array().unwrap()) {
                    near(*found, expected.as_f64().unwrap());
                }
            }
            let done = fit(&images, sizes, smoothing, ROUNDS);
            assert!(done.converged && done.log_likelihood + 1e-9 >= fitted.log_likelihood, "{} rounds", done.rounds);
        }
    }
}
