//! The probable truth of each image, from all annotators together.

use super::flat::{self, Flat, ROUNDS, Said};
use super::ladder::{Ladder, STEPS};
use super::laddered::{self, Laddered};
use super::majority::more_than_half;
use super::panel::Panel;
use crate::taxonomy::TaxonId;
use crate::taxonomy::rank::Rank;
use serde::Serialize;
use std::collections::BTreeMap;

/// How the confusions of annotators are modelled.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ConsensusKind {
    /// A probability per annotator and height of a mistake, shared by the labels at that height.
    #[default]
    Tree,
    /// A matrix of confusions per annotator, of labels cut to one rank (Dawid & Skene 1979).
    Flat,
}

/// Numbers that a model may have to keep in memory.
const MOST: usize = 200_000_000;

/// A fitted model.
#[derive(Debug, Clone)]
pub struct Consensus {
    /// What it is.
    pub kind: ConsensusKind,
    /// The rank that labels are cut to, in a flat one.
    pub rank: Option<Rank>,
    /// The taxa that can be true.
    pub taxa: Vec<TaxonId>,
    /// Right labels that are added to every annotator, and as many that are spread evenly.
    pub smoothing: f64,
    /// Labels by which it was fitted.
    pub labels: u64,
    /// Labels that stop above the rank.
    pub above: u64,
    model: Model,
    images: Vec<Said>,
}

#[derive(Debug, Clone)]
enum Model {
    Flat(Flat),
    Tree(Box<Ladder>, Laddered),
}

impl Consensus {
    /// Fits the model of a kind; `rank` is that of a flat one, the finest that a label reaches where it is not said. `Err` with
    /// how many numbers it would take where these are too many.
    pub(super) fn fit(panel: &Panel, kind: ConsensusKind, rank: Option<Rank>, smoothing: f64) -> Result<Consensus, usize> {
        // A model of which taxon is shown: a label that is none says nothing in it.
        let of = |image| panel.said(image).into_iter().filter(|(_, label)| *label != TaxonId::ROOT).collect();
        let said: Vec<Vec<(usize, TaxonId)>> = (0..panel.images.len()).map(of).collect();
        match kind {
            ConsensusKind::Tree => tree(panel, &said, smoothing),
            ConsensusKind::Flat => flat(panel, &said, rank, smoothing),
        }
    }

    /// The deepest taxon that has more than half of the probability of an image, with its probability; without the label of an
    /// annotator if one is named. `None` where nobody else says anything.
    pub(super) fn of(&self, panel: &Panel, image: usize, without: Option<usize>) -> Option<(TaxonId, f64)> {
        let said: Said = self.images[image].iter().copied().filter(|(annotator, _)| Some(*annotator) != without).collect();
        let (posterior, _) = match &self.model {
            Model::Flat(flat) => flat.expect(&said),
            Model::Tree(ladder, laddered) => laddered.expect(ladder, &said),
        };
        let weights: Vec<(TaxonId, f64)> = self.taxa.iter().copied().zip(posterior).filter(|(_, share)| *share > 0.0).collect();
        more_than_half(&panel.taxonomy, &weights)
    }

    /// For each annotator the probability of a right label and of mistakes that meet their truth at rungs 1 to 7; `None` in a flat
    /// model.
    #[must_use]
    pub fn steps(&self) -> Option<&[[f64; STEPS]]> {
        match &self.model {
            Model::Flat(_) => None,
            Model::Tree(_, laddered) => Some(&laddered.steps),
        }
    }

    /// The logarithm of the likelihood of all labels.
    #[must_use]
    pub fn log_likelihood(&self) -> f64 {
        match &self.model {
            Model::Flat(flat) => flat.log_likelihood,
            Model::Tree(_, laddered) => laddered.log_likelihood,
        }
    }

    /// Rounds that the fit took, and whether it ended by itself.
    #[must_use]
    pub fn rounds(&self) -> (u32, bool) {
        match &self.model {
            Model::Flat(flat) => (flat.rounds, flat.converged),
            Model::Tree(_, laddered) => (laddered.rounds, laddered.converged),
        }
    }
}

/// Refuses what would take too much memory.
fn check(numbers: usize) -> Result<(), usize> {
    if numbers > MOST { Err(numbers) } else { Ok(()) }
}

