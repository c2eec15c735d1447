//! Naive twins of the scores, compared on random trees: homonyms, missing ranks, labels at mixed
//! depths, unary chains, answers at the root.

use crate::eight_species::tree;
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::scores::how_wrong::HowWrong;
use nearmiss::scores::outcome::Outcome;
use nearmiss::scores::{ScoreOptions, Scores, Tree};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::{BTreeMap, BTreeSet};

/// Ranks a random lineage may have.
const RANKS: [Rank; 10] = [
    Rank::Kingdom,
    Rank::Phylum,
    Rank::Class,
    Rank::Order,
    Rank::Family,
    Rank::Subfamily,
    Rank::Tribe,
    Rank::Genus,
    Rank::Species,
    Rank::Subspecies,
];

/// A tree where names repeat across branches, ranks are missing and lineages stop anywhere.
fn random_tree(random: &mut impl Rng) -> Taxonomy {
    let names = ["Oenanthe", "Morus", "Aotus", "Prunella"];
    let mut lineages = vec![];
    for _ in 0..random.random_range(3..40) {
        let stop = random.random_range(1..=RANKS.len());
        let kept = RANKS[..stop].iter().filter(|_| random.random_bool(0.75)).copied().collect::<Vec<_>>();
        lineages.push(kept.into_iter().map(|rank| (rank, names[random.random_range(0..names.len())])).collect());
    }
    tree(&lineages).0
}

fn random_answers(taxonomy: &Taxonomy, random: &mut impl Rng) -> Answers {
    let taxon = |random: &mut ChaCha8Rng| taxonomy.taxa().nth(random.random_range(0..taxonomy.len())).unwrap();
    let mut random = ChaCha8Rng::seed_from_u64(random.random());
    let images = random.random_range(0..60);
    let mut answers = Answers { name: "random".to_string(), ..Answers::default() };
    answers.candidates = random.random_bool(0.5).then(|| (0..random.random_range(1..9)).map(|_| taxon(&mut random)).collect());
    answers.count_outside_as_wrong = random.random_bool(0.3);
    let mut summed: [Ranked; 7] = std::array::from_fn(|_| Ranked::default());
    for image in 0..images {
        answers.images.push(format!("{image}"));
        answers.truths.push(match random.random_range(0..10) {
            0 => Truth::Missing,
            1 => Truth::Outside,
            _ => Truth::Taxon(taxon(&mut random)),
        });
        if random.random_bool(0.05) {
            answers.unreadable.insert(image, "truncated".to_string());
        }
        let given = random.random_range(0..7);
        let list: Vec<_> = (0..given)
            .map(|_| match random.random_range(0..10) {
                0 => Answer::Outside,
                1 => Answer::Nothing,
                _ => Answer::Taxon(taxon(&mut random)),
            })
            .collect();
        answers.ranked.push(list.iter().map(|answer| (*answer, Some(0.5))));
        for (index, summed) in summed.iter_mut().enumerate() {
            let at_rank = list.iter().filter_map(|answer| taxonomy.main_ancestor(answer.taxon(), index));
            summed.push(at_rank.map(|taxon| (Answer::Taxon(taxon), Some(random.random::<f64>()))).collect::<Vec<_>>());
        }
    }
    if random.random_bool(0.7) {
        answers.summed = summed.map(Some);
    }
    answers
}

/// Taxon first, root last, as a list.
pub fn lineage(taxonomy: &Taxonomy, taxon: TaxonId) -> Vec<TaxonId> {
    let mut steps = vec![taxon];
    while let Some(parent) = taxonomy.parent(*steps.last().unwrap()) {
        steps.push(parent);
    }
    steps
}

/// The ancestor at a rank, found by looking at every step.
pub fn at(taxonomy: &Taxonomy, taxon: TaxonId, rank: Rank) -> Option<TaxonId> {
    lineage(taxonomy, taxon).into_iter().find(|step| taxonomy.rank(*step) == rank)
}

