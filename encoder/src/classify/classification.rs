//! Classification: photographs to a run directory, as `nearmiss classify` does it.

use super::candidates::{Candidates, Prompted};
pub use super::error::ClassificationError;
use super::known::known_images;
use super::listener::Listener;
use super::pipeline::{Pipeline, label_rank};
use super::seen::{Reading, Vectors};
pub use super::source::{LeakCheck, PhotographSource};
use super::source::{photographs_sha256, take_shard};
use crate::classify::model;
use crate::encoder::{Encoder, EncoderOptions};
use nearmiss::files::output::staging::Staging;
use nearmiss::numbers::counted::counted;
pub use nearmiss::photographs::dataset::View;
use nearmiss::photographs::dataset::{Dataset, DatasetError, Truths};
use nearmiss::photographs::photo::{Decoding, Orientation};
use nearmiss::photographs::preprocess::{Preprocess, Resize};
use nearmiss::runs::device::DeviceChoice;
pub use nearmiss::runs::directory::existing::Existing;
use nearmiss::runs::directory::parts::{Opened, Parts};
use nearmiss::runs::directory::record::{Identity, Record};
use nearmiss::runs::directory::shard::Shard;
use nearmiss::runs::directory::{TAXONOMY, TableFormat, write_whole};
use nearmiss::runs::label_precision::LabelPrecision;
use nearmiss::runs::prompt::NameFormat;
use nearmiss::runs::recipe::Recipe;
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::import::taxonomy_csv;
use nearmiss::taxonomy::label_set::{LabelChoice, LabelSet};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Above this many candidates one sentence per candidate is the default instead of 81.
const MANY_LABELS: usize = 1_000;

/// Photographs to be classified, and how.
#[derive(Debug, Clone)]
pub struct Classification {
    /// What is classified.
    pub source: PhotographSource,
    /// A model directory, a file in it, `hf-hub:OWNER/NAME`, or `atlas`.
    pub model: String,
    /// A taxonomy file, the name of a shipped one, `dataset`, or `labels`.
    pub taxonomy: String,
    /// The run directory; of a shard that of the whole run.
    pub output: PathBuf,
    /// What is there already.
    pub existing: Existing,
    /// The candidates.
    pub labels: LabelChoice,
    /// The recipe; `bioclip` up to 1 000 candidates, else `single`, where none is given.
    pub recipe: Option<Recipe>,
    /// How a candidate is named in its prompt; the recipe's way where none is given.
    pub names: Option<NameFormat>,
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
    /// How tables are written.
    pub format: TableFormat,
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
    Stopped,
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
            recipe: None,
            names: None,
            encoder: EncoderOptions { device: DeviceChoice::Auto, precision: None, activation: None, linear: None },
            label_vectors: LabelPrecision::default(),
            batch: 16,
            embeddings: None,
            top: 5,
            decoding: Decoding::Exact,
            view: View::default(),
            orientation: Orientation::AsStored,
            format: TableFormat::Parquet,
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
        let mut dataset = self.source.read(listener)?;
        let taxonomy = self.read_taxonomy(&dataset)?;
        model::warn_of_imaginary(&self.model, &dataset.root, listener);
        let dataset_sha256 = photographs_sha256(&dataset);
        let shard = self.source.shard.map(|shard| take_shard(shard, &mut dataset, self.batch, listener)).transpose()?;
        let labels = LabelSet::choose(&taxonomy, &self.labels)?;
        let truths = Truths::of(&taxonomy, &dataset);
        warn_about_truths(&taxonomy, &truths, listener);
        let mut recipe = self.recipe(labels.taxa().len(), listener);
        let encoder = self.encoder(listener)?;
        recipe.precision = encoder.precision();
        let identity = self.identity(&taxonomy, &labels, (&dataset, dataset_sha256, shard), &recipe, &encoder)?;
        let output = self.directory();
        let mut parts = match Parts::open(&output, &identity, self.existing, &dataset.photographs)? {
            Opened::Complete(record) => return Ok(Classified::Before(record)),
            Opened::Open(parts) => parts,
        };
        parts.notes().iter().for_each(|note| listener.warn(note));
        if ["dataset", "labels"].contains(&self.taxonomy.as_str()) {
            write_whole(&output.join(TAXONOMY), &taxonomy_csv(&taxonomy)?)?;
        }
        let loaded = start.elapsed().as_secs_f64();
        let prompted = Prompted { taxonomy: &taxonomy, labels: &labels, recipe: &recipe, encoder: &encoder, identity: &identity };
        let candidates = Candidates::of(&prompted, self.label_vectors, listener)?;
        let embedded = start.elapsed().as_secs_f64();
        let known = self.embeddings.as_deref().map(|run| known_images(run, &identity, &dataset)).transpose()?;
        let preprocess = preprocess(&recipe, &encoder)?;
        let pipeline = Pipeline {
            taxonomy: &taxonomy,
            labels: &labels,
            label_vectors: &candidates.vectors,
            encoder: &encoder,
            vectors: known.as_ref().map_or_else(
                || {
                    let Classification { orientation, view, decoding, .. } = *self;
                    Vectors::Encoded {
                        reading: Reading { preprocess: &preprocess, orientation, view, decoding },
                        encoder: &encoder,
                    }
                },
                Vectors::Known,
            ),
            batch: self.batch,
            k: self.top,
        };
        let progress = listener.progress("photographs", dataset.photographs.len());
        let finished = pipeline.run(&dataset, &truths, &mut parts, &listener.stop(), &|done| progress(done))?;
        drop(progress);
        if !finished {
            return Ok(Classified::Stopped);
        }
        let seconds =
            seconds([("load", loaded), ("labels", embedded - loaded), ("images", start.elapsed().as_secs_f64() - embedded)]);
        let record = self.record(identity, &encoder, (parts.statuses()?, seconds), &candidates);
        something_read(&record, dataset.photographs.len())?;
        parts.finish(candidates.tables(&taxonomy, &labels), &record)?;
        Ok(Classified::Done(Box::new(record)))
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

