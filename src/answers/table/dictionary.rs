//! The distinct labels of a table that is read part by part: each is one label in all of its parts.
//!
//! What a label is may depend on all the others: whether a column holds names or lineages, whether names are common ones. So the
//! parts are gone through twice. The first time their cells are met; then, with the labels of all of them known, rows are read.
//! Every part has its labels read in the same order, and each reading has a list of its own.

use super::interned::{Interned, combine};
use super::label_source::LabelSource;
use polars::prelude::PlIndexSet;
use serde::{Deserialize, Serialize};
use std::collections::HashMap;

/// Cells by how they become labels.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub(super) enum Form {
    /// Those of columns.
    Source(LabelSource),
    /// Texts that stand in lists, names of columns or of folders.
    Texts,
}

/// Which of the options for reading cells are meant for those of a list.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Meant {
    /// The separator of lineages.
    pub(super) separator: bool,
    /// The pattern of names in free text.
    pub(super) pattern: bool,
}

/// Distinct cells of one column, or of several side by side.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
#[serde(from = "PackedCells", into = "PackedCells")]
pub(super) struct Cells {
    /// The distinct texts of each column.
    columns: Vec<PlIndexSet<String>>,
    /// Places of the texts that stand side by side; none where there is one column.
    tuples: PlIndexSet<Box<[u32]>>,
}

/// [`Cells`] as they are written.
#[derive(Serialize, Deserialize)]
struct PackedCells {
    columns: Vec<Vec<String>>,
    tuples: Vec<Vec<u32>>,
}

impl From<PackedCells> for Cells {
    fn from(packed: PackedCells) -> Self {
        let columns = packed.columns.into_iter().map(|texts| texts.into_iter().collect()).collect();
        Cells { columns, tuples: packed.tuples.into_iter().map(Vec::into_boxed_slice).collect() }
    }
}

impl From<Cells> for PackedCells {
    fn from(cells: Cells) -> Self {
        let columns = cells.columns.into_iter().map(|texts| texts.into_iter().collect()).collect();
        PackedCells { columns, tuples: cells.tuples.into_iter().map(<[u32]>::into_vec).collect() }
    }
}

impl Cells {
    /// The place of a cell; one that is not known is added.
    pub(super) fn place(&mut self, texts: &[&str]) -> usize {
        self.columns.resize_with(texts.len(), PlIndexSet::default);
        let places: Box<[u32]> =
            texts.iter().zip(&mut self.columns).filter_map(|(text, known)| place_of_text(known, text, true)).collect();
        match places[..] {
            [only] => only as usize,
            _ => self.tuples.insert_full(places).0,
        }
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        if let [only] = &self.columns[..] { only.len() } else { self.tuples.len() }
    }

    /// The texts of a cell, one for each column.
    pub(super) fn texts(&self, at: usize) -> Vec<&str> {
        if let [only] = &self.columns[..] {
            return only.get_index(at).map(String::as_str).into_iter().collect();
        }
        let tuple = self.tuples.get_index(at).map_or(&[][..], |tuple| &tuple[..]);
        tuple
            .iter()
            .zip(&self.columns)
            .filter_map(|(&place, column)| column.get_index(place as usize))
            .map(String::as_str)
            .collect()
    }

    /// The place of each row's cell; `None` where one is not known. Cells that are not known are added, if they may be.
    fn places(&mut self, columns: &[Interned], may_add: bool) -> Option<Vec<u32>> {
        self.columns.resize_with(columns.len(), PlIndexSet::default);
        let mut of_texts: Vec<Vec<u32>> = vec![];
        for (column, known) in columns.iter().zip(&mut self.columns) {
            of_texts.push(column.texts.iter().map(|text| place_of_text(known, text, may_add)).collect::<Option<_>>()?);
        }
        if let ([column], [places]) = (columns, &of_texts[..]) {
            return Some(column.rows.iter().map(|&row| places[row as usize]).collect());
        }
        let (tuples, rows) = combine(columns);
        let mut places: Vec<u32> = vec![];
        for tuple in tuples {
            let known: Box<[u32]> = tuple.iter().zip(&of_texts).map(|(&text, places)| places[text as usize]).collect();
            let place = if may_add { Some(self.tuples.insert_full(known).0) } else { self.tuples.get_index_of(&known) };
            places.push(number(place?));
        }
        Some(rows.into_iter().map(|row| places[row as usize]).collect())
    }

