//! Areas, shares and intervals against `tests/parity/novelty_parity.py`.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::{Ranking, interval, open_set_area};
use serde_json::Value;

const FIXTURE: &str = include_str!("../../../tests/fixtures/novelty.json");

fn flags(case: &Value, key: &str) -> Vec<bool> {
    case[key].as_array().unwrap().iter().map(|flag| flag.as_bool().unwrap()).collect()
}

#[test]
fn every_number_is_that_of_the_references() {
    let cases: Vec<Value> = serde_json::from_str(FIXTURE).unwrap();
    assert_eq!(cases.len(), 24);
    for (place, case) in cases.iter().enumerate() {
        let scores: Vec<f64> = case["scores"].as_array().unwrap().iter().map(|score| score.as_f64().unwrap()).collect();
        let clusters: Vec<usize> = case["clusters"]
            .as_array()
            .unwrap()
            .iter()
            .map(|cluster| usize::try_from(cluster.as_u64().unwrap()).unwrap())
            .collect();
        let ranking = Ranking::of(scores, flags(case, "positive"));
        let steps = ranking.steps(|_| true);
        let near = |name: &str, found: Option<f64>| {
            let expected = case[name].as_f64().unwrap();
            assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{place} {name}: {found:?}, not {expected}");
        };
        near("auroc", steps.auroc());
        near("aupr", steps.average_precision());
        near("fpr_at_95", steps.false_positives_at(0.95));
        near("oscr", open_set_area(&ranking, &flags(case, "right"), |_| true));
        let found = interval(&ranking, &clusters).ok();
        let expected = case["auroc_interval"].as_array();
        assert_eq!(found.is_some(), expected.is_some(), "{place}");
        for (found, expected) in found.iter().zip(expected) {
            let [low, high] = [0, 1].map(|end| expected[end].as_f64().unwrap());
            assert!((found.low - low).abs() < 1e-9 && (found.high - high).abs() < 1e-9, "{place}: {found:?}, not {expected:?}");
        }
    }
}
