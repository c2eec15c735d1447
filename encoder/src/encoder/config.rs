//! What `open_clip_config.json` says about a model, and which models are understood.

mod error;
mod fields;
mod file;
mod sizes;
mod reader;

pub use error::ConfigError;
use file::File;
use nearmiss::runs::recipe::Activation;
use reader::{MOST_WIDTH, Reader};
use serde_json::Value;
pub use sizes::{TextConfig, TransformerConfig, VisionConfig};
use std::path::Path;

/// The name of the configuration in a model directory.
pub const CONFIG_FILE: &str = "open_clip_config.json";

const CLIP_MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const CLIP_STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

/// A model as its directory describes it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelConfig {
    /// Width `D` of the embeddings.
    pub embed_dim: i64,
    /// The image tower.
    pub vision: VisionConfig,
    /// The text tower.
    pub text: TextConfig,
    /// Non-linearity of both towers.
    pub activation: Activation,
    /// Mean of each channel, in `[0, 1]`, RGB.
    pub mean: [f32; 3],
    /// Standard deviation of each channel.
    pub std: [f32; 3],
    /// `bicubic` or `bilinear`, where the configuration says.
    pub interpolation: Option<String>,
    /// `shortest`, `squash` or `longest`, where the configuration says.
    pub resize_mode: Option<String>,
    /// Fields that nothing is known about, with their section; they are ignored.
    pub unknown_fields: Vec<String>,
}

impl ModelConfig {
    /// Reads the configuration file of a model.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]: unreadable, not a configuration, or a model of another kind.
    pub fn from_path(path: &Path) -> Result<ModelConfig, ConfigError> {
        let bytes =
            nearmiss::files::regular_file::read(path).map_err(|source| ConfigError::Open { path: path.to_path_buf(), source })?;
        ModelConfig::from_bytes(&bytes, path)
    }

    /// Reads the bytes of a configuration file; `path` is for messages.
    ///
    /// # Errors
    ///
    /// As [`ModelConfig::from_path`].
    ///
    /// # Source
    ///
    /// `open_clip` 3.2, `src/open_clip/model.py` and `factory.py`.
    pub fn from_bytes(bytes: &[u8], path: &Path) -> Result<ModelConfig, ConfigError> {
        let parse = |source| ConfigError::Parse { path: path.to_path_buf(), source };
        let File { model_cfg: model, preprocess_cfg } = serde_json::from_slice(bytes).map_err(parse)?;
        let mut reader = Reader::new(path);
        reader.check("model_cfg", "", &model.rest)?;
        reader.check("vision_cfg", "tok", &model.vision_cfg.rest)?;
        reader.check("text_cfg", "argmax", &model.text_cfg.rest)?;
        let (vision, text) = (reader.vision(&model.vision_cfg)?, reader.text(&model.text_cfg)?);
        let (mean, std) = (preprocess_cfg.mean.map(in_single_precision), preprocess_cfg.std.map(in_single_precision));
        for (field, channels) in [("mean", mean), ("std", std)] {
            let is_wrong = |value: &&f32| !value.is_finite() || (field == "std" && **value <= 0.0);
            if let Some(wrong) = channels.as_ref().and_then(|channels| channels.iter().find(is_wrong)) {
                return Err(reader.unsupported(format!("preprocess_cfg.{field}"), &Value::from(wrong.to_string())));
            }
        }
        Ok(ModelConfig {
            embed_dim: reader.within("model_cfg.embed_dim", model.embed_dim, 1, MOST_WIDTH)?,
            vision,
            text,
            activation: if model.quick_gelu { Activation::QuickGelu } else { Activation::Gelu },
            mean: mean.unwrap_or(CLIP_MEAN),
            std: std.unwrap_or(CLIP_STD),
            interpolation: preprocess_cfg.interpolation,
            resize_mode: preprocess_cfg.resize_mode,
            unknown_fields: reader.unknown,
        })
    }

    /// One line about the sizes of both towers.
    #[must_use]
    pub fn summary(&self) -> String {
        let (vision, text) = (&self.vision.transformer, &self.text.transformer);
        format!(
            "vision transformer {}x{}, {} heads, patch {}, image {}; text {}x{}, {} heads, context {}; embedding {}; {}",
            vision.layers,
            vision.width,
            vision.heads,
            self.vision.patch_size,
            self.vision.image_size,
            text.layers,
            text.width,
            text.heads,
            self.text.context_length,
            self.embed_dim,
            self.activation.name()
        )
    }
}

