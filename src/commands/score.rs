//! `nearmiss score`.

use super::console::Console;
use super::ending::Ending;
use super::input::table_options;
use crate::answers::table::TableSource;
use crate::commands::cli::ScoreArgs;
use crate::numbers::counted::counted;
use crate::report::scoring::Scoring;
use crate::report::states::is_state;
use crate::scores::outcome::Unreachable;
use crate::scores::state::{Distributions, RunState};

/// Counts tables of predictions into a state, which `nearmiss report` adds to others.
///
/// # Errors
///
/// Whatever cannot be read, counted or written.
pub fn run(args: &ScoreArgs, console: Console) -> anyhow::Result<Ending> {
    let output = &args.output;
    anyhow::ensure!(
        args.force || !output.exists() || is_state(output),
        "{}: there is a file that is no state; name another one with -o, or --force",
        output.display()
    );
    let tables: Vec<TableSource> = args.predictions.iter().map(TableSource::from).collect();
    let scoring = Scoring {
        taxonomy: args.taxonomy.clone().map(Into::into),
        table: table_options(&args.table, &args.group_column)?,
        back_off: args.back_off,
        unreachable: if args.count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut },
        ..Scoring::of(&args.predictions[0])
    };
    let (state, _) = scoring.count(&tables)?;
    state.header.notes.iter().for_each(|note| console.remark(format!("note: {note}")));
    state.header.warnings.iter().for_each(|warning| console.warn(warning));
    let images = counted(state.images(), "image", "images");
    let said = said(&state.runs);
    let takes_options =
        |run: &RunState| matches!(run, RunState::Kept(kept) if matches!(kept.distributions, Distributions::Given(_)));
    anyhow::ensure!(
        (args.back_off.is_none() && !args.count_unreachable) || state.runs.iter().any(takes_options),
        "--back-off and --count-unreachable are for runs with vectors or logits, and there is none: give them to `nearmiss report`"
    );
    state.write(output)?;
    console.say(format!("{images} {said} in {}", output.display()))?;
    console.say(format!("next: nearmiss report {} and the states of the other parts", output.display()))?;
    Ok(Ending::Done)
}

/// How images are in a state.
fn said(runs: &[RunState]) -> String {
    let kinds = runs.iter().map(|run| match run {
        RunState::Counted(counted) => Some(counted.kinds.len()),
        RunState::Kept(_) => None,
    });
    match kinds.sum::<Option<usize>>() {
        Some(kinds) => format!("counted as {}", counted(kinds, "kind", "kinds")),
        None => "kept one by one".to_string(),
    }
}
