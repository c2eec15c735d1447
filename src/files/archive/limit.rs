//! A limit on what unpacks: a small file may hold gigabytes of nothing.
//!
//! What is packed may unpack to 100 times its length, or to 256 MiB where that is more; what is then held in
//! memory at once, and not row by row, to 1 GiB or 4 times its length. Text and tables pack to a twentieth.

use std::error::Error;
use std::io::Read;

/// Files unpack to this many times their length, or to [`LEAST`] bytes.
pub const TIMES: u64 = 100;

/// So many bytes may always be unpacked.
pub const LEAST: u64 = 256 << 20;

/// So many unpacked bytes may always be held at once, where [`most`] allows it.
const HELD: u64 = 1 << 30;

/// So many times its length may be held at once, where [`most`] allows it.
const HELD_TIMES: u64 = 4;

/// What `packed` bytes may unpack to.
#[must_use]
pub fn most(packed: u64) -> u64 {
    packed.saturating_mul(TIMES).max(LEAST)
}

/// What `packed` bytes may unpack to where all of it is held in memory.
#[must_use]
pub fn most_held(packed: u64) -> u64 {
    most(packed).min(packed.saturating_mul(HELD_TIMES).max(HELD))
}

/// More came out than may.
#[derive(Debug, thiserror::Error)]
#[error(
    "it unpacks to more than {most} bytes, the most that are read of it; if it is meant to, unpack it and give what comes out"
)]
pub struct TooMuch {
    /// The limit.
    pub most: u64,
}

impl TooMuch {
    /// Whether it is at the bottom of an error.
    #[must_use]
    pub fn is_in(error: &(dyn Error + 'static)) -> bool {
        let mut next = Some(error);
        while let Some(error) = next {
            if error.is::<TooMuch>() {
                return true;
            }
            // An error of the system hands on its cause's source and not its cause, one of a table nothing.
            next = match (error.downcast_ref::<std::io::Error>(), error.downcast_ref::<csv::Error>().map(csv::Error::kind)) {
                (Some(error), _) => error.get_ref().map(|inner| inner as &(dyn Error + 'static)),
                (_, Some(csv::ErrorKind::Io(error))) => Some(error),
                _ => error.source(),
            };
        }
        false
    }
}

/// A reader that fails with [`TooMuch`] once more than so many bytes have come out of it.
#[derive(Debug)]
pub struct Limited<R> {
    inner: R,
    left: u64,
    most: u64,
}

impl<R: Read> Limited<R> {
    /// At most `most` bytes of a reader.
    pub fn new(inner: R, most: u64) -> Self {
        Limited { inner, left: most, most }
    }
}

impl<R: Read> Read for Limited<R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if buffer.is_empty() {
            return Ok(0);
        }
        if self.left == 0 {
            return match self.inner.read(&mut [0])? {
                0 => Ok(0),
                _ => Err(std::io::Error::new(std::io::ErrorKind::InvalidData, TooMuch { most: self.most })),
            };
        }
        let most = usize::try_from(self.left).unwrap_or(usize::MAX).min(buffer.len());
        let count = self.inner.read(&mut buffer[..most])?;
        self.left -= count as u64;
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn the_limit_itself_may_be_read_and_nothing_more() {
        let mut all = vec![];
        assert_eq!(Limited::new([1; 10].as_slice(), 10).read_to_end(&mut all).unwrap(), 10);
        let error = Limited::new(std::io::repeat(0), 10).read_to_end(&mut all).unwrap_err();
        assert!(TooMuch::is_in(&error));
        assert!(error.to_string().contains("unpacks to more than 10 bytes"), "{error}");
        assert!(TooMuch::is_in(&csv::Error::from(error)));
        assert!(!TooMuch::is_in(&std::io::Error::other("else")));
    }

    #[test]
    fn what_may_be_held_is_never_more_than_what_may_be_read() {
        for packed in [0, 1, 1 << 20, 1 << 24, 1 << 30, 1 << 40, u64::MAX] {
            assert!(most_held(packed) <= most(packed));
        }
        assert_eq!(
            (most(0), most(10 << 20), most_held(100 << 20), most_held(1 << 30)),
            (256 << 20, 1000 << 20, 1 << 30, 4 << 30)
        );
    }
}
