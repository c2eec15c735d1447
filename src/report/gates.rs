//! Gates held against what a report says.

use super::json;
use crate::answers::Answers;
use crate::scores::Scores;
use crate::scores::gate::{Gate, GateError, Verdict};

/// Holds gates against the runs, run by run.
///
/// # Errors
///
/// [`GateError::NoSuchMetric`].
pub fn hold_gates(gates: &[Gate], runs: &[(Answers, Scores)]) -> Result<Vec<Verdict>, GateError> {
    let mut verdicts = vec![];
    for (_, scores) in runs {
        let blocks = serde_json::Value::Object(json::blocks(scores));
        for gate in gates {
            verdicts.push(gate.hold(&scores.name, &blocks)?);
        }
    }
    Ok(verdicts)
}
