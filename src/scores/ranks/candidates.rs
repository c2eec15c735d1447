//! What could be answered.

use super::column::Column;
use crate::scores::judged_run::JudgedRun;
use crate::taxonomy::TaxonId;
use std::collections::HashSet;

/// The candidate labels below each taxon, where the candidates are known.
pub(super) struct Candidates {
    pub below: Vec<u32>,
    /// Of these the ones that can get any probability.
    pub usable: Vec<u32>,
    pub count: u64,
}

impl Candidates {
    pub fn new(run: &JudgedRun<'_>) -> Option<Self> {
        let candidates = run.answers.candidates.as_ref().filter(|candidates| !candidates.is_empty())?;
        let below = |candidates: &mut dyn Iterator<Item = &TaxonId>| {
            let mut below = vec![0; run.taxonomy.len()];
            for &candidate in candidates {
                run.taxonomy.lineage(candidate).for_each(|step| below[step.index()] += 1);
            }
            below
        };
        let unusable: HashSet<TaxonId> = run.answers.unusable_candidates.iter().copied().collect();
        let usable = below(&mut candidates.iter().filter(|candidate| !unusable.contains(candidate)));
        Some(Self { below: below(&mut candidates.iter()), usable, count: candidates.len() as u64 })
    }
}

/// How many taxa could be answered at each rank: those above the candidates, or where these are
/// unknown those above the truths and the answers. `below` are the candidates below each taxon.
pub(super) fn classes(run: &JudgedRun<'_>, columns: &[Column], below: Option<&[u32]>) -> Vec<u64> {
    let met = |taxon: TaxonId| below.map_or_else(|| run.met.has(taxon), |below| below[taxon.index()] > 0);
    let at =
        |column: &Column| run.taxonomy.taxa().filter(|taxon| met(*taxon) && run.taxonomy.rank(*taxon) == column.rank).count();
    columns.iter().map(|column| at(column) as u64).collect()
}
