//! Presence, richness and occupancy over all sites, at one rank.

use super::census::{Census, TaxonSites};
use super::site_scores::SiteScores;
use crate::numbers::correlation::pearson;
use crate::numbers::interval::{Mean, MetricIntervals, NoInterval, Sample};
use crate::numbers::statistics::{mean, to_f64};
use crate::taxonomy::rank::Rank;

/// Presence over all sites; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct RankPresence {
    /// What is counted: `image` or `event`.
    pub unit: &'static str,
    /// The rank of the taxa.
    pub rank: Rank,
    pub n: u64,
    pub sites: u64,
    pub taxa: u64,
    pub taxa_true: u64,
    pub taxa_answered: u64,
    pub richness_true: Option<f64>,
    pub richness_answered: Option<f64>,
    pub richness_bias: Option<f64>,
    pub richness_mae: Option<f64>,
    pub richness_correlation: Option<f64>,
    pub jaccard: Option<f64>,
    pub accuracy: Option<f64>,
    pub false_positive_rate: Option<f64>,
    pub false_negative_rate: Option<f64>,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub false_presences: u64,
    pub false_absences: u64,
    pub occupancy_mae: Option<f64>,
    /// The intervals of the others, by site.
    pub intervals: MetricIntervals,
}

/// Names of the means over sites, in the order of [`means`].
const MEANS: [&str; 10] = [
    "richness_true",
    "richness_answered",
    "richness_bias",
    "richness_mae",
    "jaccard",
    "accuracy",
    "false_positive_rate",
    "false_negative_rate",
    "precision",
    "recall",
];

/// What a site adds to the sum and to the weight of each mean: to those of lists one, to those of cells its cells.
fn parts(row: &SiteScores, pool: u64) -> [(f64, f64); 10] {
    let counts = [row.richness_true, row.richness_answered, row.shared, row.false_presences, row.false_absences, pool];
    let [present, found, shared, false_presences, false_absences, pool] = counts.map(to_f64);
    let absent = pool - present;
    [
        (present, 1.0),
        (found, 1.0),
        (found - present, 1.0),
        ((found - present).abs(), 1.0),
        row.jaccard.map_or((0.0, 0.0), |jaccard| (jaccard, 1.0)),
        (shared + absent - false_presences, pool),
        (false_presences, absent),
        (false_absences, present),
        (shared, found),
        (shared, present),
    ]
}

impl RankPresence {
    pub(super) fn of(census: &Census, rows: &[SiteScores], noun: &'static str) -> Self {
        let occupancy = census.occupancy();
        let sample = Sample { noun, ..Sample::default() };
        let means = means(rows, census.pool.len() as u64, &sample);
        let mut intervals = MetricIntervals::default();
        for ((name, mean), found) in MEANS.into_iter().zip(&means).zip(sample.means(&means)) {
            intervals.add_for(name, mean.kinds.mean(), found, noun);
        }
        let correlation = correlation(rows);
        let occupancy_mae = occupancy_mae(&occupancy);
        let none = |value: Option<f64>, what: &'static str| (value, Err(NoInterval::NoMean(what)));
        for (name, (value, found)) in [
            ("richness_correlation", none(correlation, "no mean over sites: a correlation")),
            ("occupancy_mae", none(occupancy_mae, "no mean over sites: one over taxa, whose sites are the same")),
        ] {
            intervals.add_for(name, value, found, noun);
        }
        let values: Vec<Option<f64>> = means.iter().map(|mean| mean.kinds.mean()).collect();
        let value = |name: &str| MEANS.iter().position(|known| *known == name).and_then(|place| values[place]);
        Self {
            unit: census.unit,
            rank: census.rank,
            n: rows.iter().map(|row| row.n).sum(),
            sites: rows.len() as u64,
            taxa: census.pool.len() as u64,
            taxa_true: occupancy.iter().filter(|taxon| taxon.present > 0).count() as u64,
            taxa_answered: occupancy.iter().filter(|taxon| taxon.found > 0).count() as u64,
            richness_true: value("richness_true"),
            richness_answered: value("richness_answered"),
            richness_bias: value("richness_bias"),
            richness_mae: value("richness_mae"),
            richness_correlation: correlation,
            jaccard: value("jaccard"),
            accuracy: value("accuracy"),
            false_positive_rate: value("false_positive_rate"),
            false_negative_rate: value("false_negative_rate"),
            precision: value("precision"),
            recall: value("recall"),
            false_presences: rows.iter().map(|row| row.false_presences).sum(),
            false_absences: rows.iter().map(|row| row.false_absences).sum(),
            occupancy_mae,
            intervals,
        }
    }
}

/// The means over sites, each site being drawn as a whole.
fn means(rows: &[SiteScores], pool: u64, sample: &Sample) -> Vec<Mean> {
    let parts: Vec<[(f64, f64); 10]> = rows.iter().map(|row| parts(row, pool)).collect();
    let of = |(place, name): (usize, &str)| {
        let values = parts.iter().enumerate().map(|(site, parts)| (site, parts[place].0, parts[place].1));
        let range = if name.starts_with("richness") { None } else { Some((0.0, 1.0)) };
        Mean { kinds: sample.kinds(values), range }
    };
    MEANS.into_iter().enumerate().map(of).collect()
}

fn correlation(rows: &[SiteScores]) -> Option<f64> {
    let of = |richness: fn(&SiteScores) -> u64| rows.iter().map(|row| to_f64(richness(row))).collect::<Vec<f64>>();
    pearson(&of(|row| row.richness_true), &of(|row| row.richness_answered))
}

/// How far the share of sites of a taxon by the answers is from that by the truth, averaged over the taxa.
fn occupancy_mae(occupancy: &[TaxonSites]) -> Option<f64> {
    mean(occupancy.iter().map(|taxon| to_f64(taxon.found.abs_diff(taxon.present)) / to_f64(taxon.sites)))
}
