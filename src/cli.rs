//! Every option of every command; no logic.

use crate::pooling::{Layers, Pool};
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;
use std::str::FromStr;

/// How wrong is your species classifier?
///
/// Classifies photographs zero-shot with a BioCLIP-style encoder, and scores any classifier's
/// answers against a taxonomy: accuracy at every rank, and how far each mistake is from the truth.
///
/// Exit codes: 0 done; 1 done, but something was skipped or a gate failed; 2 could not run.
#[derive(Debug, Parser)]
#[command(name = "nearmiss", version, max_term_width = 100)]
pub struct Cli {
    /// What to do.
    #[command(subcommand)]
    pub command: Command,
    /// No progress and no remarks on stderr; warnings and errors stay.
    #[arg(long, short, global = true)]
    pub quiet: bool,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Classify photographs: folders, files or lists → a run directory.
    Classify(Box<ClassifyArgs>),
    /// Score a run or a table of predictions → a report folder, per rank.
    Report(Box<ReportArgs>),
    /// Compare runs image by image, with significance → tables for papers and a page.
    Compare(Box<CompareArgs>),
    /// Check a taxonomy, show a taxon.
    Taxonomy {
        /// What to do with it.
        #[command(subcommand)]
        command: TaxonomyCommand,
    },
    /// Join the shards of a run, or runs made the same way over different photographs → a run directory.
    Merge(MergeArgs),
    /// Measure the latent space against the taxonomy: numbers, maps, suspects → a folder.
    Latent(Box<LatentArgs>),
    /// Measure retrieval: runs against judgements, or every embedding against all others → rankings' measures.
    Retrieve(Box<RetrieveArgs>),
    /// Run a suite: data sets × models × recipes × decision rules → a leaderboard.
    Bench(BenchArgs),
    /// Train or adapt a model on photographs with truth → a model directory.
    Train(TrainArgs),
    /// Draw imaginary organisms that evolved down an imaginary taxonomy: photographs with a known truth.
    Atlas(AtlasArgs),
    /// Classify and score photographs and tables at hand, to see all of it work.
    Demo(DemoArgs),
}

impl Command {
    /// Whether the command loads LibTorch.
    #[must_use]
    pub fn needs_encoder(&self) -> bool {
        matches!(self, Command::Latent(args) if args.hidden() || args.device.starts_with("cuda"))
            || matches!(self, Command::Retrieve(args) if args.device.starts_with("cuda"))
            || matches!(self, Command::Classify(_) | Command::Bench(_) | Command::Train(_) | Command::Atlas(_) | Command::Demo(_))
    }
}

/// How vectors are scaled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum NormChoice {
    /// Divided by their lengths.
    L2,
    /// As they are.
    None,
}

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

