//! All that is said about one run, from one judgement per image.

pub mod outcome;
pub mod cost;
pub mod training_counts;
pub mod official;
pub mod suite;
pub mod metric;
pub mod compare;
pub mod gate;
pub mod accounting;
pub mod best_of;
pub mod calibration;
pub mod causes;
pub mod confusions;
pub mod consistency;
pub mod costs;
pub mod decisions;
mod depths;
pub mod differences;
pub mod distance;
pub mod flags;
pub mod groups;
mod halves;
mod jackknife;
pub mod how_wrong;
pub mod intervals;
mod listed;
mod met;
pub mod mistakes;
pub mod ranks;
pub mod selective;
pub mod similarity;
pub mod targets;
pub mod taxa;
pub mod temperature;
pub mod whole;

use crate::answers::distribution::Distribution;
use crate::answers::{Answers, Ranked};
use crate::numbers::bootstrap::Clusters;
use crate::numbers::interval::{Grouped, Sample};
use crate::scores::cost::CostMatrix;
use crate::scores::outcome::{Judgement, Unreachable, judge};
use crate::scores::training_counts::TrainingCounts;
use crate::taxonomy::information::{Information, InformationFrom};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use accounting::Accounting;
use causes::Causes;
use confusions::{Confusion, Pairs};
use consistency::Consistency;
use costs::Costs;
use flags::{Acceptable, Flags};
use groups::GroupScores;
use how_wrong::HowWrong;
use intervals::{DrawnBy, Intervals};
use met::Met;
use mistakes::Mistake;
use ranks::RankScores;
use serde::Serialize;
use taxa::TaxonScores;
use whole::Whole;

/// Which tree edges and lineages are counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Tree {
    /// Every taxon between the root and the truth is a step.
    #[default]
    Full,
    /// Only the seven main ranks are steps.
    MainRanks,
}

impl Tree {
    /// The name of the choice on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Tree::Full => "full",
            Tree::MainRanks => "main-ranks",
        }
    }
}

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
}

/// The scores of one run.
#[derive(Debug, Clone)]
pub struct Scores {
    /// Name of the run.
    pub name: String,
    /// Where every image went; the parts add up.
    pub accounting: Accounting,
    /// Why images did not come out right; the parts add up.
    pub causes: Causes,
    /// Accuracy per rank: kingdom to species, then ranks below species that occur. Empty in a
    /// tree without ranks.
    pub ranks: Vec<RankScores>,
    /// How the intervals were made.
    pub intervals: Intervals,
    /// How far off the answers are.
    pub how_wrong: HowWrong,
    /// Right, acceptable and wrong images; `None` in a tree without ranks.
    pub flags: Option<Flags>,
    /// What the mistakes cost; `None` without a matrix of costs.
    pub costs: Option<Costs>,
    /// The scores of groups of images; empty where nothing sorts them.
    pub groups: Vec<GroupScores>,
    /// Whether the summed answers of the ranks agree; `None` unless every rank has summed answers.
    pub consistency: Option<Consistency>,
    /// What takes the whole distribution of each image; where the source does not hold it, why.
    pub whole: Result<Whole, String>,
    /// Per taxon that is a truth or an answer, by rank and then in the order of the tree.
    pub taxa: Vec<TaxonScores>,
    /// Pairs of truth and wrong answer, the most frequent first.
    pub confusions: Vec<Confusion>,
    /// Wrong images, the worst first.
    pub mistakes: Vec<Mistake>,
    /// What could mislead a reader, one sentence each.
    pub warnings: Vec<String>,
    /// Decisions made while reading and scoring, one sentence each.
    pub notes: Vec<String>,
}

impl Scores {
    /// Scores the answers of one classifier.
    #[must_use]
    pub fn of(taxonomy: &Taxonomy, answers: &Answers, options: &ScoreOptions<'_>) -> Self {
        let distribution = Distribution::of_answers(answers).map_err(|reason| reason.to_string());
        Self::with_distribution(taxonomy, answers, &distribution, options)
    }

