//! What is counted while rows become answers: it adds up over the parts of a table, and what is said of the table comes of it.

use super::options::MissingTruth;
use super::repeats::RepeatedRows;
use super::summed::Totals;
use crate::answers::understood::{ColumnRole, Known, Matched, RunKnown, Understood};
use crate::answers::{Answer, Answers, Truth};
use crate::numbers::counted::{counted, form};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Names with their images.
pub(super) type ByName = BTreeMap<String, usize>;

/// What is counted of a table, or of a part of it.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Counts {
    rows: u64,
    /// Images that the rows show; a second table may have others.
    shown: u64,
    images: u64,
    /// Images without a truth that is a name.
    without_truth: u64,
    /// Those of them that show something that is known and no taxon.
    not_taxa: u64,
    outside_truths: ByName,
    runs: Vec<RunCounts>,
}

/// What is counted of the answers of a run.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct RunCounts {
    name: String,
    images: u64,
    /// Images whose first answer is a name.
    named: u64,
    /// Images without answer, but for those answered with something that is known and no taxon.
    blank: u64,
    outside_answers: ByName,
    /// Images whose positions and scores disagree.
    disordered: u64,
    /// Images that list only labels of probability 0.
    only_zeros: u64,
    repeated: RepeatedRows,
    totals: Totals,
}

/// What was found while the labels of images were put in order.
#[derive(Debug, Clone, Copy, Default)]
pub(super) struct Order {
    pub(super) disordered: usize,
    pub(super) only_zeros: usize,
}

fn add_names(names: &mut ByName, others: &ByName) {
    for (name, count) in others {
        match names.get_mut(name) {
            Some(known) => *known += count,
            None => {
                names.insert(name.clone(), *count);
            }
        }
    }
}

impl RunCounts {
    /// Of answers whose images and truths are not given yet.
    pub(super) fn of(run: &Answers, order: Order, repeated: RepeatedRows) -> RunCounts {
        let images = run.ranked.len();
        let blank = (0..images).filter(|&image| run.ranked.best(image) == Answer::Nothing);
        let (not_taxa, blank): (Vec<usize>, Vec<usize>) = blank.partition(|&image| run.is_answered_non_taxon(image));
        RunCounts {
            name: run.name.clone(),
            images: images as u64,
            named: (images - blank.len() - not_taxa.len()) as u64,
            blank: blank.len() as u64,
            outside_answers: run.outside_answers.clone(),
            disordered: order.disordered as u64,
            only_zeros: order.only_zeros as u64,
            repeated,
            totals: Totals::of(&run.ranked),
        }
    }

    fn add(&mut self, other: &RunCounts) {
        self.images += other.images;
        self.named += other.named;
        self.blank += other.blank;
        add_names(&mut self.outside_answers, &other.outside_answers);
        self.disordered += other.disordered;
        self.only_zeros += other.only_zeros;
        self.repeated.add(other.repeated);
        self.totals.add(other.totals);
    }

    /// What the labels of the images add up to.
    #[must_use]
    pub fn totals(&self) -> Totals {
        self.totals
    }

    /// What is said of rows that repeat others.
    pub(super) fn repeated(&self) -> Option<String> {
        self.repeated.note()
    }

    /// What is said of the order of labels, of labels of probability 0 and of distributions.
    pub(super) fn notes(&self) -> Vec<String> {
        let mut notes = vec![];
        if self.disordered > 0 {
            notes.push(disorder_note(self.disordered, self.images));
        }
        if self.only_zeros > 0 {
            notes.push(format!(
                "{} of {} {} only labels of probability 0, which are no answers: {} as not answered",
                self.only_zeros,
                counted(self.images, "image", "images"),
                form(self.only_zeros, "lists", "list"),
                form(self.only_zeros, "it counts", "they count")
            ));
        }
        notes.extend(self.totals.why_not_whole());
        notes
    }
}

