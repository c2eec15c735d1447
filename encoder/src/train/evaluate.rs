//! How well photographs find their names, and each other, while a model is trained.

use super::error::TrainError;
use super::examples::Examples;
use super::parameters::Towers;
use super::wording::Wording;
use crate::encoder::batches::{batches_by_length, padded};
use crate::encoder::tokenizer::Tokenizer;
use nearmiss::numbers::statistics::to_f64;
use nearmiss::photographs::preprocess::Preprocess;
use nearmiss::taxonomy::TaxonId;
use serde::{Deserialize, Serialize};
use tch::{Kind, Tensor};

/// Answers looked at.
const K: usize = 5;

/// Retrieval over one set of photographs; shares in `[0, 1]`, higher is better.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
pub struct Retrieval {
    /// Photographs.
    pub n: usize,
    /// Share of photographs whose nearest text is right.
    pub recall_at_1: f64,
    /// Share with the right text among the five nearest.
    pub recall_at_5: f64,
    /// One over the place of the right text, averaged.
    pub mrr: f64,
    /// Share of the five nearest other photographs that show the same taxon; `None` below two photographs.
    pub precision_at_5: Option<f64>,
}

/// Unit vectors of texts, `[N, D]`.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn embed_texts(towers: &Towers, tokenizer: &Tokenizer, texts: &[String]) -> Result<Tensor, TrainError> {
    let ids: Vec<Vec<i64>> = texts.iter().map(|text| tokenizer.encode(text).ids).collect();
    let mut rows: Vec<Option<Tensor>> = (0..ids.len()).map(|_| None).collect();
    for batch in batches_by_length(&ids) {
        let members: Vec<&[i64]> = batch.iter().map(|&index| ids[index].as_slice()).collect();
        let (padded, last) = padded(&members)?;
        let embedded = unit(&towers.text.forward(&padded, &last)?)?;
        for (place, &index) in (0_i64..).zip(&batch) {
            rows[index] = Some(embedded.f_get(place)?);
        }
    }
    Ok(Tensor::f_stack(&rows.into_iter().flatten().collect::<Vec<_>>(), 0)?)
}

/// Rows divided by their lengths.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn unit(rows: &Tensor) -> Result<Tensor, TrainError> {
    Ok(rows.f_div(&rows.f_norm_scalaropt_dim(2, [1i64], true)?.f_clamp_min(1e-12)?)?)
}

/// Retrieval of photographs against the texts of `classes`, and against each other.
///
/// # Errors
///
/// Unreadable photographs only; whatever LibTorch reports.
pub fn retrieval(
    towers: &Towers,
    wording: Wording<'_>,
    preprocess: &Preprocess,
    examples: &Examples,
    classes: &[TaxonId],
) -> Result<Retrieval, TrainError> {
    let _guard = tch::no_grad_guard();
    let names: Vec<String> = classes.iter().map(|&taxon| wording.plain(taxon)).collect();
    let labels = embed_texts(towers, wording.tokenizer, &names)?;
    let (mut vectors, mut taxa) = (vec![], vec![]);
    let indices: Vec<usize> = (0..examples.taxa.len()).collect();
    for chunk in indices.chunks(64) {
        let batch = examples.plain(chunk, preprocess)?;
        vectors.push(unit(&towers.vision.forward(&batch.pixels)?)?);
        taxa.extend(batch.taxa);
    }
    let vectors = Tensor::f_cat(&vectors, 0)?;
    let similarities = rows(&vectors.f_matmul(&labels.f_transpose(0, 1)?)?)?;
    let (mut first, mut five, mut reciprocal) = (0_u64, 0_u64, 0.0);
    for (taxon, row) in taxa.iter().zip(&similarities) {
        let Some(own) = classes.iter().position(|class| class == taxon) else { continue };
        let place = row.iter().filter(|value| **value > row[own]).count();
        first += u64::from(place == 0);
        five += u64::from(place < K);
        reciprocal += 1.0 / to_f64(place as u64 + 1);
    }
    let n = to_f64(taxa.len() as u64);
    Ok(Retrieval {
        n: taxa.len(),
        recall_at_1: to_f64(first) / n,
        recall_at_5: to_f64(five) / n,
        mrr: reciprocal / n,
        precision_at_5: precision(&rows(&vectors.f_matmul(&vectors.f_transpose(0, 1)?)?)?, &taxa),
    })
}

/// Share of the five nearest others that are of the same taxon; of equals the first.
fn precision(similarities: &[Vec<f32>], taxa: &[TaxonId]) -> Option<f64> {
    if taxa.len() < 2 {
        return None;
    }
    let of_one = |(own, row): (usize, &Vec<f32>)| {
        let mut others: Vec<usize> = (0..row.len()).filter(|&other| other != own).collect();
        others.sort_by(|&a, &b| row[b].total_cmp(&row[a]));
        others.truncate(K);
        let same = others.iter().filter(|&&other| taxa[other] == taxa[own]).count();
        to_f64(same as u64) / to_f64(others.len() as u64)
    };
    Some(similarities.iter().enumerate().map(of_one).sum::<f64>() / to_f64(taxa.len() as u64))
}

/// A matrix as rows of numbers.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn rows(matrix: &Tensor) -> Result<Vec<Vec<f32>>, TrainError> {
    let width = usize::try_from(matrix.size().get(1).copied().unwrap_or(1)).unwrap_or(1).max(1);
    let flat = Vec::<f32>::try_from(matrix.f_to_kind(Kind::Float)?.f_contiguous()?.f_flatten(0, -1)?)?;
    Ok(flat.chunks(width).map(<[f32]>::to_vec).collect())
}
