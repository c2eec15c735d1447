//! Pictures of the latent space: the staircase, maps, centroids in the order of the tree, two trees side by side,
//! silhouettes per taxon.

use super::canvas::{Anchor, Canvas, draw, fitting_taxon, pixel, whole};
use super::colours::{FAINT, GREY, INK, Palette, RIGHT, SERIES, WRONG, of_rung};
use super::matrix::{PairValues, matrix};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::mean_in_order;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;
use crate::spaces::latent::dendrogram::Dendrogram;
use crate::spaces::latent::staircase::Stair;
use crate::spaces::latent::tree::place;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Distance by the rank at which two points meet. `None` for fewer than two steps.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn staircase(latent: &Latent) -> Result<Option<Figure>, ReportError> {
    const WIDTH: i32 = 760;
    const HEIGHT: i32 = 420;
    const LEFT: i32 = 90;
    const BOTTOM: i32 = 350;
    const TOP: i32 = 40;
    let stairs = &latent.staircase;
    if stairs.len() < 2 {
        return Ok(None);
    }
    let caption = format!(
        "Mean cosine distance of two images by the rank of the lowest taxon that holds both, over all pairs, with 95 % \
         intervals. A space that follows the taxonomy climbs from step to step.{}",
        without_interval(stairs)
    );
    let ends = stairs.iter().flat_map(|stair| [stair.distance, stair.interval.map_or(stair.distance, |interval| interval.high)]);
    let most = ends.fold(f64::MIN_POSITIVE, f64::max) * 1.08;
    let size = (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs());
    let svg = draw("staircase", size, "Mean distance by the rank at which two points meet", |canvas| {
        let y = |value: f64| BOTTOM - pixel(value / most * f64::from(BOTTOM - TOP));
        let step = (WIDTH - LEFT - 40) / whole(stairs.len());
        for tick in ticks(most) {
            canvas.line(&[(LEFT, y(tick)), (WIDTH - 40, y(tick))], FAINT, 1)?;
            canvas.small(&format!("{tick:.2}"), (LEFT - 10, y(tick)), Anchor::Right, GREY)?;
        }
        canvas.text("mean cosine distance", (LEFT, 18), Anchor::Left, GREY)?;
        for (index, stair) in stairs.iter().enumerate() {
            let left = LEFT + step * whole(index);
            let middle = left + step / 2;
            let (from, to, colour) = ((left + 8, y(stair.distance)), (left + step - 8, BOTTOM), of_rung(stair.rung));
            if let Some(interval) = stair.interval {
                canvas.bar(from, to, colour)?;
                canvas.interval(middle, (y(interval.low), y(interval.high)), INK)?;
            } else {
                canvas.tint(from, to, colour, 0.35)?;
                canvas.frame(from, to, colour, 1)?;
            }
            canvas.text(&stair.rank, (middle, BOTTOM + 18), Anchor::Centre, INK)?;
            canvas.small(&short(stair.pairs), (middle, BOTTOM + 38), Anchor::Centre, GREY)?;
        }
        canvas.small("pairs", (LEFT - 10, BOTTOM + 38), Anchor::Right, GREY)?;
        canvas.line(&[(LEFT, BOTTOM), (WIDTH - 40, BOTTOM)], GREY, 1)
    })?;
    Ok(Some(Figure { file: "figures/staircase.svg".to_string(), svg, caption }))
}

/// Which bars have no interval, and why.
fn without_interval(stairs: &[Stair]) -> String {
    let mut ranks_of: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for stair in stairs {
        if let Some(reason) = stair.no_interval {
            ranks_of.entry(reason).or_default().push(&stair.rank);
        }
    }
    let reasons: Vec<String> = ranks_of.iter().map(|(reason, ranks)| format!("{} ({reason})", ranks.join(", "))).collect();
    if reasons.is_empty() { String::new() } else { format!(" Pale bars have no interval: {}.", reasons.join("; ")) }
}

fn ticks(most: f64) -> Vec<f64> {
    let step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0].into_iter().find(|step| most / step <= 8.0).unwrap_or(1.0);
    (0..9).map(|index| f64::from(index) * step).filter(|&tick| tick <= most).collect()
}

/// `12 k`, `3.4 M`.
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
pub(super) fn short(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..1_000_000 => format!("{:.0} k", count as f64 / 1e3),
        _ => format!("{:.1} M", count as f64 / 1e6),
    }
}

