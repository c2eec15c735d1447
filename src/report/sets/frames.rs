//! The tables of sets as data frames, which the CSV files are written from. Where there are several runs the first column is `run`.

use super::columns::Columns;
use crate::report::text::identity;
use crate::scores::metric::Row;
use crate::scores::sets::{RunSets, ScoredSets, SetImage, SetRankScores, SetScores, SetTaxonScores, SiteScores, Tuned};
use crate::taxonomy::TaxonId;
use polars::error::PolarsResult;
use polars::frame::DataFrame;

/// Begins with the column `run` where there are several.
fn begin<R>(scored: &ScoredSets, rows: impl Fn(&RunSets) -> &[R]) -> Columns {
    let mut columns = Columns::default();
    if scored.runs.len() > 1 {
        columns.texts("run", scored.runs.iter().flat_map(|run| vec![run.name.clone(); rows(run).len()]));
    }
    columns
}

/// One row for each run: the numbers of the whole.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn whole(scored: &ScoredSets) -> PolarsResult<DataFrame> {
    let mut columns = Columns::default();
    columns.texts("run", scored.runs.iter().map(|run| run.name.clone()));
    let rows: Vec<&SetScores> = scored.runs.iter().map(|run| &run.scores).collect();
    columns.measures(SetScores::measures(), &rows);
    columns.frame()
}

/// `set_ranks.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn ranks(scored: &ScoredSets) -> PolarsResult<DataFrame> {
    let rows: Vec<&SetRankScores> = scored.runs.iter().flat_map(|run| &run.ranks).collect();
    let mut columns = begin(scored, |run| &run.ranks);
    columns.texts("rank", rows.iter().map(|row| row.rank.name().to_string()));
    columns.measures(SetRankScores::measures(), &rows);
    columns.frame()
}

/// `set_taxa.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn taxa(scored: &ScoredSets) -> PolarsResult<DataFrame> {
    let taxonomy = &scored.taxonomy;
    let rows: Vec<&SetTaxonScores> = scored.runs.iter().flat_map(|run| &run.taxa).collect();
    let mut columns = begin(scored, |run| &run.taxa);
    columns.texts("taxon", rows.iter().map(|row| identity(taxonomy, row.taxon)));
    columns.texts("name", rows.iter().map(|row| taxonomy.name(row.taxon).to_string()));
    columns.texts("rank", rows.iter().map(|row| row.rank.name().to_string()));
    columns.measures(SetTaxonScores::measures(), &rows);
    columns.frame()
}

/// `set_images.csv`: names of several taxa stand with `; ` between them.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn images(scored: &ScoredSets) -> PolarsResult<DataFrame> {
    let (taxonomy, sets) = (&scored.taxonomy, &scored.sets);
    let rows: Vec<&SetImage> = scored.runs.iter().flat_map(|run| &run.images).collect();
    let mut columns = begin(scored, |run| &run.images);
    let of_image = |names: &[String], row: &SetImage| names.get(row.image).cloned().unwrap_or_default();
    columns.texts("image", rows.iter().map(|row| of_image(&sets.images, row)));
    for (name, groups) in [("transect", &sets.transects), ("site", &sets.sites)] {
        if let Some(groups) = groups {
            columns.texts(name, rows.iter().map(|row| of_image(groups, row)));
        }
    }
    columns.counts("truths", rows.iter().map(|row| Some(row.overlap.truths)));
    columns.counts("answers", rows.iter().map(|row| Some(row.overlap.answered)));
    columns.counts("right", rows.iter().map(|row| Some(row.overlap.right)));
    columns.numbers("precision", rows.iter().map(|row| Some(row.overlap.precision())));
    columns.numbers("recall", rows.iter().map(|row| Some(row.overlap.recall())));
    columns.numbers("f1", rows.iter().map(|row| Some(row.overlap.f1())));
    columns.numbers("jaccard", rows.iter().map(|row| Some(row.overlap.jaccard())));
    columns.numbers("hf", rows.iter().map(|row| Some(row.closed.f1())));
    columns.numbers("height", rows.iter().map(|row| Some(row.height)));
    let names = |taxa: &[TaxonId]| taxa.iter().map(|taxon| taxonomy.name(*taxon)).collect::<Vec<_>>().join("; ");
    columns.texts("missed", rows.iter().map(|row| names(&row.missed)));
    let wrong = scored.runs.iter().zip(&sets.runs).flat_map(|(run, answers)| {
        let unknown =
            |row: &SetImage| row.unknown.iter().filter_map(|name| answers.unknown_names.get(*name as usize)).cloned().collect();
        run.images.iter().map(move |row| {
            let known: Vec<String> = row.wrong.iter().map(|taxon| taxonomy.name(*taxon).to_string()).collect();
            let unknown: Vec<String> = unknown(row);
            [known, unknown].concat().join("; ")
        })
    });
    columns.texts("wrong", wrong);
    columns.frame()
}

/// `sites.csv`.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn sites(scored: &ScoredSets) -> PolarsResult<DataFrame> {
    let rows: Vec<&SiteScores> = scored.runs.iter().flat_map(|run| &run.sites).collect();
    let mut columns = begin(scored, |run| &run.sites);
    columns.texts("site", rows.iter().map(|row| row.site.clone()));
    columns.measures(SiteScores::measures(), &rows);
    columns.frame()
}

/// Thresholds: a row for each that was tuned.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn thresholds(scored: &ScoredSets) -> PolarsResult<DataFrame> {
    let rows: Vec<&Tuned> = scored.runs.iter().flat_map(|run| &run.tuned).collect();
    let mut columns = begin(scored, |run| &run.tuned);
    columns.texts("aim", rows.iter().map(|row| row.aim.name().to_string()));
    columns.numbers("target", rows.iter().map(|row| row.aim.target()));
    columns.measures(Tuned::measures(), &rows);
    columns.frame()
}
