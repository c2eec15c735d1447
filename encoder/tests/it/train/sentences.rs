//! Texts: encoders of sentences learn what answers what, and what is of one taxon.

use super::layouts::{changed, fixture, tensors};
use super::{Workshop, names};
use nearmiss_encoder::encoder::seeded_model::sentences::SeededSentences;
use nearmiss_encoder::encoder::{Encoder, EncoderOptions};
use nearmiss_encoder::train::config::{LossKind, LossTerm, What};
use nearmiss_encoder::train::losses::pairs::Distance;
use nearmiss_encoder::train::sentences::config::{Mined, SentenceConfig};
use nearmiss_encoder::train::sentences::splits::Splits;
use nearmiss_encoder::train::{TrainError, Trained, Trainer};
use std::fmt::Write as _;
use std::path::Path;
use std::sync::atomic::{AtomicBool, Ordering};

const KINDS: [&str; 8] = ["beetle", "moth", "wasp", "ant", "bee", "fly", "bug", "cricket"];
const OTHER: [&str; 8] = ["coleopteran", "lepidopteran", "vespid", "formicid", "apid", "dipteran", "hemipteran", "orthopteran"];
const PLACES: [&str; 6] = ["meadow", "wood", "river", "garden", "hill", "shore"];

/// Queries that call a kind by one word, and documents that call it by another: nothing but training joins them.
fn table() -> String {
    let mut rows = "query,positive,negative,split\n".to_string();
    for (number, place) in PLACES.iter().enumerate() {
        for kind in 0..KINDS.len() {
            let other = (kind + 1 + number % 5) % KINDS.len();
            let split = ["train", "train", "train", "train", "validation", "test"][number];
            let _ = writeln!(
                rows,
                "a {} in the {place},one {} near the {place},one {} near the {place},{split}",
                KINDS[kind], OTHER[kind], OTHER[other]
            );
        }
    }
    rows
}

/// A folder with the table and a small encoder that knows its words.
fn desk() -> Workshop {
    let workshop = Workshop { folder: tempfile::tempdir().unwrap() };
    std::fs::write(workshop.path("pairs.csv"), table()).unwrap();
    let words = [&KINDS[..], &OTHER, &PLACES, &["one", "in", "the", "near"]].concat();
    SeededSentences { width: 32, layers: 1, context: 16 }.write(&workshop.path("start"), 4, &words).unwrap();
    workshop
}

fn config(workshop: &Workshop, more: &str) -> SentenceConfig {
    let path = workshop.path("config.toml");
    let texts = workshop.path("pairs.csv");
    let text = format!(
        "seed = 3\nmodel.from = 'start'\n[optimiser]\nepochs = 6\nbatch = 8\nlearning_rate = 5e-3\nwarmup = 2\n\
         [sentences]\ntexts = '{}'\ntest = 'test'\n{more}",
        texts.display()
    );
    std::fs::write(&path, text).unwrap();
    SentenceConfig::from_path(&path).unwrap().unwrap()
}

fn train(
    workshop: &Workshop,
    start: &Path,
    config: &SentenceConfig,
    output: &str,
    stop_after: Option<usize>,
) -> Result<Option<Trained>, TrainError> {
    let stop = AtomicBool::new(false);
    let told = |epoch: &nearmiss_encoder::train::checkpoint::Epoch| {
        if stop_after == Some(epoch.epoch) {
            stop.store(true, Ordering::Relaxed);
        }
    };
    let splits = Splits::read(&config.sentences, config.seed)?;
    if splits.are_of_taxa() {
        return Trainer::of_taxa(config, &splits, start)?.run(&workshop.path(output), &stop, &told);
    }
    Trainer::of_pairs(config, splits, start)?.run(&workshop.path(output), &stop, &told)
}

