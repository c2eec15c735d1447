//! A class, and all of a model's.

use std::path::PathBuf;

/// A class.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Class {
    /// What it is called.
    pub name: String,
    /// The name, id or lineage of its taxon; `None` for a class that is no taxon.
    pub taxon: Option<String>,
}

impl Class {
    /// A class that is called as its taxon; a blank one is none.
    #[must_use]
    pub fn named(name: &str) -> Class {
        let name = name.trim();
        Class { name: name.to_string(), taxon: (!name.is_empty()).then(|| name.to_string()) }
    }
}

/// The classes of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Classes {
    /// In the order of the outputs.
    pub classes: Vec<Class>,
    /// What was decided, a sentence each.
    pub notes: Vec<String>,
}

/// Why classes could not be read.
#[derive(Debug, thiserror::Error)]
#[error("{path}: {what}")]
pub struct ClassesError {
    /// The file.
    pub path: PathBuf,
    /// What is wrong with it.
    pub what: String,
}

impl Classes {
    /// Classes of those names, as a model's own files list them.
    #[must_use]
    pub fn of_names(names: &[String]) -> Classes {
        Classes { classes: names.iter().map(|name| Class::named(name)).collect(), notes: vec![] }
    }
}
