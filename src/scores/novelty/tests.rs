//! A worked example of six photographs, two of which show what is no candidate.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::reach::tests::{taxon, taxonomy};
use super::*;
use crate::answers::distribution::vectors::Vectors;
use crate::answers::{Answer, Answers, Ranked};
use crate::scores::Scores;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};

const CANDIDATES: [&str; 3] = ["Felis catus", "Lynx lynx", "Vulpes vulpes"];

/// Truths with the probabilities of the candidates.
const IMAGES: [(&str, [f64; 3]); 6] = [
    ("Felis catus", [0.8, 0.1, 0.1]),
    ("Felis catus", [0.3, 0.5, 0.2]),
    ("Lynx lynx", [0.2, 0.7, 0.1]),
    ("Vulpes vulpes", [0.1, 0.1, 0.8]),
    ("Felis silvestris", [0.5, 0.4, 0.1]),
    ("Turdus merula", [0.4, 0.3, 0.3]),
];

fn answers(taxonomy: &Taxonomy, images: &[(&str, [f64; 3])]) -> Answers {
    let candidates = CANDIDATES.map(|name| taxon(taxonomy, name));
    let mut ranked = Ranked::default();
    for (_, probabilities) in images {
        ranked.push(candidates.iter().zip(probabilities).map(|(taxon, p)| (Answer::Taxon(*taxon), Some(*p))));
    }
    Answers {
        name: "six images".to_string(),
        images: (1..=images.len()).map(|image| format!("{image}.jpg")).collect(),
        truths: images.iter().map(|(truth, _)| Truth::Taxon(taxon(taxonomy, truth))).collect(),
        ranked,
        candidates: Some(candidates.to_vec()),
        ..Answers::default()
    }
}

fn scores(images: &[(&str, [f64; 3])]) -> Scores {
    let taxonomy = taxonomy();
    Scores::of(&taxonomy, &answers(&taxonomy, images), &ScoreOptions::default())
}

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?}, not {expected}");
}

fn detected(novelty: &Novelty, rank: Rank, among: Among, score: NoveltyScore) -> &DetectionRow {
    let row = |row: &&DetectionRow| row.rank == Some(rank) && row.among == among && row.score == score;
    novelty.detection.iter().find(row).unwrap()
}

#[test]
fn other_scores_leave_them_out_as_before() {
    let scores = scores(&IMAGES);
    assert_eq!((scores.accounting.scored, scores.accounting.not_a_candidate), (4, 2));
    let novelty = scores.novelty.unwrap();
    assert_eq!((novelty.images, novelty.known, novelty.novel, novelty.candidates), (6, 4, 2, 3));
    // Nothing to say where every truth is a candidate.
    assert!(super::tests::scores(&IMAGES[..4]).novelty.is_none());
}

#[test]
fn rows_are_held_against_the_best_there_is_worked_by_hand() {
    let novelty = scores(&IMAGES).novelty.unwrap();
    let names: Vec<String> = novelty.rows.iter().map(|row| row.newness.name()).collect();
    assert_eq!(names, ["known", "novel", "new species of a known genus", "new class of a known phylum"]);
    let [known, novel, species, class] = &novelty.rows[..] else { panic!("{names:?}") };
    // One of four known images is a Lynx for a Felis: height 2.
    near(known.reached, 0.75);
    near(known.mean_height, 0.5);
    near(known.best_height, 0.0);
    assert_eq!(known.over_specific, None);
    // The wildcat is called a house cat, which meets it in the genus, 1; the blackbird is called a cat, and meets it in the
    // phylum, 5. No candidate comes nearer.
    near(novel.mean_height, 3.0);
    near(novel.best_height, 3.0);
    near(novel.excess_height, 0.0);
    near(novel.reached, 1.0);
    near(novel.over_specific, 1.0);
    near(species.best_height, 1.0);
    near(class.best_height, 5.0);
    // Only the wildcat has a genus that can be told, and neither a species.
    near(novel.accuracy[&Rank::Genus], 1.0);
    assert_eq!((novel.accuracy[&Rank::Species], class.accuracy[&Rank::Class]), (None, None));
    near(known.accuracy[&Rank::Species], 0.75);
    near(known.accuracy[&Rank::Family], 1.0);
}