#[test]
fn an_encoder_learns_what_answers_what_and_a_killed_training_goes_on_to_the_same_model() {
    let workshop = desk();
    let config = config(&workshop, "mined = { dense = 1, bm25 = 1 }\n");
    let whole = train(&workshop, &workshop.path("start"), &config, "whole", None).unwrap().unwrap();
    let (first, best) = (&whole.epochs[0], &whole.epochs[whole.best - 1]);
    assert!(whole.epochs[5].loss < first.loss && best.validation.mrr > 0.5, "{:?}", whole.epochs);
    assert!((0.0..=1.0).contains(&best.validation.triplets.unwrap()) && best.scale.is_none());
    let measures: Vec<(&str, usize, bool)> =
        whole.changes.iter().map(|change| (change.measure.as_str(), change.queries, change.chosen_by)).collect();
    assert_eq!(measures, [("mrr", 8, false), ("triplets", 8, false)]);
    for change in &whole.changes {
        assert!(change.after > change.before && change.p <= change.adjusted, "{change:?}");
        assert!(change.line().contains("on 8 of 'test' (p = "), "{}", change.line());
    }
    assert_eq!(train(&workshop, &workshop.path("start"), &config, "killed", Some(2)).unwrap(), None);
    assert_eq!(train(&workshop, &workshop.path("start"), &config, "killed", None).unwrap().unwrap(), whole);
    let weights = |output: &str| std::fs::read(workshop.path(output).join("model.safetensors")).unwrap();
    assert!(weights("killed") == weights("whole"));
    let mut expected = names(&workshop.path("start"));
    expected.extend(["curves.svg", "log.csv", "train.json"].map(str::to_string));
    expected.sort();
    assert_eq!(names(&workshop.path("whole")), expected);
    let log = std::fs::read_to_string(workshop.path("whole").join("log.csv")).unwrap();
    assert!(log.lines().next().unwrap().ends_with(",validation_precision_at_5,validation_triplets"), "{log}");
    let record: serde_json::Value =
        serde_json::from_slice(&std::fs::read(workshop.path("whole").join("train.json")).unwrap()).unwrap();
    assert_eq!((record["texts"]["pairs"].as_u64(), record["texts"]["documents"].as_u64()), (Some(32), Some(48)));
    assert!(record["changes"][0]["p"].as_f64().unwrap() <= 1.0);
}

#[test]
fn what_learns_of_an_encoder_is_what_is_said() {
    let workshop = desk();
    let start = tensors(&workshop.path("start").join("model.safetensors"));
    let learnt = |what: What, kind: LossKind| {
        let mut config = config(&workshop, "mined = { bm25 = 1 }\n");
        (config.what, config.losses, config.optimiser.epochs) = (what, vec![LossTerm { kind, weight: 1.0 }], 1);
        let output = format!("{}-{}", kind.name(), what_name(what));
        train(&workshop, &workshop.path("start"), &config, &output, None).unwrap().unwrap();
        Encoder::from_dir(&workshop.path(&output), &EncoderOptions::default()).unwrap();
        changed(&start, &tensors(&workshop.path(&output).join("model.safetensors")))
    };
    let ranking = LossKind::Ranking { scale: Some(10.0) };
    assert!(learnt(What::LayerNorms, ranking).iter().all(|name| name.contains("LayerNorm")));
    assert!(learnt(What::Adapters { reduction_factor: 4, projections: false }, ranking).is_empty());
    assert!(learnt(What::Prompt { prompt_length: 2, mid_dim: 4 }, ranking).is_empty());
    // Queries, keys, values, what mixes them, and the two layers of the one block.
    assert_eq!(learnt(What::Lora { rank: 2, alpha: 4.0 }, ranking).len(), 6);
    assert!(learnt(What::LastBlocks(1), ranking).iter().all(|name| name.starts_with("encoder.layer.0.")));
    for distance in [Distance::Euclidean, Distance::Cosine] {
        assert!(learnt(What::Everything, LossKind::Triplet { distance, margin: None }).len() > 10);
    }
    let message = train(
        &workshop,
        &workshop.path("start"),
        &SentenceConfig { what: What::Projections, ..config(&workshop, "") },
        "x",
        None,
    );
    assert!(message.unwrap_err().to_string().starts_with("nothing is trained"));
}

fn what_name(what: What) -> &'static str {
    match what {
        What::Everything => "everything",
        What::LastBlocks(_) => "last",
        What::LayerNorms => "norms",
        What::Projections => "projections",
        What::Lora { .. } => "lora",
        What::Adapters { .. } => "adapters",
        What::Prompt { .. } => "prompt",
    }
}

#[test]
fn text_towers_of_every_layout_learn_and_are_written_as_they_were() {
    let workshop = desk();
    for (name, weights, left_out) in [
        ("sentence_t5_dense", "2_Dense/model.safetensors", 0),
        ("sentence_bert_cls", "model.safetensors", 2),
        ("transformers_roberta", "model.safetensors", 2),
        ("transformers_clip", "model.safetensors", 0),
        ("open_clip_siglip2_text", "open_clip_model.safetensors", 0),
    ] {
        let mut config = config(&workshop, "");
        config.optimiser.epochs = 1;
        let trained = train(&workshop, &fixture(name), &config, name, None);
        let trained = trained.unwrap_or_else(|error| panic!("{name}: {error}")).unwrap();
        assert_eq!((trained.epochs[0].validation.n, trained.changes.len()), (8, 2), "{name}");
        let (start, output) = (fixture(name), workshop.path(name));
        let (before, after) = (tensors(&start.join(weights)), tensors(&output.join(weights)));
        assert_eq!(before.len() - after.len(), left_out, "{name}");
        let learnt = changed(&before, &after);
        assert!(
            !learnt.is_empty() && !learnt.iter().any(|name| name.starts_with("vision") || name.starts_with("visual")),
            "{learnt:?}"
        );
        let embed = |folder: &Path| {
            let encoder = Encoder::from_dir(folder, &EncoderOptions::default()).unwrap();
            let texts = ["one beetle near the wood".to_string()];
            encoder.embed_texts(&encoder.tokenizer().unwrap(), &texts, &|_| {}).unwrap().vectors
        };
        assert_ne!(embed(&output), embed(&start), "{name}");
    }
    // Every module's configuration is there.
    for file in ["modules.json", "1_Pooling/config.json", "2_Dense/config.json", "3_Normalize/config.json", "model.safetensors"] {
        assert!(workshop.path("sentence_t5_dense").join(file).is_file(), "{file}");
    }
}

