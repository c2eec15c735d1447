//! Photographs from a table with a row for each.

use super::columns::{Column, Columns};
use super::region::{BoxForm, Region};
use super::{Dataset, DatasetError, Layout, Photograph, split_name, walk};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use unicode_normalization::UnicodeNormalization;

/// How a manifest is read.
#[derive(Debug, Clone, Default)]
pub struct ManifestOptions {
    /// The folder that its paths start from; else that of the manifest.
    pub root: Option<PathBuf>,
    /// Columns by name, where their names do not tell what they hold.
    pub columns: Vec<(String, Column)>,
}

impl Dataset {
    /// Reads a CSV or TSV file with a header and a row per photograph.
    ///
    /// Columns are recognised by their usual names, French ones included. The truth is the lineage
    /// of the rank columns, else the name, else the id; without any such column it is the class
    /// folder. A file is looked for under its name as written and under its composed and decomposed
    /// Unicode forms; one that is absent is kept, to be reported as missing.
    ///
    /// # Errors
    ///
    /// [`DatasetError`]: the manifest cannot be read, has no image column, or lists a photograph twice.
    pub fn from_manifest(manifest: &Path, options: &ManifestOptions) -> Result<Dataset, DatasetError> {
        let bytes = crate::files::regular_file::read(manifest).map_err(|source| match source.kind() {
            std::io::ErrorKind::NotFound => DatasetError::Missing(manifest.to_path_buf()),
            _ => DatasetError::Unreadable { path: manifest.to_path_buf(), source },
        })?;
        let (header, rows) = rows(text(&bytes, manifest)?, manifest)?;
        let columns = Columns::of(&header, &options.columns, manifest)?;
        let root = options.root.clone().unwrap_or_else(|| manifest.parent().unwrap_or(Path::new("")).to_path_buf());
        let mut dataset =
            Dataset { root, layout: Layout::Manifest, notes: columns.note.iter().cloned().collect(), ..Dataset::default() };
        let epithets = species_are_epithets(&columns, &rows);
        let mut lines: BTreeMap<String, Vec<u64>> = BTreeMap::new();
        for row in &rows {
            let photograph = row.photograph(&columns, epithets, &dataset.root, manifest)?;
            lines.entry(photograph.image.clone()).or_default().push(row.line);
            dataset.photographs.push(photograph);
        }
        let duplicates: Vec<_> = lines.into_iter().filter(|(_, lines)| lines.len() > 1).collect();
        if !duplicates.is_empty() {
            return Err(DatasetError::Duplicates { path: manifest.to_path_buf(), duplicates });
        }
        if dataset.photographs.is_empty() {
            return Err(DatasetError::NoPhotographs { paths: vec![manifest.to_path_buf()], passed_over: BTreeMap::new() });
        }
        if !columns.name_the_truth() {
            dataset.notes.push("the manifest has no column of names, so the truth is the class folder".to_string());
        }
        dataset.note_absent();
        dataset.note_outside();
        dataset.sort();
        Ok(dataset)
    }
}

/// The text of a file without its byte-order mark.
pub(super) fn text<'bytes>(bytes: &'bytes [u8], path: &Path) -> Result<&'bytes str, DatasetError> {
    let text = std::str::from_utf8(bytes).map_err(|error| DatasetError::Encoding {
        path: path.to_path_buf(),
        line: bytes[..error.valid_up_to()].split(|&byte| byte == b'\n').count(),
    })?;
    Ok(text.trim_start_matches('\u{feff}'))
}

pub(super) struct Row {
    pub(super) cells: Vec<String>,
    pub(super) line: u64,
}

/// Header and rows; the delimiter is the one the header has most of.
pub(super) fn rows(text: &str, path: &Path) -> Result<(Vec<String>, Vec<Row>), DatasetError> {
    let first = text.lines().next().unwrap_or_default();
    let count = |delimiter: u8| first.bytes().filter(|&byte| byte == delimiter).count();
    let delimiter = *[b';', b'|', b'\t', b','].iter().max_by_key(|&&byte| count(byte)).unwrap_or(&b',');
    let mut reader =
        csv::ReaderBuilder::new().delimiter(delimiter).flexible(true).trim(csv::Trim::All).from_reader(text.as_bytes());
    let bad = |error: &csv::Error| DatasetError::Row {
        path: path.to_path_buf(),
        line: error.position().map_or(0, csv::Position::line),
        what: error.to_string(),
    };
    let header = reader.headers().map_err(|error| bad(&error))?.iter().map(str::to_string).collect();
    let mut rows = vec![];
    for record in reader.records() {
        let record = record.map_err(|error| bad(&error))?;
        if record.iter().any(|cell| !cell.is_empty()) {
            let line = record.position().map_or(0, csv::Position::line);
            rows.push(Row { cells: record.iter().map(str::to_string).collect(), line });
        }
    }
    Ok((header, rows))
}

/// Reads a table of a data set: header and rows.
pub(super) fn table(path: &Path) -> Result<(Vec<String>, Vec<Row>), DatasetError> {
    let bytes =
        crate::files::regular_file::read(path).map_err(|source| DatasetError::Unreadable { path: path.to_path_buf(), source })?;
    rows(text(&bytes, path)?, path)
}

