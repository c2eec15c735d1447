//! Ranking: judgements and runs, read, measured, compared and held to gates, as `nearmiss retrieve` does it.

use super::fused::{FusedError, write_run};
use super::gates::{HoldError, gates, hold};
use super::note::Note;
use super::runs::Ranked;
use crate::numbers::bootstrap::{Clusters, DRAWS};
use crate::report::overwrite::Overwrite;
use crate::scores::compare::{CompareOptions, Comparison, Values};
use crate::scores::gate::{Gate, Verdict};
use crate::spaces::retrieval::evaluation::NothingInCommon;
use crate::spaces::retrieval::file::FileError;
use crate::spaces::retrieval::fusion::{Fusion, fuse};
use crate::spaces::retrieval::measure::Labels;
use crate::spaces::retrieval::{Documents, Evaluation, Measure, MeasureError, Qrels, Run, Ties, evaluate};
use serde_json::{Map, json};
use std::path::{Path, PathBuf};

/// What is measured unless asked otherwise.
const MEASURES: [&str; 9] =
    ["mrr@10", "precision@1", "precision@5", "precision@10", "recall@10", "map@10", "ndcg@10", "r-precision", "map"];

/// Runs to be held against judgements, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::report::retrieval::Writing;
/// use nearmiss::report::retrieval::ranking::Ranking;
///
/// let folder = tempfile::tempdir()?;
/// let [judgements, run] = ["judgements.txt", "run.txt"].map(|name| folder.path().join(name));
/// std::fs::write(&judgements, "fox 0 fox-1.jpg 1\nlynx 0 lynx-1.jpg 1\n")?;
/// std::fs::write(&run, "fox Q0 fox-1.jpg 1 0.9 example\nlynx Q0 fox-1.jpg 1 0.8 example\nlynx Q0 lynx-1.jpg 2 0.7 example\n")?;
/// let ranking = Ranking { measures: vec!["mrr".to_string()], ..Ranking::of(&judgements, vec![run]) };
/// let ranked = ranking.run()?;
/// // The fox is found first, the lynx second.
/// assert_eq!(ranked.comparison.metrics[0].means, [Some((1.0 + 0.5) / 2.0)]);
/// let files = ranked.write(&folder.path().join("report"), &Writing::default())?;
/// assert!(files.iter().any(|file| file.ends_with("compare.json")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Ranking {
    /// The judgements: ranx JSON, TREC or Parquet.
    pub judgements: PathBuf,
    /// The runs, in the same formats.
    pub runs: Vec<PathBuf>,
    /// Measures by their names; the usual ones where there is none.
    pub measures: Vec<String>,
    /// A TOML file of gates, which come before those of `gates`.
    pub gates_file: Option<PathBuf>,
    /// Lines that measures must reach.
    pub gates: Vec<Gate>,
    /// What decides between documents with equal scores.
    pub ties: Ties,
    /// How the runs become one more, measured with them.
    pub fusion: Option<Fusion>,
    /// Labels of the tables.
    pub labels: Labels,
    /// A difference is significant at an adjusted p-value of at most this.
    pub alpha: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of draws and permutations.
    pub seed: u64,
}

/// Why runs could not be held against judgements.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum RankingError {
    #[error(
        "{}: these are judgements, and no run to hold against them is named; give at least one, such as run.json or run.trec",
        judgements.display()
    )]
    NoRun { judgements: PathBuf },
    #[error("--fuse: there is one run to fuse, '{run}'; give another one")]
    OneToFuse { run: String },
    #[error(transparent)]
    Gate(#[from] HoldError),
    #[error(transparent)]
    Measure(#[from] MeasureError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    NothingInCommon(#[from] NothingInCommon),
}

/// What becomes of queries that have nothing to find at the level of a measure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(super) enum Unanswered {
    /// Each counts 0, as in ranx.
    #[default]
    CountZero,
    /// They have no value of it.
    LeftOut,
}

/// Judgements and runs that were read.
#[derive(Debug)]
pub struct Rankings<'a> {
    ranking: &'a Ranking,
    gates: Vec<Gate>,
    measures: Vec<Measure>,
    unanswered: Unanswered,
    documents: Documents,
    qrels: Qrels,
    runs: Vec<Run>,
    /// The runs as one, where that is asked for.
    pub fused: Option<Run>,
}

/// Runs held against judgements, query by query, that are still to be compared.
#[derive(Debug)]
pub struct Judged<'a> {
    ranking: &'a Ranking,
    gates: Vec<Gate>,
    measures: Vec<Measure>,
    names: Vec<String>,
    queries: Vec<String>,
    evaluations: Vec<Evaluation>,
    /// For each measure whether each query has a value; `None` where all have.
    answered: Option<Vec<Vec<bool>>>,
    /// What did not fit, one sentence each.
    pub notes: Vec<Note>,
}

