//! Measures that look at where relevant documents stand.

use crate::numbers::statistics::to_f64;
use crate::spaces::retrieval::query::Query;

/// Harmonic mean of precision and recall.
pub(super) fn harmonic(precision: f64, recall: f64) -> f64 {
    if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
}

/// Precision at the place of each relevant document, added up and divided by `all` of them.
pub(super) fn average(ranked: &[Option<i32>], level: i32, all: f64) -> f64 {
    let (mut sum, mut so_far) = (0.0, 0.0);
    for (place, _) in ranked.iter().enumerate().filter(|(_, grade)| grade.is_some_and(|grade| grade >= level)) {
        so_far += 1.0;
        sum += so_far / to_f64(place as u64 + 1);
    }
    sum / all
}

/// Preference of relevant documents over those that were judged not to be.
pub(super) fn bpref(query: &Query<'_>, level: i32, relevant: u64) -> f64 {
    let others = query.not_relevant(level);
    let (mut above, mut sum) = (0, 0.0);
    for grade in query.ranked.iter().flatten() {
        if *grade >= level {
            sum += if above == 0 { 1.0 } else { 1.0 - to_f64(above.min(relevant)) / to_f64(relevant.min(others)) };
        } else if *grade >= 0 {
            above += 1;
        }
    }
    sum / to_f64(relevant)
}

/// The highest precision from the place on where so many relevant ones are found.
pub(super) fn interpolated(ranked: &[Option<i32>], level: i32, wanted: f64) -> f64 {
    // The place is that of the ⌊wanted + 0.9⌋-th relevant document, as in trec_eval and ranx.
    let from = (wanted + 0.9).floor();
    let (mut so_far, mut best) = (0.0, 0.0_f64);
    for (place, grade) in ranked.iter().enumerate() {
        if grade.is_some_and(|grade| grade >= level) {
            so_far += 1.0;
            if so_far >= from {
                best = best.max(so_far / to_f64(place as u64 + 1));
            }
        }
    }
    best
}
