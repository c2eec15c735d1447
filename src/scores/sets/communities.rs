//! What a site holds, and what is said that it holds.

use super::chosen::Chosen;
use crate::numbers::statistics::{share, to_f64};
use crate::taxonomy::TaxonId;
use std::collections::BTreeMap;

/// The communities of one site: true and answered.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::sets, under its own name")]
pub struct SiteScores {
    /// The site.
    pub site: String,
    pub images: u64,
    pub richness: u64,
    pub answered_richness: u64,
    pub richness_error: f64,
    pub found: u64,
    pub bray_curtis: Option<f64>,
}

/// One member of a community: a taxon, or a name that is none.
type Species = (Option<TaxonId>, u32);

impl SiteScores {
    /// Of some images with their sets: each species counts as often as images show it.
    fn of(site: &str, counts: &BTreeMap<Species, (u64, u64)>, images: u64) -> SiteScores {
        let of =
            |holds: &dyn Fn(u64, u64) -> bool| counts.values().filter(|(truth, answer)| holds(*truth, *answer)).count() as u64;
        let (richness, answered) = (of(&|truth, _| truth > 0), of(&|_, answer| answer > 0));
        let apart: u64 = counts.values().map(|(truth, answer)| truth.abs_diff(*answer)).sum();
        let all: u64 = counts.values().map(|(truth, answer)| truth + answer).sum();
        SiteScores {
            site: site.to_string(),
            images,
            richness,
            answered_richness: answered,
            richness_error: to_f64(answered) - to_f64(richness),
            found: of(&|truth, answer| truth > 0 && answer > 0),
            bray_curtis: share(apart, all),
        }
    }
}

/// How often each species is a truth, and an answer.
type Counts = BTreeMap<Species, (u64, u64)>;

/// The communities of all sites, in the order of their names; images of no named site are of none.
pub(super) fn sites(chosen: &Chosen, sites: &[String]) -> Vec<SiteScores> {
    // Of each site its images, and of each of its species how often it is a truth and an answer.
    let mut of: BTreeMap<&str, (u64, Counts)> = BTreeMap::new();
    for (image, pair) in chosen.scored() {
        let Some(site) = sites.get(image).filter(|site| !site.is_empty()) else { continue };
        let (images, counts) = of.entry(site).or_default();
        *images += 1;
        for &truth in &pair.truths {
            counts.entry((Some(truth), 0)).or_default().0 += 1;
        }
        for &answer in &pair.answers {
            counts.entry((Some(answer), 0)).or_default().1 += 1;
        }
        for &name in &pair.unknown {
            counts.entry((None, name)).or_default().1 += 1;
        }
    }
    of.iter().map(|(site, (images, counts))| SiteScores::of(site, counts, *images)).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::sets::chosen::SetPair;

    #[test]
    fn a_site_counts_species_by_images() {
        let pair = |truths: &[u32], answers: &[u32]| {
            let taxa = |taxa: &[u32]| taxa.iter().map(|taxon| TaxonId(*taxon)).collect();
            Some(SetPair { truths: taxa(truths), answers: taxa(answers), unknown: vec![] })
        };
        // Site a: truths 1 ×2, 2 ×1; answers 1 ×1, 3 ×2. |2 − 1| + |1 − 0| + |0 − 2| = 4 of 3 + 3 = 6.
        let chosen = Chosen { pairs: vec![pair(&[1, 2], &[1, 3]), pair(&[1], &[3]), pair(&[], &[]), pair(&[5], &[5])] };
        let names: Vec<String> = ["a", "a", "b", ""].map(str::to_string).to_vec();
        let found = sites(&chosen, &names);
        assert_eq!(found.iter().map(|site| site.site.as_str()).collect::<Vec<_>>(), ["a", "b"]);
        let site = &found[0];
        assert_eq!((site.images, site.richness, site.answered_richness, site.found), (2, 2, 2, 1));
        assert!((site.bray_curtis.unwrap() - 4.0 / 6.0).abs() < 1e-12);
        assert_eq!((found[1].bray_curtis, found[1].richness_error), (None, 0.0));
    }
}
