//! Which column is what in a table that is read chunk by chunk: decided once, for all chunks.

use super::super::columns::{AnswerColumns, Repeated, Roles, RunSource};
use super::super::error::TableError;
use super::super::frame::{Frame, named_column};
use super::super::label_source::LabelSource;
use super::super::options::TableOptions;
use super::decisions::Decisions;
use super::head;
use super::piece::Piece;
use super::tally::NAME_THEM;
use crate::taxonomy::Taxonomy;
use std::collections::BTreeSet;
use std::path::Path;

/// Which column is what.
pub(super) struct Found {
    pub(super) roles: Roles,
    /// The columns that every piece must have.
    needed: Vec<String>,
    /// The columns that are read; `None` for all of them.
    pub(super) columns: Option<Vec<String>>,
    /// All columns, for messages.
    pub(super) listed: String,
}

/// Recognises the columns by rows from all over the pieces, at most so many where there are more.
///
/// # Errors
///
/// As [`Roles::recognise`]; a column of groups that there is not.
pub(super) fn of(
    pieces: &[Piece],
    (taxonomy, options): (&Taxonomy, &TableOptions),
    (most, path): (usize, &Path),
) -> Result<Found, TableError> {
    let head;
    let frame = match pieces {
        [only] if only.kept().is_some() => only.kept(),
        _ => {
            head = head::rows(pieces, most, options)?;
            Some(&head)
        }
    };
    let Some(frame) = frame else { return Err(TableError::Empty { path: path.to_path_buf() }) };
    let roles = Roles::recognise(frame, options, Some(taxonomy))?;
    let needed = needed(frame, &roles, options)?;
    // Of when and where images were taken columns are looked for in each chunk; observations are put together from all columns.
    let all = options.taken.any() || pieces.iter().any(Piece::is_reshaped);
    Ok(Found { listed: frame.listed(), columns: (!all).then(|| needed.clone()), needed, roles })
}

/// The columns that rows are made of.
fn needed(frame: &Frame, roles: &Roles, options: &TableOptions) -> Result<Vec<String>, TableError> {
    let mut columns: BTreeSet<String> = BTreeSet::new();
    let mut add = |names: &mut dyn Iterator<Item = &str>| columns.extend(names.map(str::to_string));
    add(&mut roles.image.iter().chain(&roles.position).chain(&roles.observation).map(String::as_str));
    for run in &roles.runs {
        add(&mut run.columns().into_iter().chain(run.score_columns()).chain(run.list_scores()));
    }
    if let Some(truth) = &roles.truth {
        add(&mut truth.columns().into_iter());
    }
    for asked in &options.group_columns {
        let found = named_column(frame, asked, "--group-column");
        // One that is not here may be in the second table, and is asked for again once that is joined.
        if options.truth_file.is_none() || found.is_ok() {
            add(&mut std::iter::once(found?.as_str()));
        }
    }
    Ok(columns.into_iter().collect())
}

/// Refuses pieces that have not all of the columns.
///
/// # Errors
///
/// [`TableError::Differs`].
pub(super) fn check(pieces: &[Piece], found: &Found) -> Result<(), TableError> {
    for piece in pieces.iter().filter(|piece| !piece.is_reshaped()) {
        if let Some(missing) = found.needed.iter().find(|column| !piece.names.contains(column)) {
            let what = format!("it has no column '{missing}'");
            return Err(TableError::Differs { path: piece.path.clone(), what, remedy: NAME_THEM });
        }
    }
    Ok(())
}

/// What is decided of the columns, and how the cells of each list of labels are written.
///
/// # Errors
///
/// None but those of subjects that were decided otherwise before.
pub(super) fn decide(decisions: &mut Decisions, roles: &Roles, how: &[Option<String>], path: &Path) -> Result<(), TableError> {
    let column = |column: &Option<String>| column.as_ref().map_or("no column".to_string(), |column| format!("column '{column}'"));
    let mut all = vec![
        ("the images".to_string(), column(&roles.image)),
        ("the positions of answers".to_string(), column(&roles.position)),
        ("the observations".to_string(), column(&roles.observation)),
        ("the truth".to_string(), roles.truth.as_ref().map_or("in no column of it".to_string(), labels_in)),
        ("whether the truth may be finer than answers".to_string(), roles.bare_truth.to_string()),
        ("a label again".to_string(), if roles.repeats == Repeated::Best { "its best score" } else { "a fault" }.to_string()),
        ("the runs".to_string(), roles.runs.iter().map(|run| format!("'{}'", run.name)).collect::<Vec<_>>().join(", ")),
    ];
    all.extend(roles.runs.iter().map(|run| (format!("the answers of '{}'", run.name), answers_in(run))));
    let written = how.iter().enumerate().filter_map(|(at, how)| Some((format!("labels, list {}", at + 1), how.clone()?)));
    all.extend(written);
    for (subject, what) in all {
        decisions.decide(subject, &what).map_err(|differ| TableError::Differs {
            path: path.to_path_buf(),
            what: differ.to_string(),
            remedy: NAME_THEM,
        })?;
    }
    Ok(())
}

fn quoted<'a>(columns: impl IntoIterator<Item = &'a str>) -> String {
    columns.into_iter().map(|column| format!("'{column}'")).collect::<Vec<_>>().join(", ")
}

fn labels_in(source: &LabelSource) -> String {
    match source {
        LabelSource::Text(column) => format!("column '{column}'"),
        LabelSource::Ranks { ranks, .. } => {
            let ranks = ranks.iter().map(|(rank, column)| format!("{rank} '{column}'")).collect::<Vec<_>>();
            format!("ranks in columns: {} of {}", ranks.join(", "), quoted(source.columns()))
        }
        LabelSource::Levelled { text, level } => format!("column '{text}' with ranks in '{level}'"),
    }
}

fn answers_in(run: &RunSource) -> String {
    let scores = |column: &Option<String>| column.as_ref().map_or(String::new(), |column| format!(", scores in '{column}'"));
    match &run.answers {
        AnswerColumns::Slots(slots) => {
            let slots = slots.iter().map(|slot| labels_in(&slot.label) + &scores(&slot.score)).collect::<Vec<_>>();
            slots.join("; ")
        }
        AnswerColumns::Lists { column, scores: beside } => format!("lists in column '{column}'{}", scores(beside)),
        AnswerColumns::Classes(classes) => {
            let classes = classes.iter().map(|(column, class)| format!("'{column}' {class}")).collect::<Vec<_>>();
            format!("a column for each class: {}", classes.join(", "))
        }
    }
}
