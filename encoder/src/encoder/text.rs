//! The text tower.

use super::description::text::{After, Padding, TextDescription, TextPool};
use super::linear::Linear;
use super::norm::Norm;
use super::pooled_states::{Places, PoolError, PooledStates};
use super::token_trie::TokenTrie;
use super::transformer::{Attention, Surroundings, Transformer, activated};
use super::tree_attention::TreeAttention;
use super::weights::{Weights, WeightsError};
use nearmiss::runs::pooling::{Layers, TokenPool};
use tch::{Kind, TchError, Tensor};

/// A text tower: words, positions, a transformer, pooling, projections.
#[derive(Debug)]
pub struct TextTower {
    words: Tensor,
    /// `[rows, width]`, from the row of the first token on.
    positions: Option<Tensor>,
    /// `[width]`, added to every token (BERT's first kind of sentence).
    kind_of_sentence: Option<Tensor>,
    norm_before: Option<Norm>,
    /// `[1, 1, width]`, read after the text (CoCa).
    class_token: Option<Tensor>,
    transformer: Transformer,
    norm_after: Option<Norm>,
    projections: Vec<(Linear, After)>,
    attention: Attention,
    padding: Padding,
    pool: TextPool,
    context: i64,
    keep: Option<i64>,
    /// Whether texts begin with a start token.
    start: bool,
    /// `[L, width]`, put after the start token, or before the first token where there is no start; `None` where no prompt was
    /// tuned.
    prompt: Option<Tensor>,
}

/// Name of the tuned prompt among the tensors beside the weights.
pub const PROMPT: &str = "prompt.embedding";

/// A batch of texts on their way through the tower.
struct Begun {
    /// What goes into the first block, `[B, T, width]`.
    x: Tensor,
    /// `[B]`: the place of each text's last token.
    last: Tensor,
    around: Surroundings,
}

impl TextTower {
    /// Takes the tower's tensors.
    ///
    /// # Errors
    ///
    /// [`WeightsError`] from reading.
    pub fn take(weights: &mut Weights, tower: &TextDescription) -> Result<TextTower, WeightsError> {
        let width = tower.transformer.width;
        let prompt = if weights.contains(PROMPT) { Some(weights.take(PROMPT)?) } else { None };
        let positions = match &tower.positions {
            Some(at) => Some(weights.take(&at.name)?.f_narrow(0, at.first, at.rows - at.first)?),
            None => None,
        };
        let kind_of_sentence = match &tower.kinds {
            Some((name, _)) => Some(weights.take(name)?.f_select(0, 0)?),
            None => None,
        };
        let class_token = match &tower.class_token {
            Some(name) => Some(weights.take(name)?.f_reshape([1, 1, width])?),
            None => None,
        };
        let norm = |weights: &mut Weights, names: &Option<_>| names.as_ref().map(|names| Norm::take(weights, names)).transpose();
        let mut projections = vec![];
        for projection in &tower.projections {
            projections.push((Linear::take(weights, &projection.linear)?, projection.after));
        }
        Ok(TextTower {
            prompt,
            words: weights.take(&tower.words)?,
            positions,
            kind_of_sentence,
            norm_before: norm(weights, &tower.norm_before)?,
            class_token,
            transformer: Transformer::take(weights, &tower.transformer)?,
            norm_after: norm(weights, &tower.norm_after)?,
            projections,
            attention: tower.transformer.attention,
            padding: tower.padding,
            pool: tower.pool,
            context: tower.context_length,
            keep: tower.keep,
            start: tower.start,
        })
    }

