//! A model of texts, with what it wants before queries and documents.

use super::error::TextsError;
use crate::classify::model::directory;
use crate::encoder::fingerprint::ModelFile;
use crate::encoder::tokenizer::Tokenizer;
use crate::encoder::{Encoder, EncoderError, EncoderOptions};
use nearmiss::numbers::neighbours::Similarity;
use nearmiss::runs::device::DeviceChoice;

/// How texts are embedded.
#[derive(Debug, Clone, Default)]
pub struct TextOptions {
    /// Where to compute.
    pub device: DeviceChoice,
    /// What stands before queries; what the model's files say where nothing is given.
    pub query_prompt: Option<String>,
    /// What stands before documents.
    pub document_prompt: Option<String>,
    /// How many of the first numbers of each vector are kept; all where nothing is given.
    pub dimensions: Option<usize>,
}

/// Texts as vectors.
#[derive(Debug, Clone, PartialEq)]
pub struct Embedded {
    /// `[N, D]`, row by row.
    pub values: Vec<f64>,
    /// `D`.
    pub width: usize,
    /// How many texts were longer than the model reads and lost their end.
    pub truncated: usize,
}

/// A model that was opened to embed texts.
pub struct TextModel {
    name: String,
    encoder: Encoder,
    tokenizer: Tokenizer,
    query_prompt: String,
    document_prompt: String,
    dimensions: Option<usize>,
    notes: Vec<String>,
}

impl TextModel {
    /// Opens a model: a directory, a file in one, `hf-hub:OWNER/NAME`, or the built-in one.
    ///
    /// # Errors
    ///
    /// [`TextsError`]: no such model, one that cannot be opened or has no text tower.
    pub fn open(name: &str, options: &TextOptions) -> Result<TextModel, TextsError> {
        let unpacked = directory(name)?;
        let fault = |source: EncoderError| TextsError::Encoder { model: name.to_string(), source: Box::new(source) };
        let settings = EncoderOptions { device: options.device, ..EncoderOptions::default() };
        let encoder = Encoder::from_dir(&unpacked.directory, &settings).map_err(fault)?;
        let tokenizer = encoder.tokenizer().map_err(fault)?;
        let prompts = &encoder.description().prompts;
        let (of_query, of_document) = (prompts.of_query().unwrap_or_default(), prompts.of_document().unwrap_or_default());
        let given = |given: &Option<String>, own: &str| given.clone().unwrap_or_else(|| own.to_string());
        let (query_prompt, document_prompt) =
            (given(&options.query_prompt, of_query), given(&options.document_prompt, of_document));
        let mut notes: Vec<String> =
            unpacked.note.into_iter().chain(encoder.device_note_where_expected().map(str::to_string)).collect();
        notes.extend(encoder.description().notes.iter().map(|note| format!("{name}: {note}")));
        let (default, unasked) = (prompts.of_any(), options.query_prompt.is_none() && options.document_prompt.is_none());
        if unasked && !default.is_empty() && [&query_prompt, &document_prompt].into_iter().any(|own| own != default) {
            notes.push(format!(
                "{name}: its files put '{default}' before a text of which nothing is said; before queries stands '{query_prompt}', \
                 before documents '{document_prompt}', as encode_query and encode_document of sentence-transformers have it, and \
                 --query-prompt and --document-prompt say otherwise"
            ));
        }
        Ok(TextModel {
            name: name.to_string(),
            encoder,
            tokenizer,
            query_prompt,
            document_prompt,
            dimensions: options.dimensions,
            notes,
        })
    }

    /// The model as it was given.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// What stands before queries; empty for nothing.
    #[must_use]
    pub fn query_prompt(&self) -> &str {
        &self.query_prompt
    }

    /// What stands before documents; empty for nothing.
    #[must_use]
    pub fn document_prompt(&self) -> &str {
        &self.document_prompt
    }

    /// What a user should know of the model and of the device, one sentence each.
    #[must_use]
    pub fn notes(&self) -> &[String] {
        &self.notes
    }

