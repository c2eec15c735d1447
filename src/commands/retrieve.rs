//! `nearmiss retrieve`.

mod embeddings;
mod runs;

use super::{Console, Ending};
use crate::commands::cli::{CompareArgs, NormChoice, RetrieveArgs, SimilarityChoice, TiesChoice};
use crate::report::Overwrite;
use crate::runs::device::DeviceChoice;
use crate::scores::gate::{Gate, GateError, Outcome, Verdict};
use crate::spaces::retrieval::Ties;
use crate::spaces::retrieval::file::holds_vectors;
use anyhow::{anyhow, bail};
use std::path::Path;

/// Measures retrieval, of embeddings against each other or of runs against judgements.
///
/// # Errors
///
/// Whatever cannot be read, measured or written.
pub fn run(args: &RetrieveArgs, console: Console) -> anyhow::Result<Ending> {
    if !args.first.exists() {
        bail!("{}: there is no such file or folder", args.first.display());
    }
    if args.k.contains(&0) {
        bail!("--k 0: a number of documents is 1 or more");
    }
    if !is_embeddings(&args.first) {
        return runs::run(args, console);
    }
    if let Some(run) = args.runs.first() {
        bail!(
            "{}: these are embeddings, and there is nothing to hold '{}' against; judgements come first where runs are measured, and \
             other embeddings go with --queries",
            args.first.display(),
            run.display()
        );
    }
    embeddings::run(args, console)
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
    runs::run(
        &RetrieveArgs {
            first: judgements.clone(),
            device: DeviceChoice::Cpu,
            runs: runs.to_vec(),
            measures: args.measures.clone(),
            ties: args.ties,
            fuse: None,
            ranx_labels: args.ranx_labels,
            gate: vec![],
            gates: None,
            output: Some(args.output.clone()),
            per_query: false,
            json: args.json,
            csv_safe: args.csv_safe,
            queries: None,
            taxonomy: None,
            labels: None,
            query_labels: None,
            norm: NormChoice::L2,
            similarity: SimilarityChoice::Cosine,
            across_observations: false,
            depth: None,
            k: vec![1],
            yellow_from: None,
            alpha: args.alpha,
            draws: args.draws,
            seed: args.seed,
            force: args.force,
        },
        console,
    )
}

/// Whether a path holds vectors and no judgements.
fn is_embeddings(path: &Path) -> bool {
    let extension = path.extension().and_then(|extension| extension.to_str()).unwrap_or_default();
    path.is_dir() || matches!(extension, "npy" | "npz" | "safetensors") || holds_vectors(path)
}

fn ties(args: &RetrieveArgs) -> Ties {
    match args.ties {
        TiesChoice::Trec => Ties::Trec,
        TiesChoice::Input => Ties::Input,
        TiesChoice::DocidAsc => Ties::DocidAsc,
    }
}

fn overwrite(args: &RetrieveArgs) -> Overwrite {
    if args.force { Overwrite::Anything } else { Overwrite::OwnReport }
}

fn gates(args: &RetrieveArgs) -> anyhow::Result<Vec<Gate>> {
    let mut gates = args.gates.as_deref().map(Gate::read_measures).transpose()?.unwrap_or_default();
    gates.extend(args.gate.iter().cloned());
    Ok(gates)
}

/// Holds a gate against values by name.
fn hold(gate: &Gate, run: &str, values: &serde_json::Value) -> anyhow::Result<Verdict> {
    gate.hold(run, values).map_err(|error| match error {
        GateError::NoSuchMetric { metric, hint } => {
            anyhow!(
                "gate '{metric}': nothing of that name was measured{hint}; name it with --measures as well, or see retrieval.json"
            )
        }
        other => other.into(),
    })
}

fn ending(verdicts: &[Verdict]) -> Ending {
    if verdicts.iter().any(|verdict| verdict.outcome == Outcome::Fail) { Ending::Skipped } else { Ending::Done }
}