#[test]
fn detection_is_worked_by_hand() {
    let novelty = scores(&IMAGES).novelty.unwrap();
    let species = detected(&novelty, Rank::Species, Among::All, NoveltyScore::MaximumProbability);
    // 1 − p: new 0.5 and 0.6, known 0.2, 0.5, 0.3 and 0.2. 0.6 beats four, 0.5 three and ties with one: 7.5 of 8.
    assert_eq!((species.n, species.positives, species.negatives), (6, 2, 4));
    near(species.auroc, 7.5 / 8.0);
    // 0.6 first: precision 1; then 0.5, one new and one known: 2 of 3.
    near(species.aupr, 0.5 + 0.5 * 2.0 / 3.0);
    near(species.aupr_chance, 1.0 / 3.0);
    near(species.fpr_at_95, 0.25);
    // 1 − (p1 − p2): new 0.9 and 0.9, known 0.3, 0.8, 0.5 and 0.3.
    near(detected(&novelty, Rank::Species, Among::All, NoveltyScore::Margin).auroc, 1.0);
    // At the genus only the blackbird is new. Among what is novel it stands against the wildcat, 0.6 to 0.5.
    let genus = detected(&novelty, Rank::Genus, Among::All, NoveltyScore::MaximumProbability);
    assert_eq!((genus.positives, genus.negatives), (1, 5));
    near(detected(&novelty, Rank::Genus, Among::Novel, NoveltyScore::MaximumProbability).auroc, 1.0);
    // At the family the cats have 0.7 of the blackbird, and 0.9, 0.8, 0.9, 0.8 (of the fox) and 0.9 of the others.
    near(detected(&novelty, Rank::Family, Among::All, NoveltyScore::MaximumProbability).auroc, 1.0);
    // The genus knows as much from the family above it: 0.3 against 0.1, 0.2, 0.1, 0.2 and 0.1.
    near(detected(&novelty, Rank::Genus, Among::All, NoveltyScore::RankAbove).auroc, 1.0);
    // All candidates are of one class, so that nothing tells a bird from them.
    near(detected(&novelty, Rank::Class, Among::All, NoveltyScore::MaximumProbability).auroc, 0.5);
    near(detected(&novelty, Rank::Class, Among::All, NoveltyScore::Entropy).auroc, 0.5);
    let alone = OneKind { rank: Some(Rank::Species), among: Among::Novel, positives: 2, negatives: 0 };
    assert!(novelty.one_kind.contains(&alone), "{:?}", novelty.one_kind);
    assert!(novelty.why_no_energy.is_some() && novelty.why_no_nearest_neighbour.is_some());
}

#[test]
fn the_open_set_and_the_stops_are_worked_by_hand() {
    let novelty = scores(&IMAGES).novelty.unwrap();
    let row = novelty.open_set.iter().find(|row| row.score == NoveltyScore::MaximumProbability).unwrap();
    // Three of four known images are right, at 0.2, 0.3 and 0.2, below both of the novel ones: 6 of 8 pairs.
    near(row.accuracy, 0.75);
    near(row.oscr, 0.75);
    let back_off = novelty.back_off.unwrap();
    let share = |at: At, known: bool| back_off.rows.iter().find(|row| row.at == at && row.known == known).unwrap();
    // At 0.5 the known images are answered by their best label, one of them wrong; the wildcat by the house cat (0.5) and the
    // blackbird by the cats (0.7): both say more than can be known.
    near(share(At::Own, true).right, 0.75);
    near(share(At::Own, true).wrong_branch, 0.25);
    near(share(At::Own, false).too_late, 1.0);
    near(share(At::Own, false).balanced, 0.375);
    // At 0.7 the doubtful cat is a cat, and the wildcat one too (0.9): right as far as it goes, and too early.
    near(Some(back_off.best_threshold), 0.7);
    near(share(At::Best, true).too_early, 0.25);
    near(share(At::Best, false).too_early, 0.5);
    let last = back_off.curve.last().unwrap();
    let counts = |stops: &Stops| [stops.too_early, stops.right, stops.too_late, stops.wrong_branch].iter().sum::<u64>();
    assert_eq!((counts(&last.known), counts(&last.novel)), (4, 2));
}

