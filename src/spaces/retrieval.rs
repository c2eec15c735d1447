//! Retrieval: rankings of documents for queries, held against what is relevant to each.
//!
//! Rankings come from files of other programs ([`Qrels`], [`Run`]) or from embeddings
//! ([`search`]), where a document is as relevant as the ranks it shares with the query.

pub mod documents;
pub mod file;
pub mod qrels;
pub mod run;
pub mod ties;
pub mod query;
pub mod measure;
pub mod evaluation;
pub mod fusion;
pub mod relevance;
pub mod flags;
pub mod classes;
pub mod hard_negatives;
pub mod triplets;
pub mod search;
pub mod bm25;
pub mod texts;

pub use documents::Documents;
pub use evaluation::{Evaluation, evaluate};
pub use measure::{Measure, MeasureError};
pub use qrels::Qrels;
pub use query::Query;
pub use run::Run;
pub use ties::Ties;
