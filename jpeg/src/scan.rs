//! The scans of a JPEG: baseline and progressive, with restarts and damaged data as libjpeg has them.

use super::bits::{Bits, LOOKED_AT};
use super::frame::{Component, Frame};
use super::huffman::{HuffmanTable, NONE_FOLLOWS};
use super::idct;
use super::picture::Picture;
use crate::error::JpegError;
use crate::simd::{self, Work};

/// Place in a block, row by row, of each coefficient in zigzag order; runs beyond the end stay on the last one.
pub(super) const NATURAL: [u8; NONE_FOLLOWS] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42,
    49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
    63,
];

/// What the start of a scan says.
pub(super) struct Scan<'tables> {
    /// Indices into the frame's components, with their Huffman tables (DC, AC).
    pub(super) components: Vec<(usize, Option<&'tables HuffmanTable>, Option<&'tables HuffmanTable>)>,
    /// First and last coefficient, in zigzag order.
    pub(super) first: usize,
    pub(super) last: usize,
    /// Bits already known and bits still missing below this scan's.
    pub(super) high: u8,
    pub(super) low: u8,
    /// Units between two restart markers; 0: none.
    pub(super) restart_interval: usize,
}

/// How the blocks of a scan are coded.
#[derive(Clone, Copy)]
enum Coding {
    Baseline,
    DcFirst,
    DcRefined,
    AcFirst,
    AcRefined,
}

/// The state of the entropy decoder within a scan.
struct Decoder<'scan, 'bytes> {
    scan: &'scan Scan<'scan>,
    coding: Coding,
    bits: Bits<'bytes>,
    /// Last DC value of each of the frame's components.
    dc: [i32; 4],
    /// Blocks left of a run of blocks without further coefficients.
    end_run: u32,
    units_to_restart: usize,
    next_restart: u8,
    /// The data of this stretch is used up: what is left of it stays zero.
    exhausted: bool,
}

impl Scan<'_> {
    /// Decodes the only scan of a frame into a picture, row by row, and returns where its bytes end.
    ///
    /// # Errors
    ///
    /// `truncated` where the file ends within the scan; `corrupt` where libjpeg gives up too.
    pub(super) fn decode_picture(
        &self,
        frame: &Frame,
        picture: &mut Picture,
        bytes: &[u8],
        position: usize,
    ) -> Result<usize, JpegError> {
        let mut decoder = self.decoder(frame, bytes, position)?;
        for unit_row in 0..frame.units().1 {
            // Where nothing more is needed, it is enough that the data has an end.
            if picture.is_past(unit_row) && decoder.bits.skip_data() {
                break;
            }
            simd::run(Units { decoder: &mut decoder, frame, picture, unit_row })?;
            if picture.needs_row(unit_row) {
                picture.finish_row(unit_row);
            }
        }
        Ok(decoder.bits.position())
    }

    /// Decodes one of several scans into the coefficients of a frame and returns where its bytes end.
    ///
    /// # Errors
    ///
    /// As [`Scan::decode_picture`].
    pub(super) fn decode_coefficients(&self, frame: &mut Frame, bytes: &[u8], position: usize) -> Result<usize, JpegError> {
        let mut decoder = self.decoder(frame, bytes, position)?;
        simd::run(AllUnits { decoder: &mut decoder, frame })?;
        Ok(decoder.bits.position())
    }

    fn decoder<'bytes>(&self, frame: &Frame, bytes: &'bytes [u8], position: usize) -> Result<Decoder<'_, 'bytes>, JpegError> {
        Ok(Decoder {
            scan: self,
            coding: self.coding(frame.is_progressive)?,
            bits: Bits::new(bytes, position),
            dc: [0; 4],
            end_run: 0,
            units_to_restart: self.restart_interval,
            next_restart: 0,
            exhausted: false,
        })
    }

    fn coding(&self, is_progressive: bool) -> Result<Coding, JpegError> {
        if !is_progressive {
            return Ok(Coding::Baseline);
        }
        let bands = if self.first == 0 { self.last == 0 } else { self.first <= self.last && self.components.len() == 1 };
        if !bands || self.last > 63 || self.low > 13 || (self.high != 0 && self.high != self.low + 1) {
            return Err(JpegError::corrupt("a progressive JPEG scan has impossible bounds"));
        }
        Ok(match (self.first, self.high) {
            (0, 0) => Coding::DcFirst,
            (0, _) => Coding::DcRefined,
            (_, 0) => Coding::AcFirst,
            _ => Coding::AcRefined,
        })
    }
}

