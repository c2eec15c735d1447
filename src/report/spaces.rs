//! Several spaces beside each other: models, towers, layers; one row each, and whether a difference is chance.

mod row;
mod csv;

pub use row::{RankRow, Row};

use super::document::{Block, Document, Table};
use super::error::ReportError;
use super::folder::Draft;
use super::language::Language;
use super::latent::{SpacePage, write_into};
use super::overwrite::Overwrite;
use super::page::Frame;
use super::photographs::Photographs;
use super::text::{count, decimal, fixed, percent, percent_with_interval, probability};
use super::{markdown, page};
use crate::numbers::bootstrap::Clusters;
use crate::numbers::neighbours::Rows;
use crate::scores::compare::{CompareOptions, Comparison, Values, text};
use crate::scores::metric::Direction;
use crate::spaces::embeddings::Embeddings;
use crate::spaces::latent::Latent;
use crate::spaces::latent::map::linear_cka;
use crate::taxonomy::rank::Rank;
use serde::Serialize;
use serde_json::json;
use std::collections::{HashMap, HashSet};
use std::path::{Path, PathBuf};

/// A space that has been measured.
#[derive(Debug, Clone)]
pub struct Space {
    /// Its name, and that of its folder.
    pub name: String,
    /// The vectors.
    pub embeddings: Embeddings,
    /// The numbers.
    pub latent: Latent,
}

/// Spaces side by side.
#[derive(Debug, Clone, Serialize)]
pub struct SideBySide {
    /// One per space, in the order given.
    pub rows: Vec<Row>,
    /// Neighbours that agreement is counted among.
    pub k: usize,
    /// Neighbours agreeing at each rank, point by point, over the points that all spaces have which share any with the first; `None` where
    /// there are none, or where points of one space share a name.
    pub comparison: Option<Comparison>,
    /// Decisions, one sentence each.
    pub notes: Vec<String>,
}

/// Spaces that have a point of the same name as the first: places among all, the first among them.
fn alike(spaces: &[Space]) -> Vec<usize> {
    let Some(first) = spaces.first() else { return vec![] };
    let names: HashSet<&str> = first.embeddings.names.iter().map(String::as_str).collect();
    let shares = |space: &Space| space.embeddings.names.iter().any(|name| names.contains(name.as_str()));
    (0..spaces.len()).filter(|&place| place == 0 || shares(&spaces[place])).collect()
}

/// Points of the same name in all spaces: rows of each, in the order of the points of the first ([`Embeddings::order`], which
/// does not depend on the order of rows); `None` where a name stands twice.
fn shared(spaces: &[&Space]) -> Option<Vec<Vec<usize>>> {
    let mut places: Vec<HashMap<&str, usize>> = vec![];
    for space in spaces {
        let place: HashMap<&str, usize> =
            space.embeddings.names.iter().enumerate().map(|(row, name)| (name.as_str(), row)).collect();
        if place.len() < space.embeddings.len() {
            return None;
        }
        places.push(place);
    }
    let first = &spaces.first()?.embeddings;
    let names = first.order().into_iter().map(|row| first.names[row].as_str());
    let everywhere: Vec<&str> = names.filter(|name| places.iter().all(|place| place.contains_key(name))).collect();
    Some(places.iter().map(|place| everywhere.iter().map(|name| place[name]).collect()).collect())
}

