//! Documents, queries, and what is relevant to each: what retrieval of texts is measured on.

use super::list::TextList;
use super::taxa::TextTaxa;
use crate::spaces::retrieval::documents::Documents;
use crate::spaces::retrieval::qrels::Qrels;
use crate::taxonomy::TaxonId;
use hashbrown::HashMap;
use std::sync::Arc;

/// A query, a document that answers it, and one that does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct Triplet {
    /// Place of the query.
    pub query: usize,
    /// Place of the document that answers it.
    pub positive: u32,
    /// Place of the other one.
    pub negative: u32,
}

/// Which split each query is of.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Parts {
    /// In small letters; `None` where nobody says.
    pub of: Vec<Option<String>>,
    /// A query that stands in several, whose split then means nothing.
    pub divided: Option<String>,
}

/// Documents, queries, and what is relevant to each.
#[derive(Debug, Clone, Default)]
pub struct TextCollection {
    /// What is found.
    pub documents: Arc<TextList>,
    /// What asks.
    pub queries: TextList,
    /// Names of documents by number: a document's number is its place; judged documents that are not there have larger ones.
    pub names: Documents,
    /// Grades of documents for each query, in the order of the queries.
    pub qrels: Qrels,
    /// Triplets that somebody named, without doubles, in the order of the queries.
    pub triplets: Vec<Triplet>,
    /// For each query the document that it is itself and never finds; empty where queries are no documents.
    pub itself: Vec<u32>,
    /// Taxa, where relevance comes from them.
    pub taxa: Option<TextTaxa>,
    /// The splits of the queries.
    pub parts: Parts,
    /// Whether ids were made here, because the file has none.
    pub numbered: bool,
    /// Decisions that make numbers lower than a reader expects, one sentence each.
    pub warnings: Vec<String>,
    /// All others.
    pub notes: Vec<String>,
}

