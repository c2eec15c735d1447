//! Imports a small list of species, asks where two of them meet, and resolves names as people write them.
//!
//! ```console
//! cargo run --example taxonomy
//! ```

#![expect(clippy::print_stdout, reason = "an example")]

use nearmiss::taxonomy::import::{Import, ImportOptions};
use nearmiss::taxonomy::search::Step;
use std::error::Error;
use std::path::Path;

const LIST: &str = "kingdom,phylum,class,order,family,genus,species,common_name,synonyms
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes vulpes,Red fox,Canis vulpes
Animalia,Chordata,Mammalia,Carnivora,Canidae,Vulpes,Vulpes lagopus,Arctic fox,Alopex lagopus
Animalia,Chordata,Mammalia,Carnivora,Felidae,Lynx,Lynx lynx,Eurasian lynx,
";

/// With an author, a synonym, a common name, a subspecies that the list does not have, and a slip.
const NAMES: [&str; 5] = ["Vulpes_vulpes (Linnaeus, 1758)", "Alopex lagopus", "arctic fox", "Vulpes vulpes fulva", "Lynx linx"];

fn main() -> Result<(), Box<dyn Error>> {
    // `Import::open` takes a file, a folder or an archive; the path here is for messages.
    let import = Import::from_bytes(LIST.as_bytes(), Path::new("list.csv"), &ImportOptions::default())?;
    let counts = import.accounting();
    println!("read as {}: {} rows, {} taxa, {} other names", import.format.name(), counts.rows, counts.taxa, counts.synonyms);
    let taxonomy = import.taxonomy()?;

    let taxon = |name: &str| taxonomy.resolve(name).taxon().ok_or_else(|| format!("'{name}' is not one taxon"));
    let meet = taxonomy.lca(taxon("Vulpes vulpes")?, taxon("Lynx lynx")?);
    let (name, rank, rung) = (taxonomy.name(meet), taxonomy.rank(meet), taxonomy.rung(meet));
    println!("fox and lynx meet at {name}, {rank}: rung {rung} of the ladder");

    for name in NAMES {
        let resolved = taxonomy.resolve(name);
        if let Some(taxon) = resolved.taxon() {
            let step = resolved.step.map_or("", Step::code);
            println!("'{name}' is {}, found by: {step}", taxonomy.lineage_string(taxon, ";"));
        } else {
            println!("'{name}' is nothing here{}", taxonomy.suggestion(name));
        }
    }
    Ok(())
}
