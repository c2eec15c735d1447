//! The shards of a run: which are complete, and what keeps the others from it.

pub use super::shard_folder::{Closeness, ShardState};

use super::RunError;
use super::merge::difference;
use super::record::Identity;
use super::shard::Shard as Place;
use super::shard_folder::{ShardFolder, holds_run, named};
use serde::Serialize;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// Why nothing can be said of the shards of a run.
#[derive(Debug, thiserror::Error)]
pub enum ShardsError {
    /// Nothing that is named is a shard.
    #[error(
        "{0}: there is no shard of a run; name the folder that classify was given with -o, its shards, such as runs/bees-1-of-4, \
         or the folder that they lie in"
    )]
    Nothing(PathBuf),
    /// A run that was not made in shards.
    #[error("{0}: a whole run and no shard of one; nothing of it is missing")]
    Whole(PathBuf),
    /// Shards of several runs.
    #[error("{second}: its {what} differs from that of {first}; name the shards of one run")]
    Different {
        /// The first shard.
        first: PathBuf,
        /// The one that differs.
        second: PathBuf,
        /// In what.
        what: String,
    },
    /// Two folders with the same shard.
    #[error("shard {number} is there twice, in {first} and in {second}; name one of them")]
    Twice {
        /// Its number.
        number: usize,
        /// One folder.
        first: PathBuf,
        /// The other.
        second: PathBuf,
    },
    /// A file could not be read.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// A shard, there or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shard {
    /// Which one, from 1.
    pub shard: usize,
    /// How far it has come.
    pub state: ShardState,
    /// Its folder, or where it would be; `None` where that is not known.
    pub directory: Option<PathBuf>,
    /// How many photographs it is of; `None` where no shard says it.
    pub photographs: Option<usize>,
    /// Photographs whose rows are kept; all of a complete one.
    pub kept: usize,
    /// Photographs of a complete one that could not be read, which are no reason to do it again.
    pub unreadable: usize,
    /// The process that works on it, such as `process 123 on node7`; `None` where none does.
    pub process: Option<String>,
    /// What is the matter with it, as a clause; `None` where its state says all.
    pub why: Option<String>,
}

/// All shards of a run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Shards {
    /// The folder that `classify` was given with `-o`; `None` where the shards are not named after one.
    pub run: Option<PathBuf>,
    /// How many there are.
    pub of: usize,
    /// Photographs of all of them; `None` where no shard says it.
    pub photographs: Option<usize>,
    /// Each in its place.
    pub shards: Vec<Shard>,
}

impl Shards {
    /// Looks at the shards of a run without changing anything.
    ///
    /// Each of `runs` is the folder that `classify` was given with `-o`, whether it is there or not, a shard's own folder, or
    /// one in which shards lie.
    ///
    /// # Errors
    ///
    /// [`ShardsError`]: no shard, shards of several runs, a record that cannot be read.
    pub fn of(runs: &[PathBuf], closeness: Closeness) -> Result<Shards, ShardsError> {
        let mut folders = vec![];
        for directory in directories(runs)? {
            folders.push(ShardFolder::read(&directory, closeness)?);
        }
        let known = one_run(&folders)?;
        let mut found: BTreeMap<usize, ShardFolder> = BTreeMap::new();
        let mut of = 0;
        for folder in folders {
            let Some((number, all)) = folder.place() else { return Err(ShardsError::Whole(folder.directory)) };
            of = all;
            if let Some(other) = found.get(&number) {
                let (first, second) = (other.directory.clone(), folder.directory);
                return Err(ShardsError::Twice { number, first, second });
            }
            found.insert(number, folder);
        }
        let run = common_run(found.values());
        let images = |number: usize| {
            let identity = known.as_ref()?;
            let images = identity.shard?.images;
            Some(Place { number, of, images }.range(images, identity.batch).len())
        };
        let shards = (1..=of).map(|number| match found.remove(&number) {
            Some(folder) => present(number, folder, images(number)),
            None => missing(number, of, run.as_deref(), images(number)),
        });
        let shards = shards.collect();
        let photographs = known.as_ref().and_then(|identity| Some(identity.shard?.images));
        Ok(Shards { run, of, photographs, shards })
    }

    /// How many are in a state.
    #[must_use]
    pub fn count(&self, state: ShardState) -> usize {
        self.shards.iter().filter(|shard| shard.state == state).count()
    }

    /// Whether every shard is complete.
    #[must_use]
    pub fn complete(&self) -> bool {
        self.count(ShardState::Complete) == self.of
    }

    /// Numbers of the shards whose command has to run again: all but those that are complete or under way.
    #[must_use]
    pub fn missing(&self) -> Vec<usize> {
        let done = [ShardState::Complete, ShardState::UnderWay];
        self.shards.iter().filter(|shard| !done.contains(&shard.state)).map(|shard| shard.shard).collect()
    }
}

/// Numbers as `--array` of Slurm takes them: `3,5`, and `3-6` for three or more that follow each other.
///
/// # Examples
///
/// ```
/// use nearmiss::runs::directory::shards::array;
///
/// assert_eq!(array(&[1, 2, 4, 5, 6, 9]), "1,2,4-6,9");
/// ```
#[must_use]
pub fn array(numbers: &[usize]) -> String {
    let stretches = numbers.chunk_by(|one, next| one + 1 == *next).flat_map(|stretch| match stretch {
        [first, _, .., last] => vec![format!("{first}-{last}")],
        few => few.iter().map(ToString::to_string).collect(),
    });
    stretches.collect::<Vec<_>>().join(",")
}