fn tree(panel: &Panel, said: &[Vec<(usize, TaxonId)>], smoothing: f64) -> Result<Consensus, usize> {
    let mut distinct: Vec<TaxonId> = said.iter().flatten().map(|(_, label)| *label).collect();
    let labels = distinct.len() as u64;
    distinct.sort_unstable();
    distinct.dedup();
    check(distinct.len().saturating_mul(distinct.len()).saturating_mul(STEPS))?;
    check(said.len().saturating_mul(distinct.len()))?;
    let ladder = Ladder::of(&panel.taxonomy, distinct.into_iter());
    let images = placed(said, &ladder.places());
    let fitted = laddered::fit(&ladder, &images, panel.annotators.len(), smoothing, ROUNDS);
    let taxa = ladder.tips.clone();
    let (kind, model) = (ConsensusKind::Tree, Model::Tree(Box::new(ladder), fitted));
    Ok(Consensus { kind, rank: None, taxa, smoothing, labels, above: 0, model, images })
}

fn flat(panel: &Panel, said: &[Vec<(usize, TaxonId)>], rank: Option<Rank>, smoothing: f64) -> Result<Consensus, usize> {
    let index = rank.and_then(Rank::main_index).or_else(|| finest(panel, said));
    let cut = |label: TaxonId| index.map_or(Some(label), |index| panel.taxonomy.main_ancestor(label, index));
    let all = said.iter().map(Vec::len).sum::<usize>() as u64;
    let said: Vec<Vec<(usize, TaxonId)>> =
        said.iter().map(|said| said.iter().filter_map(|(annotator, label)| Some((*annotator, cut(*label)?))).collect()).collect();
    let labels = said.iter().map(Vec::len).sum::<usize>() as u64;
    let mut taxa: Vec<TaxonId> = said.iter().flatten().map(|(_, label)| *label).collect();
    taxa.sort_unstable();
    taxa.dedup();
    check(taxa.len().saturating_mul(taxa.len()).saturating_mul(panel.annotators.len()))?;
    check(said.len().saturating_mul(taxa.len()))?;
    let places: BTreeMap<TaxonId, usize> = taxa.iter().enumerate().map(|(place, taxon)| (*taxon, place)).collect();
    let images = placed(&said, &places);
    let fitted = flat::fit(&images, (panel.annotators.len(), taxa.len()), smoothing, ROUNDS);
    let rank = index.map(|index| Rank::MAIN[index]);
    let (kind, model) = (ConsensusKind::Flat, Model::Flat(fitted));
    Ok(Consensus { kind, rank, taxa, smoothing, labels, above: all - labels, model, images })
}

/// The finest main rank that a label reaches.
fn finest(panel: &Panel, said: &[Vec<(usize, TaxonId)>]) -> Option<usize> {
    (0..Rank::MAIN.len())
        .rev()
        .find(|&index| said.iter().flatten().any(|(_, label)| panel.taxonomy.main_ancestor(*label, index).is_some()))
}

fn placed(said: &[Vec<(usize, TaxonId)>], places: &BTreeMap<TaxonId, usize>) -> Vec<Said> {
    let of = |said: &Vec<(usize, TaxonId)>| -> Said {
        said.iter().filter_map(|(annotator, label)| Some((*annotator, *places.get(label)?))).collect()
    };
    said.iter().map(of).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::scores::annotators::panel::tests::panel;

    #[test]
    fn nobody_else_is_no_consensus_and_labels_above_the_rank_are_counted() {
        let panel = panel(&[("a", &["Felis catus", "Felis", "Lynx lynx"]), ("b", &["Felis catus", "Felis catus", ""])], &[]);
        let tree = Consensus::fit(&panel, ConsensusKind::Tree, None, 1.0).unwrap();
        assert_eq!((tree.labels, tree.above, tree.taxa.len()), (5, 0, 2));
        let name = |found: Option<(TaxonId, f64)>| found.map(|(taxon, _)| panel.taxonomy.name(taxon).to_string());
        assert_eq!(name(tree.of(&panel, 1, None)).as_deref(), Some("Felis catus"));
        assert_eq!(tree.of(&panel, 2, Some(0)), None);
        assert_eq!(tree.steps().unwrap().len(), 2);
        let flat = Consensus::fit(&panel, ConsensusKind::Flat, None, 1.0).unwrap();
        assert_eq!((flat.rank, flat.labels, flat.above), (Some(Rank::Species), 4, 1));
        assert_eq!(name(flat.of(&panel, 1, None)).as_deref(), Some("Felis catus"));
        assert_eq!(flat.of(&panel, 1, Some(1)), None, "the genus says nothing of species");
        let genera = Consensus::fit(&panel, ConsensusKind::Flat, Some(Rank::Genus), 1.0).unwrap();
        assert_eq!((genera.labels, genera.above, name(genera.of(&panel, 1, None)).as_deref()), (5, 0, Some("Felis")));
        assert!(flat.steps().is_none() && flat.log_likelihood() < 0.0 && flat.rounds().1);
    }
}
