//! `nearmiss demo`: the whole of it on the built-in atlas, without a download.

use crate::atlas::{self, AtlasOptions, MANIFEST, TAXONOMY};
use crate::classify::classification::{Classification, Existing, PhotographSource};
use crate::encoder::EncoderOptions;
use anyhow::{Context, bail};
use nearmiss::answers::Truth;
use nearmiss::answers::table::read_run;
use nearmiss::commands::cli::{DemoArgs, ThumbnailChoice};
use nearmiss::commands::photographs::Shown;
use nearmiss::commands::{Console, Ending};
use nearmiss::numbers::statistics::to_f64;
use nearmiss::report::Overwrite;
use nearmiss::report::comparison::{self, Compared};
use nearmiss::report::measuring::{Measuring, SpaceWriting};
use nearmiss::report::scoring::{Scored, Scoring, Writing};
use nearmiss::runs::recipe::{Precision, Recipe};
use nearmiss::scores::Scores;
use nearmiss::scores::compare::runs::Comparing;
use nearmiss::scores::outcome::Outcome;
use nearmiss::spaces::latent::{Latent, LatentOptions, TreeSpace};
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use std::path::{Path, PathBuf};

/// Pictures of each atlas: five of each species.
const PICTURES: usize = 600;
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
        classify(&at(name).join(MANIFEST), recipe, &at(run), console)?;
    }
    let scored = report(&at("run"), &at("report"), console)?;
    compare(&[at("run"), at("run-81-sentences")], &at("recipes"), console)?;
    let space = latent(&at("run"), &at("latent"), Maps::Drawn, console)?;
    let control_space = latent(&at("run-control"), &at("latent-control"), Maps::Without, console)?;
    check_spaces(&space, &control_space)?;
    let taxonomy = Taxonomy::from_path(&at("atlas").join(TAXONOMY))?;
    let (atlas, control) = (Mistakes::of(&at("run"), &taxonomy)?, Mistakes::of(&at("run-control"), &taxonomy)?);
    check(&atlas, &control)?;
    let Some((_, first)) = scored.runs.first() else { bail!("the demonstration failed: the run has no scores") };
    conclude(&atlas, &control, first, console)?;
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

/// Whether the maps of a space are drawn.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Maps {
    Drawn,
    Without,
}

/// Classifies the pictures of a manifest, as `nearmiss classify` does it.
fn classify(manifest: &Path, recipe: &str, run: &Path, console: Console) -> anyhow::Result<()> {
    console.say(format!(
        "$ nearmiss classify --model atlas --taxonomy atlas --recipe {recipe} --precision fp32 --manifest {} --force -o {}",
        text(manifest),
        text(run)
    ))?;
    let classification = Classification {
        source: PhotographSource { manifest: Some(manifest.to_path_buf()), ..PhotographSource::default() },
        existing: Existing::Replaced,
        recipe: Recipe::find(recipe),
        // One precision on every machine, for the same numbers.
        encoder: EncoderOptions { precision: Some(Precision::Fp32), ..EncoderOptions::default() },
        command_line: nearmiss::commands::command_line(),
        ..Classification::of(vec![], "atlas", "atlas", run)
    };
    super::classify::classified(&classification, console).map(|_| ())
}

fn report(run: &Path, folder: &Path, console: Console) -> anyhow::Result<Scored> {
    console.say(format!("$ nearmiss report {} -o {} --force", text(run), text(folder)))?;
    let scored = Scoring::of(run).run()?;
    let shown = Shown::of(run, None, ThumbnailChoice::Licensed, console)?;
    let command = command();
    let writing = Writing {
        command_line: Some(&command),
        photographs: shown.photographs(),
        overwrite: Overwrite::Anything,
        ..Writing::default()
    };
    let files = scored.write(folder, &writing)?;
    nearmiss::commands::report::say(&scored, console)?;
    console.say(format!("report: {} ({} files)", folder.display(), files.len()))?;
    Ok(scored)
}

fn compare(runs: &[PathBuf], folder: &Path, console: Console) -> anyhow::Result<()> {
    let names: Vec<String> = runs.iter().map(|run| text(run)).collect();
    console.say(format!("$ nearmiss compare {} -o {} --force", names.join(" "), text(folder)))?;
    let compared = Comparing::of(runs.to_vec()).run()?;
    let command = command();
    let shown = runs.first().map(|run| Shown::of(run, None, ThumbnailChoice::Licensed, console)).transpose()?;
    let photographs = shown.as_ref().map(Shown::photographs).unwrap_or_default();
    let page = Compared { photographs, ..Compared::of(&compared, &command) };
    let files = comparison::write(folder, &page, Overwrite::Anything)?;
    nearmiss::commands::compare::say(&compared, console)?;
    console.remark(format!("comparison: {} ({} files)", folder.display(), files.len()));
    Ok(())
}