    /// How its vectors are compared: by cosine, but those that are compared as they are by inner products.
    #[must_use]
    pub fn similarity(&self) -> Similarity {
        if self.normalises() { Similarity::Cosine } else { Similarity::Inner }
    }

    fn normalises(&self) -> bool {
        self.encoder.description().text.as_ref().is_none_or(|text| text.normalise)
    }

    /// Towers and sizes, in a line.
    #[must_use]
    pub fn architecture(&self) -> String {
        self.encoder.description().summary()
    }

    /// Where it computes: `cpu` or `cuda:N`.
    #[must_use]
    pub fn device(&self) -> String {
        self.encoder.device_name()
    }

    /// What it computes in.
    #[must_use]
    pub fn precision(&self) -> String {
        self.encoder.precision().name().to_string()
    }

    /// Its files, each with its SHA-256; reads them again.
    ///
    /// # Errors
    ///
    /// [`TextsError::Encoder`] if a file cannot be read any more.
    pub fn files(&self) -> Result<Vec<ModelFile>, TextsError> {
        self.encoder.fingerprint().map_err(|source| self.fault(source))
    }

    /// Embeds queries, each with what stands before it. `progress` is told how many are newly done.
    ///
    /// # Errors
    ///
    /// [`TextsError`]: texts that cannot be embedded, more dimensions than there are.
    pub fn queries(&self, texts: &[String], progress: &dyn Fn(usize)) -> Result<Embedded, TextsError> {
        self.embedded(texts, &self.query_prompt, progress)
    }

    /// Embeds documents, each with what stands before it. `progress` is told how many are newly done.
    ///
    /// # Errors
    ///
    /// As [`TextModel::queries`].
    pub fn documents(&self, texts: &[String], progress: &dyn Fn(usize)) -> Result<Embedded, TextsError> {
        self.embedded(texts, &self.document_prompt, progress)
    }

    fn embedded(&self, texts: &[String], prompt: &str, progress: &dyn Fn(usize)) -> Result<Embedded, TextsError> {
        let prompted: Vec<String>;
        let texts = if prompt.is_empty() {
            texts
        } else {
            prompted = texts.iter().map(|text| format!("{prompt}{text}")).collect();
            &prompted
        };
        let found = self.encoder.embed_texts(&self.tokenizer, texts, progress).map_err(|source| self.fault(source))?;
        let values: Vec<f64> = found.vectors.into_iter().map(f64::from).collect();
        let (values, width) = match self.dimensions {
            None => (values, found.width),
            Some(wanted) if wanted > found.width => {
                return Err(TextsError::Dimensions { model: self.name.clone(), wanted, width: found.width });
            }
            Some(wanted) => (first(&values, found.width, wanted, self.normalises()), wanted),
        };
        Ok(Embedded { values, width, truncated: found.truncated.len() })
    }

    fn fault(&self, source: EncoderError) -> TextsError {
        TextsError::Encoder { model: self.name.clone(), source: Box::new(source) }
    }
}

/// The first numbers of each row, as units where so said; a row of zeros stays.
fn first(values: &[f64], width: usize, wanted: usize, units: bool) -> Vec<f64> {
    let mut kept = Vec::with_capacity(values.len() / width.max(1) * wanted);
    for row in values.chunks(width.max(1)) {
        let row = row.get(..wanted).unwrap_or(row);
        let length = if units { row.iter().map(|value| value * value).sum::<f64>().sqrt() } else { 1.0 };
        let length = if length > 0.0 { length } else { 1.0 };
        kept.extend(row.iter().map(|value| value / length));
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_numbers_are_kept_and_made_units() {
        let values = [3.0, 4.0, 12.0, 0.0, 0.0, 1.0];
        assert_eq!(first(&values, 3, 2, true), [0.6, 0.8, 0.0, 0.0]);
        assert_eq!(first(&values, 3, 2, false), [3.0, 4.0, 0.0, 0.0]);
        assert_eq!(first(&values, 3, 3, false), values);
    }
}
