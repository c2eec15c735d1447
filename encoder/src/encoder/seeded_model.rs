//! A model of the right architecture with random weights: for demonstrations and tests without a
//! download. It has learnt nothing, and whoever uses it must say so.

use crate::encoder::config::{CONFIG_FILE, ModelConfig};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use safetensors::tensor::{Dtype, TensorView};
use serde::{Deserialize, Serialize};
use serde_json::json;
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

/// The most numbers of a model that is drawn: those of a ViT-H/14.
const MOST_NUMBERS: u64 = 1_000_000_000;

const CONTEXT: usize = 77;
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
    /// What the file system says.
    pub fn write(&self, directory: &Path, seed: u64) -> std::io::Result<()> {
        let config = serde_json::to_vec_pretty(&self.config())?;
        let path = directory.join(CONFIG_FILE);
        let invalid = |what: String| std::io::Error::new(std::io::ErrorKind::InvalidInput, what);
        ModelConfig::from_bytes(&config, &path).map_err(|error| invalid(error.to_string()))?;
        let numbers = self.numbers();
        if numbers > MOST_NUMBERS {
            return Err(invalid(format!("a model of {numbers} numbers; at most {MOST_NUMBERS} are drawn, make it narrower")));
        }
        std::fs::create_dir_all(directory)?;
        std::fs::write(&path, config)?;
        let mut weights = Weights { rng: ChaCha8Rng::seed_from_u64(seed), tensors: vec![] };
        self.vision(&mut weights);
        self.text(&mut weights);
        let views = weights
            .tensors
            .iter()
            .map(|(name, shape, bytes)| TensorView::new(Dtype::F32, shape.clone(), bytes).map(|view| (name.as_str(), view)))
            .collect::<Result<Vec<_>, _>>()
            .map_err(std::io::Error::other)?;
        let file = safetensors::serialize(views, None).map_err(std::io::Error::other)?;
        std::fs::write(directory.join("open_clip_model.safetensors"), file)
    }

    /// How many numbers it has, but for the smallest tensors; sizes are those of a configuration that was checked.
    fn numbers(&self) -> u64 {
        let block = |width: usize, layers: usize| 12 * (width as u64).pow(2) * layers as u64;
        let patches = (self.image_size / self.patch_size.max(1)) as u64;
        let words = (VOCABULARY + CONTEXT + self.embed_dim) as u64 * self.text_width as u64;
        let pictures = (patches.pow(2) + 3 * (self.patch_size as u64).pow(2) + self.embed_dim as u64) * self.vision_width as u64;
        block(self.vision_width, self.vision_layers) + block(self.text_width, self.text_layers) + words + pictures
    }

    fn config(&self) -> serde_json::Value {
        json!({
            "model_cfg": {
                "embed_dim": self.embed_dim,
                "vision_cfg": {
                    "image_size": self.image_size, "layers": self.vision_layers,
                    "width": self.vision_width, "patch_size": self.patch_size,
                },
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

    fn vision(&self, weights: &mut Weights) {
        let (width, patch) = (self.vision_width, self.patch_size);
        let patches = (self.image_size / patch).pow(2);
        weights.random("visual.class_embedding", &[width], 0.05);
        weights.random("visual.positional_embedding", &[patches + 1, width], 0.05);
        weights.random("visual.conv1.weight", &[width, 3, patch, patch], 0.02);
        weights.norm("visual.ln_pre", width);
        weights.blocks("visual.transformer", width, self.vision_layers);
        weights.norm("visual.ln_post", width);
        weights.random("visual.proj", &[width, self.embed_dim], 0.07);
    }

    fn text(&self, weights: &mut Weights) {
        let width = self.text_width;
        weights.random("token_embedding.weight", &[VOCABULARY, width], 0.02);
        weights.random("positional_embedding", &[CONTEXT, width], 0.01);
        weights.blocks("transformer", width, self.text_layers);
        weights.norm("ln_final", width);
        weights.random("text_projection", &[width, self.embed_dim], 0.09);
        // ln(1 / 0.07), CLIP's start.
        weights.constant("logit_scale", &[], 2.659_26);
    }
}

struct Weights {
    rng: ChaCha8Rng,
    tensors: Vec<(String, Vec<usize>, Vec<u8>)>,
}

impl Weights {
    fn blocks(&mut self, tower: &str, width: usize, layers: usize) {
        for layer in 0..layers {
            let block = format!("{tower}.resblocks.{layer}");
            self.norm(&format!("{block}.ln_1"), width);
            self.random(&format!("{block}.attn.in_proj_weight"), &[3 * width, width], 0.08);
            self.constant(&format!("{block}.attn.in_proj_bias"), &[3 * width], 0.0);
            self.random(&format!("{block}.attn.out_proj.weight"), &[width, width], 0.05);
            self.constant(&format!("{block}.attn.out_proj.bias"), &[width], 0.0);
            self.norm(&format!("{block}.ln_2"), width);
            self.random(&format!("{block}.mlp.c_fc.weight"), &[4 * width, width], 0.05);
            self.constant(&format!("{block}.mlp.c_fc.bias"), &[4 * width], 0.0);
            self.random(&format!("{block}.mlp.c_proj.weight"), &[width, 4 * width], 0.05);
            self.constant(&format!("{block}.mlp.c_proj.bias"), &[width], 0.0);
        }
    }

    fn norm(&mut self, name: &str, width: usize) {
        self.constant(&format!("{name}.weight"), &[width], 1.0);
        self.constant(&format!("{name}.bias"), &[width], 0.0);
    }

    fn constant(&mut self, name: &str, shape: &[usize], value: f32) {
        let count = shape.iter().product();
        self.tensors.push((name.to_string(), shape.to_vec(), value.to_le_bytes().repeat(count)));
    }

    /// Uniform numbers of mean 0 and the given standard deviation.
    fn random(&mut self, name: &str, shape: &[usize], deviation: f32) {
        let half = deviation * 3.0_f32.sqrt();
        let count: usize = shape.iter().product();
        let bytes = (0..count).flat_map(|_| self.rng.random_range(-half..half).to_le_bytes()).collect();
        self.tensors.push((name.to_string(), shape.to_vec(), bytes));
    }
}
