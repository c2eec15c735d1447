//! `nearmiss classify`.

mod candidates;

use super::model::model_directory;
use super::{Console, Ending, progress_bar};
use crate::classify::{Pipeline, Truths, label_rank};
use crate::cli::{ClassifyArgs, Decode, Format};
use crate::dataset::{Column, Dataset, Layout, Leaks, ManifestOptions};
use crate::encoder::linear::LinearPath;
use crate::encoder::{Encoder, EncoderOptions};
use crate::label_set::{LabelChoice, LabelSet};
use crate::label_vectors::LabelPrecision;
use crate::output::staging::Staging;
use crate::photo::{Decoding, Orientation};
use crate::preprocess::{Preprocess, Resize};
use crate::prompt::NameFormat;
use crate::rank::Rank;
use crate::recipe::{Activation, Precision, Recipe};
use crate::run::columns::{self, KnownImages};
use crate::run::parts::{Opened, Parts};
use crate::run::record::{Identity, Record};
use crate::run::shard::Shard;
use crate::run::{TAXONOMY, TableFormat, write_whole};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::import::taxonomy_csv;
use anyhow::{Context, bail};
use candidates::Candidates;
use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

/// Above this many candidates one sentence per candidate is the default instead of 81.
const MANY_LABELS: usize = 1_000;

