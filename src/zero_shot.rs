//! From similarities to answers: softmax over the candidates, sums at every rank, the best `k`.

use crate::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The candidates grouped at each main rank, worked out once per label set.
#[derive(Debug, Clone)]
pub struct RankGroups {
    labels: Vec<TaxonId>,
    /// Usable labels; the others (a vector of zeros or not finite) get no probability.
    usable: Vec<bool>,
    ranks: Vec<Groups>,
}

#[derive(Debug, Clone)]
struct Groups {
    rank: Rank,
    taxa: Vec<TaxonId>,
    /// Group of each label; `None` where its lineage has no taxon of this rank.
    of_label: Vec<Option<u32>>,
}

/// A taxon with its probability, in `[0, 1]`.
pub type Scored = (TaxonId, f64);

/// The answers for one image.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageAnswers {
    /// The `k` best labels, best first.
    pub labels: Vec<Scored>,
    /// For each main rank above the labels: the `k` taxa of most summed probability, best first.
    pub summed: Vec<(Rank, Vec<Scored>)>,
}

impl RankGroups {
    /// Groups the candidates; `usable[c]` is false for a label whose vector has no direction.
    #[must_use]
    pub fn new(taxonomy: &Taxonomy, labels: &[TaxonId], usable: Vec<bool>) -> RankGroups {
        let finest = labels.iter().map(|&label| taxonomy.rank(label)).max().unwrap_or(Rank::Species);
        let ranks = Rank::MAIN.iter().filter(|&&rank| rank < finest).map(|&rank| Groups::new(taxonomy, labels, rank)).collect();
        RankGroups { labels: labels.to_vec(), usable, ranks }
    }

    /// Softmax of `logits` (length `C`, already multiplied by the scale) and its sums by rank.
    ///
    /// Computed in f64; ties go to the smaller taxon id. A label without a lineage at a rank
    /// gives its probability to no taxon of that rank.
    #[must_use]
    pub fn answer(&self, logits: &[f32], k: usize) -> ImageAnswers {
        self.answer_probabilities(&softmax(logits, &self.usable), k)
    }

    /// The answers that `C` probabilities make.
    #[must_use]
    pub fn answer_probabilities(&self, probabilities: &[f64], k: usize) -> ImageAnswers {
        let labels = best(probabilities.iter().zip(&self.usable).map(|(&p, &usable)| if usable { p } else { f64::NAN }), k)
            .into_iter()
            .map(|(index, p)| (self.labels[index], p))
            .collect();
        let summed = self.ranks.iter().map(|groups| (groups.rank, groups.best(probabilities, k))).collect();
        ImageAnswers { labels, summed }
    }
}

impl Groups {
    fn new(taxonomy: &Taxonomy, labels: &[TaxonId], rank: Rank) -> Groups {
        let mut taxa: Vec<TaxonId> = labels.iter().filter_map(|&label| taxonomy.ancestor_at(label, rank)).collect();
        taxa.sort_unstable();
        taxa.dedup();
        let of_label = labels
            .iter()
            .map(|&label| {
                let ancestor = taxonomy.ancestor_at(label, rank)?;
                taxa.binary_search(&ancestor).ok().and_then(|group| u32::try_from(group).ok())
            })
            .collect();
        Groups { rank, taxa, of_label }
    }

    fn best(&self, probabilities: &[f64], k: usize) -> Vec<Scored> {
        let mut sums = vec![0.0; self.taxa.len()];
        for (group, probability) in self.of_label.iter().zip(probabilities) {
            if let Some(group) = group {
                sums[*group as usize] += probability;
            }
        }
        best(sums.into_iter(), k).into_iter().map(|(group, p)| (self.taxa[group], p.min(1.0))).collect()
    }
}

/// Softmax over the usable logits; the others get 0. All zeros when none is usable.
#[must_use]
pub fn softmax(logits: &[f32], usable: &[bool]) -> Vec<f64> {
    let largest = logits
        .iter()
        .zip(usable)
        .filter(|&(_, &usable)| usable)
        .map(|(&logit, _)| f64::from(logit))
        .fold(f64::NEG_INFINITY, f64::max);
    let exponentials: Vec<f64> = logits
        .iter()
        .zip(usable)
        .map(|(&logit, &usable)| if usable { (f64::from(logit) - largest).exp() } else { 0.0 })
        .collect();
    let total: f64 = exponentials.iter().sum();
    if total > 0.0 { exponentials.into_iter().map(|value| value / total).collect() } else { exponentials }
}

