//! What runs are worth on triplets and on judged pairs: which document is nearer, and which are among the first.

use crate::numbers::bootstrap::Clusters;
use crate::report::csv::{csv_of, number};
use crate::report::retrieval::csv::texts;
use crate::scores::compare::{CompareOptions, Comparison, MetricComparison, PairsOf, Values};
use crate::scores::metric::{Direction, Row};
use crate::spaces::metric::cutoff;
use crate::spaces::retrieval::search::TopShare;
use crate::spaces::retrieval::texts::{JudgedPairs, TextCollection, TripletScore};
use crate::spaces::retrieval::triplets::Triplets;
use serde_json::{Value, json};

/// What runs gave for the triplets and judged pairs of a collection.
pub(super) struct PairScores<'a> {
    /// Names of the runs.
    pub names: &'a [String],
    pub collection: &'a TextCollection,
    pub pairs: &'a JudgedPairs,
    /// For each run the scores of the triplets.
    pub triplets: &'a [Vec<TripletScore>],
    /// For each run the places of positives and of negatives.
    pub places: &'a [[Vec<Option<usize>>; 2]],
    /// Numbers of first documents.
    pub ks: &'a [usize],
}

/// Runs by their triplets and judged pairs.
#[derive(Debug, Clone)]
pub struct PairMeasures {
    /// Triplets.
    pub triplets: usize,
    /// Pairs of a query and a document that answers it.
    pub positives: usize,
    /// Pairs of a query and one that was judged not to.
    pub negatives: usize,
    /// `triplets.accuracy` and `triplets.margin_mean` where there are triplets; `pos_top_k` and `neg_top_k` where there are such
    /// pairs. Margins have the unit of each run, and no two are compared.
    pub comparison: Comparison,
}

impl PairScores<'_> {
    /// Compares the runs: shares have Wilson's intervals on the effective number of queries, and are compared over queries.
    pub fn measured(&self, options: &CompareOptions) -> PairMeasures {
        let queries = &self.collection.queries.ids;
        let by_query = |places: &mut dyn Iterator<Item = usize>| {
            let names: Vec<&str> = places.map(|place| queries[place].as_str()).collect();
            Clusters::by_name(names)
        };
        let mut metrics: Vec<MetricComparison> = vec![];
        if !self.collection.triplets.is_empty() {
            let clusters = by_query(&mut self.collection.triplets.iter().map(|triplet| triplet.query));
            metrics.extend(Comparison::of(self.names, &[self.accuracy()], &clusters, options).metrics);
            metrics.extend(self.margin(&clusters, options));
        }
        for (side, pairs) in [&self.pairs.positives, &self.pairs.negatives].into_iter().enumerate() {
            if !pairs.is_empty() {
                let clusters = by_query(&mut pairs.iter().map(|(query, _)| *query));
                let values: Vec<Values> = self.ks.iter().map(|k| self.among_first(side, *k)).collect();
                metrics.extend(Comparison::of(self.names, &values, &clusters, options).metrics);
            }
        }
        PairMeasures {
            triplets: self.collection.triplets.len(),
            positives: self.pairs.positives.len(),
            negatives: self.pairs.negatives.len(),
            comparison: Comparison {
                runs: self.names.to_vec(),
                metrics,
                alpha: options.alpha,
                images: self.collection.triplets.len(),
                clusters: queries.len(),
                compared: PairsOf::All,
            },
        }
    }

    fn accuracy(&self) -> Values {
        let right = |score: &TripletScore| Some(f64::from(u8::from(score.is_right())));
        Values {
            name: "triplets.accuracy".to_string(),
            label: "Triplets".to_string(),
            direction: direction::<Triplets>("triplets.accuracy"),
            binary: true,
            range: Some((0.0, 1.0)),
            runs: self.triplets.iter().map(|scores| scores.iter().map(right).collect()).collect(),
        }
    }

    /// Margins run by run: scores of two systems have no common unit.
    fn margin(&self, clusters: &Clusters, options: &CompareOptions) -> Option<MetricComparison> {
        let of_run = |(name, scores): (&String, &Vec<TripletScore>)| {
            let values = Values {
                name: "triplets.margin_mean".to_string(),
                label: "Margin".to_string(),
                direction: direction::<Triplets>("triplets.margin_mean"),
                binary: false,
                range: None,
                runs: vec![scores.iter().map(TripletScore::margin).collect()],
            };
            Comparison::of(std::slice::from_ref(name), &[values], clusters, options).metrics.into_iter().next()
        };
        let each: Vec<MetricComparison> = self.names.iter().zip(self.triplets).filter_map(of_run).collect();
        let first = each.first()?.clone();
        let (means, intervals, no_interval) = (
            each.iter().flat_map(|metric| metric.means.clone()).collect(),
            each.iter().flat_map(|metric| metric.intervals.clone()).collect(),
            each.iter().flat_map(|metric| metric.no_interval.clone()).collect(),
        );
        Some(MetricComparison { n: self.collection.triplets.len(), means, intervals, no_interval, pairs: vec![], ..first })
    }

    /// Which pairs of positives (0) or negatives (1) are among the first `k`.
    fn among_first(&self, side: usize, k: usize) -> Values {
        let (name, label) = if side == 0 { ("pos_top_k", "Pos") } else { ("neg_top_k", "Neg") };
        let is_among = |place: &Option<usize>| Some(f64::from(u8::from(place.is_some_and(|place| place <= k))));
        Values {
            name: cutoff::at(name, k),
            label: format!("{label}@{k}"),
            direction: direction::<TopShare>(name),
            binary: true,
            range: Some((0.0, 1.0)),
            runs: self.places.iter().map(|places| places[side].iter().map(is_among).collect()).collect(),
        }
    }
}

