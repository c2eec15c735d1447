//! Classifiers of other people: networks in a file, and model directories with classes, to a run directory and a report.

use crate::checkpoint_file::by_formula;
use crate::program::{Outcome, command, nearmiss, refusal, says};
use nearmiss::runs::directory::record::Record;
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::search::Found;
use polars::prelude::*;
use std::fs::{self, File};
use std::path::{Path, PathBuf};

const TAXA: &str = "kingdom,family,genus,species
Animalia,Felidae,Felis,Felis catus
Animalia,Felidae,Lynx,Lynx lynx
Animalia,Canidae,Canis,Canis familiaris
";
const CLASSES: &str = "index,class,taxon\n0,red,Felis catus\n1,green,Felidae;Lynx\n2,blue,\n3,dark,Felis catus\n";
const PREPROCESS: &str = r#"{"size": 8, "resize": "squash-bicubic", "mean": [0, 0, 0], "std": [1, 1, 1]}"#;

/// Photographs of one colour each, in folders of their taxa, and what names them.
pub(crate) fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (class, name, colour) in [
        ("Felis_catus", "red", [255, 0, 0]),
        ("Lynx_lynx", "green", [0, 255, 0]),
        ("Canis_familiaris", "blue", [0, 0, 255]),
        ("Felis_catus", "yellow", [255, 255, 0]),
    ] {
        let path = folder.path().join(format!("photos/{class}/{name}.png"));
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        image::RgbImage::from_pixel(20, 12, image::Rgb(colour)).save(path).unwrap();
    }
    fs::write(folder.path().join("taxa.csv"), TAXA).unwrap();
    fs::write(folder.path().join("classes.csv"), CLASSES).unwrap();
    fs::write(folder.path().join("preprocess.json"), PREPROCESS).unwrap();
    folder
}

/// A network of the fixtures, which `tests/parity/make_classifier.py` writes.
pub(crate) fn network(folder: &Path, name: &str) {
    let fixtures = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/classifier"));
    fs::copy(fixtures.join(name), folder.join(name)).unwrap();
}

const CLASSIFY: [&str; 10] = [
    "classify",
    "photos",
    "--taxonomy",
    "taxa.csv",
    "--classes",
    "classes.csv",
    "--preprocess",
    "preprocess.json",
    "--batch",
    "2",
];

pub(crate) fn classify(folder: &Path, model: &str, run: &str, more: &[&str]) -> Outcome {
    nearmiss(folder, &[&CLASSIFY[..], &["--model", model, "-o", run], more].concat())
}

fn table(path: &Path) -> DataFrame {
    ParquetReader::new(File::open(path).unwrap()).finish().unwrap()
}

/// Name and probability of the answers for an image at a rank, best first.
pub(crate) fn answers(folder: &Path, run: &str, image: &str, rank: &str) -> Vec<(String, f64)> {
    let predictions = table(&folder.join(run).join("predictions.parquet"));
    let text = |name: &str| predictions.column(name).unwrap().str().unwrap().clone();
    let (images, ranks, names) = (text("image"), text("rank"), text("name"));
    let probabilities = predictions.column("probability").unwrap().f64().unwrap().clone();
    let rows = (0..predictions.height()).filter(|&row| images.get(row).unwrap().contains(image) && ranks.get(row) == Some(rank));
    rows.map(|row| (names.get(row).unwrap().to_string(), probabilities.get(row).unwrap())).collect()
}

pub(crate) fn near(found: &[(String, f64)], expected: &[(&str, f64)]) {
    assert_eq!(found.len(), expected.len(), "{found:?}");
    for ((name, probability), (wanted, value)) in found.iter().zip(expected) {
        assert!(name == wanted && (probability - value).abs() < 1e-5, "{found:?} {expected:?}");
    }
}

