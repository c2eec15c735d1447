//! The folder of a retrieval: of embeddings against each other, or of runs against judgements.

use super::csv::{csv_of, number};
use super::document::{Block, Document, Table};
use super::folder::Draft;
use super::text::{count, decimal, percent, percent_with_interval};
use super::{Overwrite, ReportError, markdown, page};
use crate::compare::{Comparison, json, latex, text};
use crate::embeddings::Embeddings;
use crate::gate::Verdict;
use crate::retrieval::evaluation::Accounting;
use crate::retrieval::search::{Measured, Search};
use crate::taxonomy::TaxonId;
use serde_json::{Map, Value, json};
use std::path::{Path, PathBuf};

/// What a search was made from.
pub struct Searched<'a> {
    /// The documents.
    pub index: &'a Embeddings,
    /// The queries, where they are others.
    pub queries: Option<&'a Embeddings>,
    /// What came of it.
    pub search: &'a Search,
    /// Gates, held against it.
    pub gates: &'a [Verdict],
    /// The command.
    pub command_line: &'a str,
}

/// Everything of a search for programs; gates read the same names.
#[must_use]
pub fn value(searched: &Searched<'_>) -> Value {
    let search = searched.search;
    let mut value = json!(search);
    let ties = search.triplets.as_ref().map(|triplets| triplets.ties);
    value["notes"] = json!(search.notes);
    value["tied_triplets"] = json!(ties);
    value["hard_negatives"] = json!(search.hard_negatives.len());
    if !searched.gates.is_empty() {
        value["gates"] = json!(searched.gates);
    }
    value["provenance"] = provenance(searched.command_line, Some(&searched.index.taxonomy.fingerprint()));
    value
}

/// Values of a search by name, as gates look for them.
#[must_use]
pub fn blocks(search: &Search) -> Value {
    let mut blocks = Map::new();
    for measured in &search.measured {
        insert(&mut blocks, measured);
    }
    blocks.insert("triplets".to_string(), json!(search.triplets));
    for share in &search.top_shares {
        blocks.insert(format!("pos_top_{}", share.k), json!(share.positives));
        blocks.insert(format!("neg_top_{}", share.k), json!(share.negatives));
    }
    Value::Object(blocks)
}

fn insert(blocks: &mut Map<String, Value>, measured: &Measured) {
    blocks.insert(measured.name.clone(), json!(measured.value));
    blocks.insert(format!("{}_low", measured.name), json!(measured.low));
    blocks.insert(format!("{}_high", measured.name), json!(measured.high));
    if let Some(reason) = &measured.no_interval {
        let reasons = blocks.entry("no_interval").or_insert_with(|| json!({}));
        reasons[measured.name.as_str()] = json!(reason);
    }
}

fn provenance(command_line: &str, taxonomy: Option<&str>) -> Value {
    json!({
        "program": env!("CARGO_PKG_NAME"),
        "version": env!("CARGO_PKG_VERSION"),
        "command_line": command_line,
        "taxonomy_sha256": taxonomy,
    })
}

/// Writes `retrieval.json`, `measures.csv`, `queries.csv`, `hard_negatives.csv`, the figure, `retrieval.md` and
/// `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, searched: &Searched<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("retrieval.json", &format!("{:#}\n", value(searched)))?;
    draft.write("measures.csv", &measures_csv(searched.search).map_err(|error| draft.failed("measures.csv", error))?)?;
    draft.write("queries.csv", &queries_csv(searched).map_err(|error| draft.failed("queries.csv", error))?)?;
    let negatives = hard_negatives_csv(searched).map_err(|error| draft.failed("hard_negatives.csv", error))?;
    draft.write("hard_negatives.csv", &negatives)?;
    let document = document(searched)?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("retrieval.md", &markdown::render(&document))?;
    draft.write("index.html", &page::render(&document))?;
    draft.publish()
}

fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

fn measures_csv(search: &Search) -> std::io::Result<String> {
    csv_of(
        &texts(&["measure", "rank", "level", "n", "value", "low", "high"]),
        search.measured.iter().map(|of| {
            let level = of.level.map(|level| level.to_string()).unwrap_or_default();
            let rank = of.rank.clone().unwrap_or_default();
            vec![of.measure.clone(), rank, level, of.n.to_string(), number(of.value), number(of.low), number(of.high)]
        }),
    )
}

fn identity(embeddings: &Embeddings, row: usize) -> String {
    embeddings.taxa[row].map(|taxon| super::text::identity(&embeddings.taxonomy, taxon)).unwrap_or_default()
}

fn name(embeddings: &Embeddings, row: usize) -> String {
    embeddings.taxa[row].map(|taxon: TaxonId| embeddings.taxonomy.name(taxon).to_string()).unwrap_or_default()
}

