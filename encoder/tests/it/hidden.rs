//! Hidden states: of the towers against `open_clip` (`tests/parity/hidden_states_parity.py`), and of a run.

use crate::encoder::{Expected, KINDS, expected, fixture, largest_difference, open, options};
use crate::program::nearmiss;
use nearmiss::photographs::dataset::{Dataset, ManifestOptions};
use nearmiss::runs::directory::record::Record;
use nearmiss::runs::pooling::{Layers, PoolingError, TokenPool, pooled};
use nearmiss::runs::recipe::Precision;
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss_encoder::atlas::{self, AtlasOptions, MANIFEST, TAXONOMY};
use nearmiss_encoder::encoder::device::DeviceChoice;
use nearmiss_encoder::encoder::{Encoder, EncoderError};
use nearmiss_encoder::spaces::hidden::{HiddenError, HiddenOptions, hidden_spaces};
use std::cell::RefCell;
use std::path::{Path, PathBuf};
use tch::{Kind, Tensor};

fn all(layers: &[Layers]) -> Vec<(TokenPool, Layers)> {
    TokenPool::ALL.into_iter().flat_map(|pool| layers.iter().map(move |&layers| (pool, layers))).collect()
}

fn length(count: usize) -> i64 {
    i64::try_from(count).unwrap()
}

/// Every way to pool a tower of so many blocks.
fn every(blocks: usize) -> Vec<(TokenPool, Layers)> {
    let mut layers = vec![Layers::Last];
    layers.extend((1..=blocks).flat_map(|count| [Layers::Sum(count), Layers::Concat(count), Layers::Average(count)]));
    all(&layers)
}

/// `[layers][tokens][width]` of one row of the outputs of `open_clip`'s blocks; padding left out.
fn plain(outputs: &[Tensor], row: i64, tokens: i64) -> Vec<Vec<Vec<f64>>> {
    let of_block = |output: &Tensor| {
        let states = output.get(row).narrow(0, 0, tokens).to_kind(Kind::Double);
        (0..tokens).map(|token| Vec::<f64>::try_from(states.get(token)).unwrap()).collect()
    };
    outputs.iter().map(of_block).collect()
}

/// Largest difference between pooled tensors and arrays pooled by the definition, relative to the
/// larger of 1 and the number.
fn difference(states: &[Tensor], wanted: &[(TokenPool, Layers)], row: i64, hidden: &[Vec<Vec<f64>>], cls: usize) -> f64 {
    let mut largest = 0.0_f64;
    for (states, &(pool, layers)) in states.iter().zip(wanted) {
        let found = Vec::<f64>::try_from(states.get(row).to_kind(Kind::Double)).unwrap();
        let expected = pooled(hidden, cls, pool, layers).unwrap();
        assert_eq!(found.len(), expected.len(), "{pool} {layers}");
        for (found, expected) in found.iter().zip(expected) {
            largest = largest.max((found - expected).abs() / expected.abs().max(1.0));
        }
    }
    largest
}

/// Largest differences of both towers from what lies in `hidden.safetensors`.
fn differences(folder: &Path, encoder: &Encoder, expected: &Expected) -> [f64; 2] {
    let tensors = Tensor::read_safetensors(folder.join("hidden.safetensors")).unwrap();
    let (image_blocks, text_blocks) = encoder.blocks();
    let outputs = |tower: &str, blocks: usize| -> Vec<Tensor> {
        let of = |block| tensors.iter().find(|(name, _)| *name == format!("{tower}.{block}")).unwrap().1.shallow_clone();
        (0..blocks).map(of).collect()
    };
    let (wanted, outputs_of_images) = (every(image_blocks), outputs("image", image_blocks));
    let states = encoder.pooled_images(&expected.pixels, &wanted).unwrap();
    let tokens = outputs_of_images[0].size()[1];
    let images = (0..expected.pixels.size()[0])
        .map(|row| difference(&states, &wanted, row, &plain(&outputs_of_images, row, tokens), 0))
        .fold(0.0, f64::max);
    let (wanted, outputs_of_texts) = (every(text_blocks), outputs("text", text_blocks));
    let states = encoder.pooled_tokens(&expected.ids, &wanted).unwrap();
    let texts = (0..)
        .zip(&expected.ids)
        .map(|(row, ids)| {
            let hidden = plain(&outputs_of_texts, row, length(ids.len()));
            difference(&states, &wanted, row, &hidden, ids.len() - 1)
        })
        .fold(0.0, f64::max);
    [images, texts]
}

