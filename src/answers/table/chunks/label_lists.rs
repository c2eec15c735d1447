//! The labels of a table that was read chunk by chunk, with what they became: the labels of other parts of the table must have
//! become the same, and what is said of labels is said of those of all parts.

use super::super::dictionary::{Cells, Dictionary, Form, Meant};
use super::super::error::TableError;
use super::super::label::Labels;
use super::super::non_taxa::usually_shown;
use super::super::options::TableOptions;
use super::super::placed::{Place, Placed};
use super::placing::{self, TruthLabels};
use crate::answers::non_taxon::Shown;
use crate::answers::understood::Matched;
use crate::taxonomy::Taxonomy;
use serde::{Deserialize, Serialize};
use std::path::Path;

/// What is said of labels.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Said {
    pub(super) taxonomy: &'static str,
    pub(super) matched: Vec<Matched>,
    pub(super) notes: Vec<String>,
    pub(super) warnings: Vec<String>,
    pub(super) cut: Option<String>,
}

/// The distinct labels of a table, or of a part of it, with the taxa that they became.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct LabelLists {
    lists: Vec<LabelList>,
    truths: TruthLabels,
}

#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct LabelList {
    form: Form,
    meant: Meant,
    cells: Cells,
    /// What each cell became.
    became: Vec<u64>,
}

/// A taxon or none, and what it shows to a detector, as one number.
fn number(place: Place, shown: Shown) -> u64 {
    let place = match place {
        Place::Missing => 0,
        Place::Outside => 1,
        Place::Taxon(taxon) => 2 + u64::from(taxon.0),
    };
    let shown = match shown {
        Shown::Nothing => 0,
        Shown::Animal => 1,
        Shown::Class(class) => 2 + class as u64,
    };
    place | shown << 40
}

/// What each label became.
fn numbers(placed: &Placed) -> Vec<u64> {
    let of = |(at, place): (usize, &Place)| number(*place, placed.shown.get(at).copied().unwrap_or(usually_shown(*place)));
    placed.places.iter().enumerate().map(of).collect()
}

impl Said {
    pub(super) fn of(placed: &Placed, cut: Option<String>) -> Said {
        Said {
            taxonomy: placed.built.words(),
            matched: placed.matched.clone(),
            notes: placed.notes.clone(),
            warnings: placed.warnings.clone(),
            cut,
        }
    }
}

impl LabelLists {
    /// Those of a dictionary whose labels are placed.
    pub(super) fn of(dictionary: Dictionary, placed: &Placed, truths: TruthLabels) -> LabelLists {
        let became = numbers(placed);
        let mut lists = vec![];
        for list in dictionary.into_lists() {
            let first = list.first as usize;
            let became = became[first..first + list.cells.len()].to_vec();
            lists.push(LabelList { form: list.form, meant: list.meant, cells: list.cells, became });
        }
        LabelLists { lists, truths }
    }

    /// Number of distinct labels, those of truths and of answers each for themselves.
    #[must_use]
    pub fn len(&self) -> usize {
        self.lists.iter().map(|list| list.cells.len()).sum()
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Takes in the labels of another part of the table; `path` is what that part is called.
    ///
    /// # Errors
    ///
    /// [`TableError::Differs`]: a label that became something else there.
    pub fn add(&mut self, other: &LabelLists, path: &Path) -> Result<(), TableError> {
        if self.lists.is_empty() {
            self.clone_from(other);
            return Ok(());
        }
        let forms = |lists: &LabelLists| lists.lists.iter().map(|list| (list.form.clone(), list.meant)).collect::<Vec<_>>();
        if self.truths != other.truths || forms(self) != forms(other) {
            return Err(differs(path, "its labels stand in other columns".to_string()));
        }
        for (list, others) in self.lists.iter_mut().zip(&other.lists) {
            for (at, became) in others.became.iter().enumerate() {
                let texts = others.cells.texts(at);
                let place = list.cells.place(&texts);
                match list.became.get(place) {
                    Some(known) if known != became => return Err(differs(path, otherwise(&texts))),
                    Some(_) => {}
                    None => list.became.push(*became),
                }
            }
        }
        Ok(())
    }

    /// What is said of all labels together.
    ///
    /// # Errors
    ///
    /// [`TableError::Differs`]: a label that is another one among all of them than among those of its part.
    pub(super) fn said(&mut self, taxonomy: &Taxonomy, options: &TableOptions, path: &Path) -> Result<Said, TableError> {
        // Labels are in the order of their letters, in whatever order parts were taken in.
        self.lists.iter_mut().for_each(LabelList::sort);
        let lists = self.lists.iter().map(|list| (list.form.clone(), list.meant, list.cells.clone())).collect();
        let mut labels = Labels { dictionary: Some(Dictionary::of_lists(lists)), ..Labels::default() };
        let found = placing::place(&mut labels, self.truths, (taxonomy, options), (path, "those of its parts"))?;
        let became = numbers(&found.placed);
        let before = self.lists.iter().flat_map(|list| (0..list.cells.len()).map(move |at| (list, at)));
        for ((list, at), became) in before.zip(&became) {
            if list.became[at] != *became {
                return Err(differs(path, otherwise(&list.cells.texts(at))));
            }
        }
        Ok(Said::of(&found.placed, found.cut))
    }
}

impl LabelList {
    fn sort(&mut self) {
        let moved = self.cells.sort();
        let before = self.became.clone();
        for (place, became) in moved.into_iter().zip(before) {
            self.became[place as usize] = became;
        }
    }
}

fn otherwise(texts: &[&str]) -> String {
    let texts: Vec<&str> = texts.iter().copied().filter(|text| !text.is_empty()).collect();
    format!(
        "'{}' is another label here than elsewhere, for names are read by how those around them are written",
        texts.join(", ")
    )
}

fn differs(path: &Path, what: String) -> TableError {
    let remedy = "write names as the taxonomy has them, or read all parts in one process";
    TableError::Differs { path: path.to_path_buf(), what, remedy }
}
