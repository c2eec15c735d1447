//! Real data of others that may lie beside the checkout.

use std::path::PathBuf;

/// A path under `../shared`; `None`, and said so, where it is absent.
pub fn shared(path: &str) -> Option<PathBuf> {
    let root = std::env::var_os("NEARMISS_SHARED")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../shared")), PathBuf::from);
    let full = root.join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: {path} is not beside the checkout");
    None
}
