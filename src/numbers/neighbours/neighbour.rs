//! A neighbour, and the order in which neighbours stand.

/// A neighbour: its row and how near it is (larger is nearer).
pub type Neighbour = (u32, f64);

/// Whether a document may be a neighbour of a query: `allowed(query, document)`.
pub type Allowed<'a> = &'a (dyn Fn(usize, usize) -> bool + Sync);

/// Puts neighbours in order, the nearest first; those that are equally near but for rounding (each within `grain` of the one
/// before) by row.
///
/// Without it the order of two that are equally near would be decided by the order in which products were summed.
pub fn order(near: &mut [Neighbour], grain: f64) {
    near.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    near.chunk_by_mut(|a, b| a.1 - b.1 <= grain).for_each(|equal| equal.sort_unstable_by_key(|near| near.0));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::numbers::rounding::GRAIN;

    #[test]
    fn what_is_equally_near_but_for_rounding_stands_by_row() {
        let mut near = vec![(4, 0.5), (3, 1e-17), (2, -1e-17), (1, 0.5 - 1e-16), (0, -1e-9)];
        order(&mut near, GRAIN);
        assert_eq!(near.iter().map(|near| near.0).collect::<Vec<_>>(), [1, 4, 2, 3, 0]);
    }
}
