//! From photographs to a run directory and a report, with a seeded model.

use crate::program::nearmiss;
use nearmiss::rank::Rank;
use nearmiss::run::record::Record;
use nearmiss::seeded_model::SeededModel;
use polars::prelude::*;
use std::fs;
use std::fs::File;
use std::path::Path;

/// Ten pictures of three classes, one of them no picture at all.
fn scene() -> tempfile::TempDir {
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

fn classify(folder: &Path, run: &str, more: &[&str]) -> crate::program::Outcome {
    let base = [
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
        run,
    ];
    nearmiss(folder, &[&base[..], more].concat())
}

fn table(path: &Path) -> DataFrame {
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
fn answers_do_not_depend_on_the_batch() {
    let folder = scene();
    classify(folder.path(), "one", &["--batch", "1", "--format", "csv"]);
    classify(folder.path(), "many", &["--batch", "7", "--format", "csv"]);
    let [one, many] = ["one", "many"].map(|run| fs::read_to_string(folder.path().join(run).join("predictions.csv")).unwrap());
    assert_eq!(one.lines().count(), many.lines().count());
    for (a, b) in one.lines().zip(many.lines()).skip(1) {
        let ((a, p), (b, q)) = (a.rsplit_once(',').unwrap(), b.rsplit_once(',').unwrap());
        assert_eq!(a, b);
        assert!((p.parse::<f64>().unwrap() - q.parse::<f64>().unwrap()).abs() < 1e-5, "{p} {q}");
    }
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
