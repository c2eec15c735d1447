//! What fits a terminal of two sets: the ranks, exact and height, and what the differences are made up of.

use super::tables::apart;
use crate::report::text::{UNDEFINED, fixed, probability};
use crate::scores::metric::Row;
use crate::scores::shift::Shift;
use std::fmt::Write;

/// Heads of the columns behind the metric.
const HEADS: [&str; 6] = ["first", "second", "second − first (95 %)", "p", "skill", "other taxa"];

/// The differences of all metrics, a line each.
#[must_use]
pub fn text(shift: &Shift) -> String {
    let number = |value: Option<f64>| value.map_or_else(|| UNDEFINED.to_string(), |value| fixed(value, 3));
    let mut lines = vec![std::iter::once("metric".to_string()).chain(HEADS.map(str::to_string)).collect::<Vec<_>>()];
    for row in &shift.rows {
        let others = row.composition.zip(row.only_first).zip(row.only_second).map(|((a, b), c)| a + b + c);
        lines.push(vec![
            row.label.clone(),
            number(row.first),
            number(row.second),
            apart(row.within("difference")),
            probability(row.p),
            number(row.skill),
            number(others),
        ]);
    }
    let width = |column: usize| lines.iter().map(|line| line[column].chars().count()).max().unwrap_or(0);
    let widths: Vec<usize> = (0..=HEADS.len()).map(width).collect();
    let mut text = String::new();
    for line in &lines {
        let mut padded = String::new();
        for (column, (cell, width)) in line.iter().zip(&widths).enumerate() {
            // Writing to a string cannot fail.
            let _ = if column == 0 { write!(padded, "{cell:<width$}") } else { write!(padded, "  {cell:>width$}") };
        }
        text.push_str(padded.trim_end());
        text.push('\n');
    }
    text
}
