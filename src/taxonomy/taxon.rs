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
    /// The first English one, which is the one that is shown; where known.
    pub english: Option<String>,
    /// The first French one, which is the one that is shown; where known.
    pub french: Option<String>,
    /// Further English names, in the order of the source.
    pub more_english: Vec<String>,
    /// Further French names, in the order of the source.
    pub more_french: Vec<String>,
}

impl CommonNames {
    /// Takes in further names behind those that are there; none is there twice.
    pub fn add(&mut self, others: CommonNames) {
        add(&mut self.english, &mut self.more_english, others.english.into_iter().chain(others.more_english));
        add(&mut self.french, &mut self.more_french, others.french.into_iter().chain(others.more_french));
    }

    /// All English names, the first one first.
    pub fn all_english(&self) -> impl Iterator<Item = &str> {
        self.english.iter().chain(&self.more_english).map(String::as_str)
    }

    /// All French names, the first one first.
    pub fn all_french(&self) -> impl Iterator<Item = &str> {
        self.french.iter().chain(&self.more_french).map(String::as_str)
    }
}

fn add(first: &mut Option<String>, more: &mut Vec<String>, names: impl Iterator<Item = String>) {
    for name in names {
        match first {
            None => *first = Some(name),
            Some(known) if *known == name || more.contains(&name) => {}
            Some(_) => more.push(name),
        }
    }
}
