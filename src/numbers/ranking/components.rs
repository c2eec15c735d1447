//! The interval of the area under the curve of true over false positives, where items may belong together.

use super::order::Ranking;
use crate::numbers::interval::{FEWEST, Found, NoInterval};
use crate::numbers::statistics::{ExactSum, Interval, Z_95, to_f64};

/// What the items of one cluster add: how often its positives score above negatives, and its negatives below positives.
#[derive(Debug, Clone, Copy, Default)]
struct Cluster {
    positives: u64,
    of_positives: f64,
    negatives: u64,
    of_negatives: f64,
}

/// The interval of [`auroc`](super::Steps::auroc); `cluster[i]` is that of item `i`, items of one cluster belong together.
///
/// The variance of DeLong, whose components are summed by cluster as Obuchowski does, on the scale of the logarithm of the
/// odds, so that the interval stays between 0 and 1. With one item to a cluster it is DeLong's own.
///
/// # Source
///
/// DeLong, DeLong & Clarke-Pearson 1988; Obuchowski 1997; Pepe 2003 for the scale.
///
/// # Errors
///
/// [`NoInterval`] unless there are positives and negatives of six clusters each, and where the components do not vary.
pub fn interval(ranking: &Ranking, cluster: &[usize]) -> Found {
    let area = ranking.steps(|_| true).auroc().ok_or(NoInterval::NoValue)?;
    let clusters = components(ranking, cluster);
    let with_positives = clusters.iter().filter(|cluster| cluster.positives > 0).count() as u64;
    let with_negatives = clusters.iter().filter(|cluster| cluster.negatives > 0).count() as u64;
    if with_positives.min(with_negatives) < FEWEST {
        return Err(NoInterval::NoMean("fewer than six of what counts by itself are of one of the two kinds"));
    }
    let error = variance(&clusters, area, [with_positives, with_negatives]).max(0.0).sqrt();
    let spread = area * (1.0 - area);
    if error <= 1e-12 || spread <= 0.0 {
        return Err(NoInterval::NoMean("all positives stand alike to the negatives, so that nothing varies"));
    }
    let odds = (area / (1.0 - area)).ln();
    let half = Z_95 * error / spread;
    let back = |odds: f64| 1.0 / (1.0 + (-odds).exp());
    Ok(Interval { low: back(odds - half).min(area), high: back(odds + half).max(area) })
}

/// The components by cluster; sums run by falling score, so that the order of the items does not matter.
fn components(ranking: &Ranking, cluster: &[usize]) -> Vec<Cluster> {
    let steps = ranking.steps(|_| true);
    let (positives, negatives) = (to_f64(steps.positives), to_f64(steps.negatives));
    let mut clusters = vec![Cluster::default(); cluster.iter().max().map_or(0, |most| most + 1)];
    let (mut positives_above, mut negatives_above) = (0.0, 0.0);
    for tied in ranking.ties() {
        let here = to_f64(tied.iter().filter(|&&item| ranking.is_positive(item)).count() as u64);
        let others = to_f64(tied.len() as u64) - here;
        for &item in tied {
            let one = &mut clusters[cluster[item]];
            if ranking.is_positive(item) {
                one.positives += 1;
                one.of_positives += (negatives - negatives_above - others / 2.0) / negatives;
            } else {
                one.negatives += 1;
                one.of_negatives += (positives_above + here / 2.0) / positives;
            }
        }
        positives_above += here;
        negatives_above += others;
    }
    clusters
}

fn variance(clusters: &[Cluster], area: f64, [with_positives, with_negatives]: [u64; 2]) -> f64 {
    let [mut positive, mut negative, mut both] = [(); 3].map(|()| ExactSum::default());
    let (mut positives, mut negatives, mut filled) = (0, 0, 0);
    for cluster in clusters.iter().filter(|cluster| cluster.positives + cluster.negatives > 0) {
        let of_positives = cluster.of_positives - to_f64(cluster.positives) * area;
        let of_negatives = cluster.of_negatives - to_f64(cluster.negatives) * area;
        positive.add(of_positives * of_positives);
        negative.add(of_negatives * of_negatives);
        both.add(of_positives * of_negatives);
        positives += cluster.positives;
        negatives += cluster.negatives;
        filled += 1;
    }
    let unbiased = |clusters: u64| to_f64(clusters) / (to_f64(clusters) - 1.0);
    let (positives, negatives) = (to_f64(positives), to_f64(negatives));
    unbiased(with_positives) * positive.value() / (positives * positives)
        + unbiased(with_negatives) * negative.value() / (negatives * negatives)
        + 2.0 * unbiased(filled) * both.value() / (positives * negatives)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    /// Positives 9, 8, 7, 6, 3, 2; negatives 5, 4, 2, 1, 0, −1, −2.
    fn ranking() -> Ranking {
        let scores = [9.0, 8.0, 7.0, 6.0, 3.0, 2.0, 5.0, 4.0, 2.0, 1.0, 0.0, -1.0, -2.0];
        Ranking::of(scores.to_vec(), (0..13).map(|item| item < 6).collect())
    }

    #[test]
    fn the_interval_matches_delong_worked_by_hand() {
        // Positives beat of the 7 negatives 7 7 7 7 5 4.5 (2 ties with 2): 37.5 of 42, A = 25/28 = 0.892857.
        // Over 7: 1 1 1 1 .714286 .642857; squares of their distances from A: 4 · .011480 + .031888 + .062500 = .140306;
        // /5/6 = .00467687. Negatives are beaten by 4 4 5.5 6 6 6 6 of 6: .666667 .666667 .916667 1 1 1 1; distances
        // squared: 2 · .051162 + .000567 + 4 · .011480 = .148810 (sums: .102324 + .000567 + .045918 = .148809);
        // /6/7 = .00354308. Variance .00821995, error .0906639. ln(.892857/.107143) = 2.120264;
        // half = 1.959964 · .0906640 / .0956633 = 1.857538: odds .262726 and 3.977801.
        let found = interval(&ranking(), &(0..13).collect::<Vec<_>>()).unwrap();
        assert!((found.low - 0.565_306).abs() < 1e-6 && (found.high - 0.981_617).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn clusters_that_agree_widen_the_interval() {
        let one = ranking();
        let twice = Ranking::of(
            (0..26).map(|item| one.score(item / 2)).collect(),
            (0..26).map(|item| one.is_positive(item / 2)).collect(),
        );
        let alone = interval(&twice, &(0..26).collect::<Vec<_>>()).unwrap();
        let together = interval(&twice, &(0..26).map(|item| item / 2).collect::<Vec<_>>()).unwrap();
        let by_itself = interval(&one, &(0..13).collect::<Vec<_>>()).unwrap();
        // Each twice in one cluster says what each once says.
        assert!((together.low - by_itself.low).abs() < 1e-12 && (together.high - by_itself.high).abs() < 1e-12);
        assert!(alone.low > together.low && alone.high < together.high);
    }

    #[test]
    fn what_does_not_vary_or_is_too_few_has_no_interval() {
        let apart = Ranking::of((0..12).map(f64::from).collect(), (0..12).map(|item| item > 5).collect());
        assert!(matches!(interval(&apart, &(0..12).collect::<Vec<_>>()), Err(NoInterval::NoMean(_))));
        let few: Vec<usize> = (0..13).map(|item| if item < 6 { item / 2 } else { item }).collect();
        assert!(matches!(interval(&ranking(), &few), Err(NoInterval::NoMean(_))));
        let one = Ranking::of(vec![1.0, 2.0], vec![true, true]);
        assert_eq!(interval(&one, &[0, 1]), Err(NoInterval::NoValue));
    }
}
