//! Options of `nearmiss latent`.

use super::fusion::FusionArgs;
use super::heading::{HIDDEN_STATES, MEASURING, OUTPUT, RARE};
use super::language::LanguageChoice;
use super::norm::NormChoice;
use super::retrieve::{MODELS, dimensions};
use super::thumbnails::ThumbnailChoice;
use super::word::Word;
use crate::report::export::VectorFormat;
use crate::runs::device::DeviceChoice;
use crate::runs::pooling::{Layers, TokenPool};
use crate::spaces::embeddings::SampleSize;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// Which towers of a model hidden states are taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TowerChoice {
    /// The image tower.
    Image,
    /// The text tower.
    Text,
    /// Both.
    Both,
}

/// How many of many vectors are measured.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SampleChoice(SampleSize);

impl SampleChoice {
    /// As the library has it.
    #[must_use]
    pub fn size(self) -> SampleSize {
        self.0
    }
}

impl FromStr for SampleChoice {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "all" {
            return Ok(SampleChoice(SampleSize::All));
        }
        let wrong = |_| format!("'{text}' is neither a number of vectors nor 'all'");
        text.parse().map(|vectors| SampleChoice(SampleSize::Vectors(vectors))).map_err(wrong)
    }
}

/// Formats of vectors.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ExportFormat {
    /// Parquet: image, observation, taxon, rank columns, `embedding`.
    Parquet,
    /// Parquet with the columns of emb-explorer: `uuid`, `emb`, rank columns.
    EmbExplorer,
    /// NumPy, with a CSV of labels beside it.
    Npy,
    /// Compressed NumPy, likewise.
    Npz,
    /// safetensors, likewise.
    Safetensors,
    /// TensorBoard's projector: vectors.tsv and metadata.tsv.
    Projector,
}

impl ExportFormat {
    /// As the library has it.
    #[must_use]
    pub fn format(self) -> VectorFormat {
        match self {
            ExportFormat::Parquet => VectorFormat::Parquet,
            ExportFormat::EmbExplorer => VectorFormat::EmbExplorer,
            ExportFormat::Npy => VectorFormat::Npy,
            ExportFormat::Npz => VectorFormat::Npz,
            ExportFormat::Safetensors => VectorFormat::Safetensors,
            ExportFormat::Projector => VectorFormat::Projector,
        }
    }
}

