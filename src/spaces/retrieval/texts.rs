//! Retrieval of texts: what is asked, among which texts, and what is relevant; rankings by words and by vectors.
//!
//! A [`TextSource`] is read into a [`TextCollection`], whatever it is: pairs in a table, a folder as BEIR has it, files of
//! documents, queries and judgements, or texts whose taxa say what is relevant. A [`Division`] sets queries to tune on aside.
//! [`by_words`] and [`by_vectors`] rank, [`as_listed`] takes the run of another program; each gives a [`TextRun`], which
//! [`evaluate`](super::evaluate) measures like any run, and whose triplets and [`JudgedPairs`] say the rest.

mod error;
mod columns;
mod list;
mod file;
mod taxa;
mod collection;
mod pairs_table;
mod judgements;
mod corpus;
mod parts;
mod folder;
mod source;
mod vectors;
mod ranked;
mod judged_pairs;
mod tuning;

pub use collection::{Parts, TextCollection, Triplet};
pub use error::TextsError;
pub use file::{Role, TextFile};
pub use judged_pairs::{JudgedPairs, Pair};
pub use list::TextList;
pub use parts::Division;
pub use ranked::{TextRun, TripletScore, as_listed, by_vectors, by_words, depth};
pub use source::{TextSource, Wanted};
pub use taxa::{TextTaxa, placed};
pub use tuning::{Tuning, tune};
pub use vectors::{TextVectors, Values};
