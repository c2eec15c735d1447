//! Finding photographs and their truth.

#![expect(clippy::unwrap_used, reason = "a test says what it skips and stops where it fails")]

use crate::folder::folder_with_bytes;
use crate::shared::shared;
use nearmiss::photographs::dataset::{Column, Dataset, ManifestOptions};
use std::fs;
use std::path::{Path, PathBuf};
use tempfile::TempDir;

const JPEG: &[u8] = b"\xff\xd8\xff\xe0";

fn found(paths: &[PathBuf]) -> Dataset {
    Dataset::from_paths(paths).unwrap()
}

fn rows(dataset: &Dataset) -> Vec<(&str, Option<&str>, Option<&str>)> {
    dataset
        .photographs
        .iter()
        .map(|photograph| (photograph.image.as_str(), photograph.truth_text.as_deref(), photograph.split.as_deref()))
        .collect()
}

fn manifest(text: &str) -> (TempDir, PathBuf) {
    let folder = folder_with_bytes(&[("list/photos.csv", text.as_bytes())]);
    let path = folder.path().join("list/photos.csv");
    (folder, path)
}

fn read(text: &str) -> Result<Dataset, String> {
    let (_folder, path) = manifest(text);
    Dataset::from_manifest(&path, &ManifestOptions::default())
        .map_err(|error| error.to_string().replace(&path.display().to_string(), "photos.csv"))
}

/// The truths of a manifest's photographs, by image.
fn truths(text: &str) -> Vec<Option<String>> {
    read(text).unwrap().photographs.into_iter().map(|photograph| photograph.truth_text).collect()
}

fn failure(paths: &[PathBuf], root: &Path) -> String {
    Dataset::from_paths(paths).unwrap_err().to_string().replace(&root.display().to_string(), "ROOT")
}

#[test]
fn photographs_of_folders_are_found_in_order_and_named_by_their_folder() {
    let root = folder_with_bytes(&[
        ("train/Bos_taurus/b.JPG", JPEG),
        ("train/Bos_taurus/a.tiff", b""),
        ("val/003.Sooty_Albatross/without", JPEG),
        ("train/loose.png", b""),
        ("top.webp", b""),
        ("train/Bos_taurus/notes.txt", b"x"),
        ("train/Bos_taurus/notes2.TXT", b"x"),
        ("README", b"hello"),
        (".hidden.jpg", JPEG),
        (".cache/x.jpg", JPEG),
    ]);
    let dataset = found(&[root.path().to_path_buf()]);
    assert_eq!(
        rows(&dataset),
        [
            ("top.webp", None, None),
            ("train/Bos_taurus/a.tiff", Some("Bos taurus"), Some("train")),
            ("train/Bos_taurus/b.JPG", Some("Bos taurus"), Some("train")),
            ("train/loose.png", None, Some("train")),
            ("val/003.Sooty_Albatross/without", Some("Sooty Albatross"), Some("validation")),
        ]
    );
    let passed_over: Vec<(&str, usize)> = dataset.passed_over.iter().map(|(what, count)| (what.as_str(), *count)).collect();
    assert_eq!(passed_over, [(".txt", 2), ("hidden file", 1), ("hidden folder", 1), ("no extension", 1)]);
    assert_eq!(dataset.with_truth(), 3);
}

#[test]
fn a_photograph_named_twice_is_taken_once() {
    let root = folder_with_bytes(&[("Canis/a.jpg", JPEG), ("Canis/b.jpg", JPEG), ("Papio/c.jpg", JPEG)]);
    let at = |name: &str| root.path().join(name);
    let dataset = found(&[at("Canis"), at("Papio/../Canis/b.jpg"), at("Papio"), at("./Papio/c.jpg")]);
    let images: Vec<_> = rows(&dataset).into_iter().map(|(image, truth, _)| (image, truth)).collect();
    let expected = [("Canis/a.jpg", Some("Canis")), ("Canis/b.jpg", Some("Canis")), ("Papio/c.jpg", Some("Papio"))];
    assert_eq!(images, expected, "the root is the folder above all arguments");
}