#[test]
fn every_way_of_pooling_equals_open_clips_blocks_pooled_by_the_definition() {
    for kind in KINDS {
        let differences = differences(&fixture(kind), &open(kind), &expected(&fixture(kind)));
        assert!(differences.iter().all(|&difference| difference <= 1e-5), "{kind}: {differences:?}");
    }
}

#[test]
fn hidden_parity_at_full_size() {
    let folder = std::env::var_os("NEARMISS_PARITY_DIR").map(PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.join("hidden.safetensors").is_file()) else {
        println!("skipped: parity of hidden states (see tests/parity/hidden_states_parity.py)");
        return;
    };
    let encoder = Encoder::from_dir(&folder, &options(Precision::Fp32)).unwrap();
    let [images, texts] = differences(&folder, &encoder, &expected(&folder));
    println!("{}: largest relative difference of images {images:.2e}, of texts {texts:.2e}", encoder.description().summary());
    assert!(images <= 1e-4 && texts <= 1e-4);
}

#[test]
fn the_rest_of_the_tower_makes_the_embedding_of_the_last_state() {
    const LAST: [(TokenPool, Layers); 1] = [(TokenPool::Cls, Layers::Last)];
    for kind in KINDS {
        let (encoder, expected) = (open(kind), expected(&fixture(kind)));
        let images = encoder.pooled_images(&expected.pixels, &LAST).unwrap();
        let texts = encoder.pooled_tokens(&expected.ids, &LAST).unwrap();
        let (images, texts) = (encoder.image_head(&images[0]).unwrap(), encoder.text_head(&texts[0]).unwrap());
        assert!(largest_difference(&images, &encoder.embed_images(&expected.pixels).unwrap()) <= 1e-5, "{kind}");
        assert!(largest_difference(&texts, &encoder.embed_tokens(&expected.ids).unwrap()) <= 1e-5, "{kind}");
    }
}

#[test]
fn a_state_does_not_depend_on_its_batch() {
    for kind in KINDS {
        let (encoder, expected) = (open(kind), expected(&fixture(kind)));
        let wanted = every(encoder.blocks().0);
        let together = encoder.pooled_images(&expected.pixels, &wanted).unwrap();
        for row in 0..expected.pixels.size()[0] {
            let alone = encoder.pooled_images(&expected.pixels.narrow(0, row, 1), &wanted).unwrap();
            let pairs = alone.iter().zip(&together);
            assert!(pairs.into_iter().all(|(one, many)| largest_difference(one, &many.narrow(0, row, 1)) <= 1e-5), "{kind}");
        }
        let wanted = every(encoder.blocks().1);
        let together = encoder.pooled_tokens(&expected.ids, &wanted).unwrap();
        for (row, ids) in (0..).zip(&expected.ids) {
            let alone = encoder.pooled_tokens(std::slice::from_ref(ids), &wanted).unwrap();
            let pairs = alone.iter().zip(&together);
            assert!(pairs.into_iter().all(|(one, many)| largest_difference(one, &many.narrow(0, row, 1)) <= 1e-5), "{kind}");
        }
    }
}

