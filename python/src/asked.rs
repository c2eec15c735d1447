//! Options of latent spaces and retrieval beside those of tables: several counts, ranks, words, and what is said of vectors.

use crate::cells::texts;
use crate::error::{OrRefused, refusal};
use crate::frame::Frame;
use crate::options;
use crate::vectors::{Said, path};
use nearmiss::answers::table::TableSource;
use nearmiss::numbers::nearest::did_you_mean;
use nearmiss::taxonomy::rank::Rank;
use polars::frame::DataFrame;
use pyo3::prelude::*;
use pyo3::types::PyDict;

/// What may stand in a dict of options.
type Options<'a, 'py> = &'a Bound<'py, PyDict>;

/// The value of an option; `None` where it is absent or `None`.
pub(crate) fn given<'py>(options: Options<'_, 'py>, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    Ok(options.get_item(key)?.filter(|value| !value.is_none()))
}

/// Whole numbers from 0 on; one is a list of one.
pub(crate) fn counts(options: Options<'_, '_>, key: &str) -> PyResult<Option<Vec<usize>>> {
    let Some(value) = given(options, key)? else { return Ok(None) };
    if let Ok(one) = value.extract::<usize>() {
        return Ok(Some(vec![one]));
    }
    let several = value.extract::<Vec<usize>>();
    several.map(Some).map_err(|_| refusal(&format!("{key}= is a whole number, or a list of them: {key}=[1, 5, 10]")))
}

/// A rank by its English name.
pub(crate) fn rank(options: Options<'_, '_>, key: &str) -> PyResult<Option<Rank>> {
    let Some(word) = options::text(options, key)? else { return Ok(None) };
    let ranks = Rank::MAIN.map(Rank::name).join(", ");
    let rank = Rank::from_name(&word).map(Some);
    rank.ok_or_else(|| refusal(&format!("{key}='{word}' is no rank; there are {ranks} and those between them")))
}

/// What some words stand for.
pub(crate) fn meanings<T: Copy>(argument: &str, words: Vec<String>, known: &[(&str, T)]) -> PyResult<Vec<T>> {
    let meaning = |word: String| {
        let found = known.iter().find(|(name, _)| *name == word).map(|(_, meaning)| *meaning);
        found.ok_or_else(|| {
            let names = || known.iter().map(|(name, _)| *name);
            let all = names().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
            let nearest = did_you_mean(&word, names());
            refusal(&format!("{argument}='{word}': it is one of {all}{nearest}"))
        })
    };
    words.into_iter().map(meaning).collect()
}

/// The arguments that say what vectors show, and the names of the vectors.
pub(crate) struct Arguments<'a> {
    pub(crate) labels: &'a str,
    pub(crate) observations: &'a str,
    pub(crate) names: Option<Vec<String>>,
}

impl Arguments<'_> {
    /// What is said of each vector: by a table in memory, in a file, or made of a list of names.
    pub(crate) fn said(self, options: Options<'_, '_>) -> PyResult<Said> {
        let labels = given(options, self.labels)?;
        let table = labels.as_ref().map(as_table).transpose()?.flatten();
        let table = match (table, &labels) {
            (None, Some(_)) => Some(listed(self.labels, options::texts(options, self.labels)?.unwrap_or_default())?),
            (table, _) => table,
        };
        let observations = options::texts(options, self.observations)?;
        let observations = observations.map(|of| of.into_iter().map(Option::unwrap_or_default).collect());
        Ok(Said { table, names: self.names, observations })
    }
}

/// A table in memory or a path; `None` for a list.
fn as_table(labels: &Bound<'_, PyAny>) -> PyResult<Option<TableSource>> {
    let is_table = labels.is_instance_of::<Frame>() || path(labels)?.is_some();
    if is_table { options::source(labels).map(Some) } else { Ok(None) }
}

/// A table of names of taxa.
fn listed(argument: &str, taxa: Vec<Option<String>>) -> PyResult<TableSource> {
    let rows = taxa.len();
    Ok(TableSource::held(argument, DataFrame::new(rows, vec![texts("taxon", taxa)]).or_refused()?))
}
