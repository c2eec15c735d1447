//! Sizes of the towers.

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
