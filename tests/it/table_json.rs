//! Tables in JSON, in every shape that people have, and lists of answers in cells.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use nearmiss::answers::table::{TableOptions, read_tables};
use nearmiss::report::scoring::Scoring;
use serde_json::Value;

const TRUTH: &str = "image,species\na.jpg,Apis mellifera\nb.jpg,Bombus lucorum\n";

/// Ranks with images and percentages of the one run, and its mistakes of scored images.
fn figures(table: &str, truth: Option<&str>) -> Result<(String, (u64, u64)), String> {
    let folder = folder_with(&[("table", table), ("truth.csv", truth.unwrap_or_default())]);
    let truth_file = truth.map(|_| folder.path().join("truth.csv").into());
    let options = TableOptions { truth_file, ..TableOptions::default() };
    let scored = Scoring { table: options, ..Scoring::of(folder.path().join("table")) }.run();
    let scored = scored.map_err(|error| error.to_string().replace(&folder.path().display().to_string(), "DIR"))?;
    let [(_, scores)] = &scored.runs[..] else { return Err(format!("{} runs", scored.runs.len())) };
    let rows = scores.ranks.iter().filter(|row| row.n > 0);
    let row = rows.map(|row| format!("{} {} {:.1}", row.rank, row.n, 100.0 * row.path_top1.unwrap_or(f64::NAN)));
    Ok((row.collect::<Vec<_>>().join(", "), (scores.how_wrong.mistakes, scores.accounting.scored)))
}

/// Tables by what they are, each with one of two right at the species and both at the genus.
fn all_half_right(shapes: &[(&str, &str)]) {
    for (what, table) in shapes {
        let found = figures(table, Some(TRUTH)).unwrap_or_else(|message| panic!("{what}: {message}"));
        assert!(found.0.ends_with("genus 2 100.0, species 2 50.0") && found.1 == (1, 2), "{what}: {found:?}");
    }
}

