//! The labels of a table that has one kind of them only.

use super::headerless;
use super::names::Columns;
use crate::answers::table::error::{TableError, examples};
use crate::answers::table::label::LabelSource;
use crate::answers::table::words::{LABELS, WEAK_LABELS, normalised};
use crate::taxonomy::rank::Rank;

/// What a lone label is taken for, for messages.
#[derive(Debug, Clone, Copy)]
pub(super) struct Role {
    pub(super) name: &'static str,
    pub(super) option: &'static str,
}

pub(super) const PREDICTION: Role = Role { name: "prediction", option: "--predicted-column" };
pub(super) const TRUTH: Role = Role { name: "truth", option: "--truth-column" };

impl Columns<'_> {
    /// Bare rank columns (pybioclip), a column called `label`, or the names of a table without header.
    pub(super) fn lone_label(&self, role: Role) -> Result<Option<LabelSource>, TableError> {
        if !self.content.frame.header {
            return headerless::label(self.content.frame);
        }
        let ranks = self.with_species(self.ranks_of(None), &[]);
        match &ranks[..] {
            [] | [(Rank::Class, _)] => {}
            [_] => {
                if let Some(column) = self.plain_label(role, &[])? {
                    return Ok(Some(self.levelled(column)));
                }
                return Ok(Some(self.ranked(ranks, None)));
            }
            _ => return Ok(Some(self.ranked(ranks, None))),
        }
        let plain = self.plain_label(role, WEAK_LABELS)?.or_else(|| ranks.first().map(|(_, class)| class.clone()));
        match (plain, self.numbered_label()) {
            (Some(column), _) => Ok(Some(self.levelled(column))),
            (None, Some(column)) => Err(self.numbers_refused(column, role)),
            (None, None) => Ok(None),
        }
    }

    /// A column with a usual name for labels that holds numbers.
    fn numbered_label(&self) -> Option<String> {
        let usual = [LABELS, WEAK_LABELS].concat();
        self.content.named(self.all_of(&usual)).1
    }

    /// Rank columns that stop above the species with the column of names of species beside them, whatever it is called.
    pub(super) fn with_species(&self, mut ranks: Vec<(Rank, String)>, taken: &[&str]) -> Vec<(Rank, String)> {
        let finest = ranks.last().map(|&(rank, _)| rank);
        if ranks.len() < 2 && finest.is_none_or(|rank| rank == Rank::Class) || finest.is_some_and(|rank| rank >= Rank::Species) {
            return ranks;
        }
        let is_free = |column: &&str| ranks.iter().all(|(_, ranked)| ranked != column) && !taken.contains(column);
        let names = self.all.iter().filter(|column| column.meaning.side().is_none()).map(|column| column.written.as_str());
        let mut species = names.filter(is_free).filter(|column| self.content.holds_binomials(column)).map(str::to_string);
        if let (Some(only), None) = (species.next(), species.next()) {
            ranks.push((Rank::Species, only));
        }
        ranks
    }

    /// The column with a usual name for labels, or else with the first of those that many things have.
    fn plain_label(&self, role: Role, weak: &[&str]) -> Result<Option<String>, TableError> {
        let (labels, _) = self.content.named(self.all_of(LABELS));
        match &labels[..] {
            [only] => return Ok(Some(only.clone())),
            [] => {}
            [first, others @ ..] if others.iter().all(|other| self.content.are_same(first, other)) => {
                return Ok(Some(first.clone()));
            }
            several => return self.best_label(several, role).map(Some),
        }
        Ok(weak.iter().find_map(|word| self.content.named(self.all_of(&[*word])).0.into_iter().next()))
    }

    /// Of several labels the one of lineages, or else of scientific names.
    fn best_label(&self, several: &[String], role: Role) -> Result<String, TableError> {
        let is_lineage = |text: &String| text.contains([';', '|']);
        let lineages: Vec<&String> = several.iter().filter(|column| self.content.sample(column).iter().any(is_lineage)).collect();
        let binomials: Vec<&String> = several.iter().filter(|column| self.content.holds_binomials(column)).collect();
        match (&lineages[..], &binomials[..]) {
            ([only], _) | ([], [only]) => Ok((*only).clone()),
            _ => Err(self.several(several, role)),
        }
    }

    /// Several columns of equal standing.
    pub(super) fn several(&self, candidates: &[String], role: Role) -> TableError {
        TableError::SeveralColumns {
            path: self.content.frame.path.clone(),
            role: role.name,
            candidates: examples(candidates),
            option: role.option,
        }
    }

    /// Numbers where names should be.
    pub(super) fn numbers_refused(&self, column: String, role: Role) -> TableError {
        let example = self.content.sample(&column).into_iter().next().unwrap_or_default();
        let (path, option) = (self.content.frame.path.clone(), role.option);
        TableError::NumbersForNames { path, column, example, option }
    }

    /// A column of names, with the ranks that stand beside it: `best_level` beside `best_label`, `rank` beside `label`.
    pub(super) fn levelled(&self, column: String) -> LabelSource {
        match self.level_beside(&column) {
            Some(level) => LabelSource::Levelled { text: column, level },
            None => LabelSource::Text(column),
        }
    }

    fn level_beside(&self, column: &str) -> Option<String> {
        let own = normalised(column);
        let stem = own.strip_suffix("label").unwrap_or(&own).trim_end_matches('_');
        let is_label = LABELS.iter().chain(WEAK_LABELS).any(|label| *label == own);
        let fits = |name: &str| {
            let rest = name.strip_suffix("level").or_else(|| name.strip_suffix("rank"));
            rest.is_some_and(|rest| {
                let rest = rest.trim_end_matches('_');
                rest == stem || (rest == "taxon" || rest.is_empty()) && is_label
            })
        };
        let level = self.all.iter().find(|other| fits(&other.name) && self.content.holds_ranks(&other.written));
        level.map(|level| level.written.clone())
    }
}
