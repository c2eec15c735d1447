//! Several run directories as one.

use super::before::foreign_entry;
use super::existing::Existing;
use super::in_parts::{InParts, Source};
use super::lines::check_order;
use super::namesakes::twice;
use super::record::{FILE, Identity, Record};
use super::sum::sums;
use super::tables::{column_names, join_lines, write_batches};
use super::unfinished::{FOLDER, IDENTITY};
use super::{RunError, TAXONOMY, TableFormat, remove_unfinished};
use crate::files::output::lock::Lock;
use crate::files::output::{publish, temporary_name};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// Why runs cannot be merged.
#[derive(Debug, thiserror::Error)]
pub enum MergeError {
    /// Nothing to merge.
    #[error("one run alone cannot be merged; name two or more run directories")]
    Few,
    /// Not made the same way.
    #[error(
        "{second}: its {what} differs from that of {first}; only runs of one model, recipe, taxonomy and candidates can be merged"
    )]
    Different {
        /// The first run.
        first: PathBuf,
        /// The one that differs.
        second: PathBuf,
        /// In what.
        what: String,
    },
    /// A table is not what its run wrote.
    #[error("{path}: not the table that the run wrote ({fault}); run its command again to make it anew")]
    Damaged {
        /// The table.
        path: PathBuf,
        /// How it differs.
        fault: String,
    },
    /// A run would be written over.
    #[error("-o {0}: a run cannot be merged into itself; name a new folder")]
    Itself(PathBuf),
    /// A run that is under way.
    #[error("{0}: the run is not complete; run its command again to finish it")]
    Incomplete(PathBuf),
    /// Shards that do not make a whole.
    #[error("{what}; the runs are shards of {of}, give each of them once")]
    Shards {
        /// What is missing or doubled.
        what: String,
        /// How many there should be.
        of: usize,
    },
    /// A photograph that is in two runs.
    #[error("{run}: photograph '{image}' is in another run, too; a photograph counts once")]
    Twice {
        /// The second run it is in.
        run: PathBuf,
        /// Its name.
        image: String,
    },
    /// A file could not be read or written.
    #[error(transparent)]
    Run(#[from] RunError),
}

/// What was merged.
#[derive(Debug, Clone, PartialEq)]
pub struct Merged {
    /// The record of the new run.
    pub record: Record,
    /// How many runs it is made of.
    pub runs: usize,
}

/// Joins run directories into a new one.
///
/// Shards of one run must all be there, and give what one process would have given, byte for byte (but for the times
/// in `run.json`). Other runs may be over different photographs; no photograph may be in two of them. The output folder
/// is empty, or holds what a merge that was killed has left; with [`Existing::Replaced`] its tables are written over.
///
/// Tables are copied by row groups and lines: what is held of them is a row group of each of two and their footers, and of
/// every photograph 8 bytes, 256 MiB at most, by which those in two runs are found.
///
/// # Errors
///
/// [`MergeError`]; nothing counts as a run then in the output folder.
pub fn merge(runs: &[PathBuf], output: &Path, existing: Existing, command_line: Vec<String>) -> Result<Merged, MergeError> {
    let mut records = vec![];
    for run in runs {
        if run.canonicalize().is_ok_and(|run| output.canonicalize().is_ok_and(|output| run == output)) {
            return Err(MergeError::Itself(output.to_path_buf()));
        }
        let record = Record::read(run)?;
        if !record.complete {
            return Err(MergeError::Incomplete(run.clone()));
        }
        for (name, sum) in &record.files {
            let path = run.join(name);
            sum.check(&path).map_err(|fault| MergeError::Damaged { path, fault })?;
        }
        records.push((run.clone(), record));
    }
    let [(first, model), others @ ..] = &records[..] else { return Err(MergeError::Few) };
    if others.is_empty() {
        return Err(MergeError::Few);
    }
    for (second, record) in others {
        if let Some(what) = difference(&model.identity, &record.identity) {
            return Err(MergeError::Different { first: first.clone(), second: second.clone(), what });
        }
    }
    let sharded = in_order(&mut records)?;
    let record = joined(&records, sharded, command_line);
    let _lock = begin(output, existing)?;
    write_tables(&records, output, record.identity.format)?;
    let first = &records[0].0;
    for name in [&format!("labels.{}", record.identity.format.extension()), TAXONOMY] {
        let from = first.join(name);
        if from.is_file() {
            // Not by way of memory: the vectors of a million labels are gigabytes.
            let to = output.join(name);
            let temporary = temporary_name(&to);
            std::fs::copy(&from, &temporary).map_err(RunError::file(&from, "copy"))?;
            let copy = std::fs::File::open(&temporary).map_err(RunError::file(&to, "open"))?;
            publish(&copy, &temporary, &to).map_err(RunError::file(&to, "write"))?;
        }
    }
    let record = Record { files: sums(output, record.identity.format)?, ..record };
    record.write(output)?;
    let begun = output.join(FOLDER);
    std::fs::remove_dir_all(&begun).map_err(RunError::file(&begun, "remove"))?;
    Ok(Merged { runs: records.len(), record })
}