impl TextCollection {
    /// The same with some of the queries, in the order given; documents stay.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> TextCollection {
        let new: HashMap<usize, usize> = places.iter().enumerate().map(|(new, &old)| (old, new)).collect();
        let moved = |triplet: &Triplet| Some(Triplet { query: *new.get(&triplet.query)?, ..*triplet });
        let mut triplets: Vec<Triplet> = self.triplets.iter().filter_map(moved).collect();
        triplets.sort_by_key(|triplet| triplet.query);
        let taxa = self
            .taxa
            .as_ref()
            .map(|taxa| TextTaxa { queries: places.iter().map(|&place| taxa.queries[place]).collect(), ..taxa.clone() });
        TextCollection {
            queries: self.queries.only(places),
            // Where taxa will judge, and have not yet, there are none.
            qrels: Qrels {
                queries: places.iter().filter_map(|&place| self.qrels.queries.get(place).cloned()).collect(),
                grades: places.iter().filter_map(|&place| self.qrels.grades.get(place).cloned()).collect(),
            },
            triplets,
            itself: places.iter().filter_map(|&place| self.itself.get(place).copied()).collect(),
            taxa,
            parts: Parts {
                of: places.iter().map(|&place| self.parts.of.get(place).cloned().flatten()).collect(),
                ..self.parts.clone()
            },
            documents: Arc::clone(&self.documents),
            names: self.names.clone(),
            numbered: self.numbered,
            warnings: self.warnings.clone(),
            notes: self.notes.clone(),
        }
    }

    /// Whether a query may find a document: not itself.
    #[must_use]
    pub fn may(&self, query: usize, document: usize) -> bool {
        self.itself.get(query).is_none_or(|itself| *itself as usize != document)
    }

    /// Judges documents by the ranks that they share with each query, as far as these are at least `least` in number; nothing
    /// where no taxa are known.
    pub fn judge_by_taxa(&mut self, least: i32) {
        let Some(taxa) = &self.taxa else { return };
        let relevance = taxa.relevance();
        let level = relevance.levels().iter().find(|level| level.grade >= least).cloned();
        let group = |taxon: TaxonId| level.as_ref().and_then(|level| relevance.group(taxon, level));
        let mut groups: HashMap<TaxonId, Vec<(u32, TaxonId)>> = HashMap::new();
        for (document, taxon) in (0..).zip(&taxa.documents) {
            if let Some((taxon, group)) = taxon.and_then(|taxon| Some((taxon, group(taxon)?))) {
                groups.entry(group).or_default().push((document, taxon));
            }
        }
        let grades = |(query, taxon): (usize, &Option<TaxonId>)| -> HashMap<u32, i32> {
            let Some((taxon, group)) = taxon.and_then(|taxon| Some((taxon, group(taxon)?))) else { return HashMap::new() };
            let near = groups.get(&group).map_or(&[][..], Vec::as_slice).iter();
            let near = near.filter(|(document, _)| self.may(query, *document as usize));
            near.map(|&(document, other)| (document, relevance.grade(taxon, other))).collect()
        };
        let all: Vec<HashMap<u32, i32>> = taxa.queries.iter().enumerate().map(grades).collect();
        self.qrels = Qrels { queries: self.queries.ids.clone(), grades: all };
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::taxonomy::Taxonomy;
    use std::path::Path;

    fn list(ids: &[&str]) -> TextList {
        let ids: Vec<String> = ids.iter().map(ToString::to_string).collect();
        TextList { texts: ids.clone(), rows: (0..ids.len()).collect(), of: ids.len(), ids }
    }

    /// Four documents of two species of *Apis*, one of *Bombus* and nothing known; queries of all three, the last unknown.
    fn bees() -> TextCollection {
        let table =
            "family,genus,species\nApidae,Apis,Apis mellifera\nApidae,Apis,Apis cerana\nApidae,Bombus,Bombus terrestris\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("bees.csv")).unwrap();
        let taxon = |name: &str| taxonomy.resolve(name).taxon();
        let documents = ["Apis mellifera", "Apis cerana", "Bombus terrestris", "?"].map(taxon).to_vec();
        let queries = ["Apis mellifera", "Bombus terrestris", "?"].map(taxon).to_vec();
        let mut names = Documents::default();
        for name in ["a", "b", "c", "d"] {
            names.number(name);
        }
        TextCollection {
            documents: list(&["a", "b", "c", "d"]).into(),
            queries: list(&["x", "y", "z"]),
            names,
            taxa: Some(TextTaxa { taxonomy, documents, queries }),
            ..TextCollection::default()
        }
    }

    fn grades(collection: &TextCollection) -> Vec<Vec<(u32, i32)>> {
        let sorted = |grades: &HashMap<u32, i32>| {
            let mut grades: Vec<(u32, i32)> = grades.iter().map(|(document, grade)| (*document, *grade)).collect();
            grades.sort_unstable();
            grades
        };
        collection.qrels.grades.iter().map(sorted).collect()
    }

    #[test]
    fn documents_are_judged_by_the_ranks_that_they_share() {
        // Family 1, genus 2, species 3.
        let mut bees = bees();
        bees.judge_by_taxa(1);
        assert_eq!(grades(&bees), [vec![(0, 3), (1, 2), (2, 1)], vec![(0, 1), (1, 1), (2, 3)], vec![]]);
        bees.judge_by_taxa(2);
        assert_eq!(grades(&bees), [vec![(0, 3), (1, 2)], vec![(2, 3)], vec![]]);
        // A query that is the first document never finds it.
        bees.itself = vec![0, 2, 3];
        bees.judge_by_taxa(3);
        assert_eq!(grades(&bees), [vec![], vec![], vec![]]);
        assert_eq!(bees.qrels.queries, ["x", "y", "z"]);
    }

    #[test]
    fn some_of_the_queries_keep_what_is_theirs() {
        let mut bees = bees();
        bees.judge_by_taxa(3);
        let triplet = |query, positive, negative| Triplet { query, positive, negative };
        bees.triplets = vec![triplet(0, 0, 1), triplet(1, 2, 0), triplet(1, 2, 1)];
        bees.parts.of = vec![Some("test".to_string()), None, Some("train".to_string())];
        bees.itself = vec![7, 8, 9];
        let some = bees.only(&[1, 0]);
        assert_eq!((some.queries.ids.as_slice(), some.itself.as_slice()), (&["y".to_string(), "x".to_string()][..], &[8, 7][..]));
        assert_eq!(some.triplets, [triplet(0, 2, 0), triplet(0, 2, 1), triplet(1, 0, 1)]);
        assert_eq!(grades(&some), [vec![(2, 3)], vec![(0, 3)]]);
        assert_eq!((some.parts.of[1].as_deref(), some.documents.len()), (Some("test"), 4));
        assert_eq!(some.taxa.unwrap().queries[0], bees.taxa.unwrap().queries[1]);
    }
}
