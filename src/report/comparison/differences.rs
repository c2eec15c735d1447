//! The differences of runs as they are drawn: by metric, and by clade.

use crate::report::figures::{Forest, ForestPanel, ForestRow};
use crate::report::text::{count, taxon};
use crate::scores::compare::clades::CladeDifference;
use crate::scores::compare::{Comparison, MetricComparison, Pair};
use crate::scores::metric::Direction;
use crate::taxonomy::Taxonomy;

/// Rows of several runs, as many as a page has room for; the tables have all.
const ROWS: usize = 48;
/// Clades, those in which the runs differ most.
const CLADES: usize = 30;
/// What dots and rings say.
const MARKS: &str = "A filled dot is more than chance, a ring may be chance";

/// Two runs by all metrics, or several runs against the first by the main ones.
pub(super) fn by_metric(comparison: &Comparison) -> Forest {
    let (of, left_out, panels) = match &comparison.runs[..] {
        [one, other] => (format!("{one} less {other}"), String::new(), of_two(comparison, [one, other])),
        _ => of_several(comparison),
    };
    let alpha = comparison.alpha;
    Forest {
        file: "figures/differences.svg".to_string(),
        name: "Differences of the runs, metric by metric",
        caption: format!(
            "Paired differences, {of}, with 95 % intervals; in brackets the images. {MARKS} (sign-flip randomisation, adjusted by \
             Holm over the pairs of a metric, p ≤ {alpha}).{left_out}"
        ),
        panels,
    }
}

fn of_two(comparison: &Comparison, runs: [&str; 2]) -> Vec<ForestPanel> {
    let panel = |title: &str, is_lower: bool| {
        let metrics = comparison.metrics.iter().filter(|metric| (metric.direction == Direction::Lower) == is_lower);
        let rows = metrics.filter_map(|metric| row(comparison, metric, metric.pair(0, 1)?, &metric.label)).collect();
        ForestPanel { title: title.to_string(), better: better(runs, is_lower), rows }
    };
    vec![panel("Higher is better", false), panel("Lower is better", true)]
}

/// Of what the differences are, what is not drawn, and what is.
fn of_several(comparison: &Comparison) -> (String, String, Vec<ForestPanel>) {
    let first = comparison.runs.first().map_or("", String::as_str);
    let mut metrics: Vec<&MetricComparison> = comparison.metrics.iter().collect();
    metrics.sort_by_key(|metric| place(&metric.name));
    let others = comparison.runs.len().saturating_sub(1).clamp(1, ROWS);
    metrics.truncate(ROWS / others);
    let panel = |metric: &MetricComparison| {
        let with_first = metric.pairs.iter().filter(|pair| pair.first == 0).take(ROWS);
        let is_lower = metric.direction == Direction::Lower;
        let rows = with_first.filter_map(|pair| row(comparison, metric, pair, &comparison.runs[pair.second])).collect();
        let title = format!("{} ({} is better)", metric.label, metric.direction.word());
        ForestPanel { title, better: better([first, "the other"], is_lower), rows }
    };
    let left_out = match comparison.metrics.len() - metrics.len() {
        0 => String::new(),
        1 => " The tables have one metric more.".to_string(),
        several => format!(" The tables have {several} metrics more."),
    };
    let runs = if comparison.runs.len() > ROWS + 1 { format!(", of which the first {ROWS} are drawn") } else { String::new() };
    let panels = metrics.into_iter().map(panel).collect();
    (format!("{first} less each other run{runs}"), left_out, panels)
}

/// Metrics of several runs in the order in which they are drawn.
fn place(name: &str) -> usize {
    match name {
        "exact" => 0,
        "height" => 1,
        name if name.starts_with("path_top1.") => 2,
        "hf_mean" => 3,
        _ => 4,
    }
}

/// A difference; `None` where no image has one.
fn row(comparison: &Comparison, metric: &MetricComparison, pair: &Pair, name: &str) -> Option<ForestRow> {
    Some(ForestRow {
        name: name.to_string(),
        images: metric.n as u64,
        difference: pair.difference?,
        interval: pair.interval,
        is_significant: pair.adjusted <= comparison.alpha,
    })
}