/// `nearmiss latent`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss latent runs/bees
  nearmiss latent features.npy --labels names.csv --taxonomy taxref-france.parquet -o reports/space
  nearmiss latent runs/bioclip runs/bioclip-2 -o reports/two-models
  nearmiss latent runs/bees --pool cls,mean --layers last,average:4 -o reports/layers")]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct LatentArgs {
    /// Run directories, or embeddings: Parquet with a column `embedding` or `emb`, .npy, .npz, .safetensors. Several are
    /// put side by side.
    #[arg(required = true)]
    pub embeddings: Vec<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: the run's own, or the lineages of the table].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// A CSV with a row per vector, for arrays: names, taxa or rank columns.
    #[arg(long)]
    pub labels: Option<PathBuf>,
    /// Embed the photographs of a run again and take hidden states, pooled over the tokens: cls, mean, mean-without-cls.
    #[arg(long, value_delimiter = ',', value_parser = crate::pooling::Pool::from_str)]
    pub pool: Vec<Pool>,
    /// Blocks of the towers that hidden states are taken from: last, sum:N, concat:N, average:N.
    #[arg(long, value_delimiter = ',', value_parser = crate::pooling::Layers::from_str)]
    pub layers: Vec<Layers>,
    /// The towers that hidden states are taken from.
    #[arg(long, value_enum, default_value_t = TowerChoice::Both)]
    pub tower: TowerChoice,
    /// Where hidden states are computed, and the products of the search for neighbours if a CUDA device is named: auto,
    /// cpu, cuda, cuda:N.
    #[arg(long, default_value = "auto")]
    pub device: String,
    /// The folder that the photographs of the run lie in, if they were moved.
    #[arg(long)]
    pub photographs: Option<PathBuf>,
    /// Which photographs of probable mislabels the page may show.
    #[arg(long, value_enum, default_value_t = ThumbnailChoice::Licensed)]
    pub thumbnails: ThumbnailChoice,
    /// The folder of the numbers and pictures [default: reports/NAME-latent].
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// How vectors are scaled before anything is measured.
    #[arg(long, value_enum, default_value_t = NormChoice::L2)]
    pub norm: NormChoice,
    /// Numbers of neighbours.
    #[arg(long, value_delimiter = ',', default_values_t = [1_usize, 3, 5, 10])]
    pub k: Vec<usize>,
    /// Permutations of labels for the tests.
    #[arg(long, default_value_t = 99, value_parser = clap::value_parser!(u32).range(1..))]
    pub permutations: u32,
    /// Seed of permutations, samples and maps.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Photographs of the same observation are no neighbours of each other.
    #[arg(long)]
    pub across_observations: bool,
    /// No map that keeps neighbours.
    #[arg(long)]
    pub no_map: bool,
    /// Write the vectors, too, into the folder of each space.
    #[arg(long, value_enum, value_delimiter = ',')]
    pub export: Vec<ExportFormat>,
    /// Print latent.json on stdout, or of several spaces spaces.json.
    #[arg(long)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long)]
    pub force: bool,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long)]
    pub csv_safe: bool,
}

impl LatentArgs {
    /// Whether hidden states are asked for, which need the encoder.
    #[must_use]
    pub fn hidden(&self) -> bool {
        !self.pool.is_empty() || !self.layers.is_empty()
    }
}

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

/// `nearmiss merge`.
#[derive(Debug, Args)]
#[command(after_help = "Example, four processes and then one run:
  nearmiss classify photos --model M --taxonomy T -o runs/bees --shard 1/4     (and 2/4, 3/4, 4/4)
  nearmiss merge runs/bees-*-of-4 -o runs/bees")]
