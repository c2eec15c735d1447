//! What a folder of this program may be written over.

/// What a report may be written over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Overwrite {
    /// An empty folder, or an earlier report.
    #[default]
    OwnReport,
    /// Any folder; files of other names stay.
    Anything,
}
