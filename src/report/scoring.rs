//! Scoring: a run directory or a table of predictions, read, scored and written, as `nearmiss report` does it.

use super::csv_safe;
use super::error::ReportError;
use super::gates::hold_gates;
use super::json;
use super::language::Language;
use super::noun::Noun;
use super::options::{Contents, HandedOn, ReportOptions, Source};
use super::overwrite::Overwrite;
use super::photographs::Photographs;
use super::writing::write_report;
use crate::answers::Answers;
use crate::answers::distribution::run_vectors::{self, VectorsError};
use crate::answers::distribution::{Distribution, NotWhole};
use crate::answers::observation::{self, Pool};
use crate::answers::table::{self, Built, TableError, TableOptions, TableSource};
use crate::answers::understood::Understood;
use crate::runs::directory::RunError;
use crate::runs::directory::record::{self, Record};
use crate::scores::cost::{CostMatrix, LookAlikes, PairsError};
use crate::scores::flags::Acceptable;
use crate::scores::gate::{Gate, GateError, GateOutcome, Verdict};
use crate::scores::intervals::DrawnBy;
use crate::scores::outcome::Unreachable;
use crate::scores::training_counts::TrainingCounts;
use crate::scores::verdicts::{Judged, Verdicts, VerdictsError};
use crate::scores::{ScoreOptions, Scores, Tree};
use crate::spaces::embeddings::{Embeddings, EmbeddingsError};
use crate::spaces::latent::{Latent, LatentOptions, measure};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::information::InformationFrom;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::read::ReadError;
use crate::taxonomy::search::Found;
use crate::taxonomy::source::TaxonomySource;
use rayon::prelude::*;
use std::borrow::Cow;
use std::collections::HashSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Vectors above which a report does not look at the space: there are better times to wait.
const MOST_VECTORS: usize = 20_000;

/// What one answer is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Unit {
    /// A photograph.
    #[default]
    Image,
    /// The photographs of one individual, whose probabilities become one.
    Observation(Pool),
}

/// Whether the space of a run that has vectors is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Space {
    /// A section on it, unless it has more than 20 000 vectors.
    #[default]
    Section,
    /// Not at all.
    Without,
}

/// Predictions to be scored, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::report::scoring::Scoring;
///
/// let folder = tempfile::tempdir()?;
/// let table = folder.path().join("predictions.csv");
/// std::fs::write(&table, "image,truth,predicted\n1,Felis catus,Felis catus\n2,Felis catus,Felis silvestris\n3,Lynx lynx,Felis catus\n")?;
/// let scored = Scoring::of(&table).run()?;
/// let (_, scores) = &scored.runs[0];
/// // Taxa come from the names: the second answer is right to the genus.
/// let right: Vec<_> = scores.ranks.iter().filter(|row| row.n > 0).map(|row| (row.rank.name(), row.path_top1)).collect();
/// assert_eq!(right, [("genus", Some(2.0 / 3.0)), ("species", Some(1.0 / 3.0))]);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Scoring {
    /// A run directory or a table.
    pub predictions: TableSource,
    /// The taxonomy; what the predictions themselves say where there is none.
    pub taxonomy: Option<TaxonomySource>,
    /// How a table is read.
    pub table: TableOptions,
    /// Images of each taxon that a model was trained on: a CSV of taxon and number.
    pub training_counts: Option<PathBuf>,
    /// What mistakes cost: a CSV of truth, answer, cost.
    pub costs: Option<PathBuf>,
    /// Taxa that may be taken for each other: a CSV of pairs.
    pub look_alikes: Option<PathBuf>,
    /// Rank at which truth and answer must meet for a near miss to be acceptable.
    pub yellow_from: Rank,
    /// What one answer is.
    pub unit: Unit,
    /// What the intervals draw together.
    pub drawn_by: DrawnBy,
    /// Probability that an answer of the back-off rule must reach, 0 to 1; one half where none is given.
    pub back_off: Option<f64>,
    /// The tree of edges and lineages.
    pub tree: Tree,
    /// What the information of a taxon is taken from.
    pub information: InformationFrom,
    /// Images whose true taxon was no candidate.
    pub unreachable: Unreachable,
    /// Lines that metrics must reach.
    pub gates: Vec<Gate>,
    /// Whether the space of a run is looked at.
    pub space: Space,
    /// What people said of images: a table of image, verdict and note.
    pub verdicts: Option<TableSource>,
}

