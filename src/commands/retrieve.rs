//! `nearmiss retrieve`.

mod runs;
mod embeddings;
pub mod texts;

use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::metrics;
use super::output::overwrite;
use crate::commands::cli::{CompareArgs, RetrieveArgs};
use crate::report::retrieval::Writing;
use crate::report::retrieval::ranking::Ranking;
use crate::report::scoring::Formulas;
use crate::scores::compare::latex::Preamble;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::metric;
use crate::spaces::retrieval::file::holds_vectors;
use anyhow::bail;
use runs::Printed;
use std::path::Path;

/// Measures retrieval: of texts, of embeddings against each other, or of runs against judgements.
///
/// # Errors
///
/// Whatever cannot be read, measured or written.
pub fn run(args: &RetrieveArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::of_retrieval(), console);
    }
    if args.k.contains(&0) {
        bail!("--k 0: a number of documents is 1 or more");
    }
    if let Some(first) = args.first.as_ref().filter(|first| !first.exists()) {
        bail!("{}: there is no such file or folder", first.display());
    }
    let command = command_line().join(" ");
    let writing = writing(&command, args.force, args.csv_safe, args.ranx_table);
    if texts::are_asked_for(args) {
        return texts::run(args, &writing, console);
    }
    let Some(first) = &args.first else { bail!("name a run directory, embeddings, texts, or judgements and runs") };
    if let Some(option) = texts::given(args) {
        bail!("{option} goes with texts, and nothing ranks any; give --bm25, --model MODEL or --embeddings QUERIES DOCUMENTS");
    }
    if !is_embeddings(first) {
        texts::refused_without_system(first, args)?;
        return runs::run(first, args, &writing, console);
    }
    if let Some(run) = args.runs.first() {
        bail!(
            "{}: these are embeddings, and there is nothing to hold '{}' against; judgements come first where runs are measured, and \
             other embeddings go with --queries",
            first.display(),
            run.display()
        );
    }
    embeddings::run(first, args, &writing, console)
}

/// As [`run`], of embeddings that were made and not read; `args.first` is what they were made of.
///
/// # Errors
///
/// Whatever cannot be measured or written.
pub fn held(args: &RetrieveArgs, index: Embeddings, console: Console) -> anyhow::Result<Ending> {
    let Some(first) = &args.first else { bail!("name what the embeddings were made of") };
    if args.k.contains(&0) {
        bail!("--k 0: a number of documents is 1 or more");
    }
    let command = command_line().join(" ");
    let writing = writing(&command, args.force, args.csv_safe, args.ranx_table);
    embeddings::held(first, args, index, &writing, console)
}

/// Compares runs against judgements, as `nearmiss compare` is asked to.
///
/// # Errors
///
/// Fewer than two runs; whatever cannot be read, measured or written.
pub(super) fn compare(args: &CompareArgs, console: Console) -> anyhow::Result<Ending> {
    let [judgements, runs @ ..] = &args.runs[..] else { bail!("name the judgements, and the runs to compare") };
    if runs.len() < 2 {
        bail!(
            "{}: these are judgements, and two runs at least are compared; give another one, or measure one with `nearmiss retrieve`",
            judgements.display()
        );
    }
    if let Some(taxonomy) = &args.taxonomy {
        bail!("--taxonomy {taxonomy}: judgements and runs name no taxa");
    }
    let ranking = Ranking {
        measures: args.measures.clone(),
        ties: runs::ties(args.ties),
        labels: runs::labels(args.ranx_labels),
        alpha: args.alpha,
        draws: args.draws as usize,
        seed: args.seed,
        ..Ranking::of(judgements, runs.to_vec())
    };
    let printed = if args.json { Printed::Json } else { Printed::Table };
    let command = command_line().join(" ");
    let writing = writing(&command, args.force, args.csv_safe, args.ranx_table);
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.runs, "comparison", console));
    runs::measure(&ranking, Some(&output), printed, &writing, console)
}

fn writing(command_line: &str, force: bool, csv_safe: bool, ranx_table: bool) -> Writing<'_> {
    let formulas = if csv_safe { Formulas::Defused } else { Formulas::Kept };
    let preamble = if ranx_table { Preamble::Ranx } else { Preamble::Commented };
    Writing { command_line, overwrite: overwrite(force), formulas, preamble }
}

/// Whether a path holds vectors and no judgements.
fn is_embeddings(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    path.is_dir() || matches!(&*extension.to_lowercase(), "npy" | "npz" | "safetensors") || holds_vectors(path)
}