impl Ranking {
    /// Of judgements and runs, everything else as `nearmiss retrieve` does it unless told otherwise.
    #[must_use]
    pub fn of(judgements: &Path, runs: Vec<PathBuf>) -> Ranking {
        Ranking {
            judgements: judgements.to_path_buf(),
            runs,
            measures: vec![],
            gates_file: None,
            gates: vec![],
            ties: Ties::default(),
            fusion: None,
            labels: Labels::default(),
            alpha: 0.05,
            draws: DRAWS,
            seed: 0,
        }
    }

    /// Reads, measures and compares.
    ///
    /// # Errors
    ///
    /// [`RankingError`]: whatever cannot be read or measured.
    pub fn run(&self) -> Result<Ranked, RankingError> {
        self.read()?.judge()?.compare()
    }

    /// Reads, and fuses where that is asked for: the first step of [`Ranking::run`].
    ///
    /// # Errors
    ///
    /// [`RankingError`]: whatever cannot be read; fewer runs than are needed.
    pub fn read(&self) -> Result<Rankings<'_>, RankingError> {
        if self.runs.is_empty() {
            return Err(RankingError::NoRun { judgements: self.judgements.clone() });
        }
        let asked = self.asked()?;
        let mut documents = Documents::default();
        let qrels = Qrels::read(&self.judgements, &mut documents)?;
        let mut runs = Run::read_all(&self.runs, &mut documents)?;
        named_apart(&mut runs, &self.runs);
        self.rankings(asked, documents, qrels, runs)
    }

    /// Takes judgements and runs that have been read, in place of what the paths name: else as [`Ranking::read`].
    ///
    /// # Errors
    ///
    /// As [`Ranking::read`].
    pub fn held(&self, documents: Documents, qrels: Qrels, runs: Vec<Run>) -> Result<Rankings<'_>, RankingError> {
        if runs.is_empty() {
            return Err(RankingError::NoRun { judgements: self.judgements.clone() });
        }
        self.rankings(self.asked()?, documents, qrels, runs)
    }

    /// The gates, and the measures with those of gates.
    fn asked(&self) -> Result<(Vec<Gate>, Vec<Measure>), RankingError> {
        let gates = gates(self.gates_file.as_deref(), &self.gates)?;
        let measures = self.measures(&gates)?;
        Ok((gates, measures))
    }

    fn rankings(
        &self,
        (gates, measures): (Vec<Gate>, Vec<Measure>),
        documents: Documents,
        qrels: Qrels,
        runs: Vec<Run>,
    ) -> Result<Rankings<'_>, RankingError> {
        let fused = match (self.fusion, &runs[..]) {
            (Some(_), [only]) => return Err(RankingError::OneToFuse { run: only.name.clone() }),
            (Some(fusion), runs) => Some(fuse(runs, fusion, self.ties, &documents)),
            (None, _) => None,
        };
        let unanswered = Unanswered::default();
        Ok(Rankings { ranking: self, gates, measures, unanswered, documents, qrels, runs, fused })
    }

    /// Takes runs of texts with the gates and measures that go with them; nothing is fused any more.
    pub(super) fn of_texts(
        &self,
        (gates, measures): (Vec<Gate>, Vec<Measure>),
        (documents, qrels): (Documents, Qrels),
        runs: Vec<Run>,
        unanswered: Unanswered,
    ) -> Rankings<'_> {
        Rankings { ranking: self, gates, measures, unanswered, documents, qrels, runs, fused: None }
    }

    /// The measures asked for, or the usual ones; those of gates as well.
    fn measures(&self, gates: &[Gate]) -> Result<Vec<Measure>, MeasureError> {
        let asked: Vec<&str> =
            if self.measures.is_empty() { MEASURES.to_vec() } else { self.measures.iter().map(String::as_str).collect() };
        let mut measures: Vec<Measure> = vec![];
        for text in asked.into_iter().chain(gates.iter().map(|gate| gate.metric.as_str())) {
            for measure in Measure::parse(text, &[])? {
                if measures.iter().all(|known| known.name() != measure.name()) {
                    measures.push(measure);
                }
            }
        }
        Ok(measures)
    }
}

impl<'a> Rankings<'a> {
    /// Writes the fused run, whole: `.json` for ranx, else TREC lines. Nothing where nothing is fused.
    ///
    /// # Errors
    ///
    /// [`FusedError`].
    pub fn write_fused(&self, path: &Path, overwrite: Overwrite) -> Result<(), FusedError> {
        self.fused.as_ref().map_or(Ok(()), |fused| write_run(path, fused, &self.documents, overwrite))
    }

    /// Holds every run against the judgements: the second step of [`Ranking::run`].
    ///
    /// # Errors
    ///
    /// [`RankingError::NothingInCommon`].
    pub fn judge(self) -> Result<Judged<'a>, RankingError> {
        let Rankings { ranking, gates, measures, unanswered, documents, qrels, mut runs, fused } = self;
        runs.extend(fused);
        let judged = |run: &Run| evaluate(&qrels, run, &measures, ranking.ties, &documents);
        let evaluations = runs.iter().map(judged).collect::<Result<Vec<Evaluation>, NothingInCommon>>()?;
        let notes = notes(&runs, &evaluations, ranking.ties, unanswered);
        let names = runs.into_iter().map(|run| run.name).collect();
        let answered = (unanswered == Unanswered::LeftOut).then(|| answered(&qrels, &measures));
        Ok(Judged { ranking, gates, measures, names, queries: qrels.queries, evaluations, answered, notes })
    }
}

