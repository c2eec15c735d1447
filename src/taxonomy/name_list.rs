//! Names to be resolved, from lists and tables as people keep them.

use crate::files::archive::{Archive, ArchiveError};
use crate::taxonomy::folded::folded;
use crate::taxonomy::name;
use crate::taxonomy::name::vernacular::{Sign, sign};
use crate::taxonomy::rank::Rank;
use std::path::{Path, PathBuf};

/// Columns of names, the best first.
const NAMES: &[&str] = &[
    "scientific_name",
    "scientificname",
    "verbatim_scientific_name",
    "verbatimscientificname",
    "sciname",
    "sci_name",
    "nom_scientifique",
    "nom_latin",
    "latin_name",
    "latin",
    "binomial",
    "name",
    "canonicalname",
    "canonical_name",
    "full_species",
    "taxa_name",
    "taxon_name",
    "lb_nom",
    "nom_valide",
    "nom_complet",
    "label",
    "class",
    "search_species",
    "species",
    "species_name",
    "specie",
    "espece",
    "especie",
    "art",
    "taxon",
    "nom",
    "truth",
    "concept_name",
    "category",
    "alias",
];

/// Columns of names above, the highest first.
const ABOVE: &[&str] =
    &["kingdom", "regne", "phylum", "embranchement", "cls", "class", "classe", "order", "ordre", "family", "famille"];

/// A name to be resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The name as written.
    pub name: String,
    /// The lineage that the table gives it, joined by `;`, without the name; empty where it gives none.
    pub above: String,
    /// The file; empty for a name given by itself.
    pub file: String,
    /// The line, from 1.
    pub line: u64,
}

/// Names to be resolved.
#[derive(Debug, Clone, Default)]
pub struct NameList {
    /// In the order of the files.
    pub names: Vec<Wanted>,
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
}

/// Why names could not be read.
#[derive(Debug, thiserror::Error)]
pub enum NameListError {
    /// The file cannot be read.
    #[error(transparent)]
    Archive(#[from] ArchiveError),
    /// The file is no text.
    #[error("{path}:{line}: not UTF-8 text; convert the file to UTF-8")]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The line.
        line: usize,
    },
    /// The table lacks a column of names.
    #[error("{path}: no column {wanted}; its columns are {found}; give one with --column")]
    Column {
        /// The file.
        path: PathBuf,
        /// What was looked for.
        wanted: String,
        /// What there is.
        found: String,
    },
    /// A row cannot be read.
    #[error("{path}: {what}")]
    Row {
        /// The file.
        path: PathBuf,
        /// What is wrong, and where.
        what: String,
    },
}

/// `class` is the label of machine learning or the rank of biology: its neighbours tell.
fn class_is_label(header: &[String]) -> bool {
    let has = |names: &[&str]| header.iter().any(|cell| names.contains(&cell.as_str()));
    has(&["cls"]) || !has(&["phylum", "order", "embranchement", "ordre"])
}

/// The cells of a line, without the quotes around them.
fn cells(line: &str, delimiter: u8) -> Vec<String> {
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(line.as_bytes());
    let first = reader.records().next().and_then(Result::ok);
    first.map(|record| record.iter().map(str::to_string).collect()).unwrap_or_default()
}

/// The column of a table whose cells are binomials, though its header is none: that of names, whatever it is called. A list
/// of names with authors, in which commas stand here and there, has no such column.
fn by_content(text: &str, delimiter: u8, count: usize) -> Option<usize> {
    const SAMPLE: usize = 200;
    let rows: Vec<Vec<String>> =
        text.lines().filter(|line| !line.trim().is_empty()).take(SAMPLE).map(|line| cells(line, delimiter)).collect();
    let (header, rows) = rows.split_first()?;
    if count < 2 || rows.is_empty() || rows.iter().any(|row| row.len() != count) {
        return None;
    }
    let is_binomial = |cell: &String| {
        let parsed = name::parse(cell).filter(|parsed| parsed.rank >= Rank::Species);
        parsed.is_some() && cell.starts_with(char::is_uppercase) && sign(cell) == Sign::Nothing
    };
    let holds_names = |&place: &usize| {
        let named = rows.iter().filter(|row| is_binomial(&row[place])).count();
        named * 10 >= rows.len() * 6 && !is_binomial(&header[place])
    };
    (0..count).find(holds_names)
}

impl NameList {
    /// Adds a name.
    pub fn push(&mut self, name: &str) {
        self.names.push(Wanted { name: name.to_string(), above: String::new(), file: String::new(), line: 0 });
    }

