//! Intervals of shares, and of differences of paired shares, where images may belong together.

use super::found::{Found, NoInterval};
use crate::numbers::bootstrap::Kinds;
use crate::numbers::statistics::{ExactSum, Interval, Z_95, to_f64, wilson_of_share};

/// The interval of a share Σ sums / Σ weights, `[0, 1]`; `images` is the effective number of images, (Σ w)² / Σ w² over
/// them, which is their number where they count alike. No interval only without clusters.
///
/// Wilson's interval on n* trials. n* is the number of images over the design effect: the variance of the share between
/// clusters over that of independent images, both taken with one more cluster of typical weight that is wholly right
/// and one that is wholly wrong, so that neither vanishes. A design effect lies between 1 (clusters tell nothing of
/// their images: Wilson on the images) and a cluster's weight in images (they tell all: Wilson on the clusters, which
/// is what clusters that all agree come to).
///
/// # Source
///
/// Wilson 1927; Korn & Graubard 1998 and Dean & Pagano 2015 for the effective number; Agresti & Coull 1998 for what is
/// added; Kish 1965 for the number of clusters.
///
/// # Errors
///
/// [`NoInterval::NoValue`].
pub fn share(kinds: &Kinds, images: f64) -> Found {
    let p = kinds.mean().ok_or(NoInterval::NoValue)?.clamp(0.0, 1.0);
    let (weight, typical) = (kinds.weight(), kinds.typical_weight());
    let all = weight + 2.0 * typical;
    let with_two = (kinds.sum() + typical) / all;
    let between = spread(kinds, with_two) + (typical * (1.0 - with_two)).powi(2) + (typical * with_two).powi(2);
    let of_image = weight / images;
    let independent = with_two * (1.0 - with_two) * all * of_image;
    Ok(wilson_of_share(p, images / design_effect(between / independent, typical / of_image)))
}

/// The interval of a difference of paired shares, `[−1, 1]`: Σ sums / Σ weights, the sum of a cluster being its images
/// that the first gets right alone less those that the second does. `unlike` is the number of images that only one of
/// them gets right. No interval only without clusters.
///
/// d̃ ± z √((ũ − d̃²) / (n + 2)) with d̃ = d n / (n + 2) and ũ = (u n + 2) / (n + 2), where u = `unlike` / images; for n
/// stands the effective number of images, as in [`share`]. It never vanishes, and is mirrored where the two change
/// places.
///
/// # Source
///
/// Bonett & Price 2012, adjusted Wald.
///
/// # Errors
///
/// [`NoInterval::NoValue`].
pub fn difference_of_shares(kinds: &Kinds, unlike: u64) -> Found {
    let difference = kinds.mean().ok_or(NoInterval::NoValue)?;
    let (upright, opposite) = kinds.upright();
    let (images, typical) = (upright.weight(), upright.typical_weight());
    let unlike = to_f64(unlike);
    let all = images + 2.0 * typical;
    let with_two = upright.sum() / all;
    let between = spread(&upright, with_two) + (typical * (1.0 - with_two)).powi(2) + (typical * (1.0 + with_two)).powi(2);
    let independent = unlike + 2.0 * typical - with_two * with_two * all;
    let n = images / design_effect(between / independent, typical);
    let d = difference.abs() * n / (n + 2.0);
    let u = (unlike / images * n + 2.0) / (n + 2.0);
    let half = Z_95 * ((u - d * d).max(0.0) / (n + 2.0)).sqrt();
    let interval = Interval { low: (d - half).max(-1.0), high: (d + half).clamp(difference.abs(), 1.0) };
    Ok(if opposite { interval.mirrored() } else { interval })
}

/// Σ over clusters of (sum − share · weight)².
fn spread(kinds: &Kinds, share: f64) -> f64 {
    let mut sum = ExactSum::default();
    for kind in kinds.kinds() {
        sum.add_times((kind.sum - share * kind.weight).powi(2), kind.times);
    }
    sum.value()
}

