//! Every event, and what each rule made of it.

use super::judged::JudgedEvents;
use super::ruled::RuledEvents;
use crate::answers::event::EventTruth;
use crate::answers::event_rule::EventRule;
use crate::answers::time::Instant;
use crate::answers::{Answer, Truth};
use crate::scores::judged_run::JudgedRun;
use crate::scores::outcome::Judgement;
use crate::taxonomy::TaxonId;

/// What became of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventStatus {
    /// It is in the scores.
    Scored,
    /// Its images show several taxa.
    Mixed,
    /// Nobody said what its images show.
    WithoutTruth,
    /// Its images show nothing, a person, a vehicle.
    NotATaxon,
    /// What they show is not in the taxonomy.
    OutsideTaxonomy,
    /// The classifier could not have answered it.
    NotACandidate,
    /// None of its photographs could be read.
    Unreadable,
}

impl EventStatus {
    /// The word in files.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            EventStatus::Scored => "scored",
            EventStatus::Mixed => "mixed",
            EventStatus::WithoutTruth => "without_truth",
            EventStatus::NotATaxon => "not_a_taxon",
            EventStatus::OutsideTaxonomy => "outside_taxonomy",
            EventStatus::NotACandidate => "not_a_candidate",
            EventStatus::Unreadable => "unreadable",
        }
    }
}

/// An event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EventRow {
    /// What it is called.
    pub name: String,
    /// Its site and its camera; blank where none are named.
    pub site: String,
    /// The camera.
    pub camera: String,
    /// When its first image was taken, and its last.
    pub first: Option<Instant>,
    /// When its last image was taken.
    pub last: Option<Instant>,
    /// How many images it has.
    pub images: u64,
    /// What became of it.
    pub status: EventStatus,
    /// What it shows: one taxon where it is scored, several where it is mixed.
    pub truths: Vec<TaxonId>,
    /// The answers of the rules in the order of [`EventRule::ALL`]; `None` where a rule has none at all.
    pub answers: Vec<Option<EventAnswer>>,
}

/// What a rule made of an event.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EventAnswer {
    /// Its answer.
    pub answer: Answer,
    /// How far above the truth it meets it; `None` where the event is not scored, or its truth is no taxon.
    pub height: Option<u32>,
    /// Whether it is right down to the rank of the truth; `None` where the event is not scored.
    pub right: Option<bool>,
}

impl EventAnswer {
    /// The taxon that was answered; `None` where nothing was, or a name that no taxon has.
    #[must_use]
    pub fn named(self) -> Option<TaxonId> {
        if let Answer::Taxon(taxon) = self.answer { Some(taxon) } else { None }
    }
}

pub(super) fn rows(run: &JudgedRun<'_>, ruled: &RuledEvents, judged: &JudgedEvents) -> Vec<EventRow> {
    let taken = &run.answers.taken;
    let text = |column: Option<&Vec<String>>, image: usize| column.map(|column| column[image].clone()).unwrap_or_default();
    let row = |place: usize| {
        let event = &ruled.events.events[place];
        let first = event.images.first().copied().unwrap_or_default();
        let times = || event.images.iter().filter_map(|&image| taken.times.as_ref()?[image]);
        EventRow {
            name: event.name.clone(),
            site: text(taken.sites.as_ref(), first),
            camera: text(taken.cameras.as_ref(), first),
            first: times().min(),
            last: times().max(),
            images: event.images.len() as u64,
            status: status(&judged.truths[place], judged.judgement(place)),
            truths: match &judged.truths[place] {
                EventTruth::One(Truth::Taxon(taxon)) => vec![*taxon],
                EventTruth::One(_) => vec![],
                EventTruth::Mixed(taxa) => taxa.clone(),
            },
            answers: EventRule::ALL.into_iter().map(|rule| answer(run, ruled, judged, (rule, place))).collect(),
        }
    };
    (0..ruled.events.events.len()).map(row).collect()
}

fn status(truth: &EventTruth, judgement: Judgement) -> EventStatus {
    match judgement {
        _ if matches!(truth, EventTruth::Mixed(_)) => EventStatus::Mixed,
        Judgement::Scored(_) | Judgement::Unplaced(_) => EventStatus::Scored,
        Judgement::Unreadable => EventStatus::Unreadable,
        Judgement::WithoutTruth => EventStatus::WithoutTruth,
        Judgement::NotATaxon => EventStatus::NotATaxon,
        Judgement::OutsideTaxonomy => EventStatus::OutsideTaxonomy,
        Judgement::NotACandidate => EventStatus::NotACandidate,
    }
}

fn answer(
    run: &JudgedRun<'_>,
    ruled: &RuledEvents,
    judged: &JudgedEvents,
    (rule, place): (EventRule, usize),
) -> Option<EventAnswer> {
    let answer = *ruled.of_rule(rule)?.get(place)?;
    let (height, right) = match judged.by(rule, place)? {
        Judgement::Scored(outcome) => (Some(outcome.height(run.taxonomy)), Some(outcome.is_right())),
        Judgement::Unplaced(_) => (None, Some(false)),
        _ => (None, None),
    };
    Some(EventAnswer { answer, height, right })
}
