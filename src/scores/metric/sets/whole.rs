//! Metrics of a run's sets as a whole.

use super::averages;
use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, RowValues, Value};
use crate::scores::metric::uncertainty::{MEAN, NO_MEAN, UNBOUNDED};
use crate::scores::sets::SetScores;
use serde::{Serialize, Serializer};

const KIRITCHENKO: &str = "Kiritchenko 2005";

/// The metrics of sets, in the order of their keys.
pub static SETS: [Measure<SetScores>; 33] = [
    Measure { metric: averages::n(Block::Sets), value: |row| Value::Count(Some(row.averages.n)) },
    Measure { metric: averages::truths(Block::Sets), value: |row| Value::Count(Some(row.averages.truths)) },
    Measure { metric: averages::answers(Block::Sets), value: |row| Value::Count(Some(row.averages.answers)) },
    Measure { metric: averages::taxa(Block::Sets), value: |row| Value::Count(Some(row.averages.taxa)) },
    Measure { metric: averages::sample_precision(Block::Sets), value: |row| Value::Number(row.averages.sample_precision) },
    Measure { metric: averages::sample_recall(Block::Sets), value: |row| Value::Number(row.averages.sample_recall) },
    Measure { metric: averages::sample_f1(Block::Sets), value: |row| Value::Number(row.averages.sample_f1) },
    Measure { metric: averages::transect_f1(Block::Sets), value: |row| Value::Number(row.averages.transect_f1) },
    Measure { metric: averages::micro_precision(Block::Sets), value: |row| Value::Number(row.averages.micro_precision) },
    Measure { metric: averages::micro_recall(Block::Sets), value: |row| Value::Number(row.averages.micro_recall) },
    Measure { metric: averages::micro_f1(Block::Sets), value: |row| Value::Number(row.averages.micro_f1) },
    Measure { metric: averages::macro_precision(Block::Sets), value: |row| Value::Number(row.averages.macro_precision) },
    Measure { metric: averages::macro_recall(Block::Sets), value: |row| Value::Number(row.averages.macro_recall) },
    Measure { metric: averages::macro_f1(Block::Sets), value: |row| Value::Number(row.averages.macro_f1) },
    Measure { metric: averages::jaccard(Block::Sets), value: |row| Value::Number(row.averages.jaccard) },
    Measure { metric: averages::exact(Block::Sets), value: |row| Value::Number(row.averages.exact) },
    Measure {
        metric: Block::Sets
            .metric(
                "empty_truths",
                "Images where nothing is there.",
                "#{i : T_i = ∅}",
            ).count(),
        value: |row| Value::Count(Some(row.empty_truths)),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "empty_answers",
                "Images where nothing is answered.",
                "#{i : A_i = ∅}",
            ).count(),
        value: |row| Value::Count(Some(row.empty_answers)),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "transects",
                "Transects of the images; an image of no named one is one by itself.",
                "#{transect_i}",
            ).count(),
        value: |row| Value::Count(row.transects),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "hp",
                "Share of the taxa in the answers' lineages that are in those of the truths; the root is in none.",
                "Σ |T̂_i ∩ Â_i| / Σ |Â_i|, sets closed under ancestors",
            ).by(KIRITCHENKO).with(MEAN),
        value: |row| Value::Number(row.hp),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "hr",
                "Share of the taxa in the truths' lineages that are in those of the answers.",
                "Σ |T̂_i ∩ Â_i| / Σ |T̂_i|",
            ).by(KIRITCHENKO).with(MEAN),
        value: |row| Value::Number(row.hr),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "hf",
                "Harmonic mean of hp and hr.",
                "2 Σ |T̂_i ∩ Â_i| / Σ (|T̂_i| + |Â_i|)",
            ).by(KIRITCHENKO).with(MEAN),
        value: |row| Value::Number(row.hf),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "sample_hf",
                "F1 of an image's sets closed under ancestors, averaged over images; 1 where both are empty.",
                "mean of 2 |T̂_i ∩ Â_i| / (|T̂_i| + |Â_i|)",
            ).by(KIRITCHENKO).with(MEAN),
        value: |row| Value::Number(row.sample_hf),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "height",
                "Mean height of the error when truths and answers of an image are paired as well as can be; one that is left over counts 7, the height to the root.",
                "mean of (least Σ height of pairs + 7 · left over) / max(|T_i|, |A_i|)",
            ).lower().within("0 to 7; edges in a tree without ranks").by("Kuhn 1955, for the pairing").with(MEAN),
        value: |row| Value::Number(row.height),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "map",
                "Average precision of each taxon that some image shows, averaged over these; left out without scores.",
                "mean over taxa of Σ (R_k − R_{k−1}) P_k, scores from the highest down, equal ones at once, images that do not list the taxon last",
            ).by("scikit-learn, average_precision_score").with(NO_MEAN),
        value: |row| Value::Number(row.mean_average_precision),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "map_taxa",
                "Taxa that have an average precision.",
                "#{t : some image shows t}",
            ).count(),
        value: |row| Value::Count(row.average_precisions),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "map_undefined",
                "Taxa that are listed and that no image shows: they have no average precision.",
                "#{t : listed, never there}",
            ).count(),
        value: |row| Value::Count(row.without_average_precision),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "size_error",
                "How many members too many an image's set of answers has, on average; below 0 too few.",
                "mean of |A_i| − |T_i|",
            ).neither().within("any number, in members").with(UNBOUNDED),
        value: |row| Value::Number(row.size_error),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "size_error_absolute",
                "By how many members the sizes of truth and answer differ, on average.",
                "mean of ||A_i| − |T_i||",
            ).lower().within("0 or more, in members").with(UNBOUNDED),
        value: |row| Value::Number(row.size_error_absolute),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "sites",
                "Sites of the images.",
                "#{site}",
            ).count(),
        value: |row| Value::Count(row.sites),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "richness_error",
                "How many species too many are found at a site, on average; below 0 too few.",
                "mean over sites of |∪ A_i| − |∪ T_i|",
            ).neither().within("any number, in taxa").with(UNBOUNDED),
        value: |row| Value::Number(row.richness_error),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "richness_error_absolute",
                "By how many species the true and the found richness of a site differ, on average.",
                "mean over sites of ||∪ A_i| − |∪ T_i||",
            ).lower().within("0 or more, in taxa").with(UNBOUNDED),
        value: |row| Value::Number(row.richness_error_absolute),
    },
    Measure {
        metric: Block::Sets
            .metric(
                "bray_curtis",
                "Dissimilarity of the true and the found community of a site, averaged over sites: species count by the images that show them.",
                "mean over sites of Σ_t |x_t − y_t| / Σ_t (x_t + y_t)",
            ).lower().by("Bray & Curtis 1957").with(MEAN),
        value: |row| Value::Number(row.bray_curtis),
    },
];

impl Row for SetScores {
    fn measures() -> &'static [Measure<Self>] {
        &SETS
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `sets.json`: the metrics and their intervals.
impl Serialize for SetScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, SetScores>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        Whole { values: RowValues::of(self), intervals: &self.intervals }.serialize(serializer)
    }
}
