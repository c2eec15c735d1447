//! `nearmiss train` on frozen embeddings.

use anyhow::{Context, bail};
use nearmiss::answers::distribution::run_vectors;
use nearmiss::answers::distribution::vectors::Vectors;
use nearmiss::answers::table::read_run;
use nearmiss::answers::{Answers, Truth};
use nearmiss::commands::cli::TrainArgs;
use nearmiss::commands::{Console, Ending};
use nearmiss::runs::directory::TableFormat;
use nearmiss::runs::directory::columns::{self, ImageRow};
use nearmiss::runs::directory::parts::{Opened, Parts};
use nearmiss::runs::directory::record::{Identity, Record};
use nearmiss::runs::zero_shot::{ImageAnswers, RankGroups};
use nearmiss::spaces::probe::config::{Method, ProbeConfig};
use nearmiss::spaces::probe::{Scores, Support, logistic, nearest, ridge, simple_shot, tip_adapter};
use nearmiss::taxonomy::{TaxonId, Taxonomy};
use rand::seq::SliceRandom;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::SeedableRng;
use std::collections::BTreeMap;
use std::path::Path;

/// Answers kept per image and rank.
const K: usize = 5;

/// Answers a run's images by others of it, into a new run directory.
///
/// # Errors
///
/// A run without embeddings, truths or the splits asked for; a support of fewer than two taxa.
pub fn run(config: &ProbeConfig, args: &TrainArgs, console: Console) -> anyhow::Result<Ending> {
    let record = Record::read(&config.run)?;
    let taxonomy = taxonomy(config, &record)?;
    let tables = read_run(&config.run, Some(&taxonomy))?;
    let Some(answers) = tables.runs.into_iter().next() else { bail!("{}: the run holds no answers", config.run.display()) };
    let read = run_vectors::read(&config.run).with_context(|| format!("{}: no embeddings to probe", config.run.display()))?;
    let vectors = &read.vectors;
    let split = Split::of(config, &answers, vectors)?;
    let (support, classes) = support(&split, &answers, vectors)?;
    let queries: Vec<Vec<f64>> = split.queries.iter().map(|&image| wide(vectors.image(image))).collect();
    console.remark(format!(
        "{} labelled images of {} taxa; {} images to answer, {} of them without an embedding",
        support.vectors.len(),
        support.count,
        split.queries.len() + split.unreadable.len(),
        split.unreadable.len()
    ));
    let texts: Vec<Vec<f64>> = match config.method {
        Method::TipAdapter { .. } => texts(&taxonomy, &classes, &read.candidates, vectors)?,
        _ => vec![],
    };
    let scores = scores(config.method, &support, &queries, &texts, vectors.scale())?;
    let probe =
        Probe { config, record: &record, taxonomy: &taxonomy, answers: &answers, split: &split, classes: &classes, vectors };
    let identity = probe.identity()?;
    let parts = match Parts::open(&args.output, &identity, args.force, &[])? {
        Opened::Complete(record) => {
            console.say(format!("{}: already complete, {} images", args.output.display(), record.identity.images))?;
            return Ok(Ending::Done);
        }
        Opened::Open(parts) => parts,
    };
    parts.notes().iter().for_each(|note| console.warn(note));
    probe.write(parts, identity, &scores)?;
    console.say(format!("{} images answered among {} taxa", split.queries.len(), classes.len()))?;
    console.say(format!("run directory: {}", args.output.display()))?;
    console.say(format!("next: nearmiss report {}", args.output.display()))?;
    Ok(if split.unreadable.is_empty() { Ending::Done } else { Ending::Skipped })
}

/// What is probed with what: all that the new run tells of itself.
struct Probe<'a> {
    config: &'a ProbeConfig,
    /// The record of the run that is probed.
    record: &'a Record,
    taxonomy: &'a Taxonomy,
    answers: &'a Answers,
    split: &'a Split,
    classes: &'a [TaxonId],
    vectors: &'a Vectors,
}