#[test]
fn objects_with_images_as_keys() {
    all_half_right(&[
        ("names", r#"{"a.jpg": "Apis mellifera", "b.jpg": "Bombus terrestris"}"#),
        ("lists of names", r#"{"a.jpg": ["Apis mellifera", "Bombus"], "b.jpg": ["Bombus terrestris"]}"#),
        (
            "one label",
            r#"{"a.jpg": {"label": "Apis mellifera", "score": 0.9}, "b.jpg": {"label": "Bombus terrestris", "score": 0.4}}"#,
        ),
        (
            "labels",
            r#"{"a.jpg": [{"label": "Apis mellifera", "score": 0.9}], "b.jpg": [{"label": "Bombus lucorum", "score": 0.1}, {"label": "Bombus terrestris", "score": 0.4}]}"#,
        ),
        (
            "scores by name",
            r#"{"a.jpg": {"Apis mellifera": 0.9, "Bombus lucorum": 0.1}, "b.jpg": {"Apis mellifera": 0.1, "Bombus terrestris": 0.8}}"#,
        ),
        ("pairs", r#"{"a.jpg": [["Apis mellifera", 0.9], ["Bombus", 0.1]], "b.jpg": [["Bombus terrestris", 0.8]]}"#),
        (
            "names and scores side by side",
            r#"{"a.jpg": {"classes": ["Bombus lucorum", "Apis mellifera"], "scores": [0.1, 0.9]}, "b.jpg": {"classes": ["Bombus terrestris"], "scores": [0.9]}}"#,
        ),
        ("within another object", r#"{"model": "x", "answers": {"a.jpg": "Apis mellifera", "b.jpg": "Bombus terrestris"}}"#),
        ("one object each", r#"[{"a.jpg": "Apis mellifera"}, {"b.jpg": "Bombus terrestris"}]"#),
        ("one object on every line", "{\"a.jpg\": \"Apis mellifera\"}\n{\"b.jpg\": \"Bombus terrestris\"}\n"),
        (
            "rows",
            r#"{"a.jpg": {"prediction": "Apis mellifera", "time": 3}, "b.jpg": {"prediction": "Bombus terrestris", "time": 4}}"#,
        ),
    ]);
    let one = figures(r#"{"a.jpg": [{"label": "Apis mellifera", "score": 0.9}]}"#, Some("image,species\na.jpg,Apis mellifera\n"));
    assert_eq!(one, Ok(("genus 1 100.0, species 1 100.0".to_string(), (0, 1))));
}

#[test]
fn tables_as_pandas_writes_them() {
    all_half_right(&[
        ("columns", r#"{"image": {"0": "a.jpg", "1": "b.jpg"}, "pred": {"0": "Apis mellifera", "1": "Bombus terrestris"}}"#),
        (
            "columns by image",
            r#"{"pred": {"a.jpg": "Apis mellifera", "b.jpg": "Bombus terrestris"}, "score": {"a.jpg": 0.9, "b.jpg": 0.4}}"#,
        ),
        ("index", r#"{"0": {"image": "a.jpg", "pred": "Apis mellifera"}, "1": {"image": "b.jpg", "pred": "Bombus terrestris"}}"#),
        (
            "split",
            r#"{"columns": ["image", "pred"], "index": [0, 1], "data": [["a.jpg", "Apis mellifera"], ["b.jpg", "Bombus terrestris"]]}"#,
        ),
        (
            "split by image",
            r#"{"columns": ["pred"], "index": ["a.jpg", "b.jpg"], "data": [["Apis mellifera"], ["Bombus terrestris"]]}"#,
        ),
        (
            "table",
            r#"{"schema": {"fields": [{"name": "image", "type": "string"}]}, "data": [{"image": "a.jpg", "pred": "Apis mellifera"}, {"image": "b.jpg", "pred": "Bombus terrestris"}]}"#,
        ),
        ("lists", r#"{"image": ["a.jpg", "b.jpg"], "pred": ["Apis mellifera", "Bombus terrestris"], "score": [0.9, 0.4]}"#),
        (
            "lists in the plural",
            r#"{"images": ["a.jpg", "b.jpg"], "labels": ["Apis mellifera", "Bombus terrestris"], "model": "x"}"#,
        ),
        (
            "one array of several",
            r#"{"log": [{"epoch": 1}], "rows": [{"image": "a.jpg", "pred": "Apis mellifera"}, {"image": "b.jpg", "pred": "Bombus terrestris"}]}"#,
        ),
    ]);
}

#[test]
fn files_of_detectors_and_of_services() {
    all_half_right(&[
        (
            "MegaDetector",
            r#"{"images": [
                {"file": "a.jpg", "detections": [
                    {"category": "1", "conf": 0.3, "classifications": [["1", 0.9]]},
                    {"category": "1", "conf": 0.8, "classifications": [["0", 0.6], ["1", 0.2]]},
                    {"category": "2", "conf": 0.7}]},
                {"file": "b.jpg", "detections": [{"category": "1", "conf": 0.9, "classifications": [["1", 0.7]]}]}],
                "detection_categories": {"1": "animal", "2": "person"},
                "classification_categories": {"0": "Apis mellifera", "1": "Bombus terrestris"}}"#,
        ),
        (
            "FiftyOne, places among the classes",
            r#"{"classes": ["Bombus terrestris", "Apis mellifera"], "labels": {"a.jpg": 1, "b.jpg": 0}}"#,
        ),
        (
            "FiftyOne, labels with logits",
            r#"{"classes": ["Apis mellifera", "Bombus terrestris"], "labels": {
                "a.jpg": {"label": "Apis mellifera", "confidence": 0.9, "logits": [2.1, -0.1]},
                "b.jpg": {"label": "Bombus terrestris", "confidence": 0.6, "logits": [0.1, 0.5]}}}"#,
        ),
        (
            "Pl@ntNet",
            r#"[{"query": {"images": ["a.jpg"]}, "results": [
                {"score": 0.9, "species": {"scientificNameWithoutAuthor": "Apis mellifera", "genus": {"scientificNameWithoutAuthor": "Apis"}}},
                {"score": 0.1, "species": {"scientificNameWithoutAuthor": "Bombus lucorum", "genus": {"scientificNameWithoutAuthor": "Bombus"}}}]},
                {"query": {"images": ["b.jpg"]}, "results": [
                {"score": 0.6, "species": {"scientificNameWithoutAuthor": "Bombus terrestris", "genus": {"scientificNameWithoutAuthor": "Bombus"}}}]}]"#,
        ),
        (
            "iNaturalist",
            r#"{"a.jpg": {"results": [{"taxon": {"name": "Apis mellifera", "rank": "species"}, "combined_score": 80}]},
                "b.jpg": {"results": [{"taxon": {"name": "Bombus terrestris", "rank": "species"}, "combined_score": 60},
                    {"taxon": {"name": "Apis", "rank": "genus"}, "combined_score": 10}]}}"#,
        ),
        (
            "COCO with scores",
            r#"{"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
                "categories": [{"id": 5, "name": "Apis mellifera"}, {"id": 7, "name": "Bombus terrestris"}],
                "annotations": [{"id": 1, "image_id": 2, "category_id": 7, "score": 0.6, "bbox": [1, 2, 3, 4]},
                    {"id": 2, "image_id": 1, "category_id": 5, "score": 0.8, "bbox": [1, 2, 3, 4]},
                    {"id": 3, "image_id": 1, "category_id": 5, "score": 0.4, "bbox": [5, 2, 3, 4]}]}"#,
        ),
        (
            "pipelines beside images",
            "{\"image\": \"a.jpg\", \"predictions\": [{\"label\": \"Apis mellifera\", \"score\": 0.9}]}\n\
             {\"image\": \"b.jpg\", \"predictions\": [{\"label\": \"Bombus terrestris\", \"score\": 0.4}, {\"label\": \"Apis\", \"score\": 0.2}]}\n",
        ),
    ]);
}

