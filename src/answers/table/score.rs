//! Columns of scores: fractions, percentages, logits.

use super::error::TableError;
use super::frame::Frame;

/// ScoreColumn of all rows.
#[derive(Debug, Default)]
pub(super) struct ScoreColumn {
    /// One per row, for ranking; not-a-number where there is none.
    pub(super) values: Vec<f64>,
    /// Whether all are probabilities.
    pub(super) probabilities: bool,
    /// What was wrong with them.
    pub(super) notes: Vec<String>,
}

/// A number, with `%` as hundredths.
pub(super) fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    match text.strip_suffix('%') {
        Some(percent) => percent.trim().replace(',', ".").parse::<f64>().ok().map(|value| value / 100.0),
        None => text.parse().ok(),
    }
}

/// Reads a column of scores. Where any value lies outside 0..1 the column ranks answers and gives
/// no probabilities; rounding above 1 by up to 1e-6 is cut.
pub(super) fn read(frame: &Frame, column: &str) -> Result<ScoreColumn, TableError> {
    let mut values: Vec<f64> = match frame.numbers(column)? {
        Some(numbers) => numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect(),
        None => frame.texts(column)?.iter().map(|text| text.and_then(number).unwrap_or(f64::NAN)).collect(),
    };
    let missing = values.iter().filter(|value| value.is_nan()).count();
    let below = values.iter().filter(|value| **value < 0.0).count();
    let above = values.iter().filter(|value| **value > 1.0 + 1e-6).count();
    let mut notes = vec![];
    if missing > 0 {
        notes.push(format!("column '{column}': {missing} of {} scores are missing or no numbers", values.len()));
    }
    let probabilities = below + above == 0;
    if probabilities {
        for value in &mut values {
            *value = if *value > 1.0 { 1.0 } else { *value };
        }
    } else {
        notes.push(format!(
            "column '{column}': {below} scores are negative and {above} above 1, so they rank the answers but are no probabilities"
        ));
    }
    Ok(ScoreColumn { values, probabilities, notes })
}
