//! The column of scientific names: by its header, or by what is in it.

use super::columns::column;
use super::rows::{Dialect, header_cells};
use crate::taxonomy::name;
use crate::taxonomy::name::vernacular::{Sign, is_latin, sign};

/// Columns that hold the name of a row whatever else there is, the surest first.
const SURE: &[&str] = &[
    "scientificname",
    "sciname",
    "searchspecies",
    "gbifspecies",
    "lbnom",
    "canonicalname",
    "taxname",
    "fullspecies",
    "latinname",
    "latin",
    "binomial",
    "binomialname",
    "nomscientifique",
    "nomlatin",
    "nomvalide",
    "nomcomplet",
    "taxaname",
    "wissenschaftlichername",
    "nombrecientifico",
    "nomecientifico",
    "scientific",
    "acceptedname",
];

/// Columns that hold it where none says it better.
const LIKELY: &[&str] = &["taxonname", "taxon", "name", "nom", "label", "species(scientific)"];

/// How many lines are looked at.
const SAMPLE: usize = 200;

/// The column that the header calls that of names.
pub(super) fn by_header(header: &[String]) -> Option<usize> {
    column(header, SURE)
}

/// The column of names of a table without a column of species: by its header, or else the one whose cells are binomials.
pub(super) fn without_species(header: &[String], dialect: Dialect, begin: &str, taken: &[usize]) -> Option<usize> {
    if let Some(sure) = by_header(header) {
        return Some(sure);
    }
    let rows = sample(dialect, begin);
    let likely = column(header, LIKELY);
    let told = || {
        let free = (0..header.len()).filter(|place| !taken.contains(place));
        let scored = free.filter_map(|place| binomials(&rows, place).map(|score| (score, place)));
        // The first of two that are as good.
        scored.max_by_key(|&(score, place)| (score, std::cmp::Reverse(place))).map(|(_, place)| place)
    };
    likely.filter(|&place| binomials(&rows, place).is_some()).or_else(told).or(likely)
}

/// The cells of the first rows.
fn sample(dialect: Dialect, begin: &str) -> Vec<Vec<String>> {
    let lines: Vec<&str> = begin.lines().filter(|line| !line.trim().is_empty() && !line.starts_with('#')).collect();
    // The last line may be cut off.
    let whole = if begin.ends_with('\n') || lines.len() < 3 { lines.len() } else { lines.len() - 1 };
    lines[..whole].iter().skip(1).take(SAMPLE).map(|line| header_cells(line, dialect)).collect()
}

/// How many cells of a column are binomials of Latin words; `None` where most are not.
fn binomials(rows: &[Vec<String>], place: usize) -> Option<usize> {
    let cells = || rows.iter().filter_map(|row| row.get(place)).filter(|cell| !name::is_missing(cell));
    let (all, latin) = (cells().count(), cells().filter(|cell| is_latin_binomial(cell)).count());
    (all > 0 && latin * 10 >= all * 6).then_some(latin)
}

/// `Struthio camelus`, and not `Common ostrich`.
fn is_latin_binomial(cell: &str) -> bool {
    let binomial = name::parse(cell).and_then(|parsed| parsed.binomial());
    let has_epithet = |binomial: String| binomial.rsplit(' ').next().is_some_and(is_latin);
    cell.starts_with(char::is_uppercase) && sign(cell) == Sign::Nothing && binomial.is_some_and(has_epithet)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn header(text: &str) -> Vec<String> {
        text.split(',').map(str::to_string).collect()
    }

    #[test]
    fn names_are_told_by_what_is_in_a_column() {
        let text =
            "seq,Order,IOC,English\n1,Struthioniformes,Struthio camelus,Common ostrich\n2,Anseriformes,Anas acuta,Pintail\n";
        let found = without_species(&header("seq,Order,IOC,English"), Dialect::of_head(text), text, &[1]);
        assert_eq!(found, Some(2));
        let text = "Order,English\nCarnivora,Red fox\nCarnivora,Grey wolf\n";
        assert_eq!(without_species(&header("Order,English"), Dialect::of_head(text), text, &[0]), None);
        assert_eq!(without_species(&header("famille,Nom latin"), Dialect::of_head(""), "", &[0]), Some(1));
    }
}
