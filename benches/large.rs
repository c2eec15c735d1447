//! Writes runs and vectors that are larger than memory should be; `benches/time_large.py` calls it.
//!
//!     cargo bench --no-default-features --bench large -- runs FOLDER PHOTOGRAPHS SHARDS WIDTH
//!     cargo bench --no-default-features --bench large -- vectors FILE.npy VECTORS WIDTH
//!
//! `runs`: a run of one process, `whole`, and the same in shards, `1-of-N` and so on, as `classify` leaves them: five answers at
//! each of seven ranks, 35 rows of predictions for each photograph. `vectors`: float32 around the means of 1 000 species, the
//! first with 500 times as many as the last, and `FILE.labels.csv` beside them. The same bytes every time.
#![expect(
    clippy::unwrap_used,
    clippy::print_stdout,
    clippy::cast_precision_loss,
    clippy::cast_sign_loss,
    clippy::cast_possible_truncation,
    reason = "a benchmark"
)]

use nearmiss::runs::directory::TableFormat;
use nearmiss::runs::directory::columns::{ImageRow, images, labels, predictions};
use nearmiss::runs::directory::existing::Existing;
use nearmiss::runs::directory::parts::{Opened, Parts};
use nearmiss::runs::directory::record::{Identity, Record};
use nearmiss::runs::directory::shard::Shard;
use nearmiss::runs::zero_shot::ImageAnswers;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::BTreeMap;
use std::io::{BufWriter, Write};
use std::ops::Range;
use std::path::Path;

/// Probabilities of five answers.
const HALVES: [f32; 5] = [0.5, 0.25, 0.125, 0.0625, 0.031_25];

const SPECIES: usize = 1_000;

/// The names of the seven ranks of a species.
fn lineage(species: usize) -> [String; 7] {
    let of = |rank: &str, size: usize| format!("{rank}{:04}", species / size);
    let genus = of("Genus", 4);
    let epithet = format!("{genus} species{species:04}");
    [of("Kingdom", 800), of("Phylum", 400), of("Class", 200), of("Order", 100), of("Family", 20), genus, epithet]
}

fn taxonomy() -> (Taxonomy, Vec<TaxonId>) {
    let rows: String = (0..SPECIES).map(|species| lineage(species).join(",") + "\n").collect();
    let table = format!("kingdom,phylum,class,order,family,genus,species\n{rows}");
    let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("taxonomy.csv")).unwrap();
    let taxa = (0..SPECIES).map(|species| taxonomy.resolve(&lineage(species)[6]).taxon().unwrap()).collect();
    (taxonomy, taxa)
}

fn record(images: usize, shard: Option<Shard>) -> Record {
    Record {
        program: "nearmiss".to_string(),
        command_line: vec![],
        identity: Identity {
            model: "drawn".to_string(),
            model_files: BTreeMap::new(),
            architecture: String::new(),
            recipe: BTreeMap::new(),
            taxonomy: "taxonomy.csv".to_string(),
            taxonomy_sha256: String::new(),
            labels: SPECIES,
            label_rank: "species".to_string(),
            labels_sha256: String::new(),
            dataset: "photos".to_string(),
            images,
            dataset_sha256: "drawn".to_string(),
            k: 5,
            batch: 32,
            format: TableFormat::Parquet,
            shard,
        },
        device: "cpu".to_string(),
        counts: BTreeMap::from([("ok".to_string(), images)]),
        truncated_labels: vec![],
        unusable_labels: vec![],
        logit_scale: Some(100.0),
        seconds: BTreeMap::new(),
        complete: true,
        files: BTreeMap::new(),
        photographs: None,
    }
}

/// Tables of runs.
struct Drawn {
    taxonomy: Taxonomy,
    taxa: Vec<TaxonId>,
    width: usize,
}

