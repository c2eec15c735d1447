//! Data sets of many Parquet files in a folder, as Spark, Dask, polars and the hubs write them.

use super::super::error::TableError;
use super::super::run;
use std::ffi::OsStr;
use std::path::{Path, PathBuf};

/// So deep may folders lie in each other.
const DEPTH: usize = 16;

/// What Hive writes for a value that there is not.
const NO_VALUE: &str = "__HIVE_DEFAULT_PARTITION__";

/// A column that names of folders are: what `split=train` says of the files in it.
pub(super) type Partition = Vec<(String, Option<String>)>;

/// A Parquet file of a folder.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct FoundFile {
    pub(super) path: PathBuf,
    pub(super) partition: Partition,
}

/// The Parquet files of a folder, sorted by their paths, and how many other files there are.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) files: Vec<FoundFile>,
    pub(super) others: usize,
    /// A run directory in it.
    run: Option<PathBuf>,
}

/// Whether a folder is a data set of Parquet files: it holds some, and neither is nor holds a run directory.
pub(super) fn is_of_tables(folder: &Path) -> bool {
    folder.is_dir() && find(folder).is_ok_and(|found| found.run.is_none() && !found.files.is_empty())
}

/// Finds the Parquet files of a folder.
///
/// # Errors
///
/// What the system says; folders that hold themselves, a folder without Parquet files or with run directories.
pub(super) fn files(folder: &Path) -> Result<Found, TableError> {
    let found = find(folder)?;
    let fault = |what: String| TableError::Format { path: folder.to_path_buf(), line: None, what };
    if let Some(run) = &found.run {
        return Err(fault(format!("it holds a run directory ({}): give the run directories themselves", run.display())));
    }
    if found.files.is_empty() {
        return Err(fault(
            "neither a run directory nor a folder of Parquet files: it has no file that ends in .parquet".to_string(),
        ));
    }
    Ok(found)
}

fn find(folder: &Path) -> Result<Found, TableError> {
    let mut found = Found::default();
    walk(folder, &mut vec![], &mut found, 0)?;
    found.files.sort_by(|a, b| a.path.cmp(&b.path));
    Ok(found)
}

fn walk(folder: &Path, partition: &mut Partition, found: &mut Found, depth: usize) -> Result<(), TableError> {
    let open = |source| TableError::Open { path: folder.to_path_buf(), source };
    if depth > DEPTH {
        let what = format!("folders in folders, more than {DEPTH} deep: a link may lead back to where it lies");
        return Err(TableError::Format { path: folder.to_path_buf(), line: None, what });
    }
    if run::is_run(folder) {
        found.run.get_or_insert_with(|| folder.to_path_buf());
        return Ok(());
    }
    let mut paths: Vec<PathBuf> = vec![];
    for entry in std::fs::read_dir(folder).map_err(open)? {
        paths.push(entry.map_err(open)?.path());
    }
    paths.sort();
    for path in paths {
        let name = path.file_name().map(OsStr::to_string_lossy).unwrap_or_default();
        // Hidden files, and what Spark keeps of its work: `_SUCCESS`, `_metadata`, `_temporary`.
        if name.starts_with(['.', '_']) {
            continue;
        }
        if path.is_dir() {
            let value = value_of(&name);
            let is_value = value.is_some();
            partition.extend(value);
            walk(&path, partition, found, depth + 1)?;
            if is_value {
                partition.pop();
            }
        } else if path.extension().is_some_and(|ending| ending.eq_ignore_ascii_case("parquet")) {
            found.files.push(FoundFile { path, partition: partition.clone() });
        } else {
            found.others += 1;
        }
    }
    Ok(())
}

/// What a folder's name says: `split=train` that `split` is `train`.
fn value_of(name: &str) -> Option<(String, Option<String>)> {
    let (key, value) = name.split_once('=').filter(|(key, _)| !key.is_empty())?;
    Some((decoded(key), Some(decoded(value)).filter(|value| value != NO_VALUE)))
}

/// A text with `%20` as a blank; what is no such code stays as it is.
fn decoded(text: &str) -> String {
    let mut bytes = vec![];
    let mut rest = text.as_bytes();
    while let Some((&first, behind)) = rest.split_first() {
        let digits = behind.get(..2).filter(|_| first == b'%').and_then(|digits| std::str::from_utf8(digits).ok());
        if let Some(byte) = digits.and_then(|digits| u8::from_str_radix(digits, 16).ok()) {
            bytes.push(byte);
            rest = &behind[2..];
        } else {
            bytes.push(first);
            rest = behind;
        }
    }
    String::from_utf8(bytes).unwrap_or_else(|_| text.to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn folder(files: &[&str]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        for file in files {
            let path = folder.path().join(file);
            std::fs::create_dir_all(path.parent().unwrap()).unwrap();
            std::fs::write(path, "").unwrap();
        }
        folder
    }

    #[test]
    fn data_sets_are_told_from_runs_and_other_folders() {
        let data = folder(&["b/part-1.parquet", "a.parquet", "_SUCCESS", ".part-2.parquet", "README.md", "_temporary/x.parquet"]);
        assert!(is_of_tables(data.path()));
        let found = files(data.path()).unwrap();
        let names: Vec<_> = found.files.iter().map(|file| file.path.strip_prefix(data.path()).unwrap().to_path_buf()).collect();
        assert_eq!((names, found.others), (vec![PathBuf::from("a.parquet"), PathBuf::from("b/part-1.parquet")], 1));
        for files in [
            &["images.parquet", "predictions.parquet"][..],
            &["run.json", "a.parquet"],
            &["shard/images.parquet", "shard/predictions.parquet"],
            &["a.csv"],
            &[],
        ] {
            assert!(!is_of_tables(folder(files).path()), "{files:?}");
        }
        assert!(!is_of_tables(&data.path().join("a.parquet")) && !is_of_tables(&data.path().join("nowhere")));
        // Nobody knows what else a folder of images alone is.
        assert!(is_of_tables(folder(&["images.parquet"]).path()));
    }

    #[test]
    fn names_of_folders_are_columns() {
        let data = folder(&[
            "split=train/site=Bois%20noir/x.parquet",
            "split=__HIVE_DEFAULT_PARTITION__/x.parquet",
            "split=a=b/y.parquet",
        ]);
        let partitions: Vec<Partition> = files(data.path()).unwrap().files.into_iter().map(|file| file.partition).collect();
        let value = |key: &str, value: &str| (key.to_string(), Some(value.to_string()));
        assert_eq!(
            partitions,
            [
                vec![("split".to_string(), None)],
                vec![value("split", "a=b")],
                vec![value("split", "train"), value("site", "Bois noir")]
            ]
        );
    }
}
