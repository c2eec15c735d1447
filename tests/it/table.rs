//! Tables of predictions in every shape, from hand-written fixtures.

#![expect(clippy::unwrap_used, reason = "tests")]

use nearmiss::answers::{Answer, Answers, Truth};
use nearmiss::rank::Rank;
use nearmiss::table::{Built, MissingTruth, TableError, TableOptions, Tables, read_manifest, read_run, read_tables};
use nearmiss::taxonomy::Taxonomy;
use polars::prelude::*;
use regex::Regex;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

fn file(folder: &TempDir, name: &str, text: &str) -> PathBuf {
    let path = folder.path().join(name);
    std::fs::write(&path, text).unwrap();
    path
}

fn read(text: &str, options: &TableOptions) -> Tables<'static> {
    let folder = TempDir::new().unwrap();
    read_tables(&file(&folder, "table", text), None, options).unwrap_or_else(|error| panic!("{error}"))
}

fn error(text: &str, options: &TableOptions) -> String {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "table.csv", text);
    let error = read_tables(&path, None, options).map(|_| ()).unwrap_err();
    error.to_string().replace(&folder.path().display().to_string(), "DIR")
}

fn usual() -> TableOptions {
    TableOptions::default()
}

/// `truth: lineage | answers: lineage (probability), ...` of an image; short names for asserts.
fn shown(tables: &Tables, run: &Answers, image: usize) -> String {
    let taxon = |taxon| tables.taxonomy.lineage_string(taxon, ">");
    let truth = match run.truths[image] {
        Truth::Taxon(truth) => taxon(truth),
        other => format!("{other:?}"),
    };
    let answers = run.ranked.answers(image).iter().enumerate().map(|(position, answer)| {
        let name = match answer {
            Answer::Taxon(answer) => taxon(*answer),
            other => format!("{other:?}"),
        };
        run.ranked.probability(image, position).map_or(name.clone(), |probability| format!("{name} {probability}"))
    });
    format!("{truth} | {}", answers.collect::<Vec<_>>().join(", "))
}

fn all_shown(tables: &Tables) -> Vec<String> {
    let run = &tables.runs[0];
    (0..run.images.len()).map(|image| format!("{}: {}", run.images[image], shown(tables, run, image))).collect()
}

#[test]
fn binomials_one_row_per_image() {
    let tables = read("image,truth,predicted\na.jpg,Felis catus L.,Felis_catus\nb.jpg,Lynx lynx,Felis silvestris\n", &usual());
    assert_eq!(tables.built, Built::Binomials { clade: false });
    assert_eq!(
        all_shown(&tables),
        ["a.jpg: Felis>Felis catus | Felis>Felis catus", "b.jpg: Lynx>Lynx lynx | Felis>Felis silvestris"]
    );
    assert!(tables.notes.iter().any(|note| note.contains("built from names alone")), "{:?}", tables.notes);
    assert!(tables.runs[0].summed.iter().all(Option::is_none));
}

#[test]
fn semicolons_tabs_byte_order_mark_and_crlf_are_seen_through() {
    let table = "\u{feff}Image-Path;Ground Truth;Prediction\r\n\"a;1.jpg\";Felis catus;Lynx lynx\r\n";
    let expected = ["a;1.jpg: Felis>Felis catus | Lynx>Lynx lynx"];
    assert_eq!(all_shown(&read(table, &usual())), expected);
    let tabs = "Image-Path\tGround Truth\tPrediction\na;1.jpg\tFelis catus\tLynx lynx\n";
    assert_eq!(all_shown(&read(tabs, &usual())), expected);
}

#[test]
fn quoted_commas_and_a_first_column_without_name() {
    let table = ",image,truth,predicted\n0,\"a, b.jpg\",\"Felis catus (Linnaeus, 1758)\",Felis catus\n1,c.jpg,Felis catus,\n";
    assert_eq!(
        all_shown(&read(table, &usual())),
        ["a, b.jpg: Felis>Felis catus | Felis>Felis catus", "c.jpg: Felis>Felis catus | "]
    );
}

