//! `nearmiss atlas`.

use super::{Console, Ending};
use crate::atlas::{AtlasOptions, MANIFEST, TAXONOMY, write};
use crate::cli::AtlasArgs;

/// Draws an atlas.
///
/// # Errors
///
/// Options that make none, and what cannot be written.
pub fn run(args: &AtlasArgs, console: Console) -> anyhow::Result<Ending> {
    let options = AtlasOptions { seed: args.seed, species: args.species, pictures: args.pictures, hierarchy: args.hierarchy };
    let written = write(&args.output, &options)?;
    console.say(format!(
        "atlas: {} pictures of {} individuals of {} imaginary species, {} of them for testing only",
        written.pictures, written.individuals, written.species, written.unseen
    ))?;
    console.remark(format!("truths: {}", args.output.join(MANIFEST).display()));
    console.remark(format!("taxonomy: {}", args.output.join(TAXONOMY).display()));
    Ok(Ending::Done)
}
