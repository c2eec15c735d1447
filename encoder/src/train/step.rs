//! The loss of a batch.

use super::config::{LossKind, LossTerm};
use super::error::TrainError;
use super::evaluate::{embed_texts, unit};
use super::examples::Batch;
use super::losses;
use super::parameters::Towers;
use super::wording::Wording;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;
use tch::{Kind, Tensor};

/// Ranks of the levels of the hierarchical contrast, the finest first.
const LEVELS: [Rank; 4] = [Rank::Species, Rank::Genus, Rank::Family, Rank::Order];

/// The weighted sum of the losses of a batch.
///
/// # Errors
///
/// [`TrainError::NoPairs`] where a contrast among photographs finds no two of one class.
pub fn loss(towers: &Towers, wording: Wording<'_>, terms: &[LossTerm], batch: &Batch) -> Result<Tensor, TrainError> {
    let taxonomy = wording.taxonomy;
    let images = unit(&towers.vision.forward(&batch.pixels)?)?;
    let mut captions: Option<Tensor> = None;
    let mut total: Option<Tensor> = None;
    for term in terms {
        let value = match term.kind {
            LossKind::InfoNce | LossKind::Sigmoid { .. } => {
                if captions.is_none() {
                    captions = Some(embed_texts(towers, wording.tokenizer, &batch.texts)?);
                }
                let Some(captions) = &captions else { continue };
                let same = same(&batch.texts)?;
                match term.kind {
                    LossKind::Sigmoid { bias } => losses::sigmoid(&images, captions, &towers.scale, bias, &same)?,
                    _ => losses::info_nce(&images, captions, &towers.scale, &same)?,
                }
            }
            LossKind::SupCon { temperature } => {
                losses::sup_con(&images, &same(&batch.taxa)?, temperature)?.ok_or(TrainError::NoPairs)?
            }
            LossKind::Hmce { temperature } => {
                let by_level: Vec<Tensor> =
                    LEVELS.into_iter().map(|rank| same(&at(taxonomy, &batch.taxa, rank))).collect::<Result<_, _>>()?;
                losses::hmce(&images, &by_level, temperature)?.ok_or(TrainError::NoPairs)?
            }
            LossKind::Hxe { alpha } => {
                let classes = classes(&batch.taxa);
                let logits = logits(towers, wording, &images, &classes)?;
                losses::hxe(&logits, &levels(taxonomy, &classes, &batch.taxa)?, alpha)?
            }
            LossKind::SoftLabels { beta } => {
                let classes = classes(&batch.taxa);
                let logits = logits(towers, wording, &images, &classes)?;
                losses::soft_labels(&logits, &distances(taxonomy, &classes, &batch.taxa)?, beta)?
            }
        };
        let weighted = value.f_mul_scalar(term.weight)?;
        total = Some(match total {
            Some(total) => total.f_add(&weighted)?,
            None => weighted,
        });
    }
    total.ok_or(TrainError::NoPairs)
}

/// `[B, B]`, 1 where two are equal.
fn same<T: PartialEq>(keys: &[T]) -> Result<Tensor, TrainError> {
    let flat: Vec<f32> = keys.iter().flat_map(|a| keys.iter().map(move |b| f32::from(u8::from(a == b)))).collect();
    let side = i64::try_from(keys.len()).unwrap_or(i64::MAX);
    Ok(Tensor::f_from_slice(&flat)?.f_reshape([side, side])?)
}

/// The ancestor of each taxon at a main rank; where that is not known the one at the next finer
/// rank that is, at last the taxon itself. So groups of a finer rank lie whole in those of a coarser.
fn at(taxonomy: &Taxonomy, taxa: &[TaxonId], rank: Rank) -> Vec<TaxonId> {
    let coarsest = rank.main_index().unwrap_or(0);
    let known = |taxon: TaxonId| (coarsest..Rank::MAIN.len()).find_map(|index| taxonomy.main_ancestor(taxon, index));
    taxa.iter().map(|&taxon| known(taxon).unwrap_or(taxon)).collect()
}

