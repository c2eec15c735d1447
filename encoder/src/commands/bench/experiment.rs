//! An experiment: a suite whose models are trained first, on its own data, and held against the model that they start at.

use anyhow::{Context, anyhow, bail};
use nearmiss::commands::cli::word;
use nearmiss::scores::gate::Gate;
use nearmiss::scores::suite::{RULES, SuiteDataset, SuiteRecipe, folder_name};
use nearmiss::spaces::retrieval::Measure;
use nearmiss::taxonomy::rank::Rank;
use serde::Deserialize;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Measures of photographs against names where none is named: of the first names alone, which are what a run keeps.
const OF_NAMES: [&str; 4] = ["mrr@5", "precision@1", "hit_rate@5", "ndcg@5"];

/// An experiment, as its TOML file says it: what makes it one is the table `experiment`.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Experiment {
    /// Title of the leaderboard.
    pub(super) title: String,
    /// A few sentences about it.
    #[serde(default)]
    pub(super) about: String,
    #[serde(rename = "experiment")]
    pub(super) settings: Settings,
    /// What is trained.
    #[serde(rename = "training")]
    pub(super) trainings: Vec<TrainedModel>,
    /// Recipes, where photographs are classified.
    #[serde(rename = "recipe", default)]
    pub(super) recipes: Vec<SuiteRecipe>,
    /// Decision rules of the leaderboard.
    #[serde(default = "path_rule")]
    pub(super) rules: Vec<String>,
    /// Photographs, as in a suite.
    #[serde(rename = "dataset", default)]
    pub(super) datasets: Vec<SuiteDataset>,
    /// Texts.
    #[serde(default)]
    pub(super) texts: Vec<TextDataset>,
}

/// What all of an experiment have in common.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Settings {
    /// The model that every training starts at, and that is measured as it is.
    pub(super) start: String,
    /// What the leaderboard calls it.
    #[serde(default = "zero_shot")]
    pub(super) name: String,
    /// The small model that stands for it in a rehearsal.
    pub(super) miniature: MiniatureModel,
    /// Measures of the table in ranx's layout; the usual ones without. Where there are photographs, each with a cutoff.
    #[serde(default)]
    pub(super) measures: Vec<String>,
    /// Lines that a trained model must reach: `green@5>=0.5`, `mrr@10>0.3`.
    #[serde(default)]
    pub(super) gates: Vec<String>,
    /// Numbers of first documents that are flagged.
    #[serde(default = "usual_ks")]
    pub(super) k: Vec<usize>,
    /// Rank at which a wrong photograph is acceptable (yellow); genus without.
    pub(super) yellow_from: Option<Rank>,
}

/// A small model that stands for a large one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum MiniatureModel {
    /// The built-in model.
    Clip,
    /// Random weights, put together as SigLIP.
    Siglip,
    /// Random weights, put together as a sentence encoder.
    Sentences,
}

/// A model that is trained.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TrainedModel {
    /// What the leaderboard calls it.
    pub(super) name: String,
    /// The configuration of its training, from the folder of the suite; paths in it start from the data folder.
    pub(super) config: PathBuf,
    /// The highest learning rate in a rehearsal, whose small model has learnt nothing yet; the configuration's without.
    pub(super) miniature_rate: Option<f64>,
}

/// Texts that models rank.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct TextDataset {
    /// One word: the name of its folders.
    pub(super) name: String,
    /// What the leaderboard calls it.
    pub(super) title: String,
    /// Where they lie below the data folder, as `nearmiss retrieve` reads them.
    pub(super) path: PathBuf,
    /// The split that is measured; all queries without.
    pub(super) split: Option<String>,
    /// Whether BM25 ranks them as well.
    #[serde(default)]
    pub(super) bm25: bool,
    /// Where they are fetched, and how they are unpacked.
    pub(super) fetch: String,
    /// Their licence.
    pub(super) licence: String,
}

fn path_rule() -> Vec<String> {
    vec!["path".to_string()]
}

