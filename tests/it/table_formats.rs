//! Tables as other programs write them: pybioclip, dictionaries, free text, JSON, Parquet.

use crate::table::{all_shown, error, file, read, usual};
use nearmiss::answers::Answer;
use nearmiss::answers::table::{Built, TableOptions, read_tables};
use nearmiss::taxonomy::rank::Rank;
use polars::prelude::*;
use regex::Regex;
use tempfile::TempDir;

const PYBIOCLIP: &str = "file_name,kingdom,phylum,class,order,family,genus,species_epithet,species,common_name,score\n\
    photos/Felis catus/1.jpg,Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,catus,Felis catus,domestic cat,0.6\n\
    photos/Felis catus/1.jpg,Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,lynx,Lynx lynx,Eurasian lynx,0.3\n\
    photos/Lynx lynx/2.jpg,Animalia,Chordata,Mammalia,Carnivora,Felidae,Felis,catus,Felis catus,domestic cat,0.9\n";

#[test]
fn pybioclip_with_truth_from_the_class_folders() {
    let tables = read(PYBIOCLIP, &usual());
    assert_eq!(tables.built, Built::Lineages);
    let family = "Animalia>Chordata>Mammalia>Carnivora>Felidae";
    let expected = [
        format!(
            "photos/Felis catus/1.jpg: {family}>Felis>Felis catus | {family}>Felis>Felis catus 0.6, {family}>Lynx>Lynx lynx 0.3"
        ),
        format!("photos/Lynx lynx/2.jpg: {family}>Lynx>Lynx lynx | {family}>Felis>Felis catus 0.9"),
    ];
    assert_eq!(all_shown(&tables), expected);
    assert!(tables.notes.contains(&"truth: the folder of each image".to_string()), "{:?}", tables.notes);
}

#[test]
fn pybioclip_with_a_truth_table_joined_by_file_name() {
    let folder = TempDir::new().unwrap();
    let predictions = file(&folder, "predictions.csv", PYBIOCLIP);
    let truth = file(&folder, "truth.csv", "filename,species\n1.jpg,Lynx lynx\n3.jpg,Felis catus\n");
    let tables = read_tables(&predictions, None, &TableOptions { truth_file: Some(truth.into()), ..usual() }).unwrap();
    let family = "Animalia>Chordata>Mammalia>Carnivora>Felidae";
    let expected = [
        format!(
            "photos/Felis catus/1.jpg: {family}>Lynx>Lynx lynx | {family}>Felis>Felis catus 0.6, {family}>Lynx>Lynx lynx 0.3"
        ),
        format!("photos/Lynx lynx/2.jpg: Missing | {family}>Felis>Felis catus 0.9"),
        format!("3.jpg: {family}>Felis>Felis catus | "),
    ];
    assert_eq!(all_shown(&tables), expected);
    for note in
        ["1 predicted image is not in the truth table", "1 image of the truth table has no prediction", "joined by file name"]
    {
        assert!(tables.notes.iter().any(|own| own.contains(note)), "{note}: {:?}", tables.notes);
    }
}

#[test]
fn python_dictionaries_hold_lineages() {
    let table = "image,truth,predictions\na,Felis catus,\"{'file_name': 'a', 'kingdom': 'Animalia', 'family': \"\"Felidae\"\", 'genus': 'Felis', 'score': 0.25}\"\n";
    assert_eq!(all_shown(&read(table, &usual())), ["a: Animalia>Felidae>Felis>Felis catus | Animalia>Felidae>Felis 0.25"]);
}

#[test]
fn free_text_with_a_pattern() {
    let options = TableOptions { predicted_pattern: Some(Regex::new(r"is: ([A-Z][a-z]+ [a-z]+)").unwrap()), ..usual() };
    let table = "{\"image\": \"a\", \"target-class\": \"Felis catus\", \"output\": \"It is: Lynx lynx.\"}\n\n\
        {\"image\": \"b\", \"target-class\": NaN, \"output\": \"I cannot say\", \"extra\": 1}\n";
    let tables = read(table, &options);
    assert_eq!(all_shown(&tables), ["a: Felis>Felis catus | Lynx>Lynx lynx", "b: Missing | Outside"]);
    assert_eq!(tables.runs[0].outside_answers["I cannot say"], 1);
}

#[test]
fn sentences_are_no_taxa() {
    let sentences =
        "image,truth,output\na,Felis catus,The answer is: A) Felis catus\nb,Felis catus,The answer is: B) Lynx lynx\n";
    let message = error(sentences, &usual());
    assert!(
        message.starts_with("DIR/table.csv: column 'output' holds sentences ('The answer is: A) Felis catus'), not names. Give --predicted-pattern"),
        "{message}"
    );
    let one =
        read("image,truth,output\na,Felis catus,Felis catus\nb,Felis catus,This is no cat\nc,Felis catus,Lynx lynx\n", &usual());
    assert_eq!(all_shown(&one)[1], "b: Felis>Felis catus | Outside");
}

#[test]
fn json_answers_point_into_options() {
    let table = r#"{"model": "m", "results": [
        {"id": 7, "options": ["Felis catus", "Lynx lynx"], "correct_answer": 1, "predicted_answer": 0},
        {"id": 8, "options": ["Felis catus"], "correct_answer": 0, "predicted_answer": null},
        {"id": 9, "options": ["Felis catus"], "correct_answer": 0, "predicted_answer": 3}]}"#;
    let tables = read(table, &usual());
    let expected = ["7: Lynx>Lynx lynx | Felis>Felis catus", "8: Felis>Felis catus | ", "9: Felis>Felis catus | Outside"];
    assert_eq!(all_shown(&tables), expected);
}

#[test]
fn parquet_with_numbers_as_image_names() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("table.csv");
    let mut frame = df!("image" => [3_i64, 4], "truth" => ["Felis catus", "Lynx lynx"], "prediction" => [Some("Felis catus"), None], "score" => [0.5_f32, f32::NAN]).unwrap();
    ParquetWriter::new(std::fs::File::create(&path).unwrap()).finish(&mut frame).unwrap();
    let tables = read_tables(&path, None, &usual()).unwrap();
    assert_eq!(
        all_shown(&tables),
        ["3: Felis>Felis catus | Felis>Felis catus 0.5", "4: Lynx>Lynx lynx | "],
        "told by content, not by extension"
    );
}

#[test]
fn a_cell_of_ranks_says_how_deep_the_answer_goes() {
    let table = "image,truth,best_label,best_level,best_score\na,Patella vulgata,Gastropoda,classe,67%\nb,Patella vulgata,patella vulgata,species_name,100%\n";
    let tables = read(table, &usual());
    let Answer::Taxon(taxon) = tables.runs[0].ranked.best(0) else { panic!() };
    assert_eq!((tables.taxonomy.name(taxon), tables.taxonomy.rank(taxon)), ("Gastropoda", Rank::Class));
    assert_eq!(tables.runs[0].ranked.probability(0, 0), Some(0.67));
}
