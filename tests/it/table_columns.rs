//! Which column is what: words of four languages, columns of classes, lists, tables without header.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use crate::shared::shared;
use crate::table::{all_shown, error, file, read, usual};
use nearmiss::answers::Answer;
use nearmiss::answers::table::{TableOptions, Tables, read_tables};
use nearmiss::taxonomy::Taxonomy;
use serde_json::Value;
use std::fs;
use std::path::Path;
use tempfile::TempDir;

fn names(tables: &Tables) -> Vec<String> {
    tables.runs.iter().map(|run| run.name.clone()).collect()
}

/// Reads predictions with the truth in a second table.
fn joined(predictions: &str, truth: &str, taxonomy: Option<&Taxonomy>) -> Result<Vec<String>, String> {
    let folder = TempDir::new().unwrap();
    let path = file(&folder, "predictions.txt", predictions);
    let options = TableOptions { truth_file: Some(file(&folder, "truth.txt", truth).into()), ..usual() };
    read_tables(&path, taxonomy, &options).map(|tables| all_shown(&tables)).map_err(|error| error.to_string())
}

/// Shares right at a rank, of the images that have a truth at it, as the program writes them.
fn right(folder: &Path, arguments: &[&str], rank: usize) -> (f64, f64) {
    let all: Vec<&str> = ["report"].iter().chain(arguments).chain(&["-o", "out", "--tables-only", "--force"]).copied().collect();
    let outcome = nearmiss(folder, &all);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let metrics: Value = serde_json::from_str(&fs::read_to_string(folder.join("out/metrics.json")).unwrap()).unwrap();
    let number = |pointer: &str| metrics.pointer(pointer).and_then(Value::as_f64).unwrap();
    (number(&format!("/ranks/{rank}/path_top1")), number(&format!("/ranks/{rank}/n")))
}

const CLASSES: &str = "image,truth,prob_Vulpes vulpes,prob_Meles meles,prob_Sus scrofa,latitude\n\
    1,Vulpes vulpes,0.7,0.2,0.1,45.1\n2,Meles meles,0.6,0.3,0.1,44.9\n3,Sus scrofa,0.1,0.2,0.7,45.0\n4,Meles meles,0.1,0.8,0.1,45.2\n";

#[test]
fn a_column_for_every_class_is_one_run() {
    let folder = folder_with(&[("wide.csv", CLASSES)]);
    assert_eq!(right(folder.path(), &["wide.csv"], 6), (0.75, 4.0));
    let tables = read(CLASSES, &usual());
    assert_eq!(names(&tables), ["classes"]);
    assert_eq!(
        all_shown(&tables)[1],
        "2: Meles>Meles meles | Vulpes>Vulpes vulpes 0.6, Meles>Meles meles 0.3, Sus>Sus scrofa 0.1"
    );
    for header in [
        "image,truth,Vulpes vulpes,Meles meles,Sus scrofa,latitude",
        "image,truth,Vulpes.vulpes,Meles.meles,Sus.scrofa,latitude",
        "image,truth,resnet_Vulpes_vulpes,resnet_Meles_meles,resnet_Sus_scrofa,latitude",
        "image,truth,P(Vulpes vulpes),P(Meles meles),P(Sus scrofa),latitude",
        "image,truth,0_Vulpes vulpes,1_Meles meles,2_Sus scrofa,latitude",
        "image,truth,Vulpes vulpes_score,Meles meles_score,Sus scrofa_score,latitude",
    ] {
        let table = CLASSES.replace(CLASSES.lines().next().unwrap(), header);
        assert_eq!(all_shown(&read(&table, &usual())), all_shown(&tables), "{header}");
    }
    let spreadsheet = "image;truth;Vulpes vulpes;Meles meles\n1;Vulpes vulpes;0,7;0,3\n2;Meles meles;0,6;0,4\n";
    assert_eq!(
        all_shown(&read(spreadsheet, &usual()))[1],
        "2: Meles>Meles meles | Vulpes>Vulpes vulpes 0.6, Meles>Meles meles 0.4"
    );
}

