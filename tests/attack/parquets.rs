//! Parquet files, as every command reads them.

use super::{Reader, file, trees};
use nearmiss::answers::table::{TableOptions, read_tables};
use nearmiss::photographs::dataset::{Dataset, Layout, ManifestOptions};
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::spaces::retrieval::{Documents, Run};
use nearmiss::taxonomy::import::{Import, ImportOptions};
use std::path::Path;

pub(super) const READERS: &[Reader] = &[Reader {
    name: "parquet",
    longest: 8192,
    multiple: 16384,
    base: 64 << 20,
    read: parquet,
    seeds: parquets,
    words: &[
        "PAR1",
        "taxon_id",
        "parent_id",
        "rank",
        "name",
        "embedding",
        "image",
        "\\x15\\x02",
        "\\x19\\x1c",
        "\\x28\\xb5\\x2f\\xfd",
    ],
}];

/// A taxonomy, predictions, vectors, a run of retrieval or photographs: the first byte says which, the others are the file.
fn parquet(folder: &Path, bytes: &[u8]) {
    let Some((&which, bytes)) = bytes.split_first().filter(|(_, bytes)| bytes.starts_with(b"PAR1")) else { return };
    let path = file(folder, "table.parquet", bytes);
    match which % 5 {
        0 => drop(read_tables(&path, None, &TableOptions::default())),
        1 => drop(Embeddings::read(&path, None, None)),
        2 => drop(Run::read(&path, &mut Documents::default())),
        3 => drop(Dataset::open(&path, Some(Layout::Packed), &ManifestOptions::default())),
        _ => trees::import(&path),
    }
}

/// Files of one taxonomy each, as the program writes them, for every way to read them.
fn parquets() -> Vec<Vec<u8>> {
    let folder = std::env::temp_dir().join(format!("nearmiss-seeds-{}", std::process::id()));
    assert!(std::fs::create_dir_all(&folder).is_ok());
    let mut seeds = vec![];
    for text in [
        "genus,species\nParus,Parus major\n",
        "genus,species\nParus,Parus major\nPica,Pica pica\nPica,\n",
        "id,parent,name,rank,synonyms\n1,,Aves,class,\n2,1,Parus,genus,Tits\n3,2,Parus major,species,a|b\n",
        "(A:1,(B:2,C:3)D);",
    ] {
        let written = folder.join("written.parquet");
        let source = file(&folder, "source", text.as_bytes());
        if let Ok(import) = Import::open(&source, &ImportOptions::default())
            && import.write(&written).is_ok()
            && let Ok(bytes) = std::fs::read(&written)
        {
            seeds.extend((0..5).map(|which| [&[which], bytes.as_slice()].concat()));
        }
    }
    let _ = std::fs::remove_dir_all(&folder);
    seeds
}
