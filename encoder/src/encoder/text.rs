//! The text tower.

use super::config::ModelConfig;
use super::pooled_states::{Places, PoolError, PooledStates};
use super::token_trie::TokenTrie;
use super::transformer::{Attention, LayerNorm, Transformer};
use super::tree_attention::TreeAttention;
use super::weights::{Weights, WeightsError};
use nearmiss::runs::pooling::{Layers, TokenPool};
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
        let (x, last) = self.tokens(ids, last)?;
        let x = self.transformer.forward(x)?;
        let rows = Tensor::f_arange(x.size()[0], (Kind::Int64, ids.device()))?;
        self.head(&x.f_index(&[Some(rows), Some(last)])?)
    }

    /// Embeds texts as [`TextTower::forward`] does, computing once what texts have in common.
    ///
    /// # Shapes
    ///
    /// `texts`: token ids up to the end token, none empty. Returns `[B, D]`, in the order of the texts.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn forward_trie(&self, texts: &[&[i64]]) -> Result<Tensor, TchError> {
        let (kind, device) = (self.token_embedding.kind(), self.token_embedding.device());
        let tuned = self.prompt.as_ref().map_or(0, |prompt| prompt.size()[0]);
        let trie = if tuned == 0 {
            TokenTrie::of(texts)
        } else {
            let texts: Vec<Vec<i64>> = texts.iter().map(|text| with_tuned(text, tuned)).collect();
            TokenTrie::of(&texts.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        let (within, ends) = (TreeAttention::within(&trie, kind, device)?, TreeAttention::of_ends(&trie, kind, device)?);
        self.head(&self.transformer.forward_tree(self.trie_tokens(&trie, tuned)?, &within, &ends)?)
    }

    /// What goes into the first block: `[N, width]`.
    fn trie_tokens(&self, trie: &TokenTrie, tuned: i64) -> Result<Tensor, TchError> {
        let device = self.token_embedding.device();
        let known: Vec<i64> = trie.tokens.iter().map(|&token| token.max(0)).collect();
        let place = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
        // Tokens after a tuned prompt keep the places that they have without it.
        let places: Vec<i64> = trie.places.iter().map(|&at| if at == 0 { 0 } else { (place(at) - tuned).max(0) }).collect();
        let positions = self.positional_embedding.f_index_select(0, &Tensor::f_from_slice(&places)?.f_to_device(device)?)?;
        let known = Tensor::f_from_slice(&known)?.f_to_device(device)?;
        let x = Tensor::f_embedding(&self.token_embedding, &known, -1, false, false)?.f_add_(&positions)?;
        let Some(prompt) = &self.prompt else { return Ok(x) };
        let (nodes, rows): (Vec<i64>, Vec<i64>) = trie
            .tokens
            .iter()
            .enumerate()
            .filter(|(_, token)| **token < 0)
            .map(|(node, &token)| (place(node), -token - 1))
            .unzip();
        let (nodes, rows) =
            (Tensor::f_from_slice(&nodes)?.f_to_device(device)?, Tensor::f_from_slice(&rows)?.f_to_device(device)?);
        x.f_index_copy(0, &nodes, &prompt.f_index_select(0, &rows)?)
    }

    /// Hidden states of the last blocks, pooled: what the blocks put out, before `ln_final` and the
    /// projection.
    ///
    /// The end token stands where images have their class token. Means are over the tokens from the
    /// start to the end token, vectors of a tuned prompt among them; padding is left out.
    ///
    /// # Shapes
    ///
    /// `ids`, `last`: as [`TextTower::forward`]. Returns for each of `wanted` `[B, width]` f32, or
    /// `[B, n·width]` for [`Layers::Concat`].
    ///
    /// # Errors
    ///
    /// [`PoolError::Pooling`] if the tower has fewer blocks; whatever `LibTorch` reports.
    pub fn pooled(&self, ids: &Tensor, last: &Tensor, wanted: &[(TokenPool, Layers)]) -> Result<Vec<Tensor>, PoolError> {
        let mut states = PooledStates::new(wanted, self.transformer.blocks())?;
        let (x, last) = self.tokens(ids, last)?;
        let places = Places::Ends(last);
        let _ = self.transformer.forward_each(x, &mut |block, x| states.add(block, x, &places))?;
        states.finish()
    }

    /// From the end token's state after the last block to the embedding, without normalising.
    ///
    /// # Shapes
    ///
    /// `ends`: `[B, width]`; returns `[B, D]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn head(&self, ends: &Tensor) -> Result<Tensor, TchError> {
        self.ln_final.forward(ends)?.f_matmul(&self.projection)
    }

    /// What goes into the first block, `[B, T, width]`, and where each text's end token is in it.
    fn tokens(&self, ids: &Tensor, last: &Tensor) -> Result<(Tensor, Tensor), TchError> {
        let (batch, length) = ids.size2()?;
        let positions = self.positional_embedding.f_narrow(0, 0, length)?;
        let x = Tensor::f_embedding(&self.token_embedding, ids, -1, false, false)?.f_add_(&positions)?;
        let Some(prompt) = &self.prompt else { return Ok((x, last.shallow_clone())) };
        let (tokens, width) = prompt.size2()?;
        let prompt = prompt.f_unsqueeze(0)?.f_expand([batch, tokens, width], false)?;
        let x = Tensor::f_cat(&[x.f_narrow(1, 0, 1)?, prompt, x.f_narrow(1, 1, length - 1)?], 1)?;
        Ok((x, last.f_add_scalar(tokens)?))
    }
}

/// A text with the vectors of a tuned prompt after its start token: vector `j` stands as the id `−1 − j`.
fn with_tuned(text: &[i64], tuned: i64) -> Vec<i64> {
    let (start, rest) = text.split_at(1.min(text.len()));
    start.iter().copied().chain((1..=tuned).map(|vector| -vector)).chain(rest.iter().copied()).collect()
}
