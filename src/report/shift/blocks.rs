//! What stands on the page of two sets, from top to bottom.

use super::shown::ShiftPage;
use super::tables::{self, CLADES, CLASSES};
use super::verdict::verdict;
use crate::report::document::{Block, Document};
use crate::report::error::ReportError;
use crate::report::text::{count, decimal};
use crate::scores::shift::{CladeShift, LabelShift, Shift};
use crate::taxonomy::rank::Rank;

/// The page.
pub(super) fn document(shown: &ShiftPage<'_>) -> Result<Document, ReportError> {
    let shift = &shown.shifted.shift;
    let [one, other] = shift.sets.each_ref().map(|set| set.name.as_str());
    let mut blocks: Vec<Block> = shown.shifted.warnings.iter().cloned().map(Block::Warning).collect();
    blocks.push(Block::Heading(2, "What has changed".to_string()));
    blocks.push(Block::Table(tables::changes(shift)));
    blocks.push(Block::Paragraph(
        "Both sets are held against each other unpaired. In brackets 95 % intervals, behind the stroke the images. p: exchanges \
         of whole images or observations between the sets."
            .to_string(),
    ));
    if tables::are_standardised_apart(shift) {
        let last = "The last column holds the mix of taxa the same, over the taxa that both sets have.";
        blocks.push(Block::Paragraph(last.to_string()));
    }
    blocks.extend(skill(shift));
    blocks.extend(clades(shown)?);
    blocks.push(Block::Heading(2, "Do probabilities mean the same?".to_string()));
    if shift.calibration.is_empty() {
        blocks.push(Block::Paragraph("Neither set has probabilities and truths.".to_string()));
    } else {
        blocks.push(Block::Table(tables::calibration(&shift.calibration)));
        blocks.push(Block::Paragraph(
            "ECE: how far probabilities are from how often they are right. Too sure by: mean probability less share right."
                .to_string(),
        ));
    }
    blocks.extend(mix(shown));
    if !shown.shifted.notes.is_empty() {
        blocks.push(Block::Heading(2, "Decisions made on the way".to_string()));
        blocks.push(Block::List(shown.shifted.notes.clone()));
    }
    blocks.push(Block::Heading(2, "What this was made from".to_string()));
    let taxonomy = &shown.shifted.taxonomy;
    blocks.push(Block::List(vec![
        format!("{} {}", env!("CARGO_PKG_NAME"), env!("CARGO_PKG_VERSION")),
        format!("Command: {}", shown.command_line),
        format!("Taxonomy: {} taxa, sha256 {}", count(taxonomy.len() as u64), taxonomy.fingerprint()),
    ]));
    Ok(Document { title: format!("From {one} to {other}"), verdicts: vec![verdict(shift)], blocks })
}

/// What the differences are made up of; nothing where a set has no truths.
fn skill(shift: &Shift) -> Vec<Block> {
    if shift.sets.iter().any(|set| set.scored == 0) {
        return vec![];
    }
    let mut blocks = vec![Block::Heading(2, "Skill, or other species?".to_string())];
    if shift.rows.iter().any(|row| row.skill.is_some()) {
        blocks.push(Block::Table(tables::parts(shift)));
        blocks.push(Block::Paragraph(
            "The four parts add up to the difference (Kitagawa, Oaxaca, Blinder; the mean of both orders, which is Shapley's \
             value). Skill: the same taxon is answered better or worse. Composition: the taxa that both sets have are mixed \
             otherwise. Only in the first, only in the second: taxa that the other set lacks."
                .to_string(),
        ));
    }
    if let Some(table) = tables::composition(shift) {
        let from_root = "Composition of 'exact', from the root downwards: the mix of clades within the clade above. It is exact for \
                         this order, and another order would give other terms.";
        blocks.push(Block::Details(
            "Which rank the other mix is of".to_string(),
            vec![Block::Table(table), Block::Paragraph(from_root.to_string())],
        ));
    }
    blocks.push(Block::Heading(3, "What both sets have in common".to_string()));
    blocks.push(Block::Table(tables::overlaps(&shift.overlaps)));
    blocks
}

