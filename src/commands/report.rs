//! `nearmiss report`.

use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::input::table_options;
use super::metrics;
use super::output::{language, overwrite};
use super::photographs::Shown;
use crate::answers::observation::Pool;
use crate::answers::table::{TableOptions, TableSource, TakenColumns};
use crate::commands::cli::{InformationChoice, IntervalChoice, PoolChoice, ReportArgs, ThumbnailChoice, TreeChoice, UnitChoice};
use crate::numbers::counted::{counted, form};
use crate::report::folder::keep_inputs;
use crate::report::scoring::{Formulas, Scored, Scoring, Space, Unit, Writing};
use crate::report::sections::{prior_lines, verdict};
use crate::report::{Contents, HandedOn};
use crate::scores::events::{EventOptions, EventScores};
use crate::scores::gate::Gate;
use crate::scores::intervals::DrawnBy;
use crate::scores::outcome::Unreachable;
use crate::scores::presence::PresenceScores;
use crate::scores::verdicts::Judged;
use crate::scores::{Scores, Tree, metric};
use crate::taxonomy::information::InformationFrom;
use anyhow::Context;
use std::collections::HashSet;
use std::path::Path;

/// Scores a run directory or a table of predictions.
///
/// # Errors
///
/// Whatever cannot be read, told apart or written.
pub fn run(args: &ReportArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::all(), console);
    }
    let Some(input) = &args.predictions else { anyhow::bail!("name a run directory or a table of predictions") };
    if args.explain {
        return explain(&scoring(input, args)?, args, console);
    }
    let more: Vec<TableSource> = args.more.iter().map(TableSource::from).collect();
    let scored = scoring(input, args)?.run_with(&more)?;
    let names = names(input, args, scored.runs.len())?;
    let shown = Shown::of(input, args.photographs.as_deref(), args.thumbnails, console)?;
    for note in &scored.notes {
        console.remark(format!("note: {note}"));
    }
    let images = scored.runs.first().map_or(&[][..], |(answers, _)| &answers.images);
    if let Some(remark) = shown.missing(images).filter(|_| !args.tables_only && args.thumbnails != ThumbnailChoice::None) {
        console.remark(format!("note: {remark}"));
    }
    let command = command_line().join(" ");
    let dataset = args.dataset_name.clone().unwrap_or_else(|| stem(input));
    let writing = Writing {
        command_line: Some(&command),
        photographs: shown.photographs(),
        overwrite: overwrite(args.force),
        contents: if args.tables_only { Contents::Tables } else { Contents::Everything },
        formulas: if args.csv_safe { Formulas::Defused } else { Formulas::Kept },
        language: language(args.language),
        noun: args.unit.as_ref().filter(|noun| !noun.is_image()),
        handed_on: HandedOn { names: &names, model_index: args.model_index.then_some(dataset.as_str()), multiqc: args.multiqc },
    };
    let inputs = [input.clone()];
    let output = args.output.clone().unwrap_or_else(|| default_output(&inputs, &name(input, args.by), console));
    let files = scored.write(&output, &writing)?;
    keep_inputs(&output, &inputs)?;
    let beside = if args.json { console.aside() } else { console };
    say(&scored, beside)?;
    if args.json {
        let path = output.join("metrics.json");
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    }
    beside.say(format!("report: {} ({})", output.display(), counted(files.len(), "file", "files")))?;
    Ok(if scored.has_unreadable() || scored.has_failed() { Ending::Skipped } else { Ending::Done })
}

