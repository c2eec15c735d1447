//! A whole column of times: what one cell leaves open the others decide.

use super::form::{self, Date, First, Written};
use super::instant::Instant;
use crate::taxonomy::name;

/// Times of a column.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Read {
    /// One for each cell; `None` where it is blank, or zero as cameras write it that have no clock.
    pub times: Vec<Option<Instant>>,
    /// How they were read, in words.
    pub how: String,
    /// Whether no cell has a time of day.
    pub dates_alone: bool,
}

/// Why a column of times cannot be read; places are those of cells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TimeFault {
    /// Cells that are no times.
    Unreadable {
        /// How many.
        count: usize,
        /// Cells that are not blank.
        of: usize,
        /// The first.
        first: usize,
    },
    /// No cell tells whether the day or the month comes first.
    Open {
        /// The first cell of which that matters.
        first: usize,
    },
    /// In one cell the day must come first, in another the month.
    Both {
        /// The first where it is the day.
        day: usize,
        /// The first where it is the month.
        month: usize,
    },
    /// Some cells name an offset and others do not.
    SomeOffsets {
        /// How many do.
        with: usize,
        /// Cells that are not blank.
        of: usize,
        /// The first without.
        first: usize,
    },
}

/// Reads the cells of a column.
///
/// Numbers are seconds or milliseconds since 1970, all of them the one or the other. Whether the day or the month stands
/// first is decided by those cells in which it cannot be the other way round, for all.
///
/// # Errors
///
/// [`TimeFault`].
pub fn read(cells: &[&str]) -> Result<Read, TimeFault> {
    let held: Vec<(usize, &str)> = cells.iter().map(|cell| cell.trim()).enumerate().filter(|(_, cell)| !is_blank(cell)).collect();
    let mut times = vec![None; cells.len()];
    if let Some((numbers, how)) = unix(&held) {
        for ((place, _), instant) in held.iter().zip(numbers) {
            times[*place] = Some(instant);
        }
        return Ok(Read { times, how: how.to_string(), dates_alone: false });
    }
    let mut written: Vec<(usize, Written)> = vec![];
    let mut faulty = vec![];
    for &(place, cell) in &held {
        match form::parse(cell) {
            Some(time) => written.push((place, time)),
            None => faulty.push(place),
        }
    }
    let unreadable = |count: usize, first: usize| TimeFault::Unreadable { count, of: held.len(), first };
    if let Some(&first) = faulty.first() {
        return Err(unreadable(faulty.len(), first));
    }
    let which = first_of(&written)?;
    let mut missing_days = vec![];
    for &(place, time) in &written {
        times[place] = time.instant(which.unwrap_or(First::Day));
        if times[place].is_none() {
            missing_days.push(place);
        }
    }
    if let Some(&first) = missing_days.first() {
        return Err(unreadable(missing_days.len(), first));
    }
    let with = written.iter().filter(|(_, time)| time.offset.is_some()).count();
    if let Some((first, _)) = written.iter().find(|(_, time)| time.offset.is_none() && with > 0) {
        return Err(TimeFault::SomeOffsets { with, of: written.len(), first: *first });
    }
    let dates_alone = !written.is_empty() && written.iter().all(|(_, time)| time.of_day.is_none());
    Ok(Read { times, how: in_words(with > 0, which), dates_alone })
}

fn in_words(has_offsets: bool, which: Option<First>) -> String {
    let clock = if has_offsets { "by their offsets, in UTC" } else { "on the clock of the camera, for no offset is written" };
    match which {
        None => clock.to_string(),
        Some(First::Day) => format!("the day before the month, {clock}"),
        Some(First::Month) => format!("the month before the day, {clock}"),
    }
}

/// Whether a cell holds no time: nothing, a word for it, or EXIF's zeros.
fn is_blank(cell: &str) -> bool {
    let zeros = cell.starts_with("0000") && cell.chars().all(|letter| matches!(letter, '0' | ':' | '-' | ' ' | 'T'));
    name::is_missing(cell) || zeros
}

/// Which comes first, day or month: `None` where no cell leaves it open.
fn first_of(written: &[(usize, Written)]) -> Result<Option<First>, TimeFault> {
    let open = |(place, time): &(usize, Written)| match time.date {
        Date::Open { first, second, stops: false, .. } => Some((*place, first, second)),
        _ => None,
    };
    let open: Vec<(usize, i64, i64)> = written.iter().filter_map(open).collect();
    let day = open.iter().find(|(_, first, _)| *first > 12).map(|(place, ..)| *place);
    let month = open.iter().find(|(.., second)| *second > 12).map(|(place, ..)| *place);
    match (day, month, open.first()) {
        (Some(day), Some(month), _) => Err(TimeFault::Both { day, month }),
        (Some(_), None, _) => Ok(Some(First::Day)),
        (None, Some(_), _) => Ok(Some(First::Month)),
        (None, None, None) => Ok(None),
        (None, None, Some(_)) => match open.iter().find(|(_, first, second)| first != second) {
            Some((first, ..)) => Err(TimeFault::Open { first: *first }),
            // The third of March is the third of March.
            None => Ok(Some(First::Day)),
        },
    }
}

