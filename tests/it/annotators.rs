//! Annotators by the program: its folder, its languages, and what it refuses.

use crate::program::{nearmiss, refusal, says};
use serde_json::Value;
use std::fs;
use std::path::Path;

const LABELS: &str = "image,annotator,label
1,ana,Apis mellifera
1,zoe,Apis mellifera
1,max,Bombus terrestris
2,ana,Bombus terrestris
2,zoe,Bombus terrestris
2,max,Bombus
3,ana,Episyrphus balteatus
3,zoe,Apis mellifera
";
const ANSWERS: &str = "image,predicted\n1,Apis mellifera\n2,Bombus lapidarius\n3,Episyrphus balteatus\n";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("labels.csv"), LABELS).unwrap();
    fs::write(folder.path().join("svm.csv"), ANSWERS).unwrap();
    folder
}

fn json(path: &Path) -> Value {
    serde_json::from_slice(&fs::read(path).unwrap()).unwrap()
}

const ASKED: [&str; 6] = ["annotators", "labels.csv", "--predictions", "svm.csv", "--taxonomy", "pollinators-france"];

#[test]
fn the_folder_has_what_the_page_says() {
    let folder = folder();
    let outcome = nearmiss(folder.path(), &[&ASKED[..], &["-o", "people"]].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stdout, &["alpha by height", "Human level at the species", "svm: "]);
    let people = folder.path().join("people");
    let document = json(&people.join("annotators.json"));
    let names: Vec<&str> =
        document["annotators"].as_array().unwrap().iter().map(|rater| rater["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["ana", "max", "zoe", "svm"]);
    assert_eq!(document["agreement_tree"]["n"], 3);
    // Images 1 and 3: a third and none of the pairs agree; of image 2 two labels reach the species and are equal.
    let species = document["agreement"].as_array().unwrap().last().unwrap();
    assert!((species["agreement"].as_f64().unwrap() - 4.0 / 9.0).abs() < 1e-12, "{species}");
    assert_eq!(document["consensus"]["steps"].as_array().unwrap().len(), 3);
    let rows = |name: &str| fs::read_to_string(people.join(name)).unwrap().lines().count() - 1;
    assert_eq!((rows("annotators.csv"), rows("items.csv")), (4, 3));
    assert!(people.join("figures/annotators.svg").exists() && people.join("annotators.md").exists());
}

#[test]
fn the_page_opens_in_three_languages() {
    let folder = folder();
    for (language, heading) in
        [("fr", "À quel point les annotateurs sont-ils d’accord"), ("es", "¿Hasta qué punto coinciden los anotadores?")]
    {
        let outcome = nearmiss(folder.path(), &[&ASKED[..], &["-o", language, "--language", language]].concat());
        assert_eq!(outcome.code, 0, "{outcome:?}");
        says(&fs::read_to_string(folder.path().join(language).join("index.html")).unwrap(), &[heading]);
    }
}

#[test]
fn what_cannot_be_read_is_one_message() {
    let folder = folder();
    fs::write(folder.path().join("none.csv"), "image,label\n1,Apis mellifera\n").unwrap();
    let message = refusal(folder.path(), &["annotators", "none.csv"]);
    says(&message, &["none.csv: no column is recognisable as the annotator", "--annotator-column"]);
    fs::write(folder.path().join("far.csv"), "image,predicted\n9,Apis mellifera\n").unwrap();
    let message = refusal(folder.path(), &["annotators", "labels.csv", "--predictions", "far.csv"]);
    says(&message, &["no image of 'far' is annotated", "'9'", "'1'"]);
    fs::write(folder.path().join("one.csv"), "image,user,label\n1,ana,Apis mellifera\n").unwrap();
    let outcome = nearmiss(folder.path(), &["annotators", "one.csv", "-o", "one"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stderr, &["ana is the only annotator"]);
    let outcome = nearmiss(folder.path(), &["annotators", "one.csv", "--predictions", "svm.csv", "-o", "alone"]);
    says(&outcome.stdout, &["svm: 100.0\u{a0}% (", "right at the species, by the annotators."]);
    let message = refusal(folder.path(), &["annotators", "labels.csv", "--rank", "genus"]);
    says(&message, &["--rank is that of '--consensus flat'"]);
}

#[test]
fn two_who_see_nothing_outvote_one_who_sees_a_bee() {
    let folder = folder();
    let labels = "image,annotator,label\nx/1.jpg,ana,blank\nx/1.jpg,zoe,Apis mellifera\nx/1.jpg,max,person\nx/2.jpg,ana,Bombus\n";
    fs::write(folder.path().join("blank.csv"), labels).unwrap();
    fs::write(folder.path().join("bare.csv"), "image,predicted\n2.jpg,Bombus terrestris\n1.jpg,blank\n").unwrap();
    let outcome = nearmiss(folder.path(), &["annotators", "blank.csv", "--predictions", "bare.csv", "-o", "blank"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stderr, &["2 labels of annotators name no taxon", "images were joined by the ends of their paths"]);
    let items = fs::read_to_string(folder.path().join("blank/items.csv")).unwrap();
    let first: Vec<&str> = items.lines().nth(1).unwrap().split(',').collect();
    // Image, labels, distinct, then the majority and the consensus, with name, rank and share of each.
    assert_eq!((first[0], first[1], first[4], first[8]), ("x/1.jpg", "3", "root", "root"), "{items}");
    says(&items, &["ana: no taxon; max: no taxon; zoe: Apis mellifera; bare: no taxon", "ana: Bombus; bare: Bombus terrestris"]);
}
