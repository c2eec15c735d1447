//! What has been collected, in columns.

use super::error::CollectingError;
use super::given::{Given, Read, Reader};
use crate::answers::{Answer, Ranked, Truth};
use crate::numbers::counted::{counted, form};
use std::collections::BTreeMap;

/// What has been collected, in columns.
#[derive(Debug, Clone, Default)]
pub(super) struct Held {
    pub truths: Vec<Truth>,
    /// Where the answers of each image end.
    pub ends: Vec<usize>,
    /// Of all images, best first.
    pub answers: Vec<Answer>,
    /// One per answer; not-a-number where there is none.
    pub scores: Vec<f64>,
    /// Images whose truth was found by a synonym.
    pub synonym_truths: Vec<usize>,
    /// Names of truths that are not one taxon of the taxonomy, with counts.
    pub outside_truths: BTreeMap<String, usize>,
    /// The same of answers.
    pub outside_answers: BTreeMap<String, usize>,
}

impl Held {
    /// Adds the truths of the next images.
    pub fn add_truths(&mut self, truths: &[Given], reader: &mut Reader<'_>) -> Result<(), CollectingError> {
        for (row, given) in truths.iter().enumerate() {
            let truth = match reader.read(given, "truth", row)? {
                Read::Nothing => Truth::Missing,
                Read::Taxon { taxon, by_synonym } => {
                    self.synonym_truths.extend(by_synonym.then_some(self.truths.len()));
                    Truth::Taxon(taxon)
                }
                Read::Outside(name) => {
                    *self.outside_truths.entry(name.to_string()).or_default() += 1;
                    Truth::Outside
                }
            };
            self.truths.push(truth);
        }
        Ok(())
    }

    /// Adds the one answer of each of the next images.
    pub fn add_answers(&mut self, answers: &[Given], reader: &mut Reader<'_>) -> Result<(), CollectingError> {
        for (row, given) in answers.iter().enumerate() {
            let answer = match reader.read(given, "answers", row)? {
                Read::Nothing => None,
                Read::Taxon { taxon, .. } => Some(Answer::Taxon(taxon)),
                Read::Outside(name) => {
                    *self.outside_answers.entry(name.to_string()).or_default() += 1;
                    Some(Answer::Outside)
                }
            };
            self.add_image(answer.map(|answer| (answer, f64::NAN)));
        }
        Ok(())
    }

    /// Adds the answers of the next image, best first.
    pub fn add_image(&mut self, answers: impl IntoIterator<Item = (Answer, f64)>) {
        for (answer, score) in answers {
            self.answers.push(answer);
            self.scores.push(score);
        }
        self.ends.push(self.answers.len());
    }

    /// Adds the images of another one.
    pub fn append(&mut self, mut other: Held) {
        let (images, answers) = (self.truths.len(), self.answers.len());
        self.truths.append(&mut other.truths);
        self.ends.extend(other.ends.iter().map(|end| answers + end));
        self.answers.append(&mut other.answers);
        self.scores.append(&mut other.scores);
        self.synonym_truths.extend(other.synonym_truths.iter().map(|image| images + image));
        for (all, more) in [(&mut self.outside_truths, other.outside_truths), (&mut self.outside_answers, other.outside_answers)]
        {
            for (name, count) in more {
                *all.entry(name).or_default() += count;
            }
        }
    }

    /// The answers of all images, in order.
    pub fn ranked(&self, mut ranked: Ranked) -> Ranked {
        let mut start = 0;
        for &end in &self.ends {
            let listed = self.answers[start..end].iter().zip(&self.scores[start..end]);
            ranked.push(listed.map(|(&answer, &score)| (answer, Some(score).filter(|score| !score.is_nan()))));
            start = end;
        }
        ranked
    }

    /// What is to be said of it, one sentence each.
    pub fn notes(&self) -> Vec<String> {
        let note = |count: usize, what: &str, fate: &str| {
            let images = counted(self.truths.len(), "image", "images");
            (count > 0).then(|| format!("{count} of {images} {} {what}: {fate}", form(count, "has", "have")))
        };
        let unknown = |names: &BTreeMap<String, usize>, what: &str, fate: &str| {
            let shown: Vec<String> = names.iter().take(5).map(|(name, count)| format!("'{name}' ({count})")).collect();
            let more = if names.len() > 5 { ", …" } else { "" };
            note(names.values().sum(), what, &format!("{fate}: {}{more}", shown.join(", ")))
        };
        let missing = self.truths.iter().filter(|truth| **truth == Truth::Missing).count();
        let missing = note(missing, "no truth", "left out of the scores");
        let truths = unknown(&self.outside_truths, "a truth that is not one taxon of the taxonomy", "left out of the scores");
        let answers = unknown(&self.outside_answers, "an answer that is not one taxon of the taxonomy", "scored as the root");
        [missing, truths, answers].into_iter().flatten().collect()
    }
}
