//! What is counted at a site: an image, or an event.

use crate::answers::Answer;
use crate::answers::event::Events;
use crate::answers::taken::Places;
use crate::scores::judged_run::JudgedRun;
use crate::scores::outcome::Judgement;
use crate::taxonomy::TaxonId;
use std::collections::{BTreeMap, BTreeSet};

/// One image or event at a site.
pub(super) struct Unit {
    /// Place of its site among all.
    pub site: usize,
    /// What it shows: one taxon, of an event of several more, and none where it is known to show nothing, a person, a vehicle.
    pub truths: BTreeSet<TaxonId>,
    /// What was answered; the root where nothing was.
    pub answer: TaxonId,
}

/// Images, or events, with their sites.
pub(super) struct Units {
    /// `image` or `event`.
    pub name: &'static str,
    /// Names of the sites, in order.
    pub sites: Vec<String>,
    /// What was seen, image by image or event by event.
    pub seen: Vec<Unit>,
    /// Images that count and have no site.
    pub without_site: u64,
}

impl Units {
    /// The scored images, and those that show no taxon: a false animal is a false presence.
    pub fn of_images(run: &JudgedRun<'_>, places: Places<'_>) -> Self {
        let shown = run.judgements.iter().enumerate().filter_map(|(image, judgement)| match judgement {
            Judgement::Scored(outcome) => Some((image, BTreeSet::from([outcome.truth]), outcome.answer)),
            Judgement::NotATaxon => Some((image, BTreeSet::new(), run.answers.ranked.best(image).taxon())),
            _ => None,
        });
        Self::new("image", places, shown.collect())
    }

    /// The events some image of which is scored, several taxa or one: what they show is what these images show. With them the
    /// events no image of which shows a taxon.
    pub fn of_events(run: &JudgedRun<'_>, places: Places<'_>, events: &Events, answers: &[Answer]) -> Self {
        let truth = |image: &usize| match run.judgements[*image] {
            Judgement::Scored(outcome) => Some(outcome.truth),
            _ => None,
        };
        let shown = events.events.iter().zip(answers).filter_map(|(event, answer)| {
            let truths: BTreeSet<TaxonId> = event.images.iter().filter_map(truth).collect();
            let first = *event.images.first()?;
            let counts = !truths.is_empty() || event.is_of_no_taxon(|image| run.judgements[image] == Judgement::NotATaxon);
            counts.then_some((first, truths, answer.taxon()))
        });
        Self::new("event", places, shown.collect())
    }

    /// Of each its first image, what it shows, and what was answered.
    fn new(name: &'static str, places: Places<'_>, shown: Vec<(usize, BTreeSet<TaxonId>, TaxonId)>) -> Self {
        let site = |image: usize| Some(places.names[image].as_str()).filter(|site| !site.is_empty());
        let names: BTreeSet<&str> = shown.iter().filter_map(|(image, ..)| site(*image)).collect();
        let place: BTreeMap<&str, usize> = names.iter().enumerate().map(|(place, name)| (*name, place)).collect();
        let without_site = shown.iter().filter(|(image, ..)| site(*image).is_none()).count() as u64;
        let unit = |(image, truths, answer)| Some(Unit { site: *place.get(site(image)?)?, truths, answer });
        let seen = shown.into_iter().filter_map(unit).collect();
        Self { name, sites: names.into_iter().map(str::to_string).collect(), seen, without_site }
    }
}