fn zero_shot() -> String {
    "zero-shot".to_string()
}

fn usual_ks() -> Vec<usize> {
    vec![1, 5, 10]
}

impl Experiment {
    /// Reads an experiment; `None` for what is no file, or a file without a table `experiment`.
    pub(super) fn read(path: &Path) -> anyhow::Result<Option<Experiment>> {
        let Ok(text) = nearmiss::files::regular_file::read_to_string(path) else { return Ok(None) };
        if !toml::from_str::<toml::Table>(&text).is_ok_and(|table| table.contains_key("experiment")) {
            return Ok(None);
        }
        let experiment: Experiment = toml::from_str(&text).with_context(|| format!("{}: not an experiment", path.display()))?;
        experiment.check().with_context(|| format!("{}: not an experiment", path.display()))?;
        Ok(Some(experiment))
    }

    fn check(&self) -> anyhow::Result<()> {
        if self.datasets.is_empty() && self.texts.is_empty() {
            bail!("no [[dataset]] and no [[texts]]");
        }
        if !self.datasets.is_empty() && self.recipes.is_empty() {
            bail!("no [[recipe]] to classify photographs by");
        }
        if let Some(rule) = self.rules.iter().find(|rule| !RULES.contains(&rule.as_str())) {
            bail!("the rule '{rule}' is none of {}", RULES.join(", "));
        }
        if self.settings.k.contains(&0) {
            bail!("experiment.k has 0; a number of documents is 1 or more");
        }
        for recipe in &self.recipes {
            word::recipe(&recipe.recipe).map_err(|what| anyhow!("recipe {what}"))?;
        }
        for names in self.recipes.iter().filter_map(|recipe| recipe.names.as_ref()) {
            word::names(names).map_err(|what| anyhow!("names {what}"))?;
        }
        let mut rates = self.trainings.iter().filter_map(|training| training.miniature_rate);
        if let Some(rate) = rates.find(|rate| !(*rate > 0.0 && rate.is_finite())) {
            bail!("training.miniature_rate is {rate}; it is a number above 0");
        }
        self.answers()?;
        self.check_names()?;
        self.gates().map(|_| ())
    }

    /// Names that folders are called by.
    fn check_names(&self) -> anyhow::Result<()> {
        let mut folders = BTreeSet::new();
        let models = self.trainings.iter().map(|training| &training.name).chain([&self.settings.name]);
        for name in models {
            let folder = folder_name(name);
            if folder.is_empty() || folder.starts_with('.') || !folders.insert(folder) {
                bail!("the name '{name}' of a model stands twice, or is no word for a folder");
            }
        }
        let mut folders = BTreeSet::new();
        let data = self.datasets.iter().map(|dataset| &dataset.name).chain(self.texts.iter().map(|texts| &texts.name));
        for name in data {
            let plain = |letter: char| letter.is_ascii_alphanumeric() || "-_.".contains(letter);
            if name.starts_with('.') || name.is_empty() || !name.chars().all(plain) || !folders.insert(name) {
                bail!("the name '{name}' of a data set stands twice, or is no word for a folder");
            }
        }
        Ok(())
    }

    /// Measures of photographs against names.
    pub(super) fn measures_of_names(&self) -> Vec<String> {
        let given = &self.settings.measures;
        if given.is_empty() { OF_NAMES.map(str::to_string).to_vec() } else { given.clone() }
    }

    /// How many names of each photograph the measures look at; 0 where there are no photographs.
    pub(super) fn answers(&self) -> anyhow::Result<usize> {
        let of_photographs = !self.datasets.is_empty();
        let measures = if of_photographs { self.measures_of_names() } else { self.settings.measures.clone() };
        let mut most = 0;
        for text in &measures {
            // Texts with taxa may be measured at a rank, which they alone know.
            let known = text.split_once("-l").filter(|_| !of_photographs).map_or(text.as_str(), |(measure, _)| measure);
            for measure in Measure::parse(known, &[]).context("experiment.measures")? {
                match measure.k {
                    Some(k) => most = most.max(k),
                    // A run keeps the first names of a photograph, not all.
                    None if of_photographs => {
                        bail!("experiment.measures: '{text}' has no cutoff, which photographs need, such as '@10'")
                    }
                    None => {}
                }
            }
        }
        Ok(if of_photographs { most } else { 0 })
    }

