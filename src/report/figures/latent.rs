//! Pictures of the latent space: the staircase, maps, centroids in the order of the tree, two trees side by side,
//! silhouettes per taxon.

use super::canvas::{Anchor, Canvas, FAINT, GREY, PALETTE, between, draw, fitting, pixel, whole};
use super::colours::{MOST, OTHER, of_tree};
use crate::embeddings::Embeddings;
use crate::latent::Latent;
use crate::latent::dendrogram::Dendrogram;
use crate::latent::tree::place;
use crate::rank::Rank;
use crate::report::ReportError;
use crate::report::document::Figure;
use crate::statistics::to_f64;
use crate::taxonomy::{TaxonId, Taxonomy};
use plotters::style::{BLACK, RGBColor, WHITE};
use std::collections::BTreeMap;
use std::fmt::Write;

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
    let caption =
        "Mean cosine distance of two images by the rank of the lowest taxon that holds both, over all pairs, with 95 % \
                   intervals. A space that follows the taxonomy climbs from step to step."
            .to_string();
    let ends = stairs.iter().flat_map(|stair| [stair.distance, stair.interval.map_or(stair.distance, |interval| interval.high)]);
    let most = ends.fold(f64::MIN_POSITIVE, f64::max) * 1.08;
    let svg = draw("staircase", (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs()), &caption, |canvas| {
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
            canvas.bar(
                (left + 8, y(stair.distance)),
                (left + step - 8, BOTTOM),
                between(PALETTE[4], PALETTE[0], f64::from(stair.rung) / 7.0),
            )?;
            if let Some(interval) = stair.interval {
                canvas.interval(middle, (y(interval.low), y(interval.high)), BLACK)?;
            }
            canvas.text(&stair.rank, (middle, BOTTOM + 18), Anchor::Centre, BLACK)?;
            canvas.small(&short(stair.pairs), (middle, BOTTOM + 38), Anchor::Centre, GREY)?;
        }
        canvas.small("pairs", (LEFT - 10, BOTTOM + 38), Anchor::Right, GREY)?;
        canvas.line(&[(LEFT, BOTTOM), (WIDTH - 40, BOTTOM)], GREY, 1)
    })?;
    Ok(Some(Figure { file: "figures/staircase.svg".to_string(), svg, caption }))
}

fn ticks(most: f64) -> Vec<f64> {
    let step = [0.01, 0.02, 0.05, 0.1, 0.2, 0.25, 0.5, 1.0].into_iter().find(|step| most / step <= 8.0).unwrap_or(1.0);
    (0..9).map(|index| f64::from(index) * step).filter(|&tick| tick <= most).collect()
}

/// `12 k`, `3.4 M`.
#[expect(clippy::cast_precision_loss, reason = "two digits are shown")]
fn short(count: u64) -> String {
    match count {
        0..10_000 => count.to_string(),
        10_000..1_000_000 => format!("{:.0} k", count as f64 / 1e3),
        _ => format!("{:.1} M", count as f64 / 1e6),
    }
}

/// The taxa of a rank that get colours: the largest ones, at most a dozen, in the order of the tree.
fn coloured(taxonomy: &Taxonomy, taxa: &[Option<TaxonId>]) -> BTreeMap<TaxonId, RGBColor> {
    let mut counts: BTreeMap<TaxonId, usize> = BTreeMap::new();
    taxa.iter().flatten().for_each(|&taxon| *counts.entry(taxon).or_default() += 1);
    let mut largest: Vec<(TaxonId, usize)> = counts.into_iter().collect();
    largest.sort_by_key(|&(taxon, count)| (std::cmp::Reverse(count), taxon));
    largest.truncate(MOST - 1);
    of_tree(taxonomy, &largest.into_iter().collect())
}

