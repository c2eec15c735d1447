//! Scores of lineages that are not all alike, worked by hand: coarse truths, early stops, missing ranks, short lists.

use crate::eight_species::{scored, tree};
use crate::score::near;
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::scores::accounting::OfScored;
use nearmiss::scores::how_wrong::HeightUnit;
use nearmiss::scores::outcome::{Outcome, Unreachable};
use nearmiss::scores::{ScoreOptions, Scores, Tree};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Two families of Carnivora, one genus without a family, one subspecies.
///
/// ```text
/// Animalia ─ Mammalia ─ Carnivora ┬ Felidae ┬ Felis ┬ F. catus
///                                 │         │       └ F. silvestris ─ F. s. lybica
///                                 │         └ Puma ── P. concolor
///                                 ├ Canidae ─ Canis ─ C. lupus
///                                 └ Nandinia ──────── N. binotata
/// ```
fn carnivores() -> (Taxonomy, Vec<TaxonId>) {
    use Rank::{Class, Family, Genus, Kingdom, Order, Species, Subspecies};
    let top = [(Kingdom, "Animalia"), (Class, "Mammalia"), (Order, "Carnivora")];
    let below = |rest: &[(Rank, &'static str)]| [&top[..], rest].concat();
    tree(&[
        below(&[(Family, "Felidae"), (Genus, "Felis"), (Species, "Felis catus")]),
        below(&[(Family, "Felidae"), (Genus, "Felis"), (Species, "Felis silvestris")]),
        below(&[(Family, "Felidae"), (Genus, "Felis"), (Species, "Felis silvestris"), (Subspecies, "Felis silvestris lybica")]),
        below(&[(Family, "Felidae"), (Genus, "Puma"), (Species, "Puma concolor")]),
        below(&[(Family, "Canidae"), (Genus, "Canis"), (Species, "Canis lupus")]),
        below(&[(Genus, "Nandinia"), (Species, "Nandinia binotata")]),
        below(&[(Family, "Felidae"), (Genus, "Felis")]),
        below(&[(Family, "Felidae")]),
    ])
}

fn run(truths: Vec<Truth>, answers: Vec<Answer>) -> Answers {
    let mut ranked = Ranked::default();
    for answer in answers {
        ranked.push([(answer, None)]);
    }
    let images = (0..truths.len()).map(|image| format!("{image}.jpg")).collect();
    Answers { name: "run".to_string(), images, truths, ranked, ..Answers::default() }
}

#[test]
fn an_answer_is_cut_at_the_rank_of_the_truth() {
    let (taxonomy, taxa) = carnivores();
    let [catus, _, lybica, concolor, lupus, nandinia, felis, felidae] = taxa[..] else { panic!() };
    let of = |truth, answer| {
        let outcome = Outcome::of(&taxonomy, truth, answer);
        (taxonomy.name(outcome.predicted).to_string(), taxonomy.name(outcome.lca).to_string(), outcome.height(&taxonomy))
    };
    let expect = |predicted: &str, lca: &str, height| (predicted.to_string(), lca.to_string(), height);
    // below the truth: right
    assert_eq!(of(felis, catus), expect("Felis", "Felis", 0));
    // another branch: cut to the genus; genus truth (rung 1) meets it at the family (rung 2): 1
    assert_eq!(of(felis, concolor), expect("Puma", "Felidae", 1));
    // a genus is deeper than a family truth; without a family it is cut to the order
    assert_eq!(of(felidae, nandinia), expect("Carnivora", "Carnivora", 1));
    assert_eq!(of(felidae, lupus), expect("Canidae", "Carnivora", 1));
    // an answer above the truth stays: height 2 up to the family
    assert_eq!(of(catus, felidae), expect("Felidae", "Felidae", 2));
    // a subspecies answered for another species is scored as its species
    assert_eq!(of(catus, lybica), expect("Felis silvestris", "Felis", 1));
    // no answer at all: the root, 7 rungs
    assert_eq!(of(catus, TaxonId::ROOT), expect("root", "root", 7));
}

#[test]
fn coarse_truths_and_early_stops_count_as_far_as_they_go() {
    let (taxonomy, taxa) = carnivores();
    let [catus, _, _, concolor, lupus, nandinia, felis, felidae] = taxa[..] else { panic!() };
    let truths = [catus, felis, catus, nandinia, concolor].map(Truth::Taxon).to_vec();
    let answers = vec![Answer::Taxon(felidae), Answer::Taxon(catus), Answer::Nothing, Answer::Taxon(lupus), Answer::Outside];
    let scores = Scores::of(&taxonomy, &run(truths, answers), &ScoreOptions::default());
    let row = |rank| {
        let row = scores.rank(rank).unwrap();
        (row.n, row.path_top1)
    };
    // image 1 stops at the family; image 2 (genus truth) is right; 3 and 5 have no answer;
    // image 4 (Nandinia has no family) shares class and order with the wolf.
    assert_eq!(row(Rank::Class), (5, Some(0.6)));
    assert_eq!(row(Rank::Family), (4, Some(0.5)));
    assert_eq!(row(Rank::Genus), (5, Some(0.2)));
    assert_eq!(row(Rank::Species), (4, Some(0.0)));
    assert_eq!(row(Rank::Phylum), (0, None));
    let how = &scores.how_wrong;
    // heights: 2 (family), 0, 7, 3 (order), 7 = 19; mistakes 1 3 4 5; 1, 3 and 5 stop above
    assert_eq!((how.n, how.mistakes, how.stopped_above), (5, 4, 3));
    near(how.mean_height, 19.0 / 5.0);
    near(how.severity, 19.0 / 4.0);
    // depths (no phylum): catus 6, Felis 5, Nandinia binotata 5, Puma concolor 6, Felidae 4, lupus 6
    // truth 6+5+6+5+6 = 28; predicted 4+5+0+6+0 = 15; lca 4+5+0+3+0 = 12
    near(how.mean_edges, f64::from(28 + 15 - 24) / 5.0);
    near(how.hp, 12.0 / 15.0);
    near(how.hr, 12.0 / 28.0);
    near(how.hf, 24.0 / 43.0);
    // precision of an answer at the root is undefined: (1 + 1 + 3/6) / 3
    near(how.hp_mean, 2.5 / 3.0);
    near(how.hr_mean, (4.0 / 6.0 + 1.0 + 0.0 + 3.0 / 5.0 + 0.0) / 5.0);
    near(how.hf_mean, (8.0 / 10.0 + 1.0 + 0.0 + 6.0 / 11.0 + 0.0) / 5.0);
    assert!(!how.full_lineages);
    let of = OfScored { no_answer: 1, answer_outside_taxonomy: 1, coarse_truth: 1, ..OfScored::default() };
    assert_eq!(scores.accounting.of_scored, of);
}

#[test]
fn every_image_is_accounted_for_once() {
    let (taxonomy, taxa) = carnivores();
    let [catus, silvestris, lybica, concolor, lupus, _, felis, felidae] = taxa[..] else { panic!() };
    let truths = vec![
        Truth::Taxon(catus),
        Truth::Missing,
        Truth::Outside,
        Truth::Taxon(lupus),   // not among the candidates
        Truth::Taxon(felidae), // above a candidate: reachable
        Truth::Taxon(lybica),  // below a candidate of the labels' rank: reachable as far as that
        Truth::Taxon(concolor),
    ];
    let answers = vec![Answer::Taxon(silvestris); 7];
    let mut run = run(truths, answers);
    run.candidates = Some(vec![catus, silvestris, felis]);
    run.unreadable = BTreeMap::from([(0, "truncated".to_string())]);
    let scores = Scores::of(&taxonomy, &run, &ScoreOptions::default());
    let counts = &scores.accounting;
    let parts = (counts.scored, counts.unreadable, counts.without_truth, counts.outside_taxonomy, counts.not_a_candidate);
    assert_eq!(parts, (2, 1, 1, 1, 2));
    assert_eq!(counts.images, counts.scored + counts.left_out());
    let causes = &scores.causes;
    // felidae is right, lybica stops above; lupus and concolor are no candidates.
    let parts = [causes.right, causes.stopped_above, causes.not_a_candidate, causes.without_truth, causes.outside_taxonomy];
    assert_eq!((parts, causes.unreadable, causes.images), ([1, 1, 2, 1, 1], 1, 7));
    // lybica (rung 0) answered by its species (rung 0): a mistake of height 0 that stops above
    assert_eq!((scores.how_wrong.mistakes, scores.how_wrong.stopped_above), (1, 1));
    near(scores.how_wrong.severity, 0.0);
    assert_eq!(scores.ranks.last().map(|row| (row.rank, row.n, row.path_top1)), Some((Rank::Subspecies, 1, Some(0.0))));

    let all = ScoreOptions { unreachable: Unreachable::Score, ..ScoreOptions::default() };
    run.count_outside_as_wrong = true;
    let scores = Scores::of(&taxonomy, &run, &all);
    assert_eq!((scores.accounting.scored, scores.accounting.left_out()), (6, 1));
    assert_eq!((scores.accounting.of_scored.unusable_truth, scores.accounting.of_scored.not_a_candidate), (2, 2));
    // heights: 7 and 7 for the two without a truth, lupus 3, felidae 0, lybica 0, concolor 2
    near(scores.how_wrong.mean_height, 19.0 / 6.0);
    // order: two without a truth are wrong, four right
    near(scores.rank(Rank::Order).unwrap().path_top1, 4.0 / 6.0);
    near(scores.rank(Rank::Order).unwrap().chance, 4.0 / 6.0);
    assert_eq!(scores.mistakes.len(), 5);
}

#[test]
fn edges_are_counted_in_the_tree_that_was_asked_for() {
    use Rank::{Family, Genus, Species, Subfamily, Tribe};
    let (taxonomy, taxa) = tree(&[
        vec![
            (Family, "Carabidae"),
            (Subfamily, "Harpalinae"),
            (Tribe, "Harpalini"),
            (Genus, "Harpalus"),
            (Species, "Harpalus affinis"),
        ],
        vec![(Family, "Carabidae"), (Genus, "Carabus"), (Species, "Carabus auratus")],
    ]);
    let run = run(vec![Truth::Taxon(taxa[0])], vec![Answer::Taxon(taxa[1])]);
    let edges = |tree| Scores::of(&taxonomy, &run, &ScoreOptions { tree, ..ScoreOptions::default() }).how_wrong;
    // full: species, genus, tribe, subfamily up to the family is 4, down again 2
    near(edges(Tree::Full).mean_edges, 6.0);
    near(edges(Tree::Full).hr, 1.0 / 5.0);
    near(edges(Tree::MainRanks).mean_edges, 4.0);
    near(edges(Tree::MainRanks).hr, 1.0 / 3.0);
    near(edges(Tree::MainRanks).severity, 2.0);
}

#[test]
fn a_tree_without_ranks_is_scored_in_edges() {
    use Rank::Unranked;
    let (taxonomy, taxa) = tree(&[
        vec![(Unranked, "A"), (Unranked, "B"), (Unranked, "C")],
        vec![(Unranked, "A"), (Unranked, "D"), (Unranked, "E"), (Unranked, "F")],
    ]);
    let run = run(vec![Truth::Taxon(taxa[0]), Truth::Taxon(taxa[1])], vec![Answer::Taxon(taxa[1]), Answer::Taxon(taxa[0])]);
    let scores = Scores::of(&taxonomy, &run, &ScoreOptions { tree: Tree::MainRanks, ..ScoreOptions::default() });
    assert!(scores.ranks.is_empty() && scores.how_wrong.lca_histogram.is_none());
    // C up to A is 2 edges, F up to A is 3; F is cut to depth 3 (E) for the truth C: 2 + 2, then 3 + 2
    near(scores.how_wrong.mean_height, 2.5);
    near(scores.how_wrong.mean_edges, 4.5);
    assert_eq!((scores.how_wrong.height_unit, scores.how_wrong.tree), (HeightUnit::Edges, Tree::Full));
    assert!(scores.notes.iter().any(|note| note.contains("no ranks")));
}

#[test]
fn a_top_five_of_three_answers_is_no_top_five() {
    let (taxonomy, taxa) = carnivores();
    let mut run = run(vec![Truth::Taxon(taxa[0])], vec![]);
    run.ranked.push([3, 0, 4].map(|index| (Answer::Taxon(taxa[index]), Some(0.3))));
    let scores = Scores::of(&taxonomy, &run, &ScoreOptions::default());
    assert_eq!(scores.rank(Rank::Species).unwrap().path_top5, None);
    assert!(
        scores.notes.iter().any(|note| note.contains("1 of 1 image lists fewer than five answers, at most 3")),
        "{:?}",
        scores.notes
    );
    // chance without a list of candidates: one of the three species met
    near(scores.rank(Rank::Species).unwrap().chance, 1.0 / 3.0);
    // three labels are all there are: then it is
    run.candidates = Some(vec![taxa[0], taxa[3], taxa[4]]);
    let scores = Scores::of(&taxonomy, &run, &ScoreOptions::default());
    near(scores.rank(Rank::Species).unwrap().path_top5, 1.0);
}

#[test]
fn scores_that_are_no_probabilities_have_no_calibration() {
    let (taxonomy, taxa) = carnivores();
    let mut run = run(vec![Truth::Taxon(taxa[0])], vec![]);
    run.ranked.push([(Answer::Taxon(taxa[0]), Some(27.3))]);
    run.summed[6] = Some(run.ranked.clone());
    let scores = Scores::of(&taxonomy, &run, &ScoreOptions::default());
    let row = scores.rank(Rank::Species).unwrap();
    assert_eq!((row.summed_top1, row.ece), (Some(1.0), None));
    assert!(scores.notes.iter().any(|note| note.contains("no probabilities: no ece at species")), "{:?}", scores.notes);
}

#[test]
fn a_tree_of_genus_and_species_is_warned_of() {
    let (taxonomy, taxa) = tree(&[
        vec![(Rank::Genus, "Harpalus"), (Rank::Species, "Harpalus affinis")],
        vec![(Rank::Genus, "Carabus"), (Rank::Species, "Carabus auratus")],
    ]);
    let scores = Scores::of(&taxonomy, &run(vec![Truth::Taxon(taxa[0])], vec![Answer::Taxon(taxa[1])]), &ScoreOptions::default());
    near(scores.how_wrong.severity, 7.0);
    assert!(scores.warnings[0].contains("counts 7"), "{:?}", scores.warnings);
    assert!(scored().warnings.is_empty());
}

#[test]
fn repeated_observations_and_empty_runs_are_said() {
    let (taxonomy, taxa) = carnivores();
    let mut two = run(vec![Truth::Taxon(taxa[0]); 2], vec![Answer::Taxon(taxa[0]); 2]);
    two.observations = Some(vec!["a".to_string(), "a".to_string()]);
    let scores = Scores::of(&taxonomy, &two, &ScoreOptions::default());
    assert!(
        scores.notes.iter().any(|note| note.contains("show 1 observation") && !note.contains("1 observations")),
        "{:?}",
        scores.notes
    );
    let none = Scores::of(&taxonomy, &run(vec![], vec![]), &ScoreOptions::default());
    assert_eq!(
        (none.accounting.images, none.how_wrong.mean_height, none.how_wrong.hf, none.how_wrong.severity),
        (0, None, None, None)
    );
    assert!(none.ranks.iter().all(|row| row.n == 0 && row.path_top1.is_none() && row.path_macro.is_none()));
}
