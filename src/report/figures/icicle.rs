//! The taxonomy as an icicle, coloured by accuracy.

use super::canvas::{Anchor, Canvas, SMALL_LINE, draw, fitting, fitting_taxon, pixel};
use super::colours::{GREY, INK, PAPER, RIGHT, WRONG, between, ink_on};
use crate::numbers::statistics::{share, to_f64};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::report::text::count;
use crate::scores::Scores;
use crate::scores::taxa::TaxonScores;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::RGBColor;
use std::collections::BTreeMap;

const WIDTH: i32 = 800;
const MARGIN: i32 = 10;
const TOP: i32 = 84;
/// The boxes are so high at least, and where names need it so high at most.
const LOWEST: i32 = 640;
const HIGHEST: i32 = 1400;
/// Half right.
const MIDDLE: RGBColor = RGBColor(247, 240, 222);
/// How much of the ground a rank hides at which nothing is decided.
const DECIDED: f64 = 0.25;

/// A taxon's place: images of taxa before it, its own, and those of them that are right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Stretch {
    taxon: TaxonId,
    /// Taxa that share the box; 1 where it is the taxon's own.
    taxa: u64,
    start: u64,
    n: u64,
    right: u64,
}

/// The taxa of a rank.
struct Column {
    rank: Rank,
    /// Whether one taxon holds all truths and all that could be answered: where a clade was given, or where the data are no wider.
    is_decided: bool,
    stretches: Vec<Stretch>,
    left: i32,
    right: i32,
}

/// A stretch as it is drawn.
struct Drawn {
    stretch: Stretch,
    top: i32,
    bottom: i32,
    /// What is written in it, where anything fits.
    label: Option<String>,
}

/// Draws a column per rank and a box per taxon, as high as its images are many, coloured by the
/// share of them that is right at the rank. `None` without ranks.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn icicle(taxonomy: &Taxonomy, scores: &Scores, file: String) -> Result<Option<Figure>, ReportError> {
    let columns = columns(taxonomy, scores);
    let images = scores.accounting.scored;
    if columns.is_empty() || images == 0 {
        return Ok(None);
    }
    let sheet = Sheet { taxonomy, height: height(&columns, images), columns, images };
    let caption = sheet.caption();
    let size = (WIDTH.unsigned_abs(), (TOP + sheet.height + MARGIN).unsigned_abs());
    let svg = draw("icicle", size, "Where in the tree the classifier is right", |canvas| sheet.paint(canvas))?;
    Ok(Some(Figure { file, svg, caption }))
}

/// The columns from the left, those at which nothing is decided narrower, and the last wide enough for its names.
fn columns(taxonomy: &Taxonomy, scores: &Scores) -> Vec<Column> {
    let by_rank = stretches(taxonomy, &scores.taxa);
    let is_decided = |rank: Rank| {
        let met = scores.taxa.iter().filter(|taxon| taxon.rank == rank).count();
        met == 1 && scores.rank(rank).is_some_and(|row| row.classes <= 1)
    };
    let last = by_rank.len().saturating_sub(1);
    let ranks: Vec<(Rank, bool)> = by_rank.keys().map(|&rank| (rank, is_decided(rank))).collect();
    let part = |(place, (_, is_decided)): (usize, &(Rank, bool))| match (place == last, *is_decided) {
        (true, _) => 7,
        (false, true) => 3,
        (false, false) => 4,
    };
    let parts: Vec<i32> = ranks.iter().enumerate().map(part).collect();
    let all: i32 = parts.iter().sum();
    let edge = |before: usize| MARGIN + (WIDTH - 2 * MARGIN) * parts[..before].iter().sum::<i32>() / all.max(1);
    let column = |(place, ((rank, is_decided), stretches)): (usize, ((Rank, bool), Vec<Stretch>))| Column {
        rank,
        is_decided,
        stretches,
        left: edge(place),
        right: edge(place + 1) - 2,
    };
    ranks.into_iter().zip(by_rank.into_values()).enumerate().map(column).collect()
}

