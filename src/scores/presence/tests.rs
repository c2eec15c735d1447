//! Sites and taxa worked out by hand.

#![expect(clippy::unwrap_used, reason = "tests")]

use super::*;
use crate::answers::taken::Taken;
use crate::answers::{Answer, Answers, Ranked, Truth};
use crate::scores::{ScoreOptions, Scores};
use crate::taxonomy::Taxonomy;
use std::path::Path;

const TREE: &str = "family,genus,species
Canidae,Canis,Canis lupus
Canidae,Vulpes,Vulpes lagopus
Canidae,Vulpes,Vulpes vulpes
Felidae,Felis,Felis catus
Felidae,Lynx,Lynx lynx
";

/// Site, truth, answer.
const ROWS: [(&str, &str, &str); 7] = [
    ("a", "Canis lupus", "Canis lupus"),
    ("a", "Vulpes vulpes", "Vulpes lagopus"),
    ("a", "Vulpes vulpes", "Vulpes vulpes"),
    ("b", "Felis catus", "Felis catus"),
    ("b", "Felis catus", "Lynx lynx"),
    ("c", "Lynx lynx", "Felis catus"),
    ("", "Canis lupus", "Canis lupus"),
];

fn scored(rows: &[(&str, &str, &str)], present_from: u64) -> Scores {
    let taxonomy = Taxonomy::from_bytes(TREE.as_bytes(), Path::new("tree.csv")).unwrap();
    let taxon = |name: &str| taxonomy.resolve(name).taxon().unwrap();
    let mut ranked = Ranked::default();
    for (.., answer) in rows {
        ranked.push([(Answer::Taxon(taxon(answer)), None)]);
    }
    let answers = Answers {
        images: (0..rows.len()).map(|image| image.to_string()).collect(),
        truths: rows.iter().map(|(_, truth, _)| Truth::Taxon(taxon(truth))).collect(),
        ranked,
        taken: Taken { sites: Some(rows.iter().map(|(site, ..)| (*site).to_string()).collect()), ..Taken::default() },
        ..Answers::default()
    };
    Scores::of(&taxonomy, &answers, &ScoreOptions { present_from: Some(present_from), ..ScoreOptions::default() })
}

fn near(found: Option<f64>, expected: f64) {
    assert!(found.is_some_and(|found| (found - expected).abs() < 1e-12), "{found:?}, not {expected}");
}

#[test]
fn three_sites_by_hand() {
    // Species. a: true lupus, vulpes; found lupus, lagopus, vulpes. b: true catus; found catus, lynx. c: true lynx; found catus.
    // Pool: five. Cells 15, of which 4 are true presences and 11 true absences; found are 6, of which 3 are true.
    let presence = scored(&ROWS, 1).presence.unwrap();
    assert_eq!((presence.sites, presence.without_site, presence.place), (3, 1, "site"));
    let species = presence.rank("image", Rank::Species).unwrap();
    assert_eq!((species.n, species.sites, species.taxa, species.taxa_true, species.taxa_answered), (6, 3, 5, 4, 5));
    assert_eq!((species.false_presences, species.false_absences), (3, 1));
    near(species.richness_true, 4.0 / 3.0);
    near(species.richness_answered, 2.0);
    near(species.richness_bias, 2.0 / 3.0);
    near(species.richness_mae, 2.0 / 3.0);
    // From their means 4/3 and 2: (2/3, −1/3, −1/3) and (1, 0, −1); 1 / √(6/9 · 2) = √3 / 2.
    near(species.richness_correlation, 3.0_f64.sqrt() / 2.0);
    near(species.jaccard, (2.0 / 3.0 + 1.0 / 2.0 + 0.0) / 3.0);
    near(species.accuracy, 11.0 / 15.0);
    near(species.false_positive_rate, 3.0 / 11.0);
    near(species.false_negative_rate, 1.0 / 4.0);
    near(species.precision, 3.0 / 6.0);
    near(species.recall, 3.0 / 4.0);
    // Sites off: lagopus 1, catus 1; the lynx is found at as many sites as it is at, though at another one.
    near(species.occupancy_mae, 2.0 / 3.0 / 5.0);
    let genus = presence.rank("image", Rank::Genus).unwrap();
    assert_eq!((genus.taxa, genus.false_presences, genus.false_absences), (4, 2, 1));
    near(genus.jaccard, (1.0 + 1.0 / 2.0 + 0.0) / 3.0);
    let family = presence.rank("image", Rank::Family).unwrap();
    near(family.accuracy, 1.0);
    assert_eq!(family.false_positive_rate, Some(0.0));
    assert_eq!(family.richness_correlation, None, "one family at each site: nothing varies");
}

