//! Photographs that stand on both sides of a split.

use super::collection::Dataset;
use rayon::prelude::*;
use std::collections::BTreeMap;

/// The same thing in several splits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Leak {
    /// The observation, or the SHA-256 of the file.
    pub what: String,
    /// Its photographs with their splits.
    pub photographs: Vec<(String, String)>,
}

/// What stands on both sides of a split.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Leaks {
    /// Observations with photographs in several splits.
    pub observations: Vec<Leak>,
    /// Files with the same bytes in several splits.
    pub files: Vec<Leak>,
    /// Files with the same bytes and different truths, in any split.
    pub contradictions: Vec<Leak>,
    /// Photographs that could not be read, and so not compared.
    pub unread: usize,
}

impl Leaks {
    /// Compares photographs by observation and by SHA-256 of their bytes.
    #[must_use]
    pub fn of(dataset: &Dataset) -> Leaks {
        let split = |index: usize| dataset.photographs[index].split.clone().unwrap_or_else(|| "none".to_string());
        let mut by_observation: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, photograph) in dataset.photographs.iter().enumerate() {
            if let Some(observation) = &photograph.observation {
                by_observation.entry(observation.clone()).or_default().push(index);
            }
        }
        let hashes: Vec<Option<String>> = dataset
            .photographs
            .par_iter()
            .map(|photograph| photograph.bytes().ok().map(|bytes| crate::files::sha256::hex([bytes.as_slice()])))
            .collect();
        let mut by_hash: BTreeMap<String, Vec<usize>> = BTreeMap::new();
        for (index, hash) in hashes.iter().enumerate() {
            // Two boxes of one photograph are no copies of each other.
            if let (Some(hash), None) = (hash, dataset.photographs[index].region) {
                by_hash.entry(hash.clone()).or_default().push(index);
            }
        }
        let leak = |(what, members): (&String, &Vec<usize>)| Leak {
            what: what.clone(),
            photographs: members.iter().map(|&index| (dataset.photographs[index].image.clone(), split(index))).collect(),
        };
        let crosses = |members: &[usize]| members.iter().any(|&index| split(index) != split(members[0]));
        let truth = |index: usize| {
            let photograph = &dataset.photographs[index];
            photograph.taxon_id.as_ref().or(photograph.truth_text.as_ref())
        };
        let contradicts = |members: &[usize]| members.iter().any(|&index| truth(index) != truth(members[0]));
        Leaks {
            observations: by_observation.iter().filter(|(_, members)| crosses(members)).map(leak).collect(),
            files: by_hash.iter().filter(|(_, members)| crosses(members)).map(leak).collect(),
            contradictions: by_hash.iter().filter(|(_, members)| contradicts(members)).map(leak).collect(),
            unread: hashes.iter().filter(|hash| hash.is_none()).count(),
        }
    }

    /// A sentence per kind of leak; empty where there is none.
    #[must_use]
    pub fn sentences(&self) -> Vec<String> {
        let kinds = [
            (&self.observations, "observations have photographs in several splits"),
            (&self.files, "files stand in several splits with the same bytes"),
            (&self.contradictions, "files have the same bytes and different truths"),
        ];
        let first = |leaks: &[Leak]| {
            leaks.first().map_or_else(String::new, |leak| {
                let shown: Vec<String> =
                    leak.photographs.iter().take(3).map(|(image, split)| format!("'{image}' in {split}")).collect();
                shown.join(", ")
            })
        };
        kinds
            .iter()
            .filter(|(leaks, _)| !leaks.is_empty())
            .map(|(leaks, what)| format!("{} {what}: {}", leaks.len(), first(leaks)))
            .collect()
    }
}
