//! Models of every layout are trained, and written as they were.

use super::{Workshop, names};
use nearmiss_encoder::encoder::weights::Weights;
use nearmiss_encoder::encoder::{Encoder, EncoderOptions};
use nearmiss_encoder::train::config::{LossKind, LossTerm, TrainConfig, What};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use tch::{Device, Kind, Tensor};

pub(super) fn fixture(name: &str) -> PathBuf {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/..")).join("tests/fixtures/models").join(name)
}

/// The tensors of a file of weights.
pub(super) fn tensors(path: &Path) -> BTreeMap<String, Tensor> {
    let mut weights = Weights::open(path, Kind::Float, Device::Cpu).unwrap();
    let names: Vec<String> = weights.names().map(str::to_string).collect();
    names.into_iter().map(|name| (name.clone(), weights.take(&name).unwrap())).collect()
}

/// Names of the tensors of `after` that are not those of `before`.
pub(super) fn changed(before: &BTreeMap<String, Tensor>, after: &BTreeMap<String, Tensor>) -> Vec<String> {
    after.iter().filter(|(name, tensor)| !tensor.equal(&before[*name])).map(|(name, _)| name.clone()).collect()
}

/// One epoch with one loss.
fn config(workshop: &Workshop, kind: LossKind) -> TrainConfig {
    let mut config = workshop.config("");
    config.optimiser.epochs = 1;
    config.losses = vec![LossTerm { kind, weight: 1.0 }];
    config
}

#[test]
fn image_towers_of_every_layout_learn_and_are_written_as_they_were() {
    let workshop = Workshop::new();
    for (name, kind, left_out) in [
        ("transformers_siglip", LossKind::Sigmoid { bias: None }, 0),
        ("transformers_clip", LossKind::InfoNce, 0),
        ("open_clip_siglip2_text", LossKind::InfoNce, 0),
        ("open_clip_bert", LossKind::InfoNce, 0),
        ("timm_dinov2", LossKind::SupCon { temperature: 0.2 }, 0),
        ("timm_reg4_classes", LossKind::SoftLabels { beta: 10.0 }, 0),
        ("transformers_dinov2_registers", LossKind::Hxe { alpha: 0.2 }, 1),
        ("transformers_dinov3", LossKind::Hmce { temperature: 0.2 }, 1),
    ] {
        let start = fixture(name);
        let trained = workshop.train_from(&start, &config(&workshop, kind), name, None);
        let trained = trained.unwrap_or_else(|error| panic!("{name}: {error}")).unwrap();
        assert!(trained.epochs[0].validation.n > 0, "{name}");
        let output = workshop.path(name);
        // The files of the model, and what a training says of itself.
        let own = ["expected.json", "expected.safetensors", "hidden.safetensors", "texts.json"];
        let mut expected: Vec<String> = names(&start).into_iter().filter(|file| !own.contains(&file.as_str())).collect();
        expected.extend(["curves.svg", "log.csv", "train.json"].map(str::to_string));
        expected.sort();
        assert_eq!(names(&output), expected, "{name}");
        for file in expected.iter().filter(|file| !file.ends_with(".safetensors") && start.join(file).is_file()) {
            assert!(std::fs::read(start.join(file)).unwrap() == std::fs::read(output.join(file)).unwrap(), "{name} {file}");
        }
        let weights = expected.iter().find(|file| file.ends_with(".safetensors")).unwrap();
        let (before, after) = (tensors(&start.join(weights)), tensors(&output.join(weights)));
        assert_eq!(before.len() - after.len(), left_out, "{name}");
        assert!(after.iter().all(|(name, tensor)| tensor.size() == before[name].size()));
        // The layer of classes stays; everything else may learn.
        let learnt = changed(&before, &after);
        assert!(learnt.len() > after.len() / 2 && !learnt.iter().any(|name| name.starts_with("head.")), "{name}: {learnt:?}");
        let embed = |folder: &Path| {
            let encoder = Encoder::from_dir(folder, &EncoderOptions::default()).unwrap();
            let size = encoder.image_size().unwrap();
            let pixels = Tensor::linspace(-1.0, 1.0, 3 * size * size, (Kind::Float, Device::Cpu)).view([1, 3, size, size]);
            Vec::<f32>::try_from(encoder.embed_images(&pixels).unwrap().view(-1)).unwrap()
        };
        assert_ne!(embed(&output), embed(&start), "{name}");
    }
}