pub struct MergeArgs {
    /// Run directories.
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// The new run directory.
    #[arg(long, short)]
    pub output: PathBuf,
    /// Write into a folder that holds something else.
    #[arg(long)]
    pub force: bool,
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
    pub first: PathBuf,
    /// With judgements: the runs to measure, and to compare where there are several.
    pub runs: Vec<PathBuf>,
    /// Measures as in ranx, `name[@k][-l<level>]`; levels of embeddings may be ranks (`mrr@10-lfamily`), and a measure
    /// without a level is taken at every rank.
    #[arg(long, short, value_delimiter = ',')]
    pub measures: Vec<String>,
    /// What decides between documents with equal scores.
    #[arg(long, value_enum, default_value_t = TiesChoice::Trec)]
    pub ties: TiesChoice,
    /// Fuse the runs into the file -o (.json for ranx, else TREC lines), and measure that run with them.
    #[arg(long, value_enum, requires = "output")]
    pub fuse: Option<FuseChoice>,
    /// Labels of the table.
    #[arg(long, value_enum, default_value_t = LabelsChoice::Current)]
    pub ranx_labels: LabelsChoice,
    /// A line that a measure must reach, or the exit code is 1: 'mrr@10>0.3', 'green@5>=0.8'; may be repeated.
    #[arg(long)]
    pub gate: Vec<String>,
    /// A TOML file with a table `gates` of such lines.
    #[arg(long)]
    pub gates: Option<PathBuf>,
    /// The folder of tables and page [default for embeddings: reports/NAME-retrieval; for runs: none]; with --fuse the fused run.
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// Print a CSV of the values of every query instead of the table.
    #[arg(long)]
    pub per_query: bool,
    /// Print JSON instead of the table.
    #[arg(long, conflicts_with = "per_query")]
    pub json: bool,
    /// Other embeddings as queries, held against those of the first file.
    #[arg(long)]
    pub queries: Option<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: the run's own, or the lineages of the table].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// A CSV with a row per vector, for arrays: names, taxa or rank columns.
    #[arg(long)]
    pub labels: Option<PathBuf>,
    /// The same for the array of --queries.
    #[arg(long, requires = "queries")]
    pub query_labels: Option<PathBuf>,
    /// How vectors are scaled before anything is measured.
    #[arg(long, value_enum, default_value_t = NormChoice::L2)]
    pub norm: NormChoice,
    /// What makes two vectors near.
    #[arg(long, value_enum, default_value_t = SimilarityChoice::Cosine)]
    pub similarity: SimilarityChoice,
    /// Photographs of the query's own observation are left out.
    #[arg(long)]
    pub across_observations: bool,
    /// Documents ranked for each query, or `all` [default: all up to 4000, else 100].
    #[arg(long)]
    pub depth: Option<String>,
    /// Numbers of first documents that are flagged green, yellow, red.
    #[arg(long, value_delimiter = ',', default_values_t = [1_usize, 5, 10])]
    pub k: Vec<usize>,
    /// Rank at which query and document must meet for a wrong document to be acceptable (yellow) [default: genus].
    #[arg(long)]
    pub yellow_from: Option<String>,
    /// A difference is significant at an adjusted p-value of at most this.
    #[arg(long, default_value_t = 0.05, value_parser = probability)]
    pub alpha: f64,
    /// Draws of the bootstrap for intervals.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    pub draws: u32,
    /// Seed of draws and permutations.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Write into a folder that holds something else, or over a fused run.
    #[arg(long)]
    pub force: bool,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long)]
    pub csv_safe: bool,
    /// Where products of vectors are computed: cpu, cuda or cuda:N. The rankings are the same.
    #[arg(long, default_value = "cpu")]
    pub device: String,
}

/// `nearmiss bench`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss bench benches/suites/inrae.toml --data /data/inrae -o reports/inrae
  nearmiss bench benches/suites/inrae.toml --miniature -o reports/rehearsal")]
pub struct BenchArgs {
    /// The suite.
    pub suite: PathBuf,
    /// The folder that the paths of its data sets start from.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
    /// The folder of runs, reports and the leaderboard.
    #[arg(long, short, default_value = "reports/bench")]
    pub output: PathBuf,
    /// Check what is on disk against the suite and say what is missing; run nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Rehearse with the built-in model on miniature copies of the data sets, which are drawn for it.
    #[arg(long, conflicts_with_all = ["data", "dry_run"])]
    pub miniature: bool,
    /// Only these data sets; may be repeated.
    #[arg(long)]
    pub only: Vec<String>,
    /// Models instead of the suite's, `NAME=MODEL`; may be repeated.
    #[arg(long)]
    pub model: Vec<String>,
    /// fp32 or bf16.
    #[arg(long, default_value = "fp32")]
    pub precision: String,
    /// auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub device: String,
    /// Write over runs that were made differently, and a leaderboard that is none of ours.
    #[arg(long)]
    pub force: bool,
}

/// `nearmiss train`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss train atlas.toml -o models/atlas
  nearmiss train adapt.toml -o models/bees-lora")]
pub struct TrainArgs {
    /// The configuration: photographs, model to start at, what is trained, losses.
    pub config: PathBuf,
    /// The model directory that comes of it; a checkpoint in it goes on.
    #[arg(long, short)]
    pub output: PathBuf,
    /// Write into a folder that holds something else.
    #[arg(long)]
    pub force: bool,
}

