//! Matrices as bytes of the formats.

/// Whether every value is a f32, so that none is lost when written as one.
#[must_use]
#[expect(clippy::cast_possible_truncation, reason = "it is what is tested")]
pub fn single(values: &[f64]) -> bool {
    values.iter().all(|&value| value.is_nan() || f64::from(value as f32).to_bits() == value.to_bits())
}

/// Little-endian bytes, of f32 if `single`.
#[expect(clippy::cast_possible_truncation, reason = "it was tested that nothing is lost")]
fn bytes_of(values: &[f64], single: bool) -> Vec<u8> {
    if single {
        values.iter().flat_map(|&value| (value as f32).to_le_bytes()).collect()
    } else {
        values.iter().flat_map(|value| value.to_le_bytes()).collect()
    }
}

/// A matrix as `.npy` bytes, version 1: f32 where every value is one ([`single`]), else f64.
///
/// `values` are the rows one after the other, `columns` the length of a row.
///
/// # Source
///
/// `numpy.lib.format`: the header is padded so that the numbers begin at a multiple of 64 bytes.
#[must_use]
pub fn matrix_bytes(values: &[f64], columns: usize) -> Vec<u8> {
    let (single, rows) = (single(values), values.len() / columns.max(1));
    let kind = if single { "<f4" } else { "<f8" };
    let header = format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': ({rows}, {columns}), }}");
    // Magic (6), version (2), length (2), header, line end.
    let padding = (64 - (10 + header.len() + 1) % 64) % 64;
    let header = header + &" ".repeat(padding) + "\n";
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap_or(u16::MAX).to_le_bytes());
    bytes.extend(header.into_bytes());
    bytes.extend(bytes_of(values, single));
    bytes
}

/// A matrix as the only tensor of a safetensors file: f32 where every value is one ([`single`]), else f64.
///
/// # Source
///
/// The format's specification: the length of the header, a header of JSON padded with spaces to a
/// multiple of 8 bytes, the numbers.
#[must_use]
pub fn safetensors_bytes(name: &str, values: &[f64], columns: usize) -> Vec<u8> {
    let (single, rows) = (single(values), values.len() / columns.max(1));
    let data = bytes_of(values, single);
    let kind = if single { "F32" } else { "F64" };
    let tensor = serde_json::json!({ "dtype": kind, "shape": [rows, columns], "data_offsets": [0, data.len()] });
    let header = serde_json::json!({ name: tensor }).to_string();
    let header = header.clone() + &" ".repeat((8 - header.len() % 8) % 8);
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.into_bytes());
    bytes.extend(data);
    bytes
}
