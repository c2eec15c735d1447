//! Classification: photographs to a run directory, as `nearmiss classify` does it.

use super::answering::{Answering, ClassScores};
use super::asked::{Asked, AskedEncoder, Asking};
use super::candidates::{Candidates, Prompted};
pub use super::class_labels::LeftOut;
pub use super::error::ClassificationError;
use super::error::ClassifyError;
use super::known::known_images;
use super::label_scores::LabelScores;
use super::listener::Listener;
use super::pipeline::{Pipeline, label_rank};
pub use super::preprocessing::PreprocessChoice;
use super::seen::{Reading, Vectors};
pub use super::source::{LeakCheck, PhotographSource};
use super::source::{photographs_sha256, take_shard};
use super::stopping::Limits;
pub use super::stopping::{Cause, Stopped};
pub use super::tiles::{TilePool, Tiles};
use crate::classify::model;
use crate::encoder::EncoderOptions;
use nearmiss::files::output::staging::Staging;
use nearmiss::numbers::counted::counted;
pub use nearmiss::photographs::dataset::View;
use nearmiss::photographs::dataset::{Dataset, DatasetError, Truths};
use nearmiss::photographs::photo::{Decoding, Orientation};
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::runs::device::DeviceChoice;
use nearmiss::runs::directory::columns;
pub use nearmiss::runs::directory::existing::Existing;
use nearmiss::runs::directory::parts::{Opened, Parts};
use nearmiss::runs::directory::record::{Identity, Record};
use nearmiss::runs::directory::shard::Shard;
use nearmiss::runs::directory::{TAXONOMY, TableFormat, write_whole};
use nearmiss::runs::label_precision::LabelPrecision;
pub use nearmiss::runs::pair_scores::ScoreKind;
use nearmiss::runs::prompt::NameFormat;
use nearmiss::runs::recipe::Recipe;
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::import::taxonomy_csv;
use nearmiss::taxonomy::label_set::LabelChoice;
use polars::prelude::{DataFrame, PolarsResult};
use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Photographs to be classified, and how.
#[derive(Debug, Clone)]
pub struct Classification {
    /// What is classified.
    pub source: PhotographSource,
    /// A model directory, a file in it, a network in a file (TorchScript or ONNX), `hf-hub:OWNER/NAME`, or `atlas`. One of images
    /// alone without classes gives vectors and no answers.
    pub model: String,
    /// A taxonomy file, the name of a shipped one, `dataset`, or `labels`.
    pub taxonomy: String,
    /// The run directory; of a shard that of the whole run.
    pub output: PathBuf,
    /// What is there already.
    pub existing: Existing,
    /// The candidates of an encoder; of a classifier only the clades count.
    pub labels: LabelChoice,
    /// The classes of a classifier, in the order of its outputs; those that its own files name where there is none.
    pub classes: Option<PathBuf>,
    /// What becomes of classes that are no candidate.
    pub left_out: LeftOut,
    /// The recipe; `bioclip` up to 1 000 candidates, else `single`, where none is given.
    pub recipe: Option<Recipe>,
    /// How a candidate is named in its prompt; the recipe's way where none is given.
    pub names: Option<NameFormat>,
    /// What photographs are made; the recipe's way, or else the model's own, where none is given.
    pub preprocess: Option<PreprocessChoice>,
    /// What becomes of scaled cosines; their softmax where none is given.
    pub scores: Option<ScoreKind>,
    /// What is computed in, where, and how.
    pub encoder: EncoderOptions,
    /// What the candidates' vectors are kept in.
    pub label_vectors: LabelPrecision,
    /// Photographs per batch, 1 or more.
    pub batch: usize,
    /// Another run of the same model and preprocessing over the same photographs, whose vectors are used again.
    pub embeddings: Option<PathBuf>,
    /// Answers kept per photograph and rank, 1 or more.
    pub top: usize,
    /// How JPEGs are decoded.
    pub decoding: Decoding,
    /// What is seen of a photograph.
    pub view: View,
    /// Whether EXIF turns a photograph.
    pub orientation: Orientation,
    /// How photographs are cut into tiles, and how these are pooled; where there is none, or one tile, they are seen whole.
    pub tiles: Option<Tiles>,
    /// How tables are written.
    pub format: TableFormat,
    /// When the time is up: it stops by itself before, with what is done kept. There is no limit where there is none.
    pub deadline: Option<Instant>,
    /// The command, for the record.
    pub command_line: Vec<String>,
}

