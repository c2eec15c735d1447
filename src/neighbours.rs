//! Exact nearest neighbours: a blocked matrix product in single precision finds candidates, double
//! precision ranks them.
//!
//! Single precision is off by at most `2 D ε |a| |b|`; whatever is within that of the `k`-th
//! candidate is kept, its score computed in f64 and ties ([`steady`]) broken by row. So neighbours depend neither on block size nor
//! on threads nor on the processor.

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
const QUERIES: usize = 128;
const DOCUMENTS: usize = 2_048;

/// Sum of products in double precision, in a fixed order: eight sums that are added in the end.
#[must_use]
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

/// A score without its last ten bits (a relative 1e-13): what is equal but for rounding is a tie.
///
/// Without it, the order of two documents that are equally near would be decided by the order in
/// which products were summed.
#[must_use]
pub fn steady(score: f64) -> f64 {
    const LOST: u64 = 0x3ff;
    let bits = score.to_bits();
    if score.is_finite() { f64::from_bits(bits.saturating_add(LOST / 2 + 1) & !LOST) } else { score }
}

/// Rows prepared for one kind of similarity.
struct Prepared<'a> {
    rows: Rows<'a>,
    single: Vec<f32>,
    /// Lengths in double precision.
    lengths: Vec<f64>,
}

impl<'a> Prepared<'a> {
    #[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
    fn of(rows: Rows<'a>, similarity: Similarity) -> Self {
        let lengths: Vec<f64> =
            (0..rows.len()).into_par_iter().map(|index| dot(rows.row(index), rows.row(index)).sqrt()).collect();
        let mut single = vec![0.0_f32; rows.values.len()];
        single.par_chunks_mut(rows.width.max(1)).enumerate().for_each(|(index, out)| {
            let factor = if similarity == Similarity::Cosine && lengths[index] > 0.0 { 1.0 / lengths[index] } else { 1.0 };
            out.iter_mut().zip(rows.row(index)).for_each(|(out, value)| *out = (value * factor) as f32);
        });
        Prepared { rows, single, lengths }
    }

    fn len(&self) -> usize {
        self.rows.len()
    }
}

fn exact(similarity: Similarity, queries: &Prepared<'_>, query: usize, documents: &Prepared<'_>, document: usize) -> f64 {
    let (a, b) = (queries.rows.row(query), documents.rows.row(document));
    match similarity {
        Similarity::Inner => dot(a, b),
        Similarity::Euclidean => -squared_distance(a, b).sqrt(),
        Similarity::Cosine => {
            let lengths = queries.lengths[query] * documents.lengths[document];
            if lengths > 0.0 { dot(a, b) / lengths } else { 0.0 }
        }
    }
}

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
    allowed: &(dyn Fn(usize, usize) -> bool + Sync),
) -> Vec<Vec<Neighbour>> {
    let count = queries.len();
    if count == 0 || documents.is_empty() || k == 0 {
        return vec![vec![]; count];
    }
    let width = queries.width;
    let documents = Prepared::of(documents, similarity);
    let queries = Prepared::of(queries, similarity);
    let largest = |prepared: &Prepared<'_>| prepared.lengths.iter().copied().fold(0.0, f64::max);
    let scale = match similarity {
        Similarity::Cosine => 1.0,
        Similarity::Inner => largest(&queries) * largest(&documents),
        // The score is 2 q·d − |d|², where the lengths are exact.
        Similarity::Euclidean => 2.0 * largest(&queries) * largest(&documents) + largest(&documents).powi(2),
    };
    #[expect(clippy::cast_precision_loss, reason = "widths are small")]
    let margin = 2.0 * (width as f64 + 2.0) * f64::from(f32::EPSILON) * scale;
    let blocks: Vec<std::ops::Range<usize>> =
        (0..count).step_by(QUERIES).map(|start| start..(start + QUERIES).min(count)).collect();
    blocks
        .into_par_iter()
        .flat_map_iter(|block| {
            let mut kept: Vec<Candidates> = block.clone().map(|_| Candidates::new(k, margin)).collect();
            let mut tile = vec![0.0_f32; QUERIES * DOCUMENTS];
            for start in (0..documents.len()).step_by(DOCUMENTS) {
                let end = (start + DOCUMENTS).min(documents.len());
                product(&queries, block.clone(), &documents, start..end, &mut tile);
                for (row, query) in block.clone().enumerate() {
                    let scores = &tile[row * (end - start)..(row + 1) * (end - start)];
                    let candidates = &mut kept[row];
                    for (offset, &score) in scores.iter().enumerate() {
                        let document = start + offset;
                        let mut score = f64::from(score);
                        if similarity == Similarity::Euclidean {
                            score = 2.0 * score - documents.lengths[document].powi(2);
                        }
                        // A score that is no number is never near.
                        if score >= candidates.least && allowed(query, document) {
                            candidates.push(document, score);
                        }
                    }
                }
            }
            let queries = &queries;
            let documents = &documents;
            kept.into_iter().zip(block).map(move |(candidates, query)| {
                let mut ranked: Vec<Neighbour> = candidates
                    .finish()
                    .into_iter()
                    .map(|document| (document, exact(similarity, queries, query, documents, document as usize)))
                    .collect();
                ranked.sort_unstable_by(|a, b| steady(b.1).total_cmp(&steady(a.1)).then(a.0.cmp(&b.0)));
                ranked.truncate(k);
                ranked
            })
        })
        .collect()
}

