//! The file of a state: a Parquet table with its header under a key.

use super::error::StateError;
use super::header::{Header, RunHeader, Sections, VERSION};
use super::names::{Names, Sorted};
use super::{kept_rows, rows};
use crate::files::output::{publish, temporary_name};
use crate::files::parquet::Parquet;
use crate::report::overwrite::Overwrite;
use crate::scores::state::{Distributions, Kept, OrderedKinds, RunState, WorstMistake};
use crate::taxonomy::Taxonomy;
use polars::io::parquet::write::KeyValueMetadata;
use polars::prelude::*;
use std::fs::File;
use std::path::Path;

/// The key of the header.
const KEY: &str = "nearmiss.state";

/// Rows of a row group.
const GROUP: usize = 1 << 18;

/// Whether a file is a state, told by its header and not by its name.
#[must_use]
pub fn is_state(path: &Path) -> bool {
    path.is_file() && File::open(path).is_ok_and(|file| Parquet::new(file).is_ok_and(|mut file| !file.values_of(KEY).is_empty()))
}

/// Refuses to write a state over a file that is none, unless anything may be written over: before hours are spent on it.
///
/// # Errors
///
/// [`StateError::Occupied`].
pub fn check_output(path: &Path, overwrite: Overwrite) -> Result<(), StateError> {
    if overwrite == Overwrite::Anything || !path.exists() || is_state(path) {
        return Ok(());
    }
    Err(StateError::Occupied { path: path.to_path_buf() })
}

/// Writes a state, whole or not at all.
///
/// # Errors
///
/// [`StateError::File`]; [`StateError::Content`] for what polars says of the columns, which a test excludes.
pub(super) fn write(path: &Path, header: &Header, runs: Vec<RunState>, names: &mut Names) -> Result<(), StateError> {
    let temporary = temporary_name(path);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(StateError::file(folder, "create"))?;
    }
    let file = File::create(&temporary).map_err(StateError::file(path, "create"))?;
    let written = write_into(&file, path, header, runs, names);
    if written.is_err() {
        // The reason why it could not be written is the one to tell.
        let _ = std::fs::remove_file(&temporary);
    }
    written?;
    publish(&file, &temporary, path).map_err(StateError::file(path, "write"))
}

fn write_into(file: &File, path: &Path, header: &Header, runs: Vec<RunState>, names: &mut Names) -> Result<(), StateError> {
    let content = StateError::content(path);
    let groupings = groupings(&header.runs);
    let (runs, sections) = in_order(runs);
    let header = Header { rows: Sections { images: names.len(), ..sections }, ..header.clone() };
    let json =
        serde_json::to_string(&header).map_err(|error| StateError::Content { path: path.into(), what: error.to_string() })?;
    let first = rows::of_taxa(0, &[], &groupings).map_err(&content)?;
    let key = KeyValueMetadata::from_static(vec![(KEY.to_string(), json)]);
    let target = file.try_clone().map_err(StateError::file(path, "open"))?;
    let mut writer = ParquetWriter::new(target).with_key_value_metadata(Some(key)).batched(first.schema()).map_err(&content)?;
    let mut put = |frame: PolarsResult<DataFrame>| match frame {
        Ok(frame) if frame.height() == 0 => Ok(()),
        frame => frame.and_then(|frame| writer.write_batch(&frame)).map_err(&content),
    };
    for (run, place) in runs.iter().zip(0..) {
        let InOrder::Counted { kinds, .. } = run else { continue };
        for from in (0..kinds.len()).step_by(GROUP) {
            put(rows::of_kinds(place, &kinds.from(from).take(GROUP).collect::<Vec<_>>(), &groupings))?;
        }
    }
    for (run, place) in runs.iter().zip(0..) {
        let InOrder::Counted { worst, .. } = run else { continue };
        put(rows::of_mistakes(place, worst, &groupings))?;
    }
    for (run, place) in runs.iter().zip(0..) {
        let InOrder::Counted { listed, .. } = run else { continue };
        put(rows::of_taxa(place, listed, &groupings))?;
    }
    for (run, place) in runs.iter().zip(0..) {
        let InOrder::Kept(kept) = run else { continue };
        let images = kept.answers.images.len();
        for from in (0..images).step_by(GROUP) {
            put(kept_rows::of_kept(place, kept, from..images.min(from + GROUP), &groupings))?;
        }
    }
    for (run, place) in runs.iter().zip(0..) {
        let InOrder::Kept(kept) = run else { continue };
        let candidates: Vec<u32> = kept.answers.candidates.iter().flatten().map(|taxon| taxon.0).collect();
        put(rows::of_taxa(place, &candidates, &groupings))?;
    }
    let mut part = vec![];
    for fingerprint in names.sorted()? {
        part.push(fingerprint?);
        if part.len() == GROUP {
            put(rows::of_fingerprints(std::mem::take(&mut part), &groupings))?;
        }
    }
    put(rows::of_fingerprints(part, &groupings))?;
    writer.finish().map(drop).map_err(&content)
}

/// A run whose rows are in order.
enum InOrder {
    Counted { kinds: OrderedKinds, worst: Vec<WorstMistake>, listed: Vec<u32> },
    Kept(Box<Kept>),
}

/// The runs with their rows in order, and how many rows these are.
fn in_order(runs: Vec<RunState>) -> (Vec<InOrder>, Sections) {
    let mut sections = Sections::default();
    let one = |run: RunState| match run {
        RunState::Counted(run) => {
            let listed: Vec<u32> = run.listed.iter().zip(0..).filter(|(listed, _)| **listed).map(|(_, taxon)| taxon).collect();
            let (kinds, worst) = (run.kinds.in_order(), run.worst);
            sections.kinds += kinds.len() as u64;
            sections.mistakes += worst.len() as u64;
            sections.taxa += listed.len() as u64;
            InOrder::Counted { kinds, worst, listed }
        }
        RunState::Kept(mut kept) => {
            kept.sort();
            sections.kept += kept.images();
            sections.candidates += kept.answers.candidates.iter().flatten().count() as u64;
            InOrder::Kept(kept)
        }
    };
    (runs.into_iter().map(one).collect(), sections)
}

