//! Parts whose images are kept against the whole run, distributions included.

use super::tests::{chance, describe, parts, taxonomy};
use super::{Asked, Distributions, Givens, Kept, NOT_GATHERED, RunState, Unaddable};
use crate::answers::distribution::Distribution;
use crate::answers::distribution::logits::Logits;
use crate::answers::distribution::vectors::Vectors;
use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::scores::intervals::DrawnBy;
use crate::scores::outcome::Unreachable;
use crate::scores::{ScoreOptions, Scores, Tree};
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::seq::{IndexedRandom, SliceRandom};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// A run of a seed, with the numbers that its distributions are made from.
struct Run {
    answers: Answers,
    candidates: Vec<TaxonId>,
    /// Logits of each image, or its vector; `None` where it has none.
    numbers: Vec<Option<Vec<f32>>>,
    /// Vectors of the candidates, of length 3; `None` of logits.
    labels: Option<Vec<f32>>,
}

/// Length of a vector.
const WIDTH: usize = 3;

impl Run {
    fn of(taxonomy: &Taxonomy, seed: u64) -> Run {
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let mut candidates: Vec<TaxonId> = taxonomy.leaves().to_vec();
        candidates.shuffle(random);
        if chance(random, 0.3) {
            candidates.truncate(5);
        }
        let has_vectors = chance(random, 0.5);
        // Few values: probabilities tie.
        let number = |random: &mut ChaCha8Rng| f32::from(random.random_range(-3_i8..=3)) / 2.0;
        let labels = has_vectors.then(|| (0..candidates.len() * WIDTH).map(|_| number(random)).collect());
        let width = if has_vectors { WIDTH } else { candidates.len() };
        let mut run = Run { answers: Answers::default(), candidates, numbers: vec![], labels };
        for image in 0..random.random_range(1..90) {
            let has_numbers = chance(random, 0.95);
            run.numbers.push(has_numbers.then(|| (0..width).map(|_| number(random)).collect()));
            run.answers.images.push(format!("{image}.jpg"));
            // What some candidate is, or lies above; so that no truth is a leaf beside the candidates.
            let truth = *run.candidates.choose(random).unwrap();
            let above: Vec<TaxonId> = taxonomy.lineage(truth).filter(|taxon| *taxon != TaxonId::ROOT).collect();
            run.answers.truths.push(match random.random_range(0..12) {
                0 => Truth::Missing,
                1 => Truth::Outside,
                2 => Truth::Taxon(*above.choose(random).unwrap()),
                // Often a species that is no candidate.
                3 => Truth::Taxon(*taxonomy.leaves().choose(random).unwrap()),
                _ => Truth::Taxon(truth),
            });
            if chance(random, 0.05) {
                run.answers.unreadable.insert(image, "decode".to_string());
            }
        }
        run.answer(taxonomy, random);
        run
    }

    /// The distributions of some images.
    fn distribution(&self, images: &[usize]) -> Distribution {
        let (mut rows, mut numbers) = (vec![], vec![]);
        let width = if self.labels.is_some() { WIDTH } else { self.candidates.len() };
        for image in images {
            rows.push(self.numbers[*image].as_ref().map(|_| numbers.len() / width));
            numbers.extend(self.numbers[*image].iter().flatten());
        }
        match &self.labels {
            Some(labels) => {
                Distribution::of_vectors(self.candidates.clone(), Vectors::new(rows, numbers, labels.clone(), WIDTH, 4.0))
            }
            None => Distribution::of_logits(self.candidates.clone(), Logits::new(rows, numbers, width)),
        }
    }