/// Classifies photographs into a run directory.
///
/// # Errors
///
/// Whatever keeps the run from starting or ending: no photograph, no candidate, no model, ...
pub fn run(args: &ClassifyArgs, console: Console) -> anyhow::Result<Ending> {
    let start = Instant::now();
    let mut dataset = dataset(args, console)?;
    let taxonomy = taxonomy(args, &dataset)?;
    let dataset_sha256 = photographs_sha256(&dataset);
    let shard = args.shard.as_deref().map(|text| take_shard(text, &mut dataset, args, console)).transpose()?;
    let labels = LabelSet::choose(&taxonomy, &label_choice(args)?)?;
    let truths = Truths::of(&taxonomy, &dataset);
    warn_about_truths(&taxonomy, &truths, console);
    let mut recipe = recipe(args, labels.taxa().len(), console)?;
    let label_precision: LabelPrecision = args.label_vectors.parse().context("--label-vectors")?;
    let directory = model_directory(&args.model, console)?;
    let options = EncoderOptions {
        device: args.device.parse()?,
        precision: one_of("--precision", &args.precision, Precision::parse, "auto, fp32 or bf16")?,
        activation: recipe.activation,
        linear: one_of("--linear", &args.linear, LinearPath::parse, "auto, product or convolution")?,
    };
    let encoder = Encoder::from_dir(&directory, &options).with_context(|| format!("cannot use the model '{}'", args.model))?;
    recipe.precision = encoder.precision();
    describe(&encoder, console);
    let files: BTreeMap<String, String> = encoder.fingerprint()?.into_iter().map(|file| (file.name, file.sha256)).collect();
    let preprocess = preprocess(&recipe, &encoder)?;
    let identity = identity(args, &taxonomy, &labels, (&dataset, dataset_sha256, shard), &recipe, (&encoder, files));
    let whole = args.output.clone().unwrap_or_else(|| default_output(&args.model, &args.photos));
    let output = shard.map_or_else(|| whole.clone(), |shard| shard_output(&whole, shard));
    let mut parts = match Parts::open(&output, &identity, args.force, &dataset.photographs)? {
        Opened::Complete(record) => {
            console.say(format!("{}: already complete, {} images", output.display(), record.identity.images))?;
            return Ok(ending(&record.counts));
        }
        Opened::Open(parts) => parts,
    };
    parts.notes().iter().for_each(|note| console.warn(note));
    if ["dataset", "labels"].contains(&args.taxonomy.as_str()) {
        write_whole(&output.join(TAXONOMY), &taxonomy_csv(&taxonomy)?)?;
    }
    let loaded = start.elapsed().as_secs_f64();
    let candidates = Candidates::of(&taxonomy, &labels, &recipe, (&encoder, &identity), label_precision, console)?;
    let embedded = start.elapsed().as_secs_f64();
    let known = args.embeddings.as_deref().map(|run| known_images(run, &identity, &dataset)).transpose()?;
    let pipeline = Pipeline {
        taxonomy: &taxonomy,
        labels: &labels,
        label_vectors: &candidates.vectors,
        preprocess: &preprocess,
        orientation: orientation(args),
        crop: args.crop,
        decoding: if args.decode == Decode::Scaled { Decoding::Scaled } else { Decoding::Exact },
        encoder: &encoder,
        known: known.as_ref(),
        batch: usize::from(args.batch),
        k: usize::from(args.top),
    };
    let bar = progress_bar(dataset.photographs.len(), "photographs", console);
    let finished = pipeline
        .run(&dataset, &truths, &mut parts, &super::interrupt::stop_on_interrupt(console), &|done| bar.inc(done as u64))?;
    bar.finish_and_clear();
    if !finished {
        console.warn(format!("stopped; the same command continues in {}", output.display()));
        return Ok(Ending::Interrupted);
    }
    let seconds = BTreeMap::from([
        ("load".to_string(), loaded),
        ("labels".to_string(), embedded - loaded),
        ("images".to_string(), start.elapsed().as_secs_f64() - embedded),
    ]);
    let record = Record {
        program: format!("nearmiss {}", env!("CARGO_PKG_VERSION")),
        command_line: std::env::args().collect(),
        identity,
        device: encoder.device_name(),
        counts: parts.statuses()?,
        truncated_labels: candidates.truncated.clone(),
        unusable_labels: candidates.unusable.clone(),
        logit_scale: Some(encoder.logit_scale().exp()),
        seconds,
        complete: true,
        files: BTreeMap::new(),
        photographs: None,
    };
    if record.counts.get("ok").copied().unwrap_or(0) == 0 {
        let codes: Vec<String> = record.counts.iter().map(|(code, count)| format!("{count} {code}")).collect();
        bail!("none of the {} photographs could be read ({}); nothing to classify", dataset.photographs.len(), codes.join(", "));
    }
    parts.finish(candidates.tables(&taxonomy, &labels), &record)?;
    summarise(&record, &output, console)?;
    if let Some(shard) = shard {
        let all = shard_output(&whole, Shard { number: 0, ..shard }).display().to_string().replace("-0-of-", "-*-of-");
        console.say(format!("when all shards are there: nearmiss merge {all} -o {}", whole.display()))?;
    }
    Ok(ending(&record.counts))
}

/// Says what the encoder is and how it computes.
fn describe(encoder: &Encoder, console: Console) {
    console.remark(format!(
        "model: {} on {}, {}, linear layers as {}",
        encoder.config().summary(),
        encoder.device_name(),
        encoder.precision().name(),
        encoder.linear().name()
    ));
    // Without a device of that make nobody expects CUDA, and nobody wants to hear why there is none.
    if let Some(note) = encoder.device_note().filter(|_| Path::new("/dev/nvidia0").exists()) {
        console.remark(format!("  {note}"));
    }
    if !encoder.extras().is_empty() {
        console.remark(format!("  tensors known and not needed: {}", encoder.extras().join(", ")));
    }
}

