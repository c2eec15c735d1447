//! What columns are usually called.

use crate::taxonomy::rank::Rank;
use regex::Regex;
use std::sync::LazyLock;

pub(super) const IMAGES: &[&str] = &[
    "image",
    "image_path",
    "imagepath",
    "imagefilepath",
    "image_file",
    "image_name",
    "image_id",
    "filepath",
    "file_path",
    "file_name",
    "filename",
    "file",
    "path",
    "photo",
    "feature_id",
    "featureid",
    "sample_id",
    "roi_id",
    "observation_id",
    "id",
    "uuid",
];
pub(super) const TRUTHS: &[&str] =
    &["truth", "ground_truth", "groundtruth", "true", "target", "gt", "actual", "expected", "y_true", "correct_answer"];
pub(super) const PREDICTED: &[&str] =
    &["predicted", "prediction", "predictions", "pred", "preds", "y_pred", "output", "answer", "predicted_answer", "best_label"];
/// Names of labels that are predictions where the table has no better-named column.
pub(super) const LABELS: &[&str] =
    &["label", "taxon", "taxonomy", "lineage", "classification", "species", "scientific_name", "name", "class"];
pub(super) const TRUTH_PREFIXES: &[&str] = &["ground_truth", "truth", "true", "target", "gt", "actual", "expected", "validated"];
pub(super) const PREDICTED_PREFIXES: &[&str] = &["predicted", "prediction", "pred"];
pub(super) const NOUNS: &[&str] =
    &["label", "name", "taxon", "lineage", "class", "taxonomy", "scientific_name", "scientificname"];
pub(super) const SCORES: &[&str] = &[
    "score",
    "probability",
    "prob",
    "confidence",
    "conf",
    "predicted_score",
    "prediction_score",
    "pred_score",
    "pred_conf",
    "predicted_probability",
    "best_score",
    "p",
];
pub(super) const POSITIONS: &[&str] = &["position", "topk", "top_k", "k", "rank"];
pub(super) const OBSERVATIONS: &[&str] = &["observation", "observation_id", "individual_id", "individual", "occurrence_id"];

pub(super) static WIDE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(pred|prediction|predicted|top|label)_?([0-9]{1,2})(?:_(.+))?$").ok());
pub(super) static WIDE_SCORE: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(?:score|conf|confidence|prob|probability)_?([0-9]{1,2})$").ok());

/// A column's name in one spelling: lower case, `-`, `.` and spaces as `_`.
pub(super) fn normalised(name: &str) -> String {
    name.trim().to_lowercase().replace(['-', ' ', '.'], "_")
}

/// What is left of a name without one of the prefixes (or, as a suffix, without it).
pub(super) fn affixed<'a>(name: &'a str, prefixes: &[&str]) -> Option<&'a str> {
    prefixes.iter().find_map(|prefix| {
        let front = name.strip_prefix(prefix).map(|rest| rest.strip_prefix('_').unwrap_or(rest));
        let back = || name.strip_suffix(prefix).and_then(|rest| rest.strip_suffix('_'));
        front.filter(|rest| rank_word(rest).is_some() || NOUNS.contains(rest)).or_else(back).filter(|rest| !rest.is_empty())
    })
}

/// A rank by the full word, in English, Latin or French.
pub(super) fn rank_word(word: &str) -> Option<Rank> {
    if word.chars().count() <= 3 || word == "other" || word == "form" || word == "clade" {
        return None;
    }
    Rank::parse(word).filter(|rank| !rank.is_unranked() && *rank != Rank::Root)
}

pub(super) fn rank_set(mut ranks: Vec<(Rank, String)>) -> Vec<(Rank, String)> {
    ranks.sort_by_key(|&(rank, _)| rank);
    ranks.dedup_by_key(|(rank, _)| *rank);
    ranks
}

/// Words beside a prediction that are no model.
pub(super) fn is_detail(word: &str) -> bool {
    SCORES.contains(&word)
        || ["level", "rank"].contains(&word)
        || ["id", "idx", "class_idx", "index", "correct", "margin", "text"].contains(&word)
}
