//! The arguments of timm's constructors: those of the architecture, and those that a model changes.

use super::plan::Plan;
use super::{eva, vision_transformer};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, spelt};
use serde_json::{Map, Value, json};
use std::path::Path;

/// Arguments that change training, or how a model is made, and not what it computes. The number of classes is asked for
/// apart.
const HARMLESS: [&str; 18] = [
    "attn_drop_rate",
    "cache_dir",
    "drop_path_rate",
    "drop_rate",
    "exportable",
    "fix_init",
    "head_init_scale",
    "no_jit",
    "num_classes",
    "patch_drop_rate",
    "pos_drop_rate",
    "pretrained_strict",
    "proj_drop_rate",
    "rope_jitter_coords",
    "rope_rescale_coords",
    "rope_shift_coords",
    "scriptable",
    "weight_init",
];

/// The arguments that a vision transformer is built with.
#[derive(Debug, Clone)]
pub(super) struct Arguments {
    /// Whether it is an `Eva`; else a `VisionTransformer`.
    eva: bool,
    map: Map<String, Value>,
}

impl Arguments {
    /// The arguments of an architecture, changed by those of a model.
    ///
    /// # Errors
    ///
    /// [`ConfigError::Unsupported`] for an argument that nothing is known about, or that changes what is computed.
    pub(super) fn of(
        architecture: &Map<String, Value>,
        changed: Option<&Map<String, Value>>,
        path: &Path,
    ) -> Result<Arguments, ConfigError> {
        let eva = architecture.get("eva").is_some_and(|eva| *eva == json!(true));
        let mut arguments = Arguments { eva, map: architecture.clone() };
        arguments.default("img_size", json!(224));
        arguments.default("global_pool", json!(if eva { "avg" } else { "token" }));
        for (name, value) in changed.into_iter().flatten() {
            if arguments.reads(name) {
                arguments.set(name, value.clone());
            } else if !HARMLESS.contains(&name.as_str()) && !value.is_null() && !arguments.is_neutral(name, value) {
                let (path, field) = (path.to_path_buf(), format!("model_args.{name}"));
                return Err(ConfigError::Unsupported { path, field, value: spelt(value) });
            }
        }
        Ok(arguments)
    }

    /// Changes an argument.
    pub(super) fn set(&mut self, name: &str, value: Value) {
        self.map.insert(name.to_string(), value);
    }

    /// The arguments as fields of a configuration.
    pub(super) fn fields<'a>(&'a self, path: &'a Path) -> Fields<'a> {
        Fields { path, section: "model_args.", map: &self.map }
    }

    /// What the arguments ask for.
    ///
    /// # Errors
    ///
    /// [`ConfigError`] for a size out of bounds, or an argument that asks for what is not computed.
    pub(super) fn plan(&self, path: &Path) -> Result<Plan, ConfigError> {
        if self.eva { eva::plan(&self.fields(path)) } else { vision_transformer::plan(&self.fields(path)) }
    }

    fn default(&mut self, name: &str, value: Value) {
        if !self.map.contains_key(name) {
            self.set(name, value);
        }
    }

    fn reads(&self, name: &str) -> bool {
        (if self.eva { eva::READ } else { vision_transformer::READ }).contains(&name)
    }

    fn is_neutral(&self, name: &str, value: &Value) -> bool {
        let both = [("in_chans", json!(3)), ("dynamic_img_pad", json!(false)), ("use_naflex", json!(false))];
        let own = if self.eva { eva::neutral().to_vec() } else { vision_transformer::neutral().to_vec() };
        both.iter().chain(&own).any(|(known, neutral)| *known == name && neutral == value)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn arguments_of_a_model_change_those_of_the_architecture_and_unknown_ones_are_refused() {
        let path = Path::new("m/config.json");
        let of = |eva: bool, changed: Value| {
            let architecture = json!({"eva": eva, "embed_dim": 64, "num_heads": 2, "init_values": 0.1});
            Arguments::of(architecture.as_object().unwrap(), changed.as_object(), path)
        };
        let plan =
            of(false, json!({"depth": 3, "drop_rate": 0.5, "qk_norm": false, "init_values": null})).unwrap().plan(path).unwrap();
        assert_eq!((plan.sizes.width, plan.sizes.depth, plan.sizes.image, plan.scales), (64, 3, 224, None));
        assert!(of(true, json!({"qkv_fused": true, "norm_layer": null})).is_ok());
        let refused = [
            (false, json!({"qk_norm": true}), "'model_args.qk_norm' is 'true', which"),
            (false, json!({"tea": "green"}), "'model_args.tea' is 'green', which"),
            (false, json!({"norm_eps": 1.0}), "'model_args.norm_eps' is '1.0', which"),
            (true, json!({"reg_tokens": 4}), "'model_args.reg_tokens' is '4', which"),
            (true, json!({"num_kv_heads": 1}), "'model_args.num_kv_heads' is '1', which"),
            (false, json!({"in_chans": 4}), "'model_args.in_chans' is '4', which"),
            (false, json!({"depth": 0}), "'model_args.depth' is 0; models with 1 to 512"),
            (false, json!({"global_pool": "max"}), "'model_args.global_pool' is 'max', which"),
            (false, json!({"class_token": false}), "'model_args.global_pool' is 'token, without a class token', which"),
            (false, json!({"mlp_ratio": 1e18}), "'model_args.mlp_ratio × embed_dim' is 9223372036854775807; models"),
            (false, json!({"img_size": 8192, "patch_size": 1}), "'model_args.patch_size' is '1 with an image of 8192; 1 to"),
            (true, json!({"use_rot_pos_emb": true, "rope_type": "mixed"}), "'model_args.rope_type' is 'mixed with rope_"),
        ];
        for (eva, changed, sentence) in refused {
            let error = of(eva, changed).and_then(|arguments| arguments.plan(path)).unwrap_err().to_string();
            assert!(error.starts_with(&format!("m/config.json: {sentence}")), "{error}");
        }
    }
}