/// Cosine distances of centroids in the order of the taxonomy, with boxes around the taxa of a rank. `None`
/// for fewer than three.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn heatmap(embeddings: &Embeddings, latent: &Latent) -> Result<Option<Figure>, ReportError> {
    let Some(centroids) = latent.centroids.as_ref().filter(|centroids| centroids.taxa.len() > 2) else { return Ok(None) };
    let n = centroids.taxa.len();
    let distance = |a: usize, b: usize| if a == b { 0.0 } else { centroids.distances[place(n, a, b)] };
    let mut sorted = centroids.distances.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let (near, far) = (sorted[sorted.len() / 50], sorted[sorted.len() - 1 - sorted.len() / 50]);
    let caption = format!("Cosine distance of the means of {n} taxa in the order of the taxonomy; dark is near.");
    let value = |a: usize, b: usize| Some(distance(a, b));
    let of = "Distances of the means of taxa";
    let pairs = PairValues { of, taxonomy: &embeddings.taxonomy, taxa: &centroids.taxa, near, far, value: &value };
    matrix("centroids", &caption, &pairs).map(Some)
}

/// The taxonomy and the dendrogram of centroids, face to face. `None` for fewer than four taxa.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn tanglegram(embeddings: &Embeddings, latent: &Latent) -> Result<Option<Figure>, ReportError> {
    const MOST_TAXA: usize = 60;
    const WIDTH: i32 = 800;
    const TREE: i32 = 180;
    const NAMES: i32 = 150;
    const ROW: i32 = 14;
    let Some(centroids) = latent.centroids.as_ref().filter(|centroids| centroids.taxa.len() > 3) else { return Ok(None) };
    let taxonomy = &embeddings.taxonomy;
    let all = centroids.taxa.len();
    let step = all.div_ceil(MOST_TAXA);
    let taken: Vec<usize> = (0..all).step_by(step).collect();
    let count = taken.len();
    let taxa: Vec<TaxonId> = taken.iter().map(|&index| centroids.taxa[index]).collect();
    let distances: Vec<f64> = (0..count)
        .flat_map(|a| (a + 1..count).map(move |b| (a, b)))
        .map(|(a, b)| centroids.distances[place(all, taken[a], taken[b])])
        .collect();
    let dendrogram = Dendrogram::of(count, &distances, crate::spaces::latent::dendrogram::Linkage::Average);
    let order = untangled(&dendrogram);
    let mut row_of = vec![0; count];
    order.iter().enumerate().for_each(|(row, &taxon)| row_of[taxon] = row);
    let palette = Palette::of(embeddings);
    let rank = palette.finest(taxonomy, &taxa);
    let colour = |taxon: TaxonId| rank.and_then(|rank| palette.colour(taxonomy.ancestor_at(taxon, rank)?)).unwrap_or(GREY);
    let caption = format!(
        "The taxonomy (left) and the tree that average linkage makes of the means of {count} taxa{} (right). {} where links \
         cross, the space disagrees.",
        if step > 1 { format!(", every {} of {all}", ordinal(step)) } else { String::new() },
        rank.map_or_else(String::new, |rank| format!("Links of one colour are one {};", rank.name()))
    );
    let height = ROW * whole(count) + 40;
    let size = (WIDTH.unsigned_abs(), height.unsigned_abs());
    let svg = draw("tanglegram", size, "The taxonomy and the tree that the space makes", |canvas| {
        let line_of = |row: usize| 24 + ROW * whole(row);
        cladogram(canvas, taxonomy, &taxa, TREE, &line_of)?;
        let heights = dendrogram.merges.last().map_or(1.0, |merge| merge.height).max(f64::MIN_POSITIVE);
        let right = WIDTH - TREE;
        let across = |height: f64| right + pixel(height / heights * f64::from(TREE - 20));
        let mut nodes: Vec<(i32, i32)> = (0..count).map(|taxon| (right, line_of(row_of[taxon]))).collect();
        for merge in &dendrogram.merges {
            let (a, b, at) = (nodes[merge.left], nodes[merge.right], across(merge.height));
            canvas.line(&[(a.0, a.1), (at, a.1), (at, b.1), (b.0, b.1)], GREY, 1)?;
            nodes.push((at, i32::midpoint(a.1, b.1)));
        }
        for (index, &taxon) in taxa.iter().enumerate() {
            let text = fitting_taxon(taxonomy.name(taxon), None, NAMES - 8);
            canvas.small(&text, (TREE + 6, line_of(index)), Anchor::Left, INK)?;
            canvas.line(&[(TREE + NAMES, line_of(index)), (right - NAMES + 4, line_of(row_of[index]))], colour(taxon), 2)?;
            canvas.small(&text, (right - 6, line_of(row_of[index])), Anchor::Right, INK)?;
        }
        Ok(())
    })?;
    Ok(Some(Figure { file: "figures/tanglegram.svg".to_string(), svg, caption }))
}