fn scoring(input: &Path, args: &ReportArgs) -> anyhow::Result<Scoring> {
    let events = &args.events;
    anyhow::ensure!(
        events.present_from == 1 || events.event_gap.is_some() || events.site_column.is_some() || events.camera_column.is_some(),
        "--present-from {}: nothing says where the images were taken; give --site-column, or --event-gap",
        events.present_from
    );
    Ok(Scoring {
        taxonomy: args.taxonomy.clone().map(Into::into),
        table: TableOptions { taken: taken(args), ..table_options(&args.table, &args.group_column)? },
        events: args.events.event_gap.map(|gap| EventOptions { gap, agree: args.events.agree }),
        present_from: args.events.present_from,
        training_counts: args.training_counts.clone(),
        costs: args.costs.clone(),
        look_alikes: args.look_alikes.clone(),
        yellow_from: args.yellow_from,
        unit: match args.by {
            UnitChoice::Image => Unit::Image,
            UnitChoice::Observation => Unit::Observation(pool(args.pool)),
            UnitChoice::Event => Unit::Event(pool(args.pool)),
        },
        drawn_by: match args.intervals {
            IntervalChoice::Observation => DrawnBy::Observation,
            IntervalChoice::Taxon => DrawnBy::Taxon,
            IntervalChoice::Image => DrawnBy::Image,
        },
        back_off: args.back_off,
        tree: if args.tree == TreeChoice::MainRanks { Tree::MainRanks } else { Tree::Full },
        information: if args.information == InformationChoice::Truths {
            InformationFrom::Truths
        } else {
            InformationFrom::Leaves
        },
        unreachable: if args.count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut },
        gates: gates(args)?,
        verdicts: args.verdicts.clone().map(Into::into),
        prior: args.prior.clone().map(Into::into),
        geofence: args.geofence.clone().map(Into::into),
        roll_up: args.roll_up,
        space: if args.no_latent || args.tables_only { Space::Without } else { Space::Section },
        ..Scoring::of(input)
    })
}

fn pool(choice: PoolChoice) -> Pool {
    match choice {
        PoolChoice::Mean => Pool::Mean,
        PoolChoice::Max => Pool::Max,
        PoolChoice::Product => Pool::Product,
    }
}

/// Which columns say when and where images were taken.
fn taken(args: &ReportArgs) -> TakenColumns {
    let events = &args.events;
    TakenColumns {
        events: events.event_gap.is_some(),
        time: events.time_column.clone(),
        camera: events.camera_column.clone(),
        site: events.site_column.clone(),
    }
}

/// Says what was understood of a table, and scores nothing.
fn explain(scoring: &Scoring, args: &ReportArgs, console: Console) -> anyhow::Result<Ending> {
    let explained = scoring.explain()?;
    if args.json {
        let (reading, notes, warnings) = (&explained.understood, &explained.notes, &explained.warnings);
        console.say(format!("{:#}", serde_json::json!({ "reading": reading, "notes": notes, "warnings": warnings })))?;
        return Ok(Ending::Done);
    }
    for line in explained.understood.whole() {
        console.say(line)?;
    }
    for note in &explained.notes {
        console.say(format!("note: {note}"))?;
    }
    for warning in &explained.warnings {
        console.warn(warning);
    }
    Ok(Ending::Done)
}

/// Says what came out.
///
/// # Errors
///
/// What the system says of stdout.
pub fn say(scored: &Scored, console: Console) -> std::io::Result<()> {
    match &scored.parts {
        None => scored.understood.lines().iter().for_each(|line| console.remark(format!("read: {line}"))),
        Some(parts) => parts.parts.iter().flat_map(|part| &part.warnings).for_each(|warning| console.warn(warning)),
    }
    for (place, (_, scores)) in scored.runs.iter().enumerate() {
        summarise(scores, console)?;
        if let Some(judged) = scored.judged.get(place) {
            without(judged, console)?;
        }
    }
    // What several runs say is said once.
    let mut said = HashSet::new();
    for warning in scored.runs.iter().flat_map(|(_, scores)| &scores.warnings).filter(|warning| said.insert(*warning)) {
        console.warn(warning);
    }
    for note in scored.runs.iter().flat_map(|(_, scores)| &scores.notes).filter(|note| said.insert(*note)) {
        console.remark(format!("  note: {note}"));
    }
    scored
        .verdicts
        .iter()
        .try_for_each(|verdict| console.say(if scored.runs.len() > 1 { verdict.line_of_run() } else { verdict.line() }))
}

