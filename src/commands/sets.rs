//! `nearmiss sets`.

use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::metrics;
use super::output::{language, overwrite};
use crate::answers::table::{SetOptions, TableOptions};
use crate::commands::cli::SetsArgs;
use crate::numbers::counted::counted;
use crate::report::csv_safe;
use crate::report::folder::keep_inputs;
use crate::report::sets::{WrittenSets, verdict, write};
use crate::report::text::percent_of;
use crate::scores::metric;
use crate::scores::sets::{ScoredSets, Selection, SetScoring};
use anyhow::Context;

/// Scores sets of answers against sets of truths.
///
/// # Errors
///
/// Whatever cannot be read, scored or written.
pub fn run(args: &SetsArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::sets::all(), console);
    }
    let scored = scoring(args).run()?;
    let command = command_line().join(" ");
    let name = args.predictions.first().and_then(|path| path.file_stem()).map(|stem| stem.to_string_lossy().into_owned());
    let name = name.filter(|_| args.predictions.len() == 1).unwrap_or_else(|| "sets".to_string());
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.predictions, &name, console));
    let written = WrittenSets { scored: &scored, command_line: &command, language: language(args.language) };
    let files = write(&output, written, overwrite(args.force))?;
    keep_inputs(&output, &args.predictions)?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    notes(&scored, console);
    if args.json {
        let path = output.join("sets.json");
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    } else {
        say(&scored, console)?;
    }
    console.remark(format!("sets: {} ({})", output.display(), counted(files.len(), "file", "files")));
    Ok(Ending::Done)
}

fn notes(scored: &ScoredSets, console: Console) {
    for warning in &scored.warnings {
        console.warn(warning);
    }
    for note in &scored.notes {
        console.remark(format!("  note: {note}"));
    }
}

/// Says what came out: a line for each run, and one for each rank.
fn say(scored: &ScoredSets, console: Console) -> std::io::Result<()> {
    for run in &scored.runs {
        console.say(verdict(run))?;
        for row in run.ranks.iter().rev() {
            let shares = ["sample_precision", "sample_recall", "sample_f1"].map(|metric| percent_of(row, metric));
            let [precision, recall, f1] = shares;
            console.say(format!("  {:<8} precision {precision}  recall {recall}  F1 {f1}", row.rank.name()))?;
        }
        for tuned in &run.tuned {
            if let Some(reason) = &tuned.why_not {
                console.remark(format!("  note: {reason}, so no threshold is tuned for {}", tuned.aim.name()));
            }
            if let Some(threshold) = tuned.threshold {
                let tried = crate::report::text::percent(tuned.tried_f1);
                console.say(format!("  threshold {threshold} (tuned for {}): F1 {tried} on the other half", tuned.aim.name()))?;
            }
        }
    }
    for metric in scored.comparison.iter().flat_map(|comparison| &comparison.metrics).filter(|metric| metric.name == "sample_f1")
    {
        for pair in &metric.pairs {
            let (first, second) = (&scored.runs[pair.first].name, &scored.runs[pair.second].name);
            let difference = pair.difference.map_or_else(|| "none".to_string(), |difference| format!("{difference:.4}"));
            console.say(format!("F1 of {first} less that of {second}: {difference}, p {:.4} (Holm)", pair.adjusted))?;
        }
    }
    Ok(())
}

fn scoring(args: &SetsArgs) -> SetScoring {
    let table = TableOptions {
        image_column: args.image_column.clone(),
        truth_image_column: args.truth_image_column.clone(),
        truth_column: args.truth_column.clone(),
        predicted_columns: args.predicted_column.clone(),
        score_column: args.score_column.clone(),
        lineage_separator: args.lineage_separator,
        truth_file: args.truth.as_ref().map(Into::into),
        encoding: args.encoding.clone(),
        clade: args.clade.clone(),
        ..TableOptions::default()
    };
    SetScoring {
        taxonomy: args.taxonomy.clone().map(Into::into),
        options: SetOptions {
            table,
            list_separator: args.list_separator,
            site_column: args.site_column.clone(),
            transect_column: args.transect_column.clone(),
            names: vec![],
        },
        selection: args.threshold.map(Selection::Threshold).or(args.top_k.map(Selection::Top)),
        precision: args.precision,
        alpha: args.alpha,
        draws: args.draws as usize,
        seed: args.seed,
        ..SetScoring::of(args.predictions.clone())
    }
}
