//! How data sets are laid out, by name.

/// How a data set is laid out.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say what each is")]
pub enum Layout {
    #[default]
    ClassFolders,
    Manifest,
    PlantNet,
    PlantNetV2,
    PlantClef,
    Coco,
    Birds,
    Spipoll,
    Bioscan,
    Infraspecific,
    Packed,
    WebDataset,
}

const ALL: [(Layout, &str, &str); 12] = [
    (Layout::ClassFolders, "folders", "class folders"),
    (Layout::Manifest, "manifest", "a manifest"),
    (Layout::PlantNet, "plantnet-300k", "Pl@ntNet-300K v1"),
    (Layout::PlantNetV2, "plantnet-300k-v2", "Pl@ntNet-300K v2"),
    (Layout::PlantClef, "plantclef", "PlantCLEF single-plant"),
    (Layout::Coco, "coco", "COCO JSON"),
    (Layout::Birds, "birds", "NABirds or CUB text files"),
    (Layout::Spipoll, "spipoll", "SPIPOLL class codes"),
    (Layout::Bioscan, "bioscan", "BIOSCAN metadata"),
    (Layout::Infraspecific, "infraspecific", "infraspecific plant benchmark"),
    (Layout::Packed, "parquet", "Hugging Face image Parquet"),
    (Layout::WebDataset, "webdataset", "WebDataset tars"),
];

impl Layout {
    /// The word that `--layout` takes.
    #[must_use]
    pub fn word(self) -> &'static str {
        ALL[self as usize].1
    }

    /// What people call it.
    #[must_use]
    pub fn name(self) -> &'static str {
        ALL[self as usize].2
    }

    /// Reads the word of `--layout`.
    #[must_use]
    pub fn parse(word: &str) -> Option<Layout> {
        ALL.iter().find(|(_, known, _)| known.eq_ignore_ascii_case(word.trim())).map(|&(layout, ..)| layout)
    }

    /// All words of `--layout`, for messages.
    #[must_use]
    pub fn words() -> String {
        ALL.map(|(_, word, _)| word).join(", ")
    }
}
