//! Text whose rows are lines: where its table begins, how it is cut and whether its first line names the columns.
//!
//! All of it is decided by the beginning; the rest is only read.

use super::cell::{cleaned, column_names};
use super::delimiter::{Cut, Rows, cut, quote};
use super::{aligned, header};
use std::borrow::Cow;

/// So many lines of the beginning decide, or as many as these bytes hold.
const LINES: usize = 50;
const BYTES: usize = 1 << 18;

/// A table as text, ready to be cut.
#[derive(Debug)]
pub(super) struct Delimited<'a> {
    /// The table, from its header or its first row on.
    pub(super) text: Cow<'a, str>,
    pub(super) delimiter: u8,
    /// What stands around cells that hold the delimiter.
    pub(super) quote: Option<u8>,
    /// Whether the first line names the columns; otherwise they are `column_1`, `column_2`, ...
    pub(super) header: bool,
    /// Lines of the file before the text.
    before: u64,
}

impl Delimited<'_> {
    /// Finds the table in a text.
    pub(super) fn of(text: &str) -> Delimited<'_> {
        let mut start = blank_lines(text);
        let announced = excel_separator(&text[start..]);
        if let Some((_, length)) = announced {
            start += length;
            start += blank_lines(&text[start..]);
        }
        let comments = comment_lines(&text[start..]);
        let mut body = start + comments.last().copied().unwrap_or_default();
        body += blank_lines(&text[body..]);
        let sample = beginning(&text[body..]);
        let cut = announced.map_or_else(|| cut(sample), |(delimiter, _)| Cut::At(delimiter));
        let named = header_among(&comments, &text[start..], cut, sample);
        let table = &text[named.map_or(body, |at| start + at)..];
        let before = lines(&text[..text.len() - table.len()]);
        let (text, delimiter) = match cut {
            Cut::At(delimiter) => (Cow::Borrowed(table), delimiter),
            // The names of rows are a column without a name.
            Cut::BehindNames(delimiter) => (Cow::Owned(format!("{}{table}", char::from(delimiter))), delimiter),
            Cut::AtSpaces => {
                let tabbed = aligned::with_tabs(table);
                let short = Rows::of(beginning(&tabbed), b'\t').rows;
                let is_short = short.len() > 1 && short[0].len() < short[1].len();
                (Cow::Owned(if is_short { format!("\t{tabbed}") } else { tabbed }), b'\t')
            }
        };
        let quote = quote(table_start(&text, cut), delimiter);
        let rows = Rows::of(beginning(&text), delimiter).rows;
        let header = named.is_some() || rows.split_first().is_none_or(|(first, below)| header::names_columns(first, below));
        Delimited { text, delimiter, quote, header, before }
    }

    fn reader(&self) -> csv::ReaderBuilder {
        let mut reader = csv::ReaderBuilder::new();
        reader.delimiter(self.delimiter).quoting(self.quote.is_some()).quote(self.quote.unwrap_or(b'"'));
        reader
    }

    /// The first line with another number of cells than the header.
    pub(super) fn ragged_line(&self) -> Option<(Option<u64>, String)> {
        let mut reader = self.reader().has_headers(false).flexible(false).from_reader(self.text.as_bytes());
        let error = reader.records().find_map(Result::err)?;
        let line = error.position().map(|position| self.line_of(position));
        match error.kind() {
            csv::ErrorKind::UnequalLengths { expected_len, len, .. } => {
                let cells = if *len == 1 { "cell" } else { "cells" };
                Some((
                    line,
                    format!("{len} {cells} where the first line has {expected_len}; quote cells that hold the delimiter"),
                ))
            }
            _ => Some((line, error.to_string())),
        }
    }

    /// The line of a record in its file: the reader's own is that of the end of the line before (of CRLF), or of blank lines.
    fn line_of(&self, position: &csv::Position) -> u64 {
        let start = usize::try_from(position.byte()).ok();
        let rest = start.and_then(|start| self.text.as_bytes().get(start..)).unwrap_or_default();
        let ends = rest.iter().take_while(|byte| matches!(byte, b'\r' | b'\n')).filter(|byte| **byte == b'\n').count();
        position.line() + ends as u64 + self.before
    }

    /// A name that two columns have; columns without a name are not asked for by any.
    pub(super) fn repeated_name(&self) -> Option<String> {
        let mut reader = self.reader().has_headers(false).from_reader(self.text.as_bytes());
        let first = reader.records().next()?.ok()?;
        repeated(&column_names(&first))
    }

    /// The line of every row that holds anything.
    pub(super) fn record_lines(&self) -> Option<Vec<u64>> {
        let mut reader = self.reader().has_headers(self.header).flexible(true).from_reader(self.text.as_bytes());
        let mut lines = vec![];
        for record in reader.records() {
            let record = record.ok()?;
            if record.iter().any(|cell| !cleaned(cell).is_empty()) {
                lines.push(self.line_of(record.position()?));
            }
        }
        Some(lines)
    }
}

/// The second of two columns with one name.
pub(super) fn repeated(names: &[&str]) -> Option<String> {
    let twice = (1..names.len()).find(|&index| !names[index].is_empty() && names[..index].contains(&names[index]))?;
    Some(names[twice].to_string())
}

/// The table as it was before names of rows were given a column.
fn table_start(text: &str, cut: Cut) -> &str {
    if let Cut::BehindNames(_) = cut { text.get(1..).unwrap_or_default() } else { text }
}

