//! Finding photographs, and what they are said to show.
//!
//! From folders, files and lists ([`Dataset::from_paths`]) or a table with a row per photograph
//! ([`Dataset::from_manifest`]). The truth stays text here; a taxonomy resolves it later.
//!
//! The files in their order: a photograph, and where its bytes lie; what the names of splits and class folders say; the data
//! set itself; tables, manifests and folders; the layouts of published data sets, one a file; and last how any of them is
//! told from its files and opened ([`Dataset::open`]).

mod error;
mod region;
mod inside;
mod photograph;
mod stamp;
mod split;
mod class_folder;
mod raw;
mod layout;
mod collection;
mod leaks;
mod truths;
mod table;
mod disk_path;
mod columns;
mod manifest;
mod walk;
mod plantnet;
mod plantclef;
mod coco;
mod birds;
mod spipoll;
mod bioscan;
mod infraspecific;
mod packed;
mod recognition;
mod dataverse;
mod opening;

pub use class_folder::truth_of_folder;
pub use collection::{ClassTaxon, Dataset};
pub use columns::Column;
pub use error::DatasetError;
pub use inside::Inside;
pub use layout::Layout;
pub use leaks::{Leak, Leaks};
pub use manifest::ManifestOptions;
pub use photograph::Photograph;
pub use raw::is_raw;
pub use region::{Region, View};
pub use truths::Truths;