#[test]
fn what_a_tower_does_not_have_is_refused() {
    let (encoder, expected) = (open("gelu"), expected(&fixture("gelu")));
    let three = [(TokenPool::Mean, Layers::Concat(3))];
    let message = encoder.pooled_images(&expected.pixels, &three).unwrap_err().to_string();
    assert_eq!(message, "the image tower: 'concat:3' asks for 3 layers of a tower that has 2; give a number from 1 to 2");
    let message = encoder.pooled_tokens(&expected.ids, &three).unwrap_err().to_string();
    assert!(message.starts_with("the text tower: 'concat:3' asks for 3 layers"), "{message}");
    let without = [(TokenPool::MeanWithoutCls, Layers::Last)];
    let message = encoder.pooled_tokens(&[vec![48, 49], vec![49]], &without).unwrap_err().to_string();
    assert_eq!(message, "text 1 has only its end token; 'mean-without-cls' leaves nothing of it");
    let none = encoder.pooled_images(&Tensor::zeros([0, 3, 24, 24], (Kind::Float, tch::Device::Cpu)), &every(2)).unwrap();
    assert!(none.iter().zip(every(2)).all(|(states, (_, layers))| states.size() == [0, length(layers.width(64))]));
    let nan = Tensor::full([1, 3, 24, 24], f64::NAN, (Kind::Float, tch::Device::Cpu));
    assert!(matches!(encoder.pooled_images(&nan, &without), Err(EncoderError::NotFinite { index: 0 })));
}

/// An atlas of two pictures of each of twelve species, classified by the model that knows it.
struct Scene {
    folder: tempfile::TempDir,
    model: PathBuf,
}

impl Scene {
    fn new() -> Scene {
        let folder = tempfile::tempdir().unwrap();
        let options = AtlasOptions { species: 12, pictures: 24, ..AtlasOptions::default() };
        atlas::write(&folder.path().join("atlas"), &options).unwrap();
        let model = atlas::model::unpack(&folder.path().join(".cache")).unwrap().directory;
        Scene { folder, model }
    }

    fn run(&self, manifest: &str, batch: &str, more: &[&str]) -> PathBuf {
        let run = format!("run-{batch}-{}", more.len());
        let taxonomy = self.folder.path().join("atlas").join(TAXONOMY);
        let taxonomy = taxonomy.to_str().unwrap();
        let base = [
            "classify",
            "--model",
            "atlas",
            "--taxonomy",
            taxonomy,
            "--recipe",
            "single",
            "--precision",
            "fp32",
            "--batch",
            batch,
        ];
        let outcome = nearmiss(self.folder.path(), &[&base[..], &["--manifest", manifest, "-o", &run], more].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        self.folder.path().join(run)
    }

    fn manifest(&self) -> PathBuf {
        self.folder.path().join("atlas").join(MANIFEST)
    }

    fn options(&self) -> HiddenOptions<'_> {
        HiddenOptions { device: DeviceChoice::Cpu, model: Some(&self.model), ..HiddenOptions::default() }
    }
}

fn rows(embeddings: &Embeddings) -> Tensor {
    Tensor::from_slice(&embeddings.values).view([length(embeddings.len()), length(embeddings.width)]).to_kind(Kind::Float)
}

