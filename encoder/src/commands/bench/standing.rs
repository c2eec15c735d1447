//! How models stand beside each other in retrieval: ranx's table, flags, lines to be reached.

use super::experiment::{Experiment, TextDataset};
use crate::spaces::texts::{TextModel, TextOptions};
use anyhow::Context;
use nearmiss::answers::table::{TableOptions, read_tables};
use nearmiss::answers::{Answer, Answers, Truth};
use nearmiss::commands::Console;
use nearmiss::report::Overwrite;
use nearmiss::report::retrieval::ranking::Ranking;
use nearmiss::report::retrieval::searching::Searching;
use nearmiss::report::retrieval::texts::{ModelFile, ModelRecord, NamedVectors, SystemKind, TextRanking, WordRanking};
use nearmiss::report::retrieval::{Ranked, Writing};
use nearmiss::runs::device::DeviceChoice;
use nearmiss::scores::compare::text::ranx_table;
use nearmiss::scores::gate::{GateOutcome, Verdict};
use nearmiss::scores::suite::SuiteModel;
use nearmiss::spaces::retrieval::texts::TextVectors;
use nearmiss::spaces::retrieval::{Documents, Qrels, Run};
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::rank::Rank;
use std::path::{Path, PathBuf};

/// What came of models beside each other.
#[derive(Default)]
pub(super) struct Standing {
    /// Sentences for the leaderboard.
    pub(super) notes: Vec<String>,
    /// Whether a trained model misses a line.
    pub(super) has_failed: bool,
}

/// A model with the folder of its run.
pub(super) struct StandingRun {
    /// What the table calls it.
    pub(super) name: String,
    /// The run directory of its classification.
    pub(super) run: PathBuf,
    /// Whether it was trained: it must reach the lines.
    pub(super) trained: bool,
}

/// Ranks the candidates of each photograph by every model, and compares that in ranx's table.
pub(super) fn names(
    runs: &[StandingRun],
    experiment: &Experiment,
    (folder, overwrite): (&Path, Overwrite),
    console: Console,
) -> anyhow::Result<Standing> {
    let (mut documents, mut qrels, mut found) = (Documents::default(), Qrels::default(), vec![]);
    for (place, StandingRun { name, run, .. }) in runs.iter().enumerate() {
        let tables = read_tables(run, None, &TableOptions::default())?;
        let answers = tables.runs.first().context("the run holds no answers")?;
        if place == 0 {
            qrels = judgements(answers, &tables.taxonomy, &mut documents);
        }
        found.push(ranking_of(name, answers, &tables.taxonomy, &mut documents));
    }
    let ranking = Ranking { measures: experiment.measures_of_names(), ..Ranking::of(folder, vec![]) };
    let ranked = ranking.held(documents, qrels, found)?.judge()?.compare()?;
    let command = nearmiss::commands::command_line().join(" ");
    ranked.write(folder, &Writing { command_line: &command, overwrite, ..Writing::default() })?;
    console.say(ranx_table(&ranked.comparison))?;
    Ok(Standing { notes: lines(&ranked, "photographs against names"), has_failed: false })
}

/// Ranks all photographs for each of them by every model: flags of the first ones, and the lines that trained models must reach.
pub(super) fn photographs(
    runs: &[StandingRun],
    experiment: &Experiment,
    (folder, overwrite): (&Path, Overwrite),
    console: Console,
) -> anyhow::Result<Standing> {
    let mut standing = Standing::default();
    let yellow_from: Option<Rank> = experiment.settings.yellow_from;
    for StandingRun { name, run, trained } in runs {
        let searching = Searching {
            across_observations: true,
            ks: experiment.settings.k.clone(),
            yellow_from,
            gates: if *trained { experiment.gates()? } else { vec![] },
            ..Searching::of(run)
        };
        let searched = searching.run()?;
        let command = nearmiss::commands::command_line().join(" ");
        let to = folder.join(nearmiss::scores::suite::folder_name(name));
        searched.write(&to, &Writing { command_line: &command, overwrite, ..Writing::default() })?;
        let flags = nearmiss::report::retrieval::flag_table(&searched.search);
        for row in &flags.rows {
            let cells: Vec<String> = flags.head.iter().zip(row).skip(1).map(|(head, cell)| format!("{head} {cell}")).collect();
            let what = row.first().map_or("", String::as_str);
            standing.notes.push(format!("{name}, photographs among each other, {what}: {}", cells.join(", ")));
        }
        standing.hold(&searched.verdicts, Some(name.as_str()), console)?;
    }
    Ok(standing)
}

