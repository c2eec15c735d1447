//! What is wanted of a source.

use crate::taxonomy::rank::Rank;

/// What to read and what to keep.
#[derive(Debug, Clone, Default)]
pub struct ImportOptions {
    /// Text encoding, where the file is not UTF-8 and has no byte-order mark.
    pub encoding: Option<String>,
    /// Only these clades (names or ids) and what leads to them.
    pub within: Vec<String>,
    /// Only taxa of this rank and what leads to them.
    pub rank: Option<Rank>,
    /// Only taxa of these names (or ids) and what leads to them.
    pub names: Option<Vec<String>>,
    /// TAXREF: the column of a territory (`FR`, `GUA`, ...) and the letters of status that are wanted in it.
    pub status: Option<(String, Vec<String>)>,
    /// TAXREF: wanted habitats, 1 to 8.
    pub habitats: Vec<String>,
}
