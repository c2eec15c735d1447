//! The image tower.

use super::attention_pool::AttentionPool;
use super::description::image::{GridResampling, ImageDescription, ImagePool, ImagePositions, PositionsCover, StoredGrid};
use super::linear::Linear;
use super::norm::Norm;
use super::pooled_states::{Places, PoolError, PooledStates};
use super::rotary::Turns;
use super::transformer::{Surroundings, Transformer};
use super::weights::{Weights, WeightsError};
use nearmiss::runs::pooling::{Layers, TokenPool};
use tch::{Kind, TchError, Tensor};

/// An image tower: patches, tokens beside them, a transformer, pooling, a projection.
#[derive(Debug)]
pub struct VisionTower {
    patches: Tensor,
    patch_bias: Option<Tensor>,
    /// `[1, beside, width]`: class token and registers; `None` where there are none.
    beside: Option<Tensor>,
    positions: Option<Positions>,
    norm_before: Option<Norm>,
    transformer: Transformer,
    around: Surroundings,
    norm_after: Option<Norm>,
    norm_after_pool: bool,
    pool: Pool,
    projection: Option<Linear>,
    classes: Option<Linear>,
    patch_size: i64,
}

/// Positions that are added, `[1, N, width]`.
#[derive(Debug)]
enum Positions {
    /// To the first token and to the patches.
    ClassAndPatches(Tensor),
    /// To the patches.
    Patches(Tensor),
}

#[derive(Debug)]
enum Pool {
    Class,
    MeanOfPatches,
    MeanOfAll,
    Attention(Box<AttentionPool>),
}

impl VisionTower {
    /// Takes the tower's tensors.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, tower: &ImageDescription) -> Result<VisionTower, WeightsError> {
        let width = tower.transformer.width;
        let patches = weights.take(&tower.patches.weight)?;
        let (kind, device) = (patches.kind(), patches.device());
        let mut beside = vec![];
        for token in &tower.tokens {
            beside.push(weights.take(&token.name)?.f_reshape([1, token.count, width])?);
        }
        let turns = tower.transformer.rotary.as_ref();
        let turns = turns.map(|rotary| Turns::of(rotary, tower.grid(), tower.transformer.head_width, tower.beside()));
        let turns = turns.transpose()?.map(|turns| turns.to(device, kind)).transpose()?;
        let norm = |weights: &mut Weights, names: &Option<_>| names.as_ref().map(|names| Norm::take(weights, names)).transpose();
        let linear =
            |weights: &mut Weights, names: &Option<_>| names.as_ref().map(|names| Linear::take(weights, names)).transpose();
        Ok(VisionTower {
            patch_bias: tower.patches.bias.as_ref().map(|name| weights.take(name)).transpose()?,
            patches,
            beside: if beside.is_empty() { None } else { Some(Tensor::f_cat(&beside, 1)?) },
            positions: tower.positions.as_ref().map(|positions| Positions::take(weights, positions, tower)).transpose()?,
            norm_before: norm(weights, &tower.norm_before)?,
            transformer: Transformer::take(weights, &tower.transformer)?,
            around: Surroundings { added: None, turns },
            norm_after: norm(weights, &tower.norm_after)?,
            norm_after_pool: tower.norm_after_pool,
            pool: match &tower.pool {
                ImagePool::Class => Pool::Class,
                ImagePool::MeanOfPatches => Pool::MeanOfPatches,
                ImagePool::MeanOfAll => Pool::MeanOfAll,
                ImagePool::Attention(pool) => Pool::Attention(Box::new(AttentionPool::take(weights, pool)?)),
            },
            projection: linear(weights, &tower.projection)?,
            classes: linear(weights, &tower.classes)?,
            patch_size: tower.patch_size,
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
    /// `open_clip` 3.3, `src/open_clip/transformer.py`, `VisionTransformer.forward`; `timm` 1.0,
    /// `timm/models/vision_transformer.py`, `VisionTransformer.forward_head`.
    pub fn forward(&self, pixels: &Tensor) -> Result<Tensor, TchError> {
        let x = self.tokens(pixels)?;
        if let Pool::Class = self.pool {
            return self.head(&self.transformer.forward_one(x, &self.around, &|x| x.f_narrow(1, 0, 1))?);
        }
        let x = self.transformer.forward(x, &self.around)?;
        let x = if self.norm_after_pool { x } else { normed(self.norm_after.as_ref(), &x)? };
        let pooled = match &self.pool {
            Pool::Class => x.f_select(1, 0)?,
            Pool::MeanOfAll => x.f_mean_dim(1i64, false, x.kind())?,
            Pool::MeanOfPatches => {
                let beside = self.beside();
                x.f_narrow(1, beside, x.size()[1] - beside)?.f_mean_dim(1i64, false, x.kind())?
            }
            Pool::Attention(pool) => pool.forward(&x)?,
        };
        let pooled = if self.norm_after_pool { normed(self.norm_after.as_ref(), &pooled)? } else { pooled };
        self.projected(&pooled)
    }

    /// Hidden states of the last blocks, pooled: what the blocks put out, before the norm after them and the projection.
    ///
    /// # Shapes
    ///
    /// `pixels`: as [`VisionTower::forward`]. Returns for each of `wanted` `[B, width]` f32, or `[B, n·width]`
    /// for [`Layers::Concat`]. The class token is token 0; the mean without it is over the patches, and leaves registers
    /// out as well.
    ///
    /// # Errors
    ///
    /// [`PoolError::Pooling`] if the tower has fewer blocks, or no class token where one is wanted; whatever `LibTorch`
    /// reports.
    pub fn pooled(&self, pixels: &Tensor, wanted: &[(TokenPool, Layers)]) -> Result<Vec<Tensor>, PoolError> {
        let mut states = PooledStates::new(wanted, self.transformer.blocks())?;
        let places = Places::Beside(self.beside());
        let mut each = |block, x: &Tensor| states.add(block, x, &places);
        let _ = self.transformer.forward_each(self.tokens(pixels)?, &self.around, &mut each)?;
        states.finish()
    }

    /// What the last block puts out for each patch, before the norm after it; class token and registers are left out.
    ///
    /// # Shapes
    ///
    /// `pixels`: as [`VisionTower::forward`]. Returns `[B, N, width]`, patches in reading order.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn patch_states(&self, pixels: &Tensor) -> Result<Tensor, TchError> {
        let x = self.transformer.forward(self.tokens(pixels)?, &self.around)?;
        let beside = self.beside();
        x.f_narrow(1, beside, x.size()[1] - beside)
    }

    /// From the class token's state after the last block to the embedding, without normalising; of towers that pool so.
    ///
    /// # Shapes
    ///
    /// `class`: `[B, width]`; returns `[B, D]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports; that the tower pools otherwise.
    pub fn head(&self, class: &Tensor) -> Result<Tensor, TchError> {
        if !matches!(self.pool, Pool::Class) {
            return Err(TchError::Shape("the image tower does not read its class token".to_string()));
        }
        self.projected(&normed(self.norm_after.as_ref(), class)?)
    }

    /// From vectors, not normalised, to logits of classes; `None` where the tower knows no classes.
    ///
    /// # Shapes
    ///
    /// `vectors`: `[B, D]`; returns `[B, C]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn class_logits(&self, vectors: &Tensor) -> Result<Option<Tensor>, TchError> {
        self.classes.as_ref().map(|classes| classes.forward(vectors)).transpose()
    }

