//! The header of a safetensors file, held against the bytes it speaks of.
//!
//! # Source
//!
//! The format's description, <https://github.com/huggingface/safetensors>: eight bytes with the length of the header, a
//! header of JSON, the numbers. Tensors fill the numbers without holes, none over another.

use serde::de::{Deserializer, IgnoredAny, MapAccess, Visitor};
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// Bytes before the header: its length.
pub const PREFIX: usize = 8;
/// Longest header that is read, as in the reference implementation: no file of weights comes near it.
pub const LONGEST: u64 = 100_000_000;

/// A tensor as the header announces it; its range, its shape and its type agree.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tensor {
    /// Its name.
    pub name: String,
    /// Its type as the file writes it: `F32`, `BF16`, ...
    pub dtype: String,
    /// Its sizes; none for a single number.
    pub shape: Vec<usize>,
    /// Where its bytes are, counted from the end of the header.
    pub range: Range<usize>,
}

/// Why a header cannot be believed: what, and where.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum HeaderError {
    /// The file ends before its header does.
    #[error("it is cut off: {length} bytes, where its header alone has {wanted}; fetch it again")]
    Short {
        /// Bytes of the file.
        length: u64,
        /// Bytes of prefix and header.
        wanted: u64,
    },
    /// The header is longer than any that is read.
    #[error("its header would have {0} bytes, more than the {LONGEST} that are read; it is no safetensors file")]
    Long(u64),
    /// The header is no JSON of tensors.
    #[error("its header is no list of tensors: {0}")]
    Json(String),
    /// A type whose numbers are not whole bytes, or that nobody knows.
    #[error("the tensor '{name}' has numbers of type '{dtype}', which is not known")]
    Type {
        /// The tensor.
        name: String,
        /// The type.
        dtype: String,
    },
    /// The sizes multiply to more than can be counted.
    #[error("the tensor '{name}' has the shape {shape:?}, more numbers than can be counted")]
    Shape {
        /// The tensor.
        name: String,
        /// The sizes.
        shape: Vec<u64>,
    },
    /// The offsets are in the wrong order or beyond the end.
    #[error("the tensor '{name}' lies from byte {start} to {end}, and the file has {length} bytes of numbers")]
    Range {
        /// The tensor.
        name: String,
        /// First byte.
        start: u64,
        /// Byte behind the last.
        end: u64,
        /// Bytes behind the header.
        length: u64,
    },
    /// The bytes are not as many as the shape needs.
    #[error("the tensor '{name}' has the shape {shape:?} of {dtype}, {wanted} bytes, but lies in {found}")]
    Bytes {
        /// The tensor.
        name: String,
        /// Its sizes.
        shape: Vec<usize>,
        /// Its type.
        dtype: String,
        /// Bytes of that shape.
        wanted: u64,
        /// Bytes between the offsets.
        found: u64,
    },
    /// Two tensors share bytes, or bytes are nobody's.
    #[error("the tensor '{name}' begins at byte {start}, where byte {wanted} comes next: tensors lie over each other or leave a hole")]
    Gap {
        /// The tensor.
        name: String,
        /// Where it begins.
        start: u64,
        /// Where it should.
        wanted: u64,
    },
    /// Bytes behind the last tensor.
    #[error("{0} bytes behind the last tensor are nobody's")]
    Rest(u64),
    /// Two tensors of one name.
    #[error("two tensors are called '{0}'")]
    Twice(String),
}

/// A tensor as it stands in the JSON.
#[derive(Debug, Deserialize, Serialize)]
struct Entry {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

/// Entries in the order of the file: a map would lose the first of two of one name.
struct Entries(Vec<(String, Entry)>);

impl<'de> Deserialize<'de> for Entries {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Reader;
        impl<'de> Visitor<'de> for Reader {
            type Value = Entries;

            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("tensors by their names")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Entries, A::Error> {
                let mut entries = vec![];
                while let Some(name) = map.next_key::<String>()? {
                    if name == "__metadata__" {
                        map.next_value::<IgnoredAny>()?;
                    } else {
                        entries.push((name, map.next_value::<Entry>()?));
                    }
                }
                Ok(Entries(entries))
            }
        }
        deserializer.deserialize_map(Reader)
    }
}

