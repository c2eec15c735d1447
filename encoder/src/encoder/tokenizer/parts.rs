//! What the classes of transformers make of a vocabulary, in the language of `tokenizer.json`.

use super::class::Class;
use super::folder::{Folder, SETTINGS_FILE};
use super::special::SpecialTokens;
use serde_json::{Map, Value, json};

/// What CLIP makes a word of.
const CLIP_WORDS: &str = r"<\|startoftext\|>|<\|endoftext\|>|'s|'t|'re|'ve|'m|'ll|'d|[\p{L}]+|[\p{N}]|[^\s\p{L}\p{N}]+";

/// The sign that SentencePiece has for a space.
const SPACE: &str = "▁";

/// Makes a file what the class makes of its vocabulary; one that is read as it is stays so.
///
/// # Errors
///
/// A sentence if the vocabulary is of another kind than the class's, or lacks a token that the class puts around texts.
///
/// # Source
///
/// transformers 5.24, `TokenizersBackend.convert_to_native_format` and the constructors of the classes.
pub fn make(class: Class, folder: &Folder, tokens: &SpecialTokens, file: &mut Map<String, Value>) -> Result<(), String> {
    let Some(kind) = class.model() else { return Ok(()) };
    let Some(Value::Object(mut model)) = file.remove("model") else { return Err("it has no 'model'".to_string()) };
    let found = kind_of(&model);
    if found != kind {
        let name = folder.class().unwrap_or("of the model");
        return Err(format!("its model is {found}, and its class {name} has {kind}; save it again with transformers"));
    }
    let vocabulary = model.remove("vocab").ok_or("it has no 'model.vocab'")?;
    let merges = model.remove("merges").unwrap_or_else(|| json!([]));
    let around = around(class, tokens, &vocabulary)?;
    let unknown = tokens.named("unk_token").map_or(Value::Null, Value::from);
    let model = match class {
        Class::Bert => word_pieces(unknown, vocabulary),
        Class::Roberta => {
            byte_pairs(vocabulary, merges, &[("continuing_subword_prefix", json!("")), ("end_of_word_suffix", json!(""))])
        }
        Class::Clip => {
            let more = [("continuing_subword_prefix", json!("")), ("end_of_word_suffix", json!("</w>")), ("unk_token", unknown)];
            byte_pairs(vocabulary, merges, &more)
        }
        Class::XlmRoberta => unigrams(vocabulary, 3),
        Class::T5 => unigrams(vocabulary, 2),
        _ => byte_pairs(vocabulary, merges, &[("unk_token", unknown), ("fuse_unk", json!(true)), ("byte_fallback", json!(true))]),
    };
    let table = precompiled(file.get("normalizer"));
    let normalizer = normalizer(class, folder, table)?;
    let splitting = splitting(class, folder)?;
    let parts = [("model", model), ("normalizer", normalizer), ("pre_tokenizer", splitting)];
    for (name, part) in parts.into_iter().chain(around.map(|around| ("post_processor", around))) {
        file.insert(name.to_string(), part);
    }
    Ok(())
}

/// Puts small letters before all else that is done to a text, where nothing does so yet.
///
/// # Source
///
/// sentence-transformers 6.2, `Transformer.__init__`, `do_lower_case`.
pub fn lower(file: &mut Map<String, Value>) {
    let steps = match file.remove("normalizer") {
        None | Some(Value::Null) => vec![],
        Some(own) if is(&own, "Sequence") => own.get("normalizers").and_then(Value::as_array).cloned().unwrap_or_default(),
        Some(own) => vec![own],
    };
    let lowers = steps.iter().any(|step| is(step, "Lowercase"));
    let first = (!lowers).then(|| json!({"type": "Lowercase"}));
    let steps: Vec<Value> = first.into_iter().chain(steps).collect();
    file.insert("normalizer".to_string(), json!({"type": "Sequence", "normalizers": steps}));
}

/// The kind of a model; older files do not say it.
#[must_use]
pub fn kind_of(model: &Map<String, Value>) -> &str {
    match model.get("type").and_then(Value::as_str) {
        Some(kind) => kind,
        None if model.get("vocab").is_some_and(Value::is_array) => "Unigram",
        None if model.contains_key("merges") => "BPE",
        None if model.contains_key("max_input_chars_per_word") => "WordPiece",
        None => "WordLevel",
    }
}

/// The id of a token in a model's vocabulary.
#[must_use]
pub fn id_in(vocabulary: &Value, token: &str) -> Option<u64> {
    match vocabulary {
        Value::Object(ids) => ids.get(token)?.as_u64(),
        Value::Array(pieces) => {
            let place = pieces.iter().position(|piece| piece.get(0).and_then(Value::as_str) == Some(token))?;
            u64::try_from(place).ok()
        }
        _ => None,
    }
}

fn is(part: &Value, kind: &str) -> bool {
    part.get("type").and_then(Value::as_str) == Some(kind)
}

