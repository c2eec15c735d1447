//! What answers come to where the images of one event are one observation: rules side by side, beside the images alone.
//!
//! ```text
//! when, where ──answers::event──▶ events ──answers::event_rule──▶ one answer for each ──judged──▶ rule_scores, row
//! ```

pub(super) mod options;
mod ruled;
mod judged;
mod rule_scores;
mod row;

pub use options::EventOptions;
pub use row::{EventAnswer, EventRow, EventStatus};
pub use rule_scores::RuleScores;
pub(super) use ruled::RuledEvents;

use super::intervals::DrawnBy;
use super::judged_run::JudgedRun;
use super::options::ScoreOptions;
use crate::answers::event::{Events, MadeBy};
use crate::answers::event_rule::NO_MAX;
use crate::answers::taken::Places;
use crate::numbers::bootstrap::Clusters;
use crate::numbers::counted::form;
use crate::numbers::interval::Sample;
use crate::numbers::statistics::{quantile, to_f64};
use judged::JudgedEvents;
use rule_scores::Taken;
use std::collections::BTreeMap;

/// The events of a run, with the scores of each rule.
///
/// How it is written stands with the list of its metrics.
#[derive(Debug, Clone, PartialEq)]
#[expect(missing_docs, reason = "each metric is described in metric::all, under its own name")]
pub struct EventScores {
    pub images: u64,
    pub events: u64,
    pub scored: u64,
    pub mixed: u64,
    pub without_truth: u64,
    pub outside_taxonomy: u64,
    pub not_a_candidate: u64,
    pub not_a_taxon: u64,
    pub unreadable: u64,
    pub single: u64,
    pub without_time: u64,
    pub without_camera: u64,
    pub images_mean: Option<f64>,
    pub images_median: Option<f64>,
    pub images_max: u64,
    /// How images were put into events.
    pub made_by: MadeBy,
    /// Distinct cameras; `None` where the source names none.
    pub cameras: Option<u64>,
    /// Share of the answers that the agreed taxon holds more of.
    pub agree: f64,
    /// What the intervals draw together.
    pub drawn_by: &'static str,
    /// The images of scored events one by one, then the rules that there are.
    pub rules: Vec<RuleScores>,
    /// Rules that are not there, and why.
    pub left_out: BTreeMap<&'static str, String>,
    /// Every event.
    pub rows: Vec<EventRow>,
    /// What was decided when they were made, a sentence each.
    pub said: Vec<String>,
}

/// The name of the row in which each image counts by itself.
pub const IMAGE: &str = "image";

impl EventScores {
    pub(super) fn of(run: &JudgedRun<'_>, answered: &RuledEvents, options: &ScoreOptions<'_>) -> Self {
        let events = &answered.events;
        let judged = JudgedEvents::of(run, answered, options.unreachable);
        let places = run.answers.taken.places();
        let drawn = Drawn::of(places, options.drawn_by);
        let mut rules = vec![of_images(run, answered, &judged, &drawn)];
        let place_of = |event: usize| events.events[event].images.first().copied();
        let names: Option<Vec<String>> = places.map(|places| {
            let name = |event: usize| place_of(event).map(|image| places.names[image].clone()).unwrap_or_default();
            (0..events.events.len()).map(name).collect()
        });
        let mut left_out = BTreeMap::from([("max", NO_MAX.to_string())]);
        for (rule, answers) in &answered.answers {
            match answers {
                Ok(_) => {
                    let (answers, judgements) = judged.of_rule(*rule);
                    let sample = drawn.sample(names.as_deref(), "events");
                    let taken = Taken { answers, judgements, sample, places: names.as_deref(), noun: drawn.many };
                    rules.push(RuleScores::of(run.taxonomy, rule.name(), taken));
                }
                Err(reason) => _ = left_out.insert(rule.name(), reason.clone()),
            }
        }
        let rows = row::rows(run, answered, &judged);
        Self { rules, left_out, drawn_by: drawn.by(), agree: answered.agree, ..Self::counts(run, events, rows) }
    }