#[test]
fn logits_over_classes_of_any_depth_become_whole_distributions() {
    let folder = scene();
    let folder = folder.path();
    network(folder, "colours.torchscript");
    let outcome = classify(folder, "colours.torchscript", "run", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stdout, &["4 of 4 photographs classified among 2 candidates"]);
    says(&outcome.stderr, &["TorchScript, image 8, 4 classes, embedding 3", "3 of 4 are 2 taxa", "left out before the softmax"]);

    // A red photograph has the logits 4, 0, 0, 0; red and dark are one taxon, blue is none: e⁴ + 1 of e⁴ + 2.
    let cat = (4.0_f64.exp() + 1.0) / (4.0_f64.exp() + 2.0);
    near(&answers(folder, "run", "/red.png", "label"), &[("Felis catus", cat), ("Lynx", 1.0 - cat)]);
    near(&answers(folder, "run", "/red.png", "genus"), &[("Felis", cat), ("Lynx", 1.0 - cat)]);
    near(&answers(folder, "run", "/red.png", "family"), &[("Felidae", 1.0)]);
    near(&answers(folder, "run", "/red.png", "species"), &[("Felis catus", cat)]);
    // A blue one leaves both at 0: two of three.
    near(&answers(folder, "run", "/blue.png", "label"), &[("Felis catus", 2.0 / 3.0), ("Lynx", 1.0 / 3.0)]);

    let run = folder.join("run");
    let record = Record::read(&run).unwrap();
    let part = |name: &str| record.identity.recipe.get(name).cloned().unwrap_or_default();
    assert_eq!((part("preprocess").as_str(), part("outputs").as_str()), ("squash-bicubic", "logits"));
    assert_eq!((part("classes").as_str(), part("classes_left_out").as_str()), ("4", "1 (drop)"));
    assert_eq!((record.identity.label_rank.as_str(), record.logit_scale), ("label", Some(1.0)));
    let images = table(&run.join("images.parquet"));
    assert_eq!(images.column("logits").unwrap().dtype(), &DataType::Array(Box::new(DataType::Float32), 2));
    assert_eq!(images.column("embedding").unwrap().dtype(), &DataType::Array(Box::new(DataType::Float32), 3));
    let labels = table(&run.join("labels.parquet"));
    assert!(labels.column("embedding").is_err());
    assert_eq!(labels.column("classes").unwrap().str().unwrap().get(0), Some("red | dark"));

    let report = nearmiss(folder, &["report", "run", "-o", "report"]);
    assert!(report.code < 2, "{report:?}");
    let metrics: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report/metrics.json")).unwrap()).unwrap();
    assert!(
        metrics["calibration"].is_object() && metrics["decisions"]["back_off"].is_object(),
        "{}",
        metrics["why_no_distribution"]
    );
    assert_eq!(metrics["calibration"]["candidates"], 2);
}

