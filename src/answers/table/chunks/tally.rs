//! What a table that was read chunk by chunk comes to: it adds up with that of other parts of one table.

use super::super::columns::{AnswerColumns, Roles, RunSource};
use super::super::counts::{Counts, RunCounts};
use super::super::error::TableError;
use super::super::options::{MissingTruth, TableOptions};
use super::super::run_rows::{ALL_ZERO, how_in_lists};
use super::super::score_pins::ScorePins;
use super::super::seen::Seen;
use super::decisions::{Decisions, Differ};
use crate::answers::understood::ColumnRole;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What a table comes to, or a part of one: how it is read, what was seen of its scores, what was counted.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[expect(clippy::struct_excessive_bools, reason = "what a table says, yes or no")]
pub struct Tally {
    pub(super) decisions: Decisions,
    /// Whether images have names, and whether a column says the positions of their answers.
    named: bool,
    by_position: bool,
    runs: Vec<RunForm>,
    columns: Vec<FoundColumn>,
    /// What is said before the counts of rows, and behind it.
    pub(super) before: Sentences,
    pub(super) behind: Sentences,
    pub(super) warnings: Sentences,
    pub(super) pins: ScorePins,
    pub(super) counts: Counts,
    /// Whether images without truth are counted as wrong, and whether they are as they should be.
    missing_is_wrong: bool,
    may_be_without: bool,
    /// Whether a label says a class that is no taxon.
    pub(super) says_classes: bool,
    /// What run directories say of their run, notes and warnings; `None` for tables.
    pub(super) of_directories: Option<(Sentences, Sentences)>,
}

/// Sentences without counts. Those of parts that say the same stay in their order, others are put in that of their letters.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Sentences(pub(super) Option<Vec<String>>);

impl Sentences {
    pub(super) fn add(&mut self, others: &[String]) {
        match &mut self.0 {
            None => self.0 = Some(others.to_vec()),
            Some(own) if own == others => {}
            Some(own) => {
                own.extend(others.iter().cloned());
                own.sort();
                own.dedup();
            }
        }
    }

    fn all(&self) -> Vec<String> {
        self.0.clone().unwrap_or_default()
    }
}

/// Which columns are scores of a run, and of what kind.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct RunForm {
    kind: RunKind,
    scores: Vec<String>,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
enum RunKind {
    Slots,
    /// Lists in a column.
    Lists(String),
    Classes,
}

/// A column or several together, as in [`ColumnRole`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
struct FoundColumn {
    role: String,
    columns: Vec<String>,
    more: String,
}

/// What columns can be.
const ROLES: [&str; 9] = ["image", "truth", "prediction", "position", "observation", "time", "sequence", "site", "camera"];

impl RunForm {
    fn of(run: &RunSource) -> RunForm {
        let kind = match &run.answers {
            AnswerColumns::Slots(_) => RunKind::Slots,
            AnswerColumns::Lists { column, .. } => RunKind::Lists(column.clone()),
            AnswerColumns::Classes(_) => RunKind::Classes,
        };
        RunForm { kind, scores: run.score_columns().into_iter().map(str::to_string).collect() }
    }

    fn seen<'a>(&'a self, pins: &'a ScorePins) -> impl Iterator<Item = (&'a str, &'a Seen)> {
        self.scores.iter().filter_map(|column| Some((column.as_str(), pins.column(column)?)))
    }

    /// Whether the scores are probabilities, and whether they are left out since all are 0; `None` where there are none.
    fn read(&self, pins: &ScorePins) -> Option<(bool, bool)> {
        if let RunKind::Lists(column) = &self.kind {
            let spread = pins.lists(column);
            return spread.is_any().then(|| (spread.are_shares(), false));
        }
        let any = self.seen(pins).any(|(_, seen)| seen.numbers().is_any());
        let all = self.seen(pins).all(|(column, seen)| seen.are_probabilities(column));
        let zero = self.kind == RunKind::Slots && Seen::are_zero(self.seen(pins).map(|(_, seen)| seen));
        any.then_some((all, zero))
    }

    /// How the scores are read, as [`ColumnRole`] says it.
    fn more(&self, pins: &ScorePins) -> String {
        let how = match &self.kind {
            RunKind::Slots => self.seen(pins).next().map(|(column, seen)| format!("'{column}' {}", seen.how(column))),
            RunKind::Lists(column) => Some(how_in_lists(&pins.lists(column))).filter(|how| !how.is_empty()),
            RunKind::Classes => {
                let are_shares = self.read(pins).is_none_or(|(probabilities, _)| probabilities);
                let how = if are_shares { "from 0 to 1" } else { "no probabilities: they only rank" };
                Some(format!("in {} columns, one for each class, {how}", self.scores.len()))
            }
        };
        how.map_or_else(String::new, |how| format!("scores {how}"))
    }

    /// What is said of the scores, and what must not be overlooked.
    fn told(&self, pins: &ScorePins) -> (Vec<String>, Vec<String>) {
        let mut notes = vec![];
        let warnings = self.seen(pins).filter_map(|(column, seen)| seen.warning(column)).collect();
        if self.kind == RunKind::Slots {
            notes.extend(self.seen(pins).flat_map(|(column, seen)| seen.notes(column)));
            notes.extend(self.read(pins).filter(|(_, zero)| *zero).map(|_| ALL_ZERO.to_string()));
        }
        (notes, warnings)
    }
}

