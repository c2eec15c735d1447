//! Scores of the eight species against numbers worked by hand.

use crate::eight_species::{answers, scored, taxonomy};
use crate::shared::shared;
use nearmiss::scores::how_wrong::Histogram;
use nearmiss::scores::metric::{Block, find};
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::TaxonId;
use nearmiss::taxonomy::rank::Rank;

pub(crate) fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{found:?} is not {expected}");
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
    let scores = scored();
    assert_eq!(rounded(&column(&scores, |row| row.path_top1)), expected);
    // By sum image 3 becomes right at genus and family (Turdus .55 against Oenanthe .35) and image
    // 8 wrong (Oenanthe .44 against Turdus .42): the same totals from different images.
    assert_eq!(rounded(&column(&scores, |row| row.summed_top1)), expected);
    assert_eq!(scores.ranks.iter().map(|row| row.classes).collect::<Vec<_>>(), [3, 4, 5, 5, 6, 6, 8]);
}

#[test]
fn eight_species_calibration_chance_and_macro() {
    let scores = scored();
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
    let how = scored().how_wrong;
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
    let scores = scored();
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

#[test]
fn every_number_in_the_files_is_a_described_metric() {
    let scores = scored();
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
        let listed = nearmiss::scores::metric::all().into_iter().filter(|metric| metric.block == block);
        let missing: Vec<_> = listed.filter(|metric| !keys.contains(&metric.name.to_string())).collect();
        assert!(missing.is_empty(), "{missing:?}");
        let listed =
            nearmiss::scores::metric::all().into_iter().filter(|metric| metric.block == block && metric.interval().is_some());
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
fn the_shared_gold_file_agrees() {
    let Some(path) = shared("gold/hierarchical.json") else { return };
    let text = std::fs::read_to_string(path).unwrap();
    let gold: serde_json::Value = serde_json::from_str(&text).unwrap();
    let scores = scored();
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
