//! Images into events: what one camera took in one go.
//!
//! The images of a camera stand in the order of their times. Each that was taken at most a gap after the one before it is of
//! the same event, however long the event lasts; one that was taken later begins another. Images of two cameras, or of two
//! sites, are never of one event. An image without a time, or without a camera where cameras are named, is an event of its
//! own. Where the source names sequences, these are the events.

use super::taken::Taken;
use super::time::Gap;
use super::{Answers, Truth};
use crate::numbers::counted::counted;
use crate::taxonomy::{TaxonId, Taxonomy};
use std::collections::{BTreeMap, BTreeSet};

/// One event.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Event {
    /// The camera and when it began, the name of its sequence, or that of its only image.
    pub name: String,
    /// Its images in the order of their times, images of one time as they stand in the source.
    pub images: Vec<usize>,
}

/// How images were put into events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MadeBy {
    /// By the time between images of one camera.
    Gap(Gap),
    /// By the sequences that the source names.
    Sequences,
}

/// The events of a run: each image is of one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Events {
    /// In the order of their first images in the source.
    pub events: Vec<Event>,
    /// How they were made.
    pub made_by: MadeBy,
    /// Images without a time, or without a sequence where these make the events.
    pub without_time: u64,
    /// Images without a camera, where cameras are named.
    pub without_camera: u64,
    /// Distinct cameras; `None` where none are named.
    pub cameras: Option<u64>,
}

/// What an event shows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum EventTruth {
    /// One thing, of which some images may say less.
    One(Truth),
    /// Several taxa, none of which holds all the others: in order of the tree. What is no taxon of the taxonomy is not
    /// among them.
    Mixed(Vec<TaxonId>),
}

/// What images of one event share: site and camera, each blank where none is named.
type Place<'a> = (&'a str, &'a str);

/// Puts images into events; `None` where nothing says when they were taken, nor in which sequence.
#[must_use]
pub fn events(answers: &Answers, gap: Gap) -> Option<Events> {
    let taken = &answers.taken;
    if !taken.tells_events() {
        return None;
    }
    let images = answers.images.len();
    let place = |image: usize| -> Place<'_> { (text(taken.sites.as_ref(), image), text(taken.cameras.as_ref(), image)) };
    let is_placed = |image: usize| taken.cameras.is_none() || !place(image).1.is_empty();
    let cameras: BTreeSet<Place<'_>> = (0..images).filter(|&image| is_placed(image)).map(place).collect();
    let (mut groups, made_by, without_time) = match &taken.sequences {
        Some(sequences) => {
            let groups = by_sequence(images, |image| is_placed(image).then(|| (place(image), sequences[image].as_str())));
            (groups, MadeBy::Sequences, (0..images).filter(|&image| sequences[image].is_empty()).count())
        }
        None => (by_time(taken, images, gap, is_placed, place), MadeBy::Gap(gap), without_time(taken)),
    };
    groups.sort_by_key(|group| group.iter().min().copied());
    let events = named(answers, groups, made_by);
    Some(Events {
        events,
        made_by,
        without_time: without_time as u64,
        without_camera: (0..images).filter(|&image| !is_placed(image)).count() as u64,
        cameras: taken.cameras.as_ref().map(|_| cameras.len() as u64),
    })
}

fn text(column: Option<&Vec<String>>, image: usize) -> &str {
    column.map_or("", |column| column[image].as_str())
}

fn without_time(taken: &Taken) -> usize {
    taken.times.iter().flatten().filter(|time| time.is_none()).count()
}

/// The images of each sequence of each camera; those without either, alone.
fn by_sequence<'a>(images: usize, key: impl Fn(usize) -> Option<(Place<'a>, &'a str)>) -> Vec<Vec<usize>> {
    let mut groups: BTreeMap<(Place<'a>, &'a str), Vec<usize>> = BTreeMap::new();
    let mut alone = vec![];
    for image in 0..images {
        match key(image).filter(|(_, sequence)| !sequence.is_empty()) {
            Some(key) => groups.entry(key).or_default().push(image),
            None => alone.push(vec![image]),
        }
    }
    groups.into_values().chain(alone).collect()
}

