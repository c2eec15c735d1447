//! Workbooks of Excel and OpenDocument as columns of text: the first sheet that holds anything.

use super::cell::{cleaned, column_names};
use super::container::Workbook;
use super::delimited::repeated;
use super::error::TableError;
use super::{compound, header, opendocument};
use crate::files::archive::limit::{Limited, most_held};
use crate::files::archive::zip_directory;
use calamine::{
    CellErrorType, Data, ExcelDateTime, Ods, Reader, SheetType, SheetVisible, Xls, Xlsb, Xlsx, XlsxError, open_workbook_from_rs,
};
use polars::prelude::{Column, DataFrame};
use std::io::{Cursor, Read};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::Path;

/// So many cells may the corners of a sheet span.
const CELLS: usize = 1 << 26;
/// So many rows say whether the first one names the columns.
const BEGINNING: usize = 50;

/// A sheet as a table.
pub(super) struct Sheet {
    pub(super) data: DataFrame,
    /// The row of the sheet that each row is, from 1.
    pub(super) rows: Vec<u32>,
    /// Whether the first row names the columns.
    pub(super) header: bool,
    pub(super) notes: Vec<String>,
}

/// A cell that holds something: row and column from 0, and its text.
type Cell = (u32, u32, String);

/// Reads the first sheet that holds anything; hidden ones come last.
///
/// # Errors
///
/// A workbook that is damaged, protected, or without a cell; two columns of one name.
pub(super) fn read(bytes: &[u8], kind: Workbook, path: &Path) -> Result<Sheet, TableError> {
    let what = if kind == Workbook::Ods { "an OpenDocument spreadsheet" } else { "an Excel workbook" };
    let fault = |what: String| TableError::Format { path: path.to_path_buf(), line: None, what };
    let unreadable = |why: String| fault(format!("{what} that cannot be read ({why}); open it and save the sheet as CSV"));
    // Its reader panics where parts of a damaged one contradict each other.
    let found = catch_unwind(AssertUnwindSafe(|| first_sheet(bytes, kind)));
    let found = found.unwrap_or_else(|_| Err("its parts contradict each other: it is damaged".to_string()));
    let Some((name, sheets, cells)) = found.map_err(unreadable)? else {
        return Err(fault(format!("{what} without a single cell; save the table in it")));
    };
    let mut sheet = table(cells).map_err(|refused| match refused {
        Refused::TooLarge(cells) => unreadable(format!("the sheet '{name}' spans {cells} cells")),
        Refused::Repeated(column) => TableError::RepeatedColumn { path: path.to_path_buf(), column },
        Refused::Built(error) => unreadable(error),
    })?;
    if sheets > 1 {
        sheet
            .notes
            .insert(0, format!("of the {sheets} sheets of the workbook, '{name}' was read: the first that holds anything"));
    }
    Ok(sheet)
}

/// The name of the first sheet that holds anything, the number of sheets, and the cells.
fn first_sheet(bytes: &[u8], kind: Workbook) -> Result<Option<(String, usize, Vec<Cell>)>, String> {
    let mut book = Book::open(bytes, kind)?;
    let names = book.sheets();
    for name in &names {
        let cells = book.cells(name)?;
        if !cells.is_empty() {
            return Ok(Some((name.clone(), names.len(), cells)));
        }
    }
    Ok(None)
}

