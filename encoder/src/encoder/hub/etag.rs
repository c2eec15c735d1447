//! What a hub calls the content of a file, and whether a file holds that.

use sha1::{Digest, Sha1};
use std::io::Read;
use std::path::Path;

/// Longest name that an answer may give to a file in the cache.
const LONGEST: usize = 128;

/// The name of a file's content: in the cache the file is called so.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Etag(String);

/// Whether a text of somebody else may become the name of a file: letters, digits, `-`, `_` and `.`, of which neither `-`
/// nor `.` is the first.
pub(super) fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= LONGEST
        && !text.starts_with(['-', '.'])
        && text.chars().all(|letter| letter.is_ascii_alphanumeric() || "-_.".contains(letter))
}

impl Etag {
    /// Reads a header, in quotes or not; `None` if it cannot be a name.
    pub(super) fn parse(header: &str) -> Option<Etag> {
        let bare = header.trim();
        let bare = bare.strip_prefix("W/").unwrap_or(bare).trim_matches('"');
        is_plain(bare).then(|| Etag(bare.to_string()))
    }

    /// The name.
    pub(super) fn name(&self) -> &str {
        &self.0
    }

    /// Whether a file holds what the name says: 64 hexadecimal digits are its SHA-256, 40 the SHA-1 that git gives it. Of
    /// other names nothing is known.
    ///
    /// # Errors
    ///
    /// How it differs, in some words.
    pub(super) fn check(&self, path: &Path) -> std::io::Result<Result<(), String>> {
        let expected = self.0.to_ascii_lowercase();
        if !expected.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return Ok(Ok(()));
        }
        let (kind, found) = match expected.len() {
            64 => ("SHA-256", nearmiss::files::sha256::of_file(path)?),
            40 => ("git's SHA-1", git_sha1(path)?),
            _ => return Ok(Ok(())),
        };
        Ok(if found == expected { Ok(()) } else { Err(format!("{kind} {found} instead of {expected}")) })
    }
}

/// The SHA-1 of a file as git takes it: after `blob`, its length and a zero.
fn git_sha1(path: &Path) -> std::io::Result<String> {
    let mut file = std::fs::File::open(path)?;
    let mut hasher = Sha1::new_with_prefix(format!("blob {}\0", file.metadata()?.len()));
    let mut buffer = vec![0; 1 << 20];
    loop {
        match file.read(&mut buffer)? {
            0 => break,
            count => hasher.update(&buffer[..count]),
        }
    }
    let digits = hasher.finalize().into_iter().flat_map(|byte| [byte >> 4, byte & 15]);
    Ok(digits.filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_name_that_leads_elsewhere_is_none() {
        for header in ["", "/tmp/x", "../../x", "..", ".hidden", "a/b", "a\\b", "a b", "\"/any/path\"", "a\0b", "W/", "é", "-x"]
        {
            assert_eq!(Etag::parse(header), None, "{header}");
        }
        assert_eq!(Etag::parse(&"a".repeat(129)), None);
        for (header, name) in [("\"5f3-abc\"", "5f3-abc"), ("W/\"0a.b\"", "0a.b"), (" ABC ", "ABC")] {
            assert_eq!(Etag::parse(header).unwrap().name(), name);
        }
    }

    #[test]
    fn the_hashes_of_the_hub() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "what is up, doc?").unwrap();
        // `printf 'what is up, doc?' | git hash-object --stdin`, as in "Pro Git", 10.2.
        let git = Etag::parse("bd9dbf5aae1a3862dd1526723246b20206e5fc37").unwrap();
        assert_eq!(git.check(file.path()).unwrap(), Ok(()));
        let sha256 = nearmiss::files::sha256::of_file(file.path()).unwrap().to_uppercase();
        assert_eq!(Etag::parse(&sha256).unwrap().check(file.path()).unwrap(), Ok(()));
        assert_eq!(Etag::parse("5f3-abc").unwrap().check(file.path()).unwrap(), Ok(()));
        std::fs::write(file.path(), "what is up, duck").unwrap();
        assert!(git.check(file.path()).unwrap().unwrap_err().starts_with("git's SHA-1 "));
        assert!(Etag::parse(&sha256).unwrap().check(file.path()).unwrap().is_err());
    }
}
