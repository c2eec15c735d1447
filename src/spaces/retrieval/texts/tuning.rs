//! k1 and b of BM25, tuned on queries that are not measured.

use super::collection::TextCollection;
use super::ranked::by_words;
use crate::numbers::statistics::mean;
use crate::spaces::retrieval::bm25::{Bm25, Parameters};
use crate::spaces::retrieval::evaluation::evaluate;
use crate::spaces::retrieval::measure::Measure;
use crate::spaces::retrieval::ties::Ties;
use rayon::prelude::*;
use serde::Serialize;

/// What is tried: k1 from 0.5 to 2, b from 0 to 1, the usual 1.2 and 0.75 among them.
const K1: [f64; 16] = [0.5, 0.6, 0.7, 0.8, 0.9, 1.0, 1.1, 1.2, 1.3, 1.4, 1.5, 1.6, 1.7, 1.8, 1.9, 2.0];
const B: [f64; 12] = [0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.75, 0.8, 0.9, 1.0];
/// Means that differ by no more are equally good.
const EQUAL: f64 = 1e-12;

/// What was tried, and what was best.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Tuning {
    /// What is to be high.
    pub measure: String,
    /// Queries that were tuned on; one with nothing to find counts 0.
    pub queries: usize,
    /// The best; of several the nearest to the usual ones.
    #[serde(flatten)]
    pub best: Parameters,
    /// Mean of the measure with these.
    pub value: f64,
    /// With the usual ones, 1.2 and 0.75.
    pub usual: f64,
    /// All with their means, k1 by k1.
    #[serde(skip)]
    pub tried: Vec<(Parameters, f64)>,
}

/// Tries k1 and b on a collection whose queries are there to tune on.
#[must_use]
pub fn tune(bm25: &Bm25, collection: &TextCollection, measure: &Measure, ties: Ties) -> Tuning {
    let all: Vec<Parameters> = K1.iter().flat_map(|&k1| B.iter().map(move |&b| Parameters { k1, b })).collect();
    let value = |parameters: &Parameters| {
        let run = by_words("bm25", collection, &bm25.with(*parameters), measure.k, ties);
        let one = std::slice::from_ref(measure);
        let found = evaluate(&collection.qrels, &run.run, one, ties, &collection.names);
        // Queries are those of the collection on both sides.
        found.ok().and_then(|found| mean(found.values.first()?.iter().copied())).unwrap_or(0.0)
    };
    let tried: Vec<(Parameters, f64)> = all.par_iter().map(|parameters| (*parameters, value(parameters))).collect();
    let usual = Parameters::default();
    let (best, value) = best(&tried, usual);
    let of_usual = tried.iter().find(|(parameters, _)| *parameters == usual).map_or(0.0, |(_, value)| *value);
    Tuning { measure: measure.name(), queries: collection.queries.len(), best, value, usual: of_usual, tried }
}

/// The parameters of the highest mean; of equally good ones those nearest to the usual ones, b counting as much as k1.
fn best(tried: &[(Parameters, f64)], usual: Parameters) -> (Parameters, f64) {
    let most = tried.iter().map(|(_, value)| *value).fold(f64::NEG_INFINITY, f64::max);
    let away = |parameters: &Parameters| ((parameters.k1 - usual.k1) / 1.5).abs() + (parameters.b - usual.b).abs();
    let good = tried.iter().filter(|(_, value)| most - value <= EQUAL);
    let nearest = good.min_by(|(one, _), (other, _)| away(one).total_cmp(&away(other)));
    nearest.copied().unwrap_or((usual, 0.0))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::spaces::retrieval::bm25::StopWords;
    use crate::spaces::retrieval::documents::Documents;
    use crate::spaces::retrieval::qrels::Qrels;
    use crate::spaces::retrieval::texts::list::TextList;

    fn list(texts: &[&str], letter: char) -> TextList {
        let ids = (1..=texts.len()).map(|number| format!("{letter}{number}")).collect();
        let texts: Vec<String> = texts.iter().map(ToString::to_string).collect();
        TextList { ids, rows: (0..texts.len()).collect(), of: texts.len(), texts }
    }

    #[test]
    fn the_best_of_what_was_tried() {
        // The long text has the word three times, the short one once: with b small the long one stands first, with b large the
        // short one.
        let documents = list(&["ant ant ant bee bee bee wasp wasp wasp fly fly fly", "ant", "bee bee bee"], 'd');
        let mut names = Documents::default();
        for id in &documents.ids {
            names.number(id);
        }
        let collection = |relevant: u32| TextCollection {
            queries: list(&["ant"], 'q'),
            qrels: Qrels { queries: vec!["q1".to_string()], grades: vec![[(relevant, 1)].into_iter().collect()] },
            documents: documents.clone().into(),
            names: names.clone(),
            ..TextCollection::default()
        };
        let bm25 = Bm25::of(&documents.texts, StopWords::none());
        let measure = Measure::parse("mrr@1", &[]).unwrap().remove(0);
        let tuned = |relevant: u32| tune(&bm25, &collection(relevant), &measure, Ties::Trec);
        let (long, short) = (tuned(0), tuned(1));
        assert_eq!((long.tried.len(), long.queries, long.measure.as_str()), (192, 1, "mrr@1"));
        // tf / (tf + k1 (1 − b + b · length / (16/3))): with the usual ones 3 / (3 + 1.2 · 1.9375) = 0.563 of the long text,
        // 1 / (1 + 1.2 · 0.390625) = 0.681 of the short one.
        assert_eq!((short.best, short.value, short.usual), (Parameters::default(), 1.0, 1.0));
        assert_eq!((long.value, long.usual), (1.0, 0.0));
        // 3 / (3 + k1 x) > 1 / (1 + k1 y) where 3 y > x: 3 − 2.4375 b > 1 + 1.25 b, b < 0.5424; the nearest is 0.5, at the same k1.
        assert_eq!(long.best, Parameters { k1: 1.2, b: 0.5 });
    }
}
