//! `nearmiss next-labels`.

use super::cli::{MethodChoice, NextLabelsArgs};
use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::input::table_options;
use super::metrics;
use super::output::{language, overwrite};
use crate::files::output::write_whole;
use crate::numbers::counted::counted;
use crate::report::csv_safe;
use crate::report::folder::keep_inputs;
use crate::report::next_labels::{Simulated, csv, models, value, verdict, write};
use crate::report::text::{percent, percent_within};
use crate::scores::metric::{self, Row};
use crate::scores::next_labels::{Method, NextLabels, NextLabelsAsked, Order, Simulation, SimulationOptions};
use anyhow::{Context, bail};
use std::path::PathBuf;

/// Where the table of images goes that no `-o` names.
const TABLE: &str = "next-labels.csv";

/// Orders images for labelling, or tries ways of ordering them.
///
/// # Errors
///
/// Whatever cannot be read, ordered or written.
pub fn run(args: &NextLabelsArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::next_labels::all(), console);
    }
    let read = asked(args)?.read()?;
    for warning in &read.warnings {
        console.warn(warning);
    }
    for note in &read.notes {
        console.remark(format!("  note: {note}"));
    }
    if args.simulate { simulate(args, &read, console) } else { order(args, &read, console) }
}

fn asked(args: &NextLabelsArgs) -> anyhow::Result<NextLabelsAsked> {
    Ok(NextLabelsAsked {
        taxonomy: args.taxonomy.clone().map(Into::into),
        table: table_options(&args.table, &[])?,
        rank: args.rank,
        ..NextLabelsAsked::of(args.runs.clone())
    })
}

fn order(args: &NextLabelsArgs, read: &NextLabels, console: Console) -> anyhow::Result<Ending> {
    let method = match args.method {
        MethodChoice::Coda => Method::Coda,
        MethodChoice::Disagreement => Method::Disagreement,
        MethodChoice::Height => Method::Height,
        MethodChoice::Random => Method::Random,
    };
    let output = args.output.clone().unwrap_or_else(|| PathBuf::from(TABLE));
    if output.exists() && !args.force {
        bail!("'{}' is there already; name another file with -o, or give --force to write over it", output.display());
    }
    let order = Order::of(&read.votes, method, args.seed)?;
    let text = csv(&read.votes, &order, args.budget.map(|budget| budget as usize))?;
    write_whole(&output, text.as_bytes()).with_context(|| format!("{}: cannot be written", output.display()))?;
    if args.csv_safe {
        csv_safe::defuse(std::slice::from_ref(&output))?;
    }
    if args.json {
        console.say(format!("{:#}", models(&order)))?;
    } else {
        for model in &order.models {
            let (accuracy, interval) = model.within("accuracy");
            let right = format!(
                "{} of {} right",
                percent_within(accuracy, interval),
                counted(model.labelled, "labelled image", "labelled images")
            );
            let right = if model.labelled == 0 { "no image labelled yet".to_string() } else { right };
            console.say(format!("{}: best with probability {}; {right}", model.name, percent(Some(model.p_best))))?;
        }
    }
    let left = order.images.len() as u64;
    console.remark(format!(
        "next labels: {} ({} to label, {} of them answered alike by all models)",
        output.display(),
        counted(left, "image", "images"),
        order.agreed
    ));
    Ok(Ending::Done)
}

fn simulate(args: &NextLabelsArgs, read: &NextLabels, console: Console) -> anyhow::Result<Ending> {
    let usual = SimulationOptions::default();
    let options = SimulationOptions {
        budget: args.budget.map_or(usual.budget, |budget| budget as usize),
        repetitions: args.repetitions as usize,
        seed: args.seed,
    };
    let simulation = Simulation::of(&read.votes, &options)?;
    let command_line = command_line().join(" ");
    let page = Simulated {
        simulation: &simulation,
        notes: &read.notes,
        command_line: &command_line,
        seed: args.seed,
        language: language(args.language),
    };
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.runs, "next-labels", console));
    let files = write(&output, &page, overwrite(args.force))?;
    keep_inputs(&output, &args.runs)?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    if args.json {
        console.say(format!("{:#}", value(&page)))?;
    } else {
        console.say(verdict(&simulation))?;
    }
    console.remark(format!("simulation: {} ({})", output.display(), counted(files.len(), "file", "files")));
    Ok(Ending::Done)
}