    /// The best two labels of each image, and at some ranks the best sum.
    fn answer(&mut self, taxonomy: &Taxonomy, random: &mut ChaCha8Rng) {
        let all: Vec<usize> = (0..self.numbers.len()).collect();
        let whole = self.distribution(&all);
        let labels = |_, probabilities: &[f64]| {
            let mut ranked: Vec<(TaxonId, f64)> = self.candidates.iter().copied().zip(probabilities.iter().copied()).collect();
            ranked.sort_by(|a, b| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0)));
            ranked.truncate(2);
            ranked
        };
        let ranked: Vec<Vec<(TaxonId, f64)>> = whole.map(&all, labels).into_iter().map(Option::unwrap_or_default).collect();
        let lists_sums = chance(random, 0.5);
        for labels in &ranked {
            self.answers.ranked.push(labels.iter().map(|(label, probability)| (Answer::Taxon(*label), Some(*probability))));
            for (index, summed) in self.answers.summed.iter_mut().enumerate().filter(|(index, _)| lists_sums && *index > 3) {
                let best = labels.first().and_then(|label| Some((taxonomy.main_ancestor(label.0, index)?, label.1)));
                let best = best.map(|(taxon, probability)| (Answer::Taxon(taxon), Some(probability)));
                summed.get_or_insert_with(Ranked::default).push(best);
            }
        }
        self.answers.name = "run".to_string();
        self.answers.candidates = Some(self.candidates.clone());
        self.answers.count_outside_as_wrong = chance(random, 0.3);
        let splits = ["train", "val", "test", ""];
        let given = chance(random, 0.4);
        self.answers.splits = given.then(|| all.iter().map(|_| (*splits.choose(random).unwrap()).to_string()).collect());
        describe(random, &mut self.answers);
    }

    /// A part of it, kept.
    fn kept(&self, taxonomy: &Taxonomy, part: Answers, asked: Asked) -> Kept {
        let place = |name: &String| self.answers.images.iter().position(|image| image == name).unwrap();
        let images: Vec<usize> = part.images.iter().map(place).collect();
        let givens = Givens::of(taxonomy, &part, &self.distribution(&images), asked).unwrap();
        assert_eq!(givens.fault(taxonomy, &part), None);
        Kept::of(part, Distributions::Given(givens)).unwrap()
    }
}

/// All that is said of a run, mistakes by the names of their images; the temperature apart.
fn said(answers: &Answers, scores: &Scores) -> Vec<String> {
    let mistakes = scores.mistakes.iter().map(|mistake| {
        let name = &answers.images[mistake.image];
        format!("{name} {:?}", crate::scores::mistakes::Mistake { image: 0, ..*mistake })
    });
    let whole = scores.whole.as_ref().map(|whole| {
        format!(
            "{:?} {:?} {:?}",
            whole.decisions,
            (whole.calibration.n, whole.calibration.candidates, &whole.calibration.ranks),
            whole.selective
        )
    });
    let novelty = scores.novelty.as_ref().map(|novelty| format!("{} {} {:?}", novelty.known, novelty.novel, novelty.rows));
    vec![
        format!("{:?} {:?}", scores.accounting, scores.causes),
        format!("{:?} {:?}", scores.ranks, scores.intervals),
        format!("{:?} {:?}", scores.how_wrong, scores.flags),
        format!("{:?} {:?}", scores.non_taxa, scores.groups),
        format!("{:?} {:?}", scores.taxa, scores.confusions),
        mistakes.collect::<Vec<_>>().join("\n"),
        format!("{:?} {:?}", scores.consistency, scores.notes),
        format!("{novelty:?}"),
        format!("{whole:?}"),
    ]
}

/// Parts as one, in an order of chance.
fn merged(random: &mut ChaCha8Rng, taxonomy: &Taxonomy, mut parts: Vec<Kept>) -> Kept {
    parts.shuffle(random);
    let mut parts = parts.into_iter();
    let mut all = parts.next().unwrap();
    parts.for_each(|part| all.merge(taxonomy, part).unwrap());
    all.sort();
    all
}