/// A workbook of any kind, open.
enum Book<'a> {
    Xlsx(Box<Xlsx<Cursor<&'a [u8]>>>),
    Xlsb(Box<Xlsb<Cursor<&'a [u8]>>>),
    Xls(Box<Xls<Cursor<&'a [u8]>>>),
    Ods(Box<Ods<Cursor<&'a [u8]>>>),
}

impl Book<'_> {
    fn open(bytes: &[u8], kind: Workbook) -> Result<Book<'_>, String> {
        let file = Cursor::new(bytes);
        match kind {
            Workbook::Xlsx => {
                open_workbook_from_rs(file).map(|book| Book::Xlsx(Box::new(book))).map_err(|error: XlsxError| error.to_string())
            }
            Workbook::Xlsb => open_workbook_from_rs(file)
                .map(|book| Book::Xlsb(Box::new(book)))
                .map_err(|error: calamine::XlsbError| error.to_string()),
            Workbook::Xls => {
                compound::check(bytes)?;
                open_workbook_from_rs(file)
                    .map(|book| Book::Xls(Box::new(book)))
                    .map_err(|error: calamine::XlsError| error.to_string())
            }
            Workbook::Ods => {
                opendocument::check(&contents(bytes)?)?;
                open_workbook_from_rs(file)
                    .map(|book| Book::Ods(Box::new(book)))
                    .map_err(|error: calamine::OdsError| error.to_string())
            }
        }
    }

    /// The sheets of cells, visible ones first.
    fn sheets(&self) -> Vec<String> {
        let all = match self {
            Book::Xlsx(book) => book.sheets_metadata(),
            Book::Xlsb(book) => book.sheets_metadata(),
            Book::Xls(book) => book.sheets_metadata(),
            Book::Ods(book) => book.sheets_metadata(),
        };
        let mut sheets: Vec<&calamine::Sheet> = all.iter().filter(|sheet| sheet.typ == SheetType::WorkSheet).collect();
        sheets.sort_by_key(|sheet| sheet.visible != SheetVisible::Visible);
        sheets.into_iter().map(|sheet| sheet.name.clone()).collect()
    }

    /// The cells of a sheet that hold something.
    fn cells(&mut self, sheet: &str) -> Result<Vec<Cell>, String> {
        let mut cells = vec![];
        let mut add = |(row, column): (u32, u32), value: Data| {
            if let Some(text) = text(value) {
                cells.push((row, column, text));
            }
        };
        // Cell by cell where that is possible: a sheet of two cells in opposite corners is small.
        match self {
            Book::Xlsx(book) => {
                let mut reader = match book.worksheet_cells_reader(sheet) {
                    Ok(reader) => reader,
                    Err(XlsxError::NotAWorksheet(_)) => return Ok(vec![]),
                    Err(error) => return Err(error.to_string()),
                };
                while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
                    add(cell.get_position(), cell.get_value().clone().into());
                }
            }
            Book::Xlsb(book) => {
                let mut reader = book.worksheet_cells_reader(sheet).map_err(|error| error.to_string())?;
                while let Some(cell) = reader.next_cell().map_err(|error| error.to_string())? {
                    add(cell.get_position(), cell.get_value().clone().into());
                }
            }
            Book::Xls(book) => each(&book.worksheet_range(sheet).map_err(|error| error.to_string())?, &mut add),
            Book::Ods(book) => each(&book.worksheet_range(sheet).map_err(|error| error.to_string())?, &mut add),
        }
        Ok(cells)
    }
}

/// Gives the cells of a range on, with their places.
fn each(range: &calamine::Range<Data>, add: &mut dyn FnMut((u32, u32), Data)) {
    let Some((top, left)) = range.start() else { return };
    for (row, cells) in (top..).zip(range.rows()) {
        for (column, value) in (left..).zip(cells) {
            add((row, column), value.clone());
        }
    }
}

/// The text of the contents of an OpenDocument spreadsheet.
fn contents(bytes: &[u8]) -> Result<Vec<u8>, String> {
    let mut zip = zip_directory::open(Cursor::new(bytes))?;
    let member = zip.by_name("content.xml").map_err(|error| error.to_string())?;
    let mut content = vec![];
    let mut member = Limited::new(member, most_held(bytes.len() as u64));
    member.read_to_end(&mut content).map_err(|error| error.to_string())?;
    Ok(content)
}

/// A value as text; `None` for nothing, and for a formula that found nothing.
fn text(value: Data) -> Option<String> {
    let text = match value {
        Data::Empty | Data::Error(CellErrorType::NA) => return None,
        Data::String(text) | Data::DateTimeIso(text) | Data::DurationIso(text) => text,
        Data::Int(number) => number.to_string(),
        // A whole number has no point.
        Data::Float(number) => number.to_string(),
        Data::Bool(value) => value.to_string(),
        Data::DateTime(time) => moment(time),
        Data::Error(error) => error.to_string(),
    };
    let clean = cleaned(&text);
    if clean.is_empty() {
        None
    } else if clean.len() == text.len() {
        Some(text)
    } else {
        Some(clean.to_string())
    }
}

/// A date, a time or both as in ISO 8601; a duration in days.
fn moment(time: ExcelDateTime) -> String {
    if time.is_duration() {
        return time.as_f64().to_string();
    }
    let (year, month, day, hour, minute, second, _) = time.to_ymd_hms_milli();
    let clock = format!("{hour:02}:{minute:02}:{second:02}");
    if time.as_f64() < 1.0 {
        clock
    } else if (hour, minute, second) == (0, 0, 0) {
        format!("{year:04}-{month:02}-{day:02}")
    } else {
        format!("{year:04}-{month:02}-{day:02}T{clock}")
    }
}

/// Why the cells of a sheet are no table.
#[derive(Debug)]
enum Refused {
    TooLarge(usize),
    Repeated(String),
    Built(String),
}

/// The cells of a sheet as a table; there is at least one.
fn table(mut cells: Vec<Cell>) -> Result<Sheet, Refused> {
    cells.sort_by_key(|&(row, column, _)| (row, column));
    let mut rows: Vec<(u32, Vec<Cell>)> = vec![];
    for cell in cells {
        match rows.last_mut() {
            Some((row, held)) if *row == cell.0 => held.push(cell),
            _ => rows.push((cell.0, vec![cell])),
        }
    }
    // Lines of one cell above a table are its title.
    let titles = rows.iter().position(|(_, held)| held.len() > 1).unwrap_or_default();
    let rows = rows.split_off(titles);
    let mut columns: Vec<u32> = rows.iter().flat_map(|(_, held)| held).map(|&(_, column, _)| column).collect();
    columns.sort_unstable();
    columns.dedup();
    let size = rows.len().saturating_mul(columns.len());
    if size > CELLS {
        return Err(Refused::TooLarge(size));
    }
    let numbers: Vec<u32> = rows.iter().map(|(row, _)| row + 1).collect();
    let mut table: Vec<Vec<Option<String>>> = columns.iter().map(|_| Vec::with_capacity(rows.len())).collect();
    for (at, (_, held)) in rows.into_iter().enumerate() {
        for column in &mut table {
            column.push(None);
        }
        for (_, column, text) in held {
            if let Ok(place) = columns.binary_search(&column) {
                table[place][at] = Some(text);
            }
        }
    }
    named(table, numbers, titles)
}

