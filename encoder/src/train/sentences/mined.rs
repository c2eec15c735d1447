//! Hard negatives: documents that stand near a query and do not answer it, as far as anybody has said.

use super::answers::Answers;
use super::embedding::TextEmbedding;
use crate::train::error::TrainError;
use crate::train::evaluate::is_below;
use crate::train::towers::Towers;
use nearmiss::spaces::retrieval::bm25::{Bm25, Parameters, StopWords};
use nearmiss::spaces::retrieval::texts::TextCollection;
use std::collections::BTreeSet;
use tch::Tensor;

/// Queries whose similarities are held at once.
pub(super) const QUERIES_AT_ONCE: usize = 256;

/// Whether a document answers a query, as somebody judged it.
#[must_use]
fn is_judged_right(collection: &TextCollection, query: usize, document: u32) -> bool {
    collection.qrels.grades.get(query).and_then(|grades| grades.get(&document)).is_some_and(|grade| *grade > 0)
}

/// For each query so many of the nearest wrong documents by a model, of different texts, those before them passed over.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub(super) fn by_model(
    embedding: &TextEmbedding,
    towers: &Towers,
    (collection, answers): (&TextCollection, &Answers),
    (wanted, skip): (usize, usize),
) -> Result<Vec<Vec<u32>>, TrainError> {
    let _guard = tch::no_grad_guard();
    let different = answers.different();
    let documents = embedding.some_documents(towers, collection, &different)?.f_transpose(0, 1)?;
    let queries = embedding.all_queries(towers, collection)?;
    // Those that answer may all stand first, and the query itself among them.
    let most = (answers.most() + 1 + wanted + skip).min(different.len());
    let k = i64::try_from(most).unwrap_or(i64::MAX);
    let mut mined = Vec::with_capacity(collection.queries.len());
    let places: Vec<usize> = (0..collection.queries.len()).collect();
    for chunk in places.chunks(QUERIES_AT_ONCE) {
        let (first, count) = (chunk.first().copied().unwrap_or(0), chunk.len());
        let rows = queries.f_narrow(0, i64::try_from(first).unwrap_or(0), i64::try_from(count).unwrap_or(0))?;
        let (_, nearest) = rows.f_matmul(&documents)?.f_topk(k, 1, true, true)?;
        let nearest = Vec::<i64>::try_from(nearest.f_contiguous()?.f_flatten(0, -1)?)?;
        for (&query, row) in chunk.iter().zip(nearest.chunks(most.max(1))) {
            let ranked = row.iter().filter_map(|&place| different.get(usize::try_from(place).ok()?).copied());
            mined.push(wrong((collection, answers), query, ranked, (wanted, skip)));
        }
    }
    Ok(mined)
}

/// For each query so many of the best wrong documents by BM25, of different texts, those before them passed over; fewer where
/// fewer share a word.
#[must_use]
pub(super) fn by_words(collection: &TextCollection, answers: &Answers, (wanted, skip): (usize, usize)) -> Vec<Vec<u32>> {
    let bm25 = Bm25::of(&collection.documents.texts, StopWords::none());
    let weighted = bm25.with(Parameters::default());
    let of_query = |(query, text): (usize, &String)| {
        let mut scored = weighted.scores(text);
        scored.sort_by(|a, b| b.1.total_cmp(&a.1));
        wrong((collection, answers), query, scored.into_iter().map(|(document, _)| document), (wanted, skip))
    };
    collection.queries.texts.iter().enumerate().map(of_query).collect()
}

/// The first wrong ones of a ranking, each text once.
fn wrong(
    (collection, answers): (&TextCollection, &Answers),
    query: usize,
    ranked: impl Iterator<Item = u32>,
    (wanted, skip): (usize, usize),
) -> Vec<u32> {
    let is_wrong = |document: &u32| !answers.has(query, *document) && collection.may(query, *document as usize);
    let mut met = BTreeSet::new();
    let texts = ranked.filter(is_wrong).map(|document| answers.first(document)).filter(|document| met.insert(*document));
    texts.skip(skip).take(wanted).collect()
}

