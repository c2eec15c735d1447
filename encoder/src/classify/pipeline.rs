//! From what was seen of photographs to the parts of a run directory.
//!
//! A reading thread decodes and preprocesses the next batch on all cores while the encoder works
//! on the present one, and a GPU begins the next one before the answers of the present one are worked out; nothing
//! else is held, so memory is bounded by the batch. Batches and parts
//! are cut by the photographs' places in the data set, never by what could be read, so that a
//! continued run sees the same batches and gives the same bytes. A part is written as a whole, or in pieces where it takes
//! long: what a process that is killed loses is a minute's work, or a batch.

use super::answering::Answering;
use super::error::ClassifyError;
use super::pace::Pace;
use super::seen::{Seen, Vectors};
use super::stopping::{Cause, Limits};
use super::tiles::TilePool;
use nearmiss::photographs::dataset::{Dataset, Photograph, Truths};
use nearmiss::runs::directory::RunError;
use nearmiss::runs::directory::columns::{self, ImageRow};
use nearmiss::runs::directory::logits::with_logits;
use nearmiss::runs::directory::parts::Parts;
use nearmiss::runs::zero_shot::ImageAnswers;
use nearmiss::taxonomy::label_set::LabelSet;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::{DataFrame, PolarsResult};
use std::ops::Range;
use std::time::Instant;

/// Everything an image passes through.
pub struct Pipeline<'a> {
    /// The taxonomy.
    pub taxonomy: &'a Taxonomy,
    /// The candidates; none where nothing answers.
    pub labels: &'a LabelSet,
    /// What answers.
    pub answering: &'a Answering<'a>,
    /// Length `D` of the photographs' vectors; `None` where the model gives none.
    pub width: Option<usize>,
    /// Whether logits are kept in the table of images, of which whole distributions are made again.
    pub keep_logits: bool,
    /// Where what is seen of photographs comes from.
    pub vectors: Vectors<'a>,
    /// What becomes of the scores of tiles; `None` where photographs are seen whole.
    pub pool: Option<TilePool>,
    /// Photographs per batch.
    pub batch: usize,
    /// Answers kept per image and rank.
    pub k: usize,
}

/// What is finished and not written yet.
struct Finished {
    /// Place of its first photograph in the data set.
    start: usize,
    rows: Vec<ImageRow>,
    logits: Vec<Option<Vec<f32>>>,
    answers: Vec<(String, ImageAnswers)>,
    stamps: Vec<String>,
}

impl Finished {
    fn from(start: usize) -> Finished {
        Finished { start, rows: vec![], logits: vec![], answers: vec![], stamps: vec![] }
    }

    /// Places of its photographs.
    fn range(&self) -> Range<usize> {
        self.start..self.start + self.rows.len()
    }
}