/// What the images of any run are sorted by.
fn groupings(runs: &[RunHeader]) -> Vec<String> {
    let mut all: Vec<String> = vec![];
    for name in runs.iter().flat_map(RunHeader::groupings) {
        if !all.contains(name) {
            all.push(name.clone());
        }
    }
    all
}

/// Reads the header of a state.
///
/// # Errors
///
/// [`StateError::Content`], [`StateError::Version`], [`StateError::File`].
pub(super) fn header(path: &Path) -> Result<Header, StateError> {
    let content = |what: String| StateError::Content { path: path.to_path_buf(), what };
    let mut file = open(path)?;
    let kept = file.values_of(KEY);
    let json = kept.first().ok_or_else(|| content("it has no header".to_string()))?;
    let value: serde_json::Value = serde_json::from_str(json).map_err(|error| content(error.to_string()))?;
    match value["version"].as_u64() {
        Some(VERSION) => {}
        Some(found) => return Err(StateError::Version { path: path.to_path_buf(), found, known: VERSION }),
        None => return Err(content("its header has no version".to_string())),
    }
    let header: Header = serde_json::from_value(value).map_err(|error| content(error.to_string()))?;
    let (announced, rows) = (header.rows.all(), file.rows().map_err(StateError::content(path))? as u64);
    if announced == rows { Ok(header) } else { Err(content(format!("it has {rows} rows, and its header says {announced}"))) }
}

fn open(path: &Path) -> Result<Parquet<File>, StateError> {
    let file = File::open(path).map_err(StateError::file(path, "open"))?;
    Parquet::new(file).map_err(StateError::content(path))
}

/// Some rows of a state, in parts of a row group at most.
fn parts(path: &Path, start: u64, count: u64) -> impl Iterator<Item = Result<DataFrame, StateError>> + use<> {
    let path = path.to_path_buf();
    let whole = |number: u64| usize::try_from(number).unwrap_or(usize::MAX);
    (0..whole(count)).step_by(GROUP).map(move |from| {
        let rows = (whole(start) + from, GROUP.min(whole(count) - from));
        open(&path)?.read(None, Some(rows)).map_err(StateError::content(&path))
    })
}

/// Reads the runs of a state.
///
/// # Errors
///
/// [`StateError::Content`], [`StateError::File`].
pub(super) fn runs(path: &Path, header: &Header, taxonomy: &Taxonomy) -> Result<Vec<RunState>, StateError> {
    let content = StateError::content(path);
    let wrong = |what: String| StateError::Content { path: path.to_path_buf(), what };
    let empty = header.runs.iter().map(RunHeader::run).collect::<Option<Vec<RunState>>>();
    let mut runs = empty.ok_or_else(|| wrong("its header has a threshold that is no probability".to_string()))?;
    let Sections { kinds, mistakes, taxa: listed, kept, candidates, .. } = header.rows;
    let (groupings, taxa) = (groupings(&header.runs), taxonomy.len());
    for frame in parts(path, 0, kinds) {
        rows::read_kinds(&frame?, &mut runs, taxa, &groupings).map_err(&content)?;
    }
    for frame in parts(path, kinds, mistakes) {
        rows::read_mistakes(&frame?, &mut runs, taxa, &groupings).map_err(&content)?;
    }
    for frame in parts(path, kinds + mistakes, listed) {
        rows::read_taxa(&frame?, &mut runs, taxa).map_err(&content)?;
    }
    for frame in parts(path, kinds + mistakes + listed, kept) {
        kept_rows::read_kept(&frame?, &mut runs, taxa, &groupings).map_err(&content)?;
    }
    for frame in parts(path, kinds + mistakes + listed + kept, candidates) {
        kept_rows::read_candidates(&frame?, &mut runs, taxa).map_err(&content)?;
    }
    for (run, header) in runs.iter().zip(&header.runs) {
        if let RunState::Kept(kept) = run
            && let Some(what) = fault(kept, header, taxonomy)
        {
            return Err(wrong(what));
        }
    }
    Ok(runs)
}

/// What does not fit together in a run whose images are kept.
fn fault(kept: &Kept, header: &RunHeader, taxonomy: &Taxonomy) -> Option<String> {
    if kept.images() != header.images() {
        return Some(format!("it has {} images of a run, and its header says {}", kept.images(), header.images()));
    }
    if let Some(beyond) = kept.answers.unusable_candidates.iter().find(|taxon| taxon.index() >= taxonomy.len()) {
        return Some(format!("it names taxon {} of a taxonomy of {}", beyond.0, taxonomy.len()));
    }
    if let Distributions::Given(givens) = &kept.distributions { givens.fault(taxonomy, &kept.answers) } else { None }
}

/// The fingerprints of a state, in order.
pub(super) fn fingerprints<'a>(path: &Path, header: &Header) -> Sorted<'a> {
    let images = header.rows.images;
    let place = path.to_path_buf();
    let part = move |frame: Result<DataFrame, StateError>| -> Vec<Result<u64, StateError>> {
        match frame.and_then(|frame| rows::read_fingerprints(&frame).map_err(StateError::content(&place))) {
            Ok(numbers) => numbers.into_iter().map(Ok).collect(),
            Err(error) => vec![Err(error)],
        }
    };
    Box::new(parts(path, header.rows.all() - images, images).flat_map(part))
}
