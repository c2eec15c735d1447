//! Where a run lies until it is finished.

/// The folder in the run directory.
pub(super) const FOLDER: &str = ".unfinished";
/// The file in it that says whose parts lie there.
pub(super) const IDENTITY: &str = "identity.json";
