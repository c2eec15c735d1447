//! Photographs against Pillow, torchvision and torch: `tests/parity/make_pixels.py` draws the images
//! and writes what they make of them.

#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    reason = "a test says what it skips and stops where it fails"
)]

use crate::shared::shared;
use nearmiss::photographs::photo::{Decoding, Orientation, Photo, PhotoError};
use nearmiss::photographs::preprocess::{Preprocess, Resize};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::fs;
use std::path::{Path, PathBuf};

fn fixtures() -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/fixtures/pixels"))
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn expected() -> serde_json::Map<String, Value> {
    let text = fs::read_to_string(fixtures().join("expected.json")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    value["files"].as_object().unwrap().clone()
}

/// The images that Pillow reads, with what it says of them.
fn readable() -> Vec<(String, Value)> {
    expected().into_iter().filter(|(_, expected)| expected.get("error").is_none()).collect()
}

fn recipe(resize: Resize, size: u32) -> Preprocess {
    Preprocess { resize, size, mean: Preprocess::CLIP_MEAN, std: Preprocess::CLIP_STD }
}

fn stored(name: &str) -> Photo {
    Photo::from_path(&fixtures().join(name), Orientation::AsStored).unwrap_or_else(|error| panic!("{name}: {error}"))
}

fn floats(bytes: &[u8]) -> Vec<f32> {
    bytes.as_chunks::<4>().0.iter().map(|four| f32::from_le_bytes(*four)).collect()
}

fn largest_difference(ours: &[f32], theirs: &[f32]) -> f32 {
    assert_eq!(ours.len(), theirs.len());
    ours.iter().zip(theirs).map(|(ours, theirs)| (ours - theirs).abs()).fold(0.0, f32::max)
}

#[test]
fn every_kind_of_image_gives_the_pixels_of_pillow() {
    assert!(readable().len() >= 40, "the fixtures are there");
    for (name, expected) in readable() {
        for (orientation, size, pixels) in
            [(Orientation::AsStored, "size", "stored"), (Orientation::Upright, "upright_size", "upright")]
        {
            let photo = Photo::from_path(&fixtures().join(&name), orientation).unwrap_or_else(|error| panic!("{name}: {error}"));
            assert_eq!(serde_json::json!([photo.width, photo.height]), expected[size], "{name}, {orientation:?}");
            assert_eq!(digest(&photo.pixels), expected[pixels], "{name}, {orientation:?}");
        }
    }
}

#[test]
fn the_centre_square_is_the_one_of_torchvision_to_the_last_bit() {
    for (name, expected) in readable() {
        let photo = stored(&name);
        let small = recipe(Resize::ShortestBicubic8, 32);
        assert_eq!(small.pixels(&photo), fs::read(fixtures().join(format!("{name}.bicubic"))).unwrap(), "{name}");
        let large = recipe(Resize::ShortestBicubic8, 224).pixels(&photo);
        assert_eq!(digest(&large), expected["bicubic_224"], "{name}");
    }
}

/// `tests/parity/make_resized.py` writes what Pillow makes of these.
#[test]
fn every_way_that_a_configuration_asks_for_is_the_one_of_pillow_to_the_last_bit() {
    let text = fs::read_to_string(fixtures().with_file_name("resized.json")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let size = u32::try_from(value["size"].as_u64().unwrap()).unwrap();
    let files = value["files"].as_object().unwrap();
    assert_eq!(files.len(), readable().len());
    for (name, squares) in files {
        let photo = stored(name);
        for (way, square) in squares.as_object().unwrap() {
            let preprocess = recipe(Resize::parse(way).unwrap(), size);
            assert_eq!(&digest(&preprocess.pixels(&photo)), square, "{name}, {way}");
        }
    }
}

#[test]
fn a_file_read_at_once_gives_the_numbers_of_its_pixels() {
    for (name, _) in readable() {
        let bytes = fs::read(fixtures().join(&name)).unwrap();
        for orientation in [Orientation::AsStored, Orientation::Upright] {
            let photo = Photo::from_bytes(&bytes, orientation).unwrap();
            let asked = |way: &str| Resize::parse(way).unwrap();
            for (resize, size) in [
                (Resize::ShortestBicubic8, 5),
                (Resize::ShortestBicubic8, 40),
                (Resize::SquashBilinearFloat, 12),
                (asked("squash-bicubic"), 12),
                (asked("shortest-bilinear-17-floor"), 12),
            ] {
                let preprocess = recipe(resize, size);
                let read = preprocess.read(&bytes, orientation, Decoding::Exact).unwrap();
                assert!(read == preprocess.apply(&photo), "{name}, {orientation:?}, {resize:?}, {size}");
            }
        }
    }
}

/// `tests/parity/make_scaled.py` writes what Pillow makes of these.
#[test]
fn a_picture_decoded_smaller_is_the_one_of_pillows_draft() {
    let text = fs::read_to_string(fixtures().with_file_name("scaled.json")).unwrap();
    let value: Value = serde_json::from_str(&text).unwrap();
    let mut reductions = [0; 9];
    for (name, squares) in value["files"].as_object().unwrap() {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        for square in squares.as_array().unwrap() {
            let size = u32::try_from(square["size"].as_u64().unwrap()).unwrap();
            let plain = Preprocess { resize: Resize::ShortestBicubic8, size, mean: [0.0; 3], std: [1.0; 3] };
            let planes = plain.read(&bytes, Orientation::AsStored, Decoding::Scaled).unwrap();
            let plane = planes.len() / 3;
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "they were bytes")]
            let byte = |index: usize| (planes[index] * 255.0).round() as u8;
            let pixels: Vec<u8> = (0..plane).flat_map(|place| [0, 1, 2].map(|channel| byte(channel * plane + place))).collect();
            assert_eq!(square["square"], digest(&pixels), "{name}, {square}");
            reductions[usize::try_from(square["reduction"].as_u64().unwrap()).unwrap()] += 1;
        }
    }
    assert!(reductions[2] > 10 && reductions[4] > 10 && reductions[8] > 10, "{reductions:?}");
}