    fn recipe(&self, labels: usize, listener: &dyn Listener) -> Recipe {
        let [bioclip, _, _, single] = Recipe::built_in();
        let usual = if labels > MANY_LABELS { single } else { bioclip };
        let mut recipe = self.recipe.clone().unwrap_or(usual);
        if let Some(format) = self.names {
            recipe.name_format = format;
        }
        recipe.activation = self.encoder.activation;
        listener.remark(&format!(
            "recipe: {} ({}, {} templates, names as {}), {labels} candidates",
            recipe.name,
            recipe.preprocess,
            recipe.templates.name(),
            recipe.name_format
        ));
        recipe
    }

    fn encoder(&self, listener: &dyn Listener) -> Result<Encoder, ClassificationError> {
        let found = model::directory(&self.model)?;
        found.note.iter().for_each(|note| listener.warn(note));
        let encoder = Encoder::from_dir(&found.directory, &self.encoder)
            .map_err(|source| ClassificationError::Model { model: self.model.clone(), source })?;
        describe(&encoder, listener);
        Ok(encoder)
    }

    fn identity(
        &self,
        taxonomy: &Taxonomy,
        labels: &LabelSet,
        (dataset, dataset_sha256, shard): (&Dataset, String, Option<Shard>),
        recipe: &Recipe,
        encoder: &Encoder,
    ) -> Result<Identity, ClassificationError> {
        let mut parts: BTreeMap<String, String> = BTreeMap::from([
            ("name".to_string(), recipe.name.clone()),
            ("preprocess".to_string(), recipe.preprocess.clone()),
            ("templates".to_string(), recipe.templates.name().to_string()),
            ("name_format".to_string(), recipe.name_format.to_string()),
            ("precision".to_string(), recipe.precision.name().to_string()),
            ("activation".to_string(), encoder.config().activation.name().to_string()),
        ]);
        if self.view == View::Boxes {
            parts.insert("crop".to_string(), "boxes".to_string());
        }
        if self.decoding == Decoding::Scaled {
            parts.insert("decode".to_string(), "scaled".to_string());
        }
        if self.label_vectors != LabelPrecision::default() {
            parts.insert("label_vectors".to_string(), self.label_vectors.name().to_string());
        }
        let orientation = if self.orientation == Orientation::Upright { "upright" } else { "as stored" };
        parts.insert("orientation".to_string(), orientation.to_string());
        let model_files = encoder.fingerprint()?.into_iter().map(|file| (file.name, file.sha256)).collect();
        Ok(Identity {
            model: self.model.clone(),
            model_files,
            architecture: encoder.config().summary(),
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
        encoder: &Encoder,
        (counts, seconds): (BTreeMap<String, usize>, BTreeMap<String, f64>),
        candidates: &Candidates,
    ) -> Record {
        Record {
            program: format!("nearmiss {}", env!("CARGO_PKG_VERSION")),
            command_line: self.command_line.clone(),
            identity,
            device: encoder.device_name(),
            counts,
            truncated_labels: candidates.truncated.clone(),
            unusable_labels: candidates.unusable.clone(),
            logit_scale: Some(encoder.logit_scale().exp()),
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

/// Says what the encoder is and how it computes.
fn describe(encoder: &Encoder, listener: &dyn Listener) {
    listener.remark(&format!(
        "model: {} on {}, {}, linear layers as {}",
        encoder.config().summary(),
        encoder.device_name(),
        encoder.precision().name(),
        encoder.linear().name()
    ));
    // Without a device of that make nobody expects CUDA, and nobody wants to hear why there is none.
    if let Some(note) = encoder.device_note().filter(|_| Path::new("/dev/nvidia0").exists()) {
        listener.remark(&format!("  {note}"));
    }
    if !encoder.extras().is_empty() {
        listener.remark(&format!("  tensors known and not needed: {}", encoder.extras().join(", ")));
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

fn preprocess(recipe: &Recipe, encoder: &Encoder) -> Result<Preprocess, ClassificationError> {
    let resize = if recipe.preprocess == "squash" { Resize::SquashBilinearFloat } else { Resize::ShortestBicubic8 };
    let config = encoder.config();
    Ok(Preprocess { resize, size: u32::try_from(config.vision.image_size)?, mean: config.mean, std: config.std })
}

/// The run directory of a shard: that of the whole run, with the shard's number.
#[must_use]
pub fn shard_output(whole: &Path, shard: Shard) -> PathBuf {
    let mut name = whole.file_name().unwrap_or_default().to_os_string();
    name.push(format!("-{}-of-{}", shard.number, shard.of));
    whole.with_file_name(name)
}
