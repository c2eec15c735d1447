//! Files as they lie on a disk: read with limits, written whole or not at all, told by their bytes.
//!
//! - [`regular_file`] opens files and nothing else: no folder, no pipe that would never end. [`sha256`] says whether a file
//!   is still what it was, and [`output`] writes: whole or not at all, by one process at a time.
//! - [`path_text`] writes paths whose bytes are no text into tables, and finds them again.
//! - [`markup`] lets a name stand in HTML, Markdown and LaTeX as text.
//! - [`archive`] is one thing on a disk that holds files, be it a folder, a zip or a tar.
//! - [`parquet`], [`checkpoint`] and [`numpy`] read tables, tensors and matrices, and believe no length that a file says of
//!   itself.
//!
//! Read them in this order; each stands by itself.
//!
//! ```
//! use nearmiss::files::{output, regular_file};
//!
//! let folder = tempfile::tempdir()?;
//! let file = folder.path().join("names.txt");
//! output::write_whole(&file, b"Puma concolor")?;
//! assert_eq!(regular_file::read(&file)?, b"Puma concolor");
//! // Nothing is left of how it was written, and a folder is no file.
//! assert_eq!(std::fs::read_dir(folder.path())?.count(), 1);
//! assert!(regular_file::read(folder.path()).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod regular_file;
pub mod sha256;
pub mod output;
pub mod path_text;
pub mod markup;
pub mod archive;
pub mod parquet;
pub mod checkpoint;
pub mod numpy;
