//! The towers and the tokenizer against what `open_clip` computed (`tests/parity/make_fixtures.py`).

#![expect(clippy::unwrap_used, reason = "tests")]

use nearmiss::runs::recipe::{Activation, Precision};
use nearmiss_encoder::encoder::description::tensors::{ExpectedTensor, Role};
use nearmiss_encoder::encoder::device::DeviceChoice;
use nearmiss_encoder::encoder::layouts::files::ModelFiles;
use nearmiss_encoder::encoder::layouts::open_clip::CONFIG_FILE;
use nearmiss_encoder::encoder::linear::LinearPath;
use nearmiss_encoder::encoder::text::{PROMPT, TextTower};
use nearmiss_encoder::encoder::tokenizer::Tokenizer;
use nearmiss_encoder::encoder::weights::Weights;
use nearmiss_encoder::encoder::{Encoder, EncoderError, EncoderOptions};
use std::path::{Path, PathBuf};
use tch::{Kind, Tensor};

pub const KINDS: [&str; 4] = ["gelu", "quickgelu", "head_width_24", "custom_text"];

pub fn fixture(kind: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/encoder").join(kind)
}

/// What `open_clip` was given and what it made of it.
pub struct Expected {
    pub pixels: Tensor,
    pub ids: Vec<Vec<i64>>,
    pub images: Tensor,
    pub texts: Tensor,
}

pub fn expected(folder: &Path) -> Expected {
    let tensors = Tensor::read_safetensors(folder.join("io.safetensors")).unwrap();
    let tensor = |name: &str| tensors.iter().find(|(known, _)| known == name).unwrap().1.shallow_clone();
    let rows = Vec::<Vec<i64>>::try_from(tensor("ids")).unwrap();
    let end = rows.iter().flatten().copied().max().unwrap();
    let trim = |row: Vec<i64>| row[..=row.iter().position(|&id| id == end).unwrap()].to_vec();
    let ids = rows.into_iter().map(trim).collect();
    Expected { pixels: tensor("pixels"), ids, images: tensor("images"), texts: tensor("texts") }
}

pub fn options(precision: Precision) -> EncoderOptions {
    EncoderOptions { device: DeviceChoice::Cpu, precision: Some(precision), activation: None, linear: None }
}

pub fn open(kind: &str) -> Encoder {
    Encoder::from_dir(&fixture(kind), &options(Precision::Fp32)).unwrap()
}

pub fn largest_difference(a: &Tensor, b: &Tensor) -> f64 {
    assert_eq!(a.size(), b.size());
    f64::try_from((a - b).abs().max()).unwrap()
}

fn smallest_cosine(a: &Tensor, b: &Tensor) -> f64 {
    f64::try_from((a * b).sum_dim_intlist([1i64].as_slice(), false, Kind::Float).min()).unwrap()
}

#[test]
fn both_towers_equal_open_clip_for_every_kind_of_model() {
    for kind in KINDS {
        let (encoder, expected) = (open(kind), expected(&fixture(kind)));
        let images = encoder.embed_images(&expected.pixels).unwrap();
        let texts = encoder.embed_tokens(&expected.ids).unwrap();
        let differences = [largest_difference(&images, &expected.images), largest_difference(&texts, &expected.texts)];
        assert!(differences.iter().all(|&difference| difference <= 1e-5), "{kind}: {differences:?}");
        assert!((encoder.logit_scale() - 2.75).abs() < 1e-12, "{kind}");
        assert!(encoder.extras().is_empty(), "{kind}");
    }
}

#[test]
fn convolutions_give_what_matrix_products_give() {
    for kind in KINDS {
        let convolution = EncoderOptions { linear: Some(LinearPath::Convolution), ..options(Precision::Fp32) };
        let (encoder, expected) = (Encoder::from_dir(&fixture(kind), &convolution).unwrap(), expected(&fixture(kind)));
        let images = largest_difference(&encoder.embed_images(&expected.pixels).unwrap(), &expected.images);
        let texts = largest_difference(&encoder.embed_tokens(&expected.ids).unwrap(), &expected.texts);
        assert!(images <= 1e-5 && texts <= 1e-5, "{kind}: {images} {texts}");
    }
}

