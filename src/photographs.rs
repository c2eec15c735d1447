//! Photographs: which there are and what they show, decoded and made into an encoder's input.
//!
//! In this order:
//!
//! - [`licence`]: which licences let a page show a photograph.
//! - [`dataset`]: which photographs there are, in whichever layout, and what they are said to show. The truth is text
//!   here; a taxonomy makes a taxon of it later.
//! - [`photo`]: a photograph decoded, to the pixels that Pillow reads.
//! - [`tiles`]: a photograph cut into parts of one size, each of which is seen by itself.
//! - [`preprocess`]: from pixels to the numbers of an encoder's input, as the recipes of the field have them.
//!
//! ```
//! use nearmiss::photographs::dataset::{Dataset, Layout, ManifestOptions, View};
//! use nearmiss::photographs::photo::{Orientation, Photo};
//!
//! let folder = tempfile::tempdir()?;
//! for photograph in ["train/Apis_mellifera/1.jpg", "train/Bombus_terrestris/2.jpg", "test/Apis_mellifera/3.jpg"] {
//!     let file = folder.path().join(photograph);
//!     std::fs::create_dir_all(file.parent().ok_or("no folder")?)?;
//!     // Not a picture: that is noticed when it is decoded.
//!     std::fs::write(file, "")?;
//! }
//!
//! let dataset = Dataset::open(folder.path(), None, &ManifestOptions::default())?;
//! assert_eq!((dataset.layout, dataset.photographs.len()), (Layout::ClassFolders, 3));
//! let test = dataset.select("test")?;
//! let photograph = &test.photographs[0];
//! assert_eq!(photograph.image, "test/Apis_mellifera/3.jpg");
//! assert_eq!(photograph.truth_text.as_deref(), Some("Apis mellifera"));
//!
//! let error = Photo::of(photograph, Orientation::AsStored, View::Whole).err().ok_or("it was decoded")?;
//! assert_eq!(error.code(), "empty");
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

pub mod licence;
pub mod dataset;
pub mod photo;
pub mod tiles;
pub mod preprocess;
