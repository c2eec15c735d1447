//! Probing: a run's images answered by others of it, into a new run directory, as `nearmiss train` does it where its
//! configuration is of a probe.

use super::config::{Method, ProbeConfig};
pub use super::error::ProbingError;
use super::split::{Split, wide};
use super::{Scores, Support, logistic, nearest, ridge, simple_shot, tip_adapter};
use crate::answers::Answers;
use crate::answers::distribution::run_vectors;
use crate::answers::distribution::vectors::Vectors;
use crate::answers::table::read_run;
use crate::numbers::counted::counted;
use crate::runs::directory::TableFormat;
use crate::runs::directory::columns;
pub use crate::runs::directory::existing::Existing;
use crate::runs::directory::parts::{Opened, Parts};
use crate::runs::directory::record::{Identity, Record};
use crate::runs::zero_shot::{ImageAnswers, RankGroups};
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Answers kept per image and rank.
const K: usize = 5;

/// A run to be probed, and how.
///
/// # Examples
///
/// ```no_run
/// use nearmiss::spaces::probe::config::ProbeConfig;
/// use nearmiss::spaces::probe::probing::{Probed, Probing};
/// use std::path::Path;
///
/// let config = ProbeConfig::from_path(Path::new("probe.toml"))?.ok_or("no table 'probe'")?;
/// match Probing::of(config, Path::new("runs/probed")).run(&|_| {})? {
///     Probed::Done(answered) => println!("{} images among {} taxa", answered.answers.len(), answered.candidates.len()),
///     Probed::Before(record) => println!("{} images, already there", record.identity.images),
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Probing {
    /// Which run, and by which method.
    pub config: ProbeConfig,
    /// The new run directory.
    pub output: PathBuf,
    /// What is there already.
    pub existing: Existing,
    /// The command, for the record.
    pub command_line: Vec<String>,
}

