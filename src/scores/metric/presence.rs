//! Metrics of what was found where: over all sites, and site by site.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{MEAN, NO_MEAN, SHARE, UNBOUNDED, Uncertainty};
use crate::numbers::interval::MetricIntervals;
use crate::numbers::statistics::wilson;
use crate::scores::presence::{PresenceScores, RankPresence, SiteScores};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

const MACKENZIE: &str = "naive occupancy and false positives, as MacKenzie 2002 and Royle & Link 2006 model them";
const RICHNESS: &str = "species density; Gotelli & Colwell 2001";
const TAXA: &str = "a count of taxa";

/// A metric of lists of taxa: so many, averaged over sites.
macro_rules! richness {
    ($field:ident, $sentence:literal, $formula:literal, $range:literal) => {
        Measure {
            metric: Block::Presence
                .metric(stringify!($field), $sentence, $formula)
                .neither()
                .within($range)
                .by(RICHNESS)
                .with(UNBOUNDED),
            value: |row| Value::Number(row.$field),
        }
    };
}

/// The metrics of presence, in the order of their keys.
pub static PRESENCE: [Measure<RankPresence>; 19] = [
    Measure {
        metric: Block::Presence
            .metric("n", "Images (or events) that count: they have a site, and a truth at the rank.", "#{i}")
            .count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Presence.metric("sites", "Sites (or cameras) with any of these, or with images that show no taxon.", "S").count(),
        value: |row| Value::Count(Some(row.sites)),
    },
    Measure {
        metric: Block::Presence
            .metric("taxa", "Taxa that are present at some site, by the truth or by the answers: the pool.", "R")
            .count(),
        value: |row| Value::Count(Some(row.taxa)),
    },
    Measure {
        metric: Block::Presence.metric("taxa_true", "Taxa of the pool that are present by the truth.", "#{t true somewhere}").count(),
        value: |row| Value::Count(Some(row.taxa_true)),
    },
    Measure {
        metric: Block::Presence
            .metric("taxa_answered", "Taxa of the pool that are present by the answers.", "#{t answered somewhere}")
            .count(),
        value: |row| Value::Count(Some(row.taxa_answered)),
    },
    richness!(richness_true, "Taxa of a site by the truth, on average.", "mean over sites of |T_s|", "0 or more"),
    richness!(richness_answered, "Taxa of a site by the answers, on average.", "mean over sites of |A_s|", "0 or more"),
    richness!(
        richness_bias,
        "Taxa that the answers find at a site beyond the true number, on average; below 0 they find too few.",
        "mean over sites of |A_s| − |T_s|",
        "taxa, of either sign"
    ),
    Measure {
        metric: Block::Presence
            .metric(
                "richness_mae",
                "How far the number of taxa of a site is from the true one, on average, too many and too few not cancelling.",
                "mean over sites of | |A_s| − |T_s| |",
            )
            .lower()
            .within("0 or more")
            .by(RICHNESS)
            .with(UNBOUNDED),
        value: |row| Value::Number(row.richness_mae),
    },
    Measure {
        metric: Block::Presence
            .metric(
                "richness_correlation",
                "Whether sites with more taxa are found to have more; undefined where one of the two does not vary.",
                "Pearson's r over sites of |A_s| and |T_s|",
            )
            .within("−1 to 1")
            .by("Pearson 1895")
            .with(NO_MEAN),
        value: |row| Value::Number(row.richness_correlation),
    },
    Measure {
        metric: Block::Presence
            .metric("jaccard", "Overlap of the list of taxa of a site with the true one, on average.", "mean over sites of |A ∩ T| / |A ∪ T|")
            .by("Jaccard 1901")
            .with(MEAN),
        value: |row| Value::Number(row.jaccard),
    },
    Measure {
        metric: Block::Presence
            .metric(
                "accuracy",
                "Share of pairs of site and taxon of the pool whose presence or absence is right; absences count, so a larger pool is kinder.",
                "(both present + both absent) / (S R)",
            )
            .by(MACKENZIE)
            .with(MEAN),
        value: |row| Value::Number(row.accuracy),
    },
    Measure {
        metric: Block::Presence
            .metric(
                "false_positive_rate",
                "Share of true absences (site, taxon of the pool) where the answers find the taxon.",
                "false presences / true absences",
            )
            .lower()
            .by(MACKENZIE)
            .with(MEAN),
        value: |row| Value::Number(row.false_positive_rate),
    },
    Measure {
        metric: Block::Presence
            .metric(
                "false_negative_rate",
                "Share of true presences (site, taxon) that the answers miss.",
                "false absences / true presences",
            )
            .lower()
            .by(MACKENZIE)
            .with(MEAN),
        value: |row| Value::Number(row.false_negative_rate),
    },
    Measure {
        metric: Block::Presence
            .metric("precision", "Share of presences found that are true.", "shared / found, pooled over sites")
            .with(MEAN),
        value: |row| Value::Number(row.precision),
    },
    Measure {
        metric: Block::Presence
            .metric("recall", "Share of true presences that are found.", "shared / true, pooled over sites")
            .with(MEAN),
        value: |row| Value::Number(row.recall),
    },
    Measure {
        metric: Block::Presence
            .metric("false_presences", "Pairs of site and taxon that are found and not there.", "Σ |A_s \\ T_s|")
            .count()
            .lower(),
        value: |row| Value::Count(Some(row.false_presences)),
    },
    Measure {
        metric: Block::Presence
            .metric("false_absences", "Pairs of site and taxon that are there and not found.", "Σ |T_s \\ A_s|")
            .count()
            .lower(),
        value: |row| Value::Count(Some(row.false_absences)),
    },
    Measure {
        metric: Block::Presence
            .metric(
                "occupancy_mae",
                "How far the share of sites where a taxon is found is from the true share, averaged over the pool.",
                "mean over taxa of | #{s found} − #{s true} | / S",
            )
            .lower()
            .by(MACKENZIE)
            .with(NO_MEAN),
        value: |row| Value::Number(row.occupancy_mae),
    },
];

