//! The tables of events and sites, as data frames and as files: `events.csv`, `sites.csv`, `presence.csv`, `occupancy.csv`.
//! One is made from the other, so that they are the same.

use super::csv;
use super::frames::Columns;
use super::text;
use crate::answers::Answers;
use crate::answers::event_rule::EventRule;
use crate::scores::Scores;
use crate::scores::events::{EventAnswer, EventRow};
use crate::scores::metric::Row;
use crate::scores::presence::{SiteScores, SiteTaxon, TaxonSites};
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::error::PolarsResult;
use polars::frame::DataFrame;
use polars::prelude::AnyValue;
use std::io;

/// Runs with their scores.
type Runs<'a> = &'a [(Answers, Scores)];

/// `events.csv`: a row per event, with the answer of each rule; without rows where no events are asked for.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn events(taxonomy: &Taxonomy, runs: Runs<'_>) -> PolarsResult<DataFrame> {
    fn of(scores: &Scores) -> &[EventRow] {
        scores.events.as_ref().map_or(&[], |events| &events.rows)
    }
    let rows: Vec<&EventRow> = runs.iter().flat_map(|(_, scores)| of(scores)).collect();
    let mut columns = Columns::of_runs(runs, of);
    columns.texts("event", rows.iter().map(|row| row.name.clone()));
    columns.texts("site", rows.iter().map(|row| row.site.clone()));
    columns.texts("camera", rows.iter().map(|row| row.camera.clone()));
    columns.optional_texts("first", rows.iter().map(|row| row.first.map(|time| time.to_string())));
    columns.optional_texts("last", rows.iter().map(|row| row.last.map(|time| time.to_string())));
    columns.counts("images", rows.iter().map(|row| Some(row.images)));
    columns.texts("status", rows.iter().map(|row| row.status.name().to_string()));
    let joined = |row: &&EventRow, of: &dyn Fn(TaxonId) -> String| {
        let names: Vec<String> = row.truths.iter().map(|taxon| of(*taxon)).collect();
        (!names.is_empty()).then(|| names.join(" | "))
    };
    columns.optional_texts("truth", rows.iter().map(|row| joined(row, &|taxon| text::identity(taxonomy, taxon))));
    columns.optional_texts("truth_name", rows.iter().map(|row| joined(row, &|taxon| taxonomy.name(taxon).to_string())));
    for (place, rule) in EventRule::ALL.into_iter().enumerate() {
        let answers: Vec<Option<EventAnswer>> = rows.iter().map(|row| row.answers.get(place).copied().flatten()).collect();
        let taxa: Vec<Option<TaxonId>> = answers.iter().map(|answer| answer.and_then(EventAnswer::named)).collect();
        columns.taxa(rule.name(), taxonomy, &taxa);
        let heights = answers.iter().map(|answer| answer.and_then(|answer| answer.height).map(u64::from));
        columns.counts(&format!("{}_height", rule.name()), heights);
        columns.flags(&format!("{}_right", rule.name()), answers.iter().map(|answer| answer.and_then(|answer| answer.right)));
    }
    columns.frame()
}

/// `sites.csv`: a row per unit, rank and site.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn sites(_: &Taxonomy, runs: Runs<'_>) -> PolarsResult<DataFrame> {
    fn of(scores: &Scores) -> &[SiteScores] {
        scores.presence.as_ref().map_or(&[], |presence| &presence.rows)
    }
    let rows: Vec<&SiteScores> = runs.iter().flat_map(|(_, scores)| of(scores)).collect();
    let mut columns = Columns::of_runs(runs, of);
    columns.texts("unit", rows.iter().map(|row| row.unit.to_string()));
    columns.texts("rank", rows.iter().map(|row| row.rank.name().to_string()));
    columns.texts("site", rows.iter().map(|row| row.site.clone()));
    columns.measures(SiteScores::measures(), &rows);
    columns.frame()
}

