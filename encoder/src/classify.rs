//! Photographs → embeddings → answers → run directory.
//!
//! A reading thread decodes and preprocesses the next batch on all cores while the encoder works
//! on the present one, and a GPU begins the next one before the answers of the present one are worked out; nothing
//! else is held, so memory is bounded by the batch. Batches and parts
//! are cut by the photographs' places in the data set, never by what could be read, so that a
//! continued run sees the same batches and gives the same bytes.

pub mod label_cache;
pub mod model;
pub mod label_vectors;
pub mod label_scores;
mod candidates;
pub mod classification;
mod error;
mod known;
pub mod listener;
mod source;

use crate::classify::label_scores::LabelScores;
use crate::classify::label_vectors::LabelVectors;
use crate::encoder::{BegunImages, Encoder, EncoderError};
use nearmiss::photographs::dataset::{Dataset, Photograph};
use nearmiss::photographs::photo::{self, Decoding, Orientation, PhotoError};
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::runs::directory::RunError;
use nearmiss::runs::directory::columns::{self, ImageRow, KnownImages};
use nearmiss::runs::directory::parts::Parts;
use nearmiss::runs::zero_shot::ImageAnswers;
use nearmiss::taxonomy::label_set::LabelSet;
use nearmiss::taxonomy::search::{Found, Resolved, Step};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{SyncSender, sync_channel};
use tch::Tensor;

/// Why classification stopped.
#[derive(Debug, thiserror::Error)]
pub enum ClassifyError {
    /// The encoder failed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// LibTorch failed.
    #[error("the encoder failed: {0}")]
    Torch(#[from] tch::TchError),
    /// The run directory could not be written.
    #[error(transparent)]
    Run(#[from] RunError),
    /// A run whose vectors were to be used again lacks a photograph.
    #[error("the run whose embeddings are used again has no photograph '{0}'")]
    NotKnown(String),
    /// The reading thread ended early.
    #[error("reading photographs stopped unexpectedly")]
    Reader,
}

/// Everything an image passes through.
pub struct Pipeline<'a> {
    /// The taxonomy.
    pub taxonomy: &'a Taxonomy,
    /// The candidates.
    pub labels: &'a LabelSet,
    /// Their unit vectors, `[C, D]`.
    pub label_vectors: &'a LabelVectors,
    /// Pixels from photographs.
    pub preprocess: &'a Preprocess,
    /// Whether EXIF turns a photograph.
    pub orientation: Orientation,
    /// Whether boxes are cut out.
    pub crop: bool,
    /// Whether photographs may be decoded smaller.
    pub decoding: Decoding,
    /// Vectors from pixels.
    pub encoder: &'a Encoder,
    /// What another run of the same model over the same photographs has seen already.
    pub known: Option<&'a KnownImages>,
    /// Photographs per batch.
    pub batch: usize,
    /// Answers kept per image and rank.
    pub k: usize,
}

/// What became of the truths of a data set.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Truths {
    /// One per photograph.
    pub taxa: Vec<Option<TaxonId>>,
    /// Names that the taxonomy does not hold, with counts.
    pub unknown: BTreeMap<String, usize>,
    /// Names that it holds several times, with counts.
    pub ambiguous: BTreeMap<String, usize>,
    /// Names below the species that stand for their species, because it holds that alone.
    pub as_species: BTreeMap<String, usize>,
    /// How many photographs' truths met their taxon by which step.
    pub steps: BTreeMap<Step, usize>,
}

impl Truths {
    /// Looks every truth up once.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, dataset: &Dataset) -> Truths {
        let mut known: BTreeMap<&str, Resolved> = BTreeMap::new();
        let mut truths = Truths::default();
        for photograph in &dataset.photographs {
            let id = photograph.taxon_id.as_deref().filter(|id| matches!(taxonomy.find(id), Found::One(_)));
            let Some(text) = id.or(photograph.truth_text.as_deref()).or(photograph.taxon_id.as_deref()) else {
                truths.taxa.push(None);
                continue;
            };
            let resolved = known.entry(text).or_insert_with(|| taxonomy.resolve(text));
            if let (Found::One(taxon), Some(step)) = (&resolved.found, resolved.step) {
                truths.taxa.push(Some(*taxon));
                *truths.steps.entry(step).or_insert(0) += 1;
                if step == Step::Species {
                    *truths.as_species.entry(text.to_string()).or_insert(0) += 1;
                }
            } else {
                let counts = if resolved.found == Found::Nothing { &mut truths.unknown } else { &mut truths.ambiguous };
                *counts.entry(text.to_string()).or_insert(0) += 1;
                truths.taxa.push(None);
            }
        }
        truths
    }
}

