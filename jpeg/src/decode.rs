//! Segments and scans, from the first marker to the last.

use crate::bits::next_marker;
use crate::error::JpegError;
use crate::frame::{self, Frame};
use crate::huffman::HuffmanTable;
use crate::picture::Picture;
use crate::rows::{Receiver, Whole};
use crate::scan::{NATURAL, Scan};
use crate::standard_tables;

/// How often the scans of a picture may pass over it, on average over its blocks: those of a progressive
/// photograph pass over it about six times, the longest scripts of encoders some twenty times.
const MOST_PASSES: u64 = 64;

/// So many blocks may always be passed over: a picture may be small and its script very long.
const FREE_PASSES: u64 = 1 << 20;

/// Decodes a whole JPEG file as it is stored, no rotation, no colour profile.
///
/// # Errors
///
/// As [`decode`].
pub fn read(bytes: &[u8]) -> Result<Whole, JpegError> {
    let mut whole = Whole::default();
    decode(bytes, None, &mut whole)?;
    Ok(whole)
}

/// Decodes a JPEG file as it is stored, no rotation, no colour profile, and hands on its rows.
///
/// Where `least` is a number, blocks become 4 × 4, 2 × 2 or 1 × 1 pixels, as few as leave the shorter
/// side that many pixels; libjpeg's `scale_denom` is 2, 4 or 8 then, and so is Pillow's `Image.draft`.
///
/// # Errors
///
/// [`JpegError`]; the receiver may have got rows before.
pub fn decode(bytes: &[u8], least: Option<usize>, receiver: &mut dyn Receiver) -> Result<(), JpegError> {
    if !bytes.starts_with(&[0xff, 0xd8]) {
        return Err(JpegError::corrupt("it does not begin as a JPEG does"));
    }
    let mut reader = Reader { least, ..Reader::default() };
    match reader.read(bytes, receiver) {
        // The picture is complete, only its end marker is not there.
        Err(JpegError::Truncated) if reader.scans == Scans::Complete => {}
        result => result?,
    }
    reader.finish(receiver)
}

/// The bytes of a segment, without its length; of one that says nothing about the picture a length that is too
/// small is passed over.
fn segment(bytes: &[u8], position: usize, is_noted: bool) -> Result<&[u8], JpegError> {
    let rest = bytes.get(position..).unwrap_or_default();
    let &[high, low, ..] = rest else { return Err(JpegError::Truncated) };
    let length = usize::from(u16::from_be_bytes([high, low]));
    if length < 2 && !is_noted {
        return Ok(&[]);
    }
    if length < 2 {
        return Err(JpegError::corrupt("a JPEG segment is shorter than its length"));
    }
    rest.get(2..length).ok_or(JpegError::Truncated)
}

/// The conditioning of arithmetic coding, which is not read here, but checked as libjpeg does.
fn conditioning(segment: &[u8]) -> Result<(), JpegError> {
    let (pairs, rest) = segment.as_chunks::<2>();
    let is_wrong = |&[table, value]: &[u8; 2]| table >= 32 || (table < 16 && value & 15 > value >> 4);
    if !rest.is_empty() || pairs.iter().any(is_wrong) {
        return Err(JpegError::corrupt("the conditioning of arithmetic coding is not one"));
    }
    Ok(())
}

/// The error of a segment that goes on behind the end of the file: what its beginning says may be wrong already.
fn cut_segment(marker: u8, rest: &[u8]) -> JpegError {
    let (length, begin) = rest.split_at_checked(2).unwrap_or_default();
    let length = length.first_chunk::<2>().map_or(2, |length| usize::from(u16::from_be_bytes(*length)));
    let is_wrong = match marker {
        0xc4 => begin.split_first().and_then(|(_, rest)| rest.first_chunk::<16>()).is_some_and(|counts| {
            let total: usize = counts.iter().map(|&count| usize::from(count)).sum();
            total > 256 || total + 19 > length
        }),
        0xcc => conditioning(begin.get(..begin.len() & !1).unwrap_or_default()).is_err(),
        0xdb => begin.first().is_some_and(|first| first & 15 > 3),
        0xdd => length != 4,
        _ => false,
    };
    if is_wrong { JpegError::corrupt("a JPEG segment behind the picture contradicts itself") } else { JpegError::Truncated }
}

/// All that the segments have said so far.
#[derive(Default)]
struct Reader {
    /// Pixels of the shorter side, at least; `None`: as many as there are.
    least: Option<usize>,
    quantisation: [Option<[u16; 64]>; 4],
    dc_tables: [Option<HuffmanTable>; 4],
    ac_tables: [Option<HuffmanTable>; 4],
    restart_interval: usize,
    is_jfif: bool,
    adobe_transform: Option<u8>,
    frame: Option<Frame>,
    scans: Scans,
    /// Blocks that the scans have passed over so far.
    passed: u64,
}

