//! What classification says of bad input.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use nearmiss_encoder::encoder::seeded_model::SeededModel;
use std::fs;
use std::path::Path;

fn with_model(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = folder_with(files);
    SeededModel::SMALL.write(&folder.path().join("model"), 1).unwrap();
    folder
}

fn picture(path: &Path) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    image::RgbImage::from_fn(40, 30, |x, y| image::Rgb([x as u8 * 5, y as u8 * 7, 90])).save(path).unwrap();
}

#[test]
fn a_folder_that_is_not_there_is_named() {
    let folder = with_model(&[]);
    let message = refusal(folder.path(), &["classify", "photos", "--model", "model", "--taxonomy", "pollinators-france"]);
    says(&message, &["photos"]);
}

#[test]
fn a_folder_without_photographs_says_what_it_holds() {
    let folder = with_model(&[("photos/notes.txt", "x"), ("photos/table.csv", "y")]);
    let message = refusal(folder.path(), &["classify", "photos", "--model", "model", "--taxonomy", "pollinators-france"]);
    says(&message, &["photos", "no photograph"]);
}

#[test]
fn a_wrong_model_folder_says_what_is_missing() {
    let folder = with_model(&[("weights/readme.md", "nothing")]);
    picture(&folder.path().join("photos/a.png"));
    let message = refusal(folder.path(), &["classify", "photos", "--model", "weights", "--taxonomy", "pollinators-france"]);
    says(&message, &["weights", "open_clip_config.json"]);
}

#[test]
fn an_unknown_clade_is_answered_with_the_nearest_names() {
    let folder = with_model(&[]);
    picture(&folder.path().join("photos/a.png"));
    let base = ["classify", "photos", "--model", "model", "--taxonomy", "pollinators-france"];
    let message = refusal(folder.path(), &[&base[..], &["--within", "Apidea"]].concat());
    says(&message, &["'Apidea' is not in the taxonomy", "'Apidae'"]);
    let message = refusal(folder.path(), &[&base[..], &["--rank", "speces"]].concat());
    says(&message, &["--rank 'speces'"]);
    let message = refusal(folder.path(), &[&base[..], &["--recipe", "cake"]].concat());
    says(&message, &["--recipe 'cake'", "bioclip", "pybioclip"]);
}

#[test]
fn photographs_that_cannot_be_read_at_all_end_the_run() {
    let folder = with_model(&[("photos/a.jpg", "this is no picture"), ("photos/b.jpg", "")]);
    let message = refusal(
        folder.path(),
        &["classify", "photos", "--model", "model", "--taxonomy", "pollinators-france", "--recipe", "single", "-o", "run"],
    );
    says(&message, &["none of the 2 photographs could be read"]);
}

#[test]
fn the_built_in_model_says_at_once_that_it_knows_no_real_organism() {
    let folder = folder_with(&[]);
    picture(&folder.path().join("photos/Apis mellifera/a.png"));
    let options = ["--model", "atlas", "--recipe", "single", "--precision", "fp32"];
    let of = |source: &str, taxonomy: &str, output: &str| {
        let arguments = [&["classify", source, "--taxonomy", taxonomy, "-o", output][..], &options].concat();
        let outcome = nearmiss(folder.path(), &arguments);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome.stderr
    };
    let sentence = "the built-in model 'atlas' knows no real organism";
    says(&of("photos", "pollinators-france", "real"), &[sentence, "--model"]);
    let drawn = nearmiss(folder.path(), &["atlas", "-o", "atlas", "--species", "6", "--pictures", "6"]);
    assert_eq!(drawn.code, 0, "{drawn:?}");
    let said = of("atlas/photographs", "atlas/taxonomy.csv", "imaginary");
    assert!(!said.contains(sentence), "{said}");
}