/// `nearmiss atlas`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss atlas -o atlas
  nearmiss atlas --seed 7 --hierarchy 0 --species 60 --pictures 1200 -o control")]
pub struct AtlasArgs {
    /// The folder of the atlas.
    #[arg(long, short)]
    pub output: PathBuf,
    /// Where chance starts; equal seeds give equal bytes.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Species.
    #[arg(long, default_value_t = 120)]
    pub species: usize,
    /// Pictures in all.
    #[arg(long, default_value_t = 5_000)]
    pub pictures: usize,
    /// How much of a species' looks comes from its ancestors, 0 to 1.
    #[arg(long, default_value_t = 1.0)]
    pub hierarchy: f64,
    /// Which individuals are drawn: another number draws others, of the same species.
    #[arg(long, default_value_t = 0)]
    pub sample: u64,
}

/// `nearmiss taxonomy`.
#[derive(Debug, Subcommand)]
pub enum TaxonomyCommand {
    /// Read a taxonomy and list everything that is wrong with it.
    #[command(after_help = "Examples:
  nearmiss taxonomy check arable-france
  nearmiss taxonomy check TAXREF_v18_2025.zip --fix proposals.csv")]
    Check {
        /// A file, folder or archive of any format that `import` reads, or the name of a shipped taxonomy.
        taxonomy: String,
        /// Write every finding with what could stand there instead to this CSV; nothing is changed.
        #[arg(long)]
        fix: Option<PathBuf>,
        /// Text encoding, where the file is not UTF-8 (windows-1252, utf-16le, ...).
        #[arg(long)]
        encoding: Option<String>,
    },
    /// Read a taxonomy as the world keeps them and write it as one table that every command takes.
    ///
    /// Formats: rank tables, parent–child lists, Darwin Core archives (GBIF, WoRMS, iNaturalist),
    /// ColDP, NCBI taxdump, TAXREF, iNaturalist and Open Tree taxa, BioCLIP label JSON, GTDB
    /// strings, SpeciesNet labels, txtree, Newick, NHX, Nexus, PhyloXML, code lists (EPPO), lists of names.
    #[command(after_help = "Examples:
  nearmiss taxonomy import backbone.zip --within Carabidae -o carabids.parquet
  nearmiss taxonomy import TAXREF_v18_2025.zip --status FR=P,E,S,C,I,J --rank species -o taxref-france.parquet")]
    Import(ImportArgs),
    /// Find the taxa that names mean: by id, name, synonym, common name; else the nearest spellings.
    #[command(after_help = "Examples:
  nearmiss taxonomy resolve labels.txt --taxonomy taxref-france.parquet -o resolved.csv
  nearmiss taxonomy resolve 'Leontodon autumnalis L.' --taxonomy arable-france")]
    Resolve(ResolveArgs),
    /// Show a taxon: its lineage, its names, what lies below.
    #[command(after_help = "Examples:
  nearmiss taxonomy show Oenanthe --taxonomy my-species.csv
  nearmiss taxonomy show 'Vanessa atalanta'")]
    Show {
        /// A name, an id or a lineage (`Animalia;Oenanthe`).
        taxon: String,
        /// A file or the name of a shipped taxonomy; all shipped ones when not given.
        #[arg(long, short)]
        taxonomy: Option<String>,
    },
}

/// `nearmiss taxonomy import`.
#[derive(Debug, Args)]
pub struct ImportArgs {
    /// A file, folder, zip, gzip or tar.
    pub source: PathBuf,
    /// The table to write: `.parquet`, or `.csv`.
    #[arg(long, short)]
    pub output: PathBuf,
    /// Only this clade (a name or an id) and what leads to it; may be repeated.
    #[arg(long)]
    pub within: Vec<String>,
    /// Only taxa of this rank and what leads to them.
    #[arg(long)]
    pub rank: Option<String>,
    /// Only the taxa of a file of names or ids, one per line, and what leads to them.
    #[arg(long)]
    pub names: Option<PathBuf>,
    /// TAXREF: territory and wanted letters of status, `FR=P,E,S,C,I,J`.
    #[arg(long)]
    pub status: Option<String>,
    /// TAXREF: wanted habitats, 1 to 8, separated by commas.
    #[arg(long, value_delimiter = ',')]
    pub habitat: Vec<String>,
    /// Text encoding, where the file is not UTF-8 (windows-1252, utf-16le, ...).
    #[arg(long)]
    pub encoding: Option<String>,
    /// Write every finding to this CSV.
    #[arg(long)]
    pub findings: Option<PathBuf>,
    /// Replace the table if it is there.
    #[arg(long)]
    pub force: bool,
}