/// A row of units, from bits to samples.
struct Units<'row, 'scan, 'bytes, 'receiver> {
    decoder: &'row mut Decoder<'scan, 'bytes>,
    frame: &'row Frame,
    picture: &'row mut Picture<'receiver>,
    unit_row: usize,
}

impl Work for Units<'_, '_, '_, '_> {
    type Output = Result<(), JpegError>;

    #[inline(always)]
    fn run(self) -> Result<(), JpegError> {
        let Units { decoder, frame, picture, unit_row } = self;
        let needed = if picture.needs_row(unit_row) { picture.units() } else { 0..0 };
        for unit in 0..frame.units().0 {
            decoder.begin_unit()?;
            for (place, &(index, ..)) in decoder.scan.components.iter().enumerate() {
                let component = &frame.components[index];
                let quantisation = component.quantisation.as_ref().unwrap_or(&[0; 64]);
                if !needed.contains(&unit) {
                    for _ in 0..component.vertical * component.horizontal {
                        decoder.baseline(place, &mut [0; 64])?;
                    }
                    continue;
                }
                for row in 0..component.vertical {
                    for column in 0..component.horizontal {
                        let mut coefficients = [0; 64];
                        let end = decoder.baseline(place, &mut coefficients)?;
                        let samples = picture.block(index, unit * component.horizontal + column, row);
                        idct::write(component.size, &coefficients, quantisation, end, samples);
                    }
                }
            }
            decoder.end_unit()?;
        }
        Ok(())
    }
}

/// All units of one of several scans.
struct AllUnits<'row, 'scan, 'bytes> {
    decoder: &'row mut Decoder<'scan, 'bytes>,
    frame: &'row mut Frame,
}

impl Work for AllUnits<'_, '_, '_> {
    type Output = Result<(), JpegError>;

    #[inline(always)]
    fn run(self) -> Result<(), JpegError> {
        let AllUnits { decoder, frame } = self;
        if let [(index, ..)] = decoder.scan.components[..] {
            let component = &mut frame.components[index];
            for down in 0..component.blocks_high {
                for across in 0..component.blocks_wide {
                    decoder.begin_unit()?;
                    decoder.block(component, 0, across, down)?;
                    decoder.end_unit()?;
                }
            }
            return Ok(());
        }
        let (across, down) = frame.units();
        for unit_down in 0..down {
            for unit_across in 0..across {
                decoder.begin_unit()?;
                for (place, &(index, ..)) in decoder.scan.components.iter().enumerate() {
                    let component = &mut frame.components[index];
                    for row in 0..component.vertical {
                        for column in 0..component.horizontal {
                            let at = (unit_across * component.horizontal + column, unit_down * component.vertical + row);
                            decoder.block(component, place, at.0, at.1)?;
                        }
                    }
                }
                decoder.end_unit()?;
            }
        }
        Ok(())
    }
}

impl Decoder<'_, '_> {
    #[inline(always)]
    fn begin_unit(&mut self) -> Result<(), JpegError> {
        if self.scan.restart_interval > 0 && self.units_to_restart == 0 {
            self.restart()?;
        }
        Ok(())
    }

    #[inline(always)]
    fn end_unit(&mut self) -> Result<(), JpegError> {
        self.exhausted |= self.bits.is_overdrawn()?;
        self.units_to_restart = self.units_to_restart.wrapping_sub(1);
        Ok(())
    }

