//! How sure a number is: a share with its interval, the same where photographs belong together, a paired test.
//!
//! ```console
//! cargo run --example intervals
//! ```

#![expect(clippy::print_stdout, reason = "an example")]

use nearmiss::numbers::bootstrap::Clusters;
use nearmiss::numbers::interval::Sample;
use nearmiss::numbers::significance::{paired_t, sign_flip};
use nearmiss::numbers::statistics::wilson;
use std::error::Error;

/// Twelve photographs of four plants, and whether the answer was right: those of one plant are right or wrong together.
const PHOTOGRAPHS: [(&str, bool); 12] = [
    ("plant 1", true),
    ("plant 1", true),
    ("plant 1", true),
    ("plant 2", true),
    ("plant 2", true),
    ("plant 2", true),
    ("plant 3", false),
    ("plant 3", false),
    ("plant 3", false),
    ("plant 4", true),
    ("plant 4", true),
    ("plant 4", false),
];

/// What two systems reach on the same ten queries.
const ONE: [f64; 10] = [0.2, 0.45, 0.7, 0.3, 1.0, 0.65, 0.5, 0.9, 0.85, 0.6];
const OTHER: [f64; 10] = [0.1, 0.4, 0.5, 0.3, 0.9, 0.7, 0.2, 0.6, 0.8, 0.55];

fn main() -> Result<(), Box<dyn Error>> {
    // As if all photographs were independent.
    let right = PHOTOGRAPHS.iter().filter(|(_, right)| *right).count() as u64;
    let alone = wilson(right, 12).ok_or("no photograph")?;
    println!("{right} of 12 are right: {:.3} to {:.3}", alone.low, alone.high);

    // Photographs of one plant say little more than one of them.
    let plants = Clusters::by_name(PHOTOGRAPHS.iter().map(|(plant, _)| *plant));
    let sample = Sample::by(plants, "plants");
    let values = PHOTOGRAPHS.iter().enumerate().map(|(place, (_, right))| (place, *right));
    let together = sample.share(values).map_err(|reason| reason.sentence("plants"))?;
    println!("on four plants: {:.3} to {:.3}", together.low, together.high);

    // Were the two systems exchangeable, query by query, how often would they differ as much? The key says which changes
    // of sign are drawn where there are too many to try them all.
    let differences: Vec<f64> = ONE.iter().zip(&OTHER).map(|(one, other)| one - other).collect();
    let test = sign_flip(&differences, "intervals");
    println!("by changes of sign: p {:.4} ({})", test.p, test.method.name());
    match paired_t(&differences) {
        Ok((t, p)) => println!("by Student's test: t {t:.3}, p {p:.4}"),
        Err(reason) => println!("no t-test: {}", reason.sentence("queries")),
    }
    Ok(())
}