/// `presence.csv`: a row per unit, rank, site and taxon that is a truth or an answer there.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn presence(taxonomy: &Taxonomy, runs: Runs<'_>) -> PolarsResult<DataFrame> {
    fn of(scores: &Scores) -> &[SiteTaxon] {
        scores.presence.as_ref().map_or(&[], |presence| &presence.taxa)
    }
    let rows: Vec<&SiteTaxon> = runs.iter().flat_map(|(_, scores)| of(scores)).collect();
    let mut columns = Columns::of_runs(runs, of);
    columns.texts("unit", rows.iter().map(|row| row.unit.to_string()));
    columns.texts("rank", rows.iter().map(|row| row.rank.name().to_string()));
    columns.texts("site", rows.iter().map(|row| row.site.clone()));
    columns.taxa("taxon", taxonomy, &rows.iter().map(|row| Some(row.taxon)).collect::<Vec<_>>());
    columns.counts("truth", rows.iter().map(|row| Some(row.truth)));
    columns.counts("answered", rows.iter().map(|row| Some(row.answered)));
    columns.counts("right", rows.iter().map(|row| Some(row.right)));
    columns.flags("present", rows.iter().map(|row| Some(row.present)));
    columns.flags("found", rows.iter().map(|row| Some(row.found)));
    columns.frame()
}

/// `occupancy.csv`: a row per unit, rank and taxon: at how many sites it is, by the truth and by the answers.
///
/// # Errors
///
/// What polars says of the columns, which a test excludes.
pub fn occupancy(taxonomy: &Taxonomy, runs: Runs<'_>) -> PolarsResult<DataFrame> {
    fn of(scores: &Scores) -> &[TaxonSites] {
        scores.presence.as_ref().map_or(&[], |presence| &presence.occupancy)
    }
    let rows: Vec<&TaxonSites> = runs.iter().flat_map(|(_, scores)| of(scores)).collect();
    let mut columns = Columns::of_runs(runs, of);
    columns.texts("unit", rows.iter().map(|row| row.unit.to_string()));
    columns.texts("rank", rows.iter().map(|row| row.rank.name().to_string()));
    columns.taxa("taxon", taxonomy, &rows.iter().map(|row| Some(row.taxon)).collect::<Vec<_>>());
    columns.counts("sites", rows.iter().map(|row| Some(row.sites)));
    columns.counts("present", rows.iter().map(|row| Some(row.present)));
    columns.counts("found", rows.iter().map(|row| Some(row.found)));
    columns.counts("both", rows.iter().map(|row| Some(row.both)));
    columns.numbers("occupancy_true", rows.iter().map(|row| row.occupancy(row.present)));
    columns.numbers("occupancy_answered", rows.iter().map(|row| row.occupancy(row.found)));
    let difference = |row: &&TaxonSites| Some(row.occupancy(row.found)? - row.occupancy(row.present)?);
    columns.numbers("difference", rows.iter().map(difference));
    columns.frame()
}

/// A function that makes a table of runs.
type Made = fn(&Taxonomy, Runs<'_>) -> PolarsResult<DataFrame>;

/// The files of the tables that there are.
pub(super) fn files(taxonomy: &Taxonomy, runs: Runs<'_>) -> io::Result<Vec<(&'static str, String)>> {
    let has_events = runs.iter().any(|(_, scores)| scores.events.is_some());
    let has_presence = runs.iter().any(|(_, scores)| scores.presence.is_some());
    let tables: [(&str, bool, Made); 4] = [
        ("events.csv", has_events, events),
        ("sites.csv", has_presence, sites),
        ("presence.csv", has_presence, presence),
        ("occupancy.csv", has_presence, occupancy),
    ];
    let text =
        |(file, _, made): (&'static str, bool, Made)| Ok((file, csv_of(&made(taxonomy, runs).map_err(io::Error::other)?)?));
    tables.into_iter().filter(|(_, is_there, _)| *is_there).map(text).collect()
}

/// A data frame as the text of a CSV file.
fn csv_of(frame: &DataFrame) -> io::Result<String> {
    let cell = |value: AnyValue<'_>| match value {
        AnyValue::Null => String::new(),
        AnyValue::Float64(number) => csv::number(Some(number)),
        AnyValue::String(text) => text.to_string(),
        // A column of one row holds its text itself.
        AnyValue::StringOwned(text) => text.to_string(),
        other => other.to_string(),
    };
    let columns = frame.columns();
    let row = |row: usize| columns.iter().map(|column| column.get(row).map_or_else(|_| String::new(), cell)).collect();
    let heads: Vec<String> = frame.get_column_names().into_iter().map(ToString::to_string).collect();
    csv::csv_of(&heads, (0..frame.height()).map(row))
}