#[test]
fn one_file_has_no_class_folder_below_its_root() {
    let root = folder_with_bytes(&[("Canis/a.jpg", JPEG)]);
    assert_eq!(rows(&found(&[root.path().join("Canis/a.jpg")])), [("a.jpg", None, None)]);
}

#[test]
fn a_list_names_photographs_relative_to_itself_and_keeps_absent_ones() {
    let root = folder_with_bytes(&[
        ("Canis/a.jpg", JPEG),
        ("Papio/c.jpg", JPEG),
        ("all.txt", b"Papio/c.jpg\r\n\nCanis\nCanis/gone.jpg\n"),
    ]);
    for list in [root.path().join("all.txt"), PathBuf::from(format!("@{}", root.path().join("all.txt").display()))] {
        let dataset = found(&[list]);
        let images: Vec<_> = rows(&dataset).into_iter().map(|(image, ..)| image).collect();
        assert_eq!(images, ["Canis/a.jpg", "Canis/gone.jpg", "Papio/c.jpg"]);
        assert_eq!(dataset.notes, ["1 of the listed photographs is absent, 'Canis/gone.jpg' the first"]);
    }
}

#[cfg(unix)]
#[test]
fn a_link_to_nothing_is_kept_to_be_reported() {
    let root = folder_with_bytes(&[("Canis/a.jpg", JPEG)]);
    std::os::unix::fs::symlink("/nowhere/x.jpg", root.path().join("Canis/link.jpg")).unwrap();
    let dataset = found(&[root.path().to_path_buf()]);
    let images: Vec<_> = rows(&dataset).into_iter().map(|(image, ..)| image).collect();
    assert_eq!(images, ["Canis/a.jpg", "Canis/link.jpg"]);
}

#[test]
fn arguments_without_photographs_are_errors_with_a_remedy() {
    let root = folder_with_bytes(&[("empty/notes.csv", b"x"), ("empty/.b", b"")]);
    let at = |name: &str| root.path().join(name);
    assert_eq!(failure(&[at("gone")], root.path()), "no such file or folder: 'ROOT/gone'; check the path");
    assert_eq!(
        failure(&[at("empty")], root.path()),
        "no photograph in 'ROOT/empty'; passed over: .csv (1), hidden file (1); \
         photographs end in .jpg, .jpeg, .png, .webp, .bmp, .tif, .tiff or .gif"
    );
    assert_eq!(
        failure(&[at("empty/notes.csv")], root.path()),
        "'ROOT/empty/notes.csv' is a table and not a photograph; give it with --manifest"
    );
    assert_eq!(failure(&[PathBuf::from("@gone.txt")], root.path()), "no such file or folder: 'gone.txt'; check the path");
}

#[test]
fn the_truth_of_a_manifest_is_the_lineage_of_its_rank_columns() {
    let text = "FILE NAME;règne;famille;genre;espèce;obs_id;subset\n\
                b.jpg;Animalia;Bovidae;Bos;taurus;7;training\n\
                a.jpg;Animalia;NA;Bos;grunniens;;dev\n\
                c.jpg;;;;nan;8;\n";
    let dataset = read(text).unwrap();
    let expected = [
        ("a.jpg", Some("Animalia;Bos;Bos grunniens"), Some("validation")),
        ("b.jpg", Some("Animalia;Bovidae;Bos;Bos taurus"), Some("train")),
        ("c.jpg", None, None),
    ];
    assert_eq!(rows(&dataset), expected);
    let observations: Vec<_> = dataset.photographs.iter().map(|photograph| photograph.observation.as_deref()).collect();
    assert_eq!(observations, [None, Some("7"), Some("8")]);
    assert_eq!(truths("path,genus,species\na.jpg,Bos,Bos taurus\n"), [Some("Bos;Bos taurus".to_string())]);
}

