//! Where the bytes of a photograph lie in a file that holds several: a stretch of a tar, a row of a Parquet table.

use crate::files::parquet::Parquet;
use polars::prelude::*;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};

/// Rows of a Parquet table that are read at once.
const BLOCK: usize = 64;

/// Where the bytes of a photograph lie in a file that holds several.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Inside {
    /// From an offset on, so many bytes (a tar).
    Bytes {
        /// First byte.
        start: u64,
        /// How many.
        length: u64,
    },
    /// A row of a Parquet table of photographs.
    Row {
        /// From 0.
        row: usize,
        /// Column of the photographs.
        column: String,
    },
}

impl Inside {
    /// The bytes of the photograph in a file.
    pub(super) fn bytes(&self, file: &Path) -> std::io::Result<Vec<u8>> {
        match self {
            Inside::Bytes { start, length } => part(file, *start, *length),
            Inside::Row { row, column } => cell(file, *row, column),
        }
    }
}

fn part(path: &Path, start: u64, length: u64) -> std::io::Result<Vec<u8>> {
    use std::io::{Read, Seek, SeekFrom};
    let mut file = crate::files::regular_file::open(path)?;
    file.seek(SeekFrom::Start(start))?;
    if start.checked_add(length).is_none_or(|end| file.metadata().is_ok_and(|data| end > data.len())) {
        return Err(std::io::ErrorKind::UnexpectedEof.into());
    }
    let mut bytes = vec![0; usize::try_from(length).map_err(std::io::Error::other)?];
    file.read_exact(&mut bytes)?;
    Ok(bytes)
}

/// Rows that were read last: photographs are asked for in order.
type Block = (PathBuf, String, usize, Arc<Vec<Option<Vec<u8>>>>);

static LAST: Mutex<Vec<Block>> = Mutex::new(vec![]);

/// The bytes of a row.
fn cell(file: &Path, row: usize, column: &str) -> std::io::Result<Vec<u8>> {
    let start = row / BLOCK * BLOCK;
    let known = |blocks: &[Block]| {
        let same = |block: &&Block| block.0 == file && block.1 == column && block.2 == start;
        blocks.iter().find(same).map(|block| Arc::clone(&block.3))
    };
    let poisoned = |_| std::io::Error::other("another thread failed while reading");
    let held = known(&LAST.lock().map_err(poisoned)?);
    let block = if let Some(block) = held {
        block
    } else {
        let block = Arc::new(read_block(file, start, column)?);
        let mut last = LAST.lock().map_err(poisoned)?;
        if last.len() >= 8 {
            last.remove(0);
        }
        last.push((file.to_path_buf(), column.to_string(), start, Arc::clone(&block)));
        block
    };
    let missing = || std::io::Error::new(std::io::ErrorKind::InvalidData, format!("row {row} holds no photograph"));
    block.get(row - start).cloned().flatten().ok_or_else(missing)
}

fn read_block(file: &Path, start: usize, column: &str) -> std::io::Result<Vec<Option<Vec<u8>>>> {
    let file = Parquet::new(crate::files::regular_file::open(file)?);
    let data = file.and_then(|file| file.read(Some(&[column]), Some((start, BLOCK)))).map_err(std::io::Error::other)?;
    let cells = data.column(column).map_err(std::io::Error::other)?;
    let cells = match cells.dtype() {
        DataType::Struct(_) => cells.struct_().and_then(|fields| fields.field_by_name("bytes")).map_err(std::io::Error::other)?,
        _ => cells.as_materialized_series().clone(),
    };
    let cells = cells.binary().map_err(std::io::Error::other)?;
    Ok(cells.iter().map(|bytes| bytes.map(<[u8]>::to_vec)).collect())
}
