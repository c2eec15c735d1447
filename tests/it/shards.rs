//! Shards of a run: which are complete, and what keeps the others from it.

use crate::program::{nearmiss, refusal, says};
use nearmiss::runs::directory::TableFormat;
use nearmiss::runs::directory::existing::Existing;
use nearmiss::runs::directory::parts::{Opened, Parts};
use nearmiss::runs::directory::record::{Identity, Record};
use nearmiss::runs::directory::shard::Shard as Place;
use nearmiss::runs::directory::shards::{Closeness, ShardState, Shards, ShardsError};
use polars::prelude::*;
use std::collections::BTreeMap;
use std::fs;
use std::ops::Range;
use std::path::{Path, PathBuf};

/// Photographs of all shards: ten batches of 16, the last of 6.
const IMAGES: usize = 150;
const BATCH: usize = 16;

fn identity(number: usize, of: usize) -> Identity {
    let shard = Place { number, of, images: IMAGES };
    Identity {
        model: "model".to_string(),
        model_files: BTreeMap::from([("weights".to_string(), "01".to_string())]),
        architecture: "small".to_string(),
        recipe: BTreeMap::from([("name".to_string(), "single".to_string())]),
        taxonomy: "taxa.csv".to_string(),
        taxonomy_sha256: "02".to_string(),
        labels: 1,
        label_rank: "species".to_string(),
        labels_sha256: "03".to_string(),
        dataset: "photos".to_string(),
        images: shard.range(IMAGES, BATCH).len(),
        dataset_sha256: "04".to_string(),
        k: 1,
        batch: BATCH,
        format: TableFormat::Parquet,
        shard: Some(shard),
    }
}

fn begin(folder: &Path, identity: &Identity) -> Parts {
    let Opened::Open(parts) = Parts::open(folder, identity, Existing::Continued, &[]).unwrap() else { panic!("is complete") };
    parts
}

/// Keeps the rows of some photographs of a shard.
fn keep(parts: &mut Parts, range: Range<usize>) {
    let names: Vec<String> = range.clone().map(|place| format!("{place}.jpg")).collect();
    let mut predictions = df!("image" => &names, "taxon" => vec!["Apis mellifera"; names.len()]).unwrap();
    let mut images = df!("image" => &names, "status" => vec!["ok"; names.len()]).unwrap();
    parts.write(range, &mut predictions, &mut images, vec![]).unwrap();
}

fn complete_with(folder: &Path, identity: &Identity, unreadable: usize) {
    let mut parts = begin(folder, identity);
    keep(&mut parts, 0..identity.images);
    let counts = [("ok", identity.images - unreadable), ("truncated", unreadable)];
    let counts = counts.into_iter().filter(|(_, count)| *count > 0).map(|(status, count)| (status.to_string(), count));
    let record = Record {
        program: "nearmiss".to_string(),
        command_line: vec![],
        identity: identity.clone(),
        device: "cpu".to_string(),
        counts: counts.collect(),
        truncated_labels: vec![],
        unusable_labels: vec![],
        logit_scale: None,
        seconds: BTreeMap::new(),
        complete: true,
        files: BTreeMap::new(),
        photographs: None,
    };
    parts.finish(std::iter::once(df!("taxon" => ["Apis mellifera"])), &record).unwrap();
}

fn complete(folder: &Path, identity: &Identity) {
    complete_with(folder, identity, 0);
}

fn of(runs: &[PathBuf]) -> Result<Shards, ShardsError> {
    Shards::of(runs, Closeness::Lengths)
}

/// Five shards in `runs` of a folder, one in every state, and what holds the fourth.
fn in_every_state(folder: &Path) -> Parts {
    let shard = |number: usize| folder.join(format!("runs/bees-{number}-of-5"));
    complete(&shard(1), &identity(1, 5));
    keep(&mut begin(&shard(2), &identity(2, 5)), 0..16);
    let mut held = begin(&shard(4), &identity(4, 5));
    keep(&mut held, 16..32);
    complete(&shard(5), &identity(5, 5));
    fs::write(shard(5).join("images.parquet"), "cut").unwrap();
    held
}

/// Every file below a folder with its bytes.
fn files(folder: &Path) -> BTreeMap<PathBuf, Vec<u8>> {
    let entries = walkdir::WalkDir::new(folder).into_iter().map(Result::unwrap);
    let files = entries.filter(|entry| entry.file_type().is_file()).map(walkdir::DirEntry::into_path);
    files.map(|path| (path.clone(), fs::read(path).unwrap())).collect()
}

