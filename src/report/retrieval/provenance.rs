//! Where the numbers of a retrieval come from.

use serde_json::{Value, json};

/// The program, the command, and the taxonomy where there is one.
pub(super) fn provenance(command_line: &str, taxonomy: Option<&str>) -> Value {
    json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": command_line,
        "taxonomy_sha256": taxonomy,
    })
}
