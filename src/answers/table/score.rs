//! Columns of scores: fractions, percentages, logits; decimal points and decimal commas.

use super::error::TableError;
use super::frame::Frame;
use super::seen::Seen;
use crate::taxonomy::name;

/// Scores of all rows.
#[derive(Debug, Default)]
pub(super) struct ScoreColumn {
    /// One per row, for ranking; not-a-number where there is none.
    pub(super) values: Vec<f64>,
    /// Whether all are probabilities.
    pub(super) probabilities: bool,
    /// How they were read, in a few words.
    pub(super) how: String,
    /// What was wrong with them.
    pub(super) notes: Vec<String>,
    /// What must not be overlooked.
    pub(super) warnings: Vec<String>,
    /// What decided how they are read.
    pub(super) seen: Seen,
}

/// What separates the decimals of a number.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Mark {
    Point,
    Comma,
}

/// A number, with `%` as hundredths and either decimal mark.
pub(super) fn number(text: &str) -> Option<f64> {
    marked(text).map(|(value, _)| value)
}

/// A number with the decimal mark it shows. Of `1,234` and `1.234,5` nobody can tell what the comma is: no number.
fn marked(text: &str) -> Option<(f64, Option<Mark>)> {
    let text = text.trim().trim_matches('\u{a0}');
    let (digits, hundredths) = match text.strip_suffix('%') {
        Some(percent) => (percent.trim_end().trim_end_matches('\u{202f}'), true),
        None => (text, false),
    };
    let (value, mark) = match (digits.split_once(','), digits.contains('.')) {
        (None, point) => (digits.parse::<f64>().ok()?, point.then_some(Mark::Point)),
        (Some((whole, decimals)), false) if !decimals.contains(',') => {
            (format!("{whole}.{decimals}").parse::<f64>().ok()?, Some(Mark::Comma))
        }
        _ => return None,
    };
    Some((if hundredths { value / 100.0 } else { value }, mark))
}

/// Whether a comma may as well separate thousands: `1,234`.
fn may_be_thousands(text: &str) -> bool {
    let text = text.trim().trim_start_matches(['-', '+']);
    text.split_once(',').is_some_and(|(whole, rest)| {
        let digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
        rest.len() == 3 && digits(rest) && (1..=3).contains(&whole.len()) && digits(whole) && !whole.starts_with('0')
    })
}

/// Reads a column of scores. Where any value lies outside 0..1 the column ranks answers and gives
/// no probabilities; rounding above 1 by up to 1e-6 is cut. A column called a percentage holds hundredths.
///
/// # Errors
///
/// A column of which no cell that holds anything is a number.
pub(super) fn read(frame: &Frame, column: &str) -> Result<ScoreColumn, TableError> {
    read_as(frame, column, None)
}

/// [`read`] of a part of a table, as is decided by what was seen of the whole column.
///
/// # Errors
///
/// As [`read`], of the whole column.
pub(super) fn read_as(frame: &Frame, column: &str, whole: Option<&Seen>) -> Result<ScoreColumn, TableError> {
    let Parsed { mut values, thousands, seen } = parsed(frame, column)?;
    let seen = whole.cloned().unwrap_or(seen);
    if let (false, (_, Some(example))) = (seen.numbers().is_any(), seen.unread()) {
        return Err(TableError::NoScores { path: frame.path.clone(), column: column.to_string(), example });
    }
    if seen.commas_are_doubtful() {
        for row in thousands {
            values[row] = f64::NAN;
        }
    }
    if seen.are_percentages(column) {
        for value in &mut values {
            *value /= 100.0;
        }
    }
    let probabilities = seen.are_probabilities(column);
    if probabilities {
        values.iter_mut().filter(|value| **value > 1.0).for_each(|value| *value = 1.0);
    }
    let (how, notes, warnings) = (seen.how(column), seen.notes(column), seen.warning(column).into_iter().collect());
    Ok(ScoreColumn { values, probabilities, how, notes, warnings, seen })
}

/// What there is to see of a column of scores.
///
/// # Errors
///
/// A column that cannot be read.
pub(super) fn look(frame: &Frame, column: &str) -> Result<Seen, TableError> {
    Ok(parsed(frame, column)?.seen)
}

/// The cells of a column as numbers, not-a-number where there is none.
struct Parsed {
    values: Vec<f64>,
    /// Rows whose comma may separate thousands.
    thousands: Vec<usize>,
    seen: Seen,
}

fn parsed(frame: &Frame, column: &str) -> Result<Parsed, TableError> {
    if let Some(numbers) = frame.numbers(column)? {
        let values: Vec<f64> = numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect();
        let seen = Seen::of_numbers(&values);
        return Ok(Parsed { values, thousands: vec![], seen });
    }
    let (mut thousands, mut seen) = (vec![], Seen::default());
    let mut value = |(row, cell): (usize, Option<&str>)| {
        let Some(cell) = cell.filter(|cell| !is_nothing(cell)) else {
            seen.take_nothing();
            return f64::NAN;
        };
        let Some((value, mark)) = marked(cell).filter(|(value, _)| !value.is_nan()) else {
            seen.take_unread(cell);
            return f64::NAN;
        };
        let doubtful = may_be_thousands(cell);
        if doubtful {
            thousands.push(row);
        }
        let marks = (mark == Some(Mark::Point), mark == Some(Mark::Comma));
        seen.take(value, marks, doubtful.then_some(cell));
        value
    };
    let values = frame.texts(column)?.iter().enumerate().map(&mut value).collect();
    Ok(Parsed { values, thousands, seen })
}

/// Whether a cell says that there is no score.
fn is_nothing(cell: &str) -> bool {
    name::is_missing(cell) || matches!(cell.trim(), "-" | "--" | "<NA>" | "#N/A")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_may_have_either_decimal_mark_or_be_a_percentage() {
        for (text, value) in [
            ("0.9", Some(0.9)),
            (" 0,9 ", Some(0.9)),
            ("9e-1", Some(0.9)),
            ("9,0E-1", Some(0.9)),
            ("90%", Some(0.9)),
            ("90,5 %", Some(0.905)),
            ("-1,5", Some(-1.5)),
            ("1.234,5", None),
            ("1,234.5", None),
            ("1,2,3", None),
            ("high", None),
            ("", None),
        ] {
            assert_eq!(number(text), value, "{text}");
        }
        assert!(may_be_thousands("1,234") && !may_be_thousands("0,234") && !may_be_thousands("1,23"));
    }
}
