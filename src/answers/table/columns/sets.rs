//! Which columns of a table hold sets of truths and of answers: names in rows, lists in cells, a column for every class.

use super::classes::of_sets::SetClasses;
use super::content::Ids;
use super::images::image_column;
use super::labels::{PREDICTION, Role, TRUTH};
use super::names::{Columns, Named, Side};
use super::sources::AnswerColumns;
use crate::answers::table::error::TableError;
use crate::answers::table::frame::{Frame, named_column};
use crate::answers::table::label::LabelSource;
use crate::answers::table::list;
use crate::answers::table::options::TableOptions;
use crate::answers::table::words::{IDS, LABELS, PREDICTED, TRUTHS, WEAK_LABELS, Word, squashed};
use crate::taxonomy::Taxonomy;
use std::collections::BTreeSet;

/// Columns of what is looked at as a whole, where no column names an image.
const UNITS: &[&str] = &[
    "quadrat_id",
    "quadrat",
    "quadrat_name",
    "plot_id",
    "plot",
    "releve_id",
    "releve",
    "placette_id",
    "placette",
    "parcela",
    "frame_id",
    "sequence",
    "tube",
    "trap_id",
];

/// Columns of the members of a set.
const MEMBERS: &[&str] = &[
    "species_ids",
    "species_id",
    "species_list",
    "species_names",
    "taxa",
    "taxons",
    "taxon_ids",
    "taxon_id",
    "taxa_ids",
    "labels",
    "label_ids",
    "classes",
    "names",
    "especes",
    "especies",
    "arten",
    "liste_especes",
    "tags",
];

/// Words that say of a column that it holds several.
const PLURALS: &[&str] = &["ids", "id", "list", "lists", "set", "sets", "names", "labels", "taxa", "taxons", "members", "all"];

/// Where the members of sets stand.
#[derive(Debug, Clone)]
pub(in crate::answers::table) enum MemberColumns {
    /// One member in each row.
    Rows { label: LabelSource, score: Option<String> },
    /// Lists in cells: literals of Python or JSON, or names with a character between them.
    Lists { column: String, scores: Option<String>, separator: Option<char> },
    /// A column for every class.
    Classes(Vec<(String, String)>),
}

/// Members of sets, and what is said of them.
#[derive(Debug, Clone)]
pub(in crate::answers::table) struct FoundSets {
    pub(in crate::answers::table) name: String,
    pub(in crate::answers::table) columns: MemberColumns,
    pub(in crate::answers::table) notes: Vec<String>,
}

impl FoundSets {
    /// The columns of the members.
    pub(in crate::answers::table) fn columns(&self) -> Vec<String> {
        match &self.columns {
            MemberColumns::Rows { label, .. } => label.columns().into_iter().map(str::to_string).collect(),
            MemberColumns::Lists { column, .. } => vec![column.clone()],
            MemberColumns::Classes(classes) => classes.iter().map(|(column, _)| column.clone()).collect(),
        }
    }
}

/// How a table of sets is read.
#[derive(Clone, Copy)]
pub(in crate::answers::table) struct Reading<'a> {
    pub(in crate::answers::table) frame: &'a Frame,
    pub(in crate::answers::table) image: &'a str,
    pub(in crate::answers::table) options: &'a TableOptions,
    pub(in crate::answers::table) separator: Option<char>,
    pub(in crate::answers::table) taxonomy: Option<&'a Taxonomy>,
    /// Keys of names that stand in other tables.
    pub(in crate::answers::table) others: &'a BTreeSet<String>,
    /// Columns that are something else: sites, transects.
    pub(in crate::answers::table) taken: &'a [String],
}