impl Probe<'_> {
    fn identity(&self) -> anyhow::Result<Identity> {
        let Probe { config, record, taxonomy, answers, split, classes, .. } = self;
        let names: Vec<String> = classes.iter().map(|&taxon| taxonomy.identity(taxon)).collect();
        let images: Vec<&str> =
            split.queries.iter().chain(&split.unreadable).map(|&image| answers.images[image].as_str()).collect();
        let ranks: std::collections::BTreeSet<&str> = classes.iter().map(|&taxon| taxonomy.rank(taxon).name()).collect();
        let sha =
            |names: &[&str]| nearmiss::files::sha256::hex(names.iter().flat_map(|name| [name.as_bytes(), b"\n".as_slice()]));
        let rank = if ranks.len() == 1 { ranks.iter().next().copied().unwrap_or("label") } else { "label" };
        let from = Path::new(&config.run).display().to_string();
        Ok(Identity {
            recipe: BTreeMap::from([("probe".to_string(), serde_json::to_string(config)?), ("embeddings".to_string(), from)]),
            taxonomy: config.taxonomy.clone().unwrap_or_else(|| record.identity.taxonomy.clone()),
            taxonomy_sha256: taxonomy.fingerprint(),
            labels: classes.len(),
            label_rank: rank.to_string(),
            labels_sha256: sha(&names.iter().map(String::as_str).collect::<Vec<_>>()),
            images: images.len(),
            dataset_sha256: sha(&images),
            k: K,
            format: TableFormat::Csv,
            ..record.identity.clone()
        })
    }

    /// The answers to the queries, from their scores.
    fn answered(&self, scores: &[Scores]) -> Vec<(String, ImageAnswers)> {
        let groups = RankGroups::new(self.taxonomy, self.classes, vec![true; self.classes.len()]);
        let answer = |(&image, scores): (&usize, &Scores)| {
            let logits: Vec<f32> = scores.iter().map(|&score| narrow(score)).collect();
            (self.answers.images[image].clone(), groups.answer(&logits, K))
        };
        self.split.queries.iter().zip(scores).map(answer).collect()
    }

    /// Writes the run: it is written in one piece, or not yet.
    fn write(&self, mut parts: Parts, identity: Identity, scores: &[Scores]) -> anyhow::Result<()> {
        let (rows, width) = (self.split.rows(self.answers), self.vectors.width());
        let mut predictions = columns::predictions(self.taxonomy, &identity.label_rank, &self.answered(scores))?;
        let mut images = columns::images(self.taxonomy, &rows, width)?;
        if !parts.missing(rows.len()).is_empty() {
            parts.write(0..rows.len(), &mut predictions, &mut images, vec![])?;
        }
        let nothing = vec![0.0; self.classes.len() * width];
        let labels = columns::labels(self.taxonomy, self.classes, 0, &nothing, width);
        let finished = Record {
            program: format!("nearmiss {}", env!("CARGO_PKG_VERSION")),
            command_line: std::env::args().collect(),
            identity,
            device: "cpu".to_string(),
            counts: parts.statuses()?,
            truncated_labels: vec![],
            unusable_labels: vec![],
            logit_scale: None,
            seconds: BTreeMap::new(),
            complete: true,
            files: BTreeMap::new(),
            photographs: None,
        };
        Ok(parts.finish(std::iter::once(labels), &finished)?)
    }
}

fn taxonomy(config: &ProbeConfig, record: &Record) -> anyhow::Result<Taxonomy> {
    let name = config.taxonomy.as_deref().unwrap_or(&record.identity.taxonomy);
    let taxonomy = Taxonomy::named(name)?;
    if config.taxonomy.is_none() && taxonomy.fingerprint() != record.identity.taxonomy_sha256 {
        bail!("{name}: the taxonomy of the run has changed since; name the one to use with probe.taxonomy");
    }
    Ok(taxonomy)
}

/// Which images are labelled, which are answered, and which cannot be.
struct Split {
    labelled: Vec<usize>,
    queries: Vec<usize>,
    unreadable: Vec<usize>,
}

impl Split {
    fn of(config: &ProbeConfig, answers: &Answers, vectors: &Vectors) -> anyhow::Result<Split> {
        let taxon = |image: usize| if let Truth::Taxon(taxon) = answers.truths[image] { Some(taxon) } else { None };
        let (seen, blind): (Vec<usize>, Vec<usize>) =
            (0..answers.images.len()).partition(|&image| vectors.image(image).is_some());
        if let Some(shots) = config.shots {
            let mut by_class: BTreeMap<TaxonId, Vec<usize>> = BTreeMap::new();
            for &image in &seen {
                by_class.entry(taxon(image).unwrap_or(TaxonId::ROOT)).or_default().push(image);
            }
            let unnamed = by_class.remove(&TaxonId::ROOT).unwrap_or_default();
            let mut random = ChaCha8Rng::seed_from_u64(config.fold);
            let (mut labelled, mut queries) = (vec![], unnamed);
            for images in by_class.values_mut() {
                images.shuffle(&mut random);
                let rest = images.split_off(shots.min(images.len()));
                labelled.append(images);
                queries.extend(rest);
            }
            queries.sort_unstable();
            return Ok(Split { labelled, queries, unreadable: blind });
        }
        let Some(splits) = &answers.splits else {
            bail!("{}: the run has no splits; give probe.shots, or classify with a manifest that has them", config.run.display());
        };
        let of = |name: &str, images: &[usize]| -> Vec<usize> {
            images.iter().copied().filter(|&image| splits[image].eq_ignore_ascii_case(name)).collect()
        };
        let labelled: Vec<usize> = of(&config.support, &seen).into_iter().filter(|&image| taxon(image).is_some()).collect();
        let (queries, unreadable) = (of(&config.queries, &seen), of(&config.queries, &blind));
        for (what, name, images) in [("support", &config.support, &labelled), ("queries", &config.queries, &queries)] {
            if images.is_empty() {
                let mut known: Vec<&String> = splits.iter().collect();
                known.sort_unstable();
                known.dedup();
                bail!("{}: no image of the split '{name}' for the {what}; splits: {known:?}", config.run.display());
            }
        }
        if let Some(observations) = &answers.observations {
            let of_support: std::collections::BTreeSet<&String> = labelled.iter().map(|&image| &observations[image]).collect();
            let leaks = queries.iter().filter(|&&image| of_support.contains(&observations[image])).count();
            if leaks > 0 {
                bail!(
                    "{leaks} images to answer show an observation of the support: the answers would flatter; split by observation"
                );
            }
        }
        Ok(Split { labelled, queries, unreadable })
    }