/// `nearmiss taxonomy resolve`.
#[derive(Debug, Args)]
pub struct ResolveArgs {
    /// Files of names (a name per line, or a table with a column of names), or names themselves.
    #[arg(required = true)]
    pub names: Vec<String>,
    /// A taxonomy file of any format, or the name of a shipped one.
    #[arg(long, short)]
    pub taxonomy: String,
    /// The column of names [default: scientific_name, name, label, class, taxa_name, species, ...].
    #[arg(long)]
    pub column: Option<String>,
    /// The CSV to write [default: stdout].
    #[arg(long, short)]
    pub output: Option<PathBuf>,
}

/// `nearmiss classify`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss classify photos/ --model hf-hub:imageomics/bioclip-2 --taxonomy pollinators-france -o runs/bees
  nearmiss classify --manifest plots.csv images/ --model models/bioclip --taxonomy taxref.csv --within Poales")]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct ClassifyArgs {
    /// Folders (searched through), photographs, or text files that list photographs; with a
    /// manifest, the folder that its paths start from.
    #[arg(required_unless_present = "manifest")]
    pub photos: Vec<PathBuf>,
    /// A model directory, a file in it, `hf-hub:OWNER/NAME`, or `atlas` (built in, knows imaginary
    /// organisms only).
    #[arg(long, short)]
    pub model: String,
    /// A taxonomy file, the name of a shipped one (arable-france, pollinators-france, atlas),
    /// `dataset` (the classes that the data set lists itself), or `labels` (its labels as they are, flat).
    #[arg(long, short)]
    pub taxonomy: String,
    /// The run directory [default: runs/MODEL-FOLDER].
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// A CSV of photographs with truths, instead of class folders.
    #[arg(long)]
    pub manifest: Option<PathBuf>,
    /// Only photographs of this split.
    #[arg(long)]
    pub split: Option<String>,
    /// How the folder is laid out, where its files do not tell: folders, manifest, plantnet-300k,
    /// plantnet-300k-v2, plantclef, coco, birds, spipoll, bioscan, infraspecific, parquet, webdataset.
    #[arg(long)]
    pub layout: Option<String>,
    /// What a column of a manifest holds, `COLUMN=CONTENT`: image, label, taxon_id, observation, split or a rank; may be repeated.
    #[arg(long)]
    pub column: Vec<String>,
    /// Cut out the boxes that the data set gives.
    #[arg(long)]
    pub crop: bool,
    /// Compare all splits by observation and by bytes before anything else.
    #[arg(long)]
    pub check_leaks: bool,
    /// Rank of the candidates.
    #[arg(long, default_value = "species")]
    pub rank: String,
    /// Only candidates in this clade; may be repeated.
    #[arg(long)]
    pub within: Vec<String>,
    /// A file of candidate names, one per line, instead of a rank.
    #[arg(long, conflicts_with = "rank")]
    pub labels: Option<PathBuf>,
    /// bioclip, pybioclip, tree-of-life or single [default: bioclip up to 1000 candidates, else single].
    #[arg(long)]
    pub recipe: Option<String>,
    /// How a candidate is named in its prompt: sci, com, taxon, sci_com, taxon_com or asis [default: the recipe's].
    #[arg(long)]
    pub names: Option<String>,
    /// fp32, bf16, or auto: bf16 where the device computes in it by itself.
    #[arg(long, default_value = "auto")]
    pub precision: String,
    /// How linear layers are computed: auto, product or convolution. The numbers are the same but for the last bits.
    #[arg(long, default_value = "auto")]
    pub linear: String,
    /// What the candidates' vectors are kept in: fp32, or bf16 in half of the memory; probabilities then differ slightly.
    #[arg(long, default_value = "fp32")]
    pub label_vectors: String,
    /// config, gelu or quickgelu.
    #[arg(long, default_value = "config")]
    pub activation: String,
    /// auto, cpu, cuda or cuda:N.
    #[arg(long, default_value = "auto")]
    pub device: String,
    /// Photographs per batch.
    #[arg(long, default_value_t = 16, value_parser = clap::value_parser!(u16).range(1..))]
    pub batch: u16,
    /// Use the image vectors of another run of the same model and preprocessing over the same photographs.
    #[arg(long)]
    pub embeddings: Option<PathBuf>,
    /// Answers kept per photograph and rank.
    #[arg(long, default_value_t = 5, value_parser = clap::value_parser!(u16).range(1..))]
    pub top: u16,
    /// How JPEGs are decoded: `exact`, or `scaled` to a half, a quarter or an eighth where twice the encoder's square is
    /// left; quicker, and the numbers differ slightly.
    #[arg(long, value_enum, default_value_t = Decode::Exact)]
    pub decode: Decode,
    /// Only a share of the photographs, I/N with I from 1 to N, in a run directory of its own that `merge` joins with the
    /// others; `auto` takes the place in a Slurm array, or RANK and WORLD_SIZE.
    #[arg(long)]
    pub shard: Option<String>,
    /// Turn photographs upright by their EXIF orientation (the published recipes do not).
    #[arg(long)]
    pub upright: bool,
    /// How tables are written.
    #[arg(long, value_enum, default_value_t = Format::Parquet)]
    pub format: Format,
    /// Write into a folder that holds something else.
    #[arg(long)]
    pub force: bool,
}

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

