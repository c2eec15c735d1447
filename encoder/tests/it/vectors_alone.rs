//! Runs of vectors without answers, of models of images alone; and what a report says of how a run was computed.

use crate::classify::{classify, scene, table};
use crate::program::{Outcome, nearmiss, refusal, says};
use nearmiss::runs::directory::record::Record;
use polars::prelude::*;
use std::fs;
use std::path::Path;

/// A model of the fixtures.
fn fixture(name: &str) -> String {
    format!("{}/../tests/fixtures/models/{name}", env!("CARGO_MANIFEST_DIR"))
}

/// Photographs through a model of images alone.
fn embed(folder: &Path, model: &str, run: &str, more: &[&str]) -> Outcome {
    let model = fixture(model);
    let begin = ["classify", "photos", "--model", &model, "--taxonomy", "pollinators-france", "--precision", "fp32", "-o", run];
    nearmiss(folder, &[&begin[..], more].concat())
}

#[test]
fn a_model_of_images_alone_makes_a_run_of_vectors() {
    let folder = scene();
    let folder = folder.path();
    let outcome = embed(folder, "timm_dinov2", "run", &[]);
    assert_eq!(outcome.code, 1, "one photograph is broken: {outcome:?}");
    let next = "next: nearmiss latent run, nearmiss retrieve run, or nearmiss train PROBE.toml";
    says(&outcome.stdout, &["9 of 10 photographs embedded; the model names no taxon", next]);
    says(&outcome.stderr, &["names no taxon: the run holds vectors, and no answers", "truth 'Nomen nudum' (2 photographs)"]);

    let run = folder.join("run");
    let record = Record::read(&run).unwrap();
    let part = |name: &str| record.identity.recipe.get(name).cloned().unwrap_or_default();
    assert_eq!((part("name").as_str(), part("scores").as_str(), part("activation").as_str()), ("vectors", "none", "gelu"));
    assert_eq!(part("preprocess"), "shortest-crop");
    assert_eq!((record.identity.labels, record.identity.label_rank.as_str(), record.logit_scale), (0, "none", Some(1.0)));
    let images = table(&run.join("images.parquet"));
    let vectors = images.column("embedding").unwrap().array().unwrap().clone();
    assert_eq!(vectors.dtype(), &DataType::Array(Box::new(DataType::Float32), 24));
    assert_eq!((images.height(), vectors.null_count(), images.column("truth").unwrap().null_count()), (10, 1, 2));
    for vector in vectors.amortized_iter().flatten() {
        let norm: f64 = vector.as_ref().f32().unwrap().iter().flatten().map(|value| f64::from(value).powi(2)).sum();
        assert!((norm - 1.0).abs() < 1e-5, "{norm}");
    }
    let [labels, predictions] = ["labels", "predictions"].map(|name| table(&run.join(format!("{name}.parquet"))));
    assert_eq!((labels.height(), predictions.height()), (0, 0));
    assert!(labels.column("embedding").is_err() && labels.column("taxon").unwrap().dtype() == &DataType::String);
    assert_eq!(predictions.column("probability").unwrap().dtype(), &DataType::Float64);

    says(&embed(folder, "timm_dinov2", "run", &[]).stdout, &["run: already complete, 10 images"]);
    assert_eq!(embed(folder, "timm_dinov2", "reused", &["--embeddings", "run"]).code, 1);
    let [images, reused] = ["run", "reused"].map(|run| fs::read(folder.join(run).join("images.parquet")).unwrap());
    assert!(images == reused, "vectors of another run are others");
}

#[test]
fn a_run_of_vectors_is_for_spaces_retrieval_and_probes_and_not_for_reports() {
    let folder = scene();
    let folder = folder.path();
    embed(folder, "timm_dinov2", "run", &[]);
    for command in [&["report", "run", "-o", "report"][..], &["compare", "run", "run", "-o", "report"]] {
        says(&refusal(folder, command), &["run: the run holds vectors and no answers", "`nearmiss latent run`", "[probe]"]);
        assert!(!folder.join("report").exists());
    }
    for (command, written) in [("latent", "latent.json"), ("retrieve", "index.html")] {
        let outcome = nearmiss(folder, &[command, "run", "-o", command]);
        assert!(outcome.code == 0 && folder.join(command).join(written).is_file(), "{outcome:?}");
    }
    let probe =
        |method: &str| fs::write(folder.join("probe.toml"), format!("[probe]\nrun = 'run'\nshots = 2\nmethod = {method}\n"));
    probe("{ nearest = { k = 1 } }").unwrap();
    let outcome = nearmiss(folder, &["train", "probe.toml", "-o", "probed"]);
    assert_eq!(outcome.code, 1, "one photograph has no vector: {outcome:?}");
    // Two of each of two species are shown; three others of theirs and two of no taxon are asked for.
    says(&outcome.stdout, &["5 images answered among 2 taxa"]);
    let report = nearmiss(folder, &["report", "probed", "-o", "report"]);
    assert!(report.code < 2, "{report:?}");
    probe("{ tip_adapter = { alpha = 20.0, beta = 5.5 } }").unwrap();
    says(&refusal(folder, &["train", "probe.toml", "-o", "adapted"]), &["was no candidate of the run: it has no text to adapt"]);

    let hidden =
        ["latent", "run", "--pool", "cls,mean", "--layers", "last,concat:2", "--no-map", "--device", "cpu", "-o", "hidden"];
    let outcome = nearmiss(folder, &hidden);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stderr, &["no text tower read its candidates; hidden states are of the image tower alone"]);
    assert!(!outcome.stderr.contains("otherwise than the run saw"), "{outcome:?}");
    let text = refusal(folder, &[&hidden[..hidden.len() - 1], &["texts", "--tower", "text"]].concat());
    says(&text, &["no text tower read the candidates of the run", "(--tower image)"]);
    // A tower that takes the mean of its patches has the same vectors again, too.
    embed(folder, "timm_dinov3", "mean", &[]);
    let outcome = nearmiss(folder, &["latent", "mean", "--pool", "mean", "--no-map", "--device", "cpu", "-o", "mean-hidden"]);
    assert!(outcome.code == 0 && !outcome.stderr.contains("otherwise than the run saw"), "{outcome:?}");
    // One whose attention pools has no class token, and is asked for none.
    embed(folder, "timm_siglip", "map", &[]);
    let of_map = |pool: &'static str| ["latent", "map", "--pool", pool, "--no-map", "--device", "cpu", "-o", "map-hidden"];
    says(&refusal(folder, &of_map("cls")), &["the image tower has no class token; give --pool mean"]);
    let outcome = nearmiss(folder, &of_map("mean"));
    assert!(outcome.code == 0 && !outcome.stderr.contains("otherwise than the run saw"), "{outcome:?}");
}

