//! Maps of the points of a space, coloured by taxa.

use super::canvas::{Anchor, draw, fitting_taxon, whole};
use super::colours::{FAINT, GREY, INK, OTHER, Palette};
use super::raster::{SHAPES, under};
use super::scatter::{Scatter, Square};
use super::small_multiples::small_multiples;
use super::trust::{Plane, caption, name, qualities};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::RGBColor;
use std::collections::BTreeMap;

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
        let plane = Plane::of(map, latent);
        for rank in shown(latent) {
            let taxa: Vec<Option<TaxonId>> =
                embeddings.taxa.iter().map(|taxon| taxon.and_then(|taxon| taxonomy.ancestor_at(taxon, rank))).collect();
            figures.push(match palette.at(rank) {
                Some(colours) => one(plane, rank, &taxa, colours, taxonomy)?,
                None => small_multiples(plane, rank, &taxa, taxonomy)?,
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

/// One panel, all taxa in colours.
fn one(
    plane: Plane<'_>,
    rank: Rank,
    taxa: &[Option<TaxonId>],
    colours: &BTreeMap<TaxonId, RGBColor>,
    taxonomy: &Taxonomy,
) -> Result<Figure, ReportError> {
    const WIDTH: i32 = 800;
    const HEIGHT: i32 = 600;
    let map = plane.map;
    let square = Square { left: 30, top: 20, side: 540 };
    let bottom = square.top + square.side;
    let svg = draw("map", (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs()), &name(map, rank), |canvas| {
        canvas.frame((square.left, square.top), (square.left + square.side, bottom), FAINT, 1)?;
        if let Some([first, second]) = plane.axes() {
            canvas.small(&first, (square.left + square.side / 2, bottom + 16), Anchor::Centre, GREY)?;
            canvas.upwards(&second, (square.left - 14, square.top + square.side / 2), Anchor::Centre, GREY)?;
        }
        let counts = |wanted: Option<TaxonId>| taxa.iter().filter(|taxon| **taxon == wanted).count();
        let mut y = 50;
        let left = square.left + square.side + 24;
        canvas.text(rank.name(), (left, 28), Anchor::Left, GREY)?;
        for (&taxon, &colour) in colours {
            canvas.dot((left + 4, y), colour)?;
            let label = fitting_taxon(taxonomy.name(taxon), Some(counts(Some(taxon))), WIDTH - left - 24);
            canvas.small(&label, (left + 16, y), Anchor::Left, INK)?;
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
    Ok(Figure { file: format!("figures/map_{}_{rank}.svg", map.kind), svg, caption: caption(&plane, rank) })
}
