//! What each rater is held against: what all annotators say together, or all others where the rater is one of them.

use super::consensus::Consensus;
use super::majority::more_than_half;
use super::panel::Panel;
use crate::numbers::statistics::to_f64;
use crate::taxonomy::TaxonId;
use rayon::prelude::*;

/// References of one kind.
pub(super) struct References {
    /// For each image that of all annotators, with its share.
    pub of_all: Vec<Option<(TaxonId, f64)>>,
    /// For each annotator and image that of the others; `None` where the annotator says nothing of the image.
    pub of_others: Vec<Vec<Option<TaxonId>>>,
}

impl References {
    /// The majority.
    pub(super) fn majority(panel: &Panel) -> References {
        Self::by(panel, |image, without| {
            let said = panel.said(image);
            let others: Vec<(TaxonId, f64)> =
                said.iter().filter(|(place, _)| Some(*place) != without).map(|(_, label)| (*label, 1.0)).collect();
            more_than_half(&panel.taxonomy, &others)
        })
    }

    /// The consensus of a model: its parameters are those of all labels, its answer to an image is that without the annotator's.
    /// Where half of the labels or more are no taxon, none is probable.
    pub(super) fn consensus(panel: &Panel, consensus: &Consensus) -> References {
        Self::by(panel, |image, without| {
            let said = panel.said(image);
            let others = said.iter().filter(|(place, _)| Some(*place) != without);
            let (all, none) = (others.clone().count(), others.filter(|(_, label)| *label == TaxonId::ROOT).count());
            if none > 0 && 2 * none >= all {
                return Some((TaxonId::ROOT, to_f64(none as u64) / to_f64(all as u64)));
            }
            consensus.of(panel, image, without)
        })
    }

    fn by(panel: &Panel, of: impl Fn(usize, Option<usize>) -> Option<(TaxonId, f64)> + Sync) -> References {
        let images = 0..panel.images.len();
        let of_others = panel.annotators.par_iter().enumerate().map(|(place, rater)| {
            let other = |image: usize| rater.labels[image].and_then(|_| of(image, Some(place))).map(|(taxon, _)| taxon);
            images.clone().map(other).collect()
        });
        References {
            of_others: of_others.collect(),
            of_all: images.clone().into_par_iter().map(|image| of(image, None)).collect(),
        }
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::consensus::ConsensusKind;
    use super::*;
    use crate::scores::annotators::panel::tests::panel;

    #[test]
    fn two_who_see_no_taxon_outvote_one_who_does() {
        // Image 1: cat, nothing, nothing. Image 2: cat, cat, nothing. Image 3: cat, cat, cat.
        let mut panel = panel(
            &[("a", &["Felis catus"; 3]), ("b", &["", "Felis catus", "Felis catus"]), ("c", &["", "", "Felis catus"])],
            &[],
        );
        panel.annotators[1].labels[0] = Some(TaxonId::ROOT);
        panel.annotators[2].labels[..2].fill(Some(TaxonId::ROOT));
        let consensus = Consensus::fit(&panel, ConsensusKind::Tree, None, 1.0).unwrap();
        for references in [References::majority(&panel), References::consensus(&panel, &consensus)] {
            let name = |found: TaxonId| panel.taxonomy.name(found);
            let of_all: Vec<&str> = references.of_all.iter().map(|found| name(found.unwrap().0)).collect();
            assert_eq!(of_all, [name(TaxonId::ROOT), "Felis catus", "Felis catus"]);
            // Of image 2 the others of b are one cat and nothing.
            assert_eq!(
                references.of_others[1].iter().map(|found| name(found.unwrap())).collect::<Vec<_>>()[1],
                name(TaxonId::ROOT)
            );
        }
        assert_eq!(consensus.labels, 6, "what is no taxon has no part in the model");
    }
}
