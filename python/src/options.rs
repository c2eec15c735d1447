//! Options as Python passes them: a dict from the names of arguments to values; what is absent or `None` is as the program has
//! it.

use crate::error::{OrRefused, refusal};
use crate::frame::Frame;
use crate::taxonomy::Taxonomy;
use nearmiss::answers::event_rule::AGREE;
use nearmiss::answers::non_taxon::{NonTaxonClass, NonTaxonWords};
use nearmiss::answers::observation::Pool;
use nearmiss::answers::table::{MissingTruth, TableOptions, TableSource, TakenColumns};
use nearmiss::answers::time::{Gap, GapError};
use nearmiss::numbers::nearest::did_you_mean;
use nearmiss::report::scoring::{Scoring, Space, Unit};
use nearmiss::scores::Tree;
use nearmiss::scores::events::EventOptions;
use nearmiss::scores::gate::Gate;
use nearmiss::scores::intervals::DrawnBy;
use nearmiss::scores::outcome::Unreachable;
use nearmiss::scores::roll_up::RollUp;
use nearmiss::taxonomy::information::InformationFrom;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::source::TaxonomySource;
use pyo3::prelude::*;
use pyo3::types::{PyDict, PyList, PyString};
use regex::Regex;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Options of how a table is read.
pub(crate) const READING: [&str; 14] = [
    "image",
    "truth",
    "predicted",
    "score",
    "truth_image",
    "truth_table",
    "group",
    "clade",
    "lineage_separator",
    "predicted_pattern",
    "missing_truth",
    "encoding",
    "non_taxon",
    "taxon_after_all",
];

/// Options of how answers are scored.
const SCORING: [&str; 18] = [
    "taxonomy",
    "by",
    "pool",
    "intervals",
    "back_off",
    "tree",
    "information",
    "count_unreachable",
    "yellow_from",
    "costs",
    "look_alikes",
    "training_counts",
    "gates",
    "latent",
    "verdicts",
    "prior",
    "geofence",
    "roll_up",
];

/// Options of a state that is made of tables, beside those of reading.
const COUNTING: [&str; 3] = ["taxonomy", "back_off", "count_unreachable"];

/// Options of events and sites.
const EVENTS: [&str; 6] = ["event_gap", "time_column", "camera_column", "site_column", "agree", "present_from"];

/// What may stand in a dict of options.
type Options<'a, 'py> = &'a Bound<'py, PyDict>;

/// Refuses options of other names.
///
/// # Errors
///
/// A sentence with the name, and the one that may be meant.
pub(crate) fn known(options: Options<'_, '_>, names: &[&str]) -> PyResult<()> {
    for key in options.keys() {
        let key = key.str()?;
        let name = key.to_str()?;
        if !names.contains(&name) {
            let nearest = did_you_mean(name, names.iter().copied());
            return Err(refusal(&format!("there is no argument '{name}'{nearest}; there are {}", names.join(", "))));
        }
    }
    Ok(())
}

/// The value of an option; `None` where it is absent or `None`.
fn given<'py>(options: Options<'_, 'py>, key: &str) -> PyResult<Option<Bound<'py, PyAny>>> {
    Ok(options.get_item(key)?.filter(|value| !value.is_none()))
}

/// What is said of a value that cannot stand there: `by='species'` and what may.
fn wrong(key: &str, value: &Bound<'_, PyAny>, may: &str) -> PyErr {
    let shown = value.repr().map_or_else(|_| "...".to_string(), |shown| shown.to_string_lossy().into_owned());
    let shown = if shown.chars().count() > 60 { shown.chars().take(57).collect::<String>() + "..." } else { shown };
    refusal(&format!("{key}={shown}: {may}"))
}

/// A text.
///
/// # Errors
///
/// A sentence where it is none.
pub(crate) fn text(options: Options<'_, '_>, key: &str) -> PyResult<Option<String>> {
    let read = |value: Bound<'_, PyAny>| value.extract::<String>().map_err(|_| wrong(key, &value, "it is a text"));
    given(options, key)?.map(read).transpose()
}