/// The images of each camera, cut where one was taken more than a gap after the one before it.
fn by_time<'a>(
    taken: &Taken,
    images: usize,
    gap: Gap,
    is_placed: impl Fn(usize) -> bool,
    place: impl Fn(usize) -> Place<'a>,
) -> Vec<Vec<usize>> {
    let time = |image: usize| taken.times.as_ref().and_then(|times| times[image]);
    let is_timed = |image: &usize| is_placed(*image) && time(*image).is_some();
    let (mut timed, alone): (Vec<usize>, Vec<usize>) = (0..images).partition(is_timed);
    timed.sort_by_key(|&image| (place(image), time(image), image));
    let is_next = |&one: &usize, &other: &usize| {
        let between = time(one).zip(time(other)).map(|(one, other)| other.since(one));
        place(one) == place(other) && between.is_some_and(|between| between <= gap.milliseconds())
    };
    let together = timed.chunk_by(is_next).map(<[usize]>::to_vec);
    together.chain(alone.into_iter().map(|image| vec![image])).collect()
}

/// Gives groups of images their names.
fn named(answers: &Answers, groups: Vec<Vec<usize>>, made_by: MadeBy) -> Vec<Event> {
    let taken = &answers.taken;
    let of_sequence = |image: usize| text(taken.sequences.as_ref(), image);
    // Cameras may count their sequences each from one.
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for group in &groups {
        *counts.entry(group.first().map_or("", |&image| of_sequence(image))).or_default() += 1;
    }
    let behind = |image: usize, what: &str| {
        let parts = [text(taken.sites.as_ref(), image), text(taken.cameras.as_ref(), image), what];
        parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" ")
    };
    let name = |group: &[usize]| {
        let image = group.first().copied().unwrap_or_default();
        let time = taken.times.as_ref().and_then(|times| times[image]);
        let is_placed = taken.cameras.is_none() || !text(taken.cameras.as_ref(), image).is_empty();
        match (made_by, of_sequence(image), time) {
            (MadeBy::Sequences, sequence, _) if !sequence.is_empty() && is_placed => {
                if counts.get(sequence).is_some_and(|count| *count > 1) { behind(image, sequence) } else { sequence.to_string() }
            }
            (MadeBy::Gap(_), _, Some(time)) if is_placed => behind(image, &time.to_string()),
            _ => answers.images[image].clone(),
        }
    };
    groups.into_iter().map(|images| Event { name: name(&images), images }).collect()
}

impl Events {
    /// The event of each of `N` images, by its place.
    #[must_use]
    pub fn of_images(&self, images: usize) -> Vec<usize> {
        let mut of = vec![0; images];
        for (place, event) in self.events.iter().enumerate() {
            event.images.iter().for_each(|&image| of[image] = place);
        }
        of
    }

    /// What was decided, a sentence each.
    #[must_use]
    pub fn remarks(&self, taken: &Taken) -> Vec<String> {
        let images: usize = self.events.iter().map(|event| event.images.len()).sum();
        let sizes = format!("{} in {}", counted(images, "image", "images"), counted(self.events.len(), "event", "events"));
        let camera = if self.cameras.is_some() { " of its camera" } else { "" };
        let (how, what) = match self.made_by {
            MadeBy::Gap(gap) => {
                (format!("{sizes}: an image taken more than {gap} after the one before it{camera} begins another event"), "time")
            }
            MadeBy::Sequences => (format!("{sizes}: the sequences that the source names"), "sequence"),
        };
        let mut remarks = vec![how];
        match (self.cameras, &taken.sites) {
            (Some(_), _) => {}
            (None, Some(_)) => remarks.push(
                "no column names the cameras: all images of a site count as those of one camera (--camera-column)".to_string(),
            ),
            (None, None) => remarks.push(
                "no column names cameras or sites: all images count as those of one camera, and nothing is said of what was found \
                 where (--camera-column, --site-column)"
                    .to_string(),
            ),
        }
        for (images, what) in [(self.without_time, what), (self.without_camera, "camera")] {
            match images {
                0 => {}
                1 => remarks.push(format!("1 image has no {what}: it is an event of its own")),
                several => remarks.push(format!("{several} images have no {what}: each is an event of its own")),
            }
        }
        if !self.events.is_empty() && self.single() == self.events.len() as u64 {
            remarks.push(
                "every event is a single image: events and images are one and the same; is the gap long enough?".to_string(),
            );
        }
        remarks
    }

