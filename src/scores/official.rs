//! Metrics as the makers of benchmarks define them.
//!
//! Sources: Pl@ntNet-300K (Garcin et al., NeurIPS Datasets 2021; `utils.py` and `epoch.py` of its
//! repository), PlantCLEF 2022 and 2025 (task descriptions), FathomNet 2025 (README of the competition).

use crate::answers::distribution::Distribution;
use crate::answers::{Answer, Answers, Truth};
use crate::numbers::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, BTreeSet};

/// Images with a true taxon and an answer.
fn scored(answers: &Answers) -> impl Iterator<Item = (usize, TaxonId)> {
    answers.truths.iter().enumerate().filter_map(|(image, truth)| match truth {
        Truth::Taxon(taxon) if !answers.unreadable.contains_key(&image) => Some((image, *taxon)),
        _ => None,
    })
}

/// Mean over the classes that occur of the mean over their images; `None` without images.
fn macro_mean(values: impl Iterator<Item = (TaxonId, f64)>) -> Option<f64> {
    let mut classes: BTreeMap<TaxonId, (f64, u64)> = BTreeMap::new();
    for (class, value) in values {
        let entry = classes.entry(class).or_default();
        entry.0 += value;
        entry.1 += 1;
    }
    let sum: f64 = classes.values().map(|&(sum, count)| sum / to_f64(count)).sum();
    (!classes.is_empty()).then(|| sum / to_f64(classes.len() as u64))
}

/// Pl@ntNet-300K: share of images whose truth is among the first `k` answers, averaged over the
/// classes that occur; 0 to 1, higher is better. Ties are those of the ranked answers (by taxon id).
#[must_use]
pub fn macro_top_k(answers: &Answers, k: usize) -> Option<f64> {
    macro_mean(scored(answers).map(|(image, truth)| {
        let hit = answers.ranked.answers(image).iter().take(k).any(|answer| *answer == Answer::Taxon(truth));
        (truth, f64::from(u8::from(hit)))
    }))
}

/// Pl@ntNet-300K: the threshold on probabilities at which an image of a set has `k` answers on average.
///
/// Of all `n × C` probabilities, sorted downwards, the mean of the `n k`-th and the next one; `None`
/// where there are fewer.
#[must_use]
pub fn average_k_threshold(distribution: &Distribution, images: &[usize], k: usize) -> Option<f64> {
    let rows = distribution.map(images, |_, probabilities| probabilities.to_vec());
    let mut all: Vec<f64> = rows.into_iter().flatten().flatten().collect();
    let place = images.len() * k;
    if place == 0 || place >= all.len() {
        return None;
    }
    let (_, &mut upper, rest) = all.select_nth_unstable_by(place - 1, |a, b| b.total_cmp(a));
    let lower = rest.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    Some(0.5 * (upper + lower))
}

/// Pl@ntNet-300K: share of images whose truth has a probability of at least the threshold,
/// averaged over the classes that occur; 0 to 1, higher is better.
#[must_use]
pub fn macro_average_k(answers: &Answers, distribution: &Distribution, threshold: f64) -> Option<f64> {
    let images: Vec<(usize, TaxonId)> = scored(answers).collect();
    let place: BTreeMap<TaxonId, usize> =
        distribution.candidates().iter().enumerate().map(|(index, &taxon)| (taxon, index)).collect();
    let truth: BTreeMap<usize, TaxonId> = images.iter().copied().collect();
    let rows: Vec<usize> = images.iter().map(|&(image, _)| image).collect();
    let hits = distribution.map(&rows, |image, probabilities| {
        truth.get(&image).and_then(|taxon| place.get(taxon)).is_some_and(|&index| probabilities[index] >= threshold)
    });
    macro_mean(images.iter().zip(hits).map(|(&(_, truth), hit)| (truth, f64::from(u8::from(hit.unwrap_or(false))))))
}

/// PlantCLEF 2022: mean over species of the mean over their observations of one over the place of
/// the species among the answers, 0 where it is not there; 0 to 1, higher is better.
///
/// `answers` are those to observations, each with at most 30 places.
#[must_use]
pub fn ma_mrr(answers: &Answers) -> Option<f64> {
    macro_mean(scored(answers).map(|(image, truth)| {
        let place = answers.ranked.answers(image).iter().take(30).position(|answer| *answer == Answer::Taxon(truth));
        (truth, place.map_or(0.0, |place| 1.0 / to_f64(place as u64 + 1)))
    }))
}

/// The largest distance of FathomNet 2025: between kingdoms, and to a name that is none.
pub const FATHOMNET_MOST: u32 = 12;

