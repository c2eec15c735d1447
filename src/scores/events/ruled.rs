//! Events with the answers of every rule.

use super::options::EventOptions;
use crate::answers::Answer;
use crate::answers::distribution::Distribution;
use crate::answers::event::{self, Events};
use crate::answers::event_rule::{EventRule, Ruled, Ruling};
use crate::scores::judged_run::JudgedRun;

/// Events with the answers of every rule, or why it has none.
pub(in crate::scores) struct RuledEvents {
    pub events: Events,
    pub answers: Vec<(EventRule, Ruled)>,
    pub agree: f64,
}

impl RuledEvents {
    /// The events of a run; `None` where nothing tells them.
    pub fn of(run: &JudgedRun<'_>, distribution: &Result<Distribution, String>, options: EventOptions) -> Option<Self> {
        let EventOptions { gap, agree } = options;
        let events = event::events(run.answers, gap)?;
        let distribution = distribution.as_ref().map_err(String::as_str);
        let ruling = Ruling { taxonomy: run.taxonomy, answers: run.answers, distribution, agree };
        let answers = EventRule::ALL.into_iter().map(|rule| (rule, ruling.answers(rule, &events))).collect();
        Some(Self { events, answers, agree })
    }

    /// The answers of a rule, where it has any.
    pub fn of_rule(&self, rule: EventRule) -> Option<&[Answer]> {
        self.answers.iter().find(|(known, _)| *known == rule)?.1.as_deref().ok()
    }

    /// The rule that stands for the events where one answer is wanted: the mean, or the vote where there is none.
    pub fn main(&self) -> Option<(EventRule, &[Answer])> {
        [EventRule::Mean, EventRule::Vote].into_iter().find_map(|rule| Some((rule, self.of_rule(rule)?)))
    }
}
