//! `nearmiss latent` and `nearmiss retrieve` of pairs of texts and photographs, by a fusion encoder.

use crate::encoder::fusion::pool::FusionPool;
use crate::encoder::fusion::{FusionOptions, Scaling};
use crate::spaces::fusion::{Fusing, RegionSource};
use anyhow::{Context, bail};
use nearmiss::commands::cli::{FusionArgs, LatentArgs, OverChoice, RetrieveArgs};
use nearmiss::commands::latent::measured;
use nearmiss::commands::{Console, Ending, progress_bar, retrieve};
use nearmiss::report::measuring::{NamedEmbeddings, Vectors, space_name};
use nearmiss::runs::device::DeviceChoice;
use nearmiss::runs::pooling::Layers;
use nearmiss::spaces::embeddings::Embeddings;
use nearmiss::taxonomy::Taxonomy;
use std::path::{Path, PathBuf};

/// A fusion encoder, and what it reads, whichever command asks.
struct Asked<'a> {
    model: &'a str,
    fusion: &'a FusionArgs,
    layers: &'a [Layers],
    /// A table that names the photographs of a file of regions.
    names: Option<&'a PathBuf>,
    /// The folder of the photographs, for an image tower.
    photographs: Option<&'a PathBuf>,
    /// Words before each text.
    prefix: Option<&'a String>,
    taxonomy: Option<&'a String>,
    device: DeviceChoice,
}

/// Measures the spaces of tables of pairs, one for each model and way of pooling.
///
/// # Errors
///
/// Options that do not go with a fusion encoder; whatever keeps the pairs from being embedded; as [`measured`].
pub fn latent(args: &LatentArgs, console: Console) -> anyhow::Result<Ending> {
    if !args.pool.is_empty() {
        bail!("--pool names tokens of towers; those of a fusion encoder are named with --over");
    }
    refused(&[("--dimensions", args.dimensions.is_some())])?;
    let several = args.embeddings.len() > 1 || args.model.len() > 1;
    let mut found = vec![];
    for (path, model) in args.embeddings.iter().flat_map(|path| args.model.iter().map(move |model| (path, model))) {
        let asked = Asked {
            model,
            fusion: &args.fusion,
            layers: &args.layers,
            names: args.labels.as_ref(),
            photographs: args.photographs.as_ref(),
            prefix: args.document_prompt.as_ref(),
            taxonomy: args.taxonomy.as_ref(),
            device: args.device,
        };
        let from = format!("{} {}", space_name(path), space_name(Path::new(model)));
        let name = |space: String| if several { format!("{from} {space}") } else { space };
        let spaces = asked.spaces(path, console)?.into_iter();
        found.extend(spaces.map(|(space, embeddings)| NamedEmbeddings { name: name(space), embeddings, path: path.clone() }));
    }
    measured(args, Vectors::Read(found), console)
}

/// Ranks all pairs of a table for each of them and measures that.
///
/// # Errors
///
/// Options that do not go with a fusion encoder, several ways of pooling; whatever keeps the pairs from being embedded; as
/// [`retrieve::held`].
pub fn retrieve(args: &RetrieveArgs, console: Console) -> anyhow::Result<Ending> {
    refused(&[
        ("--bm25", args.bm25),
        ("--corpus", args.corpus.is_some()),
        ("--queries", args.queries.is_some()),
        ("--embeddings", !args.embeddings.is_empty()),
        ("--query-model", args.query_model.is_some()),
        ("--query-prompt", args.query_prompt.is_some()),
        ("--split", args.split.is_some()),
        ("--dimensions", args.dimensions.is_some()),
        ("--fuse", args.fuse.is_some()),
        ("a second file", !args.runs.is_empty()),
    ])?;
    let (Some(path), [model]) = (&args.first, &args.model[..]) else {
        bail!("name a table of texts and photographs, and one --model");
    };
    let asked = Asked {
        model,
        fusion: &args.fusion,
        layers: args.layers.as_slice(),
        names: args.labels.as_ref(),
        photographs: args.photographs.as_ref(),
        prefix: args.document_prompt.as_ref(),
        taxonomy: args.taxonomy.as_ref(),
        device: args.device,
    };
    let mut spaces = asked.spaces(path, console)?;
    let Some((_, embeddings)) = spaces.pop().filter(|_| spaces.is_empty()) else {
        bail!("one space is searched at a time: name one of all, text and regions with --over, and one choice of --layers");
    };
    for note in &embeddings.notes {
        console.remark(format!("  note: {note}"));
    }
    retrieve::held(args, embeddings, console)
}

