//! One cell of a suite: a data set, a model, a recipe.

use crate::classify::Truths;
use crate::cli::{BenchArgs, Cli, Command};
use crate::commands::{Console, Ending, classify, compare, report};
use crate::dataset::Dataset;
use crate::distribution::{Distribution, run_vectors};
use crate::observation::{Pool, pooled};
use crate::official;
use crate::rank::Rank;
use crate::report::leaderboard::{Figures, Row, Unit};
use crate::suite::{Candidates, Official, Suite, SuiteDataset, SuiteModel, SuiteRecipe, folder_name};
use crate::table::{TableOptions, read_tables};
use crate::taxonomy::Taxonomy;
use crate::taxonomy::search::Found;
use anyhow::{Context, bail};
use clap::Parser;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

/// A data set, a model, a recipe, and the folders of what comes of them.
pub(super) struct Cell<'a> {
    dataset: &'a SuiteDataset,
    pub(super) model: &'a SuiteModel,
    pub(super) recipe: &'a SuiteRecipe,
    data: &'a Path,
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

fn text(path: &Path) -> String {
    path.display().to_string()
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
        name => Taxonomy::named(name)?,
    };
    let truths = Truths::of(&tree, all);
    let mut lines = all.notes.clone();
    let mut splits: BTreeMap<&str, usize> = BTreeMap::new();
    for photograph in &all.photographs {
        *splits.entry(photograph.split.as_deref().unwrap_or("no split")).or_default() += 1;
    }
    let splits: Vec<String> = splits.into_iter().map(|(split, count)| format!("{count} {split}")).collect();
    lines.push(format!("{} photographs ({})", all.photographs.len(), splits.join(", ")));
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
        lines.push(format!("{crossing} observations have photographs in several splits, as the data set has them"));
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
        lines.push(format!("candidates: the {} taxa that photographs show", taxa.len()));
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
        args: &BenchArgs,
        data: &'a Path,
    ) -> Cell<'a> {
        let name = format!("{}-{}", folder_name(&model.name), folder_name(&recipe.name));
        let of = |what: &str| args.output.join(what).join(&dataset.name).join(&name);
        Cell { dataset, model, recipe, data, run: of("runs"), reports: of("reports") }
    }

    /// Classifies, scores and measures.
    pub(super) fn run(
        &self,
        suite: &Suite,
        taxonomy: &str,
        done: &[&Cell<'_>],
        args: &BenchArgs,
        console: Console,
    ) -> anyhow::Result<CellResult> {
        if self.classify(self.dataset.split.as_deref(), &self.run, taxonomy, done, args, console)? == Ending::Interrupted {
            return Ok(CellResult::Interrupted);
        }
        let threshold_run = match &self.dataset.threshold_split {
            Some(split) if self.dataset.official.contains(&Official::MacroAverage5) => {
                let run =
                    self.run.with_file_name(format!("{}-threshold", self.run.file_name().unwrap_or_default().to_string_lossy()));
                if self.classify(Some(split), &run, taxonomy, &[], args, console)? == Ending::Interrupted {
                    return Ok(CellResult::Interrupted);
                }
                Some(run)
            }
            _ => None,
        };
        let mut rows = vec![];
        let mut notes = vec![];
        self.report(Unit::Image, &self.reports, args, console)?;
        let metrics = metrics(&self.reports)?;
        rows.extend(self.rows(suite, Unit::Image, &metrics)?);
        let (official, more) = self.official(threshold_run.as_deref())?;
        if let Some(row) = rows.iter_mut().find(|row| row.rule == "path") {
            row.official = official;
        }
        notes.extend(more);
        let folder = self
            .reports
            .with_file_name(format!("{}-observations", self.reports.file_name().unwrap_or_default().to_string_lossy()));
        if self.has_observations()? {
            self.report(Unit::Observation, &folder, args, console)?;
            rows.extend(self.rows(suite, Unit::Observation, &self::metrics(&folder)?)?);
        }
        Ok(CellResult::Done { rows, notes })
    }

    fn classify(
        &self,
        split: Option<&str>,
        run: &Path,
        taxonomy: &str,
        done: &[&Cell<'_>],
        args: &BenchArgs,
        console: Console,
    ) -> anyhow::Result<Ending> {
        let dataset = self.dataset;
        let top = dataset.official.iter().map(|metric| metric.answers()).max().unwrap_or(0).max(5).to_string();
        let folder = text(&self.data.join(&dataset.path));
        let mut words: Vec<String> = ["nearmiss", "classify"].map(str::to_string).to_vec();
        if let Some(manifest) = &dataset.manifest {
            words.extend(["--manifest".to_string(), text(&self.data.join(manifest))]);
        } else if let Some(layout) = &dataset.layout {
            words.extend(["--layout".to_string(), layout.clone()]);
        }
        let options = [
            ("--model", self.model.model.clone()),
            ("--taxonomy", taxonomy.to_string()),
            ("--recipe", self.recipe.recipe.clone()),
            ("--precision", args.precision.clone()),
            ("--device", args.device.clone()),
            ("--top", top),
            ("-o", text(run)),
        ];
        words.extend(options.into_iter().flat_map(|(option, value)| [option.to_string(), value]));
        if let Some(names) = dataset.names.as_ref().or(self.recipe.names.as_ref()) {
            words.extend(["--names".to_string(), names.clone()]);
        }
        match dataset.candidates {
            Candidates::Rank => words.extend(["--rank".to_string(), dataset.rank.name().to_string()]),
            Candidates::Truths => words.extend(["--labels".to_string(), text(&labels_file(&args.output, dataset))]),
        }
        if let Some(split) = split {
            words.extend(["--split".to_string(), split.to_string()]);
        }
        if dataset.crop {
            words.push("--crop".to_string());
        }
        if args.force {
            words.push("--force".to_string());
        }
        // The image vectors of a model are the same for all recipes of one preprocessing.
        let preprocess = |recipe: &str| crate::recipe::Recipe::find(recipe).map(|recipe| recipe.preprocess);
        let twin = done.iter().find(|other| {
            other.model.model == self.model.model && preprocess(&other.recipe.recipe) == preprocess(&self.recipe.recipe)
        });
        if let Some(twin) = twin {
            words.extend(["--embeddings".to_string(), text(&twin.run)]);
        }
        words.push(folder);
        let Command::Classify(classify_args) = Cli::try_parse_from(&words).context("the suite does not make a command")?.command
        else {
            bail!("'{}' is no classify", words.join(" "));
        };
        classify::run(&classify_args, console.silenced())
    }

    fn report(&self, unit: Unit, folder: &Path, args: &BenchArgs, console: Console) -> anyhow::Result<()> {
        let run = text(&self.run);
        let mut words = vec!["nearmiss", "report", &run, "--count-unreachable"];
        if unit == Unit::Observation {
            words.extend(["--by", "observation"]);
        }
        if args.force {
            words.push("--force");
        }
        let output = text(folder);
        words.extend(["-o", &output]);
        let Command::Report(report_args) = Cli::try_parse_from(&words)?.command else {
            bail!("'{}' is no report", words.join(" "))
        };
        report::run(&report_args, console.silenced()).map(|_| ())
    }

    fn rows(&self, suite: &Suite, unit: Unit, metrics: &Value) -> anyhow::Result<Vec<Row>> {
        let mut rows = vec![];
        for rule in &suite.rules {
            let decision = &metrics["decisions"][rule];
            if decision.is_null() {
                continue;
            }
            let wrong = &decision["how_wrong"];
            let mut figures = Figures {
                n: wrong["n"].as_u64().context("metrics.json without a count of scored images")?,
                accuracy: Rank::MAIN.map(|rank| decision["accuracy"][rank.name()].as_f64()),
                exact: wrong["exact"].as_f64(),
                mean_height: wrong["mean_height"].as_f64(),
                severity: wrong["severity"].as_f64(),
                mistakes: wrong["mistakes"].as_u64().unwrap_or(0),
                ..Figures::default()
            };
            if rule == "path" {
                let finest =
                    Rank::MAIN.iter().rev().find(|rank| decision["accuracy"][rank.name()].is_number()).map(|rank| rank.name());
                let finest = metrics["ranks"].as_array().into_iter().flatten().find(|row| row["rank"].as_str() == finest);
                figures.low = finest.and_then(|rank| rank["path_top1_low"].as_f64());
                figures.high = finest.and_then(|rank| rank["path_top1_high"].as_f64());
            }
            rows.push(Row {
                dataset: self.dataset.name.clone(),
                model: self.model.name.clone(),
                recipe: self.recipe.name.clone(),
                unit,
                rule: rule.clone(),
                figures,
                official: BTreeMap::new(),
                difference: None,
                p: None,
            });
        }
        Ok(rows)
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

fn metrics(folder: &Path) -> anyhow::Result<Value> {
    let path = folder.join("metrics.json");
    let text = std::fs::read_to_string(&path).with_context(|| format!("{}: cannot read", path.display()))?;
    serde_json::from_str(&text).with_context(|| format!("{}: not readable", path.display()))
}

/// Compares the cells of a data set, and writes differences from the first into their rows.
pub(super) fn compare(
    cells: &[&Cell<'_>],
    dataset: &SuiteDataset,
    rows: &mut [Row],
    args: &BenchArgs,
    console: Console,
) -> anyhow::Result<()> {
    let folder = args.output.join("comparisons").join(&dataset.name);
    let mut words: Vec<String> = ["nearmiss", "compare", "--count-unreachable"].map(str::to_string).to_vec();
    words.extend(cells.iter().map(|cell| text(&cell.run)));
    words.extend(["-o".to_string(), text(&folder)]);
    if args.force {
        words.push("--force".to_string());
    }
    let Command::Compare(compare_args) = Cli::try_parse_from(&words)?.command else {
        bail!("'{}' is no compare", words.join(" "))
    };
    compare::run(&compare_args, console.silenced())?;
    let path = folder.join("compare.json");
    let value: Value = serde_json::from_str(&std::fs::read_to_string(&path)?)?;
    let metrics = value["nearmiss"]["metrics"].as_array().context("compare.json without metrics")?;
    let Some(height) = metrics.iter().find(|metric| metric["name"] == "height") else { return Ok(()) };
    for pair in height["pairs"].as_array().into_iter().flatten().filter(|pair| pair["first"] == 0) {
        let second = pair["second"].as_u64().and_then(|second| usize::try_from(second).ok());
        let Some(cell) = second.and_then(|second| cells.get(second)) else { continue };
        let is_its = |row: &&mut Row| {
            row.model == cell.model.name && row.recipe == cell.recipe.name && row.rule == "path" && row.unit == Unit::Image
        };
        if let Some(row) = rows.iter_mut().find(is_its) {
            // The comparison gives the first minus the second.
            row.difference = pair["difference"].as_f64().map(|difference| -difference);
            row.p = pair["adjusted"].as_f64();
        }
    }
    Ok(())
}