/// A table with the names that its first row gives.
fn named(mut table: Vec<Vec<Option<String>>>, mut rows: Vec<u32>, titles: usize) -> Result<Sheet, Refused> {
    let row = |at: usize| -> Vec<String> { table.iter().map(|column| column[at].clone().unwrap_or_default()).collect() };
    let first = row(0);
    let below: Vec<Vec<String>> = (1..rows.len().min(BEGINNING)).map(row).collect();
    let header = header::names_columns(&first, &below);
    let mut names: Vec<String> = (1..=table.len()).map(|number| format!("column_{number}")).collect();
    if header {
        let given = column_names(first.iter().map(String::as_str));
        if let Some(name) = repeated(&given) {
            return Err(Refused::Repeated(name));
        }
        // Columns without a name are called as in text.
        let mut nameless = 0..;
        let name = |name: &str| match name {
            "" => nameless
                .next()
                .filter(|&count| count > 0)
                .map_or_else(String::new, |count: u32| format!("_duplicated_{}", count - 1)),
            name => name.to_string(),
        };
        names = given.into_iter().map(name).collect();
        for column in &mut table {
            column.remove(0);
        }
        rows.remove(0);
    }
    let columns = names.into_iter().zip(table).map(|(name, cells)| Column::new(name.into(), cells)).collect();
    let data = DataFrame::new(rows.len(), columns).map_err(|error| Refused::Built(error.to_string()))?;
    let title = match titles {
        0 => vec![],
        1 => vec!["the first row of the sheet holds one cell, and was passed over as its title".to_string()],
        _ => vec![format!("the first {titles} rows of the sheet hold one cell each, and were passed over as its title")],
    };
    Ok(Sheet { data, rows, header, notes: title })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use calamine::ExcelDateTimeType;

    fn sheet(cells: &[(u32, u32, &str)]) -> Result<Sheet, Refused> {
        table(cells.iter().map(|&(row, column, text)| (row, column, text.to_string())).collect())
    }

    #[test]
    fn values_are_written_as_they_are_seen() {
        let time = |days: f64| Data::DateTime(ExcelDateTime::new(days, ExcelDateTimeType::DateTime, false));
        for (value, expected) in [
            (Data::Float(3.0), Some("3")),
            (Data::Float(0.875), Some("0.875")),
            (Data::Bool(true), Some("true")),
            (Data::String(" Apis\u{a0}".to_string()), Some("Apis")),
            (Data::String(" ".to_string()), None),
            (Data::Error(CellErrorType::NA), None),
            (Data::Error(CellErrorType::Ref), Some("#REF!")),
            (time(45943.0), Some("2025-10-13")),
            (time(45943.5), Some("2025-10-13T12:00:00")),
            (time(0.25), Some("06:00:00")),
        ] {
            assert_eq!(text(value).as_deref(), expected);
        }
    }

    #[test]
    fn a_sheet_is_a_table_wherever_it_lies() {
        let found = sheet(&[
            (0, 0, "Results"),
            (3, 2, "image"),
            (3, 3, "truth"),
            (4, 2, "a.jpg"),
            (4, 3, "Apis mellifera"),
            (6, 2, "b.jpg"),
        ])
        .unwrap();
        let names: Vec<&str> = found.data.get_column_names().into_iter().map(|name| &**name).collect();
        assert_eq!(names, ["image", "truth"]);
        assert_eq!((found.rows, found.header, found.notes.len()), (vec![5, 7], true, 1));
        let headless = sheet(&[(0, 0, "a.jpg"), (0, 1, "Apis mellifera"), (1, 0, "b.jpg")]).unwrap();
        assert_eq!((headless.data.height(), headless.header), (2, false));
        let twice = sheet(&[(0, 0, "image"), (0, 1, "truth"), (0, 2, "truth"), (1, 0, "a")]);
        assert!(matches!(twice, Err(Refused::Repeated(name)) if name == "truth"));
    }

    #[test]
    fn cells_in_opposite_corners_take_no_room() {
        let far = sheet(&[(0, 0, "image"), (0, 16_383, "truth"), (1_048_575, 0, "a"), (1_048_575, 16_383, "Apis")]).unwrap();
        assert_eq!((far.data.height(), far.data.width()), (1, 2));
        let many: Vec<(u32, u32, &str)> = (0..16_384).map(|at| (at, at, "x")).collect();
        assert!(matches!(sheet(&many), Err(Refused::TooLarge(_))));
    }
}
