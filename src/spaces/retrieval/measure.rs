//! Measures of a ranking by the names that ranx gives them: `name[@k][-l<level>]`.

mod fault;
mod gain;
mod kind;
mod notation;
mod precision;

pub use fault::{KNOWN, MeasureError};
pub use kind::Kind;

use super::query::Query;
use crate::numbers::statistics::to_f64;
use crate::scores::metric::Metric;
use crate::spaces::latent::whole_ranking::{map_at_r, r_precision};
use gain::{burges, gained, linear, normalised, rank_biased};
use notation::Notation;
use precision::{average, bpref, harmonic, interpolated};

/// A measure.
#[derive(Debug, Clone, PartialEq)]
pub struct Measure {
    /// What is measured.
    pub kind: Kind,
    /// Documents looked at; `None` for all that are ranked.
    pub k: Option<usize>,
    /// Least grade that is relevant, 1 unless asked otherwise.
    pub level: i32,
    /// The number of `rbp` or `iprec` as it was written.
    number: String,
    /// What stands after `-l`, as it was written; empty where nothing does.
    pub level_name: String,
}

/// Which labels tables have.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Labels {
    /// Those of ranx today: `Hit Rate@10`.
    #[default]
    Current,
    /// Those of ranx before 0.3: `Hit_Rate@10`.
    Legacy,
}

impl Measure {
    /// Reads one measure, or the eleven of `iprec`; `ranks` are the names that stand for levels.
    ///
    /// # Errors
    ///
    /// [`MeasureError`].
    pub fn parse(text: &str, ranks: &[(&str, i32)]) -> Result<Vec<Measure>, MeasureError> {
        let notation = Notation::of(text);
        let (level, level_name) = notation.level(ranks)?;
        if notation.is_eleven_points() {
            let point = |tenth: usize| Measure {
                kind: Kind::Iprec(to_f64(tenth as u64) / 10.0),
                k: None,
                level,
                number: format!("{}.{}", tenth / 10, tenth % 10),
                level_name: level_name.clone(),
            };
            return Ok((0..=10).map(point).collect());
        }
        let named = notation.named()?;
        let k = notation.cutoff(&named)?;
        Ok(vec![Measure { kind: named.kind, k, level, number: named.number, level_name }])
    }

    /// What its kind says, and where it comes from.
    #[must_use]
    pub fn metric(&self) -> Metric {
        self.kind.metric()
    }

    /// The measure at another level, whose name is given.
    #[must_use]
    pub fn at_level(&self, level: i32, name: &str) -> Measure {
        Measure { level, level_name: name.to_string(), ..self.clone() }
    }

    /// The name without its level: `mrr@10`.
    #[must_use]
    pub fn base_name(&self) -> String {
        let cutoff = self.k.map(|k| format!("@{k}")).unwrap_or_default();
        format!("{}{}{cutoff}", self.kind.name(), self.number)
    }

    /// The name in files: `mrr@10`, `precision@5-l2`, `rbp.95`.
    #[must_use]
    pub fn name(&self) -> String {
        let level = if self.level_name.is_empty() { String::new() } else { format!("-l{}", self.level_name) };
        self.base_name() + &level
    }

    /// The label in tables, as ranx has it: `MRR@10`, `P@5-l2`.
    #[must_use]
    pub fn label(&self, labels: Labels) -> String {
        let label = self.kind.label();
        let label = if labels == Labels::Legacy { label.replace(' ', "_") } else { label.to_string() };
        let cutoff = self.k.map(|k| format!("@{k}")).unwrap_or_default();
        let level = if self.level_name.is_empty() { String::new() } else { format!("-l{}", self.level_name) };
        format!("{label}{}{cutoff}{level}", self.number)
    }