/// Who is better where the first less the second is below 0, and where it is above.
fn better([first, second]: [&str; 2], is_lower: bool) -> [String; 2] {
    if is_lower { [first, second] } else { [second, first] }.map(str::to_string)
}

/// Two runs clade by clade, in the order of the tree; of `clades` the first, which are those in which they differ most.
pub(super) fn by_clade(taxonomy: &Taxonomy, clades: &[CladeDifference], names: [&str; 2], alpha: f64, file: String) -> Forest {
    let mut drawn: Vec<&CladeDifference> = clades.iter().take(CLADES).collect();
    drawn.sort_by_key(|clade| clade.counts.clade);
    let row = |clade: &&CladeDifference| ForestRow {
        name: taxon(taxonomy, clade.counts.clade),
        images: clade.counts.images,
        difference: clade.difference,
        interval: Some(clade.interval),
        is_significant: clade.counts.adjusted <= alpha,
    };
    let rows = drawn.iter().map(row).collect();
    let left_out = if clades.len() > CLADES {
        format!(" Of {} clades in which they differ, the {CLADES} in which they do most.", count(clades.len() as u64))
    } else {
        String::new()
    };
    let [one, other] = names;
    Forest {
        file,
        name: "Differences of two runs, clade by clade",
        caption: format!(
            "Share right of {one} less that of {other}, clade by clade in the order of the tree, with 95 % intervals; in brackets \
             the images.{left_out} {MARKS} (sign test, adjusted by Holm over all clades in which they differ, p ≤ {alpha})."
        ),
        panels: vec![ForestPanel { title: "Share right".to_string(), better: better(names, false), rows }],
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::bootstrap::Clusters;
    use crate::scores::compare::{CompareOptions, Values};

    /// Runs that are right on some of twenty images.
    fn compared(runs: &[(&str, usize)]) -> Comparison {
        let of = |name: &str, direction: Direction| Values {
            name: name.to_string(),
            label: name.to_string(),
            direction,
            binary: true,
            range: Some((0.0, 1.0)),
            runs: runs
                .iter()
                .map(|(_, right)| (0..20).map(|image| Some(if image < *right { 1.0 } else { 0.0 })).collect())
                .collect(),
        };
        let values = [of("path_top1.species", Direction::Higher), of("exact", Direction::Higher), of("height", Direction::Lower)];
        let names: Vec<String> = runs.iter().map(|(name, _)| (*name).to_string()).collect();
        Comparison::of(&names, &values, &Clusters::single(20), &CompareOptions::default())
    }

    #[test]
    fn two_runs_are_drawn_metric_by_metric() {
        let forest = by_metric(&compared(&[("svm", 4), ("mlp", 16)]));
        let [higher, lower] = &forest.panels[..] else { panic!("{forest:?}") };
        assert_eq!(higher.better, ["mlp", "svm"]);
        assert_eq!(lower.better, ["svm", "mlp"]);
        assert_eq!(higher.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["path_top1.species", "exact"]);
        assert!((lower.rows[0].difference + 0.6).abs() < 1e-12 && lower.rows[0].images == 20, "{lower:?}");
        assert!(lower.rows[0].interval.is_some() && lower.rows[0].is_significant, "{lower:?}");
        assert!(forest.caption.starts_with("Paired differences, svm less mlp, with 95 % intervals"), "{}", forest.caption);
    }

    #[test]
    fn several_runs_are_drawn_against_the_first() {
        let forest = by_metric(&compared(&[("a", 4), ("b", 5), ("c", 16)]));
        let titles: Vec<&str> = forest.panels.iter().map(|panel| panel.title.as_str()).collect();
        assert_eq!(titles, ["exact (higher is better)", "height (lower is better)", "path_top1.species (higher is better)"]);
        let names: Vec<&str> = forest.panels[0].rows.iter().map(|row| row.name.as_str()).collect();
        assert_eq!(names, ["b", "c"]);
        assert_eq!(forest.panels[1].better, ["a", "the other"]);
    }
}
