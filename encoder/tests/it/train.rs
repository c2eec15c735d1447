//! Training: what learns, what it refuses, and that a killed training goes on to the same model.

mod experiments;
mod layouts;
mod sentences;

use nearmiss::taxonomy::Taxonomy;
use nearmiss_encoder::atlas::{AtlasOptions, MANIFEST, TAXONOMY, write};
use nearmiss_encoder::encoder::seeded_model::SeededModel;
use nearmiss_encoder::encoder::{Encoder, EncoderOptions};
use nearmiss_encoder::train::config::{LossKind, LossTerm, TrainConfig, What};
use nearmiss_encoder::train::{TrainError, Trained, Trainer};
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const MODEL: SeededModel = SeededModel {
    embed_dim: 32,
    image_size: 32,
    patch_size: 16,
    vision_width: 64,
    vision_layers: 2,
    text_width: 64,
    text_layers: 1,
};

/// A folder with a small atlas and a small model.
struct Workshop {
    folder: tempfile::TempDir,
}

impl Workshop {
    fn new() -> Workshop {
        let folder = tempfile::tempdir().unwrap();
        let options = AtlasOptions { seed: 1, species: 10, pictures: 200, hierarchy: 1.0, sample: 0 };
        write(&folder.path().join("atlas"), &options).unwrap();
        MODEL.write(&folder.path().join("start"), 2).unwrap();
        Workshop { folder }
    }

    fn path(&self, name: &str) -> std::path::PathBuf {
        self.folder.path().join(name)
    }

    fn config(&self, more: &str) -> TrainConfig {
        let atlas = self.path("atlas");
        let text = format!(
            "seed = 5\nmodel.from = 'start'\n[data]\nphotographs = '{}'\nmanifest = '{}'\ntaxonomy = '{}'\n\
             [optimiser]\nepochs = 3\nbatch = 16\nwarmup = 2\nlearning_rate = 2e-3\n{more}",
            atlas.display(),
            atlas.join(MANIFEST).display(),
            atlas.join(TAXONOMY).display(),
        );
        std::fs::write(self.path("config.toml"), text).unwrap();
        TrainConfig::from_path(&self.path("config.toml")).unwrap()
    }

    fn train(&self, config: &TrainConfig, output: &str, stop_after: Option<usize>) -> Result<Option<Trained>, TrainError> {
        self.train_from(&self.path("start"), config, output, stop_after)
    }

    fn train_from(
        &self,
        start: &Path,
        config: &TrainConfig,
        output: &str,
        stop_after: Option<usize>,
    ) -> Result<Option<Trained>, TrainError> {
        let taxonomy = Taxonomy::named(self.path("atlas").join(TAXONOMY).to_str().unwrap()).unwrap();
        let stop = AtomicBool::new(false);
        let mut trainer = Trainer::new(config, &taxonomy, start)?;
        trainer.run(&self.path(output), &stop, &|epoch| {
            if stop_after == Some(epoch.epoch) {
                stop.store(true, Ordering::Relaxed);
            }
        })
    }

    fn weights(&self, output: &str) -> Vec<u8> {
        std::fs::read(self.path(output).join("open_clip_model.safetensors")).unwrap()
    }
}

fn names_of_model() -> Vec<&'static str> {
    vec!["curves.svg", "log.csv", "open_clip_config.json", "open_clip_model.safetensors", "train.json"]
}

fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned()).collect();
    names.sort();
    names
}

#[test]
fn a_killed_training_goes_on_to_the_same_model() {
    let workshop = Workshop::new();
    let config = workshop.config("hard_negatives = 0.3\naccumulate = 2\n");
    let whole = workshop.train(&config, "whole", None).unwrap().unwrap();
    assert_eq!(whole.epochs.len(), 3);
    assert!(whole.epochs[2].loss < whole.epochs[0].loss, "{:?}", whole.epochs);
    assert_eq!(workshop.train(&config, "killed", Some(1)).unwrap(), None);
    assert_eq!(names(&workshop.path("killed")), ["checkpoint", "log.csv"]);
    let resumed = workshop.train(&config, "killed", None).unwrap().unwrap();
    assert_eq!(resumed, whole);
    assert_eq!(workshop.weights("killed"), workshop.weights("whole"));
    assert_eq!(names(&workshop.path("whole")), names_of_model());
    let log = std::fs::read_to_string(workshop.path("whole").join("log.csv")).unwrap();
    assert_eq!(log.lines().count(), 4);
    // A checkpoint of another training is not gone on from.
    workshop.train(&config, "other", Some(1)).unwrap();
    let other = TrainConfig { seed: 6, ..config };
    assert!(workshop.train(&other, "other", None).unwrap_err().to_string().contains("of another training"));
}

