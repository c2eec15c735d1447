//! A model that is open, with what it is asked: candidates of an encoder, classes of a classifier, vectors alone of a model of
//! images that names no taxon.

use super::class_labels::{ClassLabels, LeftOut};
use super::error::ClassificationError;
use super::preprocessing::PreprocessChoice;
use super::sight::Sight;
use crate::encoder::classifier::Classifier;
use crate::encoder::{Encoder, EncoderOptions};
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::runs::directory::TableFormat;
use nearmiss::runs::directory::record::NO_SCORES;
use nearmiss::runs::label_precision::LabelPrecision;
use nearmiss::runs::pair_scores::ScoreKind;
use nearmiss::runs::prompt::NameFormat;
use nearmiss::runs::recipe::{Activation, Recipe};
use nearmiss::taxonomy::label_set::{LabelChoice, LabelSet};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// What is asked of which model.
pub(super) struct Asking<'a> {
    pub(super) model: &'a str,
    pub(super) labels: &'a LabelChoice,
    pub(super) recipe: Option<&'a Recipe>,
    pub(super) names: Option<NameFormat>,
    pub(super) options: &'a EncoderOptions,
    pub(super) label_vectors: LabelPrecision,
    pub(super) embeddings: Option<&'a Path>,
    pub(super) classes: Option<&'a Path>,
    pub(super) left_out: LeftOut,
    pub(super) preprocess: Option<&'a PreprocessChoice>,
    pub(super) scores: Option<ScoreKind>,
    pub(super) format: TableFormat,
}

/// A model that is open, with what it is asked; boxed, for all are large.
pub(super) enum Asked {
    Candidates(Box<AskedEncoder>),
    Classes(Box<AskedClassifier>),
    Vectors(Box<AskedVectors>),
}

/// An encoder, asked for candidates.
pub(super) struct AskedEncoder {
    pub(super) encoder: Encoder,
    pub(super) labels: LabelSet,
    pub(super) recipe: Recipe,
    pub(super) preprocess: Preprocess,
    pub(super) scores: ScoreKind,
    pub(super) files: Vec<NamedFile>,
}

/// A classifier, asked for its classes.
pub(super) struct AskedClassifier {
    pub(super) classifier: Classifier,
    pub(super) classes: ClassLabels,
    pub(super) left_out: LeftOut,
    pub(super) preprocess: Preprocess,
    pub(super) files: Vec<NamedFile>,
}

/// A model of images alone, asked for the vectors of photographs.
pub(super) struct AskedVectors {
    pub(super) encoder: Encoder,
    /// No candidate.
    pub(super) labels: LabelSet,
    pub(super) preprocess: Preprocess,
    pub(super) files: Vec<NamedFile>,
}

/// A file beside the model that decides the numbers.
pub(super) struct NamedFile {
    /// `classes` or `preprocess`.
    pub(super) option: &'static str,
    pub(super) path: PathBuf,
}

impl Asked {
    pub(super) fn labels(&self) -> &LabelSet {
        match self {
            Asked::Candidates(asked) => &asked.labels,
            Asked::Classes(asked) => asked.classes.labels(),
            Asked::Vectors(asked) => &asked.labels,
        }
    }

    pub(super) fn preprocess(&self) -> &Preprocess {
        match self {
            Asked::Candidates(asked) => &asked.preprocess,
            Asked::Classes(asked) => &asked.preprocess,
            Asked::Vectors(asked) => &asked.preprocess,
        }
    }