impl Pipeline<'_> {
    /// Classifies the photographs of the parts that are not there yet.
    ///
    /// `progress` is told how many photographs are newly done. Returns why it stopped before the end, `None` where it did
    /// not: all batches that were begun are written.
    ///
    /// # Errors
    ///
    /// [`ClassifyError`]; an unreadable photograph is none, it becomes a row with its code.
    pub fn run(
        &self,
        dataset: &Dataset,
        truths: &Truths,
        parts: &mut Parts,
        limits: Limits<'_>,
        progress: &dyn Fn(usize),
    ) -> Result<Option<Cause>, ClassifyError> {
        let photographs = &dataset.photographs;
        let missing = parts.missing(photographs.len());
        progress(photographs.len() - missing.iter().map(ExactSizeIterator::len).sum::<usize>());
        let mut pace = Pace::begin(limits.deadline, Instant::now());
        std::thread::scope(|scope| {
            let batches: Vec<Range<usize>> = missing.iter().cloned().flat_map(|range| self.batches(range)).collect();
            let mut seen = self.vectors.begin(photographs, (batches, self.batch), scope);
            let finish = |(places, batch): (Range<usize>, Vec<Seen>), finished: &mut Finished| {
                let done = places.len();
                self.finish(dataset, truths, (places, batch), finished)?;
                progress(done);
                Ok::<(), ClassifyError>(())
            };
            for range in missing {
                let mut finished = Finished::from(range.start);
                while finished.range().end < range.end {
                    if let Some(cause) = limits.reached(&pace) {
                        if let Some(batch) = seen.begun()? {
                            finish(batch, &mut finished)?;
                        }
                        self.write(parts, finished, &mut pace)?;
                        return Ok(Some(cause));
                    }
                    let begun = Instant::now();
                    finish(seen.next(limits.stop)?, &mut finished)?;
                    pace.worked(begun, Instant::now());
                    if pace.is_writing_due(Instant::now()) {
                        let rest = Finished::from(finished.range().end);
                        self.write(parts, std::mem::replace(&mut finished, rest), &mut pace)?;
                    }
                }
                self.write(parts, finished, &mut pace)?;
            }
            Ok(None)
        })
    }

    /// Makes rows and answers of what was seen of a batch.
    fn finish(
        &self,
        dataset: &Dataset,
        truths: &Truths,
        (places, batch): (Range<usize>, Vec<Seen>),
        finished: &mut Finished,
    ) -> Result<(), ClassifyError> {
        let photographs = &dataset.photographs;
        let named = batch.into_iter().zip(places.clone());
        let named: Vec<(String, Seen)> = named.map(|(seen, place)| (photographs[place].image.clone(), seen)).collect();
        let answered = self.answering.answer(&named, self.pool, self.k)?;
        finished.logits.extend(answered.logits);
        finished.answers.extend(answered.answers);
        for ((_, seen), place) in named.into_iter().zip(places) {
            let (row, stamp) = image_row(&photographs[place], truths.taxa[place], seen);
            finished.rows.push(row);
            finished.stamps.push(stamp);
        }
        Ok(())
    }

    fn batches(&self, range: Range<usize>) -> Vec<Range<usize>> {
        range.clone().step_by(self.batch).map(|start| start..(start + self.batch).min(range.end)).collect()
    }

    /// Writes what is finished, if anything is: a part, or a piece of one.
    fn write(&self, parts: &mut Parts, finished: Finished, pace: &mut Pace) -> Result<(), ClassifyError> {
        let range = finished.range();
        if range.is_empty() {
            return Ok(());
        }
        let begun = Instant::now();
        let named = format!("photographs {} to {}", range.start + 1, range.end);
        let table = |source| RunError::Table { path: named.clone().into(), source };
        let rank = label_rank(self.taxonomy, self.labels);
        let mut images = self.images(&finished).map_err(table)?;
        let mut predictions = columns::predictions(self.taxonomy, rank, &finished.answers).map_err(table)?;
        parts.write(range, &mut predictions, &mut images, finished.stamps)?;
        pace.wrote(begun, Instant::now());
        Ok(())
    }

    /// The table of images: with vectors where the model gives them, with logits where they are kept.
    fn images(&self, finished: &Finished) -> PolarsResult<DataFrame> {
        let images = match self.width {
            Some(width) => columns::images(self.taxonomy, &finished.rows, width)?,
            None => columns::images(self.taxonomy, &finished.rows, 1)?.drop("embedding")?,
        };
        match self.answering.logits(self.pool).filter(|_| self.keep_logits) {
            Some(width) => with_logits(&images, &finished.logits, width),
            None => Ok(images),
        }
    }
}

/// The row of a photograph, with its stamp.
fn image_row(photograph: &Photograph, truth: Option<TaxonId>, Seen { stamp, image, .. }: Seen) -> (ImageRow, String) {
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

/// The rank under which the labels themselves stand in `predictions`; `label` for a mixed set, `none` where there is no label.
#[must_use]
pub fn label_rank(taxonomy: &Taxonomy, labels: &LabelSet) -> &'static str {
    if labels.taxa().is_empty() {
        return "none";
    }
    labels.rank(taxonomy).map_or("label", nearmiss::taxonomy::rank::Rank::name)
}
