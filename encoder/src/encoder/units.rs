//! Vectors of length 1, and vectors that are numbers.

use super::error::EncoderError;
use tch::{Device, Kind, Tensor};

/// Rows divided by their L2 norms, in f32 on the processor.
///
/// # Errors
///
/// [`EncoderError::NotFinite`] with the first row that has no direction.
pub(super) fn unit_rows(rows: &Tensor) -> Result<Tensor, EncoderError> {
    let rows = rows.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)?;
    let norms = rows.f_norm_scalaropt_dim(2, [1i64], true)?;
    finite_rows(&rows.f_div(&norms)?)
}

/// Rows in f32 on the processor, if all are numbers.
///
/// # Errors
///
/// [`EncoderError::NotFinite`] with the first row that is not.
pub(super) fn finite_rows(rows: &Tensor) -> Result<Tensor, EncoderError> {
    let rows = rows.f_to_kind(Kind::Float)?.f_to_device(Device::Cpu)?;
    let finite = Vec::<bool>::try_from(rows.f_isfinite()?.f_all_dim(1, false)?)?;
    match finite.iter().position(|finite| !finite) {
        Some(index) => Err(EncoderError::NotFinite { index }),
        None => Ok(rows),
    }
}