/// FathomNet 2025: edges between two taxa in the tree whose nodes are the seven main ranks; 12 for a
/// name that is none (`None`). Taxa of other ranks stand for their nearest main rank above.
#[must_use]
pub fn fathomnet_distance(taxonomy: &Taxonomy, truth: TaxonId, predicted: Option<TaxonId>) -> u32 {
    let Some(predicted) = predicted else { return FATHOMNET_MOST };
    let path = |taxon: TaxonId| -> Vec<TaxonId> { (0..7).filter_map(|index| taxonomy.main_ancestor(taxon, index)).collect() };
    let (a, b) = (path(truth), path(predicted));
    let shared = a.iter().zip(&b).take_while(|(a, b)| a == b).count();
    // Taxa that share not even a kingdom are as far as can be.
    if shared == 0 {
        return FATHOMNET_MOST;
    }
    u32::try_from(a.len() + b.len() - 2 * shared).unwrap_or(FATHOMNET_MOST).min(FATHOMNET_MOST)
}

/// FathomNet 2025: the mean of [`fathomnet_distance`] over images; 0 to 12, lower is better.
#[must_use]
pub fn mean_fathomnet(taxonomy: &Taxonomy, answers: &Answers) -> Option<f64> {
    let distances: Vec<u32> = scored(answers)
        .map(|(image, truth)| {
            let best = answers.ranked.best(image);
            let predicted = if let Answer::Taxon(taxon) = best { Some(taxon) } else { None };
            fathomnet_distance(taxonomy, truth, predicted)
        })
        .collect();
    let sum: u64 = distances.iter().map(|&distance| u64::from(distance)).sum();
    (!distances.is_empty()).then(|| to_f64(sum) / to_f64(distances.len() as u64))
}

/// A quadrat of PlantCLEF 2025: its transect, and the species that are there and that were said to be.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Quadrat {
    /// The line of quadrats that it belongs to.
    pub transect: String,
    /// Ids of the species in it.
    pub truth: BTreeSet<String>,
    /// Ids of the species that were answered.
    pub predicted: BTreeSet<String>,
}