#[test]
fn parts_with_what_their_distributions_gave_say_what_the_whole_run_says() {
    let taxonomy = taxonomy();
    for seed in 0..100 {
        let run = Run::of(&taxonomy, seed);
        let random = &mut ChaCha8Rng::seed_from_u64(1000 + seed);
        let place = usize::try_from(seed).unwrap();
        let asked = Asked { back_off: [None, Some(0.3), Some(0.9)][place % 3], unreachable: Unreachable::LeaveOut };
        let options = ScoreOptions {
            back_off: asked.back_off,
            drawn_by: [DrawnBy::Observation, DrawnBy::Image, DrawnBy::Taxon][place % 3],
            tree: [Tree::Full, Tree::MainRanks][place % 2],
            ..ScoreOptions::default()
        };
        let all: Vec<usize> = (0..run.answers.images.len()).collect();
        let of_run = Scores::with_distribution(&taxonomy, &run.answers, &Ok(run.distribution(&all)), &options);
        let kept = parts(random, &run.answers).into_iter().map(|part| run.kept(&taxonomy, part, asked)).collect();
        let kept = merged(random, &taxonomy, kept);
        let added = Scores::of_kept(&taxonomy, &kept, &options);
        for (run, added) in said(&run.answers, &of_run).into_iter().zip(said(&kept.answers, &added)) {
            assert_eq!(run, added, "seed {seed}");
        }
        let note = added.whole.unwrap().calibration.note;
        assert_eq!(note, Some(format!("no temperature: {NOT_GATHERED}")));
        // One part says the same, to the last word.
        let one = merged(random, &taxonomy, vec![run.kept(&taxonomy, run.answers.clone(), asked)]);
        let (Distributions::Given(one_gave), Distributions::Given(parts_gave)) = (&one.distributions, &kept.distributions) else {
            panic!("no distributions")
        };
        assert_eq!((&one.answers.ranked, one_gave), (&kept.answers.ranked, parts_gave), "seed {seed}");
    }
}

#[test]
fn lists_that_are_whole_are_scored_whole_with_their_temperature() {
    let taxonomy = taxonomy();
    for seed in 200..230 {
        let run = Run::of(&taxonomy, seed);
        let all: Vec<usize> = (0..run.answers.images.len()).collect();
        let mut ranked = Ranked::default();
        for list in run.distribution(&all).map(&all, |_, probabilities| probabilities.to_vec()) {
            let list = list.unwrap_or_default();
            ranked.push(
                list.into_iter().zip(&run.candidates).map(|(probability, label)| (Answer::Taxon(*label), Some(probability))),
            );
        }
        let answers = Answers { ranked, candidates: None, summed: Default::default(), ..run.answers.clone() };
        let random = &mut ChaCha8Rng::seed_from_u64(seed);
        let parts = parts(random, &answers).into_iter().map(|part| Kept::of(part, Distributions::Listed).unwrap()).collect();
        let kept = merged(random, &taxonomy, parts);
        let options = ScoreOptions::default();
        let (of_table, added) = (Scores::of(&taxonomy, &answers, &options), Scores::of_kept(&taxonomy, &kept, &options));
        assert_eq!(said(&answers, &of_table), said(&kept.answers, &added), "seed {seed}");
        let temperature =
            |scores: &Scores| scores.whole.as_ref().map(|whole| format!("{:?}", whole.calibration.temperature)).ok();
        assert_eq!(temperature(&of_table), temperature(&added));
    }
}

#[test]
fn parts_of_other_runs_do_not_add_up() {
    let taxonomy = taxonomy();
    let run = (0..1_000).map(|seed| Run::of(&taxonomy, seed)).find(|run| run.candidates.len() > 5).unwrap();
    let kept = |run: &Run, asked: Asked| run.kept(&taxonomy, run.answers.clone(), asked);
    let with = |other: Kept| kept(&run, Asked::default()).merge(&taxonomy, other).unwrap_err();
    let said = with(kept(&run, Asked { back_off: Some(0.7), ..Asked::default() })).to_string();
    assert!(said.starts_with("the threshold of the back-off rule of one part is 0.5, of the other 0.7"), "{said}");
    let said = with(kept(&run, Asked { unreachable: Unreachable::Score, ..Asked::default() })).to_string();
    assert!(said.starts_with("the truth that is no candidate of one part is left out"), "{said}");
    // One candidate less.
    let candidates = run.candidates[1..].to_vec();
    let numbers = run.numbers.iter().map(|numbers| numbers.as_ref().map(|_| vec![0.0; candidates.len()])).collect();
    let answers = Answers { candidates: Some(candidates.clone()), ..run.answers.clone() };
    let other = Run { answers, candidates, numbers, labels: None };
    assert_eq!(with(kept(&other, Asked::default())), Unaddable::Candidates);
    // None, for a reason.
    let without = Kept::of(run.answers.clone(), Distributions::Nowhere(["no vectors".to_string()].into())).unwrap();
    assert_eq!(with(without), Unaddable::Distributions("no vectors".to_string()));
}

