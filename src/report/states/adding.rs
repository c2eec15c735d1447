//! States added up.

use super::error::StateError;
use super::file;
use super::header::{Header, SHORT, SourceRead};
use super::names::{Names, Sorted, check_once};
use super::reading::State;
use crate::answers::table::chunks::Tally;
use crate::files::sha256;
use crate::scores::state::RunState;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::source::TaxonomySource;
use serde::Serialize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// A part of what was added up.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Part {
    /// The state, or the table that was counted.
    pub path: String,
    /// SHA-256 of the state's content; `None` for tables that were counted at once.
    pub sha256: Option<String>,
    /// Images that it counts.
    pub images: u64,
    /// Whether images have names of their own, so that one that is counted twice is found.
    pub named: bool,
    /// How it was read.
    pub recipe: String,
    /// What it was read from.
    pub sources: Vec<SourceRead>,
    /// Decisions made while reading, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// Parts that were added up.
#[derive(Debug)]
pub struct Added {
    /// The taxonomy of all parts.
    pub taxonomy: Arc<Taxonomy>,
    /// What it is called.
    pub taxonomy_name: String,
    /// How the parts were read, and what they came to.
    pub tally: Tally,
    /// The runs, counted or kept.
    pub runs: Vec<RunState>,
    /// The parts, by path.
    pub parts: Vec<Part>,
    /// SHA-256 of the fingerprints of all names, in order: which images these are, whatever the parts. `None` where images
    /// have no names.
    pub images_sha256: Option<String>,
}

impl Part {
    fn of(path: &Path, sha256: Option<String>, header: &Header, images: u64) -> Self {
        let Header { named, recipe, sources, notes, warnings, .. } = header.clone();
        Self { path: path.display().to_string(), sha256, images, named, recipe, sources, notes, warnings }
    }
}