    /// Rows of the images to answer, in the order of the run.
    fn rows(&self, answers: &Answers) -> Vec<ImageRow> {
        let mut images: Vec<usize> = self.queries.iter().chain(&self.unreadable).copied().collect();
        images.sort_unstable();
        let row = |image: usize| {
            let truth = if let Truth::Taxon(taxon) = answers.truths[image] { Some(taxon) } else { None };
            let status = answers.unreadable.get(&image).cloned();
            ImageRow {
                image: answers.images[image].clone(),
                truth,
                observation: answers.observations.as_ref().map(|names| names[image].clone()),
                split: answers.splits.as_ref().map(|splits| splits[image].clone()),
                status: status
                    .unwrap_or_else(|| if self.unreadable.contains(&image) { "no_embedding" } else { "ok" }.to_string()),
                ..ImageRow::default()
            }
        };
        images.into_iter().map(row).collect()
    }
}

fn support(split: &Split, answers: &Answers, vectors: &Vectors) -> anyhow::Result<(Support, Vec<TaxonId>)> {
    let taxon = |&image: &usize| if let Truth::Taxon(taxon) = answers.truths[image] { taxon } else { TaxonId::ROOT };
    let mut classes: Vec<TaxonId> = split.labelled.iter().map(taxon).collect();
    classes.sort_unstable();
    classes.dedup();
    if classes.len() < 2 {
        bail!("the labelled images show {} taxa; a probe takes at least 2", classes.len());
    }
    let place: BTreeMap<TaxonId, usize> = classes.iter().enumerate().map(|(place, taxon)| (*taxon, place)).collect();
    let support = Support {
        vectors: split.labelled.iter().map(|&image| wide(vectors.image(image))).collect(),
        classes: split.labelled.iter().map(|image| place[&taxon(image)]).collect(),
        count: classes.len(),
    };
    Ok((support, classes))
}

fn texts(taxonomy: &Taxonomy, classes: &[TaxonId], candidates: &[String], vectors: &Vectors) -> anyhow::Result<Vec<Vec<f64>>> {
    let text = |&taxon: &TaxonId| {
        let identity = taxonomy.identity(taxon);
        let place = candidates.iter().position(|candidate| *candidate == identity);
        let vector = place.and_then(|place| vectors.label(place));
        let name = taxonomy.name(taxon);
        vector
            .map(|vector| wide(Some(vector)))
            .with_context(|| format!("'{name}' was no candidate of the run: it has no text to adapt"))
    };
    classes.iter().map(text).collect()
}

fn scores(
    method: Method,
    support: &Support,
    queries: &[Vec<f64>],
    texts: &[Vec<f64>],
    scale: f64,
) -> anyhow::Result<Vec<Scores>> {
    Ok(match method {
        Method::SimpleShot => simple_shot::scores(support, queries),
        Method::Nearest { k } => {
            let shares = nearest::scores(support, queries, k);
            // Their softmax are the shares again.
            shares.into_iter().map(|shares| shares.into_iter().map(|share| share.max(1e-30).ln()).collect()).collect()
        }
        Method::Ridge { alpha } => {
            ridge::fit(support, alpha).context("the embeddings of the support are not finite")?.scores(queries)
        }
        Method::Logistic { c } => logistic::fit(support, c).scores(queries),
        Method::TipAdapter { alpha, beta } => {
            tip_adapter::scores(support, texts, queries, tip_adapter::Weights { scale, alpha, beta })
        }
    })
}

fn wide(vector: Option<&[f32]>) -> Vec<f64> {
    vector.unwrap_or(&[]).iter().map(|&value| f64::from(value)).collect()
}

#[expect(clippy::cast_possible_truncation, reason = "scores of a probe")]
fn narrow(score: f64) -> f32 {
    score as f32
}