    /// Scores the answers of one classifier whose distributions are known from elsewhere, or why
    /// they are not.
    #[must_use]
    pub fn with_distribution(
        taxonomy: &Taxonomy,
        answers: &Answers,
        distribution: &Result<Distribution, String>,
        options: &ScoreOptions<'_>,
    ) -> Self {
        let mut notes = answers.notes.clone();
        let tree = usable_tree(taxonomy, options.tree, &mut notes);
        let (sample, intervals) = intervals::sample(answers, options.drawn_by);
        let judgements = judge(taxonomy, answers, options.unreachable);
        let met = Met::of(taxonomy, answers, &judgements);
        let run = Run { taxonomy, answers, judgements, met: &met, sample };
        let information = run.information(options.information);
        let table = ranks::table(&run, &mut notes);
        let whole = distribution.as_ref().map(|whole| Whole::of(&run, whole, tree, &information, options)).map_err(Clone::clone);
        notes.extend(whole.iter().flat_map(Whole::remarks));
        let pairs = confusions::pairs(&run);
        let counted = similarity::counted(&pairs);
        let grouped = run.grouped(&pairs);
        notes.extend(repeated_observations(answers, intervals));
        Self {
            name: answers.name.clone(),
            accounting: Accounting::of(&run),
            causes: Causes::of(&run),
            how_wrong: HowWrong::of(&run, &pairs, tree, &information, options),
            flags: Flags::of(&run, &counted, &grouped, options.acceptable),
            costs: options.costs.map(|matrix| Costs::of(&run, &counted, &grouped, matrix)),
            groups: groups::rows(&run, &pairs, options),
            whole,
            consistency: Consistency::of(&run, &table.rows),
            taxa: taxa::scores(&run, &table, &pairs),
            confusions: confusions::confusions(taxonomy, &pairs),
            mistakes: mistakes::mistakes(&run),
            ranks: table.rows,
            intervals,
            warnings: warnings(taxonomy),
            notes,
        }
    }

    /// The row of a rank.
    #[must_use]
    pub fn rank(&self, rank: Rank) -> Option<&RankScores> {
        self.ranks.iter().find(|row| row.rank == rank)
    }
}

/// What the tables are made from.
struct Run<'a> {
    taxonomy: &'a Taxonomy,
    answers: &'a Answers,
    /// One per image.
    judgements: Vec<Judgement>,
    /// The part of the taxonomy that matters.
    met: &'a Met,
    /// What the intervals are drawn by.
    sample: Sample,
}

impl Run<'_> {
    /// How much each taxon says, by the part of the taxonomy that matters.
    fn information(&self, from: InformationFrom) -> Information {
        let tips = self.met.tips(self.taxonomy);
        match from {
            InformationFrom::Leaves => Information::of_tips(self.taxonomy, &tips),
            InformationFrom::Truths => {
                let mut images = vec![0; self.taxonomy.len()];
                for judgement in &self.judgements {
                    if let Judgement::Scored(outcome) = judgement {
                        images[outcome.truth.index()] += 1;
                    }
                }
                Information::of_truths(self.taxonomy, &tips, &images)
            }
        }
    }

    /// Summed answers of a main rank.
    fn summed(&self, rank: Rank) -> Option<&Ranked> {
        self.answers.summed[rank.main_index()?].as_ref()
    }

    fn best(&self, image: usize) -> TaxonId {
        self.answers.ranked.best(image).taxon()
    }

    /// The scored images by pair of truth and answer.
    fn grouped(&self, pairs: &Pairs) -> Grouped {
        if self.sample.clusters.is_none() {
            let counts = pairs.placed.iter().map(|(_, count)| *count).chain(pairs.unplaced.iter().map(|(_, count)| *count));
            return Grouped::alone(counts.enumerate());
        }
        self.sample
            .grouped(self.judgements.iter().enumerate().filter_map(|(image, judgement)| Some((image, pairs.place(*judgement)?))))
    }
}

fn usable_tree(taxonomy: &Taxonomy, asked: Tree, notes: &mut Vec<String>) -> Tree {
    if asked == Tree::MainRanks && !taxonomy.has_ranks() {
        notes.push("The tree has no ranks: edges are counted in the full tree.".to_string());
        return Tree::Full;
    }
    asked
}

fn warnings(taxonomy: &Taxonomy) -> Vec<String> {
    let above_genus = taxonomy.taxa().any(|taxon| (0..5).any(|index| taxonomy.main_ancestor(taxon, index).is_some()));
    let mut warnings = vec![];
    if taxonomy.has_ranks() && !above_genus {
        warnings.push(
            "The tree holds only genus and species: a mistake beyond the genus meets its truth at the root and counts 7, \
             the most there is. Give --taxonomy (or --clade) to see how deep these mistakes really are."
                .to_string(),
        );
    }
    warnings
}

fn repeated_observations(answers: &Answers, intervals: Intervals) -> Option<String> {
    let observations = answers.observations.as_ref()?;
    let images = observations.len();
    let distinct = Clusters::by_name(observations.iter().map(String::as_str)).len();
    (distinct < images).then(|| match intervals {
        Intervals::Clusters { by: "observation", draws, seed, .. } => format!(
            "The {images} images show {distinct} observations: intervals of shares are Wilson's on the effective number of images, \
             those of means draw whole observations (BCa, {draws} draws, seed {seed})."
        ),
        _ => {
            format!("The {images} images show {distinct} observations, which the intervals do not consider: they are too narrow.")
        }
    })
}
