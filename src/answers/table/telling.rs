//! What was understood of a table, told as one value.

use super::placed::Placed;
use crate::answers::understood::{ColumnRole, Known, RunKnown, Understood};
use crate::answers::{Answer, Answers, Truth};
use std::collections::BTreeMap;

/// A table as it was read.
#[derive(Debug, Clone, Copy)]
pub(super) struct Read<'a> {
    /// Its rows.
    pub(super) rows: usize,
    /// What its columns are.
    pub(super) columns: &'a [ColumnRole],
    /// One per image.
    pub(super) truths: &'a [Truth],
    /// Names of truths that are no taxa, with their images.
    pub(super) outside_truths: &'a BTreeMap<String, usize>,
}

/// Tells what was understood, once names are taxa.
pub(super) fn understood(read: Read<'_>, runs: &[Answers], placed: &Placed) -> Understood {
    let images = read.truths.len() as u64;
    let blank = read.truths.iter().filter(|truth| **truth == Truth::Missing).count() as u64;
    Understood {
        rows: read.rows as u64,
        images,
        columns: read.columns.to_vec(),
        taxonomy: placed.built.words().to_string(),
        names: placed.matched.clone(),
        truths: Known::of(images - blank, blank, read.outside_truths),
        answers: runs.iter().map(of_run).collect(),
    }
}

fn of_run(run: &Answers) -> RunKnown {
    let images = run.ranked.len();
    let blank = (0..images).filter(|&image| run.ranked.best(image) == Answer::Nothing).count();
    RunKnown { run: run.name.clone(), known: Known::of((images - blank) as u64, blank as u64, &run.outside_answers) }
}
