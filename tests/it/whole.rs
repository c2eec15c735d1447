//! What takes whole distributions: the eight species, and naive twins on random trees.

use crate::eight_species::{answers, taxonomy};
use crate::trees;
use nearmiss::answers::distribution::Distribution;
use nearmiss::answers::distribution::tree::CandidateTree;
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::scores::outcome::Outcome;
use nearmiss::scores::whole::Whole;
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::information::Information;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;

fn near(found: f64, expected: f64) {
    assert!((found - expected).abs() < 1e-9, "{found} is not {expected}");
}

fn eight(options: &ScoreOptions<'_>) -> Whole {
    let (taxonomy, species) = taxonomy();
    Scores::of(&taxonomy, &answers(&taxonomy, &species), options).whole.unwrap()
}

#[test]
fn eight_species_by_five_rules() {
    let decisions = eight(&ScoreOptions::default()).decisions;
    let at = |decision: &nearmiss::scores::decisions::Decision, rank| decision.accuracy[&rank].unwrap();
    near(at(&decisions.path, Rank::Species), 0.5);
    near(decisions.path.how_wrong.mean_height.unwrap(), 2.125);
    near(at(&decisions.summed, Rank::Genus), 0.625);
    // Least expected height answers 0 1 2 4 4 0 7 3: image 3 becomes right, so the mildest mistake
    // goes and severity rises.
    near(at(&decisions.expected_height, Rank::Species), 0.625);
    near(decisions.expected_height.how_wrong.mean_height.unwrap(), 1.75);
    near(decisions.expected_height.how_wrong.severity.unwrap(), 14.0 / 3.0);
    // From the root: image 8 goes to the genus Oenanthe (.44 against .42), where the two species tie.
    near(at(&decisions.top_down, Rank::Species), 0.5);
    near(at(&decisions.top_down, Rank::Family), 0.625);
}

#[test]
fn eight_species_backing_off() {
    // More than one half: a species, a genus, Turdus, the cat, Animalia, Passeriformes, Amanita, Passeriformes.
    let back_off = eight(&ScoreOptions::default()).decisions.back_off.how_wrong;
    let similarity = &back_off.similarity;
    for (found, expected) in [
        (similarity.exact, 0.375),
        (similarity.correct, 0.875),
        (similarity.excess, 0.5),
        (similarity.deficient, 2.25),
        (back_off.mean_edges, 2.75),
        (back_off.hr_mean, 0.678_571_428_571_428_6),
        (back_off.hp_mean, 0.875),
        (back_off.hf_mean, 0.727_928_321_678_321_7),
        (similarity.info_hr, 0.600_626_562_469_951_8),
        (similarity.info_hp, 0.875),
        (similarity.info_hf, 0.667_883_085_058_838_2),
        (similarity.info_distance, 1.323_120_312_590_144_5),
    ] {
        near(found.unwrap(), expected);
    }
    // At 0.78 all eight are right as far as they go, two of them at the root, which has no precision.
    let careful = eight(&ScoreOptions { back_off: Some(0.780_001), ..ScoreOptions::default() }).decisions;
    near(careful.back_off.how_wrong.similarity.correct.unwrap(), 1.0);
    near(careful.back_off.how_wrong.similarity.exact.unwrap(), 0.125);
}