    /// Puts the cells in the order of their letters, which is the same however a table is cut; gives the new place of each.
    pub(super) fn sort(&mut self) -> Vec<u32> {
        let moved: Vec<Vec<u32>> = self.columns.iter_mut().map(sorted).collect();
        if let [only] = &moved[..] {
            return only.clone();
        }
        let renamed =
            |tuple: Box<[u32]>| -> Box<[u32]> { tuple.iter().zip(&moved).map(|(&place, moved)| moved[place as usize]).collect() };
        let renamed: Vec<Box<[u32]>> = std::mem::take(&mut self.tuples).into_iter().map(renamed).collect();
        self.tuples = renamed.iter().cloned().collect();
        self.tuples.sort_unstable();
        renamed.iter().map(|tuple| self.tuples.get_index_of(tuple).map_or(u32::MAX, number)).collect()
    }
}

fn number(place: usize) -> u32 {
    u32::try_from(place).unwrap_or(u32::MAX)
}

fn place_of_text(known: &mut PlIndexSet<String>, text: &str, may_add: bool) -> Option<u32> {
    if let Some(place) = known.get_index_of(text) {
        return Some(number(place));
    }
    may_add.then(|| number(known.insert_full(text.to_string()).0))
}

/// Sorts texts; gives the new place of each.
fn sorted(texts: &mut PlIndexSet<String>) -> Vec<u32> {
    let mut order: Vec<u32> = (0..number(texts.len())).collect();
    order.sort_unstable_by(|&a, &b| texts.get_index(a as usize).cmp(&texts.get_index(b as usize)));
    let mut places = vec![0; order.len()];
    for (place, &before) in order.iter().enumerate() {
        places[before as usize] = number(place);
    }
    texts.sort_unstable();
    places
}

/// Cells that are read together: of one column of labels, of all lists of a column.
#[derive(Debug)]
pub(super) struct CellList {
    pub(super) form: Form,
    pub(super) meant: Meant,
    pub(super) cells: Cells,
    /// The first of its labels.
    pub(super) first: u32,
    /// The cell of each row, where there is one part only.
    kept: Option<Vec<u32>>,
}

/// What is kept of labels once they are taxa.
#[derive(Debug, Default)]
struct Briefs {
    texts: Vec<Box<str>>,
    say_nothing: Vec<bool>,
    /// Few have one.
    scores: HashMap<u32, f64>,
}

/// The distinct labels of all parts of a table.
#[derive(Debug, Default)]
pub(super) struct Dictionary {
    lists: Vec<CellList>,
    /// The list that is read next.
    next: usize,
    /// Whether all cells are met.
    is_complete: bool,
    /// Whether the cells of rows are kept, so that they are not looked for again.
    keeps: bool,
    briefs: Option<Briefs>,
}

impl Dictionary {
    /// One without cells; that of a table of one part keeps the cell of each row.
    pub(super) fn new(keeps: bool) -> Dictionary {
        Dictionary { keeps, ..Dictionary::default() }
    }

    /// One of lists that were gone through before: all cells are met.
    pub(super) fn of_lists(lists: Vec<(Form, Meant, Cells)>) -> Dictionary {
        let list = |(form, meant, cells)| CellList { form, meant, cells, first: 0, kept: None };
        Dictionary { lists: lists.into_iter().map(list).collect(), ..Dictionary::default() }
    }

    /// Begins a part.
    pub(super) fn begin(&mut self) {
        self.next = 0;
    }

    /// How many lists the part at hand has had so far.
    pub(super) fn read(&self) -> usize {
        self.next
    }

    /// The label of each row, where the cells are complete; else they are met, and the numbers say nothing yet. `None` for a cell
    /// that no part had.
    pub(super) fn labels(&mut self, form: Form, meant: Meant, columns: &[Interned]) -> Option<Vec<u32>> {
        let at = self.next;
        self.next += 1;
        if at == self.lists.len() && !self.is_complete {
            self.lists.push(CellList { form, meant, cells: Cells::default(), first: 0, kept: None });
        }
        let (keeps, is_complete) = (self.keeps, self.is_complete);
        let list = self.lists.get_mut(at)?;
        let places = match list.kept.take() {
            Some(kept) => kept,
            None => list.cells.places(columns, !is_complete)?,
        };
        if is_complete {
            return Some(places.into_iter().map(|place| place + list.first).collect());
        }
        list.kept = keeps.then_some(places);
        Some(vec![])
    }

