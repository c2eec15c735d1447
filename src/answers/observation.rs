//! From photographs to observations: the answers to several photographs of one individual as one answer.

use crate::answers::distribution::{Distribution, NotWhole};
use crate::answers::{Answer, Answers, Grouping, Ranked, Truth};
use crate::numbers::counted::{counted, form};
use crate::numbers::statistics::to_f64;
use crate::runs::zero_shot::RankGroups;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// How the probabilities of an observation's photographs become one.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Pool {
    /// Their mean.
    Mean,
    /// The largest, scaled to add up to 1.
    Max,
    /// The mean of their logarithms, scaled to add up to 1: every photograph can veto.
    Product,
}

impl Pool {
    /// One word.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Pool::Mean => "mean",
            Pool::Max => "max",
            Pool::Product => "product",
        }
    }

    /// The probabilities of several photographs, or tiles of one, as one distribution, which adds up to 1.
    ///
    /// # Shapes
    ///
    /// `members`: `C` probabilities for each; returns `C`.
    #[must_use]
    pub fn pool(self, members: &[Vec<f64>]) -> Vec<f64> {
        let count = members.first().map_or(0, Vec::len);
        let mut pooled = vec![if self == Pool::Max { f64::NEG_INFINITY } else { 0.0 }; count];
        for member in members {
            for (sum, &probability) in pooled.iter_mut().zip(member) {
                *sum = match self {
                    Pool::Mean => *sum + probability,
                    Pool::Max => sum.max(probability),
                    // Softmax gives no zeros but by underflow; the smallest number stands for these.
                    Pool::Product => *sum + probability.max(f64::MIN_POSITIVE).ln(),
                };
            }
        }
        if self == Pool::Product {
            let number = to_f64(members.len() as u64);
            let largest = pooled.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            for sum in &mut pooled {
                *sum = ((*sum - largest) / number).exp();
            }
        }
        let total: f64 = pooled.iter().sum();
        if total > 0.0 {
            for value in &mut pooled {
                *value /= total;
            }
        }
        pooled
    }
}

/// Photographs of one individual or event.
struct Observation {
    name: String,
    photographs: Vec<usize>,
}

/// Pools the photographs of each observation; photographs without one stand for themselves.
///
/// An observation whose photographs have different truths has none, and a note says so. `images` of
/// the result are observations, in the order of their first photographs.
///
/// # Errors
///
/// [`NotWhole`] where no photograph has an observation.
pub fn pooled(
    taxonomy: &Taxonomy,
    answers: &Answers,
    distribution: &Distribution,
    how: Pool,
) -> Result<(Answers, Distribution), NotWhole> {
    let Some(names) = answers.observations.as_ref().filter(|names| names.iter().any(|name| !name.is_empty())) else {
        return Err(NotWhole("the source names no observations".to_string()));
    };
    let observations = observations(answers, names);
    let candidates = distribution.candidates().to_vec();
    let finest = candidates.iter().map(|&taxon| taxonomy.rank(taxon)).max().unwrap_or(Rank::Species);
    let mut pooled = unanswered(answers, finest);
    let disputed = describe(&mut pooled, answers, &observations);
    let pooling = Pooling::new(taxonomy, answers, distribution, how);
    let lists = observations.iter().map(|observation| pooling.answer(&mut pooled, observation)).collect();
    let uniform = candidates.iter().all(|&taxon| taxonomy.rank(taxon) == finest);
    sum_from(&mut pooled, finest, uniform);
    let several = observations.iter().filter(|observation| observation.photographs.len() > 1).count();
    pooled.notes.push(format!(
        "{} in {} ({several} of several photographs), pooled by {}",
        counted(names.len(), "photograph", "photographs"),
        counted(observations.len(), "observation", "observations"),
        how.name()
    ));
    if pooled.non_taxa.is_some() {
        pooled.notes.push("blank, person and vehicle are counted and not scored as detection: taxa alone are pooled".to_string());
    }
    if let Some(first) = disputed.first() {
        let observations = counted(disputed.len(), "observation has", "observations have");
        let count = form(disputed.len(), "counts", "count");
        pooled
            .notes
            .push(format!("{observations} photographs of different truths and {count} as without truth, '{first}' the first"));
    }
    Ok((pooled, Distribution::of_lists(candidates, lists)))
}

