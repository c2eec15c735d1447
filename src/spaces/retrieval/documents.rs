//! Names of documents, each kept once: equal numbers are equal names.

use hashbrown::HashMap;

/// Distinct names, numbered in the order in which they were first met.
#[derive(Debug, Clone, Default)]
pub struct Documents {
    known: HashMap<Box<str>, u32>,
    names: Vec<Box<str>>,
}

impl Documents {
    /// The number of a name, a new one if it was not met before.
    pub fn number(&mut self, name: &str) -> u32 {
        if let Some(&number) = self.known.get(name) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.known.insert(name.into(), number);
        self.names.push(name.into());
        number
    }

    /// The numbers here of the names that others have numbered, by their numbers.
    pub fn numbers(&mut self, others: &Documents) -> Vec<u32> {
        self.known.reserve(others.names.len().saturating_sub(self.known.len()));
        others.names.iter().map(|name| self.number(name)).collect()
    }

    /// The name of a number that [`Documents::number`] gave.
    #[must_use]
    pub fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    /// How many names there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}
