//! What is equal but for rounding.

use super::Neighbour;

/// Numbers that differ by no more than this, on the scale of what they were computed from, are equal but for rounding.
pub const GRAIN: f64 = 1e-12;

/// Puts neighbours in order, the nearest first; those that are equally near but for rounding (each within `grain` of the one
/// before) by row.
///
/// Without it the order of two that are equally near would be decided by the order in which products were summed.
pub fn order(near: &mut [Neighbour], grain: f64) {
    near.sort_unstable_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
    near.chunk_by_mut(|a, b| a.1 - b.1 <= grain).for_each(|equal| equal.sort_unstable_by_key(|near| near.0));
}

/// Makes numbers equal that are so but for rounding: each gets the least of its run, in which each is within `grain` of the
/// next smaller one.
pub fn level(values: &mut [f64], grain: f64) {
    let mut order: Vec<usize> = (0..values.len()).collect();
    order.sort_unstable_by(|&a, &b| values[a].total_cmp(&values[b]).then(a.cmp(&b)));
    let (mut run, mut before) = (f64::NAN, f64::NAN);
    for place in order {
        let value = values[place];
        // The first is not within anything of what is no number.
        if value - before <= grain {
            values[place] = run;
        } else {
            run = value;
        }
        before = value;
    }
}