/// A row for each query: what came first, and the values of all measures.
///
/// # Errors
///
/// What the writer says.
pub fn queries_csv(searched: &Searched<'_>) -> std::io::Result<String> {
    let search = searched.search;
    let (index, queries) = (searched.index, searched.queries.unwrap_or(searched.index));
    let mut header = texts(&["image", "taxon", "nearest", "nearest_taxon", "shared_ranks", "similarity"]);
    header.extend(search.measured.iter().map(|of| of.name.clone()));
    csv_of(
        &header,
        search.query_rows.iter().enumerate().map(|(place, &row)| {
            let mut cells = vec![queries.names[row].clone(), identity(queries, row)];
            cells.extend(match search.first[place] {
                Some((document, similarity, grade)) => {
                    let document = search.document_rows[document];
                    vec![index.names[document].clone(), identity(index, document), grade.to_string(), similarity.to_string()]
                }
                None => vec![String::new(); 4],
            });
            cells.extend(search.per_query.iter().map(|values| number(values[place])));
            cells
        }),
    )
}

fn hard_negatives_csv(searched: &Searched<'_>) -> std::io::Result<String> {
    let search = searched.search;
    let (index, queries) = (searched.index, searched.queries.unwrap_or(searched.index));
    csv_of(
        &texts(&["image", "negative", "taxon", "negative_taxon", "name", "negative_name", "similarity", "nearer_documents"]),
        search.hard_negatives.iter().map(|hard| {
            let (row, document) = (search.query_rows[hard.query], search.document_rows[hard.document]);
            vec![
                queries.names[row].clone(),
                index.names[document].clone(),
                identity(queries, row),
                identity(index, document),
                name(queries, row),
                name(index, document),
                hard.similarity.to_string(),
                hard.above.to_string(),
            ]
        }),
    )
}

/// Measures down, ranks across: what is printed and stands on the page.
#[must_use]
pub fn measure_table(search: &Search) -> Table {
    let ranks: Vec<&str> = search.levels.iter().map(|level| level.rank.as_str()).collect();
    let columns: Vec<(&str, bool)> = std::iter::once(("Measure", false)).chain(ranks.iter().map(|rank| (*rank, true))).collect();
    let mut table = Table::new(&columns);
    let mut names: Vec<&str> = vec![];
    for of in search.measured.iter().filter(|of| of.level.is_some()) {
        if !names.contains(&of.measure.as_str()) {
            names.push(&of.measure);
        }
    }
    for name in names {
        let at = |level: i32| search.measured.iter().find(|of| of.measure == name && of.level == Some(level));
        let cell = |level: i32| at(level).map_or_else(String::new, |of| decimal(of.value, 3));
        table.rows.push(std::iter::once(name.to_string()).chain(search.levels.iter().map(|level| cell(level.grade))).collect());
    }
    table
}

/// Flags down, numbers of documents across.
#[must_use]
pub fn flag_table(search: &Search) -> Table {
    let ks: Vec<usize> = search.top_shares.iter().map(|share| share.k).collect();
    let heads: Vec<String> = ks.iter().map(|k| format!("@{k}")).collect();
    let columns: Vec<(&str, bool)> =
        std::iter::once(("First documents", false)).chain(heads.iter().map(|head| (head.as_str(), true))).collect();
    let mut table = Table::new(&columns);
    for (flag, label) in [
        ("green", "green: the query's own taxon"),
        ("yellow", "yellow: another, but acceptable"),
        ("red", "red: neither"),
        ("queries_with_red", "queries with a red one"),
    ] {
        let cell = |k: &usize| percent(search.value(&format!("{flag}@{k}")));
        table.rows.push(std::iter::once(label.to_string()).chain(ks.iter().map(cell)).collect());
    }
    let heights = ks.iter().map(|k| decimal(search.value(&format!("mean_height@{k}")), 3));
    table.rows.push(std::iter::once("mean height at which both meet".to_string()).chain(heights).collect());
    let positives = search.top_shares.iter().map(|share| percent(share.positives));
    table.rows.push(std::iter::once("positives among them".to_string()).chain(positives).collect());
    let negatives = search.top_shares.iter().map(|share| percent(share.negatives));
    table.rows.push(std::iter::once("negatives among them".to_string()).chain(negatives).collect());
    table
}

/// One sentence: how often the first document is right, at the finest rank.
#[must_use]
pub fn verdict(search: &Search) -> String {
    let Some(finest) = search.levels.last() else { return "No rank occurs.".to_string() };
    let first = search.measured.iter().find(|of| of.measure == "precision@1" && of.level == Some(finest.grade));
    match first {
        Some(first) => format!(
            "The nearest of {} documents is of the same {} for {} of {} queries that have one.",
            count(search.documents as u64),
            finest.rank,
            percent_with_interval(first.value, first.low, first.high),
            count(first.n as u64)
        ),
        None => format!("{} queries against {} documents.", count(search.queries as u64), count(search.documents as u64)),
    }
}

