//! The towers' hidden states, pooled on request.

use super::batches::{batches_by_length, padded};
use super::pooled_states::PoolError;
use super::units::unit_rows;
use super::{Encoder, EncoderError, kind};
use crate::encoder::tokenizer::Tokenizer;
use nearmiss::runs::pooling::{Layers, TokenPool};
use tch::{Device, Kind, Tensor};

impl Encoder {
    /// How many blocks the image tower and the text tower have.
    #[must_use]
    pub fn blocks(&self) -> (usize, usize) {
        let image = self.description.image.as_ref().map_or(0, |image| image.transformer.blocks.len());
        (image, self.description.text.as_ref().map_or(0, |text| text.transformer.blocks.len()))
    }

    /// Hidden states of preprocessed images, pooled in one pass and not normalised.
    ///
    /// A hidden state is what a residual block puts out: no normalisation of the tower's end
    /// (`ln_post`) and no projection has been applied. The class token is token 0;
    /// [`TokenPool::MeanWithoutCls`] is the mean over the patches.
    ///
    /// # Shapes
    ///
    /// `pixels`: as [`Encoder::embed_images`]. Returns for each of `wanted`, in its order,
    /// `[B, width]` f32 on the processor, `[B, n·width]` for [`Layers::Concat`] with the earliest
    /// layer first; `width` is that of the tower, not `D`.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Pooling`] if the tower has fewer blocks; else as [`Encoder::embed_images`].
    ///
    /// # Source
    ///
    /// The outputs of `visual.transformer.resblocks` of `open_clip` 3.3; parity:
    /// `tests/parity/hidden_states_parity.py`.
    pub fn pooled_images(&self, pixels: &Tensor, wanted: &[(TokenPool, Layers)]) -> Result<Vec<Tensor>, EncoderError> {
        self.check_pixels(pixels)?;
        check_layers("image", self.blocks().0, wanted)?;
        let (vision, image) = (self.vision()?, self.description.image.as_ref());
        if image.is_some_and(|image| image.beside() == 0) && wanted.iter().any(|(pool, _)| *pool == TokenPool::Cls) {
            return Err(EncoderError::NoClassToken);
        }
        let _guard = tch::no_grad_guard();
        if pixels.size()[0] == 0 {
            return empty(wanted, 0, image.map_or(0, |image| image.transformer.width));
        }
        let states = vision.pooled(&pixels.f_to_device(self.device)?.f_to_kind(kind(self.precision))?, wanted);
        finite(states.map_err(|error| of_tower("image", error))?)
    }

    /// Hidden states of texts, pooled in one pass and not normalised.
    ///
    /// As [`Encoder::pooled_images`], before `ln_final` and the projection. The end token, which CLIP
    /// reads, stands where images have their class token; means are over the tokens from the start
    /// to the end token, both included ([`TokenPool::MeanWithoutCls`]: the end token left out), the
    /// vectors of a tuned prompt among them. Padding never counts.
    ///
    /// # Shapes
    ///
    /// `ids`: as [`Encoder::embed_tokens`]. Returns as [`Encoder::pooled_images`], one row per text in
    /// their order; `width` is that of the text tower.
    ///
    /// # Errors
    ///
    /// [`EncoderError::Pooling`]; [`EncoderError::Tokens`], also for a text of its end token alone
    /// where [`TokenPool::MeanWithoutCls`] is wanted.
    pub fn pooled_tokens(&self, ids: &[Vec<i64>], wanted: &[(TokenPool, Layers)]) -> Result<Vec<Tensor>, EncoderError> {
        let tower = self.text()?;
        check_layers("text", self.blocks().1, wanted)?;
        for (index, text) in ids.iter().enumerate() {
            self.check_tokens(index, text)?;
            let without = wanted.iter().any(|(pool, _)| *pool == TokenPool::MeanWithoutCls);
            if without && tower.up_to_end(text).len() == 1 {
                let problem = format!("only its end token; '{}' leaves nothing of it", TokenPool::MeanWithoutCls);
                return Err(EncoderError::Tokens { index, problem });
            }
        }
        let _guard = tch::no_grad_guard();
        let width = self.description.text.as_ref().map_or(0, |text| text.transformer.width);
        let states = empty(wanted, ids.len(), width)?;
        let ids: Vec<&[i64]> = ids.iter().map(|text| tower.up_to_end(text)).collect();
        for batch in batches_by_length(&ids) {
            let texts: Vec<&[i64]> = batch.iter().map(|&index| ids[index]).collect();
            let (padded, last) = padded(&texts, tower.reads_padding().map(|id| (id, tower.context())))?;
            let rows = tower.pooled(&padded.f_to_device(self.device)?, &last.f_to_device(self.device)?, wanted);
            let places: Vec<i64> = batch.iter().map(|&index| i64::try_from(index).unwrap_or(i64::MAX)).collect();
            let places = Tensor::f_from_slice(&places)?;
            for (states, rows) in states.iter().zip(rows.map_err(|error| of_tower("text", error))?) {
                let _ = states.shallow_clone().f_index_copy_(0, &places, &rows)?;
            }
        }
        finite(states)
    }

