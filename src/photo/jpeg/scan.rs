//! The scans of a JPEG: baseline and progressive, with restarts and damaged data as libjpeg has them.

use super::frame::{Component, Frame};
use super::huffman::{Bits, HuffmanTable};
use super::idct;
use crate::photo::PhotoError;

/// Place in a block, row by row, of each coefficient in zigzag order; runs beyond the end stay on the last one.
pub(super) const NATURAL: [u8; 80] = [
    0, 1, 8, 16, 9, 2, 3, 10, 17, 24, 32, 25, 18, 11, 4, 5, 12, 19, 26, 33, 40, 48, 41, 34, 27, 20, 13, 6, 7, 14, 21, 28, 35, 42,
    49, 56, 57, 50, 43, 36, 29, 22, 15, 23, 30, 37, 44, 51, 58, 59, 52, 45, 38, 31, 39, 46, 53, 60, 61, 54, 47, 55, 62, 63, 63,
    63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63, 63,
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
    /// Decodes the scan into the frame and returns where its bytes end.
    ///
    /// Blocks become samples at once, or stay coefficients where the components hold them.
    ///
    /// # Errors
    ///
    /// `truncated` where the file ends within the scan; `corrupt` where libjpeg gives up too.
    pub(super) fn decode(&self, frame: &mut Frame, bytes: &[u8], position: usize) -> Result<usize, PhotoError> {
        let mut decoder = Decoder {
            scan: self,
            coding: self.coding(frame.is_progressive)?,
            bits: Bits::new(bytes, position),
            dc: [0; 4],
            end_run: 0,
            units_to_restart: self.restart_interval,
            next_restart: 0,
            exhausted: false,
        };
        if let [(index, ..)] = self.components[..] {
            let component = &mut frame.components[index];
            for down in 0..component.blocks_high {
                for across in 0..component.blocks_wide {
                    decoder.begin_unit()?;
                    decoder.block(component, 0, across, down)?;
                    decoder.end_unit();
                }
            }
        } else {
            decoder.interleaved(frame)?;
        }
        let bits = decoder.bits;
        Ok(if bits.marker.is_some() { bits.position() - 2 } else { bits.position() })
    }

    fn coding(&self, is_progressive: bool) -> Result<Coding, PhotoError> {
        if !is_progressive {
            return Ok(Coding::Baseline);
        }
        let bands = if self.first == 0 { self.last == 0 } else { self.first <= self.last && self.components.len() == 1 };
        if !bands || self.last > 63 || self.low > 13 || (self.high != 0 && self.high != self.low + 1) {
            return Err(PhotoError::corrupt("a progressive JPEG scan has impossible bounds"));
        }
        Ok(match (self.first, self.high) {
            (0, 0) => Coding::DcFirst,
            (0, _) => Coding::DcRefined,
            (_, 0) => Coding::AcFirst,
            _ => Coding::AcRefined,
        })
    }
}

impl Decoder<'_, '_> {
    fn interleaved(&mut self, frame: &mut Frame) -> Result<(), PhotoError> {
        let (across, down) = frame.units();
        for unit_down in 0..down {
            for unit_across in 0..across {
                self.begin_unit()?;
                for (place, &(index, ..)) in self.scan.components.iter().enumerate() {
                    let component = &mut frame.components[index];
                    for row in 0..component.vertical {
                        for column in 0..component.horizontal {
                            let at = (unit_across * component.horizontal + column, unit_down * component.vertical + row);
                            self.block(component, place, at.0, at.1)?;
                        }
                    }
                }
                self.end_unit();
            }
        }
        Ok(())
    }

    fn begin_unit(&mut self) -> Result<(), PhotoError> {
        if self.scan.restart_interval > 0 && self.units_to_restart == 0 {
            self.restart()?;
        }
        Ok(())
    }

    fn end_unit(&mut self) {
        self.exhausted |= self.bits.is_overdrawn();
        self.units_to_restart = self.units_to_restart.wrapping_sub(1);
    }

    /// Goes on behind the expected restart marker; a wrong one is dealt with as libjpeg does:
    /// an earlier one is skipped, a later one leaves the stretch before it empty.
    fn restart(&mut self) -> Result<(), PhotoError> {
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

    /// Decodes the next block, that of the scan's component `place`.
    fn block(&mut self, component: &mut Component, place: usize, across: usize, down: usize) -> Result<(), PhotoError> {
        if !component.coefficients.is_empty() {
            let index = component.block_index(across, down);
            return self.coefficients(place, &mut component.coefficients[index]);
        }
        let mut coefficients = [0; 64];
        self.coefficients(place, &mut coefficients)?;
        let quantisation = component.quantisation.unwrap_or([0; 64]);
        let stride = component.stride();
        idct::inverse(&coefficients, &quantisation, component.block_samples(across, down), stride);
        Ok(())
    }

    #[inline]
    fn coefficients(&mut self, place: usize, block: &mut [i16; 64]) -> Result<(), PhotoError> {
        if self.exhausted {
            return Ok(());
        }
        match self.coding {
            Coding::Baseline => self.baseline(place, block),
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

    #[inline]
    fn dc_value(&mut self, place: usize) -> Result<i32, PhotoError> {
        let (index, table, _) = self.scan.components[place];
        let size = self.bits.symbol(table.ok_or_else(no_table)?)?;
        let difference = if size == 0 { 0 } else { self.bits.value(size) };
        self.dc[index] = self.dc[index].wrapping_add(difference);
        Ok(self.dc[index])
    }

    #[inline]
    fn baseline(&mut self, place: usize, block: &mut [i16; 64]) -> Result<(), PhotoError> {
        block[0] = low_16(self.dc_value(place)?);
        let table = self.scan.components[place].2.ok_or_else(no_table)?;
        let mut at = 1;
        while at < 64 {
            let symbol = self.bits.symbol(table)?;
            let (run, size) = (usize::from(symbol >> 4), symbol & 15);
            if size == 0 {
                if run != 15 {
                    break;
                }
                at += 16;
                continue;
            }
            at += run;
            block[usize::from(NATURAL[at])] = low_16(self.bits.value(size));
            at += 1;
        }
        Ok(())
    }

    fn ac_first(&mut self, place: usize, block: &mut [i16; 64]) -> Result<(), PhotoError> {
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
    fn run_of_ends(&mut self, size: u8) -> Result<u32, PhotoError> {
        let more = if size == 0 { 0 } else { self.bits.number(size)? };
        Ok((1 << size) + more.unsigned_abs())
    }

    fn ac_refined(&mut self, place: usize, block: &mut [i16; 64]) -> Result<(), PhotoError> {
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
    fn refine(&mut self, block: &mut [i16; 64], mut at: usize, zeros: Option<u8>) -> Result<usize, PhotoError> {
        let plus = 1_i16 << self.scan.low;
        let mut left = zeros.map(u32::from);
        while at <= self.scan.last {
            let known = &mut block[usize::from(NATURAL[at])];
            if *known != 0 {
                if self.bits.number(1)? == 1 && *known & plus == 0 {
                    *known = if *known >= 0 { known.wrapping_add(plus) } else { known.wrapping_sub(plus) };
                }
            } else if let Some(zeros) = left {
                if zeros == 0 {
                    break;
                }
                left = Some(zeros - 1);
            }
            at += 1;
        }
        Ok(at)
    }
}

#[expect(clippy::cast_possible_truncation, reason = "coefficients are 16 bits wide in libjpeg too")]
fn low_16(value: i32) -> i16 {
    value as i16
}

fn no_table() -> PhotoError {
    PhotoError::corrupt("a JPEG scan names a Huffman table that the file does not have")
}