/// What became of a classification.
#[derive(Debug)]
pub enum Classified {
    /// It is done.
    Done(Box<Record>),
    /// It was done before.
    Before(Box<Record>),
    /// It was stopped; run again, it goes on.
    Stopped(Stopped),
}

impl Classification {
    /// By a model over a taxonomy into a run directory, everything else as `nearmiss classify` does it unless told
    /// otherwise.
    #[must_use]
    pub fn of(photographs: Vec<PathBuf>, model: &str, taxonomy: &str, output: &Path) -> Classification {
        Classification {
            source: PhotographSource { photographs, ..PhotographSource::default() },
            model: model.to_string(),
            taxonomy: taxonomy.to_string(),
            output: output.to_path_buf(),
            existing: Existing::default(),
            labels: LabelChoice { rank: Some(nearmiss::taxonomy::rank::Rank::Species), ..LabelChoice::default() },
            classes: None,
            left_out: LeftOut::default(),
            recipe: None,
            names: None,
            preprocess: None,
            scores: None,
            encoder: EncoderOptions { device: DeviceChoice::Auto, precision: None, activation: None, linear: None },
            label_vectors: LabelPrecision::default(),
            batch: 16,
            embeddings: None,
            top: 5,
            decoding: Decoding::Exact,
            view: View::default(),
            orientation: Orientation::AsStored,
            tiles: None,
            format: TableFormat::Parquet,
            deadline: None,
            command_line: vec![],
        }
    }

    /// The directory that is written: that of the whole run, or of the shard.
    #[must_use]
    pub fn directory(&self) -> PathBuf {
        self.source.shard.map_or_else(|| self.output.clone(), |shard| shard_output(&self.output, shard))
    }

    /// Classifies.
    ///
    /// # Errors
    ///
    /// [`ClassificationError`]: whatever keeps the run from starting or ending: no photograph, no candidate, no model, ...
    pub fn run(&self, listener: &dyn Listener) -> Result<Classified, ClassificationError> {
        let start = Instant::now();
        self.check_tiles(listener)?;
        let mut dataset = self.source.read(listener)?;
        let taxonomy = self.read_taxonomy(&dataset)?;
        model::warn_of_imaginary(&self.model, &dataset.root, listener);
        let dataset_sha256 = photographs_sha256(&dataset);
        let shard = self.source.shard.map(|shard| take_shard(shard, &mut dataset, self.batch, listener)).transpose()?;
        let truths = Truths::of(&taxonomy, &dataset);
        warn_about_truths(&taxonomy, &truths, listener);
        let asked = self.asking().open(&taxonomy, listener)?;
        let identity = self.identity(&taxonomy, &asked, (&dataset, dataset_sha256, shard))?;
        let output = self.directory();
        let mut parts = match Parts::open(&output, &identity, self.existing, &dataset.photographs)? {
            Opened::Complete(record) => return Ok(Classified::Before(record)),
            Opened::Open(parts) => parts,
        };
        parts.notes().iter().for_each(|note| listener.warn(note));
        if ["dataset", "labels"].contains(&self.taxonomy.as_str()) {
            write_whole(&output.join(TAXONOMY), &taxonomy_csv(&taxonomy)?)?;
        }
        let (found, images) = (parts.finished(), dataset.photographs.len());
        let stopped = |cause, parts: &Parts| {
            let kept = parts.finished();
            Classified::Stopped(Stopped { cause, kept, new: kept - found, images })
        };
        let loaded = start.elapsed().as_secs_f64();
        let candidates = match self.candidates(&taxonomy, &asked, &identity, listener)? {
            ControlFlow::Continue(candidates) => candidates,
            ControlFlow::Break(cause) => return Ok(stopped(cause, &parts)),
        };
        let embedded = start.elapsed().as_secs_f64();
        let known = self.embeddings.as_deref().map(|run| known_images(run, &identity, &dataset)).transpose()?;
        let reading = self.reading(asked.preprocess());
        let answering = answering(&taxonomy, &asked, candidates.as_ref())?;
        let pipeline = Pipeline {
            taxonomy: &taxonomy,
            labels: asked.labels(),
            answering: &answering,
            width: asked.width(),
            keep_logits: self.format == TableFormat::Parquet,
            vectors: known.as_ref().map_or(Vectors::Encoded { reading, sight: asked.sight() }, Vectors::Known),
            pool: self.cut().map(|tiles| tiles.pool),
            batch: self.batch,
            k: self.top,
        };
        let progress = listener.progress("photographs", images);
        let (stop, deadline) = (listener.stop(), self.deadline);
        let limits = Limits { stop: &stop, deadline };
        let cause = pipeline.run(&dataset, &truths, &mut parts, limits, &|done| progress(done))?;
        drop(progress);
        if let Some(cause) = cause {
            return Ok(stopped(cause, &parts));
        }
        let seconds =
            seconds([("load", loaded), ("labels", embedded - loaded), ("images", start.elapsed().as_secs_f64() - embedded)]);
        self.finish(&taxonomy, parts, identity, (&asked, candidates.as_ref()), seconds)
    }

