//! What takes the whole distribution of each image: decision rules side by side, calibration at
//! every rank, and knowing when to stop.

use super::confusions::pairs;
use super::how_wrong::HowWrong;
use super::{Run, ScoreOptions, Tree};
use crate::answers::{Answer, Answers, Ranked};
use crate::calibration::{Calibration, Confidence, temper, temperature};
use crate::distribution::Distribution;
use crate::distribution::tree::CandidateTree;
use crate::information::{Information, InformationFrom};
use crate::interval::Sample;
use crate::outcome::{Judgement, Outcome};
use crate::rank::Rank;
use crate::selective::{Curve, Point, Steps, pareto_area, pareto_intercept, threshold_for, trapezoid};
use crate::statistics::{share, to_f64, wilson};
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::SeedableRng;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde::Serialize;
use std::collections::{BTreeMap, BTreeSet};

/// Probability that the answer of the back-off rule must reach, unless given.
pub const BACK_OFF: f64 = 0.5;

/// Errors that thresholds are tuned for.
const TARGETS: [f64; 2] = [0.05, 0.10];

/// Logarithms of probabilities that are held at once to fit a temperature.
const HELD: usize = 20_000_000;

/// Points of a curve that are kept for files and figures.
const POINTS: usize = 200;

/// The blocks that take whole distributions.
#[derive(Debug, Clone, Serialize)]
pub struct Whole {
    /// Decision rules side by side.
    pub decisions: Decisions,
    /// Calibration of the summed probabilities.
    pub calibration: CalibrationScores,
    /// The operating curve and what follows from it; `None` without scored images.
    pub selective: Option<Selective>,
}

/// What each decision rule buys and costs.
#[derive(Debug, Clone, Serialize)]
pub struct Decisions {
    /// The lineage of the best label.
    pub path: Decision,
    /// At each rank the taxon of most summed probability; its errors are those of the finest rank.
    pub summed: Decision,
    /// From the root, the best child each time.
    pub top_down: Decision,
    /// The label of least expected height.
    pub expected_height: Decision,
    /// The most informative taxon that reaches a probability.
    pub back_off: Decision,
    /// That probability.
    pub back_off_threshold: f64,
}

/// The scores of one decision rule.
#[derive(Debug, Clone, Serialize)]
pub struct Decision {
    /// Share right at each main rank; `None` without images.
    pub accuracy: BTreeMap<Rank, Option<f64>>,
    /// How wrong its answers are.
    pub how_wrong: HowWrong,
}

/// Calibration at the main ranks, and by how much a temperature mends it.
#[derive(Debug, Clone, Serialize)]
pub struct CalibrationScores {
    /// Candidates of the softmax: confidences depend on them.
    pub candidates: usize,
    /// Rank by rank, kingdom first; ranks without images are left out.
    pub ranks: Vec<RankCalibration>,
    /// A temperature fitted on one part of the images and tried on the other.
    pub temperature: Option<Temperature>,
    /// Why there is no temperature.
    pub note: Option<String>,
}

/// Calibration at one rank.
#[derive(Debug, Clone, Serialize)]
pub struct RankCalibration {
    /// The rank.
    pub rank: Rank,
    /// Its calibration.
    #[serde(flatten)]
    pub calibration: Calibration,
}

/// A fitted temperature.
#[derive(Debug, Clone, Serialize)]
pub struct Temperature {
    /// Probabilities are taken to the power of one over it; above 1 where the classifier is too sure.
    pub temperature: f64,
    /// Images it was fitted on.
    pub fitted_on: usize,
    /// How these were chosen.
    pub chosen: String,
    /// Calibration of the other images as they are.
    pub before: Vec<RankCalibration>,
    /// Calibration of the other images with the temperature.
    pub after: Vec<RankCalibration>,
}

