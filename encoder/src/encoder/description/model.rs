//! A model: its towers, how their vectors are compared, and what is done to photographs and texts before.

use super::image::ImageDescription;
use super::preprocessing::Preprocessing;
use super::prompts::Prompts;
use super::tensors::{ExpectedTensor, LinearNames, Role, TowerKind};
use super::text::TextDescription;
use nearmiss::runs::recipe::Activation;
use std::fmt::Write as _;

/// A model as its files describe it.
#[derive(Debug, Clone, PartialEq)]
pub struct ModelDescription {
    /// What wrote it: `open_clip`, `timm`, `transformers siglip`, `sentence-transformers`, ...
    pub layout: String,
    /// The image tower; `None` for sentence encoders.
    pub image: Option<ImageDescription>,
    /// The text tower; `None` for models of images alone.
    pub text: Option<TextDescription>,
    /// How vectors of images and texts are compared; `None` where there is one tower.
    pub comparison: Option<Comparison>,
    /// What photographs are made.
    pub preprocessing: Preprocessing,
    /// How texts become tokens; `None` without a text tower.
    pub tokenizer: Option<TokenizerDescription>,
    /// What stands before its texts; nothing almost everywhere.
    pub prompts: Prompts,
    /// Names of classes in the order of the class layer, where the files say; empty elsewhere.
    pub classes: Vec<String>,
    /// Tensors that the checkpoint may carry and that are not used, as the beginnings of their names.
    pub unused: Vec<String>,
    /// What a user should know of the translation, such as a field that is missing.
    pub notes: Vec<String>,
    /// Fields that nothing is known about, with their section; they are ignored.
    pub unknown_fields: Vec<String>,
}

/// How vectors of images and texts are compared.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Comparison {
    /// Name of the logarithm of the factor on cosines.
    pub scale: String,
    /// Name of what is added to the products (SigLIP); `None` elsewhere.
    pub bias: Option<String>,
}

/// How texts become tokens.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TokenizerDescription {
    /// CLIP's own, or a `tokenizer.json` of its kind.
    Clip,
    /// A `tokenizer.json` beside the model.
    File(FileTokenizer),
}

/// A `tokenizer.json`, and what is done around it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FileTokenizer {
    /// How texts are cleaned before.
    pub cleaning: Cleaning,
    /// Whether the separator at the end is made padding (`strip_sep_token` of open_clip); the separator's id.
    pub strip: Option<i64>,
    /// Whether texts are lower-cased before, as a `tokenizer_config.json` without a normaliser asks.
    pub lower_case: bool,
}

/// How texts are cleaned before they are tokens.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Cleaning {
    /// Not at all (transformers).
    #[default]
    None,
    /// Broken letters mended, white space one space (open_clip's `whitespace`).
    Whitespace,
    /// As before, in small letters (open_clip's `lower`).
    Lower,
    /// As before, without punctuation, in small letters (open_clip's `canonicalize`).
    Canonicalize,
    /// Small letters, ASCII punctuation left out, white space one space and none at the ends, nothing mended; where SentencePiece
    /// writes U+2581 for a space, it is read as one (`SiglipTokenizer` of transformers).
    Siglip,
}

impl ModelDescription {
    /// Length `D` of the vectors.
    #[must_use]
    pub fn embed_dim(&self) -> i64 {
        let of_image = |image: &ImageDescription| image.projection.as_ref().map_or(image.pooled_width(), LinearNames::outputs);
        self.image.as_ref().map_or_else(|| self.text.as_ref().map_or(0, TextDescription::outputs), of_image)
    }

    /// All tensors with the tower that they are of; `None` for the factor on cosines.
    #[must_use]
    pub fn tensors(&self) -> Vec<(Option<TowerKind>, ExpectedTensor)> {
        let image = self.image.iter().flat_map(ImageDescription::tensors).map(|tensor| (Some(TowerKind::Image), tensor));
        let text = self.text.iter().flat_map(TextDescription::tensors).map(|tensor| (Some(TowerKind::Text), tensor));
        let scale = self.comparison.iter().flat_map(|comparison| {
            let names = [Some(&comparison.scale), comparison.bias.as_ref()];
            names.into_iter().flatten().map(|name| (None, ExpectedTensor::new(name, &[], Role::Scale)))
        });
        image.chain(text).chain(scale).collect()
    }

    /// Puts another non-linearity in the place of GELU or QuickGELU; towers with any other keep it.
    pub fn activate(&mut self, activation: Activation) {
        let gelus = [Activation::Gelu, Activation::QuickGelu];
        let image = self.image.iter_mut().map(|image| &mut image.transformer.activation);
        let text = self.text.iter_mut().map(|text| &mut text.transformer.activation);
        image.chain(text).filter(|own| gelus.contains(own)).for_each(|own| *own = activation);
    }

    /// The non-linearities of the towers, that of images first; one where both are the same.
    #[must_use]
    pub fn activations(&self) -> Vec<Activation> {
        let image = self.image.iter().map(|image| image.transformer.activation);
        let mut all: Vec<Activation> = image.chain(self.text.iter().map(|text| text.transformer.activation)).collect();
        all.dedup();
        all
    }

    /// One line about the towers.
    #[must_use]
    pub fn summary(&self) -> String {
        let mut parts = vec![];
        if let Some(image) = &self.image {
            let inner = &image.transformer;
            parts.push(format!(
                "vision transformer {}x{}, {} heads, patch {}, image {}",
                inner.layers(),
                inner.width,
                inner.heads,
                image.patch_size,
                image.image_size
            ));
        }
        if let Some(text) = &self.text {
            let inner = &text.transformer;
            parts.push(format!(
                "text {}x{}, {} heads, context {}",
                inner.layers(),
                inner.width,
                inner.heads,
                text.context_length
            ));
        }
        let mut summary = parts.join("; ");
        let activations: Vec<&str> = self.activations().into_iter().map(Activation::name).collect();
        let _ = write!(summary, "; embedding {}; {}", self.embed_dim(), activations.join(" and "));
        if self.layout != "open_clip" {
            let _ = write!(summary, "; {}", self.layout);
        }
        summary
    }
}
