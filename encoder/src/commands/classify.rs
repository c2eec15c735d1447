//! `nearmiss classify`.

use super::shards_beside::refuse_other_shards;
use crate::classify::classification::{
    Cause, Classification, Classified, Existing, LeakCheck, LeftOut, PhotographSource, PreprocessChoice, Stopped, TilePool,
    Tiles, View, shard_output,
};
use crate::classify::listener::{Listener, Progress};
use crate::encoder::EncoderOptions;
use crate::encoder::linear::LinearPath;
use nearmiss::commands::cli::{
    ActivationChoice, ClassifyArgs, Decode, Format, LeftOutChoice, LinearChoice, TilePoolChoice, TimeLeft,
};
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
    // The time runs from here on, and a signal has its exit code while the model is loaded, too.
    let deadline = args.time_left.and_then(TimeLeft::deadline);
    super::interrupt::end_on_signals(args.stopped_code, console);
    let classification = Classification { deadline, ..classification(args) };
    if let Some(shard) = args.shard.filter(|shard| shard.is_told) {
        refuse_other_shards(&classification.output, shard.shard)?;
    }
    classified(&classification, console)
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
        Classified::Stopped(stopped) => {
            console.warn(format!("{}; the same command continues in {}", sentence(stopped), output.display()));
            return Ok(super::interrupt::ending());
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

/// What is kept of a classification that was stopped.
fn sentence(stopped: Stopped) -> String {
    let Stopped { cause, kept, new, images } = stopped;
    let photographs = counted(images, "photograph", "photographs");
    let kept = format!("{kept} of {photographs} {} kept", if kept == 1 { "is" } else { "are" });
    match cause {
        Cause::Asked => format!("stopped: {kept}"),
        Cause::Time if new > 0 => format!("stopped before the time is up: {kept}"),
        Cause::Time => format!("stopped before the time is up, which was too short for another batch: {kept}"),
    }
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
        shard: args.shard.map(|choice| choice.shard),
    };
    Classification {
        source,
        existing: if args.force { Existing::Replaced } else { Existing::Continued },
        labels: LabelChoice { rank: Some(args.rank), within: args.within.clone(), file: args.labels.clone() },
        classes: args.classes.clone(),
        left_out: if args.left_out == LeftOutChoice::Keep { LeftOut::Kept } else { LeftOut::Dropped },
        recipe: args.recipe.clone(),
        names: args.names,
        preprocess: args.preprocess.as_deref().map(PreprocessChoice::parse),
        scores: args.scores,
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
        tiles: tiles(args),
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
    let photographs = counted(record.identity.images, "photograph", "photographs");
    console.say(if record.identity.has_answers() {
        let candidates = counted(record.identity.labels, "candidate", "candidates");
        format!("{read} of {photographs} classified among {candidates}")
    } else {
        format!("{read} of {photographs} embedded; the model names no taxon, and nothing is answered")
    })?;
    for (code, count) in record.counts.iter().filter(|(code, _)| *code != "ok") {
        let photographs = counted(*count, "photograph", "photographs");
        console.warn(format!("{photographs}: {code} (see the column 'error' of images)"));
    }
    if let Some(bytes) = peak_memory() {
        console.remark(format!("memory: {} MiB at most", bytes >> 20));
    }
    console.say(format!("run directory: {}", output.display()))?;
    console.say(next(record, &output.display().to_string()))
}

/// What can be done with the run.
fn next(record: &Record, run: &str) -> String {
    if record.identity.has_answers() {
        return format!("next: nearmiss report {run}");
    }
    format!(
        "next: nearmiss latent {run}, nearmiss retrieve {run}, or nearmiss train PROBE.toml -o NAME with a table [probe] whose run \
         is '{run}': a probe answers, and its run has a report"
    )
}

/// Most memory that this process has had so far, in bytes; `None` where the system does not say.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let kibibytes = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?.trim().strip_suffix(" kB")?;
    Some(kibibytes.parse::<u64>().ok()? * 1024)
}

/// How photographs are cut; an overlap was looked at when it was read.
fn tiles(args: &ClassifyArgs) -> Option<Tiles> {
    let grid = args.tiles?;
    let grid = args.tile_overlap.and_then(|overlap| grid.with_overlap(overlap).ok()).unwrap_or(grid);
    let pool = match args.tile_pool {
        Some(TilePoolChoice::Max) => TilePool::Max,
        Some(TilePoolChoice::Mean) => TilePool::Mean,
        None => TilePool::default(),
    };
    Some(Tiles { grid, pool })
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
