//! A point in time.

use super::civil::Day;
use std::fmt;

/// Milliseconds of a day.
pub(super) const DAY: i64 = 86_400_000;

/// A point in time: milliseconds since 1970-01-01T00:00:00, in UTC, or on the clock of the camera where the source names no
/// offset.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Instant(i64);

impl Instant {
    /// So many milliseconds after (or before) the beginning of 1970.
    #[must_use]
    pub fn of_milliseconds(milliseconds: i64) -> Self {
        Self(milliseconds)
    }

    /// Milliseconds since the beginning of 1970.
    #[must_use]
    pub fn milliseconds(self) -> i64 {
        self.0
    }

    /// Milliseconds from an earlier instant to this one.
    #[must_use]
    pub fn since(self, earlier: Instant) -> i64 {
        self.0.saturating_sub(earlier.0)
    }
}

/// As ISO 8601 writes it, without an offset.
impl fmt::Display for Instant {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Day { year, month, of_month: day } = Day::of_number(self.0.div_euclid(DAY));
        let of_day = self.0.rem_euclid(DAY);
        let (seconds, thousandths) = (of_day / 1000, of_day % 1000);
        let [hour, minute, second] = [seconds / 3600, seconds / 60 % 60, seconds % 60];
        write!(formatter, "{year:04}-{month:02}-{day:02}T{hour:02}:{minute:02}:{second:02}")?;
        if thousandths > 0 { write!(formatter, ".{thousandths:03}") } else { Ok(()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn instants_are_written_as_iso_8601() {
        // 10 957 days to the year 2000, then 3 h 4 min 5.006 s.
        let later = Instant::of_milliseconds(10_957 * DAY + (3 * 3600 + 4 * 60 + 5) * 1000 + 6);
        assert_eq!(later.to_string(), "2000-01-01T03:04:05.006");
        assert_eq!(Instant::of_milliseconds(-1000).to_string(), "1969-12-31T23:59:59");
        assert_eq!(later.since(Instant::of_milliseconds(10_957 * DAY)), 11_045_006);
    }
}
