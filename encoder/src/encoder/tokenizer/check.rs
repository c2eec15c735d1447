//! What a `tokenizer.json` must say for every text to have tokens: without it the crate would stop in the middle of texts.

use super::parts::{id_in, kind_of};
use serde_json::{Map, Value};

/// Refuses a file with which a text may have no tokens.
///
/// # Errors
///
/// A sentence that says what is lacking.
pub fn check(file: &Map<String, Value>) -> Result<(), String> {
    let again = "copy or download the tokenizer again";
    let model = file.get("model").and_then(Value::as_object).ok_or_else(|| format!("it has no 'model'; {again}"))?;
    let vocabulary = model.get("vocab").ok_or_else(|| format!("it has no 'model.vocab'; {again}"))?;
    match (kind_of(model), model.get("unk_token").and_then(Value::as_str), model.get("unk_id").and_then(Value::as_u64)) {
        ("WordPiece" | "WordLevel" | "BPE", Some(token), _) if id_in(vocabulary, token).is_none() => {
            return Err(format!("its vocabulary lacks '{token}', which stands for what it has no token for; {again}"));
        }
        ("WordPiece" | "WordLevel", None, _) => return Err(format!("it has no 'model.unk_token'; {again}")),
        ("Unigram", _, None) => return Err(format!("it has no 'model.unk_id'; {again}")),
        _ => {}
    }
    file.get("post_processor").map_or(Ok(()), |around| template(around).map_err(|reason| format!("{reason}; {again}")))
}

/// What stands around a text is checked in every step that says it.
fn template(part: &Value) -> Result<(), String> {
    let steps = part.get("processors").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    steps.iter().try_for_each(template)?;
    let pieces = |name: &str| part.get(name).and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
    let ids = part.get("special_tokens").and_then(Value::as_object);
    for piece in pieces("single").iter().chain(pieces("pair")) {
        let token = piece.get("SpecialToken").and_then(|token| token.get("id")).and_then(Value::as_str);
        if let Some(token) = token
            && !ids.is_some_and(|ids| ids.contains_key(token))
        {
            return Err(format!("what stands around texts names '{token}' and gives it no id"));
        }
    }
    let second = |piece: &Value| piece.get("Sequence").and_then(|text| text.get("id")).is_some_and(|id| id != "A");
    if pieces("single").iter().any(second) {
        return Err("what stands around one text has a second text in it".to_string());
    }
    Ok(())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn checked(model: &Value, around: &Value) -> Result<(), String> {
        let file = json!({"model": model, "post_processor": around});
        check(file.as_object().unwrap())
    }

    #[test]
    fn an_unknown_token_that_is_lacking_is_refused() {
        for (model, sentence) in [
            (json!({"type": "WordPiece", "vocab": {"a": 0}, "unk_token": "[UNK]"}), "its vocabulary lacks '[UNK]', which stands"),
            (
                json!({"type": "BPE", "vocab": {"a": 0}, "merges": [], "unk_token": "<unk>"}),
                "its vocabulary lacks '<unk>', which",
            ),
            (json!({"type": "WordLevel", "vocab": {"a": 0}}), "it has no 'model.unk_token'; copy"),
            (json!({"type": "Unigram", "vocab": [["a", 0.0]], "unk_id": null}), "it has no 'model.unk_id'; copy"),
            (json!({"type": "BPE"}), "it has no 'model.vocab'; copy"),
        ] {
            let wrong = checked(&model, &json!(null)).unwrap_err();
            assert!(wrong.starts_with(sentence), "{wrong}");
        }
        assert_eq!(checked(&json!({"type": "BPE", "vocab": {"a": 0}, "merges": []}), &json!(null)), Ok(()));
    }

    #[test]
    fn what_stands_around_texts_must_have_ids() {
        let model = json!({"type": "BPE", "vocab": {}, "merges": []});
        let text = |name: &str| json!({"Sequence": {"id": name, "type_id": 0}});
        let end = json!({"SpecialToken": {"id": "E", "type_id": 0}});
        let around = |single: Value, ids: Value| json!({"single": single, "pair": [], "special_tokens": ids});
        let whole = around(json!([text("A"), end]), json!({"E": {"id": "E", "ids": [1], "tokens": ["E"]}}));
        assert_eq!(checked(&model, &whole), Ok(()));
        let lacking = json!({"type": "Sequence", "processors": [whole, around(json!([text("A"), end]), json!({}))]});
        assert!(
            checked(&model, &lacking).unwrap_err().starts_with("what stands around texts names 'E' and gives it no id; copy")
        );
        let second = around(json!([text("A"), text("B")]), json!({}));
        assert!(checked(&model, &second).unwrap_err().starts_with("what stands around one text has a second text in it; copy"));
    }
}
