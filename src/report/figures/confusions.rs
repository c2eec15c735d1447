//! The confusion matrix in the order of the taxonomy.

use super::canvas::{Anchor, Canvas, SMALL_LINE, draw, fitting, pixel, whole};
use super::colours::{FAINT, GREY, INK, RIGHT, STOPPED, WRONG};
use crate::numbers::statistics::share;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::text::count;
use crate::scores::Scores;
use crate::scores::taxa::TaxonScores;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::BTreeMap;

/// Most rows; with more taxa the matrix is of the next rank above.
const MOST: usize = 150;
const WIDTH: i32 = 800;
const LEFT: i32 = 180;
const TOP: i32 = 62;
const SIDE: i32 = 600;
/// Width of the column of answers that stop above the rank.
const STOPS: i32 = 14;

/// Images by true and answered taxon of one rank.
struct Matrix {
    rank: Rank,
    /// Taxa of the rank that are a truth or an answer, in the order of the tree.
    taxa: Vec<TaxonId>,
    /// Images per truth.
    n: Vec<u64>,
    /// Row, column, images; the diagonal holds what is right.
    cells: Vec<(usize, usize, u64)>,
    /// Images per truth whose answer stops above the rank.
    stops: Vec<u64>,
    /// Images whose truth has no taxon of the rank.
    above: u64,
}

/// Draws the confusion matrix of one run at the finest rank of at most 150 taxa, with boxes around
/// families and orders. `None` if no rank has two taxa to confuse.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn confusion_matrix(taxonomy: &Taxonomy, scores: &Scores, file: String) -> Result<Option<Figure>, ReportError> {
    let Some(matrix) = matrix(taxonomy, scores) else { return Ok(None) };
    let collapsed = if scores.taxa.iter().any(|taxon| taxon.rank > matrix.rank && taxon.n > 0) {
        format!(" There are more than {MOST} taxa at the ranks below.")
    } else {
        String::new()
    };
    let above = if matrix.above > 0 {
        format!(" Not drawn: {} images without a known {}.", count(matrix.above), matrix.rank)
    } else {
        String::new()
    };
    let boxes = boxes(taxonomy, &matrix);
    let caption = format!(
        "What each {} was taken for, in the order of the taxonomy: a row is a truth, a column an answer, and the fuller its colour the \
         larger the share of the row. Blue is right, vermillion wrong, grey stops above{}.{collapsed}{above}",
        matrix.rank,
        boxes_named(&boxes),
    );
    let size = (WIDTH.unsigned_abs(), (TOP + SIDE + 14).unsigned_abs());
    let svg = draw("confusion_matrix", size, "What was taken for what", |canvas| paint(canvas, taxonomy, &matrix, &boxes))?;
    Ok(Some(Figure { file, svg, caption }))
}

fn matrix(taxonomy: &Taxonomy, scores: &Scores) -> Option<Matrix> {
    let of_rank = |rank: Rank| scores.taxa.iter().filter(move |taxon| taxon.rank == rank && taxon.n + taxon.answered > 0);
    let fits = |rank: &Rank| (2..=MOST).contains(&of_rank(*rank).count());
    let rank = Rank::MAIN.into_iter().rev().find(fits)?;
    let index = rank.main_index()?;
    let mut rows: Vec<&TaxonScores> = of_rank(rank).collect();
    rows.sort_by_key(|taxon| taxon.taxon);
    let place: BTreeMap<TaxonId, usize> = rows.iter().enumerate().map(|(row, taxon)| (taxon.taxon, row)).collect();
    let mut cells: BTreeMap<(usize, usize), u64> =
        rows.iter().enumerate().map(|(row, taxon)| ((row, row), taxon.right)).collect();
    for confusion in &scores.confusions {
        let row = taxonomy.main_ancestor(confusion.truth, index).and_then(|taxon| place.get(&taxon));
        let column = taxonomy.main_ancestor(confusion.predicted, index).and_then(|taxon| place.get(&taxon));
        if let (Some(&row), Some(&column)) = (row, column)
            && row != column
        {
            *cells.entry((row, column)).or_default() += confusion.count;
        }
    }
    let known: u64 = rows.iter().map(|taxon| taxon.n).sum();
    Some(Matrix {
        rank,
        taxa: rows.iter().map(|taxon| taxon.taxon).collect(),
        n: rows.iter().map(|taxon| taxon.n).collect(),
        stops: rows.iter().map(|taxon| taxon.unanswered).collect(),
        cells: cells.into_iter().filter(|(_, images)| *images > 0).map(|((row, column), images)| (row, column, images)).collect(),
        above: scores.accounting.scored.saturating_sub(known),
    })
}

/// Ranks that boxes are drawn around, with the width of their line: those of note above the rank,
/// or the nearest one that the tree has.
fn boxes(taxonomy: &Taxonomy, matrix: &Matrix) -> Vec<(Rank, u32)> {
    let wanted = match matrix.rank {
        Rank::Species | Rank::Genus => [(Rank::Family, 1), (Rank::Order, 2)],
        Rank::Family => [(Rank::Order, 1), (Rank::Class, 2)],
        _ => [(Rank::Phylum, 1), (Rank::Kingdom, 2)],
    };
    let known = |rank: Rank| rank < matrix.rank && !groups(taxonomy, &matrix.taxa, rank).is_empty();
    let found: Vec<(Rank, u32)> = wanted.into_iter().filter(|(rank, _)| known(*rank)).collect();
    if !found.is_empty() {
        return found;
    }
    Rank::MAIN.into_iter().rev().find(|rank| known(*rank)).map(|rank| (rank, 1)).into_iter().collect()
}

