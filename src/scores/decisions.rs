//! Decision rules side by side: what each buys and costs.

use super::confusions::pairs;
use super::differences::{self, Difference};
use super::given::Given;
use super::ground::Ground;
use super::how_wrong::HowWrong;
use super::judged_run::JudgedRun;
use super::options::ScoreOptions;
use super::roll_up::RollUp;
use super::tree::Tree;
use crate::answers::{Answer, Answers, Ranked};
use crate::numbers::interval::Sample;
use crate::numbers::statistics::{Interval, share};
use crate::taxonomy::rank::Rank;
use std::collections::BTreeMap;

pub use super::rule::Rule;

/// What each decision rule buys and costs.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone)]
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
    /// A published way of rolling up, where one is asked for.
    pub roll_up: Option<Decision>,
    /// Which.
    pub rolled_up_as: Option<RollUp>,
    /// The other rules against `path`: accuracy at the finest rank, then the mean height.
    pub differences: Vec<Difference>,
}

/// The scores of one decision rule.
#[derive(Debug, Clone)]
pub struct Decision {
    /// Share right at each main rank, of the images that count at it; `None` without images.
    pub accuracy: BTreeMap<Rank, Option<f64>>,
    /// Lower ends of the intervals.
    pub accuracy_low: BTreeMap<Rank, Option<f64>>,
    /// Upper ends.
    pub accuracy_high: BTreeMap<Rank, Option<f64>>,
    /// How wrong its answers are.
    pub how_wrong: HowWrong,
}

impl Decision {
    /// The interval of the accuracy at a rank.
    #[must_use]
    pub fn interval(&self, rank: Rank) -> Option<Interval> {
        let end = |ends: &BTreeMap<Rank, Option<f64>>| ends.get(&rank).copied().flatten();
        Some(Interval { low: end(&self.accuracy_low)?, high: end(&self.accuracy_high)? })
    }
}

impl Decisions {
    /// The scores of a rule by its name: `path`, `summed`, `top_down`, `expected_height`, `back_off`; `roll_up` where it is asked
    /// for.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&Decision> {
        self.rules().into_iter().find(|(rule, _)| rule.name() == name).map(|(_, decision)| decision)
    }

    pub(super) fn of(ground: &Ground<'_>, given: &[Given], tree: Tree, options: &ScoreOptions<'_>, threshold: f64) -> Self {
        let sample = ground.run.sample.select(given.iter().map(|given| given.image));
        let of = |rule: Rule| decision((ground, &sample), given, rule, tree, options);
        Self {
            n: given.len(),
            path: of(Rule::Path),
            summed: of(Rule::Summed),
            top_down: of(Rule::TopDown),
            expected_height: of(Rule::ExpectedHeight),
            back_off: of(Rule::BackOff),
            back_off_threshold: threshold,
            roll_up: options.roll_up.map(|_| of(Rule::RollUp)),
            rolled_up_as: options.roll_up,
            differences: differences::from_path(ground, given),
        }
    }

    /// The scores of a rule; `None` where it is not asked for.
    #[must_use]
    pub fn of_rule(&self, rule: Rule) -> Option<&Decision> {
        match rule {
            Rule::Path => Some(&self.path),
            Rule::Summed => Some(&self.summed),
            Rule::TopDown => Some(&self.top_down),
            Rule::ExpectedHeight => Some(&self.expected_height),
            Rule::BackOff => Some(&self.back_off),
            Rule::RollUp => self.roll_up.as_ref(),
        }
    }

    /// The rules with their scores, `path` first.
    #[must_use]
    pub fn rules(&self) -> Vec<(Rule, &Decision)> {
        let rules = Rule::ALL.into_iter().chain([Rule::RollUp]);
        rules.filter_map(|rule| Some((rule, self.of_rule(rule)?))).collect()
    }
}

pub(super) fn decision(
    (ground, sample): (&Ground<'_>, &Sample),
    given: &[Given],
    rule: Rule,
    tree: Tree,
    options: &ScoreOptions<'_>,
) -> Decision {
    let mut ranked = Ranked::default();
    let mut judgements = vec![];
    for given in given {
        let answer = rule.answer(ground, given);
        ranked.push([(Answer::Taxon(answer), None)]);
        judgements.push(given.judge(ground.run, answer));
    }
    let answers = Answers { ranked, ..Answers::default() };
    let taxonomy = ground.run.taxonomy;
    let run = JudgedRun { taxonomy, answers: &answers, judgements, met: ground.run.met, sample: sample.clone() };
    let how_wrong = HowWrong::of(&run, &pairs(&run), tree, ground.information, options);
    let at: Vec<(Rank, Option<f64>, Option<Interval>)> = (0..7).map(|index| accuracy(ground, given, rule, index)).collect();
    Decision {
        accuracy: at.iter().map(|(rank, share, _)| (*rank, *share)).collect(),
        accuracy_low: at.iter().map(|(rank, _, interval)| (*rank, interval.map(|ends| ends.low))).collect(),
        accuracy_high: at.iter().map(|(rank, _, interval)| (*rank, interval.map(|ends| ends.high))).collect(),
        how_wrong,
    }
}

fn accuracy(ground: &Ground<'_>, given: &[Given], rule: Rule, index: usize) -> (Rank, Option<f64>, Option<Interval>) {
    let right = |given: &Given| {
        let truth = ground.truth_at(given.truth, index)?;
        Some((given.image, truth.is(rule.answer_at(ground, given, index))))
    };
    let images: Vec<(usize, bool)> = given.iter().filter_map(right).collect();
    let count = images.iter().filter(|(_, right)| *right).count() as u64;
    let interval = ground.run.sample.share(images.iter().copied()).ok();
    (Rank::MAIN[index], share(count, images.len() as u64), interval)
}