#[test]
fn a_blank_truth_is_missing_and_a_blank_answer_is_none() {
    let table = "image,truth,predicted\na,Unknown,Felis catus\nb,Felis catus,\nc,NA,nan\n";
    let tables = read(table, &usual());
    let run = &tables.runs[0];
    assert_eq!(run.truths.iter().map(|truth| *truth == Truth::Missing).collect::<Vec<_>>(), [true, false, true]);
    assert_eq!((run.ranked.best(1), run.ranked.best(2)), (Answer::Nothing, Answer::Nothing));
    assert!(!run.count_outside_as_wrong);
    let wrong = read(table, &TableOptions { missing_truth: MissingTruth::Wrong, ..usual() });
    assert!(wrong.runs[0].count_outside_as_wrong);
}

#[test]
fn blanks_can_be_a_class_of_their_own() {
    let options = TableOptions { missing_truth: MissingTruth::Taxon, ..usual() };
    let tables = read("image,truth,predicted\na,,\nb,Felis catus,\nc,,Felis catus\n", &options);
    let blank = "(missing)";
    let expected =
        [format!("a: {blank} | {blank}"), format!("b: Felis>Felis catus | {blank}"), format!("c: {blank} | Felis>Felis catus")];
    assert_eq!(all_shown(&tables), expected);
    let Truth::Taxon(taxon) = tables.runs[0].truths[0] else { panic!() };
    assert_eq!(tables.taxonomy.rank(taxon), Rank::Species);
    let genera = read("image,truth,predicted\na,,\nb,Felis,\n", &options);
    let Truth::Taxon(taxon) = genera.runs[0].truths[0] else { panic!() };
    assert_eq!(genera.taxonomy.rank(taxon), Rank::Genus, "no truth is finer");
}

#[test]
fn coarse_truths_trinomials_and_a_clade() {
    let table = "image,truth,predicted\na,Carabus sp.,Carabus nemoralis nemoralis\nb,Carabidae sp.,Carabus\n";
    let options = TableOptions { clade: Some("Animalia;Arthropoda;Insecta;Coleoptera;Carabidae".to_string()), ..usual() };
    let tables = read(table, &options);
    assert_eq!(tables.built, Built::Binomials { clade: true });
    let above = "Animalia>Arthropoda>Insecta>Coleoptera>Carabidae";
    let expected = [
        format!("a: {above}>Carabus | {above}>Carabus>Carabus nemoralis>Carabus nemoralis nemoralis"),
        format!("b: {above} | {above}>Carabus"),
    ];
    assert_eq!(all_shown(&tables), expected);
}

#[test]
fn long_table_of_ranked_labels() {
    // a.jpg: 0.7 before 0.2; b.jpg: a tie goes by the order of the taxonomy, a blank score comes last
    let table = "image,label,score,truth\n\
        a.jpg,Felis catus,0.2,Lynx lynx\nb.jpg,Puma concolor,,Puma concolor\na.jpg,Lynx lynx,0.7,Lynx lynx\n\
        b.jpg,Felis catus,0.3,Puma concolor\nb.jpg,Lynx lynx,0.3,Puma concolor\n";
    let tables = read(table, &usual());
    let expected = [
        "a.jpg: Lynx>Lynx lynx | Lynx>Lynx lynx 0.7, Felis>Felis catus 0.2",
        "b.jpg: Puma>Puma concolor | Felis>Felis catus 0.3, Lynx>Lynx lynx 0.3, Puma>Puma concolor",
    ];
    assert_eq!(all_shown(&tables), expected);
    assert!(tables.runs[0].notes.iter().any(|note| note.contains("1 of 5 scores are missing")), "{:?}", tables.runs[0].notes);
    assert!(tables.runs[0].notes.iter().any(|note| note.contains("add up to as little as 0.600")), "{:?}", tables.runs[0].notes);
}

