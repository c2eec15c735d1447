//! Tables with a lineage in one cell: which column holds it, and what stands beside it.
//!
//! GTDB, Greengenes, QIIME 2, UNITE and MetaPhlAn write a prefix before every name (`g__Vibrio`); SILVA and mothur write the
//! names alone.

use super::columns;
use super::rows::{self, Dialect, Separator};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;

/// A beginning of so many bytes is not the whole file.
const LONG: usize = 60_000;

/// How many lines are looked at.
const SAMPLE: usize = 400;

/// Words that name a column of lineages, the surest first.
const LINEAGES: &[&str] = &["taxon", "taxonomy", "gtdbtaxonomy", "lineage", "classification", "path", "consensuslineage"];

/// What stands between the cells of a line.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Delimiter {
    Tab,
    Comma,
    /// A line is one cell.
    None,
}

/// A table with a column of lineages.
#[derive(Debug, Clone)]
pub(super) struct LineageTable {
    delimiter: Delimiter,
    column: usize,
    /// The column of the organism, which SILVA keeps beside its lineages.
    pub(super) organism: Option<usize>,
    /// The column of the ids of sequences.
    pub(super) id: Option<usize>,
    pub(super) has_header: bool,
    /// Whether names have prefixes that tell their ranks.
    pub(super) has_prefixes: bool,
    /// What the header calls the column.
    pub(super) called: Option<String>,
}

impl LineageTable {
    /// The table that a file begins with, where names have prefixes; `None` where it has none.
    pub(super) fn with_prefixes(begin: &str) -> Option<LineageTable> {
        LineageTable::of(begin, is_prefixed, 1)
    }

    /// The table that a file begins with, where lineages are names alone, beside ids.
    pub(super) fn with_names(begin: &str) -> Option<LineageTable> {
        LineageTable::of(begin, is_bare, 2)
    }

    fn of(begin: &str, is_lineage: fn(&str) -> bool, least_columns: usize) -> Option<LineageTable> {
        let lines = sample(begin);
        let delimiter = delimiter(&lines);
        let cells: Vec<Vec<String>> = lines.iter().map(|line| cut(line, delimiter)).collect();
        let (first, others) = cells.split_first()?;
        let data = if others.is_empty() { &cells[..] } else { others };
        let count = data.iter().map(Vec::len).max().unwrap_or(0);
        let half = |column: usize| {
            let of = data.iter().filter_map(|row| row.get(column)).filter(|cell| !name::is_missing(cell));
            let (all, lineages) = of.fold((0, 0), |(all, lineages), cell| (all + 1, lineages + usize::from(is_lineage(cell))));
            lineages > 0 && lineages * 2 >= all
        };
        let columns: Vec<usize> = (0..count).filter(|&column| half(column)).collect();
        if columns.is_empty() || count < least_columns {
            return None;
        }
        let named = LINEAGES.iter().find_map(|word| columns.iter().copied().find(|&column| spelt(first, column) == *word));
        let column = named.unwrap_or(columns[0]);
        let top = first.get(column)?;
        let has_header = !others.is_empty() && !is_lineage(top) && !name::is_missing(top);
        let is_other = || columns::main_ranks(first) > 1 || columns::is_photographs(first) || columns::is_checklist(first);
        if has_header && is_other() {
            return None;
        }
        let organism = if has_header { columns::column(first, &["organismname", "organism"]) } else { silva(data, column) };
        let id = (delimiter != Delimiter::None && column > 0).then_some(0);
        let called = has_header.then(|| top.clone());
        let has_prefixes = least_columns == 1;
        Some(LineageTable { delimiter, column, organism, id, has_header, has_prefixes, called })
    }

    /// The cells of a line.
    pub(super) fn cells(&self, line: &str) -> Vec<String> {
        cut(line, self.delimiter)
    }

    /// The lineage of a row.
    pub(super) fn lineage<'c>(&self, cells: &'c [String]) -> &'c str {
        cells.get(self.column).map_or("", |cell| cell.trim())
    }
}

/// The lines that are looked at: neither blank nor comments; a last one may be cut off.
fn sample(begin: &str) -> Vec<&str> {
    let lines: Vec<&str> = begin.lines().filter(|line| !is_passed_over(line)).collect();
    let is_cut = begin.len() >= LONG && !begin.ends_with('\n') && lines.len() > 1;
    let whole = if is_cut { lines.len() - 1 } else { lines.len() };
    lines.into_iter().take(whole.min(SAMPLE)).collect()
}

/// Whether a line is no row: blank, or a comment. The header of some tables begins with a `#` too.
pub(super) fn is_passed_over(line: &str) -> bool {
    line.trim().is_empty() || line.starts_with('#')
}

