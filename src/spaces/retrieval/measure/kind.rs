//! What is measured, and the names that it goes by.

use crate::numbers::statistics::to_f64;

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

/// The names, in the order in which messages list them; those with `.` take a number.
const NAMES: [(&str, &str, Kind); 17] = [
    ("hits", "Hits", Kind::Hits),
    ("hit_rate", "Hit Rate", Kind::HitRate),
    ("precision", "P", Kind::Precision),
    ("recall", "Recall", Kind::Recall),
    ("f1", "F1", Kind::F1),
    ("r-precision", "R-Prec", Kind::RPrecision),
    ("r_precision", "R-Prec", Kind::RPrecision),
    ("map@r", "MAP@R", Kind::MapAtR),
    ("mrr", "MRR", Kind::Mrr),
    ("map", "MAP", Kind::Map),
    ("dcg", "DCG", Kind::Dcg),
    ("dcg_burges", "DCG Burges", Kind::DcgBurges),
    ("ndcg", "NDCG", Kind::Ndcg),
    ("ndcg_burges", "NDCG Burges", Kind::NdcgBurges),
    ("bpref", "BPref", Kind::Bpref),
    ("rbp.", "RBP.", Kind::Rbp(0.0)),
    ("iprec.", "IPrec.", Kind::Iprec(0.0)),
];

impl Kind {
    /// The name that a text is or begins with, and what it stands for.
    pub(super) fn named(text: &str) -> Option<(&'static str, Kind)> {
        let is_named =
            |(name, ..): &&(&str, &str, Kind)| if name.ends_with('.') { text.starts_with(name) } else { text == *name };
        NAMES.iter().find(is_named).map(|&(name, _, kind)| (name, kind))
    }

    /// Name in files and label in tables, without a number.
    pub(super) fn names(self) -> (&'static str, &'static str) {
        let same = |kind: Kind| std::mem::discriminant(&kind) == std::mem::discriminant(&self);
        NAMES.iter().find(|(.., kind)| same(*kind)).map_or(("", ""), |(name, label, _)| (name, label))
    }

    /// Whether it can be cut at a number of documents.
    pub(super) fn has_cutoff(self) -> bool {
        !matches!(self, Kind::RPrecision | Kind::Bpref | Kind::Rbp(_) | Kind::Iprec(_))
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
