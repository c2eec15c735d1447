//! Tokens that are found in a text before it is split, and what some of them are for.

use super::class::{Class, ROLES};
use super::folder::{Folder, SETTINGS_FILE};
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, HashMap};

/// A token as `tokenizer.json` lists it: `content`, `special`, and how it is found.
type Token = Map<String, Value>;

/// Tokens that are found in a text before it is split, and what some of them are for.
pub struct SpecialTokens {
    named: BTreeMap<String, String>,
    added: Vec<Token>,
    places: HashMap<String, usize>,
}

impl SpecialTokens {
    /// The tokens that a class has in a folder.
    ///
    /// # Errors
    ///
    /// A sentence for a token that is none.
    ///
    /// # Source
    ///
    /// transformers 5.24, `PreTrainedTokenizerBase._from_pretrained` and `TokenizersBackend.__init__`.
    pub fn of(class: Class, folder: &Folder, file: &Map<String, Value>) -> Result<SpecialTokens, String> {
        let decoder = folder.settings.get("added_tokens_decoder").and_then(Value::as_object);
        let roles = roles(class, folder, decoder.is_none())?;
        let contents = roles.iter().map(|(role, token)| (role.clone(), content(token)));
        let mut tokens = SpecialTokens { named: contents.collect(), added: vec![], places: HashMap::new() };
        let listed = file.get("added_tokens").and_then(Value::as_array).map_or(&[][..], Vec::as_slice);
        if class.model().is_none() {
            for value in listed {
                tokens.put(numbered(token(value, false)?, value.get("id")));
            }
        }
        let more = if let Some(decoder) = decoder { decoded(decoder)? } else { gathered(folder, listed, &tokens.named)? };
        for token in more.into_values() {
            tokens.put(token);
        }
        let extra =
            ["extra_special_tokens", "additional_special_tokens"].into_iter().filter_map(|name| folder.settings.get(name));
        let extra = extra.filter_map(Value::as_array).find(|extra| !extra.is_empty()).map_or(&[][..], Vec::as_slice);
        let extra: Vec<Token> = extra.iter().map(|value| token(value, true)).collect::<Result<_, _>>()?;
        let roles = ROLES.iter().filter_map(|role| roles.get(*role).cloned());
        for token in roles.chain(extra) {
            if !tokens.places.contains_key(&content(&token)) {
                tokens.put(token);
            }
        }
        Ok(tokens)
    }

    /// The token for a purpose, such as `pad_token`.
    #[must_use]
    pub fn named(&self, role: &str) -> Option<&str> {
        self.named.get(role).map(String::as_str)
    }

    /// The tokens as `tokenizer.json` lists them, in the order in which those that the vocabulary lacks are numbered.
    #[must_use]
    pub fn listed(&self) -> Value {
        let with_id = |token: &Token| {
            let mut token = token.clone();
            token.entry("id").or_insert(json!(0));
            Value::Object(token)
        };
        self.added.iter().map(with_id).collect()
    }

    /// The tokens whose id the files say.
    pub fn numbered(&self) -> impl Iterator<Item = (String, u64)> {
        self.added.iter().filter_map(|token| Some((content(token), token.get("id")?.as_u64()?)))
    }

    /// Lists a token, in the place of one of the same letters.
    fn put(&mut self, token: Token) {
        let place = self.places.get(&content(&token)).copied();
        if let Some(listed) = place.and_then(|place| self.added.get_mut(place)) {
            *listed = token;
        } else {
            self.places.insert(content(&token), self.added.len());
            self.added.push(token);
        }
    }
}

/// The tokens by what they are for: the class's, then what the folder says; null takes one away.
fn roles(class: Class, folder: &Folder, with_map: bool) -> Result<BTreeMap<String, Token>, String> {
    let mut roles = BTreeMap::new();
    for (role, content) in class.tokens() {
        roles.insert((*role).to_string(), token(&json!(content), true)?);
    }
    let sources = [Some(&folder.settings), with_map.then_some(&folder.special)];
    for source in sources.into_iter().flatten() {
        for (role, value) in source.iter().filter(|(role, _)| ROLES.contains(&role.as_str())) {
            if value.is_null() {
                roles.remove(role);
            } else {
                roles.insert(role.clone(), token(value, true)?);
            }
        }
    }
    Ok(roles)
}

/// What `added_tokens_decoder` says, by id.
fn decoded(decoder: &Map<String, Value>) -> Result<BTreeMap<u64, Token>, String> {
    let entry = |(id, value): (&String, &Value)| {
        let number: u64 = id.parse().map_err(|_| format!("'added_tokens_decoder' of {SETTINGS_FILE} has the id '{id}'"))?;
        Ok::<_, String>((number, numbered(token(value, false)?, Some(&json!(number)))))
    };
    decoder.iter().map(entry).collect()
}

