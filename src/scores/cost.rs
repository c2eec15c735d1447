//! What a mistake costs its user: poisonous taken for edible, a quarantine pest taken for harmless.

use crate::answers::non_taxon::{ANIMAL, NonTaxonWords};
use crate::numbers::counted::counted;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::HashMap;
use std::io;
use std::path::{Path, PathBuf};

/// Cost of a mistake that no entry covers.
pub const OTHER: f64 = 1.0;

/// An entry: truths in one clade that are answered in another.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Entry {
    /// The clade of the truth.
    pub truth: TaxonId,
    /// The clade of the answer.
    pub answer: TaxonId,
    /// What one image costs, 0 or more.
    pub cost: f64,
}

/// Costs of mistakes by clades.
///
/// An entry holds for all truths in its first clade that are answered in its second. Of several
/// the one of the smallest clades holds (most steps from the root to both), of equals that of the
/// smaller clade of truths. A mistake without an entry costs [`OTHER`]; `root` stands for
/// everything, so `root,root,0` makes all others free. A right answer costs nothing.
#[derive(Debug, Clone)]
pub struct CostMatrix {
    entries: Vec<Entry>,
    by_clades: HashMap<(TaxonId, TaxonId), usize>,
    /// Of classes that are no taxa, in the order of the file.
    classes: Vec<ClassEntry>,
}

/// An entry of classes that are no taxa: `animal,blank,5` is an animal that is answered to be none.
#[derive(Debug, Clone, PartialEq)]
pub struct ClassEntry {
    /// What is shown.
    pub truth: String,
    /// What is answered.
    pub answer: String,
    /// What one image costs, 0 or more.
    pub cost: f64,
}

/// Why a file of pairs of taxa cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum PairsError {
    #[error("cannot read '{}': {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}:{line}: {what}", path.display())]
    Row { path: PathBuf, line: u64, what: String },
}

impl CostMatrix {
    /// Reads a CSV with the columns truth, answer and cost, in this order, with or without a header.
    ///
    /// # Errors
    ///
    /// [`PairsError`]: an unknown or ambiguous taxon, a cost that is no number of 0 or more, a pair
    /// that stands twice with different costs, no row.
    pub fn read(path: &Path, taxonomy: &Taxonomy) -> Result<Self, PairsError> {
        Self::read_beside(path, taxonomy, NonTaxonWords::default().names())
    }

    /// [`Self::read`], where pairs of `animal` and of these classes cost as well.
    ///
    /// # Errors
    ///
    /// As [`Self::read`].
    pub fn read_beside(path: &Path, taxonomy: &Taxonomy, classes: &[String]) -> Result<Self, PairsError> {
        let mut matrix = Self { entries: vec![], by_clades: HashMap::new(), classes: vec![] };
        for row in rows::<3>(path)? {
            let fail = |what: String| PairsError::Row { path: path.to_path_buf(), line: row.line, what };
            let Some(cost) = number(&row.cells[2]).filter(|cost| cost.is_finite() && *cost >= 0.0) else {
                if row.is_first && row.cells[..2].iter().all(|cell| taxon(taxonomy, cell).is_err()) {
                    continue;
                }
                return Err(fail(format!("the cost '{}' is no number of 0 or more; write it as 0.5 or 1000", row.cells[2])));
            };
            let [truth, answer, _] = &row.cells;
            if let (Some(truth), Some(answer)) = (class(taxonomy, truth, classes), class(taxonomy, answer, classes)) {
                matrix.add_class(ClassEntry { truth, answer, cost }).map_err(fail)?;
                continue;
            }
            let truth = taxon(taxonomy, truth).map_err(fail)?;
            let answer = taxon(taxonomy, answer).map_err(fail)?;
            let known = *matrix.by_clades.entry((truth, answer)).or_insert(matrix.entries.len());
            match matrix.entries.get(known) {
                None => matrix.entries.push(Entry { truth, answer, cost }),
                Some(other) if (other.cost - cost).abs() > 0.0 => {
                    let [truth, answer, _] = &row.cells;
                    return Err(fail(format!("'{truth}' answered '{answer}' costs {cost} here and {} above", other.cost)));
                }
                Some(_) => {}
            }
        }
        if matrix.entries.is_empty() && matrix.classes.is_empty() {
            let what = "no row with a cost: give 'truth,answer,cost'".to_string();
            return Err(PairsError::Row { path: path.to_path_buf(), line: 1, what });
        }
        Ok(matrix)
    }

