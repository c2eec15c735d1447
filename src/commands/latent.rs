//! `nearmiss latent`.

use super::command_line::command_line;
use super::console::Console;
use super::default_output::default_output;
use super::ending::Ending;
use super::metrics;
use super::output::{language, overwrite};
use super::photographs::thumbnails;
use crate::commands::cli::{LatentArgs, NormChoice, SampleChoice};
use crate::numbers::counted::counted;
use crate::report::export::VectorFormat;
use crate::report::folder::keep_inputs;
use crate::report::latent::verdict;
use crate::report::measuring::{Looking, Measured, Measuring, SpaceWriting, Vectors, space_name};
use crate::report::scoring::Formulas;
use crate::report::spaces::{self, SideBySide};
use crate::report::text::fixed;
use crate::spaces::embeddings::{SampleSize, Sampling};
use crate::spaces::latent::{Latent, LatentOptions};
use crate::spaces::metric;
use anyhow::Context;
use std::collections::BTreeSet;
use std::time::Duration;

/// Measures a latent space, or several side by side.
///
/// # Errors
///
/// Whatever cannot be read or written; fewer than three vectors.
pub fn run(args: &LatentArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return metrics::list(&metric::of_latent(), console);
    }
    let (paths, labels, taxonomy) = (args.embeddings.clone(), args.labels.clone(), args.taxonomy.clone());
    measured(args, Vectors::Files { paths, labels, taxonomy }, console)
}

/// Measures vectors, writes and says it.
///
/// # Errors
///
/// As [`run`].
pub fn measured(args: &LatentArgs, vectors: Vectors, console: Console) -> anyhow::Result<Ending> {
    let measuring = Measuring {
        vectors,
        looking: looking(args),
        options: options(args),
        photographs: args.photographs.clone(),
        thumbnails: thumbnails(args.thumbnails),
    };
    let measured = measuring.run(&|remark| console.remark(remark))?;
    let inputs = &args.embeddings;
    let output = args.output.clone().unwrap_or_else(|| default_output(inputs, &(space_name(&inputs[0]) + "-latent"), console));
    let command = command_line().join(" ");
    let exports: Vec<VectorFormat> = args.export.iter().map(|format| format.format()).collect();
    let writing = SpaceWriting {
        command_line: &command,
        overwrite: overwrite(args.force),
        exports: &exports,
        formulas: if args.csv_safe { Formulas::Defused } else { Formulas::Kept },
        language: language(args.language),
    };
    let files = measured.write(&output, &writing)?;
    keep_inputs(&output, inputs)?;
    let beside = if args.json { console.aside() } else { console };
    say(&measured, beside)?;
    if args.json {
        let path = output.join(measured.numbers_file());
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    }
    beside.say(format!("latent: {} ({})", output.join("index.html").display(), counted(files.len(), "file", "files")))?;
    Ok(Ending::Done)
}

fn looking(args: &LatentArgs) -> Looking {
    Looking {
        sampling: Sampling { size: args.sample.map_or_else(SampleSize::default, SampleChoice::size), seed: args.seed },
        search: Duration::from_mins(args.search_minutes),
    }
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

/// Says what was measured, what was decided on the way first.
///
/// # Errors
///
/// What the system says of stdout.
pub fn say(measured: &Measured, console: Console) -> anyhow::Result<()> {
    measured.notes().iter().for_each(|note| console.remark(format!("  note: {note}")));
    match &measured.together {
        Some(together) => say_several(together, console),
        None => measured.spaces.iter().try_for_each(|only| say_one(&only.latent, console)),
    }
}

fn say_one(latent: &Latent, console: Console) -> anyhow::Result<()> {
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
