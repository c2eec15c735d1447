//! Scores against numbers worked by hand.

use crate::eight_species::{answers, taxonomy, tree};
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::metric::{Block, find};
use nearmiss::outcome::{Outcome, Unreachable};
use nearmiss::rank::Rank;
use nearmiss::scores::accounting::OfScored;
use nearmiss::scores::how_wrong::{HeightUnit, Histogram};
use nearmiss::scores::{ScoreOptions, Scores, Tree};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{found:?} is not {expected}");
}

fn eight() -> Scores {
    let (taxonomy, species) = taxonomy();
    Scores::of(&taxonomy, &answers(&taxonomy, &species), &ScoreOptions::default())
}

fn column(scores: &Scores, value: impl Fn(&nearmiss::scores::ranks::RankScores) -> Option<f64>) -> Vec<Option<f64>> {
    scores.ranks.iter().map(value).collect()
}

fn rounded(values: &[Option<f64>]) -> Vec<String> {
    values.iter().map(|value| value.map_or(String::new(), |value| format!("{value:.9}"))).collect()
}

#[test]
fn eight_species_by_path_and_by_sum() {
    // Best labels 0 1 0 4 4 0 7 3 against truths 0 0 2 4 5 6 7 3.
    // Right at species: images 1 4 7 8 = 4/8; genus adds image 2; order adds image 3; image 5 (cat
    // for butterfly) only shares its kingdom; image 6 (bird for plant) shares nothing.
    let expected = ["0.875", "0.750", "0.750", "0.750", "0.625", "0.625", "0.500"].map(|value| format!("{value}000000"));
    let scores = eight();
    assert_eq!(rounded(&column(&scores, |row| row.path_top1)), expected);
    // By sum image 3 becomes right at genus and family (Turdus .55 against Oenanthe .35) and image
    // 8 wrong (Oenanthe .44 against Turdus .42): the same totals from different images.
    assert_eq!(rounded(&column(&scores, |row| row.summed_top1)), expected);
    assert_eq!(scores.ranks.iter().map(|row| row.classes).collect::<Vec<_>>(), [3, 4, 5, 5, 6, 6, 8]);
}

#[test]
fn eight_species_calibration_chance_and_macro() {
    let scores = eight();
    let expected = [0.17125, 0.205, 0.22125, 0.22125, 0.32375, 0.32375, 0.23375];
    for (row, expected) in scores.ranks.iter().zip(expected) {
        near(row.ece, expected);
    }
    // Recall per true species: 1/2, 0, 1, 0, 0, 1, 1 over seven species: 3.5 / 7.
    near(scores.rank(Rank::Species).unwrap().path_macro, 0.5);
    // Families: Muscicapidae 2/2, Turdidae 1/2, Felidae 1, Nymphalidae 0, Apiaceae 0, Amanitaceae 1: 3.5 / 6.
    near(scores.rank(Rank::Family).unwrap().path_macro, 3.5 / 6.0);
    // Labels below the true kingdom: Animalia 6 (six images), Plantae 1, Fungi 1: 38 / (8 × 8).
    near(scores.rank(Rank::Kingdom).unwrap().chance, 38.0 / 64.0);
    // Below the true genus: 2 2 2 1 1 1 1 2 = 12 / 64.
    near(scores.rank(Rank::Genus).unwrap().chance, 12.0 / 64.0);
    near(scores.rank(Rank::Species).unwrap().chance, 0.125);
    // 5 best labels: every truth is among the best three.
    near(scores.rank(Rank::Species).unwrap().path_top5, 1.0);
}

#[test]
fn eight_species_how_wrong() {
    let how = eight().how_wrong;
    // Heights 0 1 3 0 6 7 0 0: sum 17, four mistakes.
    assert_eq!((how.n, how.mistakes, how.stopped_above), (8, 4, 0));
    near(how.mean_height, 2.125);
    near(how.severity, 4.25);
    near(how.mean_edges, 4.25);
    // Shared depths 7 6 4 7 1 0 7 7 = 39 of 56.
    for value in [how.hp, how.hr, how.hf, how.hp_mean, how.hr_mean, how.hf_mean] {
        near(value, 39.0 / 56.0);
    }
    near(how.hf, 0.696_428_571_428_571_4);
    assert!(how.full_lineages);
    near(how.hf, 1.0 - how.mean_height.unwrap() / 7.0);
    let expected = [
        ("right", 4),
        ("species", 0),
        ("genus", 1),
        ("family", 0),
        ("order", 1),
        ("class", 0),
        ("phylum", 0),
        ("kingdom", 1),
        ("root", 1),
    ];
    assert_eq!(how.lca_histogram, Some(Histogram(expected.map(|(name, count)| (name.to_string(), count)).to_vec())));
}

#[test]
fn eight_species_consistency() {
    let scores = eight();
    let consistency = scores.consistency.clone().unwrap();
    // Image 3: family Turdidae, species Oenanthe oenanthe. Image 8: genus Oenanthe, species Turdus
    // philomelos. 2 of 8 chains are no path; right at all ranks: images 1 4 7.
    near(consistency.tice, 0.25);
    near(consistency.fpa, 0.375);
    // (3×.875 + (4 + 5 + 5)×.75 + (6 + 6)×.625 + 8×.5) / 37 = 24.625 / 37
    near(consistency.wap, 24.625 / 37.0);
    near(consistency.wap, 0.665_540_540_540_540_7);
}

