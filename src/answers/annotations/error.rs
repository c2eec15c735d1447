//! Why annotations could not be read.

use crate::answers::side_by_side::SideBySideError;
use crate::answers::table::TableError;
use std::path::PathBuf;

/// Why annotations could not be read.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum AnnotationsError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error(transparent)]
    SideBySide(#[from] SideBySideError),
    #[error("{path}: no column '{column}' (from {option}); columns: {columns}")]
    NoSuchColumn { path: PathBuf, column: String, option: &'static str, columns: String },
    #[error("{path}: the column '{column}' is named twice, by --annotator-column or --predicted-column; name each column once")]
    Twice { path: PathBuf, column: String },
    #[error(
        "{path}: no column is recognisable as the {role}; columns: {columns}. Name it with {option}{}",
        if *role == "annotator" { ", or give a column for each annotator with --annotator-column" } else { "" }
    )]
    NoColumn { path: PathBuf, role: &'static str, option: &'static str, columns: String },
    #[error("{path}: several columns could be the {role}: {candidates}. Name one with {option}")]
    SeveralColumns { path: PathBuf, role: &'static str, candidates: String, option: &'static str },
    #[error("{path}, row {row}: the {role} is blank; write it, or remove the row")]
    Blank { path: PathBuf, row: usize, role: &'static str },
    #[error(
        "{path}, rows {first} and {second}: {who} says {labels} of image '{image}'; leave one row for each image and \
         annotator"
    )]
    Contradiction { path: PathBuf, first: usize, second: usize, who: String, labels: String, image: String },
    #[error("{path}: nobody labels an image: all labels are blank; fill in the column '{column}'")]
    NoLabel { path: PathBuf, column: String },
    #[error(
        "{path}: no image of '{name}' is annotated: it has '{theirs}', the annotations have '{ours}'; write the names of images alike \
         in both"
    )]
    Strangers { path: PathBuf, name: String, theirs: String, ours: String },
    #[error("{path}: cannot reshape the annotations: {what}")]
    Reshape { path: PathBuf, what: String },
}
