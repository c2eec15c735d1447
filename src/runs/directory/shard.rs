//! A share of a run, for several processes or machines to work side by side.

mod launcher;

pub use launcher::LauncherError;

use super::PART;
use serde::{Deserialize, Serialize};
use std::fmt;
use std::ops::Range;

/// Shard `number` of `of`, counted from 1.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Shard {
    /// Which one, from 1.
    pub number: usize,
    /// How many there are.
    pub of: usize,
    /// Photographs of all of them together; 0 until they are counted.
    pub images: usize,
}

/// Why a text or an environment names no shard.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ShardError {
    /// Not `I/N` with 1 ≤ I ≤ N.
    #[error("--shard '{0}' is not I/N with I from 1 to N, such as 1/4, nor 'auto'")]
    Text(String),
    /// The environment does not say which.
    #[error("--shard auto: {0}")]
    Launcher(#[from] LauncherError),
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Reads `I/N`, or `auto`: the place in a Slurm array, that of a process among those of its launcher (`RANK`, Open MPI's,
    /// PMI's, Slurm's), or both counted through.
    ///
    /// # Errors
    ///
    /// [`ShardError`]: no such text, or an environment that tells nothing, or two things that disagree.
    pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, ShardError> {
        if text == "auto" {
            let place = launcher::place(variable)?;
            return Ok(Shard { number: place.number + 1, of: place.of, images: 0 });
        }
        let wrong = || ShardError::Text(text.to_string());
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let (number, of) = (number.trim().parse().map_err(|_| wrong())?, of.trim().parse().map_err(|_| wrong())?);
        if (1..=of).contains(&number) { Ok(Shard { number, of, images: 0 }) } else { Err(wrong()) }
    }

    /// The photographs of this shard out of `images`, cut between batches of `batch` for the shards to see the same
    /// batches as one process would; between parts, where these do not hold whole batches.
    #[must_use]
    pub fn range(self, images: usize, batch: usize) -> Range<usize> {
        let unit = if PART.is_multiple_of(batch.max(1)) { batch.max(1) } else { PART };
        let units = images.div_ceil(unit);
        let at = |number: usize| (number * units / self.of * unit).min(images);
        at(self.number - 1)..at(self.number)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn shard(number: usize, of: usize) -> Shard {
        Shard { number, of, images: 0 }
    }

    #[test]
    fn words_and_variables_name_shards() {
        let none = |_: &str| None;
        assert_eq!(Shard::parse("2/4", none), Ok(shard(2, 4)));
        for text in ["0/4", "5/4", "1", "a/b", "1/0", ""] {
            assert_eq!(Shard::parse(text, none), Err(ShardError::Text(text.to_string())));
        }
        let message = Shard::parse("auto", none).map_err(|error| error.to_string()).unwrap_err();
        assert!(message.starts_with("--shard auto: none of SLURM_ARRAY_TASK_ID"), "{message}");
        // Launchers count from 0, people from 1.
        let ranked = |name: &str| ["RANK", "WORLD_SIZE"].iter().position(|known| *known == name).map(|at| (at * 2).to_string());
        assert_eq!(Shard::parse("auto", ranked), Ok(shard(1, 2)));
    }

    #[test]
    fn shards_cover_every_photograph_once_and_are_cut_between_batches() {
        for images in [0, 1, 511, 512, 513, 5000, 5121] {
            for of in [1, 2, 3, 7, 12] {
                let ranges: Vec<_> = (1..=of).map(|number| shard(number, of).range(images, 16)).collect();
                assert_eq!((ranges[0].start, ranges[of - 1].end), (0, images));
                for pair in ranges.windows(2) {
                    assert_eq!(pair[0].end, pair[1].start);
                    assert!(pair[0].end.is_multiple_of(16) || pair[0].end == images);
                }
            }
        }
        // 100 photographs are seven batches of 16: 2, 2 and 3 of them.
        assert_eq!((1..=3).map(|number| shard(number, 3).range(100, 16)).collect::<Vec<_>>(), [0..32, 32..64, 64..100]);
        // Parts of 512 do not hold whole batches of 10: 5000 photographs are ten parts, 3, 3 and 4 of them.
        assert_eq!(shard(3, 3).range(5000, 10), 3072..5000);
    }
}
