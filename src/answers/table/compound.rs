//! Old Excel workbooks (`.xls`): whether what they announce of themselves is in them.
//!
//! Their reader reserves memory for what a file announces and follows its chains of sectors to the end, so that both are
//! looked at before it is asked.
//!
//! # Source
//!
//! \[MS-CFB\] 2.2 to 2.6, \[MS-XLS\] 2.1.4 and 2.5.

/// Ends a chain of sectors; what is above this is no sector either.
const END: u32 = 0xffff_fffe;
const LAST_SECTOR: u32 = 0xffff_fffa;
/// Streams below this length lie in small sectors.
const SMALL_STREAM: usize = 4096;
/// So many cells may the corners of a sheet span: two whole sheets of the format.
const CELLS: u64 = 1 << 25;

/// Says in a few words what is wrong with a workbook.
pub(super) fn check(bytes: &[u8]) -> Result<(), &'static str> {
    let file = Compound::of(bytes).ok_or("its parts are not where it says")?;
    if file.holds("EncryptedPackage") {
        return Err("it is protected by a password; save it without one");
    }
    let names = ["Workbook", "Book", "WORKBOOK", "BOOK"];
    let entry = file.entries.iter().find(|entry| names.contains(&entry.name.as_str())).ok_or("there is no workbook in it")?;
    let stream = file.stream(entry).ok_or("its parts are not where it says")?;
    if spans_too_much(&stream) { Err("its sheets span more cells than the format has") } else { Ok(()) }
}

/// A file of sectors in chains.
struct Compound<'a> {
    bytes: &'a [u8],
    sector: usize,
    /// The next sector of each, and of each small one.
    next: Vec<u32>,
    next_small: Vec<u32>,
    entries: Vec<Entry>,
}

struct Entry {
    name: String,
    start: u32,
    length: usize,
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    bytes.get(at..at + 4).and_then(|four| four.try_into().ok()).map(u32::from_le_bytes)
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    bytes.get(at..at + 2).and_then(|two| two.try_into().ok()).map(u16::from_le_bytes)
}

fn numbers(bytes: &[u8]) -> impl Iterator<Item = u32> {
    bytes.chunks_exact(4).filter_map(|four| number(four, 0))
}

/// The sectors of a chain; `None` where it leads out of the table or in a circle.
fn chain(next: &[u32], start: u32) -> Option<Vec<u32>> {
    let mut sectors = vec![];
    let mut sector = start;
    while sector != END {
        if sectors.len() > next.len() {
            return None;
        }
        sectors.push(sector);
        sector = *next.get(usize::try_from(sector).ok()?)?;
    }
    Some(sectors)
}

impl Compound<'_> {
    /// Reads the tables of sectors and the directory; `None` where they contradict themselves or the length of the file.
    fn of(bytes: &[u8]) -> Option<Compound<'_>> {
        let sector = match short(bytes, 30)? {
            9 => 512,
            12 => 4096,
            _ => return None,
        };
        let count = bytes.len() / sector;
        let counted =
            |at: usize| number(bytes, at).and_then(|number| usize::try_from(number).ok()).filter(|&number| number <= count);
        // Sectors of the table of sectors, and of that of small ones.
        counted(44)?;
        let small = counted(64)?;
        let mut file = Compound { bytes, sector, next: vec![], next_small: vec![], entries: vec![] };
        let mut tables: Vec<u32> = numbers(bytes.get(76..512)?).collect();
        let mut more = number(bytes, 68)?;
        let mut steps = 0;
        while more < LAST_SECTOR {
            tables.extend(numbers(file.sector_at(more)?));
            more = tables.pop()?;
            steps += 1;
            if steps > count {
                return None;
            }
        }
        tables.retain(|&table| table < LAST_SECTOR);
        if tables.len() > count {
            return None;
        }
        for table in tables {
            let next: Vec<u32> = numbers(file.sector_at(table)?).collect();
            file.next.extend(next);
        }
        let directory = file.joined(number(bytes, 48)?)?;
        file.entries = directory.chunks_exact(128).filter_map(Entry::of).collect();
        if small > 0 {
            // The small sectors lie in the stream of the first entry.
            chain(&file.next, file.entries.first()?.start)?;
            file.next_small = numbers(&file.joined(number(bytes, 60)?)?).collect();
        }
        Some(file)
    }

    fn sector_at(&self, sector: u32) -> Option<&[u8]> {
        let start = usize::try_from(sector).ok()?.checked_add(1)?.checked_mul(self.sector)?;
        self.bytes.get(start..(start + self.sector).min(self.bytes.len()))
    }

    fn joined(&self, start: u32) -> Option<Vec<u8>> {
        let mut all = vec![];
        for sector in chain(&self.next, start)? {
            all.extend(self.sector_at(sector)?);
        }
        Some(all)
    }

    fn holds(&self, name: &str) -> bool {
        self.entries.iter().any(|entry| entry.name == name)
    }

    fn stream(&self, entry: &Entry) -> Option<Vec<u8>> {
        let mut stream = if entry.length < SMALL_STREAM {
            let all = self.joined(self.entries.first()?.start)?;
            let mut stream = vec![];
            for small in chain(&self.next_small, entry.start)? {
                let start = usize::try_from(small).ok()?.checked_mul(64)?;
                stream.extend(all.get(start..(start + 64).min(all.len()))?);
            }
            stream
        } else {
            self.joined(entry.start)?
        };
        stream.truncate(entry.length);
        Some(stream)
    }
}

