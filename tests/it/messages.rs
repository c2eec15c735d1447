//! Every error a user can cause says what, where, the value and the remedy.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use std::fs;

const PREDICTIONS: &str =
    "image,truth,predicted\na.jpg,Apis mellifera,Apis mellifera\nb.jpg,Bombus terrestris,Bombus lapidarius\n";

#[test]
fn a_missing_table_is_named() {
    let folder = folder_with(&[]);
    says(&refusal(folder.path(), &["report", "none.csv"]), &["none.csv"]);
}

#[test]
fn a_wrong_column_lists_the_columns_there_are() {
    let folder = folder_with(&[("p.csv", PREDICTIONS)]);
    let message = refusal(folder.path(), &["report", "p.csv", "--truth-column", "trut"]);
    says(&message, &["p.csv", "'trut'", "truth", "predicted"]);
}

#[test]
fn truth_is_never_guessed_from_the_order_of_columns() {
    let folder = folder_with(&[("p.csv", "image,x,y\na.jpg,Apis mellifera,Apis mellifera\n")]);
    says(&refusal(folder.path(), &["report", "p.csv"]), &["--predicted-column", "'x'"]);
    says(&refusal(folder.path(), &["report", "p.csv", "--predicted-column", "y"]), &["--truth-column", "'x'"]);
}

#[test]
fn an_output_folder_with_other_things_is_refused() {
    let folder = folder_with(&[("p.csv", PREDICTIONS), ("out/thesis.tex", "precious")]);
    let message = refusal(folder.path(), &["report", "p.csv", "-o", "out"]);
    says(&message, &["out", "not empty", "--force"]);
    assert_eq!(fs::read_to_string(folder.path().join("out/thesis.tex")).unwrap(), "precious");
}

#[test]
fn an_empty_table_is_refused() {
    let folder = folder_with(&[("p.csv", "image,truth,predicted\n")]);
    says(&refusal(folder.path(), &["report", "p.csv"]), &["p.csv"]);
}

#[test]
fn an_unknown_taxon_is_answered_with_the_nearest_names() {
    let folder = folder_with(&[]);
    let message = refusal(folder.path(), &["taxonomy", "show", "Vanesa atalanta"]);
    says(&message, &["'Vanesa atalanta' is not in", "nearest names: 'Vanessa atalanta'"]);
}

#[test]
fn a_faulty_taxonomy_is_refused_with_all_its_problems() {
    let folder = folder_with(&[("t.csv", "id,parent,name,rank\n1,,A,kingdom\n2,9,B,genus\n3,8,C,genus\n")]);
    let message = refusal(folder.path(), &["taxonomy", "check", "t.csv"]);
    says(&message, &["t.csv:3: 'B' (parent '9')", "t.csv:4: 'C' (parent '8')", "2 problems"]);
}

#[test]
fn a_result_piped_into_head_is_no_error() {
    let folder = folder_with(&[]);
    let outcome = nearmiss(folder.path(), &["taxonomy", "check", "arable-france"]);
    assert_eq!((outcome.code, outcome.stderr.as_str()), (0, ""));
    assert!(outcome.stdout.contains("no problem found"));
}

#[test]
fn help_of_every_command_ends_with_two_examples() {
    let folder = folder_with(&[]);
    for command in [vec!["classify"], vec!["report"], vec!["taxonomy", "check"], vec!["taxonomy", "show"], vec!["demo"]] {
        let arguments: Vec<&str> = command.iter().copied().chain(["--help"]).collect();
        let help = nearmiss(folder.path(), &arguments).stdout;
        let (_, examples) = help.split_once("Examples:\n").unwrap_or_else(|| panic!("{command:?} has no examples"));
        assert_eq!(examples.matches("nearmiss ").count(), 2, "{command:?}: {examples}");
    }
}

#[test]
fn a_gate_that_fails_ends_with_one_and_is_in_the_report() {
    let folder = folder_with(&[
        ("predictions.csv", PREDICTIONS),
        ("gates.toml", "[gates]\n\"species.path_top1\" = \">= 0.4\"\n\"how_wrong.severity\" = \"<= 2\"\n"),
        ("costs.csv", "Bombus terrestris,Bombus lapidarius,4\n"),
    ]);
    let run = |more: &[&str]| {
        let mut arguments = vec!["report", "predictions.csv", "-o", "out", "--gates", "gates.toml", "--costs", "costs.csv"];
        arguments.extend(more);
        nearmiss(folder.path(), &arguments)
    };
    // One of two right, in [0.09, 0.91]: the interval crosses 0.4. The mistake meets its truth at the genus.
    let passed = run(&[]);
    assert_eq!(passed.code, 0, "{passed:?}");
    assert!(passed.stdout.contains("gate pass: species.path_top1 >= 0.4: it is 0.5000 ["), "{passed:?}");
    assert!(passed.stdout.contains("but its interval crosses the line"), "{passed:?}");
    let failed = run(&["--gate", "costs.mean<2"]);
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.stdout.contains("gate FAIL: costs.mean < 2: it is 2.0000"), "{failed:?}");
    let metrics: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("out/metrics.json")).unwrap()).unwrap();
    assert_eq!(metrics["gates"][2]["outcome"], "fail");
    assert_eq!(metrics["gates"][0]["outcome"], "pass_crossing");
    let message = refusal(folder.path(), &["report", "predictions.csv", "--gate", "species.path_top>0.5"]);
    assert!(message.contains("did you mean 'species.path_top1'?"), "{message}");
    let message = refusal(folder.path(), &["report", "predictions.csv", "--yellow-from", "tribe"]);
    assert!(message.contains("'tribe' is none of the ranks"), "{message}");
}

#[test]
fn runs_of_which_no_image_can_be_scored_are_refused_with_the_reason_alone() {
    let folder = folder_with(&[("t.csv", "genus,species\nPica,Pica pica\n")]);
    let columns: Vec<String> = (0..30).map(|run| format!("p{run}")).collect();
    let names = vec!["Pica pica"; 30].join(",");
    fs::write(folder.path().join("p.csv"), format!("image,truth,{}\n1,Parus major,{names}\n", columns.join(","))).unwrap();
    let mut arguments = vec!["compare", "p.csv", "--taxonomy", "t.csv"];
    for column in &columns {
        arguments.extend(["--predicted-column", column]);
    }
    let message = refusal(folder.path(), &arguments);
    says(&message, &["no image is scored in all runs: ", "1 image with a truth outside the taxonomy; it is compared"]);
    assert!(message.len() < 400, "{message}");
}
