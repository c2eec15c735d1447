//! The loss of a batch of photographs.

use super::config::{LossKind, LossTerm};
use super::error::TrainError;
use super::examples::Batch;
use super::kinship::{among, classes, of_logits, same};
use super::losses;
use super::towers::Towers;
use super::wording::Wording;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use tch::{Kind, Tensor};

/// The weighted sum of the losses of a batch; `wording` is how taxa are put to a text tower, where the model has one.
///
/// # Errors
///
/// [`TrainError::NoPairs`] where a contrast among photographs finds no two of one class.
pub fn loss(
    towers: &Towers,
    wording: Option<Wording<'_>>,
    taxonomy: &Taxonomy,
    terms: &[LossTerm],
    batch: &Batch,
) -> Result<Tensor, TrainError> {
    let images = towers.images(&batch.pixels)?;
    let mut captions: Option<Tensor> = None;
    let mut total: Option<Tensor> = None;
    for term in terms {
        let value = match (term.kind, wording) {
            (LossKind::InfoNce | LossKind::Sigmoid { .. }, Some(wording)) => {
                let texts = match captions.take() {
                    Some(texts) => texts,
                    None => towers.texts(wording.tokenizer, &batch.texts)?,
                };
                let value = of_pairs(term.kind, towers, [&images, &texts], &batch.texts)?;
                captions = Some(texts);
                Some(value)
            }
            (LossKind::Hxe { .. } | LossKind::SoftLabels { .. }, Some(wording)) => {
                let classes = classes(&batch.taxa);
                let logits = logits(towers, wording, &images, &classes)?;
                of_logits(term.kind, &logits, taxonomy, &classes, &batch.taxa)?
            }
            (kind, _) => among(kind, &images, taxonomy, &batch.taxa)?,
        };
        let weighted = value.ok_or(TrainError::NoPairs)?.f_mul_scalar(term.weight)?;
        total = Some(match total {
            Some(total) => total.f_add(&weighted)?,
            None => weighted,
        });
    }
    total.ok_or(TrainError::NoPairs)
}

/// A loss of photographs and the texts of each.
fn of_pairs(kind: LossKind, towers: &Towers, [images, captions]: [&Tensor; 2], texts: &[String]) -> Result<Tensor, TrainError> {
    let scale = towers.scale.as_ref().ok_or(TrainError::Lacks("text"))?;
    let same = same(texts)?;
    let LossKind::Sigmoid { bias } = kind else { return Ok(losses::info_nce(images, captions, scale, &same)?) };
    let given = bias.map(|bias| Tensor::f_zeros([0_i64; 0], (Kind::Float, images.device()))?.f_add_scalar(bias)).transpose()?;
    let bias = towers.bias.as_ref().or(given.as_ref()).ok_or(TrainError::NoBias)?;
    Ok(losses::sigmoid(images, captions, scale, bias, &same)?)
}

/// `[B, C]`: photographs against the texts of the classes.
fn logits(towers: &Towers, wording: Wording<'_>, images: &Tensor, classes: &[TaxonId]) -> Result<Tensor, TrainError> {
    let names: Vec<String> = classes.iter().map(|&taxon| wording.plain(taxon)).collect();
    let labels = towers.texts(wording.tokenizer, &names)?;
    let scale = towers.scale.as_ref().ok_or(TrainError::Lacks("text"))?;
    Ok(images.f_matmul(&labels.f_transpose(0, 1)?)?.f_mul(scale)?)
}
