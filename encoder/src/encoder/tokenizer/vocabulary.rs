//! The vocabulary itself: a `tokenizer.json`, or the older files that transformers makes one of.

use super::class::Class;
use super::error::TokenizerError;
use super::folder::{Folder, VOCABULARY_FILE};
use serde_json::{Map, Value, json};
use std::path::PathBuf;

/// Vocabularies that are not read, with what else lies beside models.
const OTHERS: [&str; 6] = ["spiece.model", "sentencepiece.bpe.model", "tokenizer.model", "vocab.txt", "vocab.json", "merges.txt"];

/// How SigLIP's is written, whose own class writes none.
const SIGLIP: &str = "transformers writes it: T5Tokenizer.from_pretrained(FOLDER, extra_ids=0, pad_token='</s>')\
    .backend_tokenizer.save(FOLDER + '/tokenizer.json')";

/// The vocabulary of a folder as a `tokenizer.json` has it, with the file that it is of.
///
/// # Errors
///
/// [`TokenizerError`] for a file that is unreadable, and for a folder without a vocabulary that is read.
pub fn vocabulary(folder: &Folder, class: Class) -> Result<(PathBuf, Map<String, Value>), TokenizerError> {
    if let Some(file) = folder.object(VOCABULARY_FILE)? {
        return Ok((folder.path.join(VOCABULARY_FILE), file));
    }
    let (name, model) = match class {
        Class::Bert => ("vocab.txt", folder.text("vocab.txt")?.map(|text| word_pieces(&text))),
        Class::Roberta | Class::Clip => ("merges.txt", byte_pairs(folder)?),
        _ => ("", None),
    };
    let model = model.ok_or_else(|| missing(folder, class))?;
    Ok((folder.path.join(name), Map::from_iter([("version".to_string(), json!("1.0")), ("model".to_string(), model)])))
}

/// The model of a `vocab.txt`: a token a line, numbered from 0; of two that are the same the last counts.
fn word_pieces(text: &str) -> Value {
    let ids = text.lines().enumerate().map(|(id, token)| (token.trim_end().to_string(), Value::from(id)));
    Value::Object(Map::from_iter([("type".to_string(), json!("WordPiece")), ("vocab".to_string(), Value::Object(ids.collect()))]))
}

/// The model of a `vocab.json` and a `merges.txt`; `None` where one of them is missing.
fn byte_pairs(folder: &Folder) -> Result<Option<Value>, TokenizerError> {
    let (Some(ids), Some(merges)) = (folder.object("vocab.json")?, folder.text("merges.txt")?) else { return Ok(None) };
    let mut pairs = vec![];
    for (number, line) in (1..).zip(merges.lines()).filter(|(_, line)| !line.starts_with("#version")) {
        let [left, right] = line.split(' ').collect::<Vec<_>>()[..] else {
            let reason = format!("line {number} is '{line}', and not two tokens; copy or download the file again");
            return Err(TokenizerError::File { path: folder.path.join("merges.txt"), reason });
        };
        pairs.push(json!([left, right]));
    }
    let model = [("type", json!("BPE")), ("vocab", Value::Object(ids)), ("merges", Value::Array(pairs))];
    Ok(Some(Value::Object(model.into_iter().map(|(name, value)| (name.to_string(), value)).collect())))
}

fn missing(folder: &Folder, class: Class) -> TokenizerError {
    let there: Vec<&str> = OTHERS.into_iter().filter(|name| folder.path.join(name).is_file()).collect();
    let remedy = match class {
        _ if there.is_empty() => "copy it from where the model was published".to_string(),
        Class::Siglip => SIGLIP.to_string(),
        _ => "transformers writes it: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)".to_string(),
    };
    let found = if there.is_empty() { String::new() } else { format!(", only {}", there.join(" and ")) };
    TokenizerError::Missing { folder: folder.path.clone(), found, remedy }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn read(files: &[(&str, &str)], class: Class) -> Result<(String, Map<String, Value>), String> {
        let folder = tempfile::tempdir().unwrap();
        for (name, text) in files {
            std::fs::write(folder.path().join(name), text).unwrap();
        }
        let (path, file) = vocabulary(&Folder::read(folder.path()).unwrap(), class).map_err(|error| {
            let sentence = error.to_string();
            sentence.replace(&folder.path().display().to_string(), "m")
        })?;
        Ok((path.file_name().unwrap().to_string_lossy().into_owned(), file))
    }

    #[test]
    fn word_pieces_are_numbered_by_line() {
        let (name, file) = read(&[("vocab.txt", "[PAD]\n[UNK]\r\na\n##b \na\n")], Class::Bert).unwrap();
        assert_eq!(name, "vocab.txt");
        assert_eq!(file["model"], json!({"type": "WordPiece", "vocab": {"[PAD]": 0, "[UNK]": 1, "a": 4, "##b": 3}}));
    }

    #[test]
    fn byte_pairs_are_read_from_two_files() {
        let files = [("vocab.json", r#"{"a": 0, "b": 1, "ab": 2}"#), ("merges.txt", "#version: 0.2\na b\n")];
        let (_, file) = read(&files, Class::Clip).unwrap();
        assert_eq!(file["model"], json!({"type": "BPE", "vocab": {"a": 0, "b": 1, "ab": 2}, "merges": [["a", "b"]]}));
        let wrong = read(&[("vocab.json", "{}"), ("merges.txt", "#version: 0.2\na b c\n")], Class::Roberta).unwrap_err();
        assert_eq!(
            wrong,
            "m/merges.txt: this tokenizer is not read: line 2 is 'a b c', and not two tokens; copy or download the file again"
        );
    }

    #[test]
    fn a_tokenizer_json_goes_before_all_others() {
        let (name, file) = read(&[("tokenizer.json", r#"{"model": 1}"#), ("vocab.txt", "a\n")], Class::Bert).unwrap();
        assert_eq!((name.as_str(), &file["model"]), ("tokenizer.json", &json!(1)));
    }

    #[test]
    fn what_is_not_read_is_named_with_the_remedy() {
        let write = "transformers writes it: AutoTokenizer.from_pretrained(FOLDER).save_pretrained(FOLDER)";
        for (files, class, sentence) in [
            (&[][..], Class::Bert, "m: there is no tokenizer.json; copy it from where the model was published".to_string()),
            (&[("spiece.model", "x")][..], Class::T5, format!("m: there is no tokenizer.json, only spiece.model; {write}")),
            (&[("spiece.model", "x")][..], Class::Siglip, format!("m: there is no tokenizer.json, only spiece.model; {SIGLIP}")),
            (&[("vocab.json", "{}")][..], Class::Clip, format!("m: there is no tokenizer.json, only vocab.json; {write}")),
            (&[("vocab.txt", "a")][..], Class::File, format!("m: there is no tokenizer.json, only vocab.txt; {write}")),
        ] {
            assert_eq!(read(files, class).unwrap_err(), sentence);
        }
    }
}
