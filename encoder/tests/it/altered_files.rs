//! Photographs, vectors and tables that were replaced or damaged after a run had read or written them.

use crate::classify::{CLASSIFY, classify};
use crate::durability::{TABLES, assert_same, copy, names, photograph, scene, start, wait_for};
use crate::program::refusal;
use std::fs;

#[test]
fn a_complete_run_whose_tables_are_damaged_is_made_again() {
    let folder = scene(20);
    assert_eq!(classify(folder.path(), "whole", &[]).code, 0);
    for file in TABLES {
        copy(&folder.path().join("whole"), &folder.path().join("run"));
        let path = folder.path().join("run").join(file);
        let bytes = fs::read(&path).unwrap();
        fs::write(&path, &bytes[..bytes.len() - 9]).unwrap();
        let report = refusal(folder.path(), &["report", "run", "-o", "report"]);
        assert!(report.contains(&format!("{file}: not the table that the run wrote (")), "{report}");
        let merged = refusal(folder.path(), &["merge", "run", "whole", "-o", "merged"]);
        assert!(merged.contains("not the table that the run wrote") && !folder.path().join("merged").exists(), "{merged}");
        let outcome = classify(folder.path(), "run", &[]);
        assert!(outcome.code == 0 && outcome.stderr.contains("the run is made again"), "{outcome:?}");
        assert_same(folder.path(), "whole", "run");
    }
}

#[test]
fn photographs_that_were_replaced_are_classified_again() {
    let folder = scene(530);
    assert_eq!(classify(folder.path(), "first", &[]).code, 0);
    // Killed after a part, then a photograph of it is replaced by another one of the same length and time.
    let run = folder.path().join("run");
    let mut child = start(folder.path(), "run");
    assert!(wait_for(&mut child, &run, 1), "too fast to be caught");
    child.kill().unwrap();
    child.wait().unwrap();
    let path = folder.path().join("photos/Apis_mellifera/0017.bmp");
    let before = fs::metadata(&path).unwrap();
    photograph(folder.path(), 17, 99);
    fs::File::options().write(true).open(&path).unwrap().set_modified(before.modified().unwrap()).unwrap();
    assert_eq!(fs::metadata(&path).unwrap().len(), before.len());
    let outcome = classify(folder.path(), "run", &[]);
    assert_eq!(outcome.code, 0);
    assert!(outcome.stderr.contains("0017.bmp' has changed since it was classified: classified again"), "{outcome:?}");
    // After the end, too.
    let outcome = classify(folder.path(), "first", &[]);
    assert!(outcome.code == 0 && !outcome.stdout.contains("already complete"), "{outcome:?}");
    assert!(outcome.stderr.contains("0017.bmp' has changed since it was classified"), "{outcome:?}");
    assert_eq!(classify(folder.path(), "fresh", &[]).code, 0);
    assert_same(folder.path(), "fresh", "run");
    assert_same(folder.path(), "fresh", "first");
    // Another time of the same content is no change.
    fs::File::options().write(true).open(&path).unwrap().set_modified(std::time::SystemTime::now()).unwrap();
    let outcome = classify(folder.path(), "run", &[]);
    assert!(outcome.stdout.contains("already complete"), "{outcome:?}");
    // New ones and those that are gone.
    photograph(folder.path(), 9000, 5);
    let said = refusal(folder.path(), &[&CLASSIFY[..], &["run"]].concat());
    assert!(said.contains("holds another run (of other photographs: 'Apis_mellifera/9000.bmp' is new)"), "{said}");
    fs::remove_file(&path).unwrap();
    let said = refusal(folder.path(), &[&CLASSIFY[..], &["run"]].concat());
    assert!(said.contains("9000.bmp' is new; 'Apis_mellifera/0017.bmp' is gone"), "{said}");
    let outcome = classify(folder.path(), "run", &["--force"]);
    assert!(outcome.code == 0 && outcome.stdout.contains("530 of 530 photographs"), "{outcome:?}");
}

#[test]
fn vectors_of_photographs_that_were_replaced_are_not_used_again() {
    let folder = scene(12);
    assert_eq!(classify(folder.path(), "first", &[]).code, 0);
    let again = classify(folder.path(), "second", &["--top", "3", "--embeddings", "first"]);
    assert_eq!(again.code, 0, "{again:?}");
    photograph(folder.path(), 3, 77);
    let said = refusal(folder.path(), &[&CLASSIFY[..], &["third", "--top", "3", "--embeddings", "first"]].concat());
    assert!(said.contains("0003.bmp' has changed since it was classified; make that run again first"), "{said}");
}

#[test]
fn tables_of_different_runs_in_one_folder_are_refused() {
    let folder = scene(15);
    assert_eq!(classify(folder.path(), "one", &[]).code, 0);
    (0..15).for_each(|number| photograph(folder.path(), number, 55));
    assert_eq!(classify(folder.path(), "two", &[]).code, 0);
    for file in ["images.parquet", "predictions.parquet"] {
        let mixed = folder.path().join("mixed");
        let _ = fs::remove_dir_all(&mixed);
        copy(&folder.path().join("one"), &mixed);
        fs::copy(folder.path().join("two").join(file), mixed.join(file)).unwrap();
        for command in [
            &["report", "mixed", "-o", "out"][..],
            &["compare", "mixed", "two", "-o", "out"],
            &["latent", "mixed", "-o", "out"],
            &["retrieve", "mixed", "-o", "out"],
            &["merge", "mixed", "two", "-o", "out"],
        ] {
            let said = refusal(folder.path(), command);
            assert!(said.contains(&format!("{file}: not the table that the run wrote")), "{command:?}: {said}");
        }
    }
}

#[test]
fn label_vectors_in_the_cache_that_were_altered_are_made_again() {
    let folder = scene(10);
    assert_eq!(classify(folder.path(), "first", &[]).code, 0);
    let cache = folder.path().join(".cache/labels");
    let entry = cache.join(names(&cache).first().unwrap());
    let whole = fs::read(&entry).unwrap();
    let kept = classify(folder.path(), "second", &[]);
    assert!(kept.stderr.contains("label embeddings: 151 from the cache") && !kept.stderr.contains("made again"), "{kept:?}");
    // The header's length stands in its first eight bytes.
    let start = 8 + usize::try_from(u64::from_le_bytes(whole[..8].try_into().unwrap())).unwrap();
    let row = (whole.len() - start) / 151;
    for (number, damage) in [
        &(|bytes: &mut Vec<u8>| bytes[start..].rotate_left(row)) as &dyn Fn(&mut Vec<u8>),
        &|bytes| bytes[start..].fill(0xff),
        &|bytes| bytes.truncate(start + row),
        &|bytes| bytes.clear(),
    ]
    .into_iter()
    .enumerate()
    {
        let mut bytes = whole.clone();
        damage(&mut bytes);
        fs::write(&entry, bytes).unwrap();
        let run = format!("run-{number}");
        let outcome = classify(folder.path(), &run, &[]);
        assert!(outcome.code == 0 && outcome.stderr.contains("; they are made again"), "{outcome:?}");
        assert_same(folder.path(), "first", &run);
        assert!(fs::read(&entry).unwrap().ends_with(&whole[start..]));
    }
}