#[test]
fn all_novel_or_no_distribution_has_a_defined_result() {
    let novelty = scores(&IMAGES[4..]).novelty.unwrap();
    assert_eq!((novelty.known, novelty.novel, novelty.open_set.len()), (0, 2, 0));
    // Only genus to class are new for the one and not for the other.
    assert!(novelty.detection.iter().all(|row| row.positives == 1 && row.negatives == 1));
    assert!(novelty.detection.iter().all(|row| row.intervals.of("auroc").is_none()));
    assert_eq!(novelty.back_off.unwrap().rows.len(), 2);
    let taxonomy = taxonomy();
    let mut plain = answers(&taxonomy, &IMAGES);
    plain.ranked = Ranked::default();
    for _ in &IMAGES {
        plain.ranked.push([(Answer::Taxon(taxon(&taxonomy, "Felis catus")), None)]);
    }
    let novelty = Scores::of(&taxonomy, &plain, &ScoreOptions::default()).novelty.unwrap();
    assert!(novelty.detection.is_empty() && novelty.back_off.is_none() && novelty.why_no_detection.is_some());
    assert_eq!(novelty.rows.len(), 4);
    // Nobody says what the candidates were.
    plain.candidates = None;
    assert!(Scores::of(&taxonomy, &plain, &ScoreOptions::default()).novelty.is_none());
}

#[test]
fn distances_are_to_training_images_of_other_observations_worked_by_hand() {
    let taxonomy = taxonomy();
    let candidates = CANDIDATES.map(|name| taxon(&taxonomy, name)).to_vec();
    let mut answers = answers(&taxonomy, &IMAGES);
    let named = |names: [&str; 6]| Some(names.map(str::to_string).to_vec());
    answers.splits = named(["train", "test", "Train ", "test", "test", "train"]);
    answers.observations = named(["a", "a", "b", "", "c", "d"]);
    // Training images of what is known: the first and the third; the last is novel.
    let images = [[1.0, 0.0], [1.0, 0.0], [0.6, 0.8], [0.8, 0.6], [0.0, 1.0], [0.0, -1.0]].concat();
    let labels = [[1.0, 0.0], [0.0, 1.0], [-1.0, 0.0]].concat();
    let vectors = Vectors::new((0..6).map(Some).collect(), images, labels, 2, 2.0);
    let whole = Ok(Distribution::of_vectors(candidates, vectors));
    let novelty = Scores::with_distribution(&taxonomy, &answers, &whole, &ScoreOptions::default()).novelty.unwrap();
    assert_eq!(novelty.why_no_nearest_neighbour, None);
    // The second is of the first's observation: 1 − 0.6 from the third. The fourth 1 − max(0.8, 0.96); the fifth, novel,
    // 1 − 0.8. So the novel one (0.2) beats the fourth (0.04) and not the second (0.4).
    let row = detected(&novelty, Rank::Species, Among::All, NoveltyScore::NearestNeighbour);
    assert_eq!((row.positives, row.negatives), (1, 2));
    near(row.auroc, 0.5);
    // Energies: −ln Σ exp(2 cos). Of six images, two of them new.
    let energy = detected(&novelty, Rank::Species, Among::All, NoveltyScore::Energy);
    assert_eq!((energy.positives, energy.negatives), (2, 4));
    // cosines 1 0 −1 (first, second and, turned, fifth: 0 1 0; sixth 0 −1 0), third 0.6 0.8 −0.6, fourth 0.8 0.6 −0.8:
    // sums 8.524, 8.524, 8.574, 8.475; fifth 9.389, sixth 2.135. The sixth looks more novel than all, the fifth less: 4 of 8.
    near(energy.auroc, 0.5);
}

