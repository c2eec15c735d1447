//! Files of vectors whose headers are not true, and files that are none: one sentence and exit 2 each, whatever they say; and
//! the same vectors in every format give the same numbers.

use crate::archives::zip_of;
use crate::latent::twelve;
use crate::program::{nearmiss, refusal};
use nearmiss::spaces::embeddings::{Columns, Embeddings};
use nearmiss::spaces::latent::{LatentOptions, measure};
use polars::prelude::*;
use serde_json::json;
use std::fs;
use std::path::Path;

/// Four names for four vectors.
const NAMES: &str = "name,species\na,Apis mellifera\nb,Bombus terrestris\nc,Apis cerana\nd,Osmia bicornis\n";

fn npy(header: &str, numbers: &[u8]) -> Vec<u8> {
    let length = u16::try_from(header.len()).unwrap().to_le_bytes();
    [b"\x93NUMPY\x01\x00", &length[..], header.as_bytes(), numbers].concat()
}

fn shaped(kind: &str, shape: &str, numbers: &[u8]) -> Vec<u8> {
    npy(&format!("{{'descr': '{kind}', 'fortran_order': False, 'shape': {shape}, }}\n"), numbers)
}

fn safetensors(header: &str, numbers: usize) -> Vec<u8> {
    let ones: Vec<u8> = (0..=numbers / 4).flat_map(|_| 1.0_f32.to_le_bytes()).take(numbers).collect();
    [&(header.len() as u64).to_le_bytes()[..], header.as_bytes(), &ones].concat()
}

fn tensor(shape: &str, offsets: &str) -> String {
    format!(r#"{{"x": {{"dtype": "F32", "shape": {shape}, "data_offsets": {offsets}}}}}"#)
}

/// A zip of one member, packed.
fn npz(member: &[u8]) -> Vec<u8> {
    zip_of(&[("x.npy", member)])
}

fn f64s(values: &[f64]) -> Vec<u8> {
    values.iter().flat_map(|value| value.to_le_bytes()).collect()
}

/// Files of vectors that are not what they say, with what is said of them.
fn untrue_files() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let eight = f64s(&[1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0]);
    let with = |value: f64| shaped("<f8", "(4, 2)", &f64s(&[1.0, 2.0, value, value, 5.0, 6.0, 7.0, 8.0]));
    vec![
        ("empty.npy", vec![], "it is no .npy file"),
        ("none.npy", shaped("<f4", "(4, 0)", &[]), "4 × 0: there is no number in it"),
        ("rows.npy", shaped("<f4", "(0, 2)", &[]), "0 × 2: there is no number in it"),
        ("huge.npy", shaped("<f4", "(4000000000000, 0)", &[]), "there is no number in it"),
        ("wide.npy", shaped("<f4", "(4, 4611686018427387904)", &[]), "0 numbers where 4 × 4611686018427387904"),
        ("negative.npy", shaped("<f8", "(-7, 4, 2)", &eight), "'-7' is no number of rows or columns"),
        ("objects.npy", shaped("|O", "(4, 2)", &eight), "its numbers are '|O'"),
        ("short.npy", shaped("<f8", "(4, 2)", &eight[..63]), "7 numbers where 4 × 2"),
        ("nan.npy", with(f64::NAN), "the vector of 'b' (row 2) holds a value that is not finite"),
        ("inf.npy", with(f64::INFINITY), "the vector of 'b' (row 2) holds a value that is not finite"),
        ("large.npy", with(1e300), "the vector of 'b' (row 2) has a length of 1.414"),
        ("small.npy", with(5e-324), "the vector of 'b' (row 2) has a length of"),
        ("three.npy", shaped("<f8", "(2, 4)", &eight), "4 rows for the 2 vectors"),
        ("text.npz", b"no archive at all".to_vec(), "it is no .npy file"),
        ("cut.npz", npz(&shaped("<f8", "(4, 2)", &eight))[..60].to_vec(), "not a whole zip"),
        ("liar.npz", npz(&shaped("<f8", "(4, 3)", &eight)), "8 numbers where 4 × 3"),
        ("bomb.npz", npz(&vec![0; (256 << 20) + 1]), "unpacks to more than 268435456 bytes"),
        ("long.safetensors", safetensors(&tensor("[4, 1]", "[0, 32]"), 32), "of F32 and shape [4, 1] has 32 bytes"),
        ("odd.safetensors", safetensors(&tensor("[4, 2]", "[0, 31]"), 32), "of F32 and shape [4, 2] has 31 bytes"),
        ("short.safetensors", safetensors(&tensor("[4, 4]", "[0, 32]"), 32), "of F32 and shape [4, 4] has 32 bytes"),
        ("beyond.safetensors", safetensors(&tensor("[4, 4]", "[0, 64]"), 32), "announces 64 bytes of tensors, and 32 are there"),
        ("rev.safetensors", safetensors(&tensor("[2, 2]", "[16, 0]"), 16), "lies in bytes 16 to 0"),
        (
            "off.safetensors",
            safetensors(&tensor("[2, 2]", "[18446744073709551615, 18446744073709551615]"), 16),
            "lies in bytes 18446744073709551615 to",
        ),
        ("wide.safetensors", safetensors(&tensor("[4, 4611686018427387904]", "[0, 32]"), 32), "has 32 bytes"),
        ("none.safetensors", safetensors(&tensor("[4, 0]", "[0, 0]"), 0), "4 × 0: there is no number in it"),
        ("deep.safetensors", safetensors(&"[".repeat(200_000), 0), "its header is not one"),
        ("empty.safetensors", vec![], "no header"),
        ("text.parquet", NAMES.as_bytes().to_vec(), "no vectors in it"),
    ]
}

