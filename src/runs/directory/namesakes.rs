//! A photograph that is in two runs, found without holding the names of all.

use super::lines::Lines;
use super::rows::Rows;
use super::{RunError, TableFormat};
use rayon::prelude::*;
use std::collections::HashSet;
use std::hash::{DefaultHasher, Hasher};
use std::path::{Path, PathBuf};

/// Fingerprints held at once: 256 MiB of them.
const HELD: usize = 1 << 25;

/// Names that are compared at once because their fingerprints agree.
const COMPARED: usize = 1 << 16;

/// Hands over the names of the photographs in a table of images, one after the other.
fn each_name(table: &Path, format: TableFormat, mut work: impl FnMut(&str)) -> Result<(), RunError> {
    if format == TableFormat::Csv {
        return Lines::of(table)?.each_image(|name| {
            work(name);
            Ok(())
        });
    }
    let mut rows = Rows::of(table, Some(&["image"]))?;
    loop {
        let taken = rows.take(usize::MAX)?;
        if taken.height() == 0 {
            return Ok(());
        }
        let names = taken.column("image").and_then(|names| names.str()).map_err(RunError::table(table))?;
        names.iter().for_each(|name| work(name.unwrap_or_default()));
    }
}

/// The first name of a photograph that stands in the tables for the second time, and in which table: of those that are
/// compared first where there are very many.
///
/// Of every name a fingerprint of 64 bits (SipHash) is held and not the name: 8 bytes for each of the `photographs`, and
/// 256 MiB at most, for which the names of more than 33 million are read several times. Fingerprints that agree are counted
/// for nothing by themselves (among 214 million names 0.1 % of data sets have two that do): their names are compared, which
/// takes another reading, and only where there are any.
///
/// # Errors
///
/// [`RunError`] where a table cannot be read.
pub(super) fn twice(tables: &[PathBuf], format: TableFormat, photographs: usize) -> Result<Option<(usize, String)>, RunError> {
    let fingerprint = |name: &str| {
        let mut hasher = DefaultHasher::new();
        hasher.write(name.as_bytes());
        hasher.finish()
    };
    let search = Search { tables, format, fingerprint: &fingerprint };
    search.twice(photographs.div_ceil(HELD).max(1) as u64)
}

/// Tables of images, and what stands for a name.
struct Search<'a> {
    tables: &'a [PathBuf],
    format: TableFormat,
    fingerprint: &'a dyn Fn(&str) -> u64,
}

impl Search<'_> {
    /// In so many readings, each of a share of the fingerprints.
    fn twice(&self, readings: u64) -> Result<Option<(usize, String)>, RunError> {
        for reading in 0..readings {
            let mut held = vec![];
            for table in self.tables {
                each_name(table, self.format, |name| {
                    let print = (self.fingerprint)(name);
                    if print % readings == reading {
                        held.push(print);
                    }
                })?;
            }
            held.par_sort_unstable();
            let mut suspects: Vec<u64> = held.windows(2).filter(|pair| pair[0] == pair[1]).map(|pair| pair[0]).collect();
            drop(held);
            suspects.dedup();
            for some in suspects.chunks(COMPARED) {
                if let Some(found) = self.compared(some)? {
                    return Ok(Some(found));
                }
            }
        }
        Ok(None)
    }

    /// The first name that stands twice among those of some fingerprints, which are in order.
    fn compared(&self, suspects: &[u64]) -> Result<Option<(usize, String)>, RunError> {
        let mut names: HashSet<String> = HashSet::new();
        let mut found = None;
        for (place, table) in self.tables.iter().enumerate() {
            each_name(table, self.format, |name| {
                let is_suspect = found.is_none() && suspects.binary_search(&(self.fingerprint)(name)).is_ok();
                if is_suspect && !names.insert(name.to_string()) {
                    found = Some((place, name.to_string()));
                }
            })?;
            if found.is_some() {
                break;
            }
        }
        Ok(found)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn tables(folder: &Path, names: &[&[&str]]) -> Vec<PathBuf> {
        let table = |(place, names): (usize, &&[&str])| {
            let path = folder.join(format!("{place}.csv"));
            let lines: Vec<String> = names.iter().map(|name| format!("{name},ok\n")).collect();
            std::fs::write(&path, format!("image,status\n{}", lines.concat())).unwrap();
            path
        };
        names.iter().enumerate().map(table).collect()
    }

    #[test]
    fn names_are_compared_where_their_fingerprints_agree() {
        let folder = tempfile::tempdir().unwrap();
        let different = tables(folder.path(), &[&["a", "bb", "cc"], &["d", "ee", "\"f,f\""]]);
        // Fingerprints by length: most agree, and no name stands twice.
        let by_length = |name: &str| name.len() as u64;
        for readings in 1..4 {
            let search = Search { tables: &different, format: TableFormat::Csv, fingerprint: &by_length };
            assert_eq!(search.twice(readings).unwrap(), None, "{readings}");
        }
        assert_eq!(twice(&different, TableFormat::Csv, 6).unwrap(), None);
        let same = tables(folder.path(), &[&["a", "bb", "cc"], &["d", "cc", "bb"]]);
        let found = Some((1, "cc".to_string()));
        for readings in 1..4 {
            let search = Search { tables: &same, format: TableFormat::Csv, fingerprint: &by_length };
            assert_eq!(search.twice(readings).unwrap(), found, "{readings}");
        }
        assert_eq!(twice(&same, TableFormat::Csv, 6).unwrap(), found);
        // Within one run, too.
        let within = tables(folder.path(), &[&["a"], &["b", "c", "c"]]);
        assert_eq!(twice(&within, TableFormat::Csv, 4).unwrap(), Some((1, "c".to_string())));
    }
}
