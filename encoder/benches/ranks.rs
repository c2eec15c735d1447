//! Times sums by rank over many labels; `benches/time_ranks.py` calls it.
//!
//!     cargo bench --no-default-features --bench ranks -- sums LOGITS.npy LINEAGES.npy RUNS
//!     cargo bench --bench ranks -- scores LABELS WIDTH IMAGES BATCH fp32|bf16
//!
//! `sums`: `LOGITS` is `[images, labels]`, `LINEAGES` `[labels, 6]`, numbers of the kingdom, phylum, class, order, family
//! and genus of each label. Prints seconds per run over all images on one thread, and the best taxon of each rank with
//! its probability, as JSON. `scores` (with the encoder): random unit vectors of images against random ones of labels
//! in batches, from vectors to answers, the labels' vectors kept in one or the other; prints seconds and the peak of
//! memory in MiB.
#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a benchmark")]

use nearmiss::files::numpy;
use nearmiss::runs::zero_shot::RankGroups;
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::time::Instant;

/// Species with the ranks above them numbered, in the order of the lines.
fn taxonomy(lineages: &[[usize; 6]]) -> (Taxonomy, Vec<TaxonId>) {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "bench".into(), line: 0 };
    let handles: Vec<_> = lineages
        .iter()
        .enumerate()
        .map(|(species, lineage)| {
            let mut names: Vec<(Rank, String)> =
                Rank::MAIN.into_iter().zip(lineage).map(|(rank, number)| (rank, format!("{rank}{number:07}"))).collect();
            names.push((Rank::Species, format!("species{species:07}")));
            builder.add_lineage(names.iter().map(|(rank, name)| (*rank, name.as_str())), &place)
        })
        .collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    let labels = handles.into_iter().map(|handle| numbers.id(handle)).collect();
    (taxonomy, labels)
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["sums", logits, lineages, runs] => sums(logits, lineages, runs.parse().unwrap()),
        ["scores", labels, width, images, batch, precision] => {
            let [labels, width, images, batch] = [labels, width, images, batch].map(|number| number.parse().unwrap());
            scores(labels, width, (images, batch), precision.parse().unwrap());
        }
        _ => println!("usage: sums LOGITS.npy LINEAGES.npy RUNS | scores LABELS WIDTH IMAGES BATCH"),
    }
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "numbers of taxa; logits were single precision")]
fn sums(logits: &str, lineages: &str, runs: usize) {
    let (values, images, labels) = numpy::matrix(&std::fs::read(logits).unwrap()).unwrap();
    let logits: Vec<f32> = values.into_iter().map(|value| value as f32).collect();
    let (values, _, _) = numpy::matrix(&std::fs::read(lineages).unwrap()).unwrap();
    let lineages: Vec<[usize; 6]> = values.as_chunks::<6>().0.iter().map(|row| row.map(|value| value as usize)).collect();
    let (taxonomy, taxa) = taxonomy(&lineages);
    let groups = RankGroups::new(&taxonomy, &taxa, vec![true; labels]);
    let mut seconds = vec![];
    let mut best = vec![];
    for _ in 0..runs {
        let start = Instant::now();
        let answers: Vec<_> = logits.chunks(labels).map(|logits| groups.answer(logits, 5)).collect();
        seconds.push(start.elapsed().as_secs_f64());
        best = answers
            .into_iter()
            .map(|answers| {
                let of = |&(taxon, p): &(TaxonId, f64)| (taxonomy.name(taxon).to_string(), p);
                let mut best: Vec<_> = answers.summed.iter().map(|(_, taxa)| of(&taxa[0])).collect();
                best.push(of(&answers.labels[0]));
                best
            })
            .collect();
    }
    println!("{}", serde_json::json!({ "images": images, "seconds": seconds, "best": best }));
}

fn scores(
    labels: usize,
    width: usize,
    (images, batch): (usize, usize),
    precision: nearmiss_encoder::classify::label_vectors::LabelPrecision,
) {
    use nearmiss_encoder::classify::label_scores::LabelScores;
    use nearmiss_encoder::classify::label_vectors::LabelVectors;
    use tch::{Device, Kind, Tensor};
    // Eight species a genus, twenty genera a family, and so on.
    let lineages: Vec<[usize; 6]> =
        (0..labels).map(|species| [1_000_000, 400_000, 60_000, 3_200, 160, 8].map(|size| species / size)).collect();
    let (taxonomy, taxa) = taxonomy(&lineages);
    tch::manual_seed(1);
    let unit = |rows: usize| -> Vec<f32> {
        let size = [rows, width].map(|side| i64::try_from(side).unwrap());
        let random = Tensor::randn(size, (Kind::Float, Device::Cpu));
        let norms = random.norm_scalaropt_dim(2, [1i64], true);
        Vec::try_from((random / norms).flatten(0, -1)).unwrap()
    };
    // A block at a time, for the peak of memory to be that of the work and not of its preparation.
    let mut vectors = LabelVectors::with_capacity(labels, width, precision);
    while vectors.len() < labels {
        vectors.push(&unit((labels - vectors.len()).min(50_000)));
    }
    let scorer = LabelScores::new(&taxonomy, &taxa, &vectors, 100.0, Device::Cpu).unwrap();
    let mut seconds = 0.0;
    let mut answers = 0;
    let mut done = 0;
    while done < images {
        let now = batch.min(images - done);
        let rows = unit(now).chunks(width).map(|vector| (String::new(), vector.to_vec())).collect();
        let start = Instant::now();
        answers += scorer.answer(rows, 5).unwrap().len();
        seconds += start.elapsed().as_secs_f64();
        done += now;
    }
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB")?.parse::<f64>().ok());
    println!("{}", serde_json::json!({ "images": answers, "seconds": seconds, "peak_mib": peak.map(|kib| kib / 1024.0) }));
}
