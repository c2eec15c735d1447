//! The row groups of a Parquet file, one at a time.

use super::{Parquet, guarded};
use polars::prelude::*;
use polars_parquet::read::{FileMetadata, RowGroupMetadata};
use std::fs::File;

/// A Parquet file that is read by row groups: what is held of it is a group and the footer, some hundred bytes for each
/// column of each group.
///
/// The pages of a group are mapped while it is read, and given back afterwards.
#[derive(Debug)]
pub struct RowGroups {
    file: File,
    schema: Arc<ArrowSchema>,
    /// The footer without its groups.
    footer: FileMetadata,
    groups: Vec<RowGroupMetadata>,
}

impl RowGroups {
    /// Takes a file, and holds what it announces against the bytes it has, once for all groups.
    ///
    /// # Errors
    ///
    /// As [`Parquet::new`].
    pub fn new(file: File) -> PolarsResult<RowGroups> {
        let mut whole = Parquet::new(file.try_clone()?)?;
        let schema = whole.schema()?;
        let footer = guarded(|| whole.reader.get_metadata().cloned())?;
        // Nobody else has it; where somebody had, it would be copied.
        drop(whole);
        let mut footer = Arc::unwrap_or_clone(footer);
        let groups = std::mem::take(&mut footer.row_groups);
        Ok(RowGroups { file, schema, footer, groups })
    }

    /// Names and types of the columns.
    #[must_use]
    pub fn schema(&self) -> &ArrowSchema {
        &self.schema
    }

    /// How many groups there are.
    #[must_use]
    pub fn len(&self) -> usize {
        self.groups.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.groups.is_empty()
    }

    /// Rows of a group; 0 where there is no such group.
    #[must_use]
    pub fn rows_of(&self, group: usize) -> usize {
        self.groups.get(group).map_or(0, RowGroupMetadata::num_rows)
    }

    /// Rows of all groups.
    #[must_use]
    pub fn rows(&self) -> usize {
        self.groups.iter().map(RowGroupMetadata::num_rows).sum()
    }

    /// How many values a column has in a group by its footer: of lists their elements, and one for each list that is empty or
    /// null. `None` where it has no such column, or columns in it.
    #[must_use]
    pub fn values_of(&self, group: usize, column: &str) -> Option<usize> {
        let mut leaves = self.groups.get(group)?.columns_under_root_iter(column)?;
        let only = leaves.next().filter(|_| leaves.next().is_none())?;
        usize::try_from(only.num_values()).ok()
    }

    /// Reads all columns of a group, or some.
    ///
    /// # Errors
    ///
    /// As [`Parquet::read`]; a group that the file does not have.
    pub fn read(&self, group: usize, columns: Option<&[&str]>) -> PolarsResult<DataFrame> {
        let Some(only) = self.groups.get(group) else {
            polars_bail!(ComputeError: "there is no row group {}; it has {}", group + 1, self.groups.len());
        };
        self.read_of(Some(only), columns)
    }

    /// The columns, or some, without a row.
    ///
    /// # Errors
    ///
    /// As [`Parquet::read`].
    pub fn read_none(&self, columns: Option<&[&str]>) -> PolarsResult<DataFrame> {
        self.read_of(None, columns)
    }

    fn read_of(&self, group: Option<&RowGroupMetadata>, columns: Option<&[&str]>) -> PolarsResult<DataFrame> {
        let mut footer = self.footer.clone();
        let rows = group.map_or(0, RowGroupMetadata::num_rows);
        (footer.num_rows, footer.max_row_group_height) = (rows, rows);
        footer.row_groups.extend(group.cloned());
        let columns = columns.map(|columns| columns.iter().map(ToString::to_string).collect());
        let file = self.file.try_clone()?;
        guarded(|| {
            let mut reader = ParquetReader::new(file);
            reader.set_metadata(Arc::new(footer));
            reader.with_columns(columns).finish()
        })
    }
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::io::Write;

    /// Five rows in groups of two and, since polars lengthens a short last one, of three; vectors of length 3 among them, of which
    /// the third is missing.
    fn file() -> (File, DataFrame) {
        let vectors: Vec<Option<Series>> =
            (0..5_u8).map(|row| (row != 2).then(|| Series::new("".into(), [f32::from(row); 3]))).collect();
        let vectors = Series::new("embedding".into(), vectors);
        let vectors = vectors.cast(&DataType::Array(Box::new(DataType::Float32), 3)).unwrap();
        let names = Column::new("name".into(), ["a", "b", "c", "d", "e"]);
        let mut data = DataFrame::new_infer_height(vec![names, vectors.into()]).unwrap();
        let mut bytes = vec![];
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(2)).finish(&mut data).unwrap();
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        (file, data)
    }

    #[test]
    fn groups_are_read_by_themselves() {
        let (file, data) = file();
        let groups = RowGroups::new(file).unwrap();
        assert_eq!((groups.len(), groups.rows(), groups.is_empty()), (2, 5, false));
        assert_eq!((0..3).map(|group| groups.rows_of(group)).collect::<Vec<_>>(), [2, 3, 0]);
        assert!(groups.read(1, None).unwrap().equals_missing(&data.slice(2, 3)));
        let names = groups.read(1, Some(&["name"])).unwrap();
        assert_eq!((names.height(), names.width()), (3, 1));
        let none = groups.read_none(None).unwrap();
        assert_eq!((none.height(), none.schema()), (0, data.schema()));
        assert!(groups.read(0, Some(&["width"])).is_err());
        assert_eq!(groups.read(2, None).unwrap_err().to_string(), "there is no row group 3; it has 2");
        // A vector that is missing stands for one value.
        assert_eq!((0..2).map(|group| groups.values_of(group, "embedding")).collect::<Vec<_>>(), [Some(6), Some(7)]);
        assert_eq!(groups.values_of(0, "width"), None);
    }

    #[test]
    fn what_is_no_parquet_is_refused() {
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(b"name\na\n").unwrap();
        assert!(RowGroups::new(file).is_err());
    }
}