#[test]
fn what_is_too_small_to_be_reduced_or_no_jpeg_is_decoded_exactly() {
    for name in ["baseline_420_53x35.jpg", "rgb_37x61.png"] {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        let read =
            |decoding: Decoding| recipe(Resize::ShortestBicubic8, 20).read(&bytes, Orientation::AsStored, decoding).unwrap();
        assert!(read(Decoding::Scaled) == read(Decoding::Exact), "{name}");
    }
}

/// Rows that no square needs are passed over, but not the errors in them.
#[test]
fn damage_outside_the_square_is_the_same_error() {
    for name in ["baseline_420_53x35.jpg", "restarts.jpg", "orientation_6.jpg"] {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        let preprocess = recipe(Resize::ShortestBicubic8, 8);
        for place in (3..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x11 << (place % 4);
            for bytes in [&damaged[..], &bytes[..place]] {
                let whole = Photo::from_bytes(bytes, Orientation::AsStored).map(|photo| preprocess.apply(&photo));
                let read = preprocess.read(bytes, Orientation::AsStored, Decoding::Exact);
                let said = |result: Result<Vec<f32>, PhotoError>| result.map_err(|error| error.to_string());
                assert!(said(whole) == said(read), "{name}, {place}");
            }
        }
    }
}

#[test]
fn the_squashed_square_is_the_one_of_torch_within_1e_5() {
    for (name, expected) in readable() {
        let photo = stored(&name);
        let theirs = floats(&fs::read(fixtures().join(format!("{name}.squash"))).unwrap());
        let difference = largest_difference(&recipe(Resize::SquashBilinearFloat, 12).apply(&photo), &theirs);
        assert!(difference <= 1e-5, "{name}: {difference}");
        let large = recipe(Resize::SquashBilinearFloat, 224).apply(&photo);
        let mean = |power: i32| large.iter().map(|&value| f64::from(value).powi(power)).sum::<f64>() / large.len() as f64;
        assert!((mean(1) - expected["squash_224_mean"].as_f64().unwrap()).abs() < 1e-6, "{name}");
        assert!((mean(2) - expected["squash_224_mean_square"].as_f64().unwrap()).abs() < 1e-6, "{name}");
    }
}

