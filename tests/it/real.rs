//! Data made by others, beside the checkout: tests that need it skip, and say so, where it is absent.

#![expect(clippy::print_stdout, reason = "a test says what it skips and stops where it fails")]

use std::path::PathBuf;

/// A file or folder of the data made by others; prints why a test is skipped where there is none.
pub fn path(relative: &str) -> Option<PathBuf> {
    let beside = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared"));
    let shared = std::env::var_os("NEARMISS_SHARED").map_or(beside, PathBuf::from);
    let path = shared.join("real").join(relative);
    if path.exists() {
        return Some(path);
    }
    println!("skipped: no '{}'", path.display());
    None
}
