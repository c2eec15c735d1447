//! Latent spaces side by side, and vectors that cannot be measured.

use crate::latent::twelve;
use crate::program::{nearmiss, refusal};
use nearmiss::report::spaces::{SideBySide, Space};
use nearmiss::spaces::embeddings::{Columns, Embeddings};
use nearmiss::spaces::latent::{LatentOptions, measure};
use polars::prelude::*;
use std::fs::{self, File};
use std::path::Path;

fn space(name: &str, embeddings: Embeddings) -> Space {
    let latent = measure(&embeddings, &LatentOptions { ks: vec![1, 3], map: false, ..LatentOptions::default() });
    Space { name: name.to_string(), embeddings, latent }
}

/// The twelve points with the vectors of other ones.
fn mixed() -> Embeddings {
    let mut points = twelve();
    let values = points.values.clone();
    // Point i gets the vector of point 5 i mod 12: taxa lie anywhere.
    points.values = (0..12).flat_map(|point| values[point * 5 % 12 * 3..][..3].to_vec()).collect();
    points
}

#[test]
fn a_space_is_compared_point_by_point_with_itself_and_with_a_mixed_one() {
    let together = SideBySide::of(&[space("real", twelve()), space("again", twelve()), space("mixed", mixed())]);
    let [real, again, mixed] = &together.rows[..] else { panic!() };
    assert!((again.cka_with_first.unwrap() - 1.0).abs() < 1e-12);
    assert!(mixed.cka_with_first.unwrap() < 0.9);
    assert_eq!(real.mantel, again.mantel);
    let comparison = together.comparison.as_ref().unwrap();
    let species = &comparison.metrics[0];
    assert_eq!((species.label.as_str(), species.name.as_str(), species.n), ("species", "agreement@3.species", 12));
    // Three of the nearest: 16 of 36 are of the species.
    assert!((species.means[0].unwrap() - 16.0 / 36.0).abs() < 1e-12);
    assert_eq!(species.means[0], species.means[1]);
    let pair = species.pair(0, 1).unwrap();
    assert_eq!((pair.wins, pair.ties, pair.losses), (0, 12, 0));
    assert!((pair.adjusted - 1.0).abs() < 1e-12);
    assert!(species.means[2] < species.means[0]);
}

#[test]
fn points_without_common_names_are_not_paired() {
    let mut renamed = twelve();
    renamed.names.iter_mut().for_each(|name| name.push('b'));
    let together = SideBySide::of(&[space("one", twelve()), space("other", renamed)]);
    assert!(together.comparison.is_none() && together.rows[1].cka_with_first.is_none());
    assert!(together.notes.iter().any(|note| note.contains("one shares no point of the same name with: other")));
    let mixed = SideBySide::of(&[
        space("one", twelve()),
        space("other", {
            let mut renamed = twelve();
            renamed.names.iter_mut().for_each(|name| name.push('b'));
            renamed
        }),
        space("third", twelve()),
    ]);
    assert_eq!(mixed.comparison.unwrap().runs, ["one", "third"]);
    assert!(mixed.rows[1].cka_with_first.is_none() && mixed.rows[2].cka_with_first.is_some());
    let mut doubled = twelve();
    doubled.names[1] = doubled.names[0].clone();
    let together = SideBySide::of(&[space("one", twelve()), space("other", doubled)]);
    assert!(together.comparison.is_none());
    assert!(together.notes.iter().any(|note| note.contains("share a name")));
}

fn table(path: &Path, vectors: &[&[f32]]) {
    let series: Vec<Series> = vectors.iter().map(|vector| Series::new("".into(), *vector)).collect();
    let names: Vec<String> = (0..vectors.len()).map(|row| format!("x{row}")).collect();
    let species: Vec<String> = (0..vectors.len()).map(|row| format!("Apis s{}", row % 2)).collect();
    let mut data = df!("image" => names, "species" => species, "embedding" => series).unwrap();
    ParquetWriter::new(File::create(path).unwrap()).finish(&mut data).unwrap();
}

#[test]
fn the_program_puts_spaces_side_by_side_and_exports_them() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("points.parquet");
    twelve().write(&file, Columns::Ours).unwrap();
    let outcome = nearmiss(
        folder.path(),
        &["latent", "points.parquet", "points.parquet", "-o", "out", "--k", "3,1", "--export", "emb-explorer,npy,projector"],
    );
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(outcome.stdout.contains("No space follows the taxonomy more closely"), "{outcome:?}");
    assert!(outcome.stdout.contains("Share of the 3 nearest"), "{outcome:?}");
    for name in ["index.html", "spaces.csv", "spaces.json", "spaces.md"] {
        assert!(folder.path().join("out").join(name).is_file(), "{name}");
    }
    for name in ["latent.json", "index.html", "emb_explorer.parquet", "vectors.npy", "vectors.tsv", "metadata.tsv"] {
        assert!(folder.path().join("out/points-2").join(name).is_file(), "{name}");
    }
    let rows = fs::read_to_string(folder.path().join("out/spaces.csv")).unwrap();
    assert_eq!(rows.lines().count(), 1 + 2 * 3, "two spaces at three ranks");
    let again = nearmiss(folder.path(), &["latent", "points.parquet", "points.parquet", "-o", "out"]);
    assert_eq!(again.code, 0, "an own report is written over: {again:?}");
}

#[test]
fn vectors_that_cannot_be_measured_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let at = |name: &str| folder.path().join(name);
    let said = |arguments: &[&str]| refusal(folder.path(), &[&["latent"], arguments].concat());
    table(&at("uneven.parquet"), &[&[1.0, 2.0], &[1.0, 2.0, 3.0], &[1.0, 1.0]]);
    assert!(said(&["uneven.parquet"]).contains("the vector of row 2 has length 3, the first one 2"));
    table(&at("nan.parquet"), &[&[1.0, 2.0], &[1.0, 1.0], &[f32::NAN, 1.0]]);
    assert!(said(&["nan.parquet"]).contains("the vector of 'x2' (row 3) holds a value that is not finite"));
    table(&at("two.parquet"), &[&[1.0, 2.0], &[1.0, 1.0]]);
    assert!(said(&["two.parquet"]).contains("2 vectors; three at least"));
    assert!(said(&["nothing.parquet"]).contains("there is no such file or folder"));
    table(&at("good.parquet"), &[&[1.0, 2.0], &[1.0, 1.0], &[0.5, 1.0]]);
    assert!(said(&["good.parquet", "--k", "0"]).contains("--k 0: a number of neighbours is 1 or more"));
    assert!(said(&["good.parquet", "good.parquet", "--labels", "l.csv"]).contains("--labels names the rows of one array"));
    assert!(said(&["good.parquet", "--pool", "max"]).contains("cls"), "the pools that there are");
    let zero = nearmiss(folder.path(), &["latent", "good.parquet", "-o", "out"]);
    assert_eq!(zero.code, 0, "{zero:?}");
}
