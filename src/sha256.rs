//! What bytes are, in 256 bits or 64 hexadecimal digits.

use sha2::{Digest, Sha256};
use std::fmt::Write;

/// SHA-256 of one chunk after the other, in lower-case hexadecimal.
#[must_use]
pub fn hex<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> String {
    digest(chunks).iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256 of one chunk after the other.
#[must_use]
pub fn digest<'a>(chunks: impl IntoIterator<Item = &'a [u8]>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for chunk in chunks {
        hasher.update(chunk);
    }
    hasher.finalize().into()
}

#[cfg(test)]
mod tests {
    #[test]
    fn the_known_digest_of_abc() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::hex([b"a".as_slice(), b"bc"]), expected);
    }
}
