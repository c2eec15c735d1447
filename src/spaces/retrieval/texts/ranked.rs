//! Rankings of the texts of a collection: by their words, by their vectors, or as a file has them.

use super::collection::{TextCollection, Triplet};
use super::error::TextsError;
use super::vectors::TextVectors;
use crate::numbers::neighbours::{Index, among};
use crate::numbers::rounding::{GRAIN, level};
use crate::spaces::retrieval::bm25::Weighted;
use crate::spaces::retrieval::documents::Documents;
use crate::spaces::retrieval::measure::Measure;
use crate::spaces::retrieval::run::Run;
use crate::spaces::retrieval::search::{DEPTH, Depth, WHOLE};
use crate::spaces::retrieval::ties::Ties;
use hashbrown::HashMap;
use rayon::prelude::*;

/// Most documents that all rankings together hold where nobody says how long they are.
const HELD: usize = 1 << 24;

/// How near the two documents of a triplet are to its query.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct TripletScore {
    /// Score of the one that answers; `None` where the ranking does not have it.
    pub positive: Option<f64>,
    /// Score of the other.
    pub negative: Option<f64>,
    /// Whether they are equal but for rounding, or neither is there.
    pub equal: bool,
}

impl TripletScore {
    fn of(positive: Option<f64>, negative: Option<f64>, grain: f64) -> TripletScore {
        let equal = match (positive, negative) {
            (Some(positive), Some(negative)) => (positive - negative).abs() <= grain,
            (None, None) => true,
            _ => false,
        };
        TripletScore { positive, negative, equal }
    }

    /// Whether the one that answers is nearer; one that a ranking does not have is further away than all that it has.
    #[must_use]
    pub fn is_right(&self) -> bool {
        match (self.positive, self.negative) {
            _ if self.equal => false,
            (Some(positive), Some(negative)) => positive > negative,
            (positive, _) => positive.is_some(),
        }
    }

    /// How much nearer it is; `None` where a score is missing.
    #[must_use]
    pub fn margin(&self) -> Option<f64> {
        let margin = self.positive? - self.negative?;
        Some(if self.equal { 0.0 } else { margin })
    }
}

/// A ranking of the documents for every query of a collection.
#[derive(Debug, Clone)]
pub struct TextRun {
    /// The documents of each query, best first; queries in the order of the collection.
    pub run: Run,
    /// The scores of the triplets, in their order.
    pub triplets: Vec<TripletScore>,
}

/// How long rankings are: `None` for whole ones.
///
/// # Errors
///
/// [`TextsError::NotWhole`], [`TextsError::TooDeep`]: a measure that looks further.
pub fn depth(
    wanted: Depth,
    collection: &TextCollection,
    measures: &[Measure],
    ks: &[usize],
) -> Result<Option<usize>, TextsError> {
    let (documents, queries) = (collection.documents.len(), collection.queries.len());
    let furthest = measures.iter().filter_map(|measure| measure.k).chain(ks.iter().copied()).max().unwrap_or(0);
    let depth = match wanted {
        Depth::All => return Ok(None),
        Depth::Usual if documents <= WHOLE && documents.saturating_mul(queries) <= HELD => return Ok(None),
        Depth::Usual => DEPTH.max(furthest),
        Depth::At(depth) => depth,
    };
    if let Some(&k) = ks.iter().find(|k| **k > depth) {
        return Err(TextsError::TooDeep { measure: format!("pos_top_{k}"), k, depth });
    }
    for measure in measures {
        match measure.k {
            None => return Err(TextsError::NotWhole { measure: measure.name(), depth, documents }),
            Some(k) if k > depth => return Err(TextsError::TooDeep { measure: measure.name(), k, depth }),
            Some(_) => {}
        }
    }
    Ok(Some(depth))
}

/// Ranks documents by the words that they share with each query; those that share none are not found.
#[must_use]
pub fn by_words(name: &str, collection: &TextCollection, bm25: &Weighted<'_>, depth: Option<usize>, ties: Ties) -> TextRun {
    let of_query = |(query, text): (usize, &String)| {
        let mut scored = bm25.scores(text);
        scored.retain(|(document, _)| collection.may(query, *document as usize));
        let most = scored.iter().map(|(_, score)| *score).fold(0.0, f64::max);
        cut(&mut scored, depth, GRAIN * most);
        in_order(&mut scored, GRAIN * most, depth, (ties, &collection.names));
        scored
    };
    let scored: Vec<Vec<(u32, f64)>> = collection.queries.texts.par_iter().enumerate().map(of_query).collect();
    let of_triplet = |triplet: &Triplet| {
        let query = &collection.queries.texts[triplet.query];
        let [positive, negative] = [triplet.positive, triplet.negative].map(|document| bm25.score(query, document));
        TripletScore::of(Some(positive), Some(negative), GRAIN * positive.max(negative))
    };
    let triplets = collection.triplets.par_iter().map(of_triplet).collect();
    TextRun { run: Run { name: name.to_string(), queries: collection.queries.ids.clone(), scored }, triplets }
}