    /// Joins the parts of a run whose photographs are all there.
    fn finish(
        &self,
        taxonomy: &Taxonomy,
        parts: Parts,
        identity: Identity,
        (asked, candidates): (&Asked, Option<&Candidates>),
        seconds: BTreeMap<String, f64>,
    ) -> Result<Classified, ClassificationError> {
        let images = identity.images;
        let record = self.record(identity, asked, (parts.statuses()?, seconds), candidates);
        something_read(&record, images)?;
        parts.finish(label_tables(taxonomy, asked, candidates), &record)?;
        Ok(Classified::Done(Box::new(record)))
    }

    /// How photographs are cut into several tiles, where they are.
    fn cut(&self) -> Option<Tiles> {
        self.tiles.filter(|tiles| !tiles.grid.is_whole())
    }

    /// Says how photographs are cut into tiles, and refuses what does not go with it.
    fn check_tiles(&self, listener: &dyn Listener) -> Result<(), ClassificationError> {
        let Some(tiles) = self.cut() else { return Ok(()) };
        let refused = |what| Err(ClassificationError::Tiles { what });
        if self.embeddings.is_some() {
            return refused("a run has one vector of a photograph, and none of its tiles; leave --embeddings out");
        }
        if self.decoding == Decoding::Scaled {
            return refused("tiles are cut out of all pixels of a photograph; leave --decode scaled out");
        }
        listener.remark(&format!("tiles: {tiles}; {} for each photograph", tiles.grid.count()));
        Ok(())
    }

