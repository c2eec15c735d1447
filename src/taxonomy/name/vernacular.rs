//! Common names: by what they are told from scientific ones, and under which key they meet.

use super::{key, normalise};
use std::collections::HashSet;
use std::sync::LazyLock;
use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

/// Articles before a common name.
const ARTICLES: &[&str] = &["the", "le", "la", "les", "un", "une", "el", "los", "las", "der", "die", "das"];

/// How surely a text is a common name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Sign {
    /// Nothing says so.
    Nothing,
    /// Something does that a scientific name or an author may have as well.
    Weak,
    /// No scientific name looks like it.
    Strong,
}

/// Words of common names, and those of them that are authors as well; authors; endings of German compounds.
#[derive(Debug, Default)]
struct Words {
    common: HashSet<&'static str>,
    surnames: HashSet<&'static str>,
    authors: HashSet<String>,
    endings: Vec<&'static str>,
}

static WORDS: LazyLock<Words> = LazyLock::new(|| {
    let mut all = Words::default();
    for line in include_str!("common_words.txt").lines() {
        let Some((head, words)) = line.split_once(':').filter(|(head, _)| !head.starts_with('#')) else { continue };
        let words = words.split_whitespace();
        match head {
            "authors" => all.authors.extend(words.map(|word| without_accents(word).to_lowercase())),
            "german endings" => all.endings.extend(words),
            _ if head.ends_with("surnames") => all.surnames.extend(words),
            _ => all.common.extend(words),
        }
    }
    all
});

/// A text without accents: `Mésange` is `Mesange`.
#[must_use]
pub fn without_accents(text: &str) -> String {
    if text.is_ascii() {
        return text.to_string();
    }
    let bare: String = text.nfd().filter(|letter| !is_combining_mark(*letter)).collect();
    bare.replace('ß', "ss").replace('œ', "oe").replace('Œ', "Oe").replace('æ', "ae").replace('Æ', "Ae")
}

/// The key under which two spellings of one common name meet: as that of a [name](super::key), without accents, without an
/// article before it, and with one kind of apostrophe.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::name::vernacular::bare_key;
///
/// assert_eq!(bare_key("Les Mésanges_bleues"), "mesanges bleues");
/// assert_eq!(bare_key("L’Écureuil"), "ecureuil");
/// ```
#[must_use]
pub fn bare_key(text: &str) -> String {
    let bare = without_accents(&key(&text.replace('’', "'")));
    if let Some(rest) = bare.strip_prefix("l'") {
        return rest.to_string();
    }
    match bare.split_once(' ') {
        Some((article, rest)) if ARTICLES.contains(&article) => rest.to_string(),
        _ => bare,
    }
}

/// Whether a word is a well-known author of names.
#[must_use]
pub fn is_author(word: &str) -> bool {
    WORDS.authors.contains(without_accents(word).to_lowercase().as_str())
}

/// Words that only scientific names have between their parts.
const MARKS: &[&str] = &["x", "X", "subsp", "ssp", "var", "forma", "cf", "aff", "sp", "spp", "nr", "ex"];

/// Whether a text has what only authorships and scientific names have: a year, initials, `&`, brackets, a hybrid sign, the
/// mark of a rank.
#[must_use]
pub fn has_authorship(text: &str) -> bool {
    let is_year = |word: &str| {
        let digits = word.trim_matches([',', '(', ')', '[', ']']);
        digits.len() == 4 && digits.bytes().all(|byte| byte.is_ascii_digit()) && ("1600".."2100").contains(&digits)
    };
    text.contains(['&', '(', '×'])
        || text.split([' ', '_']).any(|word| word.ends_with('.') || MARKS.contains(&word) || is_year(word))
}

/// How surely a text is a common name, by its words alone.
///
/// # Examples
///
/// ```
/// use nearmiss::taxonomy::name::vernacular::{Sign, sign};
///
/// for common in ["red fox", "Great Tit", "Grevy's zebra", "Les Pucerons", "Rotfuchs", "coyote"] {
///     assert_eq!(sign(common), Sign::Strong);
/// }
/// for name in ["Vulpes vulpes", "mytilus galloprovincialis", "Larus delawarensis", "Cicindela sexguttata Fabricius"] {
///     assert_eq!(sign(name), Sign::Nothing);
/// }
/// ```
#[must_use]
pub fn sign(text: &str) -> Sign {
    let text = normalise(&text.replace('’', "'"));
    if has_authorship(&text) {
        return Sign::Nothing;
    }
    let words: Vec<&str> = text.split(' ').collect();
    if by_spelling(&words) {
        return Sign::Strong;
    }
    let of_words = (0..words.len()).map(|index| of_word(&words, index)).max().unwrap_or(Sign::Nothing);
    of_words.max(by_shape(&words))
}

/// Articles, apostrophes, accents and hyphens where no scientific name has them.
fn by_spelling(words: &[&str]) -> bool {
    let first = words[0];
    let has_article = words.len() > 1 && ARTICLES.contains(&first.to_lowercase().as_str());
    let owned = words.iter().any(|word| word.ends_with("'s") || word.ends_with("s'")) || first.contains('\'');
    let of = words.get(1).is_some_and(|word| matches!(*word, "of" | "des" | "du" | "de" | "del") || word.starts_with("d'"));
    let hyphen = first.split_once('-').is_some_and(|(_, second)| words.len() > 1 && second.starts_with(char::is_lowercase));
    has_article || owned || of || hyphen || words.iter().enumerate().any(|(index, word)| has_foreign_accent(word, index == 0))
}