#[test]
fn each_site_and_taxon_has_its_counts() {
    let presence = scored(&ROWS, 1).presence.unwrap();
    let sites: Vec<(&str, u64, u64, u64, u64, u64)> = presence
        .rows
        .iter()
        .filter(|row| row.rank == Rank::Species)
        .map(|row| (row.site.as_str(), row.n, row.right_units, row.richness_true, row.richness_answered, row.shared))
        .collect();
    assert_eq!(sites, [("a", 3, 2, 2, 3, 2), ("b", 2, 1, 1, 2, 1), ("c", 1, 0, 1, 1, 0)]);
    let species: Vec<_> = presence.taxa.iter().filter(|row| row.rank == Rank::Species).collect();
    let of_a: Vec<(u64, u64, u64, bool, bool)> = species
        .iter()
        .filter(|row| row.site == "a")
        .map(|row| (row.truth, row.answered, row.right, row.present, row.found))
        .collect();
    // In order of the tree: lupus, lagopus, vulpes.
    assert_eq!(of_a, [(1, 1, 1, true, true), (0, 1, 0, false, true), (2, 1, 1, true, true)]);
    let lynx = presence.occupancy.iter().rfind(|row| row.rank == Rank::Species).unwrap();
    assert_eq!((lynx.sites, lynx.present, lynx.found, lynx.both), (3, 1, 1, 0));
}

#[test]
fn a_taxon_may_have_to_be_answered_more_often() {
    let presence = scored(&ROWS, 2).presence.unwrap();
    let species = presence.rank("image", Rank::Species).unwrap();
    // No site has two answers of one species; the pool is what is true.
    assert_eq!((species.taxa, species.taxa_answered, species.precision), (4, 0, None));
    near(species.false_negative_rate, 1.0);
    near(species.richness_bias, -4.0 / 3.0);
    // Of genera a has two foxes.
    let genus = presence.rank("image", Rank::Genus).unwrap();
    assert_eq!((genus.taxa_answered, genus.false_absences), (1, 3));
}

#[test]
fn one_site_is_said_and_a_truth_above_the_rank_says_nothing() {
    let presence = scored(&ROWS[..3], 1).presence.unwrap();
    let species = presence.rank("image", Rank::Species).unwrap();
    assert_eq!((species.sites, species.richness_correlation), (1, None));
    assert_eq!(presence.remarks(), ["there is 1 site only: nothing varies between sites, and nothing follows for others"]);
    // The wolf is known to its genus alone: at the species it is in no count.
    let rows = [("a", "Canis", "Canis lupus"), ("a", "Felis catus", "Lynx lynx")];
    let presence = scored(&rows, 1).presence.unwrap();
    let counts = |rank| presence.rank("image", rank).map(|row| (row.n, row.taxa)).unwrap();
    assert_eq!((counts(Rank::Species), counts(Rank::Genus)), ((1, 2), (2, 3)));
}

#[test]
fn sites_give_intervals_of_their_own() {
    let rows: Vec<(String, &str, &str)> = (0..24)
        .map(|place| {
            let answer = if place % 5 == 0 { "Lynx lynx" } else { "Felis catus" };
            (format!("s{}", place / 2), "Felis catus", answer)
        })
        .collect();
    let rows: Vec<(&str, &str, &str)> = rows.iter().map(|(site, truth, answer)| (site.as_str(), *truth, *answer)).collect();
    let presence = scored(&rows, 1).presence.unwrap();
    let species = presence.rank("image", Rank::Species).unwrap();
    for name in ["richness_bias", "jaccard", "precision", "accuracy"] {
        let (ends, value) = (species.intervals.of(name).unwrap(), species.intervals.of(name));
        assert!(value.is_some() && ends.low < ends.high, "{name} {ends:?}");
    }
    assert!(species.intervals.reason("richness_correlation").is_none(), "undefined: no reason is needed");
    assert!(species.intervals.reason("occupancy_mae").unwrap().starts_with("no mean over sites"));
}