#[test]
fn texts_of_one_taxon_come_together() {
    let workshop = desk();
    let mut rows = "text,genus,species,split\n".to_string();
    for (number, place) in PLACES.iter().enumerate() {
        for kind in 0..KINDS.len() {
            // Two species a genus; a species is written by two words in turn.
            let word = [KINDS[kind], OTHER[kind]][number % 2];
            let split = ["train", "train", "train", "train", "validation", "validation"][number];
            let _ = writeln!(rows, "a {word} in the {place},G{},G{} s{kind},{split}", kind / 2, kind / 2);
        }
    }
    std::fs::write(workshop.path("pairs.csv"), rows).unwrap();
    for kind in [LossKind::SupCon { temperature: 0.1 }, LossKind::Hmce { temperature: 0.1 }, LossKind::Hxe { alpha: 0.1 }] {
        let mut config = config(&workshop, "");
        config.sentences.test = None;
        config.optimiser.batch = 16;
        config.losses = vec![LossTerm { kind, weight: 1.0 }];
        let trained = train(&workshop, &workshop.path("start"), &config, kind.name(), None).unwrap().unwrap();
        assert!(trained.epochs[5].loss < trained.epochs[0].loss, "{kind:?} {:?}", trained.epochs);
        let change = &trained.changes[0];
        assert_eq!((change.measure.as_str(), change.queries, change.chosen_by), ("mrr", 16, true));
        assert!(change.line().ends_with("; the epoch was chosen by them, which flatters"), "{}", change.line());
    }
    // A taxonomy may say more of the taxa.
    let taxonomy = workshop.path("taxonomy.csv");
    let species: Vec<String> = (0..8).map(|kind| format!("F{},G{},G{} s{kind}\n", kind / 4, kind / 2, kind / 2)).collect();
    std::fs::write(&taxonomy, format!("family,genus,species\n{}", species.concat())).unwrap();
    let mut config = config(&workshop, "");
    (config.sentences.test, config.sentences.taxonomy) = (None, Some(taxonomy.display().to_string()));
    config.optimiser.epochs = 1;
    assert!(train(&workshop, &workshop.path("start"), &config, "families", None).unwrap().is_some());
}

#[test]
fn what_cannot_be_trained_on_is_refused_in_a_sentence() {
    let workshop = desk();
    let refused =
        |config: &SentenceConfig, start: &Path| train(&workshop, start, config, "refused", None).unwrap_err().to_string();
    let start = workshop.path("start");
    let with = |kind: LossKind| SentenceConfig { losses: vec![LossTerm { kind, weight: 1.0 }], ..config(&workshop, "") };
    let sup_con = refused(&with(LossKind::SupCon { temperature: 0.1 }), &start);
    assert!(sup_con.starts_with("the loss 'sup_con' takes photographs, or texts with taxa, and these are queries and documents"));
    let image = refused(&config(&workshop, ""), &fixture("timm_dinov2"));
    assert!(image.contains("has no text tower, and a training on texts takes one; give photographs in [data]"), "{image}");
    let mut large = config(&workshop, "");
    large.optimiser.batch = 33;
    assert!(refused(&large, &start).contains("is more than the 32 pairs of a query and a document for training"));
    std::fs::write(workshop.path("pairs.csv"), "query,positive,split\na,b,train\nc,d,train\ne,f,validation\ng,h,test\n").unwrap();
    let mut triplet = with(LossKind::Triplet { distance: Distance::Euclidean, margin: None });
    triplet.optimiser.batch = 2;
    assert!(refused(&triplet, &start).starts_with("the triplet loss takes documents that do not answer, and 'a' has none"));
    triplet.sentences.mined = Mined { dense: 1, ..Mined::default() };
    assert!(train(&workshop, &start, &triplet, "mined", None).unwrap().is_some());
    assert!(!workshop.path("refused").exists());
}
