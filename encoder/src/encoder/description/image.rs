//! An image tower.

use super::tensors::{ExpectedTensor, LinearNames, NormNames, Role};
use super::transformer::TransformerDescription;
use nearmiss::runs::recipe::Activation;

/// An image tower: patches, tokens beside them, blocks, pooling, projection.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageDescription {
    /// Side of the square image, in pixels.
    pub image_size: i64,
    /// Side of a square patch, in pixels.
    pub patch_size: i64,
    /// The convolution that makes vectors of patches: `[width, 3, patch_size, patch_size]`.
    pub patches: PatchNames,
    /// Names of the tokens that stand before the patches, in their order: class token, registers.
    pub tokens: Vec<TokenNames>,
    /// Positions that are added; `None` for rotary ones.
    pub positions: Option<ImagePositions>,
    /// Norm before the blocks; `None` where there is none.
    pub norm_before: Option<NormNames>,
    /// The blocks.
    pub transformer: TransformerDescription,
    /// Norm after the blocks; `None` where there is none.
    pub norm_after: Option<NormNames>,
    /// Whether that norm is of what was pooled, not of every token.
    pub norm_after_pool: bool,
    /// How tokens become one vector.
    pub pool: ImagePool,
    /// From the pooled vector to the common space; `None` where it is there already.
    pub projection: Option<LinearNames>,
    /// From the vector to classes; `None` where the model knows no classes.
    pub classes: Option<LinearNames>,
}

/// The convolution of patches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PatchNames {
    /// Name of the kernel.
    pub weight: String,
    /// Name of what is added; `None` where nothing is.
    pub bias: Option<String>,
}

/// Tokens beside the patches.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TokenNames {
    /// Name in the checkpoint.
    pub name: String,
    /// Shape in the checkpoint: `[width]`, `[1, 1, width]` or `[1, count, width]`.
    pub shape: Vec<i64>,
    /// How many tokens.
    pub count: i64,
}

/// Positions that are added to tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ImagePositions {
    /// Name in the checkpoint.
    pub name: String,
    /// Shape in the checkpoint: `[N, width]` or `[1, N, width]`.
    pub shape: Vec<i64>,
    /// Which tokens have one: `N` is their number.
    pub covers: PositionsCover,
    /// The grid that is stored, where it is another than the tower's; `None` almost everywhere.
    pub stored_grid: Option<StoredGrid>,
}

/// Positions of patches that were trained on another grid than the tower's, and are resampled to it; that of a class token
/// stays as it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct StoredGrid {
    /// Its side: `side²` positions of patches are stored.
    pub side: i64,
    /// How they become the tower's, of its own side in both directions.
    pub resampling: GridResampling,
}

/// How positions are resampled, as PyTorch's `interpolate` does in single precision.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GridResampling {
    /// `mode="bicubic", align_corners=False`, whose cubic has A = −0.75: DINOv2 without registers in transformers.
    Bicubic,
    /// `mode="bicubic", align_corners=False, antialias=True`, whose cubic has A = −0.5: timm, and DINOv2 with registers in
    /// transformers.
    BicubicAntialiased,
}

/// Which tokens have a position.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PositionsCover {
    /// The first token and the patches; registers, which stand between, have none (DINOv2 of transformers, `class, patches`).
    ClassAndPatches,
    /// Patches alone (`no_embed_class` of timm; towers without a class token).
    Patches,
}

/// How tokens become one vector.
#[derive(Debug, Clone, PartialEq)]
pub enum ImagePool {
    /// Token 0.
    Class,
    /// The mean of the patches.
    MeanOfPatches,
    /// The mean of all tokens.
    MeanOfAll,
    /// An attention that learnt queries ask (SigLIP's MAP head, CoCa's pooler); boxed, for it is large.
    Attention(Box<AttentionPool>),
}

