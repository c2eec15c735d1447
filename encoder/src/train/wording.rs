//! How taxa are put to the text tower.

use super::config::Texts;
use crate::encoder::tokenizer::Tokenizer;
use nearmiss::taxonomy::{TaxonId, Taxonomy};

/// How taxa are put to the text tower: their names, the sentences around them, the tokens of those.
#[derive(Clone, Copy)]
pub struct Wording<'a> {
    /// The names.
    pub taxonomy: &'a Taxonomy,
    /// How they are written.
    pub texts: &'a Texts,
    /// How they are read.
    pub tokenizer: &'a Tokenizer,
}

impl Wording<'_> {
    /// The text of a taxon that is not drawn: the first format, the first sentence.
    #[must_use]
    pub fn plain(&self, taxon: TaxonId) -> String {
        let format = self.texts.names.first();
        let name = format.map_or_else(|| self.taxonomy.name(taxon).to_string(), |format| format.write(self.taxonomy, taxon));
        self.texts.templates.prompts(&name).swap_remove(0)
    }
}
