//! Why a prior cannot be used.

use crate::answers::table::TableError;
use std::path::PathBuf;

/// Why a prior cannot be used.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum PriorError {
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{}: cannot read: {source}", path.display())]
    File { path: PathBuf, source: std::io::Error },
    #[error("{}: it holds no row", path.display())]
    Empty { path: PathBuf },
    #[error("{}: none of its columns, {columns}, holds the taxa; call that column 'taxon'", path.display())]
    NoTaxon { path: PathBuf, columns: String },
    #[error(
        "{}: there is no column log_prior, prior or allowed; a plain list of the taxa that occur is for --geofence",
        path.display()
    )]
    NoWeight { path: PathBuf },
    #[error("{}: it has the columns {columns}; a prior has one of log_prior, prior and allowed: leave out the others", path.display())]
    SeveralWeights { path: PathBuf, columns: String },
    #[error(
        "{}: each of the columns {columns} may be what the images are grouped by; name the one with --group-column",
        path.display()
    )]
    SeveralGroups { path: PathBuf, columns: String },
    #[error("{}: row {row}: the {column} of '{taxon}' is '{text}'; {remedy}", path.display())]
    Weight { path: PathBuf, row: usize, column: &'static str, taxon: String, text: String, remedy: &'static str },
    #[error("{}: row {row}: '{taxon}' has the weight {second}{group} and {first} above; leave one of the two", path.display())]
    Twice { path: PathBuf, row: usize, taxon: String, group: String, first: f64, second: f64 },
    #[error("{}: none of its {names} taxa is in the taxonomy: '{first}' is not{suggestion}", path.display())]
    AllUnknown { path: PathBuf, names: usize, first: String, suggestion: String },
    #[error("{} is by '{column}', which sorts no images: {source}; call it there as the predictions do", path.display())]
    Grouping { path: PathBuf, column: String, source: Box<TableError> },
}