    /// The lines that trained models must reach.
    pub(super) fn gates(&self) -> anyhow::Result<Vec<Gate>> {
        self.settings.gates.iter().map(|gate| Ok(Gate::parse_measure(gate)?)).collect()
    }
}

#[cfg(test)]
#[expect(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    const WHOLE: &str = "title = 't'\n[experiment]\nstart = 'm'\nminiature = 'siglip'\ngates = ['green@5>=0.5']\n\
                         [[training]]\nname = 'tuned'\nconfig = 'c.toml'\n\
                         [[texts]]\nname = 'n'\ntitle = 'N'\npath = 'n.csv'\nfetch = 'f'\nlicence = 'l'\n";

    /// The same with photographs.
    fn photographs(measures: &str, recipe: &str) -> String {
        let more = format!(
            "[[recipe]]\nname = 'r'\nrecipe = '{recipe}'\n[[dataset]]\nname = 'p'\ntitle = 'P'\npath = 'p'\ntaxonomy = 't.csv'\n\
             fetch = 'f'\nlicence = 'l'\n"
        );
        WHOLE.replace("start = 'm'", &format!("start = 'm'\n{measures}")) + &more
    }

    fn read(text: &str) -> Result<Option<Experiment>, String> {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.toml");
        std::fs::write(&path, text).unwrap();
        Experiment::read(&path).map_err(|error| format!("{error:#}"))
    }

    #[test]
    fn an_experiment_is_a_suite_with_a_table_of_that_name() {
        let experiment = read(WHOLE).unwrap().unwrap();
        let Settings { name, miniature, k, .. } = &experiment.settings;
        assert_eq!((name.as_str(), *miniature, k.as_slice()), ("zero-shot", MiniatureModel::Siglip, &[1, 5, 10][..]));
        assert_eq!((experiment.gates().unwrap().len(), experiment.rules.as_slice()), (1, &["path".to_string()][..]));
        assert!(read("title = 't'\nmodel = []\n").unwrap().is_none());
        // A run keeps as many names as the measures look at.
        let answers = |text: &str| read(text).unwrap().unwrap().answers().unwrap();
        assert_eq!((answers(WHOLE), answers(&photographs("", "single"))), (0, 5));
        assert_eq!(answers(&photographs("measures = ['mrr@20', 'precision@1']", "single")), 20);
        assert_eq!(answers(&WHOLE.replace("start = 'm'", "start = 'm'\nmeasures = ['map', 'mrr@10-lgenus']")), 0);
        for (text, sentence) in [
            (WHOLE.replace("[[texts]]", "[[textts]]"), "unknown field `textts`"),
            (WHOLE.replace("'tuned'", "'zero-shot'"), "the name 'zero-shot' of a model stands twice, or is no word for a folder"),
            (WHOLE.replace("green@5>=0.5", "green@5"), "no >=, <=, > or <"),
            (WHOLE.replace("name = 'n'", "name = 'n/a'"), "the name 'n/a' of a data set stands twice"),
            (
                WHOLE.replace("config = 'c.toml'", "config = 'c.toml'\nminiature_rate = 0.0"),
                "training.miniature_rate is 0; it is",
            ),
            (WHOLE.replace("start = 'm'", "start = 'm'\nmeasures = ['mmr@5']"), "there is no 'mmr'"),
            (photographs("measures = ['map']", "single"), "experiment.measures: 'map' has no cutoff, which photographs need"),
            (photographs("", "singel"), "recipe 'singel' is not one of"),
        ] {
            let message = read(&text).unwrap_err();
            assert!(message.contains("s.toml: not an experiment") && message.contains(sentence), "{message}");
        }
    }
}
