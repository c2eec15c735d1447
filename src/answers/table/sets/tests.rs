//! Every form of a table of sets reads to the same sets.

use super::*;
use crate::answers::sets::{AnswerSets, Named};
use crate::answers::table::{TableError, TableOptions, TableSource};
use crate::taxonomy::Taxonomy;
use std::path::Path;

const TAXONOMY: &str = "kingdom,phylum,class,order,family,genus,species\n\
    Plantae,Tracheophyta,Liliopsida,Poales,Poaceae,Poa,Poa annua\n\
    Plantae,Tracheophyta,Magnoliopsida,Asterales,Asteraceae,Bellis,Bellis perennis\n\
    Plantae,Tracheophyta,Magnoliopsida,Asterales,Asteraceae,Taraxacum,Taraxacum officinale\n";

fn taxonomy() -> Taxonomy {
    Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("t.csv")).unwrap()
}

/// Truths, answers and notes, as text.
type Texts = (Vec<String>, Vec<String>, Vec<String>);

/// The sets of truths and of the first run, as text.
fn read(predictions: &str, truth: Option<&str>, options: &SetOptions) -> Result<Texts, TableError> {
    let folder = tempfile::tempdir().unwrap();
    let (table, second) = (folder.path().join("p.csv"), folder.path().join("truth.csv"));
    std::fs::write(&table, predictions).unwrap();
    let mut options = options.clone();
    if let Some(truth) = truth {
        std::fs::write(&second, truth).unwrap();
        options.table.truth_file = Some(TableSource::from(&second));
    }
    let taxonomy = taxonomy();
    let read = read_sets(&[TableSource::from(&table)], Some(&taxonomy), &options)?;
    let name = |taxon: crate::taxonomy::TaxonId| taxonomy.name(taxon).to_string();
    let truths = read.sets.images.iter().zip(&read.sets.truths);
    let truths =
        truths.map(|(image, taxa)| format!("{image}: {}", taxa.iter().map(|taxon| name(*taxon)).collect::<Vec<_>>().join(", ")));
    let run: &AnswerSets = &read.sets.runs[0];
    let member = |named: Named| match named {
        Named::Taxon(taxon) => name(taxon),
        Named::Unknown(place) => format!("?{}", run.unknown_names[place as usize]),
    };
    let answers = run.listed.iter().map(|listed| listed.iter().map(|one| member(one.named)).collect::<Vec<_>>().join(", "));
    let notes = read.notes.iter().chain(&run.notes).cloned().collect();
    Ok((truths.collect(), answers.collect(), notes))
}

const TRUTHS: [&str; 3] = ["q1: Poa annua, Bellis perennis", "q2: ", "q3: Taraxacum officinale"];
const ANSWERS: [&str; 3] = ["Bellis perennis, Taraxacum officinale", "Poa annua", ""];

#[test]
fn rows_lists_and_columns_of_classes_are_the_same_sets() {
    let rows = "image,species,score\nq1,Taraxacum officinale,0.6\nq1,Bellis perennis,0.9\nq2,Poa annua,0.7\nq9,Poa annua,0.7\n";
    let lists =
        "quadrat_id,species_ids\nq1,\"['Bellis perennis', 'Taraxacum officinale']\"\nq2,['Poa annua']\nq9,['Poa annua']\n";
    let between = "plot,predicted_species\nq1,Bellis perennis; Taraxacum officinale\nq2,Poa annua\nq9,Poa annua\n";
    for predictions in [rows, lists, between] {
        for truth in [
            "image,species\nq1,Poa annua\nq1,Bellis perennis\nq2,\nq3,Taraxacum officinale\n",
            "quadrat_id,species_ids\nq1,\"['Poa annua', 'Bellis perennis']\"\nq2,[]\nq3,['Taraxacum officinale']\n",
            "image,truth\nq1,Poa annua|Bellis perennis\nq2,\nq3,Taraxacum officinale\n",
            "image,Poa annua,Bellis perennis,Taraxacum officinale\nq1,1,1,0\nq2,0,0,0\nq3,0,0,1\n",
            "image,Poa annua,Bellis perennis,Taraxacum officinale\nq1,yes,yes,no\nq2,no,no,no\nq3,no,no,yes\n",
        ] {
            let (truths, answers, notes) = read(predictions, Some(truth), &SetOptions::default()).unwrap();
            assert_eq!((truths, answers), (TRUTHS.map(str::to_string).to_vec(), ANSWERS.map(str::to_string).to_vec()), "{truth}");
            assert!(
                notes.iter().any(|note| note == "1 image of the truth has no answers: its set is empty, and scored"),
                "{notes:?}"
            );
            assert!(notes.iter().any(|note| note == "1 answered image without a truth: left out"), "{notes:?}");
        }
    }
}