/// Truths of the scored images with their list of answers; `None` where the truth is unusable.
pub fn scored(taxonomy: &Taxonomy, answers: &Answers) -> Vec<(usize, Option<TaxonId>)> {
    let mut ranks: BTreeMap<Rank, usize> = BTreeMap::new();
    for candidate in answers.candidates.iter().flatten() {
        *ranks.entry(taxonomy.rank(*candidate)).or_default() += 1;
    }
    let most = ranks.values().max().copied();
    let own = ranks.iter().rfind(|(_, count)| Some(**count) == most).map(|(rank, _)| *rank);
    let reaches = |truth: TaxonId| {
        answers.candidates.as_ref().is_none_or(|candidates| {
            candidates.iter().any(|&candidate| {
                lineage(taxonomy, candidate).contains(&truth)
                    || (Some(taxonomy.rank(candidate)) == own && lineage(taxonomy, truth).contains(&candidate))
            })
        })
    };
    let mut scored = vec![];
    for (image, truth) in answers.truths.iter().enumerate() {
        if answers.unreadable.contains_key(&image) {
            continue;
        }
        match truth {
            Truth::Taxon(taxon) if *taxon != TaxonId::ROOT => scored.extend(reaches(*taxon).then_some((image, Some(*taxon)))),
            _ if answers.count_outside_as_wrong => scored.push((image, None)),
            _ => {}
        }
    }
    scored
}

pub fn same(found: Option<f64>, expected: Option<f64>, what: &str) {
    let close = match (found, expected) {
        (Some(found), Some(expected)) => (found - expected).abs() < 1e-12,
        (None, None) => true,
        _ => false,
    };
    assert!(close, "{what}: {found:?} is not {expected:?}");
}

pub fn mean(values: &[f64]) -> Option<f64> {
    #[expect(clippy::cast_precision_loss, reason = "small")]
    (!values.is_empty()).then(|| values.iter().sum::<f64>() / values.len() as f64)
}

pub fn random_runs(check: impl Fn(&Taxonomy, &Answers, &mut ChaCha8Rng)) {
    let mut random = ChaCha8Rng::seed_from_u64(7);
    for _ in 0..300 {
        let taxonomy = random_tree(&mut random);
        let answers = random_answers(&taxonomy, &mut random);
        check(&taxonomy, &answers, &mut random);
    }
}

#[test]
fn accuracy_per_rank_equals_its_definition() {
    random_runs(|taxonomy, answers, _| {
        let scores = Scores::of(taxonomy, answers, &ScoreOptions::default());
        let scored = scored(taxonomy, answers);
        assert_eq!(scores.accounting.scored, scored.len() as u64);
        assert_eq!(scores.accounting.scored + scores.accounting.left_out(), scores.accounting.images);
        let causes = serde_json::to_value(scores.causes).unwrap();
        let parts = causes.as_object().unwrap().iter().filter(|(cause, _)| *cause != "images");
        assert_eq!(parts.map(|(_, images)| images.as_u64().unwrap()).sum::<u64>(), scores.accounting.images);
        for row in &scores.ranks {
            let (mut top1, mut top5, mut summed1, mut lucky) = (vec![], vec![], vec![], vec![]);
            let mut recalls: BTreeMap<TaxonId, Vec<f64>> = BTreeMap::new();
            for &(image, truth) in &scored {
                let truth_at = truth.map(|truth| at(taxonomy, truth, row.rank));
                if truth_at == Some(None) || (truth.is_none() && row.rank > Rank::Species) {
                    continue;
                }
                let truth_at = truth_at.flatten();
                let right = |answer: &Answer| truth_at.is_some() && at(taxonomy, answer.taxon(), row.rank) == truth_at;
                let list = answers.ranked.answers(image);
                let first = f64::from(u8::from(list.first().is_some_and(right)));
                top1.push(first);
                top5.push(f64::from(u8::from(list.iter().take(5).any(right))));
                if let Some(truth_at) = truth_at {
                    recalls.entry(truth_at).or_default().push(first);
                }
                if let Some(Some(summed)) = row.rank.main_index().map(|index| &answers.summed[index]) {
                    summed1.push(f64::from(u8::from(summed.answers(image).first().is_some_and(right))));
                }
                let guesses: Vec<f64> =
                    answers.candidates.iter().flatten().map(|taxon| f64::from(u8::from(right(&Answer::Taxon(*taxon))))).collect();
                lucky.extend(mean(&guesses));
            }
            assert_eq!(row.n, top1.len() as u64);
            same(row.path_top1, mean(&top1), "path_top1");
            // Left out where an image lists fewer than five.
            let lists = scored.iter().all(|&(image, _)| matches!(answers.ranked.listed(image).len(), 0 | 5..));
            if answers.ranked.width() >= 5 && lists {
                same(row.path_top5, mean(&top5), "path_top5");
            }
            same(row.summed_top1, mean(&summed1), "summed_top1");
            same(row.path_macro, mean(&recalls.values().filter_map(|recall| mean(recall)).collect::<Vec<_>>()), "path_macro");
            if answers.candidates.is_some() {
                same(row.chance, mean(&lucky), "chance");
            }
        }
    });
}

