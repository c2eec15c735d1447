//! Huffman tables.

use super::reservoir::{LOOKAHEAD, Reservoir, extended};
use crate::error::JpegError;

/// Stands for the zeros before a value where no value follows; more than any place in a block.
pub(super) const NONE_FOLLOWS: usize = 128;

/// What the next bits are: a code, with the value behind it where both fit.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Entry(u32);

impl Entry {
    /// A code and its value: the bits of both, the zeros before the value ([`NONE_FOLLOWS`] at the end), and the value.
    fn whole(length: u32, zeros: u32, value: i32) -> Self {
        Self(length | zeros << 8 | value.cast_unsigned() << 16)
    }

    /// Bits of a code and its value; 0 where they do not fit into those looked up.
    #[inline(always)]
    pub(super) fn length(self) -> u32 {
        self.0 & 63
    }

    /// Zeros before the value, or [`NONE_FOLLOWS`].
    #[inline(always)]
    pub(super) fn zeros(self) -> usize {
        (self.0 >> 8 & 0xff) as usize
    }

    #[inline(always)]
    pub(super) fn value(self) -> i16 {
        (self.0 >> 16) as i16
    }
}

/// One Huffman table, ready to decode.
#[derive(Clone)]
pub(super) struct HuffmanTable {
    /// By the next bits: the code and its value.
    pub(super) entries: Box<[Entry; 1 << LOOKAHEAD]>,
    /// By the next bits: `length << 8 | symbol`; 0 where the code is longer or unknown.
    lookup: Box<[u16; 1 << LOOKAHEAD]>,
    /// Largest code of each length, -1 where there is none; the last one ends every search.
    largest: [i32; 18],
    /// What to add to a code of a length to find its symbol.
    offset: [i32; 17],
    symbols: [u8; 256],
    /// Whether every symbol is a size of a DC difference (at most 15 bits).
    pub(super) is_for_dc: bool,
}

impl HuffmanTable {
    /// Builds a table from the number of codes of each length 1 to 16 and the symbols in their order.
    ///
    /// # Errors
    ///
    /// `corrupt` where the codes do not fit their lengths; no code is all ones.
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, JpegError> {
        let mut table = Self {
            entries: Box::new([Entry::default(); 1 << LOOKAHEAD]),
            lookup: Box::new([0; 1 << LOOKAHEAD]),
            largest: [-1; 18],
            offset: [0; 17],
            symbols: [0; 256],
            is_for_dc: symbols.iter().all(|&symbol| symbol <= 15),
        };
        table.largest[17] = i32::MAX;
        table.symbols.get_mut(..symbols.len()).ok_or_else(bad_table)?.copy_from_slice(symbols);
        let mut code = 0_i32;
        let mut rest = symbols;
        let mut first = 0_i32;
        for (length, &count) in counts.iter().enumerate().map(|(index, count)| (index + 1, count)) {
            let (these, others) = rest.split_at_checked(usize::from(count)).ok_or_else(bad_table)?;
            table.offset[length] = first - code;
            for &symbol in these {
                table.enter(length, code, symbol)?;
                code += 1;
            }
            if count > 0 {
                table.largest[length] = code - 1;
            }
            first += i32::from(count);
            rest = others;
            code <<= 1;
        }
        for (ahead, (entry, &known)) in (0..).zip(table.entries.iter_mut().zip(table.lookup.iter())) {
            *entry = with_value(ahead, u32::from(known >> 8), u32::from(known & 0xff));
        }
        Ok(table)
    }

    fn enter(&mut self, length: usize, code: i32, symbol: u8) -> Result<(), JpegError> {
        if code + 1 >= 1 << length {
            return Err(bad_table());
        }
        if length <= LOOKAHEAD as usize {
            let shift = LOOKAHEAD as usize - length;
            let begin = usize::try_from(code << shift).map_err(|_| bad_table())?;
            let length = u16::try_from(length).map_err(|_| bad_table())?;
            self.lookup[begin..begin + (1 << shift)].fill(length << 8 | u16::from(symbol));
        }
        Ok(())
    }

    /// Takes the next symbol; 0 where the bits are no code of the table, as libjpeg has it.
    #[inline(always)]
    pub(super) fn symbol(&self, now: &mut Reservoir) -> u8 {
        let entry = self.lookup[now.ahead()];
        if entry == 0 {
            let (symbol, length) = self.long_symbol(*now);
            now.take(length);
            return symbol;
        }
        now.take(u32::from(entry >> 8));
        entry.to_be_bytes()[1]
    }

    /// A symbol whose code is longer than those looked up, and the bits it takes.
    #[cold]
    #[inline(never)]
    fn long_symbol(&self, now: Reservoir) -> (u8, u32) {
        let mut length = LOOKAHEAD;
        let code = loop {
            length += 1;
            let code = now.peek(length);
            if code <= self.largest[length as usize] {
                break code;
            }
        };
        if length > 16 {
            return (0, length);
        }
        let place = (code + self.offset[length as usize]) & 0xff;
        (self.symbols[usize::try_from(place).unwrap_or_default()], length)
    }
}

/// The entry of the bits `ahead`, which begin with the code of a symbol; none where its length is 0 or
/// the value is not in the bits.
fn with_value(ahead: u32, length: u32, symbol: u32) -> Entry {
    let (zeros, size) = (symbol >> 4, symbol & 15);
    if length == 0 || length + size > LOOKAHEAD {
        Entry::default()
    } else if size > 0 {
        let bits = ahead >> (LOOKAHEAD - length - size) & ((1 << size) - 1);
        Entry::whole(length + size, zeros, extended(bits.cast_signed(), size))
    } else {
        // Sixteen zeros are fifteen and one more; with any other number of them no value follows.
        Entry::whole(length, if zeros == 15 { 15 } else { 128 }, 0)
    }
}

fn bad_table() -> JpegError {
    JpegError::corrupt("a Huffman table is not one")
}
