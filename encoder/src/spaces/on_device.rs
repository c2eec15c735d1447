//! Products of blocks of vectors on a CUDA device, for the search for neighbours.

use crate::encoder::device::{self, DeviceChoice, DeviceError, OpenDevice};
use nearmiss::numbers::neighbours::{Products, compute_on};
use std::ops::Range;
use std::sync::OnceLock;
use tch::{Device, TchError, Tensor};

static DEVICE: OnceLock<Device> = OnceLock::new();

/// Has [`nearmiss::numbers::neighbours::nearest`] and its like compute products on a device, from now on and for the rest of the process.
///
/// Returns the device's name; `None` where `auto` found no CUDA device and the processor's own code stays.
///
/// # Errors
///
/// [`DeviceError`] where a CUDA device is asked for and cannot be had.
pub fn search_on(choice: DeviceChoice) -> Result<Option<String>, DeviceError> {
    let device = OpenDevice::open(choice)?.device;
    if device == Device::Cpu {
        return Ok(None);
    }
    let device = *DEVICE.get_or_init(|| device);
    compute_on(Some(hold));
    Ok(Some(device::name(device)))
}

/// Rows on the device that was chosen; on the processor where none was, for tests.
pub fn hold(rows: &[f32], width: usize) -> Option<Box<dyn Products>> {
    let device = DEVICE.get().copied().unwrap_or(Device::Cpu);
    Some(Box::new(OnDevice { rows: rows_on(rows, width, device).ok()?, device }))
}

struct OnDevice {
    /// `[N, D]`.
    rows: Tensor,
    device: Device,
}

// A tensor's storage is counted with atomics and never written to here; LibTorch may be called from any thread.
#[expect(unsafe_code, reason = "tensors of tch are Send and not Sync, because they can be written to through a shared reference")]
// SAFETY: `rows` is private, is only ever read, and reading one tensor from several threads is allowed by LibTorch.
unsafe impl Sync for OnDevice {}

impl Products for OnDevice {
    fn tile(&self, queries: &[f32], documents: Range<usize>) -> Option<Vec<f32>> {
        self.product(queries, documents).ok()
    }
}

impl OnDevice {
    fn product(&self, queries: &[f32], documents: Range<usize>) -> Result<Vec<f32>, TchError> {
        let _guard = tch::no_grad_guard();
        let width = usize::try_from(self.rows.size()[1]).unwrap_or(0);
        let documents = self.rows.f_narrow(0, side(documents.start), side(documents.len()))?;
        let tile = rows_on(queries, width, self.device)?.f_matmul(&documents.f_transpose(0, 1)?)?;
        Vec::try_from(tile.f_to_device(Device::Cpu)?.f_contiguous()?.f_flatten(0, -1)?)
    }
}

fn rows_on(rows: &[f32], width: usize, device: Device) -> Result<Tensor, TchError> {
    let count = rows.len().checked_div(width).unwrap_or(0);
    Tensor::f_from_slice(rows)?.f_view([side(count), side(width)])?.f_to_device(device)
}

fn side(length: usize) -> i64 {
    i64::try_from(length).unwrap_or(i64::MAX)
}
