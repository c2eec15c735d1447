//! Texts that a model embeds: ranked beside BM25, measured as a space, and suggested for names that mean nothing. The built-in
//! model stands for a sentence encoder: what is asked of it here holds for any.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::rank::Rank;
use nearmiss_encoder::atlas::model;
use nearmiss_encoder::spaces::texts::{Suggestions, TextModel, TextOptions, suggest};
use serde_json::{Value, json};
use std::fmt::Write;
use std::fs;
use std::path::Path;

/// The first and the third query are what answers them, word for word; the second shares no word with it.
const PAIRS: &str = "query,positive,negative
a photo of a round green animal,a photo of a round green animal,a drawing of something long
something red,crimson leaves,a photo of a round green animal
a drawing of something long,a drawing of something long,crimson leaves
";

fn value(path: &Path) -> Value {
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> String {
    let outcome = nearmiss(folder, arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome.stdout
}

/// The scores of a run by query and document.
fn scores(path: &Path) -> Vec<(String, String, f64)> {
    let text = fs::read_to_string(path).unwrap();
    let line = |line: &str| {
        let cells: Vec<&str> = line.split(' ').collect();
        (cells[0].to_string(), cells[2].to_string(), cells[4].parse().unwrap())
    };
    text.lines().map(line).collect()
}

#[test]
fn models_rank_texts_beside_words() {
    let folder = folder_with(&[("pairs.csv", PAIRS)]);
    let arguments = ["retrieve", "pairs.csv", "--bm25", "--model", "atlas", "--measures", "mrr@10,hit_rate@1", "--fuse", "rrf"];
    let printed = run(folder.path(), &[&arguments[..], &["-o", "out"]].concat());
    says(&printed, &["bm25", "atlas", "rrf", "Triplets"]);
    let out = folder.path().join("out");
    let compared = value(&out.join("compare.json"));
    assert_eq!(compared["model_names"], json!(["bm25", "atlas", "rrf"]));
    let system = &compared["nearmiss"]["texts"]["systems"][1];
    assert_eq!((&system["kind"], &system["model"], &system["similarity"]), (&json!("model"), &json!("atlas"), &json!("cosine")));
    assert_eq!((&system["query_prompt"], &system["truncated_documents"]), (&json!(""), &json!(0)));
    assert!(system["model_files"].as_array().unwrap().iter().all(|file| file["sha256"].as_str().unwrap().len() == 64));
    // A text is nearest to itself, with a cosine of 1.
    let found = scores(&out.join("runs/atlas.run"));
    assert_eq!(found.len(), 3 * 3, "whole rankings of few documents");
    for (query, document) in [("q1", "d1"), ("q3", "d2")] {
        let first = found.iter().find(|(of, ..)| of == query).unwrap();
        assert_eq!((first.1.as_str(), (first.2 - 1.0).abs() < 1e-5), (document, true), "{first:?}");
    }
    assert!(out.join("figures/similarity.svg").is_file());
    // Two towers that are the same model are that model.
    let two = ["retrieve", "pairs.csv", "--query-model", "atlas", "--document-model", "atlas", "--measures", "mrr@10,hit_rate@1"];
    run(folder.path(), &[&two[..], &["-o", "two"]].concat());
    assert_eq!(scores(&folder.path().join("two/runs/atlas-atlas.run")), found);
    let compared_two = value(&folder.path().join("two/compare.json"));
    assert_eq!(compared_two["atlas + atlas"]["scores"], compared["atlas"]["scores"]);
}

#[test]
fn what_stands_before_texts_and_how_they_are_compared_can_be_said() {
    let folder = folder_with(&[("pairs.csv", PAIRS)]);
    let base = ["retrieve", "pairs.csv", "--model", "atlas", "--measures", "mrr@10"];
    let ranked = |more: &[&str], output: &str| {
        run(folder.path(), &[&base[..], more, &["-o", output]].concat());
        (value(&folder.path().join(output).join("compare.json")), scores(&folder.path().join(output).join("runs/atlas.run")))
    };
    let (_, plain) = ranked(&[], "plain");
    let (said, prompted) = ranked(&["--query-prompt", "query: ", "--document-prompt", "passage: "], "prompted");
    let system = &said["nearmiss"]["texts"]["systems"][0];
    assert_eq!((&system["query_prompt"], &system["document_prompt"]), (&json!("query: "), &json!("passage: ")));
    assert_ne!(plain, prompted);
    // The same before both: a text is nearest to itself again.
    let (_, same) = ranked(&["--query-prompt", "note: ", "--document-prompt", "note: "], "same");
    assert!((same[0].2 - 1.0).abs() < 1e-5 && same[0].1 == "d1", "{same:?}");
    let (said, few) = ranked(&["--dimensions", "8", "--similarity", "inner"], "few");
    let system = &said["nearmiss"]["texts"]["systems"][0];
    assert_eq!((&system["width"], &system["similarity"]), (&json!(8), &json!("inner")));
    // Made units again: the product of a text with itself is 1.
    assert!((few[0].2 - 1.0).abs() < 1e-5, "{few:?}");
    let wide = refusal(folder.path(), &[&base[..], &["--dimensions", "100000", "-o", "wide"]].concat());
    says(&wide, &["--dimensions 100000: the vectors of 'atlas' have ", "or less"]);
    let unknown = refusal(folder.path(), &["retrieve", "pairs.csv", "--model", "atlsa", "-o", "o"]);
    says(&unknown, &["did you mean 'atlas'?"]);
    let alone = nearmiss(folder.path(), &["retrieve", "pairs.csv", "--query-model", "atlas"]);
    assert!(alone.code == 2 && alone.stderr.contains("--document-model"), "{alone:?}");
}

#[test]
fn texts_with_taxa_are_a_space_like_any_other() {
    let taxonomy = Taxonomy::named("atlas").unwrap();
    let species: Vec<_> = taxonomy.taxa_of_rank(Rank::Species).take(12).collect();
    let mut table = "text,genus,species\n".to_string();
    for &taxon in &species {
        let names = taxonomy.main_names(taxon);
        for sentence in ["a photo of", "a drawing of"] {
            writeln!(table, "{sentence} {},{},{}", names[6], names[5], names[6]).unwrap();
        }
    }
    let folder = folder_with(&[("texts.csv", &table), ("bare.csv", "text,page\na,1\nb,2\nc,3\n")]);
    let arguments = ["latent", "texts.csv", "--model", "atlas", "--no-map", "--permutations", "9", "-o", "space"];
    run(folder.path(), &arguments);
    let latent = value(&folder.path().join("space/latent.json"));
    assert_eq!(latent["n"], 24);
    // Two sentences about a species are nearer to each other than chance has it.
    let ranks = latent["ranks"].as_array().unwrap();
    let of_species = ranks.iter().find(|rank| rank["rank"] == "species").unwrap();
    let first = &of_species["agreement"][0];
    assert!(first["agreement"].as_f64() > first["chance"].as_f64(), "{first}");
    let bare = refusal(folder.path(), &["latent", "bare.csv", "--model", "atlas", "-o", "o"]);
    says(&bare, &["bare.csv: its texts have no taxa; give a column 'taxon'"]);
    let both = refusal(folder.path(), &["latent", "texts.csv", "--model", "atlas", "--pool", "cls", "-o", "o"]);
    says(&both, &["--model embeds texts, and --pool and --layers take hidden states"]);
}

#[test]
fn taxa_are_suggested_and_never_taken() {
    let taxonomy = Taxonomy::named("atlas").unwrap();
    let species: Vec<&str> = taxonomy.taxa_of_rank(Rank::Species).take(2).map(|taxon| taxonomy.name(taxon)).collect();
    // A name that means its taxon, the same with a word before it, which means none, that again, and nothing.
    let names = format!("name\n{}\nphoto {}\nphoto {}\nNA\n", species[0], species[1], species[1]);
    let folder = folder_with(&[("names.csv", &names)]);
    let arguments = ["taxonomy", "resolve", "names.csv", "--taxonomy", "atlas", "--semantic", "atlas", "--suggestions", "2"];
    let outcome = nearmiss(folder.path(), &[&arguments[..], &["--semantic-rank", "species", "-o", "out/resolved.csv"]].concat());
    assert_eq!(outcome.code, 1, "{outcome:?}");
    says(&outcome.stderr, &["suggested, not taken: taxa for 2 names"]);
    let mut reader = ::csv::Reader::from_path(folder.path().join("out/resolved.csv")).unwrap();
    let header = reader.headers().unwrap().clone();
    let place = |column: &str| header.iter().position(|name| name == column).unwrap();
    let rows: Vec<::csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    let column = |column: &str| rows.iter().map(|row| row[place(column)].to_string()).collect::<Vec<_>>();
    assert_eq!(column("status"), ["matched", "unmatched", "unmatched", "blank"]);
    let suggested = column("suggested");
    assert!(suggested[0].is_empty() && suggested[3].is_empty() && suggested[1] == suggested[2], "{suggested:?}");
    let taxa: Vec<&str> = suggested[1].split(" | ").collect();
    assert_eq!(taxa.len(), 2);
    assert!(taxa.iter().all(|name| taxonomy.resolve(name).taxon().is_some_and(|taxon| taxonomy.rank(taxon) == Rank::Species)));
    let near: Vec<f64> = column("suggested_similarity")[1].split(" | ").map(|number| number.parse().unwrap()).collect();
    assert!(near[0] >= near[1] && near[0] <= 1.0, "{near:?}");
    assert_eq!(column("taxon")[1], "", "nothing is taken");
}

#[test]
fn a_name_is_nearest_to_itself() {
    let cache = tempfile::tempdir().unwrap();
    let directory = model::unpack(cache.path()).unwrap().directory;
    let model = TextModel::open(&directory.display().to_string(), &TextOptions::default()).unwrap();
    let taxonomy = Taxonomy::named("atlas").unwrap();
    let asked: Vec<String> = taxonomy.taxa_of_rank(Rank::Species).take(5).map(|taxon| taxonomy.name(taxon).to_string()).collect();
    let wanted = Suggestions { count: 3, rank: None };
    let found = suggest(&model, &taxonomy, &asked, wanted, &|_, _| {}).unwrap();
    for (name, taxa) in asked.iter().zip(&found) {
        assert_eq!(taxa.len(), 3);
        assert_eq!(taxonomy.name(taxa[0].0), name);
        assert!((taxa[0].1 - 1.0).abs() < 1e-5 && taxa[1].1 <= taxa[0].1);
        let mut distinct: Vec<_> = taxa.iter().map(|(taxon, _)| taxon.index()).collect();
        distinct.dedup();
        assert_eq!(distinct.len(), 3, "each taxon once");
    }
}
