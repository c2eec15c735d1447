//! Damaged JPEGs against libjpeg-turbo: `tests/parity/damaged_jpegs.py` damages the fixtures and asks Pillow.

use nearmiss::photographs::photo::{Orientation, Photo};
use serde_json::Value;
use std::collections::BTreeMap;
use std::fs;
use std::path::PathBuf;

/// Compares with what the script wrote to the folder `NEARMISS_DAMAGED_DIR`, and counts both ways; the rule is in
/// `src/photo/jpeg.rs`.
#[test]
fn damaged_jpegs_are_read_as_libjpeg_turbo_reads_them() {
    let Some(folder) = std::env::var_os("NEARMISS_DAMAGED_DIR").map(PathBuf::from) else {
        println!("skipped: NEARMISS_DAMAGED_DIR is not set; tests/parity/damaged_jpegs.py writes such a folder");
        return;
    };
    let index: Vec<Value> = serde_json::from_str(&fs::read_to_string(folder.join("index.json")).unwrap()).unwrap();
    let mut counts: BTreeMap<String, (usize, String)> = BTreeMap::new();
    for entry in &index {
        let name = entry["name"].as_str().unwrap();
        let ours = Photo::from_path(&folder.join(name), Orientation::AsStored);
        let case = match (&ours, entry["pixels"].as_str()) {
            (Ok(photo), Some(theirs)) if nearmiss::files::sha256::hex([photo.pixels.as_slice()]) == theirs => {
                "read, same".to_string()
            }
            (Ok(_), Some(_)) => "read, DIFFERENT".to_string(),
            (Ok(_), None) => format!("read here alone: {}", entry["error"].as_str().unwrap()),
            (Err(error), Some(_)) => format!("refused here alone: {error}"),
            (Err(_), None) => "refused".to_string(),
        };
        let count = counts.entry(case).or_insert((0, name.to_string()));
        count.0 += 1;
        if count.0 < 8 {
            count.1 += " ";
            count.1 += name.trim_end_matches(".jpg");
        }
    }
    for (case, (count, examples)) in &counts {
        println!("{count:6}  {case}  ({examples})");
    }
    let count =
        |start: &str| counts.iter().filter(|(case, _)| case.starts_with(start)).map(|(_, (count, _))| *count).sum::<usize>();
    // One file in two hundred holds blocks that are noise; one in a hundred may be read in one place alone.
    assert!(count("read, DIFFERENT") * 200 <= count("read, same"), "{counts:?}");
    assert!(count("read here alone") * 100 <= index.len() && count("refused here alone") * 100 <= index.len(), "{counts:?}");
}
