//! `nearmiss demo`: the whole of it on the built-in atlas, without a download.

use super::{Console, Ending};
use crate::answers::Truth;
use crate::atlas::{self, AtlasOptions, MANIFEST, TAXONOMY};
use crate::cli::{Cli, Command, DemoArgs};
use crate::outcome::Outcome;
use crate::statistics::to_f64;
use crate::table::read_run;
use crate::taxonomy::{TaxonId, Taxonomy};
use anyhow::{Context, bail};
use clap::Parser;
use std::path::Path;

/// Pictures of each atlas: five of each species.
const PICTURES: usize = 600;
/// The numbers of a latent space.
const LATENT: &str = "latent.json";
/// How far from chance the severity on the control may lie, in rungs: some four standard errors.
const TOLERANCE: f64 = 0.4;

/// Draws two atlases, classifies and scores them, and says what to take away.
///
/// # Errors
///
/// Whatever the commands it runs report; a metric that does not show the hierarchy that is there, or
/// shows one that is not.
pub fn run(args: &DemoArgs, console: Console) -> anyhow::Result<Ending> {
    let at = |name: &str| args.output.join(name);
    let of = |name: &str| text(&at(name));
    for (name, hierarchy) in [("atlas", 1.0), ("control", 0.0)] {
        // The species that the model knows, and individuals that it has never seen.
        let options = AtlasOptions { pictures: PICTURES, hierarchy, sample: 1, ..AtlasOptions::default() };
        console.say(format!("$ nearmiss atlas --pictures {PICTURES} --hierarchy {hierarchy} --sample 1 -o {}", of(name)))?;
        let written = atlas::write(&at(name), &options).with_context(|| format!("cannot draw {}", of(name)))?;
        let (pictures, species) = (written.pictures, written.species);
        console
            .remark(format!("{pictures} pictures of {species} imaginary species, {} of them never trained on", written.unseen));
    }
    for (name, recipe, run) in
        [("atlas", "single", "run"), ("atlas", "bioclip", "run-81-sentences"), ("control", "single", "run-control")]
    {
        let manifest = text(&at(name).join(MANIFEST));
        // One precision on every machine, for the same numbers.
        let fixed = ["--model", "atlas", "--taxonomy", "atlas", "--recipe", recipe, "--precision", "fp32"];
        let files = ["--manifest", &manifest, "--force", "-o"];
        let mut command = words(&["classify"]);
        command.extend(words(&fixed));
        command.extend(words(&files));
        command.push(of(run));
        step(&command, console)?;
    }
    step(&words(&["report", &of("run"), "-o", &of("report"), "--force"]), console)?;
    step(&words(&["compare", &of("run"), &of("run-81-sentences"), "-o", &of("recipes"), "--force"]), console)?;
    step(&words(&["latent", &of("run"), "-o", &of("latent"), "--force"]), console)?;
    step(&words(&["latent", &of("run-control"), "--no-map", "-o", &of("latent-control"), "--force"]), console)?;
    check_spaces(&json(&at("latent").join(LATENT))?, &json(&at("latent-control").join(LATENT))?)?;
    let taxonomy = Taxonomy::from_path(&at("atlas").join(TAXONOMY))?;
    let (atlas, control) = (Mistakes::of(&at("run"), &taxonomy)?, Mistakes::of(&at("run-control"), &taxonomy)?);
    check(&atlas, &control)?;
    conclude(&atlas, &control, &json(&at("report").join("metrics.json"))?, console)?;
    console.say(format!("open {}", text(&at("report").join("index.html"))))?;
    console.say(format!("and  {} for the two recipes", text(&at("recipes").join("index.html"))))?;
    console.say(format!("and  {} for the latent space", text(&at("latent").join("index.html"))))?;
    Ok(Ending::Done)
}

/// How wrong a run is, beside what its answers would be if they had nothing to do with the truths.
struct Mistakes {
    images: u64,
    right: f64,
    severity: f64,
    /// Mean height of all pairs of a truth and an answer, each as frequent as it is, that are not right.
    by_chance: f64,
    /// Share of the mistakes that meet the truth at the genus, and the same by chance.
    near: f64,
    near_by_chance: f64,
}

impl Mistakes {
    fn of(run: &Path, taxonomy: &Taxonomy) -> anyhow::Result<Mistakes> {
        let tables = read_run(run, Some(taxonomy))?;
        let Some(answers) = tables.runs.first() else { bail!("{}: the run holds no answers", run.display()) };
        let (mut truths, mut given): (Vec<TaxonId>, Vec<TaxonId>) = (vec![], vec![]);
        for (image, truth) in answers.truths.iter().enumerate() {
            if let Truth::Taxon(truth) = truth {
                truths.push(*truth);
                given.push(answers.ranked.best(image).taxon());
            }
        }
        let heights = |pairs: &mut dyn Iterator<Item = (TaxonId, TaxonId)>| {
            let (mut wrong, mut sum, mut near) = (0_u64, 0_u64, 0_u64);
            for (truth, answer) in pairs {
                let outcome = Outcome::of(taxonomy, truth, answer);
                if !outcome.is_right() {
                    let height = outcome.height(taxonomy);
                    (wrong, sum, near) = (wrong + 1, sum + u64::from(height), near + u64::from(height == 1));
                }
            }
            (wrong, to_f64(sum) / to_f64(wrong), to_f64(near) / to_f64(wrong))
        };
        let (wrong, severity, near) = heights(&mut truths.iter().copied().zip(given.iter().copied()));
        let every = truths.iter().flat_map(|&truth| given.iter().map(move |&answer| (truth, answer)));
        let (_, by_chance, near_by_chance) = heights(&mut { every });
        let images = truths.len() as u64;
        Ok(Mistakes { images, right: 1.0 - to_f64(wrong) / to_f64(images), severity, by_chance, near, near_by_chance })
    }
}

