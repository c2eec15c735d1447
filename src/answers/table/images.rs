//! Rows grouped by image, in order of first appearance.

use super::error::{TableError, examples};
use super::frame::Frame;
use super::interned::{Interned, all_differ};
use rayon::prelude::*;

/// The rows of each image.
#[derive(Debug, Default)]
pub(super) struct ImageRows {
    pub(super) images: Vec<String>,
    /// Rows of image `i` are `order[starts[i]..starts[i + 1]]`, in the order of the table.
    starts: Vec<usize>,
    order: Vec<usize>,
}

impl ImageRows {
    /// Groups the rows of a table; without an image column each row is an image.
    pub(super) fn of(frame: &Frame, column: Option<&str>) -> Result<ImageRows, TableError> {
        let Some(column) = column else {
            let rows = frame.len();
            return Ok(ImageRows::single((1..=rows).map(|row| format!("row {row}")).collect()));
        };
        let texts = frame.texts(column)?;
        let blank: Vec<usize> = texts
            .iter()
            .enumerate()
            .filter(|(_, text)| text.is_none_or(|text| text.trim().is_empty()))
            .map(|(row, _)| row)
            .collect();
        if let Some(first) = blank.first() {
            let place = frame.places(&[*first]).concat();
            let what = match blank.len() {
                1 => format!("1 row has no image name in column '{column}', at {place}"),
                count => format!("{count} rows have no image name in column '{column}', the first at {place}"),
            };
            return Err(TableError::Format { path: frame.path.clone(), line: None, what });
        }
        if all_differ(&texts) {
            let texts: Vec<&str> = texts.iter().map(Option::unwrap_or_default).collect();
            return Ok(ImageRows::single(texts.into_par_iter().map(str::to_string).collect()));
        }
        Ok(ImageRows::by(Interned::of(&texts)))
    }

    /// Each row is an image.
    fn single(images: Vec<String>) -> ImageRows {
        let rows = images.len();
        ImageRows { images, starts: (0..=rows).collect(), order: (0..rows).collect() }
    }

    fn by(interned: Interned) -> ImageRows {
        let mut starts = vec![0; interned.texts.len() + 1];
        for &image in &interned.rows {
            starts[image as usize + 1] += 1;
        }
        for image in 0..interned.texts.len() {
            starts[image + 1] += starts[image];
        }
        let mut next = starts.clone();
        let mut order = vec![0; interned.rows.len()];
        for (row, &image) in interned.rows.iter().enumerate() {
            order[next[image as usize]] = row;
            next[image as usize] += 1;
        }
        ImageRows { images: interned.texts, starts, order }
    }

    /// The cell of each image in a column; blank cells give way to others of the image.
    ///
    /// # Errors
    ///
    /// Rows of one image that say different things.
    pub(super) fn cells(&self, frame: &Frame, column: &str) -> Result<Vec<String>, TableError> {
        let texts = frame.texts(column)?;
        let cell = |row: usize| texts.get(row).unwrap_or_default().trim();
        let mut differing = vec![];
        let cells = (0..self.images.len())
            .map(|image| {
                let mut held = self.rows(image).iter().map(|&row| cell(row)).filter(|cell| !cell.is_empty());
                let first = held.next().unwrap_or_default();
                if let Some(other) = held.find(|other| *other != first) {
                    differing.push(format!("{} has {first} and {other}", self.images[image]));
                }
                first.to_string()
            })
            .collect();
        if differing.is_empty() {
            return Ok(cells);
        }
        let (path, column) = (frame.path.clone(), column.to_string());
        Err(TableError::SeveralCells { path, column, count: differing.len(), examples: examples(&differing) })
    }

    /// The rows of an image, at least one.
    pub(super) fn rows(&self, image: usize) -> &[usize] {
        &self.order[self.starts[image]..self.starts[image + 1]]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_of_an_image_need_not_stand_together() {
        let texts = ["a", "b"].map(str::to_string).to_vec();
        let grouped = ImageRows::by(Interned { texts, rows: vec![0, 1, 0, 1, 1] });
        assert_eq!((grouped.rows(0), grouped.rows(1)), (&[0, 2][..], &[1, 3, 4][..]));
    }
}
