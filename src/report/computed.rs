//! How a run was computed, as its record says: with which model, recipe and non-linearity, and what its scores are.

use super::text::fixed;
use crate::runs::directory::record::{NO_SCORES, Record};
use crate::runs::pair_scores::ScoreKind;
use crate::runs::recipe::Activation;
use serde_json::{Value, json};

/// Parts of a recipe in the order in which they are told, with what stands before each; the others come behind them.
const PARTS: [(&str, &str); 15] = [
    ("name", "Recipe"),
    ("probe", "Probe"),
    ("embeddings", "Vectors of"),
    ("activation", "Non-linearity"),
    ("preprocess", "Preprocessing"),
    ("crop", "Cut out"),
    ("tiles", "Tiles"),
    ("decode", "JPEGs decoded"),
    ("orientation", "Orientation"),
    ("templates", "Sentences around names"),
    ("name_format", "Names in sentences"),
    ("label_vectors", "Vectors of candidates"),
    ("outputs", "Outputs"),
    ("classes", "Classes"),
    ("classes_left_out", "Classes left out"),
];

/// What is told by other sentences.
const ELSEWHERE: [&str; 2] = ["scores", "precision"];

/// How a run was computed, a sentence each.
pub(super) fn lines(record: &Record) -> Vec<String> {
    let identity = &record.identity;
    let part = |name: &str| identity.recipe.get(name).map(String::as_str);
    let mut lines = vec![format!("Model: {}", identity.model)];
    if !identity.architecture.is_empty() {
        lines.push(format!("Architecture: {}", identity.architecture));
    }
    for (name, what) in PARTS {
        let value = part(name).map(|value| if name == "activation" { with_formulas(value) } else { value.to_string() });
        lines.extend(value.map(|value| format!("{what}: {value}")));
    }
    lines.extend(scores(record));
    lines.extend(part("precision").map(|precision| format!("Computed in: {precision}, on {}", record.device)));
    let told = |name: &str| ELSEWHERE.contains(&name) || PARTS.iter().any(|(part, _)| *part == name);
    let others = identity.recipe.iter().filter(|(name, _)| !told(name.as_str()));
    lines.extend(others.map(|(name, value)| format!("{}: {value}", name.replace('_', " "))));
    lines
}

/// The non-linearities of the towers with their formulas.
fn with_formulas(names: &str) -> String {
    let with_formula = |name: &str| match Activation::parse(name) {
        Some(activation) => format!("{name}, {}", formula(activation)),
        None => name.to_string(),
    };
    names.split(" and ").map(with_formula).collect::<Vec<_>>().join("; ")
}

fn formula(activation: Activation) -> &'static str {
    match activation {
        Activation::Gelu => "x Φ(x)",
        Activation::QuickGelu => "x sigmoid(1.702 x)",
        Activation::GeluTanh => "x Φ(x) with Φ by a hyperbolic tangent",
        Activation::Silu => "x sigmoid(x)",
        Activation::Relu => "max(x, 0)",
    }
}

/// What became of what the model gives; nothing of a probe, which has scores of its own.
fn scores(record: &Record) -> Option<String> {
    let recipe = &record.identity.recipe;
    let scale = record.logit_scale.map(|scale| fixed(scale, 4));
    let kind = recipe.get("scores").map_or(ScoreKind::Softmax.name(), String::as_str);
    match scale {
        _ if recipe.contains_key("probe") => None,
        _ if kind == NO_SCORES => Some("Scores: none, the model names no taxon".to_string()),
        _ if recipe.contains_key("classes") => Some(format!("Scores: {kind} over the classes")),
        Some(scale) if kind == ScoreKind::Sigmoid.name() => {
            Some(format!("Scores: sigmoid of each pair, of its cosine times {scale} and what the model adds"))
        }
        Some(scale) => {
            Some(format!("Scores: {kind} over the candidates, of their cosines times {scale}, the factor after the product"))
        }
        None => Some(format!("Scores: {kind} over the candidates")),
    }
}

