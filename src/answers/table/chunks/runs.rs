//! Run directories, of which each is one chunk.

use super::super::counts::{Counts, RunCounts};
use super::super::error::TableError;
use super::super::options::TableOptions;
use super::super::reading::read_tables;
use super::super::source::TableSource;
use super::super::tables::Tables;
use super::super::{alarms, run};
use super::chunk::Chunk;
use super::decisions::Differ;
use super::label_lists::Said;
use super::piece;
use super::tally::{NAME_THEM, Tally};
use crate::answers::understood::Matched;
use crate::taxonomy::Taxonomy;
use std::path::{Path, PathBuf};

/// The run directories that sources are, a table of predictions standing for its run; `None` where they are tables.
///
/// # Errors
///
/// Tables beside run directories.
pub(super) fn of_sources(sources: &[TableSource]) -> Result<Option<Vec<PathBuf>>, TableError> {
    let folders: Vec<Option<PathBuf>> = sources.iter().map(of_source).collect();
    let runs: Vec<PathBuf> = folders.iter().flatten().cloned().collect();
    if runs.is_empty() {
        return Ok(None);
    }
    match folders.iter().position(Option::is_none) {
        None => Ok(Some(runs)),
        Some(table) => {
            let what = "a table, and others are run directories; report tables and run directories apart".to_string();
            Err(TableError::Format { path: sources[table].name().to_path_buf(), line: None, what })
        }
    }
}

fn of_source(source: &TableSource) -> Option<PathBuf> {
    if let Some(folder) = source.folder() {
        return run::is_run(folder).then(|| folder.to_path_buf());
    }
    let file = source.file()?;
    if piece::is_parquet(file) {
        return piece::run_of(file).map(Path::to_path_buf);
    }
    let folder = file.parent().filter(|folder| run::is_run(folder))?;
    file.file_stem().is_some_and(|stem| stem == "predictions").then(|| folder.to_path_buf())
}

/// Run directories one after the other.
pub(super) struct RunChunks<'a> {
    folders: std::vec::IntoIter<PathBuf>,
    taxonomy: &'a Taxonomy,
    options: TableOptions,
    tally: Tally,
    said: Said,
}

impl<'a> RunChunks<'a> {
    pub(super) fn new(folders: Vec<PathBuf>, taxonomy: &'a Taxonomy, options: TableOptions) -> RunChunks<'a> {
        let (tally, said) = (Tally::of_directories(), Said::default());
        RunChunks { folders: folders.into_iter(), taxonomy, options, tally, said }
    }

    pub(super) fn tally(&self) -> &Tally {
        &self.tally
    }

    pub(super) fn into_tally(self) -> Tally {
        self.tally
    }

    pub(super) fn said(&self) -> &Said {
        &self.said
    }

    pub(super) fn next(&mut self) -> Result<Option<Chunk>, TableError> {
        let Some(path) = self.folders.next() else { return Ok(None) };
        let tables = read_tables(&path, Some(self.taxonomy), &self.options)?;
        let counts = counts(&tables);
        self.take(&tables, &counts, &path)?;
        self.tally.counts.add(&counts);
        let rows = 0..tables.understood.rows;
        Ok(Some(Chunk { runs: tables.runs, path, rows, named: true, understood: tables.understood }))
    }

    /// Takes in what a run says without counts.
    fn take(&mut self, tables: &Tables, counts: &Counts, path: &Path) -> Result<(), TableError> {
        let differs = |differ: Differ| TableError::Differs {
            path: path.to_path_buf(),
            what: differ.to_string(),
            remedy: "report runs of several models apart",
        };
        for run in &tables.runs {
            self.tally.decisions.decide("the run".to_string(), &run.name).map_err(differs)?;
        }
        self.tally.take_columns(&tables.understood.columns).map_err(|differ| TableError::Differs {
            path: path.to_path_buf(),
            what: differ.to_string(),
            remedy: NAME_THEM,
        })?;
        let counted = counts.notes(self.options.missing_truth, self.options.without_truth);
        let notes: Vec<String> = tables.notes.iter().filter(|note| !counted.contains(note)).cloned().collect();
        let alarms = alarms::warnings(&tables.understood, path)?;
        let warnings: Vec<String> = tables.warnings.iter().filter(|warning| !alarms.contains(warning)).cloned().collect();
        self.tally.behind.add(&notes);
        self.tally.warnings.add(&warnings);
        self.tally.says_classes |= tables.runs.iter().any(|run| run.non_taxa.is_some());
        if let (Some((notes, warnings)), Some(run)) = (&mut self.tally.of_directories, tables.runs.first()) {
            notes.add(&run.notes);
            warnings.add(&run.warnings);
        }
        self.said.taxonomy = tables.built.words();
        met(&mut self.said.matched, &tables.understood.names);
        Ok(())
    }
}

/// Of names that several runs met in one way the most that one of them met: candidates are the same in all parts of a run.
fn met(matched: &mut Vec<Matched>, others: &[Matched]) {
    for other in others {
        match matched.iter_mut().find(|known| known.by == other.by) {
            Some(known) => known.names = known.names.max(other.names),
            None => matched.push(other.clone()),
        }
    }
}

fn counts(tables: &Tables) -> Counts {
    let runs = tables.runs.iter().map(|run| RunCounts::of(run, <_>::default(), <_>::default())).collect();
    let Some(run) = tables.runs.first() else { return Counts::default() };
    let not_taxa = (0..run.truths.len()).filter(|&image| run.is_not_a_taxon(image)).count();
    let rows = usize::try_from(tables.understood.rows).unwrap_or(usize::MAX);
    Counts::of((rows, run.truths.len()), &run.truths, not_taxa, run.outside_truths.clone(), runs)
}
