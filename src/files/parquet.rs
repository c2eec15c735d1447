//! Parquet files that may be damaged: polars reads them, and on some of them it panics.
//!
//! What its decoder takes for granted is caught here and becomes an error like any other; nothing but this module
//! asks polars to read Parquet. Other programs read what [`writer`] writes.

mod thrift;
mod layout;
mod writing;
pub mod row_groups;

pub use writing::writer;

use layout::Fault;
use polars::io::mmap::MmapBytesReader;
use polars::io::parquet::metadata::FileMetadataRef;
use polars::prelude::*;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicUsize, Ordering};

/// How many readers are at work.
static READING: AtomicUsize = AtomicUsize::new(0);

/// A Parquet file.
pub struct Parquet<R: MmapBytesReader> {
    reader: ParquetReader<R>,
    length: u64,
}

/// What is known of a file that was looked at: it is read part by part without being looked at again.
#[derive(Debug, Clone)]
pub struct Looked {
    length: u64,
    metadata: FileMetadataRef,
}

impl Looked {
    /// Rows of each group of rows, in the order of the file.
    #[must_use]
    pub fn group_rows(&self) -> Vec<usize> {
        self.metadata.row_groups.iter().map(polars_parquet::read::RowGroupMetadata::num_rows).collect()
    }
}

impl<R: MmapBytesReader> Parquet<R> {
    /// Takes a file, and holds what it announces of its columns and pages against the bytes it has.
    ///
    /// # Errors
    ///
    /// What the system says; a file that is none or announces more rows, values, bytes or depth than a file of its
    /// length holds.
    pub fn new(mut file: R) -> PolarsResult<Self> {
        // What a file announces is reserved before it is read, and a failed reservation ends the program.
        let length = layout::check(&mut file).map_err(|fault| match fault {
            Fault::System(error) => PolarsError::from(error),
            damage => polars_err!(ComputeError: "{damage}"),
        })?;
        Ok(Self { reader: ParquetReader::new(file), length })
    }

    /// The same file again, or as it is opened once more, of which all is known.
    pub fn again(file: R, looked: &Looked) -> Self {
        let mut reader = ParquetReader::new(file);
        reader.set_metadata(looked.metadata.clone());
        Self { reader, length: looked.length }
    }

    /// What is known of it.
    ///
    /// # Errors
    ///
    /// As [`Parquet::schema`].
    pub fn looked(&mut self) -> PolarsResult<Looked> {
        let metadata = guarded(|| self.reader.get_metadata().cloned())?;
        Ok(Looked { length: self.length, metadata })
    }

    /// Its length in bytes.
    #[must_use]
    pub fn length(&self) -> u64 {
        self.length
    }

    /// Names and types of the columns.
    ///
    /// # Errors
    ///
    /// Whatever polars refuses, and a file that is damaged.
    pub fn schema(&mut self) -> PolarsResult<Arc<ArrowSchema>> {
        guarded(|| self.reader.schema())
    }

    /// How many rows there are.
    ///
    /// # Errors
    ///
    /// As [`Parquet::schema`].
    pub fn rows(&mut self) -> PolarsResult<usize> {
        guarded(|| self.reader.get_metadata().map(|metadata| metadata.num_rows))
    }

    /// The values that the file keeps under a key, beside its columns; none where it cannot be read.
    pub fn values_of(&mut self, key: &str) -> Vec<String> {
        let metadata = guarded(|| self.reader.get_metadata().cloned());
        let pairs = metadata.iter().flat_map(|metadata| metadata.key_value_metadata().iter().flatten());
        pairs.filter(|pair| pair.key == key).filter_map(|pair| pair.value.clone()).collect()
    }

    /// Reads all columns or some, and all rows or some (offset, count).
    ///
    /// # Errors
    ///
    /// As [`Parquet::rows`]; a column that the file does not have.
    pub fn read(self, columns: Option<&[&str]>, rows: Option<(usize, usize)>) -> PolarsResult<DataFrame> {
        let columns = columns.map(|columns| columns.iter().map(ToString::to_string).collect());
        guarded(|| self.reader.with_columns(columns).with_slice(rows).finish())
    }
}

/// Does something with the decoder; a panic of it is an error.
fn guarded<T>(work: impl FnOnce() -> PolarsResult<T>) -> PolarsResult<T> {
    READING.fetch_add(1, Ordering::Relaxed);
    let result = catch_unwind(AssertUnwindSafe(work));
    READING.fetch_sub(1, Ordering::Relaxed);
    result.unwrap_or_else(|_| polars_bail!(ComputeError: "its parts contradict each other: it is damaged, make it again"))
}

/// Keeps the panics of decoders, which are made into errors (by [`Parquet`], and where workbooks are read), from being printed;
/// for programs, once at the start.
pub fn silence_decoder() {
    let print = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        let is_in = |library: &str| panic.location().is_some_and(|place| place.file().contains(library));
        let is_caught = is_in("calamine") || (READING.load(Ordering::Relaxed) > 0 && is_in("polars"));
        if !is_caught {
            print(panic);
        }
    }));
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use std::io::Cursor;

    fn file() -> Vec<u8> {
        let mut data = df!("name" => ["Parus major", "Pica pica", ""], "length" => [1.5, 2.5, 0.0]).unwrap();
        let mut bytes = vec![];
        ParquetWriter::new(&mut bytes).finish(&mut data).unwrap();
        bytes
    }

    fn read(bytes: Vec<u8>) -> PolarsResult<DataFrame> {
        Parquet::new(Cursor::new(bytes))?.read(None, None)
    }

    #[test]
    fn some_columns_and_rows_are_read() {
        let all = read(file()).unwrap();
        assert_eq!((all.height(), all.width()), (3, 2));
        let some = Parquet::new(Cursor::new(file())).unwrap().read(Some(&["length"]), Some((1, 1))).unwrap();
        assert_eq!((some.height(), some.width()), (1, 1));
        assert!(Parquet::new(Cursor::new(file())).unwrap().read(Some(&["width"]), None).is_err());
        assert!(Parquet::new(Cursor::new(file())).unwrap().values_of("huggingface").is_empty());
    }

    #[test]
    fn a_file_that_was_looked_at_is_read_part_by_part() {
        let mut data = df!("n" => [1, 2, 3, 4, 5]).unwrap();
        let mut bytes = vec![];
        ParquetWriter::new(&mut bytes).with_row_group_size(Some(2)).finish(&mut data).unwrap();
        let looked = Parquet::new(Cursor::new(&bytes)).unwrap().looked().unwrap();
        // polars writes no group that is shorter than the others.
        assert_eq!(looked.group_rows(), [2, 3]);
        let part = |rows| Parquet::again(Cursor::new(&bytes), &looked).read(None, Some(rows)).unwrap();
        assert_eq!((part((1, 3)), part((4, 9))), (data.slice(1, 3), data.slice(4, 1)));
    }

    #[test]
    fn no_damage_to_any_byte_panics() {
        let whole = file();
        assert!((0..whole.len()).all(|length| read(whole[..length].to_vec()).is_err()));
        let mut refused = 0;
        for place in 0..whole.len() {
            for value in [0, 0xff, whole[place] ^ 1, whole[place] ^ 0x40] {
                let mut damaged = whole.clone();
                damaged[place] = value;
                refused += usize::from(read(damaged).is_err());
            }
        }
        assert!(refused > whole.len() / 4, "{refused} of {} files are refused", 4 * whole.len());
    }
}
