//! Why states cannot be made, read or added up.

use crate::answers::distribution::run_vectors::VectorsError;
use crate::answers::table::TableError;
use crate::runs::directory::RunError;
use crate::scores::state::Unaddable;
use crate::taxonomy::read::ReadError;
use std::path::PathBuf;

/// Why states cannot be made, read or added up.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum StateError {
    #[error(transparent)]
    Taxonomy(#[from] ReadError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    Run(#[from] RunError),
    #[error(transparent)]
    Vectors(#[from] VectorsError),
    #[error("{path}: {reason}")]
    Unaddable { path: PathBuf, reason: Unaddable },
    #[error("{path}: cannot {action}: {source}")]
    File { path: PathBuf, action: &'static str, source: std::io::Error },
    #[error("{path}: not a state of this program: {what}; make it again with `nearmiss score`")]
    Content { path: PathBuf, what: String },
    #[error("{path}: a state of version {found}, and this program reads version {known}; make it again with `nearmiss score`")]
    Version { path: PathBuf, found: u64, known: u64 },
    #[error(
        "give --taxonomy: parts add up only where all are read with one taxonomy, and a tree built from one part is not that of another"
    )]
    NoTaxonomy,
    #[error("{path}: made with the taxonomy {name}, and {other_path} with the taxonomy {other_name}; read all parts with one")]
    Taxonomies { path: PathBuf, name: String, other_path: PathBuf, other_name: String },
    #[error("{path}: made with the taxonomy {name} ({sha256}); {why}; give that taxonomy with --taxonomy")]
    OtherTaxonomy { path: PathBuf, name: String, sha256: String, why: String },
    #[error("{path}: read otherwise than {other_path}: {what}; read all parts with the same options")]
    ReadOtherwise { path: PathBuf, other_path: PathBuf, what: String },
    #[error("{path}: {images} of its images are in {other_path} too; an image counts once")]
    Twice { path: PathBuf, other_path: PathBuf, images: u64 },
    #[error("{path}: {images} of its images are in it twice; an image counts once")]
    TwiceInOne { path: PathBuf, images: u64 },
    #[error("{option}: {what} images one by one, and states hold counts; score the table or the run itself")]
    NeedsImages { option: &'static str, what: &'static str },
    #[error("{path}: the labels of each image are its whole distribution, which counts do not hold; score the table itself")]
    Whole { path: PathBuf },
    #[error("{path}: does not add up with {other_path}: {reason}")]
    Apart { path: PathBuf, other_path: PathBuf, reason: Box<Unaddable> },
    #[error(
        "{option}: the states were made with {recorded}, on which what they keep of distributions rests; make them again with \
         `nearmiss score` and {option}, or leave it out"
    )]
    AskedOtherwise { option: String, recorded: String },
    #[error(
        "--information truths: what states keep of whole distributions rests on the leaves, since the truths of one part are not \
         those of all; report the run itself (`nearmiss merge`)"
    )]
    InformationOfTruths,
    #[error(
        "the probabilities of all parts are whole distributions, and those of one part do not show it: some have one label an \
         image, or none; score these images in one part with others"
    )]
    WholeInAll,
    #[error("there is nothing to add up")]
    Nothing,
    #[error("{state}: a state, and {other} is none; give states alone (`nearmiss score` makes one of a table), or tables alone")]
    Beside { state: PathBuf, other: PathBuf },
    #[error("{path}: there is a file that is no state; give another one with -o, or --force")]
    Occupied { path: PathBuf },
    #[error(
        "--back-off and --count-unreachable are for runs with vectors or logits, and there is none: give them to `nearmiss report`"
    )]
    NothingAsked,
}

impl StateError {
    /// What the system said of a file.
    pub(super) fn file(path: &std::path::Path, action: &'static str) -> impl Fn(std::io::Error) -> StateError {
        let path = path.to_path_buf();
        move |source| StateError::File { path: path.clone(), action, source }
    }

    /// What is wrong in a state.
    pub(super) fn content(path: &std::path::Path) -> impl Fn(polars::error::PolarsError) -> StateError {
        let path = path.to_path_buf();
        move |error| StateError::Content { path: path.clone(), what: error.to_string() }
    }
}