#[test]
fn what_is_left_out_can_keep_its_probability() {
    let folder = scene();
    let folder = folder.path();
    network(folder, "colours.torchscript");
    let outcome = classify(folder, "colours.torchscript", "run", &["--left-out", "keep"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    // Blue: e⁴ of e⁴ + 3 is no taxon's.
    let total = 4.0_f64.exp() + 3.0;
    near(&answers(folder, "run", "/blue.png", "label"), &[("Felis catus", 2.0 / total), ("Lynx", 1.0 / total)]);
    near(&answers(folder, "run", "/blue.png", "family"), &[("Felidae", 3.0 / total)]);
    let report = nearmiss(folder, &["report", "run", "-o", "report"]);
    assert!(report.code < 2, "{report:?}");
    let metrics: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report/metrics.json")).unwrap()).unwrap();
    assert!(metrics["calibration"].is_object(), "{}", metrics["why_no_distribution"]);
    // A clade of candidates leaves out what lies elsewhere.
    let within = classify(folder, "colours.torchscript", "lynxes", &["--within", "Lynx"]);
    says(&within.stderr, &["1 of 4 are 1 taxon", "1 of no taxon and 2 outside of --within"]);
}

#[test]
fn shards_of_a_classifier_merge_to_the_bytes_of_one_process() {
    let folder = scene();
    let folder = folder.path();
    network(folder, "colours.torchscript");
    for format in ["parquet", "csv"] {
        let more = ["--format", format];
        classify(folder, "colours.torchscript", &format!("whole-{format}"), &more);
        for shard in ["1/2", "2/2"] {
            classify(folder, "colours.torchscript", format, &[&more[..], &["--shard", shard]].concat());
        }
        let merged = nearmiss(folder, &["merge", &format!("{format}-1-of-2"), &format!("{format}-2-of-2"), "-o", format]);
        assert_eq!(merged.code, 0, "{merged:?}");
        for name in ["images", "predictions", "labels"] {
            let [whole, joined] = [&format!("whole-{format}"), format]
                .map(|run| fs::read(folder.join(run).join(format!("{name}.{format}"))).unwrap());
            assert!(whole == joined, "{name}.{format} differs");
        }
    }
    // Without logits there is no whole distribution, and the report says why.
    let report = nearmiss(folder, &["report", "csv", "-o", "report"]);
    assert!(report.code < 2, "{report:?}");
    let metrics: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report/metrics.json")).unwrap()).unwrap();
    assert_eq!(metrics["why_no_distribution"], "the run was written as CSV, without vectors");
}

#[test]
fn an_onnx_network_of_fixed_batch_gives_probabilities() {
    let folder = scene();
    let folder = folder.path();
    network(folder, "colours.onnx");
    fs::write(folder.join("classes.csv"), "class,taxon\nred,Felis catus\ngreen,Lynx\nblue,\n").unwrap();
    let outcome = classify(folder, "colours.onnx", "run", &[]);
    if outcome.stderr.contains("it takes ONNX Runtime, which was not found") {
        println!("skipped: ONNX Runtime is not there");
        return;
    }
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stderr, &["ONNX, NCHW, image 8, 3 classes", "its outputs are probabilities; their logarithms are taken"]);
    let cat = 4.0_f64.exp() / (4.0_f64.exp() + 1.0);
    near(&answers(folder, "run", "/red.png", "label"), &[("Felis catus", cat), ("Lynx", 1.0 - cat)]);
    let other = r#"{"size": 9, "resize": "squash-bicubic", "mean": [0, 0, 0], "std": [1, 1, 1]}"#;
    fs::write(folder.join("preprocess.json"), other).unwrap();
    let refused = classify(folder, "colours.onnx", "other", &[]).stderr;
    says(&refused, &["it takes images of 8 pixels, and the preprocessing makes 9"]);
}

#[test]
fn an_onnx_network_without_its_library_is_refused_with_the_remedy() {
    let folder = scene();
    let folder = folder.path();
    fs::write(folder.join("colours.onnx"), b"\x08\x07").unwrap();
    let mut command = command(folder);
    command.args(CLASSIFY).args(["--model", "colours.onnx", "-o", "run"]).env("ORT_DYLIB_PATH", "nowhere/libonnxruntime.so");
    let output = command.output().unwrap();
    let said = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(2), "{said}");
    says(&said, &["ORT_DYLIB_PATH names 'nowhere/libonnxruntime.so', which cannot be loaded"]);
}

