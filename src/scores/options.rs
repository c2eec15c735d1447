//! What to score and how.

use super::cost::CostMatrix;
use super::events::options::EventOptions;
use super::flags::Acceptable;
use super::intervals::DrawnBy;
use super::outcome::Unreachable;
use super::roll_up::RollUp;
use super::training_counts::TrainingCounts;
use super::tree::Tree;
use crate::answers::prior::Priors;
use crate::taxonomy::information::InformationFrom;

/// What to score and how.
#[derive(Debug, Clone, Copy, Default)]
pub struct ScoreOptions<'a> {
    /// The tree of edges and lineages.
    pub tree: Tree,
    /// Images whose truth is not among the candidates.
    pub unreachable: Unreachable,
    /// What the information of a taxon is taken from.
    pub information: InformationFrom,
    /// What counts as an acceptable near miss.
    pub acceptable: Acceptable<'a>,
    /// What mistakes cost.
    pub costs: Option<&'a CostMatrix>,
    /// Probability that the answer of the back-off rule must reach; one half unless given.
    pub back_off: Option<f64>,
    /// Images of each taxon that the model was trained on.
    pub training: Option<&'a TrainingCounts>,
    /// What is drawn together for the intervals.
    pub drawn_by: DrawnBy,
    /// How images become events, where that is asked for.
    pub events: Option<EventOptions>,
    /// Answers of a site from which on a taxon counts as present there, where sites are asked for.
    pub present_from: Option<u64>,
    /// What is known of the place and the season of each image.
    pub priors: Option<&'a Priors>,
    /// How answers are rolled up; not at all unless given.
    pub roll_up: Option<RollUp>,
}