#[test]
fn classes_are_known_by_a_second_table_or_a_taxonomy() {
    let classes = "filepath,fox,badger\n1.jpg,0.9,0.1\n2.jpg,0.8,0.2\n";
    let found = joined(classes, "filepath,label\n1.jpg,fox\n2.jpg,badger\n", None).unwrap();
    assert_eq!(found.len(), 2, "{found:?}");
    let taxonomy = "genus,species,common_name\nVulpes,Vulpes vulpes,fox\nMeles,Meles meles,badger\n";
    let taxonomy = Taxonomy::from_bytes(taxonomy.as_bytes(), Path::new("t.csv")).unwrap();
    let found = joined(classes, "filepath,label\n1.jpg,Vulpes vulpes\n2.jpg,Meles meles\n", Some(&taxonomy)).unwrap();
    assert_eq!(found[0], "1.jpg: Vulpes>Vulpes vulpes | Vulpes>Vulpes vulpes 0.9, Meles>Meles meles 0.1");
}

#[test]
fn numbers_that_are_measured_are_no_classes() {
    let beside = "image,truth,predicted,Mean temperature,Soil moisture\na,Apis mellifera,Apis mellifera,11.5,0.3\n";
    assert_eq!(names(&read(beside, &usual())), ["predicted"]);
    for table in [
        "image,truth,wind,rain\na,Apis mellifera,0.5,0.2\n",
        "image,xmin,ymin,xmax,ymax\na,0.1,0.2,0.3,0.4\n",
        // Individuals that were counted.
        "site,Apis mellifera,Bombus terrestris\na,3,4\nb,0,2\n",
    ] {
        let message = error(table, &usual());
        assert!(message.contains("no column is recognisable as the prediction"), "{message}");
    }
}

#[test]
fn a_column_that_names_the_best_class_is_not_a_second_run() {
    let head = "image,truth,prediction,Vulpes vulpes,Meles meles\n";
    let same = read(&format!("{head}1,Vulpes vulpes,Vulpes vulpes,0.6,0.4\n2,Meles meles,Vulpes vulpes,0.5,0.5\n"), &usual());
    assert_eq!(names(&same), ["prediction"]);
    assert!(matches!(same.runs[0].ranked.answers(0), [Answer::Taxon(_), Answer::Taxon(_)]));
    let other = read(&format!("{head}1,Vulpes vulpes,Meles meles,0.6,0.4\n2,Meles meles,Vulpes vulpes,0.5,0.5\n"), &usual());
    assert_eq!(names(&other), ["prediction", "classes"]);
}

#[test]
fn lists_in_cells_are_answers() {
    let table = "image,truth,top5,top5_scores,bbox\n\
        1,Sus scrofa,\"['Sus scrofa', 'Meles meles']\",\"[0.8, 0.1]\",\"[1, 2, 3, 4]\"\n\
        2,Meles meles,\"['Sus scrofa', 'Meles meles']\",\"[0.5, 0.4]\",\"[1, 2, 3, 4]\"\n";
    let tables = read(table, &usual());
    assert_eq!(names(&tables), ["top5"]);
    assert_eq!(all_shown(&tables)[1], "2: Meles>Meles meles | Sus>Sus scrofa 0.5, Meles>Meles meles 0.4");
    let several = "image,truth,first,second\n1,Sus scrofa,\"['Sus scrofa']\",\"['Meles meles']\"\n";
    let message = error(several, &usual());
    assert!(message.contains("several columns could be the prediction: 'first', 'second'"), "{message}");
    let numbers = TableOptions { predicted_columns: vec!["bbox".to_string()], ..usual() };
    let message = error(table, &numbers);
    assert!(message.contains("column 'bbox' holds numbers"), "{message}");
}

#[test]
fn quotes_in_the_name_of_a_column_are_single() {
    let table = "image,truth,\"the \"\"new\"\" one\"\n1,Felis catus,Felis catus\n2,Lynx lynx,Felis catus\n";
    let options = TableOptions { predicted_columns: vec!["the \"new\" one".to_string()], ..usual() };
    let tables = read(table, &options);
    assert_eq!(tables.runs[0].name, "the \"new\" one");
}

#[test]
fn numbers_are_no_names() {
    let message = error("image,y_true,y_pred\na,0,1\nb,1,1\n", &usual());
    assert!(message.contains("column 'y_pred' holds numbers ('1'), not names"), "{message}");
    let message = error("image,y_true,y_pred\na,0,Apis mellifera\n", &usual());
    assert!(message.contains("column 'y_true' holds numbers ('0')") && message.contains("--truth-column"), "{message}");
    let options = TableOptions { predicted_columns: vec!["p".to_string()], ..usual() };
    let message = error("image,truth,p\na,Apis mellifera,0.5\n", &options);
    assert!(message.contains("column 'p' holds numbers ('0.5')") && message.contains("--predicted-column"), "{message}");
    // An index beside the name.
    let tables = read("image,truth,pred,pred_id,pred_label,pred_time\na,Sus scrofa,3,3,Sus scrofa,0.1\n", &usual());
    assert_eq!(names(&tables), ["pred_label"]);
}

