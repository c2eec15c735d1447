//! What a compressed file unpacks to, up to a limit: a few bytes may stand for more than any memory.

use std::io::{self, Error, Read};

/// A compressed file may unpack to so many times its size; tables of names reach about 30.
pub const MOST_TIMES: u64 = 100;

/// What is always allowed, in bytes.
pub const ALWAYS: u64 = 64 << 20;

/// Unpacked bytes, with an error where there are too many.
pub struct Unpacked<R> {
    inner: R,
    left: u64,
}

impl<R: Read> Unpacked<R> {
    /// Limits what `inner` unpacks from `packed` bytes: to [`MOST_TIMES`] their number, but not below [`ALWAYS`].
    pub fn new(inner: R, packed: u64) -> Self {
        Self { inner, left: packed.saturating_mul(MOST_TIMES).max(ALWAYS) }
    }
}

impl<R: Read> Read for Unpacked<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.inner.read(buffer)?;
        let taken = length as u64;
        if taken > self.left {
            let what = format!("it unpacks to more than {MOST_TIMES} times its size, as no table does; unpack it yourself if it is one");
            return Err(Error::other(what));
        }
        self.left -= taken;
        Ok(length)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn what_grows_too_far_is_refused() {
        let mut bytes = vec![];
        Unpacked::new(io::repeat(b'a').take(ALWAYS), 10).read_to_end(&mut bytes).unwrap();
        assert_eq!(bytes.len() as u64, ALWAYS);
        let error = Unpacked::new(io::repeat(b'a'), 10).read_to_end(&mut vec![]).unwrap_err();
        assert!(error.to_string().contains("more than 100 times"), "{error}");
    }
}
