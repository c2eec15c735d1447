//! What a model wants before its texts.

use std::collections::BTreeMap;

/// Words that stand before texts, by what the texts are: `query: `, `passage: `.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Prompts {
    /// The words by the name of what they stand before.
    pub all: BTreeMap<String, String>,
    /// The name of those that stand before a text of which nothing is said; `None` for none.
    pub default: Option<String>,
}

impl Prompts {
    /// What stands before a query: what is named so, else nothing; `None` where the model has no word on queries.
    ///
    /// # Source
    ///
    /// sentence-transformers 6.2, `sentence_transformer/model.py`, `encode_query`.
    #[must_use]
    pub fn of_query(&self) -> Option<&str> {
        self.named(&["query"])
    }

    /// What stands before a document: the first there is of the names that are used for it; `None` where there is none.
    ///
    /// # Source
    ///
    /// sentence-transformers 6.2, `sentence_transformer/model.py`, `encode_document`.
    #[must_use]
    pub fn of_document(&self) -> Option<&str> {
        self.named(&["document", "passage", "corpus"])
    }

    /// What stands before a text of which nothing is said; empty for nothing.
    #[must_use]
    pub fn of_any(&self) -> &str {
        self.default.as_ref().and_then(|name| self.all.get(name)).map_or("", String::as_str)
    }

    fn named(&self, names: &[&str]) -> Option<&str> {
        names.iter().find_map(|name| self.all.get(*name)).map(String::as_str)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prompts_are_found_by_what_the_text_is() {
        let named = |all: &[(&str, &str)], default: Option<&str>| Prompts {
            all: all.iter().map(|(name, words)| ((*name).to_string(), (*words).to_string())).collect(),
            default: default.map(str::to_string),
        };
        let e5 = named(&[("query", "query: "), ("passage", "passage: ")], None);
        assert_eq!((e5.of_query(), e5.of_document(), e5.of_any()), (Some("query: "), Some("passage: "), ""));
        let saved = named(&[("query", "q: "), ("document", ""), ("passage", "p: ")], Some("query"));
        assert_eq!((saved.of_query(), saved.of_document(), saved.of_any()), (Some("q: "), Some(""), "q: "));
        let none = Prompts::default();
        assert_eq!((none.of_query(), none.of_document(), none.of_any()), (None, None, ""));
    }
}
