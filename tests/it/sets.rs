//! Sets of truths and answers, from files to folders, and against scikit-learn and SciPy.

use crate::program::nearmiss;
use nearmiss::scores::metric::Row;
use nearmiss::scores::sets::{SetScores, SetScoring};
use serde_json::Value;
use std::path::Path;

fn write(folder: &Path, name: &str, text: &str) {
    std::fs::write(folder.join(name), text).unwrap();
}

fn near(found: Option<f64>, expected: &Value, what: &str) {
    let expected = expected.as_f64().unwrap();
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{what}: {found:?} is not {expected}");
}

#[test]
fn the_numbers_are_those_of_scikit_learn_and_scipy() {
    let fixture: Value = serde_json::from_str(include_str!("../fixtures/sets.json")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    for name in ["taxonomy", "truth", "scores"] {
        write(folder.path(), &format!("{name}.csv"), fixture[name].as_str().unwrap());
    }
    let mut scoring = SetScoring::of(vec![folder.path().join("scores.csv")]);
    scoring.taxonomy = Some(folder.path().join("taxonomy.csv").display().to_string().into());
    scoring.options.table.truth_file = Some(folder.path().join("truth.csv").into());
    let scored = scoring.run().unwrap();
    let run = &scored.runs[0];
    let expected = &fixture["expected"];
    for (name, value) in expected["sets"].as_object().unwrap() {
        let measure = SetScores::measure(name).unwrap_or_else(|| panic!("no metric {name}"));
        near(measure.number(&run.scores), value, name);
    }
    for row in &run.ranks {
        if let Some(values) = expected["ranks"][row.rank.name()].as_object() {
            values.iter().for_each(|(name, value)| near(row.within(name).0, value, &format!("{} {name}", row.rank.name())));
        }
    }
    for (name, value) in expected["average_precision"].as_object().unwrap() {
        let row = run.taxa.iter().find(|row| scored.taxonomy.name(row.taxon) == name).unwrap();
        near(row.average_precision, value, name);
    }
    for site in &run.sites {
        near(site.bray_curtis, &expected["bray_curtis"][&site.site], &site.site);
    }
}

const TRUTH: &str = "quadrat_id,transect,site,species_ids\nq1,A,north,\"['Poa annua', 'Sonchus asper']\"\nq2,A,north,['Sonchus asper']\n\
    q3,B,north,\"['Taraxacum officinale', 'Poa annua', 'Poa trivialis']\"\nq4,C,south,[]\n";
const ANSWERS: &str = "quadrat_id,species_ids\nq1,\"['Poa annua', 'Taraxacum officinale', 'Poa trivialis']\"\nq2,['Sonchus asper']\n\
    q3,['Poa trivialis']\nq4,\"['Sonchus asper', 'Poa annua']\"\n";

#[test]
fn a_folder_of_sets_has_its_files_and_numbers() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "truth.csv", TRUTH);
    write(folder.path(), "answers.csv", ANSWERS);
    write(folder.path(), "right.csv", TRUTH);
    let line = ["sets", "answers.csv", "right.csv", "--truth", "truth.csv", "-t", "arable-france", "-o", "out"];
    let done = nearmiss(folder.path(), &line);
    assert_eq!(done.code, 0, "{done:?}");
    for file in ["sets.json", "set_ranks.csv", "set_taxa.csv", "set_images.csv", "sites.csv", "report.md", "index.html"] {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
    let json: Value = serde_json::from_slice(&std::fs::read(folder.path().join("out/sets.json")).unwrap()).unwrap();
    // Transect A (0.4 + 1) / 2, B 0.5, C 0.
    assert!((json["runs"][0]["sets"]["transect_f1"].as_f64().unwrap() - 0.4).abs() < 1e-12);
    assert!((json["runs"][1]["sets"]["sample_f1"].as_f64().unwrap() - 1.0).abs() < 1e-12);
    assert_eq!(json["comparison"]["metrics"][0]["name"], "sample_f1");
    let images = std::fs::read_to_string(folder.path().join("out/set_images.csv")).unwrap();
    assert!(images.starts_with("run,image,transect,site,truths,answers,right,"), "{images}");
    assert!(images.contains("answers,q1,A,north,2,3,1,"), "{images}");
}

#[test]
fn what_cannot_be_scored_is_said_with_its_remedy() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "truth.csv", TRUTH);
    write(folder.path(), "answers.csv", ANSWERS);
    write(folder.path(), "unknown.csv", "quadrat_id,species_ids\nq1,unknown\nq2,NA\n");
    let refusal = |line: &[&str]| {
        let done = nearmiss(folder.path(), line);
        assert_eq!(done.code, 2, "{done:?}");
        done.stderr
    };
    let threshold = refusal(&["sets", "answers.csv", "--truth", "truth.csv", "-t", "arable-france", "--threshold", "0.5"]);
    assert!(threshold.contains("--threshold takes scores") && threshold.contains("--score-column"), "{threshold}");
    let below = refusal(&["sets", "answers.csv", "--truth", "truth.csv", "-t", "arable-france", "--threshold", "-1"]);
    assert!(below.contains("--threshold takes scores"), "{below}");
    let nan = refusal(&["sets", "answers.csv", "--truth", "truth.csv", "-t", "arable-france", "--threshold", "nan"]);
    assert!(nan.contains("'nan' is no number"), "{nan}");
    let unknown = refusal(&["sets", "answers.csv", "--truth", "unknown.csv", "-t", "arable-france"]);
    assert!(unknown.contains("no image has a truth that can be scored: 2 say that nobody knows"), "{unknown}");
    write(folder.path(), "numbers.csv", "quadrat_id,species_ids\nq1,\"[17, 18]\"\nq2,[]\n");
    let numbers = refusal(&["sets", "answers.csv", "--truth", "numbers.csv", "-t", "arable-france"]);
    assert!(numbers.contains("1 have truths of which none is a taxon of the taxonomy"), "{numbers}");
    write(
        folder.path(),
        "several.csv",
        "image,truth,predicted,score\na,Poa annua,Poa annua,0.5\na,Poa trivialis,Poa annua,0.5\n",
    );
    for command in ["report", "compare"] {
        let refused = refusal(&[command, "several.csv", "-o", "out"]);
        assert!(refused.contains("`nearmiss sets` scores them"), "{refused}");
    }
}
