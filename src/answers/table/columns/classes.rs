//! A column of numbers for every class, as scikit-learn, Keras and Zamba write them: `Apis mellifera,Bombus terrestris`,
//! `prob_Apis mellifera`, `P(Apis mellifera)`.

pub(super) mod of_sets;

use super::content::{Content, is_binomial};
use super::names::{Columns, Named};
use super::sources::{AnswerColumns, RunSource};
use crate::answers::table::label::LabelSource;
use crate::answers::table::words::{
    DETECTIONS, IDS, IMAGES, LABELS, MEASURES, OBSERVATION_IDS, OBSERVATIONS, POSITIONS, PREDICTED, SCORES, TRUTHS, WEAK_LABELS,
    squashed,
};
use crate::taxonomy::name;
use std::collections::{BTreeMap, HashSet};

/// What stands before or behind the names of classes, in lower case; nothing first.
const AFFIXES: &[(&str, &str)] = &[
    ("", ""),
    ("prob ", ""),
    ("probability ", ""),
    ("probability of ", ""),
    ("proba ", ""),
    ("p ", ""),
    ("score ", ""),
    ("conf ", ""),
    ("confidence ", ""),
    ("logit ", ""),
    ("class ", ""),
    ("pred ", ""),
    ("prediction ", ""),
    ("", " prob"),
    ("", " proba"),
    ("", " probability"),
    ("", " score"),
    ("", " conf"),
    ("", " confidence"),
    ("", " logit"),
];

/// As many ways to name the columns of classes are tried.
const MOST_FAMILIES: usize = 50;

/// A column that may be of a class.
struct Candidate<'a> {
    written: &'a str,
    /// Its name as a text: no quotes, brackets or index, words apart by spaces.
    text: String,
    /// The same in lower case.
    lower: String,
}

impl<'a> Candidate<'a> {
    fn of(column: &'a Named) -> Candidate<'a> {
        let text = cleaned(&column.written);
        Candidate { written: &column.written, lower: text.to_lowercase(), text }
    }

    /// The name of the class between a prefix and a suffix.
    fn class(&self, (prefix, suffix): (&str, &str)) -> Option<&str> {
        let inner = self.lower.strip_prefix(prefix)?.strip_suffix(suffix)?;
        let class = self.text.get(prefix.len()..prefix.len() + inner.len())?.trim();
        (self.text.len() == self.lower.len() && !class.is_empty()).then_some(class)
    }
}

/// A name of a column without what is no part of a class's name.
fn cleaned(written: &str) -> String {
    let unquoted = written.replace(['\'', '"'], " ");
    let unquoted = unbracketed(unquoted.trim());
    let unquoted = unquoted.trim();
    let behind_index = unquoted.trim_start_matches(|letter: char| letter.is_ascii_digit());
    // A class that is called by its id is all digits.
    let has_index = !behind_index.is_empty() && behind_index.len() < unquoted.len();
    let named = if has_index { behind_index.trim_start_matches(['_', '.', ':', ' ', '-']) } else { unquoted };
    // R writes points where a name has spaces.
    let spaced = if named.contains([' ', '_']) { named.to_string() } else { named.replace('.', " ") };
    name::normalise(&spaced)
}

/// A text without the brackets around a class: `P(Apis mellifera)` and `[Apis mellifera]`, but not those of an author.
fn unbracketed(text: &str) -> String {
    for (open, close) in [('(', ')'), ('[', ']')] {
        if let Some((before, inside)) = text.strip_suffix(close).and_then(|text| text.split_once(open))
            && !before.ends_with(' ')
        {
            return format!("{before} {inside}");
        }
    }
    text.to_string()
}

/// What names may be classes by.
pub(super) struct Truths {
    /// Names in lower case, each in the spellings that it may have in the name of a column.
    names: Vec<Vec<String>>,
    /// All of these.
    spellings: HashSet<String>,
}

impl Truths {
    /// The different truths of a table.
    pub(super) fn of(content: Content, source: &LabelSource) -> Truths {
        let texts = match source {
            LabelSource::Text(column) | LabelSource::Levelled { text: column, .. } => content.sample(column),
            LabelSource::Ranks { ranks, .. } => joined(content, ranks.iter().map(|(_, column)| column.as_str()).collect()),
        };
        let mut names: Vec<Vec<String>> = texts.iter().map(|text| spellings(text)).collect();
        names.sort_unstable();
        names.dedup();
        let spellings = names.iter().flatten().cloned().collect();
        Truths { names, spellings }
    }

