//! timm's vision transformers by name.

use crate::encoder::layouts::error::ConfigError;
use nearmiss::numbers::nearest::nearest;
use serde_json::{Map, Value};
use std::path::Path;
use std::sync::LazyLock;

/// Arguments that timm's functions of these names give its constructors, where they differ from the constructors' own:
/// printed by `tests/parity/timm_architectures.py`. `eva` stands for the class of `eva.py`, `norm_eps` for the norm layer.
/// Architectures whose blocks, norms or positions are not computed are not among them.
#[expect(clippy::expect_used, reason = "a constant, read by a test")]
static ARCHITECTURES: LazyLock<Map<String, Value>> =
    LazyLock::new(|| serde_json::from_str(include_str!("architectures.json")).expect("an object of objects"));

/// The arguments of an architecture; `field` says where its name stands, for messages.
///
/// # Errors
///
/// [`ConfigError::Unsupported`] with the nearest name that is known, where one is near.
pub(super) fn named(name: &str, field: &str, path: &Path) -> Result<&'static Map<String, Value>, ConfigError> {
    if let Some(arguments) = ARCHITECTURES.get(name).and_then(Value::as_object) {
        return Ok(arguments);
    }
    let value = match nearest(name, ARCHITECTURES.keys().map(String::as_str)) {
        Some(known) => format!("{name} (the nearest known is {known})"),
        None => name.to_string(),
    };
    Err(ConfigError::Unsupported { path: path.to_path_buf(), field: field.to_string(), value })
}

/// The names of all architectures.
#[cfg(test)]
pub(super) fn names() -> impl Iterator<Item = &'static str> {
    ARCHITECTURES.keys().map(String::as_str)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_read_and_a_name_that_it_does_not_have_is_refused_with_the_nearest() {
        assert!(names().count() > 170 && names().all(|name| named(name, "architecture", Path::new("m")).is_ok()));
        let plant_net = named("vit_base_patch14_reg4_dinov2", "architecture", Path::new("m")).unwrap();
        assert_eq!((&plant_net["img_size"], &plant_net["reg_tokens"]), (&Value::from(518), &Value::from(4)));
        let message = |name| named(name, "architecture", Path::new("m/config.json")).unwrap_err().to_string();
        let begin = "m/config.json: 'architecture' is 'vit_base_patch16_rpn_224 (the nearest known is vit_base_patch16_";
        assert!(message("vit_base_patch16_rpn_224").starts_with(begin), "{}", message("vit_base_patch16_rpn_224"));
        for name in ["resnet50", "convnext_base", "swin_tiny_patch4_window7_224", "fastvit_mci0"] {
            let message = message(name);
            assert!(message.starts_with(&format!("m/config.json: 'architecture' is '{name}")), "{message}");
            assert!(message.contains("ONNX") && message.contains("--classes"), "{message}");
        }
    }
}
