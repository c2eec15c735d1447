//! How many labels each method needs, tried on images whose truth is known.

use super::coda::Coda;
use super::disagreement::Disagreement;
use super::error::NextLabelsError;
use super::order::Method;
use super::simulated_method::SimulatedMethod;
use super::votes::Votes;
use crate::numbers::statistics::{share, to_f64};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// How a simulation is run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SimulationOptions {
    /// Labels at most.
    pub budget: usize,
    /// How often each method is tried, chance deciding between equals.
    pub repetitions: usize,
    /// Where chance starts.
    pub seed: u64,
}

impl Default for SimulationOptions {
    fn default() -> Self {
        Self { budget: 100, repetitions: 20, seed: 0 }
    }
}

/// What came of a simulation.
#[derive(Debug, Clone)]
pub struct Simulation {
    /// Images with a truth.
    pub images: u64,
    /// Images without one, which are left out.
    pub without_truth: u64,
    /// Labels that were given at most.
    pub budget: u64,
    /// The models with their share of right answers.
    pub models: Vec<(String, f64)>,
    /// Which of them are best.
    pub best: Vec<usize>,
    /// The methods.
    pub methods: Vec<SimulatedMethod>,
}

/// Scores within this of the best are equal to it, as the published program has it.
const EQUAL: f64 = 1e-8;

impl Simulation {
    /// Tries all methods.
    ///
    /// # Errors
    ///
    /// [`NextLabelsError::NoTruth`] where no image has one.
    pub fn of(votes: &Votes, options: &SimulationOptions) -> Result<Simulation, NextLabelsError> {
        let (known, truths) = with_truth(votes);
        if truths.is_empty() {
            return Err(NextLabelsError::NoTruth);
        }
        let images = truths.len() as u64;
        let right = |answers: &Vec<usize>| answers.iter().zip(&truths).filter(|(answer, truth)| answer == truth).count() as u64;
        let right: Vec<u64> = known.answers.iter().map(right).collect();
        let most = right.iter().copied().max().unwrap_or(0);
        let best = (0..right.len()).filter(|&model| right[model] == most).collect();
        let accuracy = |(name, right): (&String, &u64)| (name.clone(), share(*right, images).unwrap_or(0.0));
        let budget = options.budget.min(truths.len());
        let trial = Trial { votes: &known, truths: &truths, right: &right, budget };
        let methods = Method::ALL.iter().map(|&method| SimulatedMethod::of(method, &trial.repeated(method, options))).collect();
        Ok(Simulation {
            images,
            without_truth: votes.images.len() as u64 - images,
            budget: budget as u64,
            models: known.models.iter().zip(&right).map(accuracy).collect(),
            best,
            methods,
        })
    }
}

/// The images that have a truth, and their truths.
fn with_truth(votes: &Votes) -> (Votes, Vec<usize>) {
    let kept: Vec<(usize, usize)> =
        votes.truths.iter().enumerate().filter_map(|(image, truth)| Some((image, (*truth)?))).collect();
    let known = Votes {
        images: kept.iter().map(|(image, _)| votes.images[*image].clone()).collect(),
        answers: votes.answers.iter().map(|answers| kept.iter().map(|(image, _)| answers[*image]).collect()).collect(),
        shares: votes.shares.iter().map(|shares| kept.iter().map(|(image, _)| shares[*image].clone()).collect()).collect(),
        truths: vec![None; kept.len()],
        taxonomy: votes.taxonomy.clone(),
        models: votes.models.clone(),
        classes: votes.classes.clone(),
    };
    (known, kept.into_iter().map(|(_, truth)| truth).collect())
}

/// What the repetitions of all methods share.
struct Trial<'a> {
    votes: &'a Votes,
    truths: &'a [usize],
    /// Images that each model is right of.
    right: &'a [u64],
    budget: usize,
}

