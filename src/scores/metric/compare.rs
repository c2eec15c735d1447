//! Metrics of runs against each other: `compare.json`, `clades.csv`, the tables of the page.

use super::description::{Block, Metric};
use super::measure::{Measure, Row, Value, metrics_of};
use super::uncertainty::Uncertainty;
use crate::numbers::interval::MetricIntervals;
use crate::scores::compare::clades::CladeCounts;
use crate::scores::compare::{MetricComparison, Pair, RunMean};

const UNIT: &str = "in the unit of the metric";
const ANY: &str = "any number";
const RANX: &str = "ranx (win, tie, loss)";
const SIGN_TEST: &str = "sign test; Holm 1979";

/// How the interval of a mean is made.
const MEAN: Uncertainty = Uncertainty::Interval("shares: Wilson on the effective number of images; means: BCa of whole clusters");
/// How that of a difference is.
const PAIRED: Uncertainty = Uncertainty::Interval("shares: Bonett & Price 2012; means: BCa of whole clusters");

/// What is said of one metric in all runs.
pub static METRICS: [Measure<MetricComparison>; 1] = [Measure {
    metric: Block::Compare.metric("n", "Images that have a value in all runs.", "#{i : every run has x_i}").count(),
    value: |metric| Value::Count(Some(metric.n as u64)),
}];

/// What is said of one run by one metric.
pub static RUNS: [Measure<RunMean>; 1] = [Measure {
    metric: Block::Compare
        .metric("mean", "Mean of a run over the images that have a value in all runs.", "Σ x_i(run) / n")
        .at("means")
        .neither()
        .within(UNIT)
        .with(MEAN),
    value: |run| Value::Within(run.mean, run.interval),
}];

/// What is said of two runs by one metric, in the order of their keys.
pub static PAIRS: [Measure<Pair>; 9] = [
    Measure {
        metric: Block::Compare
            .metric(
                "difference",
                "Effect: mean of the first run minus mean of the second, over the same images.",
                "mean of x_i(first) − x_i(second)",
            )
            .neither()
            .within(UNIT)
            .with(PAIRED),
        value: |pair| Value::Within(pair.difference, pair.interval),
    },
    Measure {
        metric: Block::Compare
            .metric("wins", "Images for which the first run is better.", "#{i : x_i(first) better than x_i(second)}")
            .count()
            .by(RANX),
        value: |pair| Value::Count(Some(pair.wins as u64)),
    },
    Measure {
        metric: Block::Compare
            .metric("ties", "Images for which neither run is better.", "#{i : x_i(first) = x_i(second)}")
            .count()
            .by(RANX),
        value: |pair| Value::Count(Some(pair.ties as u64)),
    },
    Measure {
        metric: Block::Compare
            .metric("losses", "Images for which the second run is better.", "#{i : x_i(second) better than x_i(first)}")
            .count()
            .by(RANX),
        value: |pair| Value::Count(Some(pair.losses as u64)),
    },
    Measure {
        metric: Block::Compare
            .metric(
                "p",
                "Probability of a difference as large if the runs were exchangeable, observation by observation.",
                "share of changes of sign with |Σ ± d| ≥ |Σ d|: all of them where they can be counted, else 100 000",
            )
            .at("randomisation.p")
            .neither()
            .by("Fisher 1935"),
        value: |pair| Value::Number(Some(pair.randomisation.p)),
    },
    Measure {
        metric: Block::Compare
            .metric("standard_error", "Standard error of a p that was found by random changes of sign.", "√(p (1 − p) / 100 000)")
            .at("randomisation.standard_error")
            .neither(),
        value: |pair| Value::Number(pair.randomisation.standard_error),
    },
    Measure {
        metric: Block::Compare
            .metric(
                "student_t",
                "Statistic of the paired t-test, for tables that have it; none of fewer than six images or observations.",
                "mean of d / (s(d) / √n)",
            )
            .neither()
            .within(ANY)
            .by("Student 1908"),
        value: |pair| Value::Number(pair.student_t),
    },
    Measure {
        metric: Block::Compare
            .metric("student_p", "Two-sided p of the paired t-test.", "2 P(T ≥ |t|), n − 1 degrees of freedom")
            .neither()
            .by("Student 1908"),
        value: |pair| Value::Number(pair.student_p),
    },
    Measure {
        metric: Block::Compare
            .metric("adjusted", "p adjusted over the pairs of runs that are compared by the metric.", "Holm's step-down")
            .neither()
            .by("Holm 1979"),
        value: |pair| Value::Number(Some(pair.adjusted)),
    },
];

