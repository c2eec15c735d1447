//! Answers that have been weighted by what is known of the place and the season of each image.

use super::priors::{Place, Places, Priors};
use crate::answers::distribution::Distribution;
use crate::answers::{Answer, Answers, Ranked};
use crate::runs::zero_shot::{ImageAnswers, RankGroups};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// What the weights were applied to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Scope {
    /// The probabilities of all candidates.
    Distribution,
    /// Those of the listed answers alone, which then add up to 1; with the reason why there are no others.
    Listed(String),
}

/// What became of the answers to an image.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fate {
    /// They were weighted.
    Weighted,
    /// They are what they were: no candidate has both a weight and a probability.
    AllForbidden,
    /// They are what they were: nobody said in which group the image is.
    WithoutGroup,
    /// They are what they were: no list has the group of the image.
    UnknownGroup,
    /// There are none.
    Unanswered,
}

/// The answers of a run, weighted.
#[derive(Debug)]
pub struct Applied {
    /// What the weights were applied to.
    pub scope: Scope,
    /// One per image.
    pub fates: Vec<Fate>,
    /// The best taxon of each main rank before, with its summed probability; `None` where the source does not hold it.
    pub before: [Option<Ranked>; 7],
    /// The same images with the answers that come of the weighted probabilities.
    pub after: Answers,
}

/// Probabilities times weights, to add up to 1; `None` where nothing is left.
fn weighted(probabilities: &[f64], weights: &[f64]) -> Option<Vec<f64>> {
    let products: Vec<f64> = probabilities.iter().zip(weights).map(|(probability, weight)| probability * weight).collect();
    let total: f64 = products.iter().sum();
    (total > 0.0 && total.is_finite()).then(|| products.into_iter().map(|product| product / total).collect())
}

impl Applied {
    /// Weights the probabilities of a run.
    ///
    /// # Errors
    ///
    /// Why there is nothing to be weighted, in one sentence.
    pub fn of(
        taxonomy: &Taxonomy,
        answers: &Answers,
        distribution: &Result<Distribution, String>,
        priors: &Priors,
    ) -> Result<Applied, String> {
        let places = priors.places(taxonomy, answers);
        match distribution {
            Ok(whole) => Ok(of_whole(taxonomy, answers, whole, &places)),
            Err(reason) if answers.ranked.has_probabilities() && answers.ranked.width() > 1 => {
                of_listed(answers, &places).map(|(fates, ranked)| Applied {
                    scope: Scope::Listed(reason.clone()),
                    fates,
                    before: std::array::from_fn(|_| None),
                    after: Answers { ranked, summed: std::array::from_fn(|_| None), ..answers.clone() },
                })
            }
            Err(reason) => Err(reason.clone()),
        }
    }
}

fn fate(place: Place) -> Fate {
    match place {
        Place::At(_) => Fate::AllForbidden,
        Place::WithoutGroup => Fate::WithoutGroup,
        Place::UnknownGroup => Fate::UnknownGroup,
    }
}

/// An image before and after.
struct Both {
    before: ImageAnswers,
    after: ImageAnswers,
    fate: Fate,
}

fn of_whole(taxonomy: &Taxonomy, answers: &Answers, whole: &Distribution, places: &Places<'_>) -> Applied {
    let candidates = whole.candidates();
    let weights = places.weights(candidates);
    let usable = candidates.iter().map(|taxon| !answers.unusable_candidates.contains(taxon)).collect();
    let ranks = RankGroups::new(taxonomy, candidates, usable);
    let width = answers.ranked.width().max(1);
    let images: Vec<usize> = (0..answers.images.len()).filter(|image| !answers.unreadable.contains_key(image)).collect();
    let found = whole.map(&images, |image, probabilities| {
        let before = ranks.answer_probabilities(probabilities, 1);
        let place = places.of_image[image];
        let found = if let Place::At(combination) = place { weighted(probabilities, &weights[combination]) } else { None };
        match found {
            Some(after) => Both { before, after: ranks.answer_probabilities(&after, width), fate: Fate::Weighted },
            None => Both { before, after: ranks.answer_probabilities(probabilities, width), fate: fate(place) },
        }
    });
    let mut of_image: Vec<Option<Both>> = (0..answers.images.len()).map(|_| None).collect();
    for (&image, both) in images.iter().zip(found) {
        of_image[image] = both;
    }
    let finest = candidates.iter().map(|&taxon| taxonomy.rank(taxon)).max().unwrap_or(Rank::Species);
    let uniform = candidates.iter().all(|&taxon| taxonomy.rank(taxon) == finest);
    let sums = Sums { finest, uniform };
    let (_, before) = sums.ranked(of_image.iter().map(|both| both.as_ref().map(|both| &both.before)));
    let (ranked, summed) = sums.ranked(of_image.iter().map(|both| both.as_ref().map(|both| &both.after)));
    Applied {
        scope: Scope::Distribution,
        fates: of_image.iter().map(|both| both.as_ref().map_or(Fate::Unanswered, |both| both.fate)).collect(),
        before: std::array::from_fn(|index| answers.summed[index].clone().or_else(|| before[index].clone())),
        after: Answers { ranked, summed, ..answers.clone() },
    }
}