/// Why predictions could not be scored.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ScoringError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Pairs(#[from] PairsError),
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error(transparent)]
    Verdicts(#[from] VerdictsError),
    #[error(transparent)]
    Vectors(#[from] VectorsError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Embeddings(#[from] EmbeddingsError),
    #[error("--by observation: {0}")]
    Observations(String),
    #[error("{path}: cannot read: {source}")]
    File { path: PathBuf, source: std::io::Error },
    #[error("{path}: no image can be scored: {accounting}{remedy}")]
    NothingScored { path: PathBuf, accounting: String, remedy: String },
}

impl From<NotWhole> for ScoringError {
    fn from(why: NotWhole) -> Self {
        ScoringError::Observations(why.to_string())
    }
}

/// Predictions that were scored.
#[derive(Debug)]
pub struct Scored {
    /// All taxa of answers and scores are of it.
    pub taxonomy: Arc<Taxonomy>,
    /// Where the taxonomy came from, in words.
    pub taxonomy_source: String,
    /// What was understood of the predictions before they were scored.
    pub understood: Understood,
    /// Every run with its scores.
    pub runs: Vec<(Answers, Scores)>,
    /// The gates, held against every run.
    pub verdicts: Vec<Verdict>,
    /// The files that were read.
    pub sources: Vec<Source>,
    /// The space of a run that has vectors.
    pub space: Option<(Embeddings, Latent)>,
    /// What was left out, one sentence each.
    pub notes: Vec<String>,
    /// What was done with images whose true taxon was no candidate.
    pub unreachable: Unreachable,
    /// Every run without the images that verdicts leave out; empty where nothing was judged.
    pub judged: Vec<Judged>,
}

/// What was understood of predictions that are not scored.
#[derive(Debug, Clone, PartialEq)]
pub struct Explained {
    /// Columns, names, what is unknown.
    pub understood: Understood,
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// Sentences without their repetitions.
fn once(mut sentences: Vec<String>) -> Vec<String> {
    let mut said = HashSet::new();
    sentences.retain(|sentence| said.insert(sentence.clone()));
    sentences
}

/// How what was scored is written.
#[derive(Clone, Copy, Default)]
pub struct Writing<'a> {
    /// The command that made the report.
    pub command_line: Option<&'a str>,
    /// Where pages get their photographs.
    pub photographs: Photographs<'a>,
    /// What to write over.
    pub overwrite: Overwrite,
    /// Which files to write.
    pub contents: Contents,
    /// Which files to write for other programs.
    pub handed_on: HandedOn<'a>,
    /// What becomes of cells that a spreadsheet would take for a formula.
    pub formulas: Formulas,
    /// The language that the page opens in.
    pub language: Language,
    /// What one answer is about, where it is not an image.
    pub noun: Option<&'a Noun>,
}

/// What becomes of cells that a spreadsheet would take for a formula.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Formulas {
    /// They stay as they are.
    #[default]
    Kept,
    /// They begin with an apostrophe.
    Defused,
}

/// Every run with its scores, and where there are verdicts without the images that these leave out.
type ScoredRuns = (Vec<(Answers, Scores)>, Vec<Judged>);

impl Scoring {
    /// Of a run directory or a table, everything else as `nearmiss report` does it unless told otherwise.
    #[must_use]
    pub fn of(predictions: impl Into<TableSource>) -> Scoring {
        Scoring {
            predictions: predictions.into(),
            taxonomy: None,
            table: TableOptions::default(),
            training_counts: None,
            costs: None,
            look_alikes: None,
            yellow_from: Rank::Genus,
            unit: Unit::default(),
            drawn_by: DrawnBy::default(),
            back_off: None,
            tree: Tree::default(),
            information: InformationFrom::default(),
            unreachable: Unreachable::default(),
            gates: vec![],
            space: Space::default(),
            verdicts: None,
        }
    }

    /// Reads and scores.
    ///
    /// # Errors
    ///
    /// [`ScoringError`]: whatever cannot be read or told apart; predictions of which no image can be scored.
    pub fn run(&self) -> Result<Scored, ScoringError> {
        let given = self.taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let tables = table::read_tables(&self.predictions, given.as_deref(), &self.table)?;
        let (runs, judged) = self.scores(&tables.taxonomy, tables.runs, (&tables.notes, &tables.warnings))?;
        if runs.iter().all(|(_, scores)| scores.accounting.scored == 0) {
            let accounting = runs[0].1.accounting.line();
            let (path, remedy) = (self.predictions.name().to_path_buf(), remedy(&runs[0].0));
            return Err(ScoringError::NothingScored { path, accounting, remedy });
        }
        let verdicts = hold_gates(&self.gates, &runs)?;
        let mut notes = vec![];
        let space = self.measured_space(given.as_deref(), &mut notes)?;
        let taxonomy_source = self.taxonomy_source(tables.built).to_string();
        let understood = tables.understood;
        let built = match tables.taxonomy {
            Cow::Owned(built) => Some(Arc::new(built)),
            Cow::Borrowed(_) => None,
        };
        let taxonomy = built.or(given).unwrap_or_else(|| Arc::new(Taxonomy::empty()));
        let (sources, unreachable) = (self.sources()?, self.unreachable);
        Ok(Scored { taxonomy, taxonomy_source, understood, runs, verdicts, sources, space, notes, unreachable, judged })
    }