impl Entry {
    fn of(bytes: &[u8]) -> Option<Entry> {
        let letters = (0..32).filter_map(|at| short(bytes, 2 * at)).take_while(|&letter| letter != 0);
        let name = char::decode_utf16(letters).map(Result::unwrap_or_default).collect();
        Some(Entry { name, start: number(bytes, 116)?, length: usize::try_from(number(bytes, 120)?).ok()? })
    }
}

/// Whether the cells of a sheet lie further apart, or are announced to, than those of any sheet.
fn spans_too_much(stream: &[u8]) -> bool {
    let (mut rows, mut columns) = (0_u64, 0_u64);
    let mut at = 0;
    while let (Some(kind), Some(length)) = (short(stream, at), short(stream, at + 2)) {
        let Some(record) = stream.get(at + 4..at + 4 + usize::from(length)) else { return false };
        at += 4 + usize::from(length);
        let (row, column) = match kind {
            // The beginning of a sheet.
            0x0809 => {
                (rows, columns) = (0, 0);
                continue;
            }
            // What the sheet announces: its first row, and what is behind its last row and column.
            0x0200 => {
                let (first, last, column) = if record.len() == 14 {
                    (number(record, 0), number(record, 4), short(record, 10))
                } else {
                    (short(record, 0).map(u32::from), short(record, 2).map(u32::from), short(record, 6))
                };
                if last.is_some_and(|last| last > 0) && first >= last {
                    return true;
                }
                (last.map(u64::from), column)
            }
            // Numbers in several columns: the last one ends the record.
            0x00bd => (short(record, 0).map(u64::from), record.len().checked_sub(2).and_then(|end| short(record, end))),
            // A cell.
            0x0006 | 0x00d6 | 0x00fd | 0x0203 | 0x0204 | 0x0205 | 0x027e => (short(record, 0).map(u64::from), short(record, 2)),
            _ => continue,
        };
        rows = rows.max(row.unwrap_or_default() + 1);
        columns = columns.max(column.map(u64::from).unwrap_or_default() + 1);
        if rows.saturating_mul(columns) > CELLS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A file with a table of sectors, a directory and a workbook of 4096 bytes, of which these are the first.
    fn file(workbook: &[u8]) -> Vec<u8> {
        let mut bytes = vec![0; 512 * 11];
        let mut put = |at: usize, what: &[u8]| bytes[at..at + what.len()].copy_from_slice(what);
        put(0, &[0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]);
        put(30, &9_u16.to_le_bytes());
        put(44, &1_u32.to_le_bytes());
        put(48, &1_u32.to_le_bytes());
        put(60, &END.to_le_bytes());
        put(68, &END.to_le_bytes());
        put(76, &[0xff; 436]);
        put(76, &0_u32.to_le_bytes());
        put(512, &[0xff; 512]);
        for (sector, next) in [(0, 0xffff_fffd), (1, END), (2, 3), (3, 4), (4, 5), (5, 6), (6, 7), (7, 8), (8, 9), (9, END)] {
            put(512 + 4 * sector, &u32::to_le_bytes(next));
        }
        for (at, name, start, length) in [(1024, "Root Entry", END, 0_u32), (1152, "Workbook", 2, 4096)] {
            let name: Vec<u8> = name.encode_utf16().flat_map(u16::to_le_bytes).collect();
            put(at, &name);
            put(at + 116, &start.to_le_bytes());
            put(at + 120, &length.to_le_bytes());
        }
        put(1536, workbook);
        bytes
    }

    /// A number in a cell.
    fn cell(row: u16, column: u16) -> Vec<u8> {
        let mut record = vec![0x03, 0x02, 14, 0];
        record.extend(row.to_le_bytes());
        record.extend(column.to_le_bytes());
        record.extend([0; 10]);
        record
    }

    #[test]
    fn a_workbook_is_what_it_says() {
        assert_eq!(check(&file(&[cell(0, 0), cell(65_535, 255)].concat())), Ok(()));
        assert!(check(&file(&[cell(0, 0), cell(65_535, 60_000)].concat())).is_err());
        // A sheet of 4 billion rows.
        let announced = [&[0, 2, 14, 0][..], &[0; 4], &[0xff; 4], &[0; 2], &[0xff; 2], &[0; 2]].concat();
        assert!(check(&file(&announced)).is_err());
        // A chain that leads to its own beginning.
        let mut circle = file(&[]);
        circle[512 + 4 * 9..512 + 4 * 10].copy_from_slice(&2_u32.to_le_bytes());
        assert!(check(&circle).is_err());
        let mut many = file(&[]);
        many[44..48].copy_from_slice(&[0xff; 4]);
        assert!(check(&many).is_err());
        assert!(check(&file(&[])[..600]).is_err());
    }
}