    /// Embeds texts, without normalising.
    ///
    /// What stands after `last` is not looked at, so that a batch may be as short as its longest text; but for towers that
    /// read the padding ([`TextTower::reads_padding`]), whose batches are as long as the context.
    ///
    /// # Shapes
    ///
    /// `ids`: `[B, T]` i64; `last`: `[B]` i64, the place of each text's last token; both on the
    /// tower's device. Returns `[B, D]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    ///
    /// # Source
    ///
    /// `open_clip` 3.3, `src/open_clip/model.py`, `CLIP.encode_text`, and `transformer.py`, `TextTransformer.forward`;
    /// `transformers` 5, `modeling_bert.py`, `modeling_t5.py`; `sentence_transformers` 5, `models/Pooling.py`.
    pub fn forward(&self, ids: &Tensor, last: &Tensor) -> Result<Tensor, TchError> {
        let Begun { x, last, around } = self.begin(ids, last)?;
        let x = self.transformer.forward(x, &around)?;
        let (batch, length, _) = x.size3()?;
        let rows = || Tensor::f_arange(batch, (Kind::Int64, ids.device()));
        match (self.pool, &self.class_token) {
            (_, Some(_)) => self.head(&x.f_select(1, length - 1)?),
            (TextPool::LargestId | TextPool::FirstOf(_) | TextPool::Last, None) => {
                self.head(&x.f_index(&[Some(rows()?), Some(last)])?)
            }
            (TextPool::First, None) => self.head(&x.f_select(1, if self.start { 0 } else { self.tuned() })?),
            _ => {
                let x = self.norm_after.as_ref().map_or(Ok(x.shallow_clone()), |norm| norm.forward(&x))?;
                self.projected(over_tokens(&x, &last, self.pool)?)
            }
        }
    }

    /// Whether texts may go through as a trie, computing once what they have in common.
    #[must_use]
    pub fn takes_tries(&self) -> bool {
        let reads_its_end = matches!(self.pool, TextPool::LargestId | TextPool::FirstOf(_) | TextPool::Last);
        let plain = self.class_token.is_none() && self.kind_of_sentence.is_none() && self.norm_before.is_none();
        plain && reads_its_end && self.padding == Padding::None && self.positions.is_some() && self.transformer.takes_tries()
    }

    /// The id that texts are padded with to the context, where the tower reads the padding.
    #[must_use]
    pub fn reads_padding(&self) -> Option<i64> {
        match self.padding {
            Padding::None => None,
            Padding::ReadToContext(id) => Some(id),
        }
    }

    /// The context, in tokens.
    #[must_use]
    pub fn context(&self) -> i64 {
        self.context
    }

