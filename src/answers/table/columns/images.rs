//! The column with image names.

use super::content::{Content, Ids};
use super::headerless;
use crate::answers::table::error::TableError;
use crate::answers::table::frame::{Frame, named_column};
use crate::answers::table::options::TableOptions;
use crate::answers::table::words::{IDS, IMAGES, OBSERVATION_IDS, is_media_file, squashed};

/// The column with image names: as named, by its usual name, or the only one that holds paths of photographs or
/// recordings; `None` where there is none.
pub(in crate::answers::table) fn image_column(frame: &Frame, options: &TableOptions) -> Result<Option<String>, TableError> {
    if let Some(column) = &options.image_column {
        return named_column(frame, column, "--image-column").map(Some);
    }
    if !frame.header {
        let names = frame.names();
        return Ok(headerless::image(frame).or_else(|| names.first().map(ToString::to_string)));
    }
    let squashed: Vec<(String, &str)> = frame.names().into_iter().map(|name| (squashed(name), name)).collect();
    let called = |word: &&str| {
        let word = word.replace('_', "");
        squashed.iter().find(|(name, _)| *name == word).map(|(_, written)| (*written).to_string())
    };
    let usual = IMAGES.iter().chain(OBSERVATION_IDS).chain(&IDS[..2]).find_map(&called);
    let last = || IDS.iter().find_map(&called);
    Ok(usual.or_else(|| path_column(frame)).or_else(last))
}

/// The only column that holds paths of photographs or recordings.
fn path_column(frame: &Frame) -> Option<String> {
    let content = Content { frame, ids: Ids::Any };
    let is_path = |text: &String| is_media_file(text) || text.starts_with("gs://") || text.starts_with("s3://");
    let holds_paths = |column: &&str| {
        let sample = content.sample(column);
        !sample.is_empty() && sample.iter().all(is_path)
    };
    let mut columns = frame.names().into_iter().filter(holds_paths);
    columns.next().filter(|_| columns.next().is_none()).map(str::to_string)
}