/// A list of texts, in which some may be missing; one text is a list of one.
///
/// # Errors
///
/// A sentence where it is none.
pub(crate) fn texts(options: Options<'_, '_>, key: &str) -> PyResult<Option<Vec<Option<String>>>> {
    let Some(value) = given(options, key)? else { return Ok(None) };
    if let Ok(one) = value.extract::<String>() {
        return Ok(Some(vec![Some(one)]));
    }
    value.extract().map(Some).map_err(|_| wrong(key, &value, "it is a text or a list of texts"))
}

/// A list of names; one name is a list of one.
///
/// # Errors
///
/// A sentence where it is none.
pub(crate) fn names(options: Options<'_, '_>, key: &str) -> PyResult<Vec<String>> {
    let given_names = texts(options, key)?.unwrap_or_default();
    let all: Option<Vec<String>> = given_names.into_iter().collect();
    all.ok_or_else(|| refusal(&format!("{key}: there is None among the names; leave it out")))
}

/// A path.
///
/// # Errors
///
/// A sentence where it is none.
pub(crate) fn path(options: Options<'_, '_>, key: &str) -> PyResult<Option<PathBuf>> {
    let read = |value: Bound<'_, PyAny>| value.extract::<PathBuf>().map_err(|_| wrong(key, &value, "it is a path"));
    given(options, key)?.map(read).transpose()
}

/// Yes or no; no where it is absent.
///
/// # Errors
///
/// A sentence where it is neither.
pub(crate) fn flag(options: Options<'_, '_>, key: &str) -> PyResult<bool> {
    Ok(switch(options, key)?.unwrap_or(false))
}

/// Yes or no, for what is not no where it is absent.
///
/// # Errors
///
/// A sentence where it is neither.
pub(crate) fn switch(options: Options<'_, '_>, key: &str) -> PyResult<Option<bool>> {
    let read = |value: Bound<'_, PyAny>| value.extract::<bool>().map_err(|_| wrong(key, &value, "it is True or False"));
    given(options, key)?.map(read).transpose()
}

/// A whole number from 0 on.
///
/// # Errors
///
/// A sentence where it is none.
pub(crate) fn number(options: Options<'_, '_>, key: &str) -> PyResult<Option<u64>> {
    let read = |value: Bound<'_, PyAny>| value.extract::<u64>().map_err(|_| wrong(key, &value, "it is a whole number from 0 on"));
    given(options, key)?.map(read).transpose()
}

/// A count of at least so many.
///
/// # Errors
///
/// A sentence where it is none, or less.
pub(crate) fn count(options: Options<'_, '_>, key: &str, least: usize) -> PyResult<Option<usize>> {
    let Some(value) = given(options, key)? else { return Ok(None) };
    let count = value.extract::<usize>().ok().filter(|count| *count >= least);
    count.map(Some).ok_or_else(|| wrong(key, &value, &format!("it is a whole number from {least} on")))
}

/// A number from 0 to 1.
///
/// # Errors
///
/// A sentence where it is none.
pub(crate) fn share(options: Options<'_, '_>, key: &str) -> PyResult<Option<f64>> {
    let Some(value) = given(options, key)? else { return Ok(None) };
    let share = value.extract::<f64>().ok().filter(|share| (0.0..=1.0).contains(share));
    share.map(Some).ok_or_else(|| wrong(key, &value, "it is a number from 0 to 1"))
}

/// One of some words, as what it stands for.
///
/// # Errors
///
/// A sentence with the words where it is none of them.
pub(crate) fn choice<T: Copy>(options: Options<'_, '_>, key: &str, words: &[(&str, T)]) -> PyResult<Option<T>> {
    let Some(value) = given(options, key)? else { return Ok(None) };
    let Ok(said) = value.extract::<String>() else { return Err(wrong(key, &value, &one_of(words))) };
    word(key, &said, words).map(Some)
}

