//! Where products of blocks are computed, if not on the processor.

use std::ops::Range;
use std::sync::RwLock;

/// Rows held by a device.
pub trait Products: Send + Sync {
    /// Inner products in single precision, not less: no tensor-core shortcuts.
    ///
    /// # Shapes
    ///
    /// `queries`: `[Q, D]` row by row. Returns `[Q, documents]` row by row; `None` if the device fails.
    fn tile(&self, queries: &[f32], documents: Range<usize>) -> Option<Vec<f32>>;
}

/// Puts `[N, D]` rows, given with `D`, on a device; `None` if it cannot hold them.
pub type Hold = fn(&[f32], usize) -> Option<Box<dyn Products>>;

static DEVICE: RwLock<Option<Hold>> = RwLock::new(None);

/// Has a device compute the products of all searches from now on; `None` the processor again.
///
/// Neighbours are the same: the device only finds candidates, double precision on the processor ranks them. What the
/// device fails at, the processor does.
pub fn compute_on(hold: Option<Hold>) {
    *DEVICE.write().unwrap_or_else(std::sync::PoisonError::into_inner) = hold;
}

/// The rows on the device, if there is one.
pub(super) fn held(rows: &[f32], width: usize) -> Option<Box<dyn Products>> {
    let hold = (*DEVICE.read().unwrap_or_else(std::sync::PoisonError::into_inner))?;
    hold(rows, width)
}
