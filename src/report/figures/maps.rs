//! Maps of the points of a space, coloured by taxa.

use super::canvas::{Anchor, FAINT, GREY, draw, fitting_taxon, pixel, whole};
use super::colours::{OTHER, Palette};
use super::raster::{Raster, SHAPES, under};
use super::small_multiples::small_multiples;
use crate::report::ReportError;
use crate::report::document::Figure;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;
use crate::spaces::latent::map::Map;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::{BLACK, RGBColor, WHITE};
use std::collections::BTreeMap;
use std::fmt::Write;

/// Mean points of a taxon from which its rank is worth a map.
const POINTS: usize = 4;

/// A figure for each map and for some ranks; small multiples where a rank has more taxa than there are hues.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn maps(embeddings: &Embeddings, latent: &Latent) -> Result<Vec<Figure>, ReportError> {
    let taxonomy = &embeddings.taxonomy;
    let palette = Palette::of(embeddings);
    let mut figures = vec![];
    for map in &latent.maps {
        for rank in shown(latent) {
            let taxa: Vec<Option<TaxonId>> =
                embeddings.taxa.iter().map(|taxon| taxon.and_then(|taxon| taxonomy.ancestor_at(taxon, rank))).collect();
            figures.push(match palette.at(rank) {
                Some(colours) => one(map, rank, &taxa, colours, taxonomy)?,
                None => small_multiples(map, rank, &taxa, taxonomy)?,
            });
        }
    }
    Ok(figures)
}

/// The coarsest rank of some taxa, the two below it, and the finest where its taxa have some points.
fn shown(latent: &Latent) -> Vec<Rank> {
    let spaces: Vec<_> = latent.ranks.iter().filter(|space| space.taxa > 1).collect();
    let first = spaces.iter().position(|space| space.taxa >= 4).unwrap_or(0).min(spaces.len().saturating_sub(3));
    let mut shown: Vec<Rank> = spaces[first..].iter().take(3).map(|space| space.rank).collect();
    if let Some(finest) = spaces.last().filter(|finest| !shown.contains(&finest.rank) && finest.n >= POINTS * finest.taxa) {
        shown.push(finest.rank);
    }
    shown
}

/// What a map is, and how far it can be trusted.
pub(super) fn caption(map: &Map, rank: Rank) -> String {
    let name = if map.kind == "pca" { "Principal components" } else { "t-SNE, which keeps neighbours" };
    format!(
        "{name}, coloured by {rank}. Trustworthiness {}, continuity {}, neighbours kept {} ({} nearest), distances kept (Spearman) {}.{}",
        number(map.trustworthiness),
        number(map.continuity),
        number(map.kept),
        map.k,
        number(map.shepard),
        if map.kind == "pca" { "" } else { " Distances between far clusters mean nothing here." }
    )
}

/// How far a map can be trusted, to be printed on it.
pub(super) fn qualities(map: &Map) -> [String; 4] {
    [
        format!("trustworthiness {}", number(map.trustworthiness)),
        format!("continuity {}", number(map.continuity)),
        format!("neighbours kept {}", number(map.kept)),
        format!("distances kept {}", number(map.shepard)),
    ]
}

fn number(value: Option<f64>) -> String {
    value.map_or_else(|| "–".to_string(), |value| format!("{value:.2}"))
}

/// A square of a sheet that the points of a map are put into.
#[derive(Clone, Copy)]
pub(super) struct Square {
    pub left: i32,
    pub top: i32,
    pub side: i32,
}

/// Points of a map in one square, with their colours; grey ones come first, so that they hide nothing.
pub(super) struct Scatter<'a> {
    pub map: &'a Map,
    pub square: Square,
    pub radius: f64,
}