    /// The entries, in the order of the file.
    #[must_use]
    pub fn entries(&self) -> &[Entry] {
        &self.entries
    }

    /// The entries of classes that are no taxa, in the order of the file.
    #[must_use]
    pub fn classes(&self) -> &[ClassEntry] {
        &self.classes
    }

    fn add_class(&mut self, entry: ClassEntry) -> Result<(), String> {
        let ClassEntry { truth, answer, cost } = &entry;
        if truth == answer {
            return Err(format!("'{truth}' answered '{answer}' is right, and costs nothing; leave it out"));
        }
        match self.classes.iter().find(|known| known.truth == *truth && known.answer == *answer) {
            None => self.classes.push(entry),
            Some(other) if (other.cost - cost).abs() > 0.0 => {
                return Err(format!("'{truth}' answered '{answer}' costs {cost} here and {} above", other.cost));
            }
            Some(_) => {}
        }
        Ok(())
    }

    /// The entry that holds for a mistake; `None` if none does.
    #[must_use]
    pub fn entry(&self, taxonomy: &Taxonomy, truth: TaxonId, answer: TaxonId) -> Option<usize> {
        let mut best: Option<((u32, u32), usize)> = None;
        for above_truth in taxonomy.lineage(truth) {
            for above_answer in taxonomy.lineage(answer) {
                if let Some(&entry) = self.by_clades.get(&(above_truth, above_answer)) {
                    let truth_depth = taxonomy.depth(above_truth);
                    let key = (truth_depth + taxonomy.depth(above_answer), truth_depth);
                    best = best.max(Some((key, entry)));
                }
            }
        }
        best.map(|(_, entry)| entry)
    }

    /// Cost of answering `answer` where `truth` is right, given that this is a mistake.
    #[must_use]
    pub fn cost(&self, taxonomy: &Taxonomy, truth: TaxonId, answer: TaxonId) -> f64 {
        self.entry(taxonomy, truth, answer).map_or(OTHER, |entry| self.entries[entry].cost)
    }
}

/// Pairs of taxa that look alike: taking one for the other is acceptable. A taxon stands for its clade.
#[derive(Debug, Clone)]
pub struct LookAlikes(Vec<(TaxonId, TaxonId)>);

impl LookAlikes {
    /// Reads a CSV of two columns, with or without a header.
    ///
    /// # Errors
    ///
    /// [`PairsError`]: an unknown or ambiguous taxon, no row.
    pub fn read(path: &Path, taxonomy: &Taxonomy) -> Result<Self, PairsError> {
        let mut pairs = vec![];
        for row in rows::<2>(path)? {
            match (taxon(taxonomy, &row.cells[0]), taxon(taxonomy, &row.cells[1])) {
                (Ok(one), Ok(other)) => pairs.push((one, other)),
                // A header is a first row of which neither cell is a taxon.
                (Err(_), Err(_)) if row.is_first => {}
                (Err(what), _) | (_, Err(what)) => {
                    return Err(PairsError::Row { path: path.to_path_buf(), line: row.line, what });
                }
            }
        }
        if pairs.is_empty() {
            let what = "no pair of taxa".to_string();
            return Err(PairsError::Row { path: path.to_path_buf(), line: 1, what });
        }
        Ok(Self(pairs))
    }

    /// Whether two taxa are listed, in either order.
    #[must_use]
    pub fn hold(&self, taxonomy: &Taxonomy, a: TaxonId, b: TaxonId) -> bool {
        self.0.iter().any(|&(one, other)| {
            (taxonomy.contains(one, a) && taxonomy.contains(other, b))
                || (taxonomy.contains(one, b) && taxonomy.contains(other, a))
        })
    }
}

/// A row of a small CSV.
pub(super) struct CsvRow<const N: usize> {
    pub line: u64,
    pub is_first: bool,
    pub cells: [String; N],
}

