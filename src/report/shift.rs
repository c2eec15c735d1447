//! The folder of two sets held against each other: tables, JSON, a figure and a page.

mod csv;
mod tables;
mod blocks;
mod shown;
mod text;
mod verdict;
#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests;

pub use shown::ShiftPage;
pub use text::text;
pub use verdict::verdict;

use super::error::ReportError;
use super::folder::Draft;
use super::overwrite::Overwrite;
use super::page::Frame;
use super::shifting::Shifted;
use super::{markdown, page};
use serde_json::{Value, json};
use std::path::{Path, PathBuf};

/// What `shift.json` has: the numbers, what was decided, and where they come from.
#[must_use]
pub fn value(page: &ShiftPage<'_>) -> Value {
    let Shifted { taxonomy, shift, notes, warnings } = page.shifted;
    let mix = shift.label_shift.as_ref().map(|estimated| csv::mix_value(taxonomy, estimated));
    json!({
        "first": shift.sets[0],
        "second": shift.sets[1],
        "rank": shift.rank,
        "standard": shift.standard,
        "seed": shift.seed,
        "metrics": shift.rows,
        "overlap": shift.overlaps,
        "standardised": shift.standardised,
        "calibration": shift.calibration,
        "label_shift": shift.label_shift.as_ref().ok(),
        "mix": mix.unwrap_or_default(),
        "no_label_shift": shift.label_shift.as_ref().err(),
        "verdict": verdict(shift),
        "notes": notes,
        "warnings": warnings,
        "provenance": {
            "program": env!("CARGO_PKG_NAME"),
            "version": env!("CARGO_PKG_VERSION"),
            "command_line": page.command_line,
            "taxonomy_sha256": taxonomy.fingerprint(),
        },
    })
}

/// Writes `shift.json`, `shift_ranks.csv`, `shift_standardised.csv`, `shift_clades.csv`, `shift_taxa.csv`, `shift_mix.csv`, the
/// figure, `report.md` and `index.html`, each whole.
///
/// # Errors
///
/// [`ReportError`], as for a report.
pub fn write(folder: &Path, shown: &ShiftPage<'_>, overwrite: Overwrite) -> Result<Vec<PathBuf>, ReportError> {
    let Shifted { taxonomy, shift, .. } = shown.shifted;
    let draft = Draft::beside(folder, overwrite)?;
    draft.write("shift.json", &format!("{:#}\n", value(shown)))?;
    let tables = [
        ("shift_ranks.csv", csv::ranks(shift)),
        ("shift_standardised.csv", csv::standardised(shift)),
        ("shift_clades.csv", csv::clades(taxonomy, shift)),
        ("shift_taxa.csv", csv::taxa(taxonomy, shift)),
        ("shift_mix.csv", csv::mix(taxonomy, shift)),
    ];
    for (name, table) in tables {
        draft.write(name, &table.map_err(|error| draft.failed(name, error))?)?;
    }
    let document = blocks::document(shown)?;
    for figure in document.figures() {
        draft.write(&figure.file, &figure.svg)?;
    }
    draft.write("report.md", &markdown::render(&document))?;
    let names = shift.sets.each_ref().map(|set| set.name.clone());
    let frame = Frame { language: shown.language, names: &names, ..Frame::default() };
    draft.write("index.html", &page::render_in(&document, frame))?;
    draft.publish()
}
