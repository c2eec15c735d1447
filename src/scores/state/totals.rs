//! What the answers of all images list in all: whether they are whole distributions.

use crate::answers::distribution::TOLERANCE;
use crate::answers::{Answers, Ranked};
use crate::numbers::counted::counted;
use crate::numbers::statistics::{Sum, to_f64};
use serde::{Deserialize, Serialize};

/// What the answers of all images list in all.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Totals {
    /// Images.
    pub images: u64,
    /// Images with an answer.
    pub answered: u64,
    /// Of these, those whose probabilities do not add up to 1.
    pub off: u64,
    /// Answers with a probability.
    pub listed: u64,
    /// Answers whose score is no probability.
    pub no_probability: u64,
    /// Answers with a score, a probability or not.
    pub scored: u64,
    /// The most labels that an image lists.
    pub width: u64,
    /// Sum of all probabilities, in units of 2⁻⁶⁰; as text, since numbers of JSON are no more than 64 bits.
    #[serde(with = "as_text")]
    sum: i128,
}

impl Totals {
    /// Of images of which nothing else is counted.
    #[must_use]
    pub fn of_images(images: u64) -> Self {
        Self { images, ..Self::default() }
    }

    /// Of a run.
    #[must_use]
    pub fn of(answers: &Answers) -> Self {
        let ranked = &answers.ranked;
        let mut totals = Self { images: answers.count(), width: ranked.width() as u64, ..Self::default() };
        for image in (0..ranked.len()).filter(|image| !ranked.answers(*image).is_empty()) {
            totals.add(ranked, image);
        }
        totals
    }

    fn add(&mut self, ranked: &Ranked, image: usize) {
        self.scored +=
            (0..ranked.answers(image).len()).filter(|position| ranked.score(image, *position).is_some()).count() as u64;
        let mut sum = 0.0;
        for value in (0..ranked.answers(image).len()).filter_map(|position| ranked.probability(image, position)) {
            self.no_probability += u64::from(!(0.0..=1.0 + TOLERANCE).contains(&value));
            sum += value;
            self.listed += 1;
        }
        self.answered += 1;
        self.off += u64::from((sum - 1.0).abs() > TOLERANCE);
        self.sum += [sum].into_iter().collect::<Sum>().units();
    }

    /// Adds those of other images.
    pub fn merge(&mut self, other: &Self) {
        self.images += other.images;
        self.answered += other.answered;
        self.off += other.off;
        self.listed += other.listed;
        self.scored += other.scored;
        self.no_probability += other.no_probability;
        self.width = self.width.max(other.width);
        self.sum += other.sum;
    }

    /// Why these are no whole distributions; `None` where they are.
    #[must_use]
    pub fn why_not_whole(&self) -> Option<String> {
        if self.width < 2 {
            return Some("the source lists one answer per image, not the distribution over all candidates".to_string());
        }
        if self.no_probability > 0 {
            return Some(format!("the scores of {} are no probabilities", counted(self.no_probability, "answer", "answers")));
        }
        if self.listed == 0 {
            return Some("the source gives no probabilities".to_string());
        }
        if self.off == 0 {
            return None;
        }
        let images = to_f64(self.answered);
        let (mean, each) = (Sum::of_units(self.sum).total() / images, to_f64(self.listed) / images);
        Some(format!(
            "the probabilities listed for {} of {} do not add up to 1 ({each:.1} answers each, {mean:.3} in all on \
             average): the source does not hold the whole distribution",
            self.off,
            counted(self.answered, "image", "images")
        ))
    }
}

/// Numbers of 128 bits as text.
mod as_text {
    use serde::{Deserialize, Deserializer, Serialize, Serializer};

    pub(super) fn serialize<S: Serializer>(number: &i128, serializer: S) -> Result<S::Ok, S::Error> {
        number.to_string().serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i128, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn sums_come_back_to_the_last_unit() {
        let totals = Totals { sum: (1 << 90) + 1, images: 3, ..Totals::default() };
        let value = serde_json::to_value(totals).unwrap();
        assert_eq!(serde_json::from_value::<Totals>(value).unwrap(), totals);
    }
}