    fn reading<'a>(&self, preprocess: &'a Preprocess) -> Reading<'a> {
        let Classification { orientation, view, decoding, .. } = *self;
        Reading { preprocess, orientation, view, decoding, tiles: self.cut().map(|tiles| tiles.grid) }
    }

    fn asking(&self) -> Asking<'_> {
        Asking {
            model: &self.model,
            labels: &self.labels,
            recipe: self.recipe.as_ref(),
            names: self.names,
            options: &self.encoder,
            label_vectors: self.label_vectors,
            embeddings: self.embeddings.as_deref(),
            classes: self.classes.as_deref(),
            left_out: self.left_out,
            preprocess: self.preprocess.as_ref(),
            scores: self.scores,
            format: self.format,
        }
    }

    /// The vectors of an encoder's candidates; `None` for a classifier and a model of images alone, which have none. It breaks
    /// off where the time is up before all are there.
    fn candidates(
        &self,
        taxonomy: &Taxonomy,
        asked: &Asked,
        identity: &Identity,
        listener: &dyn Listener,
    ) -> Result<ControlFlow<Cause, Option<Candidates>>, ClassificationError> {
        let Asked::Candidates(asked) = asked else { return Ok(ControlFlow::Continue(None)) };
        let AskedEncoder { encoder, labels, recipe, .. } = &**asked;
        let prompted = Prompted { taxonomy, labels, recipe, encoder, identity };
        let candidates = Candidates::of(&prompted, self.label_vectors, self.deadline, listener)?;
        Ok(candidates.map_or(ControlFlow::Break(Cause::Time), |candidates| ControlFlow::Continue(Some(candidates))))
    }

    fn read_taxonomy(&self, dataset: &Dataset) -> Result<Taxonomy, ClassificationError> {
        let of =
            |which, own: Result<Taxonomy, DatasetError>| own.map_err(|source| ClassificationError::OwnTaxonomy { which, source });
        let own = match self.taxonomy.as_str() {
            "dataset" => of("dataset", dataset.taxonomy())?,
            "labels" => of("labels", dataset.label_taxonomy())?,
            name => return Ok(Taxonomy::named(name).map_err(|error| error.or_meant(&["dataset", "labels"]))?),
        };
        // The run keeps it in a file, and what is read back from that is what counts.
        let fault = |action| move |source| ClassificationError::File { action, source };
        let folder = Staging::new_in(&std::env::temp_dir(), "classify").map_err(fault("make a temporary folder"))?;
        let file = folder.path().join(TAXONOMY);
        std::fs::write(&file, taxonomy_csv(&own)?).map_err(fault("write a temporary file"))?;
        Ok(Taxonomy::from_path(&file)?)
    }

    fn identity(
        &self,
        taxonomy: &Taxonomy,
        asked: &Asked,
        (dataset, dataset_sha256, shard): (&Dataset, String, Option<Shard>),
    ) -> Result<Identity, ClassificationError> {
        let labels = asked.labels();
        let mut parts = asked.parts();
        if self.view == View::Boxes {
            parts.insert("crop".to_string(), "boxes".to_string());
        }
        if let Some(tiles) = self.cut() {
            parts.insert("tiles".to_string(), tiles.to_string());
        }
        if self.decoding == Decoding::Scaled {
            parts.insert("decode".to_string(), "scaled".to_string());
        }
        if self.label_vectors != LabelPrecision::default() {
            parts.insert("label_vectors".to_string(), self.label_vectors.name().to_string());
        }
        let orientation = if self.orientation == Orientation::Upright { "upright" } else { "as stored" };
        parts.insert("orientation".to_string(), orientation.to_string());
        Ok(Identity {
            model: self.model.clone(),
            model_files: asked.files()?,
            architecture: asked.architecture(),
            recipe: parts,
            taxonomy: self.taxonomy.clone(),
            taxonomy_sha256: taxonomy.fingerprint(),
            labels: labels.taxa().len(),
            label_rank: label_rank(taxonomy, labels).to_string(),
            labels_sha256: labels.fingerprint(taxonomy),
            dataset: nearmiss::files::path_text::of_path(&dataset.root),
            images: dataset.photographs.len(),
            dataset_sha256,
            k: self.top,
            batch: self.batch,
            format: self.format,
            shard,
        })
    }

    fn record(
        &self,
        identity: Identity,
        asked: &Asked,
        (counts, seconds): (BTreeMap<String, usize>, BTreeMap<String, f64>),
        candidates: Option<&Candidates>,
    ) -> Record {
        Record {
            program: format!("nearmiss {}", env!("CARGO_PKG_VERSION")),
            command_line: self.command_line.clone(),
            identity,
            device: asked.device_name(),
            counts,
            truncated_labels: candidates.map(|candidates| candidates.truncated.clone()).unwrap_or_default(),
            unusable_labels: candidates.map(|candidates| candidates.unusable.clone()).unwrap_or_default(),
            logit_scale: Some(asked.logit_scale()),
            seconds,
            complete: true,
            files: BTreeMap::new(),
            photographs: None,
        }
    }
}

/// How long each step took, in seconds.
fn seconds(steps: [(&str, f64); 3]) -> BTreeMap<String, f64> {
    steps.into_iter().map(|(step, seconds)| (step.to_string(), seconds)).collect()
}

