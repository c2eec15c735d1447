//! A model of the right architecture with random weights: for demonstrations and tests without a
//! download. It has learnt nothing, and whoever uses it must say so.

mod numbers;
pub mod sentences;

use crate::encoder::layouts::open_clip::{self, CONFIG_FILE};
use crate::encoder::layouts::shapes::Shapes;
use numbers::{Numbers, check, invalid};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::path::Path;

/// Sizes of the two towers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
pub struct SeededModel {
    /// Length of an embedding.
    pub embed_dim: usize,
    /// Side of the input picture, in pixels.
    pub image_size: usize,
    /// Side of a patch, in pixels.
    pub patch_size: usize,
    /// Width of the image tower (64 per head).
    pub vision_width: usize,
    /// Blocks of the image tower.
    pub vision_layers: usize,
    /// Width of the text tower (64 per head).
    pub text_width: usize,
    /// Blocks of the text tower.
    pub text_layers: usize,
}

const CONTEXT: usize = 77;
/// Most tokens of a text of SigLIP.
const SIGLIP_CONTEXT: usize = 64;
const VOCABULARY: usize = 49_408;

impl SeededModel {
    /// A small one: 10 million numbers, a fraction of a second per photograph.
    pub const SMALL: SeededModel = SeededModel {
        embed_dim: 128,
        image_size: 224,
        patch_size: 32,
        vision_width: 192,
        vision_layers: 4,
        text_width: 128,
        text_layers: 2,
    };

    /// Writes `open_clip_config.json` and `open_clip_model.safetensors`; equal bytes for equal seeds.
    ///
    /// # Errors
    ///
    /// What the file system says; sizes that no model has.
    pub fn write(&self, directory: &Path, seed: u64) -> std::io::Result<()> {
        let mut numbers = self.begin(&self.config(), directory, seed)?;
        self.vision(&mut numbers);
        let width = self.text_width;
        numbers.random("token_embedding.weight", &[VOCABULARY, width], 0.02);
        numbers.random("positional_embedding", &[CONTEXT, width], 0.01);
        blocks(&mut numbers, "transformer", width, self.text_layers);
        numbers.norm("ln_final", width);
        numbers.random("text_projection", &[width, self.embed_dim], 0.09);
        // ln(1 / 0.07), CLIP's start.
        numbers.constant("logit_scale", &[], 2.659_26);
        numbers.write(&directory.join("open_clip_model.safetensors"))
    }

    /// As [`SeededModel::write`], a model as SigLIP is put together, within what open_clip's own towers can be: texts are read
    /// both ways with their padding, the last position is pooled, and a sigmoid with a bias compares (`logit_bias`). The image
    /// tower is CLIP's, for those of timm have sizes of their own; the tokenizer is CLIP's.
    ///
    /// # Errors
    ///
    /// As [`SeededModel::write`].
    ///
    /// # Source
    ///
    /// `open_clip` 3.3, `src/open_clip/model.py`, `CustomTextCLIP`; Zhai 2023 for scale and bias at the start.
    pub fn write_siglip(&self, directory: &Path, seed: u64) -> std::io::Result<()> {
        let mut numbers = self.begin(&self.siglip_config(), directory, seed)?;
        self.vision(&mut numbers);
        let width = self.text_width;
        numbers.random("text.token_embedding.weight", &[VOCABULARY, width], 0.02);
        numbers.random("text.positional_embedding", &[SIGLIP_CONTEXT, width], 0.01);
        blocks(&mut numbers, "text.transformer", width, self.text_layers);
        numbers.norm("text.ln_final", width);
        numbers.linear("text.text_projection", [self.embed_dim, width], 0.09);
        // ln 10.
        numbers.constant("logit_scale", &[], std::f32::consts::LN_10);
        numbers.constant("logit_bias", &[], -10.0);
        numbers.write(&directory.join("open_clip_model.safetensors"))
    }