/// What `added_tokens.json` and `tokenizer.json` say, by id; the latter goes before.
fn gathered(folder: &Folder, listed: &[Value], named: &BTreeMap<String, String>) -> Result<BTreeMap<u64, Token>, String> {
    let mut tokens = BTreeMap::new();
    for (content, id) in &folder.added {
        let number = id.as_u64().ok_or_else(|| format!("added_tokens.json numbers '{content}' {id}"))?;
        let special = named.values().any(|name| name == content);
        tokens.insert(number, numbered(token(&json!({"content": content, "special": special}), special)?, Some(id)));
    }
    for value in listed {
        let number = value.get("id").and_then(Value::as_u64).ok_or_else(|| format!("'added_tokens' has {value} without id"))?;
        tokens.insert(number, numbered(token(value, false)?, Some(&json!(number))));
    }
    Ok(tokens)
}

/// A token given by its letters alone or with how it is found; `special` is what it is where that is not said.
fn token(value: &Value, special: bool) -> Result<Token, String> {
    let wrong = || format!("{value} is no token; copy or download the tokenizer again");
    let (content, said) = match value {
        Value::String(content) => (content.as_str(), None),
        Value::Object(said) => (said.get("content").and_then(Value::as_str).ok_or_else(wrong)?, Some(said)),
        _ => return Err(wrong()),
    };
    let flag = |name: &str, default: bool| {
        let said = said.and_then(|said| said.get(name)).filter(|value| !value.is_null());
        said.map_or(Some(default), Value::as_bool).ok_or_else(wrong)
    };
    let special = flag("special", special)?;
    let mut token = Map::from_iter([("content".to_string(), json!(content)), ("special".to_string(), json!(special))]);
    for (name, default) in [("single_word", false), ("lstrip", false), ("rstrip", false), ("normalized", !special)] {
        token.insert(name.to_string(), json!(flag(name, default)?));
    }
    Ok(token)
}

fn numbered(mut token: Token, id: Option<&Value>) -> Token {
    if let Some(id) = id {
        token.insert("id".to_string(), id.clone());
    }
    token
}

fn content(token: &Token) -> String {
    token.get("content").and_then(Value::as_str).unwrap_or_default().to_string()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn tokens(class: Class, settings: &Value, file: &Value) -> Result<SpecialTokens, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join(SETTINGS_FILE), settings.to_string()).unwrap();
        std::fs::write(folder.path().join("special_tokens_map.json"), r#"{"pad_token": "P"}"#).unwrap();
        std::fs::write(folder.path().join("added_tokens.json"), r#"{"new": 9}"#).unwrap();
        SpecialTokens::of(class, &Folder::read(folder.path()).unwrap(), file.as_object().unwrap())
    }

    fn listed(tokens: &SpecialTokens) -> Vec<(String, Option<u64>)> {
        let listed = |token: &Token| (content(token), token.get("id").and_then(Value::as_u64));
        tokens.added.iter().map(listed).collect()
    }

    #[test]
    fn tokens_are_listed_by_id_and_then_by_what_they_are_for() {
        let file = json!({"added_tokens": [{"id": 3, "content": "</s>", "special": true}, {"id": 1, "content": "x"}]});
        let found = tokens(Class::T5, &json!({"extra_special_tokens": ["y", "x"]}), &file).unwrap();
        let expected = [("x", Some(1)), ("</s>", Some(3)), ("new", Some(9)), ("<unk>", None), ("P", None), ("y", None)];
        assert_eq!(listed(&found), expected.map(|(token, id)| (token.to_string(), id)));
        assert_eq!((found.named("pad_token"), found.named("cls_token")), (Some("P"), None));
        assert_eq!(
            found.listed()[0],
            json!({"content": "x", "special": false, "single_word": false, "lstrip": false,
            "rstrip": false, "normalized": true, "id": 1})
        );
        assert_eq!(found.numbered().count(), 3);
    }

    #[test]
    fn the_settings_own_list_goes_before_the_other_files() {
        let settings =
            json!({"added_tokens_decoder": {"10": {"content": "b"}, "2": {"content": "a", "lstrip": true}}, "unk_token": null});
        let found = tokens(Class::T5, &settings, &json!({"added_tokens": [{"id": 1, "content": "x"}]})).unwrap();
        let expected = [("a", Some(2)), ("b", Some(10)), ("</s>", None), ("<pad>", None)];
        assert_eq!(listed(&found), expected.map(|(token, id)| (token.to_string(), id)));
        assert_eq!(found.listed()[0]["lstrip"], json!(true));
    }

    #[test]
    fn a_file_that_is_read_as_it_is_keeps_its_tokens_first() {
        let settings = json!({"added_tokens_decoder": {"0": {"content": "x", "special": true}}});
        let file = json!({"added_tokens": [{"id": 5, "content": "z"}, {"id": 0, "content": "x"}]});
        let found = tokens(Class::File, &settings, &file).unwrap();
        assert_eq!(listed(&found), [("z".to_string(), Some(5)), ("x".to_string(), Some(0))]);
        assert_eq!(found.listed()[1]["special"], json!(true));
    }

    #[test]
    fn what_is_no_token_is_refused() {
        let wrong = tokens(Class::File, &json!({"bos_token": 3}), &json!({})).err().unwrap();
        assert_eq!(wrong, "3 is no token; copy or download the tokenizer again");
        let wrong = tokens(Class::File, &json!({"added_tokens_decoder": {"q": "x"}}), &json!({})).err().unwrap();
        assert_eq!(wrong, "'added_tokens_decoder' of tokenizer_config.json has the id 'q'");
    }
}
