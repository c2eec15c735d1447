//! Comparing runs: read, paired image by image and held against each other, as `nearmiss compare` does it.

use super::comparison::Comparison;
pub use super::options::Images;
use super::options::{CompareOptions, PairsOf};
use super::values::{PairError, Paired, judgements, values};
use crate::answers::Answers;
use crate::answers::table::{Built, TableError, TableOptions, TableSource, read_tables, read_together};
use crate::numbers::bootstrap::Clusters;
use crate::numbers::counted::{counted, form};
use crate::runs::directory::record::Record;
use crate::scores::outcome::{Judgement, Unreachable};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::read::ReadError;
use crate::taxonomy::source::TaxonomySource;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Most runs of which every two are compared unasked: 190 pairs.
const EVERY_TWO: usize = 20;

/// Runs to be compared, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::compare::runs::Comparing;
///
/// let folder = tempfile::tempdir()?;
/// let table = folder.path().join("two.csv");
/// let rows = "image,truth,one,other\n1,Felis catus,Felis catus,Lynx lynx\n2,Lynx lynx,Lynx lynx,Lynx lynx\n";
/// std::fs::write(&table, rows)?;
/// let mut comparing = Comparing::of(vec![table]);
/// comparing.table.predicted_columns = vec!["one".to_string(), "other".to_string()];
/// let compared = comparing.run()?;
/// let exact = compared.comparison.metrics.iter().find(|metric| metric.name == "exact").ok_or("no metric")?;
/// assert_eq!(exact.pairs[0].difference, Some(0.5));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Comparing {
    /// Run directories or tables; each predicted column of a table is a run.
    pub runs: Vec<TableSource>,
    /// What the runs are called, one name for each of [`Comparing::runs`]; where there is none, as their files are.
    pub names: Vec<String>,
    /// The taxonomy; what the first run or table says where there is none.
    pub taxonomy: Option<TaxonomySource>,
    /// How tables are read.
    pub table: TableOptions,
    /// Which images are compared.
    pub images: Images,
    /// Images whose true taxon was no candidate.
    pub unreachable: Unreachable,
    /// Which pairs are compared; every two of up to 20 runs where it is not said.
    pub pairs: Option<PairsOf>,
    /// A difference is significant at an adjusted p-value of at most this, 0 to 1.
    pub alpha: f64,
    /// Draws of the bootstrap.
    pub draws: usize,
    /// Seed of draws and permutations.
    pub seed: u64,
}

/// Why runs could not be compared.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ComparingError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Pair(#[from] PairError),
    #[error("name the runs to compare")]
    NoRun,
    #[error("there is one run to compare: '{name}'; give another one, or several --predicted-column")]
    OneRun { name: String },
    #[error(
        "{path}: runs and tables are compared over one taxonomy, and this table brings only its own; name one with --taxonomy"
    )]
    OwnTaxonomy { path: PathBuf },
    #[error(
        "{path}: the run was made with another taxonomy ({taxonomy}) than the first; name the one to compare over with --taxonomy"
    )]
    OtherTaxonomy { path: PathBuf, taxonomy: String },
    #[error("no image is scored in all runs: {0}")]
    NothingScored(String),
}

/// Runs that were compared.
#[derive(Debug)]
pub struct ComparedRuns {
    /// The taxonomy of all runs.
    pub taxonomy: Arc<Taxonomy>,
    /// The runs as they were read.
    pub runs: Vec<Answers>,
    /// Names of the images that are compared.
    pub images: Vec<String>,
    /// For each run the row of each image in its answers.
    pub rows: Vec<Vec<usize>>,
    /// Which images are drawn and flipped together.
    pub clusters: Clusters,
    /// What was done with images whose true taxon was no candidate.
    pub unreachable: Unreachable,
    /// Their judgements, run by run.
    pub judgements: Vec<Vec<Judgement>>,
    /// The numbers.
    pub comparison: Comparison,
    /// What was read and decided, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// Runs over one taxonomy that are not compared yet, with notes and warnings.
pub type ReadRuns = (Arc<Taxonomy>, Vec<Answers>, [Vec<String>; 2]);

/// Runs over one taxonomy, and what is said of them.
struct Read {
    taxonomy: Arc<Taxonomy>,
    runs: Vec<Answers>,
    notes: Vec<String>,
    warnings: Vec<String>,
}

impl Comparing {
    /// Of runs, everything else as `nearmiss compare` does it unless told otherwise.
    #[must_use]
    pub fn of(runs: Vec<impl Into<TableSource>>) -> Comparing {
        let CompareOptions { alpha, draws, seed, .. } = CompareOptions::default();
        Comparing {
            runs: runs.into_iter().map(Into::into).collect(),
            names: vec![],
            taxonomy: None,
            table: TableOptions::default(),
            images: Images::default(),
            unreachable: Unreachable::default(),
            pairs: None,
            alpha,
            draws,
            seed,
        }
    }

