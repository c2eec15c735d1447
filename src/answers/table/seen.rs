//! What was seen of numbers: counts and bounds that add up over the parts of a table, and decide how all of them are read.

use crate::numbers::counted::form;
use serde::{Deserialize, Serialize};

/// As much above 1 as rounding makes of a probability.
const ROUNDING: f64 = 1e-6;

/// Numbers by where they lie.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Spread {
    count: u64,
    /// Below 0.
    below: u64,
    /// Above 1, rounding aside.
    above: u64,
    /// The least and the greatest.
    range: Option<(f64, f64)>,
}

impl Spread {
    /// Of some numbers; what is not a number is none.
    pub(super) fn of(values: impl IntoIterator<Item = f64>) -> Spread {
        let mut spread = Spread::default();
        values.into_iter().for_each(|value| spread.take(value));
        spread
    }

    /// Takes in a number.
    pub(super) fn take(&mut self, value: f64) {
        if value.is_nan() {
            return;
        }
        self.count += 1;
        self.below += u64::from(value < 0.0);
        self.above += u64::from(value > 1.0 + ROUNDING);
        // Infinities are written nowhere, and lie beyond every bound that matters as the greatest numbers do.
        let value = value.clamp(f64::MIN, f64::MAX);
        let (least, most) = self.range.unwrap_or((value, value));
        self.range = Some((least.min(value), most.max(value)));
    }

    /// Takes in the numbers of another part.
    pub(super) fn add(&mut self, other: &Spread) {
        self.count += other.count;
        self.below += other.below;
        self.above += other.above;
        self.range = match (self.range, other.range) {
            (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
            (own, other) => own.or(other),
        };
    }

    /// Whether there is any number.
    pub(super) fn is_any(&self) -> bool {
        self.count > 0
    }

    /// Whether all lie from 0 to 1.
    pub(super) fn are_shares(&self) -> bool {
        self.below + self.above == 0
    }

    /// Whether there are numbers and all are 0.
    fn are_zero(&self) -> bool {
        self.range.is_some_and(|(least, most)| least.abs() <= 0.0 && most.abs() <= 0.0)
    }
}

/// What was seen of a column of scores.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Seen {
    rows: u64,
    /// Cells that hold something and no number.
    unread: u64,
    /// The first of these in the order of letters, which is the same however the table is cut.
    example: Option<String>,
    /// Whether any number has a decimal point, and any a comma.
    points: bool,
    commas: bool,
    values: Spread,
    /// Numbers whose comma separates thousands if others have decimal points.
    thousands: Spread,
    thousands_example: Option<String>,
}

/// The first of two texts in the order of letters.
fn first(one: &mut Option<String>, other: Option<&str>) {
    if let Some(other) = other
        && one.as_deref().is_none_or(|own| other < own)
    {
        *one = Some(other.to_string());
    }
}

impl Seen {
    /// Of a column that is stored as numbers.
    pub(super) fn of_numbers(values: &[f64]) -> Seen {
        Seen { rows: values.len() as u64, values: Spread::of(values.iter().copied()), ..Seen::default() }
    }

    /// Takes in a cell without anything.
    pub(super) fn take_nothing(&mut self) {
        self.rows += 1;
    }

    /// Takes in a cell that holds no number.
    pub(super) fn take_unread(&mut self, cell: &str) {
        self.rows += 1;
        self.unread += 1;
        first(&mut self.example, Some(&shown(cell)));
    }

    /// Takes in a number, and whether it has a decimal point or a comma, which may separate thousands.
    pub(super) fn take(&mut self, value: f64, (point, comma): (bool, bool), thousands_in: Option<&str>) {
        self.rows += 1;
        self.points |= point;
        self.commas |= comma;
        match thousands_in {
            Some(cell) => {
                self.thousands.take(value);
                first(&mut self.thousands_example, Some(&shown(cell)));
            }
            None => self.values.take(value),
        }
    }

    /// Takes in what was seen of another part.
    pub(super) fn add(&mut self, other: &Seen) {
        self.rows += other.rows;
        self.unread += other.unread;
        first(&mut self.example, other.example.as_deref());
        self.points |= other.points;
        self.commas |= other.commas;
        self.values.add(&other.values);
        self.thousands.add(&other.thousands);
        first(&mut self.thousands_example, other.thousands_example.as_deref());
    }

    /// Whether commas separate thousands, and numbers that have one are not read.
    pub(super) fn commas_are_doubtful(&self) -> bool {
        self.points
    }

    /// The numbers that are read.
    pub(super) fn numbers(&self) -> Spread {
        let mut numbers = self.values;
        if !self.points {
            numbers.add(&self.thousands);
        }
        numbers
    }

    /// Cells that hold something and are not read as a number, with one of them.
    pub(super) fn unread(&self) -> (u64, Option<String>) {
        if !self.points {
            return (self.unread, self.example.clone());
        }
        let mut example = self.example.clone();
        first(&mut example, self.thousands_example.as_deref());
        (self.unread + self.thousands.count, example)
    }

