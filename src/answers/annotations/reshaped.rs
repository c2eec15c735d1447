//! A table of annotations with a column for each annotator.

use super::asked::AnnotationsAsked;
use super::columns::{ANNOTATOR, IMAGE, LABEL, OBSERVATION, any_of, check, find};
use super::error::AnnotationsError;
use crate::taxonomy::name::is_missing;
use polars::frame::DataFrame;
use polars::prelude::{Column, DataType, NamedFrom, Series};
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

/// A row per image, a column per annotator and per classifier.
#[derive(Debug)]
pub(super) struct Reshaped {
    /// The table, whose columns are called by numbers: no name of an annotator can be taken for something else.
    pub data: DataFrame,
    /// Names of the annotators, sorted unless they are columns.
    pub annotators: Vec<String>,
    /// Names of the columns of classifiers.
    pub classifiers: Vec<String>,
    /// Rows of the table as it came.
    pub rows: usize,
    /// Rows whose label is blank or unknown.
    pub blank: usize,
}

/// The columns of the reshaped table.
pub(super) fn annotator_column(place: usize) -> String {
    format!("annotator {}", place + 1)
}

/// The column of a classifier.
pub(super) fn classifier_column(place: usize) -> String {
    format!("classifier {}", place + 1)
}

/// The text cells of a column.
struct Cells {
    of: Vec<Option<String>>,
}

impl Cells {
    fn read(path: &Path, frame: &DataFrame, column: &str) -> Result<Cells, AnnotationsError> {
        let failed =
            |error: polars::error::PolarsError| AnnotationsError::Reshape { path: path.to_path_buf(), what: error.to_string() };
        let texts = frame.column(column).and_then(|column| column.cast(&DataType::String)).map_err(failed)?;
        let texts = texts.str().map_err(failed)?;
        let cell = |text: Option<&str>| text.map(str::trim).filter(|text| !text.is_empty()).map(str::to_string);
        Ok(Cells { of: texts.iter().map(cell).collect() })
    }
}

/// Who says what of which image, once.
#[derive(Default)]
struct Said {
    /// By image and column: the row and the label.
    cells: BTreeMap<(usize, usize), (usize, String)>,
}

impl Said {
    fn say(
        &mut self,
        path: &Path,
        at: (usize, usize),
        (row, label): (usize, &str),
        names: (&str, &str),
    ) -> Result<(), AnnotationsError> {
        match self.cells.get(&at) {
            Some((first, known)) if known != label => Err(AnnotationsError::Contradiction {
                path: path.to_path_buf(),
                first: *first,
                second: row,
                who: names.0.to_string(),
                labels: format!("'{known}' and '{label}'"),
                image: names.1.to_string(),
            }),
            Some(_) => Ok(()),
            None => {
                self.cells.insert(at, (row, label.to_string()));
                Ok(())
            }
        }
    }
}

