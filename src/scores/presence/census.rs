//! Counts by site and taxon of one rank.

use super::unit::Units;
use crate::numbers::statistics::share;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, BTreeSet};

/// How often a taxon was there, and was said to be.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Count {
    /// Units that show it.
    pub truth: u64,
    /// Units that were answered so.
    pub answered: u64,
    /// Units that show it and were answered so.
    pub right: u64,
}

/// One site.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Site {
    pub name: String,
    /// Units whose truth has a taxon of the rank.
    pub n: u64,
    /// Units whose answer is right at the rank.
    pub right: u64,
    pub taxa: BTreeMap<TaxonId, Count>,
}

/// The sites that have units whose truth is known at a rank, or known to be no taxon.
pub(super) struct Census {
    pub unit: &'static str,
    pub rank: Rank,
    pub sites: Vec<Site>,
    /// Taxa that are present somewhere, by the truth or by the answers, in order of the tree.
    pub pool: Vec<TaxonId>,
    present_from: u64,
}

/// A taxon at a site.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SiteTaxon {
    /// What is counted: `image` or `event`.
    pub unit: &'static str,
    /// The rank of the taxon.
    pub rank: Rank,
    /// The site.
    pub site: String,
    /// The taxon.
    pub taxon: TaxonId,
    /// Units that show it.
    pub truth: u64,
    /// Units that were answered so.
    pub answered: u64,
    /// Units that show it and were answered so.
    pub right: u64,
    /// Whether it is present by the truth.
    pub present: bool,
    /// Whether it is present by the answers.
    pub found: bool,
}

/// A taxon over all sites: its naive occupancy, by the truth and by the answers.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaxonSites {
    /// What is counted: `image` or `event`.
    pub unit: &'static str,
    /// The rank of the taxon.
    pub rank: Rank,
    /// The taxon.
    pub taxon: TaxonId,
    /// All sites.
    pub sites: u64,
    /// Sites where it is, by the truth.
    pub present: u64,
    /// Sites where it is, by the answers.
    pub found: u64,
    /// Sites where it is by both.
    pub both: u64,
}

impl TaxonSites {
    /// Some of the sites as a share of all.
    #[must_use]
    pub fn occupancy(&self, sites: u64) -> Option<f64> {
        share(sites, self.sites)
    }
}

impl Census {
    pub fn of(taxonomy: &Taxonomy, units: &Units, rank: Rank, present_from: u64) -> Self {
        let at = |taxon: TaxonId| taxonomy.ancestor_at(taxon, rank);
        let mut sites: BTreeMap<usize, Site> = BTreeMap::new();
        for unit in &units.seen {
            let truths: BTreeSet<TaxonId> = unit.truths.iter().copied().filter_map(at).collect();
            // A truth that stops above the rank says nothing of what was there; a blank says that nothing was.
            if truths.is_empty() && !unit.truths.is_empty() {
                continue;
            }
            let site = sites.entry(unit.site).or_default();
            site.n += u64::from(!truths.is_empty());
            for &truth in &truths {
                site.taxa.entry(truth).or_default().truth += 1;
            }
            if let Some(answer) = at(unit.answer) {
                let right = u64::from(truths.contains(&answer));
                site.right += right;
                let count = site.taxa.entry(answer).or_default();
                count.answered += 1;
                count.right += right;
            }
        }
        let named = |(place, site): (usize, Site)| Site { name: units.sites[place].clone(), ..site };
        let sites: Vec<Site> = sites.into_iter().map(named).collect();
        let mut census = Self { unit: units.name, rank, sites, pool: vec![], present_from };
        let somewhere = |count: &Count| count.truth > 0 || census.is_found(count);
        let pool: BTreeSet<TaxonId> = census
            .sites
            .iter()
            .flat_map(|site| &site.taxa)
            .filter(|(_, count)| somewhere(count))
            .map(|(taxon, _)| *taxon)
            .collect();
        census.pool = pool.into_iter().collect();
        census
    }

    /// Whether a taxon is present by the answers.
    pub fn is_found(&self, count: &Count) -> bool {
        count.answered > 0 && count.answered >= self.present_from
    }

    /// The taxa of the sites that are a truth or an answer there.
    pub fn site_taxa(&self) -> Vec<SiteTaxon> {
        let row = |site: &Site, (taxon, count): (&TaxonId, &Count)| SiteTaxon {
            unit: self.unit,
            rank: self.rank,
            site: site.name.clone(),
            taxon: *taxon,
            truth: count.truth,
            answered: count.answered,
            right: count.right,
            present: count.truth > 0,
            found: self.is_found(count),
        };
        self.sites.iter().flat_map(|site| site.taxa.iter().map(|taxon| row(site, taxon)).collect::<Vec<_>>()).collect()
    }

    /// At how many sites each taxon of the pool is.
    pub fn occupancy(&self) -> Vec<TaxonSites> {
        let row = |&taxon: &TaxonId| {
            let counts = || self.sites.iter().filter_map(move |site| site.taxa.get(&taxon));
            TaxonSites {
                unit: self.unit,
                rank: self.rank,
                taxon,
                sites: self.sites.len() as u64,
                present: counts().filter(|count| count.truth > 0).count() as u64,
                found: counts().filter(|count| self.is_found(count)).count() as u64,
                both: counts().filter(|count| count.truth > 0 && self.is_found(count)).count() as u64,
            }
        };
        self.pool.iter().map(row).collect()
    }
}
