//! The text of a cell, without what programs leave around it.

use polars::prelude::*;
use rayon::iter::{IntoParallelIterator, ParallelIterator};

/// Quotes that word processors put before a text, and after it.
const OPENING: &[char] = &['“', '„', '‘', '‚', '«', '‹', '”', '»'];
const CLOSING: &[char] = &['”', '“', '’', '‘', '»', '›', '«'];

/// A cell without blanks, byte order marks and typographic quotes around it.
pub(super) fn cleaned(text: &str) -> &str {
    if begins_and_ends_plainly(text) {
        return text;
    }
    let text = text.trim_matches(is_blank);
    match text.strip_prefix(OPENING).and_then(|rest| rest.strip_suffix(CLOSING)) {
        Some(inner) => inner.trim_matches(is_blank),
        None => text,
    }
}

/// What most cells are: nothing is around them.
fn begins_and_ends_plainly(text: &str) -> bool {
    let plain = |byte: Option<&u8>| byte.is_some_and(u8::is_ascii_graphic);
    plain(text.as_bytes().first()) && plain(text.as_bytes().last())
}

fn is_blank(letter: char) -> bool {
    letter.is_whitespace() || matches!(letter, '\u{feff}' | '\u{200b}' | '\u{2060}')
}

/// The names of columns that the cells of a first line give: without blanks, and without the `#` that a header has
/// where comments have it.
pub(super) fn column_names<'a>(cells: impl IntoIterator<Item = &'a str>) -> Vec<&'a str> {
    let name = |(at, cell): (usize, &'a str)| {
        let name = cleaned(cell);
        let bare = cleaned(name.trim_start_matches('#'));
        if at == 0 && !bare.is_empty() { bare } else { name }
    };
    cells.into_iter().enumerate().map(name).collect()
}

/// A table with its texts cleaned; cells that are empty then are missing. Lists of texts and of whole numbers are written as JSON
/// writes them, and columns of other types stay as they are.
pub(super) fn clean(data: DataFrame) -> PolarsResult<DataFrame> {
    let rows = data.height();
    DataFrame::new(rows, data.into_columns().into_par_iter().map(clean_column).collect())
}

fn clean_column(column: Column) -> Column {
    let Ok(texts) = column.str() else { return written(&column).unwrap_or(column) };
    if texts.iter().flatten().all(begins_and_ends_plainly) {
        return column;
    }
    let cells: Vec<Option<&str>> = texts.iter().map(|text| text.map(cleaned).filter(|text| !text.is_empty())).collect();
    Column::new(column.name().clone(), cells)
}

/// Lists of texts and of whole numbers as texts; `None` for columns of other types.
fn written(column: &Column) -> Option<Column> {
    let DataType::List(inner) = column.dtype() else { return None };
    if !(inner.is_string() || inner.is_integer()) {
        return None;
    }
    let column = column.cast(&DataType::List(Box::new(DataType::String))).ok()?;
    let lists = column.list().ok()?;
    let mut cells: Vec<Option<String>> = Vec::with_capacity(column.len());
    for list in lists.amortized_iter() {
        let Some(list) = list else {
            cells.push(None);
            continue;
        };
        let texts: Vec<Option<&str>> = list.as_ref().str().ok()?.iter().collect();
        cells.push(Some(serde_json::to_string(&texts).ok()?));
    }
    Some(Column::new(column.name().clone(), cells))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn only_what_stands_around_a_cell_goes() {
        for (text, expected) in [
            ("Apis mellifera", "Apis mellifera"),
            (" Apis  mellifera\u{a0}", "Apis  mellifera"),
            ("\u{feff}image", "image"),
            ("“Apis mellifera”", "Apis mellifera"),
            ("„Apis mellifera“ ", "Apis mellifera"),
            ("« Apis mellifera »", "Apis mellifera"),
            ("Rosa ‘Peace’", "Rosa ‘Peace’"),
            ("’t Gooi", "’t Gooi"),
            ("Île", "Île"),
            ("\u{a0}", ""),
            ("", ""),
        ] {
            assert_eq!(cleaned(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_header_loses_its_mark_of_a_comment() {
        assert_eq!(column_names(["#OTU ID", "#2"]), ["OTU ID", "#2"]);
        assert_eq!(column_names(["# image", " truth "]), ["image", "truth"]);
        assert_eq!(column_names(["#", "a"]), ["#", "a"]);
    }

    #[test]
    fn columns_keep_their_names_and_their_rows() {
        let data = df!("a" => [Some("x "), Some(" "), None], "b" => [Some("1"), Some("2"), Some("3")]).unwrap();
        let clean = clean(data).unwrap();
        assert_eq!((clean.height(), clean.get_column_names().len()), (3, 2));
        let column: Vec<Option<&str>> = clean.column("a").unwrap().str().unwrap().iter().collect();
        assert_eq!(column, [Some("x"), None, None]);
    }

    #[test]
    fn lists_are_written_as_json_writes_them() {
        let list = |cells: &[&str]| Series::new(PlSmallStr::EMPTY, cells);
        let ids = |cells: &[i64]| Series::new(PlSmallStr::EMPTY, cells);
        let data = df!(
            "names" => [list(&["Poa annua", "it's"]), list(&[])],
            "ids" => [ids(&[17, 18]), ids(&[5])],
            "scores" => [Series::new(PlSmallStr::EMPTY, [0.5]), Series::new(PlSmallStr::EMPTY, [0.25, 0.5])],
        );
        let clean = clean(data.unwrap()).unwrap();
        let texts = |name: &str| -> Vec<Option<String>> {
            clean.column(name).unwrap().str().unwrap().iter().map(|text| text.map(str::to_string)).collect()
        };
        assert_eq!(texts("names"), [Some(r#"["Poa annua","it's"]"#.to_string()), Some("[]".to_string())]);
        assert_eq!(texts("ids"), [Some(r#"["17","18"]"#.to_string()), Some(r#"["5"]"#.to_string())]);
        assert!(clean.column("scores").unwrap().str().is_err());
    }
}
