//! What was found where: species lists, richness and occupancy of sites, by the truths and by the answers.
//!
//! An ecologist's table has sites and species, and an error is a species too many or too few in it. Ten photographs of one
//! animal make one entry, right or wrong, so these numbers are others than the share of right photographs.
//!
//! ```text
//! images, events ──unit──▶ a site, its truths, an answer ──census──▶ counts by site and taxon of a rank
//!   ──site_scores──▶ a row per site ──rank_presence──▶ a row per rank, with intervals by site
//! ```

mod unit;
mod census;
mod site_scores;
mod rank_presence;

pub use census::{SiteTaxon, TaxonSites};
pub use rank_presence::RankPresence;
pub use site_scores::SiteScores;

use super::events::RuledEvents;
use super::judged_run::JudgedRun;
use crate::answers::event_rule::EventRule;
use crate::numbers::counted::{counted, form};
use crate::taxonomy::rank::Rank;
use census::Census;
use unit::Units;

/// The ranks at which sites are compared, species first.
const RANKS: [Rank; 3] = [Rank::Species, Rank::Genus, Rank::Family];

/// What was found at the sites of a run.
#[derive(Debug, Clone, PartialEq)]
pub struct PresenceScores {
    /// What a site is called, one and many: `site`, `sites`, or `camera`, `cameras`.
    pub place: &'static str,
    /// The same of several.
    pub places: &'static str,
    /// Distinct sites with something that counts.
    pub sites: u64,
    /// Images without a site.
    pub without_site: u64,
    /// Answers of a site from which on a taxon counts as present there.
    pub present_from: u64,
    /// The rule that answers events; `None` where there are none.
    pub event_rule: Option<EventRule>,
    /// A row per unit and rank.
    pub ranks: Vec<RankPresence>,
    /// A row per unit, rank and site.
    pub rows: Vec<SiteScores>,
    /// A row per unit, rank, site and taxon that is a truth or an answer there.
    pub taxa: Vec<SiteTaxon>,
    /// A row per unit, rank and taxon.
    pub occupancy: Vec<TaxonSites>,
}

impl PresenceScores {
    /// The presence of taxa at sites, by images and where there are events by these; `None` without sites, and in a tree
    /// without ranks.
    pub(super) fn of(run: &JudgedRun<'_>, ruled: Option<&RuledEvents>, present_from: u64) -> Option<Self> {
        let places = run.answers.taken.places().filter(|_| run.taxonomy.has_ranks())?;
        let images = Units::of_images(run, places);
        let main = ruled.and_then(|ruled| Some((ruled, ruled.main()?)));
        let events = main.map(|(ruled, (_, answers))| Units::of_events(run, places, &ruled.events, answers));
        let mut scores = Self {
            place: places.one,
            places: places.many,
            sites: images.sites.len() as u64,
            without_site: images.without_site,
            present_from,
            event_rule: main.map(|(_, (rule, _))| rule),
            ranks: vec![],
            rows: vec![],
            taxa: vec![],
            occupancy: vec![],
        };
        for units in std::iter::once(&images).chain(&events) {
            for rank in RANKS {
                let census = Census::of(run.taxonomy, units, rank, present_from);
                // Sites of which nothing but blanks is known have no taxa at a rank that the tree lacks.
                if census.pool.is_empty() {
                    continue;
                }
                let rows = site_scores::rows(&census);
                scores.ranks.push(RankPresence::of(&census, &rows, places.many));
                scores.rows.extend(rows);
                scores.taxa.extend(census.site_taxa());
                scores.occupancy.extend(census.occupancy());
            }
        }
        Some(scores)
    }

    /// The row of a unit (`image`, `event`) and a rank.
    #[must_use]
    pub fn rank(&self, unit: &str, rank: Rank) -> Option<&RankPresence> {
        self.ranks.iter().find(|row| row.unit == unit && row.rank == rank)
    }

    /// What is found at the finest rank, a line for images and one for events.
    #[must_use]
    pub fn lines(&self) -> Vec<String> {
        let of_unit = |unit: &str| self.ranks.iter().filter(|row| row.unit == unit).max_by_key(|row| row.rank);
        let number = |value: Option<f64>| value.map_or_else(|| "-".to_string(), |value| format!("{value:.2}"));
        let line = |row: &RankPresence| {
            format!(
                "{} by {}: {} of {} taxa found at a {} on average, {} found where they are not, {} missed",
                row.rank,
                row.unit,
                number(row.richness_answered),
                number(row.richness_true),
                self.place,
                row.false_presences,
                row.false_absences
            )
        };
        ["image", "event"].into_iter().filter_map(of_unit).map(line).collect()
    }

    /// What was decided, a sentence each.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = vec![];
        if self.place == "camera" {
            remarks.push("no column names the sites: each camera counts as one (--site-column)".to_string());
        }
        if self.without_site > 0 {
            let have = form(self.without_site, "image has", "images have");
            let they = form(self.without_site, "it is", "they are");
            remarks.push(format!("{} {have} no {}: {they} in no number of presence", self.without_site, self.place));
        }
        if self.sites == 1 {
            let one = counted(1_u64, self.place, self.places);
            remarks.push(format!("there is {one} only: nothing varies between {}, and nothing follows for others", self.places));
        }
        remarks
    }
}

#[cfg(test)]
mod tests;
