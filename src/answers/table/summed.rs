//! Probability summed per rank, where a table lists enough of the distribution.

use crate::answers::{Answer, Ranked};
use crate::taxonomy::{TaxonId, Taxonomy};
use serde::{Deserialize, Serialize};

/// The least total of an image's listed labels at which they count as its whole distribution.
const WHOLE: f64 = 0.999;

/// What the labels of images add up to; adds up over the parts of a table itself.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Totals {
    /// Whether any answer has a probability.
    is_scored: bool,
    /// The least and the greatest total of the images that are answered.
    range: Option<(f64, f64)>,
}

impl Totals {
    /// Of ranked answers.
    pub(super) fn of(ranked: &Ranked) -> Totals {
        let mut totals = Totals::default();
        for image in (0..ranked.len()).filter(|&image| !ranked.answers(image).is_empty()) {
            let probabilities = (0..ranked.answers(image).len()).filter_map(|position| ranked.probability(image, position));
            let mut total = 0.0;
            for probability in probabilities {
                total += probability;
                totals.is_scored = true;
            }
            let (least, most) = totals.range.unwrap_or((total, total));
            totals.range = Some((least.min(total), most.max(total)));
        }
        totals
    }

    /// Takes in those of another part.
    pub(super) fn add(&mut self, other: Totals) {
        self.is_scored |= other.is_scored;
        self.range = match (self.range, other.range) {
            (Some(own), Some(other)) => Some((own.0.min(other.0), own.1.max(other.1))),
            (own, other) => own.or(other),
        };
    }

    /// Whether no image lists more or less than its whole distribution; true where none is answered.
    #[must_use]
    pub fn may_be_whole(self) -> bool {
        self.range.is_none_or(|(least, most)| least >= WHOLE && most <= 2.0 - WHOLE)
    }

    /// Whether the labels of each image are its whole distribution.
    #[must_use]
    pub fn are_whole(self) -> bool {
        self.is_scored && self.may_be_whole()
    }

    /// Why the probabilities summed per rank cannot be known; `None` where they can.
    #[must_use]
    pub fn why_not_whole(self) -> Option<String> {
        if !self.is_scored {
            return Some("no summed probabilities per rank: the table gives no probabilities".to_string());
        }
        let (least, most) = self.range.unwrap_or_default();
        if most > 2.0 - WHOLE {
            return Some(format!(
                "no summed probabilities per rank: the labels listed for an image add up to as much as {most:.3}, not to 1"
            ));
        }
        (least < WHOLE).then(|| {
            format!(
                "no summed probabilities per rank: the labels listed for an image add up to as little as {least:.3}, not to 1"
            )
        })
    }
}

/// Sums the probabilities of each image's labels at every main rank; a taxon of no probability is no
/// answer there.
///
/// # Errors
///
/// A note that says why the sums cannot be known: the labels of some image add up to less or more
/// than (almost) one.
pub(crate) fn summed(ranked: &Ranked, taxonomy: &Taxonomy) -> Result<[Option<Ranked>; 7], String> {
    match Totals::of(ranked).why_not_whole() {
        Some(why) => Err(why),
        None => Ok(sums(ranked, taxonomy)),
    }
}

/// The sums of images whose labels are their whole distributions.
pub(super) fn sums(ranked: &Ranked, taxonomy: &Taxonomy) -> [Option<Ranked>; 7] {
    let mut sums: [Ranked; 7] = Default::default();
    let mut of_rank: Vec<(TaxonId, f64)> = vec![];
    for image in 0..ranked.len() {
        for (index, sums) in sums.iter_mut().enumerate() {
            of_rank.clear();
            for (position, answer) in ranked.answers(image).iter().enumerate() {
                let Answer::Taxon(label) = answer else { continue };
                let Some(taxon) = taxonomy.main_ancestor(*label, index) else { continue };
                let probability = ranked.probability(image, position).unwrap_or(0.0);
                match of_rank.iter_mut().find(|(known, _)| *known == taxon) {
                    Some((_, sum)) => *sum += probability,
                    None => of_rank.push((taxon, probability)),
                }
            }
            sums.push(of_rank.iter().map(|&(taxon, sum)| (Answer::Taxon(taxon), Some(sum))));
        }
    }
    sums.map(Some)
}