#[test]
fn what_is_trained_changes_and_nothing_else() {
    use nearmiss_encoder::encoder::weights::Weights;
    let workshop = Workshop::new();
    let read = |folder: &str| {
        let path = workshop.path(folder).join("open_clip_model.safetensors");
        let mut weights = Weights::open(&path, tch::Kind::Float, tch::Device::Cpu).unwrap();
        let names: Vec<String> = weights.names().map(str::to_string).collect();
        names.into_iter().map(|name| (name.clone(), weights.take(&name).unwrap())).collect::<std::collections::BTreeMap<_, _>>()
    };
    let start = read("start");
    let changed = |folder: &str| -> Vec<String> {
        let after = read(folder);
        assert_eq!(after.keys().collect::<Vec<_>>(), start.keys().collect::<Vec<_>>());
        after.iter().filter(|(name, tensor)| !tensor.equal(&start[*name])).map(|(name, _)| name.clone()).collect()
    };
    let train = |name: &str, what: What| {
        let mut config = workshop.config("learn_temperature = false\n");
        config.what = what;
        config.optimiser.epochs = 1;
        workshop.train(&config, name, None).unwrap().unwrap();
        changed(name)
    };
    assert_eq!(train("projections", What::Projections), ["text_projection", "visual.proj"]);
    assert!(train("norms", What::LayerNorms).iter().all(|name| name.contains("ln_")));
    let last = train("last", What::LastBlocks(1));
    assert!(last.iter().any(|name| name.starts_with("visual.transformer.resblocks.1.")));
    assert!(!last.iter().any(|name| name.starts_with("visual.transformer.resblocks.0.") || name == "visual.conv1.weight"));
    let lora = train("lora", What::Lora { rank: 2, alpha: 4.0 });
    assert!(lora.iter().all(|name| name.contains("resblocks.") && name.ends_with("weight")), "{lora:?}");
    // Four matrices in each of three blocks.
    assert_eq!(lora.len(), 12);
    // Adapters and prompts lie beside a model that has not changed.
    assert!(train("adapters", What::Adapters { reduction_factor: 4, projections: false }).is_empty());
    assert_eq!(
        train("adapters-and-projections", What::Adapters { reduction_factor: 4, projections: true }),
        ["text_projection", "visual.proj"]
    );
    assert!(train("prompt", What::Prompt { prompt_length: 4, mid_dim: 16 }).is_empty());
    for name in ["adapters", "adapters-and-projections", "prompt"] {
        assert!(workshop.path(name).join("adapters.safetensors").is_file());
        let embed = |name: &str| {
            let encoder = Encoder::from_dir(&workshop.path(name), &EncoderOptions::default()).unwrap();
            let tokens = encoder.tokenizer().unwrap().encode("a photo of a bee.").ids;
            Vec::<f32>::try_from(encoder.embed_tokens(&[tokens]).unwrap().view(-1)).unwrap()
        };
        assert_ne!(embed(name), embed("start"), "{name}");
    }
    // Every one is an ordinary model.
    for name in ["projections", "norms", "last", "lora", "adapters", "prompt"] {
        Encoder::from_dir(&workshop.path(name), &EncoderOptions::default()).unwrap();
    }
    assert!(train("everything", What::Everything).len() > 30);
}

#[test]
fn every_loss_trains() {
    let workshop = Workshop::new();
    let kinds = [
        LossKind::Sigmoid { bias: Some(-3.0) },
        LossKind::SupCon { temperature: 0.2 },
        LossKind::Hmce { temperature: 0.2 },
        LossKind::Hxe { alpha: 0.2 },
        LossKind::SoftLabels { beta: 10.0 },
    ];
    for (number, kind) in kinds.into_iter().enumerate() {
        let mut config = workshop.config("");
        config.losses = vec![LossTerm { kind, weight: 1.0 }];
        config.optimiser.epochs = 4;
        let trained = workshop.train(&config, &format!("loss-{number}"), None).unwrap().unwrap();
        assert!(trained.epochs[3].loss < trained.epochs[0].loss, "{kind:?}: {:?}", trained.epochs);
    }
}

