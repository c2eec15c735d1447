//! Measures of a ranking by the names that ranx gives them.
//!
//! With h_i = 1 where the i-th document is relevant, R relevant documents, H of them among the first k.

use crate::scores::metric::{Block, Metric, Uncertainty};

const RANX: &str = "ranx";
const BURGES: &str = "Burges 2005";
const GRADES: &str = "0 or more, in the unit of grades";
/// Over queries, or observations of them, whose values have bounds.
const MEAN: Uncertainty =
    Uncertainty::Interval("BCa of whole queries or observations; Wilson in the range where they agree; as a share where 1 or 0");
/// Where grades decide how much can be gained.
const UNBOUNDED: Uncertainty = Uncertainty::Interval("BCa of whole queries or observations; none where they agree");

const fn metric(name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
    Block::Retrieval.metric(name, sentence, formula).at("measured.value").by(RANX).with(MEAN)
}

/// How many are found.
pub const HITS: Metric = metric("hits@k", "Relevant documents among the first k.", "H").within("0 to k documents");
/// Whether any is found.
pub const HIT_RATE: Metric = metric("hit_rate@k", "Share of queries with a relevant document among the first k.", "[H > 0]")
    .with(Uncertainty::Interval("Wilson on the effective number of queries"));
/// How much of what is shown is relevant.
pub const PRECISION: Metric =
    metric("precision@k", "Share of the first k documents that are relevant, also where fewer were ranked.", "H / k");
/// How much of what is relevant is shown.
pub const RECALL: Metric = metric("recall@k", "Share of the relevant documents that are among the first k.", "H / R");
/// Both.
pub const F1: Metric =
    metric("f1@k", "Harmonic mean of precision and recall.", "2 precision@k recall@k / (precision@k + recall@k)");
/// Precision where as many were shown as there are.
pub const R_PRECISION: Metric =
    metric("r-precision", "Share of the first R documents that are relevant, R being how many there are.", "Σ_{i ≤ R} h_i / R")
        .by("Buckley & Voorhees 2005");
/// The same with regard to the order.
pub const MAP_AT_R: Metric = metric("map@r", "R-precision that regards the order.", "1/R Σ_{i ≤ R} h_i (relevant up to i) / i")
    .by("Musgrave 2020 (MAP@R)");
/// How far down the first one stands.
pub const MRR: Metric =
    metric("mrr@k", "How far up the first relevant document stands; 0 if not among the first k.", "1 / its place");
/// Precision at every relevant document.
pub const MAP: Metric =
    metric("map@k", "Mean of the precision at the place of each relevant document.", "1/R Σ_{i ≤ k} h_i (relevant up to i) / i");
/// Gains, less the further down.
pub const DCG: Metric =
    metric("dcg@k", "Grades of relevant documents, worth less the further down.", "Σ_{i ≤ k} g_i / log₂(i + 1)")
        .within(GRADES)
        .by("Järvelin & Kekäläinen 2002")
        .with(UNBOUNDED);
/// The same with the gains of Burges.
pub const DCG_BURGES: Metric =
    metric("dcg_burges@k", "The same with gains that double with each grade.", "Σ_{i ≤ k} (2^g_i − 1) / log₂(i + 1)")
        .within(GRADES)
        .by(BURGES)
        .with(UNBOUNDED);
/// Against the best order.
pub const NDCG: Metric = metric("ndcg@k", "dcg@k as a share of that of the best order.", "dcg@k / dcg@k of grades sorted down")
    .by("Järvelin & Kekäläinen 2002");
/// The same with the gains of Burges.
pub const NDCG_BURGES: Metric =
    metric("ndcg_burges@k", "dcg_burges@k as a share of that of the best order.", "dcg_burges@k / that of grades sorted down")
        .by(BURGES);
/// Preference over judged documents that are not relevant.
pub const BPREF: Metric = metric(
    "bpref",
    "How seldom documents that were judged not to be relevant stand above relevant ones; unjudged ones do not count.",
    "1/R Σ over relevant ones found of 1 − min(judged not relevant above, R) / min(R, N), N judged not relevant",
)
.by("Buckley & Voorhees 2004, as trec_eval");
/// A reader who goes on with a probability.
pub const RBP: Metric = metric(
    "rbp.p",
    "What a reader gains who goes on to the next document with probability p, written in decimals: rbp.95.",
    "(1 − p) Σ g_i p^(i − 1)",
)
.within(GRADES)
.by("Moffat & Zobel 2008")
.with(UNBOUNDED);
/// Precision at a recall.
pub const IPREC: Metric = metric(
    "iprec.r",
    "Highest precision from the place on where the share r of the relevant documents is found: iprec.0.3; iprec has eleven.",
    "max over i with recall@i ≥ r of precision@i",
)
.by("trec_eval, ranx");

/// All of them, in the order in which messages list them.
pub static KINDS: [Metric; 16] = [
    HITS,
    HIT_RATE,
    PRECISION,
    RECALL,
    F1,
    R_PRECISION,
    MAP_AT_R,
    MRR,
    MAP,
    DCG,
    DCG_BURGES,
    NDCG,
    NDCG_BURGES,
    BPREF,
    RBP,
    IPREC,
];

/// A name as it is written, without its cutoff, or up to its number: `ndcg`, `rbp.`.
pub(crate) fn written(metric: &Metric) -> &'static str {
    let name = metric.name;
    match (name.strip_suffix("@k"), name.find('.')) {
        (Some(written), _) => written,
        (None, Some(point)) => &name[..=point],
        (None, None) => name,
    }
}

/// Whether it can be cut at a number of documents.
pub(crate) fn has_cutoff(metric: &Metric) -> bool {
    metric.name.ends_with("@k")
}
