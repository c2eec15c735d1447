//! `nearmiss taxonomy import`.

use crate::commands::cli::ImportArgs;
use crate::commands::console::Console;
use crate::commands::ending::Ending;
use crate::taxonomy::import::{Import, ImportOptions, summary};
use crate::taxonomy::importing::{Importing, Overwrite};
use std::time::Instant;

pub(super) fn run(args: &ImportArgs, console: Console) -> anyhow::Result<Ending> {
    let start = Instant::now();
    let importing = importing(args);
    let import = importing.run()?;
    heading(&import, &args.source.display().to_string(), console)?;
    account(&import, console)?;
    for sentence in summary(import.findings()) {
        console.warn(sentence);
    }
    importing.write(&import)?;
    console.say(format!("{}: written after {:.1} s", args.output.display(), start.elapsed().as_secs_f64()))?;
    let left_out = import.accounting().left_out > 0;
    Ok(if left_out { Ending::Skipped } else { Ending::Done })
}

fn importing(args: &ImportArgs) -> Importing {
    Importing {
        options: ImportOptions {
            encoding: args.encoding.clone(),
            within: args.within.clone(),
            rank: args.rank,
            names: None,
            status: args.status.clone(),
            habitats: args.habitat.clone(),
        },
        names: args.names.clone(),
        overwrite: if args.force { Overwrite::Table } else { Overwrite::Nothing },
        findings: args.findings.clone(),
        ..Importing::of(&args.source, &args.output)
    }
}

/// What the source is and which of its files were read.
pub(super) fn heading(import: &Import, source: &str, console: Console) -> std::io::Result<()> {
    let files = if import.files.len() > 1 { format!(" ({})", import.files.join(", ")) } else { String::new() };
    console.say(format!("{source}: {}{files}", import.format.name()))?;
    import.notes.iter().for_each(|note| console.remark(format!("  {note}")));
    Ok(())
}

/// How many rows became what, and the ranks.
pub(super) fn account(import: &Import, console: Console) -> std::io::Result<()> {
    console.say(format!("  {}", import.accounting().line()))?;
    for (rank, count) in import.ranks() {
        console.say(format!("  {:<12} {count:>9}", rank.name()))?;
    }
    Ok(())
}
