//! Probes on a run's embeddings, from the command line to the report.

use crate::program::{nearmiss, refusal};

#[test]
fn every_probe_gives_a_run_that_is_scored_and_compared() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let outcome = nearmiss(folder.path(), arguments);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome
    };
    // Twelve pictures a species: two training individuals and a half, one for the test.
    run(&["atlas", "-o", "atlas", "--seed", "9", "--species", "12", "--pictures", "144"]);
    let base = ["classify", "--model", "atlas", "--taxonomy", "atlas/taxonomy.csv", "--recipe", "single", "--precision", "fp32"];
    run(&[&base[..], &["--manifest", "atlas/manifest.csv", "-o", "frozen"]].concat());
    let methods = [
        "'simple_shot'",
        "{ nearest = { k = 5 } }",
        "{ ridge = { alpha = 1.0 } }",
        "{ logistic = { c = 10.0 } }",
        "{ tip_adapter = { alpha = 20.0, beta = 5.5 } }",
    ];
    let mut runs = vec![];
    for (number, method) in methods.iter().enumerate() {
        std::fs::write(folder.path().join("probe.toml"), format!("[probe]\nrun = 'frozen'\nmethod = {method}\n")).unwrap();
        let output = format!("probe-{number}");
        let outcome = run(&["train", "probe.toml", "-o", &output]);
        // Ten of the twelve species are seen; each has one individual for the test, of three pictures.
        assert!(outcome.stdout.contains("30 images answered among 10 taxa"), "{outcome:?}");
        let report = format!("report-{number}");
        run(&["report", &output, "-o", &report]);
        let metrics = std::fs::read_to_string(folder.path().join(&report).join("metrics.json")).unwrap();
        let metrics: serde_json::Value = serde_json::from_str(&metrics).unwrap();
        let species =
            metrics["ranks"].as_array().unwrap().iter().find(|row| row["rank"] == "species").unwrap()["path_top1"].clone();
        // The encoder knows another world, but not so little that its features tell nothing: chance is 0.1.
        assert!(species.as_f64().unwrap() > 0.3, "{method}: {species}");
        runs.push(output);
    }
    let names: Vec<&str> = runs.iter().map(String::as_str).collect();
    run(&[&["compare"][..], &names[..2], &["-o", "compared"]].concat());
    // Shots are drawn from all images; another fold draws others.
    for fold in ["0", "1"] {
        let text = format!("[probe]\nrun = 'frozen'\nmethod = 'simple_shot'\nshots = 5\nfold = {fold}\n");
        std::fs::write(folder.path().join("probe.toml"), text).unwrap();
        let outcome = run(&["train", "probe.toml", "-o", &format!("shots-{fold}")]);
        assert!(outcome.stdout.contains("84 images answered among 12 taxa"), "{outcome:?}");
    }
    let images = |fold: &str| std::fs::read_to_string(folder.path().join(fold).join("images.csv")).unwrap();
    assert_ne!(images("shots-0"), images("shots-1"));
    let refused = |text: &str| {
        std::fs::write(folder.path().join("probe.toml"), text).unwrap();
        refusal(folder.path(), &["train", "probe.toml", "-o", "refused"])
    };
    let split = refused("[probe]\nrun = 'frozen'\nmethod = 'simple_shot'\nqueries = 'nowhere'\n");
    assert!(
        split.contains("no image of the split 'nowhere' for the queries; splits: [\"test\", \"train\", \"unseen\"]"),
        "{split}"
    );
    let leak = refused("[probe]\nrun = 'frozen'\nmethod = 'simple_shot'\nqueries = 'train'\n");
    assert!(leak.contains("show an observation of the support"), "{leak}");
    assert!(refused("[probe]\nrun = 'frozen'\nmethod = { nearest = { k = 0 } }\n").contains("k is 0; it is at least 1"));
    assert!(refused("[probe]\nrun = 'probe-0'\nmethod = 'simple_shot'\n").contains("no embeddings to probe"));
    assert!(!folder.path().join("refused").exists());
}
