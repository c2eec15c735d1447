//! The taxonomy as an icicle, coloured by accuracy.

use super::canvas::{Anchor, Canvas, GREY, PALETTE, SMALL_LINE, between, draw, fitting, pixel, whole};
use crate::numbers::statistics::{share, to_f64};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::scores::Scores;
use crate::scores::taxa::TaxonScores;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::{BLACK, RGBColor, WHITE};
use std::collections::BTreeMap;

const WIDTH: i32 = 800;
const MARGIN: i32 = 10;
const TOP: i32 = 84;
const HEIGHT: i32 = 640;
/// Half right.
const MIDDLE: RGBColor = RGBColor(247, 240, 222);

/// A taxon's place: images of taxa before it, its own, and those of them that are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    taxon: TaxonId,
    start: u64,
    n: u64,
    right: u64,
}

/// Draws a column per rank and a box per taxon, as high as its images are many, coloured by the
/// share of them that is right at the rank. `None` without ranks.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn icicle(taxonomy: &Taxonomy, scores: &Scores, file: String) -> Result<Option<Figure>, ReportError> {
    let columns = columns(taxonomy, &scores.taxa);
    let images = scores.accounting.scored;
    if columns.is_empty() || images == 0 {
        return Ok(None);
    }
    let caption =
        "Where in the tree the classifier is right: a column per rank, a box per taxon, as high as the images that show \
                   it, coloured by the share of them that is right at this rank. Taxa too small to draw share a box. White: the \
                   truth is not known to this rank."
            .to_string();
    let size = (WIDTH.unsigned_abs(), (TOP + HEIGHT + MARGIN).unsigned_abs());
    let svg = draw("icicle", size, &caption, |canvas| paint(canvas, taxonomy, &columns, images))?;
    Ok(Some(Figure { file, svg, caption }))
}

/// Stretches of the taxa with images, by rank, in the order of the tree.
fn columns(taxonomy: &Taxonomy, taxa: &[TaxonScores]) -> BTreeMap<Rank, Vec<Stretch>> {
    let mut with_images: Vec<&TaxonScores> =
        taxa.iter().filter(|taxon| taxon.n > 0 && taxon.rank.main_index().is_some()).collect();
    with_images.sort_by_key(|taxon| taxon.taxon);
    let mut columns: BTreeMap<Rank, Vec<Stretch>> = BTreeMap::new();
    // Ancestors of the taxon at hand, each with the place where its next child starts.
    let mut above: Vec<(TaxonId, u64)> = vec![];
    let mut next = 0;
    for taxon in with_images {
        while above.last().is_some_and(|(ancestor, _)| !taxonomy.contains(*ancestor, taxon.taxon)) {
            above.pop();
        }
        let cursor = above.last_mut().map_or(&mut next, |(_, cursor)| cursor);
        let start = *cursor;
        *cursor += taxon.n;
        above.push((taxon.taxon, start));
        columns.entry(taxon.rank).or_default().push(Stretch { taxon: taxon.taxon, start, n: taxon.n, right: taxon.right });
    }
    columns
}

fn color(right: f64) -> RGBColor {
    if right < 0.5 { between(PALETTE[1], MIDDLE, 2.0 * right) } else { between(MIDDLE, PALETTE[0], 2.0 * right - 1.0) }
}

fn paint(
    canvas: &Canvas<'_>,
    taxonomy: &Taxonomy,
    columns: &BTreeMap<Rank, Vec<Stretch>>,
    images: u64,
) -> Result<(), ReportError> {
    legend(canvas)?;
    // The last column holds the longest names.
    let parts = whole(columns.len()) * 2 + 1;
    let left =
        |column: usize| MARGIN + (WIDTH - 2 * MARGIN) * if column == columns.len() { parts } else { 2 * whole(column) } / parts;
    let y = |place: u64| TOP + pixel(f64::from(HEIGHT) * to_f64(place) / to_f64(images));
    for (column, (rank, stretches)) in columns.iter().enumerate() {
        let (from, to) = (left(column), left(column + 1) - 2);
        canvas.small(rank.name(), (i32::midpoint(from, to), TOP - 14), Anchor::Centre, BLACK)?;
        for drawn in merged(stretches, images) {
            let (top, bottom) = (y(drawn.start), y(drawn.start + drawn.n));
            canvas.bar((from, top), (to, bottom), color(share(drawn.right, drawn.n).unwrap_or(0.0)))?;
            if bottom - top > 6 {
                canvas.frame((from, top), (to, bottom), WHITE, 1)?;
            }
            let text = fitting(taxonomy.name(drawn.taxon), to - from - 6);
            if let (true, Some(text)) = (bottom - top >= SMALL_LINE, text) {
                let right = share(drawn.right, drawn.n).unwrap_or(0.0);
                let ink = if (0.15..0.85).contains(&right) { BLACK } else { WHITE };
                canvas.small(&text, (from + 4, i32::midpoint(top, bottom)), Anchor::Left, ink)?;
            }
        }
    }
    Ok(())
}

/// Neighbours lower than a pixel become one box.
fn merged(stretches: &[Stretch], images: u64) -> Vec<Stretch> {
    let high = |n: u64| to_f64(n) * f64::from(HEIGHT) >= to_f64(images);
    let mut drawn: Vec<Stretch> = vec![];
    for stretch in stretches {
        match drawn.last_mut() {
            Some(last) if last.start + last.n == stretch.start && !high(last.n) && !high(stretch.n) => {
                last.n += stretch.n;
                last.right += stretch.right;
            }
            _ => drawn.push(*stretch),
        }
    }
    drawn
}

fn legend(canvas: &Canvas<'_>) -> Result<(), ReportError> {
    let (left, width) = (MARGIN + 110, 300);
    canvas.text("share right", (MARGIN, 22), Anchor::Left, GREY)?;
    for pixel in 0..width / 2 {
        let x = left + 2 * pixel;
        canvas.bar((x, 14), (x + 2, 30), color(f64::from(pixel) / f64::from(width / 2)))?;
    }
    for (place, text) in [(0, "0 %"), (150, "50 %"), (300, "100 %")] {
        canvas.small(text, (left + place, 42), Anchor::Centre, GREY)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn neighbours_below_a_pixel_share_a_box_and_none_is_lost() {
        let stretch = |start, n, right| Stretch { taxon: TaxonId::ROOT, start, n, right };
        // Of 6400 images a pixel is ten: 4 and 5 become 9, the next 3 make 12, and 2 stand after a gap.
        let drawn = merged(&[stretch(0, 4, 1), stretch(4, 5, 5), stretch(9, 3, 0), stretch(12, 50, 50), stretch(70, 2, 2)], 6400);
        assert_eq!(drawn, [stretch(0, 12, 6), stretch(12, 50, 50), stretch(70, 2, 2)]);
        assert_eq!(drawn.iter().map(|drawn| drawn.n).sum::<u64>(), 64);
    }

    #[test]
    fn colours_run_from_orange_over_sand_to_blue() {
        assert_eq!((color(0.0), color(0.5), color(1.0)), (PALETTE[1], MIDDLE, PALETTE[0]));
    }
}
