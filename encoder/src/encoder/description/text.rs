//! A text tower.

use super::tensors::{ExpectedTensor, LinearNames, NormNames, Role};
use super::transformer::TransformerDescription;
use nearmiss::runs::recipe::Activation;

/// A text tower: words, positions, blocks, pooling, projections.
#[derive(Debug, Clone, PartialEq)]
pub struct TextDescription {
    /// Most tokens in a text, start and end included.
    pub context_length: i64,
    /// Number of token ids.
    pub vocab_size: i64,
    /// Name of the words' vectors, `[vocab_size, width]`.
    pub words: String,
    /// Positions that are added; `None` where there are none (T5).
    pub positions: Option<TextPositions>,
    /// Name of the vectors of sentence kinds, `[kinds, width]`, of which the first is added (BERT); `None` elsewhere.
    pub kinds: Option<(String, i64)>,
    /// Norm of what goes into the blocks (BERT); `None` elsewhere.
    pub norm_before: Option<NormNames>,
    /// Name of a vector `[width]` that stands after the text and reads it (CoCa); `None` elsewhere.
    pub class_token: Option<String>,
    /// The blocks.
    pub transformer: TransformerDescription,
    /// Norm after the blocks; `None` where there is none.
    pub norm_after: Option<NormNames>,
    /// Whether texts begin with a token of the tokenizer's (CLIP's start, BERT's `[CLS]`): a tuned prompt stands after it, and
    /// before the first token where there is none (SigLIP, T5).
    pub start: bool,
    /// How texts are padded.
    pub padding: Padding,
    /// How tokens become one vector.
    pub pool: TextPool,
    /// From the pooled vector on, one layer after the other.
    pub projections: Vec<Projection>,
    /// Whether vectors are made units; DPR compares them as they are.
    pub normalise: bool,
    /// Only so many of the first numbers of the vector are kept (Matryoshka); `None` keeps all.
    pub keep: Option<i64>,
}

/// Positions of tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextPositions {
    /// Name in the checkpoint.
    pub name: String,
    /// Rows in the checkpoint.
    pub rows: i64,
    /// Row of the first token: 0, in RoBERTa 2 (one more than the padding's id).
    pub first: i64,
}

/// How texts are padded.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Padding {
    /// Not at all: what stands after the end is never looked at (CLIP), or masked (BERT).
    None,
    /// To the context, with this id, and the padding is read like the text (SigLIP).
    ReadToContext(i64),
}

/// How tokens become one vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TextPool {
    /// The first of those with the largest id: CLIP's end.
    LargestId,
    /// The first of this id.
    FirstOf(i64),
    /// The last position: of the context where padding is read, else of the text.
    Last,
    /// The first position.
    First,
    /// The mean of all tokens of the text.
    Mean,
    /// The largest of each number over the tokens of the text.
    Max,
    /// The mean, where token i of n (from 1) weighs i.
    WeightedMean,
    /// Sum over the square root of the number of tokens.
    MeanSquareRoot,
}

/// A layer after pooling.
#[derive(Debug, Clone, PartialEq)]
pub struct Projection {
    /// The layer.
    pub linear: LinearNames,
    /// What follows it.
    pub after: After,
}

/// What follows a layer after pooling.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum After {
    /// Nothing.
    Nothing,
    /// A non-linearity.
    Activation(Activation),
    /// Hyperbolic tangent.
    Tanh,
}

impl TextDescription {
    /// Length of the vectors.
    #[must_use]
    pub fn outputs(&self) -> i64 {
        let outputs = self.projections.last().map_or(self.transformer.width, |projection| projection.linear.outputs());
        self.keep.map_or(outputs, |keep| keep.min(outputs))
    }

    /// The tower's tensors.
    #[must_use]
    pub fn tensors(&self) -> Vec<ExpectedTensor> {
        let width = self.transformer.width;
        let mut tensors = self.transformer.tensors();
        tensors.push(ExpectedTensor::new(&self.words, &[self.vocab_size, width], Role::Embedding));
        let positions = self.positions.iter().map(|at| (&at.name, at.rows));
        for (name, rows) in positions.chain(self.kinds.iter().map(|(name, rows)| (name, *rows))) {
            tensors.push(ExpectedTensor::new(name, &[rows, width], Role::Embedding));
        }
        tensors.extend(self.class_token.iter().map(|name| ExpectedTensor::new(name, &[width], Role::Embedding)));
        tensors.extend([&self.norm_before, &self.norm_after].into_iter().flatten().flat_map(|norm| norm.tensors(None)));
        tensors.extend(self.projections.iter().flat_map(|projection| projection.linear.tensors(Role::Projection, None)));
        tensors
    }
}