/// Which runs are compared with each other.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PairsChoice {
    /// Every two.
    All,
    /// Each with the first.
    First,
}

/// What to do with an image whose truth is blank.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Blank {
    /// Counted, and left out of the scores.
    LeaveOut,
    /// Scored as a mistake at every rank.
    Wrong,
    /// A class of its own, which a blank answer meets.
    Taxon,
}

/// Trees to count edges in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum TreeChoice {
    /// Every taxon is a step.
    Full,
    /// Only the seven main ranks are steps.
    MainRanks,
}

/// What the intervals of accuracy draw together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum IntervalChoice {
    /// Images of one observation, where observations repeat; else nothing (Wilson).
    Observation,
    /// Images of one true taxon: for statements about other taxa of the kind.
    Taxon,
    /// Nothing: as if all images were independent (Wilson).
    Image,
}

/// What is scored.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum UnitChoice {
    /// Each photograph.
    Image,
    /// Each observation.
    Observation,
}

/// Which photographs a page may show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum ThumbnailChoice {
    /// Those whose licence allows it, and those of data sets that say nothing of licences.
    Licensed,
    /// All.
    All,
    /// None.
    None,
}

/// How the probabilities of an observation's photographs become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum PoolChoice {
    /// Their mean.
    Mean,
    /// The largest.
    Max,
    /// The mean of their logarithms.
    Product,
}

/// What the probability of a taxon is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum InformationChoice {
    /// Its share of the leaves of the taxonomy.
    Leaves,
    /// Its share of the truths.
    Truths,
}

