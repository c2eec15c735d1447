//! How much time a process has, as `--time-left` says it.

use crate::answers::time::{Gap, GapError};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

/// The variable in which Slurm says when a job ends, in seconds since 1970; Slurm 23.02 is the first that sets it.
const END: &str = "SLURM_JOB_END_TIME";

/// The time until which a process may work.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TimeLeft {
    /// So long from its start.
    For(Duration),
    /// Until a time of the clock.
    Until(SystemTime),
}

impl TimeLeft {
    /// Reads a length of time with its units (`90s`, `50min`, `2h`), one as Slurm writes it (`50:00`, `2:00:00`, `1-00:00:00`),
    /// or `auto`: until the time that Slurm says the job ends.
    ///
    /// # Errors
    ///
    /// What is wrong with it, to go on after the name of the option.
    pub fn parse(word: &str, variable: impl Fn(&str) -> Option<String>) -> Result<TimeLeft, String> {
        if word == "auto" {
            return until(variable(END));
        }
        if word.contains(':') {
            let clock = clock(word).filter(|length| !length.is_zero());
            return clock.map(TimeLeft::For).ok_or_else(|| {
                format!(
                    "'{word}' is no length of time; give minutes:seconds, hours:minutes:seconds or days-hours:minutes:seconds"
                )
            });
        }
        match word.parse::<Gap>() {
            Ok(gap) => Ok(TimeLeft::For(Duration::from_millis(gap.milliseconds().unsigned_abs()))),
            Err(GapError::Nothing { text }) => {
                Err(format!("'{text}' is not more than nothing; give the time that is left, or auto"))
            }
            Err(error) => Err(error.to_string()),
        }
    }

    /// When the time is up, for a process that starts now.
    #[must_use]
    pub fn deadline(self) -> Option<Instant> {
        let left = match self {
            TimeLeft::For(length) => length,
            TimeLeft::Until(time) => time.duration_since(SystemTime::now()).unwrap_or_default(),
        };
        // What is beyond all clocks is no limit.
        Instant::now().checked_add(left)
    }
}

fn until(end: Option<String>) -> Result<TimeLeft, String> {
    let Some(text) = end.filter(|text| !text.is_empty()) else {
        return Err(format!(
            "auto: {END} is not set, which Slurm does from 23.02 on; give a length of time, such as 50min, or what is left of the \
             job: --time-left \"$(squeue -h -j $SLURM_JOB_ID -o %L)\""
        ));
    };
    let seconds = text.parse().ok().filter(|&seconds: &u64| seconds > 0);
    let time = seconds.and_then(|seconds| UNIX_EPOCH.checked_add(Duration::from_secs(seconds)));
    let wrong =
        || format!("auto: {END} is '{text}', which is no time in seconds since 1970; give a length of time, such as 50min");
    time.map(TimeLeft::Until).ok_or_else(wrong)
}

/// `[[days-]hours:]minutes:seconds`, with or without seconds behind days.
fn clock(word: &str) -> Option<Duration> {
    let number = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit()).then(|| text.parse::<u64>().ok())?;
    let (days, of_day) = match word.split_once('-') {
        Some((days, of_day)) => (Some(number(days)?), of_day),
        None => (None, word),
    };
    let parts = of_day.split(':').map(number).collect::<Option<Vec<u64>>>()?;
    let (hours, minutes, seconds) = match (days, &parts[..]) {
        (Some(_), &[hours, minutes]) => (hours, minutes, 0),
        (None, &[minutes, seconds]) => (0, minutes, seconds),
        (_, &[hours, minutes, seconds]) => (hours, minutes, seconds),
        _ => return None,
    };
    let hours = days.unwrap_or(0).checked_mul(24)?.checked_add(hours)?;
    let minutes = hours.checked_mul(60)?.checked_add(minutes)?;
    Some(Duration::from_secs(minutes.checked_mul(60)?.checked_add(seconds)?))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn none(_: &str) -> Option<String> {
        None
    }

    #[test]
    fn lengths_have_units_or_are_written_as_slurm_writes_them() {
        for (word, seconds) in [
            ("90s", 90),
            ("50min", 3000),
            ("2h", 7200),
            ("1h30min", 5400),
            // What `squeue -o %L` prints.
            ("0:45", 45),
            ("50:00", 3000),
            ("1:10:00", 4200),
            ("2-00:10:00", 173_400),
            ("1-06:30", 109_800),
        ] {
            assert_eq!(TimeLeft::parse(word, none), Ok(TimeLeft::For(Duration::from_secs(seconds))), "{word}");
        }
        for (word, part) in [
            ("50", "'50' has no unit"),
            ("0s", "'0s' is not more than nothing; give the time that is left, or auto"),
            ("0:00", "'0:00' is no length of time"),
            ("1:2:3:4", "is no length of time; give minutes:seconds"),
            ("-1:00", "is no length of time"),
            ("1:+2", "is no length of time"),
            (":", "is no length of time"),
            ("UNLIMITED", "'UNLIMITED' is no length of time"),
        ] {
            let message = TimeLeft::parse(word, none).unwrap_err();
            assert!(message.contains(part), "{word}: {message}");
        }
    }

    #[test]
    fn slurm_says_when_a_job_ends_or_is_said_to_say_nothing() {
        let end = |value: &'static str| move |name: &str| (name == END).then(|| value.to_string());
        let time = UNIX_EPOCH + Duration::from_secs(1_800_000_123);
        assert_eq!(TimeLeft::parse("auto", end("1800000123")), Ok(TimeLeft::Until(time)));
        assert!(TimeLeft::parse("auto", none).unwrap_err().contains("auto: SLURM_JOB_END_TIME is not set"));
        for wrong in ["tomorrow", "0", "-5", "1.5"] {
            let message = TimeLeft::parse("auto", end(wrong)).unwrap_err();
            assert!(message.contains(&format!("is '{wrong}', which is no time in seconds")), "{message}");
        }
        // A time that is over leaves nothing, one in an hour about an hour.
        let now = Instant::now();
        let left = |time| TimeLeft::Until(time).deadline().unwrap().duration_since(now);
        assert!(left(UNIX_EPOCH) < Duration::from_mins(1));
        let hour = left(SystemTime::now() + Duration::from_hours(1));
        assert!(hour > Duration::from_mins(59) && hour < Duration::from_mins(61), "{hour:?}");
    }
}