#[test]
fn a_shard_in_every_state_is_told_and_stays_as_it_is() {
    let folder = tempfile::tempdir().unwrap();
    let held = in_every_state(folder.path());
    let before = files(folder.path());
    let run = folder.path().join("runs/bees");
    let shards = of(std::slice::from_ref(&run)).unwrap();
    assert_eq!((shards.of, shards.photographs, shards.run.as_deref()), (5, Some(150), Some(run.as_path())));
    let found: Vec<(ShardState, usize, Option<usize>)> =
        shards.shards.iter().map(|shard| (shard.state, shard.kept, shard.photographs)).collect();
    assert_eq!(
        found,
        [
            (ShardState::Complete, 32, Some(32)),
            (ShardState::Stopped, 16, Some(32)),
            (ShardState::Missing, 0, Some(32)),
            (ShardState::UnderWay, 16, Some(32)),
            (ShardState::Damaged, 0, Some(22)),
        ]
    );
    let process = shards.shards[3].process.clone().unwrap();
    assert!(process.starts_with(&format!("process {}", std::process::id())), "{process}");
    assert!(shards.shards[4].why.as_deref().unwrap().starts_with("images.parquet: 3 bytes instead of "), "{shards:?}");
    assert_eq!(shards.shards[2].directory, Some(folder.path().join("runs/bees-3-of-5")));
    assert_eq!((shards.missing(), shards.complete()), (vec![2, 3, 5], false));
    // The folder that they lie in, and all of them by their names, one that is not there among them.
    let named: Vec<PathBuf> = (1..=5).map(|number| folder.path().join(format!("runs/bees-{number}-of-5"))).collect();
    for runs in [vec![folder.path().join("runs")], named] {
        assert_eq!(of(&runs).unwrap(), shards, "{runs:?}");
    }
    assert_eq!(files(folder.path()), before);
    drop(held);
    // Whoever has worked on it has ended.
    assert_eq!(of(&[run]).unwrap().missing(), [2, 3, 4, 5]);
}

#[test]
fn the_program_says_which_have_to_run_again() {
    let folder = tempfile::tempdir().unwrap();
    let held = in_every_state(folder.path());
    let said = nearmiss(folder.path(), &["shards", "runs/bees"]);
    assert_eq!(said.code, 1, "{said:?}");
    says(
        &said.stdout,
        &[
            "1/5  complete   32 photographs  runs/bees-1-of-5\n",
            "2/5  stopped    16 of 32 photographs kept  runs/bees-2-of-5\n",
            "3/5  missing    not begun  runs/bees-3-of-5\n",
            &format!("4/5  under way  16 of 32 photographs kept, by process {}", std::process::id()),
            "5/5  damaged    not what its run wrote (images.parquet: 3 bytes instead of ",
            "complete: 1 of 5 shards; under way: 1; to run again: 2,3,5, each by its own command",
        ],
    );
    let missing = nearmiss(folder.path(), &["shards", "runs/bees", "--missing"]);
    assert_eq!((missing.code, missing.stdout.as_str(), missing.stderr.as_str()), (1, "2,3,5\n", ""));
    let json = nearmiss(folder.path(), &["shards", "runs", "--json"]);
    let json: serde_json::Value = serde_json::from_str(&json.stdout).unwrap();
    assert_eq!((&json["of"], &json["missing"], &json["complete"]), (&5.into(), &"2,3,5".into(), &false.into()));
    assert_eq!(json["shards"][1]["state"], "stopped");
    assert_eq!((&json["shards"][1]["kept"], &json["shards"][3]["state"]), (&16.into(), &"under_way".into()));
    drop(held);
}