#[test]
fn what_cannot_be_trained_on_is_refused_and_no_model_is_left() {
    let workshop = Workshop::new();
    let manifest = std::fs::read_to_string(workshop.path("atlas").join(MANIFEST)).unwrap();
    let with_manifest = |text: &str| {
        std::fs::write(workshop.path("manifest.csv"), text).unwrap();
        let mut config = workshop.config("");
        config.data.manifest = Some(workshop.path("manifest.csv"));
        config
    };
    let refused = |config: &TrainConfig| workshop.train(config, "refused", None).unwrap_err().to_string();
    // The second picture of a training individual goes to the validation.
    let mut rows: Vec<String> = manifest.lines().map(str::to_string).collect();
    rows[2] = rows[2].replace(",train", ",validation");
    let leak = refused(&with_manifest(&rows.join("\n")));
    assert!(leak.contains("1 observation is both in 'train' and in 'validation', such as 'A0000-000'"), "{leak}");
    let species = manifest.lines().nth(1).unwrap().split(',').nth(1).unwrap();
    let unknown = refused(&with_manifest(&manifest.replace(species, "Nemo nemo")));
    assert!(unknown.contains("1 name that is not one taxon of the taxonomy, such as 'Nemo nemo'"), "{unknown}");
    // One picture per class leaves a contrast among photographs nothing to pair.
    let mut seen = std::collections::BTreeSet::new();
    let single: Vec<&str> = manifest
        .lines()
        .filter(|row| !row.ends_with(",train") || seen.insert(row.split(',').nth(1).unwrap().to_string()))
        .collect();
    let mut config = with_manifest(&single.join("\n"));
    config.optimiser.batch = 8;
    config.losses = vec![LossTerm { kind: LossKind::SupCon { temperature: 0.1 }, weight: 1.0 }];
    assert!(refused(&config).contains("no two of one class"));
    let mut config = workshop.config("");
    config.optimiser.batch = 1000;
    assert!(refused(&config).contains("a step over 1000 photographs (optimiser.batch × accumulate) is more than the"));
    let mut config = workshop.config("");
    config.losses = vec![LossTerm { kind: LossKind::InfoNce, weight: f64::INFINITY }];
    let infinite = refused(&config);
    assert!(infinite.contains("the loss is inf at step 0 of epoch 1: no model was written"), "{infinite}");
    assert!(!workshop.path("refused").exists());
}

#[test]
fn a_configuration_says_what_is_wrong_with_it() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("c.toml");
    let read = |text: &str| {
        std::fs::write(&path, text).unwrap();
        TrainConfig::from_path(&path).unwrap_err().to_string()
    };
    let data = "[data]\nphotographs = 'p'\ntaxonomy = 't'\n";
    let unknown = read(&format!("model.from = 'm'\nepoch = 3\n{data}"));
    assert!(unknown.contains("unknown field `epoch`") && unknown.contains("c.toml"), "{unknown}");
    let batch = read(&format!("model.from = 'm'\n[optimiser]\nbatch = 1\n{data}"));
    assert!(batch.ends_with("optimiser.batch is 1; a contrast takes from 2 to 1000000 photographs"), "{batch}");
    let share = read(&format!("model.from = 'm'\n[texts]\ncut_ranks = 2.0\n{data}"));
    assert!(share.ends_with("texts.cut_ranks is 2; it is a share from 0 to 1"), "{share}");
    assert!(read(data).contains("missing field `model`"));
}

#[test]
fn a_checkpoint_of_other_look_alikes_is_not_gone_on_from() {
    let workshop = Workshop::new();
    let manifest = std::fs::read_to_string(workshop.path("atlas").join(MANIFEST)).unwrap();
    let mut species: Vec<&str> =
        manifest.lines().filter(|row| row.ends_with(",train")).map(|row| row.split(',').nth(1).unwrap()).collect();
    species.sort_unstable();
    species.dedup();
    let file = workshop.path("pairs.csv");
    let write_pair = |one: usize, other: usize| {
        std::fs::write(&file, format!("taxon,negative_taxon\n{},{}\n", species[one], species[other])).unwrap();
    };
    write_pair(0, 1);
    let config = workshop.config(&format!("hard_negatives = 0.5\nlook_alikes = '{}'\n", file.display()));
    assert_eq!(workshop.train(&config, "killed", Some(1)).unwrap(), None);
    write_pair(0, 2);
    assert!(workshop.train(&config, "killed", None).unwrap_err().to_string().contains("of another training"));
    write_pair(0, 1);
    assert!(workshop.train(&config, "killed", None).unwrap().is_some());
}
