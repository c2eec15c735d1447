//! Archives that lie about their names and their lengths.

use crate::archives::zip_of;
use crate::folder::saved;
use nearmiss::files::archive::Archive;
use nearmiss::taxonomy::import::{Import, ImportOptions};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

const TAXA: &str =
    "ID\tparentID\tstatus\trank\tscientificName\n1\t\taccepted\tgenus\tRosa\n2\t1\taccepted\tspecies\tRosa canina\n";

fn taxa(path: &Path) -> Result<u64, String> {
    Import::open(path, &ImportOptions::default()).map(|import| import.accounting().taxa).map_err(|error| error.to_string())
}

/// All files below a folder.
fn files(folder: &Path) -> Vec<PathBuf> {
    walkdir::WalkDir::new(folder)
        .into_iter()
        .flatten()
        .filter(|entry| entry.file_type().is_file())
        .map(walkdir::DirEntry::into_path)
        .collect()
}

#[test]
fn names_in_a_zip_are_names_and_nothing_is_written_there() {
    for name in
        ["/etc/NameUsage.tsv", "../../evil/NameUsage.tsv", "coldp\\NameUsage.tsv", "./NameUsage.tsv", "C:\\x\\NameUsage.tsv"]
    {
        let (folder, path) = saved("a.zip", &zip_of(&[(name, TAXA.as_bytes())]));
        assert_eq!(taxa(&path), Ok(2), "{name}");
        assert_eq!(files(folder.path()), [path]);
    }
}

#[test]
fn two_files_of_one_name_are_not_chosen_between() {
    for names in
        [["NameUsage.tsv", "NameUsage.tsv"], ["a\\NameUsage.tsv", "a/NameUsage.tsv"], ["./NameUsage.tsv", "NameUsage.tsv"]]
    {
        let (_folder, path) = saved("a.zip", &zip_of(&[(names[0], TAXA.as_bytes()), (names[1], TAXA.as_bytes())]));
        let sentence = taxa(&path).unwrap_err();
        assert!(sentence.contains("two files in it are called '") && sentence.contains("NameUsage.tsv'"), "{sentence}");
    }
    let mut tar = tar::Builder::new(vec![]);
    for _ in 0..2 {
        let mut header = tar::Header::new_ustar();
        header.set_size(TAXA.len() as u64);
        tar.append_data(&mut header, "NameUsage.tsv", TAXA.as_bytes()).unwrap();
    }
    let (_folder, path) = saved("a.tar", &tar.into_inner().unwrap());
    assert!(taxa(&path).unwrap_err().contains("two files in it are called 'NameUsage.tsv'"));
}

