//! What the folder of a shard holds, looked at without changing anything.

use super::RunError;
use super::piece::Piece;
use super::record::{FILE, Identity, Record};
use super::unfinished::{FOLDER, IDENTITY};
use crate::files::output::lock::{Held, Lock};
use serde::Serialize;
use std::path::{Path, PathBuf};

/// How far a shard has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ShardState {
    /// All its photographs are in its tables.
    Complete,
    /// A process works on it now.
    UnderWay,
    /// It was begun, and nobody works on it.
    Stopped,
    /// There is no folder.
    Missing,
    /// It was complete, and a table is no longer what its run wrote.
    Damaged,
}

/// How closely tables are looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Closeness {
    /// By their lengths, the content of small ones as well.
    #[default]
    Lengths,
    /// By every byte.
    Bytes,
}

/// What was found in the folder of a shard.
#[derive(Debug)]
pub(super) struct ShardFolder {
    pub(super) directory: PathBuf,
    pub(super) state: ShardState,
    /// Of its record, or of what was begun; `None` where a process was killed before it wrote one.
    pub(super) identity: Option<Identity>,
    /// Photographs whose rows are kept.
    pub(super) kept: usize,
    /// Photographs of a complete shard that could not be read.
    pub(super) unreadable: usize,
    /// The process that works on it.
    pub(super) process: Option<String>,
    /// What is the matter with it, as a clause.
    pub(super) why: Option<String>,
}

/// Number and count with which the name of a shard's folder ends, as in `bees-3-of-5`.
pub(super) fn named(directory: &Path) -> Option<(usize, usize)> {
    let (rest, of) = directory.file_name()?.to_str()?.rsplit_once("-of-")?;
    let (number, of) = (rest.rsplit_once('-')?.1.parse().ok()?, of.parse().ok()?);
    (1..=of).contains(&number).then_some((number, of))
}

/// Whether a folder is one of a run, finished or begun.
pub(super) fn holds_run(directory: &Path) -> bool {
    directory.join(FILE).is_file() || directory.join(FOLDER).join(IDENTITY).is_file()
}

impl ShardFolder {
    /// Looks into the folder of a shard.
    pub(super) fn read(directory: &Path, closeness: Closeness) -> Result<ShardFolder, RunError> {
        let (mut process, mut why) = (None, None);
        let mut state = ShardState::Stopped;
        let record = match Record::read(directory) {
            Ok(record) => Some(record).filter(|record| record.complete),
            Err(RunError::File { source, .. }) if source.kind() == std::io::ErrorKind::NotFound => None,
            Err(RunError::Record { source, .. }) => {
                (state, why) = (ShardState::Damaged, Some(format!("{FILE}: {source}")));
                None
            }
            Err(error) => return Err(error),
        };
        if let Some(record) = &record {
            why = damage(record, directory, closeness);
            state = if why.is_some() { ShardState::Damaged } else { ShardState::Complete };
        }
        match Lock::held(directory) {
            Held::By(holder) => (state, process, why) = (ShardState::UnderWay, Some(clause(holder)), None),
            Held::Unknown(last) if state == ShardState::Stopped => {
                why = Some(format!("this file system knows no locks: {} may still be at work", clause(last)));
            }
            Held::Unknown(_) | Held::Free => {}
        }
        let unreadable = record
            .as_ref()
            .map_or(0, |record| record.counts.iter().filter(|(status, _)| *status != "ok").map(|(_, count)| count).sum());
        let kept = match &record {
            Some(record) if state == ShardState::Complete => record.identity.images,
            _ if state == ShardState::Damaged => 0,
            _ => Piece::kept(&directory.join(FOLDER)),
        };
        let identity = record.map(|record| record.identity).or_else(|| begun(directory));
        Ok(ShardFolder { directory: directory.to_path_buf(), state, identity, kept, unreadable, process, why })
    }

    /// Its number and how many there are, as its record says, or else its name.
    pub(super) fn place(&self) -> Option<(usize, usize)> {
        match &self.identity {
            Some(identity) => identity.shard.map(|shard| (shard.number, shard.of)),
            None => named(&self.directory),
        }
    }
}

/// A process, such as `process 123 on node7`.
fn clause(process: Option<(u32, String)>) -> String {
    match process {
        Some((number, machine)) if machine.is_empty() => format!("process {number}"),
        Some((number, machine)) => format!("process {number} on {machine}"),
        None => "a process".to_string(),
    }
}

/// What the parts say that lie in a folder; what cannot be read says nothing, and its command begins anew.
fn begun(directory: &Path) -> Option<Identity> {
    serde_json::from_slice(&std::fs::read(directory.join(FOLDER).join(IDENTITY)).ok()?).ok()
}

/// The first table of a complete run that is not what it wrote, and how it differs.
fn damage(record: &Record, directory: &Path, closeness: Closeness) -> Option<String> {
    let (name, fault) = match closeness {
        Closeness::Lengths => record.check_files(directory).err()?,
        Closeness::Bytes => {
            record.files.iter().find_map(|(name, sum)| Some((name.clone(), sum.check(&directory.join(name)).err()?)))?
        }
    };
    Some(format!("{name}: {fault}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_end_with_number_and_count() {
        for (name, expected) in [
            ("runs/bees-3-of-5", Some((3, 5))),
            ("a-1-of-2-7-of-12", Some((7, 12))),
            ("bees-0-of-5", None),
            ("bees-6-of-5", None),
            ("bees-of-5", None),
            ("bees", None),
            ("bees-1-of-", None),
        ] {
            assert_eq!(named(Path::new(name)), expected, "{name}");
        }
    }
}
