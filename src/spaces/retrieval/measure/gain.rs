//! Measures that add up gains.

use crate::numbers::statistics::to_f64;
use crate::spaces::retrieval::query::Query;

/// The gain of a grade: the grade.
pub(super) fn linear(grade: i32) -> f64 {
    f64::from(grade)
}

/// The gain of a grade: 2^grade − 1.
pub(super) fn burges(grade: i32) -> f64 {
    f64::from(grade).exp2() - 1.0
}

/// What the gain at a place is divided by.
fn discount(place: u64) -> f64 {
    (to_f64(place) + 2.0).log2()
}

/// Gains of the relevant ones, less the further down they stand.
pub(super) fn gained(ranked: &[Option<i32>], level: i32, gain: fn(i32) -> f64) -> f64 {
    let one = |(place, grade): (usize, &Option<i32>)| {
        grade.filter(|grade| *grade >= level).map(|grade| gain(grade) / discount(place as u64))
    };
    ranked.iter().enumerate().filter_map(one).sum()
}

/// Gains among the first, as a share of those of the best order.
pub(super) fn normalised(query: &Query<'_>, first: &[Option<i32>], k: Option<usize>, level: i32, gain: fn(i32) -> f64) -> f64 {
    let limit = k.map_or(query.ranked.len(), |k| k) as u64;
    // Whole rankings are held against the whole best order, as trec_eval and ranx do.
    let limit = if k.is_none() { u64::MAX } else { limit };
    let (mut ideal, mut place) = (0.0, 0);
    for &(grade, count) in query.judged.iter().take_while(|(grade, _)| *grade >= level) {
        let until = place + count.min(limit - place);
        while place < until {
            ideal += gain(grade) / discount(place);
            place += 1;
        }
    }
    if ideal > 0.0 { gained(first, level, gain) / ideal } else { 0.0 }
}

/// Gains that a reader gets who goes on to the next document with persistence `p`.
pub(super) fn rank_biased(ranked: &[Option<i32>], level: i32, p: f64) -> f64 {
    let mut weight = 1.0 - p;
    let mut sum = 0.0;
    for grade in ranked {
        sum += weight * grade.filter(|grade| *grade >= level).map_or(0.0, linear);
        weight *= p;
    }
    sum
}