/// Bytes of the header, from the first eight bytes of a file of `length` bytes.
///
/// # Errors
///
/// [`HeaderError::Short`], [`HeaderError::Long`].
pub fn header_length(prefix: [u8; PREFIX], length: u64) -> Result<usize, HeaderError> {
    let header = u64::from_le_bytes(prefix);
    if header > LONGEST {
        return Err(HeaderError::Long(header));
    }
    let wanted = header + PREFIX as u64;
    if length < wanted {
        return Err(HeaderError::Short { length, wanted });
    }
    usize::try_from(header).map_err(|_| HeaderError::Long(header))
}

/// The tensors of a whole file, in the order of their bytes, and where their bytes begin.
///
/// # Errors
///
/// [`HeaderError`].
pub fn tensors_of(bytes: &[u8]) -> Result<(Vec<Tensor>, usize), HeaderError> {
    let length = bytes.len() as u64;
    let prefix = bytes.first_chunk::<PREFIX>().ok_or(HeaderError::Short { length, wanted: PREFIX as u64 })?;
    let start = PREFIX + header_length(*prefix, length)?;
    Ok((tensors(&bytes[PREFIX..start], (bytes.len() - start) as u64)?, start))
}

/// The tensors that a header announces, in the order of their bytes; `numbers` is how many bytes lie behind the header.
///
/// # Errors
///
/// [`HeaderError`]: whatever does not agree. Sizes are multiplied with care, and nothing is allocated by their word.
pub fn tensors(header: &[u8], numbers: u64) -> Result<Vec<Tensor>, HeaderError> {
    let Entries(entries) = serde_json::from_slice(header).map_err(|error| HeaderError::Json(error.to_string()))?;
    let mut names: Vec<&str> = entries.iter().map(|(name, _)| name.as_str()).collect();
    names.sort_unstable();
    if let Some(pair) = names.windows(2).find(|pair| pair[0] == pair[1]) {
        return Err(HeaderError::Twice(pair[0].to_string()));
    }
    let mut tensors = entries.into_iter().map(|(name, entry)| tensor(name, entry, numbers)).collect::<Result<Vec<_>, _>>()?;
    tensors.sort_by(|a, b| (a.range.start, a.range.end).cmp(&(b.range.start, b.range.end)));
    let mut next = 0;
    for tensor in &tensors {
        if tensor.range.start != next {
            let (start, wanted) = (tensor.range.start as u64, next as u64);
            return Err(HeaderError::Gap { name: tensor.name.clone(), start, wanted });
        }
        next = tensor.range.end;
    }
    if next as u64 != numbers {
        return Err(HeaderError::Rest(numbers - next as u64));
    }
    Ok(tensors)
}

fn tensor(name: String, entry: Entry, numbers: u64) -> Result<Tensor, HeaderError> {
    let Entry { dtype, shape: sizes, data_offsets: [start, end] } = entry;
    let Some(size) = bytes_of(&dtype) else { return Err(HeaderError::Type { name, dtype }) };
    let count = sizes.iter().try_fold(size, |product, &size| product.checked_mul(size));
    let shape: Result<Vec<usize>, _> = sizes.iter().map(|&size| usize::try_from(size)).collect();
    let (Some(wanted), Ok(shape)) = (count, shape) else { return Err(HeaderError::Shape { name, shape: sizes }) };
    let places = usize::try_from(start).ok().zip(usize::try_from(end).ok());
    let Some((first, last)) = places.filter(|_| start <= end && end <= numbers) else {
        return Err(HeaderError::Range { name, start, end, length: numbers });
    };
    if end - start != wanted {
        return Err(HeaderError::Bytes { name, shape, dtype, wanted, found: end - start });
    }
    Ok(Tensor { name, dtype, shape, range: first..last })
}

