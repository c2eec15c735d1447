//! How texts become vectors of a model in training.

use super::config::SentenceData;
use crate::encoder::tokenizer::Tokenizer;
use crate::train::error::TrainError;
use crate::train::parameters::Parameters;
use crate::train::towers::Towers;
use nearmiss::spaces::retrieval::texts::TextCollection;
use tch::Tensor;

/// Texts that go through the tower together where nothing learns.
const TOGETHER: usize = 256;

/// How texts become vectors: what stands before them, their tokens, and whether vectors are made units.
pub struct TextEmbedding {
    tokenizer: Tokenizer,
    /// What stands before a query.
    pub query_prompt: String,
    /// What stands before a document.
    pub document_prompt: String,
    /// Whether vectors are made units; a model that compares them as they are is trained so.
    pub normalise: bool,
}

impl TextEmbedding {
    /// Of a model, with the prompts of the configuration, else those of the model's files.
    ///
    /// # Errors
    ///
    /// [`TrainError::Tokenizer`]; a model without a text tower.
    pub fn of(data: &SentenceData, parameters: &Parameters) -> Result<TextEmbedding, TrainError> {
        let (model, prompts) = (&parameters.description, &parameters.description.prompts);
        let own = |prompt: Option<&str>| prompt.unwrap_or_default().to_string();
        Ok(TextEmbedding {
            tokenizer: parameters.start.tokenizer(model)?.ok_or(TrainError::Lacks("text"))?,
            query_prompt: data.query_prompt.clone().unwrap_or_else(|| own(prompts.of_query())),
            document_prompt: data.document_prompt.clone().unwrap_or_else(|| own(prompts.of_document())),
            normalise: model.text.as_ref().is_none_or(|text| text.normalise),
        })
    }

    /// Vectors of queries, `[Q, D]`, through which gradients go.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn queries<'t>(&self, towers: &Towers, texts: impl Iterator<Item = &'t String>) -> Result<Tensor, TrainError> {
        self.embed(towers, &prompted(&self.query_prompt, texts))
    }

    /// Vectors of documents, `[N, D]`, through which gradients go.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn documents<'t>(&self, towers: &Towers, texts: impl Iterator<Item = &'t String>) -> Result<Tensor, TrainError> {
        self.embed(towers, &prompted(&self.document_prompt, texts))
    }

    /// Vectors of all queries of a collection, `[Q, D]`, without gradients.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn all_queries(&self, towers: &Towers, collection: &TextCollection) -> Result<Tensor, TrainError> {
        self.all(towers, &prompted(&self.query_prompt, collection.queries.texts.iter()))
    }

    /// Vectors of all documents of a collection, `[N, D]`, without gradients.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn all_documents(&self, towers: &Towers, collection: &TextCollection) -> Result<Tensor, TrainError> {
        self.all(towers, &prompted(&self.document_prompt, collection.documents.texts.iter()))
    }

    /// Vectors of some documents of a collection, `[N, D]`, in the order given, without gradients.
    ///
    /// # Errors
    ///
    /// Whatever LibTorch reports.
    pub fn some_documents(&self, towers: &Towers, collection: &TextCollection, places: &[u32]) -> Result<Tensor, TrainError> {
        let texts = places.iter().filter_map(|&place| collection.documents.texts.get(place as usize));
        self.all(towers, &prompted(&self.document_prompt, texts))
    }

    /// How many queries are longer than the model's context and lose their end.
    #[must_use]
    pub fn truncated_queries(&self, collection: &TextCollection) -> usize {
        self.truncated(&prompted(&self.query_prompt, collection.queries.texts.iter()))
    }

    /// How many documents are longer than the model's context and lose their end.
    #[must_use]
    pub fn truncated_documents(&self, collection: &TextCollection) -> usize {
        self.truncated(&prompted(&self.document_prompt, collection.documents.texts.iter()))
    }

    fn truncated(&self, texts: &[String]) -> usize {
        texts.iter().filter(|text| self.tokenizer.encode(text).truncated).count()
    }

    fn embed(&self, towers: &Towers, texts: &[String]) -> Result<Tensor, TrainError> {
        if self.normalise { towers.texts(&self.tokenizer, texts) } else { towers.raw_texts(&self.tokenizer, texts) }
    }

    fn all(&self, towers: &Towers, texts: &[String]) -> Result<Tensor, TrainError> {
        let _guard = tch::no_grad_guard();
        let parts = texts.chunks(TOGETHER).map(|texts| self.embed(towers, texts)).collect::<Result<Vec<_>, _>>()?;
        Ok(Tensor::f_cat(&parts, 0)?)
    }
}

fn prompted<'t>(prompt: &str, texts: impl Iterator<Item = &'t String>) -> Vec<String> {
    texts.map(|text| format!("{prompt}{text}")).collect()
}
