//! What is said of what people mistype: names nearly right, one file given for another, folders that cannot be written;
//! each with a look-alike that it is not said of, and what its remedy gives.

use crate::archives::zip_of;
use crate::folder::{folder_with, folder_with_bytes};
use crate::latent::twelve;
use crate::program::{Outcome, nearmiss, refusal, says};
use nearmiss::spaces::embeddings::{Columns, Embeddings};
use serde_json::Value;
use std::fs;
use std::path::Path;

const PREDICTIONS: &str =
    "image,truth,predicted\na.jpg,Apis mellifera,Apis mellifera\nb.jpg,Bombus terrestris,Bombus lapidarius\n";
const LIST: &str = "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Apis,genus\n3,2,Apis mellifera,species\n";

fn run(folder: &Path, arguments: &[&str]) -> Outcome {
    let outcome = nearmiss(folder, arguments);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    outcome
}

/// The numbers of a report of `table`.
fn metrics(folder: &Path, table: &str, more: &[&str]) -> Value {
    run(folder, &[&["report", table, "-o", "out", "--force", "--tables-only"], more].concat());
    serde_json::from_str(&fs::read_to_string(folder.join("out/metrics.json")).unwrap()).unwrap()
}

fn lacks(message: &str, part: &str) {
    assert!(!message.contains(part), "'{part}' is in: {message}");
}

#[test]
fn the_name_of_a_taxonomy_nearly_right_is_answered_with_the_shipped_one() {
    let folder = folder_with(&[("p.csv", "image,truth,x,y\na.jpg,Apis mellifera,Apis mellifera,Apis cerana\n")]);
    twelve().write(&folder.path().join("points.parquet"), Columns::Ours).unwrap();
    let wrong = "polinators-france";
    let commands: [&[&str]; 8] = [
        &["report", "p.csv", "--predicted-column", "x", "--taxonomy", wrong],
        &["report", "p.csv", "--predicted-column", "x", "--explain", "--taxonomy", wrong],
        &["compare", "p.csv", "--predicted-column", "x", "--predicted-column", "y", "--taxonomy", wrong],
        &["latent", "points.parquet", "--taxonomy", wrong],
        &["retrieve", "points.parquet", "--taxonomy", wrong],
        &["taxonomy", "check", wrong],
        &["taxonomy", "show", "Apis", "--taxonomy", wrong],
        &["taxonomy", "resolve", "Apis mellifera", "--taxonomy", wrong],
    ];
    let parts = [
        "polinators-france: there is no such file, and no taxonomy of this name is shipped",
        "(did you mean 'pollinators-france'?)",
        "shipped are arable-france, pollinators-france, atlas",
    ];
    for command in commands {
        says(&refusal(folder.path(), command), &parts);
    }
    says(&refusal(folder.path(), &["taxonomy", "import", wrong, "-o", "t.csv"]), &parts);
    let check = |name: &str| refusal(folder.path(), &["taxonomy", "check", name]);
    // The first word, another case, the ending of a file.
    for (name, meant) in [
        ("arable", "arable-france"),
        ("Pollinators-France", "pollinators-france"),
        ("taxonomies/arable-france.csv", "arable-france"),
    ] {
        says(&check(name), &[&format!("{name}: there is no such file"), &format!("did you mean '{meant}'?")]);
    }
    // A file that is called otherwise, and is not there.
    for name in ["trees.csv", "my/species.csv", "ar"] {
        let message = check(name);
        says(&message, &["there is no such file", "shipped are "]);
        lacks(&message, "did you mean");
    }
    // A file of that name is read, and the name meant works.
    fs::write(folder.path().join("polinators-france.csv"), LIST).unwrap();
    says(&run(folder.path(), &["taxonomy", "check", "polinators-france.csv"]).stdout, &["no problem found"]);
    run(folder.path(), &["taxonomy", "check", "pollinators-france"]);
    let shipped = refusal(folder.path(), &["taxonomy", "import", "pollinators-france", "-o", "t.csv"]);
    says(&shipped, &["'pollinators-france' is shipped with the program and needs no import", "--taxonomy"]);
}

