//! The numbers of `metrics.json` by their names: `genus.path_top1`, `how_wrong.mean_height`.

use super::named_rows;
use serde_json::{Number, Value};

/// Every number of the blocks of a run by its path, in order; the rows of `ranks` under the name of their rank. `None` where it
/// is undefined.
pub(crate) fn numbers(blocks: &Value) -> Vec<(String, Option<&Number>)> {
    let mut numbers = vec![];
    for (block, value) in blocks.as_object().into_iter().flatten() {
        match (block.as_str(), value) {
            ("ranks", Value::Array(rows)) => {
                for row in rows {
                    collect(row["rank"].as_str().unwrap_or_default(), row, &mut numbers);
                }
            }
            ("novelty", _) => {
                collect(block, value, &mut numbers);
                for (name, row) in named_rows::of(value) {
                    collect(&format!("novelty.{name}"), row, &mut numbers);
                }
            }
            _ => collect(block, value, &mut numbers),
        }
    }
    numbers
}

fn collect<'a>(path: &str, value: &'a Value, numbers: &mut Vec<(String, Option<&'a Number>)>) {
    match value {
        Value::Number(number) => numbers.push((path.to_string(), Some(number))),
        Value::Null => numbers.push((path.to_string(), None)),
        Value::Object(fields) => {
            for (field, value) in fields {
                collect(&format!("{path}.{}", field.to_lowercase()), value, numbers);
            }
        }
        _ => {}
    }
}

/// Why a metric has no interval: the reason in the map `no_interval` beside it; measures of retrieval have one map.
pub(crate) fn reason(blocks: &Value, metric: &str) -> Option<String> {
    if let Some(reason) = blocks["no_interval"].get(metric) {
        return reason.as_str().map(str::to_string);
    }
    let (path, name) = metric.rsplit_once('.')?;
    block(blocks, path)?["no_interval"].get(name)?.as_str().map(str::to_string)
}

/// How many a metric is over: `n` of its own block, or of the nearest around it.
pub(crate) fn sample(blocks: &Value, metric: &str) -> Option<u64> {
    let mut path = metric;
    while let Some((outer, _)) = path.rsplit_once('.') {
        if let Some(n) = block(blocks, outer).and_then(|block| block.get("n")).and_then(Value::as_u64) {
            return Some(n);
        }
        path = outer;
    }
    None
}

/// The block that a path leads to, whose names are written small.
fn block<'a>(blocks: &'a Value, path: &str) -> Option<&'a Value> {
    if let Some(name) = path.strip_prefix("novelty.")
        && let Some((_, row)) = named_rows::of(&blocks["novelty"]).into_iter().find(|(known, _)| known == name)
    {
        return Some(row);
    }
    let row = |rank: &str| blocks["ranks"].as_array()?.iter().find(|row| row["rank"].as_str() == Some(rank));
    let of = |block: &'a Value, step: &str| {
        let fields = block.as_object()?;
        fields.get(step).or_else(|| fields.iter().find(|(field, _)| field.to_lowercase() == step).map(|(_, value)| value))
    };
    let mut steps = path.split('.');
    let first = steps.next()?;
    let begin = row(first).or_else(|| of(blocks, first))?;
    steps.try_fold(begin, of)
}