#[test]
fn texts_that_share_their_beginnings_become_what_they_become_alone() {
    // Texts of many lengths that begin alike, one of them twice and one the beginning of another.
    let end = 29;
    let texts: Vec<Vec<i64>> = [
        &[1_i64, 5, 6, 7, 8, end][..],
        &[1, 5, 6, 7, 9, 10, 11, 12, end],
        &[1, 5, end],
        &[1, 5, 6, 7, 8, end],
        &[1, 20, 21, end],
        &[1, end],
        &[1, 5, 6, 7, 9, 10, 11, 13, end],
    ]
    .map(<[i64]>::to_vec)
    .to_vec();
    for (kind, tuned) in [("gelu", 0), ("gelu", 3), ("head_width_24", 2)] {
        let path = fixture(kind).join("open_clip_model.safetensors");
        let mut weights = Weights::open(&path, Kind::Float, tch::Device::Cpu).unwrap();
        let description = ModelFiles::find(&fixture(kind)).unwrap().describe(&weights.shapes()).unwrap().text.unwrap();
        let width = description.transformer.width;
        if tuned > 0 {
            tch::manual_seed(7);
            let prompt = Tensor::randn([tuned, width], (Kind::Float, tch::Device::Cpu));
            weights.add([(PROMPT.to_string(), prompt)].into());
        }
        let tower = TextTower::take(&mut weights, &description).unwrap();
        assert!(tower.takes_tries());
        let all: Vec<&[i64]> = texts.iter().map(Vec::as_slice).collect();
        let together = tower.forward_trie(&all).unwrap();
        for (row, text) in (0..).zip(&texts) {
            let last = i64::try_from(text.len() - 1).unwrap();
            let ids = Tensor::from_slice(text).unsqueeze(0);
            let alone = tower.forward(&ids, &Tensor::from_slice(&[last])).unwrap();
            let difference = largest_difference(&together.narrow(0, row, 1), &alone);
            assert!(difference <= 1e-5, "{kind}, {tuned} tuned, text {row}: {difference}");
        }
    }
}

#[test]
fn half_the_precision_keeps_the_direction() {
    for kind in KINDS {
        let encoder = Encoder::from_dir(&fixture(kind), &options(Precision::Bf16)).unwrap();
        let expected = expected(&fixture(kind));
        let cosines = [
            smallest_cosine(&encoder.embed_images(&expected.pixels).unwrap(), &expected.images),
            smallest_cosine(&encoder.embed_tokens(&expected.ids).unwrap(), &expected.texts),
        ];
        assert!(cosines.iter().all(|&cosine| cosine >= 0.999), "{kind}: {cosines:?}");
    }
}

#[test]
fn an_embedding_does_not_depend_on_its_batch() {
    for kind in KINDS {
        let (encoder, expected) = (open(kind), expected(&fixture(kind)));
        let images = encoder.embed_images(&expected.pixels).unwrap();
        for row in 0..expected.pixels.size()[0] {
            let alone = encoder.embed_images(&expected.pixels.narrow(0, row, 1)).unwrap();
            assert!(largest_difference(&alone, &images.narrow(0, row, 1)) <= 1e-6, "{kind}: image {row}");
        }
        let texts = encoder.embed_tokens(&expected.ids).unwrap();
        for (row, ids) in (0..).zip(&expected.ids) {
            let alone = encoder.embed_tokens(std::slice::from_ref(ids)).unwrap();
            assert!(largest_difference(&alone, &texts.narrow(0, row, 1)) <= 1e-6, "{kind}: text {row}");
        }
    }
}

