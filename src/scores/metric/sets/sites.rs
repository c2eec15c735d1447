//! Metrics of one site of sets.

use crate::numbers::interval::MetricIntervals;
use crate::scores::metric::description::Block;
use crate::scores::metric::measure::{Measure, Row, Value};
use crate::scores::metric::uncertainty::Uncertainty;
use crate::scores::sets::SiteScores;

const ONE_SITE: Uncertainty = Uncertainty::Missing("none: one site");

/// The metrics of a site, in the order of their columns.
pub static SET_SITES: [Measure<SiteScores>; 6] = [
    Measure {
        metric: Block::SetSites
            .metric(
                "images",
                "Images of the site.",
                "#{i at the site}",
            ).count(),
        value: |row| Value::Count(Some(row.images)),
    },
    Measure {
        metric: Block::SetSites
            .metric(
                "richness",
                "Taxa that are there.",
                "|∪ T_i|",
            ).count(),
        value: |row| Value::Count(Some(row.richness)),
    },
    Measure {
        metric: Block::SetSites
            .metric(
                "answered_richness",
                "Taxa and unknown names that are answered.",
                "|∪ A_i|",
            ).count(),
        value: |row| Value::Count(Some(row.answered_richness)),
    },
    Measure {
        metric: Block::SetSites
            .metric(
                "found",
                "Taxa that are there and answered, be it of another image.",
                "|∪ T_i ∩ ∪ A_i|",
            ).count(),
        value: |row| Value::Count(Some(row.found)),
    },
    Measure {
        metric: Block::SetSites
            .metric(
                "richness_error",
                "How many species too many are found; below 0 too few.",
                "answered_richness − richness",
            ).neither().within("any number, in taxa").with(ONE_SITE),
        value: |row| Value::Number(Some(row.richness_error)),
    },
    Measure {
        metric: Block::SetSites
            .metric(
                "bray_curtis",
                "Dissimilarity of the true and the found community: species count by the images that show them; left out where nothing is there and nothing found.",
                "Σ_t |x_t − y_t| / Σ_t (x_t + y_t)",
            ).lower().by("Bray & Curtis 1957").with(ONE_SITE),
        value: |row| Value::Number(row.bray_curtis),
    },
];

impl Row for SiteScores {
    fn measures() -> &'static [Measure<Self>] {
        &SET_SITES
    }

    fn intervals(&self) -> Option<&MetricIntervals> {
        None
    }
}
