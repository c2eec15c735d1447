//! The largest numbers of every row of a matrix, found while the matrix is read once.
//!
//! A row is looked at in blocks. A loop that runs in wide registers finds the largest number of each block, and that all of
//! them are what they should be. The `k`-th largest of these is no larger than the `k`-th largest of the row, so only blocks
//! that reach it are searched: about `k` of them, whatever the length of the row.

use super::simd::{self, Work};
use super::ties;
use rayon::prelude::*;
use std::ops::Range;

/// Numbers of a block.
const BLOCK: usize = 64;

/// Numbers that a step of the loop over a block takes.
const LANES: usize = 8;

/// Rows that one thread takes at a time: of single precision, what a line of the cache holds of a column.
const TOGETHER: usize = 16;

/// How far above 1 rounding may leave a probability.
const ROUNDING: f64 = 1e-6;

/// A number of a matrix: in single or double precision.
pub trait Value: Copy + PartialOrd + Send + Sync + Into<f64> {
    /// Below all others.
    const LOWEST: Self;
    /// The largest that is finite.
    const GREATEST: Self;

    /// The nearest number to one of double precision.
    fn near(value: f64) -> Self;
}

impl Value for f32 {
    const LOWEST: f32 = f32::NEG_INFINITY;
    const GREATEST: f32 = f32::MAX;

    #[expect(clippy::cast_possible_truncation, reason = "the nearest one is asked for")]
    fn near(value: f64) -> f32 {
        value as f32
    }
}

impl Value for f64 {
    const LOWEST: f64 = f64::NEG_INFINITY;
    const GREATEST: f64 = f64::MAX;

    fn near(value: f64) -> f64 {
        value
    }
}

/// A matrix that gives its rows a few at a time.
pub trait Rows: Sync {
    /// Its numbers.
    type Value: Value;

    /// How many rows and columns it has.
    fn shape(&self) -> (usize, usize);

    /// Some of its rows, one behind the other: as they lie, or written into `copied`, which holds anything before.
    fn block<'a>(&'a self, rows: Range<usize>, copied: &'a mut Vec<Self::Value>) -> &'a [Self::Value];
}

/// A matrix whose rows lie one behind the other.
#[derive(Debug, Clone, Copy)]
pub struct Matrix<'a, T> {
    values: &'a [T],
    columns: usize,
}

impl<'a, T> Matrix<'a, T> {
    /// Of `[rows, columns]` numbers, row by row; what is left behind the last whole row is none.
    #[must_use]
    pub fn of(values: &'a [T], columns: usize) -> Self {
        Self { values, columns }
    }
}

impl<T: Value> Rows for Matrix<'_, T> {
    type Value = T;

    fn shape(&self) -> (usize, usize) {
        (self.values.len().checked_div(self.columns).unwrap_or(0), self.columns)
    }

    fn block<'a>(&'a self, rows: Range<usize>, _: &'a mut Vec<T>) -> &'a [T] {
        &self.values[rows.start * self.columns..rows.end * self.columns]
    }
}

/// What the numbers of a matrix are.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Scores of any size, the highest best; that of what is out of the question is minus infinity.
    Scores,
    /// Probabilities: 0 to 1, but for the rounding of sums.
    Probabilities,
}

/// A number that is none of its kind.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Fault {
    /// Its row, from 0.
    pub row: usize,
    /// Its column, from 0.
    pub column: usize,
    /// What it is.
    pub value: f64,
}

/// The largest numbers of every row, the largest first.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Largest {
    /// Where the numbers of each row end.
    ends: Vec<usize>,
    columns: Vec<u32>,
    values: Vec<f64>,
}

impl Largest {
    /// Number of rows.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ends.len()
    }

    /// Whether there are no rows.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ends.is_empty()
    }

    /// The columns and the numbers of a row, the largest first.
    pub fn row(&self, row: usize) -> impl Iterator<Item = (usize, f64)> + '_ {
        let start = if row == 0 { 0 } else { self.ends[row - 1] };
        let range = start..self.ends[row];
        self.columns[range.clone()].iter().map(|&column| column as usize).zip(self.values[range].iter().copied())
    }

    fn append(&mut self, mut other: Largest) {
        let before = self.values.len();
        self.ends.extend(other.ends.iter().map(|end| before + end));
        self.columns.append(&mut other.columns);
        self.values.append(&mut other.values);
    }
}