/// The same for programs.
pub(super) fn value(record: &Record) -> Value {
    let identity = &record.identity;
    json!({
        "model": identity.model,
        "architecture": identity.architecture,
        "recipe": identity.recipe,
        "logit_scale": record.logit_scale,
        "device": record.device,
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::report::language::Language;
    use crate::runs::directory::TableFormat;
    use crate::runs::directory::record::Identity;
    use std::collections::BTreeMap;

    /// A run of a model whose recipe has those parts.
    fn record(recipe: &[(&str, &str)], logit_scale: Option<f64>) -> Record {
        let part = |&(name, value): &(&str, &str)| (name.to_string(), value.to_string());
        let identity = Identity {
            model: "models/bioclip".to_string(),
            model_files: BTreeMap::new(),
            architecture: "vision transformer 12x768, image 224".to_string(),
            recipe: recipe.iter().map(part).collect(),
            taxonomy: String::new(),
            taxonomy_sha256: String::new(),
            labels: 2,
            label_rank: "species".to_string(),
            labels_sha256: String::new(),
            dataset: String::new(),
            images: 1,
            dataset_sha256: String::new(),
            k: 5,
            batch: 1,
            format: TableFormat::Parquet,
            shard: None,
        };
        Record {
            program: String::new(),
            command_line: vec![],
            identity,
            device: "cpu".to_string(),
            counts: BTreeMap::new(),
            truncated_labels: vec![],
            unusable_labels: vec![],
            logit_scale,
            seconds: BTreeMap::new(),
            complete: true,
            files: BTreeMap::new(),
            photographs: None,
        }
    }

    #[test]
    fn a_run_says_which_non_linearity_it_was_computed_with() {
        let parts = [
            ("name", "bioclip"),
            ("preprocess", "shortest-crop"),
            ("templates", "imageomics_81"),
            ("name_format", "taxon_com"),
            ("precision", "fp32"),
            ("activation", "quickgelu"),
            ("orientation", "as stored"),
        ];
        let expected = [
            "Model: models/bioclip",
            "Architecture: vision transformer 12x768, image 224",
            "Recipe: bioclip",
            "Non-linearity: quickgelu, x sigmoid(1.702 x)",
            "Preprocessing: shortest-crop",
            "Orientation: as stored",
            "Sentences around names: imageomics_81",
            "Names in sentences: taxon_com",
            "Scores: softmax over the candidates, of their cosines times 100.0000, the factor after the product",
            "Computed in: fp32, on cpu",
        ];
        let record = record(&parts, Some(100.0));
        assert_eq!(lines(&record), expected);
        let value = value(&record);
        assert_eq!((&value["recipe"]["activation"], &value["logit_scale"]), (&json!("quickgelu"), &json!(100.0)));
    }

    #[test]
    fn scores_are_told_apart() {
        let of = |parts: &[(&str, &str)], scale| lines(&record(parts, scale)).split_off(2);
        let towers = of(&[("activation", "gelu_tanh and gelu"), ("scores", "sigmoid")], Some(10.0));
        let expected = [
            "Non-linearity: gelu_tanh, x Φ(x) with Φ by a hyperbolic tangent; gelu, x Φ(x)",
            "Scores: sigmoid of each pair, of its cosine times 10.0000 and what the model adds",
        ];
        assert_eq!(towers, expected);
        assert_eq!(of(&[("scores", "none")], Some(1.0)), ["Scores: none, the model names no taxon"]);
        assert_eq!(of(&[("classes", "4"), ("scores", "softmax")], Some(1.0)), ["Classes: 4", "Scores: softmax over the classes"]);
        // A probe has scores of its own; a part that is not known here is told all the same.
        assert_eq!(of(&[("probe", "{}"), ("some_part", "so")], None), ["Probe: {}", "some part: so"]);
        // A record of version 0.1.
        assert_eq!(of(&[("activation", "gelu")], None), ["Non-linearity: gelu, x Φ(x)", "Scores: softmax over the candidates"]);
    }

    #[test]
    fn every_sentence_is_translated() {
        let known: Vec<(&str, &str)> = PARTS.iter().map(|&(name, _)| (name, "so")).chain([("precision", "bf16")]).collect();
        let without = |left_out: &[&str]| -> Vec<(&str, &str)> {
            known.iter().copied().filter(|(name, _)| !left_out.contains(name)).collect()
        };
        let scored = |scores| [without(&["probe", "classes"]), vec![("scores", scores)]].concat();
        let records = [
            record(&known, None),
            record(&without(&["probe"]), Some(1.0)),
            record(&scored("none"), Some(1.0)),
            record(&scored("sigmoid"), Some(1.0)),
            record(&scored("softmax"), Some(1.0)),
            record(&scored("softmax"), None),
        ];
        for line in records.iter().flat_map(lines).chain(["How it was computed".to_string()]) {
            for language in [Language::French, Language::Spanish] {
                let translated = language.translate(&line).unwrap_or_else(|| panic!("{line}: not in {}", language.code()));
                assert!(!translated.contains('{'), "{line}: {translated}");
            }
        }
        let factor = Language::French.translate("Computed in: fp32, on cpu").unwrap();
        assert_eq!(factor, "Calcul en\u{a0}: fp32, sur cpu");
    }
}
