//! Photographs → embeddings → answers → run directory.
//!
//! A reading thread decodes and preprocesses the next batch on all cores while the encoder works
//! on the present one, and a GPU begins the next one before the answers of the present one are worked out; nothing
//! else is held, so memory is bounded by the batch. Batches and parts
//! are cut by the photographs' places in the data set, never by what could be read, so that a
//! continued run sees the same batches and gives the same bytes.

use crate::dataset::{Dataset, Photograph};
use crate::encoder::{BegunImages, Encoder, EncoderError};
use crate::label_scores::LabelScores;
use crate::label_set::LabelSet;
use crate::label_vectors::LabelVectors;
use crate::photo::{Decoding, Orientation, PhotoError};
use crate::preprocess::Preprocess;
use crate::run::columns::{self, ImageRow, KnownImages};
use crate::run::parts::Parts;
use crate::run::{PART, RunError};
use crate::taxonomy::search::{Found, Resolved, Step};
use crate::taxonomy::{TaxonId, Taxonomy};
use crate::zero_shot::ImageAnswers;
use rayon::prelude::*;
use std::collections::BTreeMap;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::sync_channel;
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

/// One batch, decoded: its place in the data set and pixels or an error per photograph.
struct Decoded {
    range: Range<usize>,
    pixels: Vec<Result<Vec<f32>, PhotoError>>,
}

/// One batch that the encoder has begun: what became of each photograph, and the vectors of those that were read.
struct Begun {
    range: Range<usize>,
    read: Vec<Result<(), PhotoError>>,
    vectors: Option<BegunImages>,
}