/// Maps of the points: a panel for each map and for up to three ranks.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn maps(embeddings: &Embeddings, latent: &Latent) -> Result<Vec<Figure>, ReportError> {
    let taxonomy = &embeddings.taxonomy;
    // Ranks that say something about colours: a dozen taxa or so; the coarsest and the two below it.
    let ranks: Vec<Rank> = latent.ranks.iter().filter(|space| space.taxa > 1).map(|space| space.rank).collect();
    let shown: Vec<Rank> = match &ranks[..] {
        [] => return Ok(vec![]),
        few if few.len() <= 3 => few.to_vec(),
        many => {
            let first =
                many.iter().position(|rank| latent.ranks.iter().any(|space| space.rank == *rank && space.taxa >= 4)).unwrap_or(0);
            many[first.min(many.len() - 3)..].iter().take(3).copied().collect()
        }
    };
    let mut figures = vec![];
    for map in &latent.maps {
        for &rank in &shown {
            let taxa: Vec<Option<TaxonId>> =
                embeddings.taxa.iter().map(|taxon| taxon.and_then(|taxon| taxonomy.ancestor_at(taxon, rank))).collect();
            let colours = coloured(taxonomy, &taxa);
            figures.push(panel(map, rank, &taxa, &colours, taxonomy)?);
        }
    }
    Ok(figures)
}

fn panel(
    map: &crate::latent::map::Map,
    rank: Rank,
    taxa: &[Option<TaxonId>],
    colours: &BTreeMap<TaxonId, RGBColor>,
    taxonomy: &Taxonomy,
) -> Result<Figure, ReportError> {
    const WIDTH: i32 = 820;
    const HEIGHT: i32 = 600;
    const SIDE: i32 = 560;
    let name = if map.kind == "pca" { "Principal components" } else { "t-SNE, which keeps neighbours" };
    let number = |value: Option<f64>| value.map_or_else(|| "–".to_string(), |value| format!("{value:.2}"));
    let caption = format!(
        "{name}, coloured by {rank}. Trustworthiness {}, continuity {}, neighbours kept {} ({} nearest), distances kept (Spearman) {}.{}",
        number(map.trustworthiness),
        number(map.continuity),
        number(map.kept),
        map.k,
        number(map.shepard),
        if map.kind == "pca" { "" } else { " Distances between far clusters mean nothing here." }
    );
    let fold = |axis: usize, start: f64, pick: fn(f64, f64) -> f64| map.points.iter().map(|point| point[axis]).fold(start, pick);
    let low = [fold(0, f64::INFINITY, f64::min), fold(1, f64::INFINITY, f64::min)];
    let high = [fold(0, f64::NEG_INFINITY, f64::max), fold(1, f64::NEG_INFINITY, f64::max)];
    // One scale for both axes, for distances to mean the same.
    let span = (high[0] - low[0]).max(high[1] - low[1]).max(f64::MIN_POSITIVE);
    let at = |point: &[f64; 2]| {
        let centre = [f64::midpoint(low[0], high[0]), f64::midpoint(low[1], high[1])];
        let scale = f64::from(SIDE - 24) / span;
        [f64::from(20 + SIDE / 2) + (point[0] - centre[0]) * scale, f64::from(20 + SIDE / 2) - (point[1] - centre[1]) * scale]
    };
    let svg = draw("map", (WIDTH.unsigned_abs(), HEIGHT.unsigned_abs()), &caption, |canvas| {
        canvas.frame((20, 20), (20 + SIDE, 20 + SIDE), FAINT, 1)?;
        let counts = |wanted: Option<TaxonId>| taxa.iter().filter(|taxon| **taxon == wanted).count();
        let mut y = 44;
        let left = SIDE + 44;
        canvas.text(rank.name(), (left, 26), Anchor::Left, GREY)?;
        for (&taxon, &colour) in colours {
            canvas.dot((left + 4, y), colour)?;
            let label = format!("{} ({})", taxonomy.name(taxon), counts(Some(taxon)));
            canvas.small(&fitting(&label, WIDTH - left - 24).unwrap_or_default(), (left + 16, y), Anchor::Left, BLACK)?;
            y += 20;
        }
        let others = taxa.iter().filter(|taxon| taxon.is_some_and(|taxon| !colours.contains_key(&taxon))).count();
        let without = counts(None);
        for (count, what) in [(others, "other"), (without, "without")] {
            if count > 0 {
                canvas.dot((left + 4, y), OTHER)?;
                canvas.small(&format!("{what} ({count})"), (left + 16, y), Anchor::Left, GREY)?;
                y += 20;
            }
        }
        for (line, text) in [
            format!("trustworthiness {}", number(map.trustworthiness)),
            format!("continuity {}", number(map.continuity)),
            format!("neighbours kept {}", number(map.kept)),
            format!("distances kept {}", number(map.shepard)),
        ]
        .iter()
        .enumerate()
        {
            canvas.small(text, (left, HEIGHT - 86 + 18 * whole(line)), Anchor::Left, GREY)?;
        }
        Ok(())
    })?;
    let points = scattered(map, taxa, colours, &at)?;
    // Dots at their exact places, which pixels of a sheet would round.
    let svg = svg.replacen("</svg>", &format!("{points}</svg>"), 1);
    Ok(Figure { file: format!("figures/map_{}_{rank}.svg", map.kind), svg, caption })
}