    /// Events of a single image.
    #[must_use]
    pub fn single(&self) -> u64 {
        self.events.iter().filter(|event| event.images.len() == 1).count() as u64
    }
}

impl Event {
    /// Whether each of its images shows something known that is no taxon.
    #[must_use]
    pub fn is_of_no_taxon(&self, shows_none: impl Fn(usize) -> bool) -> bool {
        !self.images.is_empty() && self.images.iter().all(|&image| shows_none(image))
    }

    /// What the event shows: images without truth say nothing, and of truths on one lineage the finest holds.
    #[must_use]
    pub fn truth(&self, taxonomy: &Taxonomy, truths: &[Truth]) -> EventTruth {
        let mut taxa = BTreeSet::new();
        let mut outside = false;
        for &image in &self.images {
            match truths[image] {
                Truth::Taxon(TaxonId::ROOT) | Truth::Missing => {}
                Truth::Taxon(taxon) => _ = taxa.insert(taxon),
                Truth::Outside => outside = true,
            }
        }
        // Ancestors have smaller ids than what lies below them.
        let finest = taxa.last().copied();
        match finest {
            None => EventTruth::One(if outside { Truth::Outside } else { Truth::Missing }),
            Some(finest) if !outside && taxa.iter().all(|&taxon| taxonomy.contains(taxon, finest)) => {
                EventTruth::One(Truth::Taxon(finest))
            }
            Some(_) => EventTruth::Mixed(taxa.into_iter().collect()),
        }
    }
}

