//! What `open_clip_config.json` says about a model, and which models are understood.

use crate::recipe::Activation;
use serde::Deserialize;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// The name of the configuration in a model directory.
pub const CONFIG_FILE: &str = "open_clip_config.json";

const CLIP_MEAN: [f32; 3] = [0.481_454_66, 0.457_827_5, 0.408_210_73];
const CLIP_STD: [f32; 3] = [0.268_629_54, 0.261_302_6, 0.275_777_1];

/// Why a configuration cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum ConfigError {
    /// The file is missing or unreadable.
    #[error("{path}: cannot read the model's configuration: {source}")]
    Open {
        /// The file.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Not JSON, or a field is missing or of the wrong kind.
    #[error("{path}: not an open_clip configuration: {source}")]
    Parse {
        /// The file.
        path: PathBuf,
        /// What is wrong, with line and column.
        source: serde_json::Error,
    },
    /// The model is of a kind that this encoder does not compute.
    #[error(
        "{path}: '{field}' is '{value}', which this encoder does not compute; \
         it computes the CLIP vision transformers of open_clip (ViT-B/16, ViT-L/14, ViT-H/14, ...)"
    )]
    Unsupported {
        /// The file.
        path: PathBuf,
        /// The field, with its section.
        field: String,
        /// What it says.
        value: String,
    },
    /// A number that no model has: with it, memory would be asked for without end.
    #[error("{path}: '{field}' is {value}; models with {least} to {most} are computed")]
    OutOfRange {
        /// The file.
        path: PathBuf,
        /// The field, with its section.
        field: String,
        /// What it says.
        value: String,
        /// The least.
        least: i64,
        /// The most.
        most: i64,
    },
}

/// The most of each size that is computed, far above any model there is.
const MOST_LAYERS: i64 = 512;
const MOST_WIDTH: i64 = 32_768;
const MOST_MLP_WIDTH: i64 = 4 * MOST_WIDTH;
const MOST_PIXELS: i64 = 8_192;
const MOST_PATCHES: i64 = 65_536;
const MOST_TOKENS: i64 = 65_536;
const MOST_WORDS: i64 = 4_194_304;

/// The image tower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct VisionConfig {
    /// Side of the square image, in pixels.
    pub image_size: i64,
    /// Side of a square patch, in pixels.
    pub patch_size: i64,
    /// Size of the transformer.
    pub transformer: TransformerConfig,
}

/// The text tower.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextConfig {
    /// Most tokens in a text, start and end included.
    pub context_length: i64,
    /// Number of token ids.
    pub vocab_size: i64,
    /// Size of the transformer.
    pub transformer: TransformerConfig,
}

/// The size of a transformer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TransformerConfig {
    /// Width of the residual stream.
    pub width: i64,
    /// Number of blocks.
    pub layers: i64,
    /// Attention heads per block.
    pub heads: i64,
    /// Width of the hidden layer of the perceptrons.
    pub mlp_width: i64,
}

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

#[derive(Deserialize)]
struct File {
    model_cfg: Model,
    #[serde(default)]
    preprocess_cfg: Preprocess,
}

#[derive(Deserialize)]
struct Model {
    embed_dim: i64,
    vision_cfg: Vision,
    text_cfg: Text,
    #[serde(default)]
    quick_gelu: bool,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize, Default)]
struct Preprocess {
    // As PyTorch takes them: read in double precision, computed in single.
    mean: Option<[f64; 3]>,
    std: Option<[f64; 3]>,
    interpolation: Option<String>,
    resize_mode: Option<String>,
}