/// The length of the blank lines that a text begins with.
fn blank_lines(text: &str) -> usize {
    text.split_inclusive('\n').take_while(|line| line.trim().is_empty()).map(str::len).sum()
}

/// `sep=;`, which Excel obeys and does not show: the delimiter, and the length of the line.
fn excel_separator(text: &str) -> Option<(u8, usize)> {
    let line = text.split_inclusive('\n').next()?;
    let said = line.trim_end_matches(['\n', '\r']).trim_matches('"');
    let (word, delimiter) = said.split_once('=')?;
    let delimiter = match delimiter.as_bytes() {
        b"\\t" => b'\t',
        [one @ (b',' | b';' | b'\t' | b'|' | b':' | b' ')] => *one,
        _ => return None,
    };
    word.trim().eq_ignore_ascii_case("sep").then_some((delimiter, line.len()))
}

/// Where each of the lines ends that a text begins with and that begin with `#`; none where all lines do.
fn comment_lines(text: &str) -> Vec<usize> {
    let mut end = 0;
    let mut ends = vec![];
    for line in text.split_inclusive('\n') {
        if !line.starts_with('#') {
            return if line.trim().is_empty() && text[end..].trim().is_empty() { vec![] } else { ends };
        }
        end += line.len();
        ends.push(end);
    }
    vec![]
}

/// Where the header begins that has the `#` of the comments above it: a line of as many cells as the rows have.
fn header_among(comments: &[usize], text: &str, cut: Cut, sample: &str) -> Option<usize> {
    let (Cut::At(delimiter) | Cut::BehindNames(delimiter)) = cut else { return None };
    let width = Rows::of(sample, delimiter).rows.first().map_or(0, Vec::len);
    let start = |index: usize| index.checked_sub(1).map_or(0, |before| comments[before]);
    let fits = |&index: &usize| {
        let line = &text[start(index)..comments[index]];
        let cells = Rows::of(line, delimiter).rows.first().map_or(0, Vec::len);
        // One cell is one cell in every comment: there the header is a word.
        let is_word = !line.starts_with("##") && !line.trim_start_matches('#').starts_with(char::is_whitespace);
        cells == width && (width > 1 || is_word)
    };
    (0..comments.len()).rev().take_while(fits).last().map(start)
}

/// The first lines.
fn beginning(text: &str) -> &str {
    let mut length = 0;
    for (count, line) in text.split_inclusive('\n').enumerate() {
        if count == LINES || (count > 2 && length + line.len() > BYTES) {
            break;
        }
        length += line.len();
    }
    &text[..length]
}

/// How many lines a text ends.
fn lines(text: &str) -> u64 {
    memchr::memchr_iter(b'\n', text.as_bytes()).count() as u64
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;

    #[test]
    fn what_stands_above_a_table_is_passed_over() {
        for (text, table, header) in [
            ("\n \nimage,truth\na,Apis\n", "image,truth\na,Apis\n", true),
            ("sep=;\nimage;truth\na;Apis\n", "image;truth\na;Apis\n", true),
            ("\"sep=,\"\r\nimage,truth\r\na,Apis\r\n", "image,truth\r\na,Apis\r\n", true),
            ("# Constructed from biom file\n#OTU ID\ttaxonomy\nO1\tk__Fungi\n", "#OTU ID\ttaxonomy\nO1\tk__Fungi\n", true),
            ("# image,label\na,Apis\n", "# image,label\na,Apis\n", true),
            ("# made by hand\nimage,label\na,Apis\n", "image,label\na,Apis\n", true),
            ("# one\n# two\n\nimage,label\na,Apis\n", "image,label\na,Apis\n", true),
            ("#species\nApis\n", "#species\nApis\n", true),
            ("#1.jpg,Apis\n#2.jpg,Apis\n", "#1.jpg,Apis\n#2.jpg,Apis\n", false),
            ("image,label\n#1,Apis\n", "image,label\n#1,Apis\n", true),
        ] {
            let found = Delimited::of(text);
            assert_eq!((&*found.text, found.header), (table, header), "{text:?}");
        }
        // Nothing says that this is the word of Excel.
        assert_eq!(Delimited::of("sep=x,truth\na,Apis\n").text, "sep=x,truth\na,Apis\n");
    }

    #[test]
    fn rows_keep_the_lines_of_their_file() {
        let found = Delimited::of("\n# note\nimage,label\na,Apis\n\n,\nb,Apis\n");
        assert_eq!(found.record_lines().unwrap(), [4, 7]);
        let found = Delimited::of("image,label\r\na,Apis\r\n\r\nb,Apis\r\n");
        assert_eq!(found.record_lines().unwrap(), [2, 4]);
        let ragged = Delimited::of("# note\nimage,label\na,Apis\nb\n").ragged_line().unwrap();
        assert_eq!(ragged, (Some(4), "1 cell where the first line has 2; quote cells that hold the delimiter".to_string()));
    }

    #[test]
    fn names_of_rows_are_a_column_without_a_name() {
        for text in [
            "\"image\" \"truth\"\n\"1\" \"a.jpg\" \"Apis mellifera\"\n",
            "\"image\"\t\"truth\"\n\"1\"\t\"a.jpg\"\t\"Apis mellifera\"\n",
        ] {
            let found = Delimited::of(text);
            let rows = Rows::of(&found.text, found.delimiter).rows;
            assert_eq!(rows, [["", "image", "truth"], ["1", "a.jpg", "Apis mellifera"]], "{text}");
            assert_eq!((found.quote, found.header), (Some(b'"'), true));
        }
    }
}
