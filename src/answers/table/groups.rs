//! Columns that sort images into groups: a site, a split, seen in training or not.

use super::error::TableError;
use super::frame::{Frame, named_column};
use super::images::ImageRows;
use crate::answers::Grouping;

/// The groups of the images of a table by the columns it has, each named as it was asked for.
pub(super) fn read(frame: &Frame, grouped: &ImageRows, columns: &[String]) -> Result<Vec<Grouping>, TableError> {
    let mut groups = vec![];
    for asked in columns {
        let Ok(column) = named_column(frame, asked, "--group-column") else { continue };
        groups.push(Grouping { name: asked.clone(), values: grouped.cells(frame, &column)? });
    }
    Ok(groups)
}

/// Refuses a column that no table has.
pub(super) fn require(groups: &[Grouping], frame: &Frame, columns: &[String]) -> Result<(), TableError> {
    for asked in columns {
        if !groups.iter().any(|group| group.name == *asked) {
            named_column(frame, asked, "--group-column")?;
        }
    }
    Ok(())
}

/// Gives images the groups of a second table, of which each has a row or none; those without have blank groups.
pub(super) fn join(groups: &mut Vec<Grouping>, of_table: Vec<Grouping>, rows: &[Option<usize>]) {
    for group in groups.iter_mut() {
        group.values.resize(rows.len(), String::new());
    }
    for group in of_table {
        if groups.iter().any(|known| known.name == group.name) {
            continue;
        }
        let value = |row: &Option<usize>| row.map_or_else(String::new, |row| group.values[row].clone());
        let values = rows.iter().map(value).collect();
        groups.push(Grouping { name: group.name, values });
    }
}
