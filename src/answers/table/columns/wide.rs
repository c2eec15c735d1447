//! Answers beside each other: `pred1_species`, `pred1_conf`, `pred2_species`, ...

use super::names::{Columns, Meaning, Side};
use super::sources::{AnswerColumns, RunSource, Slot};
use crate::answers::table::label::LabelSource;
use crate::answers::table::words::{Word, rank_set};
use crate::taxonomy::rank::Rank;
use regex::Regex;
use std::collections::BTreeMap;
use std::sync::LazyLock;

/// `top1`, `pred_2_genus`.
static FRONT: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(pred|prediction|predicted|top|label|answer|guess)_?([0-9]{1,2})(?:_(.+))?$").ok());
/// `species_top_1`.
static BACK: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(.+?)_(pred|prediction|predicted|top)_?([0-9]{1,2})$").ok());
/// `species_1`: only where no column is named like an answer.
static PLAIN: LazyLock<Option<Regex>> =
    LazyLock::new(|| Regex::new(r"^(species|espece|especie|taxon|scientific_name|class|name)_?([0-9]{1,2})$").ok());
/// `conf_1`.
static SCORE: LazyLock<Option<Regex>> = LazyLock::new(|| Regex::new(r"^(.+?)_?([0-9]{1,2})$").ok());

/// A column of one of several answers.
struct WideColumn<'a> {
    /// What the columns of all answers begin with, and the number of the answer.
    answer: (&'a str, usize),
    meaning: Meaning,
    written: &'a str,
}

impl<'a> WideColumn<'a> {
    fn of(name: &'a str, written: &'a str, plain: Option<&Regex>) -> Option<WideColumn<'a>> {
        let parts = |pattern: Option<&Regex>, stem: usize, number: usize, rest: usize| {
            let groups = pattern?.captures(name)?;
            let part = |at: usize| groups.get(at).map(|part| part.as_str());
            Some((part(stem)?, part(number)?.parse::<usize>().ok()?, part(rest).unwrap_or("label")))
        };
        let (stem, number, rest) =
            parts(FRONT.as_ref(), 1, 2, 3).or_else(|| parts(BACK.as_ref(), 2, 3, 1)).or_else(|| parts(plain, 1, 2, 1))?;
        let meaning = Meaning::of(rest);
        let is_label = meaning.is_plain()
            && meaning.side() != Some(Side::Truth)
            && (meaning.rank().is_some() || meaning.has(Word::Noun) || meaning.side() == Some(Side::Predicted));
        let is_score = meaning.is_score() && meaning.rest.is_empty();
        (is_label || is_score).then_some(WideColumn { answer: (stem, number), meaning, written })
    }

    fn is_score(&self) -> bool {
        self.meaning.is_score()
    }
}

impl Columns<'_> {
    /// The family of columns with most answers, where it has at least as many as asked for.
    pub(super) fn wide(&self, least: usize) -> Option<RunSource> {
        self.wide_by(None, least)
    }

    /// Columns called by a rank and a number: `species1`, `species2`.
    pub(super) fn numbered(&self) -> Option<RunSource> {
        self.wide_by(PLAIN.as_ref(), 2)
    }

    fn wide_by(&self, plain: Option<&Regex>, least: usize) -> Option<RunSource> {
        let mut answers: BTreeMap<(&str, usize), Vec<WideColumn>> = BTreeMap::new();
        for column in self.all.iter().filter_map(|column| WideColumn::of(&column.name, &column.written, plain)) {
            answers.entry(column.answer).or_default().push(column);
        }
        let mut stems: BTreeMap<&str, Vec<Slot>> = BTreeMap::new();
        for ((stem, number), columns) in &answers {
            let first = usize::from(!answers.contains_key(&(*stem, 0)));
            let slots = stems.entry(stem).or_default();
            if let Some(label) = self.wide_label(columns).filter(|_| slots.len() + first == *number) {
                let own = columns.iter().find(|column| column.is_score()).map(|column| column.written.to_string());
                slots.push(Slot { label, score: own.or_else(|| self.wide_score(*number)) });
            }
        }
        let (stem, slots) = stems.into_iter().max_by_key(|(_, slots)| slots.len())?;
        let name = match &slots[..] {
            [only] => only.label.main_column().to_string(),
            _ => stem.to_string(),
        };
        (slots.len() >= least.max(1)).then_some(RunSource { name, answers: AnswerColumns::Slots(slots) })
    }

    /// The label of one answer: its rank columns, or else its column of names.
    fn wide_label(&self, columns: &[WideColumn]) -> Option<LabelSource> {
        let written = columns.iter().filter(|column| !column.is_score()).map(|column| column.written.to_string());
        let (named, _) = self.content.named(written.collect());
        let is_named = |column: &&WideColumn| named.iter().any(|name| name == column.written);
        let ranks = columns.iter().filter(is_named);
        let ranks = ranks.filter_map(|column| column.meaning.rank().map(|rank| (rank, column.written.to_string())));
        let ranks = rank_set(ranks.collect());
        if !ranks.is_empty() && !matches!(ranks[..], [(Rank::Class, _)]) {
            return Some(LabelSource::Ranks { ranks, common: None });
        }
        named.first().map(|column| LabelSource::Text(column.clone()))
    }

    fn wide_score(&self, number: usize) -> Option<String> {
        let fits = |name: &str| {
            let groups = SCORE.as_ref()?.captures(name)?;
            let meaning = Meaning::of(&groups[1]);
            let rest = meaning.rest.iter().all(|word| word == "top");
            (meaning.is_score() && rest && groups[2].parse() == Ok(number)).then_some(())
        };
        self.all.iter().find(|column| fits(&column.name).is_some()).map(|column| column.written.clone())
    }
}