/// Knowing when to stop.
#[derive(Debug, Clone, Serialize)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct Selective {
    pub n: usize,
    pub ac_exact: f64,
    pub ac_info_recall: f64,
    pub ac_depth_recall: f64,
    pub ap_info_recall: f64,
    pub ap_depth_recall: f64,
    pub info_recall_at_90_correct: f64,
    pub info_recall_at_95_correct: f64,
    pub haurc: Option<f64>,
    /// The operating curve, thinned to at most 200 points.
    pub curve: Vec<Point>,
    /// Thresholds tuned for a target error on one part of the images, tried on the other.
    pub targets: Vec<Target>,
    /// Why there are none.
    pub note: Option<String>,
}

/// A threshold tuned for a target error.
#[derive(Debug, Clone, Serialize)]
pub struct Target {
    /// Share of wrong answers aimed at.
    pub target_error: f64,
    /// The threshold; `None` where even answering the root's children errs too often.
    pub threshold: Option<f64>,
    /// Images it was tuned on, and how these were chosen.
    pub tuned_on: usize,
    /// How these were chosen.
    pub chosen: String,
    /// Other images it was tried on.
    pub tried_on: u64,
    /// Share of wrong answers really reached on them.
    pub error: Option<f64>,
    /// Lower end of its interval.
    pub error_low: Option<f64>,
    /// Upper end.
    pub error_high: Option<f64>,
    /// Share of the truths' information that the answers find.
    pub info_recall: Option<f64>,
    /// Share of answers that are right down to the truth.
    pub exact: Option<f64>,
}

/// What one image gives.
struct Given {
    image: usize,
    truth: TaxonId,
    answers: [TaxonId; 4],
    summed: [Option<TaxonId>; 7],
    confidences: [Option<Confidence>; 7],
    /// Answers by falling threshold, and the climb from the best label.
    pareto: Vec<(f64, TaxonId)>,
    climb: Vec<(f64, TaxonId)>,
}

/// The candidates' tree with its taxa by main rank.
struct Ground<'a> {
    taxonomy: &'a Taxonomy,
    tree: CandidateTree,
    by_rank: [Vec<usize>; 7],
}

impl<'a> Ground<'a> {
    fn new(taxonomy: &'a Taxonomy, distribution: &Distribution, information: &Information) -> Self {
        let tree = CandidateTree::new(taxonomy, distribution.candidates(), information);
        let at = |index: usize| {
            let has = |place: &usize| taxonomy.rank(tree.taxa()[*place]).main_index() == Some(index);
            (0..tree.len()).filter(has).collect()
        };
        let by_rank = std::array::from_fn(at);
        Self { taxonomy, tree, by_rank }
    }

    /// The most probable taxon of each main rank, with its probability; of equals the first.
    fn best_of_ranks(&self, sums: &[f64]) -> [Option<(TaxonId, f64)>; 7] {
        std::array::from_fn(|index| {
            let places = self.by_rank[index].iter();
            let best = places.fold(None, |best: Option<usize>, &place| match best {
                Some(other) if sums[place] <= sums[other] => best,
                _ => Some(place),
            });
            best.map(|place| (self.tree.taxa()[place], sums[place].min(1.0)))
        })
    }

    fn confidences(&self, truth: TaxonId, sums: &[f64]) -> [Option<Confidence>; 7] {
        let best = self.best_of_ranks(sums);
        std::array::from_fn(|index| {
            let truth = self.taxonomy.main_ancestor(truth, index)?;
            let (taxon, probability) = best[index]?;
            let squares: f64 = self.by_rank[index].iter().map(|&place| sums[place] * sums[place]).sum();
            let of_truth = self.tree.taxa().binary_search(&truth).map_or(0.0, |place| sums[place]);
            let brier = squares - 2.0 * of_truth + 1.0;
            Some(Confidence { probability, right: taxon == truth, brier, of_truth })
        })
    }