#[test]
fn data_sets_with_their_own_truths() {
    let samples = r#"{"samples": [
        {"filepath": "a.jpg", "tags": ["x"], "ground_truth": {"_cls": "Classification", "label": "Apis mellifera"}, "predictions": {"label": "Apis mellifera", "confidence": 0.9}},
        {"filepath": "b.jpg", "tags": [], "ground_truth": {"label": "Bombus lucorum"}, "predictions": {"label": "Bombus terrestris", "confidence": 0.7}}]}"#;
    let tasks = r#"[
        {"id": 1, "data": {"image": "a.jpg"}, "annotations": [{"result": [{"value": {"choices": ["Apis mellifera"]}}]}],
         "predictions": [{"score": 0.8, "result": [{"value": {"choices": ["Apis mellifera"]}}]}]},
        {"id": 2, "data": {"image": "b.jpg"}, "annotations": [{"result": [{"value": {"choices": ["Bombus lucorum"]}}]}],
         "predictions": [{"score": 0.6, "result": [{"value": {"choices": ["Bombus terrestris"]}}]}]}]"#;
    for table in [samples, tasks] {
        assert_eq!(figures(table, None), Ok(("genus 2 100.0, species 2 50.0".to_string(), (1, 2))), "{table}");
    }
    // As a truth table, too.
    let coco = r#"{"images": [{"id": 1, "file_name": "a.jpg"}, {"id": 2, "file_name": "b.jpg"}],
        "categories": [{"id": 5, "name": "Apis mellifera"}, {"id": 7, "name": "Bombus lucorum"}],
        "annotations": [{"image_id": 1, "category_id": 5}, {"image_id": 1, "category_id": 5}, {"image_id": 2, "category_id": 7}]}"#;
    let by_image = r#"{"a.jpg": "Apis mellifera", "b.jpg": "Bombus lucorum"}"#;
    for truth in [coco, by_image] {
        let found = figures("image,predicted\na.jpg,Apis mellifera\nb.jpg,Bombus terrestris\n", Some(truth));
        assert_eq!(found, Ok(("genus 2 100.0, species 2 50.0".to_string(), (1, 2))), "{truth}");
    }
}

