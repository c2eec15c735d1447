//! Options of `nearmiss taxonomy`.

use super::heading::{OUTPUT, RARE};
use super::word::{Word, rank};
use crate::runs::device::DeviceChoice;
use crate::taxonomy::rank::Rank;
use clap::{Args, Subcommand};
use std::path::PathBuf;
use std::str::FromStr;

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
        #[arg(long, help_heading = OUTPUT)]
        fix: Option<PathBuf>,
        /// Text encoding, where the file is not UTF-8 (windows-1252, utf-16le, ...).
        #[arg(long, help_heading = RARE)]
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
  nearmiss taxonomy resolve 'small black ant' --taxonomy my-species.csv --semantic models/minilm")]
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
    /// Only this clade (a name or an id) and what leads to it; may be repeated.
    #[arg(long, help_heading = KEPT)]
    pub within: Vec<String>,
    /// Only taxa of this rank and what leads to them.
    #[arg(long, help_heading = KEPT, value_parser = Word(rank))]
    pub rank: Option<Rank>,
    /// Only the taxa of a file of names or ids, one per line, and what leads to them.
    #[arg(long, help_heading = KEPT)]
    pub names: Option<PathBuf>,
    /// TAXREF: territory and wanted letters of status, `FR=P,E,S,C,I,J`.
    #[arg(long, help_heading = KEPT, value_parser = Word(status))]
    pub status: Option<(String, Vec<String>)>,
    /// TAXREF: wanted habitats, 1 to 8, separated by commas.
    #[arg(long, help_heading = KEPT, value_delimiter = ',')]
    pub habitat: Vec<String>,
    /// The table to write: `.parquet`, or `.csv`.
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: PathBuf,
    /// Write every finding to this CSV.
    #[arg(long, help_heading = OUTPUT)]
    pub findings: Option<PathBuf>,
    /// Replace the table if it is there.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
    /// Text encoding, where the file is not UTF-8 (windows-1252, utf-16le, ...).
    #[arg(long, help_heading = RARE)]
    pub encoding: Option<String>,
}

/// Heading of what is taken of a taxonomy.
const KEPT: &str = "What is kept";
/// Heading of suggestions by what names say.
const SEMANTIC: &str = "Suggestions of a model";

impl TaxonomyCommand {
    /// Whether a model is asked for, which needs the encoder.
    #[must_use]
    pub fn needs_encoder(&self) -> bool {
        matches!(self, TaxonomyCommand::Resolve(args) if args.semantic.is_some())
    }
}

/// `TERRITORY=LETTERS`.
fn status(word: &str) -> Result<(String, Vec<String>), String> {
    match word.split_once('=') {
        Some((territory, letters)) if !letters.is_empty() => {
            Ok((territory.to_string(), letters.split(',').map(|letter| letter.trim().to_string()).collect()))
        }
        _ => Err(format!("'{word}' is not TERRITORY=LETTERS; an example: FR=P,E,S,C,I,J")),
    }
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
    /// For names that mean no taxon, or several, suggest the taxa whose names and common names a model of texts has nearest; none
    /// is ever taken.
    #[arg(long, help_heading = SEMANTIC, value_name = "MODEL")]
    pub semantic: Option<String>,
    /// How many taxa are suggested.
    #[arg(long, help_heading = SEMANTIC, requires = "semantic", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..))]
    pub suggestions: u32,
    /// Only taxa of this rank are suggested [default: all].
    #[arg(long, help_heading = SEMANTIC, requires = "semantic", value_parser = Word(rank))]
    pub semantic_rank: Option<Rank>,
    /// What stands before each name that is looked for, such as 'query: ' [default: what the model's files say].
    #[arg(long, help_heading = SEMANTIC, requires = "semantic", value_name = "PROMPT")]
    pub query_prompt: Option<String>,
    /// What stands before each name of a taxon, such as 'passage: ' [default: what the model's files say].
    #[arg(long, help_heading = SEMANTIC, requires = "semantic", value_name = "PROMPT")]
    pub document_prompt: Option<String>,
    /// Where the model embeds: auto, cpu, cuda, cuda:N.
    #[arg(long, help_heading = SEMANTIC, requires = "semantic", default_value_t = DeviceChoice::Auto,
        value_parser = DeviceChoice::from_str)]
    pub device: DeviceChoice,
    /// The CSV to write [default: stdout].
    #[arg(long, short, help_heading = OUTPUT)]
    pub output: Option<PathBuf>,
}
