//! Which photographs are no longer those that a run saw.

use crate::photographs::dataset::Photograph;
use rayon::prelude::*;
use std::collections::HashSet;

/// Stamps of photographs, in their order.
pub(super) fn stamps(photographs: &[Photograph]) -> Vec<String> {
    photographs.par_iter().map(Photograph::stamp).collect()
}

/// One hash of many stamps.
pub(super) fn digest<'a>(stamps: impl IntoIterator<Item = &'a str>) -> String {
    crate::files::sha256::hex(stamps.into_iter().flat_map(|stamp| [stamp.as_bytes(), b"\n".as_slice()]))
}

/// Which of some photographs have other content than they had, by the hashes of all of them.
pub(super) fn changed(photographs: &[Photograph], some: &[usize], hashes: &[Option<String>]) -> Vec<usize> {
    let is_other = |&&index: &&usize| hashes.get(index).is_none_or(|hash| photographs[index].sha256() != *hash);
    some.par_iter().filter(is_other).copied().collect()
}

/// What of the photographs of a complete run is no longer what it saw.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Changes {
    /// Stamps of all photographs, from before they were compared.
    pub(super) stamps: Vec<String>,
    /// Places of those with other content.
    pub(super) changed: Vec<usize>,
    sentence: String,
}

impl Changes {
    /// Compares photographs with the hashes that they had; `None` if none has changed. `seen` is the digest of all their
    /// stamps when they were read: while it stays, nothing is read.
    pub(super) fn of(
        photographs: &[Photograph],
        seen: Option<&str>,
        hashes: impl FnOnce() -> Vec<Option<String>>,
    ) -> Option<Changes> {
        let stamps = stamps(photographs);
        if seen == Some(digest(stamps.iter().map(String::as_str)).as_str()) {
            return None;
        }
        let hashes = hashes();
        if hashes.iter().all(Option::is_none) {
            // A run of version 0.1 kept none: nobody knows.
            return None;
        }
        let all: Vec<usize> = (0..photographs.len()).collect();
        let changed = changed(photographs, &all, &hashes);
        let sentence = sentence(photographs, &changed);
        (!changed.is_empty()).then_some(Changes { stamps, changed, sentence })
    }
}

impl std::fmt::Display for Changes {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str(&self.sentence)
    }
}

/// How many photographs have changed, and the first of them.
pub(super) fn sentence(photographs: &[Photograph], changed: &[usize]) -> String {
    let first = changed.first().map_or("", |&index| photographs[index].image.as_str());
    match changed.len() {
        1 => format!("the photograph '{first}' has changed since it was classified"),
        many => format!("{many} photographs have changed since they were classified, the first '{first}'"),
    }
}

/// How a list of photographs differs from what it was: how many are new and gone, and the first of each.
pub(super) fn of_names(before: &[String], photographs: &[Photograph]) -> String {
    let (old, new): (HashSet<&str>, HashSet<&str>) =
        (before.iter().map(String::as_str).collect(), photographs.iter().map(|photograph| photograph.image.as_str()).collect());
    let mut said = vec![];
    let added: Vec<&str> =
        photographs.iter().map(|photograph| photograph.image.as_str()).filter(|name| !old.contains(name)).collect();
    let gone: Vec<&str> = before.iter().map(String::as_str).filter(|name| !new.contains(name)).collect();
    for (names, what) in [(&added, "new"), (&gone, "gone")] {
        match names[..] {
            [] => {}
            [only] => said.push(format!("'{only}' is {what}")),
            [first, ..] => said.push(format!("{} are {what}, the first '{first}'", names.len())),
        }
    }
    if said.is_empty() { "what the data set says of them".to_string() } else { said.join("; ") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_new_and_what_is_gone() {
        let photographs: Vec<Photograph> =
            ["b", "c", "d"].map(|image| Photograph { image: image.to_string(), ..Photograph::default() }).to_vec();
        let of = |before: &[&str]| of_names(&before.iter().map(ToString::to_string).collect::<Vec<_>>(), &photographs);
        assert_eq!(of(&["a", "b", "c", "d"]), "'a' is gone");
        assert_eq!(of(&["b"]), "2 are new, the first 'c'");
        assert_eq!(of(&["x", "y", "b", "c"]), "'d' is new; 2 are gone, the first 'x'");
        assert_eq!(of(&["b", "c", "d"]), "what the data set says of them");
    }
}
