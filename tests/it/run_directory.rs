//! Run directories read as tables.

use crate::table::{all_shown, file, usual};
use crate::table_lineages::TAXONOMY;
use nearmiss::answers::Answer;
use nearmiss::answers::table::{TableError, TableOptions, read_run, read_tables};
use nearmiss::taxonomy::Taxonomy;
use polars::prelude::*;
use std::path::Path;
use tempfile::TempDir;

/// A run of two images (one more unreadable) over three candidates, with probabilities summed at the genus.
fn write_run(folder: &TempDir, format: &str) {
    let images = df!(
        "image" => ["x/1.jpg", "x/2.jpg", "x/broken.jpg", "x/3.jpg"],
        "truth" => [Some("10"), Some("77"), Some("10"), None],
        "truth_name" => [Some("Felis catus"), Some("Puma concolor"), Some("Felis catus"), None],
        "observation" => [Some("o1"), None, None, None],
        "split" => ["test", "test", "val", "test"],
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
        let by_file = read_tables(folder.path().join(format!("predictions.{format}")), None, &usual()).unwrap();
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
fn every_column_of_the_images_can_sort_them_into_groups() {
    // Columns that are read anyway, and one of them by another spelling.
    let columns = ["image", "truth", "truth_name", "observation", "split", "status", "Truth Name"];
    let options = |columns: &[&str]| TableOptions { group_columns: columns.iter().map(ToString::to_string).collect(), ..usual() };
    for format in ["parquet", "csv"] {
        let folder = TempDir::new().unwrap();
        write_run(&folder, format);
        let read = |columns: &[&str]| read_tables(folder.path(), None, &options(columns));
        let tables = read(&columns).unwrap_or_else(|error| panic!("{format}: {error}"));
        let groups = &tables.runs[0].groups;
        let found: Vec<(&str, String)> = groups.iter().map(|group| (group.name.as_str(), group.values.join("|"))).collect();
        let expected = [
            ("image", "x/1.jpg|x/2.jpg|x/broken.jpg|x/3.jpg"),
            ("truth", "10|77|10|"),
            ("truth_name", "Felis catus|Puma concolor|Felis catus|"),
            ("observation", "o1|||"),
            ("split", "test|test|val|test"),
            ("status", "ok|ok|truncated|ok"),
            ("Truth Name", "Felis catus|Puma concolor|Felis catus|"),
        ];
        assert_eq!(found, expected.map(|(name, values)| (name, values.to_string())), "{format}");
        let message = read(&["split", "seem"]).unwrap_err().to_string();
        assert!(message.contains("no column 'seem' (from --group-column)"), "{message}");
    }
}

#[test]
fn a_run_of_vectors_alone_has_images_and_no_answers() {
    let folder = TempDir::new().unwrap();
    write_run(&folder, "parquet");
    for (stem, columns) in [("labels", &["taxon", "name", "rank"][..]), ("predictions", &["image", "rank", "taxon", "name"])] {
        let columns = columns.iter().map(|name| Column::new((*name).into(), Vec::<String>::new())).collect();
        let file = std::fs::File::create(folder.path().join(format!("{stem}.parquet"))).unwrap();
        ParquetWriter::new(file).finish(&mut DataFrame::new_infer_height(columns).unwrap()).unwrap();
    }
    let record = serde_json::json!({
        "program": "nearmiss", "command_line": [], "device": "cpu", "counts": {}, "truncated_labels": [], "unusable_labels": [],
        "seconds": {}, "complete": true,
        "identity": {
            "model": "models/dinov2", "model_files": {}, "architecture": "", "recipe": {"name": "vectors", "scores": "none"},
            "taxonomy": "gone.csv", "taxonomy_sha256": "", "labels": 0, "label_rank": "none", "labels_sha256": "", "dataset": "",
            "images": 4, "dataset_sha256": "", "k": 5, "batch": 1, "format": "parquet"
        }
    });
    std::fs::write(folder.path().join("run.json"), record.to_string()).unwrap();
    let tables = read_run(folder.path(), None).unwrap_or_else(|error| panic!("{error}"));
    let expected = [
        "x/1.jpg: Felis>Felis catus | ",
        "x/2.jpg: Puma>Puma concolor | ",
        "x/broken.jpg: Felis>Felis catus | ",
        "x/3.jpg: Missing | ",
    ];
    assert_eq!(all_shown(&tables), expected);
    let run = &tables.runs[0];
    assert_eq!((run.name.as_str(), run.unreadable.len(), run.candidates.is_none()), ("dinov2", 1, true));
    assert_eq!(run.splits.as_ref().map(|splits| splits.join(" ")).as_deref(), Some("test test val test"));
    // Whoever wants answers is told what the run is for.
    let refused = read_tables(folder.path(), None, &usual()).unwrap_err();
    assert!(matches!(refused, TableError::NoAnswers { .. }) && refused.to_string().contains("`nearmiss latent "), "{refused}");
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