fn gates(args: &ReportArgs) -> anyhow::Result<Vec<Gate>> {
    let mut gates = args.gates.as_deref().map(Gate::read).transpose()?.unwrap_or_default();
    gates.extend(args.gate.iter().cloned());
    Ok(gates)
}

/// The name of a report that nobody named.
fn name(input: &Path, by: UnitChoice) -> String {
    match by {
        UnitChoice::Image => stem(input),
        UnitChoice::Observation => stem(input) + "-observations",
        UnitChoice::Event => stem(input) + "-events",
    }
}

fn stem(input: &Path) -> String {
    let name = input.file_stem().or_else(|| input.file_name());
    name.map_or_else(|| "report".into(), |name| name.to_string_lossy().into_owned())
}

/// What other programs call the runs, where they are not to be called as here. A file's one run is called after the file:
/// its column may have any name, and mostly that of many others.
fn names(input: &Path, args: &ReportArgs, runs: usize) -> anyhow::Result<Vec<String>> {
    let names = args.model_name.clone();
    anyhow::ensure!(
        names.is_empty() || names.len() == runs,
        "--model-name: {} for {}; give one for each run, or none for the runs' own",
        counted(names.len(), "name", "names"),
        counted(runs, "run", "runs")
    );
    let is_after_the_file = names.is_empty() && runs == 1 && input.is_file() && args.table.predicted_column.is_empty();
    Ok(if is_after_the_file { vec![stem(input)] } else { names })
}

/// What the numbers are without the images that verdicts leave out.
fn without(judged: &Judged, console: Console) -> std::io::Result<()> {
    console.say(format!(
        "  verdicts: {} judged, {} left out; without these: {}",
        counted(judged.images, "image", "images"),
        judged.left_out,
        verdict(&judged.without)
    ))?;
    if judged.elsewhere > 0 {
        let verdicts = counted(judged.elsewhere, "verdict", "verdicts");
        let are = form(judged.elsewhere, "is on an image", "are on images");
        console.warn(format!("{verdicts} {are} that the predictions do not have"));
    }
    Ok(())
}

fn summarise(scores: &Scores, console: Console) -> std::io::Result<()> {
    console.say(format!("{}: {}", scores.name, scores.accounting.line()))?;
    for row in scores.ranks.iter().filter(|row| row.n > 0) {
        let share = |value: Option<f64>| value.map_or_else(|| "     -".to_string(), |value| format!("{:5.1}%", 100.0 * value));
        console.say(format!(
            "  {:<8} n {:>8}  right {} [{}, {}]  chance {}",
            row.rank.name(),
            row.n,
            share(row.path_top1),
            share(row.intervals.low("path_top1")),
            share(row.intervals.high("path_top1")),
            share(row.chance)
        ))?;
    }
    let wrong = &scores.how_wrong;
    let number = |name: &str, value: Option<f64>| {
        let value = value.map_or_else(|| "-".to_string(), |value| format!("{value:.2}"));
        let ends = wrong.intervals.of(name).map(|ends| format!(" [{:.2}, {:.2}]", ends.low, ends.high));
        value + &ends.unwrap_or_default()
    };
    console.say(format!(
        "  how wrong: {} of {} wrong, mean height {} over all, severity {} over the mistakes",
        wrong.mistakes,
        wrong.n,
        number("mean_height", wrong.mean_height),
        number("severity", wrong.severity)
    ))?;
    if let Some(non_taxa) = &scores.non_taxa {
        console.say(format!("  as detection: {}", non_taxa.line()))?;
    }
    for line in scores.events.iter().map(EventScores::line).chain(scores.presence.iter().flat_map(PresenceScores::lines)) {
        console.say(format!("  {line}"))?;
    }
    if let Some(line) = scores.probably_the_name.line() {
        console.say(format!("  probably the name: {line}"))?;
    }
    prior_lines(scores).into_iter().try_for_each(|line| console.say(format!("  prior: {line}")))
}
