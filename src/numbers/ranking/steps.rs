//! Positives and negatives by falling score: what all areas and shares of detection are read off.

use crate::numbers::statistics::{Sum, to_f64};

/// All items of one score.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Step {
    /// The score.
    pub score: f64,
    /// Positives of this score.
    pub positives: u64,
    /// Negatives of this score.
    pub negatives: u64,
}

/// Positives and negatives by falling score, items of equal score together.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Steps {
    /// The highest score first.
    pub each: Vec<Step>,
    /// Positives of all scores.
    pub positives: u64,
    /// Negatives of all scores.
    pub negatives: u64,
}

impl Steps {
    /// Whether there are positives and negatives.
    #[must_use]
    pub fn both(&self) -> bool {
        self.positives > 0 && self.negatives > 0
    }

    /// Share of pairs of a positive and a negative in which the positive scores higher, ties counting half; the area under
    /// the curve of true over false positives. `None` unless there are both.
    ///
    /// # Source
    ///
    /// Hanley & McNeil 1982.
    #[must_use]
    pub fn auroc(&self) -> Option<f64> {
        let (mut above, mut twice) = (0_u128, 0_u128);
        for step in &self.each {
            twice += u128::from(step.negatives) * (2 * above + u128::from(step.positives));
            above += u128::from(step.positives);
        }
        let pairs = to_f64(self.positives) * to_f64(self.negatives);
        #[expect(clippy::cast_precision_loss, reason = "a count of pairs, divided by a count of pairs")]
        let half = twice as f64 / 2.0;
        self.both().then(|| half / pairs)
    }

    /// Average precision: Σ over thresholds of (recall − recall before) · precision. `None` without positives.
    ///
    /// # Source
    ///
    /// Davis & Goadrich 2006, who show that no straight line may be drawn between the points of precision over recall.
    #[must_use]
    pub fn average_precision(&self) -> Option<f64> {
        if self.positives == 0 {
            return None;
        }
        let (mut positives, mut items, mut area) = (0, 0, Sum::default());
        for step in &self.each {
            positives += step.positives;
            items += step.positives + step.negatives;
            area.add(to_f64(step.positives) / to_f64(self.positives) * (to_f64(positives) / to_f64(items)));
        }
        Some(area.total())
    }

    /// The highest threshold at which at least this share of the positives is found; `None` without positives.
    #[must_use]
    pub fn threshold_at(&self, true_positives: f64) -> Option<f64> {
        let mut positives = 0;
        let reaches = |step: &&Step| {
            positives += step.positives;
            to_f64(positives) / to_f64(self.positives) >= true_positives
        };
        if self.positives == 0 { None } else { self.each.iter().find(reaches).map(|step| step.score) }
    }

    /// The share of the negatives that score at least as high as the threshold of [`Self::threshold_at`]; `None` unless there
    /// are both.
    #[must_use]
    pub fn false_positives_at(&self, true_positives: f64) -> Option<f64> {
        let threshold = self.threshold_at(true_positives)?;
        let above = self.each.iter().take_while(|step| step.score >= threshold).map(|step| step.negatives).sum();
        self.both().then(|| to_f64(above) / to_f64(self.negatives))
    }

    /// Share of positives, what the average precision of scores without any meaning comes to; `None` without items.
    #[must_use]
    pub fn prevalence(&self) -> Option<f64> {
        crate::numbers::statistics::share(self.positives, self.positives + self.negatives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Scores 4, 3 (twice), 2, 1 with their positives and negatives.
    fn steps() -> Steps {
        let each = [(4.0, 1, 0), (3.0, 1, 1), (2.0, 0, 2), (1.0, 2, 1)];
        Steps {
            each: each.map(|(score, positives, negatives)| Step { score, positives, negatives }).to_vec(),
            positives: 4,
            negatives: 4,
        }
    }

    #[test]
    fn areas_match_the_definitions_worked_by_hand() {
        let steps = steps();
        // Positives 4, 3, 1, 1 against negatives 3, 2, 2, 1: 4 + (½ + 3) + ½ + ½ = 8.5 of 16.
        assert_eq!(steps.auroc(), Some(8.5 / 16.0));
        // Recall ¼, ¼ more, none, ½ more; precision 1, 2/3, –, 4/8: ¼ + ¼ · 2/3 + ½ · ½ = 2/3.
        assert!(steps.average_precision().is_some_and(|area| (area - 2.0 / 3.0).abs() < 1e-15));
        assert_eq!(steps.prevalence(), Some(0.5));
    }

    #[test]
    fn false_positives_are_those_at_the_first_threshold_that_finds_enough() {
        let steps = steps();
        // Half of the positives score 3 or more, and one of four negatives; three quarters are only found at 1.
        assert_eq!((steps.threshold_at(0.5), steps.false_positives_at(0.5)), (Some(3.0), Some(0.25)));
        assert_eq!((steps.threshold_at(0.51), steps.false_positives_at(0.95)), (Some(1.0), Some(1.0)));
    }

    #[test]
    fn one_kind_alone_has_no_area() {
        let positives = Steps { each: vec![Step { score: 1.0, positives: 3, negatives: 0 }], positives: 3, negatives: 0 };
        assert_eq!((positives.auroc(), positives.false_positives_at(0.95), positives.both()), (None, None, false));
        assert_eq!((positives.average_precision(), positives.prevalence()), (Some(1.0), Some(1.0)));
        let nothing = Steps::default();
        assert_eq!((nothing.auroc(), nothing.average_precision(), nothing.prevalence()), (None, None, None));
        assert_eq!(nothing.threshold_at(0.95), None);
    }
}
