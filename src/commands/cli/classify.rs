//! Options of `nearmiss classify`.

use super::heading::{CANDIDATES, COMPUTING, OUTPUT, PHOTOGRAPHS, RARE};
use super::precision::PrecisionChoice;
use super::time_left::TimeLeft;
use super::word::{Word, layout, names, rank, recipe};
use crate::commands::ending::STOPPED;
use crate::photographs::dataset::{Column, Layout};
use crate::photographs::tiles::{TileGrid, overlap};
use crate::runs::device::DeviceChoice;
use crate::runs::directory::shard::Shard;
use crate::runs::label_precision::LabelPrecision;
use crate::runs::pair_scores::ScoreKind;
use crate::runs::prompt::NameFormat;
use crate::runs::recipe::Recipe;
use crate::taxonomy::rank::Rank;
use clap::{Args, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// How JPEGs are decoded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Decode {
    /// Every pixel.
    Exact,
    /// Smaller, where enough is left.
    Scaled,
}

/// Table formats.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Parquet, with embeddings.
    Parquet,
    /// CSV, without embeddings.
    Csv,
}

/// How linear layers are computed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LinearChoice {
    /// The faster way of the device.
    Auto,
    /// As matrix products.
    Product,
    /// As convolutions.
    Convolution,
}

/// What becomes of a classifier's classes that are no candidate.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LeftOutChoice {
    /// They are left out before the softmax.
    Drop,
    /// Their probability is kept; no taxon has it.
    Keep,
}

/// How the probabilities of the tiles of a photograph become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TilePoolChoice {
    /// The largest, scaled to add up to 1.
    Max,
    /// Their mean.
    Mean,
}

/// Non-linearities of a model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ActivationChoice {
    /// The one that the model's configuration states.
    Config,
    /// GELU.
    Gelu,
    /// QuickGELU.
    #[value(name = "quickgelu")]
    QuickGelu,
}

/// A shard, and who says so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ShardChoice {
    /// Which one.
    pub shard: Shard,
    /// Whether the environment says so (`auto`), and not the command line.
    pub is_told: bool,
}