    /// Reads and compares.
    ///
    /// # Errors
    ///
    /// [`ComparingError`]: whatever cannot be read or paired; a single run; no image that is scored in all of them.
    pub fn run(&self) -> Result<ComparedRuns, ComparingError> {
        let Read { taxonomy, runs, mut notes, warnings } = self.read()?;
        if runs.len() < 2 {
            return Err(runs.first().map_or(ComparingError::NoRun, |run| ComparingError::OneRun { name: run.name.clone() }));
        }
        let paired = Paired::of(&taxonomy, &runs, self.images)?;
        for (run, dropped) in runs.iter().zip(&paired.dropped).filter(|(_, dropped)| **dropped > 0) {
            let (images, name) = (counted(run.images.len(), "image", "images"), &run.name);
            let (are, were) = (form(*dropped, "is", "are"), form(*dropped, "was", "were"));
            notes.push(format!("{dropped} of {images} of {name} {are} not in all runs and {were} left out"));
        }
        let judgements = judgements(&taxonomy, &runs, &paired, self.unreachable);
        let left_out = left_out(&runs, &judgements);
        notes.extend(left_out.iter().cloned());
        let clusters = clusters(&runs, &paired);
        let pairs = self.pairs(runs.len(), &mut notes);
        let noun = if clusters.repeat() { "observations" } else { "images" };
        let options = CompareOptions { alpha: self.alpha, draws: self.draws, seed: self.seed, pairs, noun };
        let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
        let comparison = Comparison::of(&names, &values(&taxonomy, &runs, &paired, &judgements), &clusters, &options);
        if comparison.metrics.iter().all(|metric| metric.n == 0) {
            let (first, more) = left_out.split_at(left_out.len().min(3));
            let more = if more.is_empty() {
                String::new()
            } else {
                format!("; and so on, {}", counted(more.len(), "more reason", "more reasons"))
            };
            return Err(ComparingError::NothingScored(format!("{}{more}", first.join("; "))));
        }
        let (Paired { images, rows, .. }, unreachable) = (paired, self.unreachable);
        Ok(ComparedRuns { taxonomy, runs, images, rows, clusters, unreachable, judgements, comparison, notes, warnings })
    }

    /// Reads and compares nothing: the runs of all inputs over one taxonomy, with notes and warnings.
    ///
    /// # Errors
    ///
    /// [`ComparingError`]: whatever cannot be read.
    pub fn read_only(&self) -> Result<ReadRuns, ComparingError> {
        let Read { taxonomy, runs, notes, warnings } = self.read()?;
        Ok((taxonomy, runs, [notes, warnings]))
    }

    /// Which pairs are compared: those asked for, or of many runs those with the first.
    fn pairs(&self, runs: usize, notes: &mut Vec<String>) -> PairsOf {
        if self.pairs.is_none() && runs > EVERY_TWO {
            notes.push(format!(
                "{runs} runs have {} pairs: every run is compared with the first alone; --pairs all compares every two",
                runs * (runs - 1) / 2
            ));
            return PairsOf::First;
        }
        self.pairs.unwrap_or_default()
    }

    /// What an input is called.
    fn name(&self, place: usize) -> String {
        let stem = |source: &TableSource| source.name().file_stem().map(|stem| stem.to_string_lossy().into_owned());
        self.names.get(place).cloned().or_else(|| self.runs.get(place).and_then(stem)).unwrap_or_default()
    }

    /// What an input is called in notes.
    fn place(&self, place: usize) -> String {
        self.names.get(place).cloned().unwrap_or_else(|| self.runs[place].name().display().to_string())
    }

    /// All runs of all inputs over one taxonomy.
    fn read(&self) -> Result<Read, ComparingError> {
        let given = self.taxonomy.as_ref().map(TaxonomySource::read).transpose()?;
        let Some((first, others)) = self.runs.split_first() else { return Err(ComparingError::NoRun) };
        if given.is_none()
            && !others.is_empty()
            && let Some(together) = self.together()?
        {
            return Ok(together);
        }
        let tables = read_tables(first, given.as_deref(), &self.table)?;
        if !others.is_empty() && !matches!(tables.built, Built::Given | Built::Recorded) {
            return Err(ComparingError::OwnTaxonomy { path: first.name().to_path_buf() });
        }
        let (mut notes, mut warnings) = (tables.understood.lines(), tables.warnings);
        let taxonomy = match (&given, tables.taxonomy) {
            (Some(given), _) => Arc::clone(given),
            (None, own) => Arc::new(own.into_owned()),
        };
        notes.extend(tables.notes);
        let mut runs = if others.is_empty() { tables.runs } else { named(tables.runs, &self.name(0)) };
        for (source, place) in others.iter().zip(1..) {
            if let (None, Some(path)) = (&given, source.file()) {
                check_taxonomy(path, &taxonomy)?;
            }
            let tables = read_tables(source, Some(&taxonomy), &self.table)?;
            let said = tables.understood.lines().into_iter().chain(tables.notes);
            let name = self.place(place);
            notes.extend(said.map(|note| format!("{name}: {note}")));
            warnings.extend(tables.warnings.into_iter().map(|warning| format!("{name}: {warning}")));
            runs.extend(named(tables.runs, &self.name(place)));
        }
        warnings.extend(runs.iter().flat_map(|run| run.warnings.iter().cloned()));
        Ok(Read { taxonomy, runs, notes, warnings })
    }