/// An accent that no scientific name has: any but a diaeresis, which botanists allow (`Isoëtes`); that of `ä` too.
fn has_foreign_accent(word: &str, is_first: bool) -> bool {
    if word.is_ascii() || !(is_first || word.starts_with(char::is_lowercase)) {
        return false;
    }
    let letters: Vec<char> = word.nfd().collect();
    let diaeresis = |index: usize| letters[index] == '\u{308}' && !(index > 0 && matches!(letters[index - 1], 'a' | 'A'));
    word.contains('ß') || (0..letters.len()).any(|index| is_combining_mark(letters[index]) && !diaeresis(index))
}

/// What one word says of a name.
fn of_word(words: &[&str], index: usize) -> Sign {
    let word = words[index];
    // Of an epithet such as `grey-wilsonii` the last part tells.
    let parts: Vec<&str> = if index == 0 { word.split('-').collect() } else { word.rsplit('-').take(1).collect() };
    let known = parts.into_iter().map(kind).max().unwrap_or(Kind::Other);
    let after_binomial =
        index >= 2 && words[0].starts_with(char::is_uppercase) && is_latin(words[1]) && kind(words[1]) == Kind::Other;
    let may_be_author = known == Kind::Surname && index > 0 && word.starts_with(char::is_uppercase);
    match known {
        Kind::Other => Sign::Nothing,
        _ if after_binomial || may_be_author => Sign::Weak,
        _ => Sign::Strong,
    }
}

/// Four words and more that no author ends; last letters that no Latin word has.
fn by_shape(words: &[&str]) -> Sign {
    let rest = &words[1..];
    let even = rest.iter().all(|word| word.starts_with(char::is_lowercase))
        || rest.iter().all(|word| word.starts_with(char::is_uppercase));
    if words.len() >= 4 && even && !rest.iter().any(|word| is_author(word)) {
        return Sign::Strong;
    }
    let is_foreign =
        |word: &&str| word.starts_with(char::is_lowercase) && word.ends_with(['f', 'h', 'k', 'w', 'y', 'g', 'v', 'z', 'j', 'q']);
    if rest.iter().any(is_foreign) { Sign::Weak } else { Sign::Nothing }
}

/// Whether a word could be a Latin epithet by its last letter.
#[must_use]
pub fn is_latin(word: &str) -> bool {
    word.to_lowercase().ends_with(['a', 'e', 'i', 'o', 's', 'm', 'x', 'r', 'n'])
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Kind {
    Other,
    Surname,
    Word,
}

fn kind(word: &str) -> Kind {
    let word = without_accents(word).to_lowercase();
    let single = word.strip_suffix('s').filter(|single| single.len() > 2).unwrap_or(&word);
    let is_compound = || WORDS.endings.iter().any(|ending| word.len() >= ending.len() + 3 && word.ends_with(ending));
    let is_in = |set: &HashSet<&str>| set.contains(word.as_str()) || set.contains(single);
    if is_in(&WORDS.common) || is_compound() {
        Kind::Word
    } else if is_in(&WORDS.surnames) {
        Kind::Surname
    } else {
        Kind::Other
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_names_of_four_languages_are_told_by_their_words() {
        for text in [
            "white-tailed deer",
            "Great_Spotted_Woodpecker",
            "domestic cat",
            "Le Chêne",
            "Mésange bleue",
            "Cirse des champs",
            "Große Klette",
            "Eichelhäher",
            "zorro común",
            "Chouette de l'Oural",
            "Eurasian Blue Tit",
            "Bird of Paradise",
        ] {
            assert_eq!(sign(text), Sign::Strong, "{text}");
        }
    }

    #[test]
    fn scientific_names_and_authors_have_no_sign() {
        for text in [
            "Panthera leo",
            "apis mellifera",
            "Puma concolor couguar",
            "Isoëtes lacustris",
            "Bison bison",
            "Larus delawarensis Gray, 1840",
            "Rosa canina L.",
            "Mentha × piperita",
            "Quercus robur x petraea",
            "Rosa canina var dumalis",
            "Hyoscyamus albus",
            "Panthera Oken",
            "Carabus auratus Linnaeus",
            "Phlox drummondii",
            "Cyclamen",
        ] {
            assert_eq!(sign(text), Sign::Nothing, "{text}");
        }
        // An author's name behind a genus, and words behind a binomial, prove nothing.
        assert_eq!(sign("Euphorbia Brown"), Sign::Weak);
        assert_eq!(sign("Danaus plexippus caterpillar"), Sign::Weak);
        assert!(is_author("FABRICIUS") && is_author("Fallen") && !is_author("Leo"));
    }

    #[test]
    fn every_line_of_the_list_is_read() {
        let lines = include_str!("common_words.txt").lines().filter(|line| !line.is_empty() && !line.starts_with('#'));
        for line in lines {
            let (_, words) = line.split_once(':').expect(line);
            let of_authors = line.starts_with("authors");
            assert!(
                words.split_whitespace().all(|word| of_authors || word.bytes().all(|byte| byte.is_ascii_lowercase())),
                "{line}"
            );
        }
        assert!(WORDS.common.len() > 1000 && WORDS.authors.len() > 200 && !WORDS.endings.is_empty());
    }
}
