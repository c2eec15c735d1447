//! Every embedding as a query.

use super::{Console, Ending, ending, gates, hold, overwrite};
use crate::commands::cli::{NormChoice, RetrieveArgs, SimilarityChoice};
use crate::numbers::neighbours::Similarity;
use crate::report::csv_safe;
use crate::report::document::Table;
use crate::report::retrieval::{
    Searched, blocks, flag_table, measure_table, queries_csv, setting, triplet_line, value, verdict, write,
};
use crate::scores::gate::{Gate, Verdict};
use crate::spaces::embeddings::Embeddings;
use crate::spaces::retrieval::relevance::Relevance;
use crate::spaces::retrieval::search::{Depth, Search, SearchOptions, WHOLE, search};
use crate::spaces::retrieval::{Measure, MeasureError};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use anyhow::bail;
use std::path::{Path, PathBuf};

/// What is measured at every rank unless asked otherwise.
const MEASURES: [&str; 9] =
    ["mrr@10", "precision@1", "precision@5", "precision@10", "recall@10", "map@10", "ndcg@10", "r-precision", "map@r"];

/// Ranks all vectors for each of them and measures that.
pub(super) fn run(args: &RetrieveArgs, console: Console) -> anyhow::Result<Ending> {
    if args.fuse.is_some() {
        bail!("--fuse: embeddings give one run; fusing takes judgements and several run files");
    }
    let mut gates = gates(args)?;
    let depth = args.depth.unwrap_or_default();
    let given = args.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
    let index = Embeddings::read(&args.first, args.labels.as_deref(), given.as_ref())?;
    let queries = match &args.queries {
        Some(path) => Some(Embeddings::read(path, args.query_labels.as_deref(), Some(&index.taxonomy))?),
        None => None,
    };
    console.remark(format!("{} vectors of length {}", index.len(), index.width));
    let taxa = index.taxa.iter().chain(queries.iter().flat_map(|queries| &queries.taxa));
    let relevance = Relevance::of(&index.taxonomy, taxa.flatten().copied());
    let levels: Vec<(&str, i32)> = relevance.levels().iter().map(|level| (level.rank.as_str(), level.grade)).collect();
    let documents = index.taxa.iter().flatten().count();
    let whole = depth == Depth::All || (depth == Depth::Usual && documents <= WHOLE);
    let (measures, left_out) = measures(args, &mut gates, &levels, whole)?;
    let mut search = search(&index, queries.as_ref(), &options(args, measures, &levels)?)?;
    let more = notes(&search, left_out);
    search.notes.extend(more);
    let values = blocks(&search);
    let verdicts = gates.iter().map(|gate| hold(gate, "embeddings", &values)).collect::<anyhow::Result<Vec<Verdict>>>()?;
    let command_line = std::env::args().collect::<Vec<_>>().join(" ");
    let searched =
        Searched { index: &index, queries: queries.as_ref(), search: &search, gates: &verdicts, command_line: &command_line };
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.first));
    let files = write(&output, &searched, overwrite(args))?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    for note in &search.notes {
        console.remark(format!("  note: {note}"));
    }
    if args.json {
        console.say(format!("{:#}", value(&searched)))?;
    } else if args.per_query {
        console.say(queries_csv(&searched)?.trim_end())?;
    } else {
        say(&searched, console)?;
        console.say(format!("retrieval: {} ({} files)", output.join("index.html").display(), files.len()))?;
    }
    Ok(ending(&verdicts))
}

/// How is searched, and what is measured at which ranks.
fn options(args: &RetrieveArgs, measures: Vec<Measure>, levels: &[(&str, i32)]) -> anyhow::Result<SearchOptions> {
    Ok(SearchOptions {
        normalise: args.norm == NormChoice::L2,
        similarity: match args.similarity {
            SimilarityChoice::Cosine => Similarity::Cosine,
            SimilarityChoice::Inner => Similarity::Inner,
            SimilarityChoice::Euclidean => Similarity::Euclidean,
        },
        across_observations: args.across_observations,
        depth: args.depth.unwrap_or_default(),
        measures,
        ks: args.k.clone(),
        yellow_from: args.yellow_from.map_or(Ok(SearchOptions::default().yellow_from), |rank| yellow_from(rank, levels))?,
        draws: args.draws as usize,
        seed: args.seed,
    })
}

