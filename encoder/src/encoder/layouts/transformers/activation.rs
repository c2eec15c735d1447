//! Non-linearities by transformers' names.

use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::Fields;
use nearmiss::runs::recipe::Activation;

/// The non-linearity that a field names; `default` where it is missing.
///
/// # Source
///
/// transformers 5.24, `src/transformers/activations.py`, `ACT2CLS`: four names there are the same function of a hyperbolic
/// tangent.
pub fn named(fields: &Fields, field: &str, default: &str) -> Result<Activation, ConfigError> {
    let name = fields.text(field)?.unwrap_or(default);
    of(name).ok_or_else(|| fields.unsupported(field, name))
}

/// The non-linearity of a name; `None` for one that is not computed.
pub fn of(name: &str) -> Option<Activation> {
    match name {
        "gelu" | "gelu_python" => Some(Activation::Gelu),
        "quick_gelu" => Some(Activation::QuickGelu),
        "gelu_new" | "gelu_pytorch_tanh" | "gelu_python_tanh" | "gelu_fast" | "gelu_accurate" => Some(Activation::GeluTanh),
        "silu" | "swish" => Some(Activation::Silu),
        "relu" => Some(Activation::Relu),
        _ => None,
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;
    use std::path::Path;

    #[test]
    fn names_are_those_of_transformers_and_others_are_refused() {
        let value = json!({"hidden_act": "gelu_new", "activation": "mish"});
        let fields = Fields::of(Path::new("m/config.json"), "text_config.", &value).unwrap();
        assert_eq!(named(&fields, "hidden_act", "gelu").unwrap(), Activation::GeluTanh);
        assert_eq!(named(&fields, "act", "quick_gelu").unwrap(), Activation::QuickGelu);
        let error = named(&fields, "activation", "gelu").unwrap_err().to_string();
        assert!(error.starts_with("m/config.json: 'text_config.activation' is 'mish', which"), "{error}");
    }
}
