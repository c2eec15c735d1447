//! `nearmiss latent`.

use super::photographs::Shown;
use super::{Console, Ending};
use crate::commands::cli::{ExportFormat, LatentArgs, NormChoice};
use crate::report::Overwrite;
use crate::report::csv_safe;
use crate::report::latent::{SpacePage, verdict, write, write_projector};
use crate::report::photographs::Photographs;
use crate::report::spaces::{self, SideBySide, Space, SpacesPage, folder_name};
use crate::report::text::fixed;
use crate::spaces::embeddings::{Columns, Embeddings};
use crate::spaces::latent::{Latent, LatentOptions, measure};
use crate::taxonomy::Taxonomy;
use anyhow::{Context, bail};
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Measures a latent space, or several side by side.
///
/// # Errors
///
/// Whatever cannot be read or written; fewer than three vectors.
pub fn run(args: &LatentArgs, console: Console) -> anyhow::Result<Ending> {
    if args.labels.is_some() && args.embeddings.len() > 1 {
        bail!("--labels names the rows of one array; give it with one, or write the others as Parquet");
    }
    let given = args.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
    let read = |path: &PathBuf| -> anyhow::Result<Read> {
        Ok((name_of(path), Embeddings::read(path, args.labels.as_deref(), given.as_ref())?, path.clone()))
    };
    measured(args, args.embeddings.iter().map(read).collect::<anyhow::Result<_>>()?, console)
}

/// A space's name, its vectors, and the run or file that it came from.
pub type Read = (String, Embeddings, PathBuf);

/// Measures what was read, writes and says it.
///
/// # Errors
///
/// As [`run`].
pub fn measured(args: &LatentArgs, read: Vec<Read>, console: Console) -> anyhow::Result<Ending> {
    if args.k.contains(&0) {
        bail!("--k 0: a number of neighbours is 1 or more");
    }
    let options = options(args);
    let mut found: Vec<Space> = vec![];
    let mut shown: Vec<Shown> = vec![];
    for (name, embeddings, path) in read {
        if embeddings.len() < 3 {
            bail!("{name}: {} vectors; three at least have a space between them", embeddings.len());
        }
        console.remark(format!("{name}: {} vectors of length {}", embeddings.len(), embeddings.width));
        let latent = measure(&embeddings, &options);
        let name = free_name(&found, &name);
        found.push(Space { name, embeddings, latent });
        shown.push(Shown::of(&path, args.photographs.as_deref(), args.thumbnails, console)?);
    }
    let photographs: Vec<Photographs<'_>> = shown.iter().map(Shown::photographs).collect();
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.embeddings[0]));
    let overwrite = if args.force { Overwrite::Anything } else { Overwrite::OwnReport };
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    let (files, json) = match &found[..] {
        [only] => {
            let Space { embeddings, latent, .. } = only;
            let page = SpacePage { embeddings, latent, photographs: photographs[0], command_line: &command };
            let written = write(&output, &page, overwrite)?;
            if args.csv_safe {
                csv_safe::defuse(&written)?;
            }
            let mut files = written.len();
            files += export(args, &output, &only.embeddings)?;
            only.latent.notes.iter().for_each(|note| console.remark(format!("  note: {note}")));
            say_one(&only.latent, console)?;
            (files, "latent.json")
        }
        several => {
            let together = SideBySide::of(several);
            let page = SpacesPage { spaces: several, together: &together, photographs: &photographs, command_line: &command };
            let written = spaces::write(&output, &page, overwrite)?;
            if args.csv_safe {
                csv_safe::defuse(&written)?;
            }
            let mut files = written.len();
            for space in several {
                files += export(args, &output.join(folder_name(&space.name)), &space.embeddings)?;
            }
            together.notes.iter().for_each(|note| console.remark(format!("  note: {note}")));
            say_several(&together, console)?;
            (files, "spaces.json")
        }
    };
    if args.json {
        let path = output.join(json);
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    }
    console.say(format!("latent: {} ({files} files)", output.join("index.html").display()))?;
    Ok(Ending::Done)
}

fn options(args: &LatentArgs) -> LatentOptions {
    LatentOptions {
        normalise: args.norm == NormChoice::L2,
        ks: args.k.iter().copied().collect::<BTreeSet<usize>>().into_iter().collect(),
        permutations: args.permutations as usize,
        seed: args.seed,
        map: !args.no_map,
        across_observations: args.across_observations,
    }
}

