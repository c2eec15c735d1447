//! Reads a taxonomy from a rank table or a parent–child list (CSV, TSV, `;` or `|`).
//!
//! A *rank table* has one column per rank and one row per taxon; a *parent–child list* has an id
//! and a parent column, or is two columns without a header. Lines that begin with `#` are comments.

use super::CommonNames;
use super::Taxonomy;
use super::build::{Place, Problem, TaxonRow, TaxonomyBuilder};
use super::shipped::MOST_LEVELS;
use crate::name;
use crate::rank::Rank;
use std::path::{Path, PathBuf};

/// Why a taxonomy could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file is missing or unreadable.
    #[error("{path}: cannot read the taxonomy: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The rows do not form a tree; every problem is listed.
    #[error("{path}: not a taxonomy, {} problem{}:\n{}", problems.len(), if problems.len() == 1 { "" } else { "s" }, list(problems))]
    Invalid {
        /// The file.
        path: PathBuf,
        /// All of them, by place.
        problems: Vec<Problem>,
    },
    /// The columns are of neither kind.
    #[error(
        "{path}: no rank column (kingdom … species) and no id and parent columns; found: {found}. \
         Name the columns by rank, or give 'id' and 'parent'"
    )]
    Columns {
        /// The file.
        path: PathBuf,
        /// The header.
        found: String,
    },
    /// The file holds no taxon.
    #[error("{path}: the taxonomy is empty")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// Too many levels to be scored against.
    #[error(
        "{path}: the tree has {levels} levels below its root; at most {MOST_LEVELS} are scored against: \
         leave out inner nodes that are no taxa"
    )]
    TooDeep {
        /// The file.
        path: PathBuf,
        /// How many it has.
        levels: u32,
    },
    /// A file of another format is faulty.
    #[error("{0}")]
    Import(String),
}

fn list(problems: &[Problem]) -> String {
    problems.iter().map(|problem| format!("  {problem}")).collect::<Vec<_>>().join("\n")
}

impl Taxonomy {
    /// Reads a taxonomy: a rank table or parent–child list strictly, any other format that
    /// [`import`](super::import) knows by its rules.
    ///
    /// # Errors
    ///
    /// [`ReadError`]; `Invalid` carries all problems with file and line.
    pub fn from_path(path: &Path) -> Result<Taxonomy, ReadError> {
        #[cfg(feature = "tables")]
        if super::import::is_foreign(path) {
            let import = super::import::Import::open(path, &super::import::ImportOptions::default());
            return import.map_err(|error| ReadError::Import(error.to_string()))?.taxonomy(path);
        }
        let bytes = crate::regular_file::read(path).map_err(|source| ReadError::Open { path: path.to_path_buf(), source })?;
        Taxonomy::from_bytes(&bytes, path)
    }

    /// Reads a taxonomy from the bytes of a file; `path` is for messages.
    ///
    /// # Errors
    ///
    /// As [`Taxonomy::from_path`].
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<Taxonomy, ReadError> {
        let invalid = |problems| ReadError::Invalid { path: path.to_path_buf(), problems };
        let file = path.file_name().map_or_else(|| path.display().to_string(), |name| name.to_string_lossy().into_owned());
        let text = match std::str::from_utf8(bytes) {
            Ok(text) => text.trim_start_matches('\u{feff}'),
            Err(error) => {
                let line = bytes[..error.valid_up_to()].iter().filter(|&&byte| byte == b'\n').count() as u64 + 1;
                let what = "not UTF-8 text; convert the file to UTF-8".to_string();
                return Err(invalid(vec![Problem::Row { place: Place { file, line }, what }]));
            }
        };
        let rows = rows(text, &file).map_err(|problem| invalid(vec![*problem]))?;
        let Some((header, rows)) = rows.split_first() else { return Err(ReadError::Empty { path: path.to_path_buf() }) };
        let builder = if let Some(columns) = ParentColumns::of(&header.cells) {
            columns.read(rows)
        } else if let Some(columns) = RankColumns::of(&header.cells) {
            columns.read(rows)
        } else if header.cells.len() == 2 && !header.cells.iter().any(String::is_empty) {
            pairs(std::iter::once(header).chain(rows))
        } else {
            let found = header.cells.iter().map(|cell| format!("'{cell}'")).collect::<Vec<_>>().join(", ");
            return Err(ReadError::Columns { path: path.to_path_buf(), found });
        };
        let taxonomy = builder.freeze().map_err(invalid)?;
        if taxonomy.is_empty() {
            return Err(ReadError::Empty { path: path.to_path_buf() });
        }
        Ok(taxonomy)
    }
}

struct Row {
    cells: Vec<String>,
    place: Place,
}

