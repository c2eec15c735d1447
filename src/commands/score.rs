//! `nearmiss score`.

use super::console::Console;
use super::ending::Ending;
use super::input::table_options;
use super::output::overwrite;
use crate::answers::table::TableSource;
use crate::commands::cli::ScoreArgs;
use crate::numbers::counted::counted;
use crate::report::scoring::Scoring;
use crate::report::states::check_output;
use crate::scores::outcome::Unreachable;
use crate::scores::state::RunState;

/// Counts tables of predictions into a state, which `nearmiss report` adds to others.
///
/// # Errors
///
/// Whatever cannot be read, counted or written.
pub fn run(args: &ScoreArgs, console: Console) -> anyhow::Result<Ending> {
    let output = &args.output;
    check_output(output, overwrite(args.force))?;
    let tables: Vec<TableSource> = args.predictions.iter().map(TableSource::from).collect();
    let scoring = Scoring {
        taxonomy: args.taxonomy.clone().map(Into::into),
        table: table_options(&args.table, &args.group_column)?,
        back_off: args.back_off,
        unreachable: if args.count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut },
        ..Scoring::of(&args.predictions[0])
    };
    let state = scoring.part(&tables)?;
    state.header.notes.iter().for_each(|note| console.remark(format!("note: {note}")));
    state.header.warnings.iter().for_each(|warning| console.warn(warning));
    let images = counted(state.images(), "image", "images");
    let said = said(&state.runs);
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
