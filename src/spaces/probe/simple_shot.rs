//! SimpleShot: nearest class mean after centring and scaling to length 1.

use super::{Scores, Support, unit};
use crate::numbers::vector::dot_in_order;

/// Minus the Euclidean distance to each class's mean, after subtracting the mean of the support and
/// scaling to length 1 (CL2N); the means are not scaled again, as in the BioCLIP evaluation.
///
/// # Source
///
/// Wang 2019; bioclip `few_shot.py`.
#[must_use]
pub fn scores(support: &Support, queries: &[Vec<f64>]) -> Vec<Scores> {
    let width = support.vectors.first().map_or(0, Vec::len);
    let mut mean = vec![0.0; width];
    for vector in &support.vectors {
        mean.iter_mut().zip(vector).for_each(|(sum, value)| *sum += value);
    }
    let number = crate::numbers::statistics::to_f64(support.vectors.len() as u64);
    for sum in &mut mean {
        *sum /= number;
    }
    let centred = |vector: &Vec<f64>| unit(&vector.iter().zip(&mean).map(|(value, mean)| value - mean).collect::<Vec<_>>());
    let mut centroids = vec![(vec![0.0; width], 0.0); support.count];
    for (vector, &class) in support.vectors.iter().zip(&support.classes) {
        let (sum, count) = &mut centroids[class];
        sum.iter_mut().zip(centred(vector)).for_each(|(sum, value)| *sum += value);
        *count += 1.0;
    }
    for (sum, count) in &mut centroids {
        for value in sum {
            *value /= *count;
        }
    }
    let distance = |query: &[f64], centroid: &[f64]| {
        let gap: Vec<f64> = query.iter().zip(centroid).map(|(a, b)| a - b).collect();
        dot_in_order(&gap, &gap).sqrt()
    };
    let score = |query: &Vec<f64>| {
        let query = centred(query);
        centroids.iter().map(|(centroid, _)| -distance(&query, centroid)).collect()
    };
    queries.iter().map(score).collect()
}

#[cfg(test)]
mod tests {
    use crate::spaces::probe::best;
    use crate::spaces::probe::twelve::{Length, QUERIES, SUPPORT, near, rows, support};

    #[test]
    fn five_points_name_seven() {
        let scores = super::scores(&support(&SUPPORT, Length::Given), &rows(&QUERIES, Length::Given));
        assert_eq!(scores.iter().map(|scores| best(scores)).collect::<Vec<_>>(), [0, 0, 1, 2, 3, 3, 1]);
        let expected = [0.588_558_857, 0.196_159_261, 1.233_062_975, 1.830_463_42, 1.997_096_029];
        near(&scores[6], &expected.map(|distance: f64| -distance));
    }
}
