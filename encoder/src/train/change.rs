//! A model before and after its training, query by query.

use super::lesson::Values;
use nearmiss::numbers::significance::{holm, sign_flip};
use nearmiss::numbers::statistics::to_f64;
use serde::{Deserialize, Serialize};

/// How a measure changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Change {
    /// The measure: `mrr`, `triplets`.
    pub measure: String,
    /// What it was measured on.
    pub of: String,
    /// Whether the epoch was chosen by the same queries, which flatters what comes after.
    pub chosen_by: bool,
    /// How many queries have a value.
    pub queries: usize,
    /// The mean before the training.
    pub before: f64,
    /// The mean after it.
    pub after: f64,
    /// Two-sided p-value of the paired differences by changes of sign.
    pub p: f64,
    /// The same, adjusted by Holm over the measures.
    pub adjusted: f64,
    /// How the p-value was found.
    pub method: String,
}

/// The changes of all measures that have a value for some query.
#[must_use]
pub fn changes(before: &Values, after: &Values) -> Vec<Change> {
    let mut changes = vec![];
    for ((measure, before_of), (_, after_of)) in before.measures.iter().zip(&after.measures) {
        if before_of.is_empty() || before_of.len() != after_of.len() {
            continue;
        }
        let differences: Vec<f64> = after_of.iter().zip(before_of).map(|(after, before)| after - before).collect();
        let significance = sign_flip(&differences, measure);
        changes.push(Change {
            measure: (*measure).to_string(),
            of: before.of.clone(),
            chosen_by: before.chosen_by,
            queries: differences.len(),
            before: mean(before_of),
            after: mean(after_of),
            p: significance.p,
            adjusted: significance.p,
            method: significance.method.name().to_string(),
        });
    }
    let adjusted = holm(&changes.iter().map(|change| change.p).collect::<Vec<f64>>());
    changes.iter_mut().zip(adjusted).for_each(|(change, adjusted)| change.adjusted = adjusted);
    changes
}

impl Change {
    /// A line: `MRR 0.412 before, 0.671 after on 40 queries of the split 'test' (p = 0.004)`.
    #[must_use]
    pub fn line(&self) -> String {
        let Change { measure, of, queries, before, after, adjusted, .. } = self;
        let flatters = if self.chosen_by { "; the epoch was chosen by them, which flatters" } else { "" };
        format!("{measure}: {before:.3} before, {after:.3} after, on {queries} of {of} (p = {adjusted:.4}){flatters}")
    }
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / to_f64(values.len().max(1) as u64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn changes_are_paired_and_adjusted() {
        let of = |mrr: &[f64], triplets: &[f64]| Values {
            of: "the split 'test'".to_string(),
            chosen_by: false,
            measures: vec![("mrr", mrr.to_vec()), ("triplets", triplets.to_vec()), ("none", vec![])],
        };
        let before = of(&[0.5, 0.5, 0.5, 0.5, 0.5, 1.0], &[0.0, 1.0, 1.0, 1.0]);
        let after = of(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.0], &[1.0, 1.0, 1.0, 0.0]);
        let found = changes(&before, &after);
        // Five of five up: 2 / 32; one up and one down is as even as can be. Holm doubles the first.
        let told: Vec<(&str, usize)> = found.iter().map(|change| (change.measure.as_str(), change.queries)).collect();
        assert_eq!(told, [("mrr", 6), ("triplets", 4)]);
        for (change, before, p, adjusted) in [(&found[0], 3.5 / 6.0, 0.0625, 0.125), (&found[1], 0.75, 1.0, 1.0)] {
            assert!((change.before - before).abs() < 1e-12 && (change.p - p).abs() < 1e-12, "{change:?}");
            assert!((change.adjusted - adjusted).abs() < 1e-12, "{change:?}");
        }
        assert_eq!(found[0].line(), "mrr: 0.583 before, 1.000 after, on 6 of the split 'test' (p = 0.1250)");
    }
}
