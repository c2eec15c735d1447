//! What ranked the texts, for files and pages.

use crate::numbers::neighbours::Similarity;
use crate::spaces::retrieval::bm25::Parameters;
use crate::spaces::retrieval::texts::TextVectors;
use serde::Serialize;
use serde_json::json;

/// A file of a model.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ModelFile {
    /// Its name.
    pub file: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// A model that embedded texts, or two: one of queries and one of documents.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct ModelRecord {
    /// The model as given; that of queries where there are two.
    pub model: String,
    /// The model of documents, where it is another.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub document_model: Option<String>,
    /// Its files, then those of the other.
    pub model_files: Vec<ModelFile>,
    /// Towers and sizes, in a line.
    pub architecture: String,
    /// Where it ran.
    pub device: String,
    /// What it computed in.
    pub precision: String,
    /// Length of the vectors.
    pub width: usize,
    /// What is near.
    pub similarity: Similarity,
    /// What stood before each query.
    pub query_prompt: String,
    /// What stood before each document.
    pub document_prompt: String,
    /// Queries that were longer than the model reads and lost their end.
    pub truncated_queries: usize,
    /// Documents that did.
    pub truncated_documents: usize,
}

/// What a system is.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum SystemKind {
    /// Words that texts share.
    Bm25 {
        /// k1 and b.
        #[serde(flatten)]
        parameters: Parameters,
        /// How many words are left out.
        stop_words: usize,
        /// Different words of the documents.
        words: usize,
        /// Documents without a word, which are never found.
        without_words: usize,
    },
    /// Vectors that a model made.
    Model(ModelRecord),
    /// Vectors from files.
    Vectors {
        /// The files of queries and of documents.
        files: [String; 2],
        /// Length of the vectors.
        width: usize,
        /// What is near.
        similarity: Similarity,
    },
    /// A run of another program.
    Run {
        /// Its file.
        file: String,
    },
    /// All others together.
    Fused {
        /// How.
        fusion: &'static str,
    },
}

/// A system with the name of its run.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct System {
    /// The run.
    pub run: String,
    /// What it is.
    #[serde(flatten)]
    pub kind: SystemKind,
}

/// Vectors with what made them.
#[derive(Debug, Clone)]
pub struct NamedVectors {
    /// What the run is called.
    pub name: String,
    /// The vectors.
    pub vectors: TextVectors,
    /// What made them.
    pub kind: SystemKind,
}

impl System {
    /// A sentence for readers.
    #[must_use]
    pub fn sentence(&self) -> String {
        let near = |similarity: &Similarity| json!(similarity).as_str().unwrap_or_default().to_string();
        let what = match &self.kind {
            SystemKind::Bm25 { parameters: Parameters { k1, b }, stop_words, words, without_words } => {
                let lost = if *without_words > 0 { format!(", {without_words} of them without a word") } else { String::new() };
                format!(
                    "BM25 as Lucene computes it, k1 {k1}, b {b}, {stop_words} stop words; the documents have {words} different words{lost}"
                )
            }
            SystemKind::Model(model) => sentence_of_model(model, &near(&model.similarity)),
            SystemKind::Vectors { files: [queries, documents], width, similarity } => {
                format!("vectors of length {width} from {queries} and {documents}, near by {}", near(similarity))
            }
            SystemKind::Run { file } => format!("the run {file}, as it is"),
            SystemKind::Fused { fusion } => format!("all others fused by {fusion}"),
        };
        format!("{}: {what}", self.run)
    }
}

fn sentence_of_model(model: &ModelRecord, near: &str) -> String {
    let other = model.document_model.as_ref().map_or_else(String::new, |other| format!(" for queries and {other} for documents"));
    let prompt = |prompt: &str| if prompt.is_empty() { "nothing".to_string() } else { format!("'{prompt}'") };
    let cut = match (model.truncated_queries, model.truncated_documents) {
        (0, 0) => String::new(),
        (queries, documents) => format!("; {queries} queries and {documents} documents were too long and lost their end"),
    };
    format!(
        "{}{other} ({}), vectors of length {}, near by {near}; before queries stands {}, before documents {}{cut}",
        model.model,
        model.architecture,
        model.width,
        prompt(&model.query_prompt),
        prompt(&model.document_prompt)
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn model() -> ModelRecord {
        ModelRecord {
            model: "models/e5".to_string(),
            document_model: None,
            model_files: vec![],
            architecture: "text 12x384".to_string(),
            device: "cpu".to_string(),
            precision: "fp32".to_string(),
            width: 384,
            similarity: Similarity::Cosine,
            query_prompt: "query: ".to_string(),
            document_prompt: String::new(),
            truncated_queries: 0,
            truncated_documents: 2,
        }
    }

    #[test]
    fn systems_for_programs_and_for_readers() {
        let bm25 = SystemKind::Bm25 { parameters: Parameters { k1: 0.9, b: 0.4 }, stop_words: 0, words: 7, without_words: 1 };
        let system = System { run: "bm25".to_string(), kind: bm25 };
        let value = json!(system);
        assert_eq!(
            (&value["run"], &value["kind"], &value["k1"], &value["words"]),
            (&json!("bm25"), &json!("bm25"), &json!(0.9), &json!(7))
        );
        assert_eq!(
            system.sentence(),
            "bm25: BM25 as Lucene computes it, k1 0.9, b 0.4, 0 stop words; the documents have 7 different words, 1 of them without a word"
        );
        let system = System { run: "e5".to_string(), kind: SystemKind::Model(model()) };
        let value = json!(system);
        assert_eq!(
            (&value["kind"], &value["similarity"], value.get("document_model")),
            (&json!("model"), &json!("cosine"), None)
        );
        assert_eq!(
            system.sentence(),
            "e5: models/e5 (text 12x384), vectors of length 384, near by cosine; before queries stands 'query: ', before documents \
             nothing; 0 queries and 2 documents were too long and lost their end"
        );
    }
}
