//! Over which positions hidden states are averaged.

use std::fmt;
use std::str::FromStr;

/// Over which positions hidden states are averaged; a fusion encoder has no class token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FusionPool {
    /// All: prompt, text and regions, as the decoder reads them.
    All,
    /// The tokens of the text, without a prompt.
    Text,
    /// The regions.
    Regions,
}

/// The word names no positions.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("'{word}' names no positions of a fusion encoder; give all, text or regions")]
pub struct UnknownPool {
    /// What was given.
    pub word: String,
}

impl FusionPool {
    /// All of them.
    pub const EACH: [FusionPool; 3] = [FusionPool::All, FusionPool::Text, FusionPool::Regions];

    /// `all`, `text` or `regions`.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            FusionPool::All => "all",
            FusionPool::Text => "text",
            FusionPool::Regions => "regions",
        }
    }
}

impl fmt::Display for FusionPool {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

impl FromStr for FusionPool {
    type Err = UnknownPool;

    fn from_str(word: &str) -> Result<FusionPool, UnknownPool> {
        let known = FusionPool::EACH.into_iter().find(|pool| pool.name() == word.trim());
        known.ok_or_else(|| UnknownPool { word: word.to_string() })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_read_back_and_others_answered_with_them() {
        for pool in FusionPool::EACH {
            assert_eq!(pool.to_string().parse(), Ok(pool));
        }
        let unknown = "cls".parse::<FusionPool>().map_err(|error| error.to_string());
        assert_eq!(unknown, Err("'cls' names no positions of a fusion encoder; give all, text or regions".to_string()));
    }
}
