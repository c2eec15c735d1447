//! From similarities to answers: softmax over the candidates, sums at every rank, the best `k`.

use crate::numbers::ties::falling;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

/// The candidates grouped at each main rank, worked out once per label set.
///
/// Candidates that follow each other and share all ranks above them form a stretch: probabilities are summed by
/// stretch first, and a taxon sums its stretches. In the order of the tree there are as many stretches as
/// genera; in any other order the sums are the same and only take longer.
#[derive(Debug, Clone)]
pub struct RankGroups {
    labels: Vec<TaxonId>,
    /// Usable labels; the others (a vector of zeros or not finite) get no probability.
    usable: Vec<bool>,
    all_usable: bool,
    /// Where each stretch ends: the index after its last label.
    stretches: Vec<usize>,
    ranks: Vec<Groups>,
}

#[derive(Debug, Clone)]
struct Groups {
    rank: Rank,
    taxa: Vec<TaxonId>,
    /// Group of each stretch; `None` where its lineage has no taxon of this rank.
    of_stretch: Vec<Option<u32>>,
}

/// A taxon with its probability, in `[0, 1]`.
pub type ScoredTaxon = (TaxonId, f64);

/// The answers for one image.
#[derive(Debug, Clone, PartialEq)]
pub struct ImageAnswers {
    /// The `k` best labels, best first.
    pub labels: Vec<ScoredTaxon>,
    /// For each main rank above the labels, and the finest of labels of several ranks: the `k` taxa of most summed
    /// probability, best first; those of none are left out.
    pub summed: Vec<(Rank, Vec<ScoredTaxon>)>,
}

impl RankGroups {
    /// Groups the candidates; `usable[c]` is false for a label whose vector has no direction.
    #[must_use]
    pub fn new(taxonomy: &Taxonomy, labels: &[TaxonId], usable: Vec<bool>) -> RankGroups {
        let finest = labels.iter().map(|&label| taxonomy.rank(label)).max().unwrap_or(Rank::Species);
        // Of a mixed set the finest rank is one that only some labels have: it has sums as those above it.
        let mixed = labels.iter().any(|&label| taxonomy.rank(label) != finest);
        let ranks: Vec<Rank> = Rank::MAIN.into_iter().filter(|&rank| rank < finest || (mixed && rank == finest)).collect();
        let above =
            |label: TaxonId| -> Vec<Option<TaxonId>> { ranks.iter().map(|&rank| taxonomy.ancestor_at(label, rank)).collect() };
        let (mut stretches, mut lineages): (Vec<usize>, Vec<Vec<Option<TaxonId>>>) = (vec![], vec![]);
        for (index, &label) in labels.iter().enumerate() {
            let lineage = above(label);
            if lineages.last() == Some(&lineage) {
                stretches.pop();
            } else {
                lineages.push(lineage);
            }
            stretches.push(index + 1);
        }
        let ranks = ranks.iter().enumerate().map(|(place, &rank)| Groups::new(rank, &lineages, place)).collect();
        RankGroups { labels: labels.to_vec(), all_usable: usable.iter().all(|&usable| usable), usable, stretches, ranks }
    }

    /// Softmax of `logits` (length `C`, already multiplied by the scale) and its sums by rank.
    ///
    /// Computed in f64; ties go to the smaller taxon id, between labels to the earlier one. A label without a lineage at a rank
    /// gives its probability to no taxon of that rank.
    #[must_use]
    pub fn answer(&self, logits: &[f32], k: usize) -> ImageAnswers {
        let mut tally = self.tally(k);
        tally.add(logits);
        tally.answers()
    }

    /// A tally to which logits are given in blocks.
    #[must_use]
    pub fn tally(&self, k: usize) -> Tally<'_> {
        Tally {
            groups: self,
            k,
            next: 0,
            stretch: 0,
            largest: f32::NEG_INFINITY,
            sums: vec![0.0; self.stretches.len()],
            best: vec![],
        }
    }

    /// The answers that `C` probabilities make.
    #[must_use]
    pub fn answer_probabilities(&self, probabilities: &[f64], k: usize) -> ImageAnswers {
        let labels = best(probabilities.iter().zip(&self.usable).map(|(&p, &usable)| if usable { p } else { f64::NAN }), k)
            .into_iter()
            .map(|(index, p)| (self.labels[index], p))
            .collect();
        let mut start = 0;
        let sums: Vec<f64> = self
            .stretches
            .iter()
            .map(|&end| {
                let sum = probabilities[start..end].iter().sum();
                start = end;
                sum
            })
            .collect();
        ImageAnswers { labels, summed: self.summed(&sums, 1.0, k) }
    }

    /// The best taxa of each rank, from sums by stretch that add up to `total`.
    fn summed(&self, sums: &[f64], total: f64, k: usize) -> Vec<(Rank, Vec<ScoredTaxon>)> {
        self.ranks.iter().map(|groups| (groups.rank, groups.best(sums, total, k))).collect()
    }
}