#[test]
fn eight_species_along_all_thresholds() {
    let selective = eight(&ScoreOptions::default()).selective.unwrap();
    near(selective.ac_exact, 0.421_875);
    near(selective.ac_info_recall, 0.611_043_229_136_618_5);
    near(selective.ac_depth_recall, 0.680_803_571_428_571_4);
    near(selective.ap_info_recall, 0.616_972_113_683_977_5);
    near(selective.ap_depth_recall, 0.684_311_224_489_796);
    near(selective.info_recall_at_90_correct, 0.517_293_229_136_618_6);
    near(selective.info_recall_at_95_correct, 0.517_293_229_136_618_6);
    near(selective.haurc.unwrap(), 0.176_951_798_118_024_53);
    let thresholds: Vec<f64> = selective.curve[1..].iter().map(|point| point.threshold).collect();
    let expected = [0.96, 0.95, 0.94, 0.92, 0.9, 0.86, 0.8, 0.75, 0.71, 0.7, 0.65, 0.6, 0.55, 0.46, 0.45, 0.44, 0.4, 0.3, 0.28];
    assert_eq!(thresholds, expected);
    let correct: Vec<f64> = selective.curve.iter().map(|point| point.correct * 8.0).collect();
    assert_eq!(correct, [8., 8., 8., 8., 8., 8., 8., 8., 8., 8., 8., 7., 7., 7., 6., 5., 4., 4., 3., 4.]);
}

#[test]
fn eight_species_calibration() {
    let calibration = eight(&ScoreOptions::default()).calibration;
    let expected = [0.17125, 0.205, 0.22125, 0.22125, 0.32375, 0.32375, 0.23375];
    for (row, expected) in calibration.ranks.iter().zip(expected) {
        near(row.calibration.ece.unwrap(), expected);
    }
    // Brier at the species, image 1: .4² + .2² + .08² + .04² + 4 · .02² = 0.2096; and so on by hand:
    let species = &calibration.ranks[6].calibration;
    let rows: [[f64; 9]; 8] = [
        [0.60, 0.20, 0.08, 0.04, 0.02, 0.02, 0.02, 0.02, 0.0],
        [0.30, 0.45, 0.10, 0.05, 0.04, 0.02, 0.02, 0.02, 0.0],
        [0.30, 0.05, 0.28, 0.27, 0.04, 0.02, 0.02, 0.02, 2.0],
        [0.05, 0.05, 0.05, 0.05, 0.70, 0.05, 0.03, 0.02, 4.0],
        [0.04, 0.04, 0.04, 0.04, 0.30, 0.25, 0.15, 0.14, 5.0],
        [0.40, 0.05, 0.05, 0.05, 0.05, 0.05, 0.30, 0.05, 6.0],
        [0.02, 0.02, 0.02, 0.02, 0.02, 0.05, 0.05, 0.80, 7.0],
        [0.22, 0.22, 0.14, 0.28, 0.04, 0.04, 0.03, 0.03, 3.0],
    ];
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small whole numbers")]
    let brier =
        |row: &[f64; 9]| (0..8).map(|label| (row[label] - f64::from(u8::from(label == row[8] as usize))).powi(2)).sum::<f64>();
    near(species.brier.unwrap(), rows.iter().map(brier).sum::<f64>() / 8.0);
    // −ln of .6 .3 .28 .7 .25 .3 .8 .28 at the truth.
    let nll: f64 = [0.6_f64, 0.3, 0.28, 0.7, 0.25, 0.3, 0.8, 0.28].iter().map(|p| -p.ln()).sum::<f64>() / 8.0;
    near(species.nll.unwrap(), nll);
    assert!(calibration.temperature.is_none() && calibration.note.unwrap().contains("it takes 10 images"));
}

/// A random tree with candidates at any depth, and a distribution over them.
fn random_case(seed: u64) -> (Taxonomy, Vec<TaxonId>, Vec<f64>) {
    let mut random = trees::seeded(seed);
    let leaves = random.random_range(2..30);
    let taxonomy = trees::random(&mut random, leaves);
    let mut candidates: Vec<TaxonId> = taxonomy.taxa().skip(1).filter(|_| random.random_bool(0.5)).collect();
    if candidates.is_empty() {
        candidates.push(TaxonId::ROOT);
    }
    let weights: Vec<f64> = candidates.iter().map(|_| random.random::<f64>().powi(3)).collect();
    let total: f64 = weights.iter().sum();
    (taxonomy, candidates, weights.into_iter().map(|weight| weight / total).collect())
}

