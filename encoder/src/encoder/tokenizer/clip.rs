//! CLIP's tokenizer: from a text to token ids, exactly as `open_clip` does it.

use super::clean;
use super::error::TokenizerError;
use super::folder::VOCABULARY_FILE;
use super::tokens::Tokens;
use regex::Regex;
use std::collections::HashMap;
use std::path::Path;
use std::sync::RwLock;

/// Tokens that are single bytes: 256 inside a word and 256 at its end.
const BYTE_TOKENS: usize = 512;

/// Words whose tokens are remembered.
const REMEMBERED_WORDS: usize = 1 << 16;

/// A byte-pair tokenizer with CLIP's way of splitting words.
///
/// # Source
///
/// `open_clip` 3.2, `src/open_clip/tokenizer.py`, `SimpleTokenizer`.
pub struct ClipTokenizer {
    pairs: instant_clip_tokenizer::Tokenizer,
    words: Regex,
    context: usize,
    remembered: RwLock<HashMap<String, Vec<i64>>>,
}

impl ClipTokenizer {
    /// CLIP's own vocabulary of 49 408 tokens; texts are cut to `context` tokens.
    #[must_use]
    pub fn clip(context: usize) -> ClipTokenizer {
        ClipTokenizer::new(instant_clip_tokenizer::Tokenizer::new(), context)
    }

    /// The vocabulary of a model directory, CLIP's own where it has none.
    ///
    /// # Errors
    ///
    /// [`TokenizerError`] if there is a `tokenizer.json` and it is not of this kind.
    pub fn from_dir(dir: &Path, context: usize) -> Result<ClipTokenizer, TokenizerError> {
        let path = dir.join(VOCABULARY_FILE);
        if !path.is_file() {
            return Ok(ClipTokenizer::clip(context));
        }
        let text = nearmiss::files::regular_file::read_to_string(&path)
            .map_err(|source| TokenizerError::Open { path: path.clone(), source })?;
        let pairs = read_vocabulary(&text).map_err(|reason| TokenizerError::Vocabulary { path, reason })?;
        Ok(ClipTokenizer::new(pairs, context))
    }

    fn new(pairs: instant_clip_tokenizer::Tokenizer, context: usize) -> ClipTokenizer {
        ClipTokenizer { pairs, words: words(), context, remembered: RwLock::new(HashMap::new()) }
    }

    /// Number of token ids.
    #[must_use]
    pub fn vocabulary_size(&self) -> usize {
        usize::from(self.pairs.end_of_text().to_u16()) + 1
    }

    /// Most tokens in a text, start and end included.
    #[must_use]
    pub fn context(&self) -> usize {
        self.context
    }

    /// Cleans a text and encodes it with start and end; the end stands in the last place when the
    /// text does not fit.
    #[must_use]
    pub fn encode(&self, text: &str) -> Tokens {
        let text = clean::clean(text);
        let end = i64::from(self.pairs.end_of_text().to_u16());
        let mut ids = vec![i64::from(self.pairs.start_of_text().to_u16())];
        for word in self.words.find_iter(&text) {
            self.push_word(word.as_str(), &mut ids);
        }
        ids.push(end);
        let truncated = ids.len() > self.context;
        if truncated {
            ids.truncate(self.context);
            if let Some(last) = ids.last_mut() {
                *last = end;
            }
        }
        Tokens { ids, truncated }
    }

    fn push_word(&self, word: &str, ids: &mut Vec<i64>) {
        if let Ok(remembered) = self.remembered.read()
            && let Some(known) = remembered.get(word)
        {
            ids.extend(known);
            return;
        }
        let mut tokens = Vec::new();
        self.pairs.encode(word, &mut tokens);
        let found: Vec<i64> = tokens.into_iter().map(|token| i64::from(token.to_u16())).collect();
        ids.extend(&found);
        if let Ok(mut remembered) = self.remembered.write()
            && remembered.len() < REMEMBERED_WORDS
        {
            remembered.insert(word.to_string(), found);
        }
    }
}

/// Contractions, runs of letters, single digits, and runs of anything else but space.
#[expect(clippy::expect_used, reason = "a constant pattern, compiled by a test")]
fn words() -> Regex {
    Regex::new(r"<start_of_text>|<end_of_text>|'s|'t|'re|'ve|'m|'ll|'d|\p{L}+|\p{N}|[^\s\p{L}\p{N}]+").expect("a valid pattern")
}

