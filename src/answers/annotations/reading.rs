//! Reading annotations, and the answers of classifiers to the same images.

use super::asked::AnnotationsAsked;
use super::error::AnnotationsError;
use super::reshaped::{Reshaped, annotator_column, classifier_column, reshape};
use crate::answers::Answers;
use crate::answers::side_by_side::{self, Asked, joined_by_paths, names, rows_of};
use crate::answers::table::{TableOptions, TableSource, columns_of};
use crate::numbers::counted::counted;
use crate::taxonomy::Taxonomy;
use std::sync::Arc;

/// What people and classifiers say of the same images.
#[derive(Debug)]
pub struct Annotations {
    /// The taxonomy of all labels.
    pub taxonomy: Arc<Taxonomy>,
    /// The images that are annotated, in the order of the table.
    pub images: Vec<String>,
    /// What images show together, where the table says so.
    pub observations: Option<Vec<String>>,
    /// A run for each annotator, over [`Annotations::images`]; no answer where the annotator says nothing.
    pub annotators: Vec<Answers>,
    /// A run for each classifier, over images of its own.
    pub classifiers: Vec<Answers>,
    /// For each classifier the row of each image; `None` where it was not asked.
    pub rows: Vec<Vec<Option<usize>>>,
    /// What was read and decided, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

/// Reads a table of annotations, and with it the answers of classifiers.
///
/// # Errors
///
/// [`AnnotationsError`].
pub fn read(source: &TableSource, asked: &AnnotationsAsked) -> Result<Annotations, AnnotationsError> {
    let frame = columns_of(source)?;
    let reshaped = reshape(source.name(), &frame, asked)?;
    let mut sources = vec![wide(source, asked, &reshaped)];
    let called = names(&asked.predictions.iter().map(|(source, _)| source));
    for ((source, name), called) in asked.predictions.iter().zip(called) {
        let table = TableOptions {
            predicted_columns: vec![],
            image_column: None,
            truth_column: None,
            truth_file: None,
            without_truth: true,
            ..asked.table.clone()
        };
        sources.push(Asked { source: source.clone(), options: table, name: name.clone().or(called) });
    }
    let mut read = side_by_side::read(&sources, asked.taxonomy.as_ref())?;
    let mut of_table = if read.sources.is_empty() { vec![] } else { read.sources.remove(0) };
    let classifiers = of_table.split_off(reshaped.annotators.len().min(of_table.len()));
    let annotators: Vec<Answers> =
        of_table.into_iter().zip(&reshaped.annotators).map(|(run, name)| Answers { name: name.clone(), ..run }).collect();
    let mut classifiers: Vec<Answers> =
        classifiers.into_iter().zip(&reshaped.classifiers).map(|(run, name)| Answers { name: name.clone(), ..run }).collect();
    classifiers.extend(read.sources.into_iter().flatten());
    let images = annotators.first().map(|run| run.images.clone()).unwrap_or_default();
    let observations = annotators.first().and_then(|run| run.observations.clone());
    let rows: Vec<Vec<Option<usize>>> = classifiers.iter().map(|run| rows_of(run, &images)).collect();
    strangers(source, &classifiers, &rows, &images)?;
    let mut notes = vec![told(&reshaped, images.len())];
    notes.extend(read.notes.iter().filter(|note| !note.contains(": truth: none")).map(|note| named(note, &reshaped)));
    for (run, rows) in classifiers.iter().zip(&rows) {
        notes.extend(joined_by_paths(run, &images, rows));
        let missing = rows.iter().filter(|row| row.is_none()).count();
        if missing > 0 {
            notes.push(format!(
                "{}: {} of {} annotated images are not answered and not compared",
                run.name,
                missing,
                images.len()
            ));
        }
    }
    let warnings = read.warnings;
    Ok(Annotations { taxonomy: read.taxonomy, images, observations, annotators, classifiers, rows, notes, warnings })
}

/// The reshaped table as a source.
fn wide(source: &TableSource, asked: &AnnotationsAsked, reshaped: &Reshaped) -> Asked {
    let annotators = (0..reshaped.annotators.len()).map(annotator_column);
    let columns = annotators.chain((0..reshaped.classifiers.len()).map(classifier_column)).collect();
    let options = TableOptions {
        image_column: Some("image".to_string()),
        truth_image_column: None,
        truth_column: None,
        predicted_columns: columns,
        score_column: None,
        truth_file: None,
        encoding: None,
        without_truth: true,
        ..asked.table.clone()
    };
    let name = source.name().display().to_string();
    Asked { source: TableSource::held(&name, reshaped.data.clone()), options, name: None }
}

/// A note with the names of annotators and classifiers in place of those of their columns.
fn named(note: &str, reshaped: &Reshaped) -> String {
    let annotators = reshaped.annotators.iter().enumerate().map(|(place, name)| (annotator_column(place), name));
    let classifiers = reshaped.classifiers.iter().enumerate().map(|(place, name)| (classifier_column(place), name));
    let said = |note: String, (column, name): (String, &String)| note.replace(&format!("'{column}'"), &format!("'{name}'"));
    annotators.chain(classifiers).fold(note.to_string(), said)
}

fn told(reshaped: &Reshaped, images: usize) -> String {
    let (rows, blank) = (counted(reshaped.rows, "row", "rows"), reshaped.blank);
    let annotators = counted(reshaped.annotators.len(), "annotator", "annotators");
    let blanks = if blank == 0 { String::new() } else { format!("; {} blank", counted(blank, "label is", "labels are")) };
    format!("annotations: {rows}, {annotators}, {}{blanks}", counted(images, "image", "images"))
}

/// A classifier that answers no annotated image.
fn strangers(
    source: &TableSource,
    classifiers: &[Answers],
    rows: &[Vec<Option<usize>>],
    images: &[String],
) -> Result<(), AnnotationsError> {
    let Some((run, _)) = classifiers.iter().zip(rows).find(|(_, rows)| rows.iter().all(Option::is_none)) else { return Ok(()) };
    Err(AnnotationsError::Strangers {
        path: source.name().to_path_buf(),
        name: run.name.clone(),
        theirs: run.images.first().cloned().unwrap_or_default(),
        ours: images.first().cloned().unwrap_or_default(),
    })
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::Answer;
    use polars::prelude::df;

    #[test]
    fn annotators_and_classifiers_are_read_over_one_taxonomy() {
        let table = df!(
            "image" => ["1", "1", "2", "2", "3"],
            "annotator" => ["truth", "zoe", "truth", "zoe", "zoe"],
            "label" => ["Felis catus", "Felis", "Lynx lynx", "Felis catus", "Vulpes vulpes"]
        )
        .unwrap();
        let predictions = df!("image" => ["3", "1"], "predicted" => ["Vulpes lagopus", "Felis catus"]).unwrap();
        let asked =
            AnnotationsAsked { predictions: vec![(TableSource::held("svm", predictions), None)], ..AnnotationsAsked::default() };
        let read = read(&TableSource::held("people", table), &asked).unwrap();
        assert_eq!(read.images, ["1", "2", "3"]);
        // An annotator may be called anything.
        let names: Vec<&str> = read.annotators.iter().chain(&read.classifiers).map(|run| run.name.as_str()).collect();
        assert_eq!(names, ["truth", "zoe", "svm"]);
        assert_eq!(read.rows, [[Some(1), None, Some(0)]]);
        assert_eq!(read.annotators[0].ranked.best(2), Answer::Nothing);
        assert_eq!(read.annotators[0].ranked.best(0), read.classifiers[0].ranked.best(1));
        let Answer::Taxon(genus) = read.annotators[1].ranked.best(0) else { panic!("no taxon") };
        assert_eq!(read.taxonomy.name(genus), "Felis");
        assert!(read.notes[0].starts_with("annotations: 5 rows, 2 annotators, 3 images"), "{:?}", read.notes);
        // Columns are called by their annotators, and nobody is told that annotations have no truth.
        assert!(read.notes.iter().any(|note| note.contains("2 runs ('truth', 'zoe')")), "{:?}", read.notes);
        assert!(!read.notes.iter().any(|note| note.contains("truth: none")), "{:?}", read.notes);
    }

    #[test]
    fn a_classifier_of_other_images_is_refused() {
        let table = df!("image" => ["1"], "user" => ["x"], "label" => ["Felis catus"]).unwrap();
        let predictions = df!("image" => ["9"], "predicted" => ["Felis catus"]).unwrap();
        let asked =
            AnnotationsAsked { predictions: vec![(TableSource::held("svm", predictions), None)], ..AnnotationsAsked::default() };
        let message = read(&TableSource::held("people", table), &asked).unwrap_err().to_string();
        assert!(message.contains("no image of 'svm' is annotated: it has '9', the annotations have '1'"), "{message}");
    }
}