/// The clades of `exact` at a rank that tells them apart, those that explain most first.
fn explaining(shift: &Shift) -> Vec<&CladeShift> {
    let at = |rank: Option<Rank>| -> Vec<&CladeShift> {
        shift.clades.iter().filter(|row| row.name == "exact" && row.at == rank && row.contribution.is_some()).collect()
    };
    let by_rank = [Some(Rank::Family), Some(Rank::Genus), shift.rank].into_iter().map(at).find(|rows| rows.len() > 1);
    let mut rows = by_rank.unwrap_or_default();
    let size = |row: &CladeShift| row.contribution.unwrap_or(0.0).abs().max(row.skill.unwrap_or(0.0).abs());
    rows.sort_by(|a, b| size(b).total_cmp(&size(a)).then(a.clade.cmp(&b.clade)));
    rows
}

fn clades(shown: &ShiftPage<'_>) -> Result<Vec<Block>, ReportError> {
    let (shift, taxonomy) = (&shown.shifted.shift, &*shown.shifted.taxonomy);
    let rows = explaining(shift);
    if rows.is_empty() {
        return Ok(vec![]);
    }
    let mut blocks = vec![Block::Heading(2, "Which clades explain it?".to_string())];
    blocks.extend(drawn(taxonomy, &rows)?);
    blocks.push(Block::Table(tables::clades(taxonomy, &rows)));
    blocks.push(Block::Paragraph(
        "Of 'exact', right down to the rank of the truth. What is no skill stands under composition, taxa that one set lacks \
         included. The clades of a rank add up to the whole difference."
            .to_string(),
    ));
    if rows.len() > CLADES {
        blocks.push(Block::Paragraph(format!("shift_clades.csv has all {} clades.", count(rows.len() as u64))));
    }
    Ok(blocks)
}

#[cfg(feature = "plots")]
fn drawn(taxonomy: &crate::taxonomy::Taxonomy, rows: &[&CladeShift]) -> Result<Option<Block>, ReportError> {
    use crate::report::figures::{Contribution, contributions};
    use crate::report::text::taxon;
    let drawn = rows.iter().take(CLADES).filter_map(|row| {
        let composition = row.composition? + row.only_first? + row.only_second?;
        Some(Contribution { name: taxon(taxonomy, row.clade), skill: row.skill?, composition })
    });
    Ok(contributions(&drawn.collect::<Vec<_>>())?.map(Block::Figure))
}

#[cfg(not(feature = "plots"))]
#[expect(clippy::unnecessary_wraps, reason = "the same signature as with figures")]
fn drawn(_taxonomy: &crate::taxonomy::Taxonomy, _rows: &[&CladeShift]) -> Result<Option<Block>, ReportError> {
    Ok(None)
}

/// The mix of the second set by its answers alone.
fn mix(shown: &ShiftPage<'_>) -> Vec<Block> {
    let mut blocks = vec![Block::Heading(2, "What is in the second set, by its answers alone?".to_string())];
    let estimated: &LabelShift = match &shown.shifted.shift.label_shift {
        Ok(estimated) => estimated,
        Err(reason) => {
            blocks.push(Block::Paragraph(format!("No mix is estimated: {reason}.")));
            return blocks;
        }
    };
    blocks.push(Block::Table(tables::estimates(estimated)));
    blocks.push(Block::Paragraph(format!(
        "Shares of {} taxa at the {}, if of each taxon the answers are distributed as in the first set: if they are not, both \
         estimates are wrong. Distances are half the sum of the differences of shares. Condition number of the confusion matrix: \
         {}.",
        count(estimated.classes as u64),
        estimated.rank,
        decimal(estimated.condition_number, 1)
    )));
    let reasons = [(&estimated.no_bbse, "BBSE"), (&estimated.no_em, "EM")];
    for (reason, name) in reasons {
        if let Some(reason) = reason {
            blocks.push(Block::Paragraph(format!("No estimate by {name}: {reason}.")));
        }
    }
    let table = Block::Table(tables::classes(&shown.shifted.taxonomy, estimated));
    blocks.push(Block::Details("Class by class".to_string(), vec![table]));
    if estimated.classes > CLASSES {
        blocks.push(Block::Paragraph(format!("shift_mix.csv has all {} classes.", count(estimated.classes as u64))));
    }
    blocks
}