    /// The least and the greatest value of a query; `None` where grades decide how much can be gained.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        self.kind.range(self.k)
    }

    /// Whether a query's value is 1 or 0 by what is measured, whatever the rankings: such a mean is a share of queries.
    ///
    /// Precision, say, is no share of queries even where each query happens to have 1 or 0.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        self.kind.is_binary(self.k)
    }

    /// Whether it needs rankings of all documents.
    #[must_use]
    pub fn needs_whole_rankings(&self) -> bool {
        self.k.is_none()
    }

    /// The value for one query; 0 where nothing is relevant.
    ///
    /// # Source
    ///
    /// Järvelin & Kekäläinen 2002 (DCG), Burges et al. 2005 (its other gain), Buckley & Voorhees 2004
    /// (bpref), Moffat & Zobel 2008 (RBP), Musgrave et al. 2020 (MAP@R); the conventions are those of ranx 0.3.21, bpref's those of `trec_eval`.
    #[must_use]
    pub fn of(&self, query: &Query<'_>) -> f64 {
        let level = self.level;
        let relevant = query.relevant(level);
        if relevant == 0 {
            return 0.0;
        }
        let looked_at = self.k.unwrap_or(query.ranked.len());
        let first = &query.ranked[..looked_at.min(query.ranked.len())];
        let is_hit = |grade: &Option<i32>| grade.is_some_and(|grade| grade >= level);
        let hits = |ranked: &[Option<i32>]| to_f64(ranked.iter().filter(|grade| is_hit(grade)).count() as u64);
        let found = hits(first);
        let all = to_f64(relevant);
        let precision = if looked_at == 0 { 0.0 } else { found / to_f64(looked_at as u64) };
        let value = match self.kind {
            Kind::Hits => found,
            Kind::HitRate => f64::from(found > 0.0),
            Kind::Precision => precision,
            Kind::Recall => found / all,
            Kind::F1 => harmonic(precision, found / all),
            Kind::RPrecision => r_precision(query.ranked.iter().map(is_hit), relevant),
            Kind::MapAtR => map_at_r(query.ranked.iter().map(is_hit), relevant),
            Kind::Mrr => first.iter().position(is_hit).map_or(0.0, |place| 1.0 / to_f64(place as u64 + 1)),
            Kind::Map => average(first, level, all),
            Kind::Dcg => gained(first, level, linear),
            Kind::DcgBurges => gained(first, level, burges),
            Kind::Ndcg => normalised(query, first, self.k, level, linear),
            Kind::NdcgBurges => normalised(query, first, self.k, level, burges),
            Kind::Bpref => bpref(query, level, relevant),
            Kind::Rbp(p) => rank_biased(first, level, p),
            Kind::Iprec(recall) => interpolated(first, level, recall * all),
        };
        // A sum of nothing is −0.
        value + 0.0
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests")]
mod tests {
    use super::*;
    use crate::spaces::retrieval::query::counted;
    use rand::RngExt;
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    fn one(text: &str) -> Measure {
        Measure::parse(text, &[]).unwrap().remove(0)
    }

    #[test]
    fn a_share_of_queries_is_one_by_what_is_measured() {
        for text in ["hit_rate", "hit_rate@5-l2", "precision@1", "mrr@1-l2", "hits@1"] {
            assert!(one(text).is_binary(), "{text}");
        }
        // Each may happen to be 0 or 1 for all queries of a sample.
        for text in
            ["hits", "hits@3", "dcg@1", "ndcg@1", "recall@1", "map@1", "f1@1", "r-precision", "map@r", "precision", "bpref"]
        {
            assert!(!one(text).is_binary(), "{text}");
        }
    }

    #[test]
    fn names_and_labels_come_back() {
        for (text, label, legacy) in [
            ("hit_rate@1", "Hit Rate@1", "Hit_Rate@1"),
            ("precision@3-l2", "P@3-l2", "P@3-l2"),
            ("ndcg_burges", "NDCG Burges", "NDCG_Burges"),
            ("rbp.95", "RBP.95", "RBP.95"),
            ("r-precision-l3", "R-Prec-l3", "R-Prec-l3"),
            ("iprec.0.3", "IPrec.0.3", "IPrec.0.3"),
        ] {
            let measure = one(text);
            assert_eq!(
                (measure.name(), measure.label(Labels::Current), measure.label(Labels::Legacy)),
                (text.into(), label.into(), legacy.into())
            );
        }
        assert_eq!(one("r_precision").name(), "r-precision");
        assert_eq!(
            (one("map@R").name().as_str(), one("map@r").k, one("map@r").label(Labels::Current).as_str()),
            ("map@r", None, "MAP@R")
        );
        assert_eq!(one("rbp@80").kind, Kind::Rbp(0.8));
        assert_eq!(Measure::parse("iprec", &[]).unwrap().len(), 11);
        let family = Measure::parse("mrr@10-lfamily", &[("order", 1), ("family", 2)]).unwrap().remove(0);
        assert_eq!((family.level, family.name().as_str()), (2, "mrr@10-lfamily"));
    }

    #[test]
    fn what_is_no_measure_is_said() {
        let said = |text: &str| Measure::parse(text, &[("order", 1), ("family", 2)]).unwrap_err().to_string();
        for (text, part) in [
            ("mmr@10", "there is no 'mmr' (did you mean 'mrr'?); there are hits, hit_rate, precision"),
            ("mrr@0", "'@0' is no cutoff"),
            ("mrr@-3", "'@-3' is no cutoff"),
            ("mrr@ten", "'@ten' is no cutoff"),
            ("r-precision@5", "r-precision has no cutoff; leave '@5' out"),
            ("mrr-l0", "'-l0' is no level"),
            ("mrr-lgenus", "one of the ranks that occur: order, family"),
            ("rbp.x", "'x' is no persistence"),
            ("rbp.0", "'0' is no persistence"),
            ("iprec.2", "'2' is no share from 0 to 1"),
        ] {
            assert!(said(text).contains(part) && said(text).contains(text), "{}", said(text));
        }
    }

    #[test]
    fn a_ranking_by_hand() {
        // Ranked grades 0 3 – 1 2 (– was not judged); judged 3 2 1 1 0 0: R = 4, N = 2.
        let ranked = [Some(0), Some(3), None, Some(1), Some(2)];
        let judged = counted([3, 2, 1, 1, 0, 0]);
        let query = Query { ranked: &ranked, judged: &judged };
        let of = |text: &str| one(text).of(&query);
        let close = |text: &str, expected: f64| assert!((of(text) - expected).abs() < 1e-12, "{text}: {} {expected}", of(text));
        // Hits at 2, 4, 5.
        close("hits", 3.0);
        close("precision@2", 0.5);
        close("precision@10", 0.3);
        close("recall@4", 0.5);
        // P = 2/4, R = 2/4.
        close("f1@4", 0.5);
        // Among the first 4: two, at 2 and 4: (1/2 + 2/4) / 4.
        close("r-precision", 0.5);
        close("map@r", 0.25);
        close("mrr", 0.5);
        // (1/2 + 2/4 + 3/5) / 4.
        close("map", 0.4);
        // 3 / log2 3 + 1 / log2 5 + 2 / log2 6.
        let dcg = 3.0 / 3_f64.log2() + 1.0 / 5_f64.log2() + 2.0 / 6_f64.log2();
        close("dcg", dcg);
        // Best order 3 2 1 1: 3 + 2 / log2 3 + 1 / 2 + 1 / log2 5.
        close("ndcg", dcg / (3.0 + 2.0 / 3_f64.log2() + 0.5 + 1.0 / 5_f64.log2()));
        // Cut at 2 on both sides: (3 / log2 3) / (3 + 2 / log2 3).
        close("ndcg@2", (3.0 / 3_f64.log2()) / (3.0 + 2.0 / 3_f64.log2()));
        // Gains 7, 1, 3.
        close("dcg_burges", 7.0 / 3_f64.log2() + 1.0 / 5_f64.log2() + 3.0 / 6_f64.log2());
        // One non-relevant above each of three: 3 · (1 − 1 / min(4, 2)) / 4.
        close("bpref", 0.375);
        // 0.5 · (3 · 0.5 + 1 · 0.125 + 2 · 0.0625).
        close("rbp.5", 0.875);
        // From the first relevant on: the highest of 1/2, 2/4, 3/5.
        close("iprec.0.1", 0.6);
        // The fourth relevant one is never found.
        close("iprec.1.0", 0.0);
        // Relevant from 2 on: 3 and 2, at 2 and 5: (1/2 + 2/5) / 2.
        close("map-l2", 0.45);
        close("mrr-l4", 0.0);
        let nothing = Query { ranked: &[Some(0)], judged: &counted([1, 0]) };
        assert!(["dcg", "ndcg@10", "map", "bpref"].iter().all(|name| one(name).of(&nothing).is_sign_positive()));
    }

    #[test]
    fn random_rankings_agree_with_the_definitions_written_out() {
        let mut random = ChaCha8Rng::seed_from_u64(11);
        for _ in 0..300 {
            let n = random.random_range(0..30_usize);
            let grade = |random: &mut ChaCha8Rng| random.random_range(-1..4_i32);
            let ranked: Vec<Option<i32>> = (0..n).map(|_| random.random_bool(0.8).then(|| grade(&mut random))).collect();
            let missed: Vec<i32> = (0..random.random_range(0..6)).map(|_| grade(&mut random)).collect();
            let all: Vec<i32> = ranked.iter().copied().flatten().chain(missed).collect();
            let judged = counted(all.iter().copied());
            let query = Query { ranked: &ranked, judged: &judged };
            let level = random.random_range(1..4_i32);
            let k = random.random_range(1..35_usize);
            let hit = |place: usize| ranked[place].is_some_and(|grade| grade >= level);
            let r = all.iter().filter(|grade| **grade >= level).count();
            let per = |value: f64| if r == 0 { 0.0 } else { value / r as f64 };
            let map =
                per((0..n.min(k)).filter(|&i| hit(i)).map(|i| (0..=i).filter(|&j| hit(j)).count() as f64 / (i + 1) as f64).sum());
            let gain = |grade: i32| if grade >= level { 2_f64.powi(grade) - 1.0 } else { 0.0 };
            let sum = |grades: &[i32]| -> f64 {
                grades.iter().take(k).enumerate().map(|(i, &grade)| gain(grade) / ((i + 2) as f64).log2()).sum()
            };
            let mut best = all.clone();
            best.sort_by(|a, b| b.cmp(a));
            let given: Vec<i32> = ranked.iter().map(|grade| grade.unwrap_or(0)).collect();
            let ndcg = if sum(&best) > 0.0 { sum(&given) / sum(&best) } else { 0.0 };
            let others = all.iter().filter(|grade| (0..level).contains(*grade)).count();
            let bpref = per((0..n)
                .filter(|&i| hit(i))
                .map(|i| {
                    let above = (0..i).filter(|&j| ranked[j].is_some_and(|grade| (0..level).contains(&grade))).count();
                    if others == 0 { 1.0 } else { 1.0 - above.min(r) as f64 / others.min(r) as f64 }
                })
                .sum());
            for (text, expected) in [
                (format!("map@{k}-l{level}"), map),
                (format!("ndcg_burges@{k}-l{level}"), ndcg),
                (format!("bpref-l{level}"), bpref),
            ] {
                let value = one(&text).of(&query);
                assert!((value - expected).abs() < 1e-12, "{text}: {value} {expected} {ranked:?} {judged:?}");
            }
        }
    }
}
