//! Days of the calendar as numbers, exactly, for every year that four digits write.

/// A day of the proleptic Gregorian calendar.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Day {
    pub year: i64,
    /// 1 to 12.
    pub month: i64,
    /// 1 to 31.
    pub of_month: i64,
}

/// Years of an era, after which the calendar repeats.
const ERA: i64 = 400;
/// Days of an era.
const ERA_DAYS: i64 = 146_097;
/// Days from the first of March of the year 0 to the first of January 1970.
const BEFORE_1970: i64 = 719_468;

impl Day {
    /// A day that there is.
    pub fn new(year: i64, month: i64, day: i64) -> Option<Day> {
        ((1..=12).contains(&month) && (1..=days_in(year, month)).contains(&day)).then_some(Day { year, month, of_month: day })
    }

    /// Days since 1970-01-01.
    ///
    /// Years begin in March, so that the leap day is their last.
    ///
    /// # Source
    ///
    /// `days_from_civil` of Howard Hinnant, chrono-compatible low-level date algorithms (2013).
    pub fn number(self) -> i64 {
        let year = if self.month <= 2 { self.year - 1 } else { self.year };
        let (era, of_era) = (year.div_euclid(ERA), year.rem_euclid(ERA));
        let month = (self.month + 9) % 12;
        let of_year = (153 * month + 2) / 5 + self.of_month - 1;
        era * ERA_DAYS + of_era * 365 + of_era / 4 - of_era / 100 + of_year - BEFORE_1970
    }

    /// The day of a number, the other way round.
    pub fn of_number(number: i64) -> Day {
        let shifted = number + BEFORE_1970;
        let (era, of_era) = (shifted.div_euclid(ERA_DAYS), shifted.rem_euclid(ERA_DAYS));
        let year = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
        let of_year = of_era - (365 * year + year / 4 - year / 100);
        let month = (5 * of_year + 2) / 153;
        let day = of_year - (153 * month + 2) / 5 + 1;
        let calendar = if month < 10 { month + 3 } else { month - 9 };
        Day { year: era * ERA + year + i64::from(calendar <= 2), month: calendar, of_month: day }
    }
}

fn days_in(year: i64, month: i64) -> i64 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        _ => 31,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_from_1970() {
        // 2000 has a leap day, 1900 has none; 365 · 30 + 7 leap days from 1970 to 2000 are 10 957.
        for (year, month, day, number) in [
            (1970, 1, 1, 0),
            (1969, 12, 31, -1),
            (2000, 1, 1, 10_957),
            (2000, 3, 1, 11_017),
            (1900, 3, 1, -25_508),
            (2024, 2, 29, 19_782),
            (0, 3, 1, -719_468),
        ] {
            assert_eq!(Day::new(year, month, day).unwrap().number(), number, "{year}-{month}-{day}");
        }
        assert!(
            [(2023, 2, 29), (1900, 2, 29), (2023, 13, 1), (2023, 4, 31), (2023, 0, 1)]
                .into_iter()
                .all(|(year, month, day)| Day::new(year, month, day).is_none())
        );
    }

    #[test]
    fn every_day_of_five_centuries_follows_the_one_before() {
        let mut day = Day::new(1599, 12, 31).unwrap();
        for number in day.number()..Day::new(2101, 1, 1).unwrap().number() {
            assert_eq!((day.number(), Day::of_number(number)), (number, day));
            let tomorrow = Day::new(day.year, day.month, day.of_month + 1).or_else(|| Day::new(day.year, day.month + 1, 1));
            day = tomorrow.unwrap_or(Day { year: day.year + 1, month: 1, of_month: 1 });
        }
    }
}
