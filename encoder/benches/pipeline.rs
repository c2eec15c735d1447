//! Criterion benchmarks of what follows a photograph's decoding: the image tower, the trie of labels, sums by rank, the
//! report. `cargo bench --bench pipeline`; small sizes, for changes to be seen in a minute. Comparisons with other
//! programs are in the scripts beside this file.
#![expect(clippy::unwrap_used, reason = "a benchmark")]

use criterion::{Criterion, Throughput, criterion_group, criterion_main};
use nearmiss::answers::{Answer, Answers, Ranked, Truth};
use nearmiss::report::{Contents, ReportOptions, write_report};
use nearmiss::runs::recipe::Precision;
use nearmiss::runs::zero_shot::RankGroups;
use nearmiss::scores::{ScoreOptions, Scores};
use nearmiss::taxonomy::build::{SourceLine, TaxonomyBuilder};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use nearmiss_encoder::encoder::device::DeviceChoice;
use nearmiss_encoder::encoder::linear::LinearPath;
use nearmiss_encoder::encoder::seeded_model::SeededModel;
use nearmiss_encoder::encoder::{Encoder, EncoderOptions};
use std::hint::black_box;
use std::time::Duration;
use tch::{Device, Kind, Tensor};

/// Four species a genus, five genera a family, and so on.
fn taxonomy(species: usize) -> (Taxonomy, Vec<TaxonId>) {
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: "bench".into(), line: 0 };
    let handles: Vec<_> = (0..species)
        .map(|number| {
            let above = Rank::MAIN.into_iter().zip([50_000, 25_000, 5_000, 500, 20, 4, 1]);
            let names: Vec<_> = above.map(|(rank, size)| (rank, format!("{rank} {}", number / size))).collect();
            builder.add_lineage(names.iter().map(|(rank, name)| (*rank, name.as_str())), &place)
        })
        .collect();
    let (taxonomy, numbers) = builder.freeze_with_handles().unwrap();
    let taxa = handles.into_iter().map(|handle| numbers.id(handle)).collect();
    (taxonomy, taxa)
}

/// A tower of the width of ViT-B with three of its twelve blocks.
fn encoder(folder: &std::path::Path, linear: LinearPath) -> Encoder {
    let options =
        EncoderOptions { device: DeviceChoice::Cpu, precision: Some(Precision::Fp32), activation: None, linear: Some(linear) };
    Encoder::from_dir(folder, &options).unwrap()
}

fn towers(criterion: &mut Criterion) {
    let folder = tempfile::tempdir().unwrap();
    let model = SeededModel {
        embed_dim: 512,
        image_size: 224,
        patch_size: 16,
        vision_width: 768,
        vision_layers: 3,
        text_width: 512,
        text_layers: 3,
    };
    model.write(folder.path(), 1).unwrap();
    let prompts: Vec<Vec<String>> = (0..1_000_u32)
        .map(|n| {
            vec![format!("a photo of Animalia Arthropoda Insecta order{} family{} genus{} species{n}.", n / 250, n / 50, n / 5)]
        })
        .collect();
    let mut group = criterion.benchmark_group("encoder");
    group.sample_size(10).measurement_time(Duration::from_secs(8)).warm_up_time(Duration::from_secs(1));
    for linear in LinearPath::ALL {
        let encoder = encoder(folder.path(), linear);
        let pixels = Tensor::randn([8, 3, 224, 224], (Kind::Float, Device::Cpu));
        group.throughput(Throughput::Elements(8));
        group.bench_function(format!("image tower, linear layers as {}", linear.name()), |bencher| {
            bencher.iter(|| encoder.embed_images(black_box(&pixels)).unwrap());
        });
    }
    let encoder = encoder(folder.path(), LinearPath::fastest(Device::Cpu));
    let tokenizer = encoder.tokenizer().unwrap();
    group.throughput(Throughput::Elements(1_000));
    group.bench_function("label trie, 1000 labels", |bencher| {
        bencher.iter(|| encoder.embed_labels(&tokenizer, black_box(&prompts), &|_| {}).unwrap());
    });
    group.finish();
}

fn summed_ranks(criterion: &mut Criterion) {
    let (taxonomy, labels) = taxonomy(100_000);
    let groups = RankGroups::new(&taxonomy, &labels, vec![true; labels.len()]);
    let logits: Vec<f32> = (0..100_000_u32).map(|label| f32::from(u16::try_from(label * 7919 % 4093).unwrap()) / 100.0).collect();
    let mut group = criterion.benchmark_group("zero shot");
    group.sample_size(20).measurement_time(Duration::from_secs(5)).warm_up_time(Duration::from_secs(1));
    group.throughput(Throughput::Elements(1));
    group.bench_function("summed ranks, 100 000 labels", |bencher| bencher.iter(|| groups.answer(black_box(&logits), 5)));
    group.finish();
}

fn report(criterion: &mut Criterion) {
    const IMAGES: usize = 100_000;
    let (taxonomy, labels) = taxonomy(10_000);
    let mut ranked = Ranked::default();
    let mut truths = vec![];
    for image in 0..IMAGES {
        let truth = image * 7919 % labels.len();
        // Right, a sister species, a cousin, or anything.
        let reach = [1, 1, 4, 20, 10_000][image % 5];
        let predicted = truth / reach * reach + image * 31 % reach;
        truths.push(Truth::Taxon(labels[truth]));
        ranked.push([(Answer::Taxon(labels[predicted.min(labels.len() - 1)]), Some(0.5))]);
    }
    let answers = Answers {
        name: "bench".to_string(),
        images: (0..IMAGES).map(|image| format!("image_{image}.jpg")).collect(),
        truths,
        ranked,
        ..Answers::default()
    };
    let folder = tempfile::tempdir().unwrap();
    let options = ReportOptions { contents: Contents::Tables, ..ReportOptions::default() };
    let mut group = criterion.benchmark_group("report");
    group.sample_size(10).measurement_time(Duration::from_secs(8)).warm_up_time(Duration::from_secs(1));
    group.throughput(Throughput::Elements(IMAGES as u64));
    group.bench_function("tables of 100 000 predictions", |bencher| {
        bencher.iter(|| {
            let scores = Scores::of(&taxonomy, black_box(&answers), &ScoreOptions::default());
            write_report(folder.path(), &taxonomy, &[(answers.clone(), scores)], &options).unwrap()
        });
    });
    group.finish();
}

criterion_group!(benches, towers, summed_ranks, report);
criterion_main!(benches);