/// Which way a metric is better, of a name that there must be.
fn direction<R: Row>(name: &str) -> Direction {
    R::measure(name).map_or(Direction::Neither, |measure| measure.metric.direction)
}

impl PairMeasures {
    /// For programs.
    #[must_use]
    pub fn value(&self) -> Value {
        json!({
            "triplets": self.triplets,
            "positives": self.positives,
            "negatives": self.negatives,
            "metrics": self.comparison.metrics,
        })
    }

    /// A row for each run and measure.
    pub(super) fn csv(&self) -> std::io::Result<String> {
        let header = texts(&["run", "measure", "n", "value", "low", "high", "no_interval"]);
        let rows = self.comparison.runs.iter().enumerate().flat_map(|(run, name)| {
            self.comparison.metrics.iter().map(move |metric| {
                let interval = metric.intervals[run];
                vec![
                    name.clone(),
                    metric.name.clone(),
                    metric.n.to_string(),
                    number(metric.means[run]),
                    number(interval.map(|interval| interval.low)),
                    number(interval.map(|interval| interval.high)),
                    metric.no_interval[run].clone().unwrap_or_default(),
                ]
            })
        });
        csv_of(&header, rows)
    }
}

/// A row for each triplet and run: both scores, and whether the right one is nearer.
pub(super) fn triplets_csv(scores: &PairScores<'_>) -> std::io::Result<String> {
    let header = texts(&["query", "positive", "negative", "run", "positive_score", "negative_score", "right"]);
    let collection = scores.collection;
    let rows = collection.triplets.iter().enumerate().flat_map(|(place, triplet)| {
        scores.names.iter().zip(scores.triplets).filter_map(move |(name, of_run)| {
            let score = of_run.get(place)?;
            Some(vec![
                collection.queries.ids[triplet.query].clone(),
                collection.names.name(triplet.positive).to_string(),
                collection.names.name(triplet.negative).to_string(),
                name.clone(),
                number(score.positive),
                number(score.negative),
                u8::from(score.is_right()).to_string(),
            ])
        })
    });
    csv_of(&header, rows)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spaces::retrieval::texts::{TextList, Triplet};

    #[test]
    fn shares_and_margins_by_hand() {
        let ids: Vec<String> = ["a", "b"].map(str::to_string).to_vec();
        let queries = TextList { texts: ids.clone(), rows: vec![0, 1], of: 2, ids };
        let triplet = |query, positive, negative| Triplet { query, positive, negative };
        let triplets = vec![triplet(0, 0, 1), triplet(0, 0, 2), triplet(1, 3, 4)];
        let mut collection = TextCollection { queries, triplets, ..TextCollection::default() };
        for name in ["d1", "d2", "d3", "d4", "d5"] {
            collection.names.number(name);
        }
        let pairs = JudgedPairs { positives: vec![(0, 0), (1, 3)], negatives: vec![(0, 1), (0, 2), (1, 4)] };
        let score = |positive, negative, equal| TripletScore { positive, negative, equal };
        // The first run is right twice of three, the second, which lacks a document, once; one is a tie.
        let of_first =
            vec![score(Some(0.9), Some(0.4), false), score(Some(0.9), Some(0.95), false), score(Some(0.3), Some(0.1), false)];
        let of_second =
            vec![score(Some(2.0), None, false), score(Some(2.0), Some(2.0), true), score(Some(1.0), Some(3.0), false)];
        let places =
            [[vec![Some(2), Some(1)], vec![Some(3), Some(1), None]], [vec![Some(1), None], vec![None, Some(2), Some(1)]]];
        let names = ["one".to_string(), "two".to_string()];
        let (of_runs, ks) = ([of_first, of_second], [1, 2]);
        let scores =
            PairScores { names: &names, collection: &collection, pairs: &pairs, triplets: &of_runs, places: &places, ks: &ks };
        let found = scores.measured(&CompareOptions { noun: "queries", ..CompareOptions::default() });
        assert_eq!((found.triplets, found.positives, found.negatives), (3, 2, 3));
        let means: Vec<(&str, Option<f64>, Option<f64>)> =
            found.comparison.metrics.iter().map(|metric| (metric.name.as_str(), metric.means[0], metric.means[1])).collect();
        let third = 1.0 / 3.0;
        let expected = [
            ("triplets.accuracy", 2.0 * third, third),
            // (0.5 − 0.05 + 0.2) / 3; of the second (0 − 2) / 2.
            ("triplets.margin_mean", 0.65 * third, -1.0),
            ("pos_top_1", 0.5, 0.5),
            ("pos_top_2", 1.0, 0.5),
            ("neg_top_1", third, third),
            ("neg_top_2", third, 2.0 * third),
        ];
        assert_eq!(means.len(), expected.len());
        for ((name, one, two), (expected, of_one, of_two)) in means.iter().zip(expected) {
            assert_eq!(*name, expected);
            for (found, expected) in [(one, of_one), (two, of_two)] {
                assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{name}: {found:?} {expected}");
            }
        }
        let metrics = &found.comparison.metrics;
        assert!(metrics[0].intervals.iter().all(Option::is_some) && metrics[1].pairs.is_empty());
        assert_eq!((metrics[4].direction, metrics[0].direction), (Direction::Lower, Direction::Higher));
        let lines = triplets_csv(&scores).unwrap_or_default();
        assert!(lines.contains("a,d1,d2,two,2,,1\n") && lines.contains("b,d4,d5,one,0.3,0.1,1\n"), "{lines}");
        let table = found.csv().unwrap_or_default();
        assert!(table.contains("two,pos_top_2,2,0.5,"), "{table}");
    }
}
