//! Which taxonomy is meant: one that is to be read, or one that has been.

use super::Taxonomy;
use super::read::ReadError;
use std::sync::Arc;

/// A taxonomy to be scored against.
#[derive(Debug, Clone)]
pub enum TaxonomySource {
    /// A file, or the name of a shipped one.
    Named(String),
    /// One that has been read: it is not copied.
    Read {
        /// The taxonomy.
        taxonomy: Arc<Taxonomy>,
        /// Where it came from, in words.
        name: String,
    },
}

impl TaxonomySource {
    /// The taxonomy, read where it has not been.
    ///
    /// # Errors
    ///
    /// As [`Taxonomy::named`].
    pub fn read(&self) -> Result<Arc<Taxonomy>, ReadError> {
        match self {
            TaxonomySource::Named(name) => Taxonomy::named(name).map(Arc::new),
            TaxonomySource::Read { taxonomy, .. } => Ok(Arc::clone(taxonomy)),
        }
    }

    /// Where it comes from, in words.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            TaxonomySource::Named(name) | TaxonomySource::Read { name, .. } => name,
        }
    }
}

impl From<String> for TaxonomySource {
    fn from(name: String) -> Self {
        TaxonomySource::Named(name)
    }
}

impl From<&str> for TaxonomySource {
    fn from(name: &str) -> Self {
        name.to_string().into()
    }
}
