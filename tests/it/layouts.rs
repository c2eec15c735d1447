//! Data sets in the layouts of the field, written by hand with their traps in them.

use crate::folder::folder_with;
use nearmiss::photographs::dataset::{
    ClassTaxon, Dataset, DatasetError, Inside, Layout, Leaks, ManifestOptions, Photograph, Region,
};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::{Found, Step};
use polars::prelude::*;
use std::fs;
use std::path::Path;

const JPEG: &str = "\u{ff}\u{d8}";

fn open(path: &Path, layout: Layout) -> Dataset {
    assert_eq!(Layout::of(path), layout, "told from the files");
    let dataset = Dataset::open(path, None, &ManifestOptions::default()).unwrap();
    assert_eq!(dataset.layout, layout);
    dataset
}

fn refusal(path: &Path) -> String {
    Dataset::open(path, None, &ManifestOptions::default()).unwrap_err().to_string()
}

/// Image, truth, observation, split, licence.
type Facts<'a> = (&'a str, Option<&'a str>, Option<&'a str>, Option<&'a str>, Option<&'a str>);

fn facts(photograph: &Photograph) -> Facts<'_> {
    (
        &photograph.image,
        photograph.truth_text.as_deref(),
        photograph.observation.as_deref(),
        photograph.split.as_deref(),
        photograph.licence.as_deref(),
    )
}

#[test]
fn plantnet_version_1_keeps_classes_of_one_name_apart() {
    let metadata = "{\"aa\":{\"species_id\":\"1355868\",\"obs_id\":\"7\",\"organ\":\"flower\",\"is_shareable\":true,\"license\":\"cc-by-sa\",\"split\":\"train\"},\
        \"bb\":{\"species_id\":\"1355920\",\"obs_id\":\"8\",\"license\":\"cc-by\",\"split\":\"test\"},\
        \"cc\":{\"species_id\":\"1355920\",\"obs_id\":\"8\",\"license\":\"cc-by\",\"split\":\"test\"}}";
    let names = "{\"1355868\":\"Lactuca virosa L.\",\"1355920\":\"Lactuca virosa Habl.\",\"1\":\"Unused species L.\"}";
    let folder = folder_with(&[
        ("plantnet300K_metadata.json", metadata),
        ("plantnet300K_species_id_2_name.json", names),
        ("images/train/1355868/aa.jpg", JPEG),
        ("images_test/1355920/bb.jpg", JPEG),
    ]);
    let dataset = open(folder.path(), Layout::PlantNet);
    let rows: Vec<Facts<'_>> = dataset.photographs.iter().map(facts).collect();
    let aa = ("images/train/1355868/aa.jpg", Some("Lactuca virosa L."), Some("7"), Some("train"), Some("cc-by-sa"));
    assert_eq!((rows.len(), rows[1]), (3, aa));
    assert_eq!(rows[2].0, "images_test/1355920/bb.jpg", "the folders of older copies");
    assert_eq!((dataset.absent(), dataset.classes.len()), (1, 2));
    let notes = dataset.notes.join("\n");
    assert!(
        notes.contains("1 name stands for several classes, which are kept apart: 'Lactuca virosa' is 1355868 and 1355920"),
        "{notes}"
    );
    assert!(notes.contains("1 photograph of the list is absent"), "{notes}");
    let taxonomy = dataset.taxonomy().unwrap();
    let Found::One(taxon) = taxonomy.find("1355920") else { panic!("a class is found by its id") };
    assert_eq!(taxonomy.lineage_string(taxon, ";"), "Plantae;Tracheophyta;Lactuca;Lactuca virosa");
    fs::remove_file(folder.path().join("plantnet300K_species_id_2_name.json")).unwrap();
    assert!(refusal(folder.path()).contains("plantnet300K_species_id_2_name.json is not beside it"));
}

#[test]
fn plantnet_version_2_tells_two_authors_apart() {
    let species = "species_id,full_species,species,genus,family,epithet,author,unmatched_terms,iucn_status\n\
        0,Rosa canina L.,Rosa canina,Rosa,Rosaceae,canina,L.,,LC\n12,Rubus sp.,Rubus sp.,,,sp.,,spp.,NE\n";
    let metadata = "species_id,PN_observation_id,organ,author,license,split,PN_hash\n\
        0,5,leaf,A photographer,cc-by-nc,val,h1\n12,5,flower,Another,cc-by-nc-sa,test,h2\n";
    let folder = folder_with(&[
        ("species_metadata.csv", species),
        ("plantnet300K_metadata.csv", metadata),
        ("images/images/val/0000/h1.jpg", JPEG),
        ("images/images/test/0012/h2.jpg", JPEG),
    ]);
    let dataset = open(folder.path(), Layout::PlantNetV2);
    assert_eq!(dataset.absent(), 0, "the doubled folder is found");
    assert_eq!(dataset.photographs[1].truth_text.as_deref(), Some("Rosa canina L."));
    assert_eq!(dataset.photographs[1].split.as_deref(), Some("validation"));
    let notes = dataset.notes.join("\n");
    assert!(notes.contains("1 of 2 species has no genus or no family"), "{notes}");
    assert!(notes.contains("1 observation has photographs of different truths, '5'"), "{notes}");
    let leaks = Leaks::of(&dataset);
    assert_eq!((leaks.observations.len(), leaks.files.len(), leaks.contradictions.len()), (1, 1, 1), "equal bytes in two splits");
}

