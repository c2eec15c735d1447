//! Columns of numbers and texts, packed: little-endian bytes or a JSON array, raw deflate, base64.

use crate::report::photographs::base64;
use flate2::Compression;
use flate2::write::DeflateEncoder;
use serde::Serialize;
use std::io::{self, BufWriter, IntoInnerError, Write};

/// How hard is packed: what zlib does unless told otherwise.
const LEVEL: u32 = 6;

/// A packed column.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Packed {
    /// `u8`, `u16`, `u32`, `f32`, `f64` or `text`.
    t: &'static str,
    /// Values.
    n: usize,
    /// Their packed bytes.
    z: String,
}

/// What values are written into.
type Packing = BufWriter<DeflateEncoder<Vec<u8>>>;

/// Packs what is written: no more than the packed bytes are held.
fn packed(t: &'static str, write: impl FnOnce(&mut Packing) -> io::Result<usize>) -> io::Result<Packed> {
    let mut packing = BufWriter::new(DeflateEncoder::new(vec![], Compression::new(LEVEL)));
    let n = write(&mut packing)?;
    let bytes = packing.into_inner().map_err(IntoInnerError::into_error)?.finish()?;
    Ok(Packed { t, n, z: base64(&bytes) })
}

/// Packs values of as many bytes each.
fn of_bytes<const N: usize>(t: &'static str, count: usize, of: impl Fn(usize) -> [u8; N]) -> io::Result<Packed> {
    packed(t, |packing| {
        for place in 0..count {
            packing.write_all(&of(place))?;
        }
        Ok(count)
    })
}

/// Unsigned numbers below `u32::MAX`, in as few bytes as hold them all; `None` is the largest number of these.
pub(super) fn numbers(count: usize, of: impl Fn(usize) -> Option<u32>) -> io::Result<Packed> {
    let most = (0..count).filter_map(&of).max().unwrap_or(0);
    if most < u32::from(u8::MAX) {
        let short = |place| of(place).and_then(|number| u8::try_from(number).ok()).unwrap_or(u8::MAX);
        of_bytes("u8", count, |place| short(place).to_le_bytes())
    } else if most < u32::from(u16::MAX) {
        let short = |place| of(place).and_then(|number| u16::try_from(number).ok()).unwrap_or(u16::MAX);
        of_bytes("u16", count, |place| short(place).to_le_bytes())
    } else {
        of_bytes("u32", count, |place| of(place).unwrap_or(u32::MAX).to_le_bytes())
    }
}

/// Numbers in single precision; not-a-number is none.
pub(super) fn singles(count: usize, of: impl Fn(usize) -> f32) -> io::Result<Packed> {
    of_bytes("f32", count, |place| of(place).to_le_bytes())
}

/// Numbers as they are: in single precision where that loses nothing.
pub(super) fn doubles(count: usize, of: impl Fn(usize) -> Option<f64>) -> io::Result<Packed> {
    let is_single = |value: f64| f64::from(single(value)).to_bits() == value.to_bits();
    if (0..count).filter_map(&of).all(is_single) {
        return singles(count, |place| of(place).map_or(f32::NAN, single));
    }
    of_bytes("f64", count, |place| of(place).unwrap_or(f64::NAN).to_le_bytes())
}

/// The nearest number of single precision.
#[expect(clippy::cast_possible_truncation, reason = "that is what it is for")]
pub(super) fn single(value: f64) -> f32 {
    value as f32
}

/// Texts, whatever stands in them.
pub(super) fn texts(texts: impl IntoIterator<Item = impl AsRef<str>>) -> io::Result<Packed> {
    packed("text", |packing| {
        let mut count = 0;
        for text in texts {
            packing.write_all(if count == 0 { b"[" } else { b"," })?;
            serde_json::to_writer(&mut *packing, text.as_ref())?;
            count += 1;
        }
        packing.write_all(if count == 0 { &b"[]"[..] } else { &b"]"[..] })?;
        Ok(count)
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::unpacked;
    use super::*;

    fn value(packed: &Packed) -> serde_json::Value {
        serde_json::to_value(packed).unwrap()
    }

    #[test]
    fn numbers_take_the_fewest_bytes_and_their_largest_number_is_none() {
        for (most, kind) in [(0, "u8"), (254, "u8"), (255, "u16"), (65_534, "u16"), (65_535, "u32"), (u32::MAX - 1, "u32")] {
            let values = [Some(most), None, Some(0)];
            let packed = numbers(3, |place| values[place]).unwrap();
            assert_eq!((packed.t, packed.n), (kind, 3));
            assert_eq!(unpacked::numbers(&value(&packed)), values);
        }
        let nothing = numbers(0, |_| None).unwrap();
        assert_eq!((nothing.t, unpacked::numbers(&value(&nothing))), ("u8", vec![]));
        // Look-alikes: one value a thousand times packs to next to nothing.
        assert!(numbers(100_000, |_| Some(7)).unwrap().z.len() < 400);
    }

    #[test]
    fn floats_are_single_where_nothing_is_lost() {
        let exact = doubles(3, |place| [Some(0.5), None, Some(-3.0)][place]).unwrap();
        assert_eq!((exact.t, unpacked::floats(&value(&exact))), ("f32", vec![Some(0.5), None, Some(-3.0)]));
        let others = doubles(2, |place| [Some(0.1), None][place]).unwrap();
        assert_eq!((others.t, unpacked::floats(&value(&others))), ("f64", vec![Some(0.1), None]));
    }

    #[test]
    fn hostile_texts_come_back_as_they_are_and_stand_nowhere_in_the_page() {
        let long = "x".repeat(10_000);
        let hostile =
            ["</script><script>alert(1)</script>", "\"\\\u{0}\n\t", "\u{202e}gnp.exe", "🦊👩‍🔬", "", "<!--", "null", long.as_str()];
        let packed = texts(hostile).unwrap();
        assert_eq!((packed.t, packed.n), ("text", hostile.len()));
        assert_eq!(unpacked::texts(&value(&packed)), hostile);
        assert!(packed.z.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte)));
        assert_eq!(unpacked::texts(&value(&texts(Vec::<String>::new()).unwrap())), Vec::<String>::new());
    }
}
