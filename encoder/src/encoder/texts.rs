//! Texts and labels as vectors.

use super::batches::{batches_by_length, padded};
use super::side_by_side::side_by_side;
use super::text::TextTower;
use super::token_trie;
use super::tokenizer::{Tokenizer, Tokens};
use super::units::{finite_rows, unit_rows};
use super::{Encoder, EncoderError};
use tch::{Device, Kind, Tensor};

/// Most prompts whose embeddings are held at once while labels are embedded.
const PROMPTS_AT_ONCE: usize = 8192;

/// Most tokens of a trie that go through the text tower together.
const TOKENS_AT_ONCE: usize = 2048;

/// Embeddings of labels, and which labels did not fit.
#[derive(Debug, Clone, PartialEq)]
pub struct LabelEmbeddings {
    /// `[C, D]`, row by row; every row has L2 norm 1.
    pub embeddings: Vec<f32>,
    /// Labels of which at least one prompt was longer than the context and lost its end, ascending.
    pub truncated: Vec<usize>,
}

/// Embeddings of texts, and which texts did not fit.
#[derive(Debug, Clone, PartialEq)]
pub struct TextEmbeddings {
    /// `[N, D]`, row by row; every row has L2 norm 1, but of models whose vectors are compared as they are.
    pub vectors: Vec<f32>,
    /// `D`.
    pub width: usize,
    /// Texts that were longer than the context and lost their end, ascending.
    pub truncated: Vec<usize>,
}

impl Encoder {
    /// Embeds texts, given as token ids with start and end.
    ///
    /// # Shapes
    ///
    /// Returns `[B, D]` f32 on the processor, one row per text in their order; every row has L2
    /// norm 1, but of models whose vectors are compared as they are (`normalise` of the description). Towers that read a text
    /// from its start to its end compute once what texts begin with in common ([`token_trie`]) and pad nothing; others take
    /// texts of much the same length together.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Tokens`] if a text is empty, too long, or has an id the model does not know; [`EncoderError::NoTower`].
    pub fn embed_tokens(&self, ids: &[Vec<i64>]) -> Result<Tensor, EncoderError> {
        let tower = self.text()?;
        for (index, text) in ids.iter().enumerate() {
            self.check_tokens(index, text)?;
        }
        let _guard = tch::no_grad_guard();
        let (rows, width) = (i64::try_from(ids.len()).unwrap_or(i64::MAX), self.text_width());
        let embeddings = Tensor::f_zeros([rows, width], (Kind::Float, Device::Cpu))?;
        let texts: Vec<&[i64]> = ids.iter().map(|ids| tower.up_to_end(ids)).collect();
        let tries = tower.takes_tries();
        let blocks = if tries { token_trie::blocks(&texts, TOKENS_AT_ONCE) } else { batches_by_length(&texts) };
        let rows = side_by_side(self.device(), blocks.len(), &|block: usize| {
            let together: Vec<&[i64]> = blocks[block].iter().map(|&index| texts[index]).collect();
            let vectors = if tries { tower.forward_trie(&together)? } else { self.forward_padded(tower, &together)? };
            if self.normalises() { unit_rows(&vectors) } else { finite_rows(&vectors) }
        })?;
        for (block, rows) in blocks.iter().zip(rows) {
            let places: Vec<i64> = block.iter().map(|&index| i64::try_from(index).unwrap_or(i64::MAX)).collect();
            let _ = embeddings.shallow_clone().f_index_copy_(0, &Tensor::f_from_slice(&places)?, &rows)?;
        }
        Ok(embeddings)
    }

    fn forward_padded(&self, tower: &TextTower, texts: &[&[i64]]) -> Result<Tensor, EncoderError> {
        let (ids, last) = padded(texts, tower.reads_padding().map(|id| (id, tower.context())))?;
        Ok(tower.forward(&ids.f_to_device(self.device())?, &last.f_to_device(self.device())?)?)
    }

    /// Embeds texts.
    ///
    /// # Shapes
    ///
    /// [`TextEmbeddings::vectors`] is `[N, D]`. `progress` is told how many texts are newly done.
    ///
    /// # Errors
    ///
    /// As [`Encoder::embed_tokens`].
    pub fn embed_texts(
        &self,
        tokenizer: &Tokenizer,
        texts: &[String],
        progress: &dyn Fn(usize),
    ) -> Result<TextEmbeddings, EncoderError> {
        let width = usize::try_from(self.text_width()).unwrap_or(0);
        let mut embeddings = TextEmbeddings { vectors: vec![], width, truncated: vec![] };
        for (block, texts) in texts.chunks(PROMPTS_AT_ONCE).enumerate() {
            let tokens = tokenizer.encode_all(texts);
            let first = block * PROMPTS_AT_ONCE;
            embeddings.truncated.extend((first..).zip(&tokens).filter(|(_, tokens)| tokens.truncated).map(|(index, _)| index));
            let ids: Vec<Vec<i64>> = tokens.into_iter().map(|tokens| tokens.ids).collect();
            embeddings.vectors.extend(Vec::<f32>::try_from(self.embed_tokens(&ids)?.f_flatten(0, -1)?)?);
            progress(texts.len());
        }
        Ok(embeddings)
    }