#[test]
fn what_is_said_of_a_prediction_is_no_run() {
    let table = "filename,prediction,confidence_in_pred,entropy_pred,date_pred,model_version\n\
        1.jpg,Sus scrofa,0.9,0.1,2024-05-01,v2\n2.jpg,Meles meles,0.4,0.7,2024-05-01,v2\n2.jpg,Sus scrofa,0.6,0.7,2024-05-01,v2\n";
    let found = joined(table, "filename,true_class,count\n1.jpg,Sus scrofa,1\n2.jpg,Meles meles,2\n", None).unwrap();
    assert_eq!(found[1], "2.jpg: Meles>Meles meles | Sus>Sus scrofa 0.6, Meles>Meles meles 0.4");
    let two = "image,truth,pred_a,pred_b,score\n1,Sus scrofa,Sus scrofa,Meles meles,0.5\n";
    let message = error(two, &TableOptions { score_column: Some("score".to_string()), ..usual() });
    assert!(
        message.contains("--score-column 'score' can belong to one column") && message.contains("'pred_a', 'pred_b'"),
        "{message}"
    );
    assert_eq!(names(&read(two, &usual())), ["pred_a", "pred_b"]);
}

#[test]
fn columns_have_names_in_four_languages() {
    let expected = "a.jpg: Sus>Sus scrofa | Meles>Meles meles 0.7";
    for header in [
        "image,true_label,predicted_label,confidence",
        "imageId,TrueSpecies,PredSpecies,Score",
        "fichier,espèce_vraie,espèce_prédite,probabilité",
        "Nom du fichier,EspèceVraie,EspècePrédite,Confiance",
        "imagen,especie_verdadera,especie_predicha,puntuación",
        "archivo,especie_real,predicción,confianza",
        "Bild,Wahre Art,Vorhergesagte Art,Wahrscheinlichkeit",
        "Datei,wahre_art,Vorhersage,Konfidenz",
        "photo,human_label,model_label,probability",
        "url,y_true_species,y_pred_species,pred_prob",
    ] {
        let table = format!("{header}\na.jpg,Sus scrofa,Meles meles,0.7\n");
        assert_eq!(all_shown(&read(&table, &usual())), [expected], "{header}");
    }
    // Neither a truth nor an answer.
    let message = error("image,model_name,expert_name\na,resnet,Smith\n", &usual());
    assert!(message.contains("no column is recognisable as the prediction"), "{message}");
}

#[test]
fn ranks_have_words_before_and_behind_them() {
    let expected = "1: Suidae>Sus>Sus scrofa | Mustelidae>Meles>Meles meles";
    for header in [
        "image,true.family,true.genus,true.species,pred_family,pred_genus,pred_species",
        "image,family_true,genus_true,species_true,predicted_family_name,predicted_genus_name,predicted_species_name",
        "image,famille_vraie,genre_vrai,espece_vraie,famille_predite,genre_predit,espece_predite",
        "image,wahre_Familie,wahre_Gattung,wahre_Art,vorhergesagte_Familie,vorhergesagte_Gattung,vorhergesagte_Art",
        "image,taxon_family_name,taxon_genus_name,taxon_species_name,pred family,pred genus,pred species",
    ] {
        let table = format!("{header}\n1,Suidae,Sus,Sus scrofa,Mustelidae,Meles,Meles meles\n");
        assert_eq!(all_shown(&read(&table, &usual())), [expected], "{header}");
    }
    let beside = "image,order,family,beast\n1,Artiodactyla,Suidae,Sus scrofa\n";
    let found = joined("image,prediction\n1,Sus scrofa\n", beside, None).unwrap();
    assert_eq!(found, ["1: Artiodactyla>Suidae>Sus>Sus scrofa | Artiodactyla>Suidae>Sus>Sus scrofa"]);
}

