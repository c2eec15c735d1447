//! Means of two sets of other composition: standardised to one composition, and their difference taken apart.
//!
//! A set is a list of strata (taxa); each has so many values in either set, and a mean of them. That a mean differs has two
//! causes: its strata are others (composition), or the same strata have other means (skill).

use super::statistics::ExactSum;
use serde::Serialize;
use std::collections::BTreeMap;

/// The values of one stratum in one set.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Cell {
    /// How many.
    pub n: f64,
    /// Their sum.
    pub sum: f64,
}

/// The values of one stratum in both sets.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Stratum {
    /// Those of the first.
    pub first: Cell,
    /// Those of the second.
    pub second: Cell,
}

/// The composition that means are standardised to: shares of the strata that both sets have, which add up to 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Standard {
    /// That of the first set.
    First,
    /// That of the second set.
    Second,
    /// The mean of both shares of each stratum, in which either set counts alike, however large it is.
    #[default]
    Both,
}

/// What one stratum adds to the difference of the means, second less first; the parts of all strata add up to it.
#[derive(Debug, Clone, Copy, Default, PartialEq)]
pub struct Parts {
    /// Its mean is another one, at the mean of its shares.
    pub skill: f64,
    /// Its share is another one, at the mean of its means, against the mean of all.
    pub composition: f64,
    /// It is in the first set alone, and its mean is not that of the strata that both have.
    pub only_first: f64,
    /// It is in the second set alone.
    pub only_second: f64,
}

impl Parts {
    /// All of it.
    #[must_use]
    pub fn total(&self) -> f64 {
        [self.skill, self.composition, self.only_first, self.only_second].into_iter().collect::<ExactSum>().value()
    }

    /// The sum of several, part by part.
    #[must_use]
    pub fn sum<'a>(parts: impl IntoIterator<Item = &'a Parts>) -> Parts {
        let mut sums = [(); 4].map(|()| ExactSum::default());
        for part in parts {
            for (sum, value) in sums.iter_mut().zip([part.skill, part.composition, part.only_first, part.only_second]) {
                sum.add(value);
            }
        }
        let [skill, composition, only_first, only_second] = sums.map(|sum| sum.value());
        Parts { skill, composition, only_first, only_second }
    }
}

impl Cell {
    /// The mean; `None` without values.
    #[must_use]
    pub fn mean(self) -> Option<f64> {
        (self.n > 0.0).then(|| self.sum / self.n)
    }
}

impl Stratum {
    /// Whether both sets have it.
    #[must_use]
    pub fn is_shared(&self) -> bool {
        self.first.n > 0.0 && self.second.n > 0.0
    }
}

/// All values of a set, or those of the shared strata.
fn all(strata: &[Stratum], shared_only: bool, cell: fn(&Stratum) -> Cell) -> Cell {
    let of = || strata.iter().filter(|stratum| !shared_only || stratum.is_shared()).map(cell);
    let sum = |part: fn(Cell) -> f64| of().map(part).collect::<ExactSum>().value();
    Cell { n: sum(|cell| cell.n), sum: sum(|cell| cell.sum) }
}

/// The composition of the shared strata: a share for each stratum, 0 for those that one set lacks. `None` where none is
/// shared.
#[must_use]
pub fn shares(strata: &[Stratum], standard: Standard) -> Option<Vec<f64>> {
    let (first, second) = (all(strata, true, |stratum| stratum.first).n, all(strata, true, |stratum| stratum.second).n);
    if first <= 0.0 || second <= 0.0 {
        return None;
    }
    let share = |stratum: &Stratum| {
        if !stratum.is_shared() {
            return 0.0;
        }
        let (of_first, of_second) = (stratum.first.n / first, stratum.second.n / second);
        match standard {
            Standard::First => of_first,
            Standard::Second => of_second,
            Standard::Both => f64::midpoint(of_first, of_second),
        }
    };
    Some(strata.iter().map(share).collect())
}

/// The means of both sets over the shared strata, standardised to one composition; `None` where none is shared.
///
/// Σ over strata of share · mean of the stratum in the set.
///
/// # Source
///
/// Direct standardisation; Fleiss 1981, chapter 14.
#[must_use]
pub fn standardised(strata: &[Stratum], standard: Standard) -> Option<(f64, f64)> {
    let shares = shares(strata, standard)?;
    let mean = |cell: fn(&Stratum) -> Cell| -> f64 {
        let terms = strata.iter().zip(&shares).filter_map(|(stratum, share)| Some(share * cell(stratum).mean()?));
        terms.collect::<ExactSum>().value()
    };
    Some((mean(|stratum| stratum.first), mean(|stratum| stratum.second)))
}

