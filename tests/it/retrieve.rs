//! Retrieval: runs against judgements by the numbers of ranx and `trec_eval`, fused, and held to gates.

use crate::folder::folder_with;
use crate::latent::close;
use crate::program::{nearmiss, refusal};
use crate::shared::shared;
use nearmiss::spaces::retrieval::fusion::{Fusion, fuse};
use nearmiss::spaces::retrieval::{Documents, Measure, Qrels, Run, Ties, evaluate};
use std::fs;
use std::path::Path;

const QRELS: &str = r#"{"q1": {"d1": 2, "d2": 1, "d5": 0, "d9": 1}, "q2": {"d3": 1},
 "q3": {"d4": 3, "d6": 2, "d7": 1, "d1": 0}, "q4": {"d8": 1, "d2": 1}}"#;
pub(crate) const A: &str = r#"{"q1": {"d2": 0.95, "d7": 0.9, "d1": 0.8, "d5": 0.7, "d3": 0.6, "d9": 0.5},
 "q2": {"d1": 0.9, "d2": 0.8, "d3": 0.7, "d4": 0.6}, "q3": {"d6": 0.9, "d4": 0.85, "d1": 0.5, "d9": 0.4, "d7": 0.3},
 "q4": {"d5": 0.9, "d6": 0.8, "d7": 0.7}}"#;
const B: &str = r#"{"q1": {"d1": 0.99, "d2": 0.98, "d9": 0.97, "d5": 0.1}, "q2": {"d3": 0.9, "d1": 0.3},
 "q3": {"d9": 0.9, "d7": 0.8, "d6": 0.7, "d4": 0.6}, "q4": {"d8": 0.9, "d5": 0.8, "d2": 0.1}}"#;

pub(crate) fn gold_files() -> tempfile::TempDir {
    folder_with(&[("qrels.json", QRELS), ("A.json", A), ("B_b.json", B)])
}

pub(crate) fn one(text: &str) -> Measure {
    Measure::parse(text, &[]).unwrap().remove(0)
}

/// Values of one measure for each query.
pub(crate) fn values(folder: &Path, run: &str, measure: &str, ties: Ties) -> Vec<f64> {
    let mut documents = Documents::default();
    let qrels = Qrels::read(&folder.join("qrels.json"), &mut documents).unwrap();
    let run = Run::read(&folder.join(run), &mut documents).unwrap();
    evaluate(&qrels, &run, &[one(measure)], ties, &documents).unwrap().values.remove(0)
}

/// Measures with the means of A and of B, to six places as published.
const MEANS: [(&str, f64, f64); 22] = [
    ("hits", 1.75, 2.25),
    ("hit_rate@2", 0.5, 1.0),
    ("precision", 0.3375, 0.666_667),
    ("precision@5", 0.3, 0.45),
    ("precision@10", 0.175, 0.225),
    ("recall@3", 0.583_333, 0.916_667),
    ("f1", 0.454_167, 0.795_238),
    ("f1@10", 0.276_224, 0.359_557),
    ("r-precision", 0.333_333, 0.791_667),
    ("mrr", 0.583_333, 0.875),
    ("map", 0.480_556, 0.868_056),
    ("map@2", 0.25, 0.583_333),
    ("dcg", 1.783_962, 2.138_472),
    ("dcg_burges", 2.789_892, 2.944_149),
    ("ndcg@3", 0.489_07, 0.815_555),
    ("ndcg_burges", 0.505_551, 0.866_888),
    ("rbp.95", 0.126_822, 0.151_027),
    ("rbp.80", 0.402_864, 0.4848),
    ("precision@3-l2", 0.25, 0.166_667),
    ("ndcg-l2", 0.353_35, 0.384_45),
    ("map-l2", 0.333_333, 0.354_167),
    // trec_eval's, where nothing was judged non-relevant.
    ("bpref", (0.666_667 + 1.0 + 0.666_667) / 4.0, 1.0),
];

