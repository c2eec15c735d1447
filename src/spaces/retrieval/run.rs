//! A run: the scored documents that a system found for each query.

use super::documents::Documents;
use super::file::{FileError, Kind, held, read};
use crate::answers::table::TableSource;
use rayon::prelude::*;
use std::io::{self, Write};
use std::path::{Path, PathBuf};

/// Scored documents, query by query.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// Its name: that of the TREC lines, else that of the file.
    pub name: String,
    /// Names of the queries, in the order of the file.
    pub queries: Vec<String>,
    /// Documents with scores, in the order of the file.
    pub scored: Vec<Vec<(u32, f64)>>,
}

impl Run {
    /// Reads ranx JSON, TREC or Parquet, packed by gzip or not; the content says which.
    ///
    /// The ranks of TREC lines are not looked at: scores alone say what stands first.
    ///
    /// # Errors
    ///
    /// [`FileError`], with the place.
    pub fn read(path: &Path, documents: &mut Documents) -> Result<Run, FileError> {
        let rows = read(path, Kind::Run, documents)?;
        let name = rows.tag.unwrap_or_else(|| {
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            let name = name.strip_suffix(".gz").unwrap_or(&name);
            Path::new(name).file_stem().map_or_else(String::new, |stem| stem.to_string_lossy().into_owned())
        });
        Ok(Run { name, queries: rows.queries, scored: rows.scored })
    }

    /// Takes a table with a row for each query and document, whose columns are called as those of Parquet; it may be in memory.
    ///
    /// # Errors
    ///
    /// [`FileError`], with the row.
    pub fn held(source: &TableSource, documents: &mut Documents) -> Result<Run, FileError> {
        let rows = held(source, Kind::Run, documents)?;
        Ok(Run { name: source.name().display().to_string(), queries: rows.queries, scored: rows.scored })
    }

    /// Reads several runs as [`Run::read`] does, beside each other.
    ///
    /// # Errors
    ///
    /// [`FileError`] of the first file that has one.
    pub fn read_all(paths: &[PathBuf], documents: &mut Documents) -> Result<Vec<Run>, FileError> {
        let alone = |path: &PathBuf| {
            let mut own = Documents::default();
            Run::read(path, &mut own).map(|run| (run, own))
        };
        let read: Vec<Result<(Run, Documents), FileError>> = paths.par_iter().map(alone).collect();
        let mut runs = vec![];
        for run in read {
            let (mut run, own) = run?;
            let numbers = documents.numbers(&own);
            run.scored.par_iter_mut().flatten().for_each(|(document, _)| *document = numbers[*document as usize]);
            runs.push(run);
        }
        Ok(runs)
    }

    /// Writes TREC lines, documents in the order they have.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn write_trec(&self, documents: &Documents, out: &mut impl Write) -> io::Result<()> {
        let tag = self.name.replace(char::is_whitespace, "_");
        for (query, scored) in self.queries.iter().zip(&self.scored) {
            for (place, (document, score)) in scored.iter().enumerate() {
                writeln!(out, "{query} Q0 {} {} {score} {tag}", documents.name(*document), place + 1)?;
            }
        }
        Ok(())
    }

    /// Writes the JSON that ranx reads: `{query: {document: score}}`.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn write_json(&self, documents: &Documents, out: &mut impl Write) -> io::Result<()> {
        let of = |scored: &Vec<(u32, f64)>| -> serde_json::Map<String, serde_json::Value> {
            scored.iter().map(|(document, score)| (documents.name(*document).to_string(), serde_json::json!(score))).collect()
        };
        let all: serde_json::Map<String, serde_json::Value> =
            self.queries.iter().zip(&self.scored).map(|(query, scored)| (query.clone(), of(scored).into())).collect();
        serde_json::to_writer_pretty(&mut *out, &all)?;
        writeln!(out)
    }
}