    /// Reads, and scores nothing: what was understood, with notes and warnings.
    ///
    /// # Errors
    ///
    /// [`ScoringError`]: whatever cannot be read or told apart.
    pub fn explain(&self) -> Result<Explained, ScoringError> {
        let given = self.taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let tables = table::read_tables(&self.predictions, given.as_deref(), &self.table)?;
        let (mut notes, mut warnings) = (tables.notes, tables.warnings);
        for run in tables.runs {
            notes.extend(run.notes);
            warnings.extend(run.warnings);
        }
        Ok(Explained { understood: tables.understood, notes: once(notes), warnings: once(warnings) })
    }

    fn scores(
        &self,
        taxonomy: &Taxonomy,
        runs: Vec<Answers>,
        (notes, warnings): (&[String], &[String]),
    ) -> Result<ScoredRuns, ScoringError> {
        let costs = self.costs.as_deref().map(|path| CostMatrix::read(path, taxonomy)).transpose()?;
        let look_alikes = self.look_alikes.as_deref().map(|path| LookAlikes::read(path, taxonomy)).transpose()?;
        let training = self.training_counts.as_deref().map(|path| TrainingCounts::read(path, taxonomy)).transpose()?;
        let verdicts = self.verdicts.as_ref().map(|source| Verdicts::read_for(source, &runs)).transpose()?;
        let options = ScoreOptions {
            acceptable: Acceptable { rank: self.yellow_from, look_alikes: look_alikes.as_ref() },
            costs: costs.as_ref(),
            training: training.as_ref(),
            back_off: self.back_off,
            drawn_by: self.drawn_by,
            tree: self.tree,
            information: self.information,
            unreachable: self.unreachable,
        };
        let score = |mut answers: Answers| {
            answers.notes.splice(0..0, notes.iter().cloned());
            answers.warnings.splice(0..0, warnings.iter().cloned());
            let mut distribution = distribution(&self.predictions, taxonomy, &answers)?;
            if let Unit::Observation(pool) = self.unit {
                let whole = match distribution {
                    Some(whole) => whole.map_err(ScoringError::Observations)?,
                    None => Distribution::of_answers(&answers)?,
                };
                let (pooled, whole) = observation::pooled(taxonomy, &answers, &whole, pool)?;
                answers = pooled;
                distribution = Some(Ok(whole));
            }
            let scores = match distribution {
                Some(distribution) => Scores::with_distribution(taxonomy, &answers, &distribution, &options),
                None => Scores::of(taxonomy, &answers, &options),
            };
            let judged = verdicts.as_ref().map(|verdicts| Judged::of(taxonomy, &answers, verdicts, &options));
            Ok(((answers, scores), judged))
        };
        let scored: Vec<((Answers, Scores), Option<Judged>)> =
            runs.into_par_iter().map(score).collect::<Result<_, ScoringError>>()?;
        let (runs, judged): (Vec<_>, Vec<_>) = scored.into_iter().unzip();
        Ok((runs, judged.into_iter().flatten().collect()))
    }

    fn taxonomy_source(&self, built: Built) -> &str {
        match built {
            Built::Given => self.taxonomy.as_ref().map_or("given", TaxonomySource::name),
            Built::Recorded => "the run's own",
            Built::Lineages => "the lineages of the table",
            Built::Binomials { .. } => "the names of the table: genus and species",
        }
    }

    fn sources(&self) -> Result<Vec<Source>, ScoringError> {
        let mut sources = vec![];
        let mut tables: Vec<&TableSource> = self.table.truth_file.iter().collect();
        if let Some(folder) = self.predictions.folder() {
            // The record has the sums of the tables; its times would make every report another one.
            let sha256 = Record::read(folder)?.content_sha256().map_err(|error| file(folder, error.into()))?;
            sources.push(Source { path: folder.display().to_string(), sha256 });
        } else {
            tables.insert(0, &self.predictions);
        }
        tables.extend(&self.verdicts);
        for table in tables {
            let path = table.name();
            // A table in memory may have the name of a stream, which must not be read for it.
            let sha256 = if let Some(sum) = table.sha256() {
                sum
            } else if let Some(bytes) = table::held(path) {
                crate::files::sha256::hex([&bytes.map_err(|source| file(path, source))?[..]])
            } else {
                crate::files::sha256::of_file(path).map_err(|source| file(path, source))?
            };
            sources.push(Source { path: path.display().to_string(), sha256 });
        }
        Ok(sources)
    }

