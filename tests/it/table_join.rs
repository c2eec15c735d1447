//! Truth tables whose images are written otherwise than those of the predictions.

use crate::folder::folder_with;
use crate::program::{nearmiss, refusal, says};
use crate::table::{all_shown, file, usual};
use nearmiss::answers::Truth;
use nearmiss::answers::table::{TableOptions, Tables, read_tables};
use serde_json::Value;
use std::fmt::Write;
use std::fs;
use tempfile::TempDir;

fn attempt(predictions: &str, truth: &str, options: TableOptions) -> Result<Tables<'static>, String> {
    let folder = TempDir::new().unwrap();
    let (predictions, truth) = (file(&folder, "p.csv", predictions), file(&folder, "t.csv", truth));
    let options = TableOptions { truth_file: Some(truth.into()), ..options };
    let name = folder.path().display().to_string();
    read_tables(&predictions, None, &options).map_err(|error| error.to_string().replace(&name, "DIR"))
}

/// A table of predictions of these images, all of one species.
fn predicted(images: &[&str]) -> String {
    images.iter().fold("file,predicted\n".to_string(), |mut table, image| {
        writeln!(table, "{image},Meles meles").unwrap();
        table
    })
}

/// The truths of the images, `-` where there is none; those without prediction come last.
fn truths(predictions: &[&str], truth: &str) -> Vec<String> {
    let tables = attempt(&predicted(predictions), truth, usual()).unwrap();
    let run = &tables.runs[0];
    let name = |truth: &Truth| match truth {
        Truth::Taxon(taxon) => tables.taxonomy.name(*taxon).to_string(),
        _ => "-".to_string(),
    };
    run.images.iter().zip(&run.truths).map(|(image, truth)| format!("{image} {}", name(truth))).collect()
}

#[test]
fn the_end_of_the_path_says_which_photograph_it_is() {
    let truth = "path,species\nA/IMG_1.JPG,Vulpes vulpes\nB/IMG_1.JPG,Meles meles\nB/IMG_2.JPG,Lynx lynx\n";
    let expected = ["Vulpes vulpes", "Meles meles", "Lynx lynx"];
    for images in [
        ["/mnt/x/A/IMG_1.JPG", "/mnt/x/B/IMG_1.JPG", "/mnt/x/B/IMG_2.JPG"],
        ["D:\\cams\\A\\IMG_1.JPG", "D:\\cams\\B\\IMG_1.JPG", "D:\\cams\\B\\IMG_2.JPG"],
        ["./A//IMG_1.jpg", "./B/IMG_1.jpeg", "B/IMG_2"],
        ["file:///mnt/A/IMG_1", "file:///mnt/B/IMG_1", "file:///mnt/B/IMG_2"],
        ["/disk1/A/IMG_1.JPG", "/disk2/B/IMG_1.JPG", "/disk2/B/IMG_2.JPG"],
        ["a/img_1.jpg", "b/img_1.jpg", "b/img_2.jpg"],
        ["study/A/IMG_1.JPG", "study/B/IMG_1.JPG", "study/B/IMG_2.JPG"],
    ] {
        let expected: Vec<String> = images.iter().zip(expected).map(|(image, truth)| format!("{image} {truth}")).collect();
        assert_eq!(truths(&images, truth), expected);
    }
    // A longer path in the truth table, and a collection in another place.
    let truth = "path,species\n/home/ada/set/north/1.jpg,Vulpes vulpes\n/home/ada/set/south/1.jpg,Lynx lynx\n";
    for images in [["south/1.jpg", "north/1.jpg"], ["/media/ben/set/south/1.jpg", "/media/ben/set/north/1.jpg"]] {
        assert_eq!(truths(&images, truth), [format!("{} Lynx lynx", images[0]), format!("{} Vulpes vulpes", images[1])]);
    }
}

