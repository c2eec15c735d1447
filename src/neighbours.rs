//! Exact nearest neighbours: a blocked matrix product in single precision finds candidates, double
//! precision ranks them.
//!
//! Single precision is off by at most `2 D ε |a| |b|`; whatever is within that of the `k`-th
//! candidate is kept, its score computed in f64 and ties ([`order`]) broken by row. So neighbours depend neither on block size nor
//! on threads nor on the processor.
//!
//! Where rows are compared with themselves, each block of products serves the rows on both its sides: half of the work.

mod candidates;
mod equal;
#[cfg(feature = "encoder")]
pub mod on_device;
mod products;

use crate::wide;
use candidates::{Candidates, Scan};
pub use equal::{GRAIN, level, order};
use products::held;
pub use products::{Hold, Products, compute_on};
use rayon::prelude::*;

/// Rows of length `D` in double precision.
#[derive(Debug, Clone, Copy)]
pub struct Rows<'a> {
    /// `N × D` values, row by row.
    pub values: &'a [f64],
    /// `D`.
    pub width: usize,
}

impl<'a> Rows<'a> {
    /// `N`.
    #[must_use]
    pub fn len(&self) -> usize {
        self.values.len().checked_div(self.width).unwrap_or(0)
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// One row.
    #[must_use]
    pub fn row(&self, index: usize) -> &'a [f64] {
        &self.values[index * self.width..(index + 1) * self.width]
    }
}

/// Rows divided by their lengths; a row of zeros stays.
#[must_use]
pub fn normalised(rows: Rows<'_>) -> Vec<f64> {
    let mut values = rows.values.to_vec();
    values.par_chunks_mut(rows.width.max(1)).for_each(|row| {
        let length = dot(row, row).sqrt();
        if length > 0.0 {
            for value in row {
                *value /= length;
            }
        }
    });
    values
}

/// What makes two rows near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Similarity {
    /// Cosine of the angle; 0 for a row of zeros.
    Cosine,
    /// Inner product.
    Inner,
    /// Minus the Euclidean distance.
    Euclidean,
}

/// A neighbour: its row and how near it is (larger is nearer).
pub type Neighbour = (u32, f64);

/// Queries at once, and rows that they are compared with at once.
const QUERIES: usize = 512;
const DOCUMENTS: usize = 1_024;
/// The same for a device, whose products are larger.
const HELD_QUERIES: usize = 2_048;
const HELD_DOCUMENTS: usize = 65_536;
/// Most candidates held at once where rows are compared with themselves.
const HELD: usize = 64_000_000;

/// Sum of products in double precision, in a fixed order: eight sums that are added in the end.
#[must_use]
#[inline(always)]
pub fn dot(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for lane in 0..8 {
            sums[lane] += x[lane] * y[lane];
        }
    }
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(x, y)| x * y).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}

/// Squared Euclidean distance in double precision.
#[must_use]
#[inline(always)]
pub fn squared_distance(a: &[f64], b: &[f64]) -> f64 {
    let mut sums = [0.0_f64; 8];
    let (mut left, mut right) = (a.chunks_exact(8), b.chunks_exact(8));
    for (x, y) in left.by_ref().zip(right.by_ref()) {
        for lane in 0..8 {
            let difference = x[lane] - y[lane];
            sums[lane] += difference * difference;
        }
    }
    let rest: f64 = left.remainder().iter().zip(right.remainder()).map(|(x, y)| (x - y) * (x - y)).sum();
    ((sums[0] + sums[4]) + (sums[1] + sums[5])) + ((sums[2] + sums[6]) + (sums[3] + sums[7])) + rest
}

/// Rows prepared for one kind of similarity.
pub struct Index<'a> {
    rows: Rows<'a>,
    similarity: Similarity,
    single: Vec<f32>,
    /// Lengths in double precision.
    lengths: Vec<f64>,
    /// The longest of them.
    longest: f64,
    /// The rows in single precision on a device that computes products.
    held: Option<Box<dyn Products>>,
}