/// Takes an output folder, and marks it as one where a merge has begun: what it leaves when it is killed is its own.
fn begin(output: &Path, existing: Existing) -> Result<Lock, RunError> {
    let begun = output.join(FOLDER);
    let check = || match foreign_entry(output) {
        Some(example) if existing == Existing::Continued && (!begun.is_dir() || begun.join(IDENTITY).is_file()) => {
            Err(RunError::NotEmpty { path: output.to_path_buf(), example })
        }
        _ => Ok(()),
    };
    check()?;
    let lock = Lock::take(output)?;
    // Another merge may have finished before the lock was had.
    check()?;
    remove_unfinished(output);
    if begun.is_dir() {
        std::fs::remove_dir_all(&begun).map_err(RunError::file(&begun, "remove"))?;
    }
    std::fs::create_dir_all(&begun).map_err(RunError::file(&begun, "create"))?;
    Record::remove(output)?;
    Ok(lock)
}

/// The first thing that keeps two runs from being one; which photographs they saw does not.
pub(super) fn difference(a: &Identity, b: &Identity) -> Option<String> {
    let alike = |identity: &Identity| Identity {
        dataset: String::new(),
        images: 0,
        dataset_sha256: String::new(),
        batch: 0,
        shard: None,
        ..identity.clone()
    };
    for (part, value) in &a.recipe {
        if b.recipe.get(part) != Some(value) {
            return Some(format!(
                "{} ({value} there, {} here)",
                part.replace('_', " "),
                b.recipe.get(part).map_or("none", |value| value)
            ));
        }
    }
    alike(a).difference(&alike(b))
}

/// Puts shards in their order; whether the runs are the shards of one run.
fn in_order(records: &mut [(PathBuf, Record)]) -> Result<bool, MergeError> {
    let shards: Vec<_> = records.iter().map(|(_, record)| record.identity.shard).collect();
    let data: BTreeSet<&str> = records.iter().map(|(_, record)| record.identity.dataset_sha256.as_str()).collect();
    let of: BTreeSet<Option<usize>> = shards.iter().map(|shard| shard.map(|shard| shard.of)).collect();
    let (Some(Some(of)), 1, 1) = (of.first().copied(), of.len(), data.len()) else { return Ok(false) };
    records.sort_by_key(|(_, record)| record.identity.shard);
    let numbers: Vec<usize> = records.iter().filter_map(|(_, record)| record.identity.shard).map(|shard| shard.number).collect();
    if let Some(twice) = numbers.windows(2).find_map(|pair| (pair[0] == pair[1]).then_some(pair[0])) {
        return Err(MergeError::Shards { what: format!("shard {twice} is there twice"), of });
    }
    let missing: Vec<String> = (1..=of).filter(|number| !numbers.contains(number)).map(|number| number.to_string()).collect();
    if missing.is_empty() {
        return Ok(true);
    }
    Err(MergeError::Shards {
        what: format!("{} missing: {}", if missing.len() == 1 { "shard" } else { "shards" }, missing.join(", ")),
        of,
    })
}

