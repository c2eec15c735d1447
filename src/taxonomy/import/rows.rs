//! Rows of delimited text, one at a time: archives of millions of rows are never held as cells.

use super::error::ImportError;
use crate::files::archive::{Archive, Member};
use encoding_rs_io::DecodeReaderBytesBuilder;
use std::io::{BufRead, BufReader, Read};

/// How the lines of a file are cut into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Dialect {
    /// What stands between two cells.
    pub(super) separator: Separator,
    /// What may stand around a cell; `None`: a quote is a character like any other.
    pub(super) quote: Option<u8>,
    /// Lines before the first row; blank ones and comments are not counted.
    pub(super) header_lines: u64,
    /// Whether lines that begin with `#` are no rows.
    pub(super) comments: bool,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Separator {
    Byte(u8),
    /// `\t|\t`, and `\t|` at the end of the line: NCBI and Open Tree.
    TabPipeTab,
}

impl Dialect {
    /// From the beginning of a file: a tab-separated one is quoted only where its header or whole cells are, for
    /// the large ones are not and hold lone quotes.
    pub(super) fn of_head(begin: &str) -> Dialect {
        let line = first_row(begin);
        let dialect = Dialect { comments: begin.starts_with('#'), ..Dialect::of_header(line) };
        let is_quoted = dialect.separator == Separator::Byte(b'\t') && are_quoted(begin);
        if is_quoted { Dialect { quote: Some(b'"'), ..dialect } } else { dialect }
    }

    /// From the header alone.
    pub(super) fn of_header(line: &str) -> Dialect {
        let count = |byte: u8| line.bytes().filter(|&other| other == byte).count();
        let byte = [b'\t', b',', b';', b'|'].into_iter().max_by_key(|&byte| (count(byte), byte == b',')).unwrap_or(b',');
        let dialect = Dialect { separator: Separator::Byte(byte), quote: Some(b'"'), header_lines: 1, comments: false };
        if line.contains("\t|") {
            Dialect { separator: Separator::TabPipeTab, quote: None, ..dialect }
        } else if count(byte) == 0 {
            // `child parent`, and no delimiter but the space.
            let words: Vec<&str> = line.split_whitespace().collect();
            let byte = if super::columns::are_parent_words(&words) { b' ' } else { b',' };
            Dialect { separator: Separator::Byte(byte), ..dialect }
        } else if byte == b'\t' && !line.contains('"') {
            Dialect { quote: None, ..dialect }
        } else {
            dialect
        }
    }
}

/// The first line that is neither blank nor a comment.
pub(super) fn first_row(begin: &str) -> &str {
    begin.lines().find(|line| !line.trim().is_empty() && !line.starts_with('#')).unwrap_or_default()
}

/// Whether whole cells between tabs stand in quotes, and none begins with a lone one.
fn are_quoted(begin: &str) -> bool {
    // The last line may be cut off.
    let lines = begin.lines().collect::<Vec<_>>();
    let whole = if begin.ends_with('\n') { &lines[..] } else { &lines[..lines.len().saturating_sub(1)] };
    let cells = || whole.iter().flat_map(|line| line.split('\t')).map(str::trim).filter(|cell| cell.starts_with('"'));
    cells().next().is_some() && cells().all(|cell| cell.len() > 1 && cell.ends_with('"'))
}

/// The longest row, in bytes: where a quote is never closed, the rest of the file is one.
const LONGEST_ROW: u64 = 64 << 20;

/// One row, borrowed.
pub(super) struct Row<'a> {
    text: &'a str,
    cells: &'a [(u32, u32)],
    pub(super) line: u64,
}

impl<'a> Row<'a> {
    /// A cell without surrounding space; empty where the row is too short or has no such column.
    pub(super) fn cell(&self, column: Option<usize>) -> &'a str {
        let Some(&(start, end)) = column.and_then(|column| self.cells.get(column)) else { return "" };
        let cell = self.text[start as usize..end as usize].trim();
        if cell == "\\N" { "" } else { cell }
    }

    /// Whether it is a remark of whoever keeps the table: no name and no id begins with `# `.
    fn is_comment(&self) -> bool {
        self.text.starts_with("# ") || self.text.starts_with("## ")
    }

    pub(super) fn is_blank(&self) -> bool {
        self.text.trim().is_empty()
    }
}

/// What is done with each row.
pub(super) type Work<'a> = dyn FnMut(&Row<'_>) -> Result<(), ImportError> + Send + 'a;

