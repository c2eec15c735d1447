//! Queries among more documents than are in memory at once.

use super::among::among;
use super::index::Index;
use super::neighbour::{Allowed, Neighbour, order};
use super::rows::Rows;
use rayon::prelude::*;

/// The `k` nearest of some queries among documents that come block by block.
///
/// What is held is a block and `k` neighbours of each query, however many documents there are. Neighbours are those that
/// [`nearest`](super::nearest) finds among all documents at once, whatever the blocks; but which of those that are equally near
/// but for rounding stand first is settled within a block before it is settled among all.
pub struct Blockwise<'a> {
    queries: &'a Index<'a>,
    k: usize,
    found: Vec<Vec<Neighbour>>,
}

impl<'a> Blockwise<'a> {
    /// Of queries, none of whose neighbours is known yet.
    #[must_use]
    pub fn of(queries: &'a Index<'a>, k: usize) -> Blockwise<'a> {
        Blockwise { queries, k, found: vec![vec![]; queries.len()] }
    }

    /// Looks among the next documents, the first of which has the number `first` among all; `allowed(query, document)` is asked of
    /// these numbers.
    pub fn add(&mut self, first: usize, documents: Rows<'_>, allowed: Allowed<'_>) {
        let index = Index::of(documents, self.queries.similarity);
        let near = among(self.queries, &index, self.k, &|query, document| allowed(query, first + document));
        let number = |document: u32| u32::try_from(first + document as usize).unwrap_or(u32::MAX);
        self.found.par_iter_mut().zip(near).enumerate().for_each(|(query, (found, near))| {
            found.extend(near.into_iter().map(|(document, near)| (number(document), near)));
            order(found, self.queries.grain(query, &index));
            found.truncate(self.k);
        });
    }

    /// The nearest of every query, nearest first.
    #[must_use]
    pub fn finish(self) -> Vec<Vec<Neighbour>> {
        self.found
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Similarity, nearest};
    use super::*;
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    #[test]
    fn blocks_of_any_size_find_what_all_at_once_find() {
        let mut random = ChaCha8Rng::seed_from_u64(8);
        // Few different coordinates: many documents are equally near.
        for (values, ties) in [(3_i32, true), (1 << 20, false)] {
            let all: Vec<f64> = (0..700 * 5).map(|_| f64::from(random.random_range(-values..=values))).collect();
            let (documents, queries) = (Rows { values: &all, width: 5 }, Rows { values: &all[..40 * 5], width: 5 });
            let allowed = |query: usize, document: usize| query != document && document % 7 != 3;
            for similarity in [Similarity::Cosine, Similarity::Inner, Similarity::Euclidean] {
                let expected = nearest(queries, documents, similarity, 9, &allowed);
                assert!(!ties || expected.iter().any(|near| near[7].1.total_cmp(&near[8].1).is_eq()));
                for size in [1, 13, 64, 699, 700, 1_000] {
                    let index = Index::of(queries, similarity);
                    let mut blockwise = Blockwise::of(&index, 9);
                    for start in (0..700).step_by(size) {
                        let values = &all[start * 5..(start + size).min(700) * 5];
                        blockwise.add(start, Rows { values, width: 5 }, &allowed);
                    }
                    assert_eq!(blockwise.finish(), expected, "{similarity:?} in blocks of {size}");
                }
            }
        }
    }
}
