//! How to read a table.

use super::source::TableSource;
use crate::answers::non_taxon::NonTaxonWords;
use regex::Regex;

/// What becomes of images whose truth is blank (`NA`, `Unknown`, ...).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum MissingTruth {
    /// They are counted and left out of every score.
    #[default]
    LeaveOut,
    /// They are scored as mistakes of full height, as are truths outside the taxonomy.
    Wrong,
    /// The blank is a class of its own, which a blank prediction matches.
    Taxon,
}

/// How to read a table; everything is optional.
#[derive(Debug, Clone, Default)]
pub struct TableOptions {
    /// The column with image names.
    pub image_column: Option<String>,
    /// The column with image names of the second table, where it is called otherwise than in the first.
    pub truth_image_column: Option<String>,
    /// The column with the truth.
    pub truth_column: Option<String>,
    /// The columns with predictions; each is one run.
    pub predicted_columns: Vec<String>,
    /// The column with scores or probabilities.
    pub score_column: Option<String>,
    /// What separates the steps of a lineage; guessed among `;` and `|` otherwise.
    pub lineage_separator: Option<char>,
    /// A second table with the truth, joined by image name.
    pub truth_file: Option<TableSource>,
    /// For predictions in free text: the first group (or the whole match) is the name.
    pub predicted_pattern: Option<Regex>,
    /// What becomes of blank truths.
    pub missing_truth: MissingTruth,
    /// Columns that sort images into groups, of the table or of the second one.
    pub group_columns: Vec<String>,
    /// Encoding of text that is not UTF-8 and has no byte order mark (`latin1`, `windows-1252`).
    pub encoding: Option<String>,
    /// Lineage put above every name that comes without one: `Animalia;...;Carabidae` from the
    /// kingdom down, or with rank prefixes (`f__Carabidae`).
    pub clade: Option<String>,
    /// Which words name no taxon (`blank`, `person`, `vehicle`), and what they say instead.
    pub non_taxa: NonTaxonWords,
    /// Columns that say when and where images were taken.
    pub taken: TakenColumns,
    /// Whether the images may be without any truth, as those are that people still have to label.
    pub without_truth: bool,
}

/// Which columns say when and where images were taken; none is looked for unless events or one of them is asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TakenColumns {
    /// Whether events are asked for: columns that are not named are recognised by their usual names.
    pub events: bool,
    /// The column of times, or those of dates and of times of day as `date+time`.
    pub time: Option<String>,
    /// The column of cameras or deployments.
    pub camera: Option<String>,
    /// The column of sites.
    pub site: Option<String>,
}

impl TakenColumns {
    /// Whether anything is asked for.
    #[must_use]
    pub fn any(&self) -> bool {
        self.events || [&self.time, &self.camera, &self.site].into_iter().any(Option::is_some)
    }
}