fn classes(taxa: &[TaxonId]) -> Vec<TaxonId> {
    let mut classes = taxa.to_vec();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// `[B, C]`: photographs against the texts of the classes.
fn logits(towers: &Towers, wording: Wording<'_>, images: &Tensor, classes: &[TaxonId]) -> Result<Tensor, TrainError> {
    let names: Vec<String> = classes.iter().map(|&taxon| wording.plain(taxon)).collect();
    let labels = embed_texts(towers, wording.tokenizer, &names)?;
    Ok(images.f_matmul(&labels.f_transpose(0, 1)?)?.f_mul(&towers.scale)?)
}

/// Groups of the classes at every main rank, from the finest up, as the hierarchical cross-entropy takes them.
fn levels(taxonomy: &Taxonomy, classes: &[TaxonId], truths: &[TaxonId]) -> Result<Vec<(Tensor, Tensor, f64)>, TrainError> {
    let mut levels = vec![];
    for (depth, rank) in (1_u32..=7).zip(Rank::MAIN).collect::<Vec<_>>().into_iter().rev() {
        let of_classes = at(taxonomy, classes, rank);
        let mut numbers: BTreeMap<TaxonId, i64> = BTreeMap::new();
        for &group in &of_classes {
            let next = i64::try_from(numbers.len()).unwrap_or(i64::MAX);
            numbers.entry(group).or_insert(next);
        }
        let columns: Vec<i64> = of_classes.iter().map(|group| numbers[group]).collect();
        let groups =
            Tensor::f_from_slice(&columns)?.f_one_hot(i64::try_from(numbers.len()).unwrap_or(1))?.f_to_kind(Kind::Float)?;
        let own: Vec<i64> = at(taxonomy, truths, rank).iter().map(|group| numbers.get(group).copied().unwrap_or(0)).collect();
        levels.push((groups, Tensor::f_from_slice(&own)?, f64::from(depth)));
    }
    Ok(levels)
}

/// `[B, C]`: edges from each truth up to where it meets each class.
fn distances(taxonomy: &Taxonomy, classes: &[TaxonId], truths: &[TaxonId]) -> Result<Tensor, TrainError> {
    let height = |truth: TaxonId, class: TaxonId| {
        let height = taxonomy.depth(truth) - taxonomy.depth(taxonomy.lca(truth, class));
        f32::from(u16::try_from(height).unwrap_or(u16::MAX))
    };
    let flat: Vec<f32> = truths.iter().flat_map(|&truth| classes.iter().map(move |&class| height(truth, class))).collect();
    let columns = i64::try_from(classes.len()).unwrap_or(i64::MAX);
    Ok(Tensor::f_from_slice(&flat)?.f_reshape([-1, columns])?)
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use std::path::Path;

    #[test]
    fn groups_are_nested_where_ranks_are_unknown() {
        // Family F has no known order: at the order it stands for itself, with both its species.
        let table = "kingdom,phylum,class,order,family,genus,species\n\
                     K,P,C,,F,G,G a\nK,P,C,,F,H,H b\nK,P,C,O,E,I,I c\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let classes: Vec<TaxonId> = taxonomy.taxa_of_rank(Rank::Species).collect();
        let levels = levels(&taxonomy, &classes, &classes).unwrap();
        let groups: Vec<Vec<Vec<f32>>> =
            levels.iter().map(|(groups, _, _)| super::super::evaluate::rows(&groups.transpose(0, 1)).unwrap()).collect();
        // Species, genus, family, order, class, phylum, kingdom: 3 3 2 2 1 1 1 groups.
        assert_eq!(groups.iter().map(Vec::len).collect::<Vec<_>>(), [3, 3, 2, 2, 1, 1, 1]);
        assert_eq!(groups[3], groups[2]);
        for (fine, coarse) in groups.iter().zip(&groups[1..]) {
            let inside = |group: &Vec<f32>| coarse.iter().any(|above| group.iter().zip(above).all(|(one, above)| one <= above));
            assert!(fine.iter().all(inside), "{fine:?} {coarse:?}");
        }
        // With probabilities ¼ ¼ ½ and the truth 'G a': species given genus 1, genus given family ½,
        // family given order 1, order given class ½: at α = 0 the loss is ln 4.
        let logits = Tensor::from_slice(&[0.25_f32, 0.25, 0.5]).log().view([1, 3]);
        let of_first: Vec<_> =
            levels.iter().map(|(groups, truth, depth)| (groups.shallow_clone(), truth.narrow(0, 0, 1), *depth)).collect();
        let loss = f64::try_from(losses::hxe(&logits, &of_first, 0.0).unwrap()).unwrap();
        assert!((loss - 4.0_f64.ln()).abs() < 1e-6, "{loss}");
    }
}