impl Drawn {
    /// A photograph and its answers, the same in whatever run.
    fn of(&self, photograph: usize) -> (ImageRow, (String, ImageAnswers)) {
        let mut random = ChaCha8Rng::seed_from_u64(photograph as u64);
        let image = format!("site{:03}/IMG_{photograph:08}.jpg", photograph % 311);
        let truth = self.taxa[random.random_range(0..SPECIES)];
        let embedding = (0..self.width).map(|_| random.random_range(-1.0_f32..1.0)).collect();
        let first = random.random_range(0..SPECIES);
        let labels = (0..5).map(|place| (self.taxa[(first + place) % SPECIES], HALVES[place].into())).collect();
        let summed = Rank::MAIN.iter().enumerate().take(6).map(|(index, &rank)| {
            let at = |place: usize| self.taxonomy.main_ancestor(self.taxa[(first + 211 * place) % SPECIES], index).unwrap();
            (rank, (0..5).map(|place| (at(place), HALVES[place].into())).collect())
        });
        let answers = ImageAnswers { labels, summed: summed.collect() };
        let sha256 = Some(format!("{photograph:064x}"));
        let row = ImageRow {
            image: image.clone(),
            truth: Some(truth),
            truth_name: Some(self.taxonomy.name(truth).to_string()),
            status: "ok".to_string(),
            sha256,
            embedding: Some(embedding),
            ..ImageRow::default()
        };
        (row, (image, answers))
    }

    fn run(&self, folder: &Path, photographs: Range<usize>, shard: Option<Shard>) {
        let record = record(photographs.len(), shard);
        let Opened::Open(mut parts) = Parts::open(folder, &record.identity, Existing::Continued, &[]).unwrap() else { return };
        for range in parts.missing(photographs.len()) {
            let (rows, answers): (Vec<_>, Vec<_>) = range.clone().map(|place| self.of(photographs.start + place)).unzip();
            let mut of_images = images(&self.taxonomy, &rows, self.width).unwrap();
            let mut of_predictions = predictions(&self.taxonomy, "species", &answers).unwrap();
            parts.write(range, &mut of_predictions, &mut of_images, vec![]).unwrap();
        }
        let vectors = vec![0.5; SPECIES * self.width];
        let labels = labels(&self.taxonomy, &self.taxa, 1, &vectors, self.width);
        parts.finish(std::iter::once(labels), &record).unwrap();
    }
}

fn runs(folder: &Path, photographs: usize, shards: usize, width: usize) {
    let (taxonomy, taxa) = taxonomy();
    let drawn = Drawn { taxonomy, taxa, width };
    for number in 1..=shards {
        let shard = Shard { number, of: shards, images: photographs };
        drawn.run(&folder.join(format!("{number}-of-{shards}")), shard.range(photographs, 32), Some(shard));
    }
    drawn.run(&folder.join("whole"), 0..photographs, None);
}

fn vectors(path: &Path, count: usize, width: usize) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let mut drawn = |spread: f32, size: usize| -> Vec<f32> { (0..size).map(|_| random.random_range(-spread..spread)).collect() };
    let genera = drawn(1.0, SPECIES / 4 * width);
    let own = drawn(0.5, SPECIES * width);
    let mut file = BufWriter::new(std::fs::File::create(path).unwrap());
    let header = format!("{{'descr': '<f4', 'fortran_order': False, 'shape': ({count}, {width}), }}");
    let header = format!("{header:<117}\n");
    file.write_all(b"\x93NUMPY\x01\x00").unwrap();
    file.write_all(&(header.len() as u16).to_le_bytes()).unwrap();
    file.write_all(header.as_bytes()).unwrap();
    let mut labels = BufWriter::new(std::fs::File::create(path.with_extension("labels.csv")).unwrap());
    writeln!(labels, "image,kingdom,phylum,class,order,family,genus,species").unwrap();
    for vector in 0..count {
        // Few species have most of the vectors.
        let species = (SPECIES as f64 * random.random_range(0.0_f64..1.0).powi(3)) as usize;
        for place in 0..width {
            let value = genera[species / 4 * width + place] + own[species * width + place] + random.random_range(-1.0_f32..1.0);
            file.write_all(&value.to_le_bytes()).unwrap();
        }
        writeln!(labels, "photo_{vector:08}.jpg,{}", lineage(species).join(",")).unwrap();
    }
    file.flush().unwrap();
    labels.flush().unwrap();
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).filter(|argument| argument != "--bench").collect();
    let number = |text: &str| text.parse::<usize>().unwrap();
    match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        ["runs", folder, photographs, shards, width] => {
            runs(Path::new(folder), number(photographs), number(shards), number(width));
        }
        ["vectors", file, count, width] => vectors(Path::new(file), number(count), number(width)),
        _ => println!("usage: runs FOLDER PHOTOGRAPHS SHARDS WIDTH | vectors FILE.npy VECTORS WIDTH"),
    }
}
