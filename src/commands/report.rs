//! `nearmiss report`.

use super::input::table_options;
use super::photographs::Shown;
use super::{Console, Ending};
use crate::answers::Answers;
use crate::cli::{InformationChoice, IntervalChoice, PoolChoice, ReportArgs, TreeChoice, UnitChoice};
use crate::cost::{CostMatrix, LookAlikes};
use crate::distribution::Distribution;
use crate::distribution::run_vectors::{self, VectorsError};
use crate::embeddings::Embeddings;
use crate::gate::{Gate, Outcome};
use crate::information::InformationFrom;
use crate::latent::{Latent, LatentOptions, measure};
use crate::metric;
use crate::observation::{self, Pool};
use crate::outcome::Unreachable;
use crate::rank::Rank;
use crate::report::csv_safe;
use crate::report::{Contents, Overwrite, ReportOptions, Source, hold_gates, write_report};
use crate::run::record;
use crate::scores::flags::Acceptable;
use crate::scores::intervals::DrawnBy;
use crate::scores::{ScoreOptions, Scores, Tree};
use crate::table::{self, Built};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::search::Found;
use crate::training_counts::TrainingCounts;
use anyhow::Context;
use rayon::prelude::*;
use std::collections::HashSet;
use std::path::{Path, PathBuf};

/// Scores a run directory or a table of predictions.
///
/// # Errors
///
/// Whatever cannot be read, told apart or written.
pub fn run(args: &ReportArgs, console: Console) -> anyhow::Result<Ending> {
    if args.list_metrics {
        return list_metrics(console);
    }
    let Some(input) = &args.predictions else { anyhow::bail!("name a run directory or a table of predictions") };
    let given = args.taxonomy.as_deref().map(Taxonomy::named).transpose()?;
    let tables = table::read_tables(input, given.as_ref(), &table_options(&args.table, &args.group_column)?)?;
    let taxonomy = &*tables.taxonomy;
    let costs = args.costs.as_deref().map(|path| CostMatrix::read(path, taxonomy)).transpose()?;
    let look_alikes = args.look_alikes.as_deref().map(|path| LookAlikes::read(path, taxonomy)).transpose()?;
    let training = args.training_counts.as_deref().map(|path| TrainingCounts::read(path, taxonomy)).transpose()?;
    let gates = gates(args)?;
    let options = ScoreOptions {
        acceptable: Acceptable { rank: yellow_from(args)?, look_alikes: look_alikes.as_ref() },
        costs: costs.as_ref(),
        training: training.as_ref(),
        back_off: args.back_off,
        drawn_by: match args.intervals {
            IntervalChoice::Observation => DrawnBy::Observation,
            IntervalChoice::Taxon => DrawnBy::Taxon,
            IntervalChoice::Image => DrawnBy::Image,
        },
        tree: if args.tree == TreeChoice::MainRanks { Tree::MainRanks } else { Tree::Full },
        information: if args.information == InformationChoice::Truths {
            InformationFrom::Truths
        } else {
            InformationFrom::Leaves
        },
        unreachable: if args.count_unreachable { Unreachable::Score } else { Unreachable::LeaveOut },
    };
    let pool = (args.by == UnitChoice::Observation).then_some(match args.pool {
        PoolChoice::Mean => Pool::Mean,
        PoolChoice::Max => Pool::Max,
        PoolChoice::Product => Pool::Product,
    });
    let scored: Vec<(Answers, Scores)> = tables
        .runs
        .into_par_iter()
        .map(|mut answers| {
            answers.notes.splice(0..0, tables.notes.iter().cloned());
            let mut distribution = distribution(input, taxonomy, &answers)?;
            if let Some(pool) = pool {
                let whole = match distribution {
                    Some(Ok(distribution)) => distribution,
                    Some(Err(why)) => anyhow::bail!("--by observation: {why}"),
                    None => Distribution::of_answers(&answers).context("--by observation")?,
                };
                let (pooled, whole) = observation::pooled(taxonomy, &answers, &whole, pool).context("--by observation")?;
                answers = pooled;
                distribution = Some(Ok(whole));
            }
            let scores = match distribution {
                Some(distribution) => Scores::with_distribution(taxonomy, &answers, &distribution, &options),
                None => Scores::of(taxonomy, &answers, &options),
            };
            Ok((answers, scores))
        })
        .collect::<anyhow::Result<_>>()?;
    if scored.iter().all(|(_, scores)| scores.accounting.scored == 0) {
        anyhow::bail!("{}: no image can be scored: {}", input.display(), accounting_line(&scored[0].1));
    }
    let output = args.output.clone().unwrap_or_else(|| default_output(input, args.by));
    let command = std::env::args().collect::<Vec<_>>().join(" ");
    let sources = sources(input, args)?;
    let verdicts = hold_gates(&gates, &scored)?;
    let shown = Shown::of(input, args.photographs.as_deref(), args.thumbnails, console)?;
    let photographs = shown.photographs();
    let space = space(input, given.as_ref(), args, console)?;
    let report = ReportOptions {
        latent: space.as_ref().map(|(embeddings, latent)| (embeddings, latent)),
        hidden: photographs.hidden,
        gates: &verdicts,
        title: None,
        command_line: Some(&command),
        sources: &sources,
        taxonomy_source: Some(taxonomy_source(tables.built, args)),
        photographs: photographs.folder,
        thumbnail: photographs.thumbnail,
        overwrite: if args.force { Overwrite::Anything } else { Overwrite::OwnReport },
        contents: if args.tables_only { Contents::Tables } else { Contents::Everything },
    };
    let files = write_report(&output, taxonomy, &scored, &report)?;
    if args.csv_safe {
        csv_safe::defuse(&files)?;
    }
    for (_, scores) in &scored {
        summarise(scores, console)?;
    }
    verdicts.iter().try_for_each(|verdict| console.say(verdict.line(scored.len() > 1)))?;
    if args.json {
        let path = output.join("metrics.json");
        console.say(std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?.trim_end())?;
    }
    console.say(format!("report: {} ({} files)", output.display(), files.len()))?;
    let skipped = scored.iter().any(|(_, scores)| scores.accounting.unreadable > 0);
    let failed = verdicts.iter().any(|verdict| verdict.outcome == Outcome::Fail);
    Ok(if skipped || failed { Ending::Skipped } else { Ending::Done })
}