#[test]
fn every_value_of_ranx_query_by_query() {
    let folder = gold_files();
    for (measure, a, b) in MEANS {
        for (run, expected) in [("A.json", a), ("B_b.json", b)] {
            let values = values(folder.path(), run, measure, Ties::Trec);
            let mean = values.iter().sum::<f64>() / 4.0;
            assert!((mean - expected).abs() < 1e-6, "{run} {measure}: {mean} {expected}");
        }
    }
    let bpref: Vec<f64> = values(folder.path(), "A.json", "bpref", Ties::Trec);
    [2.0 / 3.0, 1.0, 2.0 / 3.0, 0.0].iter().zip(&bpref).for_each(|(expected, value)| close(*value, *expected, "bpref"));
    assert_interpolated_precisions(folder.path());
    let Some(gold) = shared("gold/retrieval_latent.json") else { return };
    assert_every_number_of_ranx(folder.path(), &gold);
}

/// Interpolated precisions of A at its eleven points, worked by hand.
fn assert_interpolated_precisions(folder: &Path) {
    let points = |query: usize| -> Vec<f64> {
        Measure::parse("iprec", &[])
            .unwrap()
            .iter()
            .map(|measure| values(folder, "A.json", &measure.name(), Ties::Trec)[query])
            .collect()
    };
    let (third, two_thirds) = (1.0 / 3.0, 2.0 / 3.0);
    for (query, expected) in [
        (0, [1.0, 1.0, 1.0, 1.0, two_thirds, two_thirds, two_thirds, two_thirds, 0.5, 0.5, 0.5]),
        (1, [third; 11]),
        (2, [1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 1.0, 0.6, 0.6, 0.6]),
        (3, [0.0; 11]),
    ] {
        points(query).iter().zip(expected).for_each(|(value, expected)| close(*value, expected, "iprec"));
    }
}

/// Every number that ranx wrote for each query.
fn assert_every_number_of_ranx(folder: &Path, gold: &Path) {
    // ranx wrote NaN, which is no JSON.
    let text = fs::read_to_string(gold).unwrap().replace("NaN", "null");
    let gold: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut compared = 0;
    for (run, file) in [("A", "A.json"), ("B", "B_b.json")] {
        for (measure, expected) in gold["retrieval"]["per_query"][run].as_object().unwrap() {
            let found = values(folder, file, measure, Ties::Trec);
            for (value, expected) in found.iter().zip(expected.as_array().unwrap()) {
                // bpref without judged non-relevant documents: 1, as trec_eval.
                close(*value, expected.as_f64().unwrap_or(1.0), &format!("{run} {measure}"));
                compared += 1;
            }
        }
    }
    assert_eq!(compared, 2 * 43 * 4, "every number of the file");
}