#[test]
fn lists_stand_in_brackets_of_any_kind() {
    let truth = "image,truth\nq1,Poa annua|Bellis perennis\nq2,\nq3,Taraxacum officinale\n";
    for cell in [
        "\"{'Bellis perennis', 'Taraxacum officinale'}\"",
        "\"frozenset({'Bellis perennis', 'Taraxacum officinale'})\"",
        "\"[Bellis perennis, Taraxacum officinale]\"",
        "{Bellis perennis;Taraxacum officinale}",
    ] {
        let one = if cell.contains('\'') { "{'Poa annua'}" } else { "[Poa annua]" };
        let table = format!("image,predicted\nq1,{cell}\nq2,{one}\n");
        let (_, answers, _) = read(&table, Some(truth), &SetOptions::default()).unwrap();
        assert_eq!(answers, ANSWERS, "{cell}");
    }
}

#[test]
fn a_row_of_na_in_columns_of_classes_is_no_truth_and_one_of_blanks_is_an_empty_set() {
    let truth = "image,site,Poa annua,Bellis perennis\nq1,NA,1,0\nq2,a,NA,NA\nq3,a,,\nq4,a,NA,1\n";
    let table = "image,species\nq1,Poa annua\nq2,Poa annua\nq3,Nonsense plant\nq4,Nonsense plant\n";
    let (truths, answers, notes) = read(table, Some(truth), &SetOptions::default()).unwrap();
    assert_eq!(truths, ["q1: Poa annua", "q3: ", "q4: Bellis perennis"]);
    assert_eq!(answers, ["Poa annua", "?Nonsense plant", "?Nonsense plant"]);
    assert!(notes.iter().any(|note| note == "1 image whose truth says that nobody knows: left out"), "{notes:?}");
}

#[test]
fn one_table_may_hold_both_and_a_name_counts_once() {
    let table = "image,truth,predicted\nq1,Poa annua,Bellis perennis\nq1,Bellis perennis,Bellis perennis\nq2,,Nonsense plant\n";
    let (truths, answers, notes) = read(table, None, &SetOptions::default()).unwrap();
    assert_eq!(truths, ["q1: Poa annua, Bellis perennis", "q2: "]);
    assert_eq!(answers, ["Bellis perennis", "?Nonsense plant"]);
    assert!(notes.iter().any(|note| note.starts_with("1 answer repeated a taxon of the same image")), "{notes:?}");
}

#[test]
fn what_nobody_knows_is_no_empty_set() {
    let truth = "image,species\nq1,unknown\nq2,person\nq3,Nonsense plant\nq4,Poa annua\nq4,Nonsense plant\n";
    let table = "image,species\nq1,Poa annua\nq2,Poa annua\nq3,Poa annua\nq4,Nonsense plant\n";
    let (truths, answers, notes) = read(table, Some(truth), &SetOptions::default()).unwrap();
    assert_eq!(truths, ["q2: ", "q4: Poa annua"]);
    // The unknown truth was answered: neither right nor wrong.
    assert_eq!(answers, ["Poa annua", ""]);
    assert!(notes.iter().any(|note| note == "1 image whose truth says that nobody knows: left out"), "{notes:?}");
    assert!(notes.iter().any(|note| note.starts_with("1 image of whose truths none is a taxon")), "{notes:?}");
    assert!(notes.iter().any(|note| note.starts_with("2 truths outside the taxonomy")), "{notes:?}");
}

#[test]
fn ids_without_a_taxonomy_are_classes() {
    let folder = tempfile::tempdir().unwrap();
    let (table, truth) = (folder.path().join("run.csv"), folder.path().join("truth.csv"));
    std::fs::write(&table, "quadrat_id,species_ids\nA1,\"[1395807, 1356257]\"\nA2,[]\n").unwrap();
    std::fs::write(&truth, "quadrat_id,species_ids\nA1,[1356257]\nA2,\"[1395807, 1356257]\"\n").unwrap();
    let options = SetOptions {
        table: TableOptions { truth_file: Some(TableSource::from(&truth)), ..TableOptions::default() },
        ..SetOptions::default()
    };
    let read = read_sets(&[TableSource::from(&table)], None, &options).unwrap();
    assert_eq!(read.sets.truths.iter().map(Vec::len).collect::<Vec<_>>(), [1, 2]);
    let run = &read.sets.runs[0];
    assert_eq!((run.name.as_str(), run.listed[0].len(), run.listed[1].len(), run.unknown_names.len()), ("run", 2, 0, 0));
}

#[test]
fn bad_tables_are_refused_in_a_sentence() {
    let says =
        |predictions: &str, truth: Option<&str>, options: &SetOptions| read(predictions, truth, options).unwrap_err().to_string();
    let usual = SetOptions::default();
    assert!(says("image,species\nq1,Poa annua\n", None, &usual).contains("no column is recognisable as the truth"));
    assert!(
        says("image,species\nq1,Poa annua\n", Some("image,species\nx,Poa annua\n"), &usual)
            .contains("no image of the predictions")
    );
    let site = SetOptions { site_column: Some("place".to_string()), ..SetOptions::default() };
    let message = says("image,truth,predicted\nq1,Poa annua,Poa annua\n", None, &site);
    assert!(message.contains("no column 'place' (from --site-column)"), "{message}");
    let lists = "image,truth,predicted,scores\nq1,Poa annua,\"['Poa annua', 'Bellis perennis']\",[0.5]\n";
    assert!(says(lists, None, &usual).contains("they must be as many"), "{}", says(lists, None, &usual));
}
