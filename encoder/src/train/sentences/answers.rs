//! What answers each query to a model, to which documents of one text are one.

use nearmiss::spaces::retrieval::texts::TextCollection;
use std::collections::{BTreeSet, HashMap};

/// What answers each query, a text that stands in several documents counted once, at its first.
pub(super) struct Answers {
    /// For each document the first one of the same text.
    first: Vec<u32>,
    /// For each query the first documents of the texts that answer it.
    of_queries: Vec<BTreeSet<u32>>,
}

impl Answers {
    /// Of a collection; documents that are judged and not there answer nothing.
    #[must_use]
    pub fn of(collection: &TextCollection) -> Answers {
        let mut met: HashMap<&str, u32> = HashMap::new();
        let first: Vec<u32> =
            (0..).zip(&collection.documents.texts).map(|(document, text)| *met.entry(text).or_insert(document)).collect();
        let mut of_queries = Vec::with_capacity(collection.qrels.grades.len());
        for grades in &collection.qrels.grades {
            let right = grades.iter().filter(|(_, grade)| **grade > 0);
            of_queries.push(right.filter_map(|(document, _)| first.get(*document as usize).copied()).collect());
        }
        Answers { first, of_queries }
    }

    /// The first document of the same text.
    #[must_use]
    pub fn first(&self, document: u32) -> u32 {
        self.first.get(document as usize).copied().unwrap_or(document)
    }

    /// The documents whose text no document before them has, ascending.
    #[must_use]
    pub fn different(&self) -> Vec<u32> {
        (0..).zip(&self.first).filter(|(document, first)| document == *first).map(|(document, _)| document).collect()
    }

    /// The first documents of the texts that answer a query, ascending.
    pub fn of_query(&self, query: usize) -> impl Iterator<Item = u32> {
        self.of_queries.get(query).into_iter().flatten().copied()
    }

    /// Whether the text of a document answers a query.
    #[must_use]
    pub fn has(&self, query: usize, document: u32) -> bool {
        self.of_queries.get(query).is_some_and(|right| right.contains(&self.first(document)))
    }

    /// The most texts that answer a query.
    #[must_use]
    pub fn most(&self) -> usize {
        self.of_queries.iter().map(BTreeSet::len).max().unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nearmiss::spaces::retrieval::Qrels;
    use nearmiss::spaces::retrieval::texts::TextList;

    #[test]
    fn documents_of_one_text_are_one() {
        let texts = ["ant", "bee", "ant", "wasp", "bee"].map(str::to_string).to_vec();
        let ids: Vec<String> = (0..5).map(|number| format!("d{number}")).collect();
        let documents = TextList { ids, texts, rows: (0..5).collect(), of: 5 };
        // The second document of ants answers the first query, bees are judged not to; the second query is answered by both bees,
        // which are one text, and by a document that is not there.
        let grades = vec![[(2, 1), (1, 0)].into_iter().collect(), [(1, 2), (4, 1), (9, 1)].into_iter().collect()];
        let queries = vec!["a".to_string(), "b".to_string()];
        let qrels = Qrels { queries, grades };
        let collection = TextCollection { documents: documents.into(), qrels, ..TextCollection::default() };
        let answers = Answers::of(&collection);
        assert_eq!((0..6).map(|document| answers.first(document)).collect::<Vec<_>>(), [0, 1, 0, 3, 1, 5]);
        assert_eq!((answers.different(), answers.most()), (vec![0, 1, 3], 1));
        assert_eq!([0, 1].map(|query| answers.of_query(query).collect::<Vec<_>>()), [[0], [1]]);
        let has = |query: usize| (0..5).map(|document| answers.has(query, document)).collect::<Vec<_>>();
        assert_eq!(has(0), [true, false, true, false, false]);
        assert_eq!(has(1), [false, true, false, false, true]);
        assert!(!answers.has(2, 0));
    }
}
