//! Paths as lists spell them and as a disk does.

use std::path::Path;
use unicode_normalization::UnicodeNormalization;

/// The path as the disk spells it: as listed, composed, decomposed, or with `/` for `\`; as listed where none is there.
pub(super) fn on_disk(listed: &str, root: &Path) -> String {
    let listed = listed.strip_prefix("./").unwrap_or(listed);
    let forward = listed.replace('\\', "/");
    let spellings = [
        listed.to_string(),
        listed.nfc().collect(),
        listed.nfd().collect(),
        forward.nfc().collect(),
        forward.nfd().collect(),
        forward,
    ];
    spellings.into_iter().find(|spelling| root.join(spelling).is_file()).unwrap_or_else(|| listed.to_string())
}