/// The place of a column that a layout must have.
pub(super) fn required(header: &[String], name: &str, path: &Path) -> Result<usize, DatasetError> {
    header.iter().position(|cell| cell.eq_ignore_ascii_case(name)).ok_or_else(|| DatasetError::NoColumn {
        path: path.to_path_buf(),
        column: name.to_string(),
        found: header.to_vec(),
    })
}

impl Row {
    pub(super) fn at(&self, column: usize) -> &str {
        self.cells.get(column).map_or("", String::as_str)
    }

    fn cell(&self, column: Option<usize>) -> Option<&str> {
        self.cells.get(column?).map(String::as_str).filter(|cell| !cell.is_empty())
    }

    fn known(&self, column: Option<usize>) -> Option<&str> {
        self.cell(column).filter(|cell| !name::is_missing(cell))
    }

    fn photograph(&self, columns: &Columns, epithets: bool, root: &Path, manifest: &Path) -> Result<Photograph, DatasetError> {
        let listed = self.cell(Some(columns.image)).ok_or_else(|| DatasetError::Row {
            path: manifest.to_path_buf(),
            line: self.line,
            what: "the image is blank; give its path".to_string(),
        })?;
        let image = on_disk(listed, root);
        // `none` is a class of plankton; in a column of ranks it is a gap.
        let label = self.cell(columns.label).filter(|cell| cell.eq_ignore_ascii_case("none") || !name::is_missing(cell));
        let taxon_id = self.known(columns.taxon_id).filter(|id| *id != "-1").map(str::to_string);
        let (class, folder_split) = walk::by_folders(&image);
        let truth_text = self
            .lineage(columns, epithets)
            .or_else(|| label.map(str::to_string))
            .or_else(|| taxon_id.clone())
            .or_else(|| class.filter(|_| !columns.name_the_truth()));
        let split = self.known(columns.split).map(split_name);
        Ok(Photograph {
            path: root.join(&image),
            truth_text,
            taxon_id,
            observation: self.known(columns.observation).map(str::to_string),
            licence: self.known(columns.licence).map(str::to_string),
            region: self.region(columns, manifest)?,
            inside: None,
            split: split.or_else(|| folder_split.filter(|_| columns.split.is_none())),
            image,
        })
    }

    /// The box of a row, in the form that its column's name declares.
    fn region(&self, columns: &Columns, manifest: &Path) -> Result<Option<Region>, DatasetError> {
        let fault = |what: String| DatasetError::Row { path: manifest.to_path_buf(), line: self.line, what };
        if let Some((place, form)) = columns.region {
            return match self.known(Some(place)) {
                None => Ok(None),
                Some(text) => Region::parse(text, form).map(Some).map_err(fault),
            };
        }
        let Some(corners) = columns.corners else { return Ok(None) };
        let cells = corners.map(|place| self.known(Some(place)).unwrap_or_default());
        if cells.iter().all(|cell| cell.is_empty()) {
            return Ok(None);
        }
        Region::parse(&cells.join(","), BoxForm::Corners).map(Some).map_err(fault)
    }

    /// The names of the rank columns from kingdom down, joined by `;`; a bare epithet goes with its genus.
    fn lineage(&self, columns: &Columns, epithets: bool) -> Option<String> {
        let mut names: Vec<String> = vec![];
        let mut genus = None;
        for &(place, rank) in &columns.ranks {
            let Some(cell) = self.known(Some(place)) else { continue };
            let cell = name::normalise(cell);
            match (rank, &genus) {
                (Rank::Species, Some(genus)) if epithets && cell != *genus && !cell.starts_with(&format!("{genus} ")) => {
                    names.push(format!("{genus} {cell}"));
                }
                // An epithet without its genus names nothing.
                (Rank::Species, None) if epithets => {}
                _ => names.push(cell.clone()),
            }
            if rank == Rank::Genus {
                genus = Some(cell);
            }
        }
        // Some tables fill up a short lineage by repeating its last name.
        names.dedup();
        (!names.is_empty()).then(|| names.join(";"))
    }
}

/// Whether the species column holds bare epithets: decided for the column, not row by row.
fn species_are_epithets(columns: &Columns, rows: &[Row]) -> bool {
    let has_genus = columns.ranks.iter().any(|&(_, rank)| rank == Rank::Genus);
    let Some(&(place, _)) = columns.ranks.iter().find(|&&(_, rank)| rank == Rank::Species) else { return false };
    let species: Vec<String> = rows.iter().filter_map(|row| row.known(Some(place))).map(name::normalise).collect();
    let binomials = species.iter().filter(|species| species.contains(' ')).count();
    has_genus && 2 * binomials < species.len()
}

/// The path as the disk spells it: as listed, composed, decomposed, or with `/` for `\`; as listed where none is there.
pub(super) fn on_disk(listed: &str, root: &Path) -> String {
    let listed = listed.strip_prefix("./").unwrap_or(listed);
    let forward = listed.replace('\\', "/");
    let spellings = [
        listed.to_string(),
        listed.nfc().collect(),
        listed.nfd().collect(),
        forward.nfc().collect(),
        forward.nfd().collect(),
        forward,
    ];
    spellings.into_iter().find(|spelling| root.join(spelling).is_file()).unwrap_or_else(|| listed.to_string())
}
