//! Which clades explain a difference.

use super::classes::Classes;
use super::measures::Measured;
use super::rows::nearest;
use crate::numbers::standardisation::{Cell, Parts, Stratum, decomposed};
use crate::numbers::statistics::ExactSum;
use crate::scores::metric::Direction;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::Serialize;
use std::collections::BTreeMap;

/// In which set a clade is seen.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Seen {
    /// In the first alone.
    First,
    /// In the second alone.
    Second,
    /// In both.
    Both,
}

impl Seen {
    /// Its word in files.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Seen::First => "first",
            Seen::Second => "second",
            Seen::Both => "both",
        }
    }
}

/// What one clade adds to the difference of one metric: at each rank the clades add up to all of it.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::shift, under its own name")]
pub struct CladeShift {
    /// Name of the metric in files.
    pub name: String,
    /// Which way the metric is better.
    pub direction: Direction,
    /// The rank that the classes are gathered at; `None` for the classes of a tree without ranks.
    pub at: Option<Rank>,
    /// The clade: the taxon at the rank, or the nearest above where truths have none there.
    pub clade: TaxonId,
    /// In which set it is seen.
    pub seen: Seen,
    pub n_first: u64,
    pub n_second: u64,
    pub share_first: Option<f64>,
    pub share_second: Option<f64>,
    pub mean_first: Option<f64>,
    pub mean_second: Option<f64>,
    pub skill: Option<f64>,
    pub composition: Option<f64>,
    pub only_first: Option<f64>,
    pub only_second: Option<f64>,
    pub contribution: Option<f64>,
}

/// The clades of one metric at every main rank down to that of the classes, and the classes themselves behind them.
pub(super) fn of(taxonomy: &Taxonomy, measured: &Measured, classes: &Classes) -> Vec<CladeShift> {
    let strata = classes.strata(measured);
    let parts = decomposed(&strata);
    let all = [sum(&strata, |stratum| stratum.first), sum(&strata, |stratum| stratum.second)];
    let finest = classes.rank.and_then(Rank::main_index);
    let mut rows = vec![];
    let mut at = |rank: Option<Rank>, clade_of: &dyn Fn(TaxonId) -> TaxonId| {
        let mut gathered: BTreeMap<TaxonId, Vec<usize>> = BTreeMap::new();
        for (class, taxon) in classes.taxa.iter().enumerate() {
            gathered.entry(clade_of(*taxon)).or_default().push(class);
        }
        rows.extend(gathered.into_iter().filter_map(|(clade, members)| {
            let of_clade: Vec<Stratum> = members.iter().map(|&class| strata[class]).collect();
            let explained = parts.as_ref().map(|parts| Parts::sum(members.iter().map(|&class| &parts[class])));
            row(measured, (rank, clade), &of_clade, all, explained)
        }));
    };
    for index in 0..=finest.unwrap_or(0) {
        if finest.is_some() {
            at(Rank::MAIN.get(index).copied(), &|taxon| nearest(taxonomy, taxon, index));
        }
    }
    if finest.is_none() {
        at(None, &|taxon| taxon);
    }
    rows
}

fn row(
    measured: &Measured,
    (at, clade): (Option<Rank>, TaxonId),
    strata: &[Stratum],
    all: [Cell; 2],
    parts: Option<Parts>,
) -> Option<CladeShift> {
    let cells = [sum(strata, |stratum| stratum.first), sum(strata, |stratum| stratum.second)];
    let seen = match (cells[0].n > 0.0, cells[1].n > 0.0) {
        (true, true) => Seen::Both,
        (true, false) => Seen::First,
        (false, true) => Seen::Second,
        (false, false) => return None,
    };
    let share = |place: usize| (all[place].n > 0.0).then(|| cells[place].n / all[place].n);
    Some(CladeShift {
        name: measured.name.clone(),
        direction: measured.direction,
        at,
        clade,
        seen,
        n_first: whole(cells[0].n),
        n_second: whole(cells[1].n),
        share_first: share(0),
        share_second: share(1),
        mean_first: cells[0].mean(),
        mean_second: cells[1].mean(),
        skill: parts.map(|parts| parts.skill),
        composition: parts.map(|parts| parts.composition),
        only_first: parts.map(|parts| parts.only_first),
        only_second: parts.map(|parts| parts.only_second),
        contribution: parts.map(|parts| parts.total()),
    })
}

fn sum(strata: &[Stratum], cell: fn(&Stratum) -> Cell) -> Cell {
    let of = |part: fn(Cell) -> f64| strata.iter().map(|stratum| part(cell(stratum))).collect::<ExactSum>().value();
    Cell { n: of(|cell| cell.n), sum: of(|cell| cell.sum) }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a number of images")]
fn whole(n: f64) -> u64 {
    n as u64
}
