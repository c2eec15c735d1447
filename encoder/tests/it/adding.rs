//! Shards of a run, scored where their vectors are and added up, against a report on the whole run.

use crate::program::nearmiss;
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// An atlas of 150 pictures with individuals and splits, of which some species are no candidates.
fn world() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    done(folder.path(), &["atlas", "-o", "atlas", "--pictures", "150", "--sample", "5"]);
    let mut rows = csv::Reader::from_path(folder.path().join("atlas/taxonomy.csv")).unwrap().into_records();
    let name = |row: Result<csv::StringRecord, csv::Error>| row.unwrap().get(7).unwrap().to_string();
    let names: Vec<String> = rows.by_ref().map(name).enumerate().filter(|(row, _)| row % 7 > 0).map(|(_, name)| name).collect();
    fs::write(folder.path().join("candidates.txt"), names.join("\n") + "\n").unwrap();
    folder
}

fn done(folder: &Path, arguments: &[&str]) {
    let outcome = nearmiss(folder, arguments);
    assert!(outcome.code < 2, "{arguments:?}: {outcome:?}");
}

fn classify(folder: &Path, run: &str, more: &[&str]) {
    let begin = ["classify", "--model", "atlas", "--taxonomy", "atlas/taxonomy.csv", "--recipe", "single", "--precision", "fp32"];
    let then = ["--labels", "candidates.txt", "--manifest", "atlas/manifest.csv", "--batch", "8", "-o", run];
    done(folder, &[&begin[..], &then, more].concat());
}

fn refused(folder: &Path, arguments: &[&str]) -> String {
    let outcome = nearmiss(folder, arguments);
    assert_eq!(outcome.code, 2, "{outcome:?}");
    outcome.stderr
}

/// The tables of a report folder.
fn tables(folder: &Path) -> BTreeMap<String, String> {
    let files = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    let files = files.filter(|path| path.is_file() && !path.ends_with("parts.json") && !path.ends_with(".nearmiss.json"));
    files.map(|path| (path.file_name().unwrap().to_string_lossy().into_owned(), fs::read_to_string(&path).unwrap())).collect()
}

/// The numbers of a report that take no vectors of all images at once.
fn numbers(tables: &BTreeMap<String, String>) -> BTreeMap<String, Value> {
    let mut metrics: Value = serde_json::from_str(&tables["metrics.json"]).unwrap();
    let blocks = metrics.as_object_mut().unwrap();
    for key in ["reading", "computed", "provenance", "notes", "warnings", "latent"] {
        blocks.remove(key);
    }
    for (block, keys) in [
        ("calibration", &["temperature", "note"][..]),
        (
            "novelty",
            &[
                "detection",
                "one_kind",
                "open_set",
                "back_off",
                "without_distribution",
                "why_no_detection",
                "why_no_energy",
                "why_no_nearest_neighbour",
            ],
        ),
    ] {
        let block = blocks.get_mut(block).and_then(Value::as_object_mut).unwrap_or_else(|| panic!("no {block}"));
        for key in keys {
            block.remove(*key);
        }
    }
    blocks.clone().into_iter().collect()
}

#[test]
fn shards_that_are_scored_where_their_vectors_are_add_up_to_the_whole_run() {
    let folder = world();
    let folder = folder.path();
    classify(folder, "run", &[]);
    done(folder, &["report", "run", "--no-latent", "--tables-only", "-o", "whole"]);
    let shards = ["1", "2", "3"].map(|shard| {
        classify(folder, "part", &["--shard", &format!("{shard}/3")]);
        let (run, state) = (format!("part-{shard}-of-3"), format!("states/{shard}.state"));
        let outcome = nearmiss(folder, &["score", &run, "-o", &state]);
        assert!(outcome.code == 0 && outcome.stdout.contains(" images kept one by one in states/"), "{outcome:?}");
        assert!(fs::metadata(folder.join(&state)).unwrap().len() < 200_000, "no vectors are in it");
        (run, state)
    });
    let [(run, one), (_, two), (_, three)] = &shards;
    done(folder, &["report", three, one, two, "--tables-only", "-o", "added"]);
    let (whole, added) = (tables(&folder.join("whole")), tables(&folder.join("added")));
    for name in ["ranks.csv", "taxa.csv", "confusions.csv", "mistakes.csv", "novelty.csv"] {
        assert_eq!(whole[name], added[name], "{name}");
    }
    let (of_run, of_parts) = (numbers(&whole), numbers(&added));
    assert_eq!(of_run.keys().collect::<Vec<_>>(), of_parts.keys().collect::<Vec<_>>());
    for (block, numbers) in &of_run {
        assert_eq!(numbers, &of_parts[block], "{block}");
    }
    assert!(of_run["decisions"]["back_off"]["how_wrong"]["n"].as_u64().is_some_and(|n| n > 50), "{:?}", of_run["decisions"]);
    let said: Value = serde_json::from_str(&added["metrics.json"]).unwrap();
    for note in [&said["calibration"]["note"], &said["novelty"]["why_no_detection"]] {
        assert!(note.as_str().unwrap().contains("it takes the vectors or logits of all images"), "{note}");
    }

    // One state of the whole run, and run directories that are scored and added up at once: the same bytes.
    done(folder, &["score", "run", "--taxonomy", "atlas/taxonomy.csv", "-o", "states/all.state"]);
    done(folder, &["report", "states/all.state", "--tables-only", "-o", "alone"]);
    let runs = shards.each_ref().map(|(run, _)| run.as_str());
    done(folder, &[&["report"][..], &runs, &["--tables-only", "-o", "at-once"]].concat());
    for other in ["alone", "at-once"] {
        let other_tables = tables(&folder.join(other));
        assert_eq!(added.keys().collect::<Vec<_>>(), other_tables.keys().collect::<Vec<_>>());
        for (name, text) in &added {
            assert!(other_tables[name] == *text, "{other}: {name} differs");
        }
    }

    // What was asked while the vectors were there stays.
    let said = refused(folder, &["report", one, two, three, "--back-off", "0.75", "-o", "out"]);
    assert!(said.contains("--back-off 0.75: the states were made with 0.5"), "{said}");
    let said = refused(folder, &["report", one, two, three, "--information", "truths", "-o", "out"]);
    assert!(said.contains("rests on the leaves"), "{said}");
    done(folder, &["score", run, "--back-off", "0.75", "-o", "states/other.state"]);
    let said = refused(folder, &["report", "states/other.state", two, "-o", "out"]);
    assert!(
        said.contains("states/other.state: does not add up with states/2.state: the threshold of the back-off rule"),
        "{said}"
    );
    done(folder, &["report", "states/other.state", "--tables-only", "-o", "other"]);
    let found: Value = serde_json::from_str(&tables(&folder.join("other"))["metrics.json"]).unwrap();
    assert_eq!(found["decisions"]["back_off_threshold"], 0.75);
    assert!(!folder.join("out").exists());
}
