//! Sets of truths and answers: read, scored, and where there are several runs compared, as `nearmiss sets` does it.

use super::selection::Selection;
use super::set_scores::{RunSets, Scoring};
use super::units::Units;
use super::values::values;
use crate::answers::sets::{AnswerSets, Form, ImageSets, Member};
use crate::answers::table::{ReadSets, SetOptions, TableError, TableSource, read_sets};
use crate::numbers::bootstrap::DRAWS;
use crate::scores::compare::{CompareOptions, Comparison, PairsOf};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::read::ReadError;
use crate::taxonomy::source::TaxonomySource;
use std::sync::Arc;

/// Most runs of which every two are compared.
const EVERY_TWO: usize = 20;

/// Tables of sets to be scored, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::sets::SetScoring;
///
/// let folder = tempfile::tempdir()?;
/// let table = folder.path().join("plots.csv");
/// std::fs::write(&table, "quadrat,truth,predicted\nq1,Poa annua;Bellis perennis,Bellis perennis\nq2,Poa annua,Poa annua\n")?;
/// let scored = SetScoring::of(vec![table]).run()?;
/// // F1 is 2 · 1 / (2 + 1) in one quadrat and 1 in the other.
/// assert!(scored.runs[0].scores.averages.sample_f1.is_some_and(|f1| (f1 - 5.0 / 6.0).abs() < 1e-12));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct SetScoring {
    /// Tables of answers.
    pub sources: Vec<TableSource>,
    /// The taxonomy; built from the tables where there is none.
    pub taxonomy: Option<TaxonomySource>,
    /// How tables are read.
    pub options: SetOptions,
    /// What is answered of each list; as is usual for its form where it is not said.
    pub selection: Option<Selection>,
    /// Share of right answers that a threshold is tuned for, besides F1.
    pub precision: Option<f64>,
    /// A difference is significant at an adjusted p-value of at most this, 0 to 1.
    pub alpha: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of draws, halves and permutations.
    pub seed: u64,
}

/// Why sets could not be scored.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum SetScoringError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("name the tables of answers")]
    NoTable,
    #[error(
        "no image has a truth that can be scored: {undetermined} say that nobody knows, {outside} have truths of which none is a \
         taxon of the taxonomy. Name the column of truths with --truth-column, or give a taxonomy that has their names"
    )]
    NoTruth { undetermined: usize, outside: usize },
    #[error(
        "--threshold takes scores, and the answers of '{run}' have none: name their column with --score-column, or leave the \
         threshold out and every answer counts"
    )]
    NoScores { run: String },
}

/// Sets that were scored.
#[derive(Debug)]
pub struct ScoredSets {
    /// The taxonomy of all of them.
    pub taxonomy: Arc<Taxonomy>,
    /// Where it comes from, in words.
    pub built: &'static str,
    /// Truths and answers, image by image.
    pub sets: ImageSets,
    /// One for each run.
    pub runs: Vec<RunSets>,
    /// The runs against each other, where there are several.
    pub comparison: Option<Comparison>,
    /// What was read and decided, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

impl SetScoring {
    /// Of tables, everything else as `nearmiss sets` does it unless told otherwise.
    #[must_use]
    pub fn of(sources: Vec<impl Into<TableSource>>) -> SetScoring {
        SetScoring {
            sources: sources.into_iter().map(Into::into).collect(),
            taxonomy: None,
            options: SetOptions::default(),
            selection: None,
            precision: None,
            alpha: 0.05,
            draws: DRAWS,
            seed: 0,
        }
    }

