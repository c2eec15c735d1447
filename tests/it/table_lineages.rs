//! Lineages and names in tables: strings of them, homonyms, a taxonomy that is given, synonyms.

use crate::table::{all_shown, file, read, usual};
use nearmiss::answers::table::{Built, MissingTruth, TableError, TableOptions, read_tables};
use nearmiss::answers::{Answer, Truth};
use nearmiss::taxonomy::Taxonomy;
use std::path::Path;
use tempfile::TempDir;

#[test]
fn lineage_strings_of_two_files_without_headers() {
    let folder = TempDir::new().unwrap();
    let truth = file(
        &folder,
        "truth.tsv",
        "q1\tk__Bacteria;p__Proteobacteria;g__Neisseria;s__cinerea\nq2\tk__Bacteria;p__Firmicutes;g__;s__\n",
    );
    let answers = "q2\tk__Bacteria; p__Firmicutes; g__Bacillus; s__\t1e-9\nq1\tUnassigned\t0.5\n";
    let predictions = file(&folder, "predicted.tsv", answers);
    let tables = read_tables(&predictions, None, &TableOptions { truth_file: Some(truth.into()), ..usual() }).unwrap();
    let expected =
        ["q2: Bacteria>Firmicutes | Bacteria>Firmicutes>Bacillus", "q1: Bacteria>Proteobacteria>Neisseria>Neisseria cinerea | "];
    assert_eq!(all_shown(&tables), expected, "the third column is unnamed: an e-value is no probability");
}

#[test]
fn lineages_in_one_table_with_a_separator_given() {
    let options = TableOptions { lineage_separator: Some('/'), ..usual() };
    let table = "id,truth,predicted\n1,Felidae/Felis/Felis catus,Felidae/Lynx\n2,Felidae/Lynx/Lynx lynx,Felidae\n";
    let tables = read(table, &options);
    assert_eq!(all_shown(&tables)[0], "1: Felidae>Felis>Felis catus | Felidae>Lynx");
}

#[test]
fn homonyms_are_told_apart_by_their_lineages() {
    let table = "image,truth,predicted\n\
        a,Animalia;Chordata;Aves;Passeriformes;Muscicapidae;Oenanthe,Plantae;Tracheophyta;Magnoliopsida;Apiales;Apiaceae;Oenanthe\n";
    let tables = read(table, &usual());
    let run = &tables.runs[0];
    let (Truth::Taxon(bird), Answer::Taxon(plant)) = (run.truths[0], run.ranked.best(0)) else { panic!() };
    assert_ne!(bird, plant);
    assert_eq!(tables.taxonomy.lca(bird, plant), nearmiss::taxonomy::TaxonId::ROOT);
}

#[test]
fn a_name_that_stands_in_two_lineages_is_not_chosen_between() {
    let table = "image,truth,predicted_kingdom,predicted_family,predicted_genus\n\
        a,Oenanthe,Animalia,Muscicapidae,Oenanthe\nb,Oenanthe,Plantae,Apiaceae,Oenanthe\n";
    let tables = read(table, &usual());
    assert_eq!(tables.runs[0].truths, [Truth::Outside, Truth::Outside]);
    assert_eq!(tables.runs[0].outside_truths["Oenanthe"], 2);
    assert!(
        tables.notes.iter().any(|note| note.contains("stands for several taxa") && note.contains("'Oenanthe'")),
        "{:?}",
        tables.notes
    );
    let within = read(table, &TableOptions { clade: Some("Plantae".to_string()), ..usual() });
    assert_eq!(all_shown(&within)[0], "a: Plantae>Apiaceae>Oenanthe | Animalia>Muscicapidae>Oenanthe");
}

pub(crate) const TAXONOMY: &str = "id,kingdom,family,genus,species\n\
    10,Animalia,Felidae,Felis,Felis catus\n11,Animalia,Muscicapidae,Oenanthe,Oenanthe oenanthe\n12,Plantae,Apiaceae,Oenanthe,Oenanthe crocata\n";