impl<'a> Index<'a> {
    /// Rounds rows to single precision, unit vectors of them for [`Similarity::Cosine`].
    #[must_use]
    #[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
    pub fn of(rows: Rows<'a>, similarity: Similarity) -> Self {
        let lengths: Vec<f64> =
            (0..rows.len()).into_par_iter().map(|index| dot(rows.row(index), rows.row(index)).sqrt()).collect();
        let mut single = vec![0.0_f32; rows.values.len()];
        single.par_chunks_mut(rows.width.max(1)).enumerate().for_each(|(index, out)| {
            let factor = if similarity == Similarity::Cosine && lengths[index] > 0.0 { 1.0 / lengths[index] } else { 1.0 };
            out.iter_mut().zip(rows.row(index)).for_each(|(out, value)| *out = (value * factor) as f32);
        });
        let held = held(&single, rows.width);
        let longest = lengths.iter().copied().fold(0.0, f64::max);
        Index { rows, similarity, single, lengths, longest, held }
    }

    /// The rows.
    #[must_use]
    pub fn rows(&self) -> Rows<'a> {
        self.rows
    }

    /// Length of a row.
    #[must_use]
    pub fn length(&self, row: usize) -> f64 {
        self.lengths[row]
    }

    fn len(&self) -> usize {
        self.rows.len()
    }

    /// What similarities to documents of an index may differ by and be equal, for one query.
    #[must_use]
    pub fn grain(&self, query: usize, documents: &Index<'_>) -> f64 {
        GRAIN
            * match self.similarity {
                Similarity::Cosine => 1.0,
                Similarity::Inner => self.lengths[query] * documents.longest,
                Similarity::Euclidean => self.lengths[query] + documents.longest,
            }
    }

    /// Length of the longest row.
    #[must_use]
    pub fn longest(&self) -> f64 {
        self.longest
    }

    /// How near two rows are, in double precision.
    #[inline(always)]
    fn exact(&self, query: usize, documents: &Index<'_>, document: usize) -> f64 {
        let (a, b) = (self.rows.row(query), documents.rows.row(document));
        match self.similarity {
            Similarity::Inner => dot(a, b),
            Similarity::Euclidean => -squared_distance(a, b).sqrt(),
            Similarity::Cosine => {
                let lengths = self.lengths[query] * documents.lengths[document];
                if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
            }
        }
    }
}

/// Whether a document may be a neighbour of a query: `allowed(query, document)`.
pub type Allowed<'a> = &'a (dyn Fn(usize, usize) -> bool + Sync);

/// The `k` nearest documents of every query, nearest first; fewer where fewer are allowed.
///
/// `allowed(query, document)` leaves documents out before ranking: the query itself, photographs of
/// the same observation. Ties go to the smaller row.
#[must_use]
pub fn nearest(
    queries: Rows<'_>,
    documents: Rows<'_>,
    similarity: Similarity,
    k: usize,
    allowed: Allowed<'_>,
) -> Vec<Vec<Neighbour>> {
    let index = Index::of(documents, similarity);
    if std::ptr::eq(queries.values, documents.values) && queries.width == documents.width {
        within(&index, k, allowed)
    } else {
        among(&Index::of(queries, similarity), &index, k, allowed)
    }
}

/// What single precision may be off by, for the candidates of an index.
fn margin(queries: &Index<'_>, documents: &Index<'_>) -> f64 {
    let scale = match queries.similarity {
        Similarity::Cosine => 1.0,
        Similarity::Inner => queries.longest() * documents.longest(),
        // The score is 2 q·d − |d|², where the lengths are exact.
        Similarity::Euclidean => 2.0 * queries.longest() * documents.longest() + documents.longest().powi(2),
    };
    // Two more for the rounding of the score itself.
    2.0 * (crate::statistics::to_f64(queries.rows.width as u64) + 4.0) * f64::from(f32::EPSILON) * scale
}