#[test]
fn a_measure_nearly_right_is_answered_with_its_name() {
    let folder = folder_with(&[("qrels.trec", "q1 0 d1 1\nq1 0 d2 0\n"), ("run.trec", "q1 Q0 d2 1 0.9 A\nq1 Q0 d1 2 0.5 A\n")]);
    let measured = |measure: &str| refusal(folder.path(), &["retrieve", "qrels.trec", "run.trec", "--measures", measure]);
    says(&measured("ndgc@10"), &["measure 'ndgc@10': there is no 'ndgc' (did you mean 'ndcg'?); there are hits, "]);
    says(&measured("mapp"), &["(did you mean 'map'?)"]);
    says(&measured("prec@5"), &["(did you mean 'precision'?)"]);
    // A measure that none is called like.
    let other = measured("auc@10");
    says(&other, &["there is no 'auc'; there are hits, "]);
    lacks(&other, "did you mean");
    // A name that is right and a cutoff that is none.
    let cutoff = measured("ndcg@ten");
    says(&cutoff, &["'@ten' is no cutoff"]);
    lacks(&cutoff, "did you mean");
    let right = run(folder.path(), &["retrieve", "qrels.trec", "run.trec", "--measures", "mrr@10", "--json"]);
    assert!(right.stdout.contains("0.5"), "{right:?}");
}

#[test]
fn a_gate_without_its_rank_is_told_how_it_is_written() {
    let folder = folder_with(&[("p.csv", PREDICTIONS), ("gates.toml", "[gates]\n\"path_top1\" = \">= 0.4\"\n")]);
    let parts = ["'path_top1' names no rank or block", "as in 'species.path_top1'"];
    says(&refusal(folder.path(), &["report", "p.csv", "--gate", "path_top1>=0.4"]), &parts);
    says(&refusal(folder.path(), &["report", "p.csv", "--gates", "gates.toml"]), &parts);
    let misspelt = refusal(folder.path(), &["report", "p.csv", "--gate", "species.path_topp1>=0.4"]);
    says(&misspelt, &["did you mean 'species.path_top1'?"]);
    lacks(&misspelt, "names no rank");
    // One of two is right.
    let found = metrics(folder.path(), "p.csv", &["--gate", "species.path_top1>=0.4"]);
    assert!(found["gates"][0]["outcome"].as_str().unwrap().starts_with("pass"), "{}", found["gates"]);
    // Words of options are clap's own.
    says(&refusal(folder.path(), &["report", "p.csv", "--by", "observaton"]), &["'observaton'", "observation"]);
}

#[test]
fn costs_between_semicolons_or_tabs_are_those_between_commas() {
    let folder = folder_with(&[
        ("p.csv", PREDICTIONS),
        ("comma.csv", "truth,answer,cost\nBombus terrestris,Bombus lapidarius,2.5\n"),
        ("semicolon.csv", "truth;answer;cost\nBombus terrestris;Bombus lapidarius;2,5\n"),
        ("bare.csv", "Bombus terrestris;Bombus lapidarius;2,5\n"),
        ("excel.csv", "\u{feff}sep=;\r\ntruth;answer;cost\r\nBombus terrestris;Bombus lapidarius;2,5\r\n"),
        ("tab.tsv", "Bombus terrestris\tBombus lapidarius\t2.5\n"),
        // Semicolons inside lineages separate no cells.
        ("lineages.csv", "Bombus;Bombus terrestris,Bombus;Bombus lapidarius,2.5\n"),
        ("lineages.tsv", "Bombus;Bombus terrestris\tBombus;Bombus lapidarius\t2.5\n"),
        ("thousand.csv", "Bombus terrestris;Bombus lapidarius;1,000\n"),
        ("quoted.csv", "Bombus terrestris,Bombus lapidarius,\"1,000\"\n"),
        ("two.csv", "truth;answer\nBombus terrestris;Bombus lapidarius\n"),
        ("one.csv", "Bombus terrestris\n"),
        ("words.csv", "Bombus terrestris;Bombus lapidarius;dear\n"),
    ]);
    fs::write(folder.path().join("costs.xlsx"), b"PK\x03\x04 and no more").unwrap();
    fs::write(folder.path().join("latin.csv"), b"Bombus terrestris;Bombus lapidarius;2\n# co\xfbt\n").unwrap();
    for costs in ["comma.csv", "semicolon.csv", "bare.csv", "excel.csv", "tab.tsv", "lineages.csv", "lineages.tsv"] {
        let found = metrics(folder.path(), "p.csv", &["--costs", costs]);
        assert_eq!((found["costs"]["n"].as_u64(), found["costs"]["total"].as_f64()), (Some(2), Some(2.5)), "{costs}");
        assert_eq!(found["costs"]["other"], 0, "{costs}");
    }
    let refused = |costs: &str| refusal(folder.path(), &["report", "p.csv", "--costs", costs]);
    for costs in ["thousand.csv", "quoted.csv"] {
        says(&refused(costs), &[&format!("{costs}:1: the cost '1,000' is no number of 0 or more; write it as 0.5 or 1000")]);
    }
    says(&refused("two.csv"), &["two.csv:1: ", " where 3 were expected, separated by commas, semicolons or tabs"]);
    says(&refused("one.csv"), &["one.csv:1: 1 cell where 3 were expected"]);
    says(&refused("words.csv"), &["words.csv:1: the cost 'dear' is no number"]);
    says(&refused("costs.xlsx"), &["cannot read 'costs.xlsx': it is a workbook or a zip; save its table as CSV"]);
    says(&refused("latin.csv"), &["cannot read 'latin.csv': its text is not UTF-8"]);
}