impl Judged<'_> {
    /// Compares the runs and holds the gates: the last step of [`Ranking::run`].
    ///
    /// # Errors
    ///
    /// [`RankingError::Gate`].
    pub fn compare(self) -> Result<Ranked, RankingError> {
        let comparison = self.comparison();
        let verdicts = verdicts(&self.gates, &comparison)?;
        let Judged { ranking: &Ranking { ties, labels, .. }, queries, evaluations, answered, notes, .. } = self;
        Ok(Ranked { comparison, queries, evaluations, answered, ties, labels, notes, verdicts })
    }

    fn comparison(&self) -> Comparison {
        let queries = self.evaluations.first().map_or(0, |evaluation| evaluation.accounting.queries);
        let has_value = |place: usize, query: usize| self.answered.as_ref().is_none_or(|answered| answered[place][query]);
        let of_runs = |place: usize| -> Vec<Vec<Option<f64>>> {
            let of_run = |evaluation: &Evaluation| {
                let values = evaluation.values[place].iter().enumerate();
                values.map(|(query, value)| has_value(place, query).then_some(*value)).collect()
            };
            self.evaluations.iter().map(of_run).collect()
        };
        let values: Vec<Values> = self
            .measures
            .iter()
            .enumerate()
            .map(|(place, measure)| Values {
                name: measure.name(),
                label: measure.label(self.ranking.labels),
                direction: measure.metric().direction,
                binary: measure.is_binary(),
                range: measure.range(),
                runs: of_runs(place),
            })
            .collect();
        let &Ranking { alpha, draws, seed, .. } = self.ranking;
        let options = CompareOptions { alpha, draws, seed, noun: "queries", ..CompareOptions::default() };
        Comparison::of(&self.names, &values, &Clusters::single(queries), &options)
    }
}

/// For each measure whether each query has anything to find at its level.
fn answered(qrels: &Qrels, measures: &[Measure]) -> Vec<Vec<bool>> {
    let of = |measure: &Measure| {
        let level = measure.level;
        qrels.grades.iter().map(|grades| grades.values().any(|grade| *grade >= level)).collect()
    };
    measures.iter().map(of).collect()
}

/// Names runs of one name after their files.
pub(super) fn named_apart(runs: &mut [Run], paths: &[PathBuf]) {
    let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
    for (place, (run, path)) in runs.iter_mut().zip(paths).enumerate() {
        if names.iter().enumerate().any(|(other, name)| other != place && *name == run.name) {
            run.name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        }
    }
}

/// What did not fit.
fn notes(runs: &[Run], evaluations: &[Evaluation], ties: Ties, unanswered: Unanswered) -> Vec<Note> {
    let mut notes = vec![];
    let policy = json!(ties);
    for (run, evaluation) in runs.iter().zip(evaluations) {
        let of = evaluation.accounting;
        if of.missing > 0 {
            notes.push(Note::Warning(format!(
                "{}: {} of {} judged queries are not in the run; each counts 0",
                run.name, of.missing, of.queries
            )));
        }
        if of.extra > 0 {
            notes.push(Note::Remark(format!("{}: {} queries were not judged and are left out", run.name, of.extra)));
        }
        if of.tied.documents > 0 {
            notes.push(Note::Remark(format!(
                "{}: {} documents of {} queries have the score of another one; they are ordered by the policy {}",
                run.name,
                of.tied.documents,
                of.tied.queries,
                policy.as_str().unwrap_or_default()
            )));
        }
    }
    let without = evaluations.first().map_or(0, |evaluation| evaluation.accounting.without_relevant);
    if without > 0 && unanswered == Unanswered::CountZero {
        notes.push(Note::Remark(format!("{without} judged queries have no relevant document; each counts 0")));
    }
    notes
}

/// Every gate held against every run.
fn verdicts(gates: &[Gate], comparison: &Comparison) -> Result<Vec<Verdict>, HoldError> {
    let mut verdicts: Vec<Verdict> = vec![];
    for (run, name) in comparison.runs.iter().enumerate() {
        let values = values_of(comparison, run);
        for gate in gates {
            verdicts.push(hold(gate, name, &values)?);
        }
    }
    Ok(verdicts)
}

/// Means of a run with their intervals, by name.
pub(super) fn values_of(comparison: &Comparison, run: usize) -> serde_json::Value {
    let mut values = Map::new();
    for metric in &comparison.metrics {
        values.insert(metric.name.clone(), json!(metric.means[run]));
        values.insert(format!("{}_low", metric.name), json!(metric.intervals[run].map(|interval| interval.low)));
        values.insert(format!("{}_high", metric.name), json!(metric.intervals[run].map(|interval| interval.high)));
        if let Some(reason) = &metric.no_interval[run] {
            let reasons = values.entry("no_interval").or_insert_with(|| json!({}));
            reasons[metric.name.as_str()] = json!(reason);
        }
    }
    values.into()
}
