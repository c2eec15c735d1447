//! Gates held against what was measured of a retrieval.

use crate::scores::gate::{Gate, GateError, Verdict};
use serde_json::Value;
use std::path::Path;

/// Why a gate cannot be held against a retrieval.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum HoldError {
    #[error(transparent)]
    Gate(#[from] GateError),
    #[error("gate '{metric}': nothing of that name was measured{hint}; name it with --measures as well, or see retrieval.json")]
    NotMeasured { metric: String, hint: String },
}

/// Those of a file, then those given.
pub(super) fn gates(file: Option<&Path>, given: &[Gate]) -> Result<Vec<Gate>, HoldError> {
    let mut gates = file.map(Gate::read_measures).transpose()?.unwrap_or_default();
    gates.extend(given.iter().cloned());
    Ok(gates)
}

/// Holds a gate against values by name.
pub(super) fn hold(gate: &Gate, run: &str, values: &Value) -> Result<Verdict, HoldError> {
    gate.hold(run, values).map_err(|error| match error {
        GateError::NoSuchMetric { metric, hint } => HoldError::NotMeasured { metric, hint },
        other => other.into(),
    })
}