/// The metrics of a site, in the order of their columns.
pub static SITES: [Measure<SiteScores>; 8] = [
    Measure {
        metric: Block::Sites.metric("n", "Images (or events) of the site whose truth is known at the rank.", "#{i}").count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::Sites.metric("right", "Share of them that are right at the rank.", "right / n").with(SHARE),
        value: |row| Value::Within(row.right, wilson(row.right_units, row.n)),
    },
    Measure {
        metric: Block::Sites.metric("richness_true", "Taxa by the truth.", "|T|").count().within(TAXA),
        value: |row| Value::Count(Some(row.richness_true)),
    },
    Measure {
        metric: Block::Sites.metric("richness_answered", "Taxa by the answers.", "|A|").count().within(TAXA),
        value: |row| Value::Count(Some(row.richness_answered)),
    },
    Measure {
        metric: Block::Sites.metric("shared", "Taxa by both.", "|A ∩ T|").count().within(TAXA),
        value: |row| Value::Count(Some(row.shared)),
    },
    Measure {
        metric: Block::Sites.metric("false_presences", "Taxa that are found and not there.", "|A \\ T|").count().lower(),
        value: |row| Value::Count(Some(row.false_presences)),
    },
    Measure {
        metric: Block::Sites.metric("false_absences", "Taxa that are there and not found.", "|T \\ A|").count().lower(),
        value: |row| Value::Count(Some(row.false_absences)),
    },
    Measure {
        metric: Block::Sites
            .metric("jaccard", "Overlap of the two lists.", "|A ∩ T| / |A ∪ T|")
            .by("Jaccard 1901")
            .with(ONE_SITE),
        value: |row| Value::Number(row.jaccard),
    },
];

const ONE_SITE: Uncertainty = Uncertainty::Missing("none: of one site");

impl Row for RankPresence {
    fn measures() -> &'static [Measure<Self>] {
        &PRESENCE
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for SiteScores {
    fn measures() -> &'static [Measure<Self>] {
        &SITES
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

/// A row of presence: the metrics, their intervals.
impl Serialize for RankPresence {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, RankPresence>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}

/// The block of `metrics.json`: what counts as present, then the rows by unit and rank, so that gates can name their
/// numbers: `presence.event.species.recall`.
impl Serialize for PresenceScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        type ByRank<'a> = BTreeMap<&'a str, &'a RankPresence>;
        #[derive(Serialize)]
        struct Whole<'a> {
            place: &'a str,
            sites: u64,
            without_site: u64,
            present_from: u64,
            event_rule: Option<&'a str>,
            #[serde(flatten)]
            units: BTreeMap<&'a str, ByRank<'a>>,
        }
        let mut units: BTreeMap<&str, ByRank<'_>> = BTreeMap::new();
        for row in &self.ranks {
            units.entry(row.unit).or_default().insert(row.rank.name(), row);
        }
        let whole = Whole {
            place: self.place,
            sites: self.sites,
            without_site: self.without_site,
            present_from: self.present_from,
            event_rule: self.event_rule.map(crate::answers::event_rule::EventRule::name),
            units,
        };
        whole.serialize(serializer)
    }
}