impl Groups {
    /// The groups at the rank that stands at `place` of the lineages, one lineage per stretch.
    fn new(rank: Rank, lineages: &[Vec<Option<TaxonId>>], place: usize) -> Groups {
        let mut taxa: Vec<TaxonId> = lineages.iter().filter_map(|lineage| lineage[place]).collect();
        taxa.sort_unstable();
        taxa.dedup();
        let group = |lineage: &Vec<Option<TaxonId>>| u32::try_from(taxa.binary_search(&lineage[place]?).ok()?).ok();
        let of_stretch = lineages.iter().map(group).collect();
        Groups { rank, taxa, of_stretch }
    }

    fn best(&self, sums: &[f64], total: f64, k: usize) -> Vec<ScoredTaxon> {
        let mut of_taxon = vec![0.0; self.taxa.len()];
        for (group, sum) in self.of_stretch.iter().zip(sums) {
            if let Some(group) = group {
                of_taxon[*group as usize] += sum;
            }
        }
        let share = |sum: f64| if total > 0.0 { (sum / total).min(1.0) } else { 0.0 };
        best(of_taxon.into_iter().map(|sum| if sum > 0.0 { sum } else { f64::NAN }), k)
            .into_iter()
            .map(|(group, sum)| (self.taxa[group], share(sum)))
            .collect()
    }
}

/// Logits looked at together: short enough to stay in the nearest cache.
const CHUNK: usize = 512;

/// Softmax, sums and the best labels of one image, from logits that come in blocks.
///
/// Nothing of length `C` is held, only a sum per stretch of labels. Sums are relative to the largest logit so far;
/// a larger one scales them down.
#[derive(Debug)]
pub struct Tally<'a> {
    groups: &'a RankGroups,
    k: usize,
    /// The label whose logit comes next, and its stretch.
    next: usize,
    stretch: usize,
    largest: f32,
    /// By stretch: the sum of `exp(logit − largest)`.
    sums: Vec<f64>,
    /// The best labels with their logits, best first.
    best: Vec<(usize, f32)>,
}

impl Tally<'_> {
    /// Takes the logits of the next labels.
    pub fn add(&mut self, logits: &[f32]) {
        let (mut masked, mut exponentials) = ([0.0_f32; CHUNK], [0.0_f64; CHUNK]);
        for logits in logits.chunks(CHUNK) {
            let usable = &self.groups.usable[self.next..self.next + logits.len()];
            let logits = if self.groups.all_usable {
                logits
            } else {
                let masked = &mut masked[..logits.len()];
                masked.iter_mut().zip(logits).zip(usable).for_each(|((out, &logit), &usable)| {
                    *out = if usable { logit } else { f32::NEG_INFINITY };
                });
                masked
            };
            let exponentials = &mut exponentials[..logits.len()];
            let largest = crate::numbers::simd::run(Largest(logits));
            self.rise(largest);
            crate::numbers::simd::run(Exponentials { logits, largest: self.largest, out: exponentials });
            self.keep_best(logits, largest);
            self.sum(exponentials);
        }
    }

    /// Makes `largest` the reference of the sums if it is larger than that so far.
    fn rise(&mut self, largest: f32) {
        if largest > self.largest {
            let factor = (f64::from(self.largest) - f64::from(largest)).exp();
            self.sums[..self.groups.stretches.len().min(self.stretch + 1)].iter_mut().for_each(|sum| *sum *= factor);
            self.largest = largest;
        }
    }

    fn keep_best(&mut self, logits: &[f32], largest: f32) {
        if self.best.len() == self.k && self.best.last().is_none_or(|&(_, least)| largest <= least) {
            return;
        }
        for (index, &logit) in (self.next..).zip(logits) {
            let full = self.best.len() == self.k;
            if logit == f32::NEG_INFINITY || (full && self.best.last().is_none_or(|&(_, least)| logit <= least)) {
                continue;
            }
            let place = self.best.partition_point(|&(_, other)| other >= logit);
            self.best.insert(place, (index, logit));
            self.best.truncate(self.k);
        }
    }

    fn sum(&mut self, exponentials: &[f64]) {
        let mut rest = exponentials;
        while !rest.is_empty() {
            let end = self.groups.stretches[self.stretch];
            let (now, later) = rest.split_at(rest.len().min(end - self.next));
            self.sums[self.stretch] += now.iter().sum::<f64>();
            self.next += now.len();
            self.stretch += usize::from(self.next == end);
            rest = later;
        }
    }

    /// The answers, once every label's logit has been given.
    #[must_use]
    pub fn answers(self) -> ImageAnswers {
        let total: f64 = self.sums.iter().sum();
        let probability = |logit: f32| (f64::from(logit) - f64::from(self.largest)).exp() / total;
        let labels = self.best.iter().map(|&(index, logit)| (self.groups.labels[index], probability(logit))).collect();
        ImageAnswers { labels, summed: self.groups.summed(&self.sums, total, self.k) }
    }
}

