//! `nearmiss train` on frozen embeddings.

use nearmiss::commands::cli::TrainArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::numbers::counted::counted;
use nearmiss::spaces::probe::config::ProbeConfig;
use nearmiss::spaces::probe::probing::{Existing, Probed, Probing, Told};

/// Answers a run's images by others of it, into a new run directory.
///
/// # Errors
///
/// A run without embeddings, truths or the splits asked for; a support of fewer than two taxa.
pub fn run(config: ProbeConfig, args: &TrainArgs, console: Console) -> anyhow::Result<Ending> {
    let probing = Probing {
        existing: if args.force { Existing::Replaced } else { Existing::Continued },
        command_line: nearmiss::commands::command_line(),
        ..Probing::of(config, &args.output)
    };
    let told = |told: Told<'_>| match told {
        Told::Remark(text) => console.remark(text),
        Told::Warning(text) => console.warn(text),
    };
    let answered = match probing.run(&told)? {
        Probed::Before(record) => {
            let images = counted(record.identity.images, "image", "images");
            console.say(format!("{}: already complete, {images}", args.output.display()))?;
            return Ok(Ending::Done);
        }
        Probed::Done(answered) => answered,
    };
    let images = counted(answered.answers.len(), "image", "images");
    console.say(format!("{images} answered among {} taxa", answered.candidates.len()))?;
    console.say(format!("run directory: {}", args.output.display()))?;
    console.say(format!("next: nearmiss report {}", args.output.display()))?;
    Ok(if answered.without_embedding == 0 { Ending::Done } else { Ending::Skipped })
}