/// What is said of two runs in one clade, in the order of the columns.
pub static CLADE_COUNTS: [Measure<CladeCounts>; 4] = [
    Measure {
        metric: Block::Compare.metric("images", "Images of the clade that both runs score.", "#{i in clade}").count(),
        value: |clade| Value::Count(Some(clade.images)),
    },
    Measure {
        metric: Block::Compare
            .metric("only_first", "Images of the clade that only the first run gets right.", "#{i : first right, second wrong}")
            .count(),
        value: |clade| Value::Count(Some(clade.only_first)),
    },
    Measure {
        metric: Block::Compare
            .metric("only_second", "Images of the clade that only the second run gets right.", "#{i : second right, first wrong}")
            .count(),
        value: |clade| Value::Count(Some(clade.only_second)),
    },
    Measure {
        metric: Block::Compare
            .metric(
                "p_holm",
                "Probability of a split as uneven if both were as likely to be right alone, adjusted over the clades.",
                "two-sided binomial test of only_first among only_first + only_second, Holm's step-down",
            )
            .neither()
            .by(SIGN_TEST),
        value: |clade| Value::Number(Some(clade.adjusted)),
    },
];

/// All metrics of `compare`.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::metric::compare;
///
/// let names: Vec<&str> = compare::all().iter().map(|metric| metric.name).collect();
/// assert!(["difference", "p", "adjusted"].iter().all(|name| names.contains(name)));
/// ```
#[must_use]
pub fn all() -> Vec<Metric> {
    [metrics_of(&METRICS), metrics_of(&RUNS), metrics_of(&PAIRS), metrics_of(&CLADE_COUNTS)].concat()
}

impl Row for RunMean {
    fn measures() -> &'static [Measure<Self>] {
        &RUNS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for Pair {
    fn measures() -> &'static [Measure<Self>] {
        &PAIRS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for CladeCounts {
    fn measures() -> &'static [Measure<Self>] {
        &CLADE_COUNTS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::numbers::bootstrap::Clusters;
    use crate::scores::compare::{CompareOptions, Comparison, Values};
    use crate::scores::metric::Direction;
    use serde_json::Value as Json;

    /// Two runs over twenty images by one metric.
    fn compared() -> MetricComparison {
        let values = |step: usize| -> Vec<Option<f64>> {
            (0..20_usize).map(|image| Some(f64::from(u8::try_from(image * step % 7).unwrap()))).collect()
        };
        let values = Values {
            name: "height".to_string(),
            label: "height".to_string(),
            direction: Direction::Lower,
            binary: false,
            range: Some((0.0, 7.0)),
            runs: vec![values(1), values(3)],
        };
        let runs = ["a".to_string(), "b".to_string()];
        Comparison::of(&runs, &[values], &Clusters::single(20), &CompareOptions::default()).metrics.remove(0)
    }

    /// Paths of all that may be numbers.
    fn numbers(value: &Json, path: &str, found: &mut Vec<String>) {
        match value {
            Json::Object(map) => {
                for (key, value) in map {
                    numbers(value, &if path.is_empty() { key.clone() } else { format!("{path}.{key}") }, found);
                }
            }
            Json::Array(values) if values.iter().all(Json::is_number) => found.push(path.to_string()),
            Json::Number(_) | Json::Null => found.push(path.to_string()),
            Json::Array(_) | Json::Bool(_) | Json::String(_) => {}
        }
    }

    #[test]
    fn every_number_of_a_row_is_a_described_metric() {
        let compared = compared();
        let mut found = vec![];
        let mut row = serde_json::to_value(&compared).unwrap();
        let pair = row.as_object_mut().unwrap().remove("pairs").unwrap().as_array_mut().unwrap().remove(0);
        numbers(&row, "", &mut found);
        numbers(&pair, "", &mut found);
        // Places of the two runs; the ends of the difference.
        let others = ["first", "second", "interval.low", "interval.high"];
        let known = |key: &str| all().iter().any(|metric| metric.key == key) || others.contains(&key);
        let unknown: Vec<&String> = found.iter().filter(|key| !known(key)).collect();
        assert_eq!(unknown, Vec::<&String>::new());
        for measure in &PAIRS {
            let written = measure.metric.key.split('.').fold(&pair, |value, key| &value[key]);
            assert_eq!(*written, serde_json::to_value((measure.value)(&compared.pairs[0])).unwrap(), "{}", measure.metric.name);
        }
        assert_eq!(pair["interval"], serde_json::to_value(PAIRS[0].interval(&compared.pairs[0])).unwrap());
    }

    #[test]
    fn every_metric_is_described_and_named_once() {
        let metrics = all();
        for metric in &metrics {
            assert!(metric.sentence.ends_with('.') && !metric.formula.is_empty() && !metric.source.is_empty(), "{}", metric.name);
            assert_eq!(metrics.iter().filter(|other| other.name == metric.name).count(), 1, "{}", metric.name);
        }
    }
}