/// Bytes of one number.
fn bytes_of(dtype: &str) -> Option<u64> {
    Some(match dtype {
        "BOOL" | "U8" | "I8" | "F8_E4M3" | "F8_E5M2" | "F8_E8M0" => 1,
        "U16" | "I16" | "F16" | "BF16" => 2,
        "U32" | "I32" | "F32" => 4,
        "U64" | "I64" | "F64" | "C64" => 8,
        _ => return None,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn file(header: &str, numbers: usize) -> Vec<u8> {
        let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header.as_bytes());
        bytes.extend((0..numbers).map(|byte| u8::try_from(byte % 251).unwrap()));
        bytes
    }

    fn one(dtype: &str, shape: &str, offsets: &str, numbers: usize) -> Result<Vec<Tensor>, HeaderError> {
        let header = format!(r#"{{"x": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": {offsets}}}}}"#);
        tensors_of(&file(&header, numbers)).map(|found| found.0)
    }

    #[test]
    fn tensors_in_the_order_of_their_bytes() {
        let header = r#"{"__metadata__": {"format": "pt", "deep": [[1]]}, "b": {"dtype": "F16", "shape": [3], "data_offsets": [8, 14]},
            "a": {"dtype": "F32", "shape": [2, 1], "data_offsets": [0, 8]}, "c": {"dtype": "F64", "shape": [0, 7], "data_offsets": [14, 14]},
            "s": {"dtype": "I8", "shape": [], "data_offsets": [14, 15]}}"#;
        let (found, start) = tensors_of(&file(header, 15)).unwrap();
        assert_eq!(start, 8 + header.len());
        let names: Vec<&str> = found.iter().map(|tensor| tensor.name.as_str()).collect();
        assert_eq!(names, ["a", "b", "c", "s"]);
        assert_eq!((found[1].range.clone(), found[1].shape.clone()), (8..14, vec![3]));
        assert_eq!(tensors_of(&file("{}", 0)).unwrap().0, []);
    }

    #[test]
    fn what_does_not_agree_is_said() {
        for (dtype, shape, offsets, numbers, part) in [
            ("F32", "[2, 2]", "[0, 8]", 8, "16 bytes, but lies in 8"),
            ("F32", "[2, 2]", "[0, 32]", 32, "16 bytes, but lies in 32"),
            ("F32", "[4, 2]", "[0, 31]", 32, "32 bytes, but lies in 31"),
            ("F32", "[4, 4]", "[0, 64]", 32, "from byte 0 to 64, and the file has 32"),
            ("F32", "[2, 2]", "[16, 0]", 16, "from byte 16 to 0"),
            ("F32", "[2, 2]", "[18446744073709551615, 18446744073709551615]", 16, "from byte 18446744073709551615"),
            ("F32", "[1099511627776, 1099511627776]", "[0, 0]", 0, "more numbers than can be counted"),
            ("F32", "[4, 4611686018427387904]", "[0, 32]", 32, "more numbers than can be counted"),
            ("F32", "[1]", "[4, 8]", 8, "begins at byte 4, where byte 0 comes next"),
            ("F32", "[1]", "[0, 4]", 8, "4 bytes behind the last tensor"),
            ("F4", "[2]", "[0, 1]", 1, "type 'F4', which is not known"),
            ("F32", "[-2, -2]", "[0, 16]", 16, "no list of tensors: invalid value: integer `-2`"),
            ("F32", "[2.5]", "[0, 10]", 10, "no list of tensors"),
            ("F32", "[1]", "[0]", 4, "no list of tensors"),
        ] {
            let message = one(dtype, shape, offsets, numbers).unwrap_err().to_string();
            assert!(message.contains(part), "'{part}' is not in: {message}");
        }
        let tensor = |offsets: &str| format!(r#"{{"dtype": "F32", "shape": [2], "data_offsets": {offsets}}}"#);
        let two = |first: &str, second: &str| format!(r#"{{"{first}": {}, "{second}": {}}}"#, tensor("[0, 8]"), tensor("[4, 12]"));
        assert!(tensors_of(&file(&two("a", "b"), 12)).unwrap_err().to_string().contains("'b' begins at byte 4"));
        assert_eq!(tensors_of(&file(&two("a", "a"), 12)).unwrap_err(), HeaderError::Twice("a".to_string()));
    }

    #[test]
    fn headers_without_end_are_refused() {
        assert_eq!(tensors_of(&[1, 2]).unwrap_err(), HeaderError::Short { length: 2, wanted: 8 });
        assert_eq!(tensors_of(&file("{}", 0)[..9]).unwrap_err(), HeaderError::Short { length: 9, wanted: 10 });
        for length in [u64::MAX, u64::MAX - 7, 1 << 62, LONGEST + 1] {
            let bytes = [&length.to_le_bytes()[..], b"{}"].concat();
            assert_eq!(tensors_of(&bytes).unwrap_err(), HeaderError::Long(length));
        }
        // Nested without end: serde_json stops at a depth of 128, in what is skipped as well.
        for header in ["[".repeat(200_000), format!(r#"{{"__metadata__": {}"#, "[".repeat(200_000)), r#"{"x": 1}"#.to_string()] {
            assert!(matches!(tensors_of(&file(&header, 0)).unwrap_err(), HeaderError::Json(_)));
        }
    }
}
