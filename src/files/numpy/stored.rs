//! Matrices that stay in their files: some rows are read.

use super::{Head, MatrixError, OnlyMatrix, check, head, numbers, only_matrix};
use crate::files::checkpoint::safetensors;
use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::ops::Range;

/// Bytes in which the head of an `.npy` file ends; NumPy's own has some hundred.
const LONGEST_HEAD: u64 = 1 << 20;

/// A matrix in a file, row by row.
#[derive(Debug)]
pub struct StoredMatrix {
    file: File,
    /// Where its numbers begin.
    start: u64,
    kind: String,
    /// Bytes of a number.
    size: usize,
    rows: usize,
    columns: usize,
}

impl StoredMatrix {
    /// Reads the head of an `.npy` file, and holds it against the length of the file.
    ///
    /// # Errors
    ///
    /// As [`matrix`](super::matrix); what the system says.
    pub fn of_npy(mut file: File) -> Result<StoredMatrix, MatrixError> {
        let length = length(&mut file)?;
        let mut bytes = vec![];
        (&file).take(LONGEST_HEAD).read_to_end(&mut bytes).map_err(system)?;
        let Head { start, kind, rows, columns } = head(&bytes)?;
        let start = start as u64;
        let size = check(usize::try_from(length - start).unwrap_or(usize::MAX), &kind, rows, columns)?;
        Ok(StoredMatrix { file, start, kind, size, rows, columns })
    }

    /// Reads the header of a safetensors file, of whose tensors one is a matrix.
    ///
    /// # Errors
    ///
    /// As where the file is read whole; what the system says.
    pub fn of_safetensors(mut file: File) -> Result<StoredMatrix, MatrixError> {
        let length = length(&mut file)?;
        let header = safetensors::header(&mut file, length).map_err(MatrixError::Format)?;
        let OnlyMatrix { kind, rows, columns, place } = only_matrix(&header)?;
        let size = check(place.len(), &kind, rows, columns)?;
        Ok(StoredMatrix { file, start: place.start as u64, kind, size, rows, columns })
    }

    /// How many rows there are.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// Numbers of a row.
    #[must_use]
    pub fn columns(&self) -> usize {
        self.columns
    }

    /// Reads rows that follow each other.
    ///
    /// # Errors
    ///
    /// What the system says, also of rows that the file does not have.
    pub fn read(&mut self, rows: Range<usize>) -> std::io::Result<Vec<f64>> {
        let row = self.columns * self.size;
        let mut bytes = vec![0; rows.len() * row];
        self.file.seek(SeekFrom::Start(self.start + rows.start as u64 * row as u64))?;
        self.file.read_exact(&mut bytes)?;
        Ok(numbers(&bytes, &self.kind))
    }
}

/// How long a file is; it is read from its beginning afterwards.
fn length(file: &mut File) -> Result<u64, MatrixError> {
    let length = file.seek(SeekFrom::End(0)).map_err(system)?;
    file.seek(SeekFrom::Start(0)).map_err(system)?;
    Ok(length)
}

#[expect(clippy::needless_pass_by_value, reason = "what map_err hands over")]
fn system(error: std::io::Error) -> MatrixError {
    MatrixError::Format(error.to_string())
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::super::{matrix, matrix_bytes, safetensors_bytes};
    use super::*;
    use std::io::Write;

    fn file(bytes: &[u8]) -> File {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(bytes).unwrap();
        file
    }

    #[test]
    fn rows_are_those_of_the_whole() {
        // Singles and doubles; halves have a head of their own.
        for values in [[1.5, -2.0, 0.25, 4.0, 7.0, -0.5], [0.1, 1.0, 2.0, f64::MAX, 3.0, 4.0]] {
            let npy = StoredMatrix::of_npy(file(&matrix_bytes(&values, 2))).unwrap();
            let tensors = StoredMatrix::of_safetensors(file(&safetensors_bytes("x", &values, 2))).unwrap();
            for mut matrix in [npy, tensors] {
                assert_eq!((matrix.rows(), matrix.columns()), (3, 2));
                // In any order.
                assert_eq!(matrix.read(2..3).unwrap(), values[4..]);
                assert_eq!(matrix.read(0..2).unwrap(), values[..4]);
                assert_eq!(matrix.read(1..1).unwrap(), [0.0; 0]);
                assert!(matrix.read(2..4).is_err());
            }
        }
        let mut halves = b"\x93NUMPY\x01\x00".to_vec();
        let header = b"{'descr': '<f2', 'fortran_order': False, 'shape': (2, 1), }\n";
        halves.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
        halves.extend(header);
        halves.extend([0x00, 0x3c, 0x00, 0xc5]);
        assert_eq!(StoredMatrix::of_npy(file(&halves)).unwrap().read(1..2).unwrap(), [-5.0]);
    }

    #[test]
    fn what_is_refused_as_a_whole_is_refused_in_rows() {
        let whole = matrix_bytes(&[1.5, -2.0, 0.25, 4.0], 2);
        for bytes in [&whole[..whole.len() - 1], &whole[..60], b"PAR1", b""] {
            let said = StoredMatrix::of_npy(file(bytes)).unwrap_err();
            assert_eq!(said, matrix(bytes).unwrap_err());
        }
        assert!(StoredMatrix::of_safetensors(file(b"PAR1")).is_err());
    }
}
