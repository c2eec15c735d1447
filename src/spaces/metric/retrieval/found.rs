//! What a search of vectors finds besides: triplets, positives among the first, mean cosines; names as gates have them.

use super::super::interval::{OF_PAIRS, within};
use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::{Block, Measure, Metric, Row, Uncertainty, Value};
use crate::spaces::retrieval::classes::RankCosine;
use crate::spaces::retrieval::search::TopShare;
use crate::spaces::retrieval::triplets::Triplets;

/// A ratio of sums over queries.
const fn ratio(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    let how = "BCa of whole queries or observations; Wilson in the range where they agree";
    Block::Retrieval.metric(name, sentence, formula).with(Uncertainty::Interval(how))
}

/// A mean cosine over pairs of documents.
const fn cosine(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Retrieval.metric(name, sentence, formula).within("−1 to 1").with(OF_PAIRS)
}

/// Of a query, a document of its taxon and one of another.
pub static TRIPLETS: [Measure<Triplets>; 2] = [
    Measure {
        metric: ratio(
            "triplets.accuracy",
            "Share of triplets in which the document of the query's own taxon is nearer than one of another; equally near is not.",
            "mean over queries q, documents p of its taxon and n of another of [s(q, p) > s(q, n)]",
        ),
        value: |of| within([Some(of.accuracy), of.accuracy_low, of.accuracy_high]),
    },
    Measure {
        metric: ratio("triplets.margin_mean", "How much nearer it is.", "mean of s(q, p) − s(q, n)")
            .within("in the unit of the similarity")
            .with(Uncertainty::Interval("BCa of whole queries or observations; none where they agree")),
        value: |of| within([Some(of.margin_mean), of.margin_mean_low, of.margin_mean_high]),
    },
];

/// Of all pairs of a query and a document.
pub static TOP_SHARES: [Measure<TopShare>; 2] = [
    Measure {
        metric: ratio(
            "pos_top_k",
            "Share of all pairs of a query and a document of its finest taxon that have the document among the first k.",
            "Σ_q #{i ≤ k : same taxon} / Σ_q #{documents of the taxon}",
        )
        .at("top_shares.positives"),
        value: |of| within([of.positives, of.positives_low, of.positives_high]),
    },
    Measure {
        metric: ratio(
            "neg_top_k",
            "The same share of pairs of a query and a document of another taxon.",
            "Σ_q #{i ≤ k : other taxon} / Σ_q #{documents of other taxa}",
        )
        .at("top_shares.negatives")
        .lower(),
        value: |of| within([of.negatives, of.negatives_low, of.negatives_high]),
    },
];

/// Of pairs of documents, rank by rank.
pub static COSINES: [Measure<RankCosine>; 2] = [
    Measure {
        metric: cosine("cosines.same", "Mean cosine of two documents of one taxon of a rank.", "mean over pairs of one taxon"),
        value: |of| Value::Number(of.same),
    },
    Measure {
        metric: cosine("cosines.different", "Mean cosine of two documents of different taxa.", "mean over pairs of two taxa")
            .lower(),
        value: |of| Value::Number(of.different),
    },
];

impl Row for TopShare {
    fn measures() -> &'static [Measure<Self>] {
        &TOP_SHARES
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for Triplets {
    fn measures() -> &'static [Measure<Self>] {
        &TRIPLETS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
