//! The word that was meant by a misspelt one.

use rapidfuzz::distance::damerau_levenshtein;

/// Least similarity of a word that is suggested.
const LEAST: f64 = 0.6;
/// Similarity of a word that begins with the one given: more than that of one with another letter.
const BEGINS: f64 = 0.85;
/// Least length of a word that may stand for one that begins with it.
const SHORTEST: usize = 3;

/// The nearest of some words, by the letters that are put in, left out, changed or swapped, or one that begins with the
/// word; `None` where none is near.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::nearest::nearest;
///
/// let known = ["arable-france", "pollinators-france"];
/// assert_eq!(nearest("polinators-france", known), Some("pollinators-france"));
/// assert_eq!(nearest("Arable", known), Some("arable-france"));
/// assert_eq!(nearest("trees.csv", known), None);
/// ```
#[must_use]
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let word = word.to_lowercase();
    let similarity = |known: &str| {
        let known = known.to_lowercase();
        let begins = word.chars().count() >= SHORTEST && known.starts_with(&word);
        let similarity = damerau_levenshtein::normalized_similarity(known.chars(), word.chars());
        if begins { similarity.max(BEGINS) } else { similarity }
    };
    let scored = known.into_iter().map(|known| (similarity(known), known));
    scored.filter(|(similarity, _)| *similarity >= LEAST).max_by(|a, b| a.0.total_cmp(&b.0)).map(|(_, known)| known)
}

/// What is asked of a misspelt word, to stand behind it; nothing where no word is near.
///
/// # Examples
///
/// ```
/// use nearmiss::numbers::nearest::did_you_mean;
///
/// assert_eq!(did_you_mean("ndgc", ["map", "ndcg"]), " (did you mean 'ndcg'?)");
/// assert_eq!(did_you_mean("auc", ["map", "ndcg"]), "");
/// ```
#[must_use]
pub fn did_you_mean<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> String {
    nearest(word, known).map_or_else(String::new, |known| format!(" (did you mean '{known}'?)"))
}
