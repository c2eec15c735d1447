//! One photograph of a data set.

use super::inside::Inside;
use super::region::Region;
use std::path::PathBuf;

/// One photograph and what is known about it.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Photograph {
    /// Path relative to the root of the dataset, as on disk, with `/` between its parts.
    pub image: String,
    /// Where the file is (or should be: a listed file may be absent).
    pub path: PathBuf,
    /// What the photograph shows: a name, or a lineage joined by `;`; `None` where nobody says.
    pub truth_text: Option<String>,
    /// The id of the taxon in its source, where a manifest has a column of them.
    pub taxon_id: Option<String>,
    /// The individual or event, where several photographs show the same.
    pub observation: Option<String>,
    /// `train`, `validation`, `test` or what else the source says.
    pub split: Option<String>,
    /// The part of it that shows the organism.
    pub region: Option<Region>,
    /// The licence, as written; `None` where nobody says.
    pub licence: Option<String>,
    /// Where its bytes lie inside `path`, where that holds several photographs.
    pub inside: Option<Inside>,
}

impl Photograph {
    /// The bytes of its file, or of its part of a file.
    ///
    /// # Errors
    ///
    /// What the system says.
    pub fn bytes(&self) -> std::io::Result<Vec<u8>> {
        match &self.inside {
            None => crate::files::regular_file::read(&self.path),
            Some(inside) => inside.bytes(&self.path),
        }
    }
}
