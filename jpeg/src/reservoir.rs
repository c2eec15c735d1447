//! The few bits that a loop looks at.

/// Bits looked up at once; longer codes are searched length by length.
pub(super) const LOOKAHEAD: u32 = 10;

/// Bits that come next; small, so that loops keep it in registers.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Reservoir {
    /// The next `count` bits, the first one on top; bits below them may be those that follow.
    pub(super) buffer: u64,
    pub(super) count: u32,
    /// The place in the chunk of the first byte that is not counted.
    pub(super) next: usize,
}

impl Reservoir {
    /// The next bits that a table looks up.
    #[inline(always)]
    pub(super) fn ahead(self) -> usize {
        (self.buffer >> (64 - LOOKAHEAD)) as usize
    }

    /// The next `size` bits, 1 to 17, as a number.
    #[inline(always)]
    #[expect(clippy::cast_possible_truncation, reason = "at most 17 bits")]
    pub(super) fn peek(self, size: u32) -> i32 {
        (self.buffer >> (64 - size)) as i32
    }

    #[inline(always)]
    pub(super) fn take(&mut self, size: u32) {
        self.buffer <<= size;
        self.count -= size;
    }

    /// The value of `size` bits (1 to 16) behind a symbol: those that begin with 0 are negative.
    #[inline(always)]
    pub(super) fn value(&mut self, size: u32) -> i32 {
        let bits = self.peek(size);
        self.take(size);
        extended(bits, size)
    }
}

/// The number that `size` bits (1 to 16) stand for: those that begin with 0 are negative.
#[inline(always)]
pub(super) fn extended(bits: i32, size: u32) -> i32 {
    if bits < 1 << (size - 1) { bits - (1 << size) + 1 } else { bits }
}
