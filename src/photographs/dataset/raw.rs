//! Raw files of cameras.

use std::ffi::OsStr;
use std::path::Path;

/// Their endings. Most are TIFF files whose first picture is a thumbnail.
const RAW: [&str; 23] = [
    "dng", "cr2", "cr3", "crw", "nef", "nrw", "arw", "srf", "sr2", "orf", "rw2", "raf", "pef", "srw", "x3f", "3fr", "iiq", "rwl",
    "mrw", "kdc", "dcr", "erf", "mef",
];

/// Whether a file is called as the raw files of cameras are: what could be read of it as an image is a thumbnail at most.
#[must_use]
pub fn is_raw(path: &Path) -> bool {
    path.extension().and_then(OsStr::to_str).is_some_and(|ending| RAW.contains(&&*ending.to_lowercase()))
}