#[test]
fn parts_whose_truths_lie_below_the_candidates_are_told_to_merge() {
    let taxonomy = taxonomy();
    let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
    let candidates: Vec<TaxonId> = taxonomy.taxa_of_rank(Rank::Species).collect();
    let kept = |image: &str, truth: &str| {
        let mut ranked = Ranked::default();
        ranked.push([(Answer::Taxon(taxon("Felis catus")), Some(0.5))]);
        let answers = Answers {
            images: vec![image.to_string()],
            truths: vec![Truth::Taxon(taxon(truth))],
            ranked,
            candidates: Some(candidates.clone()),
            ..Answers::default()
        };
        let logits = Logits::new(vec![Some(0)], vec![0.0; candidates.len()], candidates.len());
        let distribution = Distribution::of_logits(candidates.clone(), logits);
        let givens = Givens::of(&taxonomy, &answers, &distribution, Asked::default()).unwrap();
        (givens.rests_on_truths(&taxonomy, &answers), Kept::of(answers, Distributions::Given(givens)).unwrap())
    };
    let (rests, mut species) = kept("1", "Felis catus");
    let (rests_on_subspecies, subspecies) = kept("2", "Felis silvestris lybica");
    // A subspecies is a leaf, and its species, the candidate, is none any more.
    assert_eq!((rests, rests_on_subspecies), (false, true));
    assert_eq!(species.clone().merge(&taxonomy, subspecies), Err(Unaddable::Tips));
    assert!(species.merge(&taxonomy, kept("3", "Lynx").1).is_ok());
}

#[test]
fn lists_that_are_whole_in_one_part_alone_are_counted() {
    let taxonomy = taxonomy();
    let taxon = |name: &str| Answer::Taxon(taxonomy.resolve(name).taxon().unwrap());
    let table = |image: &str, scores: [f64; 2]| {
        let mut ranked = Ranked::default();
        ranked.push([(taxon("Felis catus"), Some(scores[0])), (taxon("Lynx lynx"), Some(scores[1]))]);
        let truths = vec![Truth::Taxon(taxon("Felis catus").taxon())];
        Answers { name: "run".into(), images: vec![image.to_string()], truths, ranked, ..Answers::default() }
    };
    let of = |image: &str, scores: [f64; 2]| RunState::of(&taxonomy, table(image, scores), None).unwrap();
    let (whole, part) = (of("1", [0.75, 0.25]), of("2", [0.5, 0.25]));
    assert!(matches!((&whole, &part), (RunState::Kept(_), RunState::Counted(_))));
    for (mut one, other) in [(whole.clone(), part.clone()), (part, whole)] {
        one.merge(&taxonomy, other).unwrap();
        let RunState::Counted(counted) = one else { panic!("kept") };
        assert_eq!(
            counted.totals.why_not_whole().unwrap().split(" for ").nth(1).unwrap().split(" do").next(),
            Some("1 of 2 images")
        );
    }
    let mut one = of("1", [0.75, 0.25]);
    one.add(&taxonomy, table("2", [0.5, 0.25]), None).unwrap();
    one.add(&taxonomy, table("3", [0.5, 0.5]), None).unwrap();
    assert!(matches!(one, RunState::Counted(counted) if counted.totals.images == 3));
}