/// The cut of an answer, by looking at whole lineages.
pub fn naive_cut(taxonomy: &Taxonomy, truth: TaxonId, answer: TaxonId) -> TaxonId {
    let steps = lineage(taxonomy, answer);
    let rank = taxonomy.rank(truth);
    if steps.contains(&truth) {
        return truth;
    }
    if taxonomy.rank(answer) <= rank {
        return answer;
    }
    let same = steps.iter().find(|step| taxonomy.rank(**step) == rank);
    let above = steps.iter().find(|step| {
        let step = taxonomy.rank(**step);
        step == Rank::Root || (Rank::MAIN.contains(&step) && step < rank)
    });
    *same.or(above).unwrap()
}

/// A tree as distances and sets count it: all of its taxa, or those at main ranks alone.
struct Counted<'a> {
    taxonomy: &'a Taxonomy,
    tree: Tree,
}

/// An answer beside its truth, by sets of taxa.
struct Placed {
    height: f64,
    /// Taxa that count in both lineages, in the predicted one and in the true one.
    shared: usize,
    predicted: usize,
    truth: usize,
    is_right: bool,
    stops_above: bool,
}

impl Counted<'_> {
    fn counts(&self, taxon: TaxonId) -> bool {
        taxon != TaxonId::ROOT
            && (self.tree == Tree::Full || !self.taxonomy.has_ranks() || Rank::MAIN.contains(&self.taxonomy.rank(taxon)))
    }

    fn set(&self, taxon: TaxonId) -> BTreeSet<TaxonId> {
        lineage(self.taxonomy, taxon).into_iter().filter(|step| self.counts(*step)).collect()
    }

    /// The rung of the ladder that a taxon stands on: 0 for a species, 7 above the kingdoms.
    fn rung(&self, taxon: TaxonId) -> f64 {
        let main = lineage(self.taxonomy, taxon).into_iter().find_map(|step| {
            let rank = self.taxonomy.rank(step);
            Rank::MAIN.iter().rposition(|main| *main <= rank && rank != Rank::Root)
        });
        main.map_or(7.0, |index| 6.0 - f64::from(u8::try_from(index).unwrap()))
    }

    fn placed(&self, truth: TaxonId, answer: TaxonId) -> Placed {
        let taxonomy = self.taxonomy;
        let predicted = naive_cut(taxonomy, truth, answer);
        let above = lineage(taxonomy, predicted);
        let lca = *lineage(taxonomy, truth).iter().find(|step| above.contains(step)).unwrap();
        let height = if taxonomy.has_ranks() {
            self.rung(lca) - self.rung(truth)
        } else {
            f64::from(taxonomy.depth(truth) - taxonomy.depth(lca))
        };
        Placed {
            height,
            shared: self.set(truth).intersection(&self.set(predicted)).count(),
            predicted: self.set(predicted).len(),
            truth: self.set(truth).len(),
            is_right: truth == predicted,
            stops_above: lca == predicted && truth != predicted,
        }
    }

    /// An answer whose truth is unusable: as wrong as can be.
    fn without_truth(&self, answer: TaxonId) -> Placed {
        let deepest = self.taxonomy.taxa().map(|taxon| self.set(taxon).len()).max().unwrap();
        let deepest = if self.taxonomy.has_ranks() { 7 } else { deepest };
        let predicted = self.set(answer).len();
        Placed { height: number(deepest), shared: 0, predicted, truth: deepest, is_right: false, stops_above: false }
    }
}

