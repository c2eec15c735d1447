//! The recipe of a run, followed again.

use super::error::HiddenError;
use nearmiss::runs::directory::record::Identity;

/// A part of the run's recipe.
pub(super) fn recipe<T>(identity: &Identity, part: &'static str, parse: impl Fn(&str) -> Option<T>) -> Result<T, HiddenError> {
    let value = identity.recipe.get(part).cloned().unwrap_or_default();
    parse(&value).ok_or(HiddenError::Recipe { part, value })
}
