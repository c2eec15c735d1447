//! What was decided of a table before its rows were read: it must be the same for all of its parts.

use crate::files::sha256;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// What was decided, by what it is about; what no row told is not decided.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Decisions {
    by_subject: BTreeMap<String, String>,
}

/// Two parts of which different things were decided, in words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{subject}: {second} here, {first} elsewhere")]
pub(super) struct Differ {
    subject: String,
    first: String,
    second: String,
}

impl Decisions {
    /// Decides something.
    ///
    /// # Errors
    ///
    /// Something else was decided before.
    pub(super) fn decide(&mut self, subject: String, what: &str) -> Result<(), Differ> {
        match self.by_subject.get(&subject) {
            Some(known) if known != what => Err(Differ { first: known.clone(), second: what.to_string(), subject }),
            Some(_) => Ok(()),
            None => {
                self.by_subject.insert(subject, what.to_string());
                Ok(())
            }
        }
    }

    /// Takes in what was decided of another part.
    ///
    /// # Errors
    ///
    /// The first thing that is decided otherwise.
    pub(super) fn add(&mut self, other: &Decisions) -> Result<(), Differ> {
        other.by_subject.iter().try_for_each(|(subject, what)| self.decide(subject.clone(), what))
    }

    /// SHA-256 of all of it and of more, in hexadecimal.
    pub(super) fn sha256(&self, more: &[String]) -> String {
        let texts = self.by_subject.iter().flat_map(|(subject, what)| [subject, what]).chain(more);
        // The length of each stands before it, so that no two lists of texts are one.
        let bytes: Vec<u8> = texts.flat_map(|text| format!("{} {text}", text.len()).into_bytes()).collect();
        sha256::hex([&bytes[..]])
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn decisions(of: &[(&str, &str)]) -> Decisions {
        let mut decisions = Decisions::default();
        for (subject, what) in of {
            decisions.decide((*subject).to_string(), what).unwrap();
        }
        decisions
    }

    #[test]
    fn what_is_open_in_one_part_is_decided_by_another() {
        let mut some = decisions(&[("the image", "column 'a'")]);
        let more = decisions(&[("the image", "column 'a'"), ("the cells of column 'b'", "names")]);
        assert_ne!(some.sha256(&[]), more.sha256(&[]));
        some.add(&more).unwrap();
        assert_eq!((some.sha256(&[]), &some), (more.sha256(&[]), &more));
        let differ = some.add(&decisions(&[("the cells of column 'b'", "lineages"), ("the image", "none")])).unwrap_err();
        assert_eq!(differ.to_string(), "the cells of column 'b': lineages here, names elsewhere");
    }
}
