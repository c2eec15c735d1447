//! What stands between two cells: told by the first rows together, not by the header alone.

use super::words::{is_image, is_media_file};
use super::{aligned, lineage};

/// What may stand between cells.
const DELIMITERS: [u8; 4] = [b',', b'\t', b';', b'|'];

/// Stands between the cells of a table of one column: no text holds it.
const NOTHING: u8 = 0x1f;

/// How lines are cut into cells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Cut {
    /// At a delimiter.
    At(u8),
    /// At a delimiter, and each row begins with its name, of which the header says nothing.
    BehindNames(u8),
    /// At runs of spaces.
    AtSpaces,
}

/// The first rows of a text, cut at one delimiter.
pub(super) struct Rows {
    delimiter: u8,
    pub(super) rows: Vec<Vec<String>>,
}

impl Rows {
    pub(super) fn of(sample: &str, delimiter: u8) -> Rows {
        let quote = quote(sample, delimiter);
        let mut reader = csv::ReaderBuilder::new()
            .delimiter(delimiter)
            .quoting(quote.is_some())
            .quote(quote.unwrap_or(b'"'))
            .has_headers(false)
            .flexible(true)
            .from_reader(sample.as_bytes());
        let cells = |record: csv::StringRecord| -> Vec<String> { record.iter().map(ToString::to_string).collect() };
        Rows { delimiter, rows: reader.records().map_while(Result::ok).map(cells).collect() }
    }