#[test]
fn normalised_planes_are_red_then_green_then_blue() {
    // Four pixels, upscaled by nothing: 2 x 2 to size 2.
    let photo = Photo { width: 2, height: 2, pixels: vec![0, 51, 255, 10, 61, 250, 20, 71, 245, 30, 81, 240] };
    let preprocess = Preprocess { resize: Resize::ShortestBicubic8, size: 2, mean: [0.0, 0.2, 0.5], std: [1.0, 0.5, 0.25] };
    let values = preprocess.apply(&photo);
    assert_eq!(values.len(), 12);
    // 51 / 255 = 0.2: green of the first pixel is the mean; blue: (1 - 0.5) / 0.25 = 2.
    assert_eq!((values[0], values[4], values[8]), (0.0, 0.0, 2.0));
    assert!((values[3] - 30.0 / 255.0).abs() < 1e-7, "red of the last pixel");
    assert!((values[7] - (81.0 / 255.0 - 0.2) / 0.5).abs() < 1e-6, "green of the last pixel");
}

#[test]
fn each_unreadable_file_has_its_code_and_one_line() {
    let codes = [
        ("truncated.jpg", "truncated"),
        ("truncated_progressive.jpg", "truncated"),
        ("header_only.jpg", "truncated"),
        ("truncated.png", "truncated"),
        ("bad_checksum.png", "corrupt"),
        ("page_of_an_error.jpg", "not_an_image"),
        ("photo.heic", "unsupported"),
        ("empty.jpg", "empty"),
    ];
    let refused: Vec<String> =
        expected().into_iter().filter(|(_, expected)| expected.get("error").is_some()).map(|(name, _)| name).collect();
    assert_eq!(refused, codes.map(|(name, _)| name), "what Pillow refuses");
    for (name, code) in codes {
        let error = Photo::from_path(&fixtures().join(name), Orientation::AsStored).expect_err(name);
        assert_eq!(error.code(), code, "{name}: {error}");
        assert!(!error.to_string().contains('\n'), "{name}: {error}");
    }
}

#[test]
fn messages_say_what_is_wrong() {
    let message = |bytes: &[u8]| Photo::from_bytes(bytes, Orientation::AsStored).unwrap_err().to_string();
    assert_eq!(message(b""), "the file is empty");
    assert_eq!(message(b"<!DOCTYPE html>\n<html>"), "not an image: the file begins with '<!DOCTYPE html>'");
    assert_eq!(message(&[0, 1, 2, 250]), "not an image: the file begins with 00 01 02 fa");
    assert_eq!(message(b"8BPS\0\x01"), "Photoshop is not supported; convert it to JPEG or PNG");
    assert_eq!(message(b"\xff\xd8\xff"), "the file is truncated: it ends before the image does");
    let missing = Photo::from_path(Path::new("nowhere.jpg"), Orientation::AsStored).unwrap_err();
    assert_eq!((missing.code(), missing.to_string().as_str()), ("missing", "no such file: 'nowhere.jpg'"));
    let folder = Photo::from_path(&fixtures(), Orientation::AsStored).unwrap_err();
    assert_eq!(folder.code(), "not_a_file", "{folder}");
}

#[test]
fn a_size_that_no_photograph_has_is_refused_before_it_takes_memory() {
    // Baseline frame header of 65 500 x 65 500 pixels.
    let mut jpeg = b"\xff\xd8\xff\xc0\0\x0b\x08\xff\xdc\xff\xdc\x01\x01\x11\0".to_vec();
    jpeg.extend([0xff, 0xda, 0, 8, 1, 1, 0, 0, 63, 0]);
    let error = Photo::from_bytes(&jpeg, Orientation::AsStored).unwrap_err();
    assert!(matches!(error, PhotoError::TooLarge { width: 65_500, height: 65_500 }), "{error}");
    assert_eq!(error.code(), "too_large");
}

