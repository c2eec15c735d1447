//! Matrices in the files of NumPy and safetensors.

mod write;
pub mod stored;

pub use write::{matrix_bytes, safetensors_bytes, single};

use crate::files::checkpoint::safetensors::{self, Header, Tensor};
use std::ops::Range;

/// The beginning of an `.npy` file.
const MAGIC: &[u8] = b"\x93NUMPY";

/// Values, rows, columns.
pub type Matrix = (Vec<f64>, usize, usize);

/// Why a file holds no matrix of numbers.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum MatrixError {
    /// Not the format, or not whole.
    #[error("{0}")]
    Format(String),
    /// Other numbers than floats.
    #[error("its numbers are '{0}' and not f16, f32 or f64")]
    Kind(String),
    /// Not two sizes.
    #[error("its shape is ({0}) and not rows × columns")]
    Shape(String),
    /// A size that is no count.
    #[error("its shape is ({shape}), where '{size}' is no number of rows or columns")]
    Size {
        /// All sizes, as written.
        shape: String,
        /// The one.
        size: String,
    },
    /// A size of 0.
    #[error("its shape is {0} × {1}: there is no number in it")]
    Empty(usize, usize),
    /// Fewer bytes, or more, than the shape needs.
    #[error("it holds {} numbers where {rows} × {columns} are announced ({found} bytes of '{kind}')", .found / .size)]
    Length {
        /// Bytes.
        found: usize,
        /// Bytes of a number.
        size: usize,
        /// Announced.
        rows: usize,
        /// Announced.
        columns: usize,
        /// Their type.
        kind: String,
    },
}

/// Reads `.npy` bytes: a matrix of f16, f32 or f64, little-endian, row by row.
///
/// What the header announces is multiplied with care and held against the bytes that are there; nothing is allocated by
/// its word.
///
/// # Errors
///
/// [`MatrixError`]: what the file is instead, in a few words.
///
/// # Source
///
/// `numpy.lib.format`, versions 1 to 3.
pub fn matrix(bytes: &[u8]) -> Result<Matrix, MatrixError> {
    let Head { start, kind, rows, columns } = head(bytes)?;
    filled(&bytes[start..], &kind, rows, columns)
}

/// What an `.npy` file says of itself before its numbers.
struct Head {
    /// Where the numbers begin.
    start: usize,
    kind: String,
    rows: usize,
    columns: usize,
}

/// Reads the head of `.npy` bytes.
fn head(bytes: &[u8]) -> Result<Head, MatrixError> {
    let fault = |what: &str| MatrixError::Format(what.to_string());
    let rest = bytes.strip_prefix(MAGIC).ok_or_else(|| fault("it is no .npy file"))?;
    let (length, start) = match rest {
        [1, _, low, high, ..] => (usize::from(u16::from_le_bytes([*low, *high])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 6),
        _ => return Err(fault("its version of .npy is none that is known")),
    };
    let end = length.checked_add(start).filter(|&end| end <= rest.len()).ok_or_else(|| fault("it is cut off"))?;
    let header = String::from_utf8_lossy(&rest[start..end]);
    let field = |name: &str| field(&header, name).ok_or_else(|| fault(&format!("its header has no '{name}'")));
    let kind = field("descr")?;
    let kind = match kind.chars().next().filter(|quote| ['\'', '"'].contains(quote)) {
        Some(quote) => kind[1..].split(quote).next().unwrap_or_default().to_string(),
        // Records of several fields.
        None => return Err(MatrixError::Kind(kind.chars().take(40).collect())),
    };
    match field("fortran_order")? {
        order if order.starts_with("False") => {}
        order if order.starts_with("True") => {
            return Err(fault("it is stored column by column; save it with numpy.ascontiguousarray"));
        }
        _ => return Err(fault("its header does not say whether it is stored row by row")),
    }
    let shape = field("shape")?;
    let shape = shape.strip_prefix('(').and_then(|shape| shape.split_once(')')).map(|(shape, _)| shape.to_string());
    let shape = shape.ok_or_else(|| fault("its header has no shape in brackets"))?;
    let parts: Vec<&str> = shape.split(',').map(str::trim).collect();
    // A comma may stand behind the last size.
    let parts = if let [parts @ .., ""] = &parts[..] { parts } else { &parts[..] };
    let size = |size: &&str| size.parse().map_err(|_| MatrixError::Size { shape: shape.clone(), size: (*size).to_string() });
    let sizes = parts.iter().map(size).collect::<Result<Vec<usize>, MatrixError>>()?;
    let [rows, columns] = sizes[..] else { return Err(MatrixError::Shape(shape)) };
    Ok(Head { start: MAGIC.len() + end, kind, rows, columns })
}

/// What stands behind a name in the dictionary of a header.
fn field<'a>(header: &'a str, name: &str) -> Option<&'a str> {
    let behind = [format!("'{name}'"), format!("\"{name}\"")].iter().find_map(|quoted| Some(header.split_once(quoted)?.1))?;
    Some(behind.trim_start().strip_prefix(':')?.trim_start())
}

