//! Files of runs and judgements in every format, and those that cannot be read.

use crate::folder::folder_with;
use crate::program::refusal;
use crate::retrieve::{A, gold_files, values};
use nearmiss::spaces::retrieval::Ties;
use std::fs;

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
    says(
        &["qrels.trec", "run.trec", "--measures", "mmr"],
        &["measure 'mmr': there is no 'mmr' (did you mean 'mrr'?); there are hits"],
    );
    says(&["qrels.trec", "run.trec", "--fuse", "rrf", "-o", "f.json"], &["one run to fuse"]);
    says(&["qrels.trec", "run.trec", "--gates", "gates.toml"], &["gates.toml", "must be in quotes"]);
    says(&["qrels.trec", "run.trec", "--gate", "mrr@10"], &["no >=, <=, > or <"]);
    says(&["qrels.trec", "run.trec", "--queries", "x.npy"], &["--queries x.npy", "embeddings"]);
}
