//! Runs against judgements.

use super::{Console, Ending, ending, gates, hold, overwrite, ties};
use crate::commands::cli::{FuseChoice, LabelsChoice, RetrieveArgs};
use crate::numbers::bootstrap::Clusters;
use crate::report::Overwrite;
use crate::report::csv_safe;
use crate::report::retrieval::{Evaluated, runs_csv, runs_value, write_runs};
use crate::scores::compare::{CompareOptions, Comparison, Values, text};
use crate::scores::gate::{Gate, Verdict};
use crate::scores::metric::Direction;
use crate::spaces::retrieval::fusion::{Fusion, fuse};
use crate::spaces::retrieval::measure::Labels;
use crate::spaces::retrieval::{Documents, Evaluation, Measure, Qrels, Run, Ties, evaluate};
use anyhow::{Context, bail};
use serde_json::{Map, json};
use std::io::{BufWriter, Write};
use std::path::Path;

/// What is measured unless asked otherwise.
const MEASURES: [&str; 9] =
    ["mrr@10", "precision@1", "precision@5", "precision@10", "recall@10", "map@10", "ndcg@10", "r-precision", "map"];

/// Measures runs, and compares them where there are several.
pub(super) fn run(args: &RetrieveArgs, console: Console) -> anyhow::Result<Ending> {
    check(args)?;
    let (gates, ties) = (gates(args)?, ties(args));
    let measures = measures(args, &gates)?;
    let mut documents = Documents::default();
    let qrels = Qrels::read(&args.first, &mut documents)?;
    let mut runs = Run::read_all(&args.runs, &mut documents)?;
    named_apart(&mut runs, &args.runs);
    if let (Some(choice), Some(path)) = (args.fuse, &args.output) {
        let fused = fused(&runs, choice, ties, &documents)?;
        write_run(path, &fused, &documents, overwrite(args))?;
        console.remark(format!("fused: {} ({} queries)", path.display(), fused.queries.len()));
        runs.push(fused);
    }
    let evaluations =
        runs.iter().map(|run| evaluate(&qrels, run, &measures, ties, &documents)).collect::<Result<Vec<Evaluation>, _>>()?;
    let policy = json!(ties);
    let notes = notes(&runs, &evaluations, &policy, console);
    let labels = if args.ranx_labels == LabelsChoice::Legacy { Labels::Legacy } else { Labels::Current };
    let comparison = compare(args, &runs, &measures, &evaluations, labels);
    let verdicts = verdicts(&gates, &comparison)?;
    let command_line = std::env::args().collect::<Vec<_>>().join(" ");
    let values: Vec<Vec<Vec<f64>>> = evaluations.iter().map(|evaluation| evaluation.values.clone()).collect();
    let accounting: Vec<_> = evaluations.iter().map(|evaluation| evaluation.accounting).collect();
    let evaluated = Evaluated {
        comparison: &comparison,
        queries: &qrels.queries,
        values: &values,
        accounting: &accounting,
        ties: policy.as_str().unwrap_or_default(),
        notes: &notes,
        gates: &verdicts,
        names: if labels == Labels::Legacy { 'c' } else { 'l' },
        command_line: &command_line,
    };
    say(args, &evaluated, console)?;
    write(args, &evaluated, console)?;
    if !args.json && !args.per_query {
        verdicts.iter().try_for_each(|verdict| console.say(verdict.line(comparison.runs.len() > 1)))?;
    }
    Ok(ending(&verdicts))
}

/// There must be runs, and nothing that goes with embeddings.
fn check(args: &RetrieveArgs) -> anyhow::Result<()> {
    if args.runs.is_empty() {
        bail!(
            "{}: these are judgements, and no run to hold against them is named; give at least one, such as run.json or run.trec",
            args.first.display()
        );
    }
    if let Some(queries) = &args.queries {
        bail!("--queries {}: queries of their own go with embeddings, not with judgements", queries.display());
    }
    Ok(())
}

/// Several runs as one.
fn fused(runs: &[Run], choice: FuseChoice, ties: Ties, documents: &Documents) -> anyhow::Result<Run> {
    if runs.len() < 2 {
        bail!("--fuse: there is one run to fuse, '{}'; give another one", runs[0].name);
    }
    let fusion = match choice {
        FuseChoice::Rrf => Fusion::Rrf,
        FuseChoice::Sum => Fusion::Sum,
        FuseChoice::Mnz => Fusion::Mnz,
    };
    Ok(fuse(runs, fusion, ties, documents))
}

/// Every gate held against every run.
fn verdicts(gates: &[Gate], comparison: &Comparison) -> anyhow::Result<Vec<Verdict>> {
    let mut verdicts: Vec<Verdict> = vec![];
    for (run, name) in comparison.runs.iter().enumerate() {
        let values = values_of(comparison, run);
        for gate in gates {
            verdicts.push(hold(gate, name, &values)?);
        }
    }
    Ok(verdicts)
}

/// Says what was measured, as it was asked for.
fn say(args: &RetrieveArgs, evaluated: &Evaluated<'_>, console: Console) -> anyhow::Result<()> {
    if args.per_query {
        console.say(runs_csv(evaluated)?.trim_end())?;
    } else if args.json {
        console.say(format!("{:#}", runs_value(evaluated)))?;
    } else {
        console.say(text::ranx_table(evaluated.comparison))?;
    }
    Ok(())
}