/// What another run has seen, if it saw the same photographs through the same model.
fn known_images(run: &Path, identity: &Identity, dataset: &Dataset) -> anyhow::Result<KnownImages> {
    let other = Record::read(run).with_context(|| format!("--embeddings {}", run.display()))?;
    if let Err((name, fault)) = other.check_files(run) {
        bail!("--embeddings {}: {name} is not the table that the run wrote ({fault}); make that run again first", run.display());
    }
    let theirs = &other.identity;
    let part = |identity: &Identity, name: &str| identity.recipe.get(name).cloned().unwrap_or_default();
    let differs = if theirs.model_files != identity.model_files {
        Some("model")
    } else if theirs.dataset_sha256 != identity.dataset_sha256 {
        Some("photographs")
    } else {
        let parts = ["preprocess", "precision", "activation", "orientation", "crop", "decode"];
        parts.into_iter().find(|name| part(theirs, name) != part(identity, name))
    };
    if let Some(what) = differs {
        bail!("--embeddings {}: that run differs in its {what}; its vectors are others", run.display());
    }
    let table = run.join("images.parquet");
    let known = columns::known_images(&table).with_context(|| format!("{}: cannot use its vectors again", table.display()))?;
    let seen = |image: &str| known.get(image).and_then(|known| known.sha256.clone());
    if let Some(changed) = other.changes(&dataset.photographs, seen) {
        bail!("--embeddings {}: {changed}; make that run again first", run.display());
    }
    Ok(known)
}

fn ending(counts: &BTreeMap<String, usize>) -> Ending {
    if counts.keys().all(|status| status == "ok") { Ending::Done } else { Ending::Skipped }
}