#[test]
fn plantclef_tables_with_semicolons() {
    let text = "image_name;organ;species_id;obs_id;license;species;genus;family;learn_tag\n\
        \"a.jpg\";leaf;1355868;9;cc-by-sa;\"Lactuca virosa L.\";Lactuca;Asteraceae;train\n";
    let folder = folder_with(&[("PlantCLEF2024singleplanttrainingdata.csv", text), ("train/1355868/a.jpg", JPEG)]);
    let dataset = open(folder.path(), Layout::PlantClef);
    let row = ("train/1355868/a.jpg", Some("Lactuca virosa L."), Some("9"), Some("train"), Some("cc-by-sa"));
    assert_eq!(facts(&dataset.photographs[0]), row);
    assert_eq!(dataset.classes[0].lineage[2], (Rank::Family, "Asteraceae".to_string()));
}

#[test]
fn coco_with_ranks_boxes_and_images_without_category() {
    let json = "{\"licenses\":[{\"id\":1,\"name\":\"CC0\"}],\
        \"images\":[{\"id\":1,\"file_name\":\"a.jpg\",\"license\":1},{\"id\":2,\"coco_url\":\"https://x/y/Z.png\"}],\
        \"annotations\":[{\"id\":7,\"image_id\":1,\"category_id\":5,\"bbox\":[1,2,3,4]},{\"id\":8,\"image_id\":1,\"category_id\":6,\"bbox\":[5,6,7,8]},\
        {\"id\":9,\"image_id\":2,\"category_id\":null}],\
        \"categories\":[{\"id\":5,\"name\":\"Apis mellifera\",\"kingdom\":\"Animalia\",\"genus\":\"Apis\",\"specific_epithet\":\"mellifera\"},{\"id\":6,\"name\":\"Apidae\"}]}";
    let folder = folder_with(&[("annotations/train.json", json), ("images/a.jpg", JPEG), ("images/2.png", JPEG)]);
    let dataset = open(folder.path(), Layout::Coco);
    let truths: Vec<(&str, Option<&str>)> =
        dataset.photographs.iter().map(|photograph| (photograph.image.as_str(), photograph.truth_text.as_deref())).collect();
    assert_eq!(truths, [("2.png", None), ("a.jpg#7", Some("Animalia;Apis;Apis mellifera")), ("a.jpg#8", Some("Apidae"))]);
    assert_eq!(dataset.photographs[1].region, Some(Region::Pixels([1.0, 2.0, 3.0, 4.0])));
    assert_eq!((dataset.absent(), dataset.photographs[1].licence.as_deref()), (0, Some("CC0")));
    assert!(dataset.notes.iter().any(|note| note.contains("1 annotations or images have no category")));
}

#[test]
fn birds_in_text_files() {
    let folder = folder_with(&[
        ("images.txt", "u-1 001.Albatross/u1.jpg\nu-2 002.Crow/u2.jpg\n"),
        ("classes.txt", "1 001.Black_footed_Albatross\n2 Crow (Adult, male)\n"),
        ("image_class_labels.txt", "u-1 1\n"),
        ("train_test_split.txt", "u-1 1\nu-2 0\n"),
        ("bounding_boxes.txt", "u-1 60 27 325 304\n"),
        ("images/001.Albatross/u1.jpg", JPEG),
    ]);
    let dataset = open(folder.path(), Layout::Birds);
    assert_eq!(dataset.photographs[0].truth_text.as_deref(), Some("Black footed Albatross"));
    assert_eq!((dataset.photographs[0].split.as_deref(), dataset.photographs[1].split.as_deref()), (Some("train"), Some("test")));
    assert_eq!((dataset.with_truth(), dataset.absent()), (1, 1));
}

