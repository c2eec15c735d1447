//! Retrieval: the numbers of ranx and `trec_eval`, twelve points searched, and files that cannot be read.

use crate::latent::twelve;
use crate::program::{nearmiss, refusal};
use crate::shared::shared;
use nearmiss::compare::text;
use nearmiss::neighbours::Similarity;
use nearmiss::rank::Rank;
use nearmiss::retrieval::fusion::{Fusion, fuse};
use nearmiss::retrieval::relevance::Relevance;
use nearmiss::retrieval::search::{Depth, Search, SearchError, SearchOptions, search};
use nearmiss::retrieval::{Documents, Measure, Qrels, Run, Ties, evaluate};
use std::fs;
use std::path::Path;

const QRELS: &str = r#"{"q1": {"d1": 2, "d2": 1, "d5": 0, "d9": 1}, "q2": {"d3": 1},
 "q3": {"d4": 3, "d6": 2, "d7": 1, "d1": 0}, "q4": {"d8": 1, "d2": 1}}"#;
const A: &str = r#"{"q1": {"d2": 0.95, "d7": 0.9, "d1": 0.8, "d5": 0.7, "d3": 0.6, "d9": 0.5},
 "q2": {"d1": 0.9, "d2": 0.8, "d3": 0.7, "d4": 0.6}, "q3": {"d6": 0.9, "d4": 0.85, "d1": 0.5, "d9": 0.4, "d7": 0.3},
 "q4": {"d5": 0.9, "d6": 0.8, "d7": 0.7}}"#;
const B: &str = r#"{"q1": {"d1": 0.99, "d2": 0.98, "d9": 0.97, "d5": 0.1}, "q2": {"d3": 0.9, "d1": 0.3},
 "q3": {"d9": 0.9, "d7": 0.8, "d6": 0.7, "d4": 0.6}, "q4": {"d8": 0.9, "d5": 0.8, "d2": 0.1}}"#;

fn folder_with(files: &[(&str, &str)]) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in files {
        fs::write(folder.path().join(name), text).unwrap();
    }
    folder
}

fn gold_files() -> tempfile::TempDir {
    folder_with(&[("qrels.json", QRELS), ("A.json", A), ("B_b.json", B)])
}

fn mean_of(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / nearmiss::statistics::to_f64(values.len() as u64)
}

fn one(text: &str) -> Measure {
    Measure::parse(text, &[]).unwrap().remove(0)
}

#[track_caller]
fn close(value: f64, expected: f64, what: &str) {
    assert!((value - expected).abs() < 1e-9, "{what}: {value} is not {expected}");
}

/// Values of one measure for each query.
fn values(folder: &Path, run: &str, measure: &str, ties: Ties) -> Vec<f64> {
    let mut documents = Documents::default();
    let qrels = Qrels::read(&folder.join("qrels.json"), &mut documents).unwrap();
    let run = Run::read(&folder.join(run), &mut documents).unwrap();
    evaluate(&qrels, &run, &[one(measure)], ties, &documents).unwrap().values.remove(0)
}