/// The place, from 0, of the best document that answers a query among those that do not, by their similarities; equally near ones
/// that do not stand before it. `None` where nothing that answers is a document of the collection.
#[must_use]
pub(super) fn place(collection: &TextCollection, query: usize, row: &[f32]) -> Option<usize> {
    let near = |document: u32| row.get(document as usize).copied();
    let grades = collection.qrels.grades.get(query)?;
    let right = grades.iter().filter(|(_, grade)| **grade > 0).filter_map(|(document, _)| near(*document));
    let best = right.max_by(f32::total_cmp)?;
    let wrong = |document: u32| !is_judged_right(collection, query, document) && collection.may(query, document as usize);
    Some((0_u32..).zip(row).filter(|(document, value)| !is_below(**value, best) && wrong(*document)).count())
}

/// Similarities of all queries with all documents, row by row, handed on in the order of the queries.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub(super) fn each_row(queries: &Tensor, documents: &Tensor, each: &mut dyn FnMut(usize, &[f32])) -> Result<(), TrainError> {
    let _guard = tch::no_grad_guard();
    let turned = documents.f_transpose(0, 1)?;
    let (count, width) = (queries.size()[0], usize::try_from(documents.size()[0]).unwrap_or(1).max(1));
    let step = i64::try_from(QUERIES_AT_ONCE).unwrap_or(256);
    let mut first = 0;
    while first < count {
        let rows = queries.f_narrow(0, first, step.min(count - first))?.f_matmul(&turned)?;
        let flat = Vec::<f32>::try_from(rows.f_contiguous()?.f_flatten(0, -1)?)?;
        let start = usize::try_from(first).unwrap_or(0);
        flat.chunks(width).enumerate().for_each(|(place, row)| each(start + place, row));
        first += step;
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use nearmiss::spaces::retrieval::texts::{TextSource, Wanted};

    fn ants() -> TextCollection {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("t.csv");
        let table = "query,positive,negative\nred ant,a red ant of woods,a red bee\nbee,a green bee,a red ant of woods\n";
        std::fs::write(&path, table).unwrap();
        TextSource::One(path).read(&Wanted::default()).unwrap()
    }

    #[test]
    fn a_text_is_mined_once_and_never_where_it_answers() {
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
        std::fs::create_dir(folder.path().join("qrels")).unwrap();
        // Two documents of ants, of which one was judged, two of bees, and a wasp.
        write("corpus.csv", "id,text\na,red ant\nb,red bee\nc,red ant\nd,red bee\ne,red wasp here\n");
        write("queries.csv", "id,text\nq,red\n");
        write("qrels/test.tsv", "query-id\tcorpus-id\tscore\nq\tc\t1\n");
        let texts = TextSource::One(folder.path().to_path_buf()).read(&Wanted::default()).unwrap();
        let answers = Answers::of(&texts);
        // By words ants, bees, ants, bees and then the longer wasp.
        assert_eq!(by_words(&texts, &answers, (5, 0)), [vec![1, 4]]);
        assert_eq!(by_words(&texts, &answers, (1, 1)), [vec![4]]);
    }

    #[test]
    fn words_find_wrong_documents_and_rows_their_places() {
        let ants = ants();
        // Documents: a red ant of woods, a red bee, a green bee. 'red' is in two, 'bee' in two; none answers by being right.
        let answers = Answers::of(&ants);
        assert_eq!(by_words(&ants, &answers, (2, 0)), [vec![1], vec![1]]);
        assert_eq!(by_words(&ants, &answers, (2, 1)), [vec![], vec![]] as [Vec<u32>; 2]);
        assert_eq!(place(&ants, 0, &[0.5, 0.4, 0.9]), Some(1));
        assert_eq!(place(&ants, 0, &[0.5, 0.5, 0.5]), Some(2));
        assert_eq!(place(&ants, 1, &[0.1, 0.2, 0.3]), Some(0));
        // What is no number is far from everything.
        assert_eq!(place(&ants, 0, &[f32::NAN, 0.4, 0.9]), Some(2));
        let (queries, documents) =
            (Tensor::from_slice(&[1f32, 0., 0., 2.]).view([2, 2]), Tensor::from_slice(&[3f32, 4., 5., 6., 7., 8.]).view([3, 2]));
        let mut rows = vec![];
        each_row(&queries, &documents, &mut |query, row| rows.push((query, row.to_vec()))).unwrap();
        assert_eq!(rows, [(0, vec![3., 5., 7.]), (1, vec![8., 12., 16.])]);
    }
}