/// The largest logit.
struct Largest<'a>(&'a [f32]);

impl crate::numbers::simd::Work for Largest<'_> {
    type Output = f32;

    #[inline(always)]
    fn run(self) -> f32 {
        let (chunks, rest) = self.0.as_chunks::<8>();
        let mut largest = [f32::NEG_INFINITY; 8];
        for chunk in chunks {
            for (largest, &value) in largest.iter_mut().zip(chunk) {
                *largest = if value > *largest { value } else { *largest };
            }
        }
        largest.iter().chain(rest).copied().fold(f32::NEG_INFINITY, f32::max)
    }
}

/// `exp(logit − largest)`, which is at most 1.
struct Exponentials<'a> {
    logits: &'a [f32],
    largest: f32,
    out: &'a mut [f64],
}

impl crate::numbers::simd::Work for Exponentials<'_> {
    type Output = ();

    #[inline(always)]
    fn run(self) {
        let largest = f64::from(self.largest);
        for (out, &logit) in self.out.iter_mut().zip(self.logits) {
            *out = exp_of_negative(f64::from(logit) - largest);
        }
    }
}

/// `exp(x)` for `x ≤ 0`, within two units in the last place; 0 below −708.
///
/// Without a branch or a call, so that a loop over it runs in wide registers: `x = n ln 2 + r` with `|r| ≤ ln 2 / 2`,
/// a Taylor polynomial of degree 13 for `exp(r)` (its rest is below 5e-18), and `n` added to the exponent.
#[inline(always)]
fn exp_of_negative(x: f64) -> f64 {
    // ln 2 in two parts, the first with zeros at its end: n times it is exact.
    const LN_2_HIGH: f64 = 6.931_471_803_691_238e-1;
    const LN_2_LOW: f64 = 1.908_214_929_270_587_7e-10;
    // Adding it rounds to a whole number, which then stands in the last bits.
    const ROUND: f64 = 6_755_399_441_055_744.0;
    const LEAST: f64 = -708.0;
    let inside = if x > LEAST { x } else { LEAST };
    let rounded = inside * std::f64::consts::LOG2_E + ROUND;
    let n = rounded - ROUND;
    let r = (inside - n * LN_2_HIGH) - n * LN_2_LOW;
    let mut p = 1.0 / 6_227_020_800.0;
    for factorial in
        [479_001_600.0, 39_916_800.0, 3_628_800.0, 362_880.0, 40_320.0, 5_040.0, 720.0, 120.0, 24.0, 6.0, 2.0, 1.0, 1.0]
    {
        p = p * r + 1.0 / factorial;
    }
    let scaled = f64::from_bits(p.to_bits().wrapping_add(rounded.to_bits() << 52));
    if x > LEAST { scaled } else { 0.0 }
}

/// The `k` largest values with their places, largest first, ties by place; not-a-number never.
fn best(values: impl Iterator<Item = f64>, k: usize) -> Vec<(usize, f64)> {
    let mut kept: Vec<(usize, f64)> = vec![];
    for (index, value) in values.enumerate() {
        let full = kept.len() == k;
        // Most values are plainly smaller; what is left may be equal but for rounding.
        let beaten = |least: f64| value <= least || falling(least, value).is_le();
        if value.is_nan() || (full && kept.last().is_none_or(|&(_, least)| beaten(least))) {
            continue;
        }
        let place = kept.partition_point(|&(_, other)| falling(other, value).is_le());
        kept.insert(place, (index, value));
        kept.truncate(k);
    }
    kept
}

#[cfg(test)]
mod tests {
    #![expect(clippy::unwrap_used, reason = "tests fail by panicking")]
    use super::*;
    use crate::taxonomy::build::{SourceLine, TaxonomyBuilder};

    /// Genus A (species A a, A b) and genus B (species B c) in one family; C has no genus.
    fn small() -> (Taxonomy, Vec<TaxonId>) {
        let mut builder = TaxonomyBuilder::new();
        let place = SourceLine { file: "test".into(), line: 0 };
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
        let (taxonomy, labels) = small();
        let groups = RankGroups::new(&taxonomy, &labels, vec![true, true, true, false]);
        let answers = groups.answer(&[1000.0, 999.0, -1000.0, f32::NAN], 4);
        // 1 / (1 + e^-1) = 0.7310585786
        assert!((answers.labels[0].1 - 0.731_058_578_6).abs() < 1e-9);
        assert_eq!(answers.labels.len(), 3, "the label without a direction is no answer");
        let none = RankGroups::new(&taxonomy, &labels, vec![false; 4]).answer(&[1.0, 2.0, 3.0, 4.0], 2);
        assert!(none.labels.is_empty() && none.summed.iter().all(|(_, taxa)| taxa.is_empty()));
    }

