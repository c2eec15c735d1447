//! A square of cells for pairs of taxa.

use super::canvas::{Anchor, SMALL_LINE, draw, fitting, pixel};
use super::colours::{GREY, INK, SERIES, between};
use super::raster::{Raster, SHAPES, under};
use crate::numbers::statistics::to_f64;
use crate::numbers::vector::mean_in_order;
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::RGBColor;

/// The ends of the scale.
const DARK: RGBColor = RGBColor(8, 48, 107);
const LIGHT: RGBColor = RGBColor(247, 251, 255);
/// Lines around clades: to be seen on both.
const BOX: RGBColor = SERIES[2];
/// Side of the square.
const SIDE: i32 = 500;
const LEFT: i32 = 190;
const TOP: i32 = 16;
/// Pixels of a row of a picture at most.
const PIXELS: usize = 500;
/// Shades of a picture.
const SHADES: u8 = 64;

/// A value for every two taxa.
pub(super) struct PairValues<'a> {
    /// What it is, for readers who cannot see the figure.
    pub of: &'static str,
    pub taxonomy: &'a Taxonomy,
    /// In the order of the taxonomy.
    pub taxa: &'a [TaxonId],
    /// What is dark: the value of near taxa.
    pub near: f64,
    /// What is light.
    pub far: f64,
    /// The value by the places of two taxa; `None` where there is none.
    pub value: &'a dyn Fn(usize, usize) -> Option<f64>,
}

/// Cells in the order of the taxonomy, dark at the value `near` and light at `far`, with
/// boxes around clades; blank where there is no value. Many cells are one picture.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub(super) fn matrix(name: &'static str, caption: &str, pairs: &PairValues<'_>) -> Result<Figure, ReportError> {
    let &PairValues { of, taxonomy, taxa, near, far, value } = pairs;
    let count = taxa.len();
    let (boxes, rank) = clades(taxonomy, taxa);
    let shared = if count > PIXELS { " A pixel is the mean of the pairs that fall on it." } else { "" };
    let caption = format!("{caption} Boxes: {rank}.{shared}");
    let span = if (far - near).abs() > 0.0 { far - near } else { 1.0 };
    let share = |a: usize, b: usize| value(a, b).map(|value| ((value - near) / span).clamp(0.0, 1.0));
    let size = ((LEFT + SIDE + 110).unsigned_abs(), (TOP + SIDE + 20).unsigned_abs());
    let shapes = count * count <= SHAPES;
    let svg = draw(name, size, of, |canvas| {
        let edge = |index: usize| pixel(f64::from(SIDE) * to_f64(index as u64) / to_f64(count as u64));
        for a in (0..count).filter(|_| shapes) {
            for b in 0..count {
                let Some(share) = share(a, b) else { continue };
                canvas.bar((LEFT + edge(b), TOP + edge(a)), (LEFT + edge(b + 1), TOP + edge(a + 1)), shade(share))?;
            }
        }
        let mut largest: Vec<_> = boxes.iter().collect();
        largest.sort_by_key(|(_, start, end)| (std::cmp::Reverse(end - start), *start));
        let mut named: Vec<i32> = vec![];
        for (name, start, end) in largest {
            let (from, to) = (edge(*start), edge(*end));
            canvas.frame((LEFT + from, TOP + from), (LEFT + to, TOP + to), BOX, 1)?;
            let middle = TOP + i32::midpoint(from, to);
            // A name that would touch that of a larger box is left out.
            if named.iter().all(|other| (middle - other).abs() >= SMALL_LINE)
                && let Some(text) = fitting(name, LEFT - 20)
            {
                canvas.small(&text, (LEFT - 8, middle), Anchor::Right, INK)?;
                named.push(middle);
            }
        }
        for line in 0..100_i32 {
            let y = TOP + SIDE - 2 * line;
            canvas.bar((LEFT + SIDE + 24, y - 2), (LEFT + SIDE + 40, y), shade(f64::from(line) / 99.0))?;
        }
        canvas.small(&format!("{far:.2}"), (LEFT + SIDE + 46, TOP + SIDE - 196), Anchor::Left, GREY)?;
        canvas.small(&format!("{near:.2}"), (LEFT + SIDE + 46, TOP + SIDE - 4), Anchor::Left, GREY)
    })?;
    let svg = if shapes { svg } else { under(&svg, &cells(count, &share).image(name, [LEFT, TOP, SIDE, SIDE])?) };
    Ok(Figure { file: format!("figures/{name}.svg"), svg, caption })
}

fn shade(share: f64) -> RGBColor {
    between(DARK, LIGHT, share)
}

/// A pixel for each cell, or where there are more than fit for the mean of some.
fn cells(count: usize, share: &dyn Fn(usize, usize) -> Option<f64>) -> Raster {
    let side = count.min(PIXELS);
    let shades = (0..SHADES).map(|step| (shade(f64::from(step) / f64::from(SHADES - 1)), u8::MAX));
    let mut raster = Raster::new(side, side, shades);
    let cells = |pixel: usize| pixel * count / side..(pixel + 1) * count / side;
    for row in 0..side {
        for column in 0..side {
            let known: Vec<f64> = cells(row).flat_map(|a| cells(column).filter_map(move |b| share(a, b))).collect();
            let mean = mean_in_order(&known);
            let step = mean.map_or(0, |share| 1 + pixel(share * f64::from(SHADES - 1)));
            raster.pixels[row * side + column] = u8::try_from(step).unwrap_or(SHADES);
        }
    }
    raster
}

/// Runs of neighbours of one taxon, at the finest rank that has at most thirty of two members or more.
fn clades(taxonomy: &Taxonomy, taxa: &[TaxonId]) -> (Vec<(String, usize, usize)>, &'static str) {
    let runs = |rank: Rank| {
        let mut runs: Vec<(Option<TaxonId>, usize, usize)> = vec![];
        for (index, &taxon) in taxa.iter().enumerate() {
            let taxon = taxonomy.ancestor_at(taxon, rank);
            match runs.last_mut() {
                Some(run) if run.0 == taxon => run.2 = index + 1,
                _ => runs.push((taxon, index, index + 1)),
            }
        }
        let named = |(taxon, start, end): (Option<TaxonId>, usize, usize)| Some((taxonomy.name(taxon?).to_string(), start, end));
        runs.into_iter().filter_map(named).collect::<Vec<_>>()
    };
    for rank in [Rank::Genus, Rank::Family, Rank::Order, Rank::Class, Rank::Phylum, Rank::Kingdom] {
        let found = runs(rank);
        let several = found.iter().filter(|run| run.2 - run.1 > 1).count();
        if several > 1 && found.len() <= 40 {
            return (found, rank.name());
        }
    }
    (vec![], "none")
}
