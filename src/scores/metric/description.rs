//! What is said of a metric: its name, its meaning, and where its values stand.

use super::uncertainty::Uncertainty;
use serde::Serialize;

/// Which way is better.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Direction {
    /// More is better.
    Higher,
    /// Less is better.
    Lower,
    /// Neither: a yardstick or a count.
    Neither,
}

impl Direction {
    /// One word for tables.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Direction::Higher => "higher",
            Direction::Lower => "lower",
            Direction::Neither => "neither",
        }
    }
}

/// The block of `metrics.json` that holds a metric, or what another command measures.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Block {
    /// One value per rank.
    Ranks,
    /// One value per run: the depth of its errors.
    HowWrong,
    /// One value per length of the list of answers.
    BestOf,
    /// One value per run: right, acceptable, wrong.
    Flags,
    /// One value per run: what its mistakes cost.
    Costs,
    /// One value per run and per class that is no taxon: blank, person, vehicle.
    NonTaxa,
    /// One value per decision rule; beside these each has a `how_wrong` of its own.
    Decisions,
    /// One value per rank: whether probabilities mean what they say.
    Calibration,
    /// One value per run: knowing when to stop.
    Selective,
    /// One value per group of images.
    Groups,
    /// One value per run: the events that its images make.
    Events,
    /// One value per rule that answers events, and for the images alone.
    EventRules,
    /// One value per unit (image, event) and rank: what was found at the sites.
    Presence,
    /// One value per unit, rank and site.
    Sites,
    /// One value per run: whether its ranks agree.
    Consistency,
    /// One value per row of images that are equally new: truths that are no candidates.
    Novelty,
    /// One value per rank and score: whether what is new is noticed.
    NoveltyDetection,
    /// One value per score: right answers to what is known against answers to what is not.
    NoveltyOpenSet,
    /// One value per threshold: where backing off stops.
    NoveltyBackOff,
    /// One value per taxon.
    Taxa,
    /// One value per rank, for the height, and for rare truths: what a prior changes.
    Prior,
    /// `compare`: one value per metric and pair of runs, or per pair and clade.
    Compare,
    /// `sets`: one value per run, of sets of truths and answers.
    Sets,
    /// `sets`: one value per rank.
    SetRanks,
    /// `sets`: one value per taxon.
    SetTaxa,
    /// `sets`: one value per site.
    SetSites,
    /// `sets`: one value per tuned threshold.
    SetThresholds,
    /// `shift`: values of two sets, or of each class in both.
    Shift,
    /// `shift`: one value per metric of two sets.
    ShiftRanks,
    /// `shift`: one value per metric and clade of two sets.
    ShiftClades,
    /// `latent`: values of a whole space.
    Latent,
    /// `latent`: one value per rank of a space.
    LatentRanks,
    /// `retrieve`: values of rankings.
    Retrieval,
    /// `annotators`: one value per rank, how far annotators agree.
    Agreement,
    /// `annotators`: the same over the whole tree.
    AgreementTree,
    /// `annotators`: one value per annotator or classifier.
    Annotators,
    /// `annotators`: one value per annotator or classifier and rank.
    AnnotatorRanks,
    /// `annotators`: one value per rank, how well people do.
    HumanLevel,
    /// `annotators`: one value per two raters and rank.
    AnnotatorPairs,
    /// `next-labels`: one value per image.
    NextLabels,
    /// `next-labels`: one value per model.
    NextLabelsModels,
    /// `next-labels --simulate`: one value per method.
    NextLabelsSimulation,
}