/// What the search itself does not say.
fn notes(search: &Search, left_out: bool) -> Vec<String> {
    let mut notes = vec![];
    if left_out {
        notes.push(format!(
            "r-precision and map@r look at whole rankings and are left out for more than {WHOLE} documents; --depth all ranks them all"
        ));
    }
    if search.notes.iter().all(|note| !note.contains("no taxon")) && search.documents_without_taxon > 0 {
        notes.push(format!("{} vectors without a taxon are no documents", search.documents_without_taxon));
    }
    notes
}

/// Says what was measured, in tables.
fn say(searched: &Searched<'_>, console: Console) -> std::io::Result<()> {
    let search = searched.search;
    console.say(setting(search, searched.queries.is_some()))?;
    console.say(lines(&measure_table(search)))?;
    console.say(lines(&flag_table(search)))?;
    triplet_line(search).map_or(Ok(()), |line| console.say(line))?;
    console.say("  95 % intervals and numbers of queries stand on the page and in measures.csv")?;
    console.say(verdict(search))?;
    searched.gates.iter().try_for_each(|verdict| console.say(verdict.line(false)))
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

fn yellow_from(rank: Rank, levels: &[(&str, i32)]) -> anyhow::Result<Rank> {
    if levels.iter().any(|(known, _)| *known == rank.name()) {
        return Ok(rank);
    }
    let known = levels.iter().map(|(rank, _)| *rank).collect::<Vec<_>>().join(", ");
    bail!("--yellow-from '{rank}': that rank does not occur; there are {known}")
}

/// The measures asked for at their ranks, and whether r-precision was left out because rankings are cut.
fn measures(
    args: &RetrieveArgs,
    gates: &mut [Gate],
    levels: &[(&str, i32)],
    whole: bool,
) -> anyhow::Result<(Vec<Measure>, bool)> {
    let usual = args.measures.is_empty();
    let asked: Vec<&str> = if usual { MEASURES.to_vec() } else { args.measures.iter().map(String::as_str).collect() };
    let mut measures: Vec<Measure> = vec![];
    let mut left_out = false;
    let mut add = |measure: Measure| {
        if measures.iter().all(|known| known.name() != measure.name()) {
            measures.push(measure);
        }
    };
    for text in asked {
        for measure in Measure::parse(text, levels)? {
            if usual && !whole && measure.needs_whole_rankings() {
                left_out = true;
                continue;
            }
            if measure.level_name.is_empty() {
                for (rank, level) in levels {
                    add(measure.at_level(*level, rank));
                }
            } else {
                add(at_rank(&measure, levels));
            }
        }
    }
    for gate in gates {
        // Gates may name flags and triplets as well, which are no measures.
        match Measure::parse(&gate.metric, levels) {
            Ok(parsed) if parsed.iter().any(|measure| measure.level_name.is_empty()) => {
                let finest = levels.last().map_or("species", |(rank, _)| rank);
                bail!("gate '{0}': there is one value for each rank; say which, such as {0}-l{finest}", gate.metric);
            }
            Ok(parsed) => {
                for measure in parsed {
                    let measure = at_rank(&measure, levels);
                    gate.metric = measure.name();
                    add(measure);
                }
            }
            Err(MeasureError::Unknown { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Ok((measures, left_out))
}

/// A measure whose level is called by its rank.
fn at_rank(measure: &Measure, levels: &[(&str, i32)]) -> Measure {
    match levels.iter().find(|(_, level)| *level == measure.level) {
        Some((rank, level)) => measure.at_level(*level, rank),
        None => measure.clone(),
    }
}

fn default_output(input: &Path) -> PathBuf {
    let name = input
        .file_stem()
        .or_else(|| input.file_name())
        .map_or_else(|| "space".into(), |name| name.to_string_lossy().into_owned());
    PathBuf::from("reports").join(name + "-retrieval")
}
