//! Means of both sets at one composition, by taxa of one rank; and how much the sets have in common there.

use super::classes::Classes;
use super::measures::Measured;
use super::set::JudgedSet;
use crate::numbers::interval::{Found, MetricIntervals, NoInterval};
use crate::numbers::standardisation::{Cell, Standard, Stratum, shares};
use crate::numbers::statistics::ExactSum;
use crate::numbers::unpaired::difference;
use crate::taxonomy::rank::Rank;
use serde::Serialize;

/// A mean of both sets at one composition, with what its intervals are.
pub(super) struct Standardised {
    pub first: Option<f64>,
    pub second: Option<f64>,
    pub difference: Option<f64>,
    pub of_first: Found,
    pub of_second: Found,
    pub of_difference: Found,
}

impl Standardised {
    /// Its values and intervals under their names in a row.
    pub fn named(&self) -> [(&'static str, Option<f64>, Found); 3] {
        [
            ("standardised_first", self.first, self.of_first),
            ("standardised_second", self.second, self.of_second),
            ("standardised_difference", self.difference, self.of_difference),
        ]
    }
}

/// Standardises one metric: each image weighs share of its class / images of its class in its set.
///
/// The interval of a share is Wilson's on the effective number of images, (Σ weights)² / Σ weights²; the composition itself is
/// held fast.
pub(super) fn standardise(sets: &[JudgedSet<'_>; 2], measured: &Measured, classes: &Classes, standard: Standard) -> Standardised {
    let strata = classes.strata(measured);
    let nothing = Err(NoInterval::NoValue);
    let Some(shares) = shares(&strata, standard) else {
        return Standardised {
            first: None,
            second: None,
            difference: None,
            of_first: nothing,
            of_second: nothing,
            of_difference: nothing,
        };
    };
    let cells: [fn(&Stratum) -> Cell; 2] = [|stratum| stratum.first, |stratum| stratum.second];
    let one = |place: usize| {
        let weights: Vec<f64> = strata
            .iter()
            .zip(&shares)
            .map(|(stratum, share)| if *share > 0.0 { share / cells[place](stratum).n } else { 0.0 })
            .collect();
        let of_image = |image: usize| classes.of_image[place][image].map_or(0.0, |class| weights[class]);
        let kinds = measured.kinds(sets, place, of_image);
        let squares = weights.iter().zip(&strata).map(|(weight, stratum)| weight * weight * cells[place](stratum).n);
        let images = 1.0 / squares.collect::<ExactSum>().value();
        let terms = strata.iter().zip(&shares).filter_map(|(stratum, share)| Some(share * cells[place](stratum).mean()?));
        (terms.collect::<ExactSum>().value(), measured.interval(sets, place, kinds, images))
    };
    let ((first, of_first), (second, of_second)) = (one(0), one(1));
    let of_difference = of_first.and_then(|one| Ok(difference((first, one), (second, of_second?))));
    let (first, second, difference) = (Some(first), Some(second), Some(second - first));
    Standardised { first, second, difference, of_first, of_second, of_difference }
}

/// One metric of both sets at one composition.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
pub struct StandardisedRow {
    /// Name of the metric in files.
    pub name: String,
    /// Rank of the taxa whose composition is held the same; `None` for the truths of a tree without ranks.
    pub by: Option<Rank>,
    /// Whose composition.
    pub standard: Standard,
    /// Mean of the first set at it.
    pub standardised_first: Option<f64>,
    /// Mean of the second set at it.
    pub standardised_second: Option<f64>,
    /// Second less first.
    pub standardised_difference: Option<f64>,
    /// The intervals of these.
    pub intervals: MetricIntervals,
}

/// All metrics by the taxa of one rank, at every composition.
pub(super) fn standardised_rows(
    sets: &[JudgedSet<'_>; 2],
    measures: &[Measured],
    classes: &Classes,
) -> impl Iterator<Item = StandardisedRow> {
    let each = measures
        .iter()
        .flat_map(|measured| [Standard::First, Standard::Second, Standard::Both].map(|standard| (measured, standard)));
    each.map(|(measured, standard)| {
        let found = standardise(sets, measured, classes, standard);
        let mut intervals = MetricIntervals::default();
        for (name, value, ends) in found.named() {
            intervals.add_for(name, value, ends, sets[0].sample.noun);
        }
        StandardisedRow {
            name: measured.name.clone(),
            by: classes.rank,
            standard,
            standardised_first: found.first,
            standardised_second: found.second,
            standardised_difference: found.difference,
            intervals,
        }
    })
}

/// How much two sets have in common at a rank.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Overlap {
    /// The rank; `None` for the truths of a tree without ranks.
    pub rank: Option<Rank>,
    /// Taxa of the first set.
    pub taxa_first: usize,
    /// Taxa of the second set.
    pub taxa_second: usize,
    /// Taxa of both.
    pub taxa_shared: usize,
    /// Images of the first set whose taxon the second has not.
    pub images_only_first: u64,
    /// Images of the second set whose taxon the first has not.
    pub images_only_second: u64,
    /// Share of the first set's images whose taxon both have; `None` without images.
    pub shared_first: Option<f64>,
    /// The same of the second set.
    pub shared_second: Option<f64>,
}

/// What two sets have in common by some classes.
pub(super) fn overlap(classes: &Classes) -> Overlap {
    let mut counts = vec![[0_u64; 2]; classes.taxa.len()];
    for (place, images) in classes.of_image.iter().enumerate() {
        images.iter().flatten().for_each(|class| counts[*class][place] += 1);
    }
    let all = |place: usize| counts.iter().map(|counts| counts[place]).sum::<u64>();
    let only = |place: usize| counts.iter().filter(|counts| counts[1 - place] == 0).map(|counts| counts[place]).sum::<u64>();
    let taxa = |place: usize| counts.iter().filter(|counts| counts[place] > 0).count();
    let shared = |place: usize| crate::numbers::statistics::share(all(place) - only(place), all(place));
    Overlap {
        rank: classes.rank,
        taxa_first: taxa(0),
        taxa_second: taxa(1),
        taxa_shared: counts.iter().filter(|counts| counts[0] > 0 && counts[1] > 0).count(),
        images_only_first: only(0),
        images_only_second: only(1),
        shared_first: shared(0),
        shared_second: shared(1),
    }
}