    /// Reads and scores.
    ///
    /// # Errors
    ///
    /// [`SetScoringError`]: whatever cannot be read; no image with a truth; a threshold without scores.
    pub fn run(&self) -> Result<ScoredSets, SetScoringError> {
        if self.sources.is_empty() {
            return Err(SetScoringError::NoTable);
        }
        let given = self.taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let ReadSets { taxonomy, built, sets, notes, warnings } = read_sets(&self.sources, given.as_deref(), &self.options)?;
        let taxonomy = match (&given, taxonomy) {
            (Some(given), _) => Arc::clone(given),
            (None, own) => Arc::new(own.into_owned()),
        };
        // Where only empty sets are left of truths that had names, the names are of another taxonomy.
        let is_unknown = !sets.unknown_truths.is_empty() && sets.truths.iter().all(Vec::is_empty);
        if sets.images.is_empty() || is_unknown {
            return Err(SetScoringError::NoTruth { undetermined: sets.undetermined, outside: sets.outside });
        }
        let (mut notes, mut warnings) = (notes, warnings);
        notes.push(built.words().to_string());
        let units = Units::of(&sets);
        let (draws, seed) = (self.draws, self.seed);
        let scoring = Scoring { taxonomy: &taxonomy, sets: &sets, units: &units, draws, seed, precision: self.precision };
        let several = sets.runs.len() > 1;
        let mut runs = vec![];
        for run in &sets.runs {
            let before = if several { format!("{}: ", run.name) } else { String::new() };
            notes.extend(run.notes.iter().map(|note| format!("{before}{note}")));
            warnings.extend(run.warnings.iter().chain(&self.doubts(run)).map(|warning| format!("{before}{warning}")));
            let selection = self.selection(run)?;
            notes.extend(width_note(run, selection).map(|note| format!("{before}{note}")));
            runs.push(scoring.run(run, selection));
        }
        notes.extend(units_note(&sets, &units));
        let comparison = several.then(|| {
            let pairs = if runs.len() > EVERY_TWO { PairsOf::First } else { PairsOf::All };
            let options = CompareOptions { alpha: self.alpha, draws, seed, pairs, noun: units.tested() };
            let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
            Comparison::of(&names, &values(&taxonomy, sets.images.len(), &runs), &units.clusters, &options)
        });
        Ok(ScoredSets { taxonomy, built: built.words(), sets, runs, comparison, notes, warnings })
    }

    /// What of a run's lists is answered.
    fn selection(&self, run: &AnswerSets) -> Result<Selection, SetScoringError> {
        let selection = self.selection.unwrap_or_else(|| Selection::usual(run));
        let has_members = run.listed.iter().any(|listed| !listed.is_empty());
        match selection {
            Selection::Threshold(_) if has_members && !run.is_scored() => {
                Err(SetScoringError::NoScores { run: run.name.clone() })
            }
            selection => Ok(selection),
        }
    }

    /// What looks like another form of table than it was read as.
    fn doubts(&self, run: &AnswerSets) -> Option<String> {
        let is_share = |member: &Member| member.score.is_none_or(|score| (0.0..=1.0).contains(&score));
        if self.selection.is_none() && run.form == Form::Classes && !run.listed.iter().flatten().all(is_share) {
            return Some(
                "the scores of classes are not all from 0 to 1, and those of at least 0.5 count as answered; say with --threshold \
                 or --top-k which are answers"
                    .to_string(),
            );
        }
        let width = run.width();
        let is_whole = width > 1 && run.listed.iter().all(|listed| listed.len() == width);
        let is_doubtful = self.selection.is_none() && run.form == Form::Listed && run.is_scored() && is_whole;
        (is_doubtful && run.listed.len() > 1).then(|| {
            format!(
                "every image lists {width} scored names, and each of them counts as answered; if they are scores of candidates, \
                 say with --threshold or --top-k which are answers"
            )
        })
    }
}

/// What is said of lists that are shorter than what is taken of them, and of scores that are missing.
fn width_note(run: &AnswerSets, selection: Selection) -> Option<String> {
    match selection {
        Selection::Top(most) if run.width() < most => {
            Some(format!("no image lists {most} names: the longest list has {}, and all of it counts", run.width()))
        }
        Selection::Threshold(_) => {
            let without = run.listed.iter().flatten().filter(|member| member.score.is_none()).count();
            (without > 0).then(|| format!("{without} answers have no score and reach no threshold"))
        }
        Selection::All | Selection::Top(_) => None,
    }
}

fn units_note(sets: &ImageSets, units: &Units) -> Option<String> {
    let (noun, _) = sets.grouped()?;
    Some(format!("intervals, tests and halves take whole {noun}: {} of {} images", units.clusters.len(), sets.images.len()))
}
