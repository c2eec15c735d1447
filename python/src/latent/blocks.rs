//! The numbers of `latent.json` in blocks, so that each has a name: rows of lists under what tells them apart.
//!
//! `tree.cosine.mantel.r`, `genus.agreement.10.agreement`, `staircase.family.distance`.

use serde_json::{Map, Value, json};

/// How the space was drawn and looked at, and rows of taxa and points: no numbers of the space.
const LEFT_OUT: [&str; 6] = ["sample", "options", "taxa", "suspects", "notes", "provenance"];

/// What tells the rows of a list apart, in the order in which it is looked for.
const KEYS: [&str; 5] = ["rank", "what", "kind", "distance", "k"];

/// The blocks of a space; the rows of `ranks` stay a list, whose rows have the names of their ranks.
pub(super) fn blocks(latent: Value) -> Value {
    let Value::Object(fields) = latent else { return latent };
    let named = fields.into_iter().filter(|(name, value)| !LEFT_OUT.contains(&name.as_str()) && !is_absent_block(name, value));
    let of_block = |(name, value): (String, Value)| match value {
        Value::Array(rows) if name == "ranks" => (name, Value::Array(rows.into_iter().map(rank).collect())),
        value => (name, keyed(value)),
    };
    let mut blocks: Map<String, Value> = named.map(of_block).collect();
    explain_blocks(&mut blocks);
    Value::Object(blocks)
}

/// A block of several numbers that a space has not is no number.
fn is_absent_block(name: &str, value: &Value) -> bool {
    name == "modalities" && value.is_null()
}

/// A rank with the rows of its lists under their names.
fn rank(row: Value) -> Value {
    let Value::Object(fields) = row else { return row };
    let mut fields: Map<String, Value> = fields.into_iter().map(|(name, value)| (name, keyed(value))).collect();
    explain_blocks(&mut fields);
    Value::Object(fields)
}

/// Lists of rows as objects, at any depth.
fn keyed(value: Value) -> Value {
    match value {
        Value::Object(fields) => Value::Object(flat(fields.into_iter().map(|(name, value)| (name, keyed(value))).collect())),
        Value::Array(rows) => {
            let keys: Option<Vec<(&str, String)>> = rows.iter().map(key).collect();
            match keys.filter(|keys| !keys.is_empty()) {
                Some(keys) => {
                    let row = |((field, key), row): ((&str, String), Value)| (key, keyed(without(row, field)));
                    Value::Object(keys.into_iter().zip(rows).map(row).collect())
                }
                None => Value::Array(rows),
            }
        }
        other => other,
    }
}

/// The field that tells a row apart, and what it says there.
fn key(row: &Value) -> Option<(&'static str, String)> {
    KEYS.iter().find_map(|field| match row.get(*field)? {
        Value::String(key) => Some((*field, key.clone())),
        Value::Number(key) => key.as_u64().map(|key| (*field, key.to_string())),
        _ => None,
    })
}

fn without(mut row: Value, field: &str) -> Value {
    if let Value::Object(fields) = &mut row {
        fields.shift_remove(field);
    }
    row
}

/// The interval of a distance, which stands in an object of its own, beside it.
fn flat(mut fields: Map<String, Value>) -> Map<String, Value> {
    if !fields.contains_key("distance") || !fields.contains_key("interval") {
        return fields;
    }
    if let Some(Value::Object(ends)) = fields.shift_remove("interval") {
        for (end, value) in ends {
            fields.insert(format!("distance_{end}"), value);
        }
    }
    if let Some(Value::String(reason)) = fields.shift_remove("no_interval") {
        fields.insert("no_interval".to_string(), json!({ "distance": reason }));
    }
    fields
}

/// Says with every number of a block why it has no interval, where that is said of the block.
fn explain_blocks(fields: &mut Map<String, Value>) {
    let Some(Value::Object(reasons)) = fields.get("no_interval").cloned() else { return };
    for (block, reason) in &reasons {
        if let (Some(value), Some(reason)) = (fields.get_mut(block), reason.as_str()) {
            explain(value, reason);
        }
    }
}

fn explain(value: &mut Value, reason: &str) {
    let Value::Object(fields) = value else { return };
    let is_end = |name: &str| name.ends_with("_low") || name.ends_with("_high");
    let is_bare =
        |(name, value): &(&String, &Value)| value.is_f64() && !is_end(name) && !fields.contains_key(&format!("{name}_low"));
    let bare: Vec<String> = fields.iter().filter(is_bare).map(|(name, _)| name.clone()).collect();
    fields.iter_mut().filter(|(name, _)| *name != "no_interval").for_each(|(_, value)| explain(value, reason));
    if bare.is_empty() {
        return;
    }
    if let Value::Object(reasons) = fields.entry("no_interval").or_insert_with(|| json!({})) {
        for name in bare {
            reasons.entry(name).or_insert_with(|| json!(reason));
        }
    }
}
