//! `nearmiss latent` of hidden states: the photographs of a run are embedded again.

use crate::spaces::hidden::{HiddenOptions, hidden_spaces};
use anyhow::Context;
use nearmiss::commands::cli::LatentArgs;
use nearmiss::commands::cli::TowerChoice;
use nearmiss::commands::latent::measured;
use nearmiss::commands::{Console, Ending, progress_bar};
use nearmiss::report::measuring::{NamedEmbeddings, Vectors, space_name};
use nearmiss::runs::directory::record::Record;
use nearmiss::runs::pooling::{Layers, TokenPool};
use nearmiss::taxonomy::Taxonomy;
use std::path::Path;

/// Measures hidden states of the model of a run, one space for each way of pooling them.
///
/// # Errors
///
/// As [`run`]; whatever keeps the photographs from being embedded again.
pub fn run(args: &LatentArgs, console: Console) -> anyhow::Result<Ending> {
    let given = args.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
    let pools = if args.pool.is_empty() { vec![TokenPool::Cls] } else { args.pool.clone() };
    let layers = if args.layers.is_empty() { vec![Layers::Last] } else { args.layers.clone() };
    let wanted: Vec<(TokenPool, Layers)> =
        pools.iter().flat_map(|&pool| layers.iter().map(move |&layers| (pool, layers))).collect();
    let options = HiddenOptions {
        device: args.device,
        taxonomy: given.as_ref(),
        photographs: args.photographs.as_deref(),
        ..HiddenOptions::default()
    };
    let mut found = vec![];
    for path in &args.embeddings {
        let options = HiddenOptions { text: texts(args.tower, path, console), ..options };
        let bar = progress_bar(0, "embedding", console);
        let progress = |done: usize, total: usize| {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
        };
        let spaces = hidden_spaces(path, &wanted, &options, &progress).with_context(|| path.display().to_string())?;
        bar.finish_and_clear();
        let name = |space: String| if args.embeddings.len() > 1 { format!("{} {space}", space_name(path)) } else { space };
        found.extend(
            spaces
                .into_iter()
                .filter(|(space, _)| args.tower != TowerChoice::Text || space.starts_with("text"))
                .map(|(space, embeddings)| NamedEmbeddings { name: name(space), embeddings, path: path.clone() }),
        );
    }
    measured(args, Vectors::Read(found), console)
}

/// Whether the text tower is asked: not where both towers are asked for by default, and none read the candidates of a run.
fn texts(tower: TowerChoice, run: &Path, console: Console) -> bool {
    let without = || Record::read(run).is_ok_and(|record| !record.identity.has_prompts());
    match tower {
        TowerChoice::Image => false,
        TowerChoice::Both if without() => {
            console.remark(format!(
                "{}: no text tower read its candidates; hidden states are of the image tower alone",
                run.display()
            ));
            false
        }
        TowerChoice::Text | TowerChoice::Both => true,
    }
}
