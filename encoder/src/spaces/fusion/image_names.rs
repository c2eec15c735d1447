//! A table that names photographs, a row for each.

use super::error::FusedError;
use nearmiss::answers::table::columns_of;
use polars::prelude::*;
use std::path::Path;

/// What columns of names are called.
const NAMES: [&str; 6] = ["image", "path", "file_name", "photograph", "name", "id"];

/// The names of photographs, in the order of the rows.
pub(super) fn read(path: &Path) -> Result<Vec<String>, FusedError> {
    let fault = |what: String| FusedError::File { path: path.to_path_buf(), what };
    let data = columns_of(path)?;
    let column = NAMES.iter().find_map(|name| data.column(name).ok());
    let Some(column) = column else {
        let there = data.get_column_names().iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ");
        return Err(fault(format!("no column of names of photographs; its columns are {there}; call it 'image'")));
    };
    let names = column.cast(&DataType::String).map_err(|error| fault(error.to_string()))?;
    let names = names.str().map_err(|error| fault(error.to_string()))?;
    let name = |(row, cell): (usize, Option<&str>)| match cell.map(str::trim) {
        Some(name) if !name.is_empty() => Ok(name.to_string()),
        _ => Err(fault(format!("row {} names no photograph; there must be a name in each", row + 1))),
    };
    names.iter().enumerate().map(name).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn each_row_names_a_photograph() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("names.csv");
        let of = |text: &str| {
            std::fs::write(&path, text).unwrap();
            read(&path).map_err(|error| error.to_string())
        };
        assert_eq!(of("image,species\na.jpg,Apis mellifera\n 12 ,Apis cerana\n"), Ok(vec!["a.jpg".into(), "12".into()]));
        assert!(of("species\nApis mellifera\n").unwrap_err().contains("its columns are 'species'; call it 'image'"));
        assert!(
            of("image,species\na.jpg,x\n,y\n").unwrap_err().ends_with("row 2 names no photograph; there must be a name in each")
        );
    }
}