/// Refuses options that would have no effect.
fn refused(given: &[(&str, bool)]) -> anyhow::Result<()> {
    match given.iter().find(|(_, given)| *given) {
        None => Ok(()),
        Some((option, _)) => bail!(
            "{option}: a fusion encoder (--features, --grid) makes one space of the pairs of a table, each of which asks for the \
             others; leave it out"
        ),
    }
}

impl Asked<'_> {
    /// The spaces of a table of pairs.
    fn spaces(&self, pairs: &Path, console: Console) -> anyhow::Result<Vec<(String, Embeddings)>> {
        let given = self.taxonomy.map(String::as_str).map(Taxonomy::named).transpose()?;
        let regions = match (&self.fusion.features, &self.fusion.grid) {
            (Some(path), _) => RegionSource::File { path, names: self.names.map(PathBuf::as_path) },
            (None, Some(model)) => RegionSource::Grid { model, photographs: self.photographs.map(PathBuf::as_path) },
            (None, None) => bail!("a fusion encoder reads regions of photographs: give --features FILE, or --grid MODEL"),
        };
        let wanted = wanted(&self.fusion.over, self.layers);
        let fusing = Fusing {
            pairs,
            model: Path::new(self.model),
            regions,
            wanted: &wanted,
            prefix: self.prefix.map_or("", String::as_str),
            // What is measured is scaled as the commands are asked to.
            scaling: Scaling::AsComputed,
            taxonomy: given.as_ref(),
            options: FusionOptions { device: self.device, task: self.fusion.task.clone(), ..FusionOptions::default() },
        };
        let bar = progress_bar(0, "embedding", console);
        let progress = |done: usize, total: usize| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        };
        let spaces = fusing.run(&progress).with_context(|| pairs.display().to_string())?;
        bar.finish_and_clear();
        Ok(spaces)
    }
}

/// Every way of pooling with every choice of layers; all positions of the last block where nothing is named.
fn wanted(over: &[OverChoice], layers: &[Layers]) -> Vec<(FusionPool, Layers)> {
    let pool = |choice: &OverChoice| match choice {
        OverChoice::All => FusionPool::All,
        OverChoice::Text => FusionPool::Text,
        OverChoice::Regions => FusionPool::Regions,
    };
    let pools: Vec<FusionPool> = if over.is_empty() { vec![FusionPool::All] } else { over.iter().map(pool).collect() };
    let layers = if layers.is_empty() { &[Layers::Last] } else { layers };
    pools.iter().flat_map(|&pool| layers.iter().map(move |&layers| (pool, layers))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_way_of_pooling_goes_with_every_choice_of_layers() {
        assert_eq!(wanted(&[], &[]), [(FusionPool::All, Layers::Last)]);
        let (text, regions) = (FusionPool::Text, FusionPool::Regions);
        let all = [(text, Layers::Last), (text, Layers::Sum(2)), (regions, Layers::Last), (regions, Layers::Sum(2))];
        assert_eq!(wanted(&[OverChoice::Text, OverChoice::Regions], &[Layers::Last, Layers::Sum(2)]), all);
    }

    #[test]
    fn options_without_effect_are_refused_by_name() {
        let said = refused(&[("--bm25", false), ("--corpus", true)]).map_err(|error| error.to_string());
        assert!(said.is_err_and(|said| said.starts_with("--corpus: a fusion encoder (--features, --grid) makes one space")));
        assert!(refused(&[("--bm25", false)]).is_ok());
    }
}