#[test]
fn additions_lie_beside_models_of_other_layouts_too() {
    let workshop = Workshop::new();
    for (name, kind) in [("transformers_siglip", LossKind::InfoNce), ("timm_dinov2", LossKind::SupCon { temperature: 0.2 })] {
        for (what, folder) in [
            (What::Adapters { reduction_factor: 4, projections: false }, format!("{name}-adapters")),
            (What::Lora { rank: 2, alpha: 4.0 }, format!("{name}-lora")),
            (What::LastBlocks(1), format!("{name}-last")),
            (What::LayerNorms, format!("{name}-norms")),
        ] {
            let mut config = config(&workshop, kind);
            config.what = what;
            config.optimiser.learn_temperature = false;
            workshop.train_from(&fixture(name), &config, &folder, None).unwrap().unwrap();
            let output = workshop.path(&folder);
            let read = |folder: &Path| tensors(&folder.join("model.safetensors"));
            let learnt = changed(&read(&fixture(name)), &read(&output));
            match what {
                What::Adapters { .. } => assert!(learnt.is_empty() && output.join("adapters.safetensors").is_file()),
                What::LayerNorms => assert!(learnt.iter().all(|name| name.contains("norm")), "{learnt:?}"),
                What::Lora { .. } => assert!(learnt.iter().all(|name| name.ends_with("weight")), "{learnt:?}"),
                _ => assert!(!learnt.iter().any(|name| name.contains("layers.0.") || name.contains("blocks.0.")), "{learnt:?}"),
            }
            let encoder = Encoder::from_dir(&output, &EncoderOptions::default()).unwrap();
            assert!(encoder.has_images());
        }
    }
}

#[test]
fn the_bias_of_siglip_learns_from_where_it_is_or_from_what_is_said() {
    let workshop = Workshop::new();
    super::MODEL.write_siglip(&workshop.path("siglip"), 3).unwrap();
    let bias = |folder: &str| {
        let encoder = Encoder::from_dir(&workshop.path(folder), &EncoderOptions::default()).unwrap();
        (encoder.logit_bias().unwrap(), encoder.logit_scale())
    };
    let train = |output: &str, bias: Option<f64>, learn: bool| {
        let mut config = config(&workshop, LossKind::Sigmoid { bias });
        config.optimiser.learn_temperature = learn;
        workshop.train_from(&workshop.path("siglip"), &config, output, None).unwrap().unwrap()
    };
    assert!((bias("siglip").0 + 10.0).abs() < 1e-6 && (bias("siglip").1 - 10.0_f64.ln()).abs() < 1e-6);
    train("own", None, true);
    assert!((-10.5..-9.5).contains(&bias("own").0) && bias("own") != bias("siglip"), "{:?}", bias("own"));
    train("said", Some(-3.0), true);
    assert!((-3.5..-2.5).contains(&bias("said").0), "{:?}", bias("said"));
    train("kept", None, false);
    assert_eq!(bias("kept"), bias("siglip"));
    // A model that has none takes one, which stays.
    let message = workshop.train(&config(&workshop, LossKind::Sigmoid { bias: None }), "none", None).unwrap_err().to_string();
    assert!(message.starts_with("the sigmoid loss starts from a 'bias', and the model has none of its own"), "{message}");
}

#[test]
fn a_loss_takes_the_towers_that_it_compares() {
    let workshop = Workshop::new();
    let refused =
        |name: &str, config: &TrainConfig| workshop.train_from(&fixture(name), config, "refused", None).unwrap_err().to_string();
    let names = refused("timm_dinov2", &config(&workshop, LossKind::InfoNce));
    assert!(names.contains("has no text tower, and the loss 'info_nce' takes one; name sup_con"), "{names}");
    let mut look_alikes = config(&workshop, LossKind::SupCon { temperature: 0.1 });
    look_alikes.optimiser.hard_negatives = 0.3;
    let texts = refused("timm_dinov2", &look_alikes);
    assert!(texts.contains("has no text tower, and optimiser.hard_negatives without a file takes one"), "{texts}");
    let photographs = refused("sentence_bert_mean", &config(&workshop, LossKind::SupCon { temperature: 0.1 }));
    assert!(
        photographs.contains("has no image tower, and a training on photographs takes one; give [sentences]"),
        "{photographs}"
    );
    let ranking = refused("transformers_clip", &config(&workshop, LossKind::Ranking { scale: None }));
    assert!(ranking.contains("the loss 'ranking' takes queries and the documents that answer them, and these are photographs"));
    let mut prompt = config(&workshop, LossKind::SupCon { temperature: 0.1 });
    prompt.what = What::Prompt { prompt_length: 2, mid_dim: 4 };
    assert!(refused("timm_dinov2", &prompt).starts_with("a prompt is tuned for a text tower, and the model has none"));
    assert!(!workshop.path("refused").exists());
}