/// PlantCLEF 2025: F1 of each quadrat's set of species, averaged within transects and then over
/// them; 0 to 1, higher is better. Two empty sets agree (1).
#[must_use]
pub fn quadrat_f1(quadrats: &[Quadrat]) -> Option<f64> {
    let mut transects: BTreeMap<&str, (f64, u64)> = BTreeMap::new();
    for quadrat in quadrats {
        let common = quadrat.truth.intersection(&quadrat.predicted).count() as u64;
        let sizes = (quadrat.truth.len() + quadrat.predicted.len()) as u64;
        let f1 = if sizes == 0 { 1.0 } else { 2.0 * to_f64(common) / to_f64(sizes) };
        let entry = transects.entry(&quadrat.transect).or_default();
        entry.0 += f1;
        entry.1 += 1;
    }
    let sum: f64 = transects.values().map(|&(sum, count)| sum / to_f64(count)).sum();
    (!transects.is_empty()).then(|| sum / to_f64(transects.len() as u64))
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::answers::Ranked;
    use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};
    use crate::taxonomy::rank::Rank;

    /// Two genera of a family: A (a, b), B (c).
    fn small() -> (Taxonomy, [TaxonId; 3]) {
        let mut builder = TaxonomyBuilder::new();
        let place = SourceLine { file: "test".into(), line: 0 };
        let names = [("A", "A a"), ("A", "A b"), ("B", "B c")];
        let handles = names.map(|(genus, species)| {
            builder
                .add_lineage([(Rank::Kingdom, "K"), (Rank::Family, "F"), (Rank::Genus, genus), (Rank::Species, species)], &place)
        });
        let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
        (taxonomy, handles.map(|handle| numbers.id(handle)))
    }

    fn answers(truths: &[TaxonId], ranked: &[&[TaxonId]]) -> Answers {
        let mut all = Ranked::default();
        for row in ranked {
            all.push(row.iter().map(|&taxon| (Answer::Taxon(taxon), None)));
        }
        Answers {
            images: (0..truths.len()).map(|image| image.to_string()).collect(),
            truths: truths.iter().map(|&taxon| Truth::Taxon(taxon)).collect(),
            ranked: all,
            ..Answers::default()
        }
    }

    #[test]
    fn macro_means_give_every_class_one_voice() {
        let (_, [a, b, c]) = small();
        // Class a: three images, two hit at 1; class b: one image, a miss at 1 and a hit at 2.
        let answers = answers(&[a, a, a, b], &[&[a, b], &[a, c], &[c, b], &[a, b]]);
        // (2/3 + 0) / 2 and (2/3 + 1) / 2.
        assert!((macro_top_k(&answers, 1).unwrap() - 1.0 / 3.0).abs() < 1e-12);
        assert!((macro_top_k(&answers, 2).unwrap() - 5.0 / 6.0).abs() < 1e-12);
        // Reciprocal ranks: a 1, 1, 0; b 1/2. (2/3 + 1/2) / 2 = 7/12.
        assert!((ma_mrr(&answers).unwrap() - 7.0 / 12.0).abs() < 1e-12);
    }

    #[test]
    fn average_k_shares_answers_out_between_images() {
        let (_, [a, b, c]) = small();
        // Sure of the first image, torn between two for the second.
        let lists = vec![vec![(0, 0.9), (1, 0.06), (2, 0.04)], vec![(0, 0.1), (1, 0.45), (2, 0.45)]];
        let distribution = Distribution::of_lists(vec![a, b, c], lists);
        // Two images, k = 1.5 is not asked for; k = 1: .9 and .45 | .45 → the mean of places 2 and 3.
        assert!((average_k_threshold(&distribution, &[0, 1], 1).unwrap() - 0.45).abs() < 1e-12);
        // k = 2: places 4 and 5 are .1 and .06.
        assert!((average_k_threshold(&distribution, &[0, 1], 2).unwrap() - 0.08).abs() < 1e-12);
        let answers = answers(&[b, c], &[&[a], &[b]]);
        // At .45 the truth b of the first (.06) is missed, c of the second (.45) hit: mean 1/2.
        assert!((macro_average_k(&answers, &distribution, 0.45).unwrap() - 0.5).abs() < 1e-12);
        assert_eq!(macro_average_k(&answers, &distribution, 0.05), Some(1.0));
        assert_eq!(average_k_threshold(&distribution, &[0, 1], 3), None, "nothing is left below");
    }

    #[test]
    fn quadrats_of_a_transect_share_its_voice() {
        let set = |ids: &[&str]| ids.iter().map(ToString::to_string).collect::<BTreeSet<_>>();
        let quadrat = |transect: &str, truth: &[&str], predicted: &[&str]| Quadrat {
            transect: transect.to_string(),
            truth: set(truth),
            predicted: set(predicted),
        };
        // Transect x: 2·1/(2+2) = 1/2 and 2·2/(2+3) = 4/5, mean .65; transect y: 0. Together .325.
        let quadrats =
            [quadrat("x", &["1", "2"], &["2", "3"]), quadrat("x", &["1", "2"], &["1", "2", "4"]), quadrat("y", &["5"], &["6"])];
        assert!((quadrat_f1(&quadrats).unwrap() - 0.325).abs() < 1e-12);
        assert_eq!(quadrat_f1(&[]), None);
    }

    #[test]
    fn the_two_examples_of_fathomnet() {
        // Asteronyx and Asteronyx loveni: 1. Ophiacanthidae and Asteronyx loveni, families of two
        // orders of one class: 4 + 6 - 2 · 2 = 6.
        let mut builder = TaxonomyBuilder::new();
        let place = SourceLine { file: "test".into(), line: 0 };
        let above = [(Rank::Kingdom, "Animalia"), (Rank::Phylum, "Echinodermata"), (Rank::Class, "Ophiuroidea")];
        let genus = [(Rank::Order, "Euryalida"), (Rank::Family, "Asteronychidae"), (Rank::Genus, "Asteronyx")];
        let asteronyx = builder.add_lineage(above.into_iter().chain(genus), &place);
        let loveni = builder.add_lineage(above.into_iter().chain(genus).chain([(Rank::Species, "Asteronyx loveni")]), &place);
        let family = [(Rank::Order, "Ophiacanthida"), (Rank::Suborder, "Ophiacanthina"), (Rank::Family, "Ophiacanthidae")];
        let ophiacanthidae = builder.add_lineage(above.into_iter().chain(family), &place);
        let crab = [
            (Rank::Kingdom, "Animalia"),
            (Rank::Phylum, "Arthropoda"),
            (Rank::Class, "Malacostraca"),
            (Rank::Order, "Decapoda"),
            (Rank::Family, "Oregoniidae"),
            (Rank::Genus, "Chionoecetes"),
            (Rank::Species, "Chionoecetes tanneri"),
        ];
        let crab = builder.add_lineage(crab, &place);
        let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
        let [asteronyx, loveni, ophiacanthidae, crab] =
            [asteronyx, loveni, ophiacanthidae, crab].map(|handle| numbers.id(handle));
        assert_eq!(fathomnet_distance(&taxonomy, loveni, Some(asteronyx)), 1);
        assert_eq!(fathomnet_distance(&taxonomy, loveni, Some(ophiacanthidae)), 6, "the suborder is no node");
        assert_eq!(fathomnet_distance(&taxonomy, loveni, Some(crab)), 12, "two species of two phyla");
        assert_eq!(fathomnet_distance(&taxonomy, loveni, None), 12);
        assert_eq!(fathomnet_distance(&taxonomy, loveni, Some(loveni)), 0);
    }
}