/// Stretches of the taxa with images, by rank, in the order of the tree.
fn stretches(taxonomy: &Taxonomy, taxa: &[TaxonScores]) -> BTreeMap<Rank, Vec<Stretch>> {
    let mut with_images: Vec<&TaxonScores> =
        taxa.iter().filter(|taxon| taxon.n > 0 && taxon.rank.main_index().is_some()).collect();
    with_images.sort_by_key(|taxon| taxon.taxon);
    let mut columns: BTreeMap<Rank, Vec<Stretch>> = BTreeMap::new();
    // Ancestors of the taxon at hand, each with the place where its next child starts.
    let mut above: Vec<(TaxonId, u64)> = vec![];
    let mut next = 0;
    for &TaxonScores { taxon, rank, n, right, .. } in with_images {
        while above.last().is_some_and(|(ancestor, _)| !taxonomy.contains(*ancestor, taxon)) {
            above.pop();
        }
        let cursor = above.last_mut().map_or(&mut next, |(_, cursor)| cursor);
        let start = *cursor;
        *cursor += n;
        above.push((taxon, start));
        columns.entry(rank).or_default().push(Stretch { taxon, taxa: 1, start, n, right });
    }
    columns
}

/// As high as names need, where the highest sheet has room for them: no higher than the last of these.
fn height(columns: &[Column], images: u64) -> i32 {
    // A pixel more, for the edges of a box are rounded.
    let needs = |stretch: &Stretch| f64::from(SMALL_LINE + 1) * to_f64(images) / to_f64(stretch.n);
    let needed = columns.iter().flat_map(|column| &column.stretches).map(needs);
    pixel(needed.filter(|needed| *needed <= f64::from(HIGHEST)).fold(f64::from(LOWEST), f64::max).ceil())
}

fn color(right: f64) -> RGBColor {
    if right < 0.5 { between(WRONG, MIDDLE, 2.0 * right) } else { between(MIDDLE, RIGHT, 2.0 * right - 1.0) }
}

struct Sheet<'a> {
    taxonomy: &'a Taxonomy,
    columns: Vec<Column>,
    images: u64,
    height: i32,
}

impl Sheet<'_> {
    fn caption(&self) -> String {
        let unnamed = |column: &Column| {
            let named = self.boxes(column).iter().filter(|drawn| drawn.stretch.taxa == 1 && drawn.label.is_some()).count();
            let (taxa, rank) = (column.stretches.len(), column.rank);
            (named < taxa).then(|| format!("{} of {} at {rank}", count((taxa - named) as u64), count(taxa as u64)))
        };
        let unnamed: Vec<String> = self.columns.iter().filter_map(unnamed).collect();
        let unnamed = if unnamed.is_empty() {
            String::new()
        } else {
            format!(" Taxa with too few images for their names: {}.", unnamed.join(", "))
        };
        let decided = if self.columns.iter().any(|column| column.is_decided) {
            " Grey: all truths and all that could be answered are of one taxon of the rank, so that nothing is decided there."
        } else {
            ""
        };
        format!(
            "Where in the tree the classifier is right: a column per rank, a box per taxon, as high as the images that show it, \
             coloured by the share of them that is right at this rank. Taxa too small to draw share a box. Blank: the truth is not \
             known to this rank.{decided}{unnamed}"
        )
    }

    fn y(&self, place: u64) -> i32 {
        TOP + pixel(f64::from(self.height) * to_f64(place) / to_f64(self.images))
    }

    /// The boxes of a column.
    fn boxes(&self, column: &Column) -> Vec<Drawn> {
        let drawn = |stretch: Stretch| {
            let (top, bottom) = (self.y(stretch.start), self.y(stretch.start + stretch.n));
            let label = if bottom - top >= SMALL_LINE { self.label(column, &stretch) } else { None };
            Drawn { stretch, top, bottom, label }
        };
        merged(&column.stretches, self.images, self.height).into_iter().map(drawn).collect()
    }

    fn label(&self, column: &Column, stretch: &Stretch) -> Option<String> {
        let room = column.right - column.left - 6;
        if stretch.taxa > 1 {
            return fitting(&format!("{} taxa", stretch.taxa), room);
        }
        let name = self.taxonomy.name(stretch.taxon);
        let text = if column.rank == Rank::Species { fitting_taxon(name, None, room) } else { fitting(name, room)? };
        (!text.is_empty()).then_some(text)
    }

    fn paint(&self, canvas: &Canvas<'_>) -> Result<(), ReportError> {
        legend(canvas)?;
        for column in &self.columns {
            let middle = i32::midpoint(column.left, column.right);
            let ink = if column.is_decided { GREY } else { INK };
            canvas.small(column.rank.name(), (middle, TOP - 14), Anchor::Centre, ink)?;
            self.boxes(column).iter().try_for_each(|drawn| Self::paint_box(canvas, column, drawn))?;
        }
        Ok(())
    }

    fn paint_box(canvas: &Canvas<'_>, column: &Column, drawn: &Drawn) -> Result<(), ReportError> {
        let (from, to) = ((column.left, drawn.top), (column.right, drawn.bottom));
        let fill = color(share(drawn.stretch.right, drawn.stretch.n).unwrap_or(0.0));
        if column.is_decided {
            canvas.tint(from, to, GREY, DECIDED)?;
        } else {
            canvas.bar(from, to, fill)?;
        }
        if drawn.bottom - drawn.top > 6 {
            canvas.frame(from, to, PAPER, 1)?;
        }
        let Some(label) = &drawn.label else { return Ok(()) };
        let ink = if column.is_decided { INK } else { ink_on(fill) };
        canvas.small(label, (column.left + 4, i32::midpoint(drawn.top, drawn.bottom)), Anchor::Left, ink)
    }
}