    pub(super) fn sight(&self) -> Sight<'_> {
        match self {
            Asked::Candidates(asked) => Sight::Encoder(&asked.encoder),
            Asked::Classes(asked) => Sight::Classifier(&asked.classifier),
            Asked::Vectors(asked) => Sight::Encoder(&asked.encoder),
        }
    }

    pub(super) fn device_name(&self) -> String {
        match self {
            Asked::Candidates(asked) => asked.encoder.device_name(),
            Asked::Classes(asked) => asked.classifier.device_name(),
            Asked::Vectors(asked) => asked.encoder.device_name(),
        }
    }

    pub(super) fn architecture(&self) -> String {
        match self {
            Asked::Candidates(asked) => asked.encoder.description().summary(),
            Asked::Classes(asked) => asked.classifier.summary(),
            Asked::Vectors(asked) => asked.encoder.description().summary(),
        }
    }

    /// The factor on what the model gives before the softmax; 1 where there is none.
    pub(super) fn logit_scale(&self) -> f64 {
        match self {
            Asked::Candidates(asked) => asked.encoder.logit_scale().exp(),
            Asked::Classes(_) | Asked::Vectors(_) => 1.0,
        }
    }

    /// Length of the photographs' vectors; `None` where the model gives none.
    pub(super) fn width(&self) -> Option<usize> {
        let of = |encoder: &Encoder| usize::try_from(encoder.description().embed_dim()).ok();
        match self {
            Asked::Candidates(asked) => of(&asked.encoder),
            Asked::Classes(asked) => asked.classifier.width(),
            Asked::Vectors(asked) => of(&asked.encoder),
        }
    }

    /// All files that decide the numbers, with their SHA-256.
    pub(super) fn files(&self) -> Result<BTreeMap<String, String>, ClassificationError> {
        let (own, beside) = match self {
            Asked::Candidates(asked) => (asked.encoder.fingerprint()?, &asked.files),
            Asked::Classes(asked) => (asked.classifier.fingerprint()?, &asked.files),
            Asked::Vectors(asked) => (asked.encoder.fingerprint()?, &asked.files),
        };
        let mut files: BTreeMap<String, String> = own.into_iter().map(|file| (file.name, file.sha256)).collect();
        for NamedFile { option, path } in beside {
            let sha256 = nearmiss::files::sha256::of_file(path)
                .map_err(|source| ClassificationError::File { action: "read again a file for its fingerprint", source })?;
            let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
            files.insert(format!("{option}/{name}"), sha256);
        }
        Ok(files)
    }

    /// What turned photographs into numbers, by its parts.
    pub(super) fn parts(&self) -> BTreeMap<String, String> {
        let parts = match self {
            Asked::Candidates(asked) => asked.parts(),
            Asked::Classes(asked) => asked.parts(),
            Asked::Vectors(asked) => asked.parts(),
        };
        parts.into_iter().map(|(name, value)| (name.to_string(), value)).collect()
    }
}

impl AskedEncoder {
    fn parts(&self) -> Vec<(&'static str, String)> {
        let mut parts = vec![
            ("name", self.recipe.name.clone()),
            ("preprocess", self.preprocess.resize.to_string()),
            ("templates", self.recipe.templates.name().to_string()),
            ("name_format", self.recipe.name_format.to_string()),
            ("precision", self.recipe.precision.name().to_string()),
            ("activation", activations(&self.encoder)),
        ];
        // Runs of models that know nothing but a softmax are what they were.
        if self.scores == ScoreKind::Sigmoid || self.encoder.logit_bias().is_some() {
            parts.push(("scores", self.scores.name().to_string()));
        }
        parts
    }
}

impl AskedClassifier {
    fn parts(&self) -> Vec<(&'static str, String)> {
        let mut parts = vec![
            ("name", "classifier".to_string()),
            ("preprocess", self.preprocess.resize.to_string()),
            ("outputs", self.classifier.kind().name().to_string()),
            ("scores", ScoreKind::Softmax.name().to_string()),
            ("classes", self.classes.classes().to_string()),
            ("classes_left_out", format!("{} ({})", self.classes.left_out(), self.left_out.name())),
            ("precision", self.classifier.encoder().map_or("fp32", |encoder| encoder.precision().name()).to_string()),
        ];
        // A network in a file has whatever lies in it.
        parts.extend(self.classifier.encoder().map(|encoder| ("activation", activations(encoder))));
        parts
    }
}

impl AskedVectors {
    fn parts(&self) -> Vec<(&'static str, String)> {
        vec![
            ("name", "vectors".to_string()),
            ("preprocess", self.preprocess.resize.to_string()),
            ("scores", NO_SCORES.to_string()),
            ("precision", self.encoder.precision().name().to_string()),
            ("activation", activations(&self.encoder)),
        ]
    }
}

/// The non-linearities of the towers, that of images first; one where both are the same.
fn activations(encoder: &Encoder) -> String {
    let names: Vec<&str> = encoder.description().activations().into_iter().map(Activation::name).collect();
    names.join(" and ")
}
