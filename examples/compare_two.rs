//! Compares two classifiers over the same photographs: the difference, its interval, and whether it is chance.
//!
//! ```console
//! cargo run --example compare_two
//! ```

#![expect(clippy::print_stdout, reason = "an example")]

use nearmiss::answers::table::TableOptions;
use nearmiss::scores::compare::runs::Comparing;
use std::error::Error;

/// Twelve photographs, of which `careful` names all but one and `hasty` five.
const ANSWERS: &str = "image,truth,careful,hasty
01.jpg,Apis mellifera,Apis mellifera,Apis mellifera
02.jpg,Apis mellifera,Apis mellifera,Bombus terrestris
03.jpg,Bombus terrestris,Bombus terrestris,Bombus lapidarius
04.jpg,Bombus terrestris,Bombus terrestris,Bombus terrestris
05.jpg,Bombus lapidarius,Bombus terrestris,Bombus terrestris
06.jpg,Bombus lapidarius,Bombus lapidarius,Apis mellifera
07.jpg,Vanessa cardui,Vanessa cardui,Vanessa atalanta
08.jpg,Vanessa cardui,Vanessa cardui,Vanessa cardui
09.jpg,Vanessa atalanta,Vanessa atalanta,Vanessa atalanta
10.jpg,Vanessa atalanta,Vanessa atalanta,Apis mellifera
11.jpg,Episyrphus balteatus,Episyrphus balteatus,Episyrphus balteatus
12.jpg,Episyrphus balteatus,Episyrphus balteatus,Apis mellifera
";

fn main() -> Result<(), Box<dyn Error>> {
    let folder = tempfile::tempdir()?;
    let path = folder.path().join("answers.csv");
    std::fs::write(&path, ANSWERS)?;
    let predicted_columns = vec!["careful".to_string(), "hasty".to_string()];
    let comparing = Comparing {
        taxonomy: Some("pollinators-france".into()),
        table: TableOptions { predicted_columns, ..TableOptions::default() },
        ..Comparing::of(vec![path])
    };
    let comparison = comparing.run()?.comparison;
    println!("{} minus {}, over {} images", comparison.runs[0], comparison.runs[1], comparison.images);
    for metric in &comparison.metrics {
        let is_wanted = ["path_top1.species", "path_top1.genus", "height"].contains(&metric.name.as_str());
        // Two runs make one pair.
        let Some(pair) = metric.pairs.first().filter(|_| is_wanted) else { continue };
        let difference = pair.difference.unwrap_or(f64::NAN);
        let interval = match (pair.interval, &pair.no_interval) {
            (Some(ends), _) => format!("[{:+.2}, {:+.2}]", ends.low, ends.high),
            (None, reason) => reason.clone().unwrap_or_default(),
        };
        let test = pair.randomisation;
        println!("  {:<18} {difference:+.2} {interval}  p {:.4} ({})", metric.name, test.p, test.method.name());
    }
    Ok(())
}
