//! What the taxa of a batch have to do with each other, as matrices, and losses made of that.

use super::config::LossKind;
use super::error::TrainError;
use super::losses;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;
use tch::{Kind, Tensor};

/// Ranks of the levels of the hierarchical contrast, the finest first.
const LEVELS: [Rank; 4] = [Rank::Species, Rank::Genus, Rank::Family, Rank::Order];

/// Factor on cosines with means of classes, where no model has learnt one: CLIP's start.
const SCALE: f64 = 1.0 / 0.07;

/// A loss of unit vectors `[B, D]` and their taxa, without a text; `None` where no two share a taxon that it looks at, and for
/// losses of texts.
///
/// Where a loss is over classes, a class is the mean of the batch's other vectors of it.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn among(kind: LossKind, vectors: &Tensor, taxonomy: &Taxonomy, taxa: &[TaxonId]) -> Result<Option<Tensor>, TrainError> {
    match kind {
        LossKind::SupCon { temperature } => Ok(losses::sup_con(vectors, &same(taxa)?, temperature)?),
        LossKind::Hmce { temperature } => {
            let by_level: Vec<Tensor> =
                LEVELS.into_iter().map(|rank| same(&at(taxonomy, taxa, rank))).collect::<Result<_, _>>()?;
            Ok(losses::hmce(vectors, &by_level, temperature)?)
        }
        LossKind::Hxe { .. } | LossKind::SoftLabels { .. } => {
            let classes = classes(taxa);
            let Some((cosines, places)) = losses::class_means(vectors, &members(&classes, taxa)?)? else { return Ok(None) };
            let places = Vec::<i64>::try_from(&places)?;
            let truths: Vec<TaxonId> = places.iter().map(|&place| taxa[usize::try_from(place).unwrap_or(0)]).collect();
            of_logits(kind, &cosines.f_mul_scalar(SCALE)?, taxonomy, &classes, &truths)
        }
        _ => Ok(None),
    }
}

/// A loss of logits `[B, C]` over classes; `None` for losses that have none.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn of_logits(
    kind: LossKind,
    logits: &Tensor,
    taxonomy: &Taxonomy,
    classes: &[TaxonId],
    truths: &[TaxonId],
) -> Result<Option<Tensor>, TrainError> {
    match kind {
        LossKind::Hxe { alpha } => Ok(Some(losses::hxe(logits, &levels(taxonomy, classes, truths)?, alpha)?)),
        LossKind::SoftLabels { beta } => Ok(Some(losses::soft_labels(logits, &distances(taxonomy, classes, truths)?, beta)?)),
        _ => Ok(None),
    }
}

/// `[B, B]`, 1 where two are equal.
///
/// # Errors
///
/// Whatever LibTorch reports.
pub fn same<T: PartialEq>(keys: &[T]) -> Result<Tensor, TrainError> {
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

/// Different taxa, in the order of the tree.
#[must_use]
pub fn classes(taxa: &[TaxonId]) -> Vec<TaxonId> {
    let mut classes = taxa.to_vec();
    classes.sort_unstable();
    classes.dedup();
    classes
}

/// `[B, C]`, 1 where a taxon is a class.
fn members(classes: &[TaxonId], taxa: &[TaxonId]) -> Result<Tensor, TrainError> {
    let own: Vec<i64> = taxa
        .iter()
        .map(|taxon| classes.binary_search(taxon).ok().and_then(|place| i64::try_from(place).ok()).unwrap_or(0))
        .collect();
    let columns = i64::try_from(classes.len()).unwrap_or(i64::MAX);
    Ok(Tensor::f_from_slice(&own)?.f_one_hot(columns)?.f_to_kind(Kind::Float)?)
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
            levels.iter().map(|(groups, _, _)| super::super::towers::rows(&groups.transpose(0, 1)).unwrap()).collect();
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

    #[test]
    fn losses_over_classes_do_without_texts_where_two_are_of_one() {
        // Vectors of one class lie together: the hierarchical cross-entropy is small. Alone in their classes they have none.
        let table = "kingdom,family,genus,species\nK,F,G,G a\nK,F,G,G b\nK,E,I,I c\n";
        let taxonomy = Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
        let species: Vec<TaxonId> = taxonomy.taxa_of_rank(Rank::Species).collect();
        let taxa = [species[0], species[0], species[1], species[1], species[2]];
        let vectors = Tensor::from_slice(&[1.0f32, 0.0, 1.0, 0.0, 0.0, 1.0, 0.0, 1.0, -1.0, 0.0]).view([5, 2]);
        for kind in [LossKind::Hxe { alpha: 0.1 }, LossKind::SoftLabels { beta: 50.0 }] {
            let loss = f64::try_from(among(kind, &vectors, &taxonomy, &taxa).unwrap().unwrap()).unwrap();
            assert!(loss.abs() < 1e-3, "{kind:?} {loss}");
            assert!(among(kind, &vectors.narrow(0, 0, 3), &taxonomy, &species).unwrap().is_none());
        }
        assert!(among(LossKind::InfoNce, &vectors, &taxonomy, &taxa).unwrap().is_none());
    }
}
