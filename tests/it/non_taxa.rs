//! Blank, person, vehicle: beside the taxonomy, and never in it.

use crate::folder::folder_with;
use crate::program::{Outcome, nearmiss, refusal, says};
use crate::shared::shared;
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// `report t.csv` into `out`, and its numbers.
fn report(folder: &Path, more: &[&str]) -> (Outcome, Value) {
    let outcome = nearmiss(folder, &[&["report", "t.csv", "-o", "out"][..], more].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let metrics = fs::read_to_string(folder.join("out/metrics.json")).unwrap();
    (outcome, serde_json::from_str(&metrics).unwrap())
}

/// Six foxes, three blanks, two persons and an image that nobody could tell.
const TABLE: &str = "image,truth,predicted
1.jpg,Vulpes vulpes,Vulpes vulpes
2.jpg,Vulpes vulpes,Vulpes vulpes
3.jpg,Vulpes vulpes,Lynx lynx
4.jpg,Vulpes vulpes,Vulpes vulpes
5.jpg,Vulpes vulpes,Blank
6.jpg,Vulpes vulpes,No CV Result
7.jpg,blank,Lynx lynx
8.jpg,empty,Vulpes vulpes
9.jpg,vide,vacío
10.jpg,human,Vulpes vulpes
11.jpg,Human-Camera Trapper,person
12.jpg,Unknown,Vulpes vulpes
";

#[test]
fn what_is_no_taxon_is_scored_beside_the_taxa() {
    let folder = folder_with(&[("t.csv", TABLE), ("costs.csv", "truth,answer,cost\nanimal,blank,5\n")]);
    let (outcome, metrics) = report(folder.path(), &["--costs", "costs.csv"]);
    let counts =
        |block: &str, names: &[&str]| names.iter().map(|name| metrics[block][*name].as_u64().unwrap()).collect::<Vec<_>>();
    assert_eq!(counts("accounting", &["images", "scored", "not_a_taxon", "without_truth", "outside_taxonomy"]), [12, 6, 5, 1, 0]);
    assert_eq!(counts("causes", &["right", "confusion", "no_answer", "not_a_taxon", "without_truth"]), [3, 1, 2, 5, 1]);
    assert_eq!(metrics["accounting"]["of_scored"]["answered_non_taxon"], 1);
    // As worked by hand beside the scores: 4 animals, 1 blank, 1 person of 11 images.
    let block = &metrics["non_taxa"];
    let number = |value: &Value| value.as_f64().unwrap();
    assert!((number(&block["accuracy"]) - 6.0 / 11.0).abs() < 1e-12, "{block}");
    // To the taxon or class: the foxes of 1, 2 and 4, the blank of 9 and the person of 11; the lynx of 3 is only an animal.
    assert!((number(&block["exact"]) - 5.0 / 11.0).abs() < 1e-12, "{block}");
    assert!((number(&block["missed_animals"]) - 1.0 / 6.0).abs() < 1e-12);
    assert!((number(&block["false_animals"]) - 2.0 / 3.0).abs() < 1e-12);
    assert!((number(&block["classes"]["animal"]["precision"]) - 4.0 / 7.0).abs() < 1e-12);
    assert_eq!(block["classes"]["blank"]["confusion"]["animal"], 2);
    assert_eq!((&block["unknown_truth"], &block["declined"]), (&Value::from(1), &Value::from(1)));
    // A missed animal costs 5; two false ones, one declined and a person taken for one cost 1 each.
    assert!((number(&block["cost_total"]) - 9.0).abs() < 1e-12 && metrics.get("costs").is_none());
    // No class is a taxon.
    let taxa = fs::read_to_string(folder.path().join("out/taxa.csv")).unwrap().to_lowercase();
    assert!(["blank", "empty", "human", "person"].iter().all(|word| !taxa.contains(word)), "{taxa}");
    let classes = fs::read_to_string(folder.path().join("out/non_taxa.csv")).unwrap();
    let rows: Vec<&str> = classes.lines().collect();
    assert!(rows[0].starts_with("class,images,answered,right,precision,precision_low,precision_high,recall"), "{classes}");
    assert!(rows[0].ends_with(",answered_animal,answered_blank,answered_person,answered_unknown"), "{classes}");
    assert!(rows[1].starts_with("animal,6,7,4,") && rows[1].ends_with(",4,1,0,1"), "{classes}");
    let page = fs::read_to_string(folder.path().join("out/report.md")).unwrap();
    assert!(page.contains("Blank, person, vehicle") && page.contains("an animal is answered blank: it is missed"), "{page}");
    assert!(outcome.stdout.contains("as detection: 11 of animal, blank, person: right 54.5%"), "{outcome:?}");
    // Blank is what says nothing, not what shows nothing.
    assert!(outcome.stderr.contains("'truth'; all 6 known, 1 blank"), "{outcome:?}");
    let gate = ["--gate", "non_taxa.missed_animals<=0.2", "--gate", "non_taxa.classes.blank.recall>=0.3"];
    assert_eq!(report(folder.path(), &[&gate[..], &["--force"]].concat()).1["gates"][1]["outcome"], "pass_crossing");
}

#[test]
fn tables_of_taxa_alone_are_as_they_were() {
    let table = "image,truth,predicted\n1,Vulpes vulpes,Vulpes vulpes\n2,Homo sapiens,Vulpes vulpes\n3,Unknown,Vulpes vulpes\n\
                 4,Vehicula lata,Vehicula lata\n";
    let folder = folder_with(&[("t.csv", table)]);
    let (_, metrics) = report(folder.path(), &[]);
    assert!(metrics.get("non_taxa").is_none() && !folder.path().join("out/non_taxa.csv").exists());
    assert_eq!((&metrics["accounting"]["scored"], &metrics["accounting"]["without_truth"]), (&Value::from(3), &Value::from(1)));
}

#[test]
fn classes_are_added_and_words_taken_back() {
    let table = "image,truth,predicted\n1,Vulpes vulpes,Vulpes vulpes\n2,grey card,calibration_board\n3,ghost,ghost\n";
    let folder = folder_with(&[("t.csv", table)]);
    let options = ["--non-taxon", "setup=grey card,calibration board", "--taxon-after-all", "ghost"];
    let (_, metrics) = report(folder.path(), &options);
    assert_eq!(metrics["non_taxa"]["classes"]["setup"]["right"], 1);
    assert_eq!((&metrics["accounting"]["scored"], &metrics["accounting"]["not_a_taxon"]), (&Value::from(2), &Value::from(1)));
    // A word that is given goes before the taxonomy's.
    let taxa = "genus,species\nVulpes,Vulpes vulpes\nBos,Bos taurus\n";
    let table = "image,truth,predicted\n1,Vulpes vulpes,Vulpes vulpes\n2,Bos taurus,Bos taurus\n";
    let herd = folder_with(&[("t.csv", table), ("taxa.csv", taxa)]);
    let (_, metrics) = report(herd.path(), &["--non-taxon", "livestock=Bos taurus", "--taxonomy", "taxa.csv"]);
    assert_eq!(metrics["non_taxa"]["classes"]["livestock"]["right"], 1);
    let refused = |option: &[&str]| refusal(folder.path(), &[&["report", "t.csv", "-o", "x"][..], option].concat());
    says(&refused(&["--non-taxon", "=x"]), &["--non-taxon", "names no class"]);
    says(&refused(&["--taxon-after-all", "fox"]), &["--taxon-after-all", "'fox'"]);
    says(&refused(&["--non-taxon", "a=x", "--non-taxon", "b=x"]), &["'x'", "'a'", "'b'"]);
}

#[test]
fn all_blank_and_all_right_is_a_report() {
    let folder = folder_with(&[("t.csv", "image,truth,predicted\n1,blank,empty\n2,blank,Vulpes vulpes\n")]);
    let (outcome, metrics) = report(folder.path(), &[]);
    assert_eq!(metrics["non_taxa"]["classes"]["blank"]["recall"], 0.5);
    assert_eq!((&metrics["non_taxa"]["missed_animals"], &metrics["accounting"]["scored"]), (&Value::Null, &Value::from(0)));
    assert!(outcome.stdout.contains("2 images, 2 not a taxon"), "{outcome:?}");
}

#[test]
fn a_machine_that_says_animal_is_right_as_detection() {
    let table = "image,truth,predicted\n\
        1,Animalia;Chordata;Mammalia;Carnivora;Canidae;Vulpes;Vulpes vulpes,Animalia;Chordata;Mammalia;Carnivora;Canidae;Vulpes;Vulpes vulpes\n\
        2,Animalia;Chordata;Mammalia;Carnivora;Canidae;Vulpes;Vulpes vulpes,animal\n3,blank,blank\n";
    let folder = folder_with(&[("t.csv", table)]);
    let (_, metrics) = report(folder.path(), &[]);
    assert_eq!((&metrics["non_taxa"]["accuracy"], &metrics["causes"]["stopped_above"]), (&Value::from(1.0), &Value::from(1)));
}

#[test]
fn scikit_learn_finds_the_same() {
    let fixture = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/non_taxa.json");
    let made: Value = serde_json::from_str(&fs::read_to_string(fixture).unwrap()).unwrap();
    for case in made["cases"].as_array().unwrap() {
        let texts =
            |key: &str| case[key].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_string()).collect::<Vec<_>>();
        let mut table = "image,truth,predicted\n".to_string();
        for (image, (truth, answer)) in texts("truths").iter().zip(texts("answers")).enumerate() {
            writeln!(table, "{image}.jpg,{truth},{answer}").unwrap();
        }
        let folder = folder_with(&[("t.csv", &table)]);
        let (_, metrics) = report(folder.path(), &["--tables-only"]);
        same(&case["scores"], &metrics["non_taxa"], "");
    }
}

