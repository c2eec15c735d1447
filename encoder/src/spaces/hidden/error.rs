//! Why a run cannot be embedded again.

use crate::classify::model::ModelError;
use crate::encoder::EncoderError;
use nearmiss::numbers::counted::counted;
use nearmiss::runs::directory::RunError;
use nearmiss::runs::directory::record::FILE;
use nearmiss::spaces::embeddings::EmbeddingsError;
use std::path::PathBuf;

/// Why a run cannot be embedded again.
#[derive(Debug, thiserror::Error)]
pub enum HiddenError {
    /// The record of the run cannot be read.
    #[error(transparent)]
    Run(#[from] RunError),
    /// The tables of the run cannot be read.
    #[error(transparent)]
    Embeddings(#[from] EmbeddingsError),
    /// The model cannot be opened, has too few layers, or cannot embed.
    #[error(transparent)]
    Encoder(#[from] EncoderError),
    /// The model of the run is not where it was.
    #[error(
        "{FILE} names the model '{model}': {source}; go to the folder in which the run was made, or give the model's directory"
    )]
    Model {
        /// As `run.json` has it.
        model: String,
        /// Why it is not to be had.
        source: Box<ModelError>,
    },
    /// The model has other files than the one of the run.
    #[error("{path}: '{file}' is not the file that the run was made with (its SHA-256 is another); give the model of the run")]
    OtherModel {
        /// The model.
        path: PathBuf,
        /// The first file that differs or is absent.
        file: String,
    },
    /// A part of the recipe that this program does not know.
    #[error("{FILE} has no recipe that can be followed again: its {part} is '{value}'; classify the photographs again")]
    Recipe {
        /// The part.
        part: &'static str,
        /// What it says.
        value: String,
    },
    /// The candidates of the run, if it has any, were not named by texts.
    #[error(
        "no text tower read the candidates of the run: its model, '{model}', names no taxon, or answers with classes of its \
         own; take the hidden states of its image tower (--tower image)"
    )]
    NoPrompts {
        /// As `run.json` has it.
        model: String,
    },
    /// Nobody knows the layers of a network in a file.
    #[error(
        "the model of the run, '{model}', is a network in a file, which does not give what lies between its layers; leave --pool \
         and --layers out, and the features that it gives are measured"
    )]
    Network {
        /// As `run.json` has it.
        model: String,
    },
    /// A file said what photographs were made, and a run does not keep it.
    #[error(
        "the run's photographs were made what a file says ({file}), which a run does not keep; classify them with \
         --preprocess model, or with a way by its name"
    )]
    PreprocessFile {
        /// As `run.json` has it.
        file: String,
    },
    /// Boxes were cut out, and a run does not keep them.
    #[error("the run was made with boxes cut out, and a run does not keep boxes; give the data set again, or classify without")]
    Boxes,
    /// Vectors are those of tiles.
    #[error(
        "the run was made with photographs cut into tiles ({tiles}), and hidden states are those of whole photographs; classify \
         them without --tiles"
    )]
    Tiles {
        /// As `run.json` has it.
        tiles: String,
    },
    /// The data set given is not that of the run.
    #[error("the data set given is not that of the run: {what}; give it as 'nearmiss classify' was given it")]
    Dataset {
        /// What differs.
        what: String,
    },
    /// None of the photographs can be read any more.
    #[error(
        "none of the {} of the run can be read, the first '{path}': {reason}; if they were moved give their \
         folder, if they lie inside archives or tables give the data set, if the folder is a relative one go where the run was made",
        counted(*count, "photograph", "photographs")
    )]
    Photographs {
        /// How many there are.
        count: usize,
        /// Where the first should be.
        path: PathBuf,
        /// What became of it.
        reason: String,
    },
    /// The names of the labels cannot be written as the run wrote them.
    #[error(
        "the text tower needs the taxonomy of the run, '{taxonomy}', as it was; it is not there or has changed; give it, or leave the labels out"
    )]
    Taxonomy {
        /// As `run.json` names it.
        taxonomy: String,
    },
    /// A table of the run is not as this program writes it.
    #[error("{path}: {what}; classify the photographs again")]
    Table {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        what: String,
    },
    /// The reading thread ended early.
    #[error("reading photographs stopped unexpectedly")]
    Reader,
}

impl From<tch::TchError> for HiddenError {
    fn from(error: tch::TchError) -> HiddenError {
        HiddenError::Encoder(error.into())
    }
}