    /// Goes on behind the expected restart marker; a wrong one is dealt with as libjpeg does:
    /// an earlier one is skipped, a later one leaves the stretch before it empty.
    fn restart(&mut self) -> Result<(), JpegError> {
        self.bits.restart();
        let mut marker = match self.bits.marker {
            Some(marker) => marker,
            None => self.bits.find_marker()?,
        };
        let expected = self.next_restart;
        let is_restart = |marker: u8, offset: u8| marker == 0xd0 + ((expected + offset) & 7);
        loop {
            let is_earlier = is_restart(marker, 7) || is_restart(marker, 6);
            if marker < 0xc0 || is_earlier {
                marker = self.bits.find_marker()?;
                continue;
            }
            let is_later = is_restart(marker, 1) || is_restart(marker, 2);
            if !is_later && (0xd0..=0xd7).contains(&marker) {
                self.bits.marker = None;
            }
            break;
        }
        self.next_restart = (self.next_restart + 1) & 7;
        self.dc = [0; 4];
        self.end_run = 0;
        self.units_to_restart = self.scan.restart_interval;
        self.exhausted &= self.bits.marker.is_some();
        Ok(())
    }

    /// Decodes the coefficients of the next block, that of the scan's component `place`.
    #[inline(always)]
    fn block(&mut self, component: &mut Component, place: usize, across: usize, down: usize) -> Result<(), JpegError> {
        let index = component.block_index(across, down);
        let block = &mut component.coefficients[index];
        match self.coding {
            Coding::Baseline => self.baseline(place, block).map(|_| ()),
            _ if self.exhausted => Ok(()),
            Coding::DcFirst => {
                block[0] = low_16(self.dc_value(place)? << self.scan.low);
                Ok(())
            }
            Coding::DcRefined => {
                block[0] |= low_16(self.bits.number(1)? << self.scan.low);
                Ok(())
            }
            Coding::AcFirst => self.ac_first(place, block),
            Coding::AcRefined => self.ac_refined(place, block),
        }
    }

    #[inline(always)]
    fn dc_value(&mut self, place: usize) -> Result<i32, JpegError> {
        let (index, table, _) = self.scan.components[place];
        let size = self.bits.symbol(table.ok_or_else(no_table)?)?;
        let difference = if size == 0 { 0 } else { self.bits.value(size) };
        self.dc[index] = self.dc[index].wrapping_add(difference);
        Ok(self.dc[index])
    }

    /// Decodes all coefficients of a block, which are 0 before; in zigzag order those from the
    /// returned place on stay 0.
    #[inline(always)]
    fn baseline(&mut self, place: usize, block: &mut [i16; 64]) -> Result<usize, JpegError> {
        if self.exhausted {
            return Ok(0);
        }
        let (index, dc_table, ac_table) = self.scan.components[place];
        let (dc_table, ac_table) = (dc_table.ok_or_else(no_table)?, ac_table.ok_or_else(no_table)?);
        let mut now = self.bits.now;
        self.bits.fill(&mut now, LOOKED_AT)?;
        let entry = dc_table.entries[now.ahead()];
        let difference = if entry.length() > 0 {
            now.take(entry.length());
            i32::from(entry.value())
        } else {
            let size = u32::from(dc_table.symbol(&mut now));
            if size == 0 { 0 } else { now.value(size) }
        };
        self.dc[index] = self.dc[index].wrapping_add(difference);
        block[0] = low_16(self.dc[index]);
        let entries = &*ac_table.entries;
        let mut at = 1;
        while at < 64 {
            self.bits.fill(&mut now, LOOKED_AT)?;
            let entry = entries[now.ahead()];
            let mut value = entry.value();
            if entry.length() > 0 {
                now.take(entry.length());
                at += entry.zeros();
            } else {
                let symbol = ac_table.symbol(&mut now);
                let size = u32::from(symbol & 15);
                at += usize::from(symbol >> 4);
                if size > 0 {
                    value = low_16(now.value(size));
                } else if symbol >> 4 < 15 {
                    at += NONE_FOLLOWS;
                    value = 0;
                }
            }
            // Where no value follows, a 0 is written over the first 0.
            block[usize::from(NATURAL[at % NONE_FOLLOWS])] = value;
            at += 1;
        }
        self.bits.now = now;
        Ok(if at > NONE_FOLLOWS { at - NONE_FOLLOWS - 1 } else { 64 })
    }

