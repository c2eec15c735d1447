//! Why photographs could not be found.

use std::collections::BTreeMap;
use std::path::PathBuf;

/// Why photographs could not be found.
#[derive(Debug, thiserror::Error)]
pub enum DatasetError {
    /// An argument names nothing.
    #[error("no such file or folder: '{0}'; check the path")]
    Missing(PathBuf),
    /// The system does not let a file or folder be read.
    #[error("cannot read '{path}': {source}")]
    Unreadable {
        /// The file or folder.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// Nothing there is a photograph.
    #[error(
        "no photograph in {}{}; photographs end in .jpg, .jpeg, .png, .webp, .bmp, .tif, .tiff or .gif",
        quoted(paths),
        passed(passed_over)
    )]
    NoPhotographs {
        /// Where was looked.
        paths: Vec<PathBuf>,
        /// What was there instead.
        passed_over: BTreeMap<String, usize>,
    },
    /// A table was given where photographs are expected.
    #[error("'{0}' is a table and not a photograph; give it with --manifest")]
    Table(PathBuf),
    /// The text is not UTF-8.
    #[error("{path}:{line}: not UTF-8 text; convert the file to UTF-8")]
    Encoding {
        /// The file.
        path: PathBuf,
        /// The line of the first bad byte.
        line: usize,
    },
    /// No column of a manifest holds paths.
    #[error(
        "{path}: no image column ('image', 'path', 'file_name', 'filepath', ...); found: {}. Name it with --column COLUMN=image",
        listed(found)
    )]
    NoImageColumn {
        /// The manifest.
        path: PathBuf,
        /// Its header.
        found: Vec<String>,
    },
    /// A column that was named is not in the manifest.
    #[error("{path}: no column '{column}'; found: {}", listed(found))]
    NoColumn {
        /// The manifest.
        path: PathBuf,
        /// The one that was named.
        column: String,
        /// Its header.
        found: Vec<String>,
    },
    /// A row of a manifest cannot be read.
    #[error("{path}:{line}: {what}")]
    Row {
        /// The manifest.
        path: PathBuf,
        /// The line.
        line: u64,
        /// What is wrong.
        what: String,
    },
    /// Photographs that a manifest lists several times.
    #[error("{path}: {} listed more than once; keep one row of each:\n{}", photographs(duplicates.len()), repeated(duplicates))]
    Duplicates {
        /// The manifest.
        path: PathBuf,
        /// Images with their lines.
        duplicates: Vec<(String, Vec<u64>)>,
    },
    /// The files of a layout do not fit together.
    #[error("{path}: {what}")]
    Layout {
        /// The file or folder.
        path: PathBuf,
        /// What is wrong, and the remedy.
        what: String,
    },
    /// No photograph is of the split.
    #[error("no photograph is of split '{split}'; there are: {}", counted(found))]
    Split {
        /// The one asked for.
        split: String,
        /// Those there are, with counts.
        found: BTreeMap<String, usize>,
    },
}

fn quoted(paths: &[PathBuf]) -> String {
    paths.iter().map(|path| format!("'{}'", path.display())).collect::<Vec<_>>().join(", ")
}

fn listed(names: &[String]) -> String {
    names.iter().map(|name| format!("'{name}'")).collect::<Vec<_>>().join(", ")
}

fn counted(counts: &BTreeMap<String, usize>) -> String {
    counts.iter().map(|(name, count)| format!("{name} ({count})")).collect::<Vec<_>>().join(", ")
}

fn passed(counts: &BTreeMap<String, usize>) -> String {
    if counts.is_empty() { String::new() } else { format!("; passed over: {}", counted(counts)) }
}

fn photographs(count: usize) -> String {
    if count == 1 { "one photograph is".to_string() } else { format!("{count} photographs are") }
}

fn repeated(duplicates: &[(String, Vec<u64>)]) -> String {
    let line = |(image, lines): &(String, Vec<u64>)| {
        let lines: Vec<String> = lines.iter().map(u64::to_string).collect();
        format!("  '{image}' in lines {}", lines.join(", "))
    };
    duplicates.iter().map(line).collect::<Vec<_>>().join("\n")
}
