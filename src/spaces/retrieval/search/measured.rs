//! Means over queries, with their intervals.

use super::options::SearchOptions;
use crate::numbers::statistics::to_f64;
use crate::spaces::latent::draws::{Draws, Estimate, SHARE};
use crate::spaces::metric::cutoff;
use crate::spaces::metric::retrieval::flags::FLAGS;
use crate::spaces::metric::retrieval::kinds::written;
use crate::spaces::retrieval::flags::Flags;
use crate::spaces::retrieval::measure::Measure;
use crate::spaces::retrieval::relevance::Level;
use crate::taxonomy::rank::Rank;
use serde::Serialize;

/// A measure over all queries.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Measured {
    /// Its name with level, `mrr@10-lspecies`.
    pub name: String,
    /// Its name without.
    pub measure: String,
    /// Rank from which on documents are relevant; `None` where there is no such rank.
    pub rank: Option<String>,
    /// Least relevant grade.
    pub level: Option<i32>,
    /// Queries that have a value: those with something to find.
    pub n: usize,
    /// Mean; `None` without queries.
    pub value: Option<f64>,
    /// Lower end of the 95 % interval, queries drawn by observation.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// Why there is no interval.
    pub no_interval: Option<String>,
}

/// Share of relevant and of other documents that are among the first k.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct TopShare {
    /// First documents.
    pub k: usize,
    /// Share of all pairs of a query and a document of its finest taxon with the document among the first k.
    pub positives: Option<f64>,
    /// Lower end of the 95 % interval, queries drawn by observation.
    pub positives_low: Option<f64>,
    /// Upper end.
    pub positives_high: Option<f64>,
    /// The same for documents of other taxa.
    pub negatives: Option<f64>,
    /// Lower end of the 95 % interval.
    pub negatives_low: Option<f64>,
    /// Upper end.
    pub negatives_high: Option<f64>,
    /// Why there is no interval of positives or of negatives.
    pub no_interval: Option<String>,
}

/// Shares of positives and negatives among the first, from what each query has there and in all.
pub(super) fn top_shares(ks: &[usize], found: &[(&[[u64; 2]], [u64; 2])], draws: &Draws) -> Vec<TopShare> {
    let share = |place: usize, side: usize| -> Estimate {
        let sums: Vec<(f64, f64)> =
            found.iter().map(|(tops, judged)| (to_f64(tops[place][side]), to_f64(judged[side]))).collect();
        draws.ratio(&sums, SHARE)
    };
    let of = |(place, &k): (usize, &usize)| {
        let (positives, negatives) = (share(place, 0), share(place, 1));
        TopShare {
            k,
            positives: positives.value,
            positives_low: positives.low(),
            positives_high: positives.high(),
            negatives: negatives.value,
            negatives_low: negatives.low(),
            negatives_high: negatives.high(),
            no_interval: positives.reason.or(negatives.reason),
        }
    };
    ks.iter().enumerate().map(of).collect()
}

/// What the values of queries are, by what is measured.
enum Values {
    /// 1 or 0.
    YesOrNo,
    /// Any numbers, within bounds where there are such.
    Numbers(Option<(f64, f64)>),
}

/// Name, name without its level, level, and what the values are.
type Named = (String, String, Option<i32>, Values);

/// Names, means and intervals of the values of all queries; without a rank of yellow, yellow and red are left out of both.
pub(super) fn measured(
    options: &SearchOptions,
    levels: &[Level],
    per_query: Vec<Vec<Option<f64>>>,
    yellow_from: Option<Rank>,
    draws: &Draws,
) -> (Vec<Measured>, Vec<Vec<Option<f64>>>) {
    let rank_of = |level: i32| levels.iter().find(|known| known.grade == level).map(|known| known.rank.clone());
    let of_measure = |measure: &Measure| {
        let values = if measure.is_binary() { Values::YesOrNo } else { Values::Numbers(measure.range()) };
        (measure.name(), measure.base_name(), Some(measure.level), values)
    };
    let mut named: Vec<Named> = options.measures.iter().map(of_measure).collect();
    for &k in &options.ks {
        named.extend(FLAGS.iter().map(|measure| {
            let flag = written(&measure.metric);
            let values = match Flags::range(flag) {
                _ if Flags::is_binary(flag, k) => Values::YesOrNo,
                range => Values::Numbers(range),
            };
            let name = cutoff::at(measure.metric.name, k);
            (name.clone(), name, None, values)
        }));
    }
    let left_out = |name: &str| yellow_from.is_none() && Flags::NEED_YELLOW.iter().any(|flag| name.starts_with(flag));
    named
        .into_iter()
        .zip(per_query)
        .filter(|((name, _, level, _), _)| level.is_some() || !left_out(name))
        .map(|((name, measure, level, kind), values)| {
            let of = match kind {
                Values::YesOrNo => draws.share(&values),
                Values::Numbers(range) => draws.mean(&values, range),
            };
            let measured = Measured {
                name,
                measure,
                rank: level.and_then(rank_of),
                level,
                n: values.iter().flatten().count(),
                value: of.value,
                low: of.low(),
                high: of.high(),
                no_interval: of.reason,
            };
            (measured, values)
        })
        .unzip()
}
