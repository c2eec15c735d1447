//! The taxonomies that travel inside the program.

use super::Taxonomy;
use super::read::ReadError;
use std::path::Path;

/// A taxonomy of the `taxonomies` folder.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// What `--taxonomy` calls it.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    file: &'static str,
    bytes: &'static [u8],
}

/// The most levels of a taxonomy that is scored against; the tree of life in one piece has a few hundred.
pub const MOST_LEVELS: u32 = 4096;

/// All of them.
pub const SHIPPED: [Shipped; 3] = [
    Shipped {
        name: "arable-france",
        about: "arable crops and weeds of France",
        file: "taxonomies/arable-france.csv",
        bytes: include_bytes!("../../taxonomies/arable-france.csv"),
    },
    Shipped {
        name: "pollinators-france",
        about: "flower visitors (pollinators) of France",
        file: "taxonomies/pollinators-france.csv",
        bytes: include_bytes!("../../taxonomies/pollinators-france.csv"),
    },
    Shipped {
        name: "atlas",
        about: "imaginary organisms, which the built-in model knows",
        file: "taxonomies/atlas.csv",
        bytes: include_bytes!("../../taxonomies/atlas.csv"),
    },
];

impl Shipped {
    /// Reads it.
    ///
    /// # Errors
    ///
    /// [`ReadError`] if the file in the repository is faulty, which a test excludes.
    pub fn read(&self) -> Result<Taxonomy, ReadError> {
        Taxonomy::from_bytes(self.bytes, Path::new(self.file))
    }
}

impl Taxonomy {
    /// Reads a shipped taxonomy by its name, or else a file, to be scored against: scores go up the lineages of
    /// every image and every candidate, so that they take at most [`MOST_LEVELS`] levels.
    ///
    /// # Errors
    ///
    /// As [`Taxonomy::from_path`]; [`ReadError::TooDeep`].
    pub fn named(name: &str) -> Result<Taxonomy, ReadError> {
        let path = Path::new(name);
        let taxonomy = match SHIPPED.iter().find(|shipped| shipped.name == name) {
            Some(shipped) => shipped.read()?,
            None => Taxonomy::from_path(path)?,
        };
        let levels = taxonomy.taxa().map(|taxon| taxonomy.depth(taxon)).max().unwrap_or(0);
        if levels > MOST_LEVELS { Err(ReadError::TooDeep { path: path.to_path_buf(), levels }) } else { Ok(taxonomy) }
    }
}