#[test]
fn ids_are_compared_as_text() {
    let truth = "id,species\n12.0,Lynx lynx\n13.0,Vulpes vulpes\n";
    assert_eq!(truths(&["13", "12"], truth), ["13 Vulpes vulpes", "12 Lynx lynx"]);
    // One id that is the same as it stands: the others are other ids.
    assert_eq!(truths(&["13.0", "12"], truth), ["13.0 Vulpes vulpes", "12 -", "12.0 Lynx lynx"]);
    let message = attempt(&predicted(&["7"]), "id,species\n007,Lynx lynx\n", usual()).map(|_| ()).unwrap_err();
    assert!(message.ends_with("predictions have '7', the truth has '007'"), "{message}");
    // What follows a point is an ending only where it is one of photographs, recordings and films.
    assert_eq!(truths(&["seq.1", "seq.2"], "id,species\nseq.1,Lynx lynx\nseq,Meles meles\n").len(), 3);
}

#[test]
fn photographs_of_another_site_are_refused() {
    let message = |images: &[&str], truth: &str| attempt(&predicted(images), truth, usual()).map(|_| ()).unwrap_err();
    let images = ["/mnt/x/A/IMG_1.JPG", "/mnt/x/A/IMG_2.JPG"];
    assert_eq!(
        message(&images, "path,species\nB/IMG_1.JPG,Lynx lynx\nB/IMG_2.JPG,Lynx lynx\n"),
        "DIR/p.csv: no image of the predictions is in the truth table DIR/t.csv: '/mnt/x/A/IMG_1.JPG' and 'B/IMG_1.JPG' have one \
         file name and lie in different folders, which makes them different photographs. If they are the same, write the paths \
         of both tables from one folder on"
    );
    assert!(message(&images, "path,species\nB/IMG_1.JPG,Lynx lynx\nC/IMG_2.JPG,Lynx lynx\n").contains("different folders"));
    let ambiguous = message(&["/mnt/A/1.jpg", "/mnt/B/1.jpg"], "path,species\n1.jpg,Lynx lynx\n");
    assert_eq!(
        ambiguous,
        "DIR/p.csv: no image of the predictions can be joined to the truth table DIR/t.csv: '1.jpg' could be '/mnt/A/1.jpg' or \
         '/mnt/B/1.jpg'. Write the same folders and endings in both tables"
    );
    // Folders called after what is in them are no sites.
    let truth = "path,species\nimages/1.jpg,Lynx lynx\nimages/2.jpg,Meles meles\n";
    assert_eq!(truths(&["crops/2.jpg", "crops/1.jpg"], truth), ["crops/2.jpg Meles meles", "crops/1.jpg Lynx lynx"]);
}

#[test]
fn a_name_that_fits_two_images_is_left_out_and_said() {
    let truth = "path,species\na,Lynx lynx\nb,Meles meles\n";
    let tables = attempt(&predicted(&["a.jpg", "a.png", "b.jpg"]), truth, usual()).unwrap();
    let shown = ["a.jpg: Missing | Meles>Meles meles", "a.png: Missing | Meles>Meles meles"];
    assert_eq!(all_shown(&tables), [shown[0], shown[1], "b.jpg: Meles>Meles meles | Meles>Meles meles"]);
    let warnings = tables.warnings.join("\n");
    assert!(warnings.contains("'a' could be 'a.jpg' or 'a.png'"), "{warnings}");
    assert!(warnings.contains("only 1 of 3 predicted images is in the truth table"), "{warnings}");
}