/// What a probe tells while it works.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Told<'a> {
    /// What was found.
    Remark(&'a str),
    /// What may be wrong.
    Warning(&'a str),
}

/// What became of a probe.
#[derive(Debug)]
pub enum Probed {
    /// The images are answered and the run directory is written.
    Done(Box<Answered>),
    /// It was done before.
    Before(Box<Record>),
}

/// What a probe answered.
#[derive(Debug)]
pub struct Answered {
    /// The images by name, in the order of the run, with their answers.
    pub answers: Vec<(String, ImageAnswers)>,
    /// Images to answer that the run has no embedding of.
    pub without_embedding: usize,
    /// The taxa of the labelled images, among which was chosen.
    pub candidates: Vec<TaxonId>,
    /// All taxa are of it.
    pub taxonomy: Taxonomy,
}

impl Probing {
    /// Into a new run directory.
    #[must_use]
    pub fn of(config: ProbeConfig, output: &Path) -> Probing {
        Probing { config, output: output.to_path_buf(), existing: Existing::default(), command_line: vec![] }
    }

    /// Answers; `told` hears what is worth knowing meanwhile.
    ///
    /// # Errors
    ///
    /// [`ProbingError`]: a run without embeddings, truths or the splits asked for; a support of fewer than two taxa.
    pub fn run(&self, told: &dyn Fn(Told<'_>)) -> Result<Probed, ProbingError> {
        let config = &self.config;
        let record = Record::read(&config.run)?;
        let taxonomy = read_taxonomy(config, &record)?;
        let answers = self.answers_of_run(&taxonomy)?;
        let read =
            run_vectors::read(&config.run).map_err(|source| ProbingError::Embeddings { run: config.run.clone(), source })?;
        let vectors = &read.vectors;
        let split = Split::of(config, &answers, vectors)?;
        let (support, classes) = split.support(&answers, vectors)?;
        let queries: Vec<Vec<f64>> = split.queries.iter().map(|&image| wide(vectors.image(image))).collect();
        told(Told::Remark(&format!(
            "{} of {} taxa; {} to answer, {} of them without an embedding",
            counted(support.vectors.len(), "labelled image", "labelled images"),
            support.count,
            counted(split.queries.len() + split.unreadable.len(), "image", "images"),
            split.unreadable.len()
        )));
        let texts: Vec<Vec<f64>> = match config.method {
            Method::TipAdapter { .. } => texts(&taxonomy, &classes, &read.candidates, vectors)?,
            _ => vec![],
        };
        let scores = scores(config.method, &support, &queries, &texts, vectors.scale())?;
        let probe =
            Probe { config, record: &record, taxonomy: &taxonomy, answers: &answers, split: &split, classes: &classes, vectors };
        let identity = probe.identity()?;
        let parts = match Parts::open(&self.output, &identity, self.existing, &[])? {
            Opened::Complete(record) => return Ok(Probed::Before(record)),
            Opened::Open(parts) => parts,
        };
        parts.notes().iter().for_each(|note| told(Told::Warning(note)));
        let answered = probe.answered(&scores);
        probe.write(parts, identity, &answered, &self.command_line)?;
        let without_embedding = split.unreadable.len();
        Ok(Probed::Done(Box::new(Answered { answers: answered, without_embedding, candidates: classes, taxonomy })))
    }

    /// The images of the run, with their truths and splits.
    fn answers_of_run(&self, taxonomy: &Taxonomy) -> Result<Answers, ProbingError> {
        let run = &self.config.run;
        let tables = read_run(run, Some(taxonomy))?;
        tables.runs.into_iter().next().ok_or_else(|| ProbingError::NoAnswers(run.clone()))
    }
}

/// What is probed with what: all that the new run tells of itself.
struct Probe<'a> {
    config: &'a ProbeConfig,
    /// The record of the run that is probed.
    record: &'a Record,
    taxonomy: &'a Taxonomy,
    answers: &'a Answers,
    split: &'a Split,
    classes: &'a [TaxonId],
    vectors: &'a Vectors,
}

impl Probe<'_> {
    fn identity(&self) -> Result<Identity, ProbingError> {
        let Probe { config, record, taxonomy, answers, split, classes, .. } = self;
        let names: Vec<String> = classes.iter().map(|&taxon| taxonomy.identity(taxon)).collect();
        let images: Vec<&str> =
            split.queries.iter().chain(&split.unreadable).map(|&image| answers.images[image].as_str()).collect();
        let ranks: BTreeSet<&str> = classes.iter().map(|&taxon| taxonomy.rank(taxon).name()).collect();
        let sha = |names: &[&str]| crate::files::sha256::hex(names.iter().flat_map(|name| [name.as_bytes(), b"\n".as_slice()]));
        let rank = if ranks.len() == 1 { ranks.iter().next().copied().unwrap_or("label") } else { "label" };
        let from = Path::new(&config.run).display().to_string();
        Ok(Identity {
            recipe: BTreeMap::from([("probe".to_string(), serde_json::to_string(config)?), ("embeddings".to_string(), from)]),
            taxonomy: config.taxonomy.clone().unwrap_or_else(|| record.identity.taxonomy.clone()),
            taxonomy_sha256: taxonomy.fingerprint(),
            labels: classes.len(),
            label_rank: rank.to_string(),
            labels_sha256: sha(&names.iter().map(String::as_str).collect::<Vec<_>>()),
            images: images.len(),
            dataset_sha256: sha(&images),
            k: K,
            format: TableFormat::Csv,
            ..record.identity.clone()
        })
    }

    /// The answers to the queries, from their scores.
    fn answered(&self, scores: &[Scores]) -> Vec<(String, ImageAnswers)> {
        let groups = RankGroups::new(self.taxonomy, self.classes, vec![true; self.classes.len()]);
        let answer = |(&image, scores): (&usize, &Scores)| {
            let logits: Vec<f32> = scores.iter().map(|&score| narrow(score)).collect();
            (self.answers.images[image].clone(), groups.answer(&logits, K))
        };
        self.split.queries.iter().zip(scores).map(answer).collect()
    }

    /// Writes the run: it is written in one piece, or not yet.
    fn write(
        &self,
        mut parts: Parts,
        identity: Identity,
        answered: &[(String, ImageAnswers)],
        command_line: &[String],
    ) -> Result<(), ProbingError> {
        let (rows, width) = (self.split.rows(self.answers), self.vectors.width());
        let mut predictions = columns::predictions(self.taxonomy, &identity.label_rank, answered)?;
        let mut images = columns::images(self.taxonomy, &rows, width)?;
        if !parts.missing(rows.len()).is_empty() {
            parts.write(0..rows.len(), &mut predictions, &mut images, vec![])?;
        }
        let nothing = vec![0.0; self.classes.len() * width];
        let labels = columns::labels(self.taxonomy, self.classes, 0, &nothing, width);
        let finished = Record {
            program: format!("nearmiss {}", env!("CARGO_PKG_VERSION")),
            command_line: command_line.to_vec(),
            identity,
            device: "cpu".to_string(),
            counts: parts.statuses()?,
            truncated_labels: vec![],
            unusable_labels: vec![],
            logit_scale: None,
            seconds: BTreeMap::new(),
            complete: true,
            files: BTreeMap::new(),
            photographs: None,
        };
        Ok(parts.finish(std::iter::once(labels), &finished)?)
    }
}