#[derive(Deserialize)]
struct Vision {
    #[serde(default = "default_image_size")]
    image_size: Value,
    #[serde(default = "default_vision_layers")]
    layers: Value,
    #[serde(default = "default_vision_width")]
    width: i64,
    #[serde(default = "default_head_width")]
    head_width: i64,
    #[serde(default = "default_patch_size")]
    patch_size: Value,
    #[serde(default = "default_mlp_ratio")]
    mlp_ratio: f64,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
struct Text {
    #[serde(default = "default_context_length")]
    context_length: i64,
    #[serde(default = "default_vocab_size")]
    vocab_size: i64,
    #[serde(default = "default_text_width")]
    width: i64,
    #[serde(default = "default_text_heads")]
    heads: i64,
    #[serde(default = "default_text_layers")]
    layers: i64,
    #[serde(default = "default_mlp_ratio")]
    mlp_ratio: f64,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

// The defaults of open_clip 3.2, `src/open_clip/model.py`, CLIPVisionCfg and CLIPTextCfg.
fn default_image_size() -> Value {
    Value::from(224)
}
fn default_vision_layers() -> Value {
    Value::from(12)
}
fn default_vision_width() -> i64 {
    768
}
fn default_head_width() -> i64 {
    64
}
fn default_patch_size() -> Value {
    Value::from(16)
}
fn default_mlp_ratio() -> f64 {
    4.0
}
fn default_context_length() -> i64 {
    77
}
fn default_vocab_size() -> i64 {
    49_408
}
fn default_text_width() -> i64 {
    512
}
#[expect(clippy::cast_possible_truncation, reason = "as PyTorch rounds them")]
fn in_single_precision(channels: [f64; 3]) -> [f32; 3] {
    channels.map(|channel| channel as f32)
}
fn default_text_heads() -> i64 {
    8
}
fn default_text_layers() -> i64 {
    12
}

/// Fields that change what is computed, each with the values that change nothing; null never does.
const ARCHITECTURE: &[(&str, &[&str])] = &[
    ("timm_model_name", &[]),
    ("hf_model_name", &[]),
    ("hf_tokenizer_name", &[]),
    ("tokenizer_mode", &[]),
    ("tokenizer_kwargs", &["{}"]),
    ("ls_init_value", &[]),
    ("attentional_pool", &["false"]),
    ("no_ln_pre", &["false"]),
    ("pos_embed_type", &["learnable"]),
    ("final_ln_after_pool", &["false"]),
    ("output_tokens", &["false"]),
    ("act_kwargs", &["{}"]),
    ("norm_kwargs", &["{}"]),
    ("block_type", &["default"]),
    ("qk_norm", &["false"]),
    ("scaled_cosine_attn", &["false"]),
    ("scale_heads", &["false"]),
    ("scale_attn_inner", &["false"]),
    ("scale_attn", &["false"]),
    ("scale_fc", &["false"]),
    ("embed_cls", &["false"]),
    ("no_causal_mask", &["false"]),
    ("proj_bias", &["false"]),
    ("proj_type", &["linear"]),
    ("init_logit_bias", &[]),
    ("multimodal_cfg", &[]),
];

/// Fields that change nothing here: training, other kinds of tower, how the checkpoint is laid out.
const HARMLESS: &[&str] = &[
    "patch_dropout",
    "attn_pooler_queries",
    "attn_pooler_heads",
    "timm_model_pretrained",
    "timm_pool",
    "timm_proj",
    "timm_proj_bias",
    "timm_drop",
    "timm_drop_path",
    "hf_model_pretrained",
    "hf_proj_type",
    "hf_pooler_type",
    "pad_id",
    "eos_id",
    "custom_text",
    "init_logit_scale",
    "nonscalar_logit_scale",
];

struct Reader<'a> {
    path: &'a Path,
    unknown: Vec<String>,
}

impl Reader<'_> {
    fn unsupported(&self, field: String, value: &Value) -> ConfigError {
        ConfigError::Unsupported { path: self.path.to_path_buf(), field, value: text_of(value) }
    }

    /// Refuses fields that would change the result and notes those that nothing is known about.
    fn check(&mut self, section: &str, pool: &str, fields: &Map<String, Value>) -> Result<(), ConfigError> {
        for (name, value) in fields {
            let field = format!("{section}.{name}");
            let neutral = if name == "pool_type" {
                Some(text_of(value) == pool)
            } else {
                let known = ARCHITECTURE.iter().find(|(known, _)| known == name);
                known.map(|(_, neutral)| neutral.contains(&text_of(value).as_str()))
            };
            match neutral {
                Some(false) if !value.is_null() => return Err(self.unsupported(field, value)),
                None if !HARMLESS.contains(&name.as_str()) => self.unknown.push(field),
                _ => {}
            }
        }
        Ok(())
    }

    /// A side length, given as one number or as two that are equal.
    fn side(&self, field: &str, value: &Value) -> Result<i64, ConfigError> {
        let side = match value {
            Value::Array(sides) => match &sides[..] {
                [height, width] if height == width => height,
                _ => return Err(self.unsupported(field.to_string(), value)),
            },
            one => one,
        };
        self.whole(field, side, 1, MOST_PIXELS)
    }