/// The `k` largest numbers of every row.
///
/// Equal ones (of one [level](ties::level)) stand in the order of what `order` has for their columns. Minus infinity is never
/// among them, so a row may have fewer. The result is the same on any number of threads.
///
/// # Shapes
///
/// `rows`: `[N, C]`; `order`: `[C]`.
///
/// # Errors
///
/// [`Fault`]: the first number that is not-a-number, or none of the kind.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::largest::{Kind, Matrix, largest};
///
/// let scores = [0.5_f32, 2.0, -1.0, 2.0, f32::NEG_INFINITY, 0.0, f32::NEG_INFINITY, 9.0];
/// let rows = Matrix::of(&scores, 4);
/// // Of the two 2.0 the second comes first: its 'b' is before 'd'.
/// let best = largest(&rows, 2, &['a', 'd', 'c', 'b'], Kind::Scores).map_err(|fault| format!("{fault:?}"))?;
/// assert_eq!(best.row(0).collect::<Vec<_>>(), [(3, 2.0), (1, 2.0)]);
/// assert_eq!(best.row(1).collect::<Vec<_>>(), [(3, 9.0), (1, 0.0)]);
/// # Ok::<(), String>(())
/// ```
pub fn largest<R: Rows>(rows: &R, k: usize, order: &[impl Ord + Sync], kind: Kind) -> Result<Largest, Fault> {
    let (count, columns) = rows.shape();
    let part = |(scratch, copied): &mut (Scratch<R::Value>, Vec<R::Value>), part: usize| {
        let range = part * TOGETHER..count.min((part + 1) * TOGETHER);
        let block = rows.block(range.clone(), copied);
        let mut found = Largest::default();
        for (at, row) in range.enumerate() {
            let values = &block[at * columns..(at + 1) * columns];
            let outside = |column: usize| Fault { row, column, value: values[column].into() };
            scratch.find(values, k, order, kind).map_err(outside)?;
            found.columns.extend(scratch.found.iter().map(|&(column, _)| column));
            found.values.extend(scratch.found.iter().map(|&(_, value)| value));
            found.ends.push(found.values.len());
        }
        Ok(found)
    };
    let parts: Vec<Result<Largest, Fault>> =
        (0..count.div_ceil(TOGETHER)).into_par_iter().map_init(Default::default, part).collect();
    let mut all = Largest::default();
    for part in parts {
        all.append(part?);
    }
    Ok(all)
}

/// What a thread needs to look at rows.
struct Scratch<T> {
    /// The largest number of each block.
    peaks: Vec<T>,
    /// The same, to be put in another order.
    ranked: Vec<T>,
    /// Columns and numbers that may be among the largest.
    found: Vec<(u32, f64)>,
}

impl<T> Default for Scratch<T> {
    fn default() -> Self {
        Self { peaks: vec![], ranked: vec![], found: vec![] }
    }
}

impl<T: Value> Scratch<T> {
    /// Finds the largest numbers of a row, or the first column whose number is none of its kind.
    fn find(&mut self, row: &[T], k: usize, order: &[impl Ord], kind: Kind) -> Result<(), usize> {
        let (low, high) = match kind {
            Kind::Scores => (T::LOWEST, T::GREATEST),
            Kind::Probabilities => (T::near(0.0), T::near(1.0 + ROUNDING)),
        };
        self.peaks.clear();
        if !simd::run(Peaks { row, low, high, found: &mut self.peaks }) {
            let is_strange = |value: &T| !(*value >= low && *value <= high);
            return Err(row.iter().position(is_strange).unwrap_or(0));
        }
        let floor = self.floor(k);
        self.found.clear();
        for (block, values) in row.chunks(BLOCK).enumerate() {
            if self.peaks[block].into() < floor {
                continue;
            }
            for (column, &value) in (block * BLOCK..).zip(values) {
                let value: f64 = value.into();
                if value >= floor && value > f64::NEG_INFINITY {
                    self.found.push((u32::try_from(column).unwrap_or(u32::MAX), value));
                }
            }
        }
        let before = |a: &(u32, f64), b: &(u32, f64)| {
            ties::falling(a.1, b.1).then_with(|| order[a.0 as usize].cmp(&order[b.0 as usize])).then(a.0.cmp(&b.0))
        };
        if self.found.len() > k && k > 0 {
            self.found.select_nth_unstable_by(k - 1, before);
        }
        self.found.truncate(k);
        self.found.sort_unstable_by(before);
        Ok(())
    }