/// Reshapes a table of either form.
///
/// # Errors
///
/// [`AnnotationsError`]: columns that are not there, blank images and annotators, an annotator who says two things of an image.
pub(super) fn reshape(path: &Path, frame: &DataFrame, asked: &AnnotationsAsked) -> Result<Reshaped, AnnotationsError> {
    let named: Vec<&String> = asked.annotator_columns.iter().chain(&asked.table.predicted_columns).collect();
    if let Some(column) = named.iter().enumerate().find_map(|(place, column)| named[..place].contains(column).then_some(*column))
    {
        return Err(AnnotationsError::Twice { path: path.to_path_buf(), column: column.clone() });
    }
    let image = find(path, frame, asked.image_column.as_deref(), IMAGE)?;
    let image_cells = Cells::read(path, frame, &image)?;
    let mut images: Vec<String> = vec![];
    let mut known: BTreeMap<String, usize> = BTreeMap::new();
    let mut of_row = vec![];
    for (row, cell) in image_cells.of.iter().enumerate() {
        let blank = || AnnotationsError::Blank { path: path.to_path_buf(), row: row + 2, role: "image" };
        let name = cell.clone().ok_or_else(blank)?;
        of_row.push(*known.entry(name.clone()).or_insert_with(|| {
            images.push(name);
            images.len() - 1
        }));
    }
    let context = Context { path, frame, of_row: &of_row, images: &images };
    let (annotators, said, blank, column) =
        if asked.annotator_columns.is_empty() { context.long(asked)? } else { context.wide(&asked.annotator_columns)? };
    if said.cells.is_empty() {
        return Err(AnnotationsError::NoLabel { path: path.to_path_buf(), column });
    }
    let answered = context.columns(&asked.table.predicted_columns, "--predicted-column")?;
    let mut columns = vec![text_column("image", images.iter().cloned().map(Some).collect())];
    let cells = |said: &Said, place: usize| -> Vec<Option<String>> {
        (0..images.len()).map(|image| said.cells.get(&(image, place)).map(|(_, label)| label.clone())).collect()
    };
    columns.extend((0..annotators.len()).map(|place| text_column(&annotator_column(place), cells(&said, place))));
    let classifiers = asked.table.predicted_columns.clone();
    columns.extend((0..classifiers.len()).map(|place| text_column(&classifier_column(place), cells(&answered, place))));
    if let Some(observation) = any_of(frame, &OBSERVATION).filter(|column| *column != image) {
        let observations = context.columns(&[observation], "--image-column")?;
        columns.push(text_column("observation", cells(&observations, 0)));
    }
    let data = DataFrame::new(images.len(), columns)
        .map_err(|error| AnnotationsError::Reshape { path: path.to_path_buf(), what: error.to_string() })?;
    Ok(Reshaped { data, annotators, classifiers, rows: frame.height(), blank })
}

fn text_column(name: &str, cells: Vec<Option<String>>) -> Column {
    Series::new(name.into(), cells).into()
}

/// A table of which the image of each row is known.
struct Context<'a> {
    path: &'a Path,
    frame: &'a DataFrame,
    of_row: &'a [usize],
    images: &'a [String],
}