#[test]
fn a_lineage_filled_up_with_its_last_name_ends_there() {
    let text = "image,order,family,genus,species\n\
                a.jpg,Decapoda,Caridea,Caridea,Caridea\n\
                b.jpg,Decapoda,Munididae,Munida,quadrispina\n\
                c.jpg,Decapoda,Munididae,Munida,gregaria\n";
    let expected =
        ["Decapoda;Caridea", "Decapoda;Munididae;Munida;Munida quadrispina", "Decapoda;Munididae;Munida;Munida gregaria"];
    assert_eq!(truths(text), expected.map(|truth| Some(truth.to_string())));
}

#[test]
fn the_column_class_is_a_label_or_a_rank_by_its_neighbours() {
    let decide = |header: &str, cells: &str| {
        let dataset = read(&format!("{header}\n{cells}\n")).unwrap();
        (dataset.photographs[0].truth_text.clone().unwrap(), dataset.notes[0].clone())
    };
    let (truth, note) = decide("image,class", "a.jpg,Lamium_galeobdolon");
    assert_eq!(truth, "Lamium_galeobdolon");
    assert_eq!(
        note,
        "column 'class' is read as the label, because no column beside it is a rank; --column class=class says otherwise"
    );
    let (truth, note) = decide("image,class,order", "a.jpg,Insecta,Diptera");
    assert_eq!(truth, "Insecta;Diptera");
    assert!(note.contains("as the rank, because there is a column 'order'"), "{note}");
    let (truth, note) = decide("image,phylum,cls,species,class", "a.jpg,Mollusca,Bivalvia,,Cyclonaias tuberculata");
    assert_eq!(truth, "Mollusca;Bivalvia");
    assert!(note.contains("as the label, because there is a column 'cls'"), "{note}");
}

#[test]
fn columns_can_be_named() {
    let (_folder, path) = manifest("where,what,class,order\nx.jpg,Apis mellifera,Bee,Diptera\n");
    let columns = vec![("where".into(), Column::Image), ("class".into(), Column::Label), ("order".into(), Column::Split)];
    let options = ManifestOptions { columns, ..ManifestOptions::default() };
    let dataset = Dataset::from_manifest(&path, &options).unwrap();
    assert_eq!(rows(&dataset), [("x.jpg", Some("Bee"), Some("diptera"))]);
    let options = ManifestOptions { columns: vec![("who".into(), Column::Image)], ..options };
    let message = Dataset::from_manifest(&path, &options).unwrap_err().to_string();
    assert!(message.ends_with("no column 'who'; found: 'where', 'what', 'class', 'order'"), "{message}");
    assert_eq!(Column::parse("Order"), Some(Column::Rank(nearmiss::taxonomy::rank::Rank::Order)));
    assert_eq!(Column::parse("colour"), None);
}

#[test]
fn an_id_is_kept_beside_the_name_and_stands_in_for_it() {
    let dataset = read("image\tCD_NOM\tscientificName\na.jpg\t60585\tMeles meles\nb.jpg\t60577\t\nc.jpg\t-1\tnone\n").unwrap();
    let known: Vec<_> =
        dataset.photographs.iter().map(|photograph| (photograph.taxon_id.as_deref(), photograph.truth_text.as_deref())).collect();
    assert_eq!(known, [(Some("60585"), Some("Meles meles")), (Some("60577"), Some("60577")), (None, Some("none"))]);
}

#[test]
fn files_are_found_under_composed_and_decomposed_names() {
    // The disk has a decomposed and a composed name; the manifest has them the other way round.
    let listed = "image,label\nMe\u{301}lite.jpg,x\nCharanc\u{327}on/E\u{301}te\u{301}.jpg,y\nAbeille\\1.jpg,z\ngone.jpg,w\n";
    let root = folder_with_bytes(&[
        ("M\u{e9}lite.jpg", JPEG),
        ("Charan\u{e7}on/\u{c9}t\u{e9}.jpg", JPEG),
        ("Abeille/1.jpg", JPEG),
        ("photos.csv", listed.as_bytes()),
    ]);
    let dataset = Dataset::from_manifest(&root.path().join("photos.csv"), &ManifestOptions::default()).unwrap();
    let images: Vec<&str> = rows(&dataset).into_iter().map(|(image, ..)| image).collect();
    assert_eq!(images, ["Abeille/1.jpg", "Charan\u{e7}on/\u{c9}t\u{e9}.jpg", "M\u{e9}lite.jpg", "gone.jpg"]);
    assert_eq!(dataset.photographs.iter().filter(|photograph| photograph.path.is_file()).count(), 3);
    assert!(dataset.notes[0].starts_with("1 photograph of the list is absent from '"), "{:?}", dataset.notes);
    assert!(dataset.notes[0].contains("', 'gone.jpg' the first; "), "{:?}", dataset.notes);
}

