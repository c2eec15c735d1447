//! What is equal but for rounding.

/// Numbers that differ by no more than this, on the scale of what they were computed from, are equal but for rounding.
pub const GRAIN: f64 = 1e-12;

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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_are_equal_but_for_rounding_get_the_least_of_their_run() {
        let mut values = [0.3, 0.1 + 1e-16, 0.1, -0.2, 0.3 - 1e-13];
        level(&mut values, GRAIN);
        assert_eq!(values.map(f64::to_bits), [0.3 - 1e-13, 0.1, 0.1, -0.2, 0.3 - 1e-13].map(f64::to_bits));
    }
}