/// The number of a place in a row: `second`, `third`, `4th`, `21st`.
fn ordinal(place: usize) -> String {
    let ending = match (place % 10, place % 100 / 10) {
        (1, tens) if tens != 1 => "st",
        (2, tens) if tens != 1 => "nd",
        (3, tens) if tens != 1 => "rd",
        _ => "th",
    };
    match place {
        2 => "second".to_string(),
        3 => "third".to_string(),
        _ => format!("{place}{ending}"),
    }
}

/// The order of points under the tree, turned at each node so that it stands as near the taxonomy's as can be.
fn untangled(dendrogram: &Dendrogram) -> Vec<usize> {
    let mut below: Vec<Vec<usize>> = (0..dendrogram.n).map(|point| vec![point]).collect();
    let mean = |points: &[usize]| to_f64(points.iter().sum::<usize>() as u64) / to_f64(points.len() as u64);
    for merge in &dendrogram.merges {
        let (left, right) = (below[merge.left].clone(), below[merge.right].clone());
        below.push(if mean(&left) <= mean(&right) { [left, right].concat() } else { [right, left].concat() });
    }
    below.pop().unwrap_or_default()
}

/// The taxonomy above some taxa, leaves in a column at `right`.
fn cladogram(
    canvas: &Canvas<'_>,
    taxonomy: &Taxonomy,
    taxa: &[TaxonId],
    right: i32,
    y: &dyn Fn(usize) -> i32,
) -> Result<(), ReportError> {
    let x = |taxon: TaxonId| {
        if taxa.contains(&taxon) { right } else { 16 + (right - 40) * (7 - i32::from(taxonomy.rung(taxon))) / 7 }
    };
    // Rows of the leaves below each ancestor.
    let mut rows: BTreeMap<TaxonId, (usize, usize)> = BTreeMap::new();
    for (row, &taxon) in taxa.iter().enumerate() {
        for step in taxonomy.lineage(taxon) {
            let range = rows.entry(step).or_insert((row, row));
            *range = (range.0.min(row), range.1.max(row));
        }
    }
    let middle = |taxon: TaxonId| rows.get(&taxon).map_or(0, |&(first, last)| i32::midpoint(y(first), y(last)));
    for &taxon in rows.keys() {
        let Some(parent) = taxonomy.parent(taxon) else { continue };
        canvas.line(&[(x(parent), middle(parent)), (x(parent), middle(taxon)), (x(taxon), middle(taxon))], GREY, 1)?;
    }
    Ok(())
}

/// Silhouettes of the points of each taxon, the taxa in the order of the tree. `None` for fewer than two.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn silhouettes(embeddings: &Embeddings, latent: &Latent) -> Result<Option<Figure>, ReportError> {
    const MOST_TAXA: usize = 50;
    const WIDTH: i32 = 760;
    const LEFT: i32 = 230;
    const ROW: i32 = 15;
    let Some((groups, silhouette)) = latent.silhouettes.as_ref().filter(|(groups, _)| groups.taxa.len() > 1) else {
        return Ok(None);
    };
    let taxonomy = &embeddings.taxonomy;
    let mut values: Vec<Vec<f64>> = vec![vec![]; groups.taxa.len()];
    groups.of.iter().zip(&silhouette.points).for_each(|(&group, &value)| values[group].push(value));
    for values in &mut values {
        values.sort_unstable_by(f64::total_cmp);
    }
    let mean = |group: usize| mean_in_order(&values[group]).unwrap_or(f64::NAN);
    let mut shown: Vec<usize> = (0..groups.taxa.len()).filter(|&group| values[group].len() > 1).collect();
    let all = shown.len();
    if all == 0 {
        return Ok(None);
    }
    // The worst are what a reader looks for.
    shown.sort_by(|&a, &b| mean(a).total_cmp(&mean(b)));
    shown.truncate(MOST_TAXA);
    shown.sort_unstable();
    let caption = format!(
        "Cosine silhouettes of the images of {} taxa{}: the line from the lowest to the highest decile, the dot their mean. Below 0 \
         an image is nearer to another taxon.",
        shown.len(),
        if all > shown.len() { format!(", the worst of {all}") } else { String::new() }
    );
    let height = ROW * whole(shown.len()) + 60;
    let svg = draw("silhouettes", (WIDTH.unsigned_abs(), height.unsigned_abs()), "Silhouettes, taxon by taxon", |canvas| {
        let x = |value: f64| LEFT + pixel(f64::midpoint(value, 1.0) * f64::from(WIDTH - LEFT - 30));
        let bottom = height - 34;
        for tick in [-1.0, -0.5, 0.0, 0.5, 1.0] {
            canvas.line(&[(x(tick), 10), (x(tick), bottom)], if tick == 0.0 { GREY } else { FAINT }, 1)?;
            canvas.small(&format!("{tick:.1}"), (x(tick), bottom + 14), Anchor::Centre, GREY)?;
        }
        for (row, &group) in shown.iter().enumerate() {
            let y = 20 + ROW * whole(row);
            let values = &values[group];
            let decile = |share: usize| values[(values.len() - 1) * share / 10];
            let name = fitting_taxon(taxonomy.name(groups.taxa[group]), Some(values.len()), LEFT - 20);
            canvas.small(&name, (LEFT - 8, y), Anchor::Right, INK)?;
            let colour = if mean(group) < 0.0 { WRONG } else { RIGHT };
            canvas.faint_line(&[(x(decile(1)), y), (x(decile(9)), y)], colour, 3, 0.5)?;
            canvas.dot((x(mean(group)), y), colour)?;
        }
        Ok(())
    })?;
    Ok(Some(Figure { file: "figures/silhouettes.svg".to_string(), svg, caption }))
}

