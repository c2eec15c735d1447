//! `nearmiss classify`.

use crate::classify::classification::{Classification, Classified, Existing, LeakCheck, PhotographSource, View, shard_output};
use crate::classify::listener::{Listener, Progress};
use crate::encoder::EncoderOptions;
use crate::encoder::linear::LinearPath;
use nearmiss::commands::cli::{ActivationChoice, ClassifyArgs, Decode, Format, LinearChoice};
use nearmiss::commands::{Console, Ending, progress_bar};
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::photo::{Decoding, Orientation};
use nearmiss::runs::directory::TableFormat;
use nearmiss::runs::directory::record::Record;
use nearmiss::runs::directory::shard::Shard;
use nearmiss::runs::recipe::Activation;
use nearmiss::taxonomy::label_set::LabelChoice;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicBool;

/// Classifies photographs into a run directory.
///
/// # Errors
///
/// Whatever keeps the run from starting or ending: no photograph, no candidate, no model, ...
pub fn run(args: &ClassifyArgs, console: Console) -> anyhow::Result<Ending> {
    classified(&classification(args), console)
}

/// Classifies, and says what came out.
///
/// # Errors
///
/// As [`run`].
pub(super) fn classified(classification: &Classification, console: Console) -> anyhow::Result<Ending> {
    let output = classification.directory();
    let record = match classification.run(&console)? {
        Classified::Before(record) => {
            let images = counted(record.identity.images, "image", "images");
            console.say(format!("{}: already complete, {images}", output.display()))?;
            return Ok(ending(&record.counts));
        }
        Classified::Stopped => {
            console.warn(format!("stopped; the same command continues in {}", output.display()));
            return Ok(Ending::Interrupted);
        }
        Classified::Done(record) => record,
    };
    summarise(&record, &output, console)?;
    if let Some(shard) = classification.source.shard {
        let whole = &classification.output;
        let all = shard_output(whole, Shard { number: 0, ..shard }).display().to_string().replace("-0-of-", "-*-of-");
        console.say(format!("when all shards are there: nearmiss merge {all} -o {}", whole.display()))?;
    }
    Ok(ending(&record.counts))
}

impl Listener for Console {
    fn remark(&self, text: &str) {
        Console::remark(*self, text);
    }

    fn warn(&self, text: &str) {
        Console::warn(*self, text);
    }

    fn progress(&self, what: &'static str, total: usize) -> Progress<'_> {
        let bar = Cleared(progress_bar(total, what, *self));
        Box::new(move |done| bar.0.inc(done as u64))
    }

    fn stop(&self) -> Arc<AtomicBool> {
        super::interrupt::stop_on_interrupt(*self)
    }
}

/// A bar that goes away with its work.
struct Cleared(indicatif::ProgressBar);

impl Drop for Cleared {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn classification(args: &ClassifyArgs) -> Classification {
    let output = args.output.clone().unwrap_or_else(|| default_output(&args.model, &args.photos));
    let source = PhotographSource {
        photographs: args.photos.clone(),
        manifest: args.manifest.clone(),
        layout: args.layout,
        columns: args.column.clone(),
        split: args.split.clone(),
        leaks: if args.check_leaks { LeakCheck::Compared } else { LeakCheck::Without },
        shard: args.shard,
    };
    Classification {
        source,
        existing: if args.force { Existing::Replaced } else { Existing::Continued },
        labels: LabelChoice { rank: Some(args.rank), within: args.within.clone(), file: args.labels.clone() },
        recipe: args.recipe.clone(),
        names: args.names,
        encoder: EncoderOptions {
            device: args.device,
            precision: args.precision.precision(),
            activation: activation(args.activation),
            linear: linear(args.linear),
        },
        label_vectors: args.label_vectors,
        batch: usize::from(args.batch),
        embeddings: args.embeddings.clone(),
        top: usize::from(args.top),
        decoding: if args.decode == Decode::Scaled { Decoding::Scaled } else { Decoding::Exact },
        view: if args.crop { View::Boxes } else { View::Whole },
        orientation: if args.upright { Orientation::Upright } else { Orientation::AsStored },
        format: if args.format == Format::Csv { TableFormat::Csv } else { TableFormat::Parquet },
        command_line: nearmiss::commands::command_line(),
        ..Classification::of(vec![], &args.model, &args.taxonomy, &output)
    }
}

fn ending(counts: &BTreeMap<String, usize>) -> Ending {
    if counts.keys().all(|status| status == "ok") { Ending::Done } else { Ending::Skipped }
}

fn summarise(record: &Record, output: &Path, console: Console) -> std::io::Result<()> {
    let read = record.counts.get("ok").copied().unwrap_or(0);
    console.say(format!(
        "{read} of {} classified among {}",
        counted(record.identity.images, "photograph", "photographs"),
        counted(record.identity.labels, "candidate", "candidates")
    ))?;
    for (code, count) in record.counts.iter().filter(|(code, _)| *code != "ok") {
        let photographs = counted(*count, "photograph", "photographs");
        console.warn(format!("{photographs}: {code} (see the column 'error' of images)"));
    }
    if let Some(bytes) = peak_memory() {
        console.remark(format!("memory: {} MiB at most", bytes >> 20));
    }
    console.say(format!("run directory: {}", output.display()))?;
    console.say(format!("next: nearmiss report {}", output.display()))
}

/// Most memory that this process has had so far, in bytes; `None` where the system does not say.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?;
    Some(kibibytes.parse::<u64>().ok()? * 1024)
}

/// The non-linearity; `None` for the one that the model states.
fn activation(choice: ActivationChoice) -> Option<Activation> {
    match choice {
        ActivationChoice::Config => None,
        ActivationChoice::Gelu => Some(Activation::Gelu),
        ActivationChoice::QuickGelu => Some(Activation::QuickGelu),
    }
}

/// How linear layers are computed; `None` where the device decides.
fn linear(choice: LinearChoice) -> Option<LinearPath> {
    match choice {
        LinearChoice::Auto => None,
        LinearChoice::Product => Some(LinearPath::Product),
        LinearChoice::Convolution => Some(LinearPath::Convolution),
    }
}

fn default_output(model: &str, photos: &[PathBuf]) -> PathBuf {
    let last = |text: &str| text.trim_end_matches('/').rsplit('/').next().unwrap_or("run").to_string();
    let folder = photos.first().map_or_else(String::new, |path| format!("-{}", last(&path.to_string_lossy())));
    PathBuf::from("runs").join(last(model) + &folder)
}
