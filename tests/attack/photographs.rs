//! JPEG, and the other formats of photographs.

use super::{Reader, root};
use nearmiss::photographs::photo::{Decoding, Orientation, Photo};
use nearmiss::photographs::preprocess::{Preprocess, Resize};
use std::path::Path;

/// What a photograph takes while it is decoded: the most pixels that are read, three bytes each, and what a decoder
/// holds beside them.
const PIXELS: usize = 178_956_970 * 3;

pub(super) const READERS: &[Reader] = &[
    Reader {
        name: "jpeg",
        longest: 4096,
        multiple: 64,
        base: 4 * PIXELS,
        read: jpeg,
        seeds: jpegs,
        words: &[
            "\\xff\\xd8\\xff",
            "\\xff\\xc0",
            "\\xff\\xc2",
            "\\xff\\xc4",
            "\\xff\\xda",
            "\\xff\\xdb",
            "\\xff\\xdd",
            "\\xff\\xd0",
            "\\xff\\xd9",
            "\\xff\\xee\\x00\\x0eAdobe",
            "\\xff\\x00",
        ],
    },
    Reader {
        name: "photograph",
        longest: 4096,
        multiple: 64,
        base: 4 * PIXELS,
        read: photograph,
        seeds: photographs,
        words: &[
            "GIF89a",
            "GIF87a",
            "\\x89PNG\\x0d\\x0a\\x1a\\x0a",
            "IHDR",
            "IDAT",
            "PLTE",
            "tRNS",
            "IEND",
            "II*\\x00",
            "MM\\x00*",
            "RIFF",
            "WEBPVP8 ",
            "WEBPVP8L",
            "WEBPVP8X",
            "BM",
            "eXIf",
            "acTL",
            "ANIM",
            "ALPH",
        ],
    },
];

/// Files of the pixel tests whose names end so.
fn fixtures(ends: &[&str], longest: u64) -> Vec<Vec<u8>> {
    let folder = std::fs::read_dir(root().join("tests/fixtures/pixels"));
    let mut paths: Vec<_> = folder.into_iter().flatten().flatten().map(|entry| entry.path()).collect();
    paths.sort();
    paths.retain(|path| path.extension().and_then(|end| end.to_str()).is_some_and(|end| ends.contains(&end)));
    paths.retain(|path| path.metadata().is_ok_and(|data| data.len() <= longest));
    paths.iter().filter_map(|path| std::fs::read(path).ok()).collect()
}

/// The sides and pixels of a photograph agree.
fn hold(photo: &Photo) {
    assert_eq!(photo.pixels.len(), photo.width * photo.height * 3);
    assert!(photo.width > 0 && photo.height > 0);
}

const SMALL: Preprocess =
    Preprocess { resize: Resize::ShortestBicubic8, size: 2, mean: Preprocess::CLIP_MEAN, std: Preprocess::CLIP_STD };

/// Whether a frame header anywhere announces more than a million pixels: each such picture takes seconds.
fn is_large(bytes: &[u8]) -> bool {
    bytes.windows(9).any(|window| match *window {
        [0xff, 0xc0..=0xc2, _, _, _, high, low, wide, narrow] => {
            u64::from(u16::from_be_bytes([high, low])) * u64::from(u16::from_be_bytes([wide, narrow])) > 1 << 20
        }
        _ => false,
    })
}

/// A JPEG that is read whole is read or refused alike by rows, smaller and upright; one of them is tried for each length.
fn jpeg(_: &Path, bytes: &[u8]) {
    if !bytes.starts_with(&[0xff, 0xd8, 0xff]) || is_large(bytes) && !bytes.len().is_multiple_of(32) {
        return;
    }
    let whole = Photo::from_bytes(bytes, Orientation::AsStored);
    if let Ok(whole) = &whole {
        hold(whole);
    }
    let other = match bytes.len() % 4 {
        0 => {
            let rows = SMALL.read(bytes, Orientation::AsStored, Decoding::Exact);
            if let (Ok(rows), Ok(whole)) = (&rows, &whole) {
                assert!(*rows == SMALL.apply(whole), "by rows it is another picture");
            }
            rows.err()
        }
        1 => SMALL.read(bytes, Orientation::AsStored, Decoding::Scaled).err(),
        2 => {
            Preprocess { resize: Resize::SquashBilinearFloat, ..SMALL }.read(bytes, Orientation::AsStored, Decoding::Scaled).err()
        }
        _ => {
            let upright = Photo::from_bytes(bytes, Orientation::Upright);
            if let (Ok(upright), Ok(whole)) = (&upright, &whole) {
                hold(upright);
                assert_eq!(upright.pixels.len(), whole.pixels.len());
            }
            upright.err()
        }
    };
    let (whole, other) = (whole.err().map(|error| error.to_string()), other.map(|error| error.to_string()));
    assert_eq!(whole, other, "whole and otherwise it is refused for other reasons");
}

fn jpegs() -> Vec<Vec<u8>> {
    let mut seeds = fixtures(&["jpg"], 6000);
    for (width, height, quality) in [(1, 1, 50), (8, 8, 90), (17, 9, 20), (33, 40, 75)] {
        let mut bytes = vec![];
        let encoder = image::codecs::jpeg::JpegEncoder::new_with_quality(&mut bytes, quality);
        if picture(width, height).write_with_encoder(encoder).is_ok() {
            seeds.push(bytes);
        }
    }
    seeds
}

/// Any other photograph: upright it has as many pixels as it says.
fn photograph(_: &Path, bytes: &[u8]) {
    if bytes.starts_with(&[0xff, 0xd8, 0xff]) {
        return;
    }
    if let Ok(photo) = Photo::from_bytes(bytes, Orientation::Upright) {
        hold(&photo);
        let rows = SMALL.read(bytes, Orientation::Upright, Decoding::Exact);
        assert!(rows.is_ok_and(|rows| rows == SMALL.apply(&photo)), "by rows it is another picture");
    }
}

fn photographs() -> Vec<Vec<u8>> {
    use image::ImageFormat::{Bmp, Gif, Png, Tiff, WebP};
    let mut seeds = fixtures(&["png", "gif", "bmp", "tif", "webp", "heic"], 4096);
    for format in [Bmp, Gif, Png, Tiff, WebP] {
        for (width, height) in [(1, 1), (5, 7), (16, 9)] {
            let mut bytes = std::io::Cursor::new(vec![]);
            if picture(width, height).write_to(&mut bytes, format).is_ok() {
                seeds.push(bytes.into_inner());
            }
        }
    }
    // A frame that is far larger than its screen.
    seeds.push(b"GIF89a\x08\0\x08\0\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\xff\xff\xff\xff\0\x02\x02D\x01\0;".to_vec());
    seeds
}

/// A picture with edges and slopes.
fn picture(width: u32, height: u32) -> image::RgbImage {
    image::RgbImage::from_fn(width, height, |x, y| {
        let [x, y] = [x, y].map(|place| u8::try_from(place * 7 % 256).unwrap_or_default());
        image::Rgb([x, y, if x > y { 255 } else { x ^ y }])
    })
}