/// How to read tables of predictions.
#[derive(Debug, Args)]
#[command(next_help_heading = "Reading tables")]
pub struct TableArgs {
    /// A second table that holds the truth, joined by image.
    #[arg(long)]
    pub truth: Option<PathBuf>,
    /// Column of image names.
    #[arg(long)]
    pub image_column: Option<String>,
    /// Column of true names.
    #[arg(long)]
    pub truth_column: Option<String>,
    /// Column of predicted names; repeat it, each is one run.
    #[arg(long)]
    pub predicted_column: Vec<String>,
    /// Column of scores.
    #[arg(long)]
    pub score_column: Option<String>,
    /// The character that separates the ranks of a lineage in one cell.
    #[arg(long)]
    pub lineage_separator: Option<char>,
    /// Regular expression whose first group is the name inside a free-text answer.
    #[arg(long)]
    pub predicted_pattern: Option<String>,
    /// Lineage that all names of the table lie in (`Animalia;Arthropoda;Insecta;Coleoptera;Carabidae`).
    #[arg(long)]
    pub clade: Option<String>,
    /// What an image with a blank truth is.
    #[arg(long, value_enum, default_value_t = Blank::LeaveOut)]
    pub blank_truth: Blank,
}

/// `nearmiss compare`.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
#[command(after_help = "Examples:
  nearmiss compare runs/bioclip runs/bioclip-2 -o reports/models
  nearmiss compare predictions.csv --predicted-column svm --predicted-column mlp --taxonomy beetles.csv")]
pub struct CompareArgs {
    /// Run directories or tables of predictions; each predicted column of a table is a run. Or judgements (ranx JSON, TREC,
    /// Parquet, also .gz) and the runs of a retrieval to hold against them.
    #[arg(required = true)]
    pub runs: Vec<PathBuf>,
    /// With judgements: measures as in ranx, `name[@k][-l<level>]` [default: those of `retrieve`].
    #[arg(long, short, value_delimiter = ',')]
    pub measures: Vec<String>,
    /// With judgements: what decides between documents with equal scores.
    #[arg(long, value_enum, default_value_t = TiesChoice::Trec)]
    pub ties: TiesChoice,
    /// With judgements: labels of the table.
    #[arg(long, value_enum, default_value_t = LabelsChoice::Current)]
    pub ranx_labels: LabelsChoice,
    /// A taxonomy file or the name of a shipped one [default: what the first run or table says].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// How to read tables.
    #[command(flatten)]
    pub table: TableArgs,
    /// The folder of the comparison.
    #[arg(long, short, default_value = "reports/comparison")]
    pub output: PathBuf,
    /// Compare over the images that all runs have, instead of refusing runs over different images.
    #[arg(long)]
    pub intersect: bool,
    /// Score images whose true taxon was not a candidate as well.
    #[arg(long)]
    pub count_unreachable: bool,
    /// Which runs are compared: every two, or each with the first [default: every two of up to 20 runs].
    #[arg(long, value_enum)]
    pub pairs: Option<PairsChoice>,
    /// A difference is significant at an adjusted p-value of at most this.
    #[arg(long, default_value_t = 0.05, value_parser = probability)]
    pub alpha: f64,
    /// Draws of the bootstrap for intervals of means.
    #[arg(long, default_value_t = 2000, value_parser = clap::value_parser!(u32).range(100..))]
    pub draws: u32,
    /// Seed of draws and permutations.
    #[arg(long, default_value_t = 0)]
    pub seed: u64,
    /// Print compare.json on stdout instead of the table.
    #[arg(long)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long)]
    pub force: bool,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long)]
    pub csv_safe: bool,
}

/// `nearmiss report`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss report runs/bees
  nearmiss report predictions.csv --truth-column species --predicted-column bioclip --predicted-column resnet -o reports/two")]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
