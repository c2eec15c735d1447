//! Probable mislabels, with their pictures.

use super::csv::csv_of;
use super::document::{Block, Photograph, Table};
use super::error::ReportError;
use super::folder::Draft;
use super::photographs::Photographs;
use super::text::{count, decimal, short_path};
use crate::spaces::latent::Latent;
use crate::spaces::latent::suspects::Suspect;
use rayon::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

/// `suspects.csv`: all of them, the largest margin first.
pub(super) fn write(draft: &Draft, file: &str, latent: &Latent) -> Result<(), ReportError> {
    let head = ["image", "said", "said_id", "looks_like", "looks_like_id", "typical", "own", "other", "margin"];
    let row = |row: &Suspect| {
        let texts = [&row.image, &row.said, &row.said_id, &row.looks_like, &row.looks_like_id, &row.typical].map(String::clone);
        [texts.to_vec(), [row.own, row.other, row.margin].map(|value| value.to_string()).to_vec()].concat()
    };
    let text = csv_of(&head, latent.suspects.iter().map(row)).map_err(|error| draft.failed(file, error))?;
    draft.write(file, &text)
}

/// The first `most` suspects: their photographs, where these can be shown, beside a typical one of the taxon that they
/// look like, and a table.
pub(super) fn blocks(latent: &Latent, photographs: &Photographs<'_>, most: usize) -> Vec<Block> {
    let mut blocks = vec![Block::Paragraph(format!(
        "{} of {} images are nearer to the mean of another taxon than to that of the rest of their own by more than 0.05; `nearmiss latent` writes all of them to suspects.csv.",
        count(latent.suspects.len() as u64),
        count(latent.ranks.last().map_or(0, |finest| finest.n) as u64)
    ))];
    let shown = &latent.suspects[..most.min(latent.suspects.len())];
    if shown.is_empty() {
        return blocks;
    }
    let homonyms = homonyms(latent);
    let named = |name: &String, id: &String| if homonyms.contains(name) { format!("{name} ({id})") } else { name.clone() };
    let said = |row: &Suspect| named(&row.said, &row.said_id);
    let looks_like = |row: &Suspect| named(&row.looks_like, &row.looks_like_id);
    let card = |row: &Suspect| {
        let beside = photographs.address(&row.typical);
        let caption =
            vec![format!("said to be {}", said(row)), format!("looks like {}", looks_like(row)), short_path(&row.image)];
        Some(Photograph { address: photographs.address(&row.image)?, beside, caption })
    };
    let gallery: Vec<Photograph> = shown.par_iter().filter_map(card).collect();
    if !gallery.is_empty() {
        if gallery.iter().any(|card| card.beside.is_some()) {
            blocks.push(Block::Paragraph(
                "Left the suspect, right the image that is nearest to the mean of the taxon it looks like.".to_string(),
            ));
        }
        blocks.push(Block::Gallery(gallery));
    }
    let mut table = Table::new(&[("Image", false), ("Said to be", false), ("Looks like", false), ("own", true), ("other", true)]);
    for row in shown {
        table.push([short_path(&row.image), said(row), looks_like(row), decimal(Some(row.own), 3), decimal(Some(row.other), 3)]);
    }
    blocks.push(Block::Table(table));
    blocks
}

/// Names that several of the taxa bear.
fn homonyms(latent: &Latent) -> BTreeSet<&String> {
    let mut of: BTreeMap<&String, BTreeSet<&String>> = BTreeMap::new();
    for row in &latent.taxa {
        of.entry(&row.name).or_default().insert(&row.taxon);
    }
    of.into_iter().filter(|(_, identities)| identities.len() > 1).map(|(name, _)| name).collect()
}
