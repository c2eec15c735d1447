//! Suites: those that are shipped, and a rehearsal of the one for INRAE.

use crate::program::{nearmiss, refusal};
use nearmiss::scores::suite::Suite;
use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};

fn suite(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("benches/suites").join(name)
}

fn board(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("leaderboard/leaderboard.json")).unwrap()).unwrap()
}

#[test]
fn every_shipped_suite_is_one_and_says_what_is_missing() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["inrae.toml", "bioclip2.toml", "fathomnet.toml"] {
        let path = suite(name);
        let read = Suite::read(&path).unwrap();
        let outcome = nearmiss(folder.path(), &["bench", &path.display().to_string(), "--dry-run", "--data", "nowhere"]);
        assert_eq!(outcome.code, 1, "{outcome:?}");
        assert_eq!(outcome.stdout.matches("Missing: 'nowhere/").count(), read.datasets.len(), "{outcome:?}");
        assert_eq!(outcome.stdout.matches("  fetch: ").count(), read.datasets.len());
    }
}

/// The suite for INRAE, of two data sets, on miniature copies of them.
#[test]
fn a_rehearsal_runs_goes_on_where_it_stopped_and_loses_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let inrae = suite("inrae.toml").display().to_string();
    let arguments = [
        "bench",
        &inrae,
        "--miniature",
        "-o",
        "out",
        "--only",
        "plantnet-300k-v2",
        "--only",
        "spipoll",
        "--only",
        "infraspecific-market-garden",
    ];
    let outcome = nearmiss(folder.path(), &arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let first = board(&folder.path().join("out"));
    let rows = first["leaderboard"]["rows"].as_array().unwrap().clone();
    // Three data sets, two recipes, five rules; observations of Pl@ntNet beside its photographs.
    assert_eq!(rows.len(), 3 * 2 * 5 + 2 * 5);
    let path: Vec<&Value> = rows.iter().filter(|row| row["rule"] == "path" && row["unit"] == "image").collect();
    for row in &path {
        let figures = &row["figures"];
        assert!(figures["exact"].as_f64().unwrap() > 0.5, "the model knows the atlas: {row}");
        let (low, high) = (figures["low"].as_f64().unwrap(), figures["high"].as_f64().unwrap());
        let species = figures["accuracy"][6].as_f64().unwrap();
        assert!(low <= species && species <= high, "{row}");
    }
    let plantnet = path[0];
    assert_eq!((plantnet["dataset"].as_str(), plantnet["figures"]["n"].as_u64()), (Some("plantnet-300k-v2"), Some(36)));
    for metric in ["macro_top1", "macro_top5", "macro_average5"] {
        let value = plantnet["official"][metric].as_f64().unwrap();
        assert!((0.0..=1.0).contains(&value), "{metric} {value}");
    }
    assert!(path[1]["p"].is_number() && path[0]["p"].is_null(), "against the first");
    let entry = &first["leaderboard"]["datasets"];
    assert!(entry.to_string().contains("not in the taxonomy: 'Taxon inconnu de la clé'"), "a label that is no taxon is told");
    // Killed in the middle: a run and the leaderboard are gone, and come back the same.
    fs::remove_dir_all(folder.path().join("out/runs/spipoll")).unwrap();
    let before = fs::metadata(folder.path().join("out/runs/plantnet-300k-v2/atlas-81-sentences-taxon-names/run.json")).unwrap();
    assert_eq!(nearmiss(folder.path(), &arguments).code, 0);
    let again = fs::metadata(folder.path().join("out/runs/plantnet-300k-v2/atlas-81-sentences-taxon-names/run.json")).unwrap();
    assert_eq!(before.modified().unwrap(), again.modified().unwrap(), "what was whole is not run again");
    assert_eq!(board(&folder.path().join("out"))["leaderboard"], first["leaderboard"]);
    for file in ["index.html", "leaderboard.md", "leaderboard.csv", "leaderboard.tex"] {
        assert!(folder.path().join("out/leaderboard").join(file).is_file(), "{file}");
    }
    // One data set spoilt: the others stay.
    fs::write(folder.path().join("out/miniature/spipoll/class_codes.csv"), "class,name\n").unwrap();
    let outcome = nearmiss(folder.path(), &arguments);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let spoilt = board(&folder.path().join("out"));
    assert_eq!(spoilt["leaderboard"]["rows"].as_array().unwrap().len(), 2 * 2 * 5 + 2 * 5);
    assert!(spoilt["leaderboard"]["datasets"].to_string().contains("no column 'taxa_name'"));
}

#[test]
fn a_faulty_suite_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    for (text, what) in [
        ("title = \"x\"\n", "not a suite"),
        ("title = \"x\"\nmodel = []\nrecipe = []\ndataset = []\n", "no [[model]]"),
        ("title = \"x\"\nfoo = 1\n", "unknown field `foo`"),
    ] {
        fs::write(folder.path().join("s.toml"), text).unwrap();
        let error = refusal(folder.path(), &["bench", "s.toml"]);
        assert!(error.contains(what), "{error}");
    }
    let inrae = suite("inrae.toml").display().to_string();
    assert!(
        refusal(folder.path(), &["bench", &inrae, "--only", "nothing"])
            .contains("is no data set of the suite; it has plantnet-300k-v2")
    );
}
