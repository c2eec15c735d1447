//! Taxa whose names say much the same as a text.

use super::error::TextsError;
use super::model::TextModel;
use nearmiss::numbers::neighbours::{Index, Rows, among};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::HashSet;

/// What is suggested.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Suggestions {
    /// How many taxa for each text.
    pub count: usize,
    /// Only taxa of this rank; all but the root where none is given.
    pub rank: Option<Rank>,
}

/// For each text the taxa whose names are nearest to it by a model, the nearest first, with how near they are.
///
/// A taxon is as near as the nearest of what it is called: its scientific name, its synonyms, its English and its French names.
/// Texts are embedded as queries, names as documents. `progress` is told how many texts and names are newly done, of how many.
///
/// # Errors
///
/// [`TextsError`]: texts that cannot be embedded.
pub fn suggest(
    model: &TextModel,
    taxonomy: &Taxonomy,
    texts: &[String],
    wanted: Suggestions,
    progress: &dyn Fn(usize, usize),
) -> Result<Vec<Vec<(TaxonId, f64)>>, TextsError> {
    let (names, taxa) = names(taxonomy, wanted.rank);
    if texts.is_empty() || names.is_empty() {
        return Ok(vec![vec![]; texts.len()]);
    }
    let total = texts.len() + names.len();
    let told = |done: usize| progress(done, total);
    let (asked, known) = (model.queries(texts, &told)?, model.documents(&names, &told)?);
    let similarity = model.similarity();
    let queries = Index::of(Rows { values: &asked.values, width: asked.width }, similarity);
    let documents = Index::of(Rows { values: &known.values, width: known.width }, similarity);
    // A taxon has several names: so many more are looked for, and again twice as many where they are of too few taxa.
    let mut looked_at = wanted.count.saturating_mul(4).min(names.len());
    loop {
        let found = among(&queries, &documents, looked_at, &|_, _| true);
        let nearest: Vec<Vec<(TaxonId, f64)>> = found.iter().map(|near| of_taxa(near, &taxa, wanted.count)).collect();
        if looked_at == names.len() || nearest.iter().all(|taxa| taxa.len() == wanted.count) {
            return Ok(nearest);
        }
        looked_at = looked_at.saturating_mul(2).min(names.len());
    }
}

/// What all taxa of a rank are called, with the taxon of each name; a name that a taxon has twice stands there once.
fn names(taxonomy: &Taxonomy, rank: Option<Rank>) -> (Vec<String>, Vec<TaxonId>) {
    let (mut names, mut taxa): (Vec<String>, Vec<TaxonId>) = (vec![], vec![]);
    // The root of several kingdoms is no taxon.
    let is_taxon = |taxon: TaxonId| taxon != TaxonId::ROOT || taxonomy.name(taxon) != "root";
    let is_wanted = |taxon: &TaxonId| is_taxon(*taxon) && rank.is_none_or(|rank| taxonomy.rank(*taxon) == rank);
    for taxon in taxonomy.taxa().filter(is_wanted) {
        let common = taxonomy.common_names(taxon);
        let called = std::iter::once(taxonomy.name(taxon)).chain(taxonomy.synonyms(taxon).iter().map(String::as_str));
        let first = names.len();
        for name in called.chain(common.all_english()).chain(common.all_french()).filter(|name| !name.trim().is_empty()) {
            if !names[first..].iter().any(|known| known == name) {
                names.push(name.to_string());
                taxa.push(taxon);
            }
        }
    }
    (names, taxa)
}

/// The taxa of the nearest names, each by its nearest.
fn of_taxa(near: &[(u32, f64)], taxa: &[TaxonId], count: usize) -> Vec<(TaxonId, f64)> {
    let mut met: HashSet<TaxonId> = HashSet::new();
    let of = near.iter().filter_map(|&(name, similarity)| Some((*taxa.get(name as usize)?, similarity)));
    of.filter(|(taxon, _)| met.insert(*taxon)).take(count).collect()
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::path::Path;

    const ANTS: &str =
        "kingdom,genus,species,synonyms\nAnimalia,Lasius,Lasius niger,Formica nigra\nAnimalia,Lasius,Lasius flavus,\n";

    #[test]
    fn a_taxon_is_called_by_all_its_names_and_is_as_near_as_the_nearest() {
        let taxonomy = Taxonomy::from_bytes(ANTS.as_bytes(), Path::new("ants.csv")).unwrap();
        let (all, taxa) = names(&taxonomy, Some(Rank::Species));
        let place = |name: &str| all.iter().position(|known| known == name);
        let taxon = |name: &str| taxonomy.name(taxa[place(name).unwrap()]);
        assert_eq!(
            ["Lasius niger", "Formica nigra", "Lasius flavus"].map(taxon),
            ["Lasius niger", "Lasius niger", "Lasius flavus"]
        );
        assert_eq!((all.len(), place("Lasius")), (3, None));
        assert!(names(&taxonomy, None).0.iter().any(|name| name == "Lasius"));
        let number = |name: &str| u32::try_from(place(name).unwrap()).unwrap();
        let near = [(number("Formica nigra"), 0.9), (number("Lasius niger"), 0.8), (number("Lasius flavus"), 0.5)];
        let found = of_taxa(&near, &taxa, 2);
        let found: Vec<(&str, f64)> = found.iter().map(|(taxon, near)| (taxonomy.name(*taxon), *near)).collect();
        assert_eq!(found, [("Lasius niger", 0.9), ("Lasius flavus", 0.5)]);
        assert_eq!(of_taxa(&near, &taxa, 1).len(), 1);
    }
}
