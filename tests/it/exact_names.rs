//! A name that a taxon of the given taxonomy has is that taxon, whatever it looks like.

use nearmiss::answers::table::{TableOptions, read_run, read_tables};
use nearmiss::answers::{Answer, Truth};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::path::Path;

const TAXONOMY: &str = "id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Paridae,family\n3,2,Parus,genus\n4,3,Parus major,species\n\
    5,3,Parus dus1,species\n6,3,Parus sp. B,species\n7,1,Felidae,family\n8,7,Puma,genus\n9,8,Puma concolor,species\n";

fn taxonomy() -> Taxonomy {
    Taxonomy::from_bytes(TAXONOMY.as_bytes(), Path::new("t.csv")).unwrap()
}

#[test]
fn placeholder_names_of_the_taxonomy_are_its_taxa() {
    let taxonomy = taxonomy();
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("t.csv");
    let id = |taxon: TaxonId| taxonomy.source_id(taxon).unwrap_or_default().to_string();
    let answered = |labels: &[&str], head: &str| -> Vec<String> {
        let rows: Vec<String> = labels.iter().enumerate().map(|(row, label)| format!("i{row},Parus major,{label}\n")).collect();
        std::fs::write(&path, format!("image,truth,{head}\n{}", rows.concat())).unwrap();
        let tables = read_tables(&path, Some(&taxonomy), &TableOptions::default()).unwrap();
        let one = |answer| if let Answer::Taxon(taxon) = answer { id(taxon) } else { format!("{answer:?}") };
        (0..labels.len()).map(|image| one(tables.runs[0].ranked.best(image))).collect()
    };
    // The last two are no names of the taxonomy: of an unknown species of the genus no more than that is known.
    let names = ["Parus dus1", "parus_dus1", "Parus sp. B", "Parus major L.", "Parus dus2", "Parus sp. C"];
    assert_eq!(answered(&names, "predicted"), ["5", "5", "6", "4", "3", "3"]);
    let lineages =
        ["Animalia;Paridae;Parus;Parus dus1", "Animalia;Paridae;Parus;Parus sp. B", "Animalia;Felidae;Puma;Puma concolor"];
    assert_eq!(answered(&lineages, "predicted"), ["5", "6", "9"]);
    let columns = ["Paridae,Parus,Parus dus1", "Paridae,Parus,Parus sp. C", "Felidae,Parus,Parus dus1"];
    // A lineage that agrees nowhere contradicts the name.
    assert_eq!(answered(&columns, "predicted_family,predicted_genus,predicted_species"), ["5", "3", "Outside"]);
}

#[test]
fn a_rank_that_only_dead_labels_have_is_answered_by_nobody() {
    let folder = tempfile::tempdir().unwrap();
    let taxonomy = Taxonomy::from_bytes(
        b"id,parent,name,rank\n1,,Animalia,kingdom\n2,1,Parus,genus\n3,2,Parus major,species\n4,1,Vulpes vulpes,species\n",
        Path::new("t.csv"),
    )
    .unwrap();
    let identity = "\"model\":\"m\",\"model_files\":{},\"architecture\":\"a\",\"recipe\":{},\"taxonomy\":\"t\",\
        \"taxonomy_sha256\":\"\",\"labels\":2,\"label_rank\":\"species\",\"labels_sha256\":\"\",\"dataset\":\"d\",\"images\":1,\
        \"dataset_sha256\":\"\",\"k\":5,\"batch\":1,\"format\":\"csv\"";
    let record = |unusable: &str| {
        format!(
            "{{\"program\":\"x\",\"command_line\":[],\"identity\":{{{identity}}},\"device\":\"cpu\",\"counts\":{{}},\
             \"truncated_labels\":[],\"unusable_labels\":[{unusable}],\"logit_scale\":6.0,\"seconds\":{{}},\"complete\":true}}"
        )
    };
    let write = |name: &str, text: &str| std::fs::write(folder.path().join(name), text).unwrap();
    write("images.csv", "image,truth,truth_name,status\na,3,Parus major,ok\n");
    write(
        "labels.csv",
        "taxon,name,rank,kingdom,genus,species\n3,Parus major,species,Animalia,Parus,Parus major\n\
         4,Vulpes vulpes,species,Animalia,,Vulpes vulpes\n",
    );
    write(
        "predictions.csv",
        "image,rank,position,taxon,name,probability\na,kingdom,1,1,Animalia,1.0\na,species,1,4,Vulpes vulpes,1.0\n",
    );
    let genus = |unusable: &str| {
        write("run.json", &record(unusable));
        let tables = read_run(folder.path(), Some(&taxonomy)).unwrap_or_else(|error| panic!("{error}"));
        assert!(matches!(tables.runs[0].truths[0], Truth::Taxon(_)));
        tables.runs[0].summed[5].as_ref().map(|ranked| ranked.answers(0).to_vec())
    };
    // The genus has no rows: its sums are not known, unless none of the labels that can win has a genus.
    assert_eq!(genus(""), None);
    assert_eq!(genus("\"3\""), Some(vec![]));
}