    fn given(&self, image: usize, truth: TaxonId, probabilities: &[f64], threshold: f64) -> Given {
        let sums = self.tree.sums(probabilities);
        let best = self.tree.best_label(probabilities);
        let top_down = self.tree.top_down(probabilities, &sums);
        let least = self.tree.least_expected_height(probabilities, &sums);
        Given {
            image,
            truth,
            answers: [best, top_down, least, self.tree.back_off(&sums, threshold)],
            summed: self.best_of_ranks(&sums).map(|best| best.map(|(taxon, _)| taxon)),
            confidences: self.confidences(truth, &sums),
            pareto: self.tree.pareto(&sums),
            climb: self.tree.climb(probabilities, &sums),
        }
    }
}

impl Whole {
    pub(super) fn of(run: &Run<'_>, distribution: &Distribution, tree: Tree, options: &ScoreOptions<'_>) -> Self {
        let taxonomy = run.taxonomy;
        let information = information(run, options.information);
        let ground = Ground::new(taxonomy, distribution, &information);
        let threshold = options.back_off.unwrap_or(BACK_OFF);
        let scored: Vec<usize> =
            (0..run.judgements.len()).filter(|&image| matches!(run.judgements[image], Judgement::Scored(_))).collect();
        let truth_of = |image: usize| match run.judgements[image] {
            Judgement::Scored(outcome) => outcome.truth,
            _ => TaxonId::ROOT,
        };
        let given =
            distribution.map(&scored, |image, probabilities| ground.given(image, truth_of(image), probabilities, threshold));
        let given: Vec<Given> = given.into_iter().flatten().collect();
        let halves = Halves::of(run.answers, &given);
        Self {
            decisions: decisions(run, &given, tree, options, threshold),
            calibration: calibration(&ground, distribution, &given, &halves),
            selective: selective(taxonomy, &information, &given, &halves),
        }
    }
}

fn information(run: &Run<'_>, from: InformationFrom) -> Information {
    match from {
        InformationFrom::Leaves => Information::of_leaves(run.taxonomy),
        InformationFrom::Truths => {
            let mut images = vec![0; run.taxonomy.len()];
            for judgement in &run.judgements {
                if let Judgement::Scored(outcome) = judgement {
                    images[outcome.truth.index()] += 1;
                }
            }
            Information::of_truths(run.taxonomy, &images)
        }
    }
}

// ---- decision rules ----

fn decisions(run: &Run<'_>, given: &[Given], tree: Tree, options: &ScoreOptions<'_>, threshold: f64) -> Decisions {
    let sample = run.sample.select(given.iter().map(|given| given.image));
    let ground = (run.taxonomy, &sample);
    let by_rule = |rule: usize| decision(ground, given, &|given| given.answers[rule], tree, options);
    let finest = |given: &Given| given.summed.iter().rev().find_map(|taxon| *taxon).unwrap_or(TaxonId::ROOT);
    let mut summed = decision(ground, given, &finest, tree, options);
    summed.accuracy = accuracy(run.taxonomy, given, &|given, index| given.summed[index]);
    Decisions {
        path: by_rule(0),
        summed,
        top_down: by_rule(1),
        expected_height: by_rule(2),
        back_off: by_rule(3),
        back_off_threshold: threshold,
    }
}

fn decision(
    (taxonomy, sample): (&Taxonomy, &Sample),
    given: &[Given],
    rule: &dyn Fn(&Given) -> TaxonId,
    tree: Tree,
    options: &ScoreOptions<'_>,
) -> Decision {
    let mut ranked = Ranked::default();
    let mut judgements = vec![];
    for given in given {
        let answer = rule(given);
        ranked.push([(Answer::Taxon(answer), None)]);
        judgements.push(Judgement::Scored(Outcome::of(taxonomy, given.truth, answer)));
    }
    let answers = Answers { ranked, ..Answers::default() };
    let run = Run { taxonomy, answers: &answers, judgements, sample: sample.clone() };
    let how_wrong = HowWrong::of(&run, &pairs(&run), tree, options);
    Decision { accuracy: accuracy(taxonomy, given, &|given, index| taxonomy.main_ancestor(rule(given), index)), how_wrong }
}

