//! Tables of a search for other programs.

use super::searched::Searched;
use crate::report::csv::{Column, cells, csv_of, heads, number};
use crate::report::text;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::retrieval::search::{Measured, Search};
use crate::taxonomy::TaxonId;

pub(super) fn texts(names: &[&str]) -> Vec<String> {
    names.iter().map(ToString::to_string).collect()
}

/// Columns of `measures.csv`; what the measures are called and say is in [`crate::spaces::metric::retrieval`].
const MEASURES: [Column<Measured>; 8] = [
    ("measure", |of| of.measure.clone()),
    ("rank", |of| of.rank.clone().unwrap_or_default()),
    ("level", |of| of.level.map(|level| level.to_string()).unwrap_or_default()),
    ("n", |of| of.n.to_string()),
    ("value", |of| number(of.value)),
    ("low", |of| number(of.low)),
    ("high", |of| number(of.high)),
    ("no_interval", |of| of.no_interval.clone().unwrap_or_default()),
];

pub(super) fn measures_csv(search: &Search) -> std::io::Result<String> {
    csv_of(&heads(&MEASURES), search.measured.iter().map(|of| cells(&MEASURES, of)))
}

fn identity(embeddings: &Embeddings, row: usize) -> String {
    embeddings.taxa[row].map(|taxon| text::identity(&embeddings.taxonomy, taxon)).unwrap_or_default()
}

fn name(embeddings: &Embeddings, row: usize) -> String {
    embeddings.taxa[row].map(|taxon: TaxonId| embeddings.taxonomy.name(taxon).to_string()).unwrap_or_default()
}

/// A row for each query: what came first, and the values of all measures.
///
/// # Errors
///
/// What the writer says.
pub fn queries_csv(searched: &Searched) -> std::io::Result<String> {
    let search = &searched.search;
    let (index, queries) = (&searched.index, searched.queries.as_ref().unwrap_or(&searched.index));
    let mut header = texts(&["image", "taxon", "nearest", "nearest_taxon", "shared_ranks", "similarity"]);
    header.extend(search.measured.iter().map(|of| of.name.clone()));
    csv_of(
        &header,
        search.query_rows.iter().enumerate().map(|(place, &row)| {
            let mut cells = vec![queries.names[row].clone(), identity(queries, row)];
            cells.extend(match search.first[place] {
                Some((document, similarity, grade)) => {
                    let document = search.document_rows[document];
                    vec![index.names[document].clone(), identity(index, document), grade.to_string(), similarity.to_string()]
                }
                None => vec![String::new(); 4],
            });
            cells.extend(search.per_query.iter().map(|values| number(values[place])));
            cells
        }),
    )
}

pub(super) fn hard_negatives_csv(searched: &Searched) -> std::io::Result<String> {
    let search = &searched.search;
    let (index, queries) = (&searched.index, searched.queries.as_ref().unwrap_or(&searched.index));
    csv_of(
        &texts(&["image", "negative", "taxon", "negative_taxon", "name", "negative_name", "similarity", "nearer_documents"]),
        search.hard_negatives.iter().map(|hard| {
            let (row, document) = (search.query_rows[hard.query], search.document_rows[hard.document]);
            vec![
                queries.names[row].clone(),
                index.names[document].clone(),
                identity(queries, row),
                identity(index, document),
                name(queries, row),
                name(index, document),
                hard.similarity.to_string(),
                hard.above.to_string(),
            ]
        }),
    )
}