#[test]
fn the_activation_of_the_recipe_goes_before_that_of_the_configuration() {
    let quick = EncoderOptions { activation: Some(Activation::QuickGelu), ..options(Precision::Fp32) };
    let encoder = Encoder::from_dir(&fixture("gelu"), &quick).unwrap();
    let expected = expected(&fixture("gelu"));
    assert_eq!(encoder.description().activations(), [Activation::QuickGelu]);
    assert!(largest_difference(&encoder.embed_images(&expected.pixels).unwrap(), &expected.images) > 1e-3);
}

#[test]
fn token_ids_equal_open_clips() {
    let text = std::fs::read_to_string(fixture("names.json")).unwrap();
    let rows: Vec<(String, Vec<i64>)> = serde_json::from_str(&text).unwrap();
    assert!(rows.len() >= 300);
    let tokenizer = Tokenizer::clip(77);
    let wrong: Vec<_> = rows.iter().filter(|(text, ids)| tokenizer.encode(text).ids != *ids).map(|(text, _)| text).collect();
    assert!(wrong.is_empty(), "{} of {}: {wrong:#?}", wrong.len(), rows.len());
}

#[test]
fn label_embeddings_equal_open_clips_zero_shot_classifier() {
    #[derive(serde::Deserialize)]
    struct ZeroShot {
        labels: Vec<String>,
        templates: Vec<String>,
        embeddings: Vec<Vec<f32>>,
    }
    let text = std::fs::read_to_string(fixture("labels").join("labels.json")).unwrap();
    let expected: ZeroShot = serde_json::from_str(&text).unwrap();
    let prompts = |name: &String| expected.templates.iter().map(|template| template.replace("{}", name)).collect();
    let prompts: Vec<Vec<String>> = expected.labels.iter().map(prompts).collect();
    let encoder = open("labels");
    let labels = encoder.embed_labels(&encoder.tokenizer().unwrap(), &prompts, &|_| {}).unwrap();
    let wanted = Tensor::from_slice(&expected.embeddings.concat());
    assert!(largest_difference(&Tensor::from_slice(&labels.embeddings), &wanted) <= 1e-5);
    // "a puma of puma concolor": start, a, puma, of, puma, c o n c o l o r, end are 14 of 16 tokens;
    // the merges make one token of "puma" and of "of" only.
    assert_eq!(labels.truncated, Vec::<usize>::new());
    let long = vec![prompts[0].clone(), vec!["Puma".to_string(), "concolor concolor".to_string()]];
    let labels = encoder.embed_labels(&encoder.tokenizer().unwrap(), &long, &|_| {}).unwrap();
    assert_eq!(labels.truncated, [1]);
    assert!(largest_difference(&Tensor::from_slice(&labels.embeddings[..8]), &wanted.narrow(0, 0, 8)) <= 1e-5);
    let message = encoder.embed_labels(&encoder.tokenizer().unwrap(), &[prompts[0].clone(), Vec::new()], &|_| {}).unwrap_err();
    assert_eq!(message.to_string(), "text 1 has no prompt");
}

/// A folder with the files of a fixture, to be spoilt.
fn copy(kind: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for entry in std::fs::read_dir(fixture(kind)).unwrap() {
        let path = entry.unwrap().path();
        std::fs::copy(&path, folder.path().join(path.file_name().unwrap())).unwrap();
    }
    folder
}

fn failure(folder: &Path) -> String {
    Encoder::from_dir(folder, &options(Precision::Fp32)).err().unwrap().to_string()
}

#[test]
fn a_folder_that_is_no_model_says_what_is_missing() {
    let folder = copy("gelu");
    std::fs::remove_file(folder.path().join("open_clip_model.safetensors")).unwrap();
    let message = failure(folder.path());
    assert!(
        message.contains(
            "not a model directory: open_clip_model.safetensors or open_clip_pytorch_model.bin or model.safetensors or"
        ),
        "{message}"
    );
    std::fs::remove_file(folder.path().join(CONFIG_FILE)).unwrap();
    let message = failure(folder.path());
    assert!(message.contains("not a model directory: open_clip_config.json is missing; give a folder with"), "{message}");
}

