//! From what was seen of photographs to the parts of a run directory.
//!
//! A reading thread decodes and preprocesses the next batch on all cores while the encoder works
//! on the present one, and a GPU begins the next one before the answers of the present one are worked out; nothing
//! else is held, so memory is bounded by the batch. Batches and parts
//! are cut by the photographs' places in the data set, never by what could be read, so that a
//! continued run sees the same batches and gives the same bytes.

use super::error::ClassifyError;
use super::label_scores::LabelScores;
use super::label_vectors::LabelVectors;
use super::seen::{Seen, Vectors};
use crate::encoder::Encoder;
use nearmiss::photographs::dataset::{Dataset, Photograph, Truths};
use nearmiss::runs::directory::RunError;
use nearmiss::runs::directory::columns::{self, ImageRow};
use nearmiss::runs::directory::parts::Parts;
use nearmiss::runs::zero_shot::ImageAnswers;
use nearmiss::taxonomy::label_set::LabelSet;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::ops::Range;
use std::sync::atomic::{AtomicBool, Ordering};

/// Everything an image passes through.
pub struct Pipeline<'a> {
    /// The taxonomy.
    pub taxonomy: &'a Taxonomy,
    /// The candidates.
    pub labels: &'a LabelSet,
    /// Their unit vectors, `[C, D]`.
    pub label_vectors: &'a LabelVectors,
    /// The model, for its scale and device.
    pub encoder: &'a Encoder,
    /// Where the vectors of photographs come from.
    pub vectors: Vectors<'a>,
    /// Photographs per batch.
    pub batch: usize,
    /// Answers kept per image and rank.
    pub k: usize,
}

/// What is finished of the range that is being worked on.
#[derive(Default)]
struct Finished {
    rows: Vec<ImageRow>,
    answers: Vec<(String, ImageAnswers)>,
    stamps: Vec<String>,
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
            let batches: Vec<Range<usize>> = missing.iter().cloned().flat_map(|range| self.batches(range)).collect();
            let mut seen = self.vectors.begin(photographs, batches, scope);
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
                    let (places, batch) = seen.next()?;
                    let done = places.len();
                    let rows = places.zip(batch).map(|(place, seen)| image_row(&photographs[place], truths.taxa[place], seen));
                    self.finish_batch(&scorer, rows, &mut finished)?;
                    progress(done);
                }
                self.write_part(parts, range, finished)?;
            }
            Ok(true)
        })
    }

    fn batches(&self, range: Range<usize>) -> Vec<Range<usize>> {
        range.clone().step_by(self.batch).map(|start| start..(start + self.batch).min(range.end)).collect()
    }

    /// Works out the answers of a batch.
    fn finish_batch(
        &self,
        scorer: &LabelScores,
        rows: impl Iterator<Item = (ImageRow, String)>,
        finished: &mut Finished,
    ) -> Result<(), ClassifyError> {
        let mut batch = vec![];
        for (row, stamp) in rows {
            if let Some(vector) = &row.embedding {
                batch.push((row.image.clone(), vector.clone()));
            }
            finished.rows.push(row);
            finished.stamps.push(stamp);
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

/// The row of a photograph, with its stamp.
fn image_row(photograph: &Photograph, truth: Option<TaxonId>, Seen { stamp, image }: Seen) -> (ImageRow, String) {
    let row = ImageRow {
        image: photograph.image.clone(),
        truth,
        truth_name: photograph.truth_text.clone().or_else(|| photograph.taxon_id.clone()),
        observation: photograph.observation.clone(),
        split: photograph.split.clone(),
        licence: photograph.licence.clone(),
        status: image.status,
        error: image.error,
        sha256: image.sha256,
        embedding: image.embedding,
    };
    (row, stamp)
}

/// The rank under which the labels themselves stand in `predictions`; `label` for a mixed set.
#[must_use]
pub fn label_rank(taxonomy: &Taxonomy, labels: &LabelSet) -> &'static str {
    labels.rank(taxonomy).map_or("label", nearmiss::taxonomy::rank::Rank::name)
}
