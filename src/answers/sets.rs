//! Truths and answers that are sets: the species of a quadrat, the animals of a frame, the taxa of a sample.

use crate::taxonomy::TaxonId;
use std::collections::BTreeMap;

/// What a member of a set is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Named {
    /// A taxon of the taxonomy, at any rank.
    Taxon(TaxonId),
    /// A name that the taxonomy does not hold, by its place in [`AnswerSets::unknown_names`].
    Unknown(u32),
}

/// A member of a set of answers.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Member {
    /// What is answered.
    pub named: Named,
    /// How sure the classifier is; `None` where the source gives no score.
    pub score: Option<f64>,
}

/// How the answers stand in their table.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Form {
    /// Those that are answered, in rows or lists.
    #[default]
    Listed,
    /// A score for every class: which of them are answered is yet to be said.
    Classes,
}

/// The answers of one classifier to images with sets of truths.
#[derive(Debug, Clone, Default)]
pub struct AnswerSets {
    /// What to call it.
    pub name: String,
    /// How the answers stand in their table.
    pub form: Form,
    /// Per image what is listed, each taxon and name once: the highest score first, members without a score after those with one;
    /// equal ones in the order of the taxonomy, those without scores in the order of the source.
    pub listed: Vec<Vec<Member>>,
    /// Names that are no taxa, sorted.
    pub unknown_names: Vec<String>,
    /// Images that the source of the answers does not have: their sets are empty.
    pub unanswered: usize,
    /// Images of the source that have no truth, and are left out.
    pub without_truth: usize,
    /// Members that repeated another one of their image.
    pub repeated: usize,
    /// Answered names that are unknown truths of their image: neither right nor wrong, and left out.
    pub unjudged: usize,
    /// Decisions made while reading, one sentence each.
    pub notes: Vec<String>,
    /// What would mislead if it were overlooked, one sentence each.
    pub warnings: Vec<String>,
}

impl AnswerSets {
    /// Whether there is a score.
    #[must_use]
    pub fn is_scored(&self) -> bool {
        self.listed.iter().flatten().any(|member| member.score.is_some())
    }

    /// The most members that an image lists.
    #[must_use]
    pub fn width(&self) -> usize {
        self.listed.iter().map(Vec::len).max().unwrap_or(0)
    }
}

/// Images with sets of truths, and the answers of classifiers to them.
#[derive(Debug, Clone, Default)]
pub struct ImageSets {
    /// Names of the images that have a truth, be it that nothing is there.
    pub images: Vec<String>,
    /// Per image the taxa that are there, sorted, each once.
    pub truths: Vec<Vec<TaxonId>>,
    /// Names of truths that are no taxa, with their images: left out of the sets.
    pub unknown_truths: BTreeMap<String, usize>,
    /// Images whose truth says that nobody knows (`NA`, `unknown`): left out.
    pub undetermined: usize,
    /// Images of whose truths none is a taxon of the taxonomy: left out.
    pub outside: usize,
    /// Truths that repeated another one of their image.
    pub repeated: usize,
    /// The site of each image, where the source has them; blank where it says none.
    pub sites: Option<Vec<String>>,
    /// The transect of each image, likewise.
    pub transects: Option<Vec<String>>,
    /// One for each classifier.
    pub runs: Vec<AnswerSets>,
}

impl ImageSets {
    /// What images belong together by, in one word, and the name of it for each image: the transect, or else the site.
    #[must_use]
    pub fn grouped(&self) -> Option<(&'static str, &[String])> {
        match (&self.transects, &self.sites) {
            (Some(transects), _) => Some(("transects", transects)),
            (None, Some(sites)) => Some(("sites", sites)),
            (None, None) => None,
        }
    }
}