#[test]
fn photographs_without_an_answer_have_none() {
    let table = r#"{"images": [
        {"file": "a.jpg", "detections": [{"category": "1", "conf": 0.9, "classifications": [["0", 0.8]]}]},
        {"file": "b.jpg", "detections": [{"category": "1", "conf": 0.9}]},
        {"file": "c.jpg", "failure": "Failure image access", "detections": null}],
        "detection_categories": {"1": "animal"}, "classification_categories": {"0": "Apis mellifera"}}"#;
    let truth = "image,species\na.jpg,Apis mellifera\nb.jpg,Apis mellifera\nc.jpg,Apis mellifera\n";
    assert_eq!(figures(table, Some(truth)), Ok(("genus 3 33.3, species 3 33.3".to_string(), (2, 3))));
    let nothing = r#"{"a.jpg": [["Apis mellifera", 0.8], ["Bombus", 0.1]], "b.jpg": [], "c.jpg": null}"#;
    assert_eq!(figures(nothing, Some(truth)), Ok(("genus 3 33.3, species 3 33.3".to_string(), (2, 3))));
}

#[test]
fn speciesnet_has_an_ensemble_and_a_classifier() {
    let class =
        |epithet: &str| format!("4457a0c6-cb68-44c0-9c27-ad08abe57755;insecta;hymenoptera;apidae;bombus;{epithet};bumblebee");
    let (terrestris, lucorum) = (class("terrestris"), class("lucorum"));
    let table = format!(
        r#"{{"predictions": [
            {{"filepath": "b.jpg", "classifications": {{"classes": ["{terrestris}", "{lucorum}"], "scores": [0.6, 0.3]}},
              "detections": [{{"category": "1", "label": "animal", "conf": 0.9}}], "prediction": "{lucorum}", "prediction_score": 0.3,
              "prediction_source": "classifier+geofence", "failures": []}},
            {{"filepath": "c.jpg", "failures": ["CLASSIFIER"]}}]}}"#
    );
    let folder =
        folder_with(&[("table.json", &table), ("truth.csv", "filepath,species\nb.jpg,Bombus lucorum\nc.jpg,Bombus lucorum\n")]);
    let options = TableOptions { truth_file: Some(folder.path().join("truth.csv").into()), ..TableOptions::default() };
    let tables = read_tables(folder.path().join("table.json"), None, &options).unwrap();
    let names: Vec<&str> = tables.runs.iter().map(|run| run.name.as_str()).collect();
    assert_eq!(names, ["prediction", "classifier"], "the ensemble's answer, and the classifier's list");
    assert_eq!(tables.runs[1].ranked.probability(0, 0), Some(0.6));
    let best =
        |tables: &nearmiss::answers::table::Tables| tables.taxonomy.name(tables.runs[0].ranked.best(0).taxon()).to_string();
    assert_eq!(best(&tables), "Bombus lucorum");
    assert!(tables.runs[0].ranked.answers(1).is_empty());
    let list = TableOptions { predicted_columns: vec!["classifications".to_string()], ..options };
    let tables = read_tables(folder.path().join("table.json"), None, &list).unwrap();
    assert_eq!((best(&tables), tables.runs[0].ranked.answers(0).len()), ("Bombus terrestris".to_string(), 2));
}

