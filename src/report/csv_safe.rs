//! CSV files that a spreadsheet opens without running what a name says.

use super::error::ReportError;
use crate::files::output::write_whole;
use std::path::PathBuf;

/// Puts an apostrophe before every cell of the CSV files among `files` that a spreadsheet would take for a formula: those
/// that begin with `=`, `+`, `-`, `@`, a tab or a carriage return and are no number.
///
/// # Errors
///
/// [`ReportError::File`] where a file cannot be read or written again.
pub fn defuse(files: &[PathBuf]) -> Result<(), ReportError> {
    for path in files.iter().filter(|path| path.extension().is_some_and(|extension| extension == "csv")) {
        let failed = |action, source| ReportError::File { action, path: path.clone(), source };
        let bytes = std::fs::read(path).map_err(|source| failed("read", source))?;
        let safe = safe(&bytes).map_err(|error| failed("read", error.into()))?;
        write_whole(path, &safe).map_err(|source| failed("write", source))?;
    }
    Ok(())
}

fn safe(bytes: &[u8]) -> Result<Vec<u8>, csv::Error> {
    let mut reader = csv::ReaderBuilder::new().has_headers(false).flexible(true).from_reader(bytes);
    let mut writer = csv::WriterBuilder::new().flexible(true).from_writer(vec![]);
    for record in reader.records() {
        writer.write_record(record?.iter().map(|cell| if is_formula(cell) { format!("'{cell}") } else { cell.to_string() }))?;
    }
    writer.into_inner().map_err(|error| error.into_error().into())
}

fn is_formula(cell: &str) -> bool {
    cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && cell.parse::<f64>().is_err()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn formulas_become_text_and_numbers_stay() {
        let table = "name,value\n=1+1,-0.5\n\"@SUM(A1,B1)\",+2\n\"\tx\",-\nApis mellifera,1e-3\n";
        let expected = "name,value\n'=1+1,-0.5\n\"'@SUM(A1,B1)\",+2\n'\tx,'-\nApis mellifera,1e-3\n";
        assert_eq!(String::from_utf8(safe(table.as_bytes()).unwrap()).unwrap(), expected);
    }
}
