//! The taxonomies that travel inside the program.

/// A taxonomy of the `taxonomies` folder.
#[derive(Debug, Clone, Copy)]
pub struct Shipped {
    /// What `--taxonomy` calls it.
    pub name: &'static str,
    /// One sentence.
    pub about: &'static str,
    pub(super) file: &'static str,
    pub(super) bytes: &'static [u8],
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