#[test]
fn scores_rank_before_positions() {
    let table = "image,truth,prediction,position,score\na,Felis catus,Lynx lynx,2,0.9\na,Felis catus,Felis catus,1,0.1\n";
    let tables = read(table, &usual());
    assert_eq!(all_shown(&tables), ["a: Felis>Felis catus | Lynx>Lynx lynx 0.9, Felis>Felis catus 0.1"]);
    let note = "1 of 1 images list an answer above another one of higher score: the scores order the answers";
    assert!(tables.runs[0].notes.iter().any(|found| found.starts_with(note)), "{:?}", tables.runs[0].notes);
}

#[test]
fn whole_distributions_are_summed_per_rank() {
    // Felis 0.3 + 0.3 beats Lynx 0.4 at the genus, not at the species
    let table =
        "image,label,score,truth\na,Lynx lynx,0.4,Lynx lynx\na,Felis catus,0.3,Lynx lynx\na,Felis silvestris,0.3,Lynx lynx\n";
    let tables = read(table, &usual());
    let run = &tables.runs[0];
    let best = |index: usize| {
        run.summed[index].as_ref().map(|ranked| (tables.taxonomy.name(ranked.best(0).taxon()), ranked.probability(0, 0)))
    };
    assert_eq!(best(5), Some(("Felis", Some(0.6))));
    assert_eq!(best(6), Some(("Lynx lynx", Some(0.4))));
    assert_eq!(run.summed[0].as_ref().map(|ranked| ranked.answers(0).len()), Some(0), "the names have no kingdom");
}

#[test]
fn logits_rank_and_are_no_probabilities() {
    let table = "image,label,score,truth\na,Lynx lynx,-3,Lynx lynx\na,Felis catus,25,Lynx lynx\n";
    let tables = read(table, &usual());
    assert_eq!(all_shown(&tables), ["a: Lynx>Lynx lynx | Felis>Felis catus, Lynx>Lynx lynx"]);
    assert!(tables.runs[0].notes[0].contains("1 scores are negative and 1 above 1"), "{:?}", tables.runs[0].notes);
}

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
    let tables = read_tables(&predictions, None, &TableOptions { truth_file: Some(truth), ..usual() }).unwrap();
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
        ["1 predicted images are not in the truth table", "1 images of the truth table have no prediction", "joined by file name"]
    {
        assert!(tables.notes.iter().any(|own| own.contains(note)), "{note}: {:?}", tables.notes);
    }
}

#[test]
fn rank_columns_for_truth_and_predicted() {
    let table = "image,truth_family,truth_genus,truth_species,predicted_family,predicted_genus,predicted_species,predicted_score\n\
        a,Felidae,Felis,catus,Felidae,Lynx,,0.8\nb,Felidae,,,Felidae,Felis,silvestris,1.5\n";
    let tables = read(table, &usual());
    assert_eq!(tables.built, Built::Lineages);
    let expected = ["a: Felidae>Felis>Felis catus | Felidae>Lynx", "b: Felidae | Felidae>Felis>Felis silvestris"];
    assert_eq!(all_shown(&tables), expected);
}

#[test]
fn wide_columns_hold_the_first_five_answers() {
    let table = "image,true_species,pred1_species,pred1_genus,pred1_conf,pred2_species,pred2_genus,pred2_conf,top1_genus\n\
        a,Mentha × piperita L.,Mentha aquatica L.,Mentha,0.7,Mentha ×piperita L.,Mentha,20%,Mentha\nb,Mentha spicata,Mentha spicata,Mentha,0.9,,,,Mentha\n";
    let tables = read(table, &usual());
    assert_eq!(tables.runs.len(), 1);
    let expected = [
        "a: Mentha>Mentha × piperita | Mentha>Mentha aquatica 0.7, Mentha>Mentha × piperita 0.2",
        "b: Mentha>Mentha spicata | Mentha>Mentha spicata 0.9",
    ];
    assert_eq!(all_shown(&tables), expected);
}

