//! What rows of a table say of their taxa.

use crate::taxonomy::build::{Handle, SourceLine, TaxonomyBuilder};
use crate::taxonomy::name;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::path::Path;

/// What a row of a table says about its taxon.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(super) struct Said {
    lineage: Vec<(Rank, String)>,
    text: Option<String>,
}

/// Resolves rows in a taxonomy, or makes one of their lineages.
pub(super) fn place(said: &[Said], given: Option<&Taxonomy>, file: &Path) -> (Taxonomy, Vec<Option<TaxonId>>) {
    if let Some(taxonomy) = given {
        let find = |said: &Said| {
            let lineage = said.lineage.iter().map(|(_, name)| name.as_str()).collect::<Vec<_>>().join(";");
            let text = said.text.clone().filter(|_| lineage.is_empty()).unwrap_or(lineage);
            (!text.is_empty()).then(|| taxonomy.resolve(&text).taxon()).flatten()
        };
        return (taxonomy.clone(), said.iter().map(find).collect());
    }
    let mut builder = TaxonomyBuilder::new();
    let place = SourceLine { file: file.display().to_string().into(), line: 0 };
    let handles: Vec<Option<Handle>> = said
        .iter()
        .map(|said| {
            let own: Vec<(Rank, String)> = match (&said.text, said.lineage.is_empty()) {
                (Some(text), true) => match name::parse(text) {
                    Some(parsed) if parsed.rank >= Rank::Species => {
                        vec![(Rank::Genus, parsed.genus().to_string()), (Rank::Species, parsed.canonical)]
                    }
                    _ => vec![(Rank::Unranked, text.clone())],
                },
                _ => said.lineage.clone(),
            };
            (!own.is_empty()).then(|| builder.add_lineage(own.iter().map(|(rank, name)| (*rank, name.as_str())), &place))
        })
        .collect();
    match builder.freeze_with_handles() {
        Ok((taxonomy, numbers)) => {
            (taxonomy, handles.into_iter().map(|handle| handle.map(|handle| numbers.id(handle))).collect())
        }
        // Lineages of a table always make a lenient tree; without any the tree is empty.
        Err(_) => (Taxonomy::empty(), vec![None; said.len()]),
    }
}

pub(super) fn said_of(columns: &[(Rank, Vec<Option<String>>)], names: Option<&Vec<Option<String>>>, row: usize) -> Said {
    let mut lineage: Vec<(Rank, String)> = vec![];
    for (rank, cells) in columns {
        let Some(text) = cells.get(row).cloned().flatten().filter(|text| !name::is_missing(text)) else { continue };
        let genus = lineage.iter().find(|(rank, _)| *rank == Rank::Genus).map(|(_, genus)| genus.clone());
        let text = match genus {
            // `species` may hold the epithet alone.
            Some(genus) if *rank == Rank::Species && !text.contains(' ') && text.starts_with(char::is_lowercase) => {
                format!("{genus} {text}")
            }
            _ => text,
        };
        lineage.push((*rank, text));
    }
    Said { lineage, text: names.and_then(|names| names.get(row).cloned().flatten()).filter(|text| !name::is_missing(text)) }
}
