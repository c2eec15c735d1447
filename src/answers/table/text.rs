//! The text of a file: unpacked, without byte order mark, with line ends that everything reads.

use super::error::TableError;
use crate::files::archive::limit::{Limited, most_held};
use crate::files::regular_file;
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read;
use std::path::Path;

/// Reads a file of text, packed with gzip or not.
///
/// # Errors
///
/// What is no file, cannot be read, or is no UTF-8 text.
pub(super) fn read(path: &Path) -> Result<String, TableError> {
    let open = |source| TableError::Open { path: path.to_path_buf(), source };
    let bytes = regular_file::read(path).map_err(open)?;
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return text(bytes, path);
    }
    let mut unpacked = vec![];
    let most = most_held(bytes.len() as u64);
    Limited::new(MultiGzDecoder::new(&bytes[..]), most).read_to_end(&mut unpacked).map_err(open)?;
    text(unpacked, path)
}

fn text(bytes: Vec<u8>, path: &Path) -> Result<String, TableError> {
    let fault = |before: &[u8], what: &str| {
        let line = before.iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
        TableError::Format { path: path.to_path_buf(), line: Some(line), what: what.to_string() }
    };
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        fault(&error.as_bytes()[..valid], "not UTF-8 text, nor Parquet; convert the file to UTF-8")
    })?;
    if let Some(zero) = text.find('\0') {
        return Err(fault(&text.as_bytes()[..zero], "a zero byte, which no text has; convert the file to UTF-8"));
    }
    let text = text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text);
    Ok(match with_line_feeds(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(mended) => mended,
    })
}

/// Carriage returns that end lines by themselves (old Macs, some spreadsheets) as line feeds; those in
/// quoted cells stay.
fn with_line_feeds(text: &str) -> Cow<'_, str> {
    let mut quoted = false;
    let end = text.bytes().enumerate().find(|&(_, byte)| {
        quoted ^= byte == b'"';
        !quoted && matches!(byte, b'\r' | b'\n')
    });
    let lone = end.is_some_and(|(at, byte)| byte == b'\r' && text.as_bytes().get(at + 1) != Some(&b'\n'));
    if !lone {
        return Cow::Borrowed(text);
    }
    let mut quoted = false;
    let feed = |letter: char| {
        quoted ^= letter == '"';
        if letter == '\r' && !quoted { '\n' } else { letter }
    };
    Cow::Owned(text.chars().map(feed).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn carriage_returns_that_end_lines_become_line_feeds() {
        assert_eq!(with_line_feeds("a,b\r1,\"x\ry\"\r"), "a,b\n1,\"x\ry\"\n");
        for text in ["a,b\r\n1,2\r\n", "a,b\n1,2\r\n", "a,b", "\"a\rb\",c\n1,2"] {
            assert!(matches!(with_line_feeds(text), Cow::Borrowed(_)), "{text:?}");
        }
    }
}