#[test]
fn the_sum_over_ancestors_is_the_matrix_of_all_heights() {
    for seed in 0..1000 {
        let (taxonomy, candidates, probabilities) = random_case(seed);
        let tree = CandidateTree::new(&taxonomy, &candidates, &Information::of_leaves(&taxonomy));
        let answer = tree.least_expected_height(&probabilities, &tree.sums(&probabilities));
        let expected = |answer: TaxonId| -> f64 {
            let heights = candidates.iter().map(|&truth| f64::from(Outcome::of(&taxonomy, truth, answer).height(&taxonomy)));
            heights.zip(&probabilities).map(|(height, probability)| height * probability).sum()
        };
        let least = candidates.iter().map(|&candidate| expected(candidate)).fold(f64::INFINITY, f64::min);
        assert!((expected(answer) - least).abs() < 1e-9, "seed {seed}: {} is not {least}", expected(answer));
    }
}

#[test]
fn sums_and_rules_equal_their_definitions() {
    for seed in 0..500 {
        let (taxonomy, candidates, probabilities) = random_case(seed);
        let information = Information::of_leaves(&taxonomy);
        let tree = CandidateTree::new(&taxonomy, &candidates, &information);
        let sums = tree.sums(&probabilities);
        let below = |taxon: TaxonId| -> f64 {
            candidates
                .iter()
                .zip(&probabilities)
                .filter(|(candidate, _)| taxonomy.contains(taxon, **candidate))
                .map(|(_, p)| p)
                .sum()
        };
        for (taxon, sum) in tree.taxa().iter().zip(&sums) {
            near(*sum, below(*taxon));
        }
        // At every rank the taxa of the rank and what has none add up to one.
        for rank in Rank::MAIN {
            let of_rank: f64 =
                tree.taxa().iter().zip(&sums).filter(|(taxon, _)| taxonomy.rank(**taxon) == rank).map(|(_, sum)| sum).sum();
            let without =
                candidates.iter().zip(&probabilities).filter(|(candidate, _)| taxonomy.ancestor_at(**candidate, rank).is_none());
            near(of_rank + without.map(|(_, p)| p).sum::<f64>(), 1.0);
        }
        // Backing off: nothing that reaches the threshold says more.
        for threshold in [0.2, 0.5, 0.8] {
            let answer = tree.back_off(&sums, threshold);
            assert!(answer == TaxonId::ROOT || below(answer) >= threshold - 1e-9);
            let more = tree.taxa().iter().filter(|taxon| below(**taxon) >= threshold).map(|taxon| information.of(*taxon));
            assert!(more.fold(0.0, f64::max) <= information.of(answer) + 1e-12);
        }
        // The sequence of all thresholds gives the answers of backing off at each.
        let steps = tree.pareto(&sums);
        assert!(steps.windows(2).all(|pair| pair[0].0 > pair[1].0 && information.of(pair[0].1) <= information.of(pair[1].1)));
        for (threshold, taxon) in &steps {
            assert_eq!(*taxon, tree.back_off(&sums, *threshold), "seed {seed}");
        }
        // From the root, a naive walk over children.
        let mut at = TaxonId::ROOT;
        loop {
            let own = candidates.iter().zip(&probabilities).find(|(candidate, _)| **candidate == at).map_or(0.0, |(_, p)| *p);
            let children = taxonomy.children(at).filter(|child| below(*child) > 0.0);
            let best = children.fold(None, |best: Option<TaxonId>, child| match best {
                Some(other) if below(child) <= below(other) + 1e-12 => best,
                _ => Some(child),
            });
            match best {
                Some(child) if below(child) >= own => at = child,
                _ => break,
            }
        }
        assert_eq!(tree.top_down(&probabilities, &sums), at, "seed {seed}");
    }
}

