//! Classifies a folder of pictures with the model that travels inside the program, and scores the answers.
//!
//! The pictures show imaginary organisms, drawn here: one of each species of the atlas, of individuals that the model
//! has not seen. With photographs, a name from the hub for the model and another taxonomy nothing else changes.
//!
//! ```console
//! cargo run --package nearmiss-encoder --example classify_folder
//! ```

#![expect(clippy::print_stdout, reason = "an example")]

use nearmiss::report::scoring::{Scoring, Space};
use nearmiss::runs::recipe::Recipe;
use nearmiss::taxonomy::rank::Rank;
use nearmiss_encoder::atlas::{self, AtlasOptions, PHOTOGRAPHS};
use nearmiss_encoder::classify::classification::{Classification, Classified};
use nearmiss_encoder::classify::listener::Silent;
use std::error::Error;

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let drawn = folder.path().join("atlas");
    let written = atlas::write(&drawn, &AtlasOptions { pictures: 120, sample: 1, ..AtlasOptions::default() })?;
    println!("{} pictures of {} species", written.pictures, written.species);

    let run = folder.path().join("run");
    let classification = Classification {
        // One sentence for each candidate instead of 81.
        recipe: Recipe::find("single"),
        ..Classification::of(vec![drawn.join(PHOTOGRAPHS)], "atlas", "atlas", &run)
    };
    let Classified::Done(record) = classification.run(&Silent)? else {
        return Err("nothing stops a new run in a new folder".into());
    };
    println!("classified on {} among {} candidates", record.device, record.identity.labels);

    let report = Scoring { space: Space::Without, ..Scoring::of(&run) }.run()?;
    let (answers, scores) = report.runs.first().ok_or("the run holds no answers")?;
    for (image, name) in answers.images.iter().enumerate().take(3) {
        let best = answers.ranked.best(image).taxon();
        let probability = answers.ranked.best_probability(image).unwrap_or(0.0);
        println!("  {name}: {} ({:.0} %)", report.taxonomy.name(best), 100.0 * probability);
    }
    for rank in [Rank::Species, Rank::Genus, Rank::Family] {
        let right = scores.rank(rank).and_then(|row| row.path_top1).unwrap_or(f64::NAN);
        println!("  right to the {rank}: {:.1} %", 100.0 * right);
    }
    Ok(())
}