#[test]
fn spipoll_labels_name_sets_of_taxa() {
    let folder = folder_with(&[
        (
            "class_codes.csv",
            "class,taxa_name\n0,\"Les Hespéries fauves <Ochlodes, Thymelicus>\"\n1,Les Terebrants Chalcidiens et autres\n",
        ),
        ("train.csv", "id,class\n11,0\n"),
        ("test.csv", "id,class\n12,1\n"),
        ("imgs/11", JPEG),
        ("imgs/12", JPEG),
    ]);
    let dataset = open(folder.path(), Layout::Spipoll);
    assert_eq!((dataset.photographs.len(), dataset.absent()), (2, 0), "files without extension");
    assert!(dataset.notes.iter().any(|note| note.contains("1 of 2 labels names no taxon in brackets")));
    let table = "family,genus,species\nHesperiidae,Ochlodes,Ochlodes sylvanus\nHesperiidae,Thymelicus,Thymelicus lineola\n";
    let taxonomy = nearmiss::taxonomy::Taxonomy::from_bytes(table.as_bytes(), Path::new("t.csv")).unwrap();
    let label = taxonomy.resolve(dataset.photographs[0].truth_text.as_deref().unwrap());
    assert_eq!((label.taxon().map(|taxon| taxonomy.name(taxon)), label.step), (Some("Hesperiidae"), Some(Step::Bracket)));
    fs::write(folder.path().join("test.csv"), "id,class\n12,9\n").unwrap();
    assert!(refusal(folder.path()).contains("test.csv:2: the class '9' is not in class_codes.csv"));
}

#[test]
fn bioscan_and_infraspecific_classes() {
    let table = "processid,phylum,class,order,family,subfamily,genus,species,split,chunk\n\
        P1,Arthropoda,Insecta,Diptera,Sciaridae,not applicable,Sciara,Sciara sp. X,train,12\nP2,Arthropoda,Insecta,Diptera,,,,,key_unseen,\n";
    let bioscan = folder_with(&[
        ("metadata/csv/BIOSCAN_5M_Insect_Dataset_metadata.csv", table),
        ("images/original_256/train/12/P1.jpg", JPEG),
    ]);
    let dataset = open(bioscan.path(), Layout::Bioscan);
    assert_eq!(
        dataset.photographs[1].truth_text.as_deref(),
        Some("Animalia;Arthropoda;Insecta;Diptera;Sciaridae;Sciara;Sciara sp. X")
    );
    assert_eq!(dataset.photographs[0].split.as_deref(), Some("key_unseen"));
    assert_eq!(dataset.absent(), 1);
    let infraspecific = folder_with(&[
        (
            "train_val.csv",
            "image,class,license,split\ntrain/ronde/a.jpg,Cucurbita_pepo_'Ronde de Nice',all rights reserved,val\n",
        ),
        ("test.csv", "image,class,license\nb.jpg,Cucurbita pepo,CC BY\n"),
        ("class_mapping.txt", "0 ronde\n"),
        ("train/ronde/a.jpg", JPEG),
        ("test/b.jpg", JPEG),
    ]);
    let dataset = open(infraspecific.path(), Layout::Infraspecific);
    let rows: Vec<Facts<'_>> = dataset.photographs.iter().map(facts).collect();
    assert_eq!(rows[0], ("test/b.jpg", Some("Cucurbita pepo"), None, Some("test"), Some("CC BY")));
    assert_eq!((rows[1].1, rows[1].3), (Some("Cucurbita pepo 'Ronde de Nice'"), Some("validation")));
    assert_eq!(dataset.licences().len(), 2);
}

#[test]
fn photographs_inside_parquet_and_tar() {
    let folder = tempfile::tempdir().unwrap();
    let bytes = Column::new("bytes".into(), [&b"one"[..], b"two"]);
    let path = Column::new("path".into(), ["a.jpg", "b.jpg"]);
    let image = StructChunked::from_columns("image".into(), 2, &[bytes, path]).unwrap().into_column();
    let label = Column::new("label".into(), [1_i64, 0]);
    let mut data = DataFrame::new_infer_height(vec![image, label]).unwrap();
    let file = folder.path().join("test-00000-of-00001.parquet");
    ParquetWriter::new(fs::File::create(&file).unwrap()).finish(&mut data).unwrap();
    let dataset = open(folder.path(), Layout::Packed);
    assert_eq!(dataset.photographs[1].bytes().unwrap(), b"two");
    assert_eq!(dataset.photographs[0].split.as_deref(), Some("test"));
    assert_eq!(dataset.photographs[0].image, "test-00000-of-00001.parquet#0");
    assert!(matches!(dataset.photographs[0].inside, Some(Inside::Row { row: 0, .. })));

    let tars = tempfile::tempdir().unwrap();
    let mut tar = tar::Builder::new(fs::File::create(tars.path().join("shard-0.tar")).unwrap());
    for (name, bytes) in [
        ("k1.jpg", &b"photo"[..]),
        ("k1.taxon.txt", b"Animalia Arthropoda Insecta Hymenoptera Apidae Apis mellifera"),
        ("k2.jpg", b"other"),
        ("k3.sci.txt", b"Bombus terrestris"),
    ] {
        let mut header = tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        tar.append_data(&mut header, name, bytes).unwrap();
    }
    tar.finish().unwrap();
    let dataset = open(tars.path(), Layout::WebDataset);
    assert_eq!(dataset.photographs[0].bytes().unwrap(), b"photo");
    let truth = "Animalia;Arthropoda;Insecta;Hymenoptera;Apidae;Apis;Apis mellifera";
    assert_eq!((dataset.photographs[0].truth_text.as_deref(), dataset.photographs[1].truth_text.as_deref()), (Some(truth), None));
    assert_eq!(dataset.passed_over.get("sample without photograph"), Some(&1));
}

