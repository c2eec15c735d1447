//! Exact nearest neighbours: a blocked matrix product in single precision finds candidates, double
//! precision ranks them.
//!
//! Single precision is off by at most `2 D ε |a| |b|`; whatever is within that of the `k`-th
//! candidate is kept, its score computed in f64 and ties ([`order`]) broken by row. So neighbours depend neither on block size nor
//! on threads nor on the processor.
//!
//! Where rows are compared with themselves, each block of products serves the rows on both its sides: half of the work.

mod rows;
mod similarity;
mod neighbour;
mod blocks;
mod products;
mod index;
mod candidates;
mod search;
mod tile;
mod among;
mod tournament;
mod within;
mod blockwise;

pub use among::among;
pub use blockwise::Blockwise;
pub use index::Index;
pub use neighbour::{Allowed, Neighbour, order};
pub use products::{Hold, Products, compute_on};
pub use rows::{Rows, normalised};
pub use similarity::Similarity;
pub use within::within;

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

#[cfg(test)]
mod tests {
    use super::blocks::QUERIES;
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
        let holds: &[Hold] = &[|rows, width| Some(Box::new(Plain(rows.to_vec(), width)))];
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
    fn what_is_equally_near_but_for_rounding_is_so() {
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