/// All rows of a CSV of `N` columns.
pub(super) fn rows<const N: usize>(path: &Path) -> Result<Vec<CsvRow<N>>, PairsError> {
    let text = text(path).map_err(|source| PairsError::File { path: path.to_path_buf(), source })?;
    let text = text.trim_start_matches('\u{feff}');
    let mut rows = vec![];
    for record in reader(text, delimiter::<N>(text)).records() {
        let fail = |line: u64, what: String| PairsError::Row { path: path.to_path_buf(), line, what };
        let record = record.map_err(|error| fail(error.position().map_or(0, csv::Position::line), error.to_string()))?;
        let line = record.position().map_or(0, csv::Position::line);
        let cells: Vec<String> = record.iter().map(str::to_string).collect();
        // What Excel writes above a table to say what separates its cells.
        if rows.is_empty() && cells.first().is_some_and(|cell| cell.starts_with("sep=")) {
            continue;
        }
        let found = counted(cells.len(), "cell", "cells");
        let expected = || format!("{found} where {N} were expected, separated by commas, semicolons or tabs");
        let cells = <[String; N]>::try_from(cells).map_err(|_| fail(line, expected()))?;
        rows.push(CsvRow { line, is_first: rows.is_empty(), cells });
    }
    Ok(rows)
}

/// The text of a small CSV; what is given instead is named.
fn text(path: &Path) -> io::Result<String> {
    let bytes = crate::files::regular_file::read(path)?;
    if bytes.starts_with(b"PK\x03\x04") || bytes.starts_with(b"\xd0\xcf\x11\xe0") {
        return Err(io::Error::other("it is a workbook or a zip; save its table as CSV"));
    }
    String::from_utf8(bytes).map_err(|_| io::Error::other("its text is not UTF-8; save it as CSV in UTF-8"))
}

fn reader(text: &str, delimiter: u8) -> csv::Reader<&[u8]> {
    csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes())
}

/// What separates the cells: the mark that makes `N` of the most lines, of several the first of comma, tab and semicolon, for
/// lineages are joined with semicolons.
fn delimiter<const N: usize>(text: &str) -> u8 {
    let whole = |mark: &u8| {
        let records = reader(text, *mark).into_records();
        records.filter(|record| record.as_ref().is_ok_and(|record| record.len() == N)).count()
    };
    // The last of the largest is taken.
    [b';', b'\t', b','].into_iter().max_by_key(whole).unwrap_or(b',')
}

/// A number, with a decimal comma where semicolons or tabs separate the cells; `1,000` may be a thousand or one, and is none.
fn number(text: &str) -> Option<f64> {
    match text.split_once(',') {
        None => text.parse().ok(),
        Some((whole, decimals)) if decimals.len() != 3 || matches!(whole, "" | "0") => format!("{whole}.{decimals}").parse().ok(),
        Some(_) => None,
    }
}

/// The class of a name that is no taxon's: `animal`, which all taxa are, or one of some.
fn class(taxonomy: &Taxonomy, text: &str, classes: &[String]) -> Option<String> {
    let name = text.to_lowercase();
    let is_class = name == ANIMAL || classes.contains(&name);
    (is_class && matches!(taxonomy.find(text), Found::Nothing)).then_some(name)
}

/// The one taxon of a name, an id or a lineage; `root` and `*` are the root.
pub(super) fn taxon(taxonomy: &Taxonomy, text: &str) -> Result<TaxonId, String> {
    if matches!(text.to_lowercase().as_str(), "root" | "*") {
        return Ok(TaxonId::ROOT);
    }
    match taxonomy.find(text) {
        Found::One(taxon) => Ok(taxon),
        Found::Several(several) => {
            let lineages: Vec<_> = several.iter().take(3).map(|taxon| taxonomy.lineage_string(*taxon, ";")).collect();
            Err(format!("'{text}' is several taxa: {}; give the lineage", lineages.join(" and ")))
        }
        Found::Nothing => Err(format!("'{text}' is not in the taxonomy{}", taxonomy.suggestion(text))),
    }
}
