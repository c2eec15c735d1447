//! The tables of a retrieval, as ranx prints them, by `retrieve` and by `compare`.

use crate::latent::close;
use crate::program::{nearmiss, refusal};
use crate::retrieve::gold_files;
use crate::shared::shared;
use nearmiss::scores::compare::text;
use std::fs;

#[test]
fn the_tables_of_ranx() {
    let folder = gold_files();
    let run = |more: &[&str]| {
        let mut arguments = vec!["retrieve", "qrels.json", "A.json", "B_b.json", "--measures", "mrr@5,precision@3,hit_rate@1"];
        arguments.extend(more);
        nearmiss(folder.path(), &arguments)
    };
    let outcome = run(&["-o", "out", "--alpha", "0.01", "--ranx-table"]);
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
    use nearmiss::numbers::bootstrap::Clusters;
    use nearmiss::scores::compare::{CompareOptions, Comparison, Values};
    use nearmiss::scores::metric::Direction;
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
