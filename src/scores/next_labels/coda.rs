//! CODA: consensus-driven active model selection.
//!
//! A port of `coda/coda.py` of justinkay/coda (commit f240a4c): confusion matrices of the models as Dirichlet distributions whose
//! prior is the consensus (`initialize_dirichlets`, lines 46 to 63; `CODA.__init__`, 172 to 203), the shares of classes
//! (`update_pi_hat`, 226 to 233), the expected information of a label (`eig_batched`, 235 to 281), and its update (`add_label`,
//! 315 to 323). An image's label changes the row of one class, and in it each model in one of two ways: all images that come to
//! the same are computed once, to the same numbers.
//!
//! # Source
//!
//! Kay, Van Horn, Maji, Sheldon & Beery 2025, ICCV.

use super::p_best::{Curve, p_best};
use super::votes::{Shares, Votes};
use crate::numbers::statistics::to_f64;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// What the consensus adds to a prior of one right answer and one mistake.
const CONSENSUS: f64 = 0.1;
/// How strong the prior is.
const STRENGTH: f64 = 2.0;
/// What a label adds.
const LEARNING: f64 = 0.01;
/// Least share that a logarithm is taken of, or that is divided by.
const LEAST: f64 = 1e-12;

/// What is known of the models.
pub(super) struct Coda<'a> {
    votes: &'a Votes,
    /// Model, true class, answered class.
    dirichlets: Vec<f64>,
    /// Image, class: how much the models, corrected, speak for the class.
    adjusted: Vec<f64>,
    /// P(best) of each model, by class and by which models are right of a further image of it; `None` for no further image.
    rows: BTreeMap<(usize, Option<u64>), Vec<f64>>,
    /// Images that are not labelled yet, in order.
    pub unlabelled: Vec<usize>,
}

