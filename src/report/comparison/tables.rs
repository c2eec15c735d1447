//! The tables of all runs by all metrics.

use crate::numbers::statistics::Interval;
use crate::report::document::Table;
use crate::report::text::{count, decimal};
use crate::scores::compare::{Comparison, text};
use crate::scores::metric::{Direction, Row};

/// The means of all runs by all metrics: a run in each row, or where there are more metrics than runs, a metric, so that nothing
/// is cut off at the side of a page.
pub(super) fn means(comparison: &Comparison) -> Table {
    let runs = comparison.runs.iter().enumerate().map(|(run, name)| format!("{}: {name}", text::letter(run)));
    let metrics = comparison.metrics.iter().map(|metric| {
        let arrow = if metric.direction == Direction::Lower { "↓" } else { "↑" };
        format!("{} {arrow}", metric.label)
    });
    if comparison.metrics.len() > comparison.runs.len() {
        let mut table = Table::new(&[("metric", false), ("images", true)]);
        table.head.extend(runs);
        table.numeric.resize(table.head.len(), true);
        for (metric, name) in metrics.enumerate() {
            let before = [name, count(comparison.metrics[metric].n as u64)];
            let cells = (0..comparison.runs.len()).map(|run| cell(comparison, metric, run));
            table.rows.push(before.into_iter().chain(cells).collect());
        }
        return table;
    }
    let mut table = Table::new(&[("run", false)]);
    table.head.extend(metrics);
    table.numeric.resize(table.head.len(), true);
    for (run, name) in runs.enumerate() {
        let cells = (0..comparison.metrics.len()).map(|metric| cell(comparison, metric, run));
        table.rows.push(std::iter::once(name).chain(cells).collect());
    }
    table
}

/// A mean with what it says about the other runs.
fn cell(comparison: &Comparison, metric: usize, run: usize) -> String {
    let best = if comparison.metrics[metric].best(comparison.alpha) == Some(run) { " ★" } else { "" };
    format!("{}{best}", text::cell(comparison, metric, run))
}

/// Every value with its interval.
pub(super) fn intervals(comparison: &Comparison) -> Table {
    let mut table = Table::new(&[("metric", false), ("run", false), ("images", true), ("value (95 % interval)", true)]);
    for metric in &comparison.metrics {
        for (run, name) in comparison.runs.iter().enumerate() {
            let (mean, ends) = metric.of_run(run).within("mean");
            let value = format!("{}{}", decimal(mean, 4), interval(ends, 4));
            table.push([metric.label.clone(), name.clone(), count(metric.n as u64), value]);
        }
    }
    table
}

/// An interval as it stands behind its number; nothing where there is none.
pub(super) fn interval(interval: Option<Interval>, decimals: usize) -> String {
    let ends = interval.map(|Interval { low, high }| [low, high].map(|end| decimal(Some(end), decimals)));
    ends.map_or_else(String::new, |[low, high]| format!(" ({low} to {high})"))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::scores::compare::{CompareOptions, Values};

    #[test]
    fn a_table_is_higher_than_wide() {
        let of = |metrics: usize| {
            let values = |metric: usize| Values {
                name: format!("m{metric}"),
                label: format!("m{metric}"),
                direction: if metric == 0 { Direction::Higher } else { Direction::Lower },
                binary: true,
                range: Some((0.0, 1.0)),
                runs: vec![vec![Some(1.0); 8], vec![Some(0.0), Some(1.0), Some(1.0), None, None, None, None, None]],
            };
            let values: Vec<Values> = (0..metrics).map(values).collect();
            let clusters = crate::numbers::bootstrap::Clusters::single(8);
            let runs = ["svm", "mlp"].map(str::to_string);
            means(&Comparison::of(&runs, &values, &clusters, &CompareOptions::default()))
        };
        let wide = of(2);
        assert_eq!(wide.head, ["run", "m0 ↑", "m1 ↓"]);
        assert_eq!(wide.rows, [["a: svm", "1.000", "1.000"], ["b: mlp", "0.667", "0.667"]]);
        let high = of(3);
        assert_eq!((high.head.len(), high.numeric), (4, vec![false, true, true, true]));
        assert_eq!(high.head, ["metric", "images", "a: svm", "b: mlp"]);
        assert_eq!(high.rows[0], ["m0 ↑", "3", "1.000", "0.667"]);
        assert_eq!(high.rows.len(), 3);
    }
}