pub struct ReportArgs {
    /// A run directory, or a table of predictions (CSV, TSV, Parquet, JSON Lines).
    #[arg(required_unless_present = "list_metrics")]
    pub predictions: Option<PathBuf>,
    /// A taxonomy file or the name of a shipped one [default: what the table itself says].
    #[arg(long, short)]
    pub taxonomy: Option<String>,
    /// How to read a table.
    #[command(flatten)]
    pub table: TableArgs,
    /// The report folder [default: reports/NAME].
    #[arg(long, short)]
    pub output: Option<PathBuf>,
    /// A column that sorts images into groups (site, split, seen in training), each scored apart; may be repeated.
    #[arg(long)]
    pub group_column: Vec<String>,
    /// A CSV of taxon, images: how many a model was trained on; truths are grouped by it, unseen apart.
    #[arg(long)]
    pub training_counts: Option<PathBuf>,
    /// Which tree edges and lineages are counted in.
    #[arg(long, value_enum, default_value_t = TreeChoice::Full)]
    pub tree: TreeChoice,
    /// What the information of a taxon is taken from, for the metrics in bits.
    #[arg(long, value_enum, default_value_t = InformationChoice::Leaves)]
    pub information: InformationChoice,
    /// A CSV of truth, answer, cost: what a mistake costs; a taxon stands for its clade.
    #[arg(long)]
    pub costs: Option<PathBuf>,
    /// Rank at which truth and answer must meet for a near miss to be acceptable (yellow).
    #[arg(long, default_value = "genus")]
    pub yellow_from: String,
    /// A CSV of pairs of taxa that may be taken for each other (yellow).
    #[arg(long)]
    pub look_alikes: Option<PathBuf>,
    /// Score photographs, or observations: the photographs of one individual as one answer.
    #[arg(long, value_enum, default_value_t = UnitChoice::Image)]
    pub by: UnitChoice,
    /// How the probabilities of an observation's photographs become one.
    #[arg(long, value_enum, default_value_t = PoolChoice::Mean)]
    pub pool: PoolChoice,
    /// What the intervals of accuracy draw together.
    #[arg(long, value_enum, default_value_t = IntervalChoice::Observation)]
    pub intervals: IntervalChoice,
    /// Probability that an answer of the back-off rule must reach.
    #[arg(long, value_parser = probability)]
    pub back_off: Option<f64>,
    /// A line that a metric must reach, or the exit code is 1: 'family.path_top1>=0.8'; may be repeated.
    #[arg(long)]
    pub gate: Vec<String>,
    /// A TOML file with a table `gates` of such lines.
    #[arg(long)]
    pub gates: Option<PathBuf>,
    /// Score images whose true taxon was not a candidate as well.
    #[arg(long)]
    pub count_unreachable: bool,
    /// Folder of the photographs, for the gallery of mistakes [default: the run's own].
    #[arg(long)]
    pub photographs: Option<PathBuf>,
    /// Which photographs the gallery of mistakes may show.
    #[arg(long, value_enum, default_value_t = ThumbnailChoice::Licensed)]
    pub thumbnails: ThumbnailChoice,
    /// No section on the latent space, where a run has vectors.
    #[arg(long)]
    pub no_latent: bool,
    /// Tables only: no page, no figures.
    #[arg(long)]
    pub tables_only: bool,
    /// Print metrics.json on stdout as well.
    #[arg(long)]
    pub json: bool,
    /// Write into a folder that holds something else.
    #[arg(long)]
    pub force: bool,
    /// Begin cells of CSV files that a spreadsheet would take for a formula (=, +, -, @) with an apostrophe.
    #[arg(long)]
    pub csv_safe: bool,
    /// Print every metric with its sentence, formula, direction and source, and stop.
    #[arg(long)]
    pub list_metrics: bool,
}

/// `nearmiss demo`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss demo
  nearmiss demo -o /tmp/nearmiss-demo")]
pub struct DemoArgs {
    /// Folder for everything the demonstration writes.
    #[arg(long, short, default_value = "reports/demo")]
    pub output: PathBuf,
    /// Write into a folder that holds something else.
    #[arg(long)]
    pub force: bool,
}

fn probability(text: &str) -> Result<f64, String> {
    let value: f64 = text.parse().map_err(|_| format!("'{text}' is no number"))?;
    if (0.0..=1.0).contains(&value) { Ok(value) } else { Err(format!("{value} is no probability from 0 to 1")) }
}
