//! Huffman tables and the bits of a scan.

use crate::photo::PhotoError;

/// Bits looked up at once; longer codes are searched length by length.
const LOOKAHEAD: u32 = 9;

/// A code (17 bits with the search) and its value (16 bits) fit into what a refill leaves.
const NEEDED: u32 = 40;

/// One Huffman table, ready to decode.
#[derive(Clone)]
pub(super) struct HuffmanTable {
    /// By the next nine bits: `length << 8 | symbol`; 0 where the code is longer or unknown.
    lookup: Vec<u16>,
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
    pub(super) fn new(counts: &[u8], symbols: &[u8]) -> Result<Self, PhotoError> {
        let mut table = Self {
            lookup: vec![0; 1 << LOOKAHEAD],
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
        Ok(table)
    }

    fn enter(&mut self, length: usize, code: i32, symbol: u8) -> Result<(), PhotoError> {
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
}

fn bad_table() -> PhotoError {
    PhotoError::corrupt("a Huffman table is not one")
}

/// The bits of a scan: bytes without their stuffing, zeros from the next marker on.
pub(super) struct Bits<'bytes> {
    bytes: &'bytes [u8],
    position: usize,
    /// The next `count` bits, the first one on top.
    buffer: u64,
    count: u32,
    /// How many of the last bits of the buffer are not in the file.
    padding: u32,
    overdrawn: bool,
    /// The marker that ended the data.
    pub(super) marker: Option<u8>,
}

impl<'bytes> Bits<'bytes> {
    pub(super) fn new(bytes: &'bytes [u8], position: usize) -> Self {
        Self { bytes, position, buffer: 0, count: 0, padding: 0, overdrawn: false, marker: None }
    }

    /// The place of the next byte that was not read.
    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// Whether more bits were taken than the file has before its next marker.
    pub(super) fn is_overdrawn(&self) -> bool {
        self.overdrawn || self.count < self.padding
    }

    /// Forgets the bits of the current byte and goes on behind the marker, or stays before it.
    pub(super) fn restart(&mut self) {
        (self.buffer, self.count, self.padding, self.overdrawn) = (0, 0, 0, false);
    }

    /// Moves to the next marker in the bytes and keeps it.
    ///
    /// # Errors
    ///
    /// `truncated` where there is none.
    pub(super) fn find_marker(&mut self) -> Result<u8, PhotoError> {
        let (marker, position) = next_marker(self.bytes, self.position)?;
        self.position = position;
        self.marker = Some(marker);
        Ok(marker)
    }

    /// The next symbol; 0 where the bits are no code of the table, as libjpeg has it.
    #[inline]
    pub(super) fn symbol(&mut self, table: &HuffmanTable) -> Result<u8, PhotoError> {
        if self.count < NEEDED {
            self.refill()?;
        }
        let entry = table.lookup[(self.buffer >> (64 - LOOKAHEAD)) as usize];
        if entry == 0 {
            return Ok(self.long_symbol(table));
        }
        self.take(u32::from(entry >> 8));
        Ok((entry & 0xff) as u8)
    }

    #[cold]
    fn long_symbol(&mut self, table: &HuffmanTable) -> u8 {
        let mut length = LOOKAHEAD;
        let code = loop {
            length += 1;
            let code = self.peek(length);
            if code <= table.largest[length as usize] {
                break code;
            }
        };
        self.take(length);
        if length > 16 {
            return 0;
        }
        let place = (code + table.offset[length as usize]) & 0xff;
        table.symbols[usize::try_from(place).unwrap_or_default()]
    }

    /// The value of `size` bits (at most 16) behind a symbol: those that begin with 0 are negative.
    #[inline]
    pub(super) fn value(&mut self, size: u8) -> i32 {
        let size = u32::from(size);
        let bits = self.peek(size);
        self.take(size);
        if bits < 1 << (size - 1) { bits - (1 << size) + 1 } else { bits }
    }

    /// The next `size` bits, 1 to 16, as a number.
    #[inline]
    pub(super) fn number(&mut self, size: u8) -> Result<i32, PhotoError> {
        if self.count < NEEDED {
            self.refill()?;
        }
        let bits = self.peek(u32::from(size));
        self.take(u32::from(size));
        Ok(bits)
    }

    #[inline]
    #[expect(clippy::cast_possible_truncation, reason = "at most 17 bits")]
    fn peek(&self, size: u32) -> i32 {
        (self.buffer >> (64 - size)) as i32
    }

    #[inline]
    fn take(&mut self, size: u32) {
        self.buffer <<= size;
        self.count -= size;
    }

    #[inline]
    fn refill(&mut self) -> Result<(), PhotoError> {
        if let Some(Ok(eight)) = self.bytes.get(self.position..self.position + 8).map(<[u8; 8]>::try_from) {
            let eight = u64::from_be_bytes(eight);
            if self.marker.is_none() && !has_ff(eight) {
                let whole_bytes = (63 - self.count) / 8;
                self.buffer |= eight >> self.count;
                self.position += whole_bytes as usize;
                self.count += 8 * whole_bytes;
                return Ok(());
            }
        }
        self.refill_by_bytes()
    }

    #[cold]
    fn refill_by_bytes(&mut self) -> Result<(), PhotoError> {
        while self.count <= 56 && self.marker.is_none() {
            if let Some(byte) = self.byte()? {
                self.buffer |= u64::from(byte) << (56 - self.count);
                self.count += 8;
            }
        }
        if self.count <= 56 {
            self.overdrawn |= self.count < self.padding;
            self.padding = self.padding.min(self.count) + 64 - self.count;
            self.count = 64;
        }
        Ok(())
    }

    /// The next byte of data; `None` at a marker.
    fn byte(&mut self) -> Result<Option<u8>, PhotoError> {
        let mut take = || {
            let byte = self.bytes.get(self.position).copied().ok_or(PhotoError::Truncated);
            self.position += 1;
            byte
        };
        let byte = take()?;
        if byte != 0xff {
            return Ok(Some(byte));
        }
        loop {
            match take()? {
                0xff => {}
                0 => return Ok(Some(0xff)),
                marker => {
                    self.marker = Some(marker);
                    return Ok(None);
                }
            }
        }
    }
}

/// Whether one of eight bytes is 255.
#[inline]
fn has_ff(eight: u64) -> bool {
    let zero_where_ff = !eight;
    zero_where_ff.wrapping_sub(0x0101_0101_0101_0101) & !zero_where_ff & 0x8080_8080_8080_8080 != 0
}

/// The next marker at or after a place, and the place behind it; what stands before it is skipped.
///
/// # Errors
///
/// `truncated` where there is none.
pub(super) fn next_marker(bytes: &[u8], from: usize) -> Result<(u8, usize), PhotoError> {
    let rest = bytes.get(from..).unwrap_or_default();
    let found = rest.windows(2).position(|pair| pair[0] == 0xff && !matches!(pair[1], 0 | 0xff));
    let place = from + found.ok_or(PhotoError::Truncated)?;
    Ok((bytes[place + 1], place + 2))
}