    /// Hidden states of labels: per label the mean over its prompts of [`Encoder::pooled_tokens`],
    /// none of them normalised.
    ///
    /// All prompts' states are held at once: give many labels in blocks.
    ///
    /// # Shapes
    ///
    /// `prompts`: per label its prompts, at least one. Returns for each of `wanted` `[C, width]`, or
    /// `[C, n·width]` for [`Layers::Concat`], f32 on the processor.
    ///
    /// # Errors
    ///
    /// As [`Encoder::pooled_tokens`]; a label without prompts is an [`EncoderError::Tokens`].
    pub fn pooled_labels(
        &self,
        tokenizer: &Tokenizer,
        prompts: &[Vec<String>],
        wanted: &[(TokenPool, Layers)],
    ) -> Result<Vec<Tensor>, EncoderError> {
        if let Some(index) = prompts.iter().position(Vec::is_empty) {
            return Err(EncoderError::Tokens { index, problem: "no prompt".to_string() });
        }
        let ids: Vec<Vec<i64>> = prompts.iter().flatten().map(|prompt| tokenizer.encode(prompt).ids).collect();
        let states = self.pooled_tokens(&ids, wanted)?;
        if prompts.is_empty() {
            return Ok(states);
        }
        let _guard = tch::no_grad_guard();
        let sizes: Vec<i64> = prompts.iter().map(|prompts| i64::try_from(prompts.len()).unwrap_or(i64::MAX)).collect();
        let means = |states: Tensor| -> Result<Tensor, EncoderError> {
            let of_label = |rows: &Tensor| rows.f_mean_dim(0i64, false, Kind::Float);
            let rows = states.f_split_with_sizes(&sizes, 0)?.iter().map(of_label).collect::<Result<Vec<_>, _>>()?;
            Ok(Tensor::f_stack(&rows, 0)?)
        };
        states.into_iter().map(means).collect()
    }

    /// From states pooled by [`TokenPool::Cls`] over [`Layers::Last`] to unit vectors: the rest of the image
    /// tower (`ln_post`, `proj`).
    ///
    /// # Shapes
    ///
    /// `states`: `[B, width]` f32; returns `[B, D]` f32 on the processor, as [`Encoder::embed_images`].
    ///
    /// # Errors
    ///
    /// [`EncoderError::NotFinite`]; whatever `LibTorch` reports of another shape.
    pub fn image_head(&self, states: &Tensor) -> Result<Tensor, EncoderError> {
        let _guard = tch::no_grad_guard();
        unit_rows(&self.vision()?.head(&states.f_to_device(self.device)?.f_to_kind(kind(self.precision))?)?)
    }

    /// As [`Encoder::image_head`], of the text tower (`ln_final`, `text_projection`).
    ///
    /// # Shapes
    ///
    /// `states`: `[B, width]` f32; returns `[B, D]` f32 on the processor, as [`Encoder::embed_tokens`].
    ///
    /// # Errors
    ///
    /// [`EncoderError::NotFinite`]; whatever `LibTorch` reports of another shape.
    pub fn text_head(&self, states: &Tensor) -> Result<Tensor, EncoderError> {
        let _guard = tch::no_grad_guard();
        unit_rows(&self.text()?.head(&states.f_to_device(self.device)?.f_to_kind(kind(self.precision))?)?)
    }
}

/// Whether a tower of so many blocks has all layers that are wanted.
///
/// # Errors
///
/// [`EncoderError::Pooling`] with the first that it lacks.
pub fn check_layers(tower: &'static str, blocks: usize, wanted: &[(TokenPool, Layers)]) -> Result<(), EncoderError> {
    wanted.iter().try_for_each(|(_, layers)| layers.check(blocks)).map_err(|source| EncoderError::Pooling { tower, source })
}

fn of_tower(tower: &'static str, error: PoolError) -> EncoderError {
    match error {
        PoolError::Pooling(source) => EncoderError::Pooling { tower, source },
        PoolError::Torch(source) => EncoderError::Torch(source),
    }
}

/// Room for the rows of each combination.
fn empty(wanted: &[(TokenPool, Layers)], rows: usize, width: i64) -> Result<Vec<Tensor>, EncoderError> {
    let width = usize::try_from(width).unwrap_or(0);
    let room = |&(_, layers): &(TokenPool, Layers)| {
        let size = [rows, layers.width(width)].map(|side| i64::try_from(side).unwrap_or(i64::MAX));
        Ok(Tensor::f_zeros(size, (Kind::Float, Device::Cpu))?)
    };
    wanted.iter().map(room).collect()
}

/// Refuses states that are no numbers.
fn finite(states: Vec<Tensor>) -> Result<Vec<Tensor>, EncoderError> {
    for rows in &states {
        let finite = Vec::<bool>::try_from(rows.f_isfinite()?.f_all_dim(1, false)?)?;
        if let Some(index) = finite.iter().position(|finite| !finite) {
            return Err(EncoderError::NotFinite { index });
        }
    }
    Ok(states)
}