impl Tally {
    /// Before any row: how rows will be read.
    pub(super) fn new(roles: &Roles, decisions: Decisions, pins: ScorePins, options: &TableOptions) -> Tally {
        Tally {
            decisions,
            named: roles.image.is_some(),
            by_position: roles.position.is_some(),
            runs: roles.runs.iter().map(RunForm::of).collect(),
            pins,
            missing_is_wrong: options.missing_truth == MissingTruth::Wrong,
            may_be_without: options.without_truth,
            ..Tally::default()
        }
    }

    /// Of run directories, before any is read.
    pub(super) fn of_directories() -> Tally {
        Tally { named: true, of_directories: Some(<_>::default()), ..Tally::default() }
    }

    /// Takes in what the columns of a chunk are.
    ///
    /// # Errors
    ///
    /// Columns that are other things than in the chunks before.
    pub(super) fn take_columns(&mut self, columns: &[ColumnRole]) -> Result<(), Differ> {
        let of = |column: &ColumnRole| FoundColumn {
            role: column.role.to_string(),
            columns: column.columns.clone(),
            more: if column.role == "prediction" { String::new() } else { column.more.clone() },
        };
        for column in columns.iter().map(of).filter(|column| column.role != "prediction") {
            let subject = format!("the column of the {} ('{}')", column.role, column.columns.join("', '"));
            self.decisions.decide(subject, if column.more.is_empty() { "as it stands" } else { &column.more })?;
        }
        if self.columns.is_empty() {
            self.columns = columns.iter().map(of).collect();
        }
        Ok(())
    }

    /// What was counted.
    #[must_use]
    pub fn counts(&self) -> &Counts {
        &self.counts
    }

    /// Whether images have names of their own, and are not numbered by their rows.
    #[must_use]
    pub fn are_named(&self) -> bool {
        self.named
    }

    /// Whether any label says a class that is no taxon (`blank`, `person`). Where none does, what images show to a detector is no
    /// matter, though chunks may say it of people.
    #[must_use]
    pub fn says_classes(&self) -> bool {
        self.says_classes
    }

