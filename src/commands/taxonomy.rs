//! `nearmiss taxonomy`.

mod import;
mod check;
pub mod resolve;
mod show;

use super::console::Console;
use super::ending::Ending;
use crate::commands::cli::TaxonomyCommand;

/// Runs `taxonomy check`, `import`, `resolve` or `show`.
///
/// # Errors
///
/// An unreadable or faulty taxonomy, an unknown taxon, unreadable names.
pub fn run(command: &TaxonomyCommand, console: Console) -> anyhow::Result<Ending> {
    match command {
        TaxonomyCommand::Check { taxonomy, fix, encoding } => check::run(taxonomy, fix.as_deref(), encoding.clone(), console),
        TaxonomyCommand::Import(args) => import::run(args, console),
        TaxonomyCommand::Resolve(args) => resolve::run(args, console),
        TaxonomyCommand::Show { taxon, taxonomy } => show::run(taxon, taxonomy.as_deref(), console),
    }
}
