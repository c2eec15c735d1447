//! Sets worked by hand, and against naive twins on random trees.

use super::set_scores::Scoring;
use super::units::Units;
use super::*;
use crate::answers::sets::{AnswerSets, Form, ImageSets, Member, Named};
use crate::numbers::statistics::to_f64;
use crate::scores::metric::Row;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::collections::BTreeSet;
use std::path::Path;

const MEADOW: &str = "kingdom,phylum,class,order,family,genus,species\n\
    Plantae,Tracheophyta,Liliopsida,Poales,Poaceae,Poa,Poa annua\n\
    Plantae,Tracheophyta,Liliopsida,Poales,Poaceae,Poa,Poa trivialis\n\
    Plantae,Tracheophyta,Magnoliopsida,Asterales,Asteraceae,Bellis,Bellis perennis\n\
    Plantae,Tracheophyta,Magnoliopsida,Asterales,Asteraceae,Taraxacum,Taraxacum officinale\n";

fn taxonomy(table: &str) -> Taxonomy {
    Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap()
}

/// Sets of truths, and of answers with scores, by names.
type Image<'a> = (&'a [&'a str], &'a [(&'a str, f64)]);

fn sets(taxonomy: &Taxonomy, images: &[Image<'_>]) -> ImageSets {
    let taxon = |name: &str| taxonomy.resolve(name).taxon();
    let mut run = AnswerSets { name: "run".to_string(), ..AnswerSets::default() };
    let mut sets = ImageSets::default();
    for (place, (truths, answers)) in images.iter().enumerate() {
        let mut truths: Vec<TaxonId> = truths.iter().map(|name| taxon(name).unwrap()).collect();
        truths.sort_unstable();
        sets.images.push(format!("q{}", place + 1));
        sets.truths.push(truths);
        let mut members: Vec<Member> = vec![];
        for (name, score) in *answers {
            let named = taxon(name).map_or_else(
                || {
                    run.unknown_names.push((*name).to_string());
                    Named::Unknown(u32::try_from(run.unknown_names.len() - 1).unwrap())
                },
                Named::Taxon,
            );
            members.push(Member { named, score: Some(*score).filter(|score| !score.is_nan()) });
        }
        members.sort_by(|a, b| b.score.partial_cmp(&a.score).unwrap().then(a.named.cmp(&b.named)));
        run.listed.push(members);
    }
    sets.runs.push(run);
    sets
}

fn scored(taxonomy: &Taxonomy, sets: &ImageSets, selection: Selection, precision: Option<f64>) -> RunSets {
    let units = Units::of(sets);
    Scoring { taxonomy, sets, units: &units, draws: 200, seed: 0, precision }.run(&sets.runs[0], selection)
}

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?} is not {expected}");
}

const NONE: f64 = f64::NAN;
const POA: &str = "Poa annua";
const TRIVIALIS: &str = "Poa trivialis";
const DAISY: &str = "Bellis perennis";
const DANDELION: &str = "Taraxacum officinale";

/// Four quadrats of three transects and two sites.
fn meadow(taxonomy: &Taxonomy) -> ImageSets {
    let mut sets = sets(
        taxonomy,
        &[
            (&[POA, DAISY], &[(POA, NONE), (DANDELION, NONE), (TRIVIALIS, NONE)]),
            (&[DAISY], &[(DAISY, NONE)]),
            (&[DANDELION, POA, TRIVIALIS], &[(TRIVIALIS, NONE)]),
            (&[], &[(DAISY, NONE), (POA, NONE)]),
        ],
    );
    sets.transects = Some(["A", "A", "B", "C"].map(str::to_string).to_vec());
    sets.sites = Some(["north", "north", "north", "south"].map(str::to_string).to_vec());
    sets
}

#[test]
fn a_meadow_by_hand() {
    let taxonomy = taxonomy(MEADOW);
    let run = scored(&taxonomy, &meadow(&taxonomy), Selection::All, None);
    let averages = &run.scores.averages;
    // Right, truths, answers: 1 2 3; 1 1 1; 1 3 1; 0 0 2.
    assert_eq!((averages.n, averages.truths, averages.answers, averages.taxa), (4, 6, 7, 4));
    near(averages.sample_precision, (1.0 / 3.0 + 1.0 + 1.0) / 4.0);
    near(averages.sample_recall, (0.5 + 1.0 + 1.0 / 3.0) / 4.0);
    near(averages.sample_f1, (0.4 + 1.0 + 0.5) / 4.0);
    // Transect A (0.4 + 1) / 2, B 0.5, C 0: the PlantCLEF score is 1.2 / 3 and not 1.9 / 4.
    near(averages.transect_f1, 0.4);
    near(averages.micro_precision, 3.0 / 7.0);
    near(averages.micro_recall, 3.0 / 6.0);
    near(averages.micro_f1, 6.0 / 13.0);
    // Poa annua 1 of 2 answers and 2 images, Poa trivialis 1 of 2 and 1, daisy 1 of 2 and 2, dandelion 0 of 1 and 1.
    near(averages.macro_precision, (0.5 + 0.5 + 0.5) / 4.0);
    near(averages.macro_recall, (0.5 + 1.0 + 0.5) / 4.0);
    near(averages.macro_f1, (0.5 + 2.0 / 3.0 + 0.5) / 4.0);
    near(averages.jaccard, (0.25 + 1.0 + 1.0 / 3.0) / 4.0);
    near(averages.exact, 0.25);
    let of_rank = |rank: Rank| run.ranks.iter().find(|row| row.rank == rank).unwrap().averages.clone();
    // Genera: {Poa, Bellis} and {Poa, Taraxacum}: 1/2; 1; {Taraxacum, Poa} and {Poa}: 2/3; 0.
    near(of_rank(Rank::Genus).sample_f1, (0.5 + 1.0 + 2.0 / 3.0) / 4.0);
    near(of_rank(Rank::Family).sample_f1, (1.0 + 1.0 + 2.0 / 3.0) / 4.0);
    near(of_rank(Rank::Genus).transect_f1, (0.75 + 2.0 / 3.0) / 3.0);
    assert_eq!((run.scores.empty_truths, run.scores.empty_answers, run.scores.transects), (1, 0, Some(3)));
}

#[test]
fn lineages_heights_and_communities_by_hand() {
    let taxonomy = taxonomy(MEADOW);
    let run = scored(&taxonomy, &meadow(&taxonomy), Selection::All, None);
    let scores = &run.scores;
    // Taxa of the lineages in both, of truths, of answers: 10 12 13; 7 7 7; 7 13 7; 0 0 12.
    near(scores.hp, 24.0 / 39.0);
    near(scores.hr, 24.0 / 32.0);
    near(scores.hf, 48.0 / 71.0);
    near(scores.sample_hf, (0.8 + 1.0 + 0.7) / 4.0);
    // q1: the daisy with the dandelion 2 (family), Poa trivialis left over 7: 9 of 3. q3: two truths left over: 14 of 3.
    // q4: two answers left over: 14 of 2.
    near(scores.height, (3.0 + 14.0 / 3.0 + 7.0) / 4.0);
    near(scores.size_error, 0.25);
    near(scores.size_error_absolute, 1.25);
    // North: |2−1| + |1−2| + |2−1| + |1−1| = 3 of 6 + 5. South: 2 of 0 + 2, and two species too many.
    // Their mean: (3 / 11 + 1) / 2 = 7 / 11.
    near(run.sites[0].bray_curtis, 3.0 / 11.0);
    near(scores.bray_curtis, 7.0 / 11.0);
    near(scores.richness_error, 1.0);
    assert_eq!(run.images[0].missed.len(), 1);
    assert_eq!(run.images[0].wrong.len(), 2);
    let (value, interval) = scores.within("sample_f1");
    assert!(value.is_some() && interval.is_some());
    assert!(run.tuned.is_empty() && scores.mean_average_precision.is_none());
}

#[test]
fn empty_sets_and_one_transect_have_defined_results() {
    let taxonomy = taxonomy(MEADOW);
    let mut empty = sets(&taxonomy, &[(&[], &[]), (&[], &[])]);
    empty.transects = Some(vec!["A".to_string(); 2]);
    let run = scored(&taxonomy, &empty, Selection::All, None);
    near(run.scores.averages.sample_f1, 1.0);
    near(run.scores.averages.transect_f1, 1.0);
    near(run.scores.height, 0.0);
    assert_eq!((run.scores.averages.micro_f1, run.scores.averages.macro_f1, run.scores.hf), (None, None, None));
    assert!(run.ranks.is_empty() && run.taxa.is_empty());
}

#[test]
fn unknown_names_are_wrong_at_every_rank_and_coarse_truths_are_open_below() {
    let taxonomy = taxonomy(MEADOW);
    let sets = sets(&taxonomy, &[(&["Poa", DAISY], &[(POA, NONE), (DAISY, NONE), ("Nonsense plant", NONE)])]);
    let run = scored(&taxonomy, &sets, Selection::All, None);
    // Poa annua lies below the truth Poa, and is it: 2 right of 2 truths and 3 answers.
    near(run.scores.averages.micro_precision, 2.0 / 3.0);
    near(run.scores.averages.micro_recall, 1.0);
    let species = run.ranks.iter().find(|row| row.rank == Rank::Species).unwrap();
    // At the species the truth Poa is open and Poa annua neither right nor wrong: daisy of daisy and nonsense.
    assert_eq!((species.averages.truths, species.averages.answers), (1, 2));
    near(species.averages.sample_precision, 0.5);
    // The nonsense is left over: 7 of three members.
    near(run.scores.height, 7.0 / 3.0);
}

/// Twelve images in six transects, of which the scores tell what is there but for noise.
#[test]
fn a_right_answer_below_a_coarse_truth_is_right_at_its_own_rank() {
    let taxonomy = taxonomy(MEADOW);
    // Truths: the genus Poa, and Poa annua. At the species the genus says nothing, and Poa annua is right: 2 · 1 / (1 + 2).
    let sets = sets(&taxonomy, &[(&["Poa", POA], &[(POA, NONE), (DAISY, NONE)])]);
    let run = scored(&taxonomy, &sets, Selection::All, None);
    let species = run.ranks.iter().find(|row| row.rank == Rank::Species).unwrap();
    near(species.averages.sample_f1, 2.0 / 3.0);
}

fn scores_of(taxonomy: &Taxonomy) -> ImageSets {
    let mut images: Vec<Image<'_>> = vec![];
    for _ in 0..6 {
        images.push((&[POA], &[(POA, 0.9), (DAISY, 0.6), (DANDELION, 0.2)]));
        images.push((&[DAISY], &[(POA, 0.3), (DAISY, 0.7), (DANDELION, 0.1)]));
    }
    let mut sets = sets(taxonomy, &images);
    sets.transects = Some((0..12).map(|image| format!("t{}", image / 2)).collect());
    sets.runs[0].form = Form::Classes;
    sets
}

#[test]
fn thresholds_are_tuned_on_one_half_and_tried_on_the_other() {
    let taxonomy = taxonomy(MEADOW);
    let sets = scores_of(&taxonomy);
    let run = scored(&taxonomy, &sets, Selection::usual(&sets.runs[0]), Some(0.6));
    let [f1, precision] = &run.tuned[..] else { panic!("{:?}", run.tuned) };
    // From 0.7 on both are right alone; at 0.6 the daisy joins the first.
    assert_eq!((f1.threshold, f1.tuned_n, f1.tried_n), (Some(0.7), 6, 6));
    near(f1.tried_f1, 1.0);
    // At 0.5 the first has two answers, one right: (2/3 + 1) / 2.
    near(f1.given_f1, 5.0 / 6.0);
    // 0.7: 1; 0.6: 2 of 3; 0.3: 2 of 4.
    assert_eq!(precision.threshold, Some(0.6));
    near(precision.tried_precision, 2.0 / 3.0);
    near(precision.tried_recall, 1.0);
    let never = scored(&taxonomy, &sets, Selection::All, Some(1.0));
    assert_eq!(never.tuned[1].threshold, Some(0.7));
    let mut one = sets.clone();
    one.transects = Some(vec!["t".to_string(); 12]);
    let run = scored(&taxonomy, &one, Selection::All, None);
    assert!(run.tuned[0].threshold.is_none());
    assert_eq!(run.tuned[0].why_not.as_deref(), Some("there are not two of the transects to tune on one and try on the other"));
}

#[test]
fn average_precision_is_that_of_the_taxon_over_all_images() {
    let taxonomy = taxonomy(MEADOW);
    let run = scored(&taxonomy, &scores_of(&taxonomy), Selection::Top(1), None);
    near(run.scores.averages.sample_f1, 1.0);
    // Poa 0.9 where it is and 0.3 where not, the daisy 0.7 and 0.6: 1 and 1; no image shows the dandelion.
    near(run.scores.mean_average_precision, 1.0);
    assert_eq!((run.scores.average_precisions, run.scores.without_average_precision), (Some(2), Some(1)));
}

/// A random tree of 24 species, some genera of which are named as truths.
fn random_tree(random: &mut ChaCha8Rng) -> (Taxonomy, Vec<TaxonId>) {
    let mut table = "kingdom,phylum,class,order,family,genus,species\n".to_string();
    for species in 0..24 {
        let mut names = vec![];
        let mut above = String::new();
        for _ in 0..6 {
            above = format!("{above}{}", ["a", "b"][random.random_range(0..2)]);
            names.push(format!("N{above}"));
        }
        names.push(format!("N{above} s{species}"));
        table += &(names.join(",") + "\n");
    }
    let taxonomy = taxonomy(&table);
    let taxa = taxonomy.taxa().filter(|taxon| taxonomy.rank(*taxon) >= Rank::Genus && *taxon != TaxonId::ROOT).collect();
    (taxonomy, taxa)
}

/// The least sum of heights over all ways to pair, all members in place.
fn naive_height(taxonomy: &Taxonomy, truths: &[TaxonId], answers: &[Option<TaxonId>], is_taken: &mut Vec<bool>) -> u32 {
    let Some((truth, rest)) = truths.split_first() else {
        return 7 * u32::try_from(is_taken.iter().filter(|taken| !**taken).count()).unwrap();
    };
    let mut least = 7 + naive_height(taxonomy, rest, answers, is_taken);
    for place in 0..answers.len() {
        if is_taken[place] {
            continue;
        }
        is_taken[place] = true;
        let height =
            answers[place].map_or(7, |answer| crate::scores::outcome::Outcome::of(taxonomy, *truth, answer).height(taxonomy));
        least = least.min(height + naive_height(taxonomy, rest, answers, is_taken));
        is_taken[place] = false;
    }
    least
}

#[test]
fn heights_and_lineages_are_those_of_naive_twins_on_random_trees() {
    let mut random = ChaCha8Rng::seed_from_u64(3);
    for _ in 0..12 {
        let (taxonomy, taxa) = random_tree(&mut random);
        for _ in 0..12 {
            let mut draw = |most: usize| -> Vec<TaxonId> {
                let size = random.random_range(0..=most);
                let drawn: BTreeSet<TaxonId> = (0..size).map(|_| taxa[random.random_range(0..taxa.len())]).collect();
                drawn.into_iter().collect()
            };
            let (truths, answers) = (draw(5), draw(5));
            let unknown: Vec<u32> = (0..u32::try_from(draw(2).len()).unwrap()).collect();
            let pair = SetPair { truths, answers, unknown };
            let all: Vec<Option<TaxonId>> =
                pair.answers.iter().copied().map(Some).chain(pair.unknown.iter().map(|_| None)).collect();
            let size = pair.truths.len().max(all.len());
            let naive = naive_height(&taxonomy, &pair.truths, &all, &mut vec![false; all.len()]);
            let expected = if size == 0 { 0.0 } else { f64::from(naive) / to_f64(size as u64) };
            assert!((height(&taxonomy, &pair) - expected).abs() < 1e-12, "{pair:?}: {} {expected}", height(&taxonomy, &pair));
            let names = |taxa: &[TaxonId]| -> BTreeSet<String> {
                let lineage = |taxon: &TaxonId| {
                    let whole = taxonomy.lineage_string(*taxon, ";");
                    let steps: Vec<String> = whole.split(';').map(str::to_string).collect();
                    (1..=steps.len()).map(move |end| steps[..end].join(";"))
                };
                taxa.iter().flat_map(lineage).collect()
            };
            let (t, a) = (names(&pair.truths), names(&pair.answers));
            let closed = super::closure::overlap(&taxonomy, &pair);
            assert_eq!(closed.right, t.intersection(&a).count() as u64);
            assert_eq!((closed.truths, closed.answered), (t.len() as u64, (a.len() + pair.unknown.len()) as u64));
        }
    }
}
