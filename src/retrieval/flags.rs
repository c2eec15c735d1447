//! Green, yellow, red: whether what is shown first is right, acceptable or wrong.

use crate::statistics::to_f64;

/// The first documents of one ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flags {
    /// Share that is of the query's own taxon, as far as that is known.
    pub green: f64,
    /// Share that is not, but meets it where that is still acceptable.
    pub yellow: f64,
    /// The rest.
    pub red: f64,
    /// Mean height at which query and document meet, in ranks that occur: 0 is the query's own taxon.
    pub height: f64,
}

impl Flags {
    /// Flags of the first `k` grades; `None` where nothing was ranked.
    ///
    /// `own` is the grade of the query for itself, `yellow_from` the least grade that is yellow.
    #[must_use]
    pub fn of(grades: &[i32], k: usize, own: i32, yellow_from: i32) -> Option<Flags> {
        let first = &grades[..k.min(grades.len())];
        let n = to_f64(first.len() as u64);
        let share = |holds: &dyn Fn(i32) -> bool| to_f64(first.iter().filter(|grade| holds(**grade)).count() as u64) / n;
        (!first.is_empty()).then(|| Flags {
            green: share(&|grade| grade >= own),
            yellow: share(&|grade| grade < own && grade >= yellow_from),
            red: share(&|grade| grade < own && grade < yellow_from),
            height: first.iter().map(|grade| f64::from((own - grade).max(0))).sum::<f64>() / n,
        })
    }
}
