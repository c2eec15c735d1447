//! One time as people and programs write it.

use super::civil::Day;
use super::instant::{DAY, Instant};

/// A time that was read; whether its day or its month comes first may be open.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Written {
    pub date: Date,
    /// Milliseconds since midnight; `None` where only a date is written.
    pub of_day: Option<i64>,
    /// Milliseconds east of UTC, where that is written.
    pub offset: Option<i64>,
}

/// A date that was read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Date {
    /// The year came first.
    Named(Day),
    /// Two numbers and the year: day and month, or month and day. With full stops the day comes first.
    Open { first: i64, second: i64, year: i64, stops: bool },
}

/// Which of two numbers before a year is the day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum First {
    Day,
    Month,
}

impl Date {
    /// The day, once it is known which number is what; `None` where there is no such day.
    pub fn day(self, which: First) -> Option<Day> {
        match self {
            Date::Named(day) => Some(day),
            Date::Open { first, second, year, stops } if stops || which == First::Day => Day::new(year, second, first),
            Date::Open { first, second, year, .. } => Day::new(year, first, second),
        }
    }
}

impl Written {
    /// The instant; `None` where there is no such day.
    pub fn instant(self, which: First) -> Option<Instant> {
        let day = self.date.day(which)?.number();
        Some(Instant::of_milliseconds(day * DAY + self.of_day.unwrap_or(0) - self.offset.unwrap_or(0)))
    }
}

/// Reads a time: ISO 8601 with or without offset, the beginning of an interval of it, EXIF's `YYYY:MM:DD hh:mm:ss`, or day
/// and month before the year; `None` where it is none of these.
pub(super) fn parse(text: &str) -> Option<Written> {
    let mut text = Text(text.trim());
    let date = text.date()?;
    // Darwin Core writes spans of time: what counts is when they begin.
    if text.0.starts_with('/') && matches!(date, Date::Named(_)) {
        return parse(&text.0[1..]).map(|_| Written { date, of_day: None, offset: None });
    }
    if text.0.is_empty() {
        return Some(Written { date, of_day: None, offset: None });
    }
    if !text.skip(&['T', 't', ' ', '_', ',', '\u{a0}', '\u{202f}']) {
        return None;
    }
    text.blanks();
    let of_day = text.of_day()?;
    text.blanks();
    let offset = text.offset().ok()?;
    let is_end = text.0.is_empty() || text.0.strip_prefix('/').is_some_and(|end| !end.is_empty());
    is_end.then_some(Written { date, of_day: Some(of_day), offset })
}

/// What is left of a text.
struct Text<'t>(&'t str);

impl<'t> Text<'t> {
    /// The digits that come next, at most so many.
    fn digits(&mut self, most: usize) -> &'t str {
        let length = self.0.bytes().take(most).take_while(u8::is_ascii_digit).count();
        let (digits, rest) = self.0.split_at(length);
        self.0 = rest;
        digits
    }

    /// A number of at least one and at most so many digits.
    fn number(&mut self, most: usize) -> Option<i64> {
        self.digits(most).parse().ok()
    }

    /// Takes one of some letters.
    fn skip(&mut self, letters: &[char]) -> bool {
        let rest = self.0.strip_prefix(letters);
        self.0 = rest.unwrap_or(self.0);
        rest.is_some()
    }

    fn blanks(&mut self) {
        self.0 = self.0.trim_start();
    }

    /// Takes a word, however its letters are written.
    fn word(&mut self, word: &str) -> bool {
        let has = self.0.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
        if has {
            self.0 = &self.0[word.len()..];
        }
        has
    }

    fn date(&mut self) -> Option<Date> {
        let first = self.digits(8);
        match first.len() {
            8 => {
                let [year, month, day] = [&first[..4], &first[4..6], &first[6..]].map(|part| part.parse().ok());
                Day::new(year?, month?, day?).map(Date::Named)
            }
            4 => {
                let between = self.separator(&['-', '/', ':', '.'])?;
                let month = self.number(2)?;
                let day = if self.skip(&[between]) { self.number(2)? } else { return None };
                Day::new(first.parse().ok()?, month, day).map(Date::Named)
            }
            1 | 2 => {
                let between = self.separator(&['/', '-', '.'])?;
                let second = self.number(2)?;
                let year = if self.skip(&[between]) { self.digits(4) } else { return None };
                let (first, year) = (first.parse().ok()?, year.parse().ok().filter(|_| year.len() == 4)?);
                Some(Date::Open { first, second, year, stops: between == '.' })
            }
            _ => None,
        }
    }

    fn separator(&mut self, letters: &[char]) -> Option<char> {
        let letter = self.0.chars().next()?;
        self.skip(letters).then_some(letter)
    }

    /// Milliseconds since midnight.
    fn of_day(&mut self) -> Option<i64> {
        let first = self.digits(6);
        let (hour, minute, second) = match first.len() {
            // hhmm and hhmmss, as ISO 8601 has them without signs.
            4 | 6 => {
                let part = |from: usize| first.get(from..from + 2).map_or(Some(0), |part| part.parse().ok());
                (part(0)?, part(2)?, part(4)?)
            }
            1 | 2 if self.skip(&[':', 'h', 'H']) => {
                let minute = self.number(2)?;
                (first.parse().ok()?, minute, if self.skip(&[':']) { self.number(2)? } else { 0 })
            }
            _ => return None,
        };
        let thousandths = self.thousandths()?;
        self.blanks();
        let hour = self.half_of_day(hour)?;
        // A leap second is the first of the next minute; 24:00 is the end of the day.
        let is_time = (0..24).contains(&hour) && (0..60).contains(&minute) && (0..=60).contains(&second);
        let is_midnight = (hour, minute, second, thousandths) == (24, 0, 0, 0);
        (is_time || is_midnight).then_some(((hour * 60 + minute) * 60 + second) * 1000 + thousandths)
    }

    /// Thousandths of a second; more digits are cut.
    fn thousandths(&mut self) -> Option<i64> {
        if !self.skip(&['.', ',']) {
            return Some(0);
        }
        let digits = self.digits(usize::MAX);
        let first: String = digits.chars().chain("000".chars()).take(3).collect();
        first.parse().ok().filter(|_| !digits.is_empty())
    }

    /// The hour on a clock of 24, where AM or PM follows; `None` where it cannot stand before these.
    fn half_of_day(&mut self, hour: i64) -> Option<i64> {
        let after_noon = if self.word("am") || self.word("a.m.") {
            0
        } else if self.word("pm") || self.word("p.m.") {
            12
        } else {
            return Some(hour);
        };
        (1..=12).contains(&hour).then_some(hour % 12 + after_noon)
    }

    /// Milliseconds east of UTC, where they are written.
    ///
    /// # Errors
    ///
    /// What is written is no offset.
    fn offset(&mut self) -> Result<Option<i64>, NoOffset> {
        if self.0.is_empty() || self.0.starts_with('/') {
            return Ok(None);
        }
        if self.word("utc") || self.word("gmt") || self.word("z") {
            return Ok(Some(0));
        }
        self.hours_and_minutes().map(Some).ok_or(NoOffset)
    }

    fn hours_and_minutes(&mut self) -> Option<i64> {
        let sign = if self.separator(&['+', '-', '\u{2212}'])? == '+' { 1 } else { -1 };
        let digits = self.digits(4);
        let (hours, minutes): (i64, i64) = match digits.len() {
            4 => (digits[..2].parse().ok()?, digits[2..].parse().ok()?),
            1 | 2 => (digits.parse().ok()?, if self.skip(&[':']) { self.number(2)? } else { 0 }),
            _ => return None,
        };
        ((0..=18).contains(&hours) && (0..60).contains(&minutes)).then_some(sign * (hours * 60 + minutes) * 60_000)
    }
}