#[test]
fn shapes_that_hold_no_table_are_refused_with_their_shape() {
    for (table, parts) in [
        (r#"[["a.jpg", "Apis mellifera"], ["b.jpg", "Bombus"]]"#, ["rows without names of columns", "list of objects"]),
        (
            r#"[[{"label": "Apis mellifera", "score": 0.9}], [{"label": "Bombus", "score": 0.9}]]"#,
            ["'label', 'score'", "names no image"],
        ),
        (r#"{"image": ["a.jpg", "b.jpg"], "pred": ["Apis mellifera"]}"#, ["equally long", "'image' 2, 'pred' 1"]),
        (
            r#"{"image": {"0": "a.jpg"}, "pred": {"0": "Apis mellifera", "1": "Bombus"}}"#,
            ["different rows", "'image' and 'pred'"],
        ),
        (r#"{"columns": ["image", "pred"], "data": [["a.jpg"]]}"#, ["row 1", "1 cell"]),
        (r#"[{"image_id": 1, "category_id": 5, "score": 0.8}]"#, ["'category_id'", "another file"]),
        (
            r#"{"images": [{"file": "a.jpg", "detections": [{"category": "1", "conf": 0.9}]}], "detection_categories": {"1": "animal"}}"#,
            ["detections only", "not which"],
        ),
        (
            r#"{"predictions": [{"filepath": "a.jpg", "detections": [{"category": "1", "label": "animal", "conf": 0.9}]}]}"#,
            ["detections only", "not which"],
        ),
        (
            r#"{"images": [{"file": "a.jpg", "detections": [{"conf": 0.9, "classifications": [["3", 0.9]]}]}]}"#,
            ["category '3'", "classification_categories"],
        ),
        (r#"{"classes": ["Apis mellifera"], "labels": {"a.jpg": 1}}"#, ["'a.jpg' with class 1 of 1", "from 0"]),
        (
            r#"{"results": [{"taxon": {"name": "Apis", "rank": "genus"}, "vision_score": 0.9}]}"#,
            ["does not name its image", "as its key"],
        ),
        (
            r#"{"train": [{"image": "a.jpg", "pred": "Apis"}], "test": [{"image": "b.jpg", "pred": "Apis"}]}"#,
            ["'train', 'test'", "leave one"],
        ),
        (r#"{"a.jpg": 0.5, "b.jpg": 0.25}"#, ["a number for every image", "prediction"]),
        (r#"{"epochs": {"first": 3}, "model": [1, 2]}"#, ["with the keys 'epochs', 'model'", "list of objects"]),
        ("{\n\"a.jpg\": \"Apis\",\n\"b.jpg\": ", ["table:3", "cut off"]),
        ("[\n{\"image\": \"a.jpg\"}\n]\n[]", ["table:4", "more text follows"]),
    ] {
        let message = figures(table, Some(TRUTH)).expect_err(table);
        says(&message, &parts);
    }
}

#[test]
fn look_alikes_of_shapes_are_the_tables_that_they_are() {
    // One object is one row where it names its image, and its keys are no images.
    let row = r#"{"image": "a.jpg", "pred1": "Bombus lucorum", "score1": 0.5, "pred2": "Apis mellifera", "score2": 0.3}"#;
    assert_eq!(figures(row, Some("image,species\na.jpg,Bombus lucorum\n")).unwrap().1, (0, 1));
    let nested =
        r#"{"image": "a.jpg", "predictions": [{"label": "Apis mellifera", "score": 0.9}, {"label": "Bombus", "score": 0.1}]}"#;
    assert_eq!(figures(nested, Some("image,species\na.jpg,Apis mellifera\n")).unwrap().1, (0, 1));
    // A table with a preamble whose keys have digits.
    let table = r#"{"version": "2", "run_1": [{"image": "a.jpg", "truth": "Apis mellifera", "predicted": "Apis mellifera"}]}"#;
    assert_eq!(figures(table, None).unwrap().1, (0, 1));
    // Category numbers that somebody asks for are names.
    let folder = folder_with(&[
        ("table", r#"[{"image_id": 1, "category_id": 5, "truth": 5}]"#),
        ("taxonomy.csv", "id,genus,species\n5,Apis,Apis mellifera\n"),
    ]);
    let line = ["report", "table", "--taxonomy", "taxonomy.csv", "--predicted-column", "category_id", "-o", "out"];
    let outcome = nearmiss(folder.path(), &line);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let metrics: Value = serde_json::from_slice(&std::fs::read(folder.path().join("out/metrics.json")).unwrap()).unwrap();
    assert_eq!(metrics["how_wrong"]["mistakes"], 0);
}

#[test]
fn lists_of_answers_in_cells() {
    for cells in [
        ["\"['Apis mellifera' 'Bombus lucorum']\"", "\"['Bombus terrestris' 'Bombus lucorum']\""],
        ["\"[('Bombus', 0.1), ('Apis mellifera', 0.9)]\"", "\"[('Bombus terrestris', 0.6), ('Bombus lucorum', 0.4)]\""],
        ["\"{'Bombus lucorum': 0.1, 'Apis mellifera': 0.9}\"", "\"{'Bombus terrestris': 0.6, 'Bombus lucorum': 0.4}\""],
        ["\"[{'name': 'Apis mellifera', 'conf': 0.9}]\"", "\"[{'name': 'Bombus terrestris', 'conf': 0.6}]\""],
    ] {
        let table = format!("image,truth,predictions\na.jpg,Apis mellifera,{}\nb.jpg,Bombus lucorum,{}\n", cells[0], cells[1]);
        assert_eq!(figures(&table, None), Ok(("genus 2 100.0, species 2 50.0".to_string(), (1, 2))), "{table}");
    }
    // A dictionary of ranks is one label, and a list of numbers none.
    let ranks = "image,truth,predictions\na.jpg,Carabus,\"{'family': 'Carabidae', 'genus': 'Carabus', 'score': 0.9}\"\n";
    assert!(figures(ranks, None).unwrap().0.ends_with("genus 1 100.0"));
    let boxes = "image,truth,predicted,box\na.jpg,Apis mellifera,Apis mellifera,\"[1, 2, 3, 4]\"\n";
    assert_eq!(figures(boxes, None), Ok(("genus 1 100.0, species 1 100.0".to_string(), (0, 1))));
}

#[test]
fn camera_traps_with_people_and_machines_in_one_table() {
    let table = "observationID,deploymentID,mediaID,eventID,observationLevel,observationType,scientificName,classificationMethod,classifiedBy,classificationProbability
1,d1,m1,e1,media,animal,Vulpes vulpes,human,A,
2,d1,m1,e1,media,animal,Felis catus,machine,X,0.3
3,d1,m1,e1,media,animal,Vulpes vulpes,machine,X,0.6
4,d1,m2,e1,media,animal,Felis catus,human,A,
5,d1,m2,e1,media,animal,Felis silvestris,machine,X,0.8
6,d2,m3,e2,media,animal,Felis catus,human,A,
";
    assert_eq!(figures(table, None), Ok(("genus 3 66.7, species 3 33.3".to_string(), (2, 3))));
    let folder = folder_with(&[("observations.csv", &format!("{table}7,d1,m1,e1,media,animal,Felis catus,human,B,\n"))]);
    says(&refusal(folder.path(), &["report", "observations.csv", "-o", "out"]), &["more than one truth", "m1"]);
    let snake = "observation_id,media_id,scientific_name,classification_method,classification_confidence\n\
         1,m1,Vulpes vulpes,human,\n2,m1,Vulpes vulpes,machine,0.3\n";
    assert_eq!(figures(snake, None), Ok(("genus 1 100.0, species 1 100.0".to_string(), (0, 1))));
    // Machines alone are predictions, and people alone are no answers.
    let machines = "mediaID,scientificName,classificationMethod\na.jpg,Apis mellifera,machine\nb.jpg,Bombus terrestris,machine\n";
    assert_eq!(figures(machines, Some(TRUTH)).unwrap().1, (1, 2));
}
