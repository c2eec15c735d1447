//! Photographs from a table with a row for each.

use super::class_folder::by_folders;
use super::collection::Dataset;
use super::columns::{Column, Columns};
use super::disk_path::on_disk;
use super::error::DatasetError;
use super::layout::Layout;
use super::photograph::Photograph;
use super::region::{BoxForm, Region};
use super::split::split_name;
use super::table::{Row, rows, text};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

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

impl Row {
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
        let (class, folder_split) = by_folders(&image);
        let truth_text = self
            .lineage(columns, epithets)
            .or_else(|| label.map(str::to_string))
            .or_else(|| taxon_id.clone())
            .or_else(|| class.filter(|_| !columns.name_the_truth()));
        let split = self.known(columns.split).map(split_name);
        Ok(Photograph {
            path: crate::files::path_text::below(root, &image),
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