    /// A whole number within bounds.
    fn whole(&self, field: &str, value: &Value, least: i64, most: i64) -> Result<i64, ConfigError> {
        match value.as_i64() {
            Some(number) => self.within(field, number, least, most),
            // Beyond 64 bits, or with a fraction.
            None if value.is_number() => Err(self.out_of_range(field, value.to_string(), least, most)),
            None => Err(self.unsupported(field.to_string(), value)),
        }
    }

    fn within(&self, field: &str, number: i64, least: i64, most: i64) -> Result<i64, ConfigError> {
        if (least..=most).contains(&number) { Ok(number) } else { Err(self.out_of_range(field, number.to_string(), least, most)) }
    }

    fn out_of_range(&self, field: &str, value: String, least: i64, most: i64) -> ConfigError {
        ConfigError::OutOfRange { path: self.path.to_path_buf(), field: field.to_string(), value, least, most }
    }

    fn transformer(&self, section: &str, [width, layers, heads]: [i64; 3], ratio: f64) -> Result<TransformerConfig, ConfigError> {
        for (name, value, most) in [("width", width, MOST_WIDTH), ("layers", layers, MOST_LAYERS), ("heads", heads, MOST_WIDTH)] {
            self.within(&format!("{section}.{name}"), value, 1, most)?;
        }
        if width % heads != 0 {
            return Err(self.unsupported(format!("{section}.width"), &Value::from(format!("{width} with {heads} heads"))));
        }
        #[expect(clippy::cast_possible_truncation, clippy::cast_precision_loss, reason = "truncates as open_clip does")]
        let mlp_width = (width as f64 * ratio) as i64;
        self.within(&format!("{section}.mlp_ratio × width"), mlp_width, 1, MOST_MLP_WIDTH)?;
        Ok(TransformerConfig { width, layers, heads, mlp_width })
    }
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_string)
}

impl ModelConfig {
    /// Reads the configuration file of a model.
    ///
    /// # Errors
    ///
    /// [`ConfigError`]: unreadable, not a configuration, or a model of another kind.
    pub fn from_path(path: &Path) -> Result<ModelConfig, ConfigError> {
        let bytes = crate::regular_file::read(path).map_err(|source| ConfigError::Open { path: path.to_path_buf(), source })?;
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
        let mut reader = Reader { path, unknown: Vec::new() };
        reader.check("model_cfg", "", &model.rest)?;
        reader.check("vision_cfg", "tok", &model.vision_cfg.rest)?;
        reader.check("text_cfg", "argmax", &model.text_cfg.rest)?;
        let (vision, text) = (vision(&reader, &model.vision_cfg)?, text(&reader, &model.text_cfg)?);
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

fn vision(reader: &Reader, vision: &Vision) -> Result<VisionConfig, ConfigError> {
    let layers = reader.whole("vision_cfg.layers", &vision.layers, 1, MOST_LAYERS)?;
    reader.within("vision_cfg.width", vision.width, 1, MOST_WIDTH)?;
    reader.within("vision_cfg.head_width", vision.head_width, 1, MOST_WIDTH)?;
    let (image_size, patch_size) =
        (reader.side("vision_cfg.image_size", &vision.image_size)?, reader.side("vision_cfg.patch_size", &vision.patch_size)?);
    if patch_size > image_size {
        return Err(reader.unsupported("vision_cfg.patch_size".to_string(), &vision.patch_size));
    }
    let patches = (image_size / patch_size) * (image_size / patch_size);
    reader.within("vision_cfg.image_size / patch_size, squared", patches, 1, MOST_PATCHES)?;
    let sizes = [vision.width, layers, vision.width / vision.head_width];
    Ok(VisionConfig { image_size, patch_size, transformer: reader.transformer("vision_cfg", sizes, vision.mlp_ratio)? })
}

fn text(reader: &Reader, text: &Text) -> Result<TextConfig, ConfigError> {
    reader.within("text_cfg.context_length", text.context_length, 3, MOST_TOKENS)?;
    reader.within("text_cfg.vocab_size", text.vocab_size, 3, MOST_WORDS)?;
    let transformer = reader.transformer("text_cfg", [text.width, text.layers, text.heads], text.mlp_ratio)?;
    Ok(TextConfig { context_length: text.context_length, vocab_size: text.vocab_size, transformer })
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