/// Agreement of neighbours per rank, with chance. `None` without ranks.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn agreement(latent: &Latent) -> Result<Option<Figure>, ReportError> {
    const WIDTH: i32 = 760;
    const BOTTOM: i32 = 300;
    const LEFT: i32 = 80;
    let ranks: Vec<_> =
        latent.ranks.iter().filter(|space| space.agreement.iter().any(|agreement| agreement.agreement.is_some())).collect();
    if ranks.is_empty() {
        return Ok(None);
    }
    let caption =
        "Share of the nearest neighbours that are of the same taxon, rank by rank; the grey mark is what chance would give."
            .to_string();
    let svg = draw("agreement", (WIDTH.unsigned_abs(), 360), "Whether the nearest neighbours are of the same taxon", |canvas| {
        let y = |share: f64| BOTTOM - pixel(share * f64::from(BOTTOM - 50));
        canvas.percent_grid((LEFT, WIDTH - 30), y)?;
        let step = (WIDTH - LEFT - 40) / whole(ranks.len());
        for (series, agreement) in ranks[0].agreement.iter().enumerate() {
            let at = LEFT + 20 + 130 * whole(series);
            canvas.dot((at, 20), SERIES[series % SERIES.len()])?;
            canvas.legend(&format!("{} nearest", agreement.k), (at + 12, 20))?;
        }
        for (index, space) in ranks.iter().enumerate() {
            let middle = LEFT + step * whole(index) + step / 2;
            for (series, agreement) in space.agreement.iter().enumerate() {
                let x = middle + 14 * (whole(series) * 2 - whole(space.agreement.len()) + 1) / 2;
                if let Some(share) = agreement.agreement {
                    let colour = SERIES[series % SERIES.len()];
                    canvas.faint_line(&[(x, y(0.0)), (x, y(share))], colour, 3, 0.4)?;
                    canvas.dot((x, y(share)), colour)?;
                }
            }
            if let Some(chance) = space.agreement.first().and_then(|agreement| agreement.chance) {
                canvas.line(&[(middle - step / 3, y(chance)), (middle + step / 3, y(chance))], GREY, 3)?;
            }
            canvas.text(space.rank.name(), (middle, BOTTOM + 20), Anchor::Centre, INK)?;
            canvas.small(&format!("{} taxa", space.taxa), (middle, BOTTOM + 40), Anchor::Centre, GREY)?;
        }
        Ok(())
    })?;
    Ok(Some(Figure { file: "figures/agreement.svg".to_string(), svg, caption }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordinals_are_english() {
        let said = [2, 3, 4, 11, 12, 13, 21, 22, 23, 101, 111].map(ordinal);
        assert_eq!(said, ["second", "third", "4th", "11th", "12th", "13th", "21st", "22nd", "23rd", "101st", "111th"]);
    }

    #[test]
    fn a_bar_without_an_interval_says_why() {
        let stair = |rank: &str, no_interval: Option<&'static str>| Stair {
            rank: rank.to_string(),
            rung: 0,
            pairs: 1,
            taxa: 1,
            distance: 0.1,
            interval: None,
            no_interval,
        };
        let stairs = [stair("genus", None), stair("class", Some("one taxon")), stair("root", Some("one taxon"))];
        assert_eq!(without_interval(&stairs), " Pale bars have no interval: class, root (one taxon).");
        assert_eq!(without_interval(&stairs[..1]), "");
    }
}
