//! Words that say nothing about a text.

use super::words::words;
use hashbrown::HashSet;
use std::path::{Path, PathBuf};

/// Those of Lucene's analyser for English, which are those of bm25s.
const ENGLISH: [&str; 33] = [
    "a", "an", "and", "are", "as", "at", "be", "but", "by", "for", "if", "in", "into", "is", "it", "no", "not", "of", "on", "or",
    "such", "that", "the", "their", "then", "there", "these", "they", "this", "to", "was", "will", "with",
];

/// Words that are left out of texts and queries.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct StopWords {
    left_out: HashSet<String>,
}

/// Why stop words cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("--stop-words {}: cannot read: {source}; give 'en', or a file with a word on each line", path.display())]
pub struct StopWordsError {
    path: PathBuf,
    source: std::io::Error,
}

impl StopWords {
    /// None.
    #[must_use]
    pub fn none() -> StopWords {
        StopWords::default()
    }

    /// The 33 of English that Lucene has.
    #[must_use]
    pub fn english() -> StopWords {
        StopWords { left_out: ENGLISH.into_iter().map(str::to_string).collect() }
    }

    /// Those of English for `en`, else those of a file, which may stand on lines or not.
    ///
    /// # Errors
    ///
    /// [`StopWordsError`]: a file that cannot be read.
    pub fn named(name: &str) -> Result<StopWords, StopWordsError> {
        if name == "en" {
            return Ok(StopWords::english());
        }
        let read = crate::files::regular_file::read_to_string(Path::new(name));
        let text = read.map_err(|source| StopWordsError { path: PathBuf::from(name), source })?;
        Ok(StopWords { left_out: words(&text).into_iter().collect() })
    }

    /// How many there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.left_out.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.left_out.is_empty()
    }

    /// The words that are none of them.
    pub(super) fn others(&self, words: Vec<String>) -> Vec<String> {
        if self.is_empty() { words } else { words.into_iter().filter(|word| !self.left_out.contains(word)).collect() }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn english_ones_and_those_of_a_file() {
        let others = |stop_words: &StopWords, text: &str| stop_words.others(words(text));
        assert_eq!(others(&StopWords::named("en").unwrap(), "This is the ant of woods"), ["ant", "woods"]);
        assert_eq!(others(&StopWords::none(), "the ant"), ["the", "ant"]);
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("fr.txt");
        std::fs::write(&path, "les\nDans\nd'une\n").unwrap();
        let french = StopWords::named(&path.display().to_string()).unwrap();
        assert_eq!((french.len(), others(&french, "Dans les bois d'une fourmi")), (3, vec!["bois".into(), "fourmi".into()]));
        let message = StopWords::named("no-such-file").unwrap_err().to_string();
        assert!(message.starts_with("--stop-words no-such-file: cannot read") && message.contains("'en'"), "{message}");
    }
}