/// `nearmiss classify`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss classify photos/ --model hf-hub:imageomics/bioclip-2 --taxonomy pollinators-france -o runs/bees
  nearmiss classify photos/ --model my.torchscript --classes classes.csv --preprocess preprocess.json --taxonomy taxa.csv")]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct ClassifyArgs {
    /// Folders (searched through), photographs, or text files that list photographs; with a
    /// manifest, the folder that its paths start from.
    #[arg(required_unless_present = "manifest")]
    pub photos: Vec<PathBuf>,
    /// A model directory, a file in it, a classifier in a file (TorchScript or ONNX; see `--classes`),
    /// `hf-hub:OWNER/NAME`, or `atlas` (built in, knows imaginary organisms only). One of images alone without classes, such as
    /// DINOv2, gives vectors and no answers.
    #[arg(long, short)]
    pub model: String,
    /// A taxonomy file, the name of a shipped one (arable-france, pollinators-france, atlas),
    /// `dataset` (the classes that the data set lists itself), or `labels` (its labels as they are, flat).
    #[arg(long, short)]
    pub taxonomy: String,
    /// A CSV of photographs with truths, instead of class folders.
    #[arg(long, help_heading = PHOTOGRAPHS)]
    pub manifest: Option<PathBuf>,
    /// What a column of a manifest holds, `COLUMN=CONTENT`: image, label, taxon_id, observation, split or a rank; may be repeated.
    #[arg(long, help_heading = PHOTOGRAPHS, value_parser = Word(column))]
    pub column: Vec<(String, Column)>,
    /// How the folder is laid out, where its files do not tell: folders, manifest, plantnet-300k,
    /// plantnet-300k-v2, plantclef, coco, birds, spipoll, bioscan, infraspecific, parquet, webdataset.
    #[arg(long, help_heading = PHOTOGRAPHS, value_parser = Word(layout))]
    pub layout: Option<Layout>,
    /// Only photographs of this split.
    #[arg(long, help_heading = PHOTOGRAPHS)]
    pub split: Option<String>,
    /// Compare all splits by observation and by bytes before anything else.
    #[arg(long, help_heading = PHOTOGRAPHS)]
    pub check_leaks: bool,
    /// Cut out the boxes that the data set gives.
    #[arg(long, help_heading = PHOTOGRAPHS)]
    pub crop: bool,
    /// Turn photographs upright by their EXIF orientation (the published recipes do not).
    #[arg(long, help_heading = PHOTOGRAPHS)]
    pub upright: bool,
    /// Cut each photograph into tiles, so many across and down, and see each by itself: 3x3, or 4x2 for four across and two
    /// down. The batch stays what goes through the model at once [default: 1x1, the whole photograph].
    #[arg(long, help_heading = PHOTOGRAPHS, value_name = "COLUMNSxROWS", value_parser = Word(TileGrid::from_str))]
    pub tiles: Option<TileGrid>,
    /// Share of a tile's side that it has in common with the next tile, from 0 and less than 1 [default: 0].
    #[arg(long, help_heading = PHOTOGRAPHS, value_name = "SHARE", requires = "tiles", value_parser = Word(overlap))]
    pub tile_overlap: Option<f64>,
    /// How the probabilities of tiles become those of the photograph: the largest of each candidate, scaled to add up to 1, or
    /// their mean [default: max].
    #[arg(long, help_heading = PHOTOGRAPHS, value_enum, requires = "tiles")]
    pub tile_pool: Option<TilePoolChoice>,
    /// Rank of the candidates.
    #[arg(long, help_heading = CANDIDATES, default_value_t = Rank::Species, value_parser = Word(rank))]
    pub rank: Rank,
    /// Only candidates in this clade; may be repeated.
    #[arg(long, help_heading = CANDIDATES)]
    pub within: Vec<String>,
    /// A file of candidate names, one per line, instead of a rank.
    #[arg(long, help_heading = CANDIDATES, conflicts_with = "rank")]
    pub labels: Option<PathBuf>,
    /// The classes of a classifier in the order of its outputs: a name, lineage or id per line, a CSV of `index`, `class` and
    /// `taxon` (empty for what is no taxon), or JSON; only a model directory may name them itself.
    #[arg(long, help_heading = CANDIDATES, value_name = "FILE")]
    #[arg(conflicts_with_all = ["rank", "labels", "recipe", "names", "embeddings"])]
    pub classes: Option<PathBuf>,
    /// What becomes of classes that are no candidate: `drop` leaves them out before the softmax, `keep` keeps their probability,
    /// which no taxon has.
    #[arg(long, help_heading = CANDIDATES, value_enum, default_value_t = LeftOutChoice::Drop)]
    pub left_out: LeftOutChoice,
    /// bioclip, pybioclip, tree-of-life or single [default: bioclip up to 1000 candidates, else single; then with the model's
    /// own preprocessing].
    #[arg(long, help_heading = CANDIDATES, value_parser = Word(recipe))]
    pub recipe: Option<Recipe>,
    /// How a candidate is named in its prompt: sci, com, taxon, sci_com, taxon_com or asis [default: the recipe's].
    #[arg(long, help_heading = CANDIDATES, value_parser = Word(names))]
    pub names: Option<NameFormat>,
    /// `softmax`: probabilities of the candidates, which add up to 1. `sigmoid`: one for each pair of photograph and candidate,
    /// for models that were trained so (SigLIP) [default: softmax].
    #[arg(long, help_heading = CANDIDATES, value_parser = Word(ScoreKind::from_str))]
    pub scores: Option<ScoreKind>,
    /// What is done to photographs: a file (ours, torchvision's, timm's or transformers' configuration), `model` (as the model's
    /// own configuration says), or a way by its name, such as `squash-bicubic` [default: the recipe's, else the model's own].
    #[arg(long, help_heading = COMPUTING, value_name = "FILE|WAY")]
    pub preprocess: Option<String>,
    /// auto, cpu, cuda or cuda:N.
    #[arg(long, help_heading = COMPUTING, default_value_t = DeviceChoice::Auto, value_parser = DeviceChoice::from_str)]
    pub device: DeviceChoice,
    /// What the encoder computes in.
    #[arg(long, help_heading = COMPUTING, value_enum, default_value_t = PrecisionChoice::Auto)]
    pub precision: PrecisionChoice,
    /// Photographs per batch.
    #[arg(long, help_heading = COMPUTING, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    pub batch: u16,
    /// Only a share of the photographs, I/N with I from 1 to N, in a run directory of its own that `merge` joins with the
    /// others; `auto` takes the place that Slurm (its array, and the tasks of an element), Open MPI, PMI, or RANK and WORLD_SIZE
    /// say.
    #[arg(long, help_heading = COMPUTING, value_parser = Word(shard))]
    pub shard: Option<ShardChoice>,
    /// Stop before so much time has passed (90s, 50min, 2h, or 1-06:30:00 as Slurm writes it), with what is done kept; `auto`: before
    /// the job ends (SLURM_JOB_END_TIME).
    #[arg(long, help_heading = COMPUTING, value_name = "TIME", value_parser = Word(time_left))]
    pub time_left: Option<TimeLeft>,
    /// The exit code after SIGTERM or --time-left, from 0 to 255.
    #[arg(long, help_heading = COMPUTING, value_name = "CODE", default_value_t = STOPPED)]
    pub stopped_code: u8,
    /// The run directory [default: runs/MODEL-FOLDER].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
    /// Answers kept per photograph and rank.
    #[arg(long, help_heading = OUTPUT, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub top: u16,
    /// How tables are written.
    #[arg(long, help_heading = OUTPUT, value_enum, default_value_t = Format::Parquet)]
    pub format: Format,
    /// Write into a folder that holds something else.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// How JPEGs are decoded: `exact`, or `scaled` to a half, a quarter or an eighth where twice the encoder's square is
    /// left; quicker, and the numbers differ slightly.
    #[arg(long, help_heading = RARE, value_enum, default_value_t = Decode::Exact)]
    pub decode: Decode,
    /// Use the image vectors of another run of the same model and preprocessing over the same photographs.
    #[arg(long, help_heading = RARE)]
    pub embeddings: Option<PathBuf>,
    /// What the candidates' vectors are kept in: fp32, or bf16 in half of the memory; probabilities then differ slightly.
    #[arg(long, help_heading = RARE, default_value = "fp32", value_parser = Word(LabelPrecision::from_str))]
    pub label_vectors: LabelPrecision,
    /// How linear layers are computed. The numbers are the same but for the last bits.
    #[arg(long, help_heading = RARE, value_enum, default_value_t = LinearChoice::Auto)]
    pub linear: LinearChoice,
    /// The non-linearity in the place of GELU or QuickGELU: BioCLIP 1 was trained with the second, and its configuration says
    /// the first.
    #[arg(long, help_heading = RARE, value_enum, default_value_t = ActivationChoice::Config)]
    pub activation: ActivationChoice,
}

/// `COLUMN=CONTENT`.
fn column(word: &str) -> Result<(String, Column), String> {
    let pair = word.split_once('=').and_then(|(name, content)| Some((name.to_string(), Column::parse(content)?)));
    pair.ok_or_else(|| {
        format!("'{word}' is not COLUMN=CONTENT; contents are image, label, taxon_id, observation, split or a rank")
    })
}

/// `I/N`, or `auto`.
fn shard(word: &str) -> Result<ShardChoice, String> {
    let shard = Shard::parse(word, |name| std::env::var(name).ok());
    // The option stands before the message already.
    let shard = shard.map_err(|error| error.to_string().trim_start_matches("--shard ").to_string())?;
    Ok(ShardChoice { shard, is_told: word == "auto" })
}

fn time_left(word: &str) -> Result<TimeLeft, String> {
    TimeLeft::parse(word, |name| std::env::var(name).ok())
}