    /// The space of a run that has vectors; `None` for tables, and where it is left out.
    fn measured_space(
        &self,
        given: Option<&Taxonomy>,
        notes: &mut Vec<String>,
    ) -> Result<Option<(Embeddings, Latent)>, ScoringError> {
        let Some(input) = self.predictions.folder().filter(|_| self.space == Space::Section) else { return Ok(None) };
        if !Embeddings::in_run(input)? {
            return Ok(None);
        }
        let embeddings = Embeddings::read(input, None, given)?;
        if embeddings.len() > MOST_VECTORS {
            notes.push(format!(
                "{} vectors are too many for a section on the latent space (at most {MOST_VECTORS}); `nearmiss latent {}` looks at them",
                embeddings.len(),
                input.display()
            ));
            return Ok(None);
        }
        if embeddings.len() < 3 {
            return Ok(None);
        }
        let latent = measure(&embeddings, &LatentOptions { map: false, ..LatentOptions::default() });
        Ok(Some((embeddings, latent)))
    }
}

/// What helps where no truth is a taxon of the taxonomy.
fn remedy(answers: &Answers) -> String {
    let shown: Vec<String> = answers.outside_truths.keys().take(3).map(|name| format!("'{name}'")).collect();
    if shown.is_empty() {
        return String::new();
    }
    format!("; truths such as {} are no taxa of the taxonomy: give one that has them (--taxonomy)", shown.join(", "))
}

fn file(path: &Path, source: std::io::Error) -> ScoringError {
    ScoringError::File { path: path.to_path_buf(), source }
}

/// The distributions of a run directory, made again from its vectors; `None` for a table, the reason where a run has
/// none. Vectors that are damaged are an error.
fn distribution(
    input: &TableSource,
    taxonomy: &Taxonomy,
    answers: &Answers,
) -> Result<Option<Result<Distribution, String>>, ScoringError> {
    let folder = input.folder().or_else(|| input.file()?.parent());
    let Some(folder) = folder.filter(|folder| folder.join(record::FILE).is_file()) else { return Ok(None) };
    let run = match run_vectors::read(folder) {
        Ok(run) => run,
        Err(reason @ VectorsError::Missing { .. }) => return Ok(Some(Err(reason.to_string()))),
        Err(error) => return Err(error.into()),
    };
    let made = || -> Result<Distribution, String> {
        let mut candidates = vec![];
        for name in &run.candidates {
            match taxonomy.find(name) {
                Found::One(taxon) => candidates.push(taxon),
                _ => return Err(format!("the candidate '{name}' of the run is not one taxon of the taxonomy")),
            }
        }
        if candidates.iter().collect::<HashSet<_>>().len() < candidates.len() {
            return Err("several candidates of the run are one taxon of the taxonomy".to_string());
        }
        let distribution = Distribution::of_vectors(candidates, run.vectors);
        if distribution.images() != answers.images.len() {
            return Err(format!("the run has {} images and {} vectors", answers.images.len(), distribution.images()));
        }
        Ok(distribution)
    };
    Ok(Some(made()))
}

impl Scored {
    /// Writes the report folder and returns its files.
    ///
    /// # Errors
    ///
    /// [`ReportError`], as [`write_report`].
    pub fn write(&self, folder: &Path, writing: &Writing<'_>) -> Result<Vec<PathBuf>, ReportError> {
        let options = self.options(writing);
        let files = write_report(folder, &self.taxonomy, &self.runs, &options)?;
        if writing.formulas == Formulas::Defused {
            csv_safe::defuse(&files)?;
        }
        Ok(files)
    }

    fn options<'a>(&'a self, writing: &Writing<'a>) -> ReportOptions<'a> {
        let Photographs { folder: photographs, thumbnail, hidden } = writing.photographs;
        ReportOptions {
            latent: self.space.as_ref().map(|(embeddings, latent)| (embeddings, latent)),
            understood: Some(&self.understood),
            hidden,
            gates: &self.verdicts,
            judged: &self.judged,
            language: writing.language,
            noun: writing.noun,
            title: None,
            command_line: writing.command_line,
            sources: &self.sources,
            taxonomy_source: Some(&self.taxonomy_source),
            photographs,
            thumbnail,
            overwrite: writing.overwrite,
            contents: writing.contents,
            handed_on: writing.handed_on,
        }
    }

    /// The text of `metrics.json`.
    #[must_use]
    pub fn metrics_json(&self, command_line: Option<&str>) -> String {
        let writing = Writing { command_line, ..Writing::default() };
        json::metrics(&self.taxonomy, &self.runs, &self.options(&writing))
    }

    /// Whether images could not be read, in any run.
    #[must_use]
    pub fn has_unreadable(&self) -> bool {
        self.runs.iter().any(|(_, scores)| scores.accounting.unreadable > 0)
    }

    /// Whether a metric does not reach its line.
    #[must_use]
    pub fn has_failed(&self) -> bool {
        self.verdicts.iter().any(|verdict| verdict.outcome == GateOutcome::Fail)
    }
}