fn accuracy(
    taxonomy: &Taxonomy,
    given: &[Given],
    answer: &dyn Fn(&Given, usize) -> Option<TaxonId>,
) -> BTreeMap<Rank, Option<f64>> {
    let at = |(index, rank): (usize, Rank)| {
        let truths = given.iter().filter_map(|given| Some((given, taxonomy.main_ancestor(given.truth, index)?)));
        let (n, right) =
            truths.fold((0, 0), |(n, right), (given, truth)| (n + 1, right + u64::from(answer(given, index) == Some(truth))));
        (rank, share(right, n))
    };
    Rank::MAIN.into_iter().enumerate().map(at).collect()
}

// ---- two parts of the images ----

/// The images that are tuned on (true), and how they were chosen.
struct Halves {
    tuned: Vec<bool>,
    chosen: String,
}

/// Names of splits that are there to tune on.
const TUNING: [&str; 6] = ["val", "valid", "validation", "calibration", "calib", "dev"];

impl Halves {
    fn of(answers: &Answers, given: &[Given]) -> Self {
        if let Some(splits) = &answers.splits {
            let tuned: Vec<bool> =
                given.iter().map(|given| TUNING.contains(&splits[given.image].trim().to_lowercase().as_str())).collect();
            if tuned.contains(&true) && tuned.contains(&false) {
                return Self { tuned, chosen: "the validation split".to_string() };
            }
        }
        let name = |given: &Given| match &answers.observations {
            Some(observations) => observations[given.image].as_str(),
            None => answers.images[given.image].as_str(),
        };
        let mut names: Vec<&str> = given.iter().map(name).collect::<BTreeSet<_>>().into_iter().collect();
        names.shuffle(&mut ChaCha8Rng::seed_from_u64(0));
        let half: BTreeSet<&str> = names[..names.len() / 2].iter().copied().collect();
        let by = if answers.observations.is_some() { "observations" } else { "images" };
        Self {
            tuned: given.iter().map(|given| half.contains(name(given))).collect(),
            chosen: format!("a random half of the {by}, seed 0"),
        }
    }

    fn part<'g>(&self, given: &'g [Given], tuned: bool) -> Vec<&'g Given> {
        given.iter().zip(&self.tuned).filter(|(_, part)| **part == tuned).map(|(given, _)| given).collect()
    }
}

// ---- calibration ----

fn calibration(ground: &Ground<'_>, distribution: &Distribution, given: &[Given], halves: &Halves) -> CalibrationScores {
    let all: Vec<_> = given.iter().map(|given| given.confidences).collect();
    let fitted = fit(ground, distribution, given, halves);
    let (temperature, note) = match fitted {
        Ok(temperature) => (Some(temperature), None),
        Err(note) => (None, Some(note)),
    };
    CalibrationScores { candidates: distribution.candidates().len(), ranks: by_rank(&all), temperature, note }
}

fn by_rank(confidences: &[[Option<Confidence>; 7]]) -> Vec<RankCalibration> {
    let at = |(index, rank): (usize, Rank)| {
        let images: Vec<Confidence> = confidences.iter().filter_map(|image| image[index]).collect();
        (!images.is_empty()).then(|| RankCalibration { rank, calibration: Calibration::of(&images) })
    };
    Rank::MAIN.into_iter().enumerate().filter_map(at).collect()
}

