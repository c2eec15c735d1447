//! How long apart two images may be taken and still show one event.

use super::instant::DAY;
use std::fmt;
use std::str::FromStr;

/// The longest time between two images of one event that follow each other: more than nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Gap(i64);

/// Why a text is no gap.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum GapError {
    #[error("'{text}' is no length of time; give a number with its unit, such as 90s, 30min, 2h or 1d, or PT30M")]
    Form { text: String },
    #[error("'{text}' has no unit; give 's', 'min', 'h' or 'd' behind the number, as in {text}min")]
    Unit { text: String },
    #[error("'{text}' is not more than nothing; give the longest time between two images of one event, such as 30min")]
    Nothing { text: String },
    #[error("'{text}': months and years differ in length; give days")]
    Calendar { text: String },
}

/// Units with their milliseconds.
const UNITS: [(&[&str], i64); 5] = [
    (&["ms"], 1),
    (&["s", "sec", "secs", "second", "seconds"], 1000),
    (&["min", "mins", "minute", "minutes"], 60_000),
    (&["h", "hr", "hrs", "hour", "hours"], 3_600_000),
    (&["d", "day", "days"], DAY),
];

impl Gap {
    /// So many milliseconds; `None` unless that is more than nothing.
    #[must_use]
    pub fn of_milliseconds(milliseconds: i64) -> Option<Gap> {
        (milliseconds > 0).then_some(Gap(milliseconds))
    }

    /// Its length in milliseconds.
    #[must_use]
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// Its length in seconds.
    #[must_use]
    pub fn seconds(self) -> f64 {
        #[expect(clippy::cast_precision_loss, reason = "exact up to three hundred thousand years")]
        let milliseconds = self.0 as f64;
        milliseconds / 1000.0
    }
}

/// In the largest unit that it is a whole number of: `30 min`.
impl fmt::Display for Gap {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let whole = UNITS.iter().rev().find(|(_, unit)| self.0 % unit == 0);
        let (words, unit) = whole.map_or(("ms", 1), |(words, unit)| (words[0], *unit));
        write!(formatter, "{} {words}", self.0 / unit)
    }
}

impl FromStr for Gap {
    type Err = GapError;

    fn from_str(text: &str) -> Result<Gap, GapError> {
        let said = || text.trim().to_string();
        let small = said().to_lowercase();
        let form = || GapError::Form { text: said() };
        if small.starts_with('-') {
            return Err(GapError::Nothing { text: said() });
        }
        let length = match small.strip_prefix('p') {
            Some(period) => iso(period).map_err(|fault| fault(said()))?,
            None if small.parse().is_ok_and(f64::is_finite) => return Err(GapError::Unit { text: said() }),
            None => parts(&small, |unit| UNITS.iter().find(|(words, _)| words.contains(&unit)).map(|(_, unit)| *unit))
                .ok_or_else(form)?,
        };
        Gap::of_milliseconds(length).ok_or_else(|| GapError::Nothing { text: said() })
    }
}

/// The length of an ISO 8601 duration behind its P, in small letters.
fn iso(period: &str) -> Result<i64, fn(String) -> GapError> {
    let form: fn(String) -> GapError = |text| GapError::Form { text };
    let calendar: fn(String) -> GapError = |text| GapError::Calendar { text };
    let (days, of_day) = period.split_once('t').unwrap_or((period, ""));
    if days.contains(['y', 'm']) {
        return Err(calendar);
    }
    if days.is_empty() && of_day.is_empty() || period.ends_with('t') {
        return Err(form);
    }
    let of = |text: &str, units: &[(&str, i64)]| -> Option<i64> {
        if text.is_empty() {
            return Some(0);
        }
        parts(text, |unit| units.iter().find(|(known, _)| *known == unit).map(|(_, length)| *length))
    };
    let days = of(days, &[("w", 7 * DAY), ("d", DAY)]);
    let of_day = of(of_day, &[("h", 3_600_000), ("m", 60_000), ("s", 1000)]);
    days.zip(of_day).and_then(|(days, of_day)| days.checked_add(of_day)).ok_or(form)
}

/// Numbers with their units behind each other, added up: `1h30min`, `1.5h`.
fn parts(text: &str, unit: impl Fn(&str) -> Option<i64>) -> Option<i64> {
    let (mut rest, mut length) = (text, 0_i64);
    while !rest.is_empty() {
        let digits = rest.find(|letter: char| !letter.is_ascii_digit() && letter != '.').filter(|digits| *digits > 0)?;
        let (number, behind) = rest.split_at(digits);
        let behind = behind.trim_start();
        let end = behind.find(|letter: char| letter.is_ascii_digit()).unwrap_or(behind.len());
        let (word, next) = behind.split_at(end);
        length = length.checked_add(times(number, unit(word.trim_end())?)?)?;
        rest = next;
    }
    (!text.is_empty()).then_some(length)
}

/// A decimal number of a unit, in whole milliseconds.
fn times(number: &str, unit: i64) -> Option<i64> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let whole: i64 = if whole.is_empty() && !fraction.is_empty() { 0 } else { whole.parse().ok()? };
    let mut length = whole.checked_mul(unit)?;
    if !fraction.is_empty() {
        let tenths: i64 = fraction.get(..fraction.len().min(9))?.parse().ok()?;
        let scale = 10_i64.checked_pow(u32::try_from(fraction.len().min(9)).ok()?)?;
        length = length.checked_add(tenths.checked_mul(unit)? / scale)?;
    }
    Some(length)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn gaps_are_numbers_with_units() {
        for (text, milliseconds) in [
            ("90s", 90_000),
            ("30min", 1_800_000),
            ("30 min", 1_800_000),
            ("2h", 7_200_000),
            ("1d", 86_400_000),
            ("1h30min", 5_400_000),
            ("1.5h", 5_400_000),
            ("0.25 S", 250),
            ("250ms", 250),
            ("PT30M", 1_800_000),
            ("P1DT2H", 93_600_000),
            ("pt0.5s", 500),
            ("P1W", 604_800_000),
        ] {
            assert_eq!(text.parse::<Gap>().unwrap().milliseconds(), milliseconds, "{text}");
        }
        let shown = ["90s", "30min", "120min", "24h", "1500ms"].map(|text| text.parse::<Gap>().unwrap().to_string());
        assert_eq!(shown, ["90 s", "30 min", "2 h", "1 d", "1500 ms"]);
        assert!((Gap(1500).seconds() - 1.5).abs() < 1e-12);
    }

    #[test]
    fn what_is_no_gap_is_said_with_what_is() {
        for (text, part) in [
            ("30", "'30' has no unit"),
            ("0s", "'0s' is not more than nothing"),
            ("PT0S", "is not more than nothing"),
            ("-5min", "'-5min' is not more than nothing"),
            ("soon", "'soon' is no length of time"),
            ("inf", "'inf' is no length of time"),
            ("5m", "'5m' is no length of time"),
            ("min", "is no length of time"),
            ("", "is no length of time"),
            ("P1M", "months and years differ in length"),
            ("P", "is no length of time"),
            ("PT", "is no length of time"),
            ("99999999999999999999d", "is no length of time"),
        ] {
            let message = text.parse::<Gap>().unwrap_err().to_string();
            assert!(message.contains(part), "{text}: {message}");
        }
    }
}