fn summarise(record: &Record, output: &Path, console: Console) -> std::io::Result<()> {
    let read = record.counts.get("ok").copied().unwrap_or(0);
    console.say(format!(
        "{read} of {} photographs classified among {} candidates",
        record.identity.images, record.identity.labels
    ))?;
    for (code, count) in record.counts.iter().filter(|(code, _)| *code != "ok") {
        console.warn(format!("{count} photographs: {code} (see the column 'error' of images)"));
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

fn label_choice(args: &ClassifyArgs) -> anyhow::Result<LabelChoice> {
    let Some(rank) = Rank::from_name(&args.rank) else {
        bail!(
            "--rank '{}' is no rank; give species, genus, family, order, class, phylum, kingdom, subspecies, variety, ...",
            args.rank
        );
    };
    Ok(LabelChoice { rank: Some(rank), within: args.within.clone(), file: args.labels.clone() })
}

fn taxonomy(args: &ClassifyArgs, dataset: &Dataset) -> anyhow::Result<Taxonomy> {
    let own = match args.taxonomy.as_str() {
        "dataset" => dataset.taxonomy().context("--taxonomy dataset")?,
        "labels" => dataset.label_taxonomy().context("--taxonomy labels")?,
        name => return Ok(Taxonomy::named(name)?),
    };
    // The run keeps it in a file, and what is read back from that is what counts.
    let folder = Staging::new_in(&std::env::temp_dir(), "classify").context("cannot make a temporary folder")?;
    let file = folder.path().join(TAXONOMY);
    std::fs::write(&file, taxonomy_csv(&own)?).context("cannot write a temporary file")?;
    Ok(Taxonomy::from_path(&file)?)
}

fn dataset(args: &ClassifyArgs, console: Console) -> anyhow::Result<Dataset> {
    let layout = match &args.layout {
        None => None,
        Some(word) => match Layout::parse(word) {
            Some(layout) => Some(layout),
            None => bail!("--layout '{word}' is not one of {}", Layout::words()),
        },
    };
    let columns = args.column.iter().map(|text| column(text)).collect::<anyhow::Result<Vec<_>>>()?;
    let mut dataset = match (&args.manifest, &args.photos[..]) {
        (Some(manifest), photos) => {
            Dataset::from_manifest(manifest, &ManifestOptions { root: photos.first().cloned(), columns })?
        }
        (None, [only]) if layout.is_some() || only.is_dir() || Layout::of(only) != Layout::ClassFolders => {
            Dataset::open(only, layout, &ManifestOptions { root: None, columns })?
        }
        (None, photos) => Dataset::from_paths(photos)?,
    };
    if args.check_leaks {
        let leaks = Leaks::of(&dataset);
        leaks.sentences().iter().for_each(|sentence| console.warn(sentence));
        if leaks.sentences().is_empty() {
            console.remark(format!("no leak: {} photographs compared by observation and by bytes", dataset.photographs.len()));
        }
    }
    if let Some(split) = &args.split {
        dataset = dataset.select(split)?;
    }
    for note in &dataset.notes {
        console.remark(note);
    }
    for (kind, count) in &dataset.passed_over {
        console.remark(format!("passed over: {count} × {kind}"));
    }
    let licences = dataset.licences();
    if licences.len() > 1 || !licences.contains_key("none") {
        let shown: Vec<String> = licences.iter().map(|(licence, count)| format!("{licence} ({count})")).collect();
        console.remark(format!("licences: {}", shown.join(", ")));
    }
    console.remark(format!("photographs: {} in {}", dataset.photographs.len(), dataset.root.display()));
    Ok(dataset)
}

/// `COLUMN=CONTENT`.
fn column(text: &str) -> anyhow::Result<(String, Column)> {
    let pair = text.split_once('=').and_then(|(name, content)| Some((name.to_string(), Column::parse(content)?)));
    pair.with_context(|| {
        format!("--column '{text}' is not COLUMN=CONTENT; contents are image, label, taxon_id, observation, split or a rank")
    })
}

fn warn_about_truths(taxonomy: &Taxonomy, truths: &Truths, console: Console) {
    for (name, count) in &truths.as_species {
        console.remark(format!("truth '{name}' ({count} photographs) is read as its species, the taxonomy has nothing below"));
    }
    for (names, what) in
        [(&truths.unknown, "is not in the taxonomy"), (&truths.ambiguous, "stands for several taxa of the taxonomy")]
    {
        for (name, count) in names.iter().take(5) {
            let suggestion = if names == &truths.unknown { taxonomy.suggestion(name) } else { "; give a lineage".to_string() };
            console.warn(format!("truth '{name}' ({count} photographs) {what}{suggestion}"));
        }
        if names.len() > 5 {
            console.warn(format!("{} more names of truths: {what}", names.len() - 5));
        }
    }
}

fn recipe(args: &ClassifyArgs, labels: usize, console: Console) -> anyhow::Result<Recipe> {
    let name = match &args.recipe {
        Some(name) => name.as_str(),
        None if labels > MANY_LABELS => "single",
        None => "bioclip",
    };
    let known: Vec<String> = Recipe::built_in().iter().map(|recipe| recipe.name.clone()).collect();
    let Some(mut recipe) = Recipe::find(name) else { bail!("--recipe '{name}' is not one of {}", known.join(", ")) };
    if let Some(names) = &args.names {
        let Some(format) = NameFormat::parse(names) else {
            bail!("--names '{names}' is not one of sci, com, taxon, sci_com, taxon_com, asis");
        };
        recipe.name_format = format;
    }
    recipe.activation = match args.activation.as_str() {
        "config" => None,
        name => match Activation::parse(name) {
            Some(activation) => Some(activation),
            None => bail!("--activation '{name}' is not config, gelu or quickgelu"),
        },
    };
    console.remark(format!(
        "recipe: {} ({}, {} templates, names as {}), {labels} candidates",
        recipe.name,
        recipe.preprocess,
        recipe.templates.name(),
        recipe.name_format
    ));
    Ok(recipe)
}

/// What a word stands for; `None` for `auto`.
fn one_of<T>(flag: &str, word: &str, parse: impl Fn(&str) -> Option<T>, words: &str) -> anyhow::Result<Option<T>> {
    match word {
        "auto" => Ok(None),
        _ => parse(word).map(Some).with_context(|| format!("{flag} '{word}' is not {words}")),
    }
}

fn preprocess(recipe: &Recipe, encoder: &Encoder) -> anyhow::Result<Preprocess> {
    let resize = if recipe.preprocess == "squash" { Resize::SquashBilinearFloat } else { Resize::ShortestBicubic8 };
    let config = encoder.config();
    Ok(Preprocess { resize, size: u32::try_from(config.vision.image_size)?, mean: config.mean, std: config.std })
}

fn orientation(args: &ClassifyArgs) -> Orientation {
    if args.upright { Orientation::Upright } else { Orientation::AsStored }
}

fn default_output(model: &str, photos: &[PathBuf]) -> PathBuf {
    let last = |text: &str| text.trim_end_matches('/').rsplit('/').next().unwrap_or("run").to_string();
    let folder = photos.first().map_or_else(String::new, |path| format!("-{}", last(&path.to_string_lossy())));
    PathBuf::from("runs").join(last(model) + &folder)
}

fn identity(
    args: &ClassifyArgs,
    taxonomy: &Taxonomy,
    labels: &LabelSet,
    (dataset, dataset_sha256, shard): (&Dataset, String, Option<Shard>),
    recipe: &Recipe,
    (encoder, model_files): (&Encoder, BTreeMap<String, String>),
) -> Identity {
    let mut parts: BTreeMap<String, String> = BTreeMap::from([
        ("name".to_string(), recipe.name.clone()),
        ("preprocess".to_string(), recipe.preprocess.clone()),
        ("templates".to_string(), recipe.templates.name().to_string()),
        ("name_format".to_string(), recipe.name_format.to_string()),
        ("precision".to_string(), recipe.precision.name().to_string()),
        ("activation".to_string(), encoder.config().activation.name().to_string()),
    ]);
    if args.crop {
        parts.insert("crop".to_string(), "boxes".to_string());
    }
    if args.decode == Decode::Scaled {
        parts.insert("decode".to_string(), "scaled".to_string());
    }
    if args.label_vectors != LabelPrecision::default().name() {
        parts.insert("label_vectors".to_string(), args.label_vectors.clone());
    }
    parts.insert("orientation".to_string(), if args.upright { "upright" } else { "as stored" }.to_string());
    Identity {
        model: args.model.clone(),
        model_files,
        architecture: encoder.config().summary(),
        recipe: parts,
        taxonomy: args.taxonomy.clone(),
        taxonomy_sha256: taxonomy.fingerprint(),
        labels: labels.taxa().len(),
        label_rank: label_rank(taxonomy, labels).to_string(),
        labels_sha256: labels.fingerprint(taxonomy),
        dataset: dataset.root.display().to_string(),
        images: dataset.photographs.len(),
        dataset_sha256,
        k: usize::from(args.top),
        batch: usize::from(args.batch),
        format: if args.format == Format::Csv { TableFormat::Csv } else { TableFormat::Parquet },
        shard,
    }
}

/// SHA-256 of everything that the data set says about its photographs.
fn photographs_sha256(dataset: &Dataset) -> String {
    let photographs: Vec<String> = dataset.photographs.iter().map(|photograph| format!("{photograph:?}\n")).collect();
    crate::sha256::hex(photographs.iter().map(String::as_bytes))
}

/// Keeps the photographs of a shard.
fn take_shard(text: &str, dataset: &mut Dataset, args: &ClassifyArgs, console: Console) -> anyhow::Result<Shard> {
    let images = dataset.photographs.len();
    let shard = Shard { images, ..Shard::parse(text, |name| std::env::var(name).ok())? };
    let range = shard.range(images, usize::from(args.batch));
    if range.is_empty() {
        bail!(
            "--shard {shard}: nothing is left for it, the {images} photographs make too few batches of {}; use fewer shards",
            args.batch
        );
    }
    console.remark(format!("shard {shard}: photographs {} to {} of {images}", range.start + 1, range.end));
    dataset.photographs = dataset.photographs.drain(range).collect();
    Ok(shard)
}

/// The run directory of a shard: that of the whole run, with the shard's number.
fn shard_output(whole: &Path, shard: Shard) -> PathBuf {
    let mut name = whole.file_name().unwrap_or_default().to_os_string();
    name.push(format!("-{}-of-{}", shard.number, shard.of));
    whole.with_file_name(name)
}