#[test]
fn every_value_of_ranx_query_by_query() {
    let folder = gold_files();
    // Means of A and of B, to six places as published.
    for (measure, a, b) in [
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
    ] {
        for (run, expected) in [("A.json", a), ("B_b.json", b)] {
            let values = values(folder.path(), run, measure, Ties::Trec);
            let mean = values.iter().sum::<f64>() / 4.0;
            assert!((mean - expected).abs() < 1e-6, "{run} {measure}: {mean} {expected}");
        }
    }
    let bpref: Vec<f64> = values(folder.path(), "A.json", "bpref", Ties::Trec);
    [2.0 / 3.0, 1.0, 2.0 / 3.0, 0.0].iter().zip(&bpref).for_each(|(expected, value)| close(*value, *expected, "bpref"));
    let points = |query: usize| -> Vec<f64> {
        Measure::parse("iprec", &[])
            .unwrap()
            .iter()
            .map(|measure| values(folder.path(), "A.json", &measure.name(), Ties::Trec)[query])
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
    let Some(gold) = shared("gold/retrieval_latent.json") else { return };
    // ranx wrote NaN, which is no JSON.
    let text = fs::read_to_string(gold).unwrap().replace("NaN", "null");
    let gold: serde_json::Value = serde_json::from_str(&text).unwrap();
    let mut compared = 0;
    for (run, file) in [("A", "A.json"), ("B", "B_b.json")] {
        for (measure, expected) in gold["retrieval"]["per_query"][run].as_object().unwrap() {
            let found = values(folder.path(), file, measure, Ties::Trec);
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
fn the_tables_of_ranx() {
    let folder = gold_files();
    let run = |more: &[&str]| {
        let mut arguments = vec!["retrieve", "qrels.json", "A.json", "B_b.json", "--measures", "mrr@5,precision@3,hit_rate@1"];
        arguments.extend(more);
        nearmiss(folder.path(), &arguments)
    };
    let outcome = run(&["-o", "out", "--alpha", "0.01"]);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let table = "#    Model      MRR@5    P@3    Hit Rate@1\n---  -------  -------  -----  ------------\n\
                 a    A          0.583  0.417          0.5\nb    B_b        0.875  0.667          0.75\n";
    assert_eq!(outcome.stdout, table);
    assert_eq!(fs::read_to_string(folder.path().join("out/table.txt")).unwrap(), table);
    let latex = fs::read_to_string(folder.path().join("out/table.tex")).unwrap();
    assert!(latex.contains("\\textbf{0.875}\\hphantom{$^{a}$} &") && latex.contains("\\begin{tabular}{c|l|c|c|c}"), "{latex}");
    let legacy = run(&["--ranx-labels", "legacy", "-o", "old"]);
    assert!(legacy.stdout.contains("Hit_Rate@1"), "{legacy:?}");
    assert!(fs::read_to_string(folder.path().join("old/table.tex")).unwrap().contains("{c|c|c|c|c}"));
    let json: serde_json::Value = serde_json::from_str(&run(&["--json"]).stdout).unwrap();
    // Paired differences of A and B: 0 −2/3 1/2 −1 by mrr@5; of 2³ changes of sign only those of equal signs of the
    // largest two reach 7/6: ±(−2/3 + 1/2 − 1) and ±(−2/3 − 1/2 − 1): 4 of 8.
    close(json["A"]["comparisons"]["B_b"]["mrr@5"].as_f64().unwrap(), 0.5, "p");
    assert_eq!(json["A"]["win_tie_loss"]["B_b"]["precision@3"], serde_json::json!({"W": 0, "T": 2, "L": 2}));
    assert_eq!(json["nearmiss"]["ties"], "trec");
    let csv = run(&["--per-query"]).stdout;
    assert_eq!(csv.lines().nth(2), Some("q1,B_b,1,1,1"));
    let Some(gold) = shared("gold") else { return };
    assert_eq!(fs::read_to_string(gold.join("ranx_table.txt")).unwrap(), table.trim_end());
    // The caption names another test: the sentence is all that differs.
    let differs = |(ours, theirs): &(&str, &str)| ours != theirs;
    let theirs = fs::read_to_string(gold.join("ranx_table.tex")).unwrap();
    let lines: Vec<(&str, &str)> = latex.trim_end_matches('\n').split('\n').zip(theirs.split('\n')).collect();
    assert_eq!(latex.trim_end_matches('\n').split('\n').count(), theirs.split('\n').count());
    let different: Vec<_> = lines.into_iter().filter(differs).collect();
    assert!(different.len() == 1 && different[0].0.starts_with("Superscripts denote"), "{different:?}");
    let theirs: serde_json::Value = serde_json::from_str(&fs::read_to_string(gold.join("ranx_report.json")).unwrap()).unwrap();
    for run in ["A", "B_b"] {
        for (measure, score) in theirs[run]["scores"].as_object().unwrap() {
            close(json[run]["scores"][measure].as_f64().unwrap(), score.as_f64().unwrap(), measure);
        }
        assert_eq!(json[run]["win_tie_loss"], theirs[run]["win_tie_loss"]);
    }
}

#[test]
fn compare_holds_runs_against_judgements_as_retrieve_does() {
    let folder = gold_files();
    let run = |command: &str, more: &[&str]| {
        let mut arguments = vec![command, "qrels.json", "A.json", "B_b.json", "--measures", "mrr@5,precision@3", "--force"];
        arguments.extend(more);
        nearmiss(folder.path(), &arguments)
    };
    let compared = run("compare", &["-o", "compared"]);
    assert_eq!((compared.code, compared.stdout), (0, run("retrieve", &["-o", "retrieved"]).stdout));
    let of = |folder_name: &str, file: &str| fs::read_to_string(folder.path().join(folder_name).join(file)).unwrap();
    assert_eq!(of("compared", "table.tex"), of("retrieved", "table.tex"));
    assert!(run("compare", &["-o", "legacy", "--ranx-labels", "legacy", "-m", "hit_rate@1"]).stdout.contains("Hit_Rate@1"));
    let json: serde_json::Value = serde_json::from_str(&run("compare", &["--json", "-o", "json"]).stdout).unwrap();
    assert!(json["A"]["comparisons"]["B_b"]["mrr@5"].is_number(), "{json}");
    // TREC lines, packed.
    let mut packed = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    std::io::Write::write_all(&mut packed, b"q1 0 d1 1\nq2 0 d2 1\n").unwrap();
    fs::write(folder.path().join("qrels.gz"), packed.finish().unwrap()).unwrap();
    fs::write(folder.path().join("one.trec"), "q1 Q0 d1 1 0.9 one\nq2 Q0 d1 1 0.9 one\n").unwrap();
    fs::write(folder.path().join("two.trec"), "q1 Q0 d2 1 0.9 two\nq2 Q0 d2 1 0.9 two\n").unwrap();
    let trec = nearmiss(folder.path(), &["compare", "qrels.gz", "one.trec", "two.trec", "-m", "mrr@1", "-o", "trec"]);
    assert!(trec.code == 0 && trec.stdout.contains("a    one") && trec.stdout.contains("b    two"), "{trec:?}");
    assert!(refusal(folder.path(), &["compare", "qrels.json", "A.json"]).contains("two runs at least"));
    fs::write(folder.path().join("table.csv"), "image,truth,predicted\n1,Apis mellifera,Apis cerana\n").unwrap();
    assert!(refusal(folder.path(), &["compare", "table.csv", "table.csv", "-m", "mrr"]).contains("holds no judgements"));
}

#[test]
fn raised_letters_make_text_of_a_column() {
    use nearmiss::bootstrap::Clusters;
    use nearmiss::compare::{CompareOptions, Comparison, Values};
    use nearmiss::metric::Direction;
    let metric = |label: &str, runs: [f64; 2]| Values {
        name: label.to_string(),
        label: label.to_string(),
        direction: Direction::Higher,
        binary: false,
        range: None,
        runs: runs.iter().map(|value| vec![Some(*value); 12]).collect(),
    };
    let values = [metric("MRR@5", [0.5, 0.9]), metric("Hits", [1250.0, 1250.0]), metric("P@3", [0.25, 1.0])];
    let names = ["A".to_string(), "B_b".to_string()];
    let comparison = Comparison::of(&names, &values, &Clusters::single(12), &CompareOptions::default());
    let table = text::ranx_table(&comparison);
    // What tabulate prints for these cells: 1250.000 is the number 1250, which has no point to stand under.
    let expected = "#    Model    MRR@5      Hits  P@3\n---  -------  -------  ------  ------\n\
                    a    A        0.500      1250  0.250\nb    B_b      0.900ᵃ     1250  1.000ᵃ";
    assert_eq!(table, expected);
}

#[test]
fn files_of_all_kinds_hold_the_same() {
    use polars::prelude::*;
    use std::fmt::Write as _;
    use std::io::Write as _;
    let folder = gold_files();
    let at = |name: &str| folder.path().join(name);
    let mut trec = String::new();
    let (mut queries, mut documents, mut scores) = (vec![], vec![], vec![]);
    for (query, found) in serde_json::from_str::<serde_json::Value>(A).unwrap().as_object().unwrap() {
        for (place, (document, score)) in found.as_object().unwrap().iter().enumerate() {
            let _ = write!(trec, "{query}\tQ0 {document} {} {score} A\r\n", place + 7);
            queries.push(query.clone());
            documents.push(document.clone());
            scores.push(score.as_f64().unwrap());
        }
    }
    fs::write(at("A.trec"), &trec).unwrap();
    let mut packed = flate2::write::GzEncoder::new(fs::File::create(at("A.trec.gz")).unwrap(), flate2::Compression::fast());
    packed.write_all(trec.as_bytes()).unwrap();
    packed.finish().unwrap();
    let mut table = df!("q_id" => queries, "doc_id" => documents, "score" => scores).unwrap();
    ParquetWriter::new(fs::File::create(at("A.parquet")).unwrap()).finish(&mut table).unwrap();
    let expected = values(folder.path(), "A.json", "map", Ties::Trec);
    for name in ["A.trec", "A.trec.gz", "A.parquet"] {
        assert_eq!(values(folder.path(), name, "map", Ties::Trec), expected, "{name}");
    }
}

#[test]
fn files_that_cannot_be_read() {
    let run = "q1 Q0 d1 1 0.5 A\n";
    let folder = folder_with(&[
        ("qrels.trec", "q1 0 d1 1\nq1 0 d2 0\n"),
        ("run.trec", run),
        ("five.trec", "q1 Q0 d1 1 0.5 A\nq1 Q0 d2 2 0.4\n"),
        ("word.trec", "q1 Q0 d1 1 high A\n"),
        ("nan.trec", "q1 Q0 d1 1 NaN A\n"),
        ("twice.trec", "q1 Q0 d1 1 0.5 A\nq1 Q0 d2 2 0.4 A\nq1 Q0 d1 3 0.3 A\n"),
        ("empty.trec", "\n"),
        ("other.trec", "x1 Q0 d1 1 0.5 A\n"),
        ("half.qrels", "q1 0 d1 0.5\n"),
        ("nan.json", "{\"q1\": {\"d1\": NaN}}"),
        ("null.json", "{\"q1\": {\"d1\": null}}"),
        ("text.json", "{\"q1\": {\"d1\": \"0.5\"}}"),
        ("twice.json", "{\"q1\": {\"d1\": 0.5,\n \"d1\": 0.4}}"),
        ("again.json", "{\"q1\": {\"d1\": 0.5}, \"q1\": {\"d2\": 0.4}}"),
        ("gates.toml", "[gates]\n\"mrr@10\" = 0.3\n"),
    ]);
    let says = |arguments: &[&str], parts: &[&str]| {
        let message = refusal(folder.path(), &[&["retrieve"], arguments].concat());
        for part in parts {
            assert!(message.contains(part), "'{part}' is not in: {message}");
        }
    };
    says(&["qrels.trec", "five.trec"], &["five.trec:2: 5 columns; a run has 6: query Q0 document rank score tag"]);
    says(&["run.trec", "run.trec"], &["run.trec:1: 6 columns; judgements have 4"]);
    says(&["qrels.trec", "word.trec"], &["word.trec:1: the score 'high' of document 'd1' for query 'q1' is no number"]);
    says(&["qrels.trec", "nan.trec"], &["nan.trec:1: the score 'NaN'", "no number that can be ranked by"]);
    says(&["qrels.trec", "twice.trec"], &["twice.trec:3: document 'd1' stands twice for query 'q1', the second time with 0.3"]);
    says(&["qrels.trec", "empty.trec"], &["empty.trec: it holds no query"]);
    says(&["qrels.trec", "other.trec"], &["no query in common", "'x1'", "'q1'"]);
    says(&["half.qrels", "run.trec"], &["half.qrels:1: the grade '0.5'", "is no whole number"]);
    says(&["qrels.trec", "nan.json"], &["nan.json", "NaN cannot be ranked by", "line 1"]);
    says(&["qrels.trec", "null.json"], &["null.json", "the score of document 'd1' for query 'q1' is null"]);
    says(&["qrels.trec", "text.json"], &["text.json", "line 1", "{query: {document: score}}"]);
    says(&["qrels.trec", "twice.json"], &["twice.json", "document 'd1' stands twice", "line 2"]);
    says(&["qrels.trec", "again.json"], &["again.json", "query 'q1' stands twice"]);
    says(&["none.trec", "run.trec"], &["none.trec: there is no such file"]);
    says(&["qrels.trec", "none.trec"], &["none.trec: cannot read"]);
    says(&["qrels.trec"], &["these are judgements, and no run"]);
    says(&["qrels.trec", "run.trec", "--measures", "mmr"], &["measure 'mmr': there is no 'mmr'; there are hits"]);
    says(&["qrels.trec", "run.trec", "--fuse", "rrf", "-o", "f.json"], &["one run to fuse"]);
    says(&["qrels.trec", "run.trec", "--gates", "gates.toml"], &["gates.toml", "must be in quotes"]);
    says(&["qrels.trec", "run.trec", "--gate", "mrr@10"], &["no >=, <=, > or <"]);
    says(&["qrels.trec", "run.trec", "--queries", "x.npy"], &["--queries x.npy", "embeddings"]);
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

/// All measures at all levels over the twelve points.
fn searched(similarity: Similarity, normalise: bool) -> Search {
    let points = twelve();
    let relevance = Relevance::of(&points.taxonomy, points.taxa.iter().flatten().copied());
    let levels: Vec<(String, i32)> = relevance.levels().iter().map(|level| (level.rank.clone(), level.grade)).collect();
    assert_eq!(levels, [("order".to_string(), 1), ("family".to_string(), 2), ("species".to_string(), 3)]);
    let names = [
        "mrr@1",
        "mrr@3",
        "mrr@5",
        "mrr",
        "precision@1",
        "precision@3",
        "precision@5",
        "recall@1",
        "recall@3",
        "recall@5",
        "map",
        "r-precision",
        "ndcg@3",
        "ndcg@5",
        "ndcg",
        "ndcg_burges@5",
        "ndcg_burges",
        "precision@20",
    ];
    let measures = names.iter().flat_map(|name| (1..=3).map(move |level| one(&format!("{name}-l{level}")))).collect();
    let (ks, yellow_from) = (vec![1, 3, 5], Rank::Order);
    let options = SearchOptions { normalise, similarity, measures, ks, yellow_from, draws: 200, ..SearchOptions::default() };
    search(&points, None, &options).unwrap()
}

#[test]
fn every_number_of_the_twelve_points() {
    let found = searched(Similarity::Cosine, true);
    let sixth = 10.0 / 12.0;
    for (name, expected) in [
        ("mrr@1-l3", sixth),
        ("mrr@3-l3", sixth),
        ("mrr@5-l3", sixth),
        ("precision@1-l3", sixth),
        ("precision@3-l3", 16.0 / 36.0),
        ("precision@5-l3", 16.0 / 60.0),
        ("recall@1-l3", 7.0 / 12.0),
        ("recall@3-l3", sixth),
        ("recall@5-l3", sixth),
        ("r-precision-l3", sixth),
        ("mrr@5-l2", 11.0 / 12.0),
        ("precision@1-l2", 11.0 / 12.0),
        ("precision@3-l2", 0.75),
        ("precision@5-l2", 34.0 / 60.0),
        ("recall@3-l2", 0.6875),
        ("precision@1-l1", 11.0 / 12.0),
        ("precision@3-l1", 29.0 / 36.0),
        ("precision@5-l1", 2.0 / 3.0),
        // Eleven others are ranked, the 18 pairs of one species among them, and k divides all the same.
        ("precision@20-l3", 18.0 / 240.0),
        ("green@1", sixth),
        ("yellow@1", 1.0 / 12.0),
        ("red@1", 1.0 / 12.0),
        ("green@3", 16.0 / 36.0),
        ("yellow@3", 13.0 / 36.0),
        ("red@3", 7.0 / 36.0),
        ("queries_with_red@3", 5.0 / 12.0),
        ("mean_height@3", 1.0),
        ("green@5", 16.0 / 60.0),
        ("yellow@5", 0.4),
        ("red@5", 1.0 / 3.0),
        ("queries_with_red@5", 1.0),
        ("mean_height@5", 1.5),
        // Heights of the nearest: ten of 0, one of 1, one of 3.
        ("mean_height@1", 4.0 / 12.0),
    ] {
        close(found.value(name).unwrap(), expected, name);
    }
    for (name, expected) in [
        ("map-l3", 0.852_813_853),
        ("recall@1-l2", 0.354_166_667),
        ("recall@5-l2", 0.833_333_333),
        ("map-l2", 0.856_873_046),
        ("r-precision-l2", 0.729_166_667),
        ("recall@1-l1", 0.180_555_556),
        ("recall@3-l1", 0.486_111_111),
        ("recall@5-l1", 0.638_888_889),
        ("map-l1", 0.820_067_49),
        ("r-precision-l1", 0.736_111_111),
        ("ndcg@3-l1", 0.835_405_163),
        ("ndcg@5-l1", 0.799_189_079),
        ("ndcg-l1", 0.906_569_358),
        ("ndcg_burges@5-l1", 0.820_111_901),
        ("ndcg_burges-l1", 0.904_766_637),
    ] {
        let value = found.value(name).unwrap();
        assert!((value - expected).abs() < 6e-10, "{name}: {value} {expected}, given to nine places");
    }
    let triplets = found.triplets.clone().unwrap();
    assert_eq!((triplets.n, triplets.of, triplets.right, triplets.drawn), (168, 168, 152, false));
    close(triplets.accuracy, 152.0 / 168.0, "triplets");
    // Three of a, two of b, c and e, three of d: 3·2 + 2 + 2 + 3·2 + 2 = 18 pairs of one species.
    let top = &found.top_shares[0];
    close(top.positives.unwrap(), 10.0 / 18.0, "positives first");
    close(top.negatives.unwrap(), 2.0 / (132.0 - 18.0), "negatives first");
    // Hard negatives: b for a and a for b, d for e and e for d; c has no sister in its family.
    assert_eq!(found.hard_negatives.len(), 10);
}

#[test]
fn the_nearest_of_the_twelve_points_three_ways() {
    for (similarity, normalise, expected, right) in [
        (Similarity::Cosine, true, [2, 0, 0, 4, 3, 6, 5, 9, 7, 7, 8, 4], 10.0),
        (Similarity::Inner, false, [2, 2, 0, 2, 3, 6, 5, 8, 7, 8, 8, 2], 9.0),
        (Similarity::Euclidean, false, [1, 0, 0, 4, 3, 6, 5, 9, 7, 7, 8, 4], 10.0),
    ] {
        let found = searched(similarity, normalise);
        let first: Vec<usize> = found.first.iter().map(|first| first.unwrap().0).collect();
        assert_eq!(first, expected, "{similarity:?}");
        close(found.value("precision@1-l3").unwrap(), right / 12.0, "right");
    }
}

#[test]
fn mean_cosines_are_those_of_all_pairs() {
    use nearmiss::latent::groups::cosine;
    let points = twelve();
    let found = searched(Similarity::Cosine, true);
    let rows = points.rows();
    for (row, level) in found.cosines.iter().zip(1..) {
        let relevance = Relevance::of(&points.taxonomy, points.taxa.iter().flatten().copied());
        let (mut same, mut other) = (vec![], vec![]);
        for a in 0..12 {
            for b in (0..12).filter(|b| *b != a) {
                let shared = relevance.grade(points.taxa[a].unwrap(), points.taxa[b].unwrap()) >= level;
                if shared { &mut same } else { &mut other }.push(cosine(rows.row(a), rows.row(b)));
            }
        }
        close(row.same.unwrap(), mean_of(&same), "same");
        close(row.different.unwrap(), mean_of(&other), "different");
    }
    // Species b, of x03 and x04, against c, of x05 and x06.
    let mean = [(3, 5), (3, 6), (4, 5), (4, 6)].iter().map(|&(a, b)| cosine(rows.row(a), rows.row(b))).sum::<f64>() / 4.0;
    let (b, c) = (1, 2);
    close(found.classes.means[b * 5 + c].unwrap(), mean, "b against c");
}

#[test]
fn searches_that_cannot_be_done() {
    let points = twelve();
    let mut wide = twelve();
    wide.width = 4;
    wide.values = vec![1.0; 48];
    let options = SearchOptions { measures: vec![one("map")], ..SearchOptions::default() };
    let width = search(&points, Some(&wide), &options).unwrap_err();
    assert_eq!(width, SearchError::Width { queries: 4, documents: 3 });
    let cut = SearchOptions { depth: Depth::At(5), ..options.clone() };
    let message = search(&points, None, &cut).unwrap_err().to_string();
    assert!(message.contains("'map' looks at whole rankings") && message.contains("--depth all"), "{message}");
    let deep = SearchOptions { depth: Depth::At(5), measures: vec![one("mrr@9")], ..options.clone() };
    assert!(search(&points, None, &deep).unwrap_err().to_string().contains("give --depth 9"));
    let mut unknown = twelve();
    unknown.taxa = vec![None; 12];
    assert!(search(&unknown, None, &options).unwrap_err().to_string().contains("no query has a taxon"));
}

#[test]
fn observations_are_left_out_before_ranking() {
    // x00 x01 x02 of one observation: across observations nothing of species a is left to find.
    let mut points = twelve();
    for row in 0..3 {
        points.observations[row] = "one".to_string();
    }
    let measures = vec![one("mrr-l3"), one("recall@1-l2")];
    let options = SearchOptions { measures, across_observations: true, draws: 200, ..SearchOptions::default() };
    let found = search(&points, None, &options).unwrap();
    assert_eq!(found.measured[0].n, 9, "the three have no other of their species");
    assert_eq!(found.clusters, 10);
    assert!(found.first[..3].iter().all(|first| first.unwrap().0 > 2));
    // Queries of another file do not leave out the row of the same number.
    let other = search(
        &points,
        Some(&twelve()),
        &SearchOptions { measures: vec![one("mrr-l3")], draws: 200, ..SearchOptions::default() },
    );
    assert_eq!(other.unwrap().value("mrr-l3"), Some(1.0), "each finds itself");
}

/// The twelve points as a Parquet table with lineages.
fn embeddings_file(path: &Path) {
    use polars::prelude::*;
    let points = twelve();
    let vectors: Vec<Series> = (0..12).map(|row| Series::new("".into(), points.rows().row(row).to_vec())).collect();
    let names = |rank: nearmiss::rank::Rank| -> Vec<String> {
        let name = |taxon: &Option<nearmiss::taxonomy::TaxonId>| {
            points.taxonomy.name(points.taxonomy.ancestor_at(taxon.unwrap(), rank).unwrap()).to_string()
        };
        points.taxa.iter().map(name).collect()
    };
    let mut table = df!(
        "image" => points.names.clone(),
        "order" => names(Rank::Order),
        "family" => names(Rank::Family),
        "species" => names(Rank::Species),
        "embedding" => vectors,
    )
    .unwrap();
    ParquetWriter::new(fs::File::create(path).unwrap()).finish(&mut table).unwrap();
}

#[test]
fn a_table_of_embeddings_becomes_a_folder() {
    let folder = folder_with(&[]);
    embeddings_file(&folder.path().join("space.parquet"));
    let run =
        |more: &[&str]| nearmiss(folder.path(), &[&["retrieve", "space.parquet", "-o", "out", "--k", "1,3"], more].concat());
    // The twelve points have no genus: what is acceptable must be said, or yellow and red are left out.
    let without = run(&["--json"]);
    let notes = serde_json::from_str::<serde_json::Value>(&without.stdout).unwrap()["notes"].to_string();
    assert!(notes.contains("no genus occurs: yellow and red are left out"), "{notes}");
    assert!(without.stdout.contains("green@1") && !without.stdout.contains("red@1"), "{without:?}");
    let outcome = run(&[
        "--yellow-from",
        "order",
        "--gate",
        "precision@1-l3>=0.8",
        "--gate",
        "triplets.accuracy>0.9",
        "--gate",
        "red@3<=0.1",
    ]);
    assert_eq!(outcome.code, 1, "{outcome:?}");
    for part in [
        "12 queries, 12 documents, a query never its own document",
        "precision@1   0.917   0.917    0.833",
        "triplets: 0.905 of 168 right, 0 equal",
        "gate pass: precision@1-lspecies >= 0.8: it is 0.8333 [",
        "gate pass: triplets.accuracy > 0.9: it is 0.9048",
        "gate FAIL: red@3 <= 0.1: it is 0.1944 [",
    ] {
        assert!(outcome.stdout.contains(part), "'{part}' is not in: {}", outcome.stdout);
    }
    let read = |name: &str| fs::read_to_string(folder.path().join("out").join(name)).unwrap();
    assert!(read("measures.csv").starts_with("measure,rank,level,n,value,low,high,no_interval\nmrr@10,order,1,12,"));
    assert_eq!(read("queries.csv").lines().count(), 13);
    assert!(read("hard_negatives.csv").lines().nth(1).unwrap().starts_with("x00,x03,"), "{}", read("hard_negatives.csv"));
    let json: serde_json::Value = serde_json::from_str(&read("retrieval.json")).unwrap();
    assert_eq!((json["norm"].as_str(), json["similarity"].as_str()), (Some("l2"), Some("cosine")));
    assert_eq!(json["triplets"]["right"], 152);
    assert!(read("index.html").contains("Every image as a query"));
    #[cfg(feature = "plots")]
    assert!(read("figures/similarity.svg").contains("<svg"));
    assert!(run(&["--json"]).code == 0 && run(&["--per-query"]).stdout.starts_with("image,taxon,nearest,"));
    let says = |more: &[&str], part: &str| {
        let message = refusal(folder.path(), &[&["retrieve", "space.parquet"], more].concat());
        assert!(message.contains(part), "'{part}' is not in: {message}");
    };
    says(&["--gate", "mrr@10>0.3"], "such as mrr@10-lspecies");
    says(&["--gate", "greem@1>0.3"], "did you mean 'green@1'?");
    says(&["--measures", "mrr-lgenus"], "order, family, species");
    says(&["--yellow-from", "genus"], "there are order, family, species");
    says(&["--depth", "deep"], "--depth 'deep'");
    says(&["--depth", "5", "--measures", "map"], "--depth all");
    says(&["--k", "0"], "--k 0");
    says(&["run.json"], "these are embeddings");
    says(&["--fuse", "rrf", "-o", "x"], "embeddings give one run");
}