/// Splits a table into rows with their places; the delimiter is the one the first line has most of.
fn rows(text: &str, file: &str) -> Result<Vec<Row>, Box<Problem>> {
    let first = text.lines().find(|line| !line.starts_with('#') && !line.trim().is_empty()).unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|&byte| byte == delimiter).count();
    let delimiter = *[b',', b'\t', b';', b'|'].iter().max_by_key(|&&byte| (count(byte), byte == b',')).unwrap_or(&b',');
    let delimiter = if count(delimiter) == 0 { b' ' } else { delimiter };
    let mut reader = csv::ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .comment(Some(b'#'))
        .trim(csv::Trim::All)
        .from_reader(text.as_bytes());
    let mut rows: Vec<Row> = vec![];
    for record in reader.records() {
        let record = record.map_err(|error| {
            let line = error.position().map_or(0, csv::Position::line);
            Box::new(Problem::Row { place: Place { file: file.to_string(), line }, what: error.to_string() })
        })?;
        let place = Place { file: file.to_string(), line: record.position().map_or(0, csv::Position::line) };
        if record.iter().all(str::is_empty) {
            continue;
        }
        rows.push(Row { cells: record.iter().map(str::to_string).collect(), place });
    }
    Ok(rows)
}

fn column(header: &[String], names: &[&str]) -> Option<usize> {
    names.iter().find_map(|name| header.iter().position(|cell| cell.trim().to_lowercase().replace([' ', '-'], "_") == *name))
}

fn cell(row: &Row, column: Option<usize>) -> Option<&str> {
    row.cells.get(column?).map(String::as_str).filter(|cell| !name::is_missing(cell))
}

const ID: &[&str] = &["id", "taxon_id", "taxonid", "uid", "cd_nom", "eppo_code"];
const ENGLISH: &[&str] = &["common_name", "common", "english", "common_name_en", "nom_vern_eng", "vernacular_name"];
const FRENCH: &[&str] = &["common_name_fr", "french", "nom_francais", "nom_vern", "french_name"];

struct CommonColumns {
    english: Option<usize>,
    french: Option<usize>,
}

impl CommonColumns {
    fn of(header: &[String]) -> Self {
        Self { english: column(header, ENGLISH), french: column(header, FRENCH) }
    }

    fn read(&self, row: &Row) -> CommonNames {
        CommonNames { english: cell(row, self.english).map(str::to_string), french: cell(row, self.french).map(str::to_string) }
    }
}

const SYNONYMS: &[&str] = &["synonyms", "synonym"];

/// Other names of a row's taxon, separated by `|` or `;`.
fn synonyms(row: &Row, column: Option<usize>) -> impl Iterator<Item = &str> {
    cell(row, column).into_iter().flat_map(|text| text.split(['|', ';'])).filter(|name| !name::is_missing(name))
}

struct ParentColumns {
    id: usize,
    parent: usize,
    name: Option<usize>,
    rank: Option<usize>,
    length: Option<usize>,
    synonyms: Option<usize>,
    common: CommonColumns,
}

impl ParentColumns {
    fn of(header: &[String]) -> Option<Self> {
        Some(Self {
            id: column(header, &["id", "taxon_id", "taxonid", "uid", "child", "child_id"])?,
            parent: column(header, &["parent", "parent_id", "parentid", "parent_uid", "parentnameusageid", "cd_sup"])?,
            name: column(header, &["name", "scientific_name", "scientificname", "canonicalname", "lb_nom"]),
            rank: column(header, &["rank", "taxon_rank", "taxonrank", "rang"]),
            length: column(header, &["branch_length", "length", "brlen"]),
            synonyms: column(header, SYNONYMS),
            common: CommonColumns::of(header),
        })
    }

    /// The length of the branch above a row; one that is no number of 0 or more is a problem.
    fn length(&self, row: &Row, builder: &mut TaxonomyBuilder) -> Option<f64> {
        let text = cell(row, self.length)?;
        let length = text.trim().parse().ok().filter(|length: &f64| length.is_finite() && *length >= 0.0);
        if length.is_none() {
            let what = format!("the branch length '{text}' is no number of 0 or more");
            builder.note(Problem::Row { place: row.place.clone(), what });
        }
        length
    }

    fn read(&self, rows: &[Row]) -> TaxonomyBuilder {
        let mut builder = TaxonomyBuilder::new();
        for row in rows {
            let Some(id) = cell(row, Some(self.id)) else {
                builder.note(Problem::Row { place: row.place.clone(), what: "the id is blank".to_string() });
                continue;
            };
            let rank = match cell(row, self.rank) {
                None => Rank::Unranked,
                Some(word) => Rank::parse(word).unwrap_or(Rank::Unranked),
            };
            let branch_length = self.length(row, &mut builder);
            let taxon = builder.add_row(TaxonRow {
                id: id.to_string(),
                parent: cell(row, Some(self.parent)).filter(|parent| *parent != id).map(str::to_string),
                name: cell(row, self.name).unwrap_or(id).to_string(),
                rank,
                common: self.common.read(row),
                branch_length,
                place: row.place.clone(),
            });
            builder.add_synonyms(taxon, synonyms(row, self.synonyms));
        }
        builder
    }
}