/// A text encoding by its name; `None` for UTF-8 and whatever a byte-order mark says.
pub(super) fn encoding(label: &str) -> Result<Option<&'static encoding_rs::Encoding>, ImportError> {
    match encoding_rs::Encoding::for_label(label.trim().as_bytes()) {
        Some(encoding) if encoding == encoding_rs::UTF_8 => Ok(None),
        Some(encoding) => Ok(Some(encoding)),
        None => Err(ImportError::Encoding(label.to_string())),
    }
}

/// The text of a member from its beginning, at most `length` bytes, decoded as far as it can be.
pub(super) fn head(
    archive: &Archive,
    member: &Member,
    length: usize,
    encoding: Option<&'static encoding_rs::Encoding>,
) -> Result<String, ImportError> {
    let bytes = archive.head(member, length)?;
    let text = decoded(bytes, encoding).map_err(|error| archive.damaged(&member.name, &error))?;
    let text = String::from_utf8_lossy(&text);
    Ok(text.trim_start_matches('\u{feff}').to_string())
}

/// The bytes as UTF-8, if they are of another encoding; those of UTF-8 as they are, faults included.
fn decoded(bytes: Vec<u8>, encoding: Option<&'static encoding_rs::Encoding>) -> std::io::Result<Vec<u8>> {
    let Some(encoding) = encoding.or_else(|| guess(&bytes)) else { return Ok(bytes) };
    let mut text = vec![];
    DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(bytes.as_slice()).read_to_end(&mut text)?;
    Ok(text)
}

/// UTF-16 shows by its byte-order mark or by its zeros; everything else is UTF-8 until proved wrong.
fn guess(bytes: &[u8]) -> Option<&'static encoding_rs::Encoding> {
    match bytes {
        [0xff, 0xfe, ..] => return Some(encoding_rs::UTF_16LE),
        [0xfe, 0xff, ..] => return Some(encoding_rs::UTF_16BE),
        _ => {}
    }
    let head = &bytes[..bytes.len().min(512) & !1];
    let zeros = |odd: usize| head.iter().skip(odd).step_by(2).filter(|&&byte| byte == 0).count();
    let many = head.len() / 4;
    if head.len() < 8 {
        None
    } else if zeros(0) > many {
        Some(encoding_rs::UTF_16BE)
    } else if zeros(1) > many {
        Some(encoding_rs::UTF_16LE)
    } else {
        None
    }
}

/// All text of a member.
pub(super) fn text(
    archive: &Archive,
    member: &Member,
    encoding: Option<&'static encoding_rs::Encoding>,
) -> Result<String, ImportError> {
    let bytes = archive.bytes(member)?;
    let text = decoded(bytes, encoding).map_err(|error| archive.damaged(&member.name, &error))?;
    let text = String::from_utf8(text).map_err(|error| {
        let line = error.as_bytes()[..error.utf8_error().valid_up_to()].split(|&byte| byte == b'\n').count();
        not_utf8(&member.name, line as u64, &error.as_bytes()[error.utf8_error().valid_up_to()..])
    })?;
    Ok(text.trim_start_matches('\u{feff}').to_string())
}

fn not_utf8(file: &str, line: u64, rest: &[u8]) -> ImportError {
    let (seen, ..) = encoding_rs::WINDOWS_1252.decode(&rest[..rest.len().min(12)]);
    ImportError::Utf8 { file: file.to_string(), line, seen: seen.lines().next().unwrap_or_default().to_string() }
}

/// Gives every row after the header to `work`, in order.
pub(super) fn each(
    archive: &Archive,
    member: &Member,
    dialect: Dialect,
    encoding: Option<&'static encoding_rs::Encoding>,
    work: &mut Work<'_>,
) -> Result<(), ImportError> {
    let encoding = match encoding {
        Some(encoding) => Some(encoding),
        None => guess(&archive.head(member, 512)?),
    };
    let sheet = Sheet { archive, member, dialect };
    archive.read(member, |reader| {
        let done = beside(reader, |reader| {
            let decoder = |encoding, reader| DecodeReaderBytesBuilder::new().encoding(Some(encoding)).build(reader);
            let reader: Box<dyn Read + '_> = match encoding {
                Some(encoding) => Box::new(decoder(encoding, reader)),
                None => Box::new(reader),
            };
            match dialect.quote {
                Some(quote) => quoted(sheet, quote, reader, work),
                None => unquoted(sheet, reader, work),
            }
        });
        let stopped = || ImportError::Content { file: member.name.clone(), what: "reading stopped unexpectedly".to_string() };
        done.ok_or_else(stopped)?
    })
}

