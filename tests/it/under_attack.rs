//! Every decoder and reader, fed its seeds and damaged copies of them (`make fuzz` goes on from there).

use crate::attack::{Reader, readers};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

/// Damaged copies of each seed.
const COPIES: usize = 24;

/// What is hung; readers take milliseconds.
const HUNG: Duration = Duration::from_secs(10);

/// One to four faults: a flipped bit, another byte, a part that is missing, doubled, or of another seed, an end.
fn damaged(seed: &[u8], other: &[u8], chance: &mut ChaCha8Rng) -> Vec<u8> {
    const BYTES: [u8; 12] = [0, 0xff, 0x7f, 0x80, b'\n', b'"', b'(', b',', b'9', b'-', b'[', b'\''];
    let mut bytes = seed.to_vec();
    for _ in 0..chance.random_range(1..=4) {
        if bytes.is_empty() {
            return other.to_vec();
        }
        let at = chance.random_range(0..bytes.len());
        let end = (at + chance.random_range(1..=32)).min(bytes.len());
        match chance.random_range(0..6) {
            0 => bytes[at] ^= 1 << chance.random_range(0..8),
            1 => bytes[at] = BYTES[chance.random_range(0..BYTES.len())],
            2 => drop(bytes.drain(at..end)),
            3 => {
                let part = bytes[at..end].to_vec();
                bytes.splice(at..at, part);
            }
            4 => {
                let from = chance.random_range(0..=other.len());
                bytes.splice(at..end, other[from..other.len().min(from + 32)].iter().copied());
            }
            _ => bytes.truncate(at),
        }
    }
    bytes
}

/// What went wrong with an input, and the input.
fn fault(reader: &Reader, folder: &std::path::Path, bytes: &[u8]) -> Option<String> {
    let begun = Instant::now();
    let held = catch_unwind(AssertUnwindSafe(|| (reader.read)(folder, bytes)));
    let what = match held {
        Err(panic) => panic.downcast_ref::<String>().cloned().unwrap_or_else(|| "a panic".to_string()),
        Ok(()) if begun.elapsed() > HUNG => format!("it takes {} s", begun.elapsed().as_secs()),
        Ok(()) => return None,
    };
    let hexadecimal: String =
        bytes.iter().flat_map(|byte| [byte >> 4, byte & 15]).filter_map(|digit| char::from_digit(u32::from(digit), 16)).collect();
    Some(format!("{}: {what}, for the bytes {hexadecimal}", reader.name))
}

fn faults(reader: &Reader) -> Vec<String> {
    let folder = tempfile::tempdir().unwrap();
    let seeds = (reader.seeds)();
    assert!(seeds.len() > 3, "{} has hardly any seed", reader.name);
    assert!(seeds.iter().all(|seed| seed.len() <= reader.longest), "the fuzzer cuts a seed of {}", reader.name);
    let mut chance = ChaCha8Rng::seed_from_u64(14);
    let mut inputs = seeds.clone();
    for seed in &seeds {
        for _ in 0..COPIES {
            inputs.push(damaged(seed, &seeds[chance.random_range(0..seeds.len())], &mut chance));
        }
    }
    inputs.extend([vec![], vec![0], vec![0xff; 600]]);
    inputs.iter().filter_map(|bytes| fault(reader, folder.path(), bytes)).collect()
}

#[test]
fn no_reader_breaks_on_damaged_files() {
    let readers = readers();
    let faults: Vec<String> = std::thread::scope(|scope| {
        let threads: Vec<_> = readers.iter().map(|reader| scope.spawn(|| faults(reader))).collect();
        threads.into_iter().flat_map(|thread| thread.join().unwrap()).collect()
    });
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}