/// The `k` nearest rows of every row of an index, as [`nearest`].
#[must_use]
pub fn within(index: &Index<'_>, k: usize, allowed: Allowed<'_>) -> Vec<Vec<Neighbour>> {
    let count = index.len();
    if index.held.is_some() || count < 2 * QUERIES || Candidates::room(k).saturating_mul(count) > HELD {
        return among(index, index, k, allowed);
    }
    let margin = margin(index, index);
    // As many blocks as keep all threads busy, and no larger than pays.
    let size = (count / (4 * rayon::current_num_threads())).clamp(64, QUERIES);
    let range = |block: usize| block * size..((block + 1) * size).min(count);
    let blocks = count.div_ceil(size);
    let mut held: Vec<Option<Vec<Candidates>>> =
        (0..blocks).map(|block| Some(range(block).map(|_| Candidates::new(k, margin)).collect())).collect();
    held.par_iter_mut().enumerate().for_each(|(block, candidates)| {
        let range = range(block);
        with_tile(range.len() * range.len(), |tile| {
            product(index, range.clone(), index, range.clone(), tile);
            for (row, candidates) in candidates.iter_mut().flatten().enumerate() {
                let scores = &tile[row * range.len()..(row + 1) * range.len()];
                wide::run(Scan::new(scores, range.start, range.start + row, index, candidates, allowed));
            }
        });
    });
    for round in 0..rounds(blocks) {
        let mut taken: Vec<(usize, usize, Vec<Candidates>, Vec<Candidates>)> = pairs(blocks, round)
            .into_iter()
            .map(|(one, other)| (one, other, held[one].take().unwrap_or_default(), held[other].take().unwrap_or_default()))
            .collect();
        taken.par_iter_mut().for_each(|(one, other, of_one, of_other)| {
            let (left, right) = (range(*one), range(*other));
            let (rows, columns) = (left.len(), right.len());
            with_tile(2 * rows * columns, |both| {
                let (tile, turned) = both.split_at_mut(rows * columns);
                product(index, left.clone(), index, right.clone(), tile);
                turn(tile, columns, turned);
                for (row, candidates) in of_one.iter_mut().enumerate() {
                    let scores = &tile[row * columns..(row + 1) * columns];
                    wide::run(Scan::new(scores, right.start, left.start + row, index, candidates, allowed));
                }
                for (column, candidates) in of_other.iter_mut().enumerate() {
                    let scores = &turned[column * rows..(column + 1) * rows];
                    wide::run(Scan::new(scores, left.start, right.start + column, index, candidates, allowed));
                }
            });
        });
        for (one, other, of_one, of_other) in taken {
            held[one] = Some(of_one);
            held[other] = Some(of_other);
        }
    }
    held.into_par_iter()
        .enumerate()
        .flat_map_iter(|(block, candidates)| ranked(index, range(block).start, index, candidates.unwrap_or_default(), k))
        .collect()
}

/// Rounds in which every block meets every other one once.
fn rounds(blocks: usize) -> usize {
    if blocks < 2 { 0 } else { blocks + blocks % 2 - 1 }
}

/// The pairs of blocks of a round, none of which stands in two: a tournament by the circle method.
fn pairs(blocks: usize, round: usize) -> Vec<(usize, usize)> {
    let even = blocks + blocks % 2;
    let seat = |place: usize| if place == 0 { 0 } else { (place - 1 + round) % (even - 1) + 1 };
    (0..even / 2)
        .map(|place| (seat(place), seat(even - 1 - place)))
        .filter(|&(one, other)| one < blocks && other < blocks)
        .collect()
}

/// The `k` nearest rows of one index of every row of another, as [`nearest`]; both are of one similarity.
#[must_use]
pub fn among(queries: &Index<'_>, documents: &Index<'_>, k: usize, allowed: Allowed<'_>) -> Vec<Vec<Neighbour>> {
    let count = queries.len();
    if count == 0 || documents.len() == 0 || k == 0 {
        return vec![vec![]; count];
    }
    let margin = margin(queries, documents);
    if let Some(held) = &documents.held
        && let Some(found) = among_held(queries, documents, held.as_ref(), k, margin, allowed)
    {
        return found;
    }
    let size = (count / (4 * rayon::current_num_threads())).clamp(64, QUERIES);
    let blocks: Vec<std::ops::Range<usize>> = (0..count).step_by(size).map(|start| start..(start + size).min(count)).collect();
    blocks
        .into_par_iter()
        .flat_map_iter(|block| {
            let mut kept: Vec<Candidates> = block.clone().map(|_| Candidates::new(k, margin)).collect();
            with_tile(block.len() * DOCUMENTS.min(documents.len()), |tile| {
                for start in (0..documents.len()).step_by(DOCUMENTS) {
                    let range = start..(start + DOCUMENTS).min(documents.len());
                    product(queries, block.clone(), documents, range.clone(), tile);
                    for (row, candidates) in kept.iter_mut().enumerate() {
                        let scores = &tile[row * range.len()..(row + 1) * range.len()];
                        wide::run(Scan::new(scores, start, block.start + row, documents, candidates, allowed));
                    }
                }
            });
            ranked(queries, block.start, documents, kept, k)
        })
        .collect()
}

