//! Average precision of one taxon over all images.

use crate::numbers::statistics::to_f64;
use crate::numbers::ties;

/// Average precision, Σ (R_k − R_{k−1}) P_k over the distinct scores from the highest down; images of equal scores come at once.
/// `listed` has the score of each image that lists the taxon, and whether it is there; `unlisted` are images that show the taxon
/// and do not list it, and `others` those that neither show nor list it: these come last, together. `None` where no image shows it.
///
/// # Source
///
/// scikit-learn, `average_precision_score`.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::sets::average_precision;
///
/// // Right, wrong, right: (1/2) (1/1) + (1/2) (2/3).
/// let found = average_precision(&[(0.9, true), (0.8, false), (0.3, true)], 0, 0);
/// assert!(found.is_some_and(|found| (found - 5.0 / 6.0).abs() < 1e-12));
/// assert_eq!(average_precision(&[(0.9, false)], 0, 3), None);
/// ```
#[must_use]
pub fn average_precision(listed: &[(f64, bool)], unlisted: u64, others: u64) -> Option<f64> {
    let mut listed = listed.to_vec();
    listed.sort_by(|a, b| ties::falling(a.0, b.0));
    let there = listed.iter().filter(|(_, is_there)| *is_there).count() as u64 + unlisted;
    if there == 0 {
        return None;
    }
    let (mut right, mut all, mut sum) = (0, 0, 0.0);
    for level in listed.chunk_by(|a, b| ties::falling(a.0, b.0).is_eq()) {
        let found = level.iter().filter(|(_, is_there)| *is_there).count() as u64;
        right += found;
        all += level.len() as u64;
        sum += to_f64(found) * to_f64(right) / to_f64(all);
    }
    sum += to_f64(unlisted) * to_f64(there) / to_f64(all + unlisted + others);
    Some(sum / to_f64(there))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn images_of_one_score_come_at_once_and_those_that_do_not_list_it_last() {
        // Seven images, four with the taxon. Scores 0.9: one right, one wrong; 0.4: one right; unlisted: two with it, two without.
        // (1/4) (1/2) + (1/4) (2/3) + (2/4) (4/7) = 0.125 + 0.166667 + 0.285714 = 0.577381.
        let found = average_precision(&[(0.4, true), (0.9, false), (0.9, true)], 2, 2);
        assert!(found.is_some_and(|found| (found - 0.577_380_952_380_952_4).abs() < 1e-12), "{found:?}");
        assert_eq!(average_precision(&[], 2, 0), Some(1.0));
    }
}
