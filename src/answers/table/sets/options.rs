//! How tables of sets are read.

use crate::answers::table::options::TableOptions;

/// How tables of sets are read; everything is optional.
#[derive(Debug, Clone, Default)]
pub struct SetOptions {
    /// Names of columns, the table of truths, the encoding, the clade.
    pub table: TableOptions,
    /// What stands between the names of a list in a cell; guessed otherwise.
    pub list_separator: Option<char>,
    /// The column of sites.
    pub site_column: Option<String>,
    /// The column of transects.
    pub transect_column: Option<String>,
    /// What the tables of answers are called, one name for each; where there is none, as their files are.
    pub names: Vec<String>,
}