#[test]
fn names_are_looked_up_in_a_given_taxonomy() {
    let taxonomy = Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("t.csv")).unwrap();
    let table = "image,truth,predicted_kingdom,predicted_genus,predicted_species\n\
        a,Felis catus domesticus,Plantae,Oenanthe,\nb,Oenanthe,Fungi,Felis,Felis catus\nc,10,Animalia,Lynx,Lynx lynx\n";
    let folder = TempDir::new().unwrap();
    let tables = read_tables(file(&folder, "t.csv", table), Some(&taxonomy), &usual()).unwrap();
    assert_eq!(tables.built, Built::Given);
    let expected = [
        "a: Animalia>Felidae>Felis>Felis catus | Plantae>Apiaceae>Oenanthe",
        "b: Outside | Outside",
        "c: Animalia>Felidae>Felis>Felis catus | Outside",
    ];
    assert_eq!(all_shown(&tables), expected);
    let run = &tables.runs[0];
    assert_eq!(
        run.outside_answers.iter().map(|(name, count)| (name.as_str(), *count)).collect::<Vec<_>>(),
        [("Felis catus", 1), ("Lynx lynx", 1)]
    );
    for note in ["several taxa", "agrees nowhere", "counts as its species: 'Felis catus domesticus'"] {
        assert!(tables.notes.iter().any(|own| own.contains(note)), "{note}: {:?}", tables.notes);
    }
    let within = TableOptions { clade: Some("Plantae".to_string()), ..usual() };
    let tables = read_tables(file(&folder, "t.csv", table), Some(&taxonomy), &within).unwrap();
    assert!(all_shown(&tables)[1].starts_with("b: Plantae>Apiaceae>Oenanthe |"));
    let elsewhere = TableOptions { clade: Some("Felida".to_string()), ..usual() };
    let refused = read_tables(file(&folder, "t.csv", table), Some(&taxonomy), &elsewhere).map(|_| ()).unwrap_err();
    assert!(
        refused.to_string().starts_with("clade 'Felida': not one taxon of the taxonomy; nearest names: 'Felidae'"),
        "{refused}"
    );
    let blank = TableOptions { missing_truth: MissingTruth::Taxon, ..usual() };
    let refused = read_tables(file(&folder, "t.csv", table), Some(&taxonomy), &blank).map(|_| ()).unwrap_err();
    assert!(matches!(refused, TableError::BlankInGivenTaxonomy));
}

#[test]
fn synonyms_find_their_taxon_and_are_counted() {
    let folder = tempfile::tempdir().unwrap();
    let species = "genus,species,synonyms\nApis,Apis mellifera,Apis mellifica|Apis domestica\nBombus,Bombus terrestris,\n";
    let taxonomy = Taxonomy::from_bytes(species.as_bytes(), "species.csv".as_ref()).unwrap();
    let path = file(
        &folder,
        "predictions.csv",
        "image,truth,predicted\na,Apis mellifica L.,Bombus terrestris\nb,Apis mellifera,Apis domestica\n",
    );
    let tables = read_tables(&path, Some(&taxonomy), &TableOptions::default()).unwrap();
    let run = &tables.runs[0];
    assert_eq!(run.truths[0], run.truths[1]);
    assert_eq!(
        run.ranked.best(1),
        Answer::Taxon(match run.truths[1] {
            Truth::Taxon(taxon) => taxon,
            _ => panic!(),
        })
    );
    assert_eq!(run.synonym_truths, [0].into());
    assert!(tables.notes.iter().any(|note| note.contains("2 labels are synonyms of taxa of the taxonomy")), "{:?}", tables.notes);
    assert_ne!(
        taxonomy.fingerprint(),
        Taxonomy::from_bytes(species.replace("|Apis domestica", "").as_bytes(), "s.csv".as_ref()).unwrap().fingerprint()
    );
}
