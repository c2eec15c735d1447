//! Events, cameras and sites, from a table to the folder of a report.

use crate::folder::folder_with;
use crate::program::nearmiss;
use serde_json::Value;
use std::fs;
use std::path::Path;

const TREE: &str = "family,genus,species
Canidae,Vulpes,Vulpes vulpes
Felidae,Felis,Felis catus
Felidae,Lynx,Lynx lynx
";

/// Two cameras. Of the first: two images exactly half an hour apart, and one a second more later; the second image stands
/// first in the table. Of the second camera one image has no time.
const TABLE: &str = "image,deploymentID,DateTimeOriginal,truth,predicted
2.jpg,m1,2021:05:03 10:30:00,Vulpes vulpes,Felis catus
1.jpg,m1,2021:05:03 10:00:00,Vulpes vulpes,Vulpes vulpes
3.jpg,m1,2021:05:03 11:00:01,Felis catus,Felis catus
4.jpg,r1,2021:05:03 10:00:00,Lynx lynx,Felis catus
5.jpg,r1,,Lynx lynx,Lynx lynx
";

fn metrics(folder: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(folder.join("out/metrics.json")).unwrap()).unwrap()
}

#[test]
fn a_table_of_cameras_has_events_and_lists_of_species() {
    let folder = folder_with(&[("t.csv", TABLE), ("tree.csv", TREE)]);
    let outcome = nearmiss(folder.path(), &["report", "t.csv", "-t", "tree.csv", "--event-gap", "30min", "-o", "out"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let found = metrics(folder.path());
    let events = &found["events"];
    for (key, expected) in [("images", 5), ("events", 4), ("scored", 4), ("single", 3), ("without_time", 1), ("cameras", 2)] {
        assert_eq!(events[key], expected, "{key}");
    }
    // The two foxes: one vote each without scores, and the fox stands first in the tree.
    assert_eq!((&events["rules"]["vote"]["right"], &events["rules"]["image"]["right"]), (&0.75.into(), &0.6.into()));
    assert_eq!(events["gap_seconds"], 1800.0);
    let species = &found["presence"]["event"]["species"];
    assert_eq!((&found["presence"]["place"], &species["false_presences"]), (&"camera".into(), &1.into()));
    let table = fs::read_to_string(folder.path().join("out/events.csv")).unwrap();
    let lines: Vec<&str> = table.lines().collect();
    assert!(
        lines.len() == 5 && lines[0].starts_with("event,site,camera,first,last,images,status,truth,truth_name,mean,"),
        "{table}"
    );
    assert!(lines[1].starts_with("m1 2021-05-03T10:00:00,,m1,2021-05-03T10:00:00,2021-05-03T10:30:00,2,scored,"), "{table}");
    for file in ["sites.csv", "presence.csv", "occupancy.csv"] {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
    let page = fs::read_to_string(folder.path().join("out/report.md")).unwrap();
    assert!(page.contains("Event by event (4\u{a0}events)") && page.contains("What was found where (2\u{a0}cameras)"), "{page}");
    // Nobody asks: the report is what it was.
    let outcome = nearmiss(folder.path(), &["report", "t.csv", "-t", "tree.csv", "-o", "out"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let found = metrics(folder.path());
    assert!(found["events"].is_null() && found["presence"].is_null() && !folder.path().join("out/events.csv").exists());
}

/// Half of a survey: blanks, a person, images that nobody could tell. Site d is blank alone, and answered with a cat.
const BLANKS: &str = "image,site,camera,timestamp,truth,predicted
1.jpg,a,1,2021-05-03 10:00:00,blank,blank
2.jpg,a,1,2021-05-03 10:00:05,blank,blank
3.jpg,a,1,2021-05-03 10:00:10,Vulpes vulpes,Vulpes vulpes
4.jpg,a,1,2021-05-03 12:00:00,blank,blank
5.jpg,a,1,2021-05-03 12:00:05,blank,Felis catus
6.jpg,b,2,2021-05-03 12:00:00,blank,Lynx lynx
7.jpg,b,2,2021-05-03 14:00:00,Felis catus,blank
8.jpg,b,2,2021-05-03 14:00:05,person,person
9.jpg,b,2,2021-05-03 16:00:00,person,Vulpes vulpes
10.jpg,b,2,2021-05-03 16:00:05,blank,blank
11.jpg,c,3,2021-05-03 16:00:00,,Vulpes vulpes
12.jpg,c,3,2021-05-03 16:00:05,unknown,Vulpes vulpes
13.jpg,c,3,2021-05-03 18:00:00,Felis catus,Felis catus
14.jpg,d,4,2021-05-03 18:00:00,blank,Felis catus
";

#[test]
fn a_false_animal_on_a_blank_is_a_taxon_too_many() {
    let folder = folder_with(&[("t.csv", BLANKS), ("tree.csv", TREE)]);
    let outcome = nearmiss(folder.path(), &["report", "t.csv", "-t", "tree.csv", "--event-gap", "30min", "-o", "out"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let found = metrics(folder.path());
    let events = &found["events"];
    for (key, expected) in [("events", 8), ("scored", 3), ("not_a_taxon", 4), ("without_truth", 1), ("mixed", 0)] {
        assert_eq!(events[key], expected, "{key}");
    }
    // Two blanks do not outvote the fox.
    assert_eq!(events["rules"]["vote"]["mistakes"], 1);
    // Found and not there: a cat at a, lynx and fox at b, a cat at d. The cat of b is missed.
    for unit in ["image", "event"] {
        let species = &found["presence"][unit]["species"];
        let counts = ["n", "sites", "taxa", "false_presences", "false_absences"].map(|key| species[key].as_u64().unwrap());
        assert_eq!(counts, [3, 4, 3, 4, 1], "{unit}");
        // Of 4 sites and 3 taxa 12 pairs, 3 of them present; lists: 1/2, 0/3, 1/1, 0/1.
        for (key, expected) in
            [("false_positive_rate", 4.0 / 9.0), ("jaccard", 0.375), ("richness_true", 0.75), ("precision", 1.0 / 3.0)]
        {
            assert!((species[key].as_f64().unwrap() - expected).abs() < 1e-12, "{unit} {key} {species}");
        }
    }
}

#[test]
fn blanks_say_nothing_in_any_rule_nor_where_events_are_pooled() {
    let table = "image,camera,timestamp,truth,prob_blank,prob_Vulpes vulpes,prob_Felis catus
1.jpg,a,2021-05-03 10:00:00,blank,0.9,0.08,0.02
2.jpg,a,2021-05-03 10:00:05,blank,0.9,0.02,0.08
3.jpg,a,2021-05-03 10:00:10,Vulpes vulpes,0.1,0.7,0.2
4.jpg,a,2021-05-03 14:00:10,Felis catus,0.9,0.04,0.06
5.jpg,a,2021-05-03 18:00:10,Felis catus,0.3,0.1,0.6
";
    let folder = folder_with(&[("t.csv", table), ("tree.csv", TREE)]);
    let arguments = ["report", "t.csv", "-t", "tree.csv", "--event-gap", "30min", "-o", "out"];
    assert_eq!(nearmiss(folder.path(), &arguments).code, 0);
    let found = metrics(folder.path());
    for rule in ["mean", "product", "best", "vote", "agreed"] {
        assert_eq!((&found["events"]["rules"][rule]["n"], &found["events"]["rules"][rule]["mistakes"]), (&3.into(), &1.into()));
    }
    assert_eq!(nearmiss(folder.path(), &[&arguments[..], &["--by", "event"]].concat()).code, 0);
    let found = metrics(folder.path());
    assert_eq!((&found["how_wrong"]["n"], &found["how_wrong"]["mistakes"]), (&3.into(), &1.into()));
    assert_eq!(found["accounting"]["of_scored"]["no_answer"], 1);
}

#[test]
fn the_tables_of_one_image_are_those_of_many() {
    let table = "image,site,timestamp,truth,predicted\n1.jpg,mill,2021-05-03 10:00,Felis catus,Felis catus\n";
    let folder = folder_with(&[("t.csv", table), ("tree.csv", TREE)]);
    let outcome = nearmiss(folder.path(), &["report", "t.csv", "-t", "tree.csv", "--event-gap", "30min", "-o", "out"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let events = fs::read_to_string(folder.path().join("out/events.csv")).unwrap();
    let row = "\nmill 2021-05-03T10:00:00,mill,,2021-05-03T10:00:00,2021-05-03T10:00:00,1,scored,";
    assert!(events.contains(row), "{events}");
}

#[test]
fn what_makes_no_events_is_refused_in_one_sentence() {
    let folder = folder_with(&[
        ("none.csv", "image,truth,predicted\n1,Felis catus,Felis catus\n"),
        ("soon.csv", "image,timestamp,truth,predicted\n1,2021-05-03,Felis catus,Felis catus\n2,soon,Felis catus,Felis catus\n"),
    ]);
    for (arguments, part) in [
        (&["none.csv", "--event-gap", "30min"][..], "no column is recognisable as the time of the images"),
        (&["soon.csv", "--event-gap", "30min"], "column 'timestamp': 1 of 2 times cannot be read, the first 'soon' at line 3"),
        (&["none.csv", "--event-gap", "0min"], "--event-gap '0min' is not more than nothing"),
        (&["none.csv", "--event-gap=-5min"], "--event-gap '-5min' is not more than nothing"),
        (&["none.csv", "--event-gap", "30"], "--event-gap '30' has no unit"),
        (&["none.csv", "--present-from", "2"], "--present-from 2: nothing says where the images were taken"),
        (&["none.csv", "--agree", "0.8"], "--event-gap <TIME>"),
        (&["none.csv", "--by", "event"], "--by event: no gap says what an event is; give --event-gap"),
        (&["none.csv", "--site-column", "plot"], "no column 'plot' (from --site-column)"),
    ] {
        let outcome = nearmiss(folder.path(), &[&["report", "-o", "out"][..], arguments].concat());
        assert!(outcome.code == 2 && outcome.stderr.contains(part), "{arguments:?}: {outcome:?}");
    }
}
