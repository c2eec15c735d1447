//! Tables of a search for readers.

use crate::report::document::{Block, Table};
use crate::report::text::{count, decimal, decimal_with_interval, fixed, percent, percent_with_interval};
use crate::spaces::retrieval::search::{Measured, Search};

/// Measures down, ranks across, below the number of queries that have something to find: what is printed.
#[must_use]
pub fn measure_table(search: &Search) -> Table {
    measures(search, |of| decimal(of.value, 3))
}

/// The same with intervals, for the page.
pub(super) fn measure_table_with_intervals(search: &Search) -> Table {
    measures(search, |of| decimal_with_interval(of.value, of.low, of.high, 3))
}

fn measures(search: &Search, cell: impl Fn(&Measured) -> String) -> Table {
    let ranks: Vec<&str> = search.levels.iter().map(|level| level.rank.as_str()).collect();
    let columns: Vec<(&str, bool)> = std::iter::once(("Measure", false)).chain(ranks.iter().map(|rank| (*rank, true))).collect();
    let mut table = Table::new(&columns);
    let mut names: Vec<&str> = vec![];
    for of in search.measured.iter().filter(|of| of.level.is_some()) {
        if !names.contains(&of.measure.as_str()) {
            names.push(&of.measure);
        }
    }
    let mut row = |name: &str, cell: &dyn Fn(i32) -> String| {
        table.rows.push(std::iter::once(name.to_string()).chain(search.levels.iter().map(|level| cell(level.grade))).collect());
    };
    // At one rank all measures are over the same queries.
    let asked = |level: i32| search.measured.iter().find(|of| of.level == Some(level)).map_or(0, |of| of.n);
    row("n (queries)", &|level| count(asked(level) as u64));
    for name in names {
        let at = |level: i32| search.measured.iter().find(|of| of.measure == name && of.level == Some(level));
        row(name, &|level| at(level).map_or_else(String::new, &cell));
    }
    table
}

/// Flags down, numbers of documents across: what is printed.
#[must_use]
pub fn flag_table(search: &Search) -> Table {
    flags(search, false)
}

/// The flags, with intervals for the page.
pub(super) fn flags(search: &Search, intervals: bool) -> Table {
    let ks: Vec<usize> = search.top_shares.iter().map(|share| share.k).collect();
    let heads: Vec<String> = ks.iter().map(|k| format!("@{k}")).collect();
    let columns: Vec<(&str, bool)> =
        std::iter::once(("First documents", false)).chain(heads.iter().map(|head| (head.as_str(), true))).collect();
    let mut table = Table::new(&columns);
    let measured = |flag: &str, k: usize| search.measured.iter().find(|of| of.name == format!("{flag}@{k}"));
    let share = |value: Option<f64>, low: Option<f64>, high: Option<f64>| {
        if intervals { percent_with_interval(value, low, high) } else { percent(value) }
    };
    let counts = ks.iter().map(|&k| count(measured("green", k).map_or(0, |of| of.n) as u64));
    table.rows.push(std::iter::once("n (queries that found any)".to_string()).chain(counts).collect());
    let mut labels = vec![("green", "green: the query's own taxon".to_string())];
    if let Some(rank) = search.yellow_from {
        labels.extend([
            ("yellow", format!("yellow: another that meets it at the {} or below", rank.name())),
            ("red", "red: neither".to_string()),
            ("queries_with_red", "queries with a red one".to_string()),
        ]);
    }
    for (flag, label) in labels {
        let cell = |&k: &usize| measured(flag, k).map_or_else(|| percent(None), |of| share(of.value, of.low, of.high));
        table.rows.push(std::iter::once(label).chain(ks.iter().map(cell)).collect());
    }
    let height = |&k: &usize| {
        measured("mean_height", k).map_or_else(String::new, |of| {
            if intervals { decimal_with_interval(of.value, of.low, of.high, 3) } else { decimal(of.value, 3) }
        })
    };
    table.rows.push(std::iter::once("mean height at which both meet".to_string()).chain(ks.iter().map(height)).collect());
    let positives = search.top_shares.iter().map(|of| share(of.positives, of.positives_low, of.positives_high));
    table.rows.push(std::iter::once("positives among them".to_string()).chain(positives).collect());
    let negatives = search.top_shares.iter().map(|of| share(of.negatives, of.negatives_low, of.negatives_high));
    table.rows.push(std::iter::once("negatives among them".to_string()).chain(negatives).collect());
    table
}

/// Triplets in one line, as they are printed; `None` where there are none.
#[must_use]
pub fn triplet_line(search: &Search) -> Option<String> {
    let of = search.triplets.as_ref()?;
    Some(format!(
        "  triplets: {} of {} right, {} equal, margin {}{}",
        fixed(of.accuracy, 3),
        of.n,
        of.ties,
        fixed(of.margin_mean, 3),
        match (of.accuracy_low, of.accuracy_high) {
            (Some(low), Some(high)) => format!(" (share right: 95 % interval {} to {})", fixed(low, 3), fixed(high, 3)),
            _ => String::new(),
        }
    ))
}

/// What intervals draw.
pub(super) fn drawn(search: &Search) -> &'static str {
    if search.clusters < search.queries { "observations" } else { "queries" }
}

/// Triplets for the page.
pub(super) fn triplets(search: &Search) -> Vec<Block> {
    let Some(triplets) = &search.triplets else { return vec![] };
    let of = if triplets.drawn { format!(" drawn of {}", count(triplets.of)) } else { String::new() };
    let [low, .., high] = triplets.margin_quantiles;
    let reason = triplets.no_interval.values().next().map(|reason| format!(" No interval: {reason}.")).unwrap_or_default();
    vec![
        Block::Heading(2, "Triplets".to_string()),
        Block::Paragraph(format!(
            "In {} of {} triplets{of} the document of the query's own taxon is nearer than one of another ({} are equally near); it is \
             nearer by {} on average, by {} to {} for 90 % of them. In brackets 95 % intervals, {} drawn.{reason}",
            percent_with_interval(Some(triplets.accuracy), triplets.accuracy_low, triplets.accuracy_high),
            count(triplets.n),
            count(triplets.ties),
            decimal_with_interval(Some(triplets.margin_mean), triplets.margin_mean_low, triplets.margin_mean_high, 3),
            fixed(low, 3),
            fixed(high, 3),
            drawn(search)
        )),
    ]
}