#[expect(clippy::cast_possible_truncation, reason = "as PyTorch rounds them")]
fn in_single_precision(channels: [f64; 3]) -> [f32; 3] {
    channels.map(|channel| channel as f32)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn read(value: &Value) -> Result<ModelConfig, ConfigError> {
        ModelConfig::from_bytes(value.to_string().as_bytes(), Path::new("m/open_clip_config.json"))
    }

    fn huge() -> Value {
        json!({
            "model_cfg": {
                "embed_dim": 1024,
                "vision_cfg": {"image_size": 224, "layers": 32, "width": 1280, "head_width": 80, "patch_size": 14},
                "text_cfg": {"context_length": 77, "vocab_size": 49408, "width": 1024, "heads": 16, "layers": 24},
            },
            "preprocess_cfg": {"mean": [0.5, 0.25, 0.125], "std": [1, 2, 4], "size": [224, 224], "resize_mode": "shortest"},
        })
    }

    #[test]
    fn vit_h_14_has_sixteen_heads_of_width_80() {
        let config = read(&huge()).unwrap();
        let expected = TransformerConfig { width: 1280, layers: 32, heads: 16, mlp_width: 5120 };
        assert_eq!(config.vision.transformer, expected);
        assert_eq!((config.embed_dim, config.mean, config.activation), (1024, [0.5, 0.25, 0.125], Activation::Gelu));
        assert_eq!(config.resize_mode.as_deref(), Some("shortest"));
    }

    #[test]
    fn what_is_not_stated_is_open_clips_default() {
        let config =
            read(&json!({"model_cfg": {"embed_dim": 512, "quick_gelu": true, "vision_cfg": {}, "text_cfg": {}}})).unwrap();
        assert_eq!((config.vision.image_size, config.vision.patch_size), (224, 16));
        assert_eq!(config.vision.transformer, TransformerConfig { width: 768, layers: 12, heads: 12, mlp_width: 3072 });
        assert_eq!(config.text.transformer, TransformerConfig { width: 512, layers: 12, heads: 8, mlp_width: 2048 });
        assert_eq!((config.text.context_length, config.text.vocab_size), (77, 49_408));
        assert_eq!((config.activation, config.mean), (Activation::QuickGelu, CLIP_MEAN));
    }

    #[test]
    fn other_kinds_of_model_are_refused_by_field() {
        let cases = [
            ("/model_cfg/vision_cfg/timm_model_name", json!("vit_base"), "vision_cfg.timm_model_name"),
            ("/model_cfg/text_cfg/hf_model_name", json!("xlm-roberta"), "text_cfg.hf_model_name"),
            ("/model_cfg/text_cfg/no_causal_mask", json!(true), "text_cfg.no_causal_mask"),
            ("/model_cfg/text_cfg/pool_type", json!("last"), "text_cfg.pool_type"),
            ("/model_cfg/vision_cfg/pool_type", json!("avg"), "vision_cfg.pool_type"),
            ("/model_cfg/vision_cfg/layers", json!([3, 4, 6, 3]), "vision_cfg.layers"),
            ("/model_cfg/vision_cfg/image_size", json!([224, 336]), "vision_cfg.image_size"),
            ("/model_cfg/vision_cfg/head_width", json!(96), "vision_cfg.width"),
            ("/model_cfg/text_cfg/act_kwargs", json!({"approximate": "tanh"}), "text_cfg.act_kwargs"),
            ("/model_cfg/init_logit_bias", json!(-10), "model_cfg.init_logit_bias"),
        ];
        for (pointer, value, field) in cases {
            let mut file = huge();
            let (section, name) = pointer.rsplit_once('/').unwrap();
            file.pointer_mut(section).unwrap()[name] = value;
            let message = read(&file).unwrap_err().to_string();
            assert!(message.starts_with(&format!("m/open_clip_config.json: '{field}' is ")), "{message}");
        }
    }

    #[test]
    fn sizes_that_no_model_has_are_refused_with_their_value() {
        let huge_number = json!(4_611_686_018_427_387_904_i64);
        let cases = [
            ("/model_cfg/vision_cfg/layers", json!(1_000_000), "'vision_cfg.layers' is 1000000; models with 1 to 512"),
            ("/model_cfg/vision_cfg/layers", huge_number.clone(), "'vision_cfg.layers' is 4611686018427387904; models"),
            ("/model_cfg/vision_cfg/layers", json!(0), "'vision_cfg.layers' is 0; models with 1 to 512"),
            ("/model_cfg/vision_cfg/layers", json!(1e30), "'vision_cfg.layers' is 1e+30; models"),
            ("/model_cfg/text_cfg/layers", json!(-3), "'text_cfg.layers' is -3; models"),
            ("/model_cfg/vision_cfg/width", huge_number.clone(), "'vision_cfg.width' is 4611686018427387904; models"),
            ("/model_cfg/vision_cfg/width", json!(0), "'vision_cfg.width' is 0; models"),
            ("/model_cfg/vision_cfg/head_width", json!(0), "'vision_cfg.head_width' is 0; models"),
            ("/model_cfg/vision_cfg/mlp_ratio", json!(1e18), "'vision_cfg.mlp_ratio × width' is 9223372036854775807; models"),
            ("/model_cfg/vision_cfg/mlp_ratio", json!(-1.0), "'vision_cfg.mlp_ratio × width' is -1280; models"),
            ("/model_cfg/vision_cfg/image_size", json!(0), "'vision_cfg.image_size' is 0; models with 1 to 8192"),
            ("/model_cfg/vision_cfg/image_size", json!([-1, -1]), "'vision_cfg.image_size' is -1; models"),
            ("/model_cfg/vision_cfg/image_size", huge_number.clone(), "'vision_cfg.image_size' is 4611686018427387904"),
            ("/model_cfg/vision_cfg/patch_size", json!(0), "'vision_cfg.patch_size' is 0; models"),
            ("/model_cfg/vision_cfg/image_size", json!(8192), "'vision_cfg.image_size / patch_size, squared' is 342225; models"),
            ("/model_cfg/text_cfg/context_length", huge_number.clone(), "'text_cfg.context_length' is 4611686018427387904"),
            ("/model_cfg/text_cfg/vocab_size", huge_number.clone(), "'text_cfg.vocab_size' is 4611686018427387904; models"),
            ("/model_cfg/text_cfg/heads", json!(0), "'text_cfg.heads' is 0; models"),
            ("/model_cfg/embed_dim", json!(-1), "'model_cfg.embed_dim' is -1; models with 1 to 32768"),
            ("/model_cfg/embed_dim", huge_number, "'model_cfg.embed_dim' is 4611686018427387904; models"),
            ("/preprocess_cfg/std", json!([1, 0, 1]), "'preprocess_cfg.std' is '0'"),
            ("/preprocess_cfg/mean", json!([1e300, 0, 1]), "'preprocess_cfg.mean' is 'inf'"),
        ];
        for (pointer, value, sentence) in cases {
            let mut file = huge();
            let (section, name) = pointer.rsplit_once('/').unwrap();
            file.pointer_mut(section).unwrap()[name] = value;
            let message = read(&file).unwrap_err().to_string();
            assert!(message.starts_with(&format!("m/open_clip_config.json: {sentence}")), "{message}");
        }
    }

    #[test]
    fn neutral_and_unknown_fields_are_accepted_and_the_unknown_listed() {
        let mut file = huge();
        file["model_cfg"]["vision_cfg"]["timm_model_name"] = Value::Null;
        file["model_cfg"]["vision_cfg"]["patch_dropout"] = json!(0.5);
        file["model_cfg"]["vision_cfg"]["pool_type"] = json!("tok");
        file["model_cfg"]["text_cfg"]["tea"] = json!("green");
        assert_eq!(read(&file).unwrap().unknown_fields, ["text_cfg.tea"]);
    }

    #[test]
    fn a_file_that_is_no_configuration_says_where() {
        let message = read(&json!({"hidden_size": 3})).unwrap_err().to_string();
        assert!(message.contains("not an open_clip configuration: missing field `model_cfg`"), "{message}");
    }
}
