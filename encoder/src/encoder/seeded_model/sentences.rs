//! A sentence encoder with random weights, as sentence-transformers lays one out.

use super::numbers::{Numbers, check, invalid};
use serde_json::{Map, Value, json};
use std::collections::BTreeSet;
use std::path::Path;

/// Tokens that stand for no letters, in the order of their ids.
const SPECIAL: [&str; 5] = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"];

/// Characters that are tokens of their own, alone and inside of words.
const CHARACTERS: &str = "abcdefghijklmnopqrstuvwxyz0123456789";

/// Marks that are words of their own.
const MARKS: &str = "!\"#$%&'()*+,-./:;<=>?@[]_{|}~";

/// Sizes of a sentence encoder: BERT, the mean of its tokens, a unit vector.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SeededSentences {
    /// Width of the tower (32 per head), and length of an embedding.
    pub width: usize,
    /// Blocks.
    pub layers: usize,
    /// Most tokens of a text.
    pub context: usize,
}

impl SeededSentences {
    /// A small one: a tenth of a million numbers, and the words it is given.
    pub const SMALL: SeededSentences = SeededSentences { width: 64, layers: 2, context: 64 };

    /// Writes the folder of a model that knows those words, and all others by their letters; equal bytes for equal seeds and
    /// words.
    ///
    /// # Errors
    ///
    /// What the file system says; sizes that no model has.
    pub fn write(&self, directory: &Path, seed: u64, words: &[&str]) -> std::io::Result<()> {
        if self.width == 0 || !self.width.is_multiple_of(32) || self.layers == 0 || self.context < 3 {
            let SeededSentences { width, layers, context } = self;
            let sizes = format!("width {width}, {layers} blocks, {context} tokens");
            return Err(invalid(format!("{sizes}: the width is a multiple of 32, with 1 block and 3 tokens at least")));
        }
        let vocabulary = vocabulary(words);
        let inner = (self.width as u64).pow(2) * 12 * self.layers as u64;
        check(inner + (vocabulary.len() + self.context) as u64 * self.width as u64)?;
        std::fs::create_dir_all(directory.join("1_Pooling"))?;
        for (name, value) in self.files(&vocabulary) {
            std::fs::write(directory.join(name), serde_json::to_vec_pretty(&value)?)?;
        }
        let mut numbers = Numbers::of(seed);
        self.draw(&mut numbers, vocabulary.len());
        numbers.write(&directory.join("model.safetensors"))
    }

    /// The files beside the weights.
    fn files(&self, vocabulary: &[String]) -> Vec<(&'static str, Value)> {
        let module = |place: usize, path: &str, class: &str| {
            json!({
                "idx": place, "name": place.to_string(), "path": path, "type": format!("sentence_transformers.models.{class}"),
            })
        };
        vec![
            (
                "config.json",
                json!({
                    "architectures": ["BertModel"], "model_type": "bert", "vocab_size": vocabulary.len(),
                    "hidden_size": self.width, "num_hidden_layers": self.layers, "num_attention_heads": self.width / 32,
                    "intermediate_size": 4 * self.width, "hidden_act": "gelu", "layer_norm_eps": 1e-12,
                    "max_position_embeddings": self.context, "type_vocab_size": 2, "pad_token_id": 0,
                }),
            ),
            (
                "modules.json",
                json!([module(0, "", "Transformer"), module(1, "1_Pooling", "Pooling"), module(2, "2_Normalize", "Normalize")]),
            ),
            ("sentence_bert_config.json", json!({ "max_seq_length": self.context, "do_lower_case": false })),
            ("1_Pooling/config.json", json!({ "word_embedding_dimension": self.width, "pooling_mode_mean_tokens": true })),
            (
                "tokenizer_config.json",
                json!({
                    "tokenizer_class": "BertTokenizer", "do_lower_case": true, "model_max_length": self.context, "pad_token": "[PAD]",
                    "unk_token": "[UNK]", "cls_token": "[CLS]", "sep_token": "[SEP]", "mask_token": "[MASK]",
                }),
            ),
            ("tokenizer.json", tokenizer(vocabulary)),
        ]
    }