    /// Ends the first going through: no cell is added any more.
    pub(super) fn complete(&mut self) {
        self.is_complete = true;
        for list in &mut self.lists {
            let moved = list.cells.sort();
            list.kept.iter_mut().flatten().for_each(|place| *place = moved[*place as usize]);
        }
    }

    pub(super) fn lists(&self) -> &[CellList] {
        &self.lists
    }

    pub(super) fn into_lists(self) -> Vec<CellList> {
        self.lists
    }

    pub(super) fn lists_mut(&mut self) -> &mut [CellList] {
        &mut self.lists
    }

    /// Keeps of labels what rows need, by what they were before they became taxa.
    pub(super) fn keep(&mut self, texts: Vec<Box<str>>, say_nothing: Vec<bool>, scores: HashMap<u32, f64>) {
        self.briefs = Some(Briefs { texts, say_nothing, scores });
    }

    /// The text of a label; `None` before they became taxa.
    pub(super) fn text(&self, id: u32) -> Option<&str> {
        self.briefs.as_ref().map(|briefs| briefs.texts.get(id as usize).map_or("", |text| text))
    }

    /// Whether a label was read as nothing; `None` before they became taxa.
    pub(super) fn says_nothing(&self, id: u32) -> Option<bool> {
        self.briefs.as_ref().map(|briefs| briefs.say_nothing.get(id as usize).copied().unwrap_or_default())
    }

    /// The score in a label, if there is one; `None` before they became taxa.
    #[expect(clippy::option_option, reason = "a label without a score is another thing than a score that is not known yet")]
    pub(super) fn score(&self, id: u32) -> Option<Option<f64>> {
        self.briefs.as_ref().map(|briefs| briefs.scores.get(&id).copied())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn column(texts: &[&str], rows: &[u32]) -> Interned {
        Interned { texts: texts.iter().map(ToString::to_string).collect(), rows: rows.to_vec() }
    }

    #[test]
    fn labels_are_the_same_in_all_parts_and_however_they_are_cut() {
        let form = || Form::Source(LabelSource::Text("truth".to_string()));
        let parts = [column(&["c", "a"], &[0, 1, 0]), column(&["b", "c"], &[0, 1])];
        for order in [[0, 1], [1, 0]] {
            let mut dictionary = Dictionary::new(false);
            for part in order {
                dictionary.begin();
                assert_eq!(dictionary.labels(form(), Meant::default(), std::slice::from_ref(&parts[part])), Some(vec![]));
            }
            dictionary.complete();
            dictionary.lists_mut()[0].first = 10;
            let mut labels = |part: &Interned| {
                dictionary.begin();
                dictionary.labels(form(), Meant::default(), std::slice::from_ref(part))
            };
            assert_eq!(labels(&parts[0]), Some(vec![12, 10, 12]));
            assert_eq!(labels(&parts[1]), Some(vec![11, 12]));
            assert_eq!(labels(&column(&["d"], &[0])), None);
        }
    }

    #[test]
    fn cells_of_several_columns_are_told_apart() {
        let mut dictionary = Dictionary::new(true);
        let columns = [column(&["x", "w"], &[0, 0, 1, 0]), column(&["q", "p"], &[0, 1, 0, 0])];
        dictionary.labels(Form::Texts, Meant::default(), &columns).unwrap();
        dictionary.complete();
        // (w, q) (x, p) (x, q)
        let cells = &dictionary.lists()[0].cells;
        assert_eq!((0..cells.len()).map(|at| cells.texts(at)).collect::<Vec<_>>(), [["w", "q"], ["x", "p"], ["x", "q"]]);
        dictionary.begin();
        assert_eq!(dictionary.labels(Form::Texts, Meant::default(), &columns), Some(vec![2, 1, 0, 2]));
        // What was kept is not kept twice.
        dictionary.begin();
        assert_eq!(dictionary.labels(Form::Texts, Meant::default(), &columns), Some(vec![2, 1, 0, 2]));
    }
}
