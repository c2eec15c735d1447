//! The three experiments, rehearsed: models are trained on the data of a suite and held against the one that they start at.

use crate::program::{nearmiss, refusal};
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn suite(name: &str) -> String {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("benches/suites").join(name).display().to_string()
}

/// Rehearses a suite; gives its folder and its leaderboard.
fn rehearsed(folder: &Path, name: &str) -> (PathBuf, Value, String) {
    let outcome = nearmiss(folder, &["bench", &suite(name), "--miniature", "-o", "out"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let output = folder.join("out");
    let board = fs::read_to_string(output.join("leaderboard/leaderboard.json")).unwrap();
    (output, serde_json::from_str(&board).unwrap(), outcome.stdout)
}

/// Share of exact answers of each model of photographs, in the order of the leaderboard.
fn exact(board: &Value) -> Vec<(String, f64)> {
    let rows = board["leaderboard"]["rows"].as_array().unwrap();
    let of_images = rows.iter().filter(|row| row["unit"] == "image" && row["rule"] == "path");
    of_images.map(|row| (row["model"].as_str().unwrap().to_string(), row["figures"]["exact"].as_f64().unwrap())).collect()
}

#[test]
fn adapters_and_a_prompt_against_zero_shot_in_ranxs_table() {
    let folder = tempfile::tempdir().unwrap();
    let (output, board, stdout) = rehearsed(folder.path(), "adapters.toml");
    let exact = exact(&board);
    let names: Vec<&str> = exact.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["zero-shot", "adapters", "prompt"]);
    assert!(exact[1].1 > exact[0].1, "{exact:?}");
    assert!(stdout.contains("MRR@5") && stdout.contains("adapters"), "{stdout}");
    for file in ["retrieval/plots/names/table.tex", "retrieval/plots/names/compare.json", "models/prompt/adapters.safetensors"] {
        assert!(output.join(file).is_file(), "{file}");
    }
    // The same command trains nothing again, and comes to the same.
    let trained = fs::metadata(output.join("models/adapters/train.json")).unwrap().modified().unwrap();
    let (_, again, _) = rehearsed(folder.path(), "adapters.toml");
    assert_eq!(fs::metadata(output.join("models/adapters/train.json")).unwrap().modified().unwrap(), trained);
    assert_eq!(again["leaderboard"]["rows"], board["leaderboard"]["rows"]);
}

#[test]
fn a_fine_tuned_siglip_is_flagged_and_held_to_lines() {
    let folder = tempfile::tempdir().unwrap();
    let (output, board, stdout) = rehearsed(folder.path(), "siglip.toml");
    assert_eq!(exact(&board).len(), 2);
    // Lines are held for the fine-tuned model alone.
    assert_eq!(stdout.matches("fine-tuned: gate ").count(), 3, "{stdout}");
    assert!(!stdout.contains("zero-shot: gate"), "{stdout}");
    let notes = board["leaderboard"]["datasets"][0]["notes"].to_string();
    for flag in ["green", "yellow", "red"] {
        assert!(notes.contains(&format!("fine-tuned, photographs among each other, {flag}")), "{notes}");
    }
    let retrieval = fs::read_to_string(output.join("retrieval/plots/photographs/fine-tuned/retrieval.json")).unwrap();
    assert!(retrieval.contains("green@5"), "{retrieval}");
    assert!(output.join("models/fine-tuned/open_clip_model.safetensors").is_file());
}

#[test]
fn a_sentence_encoder_as_it_is_and_fine_tuned_on_triplets() {
    let folder = tempfile::tempdir().unwrap();
    let (output, board, stdout) = rehearsed(folder.path(), "sentences.toml");
    let record: Value = serde_json::from_str(&fs::read_to_string(output.join("models/fine-tuned/train.json")).unwrap()).unwrap();
    let changes = record["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 2);
    assert!(changes.iter().all(|change| change["after"].as_f64() > change["before"].as_f64()), "{changes:?}");
    let notes = board["leaderboard"]["datasets"][0]["notes"].to_string();
    for system in ["bm25", "zero-shot", "fine-tuned"] {
        assert!(notes.contains(&format!("{system}, queries against documents: MRR@10")), "{notes}");
    }
    assert!(notes.contains("fine-tuned, before and after: mrr: "), "{notes}");
    assert!(stdout.contains("fine-tuned: mrr@10 >= 0.5"), "{stdout}");
    assert!(output.join("retrieval/notes/texts/table.tex").is_file());
}

#[test]
fn an_experiment_says_what_is_missing_and_takes_no_other_model() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["adapters.toml", "siglip.toml", "sentences.toml"] {
        let outcome = nearmiss(folder.path(), &["bench", &suite(name), "--dry-run", "--data", "nowhere"]);
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert_eq!(outcome.stdout.matches("Missing: ").count(), 1, "{outcome:?}");
        assert!(outcome.stdout.contains("model zero-shot: hf-hub:"), "{outcome:?}");
        let other = refusal(folder.path(), &["bench", &suite(name), "--model", "a=atlas"]);
        assert!(other.contains("--model 'a': an experiment names the model that it starts at"), "{other}");
    }
    let only = refusal(folder.path(), &["bench", &suite("siglip.toml"), "--only", "notes"]);
    assert!(only.contains("--only 'notes' is no data set of the suite; it has plots"), "{only}");
}
