//! A layer after pooling.

use crate::encoder::description::tensors::LinearNames;
use crate::encoder::description::text::{After, Projection};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_WIDTH};
use crate::encoder::layouts::transformers::read_json;
use nearmiss::runs::recipe::Activation;
use serde_json::Value;
use std::path::Path;

/// The layer whose folder is called `name` within the model's, over vectors of so many numbers.
///
/// Its tensors have names that begin with the folder's: `2_Dense/linear.weight`.
///
/// # Source
///
/// sentence-transformers 6.2, `base/modules/dense.py`; hyperbolic tangent where no function is named.
pub(super) fn read(folder: &Path, name: &str, width: i64) -> Result<Projection, ConfigError> {
    let path = folder.join(name).join("config.json");
    let value: Value = read_json(&path)?;
    let fields = Fields::of(&path, "", &value)?;
    let inputs = fields.whole("in_features", None, [1, MOST_WIDTH])?;
    if inputs != width {
        return Err(fields.unsupported("in_features", &format!("{inputs}, where vectors of {width} numbers come in")));
    }
    let outputs = fields.whole("out_features", None, [1, MOST_WIDTH])?;
    for name in ["module_input_name", "module_output_name"] {
        fields.only(name, &[Value::from("sentence_embedding")])?;
    }
    fields.only("use_residual", &[Value::from(false)])?;
    let layer = format!("{name}/linear");
    let biased = fields.flag("bias", true)?;
    let linear =
        if biased { LinearNames::biased(&layer, outputs, inputs) } else { LinearNames::unbiased(&layer, outputs, inputs) };
    Ok(Projection { linear, after: after(&fields)? })
}

fn after(fields: &Fields) -> Result<After, ConfigError> {
    match fields.text("activation_function")? {
        None | Some("torch.nn.modules.activation.Tanh") => Ok(After::Tanh),
        Some("torch.nn.modules.linear.Identity") => Ok(After::Nothing),
        Some("torch.nn.modules.activation.GELU") => Ok(After::Activation(Activation::Gelu)),
        Some("torch.nn.modules.activation.ReLU") => Ok(After::Activation(Activation::Relu)),
        Some("torch.nn.modules.activation.SiLU") => Ok(After::Activation(Activation::Silu)),
        Some(other) => Err(fields.unsupported("activation_function", other)),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn of(value: &Value) -> Result<Projection, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::create_dir(folder.path().join("2_Dense")).unwrap();
        std::fs::write(folder.path().join("2_Dense/config.json"), value.to_string()).unwrap();
        read(folder.path(), "2_Dense", 8).map_err(|error| error.to_string())
    }

    #[test]
    fn a_layer_is_named_by_its_folder() {
        // As sentence-transformers 6.2 saves it.
        let saved = json!({
            "in_features": 8, "out_features": 5, "bias": true, "activation_function": "torch.nn.modules.activation.Tanh",
            "module_input_name": "sentence_embedding", "module_output_name": "sentence_embedding"
        });
        let expected = Projection { linear: LinearNames::biased("2_Dense/linear", 5, 8), after: After::Tanh };
        assert_eq!(of(&saved), Ok(expected));
        // Of sentence-t5-base, smaller.
        let identity = json!({
            "in_features": 8, "out_features": 8, "bias": false, "activation_function": "torch.nn.modules.linear.Identity"
        });
        let expected = Projection { linear: LinearNames::unbiased("2_Dense/linear", 8, 8), after: After::Nothing };
        assert_eq!(of(&identity), Ok(expected));
        let refused = [
            ("in_features", json!(7), "'in_features' is '7, where vectors of 8 numbers come in', which"),
            ("use_residual", json!(true), "'use_residual' is 'true', which"),
            ("activation_function", json!("custom.Swish"), "'activation_function' is 'custom.Swish', which"),
            ("module_input_name", json!("token_embeddings"), "'module_input_name' is 'token_embeddings', which"),
            ("out_features", json!(0), "'out_features' is 0; models with 1 to 32768"),
        ];
        for (field, value, sentence) in refused {
            let mut file = saved.clone();
            file[field] = value;
            let error = of(&file).unwrap_err();
            assert!(error.contains(&format!("config.json: {sentence}")), "{error}");
        }
    }
}