impl Scatter<'_> {
    /// Where points lie, from the left and top edges of the square; one scale for both axes, for distances to mean the same.
    fn places(&self) -> Vec<[f64; 2]> {
        let points = &self.map.points;
        let fold = |axis: usize, start: f64, pick: fn(f64, f64) -> f64| points.iter().map(|point| point[axis]).fold(start, pick);
        let low = [fold(0, f64::INFINITY, f64::min), fold(1, f64::INFINITY, f64::min)];
        let high = [fold(0, f64::NEG_INFINITY, f64::max), fold(1, f64::NEG_INFINITY, f64::max)];
        let span = (high[0] - low[0]).max(high[1] - low[1]).max(f64::MIN_POSITIVE);
        let centre = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
        let side = f64::from(self.square.side);
        let scale = side * 0.95 / span;
        points
            .iter()
            .map(|point| [side / 2.0 + (point[0] - centre[0]) * scale, side / 2.0 - (point[1] - centre[1]) * scale])
            .collect()
    }

    /// Dots at their exact places, which pixels of a sheet would round.
    pub fn dots(&self, rows: &[usize], colour: &dyn Fn(usize) -> RGBColor) -> String {
        let places = self.places();
        let mut dots = String::from("<g stroke=\"#ffffff\" stroke-width=\"0.2\" fill-opacity=\"0.85\">\n");
        for (RGBColor(red, green, blue), rows) in by_colour(rows, colour) {
            let _ = writeln!(dots, "<g fill=\"#{red:02x}{green:02x}{blue:02x}\">");
            for row in rows {
                let [x, y] = [f64::from(self.square.left) + places[row][0], f64::from(self.square.top) + places[row][1]];
                let _ = writeln!(dots, "<circle cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{}\"/>", self.radius);
            }
            dots.push_str("</g>\n");
        }
        dots.push_str("</g>\n");
        dots
    }

    /// The same as a picture of twice the resolution.
    pub fn picture(&self, rows: &[usize], colour: &dyn Fn(usize) -> RGBColor) -> Result<String, ReportError> {
        let places = self.places();
        let side = usize::try_from(2 * self.square.side).unwrap_or(0);
        let layers = by_colour(rows, colour);
        let colours = std::iter::once(WHITE).chain(layers.iter().map(|layer| layer.0)).collect();
        let mut raster = Raster::new(side, side, colours);
        for (place, (_, rows)) in layers.iter().enumerate() {
            let colour = u8::try_from(place + 1).unwrap_or(u8::MAX);
            for &row in rows {
                raster.disc((pixel(2.0 * places[row][0]), pixel(2.0 * places[row][1])), pixel(self.radius), colour);
            }
        }
        raster.image("map", [self.square.left, self.square.top, self.square.side, self.square.side])
    }
}

/// Rows of each colour, in the order in which colours come.
fn by_colour(rows: &[usize], colour: &dyn Fn(usize) -> RGBColor) -> Vec<(RGBColor, Vec<usize>)> {
    let mut layers: Vec<(RGBColor, Vec<usize>)> = vec![];
    for &row in rows {
        let of = colour(row);
        match layers.iter_mut().find(|layer| layer.0 == of) {
            Some(layer) => layer.1.push(row),
            None => layers.push((of, vec![row])),
        }
    }
    layers
}

/// One panel, all taxa in colours.
fn one(
    map: &Map,
    rank: Rank,
    taxa: &[Option<TaxonId>],
    colours: &BTreeMap<TaxonId, RGBColor>,
    taxonomy: &Taxonomy,
) -> Result<Figure, ReportError> {
    const WIDTH: i32 = 820;
    const HEIGHT: i32 = 600;
    let square = Square { left: 20, top: 20, side: 560 };
    let caption = caption(map, rank);
    let svg = draw("map", (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs()), &caption, |canvas| {
        canvas.frame((square.left, square.top), (square.left + square.side, square.top + square.side), FAINT, 1)?;
        let counts = |wanted: Option<TaxonId>| taxa.iter().filter(|taxon| **taxon == wanted).count();
        let mut y = 50;
        let left = square.side + 44;
        canvas.text(rank.name(), (left, 28), Anchor::Left, GREY)?;
        for (&taxon, &colour) in colours {
            canvas.dot((left + 4, y), colour)?;
            let label = fitting_taxon(taxonomy.name(taxon), Some(counts(Some(taxon))), WIDTH - left - 24);
            canvas.small(&label, (left + 16, y), Anchor::Left, BLACK)?;
            y += 20;
        }
        let without = counts(None);
        if without > 0 {
            canvas.dot((left + 4, y), OTHER)?;
            canvas.small(&format!("without ({without})"), (left + 16, y), Anchor::Left, GREY)?;
        }
        for (line, text) in qualities(map).iter().enumerate() {
            canvas.small(text, (left, HEIGHT - 86 + 18 * whole(line)), Anchor::Left, GREY)?;
        }
        Ok(())
    })?;
    let colour = |row: usize| taxa[row].and_then(|taxon| colours.get(&taxon)).copied().unwrap_or(OTHER);
    let mut rows: Vec<usize> = (0..map.points.len()).collect();
    // Grey ones first, so that they hide nothing.
    rows.sort_by_key(|&row| (taxa[row].is_some(), row));
    let scatter = Scatter { map, square, radius: if rows.len() > 4_000 { 1.6 } else { 2.4 } };
    let svg = if rows.len() > SHAPES {
        under(&svg, &scatter.picture(&rows, &colour)?)
    } else {
        svg.replacen("</svg>", &format!("{}</svg>", scatter.dots(&rows, &colour)), 1)
    };
    Ok(Figure { file: format!("figures/map_{}_{rank}.svg", map.kind), svg, caption })
}
