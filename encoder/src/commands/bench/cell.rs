//! One cell of a suite: a data set, a model, a recipe.

use super::dataset::layout;
use super::setting::Setting;
use crate::classify::classification::{Classification, Existing, PhotographSource, PreprocessChoice, View};
use crate::commands::classify;
use crate::encoder::EncoderOptions;
use anyhow::{Context, anyhow, bail};
use nearmiss::answers::distribution::{Distribution, run_vectors};
use nearmiss::answers::observation::{Pool, pooled};
use nearmiss::answers::table::{TableOptions, read_tables};
use nearmiss::commands::Ending;
use nearmiss::commands::cli::{BenchArgs, ThumbnailChoice, word};
use nearmiss::commands::photographs::Shown;
use nearmiss::numbers::counted::counted;
use nearmiss::photographs::dataset::Dataset;
use nearmiss::photographs::dataset::Truths;
use nearmiss::report::Overwrite;
use nearmiss::report::comparison::{Compared, write};
use nearmiss::report::leaderboard::{Figures, Row, Unit};
use nearmiss::report::scoring::{self, Scoring, Writing};
use nearmiss::scores::Scores;
use nearmiss::scores::compare::runs::Comparing;
use nearmiss::scores::official;
use nearmiss::scores::outcome::Unreachable;
use nearmiss::scores::suite::{Candidates, Official, SuiteDataset, SuiteModel, SuiteRecipe, folder_name};
use nearmiss::taxonomy::Taxonomy;
use nearmiss::taxonomy::label_set::LabelChoice;
use nearmiss::taxonomy::rank::Rank;
use nearmiss::taxonomy::search::Found;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A data set, a model, a recipe, and the folders of what comes of them.
pub(super) struct Cell<'a> {
    dataset: &'a SuiteDataset,
    pub(super) model: &'a SuiteModel,
    pub(super) recipe: &'a SuiteRecipe,
    setting: Setting<'a>,
    run: PathBuf,
    reports: PathBuf,
}

/// Values of metrics by name.
type Values = BTreeMap<String, Option<f64>>;

/// What became of a cell.
pub(super) enum CellResult {
    Interrupted,
    Done { rows: Vec<Row>, notes: Vec<String> },
}

/// The file of the candidates of a data set whose candidates are its truths.
fn labels_file(output: &Path, dataset: &SuiteDataset) -> PathBuf {
    output.join("candidates").join(format!("{}.txt", dataset.name))
}

/// Facts about a data set, a sentence each; writes its candidates where they are its truths.
pub(super) fn facts(dataset: &SuiteDataset, all: &Dataset, taxonomy: &str, output: &Path) -> anyhow::Result<Vec<String>> {
    let tree = match taxonomy {
        "dataset" => all.taxonomy()?,
        "labels" => all.label_taxonomy()?,
        name => Taxonomy::named(name).map_err(|error| error.or_meant(&["dataset", "labels"]))?,
    };
    let truths = Truths::of(&tree, all);
    let mut lines = all.notes.clone();
    let mut splits: BTreeMap<&str, usize> = BTreeMap::new();
    for photograph in &all.photographs {
        *splits.entry(photograph.split.as_deref().unwrap_or("no split")).or_default() += 1;
    }
    let splits: Vec<String> = splits.into_iter().map(|(split, count)| format!("{count} {split}")).collect();
    lines.push(format!("{} ({})", counted(all.photographs.len(), "photograph", "photographs"), splits.join(", ")));
    let steps: Vec<String> =
        truths.steps.iter().map(|(step, count)| format!("{count} by {}", step.code().replace('_', " "))).collect();
    let unknown: usize = truths.unknown.values().sum();
    let ambiguous: usize = truths.ambiguous.values().sum();
    let blank = truths.taxa.len() - truths.steps.values().sum::<usize>() - unknown - ambiguous;
    lines.push(format!(
        "truths that met their taxon: {}; {unknown} are not in the taxonomy, {ambiguous} stand for several taxa, {blank} are blank",
        if steps.is_empty() { "none".to_string() } else { steps.join(", ") }
    ));
    for name in truths.unknown.keys().take(3) {
        lines.push(format!("not in the taxonomy: '{name}'{}", tree.suggestion(name)));
    }
    let licences: Vec<String> = all.licences().iter().map(|(licence, count)| format!("{licence} ({count})")).collect();
    lines.push(format!("licences: {}; {}", licences.join(", "), dataset.licence));
    let crossing = observations_in_several_splits(all);
    if crossing > 0 {
        let observations = counted(crossing, "observation has", "observations have");
        lines.push(format!("{observations} photographs in several splits, as the data set has them"));
    }
    if let Some(split) = &dataset.split {
        all.clone().select(split)?;
    }
    if dataset.candidates == Candidates::Truths {
        let taxa: BTreeSet<_> = truths.taxa.iter().flatten().collect();
        if taxa.is_empty() {
            bail!("no truth of the data set is in the taxonomy; there are no candidates");
        }
        let file = labels_file(output, dataset);
        let list: String = taxa.iter().map(|&&taxon| tree.identity(taxon) + "\n").collect();
        let folder = file.parent().unwrap_or(Path::new(""));
        std::fs::create_dir_all(folder)
            .and_then(|()| std::fs::write(&file, list))
            .with_context(|| format!("{}: cannot be written", file.display()))?;
        lines.push(format!("candidates: the {} that photographs show", counted(taxa.len(), "taxon", "taxa")));
    }
    Ok(lines)
}

