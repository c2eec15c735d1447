//! Which tensors of a model learn, by what they are for and where they stand, whatever they are called.

use super::config::What;
use crate::encoder::description::model::ModelDescription;
use crate::encoder::description::tensors::{ExpectedTensor, NormNames, Role, TowerKind};
use crate::encoder::description::transformer::TransformerDescription;
use std::collections::{BTreeMap, BTreeSet};

/// The tensors of some towers of a model.
pub struct Learning<'a> {
    description: &'a ModelDescription,
    tensors: Vec<(TowerKind, ExpectedTensor)>,
}

impl<'a> Learning<'a> {
    /// Of the towers that are taught.
    #[must_use]
    pub fn of(description: &'a ModelDescription, taught: &[TowerKind]) -> Learning<'a> {
        let of_taught =
            |(tower, tensor): (Option<TowerKind>, ExpectedTensor)| Some((tower.filter(|tower| taught.contains(tower))?, tensor));
        Learning { description, tensors: description.tensors().into_iter().filter_map(of_taught).collect() }
    }

    /// Names of those that learn. The layer of classes never does: nothing teaches it.
    #[must_use]
    pub fn names(&self, what: What) -> BTreeSet<String> {
        let learns = |tower: TowerKind, tensor: &ExpectedTensor| match what {
            What::Everything => tensor.role != Role::Classes,
            What::LastBlocks(blocks) => self.is_last(tower, tensor, blocks),
            What::LayerNorms => tensor.role == Role::Norm,
            What::Projections | What::Adapters { projections: true, .. } => self.is_projection(tower, tensor),
            What::Lora { .. } | What::Adapters { .. } | What::Prompt { .. } => false,
        };
        self.tensors.iter().filter(|(tower, tensor)| learns(*tower, tensor)).map(|(_, tensor)| tensor.name.clone()).collect()
    }

    /// Names and shapes of the matrices of attention and perceptrons: those that low-rank additions go to.
    #[must_use]
    pub fn block_matrices(&self) -> BTreeMap<String, [i64; 2]> {
        let matrix = |(_, tensor): &(TowerKind, ExpectedTensor)| match (tensor.role, &tensor.shape[..]) {
            (Role::BlockMatrix, &[outputs, inputs]) => Some((tensor.name.clone(), [outputs, inputs])),
            _ => None,
        };
        self.tensors.iter().filter_map(matrix).collect()
    }

    /// For each block of the towers what the names of its bottlenecks begin with, and the width of its tower, images first.
    #[must_use]
    pub fn blocks(&self) -> Vec<(&'a str, i64)> {
        let is_taught = |kind: TowerKind| self.tensors.iter().any(|(tower, _)| *tower == kind);
        let image = self.description.image.as_ref().filter(|_| is_taught(TowerKind::Image)).map(|image| &image.transformer);
        let text = self.description.text.as_ref().filter(|_| is_taught(TowerKind::Text)).map(|text| &text.transformer);
        let of_tower =
            |tower: &'a TransformerDescription| tower.blocks.iter().map(move |block| (block.adapter.as_str(), tower.width));
        [image, text].into_iter().flatten().flat_map(of_tower).collect()
    }

    /// Whether a tensor is of the last blocks or after them.
    fn is_last(&self, tower: TowerKind, tensor: &ExpectedTensor, blocks: usize) -> bool {
        let (image, text) = (self.description.image.as_ref(), self.description.text.as_ref());
        let (layers, before) = match tower {
            TowerKind::Image => {
                (image.map(|image| image.transformer.layers()), image.and_then(|image| image.norm_before.as_ref()))
            }
            TowerKind::Text => (text.map(|text| text.transformer.layers()), text.and_then(|text| text.norm_before.as_ref())),
        };
        let is_of = |norm: &NormNames| norm.weight == tensor.name || norm.bias.as_ref() == Some(&tensor.name);
        match (tensor.block, tensor.role) {
            (Some(block), _) => block >= layers.unwrap_or(0) - i64::try_from(blocks).unwrap_or(i64::MAX),
            (None, Role::Projection | Role::Pooling) => true,
            (None, Role::Norm) => !before.is_some_and(is_of),
            _ => false,
        }
    }

    /// Whether a tensor maps into the common space; of a tower without such a map, the attention that pools does.
    fn is_projection(&self, tower: TowerKind, tensor: &ExpectedTensor) -> bool {
        let projects = self.tensors.iter().any(|(of, other)| *of == tower && other.role == Role::Projection);
        tensor.role == if projects { Role::Projection } else { Role::Pooling }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::encoder::layouts::open_clip;
    use crate::encoder::layouts::shapes::Shapes;
    use serde_json::json;
    use std::path::Path;

    /// CLIP of two blocks for images and one for texts.
    fn clip() -> ModelDescription {
        let config = json!({ "model_cfg": {
            "embed_dim": 8, "vision_cfg": { "image_size": 8, "layers": 2, "width": 64, "patch_size": 4 },
            "text_cfg": { "context_length": 5, "vocab_size": 11, "width": 8, "heads": 2, "layers": 1 },
        }});
        open_clip::describe(config.to_string().as_bytes(), Path::new("c.json"), &Shapes::new()).unwrap()
    }

    #[test]
    fn the_tensors_of_clip_that_learn_are_those_that_their_names_tell() {
        let clip = clip();
        let both = Learning::of(&clip, &[TowerKind::Image, TowerKind::Text]);
        let all: BTreeSet<String> = clip.tensors().into_iter().map(|(_, tensor)| tensor.name).collect();
        let named = |is: &dyn Fn(&str) -> bool| -> BTreeSet<String> { all.iter().filter(|name| is(name)).cloned().collect() };
        assert_eq!(both.names(What::Everything), named(&|name| name != "logit_scale"));
        assert_eq!(both.names(What::LayerNorms), named(&|name| name.contains("ln_")));
        assert_eq!(both.names(What::Projections), named(&|name| name == "visual.proj" || name.ends_with("text_projection")));
        // One block of each tower: the second of images, the only one of texts.
        let last = |name: &str| {
            name.starts_with("visual.transformer.resblocks.1.")
                || name.starts_with("transformer.resblocks.0.")
                || ["ln_post", "ln_final", "visual.proj", "text_projection"].iter().any(|part| name.contains(part))
        };
        assert_eq!(both.names(What::LastBlocks(1)), named(&last));
        let matrix = |name: &str| name.contains("resblocks.") && name.ends_with("weight") && !name.contains("ln_");
        assert_eq!(both.block_matrices().into_keys().collect::<BTreeSet<_>>(), named(&matrix));
        assert_eq!(both.block_matrices()["visual.transformer.resblocks.0.attn.in_proj_weight"], [192, 64]);
        let blocks = ["visual.transformer.resblocks.0", "visual.transformer.resblocks.1", "transformer.resblocks.0"];
        assert_eq!(both.blocks(), [(blocks[0], 64), (blocks[1], 64), (blocks[2], 8)]);
        assert!(both.names(What::Prompt { prompt_length: 1, mid_dim: 1 }).is_empty());
        // Texts alone.
        let texts = Learning::of(&clip, &[TowerKind::Text]);
        assert_eq!(texts.names(What::Projections), BTreeSet::from(["text_projection".to_string()]));
        assert_eq!(texts.blocks(), [(blocks[2], 8)]);
    }
}