    /// Adds the names of a file: one per line, or a column of a table (CSV, TSV, `;`), gzip too.
    ///
    /// Rank columns beside the names are the lineage that decides between homonyms.
    ///
    /// # Errors
    ///
    /// [`NameListError`].
    pub fn read(&mut self, path: &Path, column: Option<&str>) -> Result<(), NameListError> {
        let archive = Archive::open(path)?;
        let member = archive.members().first().cloned();
        let bytes = member.map(|member| archive.bytes(&member)).transpose()?.unwrap_or_default();
        let text = std::str::from_utf8(&bytes).map_err(|error| NameListError::Encoding {
            path: path.to_path_buf(),
            line: bytes[..error.valid_up_to()].split(|&byte| byte == b'\n').count(),
        })?;
        let text = text.trim_start_matches('\u{feff}');
        let file = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
        let spelling = |cell: &str| {
            folded(&cell.trim().trim_matches('"').to_lowercase()).replace([' ', '-', '.'], "_").trim_matches('_').to_string()
        };
        let count = |delimiter: u8| first.bytes().filter(|&byte| byte == delimiter).count();
        let delimiter = *[b'\t', b';', b'|', b','].iter().max_by_key(|&&byte| (count(byte), byte == b',')).unwrap_or(&b',');
        let header: Vec<String> = cells(first, delimiter).iter().map(|cell| spelling(cell)).collect();
        let wanted = column.map(&spelling);
        let place = match &wanted {
            Some(wanted) => header.iter().position(|cell| cell == wanted),
            None => NAMES
                .iter()
                .filter(|name| **name != "class" || class_is_label(&header))
                .find_map(|name| header.iter().position(|cell| cell == name))
                .or_else(|| by_content(text, delimiter, header.len())),
        };
        let Some(place) = place else {
            if let Some(column) = column {
                let found = header.iter().map(|cell| format!("'{cell}'")).collect::<Vec<_>>().join(", ");
                return Err(NameListError::Column { path: path.to_path_buf(), wanted: format!("'{column}'"), found });
            }
            let lines = text.lines().enumerate().map(|(index, line)| (index as u64 + 1, line.trim()));
            for (line, name) in lines.filter(|(_, line)| !line.is_empty() && !line.starts_with('#')) {
                self.names.push(Wanted { name: name.to_string(), above: String::new(), file: file.clone(), line });
            }
            return Ok(());
        };
        self.notes.push(format!("{file}: names from the column '{}'", header[place]));
        self.read_table(text, &Table { path, file: &file, delimiter, header: &header, place })
    }

    fn read_table(&mut self, text: &str, table: &Table<'_>) -> Result<(), NameListError> {
        let (above, genus) = (table.above(), table.genus());
        let mut reader = csv::ReaderBuilder::new().delimiter(table.delimiter).flexible(true).from_reader(text.as_bytes());
        for record in reader.records() {
            let broken = |error: csv::Error| NameListError::Row { path: table.path.to_path_buf(), what: error.to_string() };
            let record = record.map_err(broken)?;
            let cell = |column: usize| record.get(column).unwrap_or_default().trim();
            let mut text = cell(table.place).to_string();
            if let Some(genus) = genus.map(cell)
                && !text.is_empty()
                && !text.contains(' ')
                && text.starts_with(char::is_lowercase)
            {
                text = format!("{genus} {text}");
            }
            let steps: Vec<&str> = above.iter().map(|&column| cell(column)).filter(|cell| !name::is_missing(cell)).collect();
            let line = record.position().map_or(0, csv::Position::line);
            self.names.push(Wanted { name: text, above: steps.join(";"), file: table.file.to_string(), line });
        }
        Ok(())
    }
}

/// A table with a column of names.
struct Table<'a> {
    path: &'a Path,
    /// The name of the file, as names refer to it.
    file: &'a str,
    delimiter: u8,
    header: &'a [String],
    /// The column of names.
    place: usize,
}

impl Table<'_> {
    /// The columns of names above, the highest first.
    fn above(&self) -> Vec<usize> {
        let has_cls = self.header.iter().any(|cell| cell == "cls");
        ABOVE
            .iter()
            .filter(|name| !(has_cls && **name == "class"))
            .filter_map(|name| self.header.iter().position(|cell| cell == name))
            .filter(|&column| column != self.place)
            .collect()
    }

    /// The column of genera, where the names are epithets.
    fn genus(&self) -> Option<usize> {
        let may_be_epithets = matches!(self.header[self.place].as_str(), "species" | "specie" | "espece" | "especie" | "art");
        let is_genus = |cell: &String| ["genus", "genre", "genero", "gattung"].contains(&cell.as_str());
        self.header.iter().position(is_genus).filter(|_| may_be_epithets)
    }
}