/// Points above which dots become a picture under the axes.
const DOTS: usize = 20_000;

fn scattered(
    map: &crate::latent::map::Map,
    taxa: &[Option<TaxonId>],
    colours: &BTreeMap<TaxonId, RGBColor>,
    at: &dyn Fn(&[f64; 2]) -> [f64; 2],
) -> Result<String, ReportError> {
    let colour = |row: usize| taxa[row].and_then(|taxon| colours.get(&taxon)).copied().unwrap_or(OTHER);
    // Grey ones first, so that they hide nothing.
    let mut order: Vec<usize> = (0..map.points.len()).collect();
    order.sort_by_key(|&row| (taxa[row].is_some_and(|taxon| colours.contains_key(&taxon)), row));
    if map.points.len() > DOTS {
        return raster(&order, map, at, &colour);
    }
    let radius = if map.points.len() > 4_000 { 1.6 } else { 2.4 };
    let mut dots = String::from("<g stroke=\"#ffffff\" stroke-width=\"0.3\" fill-opacity=\"0.85\">\n");
    for row in order {
        let [x, y] = at(&map.points[row]);
        let RGBColor(red, green, blue) = colour(row);
        let _ = writeln!(dots, "<circle cx=\"{x:.2}\" cy=\"{y:.2}\" r=\"{radius}\" fill=\"#{red:02x}{green:02x}{blue:02x}\"/>");
    }
    dots.push_str("</g>\n");
    Ok(dots)
}

/// The dots as a picture of twice the resolution.
fn raster(
    order: &[usize],
    map: &crate::latent::map::Map,
    at: &dyn Fn(&[f64; 2]) -> [f64; 2],
    colour: &dyn Fn(usize) -> RGBColor,
) -> Result<String, ReportError> {
    const SIDE: i32 = 1_200;
    let mut pixels = vec![255_u8; usize::try_from(SIDE * SIDE * 3).unwrap_or(0)];
    for &row in order {
        let [x, y] = at(&map.points[row]);
        let (x, y) = (pixel(2.0 * x), pixel(2.0 * y));
        let RGBColor(red, green, blue) = colour(row);
        for (dx, dy) in [(0, 0), (1, 0), (-1, 0), (0, 1), (0, -1)] {
            let (x, y) = (x + dx, y + dy);
            if (0..SIDE).contains(&x) && (0..SIDE).contains(&y) {
                let start = usize::try_from((y * SIDE + x) * 3).unwrap_or(0);
                pixels[start..start + 3].copy_from_slice(&[red, green, blue]);
            }
        }
    }
    let failed = |error: png::EncodingError| ReportError::Figure { figure: "map", what: error.to_string() };
    let mut bytes = vec![];
    let mut encoder = png::Encoder::new(&mut bytes, SIDE.unsigned_abs(), SIDE.unsigned_abs());
    encoder.set_color(png::ColorType::Rgb);
    let mut writer = encoder.write_header().map_err(failed)?;
    writer.write_image_data(&pixels).map_err(failed)?;
    writer.finish().map_err(failed)?;
    let data = crate::report::photographs::base64(&bytes);
    Ok(format!(
        "<image x=\"0\" y=\"0\" width=\"600\" height=\"600\" style=\"mix-blend-mode:multiply\" href=\"data:image/png;base64,{data}\"/>\n"
    ))
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
    // Cells of at least a pixel: evenly taken taxa where there are more.
    let step = n.div_ceil(300);
    let taken: Vec<usize> = (0..n).step_by(step).collect();
    let taxa: Vec<TaxonId> = taken.iter().map(|&place| centroids.taxa[place]).collect();
    let distance = |a: usize, b: usize| if a == b { 0.0 } else { centroids.distances[place(n, taken[a], taken[b])] };
    let mut sorted = centroids.distances.clone();
    sorted.sort_unstable_by(f64::total_cmp);
    let (near, far) = (sorted[sorted.len() / 50], sorted[sorted.len() - 1 - sorted.len() / 50]);
    let caption = format!(
        "Cosine distance of the means of {} taxa in the order of the taxonomy{}; dark is near.",
        taken.len(),
        if step > 1 { format!(", every {step}th of {n}") } else { String::new() }
    );
    matrix("centroids", &caption, &embeddings.taxonomy, &taxa, (near, far), &|a, b| Some(distance(a, b))).map(Some)
}