#[test]
fn equal_scores_and_missing_queries() {
    let files = [
        ("qrels.json", r#"{"q": {"b": 1}}"#),
        ("ba.json", r#"{"q": {"b": 1, "a": 1}}"#),
        ("bc.json", r#"{"q": {"b": 1, "c": 1}}"#),
        ("ab.json", r#"{"q": {"a": 1, "b": 1}}"#),
    ];
    let folder = folder_with(&files);
    for (run, measure, ties, expected) in [
        ("ba.json", "mrr", Ties::Trec, 1.0),
        ("bc.json", "mrr", Ties::Trec, 0.5),
        ("bc.json", "ndcg", Ties::Trec, 0.630_929_753_571_457_5),
        ("ab.json", "mrr", Ties::Input, 0.5),
        ("ba.json", "mrr", Ties::Input, 1.0),
        ("ba.json", "mrr", Ties::DocidAsc, 0.5),
    ] {
        close(values(folder.path(), run, measure, ties)[0], expected, run);
    }
    let folder = folder_with(&[
        ("qrels.json", r#"{"q1": {"a": 1}, "q2": {"a": 1}}"#),
        ("run.json", r#"{"q1": {"a": 0.5, "b": 0.5}, "q9": {"a": 1}}"#),
    ]);
    let outcome = nearmiss(folder.path(), &["retrieve", "qrels.json", "run.json", "--measures", "mrr", "--ties", "docid-asc"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    assert_eq!(outcome.stdout, "#    Model      MRR\n---  -------  -----\na    run        0.5\n");
    for part in [
        "run: 1 of 2 judged queries are not in the run; each counts 0",
        "run: 1 queries were not judged and are left out",
        "run: 2 documents of 1 queries have the score of another one; they are ordered by the policy docid-asc",
    ] {
        assert!(outcome.stderr.contains(part), "{outcome:?}");
    }
}

#[test]
fn fused_scores() {
    let folder = gold_files();
    let mut documents = Documents::default();
    let runs: Vec<Run> =
        ["A.json", "B_b.json"].iter().map(|name| Run::read(&folder.path().join(name), &mut documents).unwrap()).collect();
    let score = |fusion: Fusion, query: usize, document: &str| {
        let fused = fuse(&runs, fusion, Ties::Trec, &documents);
        let found = fused.scored[query].iter().find(|(number, _)| documents.name(*number) == document);
        found.unwrap().1
    };
    for (fusion, query, document, expected) in [
        (Fusion::Sum, 1, "d3", 1.333_333_333_333_333_3),
        (Fusion::Sum, 1, "d1", 1.0),
        (Fusion::Sum, 1, "d2", 0.666_666_666_666_666_7),
        (Fusion::Sum, 1, "d4", 0.0),
        (Fusion::Sum, 3, "d5", 1.875),
        (Fusion::Sum, 3, "d6", 0.5),
        (Fusion::Mnz, 1, "d3", 2.666_666_666_666_666_5),
        (Fusion::Mnz, 1, "d1", 2.0),
        (Fusion::Mnz, 1, "d2", 0.666_666_666_666_666_7),
        (Fusion::Rrf, 1, "d1", 0.032_522_474_881_015_34),
        (Fusion::Rrf, 1, "d3", 0.032_266_458_495_966_696),
        (Fusion::Rrf, 1, "d4", 0.015_625),
        (Fusion::Rrf, 3, "d5", 0.032_522_474_881_015_34),
        (Fusion::Rrf, 3, "d8", 0.016_393_442_622_950_82),
        (Fusion::Rrf, 3, "d2", 0.015_873_015_873_015_872),
        (Fusion::Rrf, 3, "d7", 0.015_873_015_873_015_872),
    ] {
        close(score(fusion, query, document), expected, document);
    }
    let outcome =
        nearmiss(folder.path(), &["retrieve", "qrels.json", "A.json", "B_b.json", "--fuse", "rrf", "-o", "f/fused.json"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let written: serde_json::Value =
        serde_json::from_str(&fs::read_to_string(folder.path().join("f/fused.json")).unwrap()).unwrap();
    close(written["q2"]["d1"].as_f64().unwrap(), 0.032_522_474_881_015_34, "fused file");
    assert!(outcome.stdout.lines().last().unwrap().contains("rrf"), "{outcome:?}");
    let trec = nearmiss(folder.path(), &["retrieve", "qrels.json", "A.json", "B_b.json", "--fuse", "sum", "-o", "fused.trec"]);
    assert_eq!(trec.code, 0, "{trec:?}");
    let lines = fs::read_to_string(folder.path().join("fused.trec")).unwrap();
    assert!(lines.contains("q4 Q0 d5 1 1.875 sum\n"), "{lines}");
    assert!(
        refusal(folder.path(), &["retrieve", "qrels.json", "A.json", "B_b.json", "--fuse", "sum", "-o", "fused.trec"])
            .contains("--force")
    );
}

#[test]
fn a_gate_passes_or_fails() {
    let folder = gold_files();
    let run = |gate: &str| nearmiss(folder.path(), &["retrieve", "qrels.json", "A.json", "--gate", gate]);
    let passed = run("mrr@10>0.3");
    assert_eq!(passed.code, 0, "{passed:?}");
    assert!(passed.stdout.contains("gate pass: mrr@10 > 0.3: it is 0.5833 ["), "{passed:?}");
    // A measure that is not among the usual ones is measured for the gate.
    let failed = run("hit_rate@2-l2>=0.9");
    assert_eq!(failed.code, 1, "{failed:?}");
    assert!(failed.stdout.contains("gate FAIL: hit_rate@2-l2 >= 0.9: it is 0.2500 ["), "{failed:?}");
    let help = nearmiss(folder.path(), &["retrieve", "--help"]).stdout;
    assert_eq!(help.split_once("Examples:\n").unwrap().1.matches("nearmiss ").count(), 2);
}
