//! The folder of a report.

use super::error::ReportError;
use super::folder::Draft;
use super::noun::Renaming;
use super::options::{Contents, ReportOptions};
use super::page::Frame;
use super::{csv, event_tables, json, markdown, model_index, multiqc, novelty_csv, page, prior_csv, sections, workbench};
use crate::answers::Answers;
use crate::scores::Scores;
use crate::taxonomy::Taxonomy;
use std::path::{Path, PathBuf};

/// Writes the report folder, each file whole, and returns the paths of the files in order.
///
/// Files are made in a temporary folder beside the report and then moved, `metrics.json` first.
/// Files of an earlier report that this one does not have are removed; nothing else is touched.
///
/// # Errors
///
/// [`ReportError::NotEmpty`] if the folder holds anything but an earlier report and `overwrite`
/// does not allow that; [`ReportError::NoRun`] without runs; the others if a file cannot be made.
pub fn write_report(
    folder: &Path,
    taxonomy: &Taxonomy,
    runs: &[(Answers, Scores)],
    options: &ReportOptions<'_>,
) -> Result<Vec<PathBuf>, ReportError> {
    if runs.is_empty() {
        return Err(ReportError::NoRun);
    }
    let draft = Draft::beside(folder, options.overwrite)?;
    draft.write("metrics.json", &json::metrics(taxonomy, runs, options))?;
    if let Some(parts) = options.parts {
        draft.write("parts.json", &parts.json(options.added_by))?;
    }
    let tables = csv::Tables::new(taxonomy, runs);
    tables.ranks(&mut draft.create("ranks.csv")?).map_err(|error| draft.failed("ranks.csv", error))?;
    tables.taxa(&mut draft.create("taxa.csv")?).map_err(|error| draft.failed("taxa.csv", error))?;
    if runs.iter().any(|(_, scores)| scores.probably_the_name.n > 0) {
        let file = "probably_the_name.csv";
        tables.probably_the_name(&mut draft.create(file)?).map_err(|error| draft.failed(file, error))?;
    }
    if runs.iter().any(|(_, scores)| scores.non_taxa.is_some()) {
        tables.non_taxa(&mut draft.create("non_taxa.csv")?).map_err(|error| draft.failed("non_taxa.csv", error))?;
    }
    for (file, text) in novelty_csv::files(runs).map_err(|error| draft.failed("novelty.csv", error))? {
        draft.write(file, &text)?;
    }
    for (file, text) in event_tables::files(taxonomy, runs).map_err(|error| draft.failed("events.csv", error))? {
        draft.write(file, &text)?;
    }
    if let Some(text) = prior_csv::text(runs).map_err(|error| draft.failed("prior.csv", error))? {
        draft.write("prior.csv", &text)?;
    }
    // The two long tables: while one is being written the other is being formatted.
    let (mut mistakes, mut confusions) = (draft.create("mistakes.csv")?, draft.create("confusions.csv")?);
    let (mistakes, confusions) = rayon::join(|| tables.mistakes(&mut mistakes), || tables.confusions(&mut confusions));
    mistakes.map_err(|error| draft.failed("mistakes.csv", error))?;
    confusions.map_err(|error| draft.failed("confusions.csv", error))?;
    if options.contents == Contents::Everything {
        let document = sections::document(taxonomy, runs, options)?;
        for figure in document.figures() {
            draft.write(&figure.file, &figure.svg)?;
        }
        let renaming = options.noun.map(|noun| Renaming::new(noun, names(runs, options)));
        draft.write("report.md", &markdown::render_of(&document, renaming.as_ref()))?;
        let data = workbench::of_report(&draft, taxonomy, runs, options)?;
        let names: Vec<String> = runs.iter().map(|(_, scores)| scores.name.clone()).collect();
        let frame = Frame { language: options.language, renaming: renaming.as_ref(), names: &names, workbench: Some(&data) };
        draft.write("index.html", &page::render_in(&document, frame))?;
    }
    let handed_on = options.handed_on;
    for (name, text) in handed_on.model_index.into_iter().flat_map(|dataset| model_index::files(runs, handed_on.names, dataset)) {
        draft.write(&name, &text)?;
    }
    for (name, text) in handed_on.multiqc.then(|| multiqc::files(runs, handed_on.names)).into_iter().flatten() {
        draft.write(name, &text)?;
    }
    draft.publish()
}

/// What is of the user in the texts of a report: names of runs, files, columns.
fn names(runs: &[(Answers, Scores)], options: &ReportOptions<'_>) -> Vec<String> {
    let of_runs = runs.iter().flat_map(|(answers, scores)| {
        let groups = answers.groups.iter().map(|grouping| grouping.name.clone());
        std::iter::once(scores.name.clone()).chain(groups)
    });
    let files = options.sources.iter().map(|source| source.path.clone());
    let others = [options.title, options.command_line, options.taxonomy_source].into_iter().flatten().map(str::to_string);
    let computed = options.record.map(|record| [record.identity.model.clone(), record.identity.architecture.clone()]);
    of_runs.chain(files).chain(others).chain(computed.into_iter().flatten()).collect()
}