pub fn number(count: usize) -> f64 {
    f64::from(u32::try_from(count).unwrap())
}

fn ratio(part: usize, whole: usize) -> Option<f64> {
    (whole > 0).then(|| number(part) / number(whole))
}

/// Asserts that how wrong a run is follows from its answers beside their truths.
fn assert_follows(how: &HowWrong, placed: &[Placed]) {
    let heights: Vec<f64> = placed.iter().map(|one| one.height).collect();
    let wrong: Vec<f64> = placed.iter().filter(|one| !one.is_right).map(|one| one.height).collect();
    let edges: Vec<f64> = placed.iter().map(|one| number(one.predicted + one.truth - 2 * one.shared)).collect();
    let stops = placed.iter().filter(|one| one.stops_above).count() as u64;
    assert_eq!((how.n, how.mistakes, how.stopped_above), (heights.len() as u64, wrong.len() as u64, stops));
    same(how.mean_height, mean(&heights), "mean_height");
    same(how.severity, mean(&wrong), "severity");
    same(how.mean_edges, mean(&edges), "mean_edges");
    let sum = |count: fn(&Placed) -> usize| placed.iter().map(count).sum::<usize>();
    let (shared, predicted, truth) = (sum(|one| one.shared), sum(|one| one.predicted), sum(|one| one.truth));
    same(how.hp, ratio(shared, predicted), "hp");
    same(how.hr, ratio(shared, truth), "hr");
    same(how.hf, ratio(2 * shared, predicted + truth), "hf");
    let means = |of: fn(&Placed) -> Option<f64>| mean(&placed.iter().filter_map(of).collect::<Vec<_>>());
    same(how.hp_mean, means(|one| ratio(one.shared, one.predicted)), "hp_mean");
    same(how.hr_mean, means(|one| ratio(one.shared, one.truth)), "hr_mean");
    same(how.hf_mean, means(|one| ratio(2 * one.shared, one.predicted + one.truth)), "hf_mean");
}

#[test]
fn how_wrong_equals_its_definition_by_sets() {
    random_runs(|taxonomy, answers, random| {
        let tree = if random.random_bool(0.5) { Tree::Full } else { Tree::MainRanks };
        let scores = Scores::of(taxonomy, answers, &ScoreOptions { tree, ..ScoreOptions::default() });
        let how = &scores.how_wrong;
        let counted = Counted { taxonomy, tree };
        let place = |(image, truth): (usize, Option<TaxonId>)| {
            let answer = answers.ranked.best(image).taxon();
            truth.map_or_else(|| counted.without_truth(answer), |truth| counted.placed(truth, answer))
        };
        let placed: Vec<Placed> = scored(taxonomy, answers).into_iter().map(place).collect();
        assert_follows(how, &placed);
        if let Some(depth) = how.same_depth {
            let one = how.mean_edges.map(|edges| 1.0 - edges / (2.0 * f64::from(depth)));
            for value in [how.hp, how.hr, how.hf, how.hp_mean, how.hr_mean, how.hf_mean] {
                same(value, one, "metrics that must coincide");
            }
        }
        if let Some(histogram) = &how.lca_histogram {
            assert_eq!(histogram.0.iter().map(|(_, count)| count).sum::<u64>(), how.n);
        }
        assert_eq!(how.height_histogram.0.iter().map(|(_, count)| count).sum::<u64>(), how.n);
    });
}

