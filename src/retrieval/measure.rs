//! Measures of a ranking by the names that ranx gives them: `name[@k][-l<level>]`.

use super::query::Query;
use crate::latent::whole_ranking::{map_at_r, r_precision};
use crate::statistics::to_f64;

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

/// The names for messages.
pub const KNOWN: &str = "hits, hit_rate, precision, recall, f1, r-precision, map@r, mrr, map, dcg, dcg_burges, ndcg, ndcg_burges, bpref, \
                         rbp.NN (rbp.95), iprec (11 points) or iprec.R (iprec.0.3), each with @k (@10) where it has a cutoff and \
                         -l<level> (-l2) for the least grade that is relevant";

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

/// Why a measure cannot be used.
#[derive(Debug, thiserror::Error, PartialEq, Eq)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum MeasureError {
    #[error("measure '{text}': there is no '{name}'; there are {KNOWN}")]
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

impl Measure {
    /// Reads one measure, or the eleven of `iprec`; `ranks` are the names that stand for levels.
    ///
    /// # Errors
    ///
    /// [`MeasureError`].
    pub fn parse(text: &str, ranks: &[(&str, i32)]) -> Result<Vec<Measure>, MeasureError> {
        let whole = text.trim();
        let (rest, level) = match whole.rsplit_once("-l") {
            Some((rest, level)) => (rest, Some(level)),
            None => (whole, None),
        };
        let (level, level_name) = match level {
            None => (1, String::new()),
            Some(level) => (self::level(whole, level, ranks)?, level.to_string()),
        };
        let (name, mut k) = match rest.split_once('@') {
            Some((name, k)) => (name, Some(k)),
            None => (rest, None),
        };
        // ranx takes rbp@95 as well.
        let dotted;
        let name = match (name, k) {
            ("rbp", Some(number)) => {
                dotted = format!("rbp.{number}");
                k = None;
                dotted.as_str()
            }
            // The cutoff is the number of relevant documents.
            ("map", Some("r" | "R")) => {
                k = None;
                "map@r"
            }
            _ => name,
        };
        if name == "iprec" && k.is_none() {
            let point = |tenth: usize| Measure {
                kind: Kind::Iprec(to_f64(tenth as u64) / 10.0),
                k: None,
                level,
                number: format!("{}.{}", tenth / 10, tenth % 10),
                level_name: level_name.clone(),
            };
            return Ok((0..=10).map(point).collect());
        }
        let known =
            |(known, ..): &&(&str, &str, Kind)| if known.ends_with('.') { name.starts_with(known) } else { name == *known };
        let Some((known, _, kind)) = NAMES.iter().find(known) else {
            return Err(MeasureError::Unknown { text: whole.to_string(), name: name.to_string() });
        };
        let number = if known.ends_with('.') { name[known.len()..].to_string() } else { String::new() };
        let kind = match kind {
            Kind::Rbp(_) => Kind::Rbp(persistence(whole, &number)?),
            Kind::Iprec(_) => Kind::Iprec(share(whole, &number)?),
            kind => *kind,
        };
        let k = match (k, kind) {
            (None, _) => None,
            (Some(k), Kind::RPrecision | Kind::Bpref | Kind::Rbp(_) | Kind::Iprec(_)) => {
                return Err(MeasureError::NoCutoff {
                    text: whole.to_string(),
                    name: known.trim_end_matches('.'),
                    k: k.to_string(),
                });
            }
            (Some(k), _) => match k.parse::<usize>() {
                Ok(count) if count > 0 => Some(count),
                _ => return Err(MeasureError::Cutoff { text: whole.to_string(), k: k.to_string() }),
            },
        };
        Ok(vec![Measure { kind, k, level, number, level_name }])
    }

    /// The measure at another level, whose name is given.
    #[must_use]
    pub fn at_level(&self, level: i32, name: &str) -> Measure {
        Measure { level, level_name: name.to_string(), ..self.clone() }
    }

    fn names(&self) -> (&'static str, &'static str) {
        let same = |kind: &Kind| std::mem::discriminant(kind) == std::mem::discriminant(&self.kind);
        NAMES.iter().find(|(.., kind)| same(kind)).map_or(("", ""), |(name, label, _)| (name, label))
    }

    /// The name without its level: `mrr@10`.
    #[must_use]
    pub fn base_name(&self) -> String {
        let cutoff = self.k.map(|k| format!("@{k}")).unwrap_or_default();
        format!("{}{}{cutoff}", self.names().0, self.number)
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
        let label = self.names().1;
        let label = if labels == Labels::Legacy { label.replace(' ', "_") } else { label.to_string() };
        let cutoff = self.k.map(|k| format!("@{k}")).unwrap_or_default();
        let level = if self.level_name.is_empty() { String::new() } else { format!("-l{}", self.level_name) };
        format!("{label}{}{cutoff}{level}", self.number)
    }

    /// The least and the greatest value of a query; `None` where grades decide how much can be gained.
    #[must_use]
    pub fn range(&self) -> Option<(f64, f64)> {
        match self.kind {
            Kind::Hits => self.k.map(|k| (0.0, to_f64(k as u64))),
            Kind::Dcg | Kind::DcgBurges | Kind::Rbp(_) => None,
            _ => Some((0.0, 1.0)),
        }
    }

