//! Opens zips whose directory claims no more than the file can hold.
//!
//! The decoder reserves memory for as many entries as the directory announces, and looks for the
//! directory of a large zip (zip64) byte by byte: both are checked before it is asked.

use std::io::{BufReader, Read, Seek, SeekFrom};

/// Signatures, lengths and places of the format.
const END: &[u8; 4] = b"PK\x05\x06";
const END_LENGTH: u64 = 22;
const LOCATOR: &[u8; 4] = b"PK\x06\x07";
const LOCATOR_LENGTH: u64 = 20;
const LARGE_END: &[u8; 4] = b"PK\x06\x06";
/// The fewest bytes of an entry in the directory.
const ENTRY: u64 = 46;

/// Opens a zip.
///
/// # Errors
///
/// Says in a few words what is wrong with it.
///
/// # Source
///
/// PKWARE, `APPNOTE.TXT` 6.3.10, 4.3.12 to 4.3.16.
pub fn open<R: Read + Seek>(mut file: R) -> Result<zip::ZipArchive<BufReader<R>>, String> {
    check(&mut file)?;
    file.seek(SeekFrom::Start(0)).map_err(|error| error.to_string())?;
    zip::ZipArchive::new(BufReader::new(file)).map_err(|error| error.to_string())
}

/// Compares what the end of the file announces with the file's length. Without zip64 the announced number
/// has 16 bits, and does no harm.
fn check(file: &mut (impl Read + Seek)) -> Result<(), String> {
    let read = |error: std::io::Error| error.to_string();
    let length = file.seek(SeekFrom::End(0)).map_err(read)?;
    let start = length.saturating_sub(END_LENGTH + LOCATOR_LENGTH + u64::from(u16::MAX));
    file.seek(SeekFrom::Start(start)).map_err(read)?;
    let mut tail = vec![];
    file.take(length - start).read_to_end(&mut tail).map_err(read)?;
    let searched = tail.len().saturating_sub(END.len() - 1);
    let end = (0..searched).rev().find(|&at| tail[at..].starts_with(END) && tail.len() - at >= 22);
    let end = end.ok_or("it has no directory")?;
    let comment = tail.get(end + 20..end + 22).map_or(0, |two| usize::from(u16::from_le_bytes([two[0], two[1]])));
    let locator = tail.len().checked_sub(22 + 20 + comment).and_then(|at| tail.get(at..at + 20));
    let Some(locator) = locator.filter(|locator| locator.starts_with(LOCATOR)) else { return Ok(()) };
    let at = u64::from_le_bytes(locator[8..16].try_into().unwrap_or_default());
    let mut large = [0; 56];
    let is_there = at.checked_add(56).is_some_and(|end| end <= length)
        && file.seek(SeekFrom::Start(at)).is_ok()
        && file.read_exact(&mut large).is_ok()
        && large.starts_with(LARGE_END);
    if !is_there {
        return Err("its directory is not where the file says".to_string());
    }
    let count = u64::from_le_bytes(large[32..40].try_into().unwrap_or_default());
    if count.checked_mul(ENTRY).is_none_or(|bytes| bytes > length) {
        return Err(format!("its directory announces {count} entries, more than {length} bytes hold"));
    }
    Ok(())
}