#[test]
fn a_truth_table_of_other_photographs_is_said() {
    let truth = "path,species\n1,Lynx lynx\n2,Lynx lynx\n8,Lynx lynx\n9,Lynx lynx\n10,Lynx lynx\n";
    let tables = attempt(&predicted(&["1", "2", "3", "4", "5"]), truth, usual()).unwrap();
    assert_eq!(tables.runs[0].images, ["1", "2", "3", "4", "5", "8", "9", "10"]);
    let warnings = tables.warnings.join("\n").replace('\\', "/");
    assert!(warnings.contains("only 2 of 5 predicted images are in the truth table"), "{warnings}");
    assert!(warnings.contains("('3' is not); are these truths of the same photographs?"), "{warnings}");
    assert!(warnings.contains("3 of 5 images of the truth table"), "{warnings}");
    // Half of them is enough, and the rest is a note.
    let tables = attempt(&predicted(&["1", "2", "3", "4"]), "path,species\n1,Lynx lynx\n2,Lynx lynx\n", usual()).unwrap();
    assert_eq!(tables.warnings, Vec::<String>::new());
    assert!(tables.notes.iter().any(|note| note.starts_with("2 predicted images are not in the truth table")));
}

#[test]
fn groups_and_observations_follow_the_image() {
    let truth = "path,species,site,observation\nB/1,Lynx lynx,wood,o2\nA/1,Meles meles,barn,o1\nA/2,Meles meles,,o1\n";
    let options = TableOptions { group_columns: vec!["site".to_string()], ..usual() };
    let tables = attempt(&predicted(&["/x/A/1.jpg", "/x/B/1.jpg"]), truth, options).unwrap();
    let run = &tables.runs[0];
    assert_eq!(run.images, ["/x/A/1.jpg", "/x/B/1.jpg", "A/2"]);
    assert_eq!(run.groups[0].values, ["barn", "wood", ""]);
    assert_eq!(run.observations.as_deref().unwrap(), ["o1", "o2", "o1"]);
}

#[test]
fn many_folders_with_the_same_file_names() {
    let names: Vec<String> = (0..150).flat_map(|site| (0..150).map(move |name| format!("site{site}/IMG_{name}.JPG"))).collect();
    let images: Vec<String> = names.iter().map(|name| format!("/mnt/x/{name}")).collect();
    let truth = names.iter().rev().fold("path,species\n".to_string(), |table, name| table + name + ",Meles meles\n");
    let images: Vec<&str> = images.iter().map(String::as_str).collect();
    let tables = attempt(&predicted(&images), &truth, usual()).unwrap();
    assert_eq!(tables.runs[0].images.len(), names.len());
    assert!(
        tables
            .notes
            .contains(&"22500 images were joined by the end of the path: one of the tables names more folders".to_string())
    );
}

#[test]
fn the_columns_of_the_truth_table_are_named_alone() {
    let folder = folder_with(&[
        ("p.csv", "file,predicted\nx/1.jpg,Meles meles\nx/2.jpg,Lynx lynx\n"),
        ("t.csv", "picked,name,what\nno,1.jpg,Meles meles\nyes,2.jpg,Vulpes vulpes\n"),
        ("nameless.csv", "picked,called,species\nno,one,Meles meles\n"),
    ]);
    let line = ["report", "p.csv", "--truth", "t.csv", "--truth-image-column", "Name", "--truth-column", "what", "-o", "out"];
    let outcome = nearmiss(folder.path(), &line);
    assert_eq!(outcome.code, 0, "{outcome:?}");
    let metrics: Value = serde_json::from_slice(&fs::read(folder.path().join("out/metrics.json")).unwrap()).unwrap();
    let species = metrics["ranks"].as_array().unwrap().iter().find(|row| row["rank"] == "species").unwrap();
    assert_eq!((species["n"].as_u64(), species["path_top1"].as_f64()), (Some(2), Some(0.5)));
    let message = refusal(folder.path(), &["report", "p.csv", "--truth", "t.csv", "--truth-image-column", "nam"]);
    says(&message, &["no column 'nam' (from --truth-image-column)", "did you mean 'name'?"]);
    let message = refusal(folder.path(), &["report", "p.csv", "--truth", "nameless.csv"]);
    says(&message, &["nameless.csv", "columns: 'picked', 'called', 'species'", "--truth-image-column"]);
}
