//! A fusion encoder: T5 that reads a text and regions of a photograph together (VL-T5), with what VL-Adapter adds to it.

use super::model::FileTokenizer;
use super::tensors::{ExpectedTensor, LinearNames, NormNames, Role};
use super::text::TextDescription;
use nearmiss::runs::recipe::Activation;

/// A fusion encoder as its files describe it.
#[derive(Debug, Clone, PartialEq)]
pub struct FusionDescription {
    /// T5's encoder, which reads the text.
    pub text: TextDescription,
    /// What makes regions vectors that stand behind the words.
    pub visual: VisualDescription,
    /// Bottlenecks of attention and perceptron, a pair for each block; empty where there are none.
    pub bottlenecks: Vec<[BottleneckNames; 2]>,
    /// Vectors that stand before the words; `None` where there are none.
    pub prompt: Option<PromptNames>,
    /// From a pooled vector to another space; `None` where there is none.
    pub projection: Option<LinearNames>,
    /// The task whose bottlenecks and prompt are taken; `None` for a model without either.
    pub task: Option<String>,
    /// The order in which a box's four numbers are written where this program makes them.
    pub box_order: BoxOrder,
    /// How texts become tokens.
    pub tokenizer: FileTokenizer,
    /// Tensors that a checkpoint may carry a second time, each with the one that it must equal.
    pub copies: Vec<(String, String)>,
    /// Tensors that the checkpoint may carry and that are not used, as the beginnings of their names.
    pub unused: Vec<String>,
    /// What a user should know of the translation.
    pub notes: Vec<String>,
}

/// What makes regions of a photograph vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct VisualDescription {
    /// Length of a region's features.
    pub feature_width: i64,
    /// From features to the model's width, one step after the other.
    pub features: Vec<VisualStep>,
    /// From a box's four numbers and its area to the model's width.
    pub boxes: Vec<VisualStep>,
    /// What is added by the places of region and photograph; `None` where nothing is.
    pub order: Option<OrderNames>,
    /// Norm of the sum; `None` where its parts have norms of their own, or none.
    pub norm: Option<NormNames>,
}

/// A step on the way of a region's numbers.
#[derive(Debug, Clone, PartialEq)]
pub enum VisualStep {
    /// `x Wᵀ + b`.
    Linear(LinearNames),
    /// A normalisation.
    Norm(NormNames),
    /// The larger of x and 0.
    Relu,
}

/// What is added by the places of region and photograph.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderNames {
    /// Name and rows of the vectors of regions: region `i`, from 0, has row `rows − 1 − i`. It is that of the words where the
    /// embeddings of text and vision are shared.
    pub regions: (String, i64),
    /// Name and rows of the vectors of photographs.
    pub images: (String, i64),
}

/// A bottleneck: `x + norm(up(activation(down(norm(x)))))`.
#[derive(Debug, Clone, PartialEq)]
pub struct BottleneckNames {
    /// Norm of what goes in; `None` almost everywhere.
    pub norm_before: Option<NormNames>,
    /// To the narrow middle.
    pub down: LinearNames,
    /// In the middle.
    pub activation: Activation,
    /// Back to the width.
    pub up: LinearNames,
    /// Norm of what comes out, before it is added; `None` almost everywhere.
    pub norm_after: Option<NormNames>,
}

/// Vectors before the words: `out(tanh(middle(vectors)))`.
#[derive(Debug, Clone, PartialEq)]
pub struct PromptNames {
    /// Name of the vectors, `[length, width]`.
    pub vectors: String,
    /// How many there are.
    pub length: i64,
    /// To the middle.
    pub middle: LinearNames,
    /// Back to the width.
    pub out: LinearNames,
}

/// The order of a box's four numbers, fractions of the photograph's width and height.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum BoxOrder {
    /// Left, top, right, bottom: what VL-T5's data sets give, and so what its weights have learnt.
    #[default]
    Corners,
    /// Left, right, top, bottom: what the comments in its source say.
    Sides,
}

/// The parts of a fusion encoder that learn together or not at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FusionPart {
    /// The vectors of words.
    Words,
    /// T5's blocks, their relative positions and the norm after them.
    Blocks,
    /// All normalisations, of whatever part (`unfreeze_layer_norms`).
    Norms,
    /// The way of regions.
    VisualEmbedding,
    /// The bottlenecks.
    Bottlenecks,
    /// The vectors before the words, and the network that makes them.
    Prompt,
    /// The map of the pooled vector.
    Projection,
}

impl FusionPart {
    /// What learns with VL-Adapter's `--use_adapter --unfreeze_layer_norms`.
    pub const ADAPTERS: [FusionPart; 4] =
        [FusionPart::Bottlenecks, FusionPart::Norms, FusionPart::VisualEmbedding, FusionPart::Projection];
    /// What learns with VL-Adapter's `--encoder_prompt_len`.
    pub const PROMPT: [FusionPart; 3] = [FusionPart::Prompt, FusionPart::VisualEmbedding, FusionPart::Projection];
}

/// A tensor, and the part that it is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FusionTensor {
    /// The part; never [`FusionPart::Norms`], which are of another part as well.
    pub part: FusionPart,
    /// The tensor.
    pub expected: ExpectedTensor,
}

