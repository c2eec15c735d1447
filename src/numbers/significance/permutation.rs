//! Changes of sign: all of them, or many at random.

use super::p_value::EQUAL;
use crate::numbers::statistics::to_f64;
use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rayon::prelude::*;

/// Random changes of sign.
const SAMPLES: u64 = 100_000;

/// Changes of sign that are drawn from one stream.
const BLOCK: u64 = 1_000;

/// Changes of sign whose sums are added up together; divides [`BLOCK`].
const ABREAST: usize = 8;

/// The sum that a change of sign must reach, a little less than the one observed for rounding.
fn line(sizes: &[f64], observed: f64) -> f64 {
    observed - EQUAL * sizes.iter().sum::<f64>()
}

/// All signed sums of some differences.
fn sums(differences: &[f64]) -> Vec<f64> {
    let mut sums = vec![0.0];
    for difference in differences {
        sums = sums.iter().flat_map(|sum| [sum + difference, sum - difference]).collect();
    }
    sums
}

/// Exact p-value of an observed sum, by all changes of sign: every sum is one of the first half and one of the second.
pub(super) fn enumerate(sizes: &[f64], observed: f64) -> f64 {
    let (first, second) = sizes.split_at(sizes.len() / 2);
    let line = line(sizes, observed);
    let mut second = sums(second);
    second.sort_by(f64::total_cmp);
    let reaching = |sum: &f64| {
        let above = second.len() - second.partition_point(|other| sum + other < line);
        let below = second.partition_point(|other| sum + other <= -line);
        // A line at 0 or below is reached by every sum, and only once.
        if line <= 0.0 { second.len() } else { above + below }
    };
    let first = sums(first);
    let reached: usize = first.iter().map(reaching).sum();
    to_f64(reached as u64) / (to_f64(first.len() as u64) * to_f64(second.len() as u64))
}

/// P-value by random changes of sign, (reached + 1) / (drawn + 1), and its standard error.
///
/// The streams depend on the key and on the number of the block, not on threads.
pub(super) fn sample(sizes: &[f64], observed: f64, key: &str) -> (f64, f64) {
    let tables: Vec<[f64; 256]> = sizes.chunks(8).map(table).collect();
    let line = line(sizes, observed);
    let seed = seed(key);
    let block = |block: u64| -> u64 {
        let mut random = ChaCha8Rng::from_seed(seed);
        random.set_stream(block);
        // Several changes of sign beside each other: their sums do not wait for one another.
        let mut signs = vec![[0_u8; ABREAST]; tables.len()];
        let mut drawn = vec![0_u8; tables.len()];
        let mut reached = 0;
        for _ in 0..BLOCK / ABREAST as u64 {
            for place in 0..ABREAST {
                random.fill_bytes(&mut drawn);
                signs.iter_mut().zip(&drawn).for_each(|(signs, drawn)| signs[place] = *drawn);
            }
            let mut sums = [0.0; ABREAST];
            for (table, signs) in tables.iter().zip(&signs) {
                sums.iter_mut().zip(signs).for_each(|(sum, signs)| *sum += table[usize::from(*signs)]);
            }
            reached += sums.iter().filter(|sum| sum.abs() >= line).count() as u64;
        }
        reached
    };
    let reached: u64 = (0..SAMPLES / BLOCK).into_par_iter().map(block).sum();
    let p = to_f64(reached + 1) / to_f64(SAMPLES + 1);
    (p, (p * (1.0 - p) / to_f64(SAMPLES)).sqrt())
}

/// Signed sums of up to eight differences, by the bits of their signs.
fn table(differences: &[f64]) -> [f64; 256] {
    std::array::from_fn(|signs| {
        differences.iter().enumerate().map(|(index, value)| if signs >> index & 1 == 1 { -value } else { *value }).sum()
    })
}

/// A seed of 32 bytes from a text.
fn seed(key: &str) -> [u8; 32] {
    let mut seed = [0; 32];
    let hex = crate::files::sha256::hex([key.as_bytes()]);
    for (byte, pair) in seed.iter_mut().zip(hex.as_bytes().chunks(2)) {
        *byte = std::str::from_utf8(pair).ok().and_then(|pair| u8::from_str_radix(pair, 16).ok()).unwrap_or(0);
    }
    seed
}
