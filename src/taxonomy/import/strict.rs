//! What keeps a table from being scored against as it stands.
//!
//! `taxonomy import` mends what can be mended and says so. A table that is given to be scored against is not mended where
//! people can do it themselves: rank tables, parent–child lists and pairs are refused with every problem and its line. The
//! checklists of institutions are as they are, and are read as they are imported.

use super::Import;
use super::checklist::Checklist;
use super::error::ImportError;
use super::finding::FindingKind;
use super::format::Format;
use crate::taxonomy::build::{Problem, SourceLine};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use std::collections::{BTreeMap, HashMap, HashSet};

/// How many of many taxa a problem names.
const SHOWN: usize = 8;

impl Import {
    /// Refuses a table whose faults people can mend themselves.
    ///
    /// # Errors
    ///
    /// [`ImportError::Invalid`] with all of them.
    pub fn strictly(self) -> Result<Import, ImportError> {
        let problems = self.problems();
        if problems.is_empty() { Ok(self) } else { Err(ImportError::Invalid { path: self.path, problems }) }
    }

    /// What [`Import::strictly`] refuses, in order of lines; nothing where faults are mended wherever the source is read.
    #[must_use]
    pub fn problems(&self) -> Vec<Problem> {
        if self.mends {
            return vec![];
        }
        let place = |line: u64| SourceLine { file: self.file_name().into(), line };
        let mut circles = HashSet::new();
        let mut problems: Vec<Problem> = self
            .list
            .findings
            .iter()
            .filter(|finding| finding.kind.is_refused())
            // A circle is one problem, by whichever of its taxa it is entered.
            .filter(|finding| finding.kind != FindingKind::InCycle || circles.insert(finding.value.as_str()))
            .map(|finding| Problem::Row { place: place(finding.line), what: finding.problem() })
            .collect();
        if self.format == Format::RankTable {
            let several = self.list.several_parents(&|line| place(line).to_string());
            problems.extend(several.into_iter().map(|(line, what)| Problem::Row { place: place(line), what }));
        } else if problems.is_empty()
            && let Some((line, what)) = self.list.several_roots(&|line| place(line).to_string())
        {
            problems.push(Problem::Row { place: place(line), what });
        }
        problems.sort();
        problems.dedup();
        problems
    }
}

impl Checklist {
    fn taxa(&self) -> impl Iterator<Item = u32> {
        (0..self.count()).filter(|&entry| self.is_taxon(entry))
    }

    /// The kingdom that an entry belongs to, or else the taxon just below the root.
    fn top(&self, entry: u32) -> u32 {
        let mut top = entry;
        while let Some(parent) = self.parent(top)
            && self.rank(top) != Rank::Kingdom
        {
            top = parent;
        }
        top
    }

    /// Names that stand at one rank under several parents of one kingdom: two spellings of a lineage, as a rule.
    fn several_parents(&self, place: &dyn Fn(u64) -> String) -> Vec<(u64, String)> {
        let mut same: HashMap<(u32, Rank, String), Vec<u32>> = HashMap::new();
        for entry in self.taxa() {
            let rank = self.rank(entry);
            let is_made = rank == Rank::Genus && self.genera_are_made;
            if rank.main_index().is_some_and(|index| index > 0) && !is_made {
                same.entry((self.top(entry), rank, name::key(self.name(entry)))).or_default().push(entry);
            }
        }
        same.into_iter()
            .filter(|(_, twins)| twins.len() > 1)
            .map(|((_, rank, _), mut twins)| {
                twins.sort_by_key(|&entry| (self.line(entry), entry));
                let parents: Vec<String> = twins
                    .iter()
                    .take(SHOWN)
                    .map(|&entry| format!("{} ({})", self.shown_parent(entry), place(self.line(entry))))
                    .collect();
                let first = twins[0];
                let what = format!("{rank} '{}' has {} parents: {}", self.name(first), twins.len(), parents.join(", "));
                (self.line(first), what)
            })
            .collect()
    }

    /// Several taxa without a parent that are no kingdoms.
    fn several_roots(&self, place: &dyn Fn(u64) -> String) -> Option<(u64, String)> {
        let roots: BTreeMap<(u64, u32), Rank> = self
            .taxa()
            .filter(|&entry| self.parent(entry).is_none())
            .map(|entry| ((self.line(entry), entry), self.rank(entry)))
            .collect();
        let (&(line, _), _) = roots.first_key_value()?;
        if roots.len() < 2 || roots.values().all(|&rank| rank <= Rank::Kingdom) {
            return None;
        }
        let names: Vec<String> =
            roots.keys().take(SHOWN).map(|&(line, entry)| format!("'{}' ({})", self.name(entry), place(line))).collect();
        let more = if roots.len() > SHOWN { format!(" and {} more", roots.len() - SHOWN) } else { String::new() };
        Some((line, format!("several roots: {}{more}; give them one parent, or kingdom as their rank", names.join(", "))))
    }
}
