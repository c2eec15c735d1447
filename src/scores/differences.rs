//! Decision rules against the lineage of the best label: is a difference more than chance?

use super::given::Given;
use super::ground::Ground;
use super::rule::Rule;
use crate::numbers::interval::{Found, Mean, MetricIntervals, difference_of_shares};
use crate::numbers::significance::{Significance, holm, sign_flip};
use crate::numbers::statistics::{Sum, to_f64};
use crate::scores::outcome::Judgement;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use serde::Serialize;

/// An adjusted p-value up to which a difference is called more than chance.
pub const ALPHA: f64 = 0.05;

/// What is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Accuracy at the finest rank that a truth has.
    Accuracy,
    /// Mean height of the error.
    MeanHeight,
}

impl Compared {
    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Compared::Accuracy => "accuracy",
            Compared::MeanHeight => "mean_height",
        }
    }
}

/// A rule against `path`, image by image.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct Difference {
    /// The rule.
    pub rule: Rule,
    /// What is compared.
    pub compared: Compared,
    /// The rank of an accuracy.
    pub rank: Option<Rank>,
    /// Images that have a value.
    pub n: u64,
    /// Mean of the rule minus mean of `path`; `None` without images.
    pub difference: Option<f64>,
    /// Its interval.
    pub intervals: MetricIntervals,
    /// Sign-flip randomisation over images, or over the clusters that intervals are drawn by.
    pub significance: Significance,
    /// p adjusted by Holm over the rules, for what is compared.
    pub adjusted: f64,
}

impl Difference {
    /// Whether the difference is more than chance.
    #[must_use]
    pub fn is_significant(&self) -> bool {
        self.adjusted <= ALPHA && self.difference.is_some_and(|difference| difference.abs() > 0.0)
    }
}

/// The differences of all rules from `path`.
pub(super) fn from_path(ground: &Ground<'_>, given: &[Given]) -> Vec<Difference> {
    let asked = ground.roll_up.map(|_| Rule::RollUp);
    let rules: Vec<Rule> = Rule::ALL.into_iter().chain(asked).filter(|rule| *rule != Rule::Path).collect();
    of_rules(ground, given, &rules)
}

/// The differences of some rules from `path`.
pub(super) fn of_rules(ground: &Ground<'_>, given: &[Given], rules: &[Rule]) -> Vec<Difference> {
    let finest = (0..7).rev().find(|&index| given.iter().any(|given| ground.truth_at(given.truth, index).is_some()));
    let mut all = vec![];
    if let Some(index) = finest {
        let right = |given: &Given, rule: Rule| {
            let truth = ground.truth_at(given.truth, index)?;
            Some(f64::from(u8::from(truth.is(rule.answer_at(ground, given, index)))))
        };
        all.extend(adjusted(ground, given, rules, (Compared::Accuracy, Some(Rank::MAIN[index])), &right));
    }
    let height = |given: &Given, rule: Rule| Some(height(ground, given, rule.answer(ground, given)));
    all.extend(adjusted(ground, given, rules, (Compared::MeanHeight, None), &height));
    all
}

fn height(ground: &Ground<'_>, given: &Given, answer: TaxonId) -> f64 {
    match given.judge(ground.run, answer) {
        Judgement::Scored(outcome) => f64::from(outcome.height(ground.run.taxonomy)),
        // The same for every rule.
        _ => 0.0,
    }
}

/// The rules by one value of each image, with p-values adjusted together.
fn adjusted(
    ground: &Ground<'_>,
    given: &[Given],
    rules: &[Rule],
    (compared, rank): (Compared, Option<Rank>),
    value: &dyn Fn(&Given, Rule) -> Option<f64>,
) -> Vec<Difference> {
    let mut rows: Vec<Difference> = rules.iter().map(|&rule| difference(ground, given, (rule, compared, rank), value)).collect();
    let adjusted = holm(&rows.iter().map(|row| row.significance.p).collect::<Vec<_>>());
    rows.iter_mut().zip(adjusted).for_each(|(row, adjusted)| row.adjusted = adjusted);
    rows
}

fn difference(
    ground: &Ground<'_>,
    given: &[Given],
    (rule, compared, rank): (Rule, Compared, Option<Rank>),
    value: &dyn Fn(&Given, Rule) -> Option<f64>,
) -> Difference {
    let sample = &ground.run.sample;
    let differences: Vec<(usize, f64)> =
        given.iter().filter_map(|given| Some((given.image, value(given, rule)? - value(given, Rule::Path)?))).collect();
    let kinds = sample.kinds(differences.iter().map(|&(image, difference)| (image, difference, 1.0)));
    let clusters: Vec<f64> = kinds.one_by_one().into_iter().map(|(sum, _)| sum).collect();
    let found: Found = match compared {
        Compared::Accuracy => {
            let unlike = differences.iter().filter(|(_, difference)| difference.abs() > 0.0).count() as u64;
            difference_of_shares(&kinds, unlike)
        }
        Compared::MeanHeight => {
            sample.means(&[Mean { kinds, range: None }]).pop().unwrap_or(Err(crate::numbers::interval::NoInterval::NoValue))
        }
    };
    let mut intervals = MetricIntervals::default();
    intervals.add("difference", found, sample.noun);
    let sum: Sum = differences.iter().map(|(_, difference)| *difference).collect();
    Difference {
        rule,
        compared,
        rank,
        n: differences.len() as u64,
        difference: (!differences.is_empty()).then(|| sum.total() / to_f64(differences.len() as u64)),
        intervals,
        significance: sign_flip(&clusters, &format!("{}\n{compared:?}", rule.name())),
        adjusted: 1.0,
    }
}