#[test]
fn vectors_that_are_not_what_they_say_are_one_sentence() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("names.csv"), NAMES).unwrap();
    for (name, bytes, part) in &untrue_files() {
        fs::write(folder.path().join(name), bytes).unwrap();
        for command in ["latent", "retrieve"] {
            let said = refusal(folder.path(), &[command, name, "--labels", "names.csv", "-o", "out"]);
            if command == "latent" || !name.ends_with(".parquet") {
                assert!(said.contains(part), "{command} {name}: '{part}' is not in: {said}");
            }
            assert!(!said.contains("panicked") && said.matches("error: ").count() == 1, "{command} {name}: {said}");
        }
    }
    assert!(!folder.path().join("out").exists());
    assert_odd_spaces_are_measured(folder.path());
}

/// Vectors of zeros and vectors that are all the same are odd, and spaces all the same.
fn assert_odd_spaces_are_measured(folder: &Path) {
    for (name, bytes) in
        [("zeros.npy", shaped("<f8", "(4, 2)", &[0; 64])), ("same.npy", shaped("<f8", "(4, 2)", &f64s(&[1.0; 8])))]
    {
        fs::write(folder.join(name), bytes).unwrap();
        for command in ["latent", "retrieve"] {
            let outcome = nearmiss(folder, &[command, name, "--labels", "names.csv", "-o", "out", "--force"]);
            assert_eq!(outcome.code, 0, "{command} {name}: {outcome:?}");
            assert_eq!(outcome.stderr.contains("4 vectors are zero"), name == "zeros.npy", "{command} {name}: {outcome:?}");
        }
    }
}

#[test]
fn lists_of_a_table_that_are_no_vectors() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, column: Series| {
        let species: Vec<String> = (0..column.len()).map(|row| format!("Apis s{row}")).collect();
        let mut table = df!("species" => species).unwrap();
        table.with_column(column.with_name("embedding".into()).into()).unwrap();
        ParquetWriter::new(fs::File::create(folder.path().join(name)).unwrap()).finish(&mut table).unwrap();
    };
    let list = |values: &[f64]| Series::new("".into(), values);
    write("empty.parquet", Series::new("e".into(), [list(&[]), list(&[]), list(&[])]));
    write("ragged.parquet", Series::new("e".into(), [list(&[1.0, 2.0]), list(&[1.0]), list(&[1.0, 2.0])]));
    let hole = Series::new("".into(), [Some(1.0), None]);
    write("holes.parquet", Series::new("e".into(), [list(&[1.0, 2.0]), hole, list(&[1.0, 2.0])]));
    write("numbers.parquet", Series::new("e".into(), [1.0, 2.0, 3.0]));
    write("missing.parquet", Series::full_null("e".into(), 3, &DataType::List(Box::new(DataType::Float64))));
    for (name, part) in [
        ("empty.parquet", "the vector of row 1 is an empty list"),
        ("ragged.parquet", "the vector of row 2 has length 1, the first one 2"),
        ("holes.parquet", "(row 2) holds a value that is not finite"),
        ("numbers.parquet", "holds f64 and not vectors"),
        ("missing.parquet", "it holds no vector"),
    ] {
        let said = refusal(folder.path(), &["latent", name]);
        assert!(said.contains(part), "{name}: '{part}' is not in: {said}");
    }
}