/// A photograph as it was read.
struct Read<P> {
    /// Its stamp before it was read.
    stamp: String,
    /// SHA-256 of its bytes.
    sha256: Option<String>,
    /// Its pixels, or what became of them.
    pixels: Result<P, PhotoError>,
}

/// One batch, decoded: its place in the data set and its photographs.
struct Decoded {
    range: Range<usize>,
    photographs: Vec<Read<Vec<f32>>>,
}

/// One batch that the encoder has begun: what became of each photograph, and the vectors of those that were read.
struct Begun {
    range: Range<usize>,
    photographs: Vec<Read<()>>,
    vectors: Option<BegunImages>,
}

/// What is finished of the range that is being worked on.
#[derive(Default)]
struct Finished {
    rows: Vec<ImageRow>,
    answers: Vec<(String, ImageAnswers)>,
    stamps: Vec<String>,
}

/// Reads photographs, on a thread of its own.
struct Reader<'a> {
    preprocess: &'a Preprocess,
    orientation: Orientation,
    crop: bool,
    decoding: Decoding,
    /// Whether another run has seen them, so that nothing but their stamps is read.
    known: bool,
}

impl Reader<'_> {
    fn read(&self, photograph: &Photograph) -> Read<Vec<f32>> {
        let stamp = photograph.stamp();
        if self.known {
            return Read { stamp, sha256: None, pixels: Ok(vec![]) };
        }
        let Reader { preprocess, orientation, crop, decoding, .. } = *self;
        let bytes = photo::bytes_of(photograph);
        let sha256 = bytes.as_ref().ok().map(|bytes| nearmiss::files::sha256::hex([bytes.as_slice()]));
        let pixels = bytes.and_then(|bytes| preprocess.of_bytes(&bytes, photograph, orientation, crop, decoding));
        Read { stamp, sha256, pixels }
    }

    /// Reads batch after batch, each on all cores.
    fn read_all(&self, photographs: &[Photograph], batches: Vec<Range<usize>>, sender: &SyncSender<Decoded>) {
        for range in batches {
            let photographs = photographs[range.clone()].par_iter().map(|photograph| self.read(photograph)).collect();
            // The receiver goes away when the run is stopped; there is nothing left to read then.
            if sender.send(Decoded { range, photographs }).is_err() {
                break;
            }
        }
    }
}