#[test]
fn labels_of_equal_standing_are_not_chosen_between() {
    let table = |second: &str| format!("image,truth,label,taxon,score\n1,Sus scrofa,Sus scrofa,{second},0.5\n");
    assert_eq!(names(&read(&table("Sus scrofa"), &usual())).len(), 1);
    let message = error(&table("Meles meles"), &usual());
    assert!(message.contains("several columns could be the prediction: 'label', 'taxon'"), "{message}");
    // The scientific name goes before another one.
    let tables = read("image,truth,label,scientific_name\n1,Sus scrofa,wild boar,Sus scrofa\n", &usual());
    assert_eq!(all_shown(&tables), ["1: Sus>Sus scrofa | Sus>Sus scrofa"]);
}

#[test]
fn segments_of_a_recording_are_detections() {
    let table = "Start (s),End (s),Scientific name,Common name,Confidence,File\n\
        0,3,Turdus merula,Eurasian Blackbird,0.6,a.wav\n3,6,Turdus merula,Eurasian Blackbird,0.9,a.wav\n\
        3,6,Parus major,Great Tit,0.7,a.wav\n";
    let found = joined(table, "File,Scientific name\na.wav,Turdus merula\n", None).unwrap();
    assert_eq!(found, ["a.wav: Turdus>Turdus merula | Turdus>Turdus merula 0.9, Parus>Parus major 0.7"]);
    let rows = "image,truth,label,score\n1,Sus scrofa,Sus scrofa,0.5\n1,Sus scrofa,Sus scrofa,0.6\n";
    assert!(error(rows, &usual()).contains("several scores"));
}

#[test]
fn classifiers_of_dna_write_no_header() {
    let taxonomy = "id,parent,name,rank\n1,,Bacteria,domain\n2,1,Bacillus,genus\n3,2,Bacillus subtilis,species\n";
    let taxonomy = Taxonomy::from_bytes(taxonomy.as_bytes(), Path::new("t.csv")).unwrap();
    let kraken = "C\tr1\t3\t150\t3:116\nC\tr2\t2\t150\t2:116\nU\tr3\t0\t150\t0:116\n";
    let found = joined(kraken, "read\ttaxid\nr1\t3\nr2\t3\nr3\t3\n", Some(&taxonomy)).unwrap();
    let truth = "Bacteria>Bacillus>Bacillus subtilis";
    assert_eq!(found[0], format!("r1: {truth} | {truth}"));
    assert_eq!(found[1], format!("r2: {truth} | Bacteria>Bacillus"));
    let hits = |subject: &str| format!("q1\t{subject}\t98.5\t150\t2\t0\t1\t150\t1\t150\t1e-80\t270\n");
    let found = joined(&hits("Bacillus_subtilis"), "read\tspecies\nq1\tBacillus subtilis\n", Some(&taxonomy)).unwrap();
    assert!(found[0].starts_with(&format!("q1: {truth} | {truth}")), "{found:?}");
    let message = joined(&hits("NR_112116.2"), "read\tspecies\nq1\tBacillus subtilis\n", Some(&taxonomy)).unwrap_err();
    assert!(message.contains("column 'column_2' holds ids of sequences ('NR_112116.2')"), "{message}");
}

#[test]
fn a_first_line_of_data_is_said() {
    let folder = folder_with(&[("p.csv", "image,prediction\na.jpg,Sus scrofa\n"), ("t.csv", "image,truth\na.jpg,Sus scrofa\n")]);
    assert_eq!(right(folder.path(), &["p.csv", "--truth", "t.csv"], 6), (1.0, 1.0));
    fs::write(folder.path().join("none.csv"), "image,b.jpg\n1,Sus scrofa\n").unwrap();
    says(&refusal(folder.path(), &["report", "none.csv"]), &["first line holds data", "'b.jpg'", "image,prediction"]);
}

#[test]
fn cases_of_others_are_read_right() {
    let Some(cases) = shared("cases") else { return };
    let folder = folder_with(&[]);
    let wide = cases.join("03-column-per-class/wide.csv").display().to_string();
    assert_eq!(right(folder.path(), &[&wide], 6), (0.5, 4.0));
    assert_eq!(right(folder.path(), &[&wide], 5), (0.75, 4.0));
    let detections = cases.join("18-score-column-taken-as-a-run");
    let path = |name: &str| detections.join(name).display().to_string();
    let tables = read_tables(
        Path::new(&path("detections.csv")),
        None,
        &TableOptions { truth_file: Some(Path::new(&path("truth.csv")).into()), ..usual() },
    );
    assert_eq!(tables.map(|tables| (names(&tables), tables.runs[0].images.len())).unwrap(), (vec!["prediction".to_string()], 3));
}