/// What stands behind a time is no offset.
struct NoOffset;

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn shown(text: &str) -> Option<String> {
        parse(text)?.instant(First::Day).map(|instant| instant.to_string())
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, expected) in [
            ("2021-05-03T14:22:10", "2021-05-03T14:22:10"),
            ("2021-05-03 14:22", "2021-05-03T14:22:00"),
            ("2021-05-03T14:22:10.5Z", "2021-05-03T14:22:10.500"),
            // Two hours east of UTC, noon there is ten.
            ("2021-05-03T12:00:00+02:00", "2021-05-03T10:00:00"),
            ("2021-05-03 12:00:00 -0330", "2021-05-03T15:30:00"),
            ("2021-05-03 12:00:00+02", "2021-05-03T10:00:00"),
            ("20210503T142210", "2021-05-03T14:22:10"),
            ("2021:05:03 14:22:10", "2021-05-03T14:22:10"),
            ("2021/5/3 2:22 PM", "2021-05-03T14:22:00"),
            ("03/05/2021 12:05:00 am", "2021-05-03T00:05:00"),
            ("3.5.2021 14:22", "2021-05-03T14:22:00"),
            ("3.5.2021 14h22", "2021-05-03T14:22:00"),
            ("2021-05-03\u{a0}2:22\u{202f}PM", "2021-05-03T14:22:00"),
            ("2021-05-03", "2021-05-03T00:00:00"),
            ("2021-05-03T14:22:10Z/2021-05-03T14:25:00Z", "2021-05-03T14:22:10"),
            ("2021-05-03/2021-05-04", "2021-05-03T00:00:00"),
            ("2021-12-31T24:00", "2022-01-01T00:00:00"),
            ("2016-12-31 23:59:60 UTC", "2017-01-01T00:00:00"),
            (" 2021-05-03 14:22:10.123456 ", "2021-05-03T14:22:10.123"),
        ] {
            assert_eq!(shown(text).as_deref(), Some(expected), "{text}");
        }
    }

    #[test]
    fn what_is_no_time_is_none() {
        for text in [
            "",
            "noon",
            "2021",
            "2021-05",
            "2021-13-01",
            "2021-02-29",
            "2021-05-03 25:00",
            "2021-05-03 14:61",
            "14:22:10",
            "2021-05-03 14:22 CEST",
            "2021-05-03 13:00 PM",
            "3/5/21",
            "2021-05-03 14:22:10 and more",
            "2021-05-03T",
            "31.4.2021",
        ] {
            assert_eq!(shown(text), None, "{text}");
        }
    }

    #[test]
    fn of_open_dates_somebody_else_must_say_what_comes_first() {
        let open = parse("03/05/2021").unwrap();
        let days = [First::Day, First::Month].map(|which| open.date.day(which).unwrap());
        assert_eq!((days[0].month, days[0].of_month, days[1].month, days[1].of_month), (5, 3, 3, 5));
        // With full stops the day comes first, whatever is said of others.
        assert_eq!(parse("03.05.2021").unwrap().date.day(First::Month).unwrap().month, 5);
    }
}
