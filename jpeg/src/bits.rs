//! The bits of a scan.

use super::huffman::HuffmanTable;
use super::reservoir::Reservoir;
use crate::error::JpegError;

/// Bytes whose stuffing is taken out at a time.
const CHUNK: usize = 1 << 13;

/// Bits that libjpeg looks at for a symbol: without them a file is truncated.
pub(super) const LOOKED_AT: u32 = 8;

/// A code of 16 bits and a value of 15.
const MOST_NEEDED: u32 = 31;

/// The bits of a scan: bytes without their stuffing, zeros from the next marker on.
pub(super) struct Bits<'bytes> {
    bytes: &'bytes [u8],
    /// The next byte of the file that is not in the chunk.
    position: usize,
    /// Bytes without stuffing, `end` of them; with room for a look beyond them.
    chunk: Box<[u8; CHUNK + 8]>,
    end: usize,
    /// The bits that come next, but for a loop that holds them itself.
    pub(super) now: Reservoir,
    /// How many of the last bits counted are not in the file.
    padding: u32,
    overdrawn: bool,
    /// The marker that ends the data.
    pub(super) marker: Option<u8>,
}

impl<'bytes> Bits<'bytes> {
    pub(super) fn new(bytes: &'bytes [u8], position: usize) -> Self {
        let chunk = Box::new([0; CHUNK + 8]);
        Self { bytes, position, chunk, end: 0, now: Reservoir::default(), padding: 0, overdrawn: false, marker: None }
    }

    /// The place in the file from where the next marker is found.
    pub(super) fn position(&self) -> usize {
        if self.marker.is_some() { self.position - 2 } else { self.position }
    }

    /// Whether more bits were taken than the file has before its next marker.
    ///
    /// # Errors
    ///
    /// `truncated` where there is no marker either.
    #[inline(always)]
    pub(super) fn is_overdrawn(&self) -> Result<bool, JpegError> {
        let is_overdrawn = self.overdrawn || self.now.count < self.padding;
        if is_overdrawn && self.marker.is_none() { Err(JpegError::Truncated) } else { Ok(is_overdrawn) }
    }

    /// Forgets the bits up to the next marker and goes on behind it, or stays before it.
    pub(super) fn restart(&mut self) {
        self.end = 0;
        self.now = Reservoir::default();
        (self.padding, self.overdrawn) = (0, false);
    }

    /// Moves to the next marker in the bytes and keeps it.
    ///
    /// # Errors
    ///
    /// `truncated` where there is none.
    pub(super) fn find_marker(&mut self) -> Result<u8, JpegError> {
        let (marker, position) = next_marker(self.bytes, self.position)?;
        self.position = position;
        self.marker = Some(marker);
        Ok(marker)
    }

    /// Moves behind all data, to the next marker that is not of a restart; `false` where the file has none.
    pub(super) fn skip_data(&mut self) -> bool {
        let mut from = self.position();
        while let Ok((marker, position)) = next_marker(self.bytes, from) {
            from = position;
            if !(0xd0..=0xd7).contains(&marker) {
                (self.position, self.marker) = (position, Some(marker));
                return true;
            }
        }
        false
    }

    /// The next symbol; 0 where the bits are no code of the table, as libjpeg has it.
    #[inline(always)]
    pub(super) fn symbol(&mut self, table: &HuffmanTable) -> Result<u8, JpegError> {
        let mut now = self.now;
        self.fill(&mut now, LOOKED_AT)?;
        let symbol = table.symbol(&mut now);
        self.now = now;
        Ok(symbol)
    }

    /// The value of `size` bits, at most 16, behind a symbol.
    #[inline(always)]
    pub(super) fn value(&mut self, size: u8) -> i32 {
        self.now.value(size.into())
    }

    /// The next `size` bits, 1 to 16, as a number.
    #[inline(always)]
    pub(super) fn number(&mut self, size: u8) -> Result<i32, JpegError> {
        let mut now = self.now;
        self.fill(&mut now, size.into())?;
        let bits = now.peek(size.into());
        now.take(size.into());
        self.now = now;
        Ok(bits)
    }

