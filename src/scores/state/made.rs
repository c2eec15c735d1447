//! Answers made of counts.

use super::code::{to_answer, to_truth};
use super::counted::Counted;
use super::listing::Listing;
use super::traits::Traits;
use crate::answers::non_taxon::{NonTaxa, Shown, answered_by, shown_by};
use crate::answers::{Answer, Answers, Grouping, Ranked, Truth};
use crate::scores::intervals::DrawnBy;
use crate::taxonomy::Taxonomy;
use std::collections::BTreeMap;

/// Answers in the making, row by row.
struct Rows<'a> {
    taxonomy: &'a Taxonomy,
    of: &'a Counted,
    answers: Answers,
    times: Vec<u64>,
    observations: Vec<String>,
    /// What rows show, and are answered to show.
    shown: Vec<(Shown, Option<Shown>)>,
}

impl Counted {
    /// Answers whose rows stand for kinds of images, the worst mistakes by themselves and first.
    ///
    /// Rows stand in one order, whatever was added first. An image that is in no cluster of `drawn_by` with others has a row
    /// of its own.
    #[must_use]
    pub fn answers(mut self, taxonomy: &Taxonomy, drawn_by: DrawnBy) -> Answers {
        let ordered = std::mem::take(&mut self.kinds).in_order();
        let mut kinds: BTreeMap<(u32, &Listing, &Traits), u64> = BTreeMap::new();
        for mistake in &self.worst {
            *kinds.entry((mistake.truth, &mistake.listing, &mistake.traits)).or_default() += 1;
        }
        let ranked = if self.probabilities { Ranked::default() } else { Ranked::of_scores() };
        let groups = self.groupings.iter().map(|name| Grouping { name: name.clone(), values: vec![] }).collect();
        let mut rows = Rows {
            taxonomy,
            of: &self,
            answers: Answers { name: self.name.clone(), ranked, groups, ..Answers::default() },
            times: vec![],
            observations: vec![],
            shown: vec![],
        };
        for mistake in &self.worst {
            let listed = mistake.listed.iter().map(|(label, score)| (to_answer(*label), *score)).collect();
            rows.push(&mistake.image, mistake.truth, listed, (&mistake.traits, 1));
        }
        for (truth, listing, traits, times) in ordered.from(0) {
            let left = times - kinds.get(&(truth, listing, traits)).copied().unwrap_or(0);
            let alone = match drawn_by {
                DrawnBy::Image => false,
                DrawnBy::Observation => self.has_observations && traits.observation.is_empty(),
                DrawnBy::Taxon => !matches!(to_truth(truth), Truth::Taxon(_)),
            };
            let (repeats, each) = if alone { (left, 1) } else { (left.min(1), left) };
            for _ in 0..repeats {
                rows.push("", truth, listing.ranked(), (traits, each));
            }
        }
        rows.finish()
    }
}

impl Rows<'_> {
    fn push(&mut self, image: &str, truth: u32, listed: Vec<(Answer, Option<f64>)>, (traits, times): (&Traits, u64)) {
        let (row, truth) = (self.times.len(), to_truth(truth));
        if self.of.classes.is_some() {
            let best = listed.first().filter(|(_, score)| *score != Some(0.0)).map(|(answer, _)| *answer);
            let shown = traits.shown.unwrap_or_else(|| {
                (shown_by(self.taxonomy, truth), Some(answered_by(self.taxonomy, best.unwrap_or(Answer::Nothing))))
            });
            self.shown.push(shown);
        }
        self.answers.images.push(image.to_string());
        self.answers.truths.push(truth);
        self.answers.ranked.push(listed);
        if let Some(code) = &traits.unreadable {
            self.answers.unreadable.insert(row, code.clone());
        }
        if traits.synonym {
            self.answers.synonym_truths.insert(row);
        }
        for (grouping, group) in self.answers.groups.iter_mut().zip(&traits.groups) {
            grouping.values.push(group.clone());
        }
        if self.of.has_observations {
            self.observations.push(traits.observation.clone());
        }
        self.times.push(times);
    }

    fn finish(self) -> Answers {
        let Self { of, shown, .. } = self;
        let non_taxa = of.classes.as_ref().map(|names| {
            let (truths, answers): (Vec<Shown>, Vec<Option<Shown>>) = shown.into_iter().unzip();
            NonTaxa { names: names.clone(), truths, answers: answers.into_iter().collect() }
        });
        Answers {
            times: Some(self.times),
            observations: of.has_observations.then_some(self.observations),
            listed: of.listed.clone(),
            outside_truths: of.outside_truths.clone(),
            outside_answers: of.outside_answers.clone(),
            count_outside_as_wrong: of.count_outside_as_wrong,
            non_taxa,
            ..self.answers
        }
    }
}
