//! A comparison for programs: the layout of ranx, with everything else under `nearmiss`.

use super::comparison::Comparison;
use serde_json::{Map, Value, json};

/// Names that are keys of the file and cannot be names of runs.
const KEYS: [&str; 4] = ["stat_test", "metrics", "model_names", "nearmiss"];

/// `stat_test`, `metrics`, `model_names`, then per run `scores`, `comparisons` (p-values of the
/// randomisation, not adjusted, as ranx has them) and `win_tie_loss`; `nearmiss` holds intervals,
/// differences, methods, adjusted p-values and counts.
#[must_use]
pub fn value(comparison: &Comparison) -> Value {
    let names: Vec<String> = comparison.runs.iter().map(|name| free(name)).collect();
    let metrics: Vec<&str> = comparison.metrics.iter().map(|metric| metric.name.as_str()).collect();
    let mut top = Map::new();
    top.insert("stat_test".to_string(), json!("fisher"));
    top.insert("metrics".to_string(), json!(metrics));
    top.insert("model_names".to_string(), json!(names));
    for (run, name) in names.iter().enumerate() {
        let scores: Map<String, Value> =
            comparison.metrics.iter().map(|metric| (metric.name.clone(), json!(metric.means[run]))).collect();
        let (mut comparisons, mut counts) = (Map::new(), Map::new());
        for (other, other_name) in names.iter().enumerate().filter(|(other, _)| *other != run) {
            let (mut p_values, mut wins) = (Map::new(), Map::new());
            for metric in &comparison.metrics {
                let Some(pair) = metric.pair(run, other) else { continue };
                let (won, lost) = if pair.first == run { (pair.wins, pair.losses) } else { (pair.losses, pair.wins) };
                p_values.insert(metric.name.clone(), json!(pair.randomisation.p));
                wins.insert(metric.name.clone(), json!({ "W": won, "T": pair.ties, "L": lost }));
            }
            comparisons.insert(other_name.clone(), Value::Object(p_values));
            counts.insert(other_name.clone(), Value::Object(wins));
        }
        top.insert(name.clone(), json!({ "scores": scores, "comparisons": comparisons, "win_tie_loss": counts }));
    }
    top.insert("nearmiss".to_string(), json!(comparison));
    Value::Object(top)
}

/// A name that is no key of the file.
fn free(name: &str) -> String {
    if KEYS.contains(&name) { format!("{name} (run)") } else { name.to_string() }
}
