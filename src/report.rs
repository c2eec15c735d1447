//! The report folder: tables, figures and a page, from the scores of one or several runs.

pub mod comparison;
pub mod csv;
pub mod csv_safe;
pub mod document;
#[cfg(feature = "plots")]
pub mod figures;
pub mod folder;
pub mod json;
pub mod latent;
pub mod leaderboard;
pub mod markdown;
pub mod page;
pub mod photographs;
pub mod retrieval;
pub mod scoring;
pub mod sections;
pub mod spaces;
mod suspects;
pub mod text;

use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::gate::{Gate, GateError, Verdict};
use crate::taxonomy::Taxonomy;
use folder::Draft;
use photographs::Photographs;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// A file that went into a report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Source {
    /// Path as given.
    pub path: String,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
}

/// Makes a small picture of a photograph: PNG or JPEG bytes, `None` if it cannot.
pub type Thumbnail<'a> = &'a (dyn Fn(&Path) -> Option<Vec<u8>> + Sync);

/// What a report says besides the scores, and where it gets photographs.
#[derive(Clone, Copy, Default)]
pub struct ReportOptions<'a> {
    /// Title of the page; the runs' names where there is none.
    pub title: Option<&'a str>,
    /// The command that made the report.
    pub command_line: Option<&'a str>,
    /// The files it was made from.
    pub sources: &'a [Source],
    /// Where the taxonomy came from, in words.
    pub taxonomy_source: Option<&'a str>,
    /// Folder that the image names start from.
    pub photographs: Option<&'a Path>,
    /// How to make small pictures; without, photographs that are small already are shown.
    pub thumbnail: Option<Thumbnail<'a>>,
    /// Images that must not be shown, because their licence does not allow it.
    pub hidden: Option<&'a HashSet<String>>,
    /// Gates, held against the runs.
    pub gates: &'a [Verdict],
    /// What to write over.
    pub overwrite: Overwrite,
    /// The space of the run's vectors.
    pub latent: Option<(&'a crate::spaces::embeddings::Embeddings, &'a crate::spaces::latent::Latent)>,
    /// Which files to write.
    pub contents: Contents,
}

impl<'a> ReportOptions<'a> {
    /// Where the pages get their photographs.
    #[must_use]
    pub fn photographs(&self) -> Photographs<'a> {
        Photographs { folder: self.photographs, thumbnail: self.thumbnail, hidden: self.hidden }
    }
}

/// What a report may be written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overwrite {
    /// An empty folder, or an earlier report.
    #[default]
    OwnReport,
    /// Any folder; files of other names stay.
    Anything,
}

/// How much a report holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Contents {
    /// Tables, figures, page.
    #[default]
    Everything,
    /// `metrics.json` and the CSV tables.
    Tables,
}

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ReportError {
    #[error(
        "output folder '{}' is not empty and holds no earlier report (it has '{found}'); give another folder with -o, or --force",
        folder.display()
    )]
    NotEmpty { folder: PathBuf, found: String },
    #[error("output folder '{}' is a file; give another one with -o", folder.display())]
    NotAFolder { folder: PathBuf },
    #[error("cannot {action} '{}': {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("cannot draw the figure '{figure}': {what}")]
    Figure { figure: &'static str, what: String },
    #[error("there is no run to report on")]
    NoRun,
}

/// Writes the report folder, each file whole, and returns the paths of the files in order.
///
/// Files are made in a temporary folder beside the report and then moved, `metrics.json` first.
/// Files of an earlier report that this one does not have are removed; nothing else is touched.
///
/// # Errors
///
/// [`ReportError::NotEmpty`] if the folder holds anything but an earlier report and `overwrite`
/// does not allow that; [`ReportError::NoRun`] without runs; the others if a file cannot be made.
pub fn write_report(
    folder: &Path,
    taxonomy: &Taxonomy,
    runs: &[(Answers, Scores)],
    options: &ReportOptions<'_>,
) -> Result<Vec<PathBuf>, ReportError> {
    if runs.is_empty() {
        return Err(ReportError::NoRun);
    }
    let draft = Draft::beside(folder, options.overwrite)?;
    draft.write("metrics.json", &json::metrics(taxonomy, runs, options))?;
    let tables = csv::Tables::new(taxonomy, runs);
    tables.ranks(&mut draft.create("ranks.csv")?).map_err(|error| draft.failed("ranks.csv", error))?;
    tables.taxa(&mut draft.create("taxa.csv")?).map_err(|error| draft.failed("taxa.csv", error))?;
    // The two long tables: while one is being written the other is being formatted.
    let (mut mistakes, mut confusions) = (draft.create("mistakes.csv")?, draft.create("confusions.csv")?);
    let (mistakes, confusions) = rayon::join(|| tables.mistakes(&mut mistakes), || tables.confusions(&mut confusions));
    mistakes.map_err(|error| draft.failed("mistakes.csv", error))?;
    confusions.map_err(|error| draft.failed("confusions.csv", error))?;
    if options.contents == Contents::Everything {
        let document = sections::document(taxonomy, runs, options)?;
        for figure in document.figures() {
            draft.write(&figure.file, &figure.svg)?;
        }
        draft.write("report.md", &markdown::render(&document))?;
        draft.write("index.html", &page::render(&document))?;
    }
    draft.publish()
}

/// Holds gates against the runs, run by run.
///
/// # Errors
///
/// [`GateError::NoSuchMetric`].
pub fn hold_gates(gates: &[Gate], runs: &[(Answers, Scores)]) -> Result<Vec<Verdict>, GateError> {
    let mut verdicts = vec![];
    for (_, scores) in runs {
        let blocks = serde_json::Value::Object(json::blocks(scores));
        for gate in gates {
            verdicts.push(gate.hold(&scores.name, &blocks)?);
        }
    }
    Ok(verdicts)
}