/// A square of cells for pairs of taxa in the order of the taxonomy, dark at the value `near` and light at `far`, with
/// boxes around clades; white where there is no value.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub(super) fn matrix(
    name: &'static str,
    caption: &str,
    taxonomy: &Taxonomy,
    taxa: &[TaxonId],
    (near, far): (f64, f64),
    value: &dyn Fn(usize, usize) -> Option<f64>,
) -> Result<Figure, ReportError> {
    const SIDE: i32 = 600;
    const LEFT: i32 = 190;
    const TOP: i32 = 16;
    let count = taxa.len();
    let (boxes, rank) = clades(taxonomy, taxa);
    let caption = format!("{caption} Boxes: {rank}.");
    let span = if (far - near).abs() > 0.0 { far - near } else { 1.0 };
    let size = (u32::try_from(LEFT + SIDE + 110).unwrap_or(900), u32::try_from(TOP + SIDE + 20).unwrap_or(640));
    let svg = draw(name, size, &caption, |canvas| {
        let edge = |index: usize| pixel(f64::from(SIDE) * to_f64(index as u64) / to_f64(count as u64));
        for a in 0..count {
            for b in 0..count {
                let Some(value) = value(a, b) else { continue };
                let share = ((value - near) / span).clamp(0.0, 1.0);
                let colour = between(RGBColor(8, 48, 107), RGBColor(247, 251, 255), share);
                canvas.bar((LEFT + edge(b), TOP + edge(a)), (LEFT + edge(b + 1), TOP + edge(a + 1)), colour)?;
            }
        }
        let mut last = -100;
        for (name, start, end) in &boxes {
            let (from, to) = (edge(*start), edge(*end));
            canvas.frame((LEFT + from, TOP + from), (LEFT + to, TOP + to), PALETTE[1], 1)?;
            let middle = TOP + i32::midpoint(from, to);
            // A name that would touch the one above is left out.
            if middle - last >= 14
                && let Some(text) = fitting(name, LEFT - 20)
            {
                canvas.small(&text, (LEFT - 8, middle), Anchor::Right, BLACK)?;
                last = middle;
            }
        }
        for line in 0..100_i32 {
            let y = TOP + SIDE - 2 * line;
            canvas.bar(
                (LEFT + SIDE + 24, y - 2),
                (LEFT + SIDE + 40, y),
                between(RGBColor(8, 48, 107), RGBColor(247, 251, 255), f64::from(line) / 99.0),
            )?;
        }
        canvas.small(&format!("{far:.2}"), (LEFT + SIDE + 46, TOP + SIDE - 196), Anchor::Left, GREY)?;
        canvas.small(&format!("{near:.2}"), (LEFT + SIDE + 46, TOP + SIDE - 4), Anchor::Left, GREY)
    })?;
    Ok(Figure { file: format!("figures/{name}.svg"), svg, caption })
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

/// The taxonomy and the dendrogram of centroids, face to face. `None` for fewer than four taxa.
///
/// # Errors
///
/// [`ReportError::Figure`] if the sheet cannot be drawn.
pub fn tanglegram(embeddings: &Embeddings, latent: &Latent) -> Result<Option<Figure>, ReportError> {
    const MOST_TAXA: usize = 60;
    const WIDTH: i32 = 900;
    const TREE: i32 = 210;
    const NAMES: i32 = 170;
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
    let dendrogram = Dendrogram::of(count, &distances, crate::latent::dendrogram::Linkage::Average);
    let order = untangled(&dendrogram);
    let mut row_of = vec![0; count];
    order.iter().enumerate().for_each(|(row, &taxon)| row_of[taxon] = row);
    let points: BTreeMap<TaxonId, usize> = groups_of(taxonomy, &taxa);
    let colours = of_tree(taxonomy, &points);
    let colour = |taxon: TaxonId| taxonomy.lineage(taxon).find_map(|step| colours.get(&step)).copied().unwrap_or(GREY);
    let caption = format!(
        "The taxonomy (left) and the tree that average linkage makes of the means of {count} taxa{} (right). Links of one colour are \
         one clade; where they cross, the space disagrees.",
        if step > 1 { format!(", every {step}th of {all}") } else { String::new() }
    );
    let height = ROW * whole(count) + 40;
    let svg = draw("tanglegram", (WIDTH.unsigned_abs(), height.unsigned_abs()), &caption, |canvas| {
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
            let text = fitting(taxonomy.name(taxon), NAMES - 8).unwrap_or_default();
            canvas.small(&text, (TREE + 6, line_of(index)), Anchor::Left, BLACK)?;
            canvas.line(&[(TREE + NAMES, line_of(index)), (right - NAMES + 4, line_of(row_of[index]))], colour(taxon), 2)?;
            canvas.small(&text, (right - 6, line_of(row_of[index])), Anchor::Right, BLACK)?;
        }
        Ok(())
    })?;
    Ok(Some(Figure { file: "figures/tanglegram.svg".to_string(), svg, caption }))
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

/// Ancestors that a dozen colours can tell apart, with how many taxa each has.
fn groups_of(taxonomy: &Taxonomy, taxa: &[TaxonId]) -> BTreeMap<TaxonId, usize> {
    for rank in [Rank::Genus, Rank::Family, Rank::Order, Rank::Class, Rank::Phylum, Rank::Kingdom] {
        let mut counts: BTreeMap<TaxonId, usize> = BTreeMap::new();
        for ancestor in taxa.iter().filter_map(|&taxon| taxonomy.ancestor_at(taxon, rank)) {
            *counts.entry(ancestor).or_default() += 1;
        }
        if (2..=MOST).contains(&counts.len()) {
            return counts;
        }
    }
    BTreeMap::new()
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
    let mean = |group: usize| values[group].iter().sum::<f64>() / to_f64(values[group].len() as u64);
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
    let svg = draw("silhouettes", (WIDTH.unsigned_abs(), height.unsigned_abs()), &caption, |canvas| {
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
            let name =
                fitting(&format!("{} ({})", taxonomy.name(groups.taxa[group]), values.len()), LEFT - 20).unwrap_or_default();
            canvas.small(&name, (LEFT - 8, y), Anchor::Right, BLACK)?;
            let colour = if mean(group) < 0.0 { PALETTE[1] } else { PALETTE[0] };
            canvas.line(&[(x(decile(1)), y), (x(decile(9)), y)], between(colour, WHITE, 0.5), 3)?;
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
    let svg = draw("agreement", (WIDTH.unsigned_abs(), 360), &caption, |canvas| {
        let y = |share: f64| BOTTOM - pixel(share * f64::from(BOTTOM - 50));
        canvas.percent_grid((LEFT, WIDTH - 30), y)?;
        let step = (WIDTH - LEFT - 40) / whole(ranks.len());
        for (series, agreement) in ranks[0].agreement.iter().enumerate() {
            let at = LEFT + 20 + 130 * whole(series);
            canvas.dot((at, 20), PALETTE[series % 6])?;
            canvas.legend(&format!("{} nearest", agreement.k), (at + 12, 20))?;
        }
        for (index, space) in ranks.iter().enumerate() {
            let middle = LEFT + step * whole(index) + step / 2;
            for (series, agreement) in space.agreement.iter().enumerate() {
                let x = middle + 14 * (whole(series) * 2 - whole(space.agreement.len()) + 1) / 2;
                if let Some(share) = agreement.agreement {
                    canvas.line(&[(x, y(0.0)), (x, y(share))], between(PALETTE[series % 6], WHITE, 0.6), 3)?;
                    canvas.dot((x, y(share)), PALETTE[series % 6])?;
                }
            }
            if let Some(chance) = space.agreement.first().and_then(|agreement| agreement.chance) {
                canvas.line(&[(middle - step / 3, y(chance)), (middle + step / 3, y(chance))], GREY, 3)?;
            }
            canvas.text(space.rank.name(), (middle, BOTTOM + 20), Anchor::Centre, BLACK)?;
            canvas.small(&format!("{} taxa", space.taxa), (middle, BOTTOM + 40), Anchor::Centre, GREY)?;
        }
        Ok(())
    })?;
    Ok(Some(Figure { file: "figures/agreement.svg".to_string(), svg, caption }))
}
