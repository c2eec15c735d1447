//! Events worked out by hand, and against a naive program in another language.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::answers::distribution::Distribution;
use crate::answers::event;
use crate::answers::observation::{self, Pool};
use crate::answers::taken::Taken;
use crate::answers::{Answer, Answers, Ranked, Truth, time};
use crate::scores::{ScoreOptions, Scores};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::rank::Rank;
use serde_json::Value;
use std::path::Path;

const TREE: &str = "family,genus,species
Canidae,Canis,Canis lupus
Canidae,Vulpes,Vulpes vulpes
Felidae,Felis,Felis catus
Felidae,Lynx,Lynx lynx
";

/// An image: its site, its time, what it shows, and the probabilities of labels.
type Row<'a> = (&'a str, &'a str, &'a str, &'a [(&'a str, f64)]);

/// Half an hour makes {1, 2, 3}, {4}, {5, 6}, {7, 8} and, for it has no time, {9}. The third image has no truth, which does
/// not dispute the fox; the fifth and the sixth show two cats.
const ROWS: [Row<'static>; 9] = [
    ("a", "2021-05-03 10:00", "Vulpes vulpes", &[("Vulpes vulpes", 0.6), ("Canis lupus", 0.4)]),
    ("a", "2021-05-03 10:10", "Vulpes vulpes", &[("Vulpes vulpes", 0.1), ("Canis lupus", 0.9)]),
    ("a", "2021-05-03 10:20", "", &[("Vulpes vulpes", 0.6), ("Canis lupus", 0.4)]),
    ("a", "2021-05-03 12:00", "Canis lupus", &[("Canis lupus", 1.0)]),
    ("b", "2021-05-03 10:00", "Felis catus", &[("Lynx lynx", 0.8), ("Felis catus", 0.2)]),
    ("b", "2021-05-03 10:05", "Lynx lynx", &[("Lynx lynx", 0.7), ("Felis catus", 0.3)]),
    ("b", "2021-05-03 13:00", "Felis catus", &[("Lynx lynx", 0.6), ("Felis catus", 0.4)]),
    ("b", "2021-05-03 13:01", "Felis catus", &[("Lynx lynx", 0.3), ("Felis catus", 0.7)]),
    ("b", "", "Lynx lynx", &[("Lynx lynx", 1.0)]),
];

fn answers(taxonomy: &Taxonomy, rows: &[Row<'_>]) -> Answers {
    let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
    let mut ranked = Ranked::default();
    for (.., labels) in rows {
        ranked.push(labels.iter().map(|(name, p)| (Answer::Taxon(taxon(name)), Some(*p))));
    }
    let times: Vec<&str> = rows.iter().map(|(_, time, ..)| *time).collect();
    let truth = |name: &str| if name.is_empty() { Truth::Missing } else { Truth::Taxon(taxon(name)) };
    Answers {
        images: (1..=rows.len()).map(|image| image.to_string()).collect(),
        truths: rows.iter().map(|(_, _, name, _)| truth(name)).collect(),
        ranked,
        taken: Taken {
            times: Some(time::read(&times).unwrap().times),
            sites: Some(rows.iter().map(|(site, ..)| (*site).to_string()).collect()),
            ..Taken::default()
        },
        ..Answers::default()
    }
}

fn options(gap: &str) -> ScoreOptions<'static> {
    ScoreOptions { events: Some(EventOptions::of(gap.parse().unwrap())), present_from: Some(1), ..ScoreOptions::default() }
}

fn scores() -> Scores {
    let taxonomy = Taxonomy::from_bytes(TREE.as_bytes(), Path::new("tree.csv")).unwrap();
    Scores::of(&taxonomy, &answers(&taxonomy, &ROWS), &options("30min"))
}

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?}, not {expected}");
}