/// A file and how its lines are cut.
#[derive(Clone, Copy)]
struct Sheet<'a> {
    archive: &'a Archive,
    member: &'a Member,
    dialect: Dialect,
}

fn quoted(sheet: Sheet<'_>, quote: u8, reader: impl Read, work: &mut Work<'_>) -> Result<(), ImportError> {
    let Sheet { archive, member, dialect } = sheet;
    let Separator::Byte(delimiter) = dialect.separator else {
        return Err(ImportError::Content { file: member.name.clone(), what: "quotes around cells between pipes".to_string() });
    };
    let allowed = std::cell::Cell::new(LONGEST_ROW);
    let reader = RowLimit { inner: reader, read: 0, allowed: &allowed };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .quote(quote)
        .comment(dialect.comments.then_some(b'#'))
        .has_headers(false)
        .flexible(true)
        .from_reader(reader);
    let mut record = csv::ByteRecord::new();
    let mut cells = vec![];
    let mut index = 0;
    let mut header_lines = dialect.header_lines;
    loop {
        match reader.read_byte_record(&mut record) {
            Ok(false) => return Ok(()),
            Ok(true) => allowed.set(reader.position().byte() + LONGEST_ROW),
            Err(error) if is_too_long(&error) => return Err(too_long(member, index + 1)),
            Err(error) => return Err(archive.damaged(&member.name, &error).into()),
        }
        index += 1;
        let line = record.position().map_or(0, csv::Position::line);
        let text = std::str::from_utf8(record.as_slice())
            .map_err(|error| not_utf8(&member.name, line, &record.as_slice()[error.valid_up_to()..]))?;
        if header_lines > 0 {
            header_lines -= u64::from(!text.trim().is_empty());
            continue;
        }
        cells.clear();
        for column in 0..record.len() {
            if let Some(range) = record.range(column) {
                // The halves of a letter in two cells are one in the row.
                if let Err(error) = std::str::from_utf8(&record.as_slice()[range.clone()]) {
                    return Err(not_utf8(&member.name, line, &record.as_slice()[range.start + error.valid_up_to()..]));
                }
                cells.push((place(range.start), place(range.end)));
            }
        }
        let row = Row { text, cells: &cells, line };
        if !row.is_blank() && !row.is_comment() {
            work(&row)?;
        }
    }
}

/// Fails once it has given more bytes than are allowed so far.
struct RowLimit<'a, R> {
    inner: R,
    read: u64,
    allowed: &'a std::cell::Cell<u64>,
}

/// A row that goes on and on.
#[derive(Debug, thiserror::Error)]
#[error("a row is too long")]
struct RowTooLong;

impl<R: Read> Read for RowLimit<'_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.read > self.allowed.get() {
            return Err(std::io::Error::new(std::io::ErrorKind::InvalidData, RowTooLong));
        }
        let count = self.inner.read(buffer)?;
        self.read += count as u64;
        Ok(count)
    }
}

fn is_too_long(error: &csv::Error) -> bool {
    let csv::ErrorKind::Io(error) = error.kind() else { return false };
    error.get_ref().is_some_and(<dyn std::error::Error + Send + Sync>::is::<RowTooLong>)
}

fn too_long(member: &Member, row: u64) -> ImportError {
    let what = format!("row {row} is longer than {LONGEST_ROW} bytes; is a quote in it never closed?");
    ImportError::Content { file: member.name.clone(), what }
}