/// Ranks documents for each query by every model, and by BM25 where that is asked for.
pub(super) fn texts(
    (texts, data): (&TextDataset, &Path),
    models: &[SuiteModel],
    experiment: &Experiment,
    (folder, overwrite, device): (&Path, Overwrite, DeviceChoice),
    console: Console,
) -> anyhow::Result<Standing> {
    let mut ranking = TextRanking::of(&data.join(&texts.path));
    ranking.part.clone_from(&texts.split);
    ranking.words = texts.bm25.then(WordRanking::default);
    ranking.ks.clone_from(&experiment.settings.k);
    ranking.ranking.measures.clone_from(&experiment.settings.measures);
    ranking.ranking.gates = experiment.gates()?;
    let read = ranking.read()?;
    let options = TextOptions { device, ..TextOptions::default() };
    let mut vectors = vec![];
    for SuiteModel { name, model } in models {
        let opened = TextModel::open(model, &options)?;
        vectors.push(of_model(name, &opened, &read.collection.queries.texts, &read.collection.documents.texts)?);
    }
    let ranked = read.ranked(vectors)?;
    let command = nearmiss::commands::command_line().join(" ");
    ranked.write(folder, &Writing { command_line: &command, overwrite, ..Writing::default() })?;
    console.say(ranx_table(&ranked.ranked.comparison))?;
    console.say(ranx_table(&ranked.pairs.comparison))?;
    let mut standing = Standing { notes: lines(&ranked.ranked, "queries against documents"), has_failed: false };
    for (run, name) in ranked.pairs.comparison.runs.iter().enumerate() {
        let shares = ranked.pairs.comparison.metrics.iter().filter_map(|metric| {
            let mean = metric.means.get(run).copied().flatten()?;
            Some(format!("{} {mean:.3}", metric.label))
        });
        standing.notes.push(format!("{name}, triplets and judged pairs: {}", shares.collect::<Vec<_>>().join(", ")));
    }
    // BM25 and the model that the trainings start at have no line to reach.
    let trained: Vec<&str> = models.iter().skip(1).map(|model| model.name.as_str()).collect();
    let verdicts: Vec<Verdict> =
        ranked.ranked.verdicts.iter().filter(|verdict| trained.contains(&verdict.run.as_str())).cloned().collect();
    standing.hold(&verdicts, None, console)?;
    Ok(standing)
}

impl Standing {
    /// Tells what became of lines.
    fn hold(&mut self, verdicts: &[Verdict], of: Option<&str>, console: Console) -> std::io::Result<()> {
        for verdict in verdicts {
            let line = match of {
                Some(name) => format!("{name}: {}", verdict.line()),
                None => verdict.line_of_run(),
            };
            console.say(&line)?;
            self.notes.push(line);
            self.has_failed |= verdict.outcome == GateOutcome::Fail;
        }
        Ok(())
    }
}

/// The taxon of each photograph is the document that answers it.
fn judgements(answers: &Answers, taxonomy: &Taxonomy, documents: &mut Documents) -> Qrels {
    let mut qrels = Qrels::default();
    for (image, truth) in answers.images.iter().zip(&answers.truths) {
        if let Truth::Taxon(taxon) = truth {
            qrels.queries.push(image.clone());
            qrels.grades.push([(documents.number(&taxonomy.identity(*taxon)), 1)].into_iter().collect());
        }
    }
    qrels
}

/// The answers to each photograph as a ranking of taxa.
fn ranking_of(name: &str, answers: &Answers, taxonomy: &Taxonomy, documents: &mut Documents) -> Run {
    let mut run = Run { name: name.to_string(), ..Run::default() };
    for (image, photograph) in answers.images.iter().enumerate() {
        let ranked = answers.ranked.answers(image).iter().enumerate().filter_map(|(place, answer)| {
            let Answer::Taxon(taxon) = answer else { return None };
            // Without probabilities the order alone is known.
            let order = 1.0 / nearmiss::numbers::statistics::to_f64(place as u64 + 1);
            Some((documents.number(&taxonomy.identity(*taxon)), answers.ranked.probability(image, place).unwrap_or(order)))
        });
        run.queries.push(photograph.clone());
        run.scored.push(ranked.collect());
    }
    run
}

/// The vectors of texts by a model.
fn of_model(name: &str, model: &TextModel, queries: &[String], documents: &[String]) -> anyhow::Result<NamedVectors> {
    let (queries, documents) = (model.queries(queries, &|_| {})?, model.documents(documents, &|_| {})?);
    let record = ModelRecord {
        model: model.name().to_string(),
        document_model: None,
        model_files: model.files()?.into_iter().map(|file| ModelFile { file: file.name, sha256: file.sha256 }).collect(),
        architecture: model.architecture(),
        device: model.device(),
        precision: model.precision(),
        width: documents.width,
        similarity: model.similarity(),
        query_prompt: model.query_prompt().to_string(),
        document_prompt: model.document_prompt().to_string(),
        truncated_queries: queries.truncated,
        truncated_documents: documents.truncated,
    };
    let mut vectors = TextVectors::of(name, (queries.values, queries.width), (documents.values, documents.width))?;
    vectors.similarity = model.similarity();
    Ok(NamedVectors { name: name.to_string(), vectors, kind: SystemKind::Model(record) })
}

/// A sentence for each run: its measures, and whether it differs from the first.
fn lines(ranked: &Ranked, what: &str) -> Vec<String> {
    let comparison = &ranked.comparison;
    let of_run = |(run, name): (usize, &String)| {
        let measures = comparison.metrics.iter().filter_map(|metric| {
            let mean = metric.means.get(run).copied().flatten()?;
            let better = run > 0 && metric.beats(run, 0, comparison.alpha);
            Some(format!("{} {mean:.3}{}", metric.label, if better { " (better than the first)" } else { "" }))
        });
        format!("{name}, {what}: {}", measures.collect::<Vec<_>>().join(", "))
    };
    comparison.runs.iter().enumerate().map(of_run).collect()
}
