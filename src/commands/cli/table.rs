//! How tables of predictions are read, in `report` and `compare`.

use super::heading::TABLES;
use super::word::Word;
use crate::answers::non_taxon::NonTaxonClass;
use clap::{Args, ValueEnum};
use regex::Regex;
use std::path::PathBuf;

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

/// How to read tables of predictions.
// A heading of the struct would stand above all options that follow it in a command, too.
#[derive(Debug, Args)]
pub struct TableArgs {
    /// A second table that holds the truth, joined by image.
    #[arg(long, help_heading = TABLES)]
    pub truth: Option<PathBuf>,
    /// Column of image names.
    #[arg(long, help_heading = TABLES)]
    pub image_column: Option<String>,
    /// Column of image names in the truth table, where it is called otherwise.
    #[arg(long, help_heading = TABLES)]
    pub truth_image_column: Option<String>,
    /// Column of true names.
    #[arg(long, help_heading = TABLES)]
    pub truth_column: Option<String>,
    /// Column of predicted names; repeat it, each is one run.
    #[arg(long, help_heading = TABLES)]
    pub predicted_column: Vec<String>,
    /// Column of scores.
    #[arg(long, help_heading = TABLES)]
    pub score_column: Option<String>,
    /// The character that separates the ranks of a lineage in one cell.
    #[arg(long, help_heading = TABLES)]
    pub lineage_separator: Option<char>,
    /// Regular expression whose first group is the name inside a free-text answer.
    #[arg(long, help_heading = TABLES, value_parser = Word(pattern))]
    pub predicted_pattern: Option<Regex>,
    /// Encoding of text that is not UTF-8 (latin1, windows-1252).
    #[arg(long, help_heading = TABLES)]
    pub encoding: Option<String>,
    /// Lineage that all names of the table lie in (`Animalia;Arthropoda;Insecta;Coleoptera;Carabidae`).
    #[arg(long, help_heading = TABLES)]
    pub clade: Option<String>,
    /// A class that is no taxon, with the words it is told by (`setup=calibration board,pickup`), beside blank, person, vehicle
    /// and unknown; repeat it.
    #[arg(long, help_heading = TABLES, value_name = "CLASS=WORD,WORD", value_parser = Word(NonTaxonClass::parse))]
    pub non_taxon: Vec<NonTaxonClass>,
    /// A word of these classes that is the name of a taxon after all; repeat it.
    #[arg(long, help_heading = TABLES, value_name = "WORD")]
    pub taxon_after_all: Vec<String>,
    /// What an image with a blank truth is.
    #[arg(long, help_heading = TABLES, value_enum, default_value_t = Blank::LeaveOut)]
    pub blank_truth: Blank,
}

fn pattern(word: &str) -> Result<Regex, String> {
    Regex::new(word).map_err(|error| format!("'{word}' is no regular expression: {error}"))
}
