//! Two sets of images from files to a folder, sets that cannot be held against each other, and real tables.

use crate::program::{nearmiss, refusal, says};
use crate::shared::shared;
use nearmiss::report::shifting::Shifting;
use nearmiss::taxonomy::rank::Rank;
use serde_json::Value;
use std::path::Path;

const TREE: &str = "kingdom,phylum,class,order,family,genus,species
Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,Felis catus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes
";

/// The year, the truth, the answer, and how many images have them: worked by hand beside the numbers of the library.
const ROWS: [(&str, &str, &str, usize); 12] = [
    ("2023", "Felis catus", "Felis catus", 5),
    ("2023", "Felis catus", "Lynx lynx", 1),
    ("2023", "Lynx lynx", "Lynx lynx", 1),
    ("2023", "Lynx lynx", "Felis catus", 1),
    ("2023", "Vulpes vulpes", "Vulpes vulpes", 1),
    ("2023", "Vulpes vulpes", "Felis catus", 1),
    ("2024", "Felis catus", "Felis catus", 1),
    ("2024", "Felis catus", "Lynx lynx", 1),
    ("2024", "Lynx lynx", "Lynx lynx", 1),
    ("2024", "Lynx lynx", "Felis catus", 1),
    ("2024", "Vulpes vulpes", "Vulpes vulpes", 2),
    ("2024", "Vulpes vulpes", "Felis catus", 4),
];

/// Writes the taxonomy, one table of both years, one of each, and the second without its truth.
fn write_tables(folder: &Path) {
    std::fs::write(folder.join("tree.csv"), TREE).unwrap();
    let mut number = 0;
    let mut lines = vec![];
    for (year, truth, answer, times) in ROWS {
        for _ in 0..times {
            number += 1;
            lines.push((year, format!("{number}.jpg,{year},{truth},{answer}\n"), format!("{number}.jpg,{answer}\n")));
        }
    }
    let of = |wanted: &str| lines.iter().filter(|line| line.0 == wanted).map(|line| line.1.as_str()).collect::<String>();
    let head = "image,year,truth,predicted\n";
    std::fs::write(folder.join("years.csv"), format!("{head}{}{}", of("2023"), of("2024"))).unwrap();
    for year in ["2023", "2024"] {
        std::fs::write(folder.join(format!("{year}.csv")), format!("{head}{}", of(year))).unwrap();
    }
    let unseen: String = lines.iter().filter(|line| line.0 == "2024").map(|line| line.2.as_str()).collect();
    std::fs::write(folder.join("unseen.csv"), format!("image,predicted\n{unseen}")).unwrap();
}

fn json(folder: &Path, arguments: &[&str]) -> Value {
    let all = [&["shift"], arguments, &["--taxonomy", "tree.csv", "--rank", "species", "-o", "out", "--json"]].concat();
    let outcome = nearmiss(folder, &all);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    serde_json::from_str(&outcome.stdout).unwrap()
}

fn near(value: &Value, expected: f64) {
    assert!(value.as_f64().is_some_and(|value| (value - expected).abs() < 1e-12), "{value}, not {expected}");
}

fn metric<'v>(value: &'v Value, name: &str) -> &'v Value {
    value["metrics"].as_array().unwrap().iter().find(|metric| metric["name"] == name).unwrap()
}

#[test]
fn two_years_of_one_table_and_two_tables_are_the_same() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    let one = json(folder.path(), &["years.csv", "--group-column", "year", "--between", "2023", "2024"]);
    let exact = metric(&one, "exact");
    near(&exact["difference"], -0.3);
    near(&exact["skill"], -0.2);
    near(&exact["composition"], -0.1);
    near(&one["label_shift"]["error_bbse"], 0.2);
    let two = json(folder.path(), &["2023.csv", "2024.csv"]);
    for key in ["metrics", "overlap", "standardised", "label_shift", "mix", "verdict"] {
        assert_eq!(one[key], two[key], "{key}");
    }
    let files = ["index.html", "report.md", "shift.json", "shift_ranks.csv", "shift_standardised.csv"];
    for file in files.into_iter().chain(["shift_clades.csv", "shift_taxa.csv", "shift_mix.csv", "figures/contributions.svg"]) {
        assert!(folder.path().join("out").join(file).is_file(), "{file}");
    }
    let taxa = std::fs::read_to_string(folder.path().join("out/shift_taxa.csv")).unwrap();
    assert_eq!(taxa.lines().count(), 4, "{taxa}");
    assert!(taxa.contains("Vulpes vulpes,species,both,2,6,0.2,0.6,"), "{taxa}");
}

#[test]
fn a_second_table_without_truths_is_estimated() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    let found = json(folder.path(), &["2023.csv", "unseen.csv"]);
    assert_eq!(metric(&found, "exact")["second"], Value::Null);
    near(&found["label_shift"]["accuracy_bbse"], 0.6);
    assert_eq!(found["label_shift"]["accuracy_second"], Value::Null);
    assert!(found["verdict"].as_str().unwrap().contains("by its answers alone 60.0"), "{}", found["verdict"]);
}

#[test]
fn what_is_no_pair_of_sets_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    write_tables(folder.path());
    let refused = |arguments: &[&str], parts: &[&str]| {
        says(&refusal(folder.path(), &[&["shift"], arguments, &["--taxonomy", "tree.csv"]].concat()), parts);
    };
    refused(&["years.csv"], &["years.csv", "one table is one set", "--between"]);
    refused(&["years.csv", "--group-column", "year", "--between", "2023", "2025"], &["'2025'", "'year'", "'2023', '2024'"]);
    refused(&["years.csv", "--group-column", "year", "--between", "2023", "2023"], &["'2023'", "itself"]);
    refused(&["2023.csv", "2024.csv", "--group-column", "year", "--between", "2023", "2024"], &["out of one table"]);
    refused(&["unseen.csv", "2024.csv"], &["unseen.csv", "truth"]);
}

#[test]
fn beetles_of_the_world_and_of_hawaii_have_hardly_a_species_in_common() {
    let Some(world) = shared("real/preds_beetleverse/allcarabids_bioclip_zeroshot_species_first20000.csv") else { return };
    let Some(hawaii) = shared("real/preds_beetleverse/puum_bioclip_zeroshot_species.csv") else { return };
    let mut shifting = Shifting::from_to(world, hawaii);
    // Of so many species no mix is estimated, which of some 200 genera takes long.
    shifting.options.rank = Some(Rank::Species);
    let shifted = shifting.run().unwrap();
    let exact = shifted.shift.row("exact").unwrap();
    // 1 171 of 16 980, for 3 020 of 20 000 truths are 'Unknown', and 381 of 1 622.
    assert_eq!((exact.n_first, exact.n_second), (16_980, 1622));
    assert!((exact.first.unwrap() - 0.0690).abs() < 0.001 && (exact.second.unwrap() - 0.2349).abs() < 0.001, "{exact:?}");
    let overlap = &shifted.shift.overlaps[0];
    assert_eq!((overlap.rank, overlap.taxa_shared), (Some(Rank::Species), 2));
    assert!(
        overlap.shared_first.unwrap() < 0.01 && shifted.warnings.iter().any(|warning| warning.starts_with("Fewer than half"))
    );
}
