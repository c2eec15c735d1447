//! What a Parquet file announces of itself, held against the bytes it has.
//!
//! Source of the structures: <https://github.com/apache/parquet-format/blob/master/src/main/thrift/parquet.thrift>.

use super::thrift::{self, Kind, Unread, Value};
use std::io::{Read, Seek, SeekFrom};

/// Rows that a byte of the file may stand for: a column of one value packs well, and an image's name does not.
const ROWS_PER_BYTE: u64 = 1024;

/// Bytes that a page may unpack to whatever it has, and beyond them so many for each byte it has.
const PAGE: (u64, u64) = (64 << 20, 1024);

/// How deep columns may lie in each other.
const NESTING: usize = 64;

/// The magic at both ends of a file.
const MAGIC: &[u8; 4] = b"PAR1";

const STATISTICS: Kind = Kind::Fields(&[
    (1, Kind::Bytes),
    (2, Kind::Bytes),
    (3, Kind::Long),
    (4, Kind::Long),
    (5, Kind::Bytes),
    (6, Kind::Bytes),
    (7, Kind::Bool),
    (8, Kind::Bool),
]);

const KEY_VALUE: Kind = Kind::Fields(&[(1, Kind::Bytes), (2, Kind::Bytes)]);

const SCHEMA_ELEMENT: Kind = Kind::Fields(&[
    (1, Kind::Int),
    (2, Kind::Int),
    (3, Kind::Int),
    (4, Kind::Bytes),
    (5, Kind::Int),
    (6, Kind::Int),
    (7, Kind::Int),
    (8, Kind::Int),
    (9, Kind::Int),
    (10, Kind::Fields(&[])),
]);

const COLUMN_METADATA: Kind = Kind::Fields(&[
    (1, Kind::Int),
    (2, Kind::List(&Kind::Int)),
    (3, Kind::List(&Kind::Bytes)),
    (4, Kind::Int),
    (5, Kind::Long),
    (6, Kind::Long),
    (7, Kind::Long),
    (8, Kind::List(&KEY_VALUE)),
    (9, Kind::Long),
    (10, Kind::Long),
    (11, Kind::Long),
    (12, STATISTICS),
    (13, Kind::List(&Kind::Fields(&[(1, Kind::Int), (2, Kind::Int), (3, Kind::Int)]))),
    (14, Kind::Long),
    (15, Kind::Int),
    (16, Kind::Fields(&[(1, Kind::Long), (2, Kind::List(&Kind::Long)), (3, Kind::List(&Kind::Long))])),
    (17, Kind::Fields(&[(1, Kind::Fields(&[])), (2, Kind::List(&Kind::Int))])),
]);

const COLUMN_CHUNK: Kind = Kind::Fields(&[
    (1, Kind::Bytes),
    (2, Kind::Long),
    (3, COLUMN_METADATA),
    (4, Kind::Long),
    (5, Kind::Int),
    (6, Kind::Long),
    (7, Kind::Int),
    (8, Kind::Fields(&[])),
    (9, Kind::Bytes),
]);

const ROW_GROUP: Kind = Kind::Fields(&[
    (1, Kind::List(&COLUMN_CHUNK)),
    (2, Kind::Long),
    (3, Kind::Long),
    (4, Kind::List(&Kind::Fields(&[(1, Kind::Int), (2, Kind::Bool), (3, Kind::Bool)]))),
    (5, Kind::Long),
    (6, Kind::Long),
    (7, Kind::Short),
]);

const FOOTER: Kind = Kind::Fields(&[
    (1, Kind::Int),
    (2, Kind::List(&SCHEMA_ELEMENT)),
    (3, Kind::Long),
    (4, Kind::List(&ROW_GROUP)),
    (5, Kind::List(&KEY_VALUE)),
    (6, Kind::Bytes),
    (7, Kind::List(&Kind::Fields(&[]))),
    (8, Kind::Fields(&[])),
    (9, Kind::Bytes),
]);

const PAGE_HEADER: Kind = Kind::Fields(&[
    (1, Kind::Int),
    (2, Kind::Int),
    (3, Kind::Int),
    (4, Kind::Int),
    (5, Kind::Fields(&[(1, Kind::Int), (2, Kind::Int), (3, Kind::Int), (4, Kind::Int), (5, STATISTICS)])),
    (6, Kind::Fields(&[])),
    (7, Kind::Fields(&[(1, Kind::Int), (2, Kind::Int), (3, Kind::Bool)])),
    (
        8,
        Kind::Fields(&[
            (1, Kind::Int),
            (2, Kind::Int),
            (3, Kind::Int),
            (4, Kind::Int),
            (5, Kind::Int),
            (6, Kind::Int),
            (7, Kind::Bool),
            (8, STATISTICS),
        ]),
    ),
]);