    /// How many tokens of a text are read: up to its end, where the tower reads its end.
    #[must_use]
    pub fn up_to_end<'a>(&self, text: &'a [i64]) -> &'a [i64] {
        let end = match self.pool {
            // The first of the largest, as in open_clip.
            TextPool::LargestId => text.iter().copied().max(),
            // Without one the first place is read, as `argmax` of nothing has it in transformers.
            TextPool::FirstOf(id) if !text.contains(&id) => return &text[..1.min(text.len())],
            TextPool::FirstOf(id) => Some(id),
            _ => None,
        };
        let length = end.and_then(|end| text.iter().position(|&id| id == end)).map_or(text.len(), |place| place + 1);
        &text[..length]
    }

    /// How many vectors a tuned prompt has; 0 without one.
    fn tuned(&self) -> i64 {
        self.prompt.as_ref().map_or(0, |prompt| prompt.size().first().copied().unwrap_or(0))
    }

    /// Embeds texts as [`TextTower::forward`] does, computing once what texts have in common.
    ///
    /// # Shapes
    ///
    /// `texts`: token ids up to the end token, none empty. Returns `[B, D]`, in the order of the texts.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports. Only where [`TextTower::takes_tries`].
    pub fn forward_trie(&self, texts: &[&[i64]]) -> Result<Tensor, TchError> {
        let (kind, device) = (self.words.kind(), self.words.device());
        let tuned = self.tuned();
        let trie = if tuned == 0 {
            TokenTrie::of(texts)
        } else {
            let texts: Vec<Vec<i64>> = texts.iter().map(|text| with_tuned(text, tuned, self.start)).collect();
            TokenTrie::of(&texts.iter().map(Vec::as_slice).collect::<Vec<_>>())
        };
        let (within, ends) = (TreeAttention::within(&trie, kind, device)?, TreeAttention::of_ends(&trie, kind, device)?);
        self.head(&self.transformer.forward_tree(self.trie_tokens(&trie, tuned)?, &within, &ends)?)
    }

    /// What goes into the first block: `[N, width]`.
    fn trie_tokens(&self, trie: &TokenTrie, tuned: i64) -> Result<Tensor, TchError> {
        let device = self.words.device();
        let known: Vec<i64> = trie.tokens.iter().map(|&token| token.max(0)).collect();
        let place = |place: usize| i64::try_from(place).unwrap_or(i64::MAX);
        // Tokens after a tuned prompt keep the places that they have without it; a start token before it is at 0, and vectors of
        // the prompt have no place.
        let places: Vec<i64> = trie.places.iter().map(|&at| (place(at) - tuned).max(0)).collect();
        let known = Tensor::f_from_slice(&known)?.f_to_device(device)?;
        let mut x = Tensor::f_embedding(&self.words, &known, -1, false, false)?;
        if let Some(positions) = &self.positions {
            x = x.f_add_(&positions.f_index_select(0, &Tensor::f_from_slice(&places)?.f_to_device(device)?)?)?;
        }
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

    /// Hidden states of the last blocks, pooled: what the blocks put out, before the norm after them and the
    /// projection.
    ///
    /// The end token stands where images have their class token. Means are over the tokens from the
    /// start to the end token, vectors of a tuned prompt among them; padding is left out, but where the tower reads it.
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
        let Begun { x, last, around } = self.begin(ids, last)?;
        let places = Places::Ends(last);
        let _ = self.transformer.forward_each(x, &around, &mut |block, x| states.add(block, x, &places))?;
        states.finish()
    }

    /// From the state of the token that is read after the last block to the embedding, without normalising.
    ///
    /// # Shapes
    ///
    /// `ends`: `[B, width]`; returns `[B, D]`.
    ///
    /// # Errors
    ///
    /// Whatever `LibTorch` reports.
    pub fn head(&self, ends: &Tensor) -> Result<Tensor, TchError> {
        self.projected(self.norm_after.as_ref().map_or(Ok(ends.shallow_clone()), |norm| norm.forward(ends))?)
    }

    fn projected(&self, pooled: Tensor) -> Result<Tensor, TchError> {
        let mut x = pooled;
        for (linear, after) in &self.projections {
            x = linear.forward(&x)?;
            x = match after {
                After::Nothing => x,
                After::Tanh => x.f_tanh_()?,
                After::Activation(activation) => activated(x, *activation)?,
            };
        }
        match self.keep {
            Some(keep) if keep < x.size().last().copied().unwrap_or(0) => x.f_narrow(-1, 0, keep),
            _ => Ok(x),
        }
    }

    fn begin(&self, ids: &Tensor, last: &Tensor) -> Result<Begun, TchError> {
        let (batch, length) = ids.size2()?;
        let mut x = Tensor::f_embedding(&self.words, ids, -1, false, false)?;
        if let Some(positions) = &self.positions {
            x = x.f_add_(&positions.f_narrow(0, 0, length)?)?;
        }
        if let Some(kind) = &self.kind_of_sentence {
            x = x.f_add_(kind)?;
        }
        if let Some(norm) = &self.norm_before {
            x = norm.forward(&x)?;
        }
        let reads_its_end = matches!(self.pool, TextPool::LargestId | TextPool::FirstOf(_));
        // Where the padding is read like the text, the text ends with the context.
        let mut last = match self.padding {
            Padding::ReadToContext(_) if !reads_its_end => last.f_full_like(length - 1)?,
            _ => last.shallow_clone(),
        };
        let before = i64::from(self.start).min(length);
        if let Some(prompt) = &self.prompt {
            let (tokens, width) = prompt.size2()?;
            let prompt = prompt.f_unsqueeze(0)?.f_expand([batch, tokens, width], false)?;
            x = Tensor::f_cat(&[x.f_narrow(1, 0, before)?, prompt, x.f_narrow(1, before, length - before)?], 1)?;
            last = last.f_add_scalar(tokens)?;
        }
        let mut added = if self.attention == Attention::Full && self.padding == Padding::None {
            Some(not_after(&last, x.size()[1], x.kind())?)
        } else {
            None
        };
        if let Some(class) = &self.class_token {
            // Its place is the one after the context, which the text is padded to.
            let mut class = class.shallow_clone();
            if let Some(positions) = &self.positions {
                class = class.f_add(&positions.f_narrow(0, self.context, 1)?)?;
            }
            // Vectors of a tuned prompt are no padding.
            let tuned = Tensor::f_full([batch, self.tuned()], -1i64, (Kind::Int64, ids.device()))?;
            let ids = Tensor::f_cat(&[ids.f_narrow(1, 0, before)?, tuned, ids.f_narrow(1, before, length - before)?], 1)?;
            added = Some(with_class(&ids, self.reads_padding().unwrap_or(0), x.kind())?);
            x = Tensor::f_cat(&[x, class.f_expand([batch, 1, -1], false)?], 1)?;
        }
        Ok(Begun { x, last, around: Surroundings { added, turns: None } })
    }
}

