//! The vectors that a sample is of.

use super::beside::Beside;
use super::columns::{OBSERVATIONS, texts};
use super::error::EmbeddingsError;
use super::sampling::{Drawing, Stratum};
use super::stored::{BlockWork, Stored};
use std::collections::HashMap;

/// All vectors that a sample was drawn of, where they lie. Of each its taxon is held, in 4 bytes.
pub struct Population {
    pub(super) stored: Stored,
    pub(super) observations: Observations,
    pub(super) drawing: Drawing,
}

impl std::fmt::Debug for Population {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.debug_struct("Population").field("sample", &self.drawing.sample).finish_non_exhaustive()
    }
}

/// Where it stands what was photographed together.
pub(super) enum Observations {
    /// In a column of a table.
    Beside(Beside),
    /// One for each vector; blank where there is none.
    Held(Vec<String>),
}

impl Population {
    /// How many vectors there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.stored.len()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// How many numbers a vector has.
    #[must_use]
    pub fn width(&self) -> usize {
        self.stored.width()
    }

    /// The vectors that were drawn, in the order of the sample.
    #[must_use]
    pub fn drawn(&self) -> &[usize] {
        &self.drawing.rows
    }

    /// The strata: taxa in the order of the taxonomy, then vectors without one.
    #[must_use]
    pub fn strata(&self) -> &[Stratum] {
        &self.drawing.strata
    }

    /// The stratum of every vector.
    #[must_use]
    pub fn stratum_of(&self) -> &[u32] {
        &self.drawing.stratum_of
    }

    /// For every vector the place of its observation among some; `None` where it has none of them.
    ///
    /// # Errors
    ///
    /// [`EmbeddingsError::File`].
    pub fn observed(&self, known: &HashMap<&str, u32>) -> Result<Vec<Option<u32>>, EmbeddingsError> {
        let place = |text: &str| known.get(text).copied().filter(|_| !text.is_empty());
        let beside = match &self.observations {
            Observations::Held(observations) => return Ok(observations.iter().map(|text| place(text)).collect()),
            Observations::Beside(beside) => beside,
        };
        let mut found = Vec::with_capacity(self.len());
        let mut rows = self.stored.rows_of(0..self.len()).peekable();
        beside.each(&OBSERVATIONS, &mut |first, data| {
            let cells = OBSERVATIONS.iter().find_map(|name| texts(data, name)).unwrap_or_default();
            while let Some(row) = rows.next_if(|row| *row < first + data.height()) {
                found.push(cells.get(row - first).and_then(Option::as_deref).and_then(place));
            }
            Ok(())
        })?;
        found.resize(self.len(), None);
        Ok(found)
    }

    /// Hands over the values of all vectors in blocks of so many or fewer, with their numbers, until `work` says not to go on.
    ///
    /// # Errors
    ///
    /// [`EmbeddingsError::File`]: what cannot be read, vectors of other lengths, values that are not finite; what `work` reports.
    pub fn each_block(&mut self, size: usize, work: &mut BlockWork<'_>) -> Result<(), EmbeddingsError> {
        let width = self.width().max(1);
        let path = self.stored.path().to_path_buf();
        self.stored.each_block(size.max(1), &mut |vectors, values| {
            if let Some(place) = values.chunks(width).position(|row| row.iter().any(|value| !value.is_finite())) {
                let number = vectors.start + place + 1;
                let what = format!("vector {number} holds a value that is not finite; leave it out or embed it again");
                return Err(EmbeddingsError::File { path: path.clone(), what });
            }
            work(vectors, values)
        })
    }
}
