//! Decision rules: ways of making one answer of a distribution.

use super::given::Given;
use super::ground::Ground;
use crate::taxonomy::TaxonId;
use serde::Serialize;

/// A way of making one answer of a distribution.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Rule {
    /// The lineage of the best label.
    Path,
    /// At each rank the taxon of most summed probability.
    Summed,
    /// From the root, the best child each time.
    TopDown,
    /// The label of least expected height.
    ExpectedHeight,
    /// The most informative taxon that reaches a probability.
    BackOff,
    /// A published way of rolling up, where one is asked for.
    RollUp,
}

impl Rule {
    /// The rules that every run has, `path` first.
    pub const ALL: [Rule; 5] = [Rule::Path, Rule::Summed, Rule::TopDown, Rule::ExpectedHeight, Rule::BackOff];

    /// The name in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Rule::Path => "path",
            Rule::Summed => "summed",
            Rule::TopDown => "top_down",
            Rule::ExpectedHeight => "expected_height",
            Rule::BackOff => "back_off",
            Rule::RollUp => "roll_up",
        }
    }
    /// The answer for an image; of `summed` that of the finest rank which has one.
    pub(super) fn answer(self, ground: &Ground<'_>, given: &Given) -> TaxonId {
        match self {
            Rule::Path => ground.run.best(given.image),
            Rule::Summed => given.summed.iter().rev().find_map(|taxon| *taxon).unwrap_or(TaxonId::ROOT),
            Rule::TopDown => given.top_down,
            Rule::ExpectedHeight => given.expected_height,
            Rule::BackOff => given.back_off,
            Rule::RollUp => given.roll_up.unwrap_or(TaxonId::ROOT),
        }
    }

    /// The answer for an image at a main rank, where it has one.
    pub(super) fn answer_at(self, ground: &Ground<'_>, given: &Given, index: usize) -> Option<TaxonId> {
        match self {
            Rule::Summed => given.summed[index],
            _ => ground.run.taxonomy.main_ancestor(self.answer(ground, given), index),
        }
    }
}
