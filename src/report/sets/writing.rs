//! Writing the folder of sets.

use super::{csv, document, frames, json};
use crate::report::error::ReportError;
use crate::report::folder::Draft;
use crate::report::language::Language;
use crate::report::overwrite::Overwrite;
use crate::report::page::Frame;
use crate::report::{markdown, page};
use crate::scores::sets::ScoredSets;
use std::path::{Path, PathBuf};

/// What a folder is made from besides its numbers.
#[derive(Debug, Clone, Copy)]
pub struct WrittenSets<'a> {
    /// The numbers.
    pub scored: &'a ScoredSets,
    /// The command that made them.
    pub command_line: &'a str,
    /// The language of the page.
    pub language: Language,
}

/// Writes `sets.json`, `set_ranks.csv`, `set_taxa.csv`, `set_images.csv`, where there are sites `sites.csv`, the figure, `report.md`
/// and `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, written: WrittenSets<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let WrittenSets { scored, command_line, language } = written;
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("sets.json", &format!("{:#}\n", json::value(scored, command_line)))?;
    draft.write("set_ranks.csv", &csv::text(frames::ranks(scored))?)?;
    draft.write("set_taxa.csv", &csv::text(frames::taxa(scored))?)?;
    draft.write("set_images.csv", &csv::text(frames::images(scored))?)?;
    if scored.sets.sites.is_some() {
        draft.write("sites.csv", &csv::text(frames::sites(scored))?)?;
    }
    let document = document::of(scored, command_line)?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("report.md", &markdown::render(&document))?;
    let names: Vec<String> = scored.runs.iter().map(|run| run.name.clone()).collect();
    let frame = Frame { language, names: &names, ..Frame::default() };
    draft.write("index.html", &page::render_in(&document, frame))?;
    draft.publish()
}