/// The column of what has a set: as named, by its usual name, or that of a quadrat, a plot, a trap.
pub(in crate::answers::table) fn image_of_sets(
    frame: &Frame,
    named: Option<(&str, &'static str)>,
) -> Result<Option<String>, TableError> {
    if let Some((column, option)) = named {
        return named_column(frame, column, option).map(Some);
    }
    let found = image_column(frame, &TableOptions::default())?;
    let is_weak = found.as_ref().is_none_or(|column| IDS.iter().any(|word| word.replace('_', "") == squashed(column)));
    let unit = is_weak.then(|| UNITS.iter().find_map(|word| called(frame, word))).flatten();
    Ok(unit.or(found))
}

/// The column of a site or a transect: as named, where the table has it, or by its usual name.
pub(in crate::answers::table) fn group_column(frame: &Frame, named: Option<&str>, usual: &[&str]) -> Option<String> {
    match named {
        Some(column) => named_column(frame, column, "--site-column").ok(),
        None => usual.iter().find_map(|word| called(frame, word)),
    }
}

fn called(frame: &Frame, word: &str) -> Option<String> {
    let word = word.replace('_', "");
    frame.names().into_iter().find(|name| squashed(name) == word).map(str::to_string)
}

/// The sets of truths: of a table that holds nothing else (`alone`) by any usual name, else only by a word for truths.
pub(in crate::answers::table) fn truth_sets(reading: Reading<'_>, alone: bool) -> Result<Option<FoundSets>, TableError> {
    let columns = Columns::of(reading.frame, Some(reading.image), Ids::Of(reading.taxonomy));
    if let Some(column) = &reading.options.truth_column {
        let column = named_column(reading.frame, column, "--truth-column")?;
        return Ok(Some(columns.found(&reading, column)));
    }
    if let Some(found) = columns.of_side(&reading, Side::Truth, TRUTH)?.into_iter().next() {
        return Ok(Some(found));
    }
    if alone { columns.of_neither(&reading, TRUTH, reading.taken) } else { Ok(None) }
}

/// The sets of answers, those of each classifier; `truth` are columns of truths.
pub(in crate::answers::table) fn answer_sets(reading: Reading<'_>, truth: &[String]) -> Result<Vec<FoundSets>, TableError> {
    let columns = Columns::of(reading.frame, Some(reading.image), Ids::Of(reading.taxonomy));
    if !reading.options.predicted_columns.is_empty() {
        let named = |column: &String| {
            let column = named_column(reading.frame, column, "--predicted-column")?;
            Ok(columns.found(&reading, column))
        };
        return reading.options.predicted_columns.iter().map(named).collect();
    }
    let found = columns.of_side(&reading, Side::Predicted, PREDICTION)?;
    if !found.is_empty() {
        return Ok(found);
    }
    let taken = [reading.taken, truth].concat();
    Ok(columns.of_neither(&reading, PREDICTION, &taken)?.into_iter().collect())
}

impl Columns<'_> {
    /// Columns that are called truths or answers: several truths are refused, several answers are as many classifiers.
    fn of_side(&self, reading: &Reading<'_>, side: Side, role: Role) -> Result<Vec<FoundSets>, TableError> {
        let ranks = self.ranks_of(Some(side));
        if ranks.len() > 1 {
            let name = if side == Side::Truth { "truth" } else { "predicted" };
            return Ok(vec![self.rows(reading, name.to_string(), self.ranked(ranks, Some(side)))]);
        }
        let usual = self.all_of(if side == Side::Truth { TRUTHS } else { PREDICTED });
        let is_called = |column: &&Named| {
            let meaning = &column.meaning;
            let is_members = meaning.side() == Some(side) && !meaning.is_score() && !meaning.has(Word::Detail);
            is_members && meaning.rest.iter().all(|word| PLURALS.contains(&word.as_str()))
        };
        let mut columns = usual;
        for column in self.all.iter().filter(is_called).map(|column| &column.written) {
            if !columns.contains(column) && !self.content.holds_ranks(column) {
                columns.push(column.clone());
            }
        }
        if side == Side::Predicted {
            let is_model = |column: &&Named| {
                let short = column.name.starts_with("pred_") || column.name.ends_with("_pred");
                short && column.meaning.side() == Some(side) && !column.meaning.is_score()
            };
            let models = self.all.iter().filter(is_model).map(|column| column.written.clone());
            let models: Vec<String> = models.filter(|column| !columns.contains(column)).collect();
            columns.extend(models);
        }
        columns.retain(|column| !reading.taken.contains(column));
        if side == Side::Truth && columns.len() > 1 {
            return Err(self.several(&columns, role));
        }
        Ok(columns.into_iter().map(|column| self.found(reading, column)).collect())
    }

    /// Columns of names that are called neither truths nor answers, or of classes, or else the only other column.
    fn of_neither(&self, reading: &Reading<'_>, role: Role, taken: &[String]) -> Result<Option<FoundSets>, TableError> {
        let ranks = self.ranks_of(None);
        if ranks.len() > 1 && !ranks.iter().any(|(_, column)| taken.contains(column)) {
            let ranks = self.with_species(ranks, &taken.iter().map(String::as_str).collect::<Vec<_>>());
            let name = ranks.last().map(|(_, column)| column.clone()).unwrap_or_default();
            return Ok(Some(self.rows(reading, name, self.ranked(ranks, None))));
        }
        let is_free = |column: &String| !taken.contains(column);
        let mut labels = self.all_of(&[MEMBERS, LABELS].concat());
        labels.retain(is_free);
        if labels.is_empty() {
            labels.extend(WEAK_LABELS.iter().find_map(|word| self.find(&[*word])).filter(is_free));
        }
        match &labels[..] {
            [] => {}
            [only] => return Ok(Some(self.found(reading, only.clone()))),
            [first, others @ ..] if others.iter().all(|other| self.content.are_same(first, other)) => {
                return Ok(Some(self.found(reading, first.clone())));
            }
            several => return Err(self.several(several, role)),
        }
        let SetClasses { classes, others } = self.set_classes(taken, reading.others);
        if !classes.is_empty() {
            let mut notes = vec![format!("columns of classes: {}", classes.len())];
            if !others.is_empty() {
                notes.push(format!("numbers that are of no class were left aside: {}", others.join(", ")));
            }
            return Ok(Some(FoundSets { name: "classes".to_string(), columns: MemberColumns::Classes(classes), notes }));
        }
        let others: Vec<&Named> = self.all.iter().filter(|column| is_free(&column.written)).collect();
        let mut lists = others.iter().filter(|column| self.holds_members(&column.written, reading));
        match (&others[..], lists.next(), lists.next()) {
            ([only], ..) | (_, Some(only), None) => Ok(Some(self.found(reading, only.written.clone()))),
            _ => Ok(None),
        }
    }

    fn rows(&self, reading: &Reading<'_>, name: String, label: LabelSource) -> FoundSets {
        let asked = reading.options.score_column.as_ref().filter(|column| reading.frame.has(column)).cloned();
        let score = asked.or_else(|| self.score_beside(label.main_column())).or_else(|| self.lone_score());
        FoundSets { name, columns: MemberColumns::Rows { label, score }, notes: vec![] }
    }

    /// One column: of lists, or with a member in each row.
    fn found(&self, reading: &Reading<'_>, column: String) -> FoundSets {
        let separator = reading.separator.or_else(|| self.separator(&column));
        if !self.holds_literals(&column) && separator.is_none() {
            return self.rows(reading, column.clone(), self.levelled(column));
        }
        let separator = separator.filter(|_| !self.holds_literals(&column));
        let beside = match self.list_run(column.clone()).answers {
            AnswerColumns::Lists { scores, .. } => scores,
            AnswerColumns::Slots(_) | AnswerColumns::Classes(_) => None,
        };
        let asked = reading.options.score_column.as_ref().filter(|column| reading.frame.has(column)).cloned();
        let notes = separator.map(|by| format!("column '{column}': names with '{by}' between them are the members of a set"));
        let columns = MemberColumns::Lists { column: column.clone(), scores: asked.or(beside), separator };
        FoundSets { name: column, columns, notes: notes.into_iter().collect() }
    }

    fn holds_members(&self, column: &str, reading: &Reading<'_>) -> bool {
        self.holds_literals(column) || reading.separator.is_some() || self.separator(column).is_some()
    }

    /// Whether cells are lists as Python and JSON write them; lists of whole numbers are of ids.
    fn holds_literals(&self, column: &str) -> bool {
        let sample = self.content.sample(column);
        let lists = sample.iter().filter(|text| list::answers(text).is_some()).count();
        lists > 0 && lists * 2 >= sample.len()
    }

    /// The character between the names of lists: where a cell holds it, what is between are names or ids.
    fn separator(&self, column: &str) -> Option<char> {
        let sample = self.content.sample(column);
        let is_id = |part: &str| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit());
        let is_name = |part: &str| super::content::is_binomial(part) || self.content.is_known(part);
        let is_list = |cell: &str, by: char| {
            let parts: Vec<&str> = list::bare(cell).split(by).map(str::trim).filter(|part| !part.is_empty()).collect();
            // A number with a decimal comma is no list of ids.
            let are_ids = by != ',' || parts.len() > 2 || parts.iter().all(|part| part.len() > 3);
            // Blanks stand in names, and between ids only.
            let are_names = by != ' ' && parts.iter().all(|part| is_name(part));
            let are_members = are_ids && parts.iter().all(|part| is_id(part)) || are_names;
            parts.len() > 1 && are_members && !self.is_lineage(&parts)
        };
        [';', '|', ',', ' '].into_iter().find(|&by| {
            let held: Vec<&String> = sample.iter().filter(|cell| cell.contains(by)).collect();
            let lists = held.iter().filter(|cell| is_list(cell, by)).count();
            lists > 0 && lists * 2 > held.len()
        })
    }

    /// Whether each name lies in the one before it.
    fn is_lineage(&self, names: &[&str]) -> bool {
        let Some(taxonomy) = self.content.taxonomy() else { return false };
        let taxa: Vec<_> = names.iter().map(|name| taxonomy.resolve(name).taxon()).collect();
        taxa.windows(2)
            .all(|pair| matches!(pair, [Some(above), Some(below)] if above != below && taxonomy.contains(*above, *below)))
    }
}
