//! How long work takes, and what follows of it: when to write, and when there is no time for more.

use std::time::{Duration, Instant};

/// The most work that a process loses when it is killed, where a batch does not take longer by itself.
const AT_STAKE: Duration = Duration::from_mins(1);

/// What is left of the time, for the process to end: beside twice the slowest batch and twice the slowest writing.
const MARGIN: Duration = Duration::from_secs(5);

/// The pace of batches, of whatever, and of the writing between them.
#[derive(Debug, Clone)]
pub(super) struct Pace {
    /// When the time is up, where it is limited.
    deadline: Option<Instant>,
    /// The first batch, which warms up what the others use.
    first: Option<Duration>,
    slowest: Option<Duration>,
    slowest_writing: Duration,
    /// When what was done was last written, or work began.
    written: Instant,
}

impl Pace {
    /// Work begins.
    pub(super) fn begin(deadline: Option<Instant>, now: Instant) -> Pace {
        Pace { deadline, first: None, slowest: None, slowest_writing: Duration::ZERO, written: now }
    }

    /// A batch is done.
    pub(super) fn worked(&mut self, from: Instant, to: Instant) {
        let took = Some(to.duration_since(from));
        if self.first.is_none() {
            self.first = took;
        } else {
            self.slowest = self.slowest.max(took);
        }
    }

    /// What was done is written.
    pub(super) fn wrote(&mut self, from: Instant, to: Instant) {
        self.slowest_writing = self.slowest_writing.max(to.duration_since(from));
        self.written = to;
    }

    /// The slowest batch after the first, or else the first; nothing before it.
    fn batch(&self) -> Duration {
        self.slowest.or(self.first).unwrap_or_default()
    }

    /// Whether what was done since it was last written, with another batch, would be more than is put at stake.
    pub(super) fn is_writing_due(&self, now: Instant) -> bool {
        now.duration_since(self.written) + self.batch() > AT_STAKE
    }

    /// Whether the time may not suffice for another batch, for writing it, and for the process to end. Nothing is known of a
    /// batch before the first is done: it is begun while the margin is left.
    pub(super) fn is_time_up(&self, now: Instant) -> bool {
        let needed = 2 * self.batch() + 2 * self.slowest_writing + MARGIN;
        self.deadline.is_some_and(|deadline| deadline.saturating_duration_since(now) < needed)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many seconds after the beginning.
    fn at(begin: Instant, seconds: u64) -> Instant {
        begin + Duration::from_secs(seconds)
    }

    #[test]
    fn writing_is_due_before_a_minute_of_work_is_at_stake() {
        let begin = Instant::now();
        let mut pace = Pace::begin(None, begin);
        // The first batch of 30 seconds stands for all until there are others.
        pace.worked(begin, at(begin, 30));
        assert!(!pace.is_writing_due(at(begin, 30)) && pace.is_writing_due(at(begin, 31)));
        // Others take 7: 53 and 7 are a minute, 54 and 7 are more.
        pace.worked(at(begin, 30), at(begin, 37));
        assert!(!pace.is_writing_due(at(begin, 53)) && pace.is_writing_due(at(begin, 54)));
        pace.wrote(at(begin, 54), at(begin, 56));
        assert!(!pace.is_writing_due(at(begin, 56 + 53)) && pace.is_writing_due(at(begin, 56 + 54)));
        // One that takes longer than a minute is written as soon as it is done.
        pace.worked(at(begin, 110), at(begin, 180));
        pace.wrote(at(begin, 180), at(begin, 181));
        assert!(pace.is_writing_due(at(begin, 181)));
    }

    #[test]
    fn time_is_up_while_twice_the_slowest_batch_and_writing_are_left() {
        let begin = Instant::now();
        let mut pace = Pace::begin(Some(at(begin, 100)), begin);
        // Nothing is known: five seconds are left for the process to end.
        assert!(!pace.is_time_up(at(begin, 95)) && pace.is_time_up(at(begin, 96)));
        // A first batch of 20 seconds: 2 × 20 + 5.
        pace.worked(begin, at(begin, 20));
        assert!(!pace.is_time_up(at(begin, 55)) && pace.is_time_up(at(begin, 56)));
        // Others of 3 and 2 seconds, and writing in 4: 2 × 3 + 2 × 4 + 5.
        pace.worked(at(begin, 20), at(begin, 23));
        pace.worked(at(begin, 23), at(begin, 25));
        pace.wrote(at(begin, 25), at(begin, 29));
        assert!(!pace.is_time_up(at(begin, 81)) && pace.is_time_up(at(begin, 82)));
        assert!(pace.is_time_up(at(begin, 200)), "long after");
        assert!(!Pace::begin(None, begin).is_time_up(at(begin, 1_000_000)), "without a limit never");
    }
}