    /// Whether these numbers are read beside all others as they are by themselves: no comma of theirs becomes doubtful.
    pub(super) fn are_read_beside(&self, all: &Seen) -> bool {
        !self.thousands.is_any() || self.points == all.points
    }

    /// Whether the numbers are percentages: the column is called so, and one is above 1.
    pub(super) fn are_percentages(&self, column: &str) -> bool {
        let in_range = |(least, most): (f64, f64)| least >= 0.0 && most <= 100.0 && most > 1.0;
        is_percentage(column) && self.numbers().range.is_some_and(in_range)
    }

    /// Whether the numbers are probabilities, once percentages are hundredths.
    pub(super) fn are_probabilities(&self, column: &str) -> bool {
        self.are_percentages(column) || self.numbers().are_shares()
    }

    /// Whether there are numbers in some columns and all are 0.
    pub(super) fn are_zero<'a>(columns: impl IntoIterator<Item = &'a Seen>) -> bool {
        let mut all = Spread::default();
        columns.into_iter().for_each(|column| all.add(&column.numbers()));
        all.are_zero()
    }

    /// How the numbers are read, in words.
    pub(super) fn how(&self, column: &str) -> String {
        let kind = if self.are_percentages(column) {
            "percentages"
        } else if self.are_probabilities(column) {
            "from 0 to 1"
        } else {
            "no probabilities: they only rank"
        };
        format!("{kind}{}", if self.commas { ", decimal commas" } else { "" })
    }

    /// What was wrong with them, one sentence each.
    pub(super) fn notes(&self, column: &str) -> Vec<String> {
        let mut notes = vec![];
        let numbers = self.numbers();
        let missing = self.rows - numbers.count;
        if missing > 0 {
            notes.push(format!("column '{column}': {missing} of {} scores are missing or no numbers", self.rows));
        }
        if !self.are_probabilities(column) {
            notes.push(format!(
                "column '{column}': {} scores are negative and {} above 1, so they rank the answers but are no probabilities",
                numbers.below, numbers.above
            ));
        }
        notes
    }

    /// What must not be overlooked: cells that hold something and no number.
    pub(super) fn warning(&self, column: &str) -> Option<String> {
        let (count, example) = self.unread();
        let example = example?;
        Some(format!(
            "column '{column}': {count} of {} scores {} no number{}, such as '{example}': {} as if there were none; mend them, or \
             name another --score-column",
            self.rows,
            form(count, "is", "are"),
            form(count, "", "s"),
            form(count, "it counts", "they count"),
        ))
    }
}

/// The beginning of a cell.
fn shown(cell: &str) -> String {
    cell.chars().take(40).collect()
}

/// Whether a column is called a percentage: `confidence (%)`, `percent`.
pub(super) fn is_percentage(column: &str) -> bool {
    let column = column.to_lowercase();
    column.contains('%') || ["percent", "pourcent", "prozent", "porcentaje"].iter().any(|word| column.contains(word))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(values: &[f64]) -> Seen {
        Seen::of_numbers(values)
    }

    #[test]
    fn parts_add_up_to_what_the_whole_is() {
        let mut parts = seen(&[0.5, f64::NAN]);
        assert!(parts.are_probabilities("score"));
        parts.add(&seen(&[3.0, -1.0]));
        assert_eq!(parts, seen(&[0.5, f64::NAN, 3.0, -1.0]));
        assert!(!parts.are_probabilities("score") && parts.how("score") == "no probabilities: they only rank");
        assert_eq!(parts.notes("score").len(), 2);
        // Of a column of percentages one part may well lie below 1.
        let (mut low, high) = (seen(&[0.4, 0.9]), seen(&[99.0]));
        assert!(!low.are_percentages("score (%)") && low.are_probabilities("score (%)"));
        low.add(&high);
        assert!(low.are_percentages("score (%)") && low.how("score (%)") == "percentages");
        // Nothing at all decides nothing.
        let mut nothing = seen(&[f64::NAN]);
        assert!(!nothing.numbers().is_any() && !Seen::are_zero([&nothing]));
        nothing.add(&seen(&[0.0]));
        assert!(Seen::are_zero([&nothing]) && !Seen::are_zero([&nothing, &seen(&[0.1])]));
    }

    #[test]
    fn thousands_are_told_by_the_points_of_other_parts() {
        let mut commas = Seen::default();
        commas.take(1.234, (false, true), Some("1,234"));
        assert_eq!((commas.numbers().count, commas.unread()), (1, (0, None)));
        let mut points = Seen::default();
        points.take(0.5, (true, false), None);
        commas.add(&points);
        assert_eq!((commas.numbers().count, commas.unread()), (1, (1, Some("1,234".to_string()))));
    }

    #[test]
    fn percentages_are_told_by_the_name() {
        assert!(is_percentage("Confidence (%)") && !is_percentage("perception"));
    }
}
