//! A tokenizer of a `tokenizer.json`, of any kind.

use super::assembled::Assembled;
use super::clean::cleaned;
use super::error::TokenizerError;
use super::tokens::Tokens;
use crate::encoder::description::model::{Cleaning, FileTokenizer};
use serde_json::Value;
use std::path::Path;
use tokenizers::{Encoding, Token};

/// An id that no token has: it stands where a text would, to see what stands around texts.
const TEXT: u32 = u32::MAX;

/// What a separator is made where a model wants none.
const STRIPPED: i64 = 0;

/// A tokenizer of a `tokenizer.json`: what it says, with a context of one's own.
pub struct TokenizerOfFile {
    inner: tokenizers::Tokenizer,
    cleaning: Cleaning,
    stripped: Option<i64>,
    before: Vec<i64>,
    after: Vec<i64>,
    context: usize,
    cuts_left: bool,
    padding: Option<i64>,
    size: usize,
}

impl TokenizerOfFile {
    /// Reads the tokenizer of a folder as transformers does; texts are cut to `context` tokens.
    ///
    /// # Errors
    ///
    /// [`TokenizerError`] for files that are unreadable or missing, or that say something that is not computed.
    pub fn open(description: &FileTokenizer, folder: &Path, context: usize) -> Result<TokenizerOfFile, TokenizerError> {
        let mut assembled = Assembled::of(folder, description.lower_case)?;
        let path = assembled.path.clone();
        let file = std::mem::take(&mut assembled.file);
        let read = || {
            let bytes = serde_json::to_vec(&Value::Object(file)).map_err(|error| error.to_string())?;
            let inner = tokenizers::Tokenizer::from_bytes(bytes).map_err(|error| error.to_string())?;
            TokenizerOfFile::new(inner, &assembled, description, context)
        };
        let tokenizer = read().map_err(|reason| TokenizerError::File { path: path.clone(), reason })?;
        let special = tokenizer.before.len() + tokenizer.after.len();
        if special < context { Ok(tokenizer) } else { Err(TokenizerError::Context { path, special, context }) }
    }

    fn new(
        inner: tokenizers::Tokenizer,
        assembled: &Assembled,
        description: &FileTokenizer,
        context: usize,
    ) -> Result<TokenizerOfFile, String> {
        for (token, id) in assembled.tokens.numbered() {
            let found = inner.token_to_id(&token).map(u64::from);
            if found != Some(id) {
                let found = found.map_or_else(|| "none".to_string(), |found| found.to_string());
                return Err(format!(
                    "it numbers '{token}' {id}, and by the vocabulary its id is {found}; save it again with transformers"
                ));
            }
        }
        let id = |token: &str| inner.token_to_id(token).map(i64::from);
        let padding = assembled.padding.as_deref().and_then(id);
        let stripped = description.strip.map(|said| assembled.tokens.named("sep_token").and_then(id).unwrap_or(said));
        let largest = inner.get_vocab(true).into_values().max();
        let size = largest.map_or(0, |largest| usize::try_from(largest).unwrap_or(usize::MAX - 1) + 1);
        let (before, after) = around(&inner)?;
        let cleaning = if description.cleaning == Cleaning::None { assembled.cleaning } else { description.cleaning };
        let cuts_left = assembled.cuts_left;
        Ok(TokenizerOfFile { inner, cleaning, stripped, before, after, context, cuts_left, padding, size })
    }

    /// One more than the largest id.
    #[must_use]
    pub fn vocabulary_size(&self) -> usize {
        self.size
    }

    /// Most tokens in a text, those around it included.
    #[must_use]
    pub fn context(&self) -> usize {
        self.context
    }

    /// The id that fills texts; `None` where no token is named for it.
    #[must_use]
    pub fn pad_id(&self) -> Option<i64> {
        self.padding
    }

    /// Cleans a text and encodes it with what stands around it, which stays when the text does not fit.
    #[must_use]
    pub fn encode(&self, text: &str) -> Tokens {
        let text = cleaned(self.cleaning, text);
        // Nothing fails that was not refused when the file was read; if it did, the text would count as cut off.
        let encoding = self.inner.encode_fast(&*text, false).ok();
        let found = encoding.as_ref().map_or(&[][..], Encoding::get_ids);
        let room = self.context - self.before.len() - self.after.len();
        let over = found.len().saturating_sub(room);
        let first = if self.cuts_left { over } else { 0 };
        let kept = found.iter().skip(first).take(room).map(|&id| i64::from(id));
        let ids = self.before.iter().copied().chain(kept).chain(self.after.iter().copied());
        let strip = |id: i64| if Some(id) == self.stripped { STRIPPED } else { id };
        Tokens { ids: ids.map(strip).collect(), truncated: over > 0 || encoding.is_none() }
    }
}

