//! `nearmiss compare`.

use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::input::table_options;
use super::metrics;
use super::output::{language, overwrite};
use super::photographs::Shown;
use crate::commands::cli::{CompareArgs, PairsChoice};
use crate::numbers::counted::counted;
use crate::report::comparison::{Compared, shown, verdict, write};
use crate::report::csv_safe;
use crate::report::folder::keep_inputs;
use crate::scores::compare::latex::Preamble;
use crate::scores::compare::runs::{ComparedRuns, Comparing, Images};
use crate::scores::compare::{PairsOf, text};
use crate::scores::metric;
use crate::scores::outcome::Unreachable;
use crate::spaces::retrieval::file::is_judgements;
use anyhow::{Context, bail};

/// Compares runs image by image.
///
/// # Errors
///
/// Whatever cannot be read, paired or written.
pub fn run(args: &CompareArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::compare::all(), console);
    }
    if args.runs.first().is_some_and(|first| is_judgements(first)) {
        return super::retrieve::compare(args, console);
    }
    if !args.measures.is_empty() {
        bail!("--measures: these are measures of retrieval, and '{}' holds no judgements", args.runs[0].display());
    }
    let compared = comparing(args)?.run()?;
    let command = command_line().join(" ");
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.runs, "comparison", console));
    let preamble = if args.ranx_table { Preamble::Ranx } else { Preamble::Commented };
    let shown = Shown::of(&args.runs[0], args.photographs.as_deref(), args.thumbnails, console)?;
    let (photographs, language) = (shown.photographs(), language(args.language));
    let page = Compared { preamble, photographs, language, ..Compared::of(&compared, &command) };
    let files = write(&output, &page, overwrite(args.force))?;
    keep_inputs(&output, &args.runs)?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    if args.json {
        notes(&compared, console);
        let path = output.join("compare.json");
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    } else {
        say(&compared, console)?;
    }
    console.remark(format!("comparison: {} ({})", output.display(), counted(files.len(), "file", "files")));
    Ok(Ending::Done)
}

/// Says what came out.
///
/// # Errors
///
/// What the system says of stdout.
pub fn say(compared: &ComparedRuns, console: Console) -> std::io::Result<()> {
    notes(compared, console);
    let comparison = &compared.comparison;
    console.say(text::table(&shown(comparison)))?;
    let left = comparison.metrics.len() - shown(comparison).metrics.len();
    if left > 0 {
        console.say(format!("table.txt has {}", counted(left, "more metric", "more metrics")))?;
    }
    console.say(verdict(comparison))
}

fn notes(compared: &ComparedRuns, console: Console) {
    for warning in &compared.warnings {
        console.warn(warning);
    }
    for note in &compared.notes {
        console.remark(format!("  note: {note}"));
    }
}

fn comparing(args: &CompareArgs) -> anyhow::Result<Comparing> {
    Ok(Comparing {
        taxonomy: args.taxonomy.clone().map(Into::into),
        table: table_options(&args.table, &[])?,
        images: if args.intersect { Images::Common } else { Images::Same },
        unreachable: if args.count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut },
        pairs: args.pairs.map(|pairs| match pairs {
            PairsChoice::All => PairsOf::All,
            PairsChoice::First => PairsOf::First,
        }),
        alpha: args.alpha,
        draws: args.draws as usize,
        seed: args.seed,
        ..Comparing::of(args.runs.clone())
    })
}