#[test]
fn an_empty_archive_says_so() {
    let (_folder, path) = saved("a.zip", &zip_of(&[]));
    assert!(taxa(&path).unwrap_err().contains("there is no file in it"));
    let (_folder, path) = saved("a.tar", &tar::Builder::new(vec![]).into_inner().unwrap());
    assert!(taxa(&path).is_err());
    let (_folder, path) = saved("a.csv.gz", &gzip(b""));
    assert!(taxa(&path).unwrap_err().contains("the file is empty"));
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = flate2::write::GzEncoder::new(vec![], flate2::Compression::fast());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// A gzip of a beginning and of 264 MiB of one line again and again, compressed two hundred times or more.
fn bomb(begin: &str, line: &[u8]) -> Vec<u8> {
    let mut bytes = gzip(begin.as_bytes());
    // A file of several gzips is their contents one after the other.
    let block = gzip(&line.repeat((8 << 20) / line.len()));
    (0..33).for_each(|_| bytes.extend(&block));
    bytes
}

#[test]
fn what_unpacks_without_end_is_refused() {
    for begin in ["id,parent,name\n1,,a\n", "id\tparent\tname\n1\t\ta\n", "(a,b", "<phyloxml>", "{\"a\":1"] {
        let (_folder, path) = saved("a.gz", &bomb(begin, b" "));
        let sentence = taxa(&path).unwrap_err();
        let is_said =
            sentence.contains("unpacks to more than 268435456 bytes") || sentence.contains("is longer than 67108864 bytes");
        assert!(is_said, "{begin}: {sentence}");
    }
    // Lines without end, too: here each is short.
    let (_folder, path) =
        saved("a.tsv.gz", &bomb("id\tparent\tname\n1\t\ta\n", &[vec![b' '; (1 << 16) - 1], b"\n".to_vec()].concat()));
    let sentence = taxa(&path).unwrap_err();
    assert!(sentence.contains("unpacks to more than"), "{sentence}");
    let zip = zip_of(&[("tree.nwk", &[b"(a,b".as_slice(), &vec![b' '; 264 << 20]].concat())]);
    assert!(zip.len() < 1 << 20);
    let (_folder, path) = saved("a.zip", &zip);
    assert!(taxa(&path).unwrap_err().contains("unpacks to more than 268435456 bytes"));
}

#[test]
fn a_quote_that_is_never_closed_is_named() {
    let (_folder, path) = saved("a.csv", &[b"id,parent,name,rank,status\n1,,\"a,b\n".as_slice(), &vec![b'x'; 65 << 20]].concat());
    let sentence = Import::open(&path, &ImportOptions::default()).unwrap_err().to_string();
    assert!(sentence.contains("row 2 is longer than 67108864 bytes; is a quote in it never closed?"), "{sentence}");
}

#[test]
fn a_zip_that_announces_more_entries_than_it_has_bytes_is_refused() {
    // A zip64 directory of 2^40 entries in a file of a few bytes.
    let mut bytes = b"PK\x03\x04".to_vec();
    bytes.resize(64, 0);
    let start = bytes.len() as u64;
    bytes.extend(b"PK\x06\x06");
    bytes.extend(44_u64.to_le_bytes());
    bytes.extend([45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
    bytes.extend((1_u64 << 40).to_le_bytes());
    bytes.extend((1_u64 << 40).to_le_bytes());
    bytes.extend([0; 16]);
    bytes.extend(b"PK\x06\x07\0\0\0\0");
    bytes.extend(start.to_le_bytes());
    bytes.extend([1, 0, 0, 0]);
    bytes.extend(b"PK\x05\x06");
    bytes.extend([0xff; 16]);
    bytes.extend([0, 0]);
    let (_folder, path) = saved("a.zip", &bytes);
    let sentence = taxa(&path).unwrap_err();
    assert!(sentence.contains("its directory announces 1099511627776 entries"), "{sentence}");
    // The locator points to a place where no directory is: the decoder would look for one byte by byte.
    let far = bytes.windows(4).position(|window| window == b"PK\x06\x07").unwrap() + 8;
    bytes[far..far + 8].copy_from_slice(&0_u64.to_le_bytes());
    let (_folder, path) = saved("a.zip", &bytes);
    assert!(taxa(&path).unwrap_err().contains("its directory is not where the file says"));
}

#[test]
fn every_beginning_of_an_archive_is_an_error_or_a_taxonomy() {
    let zip = zip_of(&[("NameUsage.tsv", TAXA.as_bytes())]);
    let gz = gzip(TAXA.as_bytes());
    for (name, bytes) in [("a.zip", zip), ("a.tsv.gz", gz)] {
        for length in 0..bytes.len() {
            let (_folder, path) = saved(name, &bytes[..length]);
            assert!(taxa(&path).is_err(), "{name} {length}");
        }
    }
}

#[cfg(unix)]
#[test]
fn links_and_pipes_in_a_folder_are_passed_over_and_a_pipe_is_not_waited_for() {
    let (folder, _) = saved("NameUsage.tsv", TAXA.as_bytes());
    std::os::unix::fs::symlink("loop", folder.path().join("loop")).unwrap();
    std::os::unix::fs::symlink("nowhere", folder.path().join("dangling")).unwrap();
    std::os::unix::fs::symlink("..", folder.path().join("up")).unwrap();
    let pipe = folder.path().join("pipe");
    assert!(std::process::Command::new("mkfifo").arg(&pipe).status().unwrap().success());
    assert_eq!(taxa(folder.path()), Ok(2));
    let sentence = Archive::open(&pipe).unwrap_err().to_string();
    assert!(sentence.ends_with("cannot be read: it is a named pipe and no file"), "{sentence}");
}

#[cfg(unix)]
#[test]
fn what_import_writes_may_be_read_by_whom_other_files_may() {
    use std::os::unix::fs::PermissionsExt;
    let (folder, path) = saved("NameUsage.tsv", TAXA.as_bytes());
    let mode = |path: &Path| fs::metadata(path).unwrap().permissions().mode();
    let import = Import::open(&path, &ImportOptions::default()).unwrap();
    for name in ["t.parquet", "t.csv"] {
        import.write(&folder.path().join(name)).unwrap();
        assert_eq!(mode(&folder.path().join(name)), mode(&path));
    }
    import.write_findings(&folder.path().join("f.csv")).unwrap();
    assert_eq!(mode(&folder.path().join("f.csv")), mode(&path));
}