/// `tile[q][d] = q · d` in single precision.
fn product(
    queries: &Prepared<'_>,
    block: std::ops::Range<usize>,
    documents: &Prepared<'_>,
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

/// What may be among the nearest.
struct Candidates {
    kept: Vec<(f64, u32)>,
    k: usize,
    margin: f64,
    /// What a score must reach to be among the nearest after all.
    least: f64,
    limit: usize,
}

impl Candidates {
    fn new(k: usize, margin: f64) -> Self {
        Candidates { kept: vec![], k, margin, least: f64::NEG_INFINITY, limit: 4 * k + 64 }
    }

    fn push(&mut self, document: usize, score: f64) {
        self.kept.push((score, u32::try_from(document).unwrap_or(u32::MAX)));
        if self.kept.len() >= self.limit {
            self.shrink();
            self.limit = (4 * self.k + 64).max(2 * self.kept.len());
        }
    }

    fn shrink(&mut self) {
        if self.kept.len() > self.k {
            let (_, &mut (edge, _), _) = self.kept.select_nth_unstable_by(self.k - 1, |a, b| b.0.total_cmp(&a.0));
            self.least = edge - self.margin;
            let least = self.least;
            self.kept.retain(|&(score, _)| score >= least);
        }
    }

    fn finish(mut self) -> Vec<u32> {
        self.shrink();
        self.kept.into_iter().map(|(_, document)| document).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    fn naive(queries: Rows<'_>, documents: Rows<'_>, similarity: Similarity, k: usize) -> Vec<Vec<Neighbour>> {
        let (a, b) = (Prepared::of(queries, similarity), Prepared::of(documents, similarity));
        (0..queries.len())
            .map(|query| {
                let mut all: Vec<Neighbour> = (0..documents.len())
                    .filter(|&document| document != query)
                    .map(|document| (u32::try_from(document).unwrap_or(0), exact(similarity, &a, query, &b, document)))
                    .collect();
                all.sort_by(|a, b| steady(b.1).total_cmp(&steady(a.1)).then(a.0.cmp(&b.0)));
                all.truncate(k);
                all
            })
            .collect()
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
    fn nothing_near_is_nothing() {
        let values = [0.0, 0.0, 1.0, 1.0];
        let rows = Rows { values: &values, width: 2 };
        assert_eq!(nearest(rows, rows, Similarity::Cosine, 5, &|_, _| false), vec![vec![], vec![]]);
        let found = nearest(rows, rows, Similarity::Cosine, 5, &|query, document| query != document);
        assert_eq!(found, vec![vec![(1, 0.0)], vec![(0, 0.0)]], "a row of zeros has cosine 0");
    }
}
