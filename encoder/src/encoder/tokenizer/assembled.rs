//! A tokenizer put together from its files, as transformers does.

use super::check::check;
use super::class::Class;
use super::error::TokenizerError;
use super::folder::Folder;
use super::parts;
use super::special::SpecialTokens;
use super::vocabulary::vocabulary;
use crate::encoder::description::model::Cleaning;
use serde_json::{Map, Value};
use std::path::{Path, PathBuf};

/// A tokenizer put together from its files.
pub struct Assembled {
    /// The file that the vocabulary is of.
    pub path: PathBuf,
    /// The whole as a `tokenizer.json`, without padding and truncation.
    pub file: Map<String, Value>,
    /// The tokens that are found before a text is split.
    pub tokens: SpecialTokens,
    /// The token that fills texts; `None` where none is named.
    pub padding: Option<String>,
    /// Whether a text that does not fit loses its beginning.
    pub cuts_left: bool,
    /// How the class cleans texts itself.
    pub cleaning: Cleaning,
}

impl Assembled {
    /// Puts a tokenizer together; `lower_case` puts small letters before all else.
    ///
    /// # Errors
    ///
    /// [`TokenizerError`] for files that are unreadable or missing, or that say something that is not computed.
    pub fn of(folder: &Path, lower_case: bool) -> Result<Assembled, TokenizerError> {
        let folder = Folder::read(folder)?;
        let class = Class::of(&folder);
        let (path, file) = vocabulary(&folder, class)?;
        assemble(class, &folder, file, lower_case)
            .map(|assembled| Assembled { path: path.clone(), ..assembled })
            .map_err(|reason| TokenizerError::File { path, reason })
    }
}

fn assemble(class: Class, folder: &Folder, mut file: Map<String, Value>, lower_case: bool) -> Result<Assembled, String> {
    let tokens = SpecialTokens::of(class, folder, &file)?;
    parts::make(class, folder, &tokens, &mut file)?;
    if lower_case {
        parts::lower(&mut file);
    }
    check(&file)?;
    let said = |section: &str, name: &str| file.get(section).and_then(|section| section.get(name)).and_then(Value::as_str);
    let left = |name: &str, section: &str| {
        let side = folder.left(name)?.or_else(|| said(section, "direction").map(|side| side.eq_ignore_ascii_case("left")));
        Ok::<_, String>(side)
    };
    if left("padding_side", "padding")?.unwrap_or(class.fills_left()) {
        return Err("it fills texts on the left, and the towers here read them filled on the right; \
                    if the model was trained so, say \"padding_side\": \"right\" in tokenizer_config.json"
            .to_string());
    }
    let cuts_left = left("truncation_side", "truncation")?.unwrap_or(false);
    let padding = tokens.named("pad_token").or_else(|| said("padding", "pad_token")).map(str::to_string);
    let cleaning = cleaning(class, folder)?;
    // What draws pieces by chance is for training.
    if let Some(model) = file.get_mut("model").and_then(Value::as_object_mut)
        && model.contains_key("dropout")
    {
        model.insert("dropout".to_string(), Value::Null);
    }
    for (name, part) in [("added_tokens", tokens.listed()), ("padding", Value::Null), ("truncation", Value::Null)] {
        file.insert(name.to_string(), part);
    }
    Ok(Assembled { path: PathBuf::new(), file, tokens, padding, cuts_left, cleaning })
}

/// SigLIP's class cleans texts itself.
fn cleaning(class: Class, folder: &Folder) -> Result<Cleaning, String> {
    if class != Class::Siglip {
        return Ok(Cleaning::None);
    }
    if folder.flag("do_lower_case", true)? {
        Ok(Cleaning::Siglip)
    } else {
        Err("'do_lower_case' of tokenizer_config.json is false, and SigLIP is read in small letters only".to_string())
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    fn assembled(settings: &Value, file: &Value) -> Result<Assembled, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("tokenizer_config.json"), settings.to_string()).unwrap();
        std::fs::write(folder.path().join("tokenizer.json"), file.to_string()).unwrap();
        let shown = folder.path().display().to_string();
        Assembled::of(folder.path(), false).map_err(|error| error.to_string().replace(&shown, "m"))
    }

    fn pairs() -> Value {
        json!({"type": "BPE", "vocab": {"a": 0, "<unk>": 1}, "merges": [], "dropout": 0.1})
    }

    #[test]
    fn padding_and_truncation_are_taken_out_and_remembered() {
        let file =
            json!({"model": pairs(), "padding": {"direction": "Right", "pad_token": "P"}, "truncation": {"direction": "Left"}});
        let read = assembled(&json!({}), &file).unwrap();
        assert_eq!((read.padding.as_deref(), read.cuts_left), (Some("P"), true));
        assert_eq!(
            (&read.file["padding"], &read.file["truncation"], &read.file["model"]["dropout"]),
            (&json!(null), &json!(null), &json!(null))
        );
        let read = assembled(&json!({"pad_token": "Q", "truncation_side": "right"}), &file).unwrap();
        assert_eq!((read.padding.as_deref(), read.cuts_left), (Some("Q"), false));
    }

    #[test]
    fn filling_on_the_left_is_refused() {
        let gemma = json!({"tokenizer_class": "GemmaTokenizer"});
        let wrong = assembled(&gemma, &json!({"model": pairs()})).err().unwrap();
        assert!(wrong.starts_with("m/tokenizer.json: this tokenizer is not read: it fills texts on the left"), "{wrong}");
        let right = json!({"tokenizer_class": "GemmaTokenizer", "padding_side": "right"});
        assert_eq!(assembled(&right, &json!({"model": pairs()})).unwrap().cleaning, Cleaning::None);
    }

    #[test]
    fn siglip_cleans_texts_itself() {
        let siglip = json!({"tokenizer_class": "SiglipTokenizer"});
        let file = json!({"model": {"vocab": [["<unk>", 0.0]], "unk_id": 0}});
        assert_eq!(assembled(&siglip, &file).unwrap().cleaning, Cleaning::Siglip);
        let large = json!({"tokenizer_class": "SiglipTokenizer", "do_lower_case": false});
        assert!(assembled(&large, &file).err().unwrap().contains("SigLIP is read in small letters only"));
    }
}
