//! Times decoding and preprocessing of a photograph of twelve megapixels on one core.
//!
//!     cargo bench --package nearmiss --bench photographs
//!     cargo bench --package nearmiss --bench photographs -- --file PHOTO.jpg --runs 5
//!
//! The first draws its photograph and lets Criterion time the steps. The second prints the seconds of
//! processor of every run on a file, and the sum of the numbers it gave, as JSON; `benches/time_decode.py` calls it.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use criterion::{Criterion, SamplingMode};
use image::codecs::jpeg::JpegEncoder;
use image::{ExtendedColorType, ImageEncoder};
use nearmiss::photographs::photo::{Decoding, Orientation, Photo};
use nearmiss::photographs::preprocess::{Preprocess, Resize};
use std::hint::black_box;
use std::time::{Duration, Instant};

const WIDTH: u16 = 4032;
const HEIGHT: u16 = 3024;

const PREPROCESS: Preprocess =
    Preprocess { resize: Resize::ShortestBicubic8, size: 224, mean: Preprocess::CLIP_MEAN, std: Preprocess::CLIP_STD };

/// Waves of every length, edges, and the noise of a sensor.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "clamped to 0..=255")]
fn drawn() -> Vec<u8> {
    let mut state = 1_u32;
    let mut noise = || {
        state ^= state << 13;
        state ^= state >> 17;
        state ^= state << 5;
        f32::from((state & 15) as u8) - 7.5
    };
    let mut pixels = Vec::with_capacity(usize::from(WIDTH) * usize::from(HEIGHT) * 3);
    for y in 0..HEIGHT {
        for x in 0..WIDTH {
            let (across, down) = (f32::from(x), f32::from(y));
            let waves = 40.0 * (across / 300.0).sin() + 25.0 * ((across + down) / 40.0).sin() + 12.0 * (down / 7.0).sin();
            let edge = if (x / 160 + y / 120) % 2 == 0 { 20.0 } else { -20.0 };
            let light = 128.0 + waves + edge + noise();
            let colour = 30.0 * ((across - down) / 150.0).cos();
            pixels.extend([light + colour, light, light - colour].map(|value| value.clamp(0.0, 255.0) as u8));
        }
    }
    pixels
}

fn jpeg(pixels: &[u8], quality: u8) -> Vec<u8> {
    let mut bytes = vec![];
    let encoder = JpegEncoder::new_with_quality(&mut bytes, quality);
    encoder.write_image(pixels, WIDTH.into(), HEIGHT.into(), ExtendedColorType::Rgb8).unwrap();
    bytes
}

fn read(bytes: &[u8], decoding: Decoding) -> Vec<f32> {
    PREPROCESS.read(bytes, Orientation::AsStored, decoding).unwrap()
}

fn steps() {
    let pixels = drawn();
    let mut criterion = Criterion::default().configure_from_args();
    for quality in [75, 90] {
        let bytes = jpeg(&pixels, quality);
        let photo = Photo::from_bytes(&bytes, Orientation::AsStored).unwrap();
        let mut group = criterion.benchmark_group(format!("12 MP, quality {quality}"));
        group.sampling_mode(SamplingMode::Flat).sample_size(10);
        group.warm_up_time(Duration::from_millis(500)).measurement_time(Duration::from_secs(3));
        let decode = || Photo::from_bytes(black_box(&bytes), Orientation::AsStored).unwrap();
        group.bench_function("decode", |bench| bench.iter(decode));
        group.bench_function("preprocess", |bench| bench.iter(|| PREPROCESS.apply(black_box(&photo))));
        group.bench_function("both, exact", |bench| bench.iter(|| read(black_box(&bytes), Decoding::Exact)));
        group.bench_function("both, scaled", |bench| bench.iter(|| read(black_box(&bytes), Decoding::Scaled)));
        group.finish();
    }
    criterion.final_summary();
}

/// Seconds that this thread has had of a processor, where Linux says so: other programs do not count then.
fn spent(began: Instant) -> f64 {
    let said = std::fs::read_to_string("/proc/thread-self/schedstat").ok();
    let nanoseconds = said.and_then(|said| said.split(' ').next()?.parse::<f64>().ok());
    nanoseconds.map_or_else(|| began.elapsed().as_secs_f64(), |nanoseconds| nanoseconds / 1e9)
}

/// Seconds of every run on a file, decoded exactly and scaled; `only` leaves out one of them.
fn file(path: &str, runs: usize, only: Option<&str>) {
    let began = Instant::now();
    let mut said = serde_json::Map::new();
    for (name, decoding) in [("exact", Decoding::Exact), ("scaled", Decoding::Scaled)] {
        if only.is_some_and(|only| only != name) {
            continue;
        }
        let mut seconds = vec![];
        let mut sum = 0.0;
        for _ in 0..runs {
            let start = spent(began);
            let numbers = read(&std::fs::read(path).unwrap(), decoding);
            seconds.push(spent(began) - start);
            sum = numbers.iter().map(|&number| f64::from(number)).sum();
        }
        said.insert(name.to_string(), serde_json::json!({ "seconds": seconds, "sum": sum }));
    }
    println!("{}", serde_json::Value::Object(said));
}

fn main() {
    let arguments: Vec<String> = std::env::args().collect();
    let value = |name: &str| arguments.iter().position(|argument| argument == name).and_then(|place| arguments.get(place + 1));
    match value("--file") {
        Some(path) => {
            let runs = value("--runs").map_or(1, |runs| runs.parse().unwrap());
            file(path, runs, value("--only").map(String::as_str));
        }
        None => steps(),
    }
}
