//! Arrays of any number of dimensions, as NumPy and safetensors keep them.

use half::{bf16, f16};
use nearmiss::files::checkpoint::{MOST_DIMENSIONS, Number, elements};

/// The most characters of a name.
const MOST_CHARACTERS: usize = 65_536;

/// What an array holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Held {
    /// Numbers.
    Numbers(Number),
    /// Texts of so many characters, four bytes each.
    Texts(usize),
}

/// An array: what it holds, its sizes, and where its bytes begin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Array {
    pub held: Held,
    pub shape: Vec<usize>,
    pub start: u64,
}

impl Array {
    /// Of a header's word, if the kind of number is read.
    pub fn of(dtype: &str, shape: &[u64], start: u64) -> Result<Array, String> {
        let number = match dtype {
            "F64" | "<f8" => Number::F64,
            "F32" | "<f4" => Number::F32,
            "F16" | "<f2" => Number::F16,
            "BF16" => Number::BF16,
            "I64" | "<i8" => Number::I64,
            "I32" | "<i4" => Number::I32,
            other => match other.strip_prefix("<U").and_then(|length| length.parse().ok()) {
                Some(characters @ 1..=MOST_CHARACTERS) => return Array::holding(Held::Texts(characters), shape, start),
                _ => return Err(format!("it holds '{other}'; floats, whole numbers of 32 or 64 bits and texts are read")),
            },
        };
        Array::holding(Held::Numbers(number), shape, start)
    }

    fn holding(held: Held, shape: &[u64], start: u64) -> Result<Array, String> {
        let sizes: Option<Vec<usize>> = shape.iter().map(|&size| usize::try_from(size).ok()).collect();
        let shape = sizes.filter(|_| elements(shape).is_some()).ok_or("its sizes are beyond memory")?;
        Ok(Array { held, shape, start })
    }

    /// Bytes of one element.
    pub fn size(&self) -> u64 {
        match self.held {
            Held::Numbers(number) => number.size(),
            Held::Texts(characters) => 4 * characters as u64,
        }
    }

    /// How many elements.
    pub fn elements(&self) -> u64 {
        let shape: Vec<u64> = self.shape.iter().map(|&size| size as u64).collect();
        elements(&shape).unwrap_or(u64::MAX)
    }

    /// The sizes as a text.
    pub fn sizes(&self) -> String {
        self.shape.iter().map(ToString::to_string).collect::<Vec<_>>().join(" × ")
    }
}

