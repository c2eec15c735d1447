//! Arrays of NumPy, read where they lie.
//!
//! NumPy is never imported for this: what is one of its arrays was made by it.

use crate::error::refusal;
use half::f16;
use nearmiss::numbers::half::from_half;
use nearmiss::numbers::largest::{Rows, Value};
use numpy::ndarray::{ArrayView2, Axis, Slice};
use numpy::{Element, PyArrayDescrMethods, PyReadonlyArray1, PyReadonlyArray2, PyUntypedArray, PyUntypedArrayMethods};
use pyo3::prelude::*;
use std::ops::Range;

/// The array that a value is; `None` for anything else.
pub(crate) fn array<'a, 'py>(value: &'a Bound<'py, PyAny>) -> PyResult<Option<&'a Bound<'py, PyUntypedArray>>> {
    // Without NumPy there is no array, and asking its interface would fail.
    let has_numpy = value.py().import("sys")?.getattr("modules")?.contains("numpy")?;
    Ok(if has_numpy { value.cast::<PyUntypedArray>().ok() } else { None })
}

/// What an array holds, by the letter that NumPy has for it.
pub(crate) fn kind(array: &Bound<'_, PyUntypedArray>) -> u8 {
    array.dtype().kind()
}

/// Whether an array has one dimension.
pub(crate) fn is_list(array: &Bound<'_, PyUntypedArray>) -> bool {
    array.ndim() == 1
}

/// What an array holds and how much of it, as NumPy writes both: `float64 of shape [4, 3]`.
pub(crate) fn described(array: &Bound<'_, PyUntypedArray>) -> String {
    let lengths: Vec<String> = array.shape().iter().map(ToString::to_string).collect();
    format!("{} of shape [{}]", array.dtype(), lengths.join(", "))
}

/// The same array in the byte order of the processor and at an address that it can read: itself, where that holds already.
fn readable<'py>(array: &Bound<'py, PyUntypedArray>, name: &str) -> PyResult<Bound<'py, PyAny>> {
    array.py().import("numpy")?.call_method1("require", (array, name, "A"))
}

/// Whole numbers of an array of one dimension, of any width; what is above all of 64 bits with a sign is the largest of these.
pub(crate) fn whole_numbers(array: &Bound<'_, PyUntypedArray>) -> PyResult<Vec<i64>> {
    if kind(array) == b'u' {
        let numbers = readable(array, "uint64")?;
        let numbers = numbers.extract::<PyReadonlyArray1<'_, u64>>()?;
        return Ok(numbers.as_array().iter().map(|&number| i64::try_from(number).unwrap_or(i64::MAX)).collect());
    }
    let numbers = readable(array, "int64")?;
    let numbers = numbers.extract::<PyReadonlyArray1<'_, i64>>()?;
    Ok(numbers.as_array().iter().copied().collect())
}

/// A borrowed array of scores, `[B, C]`, in any order of rows and columns and with any steps.
pub(crate) enum Scores<'py> {
    Half(PyReadonlyArray2<'py, f16>),
    Single(PyReadonlyArray2<'py, f32>),
    Double(PyReadonlyArray2<'py, f64>),
}

impl<'py> Scores<'py> {
    /// Borrows an array of floating-point numbers.
    ///
    /// # Errors
    ///
    /// Not two dimensions; numbers wider than 64 bits; masked ones.
    pub(crate) fn of(array: &Bound<'py, PyUntypedArray>) -> PyResult<Scores<'py>> {
        if array.ndim() != 2 {
            return Err(refusal(&format!(
                "answers is an array of {}, and scores have two dimensions, [images, candidates]; places among the candidates \
                 are whole numbers",
                described(array)
            )));
        }
        if array.hasattr("filled")? {
            return Err(refusal(
                "answers is a masked array; the score of a candidate that cannot be answered is minus infinity: \
                 answers.filled(-numpy.inf)",
            ));
        }
        Ok(match array.dtype().itemsize() {
            2 => Scores::Half(readable(array, "float16")?.extract()?),
            4 => Scores::Single(readable(array, "float32")?.extract()?),
            8 => Scores::Double(readable(array, "float64")?.extract()?),
            _ => {
                return Err(refusal(&format!(
                    "answers is an array of {}, and scores are float16, float32 or float64: answers.astype(\"float64\")",
                    described(array)
                )));
            }
        })
    }
}

/// A number as an array holds it.
pub(crate) trait Stored: Element + Copy + Send + Sync {
    /// As it is compared.
    type Compared: Value;

    fn compared(self) -> Self::Compared;

    /// The same numbers where they lie; `None` where they have to be widened.
    fn lying(numbers: &[Self]) -> Option<&[Self::Compared]>;
}

impl Stored for f16 {
    type Compared = f32;

    #[inline]
    fn compared(self) -> f32 {
        from_half(self.to_bits())
    }

    fn lying(_: &[f16]) -> Option<&[f32]> {
        None
    }
}

impl Stored for f32 {
    type Compared = f32;

    #[inline]
    fn compared(self) -> f32 {
        self
    }

    fn lying(numbers: &[f32]) -> Option<&[f32]> {
        Some(numbers)
    }
}

impl Stored for f64 {
    type Compared = f64;

    #[inline]
    fn compared(self) -> f64 {
        self
    }

    fn lying(numbers: &[f64]) -> Option<&[f64]> {
        Some(numbers)
    }
}

/// The rows of an array, which stays borrowed.
pub(crate) struct View<'a, T>(pub(crate) ArrayView2<'a, T>);

impl<T: Stored> Rows for View<'_, T> {
    type Value = T::Compared;

    fn shape(&self) -> (usize, usize) {
        self.0.dim()
    }

    fn block<'a>(&'a self, rows: Range<usize>, copied: &'a mut Vec<T::Compared>) -> &'a [T::Compared] {
        let columns = self.0.ncols();
        let whole = self.0.to_slice().and_then(|all| T::lying(&all[rows.start * columns..rows.end * columns]));
        if let Some(lying) = whole {
            return lying;
        }
        let block = self.0.slice_axis(Axis(0), Slice::from(rows));
        copied.clear();
        let &[from_row, from_column] = block.strides() else { return copied };
        if from_row.unsigned_abs() < from_column.unsigned_abs() {
            // Column by column, as they lie: a line of the cache holds several rows.
            copied.resize(block.len(), T::Compared::LOWEST);
            for (column, numbers) in block.columns().into_iter().enumerate() {
                let places = copied[column..].iter_mut().step_by(columns);
                places.zip(numbers).for_each(|(place, number)| *place = number.compared());
            }
            return copied;
        }
        for row in block.rows() {
            match row.to_slice() {
                Some(numbers) => copied.extend(numbers.iter().map(|number| number.compared())),
                None => copied.extend(row.iter().map(|number| number.compared())),
            }
        }
        copied
    }
}
