//! Mistakes that are probably the name: one epithet in two genera.

use crate::folder::folder_with;
use crate::program::{Outcome, nearmiss};
use crate::shared::shared;
use serde_json::{Value, json};
use std::fs;
use std::path::Path;

/// `report t.csv` into `out`, and its numbers.
fn report(folder: &Path, more: &[&str]) -> (Outcome, Value) {
    let outcome = nearmiss(folder, &[&["report", "t.csv", "-o", "out"][..], more].concat());
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let metrics = fs::read_to_string(folder.join("out/metrics.json")).unwrap();
    (outcome, serde_json::from_str(&metrics).unwrap())
}

#[test]
fn one_epithet_in_two_genera_is_a_cause_of_its_own_and_stays_wrong() {
    let table = "image,truth,predicted
1.jpg,Cicindelidia punctulata,Cicindela punctulata
2.jpg,Cicindelidia punctulata,Cicindela punctulata
3.jpg,Cicindela sexguttata,Cicindela sexguttata
4.jpg,Calleida decora,Bembidion decorum
5.jpg,Cicindela sexguttata,Bembidion decorum
";
    let folder = folder_with(&[("t.csv", table)]);
    let (outcome, metrics) = report(folder.path(), &[]);
    let causes = ["right", "probably_the_name", "confusion"].map(|cause| metrics["causes"][cause].as_u64());
    assert_eq!(causes, [1, 3, 1].map(Some));
    assert_eq!(metrics["how_wrong"]["mistakes"], 4);
    // Right are image 3 of five, and images 1, 2 and 4 if the names were one.
    assert_eq!(
        metrics["probably_the_name"],
        json!({
            "n": 3,
            "share_of_mistakes": 0.75,
            "pairs": [
                { "truth": "Cicindelidia punctulata", "predicted": "Cicindela punctulata", "n": 2 },
                { "truth": "Calleida decora", "predicted": "Bembidion decorum", "n": 1 },
            ],
            "right_if_same": { "genus": 0.8, "species": 0.8 },
        })
    );
    let species = metrics["ranks"].as_array().unwrap().iter().find(|row| row["rank"] == "species").unwrap();
    assert_eq!(species["path_top1"], 0.2);
    let line = "probably the name: 3 mistakes have one epithet in two genera (75.0% of all mistakes), most often \
                'Cicindelidia punctulata' taken for 'Cicindela punctulata' (2)";
    assert!(outcome.stdout.contains(line), "{outcome:?}");
    let rows = fs::read_to_string(folder.path().join("out/probably_the_name.csv")).unwrap();
    let rows: Vec<&str> = rows.lines().collect();
    assert_eq!(rows[0], "truth,truth_name,predicted,predicted_name,n");
    assert!(rows.len() == 3 && rows[1].contains(",Cicindelidia punctulata,") && rows[1].ends_with(",2"), "{rows:?}");
    let page = fs::read_to_string(folder.path().join("out/report.md")).unwrap();
    assert!(page.contains("Probably the name") && page.contains("80.0\u{a0}% to species (now 20.0\u{a0}%)"), "{page}");
    // Two runs: a column says which.
    let table = "image,truth,a,b\n1,Cicindelidia punctulata,Cicindela punctulata,Cicindelidia punctulata\n";
    fs::write(folder.path().join("t.csv"), table).unwrap();
    report(folder.path(), &["--predicted-column", "a", "--predicted-column", "b"]);
    let rows = fs::read_to_string(folder.path().join("out/probably_the_name.csv")).unwrap();
    assert!(rows.starts_with("run,truth,") && rows.lines().nth(1).unwrap().starts_with("a,"), "{rows}");
}

#[test]
fn what_shares_a_word_by_chance_is_a_confusion() {
    let taxonomy = "kingdom,family,genus,species
Animalia,Canidae,Vulpes,Vulpes vulgaris
Plantae,Fagaceae,Quercus,Quercus vulgaris
Animalia,Carabidae,Nebria,Nebria nigra
Animalia,Carabidae,Nebria,Nebria albida
Animalia,Tenebrionidae,Blaps,Blaps nigra
";
    let table = "image,truth,predicted
1,Vulpes vulgaris,Quercus vulgaris
2,Nebria nigra,Nebria albida
3,Nebria nigra,Blaps nigra
4,Blaps nigra,Blaps nigra
";
    let folder = folder_with(&[("tax.csv", taxonomy), ("t.csv", table)]);
    let (outcome, metrics) = report(folder.path(), &["--taxonomy", "tax.csv"]);
    assert_eq!((metrics["causes"]["confusion"].as_u64(), metrics["causes"]["probably_the_name"].as_u64()), (Some(3), Some(0)));
    let block = &metrics["probably_the_name"];
    assert_eq!((&block["n"], &block["pairs"], &block["share_of_mistakes"]), (&json!(0), &json!([]), &json!(0.0)));
    assert_eq!(block["right_if_same"]["species"], 0.25);
    assert!(!outcome.stdout.contains("probably the name"), "{outcome:?}");
    assert!(!folder.path().join("out/probably_the_name.csv").exists());
}

#[test]
fn a_taxonomy_whose_synonyms_have_both_names_settles_it() {
    let taxonomy = "taxon_id,parent_id,accepted_id,rank,name,authorship,common_name,common_name_fr,branch_length
1,,,family,Carabidae,,,,
2,1,,genus,Cicindela,,,,
3,2,,species,Cicindela punctulata,,,,
,,3,,Cicindelidia punctulata,,,,
";
    let table = "image,truth,predicted\n1,Cicindelidia punctulata,Cicindela punctulata\n";
    let folder = folder_with(&[("tax.csv", taxonomy), ("t.csv", table)]);
    let (_, metrics) = report(folder.path(), &["--taxonomy", "tax.csv"]);
    assert_eq!((metrics["causes"]["right"].as_u64(), metrics["probably_the_name"]["n"].as_u64()), (Some(1), Some(0)));
}

#[test]
fn the_most_frequent_mistake_on_ground_beetles_is_a_name() {
    let Some(path) = shared("real/preds_beetleverse/allcarabids_bioclip_zeroshot_species_first20000.csv") else { return };
    let folder = tempfile::tempdir().unwrap();
    fs::copy(path, folder.path().join("t.csv")).unwrap();
    let (_, metrics) = report(folder.path(), &["--tables-only", "--truth-column", "ScientificName"]);
    let block = &metrics["probably_the_name"];
    let first = json!({ "truth": "Cicindelidia punctulata", "predicted": "Cicindela punctulata", "n": 155 });
    assert_eq!(block["pairs"][0], first);
    // 175 are equal to the letter, 183 but for the gender.
    assert_eq!((block["n"].as_u64(), metrics["how_wrong"]["mistakes"].as_u64()), (Some(183), Some(15_809)));
}
