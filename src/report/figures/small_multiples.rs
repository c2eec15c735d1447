//! A map over and over, each time with the taxa of another clade in colours: for ranks of more taxa than there are hues.

use super::canvas::{Anchor, Canvas, draw, fitting, fitting_taxon, whole};
use super::colours::{FAINT, GREY, INK, MOST, OTHER, counts, of_taxa};
use super::raster::{SHAPES, under};
use super::scatter::{Scatter, Square};
use super::trust::{Plane, caption, name, qualities};
use crate::report::document::Figure;
use crate::report::error::ReportError;
use crate::taxonomy::rank::Rank;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::RGBColor;
use std::collections::BTreeMap;

/// Panels at most.
const PANELS: usize = 12;
const COLUMNS: usize = 2;
const SIDE: i32 = 216;
const WIDTH: i32 = 390;
const HEIGHT: i32 = SIDE + 44;
/// Height of a line of the legend.
const LINE: i32 = 18;

/// Taxa of one panel, at most as many as there are hues, in the order of the tree.
struct Panel {
    title: String,
    taxa: BTreeMap<TaxonId, usize>,
}

impl Panel {
    fn points(&self) -> usize {
        self.taxa.values().sum()
    }
}

/// The figure of a rank: panels for the clades one rank up, or for the finest rank above at which a dozen panels are enough; where
/// none is, a dozen panels of those clades that leave the fewest points out, and the caption says how many.
pub(super) fn small_multiples(
    plane: Plane<'_>,
    rank: Rank,
    taxa: &[Option<TaxonId>],
    taxonomy: &Taxonomy,
) -> Result<Figure, ReportError> {
    let (panels, left_out) = chosen(rank, taxa, taxonomy);
    let left_out = match left_out {
        (0, _) => String::new(),
        (taxa, points) => format!(" {taxa} more taxa with {points} images are grey in all panels."),
    };
    let caption = format!("{} Each panel colours the taxa of one clade; all images are grey.{left_out}", caption(&plane, rank));
    let colours = panels.iter().map(|panel| of_taxa(&panel.taxa)).collect();
    let sheet = Sheet { plane, panels, colours };
    let (width, height) = sheet.size();
    let (size, name) = ((width.unsigned_abs(), height.unsigned_abs()), name(plane.map, rank));
    let svg = draw("map", size, &name, |canvas| sheet.paint(canvas, taxonomy))?;
    let svg = sheet.with_points(svg, taxa)?;
    Ok(Figure { file: format!("figures/map_{}_{rank}.svg", plane.map.kind), svg, caption })
}

/// The panels on their sheet.
struct Sheet<'a> {
    plane: Plane<'a>,
    panels: Vec<Panel>,
    /// Of the taxa of each panel.
    colours: Vec<BTreeMap<TaxonId, RGBColor>>,
}

impl Sheet<'_> {
    fn size(&self) -> (i32, i32) {
        (20 + WIDTH * whole(COLUMNS), 50 + HEIGHT * whole(self.panels.len().div_ceil(COLUMNS)))
    }

    /// Where the points of a panel stand.
    fn square(panel: usize) -> Square {
        Square { left: 20 + WIDTH * whole(panel % COLUMNS), top: 34 + HEIGHT * whole(panel / COLUMNS), side: SIDE }
    }

    /// Frames, titles and legends; points come later.
    fn paint(&self, canvas: &Canvas<'_>, taxonomy: &Taxonomy) -> Result<(), ReportError> {
        for (index, panel) in self.panels.iter().enumerate() {
            let Square { left, top, side } = Self::square(index);
            canvas.frame((left, top), (left + side, top + side), FAINT, 1)?;
            let title = fitting(&panel.title, (WIDTH - 30) * 7 / 9).unwrap_or_default();
            canvas.text(&title, (left, top - 14), Anchor::Left, INK)?;
            for (line, (&taxon, &count)) in panel.taxa.iter().enumerate() {
                let (x, y) = (left + side + 14, top + 10 + LINE * whole(line));
                canvas.dot((x, y), self.colours[index][&taxon])?;
                let label = fitting_taxon(taxonomy.name(taxon), Some(count), WIDTH - side - 40);
                canvas.small(&label, (x + 12, y), Anchor::Left, INK)?;
            }
        }
        let bottom = self.size().1;
        if let Some([first, second]) = self.plane.axes() {
            canvas.small(&format!("→ {first}; ↑ {second}"), (20, bottom - 32), Anchor::Left, GREY)?;
        }
        canvas.small(&qualities(self.plane.map).join(", "), (20, bottom - 14), Anchor::Left, GREY)
    }

    /// The drawing with the points of every panel: its own in colours over all in grey.
    fn with_points(&self, mut svg: String, taxa: &[Option<TaxonId>]) -> Result<String, ReportError> {
        let all: Vec<usize> = (0..self.plane.map.points.len()).collect();
        let radius = if all.len() > 4_000 { 1.2 } else { 1.8 };
        let (grey_dots, dots) = (all.len() * self.panels.len() <= SHAPES, all.len() <= SHAPES);
        let mut layers = String::new();
        for (index, colours) in self.colours.iter().enumerate() {
            let scatter = Scatter { map: self.plane.map, square: Self::square(index), radius };
            let is_own = |row: usize| taxa[row].is_some_and(|taxon| colours.contains_key(&taxon));
            let own: Vec<usize> = all.iter().copied().filter(|&row| is_own(row)).collect();
            let colour = |row: usize| taxa[row].and_then(|taxon| colours.get(&taxon)).copied().unwrap_or(OTHER);
            let grey = |_: usize| FAINT;
            if !dots {
                let rows: Vec<usize> = all.iter().copied().filter(|&row| !is_own(row)).chain(own).collect();
                let colour = |row: usize| if colour(row) == OTHER { FAINT } else { colour(row) };
                svg = under(&svg, &scatter.picture(&rows, &colour)?);
                continue;
            }
            if grey_dots {
                layers += &scatter.dots(&all, &grey);
            } else {
                svg = under(&svg, &scatter.picture(&all, &grey)?);
            }
            layers += &scatter.dots(&own, &colour);
        }
        Ok(svg.replacen("</svg>", &format!("{layers}</svg>"), 1))
    }
}

