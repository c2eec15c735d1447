//! Metrics of events: how many images they have, and how good one answer for each is.

use super::description::Block;
use super::measure::{ByRank, Measure, Row, RowValues, Value};
use super::uncertainty::{MEAN, SHARE};
use crate::answers::event::MadeBy;
use crate::numbers::interval::MetricIntervals;
use crate::scores::events::{EventScores, RuleScores};
use serde::{Serialize, Serializer};
use std::collections::BTreeMap;

const RUNGS: &str = "0 to 7 rungs";
const INDEPENDENCE: &str = "independent events by a time gap, as camtrapR has them; Niedballa 2016";

/// The metrics of the events of a run, in the order of their keys.
pub static EVENTS: [Measure<EventScores>; 14] = [
    Measure {
        metric: Block::Events.metric("images", "Images of the run, each of one event.", "#{i}").count(),
        value: |row| Value::Count(Some(row.images)),
    },
    Measure {
        metric: Block::Events
            .metric(
                "events",
                "Events: images of one camera, each taken at most the gap after the one before it; or the sequences of the source.",
                "#{e}, a new one where t_i − t_{i−1} > gap",
            )
            .count()
            .by(INDEPENDENCE),
        value: |row| Value::Count(Some(row.events)),
    },
    Measure {
        metric: Block::Events.metric("scored", "Events that are scored.", "#{e scored}").count(),
        value: |row| Value::Count(Some(row.scored)),
    },
    Measure {
        metric: Block::Events
            .metric(
                "mixed",
                "Events whose images show several taxa, none of which holds the others; left out of the scores.",
                "#{e with truths on several lineages}",
            )
            .count(),
        value: |row| Value::Count(Some(row.mixed)),
    },
    Measure {
        metric: Block::Events.metric("without_truth", "Events of which no image has a truth.", "#{e}").count(),
        value: |row| Value::Count(Some(row.without_truth)),
    },
    Measure {
        metric: Block::Events.metric("outside_taxonomy", "Events whose truth is not in the taxonomy.", "#{e}").count(),
        value: |row| Value::Count(Some(row.outside_taxonomy)),
    },
    Measure {
        metric: Block::Events.metric("not_a_candidate", "Events whose truth could not be answered.", "#{e}").count(),
        value: |row| Value::Count(Some(row.not_a_candidate)),
    },
    Measure {
        metric: Block::Events
            .metric("not_a_taxon", "Events all of whose images are known to show no taxon: nothing, a person, a vehicle.", "#{e}")
            .count(),
        value: |row| Value::Count(Some(row.not_a_taxon)),
    },
    Measure {
        metric: Block::Events.metric("unreadable", "Events of which no photograph could be read.", "#{e}").count(),
        value: |row| Value::Count(Some(row.unreadable)),
    },
    Measure {
        metric: Block::Events.metric("single", "Events of one image.", "#{e with one image}").count(),
        value: |row| Value::Count(Some(row.single)),
    },
    Measure {
        metric: Block::Events
            .metric("without_time", "Images without a time (or a sequence), each an event of its own.", "#{i without a time}")
            .count(),
        value: |row| Value::Count(Some(row.without_time)),
    },
    Measure {
        metric: Block::Events
            .metric("images_mean", "Images of an event on average.", "images / events")
            .neither()
            .within("1 or more"),
        value: |row| Value::Number(row.images_mean),
    },
    Measure {
        metric: Block::Events
            .metric("images_median", "Images of the event in the middle.", "median over events of #{i in e}")
            .neither()
            .within("1 or more"),
        value: |row| Value::Number(row.images_median),
    },
    Measure {
        metric: Block::Events.metric("images_max", "Images of the largest event.", "max over events of #{i in e}").count(),
        value: |row| Value::Count(Some(row.images_max)),
    },
];

/// The metrics of one rule over the events, in the order of their keys.
pub static EVENT_RULES: [Measure<RuleScores>; 7] = [
    Measure {
        metric: Block::EventRules
            .metric("n", "Events scored; in the row image, the scored images of these events.", "#{e}")
            .count(),
        value: |row| Value::Count(Some(row.all.n)),
    },
    Measure {
        metric: Block::EventRules
            .metric(
                "right",
                "Share of events whose one answer (mean, product, best, vote, agreed) is right down to the rank of the truth.",
                "right / n",
            )
            .with(SHARE),
        value: |row| Value::Number(row.all.right),
    },
    Measure {
        metric: Block::EventRules.metric("mistakes", "Those that are not right.", "n − right").count().lower(),
        value: |row| Value::Count(Some(row.all.mistakes)),
    },
    Measure {
        metric: Block::EventRules
            .metric("mean_height", "Mean height of the error over the events.", "mean of height")
            .lower()
            .within(RUNGS)
            .with(MEAN),
        value: |row| Value::Number(row.all.mean_height),
    },
    Measure {
        metric: Block::EventRules
            .metric("severity", "Mean height of the error over the mistakes.", "mean of height over mistakes")
            .lower()
            .within(RUNGS)
            .with(MEAN),
        value: |row| Value::Number(row.all.severity),
    },
    Measure {
        metric: Block::EventRules
            .metric(
                "right_by_place",
                "Share right of each site (or camera), averaged, each site counting once.",
                "mean over sites of right_s / n_s",
            )
            .with(MEAN),
        value: |row| Value::Number(row.right_by_place),
    },
    Measure {
        metric: Block::EventRules
            .metric("path_top1", "Accuracy at each main rank.", "as ranks.path_top1, over the events")
            .with(SHARE),
        value: |row| {
            Value::ByRank(ByRank { shares: &row.all.path_top1, low: &row.all.path_top1_low, high: &row.all.path_top1_high })
        },
    },
];

impl Row for EventScores {
    fn measures() -> &'static [Measure<Self>] {
        &EVENTS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}

impl Row for RuleScores {
    fn measures() -> &'static [Measure<Self>] {
        &EVENT_RULES
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.all.intervals)
    }
}

/// A row of `events.rules`: which rule it is, the metrics, their intervals.
impl Serialize for RuleScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            rule: &'a str,
            #[serde(flatten)]
            values: RowValues<'a, RuleScores>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { rule: self.rule, values: RowValues::of(self), intervals: &self.all.intervals }.serialize(serializer)
    }
}

/// The block of `metrics.json`: the metrics, how events were made, the rules.
impl Serialize for EventScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, EventScores>,
            made_by: &'a str,
            gap_seconds: Option<f64>,
            cameras: Option<u64>,
            without_camera: u64,
            agree: f64,
            drawn_by: &'a str,
            rules: ByName<'a>,
            left_out: &'a BTreeMap<&'static str, String>,
        }
        let (made_by, gap_seconds) = match self.made_by {
            MadeBy::Gap(gap) => ("gap", Some(gap.seconds())),
            MadeBy::Sequences => ("sequence", None),
        };
        let whole = Whole {
            values: RowValues::of(self),
            made_by,
            gap_seconds,
            cameras: self.cameras,
            without_camera: self.without_camera,
            agree: self.agree,
            drawn_by: self.drawn_by,
            rules: ByName(&self.rules),
            left_out: &self.left_out,
        };
        whole.serialize(serializer)
    }
}

/// The rules by their names, so that gates can name their numbers: `events.rules.mean.right`.
struct ByName<'a>(&'a [RuleScores]);

impl Serialize for ByName<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|row| (row.rule, row)))
    }
}
