//! From photographs to observations: the answers to several photographs of one individual as one answer.

use crate::answers::{Answer, Answers, Grouping, Ranked, Truth};
use crate::distribution::{Distribution, NotWhole};
use crate::rank::Rank;
use crate::statistics::to_f64;
use crate::taxonomy::Taxonomy;
use crate::zero_shot::RankGroups;
use std::collections::{BTreeMap, BTreeSet};

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

    fn pool(self, members: &[Vec<f64>]) -> Vec<f64> {
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
    let mut groups: Vec<(String, Vec<usize>)> = vec![];
    let mut place: BTreeMap<&str, usize> = BTreeMap::new();
    for (image, name) in names.iter().enumerate() {
        if name.is_empty() {
            groups.push((answers.images[image].clone(), vec![image]));
            continue;
        }
        let index = *place.entry(name).or_insert_with(|| {
            groups.push((name.clone(), vec![]));
            groups.len() - 1
        });
        groups[index].1.push(image);
    }
    let candidates = distribution.candidates().to_vec();
    let usable = candidates.iter().map(|taxon| !answers.unusable_candidates.contains(taxon)).collect();
    let ranks = RankGroups::new(taxonomy, &candidates, usable);
    let width = answers.ranked.width().max(1);
    let mut pooled = Answers {
        name: answers.name.clone(),
        candidates: answers.candidates.clone(),
        unusable_candidates: answers.unusable_candidates.clone(),
        outside_truths: answers.outside_truths.clone(),
        notes: answers.notes.clone(),
        count_outside_as_wrong: answers.count_outside_as_wrong,
        ..Answers::default()
    };
    let finest = candidates.iter().map(|&taxon| taxonomy.rank(taxon)).max().unwrap_or(Rank::Species);
    let has_summed: Vec<bool> = Rank::MAIN.iter().map(|&rank| rank < finest).collect();
    for (index, _) in has_summed.iter().enumerate().filter(|(_, has)| **has) {
        pooled.summed[index] = Some(Ranked::default());
    }
    let mut lists = vec![];
    let mut disputed = vec![];
    let mut synonyms = BTreeSet::new();
    let (mut splits, mut sizes): (Vec<String>, Vec<usize>) = (vec![], vec![]);
    let mut values: Vec<Vec<String>> = vec![vec![]; answers.groups.len()];
    for (row, (name, members)) in groups.iter().enumerate() {
        let readable: Vec<usize> = members.iter().copied().filter(|image| !answers.unreadable.contains_key(image)).collect();
        let vectors: Vec<Vec<f64>> =
            distribution.map(&readable, |_, probabilities| probabilities.to_vec()).into_iter().flatten().collect();
        let truths: Vec<Truth> = members.iter().map(|&image| answers.truths[image]).collect();
        let truth = if truths.iter().all(|truth| *truth == truths[0]) {
            truths[0]
        } else {
            disputed.push(name.clone());
            Truth::Missing
        };
        if members.iter().any(|image| answers.synonym_truths.contains(image)) {
            synonyms.insert(row);
        }
        pooled.images.push(name.clone());
        pooled.truths.push(truth);
        splits.push(answers.splits.as_ref().map_or_else(String::new, |splits| splits[members[0]].clone()));
        sizes.push(members.len());
        for (values, grouping) in values.iter_mut().zip(&answers.groups) {
            values.push(grouping.values[members[0]].clone());
        }
        if vectors.is_empty() {
            let code = members.iter().find_map(|image| answers.unreadable.get(image)).cloned();
            if let Some(code) = code {
                pooled.unreadable.insert(row, code);
            }
            pooled.ranked.push([]);
            pooled.summed.iter_mut().flatten().for_each(|ranked| ranked.push([]));
            lists.push(vec![]);
            continue;
        }
        let probabilities = how.pool(&vectors);
        let best = ranks.answer_probabilities(&probabilities, width);
        pooled.ranked.push(best.labels.iter().map(|&(taxon, p)| (Answer::Taxon(taxon), Some(p))));
        for (rank, taxa) in &best.summed {
            if let Some(ranked) = rank.main_index().and_then(|index| pooled.summed[index].as_mut()) {
                ranked.push(taxa.iter().map(|&(taxon, p)| (Answer::Taxon(taxon), Some(p))));
            }
        }
        let entries = probabilities.iter().enumerate().filter(|(_, p)| **p > 0.0);
        lists.push(entries.map(|(candidate, &p)| (u32::try_from(candidate).unwrap_or(u32::MAX), p)).collect());
    }
    let uniform = candidates.iter().all(|&taxon| taxonomy.rank(taxon) == finest);
    sum_from(&mut pooled, finest, uniform);
    pooled.synonym_truths = synonyms;
    pooled.splits = answers.splits.as_ref().map(|_| splits);
    pooled.groups =
        answers.groups.iter().zip(values).map(|(grouping, values)| Grouping { name: grouping.name.clone(), values }).collect();
    let several = sizes.iter().filter(|&&size| size > 1).count();
    pooled.notes.push(format!(
        "{} photographs in {} observations ({several} of several photographs), pooled by {}",
        names.len(),
        groups.len(),
        how.name()
    ));
    if let Some(first) = disputed.first() {
        let what = "observations have photographs of different truths and count as without truth";
        pooled.notes.push(format!("{} {what}, '{first}' the first", disputed.len()));
    }
    Ok((pooled, Distribution::of_lists(candidates, lists)))
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