#[cfg(unix)]
#[test]
fn a_pipe_is_no_file_of_vectors() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("names.csv"), NAMES).unwrap();
    for name in ["pipe.npy", "pipe.npz", "pipe.safetensors", "pipe.parquet"] {
        let made = std::process::Command::new("mkfifo").arg(folder.path().join(name)).status();
        if !made.is_ok_and(|made| made.success()) {
            println!("skipped: no pipes can be made here");
            return;
        }
        let said = refusal(folder.path(), &["latent", name, "--labels", "names.csv"]);
        assert!(said.contains("it is no file but a pipe or a device"), "{name}: {said}");
    }
    let said = refusal(folder.path(), &["retrieve", "pipe.npy", "--labels", "names.csv"]);
    assert!(said.contains("it is no file but a pipe or a device"), "{said}");
}

/// The labels of twelve points in four formats.
fn labels(folder: &Path, table: &Path) -> [std::path::PathBuf; 4] {
    let at = |name: &str| folder.join(name);
    let text = fs::read_to_string(table).unwrap();
    fs::write(at("labels.tsv"), text.replace(',', "\t")).unwrap();
    let mut read = CsvReadOptions::default()
        .with_infer_schema_length(Some(0))
        .try_into_reader_with_file_path(Some(table.to_path_buf()))
        .unwrap()
        .finish()
        .unwrap();
    ParquetWriter::new(fs::File::create(at("labels.parquet")).unwrap()).finish(&mut read).unwrap();
    let names = read.get_column_names_owned();
    let mut lines = String::new();
    for row in 0..read.height() {
        let cells = names.iter().filter_map(|name| {
            let cell = read.column(name).unwrap().str().unwrap().get(row)?;
            Some((name.to_string(), json!(cell)))
        });
        lines += &serde_json::Value::Object(cells.collect()).to_string();
        lines.push('\n');
    }
    fs::write(at("labels.jsonl"), lines).unwrap();
    [table.to_path_buf(), at("labels.tsv"), at("labels.parquet"), at("labels.jsonl")]
}

#[test]
#[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
fn every_format_of_vectors_and_labels_gives_the_same_numbers() {
    let folder = tempfile::tempdir().unwrap();
    let mut points = twelve();
    points.values.iter_mut().for_each(|value| *value = f64::from(*value as f32));
    points.observations[..4].fill("together".to_string());
    let options = LatentOptions { ks: vec![1, 3], permutations: 9, map: false, ..LatentOptions::default() };
    let numbers = |read: &Embeddings| json!(measure(read, &options));
    let files = points.write(&folder.path().join("v.parquet"), Columns::Ours).unwrap();
    let expected = numbers(&Embeddings::read(&files[0], None, Some(&points.taxonomy)).unwrap());
    assert_eq!(expected, numbers(&points));
    for name in ["v.npy", "v.npz", "v.safetensors"] {
        let files = points.write(&folder.path().join(name), Columns::Ours).unwrap();
        for table in labels(folder.path(), &files[1]) {
            for taxonomy in [None, Some(&points.taxonomy)] {
                let read = Embeddings::read(&files[0], Some(&table), taxonomy).unwrap();
                assert_eq!(read.names, points.names, "{name} {}", table.display());
                let mut found = numbers(&read);
                // A taxonomy made of the labels has other ids than the one that was given.
                for (row, known) in [("taxa", "taxon"), ("suspects", "said_id"), ("suspects", "looks_like_id")] {
                    for (place, row) in found[row].as_array_mut().unwrap().iter_mut().enumerate() {
                        row[known] = expected[if known == "taxon" { "taxa" } else { "suspects" }][place][known].clone();
                    }
                }
                assert_eq!(found, expected, "{name} {}", table.display());
            }
        }
    }
}
