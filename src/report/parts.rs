//! `parts.json`: the parts that a report was added up from.

use serde::Serialize;
use serde_json::{Value, json};

use super::states::Part;

/// The parts that a report was added up from.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Parts {
    /// The parts, by path.
    pub parts: Vec<Part>,
    /// Images of all parts.
    pub images: u64,
    /// SHA-256 of the fingerprints of their names, in order: the same images give the same, whatever the parts. `None` where
    /// images have no names.
    pub images_sha256: Option<String>,
}

impl Parts {
    /// The text of `parts.json`.
    #[must_use]
    pub(super) fn json(&self, command_line: Option<&str>) -> String {
        let value = json!({ "command_line": command_line, "images": self.images, "parts": self.parts });
        format!("{value:#}\n")
    }

    /// What `metrics.json` says of them: nothing that depends on how many they are.
    pub(super) fn identity(&self) -> Value {
        json!({ "images": self.images, "images_sha256": self.images_sha256 })
    }
}