#[test]
fn several_predicted_columns_are_several_runs() {
    let table = "path,ScientificName,Pred_MLP,Pred_Forest,Conf_MLP\na,Felis catus,Felis catus,Lynx lynx,0.5\n";
    let tables = read(table, &usual());
    assert_eq!(tables.runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["Pred_MLP", "Pred_Forest"]);
    assert_eq!(shown(&tables, &tables.runs[0], 0), "Felis>Felis catus | Felis>Felis catus 0.5");
    assert_eq!(shown(&tables, &tables.runs[1], 0), "Felis>Felis catus | Lynx>Lynx lynx");
    let named = read(table, &TableOptions { predicted_columns: vec!["pred forest".to_string()], ..usual() });
    assert_eq!(named.runs.iter().map(|run| run.name.as_str()).collect::<Vec<_>>(), ["Pred_Forest"]);
}

#[test]
fn a_classifier_of_genera_is_asked_for_genera() {
    let table = "image,Genus,ScientificName,PredGenus\na,Felis,Felis catus,Felis\nb,,Lynx lynx,Felis\n";
    let tables = read(table, &usual());
    assert_eq!(all_shown(&tables), ["a: Felis | Felis", "b: Lynx | Felis"], "the blank genus is that of the binomial");
}

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
    let tables = read_tables(&predictions, None, &TableOptions { truth_file: Some(truth), ..usual() }).unwrap();
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
        tables.notes.iter().any(|note| note.contains("stand for several taxa") && note.contains("'Oenanthe'")),
        "{:?}",
        tables.notes
    );
    let within = read(table, &TableOptions { clade: Some("Plantae".to_string()), ..usual() });
    assert_eq!(all_shown(&within)[0], "a: Plantae>Apiaceae>Oenanthe | Animalia>Muscicapidae>Oenanthe");
}

const TAXONOMY: &str = "id,kingdom,family,genus,species\n\
    10,Animalia,Felidae,Felis,Felis catus\n11,Animalia,Muscicapidae,Oenanthe,Oenanthe oenanthe\n12,Plantae,Apiaceae,Oenanthe,Oenanthe crocata\n";

