//! Samples of spaces by the program: the same bytes for the same seed, and a sample of everything is none.

use crate::program::{command, nearmiss, refusal, says};
use serde_json::Value;
use std::fs;
use std::path::Path;

/// Species by their number of vectors, a family for every four.
const SIZES: [usize; 9] = [60, 25, 14, 9, 6, 4, 3, 2, 1];

/// An array and its labels: vectors around a direction of their species, and of one in ten observations two.
fn write(folder: &Path) -> usize {
    let all: usize = SIZES.iter().sum();
    let (mut numbers, mut labels) = (vec![], "image,family,genus,species,observation\n".to_string());
    let mut row = 0_u32;
    for (species, size) in SIZES.iter().enumerate() {
        for _ in 0..*size {
            let turn = f64::from(u32::try_from(species).unwrap()) * 0.4 + f64::from(row * 7919 % 101) / 250.0;
            for value in [turn.cos(), turn.sin(), 0.1 + f64::from(row * 31 % 17) / 40.0] {
                #[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
                numbers.extend((value as f32).to_le_bytes());
            }
            let (family, genus) = (species / 4, species / 2);
            let line = format!("{row}.jpg,Familia{family},Genus{genus},Genus{genus} species{species},o{}\n", row / 2);
            labels.push_str(&line);
            row += 1;
        }
    }
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({all}, 3), }}\n");
    let mut bytes = b"\x93NUMPY\x01\x00".to_vec();
    bytes.extend(u16::try_from(header.len()).unwrap().to_le_bytes());
    bytes.extend(header.into_bytes());
    bytes.extend(numbers);
    fs::write(folder.join("space.npy"), bytes).unwrap();
    fs::write(folder.join("space.csv"), labels).unwrap();
    all
}

const ASKED: [&str; 8] = ["latent", "space.npy", "--labels", "space.csv", "--no-map", "--k", "1,3", "--force"];

/// What a run of the program says of the space, without how it was called.
fn measured(folder: &Path, threads: &str, more: &[&str]) -> (Value, String) {
    let output = command(folder).env("RAYON_NUM_THREADS", threads).args(ASKED).args(more).args(["-o", "out"]).output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert!(output.status.success(), "{stderr}");
    let mut value: Value = serde_json::from_slice(&fs::read(folder.join("out/latent.json")).unwrap()).unwrap();
    value["provenance"] = Value::Null;
    (value, stderr)
}

#[test]
fn a_sample_is_the_same_for_the_same_seed() {
    let folder = tempfile::tempdir().unwrap();
    let all = write(folder.path());
    let (one, said) = measured(folder.path(), "1", &["--sample", "40"]);
    says(
        &said,
        &["a sample of 40 of 124 vectors, stratified by taxon: in proportion to the vectors of 9 taxa, 5 of each at least"],
    );
    let (other, _) = measured(folder.path(), "5", &["--sample", "40"]);
    assert_eq!(one, other);
    let (seeded, _) = measured(folder.path(), "2", &["--sample", "40", "--seed", "1"]);
    assert_ne!(one["taxa"], seeded["taxa"]);
    let sample = &one["sample"];
    // Five of each, or all: 5, 5, 5, 5, 5, 4, 3, 2, 1 are 35; the largest gets the rest.
    assert_eq!((&sample["n"], &sample["of"], &sample["taxa"], &sample["least"]), (&40.into(), &all.into(), &9.into(), &5.into()));
    assert_eq!((sample["weight_least"].as_f64(), sample["weight_most"].as_f64()), (Some(1.0), Some(6.0)));
    assert_eq!((&one["n"], &one["among_all"]["n"], &one["among_all"]["of"]), (&40.into(), &40.into(), &124.into()));
    // Neighbours among all vectors, as the whole space has them, each counting for as many as it stands for.
    let (whole, _) = measured(folder.path(), "2", &["--sample", "all"]);
    let chance =
        |value: &Value, of: &str| value[of].as_array().unwrap().last().unwrap()["agreement"][0]["chance"].as_f64().unwrap();
    assert!((chance(&one["among_all"], "ranks") - chance(&whole, "ranks")).abs() < 1e-12);
    let page = fs::read_to_string(folder.path().join("out/latent.md")).unwrap();
    assert!(!page.contains("A sample of"), "{page}");
    let (_, said) = measured(folder.path(), "2", &["--sample", "40", "--search-minutes", "0"]);
    says(&said, &["neighbours were looked for in the sample alone"]);
    let page = fs::read_to_string(folder.path().join("out/latent.md")).unwrap();
    says(&page, &["A sample of 40 of 124 vectors of length 3", "Drawn by taxon (seed 0)"]);
}

#[test]
fn a_sample_of_everything_is_none() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let (whole, _) = measured(folder.path(), "2", &[]);
    assert_eq!((&whole["n"], whole.get("sample"), whole.get("among_all")), (&124.into(), None, None));
    for sample in ["all", "124", "20000"] {
        let (again, said) = measured(folder.path(), "2", &["--sample", sample]);
        assert_eq!(again, whole, "{sample}");
        assert!(!said.contains("a sample of"), "{said}");
    }
}

#[test]
fn neighbours_among_all_vectors_are_those_of_the_whole_space() {
    let folder = tempfile::tempdir().unwrap();
    let all = write(folder.path());
    // All but one: what is not drawn is one of the largest species.
    let sample = (all - 1).to_string();
    let (one, _) = measured(folder.path(), "2", &["--sample", &sample]);
    let (whole, _) = measured(folder.path(), "2", &[]);
    for (of_all, rank) in one["among_all"]["ranks"].as_array().unwrap().iter().zip(whole["ranks"].as_array().unwrap()) {
        assert_eq!(of_all["rank"], rank["rank"]);
        for (of_all, of_whole) in of_all["agreement"].as_array().unwrap().iter().zip(rank["agreement"].as_array().unwrap()) {
            let number = |value: &Value| value["agreement"].as_f64().unwrap();
            // One of 124 counts in another's place.
            assert!((number(of_all) - number(of_whole)).abs() < 1.0 / 60.0, "{of_all} {of_whole}");
        }
    }
    // Photographs of an observation are no neighbours among all either.
    let across = |more: &[&str]| measured(folder.path(), "2", &[&["--across-observations"], more].concat()).0;
    let (one, whole) = (across(&["--sample", &sample]), across(&[]));
    let finest = |value: &Value| value.as_array().unwrap().last().unwrap()["agreement"][0]["agreement"].as_f64().unwrap();
    assert!((finest(&one["among_all"]["ranks"]) - finest(&whole["ranks"])).abs() < 1.0 / 60.0);
}

#[test]
fn what_is_no_sample_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path());
    let refused = |sample: &str| refusal(folder.path(), &[&ASKED[..], &["--sample", sample, "-o", "out"]].concat());
    says(&refused("2"), &["--sample 2: three vectors at least have a space between them"]);
    says(&refused("half"), &["'half' is neither a number of vectors nor 'all'"]);
    let help = nearmiss(folder.path(), &["latent", "--help"]).stdout;
    says(&help, &["--sample <N>", "--search-minutes <MINUTES>"]);
}
