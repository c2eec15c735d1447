//! Texts with their ids.

use hashbrown::HashSet;

/// Texts with their ids, in the order of their file.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TextList {
    /// What each is called; no two are called alike.
    pub ids: Vec<String>,
    /// The texts, none of them blank.
    pub texts: Vec<String>,
    /// The row of each in its file, from 0; of texts that stand in several rows of pairs, its place among the different ones.
    pub rows: Vec<usize>,
    /// How many rows there are, those that were left out among them.
    pub of: usize,
}

impl TextList {
    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Some of them, in the order given.
    #[must_use]
    pub fn only(&self, places: &[usize]) -> TextList {
        TextList {
            ids: places.iter().map(|&place| self.ids[place].clone()).collect(),
            texts: places.iter().map(|&place| self.texts[place].clone()).collect(),
            rows: places.iter().map(|&place| self.rows[place]).collect(),
            of: self.of,
        }
    }

    /// How many have the text of one before them.
    #[must_use]
    pub fn repeated(&self) -> usize {
        let different: HashSet<&str> = self.texts.iter().map(String::as_str).collect();
        self.len() - different.len()
    }
}