/// The pairs of a `tokenizer.json`, after proving that its ids are those of the pairs' order.
fn read_vocabulary(text: &str) -> Result<instant_clip_tokenizer::Tokenizer, String> {
    let file: serde_json::Value = serde_json::from_str(text).map_err(|error| error.to_string())?;
    let model = &file["model"];
    let merges = model["merges"].as_array().ok_or("no 'model.merges'")?;
    let ids = model["vocab"].as_object().ok_or("no 'model.vocab'")?;
    let id = |token: &str| ids.get(token).and_then(serde_json::Value::as_u64);
    let mut lines = String::from("#version\n");
    for (place, merge) in merges.iter().enumerate() {
        let pair = match merge {
            serde_json::Value::String(pair) => pair.clone(),
            pair => format!("{} {}", pair[0].as_str().unwrap_or_default(), pair[1].as_str().unwrap_or_default()),
        };
        let token = pair.replace(' ', "");
        if id(&token) != Some((BYTE_TOKENS + place) as u64) {
            return Err(format!("token '{token}' of merge {place} does not have id {}", BYTE_TOKENS + place));
        }
        lines.push_str(&pair);
        lines.push('\n');
    }
    let size = u16::try_from(BYTE_TOKENS + merges.len() + 2).map_err(|_| format!("{} merges", merges.len()))?;
    for (token, expected) in [("!", 0), ("!</w>", 256), ("<|startoftext|>", size - 2), ("<|endoftext|>", size - 1)] {
        if id(token) != Some(u64::from(expected)) {
            return Err(format!("token '{token}' does not have id {expected}"));
        }
    }
    instant_clip_tokenizer::Tokenizer::with_vocabulary(lines.as_bytes(), size).map_err(|error| error.to_string())
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_sentence_as_open_clip_encodes_it() {
        // open_clip.tokenize("a photo of a Puma concolor.")
        let expected = [49406, 320, 1125, 539, 320, 20858, 616, 3140, 269, 49407];
        assert_eq!(ClipTokenizer::clip(77).encode("a  photo of a Puma concolor.").ids, expected);
    }

    #[test]
    fn a_text_too_long_ends_with_the_end() {
        let tokenizer = ClipTokenizer::clip(5);
        assert_eq!(tokenizer.encode("a photo of a Puma"), Tokens { ids: vec![49406, 320, 1125, 539, 49407], truncated: true });
        assert_eq!(tokenizer.encode("a photo of"), Tokens { ids: vec![49406, 320, 1125, 539, 49407], truncated: false });
    }

    fn small(ids: &serde_json::Value) -> serde_json::Value {
        json!({"model": {"merges": ["a b</w>", ["c", "ab</w>"]], "vocab": ids}})
    }

    #[test]
    fn a_vocabulary_beside_the_model_replaces_clips() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(VOCABULARY_FILE);
        let ids = json!({"!": 0, "!</w>": 256, "ab</w>": 512, "cab</w>": 513, "<|startoftext|>": 514, "<|endoftext|>": 515});
        std::fs::write(&path, small(&ids).to_string()).unwrap();
        let tokenizer = ClipTokenizer::from_dir(folder.path(), 77).unwrap();
        // bytes are numbered from '!' (33): 'a' is 97 - 33 = 64, 'b' at the end of a word 256 + 65
        assert_eq!(tokenizer.encode("cab ab a").ids, [514, 513, 512, 256 + 64, 515]);
        assert_eq!(tokenizer.vocabulary_size(), 516);
    }

    #[test]
    fn a_vocabulary_numbered_otherwise_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let ids = json!({"!": 0, "!</w>": 256, "ab</w>": 512, "cab</w>": 77, "<|startoftext|>": 514, "<|endoftext|>": 515});
        std::fs::write(folder.path().join(VOCABULARY_FILE), small(&ids).to_string()).unwrap();
        let message = ClipTokenizer::from_dir(folder.path(), 77).err().unwrap().to_string();
        let reason = "not a byte-pair vocabulary of CLIP: token 'cab</w>' of merge 1 does not have id 513; remove the file";
        assert!(message.contains(reason), "{message}");
    }
}