impl SideBySide {
    /// Puts spaces side by side; their names must differ.
    #[must_use]
    pub fn of(spaces: &[Space]) -> SideBySide {
        let alike = alike(spaces);
        let paired: Vec<&Space> = alike.iter().map(|&place| &spaces[place]).collect();
        let shared = shared(&paired).filter(|_| paired.len() > 1);
        let mut notes: Vec<String> = spaces
            .iter()
            .flat_map(|space| space.latent.notes.iter().map(move |note| format!("{}: {note}", space.name)))
            .collect();
        let apart: Vec<&str> =
            (0..spaces.len()).filter(|place| !alike.contains(place)).map(|place| spaces[place].name.as_str()).collect();
        if !apart.is_empty() {
            notes.push(format!("{} shares no point of the same name with: {}", spaces[0].name, apart.join(", ")));
        }
        match &shared {
            None if paired.len() > 1 => {
                notes.push("points of one space share a name: spaces are not compared point by point".to_string());
            }
            None => {}
            Some(rows) => {
                for (space, rows) in paired.iter().zip(rows).filter(|(space, rows)| rows.len() < space.embeddings.len()) {
                    notes.push(format!("{}: {} of {} points are in all spaces", space.name, rows.len(), space.embeddings.len()));
                }
            }
        }
        let of_shared = |place: usize| {
            let among = alike.iter().position(|&alike| alike == place)?;
            shared.as_ref().map(|rows| (&rows[0], &rows[among]))
        };
        let row = |place: usize| {
            let space = &spaces[place];
            Row::of(&space.name, &space.latent, cka(space, &spaces[0], of_shared(place)))
        };
        let rows = (0..spaces.len()).map(row).collect();
        let comparison = shared.as_ref().filter(|rows| rows[0].len() > 1).and_then(|rows| compare(&paired, rows));
        let k = spaces.first().and_then(|space| space.latent.options.ks.last().copied()).unwrap_or(0);
        SideBySide { rows, k, comparison, notes }
    }
}

/// Linear CKA of a space with the first over the points that both have.
fn cka(space: &Space, first: &Space, shared: Option<(&Vec<usize>, &Vec<usize>)>) -> Option<f64> {
    /// Points that the similarity of two spaces is taken over.
    const MOST: usize = 2_000;
    let (of_first, of_space) = shared.filter(|(rows, _)| rows.len() > 2)?;
    let step = of_first.len().div_ceil(MOST);
    let some = |space: &Space, rows: &[usize]| -> Vec<f64> {
        rows.iter().step_by(step).flat_map(|&row| space.embeddings.rows().row(row).to_vec()).collect()
    };
    let (one, other) = (some(first, of_first), some(space, of_space));
    linear_cka(Rows { values: &one, width: first.embeddings.width }, Rows { values: &other, width: space.embeddings.width })
}

/// Shares of agreeing neighbours point by point, photographs of one observation together.
fn compare(spaces: &[&Space], rows: &[Vec<usize>]) -> Option<Comparison> {
    let first = &spaces.first()?.embeddings;
    let clusters = if rows[0].iter().all(|&row| first.observations[row].is_empty()) {
        Clusters::single(rows[0].len())
    } else {
        // A point without an observation is one by itself.
        let of = |row: usize| {
            let observation = &first.observations[row];
            if observation.is_empty() { format!("\u{1}{row}") } else { observation.clone() }
        };
        let names: Vec<String> = rows[0].iter().map(|&row| of(row)).collect();
        Clusters::by_name(names.iter().map(String::as_str))
    };
    let mut values = vec![];
    for rank in Rank::MAIN.into_iter().rev() {
        let of = |(space, rows): (&&Space, &Vec<usize>)| -> Option<(usize, Vec<Option<f64>>)> {
            let measured = space.latent.ranks.iter().find(|measured| measured.rank == rank)?;
            Some((measured.agreement.last()?.k, rows.iter().map(|&row| measured.shares[row]).collect()))
        };
        let runs: Option<Vec<(usize, Vec<Option<f64>>)>> = spaces.iter().zip(rows).map(of).collect();
        if let Some(runs) = runs {
            let k = runs.first().map_or(0, |run| run.0);
            values.push(Values {
                name: format!("agreement@{k}.{}", rank.name()),
                label: rank.name().to_string(),
                direction: Direction::Higher,
                binary: false,
                range: Some((0.0, 1.0)),
                runs: runs.into_iter().map(|run| run.1).collect(),
            });
        }
    }
    let names: Vec<String> = spaces.iter().map(|space| space.name.clone()).collect();
    (!values.is_empty()).then(|| Comparison::of(&names, &values, &clusters, &CompareOptions::default()))
}

