//! Every embedding as a query.

use crate::commands::cli::{NormChoice, RetrieveArgs, SimilarityChoice};
use crate::commands::console::Console;
use crate::commands::default_output::default_output;
use crate::commands::ending::Ending;
use crate::numbers::counted::counted;
use crate::numbers::neighbours::Similarity;
use crate::report::document::Table;
use crate::report::folder::keep_inputs;
use crate::report::retrieval::searching::{Searching, Vectors};
use crate::report::retrieval::{
    Searched, Writing, flag_table, measure_table, queries_csv, setting, triplet_line, value, verdict,
};
use crate::spaces::embeddings::Embeddings;
use anyhow::bail;
use std::path::{Path, PathBuf};

/// Ranks all vectors for each of them and measures that.
pub(super) fn run(first: &Path, args: &RetrieveArgs, writing: &Writing<'_>, console: Console) -> anyhow::Result<Ending> {
    if args.fuse.is_some() {
        bail!("--fuse: embeddings give one run; fusing takes judgements and several run files");
    }
    let searching = searching(first, args);
    let vectors = searching.read()?;
    console.remark(format!("{} of length {}", counted(vectors.index.len(), "vector", "vectors"), vectors.index.width));
    searched(first, args, vectors, writing, console)
}

/// As [`run`], of embeddings that were made, and not read of `first`.
pub(super) fn held(
    first: &Path,
    args: &RetrieveArgs,
    index: Embeddings,
    writing: &Writing<'_>,
    console: Console,
) -> anyhow::Result<Ending> {
    let searching = searching(first, args);
    searched(first, args, searching.held(index, None)?, writing, console)
}

fn searched(
    first: &Path,
    args: &RetrieveArgs,
    vectors: Vectors<'_>,
    writing: &Writing<'_>,
    console: Console,
) -> anyhow::Result<Ending> {
    let searched = vectors.search()?;
    let inputs: Vec<PathBuf> = std::iter::once(first.to_path_buf()).chain(args.queries.clone()).collect();
    let output = args.output.clone().unwrap_or_else(|| default_output(&inputs, &name(first), console));
    let files = searched.write(&output, writing)?;
    keep_inputs(&output, &inputs)?;
    for note in &searched.search.notes {
        console.remark(format!("  note: {note}"));
    }
    let written = format!("retrieval: {} ({})", output.join("index.html").display(), counted(files.len(), "file", "files"));
    if args.json || args.per_query {
        let printed = if args.json { format!("{:#}", value(&searched, writing.command_line)) } else { queries_csv(&searched)? };
        console.say(printed.trim_end())?;
        say_gates(&searched, console.aside())?;
        console.remark(written);
    } else {
        say(&searched, console)?;
        say_gates(&searched, console)?;
        console.say(written)?;
    }
    // A gate that fails is told by the exit code.
    Ok(if searched.has_failed() { Ending::Skipped } else { Ending::Done })
}

fn searching(first: &Path, args: &RetrieveArgs) -> Searching {
    Searching {
        index: first.to_path_buf(),
        labels: args.labels.clone(),
        queries: args.queries.clone(),
        query_labels: args.query_labels.clone(),
        taxonomy: args.taxonomy.clone(),
        measures: args.measures.clone(),
        gates_file: args.gates.clone(),
        gates: args.gate.clone(),
        normalise: args.norm == NormChoice::L2,
        similarity: args.similarity.map_or(Similarity::Cosine, SimilarityChoice::similarity),
        across_observations: args.across_observations,
        depth: args.depth.unwrap_or_default(),
        ks: args.k.clone(),
        yellow_from: args.yellow_from,
        draws: args.draws as usize,
        seed: args.seed,
    }
}

/// Says what was measured, in tables.
fn say(searched: &Searched, console: Console) -> std::io::Result<()> {
    let search = &searched.search;
    console.say(setting(searched))?;
    console.say(lines(&measure_table(search)))?;
    console.say(lines(&flag_table(search)))?;
    triplet_line(search).map_or(Ok(()), |line| console.say(line))?;
    console.say("  95 % intervals and numbers of queries stand on the page and in measures.csv")?;
    console.say(verdict(search))
}

fn say_gates(searched: &Searched, console: Console) -> std::io::Result<()> {
    searched.verdicts.iter().try_for_each(|verdict| console.say(verdict.line()))
}

/// A table in columns for a terminal.
fn lines(table: &Table) -> String {
    let length = |text: &str| text.chars().count();
    let rows: Vec<&Vec<String>> = std::iter::once(&table.head).chain(&table.rows).collect();
    let width = |column: usize| rows.iter().map(|row| length(&row[column])).max().unwrap_or(0);
    let line = |row: &&Vec<String>| {
        let cells = row.iter().enumerate().map(|(column, cell)| {
            let space = " ".repeat(width(column) - length(cell));
            if table.numeric[column] { format!("{space}{cell}") } else { format!("{cell}{space}") }
        });
        format!("  {}", cells.collect::<Vec<_>>().join("  ")).trim_end().to_string()
    };
    rows.iter().map(line).collect::<Vec<_>>().join("\n")
}

/// The name of a folder that nobody named.
pub(super) fn name(input: &Path) -> String {
    let name = input
        .file_stem()
        .or_else(|| input.file_name())
        .map_or_else(|| "space".into(), |name| name.to_string_lossy().into_owned());
    name + "-retrieval"
}