/// Ranks documents by their vectors. Equally near ones at the end of a ranking that is cut are taken in the order of the file.
#[must_use]
pub fn by_vectors(name: &str, collection: &TextCollection, vectors: &TextVectors, depth: Option<usize>, ties: Ties) -> TextRun {
    let (queries, documents) =
        (Index::of(vectors.queries(), vectors.similarity), Index::of(vectors.documents(), vectors.similarity));
    let k = depth.unwrap_or(collection.documents.len());
    let allowed = |query: usize, document: usize| collection.may(query, document);
    let mut scored = among(&queries, &documents, k, &allowed);
    scored.par_iter_mut().enumerate().for_each(|(query, scored)| {
        in_order(scored, queries.grain(query, &documents), None, (ties, &collection.names));
    });
    let of_triplet = |triplet: &Triplet| {
        let near = |document: u32| Some(vectors.near(triplet.query, document as usize));
        TripletScore::of(near(triplet.positive), near(triplet.negative), queries.grain(triplet.query, &documents))
    };
    let triplets = collection.triplets.par_iter().map(of_triplet).collect();
    TextRun { run: Run { name: name.to_string(), queries: collection.queries.ids.clone(), scored }, triplets }
}

/// Takes a run as it is, for the queries of a collection: those that it does not have are left out, which counts 0.
#[must_use]
pub fn as_listed(run: &Run, collection: &TextCollection, ties: Ties) -> TextRun {
    let places: HashMap<&str, usize> = run.queries.iter().enumerate().map(|(place, query)| (query.as_str(), place)).collect();
    let mut listed = Run { name: run.name.clone(), ..Run::default() };
    let mut of_query: Vec<HashMap<u32, f64>> = vec![];
    for (query, id) in collection.queries.ids.iter().enumerate() {
        let Some(&place) = places.get(id.as_str()) else {
            of_query.push(HashMap::new());
            continue;
        };
        let mut scored = run.scored[place].clone();
        scored.retain(|(document, _)| collection.may(query, *document as usize));
        ties.sort(&mut scored, &collection.names);
        of_query.push(scored.iter().copied().collect());
        listed.queries.push(id.clone());
        listed.scored.push(scored);
    }
    let of_triplet = |triplet: &Triplet| {
        let score = |document: u32| of_query[triplet.query].get(&document).copied();
        TripletScore::of(score(triplet.positive), score(triplet.negative), 0.0)
    };
    let triplets = collection.triplets.iter().map(of_triplet).collect();
    TextRun { run: listed, triplets }
}

/// Keeps the best, and all that are equal to the last of these but for rounding.
fn cut(scored: &mut Vec<(u32, f64)>, depth: Option<usize>, grain: f64) {
    let Some(depth) = depth.filter(|depth| *depth < scored.len()) else { return };
    let Some(last) = depth.checked_sub(1) else { return };
    let (_, &mut (_, edge), _) = scored.select_nth_unstable_by(last, |a, b| b.1.total_cmp(&a.1));
    scored.retain(|(_, score)| *score >= edge - grain);
    // What was moved for the choice stands by its number again, as it came.
    scored.sort_unstable_by_key(|(document, _)| *document);
}

