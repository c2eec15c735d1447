//! What bytes are, in 256 bits or 64 hexadecimal digits.

use sha2::{Digest, Sha256};
use std::fmt::Write;
use std::io::Read;
use std::path::Path;

/// SHA-256 of one chunk after the other, in lower-case hexadecimal.
///
/// # Examples
///
/// ```
/// use nearmiss::files::sha256;
///
/// // FIPS 180-2, appendix B.1.
/// let known = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
/// assert_eq!(sha256::hex([b"abc".as_slice()]), known);
/// assert_eq!(sha256::hex([b"a".as_slice(), b"bc"]), known);
/// ```
#[must_use]
pub fn hex(chunks: impl IntoIterator<Item = impl AsRef<[u8]>>) -> String {
    digits(digest(chunks))
}

/// SHA-256 of a file, in lower-case hexadecimal.
///
/// # Errors
///
/// Whatever the system says of opening or reading it; a pipe, a folder or a device.
pub fn of_file(path: &Path) -> std::io::Result<String> {
    let mut file = crate::files::regular_file::open(path)?;
    let mut hasher = Sha256::new();
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => return Ok(digits(hasher.finalize().into())),
            count => hasher.update(&buffer[..count]),
        }
    }
}

fn digits(digest: [u8; 32]) -> String {
    digest.iter().fold(String::with_capacity(64), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// SHA-256 of one chunk after the other.
#[must_use]
pub fn digest(chunks: impl IntoIterator<Item = impl AsRef<[u8]>>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for chunk in chunks {
        hasher.update(chunk);
    }
    hasher.finalize().into()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    #[test]
    fn the_known_digest_of_abc() {
        // FIPS 180-2, appendix B.1.
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(super::hex([b"a".as_slice(), b"bc"]), expected);
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "abc").unwrap();
        assert_eq!(super::of_file(file.path()).unwrap(), expected);
    }
}
