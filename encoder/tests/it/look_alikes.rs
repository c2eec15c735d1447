//! Look-alikes from a file: what is read, what is refused, and that `train` takes what `retrieve` writes.

use crate::program::{nearmiss, refusal};
use nearmiss::taxonomy::search::Found;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use nearmiss_encoder::train::hard_negatives::HardNegatives;
use std::collections::BTreeSet;
use std::path::Path;

const BEES: &str = "\
taxon_id,kingdom,phylum,class,order,family,genus,species
a,Animalia,Arthropoda,Insecta,Hymenoptera,Apidae,Apis,Apis mellifera
b,Animalia,Arthropoda,Insecta,Hymenoptera,Apidae,Apis,Apis cerana
c,Animalia,Arthropoda,Insecta,Hymenoptera,Apidae,Bombus,Bombus hortorum
d,Animalia,Arthropoda,Insecta,Hymenoptera,Apidae,Bombus,Bombus lucorum
e,Animalia,Arthropoda,Insecta,Hymenoptera,Vespidae,Vespa,Vespa crabro
";
const HEADER: &str = "image,negative,taxon,negative_taxon,name,negative_name,similarity,nearer_documents";

fn taxonomy() -> Taxonomy {
    Taxonomy::from_bytes(BEES.as_bytes(), Path::new("bees.csv")).unwrap()
}

/// Reads a file of these rows; all but the wasp have photographs.
fn read(rows: &str) -> Result<HardNegatives, String> {
    let (folder, taxonomy) = (tempfile::tempdir().unwrap(), taxonomy());
    let path = folder.path().join("hard_negatives.csv");
    std::fs::write(&path, rows).unwrap();
    let classes: Vec<TaxonId> = ["a", "b", "c", "d"].map(|id| taxon(&taxonomy, id)).to_vec();
    HardNegatives::from_path(&path, &taxonomy, &classes).map_err(|error| error.to_string())
}

#[test]
fn frequent_pairs_come_first_whichever_was_looked_for() {
    let rows = "\
1.jpg,2.jpg,a,c,Apis mellifera,Bombus hortorum,0.9,0
2.jpg,3.jpg,c,d,Bombus hortorum,Bombus lucorum,0.8,0
3.jpg,1.jpg,c,a,Bombus hortorum,Apis mellifera,0.8,1
4.jpg,1.jpg,b,a,Apis cerana,Apis mellifera,0.8,1
";
    let look_alikes = read(&format!("{HEADER}\n{rows}")).unwrap();
    let taxonomy = taxonomy();
    let of = |id: &str| -> Vec<String> {
        look_alikes.of[&taxon(&taxonomy, id)].iter().map(|&other| taxonomy.identity(other)).collect()
    };
    assert_eq!((of("a"), of("c")), (vec!["c".into(), "b".into()], vec!["a".into(), "d".into()]));
    assert_eq!((of("b"), of("d")), (vec!["a".to_string()], vec!["c".to_string()]));
    assert_eq!((look_alikes.rows, look_alikes.pairs, look_alikes.rows_left_out), (4, 3, 0));
    assert_eq!(look_alikes.notes(), Vec::<String>::new());
    // Pairs of equal frequency stand in the order of the tree, in whatever order the rows are.
    let equal = |rows: &str| read(&format!("negative_taxon,taxon\n{rows}")).unwrap().of;
    let in_order = equal("b,a\nc,a\nd,a\n");
    assert_eq!(in_order, equal("d,a\na,c\nb,a\n"));
    let of_a = &in_order[&taxon(&taxonomy, "a")];
    assert!(of_a.len() == 3 && of_a.is_sorted(), "{of_a:?}");
}

#[test]
fn lineages_and_names_are_read_and_ids_of_another_taxonomy_are_not() {
    let lineage = |genus: &str, name: &str| format!("Animalia;Arthropoda;Insecta;Hymenoptera;Apidae;{genus};{name}");
    let (one, other) = (lineage("Apis", "Apis cerana"), lineage("Bombus", "Bombus lucorum"));
    assert_eq!(read(&format!("taxon,negative_taxon\n{one},{other}\n")).unwrap().pairs, 1);
    let rows = "1,2,a,b,Apis mellifera,Apis cerana,0.9,0\n1,2,c,b,Rosa canina,Apis cerana,0.9,0\n1,2,a,x,Apis mellifera,Apis nemo,0.9,0\n\
                1,2,e,a,Vespa crabro,Apis mellifera,0.9,0\n1,2,b,b,Apis cerana,Apis cerana,0.9,0\n";
    let look_alikes = read(&format!("{HEADER}\n{rows}")).unwrap();
    assert_eq!((look_alikes.pairs, look_alikes.rows, look_alikes.rows_left_out), (1, 5, 4));
    assert_eq!(look_alikes.unknown, BTreeSet::from(["c (Rosa canina)".to_string(), "x (Apis nemo)".to_string()]));
    let notes = look_alikes.notes();
    assert!(notes[0].ends_with(": 2 taxa are not in the taxonomy under their names, such as 'c (Rosa canina)'"), "{notes:?}");
    let left_out = ": 4 of 5 rows are not of two different taxa with photographs for training and are left out";
    assert!(notes[1].ends_with(left_out), "{notes:?}");
}

