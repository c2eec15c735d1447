//! transformers' models of texts alone, which become sentence encoders by pooling.

use super::tokenizer_files::{self, TokenizerFiles};
use super::{bert, t5};
use crate::encoder::description::model::FileTokenizer;
use crate::encoder::description::tensors::LinearNames;
use crate::encoder::description::text::{After, Projection, TextDescription, TextPool};
use crate::encoder::layouts::error::ConfigError;
use crate::encoder::layouts::fields::{Fields, MOST_TOKENS, MOST_WIDTH};
use crate::encoder::layouts::shapes::Shapes;
use serde_json::Value;
use std::path::Path;

/// What the names of DPR's two towers begin with.
const DPR_TOWERS: [&str; 2] = ["question_encoder.", "ctx_encoder."];

/// A model of texts alone.
pub struct TextModel {
    /// Its type in the configuration.
    pub kind: String,
    /// Its tower; the mean of the tokens and made units, but for DPR.
    pub text: TextDescription,
    /// Its tokenizer.
    pub tokenizer: FileTokenizer,
    /// Beginnings of names of tensors that are not used.
    pub unused: Vec<String>,
    /// What a user should know.
    pub notes: Vec<String>,
}

impl TextModel {
    /// Reads a model of texts; `None` where the configuration is of another type.
    ///
    /// `longest` is the most tokens of a text where another file says; else the tokenizer's files do.
    pub fn read(config: &Value, path: &Path, longest: Option<i64>, shapes: &Shapes) -> Result<Option<TextModel>, ConfigError> {
        let fields = Fields::of(path, "", config)?;
        let Some(kind) = fields.text("model_type")? else { return Ok(None) };
        let mut notes = vec![];
        let (mut text, unused) = match kind {
            "dpr" => dpr(config, &fields, shapes)?,
            "t5" | "mt5" => (t5::tower(config, path, "", shapes)?, t5::unused("", shapes)),
            "bert" | "roberta" | "xlm-roberta" | "camembert" | "mpnet" | "distilbert" => {
                (bert::tower(config, path, "", shapes)?, bert::unused("", shapes))
            }
            _ => return Ok(None),
        };
        let files = TokenizerFiles::read(path.parent().unwrap_or(Path::new("")))?;
        files.agree_on_capitals()?;
        match longest.or(files.longest()) {
            Some(longest) if text.positions.is_none() => text.context_length = longest.min(MOST_TOKENS),
            Some(longest) => text.context_length = longest.min(text.context_length),
            None if text.positions.is_none() => {
                notes.push(format!("no file says how long a text may be; of longer ones, {} tokens are read", t5::CONTEXT));
            }
            None => {}
        }
        Ok(Some(TextModel { kind: kind.to_string(), text, tokenizer: tokenizer_files::plain(), unused, notes }))
    }
}

/// One of DPR's towers: the first token, through a projection where there is one, compared as it is.
fn dpr(config: &Value, fields: &Fields, shapes: &Shapes) -> Result<(TextDescription, Vec<String>), ConfigError> {
    let is_of = |tower: &&&str| shapes.keys().any(|name| name.starts_with(**tower));
    let Some(tower) = DPR_TOWERS.iter().find(is_of) else {
        let value = "dpr without tensors of question_encoder. or ctx_encoder. (a reader, which marks answers, is no encoder)";
        return Err(fields.unsupported("model_type", value));
    };
    let prefix = format!("{tower}bert_model.");
    let text = bert::tower(config, fields.path, &prefix, shapes)?;
    let width = text.transformer.width;
    let projections = match fields.whole("projection_dim", Some(0), [0, MOST_WIDTH])? {
        0 => vec![],
        outputs => {
            let linear = LinearNames::biased(&format!("{tower}encode_proj"), outputs, width);
            vec![Projection { linear, after: After::Nothing }]
        }
    };
    let text = TextDescription { pool: TextPool::First, projections, normalise: false, ..text };
    Ok((text, bert::unused(&prefix, shapes)))
}

