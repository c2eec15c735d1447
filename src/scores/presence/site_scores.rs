//! The list of taxa of each site, by the truths and by the answers.

use super::census::{Census, Site};
use crate::numbers::statistics::share;
use crate::taxonomy::rank::Rank;

/// What was found at a site.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct SiteScores {
    /// What is counted: `image` or `event`.
    pub unit: &'static str,
    /// The rank of the taxa.
    pub rank: Rank,
    /// The site.
    pub site: String,
    pub n: u64,
    /// Units that are right at the rank.
    pub right_units: u64,
    pub right: Option<f64>,
    pub richness_true: u64,
    pub richness_answered: u64,
    pub shared: u64,
    pub false_presences: u64,
    pub false_absences: u64,
    pub jaccard: Option<f64>,
}

pub(super) fn rows(census: &Census) -> Vec<SiteScores> {
    census.sites.iter().map(|site| row(census, site)).collect()
}

fn row(census: &Census, site: &Site) -> SiteScores {
    let (mut present, mut found, mut shared) = (0, 0, 0);
    for count in site.taxa.values() {
        let (is_present, is_found) = (count.truth > 0, census.is_found(count));
        present += u64::from(is_present);
        found += u64::from(is_found);
        shared += u64::from(is_present && is_found);
    }
    SiteScores {
        unit: census.unit,
        rank: census.rank,
        site: site.name.clone(),
        n: site.n,
        right_units: site.right,
        right: share(site.right, site.n),
        richness_true: present,
        richness_answered: found,
        shared,
        false_presences: found - shared,
        false_absences: present - shared,
        jaccard: share(shared, present + found - shared),
    }
}