/// As [`among`], with products of a device; `None` if it fails.
fn among_held(
    queries: &Index<'_>,
    documents: &Index<'_>,
    held: &dyn Products,
    k: usize,
    margin: f64,
    allowed: Allowed<'_>,
) -> Option<Vec<Vec<Neighbour>>> {
    let (count, width) = (queries.len(), queries.rows.width);
    let mut found = Vec::with_capacity(count);
    for start in (0..count).step_by(HELD_QUERIES) {
        let block = start..(start + HELD_QUERIES).min(count);
        let mut kept: Vec<Candidates> = block.clone().map(|_| Candidates::new(k, margin)).collect();
        for first in (0..documents.len()).step_by(HELD_DOCUMENTS) {
            let range = first..(first + HELD_DOCUMENTS).min(documents.len());
            let tile = held.tile(&queries.single[block.start * width..block.end * width], range.clone())?;
            kept.par_iter_mut().zip(tile.par_chunks(range.len())).enumerate().for_each(|(row, (candidates, scores))| {
                wide::run(Scan::new(scores, first, block.start + row, documents, candidates, allowed));
            });
        }
        let parts: Vec<Vec<Candidates>> = {
            let mut kept = kept.into_iter();
            std::iter::from_fn(|| Some(kept.by_ref().take(64).collect::<Vec<_>>()).filter(|part| !part.is_empty())).collect()
        };
        let ranked: Vec<_> = parts
            .into_par_iter()
            .enumerate()
            .flat_map_iter(|(part, candidates)| ranked(queries, block.start + 64 * part, documents, candidates, k))
            .collect();
        found.extend(ranked);
    }
    Some(found)
}

/// Candidates of queries from `first` on, scored in double precision and ranked.
fn ranked(
    queries: &Index<'_>,
    first: usize,
    documents: &Index<'_>,
    candidates: Vec<Candidates>,
    k: usize,
) -> std::vec::IntoIter<Vec<Neighbour>> {
    let mut pairs: Vec<(u32, u32)> = vec![];
    let mut ranked: Vec<Vec<Neighbour>> = vec![];
    for (query, candidates) in (0..).zip(candidates) {
        let kept = candidates.finish();
        ranked.push(Vec::with_capacity(kept.len()));
        pairs.extend(kept.into_iter().map(|document| (document, query)));
    }
    // By document: a row that is read stays at hand for all queries that want it.
    pairs.sort_unstable();
    wide::run(Rescore { pairs: &pairs, queries, first, documents, ranked: &mut ranked });
    for (query, near) in (first..).zip(&mut ranked) {
        order(near, queries.grain(query, documents));
        near.truncate(k);
    }
    ranked.into_iter()
}

/// Scores of pairs in double precision.
struct Rescore<'a> {
    /// Documents and queries, these counted from `first`.
    pairs: &'a [(u32, u32)],
    queries: &'a Index<'a>,
    first: usize,
    documents: &'a Index<'a>,
    ranked: &'a mut [Vec<Neighbour>],
}

impl wide::Work for Rescore<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        for &(document, query) in self.pairs {
            let score = self.queries.exact(self.first + query as usize, self.documents, document as usize);
            self.ranked[query as usize].push((document, score));
        }
    }
}

/// Lends scratch space of a thread, which is kept for its next block.
fn with_tile(size: usize, work: impl FnOnce(&mut [f32])) {
    thread_local! {
        static TILE: std::cell::RefCell<Vec<f32>> = const { std::cell::RefCell::new(vec![]) };
    }
    TILE.with_borrow_mut(|tile| {
        if tile.len() < size {
            tile.resize(size, 0.0);
        }
        work(&mut tile[..size]);
    });
}