fn present(number: usize, folder: ShardFolder, images: Option<usize>) -> Shard {
    let photographs = folder.identity.as_ref().map(|identity| identity.images).or(images);
    Shard {
        shard: number,
        state: folder.state,
        directory: Some(folder.directory),
        photographs,
        kept: folder.kept,
        unreadable: folder.unreadable,
        process: folder.process,
        why: folder.why,
    }
}

fn missing(number: usize, of: usize, run: Option<&Path>, photographs: Option<usize>) -> Shard {
    Shard {
        shard: number,
        state: ShardState::Missing,
        directory: run.map(|run| shard_of(run, number, of)),
        photographs,
        kept: 0,
        unreadable: 0,
        process: None,
        why: None,
    }
}

/// The folder of a shard of a run.
fn shard_of(run: &Path, number: usize, of: usize) -> PathBuf {
    let mut name = run.file_name().unwrap_or_default().to_os_string();
    name.push(format!("-{number}-of-{of}"));
    run.with_file_name(name)
}

/// The run that a folder is named a shard of.
fn run_of(directory: &Path) -> Option<PathBuf> {
    let (number, of) = named(directory)?;
    let name = directory.file_name()?.to_str()?.strip_suffix(&format!("-{number}-of-{of}"))?;
    (!name.is_empty()).then(|| directory.with_file_name(name))
}

/// The run that all folders are named shards of.
fn common_run<'a>(folders: impl Iterator<Item = &'a ShardFolder>) -> Option<PathBuf> {
    let mut runs = folders.map(|folder| run_of(&folder.directory));
    let first = runs.next()??;
    runs.all(|run| run.as_ref() == Some(&first)).then_some(first)
}

/// The folders of the shards that are named, each once.
fn directories(runs: &[PathBuf]) -> Result<Vec<PathBuf>, ShardsError> {
    let (mut directories, mut seen) = (vec![], vec![]);
    for run in runs {
        let found = shards_at(run)?;
        if found.is_empty() && named(run).is_none() {
            return Err(ShardsError::Nothing(run.clone()));
        }
        for directory in found {
            let real = directory.canonicalize().map_err(RunError::file(&directory, "read"))?;
            if !seen.contains(&real) {
                seen.push(real);
                directories.push(directory);
            }
        }
    }
    match (directories.is_empty(), runs.first()) {
        (true, first) => Err(ShardsError::Nothing(first.cloned().unwrap_or_default())),
        (false, _) => Ok(directories),
    }
}

/// The folders of the shards that a path names.
fn shards_at(run: &Path) -> Result<Vec<PathBuf>, RunError> {
    // Beside a run that is merged lie its shards.
    let parent = run.parent().filter(|parent| !parent.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = |directory: &PathBuf| run_of(directory).is_some_and(|of| of.file_name() == run.file_name());
    let found: Vec<PathBuf> = if parent.is_dir() && run.file_name().is_some() {
        let found = folders_in(parent)?.into_iter().filter(beside);
        found.map(|directory| run.with_file_name(directory.file_name().unwrap_or_default())).collect()
    } else {
        vec![]
    };
    if !found.is_empty() || !run.is_dir() {
        return Ok(found);
    }
    if named(run).is_some() || holds_run(run) {
        return Ok(vec![run.to_path_buf()]);
    }
    Ok(folders_in(run)?.into_iter().filter(|directory| named(directory).is_some()).collect())
}

/// The folders in a folder, shards by their numbers.
fn folders_in(folder: &Path) -> Result<Vec<PathBuf>, RunError> {
    let mut folders = vec![];
    for entry in std::fs::read_dir(folder).map_err(RunError::file(folder, "read"))? {
        let path = entry.map_err(RunError::file(folder, "read"))?.path();
        if path.is_dir() {
            folders.push(path);
        }
    }
    folders.sort_by_key(|path| (named(path), path.clone()));
    Ok(folders)
}

/// What all folders that say anything are shards of; they are shards of one run.
fn one_run(folders: &[ShardFolder]) -> Result<Option<Identity>, ShardsError> {
    let mut placed = folders.iter().filter_map(|folder| Some((folder, folder.place()?.1)));
    if let Some((first, of)) = placed.next()
        && let Some((second, other)) = placed.find(|(_, other)| *other != of)
    {
        let what = format!("number of shards ({of} there, {other} here)");
        return Err(ShardsError::Different { first: first.directory.clone(), second: second.directory.clone(), what });
    }
    let mut identified = folders.iter().filter_map(|folder| Some((folder, folder.identity.as_ref()?)));
    let Some((first, known)) = identified.next() else { return Ok(None) };
    for (second, identity) in identified {
        let data = || (known.dataset_sha256 != identity.dataset_sha256).then(|| "set of photographs".to_string());
        if let Some(what) = difference(known, identity).or_else(data) {
            return Err(ShardsError::Different { first: first.directory.clone(), second: second.directory.clone(), what });
        }
    }
    Ok(Some(known.clone()))
}
