//! What a report writes for other programs: cards of models, and what MultiQC shows.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const TAXONOMY: &str = "kingdom,family,genus,species
Animalia,Apidae,Apis,Apis mellifera
Animalia,Apidae,Apis,Apis cerana
Animalia,Apidae,Bombus,Bombus terrestris
";
/// The first run gives one answer to everything, the second is right.
const TABLE: &str = "image,fold,truth,no,clip/b: 16 #1
1,test,Apis mellifera,Apis mellifera,Apis mellifera
2,test,Apis cerana,Apis mellifera,Apis cerana
3,test,Bombus terrestris,Apis mellifera,Bombus terrestris
";
const FIRST: [&str; 2] = ["--predicted-column", "no"];
const BOTH: [&str; 4] = ["--predicted-column", "no", "--predicted-column", "clip/b: 16 #1"];

fn report(folder: &Path, arguments: &[&str]) {
    let outcome = nearmiss(folder, &[&["report", "t.csv", "--taxonomy", "tax.csv", "-o", "out"][..], arguments].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
}

fn read(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join("out").join(file)).unwrap()
}

fn parsed(folder: &Path, file: &str) -> Value {
    serde_json::from_str(&read(folder, file)).unwrap()
}

fn keys(value: &Value) -> Vec<&str> {
    value.as_object().unwrap().keys().map(String::as_str).collect()
}

/// The metrics of a card: what stands below each `type`, as it stands.
fn metrics(card: &str) -> BTreeMap<String, BTreeMap<String, String>> {
    let (_, list) = card.split_once("    metrics:\n").unwrap();
    let of = |metric: &str| {
        let mut lines = metric.lines().filter_map(|line| line.split_once(": "));
        let name = lines.next().unwrap().1.trim_matches('"').to_string();
        (name, lines.map(|(key, value)| (key.trim().trim_matches('"').to_string(), value.to_string())).collect())
    };
    list.split("    - ").skip(1).map(of).collect()
}

/// Wilson's interval of `right` of `n`.
fn wilson(right: f64, n: f64) -> [f64; 2] {
    let (z, share) = (1.959_963_984_540_054_f64, right / n);
    let middle = share + z * z / (2.0 * n);
    let half = z * (share * (1.0 - share) / n + z * z / (4.0 * n * n)).sqrt();
    [(middle - half) / (1.0 + z * z / n), (middle + half) / (1.0 + z * z / n)]
}

#[test]
fn a_card_has_the_numbers_of_its_run() {
    let folder = folder_with(&[("t.csv", TABLE), ("tax.csv", TAXONOMY)]);
    report(folder.path(), &[&FIRST[..], &["--model-index", "--group-column", "fold"]].concat());
    let card = read(folder.path(), "model-index.yml");
    let (head, rest) = card.split_once("model-index:\n").unwrap();
    // One answer each: nobody knows the best five.
    let undefined = "kingdom.path_top5, family.path_top5, genus.path_top5, species.path_top5";
    assert!(head.ends_with(&format!("# Undefined here, and left out: {undefined}.\n")), "{head}");
    assert!(head.lines().all(|line| line.starts_with("# ")), "{head}");
    let expected = "- name: \"no\"
  results:
  - task:
      type: \"image-classification\"
      name: \"Image Classification\"
    dataset:
      type: \"t\"
      name: \"t\"
    metrics:
    - type: \"kingdom.path_top1\"
      value: 1.0
      name: \"Top-1 accuracy, kingdom\"
      args:
        \"n\": 3
";
    assert!(rest.starts_with(expected), "{rest}");
    let metrics = metrics(&card);
    let value = |name: &str| metrics[name]["value"].parse::<f64>().unwrap();
    // Right: the bee itself; its genus, twice; the family, always. By taxon: 1 0 0, and Apis 2/2, Bombus 0.
    let third = 1.0 / 3.0;
    for (name, expected) in [
        ("species.path_top1", third),
        ("genus.path_top1", 2.0 / 3.0),
        ("family.path_top1", 1.0),
        ("species.path_macro", third),
        ("genus.path_macro", 0.5),
        ("how_wrong.exact", third),
        // Heights 0 1 2, of which two are mistakes; 4 + 3 + 2 of 12 steps from the root are shared.
        ("how_wrong.mean_height", 1.0),
        ("how_wrong.severity", 1.5),
        ("how_wrong.hp", 0.75),
        ("how_wrong.hr", 0.75),
        ("how_wrong.hf", 0.75),
    ] {
        assert!((value(name) - expected).abs() < 1e-12, "{name}: {}", value(name));
        assert_eq!(metrics[name]["n"], "3", "{name}");
    }
    assert_eq!((metrics["how_wrong.mistakes"]["value"].as_str(), metrics.len()), ("2", 4 * 2 + 7));
    let genus = &metrics["genus.path_top1"];
    for (end, expected) in ["low", "high"].into_iter().zip(wilson(2.0, 3.0)) {
        assert!((genus[end].parse::<f64>().unwrap() - expected).abs() < 1e-9, "{end}: {}", genus[end]);
    }
}