fn boxes_named(boxes: &[(Rank, u32)]) -> String {
    let line = |(rank, width): &(Rank, u32)| match (rank, width) {
        (rank, 1) => format!("{rank} (thin)"),
        (rank, _) => format!("{rank} (bold)"),
    };
    match boxes {
        [] => String::new(),
        boxes => format!("; boxes go round one {}", boxes.iter().map(line).collect::<Vec<_>>().join(" and one ")),
    }
}

fn paint(canvas: &Canvas<'_>, taxonomy: &Taxonomy, matrix: &Matrix, boxes: &[(Rank, u32)]) -> Result<(), ReportError> {
    let step = f64::from(SIDE) / f64::from(whole(matrix.taxa.len()));
    let at = |place: usize| pixel(step * f64::from(whole(place)));
    let corner = |row: usize, column: usize| (LEFT + at(column), TOP + at(row));
    let stops_left = LEFT + SIDE + 4;
    legend(canvas)?;
    canvas.frame((LEFT, TOP), (LEFT + SIDE, TOP + SIDE), FAINT, 1)?;
    for &(row, column, images) in &matrix.cells {
        let color = if row == column { RIGHT } else { WRONG };
        canvas.tint(corner(row, column), corner(row + 1, column + 1), color, shade(images, matrix.n[row]))?;
    }
    for (row, &images) in matrix.stops.iter().enumerate().filter(|(_, images)| **images > 0) {
        let (_, top) = corner(row, 0);
        let (_, bottom) = corner(row + 1, 0);
        canvas.tint((stops_left, top), (stops_left + STOPS, bottom), STOPPED, shade(images, matrix.n[row]))?;
    }
    for &(rank, width) in boxes {
        for (from, to, _) in groups(taxonomy, &matrix.taxa, rank) {
            canvas.frame(corner(from, from), corner(to, to), if width > 1 { INK } else { GREY }, width)?;
        }
    }
    let name = |canvas: &Canvas<'_>, taxon: TaxonId, from: usize, to: usize| {
        let middle = TOP + i32::midpoint(at(from), at(to));
        let text = fitting(taxonomy.name(taxon), LEFT - 16).unwrap_or_default();
        canvas.small(&text, (LEFT - 8, middle), Anchor::Right, INK)
    };
    if step >= f64::from(SMALL_LINE) {
        return matrix.taxa.iter().enumerate().try_for_each(|(row, taxon)| name(canvas, *taxon, row, row + 1));
    }
    // Rows too close for names: the boxes get them, the smaller ones where they are high enough.
    let high = |(from, to, _): &(usize, usize, TaxonId)| at(*to) - at(*from) >= SMALL_LINE;
    let of_rank = |(rank, _): &(Rank, u32)| groups(taxonomy, &matrix.taxa, *rank).into_iter().filter(high).collect::<Vec<_>>();
    let named = boxes.iter().map(of_rank).find(|groups| !groups.is_empty()).unwrap_or_default();
    named.into_iter().try_for_each(|(from, to, taxon)| name(canvas, taxon, from, to))
}

fn legend(canvas: &Canvas<'_>) -> Result<(), ReportError> {
    canvas.small("truth ↓  answer →", (LEFT - 8, TOP - 12), Anchor::Right, GREY)?;
    let mut left = LEFT;
    for (color, name, room) in [(RIGHT, "right", 90), (WRONG, "another one", 140), (STOPPED, "stops above (right edge)", 0)] {
        canvas.bar((left, 14), (left + 20, 28), color)?;
        canvas.legend(name, (left + 28, 21))?;
        left += 28 + room;
    }
    Ok(())
}

/// How full the colour of a share of a row is: the root of it, so that a rare confusion can be seen.
fn shade(images: u64, n: u64) -> f64 {
    0.12 + 0.88 * share(images, n).unwrap_or(0.0).sqrt()
}

/// Stretches of taxa that share an ancestor of a rank: first, one past the last, ancestor.
fn groups(taxonomy: &Taxonomy, taxa: &[TaxonId], rank: Rank) -> Vec<(usize, usize, TaxonId)> {
    let above = |taxon: &TaxonId| taxonomy.ancestor_at(*taxon, rank);
    let mut start = 0;
    let mut found = vec![];
    for group in taxa.chunk_by(|a, b| above(a).is_some() && above(a) == above(b)) {
        if let Some(ancestor) = above(&group[0]) {
            found.push((start, start + group.len(), ancestor));
        }
        start += group.len();
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_rare_confusion_can_be_seen() {
        assert!((shade(10, 10) - 1.0).abs() < 1e-12 && shade(1, 4) < 0.6);
        assert!(shade(1, 1_000_000) >= 0.12);
    }
}