/// What a user should know of e5: no file of it says what it was trained with before its texts.
pub fn note_of_e5(config: &Value, path: &Path) -> Option<String> {
    let name = config.get("_name_or_path").and_then(Value::as_str).unwrap_or("");
    let folder = path.parent().map_or_else(String::new, |folder| folder.to_string_lossy().into_owned());
    let is_e5 = |name: &str| name.split(|letter: char| !letter.is_alphanumeric()).any(|word| word.eq_ignore_ascii_case("e5"));
    let note = "e5 was trained with 'query: ' before queries and 'passage: ' before all other texts, which no file of it says; \
                give --query-prompt and --document-prompt";
    (is_e5(name) || is_e5(&folder)).then(|| note.to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::super::saved;
    use super::*;
    use serde_json::json;

    fn bert(kind: &str) -> Value {
        json!({
            "model_type": kind, "hidden_size": 8, "num_hidden_layers": 1, "num_attention_heads": 2, "intermediate_size": 12,
            "vocab_size": 20, "max_position_embeddings": 9
        })
    }

    fn of(config: &Value, tokenizer: &str, longest: Option<i64>, section: &str) -> Result<Option<TextModel>, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokenizer_config.json"), tokenizer).unwrap();
        let path = folder.path().join("config.json");
        TextModel::read(config, &path, longest, &saved::shapes(section)).map_err(|error| error.to_string())
    }

    #[test]
    fn dprs_towers_are_compared_as_they_are() {
        let question = of(&bert("dpr"), "{}", None, "dpr_question").unwrap().unwrap();
        assert_eq!((question.text.pool, question.text.normalise), (TextPool::First, false));
        assert_eq!(question.text.words, "question_encoder.bert_model.embeddings.word_embeddings.weight");
        let mut projected = bert("dpr");
        projected["projection_dim"] = json!(5);
        let context = of(&projected, "{}", None, "dpr_context").unwrap().unwrap();
        let shapes = saved::shapes("dpr_context");
        assert_eq!((context.text.outputs(), context.text.tensors().len()), (5, shapes.len()));
        for tensor in context.text.tensors() {
            assert_eq!(shapes.get(&tensor.name), Some(&tensor.shape), "{}", tensor.name);
        }
        let error = of(&bert("dpr"), "{}", None, "bert").map(|_| ()).unwrap_err();
        assert!(error.contains("'model_type' is 'dpr without tensors of question_encoder."), "{error}");
    }

    #[test]
    fn the_context_is_what_files_say_and_no_more_than_there_are_positions() {
        let context = |config: &Value, tokenizer: &str, longest, section: &str| {
            let model = of(config, tokenizer, longest, section).unwrap().unwrap();
            (model.text.context_length, model.notes.len())
        };
        assert_eq!(context(&bert("bert"), "{}", None, "bert"), (9, 0));
        assert_eq!(context(&bert("bert"), "{\"model_max_length\": 5}", None, "bert"), (5, 0));
        assert_eq!(context(&bert("bert"), "{\"model_max_length\": 5}", Some(7), "bert"), (7, 0));
        assert_eq!(context(&bert("roberta"), "{}", Some(512), "roberta_head"), (7, 0));
        let t5 =
            json!({"model_type": "t5", "vocab_size": 20, "d_model": 8, "d_kv": 3, "d_ff": 12, "num_layers": 2, "num_heads": 2});
        assert_eq!(context(&t5, "{}", None, "t5"), (512, 1));
        assert_eq!(context(&t5, "{}", Some(600), "t5"), (600, 0));
        assert!(of(&json!({"model_type": "llama"}), "{}", None, "t5").unwrap().is_none());
    }

    #[test]
    fn e5_is_known_by_its_name() {
        let named = json!({"_name_or_path": "intfloat/e5-small-v2"});
        assert!(note_of_e5(&named, Path::new("config.json")).unwrap().contains("'passage: '"));
        assert!(note_of_e5(&json!({}), Path::new("models--intfloat--multilingual-e5-base/snapshots/ab/config.json")).is_some());
        assert_eq!(note_of_e5(&json!({"_name_or_path": "nreimers/MiniLM-e500"}), Path::new("config.json")), None);
    }
}