#[test]
fn files_that_give_no_look_alikes() {
    let refused = |text: &str, part: &str| {
        let message = read(text).unwrap_err();
        assert!(message.contains("hard_negatives.csv: ") && message.contains(part), "'{part}' is not in: {message}");
    };
    refused("image,taxon,name\n1,a,Apis mellifera\n", "no column 'negative_taxon', only image, taxon, name; `nearmiss retrieve`");
    refused("", "no column 'taxon'");
    refused(&format!("{HEADER}\n"), "no row below the header");
    refused("taxon,negative_taxon\nx,y\n", "none of its 2 taxa is in the taxonomy of the training under its name, such as 'x'");
    refused("taxon,negative_taxon\na,e\n", "none of its 1 row is of two different taxa that have photographs for training");
    refused("taxon,negative_taxon\na,b\nc\n", "line: 3");
    let nowhere = HardNegatives::from_path(Path::new("nowhere.csv"), &taxonomy(), &[]).unwrap_err().to_string();
    assert!(nowhere.starts_with("nowhere.csv: cannot read the look-alikes: "), "{nowhere}");
}

#[test]
fn train_takes_what_retrieve_writes() {
    let folder = tempfile::tempdir().unwrap();
    let run = |arguments: &[&str]| {
        let outcome = nearmiss(folder.path(), arguments);
        assert_eq!(outcome.code, 0, "{outcome:?}");
        outcome
    };
    run(&["atlas", "-o", "atlas", "--seed", "9", "--species", "12", "--pictures", "144"]);
    let classify =
        ["classify", "--model", "atlas", "--taxonomy", "atlas/taxonomy.csv", "--recipe", "single", "--precision", "fp32"];
    run(&[&classify[..], &["--manifest", "atlas/manifest.csv", "-o", "run"]].concat());
    run(&["retrieve", "run", "-o", "retrieval"]);
    let table = folder.path().join("retrieval/hard_negatives.csv");
    let rows = std::fs::read_to_string(&table).unwrap();
    assert!(rows.lines().count() > 1, "{rows}");
    let configured = |share: &str, file: &str| {
        let text = format!(
            "seed = 5\n[model.new]\nembed_dim = 32\nimage_size = 32\npatch_size = 16\nvision_width = 64\nvision_layers = 1\n\
             text_width = 64\ntext_layers = 1\n[data]\nphotographs = 'atlas'\nmanifest = 'atlas/manifest.csv'\n\
             taxonomy = 'atlas/taxonomy.csv'\nvalidation = 'test'\n[optimiser]\nepochs = 1\nbatch = 16\n{share}{file}"
        );
        std::fs::write(folder.path().join("train.toml"), text).unwrap();
    };
    let file = "look_alikes = 'retrieval/hard_negatives.csv'\n";
    let train = |output: &str| {
        let outcome = run(&["train", "train.toml", "-o", output]);
        let record = std::fs::read_to_string(folder.path().join(output).join("train.json")).unwrap();
        (outcome.stderr, serde_json::from_str::<serde_json::Value>(&record).unwrap())
    };
    let weights = |output: &str| std::fs::read(folder.path().join(output).join("open_clip_model.safetensors")).unwrap();
    configured("hard_negatives = 0.5\n", file);
    let (said, record) = train("from-file");
    assert!(said.contains(" taxa from retrieval/hard_negatives.csv"), "{said}");
    let read = &record["look_alikes"];
    assert_eq!(read["sha256"], nearmiss::files::sha256::hex([rows.as_bytes()]));
    assert_eq!(read["rows"], rows.lines().count() - 1);
    assert!(read["pairs"].as_u64().unwrap() > 0 && read["unknown"].as_array().unwrap().is_empty(), "{read}");
    // The same again, and another model without the file.
    train("again");
    assert_eq!(weights("again"), weights("from-file"));
    configured("hard_negatives = 0.5\n", "");
    assert!(train("from-texts").1["look_alikes"].is_null());
    assert_ne!(weights("from-texts"), weights("from-file"));
    configured("", file);
    let without = refusal(folder.path(), &["train", "train.toml", "-o", "refused"]);
    let part = "optimiser.look_alikes is 'retrieval/hard_negatives.csv'; it takes a share of look-alikes, optimiser.hard_negatives, above 0";
    assert!(without.contains(part), "{without}");
    configured("hard_negatives = 0.5\n", file);
    std::fs::write(&table, format!("{HEADER}\n1.jpg,2.jpg,nemo,nemo 2,Nemo nemo,Nemo two,0.5,0\n")).unwrap();
    let unknown = refusal(folder.path(), &["train", "train.toml", "-o", "refused"]);
    assert!(unknown.contains("none of its 2 taxa is in the taxonomy of the training"), "{unknown}");
    assert!(!folder.path().join("refused").exists());
}

/// The one taxon that a text stands for.
fn taxon(taxonomy: &Taxonomy, text: &str) -> TaxonId {
    match taxonomy.find(text) {
        Found::One(taxon) => taxon,
        other => panic!("'{text}': {other:?}"),
    }
}
