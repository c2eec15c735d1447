//! The taxa of texts.

use super::error::TextsError;
use crate::answers::table::TableSource;
use crate::runs::directory::columns::TAXON_COLUMNS;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::retrieval::relevance::{Level, Relevance};
use crate::taxonomy::{TaxonId, Taxonomy};
use polars::prelude::DataFrame;
use std::path::Path;

/// The taxa of documents and queries; `None` where nobody says, or where the taxonomy does not have it.
#[derive(Debug, Clone)]
pub struct TextTaxa {
    /// The taxonomy, given or made of the lineages.
    pub taxonomy: Taxonomy,
    /// Those of the documents.
    pub documents: Vec<Option<TaxonId>>,
    /// Those of the queries.
    pub queries: Vec<Option<TaxonId>>,
}

impl TextTaxa {
    /// Grades of documents by the ranks that they share with a query.
    #[must_use]
    pub fn relevance(&self) -> Relevance<'_> {
        Relevance::of(&self.taxonomy, self.documents.iter().chain(&self.queries).flatten().copied())
    }

    /// The ranks with their grades, the coarsest first.
    #[must_use]
    pub fn levels(&self) -> Vec<Level> {
        self.relevance().levels().to_vec()
    }
}

/// The taxa that a table names, a row for each, in a taxonomy or in one made of its lineages.
///
/// # Errors
///
/// [`TextsError::Lineage`]: a lineage in one cell, and no taxonomy that would know its ranks.
pub fn placed(
    labels: &DataFrame,
    path: &Path,
    taxonomy: Option<&Taxonomy>,
) -> Result<(Taxonomy, Vec<Option<TaxonId>>), TextsError> {
    if taxonomy.is_none() {
        for name in TAXON_COLUMNS {
            let Ok(column) = labels.column(name) else { continue };
            let Ok(cells) = column.str() else { continue };
            if let Some(taxon) = cells.iter().flatten().find(|cell| cell.contains([';', '|'])) {
                return Err(TextsError::Lineage { path: path.to_path_buf(), taxon: taxon.to_string() });
            }
        }
    }
    // Taxa are read as those of vectors are; a single number stands for each text.
    let table = TableSource::held(&path.display().to_string(), labels.clone());
    let held = Embeddings::held(path, vec![1.0; labels.height()], 1, &table, taxonomy)?;
    Ok((held.taxonomy, held.taxa))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use polars::prelude::df;

    #[test]
    fn taxa_by_name_by_ranks_and_by_lineage() {
        let path = Path::new("notes");
        let names = df!("image" => ["a", "b"], "taxon" => ["Apis mellifera", "a bee"]).unwrap();
        let (taxonomy, taxa) = placed(&names, path, None).unwrap();
        assert_eq!(taxonomy.name(taxa[0].unwrap()), "Apis mellifera");
        let ranks = df!("image" => ["a", "b"], "genus" => ["Apis", "Apis"], "species" => [Some("mellifera"), None]).unwrap();
        let (taxonomy, taxa) = placed(&ranks, path, None).unwrap();
        let names: Vec<&str> = taxa.iter().flatten().map(|taxon| taxonomy.name(*taxon)).collect();
        assert_eq!(names, ["Apis mellifera", "Apis"]);
        let lineages = df!("image" => ["a"], "taxon" => ["Apis;Apis mellifera"]).unwrap();
        let message = placed(&lineages, path, None).unwrap_err().to_string();
        assert!(message.starts_with("notes: the taxon 'Apis;Apis mellifera' is a lineage; give the --taxonomy"), "{message}");
        let (taxonomy, taxa) = placed(&lineages, path, Some(&taxonomy)).unwrap();
        assert_eq!(taxa.iter().flatten().map(|taxon| taxonomy.name(*taxon)).collect::<Vec<_>>(), ["Apis mellifera"]);
    }
}