#[test]
fn names_are_looked_up_in_a_given_taxonomy() {
    let taxonomy = Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("t.csv")).unwrap();
    let table = "image,truth,predicted_kingdom,predicted_genus,predicted_species\n\
        a,Felis catus domesticus,Plantae,Oenanthe,\nb,Oenanthe,Fungi,Felis,Felis catus\nc,10,Animalia,Lynx,Lynx lynx\n";
    let folder = TempDir::new().unwrap();
    let tables = read_tables(&file(&folder, "t.csv", table), Some(&taxonomy), &usual()).unwrap();
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
    for note in ["several taxa", "agrees nowhere", "count as their species: 'Felis catus domesticus'"] {
        assert!(tables.notes.iter().any(|own| own.contains(note)), "{note}: {:?}", tables.notes);
    }
    let within = TableOptions { clade: Some("Plantae".to_string()), ..usual() };
    let tables = read_tables(&file(&folder, "t.csv", table), Some(&taxonomy), &within).unwrap();
    assert!(all_shown(&tables)[1].starts_with("b: Plantae>Apiaceae>Oenanthe |"));
    let elsewhere = TableOptions { clade: Some("Felida".to_string()), ..usual() };
    let refused = read_tables(&file(&folder, "t.csv", table), Some(&taxonomy), &elsewhere).map(|_| ()).unwrap_err();
    assert!(
        refused.to_string().starts_with("clade 'Felida': not one taxon of the taxonomy; nearest names: 'Felidae'"),
        "{refused}"
    );
    let blank = TableOptions { missing_truth: MissingTruth::Taxon, ..usual() };
    let refused = read_tables(&file(&folder, "t.csv", table), Some(&taxonomy), &blank).map(|_| ()).unwrap_err();
    assert!(matches!(refused, TableError::BlankInGivenTaxonomy));
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
fn blank_lines_are_no_images() {
    let table = "image,truth,predicted\na,Felis catus,Felis catus\n\nb,Felis catus,Lynx lynx\n\n\n";
    assert_eq!(read(table, &usual()).runs[0].images, ["a", "b"]);
    let two = "image\ttruth\tpredicted\na\tFelis catus\t\nb\t\tLynx \"lynx\n\n";
    assert_eq!(all_shown(&read(two, &usual())), ["a: Felis>Felis catus | ", "b: Missing | Lynx"]);
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

#[test]
fn a_table_without_image_names_has_one_image_per_row() {
    let tables = read("truth,predicted\nFelis catus,Felis catus\nFelis catus,Felis catus\n", &usual());
    assert_eq!(tables.runs[0].images, ["row 1", "row 2"]);
    assert!(tables.notes.iter().any(|note| note.contains("each row is one image")));
}

#[test]
fn observations_are_kept() {
    let tables =
        read("image,observation_id,truth,predicted\na,o1,Felis catus,Felis catus\nb,o1,Felis catus,Lynx lynx\n", &usual());
    assert_eq!(tables.runs[0].observations.as_deref(), Some(&["o1".to_string(), "o1".to_string()][..]));
}

#[test]
fn manifests_are_read_as_text() {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "manifest.csv", "path,species\na/1.jpg,Felis catus L.\na/2.jpg,\n");
    let expected = [("a/1.jpg", "Felis catus L."), ("a/2.jpg", "")].map(|(image, truth)| (image.to_string(), truth.to_string()));
    assert_eq!(read_manifest(&path, &usual()).unwrap(), expected);
}

#[test]
fn messages_name_the_file_the_columns_and_the_option() {
    let named = |option: &str, column: &str| {
        let mut options = usual();
        match option {
            "truth" => options.truth_column = Some(column.to_string()),
            "predicted" => options.predicted_columns = vec![column.to_string()],
            "score" => options.score_column = Some(column.to_string()),
            _ => options.image_column = Some(column.to_string()),
        }
        options
    };
    let table = "image,verity,guess\na,Felis catus,Lynx lynx\n";
    let columns = "columns: 'image', 'verity', 'guess'";
    for (options, expected) in [
        (
            usual(),
            format!(
                "DIR/table.csv: no column is recognisable as the prediction; {columns}. Name it with --predicted-column (repeat it for several runs)"
            ),
        ),
        (
            named("predicted", "guess"),
            format!(
                "DIR/table.csv: no column is recognisable as the truth, and the image paths have no class folders; {columns}. Name it with --truth-column, or give a second table with --truth"
            ),
        ),
        (
            named("predicted", "gues"),
            format!("DIR/table.csv: no column 'gues' (from --predicted-column); did you mean 'guess'?; {columns}"),
        ),
        (
            TableOptions { predicted_columns: vec!["guess".into()], ..named("truth", "x") },
            format!("DIR/table.csv: no column 'x' (from --truth-column); {columns}"),
        ),
        (
            TableOptions { predicted_columns: vec!["guess".into()], ..named("score", "Verty") },
            format!("DIR/table.csv: no column 'Verty' (from --score-column); did you mean 'verity'?; {columns}"),
        ),
        (named("image", "photo"), format!("DIR/table.csv: no column 'photo' (from --image-column); {columns}")),
    ] {
        assert_eq!(error(table, &options), expected);
    }
}