    fn width(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// Whether all rows have as many cells, and more than one.
    fn is_even(&self) -> bool {
        self.width() > 1 && self.rows.iter().all(|row| row.len() == self.width())
    }

    /// The number of cells that most rows have, with the number of those rows.
    fn usual(&self) -> (usize, usize) {
        let rows_of = |width: usize| self.rows.iter().filter(|row| row.len() == width).count();
        self.rows.iter().map(|row| (row.len(), rows_of(row.len()))).max_by_key(|&(_, rows)| rows).unwrap_or_default()
    }

    /// Whether most rows have as many cells, and more than one.
    fn is_mostly_even(&self) -> bool {
        let (width, rows) = self.usual();
        width > 1 && rows * 2 >= self.rows.len()
    }

    /// Whether every row begins with its name, as R's `write.table` leaves them: one cell more than the header has. A cell
    /// too many looks the same, so that it takes quotes around everything, or rows that are counted and photographs that
    /// stand one cell behind their header.
    fn has_row_names(&self, sample: &str) -> bool {
        let Some((names, rows)) = self.rows.split_first() else { return false };
        let is_longer = |row: &Vec<String>| row.len() == names.len() + 1 && row.last().is_some_and(|cell| !cell.is_empty());
        if names.is_empty() || rows.is_empty() || !rows.iter().all(is_longer) {
            return false;
        }
        let mut lines = sample.lines();
        let quoted = |cell: &str| cell.len() > 1 && cell.starts_with('"') && cell.ends_with('"');
        let header = lines.next().unwrap_or_default().trim_end();
        let are_quoted =
            header.split(char::from(self.delimiter)).all(quoted) && lines.all(|line| line.is_empty() || line.starts_with('"'));
        let are_counted = rows.iter().zip(1..).all(|(row, count): (_, usize)| row[0].parse() == Ok(count));
        let behind = |(at, name): (usize, &String)| {
            is_image(name) && rows.iter().all(|row| is_media_file(&row[at + 1]) && !is_media_file(&row[at]))
        };
        are_quoted || are_counted && names.iter().enumerate().any(behind)
    }

    /// Whether two cells of a row are steps of one lineage: it was cut into pieces.
    fn cuts_lineages(&self) -> bool {
        self.rows.iter().any(|row| row.iter().filter(|cell| lineage::has_prefixes(cell)).count() > 1)
    }

    /// Whether the first row has the name of a column of images, or an image.
    fn shows_images(&self) -> bool {
        self.rows.first().is_some_and(|row| row.iter().any(|cell| is_image(cell) || is_media_file(cell)))
    }
}

/// How the lines of a text are cut, by its beginning.
pub(super) fn cut(sample: &str) -> Cut {
    let all = DELIMITERS.map(|delimiter| Rows::of(sample, delimiter));
    let named = |rows: &&Rows| rows.has_row_names(sample);
    let mut even: Vec<&Rows> = all.iter().filter(|rows| rows.is_even() || named(rows)).collect();
    if even.is_empty() {
        let header_is_cut = all.iter().any(|rows| rows.width() > 1);
        return if !header_is_cut && aligned::is_aligned(sample) { Cut::AtSpaces } else { Cut::At(uneven(&all)) };
    }
    if even.len() > 1 && holds_decimal_commas(sample) {
        even.retain(|rows| rows.delimiter != b',');
    }
    let whole: Vec<&Rows> = even.iter().copied().filter(|rows| !rows.cuts_lineages()).collect();
    if !whole.is_empty() {
        even = whole;
    }
    let tab = even.iter().copied().find(|rows| rows.delimiter == b'\t');
    // Of several, the one that shows images, then the one with most cells, then the first.
    let key = |rows: &&&Rows| (rows.shows_images(), rows.width());
    let best = tab.or_else(|| even.iter().rev().max_by_key(key).copied());
    match best {
        Some(rows) if !rows.is_even() => Cut::BehindNames(rows.delimiter),
        Some(rows) => Cut::At(rows.delimiter),
        None => Cut::At(b','),
    }
}

/// The delimiter of a text that is even with none: what most rows agree on; where it is one column, none.
fn uneven(all: &[Rows]) -> u8 {
    let with_header = all.iter().rev().filter(|rows| rows.width() > 1 && rows.is_mostly_even());
    if let Some(rows) = with_header.max_by_key(|rows| (rows.usual().1, rows.width())) {
        return rows.delimiter;
    }
    if let Some(rows) = all.iter().rev().filter(|rows| rows.width() > 1).max_by_key(|rows| rows.width()) {
        return rows.delimiter;
    }
    // A title above the header: to be refused. Lineages below the name of their only column are whole.
    let below_title = all.iter().find(|rows| matches!(rows.delimiter, b',' | b'\t') && rows.is_mostly_even());
    below_title.map_or(NOTHING, |rows| rows.delimiter)
}

/// Whether every comma stands between two digits, and there is one.
fn holds_decimal_commas(sample: &str) -> bool {
    let bytes = sample.as_bytes();
    let is_digit = |at: Option<usize>| at.and_then(|at| bytes.get(at)).is_some_and(u8::is_ascii_digit);
    let mut commas = memchr::memchr_iter(b',', bytes).peekable();
    commas.peek().is_some() && commas.all(|at| is_digit(at.checked_sub(1)) && is_digit(Some(at + 1)))
}

/// What stands around cells that hold the delimiter. Files with tabs are often written without quotes: a lone `"` there
/// is a letter. A single quote is one where all cells of the first line stand in them.
pub(super) fn quote(text: &str, delimiter: u8) -> Option<u8> {
    let first = text.lines().next().unwrap_or_default().trim_end();
    let single = |cell: &str| cell.len() > 1 && cell.starts_with('\'') && cell.ends_with('\'');
    let between = char::from(delimiter);
    if first.contains(between) && first.split(between).all(single) {
        return Some(b'\'');
    }
    if !matches!(delimiter, b'\t' | NOTHING) {
        return Some(b'"');
    }
    // Downloads of GBIF have no quotes: `"Lynx" lynx` is a name as somebody wrote it.
    if first.starts_with("gbifID\t") || first.starts_with("taxonKey\t") {
        return None;
    }
    let quotes = || memchr::memchr_iter(b'"', text.as_bytes()).count();
    let opens = || text.starts_with('"') || text.contains("\n\"") || text.contains(&format!("{between}\""));
    (opens() && quotes() % 2 == 0).then_some(b'"')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rows_say_what_stands_between_cells() {
        for (sample, expected) in [
            ("image,truth\na.jpg,Apis mellifera\n", Cut::At(b',')),
            ("image;truth;score\n1.jpg;Apis mellifera;0,9\n", Cut::At(b';')),
            ("1.jpg;Apis mellifera;0,9\n2.jpg;Apis cerana;0,1\n", Cut::At(b';')),
            ("image,truth\na.jpg,k__Fungi;p__Ascomycota\n", Cut::At(b',')),
            ("OTU1,k__Fungi;p__Ascomycota;c__X\nOTU2,k__Fungi;p__Ascomycota;c__X\n", Cut::At(b',')),
            ("a.jpg,Animalia;Chordata;Aves\nb.jpg,Animalia;Chordata;Aves\n", Cut::At(b',')),
            ("ASV1\td:B(1.0),p:F(1.0)\t+\nASV2\t\t\n", Cut::At(b'\t')),
            ("image\ttruth, or what is meant\na\tApis\n", Cut::At(b'\t')),
            ("image|truth\na|Apis\n", Cut::At(b'|')),
            ("species\nCarex nigra (L.) Reichard\nPoa, annua\nPoa\n", Cut::At(NOTHING)),
            ("Taxon\nk__Fungi;p__Ascomycota\nk__Fungi;p__Basidiomycota\n", Cut::At(NOTHING)),
            ("image,truth,predicted\na,Felis catus,Felis catus\nb,Felis\n", Cut::At(b',')),
            ("image,truth,predicted\na,Felis catus,Felis catus,x\n", Cut::At(b',')),
            ("Predictions\nimage,truth\na,Apis\n", Cut::At(b',')),
            ("\"image\",\"truth\"\n\"1\",\"a\",\"Apis\"\n", Cut::BehindNames(b',')),
            ("image,truth\n1,a.jpg,Apis\n2,b.jpg,Apis\n", Cut::BehindNames(b',')),
            ("image,truth\n1,Apis,x\n2,Apis,y\n", Cut::At(b',')),
            ("\"image\",\"truth\"\n\"a\",\"Apis\",\n", Cut::At(b',')),
            ("\"image\" \"truth\"\n\"a\" \"Apis\"\n", Cut::AtSpaces),
            ("image truth\na Apis\n", Cut::At(NOTHING)),
        ] {
            assert_eq!(cut(sample), expected, "{sample:?}");
        }
    }

    #[test]
    fn quotes_are_what_the_file_makes_of_them() {
        assert_eq!(quote("'image','truth'\n'a','Carex, x'\n", b','), Some(b'\''));
        assert_eq!(quote("image,'truth'\na,b\n", b','), Some(b'"'));
        assert_eq!(quote("image\ttruth\na\tLynx \"lynx\n", b'\t'), None);
        assert_eq!(quote("image\ttruth\na\t\"Lynx\tlynx\"\n", b'\t'), Some(b'"'));
        assert_eq!(quote("gbifID\tverbatimScientificName\n1\t\"Lynx\" lynx\n", b'\t'), None);
    }
}