impl Pipeline<'_> {
    /// Classifies the photographs of the parts that are not there yet.
    ///
    /// `progress` is told how many photographs are newly done. Returns `false` when `stop` was
    /// raised before the end: the parts written so far are whole.
    ///
    /// # Errors
    ///
    /// [`ClassifyError`]; an unreadable photograph is none, it becomes a row with its code.
    pub fn run(
        &self,
        dataset: &Dataset,
        truths: &Truths,
        parts: &Parts,
        stop: &AtomicBool,
        progress: &dyn Fn(usize),
    ) -> Result<bool, ClassifyError> {
        let photographs = &dataset.photographs;
        let missing: Vec<usize> = (0..photographs.len().div_ceil(PART)).filter(|&part| !parts.has(part)).collect();
        let finished = photographs.len() - missing.iter().map(|&part| part_range(part, photographs.len()).len()).sum::<usize>();
        progress(finished);
        let (scale, device) = (self.encoder.logit_scale().exp(), self.encoder.device());
        let scorer = LabelScores::new(self.taxonomy, self.labels.taxa(), self.label_vectors, scale, device)?;
        std::thread::scope(|scope| {
            let (sender, receiver) = sync_channel::<Decoded>(1);
            let batches: Vec<Range<usize>> =
                missing.iter().flat_map(|&part| self.batches(part_range(part, photographs.len()))).collect();
            let count = batches.len();
            let (preprocess, orientation, crop, decoding) = (self.preprocess, self.orientation, self.crop, self.decoding);
            let known = self.known.is_some();
            scope.spawn(move || {
                for range in batches {
                    if known {
                        if sender.send(Decoded { range, pixels: vec![] }).is_err() {
                            break;
                        }
                        continue;
                    }
                    let pixels = |photograph: &Photograph| preprocess.of(photograph, orientation, crop, decoding);
                    let pixels = photographs[range.clone()].par_iter().map(pixels).collect();
                    // The receiver goes away when the run is stopped; there is nothing left to read then.
                    if sender.send(Decoded { range, pixels }).is_err() {
                        break;
                    }
                }
            });
            let mut ahead: Option<Begun> = None;
            let mut unread = count;
            let mut next = || -> Result<Option<Begun>, ClassifyError> {
                if unread == 0 {
                    return Ok(None);
                }
                unread -= 1;
                Ok(Some(self.begin_batch(receiver.recv().map_err(|_| ClassifyError::Reader)?)?))
            };
            for part in missing {
                let range = part_range(part, photographs.len());
                let (mut rows, mut answers) = (Vec::with_capacity(range.len()), vec![]);
                while rows.len() < range.len() {
                    if stop.load(Ordering::Relaxed) {
                        return Ok(false);
                    }
                    let begun = if ahead.is_some() { ahead } else { next()? }.ok_or(ClassifyError::Reader)?;
                    ahead = next()?;
                    let done = begun.range.len();
                    self.finish_batch(&scorer, begun, photographs, truths, &mut rows, &mut answers)?;
                    progress(done);
                }
                self.write_part(parts, part, &rows, &answers)?;
            }
            Ok(true)
        })
    }

    fn batches(&self, range: Range<usize>) -> Vec<Range<usize>> {
        range.clone().step_by(self.batch).map(|start| start..(start + self.batch).min(range.end)).collect()
    }

    /// Gives the encoder what was read.
    fn begin_batch(&self, decoded: Decoded) -> Result<Begun, ClassifyError> {
        let readable: Vec<&[f32]> = decoded.pixels.iter().filter_map(|pixels| pixels.as_deref().ok()).collect();
        let size = i64::from(self.preprocess.size);
        let vectors = if readable.is_empty() {
            None
        } else {
            let pixels = Tensor::f_from_slice(&readable.concat())?.f_reshape([length(readable.len()), 3, size, size])?;
            Some(self.encoder.begin_images(&pixels)?)
        };
        let read = decoded.pixels.into_iter().map(|pixels| pixels.map(drop)).collect();
        Ok(Begun { range: decoded.range, read, vectors })
    }

    fn finish_batch(
        &self,
        scorer: &LabelScores,
        begun: Begun,
        photographs: &[Photograph],
        truths: &Truths,
        rows: &mut Vec<ImageRow>,
        answers: &mut Vec<(String, ImageAnswers)>,
    ) -> Result<(), ClassifyError> {
        if let Some(known) = self.known {
            return self.finish_known(scorer, begun.range, known, photographs, truths, rows, answers);
        }
        let vectors = begun.vectors.map(|begun| Ok::<_, ClassifyError>(rows_of(&begun.wait()?)?)).transpose()?;
        let mut vectors = vectors.unwrap_or_default().into_iter();
        let mut batch = vec![];
        for (index, read) in begun.range.zip(begun.read) {
            let mut row = image_row(&photographs[index], truths.taxa[index]);
            match read {
                Ok(()) => row.embedding = vectors.next(),
                Err(error) => {
                    row.status = error.code().to_string();
                    row.error = Some(error.to_string());
                }
            }
            if let Some(vector) = &row.embedding {
                batch.push((row.image.clone(), vector.clone()));
            }
            rows.push(row);
        }
        answers.extend(scorer.answer(batch, self.k)?);
        Ok(())
    }

    /// As [`Pipeline::finish_batch`], with what another run has seen.
    #[expect(clippy::too_many_arguments, reason = "what a batch is made of and where it goes")]
    fn finish_known(
        &self,
        scorer: &LabelScores,
        range: Range<usize>,
        known: &KnownImages,
        photographs: &[Photograph],
        truths: &Truths,
        rows: &mut Vec<ImageRow>,
        answers: &mut Vec<(String, ImageAnswers)>,
    ) -> Result<(), ClassifyError> {
        let mut batch = vec![];
        for index in range {
            let mut row = image_row(&photographs[index], truths.taxa[index]);
            let seen = known.get(&row.image).ok_or_else(|| ClassifyError::NotKnown(row.image.clone()))?;
            row.status.clone_from(&seen.status);
            row.error.clone_from(&seen.error);
            row.embedding.clone_from(&seen.embedding);
            if let Some(vector) = &row.embedding {
                batch.push((row.image.clone(), vector.clone()));
            }
            rows.push(row);
        }
        answers.extend(scorer.answer(batch, self.k)?);
        Ok(())
    }

    fn write_part(
        &self,
        parts: &Parts,
        part: usize,
        rows: &[ImageRow],
        answers: &[(String, ImageAnswers)],
    ) -> Result<(), ClassifyError> {
        let table = |source| RunError::Table { path: format!("part {part}").into(), source };
        let rank = label_rank(self.taxonomy, self.labels);
        let mut images = columns::images(self.taxonomy, rows, self.label_vectors.width()).map_err(table)?;
        let mut predictions = columns::predictions(self.taxonomy, rank, answers).map_err(table)?;
        Ok(parts.write(part, &mut predictions, &mut images)?)
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
    labels.rank(taxonomy).map_or("label", crate::rank::Rank::name)
}

fn part_range(part: usize, images: usize) -> Range<usize> {
    part * PART..((part + 1) * PART).min(images)
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
