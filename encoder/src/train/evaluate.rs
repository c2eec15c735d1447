//! How well photographs find their names, texts their answers, and each of them each other, while a model is trained.

use super::error::TrainError;
use super::examples::Examples;
use super::towers::{Towers, rows};
use super::wording::Wording;
use nearmiss::numbers::statistics::to_f64;
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::taxonomy::TaxonId;
use serde::{Deserialize, Serialize};
use tch::Tensor;

/// Answers looked at.
pub const K: usize = 5;

/// Photographs that go through a tower together.
const TOGETHER: usize = 64;

/// Retrieval over one set of photographs or texts; shares in `[0, 1]`, higher is better.
///
/// A photograph asks for its name; of a model without a text tower, and of texts with taxa, each asks for the others, and what
/// is of its taxon is right. Queries ask for documents.
#[derive(Debug, Clone, Copy, PartialEq, Default, Serialize, Deserialize)]
pub struct Retrieval {
    /// What asks.
    pub n: usize,
    /// Share of them whose nearest is right.
    pub recall_at_1: f64,
    /// Share with a right one among the five nearest.
    pub recall_at_5: f64,
    /// One over the place of the first right one, averaged.
    pub mrr: f64,
    /// Share of the five nearest others that are of the same taxon, equally near ones of another taxon first; `None` below two,
    /// and where there are no taxa.
    pub precision_at_5: Option<f64>,
    /// Share of triplets whose right document is nearer than the wrong one, a mean over queries; `None` where there are none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub triplets: Option<f64>,
}

impl Retrieval {
    /// Of places, from 0, at which something right stands first; `None` where nothing right can be found.
    #[must_use]
    pub fn of_places(places: &[Option<usize>]) -> Retrieval {
        let n = to_f64(places.len().max(1) as u64);
        let within = |k: usize| to_f64(places.iter().flatten().filter(|place| **place < k).count() as u64) / n;
        let mrr = places.iter().flatten().map(|&place| 1.0 / to_f64(place as u64 + 1)).sum::<f64>() / n;
        Retrieval { n: places.len(), recall_at_1: within(1), recall_at_5: within(K), mrr, ..Retrieval::default() }
    }
}

/// How well it goes after an epoch.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Evaluation {
    /// On as many examples for training as there are for validation.
    pub train: Retrieval,
    /// On those for validation.
    pub validation: Retrieval,
    /// Examples that could not be read, and are in neither.
    pub unreadable: Vec<String>,
}

/// Whether a similarity is surely less than another: what is no number is not.
pub(super) fn is_below(value: f32, other: f32) -> bool {
    value < other
}

/// Retrieval of photographs against the texts of `classes`, and against each other, with the photographs that could not be read.
///
/// A taxon is right whose text is that of the photograph's; equally near wrong ones stand before it. `wording` is `None` for a
/// model without a text tower, whose photographs ask for each other alone.
///
/// # Errors
///
/// Unreadable photographs only; whatever LibTorch reports.
pub fn retrieval(
    towers: &Towers,
    wording: Option<Wording<'_>>,
    preprocess: &Preprocess,
    examples: &Examples,
    classes: &[TaxonId],
) -> Result<(Retrieval, Vec<String>), TrainError> {
    let _guard = tch::no_grad_guard();
    let (mut vectors, mut taxa, mut unreadable) = (vec![], vec![], vec![]);
    let indices: Vec<usize> = (0..examples.taxa.len()).collect();
    for chunk in indices.chunks(TOGETHER) {
        let batch = examples.readable(chunk, preprocess)?;
        unreadable.extend(batch.unreadable);
        if !batch.taxa.is_empty() {
            vectors.push(towers.images(&batch.pixels)?);
            taxa.extend(batch.taxa);
        }
    }
    if taxa.is_empty() {
        return Err(TrainError::Unreadable(unreadable.into_iter().next().unwrap_or_default()));
    }
    let vectors = Tensor::f_cat(&vectors, 0)?;
    let Some(wording) = wording else { return Ok((of_taxa(&vectors, &taxa)?, unreadable)) };
    let names: Vec<String> = classes.iter().map(|&taxon| wording.plain(taxon)).collect();
    let labels = towers.texts(wording.tokenizer, &names)?;
    let similarities = rows(&vectors.f_matmul(&labels.f_transpose(0, 1)?)?)?;
    let own = |taxon: &TaxonId| classes.iter().position(|class| class == taxon);
    let places: Vec<Option<usize>> =
        taxa.iter().zip(&similarities).map(|(taxon, row)| own(taxon).map(|own| place(row, &names, own))).collect();
    let precision_at_5 = precision(&rows(&vectors.f_matmul(&vectors.f_transpose(0, 1)?)?)?, &taxa);
    Ok((Retrieval { precision_at_5, ..Retrieval::of_places(&places) }, unreadable))
}

/// How many classes of another name are at least as near as the one at `own`; a row of similarities with the names of classes.
fn place(row: &[f32], names: &[String], own: usize) -> usize {
    row.iter().zip(names).filter(|(value, name)| !is_below(**value, row[own]) && **name != names[own]).count()
}