#[test]
fn faults_of_files_have_messages() {
    let missing = read_tables(Path::new("/nowhere/table.csv"), None, &usual()).map(|_| ()).unwrap_err().to_string();
    assert!(missing.starts_with("/nowhere/table.csv: cannot read the table: "), "{missing}");
    for (text, expected) in [
        ("", "DIR/table.csv: the table is empty: it has no row"),
        ("image,truth,predicted\n", "DIR/table.csv: the table is empty: it has no row"),
        (
            "image,truth,predicted\na,Felis catus,Felis catus\nb,Felis\n",
            "DIR/table.csv:3: 2 cells where the first line has 3; quote cells that hold the delimiter",
        ),
        (
            "image,truth,predicted\na,Felis catus,Felis catus,x\n",
            "DIR/table.csv:2: 4 cells where the first line has 3; quote cells that hold the delimiter",
        ),
        (
            "image,target,expected,predicted\na,b,c,d\n",
            "DIR/table.csv: several columns could be the truth: 'target', 'expected'. Name one with --truth-column",
        ),
        (
            "image,truth,predicted\na,Felis catus,Felis catus\nb,Felis catus,Felis catus\na,Felis catus,Lynx lynx\n",
            "DIR/table.csv: 1 image stands in several rows of a table without scores or positions: 'a' (line 2, line 4). \
             Remove the repeated rows, or name another --image-column or a --score-column",
        ),
        (
            "image,truth,predicted,score\na,Felis catus,Felis catus,0.5\na,Lynx lynx,Lynx lynx,0.2\n",
            "DIR/table.csv: 1 image with more than one truth: 'a is Felis catus and Lynx lynx'",
        ),
        (
            "image,truth,predicted\n,Felis catus,Felis catus\n",
            "DIR/table.csv: 1 rows have no image name in column 'image', the first at line 2",
        ),
        ("[1, 2]", "DIR/table.csv: the JSON array holds something that is not an object"),
        ("{\"a\": [{}], \"b\": [{}]}", "DIR/table.csv: the JSON object must hold exactly one array of objects"),
        ("PAR1 and no more", "DIR/table.csv: not readable as Parquet"),
    ] {
        let message = error(text, &usual());
        assert!(message.starts_with(expected), "{message}\nis not\n{expected}");
    }
    let clade = error("image,truth,predicted\na,b,c\n", &TableOptions { clade: Some("a;b;c;d;e;f;g".to_string()), ..usual() });
    assert!(clade.starts_with("clade 'a;b;c;d;e;f;g': at most six names"), "{clade}");
}

#[test]
fn broken_json_lines_are_named_by_line() {
    let message = error("{\"image\": \"a\", \"truth\": \"b\"}\n{\"image\": \n", &usual());
    assert!(message.starts_with("DIR/table.csv:2: not a JSON object on one line"), "{message}");
}

#[test]
fn a_truth_table_without_a_common_image_is_refused() {
    let folder = TempDir::new().unwrap();
    let predictions = file(&folder, "p.csv", "image,predicted\na.jpg,Felis catus\n");
    let truth = file(&folder, "t.csv", "image,truth\nb.jpg,Felis catus\n");
    let error = read_tables(&predictions, None, &TableOptions { truth_file: Some(truth), ..usual() }).map(|_| ()).unwrap_err();
    let message = error.to_string();
    assert!(message.ends_with("predictions have 'a.jpg', the truth has 'b.jpg'"), "{message}");
}