#[test]
fn weights_of_another_model_name_the_tensors() {
    let folder = copy("gelu");
    std::fs::copy(fixture("head_width_24").join(CONFIG_FILE), folder.path().join(CONFIG_FILE)).unwrap();
    let message = failure(folder.path());
    assert!(message.contains("the weights do not fit open_clip_config.json: "), "{message}");
    assert!(message.contains("49 tensors of another shape: ln_final.bias is [32] and should be [16], "), "{message}");
    assert!(message.contains("12 tensors unused: visual.transformer.resblocks.1.attn.in_proj_bias, "), "{message}");
}

#[test]
fn a_checkpoint_of_pickles_that_is_none_says_what_to_save() {
    let folder = copy("quickgelu");
    std::fs::write(folder.path().join("open_clip_pytorch_model.bin"), b"PK and then nothing").unwrap();
    let message = failure(folder.path());
    assert!(message.contains("not a dictionary of tensors saved by PyTorch 1.6 or later"), "{message}");
    assert!(message.contains("save the model's state_dict alone"), "{message}");
}

#[test]
fn pickled_states_are_read_bare_and_inside_the_checkpoint_of_a_training() {
    for name in ["module.bin", "checkpoint.pt"] {
        let mut weights = Weights::open(&fixture("pickles").join(name), Kind::Float, tch::Device::Cpu).unwrap();
        let expected = [ExpectedTensor::new("a", &[3, 2], Role::Norm), ExpectedTensor::new("logit_scale", &[], Role::Scale)];
        assert!(weights.check(&expected, &[], CONFIG_FILE).unwrap().is_empty(), "{name}");
        assert!((weights.take_number("logit_scale").unwrap() - 2.5).abs() < 1e-12, "{name}");
        // 0 1 2 / 3 4 5, transposed
        let values = Vec::<f32>::try_from(weights.take("a").unwrap().view(6)).unwrap();
        assert_eq!(values, [0.0, 3.0, 1.0, 4.0, 2.0, 5.0], "{name}");
    }
}

#[test]
fn a_pickle_of_before_pytorch_1_6_says_what_to_save() {
    let path = fixture("pickles").join("legacy.bin");
    let message = Weights::open(&path, Kind::Float, tch::Device::Cpu).err().unwrap().to_string();
    let reason = "legacy.bin: not a dictionary of tensors saved by PyTorch 1.6 or later (no whole zip archive: it has no directory); save the model's state_dict";
    assert!(message.contains(reason), "{message}");
}

#[test]
fn wrong_inputs_are_refused() {
    let encoder = open("gelu");
    let pixels = Tensor::zeros([1, 3, 24, 23], (Kind::Float, tch::Device::Cpu));
    let message = encoder.embed_images(&pixels).unwrap_err().to_string();
    assert_eq!(message, "pixels have shape [1, 3, 24, 23]; the model takes [B, 3, 24, 24]");
    let message = encoder.embed_tokens(&[vec![48, 49], vec![48, 3, 50]]).unwrap_err().to_string();
    assert_eq!(message, "text 1 has token id 50; the model's vocabulary has 50");
    let message = encoder.embed_tokens(&[vec![1; 12]]).unwrap_err().to_string();
    assert_eq!(message, "text 0 has 12 tokens; the model's context is 11");
    let nan = Tensor::full([1, 3, 24, 24], f64::NAN, (Kind::Float, tch::Device::Cpu));
    assert!(matches!(encoder.embed_images(&nan), Err(EncoderError::NotFinite { index: 0 })));
}

#[test]
fn the_fingerprint_is_of_the_files() {
    let files = open("gelu").fingerprint().unwrap();
    let names: Vec<_> = files.iter().map(|file| file.name.as_str()).collect();
    assert_eq!(names, [CONFIG_FILE, "open_clip_model.safetensors"]);
    assert!(files.iter().all(|file| file.sha256.len() == 64));
    assert_ne!(files[0].sha256, files[1].sha256);
}

