//! What a report says besides the scores, and how much of it.

use super::language::Language;
use super::noun::Noun;
use super::overwrite::Overwrite;
use super::parts::Parts;
use super::photographs::{Photographs, Thumbnail};
use crate::answers::understood::Understood;
use crate::runs::directory::record::Record;
use crate::scores::gate::Verdict;
use crate::scores::verdicts::Judged;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;
use std::collections::HashSet;
use std::path::Path;

/// A file that went into a report.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Source {
    /// Path as given.
    pub path: String,
    /// SHA-256 of its content, in hexadecimal.
    pub sha256: String,
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

/// Files of a report for other programs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct HandedOn<'a> {
    /// What they call the runs, one name each; the runs' own where there are none.
    pub names: &'a [String],
    /// What cards of models call the data set; no cards without.
    pub model_index: Option<&'a str>,
    /// Whether MultiQC is to show the runs.
    pub multiqc: bool,
}

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
    /// The parts that were added up; `None` where images were scored one by one.
    pub parts: Option<&'a Parts>,
    /// The command that added them up.
    pub added_by: Option<&'a str>,
    /// What was understood of the predictions.
    pub understood: Option<&'a Understood>,
    /// The record of the run directory, which says how it was computed; `None` for a table.
    pub record: Option<&'a Record>,
    /// The space of the run's vectors.
    pub latent: Option<(&'a Embeddings, &'a Latent)>,
    /// Which files to write.
    pub contents: Contents,
    /// Which files to write for other programs.
    pub handed_on: HandedOn<'a>,
    /// Every run without the images that verdicts leave out; empty where nothing was judged.
    pub judged: &'a [Judged],
    /// The language that the page opens in.
    pub language: Language,
    /// What one answer is about, where it is not an image.
    pub noun: Option<&'a Noun>,
}

impl<'a> ReportOptions<'a> {
    /// Where the pages get their photographs.
    #[must_use]
    pub fn photographs(&self) -> Photographs<'a> {
        Photographs { folder: self.photographs, thumbnail: self.thumbnail, hidden: self.hidden }
    }
}
