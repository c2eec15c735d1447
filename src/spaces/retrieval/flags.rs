//! Green, yellow, red: whether what is shown first is right, acceptable or wrong.

use crate::numbers::statistics::to_f64;

/// The first documents of one ranking.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Flags {
    /// Share that is of the query's own taxon, as far as that is known.
    pub green: f64,
    /// Share that is not, but is acceptable ([`is_near`](crate::scores::flags::is_near), as in a report); `None` where no
    /// rank says what is.
    pub yellow: Option<f64>,
    /// The rest; `None` where yellow is.
    pub red: Option<f64>,
    /// Mean height at which query and document meet, in ranks that occur: 0 is the query's own taxon.
    pub height: f64,
}

impl Flags {
    /// Beginnings of the names that need to know what is yellow.
    pub const NEED_YELLOW: [&'static str; 3] = ["yellow@", "red@", "queries_with_red@"];

    /// The least and the greatest value of a query under a name without its `@k`; `None` where the ranks that occur decide.
    #[must_use]
    pub fn range(name: &str) -> Option<(f64, f64)> {
        (name != "mean_height").then_some((0.0, 1.0))
    }

    /// Whether a query's value under a name is 1 or 0, whatever is ranked.
    #[must_use]
    pub fn is_binary(name: &str, k: usize) -> bool {
        name == "queries_with_red" || (k == 1 && name != "mean_height")
    }

    /// Flags of the first `k` grades; `None` where nothing was ranked.
    ///
    /// `own` is the grade of the query for itself; `near` says which of the first documents are acceptable.
    #[must_use]
    pub fn of(grades: &[i32], near: Option<&[bool]>, k: usize, own: i32) -> Option<Flags> {
        let first = &grades[..k.min(grades.len())];
        let n = to_f64(first.len() as u64);
        let green = first.iter().filter(|grade| **grade >= own).count();
        let yellow = near.map(|near| first.iter().zip(near).filter(|(grade, near)| **grade < own && **near).count());
        let share = |count: usize| to_f64(count as u64) / n;
        (!first.is_empty()).then(|| Flags {
            green: share(green),
            yellow: yellow.map(share),
            red: yellow.map(|yellow| share(first.len() - green - yellow)),
            height: first.iter().map(|grade| f64::from((own - grade).max(0))).sum::<f64>() / n,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_by_hand() {
        // Own grade 3: one of it, one that is near, one that is not, one near with a lower grade.
        let near = [true, true, false, true];
        let found = Flags::of(&[3, 2, 1, 0], Some(&near), 4, 3);
        assert_eq!(found, Some(Flags { green: 0.25, yellow: Some(0.5), red: Some(0.25), height: 1.5 }));
        let first = Flags::of(&[3, 2, 1, 0], None, 1, 3);
        assert_eq!(first, Some(Flags { green: 1.0, yellow: None, red: None, height: 0.0 }));
        assert_eq!(Flags::of(&[], None, 1, 3), None);
    }
}
