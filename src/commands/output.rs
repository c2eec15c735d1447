//! Where `report`, `compare`, `latent` and `retrieve` may write.

use crate::report::Overwrite;

/// What may be written over with or without `--force`.
pub(super) fn overwrite(force: bool) -> Overwrite {
    if force { Overwrite::Anything } else { Overwrite::OwnReport }
}
