//! The header of a safetensors file: read, and compared with the file's length.

use super::{MOST_DIMENSIONS, elements};
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::fmt;
use std::io::Read;

/// Longest header that is read, in bytes; a longer one is no safetensors file.
pub const LONGEST_HEADER: u64 = 100_000_000;

/// A tensor as the header describes it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct Tensor {
    /// Kind of number, as the file calls it: `F32`, `BF16`, `I64`, ...
    pub dtype: String,
    /// Length of each dimension.
    pub shape: Vec<u64>,
    /// Where its bytes begin and end, counted from the end of the header.
    #[serde(rename = "data_offsets")]
    pub place: [u64; 2],
}

impl Tensor {
    /// Whether its numbers are of the kinds that have a length in whole bytes, and which; `None` for kinds
    /// that are not known.
    fn size(&self) -> Option<u64> {
        Some(match self.dtype.as_str() {
            "F64" | "I64" | "U64" | "C64" => 8,
            "F32" | "I32" | "U32" => 4,
            "F16" | "BF16" | "I16" | "U16" => 2,
            "I8" | "U8" | "BOOL" | "F8_E4M3" | "F8_E5M2" | "F8_E8M0" => 1,
            _ => return None,
        })
    }
}

/// The header of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Header {
    /// The tensors, by name.
    pub tensors: BTreeMap<String, Tensor>,
    /// Where the bytes of the tensors begin in the file.
    pub start: u64,
}

/// Reads the header at the beginning of a file of `length` bytes.
///
/// Every tensor has as many bytes as its shape says, they follow each other without a gap, and the file
/// ends with the last.
///
/// # Errors
///
/// Says in a few words what is wrong.
///
/// # Source
///
/// safetensors, `README.md`, *Format*.
pub fn header(file: &mut impl Read, length: u64) -> Result<Header, String> {
    let mut size = [0; 8];
    file.read_exact(&mut size).map_err(|error| format!("no header ({error})"))?;
    let size = u64::from_le_bytes(size);
    if size > LONGEST_HEADER || size > length.saturating_sub(8) {
        return Err(format!("the header would be {size} bytes and the file is {length}"));
    }
    let mut text = vec![];
    file.take(size).read_to_end(&mut text).map_err(|error| error.to_string())?;
    if text.len() as u64 != size {
        return Err(format!("the header would be {size} bytes and ends after {}", text.len()));
    }
    let Tensors(tensors) = serde_json::from_slice(&text).map_err(|error| format!("its header is not one: {error}"))?;
    let start = 8 + size;
    check(&tensors, length - start)?;
    Ok(Header { tensors, start })
}

fn check(tensors: &BTreeMap<String, Tensor>, length: u64) -> Result<(), String> {
    let mut order: Vec<(&String, &Tensor)> = tensors.iter().collect();
    order.sort_by_key(|(_, tensor)| tensor.place);
    let mut end = 0;
    for (name, tensor) in order {
        let name: String = name.chars().take(80).collect();
        let Tensor { dtype, shape, place: [begin, next] } = tensor;
        if shape.len() > MOST_DIMENSIONS {
            return Err(format!("tensor '{name}' has {} dimensions; at most {MOST_DIMENSIONS} are read", shape.len()));
        }
        if *begin != end || next < begin {
            return Err(format!("tensor '{name}' lies in bytes {begin} to {next}, and the one before it ends at {end}"));
        }
        // Kinds that are not known are refused when they are asked for.
        if let Some(size) = tensor.size()
            && elements(shape).and_then(|count| count.checked_mul(size)) != Some(next - begin)
        {
            return Err(format!("tensor '{name}' of {dtype} and shape {shape:?} has {} bytes", next - begin));
        }
        end = *next;
    }
    if end != length {
        return Err(format!("its header announces {end} bytes of tensors, and {length} are there"));
    }
    Ok(())
}

/// Tensors by name, none twice, without what is said about the file.
struct Tensors(BTreeMap<String, Tensor>);

impl<'de> Deserialize<'de> for Tensors {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(TensorsVisitor)
    }
}

struct TensorsVisitor;

