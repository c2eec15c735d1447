//! Runs against judgements.

use crate::commands::cli::{FuseChoice, LabelsChoice, RetrieveArgs, TiesChoice};
use crate::commands::console::Console;
use crate::commands::ending::Ending;
use crate::numbers::counted::counted;
use crate::report::folder::keep_inputs;
use crate::report::retrieval::ranking::Ranking;
use crate::report::retrieval::{Note, Ranked, Writing};
use crate::scores::compare::text;
use crate::spaces::retrieval::Ties;
use crate::spaces::retrieval::fusion::Fusion;
use crate::spaces::retrieval::measure::Labels;
use anyhow::bail;
use std::path::{Path, PathBuf};

/// What is printed of runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Printed {
    /// The table of ranx, and gates.
    Table,
    /// JSON.
    Json,
    /// A CSV of the values of every query.
    Queries,
}

/// Measures runs, and compares them where there are several.
pub(super) fn run(judgements: &Path, args: &RetrieveArgs, writing: &Writing<'_>, console: Console) -> anyhow::Result<Ending> {
    // That there is no run is said before that there are queries.
    if let Some(queries) = args.queries.as_ref().filter(|_| !args.runs.is_empty()) {
        bail!("--queries {}: queries of their own go with embeddings, not with judgements", queries.display());
    }
    measure(&ranking(judgements, args), args.output.as_deref(), Printed::of(args), writing, console)
}

impl Printed {
    /// As options say it.
    pub fn of(args: &RetrieveArgs) -> Printed {
        match (args.per_query, args.json) {
            (true, _) => Printed::Queries,
            (false, true) => Printed::Json,
            (false, false) => Printed::Table,
        }
    }
}

/// Measures runs, says what came of it, and writes it where an output is named: the fused run, or else the folder.
pub(super) fn measure(
    ranking: &Ranking,
    output: Option<&Path>,
    printed: Printed,
    writing: &Writing<'_>,
    console: Console,
) -> anyhow::Result<Ending> {
    let rankings = ranking.read()?;
    if let (Some(fused), Some(path)) = (&rankings.fused, output) {
        rankings.write_fused(path, writing.overwrite)?;
        console.remark(format!("fused: {} ({})", path.display(), counted(fused.queries.len(), "query", "queries")));
    }
    let judged = rankings.judge()?;
    tell(&judged.notes, console);
    let ranked = judged.compare()?;
    match printed {
        Printed::Queries => console.say(ranked.queries_csv()?.trim_end())?,
        Printed::Json => console.say(format!("{:#}", ranked.value(writing.command_line)))?,
        Printed::Table => console.say(text::ranx_table(&ranked.comparison))?,
    }
    if let Some(folder) = output.filter(|_| ranking.fusion.is_none()) {
        let files = ranked.write(folder, writing)?;
        let inputs: Vec<PathBuf> = std::iter::once(&ranking.judgements).chain(&ranking.runs).cloned().collect();
        keep_inputs(folder, &inputs)?;
        console.remark(format!("retrieval: {} ({})", folder.join("index.html").display(), counted(files.len(), "file", "files")));
    }
    match printed {
        Printed::Table => say_gates(&ranked, console)?,
        Printed::Json | Printed::Queries => say_gates(&ranked, console.aside())?,
    }
    // A gate that fails is told by the exit code.
    Ok(if ranked.has_failed() { Ending::Skipped } else { Ending::Done })
}

/// Says what was decided.
pub(super) fn tell(notes: &[Note], console: Console) {
    for note in notes {
        match note {
            Note::Warning(sentence) => console.warn(sentence),
            Note::Remark(sentence) => console.remark(format!("  note: {sentence}")),
        }
    }
}

/// Says what became of the gates.
pub(super) fn say_gates(ranked: &Ranked, console: Console) -> std::io::Result<()> {
    let several = ranked.comparison.runs.len() > 1;
    ranked.verdicts.iter().try_for_each(|verdict| console.say(if several { verdict.line_of_run() } else { verdict.line() }))
}

/// What is asked of runs.
pub(super) fn ranking(judgements: &Path, args: &RetrieveArgs) -> Ranking {
    Ranking {
        judgements: judgements.to_path_buf(),
        runs: args.runs.clone(),
        measures: args.measures.clone(),
        gates_file: args.gates.clone(),
        gates: args.gate.clone(),
        ties: ties(args.ties),
        fusion: args.fuse.map(fusion),
        labels: labels(args.ranx_labels),
        alpha: args.alpha,
        draws: args.draws as usize,
        seed: args.seed,
    }
}

pub(super) fn fusion(choice: FuseChoice) -> Fusion {
    match choice {
        FuseChoice::Rrf => Fusion::Rrf,
        FuseChoice::Sum => Fusion::Sum,
        FuseChoice::Mnz => Fusion::Mnz,
    }
}

pub(super) fn ties(choice: TiesChoice) -> Ties {
    match choice {
        TiesChoice::Trec => Ties::Trec,
        TiesChoice::Input => Ties::Input,
        TiesChoice::DocidAsc => Ties::DocidAsc,
    }
}

pub(super) fn labels(choice: LabelsChoice) -> Labels {
    match choice {
        LabelsChoice::Current => Labels::Current,
        LabelsChoice::Legacy => Labels::Legacy,
    }
}