/// A run of two images (one more unreadable) over three candidates, with probabilities summed at the genus.
fn write_run(folder: &TempDir, format: &str) {
    let images = df!(
        "image" => ["x/1.jpg", "x/2.jpg", "x/broken.jpg", "x/3.jpg"],
        "truth" => [Some("10"), Some("77"), Some("10"), None],
        "truth_name" => [Some("Felis catus"), Some("Puma concolor"), Some("Felis catus"), None],
        "observation" => [Some("o1"), None, None, None],
        "status" => ["ok", "ok", "truncated", "ok"],
    );
    let labels = df!(
        "taxon" => ["10", "11", "12"], "name" => ["Felis catus", "Felis silvestris", "Lynx lynx"], "rank" => ["species"; 3],
        "family" => ["Felidae"; 3], "genus" => ["Felis", "Felis", "Lynx"], "species" => ["Felis catus", "Felis silvestris", "Lynx lynx"],
    );
    // image 1: Lynx lynx 0.4, cats 0.35 + 0.25; image 2: rows in the wrong order
    let predictions = df!(
        "image" => ["x/1.jpg", "x/1.jpg", "x/1.jpg", "x/1.jpg", "x/1.jpg", "x/2.jpg", "x/2.jpg", "x/3.jpg"],
        "rank" => ["genus", "genus", "species", "species", "species", "species", "species", "species"],
        "position" => [1, 2, 1, 2, 3, 2, 1, 1],
        "taxon" => ["1", "2", "12", "10", "11", "12", "10", "10"],
        "name" => ["Felis", "Lynx", "Lynx lynx", "Felis catus", "Felis silvestris", "Lynx lynx", "Felis catus", "Felis catus"],
        "family" => ["Felidae"; 8],
        "genus" => ["Felis", "Lynx", "Lynx", "Felis", "Felis", "Lynx", "Felis", "Felis"],
        "species" => [None, None, Some("Lynx lynx"), Some("Felis catus"), Some("Felis silvestris"), Some("Lynx lynx"), Some("Felis catus"), Some("Felis catus")],
        "probability" => [0.6, 0.4, 0.4, 0.35, 0.25, 0.1, 0.9, 1.0],
    );
    for (stem, frame) in [("images", images), ("labels", labels), ("predictions", predictions)] {
        let mut frame = frame.unwrap();
        let file = std::fs::File::create(folder.path().join(format!("{stem}.{format}"))).unwrap();
        match format {
            "csv" => CsvWriter::new(file).finish(&mut frame).unwrap(),
            _ => ParquetWriter::new(file).finish(&mut frame).map(|_| ()).unwrap(),
        }
    }
}

#[test]
fn a_run_directory_is_read_with_its_summed_ranks() {
    for format in ["parquet", "csv"] {
        let folder = TempDir::new().unwrap();
        write_run(&folder, format);
        let tables = read_run(folder.path(), None).unwrap_or_else(|error| panic!("{error}"));
        let run = &tables.runs[0];
        let expected = [
            "x/1.jpg: Felidae>Felis>Felis catus | Felidae>Lynx>Lynx lynx 0.4, Felidae>Felis>Felis catus 0.35, Felidae>Felis>Felis silvestris 0.25",
            "x/2.jpg: Puma>Puma concolor | Felidae>Felis>Felis catus 0.9, Felidae>Lynx>Lynx lynx 0.1",
            "x/broken.jpg: Felidae>Felis>Felis catus | ",
            "x/3.jpg: Missing | Felidae>Felis>Felis catus 1",
        ];
        assert_eq!(all_shown(&tables), expected, "{format}");
        assert_eq!(run.unreadable.iter().collect::<Vec<_>>(), [(&2, &"truncated".to_string())]);
        let genus = run.summed[5].as_ref().unwrap();
        assert_eq!((tables.taxonomy.name(genus.best(0).taxon()), genus.probability(0, 0)), ("Felis", Some(0.6)));
        assert_eq!(genus.best(1), Answer::Nothing, "no row of the genus for this image");
        assert!(run.summed[4].is_none());
        assert_eq!(run.candidates.as_ref().map(Vec::len), Some(3));
        assert_eq!(tables.taxonomy.source_id(run.ranked.best(0).taxon()), Some("12"));
        assert_eq!(run.observations.as_ref().unwrap()[0], "o1");
        let by_file = read_tables(&folder.path().join(format!("predictions.{format}")), None, &usual()).unwrap();
        assert_eq!(all_shown(&by_file), expected);
    }
}

