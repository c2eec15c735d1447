//! How annotations are read.

use crate::answers::table::{TableOptions, TableSource};
use crate::taxonomy::source::TaxonomySource;

/// How annotations are read.
#[derive(Debug, Clone, Default)]
pub struct AnnotationsAsked {
    /// The column with image names; recognised where it is not said.
    pub image_column: Option<String>,
    /// The column with annotators; recognised where it is not said.
    pub annotator_column: Option<String>,
    /// The column with labels; recognised where it is not said.
    pub label_column: Option<String>,
    /// A column for each annotator, in place of the two before.
    pub annotator_columns: Vec<String>,
    /// Tables or runs of classifiers, with what they are called.
    pub predictions: Vec<(TableSource, Option<String>)>,
    /// The taxonomy; one built of all names where there is none.
    pub taxonomy: Option<TaxonomySource>,
    /// How tables are read: `predicted_columns` are columns of classifiers in the table of annotations.
    pub table: TableOptions,
}