/// The photographs by observation, in the order of the first of each.
fn observations(answers: &Answers, names: &[String]) -> Vec<Observation> {
    let mut observations: Vec<Observation> = vec![];
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    for (image, name) in names.iter().enumerate() {
        if name.is_empty() {
            observations.push(Observation { name: answers.images[image].clone(), photographs: vec![image] });
            continue;
        }
        let index = *place.entry(name).or_insert_with(|| {
            observations.push(Observation { name: name.clone(), photographs: vec![] });
            observations.len() - 1
        });
        observations[index].photographs.push(image);
    }
    observations
}

/// What the answers say besides their images, with nothing answered yet; sums are kept above the finest rank.
fn unanswered(answers: &Answers, finest: Rank) -> Answers {
    Answers {
        name: answers.name.clone(),
        candidates: answers.candidates.clone(),
        unusable_candidates: answers.unusable_candidates.clone(),
        outside_truths: answers.outside_truths.clone(),
        notes: answers.notes.clone(),
        count_outside_as_wrong: answers.count_outside_as_wrong,
        summed: Rank::MAIN.map(|rank| (rank < finest).then(Ranked::default)),
        ..Answers::default()
    }
}

/// Gives the observations their names, truths, splits and groups; returns the names of those whose photographs have
/// different truths.
fn describe<'o>(pooled: &mut Answers, answers: &Answers, observations: &'o [Observation]) -> Vec<&'o str> {
    let mut disputed = vec![];
    for (row, Observation { name, photographs }) in observations.iter().enumerate() {
        let truth = answers.truths[photographs[0]];
        let agree = photographs.iter().all(|&image| answers.truths[image] == truth);
        if !agree {
            disputed.push(name.as_str());
        }
        if photographs.iter().any(|image| answers.synonym_truths.contains(image)) {
            pooled.synonym_truths.insert(row);
        }
        pooled.images.push(name.clone());
        pooled.truths.push(if agree { truth } else { Truth::Missing });
    }
    let of_first = |values: &[String]| -> Vec<String> {
        observations.iter().map(|observation| values[observation.photographs[0]].clone()).collect()
    };
    pooled.splits = answers.splits.as_ref().map(|splits| of_first(splits));
    let grouping = |grouping: &Grouping| Grouping { name: grouping.name.clone(), values: of_first(&grouping.values) };
    pooled.groups = answers.groups.iter().map(grouping).collect();
    let members = observations.iter().map(|observation| &observation.photographs[..]);
    pooled.non_taxa = answers.non_taxa.as_ref().map(|non_taxa| non_taxa.pooled(members));
    pooled.taken = answers.taken.select(&observations.iter().map(|observation| observation.photographs[0]).collect::<Vec<_>>());
    disputed
}

/// What makes one answer of the photographs of an observation.
struct Pooling<'a> {
    answers: &'a Answers,
    distribution: &'a Distribution,
    how: Pool,
    ranks: RankGroups,
    /// The most labels that are listed.
    width: usize,
}

impl<'a> Pooling<'a> {
    fn new(taxonomy: &Taxonomy, answers: &'a Answers, distribution: &'a Distribution, how: Pool) -> Self {
        let candidates = distribution.candidates();
        let usable = candidates.iter().map(|taxon| !answers.unusable_candidates.contains(taxon)).collect();
        let ranks = RankGroups::new(taxonomy, candidates, usable);
        Self { answers, distribution, how, ranks, width: answers.ranked.width().max(1) }
    }

    /// The probabilities of an observation; `None` where none of its photographs could be read.
    fn probabilities(&self, observation: &Observation) -> Option<Vec<f64>> {
        of_photographs(self.answers, self.distribution, &observation.photographs, self.how)
    }