/// An attention that pools.
#[derive(Debug, Clone, PartialEq)]
pub struct AttentionPool {
    /// Name of the learnt queries.
    pub latent: String,
    /// Their shape in the checkpoint: `[1, 1, width]`, `[queries, width]`.
    pub latent_shape: Vec<i64>,
    /// Norm of the queries before they ask (CoCa); `None` almost everywhere.
    pub latent_norm: Option<NormNames>,
    /// Norm of what is asked (CoCa); `None` almost everywhere.
    pub context_norm: Option<NormNames>,
    /// Heads.
    pub heads: i64,
    /// From queries to the attention's width.
    pub query: LinearNames,
    /// From tokens to keys and values, in this order.
    pub keys_values: LinearNames,
    /// From what was mixed to the vector.
    pub out: LinearNames,
    /// Norm and perceptron whose result is added (SigLIP); `None` where there is none (CoCa).
    pub perceptron: Option<PoolPerceptron>,
}

/// `x + proj(activation(fc(norm(x))))`.
#[derive(Debug, Clone, PartialEq)]
pub struct PoolPerceptron {
    /// The norm.
    pub norm: NormNames,
    /// First layer.
    pub fc: LinearNames,
    /// Between the layers.
    pub activation: Activation,
    /// Second layer.
    pub proj: LinearNames,
}

impl ImageDescription {
    /// Patches in a row, and rows of them.
    #[must_use]
    pub fn grid(&self) -> i64 {
        self.image_size / self.patch_size
    }

    /// Tokens before the patches.
    #[must_use]
    pub fn beside(&self) -> i64 {
        self.tokens.iter().map(|token| token.count).sum()
    }

    /// Length of what is pooled, before any projection.
    #[must_use]
    pub fn pooled_width(&self) -> i64 {
        match &self.pool {
            ImagePool::Attention(pool) => pool.out.outputs(),
            _ => self.transformer.width,
        }
    }

    /// The tower's tensors.
    #[must_use]
    pub fn tensors(&self) -> Vec<ExpectedTensor> {
        let width = self.transformer.width;
        let mut tensors = self.transformer.tensors();
        let kernel = [width, 3, self.patch_size, self.patch_size];
        tensors.push(ExpectedTensor::new(&self.patches.weight, &kernel, Role::Embedding));
        tensors.extend(self.patches.bias.iter().map(|name| ExpectedTensor::new(name, &[width], Role::Embedding)));
        tensors.extend(self.tokens.iter().map(|token| ExpectedTensor::new(&token.name, &token.shape, Role::Embedding)));
        tensors.extend(self.positions.iter().map(|at| ExpectedTensor::new(&at.name, &at.shape, Role::Embedding)));
        tensors.extend([&self.norm_before, &self.norm_after].into_iter().flatten().flat_map(|norm| norm.tensors(None)));
        if let ImagePool::Attention(pool) = &self.pool {
            tensors.extend(pool.tensors());
        }
        tensors.extend(self.projection.iter().flat_map(|linear| linear.tensors(Role::Projection, None)));
        tensors.extend(self.classes.iter().flat_map(|linear| linear.tensors(Role::Classes, None)));
        tensors
    }
}

impl AttentionPool {
    fn tensors(&self) -> Vec<ExpectedTensor> {
        let mut tensors = vec![ExpectedTensor::new(&self.latent, &self.latent_shape, Role::Pooling)];
        tensors.extend([&self.latent_norm, &self.context_norm].into_iter().flatten().flat_map(|norm| norm.tensors(None)));
        let more = self.perceptron.iter().flat_map(|perceptron| [&perceptron.fc, &perceptron.proj]);
        for linear in [&self.query, &self.keys_values, &self.out].into_iter().chain(more) {
            for tensor in linear.tensors(Role::Pooling, None) {
                // Layers that share a matrix in the checkpoint each list it.
                if !tensors.contains(&tensor) {
                    tensors.push(tensor);
                }
            }
        }
        tensors.extend(self.perceptron.iter().flat_map(|perceptron| perceptron.norm.tensors(None)));
        tensors
    }
}
