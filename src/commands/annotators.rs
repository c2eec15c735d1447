//! `nearmiss annotators`.

use super::cli::{AnnotatorsArgs, ConsensusChoice};
use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::metrics;
use super::output::{language, overwrite};
use crate::answers::annotations::{self, AnnotationsAsked};
use crate::answers::table::TableOptions;
use crate::numbers::counted::counted;
use crate::report::annotators::{JudgedAnnotators, verdict, write};
use crate::report::csv_safe;
use crate::report::folder::keep_inputs;
use crate::scores::annotators::{AnnotatorOptions, Annotators, ConsensusKind, Panel};
use crate::scores::metric;
use anyhow::{Context, bail};

/// Judges annotators by each other, and classifiers among them.
///
/// # Errors
///
/// Whatever cannot be read, judged or written.
pub fn run(args: &AnnotatorsArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::annotators::all(), console);
    }
    let Some(annotations) = &args.annotations else { bail!("name a table of annotations") };
    if args.rank.is_some() && matches!(args.consensus, ConsensusChoice::Tree) {
        bail!("--rank is that of '--consensus flat', which cuts labels to one; give that, too, or leave --rank out");
    }
    let read = annotations::read(&annotations.into(), &asked(args))?;
    let panel = Panel::of(&read);
    let judged = Annotators::of(&panel, &options(args))?;
    let command_line = command_line().join(" ");
    let page = JudgedAnnotators {
        panel: &panel,
        judged: &judged,
        notes: &read.notes,
        warnings: &read.warnings,
        command_line: &command_line,
        language: language(args.language),
    };
    let inputs: Vec<_> = std::iter::once(annotations.clone()).chain(args.predictions.iter().cloned()).collect();
    let output = args.output.clone().unwrap_or_else(|| default_output(&inputs, "annotators", console));
    let files = write(&output, &page, overwrite(args.force))?;
    keep_inputs(&output, &inputs)?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    for warning in &read.warnings {
        console.warn(warning);
    }
    for note in read.notes.iter().chain(&judged.notes) {
        console.remark(format!("  note: {note}"));
    }
    if args.json {
        let path = output.join("annotators.json");
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    } else {
        for sentence in verdict(&judged) {
            console.say(sentence)?;
        }
    }
    console.remark(format!("annotators: {} ({})", output.display(), counted(files.len(), "file", "files")));
    Ok(Ending::Done)
}

fn asked(args: &AnnotatorsArgs) -> AnnotationsAsked {
    AnnotationsAsked {
        image_column: args.image_column.clone(),
        annotator_column: args.annotator.clone(),
        label_column: args.label_column.clone(),
        annotator_columns: args.annotator_column.clone(),
        predictions: args.predictions.iter().map(|path| (path.into(), None)).collect(),
        taxonomy: args.taxonomy.clone().map(Into::into),
        table: TableOptions {
            predicted_columns: args.predicted_column.clone(),
            lineage_separator: args.lineage_separator,
            clade: args.clade.clone(),
            ..TableOptions::default()
        },
    }
}

fn options(args: &AnnotatorsArgs) -> AnnotatorOptions {
    AnnotatorOptions {
        consensus: match args.consensus {
            ConsensusChoice::Tree => ConsensusKind::Tree,
            ConsensusChoice::Flat => ConsensusKind::Flat,
        },
        rank: args.rank,
        smoothing: args.smoothing,
        draws: args.draws as usize,
        seed: args.seed,
    }
}