#[test]
fn a_run_directory_is_read_with_a_given_taxonomy() {
    let folder = TempDir::new().unwrap();
    write_run(&folder, "parquet");
    let taxonomy = Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("t.csv")).unwrap();
    let tables = read_run(folder.path(), Some(&taxonomy)).unwrap();
    let run = &tables.runs[0];
    assert_eq!(run.outside_truths.keys().collect::<Vec<_>>(), ["Puma concolor"]);
    // Ids 11 and 12 are a bird and a plant in this taxonomy: an id is not believed against name and lineage.
    let expected = [
        "x/1.jpg: Animalia>Felidae>Felis>Felis catus | Outside 0.4, Animalia>Felidae>Felis>Felis catus 0.35, Outside 0.25",
        "x/2.jpg: Outside | Animalia>Felidae>Felis>Felis catus 0.9, Outside 0.1",
    ];
    assert_eq!(all_shown(&tables)[..2], expected);
    assert_eq!(run.outside_answers["Lynx lynx"], 1);
}

#[test]
fn a_run_whose_tables_do_not_belong_together_is_refused() {
    let folder = TempDir::new().unwrap();
    write_run(&folder, "csv");
    file(&folder, "images.csv", "image,truth\nother.jpg,10\n");
    let message = read_run(folder.path(), None).map(|_| ()).unwrap_err().to_string();
    assert!(message.ends_with("image 'x/1.jpg' is not in the table of images"), "{message}");
    std::fs::remove_file(folder.path().join("predictions.csv")).unwrap();
    let message = read_run(folder.path(), None).map(|_| ()).unwrap_err().to_string();
    assert!(message.ends_with("it has no predictions.parquet or predictions.csv"), "{message}");
}

#[test]
fn groups_come_from_either_table_and_a_missing_column_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let (predictions, truth) = (folder.path().join("predictions.csv"), folder.path().join("truth.csv"));
    std::fs::write(&predictions, "image,predicted,Site\na,Apis mellifera,wood\nb,Apis cerana,barn\n").unwrap();
    std::fs::write(&truth, "image,truth,seen,observation\nb,Apis mellifera,yes,one\nc,Apis cerana,no,\na,Apis mellifera,,one\n")
        .unwrap();
    let options = |columns: &[&str]| TableOptions {
        truth_file: Some(truth.clone()),
        group_columns: columns.iter().map(ToString::to_string).collect(),
        ..TableOptions::default()
    };
    let tables = read_tables(&predictions, None, &options(&["site", "seen"])).unwrap();
    let run = &tables.runs[0];
    assert_eq!(run.images, ["a", "b", "c"]);
    let found: Vec<_> = run.groups.iter().map(|group| (group.name.as_str(), group.values.join("|"))).collect();
    assert_eq!(found, [("site", "wood|barn|".to_string()), ("seen", "|yes|no".to_string())]);
    // Observations stand in the second table; an image without one is one of its own.
    assert_eq!(run.observations.as_deref().unwrap(), ["one", "one", "c"]);
    let message = read_tables(&predictions, None, &options(&["seem"])).unwrap_err().to_string();
    assert!(message.contains("no column 'seem' (from --group-column)"), "{message}");
}

#[test]
fn probabilities_that_add_up_to_more_than_one_are_not_summed() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("scores.csv");
    std::fs::write(&path, "image,truth,label,score\na,Apis mellifera,Apis mellifera,0.9\na,Apis mellifera,Apis cerana,0.4\n")
        .unwrap();
    let tables = read_tables(&path, None, &TableOptions::default()).unwrap();
    assert!(tables.runs[0].summed.iter().all(Option::is_none));
    assert!(tables.runs[0].notes.iter().any(|note| note.contains("add up to as much as 1.300")), "{:?}", tables.runs[0].notes);
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