#[test]
fn a_dataverse_download_is_whole_or_refused() {
    let manifest = "labels.tab (text/tab-separated-values)\nbig.tif (image/tiff) skipped because the total size of the download bundle exceeded the limit of 10 bytes.\n";
    // The manifest that was uploaded as CSV lies here as .tab.
    let table = "image\tscientificName\n\"a.jpg\"\t\"Rosa canina L.\"\n\"gone.jpg\"\t\"Rosa canina L.\"\n";
    let folder = folder_with(&[("MANIFEST.TXT", manifest), ("labels.tab", table), ("a.jpg", JPEG)]);
    let error = refusal(folder.path());
    assert!(error.contains("the download left out 1 file because the bundle was too large: 'big.tif'"), "{error}");
    fs::write(folder.path().join("MANIFEST.TXT"), "labels.tab (text/tab-separated-values)\n").unwrap();
    let dataset = open(folder.path(), Layout::Manifest);
    assert_eq!((dataset.photographs.len(), dataset.absent()), (2, 1));
    let md5 = "5d41402abc4b2a76b9719d911017c592";
    let json = |sum: &str| {
        format!(
            "{{\"datasetVersion\":{{\"files\":[{{\"label\":\"hello.txt\",\"dataFile\":{{\"checksum\":{{\"type\":\"MD5\",\"value\":\"{sum}\"}}}}}},\
             {{\"label\":\"labels.tab\",\"dataFile\":{{\"originalFileName\":\"labels.csv\"}}}},{{\"label\":\"far.jpg\",\"dataFile\":{{}}}}]}}}}"
        )
    };
    fs::write(folder.path().join("hello.txt"), "hello").unwrap();
    fs::write(folder.path().join("dataset.json"), json(md5)).unwrap();
    let notes = open(folder.path(), Layout::Manifest).notes.join("\n");
    assert!(
        notes.contains("1 file has the MD5 that dataset.json gives; 1 table was converted to .tab; 1 is not here, 'far.jpg'"),
        "{notes}"
    );
    fs::write(folder.path().join("dataset.json"), json(&md5.replace('5', "6"))).unwrap();
    assert!(refusal(folder.path()).contains("1 file differs from its MD5, 'hello.txt' the first; fetch it again"));
}

#[test]
fn meta_album_and_french_headers_and_boxes_in_manifests() {
    let folder =
        folder_with(&[("labels.csv", "FILE_NAME,CATEGORY,SUPER_CATEGORY\na.jpg,Apis mellifera,bees\n"), ("images/a.jpg", JPEG)]);
    let dataset = open(folder.path(), Layout::Manifest);
    assert_eq!(
        (dataset.absent(), dataset.photographs[0].truth_text.as_deref()),
        (0, Some("Apis mellifera")),
        "in the folder beside it"
    );
    let boxes = folder_with(&[(
        "metadata.csv",
        "image_path;regne;famille;espece;xmin;ymin;xmax;ymax;license\na.jpg;Animalia;Apidae;Apis mellifera;1;2;11;22;CC0\n",
    )]);
    let dataset = open(boxes.path(), Layout::Manifest);
    assert_eq!(dataset.photographs[0].truth_text.as_deref(), Some("Animalia;Apidae;Apis mellifera"));
    assert_eq!(dataset.photographs[0].region, Some(Region::Pixels([1.0, 2.0, 10.0, 20.0])));
    fs::write(boxes.path().join("metadata.csv"), "image_path,bbox\na.jpg,\"1,2,0,4\"\n").unwrap();
    assert!(refusal(boxes.path()).contains("metadata.csv:2: the box '1,2,0,4' has no area"));
}

#[test]
fn classes_without_lineages_make_no_taxonomy() {
    let dataset =
        Dataset { classes: vec![ClassTaxon { id: "1".into(), name: "x".into(), lineage: vec![] }], ..Dataset::default() };
    assert!(matches!(dataset.taxonomy(), Err(DatasetError::Layout { .. })));
    let labels = Dataset {
        photographs: ["healthy", "rust", "healthy"]
            .map(|label| Photograph { truth_text: Some(label.into()), ..Photograph::default() })
            .to_vec(),
        ..Dataset::default()
    };
    assert_eq!(labels.label_taxonomy().unwrap().leaves().len(), 2);
}
