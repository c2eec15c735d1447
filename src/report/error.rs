//! Why there is no report.

use std::path::PathBuf;

/// Why there is no report.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ReportError {
    #[error(
        "output folder '{}' is not empty and holds no earlier report (it has '{found}'); give another folder with -o, or --force",
        folder.display()
    )]
    NotEmpty { folder: PathBuf, found: String },
    #[error("output folder '{}' is a file; give another one with -o", folder.display())]
    NotAFolder { folder: PathBuf },
    #[error("cannot {action} '{}': {source}", path.display())]
    File { action: &'static str, path: PathBuf, source: std::io::Error },
    #[error("cannot draw the figure '{figure}': {what}")]
    Figure { figure: &'static str, what: String },
    #[error("there is no run to report on")]
    NoRun,
}