#[test]
fn eight_species_mistakes_and_confusions_come_worst_first() {
    let (taxonomy, species) = taxonomy();
    let answers = answers(&taxonomy, &species);
    let scores = Scores::of(&taxonomy, &answers, &ScoreOptions::default());
    let images: Vec<_> = scores.mistakes.iter().map(|mistake| (mistake.image, mistake.height)).collect();
    assert_eq!(images, [(5, Some(7)), (4, Some(6)), (2, Some(3)), (1, Some(1))]);
    assert_eq!(scores.mistakes[0].lca, TaxonId::ROOT);
    let heights: Vec<_> = scores.confusions.iter().map(|pair| (pair.count, pair.height)).collect();
    assert_eq!(heights, [(1, 7), (1, 6), (1, 3), (1, 1)]);
    let bird_genus = taxonomy.ancestor_at(species[0], Rank::Genus).unwrap();
    let row = scores.taxa.iter().find(|row| row.taxon == bird_genus).unwrap();
    // Oenanthe the bird: 2 images, both right; 4 answers (images 1 2 3 6). The plant is another taxon.
    assert_eq!((row.n, row.answered, row.right), (2, 4, 2));
    near(row.recall, 1.0);
    near(row.precision, 0.5);
    near(row.f1, 2.0 / 3.0);
    let plant_genus = taxonomy.ancestor_at(species[6], Rank::Genus).unwrap();
    let row = scores.taxa.iter().find(|row| row.taxon == plant_genus).unwrap();
    let confused = row.confused_with.unwrap();
    assert_eq!((row.recall, row.precision), (Some(0.0), None));
    assert_eq!((confused.taxon, confused.count, confused.lca), (bird_genus, 1, TaxonId::ROOT));
}

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
        scores.notes.iter().any(|note| note.contains("1 of 1 images list fewer than five answers, at most 3")),
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
    assert!(eight().warnings.is_empty());
}

#[test]
fn repeated_observations_and_empty_runs_are_said() {
    let (taxonomy, taxa) = carnivores();
    let mut two = run(vec![Truth::Taxon(taxa[0]); 2], vec![Answer::Taxon(taxa[0]); 2]);
    two.observations = Some(vec!["a".to_string(), "a".to_string()]);
    let scores = Scores::of(&taxonomy, &two, &ScoreOptions::default());
    assert!(scores.notes.iter().any(|note| note.contains("show 1 observations")), "{:?}", scores.notes);
    let none = Scores::of(&taxonomy, &run(vec![], vec![]), &ScoreOptions::default());
    assert_eq!(
        (none.accounting.images, none.how_wrong.mean_height, none.how_wrong.hf, none.how_wrong.severity),
        (0, None, None, None)
    );
    assert!(none.ranks.iter().all(|row| row.n == 0 && row.path_top1.is_none() && row.path_macro.is_none()));
}

#[test]
fn every_number_in_the_files_is_a_described_metric() {
    let scores = eight();
    let keys = |value: serde_json::Value| value.as_object().unwrap().keys().cloned().collect::<Vec<_>>();
    let described = |block, keys: Vec<String>, others: &[&str]| {
        // The ends of an interval stand beside what they belong to, reasons in a map.
        let known = |key: &str| {
            let end = key.strip_suffix("_low").or_else(|| key.strip_suffix("_high"));
            let has_ends = end.and_then(|name| find(block, name)).is_some_and(|metric| metric.interval().is_some());
            find(block, key).is_some() || has_ends || key == "no_interval" || others.contains(&key)
        };
        let unknown: Vec<_> = keys.iter().filter(|key| !known(key)).collect();
        assert!(unknown.is_empty(), "{unknown:?}");
        let listed = nearmiss::metric::all().into_iter().filter(|metric| metric.block == block);
        let missing: Vec<_> = listed.filter(|metric| !keys.contains(&metric.name.to_string())).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let listed = nearmiss::metric::all().into_iter().filter(|metric| metric.block == block && metric.interval().is_some());
        let bare: Vec<_> = listed.filter(|metric| !keys.contains(&format!("{}_low", metric.name))).collect();
        assert!(bare.is_empty(), "{bare:?}");
    };
    described(Block::Ranks, keys(serde_json::to_value(&scores.ranks[0]).unwrap()), &["rank"]);
    described(
        Block::HowWrong,
        keys(serde_json::to_value(&scores.how_wrong).unwrap()),
        &["height_unit", "tree", "full_lineages", "information", "best_of"],
    );
    described(Block::BestOf, keys(serde_json::to_value(&scores.how_wrong.best_of[0]).unwrap()), &[]);
    described(Block::Flags, keys(serde_json::to_value(&scores.flags).unwrap()), &["yellow_from"]);
    let whole = scores.whole.as_ref().unwrap();
    let calibration = keys(serde_json::to_value(&whole.calibration.ranks[0]).unwrap());
    described(Block::Calibration, calibration, &["rank", "bins", "why_n"]);
    described(Block::Selective, keys(serde_json::to_value(&whole.selective).unwrap()), &["curve", "targets"]);
    described(Block::Consistency, keys(serde_json::to_value(&scores.consistency).unwrap()), &[]);
}

