//! Two sets of images, read and held against each other unpaired, as `nearmiss shift` does it.

use super::distributions;
use crate::answers::Answers;
use crate::answers::distribution::Distribution;
use crate::answers::distribution::run_vectors::VectorsError;
use crate::answers::table::{TableError, TableOptions, TableSource, columns_of};
use crate::runs::directory::record;
use crate::scores::compare::runs::{Comparing, ComparingError, ReadRuns};
use crate::scores::shift::{Shift, ShiftOptions, ShiftSet};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::source::TaxonomySource;
use polars::prelude::{Column, DataType};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::sync::Arc;

/// Groups that are listed where one is asked for that is not there.
const LISTED: usize = 12;
/// The column of truths that a table without any gets, blank.
const TRUTH: &str = "truth";

/// Two sets to be held against each other, and how.
///
/// # Examples
///
/// ```
/// use nearmiss::report::shifting::Shifting;
///
/// let folder = tempfile::tempdir()?;
/// let table = folder.path().join("sites.csv");
/// std::fs::write(
///     &table,
///     "image,site,truth,predicted\n1,Toulouse,Felis catus,Felis catus\n2,Toulouse,Lynx lynx,Felis catus\n\
///      3,Rennes,Lynx lynx,Lynx lynx\n4,Rennes,Felis catus,Felis catus\n",
/// )?;
/// let mut shifting = Shifting::of(&table);
/// shifting.table.group_columns = vec!["site".to_string()];
/// shifting.between = Some(["Toulouse".to_string(), "Rennes".to_string()]);
/// let shifted = shifting.run()?;
/// let exact = shifted.shift.row("exact").ok_or("no row")?;
/// // Half right in Toulouse, all in Rennes, of the same two species in the same mix: all of it is skill.
/// assert_eq!((exact.difference, exact.skill, exact.composition), (Some(0.5), Some(0.5), Some(0.0)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct Shifting {
    /// The first set: a run directory or a table; or a table that holds both.
    pub first: TableSource,
    /// The second set; `None` where [`Shifting::between`] takes both out of the first table.
    pub second: Option<TableSource>,
    /// The two groups of one table, by the first column of `table.group_columns`.
    pub between: Option<[String; 2]>,
    /// What the sets are called; as their files or groups where it is not said.
    pub names: Option<[String; 2]>,
    /// The taxonomy; what the first set says where there is none.
    pub taxonomy: Option<TaxonomySource>,
    /// How tables are read.
    pub table: TableOptions,
    /// What is compared, and how.
    pub options: ShiftOptions,
}

