//! Flags of the first documents: right, acceptable, wrong.

use crate::scores::metric::{Block, Measure, Metric, Uncertainty, Value};
use crate::spaces::retrieval::flags::Flags;

/// A share of the first documents.
const fn share(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    let how = "BCa of whole queries or observations; Wilson in the range where they agree; of k = 1 as a share";
    Block::Retrieval.metric(name, sentence, formula).at("measured.value").with(Uncertainty::Interval(how))
}

/// The metrics of the first documents of one ranking, in the order in which they are written.
pub static FLAGS: [Measure<Flags>; 5] = [
    Measure {
        metric: share("green@k", "Share of the first k documents that are of the query's own taxon.", "#{i ≤ k : own taxon} / k"),
        value: |flags| Value::Number(Some(flags.green)),
    },
    Measure {
        metric: share(
            "yellow@k",
            "Share that is not, but acceptable: meets the query at the genus (--yellow-from) or below.",
            "#{i ≤ k : not own taxon, lca at --yellow-from or below} / k",
        )
        .neither(),
        value: |flags| Value::Number(flags.yellow),
    },
    Measure {
        metric: share("red@k", "Share that is neither.", "1 − green@k − yellow@k").lower(),
        value: |flags| Value::Number(flags.red),
    },
    Measure {
        metric: share(
            "mean_height@k",
            "Mean height at which query and document meet, in ranks that occur; 0 is the query's own taxon.",
            "mean over i ≤ k of ranks between the query's taxon and lca",
        )
        .lower()
        .within("0 or more ranks")
        .with(Uncertainty::Interval("BCa of whole queries or observations; none where they agree")),
        value: |flags| Value::Number(Some(flags.height)),
    },
    Measure {
        metric: share("queries_with_red@k", "Share of queries with a red one among the first k.", "[red@k > 0]")
            .lower()
            .with(Uncertainty::Interval("Wilson on the effective number of queries")),
        value: |flags| Value::Number(flags.red.map(|red| f64::from(u8::from(red > 0.0)))),
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    fn values(flags: &Flags) -> Vec<Option<f64>> {
        FLAGS.iter().map(|measure| measure.number(flags)).collect()
    }

    #[test]
    fn flags_by_hand() {
        // Own grade 3: one of it, one that is near, one that is not, one near with a lower grade.
        let near = [true, true, false, true];
        let found = Flags::of(&[3, 2, 1, 0], Some(&near), 4, 3).map(|flags| values(&flags));
        assert_eq!(found, Some(vec![Some(0.25), Some(0.5), Some(0.25), Some(1.5), Some(1.0)]));
        let first = Flags::of(&[3, 2, 1, 0], None, 1, 3).map(|flags| values(&flags));
        assert_eq!(first, Some(vec![Some(1.0), None, None, Some(0.0), None]));
    }
}
