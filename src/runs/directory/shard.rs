//! A share of a run, for several processes or machines to work side by side.

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
    /// No variable says which.
    #[error(
        "--shard auto: neither SLURM_ARRAY_TASK_ID with SLURM_ARRAY_TASK_COUNT nor RANK with WORLD_SIZE is set; give --shard I/N"
    )]
    NoVariables,
    /// A variable is not what it should be.
    #[error("--shard auto: {name} is '{value}', which is no number that fits; give --shard I/N")]
    Variable {
        /// Its name.
        name: &'static str,
        /// What it holds.
        value: String,
    },
}

impl fmt::Display for Shard {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{}/{}", self.number, self.of)
    }
}

impl Shard {
    /// Reads `I/N`, or `auto`: the place in a Slurm array (`SLURM_ARRAY_TASK_ID`, from `SLURM_ARRAY_TASK_MIN` on, and
    /// `SLURM_ARRAY_TASK_COUNT`), else `RANK` (from 0) and `WORLD_SIZE`.
    ///
    /// # Errors
    ///
    /// [`ShardError`].
    pub fn parse(text: &str, variable: impl Fn(&str) -> Option<String>) -> Result<Shard, ShardError> {
        if text == "auto" {
            return Shard::from_variables(variable);
        }
        let wrong = || ShardError::Text(text.to_string());
        let (number, of) = text.split_once('/').ok_or_else(wrong)?;
        let (number, of) = (number.trim().parse().map_err(|_| wrong())?, of.trim().parse().map_err(|_| wrong())?);
        if (1..=of).contains(&number) { Ok(Shard { number, of, images: 0 }) } else { Err(wrong()) }
    }

    fn from_variables(variable: impl Fn(&str) -> Option<String>) -> Result<Shard, ShardError> {
        let number = |name: &'static str| -> Result<Option<usize>, ShardError> {
            let Some(value) = variable(name).filter(|value| !value.is_empty()) else { return Ok(None) };
            value.parse().map(Some).map_err(|_| ShardError::Variable { name, value })
        };
        let names = [("SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT"), ("RANK", "WORLD_SIZE")];
        for (name, count) in names {
            let (Some(id), Some(of)) = (number(name)?, number(count)?) else { continue };
            let first = if name == "RANK" { 0 } else { number("SLURM_ARRAY_TASK_MIN")?.unwrap_or(0) };
            // An array with steps, such as 0-9:3, numbers its tasks with gaps.
            let step = if name == "RANK" { 1 } else { number("SLURM_ARRAY_TASK_STEP")?.unwrap_or(1).max(1) };
            let place = id.checked_sub(first).filter(|gap| gap.is_multiple_of(step)).map(|gap| gap / step);
            return match place.filter(|&place| place < of) {
                Some(place) => Ok(Shard { number: place + 1, of, images: 0 }),
                None => Err(ShardError::Variable { name, value: id.to_string() }),
            };
        }
        Err(ShardError::NoVariables)
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
        assert_eq!(Shard::parse("auto", none), Err(ShardError::NoVariables));
        let of = |pairs: &'static [(&str, &str)]| {
            move |name: &str| pairs.iter().find(|(known, _)| *known == name).map(|(_, value)| (*value).to_string())
        };
        // --array=10-40:10: the third of four tasks is number 30.
        let array = of(&[
            ("SLURM_ARRAY_TASK_ID", "30"),
            ("SLURM_ARRAY_TASK_COUNT", "4"),
            ("SLURM_ARRAY_TASK_MIN", "10"),
            ("SLURM_ARRAY_TASK_STEP", "10"),
        ]);
        assert_eq!(Shard::parse("auto", array), Ok(shard(3, 4)));
        assert_eq!(Shard::parse("auto", of(&[("RANK", "0"), ("WORLD_SIZE", "2")])), Ok(shard(1, 2)));
        let beyond = ShardError::Variable { name: "RANK", value: "2".to_string() };
        assert_eq!(Shard::parse("auto", of(&[("RANK", "2"), ("WORLD_SIZE", "2")])), Err(beyond));
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
