//! `open_clip_config.json` as it is written.

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
pub(super) struct File {
    pub(super) model_cfg: Model,
    #[serde(default)]
    pub(super) preprocess_cfg: Preprocess,
}

#[derive(Deserialize)]
pub(super) struct Model {
    pub(super) embed_dim: i64,
    pub(super) vision_cfg: Vision,
    pub(super) text_cfg: Text,
    #[serde(default)]
    pub(super) quick_gelu: bool,
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

#[derive(Deserialize, Default)]
pub(super) struct Preprocess {
    // As PyTorch takes them: read in double precision, computed in single.
    pub(super) mean: Option<[f64; 3]>,
    pub(super) std: Option<[f64; 3]>,
    pub(super) interpolation: Option<String>,
    pub(super) resize_mode: Option<String>,
}

#[derive(Deserialize)]
pub(super) struct Vision {
    #[serde(default = "default_image_size")]
    pub(super) image_size: Value,
    #[serde(default = "default_vision_layers")]
    pub(super) layers: Value,
    #[serde(default = "default_vision_width")]
    pub(super) width: i64,
    #[serde(default = "default_head_width")]
    pub(super) head_width: i64,
    #[serde(default = "default_patch_size")]
    pub(super) patch_size: Value,
    #[serde(default = "default_mlp_ratio")]
    pub(super) mlp_ratio: f64,
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
}

#[derive(Deserialize)]
pub(super) struct Text {
    #[serde(default = "default_context_length")]
    pub(super) context_length: i64,
    #[serde(default = "default_vocab_size")]
    pub(super) vocab_size: i64,
    #[serde(default = "default_text_width")]
    pub(super) width: i64,
    #[serde(default = "default_text_heads")]
    pub(super) heads: i64,
    #[serde(default = "default_text_layers")]
    pub(super) layers: i64,
    #[serde(default = "default_mlp_ratio")]
    pub(super) mlp_ratio: f64,
    #[serde(flatten)]
    pub(super) rest: Map<String, Value>,
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
fn default_text_heads() -> i64 {
    8
}
fn default_text_layers() -> i64 {
    12
}
