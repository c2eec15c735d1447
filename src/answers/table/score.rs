//! Columns of scores: fractions, percentages, logits; decimal points and decimal commas.

use super::error::TableError;
use super::frame::Frame;
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
    let (mut values, mark, unread) = match frame.numbers(column)? {
        Some(numbers) => (numbers.iter().map(|value| value.unwrap_or(f64::NAN)).collect::<Vec<f64>>(), None, None),
        None => texts(frame, column)?,
    };
    let mut read = ScoreColumn::default();
    if let Some(Unread { count, example }) = unread {
        if values.iter().all(|value| value.is_nan()) {
            return Err(TableError::NoScores { path: frame.path.clone(), column: column.to_string(), example });
        }
        read.warnings.push(format!(
            "column '{column}': {count} of {} scores {} no number{}, such as '{example}': {} as if there were none; mend them, or \
             name another --score-column",
            values.len(),
            if count == 1 { "is" } else { "are" },
            if count == 1 { "" } else { "s" },
            if count == 1 { "it counts" } else { "they count" },
        ));
    }
    let percentages = is_percentage(column) && values.iter().all(|value| value.is_nan() || (0.0..=100.0).contains(value));
    if percentages && values.iter().any(|value| *value > 1.0) {
        for value in &mut values {
            *value /= 100.0;
        }
        read.how = "percentages".to_string();
    }
    let missing = values.iter().filter(|value| value.is_nan()).count();
    let below = values.iter().filter(|value| **value < 0.0).count();
    let above = values.iter().filter(|value| **value > 1.0 + 1e-6).count();
    if missing > 0 {
        read.notes.push(format!("column '{column}': {missing} of {} scores are missing or no numbers", values.len()));
    }
    read.probabilities = below + above == 0;
    if read.probabilities {
        for value in &mut values {
            *value = if *value > 1.0 { 1.0 } else { *value };
        }
    } else {
        read.notes.push(format!(
            "column '{column}': {below} scores are negative and {above} above 1, so they rank the answers but are no probabilities"
        ));
    }
    if read.how.is_empty() {
        read.how = if read.probabilities { "from 0 to 1" } else { "no probabilities: they only rank" }.to_string();
    }
    if mark == Some(Mark::Comma) {
        read.how += ", decimal commas";
    }
    read.values = values;
    Ok(read)
}

/// Whether a column is called a percentage: `confidence (%)`, `percent`.
fn is_percentage(column: &str) -> bool {
    let column = column.to_lowercase();
    column.contains('%') || ["percent", "pourcent", "prozent", "porcentaje"].iter().any(|word| column.contains(word))
}

/// Cells that hold something and no number.
struct Unread {
    count: usize,
    example: String,
}

type Texts = (Vec<f64>, Option<Mark>, Option<Unread>);

fn texts(frame: &Frame, column: &str) -> Result<Texts, TableError> {
    let cells = frame.texts(column)?;
    let held = || cells.iter().flatten().filter(|cell| !is_nothing(cell));
    let point = held().any(|cell| matches!(marked(cell), Some((_, Some(Mark::Point)))));
    let comma = held().any(|cell| matches!(marked(cell), Some((_, Some(Mark::Comma)))));
    let mut unread: Option<Unread> = None;
    let mut value = |cell: Option<&str>| {
        let Some(cell) = cell.filter(|cell| !is_nothing(cell)) else { return f64::NAN };
        // Beside decimal points a comma may separate thousands.
        let doubtful = point && may_be_thousands(cell);
        if let Some(value) = number(cell).filter(|value| !value.is_nan() && !doubtful) {
            return value;
        }
        let unread = unread.get_or_insert_with(|| Unread { count: 0, example: cell.chars().take(40).collect() });
        unread.count += 1;
        f64::NAN
    };
    let values = cells.iter().map(&mut value).collect();
    Ok((values, comma.then_some(Mark::Comma), unread))
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
        assert!(is_percentage("Confidence (%)") && !is_percentage("perception"));
    }
}