    fn projected(&self, pooled: &Tensor) -> Result<Tensor, TchError> {
        self.projection.as_ref().map_or(Ok(pooled.shallow_clone()), |projection| projection.forward(pooled))
    }

    /// Tokens before the patches.
    fn beside(&self) -> i64 {
        self.beside.as_ref().map_or(0, |beside| beside.size()[1])
    }

    /// What goes into the first block: `[B, T, width]`, the class token first.
    fn tokens(&self, pixels: &Tensor) -> Result<Tensor, TchError> {
        let stride = [self.patch_size, self.patch_size];
        let patches = pixels.f_conv2d(&self.patches, self.patch_bias.as_ref(), stride, [0, 0], [1, 1], 1)?;
        let patches = patches.f_flatten(2, -1)?.f_transpose(1, 2)?;
        let (batch, count, width) = patches.size3()?;
        let patches = match &self.positions {
            Some(Positions::Patches(positions)) => patches.f_add(positions)?,
            _ => patches,
        };
        let x = match &self.beside {
            Some(beside) => Tensor::f_cat(&[beside.f_expand([batch, -1, width], false)?, patches], 1)?,
            None => patches,
        };
        let x = match &self.positions {
            Some(Positions::ClassAndPatches(positions)) if self.beside() == 1 => x.f_add(positions)?,
            Some(Positions::ClassAndPatches(positions)) => {
                // Registers stand between the class token and the patches and have no place.
                let none = Tensor::f_zeros([1, self.beside() - 1, width], (x.kind(), x.device()))?;
                let (class, places) = (positions.f_narrow(1, 0, 1)?, positions.f_narrow(1, 1, count)?);
                x.f_add(&Tensor::f_cat(&[class, none, places], 1)?)?
            }
            _ => x,
        };
        normed(self.norm_before.as_ref(), &x)
    }
}

impl Positions {
    fn take(weights: &mut Weights, names: &ImagePositions, tower: &ImageDescription) -> Result<Positions, WeightsError> {
        let stored = weights.take(&names.name)?.f_reshape([1, -1, tower.transformer.width])?;
        let stored = match names.stored_grid {
            Some(grid) => resampled(&stored, grid, tower.grid())?,
            None => stored,
        };
        Ok(match names.covers {
            PositionsCover::ClassAndPatches => Positions::ClassAndPatches(stored),
            PositionsCover::Patches => Positions::Patches(stored),
        })
    }
}

/// Positions of patches on another grid; those before them stay as they are.
///
/// # Source
///
/// `transformers` 5, `modeling_dinov2.py`, `interpolate_pos_encoding`; `timm` 1.0, `layers/pos_embed.py`, `resample_abs_pos_embed`.
fn resampled(stored: &Tensor, grid: StoredGrid, side: i64) -> Result<Tensor, TchError> {
    let (_, count, width) = stored.size3()?;
    let before = count - grid.side * grid.side;
    let places = stored.f_narrow(1, before, grid.side * grid.side)?.f_to_kind(Kind::Float)?;
    let picture = places.f_view([1, grid.side, grid.side, width])?.f_permute([0, 3, 1, 2])?;
    let picture = match grid.resampling {
        GridResampling::Bicubic => picture.f_upsample_bicubic2d([side, side], false, None, None)?,
        GridResampling::BicubicAntialiased => picture.f_internal_upsample_bicubic2d_aa([side, side], false, None, None)?,
    };
    let places = picture.f_permute([0, 2, 3, 1])?.f_reshape([1, side * side, width])?.f_to_kind(stored.kind())?;
    Tensor::f_cat(&[stored.f_narrow(1, 0, before)?, places], 1)
}

fn normed(norm: Option<&Norm>, x: &Tensor) -> Result<Tensor, TchError> {
    norm.map_or(Ok(x.shallow_clone()), |norm| norm.forward(x))
}