/// Spaces side by side, and what their pages show beside the numbers.
#[derive(Clone, Copy)]
pub struct SpacesPage<'a> {
    /// The spaces.
    pub spaces: &'a [Space],
    /// The same side by side.
    pub together: &'a SideBySide,
    /// Where the photographs of each space are, in the same order; none are shown where there are none.
    pub photographs: &'a [Photographs<'a>],
    /// The command that measured them.
    pub command_line: &'a str,
    /// The language that pages open in.
    pub language: Language,
}

/// Writes the folder of several spaces: `spaces.json`, `spaces.csv`, `spaces.md`, `index.html`, and one folder for each space.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, shown: &SpacesPage<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let &SpacesPage { spaces, together, photographs, command_line, language } = shown;
    let draft = Draft::beside(folder, overwrite)?;
    let value = json!({
        "spaces": together.rows,
        "comparison": together.comparison,
        "notes": together.notes,
        "no_interval": {
            "mantel": "pairs of taxa are not independent: mantel_p is its uncertainty",
            "triplets": "triplets of taxa are not independent: mantel_p is their uncertainty",
            "clades": "one tree of all taxa: the p of each space's clades are their uncertainty",
            "clades_lift": "one tree of all taxa: the p of each space's clades are their uncertainty",
            "silhouette": "each space's latent.json has it",
            "r2": "sums over all points at once: each space's permanova says how sure it is",
            "rank_me": "of the spectrum of all points at once",
            "dimension": "of the distances of all points at once",
            "cka_with_first": "of pairs of points, which are not independent",
        },
        "nearmiss": { "provenance": {
            "program": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "command_line": command_line,
        } },
    });
    draft.write("spaces.json", &format!("{value:#}\n"))?;
    draft.write("spaces.csv", &csv::spaces_csv(&together.rows).map_err(|error| draft.failed("spaces.csv", error))?)?;
    for (place, space) in spaces.iter().enumerate() {
        let photographs = photographs.get(place).copied().unwrap_or_default();
        let below = format!("{}/", folder_name(&space.name));
        let Space { embeddings, latent, .. } = space;
        write_into(&draft, &below, &SpacePage { embeddings, latent, photographs, command_line, language })?;
    }
    let document = document(together, command_line);
    draft.write("spaces.md", &markdown::render(&document))?;
    draft.write("index.html", &page::render_in(&document, Frame { language, ..Frame::default() }))?;
    draft.publish()
}

/// A name that is safe as a folder.
#[must_use]
pub fn folder_name(name: &str) -> String {
    let plain = |letter: char| if letter.is_alphanumeric() || "-_.".contains(letter) { letter } else { '-' };
    let name = name.chars().map(plain).collect::<String>().trim_start_matches('.').to_string();
    if name.is_empty() { "space".to_string() } else { name }
}

fn document(together: &SideBySide, command_line: &str) -> Document {
    let mut blocks = vec![Block::Heading(2, "Against the tree".to_string()), Block::Table(table(together))];
    blocks.push(Block::Paragraph(
        "Means of taxa: correlation of their cosine distances with the tree's (Mantel), share of triplets that agree (chance 33.3 %), \
         share of clades found again; p by permutation stands in place of an interval, for pairs of taxa are not independent. CKA: how alike a space is to the first, 1 the same but for rotation and scale."
            .to_string(),
    ));
    blocks.push(Block::Heading(2, "Are neighbours of the same taxon?".to_string()));
    if let Some(comparison) = &together.comparison {
        blocks.push(Block::Table(compared(comparison)));
        blocks.push(Block::Paragraph(format!(
            "Share of the {} nearest that are of the same taxon, over the {} points that all of these have. A raised letter is a space that is \
             beaten with p ≤ {} (randomisation by {}, Holm over the pairs).",
            together.k,
            count(comparison.images as u64),
            comparison.alpha,
            if comparison.clusters < comparison.images { "observation" } else { "point" }
        )));
    } else {
        blocks.push(Block::Table(agreements(together)));
    }
    let pages = together.rows.iter().map(|row| format!("{}: {}/index.html", row.space, folder_name(&row.space))).collect();
    blocks.extend([Block::Heading(2, "Each by itself".to_string()), Block::List(pages)]);
    if !together.notes.is_empty() {
        blocks.extend([Block::Heading(2, "Decisions made on the way".to_string()), Block::List(together.notes.clone())]);
    }
    blocks.push(Block::Paragraph(format!("{} {}: {command_line}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION"))));
    Document { title: format!("{} latent spaces side by side", together.rows.len()), verdicts: verdict(together), blocks }
}

