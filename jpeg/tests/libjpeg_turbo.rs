//! Random JPEGs, pixel by pixel against libjpeg-turbo.
//!
//! Pictures of waves, edges and noise of any size, written in any quality, subsampling, baseline or progressive,
//! grey or coloured, are decoded here and there: every byte must be the same, at full size and at a half, a quarter
//! and an eighth of it.
#![expect(clippy::unwrap_used, reason = "a failed test says where")]

use mozjpeg::{ColorSpace, Compress, Decompress};
use nearmiss_jpeg::{Whole, decode};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

/// How many files a test draws.
const FILES: u64 = 400;

/// Subsamplings of the colours that libjpeg's encoder takes and photographs have: pixels per sample of the colours.
const SAMPLINGS: [(u8, u8); 5] = [(1, 1), (2, 1), (1, 2), (2, 2), (4, 1)];

struct Drawn {
    bytes: Vec<u8>,
    what: String,
}

/// A picture with smooth and rough places; `channels` bytes a pixel.
fn pixels(random: &mut ChaCha8Rng, width: usize, height: usize, channels: usize) -> Vec<u8> {
    let noise = [0_i32, 4, 40, 255][random.random_range(0..4)];
    let (across, down) = (random.random_range(-9..10), random.random_range(-9..10));
    let edge = random.random_range(1..20);
    let mut pixels = Vec::with_capacity(width * height * channels);
    for y in 0..height {
        for x in 0..width {
            let slope = i32::try_from(x).unwrap() * across + i32::try_from(y).unwrap() * down;
            let square = if (x / edge + y / edge) % 2 == 0 { 60 } else { 0 };
            for channel in 0..channels {
                let rough = if noise == 0 { 0 } else { random.random_range(-noise..=noise) };
                let value = 100 + slope * (1 + i32::try_from(channel).unwrap()) + square + rough;
                pixels.push(u8::try_from(value.clamp(0, 255)).unwrap());
            }
        }
    }
    pixels
}

fn draw(seed: u64) -> Drawn {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let (width, height) = (random.random_range(1..90), random.random_range(1..90));
    let is_grey = random.random_range(0..6) == 0;
    let is_progressive = random.random_range(0..2) == 0;
    let quality = random.random_range(1..=100_u8);
    let sampling = SAMPLINGS[random.random_range(0..SAMPLINGS.len())];
    let pixels = pixels(&mut random, width, height, if is_grey { 1 } else { 3 });
    let mut encoder = Compress::new(if is_grey { ColorSpace::JCS_GRAYSCALE } else { ColorSpace::JCS_RGB });
    encoder.set_size(width, height);
    if is_progressive {
        encoder.set_progressive_mode();
    } else {
        encoder.set_fastest_defaults();
        encoder.set_optimize_coding(random.random_range(0..2) == 0);
    }
    encoder.set_quality(quality.into());
    if !is_grey {
        encoder.set_chroma_sampling_pixel_sizes(sampling, sampling);
    }
    let mut started = encoder.start_compress(vec![]).unwrap();
    started.write_scanlines(&pixels).unwrap();
    let what = format!(
        "seed {seed}: {width} × {height}, quality {quality}, {}, {}",
        if is_progressive { "progressive" } else { "baseline" },
        if is_grey { "grey".to_string() } else { format!("sampling {sampling:?}") },
    );
    Drawn { bytes: started.finish().unwrap(), what }
}

/// libjpeg-turbo's pixels, with blocks of 8, 4, 2 or 1 samples.
fn theirs(bytes: &[u8], block: u8) -> (usize, usize, Vec<u8>) {
    let mut decoder = Decompress::new_mem(bytes).unwrap();
    decoder.scale(block);
    let mut started = decoder.rgb().unwrap();
    let (width, height) = (started.width(), started.height());
    let pixels: Vec<[u8; 3]> = started.read_scanlines().unwrap();
    started.finish().unwrap();
    (width, height, pixels.into_flattened())
}

fn ours(bytes: &[u8], least: Option<usize>) -> Whole {
    let mut whole = Whole::default();
    decode(bytes, least, &mut whole).unwrap();
    whole
}

#[test]
fn every_pixel_is_that_of_libjpeg_turbo() {
    for drawn in (0..FILES).map(draw) {
        let whole = ours(&drawn.bytes, None);
        let (width, height, pixels) = theirs(&drawn.bytes, 8);
        assert_eq!((whole.size.width, whole.size.height), (width, height), "{}", drawn.what);
        assert!(whole.pixels == pixels, "{}", drawn.what);
    }
}

#[test]
fn every_pixel_of_a_smaller_picture_is_that_of_libjpeg_turbo() {
    let mut reductions = [0; 9];
    for (seed, drawn) in (FILES..2 * FILES).map(|seed| (seed, draw(seed))) {
        let least = 1 + usize::try_from(seed).unwrap() % 12;
        let whole = ours(&drawn.bytes, Some(least));
        reductions[whole.size.reduction] += 1;
        let block = u8::try_from(8 / whole.size.reduction).unwrap();
        let (width, height, pixels) = theirs(&drawn.bytes, block);
        assert_eq!((whole.size.width, whole.size.height), (width, height), "{}, least {least}", drawn.what);
        assert!(whole.pixels == pixels, "{}, least {least}, block {block}", drawn.what);
    }
    assert!([1, 2, 4, 8].iter().all(|&reduction| reductions[reduction] > 10), "{reductions:?}");
}

/// The comparison itself can fail: a sample that differs by one is found.
#[test]
fn a_picture_of_another_quality_has_other_pixels() {
    let drawn = draw(3);
    let mut pixels = ours(&drawn.bytes, None).pixels;
    pixels[0] ^= 1;
    assert!(pixels != theirs(&drawn.bytes, 8).2, "{}", drawn.what);
}

#[test]
fn what_is_no_jpeg_is_refused() {
    for bytes in [b"".as_slice(), b"\xff", b"\x89PNG\r\n", b"\xff\xd9\xff\xd8"] {
        assert!(nearmiss_jpeg::read(bytes).is_err(), "{bytes:?}");
    }
}
