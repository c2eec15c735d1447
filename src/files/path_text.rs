//! Paths as text in tables, for systems whose file names are bytes: what is no UTF-8 stands as `%E9`.

use std::ffi::OsStr;
use std::fmt::Write;
use std::path::{Path, PathBuf};

/// One part of a path as text; a part that is no UTF-8 has `%E9` for a byte that is none, and `%25` for its percent signs.
#[must_use]
pub fn of_part(part: &OsStr) -> String {
    if let Some(text) = part.to_str() {
        return text.to_string();
    }
    let mut text = String::new();
    for chunk in part.as_encoded_bytes().utf8_chunks() {
        text.push_str(&chunk.valid().replace('%', "%25"));
        for byte in chunk.invalid() {
            // Writing to a string cannot fail.
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// A path as text, each part as [`of_part`] has it.
#[must_use]
pub fn of_path(path: &Path) -> String {
    if let Some(text) = path.to_str() {
        return text.to_string();
    }
    let parts: Vec<String> = path.iter().map(of_part).collect();
    let text = parts.join("/");
    // The root is a part of its own.
    if text.starts_with("//") { text[1..].to_string() } else { text }
}

/// The file below a folder that a text stands for: the one of this very name, or else the one whose bytes the text spells;
/// where neither is there, the first.
#[must_use]
pub fn below(folder: &Path, text: &str) -> PathBuf {
    let plain = folder.join(text);
    if plain.exists() {
        return plain;
    }
    spelled(text).map(|path| folder.join(path)).filter(|path| path.exists()).unwrap_or(plain)
}

/// The path whose bytes a text spells; `None` where it spells none that is no UTF-8.
#[cfg(unix)]
fn spelled(text: &str) -> Option<PathBuf> {
    use std::os::unix::ffi::OsStringExt;
    let parts: Vec<Vec<u8>> = text.split('/').map(|part| bytes(part).unwrap_or_else(|| part.as_bytes().to_vec())).collect();
    let whole = parts.join(&b'/');
    (whole != text.as_bytes()).then(|| PathBuf::from(std::ffi::OsString::from_vec(whole)))
}

/// Elsewhere names are no bytes.
#[cfg(not(unix))]
fn spelled(_text: &str) -> Option<PathBuf> {
    None
}

/// The bytes that a part spells, where these are no UTF-8: only such parts have been written so.
#[cfg(unix)]
fn bytes(part: &str) -> Option<Vec<u8>> {
    let mut bytes = vec![];
    let mut rest = part.as_bytes();
    while let [first, behind @ ..] = rest {
        let spelled = match behind {
            [high, low, ..] if *first == b'%' => digit(*high).zip(digit(*low)).map(|(high, low)| high * 16 + low),
            _ => None,
        };
        bytes.push(spelled.unwrap_or(*first));
        rest = if spelled.is_some() { &behind[2..] } else { behind };
    }
    (std::str::from_utf8(&bytes).is_err() && !bytes.contains(&b'/')).then_some(bytes)
}

#[cfg(unix)]
fn digit(letter: u8) -> Option<u8> {
    char::from(letter).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(all(test, target_os = "linux"))]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::os::unix::ffi::OsStrExt;

    #[test]
    fn names_that_are_no_text_are_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let names: [&[u8]; 4] = [b"caf\xe9.jpg", b"caf\xe8.jpg", b"100% caf\xe9.jpg", "café 100%25.jpg".as_bytes()];
        let texts = ["caf%E9.jpg", "caf%E8.jpg", "100%25 caf%E9.jpg", "café 100%25.jpg"];
        for (name, text) in names.into_iter().zip(texts) {
            let path = folder.path().join(OsStr::from_bytes(name));
            std::fs::write(&path, name).unwrap();
            assert_eq!(of_part(OsStr::from_bytes(name)), text);
            assert_eq!(below(folder.path(), text), path);
        }
        let inside = Path::new("/a%b").join(OsStr::from_bytes(b"\xff")).join("c.jpg");
        assert_eq!(of_path(&inside), "/a%b/%FF/c.jpg");
        assert_eq!(spelled("/a%b/%FF/c.jpg"), Some(inside));
        assert_eq!(below(folder.path(), "absent%E9.jpg"), folder.path().join("absent%E9.jpg"));
        // A name that spells UTF-8 was never written so.
        assert_eq!(spelled("caf%C3%A9.jpg"), None);
        assert_eq!(spelled("..%2Fcaf%E9.jpg"), None, "a slash is in no name");
    }
}