/// Writes tables and page into the folder, where one is named for them.
fn write(args: &RetrieveArgs, evaluated: &Evaluated<'_>, console: Console) -> anyhow::Result<()> {
    let Some(folder) = args.output.as_deref().filter(|_| args.fuse.is_none()) else { return Ok(()) };
    let files = write_runs(folder, evaluated, overwrite(args))?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    console.remark(format!("retrieval: {} ({} files)", folder.join("index.html").display(), files.len()));
    Ok(())
}

/// The measures asked for, or the usual ones; those of gates as well.
fn measures(args: &RetrieveArgs, gates: &[Gate]) -> anyhow::Result<Vec<Measure>> {
    let asked: Vec<&str> =
        if args.measures.is_empty() { MEASURES.to_vec() } else { args.measures.iter().map(String::as_str).collect() };
    let mut measures: Vec<Measure> = vec![];
    for text in asked.into_iter().chain(gates.iter().map(|gate| gate.metric.as_str())) {
        for measure in Measure::parse(text, &[])? {
            if measures.iter().all(|known| known.name() != measure.name()) {
                measures.push(measure);
            }
        }
    }
    Ok(measures)
}

/// Names runs of one name after their files.
fn named_apart(runs: &mut [Run], paths: &[std::path::PathBuf]) {
    let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
    for (place, (run, path)) in runs.iter_mut().zip(paths).enumerate() {
        if names.iter().enumerate().any(|(other, name)| other != place && *name == run.name) {
            run.name = path.file_name().map_or_else(String::new, |name| name.to_string_lossy().into_owned());
        }
    }
}

/// What did not fit, said.
fn notes(runs: &[Run], evaluations: &[Evaluation], ties: &serde_json::Value, console: Console) -> Vec<String> {
    let mut notes = vec![];
    for (run, evaluation) in runs.iter().zip(evaluations) {
        let of = evaluation.accounting;
        if of.missing > 0 {
            let note = format!("{}: {} of {} judged queries are not in the run; each counts 0", run.name, of.missing, of.queries);
            console.warn(&note);
            notes.push(note);
        }
        if of.extra > 0 {
            notes.push(format!("{}: {} queries were not judged and are left out", run.name, of.extra));
            console.remark(format!("  note: {}", notes[notes.len() - 1]));
        }
        if of.tied.documents > 0 {
            notes.push(format!(
                "{}: {} documents of {} queries have the score of another one; they are ordered by the policy {}",
                run.name,
                of.tied.documents,
                of.tied.queries,
                ties.as_str().unwrap_or_default()
            ));
            console.remark(format!("  note: {}", notes[notes.len() - 1]));
        }
    }
    let without = evaluations.first().map_or(0, |evaluation| evaluation.accounting.without_relevant);
    if without > 0 {
        notes.push(format!("{without} judged queries have no relevant document; each counts 0"));
        console.remark(format!("  note: {}", notes[notes.len() - 1]));
    }
    notes
}

fn compare(args: &RetrieveArgs, runs: &[Run], measures: &[Measure], evaluations: &[Evaluation], labels: Labels) -> Comparison {
    let queries = evaluations.first().map_or(0, |evaluation| evaluation.accounting.queries);
    let values: Vec<Values> = measures
        .iter()
        .enumerate()
        .map(|(place, measure)| Values {
            name: measure.name(),
            label: measure.label(labels),
            direction: Direction::Higher,
            binary: measure.is_binary(),
            range: measure.range(),
            runs: evaluations.iter().map(|evaluation| evaluation.values[place].iter().copied().map(Some).collect()).collect(),
        })
        .collect();
    let names: Vec<String> = runs.iter().map(|run| run.name.clone()).collect();
    let options = CompareOptions {
        alpha: args.alpha,
        draws: args.draws as usize,
        seed: args.seed,
        noun: "queries",
        ..CompareOptions::default()
    };
    Comparison::of(&names, &values, &Clusters::single(queries), &options)
}

/// Means of a run with their intervals, by name.
fn values_of(comparison: &Comparison, run: usize) -> serde_json::Value {
    let mut values = Map::new();
    for metric in &comparison.metrics {
        values.insert(metric.name.clone(), json!(metric.means[run]));
        values.insert(format!("{}_low", metric.name), json!(metric.intervals[run].map(|interval| interval.low)));
        values.insert(format!("{}_high", metric.name), json!(metric.intervals[run].map(|interval| interval.high)));
        if let Some(reason) = &metric.no_interval[run] {
            let reasons = values.entry("no_interval").or_insert_with(|| json!({}));
            reasons[metric.name.as_str()] = json!(reason);
        }
    }
    values.into()
}

/// Writes a run whole: JSON as ranx, or TREC lines.
fn write_run(path: &Path, run: &Run, documents: &Documents, overwrite: Overwrite) -> anyhow::Result<()> {
    if path.is_dir() {
        bail!("{}: this is a folder; with --fuse, -o names the file of the fused run", path.display());
    }
    if path.exists() && overwrite != Overwrite::Anything {
        bail!("{}: the file is there already; give another one with -o, or --force", path.display());
    }
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let write = || -> std::io::Result<()> {
        std::fs::create_dir_all(parent)?;
        let mut file = crate::files::output::draft::file_in(parent)?;
        let mut out = BufWriter::new(&mut file);
        if path.extension().is_some_and(|extension| extension == "json") {
            run.write_json(documents, &mut out)?;
        } else {
            run.write_trec(documents, &mut out)?;
        }
        out.flush()?;
        drop(out);
        file.persist(path).map_err(|error| error.error)?;
        Ok(())
    };
    write().with_context(|| format!("{}: cannot write", path.display()))
}