    fn ac_first(&mut self, place: usize, block: &mut [i16; 64]) -> Result<(), JpegError> {
        if self.end_run > 0 {
            self.end_run -= 1;
            return Ok(());
        }
        let table = self.scan.components[place].2.ok_or_else(no_table)?;
        let mut at = self.scan.first;
        while at <= self.scan.last {
            let symbol = self.bits.symbol(table)?;
            let (run, size) = (usize::from(symbol >> 4), symbol & 15);
            if size != 0 {
                at += run;
                block[usize::from(NATURAL[at])] = low_16(self.bits.value(size) << self.scan.low);
                at += 1;
            } else if run == 15 {
                at += 16;
            } else {
                self.end_run = self.run_of_ends(symbol >> 4)? - 1;
                break;
            }
        }
        Ok(())
    }

    /// Length of a run of blocks without further coefficients, this one included.
    fn run_of_ends(&mut self, size: u8) -> Result<u32, JpegError> {
        let more = if size == 0 { 0 } else { self.bits.number(size)? };
        Ok((1 << size) + more.unsigned_abs())
    }

    fn ac_refined(&mut self, place: usize, block: &mut [i16; 64]) -> Result<(), JpegError> {
        let (plus, minus) = (1_i16 << self.scan.low, -1_i16 << self.scan.low);
        let mut at = self.scan.first;
        if self.end_run == 0 {
            let table = self.scan.components[place].2.ok_or_else(no_table)?;
            while at <= self.scan.last {
                let symbol = self.bits.symbol(table)?;
                let (run, size) = (symbol >> 4, symbol & 15);
                let mut new = 0;
                if size != 0 {
                    new = if self.bits.number(1)? == 1 { plus } else { minus };
                } else if run != 15 {
                    self.end_run = self.run_of_ends(run)?;
                    break;
                }
                at = self.refine(block, at, Some(run))?;
                if new != 0 {
                    block[usize::from(NATURAL[at])] = new;
                }
                at += 1;
            }
        }
        if self.end_run > 0 {
            self.refine(block, at, None)?;
            self.end_run -= 1;
        }
        Ok(())
    }

    /// Reads a further bit of every coefficient known so far, past `zeros` unknown ones, and
    /// returns the place of the next unknown one (or past the band); all of the band for `None`.
    #[inline(always)]
    fn refine(&mut self, block: &mut [i16; 64], mut at: usize, zeros: Option<u8>) -> Result<usize, JpegError> {
        let plus = 1_i16 << self.scan.low;
        let mut left = zeros.map_or(u32::MAX, u32::from);
        let mut now = self.bits.now;
        while at <= self.scan.last {
            let known = &mut block[usize::from(NATURAL[at])];
            if *known != 0 {
                self.bits.fill(&mut now, 1)?;
                // Without a branch, for the bits are as good as random.
                let is_more = i16::from(now.peek(1) == 1) & i16::from(*known & plus == 0);
                now.take(1);
                *known = known.wrapping_add((known.signum() * is_more) << self.scan.low);
            } else if left == 0 {
                break;
            } else {
                left -= 1;
            }
            at += 1;
        }
        self.bits.now = now;
        Ok(at)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "coefficients are 16 bits wide in libjpeg too")]
fn low_16(value: i32) -> i16 {
    value as i16
}

fn no_table() -> JpegError {
    JpegError::corrupt("a JPEG scan names a Huffman table that the file does not have")
}