#[test]
fn a_run_is_embedded_again_in_every_way() {
    let scene = Scene::new();
    let run = scene.run(scene.manifest().to_str().unwrap(), "7", &[]);
    let wanted = every(2);
    let steps = RefCell::new(vec![]);
    let progress = |done, total| steps.borrow_mut().push((done, total));
    let spaces = hidden_spaces(&run, &wanted, &HiddenOptions { text: true, ..scene.options() }, &progress).unwrap();
    let known = Embeddings::read(&run, None, None).unwrap();
    let labels = known.labels.clone().unwrap();
    let total = known.len() + labels.taxa.len();
    assert_eq!(steps.borrow().last(), Some(&(total, total)));
    assert!(steps.borrow().windows(2).all(|pair| pair[0].0 < pair[1].0));
    assert_eq!(spaces.len(), 2 * wanted.len());
    assert_eq!((spaces[0].0.as_str(), spaces[wanted.len()].0.as_str()), ("image cls last", "text cls last"));
    for ((name, space), (tower, (pool, layers))) in
        spaces.iter().zip(["image", "text"].into_iter().flat_map(|tower| wanted.iter().map(move |wanted| (tower, wanted))))
    {
        assert_eq!(*name, format!("{tower} {pool} {layers}"));
        assert_eq!(space.width, layers.width(128), "{name}");
        assert_eq!(space.values.len(), space.len() * space.width, "{name}");
        if tower == "image" {
            assert_eq!((&space.names, &space.taxa, &space.observations), (&known.names, &known.taxa, &known.observations));
        } else {
            assert_eq!(space.taxa, labels.taxa);
        }
        // Nothing was lost, nothing has changed.
        let notes = space.notes.join("\n");
        assert!(!notes.contains("cannot be read") && !notes.contains("look otherwise"), "{notes}");
    }
    assert_eq!(
        spaces[0].1.notes.last().unwrap(),
        "hidden states of block 4 of the image tower, before its final normalisation and projection (cls, last)"
    );
    let encoder = Encoder::from_dir(&scene.model, &options(Precision::Fp32)).unwrap();
    let images = encoder.image_head(&rows(&spaces[0].1)).unwrap();
    assert!(largest_difference(&images, &rows(&known)) <= 1e-5);
    let texts = encoder.text_head(&rows(&spaces[wanted.len()].1)).unwrap();
    assert!(largest_difference(&texts, &Tensor::from_slice(&labels.values).view_as(&texts).to_kind(Kind::Float)) <= 1e-5);
}

#[test]
fn batches_of_a_run_do_not_matter_nor_how_its_photographs_are_found() {
    let scene = Scene::new();
    let wanted = all(&[Layers::Last, Layers::Average(3), Layers::Concat(4)]);
    // Found by the absolute path that the run keeps, below a folder that is given, and by the data set.
    let one =
        hidden_spaces(&scene.run(scene.manifest().to_str().unwrap(), "1", &[]), &wanted, &scene.options(), &|_, _| ()).unwrap();
    let relative = scene.run("atlas/manifest.csv", "16", &[]);
    let folder = scene.folder.path().join("atlas");
    let moved = HiddenOptions { photographs: Some(&folder), ..scene.options() };
    let many = hidden_spaces(&relative, &wanted, &moved, &|_, _| ()).unwrap();
    let dataset = Dataset::from_manifest(&scene.manifest(), &ManifestOptions::default()).unwrap();
    let given = HiddenOptions { dataset: Some(&dataset), ..scene.options() };
    let found = hidden_spaces(&relative, &wanted, &given, &|_, _| ()).unwrap();
    for ((one, many), found) in one.iter().zip(&many).zip(&found) {
        assert_eq!(one.1.names, many.1.names);
        assert!(largest_difference(&rows(&one.1), &rows(&many.1)) <= 1e-5, "{}", one.0);
        assert_eq!(many.1.values, found.1.values, "{}", one.0);
    }
    let mut fewer = dataset.clone();
    fewer.photographs.pop();
    let options = HiddenOptions { dataset: Some(&fewer), ..scene.options() };
    let message = hidden_spaces(&relative, &wanted, &options, &|_, _| ()).unwrap_err().to_string();
    assert!(message.contains("it has 23 photographs, the run 24"), "{message}");
    // With boxes only the data set knows what was seen.
    let boxes = scene.run("atlas/manifest.csv", "16", &["--crop"]);
    assert!(matches!(hidden_spaces(&boxes, &wanted, &moved, &|_, _| ()), Err(HiddenError::Boxes)));
    assert_eq!(hidden_spaces(&boxes, &wanted, &given, &|_, _| ()).unwrap()[0].1.values, found[0].1.values);
}

