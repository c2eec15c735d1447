//! Everything that turns a photograph and a name into numbers, under one name.

use crate::runs::prompt::{NameFormat, Templates};
use serde::{Deserialize, Serialize};

/// Kind of number the encoder computes in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Default, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Precision {
    /// 32-bit floating point.
    #[default]
    Fp32,
    /// 16-bit floating point with an 8-bit exponent (bfloat16).
    Bf16,
}

impl Precision {
    /// Both, most exact first.
    pub const ALL: [Precision; 2] = [Precision::Fp32, Precision::Bf16];

    /// `fp32` or `bf16`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Precision::Fp32 => "fp32",
            Precision::Bf16 => "bf16",
        }
    }

    /// The precision of that name; `None` if there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Precision> {
        Precision::ALL.into_iter().find(|precision| precision.name() == name)
    }
}

/// The non-linearity between the two layers of a perceptron.
///
/// A checkpoint does not say which it was trained with: the wrong one costs several points of
/// accuracy and raises no error.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Activation {
    /// `x · Φ(x)`, exact.
    Gelu,
    /// `x · sigmoid(1.702 x)`, of the models that `OpenAI` trained.
    QuickGelu,
    /// `x · Φ(x)` with Φ by a hyperbolic tangent: `½ x (1 + tanh(√(2/π) (x + 0.044715 x³)))`.
    #[serde(rename = "gelu_tanh")]
    GeluTanh,
    /// `x · sigmoid(x)`.
    Silu,
    /// The larger of `x` and 0.
    Relu,
}

impl Activation {
    /// All.
    pub const ALL: [Activation; 5] =
        [Activation::Gelu, Activation::QuickGelu, Activation::GeluTanh, Activation::Silu, Activation::Relu];

    /// `gelu`, `quickgelu`, `gelu_tanh`, `silu` or `relu`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Activation::Gelu => "gelu",
            Activation::QuickGelu => "quickgelu",
            Activation::GeluTanh => "gelu_tanh",
            Activation::Silu => "silu",
            Activation::Relu => "relu",
        }
    }

    /// The activation of that name; `None` if there is none.
    #[must_use]
    pub fn parse(name: &str) -> Option<Activation> {
        Activation::ALL.into_iter().find(|activation| activation.name() == name)
    }
}

/// Preprocessing × templates × name format × precision × activation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recipe {
    /// What it is called on the command line.
    pub name: String,
    /// Name of the preprocessing: `shortest-crop` (shortest side, bicubic on 8 bits, centre crop),
    /// `squash` (both sides, bilinear on floats), any other way that
    /// [`Resize::parse`](crate::photographs::preprocess::Resize::parse) reads, or `model` (the model's own).
    pub preprocess: String,
    /// The sentences around a name.
    pub templates: Templates,
    /// How a taxon is written.
    pub name_format: NameFormat,
    /// Kind of number.
    pub precision: Precision,
    /// Non-linearity; `None` takes the one the model's configuration states.
    pub activation: Option<Activation>,
}

impl Recipe {
    /// The built-in recipes: `bioclip`, `pybioclip`, `tree-of-life`, `single`.
    #[must_use]
    pub fn built_in() -> [Recipe; 4] {
        let recipe = |name: &str, preprocess: &str, templates, name_format| Recipe {
            name: name.to_string(),
            preprocess: preprocess.to_string(),
            templates,
            name_format,
            precision: Precision::Fp32,
            activation: None,
        };
        [
            recipe("bioclip", "shortest-crop", Templates::Imageomics81, NameFormat::TaxonCom),
            recipe("pybioclip", "squash", Templates::OpenAi80, NameFormat::Asis),
            recipe("tree-of-life", "squash", Templates::TreeOfLife, NameFormat::TaxonCom),
            recipe("single", "shortest-crop", Templates::Single, NameFormat::TaxonCom),
        ]
    }

    /// The built-in recipe of that name; `None` if there is none.
    #[must_use]
    pub fn find(name: &str) -> Option<Recipe> {
        Recipe::built_in().into_iter().find(|recipe| recipe.name == name)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_recipe_is_written_and_read_back() {
        let recipe = Recipe { activation: Some(Activation::QuickGelu), ..Recipe::find("tree-of-life").unwrap() };
        let text = serde_json::to_string(&recipe).unwrap();
        let expected = r#"{"name":"tree-of-life","preprocess":"squash","templates":"tree_of_life","#.to_string()
            + r#""name_format":"taxon_com","precision":"fp32","activation":"quickgelu"}"#;
        assert_eq!(text, expected);
        assert_eq!(serde_json::from_str::<Recipe>(&text).unwrap(), recipe);
    }

    #[test]
    fn names_are_read_back() {
        for recipe in Recipe::built_in() {
            assert_eq!(Recipe::find(&recipe.name), Some(recipe));
        }
        assert_eq!(Recipe::find("atlas"), None);
        assert!(Precision::ALL.into_iter().all(|precision| Precision::parse(precision.name()) == Some(precision)));
        assert!(Activation::ALL.into_iter().all(|activation| Activation::parse(activation.name()) == Some(activation)));
    }
}