    fn is_one(&self, class: &str) -> bool {
        spellings(class).iter().any(|name| self.spellings.contains(name))
    }
}

/// The finest names of rank columns: the last one, and behind the one before it where it is an epithet.
fn joined(content: Content, columns: Vec<&str>) -> Vec<String> {
    let texts: Vec<_> = columns.into_iter().filter_map(|column| content.frame.texts(column).ok()).collect();
    let row = |row: usize| {
        let mut held = texts.iter().rev().filter_map(|texts| texts.get(row)).filter(|text| !name::is_missing(text));
        let finest = held.next()?.trim();
        let is_epithet = !finest.contains(' ') && finest.starts_with(char::is_lowercase);
        Some(match held.next().filter(|_| is_epithet) {
            Some(genus) => format!("{} {finest}", genus.trim()),
            None => finest.to_string(),
        })
    };
    let distinct: HashSet<String> = (0..content.frame.len()).filter_map(row).collect();
    distinct.into_iter().collect()
}

/// A name in the spellings that the name of a column may have: whole, without author, the last step of a lineage.
fn spellings(text: &str) -> Vec<String> {
    let last = text.rsplit([';', '|']).map(str::trim).find(|step| !step.is_empty()).unwrap_or(text);
    let step = last.split_once("__").filter(|(prefix, _)| prefix.len() <= 2).map_or(last, |(_, name)| name);
    let canonical = name::parse(step).map(|parsed| name::key(&parsed.canonical));
    let mut spellings = vec![name::key(text), name::key(step)];
    spellings.extend(canonical.filter(|name| name.contains(' ')));
    spellings.sort_unstable();
    spellings.dedup();
    spellings
}

/// Columns with the classes that they are of, and what is said of them.
type FoundClasses = (Vec<(String, String)>, Vec<String>);

/// Columns of one prefix and suffix.
struct Family<'a> {
    columns: Vec<(&'a str, String)>,
    affixes: (String, String),
}

impl Columns<'_> {
    /// The columns of classes, where there are any; with what is said of numbers left aside.
    ///
    /// They are classes where at least half of the truths are, or half of them are taxa of the taxonomy given; without
    /// either, and without a column of answers, where they look like scientific names.
    pub(super) fn classes(&self, truths: Option<&Truths>, answered: bool) -> Option<FoundClasses> {
        let candidates: Vec<Candidate> = self.all.iter().filter(|column| self.may_be_class(column)).map(Candidate::of).collect();
        if candidates.len() < 2 {
            return None;
        }
        let mut families = families(&candidates, truths);
        families.sort_by_cached_key(|family| std::cmp::Reverse(self.known_of(family, truths)));
        let best = families.into_iter().find(|family| self.are_classes(family, truths, answered))?;
        let (classes, others) = self.without_measures(best, truths);
        let notes = if others.is_empty() {
            vec![]
        } else {
            let listed = others.iter().map(|column| format!("'{column}'")).collect::<Vec<_>>().join(", ");
            vec![format!("numbers that are of no class were left aside: {listed}")]
        };
        (classes.len() >= 2).then_some((classes, notes))
    }

    /// Whether there are columns enough of numbers.
    pub(super) fn may_have_classes(&self) -> bool {
        self.all.iter().filter(|column| self.may_be_class(column)).nth(1).is_some()
    }

    fn may_be_class(&self, column: &Named) -> bool {
        let usual = [
            DETECTIONS,
            IDS,
            IMAGES,
            LABELS,
            MEASURES,
            OBSERVATION_IDS,
            OBSERVATIONS,
            POSITIONS,
            PREDICTED,
            SCORES,
            TRUTHS,
            WEAK_LABELS,
        ];
        let name = squashed(&column.written);
        !usual.iter().any(|words| words.iter().any(|word| word.replace('_', "") == name))
            && (self.content.is_numeric(&column.written) || self.content.is_blank(&column.written))
    }

    /// How many columns are of a truth, or of a taxon of the taxonomy given.
    fn known_of(&self, family: &Family, truths: Option<&Truths>) -> usize {
        family.columns.iter().filter(|(_, class)| self.is_known_class(class, truths)).count()
    }

    fn is_known_class(&self, class: &str, truths: Option<&Truths>) -> bool {
        truths.is_some_and(|truths| truths.is_one(class)) || self.content.is_known(class)
    }

    fn are_classes(&self, family: &Family, truths: Option<&Truths>, answered: bool) -> bool {
        let classes = || family.columns.iter().map(|(_, class)| class.as_str());
        let columns = family.columns.len();
        let is_count = |value: f64| value.is_nan() || value.fract().abs() <= 0.0;
        let counts = || family.columns.iter().flat_map(|(column, _)| self.content.numbers(column)).all(is_count);
        if columns < 2 {
            return false;
        }
        if let Some(truths) = truths.filter(|truths| !truths.names.is_empty()) {
            let spelt: HashSet<String> = classes().flat_map(spellings).collect();
            let met = truths.names.iter().filter(|names| names.iter().any(|name| spelt.contains(name))).count();
            if met > 0 && met * 2 >= truths.names.len() {
                return true;
            }
        }
        let known = classes().filter(|class| self.content.is_known(class)).count();
        if known >= 2 && known * 2 >= columns {
            return !counts();
        }
        let latin = classes().filter(|class| is_binomial(class)).count();
        truths.is_none() && !answered && latin >= 2 && latin * 2 >= columns && !counts()
    }