/// The header of a `.npy`: what it holds and where its numbers begin, held against the bytes that are there.
///
/// # Source
///
/// `numpy.lib.format`, versions 1 to 3.
pub(super) fn npy(bytes: &[u8]) -> Result<Array, String> {
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or("it is no .npy file")?;
    let (length, start) = match rest {
        [1, _, low, high, ..] => (usize::from(u16::from_le_bytes([*low, *high])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 6),
        _ => return Err("its version of .npy is none that is known".to_string()),
    };
    let header = rest.get(start..).and_then(|rest| rest.get(..length)).ok_or("it is cut off")?;
    let header = String::from_utf8_lossy(header);
    let field = |name: &str| {
        let behind = [format!("'{name}'"), format!("\"{name}\"")].iter().find_map(|quoted| Some(header.split_once(quoted)?.1));
        let behind = behind.and_then(|behind| behind.trim_start().strip_prefix(':')).map(str::trim_start);
        behind.ok_or_else(|| format!("its header has no '{name}'"))
    };
    if !field("fortran_order")?.starts_with("False") {
        return Err("it is stored column by column; save it with numpy.ascontiguousarray".to_string());
    }
    let kind = field("descr")?.split(['\'', '"']).nth(1).unwrap_or_default();
    let shape =
        field("shape")?.strip_prefix('(').and_then(|shape| Some(shape.split_once(')')?.0)).ok_or("its header has no shape")?;
    let sizes = shape.split(',').map(str::trim).filter(|size| !size.is_empty());
    let sizes: Vec<u64> = sizes.map(|size| size.parse().map_err(|_| format!("'{size}' is no size"))).collect::<Result<_, _>>()?;
    if sizes.len() > MOST_DIMENSIONS {
        return Err(format!("it has {} dimensions", sizes.len()));
    }
    let begin = b"\x93NUMPY".len() + start + length;
    let array = Array::of(kind, &sizes, begin as u64)?;
    let found = (bytes.len() - begin) as u64;
    if array.elements().checked_mul(array.size()) != Some(found) {
        return Err(format!("{} elements of '{kind}' are announced, and {found} bytes are there", array.sizes()));
    }
    Ok(array)
}

/// Numbers as f32, little-endian.
#[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "the model computes in f32")]
pub(super) fn singles(bytes: &[u8], number: Number) -> Vec<f32> {
    match number {
        Number::F64 => words(bytes).map(|word| f64::from_le_bytes(word) as f32).collect(),
        Number::F32 => words(bytes).map(f32::from_le_bytes).collect(),
        Number::F16 => words(bytes).map(|word| f16::from_le_bytes(word).to_f32()).collect(),
        Number::BF16 => words(bytes).map(|word| bf16::from_le_bytes(word).to_f32()).collect(),
        Number::I64 => words(bytes).map(|word| i64::from_le_bytes(word) as f32).collect(),
        Number::I32 => words(bytes).map(|word| i32::from_le_bytes(word) as f32).collect(),
        Number::I16 | Number::I8 | Number::U8 | Number::Bool => vec![],
    }
}

/// Whole numbers, little-endian; `None` where they have a fraction or are of another kind.
pub(super) fn wholes(bytes: &[u8], number: Number) -> Option<Vec<i64>> {
    match number {
        Number::I64 => Some(words(bytes).map(i64::from_le_bytes).collect()),
        Number::I32 => Some(words(bytes).map(|word| i64::from(i32::from_le_bytes(word))).collect()),
        _ => None,
    }
}

/// Texts of so many characters each, filled up with zeros.
pub(super) fn texts(bytes: &[u8], characters: usize) -> Vec<String> {
    let letter = |word: [u8; 4]| char::from_u32(u32::from_le_bytes(word)).unwrap_or(char::REPLACEMENT_CHARACTER);
    let text = |cell: &[u8]| words(cell).map(letter).collect::<String>().trim_end_matches('\0').to_string();
    bytes.chunks(4 * characters.max(1)).map(text).collect()
}

fn words<const N: usize>(bytes: &[u8]) -> impl Iterator<Item = [u8; N]> + '_ {
    bytes.chunks_exact(N).map(|chunk| {
        let mut word = [0; N];
        word.copy_from_slice(chunk);
        word
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// `.npy` bytes of version 1.
    fn file(kind: &str, shape: &str, data: &[u8]) -> Vec<u8> {
        let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n");
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), data].concat()
    }

    #[test]
    fn arrays_of_three_dimensions_and_of_texts() {
        let data: Vec<u8> = (0..12_u8).flat_map(|number| f32::from(number).to_le_bytes()).collect();
        let bytes = file("<f4", "(2, 3, 2)", &data);
        let array = npy(&bytes).unwrap();
        assert_eq!((array.held, array.sizes().as_str()), (Held::Numbers(Number::F32), "2 × 3 × 2"));
        let start = usize::try_from(array.start).unwrap();
        assert_eq!(singles(&bytes[start + 4 * 6..start + 4 * 8], Number::F32), [6., 7.]);
        let names: Vec<u8> = "bee\0ants".chars().flat_map(|letter| u32::from(letter).to_le_bytes()).collect();
        let array = npy(&file("<U4", "(2,)", &names)).unwrap();
        assert_eq!((array.held, texts(&names, 4)), (Held::Texts(4), vec!["bee".to_string(), "ants".to_string()]));
        assert_eq!(wholes(&7_i64.to_le_bytes(), Number::I64), Some(vec![7]));
        assert_eq!(wholes(&7_f64.to_le_bytes(), Number::F64), None);
    }

    #[test]
    fn headers_that_are_not_true_are_refused() {
        let said = |kind: &str, shape: &str, bytes: usize| npy(&file(kind, shape, &vec![0; bytes])).unwrap_err();
        assert!(said("<f4", "(2, 3)", 23).contains("2 × 3 elements of '<f4' are announced, and 23 bytes are there"));
        assert!(said("<f4", "(4294967296, 4294967296, 2)", 0).contains("beyond memory"));
        assert!(said("<f4", "(-1, 3)", 0).contains("'-1' is no size"));
        assert!(said("|O", "(2,)", 16).contains("it holds '|O'"));
        assert!(said("<U9999999999999999999", "(2,)", 16).contains("it holds '<U9999"));
        assert!(npy(b"PK").unwrap_err().contains("no .npy file"));
        assert!(npy(b"\x93NUMPY\x01\x00\xff\x00{").unwrap_err().contains("cut off"));
        let mut columns = file("<f4", "(0,)", &[]);
        let order = columns.windows(5).position(|part| part == b"False").unwrap();
        columns[order..order + 5].copy_from_slice(b"True ");
        assert!(npy(&columns).unwrap_err().contains("column by column"));
    }
}
