//! Rows cut into blocks, which threads take one by one.

use std::ops::Range;

/// Queries at once, at most.
pub(super) const QUERIES: usize = 512;

/// Blocks of so many rows, the last one perhaps shorter.
pub(super) struct Blocks {
    rows: usize,
    size: usize,
}

impl Blocks {
    /// As many blocks as keep all threads busy, and no larger than pays.
    pub fn of(rows: usize) -> Blocks {
        Blocks { rows, size: (rows / (4 * rayon::current_num_threads())).clamp(64, QUERIES) }
    }

    pub fn len(&self) -> usize {
        self.rows.div_ceil(self.size)
    }

    /// The rows of a block.
    pub fn rows(&self, block: usize) -> Range<usize> {
        block * self.size..((block + 1) * self.size).min(self.rows)
    }
}
