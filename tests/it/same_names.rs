//! Numbers of one name are one number, whichever command prints them.

use crate::program::nearmiss;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

/// Orders, families, genera and species, two of each in the one above; every third family has no order.
const TAXA: usize = 16;

fn species(number: usize) -> String {
    format!("Genus{} species{number}", number / 2)
}

fn taxonomy() -> String {
    let row = |number: usize| {
        let family = number / 4;
        let order = if family % 3 == 2 { String::new() } else { format!("Order{}", number / 8) };
        format!("Animalia,{order},Family{family}idae,Genus{},{}\n", number / 2, species(number))
    };
    format!("kingdom,order,family,genus,species\n{}", (0..TAXA).map(row).collect::<String>())
}

fn json(folder: &Path, file: &str) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join(file)).unwrap()).unwrap()
}

fn run(folder: &Path, arguments: &[&str]) {
    let outcome = nearmiss(folder, arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

/// The same number, or none in both.
fn same(theirs: &Value, ours: &Value, what: &str) {
    match (theirs.as_f64(), ours.as_f64()) {
        (Some(theirs), Some(ours)) => assert!((theirs - ours).abs() < 1e-12, "{what}: {theirs} and {ours}"),
        _ => assert!(theirs.is_null() && ours.is_null(), "{what}: {theirs} and {ours}"),
    }
}

#[test]
fn report_and_compare_agree() {
    let mut random = ChaCha8Rng::seed_from_u64(11);
    for table in 0..8 {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("tree.csv"), taxonomy()).unwrap();
        let truths: Vec<String> = (0..30).map(|_| species(random.random_range(0..TAXA))).collect();
        for name in ["a", "b"] {
            let mut rows = "image,truth,predicted\n".to_string();
            for (image, truth) in truths.iter().enumerate() {
                // Right, wrong, at the genus alone, or nothing.
                let answer = match random.random_range(0..4) {
                    0 => truth.clone(),
                    1 => species(random.random_range(0..TAXA)),
                    2 => truth.split(' ').next().unwrap().to_string(),
                    _ => String::new(),
                };
                writeln!(rows, "{image},{truth},{answer}").unwrap();
            }
            fs::write(folder.path().join(format!("{name}.csv")), rows).unwrap();
            let file = format!("{name}.csv");
            run(folder.path(), &["report", &file, "--taxonomy", "tree.csv", "-o", name, "--tables-only", "--quiet"]);
        }
        run(folder.path(), &["compare", "a.csv", "b.csv", "--taxonomy", "tree.csv", "-o", "both", "--quiet"]);
        let comparison = json(folder.path(), "both/compare.json");
        for name in ["a", "b"] {
            let metrics = json(folder.path(), &format!("{name}/metrics.json"));
            let of_rank = |rank: &str| metrics["ranks"].as_array().unwrap().iter().find(|row| row["rank"] == rank).cloned();
            let scores = comparison[name]["scores"].as_object().unwrap();
            assert!(scores.len() >= 7, "{scores:?}");
            for (metric, value) in scores {
                let what = format!("table {table}, {name}, {metric}");
                let value_in_report = metric.split_once('.').map_or_else(
                    // As `compare` calls the means over images.
                    || match metric.as_str() {
                        "height" => metrics["how_wrong"]["mean_height"].clone(),
                        "edges" => metrics["how_wrong"]["mean_edges"].clone(),
                        metric => metrics["how_wrong"][metric].clone(),
                    },
                    |(of, rank)| of_rank(rank).unwrap()[of].clone(),
                );
                same(value, &value_in_report, &what);
            }
        }
    }
}

#[test]
fn latent_and_retrieve_agree() {
    let mut random = ChaCha8Rng::seed_from_u64(12);
    for space in 0..4 {
        let folder = TempDir::new().unwrap();
        fs::write(folder.path().join("tree.csv"), taxonomy()).unwrap();
        // Some species have one point, some photographs no species.
        let mut rows = "name,taxon\n".to_string();
        for point in 0..40 {
            let taxon = if random.random_bool(0.1) { "Family1idae".to_string() } else { species(random.random_range(0..TAXA)) };
            writeln!(rows, "{point},{taxon}").unwrap();
        }
        fs::write(folder.path().join("labels.csv"), rows).unwrap();
        let header = "{'descr': '<f8', 'fortran_order': False, 'shape': (40, 3), }\n";
        let length = u16::try_from(header.len()).unwrap().to_le_bytes();
        let numbers: Vec<u8> = (0..120).flat_map(|_| random.random_range(-1.0_f64..1.0).to_le_bytes()).collect();
        fs::write(folder.path().join("v.npy"), [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), &numbers].concat())
            .unwrap();
        let with = ["v.npy", "--labels", "labels.csv", "--taxonomy", "tree.csv", "--quiet", "-o"];
        run(folder.path(), &[&["latent"][..], &with, &["latent"]].concat());
        run(folder.path(), &[&["retrieve"][..], &with, &["retrieval"]].concat());
        let (latent, retrieval) = (json(folder.path(), "latent/latent.json"), json(folder.path(), "retrieval/retrieval.json"));
        let measured = retrieval["measured"].as_array().unwrap();
        let mut compared = 0;
        for row in latent["ranks"].as_array().unwrap() {
            let rank = row["rank"].as_str().unwrap();
            for (ours, theirs) in [("precision_at_1", "precision@1"), ("r_precision", "r-precision"), ("map_at_r", "map@r")] {
                let name = format!("{theirs}-l{rank}");
                let Some(found) = measured.iter().find(|measured| measured["name"] == name.as_str()) else { continue };
                compared += 1;
                same(&row["ranking"][ours], &found["value"], &format!("space {space}, {name}"));
            }
        }
        assert!(compared >= 9, "{compared}");
    }
}