/// The distributions of a run directory, made again from its vectors; `None` for a table, the reason where a run has
/// none. Vectors that are damaged are an error.
fn distribution(input: &Path, taxonomy: &Taxonomy, answers: &Answers) -> anyhow::Result<Option<Result<Distribution, String>>> {
    let folder = if input.is_dir() { Some(input) } else { input.parent() };
    let Some(folder) = folder.filter(|folder| folder.join(record::FILE).is_file()) else { return Ok(None) };
    let run = match run_vectors::read(folder) {
        Ok(run) => run,
        Err(reason @ VectorsError::Missing { .. }) => return Ok(Some(Err(reason.to_string()))),
        Err(error) => return Err(error.into()),
    };
    let made = || -> Result<Distribution, String> {
        let mut candidates = vec![];
        for name in &run.candidates {
            match taxonomy.find(name) {
                Found::One(taxon) => candidates.push(taxon),
                _ => return Err(format!("the candidate '{name}' of the run is not one taxon of the taxonomy")),
            }
        }
        if candidates.iter().collect::<HashSet<_>>().len() < candidates.len() {
            return Err("several candidates of the run are one taxon of the taxonomy".to_string());
        }
        let distribution = Distribution::of_vectors(candidates, run.vectors);
        if distribution.images() != answers.images.len() {
            return Err(format!("the run has {} images and {} vectors", answers.images.len(), distribution.images()));
        }
        Ok(distribution)
    };
    Ok(Some(made()))
}

fn gates(args: &ReportArgs) -> anyhow::Result<Vec<Gate>> {
    let mut gates = args.gates.as_deref().map(Gate::read).transpose()?.unwrap_or_default();
    for text in &args.gate {
        gates.push(Gate::parse(text)?);
    }
    Ok(gates)
}

fn yellow_from(args: &ReportArgs) -> anyhow::Result<Rank> {
    let rank = Rank::parse(&args.yellow_from).filter(|rank| rank.main_index().is_some());
    let main = Rank::MAIN.map(Rank::name).join(", ");
    rank.with_context(|| format!("--yellow-from '{}' is none of the ranks {main}", args.yellow_from))
}

fn taxonomy_source(built: Built, args: &ReportArgs) -> &str {
    match built {
        Built::Given => args.taxonomy.as_deref().unwrap_or("given"),
        Built::Recorded => "the run's own",
        Built::Lineages => "the lineages of the table",
        Built::Binomials { .. } => "the names of the table: genus and species",
    }
}