fn word<T: Copy>(key: &str, said: &str, words: &[(&str, T)]) -> PyResult<T> {
    let found = words.iter().find(|(known, _)| *known == said).map(|(_, meaning)| *meaning);
    found.ok_or_else(|| {
        let nearest = did_you_mean(said, words.iter().map(|(known, _)| *known));
        refusal(&format!("{key}='{said}': {}{nearest}", one_of(words)))
    })
}

fn one_of<T>(words: &[(&str, T)]) -> String {
    let known: Vec<String> = words.iter().map(|(known, _)| format!("'{known}'")).collect();
    format!("it is one of {}", known.join(", "))
}

/// The taxonomy: one that was read, a path, or the name of a shipped one.
///
/// # Errors
///
/// A sentence where it is none of these.
pub(crate) fn taxonomy(options: Options<'_, '_>) -> PyResult<Option<TaxonomySource>> {
    let Some(value) = given(options, "taxonomy")? else { return Ok(None) };
    if let Ok(taxonomy) = value.cast::<Taxonomy>() {
        let tree = &taxonomy.get().tree;
        return Ok(Some(TaxonomySource::Read { taxonomy: Arc::clone(&tree.taxa), name: tree.source.clone() }));
    }
    let path = value.extract::<PathBuf>();
    let path = path.map_err(|_| wrong("taxonomy", &value, "it is a Taxonomy, a path, or the name of a shipped taxonomy"))?;
    Ok(Some(TaxonomySource::Named(path.display().to_string())))
}

/// A table: a `Frame`, or the path of a table or a run directory.
///
/// # Errors
///
/// A sentence where it is neither.
pub(crate) fn source(value: &Bound<'_, PyAny>) -> PyResult<TableSource> {
    table("predictions", value)
}

/// Tables, states or run directories: one, or a list of paths; the first, and more of them.
///
/// # Errors
///
/// A sentence where it is nothing of these.
pub(crate) fn sources(value: &Bound<'_, PyAny>) -> PyResult<(TableSource, Vec<TableSource>)> {
    let Ok(listed) = value.cast::<PyList>() else { return Ok((source(value)?, vec![])) };
    let mut all = listed.iter().map(|one| source(&one)).collect::<PyResult<Vec<TableSource>>>()?.into_iter();
    let first = all.next().ok_or_else(|| refusal("predictions: the list is empty; there is nothing to score"))?;
    Ok((first, all.collect()))
}

fn table(key: &str, value: &Bound<'_, PyAny>) -> PyResult<TableSource> {
    if let Ok(frame) = value.cast::<Frame>() {
        return Ok(frame.get().source());
    }
    let path = value.extract::<PathBuf>().map_err(|_| wrong(key, value, "it is a Frame or a path"))?;
    Ok(path.into())
}

/// How a table is read.
///
/// # Errors
///
/// A sentence with the option, its value and what may stand there.
pub(crate) fn reading(options: Options<'_, '_>) -> PyResult<TableOptions> {
    let blank = [("leave-out", MissingTruth::LeaveOut), ("wrong", MissingTruth::Wrong), ("taxon", MissingTruth::Taxon)];
    Ok(TableOptions {
        image_column: text(options, "image")?,
        truth_image_column: text(options, "truth_image")?,
        truth_column: text(options, "truth")?,
        predicted_columns: names(options, "predicted")?,
        score_column: text(options, "score")?,
        lineage_separator: separator(options)?,
        truth_file: given(options, "truth_table")?.map(|value| table("truth_table", &value)).transpose()?,
        predicted_pattern: pattern(options)?,
        missing_truth: choice(options, "missing_truth", &blank)?.unwrap_or_default(),
        group_columns: names(options, "group")?,
        encoding: text(options, "encoding")?,
        clade: text(options, "clade")?,
        non_taxa: non_taxa(options)?,
        taken: TakenColumns {
            events: gap(options)?.is_some(),
            time: text(options, "time_column")?,
            camera: text(options, "camera_column")?,
            site: text(options, "site_column")?,
        },
        without_truth: false,
    })
}