/// `tile[q][d] = q · d` in single precision.
fn product(
    queries: &Index<'_>,
    block: std::ops::Range<usize>,
    documents: &Index<'_>,
    range: std::ops::Range<usize>,
    tile: &mut [f32],
) {
    let width = queries.rows.width;
    let (rows, columns) = (block.len(), range.len());
    let left = ndarray::ArrayView2::from_shape((rows, width), &queries.single[block.start * width..block.end * width]);
    let right = ndarray::ArrayView2::from_shape((columns, width), &documents.single[range.start * width..range.end * width]);
    let out = ndarray::ArrayViewMut2::from_shape((rows, columns), &mut tile[..rows * columns]);
    if let (Ok(left), Ok(right), Ok(mut out)) = (left, right, out) {
        ndarray::linalg::general_mat_mul(1.0, &left, &right.t(), 0.0, &mut out);
    }
}

/// `turned[c][r] = tile[r][c]`, piece by piece.
fn turn(tile: &[f32], columns: usize, turned: &mut [f32]) {
    const PIECE: usize = 32;
    let rows = tile.len().checked_div(columns).unwrap_or(0);
    for top in (0..rows).step_by(PIECE) {
        for left in (0..columns).step_by(PIECE) {
            for column in left..(left + PIECE).min(columns) {
                for row in top..(top + PIECE).min(rows) {
                    turned[column * rows + row] = tile[row * columns + column];
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    fn naive(queries: Rows<'_>, documents: Rows<'_>, similarity: Similarity, k: usize) -> Vec<Vec<Neighbour>> {
        let (a, b) = (Index::of(queries, similarity), Index::of(documents, similarity));
        (0..queries.len())
            .map(|query| {
                let mut all: Vec<Neighbour> = (0..documents.len())
                    .filter(|&document| document != query)
                    .map(|document| (u32::try_from(document).unwrap_or(0), a.exact(query, &b, document)))
                    .collect();
                order(&mut all, a.grain(query, &b));
                all.truncate(k);
                all
            })
            .collect()
    }

    /// A device that is none: the products, element by element.
    struct Plain(Vec<f32>, usize);

    impl Products for Plain {
        fn tile(&self, queries: &[f32], documents: std::ops::Range<usize>) -> Option<Vec<f32>> {
            let row = |row: usize| &self.0[row * self.1..(row + 1) * self.1];
            let product = |a: &[f32], b: &[f32]| a.iter().zip(b).map(|(x, y)| x * y).sum();
            Some(
                queries
                    .chunks(self.1)
                    .flat_map(|query| documents.clone().map(move |document| product(query, row(document))))
                    .collect(),
            )
        }
    }

    #[test]
    fn a_device_finds_what_the_processor_finds() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        let mut drawn = |count: usize| -> Vec<f64> { (0..count * 24).map(|_| random.random_range(-1.0..1.0)).collect() };
        let (values, others) = (drawn(300), drawn(90));
        let (rows, queries) = (Rows { values: &values, width: 24 }, Rows { values: &others, width: 24 });
        let holds: &[Hold] = &[
            |rows, width| Some(Box::new(Plain(rows.to_vec(), width))),
            #[cfg(feature = "encoder")]
            on_device::hold,
        ];
        for &hold in holds {
            for similarity in [Similarity::Cosine, Similarity::Inner, Similarity::Euclidean] {
                let allowed = |query: usize, document: usize| query != document;
                let expected = [nearest(queries, rows, similarity, 7, &allowed), nearest(rows, rows, similarity, 7, &allowed)];
                // Other tests may meet the device meanwhile: what they find is the same.
                compute_on(Some(hold));
                let found = [nearest(queries, rows, similarity, 7, &allowed), nearest(rows, rows, similarity, 7, &allowed)];
                compute_on(None);
                assert_eq!(found, expected, "{similarity:?}");
            }
        }
    }

    #[test]
    fn blocks_find_what_a_full_sort_finds() {
        let mut random = ChaCha8Rng::seed_from_u64(5);
        // Many ties: coordinates of three values.
        for (count, width) in [(3_000, 7), (150, 1), (40, 33)] {
            let values: Vec<f64> = (0..count * width).map(|_| f64::from(random.random_range(-1..=1_i32))).collect();
            let rows = Rows { values: &values, width };
            for similarity in [Similarity::Cosine, Similarity::Inner, Similarity::Euclidean] {
                let some = Rows { values: &values[..30 * width], width };
                let found = nearest(some, rows, similarity, 9, &|query, document| query != document);
                assert_eq!(found, naive(some, rows, similarity, 9), "{similarity:?} {count} {width}");
            }
        }
    }

    #[test]
    fn rows_among_themselves_are_found_block_by_block() {
        let mut random = ChaCha8Rng::seed_from_u64(6);
        let (count, width) = (2 * QUERIES + 77, 5);
        let values: Vec<f64> = (0..count * width).map(|_| f64::from(random.random_range(-2..=2_i32))).collect();
        let rows = Rows { values: &values, width };
        for similarity in [Similarity::Cosine, Similarity::Inner, Similarity::Euclidean] {
            let index = Index::of(rows, similarity);
            // Neither itself nor, one way only, the next row.
            let allowed = |query: usize, document: usize| query != document && query + 1 != document;
            let found = within(&index, 4, &allowed);
            assert_eq!(found, among(&index, &index, 4, &allowed), "{similarity:?}");
            for (query, near) in found.iter().enumerate() {
                let mut all: Vec<Neighbour> = (0..count)
                    .filter(|&document| allowed(query, document))
                    .map(|document| (u32::try_from(document).unwrap_or(0), index.exact(query, &index, document)))
                    .collect();
                order(&mut all, index.grain(query, &index));
                assert_eq!(*near, all[..4], "{similarity:?} {query}");
            }
        }
    }

    #[test]
    fn every_block_meets_every_other_one_once() {
        for blocks in 0..12 {
            let mut met: Vec<(usize, usize)> = vec![];
            for round in 0..rounds(blocks) {
                let of_round = pairs(blocks, round);
                let mut seen: Vec<usize> = of_round.iter().flat_map(|&(one, other)| [one, other]).collect();
                seen.sort_unstable();
                assert!(seen.windows(2).all(|pair| pair[0] != pair[1]), "{blocks} {round}: a block stands in two pairs");
                met.extend(of_round.into_iter().map(|(one, other)| (one.min(other), one.max(other))));
            }
            met.sort_unstable();
            let all: Vec<(usize, usize)> = (0..blocks).flat_map(|one| (one + 1..blocks).map(move |other| (one, other))).collect();
            assert_eq!(met, all, "{blocks}");
        }
    }

    #[test]
    fn what_is_equal_but_for_rounding_is_equal() {
        let mut near = vec![(4, 0.5), (3, 1e-17), (2, -1e-17), (1, 0.5 - 1e-16), (0, -1e-9)];
        order(&mut near, GRAIN);
        assert_eq!(near.iter().map(|near| near.0).collect::<Vec<_>>(), [1, 4, 2, 3, 0]);
        let mut values = [0.3, 0.1 + 1e-16, 0.1, -0.2, 0.3 - 1e-13];
        level(&mut values, GRAIN);
        assert_eq!(values.map(f64::to_bits), [0.3 - 1e-13, 0.1, 0.1, -0.2, 0.3 - 1e-13].map(f64::to_bits));
        // Orthogonal, whatever products round to: rows 1 and 2 are equally near to row 0.
        let rows = [1.0, 2.0, 2.0, -1.0, -2.0, 1.0, 1.0, 2.0].map(|value: f64| value / 5.0_f64.sqrt());
        let rows = Rows { values: &rows, width: 2 };
        let found = nearest(rows, rows, Similarity::Cosine, 3, &|query, document| query != document);
        assert_eq!(found[0].iter().map(|near| near.0).collect::<Vec<_>>(), [3, 1, 2]);
    }

    #[test]
    fn nothing_near_is_nothing() {
        let values = [0.0, 0.0, 1.0, 1.0];
        let rows = Rows { values: &values, width: 2 };
        assert_eq!(nearest(rows, rows, Similarity::Cosine, 5, &|_, _| false), vec![vec![], vec![]]);
        let found = nearest(rows, rows, Similarity::Cosine, 5, &|query, document| query != document);
        assert_eq!(found, vec![vec![(1, 0.0)], vec![(0, 0.0)]], "a row of zeros has cosine 0");
    }
}
