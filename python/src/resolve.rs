//! Lists of names, each with the taxon that it means.

use crate::cells::{counts, texts};
use crate::error::refusal;
use crate::options;
use crate::running::attempt;
use crate::table::Table;
use crate::taxonomy::Taxonomy;
use nearmiss::numbers::counted::counted;
use nearmiss::taxonomy::Taxonomy as Taxa;
use nearmiss::taxonomy::name_list::{NameList, Wanted};
use nearmiss::taxonomy::resolution::Resolution;
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use pyo3::prelude::*;
use pyo3::types::PyDict;
use std::sync::Arc;

/// What may stand in the options: the lineage that is known of each name.
const OPTIONS: [&str; 1] = ["above"];

/// A row for each name, in order: what it means, by which step, or what it could mean.
#[pyfunction]
fn resolve(
    py: Python<'_>,
    names: Vec<Option<String>>,
    taxonomy: &Bound<'_, Taxonomy>,
    options: &Bound<'_, PyDict>,
) -> PyResult<Table> {
    options::known(options, &OPTIONS)?;
    let above = options::texts(options, "above")?;
    if let Some(above) = above.as_ref().filter(|above| above.len() != names.len()) {
        let (lineages, names) = (counted(above.len(), "lineage", "lineages"), counted(names.len(), "name", "names"));
        return Err(refusal(&format!("above: {lineages} for {names}; give one for each, None where none is known")));
    }
    let taxa = Arc::clone(&taxonomy.get().tree.taxa);
    Ok(Table::of(attempt(py, move || table(&taxa, &list(names, above.unwrap_or_default())))?))
}

/// Names as a file would have them, each with what is known to stand above it.
fn list(names: Vec<Option<String>>, above: Vec<Option<String>>) -> NameList {
    let above = above.into_iter().map(Option::unwrap_or_default).chain(std::iter::repeat(String::new()));
    let wanted =
        |(name, above): (Option<String>, String)| Wanted { name: name.unwrap_or_default(), above, file: String::new(), line: 0 };
    NameList { names: names.into_iter().zip(above).map(wanted).collect(), notes: vec![] }
}

/// The table that the program writes, without a value where a cell is empty.
fn table(taxa: &Taxa, list: &NameList) -> PolarsResult<DataFrame> {
    let resolution = Resolution::of(taxa, list);
    let names = Resolution::columns();
    let mut cells: Vec<Vec<Option<String>>> = names.iter().map(|_| Vec::with_capacity(resolution.rows.len())).collect();
    for row in &resolution.rows {
        for (column, cell) in cells.iter_mut().zip(row.cells(taxa)) {
            column.push(Some(cell).filter(|cell| !cell.is_empty()));
        }
    }
    let column = |(name, cells): (&str, Vec<Option<String>>)| match name {
        "line" => counts(name, cells.into_iter().map(|cell| cell?.parse().ok())),
        _ => texts(name, cells),
    };
    DataFrame::new(resolution.rows.len(), names.into_iter().zip(cells).map(column).collect())
}

pub(crate) fn register(module: &Bound<'_, PyModule>) -> PyResult<()> {
    module.add_function(wrap_pyfunction!(resolve, module)?)
}