#[test]
#[expect(clippy::print_stderr, reason = "a test that skips says so")]
fn the_shared_gold_file_agrees() {
    let shared =
        std::env::var("NEARMISS_SHARED").unwrap_or_else(|_| concat!(env!("CARGO_MANIFEST_DIR"), "/../shared").to_string());
    let path = std::path::Path::new(&shared).join("gold/hierarchical.json");
    let Ok(text) = std::fs::read_to_string(&path) else {
        eprintln!("skipped: {} is not there", path.display());
        return;
    };
    let gold: serde_json::Value = serde_json::from_str(&text).unwrap();
    let scores = eight();
    let number = |key: &str| gold[key].as_f64().unwrap();
    for row in &scores.ranks {
        let at = |key: &str| gold[key][row.rank.name()].as_f64().unwrap();
        near(row.path_top1, at("top1_by_path"));
        near(row.summed_top1, at("top1_by_sum"));
        near(row.ece, at("ECE15_by_rank"));
    }
    let how = &scores.how_wrong;
    near(how.mean_height, number("hdist_avg@1"));
    near(how.severity, number("mistake_severity"));
    near(how.mean_edges, number("edge_dist(TIE)"));
    near(how.hf_mean, number("wu_palmer"));
    near(how.hr_mean, number("nLCA(path)"));
    near(how.hp, gold["hiclass_lineage_micro"][0].as_f64().unwrap());
    near(how.hr, gold["hiclass_lineage_micro"][1].as_f64().unwrap());
    near(how.hf, gold["hiclass_lineage_micro"][2].as_f64().unwrap());
    near(how.hf_mean, gold["hiclass_lineage_macro"][2].as_f64().unwrap());
    near(scores.rank(Rank::Species).unwrap().path_macro, number("balanced_acc_species"));
    near(scores.rank(Rank::Species).unwrap().path_top5, number("acc@5"));
    let consistency = scores.consistency.as_ref().unwrap();
    near(consistency.tice, number("TICE(sum argmax)"));
    near(consistency.fpa, number("FPA(sum argmax)"));
    near(consistency.wap, number("wAP(sum argmax)"));
    let mut heights = vec![0; 8];
    for mistake in &scores.mistakes {
        heights[mistake.image] = mistake.height.unwrap();
    }
    assert_eq!(serde_json::json!(heights), gold["height_per_image"]);
}

#[test]
fn images_of_one_observation_are_drawn_together() {
    use nearmiss::answers::Ranked;
    use nearmiss::scores::intervals::{DrawnBy, Intervals};
    // 40 observations of five equal pictures each, a quarter of them wrong: as wide as 40 images.
    let (taxonomy, species) = taxonomy();
    let mut answers = answers(&taxonomy, &species);
    answers.images = (0..200).map(|image| format!("{image}.jpg")).collect();
    answers.truths = vec![nearmiss::answers::Truth::Taxon(species[0]); 200];
    answers.observations = Some((0..200).map(|image| format!("{}", image / 5)).collect());
    answers.ranked = Ranked::default();
    answers.summed = Default::default();
    for image in 0..200 {
        let given = if (image / 5) % 4 == 0 { species[4] } else { species[0] };
        answers.ranked.push([(nearmiss::answers::Answer::Taxon(given), None)]);
    }
    let width = |drawn_by| {
        let scores = Scores::of(&taxonomy, &answers, &ScoreOptions { drawn_by, ..ScoreOptions::default() });
        let row = scores.rank(Rank::Species).unwrap().clone();
        assert!((row.path_top1.unwrap() - 0.75).abs() < 1e-12);
        let interval = row.intervals.of("path_top1").unwrap();
        (interval.high - interval.low, scores.intervals)
    };
    let (together, method) = width(DrawnBy::Observation);
    assert!(matches!(method, Intervals::Clusters { by: "observation", clusters: 40, .. }), "{method:?}");
    // 2 · 1.96 · √(.75 · .25 / 40) = 0.268; the images alone 0.120.
    assert!((together - 0.268).abs() < 0.03, "{together}");
    let (alone, method) = width(DrawnBy::Image);
    assert!(matches!(method, Intervals::Images { .. }), "{method:?}");
    assert!((alone - 0.12).abs() < 0.005, "{alone}");
    // One taxon is one cluster, and says hardly more than one image.
    let scores = Scores::of(&taxonomy, &answers, &ScoreOptions { drawn_by: DrawnBy::Taxon, ..ScoreOptions::default() });
    let interval = scores.rank(Rank::Species).unwrap().intervals.of("path_top1").unwrap();
    assert!(interval.low < 0.15 && interval.high > 0.98, "{interval:?}");
}
