//! Precision, recall and F1 of one class.

use crate::answers::non_taxon::DECLINED;
use crate::numbers::interval::{MetricIntervals, Sample};
use crate::numbers::statistics::share;

/// Scores of one class; `None` where undefined.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct ClassScores {
    /// The class.
    pub class: String,
    pub images: u64,
    pub answered: u64,
    pub right: u64,
    pub precision: Option<f64>,
    pub recall: Option<f64>,
    pub f1: Option<f64>,
    /// How many of its images are answered to be of each class, in the order of the classes; `unknown`, the last, counts those
    /// that are declined.
    pub confusion: Vec<(String, u64)>,
    /// The intervals of precision, recall and F1.
    pub intervals: MetricIntervals,
}

impl ClassScores {
    /// How many images of the class are answered as another, or declined (`unknown`).
    #[must_use]
    pub fn answered_as(&self, class: &str) -> u64 {
        self.confusion.iter().find(|(answer, _)| answer == class).map_or(0, |(_, images)| *images)
    }
}

/// The scores of the classes that are true or answered. Of each image there are its place, its class and what is answered, if
/// anything is; `names` are those of all classes.
pub(super) fn of_all(seen: &[(usize, usize, Option<usize>)], names: &[String], sample: &Sample) -> Vec<ClassScores> {
    let is_met = |class: &usize| seen.iter().any(|(_, truth, answer)| truth == class || *answer == Some(*class));
    // What is declined is no class of its own: it has neither images nor answers.
    let met: Vec<usize> = (0..names.len()).filter(is_met).collect();
    met.iter().map(|&class| of_one(class, seen, (names, &met), sample)).collect()
}

fn of_one(
    class: usize,
    seen: &[(usize, usize, Option<usize>)],
    (names, met): (&[String], &[usize]),
    sample: &Sample,
) -> ClassScores {
    let of_class = || seen.iter().filter(move |(_, truth, _)| *truth == class);
    let answered_so = || seen.iter().filter(move |(.., answer)| *answer == Some(class));
    let times = |seen: &(usize, usize, Option<usize>)| sample.times(seen.0);
    let right = of_class().filter(|(.., answer)| *answer == Some(class)).map(times).sum();
    let (images, answered): (u64, u64) = (of_class().map(times).sum(), answered_so().map(times).sum());
    let (precision, recall) = (share(right, answered), share(right, images));
    let f1 = share(2 * right, images + answered);
    let mut intervals = MetricIntervals::default();
    let found = sample.share(answered_so().map(|&(image, truth, _)| (image, truth == class)));
    intervals.add_for("precision", precision, found, sample.noun);
    let found = sample.share(of_class().map(|&(image, _, answer)| (image, answer == Some(class))));
    intervals.add_for("recall", recall, found, sample.noun);
    // 2 TP / (2 TP + FP + FN) is a mean over images: each adds 2 or 0, of 2 where class and answer are this one, else of 1.
    let parts = seen.iter().filter_map(|&(image, truth, answer)| match (truth == class, answer == Some(class)) {
        (true, true) => Some((image, 2.0, 2.0)),
        (true, false) | (false, true) => Some((image, 0.0, 1.0)),
        (false, false) => None,
    });
    intervals.add_for("f1", f1, sample.mean(parts, Some((0.0, 1.0))), sample.noun);
    let answers = |answer: usize| of_class().filter(|(.., given)| *given == Some(answer)).map(times).sum();
    let declined = of_class().filter(|(.., given)| given.is_none()).map(times).sum();
    let mut confusion: Vec<(String, u64)> = met.iter().map(|&answer| (names[answer].clone(), answers(answer))).collect();
    confusion.push((DECLINED.to_string(), declined));
    ClassScores { class: names[class].clone(), images, answered, right, precision, recall, f1, confusion, intervals }
}