#[test]
fn a_tree_without_ranks_is_counted_in_edges() {
    let table = "id,parent,name\n1,,life\n2,1,cats\n3,2,house cat\n4,2,wildcat\n5,1,birds\n6,5,thrushes\n7,6,blackbird\n";
    let taxonomy = Taxonomy::from_bytes(table.as_bytes(), std::path::Path::new("tree.csv")).unwrap();
    let named = |name: &str| taxon(&taxonomy, name);
    let candidates: Vec<TaxonId> = ["house cat", "thrushes"].map(named).to_vec();
    let mut ranked = Ranked::default();
    let truths = ["house cat", "wildcat", "blackbird"];
    for p in [0.9, 0.6, 0.25] {
        ranked.push([(Answer::Taxon(candidates[0]), Some(p)), (Answer::Taxon(candidates[1]), Some(1.0 - p))]);
    }
    let answers = Answers {
        images: truths.map(str::to_string).to_vec(),
        truths: truths.map(|name| Truth::Taxon(named(name))).to_vec(),
        ranked,
        candidates: Some(candidates),
        ..Answers::default()
    };
    let novelty = Scores::of(&taxonomy, &answers, &ScoreOptions::default()).novelty.unwrap();
    // A blackbird lies in the candidate of thrushes, whose rank is that of all the others: it can be told.
    let kinds: Vec<String> = novelty.rows.iter().map(|row| row.newness.name()).collect();
    assert_eq!(kinds, ["known", "novel", "1 edge below what is known"]);
    near(novelty.rows[1].best_height, 1.0);
    // The blackbird is called a thrush, one edge above it: as near as any answer can come, and right.
    near(novelty.rows[0].best_height, 0.5);
    near(novelty.rows[0].excess_height, 0.0);
    near(novelty.open_set[0].accuracy, 1.0);
    near(novelty.open_set[0].oscr, 1.0);
    let whole = &novelty.detection[0];
    assert_eq!((whole.rank, whole.positives, whole.negatives), (None, 1, 2));
    // 0.4 against 0.1 and 0.25.
    near(whole.auroc, 1.0);
    assert!(novelty.detection.iter().all(|row| row.score != NoveltyScore::RankAbove));
}

/// What is written of a row is what its list says, and `others`.
fn written<R: crate::scores::metric::Row + serde::Serialize>(row: &R, others: &[&str]) {
    let value = serde_json::to_value(row).unwrap();
    let object = value.as_object().unwrap();
    let mut known: Vec<String> = others.iter().map(ToString::to_string).chain(["no_interval".to_string()]).collect();
    for measure in R::measures() {
        let name = measure.metric.name;
        assert!(object.contains_key(name), "{name}");
        known.push(name.to_string());
        for end in ["low", "high"].map(|end| format!("{name}_{end}")) {
            assert_eq!(object.contains_key(&end), measure.metric.interval().is_some(), "{end}");
            known.push(end);
        }
    }
    let unknown: Vec<&String> = object.keys().filter(|key| !known.contains(key)).collect();
    assert!(unknown.is_empty(), "{unknown:?}");
}

#[test]
fn every_row_is_written_as_its_list_says() {
    let novelty = scores(&IMAGES).novelty.unwrap();
    novelty.rows.iter().for_each(|row| written(row, &["reach", "known_rank", "new_rank"]));
    novelty.detection.iter().for_each(|row| written(row, &["rank", "among", "score"]));
    novelty.open_set.iter().for_each(|row| written(row, &["score"]));
    novelty.back_off.iter().flat_map(|back_off| &back_off.rows).for_each(|row| written(row, &["at", "images", "threshold"]));
    let lists = ["rows", "detection", "one_kind", "open_set", "back_off", "without_distribution"];
    written(&novelty, &[&lists[..], &["why_no_energy", "why_no_nearest_neighbour"]].concat());
}
