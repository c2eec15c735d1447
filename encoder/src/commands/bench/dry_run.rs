//! `nearmiss bench --dry-run`: what is on disk, against the suite.

use super::cell::facts;
use super::dataset::{missing, read, taxonomy_file};
use anyhow::Context;
use nearmiss::commands::{Console, Ending};
use nearmiss::files::output::staging::Staging;
use nearmiss::numbers::counted::{counted, form};
use nearmiss::scores::suite::{Suite, SuiteDataset};
use std::path::Path;

pub(super) fn run(suite: &Suite, data: &Path, console: Console) -> anyhow::Result<Ending> {
    console.say(format!(
        "{}: {} in '{}'",
        suite.title,
        counted(suite.datasets.len(), "data set", "data sets"),
        data.display()
    ))?;
    let mut whole = true;
    for dataset in &suite.datasets {
        console.say(&dataset.title)?;
        if let Some(missing) = missing(dataset, data) {
            whole = false;
            console.say(format!("  {missing}"))?;
            console.say(format!("  fetch: {}", dataset.fetch))?;
            console.say(format!("  licence: {}", dataset.licence))?;
            continue;
        }
        match check(dataset, data) {
            Ok((lines, is_whole)) => {
                whole &= is_whole;
                lines.iter().try_for_each(|line| console.say(format!("  {line}")))?;
            }
            Err(error) => {
                whole = false;
                console.say(format!("  FAULTY {error:#}"))?;
            }
        }
    }
    for model in &suite.models {
        console.say(format!("model {}: {}", model.name, model.model))?;
    }
    let cells = suite.datasets.len() * suite.models.len() * suite.recipes.len();
    let there = if whole { "everything is there" } else { "not everything is there" };
    console.say(format!("{}; {there}", counted(cells, "cell", "cells")))?;
    Ok(if whole { Ending::Done } else { Ending::Skipped })
}

/// Facts about a data set, a sentence each, and whether all of it is on disk.
pub(super) fn check(dataset: &SuiteDataset, data: &Path) -> anyhow::Result<(Vec<String>, bool)> {
    let all = read(dataset, data)?;
    let taxonomy = taxonomy_file(dataset, data).map_or_else(|| dataset.taxonomy.clone(), |file| file.display().to_string());
    let folder = Staging::new_in(&std::env::temp_dir(), "bench").context("cannot make a temporary folder")?;
    let mut lines = facts(dataset, &all, &taxonomy, folder.path())?;
    let absent = all.absent();
    if absent > 0 {
        let (listed, are) =
            (counted(all.photographs.len(), "listed photograph", "listed photographs"), form(absent, "is", "are"));
        lines.push(format!("{absent} of {listed} {are} not on disk"));
    }
    Ok((lines, absent == 0))
}