/// Neighbours lower than a pixel become one box.
fn merged(stretches: &[Stretch], images: u64, height: i32) -> Vec<Stretch> {
    let high = |n: u64| to_f64(n) * f64::from(height) >= to_f64(images);
    let mut drawn: Vec<Stretch> = vec![];
    for stretch in stretches {
        match drawn.last_mut() {
            Some(last) if last.start + last.n == stretch.start && !high(last.n) && !high(stretch.n) => {
                last.taxa += stretch.taxa;
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

    fn stretch(start: u64, n: u64, right: u64) -> Stretch {
        Stretch { taxon: TaxonId::ROOT, taxa: 1, start, n, right }
    }

    #[test]
    fn neighbours_below_a_pixel_share_a_box_and_none_is_lost() {
        // Of 6400 images a pixel is ten: 4 and 5 become 9, the next 3 make 12, and 2 stand after a gap.
        let stretches = [stretch(0, 4, 1), stretch(4, 5, 5), stretch(9, 3, 0), stretch(12, 50, 50), stretch(70, 2, 2)];
        let drawn = merged(&stretches, 6400, 640);
        let of_three = Stretch { taxa: 3, ..stretch(0, 12, 6) };
        assert_eq!(drawn, [of_three, stretch(12, 50, 50), stretch(70, 2, 2)]);
        assert_eq!(drawn.iter().map(|drawn| drawn.n).sum::<u64>(), 64);
    }

    #[test]
    fn a_sheet_is_as_high_as_the_names_that_it_has_room_for() {
        let column = |stretches: Vec<Stretch>| Column { rank: Rank::Species, is_decided: false, stretches, left: 0, right: 100 };
        let of = |stretches: Vec<Stretch>| height(&[column(stretches)], 1000);
        // A name takes 15 pixels: of 20 in 1000 images 750, of 1 more than there is room for.
        assert_eq!(of(vec![stretch(0, 500, 0)]), LOWEST);
        assert_eq!(of(vec![stretch(0, 500, 0), stretch(500, 20, 0), stretch(520, 1, 0)]), 750);
    }

    #[test]
    fn colours_run_from_vermillion_over_sand_to_blue() {
        assert_eq!((color(0.0), color(0.5), color(1.0)), (WRONG, MIDDLE, RIGHT));
    }
}