/// A hierarchy that is there must show, and one that is not must not.
fn check(atlas: &Mistakes, control: &Mistakes) -> anyhow::Result<()> {
    let Mistakes { near, near_by_chance, severity, by_chance, .. } = atlas;
    if near <= near_by_chance || severity >= by_chance {
        bail!(
            "the demonstration failed: on the atlas near misses must be commoner than by chance, and are not \
             (share {near:.3} against {near_by_chance:.3}, severity {severity:.2} against {by_chance:.2})"
        );
    }
    let Mistakes { severity, by_chance, .. } = control;
    if (severity - by_chance).abs() > TOLERANCE {
        bail!(
            "the demonstration failed: on the control, whose looks ignore the tree, the severity must be that of chance, \
             and is not ({severity:.2} against {by_chance:.2})"
        );
    }
    Ok(())
}

/// A space that follows the tree must be said to, and one that does not must not.
fn check_spaces(atlas: &serde_json::Value, control: &serde_json::Value) -> anyhow::Result<()> {
    let tree = |space: &serde_json::Value, path: &str| space["tree"][1].pointer(path).and_then(serde_json::Value::as_f64);
    let (r, p) = (tree(atlas, "/mantel/r").unwrap_or(0.0), tree(atlas, "/mantel/p").unwrap_or(1.0));
    let stairs: Vec<f64> =
        atlas["staircase"].as_array().into_iter().flatten().filter_map(|stair| stair["distance"].as_f64()).collect();
    let climbs = stairs.len() > 5 && stairs[..5].is_sorted();
    let triplets = tree(atlas, "/triplets/agreement").unwrap_or(0.0);
    // How far the best matching branches are from chance, and what chance says to it.
    let lift = |space: &serde_json::Value| tree(space, "/clades/best_match_lift").unwrap_or(f64::NAN);
    let (clades, clades_p) = (lift(atlas), tree(atlas, "/clades/best_match_p").unwrap_or(1.0));
    let found = clades > 0.3 && clades_p < 0.01;
    if r < 0.3 || p > 0.01 || triplets < 0.45 || !climbs || !found {
        bail!(
            "the demonstration failed: on the atlas the space must follow the tree, and does not (Mantel r {r:.3}, p {p:.3}, \
             triplets {triplets:.3}, clades {clades:.3} of the way from chance, staircase {stairs:.3?})"
        );
    }
    let clades = lift(control);
    let (r, p) = (tree(control, "/mantel/r").unwrap_or(1.0), tree(control, "/mantel/p").unwrap_or(0.0));
    let triplets = tree(control, "/triplets/agreement").unwrap_or(1.0);
    let lost = clades.abs() < 0.1;
    if r.abs() > 0.1 || p < 0.001 || (triplets - 1.0 / 3.0).abs() > 0.05 || !lost {
        bail!(
            "the demonstration failed: on the control, whose looks ignore the tree, the space must not follow it, and does \
             (Mantel r {r:.3}, p {p:.3}, triplets {triplets:.3}, clades {clades:.3} of the way from chance)"
        );
    }
    Ok(())
}

fn json(path: &Path) -> anyhow::Result<serde_json::Value> {
    let text = std::fs::read_to_string(path).with_context(|| format!("{}: cannot read", path.display()))?;
    Ok(serde_json::from_str(&text)?)
}

/// The three sentences to take away.
fn conclude(atlas: &Mistakes, control: &Mistakes, metrics: &serde_json::Value, console: Console) -> anyhow::Result<()> {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let decisions = &metrics["decisions"];
    let false_answers = |rule: &str| decisions[rule]["how_wrong"]["correct"].as_f64().map_or(0.0, |correct| 1.0 - correct);
    let unknown = "unknown".to_string();
    let family = metrics["decisions"]["path"]["accuracy"]["family"].as_f64().map_or(unknown, percent);
    console.say("")?;
    console.say("What this showed:")?;
    console.say(format!(
        "  1. Of {} pictures {} are right to species and {family} to family: the {} mistakes are {:.1} rungs away on average, \
         {:.1} if answers had nothing to do with pictures.",
        atlas.images,
        percent(atlas.right),
        to_f64(atlas.images) - (atlas.right * to_f64(atlas.images)).round(),
        atlas.severity,
        atlas.by_chance
    ))?;
    console.say(format!(
        "  2. Where looks ignore the tree, mistakes are as far as by chance ({:.1} rungs against {:.1}): \
         near misses are found only where there are any.",
        control.severity, control.by_chance
    ))?;
    console.say(format!(
        "  3. A program may say less and err less: backing off to a probable group makes {} of the answers wrong, \
         the best label {}.",
        percent(false_answers("back_off")),
        percent(false_answers("path"))
    ))?;
    console.say("The organisms are imaginary and the model knows no others.")?;
    Ok(())
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// Runs one command as a user would type it, and shows it.
fn step(command: &[String], console: Console) -> anyhow::Result<Ending> {
    console.say(format!("$ nearmiss {}", command.join(" ")))?;
    let cli = Cli::try_parse_from(std::iter::once("nearmiss".to_string()).chain(command.iter().cloned()))?;
    match cli.command {
        Command::Classify(args) => super::classify::run(&args, console),
        Command::Report(args) => super::report::run(&args, console),
        Command::Compare(args) => super::compare::run(&args, console),
        Command::Latent(args) => super::latent::run(&args, console),
        _ => bail!("the demonstration runs classify, report, compare and latent only"),
    }
}
