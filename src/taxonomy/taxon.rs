//! Taxa, each by its number, and what people call them.

/// Place of a taxon in its [`Taxonomy`](super::Taxonomy): an index, valid only there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, serde::Serialize)]
pub struct TaxonId(pub(crate) u32);

impl TaxonId {
    /// The root of every taxonomy.
    pub const ROOT: TaxonId = TaxonId(0);

    /// The id as an index into arrays with one entry per taxon.
    #[must_use]
    pub fn index(self) -> usize {
        self.0 as usize
    }
}

/// Common names of a taxon.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct CommonNames {
    /// English, where known.
    pub english: Option<String>,
    /// French, where known.
    pub french: Option<String>,
}
