//! Options of `nearmiss retrieve`.

use super::fusion::{FUSION, FusionArgs};
use super::heading::{EMBEDDINGS, GATES, JUDGEMENTS, OUTPUT, RARE};
use super::norm::NormChoice;
use super::word::{Word, probability, rank};
use crate::numbers::neighbours::Similarity;
use crate::runs::device::DeviceChoice;
use crate::runs::pooling::Layers;
use crate::scores::gate::Gate;
use crate::spaces::retrieval::search::Depth;
use crate::taxonomy::rank::Rank;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// Heading of what makes rankings of texts.
const TEXTS: &str = "Texts";
/// Heading of what embeds texts.
pub(super) const MODELS: &str = "Models of texts";

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

impl SimilarityChoice {
    /// As the library has it.
    #[must_use]
    pub fn similarity(self) -> Similarity {
        match self {
            SimilarityChoice::Cosine => Similarity::Cosine,
            SimilarityChoice::Inner => Similarity::Inner,
            SimilarityChoice::Euclidean => Similarity::Euclidean,
        }
    }
}

/// `nearmiss retrieve`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss retrieve runs/bees --across-observations -o reports/bees-retrieval
  nearmiss retrieve pairs.csv --bm25 --model models/minilm --measures mrr@10,ndcg@10 --gate 'mrr@10>0.3' -o reports/pairs")]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct RetrieveArgs {
    /// A run directory or embeddings (Parquet, .npy, .npz, .safetensors), each a query against all others; or
    /// judgements (ranx JSON, TREC, Parquet, also .gz); or texts: a table of query, positive and negative, a folder with
    /// corpus.jsonl, queries.jsonl and qrels/test.tsv, or a table of texts with their taxa.
    #[arg(required_unless_present_any = ["list_metrics", "corpus"])]
    pub first: Option<PathBuf>,
    /// With judgements, and with texts: runs to measure, and to compare where there are several.
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
    /// Fuse the runs into the file -o (.json for ranx, else TREC lines; of texts into the folder -o), and measure that run with
    /// them.
    #[arg(long, help_heading = JUDGEMENTS, value_enum, requires = "output")]
    pub fuse: Option<FuseChoice>,
    /// Labels of the table.
    #[arg(long, help_heading = JUDGEMENTS, value_enum, default_value_t = LabelsChoice::Current)]
    pub ranx_labels: LabelsChoice,
    /// A difference is significant at an adjusted p-value of at most this.
    #[arg(long, help_heading = JUDGEMENTS, default_value_t = 0.05, value_parser = probability)]
    pub alpha: f64,
    /// The documents, a file of ids, texts and perhaps titles or taxa (CSV, TSV, JSON Lines, Parquet), for the texts of
    /// --queries; before it judgements, unless both have taxa.
    #[arg(long, help_heading = TEXTS, requires = "queries")]
    pub corpus: Option<PathBuf>,
    /// Rank by words: BM25 as Lucene computes it.
    #[arg(long, help_heading = TEXTS)]
    pub bm25: bool,
    /// k1 of BM25: how much a word adds that stands there again [default: 1.2].
    #[arg(long, help_heading = TEXTS, requires = "bm25", conflicts_with = "tune_bm25", value_parser = Word(positive))]
    pub k1: Option<f64>,
    /// b of BM25: how much long texts are held against themselves, from 0 to 1 [default: 0.75].
    #[arg(long, help_heading = TEXTS, requires = "bm25", conflicts_with = "tune_bm25", value_parser = probability)]
    pub b: Option<f64>,
    /// Tune k1 and b by a measure on queries that are then not measured: those of a split that is there for it, else half.
    #[arg(long, help_heading = TEXTS, requires = "bm25", num_args = 0..=1, require_equals = true,
        default_missing_value = "ndcg@10", value_name = "MEASURE")]
    pub tune_bm25: Option<String>,
    /// Words that BM25 leaves out: 'en' for the 33 of Lucene, or a file of them.
    #[arg(long, help_heading = TEXTS, requires = "bm25", value_name = "WORDS")]
    pub stop_words: Option<String>,
    /// The split of the queries to measure [default: all; of a folder the one of qrels/test.tsv].
    #[arg(long, help_heading = TEXTS)]
    pub split: Option<String>,
    /// Vectors of the queries and of the documents, a row for each row of their files.
    #[arg(long, help_heading = TEXTS, num_args = 2, value_names = ["QUERIES", "DOCUMENTS"])]
    pub embeddings: Vec<PathBuf>,
    /// A model that embeds queries and documents; may be repeated.
    #[arg(long, help_heading = MODELS)]
    pub model: Vec<String>,
    /// A model that embeds queries alone, beside one of documents.
    #[arg(long, help_heading = MODELS, requires = "document_model", value_name = "MODEL")]
    pub query_model: Option<String>,
    /// A model that embeds documents alone.
    #[arg(long, help_heading = MODELS, requires = "query_model", value_name = "MODEL")]
    pub document_model: Option<String>,
    /// What stands before each query, such as 'query: ' [default: what the model's files say].
    #[arg(long, help_heading = MODELS, value_name = "PROMPT")]
    pub query_prompt: Option<String>,
    /// What stands before each document, such as 'passage: ' [default: what the model's files say].
    #[arg(long, help_heading = MODELS, value_name = "PROMPT")]
    pub document_prompt: Option<String>,
    /// Keep so many of the first numbers of each vector, of models that are trained for it.
    #[arg(long, help_heading = MODELS, value_parser = Word(dimensions))]
    pub dimensions: Option<usize>,
    /// What a fusion encoder reads beside texts.
    #[command(flatten)]
    pub fusion: FusionArgs,
    /// Blocks of a fusion encoder that states are taken from: last, sum:N, concat:N, average:N [default: last].
    #[arg(long, help_heading = FUSION, requires = "regions", value_parser = Layers::from_str)]
    pub layers: Option<Layers>,
    /// The folder that photographs lie in, for --grid [default: that of the table].
    #[arg(long, help_heading = FUSION, requires = "grid")]
    pub photographs: Option<PathBuf>,
    /// Other embeddings as queries, held against those of the first file; with --corpus a file of ids and texts.
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
    /// What makes two vectors near [default: cosine; of a model that compares vectors as they are, inner].
    #[arg(long, help_heading = EMBEDDINGS, value_enum)]
    pub similarity: Option<SimilarityChoice>,
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
    /// Where models embed, and products of vectors are computed if a CUDA device is named: auto, cpu, cuda or cuda:N.
    #[arg(long, help_heading = EMBEDDINGS, default_value_t = DeviceChoice::Auto, value_parser = DeviceChoice::from_str)]
    pub device: DeviceChoice,
    /// A line that a measure must reach, or the exit code is 1: 'mrr@10>0.3', 'green@5>=0.8'; may be repeated.
    #[arg(long, help_heading = GATES, value_parser = Gate::parse_measure)]
    pub gate: Vec<Gate>,
    /// A TOML file with a table `gates` of such lines.
    #[arg(long, help_heading = GATES)]
    pub gates: Option<PathBuf>,
    /// The folder of tables and page [default for embeddings and texts: reports/NAME-retrieval; for runs: none]; with --fuse, but
    /// of texts, the fused run.
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