fn fit(ground: &Ground<'_>, distribution: &Distribution, given: &[Given], halves: &Halves) -> Result<Temperature, String> {
    let candidate = |truth: TaxonId| distribution.candidates().iter().position(|candidate| *candidate == truth);
    let places: BTreeMap<TaxonId, usize> = given
        .iter()
        .map(|given| given.truth)
        .collect::<BTreeSet<_>>()
        .into_iter()
        .filter_map(|truth| Some((truth, candidate(truth)?)))
        .collect();
    let mut tuned: Vec<usize> =
        halves.part(given, true).iter().filter(|given| places.contains_key(&given.truth)).map(|given| given.image).collect();
    let rest = halves.part(given, false);
    if tuned.len() < 10 || rest.len() < 10 {
        return Err(format!(
            "no temperature: it takes 10 images to fit it on and 10 others to try it on, there are {} and {}",
            tuned.len(),
            rest.len()
        ));
    }
    tuned.shuffle(&mut ChaCha8Rng::seed_from_u64(1));
    tuned.truncate((HELD / distribution.candidates().len().max(1)).max(10));
    tuned.sort_unstable();
    let truth_of: BTreeMap<usize, usize> =
        given.iter().filter_map(|given| Some((given.image, *places.get(&given.truth)?))).collect();
    let logs = distribution.map(&tuned, |image, probabilities| {
        (probabilities.iter().map(|probability| probability.ln()).collect::<Vec<f64>>(), truth_of[&image])
    });
    let logs: Vec<(Vec<f64>, usize)> = logs.into_iter().flatten().collect();
    let temperature = temperature(&logs).ok_or_else(|| "no temperature: no image to fit it on".to_string())?;
    let truths: BTreeMap<usize, TaxonId> = rest.iter().map(|given| (given.image, given.truth)).collect();
    let images: Vec<usize> = rest.iter().map(|given| given.image).collect();
    let after = distribution.map(&images, |image, probabilities| {
        let mut tempered = probabilities.to_vec();
        temper(&mut tempered, temperature);
        ground.confidences(truths[&image], &ground.tree.sums(&tempered))
    });
    let before: Vec<_> = rest.iter().map(|given| given.confidences).collect();
    Ok(Temperature {
        temperature,
        fitted_on: logs.len(),
        chosen: halves.chosen.clone(),
        before: by_rank(&before),
        after: by_rank(&after.into_iter().flatten().collect::<Vec<_>>()),
    })
}

// ---- knowing when to stop ----

fn selective(taxonomy: &Taxonomy, information: &Information, given: &[Given], halves: &Halves) -> Option<Selective> {
    let steps: Vec<Steps<6>> = given.iter().map(|given| operating_steps(taxonomy, information, given)).collect();
    let curve = Curve::of(&steps)?;
    let [correct, exact, info_recall, info_precision, depth_recall, depth_precision] =
        std::array::from_fn(|index| curve.column(index));
    let (targets, note) = targets(&steps, halves);
    Some(Selective {
        n: given.len(),
        ac_exact: pareto_area(&exact, &correct),
        ac_info_recall: pareto_area(&info_recall, &correct),
        ac_depth_recall: pareto_area(&depth_recall, &correct),
        ap_info_recall: pareto_area(&info_recall, &info_precision),
        ap_depth_recall: pareto_area(&depth_recall, &depth_precision),
        info_recall_at_90_correct: pareto_intercept(&correct, &info_recall, 0.90),
        info_recall_at_95_correct: pareto_intercept(&correct, &info_recall, 0.95),
        haurc: haurc(taxonomy, given),
        curve: thinned(&curve),
        targets,
        note,
    })
}

/// Correct, exact, recall and precision of information, recall and precision of depth.
fn operating_steps(taxonomy: &Taxonomy, information: &Information, given: &Given) -> Steps<6> {
    // A root answer is never wrong: what has nothing to lose is whole.
    let ratio = |part: f64, whole: f64| if whole > 0.0 { part / whole } else { 1.0 };
    let values = |taxon: TaxonId| {
        let outcome = Outcome::of(taxonomy, given.truth, taxon);
        let bits = |taxon| information.of(taxon);
        let depth = |taxon| f64::from(taxonomy.depth(taxon));
        [
            f64::from(u8::from(is_correct(&outcome))),
            f64::from(u8::from(outcome.is_right())),
            ratio(bits(outcome.lca), bits(outcome.truth)),
            ratio(bits(outcome.lca), bits(outcome.predicted)),
            ratio(depth(outcome.lca), depth(outcome.truth)),
            ratio(depth(outcome.lca), depth(outcome.predicted)),
        ]
    };
    given.pareto.iter().map(|&(threshold, taxon)| (threshold, values(taxon))).collect()
}

