//! Embeddings written are the embeddings that are read again.

use crate::latent::twelve;
use nearmiss::spaces::embeddings::{Columns, Embeddings};

/// The twelve points, some observed together, one of a taxon that nobody knows.
fn some() -> Embeddings {
    let mut embeddings = twelve();
    embeddings.observations[..2].fill("o1".to_string());
    embeddings.names[3] = "a, \"quoted\"/ç.jpg".to_string();
    embeddings.taxa[11] = None;
    embeddings
}

fn lineages(embeddings: &Embeddings) -> Vec<Option<String>> {
    embeddings.taxa.iter().map(|taxon| taxon.map(|taxon| embeddings.taxonomy.lineage_string(taxon, ";"))).collect()
}

#[track_caller]
fn same(read: &Embeddings, written: &Embeddings) {
    assert_eq!((&read.values, read.width), (&written.values, written.width));
    assert_eq!(read.names, written.names);
    assert_eq!(lineages(read), lineages(written));
}

#[expect(clippy::cast_possible_truncation, reason = "single precision is meant")]
fn single_precision(value: f64) -> f64 {
    f64::from(value as f32)
}

#[test]
fn every_kind_of_file_holds_what_was_written() {
    let folder = tempfile::tempdir().unwrap();
    let exact = some();
    let mut single = exact.clone();
    single.values.iter_mut().for_each(|value| *value = single_precision(*value));
    for (kind, written) in [("f64", &exact), ("f32", &single)] {
        for extension in ["parquet", "npy", "npz", "safetensors"] {
            let path = folder.path().join(format!("{kind}.{extension}"));
            let files = written.write(&path, Columns::Ours).unwrap();
            assert_eq!(files[0], path);
            let table = files.get(1).map(std::path::PathBuf::as_path);
            assert_eq!(table.is_none(), extension == "parquet");
            for taxonomy in [None, Some(&written.taxonomy)] {
                let read = Embeddings::read(&path, table, taxonomy).unwrap();
                same(&read, written);
                assert_eq!(read.observations, written.observations, "{extension}");
            }
        }
    }
    let size = |name: &str| std::fs::metadata(folder.path().join(name)).unwrap().len();
    // 12 × 3 numbers of four and of eight bytes behind a header of 128.
    assert_eq!((size("f32.npy"), size("f64.npy")), (128 + 144, 128 + 288));
    let left = std::fs::read_dir(folder.path()).unwrap().filter(|entry| {
        let name = entry.as_ref().unwrap().file_name();
        name.to_string_lossy().ends_with(".part")
    });
    assert_eq!(left.count(), 0);
}

#[test]
fn emb_explorer_has_columns_of_its_own() {
    let folder = tempfile::tempdir().unwrap();
    let mut written = some();
    written.values.iter_mut().for_each(|value| *value = single_precision(*value));
    let path = folder.path().join("space.parquet");
    written.write(&path, Columns::EmbExplorer).unwrap();
    let read = Embeddings::read(&path, None, None).unwrap();
    same(&read, &written);
    let file = std::fs::File::open(&path).unwrap();
    let table =
        polars::prelude::SerReader::finish(<polars::prelude::ParquetReader<_> as polars::prelude::SerReader<_>>::new(file));
    let table = table.unwrap();
    let columns = ["uuid", "emb", "kingdom", "phylum", "class", "order", "family", "genus", "species"];
    assert_eq!(table.get_column_names_owned(), columns);
    let list = polars::prelude::DataType::List(Box::new(polars::prelude::DataType::Float32));
    assert_eq!(table.column("emb").unwrap().dtype(), &list);
}

#[test]
fn a_file_that_cannot_be_written_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let message = some().write(&folder.path().join("space.csv"), Columns::Ours).unwrap_err().to_string();
    assert!(message.ends_with("'.csv' is not a file of vectors; give .parquet, .npy, .npz or .safetensors"), "{message}");
    let message = some().write(&folder.path().join("none/space.npy"), Columns::Ours).unwrap_err().to_string();
    assert!(message.contains("none/space.labels.csv: cannot write it: "), "{message}");
}
