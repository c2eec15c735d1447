//! Rolling up as camera traps and light traps do it: an answer that is not sure enough becomes the taxon above it that is.
//!
//! Two published rules, as their programs have them, for one image and without a detector.

mod best_label;
mod clade_sums;
mod speciesnet;
mod antenna;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

use crate::taxonomy::{TaxonId, Taxonomy};
use std::fmt::{Display, Formatter};
use std::str::FromStr;

/// How answers are rolled up.
///
/// # Examples
///
/// ```
/// use nearmiss::scores::roll_up::RollUp;
///
/// assert_eq!("antenna=0.7".parse::<RollUp>()?.to_string(), "antenna at 0.7, 0.7, 0.7");
/// assert_eq!("speciesnet".parse::<RollUp>()?.to_string(), "speciesnet");
/// assert!("speciesnet=0.5".parse::<RollUp>().is_err());
/// # Ok::<(), String>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq)]
pub enum RollUp {
    /// As the ensemble of `SpeciesNet`, where its detector says nothing.
    ///
    /// Of the five best labels: the first if its probability is above 0.8, and if it may be answered in its place; if it
    /// may not, the first of family, order, class and kingdom at which the labels together have as much. Otherwise the
    /// first of genus, family, order, class and kingdom at which a taxon that may be answered has more than 0.65. Else
    /// nothing.
    ///
    /// # Source
    ///
    /// google/cameratrapai, `speciesnet/ensemble_prediction_combiner.py` and `geofence_utils.py` of March 2025.
    SpeciesNet,
    /// As the post-processing of Antenna: of species, genus and family the first at which the taxon of most summed
    /// probability reaches the threshold; else the best label.
    ///
    /// # Source
    ///
    /// RolnickLab/antenna, `ami/ml/post_processing/rank_rollup.py` of pull request 1361 (June 2026).
    Antenna {
        /// Thresholds at species, genus and family.
        thresholds: [f64; 3],
    },
}

impl FromStr for RollUp {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        let (name, threshold) = word.split_once('=').map_or((word, None), |(name, threshold)| (name, Some(threshold)));
        match (name, threshold) {
            ("speciesnet", None) => Ok(RollUp::SpeciesNet),
            ("speciesnet", Some(_)) => Err(format!("'{word}': the thresholds of speciesnet are its own; give 'speciesnet'")),
            ("antenna", None) => Ok(RollUp::Antenna { thresholds: antenna::THRESHOLDS }),
            ("antenna", Some(threshold)) => {
                let threshold = threshold.parse::<f64>().ok().filter(|threshold| *threshold > 0.0 && *threshold <= 1.0);
                let threshold = threshold.ok_or_else(|| format!("'{word}': a threshold is a number above 0, up to 1"))?;
                Ok(RollUp::Antenna { thresholds: [threshold; 3] })
            }
            _ => Err(format!("'{word}' is none of speciesnet, antenna, antenna=THRESHOLD")),
        }
    }
}

impl Display for RollUp {
    fn fmt(&self, formatter: &mut Formatter<'_>) -> std::fmt::Result {
        match self {
            RollUp::SpeciesNet => formatter.write_str("speciesnet"),
            RollUp::Antenna { thresholds: [species, genus, family] } => {
                write!(formatter, "antenna at {species}, {genus}, {family}")
            }
        }
    }
}

impl RollUp {
    /// The answer for one image.
    ///
    /// `labels` are those with a probability, in the order of the taxonomy; the root among them stands for what is no taxon.
    /// `allows` says whether a taxon may be answered in the place of the image.
    pub(super) fn answer(self, taxonomy: &Taxonomy, labels: &[(TaxonId, f64)], allows: &dyn Fn(TaxonId) -> bool) -> TaxonId {
        match self {
            RollUp::SpeciesNet => speciesnet::answer(taxonomy, labels, allows),
            RollUp::Antenna { thresholds } => antenna::answer(taxonomy, labels, thresholds),
        }
    }
}