fn delimiter(lines: &[&str]) -> Delimiter {
    let most = |byte: char| lines.iter().filter(|line| line.contains(byte)).count() * 10 >= lines.len() * 9;
    if lines.is_empty() {
        Delimiter::None
    } else if most('\t') {
        Delimiter::Tab
    } else if most(',') {
        Delimiter::Comma
    } else {
        Delimiter::None
    }
}

fn cut(line: &str, delimiter: Delimiter) -> Vec<String> {
    let unquoted = |cell: &str| {
        let cell = cell.trim();
        cell.strip_prefix('"').and_then(|cell| cell.strip_suffix('"')).unwrap_or(cell).to_string()
    };
    match delimiter {
        Delimiter::Tab => line.split('\t').map(unquoted).collect(),
        Delimiter::Comma => {
            let dialect = Dialect { separator: Separator::Byte(b','), quote: Some(b'"'), header_lines: 0, comments: false };
            rows::header_cells(line, dialect)
        }
        Delimiter::None => vec![unquoted(line)],
    }
}

fn spelt(header: &[String], column: usize) -> String {
    header.get(column).map(|cell| cell.trim().to_lowercase().replace([' ', '_', '-'], "")).unwrap_or_default()
}

/// The rank and the name of a step with a prefix: `g__Vibrio`, `sk__Eukaryota`.
pub(super) fn prefixed(step: &str) -> Option<(Rank, &str)> {
    let (prefix, name) = step.trim().split_once("__")?;
    let rank = match prefix {
        "sk" => Some(Rank::Superkingdom),
        // Strains.
        "t" => Some(Rank::Unranked),
        _ if prefix.len() == 1 => Rank::parse(prefix),
        _ => None,
    };
    rank.map(|rank| (rank, name.trim()))
}

/// The steps of a lineage; what ends in a separator has no empty step at its end.
pub(super) fn steps(lineage: &str) -> Vec<&str> {
    let lineage = lineage.trim().trim_end_matches([';', '|']);
    lineage.split([';', '|']).map(str::trim).collect()
}

/// Whether every step has a prefix, and there are several.
fn is_prefixed(cell: &str) -> bool {
    let steps = steps(cell);
    steps.len() > 1 && steps.iter().all(|step| prefixed(step).is_some())
}

/// Whether a cell is several names between semicolons, and no list of values.
fn is_bare(cell: &str) -> bool {
    let steps = steps(cell);
    let is_name = |step: &&str| step.chars().next().is_some_and(char::is_alphabetic) && !step.contains(['=', '"', '\t']);
    let single = steps.iter().filter(|step| !step.contains(' ')).count();
    let begins = steps[0].starts_with(char::is_uppercase) && !steps[0].contains(' ');
    steps.len() > 1 && begins && single * 2 >= steps.len() && steps.iter().all(is_name) && cell.contains(';')
}

/// The column behind the lineages, where the file has no header: that of the organism.
fn silva(data: &[Vec<String>], column: usize) -> Option<usize> {
    let place = column + 1;
    let cells = || data.iter().filter_map(|row| row.get(place));
    let is_text = |cell: &&String| cell.chars().next().is_some_and(char::is_alphabetic);
    (cells().count() > 0 && cells().filter(is_text).count() * 2 >= cells().count()).then_some(place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_column_of_lineages_is_found() {
        let qiime = "Feature ID\tTaxon\tConfidence\na\tUnassigned\t0.9\nb\td__Bacteria; p__Bacillota\t0.8\n";
        let table = LineageTable::with_prefixes(qiime).expect("a table");
        assert_eq!((table.column, table.id, table.has_header), (1, Some(0), true));
        assert_eq!(table.called.as_deref(), Some("Taxon"));
        let commas = LineageTable::with_prefixes("Feature ID,Taxon\na,\"d__Bacteria; p__Bacillota\"\n").expect("a table");
        assert_eq!(commas.lineage(&commas.cells("a,\"d__Bacteria; p__X\"")), "d__Bacteria; p__X");
        let alone = LineageTable::with_prefixes("d__Bacteria;p__Bacillota;c__Bacilli\n").expect("a table");
        assert_eq!((alone.column, alone.id, alone.has_header), (0, None, false));
        let silva = LineageTable::with_names("a.1.2\tBacteria;Bacillota;\tBacillus subtilis\n").expect("a table");
        assert_eq!((silva.column, silva.organism), (1, Some(2)));
        for text in [
            "kingdom;phylum;class\nAnimalia;Chordata;Aves\n",
            "id\tvalues\n1\t0.1;0.2\n",
            "filepath\ttaxonomy\na.jpg\tAnimalia;Chordata\n",
            "name\tothers\nParus major\tGreat tit;Kohlmeise\n",
        ] {
            assert!(LineageTable::with_names(text).is_none() && LineageTable::with_prefixes(text).is_none(), "{text}");
        }
    }
}
