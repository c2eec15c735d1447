//! Random tables: blocks that say the same agree, and what means nothing changes nothing.

use crate::rules::{Scored, near, score_with};
use crate::trees;
use nearmiss::answers::table::{MissingTruth, TableOptions};
use nearmiss::scores::decisions::Decisions;
use nearmiss::scores::whole::Whole;
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::rank::Rank;
use rand::RngExt;
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use serde_json::Value;

/// A random taxonomy of rows and a table of whole distributions over its taxa, with all that tables have.
struct Case {
    /// Id, parent, name and rank.
    taxa: Vec<(String, String, String, &'static str)>,
    /// Image, observation, truth, label and score.
    rows: Vec<[String; 5]>,
}

impl Case {
    fn random(seed: u64) -> Self {
        let mut random = trees::seeded(seed);
        let mut taxa: Vec<(String, String, String, &'static str)> = vec![];
        for _ in 0..random.random_range(3..15) {
            let mut parent = String::new();
            for rank in Rank::MAIN {
                if rank != Rank::Kingdom && random.random_bool(0.15) {
                    continue;
                }
                let name = format!("{}{}", ["Alpha", "Beta", "Gamma"][random.random_range(0..3)], rank.name());
                let known = taxa.iter().find(|taxon| taxon.1 == parent && taxon.2 == name).map(|taxon| taxon.0.clone());
                let id = known.unwrap_or_else(|| {
                    let id = format!("x{}", taxa.len());
                    taxa.push((id.clone(), parent.clone(), name, rank.name()));
                    id
                });
                parent = id;
                if random.random_bool(0.08) {
                    break;
                }
            }
        }
        let taxon = |random: &mut ChaCha8Rng| taxa[random.random_range(0..taxa.len())].0.clone();
        let mut rows = vec![];
        for image in 0..random.random_range(1..30) {
            let truth = if random.random_bool(0.05) { String::new() } else { taxon(&mut random) };
            let name = format!("i{image}");
            let observation = format!("o{}", random.random_range(0..12));
            if random.random_bool(0.15) {
                rows.push([name, observation, truth, String::new(), String::new()]);
                continue;
            }
            let mut labels: Vec<String> = (0..random.random_range(1..7)).map(|_| taxon(&mut random)).collect();
            labels.sort_unstable();
            labels.dedup();
            // Small whole weights: ties and zeros.
            let weights: Vec<u32> = labels.iter().map(|_| random.random_range(0..4)).collect();
            let total: u32 = weights.iter().sum();
            for (label, weight) in labels.into_iter().zip(weights) {
                let score = if total == 0 { 0.0 } else { f64::from(weight) / f64::from(total) };
                rows.push([name.clone(), observation.clone(), truth.clone(), label, score.to_string()]);
            }
        }
        Self { taxa, rows }
    }

    fn score(&self) -> Scored {
        let lines = |rows: Vec<String>| rows.join("\n") + "\n";
        let taxa = self.taxa.iter().map(|(id, parent, name, rank)| format!("{id},{parent},{name},{rank}")).collect();
        let rows = self.rows.iter().map(|row| row.join(",")).collect();
        let options = TableOptions { missing_truth: MissingTruth::Wrong, ..TableOptions::default() };
        score_with(
            &format!("image,observation,truth,label,score\n{}", lines(rows)),
            Some(&format!("id,parent,name,rank\n{}", lines(taxa))),
            &options,
            &ScoreOptions::default(),
        )
    }

    fn renamed(mut self, rename: &dyn Fn(&str) -> String) -> Self {
        let rename = |id: &mut String| {
            if !id.is_empty() {
                *id = rename(id);
            }
        };
        self.taxa.iter_mut().for_each(|taxon| {
            rename(&mut taxon.0);
            rename(&mut taxon.1);
        });
        self.rows.iter_mut().for_each(|row| {
            rename(&mut row[2]);
            rename(&mut row[3]);
        });
        self
    }
}

/// What could have been right at a rank holds what is.
fn assert_ranges_hold(scores: &Scores, seed: u64) {
    for row in &scores.ranks {
        let range = (row.path_top1_least, row.path_top1, row.path_top1_most);
        assert!(range.0 <= range.1 && range.1 <= range.2, "seed {seed}: {range:?}");
        assert!(row.tied > 0 || range.0 == range.2, "seed {seed}");
    }
}

/// Every block counts the images that are scored.
fn assert_blocks_count_the_same_images(scores: &Scores, blocks: &Whole, seed: u64) {
    let scored = scores.accounting.scored;
    assert_eq!(blocks.decisions.n as u64, scored, "seed {seed}");
    assert_eq!(blocks.selective.as_ref().map(|block| block.n as u64), Some(scored), "seed {seed}");
    assert_eq!(scores.consistency.as_ref().map(|block| block.n), Some(scored), "seed {seed}");
    let decisions = &blocks.decisions;
    for decision in [&decisions.path, &decisions.summed, &decisions.top_down, &decisions.expected_height, &decisions.back_off] {
        assert_eq!(decision.how_wrong.n, scored, "seed {seed}");
    }
}

/// The curves' areas lie in their intervals, or it is said why there is none.
fn assert_selective_intervals_hold(block: &Value, seed: u64) {
    for name in ["ac_exact", "ac_info_recall", "ac_depth_recall", "ap_info_recall", "ap_depth_recall", "haurc"] {
        let (value, low, high) = (&block[name], &block[format!("{name}_low")], &block[format!("{name}_high")]);
        match (value.as_f64(), low.as_f64(), high.as_f64()) {
            (Some(value), Some(low), Some(high)) => {
                assert!(low <= value && value <= high && low < high, "seed {seed}: {name}");
            }
            (Some(_), ..) => assert!(block["no_interval"][name].is_string(), "seed {seed}: {name}"),
            (None, low, high) => assert_eq!((low, high), (None, None), "seed {seed}: {name}"),
        }
    }
}

fn assert_calibration_intervals_hold(blocks: &Whole, seed: u64) {
    for row in &blocks.calibration.ranks {
        for name in ["ece", "right", "brier", "nll", "mean_probability"] {
            let value = serde_json::to_value(&row.calibration).unwrap()[name].as_f64().unwrap();
            let interval = row.intervals.of(name);
            let holds =
                interval.is_some_and(|ends| ends.low <= value + 1e-12 && value <= ends.high + 1e-12 && ends.low < ends.high);
            assert!(holds || row.intervals.reason(name).is_some(), "seed {seed}: {name} {value} {interval:?}");
        }
    }
}

/// Differences of rules are those of their means, in their intervals.
fn assert_differences_hold(decisions: &Decisions, seed: u64) {
    for row in &decisions.differences {
        let ends = row.intervals.of("difference");
        let value = row.difference.unwrap();
        assert!(ends.is_none_or(|ends| ends.low <= value + 1e-12 && value <= ends.high + 1e-12), "seed {seed}: {row:?}");
        assert!(row.significance.p <= row.adjusted && row.adjusted <= 1.0, "seed {seed}: {row:?}");
        let means = [decisions.of_rule(row.rule).unwrap(), &decisions.path].map(|of| match row.rank {
            Some(rank) => of.accuracy[&rank],
            None => of.how_wrong.mean_height,
        });
        near(value, means[0].unwrap() - means[1].unwrap());
    }
}

/// Accuracies and calibration of a rank are the same in every block that gives them.
fn assert_ranks_agree(scores: &Scores, blocks: &Whole, seed: u64) {
    let decisions = &blocks.decisions;
    for row in scores.ranks.iter().filter(|row| row.n > 0) {
        assert_eq!(row.intervals.of("ece").is_some(), row.ece.is_some() && row.intervals.reason("ece").is_none());
        assert_eq!(decisions.path.accuracy[&row.rank], row.path_top1, "seed {seed}, path at {}", row.rank);
        assert_eq!(decisions.summed.accuracy[&row.rank], row.summed_top1, "seed {seed}, summed at {}", row.rank);
        let calibration = &blocks.calibration.ranks.iter().find(|other| other.rank == row.rank).unwrap().calibration;
        assert_eq!((calibration.n, calibration.right, calibration.ece), (row.n, row.summed_top1, row.ece), "seed {seed}");
    }
}

#[test]
fn blocks_that_say_the_same_give_the_same_number() {
    let mut whole = 0;
    for seed in 0..150 {
        let found = Case::random(seed).score();
        let scores = &found.scores;
        assert_eq!(scores.how_wrong.n, scores.accounting.scored, "seed {seed}");
        assert_ranges_hold(scores, seed);
        let Ok(blocks) = &scores.whole else { continue };
        whole += 1;
        let decisions = &blocks.decisions;
        assert_blocks_count_the_same_images(scores, blocks, seed);
        assert_eq!(decisions.path.how_wrong.mean_height, scores.how_wrong.mean_height, "seed {seed}");
        assert_eq!(decisions.path.how_wrong.similarity, scores.how_wrong.similarity, "seed {seed}");
        assert_selective_intervals_hold(&found.json["selective"], seed);
        assert_calibration_intervals_hold(blocks, seed);
        assert_differences_hold(decisions, seed);
        assert_ranks_agree(scores, blocks, seed);
    }
    assert!(whole > 60, "{whole}");
}

#[test]
fn order_of_rows_ids_and_unrelated_branches_change_nothing() {
    for seed in 0..100 {
        let expected = Case::random(seed).score();
        let mut random = trees::seeded(seed + 1000);
        let mut permuted = Case::random(seed);
        permuted.rows.shuffle(&mut random);
        permuted.taxa.shuffle(&mut random);
        let renamed = Case::random(seed).renamed(&|id| format!("y{}", 7919 * id[1..].parse::<u64>().unwrap() % 10_007));
        let mut widened = Case::random(seed);
        // A kingdom before all others and one after them, deeper and wider than any.
        for kingdom in ["Aaa", "Zzz"] {
            let mut parent = String::new();
            for rank in Rank::MAIN {
                let id = format!("{kingdom}{}", rank.name());
                widened.taxa.push((id.clone(), parent.clone(), format!("{kingdom} {}", rank.name()), rank.name()));
                widened.taxa.push((format!("{id}2"), parent, format!("{kingdom} {} two", rank.name()), rank.name()));
                parent = id;
            }
        }
        for (what, other) in [("rows", permuted), ("ids", renamed), ("kingdoms", widened)] {
            let found = other.score();
            for (block, value) in expected.json.as_object().unwrap() {
                assert_same(&found.json[block], value, &format!("seed {seed}, other {what}: {block}"));
            }
        }
    }
}

/// Asserts that two values are the same to the last bit, and says where they differ.
fn assert_same(found: &Value, expected: &Value, place: &str) {
    match (found, expected) {
        (Value::Object(found), Value::Object(expected)) => {
            assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>(), "{place}");
            for (key, value) in expected {
                assert_same(&found[key], value, &format!("{place}.{key}"));
            }
        }
        (Value::Array(found), Value::Array(expected)) => {
            assert_eq!(found.len(), expected.len(), "{place}");
            found.iter().zip(expected).enumerate().for_each(|(index, (found, expected))| {
                assert_same(found, expected, &format!("{place}.{index}"));
            });
        }
        _ => assert_eq!(found, expected, "{place}"),
    }
}