/// A run of which no photograph could be read is none.
fn something_read(record: &Record, images: usize) -> Result<(), ClassificationError> {
    if record.counts.get("ok").copied().unwrap_or(0) > 0 {
        return Ok(());
    }
    let statuses: Vec<String> = record.counts.iter().map(|(code, count)| format!("{count} {code}")).collect();
    Err(ClassificationError::NothingRead { images, statuses: statuses.join(", ") })
}

/// What answers: an encoder's candidates by their vectors, a classifier by its logits; nothing for a model of images alone.
fn answering<'a>(
    taxonomy: &Taxonomy,
    asked: &'a Asked,
    candidates: Option<&'a Candidates>,
) -> Result<Answering<'a>, ClassificationError> {
    let fault = |error| ClassificationError::Classify(ClassifyError::Torch(error));
    match (asked, candidates) {
        (Asked::Candidates(asked), Some(Candidates { vectors, .. })) => {
            let AskedEncoder { encoder, labels, scores, .. } = &**asked;
            let (labels, scale) = (labels.taxa(), encoder.logit_scale().exp());
            let softmax = LabelScores::new(taxonomy, labels, vectors, scale, encoder.device()).map_err(fault)?;
            Ok(Answering::Labels(match scores {
                ScoreKind::Softmax => softmax,
                ScoreKind::Sigmoid => softmax.of_pairs(taxonomy, labels, vectors, encoder.logit_bias().unwrap_or(0.0)),
            }))
        }
        (Asked::Classes(asked), _) => Ok(Answering::Classes(ClassScores::new(taxonomy, &asked.classes))),
        (Asked::Vectors(_), _) => Ok(Answering::Nothing),
        (Asked::Candidates(_), None) => Err(fault(tch::TchError::Shape("no vectors of candidates".to_string()))),
    }
}

/// The table of labels, in stretches.
fn label_tables<'a>(
    taxonomy: &'a Taxonomy,
    asked: &'a Asked,
    candidates: Option<&'a Candidates>,
) -> Box<dyn Iterator<Item = PolarsResult<DataFrame>> + 'a> {
    match (asked, candidates) {
        (Asked::Classes(asked), _) => Box::new(std::iter::once(asked.classes.table(taxonomy))),
        // The columns that classes have, and no row.
        (Asked::Vectors(_), _) => {
            Box::new(std::iter::once(columns::labels(taxonomy, &[], 0, &[], 1).and_then(|table| table.drop("embedding"))))
        }
        (Asked::Candidates(asked), Some(candidates)) => Box::new(candidates.tables(taxonomy, &asked.labels)),
        (Asked::Candidates(_), None) => Box::new(std::iter::empty()),
    }
}

fn warn_about_truths(taxonomy: &Taxonomy, truths: &Truths, listener: &dyn Listener) {
    for (name, count) in &truths.as_species {
        let photographs = counted(*count, "photograph", "photographs");
        listener.remark(&format!("truth '{name}' ({photographs}) is read as its species, the taxonomy has nothing below"));
    }
    for (names, what) in
        [(&truths.unknown, "is not in the taxonomy"), (&truths.ambiguous, "stands for several taxa of the taxonomy")]
    {
        for (name, count) in names.iter().take(5) {
            let suggestion = if names == &truths.unknown { taxonomy.suggestion(name) } else { "; give a lineage".to_string() };
            listener.warn(&format!("truth '{name}' ({}) {what}{suggestion}", counted(*count, "photograph", "photographs")));
        }
        if names.len() > 5 {
            listener.warn(&format!("{} of truths: {what}", counted(names.len() - 5, "more name", "more names")));
        }
    }
}

/// The run directory of a shard: that of the whole run, with the shard's number.
#[must_use]
pub fn shard_output(whole: &Path, shard: Shard) -> PathBuf {
    let mut name = whole.file_name().unwrap_or_default().to_os_string();
    name.push(format!("-{}-of-{}", shard.number, shard.of));
    whole.with_file_name(name)
}
