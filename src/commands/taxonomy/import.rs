//! `nearmiss taxonomy import`.

use crate::commands::cli::ImportArgs;
use crate::commands::{Console, Ending};
use crate::taxonomy::import::{Import, ImportOptions, summary};
use anyhow::{Context, bail};
use std::path::Path;
use std::time::Instant;

pub(super) fn run(args: &ImportArgs, console: Console) -> anyhow::Result<Ending> {
    let start = Instant::now();
    if args.output.exists() && !args.force {
        bail!("{}: is there already; give --force to replace it, or another name", args.output.display());
    }
    let import = Import::open(&args.source, &options(args)?)?;
    heading(&import, &args.source.display().to_string(), console)?;
    account(&import, console)?;
    for sentence in summary(import.findings()) {
        console.warn(sentence);
    }
    import.write(&args.output)?;
    if let Some(path) = &args.findings {
        import.write_findings(path)?;
    }
    console.say(format!("{}: written after {:.1} s", args.output.display(), start.elapsed().as_secs_f64()))?;
    let left_out = import.accounting().left_out > 0;
    Ok(if left_out { Ending::Skipped } else { Ending::Done })
}

fn options(args: &ImportArgs) -> anyhow::Result<ImportOptions> {
    Ok(ImportOptions {
        encoding: args.encoding.clone(),
        within: args.within.clone(),
        rank: args.rank,
        names: args.names.as_deref().map(lines).transpose()?,
        status: args.status.clone(),
        habitats: args.habitat.clone(),
    })
}

fn lines(path: &Path) -> anyhow::Result<Vec<String>> {
    let text =
        crate::files::regular_file::read_to_string(path).with_context(|| format!("{}: cannot read the names", path.display()))?;
    let names: Vec<String> = text
        .trim_start_matches('\u{feff}')
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .map(str::to_string)
        .collect();
    if names.is_empty() {
        bail!("{}: it holds no name", path.display());
    }
    Ok(names)
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
    let parts = import.accounting();
    let shown = [
        (parts.taxa, "taxa"),
        (parts.synonyms, "synonyms"),
        (parts.repeated, "repeated"),
        (parts.filtered, "inactive or no names of taxa"),
        (parts.left_out, "left out"),
        (parts.pruned, "not asked for"),
    ];
    let sum: Vec<String> = shown.iter().filter(|(count, _)| *count > 0).map(|(count, what)| format!("{count} {what}")).collect();
    let made = if parts.made > 0 { format!(" and {} entries made of lineages", parts.made) } else { String::new() };
    console.say(format!("  {} rows{made} = {}", parts.rows, sum.join(" + ")))?;
    for (rank, count) in import.ranks() {
        console.say(format!("  {:<12} {count:>9}", rank.name()))?;
    }
    Ok(())
}