/// The taxonomy that the configuration names, or else that of the run, if it is still the same.
fn read_taxonomy(config: &ProbeConfig, record: &Record) -> Result<Taxonomy, ProbingError> {
    let name = config.taxonomy.as_deref().unwrap_or(&record.identity.taxonomy);
    let taxonomy = Taxonomy::named(name)?;
    if config.taxonomy.is_none() && taxonomy.fingerprint() != record.identity.taxonomy_sha256 {
        return Err(ProbingError::TaxonomyChanged(name.to_string()));
    }
    Ok(taxonomy)
}

/// The vectors of the texts of the classes, which were candidates of the run.
fn texts(
    taxonomy: &Taxonomy,
    classes: &[TaxonId],
    candidates: &[String],
    vectors: &Vectors,
) -> Result<Vec<Vec<f64>>, ProbingError> {
    let text = |&taxon: &TaxonId| {
        let identity = taxonomy.identity(taxon);
        let place = candidates.iter().position(|candidate| *candidate == identity);
        // Candidates of a classifier have vectors of zeros.
        let vector = place.and_then(|place| vectors.label(place)).filter(|vector| vector.iter().any(|value| *value != 0.0));
        let name = taxonomy.name(taxon);
        vector.map(|vector| wide(Some(vector))).ok_or_else(|| ProbingError::NoText(name.to_string()))
    };
    classes.iter().map(text).collect()
}

/// Scores of every query.
fn scores(
    method: Method,
    support: &Support,
    queries: &[Vec<f64>],
    texts: &[Vec<f64>],
    scale: f64,
) -> Result<Vec<Scores>, ProbingError> {
    Ok(match method {
        Method::SimpleShot => simple_shot::scores(support, queries),
        Method::Nearest { k } => {
            let shares = nearest::scores(support, queries, k);
            // Their softmax are the shares again.
            shares.into_iter().map(|shares| shares.into_iter().map(|share| share.max(1e-30).ln()).collect()).collect()
        }
        Method::Ridge { alpha } => ridge::fit(support, alpha).ok_or(ProbingError::NotFinite)?.scores(queries),
        Method::Logistic { c } => logistic::fit(support, c).scores(queries),
        Method::TipAdapter { alpha, beta } => {
            tip_adapter::scores(support, texts, queries, tip_adapter::Weights { scale, alpha, beta })
        }
    })
}