#[test]
fn what_does_not_fit_together_is_refused_in_a_sentence() {
    let folder = scene();
    let folder = folder.path();
    network(folder, "colours.torchscript");
    let with = |more: &[&str]| {
        let begin = ["classify", "photos", "--taxonomy", "taxa.csv", "--model", "colours.torchscript", "-o", "run"];
        refusal(folder, &[&begin[..], more].concat())
    };
    says(&with(&[]), &["a network in a file does not say what is done to photographs before: give --preprocess FILE"]);
    says(&with(&["--preprocess", "preprocess.json"]), &["which does not say what its classes are: give --classes FILE"]);
    let prompted = with(&["--preprocess", "preprocess.json", "--recipe", "bioclip"]);
    says(&prompted, &["is a classifier: its candidates are its classes, and --recipe is for encoders of images and texts"]);
    let all = ["--preprocess", "preprocess.json", "--classes", "classes.csv"];
    says(&with(&[&all[..], &["--recipe", "bioclip"]].concat()), &["cannot be used with", "--recipe"]);

    fs::write(folder.join("few.txt"), "Felis catus\nLynx\n").unwrap();
    let few = with(&["--preprocess", "preprocess.json", "--classes", "few.txt"]);
    says(&few, &["few.txt: 2 classes for the 4 outputs of the model; every output needs one"]);
    fs::write(folder.join("slips.txt"), "Felis catus\nLinx\nLynx\nCanis\n").unwrap();
    let slips = with(&["--preprocess", "preprocess.json", "--classes", "slips.txt"]);
    says(&slips, &["slips.txt: 1 class of 4 is no taxon", "class 1: 'Linx' is not in the taxonomy", "with an empty taxon"]);

    // Weights without a network: what `torch.save` writes of a state dictionary.
    let weights = folder.join("weights.pt");
    let mut writer = ::zip::ZipWriter::new(File::create(&weights).unwrap());
    writer.start_file("weights/data.pkl", ::zip::write::FileOptions::default()).unwrap();
    writer.finish().unwrap();
    let begin = ["classify", "photos", "--taxonomy", "taxa.csv", "--model", "weights.pt", "-o", "run"];
    let refused = refusal(folder, &[&begin[..], &all[..]].concat());
    says(&refused, &["weights without a network (a state dictionary)", "torch.jit.trace"]);
    assert!(!folder.join("run").exists());
}

/// A model directory with classes that its own files name, against what timm made of it.
#[test]
fn a_model_directory_with_classes_is_a_classifier() {
    let folder = scene();
    let folder = folder.path();
    let model = concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/models/timm_reg4_classes");
    let names = ["Abies", "Quercus", "Salix", "Viola"];
    let rows: Vec<String> = names
        .iter()
        .flat_map(|genus| ["alba", "minor", "rubra"].map(|epithet| format!("Plantae,F{genus},{genus},{genus} {epithet}\n")))
        .collect();
    fs::write(folder.join("plants.csv"), format!("kingdom,family,genus,species\n{}", rows.concat())).unwrap();
    let run = |run: &str, more: &[&str]| {
        let begin = ["classify", "photos", "--taxonomy", "plants.csv", "--model", model, "--precision", "fp32", "-o", run];
        nearmiss(folder, &[&begin[..], more].concat())
    };
    let outcome = run("own", &[]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stderr, &["11 of 11 are 11 taxa"]);
    let record = Record::read(&folder.join("own")).unwrap();
    assert_eq!(record.identity.labels, 11);
    let images = table(&folder.join("own/images.parquet"));
    assert_eq!(images.column("logits").unwrap().dtype(), &DataType::Array(Box::new(DataType::Float32), 11));
    let total: f64 = answers(folder, "own", "/red.png", "genus").iter().map(|(_, probability)| probability).sum();
    assert!((total - 1.0).abs() < 1e-6, "{total}");
    // Its vectors are read as those of any run, though its candidates have none.
    let embeddings = Embeddings::read(&folder.join("own"), None, None).unwrap();
    assert!(embeddings.len() == 4 && embeddings.width == 24 && embeddings.labels.is_none());
}