#[test]
fn a_cuda_device_that_is_not_there_is_an_error_and_auto_is_the_processor() {
    if tch::Cuda::is_available() {
        return;
    }
    let cuda = EncoderOptions { device: DeviceChoice::Cuda(0), ..EncoderOptions::default() };
    let message = Encoder::from_dir(&fixture("gelu"), &cuda).err().unwrap().to_string();
    assert!(message.starts_with("device 'cuda:0' cannot be used: "), "{message}");
    assert!(message.contains("NEARMISS_LIBTORCH_CUDA"), "{message}");
    let auto = Encoder::from_dir(&fixture("gelu"), &EncoderOptions::default()).unwrap();
    assert_eq!(auto.device_name(), "cpu");
    assert!(auto.device_note().is_some());
}

/// The folder that `tests/parity/open_clip_parity.py` wrote; `None` where it did not run.
fn parity_folder(test: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("NEARMISS_PARITY_DIR").map(PathBuf::from);
    if folder.is_none() {
        report(&format!("skipped: {test} (NEARMISS_PARITY_DIR is not set; see tests/parity/open_clip_parity.py)"));
    }
    folder
}

#[expect(clippy::print_stdout, reason = "what the parity script shows")]
fn report(line: &str) {
    println!("{line}");
}

#[test]
fn parity_at_full_size_in_fp32() {
    let Some(folder) = parity_folder("parity in fp32") else { return };
    let (encoder, expected) = (Encoder::from_dir(&folder, &options(Precision::Fp32)).unwrap(), expected(&folder));
    let start = std::time::Instant::now();
    let (images, texts) = (encoder.embed_images(&expected.pixels).unwrap(), encoder.embed_tokens(&expected.ids).unwrap());
    let seconds = start.elapsed().as_secs_f64();
    let differences = [largest_difference(&images, &expected.images), largest_difference(&texts, &expected.texts)];
    report(&format!("fp32, {}", encoder.description().summary()));
    report(&format!(
        "fp32, {seconds:.1} s: largest difference of images {:.2e}, of texts {:.2e}",
        differences[0], differences[1]
    ));
    assert!(differences.iter().all(|&difference| difference <= 1e-4));
    let alone = encoder.embed_images(&expected.pixels.narrow(0, 3, 1)).unwrap();
    let batch = largest_difference(&alone, &images.narrow(0, 3, 1));
    let alone = encoder.embed_tokens(&expected.ids[5..6]).unwrap();
    let batch = batch.max(largest_difference(&alone, &texts.narrow(0, 5, 1)));
    report(&format!("fp32: largest difference between batches {batch:.2e}"));
    assert!(batch <= 1e-6);
}

#[test]
fn parity_at_full_size_in_bf16() {
    let Some(folder) = parity_folder("parity in bf16") else { return };
    let (encoder, expected) = (Encoder::from_dir(&folder, &options(Precision::Bf16)).unwrap(), expected(&folder));
    let start = std::time::Instant::now();
    let (images, texts) = (encoder.embed_images(&expected.pixels).unwrap(), encoder.embed_tokens(&expected.ids).unwrap());
    let seconds = start.elapsed().as_secs_f64();
    let cosines = [smallest_cosine(&images, &expected.images), smallest_cosine(&texts, &expected.texts)];
    report(&format!("bf16, {seconds:.1} s: smallest cosine of images {:.6}, of texts {:.6}", cosines[0], cosines[1]));
    assert!(cosines.iter().all(|&cosine| cosine >= 0.999));
}

#[test]
fn parity_of_thousands_of_token_ids() {
    let Some(folder) = parity_folder("parity of token ids") else { return };
    let text = std::fs::read_to_string(folder.join("texts.json")).unwrap();
    let rows: Vec<(String, Vec<i64>)> = serde_json::from_str(&text).unwrap();
    let tokenizer = Tokenizer::clip(77);
    let wrong: Vec<_> = rows.iter().filter(|(text, ids)| tokenizer.encode(text).ids != *ids).map(|(text, _)| text).collect();
    report(&format!("token ids: {} of {} texts differ", wrong.len(), rows.len()));
    assert!(wrong.is_empty(), "{wrong:#?}");
}