fn joined(records: &[(PathBuf, Record)], sharded: bool, command_line: Vec<String>) -> Record {
    let (mut counts, mut seconds): (BTreeMap<String, usize>, BTreeMap<String, f64>) = Default::default();
    for (_, record) in records {
        record.counts.iter().for_each(|(status, count)| *counts.entry(status.clone()).or_default() += count);
        record.seconds.iter().for_each(|(stage, time)| *seconds.entry(stage.clone()).or_default() += time);
    }
    let of = |value: &dyn Fn(&Identity) -> &str| -> Vec<String> {
        let mut values: Vec<String> = vec![];
        for (_, record) in records {
            let value = value(&record.identity).to_string();
            if !values.contains(&value) {
                values.push(value);
            }
        }
        values
    };
    let devices: BTreeSet<&str> = records.iter().map(|(_, record)| record.device.as_str()).collect();
    let first = &records[0].1;
    let data = of(&|identity| &identity.dataset_sha256);
    let identity = Identity {
        dataset: of(&|identity| &identity.dataset).join(" + "),
        images: records.iter().map(|(_, record)| record.identity.images).sum(),
        dataset_sha256: if sharded { data.join("") } else { crate::files::sha256::hex(data.iter().map(String::as_bytes)) },
        shard: None,
        ..first.identity.clone()
    };
    Record {
        program: format!("nearmiss {}", env!("CARGO_PKG_VERSION")),
        command_line,
        identity,
        device: devices.into_iter().collect::<Vec<_>>().join(", "),
        counts,
        seconds,
        // The tables are others, and no file system has stamps of all photographs.
        files: BTreeMap::new(),
        photographs: None,
        ..first.clone()
    }
}

/// The tables as one process writes them: Parquet in row groups of a part each, CSV line by line.
fn write_tables(records: &[(PathBuf, Record)], output: &Path, format: TableFormat) -> Result<(), MergeError> {
    let extension = format.extension();
    let (images, predictions) = (format!("images.{extension}"), format!("predictions.{extension}"));
    for name in [&images, &predictions] {
        let columns = |run: &Path| column_names(&run.join(name), format);
        let (first, others) = (&records[0].0, &records[1..]);
        for (second, _) in others {
            if columns(first)? != columns(second)? {
                let what = format!("list of columns in {name}");
                return Err(MergeError::Different { first: first.clone(), second: second.clone(), what });
            }
        }
    }
    let tables = |name: &str| -> Vec<PathBuf> { records.iter().map(|(run, _)| run.join(name)).collect() };
    let photographs = records.iter().map(|(_, record)| record.identity.images).sum();
    if let Some((place, image)) = twice(&tables(&images), format, photographs)? {
        return Err(MergeError::Twice { run: records[place].0.clone(), image });
    }
    if format == TableFormat::Csv {
        for (images, predictions) in tables(&images).iter().zip(&tables(&predictions)) {
            check_order(images, predictions)?;
        }
        join_lines(&output.join(&predictions), &tables(&predictions))?;
        return Ok(join_lines(&output.join(&images), &tables(&images))?);
    }
    let of_predictions = tables(&images).into_iter().zip(tables(&predictions));
    let of_predictions = of_predictions.map(|(images, predictions)| Source::Predictions { images, predictions });
    write_batches(&output.join(&predictions), format, InParts::new(of_predictions))?;
    let of_images = tables(&images).into_iter().map(Source::Images);
    Ok(write_batches(&output.join(&images), format, InParts::new(of_images))?)
}

/// Whether a folder holds a run.
#[must_use]
pub fn is_run(folder: &Path) -> bool {
    folder.join(FILE).is_file()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, clippy::cast_precision_loss, reason = "tests")]
mod tests;
