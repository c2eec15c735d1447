//! What must not change in a comparison: the order of images, which run comes first, a table held against itself.

use crate::trees::seeded;
use nearmiss::numbers::bootstrap::Clusters;
use nearmiss::report::comparison::verdict;
use nearmiss::scores::compare::{CompareOptions, Comparison, PairsOf, Values, json};
use nearmiss::scores::metric::Direction;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// Random values of a few runs: yes and no, rungs, shares and lengths, with ties, gaps and observations.
struct Table {
    names: Vec<String>,
    values: Vec<Values>,
    /// Observations; blank for images that count by themselves.
    observations: Vec<String>,
}

/// Name and direction of a metric, whether it is 0 or 1, and its range.
type Kind = (&'static str, Direction, bool, Option<(f64, f64)>);

impl Table {
    fn random(random: &mut ChaCha8Rng) -> Self {
        let (runs, images) = (random.random_range(2..5_usize), random.random_range(1..60_usize));
        let repeat = random.random_bool(0.5);
        let observation =
            |random: &mut ChaCha8Rng| if repeat { format!("o{}", random.random_range(0..9)) } else { String::new() };
        let observations = (0..images).map(|_| observation(random)).collect();
        // Some tables are nearly unanimous: all right, or all the same length.
        let sure = if random.random_bool(0.3) { 0.97 } else { 0.6 };
        let kinds: [Kind; 4] = [
            ("exact", Direction::Higher, true, Some((0.0, 1.0))),
            ("height", Direction::Lower, false, Some((0.0, 7.0))),
            ("hf", Direction::Higher, false, Some((0.0, 1.0))),
            ("length", Direction::Lower, false, None),
        ];
        let values = kinds.map(|(name, direction, binary, range)| {
            let value = |random: &mut ChaCha8Rng| {
                let right = random.random_bool(sure);
                let value = match name {
                    "exact" => f64::from(u8::from(right)),
                    "height" => {
                        if right {
                            0.0
                        } else {
                            f64::from(random.random_range(1..=7))
                        }
                    }
                    "hf" => {
                        if right {
                            1.0
                        } else {
                            f64::from(random.random_range(0..7)) / 7.0
                        }
                    }
                    _ => {
                        if right {
                            0.1 + 0.2
                        } else {
                            random.random::<f64>() * 9.0
                        }
                    }
                };
                (!random.random_bool(0.03)).then_some(value)
            };
            let runs = (0..runs).map(|_| (0..images).map(|_| value(random)).collect()).collect();
            Values { name: name.to_string(), label: name.to_string(), direction, binary, range, runs }
        });
        let names = (0..runs).map(|run| format!("run{run}")).collect();
        Self { names, values: values.to_vec(), observations }
    }

    fn compare(&self) -> Comparison {
        let clusters = Clusters::by_name(self.observations.iter().map(String::as_str));
        let options = CompareOptions { draws: 300, ..CompareOptions::default() };
        Comparison::of(&self.names, &self.values, &clusters, &options)
    }

    /// The same images in another order.
    fn shuffled(&self, random: &mut ChaCha8Rng) -> Self {
        let mut order: Vec<usize> = (0..self.observations.len()).collect();
        order.shuffle(random);
        let reorder = |run: &Vec<Option<f64>>| order.iter().map(|&image| run[image]).collect();
        let values =
            self.values.iter().map(|values| Values { runs: values.runs.iter().map(reorder).collect(), ..values.clone() });
        Self {
            names: self.names.clone(),
            values: values.collect(),
            observations: order.iter().map(|&image| self.observations[image].clone()).collect(),
        }
    }

    /// The same runs in the order of their places.
    fn with_runs(&self, places: &[usize]) -> Self {
        let reorder =
            |values: &Values| Values { runs: places.iter().map(|&run| values.runs[run].clone()).collect(), ..values.clone() };
        Self {
            names: places.iter().map(|&run| self.names[run].clone()).collect(),
            values: self.values.iter().map(reorder).collect(),
            observations: self.observations.clone(),
        }
    }
}

fn opposite(value: &Value) -> Value {
    value.as_f64().map_or(Value::Null, |value| (0.0 - value).into())
}

/// A pair as it must read when its runs change places.
fn mirrored(pair: &Value) -> Value {
    let mut other = pair.clone();
    other["difference"] = opposite(&pair["difference"]);
    other["student_t"] = opposite(&pair["student_t"]);
    (other["wins"], other["losses"]) = (pair["losses"].clone(), pair["wins"].clone());
    if pair["interval"].is_object() {
        other["interval"]["low"] = opposite(&pair["interval"]["high"]);
        other["interval"]["high"] = opposite(&pair["interval"]["low"]);
    }
    other
}

#[test]
fn the_order_of_images_changes_no_number() {
    let mut random = seeded(31);
    for _ in 0..100 {
        let table = Table::random(&mut random);
        let (found, expected) = (json::value(&table.shuffled(&mut random).compare()), json::value(&table.compare()));
        assert_eq!(found.to_string(), expected.to_string());
    }
}

#[test]
fn two_runs_that_change_places_mirror_every_number() {
    let mut random = seeded(32);
    for _ in 0..100 {
        let table = Table::random(&mut random).with_runs(&[0, 1]);
        let [found, expected] = [&table.with_runs(&[1, 0]), &table].map(|table| json::value(&table.compare()));
        for (found, expected) in metrics(&found).iter().zip(metrics(&expected)) {
            let mut swapped = mirrored(&expected["pairs"][0]);
            // Places name the runs, and are not theirs.
            (swapped["first"], swapped["second"]) = (0.into(), 1.into());
            assert_eq!(found["pairs"][0], swapped);
            for list in ["means", "intervals"] {
                assert_eq!((&found[list][0], &found[list][1]), (&expected[list][1], &expected[list][0]));
            }
        }
        for block in ["scores", "comparisons", "win_tie_loss"] {
            assert_eq!((&found["run0"][block], &found["run1"][block]), (&expected["run0"][block], &expected["run1"][block]));
        }
    }
}

fn metrics(value: &Value) -> Vec<Value> {
    value["nearmiss"]["metrics"].as_array().unwrap().clone()
}

#[test]
fn a_run_held_against_itself_is_equal_and_nobody_is_best() {
    let mut random = seeded(33);
    for _ in 0..100 {
        let table = Table::random(&mut random).with_runs(&[0, 0]);
        let comparison = table.compare();
        for metric in &comparison.metrics {
            let pair = &metric.pairs[0];
            assert_eq!((pair.wins, pair.losses, pair.randomisation.p, pair.adjusted), (0, 0, 1.0, 1.0));
            assert!(pair.difference.is_none_or(|difference| difference.to_bits() == 0), "{pair:?}");
            assert_eq!((metric.best(0.05), pair.student_p), (None, None));
        }
        let sentence = verdict(&comparison);
        assert!(sentence.contains("equally often") || sentence.contains("No image"), "{sentence}");
    }
}

#[test]
fn uncertainty_never_vanishes() {
    let mut random = seeded(34);
    for _ in 0..200 {
        let table = Table::random(&mut random);
        let comparison = table.compare();
        for metric in comparison.metrics.iter().filter(|metric| metric.n > 0) {
            for ((mean, interval), reason) in metric.means.iter().zip(&metric.intervals).zip(&metric.no_interval) {
                assert!(interval.is_some() != reason.is_some(), "{metric:?}");
                let (Some(mean), Some(interval)) = (mean, interval) else { continue };
                assert!(interval.low < interval.high && interval.low <= *mean && *mean <= interval.high, "{mean} {interval:?}");
            }
            for pair in &metric.pairs {
                assert!(pair.interval.is_some() != pair.no_interval.is_some(), "{pair:?}");
                assert!(pair.student_p.is_some() != pair.no_student.is_some(), "{pair:?}");
                assert!((0.0..=1.0).contains(&pair.randomisation.p) && pair.adjusted >= pair.randomisation.p, "{pair:?}");
                let Some(interval) = pair.interval else { continue };
                let difference = pair.difference.unwrap();
                assert!(interval.low < interval.high, "{pair:?}");
                assert!(interval.low <= difference && difference <= interval.high, "{pair:?}");
            }
        }
    }
}

#[test]
fn a_table_twice_over_has_the_same_means_and_twice_the_images() {
    let mut random = seeded(35);
    for _ in 0..50 {
        let table = Table::random(&mut random);
        let twice = |run: &Vec<Option<f64>>| [run.clone(), run.clone()].concat();
        let again = table.observations.iter().map(|name| if name.is_empty() { String::new() } else { format!("{name} again") });
        let doubled = Table {
            names: table.names.clone(),
            values: table.values.iter().map(|of| Values { runs: of.runs.iter().map(twice).collect(), ..of.clone() }).collect(),
            observations: table.observations.iter().cloned().chain(again).collect(),
        };
        for (two, one) in doubled.compare().metrics.iter().zip(&table.compare().metrics) {
            assert_eq!((two.n, &two.means), (2 * one.n, &one.means));
            for (two, one) in two.pairs.iter().zip(&one.pairs) {
                assert_eq!((two.difference, two.wins, two.losses), (one.difference, 2 * one.wins, 2 * one.losses));
            }
        }
    }
}

#[test]
fn of_many_runs_each_is_compared_with_the_first_alone() {
    let mut random = seeded(36);
    let table = Table::random(&mut random).with_runs(&[0, 1, 0, 1]);
    let clusters = Clusters::by_name(table.observations.iter().map(String::as_str));
    let options = CompareOptions { pairs: PairsOf::First, draws: 300, ..CompareOptions::default() };
    let comparison = Comparison::of(&table.names, &table.values, &clusters, &options);
    for metric in &comparison.metrics {
        let places: Vec<(usize, usize)> = metric.pairs.iter().map(|pair| (pair.first, pair.second)).collect();
        assert_eq!(places, [(0, 1), (0, 2), (0, 3)]);
        assert!(metric.pair(3, 0).is_some() && metric.pair(1, 2).is_none());
    }
    assert!(verdict(&comparison).contains("others the difference may be chance"), "{}", verdict(&comparison));
}