/// What each stratum adds to `mean of the second − mean of the first`; `None` where no stratum is shared.
///
/// Over the shared strata, with shares w and v and means m and k of first and second:
/// skill (k − m)(w + v) / 2, composition (v − w)((m + k) / 2 − c), c the mean of both sets' means over the shared strata,
/// which changes no sum: this is Shapley's value of two factors, the mean of both orders. A stratum of one set alone adds
/// its share of that set times its mean less the set's mean over the shared strata.
///
/// # Source
///
/// Kitagawa 1955; Oaxaca 1973 and Blinder 1973, two-fold; Shorrocks 2013 for Shapley; Ñopo 2008 for what is not shared.
#[must_use]
pub fn decomposed(strata: &[Stratum]) -> Option<Vec<Parts>> {
    let before = shares(strata, Standard::First)?;
    let after = shares(strata, Standard::Second)?;
    let [first, second] = [all(strata, false, |stratum| stratum.first), all(strata, false, |stratum| stratum.second)];
    let of_first = all(strata, true, |stratum| stratum.first).mean()?;
    let of_second = all(strata, true, |stratum| stratum.second).mean()?;
    let centre = f64::midpoint(of_first, of_second);
    let parts = |(stratum, (w, v)): (&Stratum, (&f64, &f64))| match (stratum.first.mean(), stratum.second.mean()) {
        (Some(m), Some(k)) => Parts {
            skill: (k - m) * f64::midpoint(*w, *v),
            composition: (v - w) * (f64::midpoint(m, k) - centre),
            ..Parts::default()
        },
        (Some(m), None) => Parts { only_first: -(stratum.first.n / first.n) * (m - of_first), ..Parts::default() },
        (None, Some(k)) => Parts { only_second: stratum.second.n / second.n * (k - of_second), ..Parts::default() },
        (None, None) => Parts::default(),
    };
    Some(strata.iter().zip(before.iter().zip(&after)).map(parts).collect())
}

/// The composition part of [`decomposed`] level by level of a tree, the coarsest first; `None` where no stratum is shared.
///
/// `levels` gives for each level the group of each stratum, groups lying within those of the level before. One level after
/// the other the shares of groups within the group above them become those of the second set, what lies below staying as in
/// the first: the terms add up to the whole exactly, for this order. Strata that are apart in no level are a last level.
///
/// # Source
///
/// Das Gupta 1978, sequential replacement; here from the root downwards.
#[must_use]
pub fn level_by_level(strata: &[Stratum], levels: &[Vec<usize>]) -> Option<Vec<f64>> {
    let before = shares(strata, Standard::First)?;
    let after = shares(strata, Standard::Second)?;
    let mean = |stratum: &Stratum| Some(f64::midpoint(stratum.first.mean()?, stratum.second.mean()?));
    let means: Vec<f64> = strata.iter().map(|stratum| mean(stratum).unwrap_or(0.0)).collect();
    let mut known = before.clone();
    let mut terms = vec![];
    for level in levels.iter().map(Some).chain([None]) {
        let next = match level {
            Some(groups) => moved(&before, &after, groups),
            None => after.clone(),
        };
        let term = known.iter().zip(&next).zip(&means).map(|((known, next), mean)| (next - known) * mean);
        terms.push(term.collect::<ExactSum>().value());
        known = next;
    }
    Some(terms)
}