/// Every number of theirs is ours.
fn same(theirs: &Value, ours: &Value, path: &str) {
    match theirs {
        Value::Object(fields) => fields.iter().for_each(|(key, value)| same(value, &ours[key], &format!("{path}.{key}"))),
        Value::Number(number) => {
            let (number, found) = (number.as_f64().unwrap(), ours.as_f64());
            assert!(found.is_some_and(|found| (found - number).abs() < 1e-9), "{path}: {number} {ours}");
        }
        other => assert_eq!(other, ours, "{path}"),
    }
}

#[test]
fn speciesnet_tells_persons_blanks_and_animals() {
    let Some(answers) = shared("real/preds_speciesnet_samples/output_ensemble.json") else { return };
    let text = fs::read_to_string(&answers).unwrap();
    let read: Value = serde_json::from_str(&text).unwrap();
    // The file has animals alone: one picture more of a person and one of nothing, in its own labels.
    let mut read = read;
    let more = [
        ("person.jpg", "990ae9dd-7a59-4344-afcb-1b7b21368000;mammalia;primates;hominidae;homo;sapiens;human"),
        ("blank.jpg", "f1856211-cfb7-4a5b-9158-c0f72fd09ee6;;;;;;blank"),
    ];
    let predictions = read["predictions"].as_array_mut().unwrap();
    let mut truths = "filepath,truth\n".to_string();
    for prediction in predictions.iter() {
        let label = prediction["prediction"].as_str().unwrap();
        writeln!(truths, "{},{label}", prediction["filepath"].as_str().unwrap()).unwrap();
    }
    for (path, label) in more {
        predictions.push(serde_json::json!({
            "filepath": path, "prediction": label, "prediction_score": 0.9, "prediction_source": "classifier",
        }));
    }
    truths += "person.jpg,human\nblank.jpg,blank\n";
    let animals = predictions.len() - 2;
    let folder = folder_with(&[("t.csv", &truths), ("answers.json", &read.to_string())]);
    let arguments = ["report", "answers.json", "--truth", "t.csv", "--truth-column", "truth", "-o", "out", "--tables-only"];
    let outcome = nearmiss(folder.path(), &arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let metrics: Value = serde_json::from_str(&fs::read_to_string(folder.path().join("out/metrics.json")).unwrap()).unwrap();
    // The answers of the ensemble; the list of the classifier is a run of its own.
    let runs = metrics["runs"].as_array().cloned().unwrap_or_else(|| vec![metrics.clone()]);
    let block = &runs.iter().map(|run| &run["non_taxa"]).find(|block| block["classes"]["person"]["right"] == 1).unwrap();
    assert_eq!(block["n"].as_u64(), Some(animals as u64 + 2), "{block}");
    for class in ["animal", "person", "blank"] {
        assert_eq!(
            (&block["classes"][class]["recall"], &block["classes"][class]["precision"]),
            (&Value::from(1.0), &Value::from(1.0))
        );
    }
}