/// Words that name no taxon.
fn non_taxa(options: Options<'_, '_>) -> PyResult<NonTaxonWords> {
    let class = |text: &String| NonTaxonClass::parse(text).map_err(|what| refusal(&format!("--non-taxon {what}")));
    let classes: Vec<NonTaxonClass> = names(options, "non_taxon")?.iter().map(class).collect::<PyResult<_>>()?;
    NonTaxonWords::of(&classes, &names(options, "taxon_after_all")?).map_err(|error| refusal(&error.to_string()))
}

/// The longest time between two images of one event.
fn gap(options: Options<'_, '_>) -> PyResult<Option<Gap>> {
    let Some(text) = text(options, "event_gap")? else { return Ok(None) };
    text.parse().map(Some).map_err(|error: GapError| refusal(&format!("--event-gap {error}")))
}

/// How images become events, where that is asked for.
fn events(options: Options<'_, '_>) -> PyResult<Option<EventOptions>> {
    let may = "it is a share from 0.5, more than half of the answers, to 1, all of them";
    let agree = match share(options, "agree")? {
        None => AGREE,
        Some(share) if share >= AGREE => share,
        Some(_) => return Err(given(options, "agree")?.map_or_else(|| refusal(may), |value| wrong("agree", &value, may))),
    };
    Ok(gap(options)?.map(|gap| EventOptions { gap, agree }))
}

fn separator(options: Options<'_, '_>) -> PyResult<Option<char>> {
    let Some(value) = given(options, "lineage_separator")? else { return Ok(None) };
    value.extract::<char>().map(Some).map_err(|_| wrong("lineage_separator", &value, "it is one character"))
}

fn pattern(options: Options<'_, '_>) -> PyResult<Option<Regex>> {
    let Some(pattern) = text(options, "predicted_pattern")? else { return Ok(None) };
    // The sentence of the program.
    let refused = |error: regex::Error| refusal(&format!("--predicted-pattern '{pattern}' is no regular expression: {error}"));
    Regex::new(&pattern).map(Some).map_err(refused)
}

/// What becomes of images whose true taxon was no candidate.
///
/// # Errors
///
/// A sentence where it is neither yes nor no.
pub(crate) fn unreachable(options: Options<'_, '_>) -> PyResult<Unreachable> {
    Ok(if flag(options, "count_unreachable")? { Unreachable::Score } else { Unreachable::LeaveOut })
}

/// Predictions that are to be counted into a state, and more of them; and how.
///
/// # Errors
///
/// A sentence with the option, its value and what may stand there; a column that is asked for and cannot be read.
pub(crate) fn counting(predictions: &Bound<'_, PyAny>, options: Options<'_, '_>) -> PyResult<(Scoring, Vec<TableSource>)> {
    known(options, &[&READING[..], &COUNTING[..]].concat())?;
    let table = reading(options)?;
    require_readable(predictions, &table)?;
    let (first, more) = sources(predictions)?;
    let (back_off, unreachable) = (share(options, "back_off")?, unreachable(options)?);
    Ok((Scoring { taxonomy: taxonomy(options)?, table, back_off, unreachable, ..Scoring::of(first) }, more))
}

