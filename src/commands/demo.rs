//! `nearmiss demo`: the main job on what is at hand, without a download.

use super::{Console, Ending};
use crate::cli::{Cli, Command, DemoArgs};
use crate::rank::Rank;
use crate::seeded_model::SeededModel;
use crate::taxonomy::Taxonomy;
use anyhow::Context;
use clap::Parser;
use image::{Rgb, RgbImage};
use rand::RngExt;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::path::{Path, PathBuf};

/// Real photographs and predictions that a checkout may have beside it.
const REAL: &str = "../shared/real";

/// Classifies and scores what is at hand and says where the pages lie.
///
/// # Errors
///
/// Whatever the commands it runs report.
pub fn run(args: &DemoArgs, console: Console) -> anyhow::Result<Ending> {
    let real = Path::new(REAL);
    let model = args.output.join("model");
    SeededModel::SMALL.write(&model, 1).with_context(|| format!("{}: cannot write the model", model.display()))?;
    console.remark("model: CLIP with seeded random weights; it has learnt nothing, so it guesses");
    let scene =
        if real.join("photos_free").is_dir() { Scene::real(real) } else { Scene::drawn(&args.output.join("photographs"))? };
    let run = args.output.join("run");
    let report = args.output.join("report");
    let mut ending = step(&scene.classify(&model, &run), console)?;
    ending = worse(ending, step(&words(&["report", &text(&run), "-o", &text(&report), "--force"]), console)?);
    let table = real.join("preds_beetleverse/puum_bioclip_zeroshot_species.csv");
    let mut pages = vec![report];
    if table.is_file() {
        let beetles = args.output.join("beetles");
        let clade = "Animalia;Arthropoda;Insecta;Coleoptera;Carabidae";
        let command = words(&["report", &text(&table), "--clade", clade, "-o", &text(&beetles), "--force"]);
        ending = worse(ending, step(&command, console)?);
        pages.push(beetles);
    }
    console.say("")?;
    console.say("What this showed:")?;
    console
        .say("  1. photographs → run directory: `nearmiss classify` (the model here is random, so its answers are at chance);")?;
    console.say("  2. run or table → accuracy at every rank and how far each mistake is: `nearmiss report`;")?;
    console.say("  3. every image is accounted for: unreadable, without truth, outside the taxonomy, scored.")?;
    for page in pages {
        console.say(format!("open {}", page.join("index.html").display()))?;
    }
    // Unreadable or unknown things are part of what the demonstration shows.
    Ok(if ending == Ending::Skipped { Ending::Done } else { ending })
}

fn worse(a: Ending, b: Ending) -> Ending {
    if a.code() >= b.code() { a } else { b }
}

fn text(path: &Path) -> String {
    path.display().to_string()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(ToString::to_string).collect()
}

/// Runs one command as a user would type it, and shows it.
fn step(command: &[String], console: Console) -> anyhow::Result<Ending> {
    let shown: Vec<String> =
        command.iter().map(|word| if word.contains([' ', ';']) { format!("'{word}'") } else { word.clone() }).collect();
    console.say(format!("$ nearmiss {}", shown.join(" ")))?;
    let cli = Cli::try_parse_from(std::iter::once("nearmiss".to_string()).chain(command.iter().cloned()))?;
    match cli.command {
        Command::Classify(args) => super::classify::run(&args, console),
        Command::Report(args) => super::report::run(&args, console),
        _ => anyhow::bail!("the demonstration runs classify and report only"),
    }
}

/// Photographs and the taxonomy they are asked about.
struct Scene {
    photographs: PathBuf,
    taxonomy: String,
    within: Option<&'static str>,
}

impl Scene {
    fn real(real: &Path) -> Scene {
        let taxonomy = text(&real.join("taxonomy/inat2021_categories.csv"));
        Scene { photographs: real.join("photos_free"), taxonomy, within: Some("Mammalia") }
    }

    fn drawn(folder: &Path) -> anyhow::Result<Scene> {
        let taxonomy = Taxonomy::named("pollinators-france")?;
        for (number, taxon) in taxonomy.taxa_of_rank(Rank::Species).step_by(10).enumerate() {
            let class = folder.join(taxonomy.name(taxon).replace(' ', "_"));
            std::fs::create_dir_all(&class).with_context(|| format!("{}: cannot create", class.display()))?;
            for picture in 0..2 {
                let path = class.join(format!("{picture}.png"));
                draw(number as u64, picture).save(&path).with_context(|| format!("{}: cannot write", path.display()))?;
            }
        }
        Ok(Scene { photographs: folder.to_path_buf(), taxonomy: "pollinators-france".to_string(), within: None })
    }

    fn classify(&self, model: &Path, run: &Path) -> Vec<String> {
        let mut command = words(&["classify", &text(&self.photographs), "--model", &text(model), "--taxonomy", &self.taxonomy]);
        if let Some(clade) = self.within {
            command.extend(words(&["--within", clade]));
        }
        command.extend(words(&["--recipe", "single", "-o", &text(run), "--force"]));
        command
    }
}

/// A coloured blot on a plain ground: enough to be a picture, nothing to be recognised.
fn draw(species: u64, picture: u64) -> RgbImage {
    let mut colours = ChaCha8Rng::seed_from_u64(species);
    let [ground, body] = [(); 2].map(|()| Rgb([(); 3].map(|()| colours.random_range(40..220_u8))));
    let mut place = ChaCha8Rng::seed_from_u64(1_000 * (species + 1) + picture);
    let (x, y, radius) = (place.random_range(70..130_i64), place.random_range(70..130_i64), place.random_range(25..60_i64));
    RgbImage::from_fn(200, 160, |column, row| {
        let (dx, dy) = (i64::from(column) - x, i64::from(row) - y);
        if dx * dx + 2 * dy * dy < radius * radius { body } else { ground }
    })
}