/// Two columns, `parent child`, without a header: making-better-mistakes' lists.
fn pairs<'a>(rows: impl Iterator<Item = &'a Row>) -> TaxonomyBuilder {
    let mut builder = TaxonomyBuilder::new();
    let mut parents = vec![];
    for row in rows {
        let [parent, child] = &row.cells[..] else {
            let what = format!("{} columns where 'parent child' was expected", row.cells.len());
            builder.note(Problem::Row { place: row.place.clone(), what });
            continue;
        };
        parents.push((parent.clone(), row.place.clone()));
        builder.add_row(pair_row(child, Some(parent), &row.place));
    }
    for (parent, place) in parents {
        builder.add_row(pair_row(&parent, None, &place));
    }
    builder
}

fn pair_row(id: &str, parent: Option<&String>, place: &Place) -> TaxonRow {
    TaxonRow {
        id: id.to_string(),
        parent: parent.cloned(),
        name: id.to_string(),
        rank: Rank::Unranked,
        common: CommonNames::default(),
        branch_length: None,
        place: place.clone(),
    }
}

struct RankColumns {
    ranks: Vec<(usize, Rank)>,
    id: Option<usize>,
    synonyms: Option<usize>,
    common: CommonColumns,
}

impl RankColumns {
    fn of(header: &[String]) -> Option<Self> {
        let mut ranks: Vec<(usize, Rank)> = header
            .iter()
            .enumerate()
            .filter(|(_, cell)| cell.trim().chars().count() > 2)
            .filter_map(|(index, cell)| rank_of_column(cell).map(|rank| (index, rank)))
            .collect();
        ranks.sort_by_key(|&(_, rank)| rank);
        ranks.dedup_by_key(|&mut (_, rank)| rank);
        let main = ranks.iter().any(|(_, rank)| rank.main_index().is_some());
        main.then(|| Self {
            ranks,
            id: column(header, ID),
            synonyms: column(header, SYNONYMS),
            common: CommonColumns::of(header),
        })
    }

    fn read(&self, rows: &[Row]) -> TaxonomyBuilder {
        let mut builder = TaxonomyBuilder::new();
        let epithets = self.species_are_epithets(rows);
        for row in rows {
            let mut lineage: Vec<(Rank, String)> = vec![];
            for &(index, rank) in &self.ranks {
                let Some(text) = cell(row, Some(index)) else { continue };
                let genus = lineage.iter().find(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| genus.clone());
                let name = match (rank == Rank::Species && epithets, genus) {
                    (true, Some(genus)) => format!("{genus} {text}"),
                    (true, None) => {
                        let what = format!("the species '{text}' is an epithet and the row has no genus");
                        builder.note(Problem::Row { place: row.place.clone(), what });
                        continue;
                    }
                    _ => text.to_string(),
                };
                lineage.push((rank, name));
            }
            if lineage.is_empty() {
                builder.note(Problem::Row { place: row.place.clone(), what: "every rank is blank".to_string() });
                continue;
            }
            let taxon = builder.add_lineage(lineage.iter().map(|(rank, name)| (*rank, name.as_str())), &row.place);
            if let Some(id) = cell(row, self.id) {
                builder.set_source_id(taxon, id, &row.place);
            }
            builder.set_common_names(taxon, self.common.read(row));
            builder.add_synonyms(taxon, synonyms(row, self.synonyms));
        }
        builder
    }

    /// Whether the species column holds bare epithets: decided for the column, not row by row.
    fn species_are_epithets(&self, rows: &[Row]) -> bool {
        let Some(&(index, _)) = self.ranks.iter().find(|(_, rank)| *rank == Rank::Species) else { return false };
        let has_genus = self.ranks.iter().any(|(_, rank)| *rank == Rank::Genus);
        let values: Vec<&str> = rows.iter().filter_map(|row| cell(row, Some(index))).collect();
        let binomials = values.iter().filter(|value| name::normalise(value).contains(' ')).count();
        has_genus && binomials * 2 < values.len()
    }
}

/// The rank a column holds, by its header; `class` is a rank here and not a label.
fn rank_of_column(header: &str) -> Option<Rank> {
    let word = header.trim().to_lowercase().replace([' ', '-'], "_");
    match word.as_str() {
        "species_epithet" | "specific_epithet" | "specificepithet" | "epithet" => Some(Rank::Species),
        word => Rank::parse(word).filter(|rank| !rank.is_unranked() && *rank != Rank::Root),
    }
}