fn design_effect(found: f64, most: f64) -> f64 {
    found.min(most).max(1.0)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::numbers::statistics::wilson;

    fn near(found: Interval, low: f64, high: f64) {
        assert!((found.low - low).abs() < 5e-5 && (found.high - high).abs() < 5e-5, "{found:?}, not {low} to {high}");
    }

    #[test]
    fn single_images_have_wilsons_interval() {
        for (right, n) in [(0, 1), (1, 1), (3, 10), (40, 40), (7, 1_000_000)] {
            let kinds = Kinds::counted([(1.0, right), (0.0, n - right)].map(|(sum, times)| crate::numbers::bootstrap::Kind {
                sum,
                weight: 1.0,
                times,
            }));
            assert_eq!(share(&kinds, to_f64(n)), Ok(wilson(right, n).unwrap()), "{right} of {n}");
        }
    }

    #[test]
    fn clusters_that_agree_count_as_one_image_each() {
        // Two observations of two photographs, all right: Wilson of 2 of 2, low = 2 / (2 + 3.8414588) = 0.342380.
        near(share(&Kinds::of([(2.0, 2.0); 2]), 4.0).unwrap(), 0.342_380, 1.0);
        // Nobody right in three clusters of 1, 1 and 4: the number by Kish is 36 / 18 = 2.
        near(share(&Kinds::of([(0.0, 1.0), (0.0, 1.0), (0.0, 4.0)]), 6.0).unwrap(), 0.0, 0.657_620);
        // One cluster is one trial: Wilson of 1 of 1.
        near(share(&Kinds::of([(9.0, 9.0)]), 9.0).unwrap(), 1.0 / 4.841_458_8, 1.0);
        assert_eq!(share(&Kinds::default(), 0.0), Err(NoInterval::NoValue));
    }

    #[test]
    fn the_design_effect_matches_the_definition_worked_by_hand() {
        // Clusters 2/2, 1/2, 0/2, 2/2: p = 5/8. With 2/2 and 0/2 more: p' = 7/12.
        // Σ (y − 7/6)²: three of 2: 3 · 25/36, one of 1: 1/36, two of 0: 2 · 49/36: (75 + 1 + 98) / 36 = 174/36.
        // Independent: 7/12 · 5/12 · 12 = 35/12. Design effect 174/36 · 12/35 = 58/35; n* = 8 · 35/58 = 4.827586.
        // Wilson: z²/n = 0.795730, scale 1.795730; centre (0.625 + 0.397865) / 1.795730 = 0.569609;
        // half = 1.959964 √(0.234375/4.827586 + 3.841459/93.222354) / 1.795730 = 1.959964 √(0.048549 + 0.041207) / 1.795730
        // = 1.959964 · 0.299593 / 1.795730 = 0.326993.
        let kinds = Kinds::of([(2.0, 2.0), (1.0, 2.0), (0.0, 2.0), (2.0, 2.0)]);
        near(share(&kinds, 8.0).unwrap(), 0.242_616, 0.896_602);
    }

    #[test]
    fn one_mistake_more_never_raises_the_lower_end_much() {
        // A hundred observations of five photographs: the less are right, the lower the end, but for a hair.
        let low = |wrong: usize| {
            let kinds = Kinds::of((0..100).map(|cluster| (if cluster < wrong { 4.0 } else { 5.0 }, 5.0)));
            share(&kinds, 500.0).unwrap().low
        };
        let lows: Vec<f64> = (0..30).map(low).collect();
        assert!((lows[0] - wilson(100, 100).unwrap().low).abs() < 1e-12);
        assert!(lows.windows(2).all(|pair| pair[1] < pair[0] + 0.002), "{lows:?}");
    }

    #[test]
    fn paired_shares_match_the_definition_worked_by_hand() {
        // Ten images, the first right alone in 4, the second in 1: d̃ = 3/12 = 0.25, ũ = 7/12;
        // half = 1.959964 √((0.583333 − 0.0625) / 12) = 1.959964 · 0.208333 = 0.408326.
        let kinds = Kinds::of([1.0, 1.0, 1.0, 1.0, -1.0, 0.0, 0.0, 0.0, 0.0, 0.0].map(|sum| (sum, 1.0)));
        near(difference_of_shares(&kinds, 5).unwrap(), -0.158_326, 0.658_326);
        // Two clusters, all right against all wrong: n = 2, d̃ = 0.5, ũ = 1: half = 1.959964 √(0.75/4) = 0.848689.
        near(difference_of_shares(&Kinds::of([(3.0, 3.0); 2]), 6).unwrap(), -0.348_689, 1.0);
        // Nothing differs in four images: d̃ = 0, ũ = 1/3: half = 1.959964 √(1/18) = 0.461967.
        near(difference_of_shares(&Kinds::of([(0.0, 1.0); 4]), 0).unwrap(), -0.461_967, 0.461_967);
    }

    #[test]
    fn differences_are_mirrored() {
        let clusters = [(2.0, 3.0), (-1.0, 2.0), (1.0, 1.0), (0.0, 5.0), (3.0, 3.0)];
        let kinds = Kinds::of(clusters);
        let found = difference_of_shares(&kinds, 8).unwrap();
        assert_eq!(difference_of_shares(&kinds.mirrored(), 8), Ok(found.mirrored()));
        assert!(found.low < 5.0 / 14.0 && found.high > 5.0 / 14.0, "{found:?}");
    }
}