#[test]
fn a_table_of_labels_is_no_file_of_vectors() {
    let folder = folder_with_bytes(&[("p.csv", PREDICTIONS.as_bytes()), ("cut.parquet", b"PAR1 and no more")]);
    let message = refusal(folder.path(), &["latent", "p.csv"]);
    says(&message, &["p.csv: no vectors in it", ".npy", "'embedding'", "a table of labels goes beside them, with --labels"]);
    lacks(&message, "PAR1");
    // A file of vectors that is damaged is not told of labels.
    let damaged = refusal(folder.path(), &["latent", "cut.parquet"]);
    says(&damaged, &["cut.parquet: not readable as Parquet"]);
    lacks(&damaged, "--labels");
    // Beside vectors the labels are read, however the ending of the file is written.
    let points = twelve();
    let files = points.write(&folder.path().join("v.npy"), Columns::Ours).unwrap();
    fs::copy(&files[0], folder.path().join("V.NPY")).unwrap();
    let read = Embeddings::read(&folder.path().join("V.NPY"), Some(&files[1]), Some(&points.taxonomy)).unwrap();
    assert_eq!((read.len(), &read.names), (12, &points.names));
    let alone = refusal(folder.path(), &["latent", "V.NPY"]);
    says(&alone, &["12 vectors without names", "--labels"]);
}

#[test]
fn labels_in_a_column_called_name_are_taxa_where_they_name_some() {
    let folder = folder_with(&[]);
    let at = |name: &str| folder.path().join(name);
    let files = twelve().write(&at("v.npy"), Columns::Ours).unwrap();
    let read = |cells: &[&str]| {
        let rows: Vec<&str> = cells.iter().copied().cycle().take(12).collect();
        fs::write(at("names.csv"), format!("name\n{}\n", rows.join("\n"))).unwrap();
        Embeddings::read(&files[0], Some(&at("names.csv")), None).unwrap()
    };
    let taxa = read(&["Apis mellifera", "Bombus terrestris"]);
    assert_eq!(taxa.taxa.iter().flatten().count(), 12);
    assert_eq!((taxa.names[0].as_str(), taxa.names[11].as_str()), ("row 1", "row 12"));
    assert_eq!(taxa.taxonomy.name(taxa.taxa[1].unwrap()), "Bombus terrestris");
    // Names of files name photographs, even where one stands twice.
    let photographs = read(&["a.jpg", "b.jpg"]);
    assert_eq!((photographs.names[1].as_str(), photographs.taxa.iter().flatten().count()), ("b.jpg", 0));
    let ids: Vec<String> = (0..12).map(|row| format!("IMG_{row:04}")).collect();
    let ids = read(&ids.iter().map(String::as_str).collect::<Vec<_>>());
    assert_eq!((ids.names[3].as_str(), ids.taxa.iter().flatten().count()), ("IMG_0003", 0));
}

#[test]
fn a_zip_of_several_tables_is_told_to_be_unpacked() {
    let table = PREDICTIONS.as_bytes();
    let (one, two) = (zip_of(&[("p.csv", table)]), zip_of(&[("p.csv", table), ("q.csv", table)]));
    let word = zip_of(&[("word/document.xml", b"<w/>")]);
    let folder = folder_with_bytes(&[("p.csv", table), ("one.zip", &one[..]), ("two.zip", &two[..]), ("table.docx", &word[..])]);
    says(
        &refusal(folder.path(), &["report", "two.zip"]),
        &["two.zip: a zip of 2 files ('p.csv', 'q.csv')", "give the table alone"],
    );
    says(
        &refusal(folder.path(), &["report", "table.docx"]),
        &["table.docx: a Word document, and no table; save the table as CSV"],
    );
    let numbers = |table: &str| metrics(folder.path(), table, &[])["ranks"].clone();
    assert_eq!(numbers("one.zip"), numbers("p.csv"));
}

