//! The numbers of a run by their names, each with its interval and with how many it is over.

use super::json;
use crate::scores::Scores;
use crate::scores::flat::{numbers, reason, sample};
use serde_json::Value;
use std::collections::HashMap;

/// A number as `metrics.json` has it, by the name that gates give it.
#[derive(Debug, Clone, PartialEq)]
pub struct NamedValue {
    /// `genus.path_top1`, `how_wrong.mean_height`: the rank or the block, and the key there.
    pub name: String,
    /// The value; `None` where it is undefined.
    pub value: Option<f64>,
    /// Whether it counts something.
    pub is_count: bool,
    /// Lower end of its 95 % interval; `None` where it has none.
    pub low: Option<f64>,
    /// Upper end.
    pub high: Option<f64>,
    /// How many it is over: images, or what its block counts; `None` where the block does not say.
    pub n: Option<u64>,
    /// Why it has no interval, where it should have one.
    pub no_interval: Option<String>,
}

/// The numbers of a run, in the order of `metrics.json`.
///
/// # Examples
///
/// ```
/// use nearmiss::report::scoring::Scoring;
/// use nearmiss::report::values;
///
/// let folder = tempfile::tempdir()?;
/// let table = folder.path().join("predictions.csv");
/// std::fs::write(&table, "image,truth,predicted\n1,Felis catus,Felis catus\n2,Felis catus,Felis silvestris\n3,Lynx lynx,Felis catus\n")?;
/// let scored = Scoring::of(&table).run()?;
/// let values = values::of_scores(&scored.runs[0].1);
/// let genus = values.iter().find(|value| value.name == "genus.path_top1").ok_or("there is no such number")?;
/// assert_eq!((genus.value, genus.n), (Some(2.0 / 3.0), Some(3)));
/// // Its ends are no numbers of their own.
/// assert!(genus.low < genus.value && !values.iter().any(|value| value.name == "genus.path_top1_low"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[must_use]
pub fn of_scores(scores: &Scores) -> Vec<NamedValue> {
    of_json(&Value::Object(json::blocks(scores)))
}

/// The numbers of a JSON object of blocks.
#[must_use]
pub fn of_json(blocks: &Value) -> Vec<NamedValue> {
    let numbers = numbers(blocks);
    let by_name: HashMap<&str, Option<f64>> =
        numbers.iter().map(|(name, number)| (name.as_str(), number.and_then(serde_json::Number::as_f64))).collect();
    let is_end = |name: &str| {
        ["_low", "_high"].iter().any(|end| name.strip_suffix(end).is_some_and(|metric| by_name.contains_key(metric)))
    };
    let value = |(name, number): &(String, Option<&serde_json::Number>)| {
        let end = |end: &str| by_name.get(format!("{name}{end}").as_str()).copied().flatten();
        NamedValue {
            name: name.clone(),
            value: by_name.get(name.as_str()).copied().flatten(),
            is_count: number.is_some_and(serde_json::Number::is_u64),
            low: end("_low"),
            high: end("_high"),
            n: sample(blocks, name),
            no_interval: reason(blocks, name),
        }
    };
    numbers.iter().filter(|(name, _)| !is_end(name)).map(value).collect()
}
