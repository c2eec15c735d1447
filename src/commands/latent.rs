//! `nearmiss latent`.

use super::{Console, Ending};
use crate::cli::{LatentArgs, NormChoice};
use crate::embeddings::Embeddings;
use crate::latent::{LatentOptions, measure};
use crate::report::Overwrite;
use crate::report::latent::{verdict, write, write_projector};
use crate::taxonomy::Taxonomy;
use anyhow::{Context, bail};
use std::path::{Path, PathBuf};

/// Measures a latent space.
///
/// # Errors
///
/// Whatever cannot be read or written; fewer than three vectors.
pub fn run(args: &LatentArgs, console: Console) -> anyhow::Result<Ending> {
    let given = args.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
    let embeddings = Embeddings::read(&args.embeddings, args.labels.as_deref(), given.as_ref())?;
    if embeddings.len() < 3 {
        bail!("{}: {} vectors; three at least have a space between them", args.embeddings.display(), embeddings.len());
    }
    if args.k.contains(&0) {
        bail!("--k 0: a number of neighbours is 1 or more");
    }
    console.remark(format!("{} vectors of length {}", embeddings.len(), embeddings.width));
    let options = LatentOptions {
        normalise: args.norm == NormChoice::L2,
        ks: args.k.clone(),
        permutations: args.permutations as usize,
        seed: args.seed,
        map: !args.no_map,
        across_observations: args.across_observations,
    };
    let latent = measure(&embeddings, &options);
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.embeddings));
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::OwnReport };
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    let files = write(&output, &embeddings, &latent, &command, overwrite)?;
    if args.projector {
        write_projector(&output, &embeddings).with_context(|| format!("{}: cannot write", output.display()))?;
    }
    for note in &latent.notes {
        console.remark(format!("  note: {note}"));
    }
    for space in &latent.ranks {
        let number = |value: Option<f64>| value.map_or_else(|| "    -".to_string(), |value| format!("{value:5.3}"));
        let last = space.agreement.last();
        console.say(format!(
            "  {:<8} {:>6} taxa  neighbours agree {} (chance {})  silhouette {}  R² {} (z {})",
            space.rank.name(),
            space.taxa,
            number(last.and_then(|agreement| agreement.agreement)),
            number(last.and_then(|agreement| agreement.chance)),
            number(space.silhouette_cosine),
            number(space.variance.r2),
            space.permanova.and_then(|test| test.z).map_or_else(|| "-".to_string(), |z| format!("{z:.1}"))
        ))?;
    }
    for stair in &latent.staircase {
        console.say(format!("  meet at {:<8} {:>12} pairs  mean distance {:.3}", stair.rank, stair.pairs, stair.distance))?;
    }
    verdict(&latent).iter().try_for_each(|sentence| console.say(sentence))?;
    if args.json {
        let path = output.join("latent.json");
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    }
    console.say(format!("latent: {} ({} files)", output.join("index.html").display(), files.len()))?;
    Ok(Ending::Done)
}

fn default_output(input: &Path) -> PathBuf {
    let name = input
        .file_stem()
        .or_else(|| input.file_name())
        .map_or_else(|| "space".into(), |name| name.to_string_lossy().into_owned());
    PathBuf::from("reports").join(name + "-latent")
}