#[test]
fn photographs_that_are_lost_or_others_now_are_counted() {
    let scene = Scene::new();
    let run = scene.run(scene.manifest().to_str().unwrap(), "16", &[]);
    let known = Embeddings::read(&run, None, None).unwrap();
    let path = |index: usize| scene.folder.path().join("atlas").join(&known.names[index]);
    std::fs::remove_file(path(3)).unwrap();
    std::fs::write(path(10), b"no picture").unwrap();
    std::fs::copy(path(20), path(7)).unwrap();
    let wanted = all(&[Layers::Last]);
    let spaces = hidden_spaces(&run, &wanted, &scene.options(), &|_, _| ()).unwrap();
    for (name, space) in &spaces {
        assert_eq!(space.len(), known.len() - 2, "{name}");
        assert!(![3, 10].iter().any(|&index| space.names.contains(&known.names[index])));
        let lost = format!(
            "2 of the 24 photographs of the run cannot be read any more and are left out (1 missing, 1 not_an_image), \
             the first '{}': no such file",
            known.names[3]
        );
        assert!(space.notes.iter().any(|note| note.starts_with(&lost)), "{:?}", space.notes);
        let changed = "1 photograph looks otherwise than the run saw it (cosine below 0.99): its file has changed since";
        assert!(space.notes.iter().any(|note| note == changed), "{:?}", space.notes);
    }
}

#[test]
fn a_run_that_is_not_enough_says_what_is_missing() {
    let scene = Scene::new();
    let run = scene.run("atlas/manifest.csv", "16", &[]);
    let folder = scene.folder.path().join("atlas");
    let moved = HiddenOptions { photographs: Some(&folder), ..scene.options() };
    let refused =
        |wanted: (TokenPool, Layers), options: &HiddenOptions| hidden_spaces(&run, &[wanted], options, &|_, _| ()).unwrap_err();
    let last = (TokenPool::Mean, Layers::Last);
    // The path that the run keeps is relative to the folder in which it was made, which is not this one.
    let message = refused(last, &scene.options()).to_string();
    assert!(message.starts_with("none of the 24 photographs of the run can be read, the first 'atlas/"), "{message}");
    assert!(message.contains("if they were moved give their folder"), "{message}");
    let three = (TokenPool::Mean, Layers::Sum(3));
    let text = HiddenOptions { text: true, ..moved };
    let error = refused(three, &text);
    let HiddenError::Encoder(EncoderError::Pooling { tower: "text", source }) = error else { panic!("{error}") };
    assert_eq!(source, PoolingError::Depth { layers: Layers::Sum(3), blocks: 2 });
    assert!(hidden_spaces(&run, &[three], &moved, &|_, _| ()).is_ok(), "the image tower has four");
    let other = fixture("quickgelu");
    let message = refused(last, &HiddenOptions { model: Some(&other), ..moved }).to_string();
    assert!(message.contains("is not the file that the run was made with"), "{message}");

    let record = Record::read(&run).unwrap();
    let mut unknown = record.clone();
    unknown.identity.model = "nowhere/model".to_string();
    unknown.write(&run).unwrap();
    let message = refused(last, &HiddenOptions { model: None, ..moved }).to_string();
    assert!(message.starts_with("run.json names the model 'nowhere/model': "), "{message}");
    let mut changed = record.clone();
    changed.identity.taxonomy_sha256 = "0".repeat(64);
    changed.write(&run).unwrap();
    let message = refused(last, &text).to_string();
    assert!(
        message.starts_with("the text tower needs the taxonomy of the run, '") && message.contains("', as it was; "),
        "{message}"
    );
    let mut strange = record.clone();
    strange.identity.recipe.insert("preprocess".to_string(), "centre".to_string());
    strange.write(&run).unwrap();
    let message = refused(last, &moved).to_string();
    assert!(message.contains("its preprocess is 'centre'"), "{message}");
    record.write(&run).unwrap();
    std::fs::remove_file(run.join("images.parquet")).unwrap();
    assert!(refused(last, &moved).to_string().contains("no images.parquet in it"));
}