    /// SHA-256 of what was decided of columns, cells and scores, in hexadecimal: parts of one table that have the same are read in
    /// the same way. Parts that have others may be so too, where one leaves open what another decides; [`Tally::add`] tells.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let scores: Vec<String> = self.runs.iter().map(|run| format!("{:?}", run.read(&self.pins))).collect();
        self.decisions.sha256(&scores)
    }

    /// Takes in what another part of the same table comes to; `path` is what that part is called.
    ///
    /// # Errors
    ///
    /// [`TableError::Differs`]: columns, labels or scores that are read otherwise there; nothing is taken in then.
    pub fn add(&mut self, other: &Tally, path: &Path) -> Result<(), TableError> {
        let differs = |what: String, remedy| TableError::Differs { path: path.to_path_buf(), what, remedy };
        let mut decisions = self.decisions.clone();
        decisions.add(&other.decisions).map_err(|differ| differs(differ.to_string(), NAME_THEM))?;
        if (&self.runs, self.missing_is_wrong, self.may_be_without) != (&other.runs, other.missing_is_wrong, other.may_be_without)
        {
            return Err(differs("it has other runs, or images without truth count otherwise".to_string(), NAME_THEM));
        }
        let mut pins = self.pins.clone();
        pins.add(&other.pins);
        for run in &self.runs {
            if let Some(what) = [&self.pins, &other.pins].into_iter().find_map(|part| read_otherwise(run, part, &pins)) {
                return Err(differs(what, READ_TOGETHER));
            }
        }
        (self.decisions, self.pins) = (decisions, pins);
        if self.columns.is_empty() {
            self.columns.clone_from(&other.columns);
        }
        for (own, others) in
            [(&mut self.before, &other.before), (&mut self.behind, &other.behind), (&mut self.warnings, &other.warnings)]
        {
            others.0.iter().for_each(|others| own.add(others));
        }
        self.says_classes |= other.says_classes;
        match (&mut self.of_directories, &other.of_directories) {
            (Some((notes, warnings)), Some((other_notes, other_warnings))) => {
                other_notes.0.iter().for_each(|others| notes.add(others));
                other_warnings.0.iter().for_each(|others| warnings.add(others));
            }
            (own, others) => *own = own.take().or_else(|| others.clone()),
        }
        self.counts.add(&other.counts);
        Ok(())
    }

    /// What each column is.
    pub(super) fn column_roles(&self) -> Vec<ColumnRole> {
        let mut runs = self.runs.iter();
        let role = |column: &FoundColumn| {
            let role = ROLES.into_iter().find(|role| *role == column.role)?;
            let more = match role {
                "prediction" => runs.next().map_or_else(String::new, |run| run.more(&self.pins)),
                _ => column.more.clone(),
            };
            Some(ColumnRole { role, columns: column.columns.clone(), more })
        };
        self.columns.iter().filter_map(role).collect()
    }

    /// What is said of the table, with the sentences on its labels.
    pub(super) fn notes(&self, of_labels: &[String]) -> Vec<String> {
        let mut notes = self.before.all();
        notes.extend(self.counts.rows_note(self.by_position));
        notes.extend(self.behind.all());
        notes.extend(of_labels.iter().cloned());
        let missing = if self.missing_is_wrong { MissingTruth::Wrong } else { MissingTruth::LeaveOut };
        notes.extend(self.counts.notes(missing, self.may_be_without));
        notes
    }

    /// What is said of each run, and what must not be overlooked.
    pub(super) fn of_runs(&self) -> Vec<(Vec<String>, Vec<String>)> {
        if let Some((notes, warnings)) = &self.of_directories {
            return self.counts.runs().iter().map(|_| (notes.all(), warnings.all())).collect();
        }
        let told = |(place, counts): (usize, &RunCounts)| {
            let (mut notes, warnings) = self.runs.get(place).map(|run| run.told(&self.pins)).unwrap_or_default();
            notes.extend(counts.repeated());
            notes.extend(counts.notes());
            (notes, warnings)
        };
        self.counts.runs().iter().enumerate().map(told).collect()
    }
}

/// What helps where columns are told otherwise.
pub(super) const NAME_THEM: &str = "name the columns with --image-column, --truth-column, --predicted-column and \
                                    --score-column, the separator of lineages with --lineage-separator";
/// What helps where nothing can be named.
const READ_TOGETHER: &str = "mend the scores, or read all parts in one process";

/// What of the scores of a part is read otherwise than of all parts together.
fn read_otherwise(run: &RunForm, part: &ScorePins, all: &ScorePins) -> Option<String> {
    for (column, seen) in run.seen(part).filter(|(_, seen)| seen.numbers().is_any()) {
        let (own, of_all) = (seen.how(column), all.column(column)?.how(column));
        let kind = |how: &str| how.trim_end_matches(", decimal commas").to_string();
        if kind(&own) != kind(&of_all) {
            return Some(format!(
                "the scores of column '{column}' are {} in some parts, and {} in all together",
                kind(&own),
                kind(&of_all)
            ));
        }
        if !seen.are_read_beside(all.column(column)?) {
            return Some(format!("commas in column '{column}' separate decimals in some parts, and thousands in all together"));
        }
    }
    match (run.read(part), run.read(all)) {
        (Some(part), Some(of_all)) if part != of_all => {
            let column = if let RunKind::Lists(column) = &run.kind { column } else { run.scores.first()? };
            Some(format!("scores beside those of column '{column}' are probabilities, or all 0, in some parts alone"))
        }
        _ => None,
    }
}