/// The name, or where another space has its folder the name with a number.
fn free_name(found: &[Space], name: &str) -> String {
    let taken = |name: &str| found.iter().any(|space| folder_name(&space.name) == folder_name(name));
    let mut free = name.to_string();
    let mut number = 1;
    while taken(&free) {
        number += 1;
        free = format!("{name}-{number}");
    }
    free
}

///
/// # Errors
///
/// What the system says of stdout.
pub fn say_one(latent: &Latent, console: Console) -> anyhow::Result<()> {
    let number = |value: Option<f64>| value.map_or_else(|| "    -".to_string(), |value| format!("{:>5}", fixed(value, 3)));
    for space in &latent.ranks {
        let last = space.agreement.last();
        let ends = last.and_then(|agreement| agreement.agreement_low.zip(agreement.agreement_high));
        console.say(format!(
            "  {:<8} n {:>6} {:>6} taxa  neighbours agree {}{} (chance {})  silhouette {}  R² {} (z {})",
            space.rank.name(),
            space.n,
            space.taxa,
            number(last.and_then(|agreement| agreement.agreement)),
            ends.map_or_else(String::new, |(low, high)| format!(" [{low:.3}, {high:.3}]")),
            number(last.and_then(|agreement| agreement.chance)),
            number(space.silhouette_cosine),
            number(space.variance.r2),
            space.permanova.and_then(|test| test.z).map_or_else(|| "-".to_string(), |z| fixed(z, 1))
        ))?;
    }
    for stair in &latent.staircase {
        console.say(format!(
            "  meet at {:<8} {:>12} pairs  mean distance {}",
            stair.rank,
            stair.pairs,
            fixed(stair.distance, 3)
        ))?;
    }
    verdict(latent).iter().try_for_each(|sentence| console.say(sentence))?;
    Ok(())
}

fn say_several(together: &SideBySide, console: Console) -> anyhow::Result<()> {
    let width = together.rows.iter().map(|row| row.space.chars().count()).max().unwrap_or(0).max(5);
    let number = |value: Option<f64>| value.map_or_else(|| "-".to_string(), |value| fixed(value, 3));
    console.say(format!("  {:<width$}  width  Mantel r  triplets  clades  RankMe     CKA", "space"))?;
    for row in &together.rows {
        console.say(format!(
            "  {:<width$}  {:>5}  {:>8}  {:>8}  {:>6}  {:>6}  {:>6}",
            row.space,
            row.width,
            number(row.mantel),
            number(row.triplets),
            number(row.clades),
            row.rank_me.map_or_else(|| "-".to_string(), |value| format!("{value:.1}")),
            number(row.cka_with_first)
        ))?;
    }
    if let Some(comparison) = &together.comparison {
        console.say(format!("Share of the {} nearest that are of the same taxon:", together.k))?;
        console.say(crate::scores::compare::text::table(comparison))?;
    }
    spaces::verdict(together).iter().try_for_each(|sentence| console.say(sentence))?;
    Ok(())
}

/// Writes the vectors in the formats asked for; how many files that are.
fn export(args: &LatentArgs, folder: &Path, embeddings: &Embeddings) -> anyhow::Result<usize> {
    let mut files = 0;
    for format in &args.export {
        let (name, columns) = match format {
            ExportFormat::Parquet => ("vectors.parquet", Columns::Ours),
            ExportFormat::EmbExplorer => ("emb_explorer.parquet", Columns::EmbExplorer),
            ExportFormat::Npy => ("vectors.npy", Columns::Ours),
            ExportFormat::Npz => ("vectors.npz", Columns::Ours),
            ExportFormat::Safetensors => ("vectors.safetensors", Columns::Ours),
            ExportFormat::Projector => {
                write_projector(folder, embeddings).with_context(|| format!("{}: cannot write", folder.display()))?;
                files += 2;
                continue;
            }
        };
        files += embeddings.write(&folder.join(name), columns)?.len();
    }
    Ok(files)
}

/// The name of a space: that of its folder or file.
#[must_use]
pub fn name_of(input: &Path) -> String {
    let name = input.file_stem().or_else(|| input.file_name());
    name.map_or_else(|| "space".to_string(), |name| name.to_string_lossy().into_owned())
}

fn default_output(input: &Path) -> PathBuf {
    PathBuf::from("reports").join(name_of(input) + "-latent")
}