/// The tokens before and behind every text.
fn around(inner: &tokenizers::Tokenizer) -> Result<(Vec<i64>, Vec<i64>), String> {
    let text = Encoding::from_tokens(vec![Token::new(TEXT, "a".to_string(), (0, 1))], 0);
    let whole = inner.post_process(text, None, true).map_err(|error| error.to_string())?;
    let ids = whole.get_ids();
    let mut parts = ids.split(|&id| id == TEXT).map(|part| part.iter().map(|&id| i64::from(id)).collect());
    match (parts.next(), parts.next(), parts.next()) {
        (Some(before), Some(after), None) => Ok((before, after)),
        _ => Err("what stands around texts does not have the text in it once; save it again with transformers".to_string()),
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    /// Word pieces: `[PAD]` 0, `[UNK]` 1, `[CLS]` 2, `[SEP]` 3, `a` 4, `##b` 5, `c` 6.
    fn bert(settings: &Value, description: &FileTokenizer, context: usize) -> Result<TokenizerOfFile, String> {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("vocab.txt"), "[PAD]\n[UNK]\n[CLS]\n[SEP]\na\n##b\nc\n").unwrap();
        std::fs::write(folder.path().join("tokenizer_config.json"), settings.to_string()).unwrap();
        let shown = folder.path().display().to_string();
        TokenizerOfFile::open(description, folder.path(), context).map_err(|error| error.to_string().replace(&shown, "m"))
    }

    fn settings() -> Value {
        json!({"tokenizer_class": "BertTokenizer", "mask_token": null})
    }

    #[test]
    fn word_pieces_by_hand() {
        let tokenizer = bert(&settings(), &FileTokenizer::default(), 8).unwrap();
        // 'AB' is a + ##b in small letters, 'x' is unknown, and 'b' cannot begin a word.
        assert_eq!(tokenizer.encode("AB x c b"), Tokens { ids: vec![2, 4, 5, 1, 6, 1, 3], truncated: false });
        assert_eq!((tokenizer.vocabulary_size(), tokenizer.context(), tokenizer.pad_id()), (7, 8, Some(0)));
        assert_eq!(tokenizer.encode("").ids, [2, 3]);
    }

    #[test]
    fn a_text_too_long_keeps_what_stands_around_it() {
        let tokenizer = bert(&settings(), &FileTokenizer::default(), 5).unwrap();
        assert_eq!(tokenizer.encode("a c a"), Tokens { ids: vec![2, 4, 6, 4, 3], truncated: false });
        assert_eq!(tokenizer.encode("a c a c"), Tokens { ids: vec![2, 4, 6, 4, 3], truncated: true });
        let left = json!({"tokenizer_class": "BertTokenizer", "mask_token": null, "truncation_side": "left"});
        let tokenizer = bert(&left, &FileTokenizer::default(), 5).unwrap();
        assert_eq!(tokenizer.encode("a c a c"), Tokens { ids: vec![2, 6, 4, 6, 3], truncated: true });
    }

    #[test]
    fn the_separator_is_made_padding_where_a_model_wants_none() {
        let description = FileTokenizer { strip: Some(102), cleaning: Cleaning::Canonicalize, ..FileTokenizer::default() };
        assert_eq!(bert(&settings(), &description, 8).unwrap().encode("A_c.").ids, [2, 4, 6, 0]);
    }

    #[test]
    fn a_context_without_room_is_refused() {
        let wrong = bert(&settings(), &FileTokenizer::default(), 2).err().unwrap();
        assert_eq!(wrong, "m/vocab.txt: 2 tokens stand around every text and the context is 2; it must be longer than that");
    }

    #[test]
    fn a_token_of_another_number_than_the_vocabularys_is_refused() {
        let mut settings = settings();
        settings["added_tokens_decoder"] = json!({"9": {"content": "new"}});
        let wrong = bert(&settings, &FileTokenizer::default(), 8).err().unwrap();
        assert!(wrong.contains("it numbers 'new' 9, and by the vocabulary its id is 7; save it again"), "{wrong}");
        settings["added_tokens_decoder"] = json!({"7": {"content": "new"}});
        assert_eq!(bert(&settings, &FileTokenizer::default(), 8).unwrap().encode("a new c").ids, [2, 4, 7, 6, 3]);
    }
}