/// −∞ after the last token of each text: `[B, 1, 1, T]`.
fn not_after(last: &Tensor, length: i64, kind: Kind) -> Result<Tensor, TchError> {
    let places = Tensor::f_arange(length, (Kind::Int64, last.device()))?.f_unsqueeze(0)?;
    let after = places.f_gt_tensor(&last.f_unsqueeze(1)?)?;
    let added = Tensor::f_zeros(after.size(), (kind, last.device()))?.f_masked_fill(&after, f64::NEG_INFINITY)?;
    added.f_view([-1, 1, 1, length])
}

/// What a causal tower with a token after the text adds: `[B, 1, T + 1, T + 1]`.
///
/// Nothing looks at what comes after it, nor at the place behind a padding: as `open_clip` 3.3 has it, place 0 is always
/// looked at, and place j if the token before it is none of the padding.
///
/// # Source
///
/// `open_clip` 3.3, `transformer.py`, `TextTransformer.build_cls_mask`.
fn with_class(ids: &Tensor, padding: i64, kind: Kind) -> Result<Tensor, TchError> {
    let (batch, length) = ids.size2()?;
    let device = ids.device();
    let later = Tensor::f_ones([length + 1, length + 1], (Kind::Bool, device))?.f_triu(1)?.f_unsqueeze(0)?;
    let first = Tensor::f_zeros([batch, 1], (Kind::Bool, device))?;
    let behind = Tensor::f_cat(&[first, ids.f_eq(padding)?], 1)?.f_unsqueeze(1)?;
    let hidden = later.f_logical_or(&behind)?;
    let added = Tensor::f_zeros(hidden.size(), (kind, device))?.f_masked_fill(&hidden, f64::NEG_INFINITY)?;
    added.f_unsqueeze(1)
}

/// `[B, T, width]` to `[B, width]` over the tokens up to the last of each text.
fn over_tokens(x: &Tensor, last: &Tensor, pool: TextPool) -> Result<Tensor, TchError> {
    let (_, length, _) = x.size3()?;
    let kind = x.kind();
    let x = x.f_to_kind(Kind::Float)?;
    let places = Tensor::f_arange(length, (Kind::Int64, x.device()))?.f_unsqueeze(0)?;
    let after = places.f_gt_tensor(&last.f_unsqueeze(1)?)?;
    if pool == TextPool::Max {
        return x.f_masked_fill(&after.f_unsqueeze(2)?, f64::NEG_INFINITY)?.f_amax([1i64].as_slice(), false)?.f_to_kind(kind);
    }
    let weights =
        if pool == TextPool::WeightedMean { places.f_add_scalar(1)?.f_expand_as(&after)? } else { after.f_ones_like()? };
    let weights = weights.f_to_kind(Kind::Float)?.f_masked_fill(&after, 0.0)?;
    // A product with 0 would keep what is not finite in the padding; a choice does not.
    let counted = x.f_masked_fill(&after.f_unsqueeze(2)?, 0.0)?.f_mul(&weights.f_unsqueeze(2)?)?;
    let sum = counted.f_sum_dim_intlist([1i64].as_slice(), false, Kind::Float)?;
    let total = weights.f_sum_dim_intlist([1i64].as_slice(), true, Kind::Float)?;
    let total = if pool == TextPool::MeanSquareRoot { total.f_sqrt()? } else { total };
    sum.f_div(&total)?.f_to_kind(kind)
}