fn latent(run: &Path, folder: &Path, maps: Maps, console: Console) -> anyhow::Result<Latent> {
    let no_map = if maps == Maps::Without { "--no-map " } else { "" };
    console.say(format!("$ nearmiss latent {} {no_map}-o {} --force", text(run), text(folder)))?;
    let measuring = Measuring {
        options: LatentOptions { map: maps == Maps::Drawn, ..LatentOptions::default() },
        ..Measuring::of(vec![run.to_path_buf()])
    };
    let measured = measuring.run(&|remark| console.remark(remark))?;
    let command = command();
    let writing = SpaceWriting { command_line: &command, overwrite: Overwrite::Anything, ..SpaceWriting::default() };
    let files = measured.write(folder, &writing)?;
    nearmiss::commands::latent::say(&measured, console)?;
    console.say(format!("latent: {} ({} files)", folder.join("index.html").display(), files.len()))?;
    let space = measured.spaces.into_iter().next();
    space.map(|space| space.latent).context("the demonstration failed: the run has no space")
}

/// The command that was given, for the record.
fn command() -> String {
    nearmiss::commands::command_line().join(" ")
}

/// A space that follows the tree must be said to, and one that does not must not.
fn check_spaces(atlas: &Latent, control: &Latent) -> anyhow::Result<()> {
    let by_cosine = |space: &Latent| space.tree.get(1).cloned().context("the demonstration failed: a space without taxa");
    let stairs: Vec<f64> = atlas.staircase.iter().map(|stair| stair.distance).collect();
    let climbs = stairs.len() > 5 && stairs[..5].is_sorted();
    let (atlas, control) = (by_cosine(atlas)?, by_cosine(control)?);
    let (r, p) = (atlas.mantel.r.unwrap_or(0.0), atlas.mantel.p.unwrap_or(1.0));
    let triplets = atlas.triplets.agreement.unwrap_or(0.0);
    // How far the best matching branches are from chance, and what chance says to it.
    let lift = |space: &TreeSpace| space.clades.best_match_lift.unwrap_or(f64::NAN);
    let (clades, clades_p) = (lift(&atlas), atlas.clades.best_match_p.unwrap_or(1.0));
    let found = clades > 0.3 && clades_p < 0.01;
    if r < 0.3 || p > 0.01 || triplets < 0.45 || !climbs || !found {
        bail!(
            "the demonstration failed: on the atlas the space must follow the tree, and does not (Mantel r {r:.3}, p {p:.3}, \
             triplets {triplets:.3}, clades {clades:.3} of the way from chance, staircase {stairs:.3?})"
        );
    }
    let clades = lift(&control);
    let (r, p) = (control.mantel.r.unwrap_or(1.0), control.mantel.p.unwrap_or(0.0));
    let triplets = control.triplets.agreement.unwrap_or(1.0);
    let lost = clades.abs() < 0.1;
    if r.abs() > 0.1 || p < 0.001 || (triplets - 1.0 / 3.0).abs() > 0.05 || !lost {
        bail!(
            "the demonstration failed: on the control, whose looks ignore the tree, the space must not follow it, and does \
             (Mantel r {r:.3}, p {p:.3}, triplets {triplets:.3}, clades {clades:.3} of the way from chance)"
        );
    }
    Ok(())
}

/// The three sentences to take away.
fn conclude(atlas: &Mistakes, control: &Mistakes, scores: &Scores, console: Console) -> anyhow::Result<()> {
    let percent = |share: f64| format!("{:.0} %", 100.0 * share);
    let rule = |name: &str| scores.whole.as_ref().ok().and_then(|whole| whole.decisions.rule(name));
    let false_answers =
        |name: &str| rule(name).and_then(|rule| rule.how_wrong.similarity.correct).map_or(0.0, |correct| 1.0 - correct);
    let unknown = "unknown".to_string();
    let family = rule("path").and_then(|path| path.accuracy.get(&Rank::Family).copied().flatten()).map_or(unknown, percent);
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
