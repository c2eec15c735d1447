//! Several runs made one.

use super::documents::Documents;
use super::run::Run;
use super::ties::Ties;
use crate::numbers::rounding::{GRAIN, level};
use crate::numbers::statistics::to_f64;
use hashbrown::HashMap;

/// How scores become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fusion {
    /// Reciprocal rank: Σ 1 / (60 + rank). Cormack, Clarke & Büttcher 2009.
    Rrf,
    /// Σ of scores brought to 0…1 within each query.
    Sum,
    /// The same times the number of runs that found the document. Fox & Shaw 1994.
    Mnz,
}

/// The constant of reciprocal rank fusion.
const SIXTY: f64 = 60.0;

/// Fuses runs over the queries of all of them; a run that did not find a document adds 0.
///
/// Scores of a query that are all equal become 0, as in ranx. Documents of the fused run are sorted.
#[must_use]
pub fn fuse(runs: &[Run], fusion: Fusion, ties: Ties, documents: &Documents) -> Run {
    let mut fused = Run { name: name(fusion).to_string(), ..Run::default() };
    let mut places: HashMap<&str, usize> = HashMap::new();
    let mut sums: Vec<HashMap<u32, (f64, u64)>> = vec![];
    for run in runs {
        for (query, scored) in run.queries.iter().zip(&run.scored) {
            let place = *places.entry(query).or_insert_with(|| {
                fused.queries.push(query.clone());
                sums.push(HashMap::new());
                sums.len() - 1
            });
            let mut scored = scored.clone();
            ties.sort(&mut scored, documents);
            let (most, least) = (scored.first().map_or(0.0, |best| best.1), scored.last().map_or(0.0, |worst| worst.1));
            for (rank, (document, score)) in scored.iter().enumerate() {
                let part = match fusion {
                    Fusion::Rrf => 1.0 / (SIXTY + to_f64(rank as u64 + 1)),
                    Fusion::Sum | Fusion::Mnz if most > least => (score - least) / (most - least),
                    Fusion::Sum | Fusion::Mnz => 0.0,
                };
                let sum = sums[place].entry(*document).or_default();
                *sum = (sum.0 + part, sum.1 + 1);
            }
        }
    }
    fused.scored = sums
        .into_iter()
        .map(|sums| {
            let score = |sum: f64, found: u64| if fusion == Fusion::Mnz { sum * to_f64(found) } else { sum };
            let mut scored: Vec<(u32, f64)> =
                sums.into_iter().map(|(document, (sum, found))| (document, score(sum, found))).collect();
            // Of a map the order is chance: that of first meeting stands for the order of the file.
            scored.sort_unstable_by_key(|(document, _)| *document);
            // Sums that are equal on paper differ by the order of their parts: rounding must not rank documents.
            let mut heights: Vec<f64> = scored.iter().map(|(_, score)| *score).collect();
            let most = heights.iter().copied().fold(0.0, f64::max);
            level(&mut heights, GRAIN * most);
            scored.iter_mut().zip(heights).for_each(|((_, score), height)| *score = height);
            ties.sort(&mut scored, documents);
            scored
        })
        .collect();
    fused
}

fn name(fusion: Fusion) -> &'static str {
    match fusion {
        Fusion::Rrf => "rrf",
        Fusion::Sum => "sum",
        Fusion::Mnz => "mnz",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn documents_that_are_equal_on_paper_are_equal() {
        // Places 1, 2, 3 in three runs for each document, in other orders: 1/61 + 1/62 + 1/63.
        let mut documents = Documents::default();
        let names = ["a", "b", "c"].map(|name| documents.number(name));
        let run = |order: [usize; 3]| Run {
            name: "r".to_string(),
            queries: vec!["q".to_string()],
            scored: vec![order.iter().zip([3.0, 2.0, 1.0]).map(|(&place, score)| (names[place], score)).collect()],
        };
        let runs = [run([0, 1, 2]), run([1, 2, 0]), run([2, 0, 1])];
        let fused = fuse(&runs, Fusion::Rrf, Ties::DocidAsc, &documents);
        let found: Vec<u32> = fused.scored[0].iter().map(|(document, _)| *document).collect();
        assert_eq!(found, names);
        assert!(fused.scored[0].iter().all(|(_, score)| score.to_bits() == fused.scored[0][0].1.to_bits()));
    }
}
