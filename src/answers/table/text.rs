//! The text of a file: told by its bytes or by the encoding given, without byte order mark, with line ends that
//! everything reads.

use super::error::TableError;
use encoding_rs::{Encoding, ISO_2022_JP, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::borrow::Cow;
use std::path::Path;

/// So many bytes before and behind a letter that is no UTF-8 are shown with it.
const SHOWN: usize = 40;

/// The text that bytes are. `encoding` is that of text that is no UTF-8 and has no byte order mark.
///
/// # Errors
///
/// An encoding that nobody knows; text in another encoding than the one given, or than UTF-8.
pub(super) fn decoded(bytes: Vec<u8>, path: &Path, encoding: Option<&str>) -> Result<String, TableError> {
    let fault = |line, what| TableError::Format { path: path.to_path_buf(), line, what };
    let text = match given(&bytes, encoding).map_err(|what| fault(None, what))? {
        Some(encoding) => {
            let (text, used, is_broken) = encoding.decode(&bytes);
            if is_broken {
                let what = format!("not {} text throughout; give the right --encoding, or save the file as UTF-8", used.name());
                return Err(fault(None, what));
            }
            text.into_owned()
        }
        None => String::from_utf8(bytes).map_err(|error| {
            let at = error.utf8_error().valid_up_to();
            fault(Some(line_at(error.as_bytes(), at)), no_utf8(error.as_bytes(), at))
        })?,
    };
    if let Some(zero) = memchr::memchr(0, text.as_bytes()) {
        let what = "a zero byte, which no text has; convert the file to UTF-8".to_string();
        return Err(fault(Some(line_at(text.as_bytes(), zero)), what));
    }
    let text = text.strip_prefix('\u{feff}').map(str::to_string).unwrap_or(text);
    Ok(match with_line_feeds(&text) {
        Cow::Borrowed(_) => text,
        Cow::Owned(mended) => mended,
    })
}

/// The encoding of bytes that are to be taken for something else than UTF-8.
fn given(bytes: &[u8], label: Option<&str>) -> Result<Option<&'static Encoding>, String> {
    let own = guess(bytes);
    let Some(label) = label else { return Ok(own) };
    let named = Encoding::for_label(label.trim().as_bytes())
        .ok_or_else(|| format!("--encoding '{label}' is none that is known; give utf-8, windows-1252, utf-16le, ..."))?;
    // These pass for UTF-8 where they hold no accents.
    let is_hidden = [UTF_16LE, UTF_16BE, ISO_2022_JP].contains(&named);
    let is_utf8 = || std::str::from_utf8(bytes).is_ok();
    Ok(own.or_else(|| (named != UTF_8 && (is_hidden || !is_utf8())).then_some(named)))
}

/// UTF-16 shows by its byte order mark or by its zeros, which all stand on one side.
fn guess(bytes: &[u8]) -> Option<&'static Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(UTF_16LE),
        [0xfe, 0xff, ..] => return Some(UTF_16BE),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(512) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    let is_many = |zeros: usize| zeros > 2 && zeros * 16 > head.len();
    match (zeros(0), zeros(1)) {
        (0, low) if is_many(low) => Some(UTF_16LE),
        (high, 0) if is_many(high) => Some(UTF_16BE),
        _ => None,
    }
}

fn line_at(bytes: &[u8], place: usize) -> u64 {
    memchr::memchr_iter(b'\n', &bytes[..place]).count() as u64 + 1
}

/// What to do with text that is no UTF-8, with the word that shows it.
fn no_utf8(bytes: &[u8], at: usize) -> String {
    if bytes[..bytes.len().min(512)].contains(&0) {
        return "not UTF-8 text, nor Parquet, a workbook or a packed table; save the table as CSV".to_string();
    }
    let is_end = |byte: &u8| b",;|\t\r\n\"' ".contains(byte);
    let before = bytes[..at].iter().rev().take(SHOWN).take_while(|byte| !is_end(byte)).count();
    let behind = bytes[at..].iter().take(SHOWN).take_while(|byte| !is_end(byte)).count();
    let (word, _) = WINDOWS_1252.decode_without_bom_handling(&bytes[at - before..at + behind]);
    format!("not UTF-8 text: '{word}', if it is Windows-1252; give --encoding windows-1252 (or latin1), or save it as UTF-8")
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
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    const TABLE: &str = "image,truth\na.jpg,Hémilophile\n";

    fn read(bytes: &[u8], encoding: Option<&str>) -> Result<String, String> {
        decoded(bytes.to_vec(), Path::new("t.csv"), encoding).map_err(|error| error.to_string())
    }

    fn utf16(text: &str, order: fn(u16) -> [u8; 2]) -> Vec<u8> {
        text.encode_utf16().flat_map(order).collect()
    }

    #[test]
    fn carriage_returns_that_end_lines_become_line_feeds() {
        assert_eq!(with_line_feeds("a,b\r1,\"x\ry\"\r"), "a,b\n1,\"x\ry\"\n");
        for text in ["a,b\r\n1,2\r\n", "a,b\n1,2\r\n", "a,b", "\"a\rb\",c\n1,2"] {
            assert!(matches!(with_line_feeds(text), Cow::Borrowed(_)), "{text:?}");
        }
    }

    #[test]
    fn texts_with_and_without_byte_order_mark_are_told() {
        for bytes in [
            TABLE.as_bytes().to_vec(),
            format!("\u{feff}{TABLE}").into_bytes(),
            utf16(TABLE, u16::to_le_bytes),
            utf16(TABLE, u16::to_be_bytes),
            utf16(&format!("\u{feff}{TABLE}"), u16::to_le_bytes),
            utf16(&format!("\u{feff}{TABLE}"), u16::to_be_bytes),
        ] {
            assert_eq!(read(&bytes, None).unwrap(), TABLE);
            // The encoding given is for text that does not say its own.
            assert_eq!(read(&bytes, Some("latin1")).unwrap(), TABLE);
        }
        assert!(read(b"image,truth\0,predicted\na,b,c\n", None).unwrap_err().contains("t.csv:1: a zero byte"));
        assert!(read(&[0xff, 0xfe, b'a', 0, b'b'], None).unwrap_err().contains("not UTF-16LE text"));
    }

    #[test]
    fn other_encodings_are_asked_for_and_obeyed() {
        let latin = b"image,truth\na.jpg,H\xe9milophile\n";
        let refused = read(latin, None).unwrap_err();
        assert!(
            refused.starts_with("t.csv:2: not UTF-8 text: 'Hémilophile'") && refused.contains("--encoding windows-1252"),
            "{refused}"
        );
        assert_eq!(read(latin, Some("windows-1252")).unwrap(), TABLE);
        assert_eq!(read(latin, Some(" Latin1 ")).unwrap(), TABLE);
        let unknown = read(latin, Some("klingon")).unwrap_err();
        assert!(unknown.contains("--encoding 'klingon' is none that is known"), "{unknown}");
        let wrong = read(latin, Some("euc-jp")).unwrap_err();
        assert!(wrong.contains("not EUC-JP text throughout"), "{wrong}");
        assert!(read(latin, Some("utf-8")).unwrap_err().contains("t.csv:2: not UTF-8"));
    }
}
