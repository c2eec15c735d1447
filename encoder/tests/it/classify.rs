//! From photographs to a run directory and a report, with a seeded model.

use crate::program::{Outcome, command, nearmiss};
use nearmiss::runs::directory::record::Record;
use nearmiss::taxonomy::rank::Rank;
use nearmiss_encoder::encoder::seeded_model::SeededModel;
use polars::prelude::*;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::fs;
use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

/// Ten pictures of three classes, one of them no picture at all.
pub(crate) fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    SeededModel::SMALL.write(&folder.path().join("model"), 3).unwrap();
    for (class, count) in [("Apis_mellifera", 4), ("Vanessa_atalanta", 3), ("Nomen_nudum", 2)] {
        for number in 0..count {
            let path = folder.path().join(format!("photos/{class}/{number}.png"));
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            let shade = (class.len() * 9 + number * 40) as u8;
            image::RgbImage::from_fn(50 + number as u32 * 13, 41, |x, y| image::Rgb([shade, x as u8 * 2, y as u8 * 3]))
                .save(path)
                .unwrap();
        }
    }
    fs::write(folder.path().join("photos/Apis_mellifera/broken.jpg"), b"\xff\xd8\xff\xe0 cut").unwrap();
    folder
}

/// What every run here begins with; its directory follows.
pub(crate) const CLASSIFY: [&str; 11] = [
    "classify",
    "photos",
    "--model",
    "model",
    "--taxonomy",
    "pollinators-france",
    "--recipe",
    "single",
    "--precision",
    "fp32",
    "-o",
];

pub(crate) fn classify(folder: &Path, run: &str, more: &[&str]) -> Outcome {
    nearmiss(folder, &[&CLASSIFY[..], &[run], more].concat())
}

pub(crate) fn table(path: &Path) -> DataFrame {
    ParquetReader::new(File::open(path).unwrap()).finish().unwrap()
}

#[test]
fn a_run_accounts_for_every_photograph() {
    let folder = scene();
    let outcome = classify(folder.path(), "run", &[]);
    assert_eq!(outcome.code, 1, "one photograph is broken: {outcome:?}");
    assert!(outcome.stdout.contains("9 of 10 photographs classified among 151 candidates"), "{outcome:?}");
    assert!(outcome.stderr.contains("truth 'Nomen nudum' (2 photographs) is not in the taxonomy"), "{outcome:?}");

    let run = folder.path().join("run");
    let record = Record::read(&run).unwrap();
    assert_eq!(record.counts.values().sum::<usize>(), 10);
    assert_eq!(record.counts["ok"], 9);

    let images = table(&run.join("images.parquet"));
    assert_eq!(images.height(), 10);
    assert_eq!(images.column("embedding").unwrap().null_count(), 1);
    assert_eq!(images.column("truth").unwrap().null_count(), 2);
    for vector in images.column("embedding").unwrap().array().unwrap().amortized_iter().flatten() {
        let norm: f64 = vector.as_ref().f32().unwrap().iter().flatten().map(|value| f64::from(value).powi(2)).sum();
        assert!((norm - 1.0).abs() < 1e-5, "{norm}");
    }

    let predictions = table(&run.join("predictions.parquet"));
    let rank = predictions.column("rank").unwrap().str().unwrap().clone();
    for main in Rank::MAIN {
        let rows = rank.iter().flatten().filter(|name| *name == main.name()).count();
        let taxa = match main {
            Rank::Kingdom | Rank::Phylum | Rank::Class => 1,
            Rank::Order => 4,
            _ => 5,
        };
        assert_eq!(rows, 9 * taxa, "{main}");
    }
    let labels = table(&run.join("labels.parquet"));
    assert_eq!(labels.height(), 151);

    let report = nearmiss(folder.path(), &["report", "run", "-o", "report"]);
    assert!(report.code < 2, "{report:?}");
    let metrics: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("report/metrics.json")).unwrap()).unwrap();
    let accounting = &metrics["accounting"];
    assert_eq!((accounting["images"].as_u64(), accounting["unreadable"].as_u64()), (Some(10), Some(1)), "{accounting}");
    assert_eq!((accounting["scored"].as_u64(), accounting["outside_taxonomy"].as_u64()), (Some(7), Some(2)), "{accounting}");
}