/// Why two sets could not be held against each other.
#[derive(Debug, thiserror::Error)]
#[expect(missing_docs, reason = "the messages say what each field is")]
pub enum ShiftingError {
    #[error(transparent)]
    Reading(#[from] ComparingError),
    #[error(transparent)]
    Vectors(#[from] VectorsError),
    #[error(transparent)]
    Table(#[from] TableError),
    #[error("{path}: one table is one set; give a second one, or two groups of it with --group-column COLUMN --between A B")]
    OneSet { path: PathBuf },
    #[error("{path}: --between takes both sets out of one table; leave it out, or the second table")]
    TwoTablesBetween { path: PathBuf },
    #[error("{path}: --between '{first}' '{second}' names two groups of a column; say which with --group-column")]
    NoColumn { path: PathBuf, first: String, second: String },
    #[error("{path}: no image has '{group}' in the column '{column}'; it has {known}")]
    NoGroup { path: PathBuf, column: String, group: String, known: String },
    #[error("--between '{group}' '{group}': a set is not held against itself; name two groups")]
    SameGroup { group: String },
    #[error("{path}: the table holds {count} runs ({names}); name one with --predicted-column")]
    SeveralRuns { path: PathBuf, count: usize, names: String },
    #[error("{path}: no image of the first set has a truth that is scored: there is nothing to hold the second against")]
    NothingScored { path: PathBuf },
}

/// Two sets that were held against each other.
#[derive(Debug)]
pub struct Shifted {
    /// The taxonomy of both.
    pub taxonomy: Arc<Taxonomy>,
    /// The numbers.
    pub shift: Shift,
    /// What was read and decided, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// A set as it was read: answers, and where each image lies in the distributions.
struct ReadSet {
    answers: Answers,
    places: Vec<usize>,
    /// Which of the distributions.
    of: usize,
}

impl Shifting {
    /// Of one table that holds both sets, everything else as `nearmiss shift` does it unless told otherwise.
    #[must_use]
    pub fn of(first: impl Into<TableSource>) -> Shifting {
        Shifting {
            first: first.into(),
            second: None,
            between: None,
            names: None,
            taxonomy: None,
            table: TableOptions::default(),
            options: ShiftOptions::default(),
        }
    }

    /// Of two tables or runs.
    #[must_use]
    pub fn from_to(first: impl Into<TableSource>, second: impl Into<TableSource>) -> Shifting {
        Shifting { second: Some(second.into()), ..Shifting::of(first) }
    }

    /// Reads both sets and holds them against each other.
    ///
    /// # Errors
    ///
    /// [`ShiftingError`]: whatever cannot be read or told apart; a first set of which nothing is scored.
    pub fn run(&self) -> Result<Shifted, ShiftingError> {
        let path = || self.first.name().to_path_buf();
        let names = self.set_names()?;
        let (taxonomy, runs, [notes, mut warnings]) = self.read(&names)?;
        let sources: Vec<&TableSource> = std::iter::once(&self.first).chain(&self.second).collect();
        if runs.len() != sources.len() {
            let listed: Vec<&str> = runs.iter().map(|run| run.name.as_str()).collect();
            let names = listed.join(", ");
            return Err(ShiftingError::SeveralRuns { path: path(), count: runs.len(), names });
        }
        let mut distributions = vec![];
        for (source, run) in sources.into_iter().zip(&runs) {
            distributions.push(distribution(source, &taxonomy, run)?);
        }
        let sets = self.sets(runs)?;
        let of = |place: usize| ShiftSet {
            name: &names[place],
            answers: &sets[place].answers,
            distribution: distributions[sets[place].of].as_ref().map_err(String::as_str),
            places: &sets[place].places,
        };
        let shift = Shift::of(&taxonomy, [of(0), of(1)], &self.options);
        if shift.sets[0].scored == 0 {
            return Err(ShiftingError::NothingScored { path: path() });
        }
        warnings.extend(shift.warnings.iter().cloned());
        Ok(Shifted { taxonomy, shift, notes, warnings })
    }

    /// What the sets are called.
    fn set_names(&self) -> Result<[String; 2], ShiftingError> {
        let path = || self.first.name().to_path_buf();
        let usual = match (&self.second, &self.between) {
            (None, None) => return Err(ShiftingError::OneSet { path: path() }),
            (Some(_), Some(_)) => return Err(ShiftingError::TwoTablesBetween { path: path() }),
            (None, Some([first, second])) if first == second => return Err(ShiftingError::SameGroup { group: first.clone() }),
            (None, Some(groups)) => groups.clone(),
            (Some(second), None) => of_files(self.first.name(), second.name()),
        };
        Ok(self.names.clone().unwrap_or(usual))
    }

    /// The runs over one taxonomy; a second table without truths gets blank ones.
    fn read(&self, names: &[String; 2]) -> Result<ReadRuns, ShiftingError> {
        let sources: Vec<TableSource> = std::iter::once(&self.first).chain(&self.second).cloned().collect();
        let usual = Comparing::of(sources);
        let names = if self.second.is_some() { names.to_vec() } else { vec![] };
        let comparing = Comparing { names, taxonomy: self.taxonomy.clone(), table: self.table.clone(), ..usual };
        let (without_truth, second) = match (comparing.read_only(), &self.second) {
            (Err(ComparingError::Table(TableError::NoTruth { path, .. })), Some(second)) if path == second.name() => {
                (path, second)
            }
            (read, _) => return Ok(read?),
        };
        let mut frame = columns_of(second)?;
        let column = self.table.truth_column.as_deref().unwrap_or(TRUTH);
        let blank = Column::full_null(column.into(), frame.height(), &DataType::String);
        // A column of this name would have been found: there is none, and it has the height of the others.
        let _ = frame.with_column(blank);
        let runs = vec![self.first.clone(), TableSource::held(&without_truth.display().to_string(), frame)];
        let (taxonomy, runs, [mut notes, warnings]) = Comparing { runs, ..comparing }.read_only()?;
        notes.push(format!("{} has no truth: what is in it is estimated from the answers alone", without_truth.display()));
        Ok((taxonomy, runs, [notes, warnings]))
    }

    /// Both sets: two tables, or two groups of one.
    fn sets(&self, runs: Vec<Answers>) -> Result<[ReadSet; 2], ShiftingError> {
        let whole = |(of, answers): (usize, Answers)| ReadSet { places: (0..answers.images.len()).collect(), answers, of };
        let path = || self.first.name().to_path_buf();
        let mut read = runs.into_iter().enumerate().map(whole);
        let (Some(first), second) = (read.next(), read.next()) else { return Err(ShiftingError::OneSet { path: path() }) };
        if let Some(second) = second {
            return Ok([first, second]);
        }
        let Some(groups) = &self.between else { return Err(ShiftingError::OneSet { path: path() }) };
        let Some(column) = self.table.group_columns.first() else {
            let [first, second] = groups.clone();
            return Err(ShiftingError::NoColumn { path: path(), first, second });
        };
        let grouping = first.answers.groups.iter().find(|grouping| grouping.name == *column);
        let values = grouping.map_or(&[][..], |grouping| &grouping.values[..]);
        let of_group = |group: &String| {
            let places: Vec<usize> = (0..values.len()).filter(|&place| values[place] == *group).collect();
            if group.is_empty() || places.is_empty() {
                let (column, group) = (column.clone(), group.clone());
                return Err(ShiftingError::NoGroup { path: path(), column, group, known: listed(values) });
            }
            Ok(ReadSet { answers: first.answers.select(&places), places, of: 0 })
        };
        let [one, other] = groups;
        Ok([of_group(one)?, of_group(other)?])
    }
}

/// The groups of a column, the first ones of many.
fn listed(values: &[String]) -> String {
    let known: BTreeSet<&str> = values.iter().map(String::as_str).filter(|value| !value.is_empty()).collect();
    let some: Vec<&str> = known.iter().copied().take(LISTED).collect();
    let more = known.len() - some.len();
    let behind = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("'{}'{behind}", some.join("', '"))
}

/// Names after two files; after their folders where the files have one name.
fn of_files(first: &Path, second: &Path) -> [String; 2] {
    let stem = |path: &Path| path.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let [one, other] = [first, second].map(stem);
    if one != other {
        return [one, other];
    }
    let folder = |path: &Path| path.parent().and_then(Path::file_name).map(|name| name.to_string_lossy().into_owned());
    match (folder(first), folder(second)) {
        (Some(of_one), Some(of_other)) if of_one != of_other => [format!("{of_one}/{one}"), format!("{of_other}/{other}")],
        _ => [one, format!("{other} (2)")],
    }
}

/// The whole distributions of a source: of its run directory, or of its answers, as those of another table that lies in one.
fn distribution(
    source: &TableSource,
    taxonomy: &Taxonomy,
    answers: &Answers,
) -> Result<Result<Distribution, String>, ShiftingError> {
    let of_run = |path: &&Path| path.file_stem().is_some_and(|stem| stem == "predictions");
    let folder = source.folder().or_else(|| source.file().filter(of_run)?.parent());
    let folder = folder.filter(|folder| folder.join(record::FILE).is_file());
    match folder {
        Some(folder) => Ok(distributions::of_run(folder, taxonomy, answers.images.len())?),
        None => Ok(Distribution::of_answers(answers).map_err(|reason| reason.to_string())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sets_are_called_after_what_tells_their_files_apart() {
        let names = |first: &str, second: &str| of_files(Path::new(first), Path::new(second));
        assert_eq!(names("a/2023.csv", "b/2024.csv"), ["2023", "2024"]);
        assert_eq!(names("2023/p.csv", "2024/p.csv"), ["2023/p", "2024/p"]);
        assert_eq!(names("p.csv", "p.csv"), ["p", "p (2)"]);
        let values: Vec<String> = (10..30).map(|site| format!("s{site}")).chain([String::new()]).collect();
        assert!(listed(&values).ends_with("'s21' and 8 more"), "{}", listed(&values));
    }
}