/// Seconds from 1973 to 2286, and the milliseconds of the same years.
const SECONDS: std::ops::Range<f64> = 1e8..1e10;
const MILLISECONDS: std::ops::Range<f64> = 1e11..1e13;

/// The instants of numbers that are all seconds, or all milliseconds, since 1970.
fn unix(held: &[(usize, &str)]) -> Option<(Vec<Instant>, &'static str)> {
    let is_number = |cell: &str| cell.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    let number = |(_, cell): &(usize, &str)| cell.parse::<f64>().ok().filter(|_| is_number(cell));
    let numbers: Vec<f64> = held.iter().map(number).collect::<Option<_>>()?;
    let (scale, how) = match numbers.first() {
        Some(_) if numbers.iter().all(|number| SECONDS.contains(number)) => (1000.0, "seconds since 1970"),
        Some(_) if numbers.iter().all(|number| MILLISECONDS.contains(number)) => (1.0, "milliseconds since 1970"),
        _ => return None,
    };
    #[expect(clippy::cast_possible_truncation, reason = "below 1e13, rounded")]
    let instant = |number: &f64| Instant::of_milliseconds((number * scale).round() as i64);
    Some((numbers.iter().map(instant).collect(), how))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn shown(cells: &[&str]) -> Vec<String> {
        read(cells).unwrap().times.iter().map(|time| time.map_or_else(String::new, |time| time.to_string())).collect()
    }

    #[test]
    fn one_cell_decides_for_all_whether_the_day_comes_first() {
        assert_eq!(shown(&["03/05/2021", "25/05/2021"]), ["2021-05-03T00:00:00", "2021-05-25T00:00:00"]);
        assert_eq!(shown(&["03/05/2021", "05/25/2021"]), ["2021-03-05T00:00:00", "2021-05-25T00:00:00"]);
        assert_eq!(read(&["2021-05-03", "03/05/2021", "04/04/2021"]), Err(TimeFault::Open { first: 1 }));
        assert_eq!(read(&["25/05/2021", "05/03/2021", "05/25/2021"]), Err(TimeFault::Both { day: 0, month: 2 }));
        assert_eq!(shown(&["04/04/2021"]), ["2021-04-04T00:00:00"]);
        // A full stop says it already.
        assert_eq!(shown(&["03.05.2021 10:00"]), ["2021-05-03T10:00:00"]);
        // The fourteenth month is none, once days come first.
        assert_eq!(read(&["31/01/2021", "30/02/2021"]), Err(TimeFault::Unreadable { count: 1, of: 2, first: 1 }));
    }

    #[test]
    fn numbers_are_seconds_or_milliseconds_since_1970() {
        // 10 957 days are 946 684 800 s.
        assert_eq!(shown(&["946684800", "946684801.25"]), ["2000-01-01T00:00:00", "2000-01-01T00:00:01.250"]);
        assert_eq!(shown(&["946684800000", ""]), ["2000-01-01T00:00:00", ""]);
        assert_eq!(read(&["946684800", "946684800000"]), Err(TimeFault::Unreadable { count: 2, of: 2, first: 0 }));
        assert_eq!(shown(&["20210503"]), ["2021-05-03T00:00:00"]);
    }

    #[test]
    fn blanks_have_no_time_and_faults_are_counted() {
        assert_eq!(shown(&["NA", "0000:00:00 00:00:00", "2021-05-03T10:00Z"]), ["", "", "2021-05-03T10:00:00"]);
        assert_eq!(read(&["", "2021-05-03", "soon", "later"]), Err(TimeFault::Unreadable { count: 2, of: 3, first: 2 }));
        let some = read(&["2021-05-03T10:00Z", "2021-05-03T10:00", "2021-05-03T10:00+01:00"]);
        assert_eq!(some, Err(TimeFault::SomeOffsets { with: 2, of: 3, first: 1 }));
        assert!(read(&["2021-05-03", ""]).unwrap().dates_alone && !read(&["2021-05-03 10:00"]).unwrap().dates_alone);
    }
}