#[test]
fn taxa_and_confusions_equal_their_definition() {
    random_runs(|taxonomy, answers, _| {
        let scores = Scores::of(taxonomy, answers, &ScoreOptions::default());
        let placed: Vec<(TaxonId, TaxonId)> = scored(taxonomy, answers)
            .into_iter()
            .filter_map(|(image, truth)| Some((truth?, answers.ranked.best(image).taxon())))
            .collect();
        for row in &scores.taxa {
            let of_taxon: Vec<_> = placed.iter().filter(|(truth, _)| at(taxonomy, *truth, row.rank) == Some(row.taxon)).collect();
            let right = of_taxon.iter().filter(|(_, answer)| at(taxonomy, *answer, row.rank) == Some(row.taxon)).count();
            assert_eq!((row.n, row.right), (of_taxon.len() as u64, right as u64));
            let mut others: BTreeMap<TaxonId, u64> = BTreeMap::new();
            for (_, answer) in of_taxon {
                if let Some(other) = at(taxonomy, *answer, row.rank).filter(|other| *other != row.taxon) {
                    *others.entry(other).or_default() += 1;
                }
            }
            let unanswered = row.n - row.right - others.values().sum::<u64>();
            assert_eq!(row.unanswered, unanswered);
            let most = others.values().max().copied();
            let expected = others.into_iter().find(|(_, count)| Some(*count) == most);
            assert_eq!(row.confused_with.map(|other| (other.taxon, other.count)), expected);
        }
        let mut pairs: BTreeMap<(TaxonId, TaxonId), u64> = BTreeMap::new();
        for (truth, answer) in placed {
            let predicted = naive_cut(taxonomy, truth, answer);
            if predicted != truth {
                *pairs.entry((truth, predicted)).or_default() += 1;
            }
        }
        let found: BTreeMap<_, _> = scores.confusions.iter().map(|pair| ((pair.truth, pair.predicted), pair.count)).collect();
        assert_eq!(found, pairs);
        assert!(scores.confusions.is_sorted_by(|a, b| (a.count, a.height) >= (b.count, b.height)));
        assert!(scores.mistakes.is_sorted_by(|a, b| a.height >= b.height));
        assert_eq!(scores.mistakes.len() as u64, scores.how_wrong.mistakes);
    });
}

#[test]
fn path_accuracy_never_rises_with_depth_on_whole_lineages() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..50 {
        let names = ["Oenanthe", "Morus", "Aotus"];
        let lineages: Vec<Vec<_>> =
            (0..30).map(|_| Rank::MAIN.into_iter().map(|rank| (rank, names[random.random_range(0..3)])).collect()).collect();
        let (taxonomy, species) = tree(&lineages);
        let mut answers = Answers::default();
        for image in 0..40 {
            answers.images.push(image.to_string());
            answers.truths.push(Truth::Taxon(species[random.random_range(0..30)]));
            answers.ranked.push([(Answer::Taxon(species[random.random_range(0..30)]), None)]);
        }
        let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
        assert!(scores.ranks.is_sorted_by(|above, below| above.path_top1 >= below.path_top1));
        let how = &scores.how_wrong;
        assert!(how.full_lineages);
        same(how.hf, how.mean_height.map(|height| 1.0 - height / 7.0), "hf by height");
        same(how.mean_edges, how.mean_height.map(|height| 2.0 * height), "edges by height");
    }
}

#[test]
fn an_outcome_is_the_same_as_its_definition() {
    random_runs(|taxonomy, _, random| {
        let all: Vec<_> = taxonomy.taxa().collect();
        for _ in 0..40 {
            let [truth, answer] = [0, 0].map(|_| all[random.random_range(0..all.len())]);
            let outcome = Outcome::of(taxonomy, truth, answer);
            assert_eq!(outcome.predicted, naive_cut(taxonomy, truth, answer));
            assert_eq!(outcome.is_right(), lineage(taxonomy, answer).contains(&truth));
        }
    });
}
