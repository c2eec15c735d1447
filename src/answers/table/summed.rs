//! Probability summed per rank, where a table lists enough of the distribution.

use crate::answers::{Answer, Ranked};
use crate::taxonomy::{TaxonId, Taxonomy};

/// The least total of an image's listed labels at which they count as its whole distribution.
const WHOLE: f64 = 0.999;

/// Sums the probabilities of each image's labels at every main rank; a taxon of no probability is no
/// answer there.
///
/// # Errors
///
/// A note that says why the sums cannot be known: the labels of some image add up to less or more
/// than (almost) one.
pub(crate) fn summed(ranked: &Ranked, taxonomy: &Taxonomy) -> Result<[Option<Ranked>; 7], String> {
    let total = |image: usize| -> f64 {
        (0..ranked.answers(image).len()).filter_map(|position| ranked.probability(image, position)).sum()
    };
    let scored = |image: usize| (0..ranked.answers(image).len()).any(|position| ranked.probability(image, position).is_some());
    if !(0..ranked.len()).any(scored) {
        return Err("no summed probabilities per rank: the table gives no probabilities".to_string());
    }
    let answered = |image: &usize| !ranked.answers(*image).is_empty();
    let least = (0..ranked.len()).filter(answered).map(total).min_by(f64::total_cmp).unwrap_or(0.0);
    let most = (0..ranked.len()).filter(answered).map(total).max_by(f64::total_cmp).unwrap_or(0.0);
    if most > 2.0 - WHOLE {
        return Err(format!(
            "no summed probabilities per rank: the labels listed for an image add up to as much as {most:.3}, not to 1"
        ));
    }
    if least < WHOLE {
        return Err(format!(
            "no summed probabilities per rank: the labels listed for an image add up to as little as {least:.3}, not to 1"
        ));
    }
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
    Ok(sums.map(Some))
}
