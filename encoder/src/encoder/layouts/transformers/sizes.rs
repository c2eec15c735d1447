//! Sizes of a stack of blocks, whatever a configuration calls them.

use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_LAYERS, MOST_MLP_WIDTH, MOST_WIDTH};

/// What most configurations call width, layers, heads and the width of the perceptrons.
pub(super) const NAMES: [&str; 4] = ["hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"];

/// Sizes of a stack of blocks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Sizes {
    pub(super) width: i64,
    pub(super) layers: i64,
    pub(super) heads: i64,
    pub(super) mlp_width: i64,
}

impl Sizes {
    /// The sizes in four fields, in the order of [`NAMES`]; the defaults where a field is missing.
    pub(super) fn read(fields: &Fields, names: [&str; 4], defaults: [i64; 4]) -> Result<Sizes, ConfigError> {
        let [width, layers, heads, mlp_width] = names;
        let [default_width, default_layers, default_heads, default_mlp_width] = defaults;
        let sizes = Sizes {
            width: fields.whole(width, Some(default_width), [1, MOST_WIDTH])?,
            layers: fields.whole(layers, Some(default_layers), [1, MOST_LAYERS])?,
            heads: fields.whole(heads, Some(default_heads), [1, MOST_WIDTH])?,
            mlp_width: fields.whole(mlp_width, Some(default_mlp_width), [1, MOST_MLP_WIDTH])?,
        };
        if sizes.width % sizes.heads != 0 {
            return Err(fields.unsupported(width, &format!("{} with {} heads", sizes.width, sizes.heads)));
        }
        Ok(sizes)
    }

    /// Width of a head.
    pub(super) fn head_width(self) -> i64 {
        self.width / self.heads
    }

    /// The factor on products of queries and keys almost everywhere, `1 / √head_width`.
    #[expect(clippy::cast_precision_loss, reason = "at most 32 768")]
    pub(super) fn scale(self) -> f64 {
        (self.head_width() as f64).sqrt().recip()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn sizes_are_read_within_bounds_and_heads_divide_the_width() {
        let path = Path::new("m/config.json");
        let value = json!({"hidden_size": 32, "num_attention_heads": 2});
        let fields = Fields::of(path, "", &value).unwrap();
        let sizes = Sizes::read(&fields, NAMES, [768, 12, 12, 3072]).unwrap();
        assert_eq!(sizes, Sizes { width: 32, layers: 12, heads: 2, mlp_width: 3072 });
        assert_eq!((sizes.head_width(), sizes.scale()), (16, 0.25));
        let refused = [
            (json!({"hidden_size": 30}), "m/config.json: 'hidden_size' is '30 with 12 heads', which"),
            (json!({"num_hidden_layers": 0}), "m/config.json: 'num_hidden_layers' is 0; models with 1 to 512"),
            (json!({"intermediate_size": 1e30}), "m/config.json: 'intermediate_size' is 1e+30; models"),
        ];
        for (value, sentence) in refused {
            let fields = Fields::of(path, "", &value).unwrap();
            let error = Sizes::read(&fields, NAMES, [768, 12, 12, 3072]).unwrap_err().to_string();
            assert!(error.starts_with(sentence), "{error}");
        }
    }
}
