//! Scoring: a run directory or a table of predictions, read, scored and written, as `nearmiss report` does it.

mod adding;
mod error;
mod lists;

pub use error::ScoringError;

use super::csv_safe;
use super::error::ReportError;
use super::gates::hold_gates;
use super::language::Language;
use super::noun::Noun;
use super::options::{Contents, HandedOn, ReportOptions, Source};
use super::overwrite::Overwrite;
use super::parts::Parts;
use super::photographs::Photographs;
use super::prior_files::PriorFiles;
use super::writing::write_report;
use super::{distributions, json};
use crate::answers::distribution::Distribution;
use crate::answers::observation::{self, Pool};
use crate::answers::prior::Priors;
use crate::answers::table::{self, Built, TableOptions, TableSource};
use crate::answers::understood::Understood;
use crate::answers::{Answers, event};
use crate::runs::directory::record::Record;
use crate::scores::events::EventOptions;
use crate::scores::gate::{Gate, GateOutcome, Verdict};
use crate::scores::intervals::DrawnBy;
use crate::scores::outcome::Unreachable;
use crate::scores::roll_up::RollUp;
use crate::scores::verdicts::{Judged, Verdicts};
use crate::scores::{Scores, Tree};
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::{Latent, LatentOptions, measure};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::information::InformationFrom;
use crate::taxonomy::rank::Rank;
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
    /// The photographs of one event, whose probabilities become one; [`Scoring::events`] says which these are.
    Event(Pool),
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
    /// How images become events, where that is asked for; [`TableOptions::taken`] says which columns tell them.
    pub events: Option<EventOptions>,
    /// Answers of a site from which on a taxon counts as present there.
    pub present_from: u64,
    /// Weights of taxa by place and season: a table of taxon, log-prior, prior or allowed, and group.
    pub prior: Option<TableSource>,
    /// The taxa that may be answered, in each group of images: a table, a list of names, a download of GBIF, TAXREF.
    pub geofence: Option<TableSource>,
    /// A published way of rolling up, as one more decision rule.
    pub roll_up: Option<RollUp>,
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
    /// The record of the run directory; `None` for a table.
    pub record: Option<Record>,
    /// What was left out, one sentence each.
    pub notes: Vec<String>,
    /// What was done with images whose true taxon was no candidate.
    pub unreachable: Unreachable,
    /// Every run without the images that verdicts leave out; empty where nothing was judged.
    pub judged: Vec<Judged>,
    /// The parts that were added up; `None` where images were scored one by one.
    pub parts: Option<Parts>,
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
            events: None,
            present_from: 1,
            prior: None,
            geofence: None,
            roll_up: None,
        }
    }

    /// Reads and scores.
    ///
    /// # Errors
    ///
    /// [`ScoringError`]: whatever cannot be read or told apart; predictions of which no image can be scored.
    pub fn run(&self) -> Result<Scored, ScoringError> {
        let given = self.taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let lists = PriorFiles::read([self.prior.as_ref(), self.geofence.as_ref()], &self.table.group_columns)?;
        let tables = lists.tables(&self.predictions, given.as_deref(), &self.table)?;
        let priors = lists.priors(&tables.taxonomy)?;
        let said = (&tables.notes[..], &tables.warnings[..]);
        let (runs, judged) = self.scores(&tables.taxonomy, tables.runs, said, priors.as_ref())?;
        Self::check_scored(&runs, self.predictions.name())?;
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
        let (sources, record, unreachable) = (self.sources()?, self.record(), self.unreachable);
        let parts = None;
        Ok(Scored {
            taxonomy,
            taxonomy_source,
            understood,
            runs,
            verdicts,
            sources,
            space,
            record,
            notes,
            unreachable,
            judged,
            parts,
        })
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
        priors: Option<&Priors>,
    ) -> Result<ScoredRuns, ScoringError> {
        let verdicts = self.verdicts.as_ref().map(|source| Verdicts::read_for(source, &runs)).transpose()?;
        let lists = self.lists(taxonomy)?;
        let options = self.score_options(&lists, priors);
        let score = |mut answers: Answers| {
            answers.notes.splice(0..0, notes.iter().cloned());
            answers.warnings.splice(0..0, warnings.iter().cloned());
            let mut distribution =
                self.run_directory().map(|run| distributions::of_run(run, taxonomy, answers.images.len())).transpose()?;
            if let Unit::Event(_) = self.unit {
                answers = self.with_events(taxonomy, &answers)?;
            }
            if let Unit::Observation(pool) | Unit::Event(pool) = self.unit {
                let refused = if matches!(self.unit, Unit::Event(_)) { ScoringError::Events } else { ScoringError::Observations };
                let whole = match distribution {
                    Some(whole) => whole.map_err(refused)?,
                    None => Distribution::of_answers(&answers).map_err(|why| refused(why.to_string()))?,
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

    /// Refuses runs of which no image is scored.
    fn check_scored(runs: &[(Answers, Scores)], path: &Path) -> Result<(), ScoringError> {
        let scores_nothing = |(_, scores): &(Answers, Scores)| scores.accounting.scored == 0 && !scores.is_of_detection();
        match runs.first() {
            Some((answers, scores)) if runs.iter().all(scores_nothing) => {
                let accounting = scores.accounting.line();
                let remedy = remedy(answers, scores.accounting.not_a_candidate);
                Err(ScoringError::NothingScored { path: path.to_path_buf(), accounting, remedy })
            }
            _ => Ok(()),
        }
    }

    /// The answers with their events as observations.
    fn with_events(&self, taxonomy: &Taxonomy, answers: &Answers) -> Result<Answers, ScoringError> {
        let refused = |what: &str| ScoringError::Events(what.to_string());
        let options = self.events.ok_or_else(|| refused("no gap says what an event is; give --event-gap, such as 30min"))?;
        let events = event::events(answers, options.gap).ok_or_else(|| refused("no image has a time or a sequence"))?;
        Ok(event::as_observations(taxonomy, answers, &events))
    }

    /// The run directory of the predictions.
    fn run_directory(&self) -> Option<&Path> {
        distributions::run_directory(&self.predictions)
    }

    /// The record of the run directory that is scored; `None` for a table, and for one that lies beside those of a run.
    fn record(&self) -> Option<Record> {
        Record::read(self.run_directory()?).ok()
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
        tables.extend(self.prior.iter().chain(&self.geofence));
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

/// What helps where no truth is a taxon of the taxonomy, or none of them a candidate.
fn remedy(answers: &Answers, novel: u64) -> String {
    let shown: Vec<String> = answers.outside_truths.keys().take(3).map(|name| format!("'{name}'")).collect();
    if shown.is_empty() && novel > 0 {
        return "; --count-unreachable scores truths that are no candidates, and the report says how new they are".to_string();
    }
    if shown.is_empty() {
        return String::new();
    }
    format!("; truths such as {} are no taxa of the taxonomy: give one that has them (--taxonomy)", shown.join(", "))
}

fn file(path: &Path, source: std::io::Error) -> ScoringError {
    ScoringError::File { path: path.to_path_buf(), source }
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
            // What was understood of parts stands with each of them.
            understood: self.parts.is_none().then_some(&self.understood),
            parts: self.parts.as_ref(),
            added_by: writing.command_line,
            record: self.record.as_ref(),
            hidden,
            gates: &self.verdicts,
            judged: &self.judged,
            language: writing.language,
            noun: writing.noun,
            title: None,
            // The same parts in any number and order make the same report.
            command_line: writing.command_line.filter(|_| self.parts.is_none()),
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

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::runs::directory::record;

    #[test]
    fn a_table_that_lies_beside_those_of_a_run_is_not_scored_with_its_vectors() {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(record::FILE), "{}").unwrap();
        let of = |name: &str| Scoring::of(folder.path().join(name)).run_directory().map(Path::to_path_buf);
        assert_eq!(Scoring::of(folder.path()).run_directory(), Some(folder.path()));
        assert_eq!(of("predictions.parquet").as_deref(), Some(folder.path()));
        assert_eq!((of("resnet.csv"), of("predictions-of-resnet.csv")), (None, None));
    }
}