/// How the scans of a frame give its picture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
enum Scans {
    /// There was none yet.
    #[default]
    None,
    /// One holds everything, and its blocks become samples at once.
    Single,
    /// That one has been decoded.
    Complete,
    /// Each gives some components, or some bits of some coefficients.
    Several,
}

impl Reader {
    /// Reads all segments and scans up to the end marker.
    fn read(&mut self, bytes: &[u8], receiver: &mut dyn Receiver) -> Result<(), JpegError> {
        let mut position = 2;
        loop {
            let (marker, begin) = next_marker(bytes, position)?;
            position = begin;
            match marker {
                0xd9 => return Ok(()),
                0x01 | 0xd0..=0xd7 => continue,
                0xda if self.scans == Scans::Complete => {
                    return Err(JpegError::corrupt("the JPEG has a scan behind its only one"));
                }
                0xc3 | 0xc5..=0xc8 | 0xcb | 0xcd..=0xcf => {
                    return Err(JpegError::Unsupported(frame::process(marker).to_string()));
                }
                0xc0..=0xc2 | 0xc9 | 0xca if self.frame.is_some() => {
                    return Err(JpegError::corrupt("the JPEG has two frame headers"));
                }
                0xc0..=0xcf | 0xda..=0xdd | 0xe0..=0xef | 0xfe => {}
                _ => return Err(JpegError::Corrupt(format!("there is no JPEG marker {marker:02x}"))),
            }
            let is_noted = matches!(marker, 0xc0..=0xcf | 0xda | 0xdb | 0xdd);
            let segment = match segment(bytes, position, is_noted) {
                Err(JpegError::Truncated) if self.scans == Scans::Complete => {
                    return Err(cut_segment(marker, bytes.get(position..).unwrap_or_default()));
                }
                segment => segment?,
            };
            position += 2 + segment.len();
            if marker == 0xda {
                position = self.scan(segment, bytes, position, receiver)?;
                if self.scans == Scans::Single {
                    self.scans = Scans::Complete;
                }
            } else {
                self.segment(marker, segment, bytes.len())?;
            }
        }
    }

    fn segment(&mut self, marker: u8, segment: &[u8], file: usize) -> Result<(), JpegError> {
        match marker {
            0xc4 => self.huffman_tables(segment)?,
            0xcc => conditioning(segment)?,
            0xc0..=0xcf => self.frame = Some(Frame::read(marker, segment, file)?),
            0xdb => self.quantisation_tables(segment)?,
            0xdd => {
                let &[high, low] = segment else { return Err(JpegError::corrupt("the restart interval is not one")) };
                self.restart_interval = usize::from(u16::from_be_bytes([high, low]));
            }
            0xe0 if segment.len() >= 14 && segment.starts_with(b"JFIF\0") => self.is_jfif = true,
            0xee if segment.len() >= 12 && segment.starts_with(b"Adobe") => self.adobe_transform = Some(segment[11]),
            _ => {}
        }
        Ok(())
    }

    /// Files of moving pictures leave out the tables of the standard, which then hold.
    fn complete_tables(&mut self) -> Result<(), JpegError> {
        let tables = [(&mut self.dc_tables, standard_tables::DC), (&mut self.ac_tables, standard_tables::AC)];
        for (tables, standard) in tables {
            for (table, (counts, symbols)) in tables.iter_mut().zip(standard) {
                if table.is_none() {
                    *table = Some(HuffmanTable::new(counts, symbols)?);
                }
            }
        }
        Ok(())
    }

    fn huffman_tables(&mut self, mut segment: &[u8]) -> Result<(), JpegError> {
        let bad = || JpegError::corrupt("a Huffman table is cut short");
        while let Some((&class_and_place, rest)) = segment.split_first() {
            let (counts, rest) = rest.split_at_checked(16).ok_or_else(bad)?;
            let total = counts.iter().map(|&count| usize::from(count)).sum();
            let (symbols, rest) = rest.split_at_checked(total).ok_or_else(bad)?;
            let tables = if class_and_place & 0x10 == 0 { &mut self.dc_tables } else { &mut self.ac_tables };
            let place = usize::from(class_and_place & !0x10);
            *tables.get_mut(place).ok_or_else(bad)? = Some(HuffmanTable::new(counts, symbols)?);
            segment = rest;
        }
        Ok(())
    }