    /// Tables that bring their own names, over the taxonomy of all of them; `None` where there are runs.
    fn together(&self) -> Result<Option<Read>, ComparingError> {
        let Some(together) = read_together(&self.runs, &self.table)? else { return Ok(None) };
        let (mut notes, mut warnings) = (together.notes, together.warnings);
        notes.push(together.built.words().to_string());
        let (mut runs, mut said, mut warned) = (vec![], vec![], vec![]);
        for (place, tables) in together.tables.into_iter().enumerate() {
            let name = self.place(place);
            said.extend(tables.understood.lines().into_iter().chain(tables.notes).map(|note| (name.clone(), note)));
            let of_runs = tables.runs.iter().flat_map(|run| run.warnings.iter().cloned());
            warned.extend(tables.warnings.into_iter().chain(of_runs).map(|warning| (name.clone(), warning)));
            runs.extend(named(tables.runs, &self.name(place)));
        }
        notes.extend(folded(&said, self.runs.len(), "table"));
        warnings.extend(folded(&warned, self.runs.len(), "table"));
        Ok(Some(Read { taxonomy: Arc::new(together.taxonomy), runs, notes, warnings }))
    }
}

/// Notes of several sources; what several of them say is said once.
fn folded(said: &[(String, String)], sources: usize, noun: &str) -> Vec<String> {
    let mut by_note: Vec<(&str, Vec<&str>)> = vec![];
    for (source, note) in said {
        match by_note.iter_mut().find(|(known, _)| known == note) {
            Some((_, of)) => of.push(source),
            None => by_note.push((note, vec![source])),
        }
    }
    let fold = |(note, of): (&str, Vec<&str>)| match of.len() {
        1 => format!("{}: {note}", of[0]),
        all if all == sources => format!("all {all} {noun}s: {note}"),
        some => format!("{some} {noun}s, the first of them {}: {note}", of[0]),
    };
    by_note.into_iter().map(fold).collect()
}

/// Names the runs of one of several inputs after it.
fn named(mut runs: Vec<Answers>, input: &str) -> Vec<Answers> {
    let alone = runs.len() == 1;
    for run in &mut runs {
        run.name = if alone { input.to_string() } else { format!("{input} {}", run.name) };
    }
    runs
}

/// A run that was made with another taxonomy cannot be read with the first one's unasked.
fn check_taxonomy(path: &Path, taxonomy: &Taxonomy) -> Result<(), ComparingError> {
    let Ok(record) = Record::read(path) else { return Ok(()) };
    if record.identity.taxonomy_sha256 != taxonomy.fingerprint() {
        let (path, taxonomy) = (path.to_path_buf(), record.identity.taxonomy);
        return Err(ComparingError::OtherTaxonomy { path, taxonomy });
    }
    Ok(())
}

/// What each run left out of its scores.
fn left_out(runs: &[Answers], judged: &[Vec<Judgement>]) -> Vec<String> {
    let mut said = vec![];
    for (run, judgements) in runs.iter().zip(judged) {
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        for judgement in judgements {
            let reason = match judgement {
                Judgement::Scored(_) | Judgement::Unplaced(_) => continue,
                Judgement::Unreadable => "unreadable",
                Judgement::WithoutTruth => "without a truth",
                Judgement::OutsideTaxonomy => "with a truth outside the taxonomy",
                Judgement::NotACandidate => "whose truth was not a candidate",
                Judgement::NotATaxon => "of no taxon",
            };
            *counts.entry(reason).or_default() += 1;
        }
        let note = |(reason, count)| {
            let (images, are) = if count == 1 { ("image", "it is") } else { ("images", "they are") };
            (run.name.clone(), format!("{count} {images} {reason}; {are} compared in no run"))
        };
        said.extend(counts.into_iter().map(note));
    }
    folded(&said, runs.len(), "run")
}

/// Observations of the paired images, of the first run that names them.
fn clusters(runs: &[Answers], paired: &Paired) -> Clusters {
    let with = runs.iter().zip(&paired.rows).find_map(|(run, rows)| run.observations.as_ref().map(|names| (names, rows)));
    match with {
        Some((names, rows)) => Clusters::by_name(rows.iter().map(|&row| names[row].as_str())),
        None => Clusters::single(paired.images.len()),
    }
}