/// Predictions to be scored, and more of them; and how.
///
/// # Errors
///
/// A sentence with the option, its value and what may stand there; a column that is asked for and cannot be read.
pub(crate) fn scoring(predictions: &Bound<'_, PyAny>, options: Options<'_, '_>) -> PyResult<(Scoring, Vec<TableSource>)> {
    known(options, &[&READING[..], &SCORING[..], &EVENTS[..]].concat())?;
    let table = reading(options)?;
    require_readable(predictions, &table)?;
    let (first, more) = sources(predictions)?;
    let usual = Scoring::of(first);
    let trees = [("full", Tree::Full), ("main-ranks", Tree::MainRanks)];
    let information = [("leaves", InformationFrom::Leaves), ("truths", InformationFrom::Truths)];
    let drawn_by = [("observation", DrawnBy::Observation), ("taxon", DrawnBy::Taxon), ("image", DrawnBy::Image)];
    let scoring = Scoring {
        taxonomy: taxonomy(options)?,
        table,
        training_counts: path(options, "training_counts")?,
        costs: path(options, "costs")?,
        look_alikes: path(options, "look_alikes")?,
        yellow_from: yellow_from(options)?.unwrap_or(usual.yellow_from),
        unit: unit(options)?,
        drawn_by: choice(options, "intervals", &drawn_by)?.unwrap_or_default(),
        back_off: share(options, "back_off")?,
        tree: choice(options, "tree", &trees)?.unwrap_or_default(),
        information: choice(options, "information", &information)?.unwrap_or_default(),
        unreachable: unreachable(options)?,
        gates: gates(options)?,
        verdicts: given(options, "verdicts")?.map(|value| self::table("verdicts", &value)).transpose()?,
        events: events(options)?,
        present_from: count(options, "present_from", 1)?.map_or(usual.present_from, |count| count as u64),
        prior: given(options, "prior")?.map(|value| self::table("prior", &value)).transpose()?,
        geofence: given(options, "geofence")?.map(|value| self::table("geofence", &value)).transpose()?,
        roll_up: roll_up(options)?,
        space: if switch(options, "latent")?.unwrap_or(true) { Space::Section } else { Space::Without },
        ..usual
    };
    Ok((scoring, more))
}

/// A published way of rolling up.
fn roll_up(options: Options<'_, '_>) -> PyResult<Option<RollUp>> {
    let refused = |what: String| refusal(&format!("roll_up={what}"));
    text(options, "roll_up")?.map(|word| word.parse::<RollUp>().map_err(refused)).transpose()
}

fn unit(options: Options<'_, '_>) -> PyResult<Unit> {
    let pools = [("mean", Pool::Mean), ("max", Pool::Max), ("product", Pool::Product)];
    let pool = choice(options, "pool", &pools)?.unwrap_or(Pool::Mean);
    let units = [("image", Unit::Image), ("observation", Unit::Observation(pool)), ("event", Unit::Event(pool))];
    Ok(choice(options, "by", &units)?.unwrap_or_default())
}

fn yellow_from(options: Options<'_, '_>) -> PyResult<Option<Rank>> {
    let Some(value) = given(options, "yellow_from")? else { return Ok(None) };
    let rank = value.extract::<String>().ok().and_then(|word| Rank::parse(&word)).filter(|rank| rank.main_index().is_some());
    let ranks = Rank::MAIN.map(Rank::name).join(", ");
    rank.map(Some).ok_or_else(|| wrong("yellow_from", &value, &format!("it is one of the ranks {ranks}")))
}

/// Lines that metrics must reach, and files of them.
fn gates(options: Options<'_, '_>) -> PyResult<Vec<Gate>> {
    let Some(value) = given(options, "gates")? else { return Ok(vec![]) };
    if !value.is_instance_of::<PyString>()
        && let Ok(path) = value.extract::<PathBuf>()
    {
        return Gate::read(&path).or_refused();
    }
    let mut gates = vec![];
    for line in names(options, "gates")? {
        let path = Path::new(&line);
        let is_file = path.extension().is_some_and(|ending| ending == "toml") || path.is_file();
        if is_file && !line.contains(['<', '>']) {
            gates.extend(Gate::read(path).or_refused()?);
        } else {
            gates.push(Gate::parse(&line).or_refused()?);
        }
    }
    Ok(gates)
}

/// Refuses columns that are asked for and were left aside, because nobody can read them.
fn require_readable(predictions: &Bound<'_, PyAny>, table: &TableOptions) -> PyResult<()> {
    let Ok(frame) = predictions.cast::<Frame>() else { return Ok(()) };
    let taken = &table.taken;
    let one = [&table.image_column, &table.truth_column, &table.score_column, &taken.time, &taken.camera, &taken.site];
    let several = [&table.predicted_columns, &table.group_columns];
    let asked = one.into_iter().flatten().chain(several.into_iter().flatten());
    frame.get().require_readable(&asked.cloned().collect::<Vec<String>>())
}
