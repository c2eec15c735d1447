//! From a text to token ids.

mod encodings;
mod entity;
mod mend;
pub mod clean;
mod error;
mod tokens;
mod folder;
mod clip;
mod class;
mod special;
mod vocabulary;
mod parts;
mod check;
mod assembled;
mod file;

pub use error::TokenizerError;
pub use folder::VOCABULARY_FILE;
pub use tokens::Tokens;

use crate::encoder::description::model::TokenizerDescription;
use clip::ClipTokenizer;
use file::TokenizerOfFile;
use rayon::iter::{IntoParallelRefIterator, ParallelIterator};
use std::path::Path;

/// The id that `open_clip` fills CLIP's texts with; nothing reads it.
const CLIP_PADDING: i64 = 0;

/// From a text to token ids.
pub struct Tokenizer {
    kind: Kind,
}

enum Kind {
    Clip(Box<ClipTokenizer>),
    File(Box<TokenizerOfFile>),
}

impl Tokenizer {
    /// The tokenizer of a model directory as its description has it; texts are cut to `context` tokens.
    ///
    /// # Errors
    ///
    /// [`TokenizerError`] for files that are unreadable or missing, or that say something that is not computed.
    pub fn open(description: &TokenizerDescription, folder: &Path, context: usize) -> Result<Tokenizer, TokenizerError> {
        match description {
            TokenizerDescription::Clip => Tokenizer::from_dir(folder, context),
            TokenizerDescription::File(description) => {
                let tokenizer = TokenizerOfFile::open(description, folder, context)?;
                Ok(Tokenizer { kind: Kind::File(Box::new(tokenizer)) })
            }
        }
    }

    /// CLIP's own vocabulary of 49 408 tokens; texts are cut to `context` tokens.
    #[must_use]
    pub fn clip(context: usize) -> Tokenizer {
        Tokenizer { kind: Kind::Clip(Box::new(ClipTokenizer::clip(context))) }
    }

    /// The vocabulary of a model directory with CLIP's tokenizer, CLIP's own where it has none.
    ///
    /// # Errors
    ///
    /// [`TokenizerError`] if there is a `tokenizer.json` and it is not of this kind.
    pub fn from_dir(dir: &Path, context: usize) -> Result<Tokenizer, TokenizerError> {
        Ok(Tokenizer { kind: Kind::Clip(Box::new(ClipTokenizer::from_dir(dir, context)?)) })
    }

    /// One more than the largest token id.
    #[must_use]
    pub fn vocabulary_size(&self) -> usize {
        match &self.kind {
            Kind::Clip(tokenizer) => tokenizer.vocabulary_size(),
            Kind::File(tokenizer) => tokenizer.vocabulary_size(),
        }
    }

    /// Most tokens in a text, what stands around it included.
    #[must_use]
    pub fn context(&self) -> usize {
        match &self.kind {
            Kind::Clip(tokenizer) => tokenizer.context(),
            Kind::File(tokenizer) => tokenizer.context(),
        }
    }

    /// The id that texts are filled with where padding is read; `None` where the files name none.
    #[must_use]
    pub fn pad_id(&self) -> Option<i64> {
        match &self.kind {
            Kind::Clip(_) => Some(CLIP_PADDING),
            Kind::File(tokenizer) => tokenizer.pad_id(),
        }
    }

    /// Cleans a text and encodes it with what stands around it, which stays when the text does not fit.
    #[must_use]
    pub fn encode(&self, text: &str) -> Tokens {
        match &self.kind {
            Kind::Clip(tokenizer) => tokenizer.encode(text),
            Kind::File(tokenizer) => tokenizer.encode(text),
        }
    }

    /// As [`Tokenizer::encode`], of many texts at once, in their order.
    #[must_use]
    pub fn encode_all(&self, texts: &[String]) -> Vec<Tokens> {
        texts.par_iter().map(|text| self.encode(text)).collect()
    }
}