fn is_correct(outcome: &Outcome) -> bool {
    outcome.lca == outcome.truth || outcome.lca == outcome.predicted
}

/// Area under risk over coverage of the climbing rule; `None` where the tree has one leaf.
fn haurc(taxonomy: &Taxonomy, given: &[Given]) -> Option<f64> {
    let leaves = Information::of_leaves(taxonomy);
    let most = leaves.most();
    if most <= 0.0 {
        return None;
    }
    let values = |given: &Given, taxon: TaxonId| {
        let outcome = Outcome::of(taxonomy, given.truth, taxon);
        [leaves.of(taxon) / most, f64::from(u8::from(!is_correct(&outcome)))]
    };
    let steps: Vec<Steps<2>> = given
        .iter()
        .map(|given| given.climb.iter().map(|&(probability, taxon)| (probability, values(given, taxon))).collect())
        .collect();
    let curve = Curve::of(&steps)?;
    Some(trapezoid(&curve.column(0), &curve.column(1)))
}

fn thinned(curve: &Curve<6>) -> Vec<Point> {
    let count = curve.thresholds.len();
    let kept: BTreeSet<usize> = if count <= POINTS {
        (0..count).collect()
    } else {
        (0..POINTS).map(|point| point * (count - 1) / (POINTS - 1)).collect()
    };
    kept.into_iter().map(|index| Point::new(curve.thresholds[index], curve.means[index])).collect()
}

fn targets(steps: &[Steps<6>], halves: &Halves) -> (Vec<Target>, Option<String>) {
    let tuned: Vec<Steps<1>> = steps
        .iter()
        .zip(&halves.tuned)
        .filter(|(_, tuned)| **tuned)
        .map(|(steps, _)| steps.iter().map(|(threshold, values)| (*threshold, [1.0 - values[0]])).collect())
        .collect();
    let rest: Vec<&Steps<6>> = steps.iter().zip(&halves.tuned).filter(|(_, tuned)| !**tuned).map(|(steps, _)| steps).collect();
    let mut targets = vec![];
    for target in TARGETS {
        if to_f64(tuned.len() as u64) * target < 1.0 || rest.is_empty() {
            continue;
        }
        let Some(curve) = Curve::of(&tuned) else { continue };
        let threshold = threshold_for(&curve.thresholds, &curve.column(0), target);
        let tried = threshold.map(|threshold| tried(&rest, threshold));
        let errors = tried.map(|(errors, ..)| errors);
        let tried_on = rest.len() as u64;
        let interval = errors.and_then(|errors| wilson(errors, tried_on));
        targets.push(Target {
            target_error: target,
            threshold,
            tuned_on: tuned.len(),
            chosen: halves.chosen.clone(),
            tried_on,
            error: errors.and_then(|errors| share(errors, tried_on)),
            error_low: interval.map(|interval| interval.low),
            error_high: interval.map(|interval| interval.high),
            info_recall: tried.map(|(_, recall, _)| recall),
            exact: tried.and_then(|(_, _, exact)| share(exact, tried_on)),
        });
    }
    let note = targets.is_empty().then(|| {
        format!(
            "no tuned thresholds: {} images to tune on are too few for an error of {}",
            tuned.len(),
            TARGETS[TARGETS.len() - 1]
        )
    });
    (targets, note)
}

/// Wrong answers, mean recall of information and exact answers with a threshold.
fn tried(images: &[&Steps<6>], threshold: f64) -> (u64, f64, u64) {
    let (mut errors, mut recall, mut exact) = (0, 0.0, 0);
    for steps in images {
        let taken = steps.iter().rfind(|(probability, _)| *probability >= threshold - 1e-9).or(steps.first());
        if let Some((_, values)) = taken {
            errors += u64::from(values[0] < 0.5);
            exact += u64::from(values[1] > 0.5);
            recall += values[2];
        }
    }
    (errors, recall / to_f64(images.len() as u64), exact)
}
