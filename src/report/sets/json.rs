//! `sets.json`: the numbers for programs.

use crate::scores::metric::{Row, Value as Measured};
use crate::scores::sets::{RunSets, ScoredSets, SiteScores, Tuned};
use serde_json::{Map, Value, json};

/// What `sets.json` has: where images went, each run, the runs against each other, what was decided and where it comes from.
#[must_use]
pub fn value(scored: &ScoredSets, command_line: &str) -> Value {
    let sets = &scored.sets;
    let images = sets.images.len() + sets.undetermined + sets.outside;
    let mut top = json!({
        "accounting": {
            "images": images,
            "scored": sets.images.len(),
            "undetermined": sets.undetermined,
            "outside_taxonomy": sets.outside,
            "unknown_truths": sets.unknown_truths.values().sum::<usize>(),
            "repeated_truths": sets.repeated,
        },
        "runs": (0..scored.runs.len()).map(|run| of_run(scored, run)).collect::<Vec<Value>>(),
    });
    if let Some(comparison) = &scored.comparison {
        top["comparison"] = json!(comparison);
    }
    top["notes"] = json!(scored.notes);
    top["warnings"] = json!(scored.warnings);
    top["provenance"] = json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": command_line,
        "taxonomy": { "from": scored.built, "taxa": scored.taxonomy.len(), "sha256": scored.taxonomy.fingerprint() },
    });
    top
}

fn of_run(scored: &ScoredSets, place: usize) -> Value {
    let run: &RunSets = &scored.runs[place];
    let mut value = json!({
        "run": run.name,
        "answered": run.selection.words(),
        "sets": run.scores,
        "ranks": run.ranks,
    });
    if let Some(answers) = scored.sets.runs.get(place) {
        let unknown = run.images.iter().map(|image| image.unknown.len()).sum::<usize>();
        value["accounting"] = json!({
            "unanswered": answers.unanswered,
            "without_truth": answers.without_truth,
            "unknown_answers": unknown,
            "repeated_answers": answers.repeated,
            "unjudged_answers": answers.unjudged,
        });
    }
    if !run.tuned.is_empty() {
        value["thresholds"] = run.tuned.iter().map(of_threshold).collect();
    }
    if !run.sites.is_empty() {
        value["sites"] = run.sites.iter().map(of_site).collect();
    }
    value
}

/// The values of a row by the names of metrics.
fn measured<R: Row>(row: &R) -> Map<String, Value> {
    let entry = |measure: &crate::scores::metric::Measure<R>| {
        let value: Measured<'_> = (measure.value)(row);
        (measure.metric.name.to_string(), json!(value))
    };
    R::measures().iter().map(entry).collect()
}

fn of_threshold(tuned: &Tuned) -> Value {
    let mut value = json!({ "for": tuned.aim.name(), "target": tuned.aim.target(), "halves": tuned.chosen });
    if let Some(reason) = &tuned.why_not {
        value["why_not"] = json!(reason);
    }
    if let Some(map) = value.as_object_mut() {
        map.extend(measured(tuned));
    }
    value
}

fn of_site(site: &SiteScores) -> Value {
    let mut map = Map::from_iter([("site".to_string(), json!(site.site))]);
    map.extend(measured(site));
    Value::Object(map)
}