/// The same answers with their events as observations; images without truth have that of their event.
#[must_use]
pub fn as_observations(taxonomy: &Taxonomy, answers: &Answers, events: &Events) -> Answers {
    let mut observed = answers.clone();
    let mut names = vec![String::new(); answers.images.len()];
    for event in &events.events {
        let truth = event.truth(taxonomy, &answers.truths);
        for &image in &event.images {
            names[image].clone_from(&event.name);
            if let EventTruth::One(truth) = truth {
                observed.truths[image] = truth;
            }
        }
    }
    observed.observations = Some(names);
    observed.notes.extend(events.remarks(&answers.taken));
    observed
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;
    use crate::answers::time;

    fn texts(texts: &[&str]) -> Vec<String> {
        texts.iter().map(ToString::to_string).collect()
    }

    fn run(rows: &[(&str, &str)]) -> Answers {
        let times: Vec<&str> = rows.iter().map(|(_, time)| *time).collect();
        let cameras: Vec<&str> = rows.iter().map(|(camera, _)| *camera).collect();
        Answers {
            images: (0..rows.len()).map(|image| format!("{image}.jpg")).collect(),
            truths: vec![Truth::Missing; rows.len()],
            taken: Taken { times: Some(time::read(&times).unwrap().times), cameras: Some(texts(&cameras)), ..Taken::default() },
            ..Answers::default()
        }
    }

    fn groups(answers: &Answers, gap: &str) -> Vec<Vec<usize>> {
        events(answers, gap.parse().unwrap()).unwrap().events.into_iter().map(|event| event.images).collect()
    }

    /// Two cameras, 30 minutes. Camera a: 10:00, 10:30 (exactly the gap: the same event), 11:00:01 (a second too late);
    /// camera b at 10:05, out of order: 10:20 stands before 10:10 in the table; across the change to summer time b goes on
    /// at 01:50+01:00 and 03:10+02:00, which is 20 minutes later. One image has no time.
    fn two_cameras() -> Answers {
        run(&[
            ("a", "2021-03-28T10:00:00+02:00"),
            ("b", "2021-03-28T10:20:00+02:00"),
            ("a", "2021-03-28T10:30:00+02:00"),
            ("b", "2021-03-28T10:10:00+02:00"),
            ("a", "2021-03-28T11:00:01+02:00"),
            ("b", ""),
            ("b", "2021-03-28T01:50:00+01:00"),
            ("b", "2021-03-28T03:10:00+02:00"),
        ])
    }

    #[test]
    fn a_gap_longer_than_the_limit_begins_an_event() {
        let answers = two_cameras();
        assert_eq!(groups(&answers, "30min"), [vec![0, 2], vec![3, 1], vec![4], vec![5], vec![6, 7]]);
        // One second more joins the last image of a; of 20 minutes even the two around the change are one event.
        assert_eq!(groups(&answers, "1801s")[0], [0, 2, 4]);
        assert_eq!(groups(&answers, "20min"), [vec![0], vec![3, 1], vec![2], vec![4], vec![5], vec![6, 7]]);
        let found = events(&answers, "30min".parse().unwrap()).unwrap();
        assert_eq!((found.without_time, found.single(), found.cameras, found.without_camera), (1, 2, Some(2), 0));
        let names: Vec<&str> = found.events.iter().map(|event| event.name.as_str()).collect();
        let expected =
            ["a 2021-03-28T08:00:00", "b 2021-03-28T08:10:00", "a 2021-03-28T09:00:01", "5.jpg", "b 2021-03-28T00:50:00"];
        assert_eq!(names, expected);
        assert_eq!(found.of_images(8), [0, 1, 0, 1, 2, 3, 4, 4]);
    }

    #[test]
    fn an_event_lasts_as_long_as_no_gap_is_too_long() {
        let rows: Vec<String> = (0..50).map(|minute| format!("2021-05-03T10:{minute:02}:00")).collect();
        let rows: Vec<(&str, &str)> = rows.iter().map(|time| ("a", time.as_str())).collect();
        assert_eq!(groups(&run(&rows), "1min").len(), 1);
        assert_eq!(groups(&run(&rows), "59s").len(), 50);
    }

    #[test]
    fn without_cameras_all_is_one_camera_and_sites_keep_apart() {
        let mut answers = run(&[("", "2021-05-03T10:00"), ("", "2021-05-03T10:01"), ("x", "2021-05-03T10:02")]);
        // A camera that is not named among named ones: nobody knows which it is.
        assert_eq!(groups(&answers, "1h"), [[0], [1], [2]]);
        assert_eq!(events(&answers, "1h".parse().unwrap()).unwrap().without_camera, 2);
        answers.taken.cameras = None;
        assert_eq!(groups(&answers, "1h"), [vec![0, 1, 2]]);
        answers.taken.sites = Some(texts(&["p", "p", "q"]));
        assert_eq!(groups(&answers, "1h"), [vec![0, 1], vec![2]]);
        answers.taken.times = None;
        assert_eq!(events(&answers, "1h".parse().unwrap()), None);
    }

    #[test]
    fn sequences_are_events_of_their_camera() {
        let mut answers = run(&[("a", ""), ("b", ""), ("a", ""), ("a", ""), ("b", "")]);
        answers.taken.times = None;
        answers.taken.sequences = Some(texts(&["1", "1", "1", "", "2"]));
        let found = events(&answers, "1s".parse().unwrap()).unwrap();
        let shown: Vec<(&str, &[usize])> = found.events.iter().map(|event| (event.name.as_str(), &event.images[..])).collect();
        let expected: [(&str, &[usize]); 4] = [("a 1", &[0, 2]), ("b 1", &[1]), ("3.jpg", &[3]), ("2", &[4])];
        assert_eq!(shown, expected);
        assert_eq!((found.made_by, found.without_time), (MadeBy::Sequences, 1));
    }
}