#[test]
fn five_events_by_hand() {
    let events = scores().events.unwrap();
    assert_eq!((events.images, events.events, events.scored, events.mixed, events.single), (9, 5, 4, 1, 2));
    assert_eq!((events.without_time, events.without_truth, events.images_max, events.cameras), (1, 0, 3, None));
    near(events.images_mean, 9.0 / 5.0);
    near(events.images_median, 2.0);
    // mean: the wolf has (.4 + .9 + .4) / 3 = .57 of the fox's event, wrong by two rungs; of {7, 8} the cat has .55.
    // product: .144 against .036, and .18 against .28. best: the wolf's .9, the cat's .7. vote: two of three for the fox;
    // of one each the cat's .7. agreed: the fox; of {7, 8} neither has more than half, the family all, two rungs up.
    for (rule, right, height, severity) in [
        ("image", 4.0 / 6.0, 4.0 / 6.0, Some(2.0)),
        ("mean", 0.75, 0.5, Some(2.0)),
        ("product", 0.75, 0.5, Some(2.0)),
        ("best", 0.75, 0.5, Some(2.0)),
        ("vote", 1.0, 0.0, None),
        ("agreed", 0.75, 0.5, Some(2.0)),
    ] {
        let row = events.rule(rule).unwrap();
        assert_eq!(row.all.n, if rule == "image" { 6 } else { 4 }, "{rule}");
        near(row.all.right, right);
        near(row.all.mean_height, height);
        assert_eq!(row.all.severity, severity, "{rule}");
    }
    let mean = events.rule("mean").unwrap();
    assert_eq!([Rank::Family, Rank::Genus].map(|rank| mean.all.path_top1[&rank]), [Some(1.0), Some(0.75)]);
    // Site a: one of two; b: both.
    near(mean.right_by_place, 0.75);
    near(events.rule("image").unwrap().right_by_place, 2.0 / 3.0);
    assert_eq!(events.left_out.keys().copied().collect::<Vec<_>>(), ["max"]);
    assert_eq!(events.drawn_by, "sites");
}

#[test]
fn every_event_has_its_row() {
    let scores = scores();
    let events = scores.events.unwrap();
    let shown: Vec<(&str, u64, &str, usize)> =
        events.rows.iter().map(|row| (row.name.as_str(), row.images, row.status.name(), row.truths.len())).collect();
    let expected = [
        ("a 2021-05-03T10:00:00", 3, "scored", 1),
        ("a 2021-05-03T12:00:00", 1, "scored", 1),
        ("b 2021-05-03T10:00:00", 2, "mixed", 2),
        ("b 2021-05-03T13:00:00", 2, "scored", 1),
        ("9", 1, "scored", 1),
    ];
    assert_eq!(shown, expected);
    let first = &events.rows[0];
    assert_eq!(first.last.map(|time| time.to_string()).as_deref(), Some("2021-05-03T10:20:00"));
    let right: Vec<Option<bool>> = first.answers.iter().map(|answer| answer.and_then(|answer| answer.right)).collect();
    assert_eq!(right, [Some(false), Some(false), Some(false), Some(true), Some(true)]);
    assert_eq!(events.rows[2].answers[0].map(|answer| (answer.height, answer.right)), Some((None, None)));
    let said = [
        "9 images in 5 events: an image taken more than 30 min after the one before it begins another event",
        "no column names the cameras: all images of a site count as those of one camera (--camera-column)",
        "1 image has no time: it is an event of its own",
        "1 event shows several taxa, one image one and another image another: left out of the scores of events",
    ];
    assert!(said.iter().all(|sentence| scores.notes.iter().any(|note| note == sentence)), "{:?}", scores.notes);
}

#[test]
fn a_mixed_event_says_what_is_there() {
    // Events of the mean: a: wolf, wolf; b: lynx for the mixed one, cat, lynx. True are two taxa at each site: the fox is missed.
    let presence = scores().presence.unwrap();
    let species = presence.rank("event", Rank::Species).unwrap();
    assert_eq!((species.n, species.false_presences, species.false_absences), (5, 0, 1));
    near(species.recall, 3.0 / 4.0);
    near(species.precision, 1.0);
    assert_eq!(presence.event_rule.map(crate::answers::event_rule::EventRule::name), Some("mean"));
}

#[test]
fn events_as_observations_come_to_the_same() {
    let taxonomy = Taxonomy::from_bytes(TREE.as_bytes(), Path::new("tree.csv")).unwrap();
    let answers = answers(&taxonomy, &ROWS);
    let events = event::events(&answers, "30min".parse().unwrap()).unwrap();
    let observed = event::as_observations(&taxonomy, &answers, &events);
    let whole = Distribution::of_answers(&observed).unwrap();
    let (pooled, whole) = observation::pooled(&taxonomy, &observed, &whole, Pool::Mean).unwrap();
    let scores = Scores::with_distribution(
        &taxonomy,
        &pooled,
        &Ok(whole),
        &ScoreOptions { present_from: Some(1), ..ScoreOptions::default() },
    );
    assert_eq!((scores.accounting.images, scores.accounting.scored), (5, 4));
    near(scores.rank(Rank::Species).unwrap().path_top1, 0.75);
    // Sites go with their events.
    assert_eq!(scores.presence.unwrap().rank("image", Rank::Species).unwrap().sites, 2);
}

