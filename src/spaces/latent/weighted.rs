//! What a sample says of all that it was drawn of.

use crate::numbers::statistics::{Interval, Z_95, to_f64};
use crate::spaces::embeddings::{Design, Stratum};

/// Points that were drawn, and how.
pub(super) struct Weighted<'a> {
    pub design: Design,
    pub strata: &'a [Stratum],
    /// The stratum of each point.
    pub of: &'a [u32],
}

/// Sums over the drawn points of a stratum.
#[derive(Debug, Clone, Copy, Default)]
struct Sums {
    points: u64,
    /// Points that have a value, and the sum of these.
    counted: u64,
    values: f64,
}

impl Weighted<'_> {
    /// The mean over all that have a value: each drawn point counts for as many as it stands for; `None` where none has one.
    ///
    /// # Source
    ///
    /// The ratio of two estimated totals (Hájek 1971; Särndal, Swensson and Wretman 1992, section 5.7).
    pub fn mean(&self, values: &[Option<f64>]) -> Option<f64> {
        let (sum, count) = self.totals(&self.sums(values));
        (count > 0.0).then(|| sum / count)
    }

    /// Its 95 % interval within the bounds of values: how far the mean over all may be from what was drawn. `None` where nothing
    /// that was drawn varies, or too little was drawn.
    ///
    /// # Source
    ///
    /// The linearised ratio: of strata with their finite populations, Cochran 1977, section 5A.2; of taxa that were drawn with
    /// probabilities in proportion to size the variance between them, section 9A.3, as if they were drawn with replacement.
    pub fn interval(&self, values: &[Option<f64>], (least, most): (f64, f64)) -> Option<Interval> {
        let sums = self.sums(values);
        let (sum, count) = self.totals(&sums);
        let mean = Some(sum / count).filter(|mean| mean.is_finite())?;
        let variance = match self.design {
            Design::Stratified => self.within(values, &sums, mean),
            Design::TwoStage => self.between(&sums, mean)?,
        };
        let error = variance.sqrt() / count;
        (error > 0.0).then(|| Interval { low: (mean - Z_95 * error).max(least), high: (mean + Z_95 * error).min(most) })
    }

    fn sums(&self, values: &[Option<f64>]) -> Vec<Sums> {
        let mut sums = vec![Sums::default(); self.strata.len()];
        for (&stratum, value) in self.of.iter().zip(values) {
            let sums = &mut sums[stratum as usize];
            sums.points += 1;
            sums.counted += u64::from(value.is_some());
            sums.values += value.unwrap_or(0.0);
        }
        sums
    }

    /// The sum over all that have a value, and how many they are, as estimated.
    fn totals(&self, sums: &[Sums]) -> (f64, f64) {
        let weighted = |of: fn(&Sums) -> f64| -> f64 {
            self.strata.iter().zip(sums).map(|(stratum, sums)| stratum.weight.unwrap_or(0.0) * of(sums)).sum()
        };
        (weighted(|sums| sums.values), weighted(|sums| to_f64(sums.counted)))
    }

    /// Variance of the total of what is above the mean: of points within their strata.
    fn within(&self, values: &[Option<f64>], sums: &[Sums], mean: f64) -> f64 {
        let centre = |sums: &Sums| (sums.values - mean * to_f64(sums.counted)) / to_f64(sums.points.max(1));
        let mut squares = vec![0.0; sums.len()];
        for (&stratum, value) in self.of.iter().zip(values) {
            let above = value.map_or(0.0, |value| value - mean);
            squares[stratum as usize] += (above - centre(&sums[stratum as usize])).powi(2);
        }
        let of_stratum = |((stratum, sums), squares): ((&Stratum, &Sums), f64)| {
            let (n, all) = (to_f64(sums.points), to_f64(stratum.of as u64));
            if n < 2.0 { 0.0 } else { all * all * (1.0 - n / all) * squares / (n - 1.0) / n }
        };
        self.strata.iter().zip(sums).zip(squares).map(of_stratum).sum()
    }

    /// The same between taxa that were drawn; `None` where one alone was.
    fn between(&self, sums: &[Sums], mean: f64) -> Option<f64> {
        let hits: u64 = self.strata.iter().map(|stratum| stratum.hits as u64).sum();
        let drawn = self.strata.iter().zip(sums).filter(|(_, sums)| sums.points > 0);
        let squares: f64 = drawn
            .map(|(stratum, sums)| {
                let above = (sums.values - mean * to_f64(sums.counted)) / to_f64(sums.points);
                to_f64(stratum.hits as u64) * above * above
            })
            .sum();
        let all: f64 = self.strata.iter().map(|stratum| to_f64(stratum.of as u64)).sum();
        // A hit stands for as many vectors as any other one.
        let of_hit = all / to_f64(hits);
        (hits > 1).then(|| to_f64(hits) / to_f64(hits - 1) * squares * of_hit * of_hit)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::spaces::embeddings::{Embeddings, SampleSize, Sampled, Sampling};
    use crate::taxonomy::{TaxonId, Taxonomy};

    fn stratum(of: usize, n: usize, hits: usize, weight: f64) -> Stratum {
        Stratum { taxon: None, of, n, hits, weight: (n > 0).then_some(weight) }
    }

    fn near(found: Option<Interval>, low: f64, high: f64) {
        let found = found.unwrap();
        assert!((found.low - low).abs() < 1e-6 && (found.high - high).abs() < 1e-6, "{found:?}");
    }

    #[test]
    fn points_count_for_what_they_stand_for() {
        // Two of ten and two of four: 5 × (1 + 0) and 2 × (1 + 1), over 14.
        let strata = [stratum(10, 2, 1, 5.0), stratum(4, 2, 1, 2.0)];
        let weighted = Weighted { design: Design::Stratified, strata: &strata, of: &[0, 1, 0, 1] };
        let values = [Some(1.0), Some(1.0), Some(0.0), Some(1.0)];
        assert_eq!(weighted.mean(&values), Some(9.0 / 14.0));
        // 10² (1 − 2/10) 0.5 / 2 = 20, and nothing varies among the four: √20 / 14 = 0.319438.
        near(weighted.interval(&values, (f64::NEG_INFINITY, f64::INFINITY)), 0.642_857 - 0.626_087, 0.642_857 + 0.626_087);
        near(weighted.interval(&values, (0.0, 1.0)), 0.642_857 - 0.626_087, 1.0);
        // Over those that have a value: 5 × 1 and 2 × (1 + 0), over 5 + 4.
        let some = [Some(1.0), Some(1.0), None, Some(0.0)];
        assert_eq!(weighted.mean(&some), Some(7.0 / 9.0));
        assert_eq!(weighted.mean(&[None; 4]), None);
        assert_eq!(weighted.interval(&[None; 4], (0.0, 1.0)), None);
        assert_eq!(weighted.interval(&[Some(0.5); 4], (0.0, 1.0)), None);
    }

    #[test]
    fn taxa_that_were_drawn_vary_between_each_other() {
        // Two hits of 60, 30 and 10: each stands for 50. Means of 0.5 and 1.
        let strata = [stratum(60, 2, 1, 25.0), stratum(30, 1, 1, 50.0), stratum(10, 0, 0, 0.0)];
        let weighted = Weighted { design: Design::TwoStage, strata: &strata, of: &[0, 0, 1] };
        let values = [Some(1.0), Some(0.0), Some(1.0)];
        assert_eq!(weighted.mean(&values), Some(0.75));
        // 2 / 1 × (0.25² + 0.25²) / 2² = 0.25².
        near(weighted.interval(&values, (f64::NEG_INFINITY, f64::INFINITY)), 0.75 - 0.489_991, 0.75 + 0.489_991);
        let one = [stratum(60, 2, 1, 25.0)];
        let alone = Weighted { design: Design::TwoStage, strata: &one, of: &[0, 0] };
        assert_eq!(alone.interval(&values[..2], (0.0, 1.0)), None);
    }

    /// Points of so many taxa, the first of 1 and the last of 13 in turns.
    fn points(taxa: usize) -> Embeddings {
        let of: Vec<usize> = (0..taxa).flat_map(|taxon| vec![taxon; 1 + taxon * 7 % 13]).collect();
        let n = of.len();
        Embeddings {
            values: vec![1.0; n],
            width: 1,
            names: vec![String::new(); n],
            taxa: of.iter().map(|&taxon| Some(TaxonId(u32::try_from(taxon).unwrap() + 1))).collect(),
            observations: vec![String::new(); n],
            taxonomy: Taxonomy::empty(),
            labels: None,
            notes: vec![],
        }
    }

    #[test]
    fn means_are_unbiased_and_intervals_hold_the_mean_of_all() {
        // Of 30 taxa five each or all fit the sample; of 400 not even two each.
        for (taxa, n, design) in [(30, 160, Design::Stratified), (400, 500, Design::TwoStage)] {
            let points = points(taxa);
            // Large taxa have large values, and points of one differ.
            let value = |row: usize| f64::from(points.taxa[row].unwrap().0 * 7 % 13 + u32::try_from(row * 37 % 11).unwrap());
            let all: Vec<f64> = (0..points.len()).map(value).collect();
            let truth = all.iter().sum::<f64>() / to_f64(all.len() as u64);
            let (mut sum, mut squares, mut held) = (0.0, 0.0, 0);
            let draws = 600;
            for seed in 0..draws {
                let sampled = Sampled::of(points.clone(), Sampling { size: SampleSize::Vectors(n), seed });
                let population = sampled.population.unwrap();
                let of: Vec<u32> = population.drawn().iter().map(|&row| population.stratum_of()[row]).collect();
                let weighted = Weighted { design, strata: population.strata(), of: &of };
                let values: Vec<Option<f64>> = population.drawn().iter().map(|&row| Some(value(row))).collect();
                let mean = weighted.mean(&values).unwrap();
                let interval = weighted.interval(&values, (0.0, 100.0)).unwrap();
                (sum, squares) = (sum + mean - truth, squares + (mean - truth).powi(2));
                held += u64::from((interval.low..=interval.high).contains(&truth));
            }
            let draws = to_f64(draws);
            let error = (squares / draws).sqrt();
            assert!((sum / draws).abs() < 4.0 * error / draws.sqrt(), "{design:?}: {} off, of {error}", sum / draws);
            let held = to_f64(held) / draws;
            assert!((0.92..=1.0).contains(&held), "{design:?}: {held} of the intervals hold the mean");
        }
    }
}
