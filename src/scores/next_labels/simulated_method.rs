//! How a method fared in a simulation.

use super::order::Method;

/// A method's labels and regrets over all repetitions.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::next_labels, under its own name")]
pub struct SimulatedMethod {
    pub method: Method,
    pub repetitions: u64,
    pub found: f64,
    pub labels_needed: Option<u64>,
    pub cumulative_regret: f64,
    pub final_regret: f64,
    /// After 0, 1, 2, … labels: how much less accurate the model that is taken for the best is, mean over repetitions.
    pub regret: Vec<f64>,
    /// After 0, 1, 2, … labels: the share of repetitions in which the best model is found and stays found.
    pub found_by: Vec<f64>,
    /// Of each repetition the labels that were needed; `None` where the best model was not found.
    pub needed: Vec<Option<u64>>,
}

impl SimulatedMethod {
    /// Of the curves of all repetitions: regret after 0, 1, 2, … labels.
    pub(super) fn of(method: Method, curves: &[Vec<f64>]) -> SimulatedMethod {
        let repetitions = curves.len() as u64;
        let share = |count: usize| crate::numbers::statistics::share(count as u64, repetitions).unwrap_or(0.0);
        let steps = curves.first().map_or(0, Vec::len);
        let mean = |step: usize| crate::numbers::statistics::mean(curves.iter().map(|curve| curve[step])).unwrap_or(0.0);
        let regret: Vec<f64> = (0..steps).map(mean).collect();
        let needed: Vec<Option<u64>> = curves.iter().map(|curve| needed(curve)).collect();
        let found_by =
            (0..steps as u64).map(|step| share(needed.iter().flatten().filter(|needed| **needed <= step).count())).collect();
        SimulatedMethod {
            method,
            repetitions,
            found: share(needed.iter().flatten().count()),
            labels_needed: median(&needed),
            cumulative_regret: regret.iter().skip(1).sum(),
            final_regret: regret.last().copied().unwrap_or(0.0),
            regret,
            found_by,
            needed,
        }
    }
}

/// The labels after which the regret is nothing and stays so; `None` where it is not in the end.
fn needed(curve: &[f64]) -> Option<u64> {
    let last = curve.iter().rposition(|regret| *regret > 0.0);
    let first = last.map_or(0, |last| last + 1);
    (first < curve.len()).then_some(first as u64)
}

/// The lower median, what was not found being more than any number; `None` where that is the median.
fn median(needed: &[Option<u64>]) -> Option<u64> {
    let mut sorted: Vec<u64> = needed.iter().map(|needed| needed.unwrap_or(u64::MAX)).collect();
    sorted.sort_unstable();
    sorted.get(sorted.len().saturating_sub(1) / 2).copied().filter(|needed| *needed < u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_needed_are_those_after_which_the_best_stays_found() {
        assert_eq!(needed(&[0.25, 0.0, 0.25, 0.0, 0.0]), Some(3));
        assert_eq!((needed(&[0.0, 0.0]), needed(&[0.0, 0.5])), (Some(0), None));
        assert_eq!(median(&[Some(5), None, Some(1)]), Some(5));
        assert_eq!((median(&[Some(5), None, None]), median(&[Some(2), Some(4)])), (None, Some(2)));
        let found = SimulatedMethod::of(Method::Random, &[vec![0.5, 0.25, 0.0], vec![0.5, 0.0, 0.0], vec![0.5, 0.5, 0.5]]);
        assert_eq!((found.labels_needed, found.needed.as_slice()), (Some(2), &[Some(2), Some(1), None][..]));
        assert_eq!((found.regret.as_slice(), found.cumulative_regret), (&[0.5, 0.25, 0.5 / 3.0][..], 0.25 + 0.5 / 3.0));
        assert_eq!((found.found, found.found_by[1]), (2.0 / 3.0, 1.0 / 3.0));
    }
}