    fn counts(run: &JudgedRun<'_>, events: &Events, rows: Vec<EventRow>) -> Self {
        let of = |status: EventStatus| rows.iter().filter(|row| row.status == status).count() as u64;
        let mut sizes: Vec<f64> = events.events.iter().map(|event| to_f64(event.images.len() as u64)).collect();
        sizes.sort_by(f64::total_cmp);
        let images = run.answers.images.len() as u64;
        let all = sizes.len() as u64;
        Self {
            images,
            events: all,
            scored: of(EventStatus::Scored),
            mixed: of(EventStatus::Mixed),
            without_truth: of(EventStatus::WithoutTruth),
            outside_taxonomy: of(EventStatus::OutsideTaxonomy),
            not_a_candidate: of(EventStatus::NotACandidate),
            not_a_taxon: of(EventStatus::NotATaxon),
            unreadable: of(EventStatus::Unreadable),
            single: events.single(),
            without_time: events.without_time,
            without_camera: events.without_camera,
            images_mean: (all > 0).then(|| to_f64(images) / to_f64(all)),
            images_median: (all > 0).then(|| quantile(&sizes, 0.5)),
            images_max: events.events.iter().map(|event| event.images.len()).max().unwrap_or(0) as u64,
            made_by: events.made_by,
            cameras: events.cameras,
            agree: 0.0,
            drawn_by: "",
            rules: vec![],
            left_out: BTreeMap::new(),
            rows,
            said: events.remarks(&run.answers.taken),
        }
    }

    /// The scores of a rule.
    #[must_use]
    pub fn rule(&self, name: &str) -> Option<&RuleScores> {
        self.rules.iter().find(|row| row.rule == name)
    }

    /// How often each rule is right, in one line: `events: 4 of 5 scored; right image 66.7%, vote 75.0%`.
    #[must_use]
    pub fn line(&self) -> String {
        let share = |row: &RuleScores| row.all.right.map_or_else(|| "-".to_string(), |right| format!("{:.1}%", 100.0 * right));
        let rules: Vec<String> = self.rules.iter().map(|row| format!("{} {}", row.rule, share(row))).collect();
        format!("events: {} of {} scored; right {}", self.scored, self.events, rules.join(", "))
    }

    /// What was decided, a sentence each.
    pub(super) fn remarks(&self) -> Vec<String> {
        let mut remarks = self.said.clone();
        if self.mixed > 0 {
            let show = form(self.mixed, "event shows", "events show");
            remarks.push(format!(
                "{} {show} several taxa, one image one and another image another: left out of the scores of events",
                self.mixed
            ));
        }
        remarks
    }
}

/// What the intervals draw together.
struct Drawn {
    by_place: bool,
    by_nothing: bool,
    many: &'static str,
}

impl Drawn {
    /// Sites or cameras where there are several; of one alone nothing follows for others, and its events are drawn.
    fn of(places: Option<Places<'_>>, drawn_by: DrawnBy) -> Self {
        let by_nothing = drawn_by == DrawnBy::Image;
        let distinct = places.map_or(0, |places| Clusters::by_name(places.names.iter().map(String::as_str)).len());
        Self { by_place: distinct > 1 && !by_nothing, by_nothing, many: places.map_or("cameras", |places| places.many) }
    }

    fn by(&self) -> &'static str {
        match (self.by_nothing, self.by_place) {
            (true, _) => "nothing",
            (false, true) => self.many,
            (false, false) => "events",
        }
    }

    /// Events or images by their places.
    fn sample(&self, places: Option<&[String]>, noun: &'static str) -> Sample {
        let alone = Sample { noun, ..Sample::default() };
        let Some(places) = places.filter(|_| self.by_place) else { return alone };
        let clusters = Clusters::by_name(places.iter().map(String::as_str));
        if clusters.repeat() { Sample { clusters: Some(clusters), noun: self.many, ..alone } } else { alone }
    }
}

/// The images of the scored events, each by itself: the same images that the rules make their answers of, but for those
/// whose own truth is not known.
fn of_images(run: &JudgedRun<'_>, ruled: &RuledEvents, judged: &JudgedEvents, drawn: &Drawn) -> RuleScores {
    let of = ruled.events.of_images(run.answers.images.len());
    let is_shown = |image: &usize| run.judgements[*image].is_scored() && judged.is_scored(of[*image]);
    let images: Vec<usize> = (0..of.len()).filter(is_shown).collect();
    let answers = run.answers.select(&images);
    let judgements = images.iter().map(|&image| run.judgements[image]).collect();
    let names = answers.taken.places().map(|places| places.names.to_vec());
    let sample = if drawn.by_place || drawn.by_nothing {
        drawn.sample(names.as_deref(), "images")
    } else {
        let by_event: Vec<String> = images.iter().map(|&image| of[image].to_string()).collect();
        Sample::by(Clusters::by_name(by_event.iter().map(String::as_str)), "events")
    };
    let taken = Taken { answers, judgements, sample, places: names.as_deref(), noun: drawn.many };
    RuleScores::of(run.taxonomy, IMAGE, taken)
}

#[cfg(test)]
mod tests;