#[test]
fn every_value_of_a_card_is_that_of_the_report_to_the_last_digit() {
    let folder = folder_with(&[("t.csv", TABLE), ("tax.csv", TAXONOMY)]);
    report(folder.path(), &[&BOTH[..], &["--model-index"]].concat());
    let all = parsed(folder.path(), "metrics.json");
    for place in 0..2 {
        let run = &all["runs"][place];
        let card = read(folder.path(), &format!("model-index-{}.yml", place + 1));
        let metrics = metrics(&card);
        assert!(metrics.len() > 12, "{card}");
        for (name, metric) in &metrics {
            let (block, key) = name.split_once('.').unwrap();
            let row = run["ranks"].as_array().unwrap().iter().find(|row| row["rank"] == block).unwrap_or(&run[block]);
            let same = |found: Option<&String>, expected: &Value| match (found, expected.as_f64()) {
                (Some(found), Some(expected)) => found.parse() == Ok(expected),
                (found, expected) => found.is_none() && expected.is_none(),
            };
            assert!(same(metric.get("value"), &row[key]), "{name}: {metric:?} and {row}");
            for end in ["low", "high"] {
                assert!(same(metric.get(end), &row[format!("{key}_{end}")]), "{name}, {end}: {metric:?} and {row}");
            }
            let reason = metric.get("no_interval").map(|reason| Value::from(reason.trim_matches('"')));
            assert_eq!(reason.as_ref(), row["no_interval"].get(key), "{name}");
        }
    }
    // Without mistakes there is none to be severe.
    let second = read(folder.path(), "model-index-2.yml");
    assert!(second.contains("species.path_top5, how_wrong.severity.\n"), "{second}");
    assert!(second.contains("\n- name: \"clip/b: 16 #1\"\n"), "{second}");
}

