//! Intervals beside the values that they belong to.

use super::found::{Found, NoInterval};
use crate::numbers::statistics::Interval;
use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};

/// The intervals of a block's metrics by name, or why there is none.
///
/// Flattened into the block they are `x_low` and `x_high` for every `x`, null where there is none, and `no_interval`, a
/// map from the name to the reason, if there is any.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct MetricIntervals {
    named: Vec<(&'static str, Option<Interval>)>,
    reasons: Vec<(&'static str, String)>,
}

impl MetricIntervals {
    /// Adds what was found for a metric, in place of what is there; `noun` is what counts by itself, for the reason.
    /// A metric without a value has neither interval nor reason.
    pub fn add(&mut self, name: &'static str, found: Found, noun: &str) {
        self.named.retain(|(known, _)| *known != name);
        self.reasons.retain(|(known, _)| *known != name);
        self.named.push((name, found.ok()));
        if let Err(reason) = found
            && reason != NoInterval::NoValue
        {
            self.reasons.push((name, reason.sentence(noun)));
        }
    }

    /// [`Self::add`] for a metric that may be undefined.
    pub fn add_for(&mut self, name: &'static str, value: Option<f64>, found: Found, noun: &str) {
        self.add(name, value.map_or(Err(NoInterval::NoValue), |_| found), noun);
    }

    /// The interval of a metric; `None` where it has none.
    #[must_use]
    pub fn of(&self, name: &str) -> Option<Interval> {
        self.named.iter().find(|(known, _)| *known == name)?.1
    }

    /// The lower end.
    #[must_use]
    pub fn low(&self, name: &str) -> Option<f64> {
        self.of(name).map(|interval| interval.low)
    }

    /// The upper end.
    #[must_use]
    pub fn high(&self, name: &str) -> Option<f64> {
        self.of(name).map(|interval| interval.high)
    }

    /// Why a metric that has a value has no interval.
    #[must_use]
    pub fn reason(&self, name: &str) -> Option<&str> {
        self.reasons.iter().find(|(known, _)| *known == name).map(|(_, reason)| reason.as_str())
    }

    /// All reasons by name.
    #[must_use]
    pub fn reasons(&self) -> &[(&'static str, String)] {
        &self.reasons
    }

    /// Names in the order of their addition.
    pub fn names(&self) -> impl Iterator<Item = &'static str> + '_ {
        self.named.iter().map(|(name, _)| *name)
    }
}

impl Serialize for MetricIntervals {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut map = serializer.serialize_map(None)?;
        for (name, interval) in &self.named {
            map.serialize_entry(&format!("{name}_low"), &interval.map(|interval| interval.low))?;
            map.serialize_entry(&format!("{name}_high"), &interval.map(|interval| interval.high))?;
        }
        if !self.reasons.is_empty() {
            let reasons: serde_json::Map<String, serde_json::Value> =
                self.reasons.iter().map(|(name, reason)| ((*name).to_string(), reason.as_str().into())).collect();
            map.serialize_entry("no_interval", &reasons)?;
        }
        map.end()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_stand_beside_each_other_and_reasons_in_their_map() {
        let mut intervals = MetricIntervals::default();
        intervals.add("a", Ok(Interval { low: 0.25, high: 0.5 }), "images");
        intervals.add("b", Err(NoInterval::Few { clusters: 2 }), "images");
        intervals.add("c", Err(NoInterval::NoValue), "images");
        let found = serde_json::to_value(&intervals).unwrap_or_default();
        let expected = serde_json::json!({
            "a_low": 0.25, "a_high": 0.5, "b_low": null, "b_high": null, "c_low": null, "c_high": null,
            "no_interval": { "b": "2 of the images have a value, and an interval takes 6" },
        });
        assert_eq!(found, expected);
        intervals.add("b", Ok(Interval { low: 0.0, high: 1.0 }), "images");
        assert_eq!((intervals.low("b"), intervals.reason("b")), (Some(0.0), None));
    }
}