#[test]
fn an_interrupted_run_continues_to_the_same_bytes() {
    let folder = scene();
    classify(folder.path(), "whole", &[]);
    // What a killed run leaves: the identity and no finished part, or stray temporary files.
    classify(folder.path(), "again", &[]);
    let again = folder.path().join("again");
    let identity = serde_json::to_vec(&Record::read(&again).unwrap().identity).unwrap();
    for file in ["run.json", "images.parquet", "predictions.parquet", "labels.parquet"] {
        fs::remove_file(again.join(file)).unwrap();
    }
    fs::create_dir(again.join(".unfinished")).unwrap();
    fs::write(again.join(".unfinished/identity.json"), identity).unwrap();
    fs::write(again.join(".unfinished/images-000000.parquet.part"), b"half").unwrap();
    let outcome = classify(folder.path(), "again", &[]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    for file in ["images.parquet", "predictions.parquet", "labels.parquet"] {
        let [whole, continued] = ["whole", "again"].map(|run| fs::read(folder.path().join(run).join(file)).unwrap());
        assert!(whole == continued, "{file} differs");
    }
    assert!(!again.join(".unfinished").exists());
    let finished = classify(folder.path(), "again", &[]);
    assert!(finished.stdout.contains("already complete"), "{finished:?}");
}

#[test]
fn another_run_is_not_written_over() {
    let folder = scene();
    classify(folder.path(), "run", &[]);
    let other = classify(folder.path(), "run", &["--top", "3"]);
    assert_eq!(other.code, 2);
    assert!(other.stderr.contains("holds another run (k differs)") && other.stderr.contains("--force"), "{other:?}");
}

#[test]
fn a_run_killed_at_random_moments_continues_to_the_same_bytes() {
    // Two parts of 512 pictures and one of 76, of two classes.
    let folder = tempfile::tempdir().unwrap();
    SeededModel::SMALL.write(&folder.path().join("model"), 3).unwrap();
    for (class, count) in [("Apis_mellifera", 700), ("Vanessa_atalanta", 400)] {
        fs::create_dir_all(folder.path().join("photos").join(class)).unwrap();
        for number in 0..count {
            let shade = |factor: usize| (number * factor % 251) as u8;
            image::RgbImage::from_fn(12, 10, |x, y| image::Rgb([shade(1), shade(7) ^ (x as u8 * 9), shade(31) ^ (y as u8 * 9)]))
                .save(folder.path().join(format!("photos/{class}/{number}.bmp")))
                .unwrap();
        }
    }
    let start = Instant::now();
    assert_eq!(classify(folder.path(), "whole", &[]).code, 0);
    let whole = start.elapsed();
    let killed = folder.path().join("killed");
    let mut chance = ChaCha8Rng::seed_from_u64(7);
    let unfinished = killed.join(".unfinished");
    let tables = |folder: &Path| -> Vec<PathBuf> {
        let paths = fs::read_dir(folder).into_iter().flatten().map(|entry| entry.unwrap().path());
        paths.filter(|path| path.extension().is_some_and(|extension| extension == "parquet")).collect()
    };
    let (mut kills, mut parts) = (0, 0);
    while kills < 6 {
        let mut run = command(folder.path());
        run.args(CLASSIFY).arg("killed").stdout(Stdio::null()).stderr(Stdio::null());
        let mut child = run.spawn().unwrap();
        // The first when one of the parts is there, the others at any time after some number of tables.
        let (wanted, delay) = if kills == 0 { (2, 0.0) } else { (chance.random_range(0..6), chance.random::<f64>() * 0.7) };
        while tables(&unfinished).len() < wanted && child.try_wait().unwrap().is_none() {
            std::thread::sleep(Duration::from_millis(2));
        }
        std::thread::sleep(whole.mul_f64(delay));
        child.kill().unwrap();
        if child.wait().unwrap().success() {
            break;
        }
        kills += 1;
        parts = parts.max(tables(&unfinished).len());
        // Whatever bears a table's name is a whole table.
        for path in [tables(&killed), tables(&unfinished)].concat() {
            assert!(table(&path).height() > 0, "{}", path.display());
        }
    }
    assert!(kills > 0 && parts > 1, "{kills} kills, {parts} tables of parts: too fast to be caught");
    assert_eq!(classify(folder.path(), "killed", &[]).code, 0);
    for file in ["images.parquet", "predictions.parquet", "labels.parquet"] {
        let [whole, continued] = ["whole", "killed"].map(|run| fs::read(folder.path().join(run).join(file)).unwrap());
        assert!(whole == continued, "{file} differs after {kills} kills");
    }
    let [whole, continued] = ["whole", "killed"].map(|run| Record::read(&folder.path().join(run)).unwrap());
    assert_eq!((whole.identity, whole.counts), (continued.identity, continued.counts));
    let left: Vec<_> = fs::read_dir(&killed).unwrap().map(|entry| entry.unwrap().file_name()).collect();
    assert_eq!(left.len(), 4, "{left:?}");
}

#[test]
fn answers_do_not_depend_on_batches_threads_or_shards() {
    let folder = scene();
    for (run, threads, more) in [
        ("one", "2", &["--batch", "1"][..]),
        ("many", "2", &["--batch", "7"]),
        ("alone", "1", &["--batch", "7"]),
        ("crowd", "3", &["--batch", "7"]),
        ("shard", "3", &["--batch", "2", "--shard", "1/2"]),
        ("shard", "1", &["--batch", "2", "--shard", "2/2"]),
    ] {
        let mut command = command(folder.path());
        command.args(CLASSIFY).arg(run).args(more).env("RAYON_NUM_THREADS", threads).env("OMP_NUM_THREADS", threads);
        // More threads than cores do not wait busily for each other.
        command.env("OMP_WAIT_POLICY", "passive");
        let output = command.output().unwrap();
        assert!(matches!(output.status.code(), Some(0 | 1)), "{run} {more:?}: {output:?}");
    }
    let merged = nearmiss(folder.path(), &["merge", "shard-1-of-2", "shard-2-of-2", "-o", "shard"]);
    assert_eq!(merged.code, 0, "{merged:?}");
    let answers = |run: &str| {
        let images = table(&folder.path().join(run).join("images.parquet"));
        let vectors: Vec<f64> = images
            .column("embedding")
            .unwrap()
            .array()
            .unwrap()
            .amortized_iter()
            .flatten()
            .flat_map(|vector| vector.as_ref().f32().unwrap().iter().flatten().map(f64::from).collect::<Vec<_>>())
            .collect();
        let predictions = table(&folder.path().join(run).join("predictions.parquet"));
        let p: Vec<f64> = predictions
            .column("probability")
            .unwrap()
            .cast(&DataType::Float64)
            .unwrap()
            .f64()
            .unwrap()
            .iter()
            .flatten()
            .collect();
        (vectors, p, predictions.drop("probability").unwrap())
    };
    let (vectors, p, others) = answers("one");
    assert!(vectors.len() > 9 && p.len() == others.height());
    for run in ["many", "alone", "crowd", "shard"] {
        let (their_vectors, their_p, their_others) = answers(run);
        assert!(others.equals_missing(&their_others), "{run}: other taxa");
        let largest = |ours: &[f64], theirs: &[f64]| {
            assert_eq!(ours.len(), theirs.len(), "{run}");
            ours.iter().zip(theirs).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max)
        };
        assert!(largest(&vectors, &their_vectors) < 1e-5 && largest(&p, &their_p) < 1e-5, "{run}");
    }
}

