//! `nearmiss atlas`.

use crate::atlas::{AtlasOptions, MANIFEST, TAXONOMY, write};
use nearmiss::commands::cli::AtlasArgs;
use nearmiss::commands::{Console, Ending};

/// Draws an atlas.
///
/// # Errors
///
/// Options that make none, and what cannot be written.
pub fn run(args: &AtlasArgs, console: Console) -> anyhow::Result<Ending> {
    let AtlasArgs { seed, species, pictures, hierarchy, sample, .. } = *args;
    let options = AtlasOptions { seed, species, pictures, hierarchy, sample };
    let written = write(&args.output, &options)?;
    console.say(format!(
        "atlas: {} pictures of {} individuals of {} imaginary species, {} of them in the split 'unseen'",
        written.pictures, written.individuals, written.species, written.unseen
    ))?;
    console.remark(format!("truths: {}", args.output.join(MANIFEST).display()));
    console.remark(format!("taxonomy: {}", args.output.join(TAXONOMY).display()));
    Ok(Ending::Done)
}