#[expect(clippy::cast_possible_truncation, reason = "scores of a probe")]
fn narrow(score: f64) -> f32 {
    score as f32
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::runs::directory::columns::ImageRow;

    const TAXA: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
";

    /// Name, species, split and vector.
    const IMAGES: [(&str, &str, &str, [f32; 2]); 6] = [
        ("1.jpg", "Felis catus", "train", [1.0, 0.0]),
        ("2.jpg", "Felis catus", "train", [0.96, 0.28]),
        ("3.jpg", "Vulpes vulpes", "train", [0.0, 1.0]),
        ("4.jpg", "Vulpes vulpes", "train", [0.28, 0.96]),
        ("5.jpg", "Felis catus", "test", [0.8, 0.6]),
        ("6.jpg", "Vulpes vulpes", "test", [0.6, 0.8]),
    ];

    /// Of a run with two candidates.
    fn identity(path: &Path, taxonomy: &Taxonomy) -> Identity {
        Identity {
            model: "model".to_string(),
            model_files: BTreeMap::new(),
            architecture: String::new(),
            recipe: BTreeMap::new(),
            taxonomy: path.display().to_string(),
            taxonomy_sha256: taxonomy.fingerprint(),
            labels: 2,
            label_rank: "species".to_string(),
            labels_sha256: String::new(),
            dataset: String::new(),
            images: IMAGES.len(),
            dataset_sha256: String::new(),
            k: K,
            batch: 1,
            format: TableFormat::Parquet,
            shard: None,
        }
    }

    /// A run whose two candidates have the vectors of the first and the third image.
    fn write_run(folder: &Path) -> PathBuf {
        let (path, run) = (folder.join("taxonomy.csv"), folder.join("run"));
        std::fs::write(&path, TAXA).unwrap();
        let taxonomy = Taxonomy::from_path(&path).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
        let candidates = [taxon("Felis catus"), taxon("Vulpes vulpes")];
        let row = |(image, truth, split, vector): &(&str, &str, &str, [f32; 2])| ImageRow {
            image: (*image).to_string(),
            truth: Some(taxon(truth)),
            split: Some((*split).to_string()),
            status: "ok".to_string(),
            embedding: Some(vector.to_vec()),
            ..ImageRow::default()
        };
        let rows: Vec<ImageRow> = IMAGES.iter().map(row).collect();
        let groups = RankGroups::new(&taxonomy, &candidates, vec![true; 2]);
        let answered: Vec<(String, ImageAnswers)> =
            IMAGES.iter().map(|(image, .., vector)| ((*image).to_string(), groups.answer(vector, K))).collect();
        let identity = identity(&path, &taxonomy);
        let Opened::Open(mut parts) = Parts::open(&run, &identity, Existing::Continued, &[]).unwrap() else {
            panic!("there was a run")
        };
        let mut predictions = columns::predictions(&taxonomy, "species", &answered).unwrap();
        let mut images = columns::images(&taxonomy, &rows, 2).unwrap();
        parts.write(0..rows.len(), &mut predictions, &mut images, vec![]).unwrap();
        let record = Record {
            program: "nearmiss".to_string(),
            command_line: vec![],
            identity,
            device: "cpu".to_string(),
            counts: parts.statuses().unwrap(),
            truncated_labels: vec![],
            unusable_labels: vec![],
            logit_scale: Some(1.0),
            seconds: BTreeMap::new(),
            complete: true,
            files: BTreeMap::new(),
            photographs: None,
        };
        let labels = columns::labels(&taxonomy, &candidates, 1, &[1.0, 0.0, 0.0, 1.0], 2);
        parts.finish(std::iter::once(labels), &record).unwrap();
        run
    }

    fn config(run: &Path) -> ProbeConfig {
        ProbeConfig {
            run: run.to_path_buf(),
            method: Method::Nearest { k: 1 },
            taxonomy: None,
            support: "train".to_string(),
            queries: "test".to_string(),
            shots: None,
            fold: 0,
        }
    }

    #[test]
    fn images_of_one_split_are_answered_by_those_of_another_once() {
        let folder = tempfile::tempdir().unwrap();
        let run = write_run(folder.path());
        let probing = Probing::of(config(&run), &folder.path().join("probed"));
        let remarks = std::cell::RefCell::new(vec![]);
        let told = |told: Told<'_>| remarks.borrow_mut().push(format!("{told:?}"));
        let Probed::Done(answered) = probing.run(&told).unwrap() else { panic!("it was done before") };
        let remark = "4 labelled images of 2 taxa; 2 images to answer, 0 of them without an embedding";
        assert_eq!(*remarks.borrow(), [format!("{:?}", Told::Remark(remark))]);
        assert_eq!((answered.without_embedding, answered.candidates.len()), (0, 2));
        let first =
            |(image, answers): &(String, ImageAnswers)| (image.clone(), answered.taxonomy.name(answers.labels[0].0).to_string());
        let found: Vec<(String, String)> = answered.answers.iter().map(first).collect();
        let expected = [("5.jpg", "Felis catus"), ("6.jpg", "Vulpes vulpes")];
        assert_eq!(found, expected.map(|(image, name)| (image.to_string(), name.to_string())));
        // Its record is that of the new run.
        let Probed::Before(record) = probing.run(&|_| {}).unwrap() else { panic!("it is done again") };
        assert_eq!((record.identity.images, record.identity.label_rank.as_str()), (2, "species"));
    }

    #[test]
    fn a_split_that_is_not_there_is_named_with_those_that_are() {
        let folder = tempfile::tempdir().unwrap();
        let run = write_run(folder.path());
        let config = ProbeConfig { queries: "nowhere".to_string(), ..config(&run) };
        let error = Probing::of(config, &folder.path().join("probed")).run(&|_| {}).unwrap_err().to_string();
        let expected = "no image of the split 'nowhere' for the queries; splits: [\"test\", \"train\"]";
        assert_eq!(error, format!("{}: {expected}", run.display()));
    }
}