#[test]
fn label_vectors_in_bf16_move_probabilities_a_little_and_are_what_the_run_keeps() {
    let folder = scene();
    classify(folder.path(), "exact", &[]);
    let outcome = classify(folder.path(), "halved", &["--label-vectors", "bf16"]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert!(outcome.stderr.contains("memory: ") || !cfg!(target_os = "linux"), "{outcome:?}");
    let [exact, halved] = ["exact", "halved"].map(|run| {
        let labels = table(&folder.path().join(run).join("labels.parquet"));
        let vectors = labels.column("embedding").unwrap().array().unwrap().clone();
        let numbers = |vector: &Series| vector.f32().unwrap().iter().flatten().collect::<Vec<f32>>();
        vectors.amortized_iter().flatten().flat_map(|vector| numbers(vector.as_ref())).collect::<Vec<f32>>()
    });
    let mut moved = 0;
    for (exact, halved) in exact.iter().zip(&halved) {
        assert_eq!(halved.to_bits() & 0xffff, 0, "sixteen bits are left");
        assert!((exact - halved).abs() <= exact.abs() / 256.0, "{exact} {halved}");
        moved += usize::from(exact.to_bits() != halved.to_bits());
    }
    assert!(exact.len() == halved.len() && moved > exact.len() / 2, "{moved} of {}", exact.len());
    // A unit vector's product moves by 1/256 at most, a logit by the scale times that, twice for the sum beneath.
    let records = ["exact", "halved"].map(|run| Record::read(&folder.path().join(run)).unwrap());
    assert_eq!(records[1].identity.recipe.get("label_vectors").map(String::as_str), Some("bf16"));
    assert_eq!(records[0].identity.recipe.get("label_vectors"), None);
    let factor = (2.0 * records[0].logit_scale.unwrap() / 256.0).exp();
    let probabilities = |run: &str| -> std::collections::BTreeMap<(String, String), f64> {
        let predictions = table(&folder.path().join(run).join("predictions.parquet"));
        let text = |name: &str| predictions.column(name).unwrap().str().unwrap().clone();
        let p = predictions.column("probability").unwrap().f64().unwrap().clone();
        let keys = text("image")
            .iter()
            .zip(text("taxon").iter())
            .map(|(a, b)| (a.unwrap().to_string(), b.unwrap().to_string()))
            .collect::<Vec<_>>();
        keys.into_iter().zip(p.iter().flatten()).collect()
    };
    let (exact, halved) = (probabilities("exact"), probabilities("halved"));
    let common: Vec<(f64, f64)> = exact.iter().filter_map(|(key, p)| Some((*p, *halved.get(key)?))).collect();
    assert!(common.len() * 2 > exact.len() && common.iter().any(|(a, b)| a.to_bits() != b.to_bits()));
    assert!(common.iter().all(|(a, b)| (1.0 / factor..=factor).contains(&(a / b))), "{common:?}");
    let mixed = classify(folder.path(), "exact", &["--label-vectors", "bf16"]);
    assert!(mixed.stderr.contains("holds another run (recipe"), "{mixed:?}");
    let unknown = classify(folder.path(), "other", &["--label-vectors", "int8"]);
    assert!(unknown.code == 2 && unknown.stderr.contains("'int8' is not fp32 or bf16"), "{unknown:?}");
}

#[test]
fn shards_of_a_run_merge_to_the_bytes_of_one_process() {
    let folder = scene();
    for (format, extension) in [("parquet", "parquet"), ("csv", "csv")] {
        let more = ["--batch", "2", "--format", format];
        let whole = format!("whole-{format}");
        classify(folder.path(), &whole, &more);
        let run = format!("run-{format}");
        for number in 1..=3 {
            let shard = format!("{number}/3");
            let outcome = classify(folder.path(), &run, &[&more[..], &["--shard", &shard]].concat());
            assert!(outcome.code < 2 && outcome.stdout.contains("nearmiss merge"), "{outcome:?}");
        }
        let [one, two, three] = [1, 2, 3].map(|number| format!("{run}-{number}-of-3"));
        let incomplete = nearmiss(folder.path(), &["merge", &one, &three, "-o", &run]);
        assert_eq!(incomplete.code, 2);
        assert!(incomplete.stderr.contains("shard missing: 2; the runs are shards of 3"), "{incomplete:?}");
        let twice = nearmiss(folder.path(), &["merge", &one, &one, &two, &three, "-o", &run]);
        assert!(twice.stderr.contains("shard 1 is there twice"), "{twice:?}");
        // In any order.
        let merged = nearmiss(folder.path(), &["merge", &two, &three, &one, "-o", &run]);
        assert_eq!(merged.code, 0, "{merged:?}");
        assert!(merged.stdout.contains("10 photographs of 3 runs"), "{merged:?}");
        for table in ["images", "predictions", "labels"] {
            let file = format!("{table}.{extension}");
            let [whole, merged] = [&whole, &run].map(|run| fs::read(folder.path().join(run).join(&file)).unwrap());
            assert!(whole == merged, "{file} differs");
        }
        let [whole, merged] = [&whole, &run].map(|run| Record::read(&folder.path().join(run)).unwrap());
        assert_eq!((whole.identity, whole.counts), (merged.identity, merged.counts));
    }
    let other = classify(folder.path(), "other", &["--top", "3"]);
    assert_eq!(other.code, 1, "{other:?}");
    let mixed = nearmiss(folder.path(), &["merge", "whole-parquet", "other", "-o", "mixed"]);
    assert!(mixed.stderr.contains("other: its k differs from that of whole-parquet"), "{mixed:?}");
    let same = nearmiss(folder.path(), &["merge", "whole-parquet", "run-parquet", "-o", "same"]);
    assert!(same.stderr.contains("is in another run, too"), "{same:?}");
    let empty = classify(folder.path(), "empty", &["--shard", "1/9", "--batch", "2"]);
    assert!(empty.stderr.contains("use fewer shards"), "{empty:?}");
}
