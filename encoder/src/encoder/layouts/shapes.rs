//! What a checkpoint holds, for translators of configurations.

use std::collections::BTreeMap;

/// Shapes of a checkpoint's tensors by their names, after what wraps a model was cut off the names.
pub type Shapes = BTreeMap<String, Vec<i64>>;