    /// Labels of so many prompts each that [`Encoder::embed_labels`] embeds together: a list cut after every such many
    /// gives the same numbers, stretch by stretch.
    #[must_use]
    pub fn labels_at_once(prompts: usize) -> usize {
        (PROMPTS_AT_ONCE / prompts.max(1)).max(1)
    }

    /// Embeds labels: per label the mean of its prompts' unit vectors, as a unit vector.
    ///
    /// # Shapes
    ///
    /// `prompts`: per label its prompts, at least one. [`LabelEmbeddings::embeddings`] is `[C, D]`.
    /// `progress` is told how many labels are newly done.
    ///
    /// # Errors
    ///
    /// As [`Encoder::embed_tokens`]; a label without prompts is an [`EncoderError::Tokens`].
    ///
    /// # Source
    ///
    /// `open_clip` 3.2, `zero_shot_classifier.py`; pybioclip, `predict.py`.
    pub fn embed_labels(
        &self,
        tokenizer: &Tokenizer,
        prompts: &[Vec<String>],
        progress: &dyn Fn(usize),
    ) -> Result<LabelEmbeddings, EncoderError> {
        let mut labels = LabelEmbeddings { embeddings: Vec::new(), truncated: Vec::new() };
        let mut start = 0;
        while start < prompts.len() {
            let mut end = start + 1;
            let mut count = prompts[start].len();
            while end < prompts.len() && count + prompts[end].len() <= PROMPTS_AT_ONCE {
                count += prompts[end].len();
                end += 1;
            }
            self.embed_label_block(tokenizer, &prompts[start..end], start, &mut labels)?;
            progress(end - start);
            start = end;
        }
        Ok(labels)
    }

    fn embed_label_block(
        &self,
        tokenizer: &Tokenizer,
        prompts: &[Vec<String>],
        first: usize,
        labels: &mut LabelEmbeddings,
    ) -> Result<(), EncoderError> {
        let mut ids = Vec::new();
        for (index, prompts) in prompts.iter().enumerate() {
            if prompts.is_empty() {
                return Err(EncoderError::Tokens { index: first + index, problem: "no prompt".to_string() });
            }
            let tokens: Vec<Tokens> = prompts.iter().map(|prompt| tokenizer.encode(prompt)).collect();
            if tokens.iter().any(|tokens| tokens.truncated) {
                labels.truncated.push(first + index);
            }
            ids.extend(tokens.into_iter().map(|tokens| tokens.ids));
        }
        let _guard = tch::no_grad_guard();
        let embeddings = self.embed_tokens(&ids)?;
        let mut row = 0;
        let mut means = Vec::with_capacity(prompts.len());
        for prompts in prompts {
            let count = i64::try_from(prompts.len()).unwrap_or(i64::MAX);
            means.push(embeddings.f_narrow(0, row, count)?.f_mean_dim(0i64, false, Kind::Float)?);
            row += count;
        }
        let units = unit_rows(&Tensor::f_stack(&means, 0)?)?;
        labels.embeddings.extend(Vec::<f32>::try_from(units.f_flatten(0, -1)?)?);
        Ok(())
    }

    /// Whether vectors of texts are made units.
    fn normalises(&self) -> bool {
        self.description().text.as_ref().is_none_or(|text| text.normalise)
    }

    /// Length of the vectors of texts.
    fn text_width(&self) -> i64 {
        self.description().text.as_ref().map_or(0, super::description::text::TextDescription::outputs)
    }

    /// Refuses a text that the text tower cannot read.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Tokens`].
    pub(super) fn check_tokens(&self, index: usize, ids: &[i64]) -> Result<(), EncoderError> {
        let (context, words) = self.description().text.as_ref().map_or((0, 0), |text| (text.context_length, text.vocab_size));
        let problem = if ids.is_empty() {
            "no token".to_string()
        } else if ids.len() > usize::try_from(context).unwrap_or(0) {
            format!("{} tokens; the model's context is {context}", ids.len())
        } else if let Some(id) = ids.iter().find(|&&id| id < 0 || id >= words) {
            format!("token id {id}; the model's vocabulary has {words}")
        } else {
            return Ok(());
        };
        Err(EncoderError::Tokens { index, problem })
    }
}