    /// What is below is not among the `k` largest of the row, nor of one level with any of them.
    fn floor(&mut self, k: usize) -> f64 {
        let Some(place) = k.checked_sub(1).filter(|&place| place < self.peaks.len()) else { return f64::NEG_INFINITY };
        self.ranked.clone_from(&self.peaks);
        let falling = |a: &T, b: &T| b.partial_cmp(a).unwrap_or(std::cmp::Ordering::Equal);
        let (_, &mut least, _) = self.ranked.select_nth_unstable_by(place, falling);
        let least: f64 = least.into();
        // Numbers of one level differ by less than this share of them.
        least - (least.abs() * 1e-11).max(f64::MIN_POSITIVE)
    }
}

/// Finds the largest number of each block of a row, and says whether all numbers are between two, these included.
struct Peaks<'a, T> {
    row: &'a [T],
    low: T,
    high: T,
    found: &'a mut Vec<T>,
}

impl<T: Value> Work for Peaks<'_, T> {
    type Output = bool;

    #[inline(always)]
    fn run(self) -> bool {
        let Peaks { row, low, high, found } = self;
        let (blocks, rest) = row.as_chunks::<BLOCK>();
        // Not-a-number is not at most anything. What is strange stays in its lane, without a branch in the loop.
        let mut strange = [high; LANES];
        for block in blocks {
            let mut peak = [T::LOWEST; LANES];
            for values in block.as_chunks::<LANES>().0 {
                for ((peak, strange), &value) in peak.iter_mut().zip(&mut strange).zip(values) {
                    *peak = if value > *peak { value } else { *peak };
                    *strange = if value <= high { *strange } else { value };
                }
            }
            found.push(largest_of(&peak));
        }
        if !rest.is_empty() {
            found.push(largest_of(rest));
        }
        // Minus infinity is below nothing: scores need no second look.
        let is_high_enough =
            low <= T::LOWEST || row.iter().fold(T::GREATEST, |least, &value| if value < least { value } else { least }) >= low;
        is_high_enough && strange.iter().chain(rest).all(|value| *value <= high)
    }
}