impl FusionTensor {
    /// Whether it learns where those parts do.
    ///
    /// # Source
    ///
    /// VL-Adapter, `VL-T5/src/trainer_base.py`, `unfreeze_parameters`.
    #[must_use]
    pub fn learns(&self, parts: &[FusionPart]) -> bool {
        parts.contains(&self.part) || (self.expected.role == Role::Norm && parts.contains(&FusionPart::Norms))
    }
}

impl FusionDescription {
    /// Width of the hidden states.
    #[must_use]
    pub fn width(&self) -> i64 {
        self.text.transformer.width
    }

    /// How many vectors stand before the words.
    #[must_use]
    pub fn prompt_length(&self) -> i64 {
        self.prompt.as_ref().map_or(0, |prompt| prompt.length)
    }

    /// All tensors, each once.
    #[must_use]
    pub fn tensors(&self) -> Vec<FusionTensor> {
        let of = |part: FusionPart| move |expected: ExpectedTensor| FusionTensor { part, expected };
        let words = &self.text.words;
        let part_of = |tensor: &ExpectedTensor| if tensor.name == *words { FusionPart::Words } else { FusionPart::Blocks };
        let text = self.text.tensors().into_iter().map(|expected| FusionTensor { part: part_of(&expected), expected });
        let visual = self.visual.tensors(self.width()).into_iter().filter(|tensor| tensor.name != *words);
        let bottlenecks = (0..).zip(&self.bottlenecks).flat_map(|(block, pair)| {
            pair.iter().flat_map(move |bottleneck| bottleneck.tensors(block)).collect::<Vec<ExpectedTensor>>()
        });
        let prompt = self.prompt.iter().flat_map(|prompt| prompt.tensors(self.width()));
        let projection = self.projection.iter().flat_map(|linear| linear.tensors(Role::Projection, None));
        text.chain(visual.map(of(FusionPart::VisualEmbedding)))
            .chain(bottlenecks.map(of(FusionPart::Bottlenecks)))
            .chain(prompt.map(of(FusionPart::Prompt)))
            .chain(projection.map(of(FusionPart::Projection)))
            .collect()
    }

    /// One line about the model.
    #[must_use]
    pub fn summary(&self) -> String {
        let inner = &self.text.transformer;
        let mut parts = vec![
            format!("fusion encoder {}x{}, {} heads", inner.layers(), inner.width, inner.heads),
            format!("regions of {} numbers", self.visual.feature_width),
        ];
        parts.extend(self.bottlenecks.first().map(|[attention, _]| format!("bottlenecks of {}", attention.down.outputs())));
        parts.extend(self.prompt.iter().map(|prompt| format!("prompt of {}", prompt.length)));
        parts.extend(self.projection.iter().map(|projection| format!("projection to {}", projection.outputs())));
        parts.join("; ")
    }
}

impl VisualDescription {
    fn tensors(&self, width: i64) -> Vec<ExpectedTensor> {
        let of_step = |step: &VisualStep| match step {
            VisualStep::Linear(linear) => linear.tensors(Role::Embedding, None),
            VisualStep::Norm(norm) => norm.tensors(None),
            VisualStep::Relu => vec![],
        };
        let mut tensors: Vec<ExpectedTensor> = self.features.iter().chain(&self.boxes).flat_map(of_step).collect();
        for (name, rows) in self.order.iter().flat_map(|order| [&order.regions, &order.images]) {
            tensors.push(ExpectedTensor::new(name, &[*rows, width], Role::Embedding));
        }
        tensors.extend(self.norm.iter().flat_map(|norm| norm.tensors(None)));
        tensors
    }
}

impl BottleneckNames {
    fn tensors(&self, block: i64) -> Vec<ExpectedTensor> {
        let mut tensors = self.down.tensors(Role::BlockMatrix, Some(block));
        tensors.extend(self.up.tensors(Role::BlockMatrix, Some(block)));
        let norms = [&self.norm_before, &self.norm_after];
        tensors.extend(norms.into_iter().flatten().flat_map(|norm| norm.tensors(Some(block))));
        tensors
    }
}

impl PromptNames {
    fn tensors(&self, width: i64) -> Vec<ExpectedTensor> {
        let mut tensors = vec![ExpectedTensor::new(&self.vectors, &[self.length, width], Role::Embedding)];
        tensors.extend([&self.middle, &self.out].into_iter().flat_map(|linear| linear.tensors(Role::Embedding, None)));
        tensors
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn norms_learn_with_their_part_and_with_all_norms() {
        let tensor = |part, role| FusionTensor { part, expected: ExpectedTensor::new("t", &[1], role) };
        let of_blocks = [tensor(FusionPart::Blocks, Role::BlockMatrix), tensor(FusionPart::Blocks, Role::Norm)];
        assert_eq!(of_blocks.each_ref().map(|tensor| tensor.learns(&FusionPart::ADAPTERS)), [false, true]);
        assert_eq!(of_blocks.each_ref().map(|tensor| tensor.learns(&FusionPart::PROMPT)), [false, false]);
        assert_eq!(of_blocks.each_ref().map(|tensor| tensor.learns(&[FusionPart::Blocks])), [true, true]);
        let region = tensor(FusionPart::VisualEmbedding, Role::Norm);
        assert!(region.learns(&FusionPart::PROMPT) && !region.learns(&[FusionPart::Prompt]));
    }
}
