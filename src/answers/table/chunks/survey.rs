//! The first going through a table that is read chunk by chunk: which labels and which scores are there.

use super::super::columns::Roles;
use super::super::error::TableError;
use super::super::frame::Frame;
use super::super::label::Labels;
use super::super::options::TableOptions;
use super::super::score_pins::ScorePins;
use super::super::{label, run_rows, score, truth};
use super::decisions::Decisions;
use super::piece::Piece;
use polars::prelude::{Column, DataType};
use std::collections::BTreeSet;

/// What was met in all chunks.
#[derive(Debug, Default)]
pub(super) struct Survey {
    pub(super) labels: Labels,
    pub(super) pins: ScorePins,
    pub(super) decisions: Decisions,
    /// The list of labels that are truths; `None` where there is none.
    pub(super) truths: Option<usize>,
}

impl Survey {
    /// Goes through all pieces.
    ///
    /// # Errors
    ///
    /// Rows that cannot be read; columns that are other things in one piece than in another.
    pub(super) fn of(
        pieces: &[Piece],
        roles: &Roles,
        columns: Option<&[String]>,
        options: &TableOptions,
        labels: Labels,
    ) -> Result<Survey, TableError> {
        let mut survey = Survey { labels, ..Survey::default() };
        for piece in pieces {
            let opened = piece.open()?;
            for rows in &piece.slices {
                match piece.kept().filter(|_| piece.slices.len() == 1) {
                    Some(kept) => survey.look(kept, roles, options)?,
                    None => survey.look(&piece.frame(&opened, rows.clone(), columns, options)?, roles, options)?,
                }
            }
        }
        Ok(survey)
    }

    fn look(&mut self, frame: &Frame, roles: &Roles, options: &TableOptions) -> Result<(), TableError> {
        if let Some(dictionary) = &mut self.labels.dictionary {
            dictionary.begin();
        }
        let reading = label::Reading { separator: options.lineage_separator, pattern: options.predicted_pattern.as_ref() };
        for run in &roles.runs {
            run_rows::look(frame, run, &mut self.labels, reading, &mut self.pins)?;
        }
        let scores: BTreeSet<&str> = roles.runs.iter().flat_map(|run| run.score_columns()).collect();
        for column in scores {
            self.pins.take_column(column, &score::look(frame, column)?);
        }
        let lists = |labels: &Labels| labels.dictionary.as_ref().map_or(0, super::super::dictionary::Dictionary::read);
        let before = lists(&self.labels);
        truth::look(frame, roles, options, &mut self.labels)?;
        self.truths = Some(before).filter(|before| *before < lists(&self.labels));
        Self::look_at_positions(frame, roles)?;
        for column in of_texts(roles).into_iter().filter(|column| frame.has(column)) {
            self.look_at_type(frame, column)?;
        }
        Ok(())
    }

    /// A column of positions is none where it holds something else.
    fn look_at_positions(frame: &Frame, roles: &Roles) -> Result<(), TableError> {
        let Some(column) = &roles.position else { return Ok(()) };
        let positions = score::read(frame, column)?.values;
        let Some(row) = positions.iter().position(|position| position.is_nan()) else { return Ok(()) };
        Err(TableError::Differs {
            path: frame.path.clone(),
            what: format!(
                "column '{column}' holds the positions of answers elsewhere, and no number in {}",
                frame.places(&[row]).concat()
            ),
            remedy: "write one into every row, or call the column otherwise",
        })
    }

    /// Numbers with decimals are other names than whole ones: `17.0` is no id that `17` is.
    fn look_at_type(&mut self, frame: &Frame, column: &str) -> Result<(), TableError> {
        let Some(kind) = frame.data.column(column).ok().and_then(kind) else { return Ok(()) };
        self.decisions.decide(format!("the cells of column '{column}'"), kind).map_err(|differs| TableError::Differs {
            path: frame.path.clone(),
            what: format!("{differs}, so that the same id is another text"),
            remedy: "write the ids as whole numbers or as text in all files",
        })
    }
}

/// The columns whose cells are names of something.
fn of_texts(roles: &Roles) -> BTreeSet<&str> {
    let mut columns: BTreeSet<&str> = roles.image.iter().chain(&roles.observation).map(String::as_str).collect();
    columns.extend(roles.truth.iter().flat_map(|truth| truth.columns()));
    let scores: BTreeSet<&str> = roles.runs.iter().flat_map(|run| run.score_columns()).collect();
    columns.extend(roles.runs.iter().flat_map(|run| run.columns()).filter(|column| !scores.contains(column)));
    columns
}

/// What is stored in a column; `None` where it holds nothing.
fn kind(column: &Column) -> Option<&'static str> {
    if column.null_count() == column.len() {
        return None;
    }
    if !column.dtype().is_float() && !matches!(column.dtype(), DataType::Decimal(..)) {
        return Some("text or whole numbers");
    }
    let numbers = column.cast(&DataType::Float64).ok()?;
    let holds_any = numbers.f64().is_ok_and(|numbers| numbers.iter().flatten().any(|number| !number.is_nan()));
    holds_any.then_some("numbers with decimals")
}