fn object(parts: impl IntoIterator<Item = (&'static str, Value)>) -> Value {
    Value::Object(parts.into_iter().map(|(name, value)| (name.to_string(), value)).collect())
}

fn word_pieces(unknown: Value, vocabulary: Value) -> Value {
    object([
        ("type", json!("WordPiece")),
        ("unk_token", unknown),
        ("continuing_subword_prefix", json!("##")),
        ("max_input_chars_per_word", json!(100)),
        ("vocab", vocabulary),
    ])
}

fn byte_pairs(vocabulary: Value, merges: Value, more: &[(&'static str, Value)]) -> Value {
    let usual = [
        ("type", json!("BPE")),
        ("dropout", Value::Null),
        ("unk_token", Value::Null),
        ("continuing_subword_prefix", Value::Null),
        ("end_of_word_suffix", Value::Null),
        ("fuse_unk", json!(false)),
        ("byte_fallback", json!(false)),
        ("ignore_merges", json!(false)),
        ("vocab", vocabulary),
        ("merges", merges),
    ];
    object(usual.into_iter().chain(more.iter().cloned()))
}

fn unigrams(vocabulary: Value, unknown: u64) -> Value {
    object([("type", json!("Unigram")), ("unk_id", json!(unknown)), ("vocab", vocabulary), ("byte_fallback", json!(false))])
}

/// The table of letters that SentencePiece put into a file, as a step.
fn precompiled(normalizer: Option<&Value>) -> Value {
    let inner = normalizer.and_then(|own| own.get("normalizers")).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    normalizer.into_iter().chain(inner).find(|step| is(step, "Precompiled")).cloned().unwrap_or(Value::Null)
}

fn normalizer(class: Class, folder: &Folder, table: Value) -> Result<Value, String> {
    let spaces = json!({"type": "Replace", "pattern": {"String": " "}, "content": SPACE});
    Ok(match class {
        Class::Bert => {
            let accents = folder.settings.get("strip_accents").cloned().unwrap_or(Value::Null);
            if !accents.is_null() && !accents.is_boolean() {
                return Err(format!("'strip_accents' of {SETTINGS_FILE} is {accents}, and not true, false or null"));
            }
            json!({
                "type": "BertNormalizer",
                "clean_text": true,
                "handle_chinese_chars": folder.flag("tokenize_chinese_chars", true)?,
                "strip_accents": accents,
                "lowercase": folder.flag("do_lower_case", true)?,
            })
        }
        Class::Clip => json!({"type": "Sequence", "normalizers": [
            {"type": "NFC"},
            {"type": "Replace", "pattern": {"Regex": r"\s+"}, "content": " "},
            {"type": "Lowercase"},
        ]}),
        Class::T5 | Class::XlmRoberta => table,
        Class::Gemma => spaces,
        Class::Siglip2 => json!({"type": "Sequence", "normalizers": [{"type": "Lowercase"}, spaces]}),
        Class::Roberta | Class::Siglip | Class::File => Value::Null,
    })
}

fn splitting(class: Class, folder: &Folder) -> Result<Value, String> {
    let bytes = |before: bool| json!({"type": "ByteLevel", "add_prefix_space": before, "trim_offsets": false, "use_regex": true});
    let pieces = |scheme: &str| {
        json!({"type": "Sequence", "pretokenizers": [
            {"type": "WhitespaceSplit"},
            {"type": "Metaspace", "replacement": SPACE, "prepend_scheme": scheme, "split": true},
        ]})
    };
    Ok(match class {
        Class::Bert => json!({"type": "BertPreTokenizer"}),
        Class::Roberta => bytes(folder.flag("add_prefix_space", false)?),
        Class::Clip => json!({"type": "Sequence", "pretokenizers": [
            {"type": "Split", "pattern": {"Regex": CLIP_WORDS}, "behavior": "Removed", "invert": true},
            bytes(false),
        ]}),
        Class::T5 => pieces("always"),
        Class::XlmRoberta => pieces(if folder.flag("add_prefix_space", true)? { "always" } else { "never" }),
        Class::Gemma | Class::Siglip2 => {
            json!({"type": "Split", "pattern": {"String": " "}, "behavior": "MergedWithPrevious", "invert": false})
        }
        Class::Siglip | Class::File => Value::Null,
    })
}

/// What stands around a text; `None` where the class leaves it to the file.
fn around(class: Class, tokens: &SpecialTokens, vocabulary: &Value) -> Result<Option<Value>, String> {
    let role = |role: &str| tokens.named(role).ok_or_else(|| format!("no '{role}' is named in {SETTINGS_FILE}"));
    let [before, after] = match class {
        Class::Bert | Class::Roberta => [Some(role("cls_token")?), Some(role("sep_token")?)],
        Class::Clip | Class::XlmRoberta => [Some(role("bos_token")?), Some(role("eos_token")?)],
        Class::T5 => [None, Some("</s>")],
        Class::Gemma | Class::Siglip2 | Class::Siglip | Class::File => return Ok(None),
    };
    let mut ids = Map::new();
    for token in [before, after].into_iter().flatten() {
        let listed = || tokens.numbered().find(|(content, _)| content == token).map(|(_, id)| id);
        let id = id_in(vocabulary, token).or_else(listed).ok_or_else(|| {
            format!("its vocabulary lacks '{token}', which its class puts around texts; copy or download the tokenizer again")
        })?;
        ids.insert(token.to_string(), json!({"id": token, "ids": [id], "tokens": [token]}));
    }
    let special = |token: Option<&str>| token.map(|token| json!({"SpecialToken": {"id": token, "type_id": 0}}));
    let text = |name: &str| json!({"Sequence": {"id": name, "type_id": 0}});
    let single: Vec<Value> = special(before).into_iter().chain([text("A")]).chain(special(after)).collect();
    let pair = [text("A"), text("B")];
    Ok(Some(json!({"type": "TemplateProcessing", "single": single, "pair": pair, "special_tokens": ids})))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn made(class: Class, settings: &Value, file: Value) -> Result<Map<String, Value>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), settings.to_string()).unwrap();
        let folder = Folder::read(folder.path()).unwrap();
        let Value::Object(mut file) = file else { unreachable!() };
        let tokens = SpecialTokens::of(class, &folder, &file)?;
        make(class, &folder, &tokens, &mut file)?;
        Ok(file)
    }

    #[test]
    fn berts_settings_go_before_what_the_file_says() {
        let model = json!({"type": "WordPiece", "vocab": {"[CLS]": 4, "[SEP]": 7}, "max_input_chars_per_word": 3});
        let file = json!({"model": model, "normalizer": {"type": "NFC"}, "post_processor": null});
        let made = made(Class::Bert, &json!({"do_lower_case": false, "strip_accents": true}), file).unwrap();
        assert_eq!(made["normalizer"]["lowercase"], json!(false));
        assert_eq!(
            (&made["normalizer"]["strip_accents"], &made["normalizer"]["handle_chinese_chars"]),
            (&json!(true), &json!(true))
        );
        assert_eq!((&made["model"]["max_input_chars_per_word"], &made["model"]["unk_token"]), (&json!(100), &json!("[UNK]")));
        assert_eq!(made["post_processor"]["special_tokens"]["[SEP]"]["ids"], json!([7]));
    }

    #[test]
    fn of_sentence_pieces_normaliser_the_table_is_kept() {
        let steps = json!([{"type": "Strip"}, {"type": "Precompiled", "precompiled_charsmap": "AA=="}]);
        let model = json!({"vocab": [["<pad>", 0.0], ["</s>", 0.0], ["<unk>", 0.0]], "unk_id": 0});
        let made = made(Class::T5, &json!({}), json!({"model": model, "normalizer": {"type": "Sequence", "normalizers": steps}}))
            .unwrap();
        assert_eq!(made["normalizer"], json!({"type": "Precompiled", "precompiled_charsmap": "AA=="}));
        assert_eq!(
            (&made["model"]["unk_id"], &made["post_processor"]["special_tokens"]["</s>"]["ids"]),
            (&json!(2), &json!([1]))
        );
    }

    #[test]
    fn another_kind_of_model_or_a_token_that_is_lacking_is_refused() {
        let unigrams = json!({"model": {"vocab": []}});
        let wrong = made(Class::Bert, &json!({"tokenizer_class": "BertTokenizer"}), unigrams).unwrap_err();
        assert_eq!(wrong, "its model is Unigram, and its class BertTokenizer has WordPiece; save it again with transformers");
        let lacking = json!({"model": {"type": "WordPiece", "vocab": {"[CLS]": 0}}});
        let wrong = made(Class::Bert, &json!({}), lacking).unwrap_err();
        assert!(wrong.starts_with("its vocabulary lacks '[SEP]', which its class puts around texts;"), "{wrong}");
    }

    #[test]
    fn small_letters_come_first_and_only_once() {
        for (own, expected) in [
            (json!(null), json!([{"type": "Lowercase"}])),
            (json!({"type": "NFC"}), json!([{"type": "Lowercase"}, {"type": "NFC"}])),
            (json!({"type": "Sequence", "normalizers": [{"type": "NFC"}]}), json!([{"type": "Lowercase"}, {"type": "NFC"}])),
            (json!({"type": "Lowercase"}), json!([{"type": "Lowercase"}])),
        ] {
            let mut file = Map::from_iter([("normalizer".to_string(), own)]);
            lower(&mut file);
            assert_eq!(file["normalizer"]["normalizers"], expected);
        }
    }

    #[test]
    fn older_files_do_not_say_the_kind_of_their_model() {
        for (model, kind) in [
            (json!({"vocab": []}), "Unigram"),
            (json!({"vocab": {}, "merges": []}), "BPE"),
            (json!({"vocab": {}, "max_input_chars_per_word": 100}), "WordPiece"),
            (json!({"vocab": {}}), "WordLevel"),
        ] {
            assert_eq!(kind_of(model.as_object().unwrap()), kind);
        }
    }
}
