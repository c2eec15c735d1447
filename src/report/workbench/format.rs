//! What the page is given: the fields of `page/src/format.ts`, by the same names.

use super::column::Packed;
use crate::report::options::Source;
use crate::scores::how_wrong::HeightUnit;
use serde::Serialize;
use std::collections::BTreeMap;

/// The version of the format.
pub(super) const FORMAT: u32 = 1;

/// What a page is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(super) enum Kind {
    /// Runs, each for itself.
    Report,
    /// Runs against each other.
    Compare,
    /// A latent space.
    Latent,
}

#[derive(Serialize)]
pub(super) struct Format<'a> {
    #[serde(rename = "format")]
    pub version: u32,
    pub program: String,
    pub kind: Kind,
    pub title: &'a str,
    pub language: &'static str,
    pub noun: Option<NounWords<'a>>,
    pub command_line: Option<&'a str>,
    pub sources: &'a [Source],
    pub taxonomy: OfTaxonomy<'a>,
    pub has_ranks: bool,
    pub height_unit: HeightUnit,
    pub yellow_from: &'static str,
    pub ranks: &'a [RankRow],
    pub taxa: TaxaColumns,
    pub images: ImagesOfPage<'a>,
    pub runs: Vec<RunOfPage<'a>>,
    pub outcomes: [&'static str; 7],
    pub causes: [&'static str; 13],
    pub map: Option<MapColumns>,
    pub compare: Option<ComparedPairs>,
    pub verdicts: Vec<VerdictRow<'a>>,
}

/// A noun in singular and plural.
#[derive(Serialize)]
pub(super) struct NounWords<'a> {
    pub one: &'a str,
    pub many: &'a str,
}

#[derive(Serialize)]
pub(super) struct OfTaxonomy<'a> {
    pub source: Option<&'a str>,
    pub sha256: String,
    pub taxa: usize,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct RankRow {
    pub name: &'static str,
    pub rung: Option<u8>,
    pub classes: u64,
    pub given: bool,
}

#[derive(Serialize)]
pub(super) struct TaxaColumns {
    pub count: usize,
    pub parent: Packed,
    pub name: Packed,
    pub rank_names: Vec<&'static str>,
    pub rank: Packed,
    pub id: Packed,
    pub other_names: Packed,
    pub common: BTreeMap<&'static str, Packed>,
    pub candidates: Option<Packed>,
    pub candidate_count: Option<usize>,
    pub links: &'static [Link],
}

#[derive(Debug, Clone, Copy, Serialize)]
pub(super) struct Link {
    pub site: &'static str,
    pub template: &'static str,
}

/// A column of few texts.
#[derive(Serialize)]
pub(super) struct PackedWords<'a> {
    pub values: Vec<&'a str>,
    pub column: Packed,
}

#[derive(Serialize)]
pub(super) struct PackedGroup<'a> {
    pub name: &'a str,
    #[serde(flatten)]
    pub words: PackedWords<'a>,
}

/// Images in the page and beside it.
#[derive(Serialize)]
pub(super) struct ImagesOfPage<'a> {
    pub count: usize,
    pub total: usize,
    pub parts: &'a [PartFile],
    #[serde(flatten)]
    pub columns: ImagePart<'a>,
}

/// A file of further images.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct PartFile {
    pub file: String,
    pub count: usize,
}

#[derive(Serialize)]
pub(super) struct ImagePart<'a> {
    pub name: Packed,
    pub truth: Packed,
    pub truth_state: Packed,
    pub cluster: Option<Packed>,
    pub cluster_noun: &'a str,
    pub observation: Option<PackedWords<'a>>,
    pub groups: Vec<PackedGroup<'a>>,
    pub licence: Option<PackedWords<'a>>,
    pub picture: Option<Packed>,
}

/// A run with its numbers.
#[derive(Serialize)]
pub(super) struct RunOfPage<'a> {
    pub name: &'a str,
    #[serde(flatten)]
    pub numbers: &'a RunNumbers,
    #[serde(flatten)]
    pub columns: RunPart,
}

/// Numbers of a whole run, as its report has them.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct RunNumbers {
    pub whole: Vec<RankNumbers>,
    pub scored: u64,
    pub mistakes: u64,
    pub mean_height: Option<f64>,
    pub severity: Option<f64>,
    pub has_probabilities: bool,
}

/// The same at one rank.
#[derive(Debug, Clone, PartialEq, Default, Serialize)]
pub(super) struct RankNumbers {
    pub n: u64,
    pub right: u64,
    pub low: Option<f64>,
    pub high: Option<f64>,
    pub chance: Option<f64>,
    pub summed_right: Option<u64>,
}

#[derive(Serialize)]
pub(super) struct RunPart {
    pub answer: Packed,
    pub predicted: Packed,
    pub lca: Packed,
    pub height: Packed,
    pub outcome: Packed,
    pub cause: Packed,
    pub flag: Packed,
    pub probability: Packed,
    pub counts_at: Packed,
    pub right_at: Packed,
    pub cost: Option<Packed>,
    pub summed: Option<Vec<Option<SummedColumns>>>,
    pub steps: Option<StepColumns>,
}

#[derive(Serialize)]
pub(super) struct SummedColumns {
    pub taxon: Packed,
    pub probability: Packed,
}

#[derive(Serialize)]
pub(super) struct StepColumns {
    pub starts: Packed,
    pub threshold: Packed,
    pub taxon: Packed,
}

#[derive(Serialize)]
pub(super) struct MapColumns {
    pub image: Packed,
    pub maps: Vec<OneMap>,
}

#[derive(Serialize)]
pub(super) struct OneMap {
    pub kind: &'static str,
    pub x: Packed,
    pub y: Packed,
    pub axes: [String; 2],
}

#[derive(Serialize)]
pub(super) struct ComparedPairs {
    pub pairs: Vec<ComparedPair>,
    pub alpha: f64,
}

#[derive(Serialize)]
pub(super) struct ComparedPair {
    pub first: usize,
    pub second: usize,
    pub clades: Vec<CladeRow>,
}

#[derive(Debug, Clone, PartialEq, Serialize)]
pub(super) struct CladeRow {
    pub taxon: u32,
    pub images: u64,
    pub only_first: u64,
    pub only_second: u64,
    pub difference: f64,
    pub low: f64,
    pub high: f64,
    pub adjusted: f64,
}

#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct VerdictRow<'a> {
    pub image: usize,
    pub verdict: &'static str,
    pub note: &'a str,
}