#[inline(always)]
fn largest_of<T: Value>(values: &[T]) -> T {
    values.iter().fold(T::LOWEST, |largest, &value| if value > largest { value } else { largest })
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::numbers::half::from_half;
    use rand::{RngExt, SeedableRng};
    use rand_chacha::ChaCha8Rng;

    /// The same by a sort of the whole row.
    fn naive<T: Value>(row: &[T], k: usize, order: &[u32]) -> Vec<(usize, f64)> {
        let mut all: Vec<(usize, f64)> = row.iter().map(|&value| value.into()).enumerate().collect();
        all.retain(|(_, value)| *value > f64::NEG_INFINITY);
        all.sort_by(|a, b| ties::falling(a.1, b.1).then(order[a.0].cmp(&order[b.0])));
        all.truncate(k);
        all
    }

    fn agree<T: Value>(values: &[T], columns: usize, order: &[u32], what: &str) {
        for k in [1, 2, 5, columns, columns + 3] {
            let found = largest(&Matrix::of(values, columns), k, order, Kind::Scores).unwrap();
            assert_eq!(found.len(), values.len() / columns);
            for (row, values) in values.chunks(columns).enumerate() {
                assert_eq!(
                    found.row(row).collect::<Vec<_>>(),
                    naive(values, k, order),
                    "{what}: {columns} columns, {k}, row {row}"
                );
            }
        }
    }

    #[test]
    fn the_largest_are_those_of_a_sort_of_the_whole_row() {
        let mut rng = ChaCha8Rng::seed_from_u64(17);
        for columns in [1, 2, 63, 64, 65, 128, 700] {
            let mut order: Vec<u32> = (0..u32::try_from(columns).unwrap()).collect();
            rand::seq::SliceRandom::shuffle(&mut order[..], &mut rng);
            let mut draw = |levels: i32| -> Vec<f64> {
                (0..columns * 37).map(|_| f64::from(rng.random_range(-levels..levels)) / f64::from(levels) * 9.0).collect()
            };
            // Hardly any ties; many; almost nothing else.
            for levels in [1_000_000, 40, 1] {
                let wide = draw(levels);
                let masked: Vec<f64> =
                    wide.iter().enumerate().map(|(at, &value)| if at % 3 > 0 { f64::NEG_INFINITY } else { value }).collect();
                for (values, what) in [(wide, "all"), (masked, "masked")] {
                    let single: Vec<f32> = values.iter().map(|&value| f32::near(value)).collect();
                    agree(&values, columns, &order, what);
                    agree(&single, columns, &order, what);
                }
            }
            // Half precision, of any bits that are a score.
            let bits = (0..columns * 20).map(|at| u16::try_from(at * 7919 % 65_536).unwrap());
            let half: Vec<f32> = bits.map(from_half).map(|value| if value < f32::INFINITY { value } else { 0.0 }).collect();
            agree(&half, columns, &order, "half");
        }
    }

    #[test]
    fn scores_that_are_equal_on_paper_are_equal() {
        // .1 + .2 is above .3 in its last bit, and their blocks are two.
        let mut row = vec![-1.0; 200];
        (row[3], row[130], row[199], row[0]) = (0.3, 0.1 + 0.2, 0.3, 0.2);
        let order: Vec<u32> = (0..200).collect();
        let columns =
            |k| largest(&Matrix::of(&row, 200), k, &order, Kind::Scores).unwrap().row(0).map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!((columns(1), columns(2), columns(4)), (vec![3], vec![3, 130], vec![3, 130, 199, 0]));
        // The same of numbers so small that they have lost digits, on either side of 0.
        for tiny in [f64::MIN_POSITIVE / 4.0, -f64::MIN_POSITIVE / 4.0] {
            let mut row = vec![-1.0; 200];
            (row[3], row[130]) = (tiny, tiny.next_up());
            let found = largest(&Matrix::of(&row, 200), 1, &order, Kind::Scores).unwrap();
            assert_eq!(found.row(0).map(|(at, _)| at).collect::<Vec<_>>(), [3]);
        }
    }

    #[test]
    fn what_is_no_score_is_named_by_its_place() {
        let order: Vec<u32> = (0..130).collect();
        for (row, column) in [(0, 0), (0, 129), (19, 64), (39, 127), (39, 128)] {
            for value in [f32::NAN, f32::INFINITY] {
                let mut values = vec![0.5_f32; 130 * 40];
                values[row * 130 + column] = value;
                // A later one is not the first.
                values[130 * 40 - 1] = if (row, column) == (39, 129) { value } else { f32::NAN };
                let fault = largest(&Matrix::of(&values, 130), 5, &order, Kind::Scores).unwrap_err();
                assert_eq!((fault.row, fault.column, fault.value.is_nan()), (row, column, value.is_nan()));
            }
        }
    }

    #[test]
    fn probabilities_are_from_0_to_1_but_for_rounding() {
        let find = |values: &[f64]| largest(&Matrix::of(values, values.len()), 2, &[0, 1, 2], Kind::Probabilities);
        let best = |values: &[f64]| find(values).unwrap().row(0).map(|(at, _)| at).collect::<Vec<_>>();
        assert_eq!(best(&[0.0, 1.0 + 1e-7, 0.25]), [1, 2]);
        for strange in [-1e-9, 1.1, f64::NAN, f64::INFINITY, f64::NEG_INFINITY] {
            let fault = find(&[0.5, 0.25, strange]).unwrap_err();
            assert_eq!((fault.row, fault.column, fault.value.to_bits()), (0, 2, strange.to_bits()));
        }
    }

    #[test]
    fn no_rows_no_columns_and_none_asked_for() {
        let none: [f32; 0] = [];
        let order: [u32; 0] = [];
        assert!(largest(&Matrix::of(&none, 0), 5, &order, Kind::Scores).unwrap().is_empty());
        assert!(largest(&Matrix::of(&none, 3), 5, &[0, 1, 2], Kind::Scores).unwrap().is_empty());
        let found = largest(&Matrix::of(&[1.0_f32, 2.0], 1), 0, &[0], Kind::Scores).unwrap();
        assert_eq!((found.len(), found.row(0).count(), found.row(1).count()), (2, 0, 0));
    }
}
