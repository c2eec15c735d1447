//! The table `predictions` of a run directory, rank by rank.

use super::error::TableError;
use super::frame::Frame;
use super::interned::Interned;
use super::label::{LabelId, Labels};
use super::placed::{Place, Placed};
use super::score;
use crate::answers::{Answer, Ranked};
use crate::numbers::ties;
use crate::taxonomy::rank::Rank;
use std::collections::{BTreeMap, HashMap};
use std::path::Path;

/// What stands in the place of a rank where the candidates have several.
const MIXED: &str = "label";

/// Distinct taxa of the predictions.
pub(super) struct Distinct {
    pub(super) labels: Vec<LabelId>,
    pub(super) rows: Vec<u32>,
}

pub(super) fn broken(path: &Path, what: &str) -> TableError {
    TableError::Run { path: path.to_path_buf(), what: what.to_string() }
}

/// One row of the predictions.
#[derive(Debug, Clone, Copy)]
struct PredictedRow {
    image: u32,
    position: u32,
    label: LabelId,
    probability: f64,
}

/// Rows of the predictions by rank, sorted by image and position.
#[derive(Debug, Default)]
pub(super) struct Predicted {
    rows: BTreeMap<String, Vec<PredictedRow>>,
    /// Whether the column `probability` holds probabilities.
    pub(super) probabilities: bool,
}

/// What was found while ranking.
#[derive(Debug, Default)]
pub(super) struct Remarks {
    /// Unknown names that came first, counted.
    pub(super) outside_answers: BTreeMap<String, usize>,
    /// Images whose positions and probabilities disagree.
    pub(super) disordered: usize,
}

impl Predicted {
    pub(super) fn of(frame: &Frame, images: &[String], taxa: &Distinct) -> Result<Predicted, TableError> {
        let images_of_rows = rows_of_images(frame, images)?;
        let ranks = Interned::of(&frame.texts("rank")?);
        let positions = score::read(frame, "position")?.values;
        let score::ScoreColumn { values: probabilities, probabilities: are_probabilities, .. } = if frame.has("probability") {
            score::read(frame, "probability")?
        } else {
            score::ScoreColumn { values: vec![f64::NAN; frame.len()], probabilities: true, ..score::ScoreColumn::default() }
        };
        let mut by_rank: Vec<Vec<PredictedRow>> = vec![vec![]; ranks.texts.len()];
        for row in 0..frame.len() {
            let position = positions[row];
            if !(1.0..4e9).contains(&position) {
                return Err(broken(&frame.path, &format!("{}: the position is no number from 1", frame.places(&[row]).concat())));
            }
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "checked above")]
            let position = position as u32;
            let label = taxa.labels[taxa.rows[row] as usize];
            let at = PredictedRow { image: images_of_rows[row], position, label, probability: probabilities[row] };
            by_rank[ranks.rows[row] as usize].push(at);
        }
        let key = |row: &PredictedRow| (row.image, row.position);
        for rows in &mut by_rank {
            if !rows.is_sorted_by_key(key) {
                rows.sort_by_key(key);
            }
            if let Some(twice) = rows.windows(2).find(|pair| key(&pair[0]) == key(&pair[1])) {
                let what =
                    format!("image '{}' has position {} twice at one rank", images[twice[0].image as usize], twice[0].position);
                return Err(broken(&frame.path, &what));
            }
        }
        Ok(Predicted { rows: ranks.texts.into_iter().zip(by_rank).collect(), probabilities: are_probabilities })
    }

    /// The rank of the labels' own rows: `label` where the candidates have several ranks, else that
    /// of the candidates, or else the finest.
    pub(super) fn labels_rank(&self, ranks: &[String], path: &Path) -> Result<String, TableError> {
        if self.rows.contains_key(MIXED) {
            return Ok(MIXED.to_string());
        }
        let order = |rank: &str| Rank::parse(rank).filter(|rank| !rank.is_unranked());
        let finest = |ranks: &mut dyn Iterator<Item = &String>| ranks.max_by_key(|rank| order(rank)).cloned();
        let own = ranks.iter().filter(|rank| self.rows.contains_key(*rank));
        let rank = finest(&mut own.into_iter()).or_else(|| finest(&mut self.rows.keys()));
        rank.ok_or_else(|| broken(path, "the predictions have no rank"))
    }

    /// Whether there are rows of a rank.
    pub(super) fn has(&self, rank: &str) -> bool {
        self.rows.contains_key(rank)
    }

    pub(super) fn ranked(&self, rank: &str, images: usize, labels: &Labels, placed: &Placed, remarks: &mut Remarks) -> Ranked {
        let mut ranked = if self.probabilities { Ranked::default() } else { Ranked::of_scores() };
        let mut rows = self.rows.get(rank).map(Vec::as_slice).unwrap_or_default();
        for image in 0..images {
            let end = rows.iter().position(|row| row.image as usize != image).unwrap_or(rows.len());
            let (own, rest) = rows.split_at(end);
            rows = rest;
            let turned = ranked.push_positioned(own.iter().map(|row| {
                let known = Some(row.probability).filter(|probability| !probability.is_nan());
                (answer(placed, row.label), known)
            }));
            remarks.disordered += usize::from(turned);
            if ranked.answers(image).first() == Some(&Answer::Outside) {
                let unknown = own.iter().filter(|row| placed.places[row.label as usize] == Place::Outside);
                if let Some(best) = unknown.min_by(|a, b| ties::falling(a.probability, b.probability)) {
                    *remarks.outside_answers.entry(labels.all[best.label as usize].text().to_string()).or_default() += 1;
                }
            }
        }
        ranked
    }
}

fn answer(placed: &Placed, label: LabelId) -> Answer {
    match placed.places[label as usize] {
        Place::Taxon(taxon) => Answer::Taxon(taxon),
        Place::Missing => Answer::Nothing,
        Place::Outside => Answer::Outside,
    }
}

/// The image of every row of the predictions.
fn rows_of_images(frame: &Frame, images: &[String]) -> Result<Vec<u32>, TableError> {
    let known: HashMap<&str, u32> = images.iter().map(String::as_str).zip(0..).collect();
    if known.len() < images.len() {
        return Err(broken(&frame.path, "the table of images names an image twice"));
    }
    let texts = frame.texts("image")?;
    let mut last: Option<(&str, u32)> = None;
    let mut rows = Vec::with_capacity(frame.len());
    for text in texts.iter() {
        let text = text.unwrap_or_default();
        let image = match last {
            Some((before, image)) if before == text => image,
            _ => *known.get(text).ok_or_else(|| broken(&frame.path, &format!("image '{text}' is not in the table of images")))?,
        };
        last = Some((text, image));
        rows.push(image);
    }
    Ok(rows)
}