    fn quantisation_tables(&mut self, mut segment: &[u8]) -> Result<(), JpegError> {
        let bad = || JpegError::corrupt("a quantisation table is cut short");
        while let Some((&precision_and_place, rest)) = segment.split_first() {
            let is_wide = precision_and_place >> 4 != 0;
            let (values, rest) = rest.split_at_checked(if is_wide { 128 } else { 64 }).ok_or_else(bad)?;
            let mut table = [0; 64];
            for (zigzag, &place) in NATURAL[..64].iter().enumerate() {
                table[usize::from(place)] = if is_wide {
                    u16::from_be_bytes([values[2 * zigzag], values[2 * zigzag + 1]])
                } else {
                    values[zigzag].into()
                };
            }
            *self.quantisation.get_mut(usize::from(precision_and_place & 15)).ok_or_else(bad)? = Some(table);
            segment = rest;
        }
        Ok(())
    }

    /// Decodes a scan; returns where its bytes end.
    fn scan(&mut self, segment: &[u8], bytes: &[u8], position: usize, receiver: &mut dyn Receiver) -> Result<usize, JpegError> {
        let bad = || JpegError::corrupt("the header of a JPEG scan is not one");
        if self.scans == Scans::None && self.frame.as_ref().is_some_and(|frame| !frame.is_progressive) {
            self.complete_tables()?;
        }
        let frame = self.frame.as_mut().ok_or_else(bad)?;
        let (&count, rest) = segment.split_first().ok_or_else(bad)?;
        let (selectors, bounds) = rest.split_at_checked(2 * usize::from(count)).ok_or_else(bad)?;
        let &[first, last, approximation] = bounds else { return Err(bad()) };
        if self.scans == Scans::None {
            let is_single = !frame.is_progressive && usize::from(count) == frame.components.len();
            frame.reduce(self.least);
            self.scans = if is_single { Scans::Single } else { Scans::Several };
            if !is_single {
                frame.components.iter_mut().for_each(frame::Component::allocate);
            }
        }
        let mut components: Vec<(usize, _, _)> = vec![];
        for &[id, tables] in selectors.as_chunks::<2>().0 {
            let index = frame.components.iter().position(|component| component.id == id).ok_or_else(bad)?;
            if components.iter().any(|&(other, ..)| other == index) {
                return Err(bad());
            }
            let component = &mut frame.components[index];
            if component.quantisation.is_none() {
                let table = self.quantisation.get(component.table).copied().flatten();
                component.quantisation = Some(table.ok_or_else(|| JpegError::corrupt("a quantisation table is missing"))?);
            }
            let dc = self.dc_tables.get(usize::from(tables >> 4)).and_then(Option::as_ref);
            let ac = self.ac_tables.get(usize::from(tables & 15)).and_then(Option::as_ref);
            components.push((index, dc.filter(|table| table.is_for_dc), ac));
        }
        if components.is_empty() {
            return Err(bad());
        }
        self.passed += components.iter().map(|&(index, ..)| frame.components[index].blocks()).sum::<u64>();
        if self.passed > (MOST_PASSES * frame.blocks()).max(FREE_PASSES) {
            return Err(JpegError::Corrupt(format!("its scans pass over the picture more than {MOST_PASSES} times")));
        }
        let (first, last) = (usize::from(first), usize::from(last));
        let (high, low) = (approximation >> 4, approximation & 15);
        if frame.is_progressive {
            for &(index, ..) in &components {
                frame.components[index].missing_bits.iter_mut().take(last + 1).skip(first).for_each(|bits| *bits = Some(low));
            }
        }
        let scan = Scan { components, first, last, high, low, restart_interval: self.restart_interval };
        if self.scans == Scans::Single {
            let colours = frame.colours(self.is_jfif, self.adobe_transform);
            return scan.decode_picture(frame, &mut Picture::new(frame, colours, receiver)?, bytes, position);
        }
        scan.decode_coefficients(frame, bytes, position)
    }

    /// Makes the picture of several scans.
    fn finish(self, receiver: &mut dyn Receiver) -> Result<(), JpegError> {
        let frame = self.frame.as_ref().filter(|_| self.scans != Scans::None);
        let frame = frame.ok_or_else(|| JpegError::corrupt("the JPEG holds no image"))?;
        if self.scans != Scans::Several {
            return Ok(());
        }
        if frame.lacks_scans() {
            return Err(JpegError::corrupt("the progressive JPEG lacks some of its scans"));
        }
        let colours = frame.colours(self.is_jfif, self.adobe_transform);
        Picture::new(frame, colours, receiver)?.draw(frame);
        Ok(())
    }
}