#[test]
fn a_manifest_without_names_takes_the_class_folder() {
    let dataset = read("\u{feff}file_name,observation_id\nBos_taurus/1.jpg,o1\n1.jpg,o2\n").unwrap();
    assert_eq!(rows(&dataset), [("1.jpg", None, None), ("Bos_taurus/1.jpg", Some("Bos taurus"), None)]);
    assert_eq!(dataset.notes[0], "the manifest has no column of names, so the truth is the class folder");
}

#[test]
fn faults_of_a_manifest_are_errors_with_their_lines() {
    let message = |text: &str| read(text).unwrap_err();
    assert_eq!(
        message("picture,label\na.jpg,x\n"),
        "photos.csv: no image column ('image', 'path', 'file_name', 'filepath', ...); found: 'picture', 'label'. \
         Name it with --column COLUMN=image"
    );
    assert_eq!(
        message("image,label\na.jpg,x\nb.jpg,y\na.jpg,x\nc.jpg,\n./a.jpg,z\n"),
        "photos.csv: one photograph is listed more than once; keep one row of each:\n  'a.jpg' in lines 2, 4, 6"
    );
    assert_eq!(message("image,label\na.jpg,x\n,y\n"), "photos.csv:3: the image is blank; give its path");
    assert!(message("image,label\n").starts_with("no photograph in 'photos.csv'"));
    let (_folder, path) = manifest("");
    fs::write(&path, b"image,label\na.jpg,caf\xe9\n").unwrap();
    let error = Dataset::from_manifest(&path, &ManifestOptions::default()).unwrap_err().to_string();
    assert!(error.ends_with("photos.csv:2: not UTF-8 text; convert the file to UTF-8"), "{error}");
}

#[test]
fn a_split_is_selected_under_any_of_its_names() {
    let dataset = read("image,label,split\na.jpg,x,val\nb.jpg,y,TRAIN\nc.jpg,z,\n").unwrap();
    assert_eq!(rows(&dataset.clone().select("Validation").unwrap()), [("a.jpg", Some("x"), Some("validation"))]);
    let message = dataset.select("test").unwrap_err().to_string();
    assert_eq!(message, "no photograph is of split 'test'; there are: none (1), train (1), validation (1)");
}

#[test]
fn photographs_made_by_others_are_found_with_their_folders() {
    let Some(photos) = shared("real/photos_free") else { return };
    let dataset = found(&[photos]);
    let meles: Vec<_> = dataset.photographs.iter().filter(|photograph| photograph.image.starts_with("Meles_meles/")).collect();
    assert_eq!(meles.len(), 2);
    assert!(meles.iter().all(|photograph| photograph.truth_text.as_deref() == Some("Meles meles")));
    assert_eq!(dataset.with_truth(), dataset.photographs.len());
}

#[test]
fn the_rare_species_table_gives_its_lineages() {
    let Some(table) = shared("real/taxonomy/rare_species_metadata.csv") else { return };
    let dataset = Dataset::from_manifest(&table, &ManifestOptions::default()).unwrap();
    assert_eq!(dataset.photographs.len(), 11_983);
    let wartyback = dataset.photographs.iter().find(|photograph| photograph.image.contains("12853737_449393")).unwrap();
    assert_eq!(
        wartyback.truth_text.as_deref(),
        Some("Animalia;Mollusca;Bivalvia;Unionida;Unionidae;Cyclonaias;Cyclonaias tuberculata")
    );
    let taxa: std::collections::BTreeSet<_> = dataset.photographs.iter().map(|photograph| &photograph.truth_text).collect();
    assert_eq!(taxa.len(), 400, "385 epithets, 400 species");
}