/// The `k` largest values with their places, largest first, ties by place; not-a-number never.
fn best(values: impl Iterator<Item = f64>, k: usize) -> Vec<(usize, f64)> {
    let mut kept: Vec<(usize, f64)> = vec![];
    for (index, value) in values.enumerate() {
        let full = kept.len() == k;
        if value.is_nan() || (full && kept.last().is_none_or(|&(_, least)| value <= least)) {
            continue;
        }
        let place = kept.partition_point(|&(_, other)| other >= value);
        kept.insert(place, (index, value));
        kept.truncate(k);
    }
    kept
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::taxonomy::build::{Place, TaxonomyBuilder};

    /// Genus A (species A a, A b) and genus B (species B c) in one family; C has no genus.
    fn small() -> (Taxonomy, Vec<TaxonId>) {
        let mut builder = TaxonomyBuilder::new();
        let place = Place { file: "test".into(), line: 0 };
        let mut handles = vec![];
        for (genus, species) in [(Some("A"), "A a"), (Some("A"), "A b"), (Some("B"), "B c"), (None, "C d")] {
            let mut lineage = vec![(Rank::Family, "F")];
            lineage.extend(genus.map(|genus| (Rank::Genus, genus)));
            lineage.push((Rank::Species, species));
            handles.push(builder.add_lineage(lineage, &place));
        }
        let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
        let taxa = handles.into_iter().map(|handle| numbers.id(handle)).collect();
        (taxonomy, taxa)
    }

    #[test]
    fn two_likely_species_of_one_genus_outweigh_the_best_species() {
        // p = .3 .3 .4 0-ish without the last label: genus A sums to .6 although B c is the best species.
        let (taxonomy, labels) = small();
        let logits: Vec<f32> = [0.3_f32, 0.3, 0.4, 0.4].iter().map(|p| p.ln()).collect();
        let usable = vec![true, true, true, false];
        let answers = RankGroups::new(&taxonomy, &labels, usable).answer(&logits, 2);
        assert_eq!(answers.labels[0].0, labels[2]);
        assert!((answers.labels[0].1 - 0.4).abs() < 1e-7);
        assert_eq!(answers.labels[1].0, labels[0], "ties go to the smaller id");
        let (_, genera) = answers.summed.iter().find(|(rank, _)| *rank == Rank::Genus).unwrap();
        assert_eq!(taxonomy.name(genera[0].0), "A");
        assert!((genera[0].1 - 0.6).abs() < 1e-7);
        let (_, families) = answers.summed.iter().find(|(rank, _)| *rank == Rank::Family).unwrap();
        assert!((families[0].1 - 1.0).abs() < 1e-12);
    }

    #[test]
    fn a_label_without_a_genus_gives_to_no_genus() {
        let (taxonomy, labels) = small();
        let answers = RankGroups::new(&taxonomy, &labels, vec![true; 4]).answer(&[0.0; 4], 5);
        let (_, genera) = answers.summed.iter().find(|(rank, _)| *rank == Rank::Genus).unwrap();
        let total: f64 = genera.iter().map(|(_, p)| p).sum();
        assert!((total - 0.75).abs() < 1e-12, "three of four labels have a genus");
    }

    #[test]
    fn softmax_of_large_logits_does_not_overflow() {
        let p = softmax(&[1000.0, 999.0, -1000.0], &[true; 3]);
        // 1 / (1 + e^-1) = 0.7310585786
        assert!((p[0] - 0.731_058_578_6).abs() < 1e-9);
        assert_eq!(softmax(&[1.0, 2.0], &[false; 2]), [0.0, 0.0]);
    }

    #[test]
    fn the_best_are_those_of_a_full_sort() {
        let values = [0.1, 0.5, 0.5, f64::NAN, 0.9, 0.0, 0.5];
        let mut sorted: Vec<(usize, f64)> = values.iter().copied().enumerate().filter(|(_, v)| !v.is_nan()).collect();
        sorted.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
        for k in 0..8 {
            assert_eq!(best(values.into_iter(), k), sorted[..k.min(sorted.len())]);
        }
    }
}