/// Makes scores equal that are so but for rounding, and sorts.
fn in_order(scored: &mut Vec<(u32, f64)>, grain: f64, depth: Option<usize>, (ties, names): (Ties, &Documents)) {
    let mut heights: Vec<f64> = scored.iter().map(|(_, score)| *score).collect();
    level(&mut heights, grain);
    scored.iter_mut().zip(heights).for_each(|((_, score), height)| *score = height);
    ties.sort(scored, names);
    scored.truncate(depth.unwrap_or(usize::MAX));
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::numbers::neighbours::Similarity;
    use crate::spaces::retrieval::bm25::{Bm25, Parameters, StopWords};
    use crate::spaces::retrieval::texts::list::TextList;

    fn list(texts: &[(&str, &str)]) -> TextList {
        let (ids, texts): (Vec<String>, Vec<String>) = texts.iter().map(|(id, text)| (id.to_string(), text.to_string())).unzip();
        TextList { rows: (0..ids.len()).collect(), of: ids.len(), ids, texts }
    }

    /// Four documents, the last two of them equal, and two queries, the second of which no document answers by its words.
    fn ants() -> TextCollection {
        let documents = list(&[("d1", "black ant hill"), ("d2", "red ant red wood"), ("d3", "green bee"), ("d4", "green bee")]);
        let mut names = Documents::default();
        for id in &documents.ids {
            names.number(id);
        }
        let triplet = |query, positive, negative| Triplet { query, positive, negative };
        TextCollection {
            documents: documents.into(),
            queries: list(&[("q1", "red ant green"), ("q2", "wasp")]),
            names,
            triplets: vec![triplet(0, 1, 0), triplet(0, 2, 1), triplet(0, 2, 3), triplet(1, 0, 1)],
            ..TextCollection::default()
        }
    }

    fn found(run: &TextRun, query: usize) -> Vec<u32> {
        run.run.scored[query].iter().map(|(document, _)| *document).collect()
    }

    #[test]
    fn words_rank_what_shares_them() {
        let ants = ants();
        let bm25 = Bm25::of(&ants.documents.texts, StopWords::none());
        let weighted = bm25.with(Parameters::default());
        let run = by_words("bm25", &ants, &weighted, None, Ties::Trec);
        // Two words, one of them twice; then one word each, the shorter texts first, of equals by name from Z to A.
        assert_eq!((found(&run, 0), found(&run, 1)), (vec![1, 3, 2, 0], vec![]));
        assert_eq!(found(&by_words("bm25", &ants, &weighted, Some(2), Ties::Trec), 0), [1, 3]);
        assert_eq!(found(&by_words("bm25", &ants, &weighted, Some(2), Ties::DocidAsc), 0), [1, 2]);
        let right: Vec<bool> = run.triplets.iter().map(TripletScore::is_right).collect();
        assert_eq!(right, [true, false, false, false]);
        assert_eq!(run.triplets.iter().map(|score| score.equal).collect::<Vec<_>>(), [false, false, true, true]);
        assert_eq!(run.triplets[3].margin(), Some(0.0));
        let score = |document: u32| weighted.score("red ant green", document);
        assert!((run.triplets[0].margin().unwrap() - (score(1) - score(0))).abs() < 1e-12);
    }

    #[test]
    fn vectors_rank_all() {
        // Cosines with the first query: 0.6, 1, −1, 0.6 (of length 2).
        let vectors = TextVectors::of("v", (vec![1.0, 0.0, 0.0, 1.0], 2), (vec![0.6, 0.8, 1.0, 0.0, -1.0, 0.0, 1.2, 1.6], 2));
        let mut vectors = vectors.unwrap();
        let ants = ants();
        let run = by_vectors("v", &ants, &vectors, None, Ties::Trec);
        assert_eq!(found(&run, 0), [1, 3, 0, 2]);
        assert_eq!(run.triplets.iter().map(TripletScore::is_right).collect::<Vec<_>>(), [true, false, false, true]);
        assert!((run.triplets[0].margin().unwrap() - 0.4).abs() < 1e-12);
        // By inner products the long one is the nearest.
        vectors.similarity = Similarity::Inner;
        assert_eq!(found(&by_vectors("v", &ants, &vectors, Some(2), Ties::Trec), 0), [3, 1]);
        // A query that is the second document does not find it.
        let own = TextCollection { itself: vec![1, 0], ..ants };
        assert_eq!(found(&by_vectors("v", &own, &vectors, None, Ties::Trec), 0), [3, 0, 2]);
    }

    #[test]
    fn a_run_as_it_is_listed() {
        let mut ants = ants();
        let other = ants.names.number("other");
        let run = Run {
            name: "images".to_string(),
            queries: vec!["x".to_string(), "q1".to_string()],
            scored: vec![vec![(0, 1.0)], vec![(0, 0.2), (other, 0.9), (2, 0.4), (1, 0.4)]],
        };
        let listed = as_listed(&run, &ants, Ties::Trec);
        assert_eq!((listed.run.queries.clone(), found(&listed, 0)), (vec!["q1".to_string()], vec![other, 2, 1, 0]));
        // d2 before d1; d3 equal to d2; d3 before d4, which is not there; neither is there for the second query.
        assert_eq!(listed.triplets.iter().map(TripletScore::is_right).collect::<Vec<_>>(), [true, false, true, false]);
        assert_eq!(listed.triplets.iter().map(|score| score.equal).collect::<Vec<_>>(), [false, true, false, true]);
        assert_eq!(listed.triplets[2].margin(), None);
    }

    #[test]
    fn measures_say_how_far_rankings_must_go() {
        let ants = ants();
        let measure = |text: &str| Measure::parse(text, &[]).unwrap();
        assert_eq!(depth(Depth::Usual, &ants, &measure("map"), &[]).unwrap(), None);
        assert_eq!(depth(Depth::At(3), &ants, &measure("mrr@3"), &[1]).unwrap(), Some(3));
        let whole = depth(Depth::At(3), &ants, &measure("map"), &[]).unwrap_err().to_string();
        assert!(whole.contains("'map' looks at whole rankings, and these are cut at 3 of 4 documents"), "{whole}");
        let deep = depth(Depth::At(3), &ants, &measure("mrr@5"), &[]).unwrap_err().to_string();
        assert!(deep.contains("looks at 5 documents, and rankings are cut at 3; give --depth 5"), "{deep}");
        let top = depth(Depth::At(3), &ants, &measure("mrr@3"), &[1, 4]).unwrap_err().to_string();
        assert!(top.contains("measure 'pos_top_4' looks at 4 documents"), "{top}");
    }
}