/// Damaged bytes are an error or pixels, never a panic.
#[test]
fn damage_anywhere_is_survived() {
    for name in ["baseline_420_53x35.jpg", "progressive_47x59.jpg", "restarts.jpg", "cmyk.jpg", "palette_transparent.png"] {
        let bytes = fs::read(fixtures().join(name)).unwrap();
        let photo = stored(name);
        for place in 3..bytes.len() {
            let mut damaged = bytes.clone();
            damaged[place] ^= 0x11 << (place % 4);
            if let Ok(damaged) = Photo::from_bytes(&damaged, Orientation::Upright) {
                assert_eq!(damaged.pixels.len(), damaged.width * damaged.height * 3);
            }
            let cut = Photo::from_bytes(&bytes[..place], Orientation::AsStored);
            assert!(cut.is_err() || cut.unwrap() == photo, "{name} cut at {place} is another picture");
        }
    }
}

#[test]
fn awkward_photographs_made_by_others_fail_where_pillow_fails() {
    let Some(folder) = shared("real/images_awkward") else { return };
    let mut names: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    names.sort();
    let failures: Vec<(String, &str)> = names
        .iter()
        .filter_map(|path| {
            let error = Photo::from_path(path, Orientation::AsStored).err()?;
            Some((path.file_name().unwrap().to_string_lossy().into_owned(), error.code()))
        })
        .collect();
    let expected = [
        ("african_elephants_truncated_file.jpg", "truncated"),
        ("ami_corrupt_3437265929.jpg", "truncated"),
        ("ami_corrupt_3437286520.jpg", "truncated"),
        ("ami_corrupt_3449937264.jpg", "truncated"),
        ("libvips_truncated.jpg", "truncated"),
        ("pillow_broken_data_stream.png", "corrupt"),
        ("pillow_truncated_jpeg.jpg", "truncated"),
    ];
    assert_eq!(failures, expected.map(|(name, code)| (name.to_string(), code)));
    assert_eq!(names.len(), 35, "of these");
}

/// Compares with what `tests/parity/pillow_parity.py` wrote to the folder `NEARMISS_PIXELS_DIR`.
#[test]
fn photographs_of_any_size_give_the_pixels_of_pillow() {
    let Some(folder) = std::env::var_os("NEARMISS_PIXELS_DIR").map(PathBuf::from) else {
        println!("skipped: NEARMISS_PIXELS_DIR is not set; tests/parity/pillow_parity.py writes such a folder");
        return;
    };
    let text = fs::read_to_string(folder.join("index.json")).unwrap();
    let index: Vec<Value> = serde_json::from_str(&text).unwrap();
    for entry in index {
        let path = Path::new(entry["path"].as_str().unwrap());
        let id = entry["id"].as_str().unwrap();
        let theirs = |kind: &str| floats(&fs::read(folder.join(format!("{id}.{kind}"))).unwrap());
        let photo = Photo::from_path(path, Orientation::AsStored).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        let decoded = digest(&photo.pixels) == entry["stored"];
        let bicubic = recipe(Resize::ShortestBicubic8, 224).apply(&photo);
        let squash = recipe(Resize::SquashBilinearFloat, 224).apply(&photo);
        let equal = bicubic.iter().zip(theirs("bicubic")).filter(|&(&ours, theirs)| (ours - theirs).abs() == 0.0).count();
        let (first, second) = (largest_difference(&bicubic, &theirs("bicubic")), largest_difference(&squash, &theirs("squash")));
        println!(
            "{}\t{}x{}\tdecoded {}\tbicubic {first:e}, {:.4} equal\tsquash {second:e}",
            path.display(),
            photo.width,
            photo.height,
            if decoded { "equal" } else { "DIFFERENT" },
            equal as f64 / bicubic.len() as f64,
        );
        if entry["mode"].as_str().unwrap().starts_with("I;16") {
            continue;
        }
        assert!(decoded && first == 0.0 && second <= 1e-5, "{}", path.display());
    }
}
