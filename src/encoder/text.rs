//! The text tower.

use super::config::ModelConfig;
use super::transformer::{Attention, LayerNorm, Transformer};
use super::weights::{Weights, WeightsError};
use tch::{Kind, TchError, Tensor};

/// The text tower of CLIP: token embeddings, a causal transformer, a projection of the last token.
#[derive(Debug)]
pub struct TextTower {
    token_embedding: Tensor,
    positional_embedding: Tensor,
    transformer: Transformer,
    ln_final: LayerNorm,
    projection: Tensor,
    /// `[L, width]`, put after the start token; `None` where no prompt was tuned.
    prompt: Option<Tensor>,
}

/// Name of the tuned prompt among the tensors beside the weights.
pub const PROMPT: &str = "prompt.embedding";

impl TextTower {
    /// Names and shapes of the tower's tensors; `prefix` is empty, or `text.` in checkpoints of
    /// models with `custom_text`.
    #[must_use]
    pub fn tensors(config: &ModelConfig, prefix: &str) -> Vec<(String, Vec<i64>)> {
        let (text, width) = (&config.text, config.text.transformer.width);
        let mut tensors = Transformer::tensors(&text.transformer, &format!("{prefix}transformer"));
        tensors.extend(
            [
                ("token_embedding.weight", vec![text.vocab_size, width]),
                ("positional_embedding", vec![text.context_length, width]),
                ("ln_final.weight", vec![width]),
                ("ln_final.bias", vec![width]),
                ("text_projection", vec![width, config.embed_dim]),
            ]
            .map(|(name, shape)| (format!("{prefix}{name}"), shape)),
        );
        tensors
    }

    /// Takes the tower's tensors.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, config: &ModelConfig, prefix: &str) -> Result<TextTower, WeightsError> {
        let (transformer, name) = (&config.text.transformer, format!("{prefix}transformer"));
        let prompt = if weights.contains(PROMPT) { Some(weights.take(PROMPT)?) } else { None };
        Ok(TextTower {
            prompt,
            token_embedding: weights.take(&format!("{prefix}token_embedding.weight"))?,
            positional_embedding: weights.take(&format!("{prefix}positional_embedding"))?,
            transformer: Transformer::take(weights, transformer, &name, Attention::Causal, config.activation)?,
            ln_final: LayerNorm::take(weights, &format!("{prefix}ln_final"))?,
            projection: weights.take(&format!("{prefix}text_projection"))?,
        })
    }

    /// Embeds texts, without normalising.
    ///
    /// No position looks at those after it, so what stands after `last` does not matter and a
    /// batch may be as short as its longest text.
    ///
    /// # Shapes
    ///
    /// `ids`: `[B, T]` i64; `last`: `[B]` i64, the place of each text's end token; both on the
    /// tower's device. Returns `[B, D]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `open_clip` 3.2, `src/open_clip/model.py`, `CLIP.encode_text`.
    pub fn forward(&self, ids: &Tensor, last: &Tensor) -> Result<Tensor, TchError> {
        let (batch, length) = ids.size2()?;
        let mut last = last.shallow_clone();
        let positions = self.positional_embedding.f_narrow(0, 0, length)?;
        let x = Tensor::f_embedding(&self.token_embedding, ids, -1, false, false)?.f_add_(&positions)?;
        let x = match &self.prompt {
            None => x,
            Some(prompt) => {
                let (tokens, width) = prompt.size2()?;
                last = last.f_add_scalar(tokens)?;
                let prompt = prompt.f_unsqueeze(0)?.f_expand([batch, tokens, width], false)?;
                Tensor::f_cat(&[x.f_narrow(1, 0, 1)?, prompt, x.f_narrow(1, 1, length - 1)?], 1)?
            }
        };
        let x = self.transformer.forward(x)?;
        let rows = Tensor::f_arange(batch, (Kind::Int64, ids.device()))?;
        let ends = x.f_index(&[Some(rows), Some(last)])?;
        self.ln_final.forward(&ends)?.f_matmul(&self.projection)
    }
}