/// Answers that list whole distributions over the candidates of a random case.
fn listed(taxonomy: &Taxonomy, candidates: &[TaxonId], images: usize, seed: u64) -> Answers {
    let mut random = trees::seeded(seed);
    let mut ranked = Ranked::default();
    let mut truths = vec![];
    for _ in 0..images {
        let truth = candidates[random.random_range(0..candidates.len())];
        let weights: Vec<f64> = candidates
            .iter()
            .map(|&candidate| (f64::from(taxonomy.depth(taxonomy.lca(truth, candidate))) + 2.0 * random.random::<f64>()).exp())
            .collect();
        let total: f64 = weights.iter().sum();
        let mut list: Vec<_> =
            candidates.iter().zip(weights).map(|(&taxon, weight)| (Answer::Taxon(taxon), Some(weight / total))).collect();
        list.sort_by(|a, b| b.1.unwrap().total_cmp(&a.1.unwrap()));
        ranked.push(list);
        truths.push(Truth::Taxon(truth));
    }
    let images = (0..images).map(|image| format!("{image}")).collect();
    Answers { images, truths, ranked, candidates: Some(candidates.to_vec()), ..Answers::default() }
}

#[test]
fn tuned_thresholds_and_temperatures_are_tried_on_other_images() {
    let mut random = trees::seeded(11);
    let taxonomy = trees::random(&mut random, 40);
    let candidates = taxonomy.leaves().to_vec();
    let mut answers = listed(&taxonomy, &candidates, 200, 5);
    answers.splits = Some((0..200).map(|image| if image % 4 == 0 { "val" } else { "test" }.to_string()).collect());
    let whole = Scores::of(&taxonomy, &answers, &ScoreOptions::default()).whole.unwrap();
    let temperature = whole.calibration.temperature.unwrap();
    assert_eq!((temperature.fitted_on, temperature.chosen.as_str()), (50, "the validation split"));
    let finest = |rows: &[nearmiss::scores::calibration::RankCalibration]| rows.last().unwrap().calibration.clone();
    assert_eq!(finest(&temperature.before).n, finest(&temperature.after).n);
    assert!(finest(&temperature.after).nll.unwrap() < finest(&temperature.before).nll.unwrap() + 0.05);
    let targets = whole.selective.unwrap().targets;
    assert_eq!(targets.iter().map(|target| (target.tuned_on, target.tried_on)).collect::<Vec<_>>(), [(50, 150), (50, 150)]);
    // Without splits a half is drawn, the same every time.
    answers.splits = None;
    let json = |answers: &Answers| {
        serde_json::to_string(&Scores::of(&taxonomy, answers, &ScoreOptions::default()).whole.unwrap()).unwrap()
    };
    let all = json(&answers);
    assert!(all.contains("a random half of the images, seed 0"));
    let one = rayon::ThreadPoolBuilder::new().num_threads(1).build().unwrap().install(|| json(&answers));
    assert_eq!(all, one);
}

#[test]
fn a_top_five_is_no_distribution() {
    let (taxonomy, species) = taxonomy();
    let mut answers = answers(&taxonomy, &species);
    let mut cut = Ranked::default();
    for image in 0..8 {
        cut.push((0..5).map(|place| (answers.ranked.answers(image)[place], answers.ranked.probability(image, place))));
    }
    answers.ranked = cut;
    let reason = Distribution::of_answers(&answers).unwrap_err().to_string();
    assert!(reason.contains("8 of 8 images do not add up to 1 (5.0 answers each, 0.9"), "{reason}");
    let mut odd = answers.clone();
    odd.ranked = Ranked::default();
    for _ in 0..8 {
        odd.ranked.push([(Answer::Taxon(species[0]), Some(1.5)), (Answer::Taxon(species[1]), Some(-0.5))]);
    }
    let reason = Distribution::of_answers(&odd).unwrap_err().to_string();
    assert!(reason.contains("the score 1.5 of image 'image_1.jpg' is no probability"), "{reason}");
}
