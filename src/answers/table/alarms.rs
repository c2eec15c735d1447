//! What would mislead if it were only noted: most names are unknown.

use super::error::TableError;
use super::tables::Tables;
use crate::answers::understood::{Known, Understood};
use std::path::Path;

/// So many unknown answers and no known one are no chance.
const MANY: u64 = 5;

/// Adds warnings to tables of which most names are unknown.
///
/// # Errors
///
/// As [`warnings`].
pub(super) fn raised<'a>(mut tables: Tables<'a>, path: &Path) -> Result<Tables<'a>, TableError> {
    tables.warnings.extend(warnings(&tables.understood, path)?);
    Ok(tables)
}

/// What is said of tables of which most names are unknown.
///
/// # Errors
///
/// Tables of which no answer of any run is a taxon: their scores would say nothing of the classifier.
pub(super) fn warnings(understood: &Understood, path: &Path) -> Result<Vec<String>, TableError> {
    let Understood { truths, answers, .. } = understood;
    let answered: Vec<&Known> = answers.iter().map(|run| &run.known).filter(|known| known.named > 0).collect();
    // A few answers may all be unknown where the truths are known; more of them, or truths as unknown, are another taxonomy.
    let by_chance = !truths.is_none() && answered.iter().map(|known| known.named).sum::<u64>() < MANY;
    if let Some(first) = answered.first().filter(|_| !by_chance)
        && answered.iter().all(|known| known.is_none())
    {
        let (path, count) = (path.to_path_buf(), first.named);
        return Err(TableError::NothingKnown { path, count, examples: first.quoted() });
    }
    let mut warnings = vec![];
    if truths.is_less_than_half() {
        warnings.push(told("truths", truths, "the scores are of the others alone"));
    }
    for run in answers.iter().filter(|run| run.known.is_less_than_half()) {
        let of = if answers.len() > 1 { format!(" of '{}'", run.run) } else { String::new() };
        warnings.push(told(&format!("answers{of}"), &run.known, "each counts as wrong at every rank"));
    }
    Ok(warnings)
}

fn told(what: &str, known: &Known, fate: &str) -> String {
    format!(
        "{} of {} {what} are no taxon of the taxonomy ({}): {fate}; give a taxonomy that has them, or see with --explain what was read",
        known.unknown,
        known.named,
        known.quoted()
    )
}
