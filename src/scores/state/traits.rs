//! What sorts the images that are alike in truth and answers.

use crate::answers::Answers;
use crate::answers::non_taxon::Shown;

/// What sorts the images that are alike in truth and answers.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Traits {
    /// The observation; blank where the source gives none.
    pub observation: String,
    /// The groups, one for each way of sorting.
    pub groups: Vec<String>,
    /// What the image shows and is answered as, where classes that are no taxa are told apart.
    pub shown: Option<(Shown, Option<Shown>)>,
    /// Why the photograph could not be read.
    pub unreadable: Option<String>,
    /// Whether the truth was found by a synonym.
    pub synonym: bool,
}

impl Traits {
    /// Whether any image of a run has traits of its own.
    #[must_use]
    pub fn are_in(answers: &Answers) -> bool {
        answers.observations.is_some()
            || !answers.groups.is_empty()
            || answers.non_taxa.is_some()
            || !answers.unreadable.is_empty()
            || !answers.synonym_truths.is_empty()
    }

    /// Those of an image.
    #[must_use]
    pub fn of(answers: &Answers, image: usize) -> Self {
        Self {
            observation: answers.observations.as_ref().map(|names| names[image].clone()).unwrap_or_default(),
            groups: answers.groups.iter().map(|grouping| grouping.values[image].clone()).collect(),
            shown: answers
                .non_taxa
                .as_ref()
                .map(|shown| (shown.truths[image], shown.answers.as_ref().map(|answers| answers[image]))),
            unreadable: answers.unreadable.get(&image).cloned(),
            synonym: answers.synonym_truths.contains(&image),
        }
    }
}