impl<'a> Coda<'a> {
    /// Before any label.
    pub(super) fn new(votes: &'a Votes) -> Coda<'a> {
        let (models, classes) = (votes.models.len(), votes.classes.len());
        let consensus: Vec<usize> = (0..votes.images.len()).into_par_iter().map(|image| consensus(votes, image)).collect();
        let mut counts = vec![0_u64; classes];
        for class in &consensus {
            counts[*class] += 1;
        }
        let mut dirichlets = vec![0.0; models * classes * classes];
        for (model, shares) in votes.shares.iter().enumerate() {
            for (shares, truth) in shares.iter().zip(&consensus) {
                let row = (model * classes + truth) * classes;
                add(&mut dirichlets[row..row + classes], shares);
            }
        }
        for (row, alphas) in dirichlets.chunks_mut(classes).enumerate() {
            let truth = row % classes;
            let total = to_f64(counts[truth]).max(1e-6);
            for (class, alpha) in alphas.iter_mut().enumerate() {
                let base = if class == truth { 1.0 } else { 1.0 / to_f64(classes as u64 - 1) };
                *alpha = STRENGTH * (base + CONSENSUS * *alpha / total);
            }
        }
        let adjusted = vec![0.0; votes.images.len() * classes];
        let unlabelled = (0..votes.images.len()).collect();
        let mut coda = Coda { votes, dirichlets, adjusted, rows: BTreeMap::new(), unlabelled };
        (0..classes).for_each(|class| coda.adjust(class));
        coda
    }

    fn classes(&self) -> usize {
        self.votes.classes.len()
    }

    /// The row of a class in the matrix of a model.
    fn row(&self, model: usize, class: usize) -> &[f64] {
        let start = (model * self.classes() + class) * self.classes();
        &self.dirichlets[start..start + self.classes()]
    }

    /// Computes anew how much speaks for a class in each image.
    fn adjust(&mut self, class: usize) {
        let classes = self.classes();
        let rows: Vec<(&[f64], f64)> = (0..self.votes.models.len())
            .map(|model| {
                let row = self.row(model, class);
                (row, row.iter().sum())
            })
            .collect();
        let of_image = |image: usize| -> f64 {
            let of_model = |(shares, (row, total)): (&Vec<Shares>, &(&[f64], f64))| {
                let Shares { listed, each } = &shares[image];
                let of_listed: f64 = listed.iter().map(|(class, share)| row[*class] * share).sum();
                let rest = if *each > 0.0 { total - listed.iter().map(|(class, _)| row[*class]).sum::<f64>() } else { 0.0 };
                of_listed + each * rest
            };
            self.votes.shares.iter().zip(&rows).map(of_model).sum()
        };
        let found: Vec<f64> = (0..self.votes.images.len()).into_par_iter().map(of_image).collect();
        found.into_iter().enumerate().for_each(|(image, value)| self.adjusted[image * classes + class] = value);
    }

    /// The share of each class in an image.
    fn of_image(&self, image: usize) -> Vec<f64> {
        let classes = self.classes();
        let adjusted = &self.adjusted[image * classes..(image + 1) * classes];
        let total = adjusted.iter().sum::<f64>().max(LEAST);
        adjusted.iter().map(|value| value / total).collect()
    }

    /// The share of each class in all images.
    fn of_all(&self) -> Vec<f64> {
        let mut shares = vec![0.0; self.classes()];
        for image in 0..self.votes.images.len() {
            shares.iter_mut().zip(self.of_image(image)).for_each(|(sum, share)| *sum += share);
        }
        let total: f64 = shares.iter().sum();
        for share in &mut shares {
            *share /= total;
        }
        shares
    }

    /// Which models answer a class, a bit each.
    fn right(&self, image: usize, class: usize) -> u64 {
        let bit = |(model, answers): (usize, &Vec<usize>)| u64::from(answers[image] == class) << model;
        self.votes.answers.iter().enumerate().map(bit).sum()
    }

    /// P(best) by the row of a class, with a further image of it that some models are right of.
    fn row_p_best(&self, class: usize, right: Option<u64>) -> Vec<f64> {
        let curve = |model: usize| {
            let row = self.row(model, class);
            let (alpha, beta) = (row[class], row.iter().sum::<f64>() - row[class]);
            match right.map(|right| right >> model & 1 == 1) {
                None => Curve::of(alpha, beta),
                Some(true) => Curve::of(alpha + 1.0, beta),
                Some(false) => Curve::of(alpha, beta + 1.0),
            }
        };
        let curves: Vec<Curve> = (0..self.votes.models.len()).map(curve).collect();
        p_best(&curves.iter().collect::<Vec<_>>())
    }

    /// Computes the rows that are not known yet.
    fn know(&mut self, wanted: impl IntoIterator<Item = (usize, Option<u64>)>) {
        let missing: BTreeSet<(usize, Option<u64>)> = wanted.into_iter().filter(|key| !self.rows.contains_key(key)).collect();
        let missing: Vec<(usize, Option<u64>)> = missing.into_iter().collect();
        let found: Vec<Vec<f64>> = missing.par_iter().map(|(class, right)| self.row_p_best(*class, *right)).collect();
        self.rows.extend(missing.into_iter().zip(found));
    }

    /// The probability of each model that it is the best.
    pub(super) fn p_best(&mut self) -> Vec<f64> {
        self.know((0..self.classes()).map(|class| (class, None)));
        let shares = self.of_all();
        self.mixture(&shares)
    }

    fn mixture(&self, shares: &[f64]) -> Vec<f64> {
        let mut mixture = vec![0.0; self.votes.models.len()];
        for (class, share) in shares.iter().enumerate() {
            mixture.iter_mut().zip(&self.rows[&(class, None)]).for_each(|(sum, row)| *sum += share * row);
        }
        mixture
    }

    /// Unlabelled images that not all models agree on; all unlabelled ones where there is none.
    pub(super) fn candidates(&self) -> Vec<usize> {
        let unlike: Vec<usize> = self.unlabelled.iter().copied().filter(|&image| !self.votes.agree(image)).collect();
        if unlike.is_empty() { self.unlabelled.clone() } else { unlike }
    }

    /// How many bits a label of each candidate is expected to tell of which model is the best.
    pub(super) fn information(&mut self) -> Vec<(usize, f64)> {
        let candidates = self.candidates();
        let answered = |&image: &usize| -> Vec<(usize, u64)> {
            let classes: BTreeSet<usize> = self.votes.answers.iter().map(|answers| answers[image]).collect();
            classes.into_iter().map(|class| (class, self.right(image, class))).collect()
        };
        let answered: Vec<Vec<(usize, u64)>> = candidates.iter().map(answered).collect();
        let plain = (0..self.classes()).flat_map(|class| [(class, None), (class, Some(0))]);
        let wanted: Vec<(usize, Option<u64>)> =
            plain.chain(answered.iter().flatten().map(|(class, right)| (*class, Some(*right)))).collect();
        self.know(wanted.iter().copied());
        let shares = self.of_all();
        let mixture = self.mixture(&shares);
        let after = |class: usize, right: u64| -> f64 {
            let rows = self.rows[&(class, Some(right))].iter().zip(&self.rows[&(class, None)]);
            entropy(mixture.iter().zip(rows).map(|(share, (after, before))| share + shares[class] * (after - before)))
        };
        let known: BTreeMap<(usize, u64), f64> =
            wanted.iter().filter_map(|(class, right)| right.map(|right| ((*class, right), after(*class, right)))).collect();
        let nobody: Vec<f64> = (0..self.classes()).map(|class| known[&(class, 0)]).collect();
        let before = entropy(mixture.iter().copied());
        let of_image = |(&image, answered): (&usize, &Vec<(usize, u64)>)| {
            let shares = self.of_image(image);
            let mut expected: f64 = shares.iter().zip(&nobody).map(|(share, after)| share * after).sum();
            for (class, right) in answered {
                expected += shares[*class] * (known[&(*class, *right)] - nobody[*class]);
            }
            (image, before - expected)
        };
        candidates.par_iter().zip(&answered).map(of_image).collect()
    }

    /// Takes a label.
    pub(super) fn label(&mut self, image: usize, truth: usize) {
        let classes = self.classes();
        for (model, answers) in self.votes.answers.iter().enumerate() {
            self.dirichlets[(model * classes + truth) * classes + answers[image]] += LEARNING;
        }
        self.rows.retain(|(class, _), _| *class != truth);
        self.adjust(truth);
        self.unlabelled.retain(|other| *other != image);
    }
}

/// The class that the mean of the models' probabilities is highest of, the first where several are.
fn consensus(votes: &Votes, image: usize) -> usize {
    let mut sums = vec![0.0; votes.classes.len()];
    votes.shares.iter().for_each(|shares| add(&mut sums, &shares[image]));
    let mut best = 0;
    for (class, sum) in sums.iter().enumerate() {
        if *sum > sums[best] {
            best = class;
        }
    }
    best
}

/// Adds the probabilities of an image.
fn add(sums: &mut [f64], shares: &Shares) {
    if shares.each > 0.0 {
        for sum in sums.iter_mut() {
            *sum += shares.each;
        }
        shares.listed.iter().for_each(|(class, share)| sums[*class] += share - shares.each);
    } else {
        shares.listed.iter().for_each(|(class, share)| sums[*class] += share);
    }
}

/// Entropy in bits.
fn entropy(shares: impl Iterator<Item = f64>) -> f64 {
    -shares.map(|share| share.max(LEAST)).map(|share| share * share.log2()).sum::<f64>()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::taxonomy::{TaxonId, Taxonomy};
    use serde_json::Value;
    use std::sync::Arc;

    /// Dense probabilities as votes over numbered classes.
    fn votes(probabilities: &[Vec<Vec<f64>>]) -> Votes {
        let classes = probabilities[0][0].len();
        let shares = |image: &Vec<f64>| Shares { listed: image.iter().copied().enumerate().collect(), each: 0.0 };
        let answer = |image: &Vec<f64>| (0..classes).fold(0, |best, class| if image[class] > image[best] { class } else { best });
        let numbered = (1..=classes).map(|class| Some(TaxonId(u32::try_from(class).unwrap()))).collect();
        Votes {
            taxonomy: Arc::new(Taxonomy::empty()),
            models: (0..probabilities.len()).map(|model| format!("model {model}")).collect(),
            images: (0..probabilities[0].len()).map(|image| image.to_string()).collect(),
            classes: numbered,
            answers: probabilities.iter().map(|images| images.iter().map(answer).collect()).collect(),
            truths: vec![None; probabilities[0].len()],
            shares: probabilities.iter().map(|images| images.iter().map(shares).collect()).collect(),
        }
    }

    #[test]
    fn the_prior_matches_the_definition_worked_by_hand() {
        // Two classes, three images. Model 0: 0.8, 0.6, 0.1 of class 0; model 1: 1, 0.2, 0.3.
        let both = |of_first: [f64; 3]| of_first.map(|share| vec![share, 1.0 - share]).to_vec();
        let votes = votes(&[both([0.8, 0.6, 0.1]), both([1.0, 0.2, 0.3])]);
        let coda = Coda::new(&votes);
        // Means 0.9, 0.4, 0.2: the consensus is 0, 1, 1. Model 0 of class 1: mean of 0.6 and 0.1 for class 0: 0.35.
        // Row 1: 2 · (1 + 0.1 · 0.35) = 2.07 and 2 · (1 + 0.1 · 0.65) = 2.13.
        let row = coda.row(0, 1);
        assert!((row[0] - 2.07).abs() < 1e-12 && (row[1] - 2.13).abs() < 1e-12, "{row:?}");
        // Image 0, class 0: model 0 row 0 is (2.16, 2.04), model 1 (2.2, 2): 0.8 · 2.16 + 0.2 · 2.04 + 2.2 = 4.336.
        assert!((coda.adjusted[0] - 4.336).abs() < 1e-12, "{}", coda.adjusted[0]);
        // Only the second image is answered in two ways.
        assert_eq!(coda.candidates(), [1]);
    }

    #[test]
    fn probabilities_spread_evenly_are_what_they_are_one_by_one() {
        let dense = votes(&[vec![vec![0.5, 0.25, 0.25], vec![0.1, 0.1, 0.8]], vec![vec![0.0, 1.0, 0.0], vec![0.4, 0.3, 0.3]]]);
        let mut sparse = dense.clone();
        sparse.shares[0] = vec![Shares { listed: vec![(0, 0.5)], each: 0.25 }, Shares { listed: vec![(2, 0.8)], each: 0.1 }];
        sparse.shares[1] = vec![Shares { listed: vec![(1, 1.0)], each: 0.0 }, Shares { listed: vec![(0, 0.4)], each: 0.3 }];
        let (mut one, mut other) = (Coda::new(&dense), Coda::new(&sparse));
        for (a, b) in one.information().iter().zip(other.information()) {
            assert!(a.0 == b.0 && (a.1 - b.1).abs() < 1e-12, "{a:?} {b:?}");
        }
        for (a, b) in one.p_best().iter().zip(other.p_best()) {
            assert!((a - b).abs() < 1e-12);
        }
    }

    #[test]
    fn it_is_the_published_program() {
        let file = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/coda.json");
        let fixture: Value = serde_json::from_slice(&std::fs::read(file).unwrap()).unwrap();
        for case in fixture["cases"].as_array().unwrap() {
            let probabilities: Vec<Vec<Vec<f64>>> = serde_json::from_value(case["predictions"].clone()).unwrap();
            let votes = votes(&probabilities);
            let mut coda = Coda::new(&votes);
            let near = |found: &[f64], expected: &Value| {
                let expected: Vec<f64> = serde_json::from_value(expected.clone()).unwrap();
                assert_eq!(found.len(), expected.len());
                for (found, expected) in found.iter().zip(&expected) {
                    assert!((found - expected).abs() < 1e-9, "{found}, not {expected}");
                }
            };
            for step in case["steps"].as_array().unwrap() {
                near(&coda.p_best(), &step["p_best"]);
                let (images, information): (Vec<usize>, Vec<f64>) = coda.information().into_iter().unzip();
                assert_eq!(serde_json::to_value(images).unwrap(), step["candidates"]);
                near(&information, &step["information"]);
                let whole = |key: &str| usize::try_from(step[key].as_u64().unwrap()).unwrap();
                coda.label(whole("image"), whole("truth"));
            }
        }
    }
}
