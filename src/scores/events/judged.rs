//! What became of each event.

use super::ruled::RuledEvents;
use crate::answers::event::EventTruth;
use crate::answers::event_rule::EventRule;
use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::scores::judged_run::JudgedRun;
use crate::scores::outcome::{Judgement, Unreachable, judge};
use std::collections::BTreeMap;

/// Events with their truths, and what became of them by each rule that answers them.
pub(super) struct JudgedEvents {
    pub truths: Vec<EventTruth>,
    by_rule: BTreeMap<EventRule, (Answers, Vec<Judgement>)>,
    /// Whether each event is scored, and why not, which is the same by all rules.
    any: Vec<Judgement>,
}

impl JudgedEvents {
    pub fn of(run: &JudgedRun<'_>, ruled: &RuledEvents, unreachable: Unreachable) -> Self {
        let events = &ruled.events.events;
        let truths: Vec<EventTruth> = events.iter().map(|event| event.truth(run.taxonomy, &run.answers.truths)).collect();
        let mut unreadable = BTreeMap::new();
        for (place, event) in events.iter().enumerate() {
            let codes: Option<Vec<&String>> = event.images.iter().map(|image| run.answers.unreadable.get(image)).collect();
            if let Some(code) = codes.and_then(|codes| codes.first().copied().cloned()) {
                unreadable.insert(place, code);
            }
        }
        let one = |truth: &EventTruth| if let EventTruth::One(truth) = truth { *truth } else { Truth::Missing };
        let blank = Answers {
            name: run.answers.name.clone(),
            images: events.iter().map(|event| event.name.clone()).collect(),
            truths: truths.iter().map(one).collect(),
            unreadable,
            candidates: run.answers.candidates.clone(),
            count_outside_as_wrong: run.answers.count_outside_as_wrong,
            ..Answers::default()
        };
        let judged = |answers: &[Answer]| {
            let mut ranked = Ranked::default();
            let given = |answer: &Answer| (*answer != Answer::Nothing).then_some((*answer, None));
            for answer in answers {
                ranked.push(given(answer));
            }
            let answers = Answers { ranked, ..blank.clone() };
            let mut judgements = judge(run.taxonomy, &answers, unreachable);
            for ((judgement, truth), event) in judgements.iter_mut().zip(&truths).zip(events) {
                if matches!(truth, EventTruth::Mixed(_)) {
                    *judgement = Judgement::WithoutTruth;
                } else if event.is_of_no_taxon(|image| run.judgements[image] == Judgement::NotATaxon) {
                    *judgement = Judgement::NotATaxon;
                }
            }
            (answers, judgements)
        };
        let by_rule: BTreeMap<EventRule, (Answers, Vec<Judgement>)> =
            EventRule::ALL.into_iter().filter_map(|rule| Some((rule, judged(ruled.of_rule(rule)?)))).collect();
        // Nobody need have probabilities to vote.
        let any = by_rule.get(&EventRule::Vote).map(|(_, judgements)| judgements.clone()).unwrap_or_default();
        Self { truths, by_rule, any }
    }

    /// Whether an event is scored.
    pub fn is_scored(&self, event: usize) -> bool {
        self.any[event].is_scored()
    }

    /// What became of an event, whatever the rule.
    pub fn judgement(&self, event: usize) -> Judgement {
        self.any[event]
    }

    /// The events as the images of a run, answered by a rule, and what became of each.
    pub fn of_rule(&self, rule: EventRule) -> (Answers, Vec<Judgement>) {
        self.by_rule.get(&rule).cloned().unwrap_or_default()
    }

    /// What became of an event by a rule; `None` where the rule answers nothing.
    pub fn by(&self, rule: EventRule, event: usize) -> Option<Judgement> {
        self.by_rule.get(&rule)?.1.get(event).copied()
    }
}
