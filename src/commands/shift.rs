//! `nearmiss shift`.

use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::input::table_options;
use super::metrics;
use super::output::{language, overwrite};
use crate::answers::table::TableSource;
use crate::commands::cli::{ShiftArgs, StandardChoice};
use crate::numbers::counted::counted;
use crate::numbers::standardisation::Standard;
use crate::report::csv_safe;
use crate::report::folder::keep_inputs;
use crate::report::shift::{ShiftPage, text, verdict, write};
use crate::report::shifting::{Shifted, Shifting};
use crate::scores::metric;
use crate::scores::outcome::Unreachable;
use crate::scores::shift::ShiftOptions;
use anyhow::{Context, bail};

/// Holds two sets of images against each other, unpaired.
///
/// # Errors
///
/// Whatever cannot be read, told apart or written.
pub fn run(args: &ShiftArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::shift::all(), console);
    }
    let shifted = shifting(args)?.run()?;
    let command = command_line().join(" ");
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.sets, "shift", console));
    let page = ShiftPage { language: language(args.language), ..ShiftPage::of(&shifted, &command) };
    let files = write(&output, &page, overwrite(args.force))?;
    keep_inputs(&output, &args.sets)?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    remarks(&shifted, console);
    if args.json {
        let path = output.join("shift.json");
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    } else {
        console.say(text(&shifted.shift).trim_end())?;
        console.say(verdict(&shifted.shift))?;
    }
    console.remark(format!("shift: {} ({})", output.display(), counted(files.len(), "file", "files")));
    Ok(Ending::Done)
}

fn remarks(shifted: &Shifted, console: Console) {
    for warning in &shifted.warnings {
        console.warn(warning);
    }
    for note in &shifted.notes {
        console.remark(format!("  note: {note}"));
    }
}

fn shifting(args: &ShiftArgs) -> anyhow::Result<Shifting> {
    let [first, others @ ..] = &args.sets[..] else { bail!("name the sets to hold against each other") };
    let between = match args.between.as_deref() {
        Some([one, other]) => Some([one.clone(), other.clone()]),
        _ => None,
    };
    let groups: Vec<String> = args.group_column.iter().cloned().collect();
    Ok(Shifting {
        second: others.first().map(TableSource::from),
        between,
        taxonomy: args.taxonomy.clone().map(Into::into),
        table: table_options(&args.table, &groups)?,
        options: ShiftOptions {
            standard: match args.standard {
                StandardChoice::First => Standard::First,
                StandardChoice::Second => Standard::Second,
                StandardChoice::Both => Standard::Both,
            },
            rank: args.rank,
            unreachable: if args.count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut },
            draws: args.draws as usize,
            seed: args.seed,
        },
        ..Shifting::of(first)
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::commands::cli::{Cli, Command};
    use crate::taxonomy::rank::Rank;
    use clap::Parser;

    fn args(line: &str) -> ShiftArgs {
        let Command::Shift(args) = Cli::try_parse_from(line.split(' ')).unwrap().command else { panic!("not shift") };
        *args
    }

    #[test]
    fn options_become_what_the_library_takes() {
        let one = args("nearmiss shift a.csv --group-column site --between x y --standard second --rank genus --draws 300");
        let found = shifting(&one).unwrap();
        assert_eq!((found.between, found.second.is_none()), (Some(["x", "y"].map(str::to_string)), true));
        assert_eq!(found.table.group_columns, ["site"]);
        assert_eq!((found.options.standard, found.options.rank, found.options.draws), (Standard::Second, Some(Rank::Genus), 300));
        let two = shifting(&args("nearmiss shift a.csv b.csv --count-unreachable")).unwrap();
        assert_eq!((two.between.is_none(), two.second.map(|source| source.name().to_path_buf())), (true, Some("b.csv".into())));
        assert_eq!(two.options.unreachable, Unreachable::Score);
        for line in
            ["nearmiss shift", "nearmiss shift a b c", "nearmiss shift a --between x y", "nearmiss shift a --group-column x"]
        {
            assert!(Cli::try_parse_from(line.split(' ')).is_err(), "{line}");
        }
        assert!(args("nearmiss shift --list-metrics").list_metrics);
    }
}
