//! Decision rules side by side: what each buys and costs.

use super::confusions::pairs;
use super::how_wrong::HowWrong;
use super::whole::{Given, Ground};
use super::{Run, ScoreOptions, Tree};
use crate::answers::{Answer, Answers, Ranked};
use crate::interval::Sample;
use crate::rank::Rank;
use crate::statistics::share;
use crate::taxonomy::TaxonId;
use serde::Serialize;
use std::collections::BTreeMap;

/// What each decision rule buys and costs.
#[derive(Debug, Clone, Serialize)]
pub struct Decisions {
    /// Images: all that are scored.
    pub n: usize,
    /// The lineage of the best label.
    pub path: Decision,
    /// At each rank the taxon of most summed probability; its errors are those of the finest rank
    /// that has any.
    pub summed: Decision,
    /// From the root, the best child each time.
    pub top_down: Decision,
    /// The label of least expected height.
    pub expected_height: Decision,
    /// The most informative taxon that reaches a probability.
    pub back_off: Decision,
    /// That probability.
    pub back_off_threshold: f64,
}

/// The scores of one decision rule.
#[derive(Debug, Clone, Serialize)]
pub struct Decision {
    /// Share right at each main rank, of the images that count at it; `None` without images.
    pub accuracy: BTreeMap<Rank, Option<f64>>,
    /// How wrong its answers are.
    pub how_wrong: HowWrong,
}

impl Decisions {
    pub(super) fn of(ground: &Ground<'_>, given: &[Given], tree: Tree, options: &ScoreOptions<'_>, threshold: f64) -> Self {
        let sample = ground.run.sample.select(given.iter().map(|given| given.image));
        let by_rule = |rule: &dyn Fn(&Given) -> TaxonId| decision((ground, &sample), given, rule, tree, options);
        let finest = |given: &Given| given.summed.iter().rev().find_map(|taxon| *taxon).unwrap_or(TaxonId::ROOT);
        let mut summed = by_rule(&finest);
        summed.accuracy = accuracy(ground, given, &|given, index| given.summed[index]);
        Self {
            n: given.len(),
            path: by_rule(&|given| ground.run.best(given.image)),
            summed,
            top_down: by_rule(&|given| given.top_down),
            expected_height: by_rule(&|given| given.expected_height),
            back_off: by_rule(&|given| given.back_off),
            back_off_threshold: threshold,
        }
    }
}

fn decision(
    (ground, sample): (&Ground<'_>, &Sample),
    given: &[Given],
    rule: &dyn Fn(&Given) -> TaxonId,
    tree: Tree,
    options: &ScoreOptions<'_>,
) -> Decision {
    let mut ranked = Ranked::default();
    let mut judgements = vec![];
    for given in given {
        let answer = rule(given);
        ranked.push([(Answer::Taxon(answer), None)]);
        judgements.push(given.judge(ground.run, answer));
    }
    let answers = Answers { ranked, ..Answers::default() };
    let taxonomy = ground.run.taxonomy;
    let run = Run { taxonomy, answers: &answers, judgements, met: ground.run.met, sample: sample.clone() };
    let how_wrong = HowWrong::of(&run, &pairs(&run), tree, ground.information, options);
    Decision { accuracy: accuracy(ground, given, &|given, index| taxonomy.main_ancestor(rule(given), index)), how_wrong }
}

fn accuracy(
    ground: &Ground<'_>,
    given: &[Given],
    answer: &dyn Fn(&Given, usize) -> Option<TaxonId>,
) -> BTreeMap<Rank, Option<f64>> {
    let at = |(index, rank): (usize, Rank)| {
        let counting = given.iter().filter_map(|given| Some((given, ground.truth_at(given.truth, index)?)));
        let (n, right) = counting.fold((0, 0), |(n, right), (given, truth)| {
            (n + 1, right + u64::from(truth.is_some() && answer(given, index) == truth))
        });
        (rank, share(right, n))
    };
    Rank::MAIN.into_iter().enumerate().map(at).collect()
}
