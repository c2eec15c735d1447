//! What is wrong with the name of a measure.

use crate::numbers::nearest::did_you_mean;

/// The names for messages.
pub const KNOWN: &str = "hits, hit_rate, precision, recall, f1, r-precision, map@r, mrr, map, dcg, dcg_burges, ndcg, ndcg_burges, bpref, \
                         rbp.NN (rbp.95), iprec (11 points) or iprec.R (iprec.0.3), each with @k (@10) where it has a cutoff and \
                         -l<level> (-l2) for the least grade that is relevant";

/// Why a measure cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum MeasureError {
    #[error("measure '{text}': there is no '{name}'{}; there are {KNOWN}", did_you_mean(name, NAMES))]
    Unknown { text: String, name: String },
    #[error("measure '{text}': '@{k}' is no cutoff; it is a whole number from 1 on, or nothing for whole rankings")]
    Cutoff { text: String, k: String },
    #[error("measure '{text}': {name} has no cutoff; leave '@{k}' out")]
    NoCutoff { text: String, name: &'static str, k: String },
    #[error("measure '{text}': '-l{level}' is no level; it is a whole number from 1 on{hint}")]
    Level { text: String, level: String, hint: String },
    #[error("measure '{text}': '{number}' is no {wanted}")]
    Number { text: String, number: String, wanted: &'static str },
}

/// The names of measures that could be meant by a misspelt one.
const NAMES: [&str; 15] = [
    "hits",
    "hit_rate",
    "precision",
    "recall",
    "f1",
    "r-precision",
    "map@r",
    "mrr",
    "map",
    "dcg",
    "dcg_burges",
    "ndcg",
    "ndcg_burges",
    "bpref",
    "iprec",
];
