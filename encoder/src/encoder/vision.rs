//! The image tower.

use super::config::ModelConfig;
use super::pooled_states::{Places, PoolError, PooledStates};
use super::transformer::{Attention, LayerNorm, Transformer};
use super::weights::{Weights, WeightsError};
use nearmiss::runs::pooling::{Layers, TokenPool};
use tch::{TchError, Tensor};

/// The image tower of CLIP: patches, a class token, a transformer, a projection.
#[derive(Debug)]
pub struct VisionTower {
    conv1: Tensor,
    class_embedding: Tensor,
    positional_embedding: Tensor,
    ln_pre: LayerNorm,
    transformer: Transformer,
    ln_post: LayerNorm,
    proj: Tensor,
    patch_size: i64,
}

impl VisionTower {
    /// Names and shapes of the tower's tensors.
    #[must_use]
    pub fn tensors(config: &ModelConfig) -> Vec<(String, Vec<i64>)> {
        let (vision, width) = (&config.vision, config.vision.transformer.width);
        let grid = vision.image_size / vision.patch_size;
        let mut tensors = Transformer::tensors(&vision.transformer, "visual.transformer");
        tensors.extend(
            [
                ("class_embedding", vec![width]),
                ("positional_embedding", vec![grid * grid + 1, width]),
                ("conv1.weight", vec![width, 3, vision.patch_size, vision.patch_size]),
                ("ln_pre.weight", vec![width]),
                ("ln_pre.bias", vec![width]),
                ("ln_post.weight", vec![width]),
                ("ln_post.bias", vec![width]),
                ("proj", vec![width, config.embed_dim]),
            ]
            .map(|(name, shape)| (format!("visual.{name}"), shape)),
        );
        tensors
    }

    /// Takes the tower's tensors.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, config: &ModelConfig) -> Result<VisionTower, WeightsError> {
        let transformer = &config.vision.transformer;
        Ok(VisionTower {
            conv1: weights.take("visual.conv1.weight")?,
            class_embedding: weights.take("visual.class_embedding")?,
            positional_embedding: weights.take("visual.positional_embedding")?,
            ln_pre: LayerNorm::take(weights, "visual.ln_pre")?,
            transformer: Transformer::take(weights, transformer, "visual.transformer", Attention::Full, config.activation)?,
            ln_post: LayerNorm::take(weights, "visual.ln_post")?,
            proj: weights.take("visual.proj")?,
            patch_size: config.vision.patch_size,
        })
    }

    /// Embeds images, without normalising.
    ///
    /// # Shapes
    ///
    /// `pixels`: `[B, 3, S, S]` on the tower's device, of its kind. Returns `[B, D]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `open_clip` 3.2, `src/open_clip/transformer.py`, `VisionTransformer.forward`.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor, TchError> {
        self.head(&self.transformer.forward_one(self.tokens(pixels)?, &|x| x.f_narrow(1, 0, 1))?)
    }

    /// Hidden states of the last blocks, pooled: what the blocks put out, before `ln_post` and `proj`.
    ///
    /// # Shapes
    ///
    /// `pixels`: as [`VisionTower::forward`]. Returns for each of `wanted` `[B, width]` f32, or `[B, n·width]`
    /// for [`Layers::Concat`]. The class token is token 0; the mean without it is over the patches.
    ///
    /// # Errors
    ///
    /// [`PoolError::Pooling`] if the tower has fewer blocks; whatever `LibTorch` reports.
    pub fn pooled(&self, pixels: &Tensor, wanted: &[(TokenPool, Layers)]) -> Result<Vec<Tensor>, PoolError> {
        let mut states = PooledStates::new(wanted, self.transformer.blocks())?;
        let _ = self.transformer.forward_each(self.tokens(pixels)?, &mut |block, x| states.add(block, x, &Places::First))?;
        states.finish()
    }

    /// From the class token's state after the last block to the embedding, without normalising.
    ///
    /// # Shapes
    ///
    /// `class`: `[B, width]`; returns `[B, D]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn head(&self, class: &Tensor) -> Result<Tensor, TchError> {
        self.ln_post.forward(class)?.f_matmul(&self.proj)
    }

    /// What goes into the first block: `[B, T, width]`, the class token first.
    fn tokens(&self, pixels: &Tensor) -> Result<Tensor, TchError> {
        let stride = [self.patch_size, self.patch_size];
        let patches = pixels.f_conv2d(&self.conv1, None::<&Tensor>, stride, [0, 0], [1, 1], 1)?;
        let patches = patches.f_flatten(2, -1)?.f_transpose(1, 2)?;
        let (batch, _, width) = patches.size3()?;
        let class = self.class_embedding.f_view([1, 1, width])?.f_expand([batch, 1, width], false)?;
        let x = Tensor::f_cat(&[class, patches], 1)?.f_add(&self.positional_embedding)?;
        self.ln_pre.forward(&x)
    }
}
