//! How sure an estimated mix is: both sets drawn again and again, cluster by cluster.

use super::counted_answers::{CountedAnswers, shares};
use crate::numbers::label_shift::{Confusion, by_probabilities};
use crate::numbers::statistics::{Interval, quantile};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// Draws of both sets.
pub(super) const DRAWS: usize = 500;
/// Draws of whole distributions, which take longer, and their rounds: each begins at what the whole set says.
const DRAWS_OF_ROWS: usize = 200;
const ROUNDS: usize = 100;
const FEWEST_ROUNDS: usize = 20;
/// Probabilities that are looked at in all draws: of very many there are fewer rounds.
const MOST_WORK: usize = 20_000_000_000;
/// Share of the draws that may be singular for an interval.
const SINGULAR: f64 = 0.05;

/// Whole distributions of the second set over the classes, image by image, each adding up to 1.
pub(super) struct Probabilities {
    /// Cluster of each image.
    pub clusters: Vec<usize>,
    /// `N × K`.
    pub rows: Vec<f64>,
}

/// The intervals of an estimate: of each share, and of the accuracy under the mix.
#[derive(Debug, Clone, Default)]
pub(super) struct DrawnMix {
    pub shares: Vec<Option<Interval>>,
    pub accuracy: Option<Interval>,
}

/// An estimated mix, and the share of right answers under it.
type Estimated = (Vec<f64>, f64);

/// Images by cluster, clusters in the order of their first image.
fn by_cluster(clusters: impl Iterator<Item = usize>) -> Vec<Vec<usize>> {
    let (mut known, mut gathered): (BTreeMap<usize, usize>, Vec<Vec<usize>>) = (BTreeMap::new(), vec![]);
    for (image, cluster) in clusters.enumerate() {
        let place = *known.entry(cluster).or_insert_with(|| {
            gathered.push(vec![]);
            gathered.len() - 1
        });
        gathered[place].push(image);
    }
    gathered
}

/// Calls with every image that a draw of as many clusters holds.
fn draw(clusters: &[Vec<usize>], random: &mut ChaCha8Rng, mut with: impl FnMut(usize)) {
    for _ in 0..clusters.len() {
        clusters[random.random_range(0..clusters.len())].iter().for_each(|image| with(*image));
    }
}

/// Of draws by answers (BBSE) and by probabilities (EM), what lies between 2.5 and 97.5 %.
pub(super) fn intervals(
    counted: &CountedAnswers,
    probabilities: Option<(&Probabilities, &[f64])>,
    (draws, seed): (usize, u64),
) -> [DrawnMix; 2] {
    let classes = counted.classes.len();
    let first = by_cluster(counted.first.iter().map(|(cluster, ..)| *cluster));
    let second = by_cluster(counted.second.iter().map(|(_, cluster, _)| *cluster));
    let of_probabilities = probabilities.map(|(rows, _)| by_cluster(rows.clusters.iter().copied()));
    let mut whole = Confusion::new(classes);
    counted.first.iter().for_each(|(_, answered, truth)| whole.add(*answered, *truth));
    let one = |number: usize| {
        let mut random = ChaCha8Rng::seed_from_u64(seed);
        random.set_stream(number as u64);
        let (mut confusion, mut true_counts) = (Confusion::new(classes), vec![0; classes]);
        draw(&first, &mut random, |image| {
            let (_, answered, truth) = counted.first[image];
            confusion.add(answered, truth);
            true_counts[truth] += 1;
        });
        let mut answered = vec![0; classes + 1];
        draw(&second, &mut random, |image| answered[counted.second[image].2.unwrap_or(classes)] += 1);
        let by_answers = confusion.mix(&shares(&answered), Some(&whole)).map(|mix| mix.shares);
        let of_rows = probabilities.filter(|_| number < DRAWS_OF_ROWS);
        let by_rows = of_rows.zip(of_probabilities.as_ref()).and_then(|((rows, from), clusters)| {
            let mut times = vec![0_u32; rows.clusters.len()];
            draw(clusters, &mut random, |image| times[image] += 1);
            // A class that the draw has lost keeps half an image, for its probabilities were made with it.
            let priors: Vec<f64> =
                true_counts.iter().map(|count| f64::from(u32::try_from(*count).unwrap_or(0)).max(0.5)).collect();
            let sum: f64 = priors.iter().sum();
            let priors: Vec<f64> = priors.iter().map(|count| count / sum).collect();
            let rounds = (MOST_WORK / (DRAWS_OF_ROWS * rows.rows.len()).max(1)).clamp(FEWEST_ROUNDS, ROUNDS);
            by_probabilities(&priors, &rows.rows, Some(&times), (from, rounds))
        });
        let with_accuracy = |shares: Vec<f64>| {
            let accuracy = confusion.accuracy(&shares, Some(&whole));
            (shares, accuracy)
        };
        [by_answers.map(with_accuracy), by_rows.map(with_accuracy)]
    };
    let estimates: Vec<[Option<Estimated>; 2]> = (0..draws.min(DRAWS)).into_par_iter().map(one).collect();
    let of = |place: usize, most: usize| {
        of_draws(classes, &estimates.iter().take(most).map(|of| of[place].as_ref()).collect::<Vec<_>>())
    };
    [of(0, DRAWS), of(1, DRAWS_OF_ROWS)]
}

fn of_draws(classes: usize, drawn: &[Option<&Estimated>]) -> DrawnMix {
    let known: Vec<&Estimated> = drawn.iter().copied().flatten().collect();
    let lost = drawn.len() - known.len();
    let as_number = |count: usize| crate::numbers::statistics::to_f64(count as u64);
    if known.is_empty() || as_number(lost) > SINGULAR * as_number(drawn.len()) {
        return DrawnMix { shares: vec![None; classes], accuracy: None };
    }
    let between = |value: &dyn Fn(&Estimated) -> f64| {
        let mut values: Vec<f64> = known.iter().map(|drawn| value(drawn)).collect();
        values.sort_by(f64::total_cmp);
        Interval { low: quantile(&values, 0.025), high: quantile(&values, 0.975) }
    };
    let shares = (0..classes).map(|class| Some(between(&|drawn| drawn.0[class]))).collect();
    DrawnMix { shares, accuracy: Some(between(&|drawn| drawn.1)) }
}