    /// Whether a query's value is 1 or 0 by what is measured, whatever the rankings: such a mean is a share of queries.
    ///
    /// Precision, say, is no share of queries even where each query happens to have 1 or 0.
    #[must_use]
    pub fn is_binary(&self) -> bool {
        match self.kind {
            Kind::HitRate => true,
            Kind::Hits | Kind::Precision | Kind::Mrr => self.k == Some(1),
            _ => false,
        }
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
            Kind::F1 => {
                let recall = found / all;
                if precision + recall > 0.0 { 2.0 * precision * recall / (precision + recall) } else { 0.0 }
            }
            Kind::RPrecision => r_precision(query.ranked.iter().map(is_hit), relevant),
            Kind::MapAtR => map_at_r(query.ranked.iter().map(is_hit), relevant),
            Kind::Mrr => first.iter().position(is_hit).map_or(0.0, |place| 1.0 / to_f64(place as u64 + 1)),
            Kind::Map => {
                let (mut sum, mut so_far) = (0.0, 0.0);
                for (place, _) in first.iter().enumerate().filter(|(_, grade)| is_hit(grade)) {
                    so_far += 1.0;
                    sum += so_far / to_f64(place as u64 + 1);
                }
                sum / all
            }
            Kind::Dcg => gained(first, level, linear),
            Kind::DcgBurges => gained(first, level, burges),
            Kind::Ndcg => normalised(query, first, self.k, level, linear),
            Kind::NdcgBurges => normalised(query, first, self.k, level, burges),
            Kind::Bpref => bpref(query, level, relevant),
            Kind::Rbp(p) => {
                let mut weight = 1.0 - p;
                let mut sum = 0.0;
                for grade in first {
                    sum += weight * grade.filter(|grade| *grade >= level).map_or(0.0, linear);
                    weight *= p;
                }
                sum
            }
            Kind::Iprec(recall) => interpolated(first, level, recall * all),
        };
        // A sum of nothing is −0.
        value + 0.0
    }
}

fn level(whole: &str, level: &str, ranks: &[(&str, i32)]) -> Result<i32, MeasureError> {
    if let Some((_, level)) = ranks.iter().find(|(rank, _)| *rank == level) {
        return Ok(*level);
    }
    let known = ranks.iter().map(|(rank, _)| *rank).collect::<Vec<_>>().join(", ");
    let hint = if ranks.is_empty() { String::new() } else { format!(", or one of the ranks that occur: {known}") };
    let fault = || MeasureError::Level { text: whole.to_string(), level: level.to_string(), hint };
    level.parse::<i32>().ok().filter(|level| *level > 0).ok_or_else(fault)
}

/// The persistence of `rbp.95`: what stands after the point, as decimals.
fn persistence(whole: &str, number: &str) -> Result<f64, MeasureError> {
    let fault = || MeasureError::Number {
        text: whole.to_string(),
        number: number.to_string(),
        wanted: "persistence; write 0.95 as rbp.95",
    };
    let digits = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    digits.then(|| format!("0.{number}").parse().ok()).flatten().filter(|p| *p > 0.0).ok_or_else(fault)
}

fn share(whole: &str, number: &str) -> Result<f64, MeasureError> {
    let fault = || MeasureError::Number {
        text: whole.to_string(),
        number: number.to_string(),
        wanted: "share from 0 to 1; write iprec.0.3",
    };
    number.parse().ok().filter(|share| (0.0..=1.0).contains(share)).ok_or_else(fault)
}

fn linear(grade: i32) -> f64 {
    f64::from(grade)
}

fn burges(grade: i32) -> f64 {
    f64::from(grade).exp2() - 1.0
}

fn discount(place: u64) -> f64 {
    (to_f64(place) + 2.0).log2()
}

fn gained(ranked: &[Option<i32>], level: i32, gain: fn(i32) -> f64) -> f64 {
    let one = |(place, grade): (usize, &Option<i32>)| {
        grade.filter(|grade| *grade >= level).map(|grade| gain(grade) / discount(place as u64))
    };
    ranked.iter().enumerate().filter_map(one).sum()
}

fn normalised(query: &Query<'_>, first: &[Option<i32>], k: Option<usize>, level: i32, gain: fn(i32) -> f64) -> f64 {
    let limit = k.map_or(query.ranked.len(), |k| k) as u64;
    // Whole rankings are held against the whole best order, as trec_eval and ranx do.
    let limit = if k.is_none() { u64::MAX } else { limit };
    let (mut ideal, mut place) = (0.0, 0);
    for &(grade, count) in query.judged.iter().take_while(|(grade, _)| *grade >= level) {
        let until = place + count.min(limit - place);
        while place < until {
            ideal += gain(grade) / discount(place);
            place += 1;
        }
    }
    if ideal > 0.0 { gained(first, level, gain) / ideal } else { 0.0 }
}

fn bpref(query: &Query<'_>, level: i32, relevant: u64) -> f64 {
    let others = query.not_relevant(level);
    let (mut above, mut sum) = (0, 0.0);
    for grade in query.ranked.iter().flatten() {
        if *grade >= level {
            sum += if above == 0 { 1.0 } else { 1.0 - to_f64(above.min(relevant)) / to_f64(relevant.min(others)) };
        } else if *grade >= 0 {
            above += 1;
        }
    }
    sum / to_f64(relevant)
}

fn interpolated(ranked: &[Option<i32>], level: i32, wanted: f64) -> f64 {
    // The place is that of the ⌊wanted + 0.9⌋-th relevant document, as in trec_eval and ranx.
    let from = (wanted + 0.9).floor();
    let (mut so_far, mut best) = (0.0, 0.0_f64);
    for (place, grade) in ranked.iter().enumerate() {
        if grade.is_some_and(|grade| grade >= level) {
            so_far += 1.0;
            if so_far >= from {
                best = best.max(so_far / to_f64(place as u64 + 1));
            }
        }
    }
    best
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests")]
mod tests {
    use super::*;
    use crate::retrieval::query::counted;
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
            ("mmr@10", "there is no 'mmr'; there are hits, hit_rate, precision"),
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
