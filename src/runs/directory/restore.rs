//! A complete run taken apart again, because some of its photographs have changed.

use super::changes::Changes;
use super::in_parts::{InParts, Source};
use super::piece::Piece;
use super::record::Record;
use super::{PART, RunError, TableFormat};
use std::path::Path;

/// Writes the parts of a complete run without a changed photograph into the folder of an unfinished one. Of tables without
/// vectors there are none.
pub(super) fn restore(directory: &Path, folder: &Path, record: &Record, changes: &Changes) -> Result<Vec<Piece>, RunError> {
    if record.identity.format != TableFormat::Parquet {
        return Ok(vec![]);
    }
    let [images, predictions] = ["images.parquet", "predictions.parquet"].map(|name| directory.join(name));
    let predictions = InParts::new([Source::Predictions { images: images.clone(), predictions }]);
    let images = InParts::new([Source::Images(images)]);
    let mut pieces = vec![];
    for (part, (images, predictions)) in images.zip(predictions).enumerate() {
        let (Some(mut images), Some(mut predictions)) = (images?.into_iter().next(), predictions?.into_iter().next()) else {
            continue;
        };
        let range = part * PART..part * PART + images.height();
        let stamps = changes.stamps.get(range.clone());
        let is_changed = changes.changed.iter().any(|place| range.contains(place));
        if let Some(stamps) = stamps.filter(|_| !is_changed) {
            pieces.push(Piece::write(folder, range, &mut predictions, &mut images, stamps.to_vec())?);
        }
    }
    Ok(pieces)
}