/// The panels in the order of the tree, and how many taxa and points are in none.
fn chosen(rank: Rank, taxa: &[Option<TaxonId>], taxonomy: &Taxonomy) -> (Vec<Panel>, (usize, usize)) {
    let points = counts(taxa.iter().copied());
    let above: Vec<Rank> = Rank::MAIN.iter().copied().filter(|&other| other < rank).rev().collect();
    let grouped = |above: Option<Rank>| panels(above, &points, taxonomy);
    let choices = above.iter().map(|&above| Some(above)).chain([None]).map(grouped);
    let mut best: Option<(Vec<Panel>, (usize, usize))> = None;
    for choice in choices {
        let (kept, rest) = largest(choice);
        if rest.0 == 0 {
            return (kept, rest);
        }
        // The finest rank of equal ones.
        if best.as_ref().is_none_or(|(_, least)| rest.1 < least.1) {
            best = Some((kept, rest));
        }
    }
    best.unwrap_or_default()
}

/// The panels of the most points, and how many taxa and points the others have.
fn largest(panels: Vec<Panel>) -> (Vec<Panel>, (usize, usize)) {
    let mut largest: Vec<usize> = (0..panels.len()).collect();
    largest.sort_by_key(|&panel| (std::cmp::Reverse(panels[panel].points()), panel));
    largest.truncate(PANELS);
    let (mut kept, mut rest) = (vec![], (0, 0));
    for (place, panel) in panels.into_iter().enumerate() {
        if largest.contains(&place) {
            kept.push(panel);
        } else {
            rest = (rest.0 + panel.taxa.len(), rest.1 + panel.points());
        }
    }
    (kept, rest)
}

/// Taxa by their ancestor at a rank, in parts of equal size where there are more than hues.
fn panels(above: Option<Rank>, points: &BTreeMap<TaxonId, usize>, taxonomy: &Taxonomy) -> Vec<Panel> {
    let mut clades: BTreeMap<Option<TaxonId>, Vec<(TaxonId, usize)>> = BTreeMap::new();
    for (&taxon, &count) in points {
        clades.entry(above.and_then(|above| taxonomy.ancestor_at(taxon, above))).or_default().push((taxon, count));
    }
    let mut panels = vec![];
    for (clade, taxa) in clades {
        let name = match (clade, above) {
            (Some(clade), _) => format!("{} {}", taxonomy.rank(clade), taxonomy.name(clade)),
            (None, Some(above)) => format!("without {}", above.name()),
            (None, None) => "all".to_string(),
        };
        let parts = taxa.len().div_ceil(MOST);
        for (part, taxa) in taxa.chunks(taxa.len().div_ceil(parts)).enumerate() {
            let title = if parts > 1 { format!("{name}, {} of {parts}", part + 1) } else { name.clone() };
            panels.push(Panel { title, taxa: taxa.iter().copied().collect() });
        }
    }
    panels
}
