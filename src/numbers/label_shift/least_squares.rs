//! Least squares, and least squares without negative numbers.

use nalgebra::{DMatrix, DVector};

/// A diagonal entry of R below this share of the largest has no direction of its own.
const NO_DIRECTION: f64 = 1e-10;
/// Exchanges of one place per column, after which there is no answer to be expected.
const MOST: usize = 30;
/// Exchanges of all places that may fail to get better.
const PATIENCE: usize = 3;

/// The `x` of least ‖Ax − b‖; `None` where the columns are not independent.
pub(super) fn solve(a: &DMatrix<f64>, b: &DVector<f64>) -> Option<DVector<f64>> {
    let columns = a.ncols();
    if columns == 0 || a.nrows() < columns {
        return None;
    }
    let qr = a.clone().qr();
    let mut turned = b.clone();
    qr.q_tr_mul(&mut turned);
    let r = qr.r();
    let sizes = r.diagonal().map(f64::abs);
    if sizes.min() <= NO_DIRECTION * sizes.max() {
        return None;
    }
    let x = r.solve_upper_triangular(&turned.rows(0, columns).into_owned())?;
    x.iter().all(|value| value.is_finite()).then_some(x)
}

/// The `x ≥ 0` of least ‖Ax − b‖; `None` where the columns are not independent.
///
/// Block principal pivoting: columns whose `x` is negative leave, columns whose gradient is negative enter, all at once while
/// there are fewer of them each time, else the last one alone. It begins with all columns, and so ends at once where plain
/// least squares have no negative number.
///
/// # Source
///
/// Portugal, Júdice & Vicente 1994; the same minimum as Lawson & Hanson 1974.
pub(super) fn solve_non_negative(a: &DMatrix<f64>, b: &DVector<f64>) -> Option<DVector<f64>> {
    let columns = a.ncols();
    let mut free: Vec<bool> = vec![true; columns];
    let (mut fewest, mut patience) = (columns + 1, PATIENCE);
    let noise = 1e-13 * (1.0 + b.amax());
    for _ in 0..MOST * (columns + 1) {
        let x = solve_free(a, b, &free)?;
        let gradient = a.transpose() * (a * &x - b);
        let is_wrong = |place: &usize| if free[*place] { x[*place] < -noise } else { gradient[*place] < -noise };
        let wrong: Vec<usize> = (0..columns).filter(is_wrong).collect();
        let Some(&last) = wrong.last() else { return Some(x.map(|value| value.max(0.0))) };
        let all_at_once = if wrong.len() < fewest {
            (fewest, patience) = (wrong.len(), PATIENCE);
            true
        } else {
            let may = patience > 0;
            patience = patience.saturating_sub(1);
            may
        };
        let moved = if all_at_once { &wrong[..] } else { std::slice::from_ref(&last) };
        for &place in moved {
            free[place] = !free[place];
        }
    }
    None
}

/// Least squares over some columns, the others being 0.
fn solve_free(a: &DMatrix<f64>, b: &DVector<f64>, free: &[bool]) -> Option<DVector<f64>> {
    let places: Vec<usize> = (0..free.len()).filter(|&place| free[place]).collect();
    let mut x = DVector::zeros(free.len());
    if places.is_empty() {
        return Some(x);
    }
    let solved = solve(&a.select_columns(&places), b)?;
    for (place, value) in places.iter().zip(solved.iter()) {
        x[*place] = *value;
    }
    Some(x)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    /// All subsets of columns: the best that has no negative number.
    fn naive(a: &DMatrix<f64>, b: &DVector<f64>) -> f64 {
        let columns = a.ncols();
        let subset = |set: usize| {
            let free: Vec<bool> = (0..columns).map(|place| set >> place & 1 == 1).collect();
            let x = solve_free(a, b, &free)?;
            (x.min() >= -1e-12).then(|| (a * x - b).norm())
        };
        (0..1 << columns).filter_map(subset).fold(f64::INFINITY, f64::min)
    }

    #[test]
    fn no_subset_of_columns_is_better() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(4);
        for round in 0..200 {
            let (rows, columns) = (random.random_range(5..9), random.random_range(1..6));
            let mut number = |_, _| random.random::<f64>() - if round % 2 == 0 { 0.5 } else { 0.1 };
            let a = DMatrix::from_fn(rows, columns, &mut number);
            let b = DVector::from_fn(rows, &mut number);
            let x = solve_non_negative(&a, &b).unwrap();
            assert!(x.min() >= 0.0);
            let (found, best) = ((&a * x - &b).norm(), naive(&a, &b));
            assert!((found - best).abs() < 1e-9, "{found} {best}");
        }
    }

    #[test]
    fn a_line_through_three_points_by_hand() {
        // y = 0, 1, 5 at 0, 1, 2: slope 2.5, height −0.5; without negative numbers height 0, slope (1 + 10) / 5.
        let a = DMatrix::from_row_slice(3, 2, &[1.0, 0.0, 1.0, 1.0, 1.0, 2.0]);
        let b = DVector::from_vec(vec![0.0, 1.0, 5.0]);
        let plain = solve(&a, &b).unwrap();
        assert!((plain[0] + 0.5).abs() < 1e-12 && (plain[1] - 2.5).abs() < 1e-12, "{plain}");
        let found = solve_non_negative(&a, &b).unwrap();
        assert!(found[0].abs() < 1e-12 && (found[1] - 2.2).abs() < 1e-12, "{found}");
        assert_eq!(solve(&DMatrix::from_row_slice(2, 2, &[1.0, 2.0, 2.0, 4.0]), &DVector::zeros(2)), None);
    }
}