    /// Adds the bits that follow where fewer than 32 are left: a code of 16 bits and its value of 15 need no more.
    ///
    /// # Errors
    ///
    /// `truncated` where the file ends without a marker and has fewer than `least` bits.
    #[inline(always)]
    pub(super) fn fill(&mut self, now: &mut Reservoir, least: u32) -> Result<(), JpegError> {
        if now.count > MOST_NEEDED {
            return Ok(());
        }
        if now.next + 8 > self.end {
            self.now = *now;
            self.fill_by_bytes(least)?;
            *now = self.now;
            return Ok(());
        }
        // The compiler sees that eight bytes follow.
        let next = now.next % CHUNK;
        let eight = self.chunk[next..].first_chunk::<8>().map_or(0, |eight| u64::from_be_bytes(*eight));
        now.buffer |= eight >> now.count;
        now.next += ((63 - now.count) >> 3) as usize;
        now.count |= 0b11_1000;
        Ok(())
    }

    #[cold]
    #[inline(never)]
    fn fill_by_bytes(&mut self, least: u32) -> Result<(), JpegError> {
        let mut now = self.now;
        // Bits below those that are counted are of the bytes that are read again.
        now.buffer &= !(u64::MAX >> now.count);
        while now.count < 56 {
            if now.next == self.end {
                self.next_chunk();
                now.next = 0;
            }
            if now.next < self.end {
                now.buffer |= u64::from(self.chunk[now.next]) << (56 - now.count);
                now.next += 1;
                now.count += 8;
            } else if self.marker.is_some() {
                self.overdrawn |= now.count < self.padding;
                self.padding = self.padding.min(now.count) + 8;
                now.count += 8;
            } else {
                // So few that the next symbol is asked for here again.
                let left = now.count.saturating_sub(self.padding);
                if left < least {
                    return Err(JpegError::Truncated);
                }
                now.count = left.max(MOST_NEEDED);
                self.padding = now.count - left;
                break;
            }
        }
        self.now = now;
        Ok(())
    }

    /// Takes the stuffing out of further bytes, up to the next marker; there may be none.
    fn next_chunk(&mut self) {
        self.end = 0;
        while self.marker.is_none() && self.end < CHUNK {
            let rest = self.bytes.get(self.position..).unwrap_or_default();
            match rest {
                [0xff, behind @ ..] => {
                    // Any number of fill bytes may stand before a marker.
                    let fill = behind.iter().take_while(|&&byte| byte == 0xff).count();
                    let Some(&marker) = behind.get(fill) else {
                        self.position = self.bytes.len();
                        return;
                    };
                    self.position += fill + 2;
                    if marker == 0 {
                        self.chunk[self.end] = 0xff;
                        self.end += 1;
                    } else {
                        self.marker = Some(marker);
                    }
                }
                [] => return,
                _ => {
                    let rest = &rest[..rest.len().min(CHUNK - self.end)];
                    let plain = length_without_ff(rest);
                    self.chunk[self.end..self.end + plain].copy_from_slice(&rest[..plain]);
                    self.position += plain;
                    self.end += plain;
                }
            }
        }
    }
}

/// How many bytes stand before the first 255.
fn length_without_ff(bytes: &[u8]) -> usize {
    let (groups, _) = bytes.as_chunks::<8>();
    let plain = groups.iter().take_while(|eight| !has_ff(u64::from_ne_bytes(**eight))).count() * 8;
    plain + bytes[plain..].iter().take_while(|&&byte| byte != 0xff).count()
}

/// Whether one of eight bytes is 255.
#[inline(always)]
fn has_ff(eight: u64) -> bool {
    let zero_where_ff = !eight;
    zero_where_ff.wrapping_sub(0x0101_0101_0101_0101) & !zero_where_ff & 0x8080_8080_8080_8080 != 0
}

/// The next marker at or after a place, and the place behind it; what stands before it is skipped.
///
/// # Errors
///
/// `truncated` where there is none.
pub(super) fn next_marker(bytes: &[u8], from: usize) -> Result<(u8, usize), JpegError> {
    let mut place = from;
    loop {
        place += length_without_ff(bytes.get(place..).unwrap_or_default());
        match bytes.get(place + 1) {
            None => return Err(JpegError::Truncated),
            Some(0 | 0xff) => place += 1,
            Some(&marker) => return Ok((marker, place + 2)),
        }
    }
}