/// Shares whose groups have the masses of `after`, and within each group the shares of `before`.
fn moved(before: &[f64], after: &[f64], groups: &[usize]) -> Vec<f64> {
    let mut masses: BTreeMap<usize, (ExactSum, ExactSum)> = BTreeMap::new();
    for ((before, after), group) in before.iter().zip(after).zip(groups) {
        let (of_before, of_after) = masses.entry(*group).or_default();
        of_before.add(*before);
        of_after.add(*after);
    }
    let share = |(before, group): (&f64, &usize)| {
        let (of_before, of_after) = masses.get(group).map_or((0.0, 0.0), |(b, a)| (b.value(), a.value()));
        if *before > 0.0 { before * of_after / of_before } else { 0.0 }
    };
    before.iter().zip(groups).map(share).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use rand::{RngExt, SeedableRng};

    fn stratum(first: (f64, f64), second: (f64, f64)) -> Stratum {
        Stratum { first: Cell { n: first.0, sum: first.1 }, second: Cell { n: second.0, sum: second.1 } }
    }

    /// Easy cats: 8 with 6 right, then 2 with 1; hard moths: 2 with 1 right, then 6 with 1; bees in the first alone: 2, both
    /// right; wasps in the second alone: 2, none right.
    fn four() -> Vec<Stratum> {
        vec![
            stratum((8.0, 6.0), (2.0, 1.0)),
            stratum((2.0, 1.0), (6.0, 1.0)),
            stratum((2.0, 2.0), (0.0, 0.0)),
            stratum((0.0, 0.0), (2.0, 0.0)),
        ]
    }

    fn near(found: f64, expected: f64) {
        assert!((found - expected).abs() < 1e-12, "{found} {expected}");
    }

    #[test]
    fn means_are_standardised_as_worked_by_hand() {
        // Shared: first 0.8 and 0.2, second 0.25 and 0.75; both 0.525 and 0.475.
        // Means 0.75 and 0.5 in the first, 0.5 and 1/6 in the second.
        let of = |standard| standardised(&four(), standard).unwrap();
        near(of(Standard::First).0, 0.8 * 0.75 + 0.2 * 0.5);
        near(of(Standard::First).1, 0.8 * 0.5 + 0.2 / 6.0);
        near(of(Standard::Second).0, 0.25 * 0.75 + 0.75 * 0.5);
        near(of(Standard::Second).1, 0.25 * 0.5 + 0.75 / 6.0);
        near(of(Standard::Both).0, 0.525 * 0.75 + 0.475 * 0.5);
        near(of(Standard::Both).1, 0.525 * 0.5 + 0.475 / 6.0);
        assert_eq!(standardised(&four()[2..], Standard::Both), None);
    }

    #[test]
    fn a_difference_is_taken_apart_as_worked_by_hand() {
        // Means: 9/12 = 0.75 and 2/10 = 0.2: −0.55. Over what is shared 7/10 = 0.7 and 2/8 = 0.25.
        let parts = decomposed(&four()).unwrap();
        // Cats: (0.5 − 0.75) 0.525 = −0.13125; moths: (1/6 − 1/2) 0.475 = −0.158333…
        near(parts[0].skill, -0.13125);
        near(parts[1].skill, -0.475 / 3.0);
        // c = 0.475; cats: (0.25 − 0.8)(0.625 − 0.475) = −0.0825; moths: 0.55 (1/3 − 0.475) = −0.0779166…
        near(parts[0].composition, -0.0825);
        near(parts[1].composition, 0.55 * (1.0 / 3.0 - 0.475));
        // Bees: −(2/12)(1 − 0.7) = −0.05; wasps: (2/10)(0 − 0.25) = −0.05.
        near(parts[2].only_first, -0.05);
        near(parts[3].only_second, -0.05);
        let sum = Parts::sum(&parts);
        near(sum.total(), 0.2 - 0.75);
        // The skill part is the difference at the composition of both.
        let (first, second) = standardised(&four(), Standard::Both).unwrap();
        near(sum.skill, second - first);
        assert_eq!(decomposed(&four()[2..]), None);
    }

    #[test]
    fn composition_is_taken_apart_from_the_root_downwards_by_hand() {
        // Two families: cats and lynxes; moths. Shares before 0.5, 0.3, 0.2; after 0.2, 0.2, 0.6. Means ½, ¼, 1/10 always.
        let strata = [stratum((50.0, 25.0), (20.0, 10.0)), stratum((30.0, 7.5), (20.0, 5.0)), stratum((20.0, 2.0), (60.0, 6.0))];
        // Family: 0.8 becomes 0.4, within it 5/8 and 3/8: 0.25, 0.15, 0.6. −0.25/2 − 0.15/4 + 0.4/10 = −0.1225.
        // Species within: 0.2 − 0.25 and 0.2 − 0.15: −0.05/2 + 0.05/4 = −0.0125.
        let terms = level_by_level(&strata, &[vec![0, 0, 1]]).unwrap();
        near(terms[0], -0.1225);
        near(terms[1], -0.0125);
        near(terms[0] + terms[1], Parts::sum(&decomposed(&strata).unwrap()).composition);
    }

    #[test]
    fn parts_add_up_on_random_tables() {
        let mut random = rand_chacha::ChaCha8Rng::seed_from_u64(11);
        for _ in 0..300 {
            let count = random.random_range(1..40);
            let mut cell = |absent: f64| {
                if random.random::<f64>() < absent {
                    return Cell::default();
                }
                let n = f64::from(random.random_range(1..90_u32));
                Cell { n, sum: n * (random.random::<f64>() * 9.0 - 2.0) }
            };
            let strata: Vec<Stratum> = (0..count).map(|_| Stratum { first: cell(0.3), second: cell(0.3) }).collect();
            let Some(parts) = decomposed(&strata) else {
                assert!(strata.iter().all(|stratum| !stratum.is_shared()));
                continue;
            };
            let mean = |cell: fn(&Stratum) -> Cell| {
                let (n, sum) = strata.iter().map(cell).fold((0.0, 0.0), |(n, sum), cell| (n + cell.n, sum + cell.sum));
                sum / n
            };
            let difference = mean(|stratum| stratum.second) - mean(|stratum| stratum.first);
            let sum = Parts::sum(&parts);
            near(sum.total(), difference);
            // Kitagawa's own formula, naively, over what is shared.
            let (w, v) = (shares(&strata, Standard::First).unwrap(), shares(&strata, Standard::Second).unwrap());
            let naive: f64 = (0..strata.len())
                .filter_map(|k| Some((v[k] - w[k]) * (strata[k].first.mean()? + strata[k].second.mean()?) / 2.0))
                .sum();
            near(sum.composition, naive);
            // Any nested levels add up to it.
            let coarse: Vec<usize> = (0..strata.len()).map(|k| k / 8).collect();
            let fine: Vec<usize> = (0..strata.len()).map(|k| k / 2).collect();
            let terms = level_by_level(&strata, &[coarse, fine]).unwrap();
            near(terms.iter().sum::<f64>(), sum.composition);
        }
    }
}
