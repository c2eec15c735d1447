//! `nearmiss taxonomy resolve`.

use crate::commands::cli::ResolveArgs;
use crate::commands::console::Console;
use crate::commands::ending::Ending;
use crate::numbers::counted::counted;
use crate::numbers::statistics::to_f64;
use crate::taxonomy::resolving::Resolving;
use std::io::Write;

pub(super) fn run(args: &ResolveArgs, console: Console) -> anyhow::Result<Ending> {
    let resolving = Resolving { column: args.column.clone(), ..Resolving::of(args.names.clone(), &args.taxonomy) };
    let resolved = resolving.run()?;
    for note in &resolved.notes {
        console.remark(note);
    }
    match &args.output {
        None => std::io::stdout().write_all(&resolved.csv()?)?,
        Some(path) => resolved.write(path)?,
    }
    let resolution = &resolved.resolution;
    for line in resolution.summary() {
        if args.output.is_some() { console.say(line)? } else { console.remark(line) }
    }
    let (count, seconds) = (resolution.rows.len(), resolved.seconds);
    let rate = to_f64(count as u64) / seconds.max(1e-9);
    console.remark(format!("{} in {seconds:.2} s, {rate:.0} a second", counted(count, "name", "names")));
    if let Some(path) = &args.output {
        console.say(format!("{}: written", path.display()))?;
    }
    Ok(if resolution.is_complete() { Ending::Done } else { Ending::Skipped })
}