/// `nearmiss latent`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss latent runs/bees
  nearmiss latent features.npy --labels names.csv --taxonomy taxref-france.parquet -o reports/space
  nearmiss latent runs/bioclip runs/bioclip-2 -o reports/two-models
  nearmiss latent runs/bees --pool cls,mean --layers last,average:4 -o reports/layers
  nearmiss latent descriptions.csv --model models/minilm -o reports/descriptions")]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct LatentArgs {
    /// Run directories, or embeddings: Parquet with a column `embedding` or `emb`, .npy, .npz, .safetensors; with --model tables
    /// of texts with their taxa. Several are put side by side.
    #[arg(required_unless_present = "list_metrics")]
    pub embeddings: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: the run's own, or the lineages of the table].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// A CSV with a row per vector, for arrays: names, taxa or rank columns.
    #[arg(long)]
    pub labels: Option<PathBuf>,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
    /// Embed the photographs of a run again and take hidden states, pooled over the tokens: cls, mean, mean-without-cls.
    #[arg(long, help_heading = HIDDEN_STATES, value_delimiter = ',', value_parser = TokenPool::from_str)]
    pub pool: Vec<TokenPool>,
    /// Blocks of the towers that hidden states are taken from: last, sum:N, concat:N, average:N.
    #[arg(long, help_heading = HIDDEN_STATES, value_delimiter = ',', value_parser = Layers::from_str)]
    pub layers: Vec<Layers>,
    /// The towers that hidden states are taken from.
    #[arg(long, help_heading = HIDDEN_STATES, value_enum, default_value_t = TowerChoice::Both)]
    pub tower: TowerChoice,
    /// A model that embeds the texts of the tables; may be repeated, for a space each.
    #[arg(long, help_heading = MODELS)]
    pub model: Vec<String>,
    /// What stands before each text, such as 'passage: ' [default: what the model's files say of documents].
    #[arg(long, help_heading = MODELS, requires = "model", value_name = "PROMPT")]
    pub document_prompt: Option<String>,
    /// Keep so many of the first numbers of each vector, of models that are trained for it.
    #[arg(long, help_heading = MODELS, requires = "model", value_parser = Word(dimensions))]
    pub dimensions: Option<usize>,
    /// What a fusion encoder reads beside texts.
    #[command(flatten)]
    pub fusion: FusionArgs,
    /// How vectors are scaled before anything is measured.
    #[arg(long, help_heading = MEASURING, value_enum, default_value_t = NormChoice::L2)]
    pub norm: NormChoice,
    /// Numbers of neighbours.
    #[arg(long, help_heading = MEASURING, value_delimiter = ',', default_values_t = [1_usize, 3, 5, 10])]
    pub k: Vec<usize>,
    /// Photographs of the same observation are no neighbours of each other.
    #[arg(long, help_heading = MEASURING)]
    pub across_observations: bool,
    /// Measure so many vectors of more, drawn by taxon, or all: 'all' [default: 20000 of more than 20000].
    #[arg(long, help_heading = MEASURING, value_name = "N", value_parser = SampleChoice::from_str)]
    pub sample: Option<SampleChoice>,
    /// How long the neighbours of a sample may be looked for among all vectors, by the measured rate; 0 for not at all.
    #[arg(long, help_heading = MEASURING, value_name = "MINUTES", default_value_t = 10, value_parser = clap::value_parser!(u64).range(..=1_000_000))]
    pub search_minutes: u64,
    /// Where photographs and texts are embedded, and the products of the search for neighbours if a CUDA device is named: auto,
    /// cpu, cuda, cuda:N.
    #[arg(long, help_heading = MEASURING, default_value_t = DeviceChoice::Auto, value_parser = DeviceChoice::from_str)]
    pub device: DeviceChoice,
    /// The folder of the numbers and pictures [default: reports/NAME-latent].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// The folder that the photographs of the run lie in, if they were moved.
    #[arg(long, help_heading = OUTPUT)]
    pub photographs: Option<PathBuf>,
    /// Which photographs of probable mislabels the page may show.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = ThumbnailChoice::Licensed)]
    pub thumbnails: ThumbnailChoice,
    /// The language that pages open in.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = LanguageChoice::En)]
    pub language: LanguageChoice,
    /// No map that keeps neighbours.
    #[arg(long, help_heading = OUTPUT)]
    pub no_map: bool,
    /// Write the vectors, too, into the folder of each space.
    #[arg(long, help_heading = OUTPUT, value_enum, value_delimiter = ',')]
    pub export: Vec<ExportFormat>,
    /// Print latent.json on stdout, or of several spaces spaces.json, and everything else on stderr.
    #[arg(long, help_heading = OUTPUT)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Permutations of labels for the tests.
    #[arg(long, help_heading = RARE, default_value_t = 99, value_parser = clap::value_parser!(u32).range(1..))]
    pub permutations: u32,
    /// Seed of permutations, samples and maps.
    #[arg(long, help_heading = RARE, default_value_t = 0)]
    pub seed: u64,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long, help_heading = RARE)]
    pub csv_safe: bool,
}

impl LatentArgs {
    /// Whether texts are to be embedded, which needs the encoder.
    #[must_use]
    pub fn texts(&self) -> bool {
        !self.list_metrics && !self.model.is_empty()
    }

    /// Whether hidden states are asked for, which need the encoder.
    #[must_use]
    pub fn hidden(&self) -> bool {
        !self.list_metrics && (!self.pool.is_empty() || !self.layers.is_empty())
    }
}