    #[test]
    fn exponentials_are_those_of_the_library() {
        let mut worst = 0.0_f64;
        for step in 0..200_000_u32 {
            let x = -f64::from(step) * 3.537e-3;
            let error = (exp_of_negative(x) / x.exp() - 1.0).abs();
            worst = worst.max(error);
        }
        assert!(worst < 5e-16, "{worst:e}");
        assert_eq!((exp_of_negative(0.0), exp_of_negative(f64::NEG_INFINITY), exp_of_negative(-709.0)), (1.0, 0.0, 0.0));
    }

    /// The same with one division per label and one pass per rank over all labels.
    fn naive(taxonomy: &Taxonomy, labels: &[TaxonId], logits: &[f32], usable: &[bool], rank: Rank) -> Vec<(TaxonId, f64)> {
        let value = |index: usize| if usable[index] { f64::from(logits[index]).exp() } else { 0.0 };
        let total: f64 = (0..labels.len()).map(value).sum();
        let mut sums: std::collections::BTreeMap<TaxonId, f64> = std::collections::BTreeMap::new();
        for (index, &label) in labels.iter().enumerate() {
            if let Some(taxon) = taxonomy.ancestor_at(label, rank) {
                *sums.entry(taxon).or_default() += value(index) / total;
            }
        }
        sums.into_iter().collect()
    }

    #[test]
    fn blocks_of_any_length_and_labels_in_any_order_give_the_naive_sums() {
        use rand::{RngExt, SeedableRng, seq::SliceRandom};
        let mut rng = rand_chacha::ChaCha8Rng::seed_from_u64(3);
        let mut builder = TaxonomyBuilder::new();
        let place = SourceLine { file: "test".into(), line: 0 };
        let handles: Vec<_> = (0..3000)
            .map(|species: u32| {
                let (genus, family) = (species / 7, species / 40);
                let (genus, family) = (format!("G{}", genus.max(family * 6)), format!("F{family}"));
                let name = format!("S{species:05}");
                let mut lineage = vec![(Rank::Species, name.as_str())];
                if !species.is_multiple_of(11) {
                    lineage.insert(0, (Rank::Family, family.as_str()));
                    if species % 7 != 3 {
                        lineage.insert(1, (Rank::Genus, genus.as_str()));
                    }
                }
                builder.add_lineage(lineage, &place)
            })
            .collect();
        let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
        let mut labels: Vec<TaxonId> = handles.into_iter().map(|handle| numbers.id(handle)).collect();
        for shuffled in [false, true] {
            labels.sort_unstable();
            if shuffled {
                labels.shuffle(&mut rng);
            }
            let logits: Vec<f32> = labels.iter().map(|_| rng.random_range(-20.0..20.0)).collect();
            let usable: Vec<bool> = labels.iter().map(|_| rng.random_range(0..50) > 0).collect();
            let groups = RankGroups::new(&taxonomy, &labels, usable.clone());
            let whole = groups.answer(&logits, 4000);
            for rank in [Rank::Family, Rank::Genus] {
                let expected = naive(&taxonomy, &labels, &logits, &usable, rank);
                let (_, found) = whole.summed.iter().find(|(of, _)| *of == rank).unwrap();
                assert_eq!(found.len(), expected.len());
                for (taxon, p) in expected {
                    let (_, sum) = found.iter().find(|(of, _)| *of == taxon).unwrap();
                    assert!((sum - p).abs() <= 1e-14 + 1e-12 * p, "{rank}: {sum} {p}");
                }
            }
            for block in [1, 7, 512, 513, 2999] {
                let mut tally = groups.tally(5);
                logits.chunks(block).for_each(|logits| tally.add(logits));
                let answers = tally.answers();
                let taxa = |scored: &[ScoredTaxon]| scored.iter().take(5).map(|&(taxon, _)| taxon).collect::<Vec<_>>();
                assert_eq!(taxa(&answers.labels), taxa(&whole.labels), "blocks of {block}");
                for ((rank, few), (_, all)) in answers.summed.iter().zip(&whole.summed) {
                    let same = few.iter().zip(all).all(|(a, b)| (a.1 - b.1).abs() < 1e-14);
                    assert!(same, "{rank}, blocks of {block}");
                }
            }
        }
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