/// The numbers of a matrix, if they are as many as announced.
fn filled(data: &[u8], kind: &str, rows: usize, columns: usize) -> Result<Matrix, MatrixError> {
    check(data.len(), kind, rows, columns)?;
    Ok((numbers(data, kind), rows, columns))
}

/// Whether so many bytes are the numbers that are announced; how many bytes one has.
fn check(bytes: usize, kind: &str, rows: usize, columns: usize) -> Result<usize, MatrixError> {
    let size = size_of(kind).ok_or_else(|| MatrixError::Kind(kind.to_string()))?;
    if rows == 0 || columns == 0 {
        return Err(MatrixError::Empty(rows, columns));
    }
    if rows.checked_mul(columns).and_then(|count| count.checked_mul(size)) != Some(bytes) {
        return Err(MatrixError::Length { found: bytes, size, rows, columns, kind: kind.to_string() });
    }
    Ok(size)
}

/// Bytes of one number.
fn size_of(kind: &str) -> Option<usize> {
    Some(match kind {
        "<f2" | "F16" | "BF16" => 2,
        "<f4" | "F32" => 4,
        "<f8" | "F64" => 8,
        _ => return None,
    })
}

fn numbers(data: &[u8], kind: &str) -> Vec<f64> {
    match kind {
        "<f4" | "F32" => {
            data.chunks_exact(4).map(|four| f64::from(f32::from_le_bytes([four[0], four[1], four[2], four[3]]))).collect()
        }
        "<f2" | "F16" => data.chunks_exact(2).map(|two| half(u16::from_le_bytes([two[0], two[1]]))).collect(),
        "BF16" => data
            .chunks_exact(2)
            .map(|two| f64::from(f32::from_bits(u32::from(u16::from_le_bytes([two[0], two[1]])) << 16)))
            .collect(),
        _ => data
            .chunks_exact(8)
            .map(|eight| f64::from_le_bytes([eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7]]))
            .collect(),
    }
}

/// IEEE half precision.
fn half(bits: u16) -> f64 {
    let sign = if bits >> 15 == 1 { -1.0 } else { 1.0 };
    let (exponent, fraction) = (i32::from(bits >> 10 & 31), f64::from(bits & 1023));
    match exponent {
        0 => sign * fraction * 2.0_f64.powi(-24),
        31 if fraction == 0.0 => sign * f64::INFINITY,
        31 => f64::NAN,
        _ => sign * (1.0 + fraction / 1024.0) * 2.0_f64.powi(exponent - 15),
    }
}

/// Reads the only matrix of a safetensors file; tensors of other dimensions beside it are passed over.
///
/// # Errors
///
/// [`MatrixError`]: a header that does not agree with its bytes ([`safetensors::header`]), no matrix, or several.
pub fn safetensors(bytes: &[u8]) -> Result<Matrix, MatrixError> {
    let header = safetensors::header(&mut &bytes[..], bytes.len() as u64).map_err(MatrixError::Format)?;
    let only = only_matrix(&header)?;
    let data = bytes.get(only.place.clone()).unwrap_or_default();
    filled(data, &only.kind, only.rows, only.columns)
}

/// The only matrix of a safetensors file.
struct OnlyMatrix {
    kind: String,
    rows: usize,
    columns: usize,
    /// Its bytes in the file.
    place: Range<usize>,
}

