//! Pairs of a query and a document that somebody judged, and where rankings have them.

use super::collection::TextCollection;
use crate::spaces::retrieval::run::Run;
use hashbrown::HashMap;

/// A query and a document, by place.
pub type Pair = (usize, u32);

/// Pairs of a query and a document that answers it, and of one that does not.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct JudgedPairs {
    /// Of documents that answer, in the order of queries and documents.
    pub positives: Vec<Pair>,
    /// Of documents that were judged not to.
    pub negatives: Vec<Pair>,
}

impl JudgedPairs {
    /// Those of a collection: documents of a grade of at least `level` answer, those of grade 0 do not. Where taxa judge, all
    /// others do not, too many to be named, and none is.
    #[must_use]
    pub fn of(collection: &TextCollection, level: i32) -> JudgedPairs {
        let mut pairs = JudgedPairs::default();
        for (query, grades) in collection.qrels.grades.iter().enumerate() {
            let mut grades: Vec<(u32, i32)> = grades.iter().map(|(document, grade)| (*document, *grade)).collect();
            grades.sort_unstable();
            pairs.positives.extend(grades.iter().filter(|(_, grade)| *grade >= level).map(|(document, _)| (query, *document)));
            if collection.taxa.is_none() {
                pairs.negatives.extend(grades.iter().filter(|(_, grade)| *grade == 0).map(|(document, _)| (query, *document)));
            }
        }
        pairs
    }

    /// At which place, from 1, a ranking has the document of each pair; `None` where it has not. Both in the order of the pairs.
    #[must_use]
    pub fn places(&self, run: &Run, collection: &TextCollection) -> [Vec<Option<usize>>; 2] {
        let of: HashMap<&str, usize> = run.queries.iter().enumerate().map(|(place, id)| (id.as_str(), place)).collect();
        let in_run: Vec<Option<usize>> = collection.queries.ids.iter().map(|id| of.get(id.as_str()).copied()).collect();
        [&self.positives, &self.negatives].map(|pairs| {
            let mut places = Vec::with_capacity(pairs.len());
            for pairs in pairs.chunk_by(|a, b| a.0 == b.0) {
                let ranked = pairs.first().and_then(|(query, _)| in_run[*query]).map(|place| run.scored[place].as_slice());
                let known: HashMap<u32, usize> =
                    ranked.unwrap_or_default().iter().zip(1..).map(|((document, _), place)| (*document, place)).collect();
                places.extend(pairs.iter().map(|(_, document)| known.get(document).copied()));
            }
            places
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spaces::retrieval::qrels::Qrels;
    use crate::spaces::retrieval::texts::list::TextList;

    #[test]
    fn pairs_and_their_places_by_hand() {
        let ids = vec!["a".to_string(), "b".to_string()];
        let queries = TextList { texts: ids.clone(), rows: vec![0, 1], of: 2, ids: ids.clone() };
        let grades = vec![[(5, 1), (2, 0), (3, 2)].into_iter().collect(), [(2, 1), (9, 0)].into_iter().collect()];
        let collection = TextCollection { queries, qrels: Qrels { queries: ids, grades }, ..TextCollection::default() };
        let pairs = JudgedPairs::of(&collection, 1);
        assert_eq!(
            (pairs.positives.as_slice(), pairs.negatives.as_slice()),
            (&[(0, 3), (0, 5), (1, 2)][..], &[(0, 2), (1, 9)][..])
        );
        assert_eq!(JudgedPairs::of(&collection, 2).positives, [(0, 3)]);
        // The run has the second query alone.
        let run = Run { name: String::new(), queries: vec!["b".to_string()], scored: vec![vec![(4, 0.9), (2, 0.5)]] };
        let places = pairs.places(&run, &collection);
        assert_eq!(places, [vec![None, None, Some(2)], vec![None, None]]);
    }
}