#[test]
fn one_image_per_event_is_said_and_without_probabilities_rules_are_left_out() {
    let taxonomy = Taxonomy::from_bytes(TREE.as_bytes(), Path::new("tree.csv")).unwrap();
    let scores = Scores::of(&taxonomy, &answers(&taxonomy, &ROWS), &options("1s"));
    assert!(scores.notes.iter().any(|note| note.starts_with("every event is a single image")), "{:?}", scores.notes);
    let mut bare = answers(&taxonomy, &ROWS);
    bare.ranked = Ranked::default();
    for (_, _, _, labels) in &ROWS {
        bare.ranked.push([(Answer::Taxon(taxonomy.resolve(labels[0].0).taxon().unwrap()), None)]);
    }
    let events = Scores::of(&taxonomy, &bare, &options("30min")).events.unwrap();
    assert_eq!(events.left_out.keys().copied().collect::<Vec<_>>(), ["best", "max", "mean", "product"]);
    assert_eq!(events.rules.iter().map(|row| row.rule).collect::<Vec<_>>(), ["image", "vote", "agreed"]);
    // Nothing says when: no events, and nothing of them.
    bare.taken = Taken::default();
    let scores = Scores::of(&taxonomy, &bare, &options("30min"));
    assert!(scores.events.is_none() && scores.presence.is_none());
}

#[test]
fn numbers_are_those_of_a_naive_program() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/events.json");
    let fixture: Value = serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let text = |value: &Value| value.as_str().unwrap().to_string();
    let taxonomy = Taxonomy::from_bytes(text(&fixture["tree"]).as_bytes(), Path::new("tree.csv")).unwrap();
    let species: Vec<String> = fixture["species"].as_array().unwrap().iter().map(text).collect();
    let images = fixture["images"].as_array().unwrap();
    let labels: Vec<Vec<(&str, f64)>> = images
        .iter()
        .map(|image| {
            let thousandths = image["thousandths"].as_array().unwrap().iter().map(|p| p.as_f64().unwrap() / 1000.0);
            species.iter().map(String::as_str).zip(thousandths).collect()
        })
        .collect();
    let of = |image: &'_ Value, key: &str| image[key].as_str().unwrap_or_default().to_string();
    let columns: Vec<[String; 4]> =
        images.iter().map(|image| ["site", "time", "truth", "camera"].map(|key| of(image, key))).collect();
    let rows: Vec<Row<'_>> = columns
        .iter()
        .zip(&labels)
        .map(|([site, time, truth, _], labels)| (site.as_str(), time.as_str(), truth.as_str(), &labels[..]))
        .collect();
    let mut answers = answers(&taxonomy, &rows);
    answers.taken.cameras = Some(columns.iter().map(|[.., camera]| camera.clone()).collect());
    let scores = Scores::of(&taxonomy, &answers, &options(fixture["gap"].as_str().unwrap()));
    let found = serde_json::json!({ "events": scores.events.unwrap(), "presence": scores.presence.unwrap() });
    let mut compared = 0;
    compare("", &fixture["expected"], &found, &mut compared);
    assert!(compared > 150, "{compared} numbers");
}

/// Every number that is expected is found, to 1e-9.
fn compare(path: &str, expected: &Value, found: &Value, compared: &mut usize) {
    match expected {
        Value::Object(fields) => {
            for (key, value) in fields {
                compare(&format!("{path}.{key}"), value, &found[key], compared);
            }
        }
        Value::Number(number) => {
            let (expected, found) = (number.as_f64().unwrap(), found.as_f64());
            assert!(found.is_some_and(|found| (found - expected).abs() < 1e-9), "{path}: {found:?}, not {expected}");
            *compared += 1;
        }
        other => assert_eq!(other, found, "{path}"),
    }
}