#[test]
fn names_and_split_are_said_where_they_are_known() {
    let folder = folder_with(&[("t.csv", &TABLE.replace("fold", "split")), ("tax.csv", TAXONOMY)]);
    let path = folder.path();
    let names = ["--model-name", "Beeline \"2\"", "--dataset-name", "owner/bees"];
    report(path, &[&FIRST[..], &["--model-index", "--group-column", "split"], &names[..]].concat());
    let card = read(path, "model-index.yml");
    assert!(card.contains("\n- name: \"Beeline \\\"2\\\"\"\n"), "{card}");
    assert!(card.contains("\n      type: \"owner/bees\"\n      name: \"owner/bees\"\n      split: \"test\"\n"), "{card}");
    // The only run of a file is called after the file.
    fs::write(path.join("bees.csv"), "image,truth,predicted\n1,Apis mellifera,Apis mellifera\n").unwrap();
    let outcome = nearmiss(path, &["report", "bees.csv", "--model-index", "-o", "out"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(read(path, "model-index.yml").contains("\n- name: \"bees\"\n"), "{}", read(path, "model-index.yml"));
}

#[test]
fn names_that_belong_to_nothing_are_refused() {
    let folder = folder_with(&[("t.csv", TABLE), ("tax.csv", TAXONOMY)]);
    let refused = |arguments: &[&str]| refusal(folder.path(), &[&["report", "t.csv"][..], &BOTH, arguments].concat());
    says(&refused(&["--model-index", "--model-name", "a"]), &["--model-name: 1 name for 2 runs", "one for each run"]);
    says(&refused(&["--model-name", "a"]), &["--model-index", "--multiqc"]);
    says(&refused(&["--multiqc", "--dataset-name", "a"]), &["--model-index"]);
}

#[test]
fn multiqc_gets_a_sample_for_each_run() {
    let folder = folder_with(&[("t.csv", TABLE), ("tax.csv", TAXONOMY)]);
    report(folder.path(), &[&BOTH[..], &["--multiqc", "--tables-only"]].concat());
    let graph = parsed(folder.path(), "nearmiss_accuracy_mqc.json");
    // Ranks that no truth has are there all the same: other reports may have them.
    let first = json!({
        "kingdom": 1.0, "phylum": null, "class": null, "order": null, "family": 1.0, "genus": 2.0 / 3.0, "species": 1.0 / 3.0,
    });
    assert_eq!((graph["plot_type"].as_str(), &graph["data"]["no"]), (Some("linegraph"), &first));
    assert_eq!(keys(&graph["data"]["no"]), ["kingdom", "phylum", "class", "order", "family", "genus", "species"]);
    // Of a path MultiQC would keep the last part.
    assert_eq!(keys(&graph["data"]), ["no", "clip_b: 16 #1"]);
    let table = parsed(folder.path(), "nearmiss_statistics_mqc.json");
    assert_eq!((table["plot_type"].as_str(), keys(&table["data"])), (Some("generalstats"), vec!["no", "clip_b: 16 #1"]));
    let first = json!({
        "how_wrong.n": 3, "kingdom.path_top1": 1.0, "family.path_top1": 1.0, "genus.path_top1": 2.0 / 3.0,
        "species.path_top1": 1.0 / 3.0, "how_wrong.mean_height": 1.0, "how_wrong.severity": 1.5,
    });
    assert_eq!(table["data"]["no"], first);
    assert_eq!(table["data"]["clip_b: 16 #1"].get("how_wrong.severity"), None);
    let columns = keys(&table["headers"]);
    assert!(columns.len() == 10 && columns[1] == "kingdom.path_top1", "{columns:?}");
    for row in table["data"].as_object().unwrap().values() {
        assert!(keys(row).iter().all(|column| columns.contains(column)), "{row}");
    }
    report(folder.path(), &[&BOTH[..], &["--multiqc", "--model-name", "a", "--model-name", "b"]].concat());
    assert_eq!(keys(&parsed(folder.path(), "nearmiss_accuracy_mqc.json")["data"]), ["a", "b"]);
}

#[test]
fn a_tree_without_ranks_has_heights_alone() {
    let leaves = "image,truth,predicted\n1,a,a\n2,a,b\n3,c,a\n";
    let folder = folder_with(&[("t.csv", leaves), ("tax.csv", TAXONOMY), ("tree.nwk", "((a,b)x,(c,d)y)z;\n")]);
    let arguments = ["report", "t.csv", "--taxonomy", "tree.nwk", "--model-index", "--multiqc", "-o", "out"];
    let outcome = nearmiss(folder.path(), &arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert!(!folder.path().join("out/nearmiss_accuracy_mqc.json").exists());
    // One edge to x, two to z.
    let row = json!({ "how_wrong.n": 3, "how_wrong.mean_height": 1.0, "how_wrong.severity": 1.5 });
    assert_eq!(parsed(folder.path(), "nearmiss_statistics_mqc.json")["data"], json!({ "t": row }));
    let card = read(folder.path(), "model-index.yml");
    assert!(card.contains("name: \"Mean height of the error, edges\"") && !card.contains("Undefined"), "{card}");
}

#[test]
fn the_next_report_removes_what_it_is_not_asked_for() {
    let folder = folder_with(&[("t.csv", TABLE), ("tax.csv", TAXONOMY)]);
    let files = ["model-index-1.yml", "model-index-2.yml", "nearmiss_accuracy_mqc.json", "nearmiss_statistics_mqc.json"];
    let are_there = || files.map(|file| folder.path().join("out").join(file).is_file());
    report(folder.path(), &[&BOTH[..], &["--model-index", "--multiqc"]].concat());
    assert_eq!(are_there(), [true; 4]);
    report(folder.path(), &[&BOTH[..], &["--model-index"]].concat());
    assert_eq!(are_there(), [true, true, false, false]);
    report(folder.path(), &BOTH);
    assert_eq!(are_there(), [false; 4]);
}
