//! Times the encoder on random pictures and on names; `benches/time_encoder.py` calls it.
//!
//!     cargo bench --bench encoder -- images MODEL PRECISION LINEAR BATCH BATCHES
//!     cargo bench --bench encoder -- labels MODEL PRECISION LINEAR PROMPTS.txt EMBEDDINGS.npy
//!     cargo bench --bench encoder -- tokens MODEL PRECISION LINEAR ROWS.json EMBEDDINGS.npy
//!
//! Prints seconds as JSON: for images those of every batch after the first, for labels those of all prompts (one
//! a line), for tokens those of all rows (`[[text or null, ids], ...]`), whose vectors are written for a comparison.
//! NEARMISS_DEVICE names another device than the processor; NEARMISS_VECTORS is a file for the vectors of the images.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use nearmiss::runs::recipe::Precision;
use nearmiss_encoder::encoder::device::DeviceChoice;
use nearmiss_encoder::encoder::linear::LinearPath;
use nearmiss_encoder::encoder::{Encoder, EncoderOptions};
use std::path::Path;
use std::time::Instant;
use tch::{Device, Kind, Tensor};

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let [what, model, precision, linear, first, second] = &arguments[..] else {
        println!(
            "usage: images MODEL PRECISION LINEAR BATCH BATCHES | labels MODEL PRECISION LINEAR PROMPTS EMBEDDINGS | tokens MODEL PRECISION LINEAR ROWS EMBEDDINGS"
        );
        return;
    };
    let device: DeviceChoice = std::env::var("NEARMISS_DEVICE").map_or(DeviceChoice::Cpu, |word| word.parse().unwrap());
    let options =
        EncoderOptions { device, precision: Precision::parse(precision), activation: None, linear: LinearPath::parse(linear) };
    let encoder = Encoder::from_dir(Path::new(model), &options).unwrap();
    let mut seconds = vec![];
    if what == "images" {
        let (batch, batches): (i64, usize) = (first.parse().unwrap(), second.parse().unwrap());
        let size = encoder.image_size().unwrap();
        tch::manual_seed(1);
        let pixels = Tensor::randn([batch, 3, size, size], (Kind::Float, Device::Cpu));
        for round in 0..=batches {
            let start = Instant::now();
            let vectors = encoder.embed_images(&pixels).unwrap();
            if round > 0 {
                seconds.push(start.elapsed().as_secs_f64());
            } else if let Ok(path) = std::env::var("NEARMISS_VECTORS") {
                vectors.write_npy(path).unwrap();
            }
        }
    } else if what == "tokens" {
        let rows: Vec<(Option<String>, Vec<i64>)> = serde_json::from_str(&std::fs::read_to_string(first).unwrap()).unwrap();
        let ids: Vec<Vec<i64>> = rows.into_iter().map(|(_, ids)| ids).collect();
        let start = Instant::now();
        let vectors = encoder.embed_tokens(&ids).unwrap();
        seconds.push(start.elapsed().as_secs_f64());
        vectors.write_npy(second).unwrap();
    } else {
        let text = std::fs::read_to_string(first).unwrap();
        let prompts: Vec<Vec<String>> = text.lines().map(|line| vec![line.to_string()]).collect();
        let tokenizer = encoder.tokenizer().unwrap();
        let start = Instant::now();
        let labels = encoder.embed_labels(&tokenizer, &prompts, &|_| {}).unwrap();
        seconds.push(start.elapsed().as_secs_f64());
        let rows = i64::try_from(prompts.len()).unwrap();
        Tensor::from_slice(&labels.embeddings).view([rows, -1]).write_npy(second).unwrap();
    }
    let (precision, linear) = (encoder.precision().name(), encoder.linear().name());
    println!("{}", serde_json::json!({ "seconds": seconds, "precision": precision, "linear": linear }));
}