fn observations_in_several_splits(all: &Dataset) -> usize {
    let mut splits: BTreeMap<&str, BTreeSet<&Option<String>>> = BTreeMap::new();
    for photograph in &all.photographs {
        if let Some(observation) = &photograph.observation {
            splits.entry(observation).or_default().insert(&photograph.split);
        }
    }
    splits.values().filter(|splits| splits.len() > 1).count()
}

impl<'a> Cell<'a> {
    pub(super) fn new(
        dataset: &'a SuiteDataset,
        model: &'a SuiteModel,
        recipe: &'a SuiteRecipe,
        setting: Setting<'a>,
    ) -> Cell<'a> {
        let name = format!("{}-{}", folder_name(&model.name), folder_name(&recipe.name));
        let of = |what: &str| setting.args.output.join(what).join(&dataset.name).join(&name);
        Cell { dataset, model, recipe, setting, run: of("runs"), reports: of("reports") }
    }

    /// The folder of its run.
    pub(super) fn run(&self) -> &Path {
        &self.run
    }

    /// Classifies, scores and measures.
    pub(super) fn carry_out(&self, taxonomy: &str, done: &[&Cell<'_>]) -> anyhow::Result<CellResult> {
        if self.classify(self.dataset.split.as_deref(), &self.run, taxonomy, done)?.is_stopped() {
            return Ok(CellResult::Interrupted);
        }
        let threshold_run = match &self.dataset.threshold_split {
            Some(split) if self.dataset.official.contains(&Official::MacroAverage5) => {
                let run =
                    self.run.with_file_name(format!("{}-threshold", self.run.file_name().unwrap_or_default().to_string_lossy()));
                if self.classify(Some(split), &run, taxonomy, &[])?.is_stopped() {
                    return Ok(CellResult::Interrupted);
                }
                Some(run)
            }
            _ => None,
        };
        let mut rows = vec![];
        let mut notes = vec![];
        rows.extend(self.report(Unit::Image, &self.reports)?);
        let (official, more) = self.official(threshold_run.as_deref())?;
        if let Some(row) = rows.iter_mut().find(|row| row.rule == "path") {
            row.official = official;
        }
        notes.extend(more);
        let folder = self
            .reports
            .with_file_name(format!("{}-observations", self.reports.file_name().unwrap_or_default().to_string_lossy()));
        if self.has_observations()? {
            rows.extend(self.report(Unit::Observation, &folder)?);
        }
        Ok(CellResult::Done { rows, notes })
    }

    fn classify(&self, split: Option<&str>, run: &Path, taxonomy: &str, done: &[&Cell<'_>]) -> anyhow::Result<Ending> {
        let (dataset, Setting { data, args, console, .. }) = (self.dataset, self.setting);
        let recipe = word::recipe(&self.recipe.recipe).map_err(|what| anyhow!("--recipe {what}"))?;
        let layout = if dataset.manifest.is_none() { layout(dataset)? } else { None };
        // The image vectors of a model are the same for all recipes of one preprocessing.
        let preprocess = |recipe: &str| word::recipe(recipe).ok().map(|recipe| recipe.preprocess);
        let twin = done.iter().find(|other| {
            other.model.model == self.model.model && preprocess(&other.recipe.recipe).as_ref() == Some(&recipe.preprocess)
        });
        let names = dataset.names.as_ref().or(self.recipe.names.as_ref());
        let classification = Classification {
            source: PhotographSource {
                photographs: vec![data.join(&dataset.path)],
                manifest: dataset.manifest.as_ref().map(|manifest| data.join(manifest)),
                layout,
                split: split.map(str::to_string),
                ..PhotographSource::default()
            },
            existing: if args.force { Existing::Replaced } else { Existing::Continued },
            labels: match dataset.candidates {
                Candidates::Rank => LabelChoice { rank: Some(dataset.rank), ..LabelChoice::default() },
                Candidates::Truths => LabelChoice {
                    rank: Some(Rank::Species),
                    file: Some(labels_file(&args.output, dataset)),
                    ..LabelChoice::default()
                },
            },
            recipe: Some(recipe),
            preprocess: self.setting.own_preprocessing.then_some(PreprocessChoice::OfModel),
            names: names.map(|names| word::names(names).map_err(|what| anyhow!("--names {what}"))).transpose()?,
            encoder: EncoderOptions {
                device: args.device,
                precision: args.precision.precision(),
                activation: None,
                linear: None,
            },
            embeddings: twin.map(|twin| twin.run.clone()),
            top: usize::from(dataset.official.iter().map(|metric| metric.answers()).max().unwrap_or(0).max(5))
                .max(self.setting.answers),
            view: if dataset.crop { View::Boxes } else { View::Whole },
            command_line: nearmiss::commands::command_line(),
            ..Classification::of(vec![], &self.model.model, taxonomy, run)
        };
        classify::classified(&classification, console.silenced())
    }

    /// Scores the run, writes its report, and gives the rows of the leaderboard.
    fn report(&self, unit: Unit, folder: &Path) -> anyhow::Result<Vec<Row>> {
        let Setting { suite, args, console, .. } = self.setting;
        let scored = Scoring {
            unreachable: Unreachable::Score,
            unit: match unit {
                Unit::Image => scoring::Unit::Image,
                Unit::Observation => scoring::Unit::Observation(Pool::Mean),
            },
            ..Scoring::of(&self.run)
        };
        let scored = scored.run()?;
        let shown = Shown::of(&self.run, None, ThumbnailChoice::Licensed, console.silenced())?;
        let command = nearmiss::commands::command_line().join(" ");
        let photographs = shown.photographs();
        scored.write(
            folder,
            &Writing { command_line: Some(&command), photographs, overwrite: overwrite(args), ..Writing::default() },
        )?;
        let (_, first) = scored.runs.first().context("the run holds no answers")?;
        Ok(suite.rules.iter().filter_map(|rule| self.row(rule, unit, first)).collect())
    }

    /// The row of a decision rule; `None` where the run has no such rule.
    fn row(&self, rule: &str, unit: Unit, scores: &Scores) -> Option<Row> {
        let decision = match &scores.whole {
            Ok(whole) => Some(whole.decisions.rule(rule)?),
            Err(_) => None,
        };
        let wrong = match decision {
            Some(decision) => &decision.how_wrong,
            // Without distributions there is the best label alone.
            None => Some(&scores.how_wrong).filter(|_| rule == "path")?,
        };
        let accuracy = |rank: Rank| decision.and_then(|decision| decision.accuracy.get(&rank).copied().flatten());
        let mut figures = Figures {
            n: wrong.n,
            accuracy: Rank::MAIN.map(accuracy),
            exact: wrong.similarity.exact,
            mean_height: wrong.mean_height,
            severity: wrong.severity,
            mistakes: wrong.mistakes,
            ..Figures::default()
        };
        if rule == "path" {
            let finest = Rank::MAIN.into_iter().rev().find(|&rank| accuracy(rank).is_some());
            let row = finest.and_then(|finest| scores.ranks.iter().find(|row| row.rank == finest));
            figures.low = row.and_then(|row| row.intervals.low("path_top1"));
            figures.high = row.and_then(|row| row.intervals.high("path_top1"));
        }
        Some(Row {
            dataset: self.dataset.name.clone(),
            model: self.model.name.clone(),
            recipe: self.recipe.name.clone(),
            unit,
            rule: rule.to_string(),
            figures,
            official: BTreeMap::new(),
            difference: None,
            p: None,
        })
    }

    fn has_observations(&self) -> anyhow::Result<bool> {
        let tables = read_tables(&self.run, None, &TableOptions::default())?;
        let names = tables.runs.first().and_then(|run| run.observations.as_ref());
        let mut seen = BTreeSet::new();
        Ok(names.is_some_and(|names| names.iter().any(|name| !name.is_empty() && !seen.insert(name))))
    }

    /// The metrics of the data set's makers.
    fn official(&self, threshold_run: Option<&Path>) -> anyhow::Result<(Values, Vec<String>)> {
        let mut values = BTreeMap::new();
        let mut notes = vec![];
        if self.dataset.official.is_empty() {
            return Ok((values, notes));
        }
        let tables = read_tables(&self.run, None, &TableOptions::default())?;
        let taxonomy = &*tables.taxonomy;
        let answers = tables.runs.first().context("the run holds no answers")?;
        let whole = |run: &Path| -> anyhow::Result<Distribution> {
            let vectors = run_vectors::read(run)?;
            let candidates = vectors.candidates.iter().map(|name| match taxonomy.find(name) {
                Found::One(taxon) => Ok(taxon),
                _ => bail!("the candidate '{name}' is not one taxon"),
            });
            Ok(Distribution::of_vectors(candidates.collect::<anyhow::Result<_>>()?, vectors.vectors))
        };
        for metric in &self.dataset.official {
            let value = match metric {
                Official::MacroTop1 => official::macro_top_k(answers, 1),
                Official::MacroTop5 => official::macro_top_k(answers, 5),
                Official::Fathomnet => official::mean_fathomnet(taxonomy, answers),
                Official::MaMrr => {
                    let (observed, _) = pooled(taxonomy, answers, &whole(&self.run)?, Pool::Mean)?;
                    official::ma_mrr(&observed)
                }
                Official::MacroAverage5 => {
                    let distribution = whole(&self.run)?;
                    let other = threshold_run.map(whole).transpose()?;
                    let from = other.as_ref().unwrap_or(&distribution);
                    let images: Vec<usize> = (0..from.images()).collect();
                    let threshold = official::average_k_threshold(from, &images, 5);
                    if threshold_run.is_none() {
                        notes.push("macro_average5: its threshold is taken from the scored photographs themselves".to_string());
                    }
                    threshold.and_then(|threshold| official::macro_average_k(answers, &distribution, threshold))
                }
            };
            values.insert(metric.name().to_string(), value);
        }
        Ok((values, notes))
    }
}

fn overwrite(args: &BenchArgs) -> Overwrite {
    if args.force { Overwrite::Anything } else { Overwrite::OwnReport }
}

/// Compares the cells of a data set, and writes differences from the first into their rows.
pub(super) fn compare(cells: &[&Cell<'_>], dataset: &SuiteDataset, rows: &mut [Row], args: &BenchArgs) -> anyhow::Result<()> {
    let folder = args.output.join("comparisons").join(&dataset.name);
    let runs = cells.iter().map(|cell| cell.run.clone()).collect();
    let compared = Comparing { unreachable: Unreachable::Score, ..Comparing::of(runs) }.run()?;
    let command = nearmiss::commands::command_line().join(" ");
    write(&folder, &Compared::of(&compared, &command), overwrite(args))?;
    let Some(height) = compared.comparison.metrics.iter().find(|metric| metric.name == "height") else { return Ok(()) };
    for pair in height.pairs.iter().filter(|pair| pair.first == 0) {
        let Some(cell) = cells.get(pair.second) else { continue };
        let is_its = |row: &&mut Row| {
            row.model == cell.model.name && row.recipe == cell.recipe.name && row.rule == "path" && row.unit == Unit::Image
        };
        if let Some(row) = rows.iter_mut().find(is_its) {
            // The comparison gives the first minus the second.
            row.difference = pair.difference.map(|difference| -difference);
            row.p = Some(pair.adjusted);
        }
    }
    Ok(())
}