#[test]
fn a_table_of_photographs_is_told_how_its_page_shows_them() {
    let (plots, sounds) = (PREDICTIONS.replace(".jpg", ""), PREDICTIONS.replace(".jpg", ".wav"));
    let folder = folder_with(&[
        ("p.csv", PREDICTIONS),
        ("plots.csv", &plots[..]),
        ("sounds.csv", &sounds[..]),
        ("photos/a.jpg", "no picture"),
    ]);
    let told = |arguments: &[&str]| run(folder.path(), &[&["report", "-o", "out", "--force"], arguments].concat()).stderr;
    let sentence = "note: the images are photographs: --photographs FOLDER shows the mistakes among them on the page";
    says(&told(&["p.csv"]), &[sentence]);
    for arguments in [
        &["p.csv", "--photographs", "photos"][..],
        &["p.csv", "--tables-only"],
        &["p.csv", "--thumbnails", "none"],
        &["plots.csv"],
        &["sounds.csv"],
    ] {
        lacks(&told(arguments), "--photographs");
    }
}

#[test]
fn a_folder_that_cannot_be_written_is_named_without_a_temporary_name() {
    let folder = folder_with(&[("p.csv", PREDICTIONS), ("list.csv", LIST)]);
    let inside = refusal(folder.path(), &["report", "p.csv", "-o", "p.csv/report"]);
    says(&inside, &["output folder 'p.csv' is a file; give another one with -o"]);
    // A place where not even root makes files.
    if !Path::new("/sys/kernel").is_dir() {
        println!("skipped: there is no /sys");
        return;
    }
    let report = refusal(folder.path(), &["report", "p.csv", "-o", "/sys/report"]);
    says(&report, &["cannot write into '/sys': "]);
    let table = refusal(folder.path(), &["taxonomy", "import", "list.csv", "-o", "/sys/list.csv"]);
    says(&table, &["/sys/list.csv: cannot be written"]);
    for message in [&inside, &report, &table] {
        lacks(message, ".draft-");
        lacks(message, ".nearmiss-");
    }
    run(folder.path(), &["taxonomy", "import", "list.csv", "-o", "t.csv"]);
}

#[test]
fn one_is_counted_as_one_and_two_as_several() {
    let folder = folder_with(&[
        ("one.csv", "image,truth,predicted\na,Apis mellifera,Apis mellifera\n"),
        ("two.csv", "image,truth,predicted\na,Apis mellifera,Apis mellifera\nb,,Apis mellifera\n"),
        ("three.csv", "image,truth,predicted\na,Apis mellifera,Apis mellifera\nb,,Apis mellifera\nc,,Apis mellifera\n"),
        ("list.csv", LIST),
        ("orphan.csv", "id,parent,name,rank\n1,,Animalia,kingdom\n2,9,Felis,genus\n"),
        ("qrels.trec", "q1 0 d1 1\n"),
        ("run.trec", "q1 Q0 d1 1 0.5 A\n"),
        ("other.trec", "q1 Q0 d1 1 0.5 B\n"),
    ]);
    let report = |table: &str| {
        let Outcome { stdout, stderr, .. } = run(folder.path(), &["report", table, "-o", "out", "--force"]);
        stdout + &stderr
    };
    says(&report("one.csv"), &[": 1 image, 1 scored", "read: 1 row, 1 image"]);
    says(&report("two.csv"), &[": 2 images, 1 scored", "read: 2 rows, 2 images", "1 of 2 images has no truth"]);
    says(&report("three.csv"), &["2 of 3 images have no truth"]);
    let resolved = run(folder.path(), &["taxonomy", "resolve", "Apis mellifera", "--taxonomy", "list.csv"]).stderr;
    says(&resolved, &["1 name\n", "1 name in "]);
    let resolved = run(folder.path(), &["taxonomy", "resolve", "Apis mellifera", "Apis", "--taxonomy", "list.csv"]).stderr;
    says(&resolved, &["2 names\n", "2 names in "]);
    let show = |taxon: &str| run(folder.path(), &["taxonomy", "show", taxon, "--taxonomy", "list.csv"]).stdout;
    says(&show("Apis"), &["below: 1 taxon, 1 leaf: Apis mellifera"]);
    says(&show("Animalia"), &["below: 2 taxa, 1 leaf: Apis"]);
    let checked = nearmiss(folder.path(), &["taxonomy", "check", "orphan.csv", "--fix", "proposal.csv"]);
    assert_eq!(checked.code, 1, "{checked:?}");
    says(&checked.stdout, &["\n1 problem found\n"]);
    let fuse = ["retrieve", "qrels.trec", "run.trec", "other.trec", "--fuse", "rrf", "-o", "fused.trec"];
    says(&run(folder.path(), &fuse).stderr, &["fused: fused.trec (1 query)"]);
}