    /// The weights by the names of BERT.
    ///
    /// # Source
    ///
    /// `transformers` 5, `modeling_bert.py`; deviations as its `initializer_range`.
    fn draw(&self, numbers: &mut Numbers, words: usize) {
        let width = self.width;
        for (name, rows) in [("word", words), ("position", self.context), ("token_type", 2)] {
            numbers.random(&format!("embeddings.{name}_embeddings.weight"), &[rows, width], 0.02);
        }
        numbers.norm("embeddings.LayerNorm", width);
        for layer in 0..self.layers {
            let block = format!("encoder.layer.{layer}");
            for part in ["query", "key", "value"] {
                numbers.linear(&format!("{block}.attention.self.{part}"), [width, width], 0.02);
            }
            numbers.linear(&format!("{block}.attention.output.dense"), [width, width], 0.02);
            numbers.norm(&format!("{block}.attention.output.LayerNorm"), width);
            numbers.linear(&format!("{block}.intermediate.dense"), [4 * width, width], 0.02);
            numbers.linear(&format!("{block}.output.dense"), [width, 4 * width], 0.02);
            numbers.norm(&format!("{block}.output.LayerNorm"), width);
        }
    }
}

/// The tokens by id: special ones, characters, characters inside of words, marks, then the words in small letters.
fn vocabulary(words: &[&str]) -> Vec<String> {
    let mut tokens: Vec<String> = SPECIAL.map(str::to_string).to_vec();
    tokens.extend(CHARACTERS.chars().map(String::from));
    tokens.extend(CHARACTERS.chars().map(|letter| format!("##{letter}")));
    tokens.extend(MARKS.chars().map(String::from));
    // Longer words of plain letters: WordPiece cuts at marks before it looks for a word.
    let is_word = |word: &String| word.len() > 1 && word.chars().all(|letter| CHARACTERS.contains(letter));
    let known: BTreeSet<String> = words.iter().map(|word| word.to_lowercase()).filter(is_word).collect();
    tokens.extend(known);
    tokens
}

/// A `tokenizer.json` as BERT's are.
fn tokenizer(vocabulary: &[String]) -> Value {
    let added: Vec<Value> = (0..SPECIAL.len())
        .map(|id| {
            json!({
                "id": id, "content": SPECIAL[id], "single_word": false, "lstrip": false, "rstrip": false, "normalized": false,
                "special": true,
            })
        })
        .collect();
    let special = |token: &str, kind: u32| json!({ "SpecialToken": { "id": token, "type_id": kind } });
    let sequence = |name: &str, kind: u32| json!({ "Sequence": { "id": name, "type_id": kind } });
    let ids: Map<String, Value> = vocabulary.iter().enumerate().map(|(id, token)| (token.clone(), json!(id))).collect();
    json!({
        "version": "1.0", "truncation": null, "padding": null, "added_tokens": added,
        "normalizer": {
            "type": "BertNormalizer", "clean_text": true, "handle_chinese_chars": true, "strip_accents": null, "lowercase": true,
        },
        "pre_tokenizer": { "type": "BertPreTokenizer" },
        "post_processor": {
            "type": "TemplateProcessing",
            "single": [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0)],
            "pair": [special("[CLS]", 0), sequence("A", 0), special("[SEP]", 0), sequence("B", 1), special("[SEP]", 1)],
            "special_tokens": {
                "[CLS]": { "id": "[CLS]", "ids": [2], "tokens": ["[CLS]"] },
                "[SEP]": { "id": "[SEP]", "ids": [3], "tokens": ["[SEP]"] },
            },
        },
        "decoder": { "type": "WordPiece", "prefix": "##", "cleanup": true },
        "model": {
            "type": "WordPiece", "unk_token": "[UNK]", "continuing_subword_prefix": "##", "max_input_chars_per_word": 100,
            "vocab": ids,
        },
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn words_have_ids_after_characters_and_equal_seeds_give_equal_bytes() {
        let tokens = vocabulary(&["Beetle", "beetle", "red-brown", "a", "stripes"]);
        let last: Vec<&str> = tokens[tokens.len() - 2..].iter().map(String::as_str).collect();
        assert_eq!((&tokens[..3], last), (&["[PAD]", "[UNK]", "[CLS]"].map(str::to_string)[..], vec!["beetle", "stripes"]));
        assert_eq!(tokens.len(), 5 + 2 * 36 + MARKS.len() + 2);
        let folder = tempfile::tempdir().unwrap();
        let write = |name: &str, seed| {
            SeededSentences { width: 32, layers: 1, context: 8 }.write(&folder.path().join(name), seed, &["bee"]).unwrap();
            std::fs::read(folder.path().join(name).join("model.safetensors")).unwrap()
        };
        let first = write("a", 1);
        assert!(first == write("b", 1) && first != write("c", 2));
        let wrong = SeededSentences { width: 33, ..SeededSentences::SMALL }.write(&folder.path().join("d"), 0, &[]).unwrap_err();
        assert!(wrong.to_string().starts_with("width 33, 2 blocks, 64 tokens: the width is a multiple of 32"), "{wrong}");
    }
}