impl Context<'_> {
    fn path(&self) -> PathBuf {
        self.path.to_path_buf()
    }

    /// A row per image, annotator and label.
    fn long(&self, asked: &AnnotationsAsked) -> Result<(Vec<String>, Said, usize, String), AnnotationsError> {
        let annotator = find(self.path, self.frame, asked.annotator_column.as_deref(), ANNOTATOR)?;
        let label = find(self.path, self.frame, asked.label_column.as_deref(), LABEL)?;
        let (who, what) = (Cells::read(self.path, self.frame, &annotator)?, Cells::read(self.path, self.frame, &label)?);
        let mut names: Vec<String> = who.of.iter().flatten().cloned().collect();
        names.sort();
        names.dedup();
        let place: BTreeMap<&str, usize> = names.iter().enumerate().map(|(place, name)| (name.as_str(), place)).collect();
        let (mut said, mut blank) = (Said::default(), 0);
        for (row, (who, what)) in who.of.iter().zip(&what.of).enumerate() {
            let nobody = || AnnotationsError::Blank { path: self.path(), row: row + 2, role: "annotator" };
            let who = who.as_deref().ok_or_else(nobody)?;
            let Some(label) = what.as_deref().filter(|label| !is_missing(label)) else {
                blank += 1;
                continue;
            };
            let (image, place) = (self.of_row[row], place.get(who).copied().unwrap_or_default());
            said.say(self.path, (image, place), (row + 2, label), (who, &self.images[image]))?;
        }
        Ok((names, said, blank, label))
    }

    /// A column per annotator.
    fn wide(&self, named: &[String]) -> Result<(Vec<String>, Said, usize, String), AnnotationsError> {
        let said = self.columns(named, "--annotator-column")?;
        let blank = (named.len() * self.images.len()).saturating_sub(said.cells.len());
        Ok((named.to_vec(), said, blank, named.join("', '")))
    }

    /// What some columns say of each image; its rows must say one thing.
    fn columns(&self, named: &[String], option: &'static str) -> Result<Said, AnnotationsError> {
        let mut said = Said::default();
        for (place, column) in named.iter().enumerate() {
            let column = check(self.path, self.frame, column, option)?;
            let cells = Cells::read(self.path, self.frame, &column)?;
            for (row, cell) in cells.of.iter().enumerate() {
                if let Some(label) = cell.as_deref().filter(|label| !is_missing(label)) {
                    let image = self.of_row[row];
                    said.say(self.path, (image, place), (row + 2, label), (&column, &self.images[image]))?;
                }
            }
        }
        Ok(said)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::table::TableOptions;
    use polars::prelude::df;

    fn cells(reshaped: &Reshaped, column: &str) -> Vec<Option<String>> {
        Cells::read(Path::new("a.csv"), &reshaped.data, column).unwrap().of
    }

    #[test]
    fn both_forms_become_a_column_per_annotator() {
        let long = df!(
            "image" => ["1", "2", "1", "2", "2"],
            "user" => ["zoe", "zoe", "ana", "ana", "ana"],
            "label" => [Some("Felis catus"), Some("unknown"), Some("Felis"), Some("Lynx lynx"), Some("Lynx lynx")],
            "svm" => [Some("Felis"), None, Some("Felis"), Some("Lynx lynx"), None]
        )
        .unwrap();
        let table = TableOptions { predicted_columns: vec!["svm".to_string()], ..TableOptions::default() };
        let asked = AnnotationsAsked { table, ..AnnotationsAsked::default() };
        let reshaped = reshape(Path::new("a.csv"), &long, &asked).unwrap();
        assert_eq!(
            (reshaped.annotators.as_slice(), reshaped.rows, reshaped.blank),
            (&["ana".to_string(), "zoe".to_string()][..], 5, 1)
        );
        let texts = |texts: [Option<&str>; 2]| texts.map(|text| text.map(str::to_string)).to_vec();
        assert_eq!(cells(&reshaped, "annotator 1"), texts([Some("Felis"), Some("Lynx lynx")]));
        assert_eq!(cells(&reshaped, "annotator 2"), texts([Some("Felis catus"), None]));
        assert_eq!(cells(&reshaped, "classifier 1"), texts([Some("Felis"), Some("Lynx lynx")]));
        let wide = df!("image" => ["1", "2"], "zoe" => [Some("Felis catus"), None], "ana" => ["Felis", "Lynx lynx"]).unwrap();
        let asked =
            AnnotationsAsked { annotator_columns: vec!["ana".to_string(), "zoe".to_string()], ..AnnotationsAsked::default() };
        let same = reshape(Path::new("a.csv"), &wide, &asked).unwrap();
        assert_eq!(cells(&same, "annotator 2"), cells(&reshaped, "annotator 2"));
        assert_eq!(same.blank, 1);
        let twice = AnnotationsAsked { annotator_columns: vec!["ana".to_string(); 2], ..AnnotationsAsked::default() };
        let message = reshape(Path::new("a.csv"), &wide, &twice).unwrap_err().to_string();
        assert!(message.starts_with("a.csv: the column 'ana' is named twice"), "{message}");
    }

    #[test]
    fn an_annotator_says_one_thing_of_an_image() {
        let frame = df!("image" => ["1", "1"], "rater" => ["x", "x"], "taxon" => ["Felis", "Lynx"]).unwrap();
        let message = reshape(Path::new("a.csv"), &frame, &AnnotationsAsked::default()).unwrap_err().to_string();
        let expected = "a.csv, rows 2 and 3: x says 'Felis' and 'Lynx' of image '1'; leave one row for each image and annotator";
        assert_eq!(message, expected);
        let frame = df!("image" => ["1"], "rater" => ["x"], "taxon" => ["unknown"]).unwrap();
        let message = reshape(Path::new("a.csv"), &frame, &AnnotationsAsked::default()).unwrap_err().to_string();
        assert!(message.contains("nobody labels an image"), "{message}");
        let frame = df!("image" => ["1"], "rater" => [None::<&str>], "taxon" => ["Felis"]).unwrap();
        let message = reshape(Path::new("a.csv"), &frame, &AnnotationsAsked::default()).unwrap_err().to_string();
        assert_eq!(message, "a.csv, row 2: the annotator is blank; write it, or remove the row");
    }
}
