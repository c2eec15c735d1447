//! `nearmiss merge`.

use super::command_line::command_line;
use super::console::Console;
use super::ending::Ending;
use crate::commands::cli::MergeArgs;
use crate::numbers::counted::counted;
use crate::runs::directory::existing::Existing;
use crate::runs::directory::merge::merge;

/// Joins run directories: the shards of a run, or runs made the same way over different photographs.
///
/// # Errors
///
/// Runs that were not made the same way, shards that are missing, an output folder that is in use.
pub fn run(args: &MergeArgs, console: Console) -> anyhow::Result<Ending> {
    let existing = if args.force { Existing::Replaced } else { Existing::Continued };
    let merged = merge(&args.runs, &args.output, existing, command_line())?;
    let identity = &merged.record.identity;
    console.say(format!(
        "{} of {} in {}",
        counted(identity.images, "photograph", "photographs"),
        counted(merged.runs, "run", "runs"),
        args.output.display()
    ))?;
    for (code, count) in merged.record.counts.iter().filter(|(code, _)| *code != "ok") {
        console.warn(format!("{}: {code} (see the column 'error' of images)", counted(*count, "photograph", "photographs")));
    }
    // Runs of a model that names no taxon hold vectors alone.
    let next = if identity.has_answers() { "report" } else { "latent" };
    console.say(format!("next: nearmiss {next} {}", args.output.display()))?;
    Ok(Ending::Done)
}