impl<'de> Visitor<'de> for TensorsVisitor {
    type Value = Tensors;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("tensors by name")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Tensors, A::Error> {
        let mut tensors = BTreeMap::new();
        while let Some(name) = map.next_key::<String>()? {
            if name == "__metadata__" {
                map.next_value::<serde::de::IgnoredAny>()?;
                continue;
            }
            match tensors.entry(name) {
                Entry::Vacant(entry) => _ = entry.insert(map.next_value()?),
                Entry::Occupied(entry) => {
                    return Err(serde::de::Error::custom(format!("tensor '{}' stands twice", entry.key())));
                }
            }
        }
        Ok(Tensors(tensors))
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    fn read(header_text: &str, data: u64) -> Result<Header, String> {
        let mut bytes = (header_text.len() as u64).to_le_bytes().to_vec();
        bytes.extend(header_text.as_bytes());
        let length = bytes.len() as u64 + data;
        header(&mut bytes.as_slice(), length)
    }

    #[test]
    fn tensors_follow_each_other_up_to_the_end() {
        let good = r#"{"__metadata__":{"format":"pt"},"b":{"dtype":"F16","shape":[2,2],"data_offsets":[4,12]},"a":{"dtype":"F32","shape":[],"data_offsets":[0,4]}}"#;
        let found = read(good, 12).unwrap();
        assert_eq!(found.tensors.keys().collect::<Vec<_>>(), ["a", "b"]);
        assert_eq!((found.start, found.tensors["b"].place), (8 + good.len() as u64, [4, 12]));
        assert_eq!(read(good, 11).unwrap_err(), "its header announces 12 bytes of tensors, and 11 are there");
        assert_eq!(read(good, 13).unwrap_err(), "its header announces 12 bytes of tensors, and 13 are there");
    }

    #[test]
    fn what_contradicts_itself_is_refused() {
        let one = |fields: &str| format!(r#"{{"a":{{{fields}}}}}"#);
        let cases = [
            (r#""dtype":"F32","shape":[4,1],"data_offsets":[0,32]"#, 32, "tensor 'a' of F32 and shape [4, 1] has 32 bytes"),
            (r#""dtype":"F32","shape":[2],"data_offsets":[8,0]"#, 8, "tensor 'a' lies in bytes 8 to 0"),
            (
                r#""dtype":"F32","shape":[2],"data_offsets":[4,12]"#,
                12,
                "tensor 'a' lies in bytes 4 to 12, and the one before it ends at 0",
            ),
            (
                r#""dtype":"F32","shape":[4294967296,4294967296],"data_offsets":[0,0]"#,
                0,
                "shape [4294967296, 4294967296] has 0 bytes",
            ),
            (r#""dtype":"F32","shape":[4611686018427387904],"data_offsets":[0,0]"#, 0, "has 0 bytes"),
            (r#""dtype":"F32","shape":[-1],"data_offsets":[0,4]"#, 4, "its header is not one: invalid value: integer `-1`"),
            (r#""dtype":"F32","shape":[1],"data_offsets":[0,18446744073709551615]"#, 4, "has 18446744073709551615 bytes"),
            (r#""dtype":"F32","shape":[1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1],"data_offsets":[0,4]"#, 4, "has 17 dimensions"),
        ];
        for (fields, data, sentence) in cases {
            let error = read(&one(fields), data).unwrap_err();
            assert!(error.contains(sentence), "{error}");
        }
        let twice =
            r#"{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}"#;
        assert!(read(twice, 0).unwrap_err().contains("tensor 'a' stands twice"));
    }

    #[test]
    fn the_header_ends_within_the_file() {
        let mut longest = u64::MAX.to_le_bytes().as_slice().to_vec();
        assert!(header(&mut longest.as_slice(), 8).unwrap_err().contains("the file is 8"));
        longest[7] = 0;
        assert!(header(&mut longest.as_slice(), 1 << 40).is_err());
        assert!(header(&mut [1, 0].as_slice(), 2).unwrap_err().contains("no header"));
        let deep = "[".repeat(1_000_000);
        assert!(read(&format!(r#"{{"__metadata__":{deep}"#), 0).unwrap_err().contains("its header is not one"));
    }
}