    /// Appends the answer to the next observation; returns the probabilities that are not 0, by candidate.
    fn answer(&self, pooled: &mut Answers, observation: &Observation) -> Vec<(u32, f64)> {
        let Some(probabilities) = self.probabilities(observation) else {
            let code = observation.photographs.iter().find_map(|image| self.answers.unreadable.get(image)).cloned();
            if let Some(code) = code {
                pooled.unreadable.insert(pooled.ranked.len(), code);
            }
            pooled.ranked.push([]);
            pooled.summed.iter_mut().flatten().for_each(|ranked| ranked.push([]));
            return vec![];
        };
        let best = self.ranks.answer_probabilities(&probabilities, self.width);
        // What is left to the root is no answer, as it is of one photograph.
        let answer = |taxon: TaxonId| if taxon == TaxonId::ROOT { Answer::Nothing } else { Answer::Taxon(taxon) };
        pooled.ranked.push(best.labels.iter().map(|&(taxon, p)| (answer(taxon), Some(p))));
        for (rank, taxa) in &best.summed {
            if let Some(ranked) = rank.main_index().and_then(|index| pooled.summed[index].as_mut()) {
                ranked.push(taxa.iter().map(|&(taxon, p)| (Answer::Taxon(taxon), Some(p))));
            }
        }
        let entries = probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0);
        entries.map(|(candidate, &p)| (u32::try_from(candidate).unwrap_or(u32::MAX), p)).collect()
    }
}

/// The pooled probabilities of photographs, by candidate; `None` where none could be read.
///
/// A photograph that is answered with no taxon (blank, a person) says nothing of the animal on another, and neither does what
/// the others give to no taxon, which is the root's: unless all of them are answered so.
pub(super) fn of_photographs(
    answers: &Answers,
    distribution: &Distribution,
    photographs: &[usize],
    how: Pool,
) -> Option<Vec<f64>> {
    let readable = || photographs.iter().copied().filter(|image| !answers.unreadable.contains_key(image));
    let answered: Vec<usize> = readable().filter(|&image| answers.ranked.best(image) != Answer::Nothing).collect();
    let is_answered = !answered.is_empty();
    let members = if is_answered { answered } else { readable().collect() };
    let vectors: Vec<Vec<f64>> =
        distribution.map(&members, |_, probabilities| probabilities.to_vec()).into_iter().flatten().collect();
    let mut pooled = (!vectors.is_empty()).then(|| how.pool(&vectors))?;
    let root = distribution.candidates().iter().position(|taxon| *taxon == TaxonId::ROOT).filter(|_| is_answered);
    let of_taxa = 1.0 - root.map_or(0.0, |root| pooled[root]);
    if let Some(root) = root.filter(|_| of_taxa > 0.0) {
        pooled[root] = 0.0;
        for value in &mut pooled {
            *value /= of_taxa;
        }
    }
    Some(pooled)
}

/// The summed answers from the finest rank of the candidates down: labels of one rank are what that rank
/// sums to, and of finer ranks none has any probability.
fn sum_from(pooled: &mut Answers, finest: Rank, uniform: bool) {
    if let Some(index) = finest.main_index().filter(|_| uniform) {
        pooled.summed[index] = Some(pooled.ranked.clone());
    }
    for (index, _) in Rank::MAIN.into_iter().enumerate().filter(|(_, rank)| *rank > finest) {
        pooled.summed[index] = Some(Ranked::unanswered(pooled.ranked.len()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn three_ways_of_pooling_by_hand() {
        // Two photographs over three candidates.
        let members = [vec![0.7, 0.2, 0.1], vec![0.1, 0.4, 0.5]];
        let close = |a: &[f64], b: &[f64]| a.iter().zip(b).all(|(a, b)| (a - b).abs() < 1e-12);
        assert!(close(&Pool::Mean.pool(&members), &[0.4, 0.3, 0.3]));
        // Largest .7 .4 .5, together 1.6.
        assert!(close(&Pool::Max.pool(&members), &[0.4375, 0.25, 0.3125]));
        // Roots of the products .07 .08 .05.
        let roots = [0.07_f64.sqrt(), 0.08_f64.sqrt(), 0.05_f64.sqrt()];
        let total: f64 = roots.iter().sum();
        assert!(close(&Pool::Product.pool(&members), &roots.map(|root| root / total)));
    }
}
