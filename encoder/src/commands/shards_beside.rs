//! Shards that lie beside those that are about to be made.

use crate::classify::classification::shard_output;
use anyhow::bail;
use nearmiss::runs::directory::shard::Shard;
use std::path::Path;

/// Refuses a shard that the environment says (`--shard auto`) where shards of another number lie beside it: an array of the
/// elements that failed counts these alone, and would begin another run.
///
/// # Errors
///
/// Both shards, and how the one is done again.
pub(super) fn refuse_other_shards(whole: &Path, shard: Shard) -> anyhow::Result<()> {
    let own = shard_output(whole, shard);
    if own.exists() {
        return Ok(());
    }
    let folder = own.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let names = std::fs::read_dir(folder).into_iter().flatten().flatten();
    let mut names: Vec<String> = names.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    let stem = whole.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let other = names.iter().find_map(|name| Some((name, number_of(name, &stem)?)).filter(|&(_, of)| of != shard.of));
    if let Some((name, of)) = other {
        bail!(
            "--shard auto: the environment says {shard}, and {} is a shard of {of}; to go on with some of {of} give \
             --shard $SLURM_ARRAY_TASK_ID/{of}, or else name another folder with -o",
            folder.join(name).display()
        );
    }
    Ok(())
}

/// The number of shards that the name of a shard's folder gives.
fn number_of(name: &str, stem: &str) -> Option<usize> {
    let (number, of) = name.strip_prefix(stem)?.strip_prefix('-')?.split_once("-of-")?;
    number.parse::<usize>().ok()?;
    of.parse().ok()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn an_array_of_those_that_failed_begins_no_other_run() {
        let folder = tempfile::tempdir().unwrap();
        let whole = folder.path().join("bees");
        let refused = |number, of| refuse_other_shards(&whole, Shard { number, of, images: 0 });
        for name in ["bees-3-of-5", "bees-fr-1-of-7", "bees-x-of-9", "bees-1-of-"] {
            std::fs::create_dir(folder.path().join(name)).unwrap();
        }
        assert!(refused(4, 5).is_ok());
        let message = refused(1, 2).unwrap_err().to_string();
        assert!(
            message.contains("the environment says 1/2, and ") && message.contains("bees-3-of-5 is a shard of 5"),
            "{message}"
        );
        assert!(message.contains("give --shard $SLURM_ARRAY_TASK_ID/5"), "{message}");
        // One that was begun so goes on.
        std::fs::create_dir(folder.path().join("bees-1-of-2")).unwrap();
        assert!(refused(1, 2).is_ok());
        assert!(refuse_other_shards(&folder.path().join("wasps"), Shard { number: 1, of: 2, images: 0 }).is_ok());
    }
}
