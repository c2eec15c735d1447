//! Photographs in formats that are not read: a row each, never passed over in silence.

use crate::folder::folder_with_bytes;
use crate::program::{Outcome, nearmiss};
use nearmiss::runs::directory::record::Record;
use polars::prelude::*;
use std::fs;
use std::path::{Path, PathBuf};

/// A path under `../shared` of the workspace; `None`, and said so, where it is absent.
fn shared(path: &str) -> Option<PathBuf> {
    let beside = || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../shared"));
    let full = std::env::var_os("NEARMISS_SHARED").map_or_else(beside, PathBuf::from).join(path);
    if full.exists() {
        return Some(full);
    }
    println!("skipped: {path} is not beside the checkout");
    None
}

fn classify(folder: &Path, photographs: &str) -> Outcome {
    let arguments = ["classify", photographs, "--model", "atlas", "--taxonomy", "atlas", "--recipe", "single", "-o", "run"];
    nearmiss(folder, &arguments)
}

/// Every photograph of the run, by its file name, and how many of them were classified.
fn rows(folder: &Path) -> (Vec<String>, usize) {
    let run = folder.join("run");
    let record = Record::read(&run).unwrap();
    let images = ParquetReader::new(fs::File::open(run.join("images.parquet")).unwrap()).finish().unwrap();
    assert_eq!(record.counts.values().sum::<usize>(), images.height(), "{:?}", record.counts);
    let column = images.column("image").unwrap().str().unwrap().clone();
    let name = |image: &str| Path::new(image).file_name().unwrap().to_string_lossy().into_owned();
    let mut names: Vec<String> = column.iter().flatten().map(name).collect();
    names.sort_unstable();
    (names, record.counts["ok"])
}

/// A picture as a camera writes it.
fn picture() -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(vec![]);
    let shades = image::RgbImage::from_fn(64, 48, |x, y| image::Rgb([x as u8 * 3, y as u8 * 5, 90]));
    shades.write_to(&mut bytes, image::ImageFormat::Png).unwrap();
    bytes.into_inner()
}

#[test]
fn photographs_of_phones_and_raw_files_have_a_row() {
    let Some(source) = shared("cases/19-photographs-passed-over/photos") else { return };
    let folder = tempfile::tempdir().unwrap();
    let outcome = classify(folder.path(), source.to_str().unwrap());
    assert_eq!(outcome.code, 1, "{outcome:?}");
    assert_eq!(rows(folder.path()), (["a.jpg", "b.HEIC", "c.CR2"].map(str::to_string).to_vec(), 1));
}

#[test]
fn every_ending_of_a_photograph_has_a_row_and_notes_have_none() {
    let picture = picture();
    // How the formats begin: boxes of ISO's media files, and TIFF's two bytes of order.
    let boxes: &[u8] = b"\0\0\0\x18ftypheic\0\0\0\0mif1heic\0\0\0\x08mdat";
    let raw: &[u8] = b"II*\0\x10\0\0\0CR\x02\0\0\0\0\0\0\0\0\0\0\0";
    let files = [
        ("photos/a.png", &picture[..]),
        ("photos/b.heic", boxes),
        ("photos/c.HEIF", boxes),
        ("photos/d.cr2", raw),
        ("photos/e.NEF", raw),
        ("photos/f.dng", raw),
        ("photos/notes.txt", b"a walk in the rain"),
        ("photos/table.csv", b"image,truth\n"),
    ];
    let folder = folder_with_bytes(&files);
    let outcome = classify(folder.path(), "photos");
    assert_eq!(outcome.code, 1, "{outcome:?}");
    let expected = ["a.png", "b.heic", "c.HEIF", "d.cr2", "e.NEF", "f.dng"];
    assert_eq!(rows(folder.path()), (expected.map(str::to_string).to_vec(), 1));
}

#[test]
fn a_folder_of_photographs_that_are_all_read_is_done() {
    let picture = picture();
    // A file that only talks of such a photograph is none.
    let folder = folder_with_bytes(&[("photos/a.png", &picture[..]), ("photos/heic.txt", b"b.HEIC")]);
    let outcome = classify(folder.path(), "photos");
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(rows(folder.path()), (vec!["a.png".to_string()], 1));
}