impl Trial<'_> {
    /// The regrets of all repetitions; of one only where no chance was in it.
    fn repeated(&self, method: Method, options: &SimulationOptions) -> Vec<Vec<f64>> {
        let once = |repetition: usize| {
            let mut chance = ChaCha8Rng::seed_from_u64(options.seed);
            chance.set_stream(repetition as u64);
            match method {
                Method::Coda => self.coda(&mut chance),
                Method::Disagreement | Method::Height | Method::Random => (self.fixed(method, &mut chance), true),
            }
        };
        let (first, by_chance) = once(0);
        let more = if by_chance { 1..options.repetitions } else { 1..1 };
        let others: Vec<Vec<f64>> = more.into_par_iter().map(|repetition| once(repetition).0).collect();
        std::iter::once(first).chain(others).collect()
    }

    /// The mean regret of some models that are equally good by what is known.
    fn regret(&self, models: &[usize]) -> f64 {
        let most = self.right.iter().copied().max().unwrap_or(0);
        let missed: u64 = models.iter().map(|&model| most - self.right[model]).sum();
        to_f64(missed) / to_f64(models.len() as u64) / to_f64(self.truths.len() as u64)
    }

    /// By CODA, whose own P(best) says which model is taken; and whether chance decided between equals.
    fn coda(&self, chance: &mut ChaCha8Rng) -> (Vec<f64>, bool) {
        let mut coda = Coda::new(self.votes);
        let mut by_chance = false;
        let mut curve = vec![self.regret(&highest(&coda.p_best()))];
        for _ in 0..self.budget {
            let information = coda.information();
            let most = information.iter().map(|(_, bits)| *bits).fold(f64::NEG_INFINITY, f64::max);
            let is_best = |bits: f64| (bits - most).abs() <= EQUAL + EQUAL * most.abs();
            let equal: Vec<usize> = information.iter().filter(|(_, bits)| is_best(*bits)).map(|(image, _)| *image).collect();
            by_chance |= equal.len() > 1;
            let Some(&image) = equal.choose(chance) else { break };
            coda.label(image, self.truths[image]);
            curve.push(self.regret(&highest(&coda.p_best())));
        }
        (curve, by_chance)
    }

    /// In an order that no label changes: the model with most right answers so far is taken.
    fn fixed(&self, method: Method, chance: &mut impl Rng) -> Vec<f64> {
        let mut images: Vec<usize> = (0..self.truths.len()).collect();
        images.shuffle(chance);
        let score = |image: usize| {
            let found = Disagreement::of(self.votes, image);
            if method == Method::Height { found.pair_height } else { found.pairs_disagree }
        };
        if method != Method::Random {
            let scores: Vec<f64> = (0..self.truths.len()).map(score).collect();
            images.sort_by(|one, other| scores[*other].total_cmp(&scores[*one]));
        }
        let mut right = vec![0.0; self.votes.models.len()];
        let mut curve = vec![self.regret(&highest(&right))];
        for &image in images.iter().take(self.budget) {
            for (count, answers) in right.iter_mut().zip(&self.votes.answers) {
                *count += f64::from(u8::from(answers[image] == self.truths[image]));
            }
            curve.push(self.regret(&highest(&right)));
        }
        curve
    }
}

/// The models with the highest value, but for rounding.
fn highest(values: &[f64]) -> Vec<usize> {
    let most = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    (0..values.len()).filter(|&model| values[model] >= most - 1e-12).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::next_labels::votes::tests::votes;
    use polars::prelude::df;

    #[test]
    fn methods_are_tried_on_images_with_a_truth() {
        let images: Vec<String> = (0..24).map(|image| image.to_string()).collect();
        let truth: Vec<Option<&str>> =
            (0..24).map(|image| (image < 20).then_some(if image % 2 == 0 { "Felis catus" } else { "Lynx lynx" })).collect();
        // a is right of all but one; b of every other; c of every fourth.
        let answers = |wrong: &dyn Fn(usize) -> bool| -> Vec<&str> {
            (0..24).map(|image| if (image % 2 == 0) == wrong(image) { "Lynx lynx" } else { "Felis catus" }).collect()
        };
        let of = |wrong: &dyn Fn(usize) -> bool| {
            df!("image" => images.clone(), "truth" => truth.clone(), "predicted" => answers(wrong)).unwrap()
        };
        let (a, b, c) = (of(&|image| image == 3), of(&|image| image % 4 > 1), of(&|image| image % 4 > 0));
        let (votes, _) = votes(vec![("c", c), ("a", a), ("b", b)], None).unwrap();
        let options = SimulationOptions { budget: 12, repetitions: 5, seed: 1 };
        let found = Simulation::of(&votes, &options).unwrap();
        assert_eq!((found.images, found.without_truth, found.budget, found.best.as_slice()), (20, 4, 12, &[1][..]));
        for ((_, share), expected) in found.models.iter().zip([0.25, 0.95, 0.5]) {
            assert!((share - expected).abs() < 1e-12, "{:?}", found.models);
        }
        for method in &found.methods {
            assert_eq!((method.regret.len(), method.method == Method::Coda || method.repetitions == 5), (13, true));
        }
        // Nothing known: the mean of 0.7, 0 and 0.45.
        let random = &found.methods[3];
        assert!((random.regret[0] - 1.15 / 3.0).abs() < 1e-12, "{random:?}");
        assert_eq!(random.labels_needed, Simulation::of(&votes, &options).unwrap().methods[3].labels_needed);
        let without = Votes { truths: vec![None; 24], ..votes };
        assert!(Simulation::of(&without, &options).unwrap_err().to_string().starts_with("no image has a truth"));
    }
}