impl Pipeline<'_> {
    /// Classifies the photographs of the parts that are not there yet.
    ///
    /// `progress` is told how many photographs are newly done. Returns `false` when `stop` was
    /// raised before the end: the batches done so far are written.
    ///
    /// # Errors
    ///
    /// [`ClassifyError`]; an unreadable photograph is none, it becomes a row with its code.
    pub fn run(
        &self,
        dataset: &Dataset,
        truths: &Truths,
        parts: &mut Parts,
        stop: &AtomicBool,
        progress: &dyn Fn(usize),
    ) -> Result<bool, ClassifyError> {
        let photographs = &dataset.photographs;
        let missing = parts.missing(photographs.len());
        progress(photographs.len() - missing.iter().map(ExactSizeIterator::len).sum::<usize>());
        let (scale, device) = (self.encoder.logit_scale().exp(), self.encoder.device());
        let scorer = LabelScores::new(self.taxonomy, self.labels.taxa(), self.label_vectors, scale, device)?;
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel::<Decoded>(1);
            let batches: Vec<Range<usize>> = missing.iter().cloned().flat_map(|range| self.batches(range)).collect();
            let (mut unread, reader) = (batches.len(), self.reader());
            scope.spawn(move || reader.read_all(photographs, batches, &sender));
            let mut ahead: Option<Begun> = None;
            let mut next = || -> Result<Option<Begun>, ClassifyError> {
                if unread == 0 {
                    return Ok(None);
                }
                unread -= 1;
                Ok(Some(self.begin_batch(receiver.recv().map_err(|_| ClassifyError::Reader)?)?))
            };
            for range in missing {
                let mut finished = Finished::default();
                while finished.rows.len() < range.len() {
                    if stop.load(Ordering::Relaxed) {
                        let done = range.start..range.start + finished.rows.len();
                        if !done.is_empty() {
                            self.write_part(parts, done, finished)?;
                        }
                        return Ok(false);
                    }
                    let begun = if ahead.is_some() { ahead } else { next()? }.ok_or(ClassifyError::Reader)?;
                    ahead = next()?;
                    let done = begun.range.len();
                    self.finish_batch(&scorer, begun, photographs, truths, &mut finished)?;
                    progress(done);
                }
                self.write_part(parts, range, finished)?;
            }
            Ok(true)
        })
    }

    /// What of this the reading thread needs.
    fn reader(&self) -> Reader<'_> {
        Reader {
            preprocess: self.preprocess,
            orientation: self.orientation,
            crop: self.crop,
            decoding: self.decoding,
            known: self.known.is_some(),
        }
    }

    fn batches(&self, range: Range<usize>) -> Vec<Range<usize>> {
        range.clone().step_by(self.batch).map(|start| start..(start + self.batch).min(range.end)).collect()
    }

    /// Gives the encoder what was read.
    fn begin_batch(&self, decoded: Decoded) -> Result<Begun, ClassifyError> {
        // What another run has seen is not read again.
        let read = if self.known.is_some() { 0 } else { decoded.photographs.len() };
        let readable: Vec<&[f32]> =
            decoded.photographs[..read].iter().filter_map(|photograph| photograph.pixels.as_deref().ok()).collect();
        let size = i64::from(self.preprocess.size);
        let vectors = if readable.is_empty() {
            None
        } else {
            let pixels = Tensor::f_from_slice(&readable.concat())?.f_reshape([length(readable.len()), 3, size, size])?;
            Some(self.encoder.begin_images(&pixels)?)
        };
        let without_pixels =
            |read: Read<Vec<f32>>| Read { stamp: read.stamp, sha256: read.sha256, pixels: read.pixels.map(drop) };
        let photographs = decoded.photographs.into_iter().map(without_pixels).collect();
        Ok(Begun { range: decoded.range, photographs, vectors })
    }

    fn finish_batch(
        &self,
        scorer: &LabelScores,
        begun: Begun,
        photographs: &[Photograph],
        truths: &Truths,
        finished: &mut Finished,
    ) -> Result<(), ClassifyError> {
        let vectors = begun.vectors.map(|begun| Ok::<_, ClassifyError>(rows_of(&begun.wait()?)?)).transpose()?;
        let mut vectors = vectors.unwrap_or_default().into_iter();
        let mut batch = vec![];
        for (index, read) in begun.range.zip(begun.photographs) {
            let mut row = image_row(&photographs[index], truths.taxa[index]);
            row.sha256 = read.sha256;
            match (self.known, read.pixels) {
                (Some(known), _) => {
                    let seen = known.get(&row.image).ok_or_else(|| ClassifyError::NotKnown(row.image.clone()))?;
                    row.status.clone_from(&seen.status);
                    row.error.clone_from(&seen.error);
                    row.sha256.clone_from(&seen.sha256);
                    row.embedding.clone_from(&seen.embedding);
                }
                (None, Ok(())) => row.embedding = vectors.next(),
                (None, Err(error)) => {
                    row.status = error.code().to_string();
                    row.error = Some(error.to_string());
                }
            }
            if let Some(vector) = &row.embedding {
                batch.push((row.image.clone(), vector.clone()));
            }
            finished.rows.push(row);
            finished.stamps.push(read.stamp);
        }
        finished.answers.extend(scorer.answer(batch, self.k)?);
        Ok(())
    }

    fn write_part(&self, parts: &mut Parts, range: Range<usize>, finished: Finished) -> Result<(), ClassifyError> {
        let place = format!("photographs {} to {}", range.start + 1, range.end);
        let table = |source| RunError::Table { path: place.clone().into(), source };
        let rank = label_rank(self.taxonomy, self.labels);
        let mut images = columns::images(self.taxonomy, &finished.rows, self.label_vectors.width()).map_err(table)?;
        let mut predictions = columns::predictions(self.taxonomy, rank, &finished.answers).map_err(table)?;
        Ok(parts.write(range, &mut predictions, &mut images, finished.stamps)?)
    }
}

fn image_row(photograph: &Photograph, truth: Option<TaxonId>) -> ImageRow {
    ImageRow {
        image: photograph.image.clone(),
        truth,
        truth_name: photograph.truth_text.clone().or_else(|| photograph.taxon_id.clone()),
        observation: photograph.observation.clone(),
        split: photograph.split.clone(),
        licence: photograph.licence.clone(),
        status: "ok".to_string(),
        ..ImageRow::default()
    }
}

/// The rank under which the labels themselves stand in `predictions`; `label` for a mixed set.
#[must_use]
pub fn label_rank(taxonomy: &Taxonomy, labels: &LabelSet) -> &'static str {
    labels.rank(taxonomy).map_or("label", nearmiss::taxonomy::rank::Rank::name)
}

/// A length as LibTorch counts it.
fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn rows_of(matrix: &Tensor) -> Result<Vec<Vec<f32>>, tch::TchError> {
    let (_, width) = matrix.size2()?;
    let flat = Vec::<f32>::try_from(matrix.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.chunks(usize::try_from(width).unwrap_or(1).max(1)).map(<[f32]>::to_vec).collect())
}
