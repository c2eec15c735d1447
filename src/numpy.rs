//! Matrices in the files of NumPy and safetensors.

/// Values, rows, columns.
pub type Matrix = (Vec<f64>, usize, usize);

/// Reads `.npy` bytes: a matrix of f16, f32 or f64, little-endian, row by row.
///
/// # Errors
///
/// What the file is instead, in a few words.
pub fn matrix(bytes: &[u8]) -> Result<Matrix, String> {
    let rest = bytes.strip_prefix(b"\x93NUMPY").ok_or("it is no .npy file")?;
    let (length, start) = match rest {
        [1, _, low, high, ..] => (usize::from(u16::from_le_bytes([*low, *high])), 4),
        [2 | 3, _, a, b, c, d, ..] => (u32::from_le_bytes([*a, *b, *c, *d]) as usize, 6),
        _ => return Err("its version of .npy is none that is known".to_string()),
    };
    let header = rest.get(start..start + length).ok_or("it is cut off")?;
    let header = String::from_utf8_lossy(header);
    let data = &rest[start + length..];
    let field = |name: &str| header.split(name).nth(1).map(|rest| rest.trim_start_matches(['\'', '"', ':', ' ']).to_string());
    let kind = field("'descr'").unwrap_or_default();
    let kind = kind.split(['\'', '"']).next().unwrap_or_default().to_string();
    if field("'fortran_order'").is_some_and(|order| order.starts_with("True")) {
        return Err("it is stored column by column; save it with numpy.ascontiguousarray".to_string());
    }
    let shape = field("'shape'").unwrap_or_default();
    let shape = shape.split(')').next().unwrap_or_default().trim_start_matches('(').to_string();
    let sizes: Vec<usize> = shape.split(',').filter_map(|size| size.trim().parse().ok()).collect();
    let [rows, columns] = sizes[..] else { return Err(format!("its shape is ({shape}) and not rows × columns")) };
    let values = numbers(data, &kind)?;
    if values.len() != rows * columns {
        return Err(format!("it holds {} numbers where {rows} × {columns} are announced", values.len()));
    }
    Ok((values, rows, columns))
}

fn numbers(data: &[u8], kind: &str) -> Result<Vec<f64>, String> {
    Ok(match kind {
        "<f4" | "F32" => {
            data.chunks_exact(4).map(|four| f64::from(f32::from_le_bytes([four[0], four[1], four[2], four[3]]))).collect()
        }
        "<f8" | "F64" => data
            .chunks_exact(8)
            .map(|eight| f64::from_le_bytes([eight[0], eight[1], eight[2], eight[3], eight[4], eight[5], eight[6], eight[7]]))
            .collect(),
        "<f2" | "F16" => data.chunks_exact(2).map(|two| half(u16::from_le_bytes([two[0], two[1]]))).collect(),
        "BF16" => data
            .chunks_exact(2)
            .map(|two| f64::from(f32::from_bits(u32::from(u16::from_le_bytes([two[0], two[1]])) << 16)))
            .collect(),
        other => return Err(format!("its numbers are '{other}' and not f16, f32 or f64")),
    })
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

/// Reads the first matrix of a safetensors file, by name.
///
/// # Errors
///
/// What the file is instead, in a few words.
pub fn safetensors(bytes: &[u8]) -> Result<Matrix, String> {
    let length =
        bytes.get(..8).and_then(|eight| <[u8; 8]>::try_from(eight).ok()).map(u64::from_le_bytes).ok_or("it is cut off")?;
    let length = usize::try_from(length).map_err(|error| error.to_string())?;
    let header = bytes.get(8..8 + length).ok_or("it is cut off")?;
    let header: serde_json::Value = serde_json::from_slice(header).map_err(|error| format!("its header is no JSON: {error}"))?;
    for (name, tensor) in header.as_object().into_iter().flatten().filter(|(name, _)| *name != "__metadata__") {
        let numbers_of = |field: &str| -> Vec<usize> {
            tensor[field].as_array().into_iter().flatten().filter_map(|value| value.as_u64()?.try_into().ok()).collect()
        };
        let (shape, offsets) = (numbers_of("shape"), numbers_of("data_offsets"));
        if let ([rows, columns], [start, end]) = (&shape[..], &offsets[..]) {
            let data =
                bytes.get(8 + length + start..8 + length + end).ok_or_else(|| format!("the tensor '{name}' is cut off"))?;
            return Ok((numbers(data, tensor["dtype"].as_str().unwrap_or_default())?, *rows, *columns));
        }
    }
    Err("no tensor of two dimensions in it".to_string())
}

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
            assert!(matrix(&bytes[..bytes.len() - 4]).unwrap_err().contains("3 numbers where 2 × 2"));
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
}