/// How vectors were ranked, in a sentence.
#[must_use]
pub fn setting(search: &Search, others: bool) -> String {
    let similarity = json!(search.similarity);
    format!(
        "{} queries, {} documents{}; {} of vectors of length {}{}; {}.",
        count(search.queries as u64),
        count(search.documents as u64),
        match (others, search.across_observations) {
            (true, _) => "",
            (false, false) => ", a query never its own document",
            (false, true) => ", none of the query's own observation",
        },
        similarity.as_str().unwrap_or_default(),
        search.width,
        if search.norm == "l2" { ", divided by their lengths" } else { ", as they are" },
        search.depth.map_or_else(|| "whole rankings".to_string(), |depth| format!("the first {depth} of each ranking")),
    )
}

fn document(searched: &Searched<'_>) -> Result<Document, ReportError> {
    let search = searched.search;
    let mut blocks = vec![
        Block::Paragraph(setting(search, searched.queries.is_some())),
        Block::Heading(2, "Rankings, rank by rank".to_string()),
        Block::Table(measure_table(search)),
        Block::Paragraph(
            "A document is relevant at a rank if it shares that rank with the query; measures have the definitions of ranx, over \
             the queries with something to find (measures.csv has their number and intervals)."
                .to_string(),
        ),
        Block::Heading(2, "What is shown first".to_string()),
        Block::Table(flag_table(search)),
    ];
    if let Some(triplets) = &search.triplets {
        let of = if triplets.drawn { format!(" drawn of {}", count(triplets.of)) } else { String::new() };
        let [low, .., high] = triplets.margin_quantiles;
        blocks.push(Block::Heading(2, "Triplets".to_string()));
        blocks.push(Block::Paragraph(format!(
            "In {} of {} triplets{of} the document of the query's own taxon is nearer than one of another ({} are equally near); it is \
             nearer by {:.3} on average, by {low:.3} to {high:.3} for 90 % of them.",
            percent(Some(triplets.accuracy)),
            count(triplets.n),
            count(triplets.ties),
            triplets.margin_mean
        )));
    }
    blocks.push(Block::Heading(2, "Which taxa look alike".to_string()));
    let mut table = Table::new(&[("Mean cosine", false), ("taxa", true), ("within", true), ("between", true)]);
    for row in &search.cosines {
        table.push([row.rank.clone(), count(row.taxa as u64), decimal(row.same, 3), decimal(row.different, 3)]);
    }
    blocks.push(Block::Table(table));
    blocks.extend(picture(searched)?);
    if !search.hard_negatives.is_empty() {
        blocks.push(Block::Paragraph(format!(
            "hard_negatives.csv has the nearest document of another taxon of the same family for {} queries.",
            count(search.hard_negatives.len() as u64)
        )));
    }
    if !searched.gates.is_empty() {
        let lines = searched.gates.iter().map(|verdict| verdict.line(false)).collect();
        blocks.extend([Block::Heading(2, "Gates".to_string()), Block::List(lines)]);
    }
    if !search.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(search.notes.clone())]);
    }
    blocks.push(Block::Paragraph(format!("{} {}: {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"), searched.command_line)));
    Ok(Document { title: "Every image as a query".to_string(), verdicts: vec![verdict(search)], blocks })
}