fn sources(input: &Path, args: &ReportArgs) -> anyhow::Result<Vec<Source>> {
    let mut sources = vec![];
    let mut files: Vec<&Path> = args.table.truth.iter().map(PathBuf::as_path).collect();
    if input.is_dir() {
        // The record has the sums of the tables; its times would make every report another one.
        let sha256 = record::Record::read(input)?.content_sha256()?;
        sources.push(Source { path: input.display().to_string(), sha256 });
    } else {
        files.insert(0, input);
    }
    for path in files {
        let sha256 = crate::sha256::of_file(path).with_context(|| format!("{}: cannot read", path.display()))?;
        sources.push(Source { path: path.display().to_string(), sha256 });
    }
    Ok(sources)
}

/// Vectors above which a report does not look at the space: there are better times to wait.
const MOST_VECTORS: usize = 20_000;

/// The space of a run that has vectors; `None` for tables, and where it was said that it is left out.
fn space(
    input: &Path,
    given: Option<&Taxonomy>,
    args: &ReportArgs,
    console: Console,
) -> anyhow::Result<Option<(Embeddings, Latent)>> {
    if args.no_latent || args.tables_only || !input.is_dir() || !Embeddings::in_run(input)? {
        return Ok(None);
    }
    let embeddings = Embeddings::read(input, None, given)?;
    if embeddings.len() > MOST_VECTORS {
        console.remark(format!(
            "note: {} vectors are too many for a section on the latent space (at most {MOST_VECTORS}); `nearmiss latent {}` looks at them",
            embeddings.len(),
            input.display()
        ));
        return Ok(None);
    }
    if embeddings.len() < 3 {
        return Ok(None);
    }
    let latent = measure(&embeddings, &LatentOptions { map: false, ..LatentOptions::default() });
    Ok(Some((embeddings, latent)))
}

fn default_output(input: &Path, by: UnitChoice) -> PathBuf {
    let name = input
        .file_stem()
        .or_else(|| input.file_name())
        .map_or_else(|| "report".into(), |name| name.to_string_lossy().into_owned());
    PathBuf::from("reports").join(if by == UnitChoice::Observation { name + "-observations" } else { name })
}

fn accounting_line(scores: &Scores) -> String {
    let parts = serde_json::to_value(scores.accounting).unwrap_or_default();
    let counts = parts.as_object().into_iter().flatten().filter(|(_, value)| value.as_u64().is_some_and(|count| count > 0));
    counts.map(|(name, value)| format!("{value} {}", name.replace('_', " "))).collect::<Vec<_>>().join(", ")
}

fn summarise(scores: &Scores, console: Console) -> std::io::Result<()> {
    console.say(format!("{}: {}", scores.name, accounting_line(scores)))?;
    for row in scores.ranks.iter().filter(|row| row.n > 0) {
        let share = |value: Option<f64>| value.map_or_else(|| "     -".to_string(), |value| format!("{:5.1}%", 100.0 * value));
        console.say(format!(
            "  {:<8} n {:>8}  right {} [{}, {}]  chance {}",
            row.rank.name(),
            row.n,
            share(row.path_top1),
            share(row.intervals.low("path_top1")),
            share(row.intervals.high("path_top1")),
            share(row.chance)
        ))?;
    }
    let wrong = &scores.how_wrong;
    let number = |name: &str, value: Option<f64>| {
        let value = value.map_or_else(|| "-".to_string(), |value| format!("{value:.2}"));
        let ends = wrong.intervals.of(name).map(|ends| format!(" [{:.2}, {:.2}]", ends.low, ends.high));
        value + &ends.unwrap_or_default()
    };
    console.say(format!(
        "  how wrong: {} of {} wrong, mean height {} over all, severity {} over the mistakes",
        wrong.mistakes,
        wrong.n,
        number("mean_height", wrong.mean_height),
        number("severity", wrong.severity)
    ))?;
    for warning in &scores.warnings {
        console.warn(warning);
    }
    for note in &scores.notes {
        console.remark(format!("  note: {note}"));
    }
    Ok(())
}

fn list_metrics(console: Console) -> anyhow::Result<Ending> {
    for metric in metric::all() {
        console.say(format!("{}.{}", metric.block.key(), metric.name))?;
        console.say(format!("  {}", metric.sentence))?;
        console.say(format!("  formula: {}", metric.formula))?;
        console.say(format!("  {}; {}", metric.direction.word(), metric.range))?;
        if let Some(interval) = metric.interval() {
            console.say(format!("  interval: {interval}"))?;
        }
        console.say(format!("  source: {}", metric.source))?;
    }
    Ok(Ending::Done)
}
