//! Options of `nearmiss bench`.

use super::heading::{COMPUTING, OUTPUT};
use super::precision::PrecisionChoice;
use super::word::Word;
use crate::runs::device::DeviceChoice;
use crate::scores::suite::SuiteModel;
use clap::Args;
use std::path::PathBuf;
use std::str::FromStr;

/// `nearmiss bench`.
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  nearmiss bench inrae --data /data/inrae -o reports/inrae
  nearmiss bench benches/suites/inrae.toml --miniature -o reports/rehearsal")]
pub struct BenchArgs {
    /// The suite: a TOML file, or the name of a shipped one (inrae, bioclip2, fathomnet).
    pub suite: PathBuf,
    /// The folder that the paths of its data sets start from.
    #[arg(long, default_value = "data")]
    pub data: PathBuf,
    /// Only these data sets; may be repeated.
    #[arg(long)]
    pub only: Vec<String>,
    /// Models instead of the suite's, `NAME=MODEL`; may be repeated.
    #[arg(long, value_parser = Word(model))]
    pub model: Vec<SuiteModel>,
    /// Check what is on disk against the suite and say what is missing; run nothing.
    #[arg(long)]
    pub dry_run: bool,
    /// Rehearse with the built-in model on miniature copies of the data sets, which are drawn for it.
    #[arg(long, conflicts_with_all = ["data", "dry_run"])]
    pub miniature: bool,
    /// auto, cpu, cuda or cuda:N.
    #[arg(long, help_heading = COMPUTING, default_value_t = DeviceChoice::Auto, value_parser = DeviceChoice::from_str)]
    pub device: DeviceChoice,
    /// What the encoder computes in.
    #[arg(long, help_heading = COMPUTING, value_enum, default_value_t = PrecisionChoice::Fp32)]
    pub precision: PrecisionChoice,
    /// The folder of runs, reports and the leaderboard.
    #[arg(long, short, default_value = "reports/bench", help_heading = OUTPUT)]
    pub output: PathBuf,
    /// Write over runs that were made differently, and a leaderboard that is none of ours.
    #[arg(long, help_heading = OUTPUT)]
    pub force: bool,
}

/// `NAME=MODEL`.
fn model(word: &str) -> Result<SuiteModel, String> {
    let (name, model) = word.split_once('=').ok_or_else(|| format!("'{word}' is not NAME=MODEL"))?;
    Ok(SuiteModel { name: name.to_string(), model: model.to_string() })
}
