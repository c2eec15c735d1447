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
    /// Reads a shipped taxonomy by its name, or else a file.
    ///
    /// # Errors
    ///
    /// As [`Taxonomy::from_path`].
    pub fn named(name: &str) -> Result<Taxonomy, ReadError> {
        match SHIPPED.iter().find(|shipped| shipped.name == name) {
            Some(shipped) => shipped.read(),
            None => Taxonomy::from_path(Path::new(name)),
        }
    }
}
