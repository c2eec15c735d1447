//! Options of `nearmiss retrieve`.

use super::heading::{EMBEDDINGS, GATES, JUDGEMENTS, OUTPUT, RARE};
use super::norm::NormChoice;
use super::word::{Word, probability, rank};
use crate::runs::device::DeviceChoice;
use crate::scores::gate::Gate;
use crate::spaces::retrieval::search::Depth;
use crate::taxonomy::rank::Rank;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// What decides between documents with equal scores.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TiesChoice {
    /// Their names from Z to A, as trec_eval.
    Trec,
    /// The order of the file.
    Input,
    /// Their names from A to Z.
    DocidAsc,
}

/// How runs become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum FuseChoice {
    /// Reciprocal ranks, 1 / (60 + rank).
    Rrf,
    /// Sum of scores brought to 0…1.
    Sum,
    /// The same times the number of runs that found the document.
    Mnz,
}

/// Labels of measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LabelsChoice {
    /// `Hit Rate@10`.
    Current,
    /// `Hit_Rate@10`, as ranx had them in 2022.
    Legacy,
}

/// What makes two vectors near.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum SimilarityChoice {
    /// Cosine of their angle.
    Cosine,
    /// Inner product.
    Inner,
    /// Minus their distance.
    Euclidean,
}

/// `nearmiss retrieve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss retrieve runs/bees --across-observations -o reports/bees-retrieval
  nearmiss retrieve qrels.trec bm25.json dense.trec --measures mrr@10,ndcg@10,precision@5-l2 --gate 'mrr@10>0.3'")]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct RetrieveArgs {
    /// A run directory or embeddings (Parquet, .npy, .npz, .safetensors), each a query against all others; or
    /// judgements (ranx JSON, TREC, Parquet, also .gz).
    #[arg(required_unless_present = "list_metrics")]
    pub first: Option<PathBuf>,
    /// With judgements: the runs to measure, and to compare where there are several.
    pub runs: Vec<PathBuf>,
    /// Measures as in ranx, `name[@k][-l<level>]`; levels of embeddings may be ranks (`mrr@10-lfamily`), and a measure
    /// without a level is taken at every rank.
    #[arg(long, short, value_delimiter = ',')]
    pub measures: Vec<String>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// What decides between documents with equal scores.
    #[arg(long, help_heading = JUDGEMENTS, value_enum, default_value_t = TiesChoice::Trec)]
    pub ties: TiesChoice,
    /// Fuse the runs into the file -o (.json for ranx, else TREC lines), and measure that run with them.
    #[arg(long, help_heading = JUDGEMENTS, value_enum, requires = "output")]
    pub fuse: Option<FuseChoice>,
    /// Labels of the table.
    #[arg(long, help_heading = JUDGEMENTS, value_enum, default_value_t = LabelsChoice::Current)]
    pub ranx_labels: LabelsChoice,
    /// A difference is significant at an adjusted p-value of at most this.
    #[arg(long, help_heading = JUDGEMENTS, default_value_t = 0.05, value_parser = probability)]
    pub alpha: f64,
    /// Other embeddings as queries, held against those of the first file.
    #[arg(long, help_heading = EMBEDDINGS)]
    pub queries: Option<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: the run's own, or the lineages of the table].
    #[arg(long, short, help_heading = EMBEDDINGS)]
    pub taxonomy: Option<String>,
    /// A CSV with a row per vector, for arrays: names, taxa or rank columns.
    #[arg(long, help_heading = EMBEDDINGS)]
    pub labels: Option<PathBuf>,
    /// The same for the array of --queries.
    #[arg(long, help_heading = EMBEDDINGS, requires = "queries")]
    pub query_labels: Option<PathBuf>,
    /// How vectors are scaled before anything is measured.
    #[arg(long, help_heading = EMBEDDINGS, value_enum, default_value_t = NormChoice::L2)]
    pub norm: NormChoice,
    /// What makes two vectors near.
    #[arg(long, help_heading = EMBEDDINGS, value_enum, default_value_t = SimilarityChoice::Cosine)]
    pub similarity: SimilarityChoice,
    /// Photographs of the query's own observation are left out.
    #[arg(long, help_heading = EMBEDDINGS)]
    pub across_observations: bool,
    /// Documents ranked for each query, or `all` [default: all up to 4000, else 100].
    #[arg(long, help_heading = EMBEDDINGS, value_parser = Word(depth))]
    pub depth: Option<Depth>,
    /// Numbers of first documents that are flagged green, yellow, red.
    #[arg(long, help_heading = EMBEDDINGS, value_delimiter = ',', default_values_t = [1_usize, 5, 10])]
    pub k: Vec<usize>,
    /// Rank at which query and document must meet for a wrong document to be acceptable (yellow) [default: genus].
    #[arg(long, help_heading = EMBEDDINGS, value_parser = Word(rank))]
    pub yellow_from: Option<Rank>,
    /// Where products of vectors are computed: cpu, cuda or cuda:N. The rankings are the same.
    #[arg(long, help_heading = EMBEDDINGS, default_value_t = DeviceChoice::Cpu, value_parser = DeviceChoice::from_str)]
    pub device: DeviceChoice,
    /// A line that a measure must reach, or the exit code is 1: 'mrr@10>0.3', 'green@5>=0.8'; may be repeated.
    #[arg(long, help_heading = GATES, value_parser = Gate::parse_measure)]
    pub gate: Vec<Gate>,
    /// A TOML file with a table `gates` of such lines.
    #[arg(long, help_heading = GATES)]
    pub gates: Option<PathBuf>,
    /// The folder of tables and page [default for embeddings: reports/NAME-retrieval; for runs: none]; with --fuse the fused run.
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// Print a CSV of the values of every query instead of the table.
    #[arg(long, help_heading = OUTPUT)]
    pub per_query: bool,
    /// Print JSON on stdout instead of the table, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT, conflicts_with = "per_query")]
    pub json: bool,
    /// Write table.tex to the letter as ranx does, which is to be cut before LaTeX reads it.
    #[arg(long, help_heading = OUTPUT)]
    pub ranx_table: bool,
    /// Write into a folder that holds something else, or over a fused run.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Draws of the bootstrap for intervals.
    #[arg(long, help_heading = RARE, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    pub draws: u32,
    /// Seed of draws and permutations.
    #[arg(long, help_heading = RARE, default_value_t = 0)]
    pub seed: u64,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}

/// A number of documents, or `all`.
fn depth(word: &str) -> Result<Depth, String> {
    if word == "all" {
        return Ok(Depth::All);
    }
    let number = word.parse().ok().filter(|depth| *depth > 0).map(Depth::At);
    number.ok_or_else(|| format!("'{word}': it is a number of documents from 1 on, or 'all'"))
}
