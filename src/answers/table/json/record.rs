//! A row of a table in JSON, and what its keys say.

use crate::answers::table::words::{
    IDS, IMAGES, LABELS, OBSERVATION_IDS, POSITIONS, PREDICTED, SCORES, TRUTHS, WEAK_LABELS, is_media_file, normalised,
    rank_word, squashed,
};
use serde_json::{Map, Value};

/// A row: its cells by column.
pub(super) type Record = Map<String, Value>;

/// What a shape is read into: rows, or the sentence that refuses it; `None` where the value has another shape.
pub(super) type Read = Result<Option<Vec<Record>>, String>;

/// How any table can be written.
pub(super) const REMEDY: &str = "write it as a list of objects with the keys image, prediction and score";

/// A row of a few cells.
pub(super) fn record<const N: usize>(cells: [(&str, Value); N]) -> Record {
    cells.into_iter().map(|(key, value)| (key.to_string(), value)).collect()
}

/// The objects of an array that holds nothing else and is not empty.
pub(super) fn objects(value: &Value) -> Option<Vec<&Record>> {
    let objects: Vec<&Record> = value.as_array()?.iter().map(Value::as_object).collect::<Option<_>>()?;
    (!objects.is_empty()).then_some(objects)
}

fn is_among(key: &str, lists: &[&[&str]]) -> bool {
    let key = squashed(key);
    !key.is_empty() && lists.iter().copied().flatten().any(|word| word.replace('_', "") == key)
}

/// Whether a key surely names images.
pub(super) fn names_image(key: &str) -> bool {
    is_among(key, &[IMAGES, OBSERVATION_IDS])
}

/// Whether a key names truths or predictions.
pub(super) fn names_side(key: &str) -> bool {
    is_among(key, &[TRUTHS, PREDICTED])
}

/// Whether a key names truths.
pub(super) fn names_truth(key: &str) -> bool {
    is_among(key, &[TRUTHS])
}

/// Whether a key names labels of any kind.
pub(super) fn names_label(key: &str) -> bool {
    let words = normalised(key);
    let said = words.split('_').any(|word| is_among(word, &[TRUTHS, PREDICTED, LABELS]) || rank_word(word).is_some());
    said || is_among(key, &[TRUTHS, PREDICTED, LABELS, WEAK_LABELS, &["classifications", "answers", "guesses", "correct_answer"]])
}

/// Whether a key is the usual name of a column.
pub(super) fn names_column(key: &str) -> bool {
    let lists = [IMAGES, OBSERVATION_IDS, IDS, TRUTHS, PREDICTED, LABELS, WEAK_LABELS, SCORES, POSITIONS];
    is_among(key, &lists) || rank_word(&normalised(key)).is_some()
}

/// Whether a key can be the name of an image itself: a path, or a word with digits that is no usual name of a column.
pub(super) fn is_image(key: &str) -> bool {
    let letters = key.trim_end_matches(|letter: char| letter.is_ascii_digit() || matches!(letter, '_' | '-' | ' '));
    let numbered = || key.chars().any(|letter| letter.is_ascii_digit()) && !is_numbered_column(letters);
    is_path(key) || numbered()
}

/// Whether a key is a path.
pub(super) fn is_path(key: &str) -> bool {
    is_media_file(key) || key.contains(['/', '\\'])
}

/// What is numbered and is no image: `pred1`, `top5`, `fold_2`.
fn is_numbered_column(letters: &str) -> bool {
    let others: &[&str] =
        &["top", "fold", "run", "model", "class", "classes", "results", "version", "v", "epoch", "batch", "answer", "guess"];
    // `image_1` and `sample_7` are images.
    !letters.is_empty() && is_among(letters, &[TRUTHS, PREDICTED, LABELS, WEAK_LABELS, SCORES, POSITIONS, others])
}

/// Keys in quotes, for messages: at most six.
pub(super) fn quoted<'a>(keys: impl Iterator<Item = &'a String>) -> String {
    let keys: Vec<String> = keys.map(|key| format!("'{key}'")).collect();
    let shown = keys.iter().take(6).map(String::as_str).collect::<Vec<_>>().join(", ");
    if keys.len() > 6 { format!("{shown} and {} more", keys.len() - 6) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_images_are_told_from_names_of_columns() {
        for key in ["a.jpg", "folder/b", "C:\\c.png", "IMG_0001", "image_1", "0", "8f3a", "roi_0000"] {
            assert!(is_image(key), "{key}");
        }
        for key in ["image", "prediction", "pred1", "top5", "score_2", "results", "Apis mellifera", "model", "fold_1", ""] {
            assert!(!is_image(key), "{key}");
        }
        assert!(names_image("filepath") && names_image("observation_id") && !names_image("id") && !names_image("images"));
        for key in ["label", "predicted_species", "y_true", "target-class", "correct_answer", "name"] {
            assert!(names_label(key), "{key}");
        }
        assert!(!names_label("bbox") && !names_label("width") && !names_label("file_name"));
        assert!(names_column("Filepath") && names_column("genus") && !names_column("Apis"));
    }
}
