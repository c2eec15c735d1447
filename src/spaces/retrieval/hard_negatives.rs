//! The nearest document of another species of the same family: what is taken for the right one most easily.

/// A query and what looks like it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HardNegative {
    /// Place of the query.
    pub query: usize,
    /// Place of the document.
    pub document: usize,
    /// How near it is.
    pub similarity: f64,
    /// How many documents are nearer, from 0.
    pub above: usize,
}

impl HardNegative {
    /// The first document of a ranking whose grade is from `family` up to below `own`; `None` where none is.
    #[must_use]
    pub fn of(query: usize, ranked: &[(u32, f64)], grades: &[i32], family: i32, own: i32) -> Option<HardNegative> {
        let above = grades.iter().position(|grade| (family..own).contains(grade))?;
        let (document, similarity) = ranked[above];
        Some(HardNegative { query, document: document as usize, similarity, above })
    }
}
