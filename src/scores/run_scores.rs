//! All scores of one run, made block by block.

use super::accounting::Accounting;
use super::causes::{self, Causes};
use super::confusions::{self, Confusion};
use super::consistency::Consistency;
use super::costs::Costs;
use super::flags::Flags;
use super::groups::{self, GroupScores};
use super::how_wrong::HowWrong;
use super::image_scores::ImageScores;
use super::intervals::{self, Intervals};
use super::judged_run::JudgedRun;
use super::met::Met;
use super::mistakes::{self, Mistake};
use super::options::ScoreOptions;
use super::outcome::judge;
use super::ranks::{self, RankScores};
use super::same_epithet::SameEpithet;
use super::similarity;
use super::taxa::{self, TaxonScores};
use super::tree::Tree;
use super::whole::Whole;
use crate::answers::Answers;
use crate::answers::distribution::Distribution;
use crate::numbers::bootstrap::Clusters;
use crate::numbers::counted::counted;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;

/// The scores of one run.
#[derive(Debug, Clone)]
pub struct Scores {
    /// Name of the run.
    pub name: String,
    /// Where every image went; the parts add up.
    pub accounting: Accounting,
    /// Why images did not come out right; the parts add up.
    pub causes: Causes,
    /// Mistakes that are probably one organism under two names.
    pub probably_the_name: SameEpithet,
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
    /// What every image is found to be.
    pub images: ImageScores,
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
        let run = JudgedRun { taxonomy, answers, judgements, met: &met, sample };
        let information = run.information(options.information);
        let table = ranks::table(&run, &mut notes);
        let whole = distribution.as_ref().map(|whole| Whole::of(&run, whole, tree, &information, options)).map_err(Clone::clone);
        notes.extend(whole.iter().flat_map(Whole::remarks));
        let pairs = confusions::pairs(&run);
        let counted = similarity::counted(&pairs);
        let grouped = pairs.grouped(&run);
        notes.extend(repeated_observations(answers, intervals));
        let (causes, by_name) = causes::cause_of_each(&run);
        Self {
            name: answers.name.clone(),
            accounting: Accounting::of(&run),
            causes: Causes::of(&causes),
            probably_the_name: SameEpithet::of(&run, &by_name),
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
            warnings: answers.warnings.iter().cloned().chain(warnings(taxonomy)).collect(),
            notes,
            images: ImageScores::of(run, causes, options),
        }
    }

    /// The row of a rank.
    #[must_use]
    pub fn rank(&self, rank: Rank) -> Option<&RankScores> {
        self.ranks.iter().find(|row| row.rank == rank)
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
    let observations = counted(distinct, "observation", "observations");
    (distinct < images).then(|| match intervals {
        Intervals::Clusters { by: "observation", draws, seed, .. } => format!(
            "The {images} images show {observations}: intervals of shares are Wilson's on the effective number of images, \
             those of means draw whole observations (BCa, {draws} draws, seed {seed})."
        ),
        _ => {
            format!("The {images} images show {observations}, which the intervals do not consider: they are too narrow.")
        }
    })
}