/// Retrieval of unit vectors `[N, D]` among each other: what is of the same taxon is right, and equally near ones of another
/// taxon stand before it. Those that are alone in their taxon ask for nothing.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn of_taxa(vectors: &Tensor, taxa: &[TaxonId]) -> Result<Retrieval, TrainError> {
    let similarities = rows(&vectors.f_matmul(&vectors.f_transpose(0, 1)?)?)?;
    let places: Vec<Option<usize>> = first_places(&similarities, taxa).into_iter().map(Some).collect();
    Ok(Retrieval { precision_at_5: precision(&similarities, taxa), ..Retrieval::of_places(&places) })
}

/// The places, from 0, at which those that are not alone in their taxon find the first of it; similarities in rows.
#[must_use]
pub fn first_places(similarities: &[Vec<f32>], taxa: &[TaxonId]) -> Vec<usize> {
    (0..taxa.len()).filter_map(|own| first_of_taxon(&similarities[own], taxa, own)).collect()
}

/// How many of other taxa are at least as near as the nearest other one of the same; `None` for one alone in its taxon.
fn first_of_taxon(row: &[f32], taxa: &[TaxonId], own: usize) -> Option<usize> {
    let others = || (0..row.len()).filter(|&other| other != own);
    let nearest = others().filter(|&other| taxa[other] == taxa[own]).map(|other| row[other]).max_by(f32::total_cmp)?;
    Some(others().filter(|&other| taxa[other] != taxa[own] && !is_below(row[other], nearest)).count())
}

/// Share of the five nearest others that are of the same taxon; of equally near ones those of another taxon come first.
fn precision(similarities: &[Vec<f32>], taxa: &[TaxonId]) -> Option<f64> {
    if taxa.len() < 2 {
        return None;
    }
    let of_one = |(own, row): (usize, &Vec<f32>)| {
        let mut others: Vec<usize> = (0..row.len()).filter(|&other| other != own).collect();
        let is_same = |other: usize| taxa[other] == taxa[own];
        others.sort_by(|&a, &b| row[b].total_cmp(&row[a]).then(is_same(a).cmp(&is_same(b))));
        others.truncate(K);
        let same = others.iter().filter(|&&other| is_same(other)).count();
        to_f64(same as u64) / to_f64(others.len() as u64)
    };
    Some(similarities.iter().enumerate().map(of_one).sum::<f64>() / to_f64(taxa.len() as u64))
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use nearmiss::taxonomy::Taxonomy;
    use nearmiss::taxonomy::rank::Rank;
    use std::path::Path;

    #[test]
    fn vectors_of_a_taxon_find_each_other_by_hand() {
        let taxonomy = Taxonomy::from_bytes(b"genus,species\nG,G a\nG,G b\nG,G c\n", Path::new("t.csv")).unwrap();
        let species: Vec<TaxonId> = taxonomy.taxa_of_rank(Rank::Species).collect();
        // a at 0 and 10 degrees, b at 12 and 90, c alone at 180. From a at 0 the nearest is a; from a at 10 it is b at 12, then a;
        // from b at 12 both a are nearer than b; from b at 90 the nearest is b.
        let taxa = [species[0], species[0], species[1], species[1], species[2]];
        let angles = [0.0f64, 10.0, 12.0, 90.0, 180.0].map(f64::to_radians);
        let points: Vec<f64> = angles.iter().flat_map(|angle| [angle.cos(), angle.sin()]).collect();
        let vectors = Tensor::from_slice(&points).view([5, 2]);
        let found = of_taxa(&vectors, &taxa).unwrap();
        assert_eq!((found.n, found.recall_at_1, found.recall_at_5), (4, 0.5, 1.0));
        assert!((found.mrr - (1.0 + 1.0 / 2.0 + 1.0 / 3.0 + 1.0) / 4.0).abs() < 1e-12);
        // Of the four others of each: 1, 1, 1, 1 and 0.
        assert!((found.precision_at_5.unwrap() - 4.0 / 20.0).abs() < 1e-12);
        // Where all are equally near the right one stands last.
        let equal = of_taxa(&vectors.narrow(0, 0, 1).expand([5, 2], false), &taxa).unwrap();
        assert_eq!((equal.recall_at_1, equal.mrr), (0.0, 0.25));
        // Four, two and one of a taxon, all equally near: each of the four has three of other taxa and then two of its own among
        // its first five, each of the two has five of the others, as the last one has.
        let seven = [0, 0, 0, 0, 1, 1, 2].map(|number: usize| species[number]);
        let share = precision(&vec![vec![0.5; 7]; 7], &seven).unwrap();
        assert!((share - 4.0 * (2.0 / 5.0) / 7.0).abs() < 1e-12, "{share}");
    }

    #[test]
    fn what_is_equally_near_or_no_number_stands_before_a_name() {
        // A photograph asks for its name: what is equally near and what is no number stand before it, its own name elsewhere not.
        let names = ["a", "b", "a", "c"].map(str::to_string);
        assert_eq!(place(&[0.5, 0.4, 0.5, 0.3], &names, 0), 0);
        assert_eq!(place(&[0.5, 0.5, 0.5, f32::NAN], &names, 2), 2);
        assert_eq!(place(&[f32::NAN, 0.1, f32::NAN, 0.2], &names, 0), 2);
    }

    #[test]
    fn places_become_shares_by_hand() {
        let found = Retrieval::of_places(&[Some(0), None, Some(5), Some(4)]);
        assert_eq!((found.n, found.recall_at_1, found.recall_at_5), (4, 0.25, 0.5));
    }
}