/// At which ranks there are sums.
struct Sums {
    /// The finest rank of the candidates.
    finest: Rank,
    /// Whether all candidates are of it.
    uniform: bool,
}

impl Sums {
    /// Answers of images, and their sums at every main rank.
    fn ranked<'a>(&self, images: impl Iterator<Item = Option<&'a ImageAnswers>>) -> (Ranked, [Option<Ranked>; 7]) {
        let mut ranked = Ranked::default();
        let mut summed: [Ranked; 7] = std::array::from_fn(|_| Ranked::default());
        let listed = |taxa: &[(TaxonId, f64)]| -> Vec<(Answer, Option<f64>)> {
            taxa.iter().map(|&(taxon, p)| (Answer::Taxon(taxon), Some(p))).collect()
        };
        for image in images {
            ranked.push(image.map(|image| listed(&image.labels)).unwrap_or_default());
            for (index, summed) in summed.iter_mut().enumerate() {
                let of_labels = self.uniform && self.finest.main_index() == Some(index);
                let taxa = image.map_or(&[][..], |image| {
                    let at = |(rank, _): &&(Rank, Vec<(TaxonId, f64)>)| rank.main_index() == Some(index);
                    if of_labels { &image.labels } else { image.summed.iter().find(at).map_or(&[][..], |(_, taxa)| taxa) }
                });
                summed.push(listed(taxa));
            }
        }
        (ranked, summed.map(Some))
    }
}

