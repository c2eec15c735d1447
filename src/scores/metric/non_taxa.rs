//! Metrics of classes that are no taxa: blank, person, vehicle.

use super::description::Block;
use super::measure::{Measure, Row, RowValues, Value};
use super::uncertainty::{MEAN, NO_MEAN, SHARE};
use crate::numbers::interval::MetricIntervals;
use crate::scores::cost::OTHER;
use crate::scores::non_taxa::{ClassCost, ClassScores, NonTaxonScores};
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

const CAMERAS: &str = "Beery et al. 2019 (MegaDetector); Gadot et al. 2024 (SpeciesNet)";
const MATRIX: &str = "user's matrix (--costs)";
const F1: &str = "van Rijsbergen 1979";

/// The metrics of all classes together, in the order of their keys.
pub static NON_TAXA: [Measure<NonTaxonScores>; 10] = [
    Measure {
        metric: Block::NonTaxa
            .metric("n", "Images of which it is known whether they show an animal, a blank, a person, a vehicle.", "#{i}")
            .count(),
        value: |row| Value::Count(Some(row.n)),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("accuracy", "Share of them answered with their class, where all taxa are one.", "mean of [answer = class]")
            .with(SHARE),
        value: |row| Value::Number(row.accuracy),
    },
    Measure {
        metric: Block::NonTaxa
            .metric(
                "exact",
                "Share of those that are no animal or whose taxon is scored answered with their taxon or class, as without a tree.",
                "mean of [answer = taxon of an animal, class of the others]",
            )
            .with(SHARE),
        value: |row| Value::Number(row.exact),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("macro_f1", "Mean F1 of the classes that are true or answered.", "mean of f1 over classes")
            .by(F1)
            .with(NO_MEAN),
        value: |row| Value::Number(row.macro_f1),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("missed_animals", "Share of the animals answered as blank.", "#{animal answered blank} / #{animal}")
            .lower()
            .by(CAMERAS)
            .with(SHARE),
        value: |row| Value::Number(row.missed_animals),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("false_animals", "Share of the blanks answered as an animal.", "#{blank answered animal} / #{blank}")
            .lower()
            .by(CAMERAS)
            .with(SHARE),
        value: |row| Value::Number(row.false_animals),
    },
    Measure {
        metric: Block::NonTaxa
            .metric(
                "persons_as_animals",
                "Share of the persons answered as an animal, and so shown where persons must not be.",
                "#{person answered animal} / #{person}",
            )
            .lower()
            .by(CAMERAS)
            .with(SHARE),
        value: |row| Value::Number(row.persons_as_animals),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("declined", "Images answered as unknown, or not at all.", "#{i without a class answered}")
            .count(),
        value: |row| Value::Count(Some(row.declined)),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("cost_mean", "What an image costs on average by the entries of classes.", "mean of C(class, answer)")
            .lower()
            .within("0 or more, in the unit of the matrix")
            .by(MATRIX)
            .with(MEAN),
        value: |row| Value::Number(row.cost_mean),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("cost_total", "What all images cost by the entries of classes.", "Σ C(class, answer)")
            .lower()
            .within("0 or more, in the unit of the matrix")
            .by(MATRIX),
        value: |row| Value::Number(row.cost_total),
    },
];

/// The metrics of one class, in the order of their keys.
pub static NON_TAXON_CLASSES: [Measure<ClassScores>; 6] = [
    Measure {
        metric: Block::NonTaxa.metric("images", "Images that show the class.", "#{class}").at("classes.CLASS.images").count(),
        value: |row| Value::Count(Some(row.images)),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("answered", "Images answered as the class.", "#{answer}")
            .at("classes.CLASS.answered")
            .count(),
        value: |row| Value::Count(Some(row.answered)),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("right", "Images that show the class and are answered so.", "#{answer = class}")
            .at("classes.CLASS.right")
            .count(),
        value: |row| Value::Count(Some(row.right)),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("precision", "Share of the images answered as the class that show it.", "right / answered")
            .at("classes.CLASS.precision")
            .with(SHARE),
        value: |row| Value::Number(row.precision),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("recall", "Share of the images that show the class that are answered so.", "right / images")
            .at("classes.CLASS.recall")
            .with(SHARE),
        value: |row| Value::Number(row.recall),
    },
    Measure {
        metric: Block::NonTaxa
            .metric("f1", "Harmonic mean of precision and recall of the class.", "2 right / (images + answered)")
            .at("classes.CLASS.f1")
            .by(F1)
            .with(MEAN),
        value: |row| Value::Number(row.f1),
    },
];

impl Row for NonTaxonScores {
    fn measures() -> &'static [Measure<Self>] {
        &NON_TAXA
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

impl Row for ClassScores {
    fn measures() -> &'static [Measure<Self>] {
        &NON_TAXON_CLASSES
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        Some(&self.intervals)
    }
}

/// The block of `metrics.json`: the metrics, their intervals, the classes by name, what costs, and the images that are not in it.
impl Serialize for NonTaxonScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, NonTaxonScores>,
            classes: Classes<'a>,
            unknown_truth: u64,
            without_truth: u64,
            unreadable: u64,
            #[serde(skip_serializing_if = "<[ClassCost]>::is_empty")]
            costs: &'a [ClassCost],
            #[serde(skip_serializing_if = "Option::is_none")]
            other: Option<u64>,
            #[serde(skip_serializing_if = "Option::is_none")]
            other_cost: Option<f64>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let has_costs = !self.costs.is_empty();
        let whole = Whole {
            values: RowValues::of(self),
            classes: Classes(&self.classes),
            unknown_truth: self.unknown_truth,
            without_truth: self.without_truth,
            unreadable: self.unreadable,
            costs: &self.costs,
            other: has_costs.then_some(self.other),
            other_cost: has_costs.then_some(OTHER),
            intervals: &self.intervals,
        };
        whole.serialize(serializer)
    }
}

/// Classes by their names.
struct Classes<'a>(&'a [ClassScores]);

impl Serialize for Classes<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(Some(self.0.len()))?;
        for class in self.0 {
            map.serialize_entry(&class.class, class)?;
        }
        map.end()
    }
}

/// One class: the metrics, how its images are answered, the intervals.
impl Serialize for ClassScores {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        #[derive(Serialize)]
        struct Whole<'a> {
            #[serde(flatten)]
            values: RowValues<'a, ClassScores>,
            confusion: Confusion<'a>,
            #[serde(flatten)]
            intervals: &'a MetricIntervals,
        }
        let (confusion, intervals) = (Confusion(&self.confusion), &self.intervals);
        Whole { values: RowValues::of(self), confusion, intervals }.serialize(serializer)
    }
}

/// Images by the class that is answered.
struct Confusion<'a>(&'a [(String, u64)]);

impl Serialize for Confusion<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(answer, images)| (answer, images)))
    }
}