/// Why a file is not read.
#[derive(Debug, thiserror::Error)]
pub(super) enum Fault {
    #[error(transparent)]
    System(#[from] std::io::Error),
    #[error("it is none, or its end is missing: make it again")]
    None,
    #[error("{0}: it is damaged, make it again")]
    Damage(String),
}

/// Looks at a whole file, and says how long it is.
///
/// # Errors
///
/// What the system says; a file that is none, and one that announces more than it has.
pub(super) fn check(file: &mut (impl Read + Seek)) -> Result<u64, Fault> {
    let length = file.seek(SeekFrom::End(0))?;
    let (footer, end) = footer(file, length)?;
    let (footer, _) = thrift::read(&footer, FOOTER).map_err(|_| damaged("its footer is not one"))?;
    check_nesting(footer.list(2))?;
    let most = length.saturating_mul(ROWS_PER_BYTE);
    check_rows(&footer, most, length)?;
    for group in footer.list(4) {
        check_rows(group, most, length)?;
        for chunk in group.list(1) {
            let chunk = chunk.field(3).ok_or_else(|| damaged("a column lies in another file or is encrypted"))?;
            Chunk::new(chunk, most, end)?.check(file)?;
        }
    }
    file.seek(SeekFrom::Start(0))?;
    Ok(length)
}

fn damaged(what: impl std::fmt::Display) -> Fault {
    Fault::Damage(what.to_string())
}

/// The bytes of the footer, and where it begins.
fn footer(file: &mut (impl Read + Seek), length: u64) -> Result<(Vec<u8>, u64), Fault> {
    let end = length.checked_sub(8).filter(|end| *end >= 4).ok_or(Fault::None)?;
    file.seek(SeekFrom::Start(end))?;
    let mut tail = [0; 8];
    file.read_exact(&mut tail)?;
    let (size, magic) = tail.split_at(4);
    if magic != MAGIC {
        return Err(Fault::None);
    }
    let size = size.try_into().map(u32::from_le_bytes).map_err(|_| Fault::None)?;
    let start = end.checked_sub(u64::from(size)).filter(|start| *start >= 4).ok_or(Fault::None)?;
    Ok((bytes(file, start, u64::from(size))?, start))
}

/// Some of the file's bytes, which it has.
fn bytes(file: &mut (impl Read + Seek), start: u64, count: u64) -> Result<Vec<u8>, Fault> {
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = vec![];
    file.take(count).read_to_end(&mut bytes)?;
    Ok(bytes)
}

/// A column in a column in a column has a step of the decoder's recursion each.
fn check_nesting(elements: &[Value]) -> Result<(), Fault> {
    // How many children are still to come, by depth.
    let mut missing: Vec<u64> = vec![];
    for element in elements {
        while missing.last() == Some(&0) {
            missing.pop();
        }
        if let Some(count) = missing.last_mut() {
            *count -= 1;
        }
        match element.number(5).unwrap_or(0) {
            0 => {}
            children => missing.push(u64::try_from(children).map_err(|_| damaged("a column has fewer than no columns"))?),
        }
        if missing.len() > NESTING {
            return Err(damaged(format_args!("its columns lie in each other, more than {NESTING} deep")));
        }
    }
    Ok(())
}

/// The rows of the file or of a group, which both have in field 3.
fn check_rows(of: &Value, most: u64, length: u64) -> Result<(), Fault> {
    let rows = of.number(3).unwrap_or(-1);
    match u64::try_from(rows) {
        Ok(rows) if rows <= most => Ok(()),
        _ => Err(damaged(format_args!("it announces {rows} rows and has {length} bytes"))),
    }
}

/// The pages of one column in one group of rows.
struct Chunk {
    start: u64,
    end: u64,
    values: u64,
}

impl Chunk {
    /// From the column's metadata.
    fn new(metadata: &Value, most: u64, footer: u64) -> Result<Self, Fault> {
        let number = |field| metadata.number(field).and_then(|number| u64::try_from(number).ok());
        let values = number(5).filter(|values| *values <= most);
        // The pages begin with the dictionary, where there is one.
        let start = if metadata.field(11).is_some() { number(11).filter(|start| *start > 0).or(number(9)) } else { number(9) };
        let place = start.zip(number(7)).and_then(|(start, size)| Some((start, start.checked_add(size)?)));
        match (values, place) {
            (Some(values), Some((start, end))) if end <= footer => Ok(Self { start, end, values }),
            _ => Err(damaged("a column announces more values or bytes than the file has")),
        }
    }

    /// Looks at the head of each page.
    fn check(&self, file: &mut (impl Read + Seek)) -> Result<(), Fault> {
        let (mut place, mut seen) = (self.start, 0);
        while place < self.end && seen < self.values {
            let (header, length) = self.header(file, place)?;
            let number = |value: &Value, field| value.number(field).and_then(|number| u64::try_from(number).ok());
            let packed = number(&header, 3).filter(|packed| *packed <= self.end - place - length);
            let packed = packed.ok_or_else(|| damaged("a page is larger than its column"))?;
            let unpacked = number(&header, 2).filter(|size| *size <= PAGE.0.saturating_add(packed.saturating_mul(PAGE.1)));
            let unpacked = unpacked.ok_or_else(|| damaged("a page unpacks to more than its bytes can hold"))?;
            let values = |field| header.field(field).map(|inner| number(inner, 1));
            let is_few = |values: Option<u64>, most: u64| values.is_some_and(|values| values <= most);
            let data = [values(5), values(8)].into_iter().flatten();
            if data.clone().any(|values| !is_few(values, self.values))
                || values(7).is_some_and(|values| !is_few(values, unpacked))
            {
                return Err(damaged("a page announces more values than its column"));
            }
            // A page of values that has none would be asked for again and again.
            seen += data.flatten().max().unwrap_or_default();
            place += length + packed;
        }
        Ok(())
    }

    /// The head of the page at a place, and its length in bytes.
    fn header(&self, file: &mut (impl Read + Seek), place: u64) -> Result<(Value, u64), Fault> {
        let left = self.end - place;
        let mut window = 1 << 10;
        loop {
            match thrift::read(&bytes(file, place, left.min(window))?, PAGE_HEADER) {
                Ok((header, length)) => return Ok((header, length as u64)),
                // Smallest and largest values of long texts stand in the head.
                Err(Unread::Short) if window < left => window *= 8,
                Err(_) => return Err(damaged("the head of a page is not one")),
            }
        }
    }
}