/// How closely the first two spaces follow the tree, in a sentence; which does so more closely is not tested, and not said.
#[must_use]
pub fn verdict(together: &SideBySide) -> Vec<String> {
    let mut known: Vec<(&Row, f64)> = together.rows.iter().filter_map(|row| Some((row, row.mantel?))).collect();
    known.sort_by(|a, b| b.1.total_cmp(&a.1).then_with(|| a.0.space.cmp(&b.0.space)));
    let with_p = |row: &Row| row.mantel_p.map(|p| format!(" (p {})", p_value(p))).unwrap_or_default();
    match known[..] {
        [(largest, r), (next, s), ..] if r - s >= 0.005 => vec![format!(
            "Distances correlate with the tree's at r = {}{} in {} and at r = {}{} in {} (Mantel); whether the difference is more than \
             chance is not tested.",
            fixed(r, 2),
            with_p(largest),
            largest.space,
            fixed(s, 2),
            with_p(next),
            next.space
        )],
        [(_, r), _, ..] => {
            vec![format!("No space follows the taxonomy more closely than the next: r = {} (Mantel).", fixed(r, 2))]
        }
        _ => vec![],
    }
}

fn p_value(p: f64) -> String {
    let text = probability(Some(p));
    if text.starts_with('<') { text } else { format!("= {text}") }
}

fn table(together: &SideBySide) -> Table {
    let mut table = Table::new(&[
        ("Space", false),
        ("n", true),
        ("width", true),
        ("Mantel r", true),
        ("p", true),
        ("triplets", true),
        ("clades", true),
        ("RankMe", true),
        ("dimension", true),
        ("CKA with the first", true),
    ]);
    for row in &together.rows {
        table.push([
            row.space.clone(),
            count(row.n as u64),
            count(row.width as u64),
            decimal(row.mantel, 3),
            probability(row.mantel_p),
            percent(row.triplets),
            percent(row.clades),
            decimal(row.rank_me, 1),
            decimal(row.dimension, 1),
            decimal(row.cka_with_first, 3),
        ]);
    }
    table
}

fn compared(comparison: &Comparison) -> Table {
    let mut table = Table::new(&[("#", false), ("Space", false)]);
    for metric in &comparison.metrics {
        table.head.push(metric.label.clone());
        table.numeric.push(true);
    }
    for (run, name) in comparison.runs.iter().enumerate() {
        let mut row = vec![text::letter(run), name.clone()];
        row.extend((0..comparison.metrics.len()).map(|metric| text::cell(comparison, metric, run)));
        table.rows.push(row);
    }
    table
}

fn agreements(together: &SideBySide) -> Table {
    let mut ranks: Vec<Rank> = together.rows.iter().flat_map(|row| row.ranks.iter().map(|rank| rank.rank)).collect();
    ranks.sort_unstable();
    ranks.dedup();
    let mut table = Table::new(&[("Space", false)]);
    for rank in &ranks {
        table.head.push(rank.name().to_string());
        table.numeric.push(true);
    }
    for row in &together.rows {
        let of = |rank: &Rank| {
            let own = row.ranks.iter().find(|own| own.rank == *rank);
            own.map_or_else(|| percent(None), |own| percent_with_interval(own.agreement, own.agreement_low, own.agreement_high))
        };
        table.rows.push([vec![row.space.clone()], ranks.iter().map(of).collect()].concat());
    }
    table
}
