//! Photographs that are seen in tiles, against tiles that were cut out by hand and seen as photographs of their own.

use crate::classifier::{self, answers, near, network};
use crate::classify::{CLASSIFY, table};
use crate::durability::{self, assert_same, wait_for};
use crate::program::{Outcome, command, nearmiss, refusal, says};
use nearmiss::runs::directory::record::Record;
use nearmiss_encoder::encoder::seeded_model::SeededModel;
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::Stdio;

/// Sides of three photographs, odd ones among them.
const SIZES: [(u32, u32); 3] = [(61, 47), (50, 41), (33, 90)];
/// What is asked of all 151 candidates, and of which folder.
const ASKED: [&str; 9] = ["--taxonomy", "pollinators-france", "--recipe", "single", "--precision", "fp32", "--top", "200", "-o"];

/// Left, top, right and bottom of the four tiles of two by two: from each corner half of each side, rounded up.
fn quarters(width: u32, height: u32) -> [[u32; 4]; 4] {
    let (across, down) = (width.div_ceil(2), height.div_ceil(2));
    let (left, right) = ((0, across), (width - across, width));
    let (upper, lower) = ((0, down), (height - down, height));
    [(left, upper), (right, upper), (left, lower), (right, lower)].map(|(x, y)| [x.0, y.0, x.1, y.1])
}

/// Photographs `photos/…/0.png`, the four tiles of each as `parts/…/0-0.png` to `0-3.png`, and a small model.
fn scene() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    SeededModel::SMALL.write(&path("model"), 3).unwrap();
    for name in ["photos/Apis_mellifera", "parts/Apis_mellifera"] {
        fs::create_dir_all(path(name)).unwrap();
    }
    for (number, (width, height)) in SIZES.into_iter().enumerate() {
        let shade = number as u32 * 60;
        let pixel = |x: u32, y: u32| image::Rgb([(x * x / 9 + shade) as u8, ((y * 5) ^ (x * 3)) as u8, (x * y / 7) as u8]);
        let picture = image::RgbImage::from_fn(width, height, pixel);
        picture.save(path(&format!("photos/Apis_mellifera/{number}.png"))).unwrap();
        for (tile, [left, top, right, bottom]) in quarters(width, height).into_iter().enumerate() {
            let part = image::imageops::crop_imm(&picture, left, top, right - left, bottom - top).to_image();
            part.save(path(&format!("parts/Apis_mellifera/{number}-{tile}.png"))).unwrap();
        }
    }
    folder
}

