//! Scores a table of predictions: how often they are right at each rank, and how far the mistakes are from the truth.
//!
//! ```console
//! cargo run --example score_table
//! ```

#![expect(clippy::print_stdout, reason = "an example")]

use nearmiss::report::scoring::Scoring;
use std::error::Error;

/// Flower visitors. The mistakes meet their truths at the genus *Bombus*, the family Apidae and the class Insecta.
const PREDICTIONS: &str = "image,truth,predicted
1.jpg,Apis mellifera,Apis mellifera
2.jpg,Bombus terrestris,Bombus lapidarius
3.jpg,Apis mellifera,Bombus terrestris
4.jpg,Vanessa cardui,Vanessa cardui
5.jpg,Vanessa atalanta,Episyrphus balteatus
6.jpg,Episyrphus balteatus,Episyrphus balteatus
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let table = folder.path().join("predictions.csv");
    std::fs::write(&table, PREDICTIONS)?;
    // This taxonomy travels inside the program; the path of a file does as well.
    let taxonomy = Some("pollinators-france".into());
    let scored = Scoring { taxonomy, ..Scoring::of(&table) }.run()?;
    for (_, scores) in &scored.runs {
        println!("{}: {}", scores.name, scores.accounting.line());
        for row in &scores.ranks {
            if let (Some(right), Some(interval)) = (row.path_top1, row.intervals.of("path_top1")) {
                let [right, low, high] = [right, interval.low, interval.high].map(|share| 100.0 * share);
                println!("  {:<8} {right:5.1} % right, 95 % interval {low:.1} to {high:.1}", row.rank.name());
            }
        }
        let how = &scores.how_wrong;
        // Rungs 1, 2 and 4: 7 over six images, 7 over three mistakes.
        if let (Some(mean), Some(severity)) = (how.mean_height, how.severity) {
            println!("  {} mistakes of {}: mean height {mean:.2}, severity {severity:.2}", how.mistakes, how.n);
        }
    }
    Ok(())
}