#[test]
fn shards_of_a_run_of_vectors_merge_to_the_bytes_of_one_process() {
    let folder = scene();
    let folder = folder.path();
    embed(folder, "timm_dinov2", "whole", &["--batch", "2"]);
    for shard in ["1/2", "2/2"] {
        let outcome = embed(folder, "timm_dinov2", "run", &["--batch", "2", "--shard", shard]);
        assert!(outcome.code < 2 && outcome.stdout.contains("nearmiss merge"), "{outcome:?}");
    }
    let merged = nearmiss(folder, &["merge", "run-1-of-2", "run-2-of-2", "-o", "run"]);
    assert_eq!(merged.code, 0, "{merged:?}");
    says(&merged.stdout, &["10 photographs of 2 runs", "next: nearmiss latent run"]);
    for name in ["images.parquet", "predictions.parquet", "labels.parquet"] {
        let [whole, merged] = ["whole", "run"].map(|run| fs::read(folder.join(run).join(name)).unwrap());
        assert!(whole == merged, "{name} differs");
    }
    let [whole, merged] = ["whole", "run"].map(|run| Record::read(&folder.join(run)).unwrap());
    assert_eq!((whole.identity, whole.counts), (merged.identity, merged.counts));
}

#[test]
fn what_is_about_answers_is_refused_where_a_model_gives_none() {
    let folder = scene();
    let folder = folder.path();
    for (option, value) in [
        ("--recipe", "single"),
        ("--names", "sci"),
        ("--label-vectors", "bf16"),
        ("--scores", "softmax"),
        ("--rank", "genus"),
        ("--within", "Apidae"),
        ("--left-out", "keep"),
    ] {
        let outcome = embed(folder, "transformers_dinov2", "run", &[option, value]);
        assert_eq!(outcome.code, 2, "{outcome:?}");
        says(&outcome.stderr, &[&format!("it gives vectors and no answers, which {option} is about; leave it out")]);
    }
    let csv = embed(folder, "transformers_dinov2", "run", &["--format", "csv"]);
    assert_eq!(csv.code, 2, "{csv:?}");
    says(&csv.stderr, &["gives vectors and no answers, and CSV holds no vectors; leave --format out"]);
    let texts = embed(folder, "sentence_bert_mean", "run", &[]);
    assert_eq!(texts.code, 2, "{texts:?}");
    says(
        &texts.stderr,
        &["reads texts alone and has no image tower: `nearmiss retrieve TEXTS --model ", "`nearmiss latent TEXTS"],
    );
    let asked = classify(folder, "run", &["--left-out", "keep"]);
    assert_eq!(asked.code, 2, "{asked:?}");
    says(&asked.stderr, &["--left-out is for classifiers; leave it out"]);
    assert!(!folder.join("run").exists());
}

#[test]
fn a_report_says_how_the_run_was_computed() {
    let folder = scene();
    let folder = folder.path();
    let written = |report: &str, name: &str| fs::read_to_string(folder.join(report).join(name)).unwrap();
    let computed = |report: &str| -> serde_json::Value {
        serde_json::from_str::<serde_json::Value>(&written(report, "metrics.json")).unwrap()["computed"].clone()
    };
    for (activation, formula) in [("gelu", "x Φ(x)"), ("quickgelu", "x sigmoid(1.702 x)")] {
        classify(folder, activation, &["--activation", activation]);
        let report = format!("report-{activation}");
        let outcome = nearmiss(folder, &["report", activation, "-o", &report]);
        assert!(outcome.code < 2, "{outcome:?}");
        let markdown = written(&report, "report.md");
        says(&markdown, &["## How it was computed\n\n- Model: model\n", &format!("- Non-linearity: {activation}, {formula}\n")]);
        says(&markdown, &["- Scores: softmax over the candidates, of their cosines times ", "- Computed in: fp32, on "]);
        says(&written(&report, "index.html"), &[&format!("data-fr=\"Non-linéarité\u{a0}: {activation}, {formula}\"")]);
        assert_eq!(computed(&report)["recipe"]["activation"], activation);
        assert_eq!(computed(&report)["model"], "model");
    }
    // Nobody knows it of the table of another program.
    fs::write(folder.join("table.csv"), "image,truth,predicted\n1,Felis catus,Felis catus\n2,Lynx lynx,Felis catus\n").unwrap();
    let outcome = nearmiss(folder, &["report", "table.csv", "-o", "report-table"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(computed("report-table").is_null() && !written("report-table", "report.md").contains("How it was computed"));
}
