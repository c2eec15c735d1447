//! Sizes of text towers that a configuration names by the hub's name alone.

use serde_json::{Map, Value, json};

/// What is written of a tower: kind, vocabulary, width, layers, heads, positions, kinds of sentences.
type Row = (&'static str, i64, i64, i64, i64, i64, i64);

/// The towers that open_clip's configurations name, by the name after the owner's.
const TOWERS: &[(&str, Row)] = &[
    ("bert-base-uncased", ("bert", 30_522, 768, 12, 12, 512, 2)),
    ("bert-large-uncased", ("bert", 30_522, 1024, 24, 16, 512, 2)),
    ("bert-base-cased", ("bert", 28_996, 768, 12, 12, 512, 2)),
    ("BiomedNLP-PubMedBERT-base-uncased-abstract", ("bert", 30_522, 768, 12, 12, 512, 2)),
    ("BiomedNLP-PubMedBERT-base-uncased-abstract-fulltext", ("bert", 30_522, 768, 12, 12, 512, 2)),
    ("BiomedNLP-BiomedBERT-base-uncased-abstract", ("bert", 30_522, 768, 12, 12, 512, 2)),
    ("BiomedNLP-BiomedBERT-base-uncased-abstract-fulltext", ("bert", 30_522, 768, 12, 12, 512, 2)),
    ("roberta-base", ("roberta", 50_265, 768, 12, 12, 514, 1)),
    ("roberta-large", ("roberta", 50_265, 1024, 24, 16, 514, 1)),
    ("xlm-roberta-base", ("xlm-roberta", 250_002, 768, 12, 12, 514, 1)),
    ("xlm-roberta-large", ("xlm-roberta", 250_002, 1024, 24, 16, 514, 1)),
];

/// The `config.json` of a tower, as far as sizes go; `None` for names that are not known.
///
/// # Source
///
/// `config.json` of the models on the hub. All have a hidden layer of four times the width.
pub(super) fn of_name(name: &str) -> Option<Map<String, Value>> {
    let name = name.rsplit_once('/').map_or(name, |(_, name)| name);
    let (kind, words, width, layers, heads, positions, kinds) = TOWERS.iter().find(|(known, _)| *known == name)?.1;
    let is_bert = kind == "bert";
    let config = json!({
        "model_type": kind,
        "vocab_size": words,
        "hidden_size": width,
        "num_hidden_layers": layers,
        "num_attention_heads": heads,
        "intermediate_size": 4 * width,
        "max_position_embeddings": positions,
        "type_vocab_size": kinds,
        "hidden_act": "gelu",
        "layer_norm_eps": if is_bert { 1e-12 } else { 1e-5 },
        "pad_token_id": i64::from(!is_bert),
    });
    config.as_object().cloned()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_known_with_and_without_its_owner() {
        let sizes = of_name("FacebookAI/xlm-roberta-large").unwrap();
        assert_eq!(Some(&sizes), of_name("xlm-roberta-large").as_ref());
        assert_eq!((&sizes["intermediate_size"], &sizes["pad_token_id"]), (&json!(4096), &json!(1)));
        assert_eq!(of_name("bert-base-uncased").unwrap()["layer_norm_eps"], json!(1e-12));
        assert!(of_name("google/mt5-base").is_none());
    }
}