fn classify(folder: &Path, photographs: &str, run: &str, more: &[&str]) -> Outcome {
    let outcome = nearmiss(folder, &[&["classify", photographs, "--model", "model"][..], &ASKED, &[run], more].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// The name of a file without its folder.
fn file(image: &str) -> String {
    image.rsplit('/').next().unwrap_or(image).to_string()
}

/// The lists of a column of `images`, by file.
fn lists(folder: &Path, run: &str, column: &str) -> BTreeMap<String, Vec<f64>> {
    let images = table(&folder.join(run).join("images.parquet"));
    let names = images.column("image").unwrap().str().unwrap().clone();
    let lists = images.column(column).unwrap().array().unwrap().clone();
    let numbers = |list: &Series| list.f32().unwrap().iter().flatten().map(f64::from).collect::<Vec<f64>>();
    let rows = names.iter().zip(lists.amortized_iter());
    rows.map(|(name, list)| (file(name.unwrap()), numbers(list.unwrap().as_ref()))).collect()
}

/// Probabilities by rank and taxon, by file.
fn probabilities(folder: &Path, run: &str) -> BTreeMap<String, BTreeMap<(String, String), f64>> {
    let predictions = table(&folder.join(run).join("predictions.parquet"));
    let text = |name: &str| predictions.column(name).unwrap().str().unwrap().clone();
    let (images, ranks, taxa) = (text("image"), text("rank"), text("taxon"));
    let p = predictions.column("probability").unwrap().f64().unwrap().clone();
    let mut all: BTreeMap<String, BTreeMap<(String, String), f64>> = BTreeMap::new();
    for row in 0..predictions.height() {
        let key = (ranks.get(row).unwrap().to_string(), taxa.get(row).unwrap().to_string());
        all.entry(file(images.get(row).unwrap())).or_default().insert(key, p.get(row).unwrap());
    }
    all
}

fn close(found: f64, expected: f64, what: &str) {
    assert!((found - expected).abs() < 1e-6, "{what}: {found}, by hand {expected}");
}

/// The mean of four vectors, made of length 1.
fn direction(vectors: &[&Vec<f64>; 4]) -> Vec<f64> {
    let sums: Vec<f64> = (0..vectors[0].len()).map(|at| vectors.iter().map(|vector| vector[at]).sum()).collect();
    let length = sums.iter().map(|sum| sum * sum).sum::<f64>().sqrt();
    sums.iter().map(|sum| sum / length).collect()
}

/// Holds the vectors of a run of two by two tiles against those of the parts.
fn vectors_are_those_of_the_parts(folder: &Path, run: &str, parts: &str) {
    let (whole, parts) = (lists(folder, run, "embedding"), lists(folder, parts, "embedding"));
    for number in 0..SIZES.len() {
        let four = [0, 1, 2, 3].map(|tile| &parts[&format!("{number}-{tile}.png")]);
        let vector = &whole[&format!("{number}.png")];
        for (at, (found, expected)) in vector.iter().zip(direction(&four)).enumerate() {
            close(*found, expected, &format!("number {at} of the vector of {number}"));
        }
    }
}

#[test]
fn two_by_two_tiles_are_four_photographs_pooled() {
    let folder = scene();
    let folder = folder.path();
    let said = classify(folder, "photos", "mean", &["--tiles", "2x2", "--tile-pool", "mean"]).stderr;
    says(&said, &["tiles: 2x2, overlap 0, mean; 4 for each photograph"]);
    classify(folder, "photos", "max", &["--tiles", "2x2"]);
    classify(folder, "parts", "cut", &[]);
    vectors_are_those_of_the_parts(folder, "mean", "cut");
    assert_eq!(lists(folder, "mean", "embedding"), lists(folder, "max", "embedding"));

    let [mean, max, parts] = ["mean", "max", "cut"].map(|run| probabilities(folder, run));
    for number in 0..SIZES.len() {
        let four = [0, 1, 2, 3].map(|tile| &parts[&format!("{number}-{tile}.png")]);
        let of = |key: &(String, String)| four.map(|part| part.get(key).copied().unwrap_or(0.0));
        // The mean, of candidates and of the sums above them.
        let found = &mean[&format!("{number}.png")];
        assert_eq!(found.len(), four[0].len());
        for (key, p) in found {
            close(*p, of(key).iter().sum::<f64>() / 4.0, &format!("mean of {key:?}"));
        }
        // The largest of each candidate, scaled to add up to 1.
        let found: Vec<_> = max[&format!("{number}.png")].iter().filter(|((rank, _), _)| rank == "species").collect();
        let largest: Vec<f64> = found.iter().map(|(key, _)| of(key).into_iter().fold(0.0, f64::max)).collect();
        let total: f64 = largest.iter().sum();
        assert!(found.len() == 151 && total > 1.0, "{total}");
        for ((key, p), largest) in found.into_iter().zip(largest) {
            close(*p, largest / total, &format!("largest of {key:?}"));
        }
    }
}

#[test]
fn whole_distributions_are_what_was_pooled_and_the_report_says_how() {
    let folder = scene();
    let folder = folder.path();
    let tiles = ["--tiles", "2x2", "--tile-overlap", "0.25", "--tile-pool", "mean"];
    classify(folder, "photos", "run", &tiles);
    let record = Record::read(&folder.join("run")).unwrap();
    assert_eq!(record.identity.recipe.get("tiles").map(String::as_str), Some("2x2, overlap 0.25, mean"));
    // The logits of the table are the logarithms of what the answers have, candidate by candidate in the order of the labels.
    let labels = table(&folder.join("run/labels.parquet"));
    let taxa: Vec<String> =
        labels.column("taxon").unwrap().str().unwrap().iter().map(|taxon| taxon.unwrap().to_string()).collect();
    let answered = probabilities(folder, "run");
    for (name, logits) in lists(folder, "run", "logits") {
        assert_eq!(logits.len(), taxa.len());
        for (taxon, logit) in taxa.iter().zip(logits) {
            close(logit.exp(), answered[&name][&("species".to_string(), taxon.clone())], taxon);
        }
    }
    let metrics = |run: &str| -> serde_json::Value {
        let report = format!("report-{run}");
        let outcome = nearmiss(folder, &["report", run, "-o", &report]);
        assert!(outcome.code < 2, "{outcome:?}");
        serde_json::from_slice(&fs::read(folder.join(report).join("metrics.json")).unwrap()).unwrap()
    };
    let with = metrics("run");
    assert!(with["calibration"].is_object(), "{}", with["why_no_distribution"]);
    assert_eq!(with["computed"]["recipe"]["tiles"], "2x2, overlap 0.25, mean");
    says(&fs::read_to_string(folder.join("report-run/report.md")).unwrap(), &["- Tiles: 2x2, overlap 0.25, mean\n"]);
    // CSV keeps neither vectors nor logits.
    classify(folder, "photos", "csv", &[&tiles[..], &["--format", "csv"]].concat());
    assert_eq!(metrics("csv")["why_no_distribution"], "the run was written as CSV, without vectors");
}

#[test]
fn one_tile_is_the_photograph_bit_for_bit_and_so_are_tiles_that_are_all_the_same() {
    let folder = scene();
    let folder = folder.path();
    classify(folder, "photos", "whole", &[]);
    classify(folder, "photos", "one", &["--tiles", "1x1", "--tile-overlap", "0.5", "--tile-pool", "mean"]);
    assert_same(folder, "whole", "one");
    // A photograph of a single pixel has fewer pixels than tiles: all tiles are that pixel.
    fs::create_dir_all(folder.join("dot/Apis_mellifera")).unwrap();
    image::RgbImage::from_pixel(1, 1, image::Rgb([200, 30, 90])).save(folder.join("dot/Apis_mellifera/0.png")).unwrap();
    classify(folder, "dot", "dot-whole", &[]);
    for pool in ["mean", "max"] {
        classify(folder, "dot", pool, &["--tiles", "3x2", "--tile-pool", pool]);
        let [whole, tiles] = ["dot-whole", pool].map(|run| lists(folder, run, "embedding").remove("0.png").unwrap());
        whole.iter().zip(&tiles).for_each(|(whole, tiles)| close(*tiles, *whole, "vector"));
        let [whole, tiles] = ["dot-whole", pool].map(|run| probabilities(folder, run).remove("0.png").unwrap());
        assert_eq!(whole.len(), tiles.len());
        for (key, p) in &whole {
            close(tiles[key], *p, "probability");
        }
    }
}

#[test]
fn tiles_of_pairs_are_pooled_pair_by_pair() {
    let folder = scene();
    let folder = folder.path();
    fs::remove_dir_all(folder.join("model")).unwrap();
    SeededModel::SMALL.write_siglip(&folder.join("model"), 5).unwrap();
    let pairs = ["--scores", "sigmoid"];
    classify(folder, "parts", "cut", &pairs);
    let parts = probabilities(folder, "cut");
    for pool in ["mean", "max"] {
        classify(folder, "photos", pool, &[&pairs[..], &["--tiles", "2x2", "--tile-pool", pool]].concat());
        for (name, found) in probabilities(folder, pool) {
            let number = name.trim_end_matches(".png");
            let four = [0, 1, 2, 3].map(|tile| &parts[&format!("{number}-{tile}.png")]);
            for (key, p) in found.iter().filter(|((rank, _), _)| rank == "species") {
                let of = four.map(|part| part[key]);
                let by_hand = if pool == "mean" { of.iter().sum::<f64>() / 4.0 } else { of.into_iter().fold(0.0, f64::max) };
                close(*p, by_hand, pool);
            }
        }
        // No distribution, and none is kept.
        assert!(table(&folder.join(pool).join("images.parquet")).column("logits").is_err());
    }
}

#[test]
fn the_logits_of_a_classifier_are_pooled_over_tiles_of_photographs_and_of_boxes() {
    let folder = classifier::scene();
    let folder = folder.path();
    network(folder, "colours.torchscript");
    // The left half red, the right half green; and the same beside a blue field as wide, with its box.
    let colour = |x: u32| {
        image::Rgb(if x < 10 {
            [255, 0, 0]
        } else if x < 20 {
            [0, 255, 0]
        } else {
            [0, 0, 255]
        })
    };
    fs::remove_dir_all(folder.join("photos")).unwrap();
    fs::create_dir_all(folder.join("photos/Felis_catus")).unwrap();
    for (name, width) in [("two", 20), ("three", 40)] {
        let path = folder.join(format!("photos/Felis_catus/{name}.png"));
        image::RgbImage::from_fn(width, 12, |x, _| colour(x)).save(path).unwrap();
    }
    fs::write(
        folder.join("manifest.csv"),
        "image,species,bbox\nFelis_catus/two.png,Felis catus,\nFelis_catus/three.png,Felis catus,0 0 20 12\n",
    )
    .unwrap();
    // A red tile has the logits 4, 0, 0, 0; red and dark are the cat, green is the lynx, blue is left out: e⁴ + 1 to 1.
    // A green tile has 0, 4, 0, 0: 2 to e⁴.
    let e = 4.0_f64.exp();
    let (red, green) = ((e + 1.0) / (e + 2.0), 2.0 / (e + 2.0));
    let largest = (e + 1.0) + e;
    for (pool, cat) in [("mean", f64::midpoint(red, green)), ("max", (e + 1.0) / largest)] {
        let more = ["--tiles", "2x1", "--tile-pool", pool, "--manifest", "manifest.csv", "--crop"];
        let outcome = classifier::classify(folder, "colours.torchscript", pool, &more);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        for name in ["/two.png", "/three.png"] {
            near(&answers(folder, pool, name, "label"), &[("Felis catus", cat), ("Lynx", 1.0 - cat)]);
            near(&answers(folder, pool, name, "family"), &[("Felidae", 1.0)]);
        }
        let images = table(&folder.join(pool).join("images.parquet"));
        assert_eq!(images.column("logits").unwrap().dtype(), &DataType::Array(Box::new(DataType::Float32), 2));
        let report = nearmiss(folder, &["report", pool, "-o", "report"]);
        assert!(report.code < 2, "{report:?}");
        let metrics: serde_json::Value = serde_json::from_slice(&fs::read(folder.join("report/metrics.json")).unwrap()).unwrap();
        assert!(metrics["calibration"].is_object(), "{}", metrics["why_no_distribution"]);
    }
}

#[test]
fn vectors_alone_are_the_direction_of_the_mean_of_tiles() {
    let folder = scene();
    let folder = folder.path();
    let model = format!("{}/../tests/fixtures/models/timm_dinov2", env!("CARGO_MANIFEST_DIR"));
    let embed = |photographs: &str, run: &str, more: &[&str]| {
        let begin = ["classify", photographs, "--model", &model, "--taxonomy", "pollinators-france", "--precision", "fp32"];
        let outcome = nearmiss(folder, &[&begin[..], &["-o", run], more].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
    };
    embed("photos", "run", &["--tiles", "2x2"]);
    embed("parts", "cut", &[]);
    vectors_are_those_of_the_parts(folder, "run", "cut");
    assert_eq!(table(&folder.join("run/predictions.parquet")).height(), 0);
    // Hidden states are those of whole photographs.
    let latent = ["latent", "run", "--pool", "mean", "--no-map", "--device", "cpu", "-o", "hidden"];
    says(&refusal(folder, &latent), &["cut into tiles (2x2, overlap 0, max)", "classify them without --tiles"]);
}

#[test]
fn runs_of_tiles_do_not_depend_on_batches_threads_or_shards() {
    let folder = scene();
    let folder = folder.path();
    let begin = [&["classify", "photos", "--model", "model"][..], &ASKED].concat();
    let tiles = ["--tiles", "3x2", "--tile-overlap", "0.2"];
    for (run, threads, more) in [
        ("one", "2", &["--batch", "1"][..]),
        ("alone", "1", &["--batch", "7"]),
        ("crowd", "3", &["--batch", "2"]),
        ("shard", "3", &["--batch", "2", "--shard", "1/2"]),
        ("shard", "1", &["--batch", "2", "--shard", "2/2"]),
    ] {
        let mut command = command(folder);
        command.args(&begin).arg(run).args(tiles).args(more);
        command.env("RAYON_NUM_THREADS", threads).env("OMP_NUM_THREADS", threads).env("OMP_WAIT_POLICY", "passive");
        let output = command.output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{run} {more:?}: {output:?}");
    }
    let merged = nearmiss(folder, &["merge", "shard-1-of-2", "shard-2-of-2", "-o", "shard"]);
    assert_eq!(merged.code, 0, "{merged:?}");
    let (vectors, answers) = (lists(folder, "one", "embedding"), probabilities(folder, "one"));
    for run in ["alone", "crowd", "shard"] {
        for (name, vector) in lists(folder, run, "embedding") {
            let largest = vector.iter().zip(&vectors[&name]).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            assert!(largest < 1e-5, "{run} {name}: {largest}");
        }
        for (name, found) in probabilities(folder, run) {
            assert_eq!(found.len(), answers[&name].len());
            assert!(found.iter().all(|(key, p)| (p - answers[&name][key]).abs() < 1e-5), "{run} {name}");
        }
    }
}

#[test]
fn a_killed_run_of_tiles_continues_to_the_same_bytes() {
    let folder = durability::scene(530);
    let folder = folder.path();
    let tiles = ["--tiles", "2x1", "--tile-overlap", "0.1", "--tile-pool", "mean"];
    let outcome = nearmiss(folder, &[&CLASSIFY[..], &["whole"], &tiles].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let mut child = command(folder);
    child.args(CLASSIFY).arg("killed").args(tiles).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = child.spawn().unwrap();
    assert!(wait_for(&mut child, &folder.join("killed"), 1), "too fast to be caught");
    child.kill().unwrap();
    child.wait().unwrap();
    // With other tiles it is another run.
    let other = refusal(folder, &[&CLASSIFY[..], &["killed", "--tiles", "2x1", "--tile-pool", "mean"]].concat());
    says(&other, &["recipe"]);
    let outcome = nearmiss(folder, &[&CLASSIFY[..], &["killed"], &tiles].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_same(folder, "whole", "killed");
}

#[test]
fn what_does_not_go_with_tiles_is_refused() {
    let folder = scene();
    let folder = folder.path();
    classify(folder, "photos", "tiles", &["--tiles", "2x2"]);
    classify(folder, "parts", "whole", &[]);
    let begin = [&["classify", "photos", "--model", "model"][..], &ASKED].concat();
    let refused = |run: &str, more: &[&str]| refusal(folder, &[&begin[..], &[run], more].concat());
    says(&refused("tiles", &["--tiles", "2x2", "--tile-pool", "mean"]), &["holds another run (recipe differs)"]);
    says(&refused("tiles", &[]), &["holds another run (recipe differs)"]);
    let vectors = refused("new", &["--tiles", "2x2", "--embeddings", "tiles"]);
    says(&vectors, &["--tiles: a run has one vector of a photograph, and none of its tiles; leave --embeddings out"]);
    says(&refused("again", &["--embeddings", "tiles"]), &["that run differs in its tiles; its vectors are others"]);
    says(&refused("new", &["--tiles", "2x2", "--decode", "scaled"]), &["--tiles: tiles are cut out of all pixels"]);
    says(&refused("new", &["--tiles", "2"]), &["--tiles '2' is not COLUMNSxROWS, such as 3x3 or 4x2"]);
    says(&refused("new", &["--tile-pool", "mean"]), &["--tiles <COLUMNSxROWS>"]);
    let merged = refusal(folder, &["merge", "tiles", "whole", "-o", "merged"]);
    says(&merged, &["its tiles (2x2, overlap 0, max there, none here) differs"]);
    assert!(!folder.join("new").exists());
}