/// SigLIP's kind: pairs are scored by a sigmoid on demand, and photographs are made what its configuration asks for.
#[test]
fn a_model_of_pairs_scores_each_pair_by_itself_where_that_is_asked_for() {
    let folder = scene();
    let folder = folder.path();
    let from = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../tests/fixtures/models/open_clip_siglip"));
    let model = folder.join("siglip");
    fs::create_dir(&model).unwrap();
    for name in ["open_clip_config.json", "tokenizer.json", "tokenizer_config.json"] {
        fs::copy(from.join(name), model.join(name)).unwrap();
    }
    by_formula(&from.join("formula.json"), false).write(&model.join("open_clip_model.safetensors"));
    let run = |run: &str, more: &[&str]| {
        let begin = ["classify", "photos", "--taxonomy", "taxa.csv", "--model", "siglip", "--precision", "fp32", "-o", run];
        let outcome = nearmiss(folder, &[&begin[..], more].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome.stderr
    };
    says(&run("softmax", &[]), &["scores: softmax over the candidates; the model was trained pair by pair"]);
    says(&run("pairs", &["--scores", "sigmoid"]), &["scores: sigmoid of each pair (bias "]);
    for (name, scores) in [("softmax", "softmax"), ("pairs", "sigmoid")] {
        let record = Record::read(&folder.join(name)).unwrap();
        let part = |name: &str| record.identity.recipe.get(name).cloned().unwrap_or_default();
        assert_eq!((part("preprocess").as_str(), part("scores").as_str()), ("squash-bicubic", scores));
    }
    let [softmax, pairs] = ["softmax", "pairs"].map(|run| answers(folder, run, "/red.png", "species"));
    let names = |answers: &[(String, f64)]| answers.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>();
    assert_eq!((names(&softmax), softmax.len()), (names(&pairs), 3));
    // Both are of the same logits, but for what is added to all of them: ln p of the one, ln p / (1 - p) of the other.
    let logit = |probability: f64| (probability / (1.0 - probability)).ln();
    for pair in [[0, 1], [1, 2]] {
        let [of_softmax, of_pairs] = [pair.map(|place| softmax[place].1.ln()), pair.map(|place| logit(pairs[place].1))];
        let difference = (of_softmax[0] - of_softmax[1]) - (of_pairs[0] - of_pairs[1]);
        assert!(difference.abs() < 1e-4, "{softmax:?} {pairs:?}");
    }
    // A family has the score of its best species, not the sum.
    let (_, best) = pairs[0];
    assert!((answers(folder, "pairs", "/red.png", "family")[0].1 - best).abs() < 1e-12);
    let report = nearmiss(folder, &["report", "pairs", "-o", "report"]);
    assert!(report.code < 2, "{report:?}");
    let metrics: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report/metrics.json")).unwrap()).unwrap();
    let reason = "the run's scores are sigmoids of pairs, which are no distribution over the candidates";
    assert_eq!(metrics["why_no_distribution"], reason);
    let warned = run("asked", &["--recipe", "single"]);
    says(&warned, &["recipe single makes photographs 'shortest-crop', the model's configuration asks for 'squash-bicubic'"]);
}

/// The table of ImageNet's classes and the taxonomy beside it agree, taxon by taxon.
#[test]
fn imagenets_classes_are_taxa_of_the_taxonomy_beside_them() {
    let folder = PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../examples/imagenet"));
    let taxonomy = Taxonomy::from_path(&folder.join("taxonomy.csv")).unwrap();
    let mut reader = csv::Reader::from_path(folder.join("classes.csv")).unwrap();
    let (mut classes, mut taxa) = (0, 0);
    for (row, record) in reader.records().enumerate() {
        let record = record.unwrap();
        assert_eq!(record[0].parse::<usize>().unwrap(), row);
        classes += 1;
        if record[2].is_empty() {
            continue;
        }
        taxa += 1;
        let Found::One(taxon) = taxonomy.find(&record[2]) else { panic!("{}: no taxon or several", &record[2]) };
        assert_eq!(taxonomy.lineage_string(taxon, ";"), record[2], "{}", &record[1]);
    }
    assert_eq!((classes, taxa), (1000, 435));
}
