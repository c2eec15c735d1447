//! The k nearest labelled images.

use super::{Scores, Support, unit};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::dot_in_order;

/// Shares of the `k` nearest vectors by cosine, class by class; of equal neighbours the first in the
/// support. Between classes of equal shares the larger sum of similarities decides, by less than 1e-8.
///
/// # Source
///
/// Cover & Hart 1967.
#[must_use]
pub fn scores(support: &Support, queries: &[Vec<f64>], k: usize) -> Vec<Scores> {
    let units: Vec<Vec<f64>> = support.vectors.iter().map(|vector| unit(vector)).collect();
    let score = |query: &Vec<f64>| {
        let query = unit(query);
        let similar: Vec<f64> = units.iter().map(|vector| dot_in_order(vector, &query)).collect();
        let mut order: Vec<usize> = (0..units.len()).collect();
        order.sort_by(|&a, &b| similar[b].total_cmp(&similar[a]));
        order.truncate(k.max(1));
        let mut shares = vec![0.0; support.count];
        for &neighbour in &order {
            shares[support.classes[neighbour]] += 1.0 / to_f64(order.len() as u64);
        }
        // Far less than one vote, so that it only decides between equals.
        for &neighbour in &order {
            shares[support.classes[neighbour]] += 1e-9 * (similar[neighbour] + 1.0) / to_f64(order.len() as u64);
        }
        shares
    };
    queries.iter().map(score).collect()
}

#[cfg(test)]
mod tests {
    use crate::spaces::probe::best;
    use crate::spaces::probe::twelve::{CLASSES, Length, POINTS, all, support};

    #[test]
    fn the_nearest_of_the_others() {
        // Each point by its nearest other: x10 (e) is nearest to x07 (d), x11 (e) to x03 (b).
        let nearest = |place: usize| {
            let others: Vec<usize> = all().into_iter().filter(|&other| other != place).collect();
            best(&super::scores(&support(&others, Length::Given), &[POINTS[place].to_vec()], 1)[0])
        };
        let found: Vec<usize> = all().into_iter().map(nearest).collect();
        let mut expected = CLASSES.to_vec();
        (expected[10], expected[11]) = (3, 1);
        assert_eq!(found, expected);
        // Of three neighbours of (0, 1) two are of class 1, though the nearest is of class 0.
        let support = crate::spaces::probe::Support {
            vectors: vec![vec![0.1, 1.0], vec![0.3, 1.0], vec![0.4, 1.0], vec![1.0, 0.0]],
            classes: vec![0, 1, 1, 0],
            count: 2,
        };
        let shares = &super::scores(&support, &[vec![0.0, 1.0]], 3)[0];
        assert!((shares[0] - 1.0 / 3.0).abs() < 1e-8 && (shares[1] - 2.0 / 3.0).abs() < 1e-8, "{shares:?}");
    }
}
