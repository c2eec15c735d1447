//! Retrieval of texts: BM25 against bm25s, pairs, folders as BEIR has them, texts with taxa, vectors and runs beside, worked by hand.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use nearmiss::files::numpy::matrix_bytes;
use nearmiss::spaces::retrieval::bm25::{Bm25, Parameters, StopWords};
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// Three queries, the last of which BM25 answers wrongly: *Bombus* shares three words with it, *Apis* one.
const PAIRS: &str = "query,positive,negative_1,negative_2
small black ant,\"Lasius niger, a small black ant of gardens\",\"Formica rufa, a large red ant of woods\",\"Bombus terrestris, a large bee, black and yellow\"
large red ant,\"Formica rufa, a large red ant of woods\",\"Lasius niger, a small black ant of gardens\",
black and yellow bee,\"Apis mellifera, a brown bee\",\"Bombus terrestris, a large bee, black and yellow\",\"Lasius niger, a small black ant of gardens\"
";

fn read(path: &Path) -> String {
    fs::read_to_string(path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

fn value(folder: &Path, name: &str) -> Value {
    serde_json::from_str(&read(&folder.join(name))).unwrap()
}

fn retrieve(folder: &Path, arguments: &[&str]) -> String {
    let outcome = nearmiss(folder, &[&["retrieve"], arguments].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome.stdout
}

fn close(found: &Value, expected: f64, what: &str) {
    let found = found.as_f64().unwrap_or(f64::NAN);
    assert!((found - expected).abs() < 1e-6, "{what}: {found} {expected}");
}

/// A mean of a run among the measures of triplets and pairs.
fn of_pairs<'v>(compared: &'v Value, measure: &str, run: usize) -> &'v Value {
    let metrics = compared["nearmiss"]["texts"]["pairs"]["metrics"].as_array().unwrap();
    let metric = metrics.iter().find(|metric| metric["name"] == measure);
    &metric.unwrap_or_else(|| panic!("no {measure}"))["means"][run]
}

#[test]
fn scores_are_those_of_bm25s() {
    let fixture: Value = serde_json::from_str(include_str!("../fixtures/bm25.json")).unwrap();
    let strings = |key: &str| -> Vec<String> {
        fixture[key].as_array().unwrap().iter().map(|text| text.as_str().unwrap().to_string()).collect()
    };
    let (texts, queries) = (strings("texts"), strings("queries"));
    let mut compared = 0;
    for case in fixture["cases"].as_array().unwrap() {
        let stop_words = if case["stop_words"] == "en" { StopWords::english() } else { StopWords::none() };
        let parameters = Parameters { k1: case["k1"].as_f64().unwrap(), b: case["b"].as_f64().unwrap() };
        let bm25 = Bm25::of(&texts, stop_words);
        let weighted = bm25.with(parameters);
        for (query, expected) in queries.iter().zip(case["scores"].as_array().unwrap()) {
            let found = weighted.scores(query);
            let expected: Vec<(u64, f64)> =
                expected.as_array().unwrap().iter().map(|pair| (pair[0].as_u64().unwrap(), pair[1].as_f64().unwrap())).collect();
            assert_eq!(found.len(), expected.len(), "{query}");
            for ((text, score), (number, expected)) in found.iter().zip(expected) {
                assert_eq!(u64::from(*text), number, "{query}");
                assert!((score - expected).abs() <= 1e-9 * expected, "{query}: {score} {expected}");
                assert!((weighted.score(query, *text) - score).abs() <= 1e-12 * score);
                compared += 1;
            }
        }
    }
    assert!(compared > 300, "{compared}");
}

#[test]
fn pairs_by_words_worked_by_hand() {
    let folder = folder_with(&[("ants.csv", PAIRS)]);
    let printed = retrieve(folder.path(), &["ants.csv", "--bm25", "--measures", "mrr@10,precision@1", "--k", "1,5", "-o", "out"]);
    says(&printed, &["MRR@10", "Triplets", "Pos@1", "Neg@5"]);
    let out = folder.path().join("out");
    let compared = value(&out, "compare.json");
    // Right first for two queries, second for the third.
    close(&compared["bm25"]["scores"]["mrr@10"], (1.0 + 1.0 + 0.5) / 3.0, "mrr@10");
    close(&compared["bm25"]["scores"]["precision@1"], 2.0 / 3.0, "precision@1");
    // Of five triplets one is wrong: a bee that is black and yellow is no Apis. Scores of bm25s: 1.122299 and 0.300324 three times,
    // 0.369481 and 1.643951, 0.369481 and 0.300324.
    close(of_pairs(&compared, "triplets.accuracy", 0), 4.0 / 5.0, "accuracy");
    close(of_pairs(&compared, "triplets.margin_mean", 0), (3.0 * 0.821_976 - 1.274_470 + 0.069_158) / 5.0, "margin");
    close(of_pairs(&compared, "pos_top_1", 0), 2.0 / 3.0, "pos_top_1");
    close(of_pairs(&compared, "pos_top_5", 0), 1.0, "pos_top_5");
    close(of_pairs(&compared, "neg_top_1", 0), 1.0 / 5.0, "neg_top_1");
    close(of_pairs(&compared, "neg_top_5", 0), 1.0, "neg_top_5");
    let texts = &compared["nearmiss"]["texts"];
    assert_eq!((&texts["documents"], &texts["queries"], &texts["tuning"]), (&json!(4), &json!(3), &json!(null)));
    let system = &texts["systems"][0];
    assert_eq!((&system["kind"], &system["k1"], &system["b"]), (&json!("bm25"), &json!(1.2), &json!(0.75)));
    // Ids in the order in which texts are met; of two equally near ones the name from Z to A.
    let ids = read(&out.join("texts.csv"));
    assert!(
        ids.starts_with("id,text\nq1,small black ant\nq2,large red ant\nq3,black and yellow bee\nd1,\"Lasius niger,"),
        "{ids}"
    );
    let negatives = read(&out.join("hard_negatives.csv"));
    let lines: Vec<Vec<&str>> = negatives.lines().map(|line| line.split(',').collect()).collect();
    assert_eq!(lines[0], ["run", "query", "negative", "score", "nearer_documents"]);
    let told: Vec<(&str, &str, &str)> = lines[1..].iter().map(|line| (line[1], line[2], line[4])).collect();
    assert_eq!(told, [("q1", "d3", "1"), ("q2", "d3", "1"), ("q3", "d3", "0")]);
    let triplets = read(&out.join("triplets.csv"));
    assert_eq!(triplets.lines().count(), 6);
    assert!(triplets.lines().any(|line| line.starts_with("q3,d4,d3,bm25,") && line.ends_with(",0")), "{triplets}");
    // What is written can be measured again.
    assert_eq!(read(&out.join("judgements.txt")).lines().next(), Some("q1 0 d1 1"));
    let again = retrieve(folder.path(), &["out/judgements.txt", "out/runs/bm25.run", "--measures", "mrr@10", "--json"]);
    close(&serde_json::from_str::<Value>(&again).unwrap()["bm25"]["scores"]["mrr@10"], 2.5 / 3.0, "again");
    assert!(!out.join("tuning.csv").exists() && !out.join("figures").exists());
}

#[test]
fn vectors_and_runs_stand_beside_words_and_are_fused() {
    let run = "q1 Q0 d2 1 0.9 images\nq2 Q0 d2 1 0.8 images\nq9 Q0 d1 1 0.1 images\n";
    let folder = folder_with(&[("ants.csv", PAIRS), ("images.run", run)]);
    let at = |name: &str| folder.path().join(name);
    fs::write(at("queries.npy"), matrix_bytes(&[1.0, 0.0, 0.0, 1.0, 0.6, 0.8], 2)).unwrap();
    fs::write(at("documents.npy"), matrix_bytes(&[1.0, 0.0, 0.0, 1.0, 0.8, 0.6, 0.6, 0.8], 2)).unwrap();
    let arguments = ["ants.csv", "images.run", "--bm25", "--embeddings", "queries.npy", "documents.npy", "--fuse", "rrf"];
    let printed = retrieve(folder.path(), &[&arguments[..], &["--measures", "mrr@10", "-o", "out"]].concat());
    says(&printed, &["bm25", "documents", "images", "rrf"]);
    let compared = value(&at("out"), "compare.json");
    assert_eq!(compared["model_names"], json!(["bm25", "documents", "images", "rrf"]));
    let mrr = |run: &str| &compared[run]["scores"]["mrr@10"];
    close(mrr("documents"), 1.0, "documents");
    // Wrong, right, nothing.
    close(mrr("images"), 1.0 / 3.0, "images");
    // q1: words have d1, d3, d2 (the last two of one score), vectors d1, d3, d4, d2, the run d2 alone.
    let d1 = 2.0 / 61.0;
    let d2 = 1.0 / 63.0 + 1.0 / 64.0 + 1.0 / 61.0;
    assert!(d2 > d1);
    // q2: d2 is first everywhere; q3: d4 1/62 + 1/61, d3 1/61 + 1/62: equal, d4 before d3.
    close(mrr("rrf"), (0.5 + 1.0 + 1.0) / 3.0, "rrf");
    // Vectors are right five times of five; the run, which has few documents, once: d2 before d1 for the second query.
    close(of_pairs(&compared, "triplets.accuracy", 1), 1.0, "documents");
    close(of_pairs(&compared, "triplets.accuracy", 2), 1.0 / 5.0, "images");
    assert_eq!(*of_pairs(&compared, "triplets.margin_mean", 2), json!(null));
    let files: Vec<String> = ["bm25", "documents", "images", "rrf"].map(|name| format!("out/runs/{name}.run")).to_vec();
    assert!(files.iter().all(|file| at(file).is_file()) && at("out/figures/similarity.svg").is_file());
    let notes = compared["nearmiss"]["notes"].to_string();
    says(&notes, &["images: 1 queries are not measured", "images: 1 of 3 judged queries are not in the run"]);
    let page = read(&at("out/index.html"));
    says(
        &page,
        &["Triplets and judged pairs", "vectors of length 2 from queries.npy and documents.npy", "all others fused by rrf"],
    );
    fs::write(at("queries.npy"), matrix_bytes(&[1.0, 0.0], 2)).unwrap();
    let refused = refusal(folder.path(), &[&["retrieve"], &arguments[..], &["-o", "out"]].concat());
    says(&refused, &["documents: 1 vectors of queries for 3 texts", "texts.csv"]);
}

#[test]
fn gates_hold_for_rankings_and_for_triplets() {
    let folder = folder_with(&[("ants.csv", PAIRS)]);
    let gates =
        ["ants.csv", "--bm25", "--gate", "mrr@10>0.8", "--gate", "pos_top_5>=0.9", "--gate", "triplets.accuracy>=0.9", "-o", "o"];
    let outcome = nearmiss(folder.path(), &[&["retrieve"], &gates[..]].concat());
    assert_eq!(outcome.code, 1, "{outcome:?}");
    says(
        &outcome.stdout,
        &["mrr@10 > 0.8: it is 0.8333", "pos_top_5 >= 0.9: it is 1.0000", "gate FAIL: triplets.accuracy >= 0.9: it is 0.8000"],
    );
    let unknown = refusal(folder.path(), &["retrieve", "ants.csv", "--bm25", "--gate", "triplets.acuracy>0.5", "-o", "o"]);
    says(&unknown, &["gate 'triplets.acuracy': nothing of that name was measured", "triplets.accuracy"]);
}

const CORPUS: &str = "{\"_id\": \"d1\", \"title\": \"Lasius\", \"text\": \"ant ant ant bee bee bee wasp wasp wasp fly fly\"}
{\"_id\": \"d2\", \"title\": \"\", \"text\": \"ant\"}
{\"_id\": \"d3\", \"title\": \"\", \"text\": \"bee bee bee\"}
{\"_id\": \"d4\", \"title\": \"\", \"text\": \"\"}
";
const QUERIES: &str =
    "{\"_id\": \"q1\", \"text\": \"ant\"}\n{\"_id\": \"q2\", \"text\": \"an ant\"}\n{\"_id\": \"q3\", \"text\": \"wasp\"}\n";

#[test]
fn a_folder_of_beir_is_tuned_on_its_own_split() {
    let test = "query-id\tcorpus-id\tscore\nq2\td1\t1\nq3\td1\t1\nq3\td7\t1\n";
    let dev = "query-id\tcorpus-id\tscore\nq1\td1\t1\n";
    let files = [("b/corpus.jsonl", CORPUS), ("b/queries.jsonl", QUERIES), ("b/qrels/test.tsv", test), ("b/qrels/dev.tsv", dev)];
    let folder = folder_with(&files);
    let plain = nearmiss(folder.path(), &["retrieve", "b", "--bm25", "--measures", "mrr@1,recall@10", "-o", "plain"]);
    assert_eq!(plain.code, 0, "{plain:?}");
    says(
        &plain.stderr,
        &[
            "1 of 4 rows has no text and is left out",
            "1 query is not judged and is not asked",
            "1 judged document is not among the documents: 1 relevant, which nothing can find",
            "3 documents, 2 queries",
        ],
    );
    // With 1.2 and 0.75 the short text stands before the long one; of q3 one of two relevant documents is not there: (1 + 1/2) / 2.
    let compared = value(folder.path(), "plain/compare.json");
    close(&compared["bm25"]["scores"]["mrr@1"], 0.5, "mrr@1");
    close(&compared["bm25"]["scores"]["recall@10"], 0.75, "recall@10");
    let tuned = ["retrieve", "b", "--bm25", "--tune-bm25=mrr@1", "--measures", "mrr@1", "-o", "tuned"];
    let tuned = nearmiss(folder.path(), &tuned);
    assert_eq!(tuned.code, 0, "{tuned:?}");
    says(
        &tuned.stderr,
        &["BM25 is tuned on 1 query of the split 'dev'; the 2 of 'test' are measured", "192 pairs of k1 and b, 1.2 and 0.5"],
    );
    let compared = value(folder.path(), "tuned/compare.json");
    close(&compared["bm25"]["scores"]["mrr@1"], 1.0, "mrr@1");
    let tuning = &compared["nearmiss"]["texts"]["tuning"];
    assert_eq!(
        (&tuning["measure"], &tuning["queries"], &tuning["k1"], &tuning["b"]),
        (&json!("mrr@1"), &json!(1), &json!(1.2), &json!(0.5))
    );
    assert_eq!((&tuning["value"], &tuning["usual"]), (&json!(1.0), &json!(0.0)));
    let tried = read(&folder.path().join("tuned/tuning.csv"));
    assert!(tried.starts_with("k1,b,value\n0.5,0,1\n") && tried.lines().count() == 193, "{tried}");
    // The same from files, the judgements first; and the other split.
    let files = ["b/qrels/dev.tsv", "--corpus", "b/corpus.jsonl", "--queries", "b/queries.jsonl"];
    let named =
        retrieve(folder.path(), &[&files[..], &["--bm25", "--b", "0", "--measures", "mrr@1", "--json", "-o", "named"]].concat());
    close(&serde_json::from_str::<Value>(&named).unwrap()["bm25"]["scores"]["mrr@1"], 1.0, "named");
    let dev = retrieve(folder.path(), &["b", "--bm25", "--split", "dev", "--measures", "mrr@10", "--json", "-o", "dev"]);
    close(&serde_json::from_str::<Value>(&dev).unwrap()["bm25"]["scores"]["mrr@10"], 0.5, "dev");
}

#[test]
fn taxa_say_what_is_relevant() {
    let notes = "id,note,genus,species
a,small black ant in the garden,Lasius,Lasius niger
b,black ant under a stone,Lasius,Lasius niger
c,yellow ant under a stone,Lasius,Lasius flavus
d,large red ant of woods,Formica,Formica rufa
e,what is it,,
";
    let folder = folder_with(&[("notes.csv", notes)]);
    let arguments = ["notes.csv", "--bm25", "--measures", "mrr@10,hit_rate@1-lgenus", "--per-query", "-o", "out"];
    let outcome = nearmiss(folder.path(), &[&["retrieve"], &arguments[..]].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    says(
        &outcome.stderr,
        &[
            "1 of 5 texts has no taxon of the taxonomy and is left out",
            "2 queries have no document of the same species",
            "1 query has no document of the same genus",
        ],
    );
    // a finds b first (black, ant), never itself; b finds c first (ant, under, stone) and a second; c finds b first.
    let expected = "query,run,mrr@10-lspecies,hit_rate@1-lgenus\na,bm25,1,1\nb,bm25,0.5,1\nc,bm25,,1\nd,bm25,,\n";
    assert_eq!(outcome.stdout, expected);
    let compared = value(folder.path(), "out/compare.json");
    close(&compared["bm25"]["scores"]["mrr@10-lspecies"], 0.75, "species");
    assert_eq!(compared["nearmiss"]["metrics"][0]["n"], 2);
    assert_eq!(
        compared["nearmiss"]["texts"]["levels"],
        json!([{ "rank": "genus", "grade": 1 }, { "rank": "species", "grade": 2 }])
    );
    // Documents and queries of two files.
    let taxa = "text,genus,species\nants are small and black,Lasius,Lasius niger\nants are large and red,Formica,Formica rufa\n";
    fs::write(folder.path().join("taxa.csv"), taxa).unwrap();
    let two = ["--corpus", "taxa.csv", "--queries", "notes.csv", "--bm25", "--measures", "mrr@10", "--json", "-o", "two"];
    let two: Value = serde_json::from_str(&retrieve(folder.path(), &two)).unwrap();
    close(&two["bm25"]["scores"]["mrr@10-lspecies"], 1.0, "two files");
    let refused = refusal(folder.path(), &["retrieve", "notes.csv", "--bm25", "--measures", "bpref", "-o", "out"]);
    says(&refused, &["measure 'bpref'", "here taxa judge"]);
}

#[test]
fn what_cannot_be_ranked_is_told_with_the_remedy() {
    let folder = folder_with(&[
        ("ants.csv", PAIRS),
        ("graded.csv", "sentence1,sentence2,score\na b,c d,0.2\n"),
        ("plain.csv", "text,page\na,1\n"),
        ("b/corpus.jsonl", CORPUS),
        ("stop.txt", "the\n"),
    ]);
    let refused = |arguments: &[&str]| refusal(folder.path(), &[&["retrieve"], arguments].concat());
    says(&refused(&["ants.csv"]), &["ants.csv: nothing ranks these texts; give --bm25, --model MODEL"]);
    says(&refused(&["b", "--bm25"]), &["queries.jsonl is missing", "qrels/test.tsv"]);
    says(&refused(&["graded.csv", "--bm25"]), &["'score' says how much alike the two texts of a row are"]);
    says(&refused(&["plain.csv", "--bm25"]), &["plain.csv: no column of queries; its columns are 'text', 'page'"]);
    says(&refused(&["ants.csv", "--bm25", "--split", "test"]), &["--split 'test': no query is of that split; there are none"]);
    says(&refused(&["ants.csv", "--bm25", "--tune-bm25"]), &["--tune-bm25 needs queries to tune on", "too few"]);
    says(&refused(&["ants.csv", "--bm25", "--stop-words", "none.txt"]), &["--stop-words none.txt: cannot read"]);
    says(&refused(&["ants.csv", "--bm25", "--queries", "q.csv"]), &["--queries q.csv", "give them with --corpus"]);
    says(&refused(&["ants.csv", "--bm25", "--depth", "3", "--measures", "mrr@5"]), &["looks at"]);
    says(&refused(&["ants.csv", "--bm25", "--across-observations"]), &["--across-observations goes with embeddings"]);
    says(&refused(&["ants.csv", "--bm25", "--query-prompt", "query: "]), &["--query-prompt goes with a model"]);
    says(&refused(&["ants.csv", "none.run", "--bm25"]), &["none.run: cannot read"]);
    for (arguments, part) in [
        (&["ants.csv", "--k1", "2"][..], "--bm25"),
        (&["ants.csv", "--bm25", "--b", "2"], "2 is no probability from 0 to 1"),
        (&["ants.csv", "--bm25", "--k1=-1"], "--k1 '-1': it is a number of 0 or more"),
        (&["ants.csv", "--bm25", "--k1", "1", "--tune-bm25"], "cannot be used with"),
    ] {
        let outcome = nearmiss(folder.path(), &[&["retrieve"], arguments].concat());
        assert!(outcome.code == 2 && outcome.stderr.contains(part), "{arguments:?}: {outcome:?}");
    }
}
