//! All scores of one run, made block by block.

use super::accounting::Accounting;
use super::causes::{self, Causes};
use super::confusions::{self, Confusion};
use super::consistency::Consistency;
use super::costs::Costs;
use super::events::{EventScores, RuledEvents};
use super::flags::Flags;
use super::groups::{self, GroupScores};
use super::how_wrong::HowWrong;
use super::image_scores::ImageScores;
use super::intervals::{self, Intervals};
use super::judged_run::JudgedRun;
use super::met::Met;
use super::mistakes::{self, Mistake};
use super::non_taxa::NonTaxonScores;
use super::novelty::Novelty;
use super::options::ScoreOptions;
use super::outcome::judge;
use super::presence::PresenceScores;
use super::prior::PriorScores;
use super::ranks::{self, RankScores};
use super::rolled_up::RolledUp;
use super::same_epithet::SameEpithet;
use super::similarity;
use super::state::{self, Distributions, Givens, Kept, NOT_GATHERED};
use super::taxa::{self, TaxonScores};
use super::tree::Tree;
use super::whole::Whole;
use crate::answers::Answers;
use crate::answers::distribution::Distribution;
use crate::numbers::counted::counted;
use crate::taxonomy::Taxonomy;
use crate::taxonomy::information::{Information, InformationFrom};
use crate::taxonomy::rank::Rank;
use std::collections::HashSet;

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
    /// Blank, person, vehicle and whatever else is no taxon, as a detector sees it; `None` where the source speaks of taxa
    /// alone.
    pub non_taxa: Option<NonTaxonScores>,
    /// The scores of groups of images; empty where nothing sorts them.
    pub groups: Vec<GroupScores>,
    /// What images come to event by event; `None` where no events are asked for, or nothing tells them.
    pub events: Option<EventScores>,
    /// What was found at each site; `None` where no sites are known or asked for.
    pub presence: Option<PresenceScores>,
    /// Whether the summed answers of the ranks agree; `None` unless every rank has summed answers.
    pub consistency: Option<Consistency>,
    /// What takes the whole distribution of each image; where the source does not hold it, why.
    pub whole: Result<Whole, String>,
    /// Truths that are no candidates; `None` where nobody says what the candidates were, or there are none.
    pub novelty: Option<Novelty>,
    /// Rolling up of listed labels, where that is asked for and the source has no whole distribution.
    pub rolled_up: Option<RolledUp>,
    /// What a prior changes, or why nothing could be weighted; `None` where no prior is given.
    pub prior: Option<Result<PriorScores, String>>,
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
        Self::made(taxonomy, answers, (distribution, None), options)
    }

    /// Scores the images of a run that were kept one by one, with what their distributions gave.
    #[must_use]
    pub fn of_kept(taxonomy: &Taxonomy, kept: &Kept, options: &ScoreOptions<'_>) -> Self {
        match &kept.distributions {
            Distributions::Listed => Self::of(taxonomy, &kept.answers, options),
            Distributions::Nowhere(reasons) => {
                Self::with_distribution(taxonomy, &kept.answers, &Err(state::joined(reasons)), options)
            }
            Distributions::Given(givens) => {
                // What was asked when the distributions were at hand.
                let options = ScoreOptions {
                    back_off: Some(givens.back_off),
                    unreachable: givens.unreachable,
                    information: InformationFrom::Leaves,
                    ..*options
                };
                Self::made(taxonomy, &kept.answers, (&Err(NOT_GATHERED.to_string()), Some(givens)), &options)
            }
        }
    }

    /// Scores answers of distributions that are at hand, or of what they gave.
    fn made(
        taxonomy: &Taxonomy,
        answers: &Answers,
        (distribution, givens): (&Result<Distribution, String>, Option<&Givens>),
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
        let whole = whole(&run, (distribution, givens), tree, &information, options);
        notes.extend(whole.iter().flat_map(Whole::remarks));
        let rolled_up = if whole.is_err() { RolledUp::of(&run, tree, &information, options) } else { None };
        notes.extend(whole.as_ref().err().filter(|_| rolled_up.is_none()).and_then(|reason| RolledUp::remark(reason, options)));
        let pairs = confusions::pairs(&run);
        let counted = similarity::counted(&pairs);
        let grouped = pairs.grouped(&run);
        notes.extend(repeated_observations(answers, intervals));
        let (causes, by_name) = causes::cause_of_each(&run);
        let ruled = options.events.and_then(|events| RuledEvents::of(&run, distribution, events));
        let events = ruled.as_ref().map(|ruled| EventScores::of(&run, ruled, options));
        let presence = options.present_from.and_then(|from| PresenceScores::of(&run, ruled.as_ref(), from));
        notes.extend(events.iter().flat_map(EventScores::remarks).chain(presence.iter().flat_map(PresenceScores::remarks)));
        Self {
            name: answers.name.clone(),
            accounting: Accounting::of(&run),
            causes: Causes::of(&causes, |image| run.times(image)),
            probably_the_name: SameEpithet::of(&run, &by_name),
            how_wrong: HowWrong::of(&run, &pairs, tree, &information, options),
            flags: Flags::of(&run, &counted, &grouped, options.acceptable),
            costs: options
                .costs
                .filter(|matrix| !matrix.entries().is_empty())
                .map(|matrix| Costs::of(&run, &counted, &grouped, matrix)),
            non_taxa: NonTaxonScores::of(&run, options.costs),
            groups: groups::rows(&run, &pairs, options),
            events,
            presence,
            novelty: Novelty::of(&run, distribution, options),
            rolled_up,
            whole,
            prior: options.priors.map(|priors| PriorScores::of(&run, distribution, priors)),
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

    /// Whether images are scored as detection, whether or not any shows a taxon.
    #[must_use]
    pub fn is_of_detection(&self) -> bool {
        self.non_taxa.as_ref().is_some_and(|non_taxa| non_taxa.n > 0)
    }

    /// The row of a rank.
    #[must_use]
    pub fn rank(&self, rank: Rank) -> Option<&RankScores> {
        self.ranks.iter().find(|row| row.rank == rank)
    }
}

/// The blocks of distributions, of what they gave or of them.
fn whole(
    run: &JudgedRun<'_>,
    (distribution, givens): (&Result<Distribution, String>, Option<&Givens>),
    tree: Tree,
    information: &Information,
    options: &ScoreOptions<'_>,
) -> Result<Whole, String> {
    match (givens, distribution) {
        (Some(givens), _) => Ok(givens.whole(run, tree, information, options)),
        (None, Ok(whole)) => Ok(Whole::of(run, whole, tree, information, options)),
        (None, Err(reason)) => Err(reason.clone()),
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
    let images = answers.count();
    // An image without an observation is one by itself.
    let named: HashSet<&str> = observations.iter().map(String::as_str).filter(|name| !name.is_empty()).collect();
    let alone: u64 = (0..observations.len()).filter(|&row| observations[row].is_empty()).map(|row| answers.times(row)).sum();
    let distinct = named.len() as u64 + alone;
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
