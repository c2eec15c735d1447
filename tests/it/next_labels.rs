//! The order of images by the program, and on the tables of others.

use crate::program::{nearmiss, refusal, says};
use crate::shared::shared;
use nearmiss::scores::next_labels::{NextLabelsAsked, Simulation, SimulationOptions};
use std::fs;

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    write("a.csv", "image,predicted\n1,Apis mellifera\n2,Bombus terrestris\n3,Apis mellifera\n4,Bombus lapidarius\n");
    write("b.csv", "image,predicted\n1,Apis mellifera\n2,Bombus lapidarius\n3,Bombus terrestris\n4,Bombus lapidarius\n");
    write("labels.csv", "image,truth\n2,Bombus terrestris\n");
    folder
}

#[test]
fn images_are_ordered_and_labels_count() {
    let folder = folder();
    let outcome = nearmiss(folder.path(), &["next-labels", "a.csv", "b.csv", "-o", "next.csv"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stdout, &["a: best with probability", "no image labelled yet"]);
    let images = |name: &str| -> Vec<String> {
        let text = fs::read_to_string(folder.path().join(name)).unwrap();
        text.lines().skip(1).map(|line| line.split(',').nth(1).unwrap().to_string()).collect()
    };
    let all = images("next.csv");
    assert_eq!((all.len(), &all[2..]), (4, &["1".to_string(), "4".to_string()][..]), "those that models agree on come last");
    let again = ["next-labels", "a.csv", "b.csv", "--truth", "labels.csv", "-o", "more.csv", "--budget", "1"];
    let outcome = nearmiss(folder.path(), &again);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(images("more.csv"), ["3"]);
    says(&outcome.stdout, &["1 labelled image right"]);
    // Few images are labelled yet, and nobody is asked what is known: nothing to warn of.
    assert!(!outcome.stderr.contains("warning"), "{outcome:?}");
    fs::write(folder.path().join("seen.csv"), "image,truth\n2,Bombus terrestris\n3,blank\n9,Apis mellifera\n").unwrap();
    let outcome = nearmiss(folder.path(), &["next-labels", "a.csv", "b.csv", "--truth", "seen.csv", "-o", "seen-next.csv"]);
    let mut left = images("seen-next.csv");
    left.sort();
    assert_eq!(left, ["1", "4"], "image 3 shows no taxon, and image 9 nobody answered");
    says(&outcome.stdout, &["a: ", "of 1 labelled image right"]);
    says(&outcome.stderr, &["1 labelled image shows no taxon and was left out", "1 image of the truth table has no prediction"]);
    says(&refusal(folder.path(), &again), &["'more.csv' is there already", "--force"]);
}

#[test]
fn a_simulation_is_a_folder() {
    let folder = folder();
    let truths = "image,truth\n1,Apis mellifera\n2,Bombus terrestris\n3,Apis mellifera\n4,Bombus lapidarius\n";
    fs::write(folder.path().join("truths.csv"), truths).unwrap();
    let asked = ["next-labels", "a.csv", "b.csv", "--truth", "truths.csv", "--simulate", "--repetitions", "3", "-o", "tried"];
    let outcome = nearmiss(folder.path(), &[&asked[..], &["--language", "fr"]].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(&outcome.stdout, &["Labels until the best of 2\u{a0}models is found and stays found"]);
    let document: serde_json::Value =
        serde_json::from_slice(&fs::read(folder.path().join("tried/simulation.json")).unwrap()).unwrap();
    assert_eq!(document["models"][0]["accuracy"], 1.0);
    assert_eq!(document["methods"].as_array().unwrap().len(), 4);
    says(&fs::read_to_string(folder.path().join("tried/index.html")).unwrap(), &["Combien d’étiquettes faut-il"]);
    says(&refusal(folder.path(), &["next-labels", "a.csv", "b.csv", "--simulate", "-o", "x"]), &["no image has a truth"]);
    says(&refusal(folder.path(), &["next-labels", "a.csv"]), &["there is one model"]);
}

#[test]
fn disagreement_finds_the_best_of_eight_classifiers_of_beetles_with_fewer_labels_than_chance() {
    let Some(table) = shared("real/preds_beetleverse/bpz_BioCLIP_species.csv") else { return };
    let mut asked = NextLabelsAsked::of(vec![table]);
    let kinds =
        ["NaiveBayes", "LogisticRegression", "SVMLinear", "SVMPolynomial", "SVMRadialBasis", "NearestNeighbor", "RandomForest"];
    asked.table.predicted_columns = kinds.iter().chain(&["MLP_Baseline"]).map(|kind| format!("Pred_{kind}")).collect();
    let read = asked.read().unwrap();
    let found = Simulation::of(&read.votes, &SimulationOptions { budget: 40, repetitions: 5, seed: 0 }).unwrap();
    assert_eq!((found.images, found.without_truth, found.best.as_slice()), (2277, 3, &[7][..]));
    let [disagreement, random] = [&found.methods[1], &found.methods[3]];
    assert_eq!(disagreement.labels_needed, Some(1));
    assert!(disagreement.cumulative_regret < random.cumulative_regret, "{disagreement:?}\n{random:?}");
}