fn place(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

fn unquoted(sheet: Sheet<'_>, reader: impl Read, work: &mut Work<'_>) -> Result<(), ImportError> {
    let Sheet { archive, member, dialect } = sheet;
    let mut reader = BufReader::with_capacity(1 << 18, reader);
    let mut bytes = vec![];
    let mut cells = vec![];
    let mut line = 0;
    let mut header_lines = dialect.header_lines;
    loop {
        bytes.clear();
        let length = (&mut reader)
            .take(LONGEST_ROW + 1)
            .read_until(b'\n', &mut bytes)
            .map_err(|error| archive.damaged(&member.name, &error))?;
        if length == 0 {
            return Ok(());
        }
        if length as u64 > LONGEST_ROW {
            return Err(too_long(member, line + 1));
        }
        line += 1;
        let text = std::str::from_utf8(&bytes).map_err(|error| not_utf8(&member.name, line, &bytes[error.valid_up_to()..]))?;
        let text = text.trim_end_matches(['\n', '\r']);
        let text = if line == 1 { text.trim_start_matches('\u{feff}') } else { text };
        if dialect.comments && text.starts_with('#') {
            continue;
        }
        if header_lines > 0 {
            header_lines -= u64::from(!text.trim().is_empty());
            continue;
        }
        cut(text, dialect.separator, &mut cells);
        let row = Row { text, cells: &cells, line };
        if !row.is_blank() && !row.is_comment() {
            work(&row)?;
        }
    }
}

/// The places of the cells of a line.
fn cut(text: &str, separator: Separator, cells: &mut Vec<(u32, u32)>) {
    cells.clear();
    let mut start = 0;
    match separator {
        Separator::Byte(byte) => {
            for end in memchr::memchr_iter(byte, text.as_bytes()) {
                cells.push(without_quotes(text, start, end));
                start = end + 1;
            }
            cells.push(without_quotes(text, start, text.len()));
        }
        Separator::TabPipeTab => {
            let text = text.strip_suffix("\t|").or_else(|| text.strip_suffix("\t|\t")).unwrap_or(text);
            for end in memchr::memmem::find_iter(text.as_bytes(), b"\t|\t") {
                cells.push((place(start), place(end)));
                start = end + 3;
            }
            cells.push((place(start), place(text.len())));
        }
    }
}

/// The place of a cell without the quotes around the whole of it: where some cells hold lone quotes, the others may be quoted.
fn without_quotes(text: &str, start: usize, end: usize) -> (u32, u32) {
    let cell = &text.as_bytes()[start..end];
    let is_quoted = cell.len() > 1 && cell.starts_with(b"\"") && cell.ends_with(b"\"");
    if is_quoted { (place(start + 1), place(end - 1)) } else { (place(start), place(end)) }
}

/// The cells of a header line, trimmed.
pub(super) fn header_cells(line: &str, dialect: Dialect) -> Vec<String> {
    if let (Separator::Byte(delimiter), Some(quote)) = (dialect.separator, dialect.quote) {
        let mut reader =
            csv::ReaderBuilder::new().delimiter(delimiter).quote(quote).has_headers(false).from_reader(line.as_bytes());
        return reader
            .records()
            .next()
            .and_then(Result::ok)
            .map(|record| record.iter().map(|cell| cell.trim().to_string()).collect())
            .unwrap_or_default();
    }
    let mut cells = vec![];
    cut(line, dialect.separator, &mut cells);
    cells.iter().map(|&(start, end)| line[start as usize..end as usize].trim().to_string()).collect()
}

const BLOCK: usize = 1 << 20;

/// Reads (and decompresses) on this thread while another one cuts rows.
fn beside<T: Send>(mut source: &mut dyn Read, work: impl FnOnce(&mut dyn Read) -> T + Send) -> Option<T> {
    let (sender, receiver) = std::sync::mpsc::sync_channel::<std::io::Result<Vec<u8>>>(4);
    std::thread::scope(|scope| {
        let worker = scope.spawn(move || work(&mut Blocks { receiver, block: vec![], at: 0 }));
        loop {
            let mut block = Vec::with_capacity(BLOCK);
            let read = (&mut source).take(BLOCK as u64).read_to_end(&mut block);
            let is_last = read.is_err() || block.is_empty();
            // An error after some bytes: the bytes first. A worker that is gone has its own error.
            let gone = !block.is_empty() && sender.send(Ok(block)).is_err();
            if let (Err(error), false) = (read, gone) {
                let _ = sender.send(Err(error));
            }
            if is_last || gone {
                break;
            }
        }
        drop(sender);
        worker.join().ok()
    })
}

struct Blocks {
    receiver: std::sync::mpsc::Receiver<std::io::Result<Vec<u8>>>,
    block: Vec<u8>,
    at: usize,
}

impl Read for Blocks {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        if self.at == self.block.len() {
            // The sender goes away at the end.
            let Ok(block) = self.receiver.recv() else { return Ok(0) };
            self.block = block?;
            self.at = 0;
        }
        let count = buffer.len().min(self.block.len() - self.at);
        buffer[..count].copy_from_slice(&self.block[self.at..self.at + count]);
        self.at += count;
        Ok(count)
    }
}