impl RetrieveArgs {
    /// Whether texts are asked for: something ranks them, or documents are named.
    #[must_use]
    pub fn texts(&self) -> bool {
        self.corpus.is_some() || self.bm25 || !self.embeddings.is_empty() || self.models()
    }

    /// Whether models are asked for, which need the encoder.
    #[must_use]
    pub fn models(&self) -> bool {
        !self.list_metrics && (!self.model.is_empty() || self.query_model.is_some())
    }
}

/// A number of 0 or more.
fn positive(word: &str) -> Result<f64, String> {
    let number = word.parse().ok().filter(|number: &f64| number.is_finite() && *number >= 0.0);
    number.ok_or_else(|| format!("'{word}': it is a number of 0 or more"))
}

/// A length of vectors.
pub(super) fn dimensions(word: &str) -> Result<usize, String> {
    let number = word.parse().ok().filter(|number: &usize| *number > 0);
    number.ok_or_else(|| format!("'{word}': it is a whole number from 1 on"))
}

/// A number of documents, or `all`.
fn depth(word: &str) -> Result<Depth, String> {
    if word == "all" {
        return Ok(Depth::All);
    }
    let number = word.parse().ok().filter(|depth| *depth > 0).map(Depth::At);
    number.ok_or_else(|| format!("'{word}': it is a number of documents from 1 on, or 'all'"))
}
