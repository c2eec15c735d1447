//! Who says what of which image.

use crate::answers::annotations::Annotations;
use crate::answers::{Answer, Answers};
use crate::numbers::bootstrap::Clusters;
use crate::numbers::interval::Sample;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::sync::Arc;

/// An annotator or a classifier.
#[derive(Debug, Clone, PartialEq)]
pub struct Rater {
    /// What it is called.
    pub name: String,
    /// `N` labels. Of an annotator `None` where nothing was said, and the root where the label is known and no taxon (blank,
    /// person, vehicle); of a classifier `None` where it was not asked, and the root where it declined or named no taxon.
    pub labels: Vec<Option<TaxonId>>,
    /// Labels that are no taxon of the taxonomy.
    pub outside: u64,
}

/// Annotators and classifiers over the same `N` images.
#[derive(Debug, Clone)]
pub struct Panel {
    /// The taxonomy of all labels.
    pub taxonomy: Arc<Taxonomy>,
    /// Names of the images.
    pub images: Vec<String>,
    /// The annotators.
    pub annotators: Vec<Rater>,
    /// The classifiers.
    pub classifiers: Vec<Rater>,
    /// What is drawn for intervals.
    pub sample: Sample,
}

impl Panel {
    /// Of annotations that were read.
    #[must_use]
    pub fn of(read: &Annotations) -> Panel {
        let annotator = |run: &Answers| {
            let answers: Vec<Answer> = (0..read.images.len()).map(|image| run.ranked.best(image)).collect();
            let label = |(image, answer): (usize, &Answer)| match answer {
                Answer::Taxon(taxon) => Some(*taxon),
                // Who says that nothing is there speaks against every taxon.
                Answer::Nothing | Answer::Outside => run.is_answered_non_taxon(image).then_some(TaxonId::ROOT),
            };
            let outside = answers.iter().filter(|answer| **answer == Answer::Outside).count() as u64;
            Rater { name: run.name.clone(), labels: answers.iter().enumerate().map(label).collect(), outside }
        };
        let classifier = |(run, rows): (&Answers, &Vec<Option<usize>>)| {
            let answers: Vec<Option<Answer>> = rows.iter().map(|row| row.map(|row| run.ranked.best(row))).collect();
            let outside = answers.iter().filter(|answer| **answer == Some(Answer::Outside)).count() as u64;
            Rater {
                name: run.name.clone(),
                labels: answers.into_iter().map(|answer| answer.map(Answer::taxon)).collect(),
                outside,
            }
        };
        let clusters = read.observations.as_ref().map(|names| Clusters::by_name(names.iter().map(String::as_str)));
        Panel {
            taxonomy: Arc::clone(&read.taxonomy),
            images: read.images.clone(),
            annotators: read.annotators.iter().map(annotator).collect(),
            classifiers: read.classifiers.iter().zip(&read.rows).map(classifier).collect(),
            sample: clusters.map_or_else(Sample::default, |clusters| Sample::by(clusters, "observations")),
        }
    }

    /// What the annotators say of an image: each by place, with its label.
    pub(super) fn said(&self, image: usize) -> Vec<(usize, TaxonId)> {
        let label = |(place, rater): (usize, &Rater)| rater.labels[image].map(|label| (place, label));
        self.annotators.iter().enumerate().filter_map(label).collect()
    }

    /// Annotators, and behind them classifiers.
    pub(super) fn raters(&self) -> impl Iterator<Item = &Rater> {
        self.annotators.iter().chain(&self.classifiers)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
pub(super) mod tests {
    use super::*;
    use crate::answers::annotations::{AnnotationsAsked, read};
    use crate::answers::table::TableSource;
    use crate::scores::apart::tests::{five, taxon};
    use polars::prelude::df;

    /// A rater of some names; blank where nothing is said.
    fn rater(taxonomy: &Taxonomy, name: &str, labels: &[&str]) -> Rater {
        let label = |label: &&str| (!label.is_empty()).then(|| taxon(taxonomy, label));
        Rater { name: name.to_string(), labels: labels.iter().map(label).collect(), outside: 0 }
    }

    /// A panel over five species.
    pub(in crate::scores::annotators) fn panel(annotators: &[(&str, &[&str])], classifiers: &[(&str, &[&str])]) -> Panel {
        let taxonomy = five();
        let of = |raters: &[(&str, &[&str])]| -> Vec<Rater> {
            raters.iter().map(|(name, labels)| rater(&taxonomy, name, labels)).collect()
        };
        let (annotators, classifiers) = (of(annotators), of(classifiers));
        let images = (1..=annotators[0].labels.len()).map(|image| format!("{image}.jpg")).collect();
        Panel { annotators, classifiers, images, sample: Sample::default(), taxonomy: Arc::new(taxonomy) }
    }

    #[test]
    fn a_label_that_is_no_taxon_is_above_every_taxon_and_unknown_is_none() {
        let frame = df!(
            "image" => ["1", "1", "1", "2", "2"],
            "annotator" => ["a", "b", "c", "a", "b"],
            "label" => ["blank", "Felis catus", "person", "unknown", "Felis catus"]
        )
        .unwrap();
        let panel = Panel::of(&read(&TableSource::held("people", frame), &AnnotationsAsked::default()).unwrap());
        let labels: Vec<Option<bool>> = panel
            .annotators
            .iter()
            .flat_map(|rater| &rater.labels)
            .map(|label| label.map(|label| label == TaxonId::ROOT))
            .collect();
        assert_eq!(labels, [Some(true), None, Some(false), Some(false), Some(true), None]);
    }
}
