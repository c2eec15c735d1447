//! Whether the first line of a table names its columns.

use super::lineage;
use super::words::{Word, is_image, is_media_file, normalised, squashed, word};

/// What stands for "no answer" in what classifiers write.
const NO_HITS: [&str; 3] = ["unassigned", "no blast hit", "unclassified"];

/// Words of columns that are cells of data as well.
const ALSO_CELLS: [&str; 9] = ["true", "real", "correct", "human", "manual", "auto", "automatic", "machine", "text"];

/// Whether the cells of the first line name columns, and are no row like those below.
pub(super) fn names_columns(first: &[String], below: &[Vec<String>]) -> bool {
    let cells: Vec<&str> = first.iter().map(|cell| cell.trim().trim_matches('"')).collect();
    if cells.iter().any(|cell| is_image(cell)) {
        return true;
    }
    if cells.iter().any(|cell| is_media_file(cell)) && !cells.iter().any(|cell| is_name_of_column(cell)) {
        return false;
    }
    cells.len() < 2 || !(cells.iter().any(|cell| is_value(cell)) || is_row_like(&cells, below))
}

/// A number, a lineage or a "no hit": no column is called so.
fn is_value(cell: &str) -> bool {
    let number = !cell.is_empty() && cell.parse::<f64>().is_ok();
    number || NO_HITS.contains(&cell.to_lowercase().as_str()) || lineage::has_prefixes(cell) || is_sintax(cell)
}

/// A lineage as `sintax` writes it: `d:Bacteria(1.00),p:Firmicutes(0.99)`.
fn is_sintax(cell: &str) -> bool {
    let cell = cell.strip_prefix("tax=").unwrap_or(cell).as_bytes();
    matches!(cell, [rank, b':', name, ..] if b"dkpcofgs".contains(rank) && name.is_ascii_alphabetic())
}

/// Whether a whole cell is a word for truths, answers, names or scores.
fn is_name_of_column(cell: &str) -> bool {
    let whole = squashed(cell);
    let said = word(&whole, &normalised(cell));
    matches!(said, Some(Word::Truth | Word::Predicted | Word::Noun | Word::Common | Word::Score))
        && !ALSO_CELLS.contains(&whole.as_str())
}

/// Whether any part of a cell is a word that names of columns are made of.
fn has_word_of_column(cell: &str) -> bool {
    let part = |part: &str| {
        let part = part.trim_matches(char::is_numeric);
        part.chars().count() > 1 && (is_image(part) || !matches!(word(part, part), None | Some(Word::Glue)))
    };
    is_image(cell) || normalised(cell).split('_').any(part)
}

/// What a cell looks like.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Looks {
    /// `Animalia;Chordata`
    Lineage,
    /// `IMG_001`, `ASV1`: a word with digits.
    Code,
    /// `Apis mellifera`
    Name,
    Number,
    Other,
}

fn looks(cell: &str) -> Looks {
    let mut words = cell.split(' ');
    let is_name = words.next().is_some_and(|genus| genus.len() > 1 && genus.starts_with(char::is_uppercase))
        && words
            .next()
            .is_some_and(|epithet| epithet.len() > 1 && epithet.chars().all(|letter| letter.is_lowercase() || letter == '-'));
    if cell.parse::<f64>().is_ok() {
        Looks::Number
    } else if cell.contains([';', '|']) {
        Looks::Lineage
    } else if !cell.contains(char::is_whitespace) && cell.contains(|letter: char| letter.is_ascii_digit()) {
        Looks::Code
    } else if is_name {
        Looks::Name
    } else {
        Looks::Other
    }
}

/// Whether a first line is a row like those below: each of its cells looks like those under it, one of them like
/// nothing that a column is called, and none holds a word that columns are called by.
fn is_row_like(cells: &[&str], below: &[Vec<String>]) -> bool {
    let alike = |(at, cell): (usize, &&str)| {
        let own = looks(cell);
        below.iter().filter_map(|row| row.get(at)).map(|other| other.trim()).all(|other| other.is_empty() || looks(other) == own)
    };
    // `IMG_1` above `IMG_2` is no name, though `img` is.
    let is_numbered = |at: usize, cell: &str| {
        let stem = |cell: &str| cell.trim().replace(|letter: char| letter.is_ascii_digit(), "");
        let next = below.first().and_then(|row| row.get(at)).map(|next| stem(next));
        next.is_some_and(|next| next.len() < cell.len() && next == stem(cell))
    };
    !below.is_empty()
        && cells.iter().any(|cell| matches!(looks(cell), Looks::Code | Looks::Lineage))
        && cells.iter().enumerate().all(alike)
        && !cells.iter().enumerate().any(|(at, cell)| has_word_of_column(cell) && !is_numbered(at, cell))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(table: &str) -> bool {
        let rows: Vec<Vec<String>> = table.lines().map(|line| line.split(',').map(ToString::to_string).collect()).collect();
        names_columns(&rows[0], &rows[1..])
    }

    #[test]
    fn names_of_columns_are_told_from_rows() {
        for table in [
            "image,truth,predicted\n1.jpg,Apis mellifera,Apis mellifera",
            // A column for each class, called by the class.
            "image,true_label,Apis mellifera,Bombus terrestris\n1.jpg,Apis mellifera,0.8,0.2",
            "image,top_1,2023\n1.jpg,Apis mellifera,x",
            "verity,guess\nwood,barn",
            "Site 1,Site 2\nApis mellifera,Bombus terrestris",
            "pred1,pred2\nsp1,sp2",
            "sample_1,Scientific name\ns1,Apis mellifera",
            "species\nApis mellifera",
            "truth,a.jpg\nApis mellifera,x",
        ] {
            assert!(header(table), "{table}");
        }
        for table in [
            "OTU1,k__Fungi;p__Ascomycota\nOTU2,k__Fungi",
            "ASV1,Bacteria;Firmicutes\nASV2,Bacteria;Bacteroidota",
            "ASV1,d:Bacteria(1.00),+\nASV2,d:Bacteria(0.90),+",
            "photos/1.jpg,Apis mellifera\nphotos/2.jpg,Bombus terrestris",
            "1.jpg,Apis mellifera,True\n2.jpg,Apis mellifera,False",
            "IMG_1,Apis mellifera\nIMG_2,Bombus terrestris",
            "read1,1423,150\nread2,562,150",
            "OTU1,Unassigned\nOTU2,k__Fungi",
            "1.jpg\n2.jpg",
        ] {
            assert!(!header(table), "{table}");
        }
    }
}
