//! Answers that are places in a list of options.

use super::record::Record;
use crate::answers::table::words::normalised;
use serde_json::Value;

/// Integer answers that point into the record's list `options` (from 0) become that option. An
/// index outside the list becomes a text that is no name: an answer outside the taxonomy.
pub(super) fn resolve(record: &mut Record, answers: &[&str]) {
    let Some(Value::Array(options)) = record.get("options").cloned() else { return };
    for (key, value) in record.iter_mut() {
        if !answers.iter().any(|answer| *answer == key || *answer == normalised(key)) {
            continue;
        }
        let index = value.as_u64().and_then(|index| usize::try_from(index).ok());
        let Some(index) = index else { continue };
        *value = options.get(index).cloned().unwrap_or_else(|| Value::String(format!("#{index} (not among the options)")));
    }
}