impl Counts {
    /// Of rows and the images that they show, of the truths of all images, of which some are known and no taxa, and of the counts
    /// of runs.
    pub(super) fn of(
        (rows, shown): (usize, usize),
        truths: &[Truth],
        not_taxa: usize,
        outside_truths: ByName,
        runs: Vec<RunCounts>,
    ) -> Counts {
        Counts {
            rows: rows as u64,
            shown: shown as u64,
            images: truths.len() as u64,
            without_truth: truths.iter().filter(|truth| **truth == Truth::Missing).count() as u64,
            not_taxa: not_taxa as u64,
            outside_truths,
            runs,
        }
    }

    /// Takes in those of another part; its runs are the same ones.
    pub(super) fn add(&mut self, other: &Counts) {
        self.rows += other.rows;
        self.shown += other.shown;
        self.images += other.images;
        self.without_truth += other.without_truth;
        self.not_taxa += other.not_taxa;
        add_names(&mut self.outside_truths, &other.outside_truths);
        if self.runs.is_empty() {
            self.runs.clone_from(&other.runs);
        } else {
            self.runs.iter_mut().zip(&other.runs).for_each(|(run, other)| run.add(other));
        }
    }

    /// Rows.
    #[must_use]
    pub fn rows(&self) -> u64 {
        self.rows
    }

    /// Images.
    #[must_use]
    pub fn images(&self) -> u64 {
        self.images
    }

    /// The counts of each run, in the order of the runs.
    #[must_use]
    pub fn runs(&self) -> &[RunCounts] {
        &self.runs
    }

    /// What was understood, given what columns are, where the taxonomy is from and how names met their taxa.
    pub(super) fn understood(&self, columns: Vec<ColumnRole>, taxonomy: &str, names: Vec<Matched>) -> Understood {
        let of_run =
            |run: &RunCounts| RunKnown { run: run.name.clone(), known: Known::of(run.named, run.blank, &run.outside_answers) };
        Understood {
            rows: self.rows,
            images: self.images,
            columns,
            taxonomy: taxonomy.to_string(),
            names,
            truths: Known::of(
                self.images - self.without_truth,
                self.without_truth.saturating_sub(self.not_taxa),
                &self.outside_truths,
            ),
            answers: self.runs.iter().map(of_run).collect(),
        }
    }

    /// What is said of truths that are no taxa and of images without any, if these are not as they should be.
    pub(super) fn notes(&self, missing_truth: MissingTruth, may_be_without: bool) -> Vec<String> {
        let mut notes = vec![];
        let (apart, images) = (self.not_taxa, counted(self.images, "image", "images"));
        if apart > 0 {
            let (show, are) = (form(apart, "shows", "show"), form(apart, "it is", "they are"));
            notes.push(format!("{apart} of {images} {show} no taxon: {are} scored as detection, not as taxa"));
        }
        let missing = self.without_truth.saturating_sub(apart);
        if missing > 0 && !may_be_without {
            let fate = if missing_truth == MissingTruth::Wrong { "counted as wrong" } else { "left out of the scores" };
            notes.push(format!("{missing} of {images} {} no truth: {fate}", form(missing, "has", "have")));
        }
        notes
    }

    /// What is said of images that have several rows; `None` where each has one.
    pub(super) fn rows_note(&self, by_position: bool) -> Option<String> {
        rows_note(self.rows, self.shown, by_position)
    }
}

/// What is said of images that have several rows.
pub(super) fn rows_note(rows: u64, images: u64, by_position: bool) -> Option<String> {
    (rows > images).then(|| {
        format!(
            "{rows} rows show {}: the rows of an image are its answers, the best {} first",
            counted(images, "image", "images"),
            if by_position { "position" } else { "score" }
        )
    })
}

/// What is said of images whose positions and scores disagree.
pub(super) fn disorder_note(images: u64, of: u64) -> String {
    format!(
        "{images} of {} {} an answer above another one of higher score: the scores order the answers, not the positions",
        counted(of, "image", "images"),
        form(images, "lists", "list")
    )
}
