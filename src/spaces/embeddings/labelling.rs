//! The taxa of many vectors: what is said of each is kept once, however many it is said of.

use super::beside::Beside;
use super::columns::{NAMES, OBSERVATIONS, name_of_taxa, own_texts, rank_columns, texts};
use super::error::EmbeddingsError;
use super::lineage::{Said, place, said_of};
use super::stored::Stored;
use crate::answers::table::read_run_taxonomy;
use crate::runs::directory::columns::TAXON_COLUMNS;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::search::Found;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::HashMap;
use std::hash::Hash;
use std::path::Path;

/// The taxa of vectors.
pub(super) struct Labelling {
    /// The taxonomy, given or made of what is said.
    pub taxonomy: Taxonomy,
    /// The taxon of each different saying.
    pub taxa: Vec<Option<TaxonId>>,
    /// What is said of each vector, by its place among these.
    pub of: Vec<u32>,
    /// Whether a column `name` is of taxa, and not of photographs.
    pub own_is_name: bool,
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
}

/// Different sayings, in the order in which they are first met.
struct Sayings<T> {
    places: HashMap<T, u32>,
    all: Vec<T>,
    of: Vec<u32>,
}

impl<T: Hash + Eq + Clone> Sayings<T> {
    fn new() -> Sayings<T> {
        Sayings { places: HashMap::new(), all: vec![], of: vec![] }
    }

    fn push(&mut self, said: T) {
        if let Some(&place) = self.places.get(&said) {
            self.of.push(place);
            return;
        }
        let place = u32::try_from(self.all.len()).unwrap_or(u32::MAX);
        self.of.push(place);
        self.all.push(said.clone());
        self.places.insert(said, place);
    }
}

impl Labelling {
    /// Of the columns of taxa and ranks beside the vectors, read as those of a table that is read whole.
    pub(super) fn of_columns(beside: &Beside, stored: &Stored, given: Option<&Taxonomy>) -> Result<Labelling, EmbeddingsError> {
        let ranks = Rank::MAIN.map(Rank::name);
        let mut columns = ranks.to_vec();
        columns.extend(TAXON_COLUMNS.into_iter().filter(|column| !ranks.contains(column)));
        let has_own = columns.iter().any(|column| beside.has(column));
        let names = if has_own { None } else { name_of_taxa(&beside.for_names()?) };
        let mut sayings: Sayings<Said> = Sayings::new();
        if let Some(names) = &names {
            stored.rows_of(0..stored.len()).for_each(|row| sayings.push(said_of(&[], Some(names), row)));
        } else {
            let mut rows = stored.rows_of(0..stored.len()).peekable();
            beside.each(&columns, &mut |first, data| {
                let (ranks, own) = (rank_columns(data), own_texts(data));
                while let Some(row) = rows.next_if(|row| *row < first + data.height()) {
                    sayings.push(said_of(&ranks, own.as_ref(), row - first));
                }
                Ok(())
            })?;
            // A table without any column says nothing of its rows.
            rows.for_each(|row| sayings.push(said_of(&[], None, row)));
        }
        let (taxonomy, taxa) = place(&sayings.all, given, beside.path());
        Ok(Labelling { taxonomy, taxa, of: sayings.of, own_is_name: names.is_some(), notes: vec![] })
    }

    /// Of the truths of a run, whose predictions are not read.
    pub(super) fn of_run(
        folder: &Path,
        beside: &Beside,
        stored: &Stored,
        given: Option<&Taxonomy>,
    ) -> Result<Labelling, EmbeddingsError> {
        let mut sayings: Sayings<(String, String)> = Sayings::new();
        let mut rows = stored.rows_of(0..stored.len()).peekable();
        beside.each(&["truth", "truth_name"], &mut |first, data| {
            let [ids, names] = ["truth", "truth_name"].map(|column| texts(data, column).unwrap_or_default());
            let cell = |cells: &[Option<String>], row: usize| cells.get(row).cloned().flatten().unwrap_or_default();
            while let Some(row) = rows.next_if(|row| *row < first + data.height()) {
                sayings.push((cell(&ids, row - first), cell(&names, row - first)));
            }
            Ok(())
        })?;
        let (taxonomy, notes) = read_run_taxonomy(folder, given, &sayings.all)?;
        let find = |text: &str| if let Found::One(taxon) = taxonomy.find(text) { Some(taxon) } else { None };
        let taxa = sayings.all.iter().map(|(id, _)| (!id.is_empty()).then(|| find(id)).flatten()).collect();
        Ok(Labelling { taxonomy, taxa, of: sayings.of, own_is_name: false, notes })
    }
}

/// Names and observations of some rows of a table, whose numbers rise: `row N` and blank where there is none.
pub(super) fn names_and_observations(
    beside: &Beside,
    rows: &[usize],
    own_is_name: bool,
) -> Result<[Vec<String>; 2], EmbeddingsError> {
    let names: Vec<&str> = NAMES.into_iter().filter(|name| !(own_is_name && *name == "name")).collect();
    let data = beside.rows(&[&names[..], &OBSERVATIONS[..]].concat(), rows)?;
    let first = |known: &[&str]| known.iter().find_map(|name| texts(&data, name)).unwrap_or_default();
    let (names, observations) = (first(&names), first(&OBSERVATIONS));
    let cell = |cells: &[Option<String>], place: usize| cells.get(place).cloned().flatten();
    let name_of = |(place, row): (usize, &usize)| cell(&names, place).unwrap_or_else(|| format!("row {}", row + 1));
    Ok([
        rows.iter().enumerate().map(name_of).collect(),
        (0..rows.len()).map(|place| cell(&observations, place).unwrap_or_default()).collect(),
    ])
}