#[test]
fn all_are_complete_though_photographs_could_not_be_read() {
    let folder = tempfile::tempdir().unwrap();
    let shard = |number: usize| folder.path().join(format!("bees-{number}-of-2"));
    complete(&shard(1), &identity(1, 2));
    complete_with(&shard(2), &identity(2, 2), 3);
    let said = nearmiss(folder.path(), &["shards", "bees"]);
    assert_eq!(said.code, 0, "{said:?}");
    says(
        &said.stdout,
        &["2/2  complete   70 photographs, 3 of them could not be read", "next: nearmiss merge bees-*-of-2 -o bees"],
    );
    let missing = nearmiss(folder.path(), &["shards", "bees", "--missing"]);
    assert_eq!((missing.code, missing.stdout.as_str()), (0, ""));
    // Merged or not, its shards are those beside it.
    let merged = nearmiss(folder.path(), &["merge", "bees-1-of-2", "bees-2-of-2", "-o", "bees"]);
    assert_eq!(merged.code, 2, "both have photographs of the same names: {merged:?}");
    complete(&folder.path().join("bees"), &Identity { shard: None, ..identity(1, 2) });
    assert!(of(&[folder.path().join("bees")]).unwrap().complete());
}

#[test]
fn a_table_that_was_altered_and_not_cut_is_found_by_its_bytes() {
    let folder = tempfile::tempdir().unwrap();
    let shard = folder.path().join("bees-1-of-1");
    complete(&shard, &identity(1, 1));
    let path = shard.join("predictions.parquet");
    let mut bytes = fs::read(&path).unwrap();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    fs::write(&path, bytes).unwrap();
    for closeness in [Closeness::Lengths, Closeness::Bytes] {
        let found = Shards::of(std::slice::from_ref(&shard), closeness).unwrap();
        // Small tables are read in either case.
        assert_eq!(found.shards[0].state, ShardState::Damaged, "{closeness:?}");
    }
    fs::write(shard.join("run.json"), "{").unwrap();
    let found = of(&[shard]).unwrap();
    assert!(found.shards[0].why.as_deref().unwrap().starts_with("run.json: "), "{found:?}");
}

#[test]
fn what_was_killed_at_its_beginning_is_stopped_and_a_damaged_piece_does_not_count() {
    let folder = tempfile::tempdir().unwrap();
    let shard = |number: usize| folder.path().join(format!("bees-{number}-of-3"));
    complete(&shard(1), &identity(1, 3));
    fs::create_dir(shard(2)).unwrap();
    fs::write(shard(2).join(".nearmiss-lock"), "12 node7").unwrap();
    let mut parts = begin(&shard(3), &identity(3, 3));
    keep(&mut parts, 0..16);
    keep(&mut parts, 16..32);
    drop(parts);
    let piece = shard(3).join(".unfinished/images-000000000-000000016.parquet");
    fs::write(&piece, "").unwrap();
    let found = of(&[folder.path().join("bees")]).unwrap();
    let states: Vec<_> = found.shards.iter().map(|shard| (shard.state, shard.kept, shard.photographs)).collect();
    assert_eq!(states[1..], [(ShardState::Stopped, 0, Some(48)), (ShardState::Stopped, 16, Some(54))]);
    assert!(piece.exists(), "looked at, not removed");
}

#[test]
fn shards_of_several_runs_are_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    complete(&path("a-1-of-2"), &identity(1, 2));
    complete(&path("b-2-of-2"), &Identity { architecture: "large".to_string(), ..identity(2, 2) });
    complete(&path("c-2-of-2"), &Identity { dataset_sha256: "05".to_string(), ..identity(2, 2) });
    complete(&path("d-1-of-3"), &identity(1, 3));
    complete(&path("e-1-of-2"), &identity(1, 2));
    complete(&path("whole"), &Identity { shard: None, ..identity(1, 1) });
    fs::create_dir(path("empty")).unwrap();
    let refused = |runs: &[&str]| refusal(folder.path(), &[&["shards"], runs].concat());
    says(&refused(&["a", "b-2-of-2"]), &["b-2-of-2: its architecture differs from that of ", "name the shards of one run"]);
    says(&refused(&["a", "c"]), &["c-2-of-2: its set of photographs differs from that of "]);
    says(&refused(&["a", "d"]), &["d-1-of-3: its number of shards (2 there, 3 here) differs"]);
    says(&refused(&["a", "e"]), &["shard 1 is there twice, in ", "a-1-of-2 and in ", "e-1-of-2; name one of them"]);
    says(&refused(&["whole"]), &["whole: a whole run and no shard of one"]);
    for nothing in ["empty", "absent", "absent-1-of-2"] {
        says(&refused(&[nothing]), &[&format!("{nothing}: there is no shard of a run; name the folder that classify was given")]);
    }
    says(&refused(&["."]), &["differs from that of"]);
}
