//! Products of a block of queries and a block of documents.

use super::index::Index;
use std::cell::RefCell;
use std::ops::Range;

/// Lends scratch space of a thread, which is kept for its next block.
pub(super) fn with_tile(size: usize, work: impl FnOnce(&mut [f32])) {
    thread_local! {
        static TILE: RefCell<Vec<f32>> = const { RefCell::new(vec![]) };
    }
    TILE.with_borrow_mut(|tile| {
        if tile.len() < size {
            tile.resize(size, 0.0);
        }
        work(&mut tile[..size]);
    });
}

/// `tile[q][d] = q · d` in single precision.
pub(super) fn product(queries: &Index<'_>, block: &Range<usize>, documents: &Index<'_>, range: &Range<usize>, tile: &mut [f32]) {
    let width = queries.rows.width;
    let (rows, columns) = (block.len(), range.len());
    let left = ndarray::ArrayView2::from_shape((rows, width), &queries.single[block.start * width..block.end * width]);
    let right = ndarray::ArrayView2::from_shape((columns, width), &documents.single[range.start * width..range.end * width]);
    let out = ndarray::ArrayViewMut2::from_shape((rows, columns), &mut tile[..rows * columns]);
    if let (Ok(left), Ok(right), Ok(mut out)) = (left, right, out) {
        ndarray::linalg::general_mat_mul(1.0, &left, &right.t(), 0.0, &mut out);
    }
}

/// `turned[c][r] = tile[r][c]`, piece by piece.
pub(super) fn turn(tile: &[f32], columns: usize, turned: &mut [f32]) {
    const PIECE: usize = 32;
    let rows = tile.len().checked_div(columns).unwrap_or(0);
    for top in (0..rows).step_by(PIECE) {
        for left in (0..columns).step_by(PIECE) {
            for column in left..(left + PIECE).min(columns) {
                for row in top..(top + PIECE).min(rows) {
                    turned[column * rows + row] = tile[row * columns + column];
                }
            }
        }
    }
}