/// The fates of images and their listed answers, weighted. What is no taxon has the weight of the root: nothing is known of
/// where it lives.
fn of_listed(answers: &Answers, places: &Places<'_>) -> Result<(Vec<Fate>, Ranked), String> {
    let (mut ranked, mut fates, mut is_any) = (Ranked::default(), vec![], false);
    for image in 0..answers.ranked.len() {
        let labels = answers.ranked.listed(image);
        let scores: Option<Vec<f64>> = (0..labels.len()).map(|place| answers.ranked.probability(image, place)).collect();
        if labels.is_empty() {
            fates.push(Fate::Unanswered);
            ranked.push([]);
            continue;
        }
        let Some(scores) = scores.filter(|scores| scores.iter().all(|score| *score >= 0.0)) else {
            return Err(format!("the scores of image '{}' are no probabilities", answers.images[image]));
        };
        is_any |= scores.len() > 1;
        let place = places.of_image[image];
        let after = if let Place::At(combination) = place {
            let weights: Vec<f64> = labels.iter().map(|label| places.weight(combination, label.taxon())).collect();
            weighted(&scores, &weights)
        } else {
            None
        };
        fates.push(if after.is_some() { Fate::Weighted } else { fate(place) });
        let scores = after.unwrap_or(scores);
        ranked.push(labels.iter().copied().zip(scores.into_iter().map(Some)));
    }
    if is_any { Ok((fates, ranked)) } else { Err("the source lists one answer per image".to_string()) }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::list::Prior;
    use super::super::weights::TaxonWeights;
    use super::*;
    use crate::answers::Grouping;
    use std::path::Path;

    const TAXONOMY: &str = "family,genus,species
Felidae,Felis,Felis catus
Felidae,Felis,Felis silvestris
Felidae,Lynx,Lynx lynx
";

    fn answers(lists: &[&[(TaxonId, f64)]], sites: &[&str]) -> Answers {
        let mut ranked = Ranked::default();
        for list in lists {
            ranked.push(list.iter().map(|&(taxon, p)| (Answer::Taxon(taxon), Some(p))));
        }
        Answers {
            images: sites.iter().enumerate().map(|(image, _)| image.to_string()).collect(),
            ranked,
            groups: vec![Grouping { name: "site".to_string(), values: sites.iter().map(ToString::to_string).collect() }],
            ..Answers::default()
        }
    }

    #[test]
    fn whole_distributions_become_posteriors_with_sums_at_every_rank() {
        let taxonomy = Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("cats.csv")).unwrap();
        let [cat, wild, lynx] =
            ["Felis catus", "Felis silvestris", "Lynx lynx"].map(|name| taxonomy.resolve(name).taxon().unwrap());
        let north = TaxonWeights::of(&taxonomy, [(cat, 0.25), (wild, 1.0), (lynx, 0.5)].into());
        let island = TaxonWeights::of(&taxonomy, [(lynx, 1.0)].into());
        let groups = [("north".to_string(), north), ("island".to_string(), island)].into();
        let priors = Priors(vec![Prior::of_weights("prior", Some("site"), groups, false)]);
        let distribution = [(cat, 0.5), (wild, 0.3), (lynx, 0.2)];
        // On the island nothing that has a probability is allowed in the last image.
        let run = answers(
            &[&distribution, &distribution, &distribution, &distribution, &[(cat, 0.75), (wild, 0.25)], &[]],
            &["North", "island", "", "south", "island", "north"],
        );
        let whole = Distribution::of_answers(&run).map_err(|error| error.to_string());
        let applied = Applied::of(&taxonomy, &run, &whole, &priors).unwrap();
        assert_eq!(applied.scope, Scope::Distribution);
        let fates =
            [Fate::Weighted, Fate::Weighted, Fate::WithoutGroup, Fate::UnknownGroup, Fate::AllForbidden, Fate::Unanswered];
        assert_eq!(applied.fates, fates);
        // North: 0.125, 0.3, 0.1 of 0.525 in all.
        let after = &applied.after.ranked;
        assert_eq!(after.answers(0), [wild, cat, lynx].map(Answer::Taxon));
        for (place, expected) in [0.3 / 0.525, 0.125 / 0.525, 0.1 / 0.525].into_iter().enumerate() {
            assert!((after.probability(0, place).unwrap() - expected).abs() < 1e-15);
        }
        // The island has the lynx alone: the others are no answers.
        assert_eq!((after.answers(1), after.probability(1, 0)), (&[Answer::Taxon(lynx)][..], Some(1.0)));
        assert_eq!([2, 3, 4, 5].map(|image| after.best(image).taxon()), [cat, cat, cat, TaxonId::ROOT]);
        // Genera in the north: Felis 0.425 of 0.525; before 0.8.
        let genera = |summed: &[Option<Ranked>; 7]| summed[5].as_ref().unwrap().best_probability(0).unwrap();
        assert!((genera(&applied.after.summed) - 0.425 / 0.525).abs() < 1e-15 && (genera(&applied.before) - 0.8).abs() < 1e-15);
    }

    #[test]
    fn listed_answers_are_weighted_among_themselves_where_scores_are_probabilities() {
        let taxonomy = Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("cats.csv")).unwrap();
        let [cat, lynx] = ["Felis catus", "Lynx lynx"].map(|name| taxonomy.resolve(name).taxon().unwrap());
        let north = TaxonWeights::of(&taxonomy, [(cat, 0.25), (lynx, 1.0)].into());
        let priors = Priors(vec![Prior::of_weights("prior", Some("site"), [("n".to_string(), north)].into(), false)]);
        let run = answers(&[&[(cat, 0.5), (lynx, 0.25)]], &["n"]);
        let whole = Distribution::of_answers(&run).map_err(|error| error.to_string());
        let applied = Applied::of(&taxonomy, &run, &whole, &priors).unwrap();
        // 0.125 and 0.25 of 0.375.
        assert!(matches!(applied.scope, Scope::Listed(_)));
        let after = &applied.after.ranked;
        assert_eq!(after.answers(0), [lynx, cat].map(Answer::Taxon));
        assert!((after.probability(0, 0).unwrap() - 2.0 / 3.0).abs() < 1e-15);
        // One answer per image leaves nothing to weigh, and logits are no probabilities.
        let one = answers(&[&[(cat, 0.5)]], &["n"]);
        assert!(Applied::of(&taxonomy, &one, &Err("no".to_string()), &priors).is_err());
        let mut logits = run.clone();
        logits.ranked = Ranked::of_scores();
        logits.ranked.push([(Answer::Taxon(cat), Some(3.0)), (Answer::Taxon(lynx), Some(-1.0))]);
        assert_eq!(Applied::of(&taxonomy, &logits, &Err("no".to_string()), &priors).map(|_| ()), Err("no".to_string()));
    }
}
