//! Ridge regression to ±1 per class, in closed form.

use super::{Scores, Support};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::dot_in_order;
use nalgebra::{DMatrix, DVector};

/// Coefficients and intercept of each class.
#[derive(Debug, Clone, PartialEq)]
pub struct Ridge {
    /// `[C, D]`.
    pub coefficients: Vec<Vec<f64>>,
    /// `[C]`.
    pub intercepts: Vec<f64>,
}

/// Fits targets of 1 for the class and −1 for the others with penalty `alpha` on the coefficients.
/// `None` if the vectors are not finite or `alpha` is not above 0.
///
/// # Source
///
/// Hoerl & Kennard 1970; scikit-learn `RidgeClassifier`.
#[must_use]
pub fn fit(support: &Support, alpha: f64) -> Option<Ridge> {
    let (rows, width) = (support.vectors.len(), support.vectors.first()?.len());
    let number = to_f64(rows as u64);
    let x = DMatrix::from_fn(rows, width, |row, column| support.vectors[row][column]);
    let means = DVector::from_fn(width, |column, _| x.column(column).sum() / number);
    let centred = DMatrix::from_fn(rows, width, |row, column| x[(row, column)] - means[column]);
    let gram = centred.transpose() * &centred + DMatrix::identity(width, width) * alpha;
    if !(alpha > 0.0 && gram.iter().all(|value| value.is_finite())) {
        return None;
    }
    let cholesky = gram.cholesky()?;
    let (mut coefficients, mut intercepts) = (vec![], vec![]);
    for class in 0..support.count {
        let target = DVector::from_fn(rows, |row, _| if support.classes[row] == class { 1.0 } else { -1.0 });
        let mean = target.sum() / number;
        let solved = cholesky.solve(&(centred.transpose() * target.add_scalar(-mean)));
        intercepts.push(mean - solved.dot(&means));
        coefficients.push(solved.iter().copied().collect());
    }
    Some(Ridge { coefficients, intercepts })
}

impl Ridge {
    /// `[Q, C]` fitted values.
    #[must_use]
    pub fn scores(&self, queries: &[Vec<f64>]) -> Vec<Scores> {
        let score = |query: &Vec<f64>| {
            let of_class = |(coefficients, intercept): (&Vec<f64>, &f64)| dot_in_order(coefficients, query) + intercept;
            self.coefficients.iter().zip(&self.intercepts).map(of_class).collect()
        };
        queries.iter().map(score).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use crate::spaces::probe::best;
    use crate::spaces::probe::twelve::{Length, all, near, rows, support};

    #[test]
    fn twelve_points_as_scikit_learn() {
        let ridge = super::fit(&support(&all(), Length::Unit), 1.0).unwrap();
        near(&ridge.coefficients[0], &[0.554_056_359, -0.614_316_946, -0.630_122_459]);
        near(&ridge.intercepts[..1], &[-0.315_004_698_863_811_3]);
        let found: Vec<usize> = ridge.scores(&rows(&all(), Length::Unit)).iter().map(|scores| best(scores)).collect();
        assert_eq!(found, [0, 0, 0, 0, 1, 2, 2, 3, 3, 3, 3, 0]);
        assert_eq!(super::fit(&support(&all(), Length::Unit), 0.0), None);
    }
}