    /// The classes of a family, without numbers of another kind: where the known classes add up to 1 by themselves, or
    /// where a column leaves the range of those.
    fn without_measures(&self, family: Family, truths: Option<&Truths>) -> (Vec<(String, String)>, Vec<String>) {
        let is_known = |class: &str| self.is_known_class(class, truths) || is_binomial(class);
        let has_affix = !family.affixes.0.is_empty() || !family.affixes.1.is_empty();
        let (known, unknown): (Vec<_>, Vec<_>) = family.columns.into_iter().partition(|(_, class)| has_affix || is_known(class));
        let values: Vec<Vec<f64>> = known.iter().map(|(column, _)| self.content.numbers(column)).collect();
        let is_share = |values: &[f64]| values.iter().all(|value| value.is_nan() || (0.0..=1.0 + 1e-6).contains(value));
        let shares = values.iter().all(|values| is_share(values));
        let add_up = shares && values.len() > 1 && whole_rows(&values);
        let stays = |column: &str| !add_up && (!shares || is_share(&self.content.numbers(column)));
        let (more, others): (Vec<_>, Vec<_>) = unknown.into_iter().partition(|(column, _)| stays(column));
        let mut classes: Vec<(String, String)> =
            known.into_iter().chain(more).map(|(column, class)| (column.to_string(), class)).collect();
        let place = |(column, _): &(String, String)| self.all.iter().position(|named| named.written == *column);
        classes.sort_by_key(place);
        (classes, others.into_iter().map(|(column, _)| column.to_string()).collect())
    }

    /// Whether the best class of every row is the one that a column of answers names, ties allowed.
    pub(super) fn is_best_class(&self, classes: &[(String, String)], answers: &str) -> bool {
        let Ok(texts) = self.content.frame.texts(answers) else { return false };
        let values: Vec<Vec<f64>> = classes.iter().map(|(column, _)| self.content.numbers(column)).collect();
        let names: Vec<Vec<String>> = classes.iter().map(|(_, class)| spellings(class)).collect();
        (0..self.content.frame.len()).all(|row| {
            let best = values.iter().map(|values| values[row]).filter(|value| !value.is_nan()).fold(f64::NEG_INFINITY, f64::max);
            let answer = texts.get(row).filter(|text| !name::is_missing(text)).map(spellings);
            match answer {
                None => best.is_infinite(),
                Some(answer) => {
                    let mut tied = values.iter().zip(&names).filter(|(values, _)| values[row] >= best);
                    tied.any(|(_, names)| names.iter().any(|name| answer.contains(name)))
                }
            }
        })
    }
}

/// Whether nine rows of ten add up to 1.
fn whole_rows(values: &[Vec<f64>]) -> bool {
    let rows = values.first().map_or(0, Vec::len);
    let sum = |row: usize| values.iter().map(|values| values[row]).filter(|value| !value.is_nan()).sum::<f64>();
    let whole = (0..rows).filter(|&row| (sum(row) - 1.0).abs() <= 0.01).count();
    rows > 0 && whole * 10 >= rows * 9
}

/// The columns by what stands before and behind the names of their classes: the usual words, and what stands around a
/// truth in the name of a column (a model).
fn families<'a>(candidates: &[Candidate<'a>], truths: Option<&Truths>) -> Vec<Family<'a>> {
    let usual = AFFIXES.iter().map(|(prefix, suffix)| ((*prefix).to_string(), (*suffix).to_string()));
    let names = truths.iter().flat_map(|truths| truths.names.iter().flatten());
    let known: Vec<&String> = names.filter(|name| name.len() > 2).collect();
    let mut around: BTreeMap<(String, String), usize> = BTreeMap::new();
    for (candidate, name) in candidates.iter().flat_map(|candidate| known.iter().map(move |name| (candidate, name.as_str()))) {
        let Some((prefix, suffix)) = candidate.lower.split_once(name) else { continue };
        let apart = |side: &str, near: Option<char>| side.is_empty() || near.is_some_and(|near| !near.is_alphanumeric());
        if apart(prefix, prefix.chars().next_back()) && apart(suffix, suffix.chars().next()) {
            *around.entry((prefix.to_string(), suffix.to_string())).or_default() += 1;
        }
    }
    // What stands around one name only is another name: `Apis` in `Apis mellifera`.
    let mut found: Vec<((String, String), usize)> = around.into_iter().filter(|(_, count)| *count > 1).collect();
    found.sort_by_key(|(_, count)| std::cmp::Reverse(*count));
    let mut affixes: Vec<(String, String)> = usual.collect();
    affixes.extend(found.into_iter().take(MOST_FAMILIES).map(|(affixes, _)| affixes));
    let family = |affixes: (String, String)| {
        let class = |candidate: &Candidate<'a>| {
            let class = candidate.class((&affixes.0, &affixes.1))?;
            Some((candidate.written, class.to_string()))
        };
        let columns = candidates.iter().filter_map(class).collect();
        Family { columns, affixes }
    };
    affixes.into_iter().map(family).collect()
}

/// A run of classes.
pub(super) fn run(name: String, classes: Vec<(String, String)>) -> RunSource {
    RunSource { name, answers: AnswerColumns::Classes(classes) }
}