/// A text with the vectors of a tuned prompt after its start token, or before it where it has none: vector `j` stands as the id
/// `−1 − j`.
fn with_tuned(text: &[i64], tuned: i64, has_start: bool) -> Vec<i64> {
    let (start, rest) = text.split_at(usize::from(has_start).min(text.len()));
    start.iter().copied().chain((1..=tuned).map(|vector| -vector)).chain(rest.iter().copied()).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::description::text::TextPositions;
    use super::super::description::transformer::{NormPlace, TransformerDescription};
    use super::*;
    use nearmiss::runs::recipe::Activation;
    use std::collections::BTreeMap;
    use tch::Device;

    /// A tower of width 2 without blocks: what goes in comes out. Word `i` is `(i, 0)`, place `i` adds `(0, i)`; the prompt is
    /// `(7, 7), (8, 8)`.
    fn tower(start: bool, pool: TextPool, class_token: Option<String>) -> TextTower {
        let description = TextDescription {
            context_length: 3,
            vocab_size: 4,
            words: "words".to_string(),
            positions: Some(TextPositions { name: "places".to_string(), rows: 4, first: 0 }),
            kinds: None,
            norm_before: None,
            class_token,
            transformer: TransformerDescription {
                width: 2,
                heads: 1,
                head_width: 2,
                mlp_width: 2,
                activation: Activation::Gelu,
                norm_place: NormPlace::Before,
                attention: Attention::Causal,
                attention_scale: 1.0,
                rotary: None,
                relative: None,
                blocks: vec![],
            },
            norm_after: None,
            start,
            padding: Padding::None,
            pool,
            projections: vec![],
            normalise: true,
            keep: None,
        };
        let rows = |numbers: &[f32]| Tensor::from_slice(numbers).view([-1, 2]);
        let own = [
            ("words", rows(&[0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0, 0.0])),
            ("places", rows(&[0.0, 0.0, 0.0, 1.0, 0.0, 2.0, 0.0, 3.0])),
            ("class", Tensor::from_slice(&[9.0f32, 9.0])),
        ];
        let own = own.map(|(name, tensor)| (name.to_string(), tensor));
        let mut weights = Weights::of_tensors(BTreeMap::from(own), Kind::Float, Device::Cpu);
        weights.add(BTreeMap::from([(PROMPT.to_string(), rows(&[7.0, 7.0, 8.0, 8.0]))]));
        TextTower::take(&mut weights, &description).unwrap()
    }

    fn numbers(tensor: &Tensor) -> Vec<f32> {
        Vec::<f32>::try_from(tensor.flatten(0, -1)).unwrap()
    }

    #[test]
    fn a_tuned_prompt_stands_after_the_start_or_before_the_text() {
        let (ids, last) = (Tensor::from_slice(&[3i64, 1, 2]).view([1, 3]), Tensor::from_slice(&[2i64]));
        for (start, expected, first) in [
            // The start, the prompt, the others at their own places.
            (true, [3.0, 0.0, 7.0, 7.0, 8.0, 8.0, 1.0, 1.0, 2.0, 2.0], [3.0, 0.0]),
            (false, [7.0, 7.0, 8.0, 8.0, 3.0, 0.0, 1.0, 1.0, 2.0, 2.0], [3.0, 0.0]),
        ] {
            let begun = tower(start, TextPool::Last, None).begin(&ids, &last).unwrap();
            assert_eq!((numbers(&begun.x), begun.last.int64_value(&[0])), (expected.to_vec(), 4));
            // The first position is that of the text, the last one its end.
            assert_eq!(numbers(&tower(start, TextPool::First, None).forward(&ids, &last).unwrap()), first);
            let ends = tower(start, TextPool::Last, None);
            assert_eq!(numbers(&ends.forward(&ids, &last).unwrap()), [2.0, 2.0]);
            // As a trie the same goes into the blocks.
            let tokens = with_tuned(&[3, 1, 2], 2, start);
            let trie = TokenTrie::of(&[tokens.as_slice()]);
            assert_eq!(numbers(&ends.trie_tokens(&trie, 2).unwrap()), expected);
        }
        assert_eq!(with_tuned(&[3, 1], 2, true), [3, -1, -2, 1]);
        assert_eq!(with_tuned(&[3, 1], 2, false), [-1, -2, 3, 1]);
        assert_eq!(with_tuned(&[], 1, true), [-1]);
    }

    #[test]
    fn a_class_token_after_a_prompt_looks_at_it() {
        // Words 3 and 1, then padding (0): with two vectors between them five positions, and the class token as the sixth.
        let (ids, last) = (Tensor::from_slice(&[3i64, 1, 0]).view([1, 3]), Tensor::from_slice(&[1i64]));
        let begun = tower(true, TextPool::Last, Some("class".to_string())).begin(&ids, &last).unwrap();
        assert_eq!(begun.x.size(), [1, 6, 2]);
        let added = begun.around.added.unwrap();
        assert_eq!(added.size(), [1, 1, 6, 6]);
        // What the class token sees: a key is hidden behind a padding, and only the last one is.
        let row = numbers(&added.narrow(2, 5, 1));
        assert_eq!(row, [0.0, 0.0, 0.0, 0.0, 0.0, f32::NEG_INFINITY]);
    }
}