fn only_matrix(header: &Header) -> Result<OnlyMatrix, MatrixError> {
    let matrices: Vec<(&String, &Tensor)> = header.tensors.iter().filter(|(_, tensor)| tensor.shape.len() == 2).collect();
    match matrices[..] {
        [(name, only)] => {
            let place = |at: u64| usize::try_from(header.start.saturating_add(at)).ok();
            let sizes = [only.shape[0], only.shape[1]].map(|size| usize::try_from(size).ok());
            let ([Some(start), Some(end)], [Some(rows), Some(columns)]) = (only.place.map(place), sizes) else {
                return Err(MatrixError::Format(format!("the tensor '{name}' is larger than memory can be")));
            };
            Ok(OnlyMatrix { kind: only.dtype.clone(), rows, columns, place: start..end })
        }
        [] => Err(MatrixError::Format("no tensor of two dimensions in it".to_string())),
        ref several => {
            let names: Vec<String> = several.iter().take(5).map(|(name, _)| format!("'{name}'")).collect();
            let what = format!(
                "{} tensors of two dimensions in it ({}), and only one can be the vectors; save that one alone",
                several.len(),
                names.join(", ")
            );
            Err(MatrixError::Format(what))
        }
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn numpy_headers_of_both_versions() {
        for version in [1_u8, 2] {
            let header = b"{'descr': '<f4', 'fortran_order': False, 'shape': (2, 2), }\n";
            let mut bytes = b"\x93NUMPY".to_vec();
            bytes.extend([version, 0]);
            let length = u32::try_from(header.len()).unwrap().to_le_bytes();
            bytes.extend_from_slice(if version == 1 { &length[..2] } else { &length });
            bytes.extend_from_slice(header);
            for value in [1.5_f32, -2.0, 0.0, 4.0] {
                bytes.extend(value.to_le_bytes());
            }
            assert_eq!(matrix(&bytes).unwrap(), (vec![1.5, -2.0, 0.0, 4.0], 2, 2));
            assert!(matrix(&bytes[..bytes.len() - 4]).unwrap_err().to_string().contains("3 numbers where 2 × 2"));
        }
        assert_eq!([0x3c00, 0xc500, 0x0001].map(|bits| half(bits).to_bits()), [1.0, -5.0, 2.0_f64.powi(-24)].map(f64::to_bits));
    }

    #[test]
    fn what_is_written_is_read_again() {
        for values in [[1.5, -2.0, 0.0, f64::from(1e-40_f32), 7.0, -0.0], [0.1, 1.0, 2.0, f64::MAX, 3.0, 4.0]] {
            let is_single = values[0] > 1.0;
            assert_eq!(single(&values), is_single);
            let (npy, tensors) = (matrix_bytes(&values, 3), safetensors_bytes("x", &values, 3));
            assert_eq!(matrix(&npy).unwrap(), (values.to_vec(), 2, 3));
            assert_eq!(safetensors(&tensors).unwrap(), (values.to_vec(), 2, 3));
            let numbers = if is_single { 24 } else { 48 };
            assert_eq!((npy.len() - numbers) % 64, 0);
            assert_eq!((tensors.len() - numbers) % 8, 0);
        }
    }

    /// `.npy` bytes of a header and so many bytes of numbers.
    fn npy(header: &str, numbers: usize) -> Vec<u8> {
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &vec![0; numbers]].concat()
    }

    #[test]
    fn headers_that_are_not_true() {
        let shaped = |kind: &str, shape: &str, numbers: usize| {
            matrix(&npy(&format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}"), numbers))
        };
        for (kind, shape, numbers, part) in [
            ("<f4", "(4, 0)", 0, "4 × 0: there is no number in it"),
            ("<f4", "(0, 2)", 0, "0 × 2: there is no number in it"),
            ("<f4", "(4000000000000, 0)", 0, "there is no number in it"),
            ("<f4", "(-7, 4, 2)", 32, "'-7' is no number of rows or columns"),
            ("<f4", "(4, -2)", 32, "'-2' is no number"),
            ("<f4", "(4, x)", 32, "'x' is no number"),
            ("<f4", "(4, 2, 1)", 32, "its shape is (4, 2, 1) and not rows × columns"),
            ("<f4", "(8,)", 32, "its shape is (8,) and not rows × columns"),
            ("<f4", "()", 4, "its shape is () and not rows × columns"),
            ("<f4", "[4, 2]", 32, "no shape in brackets"),
            ("<f4", "(4294967296, 4294967296)", 0, "0 numbers where 4294967296 × 4294967296"),
            ("<f4", "(9223372036854775808, 2)", 0, "0 numbers where 9223372036854775808 × 2"),
            ("<f4", "(99999999999999999999, 2)", 0, "'99999999999999999999' is no number"),
            ("<f4", "(4, 4611686018427387904)", 0, "0 numbers where 4 × 4611686018427387904"),
            ("<f4", "(4, 2)", 33, "8 numbers where 4 × 2 are announced (33 bytes"),
            ("<f4", "(4, 2)", 31, "7 numbers where 4 × 2"),
            ("|O", "(4, 2)", 32, "its numbers are '|O'"),
            ("<i4", "(4, 2)", 32, "its numbers are '<i4'"),
            (">f4", "(4, 2)", 32, "its numbers are '>f4'"),
            ("", "(4, 2)", 32, "its numbers are ''"),
        ] {
            let message = shaped(kind, shape, numbers).unwrap_err().to_string();
            assert!(message.contains(part), "'{part}' is not in: {message}");
        }
        assert!(shaped("<f4", "(4, 2)", 32).is_ok() && shaped("<f8", "( 4 , 2 , )", 64).is_ok());
        for (header, part) in [
            ("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (4, 2), }", "its numbers are '[('a'"),
            ("{'descr': '<f4', 'fortran_order':True, 'shape': (4, 2), }", "column by column"),
            ("{'descr': '<f4', 'fortran_order': 7, 'shape': (4, 2), }", "row by row"),
            ("{'descr': '<f4', 'shape': (4, 2), }", "no 'fortran_order'"),
            ("{'descr': '<f4', 'fortran_order': False}", "no 'shape'"),
            ("", "no 'descr'"),
        ] {
            let message = matrix(&npy(header, 32)).unwrap_err().to_string();
            assert!(message.contains(part), "'{part}' is not in: {message}");
        }
        for bytes in
            [&b""[..], b"\x93NUMPY", b"\x93NUMPY\x01\x00\xff", b"\x93NUMPY\x02\x00\xff\xff\xff\xff", b"\x93NUMPY\x09\x00\x00\x00"]
        {
            assert!(matches!(matrix(bytes), Err(MatrixError::Format(_))), "{bytes:?}");
        }
    }

    #[test]
    fn one_matrix_of_safetensors() {
        let file = |header: &str, numbers: usize| {
            [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &vec![0; numbers]].concat()
        };
        let said = |header: &str, numbers: usize| safetensors(&file(header, numbers)).unwrap_err().to_string();
        let one = |dtype: &str, shape: &str, end: usize| {
            format!(r#"{{"x": {{"dtype": "{dtype}", "shape": {shape}, "data_offsets": [0, {end}]}}}}"#)
        };
        assert!(said(&one("F32", "[4, 1]", 32), 32).contains("'x' of F32 and shape [4, 1] has 32 bytes"));
        assert!(said(&one("F32", "[4, 0]", 0), 0).contains("4 × 0: there is no number"));
        assert!(said(&one("I64", "[4, 1]", 32), 32).contains("its numbers are 'I64'"));
        assert!(said(&one("F32", "[8]", 32), 32).contains("no tensor of two dimensions"));
        let two = r#"{"a": {"dtype": "F32", "shape": [1, 2], "data_offsets": [0, 8]}, "b": {"dtype": "F32", "shape": [1, 2], "data_offsets": [8, 16]}}"#;
        assert!(said(two, 16).contains("2 tensors of two dimensions in it ('a', 'b')"));
        // A vector beside the matrix does no harm.
        let beside = two.replacen("[1, 2]", "[2]", 1);
        assert_eq!(safetensors(&file(&beside, 16)).unwrap(), (vec![0.0, 0.0], 1, 2));
    }
}