    /// Checks the sizes and writes the configuration.
    fn begin(&self, config: &Value, directory: &Path, seed: u64) -> std::io::Result<Numbers> {
        let config = serde_json::to_vec_pretty(config)?;
        let path = directory.join(CONFIG_FILE);
        open_clip::describe(&config, &path, &Shapes::new()).map_err(|error| invalid(error.to_string()))?;
        check(self.numbers())?;
        std::fs::create_dir_all(directory)?;
        std::fs::write(&path, config)?;
        Ok(Numbers::of(seed))
    }

    /// How many numbers it has, but for the smallest tensors; sizes are those of a configuration that was checked.
    fn numbers(&self) -> u64 {
        let block = |width: usize, layers: usize| 12 * (width as u64).pow(2) * layers as u64;
        let patches = (self.image_size / self.patch_size.max(1)) as u64;
        let words = (VOCABULARY + CONTEXT + self.embed_dim) as u64 * self.text_width as u64;
        let pictures = (patches.pow(2) + 3 * (self.patch_size as u64).pow(2) + self.embed_dim as u64) * self.vision_width as u64;
        block(self.vision_width, self.vision_layers) + block(self.text_width, self.text_layers) + words + pictures
    }

    fn config(&self) -> Value {
        json!({
            "model_cfg": {
                "embed_dim": self.embed_dim,
                "vision_cfg": self.vision_config(),
                "text_cfg": {
                    "context_length": CONTEXT, "vocab_size": VOCABULARY, "width": self.text_width,
                    "heads": self.text_width / 64, "layers": self.text_layers,
                },
            },
            "preprocess_cfg": {
                "mean": [0.481_454_66, 0.457_827_5, 0.408_210_73],
                "std": [0.268_629_54, 0.261_302_58, 0.275_777_11],
            },
        })
    }

    fn siglip_config(&self) -> Value {
        json!({
            "model_cfg": {
                "embed_dim": self.embed_dim,
                "init_logit_scale": 10.0_f64.ln(),
                "init_logit_bias": -10.0,
                "custom_text": true,
                "vision_cfg": self.vision_config(),
                "text_cfg": {
                    "context_length": SIGLIP_CONTEXT, "vocab_size": VOCABULARY, "width": self.text_width,
                    "heads": self.text_width / 64, "layers": self.text_layers,
                    "no_causal_mask": true, "proj_bias": true, "pool_type": "last",
                },
            },
            "preprocess_cfg": {
                "mean": [0.5, 0.5, 0.5], "std": [0.5, 0.5, 0.5], "interpolation": "bicubic", "resize_mode": "squash",
            },
        })
    }

    fn vision_config(&self) -> Value {
        json!({
            "image_size": self.image_size, "layers": self.vision_layers,
            "width": self.vision_width, "patch_size": self.patch_size,
        })
    }

    fn vision(&self, numbers: &mut Numbers) {
        let (width, patch) = (self.vision_width, self.patch_size);
        let patches = (self.image_size / patch).pow(2);
        numbers.random("visual.class_embedding", &[width], 0.05);
        numbers.random("visual.positional_embedding", &[patches + 1, width], 0.05);
        numbers.random("visual.conv1.weight", &[width, 3, patch, patch], 0.02);
        numbers.norm("visual.ln_pre", width);
        blocks(numbers, "visual.transformer", width, self.vision_layers);
        numbers.norm("visual.ln_post", width);
        numbers.random("visual.proj", &[width, self.embed_dim], 0.07);
    }
}

/// The blocks of a tower as open_clip names them.
fn blocks(numbers: &mut Numbers, tower: &str, width: usize, layers: usize) {
    for layer in 0..layers {
        let block = format!("{tower}.resblocks.{layer}");
        numbers.norm(&format!("{block}.ln_1"), width);
        numbers.random(&format!("{block}.attn.in_proj_weight"), &[3 * width, width], 0.08);
        numbers.constant(&format!("{block}.attn.in_proj_bias"), &[3 * width], 0.0);
        numbers.linear(&format!("{block}.attn.out_proj"), [width, width], 0.05);
        numbers.norm(&format!("{block}.ln_2"), width);
        numbers.linear(&format!("{block}.mlp.c_fc"), [4 * width, width], 0.05);
        numbers.linear(&format!("{block}.mlp.c_proj"), [width, 4 * width], 0.05);
    }
}
