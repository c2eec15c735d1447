//! Texts as vectors: sentence encoders, and the text towers of all other models.

mod error;
mod model;
mod suggestions;

pub use error::TextsError;
pub use model::{Embedded, TextModel, TextOptions};
pub use suggestions::{Suggestions, suggest};
