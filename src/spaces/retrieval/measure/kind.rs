//! What is measured, and the names that it goes by.

use crate::numbers::statistics::to_f64;
use crate::scores::metric::Metric;
use crate::spaces::metric::retrieval::kinds::{self, has_cutoff, written};

/// What is measured. With `h_i` = 1 where the i-th document is relevant, R relevant documents, H of
/// them among the first m = min(k, n) of n ranked ones, K = k or n.
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum Kind {
    /// H.
    Hits,
    /// 1 if H > 0.
    HitRate,
    /// H / K, also where fewer than k were ranked.
    Precision,
    /// H / R.
    Recall,
    /// Harmonic mean of precision and recall.
    F1,
    /// Precision at R.
    RPrecision,
    /// (1 / R) Σ over the first R of `h_i` · (relevant up to i) / i.
    MapAtR,
    /// 1 / place of the first relevant document.
    Mrr,
    /// (1 / R) Σ `h_i` · (relevant up to i) / i; the denominator is R, not min(k, R).
    Map,
    /// Σ `g_i` / log2(i + 1) with the grades g of relevant documents.
    Dcg,
    /// The same with gains 2^g − 1.
    DcgBurges,
    /// DCG / DCG of the best order.
    Ndcg,
    /// The same with gains 2^g − 1.
    NdcgBurges,
    /// (1 / R) Σ over relevant ranked ones of 1 − min(judged non-relevant above, R) / min(R, N), N judged
    /// non-relevant; 1 each where N = 0, as in `trec_eval`.
    Bpref,
    /// (1 − p) Σ `g_i` p^(i−1).
    Rbp(f64),
    /// Highest precision from the place on where this share of the relevant ones is found.
    Iprec(f64),
}

/// All kinds, those that take a number with any.
const KINDS: [Kind; 16] = [
    Kind::Hits,
    Kind::HitRate,
    Kind::Precision,
    Kind::Recall,
    Kind::F1,
    Kind::RPrecision,
    Kind::MapAtR,
    Kind::Mrr,
    Kind::Map,
    Kind::Dcg,
    Kind::DcgBurges,
    Kind::Ndcg,
    Kind::NdcgBurges,
    Kind::Bpref,
    Kind::Rbp(0.0),
    Kind::Iprec(0.0),
];

/// What else a kind may be called.
const SPELLINGS: [(&str, Kind); 1] = [("r_precision", Kind::RPrecision)];

impl Kind {
    /// The name that a text is or begins with, and what it stands for; names with `.` take a number.
    pub(super) fn named(text: &str) -> Option<(&'static str, Kind)> {
        let mut names = KINDS.into_iter().map(|kind| (kind.name(), kind)).chain(SPELLINGS);
        let is_named = |name: &str| if name.ends_with('.') { text.starts_with(name) } else { text == name };
        names.find(|&(name, _)| is_named(name))
    }

    /// What it says, and where it comes from.
    pub(super) fn metric(self) -> Metric {
        match self {
            Kind::Hits => kinds::HITS,
            Kind::HitRate => kinds::HIT_RATE,
            Kind::Precision => kinds::PRECISION,
            Kind::Recall => kinds::RECALL,
            Kind::F1 => kinds::F1,
            Kind::RPrecision => kinds::R_PRECISION,
            Kind::MapAtR => kinds::MAP_AT_R,
            Kind::Mrr => kinds::MRR,
            Kind::Map => kinds::MAP,
            Kind::Dcg => kinds::DCG,
            Kind::DcgBurges => kinds::DCG_BURGES,
            Kind::Ndcg => kinds::NDCG,
            Kind::NdcgBurges => kinds::NDCG_BURGES,
            Kind::Bpref => kinds::BPREF,
            Kind::Rbp(_) => kinds::RBP,
            Kind::Iprec(_) => kinds::IPREC,
        }
    }

    /// Name in files, without a number.
    pub(super) fn name(self) -> &'static str {
        written(&self.metric())
    }

    /// Label in tables, without a number.
    pub(super) fn label(self) -> &'static str {
        match self {
            Kind::Hits => "Hits",
            Kind::HitRate => "Hit Rate",
            Kind::Precision => "P",
            Kind::Recall => "Recall",
            Kind::F1 => "F1",
            Kind::RPrecision => "R-Prec",
            Kind::MapAtR => "MAP@R",
            Kind::Mrr => "MRR",
            Kind::Map => "MAP",
            Kind::Dcg => "DCG",
            Kind::DcgBurges => "DCG Burges",
            Kind::Ndcg => "NDCG",
            Kind::NdcgBurges => "NDCG Burges",
            Kind::Bpref => "BPref",
            Kind::Rbp(_) => "RBP.",
            Kind::Iprec(_) => "IPrec.",
        }
    }

    /// Whether it can be cut at a number of documents.
    pub(super) fn has_cutoff(self) -> bool {
        has_cutoff(&self.metric())
    }

    /// The least and the greatest value of a query among the first `k`; `None` where grades decide how much can be gained.
    pub(super) fn range(self, k: Option<usize>) -> Option<(f64, f64)> {
        match self {
            Kind::Hits => k.map(|k| (0.0, to_f64(k as u64))),
            Kind::Dcg | Kind::DcgBurges | Kind::Rbp(_) => None,
            _ => Some((0.0, 1.0)),
        }
    }

    /// Whether a query's value is 1 or 0 whatever the first `k` of its ranking are.
    pub(super) fn is_binary(self, k: Option<usize>) -> bool {
        match self {
            Kind::HitRate => true,
            Kind::Hits | Kind::Precision | Kind::Mrr => k == Some(1),
            _ => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::spaces::retrieval::measure::KNOWN;

    #[test]
    fn every_kind_is_described_once_and_known_to_messages() {
        let described: Vec<Metric> = KINDS.into_iter().map(Kind::metric).collect();
        assert_eq!(described, kinds::KINDS);
        for kind in KINDS {
            let name = kind.name();
            assert!(KNOWN.contains(name) && Kind::named(name) == Some((name, kind)), "{name}");
            let whole = matches!(kind, Kind::RPrecision | Kind::MapAtR | Kind::Bpref | Kind::Rbp(_) | Kind::Iprec(_));
            assert_eq!(kind.has_cutoff(), !whole, "{name}");
        }
        assert_eq!(Kind::named("r_precision"), Some(("r_precision", Kind::RPrecision)));
        assert_eq!((Kind::named("rbp.95"), Kind::named("ndcg_")), (Some(("rbp.", Kind::Rbp(0.0))), None));
    }
}