impl Added {
    /// Adds up states; the taxonomy is the given one, or else the one that the first of them names. Images without names are
    /// numbered on from state to state, by their paths.
    ///
    /// # Errors
    ///
    /// [`StateError`]: states that were not made alike, and images that are in two of them.
    pub fn of_states(paths: &[PathBuf], given: Option<Arc<Taxonomy>>, given_name: Option<&str>) -> Result<Self, StateError> {
        let mut paths = paths.to_vec();
        paths.sort();
        let headers: Vec<Header> = paths.iter().map(|path| file::header(path)).collect::<Result<_, _>>()?;
        let (Some(first), Some(first_path)) = (headers.first(), paths.first()) else { return Err(StateError::Nothing) };
        for (header, path) in headers.iter().zip(&paths) {
            alike((first_path, first), (path, header))?;
        }
        let names_it = |(header, _): &(&Header, &PathBuf)| !header.taxonomy.is_empty();
        let (naming, naming_path) = headers.iter().zip(&paths).find(names_it).unwrap_or((first, first_path));
        let taxonomy_name = given_name.map_or_else(|| naming.taxonomy.clone(), str::to_string);
        let taxonomy = taxonomy(naming_path, naming, given)?;
        let mut runs: Vec<RunState> = vec![];
        let (mut parts, mut numbered) = (vec![], 0);
        let mut tally = first.tally.clone();
        for (header, path) in headers.iter().zip(&paths).skip(1) {
            tally.add(&header.tally, path)?;
        }
        for (header, path) in headers.iter().zip(&paths) {
            let mut read = file::runs(path, header, &taxonomy)?;
            let images = read.first().map_or(0, RunState::images);
            if !header.named {
                for run in &mut read {
                    run.number_behind(numbered);
                }
                numbered += images;
            }
            let sum = sha256::of_file(path).map_err(StateError::file(path, "read"))?;
            parts.push(Part::of(path, Some(sum), header, images));
            if runs.is_empty() {
                runs = read;
                continue;
            }
            let apart =
                |reason| StateError::Apart { path: path.clone(), other_path: first_path.clone(), reason: Box::new(reason) };
            for (run, other) in runs.iter_mut().zip(read) {
                run.merge(&taxonomy, other).map_err(apart)?;
            }
        }
        finish(&mut runs, &taxonomy);
        let named = || headers.iter().zip(&paths).filter(|(header, _)| header.named);
        let sorted = |header: &Header, path: &Path| -> Sorted<'static> { file::fingerprints(path, header) };
        let all: Vec<(PathBuf, Sorted<'_>)> = named().map(|(header, path)| (path.clone(), sorted(header, path))).collect();
        let is_named = all.len() == headers.len();
        let sum = check_once(all)?;
        Ok(Self { taxonomy, taxonomy_name, runs, tally, parts, images_sha256: is_named.then_some(sum) })
    }

    /// A state that was not written: what `nearmiss score` and `nearmiss report` would make of it.
    ///
    /// # Errors
    ///
    /// [`StateError::TwiceInOne`].
    pub fn of_state(path: &Path, state: State, taxonomy: Arc<Taxonomy>) -> Result<Self, StateError> {
        let State { header, mut runs, mut names } = state;
        finish(&mut runs, &taxonomy);
        let images = runs.first().map_or(0, RunState::images);
        let sum = once(path, &mut names)?;
        let parts = vec![Part::of(path, None, &header, images)];
        let images_sha256 = header.named.then_some(sum);
        Ok(Self { taxonomy, taxonomy_name: header.taxonomy, runs, tally: header.tally, parts, images_sha256 })
    }
}

/// Puts images that are kept into one order whatever the parts, and sums what all of them list.
fn finish(runs: &mut [RunState], taxonomy: &Taxonomy) {
    for run in runs {
        if let RunState::Kept(kept) = run {
            kept.sort();
            kept.sum(taxonomy);
        }
    }
}

/// The sum of the names of one part, in which no image is twice.
fn once(path: &Path, names: &mut Names) -> Result<String, StateError> {
    check_once(vec![(path.to_path_buf(), names.sorted()?)])
}

/// Whether two states can be added up.
fn alike((first_path, first): (&Path, &Header), (path, header): (&Path, &Header)) -> Result<(), StateError> {
    if first.taxonomy_sha256 != header.taxonomy_sha256 {
        return Err(StateError::Taxonomies {
            path: path.to_path_buf(),
            name: header.taxonomy_in_words(),
            other_path: first_path.to_path_buf(),
            other_name: first.taxonomy_in_words(),
        });
    }
    let otherwise =
        |what: String| Err(StateError::ReadOtherwise { path: path.to_path_buf(), other_path: first_path.to_path_buf(), what });
    if first.recipe != header.recipe {
        return otherwise(format!("'{}' here, and there '{}'", header.recipe, first.recipe));
    }
    let names = |header: &Header| header.runs.iter().map(|run| run.name().to_string()).collect::<Vec<_>>();
    let (mine, theirs) = (names(header), names(first));
    if mine != theirs && (mine.len(), theirs.len()) != (1, 1) {
        return otherwise(format!("its runs are {}, and there {}", mine.join(", "), theirs.join(", ")));
    }
    Ok(())
}

/// The first digits of a sum.
fn short(sha256: &str) -> String {
    sha256.chars().take(SHORT).collect()
}

/// The taxonomy that states were made with.
fn taxonomy(path: &Path, header: &Header, given: Option<Arc<Taxonomy>>) -> Result<Arc<Taxonomy>, StateError> {
    let other = |why: String| StateError::OtherTaxonomy {
        path: path.to_path_buf(),
        name: header.taxonomy_name().to_string(),
        sha256: header.short_sum().to_string(),
        why,
    };
    if let Some(given) = given {
        let found = given.fingerprint();
        return if found == header.taxonomy_sha256 {
            Ok(given)
        } else {
            Err(other(format!("the one given is another ({})", short(&found))))
        };
    }
    if header.taxonomy.is_empty() {
        return Err(other("no file has it".to_string()));
    }
    let source: TaxonomySource = header.taxonomy.as_str().into();
    let read = source.read().map_err(|error| other(format!("it cannot be read any more: {error}")))?;
    let found = read.fingerprint();
    if found == header.taxonomy_sha256 { Ok(read) } else { Err(other(format!("it has changed since ({})", short(&found)))) }
}
