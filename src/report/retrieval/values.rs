//! A search for programs.

use super::provenance::provenance;
use super::searched::Searched;
use crate::spaces::metric::cutoff;
use crate::spaces::metric::retrieval::found::TOP_SHARES;
use crate::spaces::retrieval::search::{Measured, Search};
use serde_json::{Map, Value, json};

/// Everything of a search for programs; gates read the same names.
#[must_use]
pub fn value(searched: &Searched, command_line: &str) -> Value {
    let search = &searched.search;
    let mut value = json!(search);
    let ties = search.triplets.as_ref().map(|triplets| triplets.ties);
    value["notes"] = json!(search.notes);
    value["tied_triplets"] = json!(ties);
    value["hard_negatives"] = json!(search.hard_negatives.len());
    if !searched.verdicts.is_empty() {
        value["gates"] = json!(searched.verdicts);
    }
    value["provenance"] = provenance(command_line, Some(&searched.index.taxonomy.fingerprint()));
    value
}

/// Values of a search by name, as gates look for them.
#[must_use]
pub fn blocks(search: &Search) -> Value {
    let mut blocks = Map::new();
    for measured in &search.measured {
        insert(&mut blocks, measured);
    }
    blocks.insert("triplets".to_string(), json!(search.triplets));
    for share in &search.top_shares {
        for measure in &TOP_SHARES {
            let name = cutoff::at(measure.metric.name, share.k);
            let (value, interval) = (measure.number(share), measure.interval(share));
            blocks.insert(format!("{name}_low"), json!(interval.map(|ends| ends.low)));
            blocks.insert(format!("{name}_high"), json!(interval.map(|ends| ends.high)));
            if let Some(reason) = share.no_interval.as_ref().filter(|_| value.is_some() && interval.is_none()) {
                explain(&mut blocks, &name, reason);
            }
            blocks.insert(name, json!(value));
        }
    }
    Value::Object(blocks)
}

fn insert(blocks: &mut Map<String, Value>, measured: &Measured) {
    blocks.insert(measured.name.clone(), json!(measured.value));
    blocks.insert(format!("{}_low", measured.name), json!(measured.low));
    blocks.insert(format!("{}_high", measured.name), json!(measured.high));
    if let Some(reason) = &measured.no_interval {
        explain(blocks, &measured.name, reason);
    }
}

/// Writes down why a value has no interval.
fn explain(blocks: &mut Map<String, Value>, name: &str, reason: &str) {
    let reasons = blocks.entry("no_interval").or_insert_with(|| json!({}));
    reasons[name] = json!(reason);
}