#[cfg(feature = "plots")]
fn picture(searched: &Searched<'_>) -> Result<Option<Block>, ReportError> {
    let figure = super::figures::retrieval::similarity(&searched.index.taxonomy, &searched.search.classes)?;
    Ok(figure.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
fn picture(_searched: &Searched<'_>) -> Result<Option<Block>, ReportError> {
    Ok(None)
}

/// Runs against judgements.
pub struct Evaluated<'a> {
    /// The numbers.
    pub comparison: &'a Comparison,
    /// The queries.
    pub queries: &'a [String],
    /// For each run and measure the values of the queries.
    pub values: &'a [Vec<Vec<f64>>],
    /// What did not fit, run by run.
    pub accounting: &'a [Accounting],
    /// The policy for equal scores.
    pub ties: &'a str,
    /// What was decided, one sentence each.
    pub notes: &'a [String],
    /// Gates, held against the runs.
    pub gates: &'a [Verdict],
    /// How names are aligned in LaTeX: `l`, or `c` as ranx had it in 2022.
    pub names: char,
    /// The command.
    pub command_line: &'a str,
}

/// The comparison in the layout of ranx, with everything else under `nearmiss`.
#[must_use]
pub fn runs_value(evaluated: &Evaluated<'_>) -> Value {
    let mut value = json::value(evaluated.comparison);
    let own = &mut value["nearmiss"];
    own["ties"] = json!(evaluated.ties);
    own["accounting"] = json!(evaluated.accounting);
    own["notes"] = json!(evaluated.notes);
    if !evaluated.gates.is_empty() {
        own["gates"] = json!(evaluated.gates);
    }
    own["provenance"] = provenance(evaluated.command_line, None);
    value
}

/// A row for each query and run.
///
/// # Errors
///
/// What the writer says.
pub fn runs_csv(evaluated: &Evaluated<'_>) -> std::io::Result<String> {
    let mut header = texts(&["query", "run"]);
    header.extend(evaluated.comparison.metrics.iter().map(|metric| metric.name.clone()));
    let rows = evaluated.queries.iter().enumerate().flat_map(|(place, query)| {
        let run = move |(name, values): (&String, &Vec<Vec<f64>>)| {
            let mut cells = vec![query.clone(), name.clone()];
            cells.extend(values.iter().map(|values| values[place].to_string()));
            cells
        };
        evaluated.comparison.runs.iter().zip(evaluated.values).map(run)
    });
    csv_of(&header, rows)
}

/// Writes `compare.json`, `table.txt`, `table.tex`, `queries.csv`, `retrieval.md` and `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write_runs(folder: &Path, evaluated: &Evaluated<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("compare.json", &format!("{:#}\n", runs_value(evaluated)))?;
    draft.write("table.txt", &(text::ranx_table(evaluated.comparison) + "\n"))?;
    draft.write("table.tex", &(latex::table_with(evaluated.comparison, evaluated.names) + "\n"))?;
    draft.write("queries.csv", &runs_csv(evaluated).map_err(|error| draft.failed("queries.csv", error))?)?;
    let document = runs_document(evaluated);
    draft.write("retrieval.md", &markdown::render(&document))?;
    draft.write("index.html", &page::render(&document))?;
    draft.publish()
}

fn runs_document(evaluated: &Evaluated<'_>) -> Document {
    let comparison = evaluated.comparison;
    let mut means = Table::new(&[("Measure", false)]);
    means.head.extend(comparison.runs.iter().cloned());
    means.numeric.extend(comparison.runs.iter().map(|_| true));
    for (place, metric) in comparison.metrics.iter().enumerate() {
        let cells = (0..comparison.runs.len()).map(|run| {
            let interval = metric.intervals[run].map_or_else(String::new, |ends| format!(" ({:.3}–{:.3})", ends.low, ends.high));
            text::cell(comparison, place, run) + &interval
        });
        means.rows.push(std::iter::once(metric.label.clone()).chain(cells).collect());
    }
    let mut pairs = Table::new(&[
        ("Measure", false),
        ("Runs", false),
        ("difference", true),
        ("wins / ties / losses", true),
        ("p", true),
        ("adjusted", true),
        ("how", false),
    ]);
    for metric in &comparison.metrics {
        for pair in &metric.pairs {
            pairs.push([
                metric.label.clone(),
                format!("{} − {}", comparison.runs[pair.first], comparison.runs[pair.second]),
                decimal(pair.difference, 4),
                format!("{} / {} / {}", pair.wins, pair.ties, pair.losses),
                decimal(Some(pair.randomisation.p), 4),
                decimal(Some(pair.adjusted), 4),
                pair.randomisation.method.name().to_string(),
            ]);
        }
    }
    let letters = comparison.runs.iter().enumerate().map(|(run, name)| format!("{}: {name}", text::letter(run)));
    let mut blocks = vec![
        Block::List(letters.collect()),
        Block::Heading(2, "All runs by all measures".to_string()),
        Block::Table(means),
        Block::Paragraph(format!(
            "Means over {} queries, a query that a run does not have counting 0. A raised letter names a run that is significantly worse \
             (sign-flip randomisation, adjusted by Holm over the pairs of a measure, p ≤ {}); equal scores: {}.",
            count(evaluated.queries.len() as u64),
            comparison.alpha,
            evaluated.ties
        )),
    ];
    if !pairs.rows.is_empty() {
        blocks.extend([Block::Heading(2, "Pair by pair".to_string()), Block::Table(pairs)]);
    }
    if !evaluated.gates.is_empty() {
        let several = comparison.runs.len() > 1;
        let lines = evaluated.gates.iter().map(|verdict| verdict.line(several)).collect();
        blocks.extend([Block::Heading(2, "Gates".to_string()), Block::List(lines)]);
    }
    if !evaluated.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(evaluated.notes.to_vec())]);
    }
    blocks.push(Block::Paragraph(format!(
        "{} {}: {}",
        env!("CARGO_PKG_NAME"),
        env!("CARGO_PKG_VERSION"),
        evaluated.command_line
    )));
    let title = match &comparison.runs[..] {
        [only] => format!("Retrieval of {only}"),
        runs => format!("{} runs against judgements", runs.len()),
    };
    Document { title, verdicts: vec![], blocks }
}