impl Block {
    /// The key in `metrics.json`, or the file's name without its ending.
    #[must_use]
    pub fn key(self) -> &'static str {
        match self {
            Block::Ranks => "ranks",
            Block::HowWrong => "how_wrong",
            Block::BestOf => "best_of",
            Block::Flags => "flags",
            Block::Costs => "costs",
            Block::NonTaxa => "non_taxa",
            Block::Decisions => "decisions",
            Block::Calibration => "calibration",
            Block::Selective => "selective",
            Block::Groups => "groups",
            Block::Events => "events",
            Block::EventRules => "event_rules",
            Block::Presence => "presence",
            Block::Sites => "sites",
            Block::Consistency => "consistency",
            Block::Novelty => "novelty",
            Block::NoveltyDetection => "novelty_detection",
            Block::NoveltyOpenSet => "novelty_open_set",
            Block::NoveltyBackOff => "novelty_back_off",
            Block::Taxa => "taxa",
            Block::Prior => "prior",
            Block::Compare => "compare",
            Block::Sets => "sets",
            Block::SetRanks => "set_ranks",
            Block::SetTaxa => "set_taxa",
            Block::SetSites => "set_sites",
            Block::SetThresholds => "set_thresholds",
            Block::Shift => "shift",
            Block::ShiftRanks => "shift_ranks",
            Block::ShiftClades => "shift_clades",
            Block::Latent => "latent",
            Block::LatentRanks => "latent_ranks",
            Block::Retrieval => "retrieval",
            Block::Agreement => "agreement",
            Block::AgreementTree => "agreement_tree",
            Block::Annotators => "annotators",
            Block::AnnotatorRanks => "annotator_ranks",
            Block::HumanLevel => "human_level",
            Block::AnnotatorPairs => "annotator_pairs",
            Block::NextLabels => "next_labels",
            Block::NextLabelsModels => "next_labels_models",
            Block::NextLabelsSimulation => "next_labels_simulation",
        }
    }

    /// A metric of the block: a fraction defined here, the higher the better, without an interval, unless it is told
    /// otherwise.
    pub(crate) const fn metric(self, name: &'static str, sentence: &'static str, formula: &'static str) -> Metric {
        Metric {
            name,
            key: name,
            block: self,
            sentence,
            formula,
            direction: Direction::Higher,
            range: "0 to 1",
            source: "standard",
            uncertainty: Uncertainty::Exact,
        }
    }
}

/// A metric, described.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Metric {
    /// Key in `metrics.json` and column in the tables.
    pub name: &'static str,
    /// Key in the JSON of its block: the name, or where objects lie within each other their keys, joined by points.
    pub key: &'static str,
    /// Where its values stand.
    pub block: Block,
    /// What it says, in one sentence.
    pub sentence: &'static str,
    /// How it is computed.
    pub formula: &'static str,
    /// Which way is better.
    pub direction: Direction,
    /// The values it can take, with the unit.
    pub range: &'static str,
    /// Who defined it.
    pub source: &'static str,
    /// How its interval is made.
    pub uncertainty: Uncertainty,
}

impl Metric {
    /// How its interval is made, or that it has none; `None` for counts, yardsticks and p-values.
    #[must_use]
    pub fn interval(&self) -> Option<&'static str> {
        match self.uncertainty {
            Uncertainty::Exact => None,
            Uncertainty::Interval(how) | Uncertainty::Missing(how) => Some(how),
        }
    }

    /// Whether its value has an interval as a rule.
    #[must_use]
    pub fn has_interval(&self) -> bool {
        matches!(self.uncertainty, Uncertainty::Interval(_))
    }

    /// The same, the lower the better.
    pub(crate) const fn lower(self) -> Self {
        Self { direction: Direction::Lower, ..self }
    }

    /// The same, neither way being better.
    pub(crate) const fn neither(self) -> Self {
        Self { direction: Direction::Neither, ..self }
    }

    /// The same as a count, neither way being better.
    pub(crate) const fn count(self) -> Self {
        Self { range: "a count", ..self.neither() }
    }

    /// The same with other values.
    pub(crate) const fn within(self, range: &'static str) -> Self {
        Self { range, ..self }
    }

    /// The same under another key of the JSON.
    pub(crate) const fn at(self, key: &'static str) -> Self {
        Self { key, ..self }
    }

    /// The same where a table calls it otherwise.
    pub(crate) const fn called(self, name: &'static str) -> Self {
        Self { name, ..self }
    }

    /// The same as others defined it.
    pub(crate) const fn by(self, source: &'static str) -> Self {
        Self { source, ..self }
    }

    /// The same with what is said of its interval.
    pub(crate) const fn with(self, uncertainty: Uncertainty) -> Self {
        Self { uncertainty, ..self }
    }
}
